// The whole store as a bundle.
#include "content/exchange/exchange.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "common/csv.h"
#include "common/file.h"
#include "content/exchange/bundle.h"
#include "content/exchange/page.h"
#include "content/exchange/sink.h"
#include "content/exchange/utf8.h"
#include "content/plate.h"
#include "content/store/store.h"
#include "content/term.h"

struct writing {
    struct store *store;
    struct connection *c;
    struct sink *sink;
    const struct exchange_export_options *options;
    struct arena *arena; // of the whole export
    struct languages languages;
    struct seen slugs; // of the sites written
    size_t left_out;   // plates of what lies in the bin
    struct problem *p;
};

static enum err no_memory(struct writing *w)
{
    return problem_set(w->p, ERR_MEMORY, NULL, "out of memory");
}

static enum err write_file(struct writing *w, const char *rel, const struct buf *text)
{
    return text->failed ? no_memory(w) : w->sink->text(w->sink, rel, text->data, text->len, w->p);
}

static enum err make_folder(struct writing *w, const char *rel)
{
    return w->sink->folder(w->sink, rel, w->p);
}

// Takes the value over.
static enum err write_json(struct writing *w, const char *rel, json_t *value)
{
    cleanup_buf struct buf text = BUF_INIT;
    if (!value)
        return no_memory(w);
    document_write(value, &text);
    json_decref(value);
    return write_file(w, rel, &text);
}

// --- bundle.json, terms.json

static enum err write_head(struct writing *w)
{
    json_t *name = NULL, *tags = json_array();
    enum err e = setting_get(w->c, SETTING_NAME, &name, w->p);
    if (e) {
        json_decref(tags);
        return e;
    }
    for (size_t i = 0; i < w->languages.count; i++)
        json_array_append_new(tags, json_string(w->languages.tags[i]));
    json_t *head =
        json_pack("{s:s, s:i, s:o}", "format", BUNDLE_FORMAT, "version", BUNDLE_VERSION, "languages", tags);
    if (json_object_size(name) > 0)
        json_object_set(head, "name", name);
    json_decref(name);
    return write_json(w, "bundle.json", head);
}

static json_t *term_to_json(const struct term *term)
{
    json_t *labels = json_loads(term->labels, 0, NULL);
    return json_pack("{s:s, s:o, s:s*, s:s*}", "key", term->key, "labels", labels, "parent", term->parent,
                     "picture", term->picture);
}

static enum err write_terms(struct writing *w)
{
    json_t *document = json_object();
    for (const char *const *scheme = term_schemes; *scheme; scheme++) {
        struct terms terms;
        enum err e = term_list(w->c, w->arena, *scheme, &terms, w->p);
        if (e) {
            json_decref(document);
            return e;
        }
        json_t *list = json_array();
        for (size_t i = 0; i < terms.count; i++)
            json_array_append_new(list, term_to_json(&terms.items[i]));
        json_object_set_new(document, *scheme, list);
    }
    return write_json(w, "terms.json", document);
}

// --- sites

static const char *suffix_of(const char *mime)
{
    static const struct {
        const char *mime, *suffix;
    } suffixes[] = {
        {"image/jpeg", ".jpg"},  {"image/png", ".png"},   {"image/webp", ".webp"}, {"image/heic", ".heic"},
        {"image/avif", ".avif"}, {"audio/mpeg", ".mp3"},  {"audio/mp4", ".m4a"},   {"audio/ogg", ".ogg"},
        {"video/mp4", ".mp4"},   {"video/webm", ".webm"}, {"audio/webm", ".weba"},
    };
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++)
        if (strcmp(suffixes[i].mime, mime) == 0)
            return suffixes[i].suffix;
    return "";
}

// A media file's name in the bundle: the one it came with, unless that is taken or no such name. *ret_again:
// the same file stands there already.
static const char *media_name(struct arena *a, struct seen *names, const struct site_media *m,
                              bool *ret_again)
{
    const char *file = m->file;
    enum err e = bundle_is_media_name(file) ? seen_add(names, file, 0, NULL) : ERR_EXISTS;
    if (e) {
        file = arena_printf(a, "media/%.16s%s", m->sha256, suffix_of(m->mime));
        e = file ? seen_add(names, file, 0, NULL) : ERR_MEMORY;
    }
    *ret_again = e == ERR_EXISTS;
    return e == ERR_MEMORY ? NULL : file;
}

