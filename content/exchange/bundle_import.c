#include "content/exchange/bundle.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "common/fold.h"

void bundle_member_fault(struct bundle *b, const char *rel, const struct document *document,
                         const struct problem *problem)
{
    struct problem placed = *problem;
    if (!placed.line)
        placed.line = document_line(document, placed.field);
    landing_fault(b->l, rel, &placed);
}

enum err bundle_document(struct bundle *b, const char *rel, size_t limit, struct document *ret,
                         struct problem *p)
{
    cleanup_buf struct buf text = BUF_INIT;
    struct problem fault = PROBLEM_INIT;
    enum err e = folder_read(&b->folder, rel, limit, &text, &fault);
    if (!e)
        e = document_parse(text.data, text.len, ret, &fault);
    if (!e)
        return ERR_NONE;
    if (landing_is_about_input(e)) {
        landing_fault(b->l, rel, &fault);
        return ERR_INVALID;
    }
    return problem_set(p, e, rel, "%s/%s: %s", b->folder.path, rel, fault.text);
}

static const struct shape_member *member_of(const struct shape *shape, const char *name)
{
    const struct shape_member *m = shape->members;
    while (m->name && strcmp(m->name, name) != 0)
        m++;
    return m->name ? m : NULL;
}

bool bundle_check_members(struct bundle *b, const char *rel, const struct document *document,
                          const struct shape *shape)
{
    struct problem fault;
    bool good = true;
    for (const struct shape_member *m = shape->members; m->name; m++)
        if (m->required && !json_object_get(document->json, m->name)) {
            problem_set(&fault, ERR_INVALID, m->name, MESSAGE("member.missing") "“%s” is missing", m->name);
            fault.line = 0;
            bundle_member_fault(b, rel, document, &fault);
            good = false;
        }
    const char *name;
    json_t *value;
    json_object_foreach(document->json, name, value)
    {
        const struct shape_member *m = member_of(shape, name);
        fault = PROBLEM_INIT;
        enum err e =
            m ? shape_check_member(value, m, name, &fault)
              : problem_set(&fault, ERR_INVALID, name,
                            MESSAGE("member.unknown") "“%s” is no member of this file: is it a typing error?",
                            name);
        if (e)
            bundle_member_fault(b, rel, document, &fault);
        good = good && !e;
    }
    return good;
}

// The entries of a folder that a bundle may leave out.
static enum err list_part(struct bundle *b, const char *rel, struct folder_list *ret, struct problem *p)
{
    struct problem fault = PROBLEM_INIT;
    enum err e = folder_list(&b->folder, rel, &b->l->arena, ret, &fault);
    if (e == ERR_NOT_FOUND)
        return ERR_NONE;
    if (!e || !landing_is_about_input(e)) {
        *p = fault;
        return e;
    }
    landing_fault(b->l, rel, &fault);
    return ERR_NONE;
}

// --- sites and tours, one after the other, so that memory stays bounded by the largest

typedef enum err part_fn(struct bundle *b, const char *name, struct problem *p);

static bool entry_fits(struct bundle *b, const char *folder, const struct folder_entry *entry,
                       enum folder_type wanted, const char *suffix)
{
    char rel[300], slug[FOLD_SLUG_SIZE] = "";
    snprintf(rel, sizeof rel, "%s/%s", folder, entry->name);
    size_t len = strlen(entry->name), end = strlen(suffix);
    bool named = len > end && len - end <= FOLD_SLUG_MAX && strcmp(entry->name + len - end, suffix) == 0;
    if (named) {
        memcpy(slug, entry->name, len - end);
        slug[len - end] = '\0';
    }
    struct problem fault = PROBLEM_INIT;
    if (entry->type != wanted)
        problem_set(
            &fault, ERR_INVALID, entry->name,
            wanted == FOLDER_FOLDER
                ? MESSAGE("bundle.folders") "here must be a folder for each site, and no symbolic link"
                : MESSAGE("bundle.files") "here must be a .json file for each tour, and no symbolic link");
    else if (!fold_is_slug(slug))
        problem_set(
            &fault, ERR_INVALID, entry->name,
            MESSAGE("bundle.name_slug") "its name must be a slug (1 to 80 of a-z, 0-9 and inner hyphens)%s",
            suffix[0] ? " and .json" : "");
    else
        return true;
    if (!b->l->writer)
        landing_fault(b->l, rel, &fault);
    return false;
}

