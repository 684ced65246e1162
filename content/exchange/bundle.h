// Private to content/exchange: the parts of a bundle. Each part is read twice: first to find every problem
// without holding the store (l->writer is NULL), then again to land inside the transaction.
#pragma once

#include <jansson.h>

#include "common/json/shape.h"
#include "content/exchange/document.h"
#include "content/exchange/folder.h"
#include "content/exchange/landing.h"
#include "content/exchange/seen.h"
#include "content/media.h"
#include "content/tour.h"

#define BUNDLE_FORMAT  "stele-bundle"
#define BUNDLE_VERSION 1

// The largest of each part, in bytes: far beyond what people write, small enough for memory.
#define BUNDLE_JSON_MAX   ((size_t)4 << 20)
#define BUNDLE_TERMS_MAX  ((size_t)16 << 20)
#define BUNDLE_PAGE_MAX   ((size_t)1 << 20)
#define BUNDLE_PLATES_MAX ((size_t)128 << 20)

// A file of media that a site names, and what it turned out to be.
struct bundle_media {
    const char *file; // "sites/SLUG/media/NAME"
    struct media media;
    double focus_x, focus_y; // of this use; < 0: not set
    bool has_facts;          // it was looked at in this import
    struct media_facts facts;
};

struct bundle {
    struct landing *l;
    struct folder folder;
    struct languages languages; // the bundle's; the first is the default
    json_t *name;               // words, or NULL
    struct folder_list sites;   // entries of sites/
    struct folder_list tours;   // entries of tours/
    struct seen site_keys;      // key -> index of its site
    struct seen codes;          // code -> line of plates.csv
    struct buf media;           // struct bundle_media, in the order in which the sites name them
    size_t media_at;            // while landing: the next of them
};

// Reads and checks the JSON file `rel`; its faults go to the report. ERR_INVALID for those, other codes for
// what makes going on senseless (then *p is filled).
enum err bundle_document(struct bundle *b, const char *rel, size_t limit, struct document *ret,
                         struct problem *p);

// Puts a problem with a member (path in problem->field) of a document into the report, with its line.
void bundle_member_fault(struct bundle *b, const char *rel, const struct document *document,
                         const struct problem *problem);

// Checks every member of an object against its shape, each fault into the report. False when there was one.
bool bundle_check_members(struct bundle *b, const char *rel, const struct document *document,
                          const struct shape *shape);

// True for "media/NAME" with one plain name: what a bundle may call a media file.
bool bundle_is_media_name(const char *file);

// Captions: in a bundle `media->captions` are words whose texts are names of files; they become the captions
// themselves (content/captions.h). Faults of a file go to the report with its line, and *ret_bad becomes
// true; *ret_wrong becomes the language whose text is no "media/NAME", or NULL.
enum err bundle_read_captions(struct bundle *b, const char *slug, struct arena *a, struct site_media *media,
                              const char **ret_wrong, bool *ret_bad, struct problem *p);
// The name of the file for captions of the media file `file` ("media/film.mp4" -> "media/film.vi.vtt"), one
// that is not among `names`, where it is noted. NULL when memory is out.
const char *bundle_captions_name(struct arena *a, struct seen *names, const char *file, const char *lang);

// What is done with the media between checking and landing: looks at those that have no variants yet (faults
// go to the report), and copies all into the store's folder, so that the transaction need not wait for them.
enum err bundle_keep_media(struct bundle *b, struct problem *p);

// The parts. On landing, problems of the store go to the report like those of the files; ERR_NONE then, too.
enum err bundle_head(struct bundle *b, struct problem *p);      // bundle.json
enum err bundle_land_head(struct bundle *b, struct problem *p); // languages and name
enum err bundle_terms(struct bundle *b, struct problem *p);     // terms.json
enum err bundle_site(struct bundle *b, const char *slug, struct problem *p);
enum err bundle_tour(struct bundle *b, const char *file, struct problem *p);
enum err bundle_plates(struct bundle *b, struct problem *p);
