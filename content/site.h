// Sites: one historical place, with text in several languages.
//
// Reading takes any connection of the store; saving takes the writer's inside a transaction that the caller
// begins and commits (store_begin … store_commit), so that many saves can land together or not at all.
// Strings of a struct site live in the arena given at loading, or are the caller's when saving.
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"
#include "common/err.h"
#include "content/actor.h"

struct connection;

// A term of a vocabulary as a site refers to it. key NULL: the site has none.
struct site_term {
    const char *key;
    const char *labels; // words as JSON text; set by loading only
};

enum text_origin { TEXT_WRITTEN, TEXT_TRANSLATED, TEXT_MACHINE };
const char *text_origin_name(enum text_origin origin); // "written", …
bool text_origin_from(const char *name, enum text_origin *ret);

struct site_text {
    const char *lang;
    const char *title;   // 1 to 300 characters
    const char *summary; // plain text, at most 2,000
    const char *body;    // CommonMark, at most 65,536
    enum text_origin origin;
    const char *translated_from; // or NULL
    int64_t source_version; // version of the site that was translated; 0: not kept here, or no translation
    bool stale;             // older than its original
    int64_t updated_at;
};

struct site_media {
    const char *sha256;
    const char *file;                       // name in a bundle, "media/x.jpg", or ""
    const char *alt, *caption, *transcript; // words as JSON text; never NULL when loaded
    const char *captions; // of a film: words whose texts are WebVTT (content/captions.h), as JSON text
    const char *credit, *licence;
    const char *taken;       // EDTF, or NULL
    double focus_x, focus_y; // 0 to 1; < 0 when not set
    // of the media row, set by loading only:
    const char *media_class; // "image", "audio", "video"
    const char *mime;
    int64_t bytes, width, height, duration_ms;
};

struct site {
    int64_t id;
    const char *slug;
    const char *key;   // key in another register, or NULL
    const char *state; // "draft", "in-review", "published", "withdrawn", "binned"
    int64_t version;   // counts from 1; save checks it
    const char *original;
    bool has_position;
    double lat, lon;                                          // WGS 84 degrees
    double accuracy_m;                                        // < 0 when not known
    int64_t created_at, updated_at, published_at, publish_at; // 0 when not set
    struct site_term kind, category, rank, area;
    const char *kind_picture; // the kind's drawing, or NULL
    json_t
        *details; // owned by the struct: names, addresses, hours, periods, sources, facts, decision, checked
    struct site_text *texts;
    size_t text_count;
    struct site_media *media;
    size_t media_count;
    const char **old_slugs; // slugs it had: they lead to it for ever, whether a save names them or not
    size_t old_slug_count;
};

// Loads one site with all its texts and media. ERR_NOT_FOUND. Release with site_clear (the details; the rest
// is the arena's).
enum err site_load(struct connection *c, struct arena *a, int64_t id, struct site *ret, struct problem *p);
enum err site_load_by_slug(struct connection *c, struct arena *a, const char *slug, struct site *ret,
                           struct problem *p);
void site_clear(struct site *site);
#define cleanup_site CLEANUP(site_clear)

// The text in `lang`, else in the original language, else the first; NULL when there is none.
const struct site_text *site_text(const struct site *site, const char *lang);

// Ids, for import and redirects. ERR_NOT_FOUND when there is none.
enum err site_find(struct connection *c, const char *slug, int64_t *ret_id, struct problem *p);
enum err site_find_by_key(struct connection *c, const char *key, int64_t *ret_id, struct problem *p);
enum err site_find_by_old_slug(struct connection *c, const char *slug, int64_t *ret_id, struct problem *p);

// A slug that no site has or has had, made from `title`: "dinh-binh-thuy", "dinh-binh-thuy-2" …
enum err site_free_slug(struct connection *c, struct arena *a, const char *title, char **ret_slug,
                        struct problem *p);

// Checks everything that does not need the store: slug, state, languages, lengths, position, details (see
// content/details.h). ERR_INVALID with the field, in the form of the bundle ("facts[2].label").
enum err site_check(const struct site *site, struct problem *p);

// Which version each translation was made from, for a site that is about to be saved over `before` (NULL: it
// is new); documents and bundles tell only which are behind, as every store counts its own versions. One that
// is up to date was made from the version being saved when it is new, was changed or has caught up; one that
// falls behind now, from the version before at the latest; one that came here behind its original, from none
// that is kept here.
void site_set_source_versions(struct site *site, const struct site *before);

