// Files of imports between their upload and their landing: each in a folder of its own under
// DIR/uploads/TOKEN/, with what was said about it. They go after a day; nothing in them is content yet. A
// file comes in pieces (frame/sending.h; its arrival and its folder have one token), or at once by a form.
#pragma once

#include "common/arena.h"
#include "common/err.h"
#include "content/arrival.h"
#include "server/desk/frame/frame.h"
#include "server/desk/frame/multipart.h"

// Bytes of a table or GeoJSON file, which are read at once; and of what a form can bring, which lies in
// memory.
#define UPLOAD_MAX (32u << 20)

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

// Whether a file of that name may be imported, as far as name, size and first bytes (NULL: not there yet)
// tell. ERR_INVALID for an empty one, ERR_TOO_LARGE with field "table", ERR_UNSUPPORTED with field "workbook"
// or "file".
enum err upload_check(const char *name, int64_t bytes, const void *head, size_t len, struct problem *p);

// A file is on its way: keeps what was said about it.
enum err upload_expect(const struct http_request *req, const struct arrival *arrival, const char *lang,
                       const char *encoding, struct problem *p);

// It is whole: it lies where uploads lie now, and is no arrival any more. *ret_first: it was not so before.
enum err upload_arrived(const struct http_request *req, const struct arrival *arrival, struct upload *ret,
                        bool *ret_first, struct problem *p);

// The account's upload of that token; ERR_NOT_FOUND.
enum err upload_of(const struct http_request *req, const char *token, struct upload *ret, struct problem *p);

// The upload of the address's {file}, of the same account. ERR_NOT_FOUND.
enum err upload_find(const struct http_request *req, struct upload *ret, struct problem *p);

// A folder of the account's own as for an upload, for a file that the desk makes; `path` names it, it is not
// there yet.
enum err upload_reserve(const struct http_request *req, const char *name, struct upload *ret,
                        struct problem *p);

// It is not wanted.
void upload_drop(const struct upload *upload);
