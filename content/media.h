// Media: files kept under the SHA-256 of their bytes, DIR/media/ab/abcdef….
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "common/arena.h"
#include "common/err.h"
#include "common/hash.h"

struct connection;
struct store;

struct media {
    char sha256[HASH_HEX_SIZE];
    const char *media_class; // "image", "audio", "video"
    const char *mime;
    int64_t bytes, width, height, duration_ms; // 0 when not known
    const char *original_name;
    int64_t created_at;
    bool shown;  // belongs to a published site, or is the logo
    bool looked; // stele-media has told what it is
};

#define MEDIA_BYTES_MAX       200000000 // of one file; large enough for a film of a few minutes
#define MEDIA_PHOTO_BYTES_MAX 30000000  // of a photo's file: what stele-media opens

// Copies the file `path` into the media folder: a temporary file, fsync, rename, fsync of the folder; a file
// already there is left as it is. Fills *ret (sha256, class, mime, bytes, size in pixels where it is easily
// read). No row is written yet: call media_add in the transaction that uses it. A file without a row is swept
// by `stele check`. ERR_UNSUPPORTED when it is no known kind, ERR_TOO_LARGE above MEDIA_BYTES_MAX.
enum err media_keep(struct store *store, const char *path, struct arena *a, struct media *ret,
                    struct problem *p);

enum err media_add(struct connection *writer, const struct media *media, struct problem *p);
enum err media_load(struct connection *c, struct arena *a, const char *sha256, struct media *ret,
                    struct problem *p);

// The file's path, in the arena; sha256 must be 64 lower-case digits.
char *media_path(const struct store *store, struct arena *a, const char *sha256);

// Variants: what visitors get of a picture. The picture itself, as it came, is never shown: it holds what the
// camera noted, the place where it was taken among it. They are made by stele-media (server/pictures).
struct media_variant {
    const char *sha256; // of the picture
    const char *name;   // "320.jpg", "320.webp", … "1920.webp", "thumb.jpg", "thumb-25-60.jpg", "original"
    const char *file;   // SHA-256 of its bytes, which are kept as media are
    const char *mime;
    int64_t bytes, width, height;
};

struct media_variants {
    struct media_variant *items;
    size_t count;
};

// What opening a file told (stele-media). 0 and NULL: not known.
struct media_facts {
    int64_t width, height; // upright
    bool has_track;        // of a sound or film: there is something to play
    int64_t duration_ms;
    const char *taken; // the camera's date, EDTF: to be offered to an editor
    bool has_position;
    double lat, lon; // where the camera was, WGS 84 degrees: likewise
    struct media_variants variants;
};

// Writes the rows of variants whose files are kept already (media_keep); names that are there stay as they
// are, since browsers keep them for ever. And the size of the picture, and how long a sound or film lasts:
// what is not known leaves what is there. A film that lasts and has no picture becomes a sound, as phones'
// recorders write sound into MP4 and WebM. The media row must exist (ERR_INVALID). Moves the content version.
enum err media_set_facts(struct connection *writer, const char *sha256, const struct media_facts *facts,
                         struct problem *p);

// All variants of a picture, or of all pictures of a site, in the order of sha256, type and width. In the
// arena.
enum err media_variants_load(struct connection *c, struct arena *a, const char *sha256,
                             struct media_variants *ret, struct problem *p);
enum err media_variants_of_site(struct connection *c, struct arena *a, int64_t site_id,
                                struct media_variants *ret, struct problem *p);

// One variant; ERR_NOT_FOUND.
enum err media_variant_load(struct connection *c, struct arena *a, const char *sha256, const char *name,
                            struct media_variant *ret, struct problem *p);

// The name of the thumbnail cut around a focus (0 to 1 each; < 0: not set, cut from the middle), without the
// suffix.
#define MEDIA_THUMB_NAME_SIZE 24
void media_thumb_name(double focus_x, double focus_y, char ret[MEDIA_THUMB_NAME_SIZE]);

// The captions of films are texts of sites (struct site_media); browsers fetch them beside the film under a
// variant's name that changes with the text: "captions.vi.0123456789abcdef.vtt", 16 digits of the
// SHA-256. NULL when memory is out.
char *media_captions_name(struct arena *a, const char *lang, const char *text);

// The captions of a film that bear that name and (when `shown`) belong to a published site, *ret_exact then
// true; else some in that language, for pages that were opened before the text was corrected. In the arena.
// ERR_NOT_FOUND, also for what is no such name.
enum err media_captions_load(struct connection *c, struct arena *a, const char *sha256, const char *name,
                             bool shown, const char **ret_text, bool *ret_exact, struct problem *p);

// Pictures without variants, and uses with a focus that no thumbnail is cut around yet: what `stele media`
// makes. A picture can stand in the list several times, with different focus. And recordings (sound and film)
// that nobody has looked at: they may tell where they were taken.
struct media_unmade {
    const char *sha256, *original_name;
    double focus_x, focus_y; // < 0 when not set
    bool is_recording;
};
enum err media_list_unmade(struct connection *c, struct arena *a, struct media_unmade **ret,
                           size_t *ret_count, struct problem *p);