// Marks in the document `after` (with texts), which is about to be saved over `before` (NULL: the site is
// new), the translations that a change of their original leaves behind: when it changed, those that did not
// change with it are "stale" and those that did are not. Languages of which `is_said` (may be NULL) tells
// that somebody said it are left as they are. False when memory is out.
typedef bool site_is_said(const void *data, const char *lang);
bool site_mark_stale(json_t *after, const json_t *before, site_is_said *is_said, const void *data);

// Before a change by somebody who may not publish is saved: a time that was set for publishing holds only for
// what its setter saw, so the site waits for a look instead.
static inline void site_hold(struct site *site)
{
    if (site->publish_at)
        site->state = "in-review";
    site->publish_at = 0;
}

// Saves a new site (id 0) or a new version of one (id and the version it was read at: ERR_CONFLICT when
// somebody else saved meanwhile). Checks it first. Writes the site, its texts and media rows, a revision, an
// audit row, search and position, and moves the content version. The terms and the media it names must exist
// (ERR_INVALID names them). A changed slug leaves the old one as a redirect. *ret_id may be NULL. Inside the
// caller's transaction.
enum err site_save(struct connection *writer, const struct site *site, const struct actor *actor,
                   int64_t *ret_id, struct problem *p);

// The site as a document: site.json's members, and "text": {lang: {title, summary, body}} when `with_texts`.
// A new reference, NULL when memory is out. The same state always gives the same bytes when dumped with
// sorted keys.
json_t *site_to_json(const struct site *site, bool with_texts);

// Fills *ret from a document as made by site_to_json (also a bundle's site.json: without texts). Unknown
// members and wrong types are ERR_INVALID with the member's path. `ret->slug` is the caller's to set.
// `default_lang` is the original language when the document names none. Media rows carry `file` but no sha256
// unless the document has "sha256".
enum err site_from_json(const json_t *document, const char *default_lang, struct arena *a, struct site *ret,
                        struct problem *p);

// A site as a list shows it, in the asked language or in its original one.
struct site_card {
    int64_t id;
    const char *slug, *lang, *title, *summary;
    const char *kind, *kind_labels, *kind_picture;
    const char *rank, *rank_labels, *area, *area_labels; // NULL when not set
    bool has_position;
    double lat, lon;
    const char *cover, *cover_alt; // sha256 of the first media and its words, or NULL
    const char *cover_thumb;       // name of its thumbnail without ".jpg" or ".webp"; NULL: it has none
};

struct site_cards {
    struct site_card *items;
    size_t count;
};

struct site_filter {
    const char *kind; // term key, or NULL for all
    const char *area; // term key with all areas inside it, or NULL for all
};

// Published sites in order of their name. `limit` 1 to 1,000.
enum err site_list(struct connection *c, struct arena *a, const char *lang, const struct site_filter *filter,
                   int limit, int64_t offset, struct site_cards *ret, struct problem *p);
enum err site_count(struct connection *c, const struct site_filter *filter, int64_t *ret, struct problem *p);

// One site as short lists show it, without summary, rank and area, in whatever state it is. ERR_NOT_FOUND.
enum err site_small_card(struct connection *c, struct arena *a, const char *lang, int64_t id,
                         struct site_card *ret, struct problem *p);

// At most `limit` published sites as site_small_card tells them, near `site` (which must have a position),
// nearest first, within about `radius_m` metres north, south, east and west.
enum err site_list_near(struct connection *c, struct arena *a, const char *lang, const struct site *site,
                        double radius_m, int limit, struct site_cards *ret, struct problem *p);
enum err site_list_of_tour(struct connection *c, struct arena *a, const char *lang, int64_t tour_id,
                           struct site_cards *ret, struct problem *p);

// The ids of a tour's published stops, in order. In the arena.
enum err site_ids_of_tour(struct connection *c, struct arena *a, int64_t tour_id, int64_t **ret_ids,
                          size_t *ret_count, struct problem *p);

// Metres between two positions on the sphere (haversine, mean radius 6,371,008.8 m of IUGG).
double site_distance_m(double lat1, double lon1, double lat2, double lon2);

// Calls `each` for every published site in the order of ids, in portions, holding no transaction between
// portions. Stops and returns what `each` returns when that is not ERR_NONE.
struct site_link {
    int64_t id;
    const char *slug;
    int64_t updated_at;
    const char *languages; // those it has a text in: "en vi"
};
enum err site_each_link(struct connection *c, enum err (*each)(void *data, const struct site_link *link),
                        void *data, struct problem *p);

// The ids of all sites that are not in the bin, by slug. In the arena.
enum err site_all_ids(struct connection *c, struct arena *a, int64_t **ret_ids, size_t *ret_count,
                      struct problem *p);
