// Files of imports between their upload and their landing: each in a folder of its own under
// DIR/uploads/TOKEN/, with what was said about it. They go after a day; nothing in them is content yet.
#pragma once

#include "common/arena.h"
#include "common/err.h"
#include "server/desk/frame/frame.h"
#include "server/desk/frame/multipart.h"

#define UPLOAD_MAX (32u << 20) // bytes of a file

enum upload_kind { UPLOAD_TABLE, UPLOAD_GEOJSON, UPLOAD_BUNDLE }; // a bundle comes as an archive

struct upload {
    const char *token;           // of the address: 32 of 0-9a-f
    const char *path;            // of the file
    const char *name;            // of the file, as the person has it
    const char *lang, *encoding; // encoding NULL: recognise
    enum upload_kind kind;       // as its name says
};

// Keeps the file of a form for the account that is signed in. Sweeps away what is older than a day.
// ERR_UNSUPPORTED for what is no table, no GeoJSON and no archive by its name and first bytes.
enum err upload_keep(const struct http_request *req, const struct multipart_part *file, const char *lang,
                     const char *encoding, struct upload *ret, struct problem *p);

// The upload of the address's {file}, of the same account. ERR_NOT_FOUND.
enum err upload_find(const struct http_request *req, struct upload *ret, struct problem *p);

// A folder of the account's own as for an upload, for a file that the desk makes; `path` names it, it is not
// there yet.
enum err upload_reserve(const struct http_request *req, const char *name, struct upload *ret,
                        struct problem *p);

// It is not wanted.
void upload_drop(const struct upload *upload);
