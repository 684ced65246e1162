// sites/SLUG/: site.json, a LANG.md for each language, the media.
#include "content/exchange/bundle.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/fold.h"
#include "content/exchange/page.h"
#include "content/probe/probe.h"
#include "content/site_document.h"

enum { TEXTS_MAX = 64 };

// One site while it is read.
struct reading {
    struct bundle *b;
    struct arena *a;
    const char *slug;
    const char *rel; // sites/SLUG/site.json
    struct document document;
    struct site site;
    bool bad;
};

static const char *rel_of(struct reading *r, const char *name)
{
    const char *rel = arena_printf(r->a, "sites/%s/%s", r->slug, name);
    return rel ? rel : r->rel;
}

static void fault_in(struct reading *r, const char *name, const struct problem *fault)
{
    r->bad = true;
    landing_fault(r->b->l, rel_of(r, name), fault);
}

static void member_fault(struct reading *r, const struct problem *fault)
{
    r->bad = true;
    bundle_member_fault(r->b, r->rel, &r->document, fault);
}

// --- texts

static struct site_text *text_of(struct site *site, const char *lang)
{
    for (size_t i = 0; i < site->text_count; i++)
        if (strcmp(site->texts[i].lang, lang) == 0)
            return &site->texts[i];
    return NULL;
}

static void note_long_summary(struct reading *r, const char *file, const char *summary)
{
    struct problem note = PROBLEM_INIT;
    size_t count = fold_utf8_count(summary, strlen(summary));
    if (count <= PAGE_SUMMARY_MAX)
        return;
    problem_set(
        &note, ERR_NONE, "summary",
        MESSAGE(
            "text.summary_long") "the first paragraph is the summary and has %zu characters; %d are shown",
        count, PAGE_SUMMARY_MAX);
    if (!r->b->l->writer)
        landing_note(r->b->l, rel_of(r, file), &note);
}

static enum err read_page(struct reading *r, const char *file, const char *lang, struct problem *p)
{
    cleanup_buf struct buf text = BUF_INIT;
    struct problem fault = PROBLEM_INIT;
    struct page page;
    enum err e = folder_read(&r->b->folder, rel_of(r, file), BUNDLE_PAGE_MAX, &text, &fault);
    if (!e)
        e = page_read(text.data, text.len, r->a, &page, &fault);
    if (!e && !languages_has(&r->b->languages, lang))
        e = problem_set(&fault, ERR_INVALID, "languages",
                        MESSAGE("bundle.language") "“%s” is not among the languages in bundle.json", lang);
    struct site_text *given = text_of(&r->site, lang);
    if (!e && !given && r->site.text_count == TEXTS_MAX)
        e = problem_set(&fault, ERR_TOO_LARGE, NULL, MESSAGE("bundle.texts") "a site has at most %d texts",
                        TEXTS_MAX);
    if (e && landing_is_about_input(e)) {
        fault_in(r, file, &fault);
        return ERR_NONE;
    }
    if (e) {
        *p = fault;
        return e;
    }
    note_long_summary(r, file, page.summary);
    struct site_text *t = given ? given : &r->site.texts[r->site.text_count++];
    if (!given)
        *t = (struct site_text){.lang = arena_strdup(r->a, lang)};
    t->title = page.title;
    t->summary = page.summary;
    t->body = page.body;
    return t->lang ? ERR_NONE : problem_set(p, ERR_MEMORY, NULL, "out of memory");
}

// A folder has at most one text for each tag, so the texts that site.json names and those that are found fit.
static enum err make_room(struct reading *r, struct problem *p)
{
    size_t given = r->site.text_count < TEXTS_MAX ? r->site.text_count : TEXTS_MAX;
    struct site_text *texts = arena_array(r->a, TEXTS_MAX, sizeof *texts);
    if (!texts)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    if (given > 0)
        memcpy(texts, r->site.texts, given * sizeof *texts);
    r->site.texts = texts;
    r->site.text_count = given;
    return ERR_NONE;
}

