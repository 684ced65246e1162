// Templates, styles, scripts, locales and pictures: embedded in the program at build time, and, when a folder
// is given, read live from it. A file in the folder wins over the embedded one of the same name.
//
// A name is a path below assets/ with forward slashes: "styles/visitor.css". An address is where browsers
// fetch the same bytes: "/assets/styles/visitor.1a2b3c4d5e6f.css", the first ASSET_HASH_DIGITS hexadecimal
// digits of the SHA-256 of the bytes put before the extension, so that an address never changes its bytes.
//
// Thread-safe throughout.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/cleanup.h"
#include "common/err.h"

#define ASSET_HASH_DIGITS 12        // 48 bits: enough to tell the versions of one file apart
#define ASSET_NAME_MAX    128       // bytes of a name without its NUL
#define ASSET_SIZE_MAX    (4 << 20) // bytes of a live file; larger ones are refused with ERR_TOO_LARGE

struct assets;

// One version of one file. Immutable; lives as long as somebody holds it (asset_release).
struct asset {
    const char *name;    // "styles/visitor.css"
    const char *address; // "/assets/styles/visitor.1a2b3c4d5e6f.css"
    const char *mime;    // "text/css; charset=utf-8"
    const void *data;    // `len` bytes, followed by a NUL that is not counted
    size_t len;
    char hash[ASSET_HASH_DIGITS + 1];
};

// Opens the embedded files, and over them the folder `folder` unless it is NULL. The folder is laid out as
// assets/ is (styles/, templates/ …) and may hold any part of it. ERR_NOT_FOUND with a problem when it is not
// there. Close with assets_close, after every asset taken from it has been released.
enum err assets_open(const char *folder, struct assets **ret, struct problem *p);
void assets_close(struct assets *a); // NULL is fine

// True when a folder was given: then nothing that is made from assets may be kept without asking
// assets_stamp.
bool assets_is_live(const struct assets *a);

// The file called `name`, in its newest version. ERR_NOT_FOUND when there is none (also for a name that is no
// clean relative path), ERR_IO, ERR_DENIED, ERR_TOO_LARGE for a live file that cannot be read. Release it
// with asset_release. The embedded ones cost a table lookup, the live ones also a stat.
enum err assets_get(struct assets *a, const char *name, const struct asset **ret, struct problem *p);

// The file behind an address. Only styles/, scripts/ and pictures/ have addresses that answer. *ret_exact
// (may be NULL) says whether the hash is that of the bytes returned: when true they may be cached for ever;
// when false the address is that of another version, and the bytes are the newest ones, not to be kept.
// ERR_NOT_FOUND when there is no such file or the address is malformed.
enum err assets_by_address(struct assets *a, const char *address, const struct asset **ret, bool *ret_exact);

// Appends the address of `name` to *out. ERR_NOT_FOUND when there is no such file; *out is then unchanged.
enum err assets_address(struct assets *a, const char *name, struct buf *out);

// Lets go of what assets_get or assets_by_address returned. NULL is fine.
void asset_release(const struct asset *asset);

// Calls `each` with every name that begins with `prefix` ("templates/"), embedded or live, once each, in byte
// order; stops early when it returns anything but ERR_NONE, and returns that.
enum err assets_each(struct assets *a, const char *prefix,
                     enum err (*each)(void *arg, const char *name, struct problem *p), void *arg,
                     struct problem *p);

// A number that changes whenever a live file whose name begins with `prefix` is added, removed or changed
// (by modification time, size and inode). Constant when not live.
uint64_t assets_stamp(struct assets *a, const char *prefix);

static inline void cleanup_asset_fn(const struct asset **asset)
{
    asset_release(*asset);
}
#define cleanup_asset CLEANUP(cleanup_asset_fn)
