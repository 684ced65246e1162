// Files come to the desk in pieces (content/arrival.h): the one way for photos, sounds, films, and the files
// of imports. A file is announced (POST …/uploads: name, bytes, and what else the form has), comes piece by
// piece (POST …/uploads/{upload}?offset=N), and the server says how much it has (GET …/uploads/{upload}),
// also after a lost network, another day's visit or a new start of the server. The browser's side is
// desk-send.js.
//
// In JSON: {"upload": TOKEN, "state": "coming" | "waiting" | "making" | "done" | "failed", "received": N,
// "bytes": N, "piece": N, when done "was_there" or "location" (the page where it goes on), when failed
// "message", "code" and "is_kept" (it can be tried again at …/again)}. Errors: {"message": "…", "code":
// err_name, "field": …} in the desk's language, and "received" with 409.
//
// Where a file is for is a struct sending_kind; its room has a handler for each of the routes, which calls
// the function of that name here.
#pragma once

#include "content/arrival.h"
#include "server/desk/frame/form.h"
#include "server/desk/frame/screen.h"

struct sending_kind;

struct sending {
    const struct sending_kind *kind;
    struct screen screen; // without a snapshot, see arrival_add
    struct connection *db;
    int64_t site_id;            // set by open(): where the file is for, or ARRIVAL_OF_IMPORT
    struct arrival_rules rules; // set by open()
    struct arrival arrival;
};

// How it stands with a file that was whole.
struct sending_told {
    const char *state; // "waiting", "making", "done", "failed"
    bool was_there, is_kept;
    const char *location;   // or NULL
    struct problem problem; // failed
};

struct sending_kind {
    // May the user send a file there? `changes` false: they only look how it stands, or take a file back.
    enum err (*open)(struct sending *s, bool changes, struct problem *p);
    // What else the form says, before the file is begun. NULL: nothing.
    enum err (*check)(struct sending *s, const struct form *form, const char *name, int64_t bytes,
                      struct problem *p);
    // It is begun. On failure the file is not. NULL: nothing.
    enum err (*begun)(struct sending *s, const struct form *form, struct problem *p);
    // The arrival is whole: it is taken where it belongs, also when it was taken before.
    enum err (*take)(struct sending *s, struct problem *p);
    // How it stands with one that was taken. ERR_NOT_FOUND: nothing is known of it.
    enum err (*ask)(struct sending *s, const char *token, struct sending_told *ret, struct problem *p);
    // What is known of it has been read, or is not wanted; the arrival itself is dropped afterwards.
    void (*forget)(struct sending *s, const char *token);
    // What went wrong, in the desk's language: one sentence.
    const char *(*tell)(struct screen *screen, const struct problem *problem);
    // The page for who has no scripts. `again`: something was put in once more.
    enum err (*see)(struct sending *s, bool again, struct problem *p);
};

enum err sending_new(const struct sending_kind *kind, struct http_request *req, struct http_response *res,
                     struct problem *problem);
enum err sending_ask(const struct sending_kind *kind, struct http_request *req, struct http_response *res,
                     struct problem *problem);
enum err sending_add(const struct sending_kind *kind, struct http_request *req, struct http_response *res,
                     struct problem *problem);
// What failed because the server was in trouble is tried again, without being sent again. Also by a form.
enum err sending_again(const struct sending_kind *kind, struct http_request *req, struct http_response *res,
                       struct problem *problem);
// Not wanted, or read. Also by a form.
enum err sending_drop(const struct sending_kind *kind, struct http_request *req, struct http_response *res,
                      struct problem *problem);

extern const char *const sending_params[]; // of the row for pieces

// For the list "coming" of templates/desk/coming.mustache: one file that has come in part, or was whole.
// `uploads` of the root is the address of the routes above.
void sending_put_partly(struct screen *screen, json_t *list, const struct arrival *arrival);
void sending_put_told(struct screen *screen, json_t *list, const char *token, const char *name,
                      bool is_failed, bool is_kept, const char *words);
