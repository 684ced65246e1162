// The media of a bundle, between checking and landing.
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "content/exchange/bundle.h"
#include "content/store/store.h"

// Its variants are there, or it is a recording that was looked at.
static bool is_known(struct connection *c, const struct bundle_media *m)
{
    cleanup_arena struct arena a = ARENA_INIT;
    struct media media;
    struct media_variant variant;
    char stem[MEDIA_THUMB_NAME_SIZE], name[MEDIA_THUMB_NAME_SIZE + 4];
    if (strcmp(m->media.media_class, "image") != 0)
        return media_load(c, &a, m->media.sha256, &media, NULL) == ERR_NONE && media.looked;
    media_thumb_name(m->focus_x, m->focus_y, stem);
    snprintf(name, sizeof name, "%s.jpg", stem);
    return media_variant_load(c, &a, m->media.sha256, name, &variant, NULL) == ERR_NONE;
}

// The same file with the same focus stands in the bundle before.
static bool is_repeated(const struct bundle_media *all, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (all[k].has_facts && strcmp(all[k].media.sha256, all[i].media.sha256) == 0 &&
            all[k].focus_x == all[i].focus_x && all[k].focus_y == all[i].focus_y)
            return true;
    return false;
}

static enum err look_at(struct bundle *b, struct bundle_media *m, struct problem *p)
{
    const struct exchange_options *o = b->l->options;
    struct problem fault = PROBLEM_INIT;
    cleanup_close int fd = -1;
    enum err e = folder_file(&b->folder, m->file, &fd, NULL, &fault);
    if (!e)
        e = o->look(o->look_data, fd, m->focus_x, m->focus_y, &b->l->arena, &m->facts, &fault);
    m->has_facts = !e;
    if (e && landing_is_about_input(e)) {
        landing_fault(b->l, m->file, &fault);
        return ERR_NONE;
    }
    if (e && p)
        *p = fault;
    return e;
}

static enum err look_at_all(struct bundle *b, struct bundle_media *media, size_t count, struct problem *p)
{
    struct connection *reader;
    enum err e = store_reader(b->l->store, &reader, p);
    for (size_t i = 0; !e && i < count; i++) {
        if (!is_known(reader, &media[i]) && !is_repeated(media, i))
            e = look_at(b, &media[i], p);
        if (!e)
            e = landing_step(b->l, p);
    }
    return e ? e : landing_has_faults(b->l) ? ERR_INVALID : ERR_NONE;
}

static enum err keep(struct bundle *b, struct bundle_media *m, struct problem *p)
{
    cleanup_arena struct arena a = ARENA_INIT;
    struct media kept;
    char *path = arena_printf(&a, "%s/%s", b->folder.path, m->file);
    enum err e = path ? media_keep(b->l->store, path, &b->l->arena, &kept, p)
                      : problem_set(p, ERR_MEMORY, NULL, "out of memory");
    if (!e && strcmp(kept.sha256, m->media.sha256) != 0)
        e = problem_set(p, ERR_CONFLICT, m->file,
                        MESSAGE("bundle.moved") "%s changed while the bundle was read: try again", path);
    if (e)
        return e;
    kept.original_name = m->media.original_name;
    m->media = kept;
    return ERR_NONE;
}

enum err bundle_keep_media(struct bundle *b, struct problem *p)
{
    struct bundle_media *media = (struct bundle_media *)(void *)b->media.data;
    size_t count = b->media.len / sizeof *media;
    landing_expect(b->l, b->l->options->look ? count : 0);
    enum err e = b->l->options->look ? look_at_all(b, media, count, p) : ERR_NONE;
    for (size_t i = 0; !e && i < count && !b->l->options->dry_run; i++)
        e = keep(b, &media[i], p);
    return e;
}