static enum err copy_media(struct writing *w, const char *sha256, const char *rel)
{
    cleanup_arena struct arena a = ARENA_INIT;
    const char *from = media_path(w->store, &a, sha256);
    struct stat st;
    if (!from)
        return no_memory(w);
    cleanup_close int in = open(from, O_RDONLY | O_CLOEXEC);
    if (in < 0 || fstat(in, &st) < 0)
        return problem_errno(w->p, from, "cannot open the media file %s", from);
    return w->sink->copy(w->sink, rel, in, (uint64_t)st.st_size, w->p);
}

// Each language's captions go into a file of their own; the entry names it instead.
static enum err write_captions(struct writing *w, struct arena *a, const struct site *site,
                               struct seen *names, json_t *entry)
{
    const char *lang, *file = json_string_value(json_object_get(entry, "file"));
    json_t *text, *captions = json_object_get(entry, "captions");
    json_object_foreach(captions, lang, text)
    {
        cleanup_buf struct buf vtt = BUF_INIT;
        const char *name = bundle_captions_name(a, names, file, lang);
        const char *rel = name ? arena_printf(a, "sites/%s/%s", site->slug, name) : NULL;
        if (!rel)
            return no_memory(w);
        buf_append(&vtt, json_string_value(text), json_string_length(text));
        enum err e = write_file(w, rel, &vtt);
        if (e)
            return e;
        json_object_set_new(captions, lang, json_string(name));
    }
    return ERR_NONE;
}

static enum err write_media(struct writing *w, struct arena *a, const struct site *site, json_t *document)
{
    cleanup_seen struct seen names = SEEN_INIT;
    char *folder = arena_printf(a, "sites/%s/media", site->slug);
    enum err e = !folder ? no_memory(w) : site->media_count ? make_folder(w, folder) : ERR_NONE;
    for (size_t i = 0; !e && i < site->media_count; i++) {
        bool again = false;
        const char *file = media_name(a, &names, &site->media[i], &again);
        char *rel = file ? arena_printf(a, "sites/%s/%s", site->slug, file) : NULL;
        if (!rel)
            return no_memory(w);
        json_t *entry = json_array_get(json_object_get(document, "media"), i);
        json_object_set_new(entry, "file", json_string(file));
        json_object_del(entry, "sha256");
        if (!again)
            e = copy_media(w, site->media[i].sha256, rel);
    }
    for (size_t i = 0; !e && i < site->media_count; i++) // behind all names of media
        e = write_captions(w, a, site, &names, json_array_get(json_object_get(document, "media"), i));
    return e;
}

// A text may be in a language that is no longer set up; a bundle names every language that it holds.
static enum err note_language(struct writing *w, const char *lang)
{
    for (size_t i = 0; i < w->languages.count; i++)
        if (strcmp(w->languages.tags[i], lang) == 0)
            return ERR_NONE;
    const char **tags = arena_array(w->arena, w->languages.count + 1, sizeof *tags);
    const char *copy = arena_strdup(w->arena, lang);
    if (!tags || !copy)
        return no_memory(w);
    memcpy(tags, w->languages.tags, w->languages.count * sizeof *tags);
    tags[w->languages.count] = copy;
    w->languages = (struct languages){.tags = tags, .count = w->languages.count + 1};
    return ERR_NONE;
}

static enum err write_texts(struct writing *w, struct arena *a, const struct site *site)
{
    for (size_t i = 0; i < site->text_count; i++) {
        const struct site_text *t = &site->texts[i];
        cleanup_buf struct buf text = BUF_INIT;
        page_write(&(struct page){t->title, t->summary, t->body}, &text);
        char *rel = arena_printf(a, "sites/%s/%s.md", site->slug, t->lang);
        enum err e = rel ? write_file(w, rel, &text) : no_memory(w);
        if (!e)
            e = note_language(w, t->lang);
        if (e)
            return e;
    }
    return ERR_NONE;
}

// What goes without saying is not said.
static void drop_default(json_t *document, const char *name, const char *usual)
{
    const char *value = json_string_value(json_object_get(document, name));
    if (value && strcmp(value, usual) == 0)
        json_object_del(document, name);
}

static enum err write_site(struct writing *w, int64_t id)
{
    cleanup_arena struct arena a = ARENA_INIT;
    cleanup_site struct site site = {0};
    enum err e = site_load(w->c, &a, id, &site, w->p);
    if (e)
        return e;
    json_t *document = site_to_json(&site, false);
    char *folder = seen_add(&w->slugs, site.slug, 0, NULL) ? NULL : arena_printf(&a, "sites/%s", site.slug);
    char *rel = arena_printf(&a, "sites/%s/site.json", site.slug);
    if (!document || !folder || !rel) {
        json_decref(document);
        return no_memory(w);
    }
    drop_default(document, "original", w->languages.tags[0]);
    drop_default(document, "state", "published");
    e = make_folder(w, folder);
    if (!e)
        e = write_media(w, &a, &site, document);
    if (!e)
        e = write_texts(w, &a, &site);
    if (e) {
        json_decref(document);
        return e;
    }
    return write_json(w, rel, document);
}

