// Forms with files: multipart/form-data (RFC 7578, framing of RFC 2046 section 5.1). Hostile until parsed;
// nothing is copied, so parts live as long as the body.
#pragma once

#include <stddef.h>

#include "common/arena.h"
#include "common/err.h"
#include "server/desk/frame/form.h"

#define MULTIPART_PARTS_MAX 256
#define MULTIPART_HEAD_MAX  4096 // bytes of one part's headers

struct multipart_part {
    const char *name; // in the arena; as a form's name (form.h)
    const char *file; // the last part of the file's name, without control characters; NULL: a plain field
    const char *data; // inside the body, not NUL-terminated
    size_t len;
};

struct multipart {
    struct multipart_part *items;
    size_t count;
};

// Reads a body whose Content-Type header is `content_type`. ERR_INVALID: not this type, no boundary, a part
// without name, no end; ERR_TOO_LARGE beyond the limits; ERR_MEMORY. *ret is untouched on failure.
enum err multipart_read(struct arena *a, const char *content_type, const char *body, size_t len,
                        struct multipart *ret, struct problem *p);

// The last part of what a browser calls a file, without control characters and without dots at its beginning:
// may be the name of a file in a folder of its own. In the arena; NULL when memory is out.
const char *multipart_file_name(struct arena *a, const char *given);

// The first part of the name; NULL when there is none.
const struct multipart_part *multipart_find(const struct multipart *m, const char *name);

// The plain fields as a form, read as strictly as form_read does.
enum err multipart_form(struct arena *a, const struct multipart *m, struct form *ret, struct problem *p);

// A plain field as text, in the arena: UTF-8 without control characters, at most `max` bytes; "" otherwise.
const char *multipart_text(struct arena *a, const struct multipart *m, const char *name, size_t max);