static enum err read_entry(struct reading *r, const struct folder_entry *entry, struct problem *p)
{
    size_t len = strlen(entry->name);
    struct problem note = PROBLEM_INIT;
    if (strcmp(entry->name, "site.json") == 0 ||
        (strcmp(entry->name, "media") == 0 && entry->type == FOLDER_FOLDER))
        return ERR_NONE;
    if (len > 3 && len <= 3 + FOLD_LANG_MAX && strcmp(entry->name + len - 3, ".md") == 0) {
        char lang[FOLD_LANG_SIZE];
        memcpy(lang, entry->name, len - 3);
        lang[len - 3] = '\0';
        if (fold_is_lang(lang))
            return read_page(r, entry->name, lang, p);
    }
    problem_set(&note, ERR_NONE, entry->name,
                MESSAGE("bundle.stranger") "this is no part of a bundle and is left out");
    if (!r->b->l->writer)
        landing_note(r->b->l, rel_of(r, entry->name), &note);
    return ERR_NONE;
}

static enum err read_texts(struct reading *r, struct problem *p)
{
    struct folder_list list = {0};
    char folder[16 + FOLD_SLUG_SIZE];
    snprintf(folder, sizeof folder, "sites/%s", r->slug);
    enum err e = folder_list(&r->b->folder, folder, r->a, &list, p);
    if (!e)
        e = make_room(r, p);
    for (size_t i = 0; !e && i < list.count; i++)
        e = read_entry(r, &list.items[i], p);
    for (size_t i = 0; !e && i < r->site.text_count; i++) {
        const struct site_text *t = &r->site.texts[i];
        struct problem fault = PROBLEM_INIT;
        char path[64];
        snprintf(path, sizeof path, "texts.%s", t->lang);
        problem_set(
            &fault, ERR_INVALID, path,
            MESSAGE("bundle.no_text") "“%s” speaks of a text, but there is no %s.md (or it has a problem)",
            path, t->lang);
        if (!t->title)
            member_fault(r, &fault);
    }
    return e;
}

// --- media

bool bundle_is_media_name(const char *file)
{
    const char *name = file + strlen("media/");
    return strncmp(file, "media/", strlen("media/")) == 0 && name[0] && name[0] != '.' &&
           !strchr(name, '/') && !strchr(name, '\\');
}

// Hashes the file and looks at what it is, through a descriptor that cannot lead outside the folder.
static enum err probe(int fd, struct media *ret, struct problem *p)
{
    char head[64 * 1024];
    struct hash hash;
    hash_start(&hash);
    *ret = (struct media){0};
    for (;;) {
        ssize_t n = read(fd, head, sizeof head);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return problem_errno(p, NULL, "it cannot be read");
        if (ret->bytes == 0)
            ret->mime = probe_kind(head, (size_t)n, &ret->media_class);
        if (!ret->mime)
            return problem_set(p, ERR_UNSUPPORTED, NULL,
                               MESSAGE("media.kind") "it is no kind of media that is known: JPEG, PNG, WebP, "
                                                     "HEIC, MP3, M4A, Ogg, Opus, "
                                                     "MP4 or WebM");
        if (n == 0)
            break;
        hash_add(&hash, head, (size_t)n);
        ret->bytes += n;
        if (ret->bytes > MEDIA_BYTES_MAX)
            return problem_set(p, ERR_TOO_LARGE, NULL, MESSAGE("media.large") "it is larger than %d MB",
                               MEDIA_BYTES_MAX / 1000000);
    }
    hash_end(&hash, ret->sha256);
    return ERR_NONE;
}

static enum err check_media(struct reading *r, const struct site_media *m, const char *rel, struct media *ret,
                            struct problem *fault)
{
    if (!bundle_is_media_name(m->file))
        return problem_set(fault, ERR_INVALID, "file",
                           MESSAGE("media.name") "the file of a media entry must be “media/NAME” inside the "
                                                 "site's folder, not “%s”",
                           m->file);
    cleanup_close int fd = -1;
    enum err e = folder_file(&r->b->folder, rel, &fd, NULL, fault);
    if (!e)
        e = probe(fd, ret, fault);
    if (!e && m->sha256 && strcmp(m->sha256, ret->sha256) != 0)
        e = problem_set(
            fault, ERR_CORRUPT, "sha256",
            MESSAGE("media.hash") "the file is not the one that site.json tells of: its SHA-256 is %s",
            ret->sha256);
    return e;
}

