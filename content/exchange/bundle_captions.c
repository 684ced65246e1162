// Captions in a bundle: the text of each language is a file of its own beside the film.
#include <string.h>

#include "content/captions.h"
#include "content/exchange/bundle.h"

static enum err read_one(struct bundle *b, const char *rel, struct buf *out, struct problem *fault)
{
    cleanup_buf struct buf text = BUF_INIT;
    enum err e = folder_read(&b->folder, rel, CAPTIONS_BYTES_MAX, &text, fault);
    return e ? e : captions_read(text.data, text.len, out, fault);
}

static enum err read_file(struct bundle *b, const char *slug, struct arena *a, json_t *words,
                          const char *lang, const char *file, bool *ret_bad, struct problem *p)
{
    cleanup_buf struct buf captions = BUF_INIT;
    struct problem fault = PROBLEM_INIT;
    const char *rel = arena_printf(a, "sites/%s/%s", slug, file);
    enum err e = rel ? ERR_NONE : problem_set(&fault, ERR_MEMORY, NULL, "out of memory");
    if (!e)
        e = read_one(b, rel, &captions, &fault);
    if (!e && json_object_set_new(words, lang, json_stringn(captions.data, captions.len)))
        e = problem_set(&fault, ERR_MEMORY, NULL, "out of memory");
    if (e && landing_is_about_input(e)) {
        landing_fault(b->l, rel, &fault);
        *ret_bad = true;
        return ERR_NONE;
    }
    if (e)
        *p = fault;
    return e;
}

enum err bundle_read_captions(struct bundle *b, const char *slug, struct arena *a, struct site_media *media,
                              const char **ret_wrong, bool *ret_bad, struct problem *p)
{
    const char *lang;
    json_t *file;
    enum err e = ERR_NONE;
    json_t *words = json_loads(media->captions, 0, NULL);
    *ret_wrong = NULL;
    json_object_foreach(words, lang, file) if (!e)
    {
        const char *name = json_string_value(file);
        if (bundle_is_media_name(name))
            e = read_file(b, slug, a, words, lang, name, ret_bad, p);
        else
            *ret_wrong = arena_strdup(a, lang);
    }
    cleanup_free char *text = e ? NULL : json_dumps(words, JSON_COMPACT | JSON_SORT_KEYS);
    json_decref(words);
    media->captions = arena_strdup(a, text);
    return e || media->captions ? e : problem_set(p, ERR_MEMORY, NULL, "out of memory");
}

const char *bundle_captions_name(struct arena *a, struct seen *names, const char *file, const char *lang)
{
    const char *name = strchr(file, '/') + 1, *dot = strrchr(name, '.');
    int stem = (int)(dot && dot > name ? dot - file : (long)strlen(file));
    for (int number = 1;; number++) {
        const char *found = number == 1 ? arena_printf(a, "%.*s.%s.vtt", stem, file, lang)
                                        : arena_printf(a, "%.*s-%d.%s.vtt", stem, file, number, lang);
        enum err e = found ? seen_add(names, found, 0, NULL) : ERR_MEMORY;
        if (e != ERR_EXISTS)
            return e ? NULL : found;
    }
}
