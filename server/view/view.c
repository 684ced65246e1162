#include "server/view/view.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "common/fold.h"
#include "server/view/view_private.h"

enum { PAGE_SIZE = 16 * 1024 }; // bytes that most pages fit into

struct view {
    struct assets *assets;
    char *default_lang;
    pthread_mutex_t lock;  // guards all below, when the assets are live
    struct view_set *set;  // the last one that could be read
    uint64_t stamp;        // of the files that it, or `broken`, was made from
    struct problem broken; // why the files of now cannot be read; code ERR_NONE when they can
};

enum err view_open(struct assets *assets, const char *default_lang, struct view **ret, struct problem *p)
{
    cleanup_view struct view *v = calloc(1, sizeof *v);
    if (!v)
        return problem_set(p, ERR_MEMORY, NULL, "Memory is out.");
    pthread_mutex_init(&v->lock, NULL);
    v->assets = assets;
    v->stamp = assets_stamp(assets, "");
    v->default_lang = strdup(default_lang);
    if (!v->default_lang)
        return problem_set(p, ERR_MEMORY, NULL, "Memory is out.");
    enum err e = view_set_read(assets, default_lang, &v->set, p);
    if (e == ERR_NONE)
        *ret = steal_pointer(&v);
    return e;
}

void view_close(struct view *v)
{
    if (!v)
        return;
    view_set_release(v->set);
    pthread_mutex_destroy(&v->lock);
    free(v->default_lang);
    free(v);
}

// Reads the files anew when they have changed. Called with the lock held.
static void refresh(struct view *v)
{
    uint64_t stamp = assets_stamp(v->assets, "");
    struct view_set *set = NULL;
    if (stamp == v->stamp)
        return;
    v->stamp = stamp;
    v->broken = PROBLEM_INIT;
    if (view_set_read(v->assets, v->default_lang, &set, &v->broken) != ERR_NONE)
        return;
    view_set_release(v->set);
    v->set = set;
}

// The set to use now; given back by the caller with give_back. *ret_broken (may be NULL) is why it is not
// made from the newest files. Only live sets are counted: another never changes, and threads that count the
// same set wait for each other.
static struct view_set *take_set(struct view *v, struct problem *ret_broken)
{
    if (!assets_is_live(v->assets))
        return v->set;
    pthread_mutex_lock(&v->lock);
    refresh(v);
    if (ret_broken)
        *ret_broken = v->broken;
    struct view_set *set = v->set;
    atomic_fetch_add(&set->references, 1);
    pthread_mutex_unlock(&v->lock);
    return set;
}

static void give_back(struct view_set **set)
{
    if (assets_is_live((*set)->assets))
        view_set_release(*set);
}

// "desk/site" -> "desk/layout" where there is one, else "layout".
static const struct mustache *find_layout(const struct view_set *set, const char *name)
{
    char layout[ASSET_NAME_MAX + sizeof "layout"];
    const char *slash = strrchr(name, '/');
    size_t folder = slash ? (size_t)(slash + 1 - name) : 0;
    const struct mustache *found = NULL;
    if (folder && folder <= ASSET_NAME_MAX) {
        memcpy(layout, name, folder);
        memcpy(layout + folder, "layout", sizeof "layout");
        found = view_set_find(set, layout);
    }
    return found ? found : view_set_find(set, "layout");
}

static enum err render(struct view *v, const char *name, bool with_layout, const char *lang,
                       const json_t *context, struct buf *out, struct problem *p)
{
    struct problem broken = PROBLEM_INIT;
    CLEANUP(give_back) struct view_set *set = take_set(v, &broken);
    if (broken.code != ERR_NONE) {
        if (p)
            *p = broken;
        return broken.code;
    }
    const struct mustache *template = view_set_find(set, name);
    if (!template)
        return problem_set(p, ERR_NOT_FOUND, NULL, "There is no template assets/templates/%s.mustache.",
                           name);
    struct rendering r = {
        .set = set,
        .lang = lang && *lang ? lang : v->default_lang,
        .locale = locales_get(set->locales, lang),
    };
    if (with_layout) {
        r.page = template;
        template = find_layout(set, name);
        if (!template)
            return problem_set(p, ERR_NOT_FOUND, NULL,
                               "There is no template assets/templates/layout.mustache.");
    }
    const struct mustache_env env = {view_partial, view_hook, &r};
    if (with_layout)
        buf_reserve(out, PAGE_SIZE);
    return mustache_render(template, context, &env, out, p);
}

enum err view_render(struct view *v, const char *name, const char *lang, const json_t *context,
                     struct buf *out, struct problem *p)
{
    return render(v, name, true, lang, context, out, p);
}

enum err view_render_part(struct view *v, const char *name, const char *lang, const json_t *context,
                          struct buf *out, struct problem *p)
{
    return render(v, name, false, lang, context, out, p);
}

bool view_has(struct view *v, const char *name)
{
    CLEANUP(give_back) struct view_set *set = take_set(v, NULL);
    return view_set_find(set, name) != NULL;
}

const char *view_spoken(struct view *v, const char *lang)
{
    CLEANUP(give_back) struct view_set *set = take_set(v, NULL);
    const char *spoken = locales_spoken(set->locales, lang);
    return spoken == lang ? lang : v->default_lang; // which outlives the set
}

void view_text(struct view *v, const char *lang, const char *key, const json_t *values, struct buf *out)
{
    CLEANUP(give_back) struct view_set *set = take_set(v, NULL);
    locale_text(locales_get(set->locales, lang), key, values, out);
}

void view_date(struct view *v, const char *lang, const char *edtf, struct buf *out)
{
    CLEANUP(give_back) struct view_set *set = take_set(v, NULL);
    locale_date_text(locales_get(set->locales, lang), edtf, out);
}

void view_instant(struct view *v, const char *lang, int64_t when, int offset_minutes, struct buf *out)
{
    CLEANUP(give_back) struct view_set *set = take_set(v, NULL);
    locale_instant(locales_get(set->locales, lang), when, offset_minutes, out);
}

// ---- contexts

static bool is_html_key(const char *key)
{
    size_t len = strlen(key);
    return len > 5 && strcmp(key + len - 5, "_html") == 0;
}

static enum err set_string(json_t *object, const char *key, const char *text, size_t len)
{
    json_t *value = json_stringn_nocheck(text, len); // both callers know it to be UTF-8
    return json_object_set_new_nocheck(object, key, value) == 0 ? ERR_NONE : ERR_MEMORY;
}

enum err view_set_text(json_t *object, const char *key, const char *text)
{
    size_t len = text ? strlen(text) : 0;
    // Checked here, as jansson's own check takes several times as long.
    if (is_html_key(key) || !fold_utf8_valid(text, len))
        return ERR_INVALID;
    return text ? set_string(object, key, text, len) : ERR_NONE;
}

enum err view_set_html(json_t *object, const char *key, const struct html *html)
{
    if (!is_html_key(key))
        return ERR_INVALID;
    return html->len ? set_string(object, key, html->data, html->len) : ERR_NONE;
}