static enum err remember_media(struct reading *r, size_t i, struct problem *p)
{
    struct site_media *m = &r->site.media[i];
    struct problem fault = PROBLEM_INIT;
    struct bundle_media found = {.file = arena_printf(&r->b->l->arena, "sites/%s/%s", r->slug, m->file),
                                 .focus_x = m->focus_x,
                                 .focus_y = m->focus_y};
    if (!found.file)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    enum err e = check_media(r, m, found.file, &found.media, &fault);
    if (e && (landing_is_about_input(e) || e == ERR_CORRUPT || e == ERR_IO)) {
        snprintf(fault.field, sizeof fault.field, "media[%zu].file", i);
        problem_prefix(&fault, "%s: ", m->file);
        member_fault(r, &fault);
        return ERR_NONE;
    }
    if (e) {
        *p = fault;
        return e;
    }
    found.media.original_name = strrchr(found.file, '/') + 1;
    m->sha256 = arena_strdup(r->a, found.media.sha256);
    buf_append(&r->b->media, &found, sizeof found);
    return m->sha256 && !r->b->media.failed ? ERR_NONE : problem_set(p, ERR_MEMORY, NULL, "out of memory");
}

// While landing: takes the next media that were remembered, which must be the same.
static enum err land_media(struct reading *r, size_t i, struct problem *p)
{
    struct bundle *b = r->b;
    struct bundle_media *all = (struct bundle_media *)(void *)b->media.data;
    struct site_media *m = &r->site.media[i];
    const char *rel = rel_of(r, m->file);
    if (b->media_at >= b->media.len / sizeof *all || strcmp(all[b->media_at].file, rel) != 0)
        return problem_set(p, ERR_CONFLICT, rel,
                           MESSAGE("bundle.moved") "%s changed while the bundle was read: try again", r->rel);
    const struct bundle_media *found = &all[b->media_at++];
    m->sha256 = found->media.sha256;
    enum err e = media_add(b->l->writer, &found->media, p);
    if (!e && found->has_facts && !b->l->options->dry_run) {
        b->l->changed = true;
        e = media_set_facts(b->l->writer, m->sha256, &found->facts, p);
    }
    return e;
}

static enum err read_captions(struct reading *r, size_t i, struct problem *p)
{
    const char *wrong;
    struct problem fault = PROBLEM_INIT;
    char path[64];
    enum err e = bundle_read_captions(r->b, r->slug, r->a, &r->site.media[i], &wrong, &r->bad, p);
    if (e || !wrong)
        return e;
    snprintf(path, sizeof path, "media[%zu].captions.%s", i, wrong);
    problem_set(&fault, ERR_INVALID, path,
                MESSAGE("captions.file") "captions must be a file “media/NAME” inside the site's folder, as "
                                         "\"media/film.vi.vtt\"");
    member_fault(r, &fault);
    return ERR_NONE;
}

static enum err read_media(struct reading *r, struct problem *p)
{
    enum err e = ERR_NONE;
    for (size_t i = 0; !e && i < r->site.media_count; i++) {
        e = r->b->l->writer ? land_media(r, i, p) : remember_media(r, i, p);
        if (!e)
            e = read_captions(r, i, p);
    }
    return e;
}

// --- the whole site

static void report(struct reading *r, const struct problem *fault)
{
    char lang[FOLD_LANG_SIZE] = "", file[FOLD_LANG_SIZE + 3];
    if (sscanf(fault->field, "text.%16[a-z0-9-].", lang) == 1) {
        snprintf(file, sizeof file, "%s.md", lang);
        fault_in(r, file, fault);
    } else {
        member_fault(r, fault);
    }
}

