// Private to server/parcel/.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "content/print/batch.h"
#include "content/print/parcel_link.h"
#include "server/desk/frame/screen.h"

// A link as it was opened.
struct parcel {
    struct parcel_link link;
    struct batch batch;
    const char *token;
    const char *path; // "/parcel/TOKEN"
};

enum parcel_answer {
    PARCEL_OPEN,    // there it is
    PARCEL_UNKNOWN, // no such link
    PARCEL_OVER,    // its time has come, or it was revoked, or the batch was given up
    PARCEL_LATER,   // the batch is being made again
    PARCEL_CLOSED,  // the password is still to be given
};

// Finds link and batch by the {token} of the address. *ret is filled but for PARCEL_UNKNOWN.
enum err parcel_open(struct connection *c, const struct http_request *req, struct parcel *ret,
                     enum parcel_answer *ret_answer, struct problem *p);

// --- pages: parcel_page.c

// The page that goes with an answer, in the language of the parameter `lang`, else the visitor's.
enum err parcel_send(struct http_request *req, struct http_response *res, const struct parcel *parcel,
                     enum parcel_answer answer, struct problem *p);

// What the password form says: nothing yet, that it was wrong, or to wait.
struct parcel_try {
    bool wrong;
    int64_t wait; // seconds
};
enum err parcel_send_form(struct http_request *req, struct http_response *res, const struct parcel *parcel,
                          const struct parcel_try *said, struct problem *p);

// --- the password: parcel_pass.c

// True when the link asks for none, or the browser has shown it lately.
bool parcel_has_pass(const struct http_request *req, const struct parcel *parcel);
route_handler parcel_enter; // POST of the form

// --- files: parcel_files.c

route_handler parcel_zip, parcel_picture;
route_observer parcel_delivered; // of the ZIP: counts it
