// The form of one picture, sound or film: which fields there are by class, and what was typed. Adding a field
// is a row in media_form.c.
//
// Names: alt.LANG, caption.LANG, transcript.LANG, captions.LANG (what is there by class and language; beside
// the last a file, captions_file.LANG), credit, licence, taken, focus_x and focus_y (hundredths from the left
// and from the top; both or neither), and version: the site's that the form was read at.
#pragma once

#include "server/desk/frame/field.h"
#include "server/desk/media/media.h"

struct media_form {
    struct form form;
    const struct site_media *media; // as it is stored now
    const char *const *langs;       // of the installation
    size_t lang_count;
};

// Reads what was sent, urlencoded or with files: the captions of a file captions_file.LANG take the place of
// the field captions.LANG. Faults of such a file are told beside that field. Errors as form_read and
// multipart_read.
enum err media_form_receive(const struct http_request *req, struct form *ret, struct problem *p);

// The message for a fault of captions_read; its placeholder is {line}.
const char *media_captions_fault(const struct problem *p);

// Fills the form from the stored state.
void media_form_fill(struct media_form *f, int64_t version);

// Puts the fields into the context.
void media_form_put(struct screen *screen, const struct media_form *f);

// What the form says, over the stored state: words of languages that it has no field for stay. Faults are
// told in the form (form.failed). In the form's arena; ERR_MEMORY.
enum err media_form_read(struct media_form *f, struct site_media *ret, struct problem *p);