static enum err check_site(struct reading *r, struct problem *p)
{
    struct problem fault = PROBLEM_INIT;
    uint64_t other = 0;
    size_t index = r->b->l->report->sites.read++;
    enum err e = r->site.key ? seen_add(&r->b->site_keys, r->site.key, index, &other) : ERR_NONE;
    if (e == ERR_MEMORY)
        return problem_set(p, e, NULL, "out of memory");
    if (e)
        problem_set(&fault, ERR_EXISTS, "key",
                    MESSAGE("bundle.key_twice") "another site of the bundle has the key “%s” too",
                    r->site.key);
    else if (!r->bad)
        e = site_check(&r->site, &fault);
    if (e)
        report(r, &fault);
    return ERR_NONE;
}

// The site of the store that this one is: by its key, then by its slug. *ret_id 0: none.
static enum err find_before(struct reading *r, int64_t *ret_id, struct problem *p)
{
    struct connection *c = r->b->l->writer;
    int64_t by_key = 0, by_slug = 0;
    enum err e = r->site.key ? site_find_by_key(c, r->site.key, &by_key, p) : ERR_NONE;
    if (!e || e == ERR_NOT_FOUND)
        e = site_find(c, r->slug, &by_slug, p);
    if (e && e != ERR_NOT_FOUND)
        return e;
    if (by_key && by_slug && by_key != by_slug)
        return problem_set(p, ERR_EXISTS, "key",
                           MESSAGE("bundle.key_and_slug") "the key “%s” is one site's and the slug “%s” "
                                                          "another's in the store: rename the folder",
                           r->site.key, r->slug);
    *ret_id = by_key ? by_key : by_slug;
    return ERR_NONE;
}

static enum err land_site(struct reading *r, struct problem *p)
{
    int64_t id = 0;
    cleanup_site struct site before = {0};
    enum err e = find_before(r, &id, p);
    if (!e && id)
        e = site_load(r->b->l->writer, r->a, id, &before, p);
    if (e)
        return e;
    if (id && before.key && r->site.key && strcmp(before.key, r->site.key) != 0)
        return problem_set(p, ERR_EXISTS, "key",
                           MESSAGE("bundle.slug_taken") "the slug “%s” is that of a site with the key “%s”: "
                                                        "give this site's folder another name, or "
                                                        "leave its key out",
                           r->slug, before.key);
    if (id && !r->site.key)
        r->site.key = before.key;
    r->b->l->report->sites.read++;
    return landing_save_site(r->b->l, &r->site, id ? &before : NULL, r->document.json, p);
}

static enum err read_site(struct reading *r, struct problem *p)
{
    struct bundle *b = r->b;
    enum err e = bundle_document(b, r->rel, BUNDLE_JSON_MAX, &r->document, p);
    if (e == ERR_INVALID || (!e && !bundle_check_members(b, r->rel, &r->document, &site_shape)))
        return ERR_NONE; // reported
    if (!e)
        e = site_from_json(r->document.json, b->languages.tags[0], r->a, &r->site, p);
    if (e)
        return e;
    r->site.slug = r->slug;
    e = read_texts(r, p);
    if (!e)
        e = read_media(r, p);
    if (!e && !b->l->writer)
        return check_site(r, p);
    struct problem fault = PROBLEM_INIT;
    if (!e)
        e = land_site(r, &fault);
    if (!e || !landing_is_about_input(e)) {
        if (e)
            *p = fault.code ? fault : *p;
        return e;
    }
    report(r, fault.code ? &fault : p);
    return ERR_NONE;
}

enum err bundle_site(struct bundle *b, const char *slug, struct problem *p)
{
    cleanup_arena struct arena a = ARENA_INIT;
    struct reading r = {.b = b,
                        .a = &a,
                        .slug = slug,
                        .document = DOCUMENT_INIT,
                        .rel = arena_printf(&a, "sites/%s/site.json", slug)};
    enum err e = r.rel ? read_site(&r, p) : problem_set(p, ERR_MEMORY, NULL, "out of memory");
    site_clear(&r.site);
    document_clear(&r.document);
    return e;
}