static enum err each(struct bundle *b, const char *folder, const struct folder_list *list,
                     enum folder_type wanted, const char *suffix, part_fn *part, struct problem *p)
{
    enum err e = ERR_NONE;
    for (size_t i = 0; !e && i < list->count; i++) {
        if (entry_fits(b, folder, &list->items[i], wanted, suffix))
            e = part(b, list->items[i].name, p);
        if (!e)
            e = landing_step(b->l, p);
    }
    return e;
}

static enum err parts(struct bundle *b, struct problem *p)
{
    enum err e = bundle_terms(b, p);
    if (!e)
        e = each(b, "sites", &b->sites, FOLDER_FOLDER, "", bundle_site, p);
    if (!e)
        e = each(b, "tours", &b->tours, FOLDER_FILE, ".json", bundle_tour, p);
    return e ? e : bundle_plates(b, p);
}

static enum err check(struct bundle *b, struct problem *p)
{
    enum err e = bundle_head(b, p);
    if (!e)
        e = list_part(b, "sites", &b->sites, p);
    if (!e)
        e = list_part(b, "tours", &b->tours, p);
    landing_expect(b->l, (b->sites.count + b->tours.count) * 2); // to check them, and to land them
    if (!e)
        e = parts(b, p);
    if (!e && landing_has_faults(b->l))
        e = ERR_INVALID;
    return e;
}

// The last part of the path, for the list of imports; for "." the path itself.
static const char *name_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash && slash[1] && slash[1] != '.' ? slash + 1 : path;
}

static enum err land(struct bundle *b, struct problem *p)
{
    enum err e = bundle_keep_media(b, p);
    if (!e)
        e = landing_begin(b->l, name_of(b->folder.path), "bundle", p);
    if (e)
        return e;
    memset(&b->l->report->sites, 0, sizeof b->l->report->sites);
    memset(&b->l->report->tours, 0, sizeof b->l->report->tours);
    memset(&b->l->report->plates, 0, sizeof b->l->report->plates);
    e = bundle_land_head(b, p);
    if (!e)
        e = parts(b, p);
    return landing_end(b->l, e, p);
}

static enum err check_is_bundle(const struct folder *folder, struct problem *p)
{
    if (faccessat(folder->fd, "bundle.json", F_OK, AT_SYMLINK_NOFOLLOW) == 0 || errno != ENOENT)
        return ERR_NONE;
    return problem_set(
        p, ERR_INVALID, "bundle.json",
        MESSAGE("bundle.none") "%s is no bundle: it holds no bundle.json; name the folder above sites/",
        folder->path);
}

enum err landing_import_bundle(struct landing *l, const char *path, struct problem *p)
{
    l->report->format = "bundle";
    struct bundle b = {
        .l = l, .folder = {.fd = -1}, .site_keys = SEEN_INIT, .codes = SEEN_INIT, .media = BUF_INIT};
    enum err e = folder_open(path, &b.folder, p);
    if (!e)
        e = check_is_bundle(&b.folder, p);
    if (!e)
        e = check(&b, p);
    if (!e)
        e = land(&b, p);
    l->report->media = b.media.len / sizeof(struct bundle_media);
    folder_close(&b.folder);
    seen_clear(&b.site_keys);
    seen_clear(&b.codes);
    buf_free(&b.media);
    json_decref(b.name);
    return e;
}