static enum err write_sites(struct writing *w)
{
    int64_t *ids;
    size_t count;
    enum err e = site_all_ids(w->c, w->arena, &ids, &count, w->p);
    if (!e)
        e = make_folder(w, "sites");
    for (size_t i = 0; !e && i < count; i++) {
        e = write_site(w, ids[i]);
        if (!e && w->options && w->options->progress &&
            !w->options->progress(w->options->progress_data, i + 1, count))
            e = problem_set(w->p, ERR_CANCELLED, NULL, "the export was stopped");
    }
    return e;
}

// --- tours

static void set_words(json_t *document, const char *name, const char *text)
{
    json_t *words = json_loads(text, 0, NULL);
    if (json_object_size(words) > 0)
        json_object_set(document, name, words);
    json_decref(words);
}

static enum err write_tour(struct writing *w, int64_t id)
{
    cleanup_arena struct arena a = ARENA_INIT;
    struct tour tour;
    enum err e = tour_load(w->c, &a, id, &tour, w->p);
    if (e)
        return e;
    json_t *stops = json_array();
    for (size_t i = 0; i < tour.stop_count; i++)
        if (seen_find(&w->slugs, tour.stops[i], NULL)) // not one in the bin
            json_array_append_new(stops, json_string(tour.stops[i]));
    json_t *document = json_pack("{s:o}", "stops", stops);
    char *rel = arena_printf(&a, "tours/%s.json", tour.slug);
    if (!document || !rel) {
        json_decref(document);
        return no_memory(w);
    }
    set_words(document, "titles", tour.titles);
    set_words(document, "summaries", tour.summaries);
    set_words(document, "bodies", tour.bodies);
    json_object_set_new(document, "state", json_string(tour.state));
    drop_default(document, "state", "published");
    return write_json(w, rel, document);
}

static enum err write_tours(struct writing *w)
{
    struct tours tours;
    enum err e = tour_list(w->c, w->arena, NULL, &tours, w->p);
    if (!e && tours.count > 0)
        e = make_folder(w, "tours");
    for (size_t i = 0; !e && i < tours.count; i++)
        if (strcmp(tours.items[i].state, "binned") != 0)
            e = write_tour(w, tours.items[i].id);
    return e;
}

// --- plates

static int by_target_and_code(const void *x, const void *y)
{
    const struct plate *a = x, *b = y;
    if (!a->site_slug != !b->site_slug)
        return a->site_slug ? -1 : 1;
    int order =
        strcmp(a->site_slug ? a->site_slug : a->tour_slug, b->site_slug ? b->site_slug : b->tour_slug);
    return order ? order : strcmp(a->code, b->code);
}

static void format_degrees(double value, char out[32])
{
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(out, 32, "%.*g", digits, value);
        if (strtod(out, NULL) == value)
            return;
    }
}

static void append_plate(const struct plate *plate, struct buf *out)
{
    char lat[32] = "", lon[32] = "";
    if (plate->has_position) {
        format_degrees(plate->lat, lat);
        format_degrees(plate->lon, lon);
    }
    const char *const fields[] = {plate->code,
                                  plate->site_slug ? plate->site_slug : "",
                                  plate->tour_slug ? plate->tour_slug : "",
                                  plate->state,
                                  plate->place,
                                  plate->reason,
                                  lat,
                                  lon};
    csv_append_row(out, fields, sizeof fields / sizeof *fields);
}

static enum err write_plates(struct writing *w)
{
    static const char *const names[] = {"code", "site", "tour", "state", "place", "reason", "lat", "lon"};
    cleanup_buf struct buf text = BUF_INIT;
    struct plates plates;
    enum err e = plate_list(w->c, w->arena, &plates, w->p);
    if (e || plates.count == 0)
        return e;
    qsort(plates.items, plates.count, sizeof *plates.items, by_target_and_code);
    csv_append_row(&text, names, sizeof names / sizeof *names);
    for (size_t i = 0; i < plates.count; i++) {
        const struct plate *plate = &plates.items[i];
        if (plate->target_state && strcmp(plate->target_state, "binned") == 0)
            w->left_out++;
        else
            append_plate(plate, &text);
    }
    return plates.count > w->left_out ? write_file(w, "plates.csv", &text) : ERR_NONE;
}

