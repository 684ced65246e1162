// Files of imports between their upload and their landing: each in a folder of its own under
// DIR/uploads/TOKEN/, with what was said about it. They go after a day; nothing in them is content yet.
#pragma once

#include "common/arena.h"
#include "common/err.h"
#include "server/desk/frame/frame.h"
#include "server/desk/frame/multipart.h"

#define UPLOAD_MAX (32u << 20) // bytes of a file

struct upload {
    const char *token;           // of the address: 32 of 0-9a-f
    const char *path;            // of the file
    const char *name;            // of the file, as the person has it
    const char *lang, *encoding; // encoding NULL: recognise
    bool is_table;               // else GeoJSON
};

// Keeps the file of a form for the account that is signed in. Sweeps away what is older than a day.
// ERR_UNSUPPORTED for what is no table and no GeoJSON by its name and first bytes.
enum err upload_keep(const struct http_request *req, const struct multipart_part *file, const char *lang,
                     const char *encoding, struct upload *ret, struct problem *p);

// The upload of the address's {file}, of the same account. ERR_NOT_FOUND.
enum err upload_find(const struct http_request *req, struct upload *ret, struct problem *p);

// It has landed, or is not wanted.
void upload_drop(const struct upload *upload);