// --- the whole

static enum err write_all(struct writing *w)
{
    enum err e = setting_languages(w->c, w->arena, &w->languages, w->p);
    if (!e)
        e = write_terms(w);
    if (!e)
        e = write_sites(w);
    if (!e)
        e = write_tours(w);
    if (!e)
        e = write_plates(w);
    return e ? e : write_head(w); // last: by then all languages are known
}

// Onto the disk, and only then under its name.
static enum err settle(const char *temporary, const char *out, struct problem *p)
{
    enum err e = file_sync_disk(temporary, p);
    if (e)
        return e;
    if (rename(temporary, out) < 0)
        return problem_errno(p, out, "cannot give the finished export the name %s", out);
    cleanup_arena struct arena a = ARENA_INIT;
    const char *parent = file_folder_of(&a, out);
    return parent ? file_sync_folder(parent, p) : problem_set(p, ERR_MEMORY, out, "out of memory");
}

static enum err check_out(const char *out, struct problem *p)
{
    struct stat st;
    if (lstat(out, &st) < 0)
        return errno == ENOENT ? ERR_NONE : problem_errno(p, out, "cannot write to %s", out);
    if (S_ISDIR(st.st_mode) && file_folder_is_empty(out))
        return ERR_NONE;
    return problem_set(p, ERR_EXISTS, out, "%s is there already and is no empty folder: name a new folder",
                       out);
}

static enum err cannot_make(struct arena *a, const char *out, struct problem *p)
{
    int why = errno;
    const char *parent = file_folder_of(a, out);
    if (!parent)
        return problem_set(p, ERR_MEMORY, out, "out of memory");
    if (why == ENOENT && access(parent, F_OK) < 0)
        return problem_set(p, ERR_NOT_FOUND, out,
                           "the folder %s is not there: make it first, or name another", parent);
    if (why == ENOENT) // a file system of the kernel, where nobody makes folders
        return problem_set(p, ERR_DENIED, out, "cannot write into %s: name a place on a disk", parent);
    errno = why;
    return problem_errno(p, out, "cannot create a folder beside %s", out);
}

// All of one moment of the store, into the sink.
static enum err export_to(struct writing *w)
{
    enum err e = store_reader(w->store, &w->c, w->p);
    if (!e)
        e = store_read_begin(w->c, w->p);
    if (e)
        return e;
    e = write_all(w);
    store_read_end(w->c);
    seen_clear(&w->slugs);
    return e;
}

enum err exchange_export_zip(struct store *store, int fd, const struct exchange_export_options *options,
                             size_t *ret_left_out, struct problem *p)
{
    cleanup_arena struct arena a = ARENA_INIT;
    cleanup_utf8 struct utf8 utf8 = utf8_enter();
    struct sink_zip zip;
    enum err e = sink_zip_open(&zip, fd, p);
    if (e)
        return e;
    struct writing w = {
        .store = store, .sink = &zip.sink, .options = options, .arena = &a, .slugs = SEEN_INIT, .p = p};
    e = export_to(&w);
    enum err closed = sink_zip_close(&zip, e ? NULL : p);
    if (!e && !closed && ret_left_out)
        *ret_left_out = w.left_out;
    return e ? e : closed;
}

enum err exchange_export(struct store *store, const char *given, size_t *ret_left_out, struct problem *p)
{
    cleanup_arena struct arena a = ARENA_INIT;
    size_t len = strlen(given);
    while (len > 1 && given[len - 1] == '/')
        len--;
    char *out = arena_strndup(&a, given, len);
    uint32_t random;
    hash_random(&random, sizeof random);
    char *temporary = arena_printf(&a, "%.*s.part-%08x", (int)len, given, (unsigned)random);
    if (!out || !temporary)
        return problem_set(p, ERR_MEMORY, given, "out of memory");
    enum err e = check_out(out, p);
    if (e)
        return e;
    if (mkdir(temporary, 0777) < 0)
        return cannot_make(&a, out, p);
    struct sink_folder folder = sink_folder_make(temporary);
    struct writing w = {.store = store, .sink = &folder.sink, .arena = &a, .slugs = SEEN_INIT, .p = p};
    e = export_to(&w);
    if (!e)
        e = settle(temporary, out, p);
    if (e)
        file_remove_tree(temporary, NULL);
    else if (ret_left_out)
        *ret_left_out = w.left_out;
    return e;
}
