#include "server/view/locale.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "server/view/locale_private.h"

#define FOLDER "locales/"
#define SUFFIX ".json"

struct locales {
    struct locale **items; // in byte order of the tags
    const char **tags;
    size_t count;
    const struct locale *standard;
};

// ---- reading

struct reader {
    struct locale *l;
    const char *file;
    struct problem *p;
};

static enum err out_of_memory(const struct reader *r)
{
    return problem_set(r->p, ERR_MEMORY, r->file, "Memory is out.");
}

static enum err bad_message(const struct reader *r, const char *key, const char *what)
{
    return problem_set(r->p, ERR_INVALID, r->file, "assets/%s: \"%s\": %s.", r->file, key, what);
}

static enum err split_form(const struct reader *r, const char *key, const json_t *value, struct form *ret)
{
    const char *text = arena_strdup(&r->l->memory, json_string_value(value));
    size_t braces = 0;
    for (const char *s = text; s && *s; s++)
        braces += *s == '{';
    struct form form = {.pieces = arena_array(&r->l->memory, 2 * braces + 1, sizeof *form.pieces)};
    if (!text || !form.pieces)
        return out_of_memory(r);
    while (*text) {
        size_t len = strcspn(text, "{}");
        if (len)
            form.pieces[form.count++] = (struct piece){text, len, false};
        text += len;
        if (!*text)
            break;
        len = strcspn(text + 1, "{}");
        if (*text != '{' || text[len + 1] != '}' || !len || memchr(text + 1, ' ', len))
            return bad_message(r, key, "braces stand in pairs around a name, as in {count}");
        const char *name = arena_strndup(&r->l->memory, text + 1, len);
        if (!name)
            return out_of_memory(r);
        form.pieces[form.count++] = (struct piece){name, len, true};
        text += len + 2;
    }
    *ret = form;
    return ERR_NONE;
}

static struct message *add_message(struct locale *l, const char *key)
{
    if (l->count == l->capacity) {
        size_t capacity = l->capacity ? l->capacity * 2 : 128;
        struct message *messages = realloc(l->messages, capacity * sizeof *messages);
        if (!messages)
            return NULL;
        l->messages = messages;
        l->capacity = capacity;
    }
    struct message *m = &l->messages[l->count];
    *m = (struct message){.key = arena_strdup(&l->memory, key)};
    if (!m->key)
        return NULL;
    l->count++;
    return m;
}

static int find_name(const char *const *names, int count, const char *name)
{
    for (int i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    return -1;
}

static enum err read_forms(const struct reader *r, const char *key, json_t *object)
{
    static const char *const manners[] = {
        [BY_CARDINAL] = "cardinal", [BY_ORDINAL] = "ordinal", [BY_ROMAN] = "roman"};
    struct message *m = add_message(r->l, key);
    const char *name;
    json_t *value;
    if (!m)
        return out_of_memory(r);
    m->counts = true;
    json_object_foreach(object, name, value)
    {
        int category = find_name(plural_names, PLURAL_COUNT, name);
        if (!json_is_string(value) || (category < 0 && strcmp(name, "by") != 0))
            return bad_message(r, key,
                               "a message with plural forms has texts for one, few, other … and no more");
        if (category >= 0) {
            enum err e = split_form(r, key, value, &m->forms[category]);
            if (e != ERR_NONE)
                return e;
            continue;
        }
        int by = find_name(manners, sizeof manners / sizeof manners[0], json_string_value(value));
        if (by < 0)
            return bad_message(r, key, "\"by\" is cardinal, ordinal or roman");
        m->by = (enum message_by)by;
    }
    return ERR_NONE;
}

static enum err read_text(const struct reader *r, const char *key, const json_t *value)
{
    struct message *m = add_message(r->l, key);
    if (!m)
        return out_of_memory(r);
    m->plain = !strchr(json_string_value(value), '{');
    m->counts = strstr(json_string_value(value), "{count}");
    return split_form(r, key, value, &m->forms[PLURAL_OTHER]);
}

#define KEY_DEPTH_MAX 8

static enum err read_object(const struct reader *r, const char *prefix, json_t *object, int depth)
{
    const char *name;
    json_t *value;
    enum err e = ERR_NONE;
    if (depth > KEY_DEPTH_MAX)
        return bad_message(r, prefix, "the objects lie too deep within each other");
    json_object_foreach(object, name, value)
    {
        cleanup_buf struct buf key = BUF_INIT;
        buf_printf(&key, "%s%s%s", prefix, *prefix ? "." : "", name);
        if (key.failed)
            return out_of_memory(r);
        if (!*name || strpbrk(name, ". {}"))
            return bad_message(r, key.data, "a key has no dots, blanks or braces and is not empty");
        if (json_is_string(value))
            e = read_text(r, key.data, value);
        else if (!json_is_object(value))
            e = bad_message(r, key.data, "a message is a text or an object");
        else if (json_object_get(value, plural_names[PLURAL_OTHER]))
            e = read_forms(r, key.data, value);
        else
            e = read_object(r, key.data, value, depth + 1);
        if (e != ERR_NONE)
            return e;
    }
    return e;
}

static int compare_messages(const void *a, const void *b)
{
    return strcmp(((const struct message *)a)->key, ((const struct message *)b)->key);
}

static enum err read_file(const struct reader *r, const struct asset *asset)
{
    json_error_t error;
    json_t *root = json_loadb(asset->data, asset->len, JSON_REJECT_DUPLICATES, &error);
    if (!json_is_object(root)) {
        json_decref(root);
        return problem_at(r->p, ERR_INVALID, error.line > 0 ? (unsigned long)error.line : 1,
                          error.column > 0 ? (unsigned long)error.column : 0, r->file,
                          "assets/%s, line %d: %s.", r->file, error.line,
                          root ? "not an object" : error.text);
    }
    enum err e = read_object(r, "", root, 1);
    json_decref(root);
    return e;
}

// A language may be spread over several files: a key stands in one of them.
static enum err sort_messages(const struct reader *r)
{
    struct locale *l = r->l;
    if (l->count)
        qsort(l->messages, l->count, sizeof *l->messages, compare_messages);
    for (size_t i = 1; i < l->count; i++)
        if (strcmp(l->messages[i - 1].key, l->messages[i].key) == 0)
            return bad_message(r, l->messages[i].key, "another file of this language has this message too");
    return ERR_NONE;
}

static void free_locale(struct locale *l)
{
    if (!l)
        return;
    free(l->messages);
    arena_clear(&l->memory);
    free(l);
}

struct opening {
    struct assets *assets;
    struct locales *ret;
};

static enum err add_locale(struct locales *all, struct locale *l)
{
    struct locale **items = reallocarray(all->items, all->count + 1, sizeof(void *));
    if (items)
        all->items = items;
    const char **tags = reallocarray(all->tags, all->count + 1, sizeof(void *));
    if (tags)
        all->tags = tags;
    if (!items || !tags)
        return ERR_MEMORY;
    all->items[all->count] = l;
    all->tags[all->count++] = l->tag;
    return ERR_NONE;
}

static const struct locale *find_exact(const struct locales *all, const char *tag, size_t len)
{
    for (size_t i = 0; i < all->count; i++)
        if (strncasecmp(all->tags[i], tag, len) == 0 && !all->tags[i][len])
            return all->items[i];
    return NULL;
}

// The language's locale, made when this is its first file. Owned by the list.
static struct locale *locale_for(struct locales *all, const char *tag, size_t len)
{
    const struct locale *there = find_exact(all, tag, len);
    struct locale *l = there ? (struct locale *)there : calloc(1, sizeof *l);
    if (there || !l)
        return l;
    l->tag = arena_strndup(&l->memory, tag, len);
    if (!l->tag || add_locale(all, l) != ERR_NONE) {
        free_locale(l);
        return NULL;
    }
    l->cardinal = plural_cardinal(l->tag);
    l->ordinal = plural_ordinal(l->tag);
    l->numbers = locale_number_style(l->tag);
    return l;
}

// "locales/vi.json" and "locales/vi/desk-home.json" both speak Vietnamese.
static enum err open_locale(void *arg, const char *name, struct problem *p)
{
    struct opening *o = arg;
    cleanup_asset const struct asset *asset = NULL;
    const char *tag = name + strlen(FOLDER);
    size_t len = strlen(tag);
    if (len <= strlen(SUFFIX) || strcmp(tag + len - strlen(SUFFIX), SUFFIX) != 0)
        return ERR_NONE;
    len = strchr(tag, '/') ? strcspn(tag, "/") : len - strlen(SUFFIX);
    enum err e = assets_get(o->assets, name, &asset, p);
    if (e != ERR_NONE)
        return e;
    const struct reader r = {locale_for(o->ret, tag, len), name, p};
    if (!r.l)
        return out_of_memory(&r);
    e = read_file(&r, asset);
    return e == ERR_NONE ? sort_messages(&r) : e;
}

enum err locales_open(struct assets *assets, const char *default_lang, struct locales **ret,
                      struct problem *p)
{
    cleanup_locales struct locales *all = calloc(1, sizeof *all);
    struct opening o = {assets, all};
    if (!all)
        return problem_set(p, ERR_MEMORY, NULL, "Memory is out.");
    enum err e = assets_each(assets, FOLDER, open_locale, &o, p);
    if (e != ERR_NONE)
        return e;
    all->standard = find_exact(all, default_lang, strlen(default_lang));
    if (!all->standard)
        return problem_set(
            p, ERR_NOT_FOUND, "languages",
            "There is no assets/locales/%s.json: pages cannot speak the default language \"%s\".",
            default_lang, default_lang);
    for (size_t i = 0; i < all->count; i++) {
        all->items[i]->fallback = all->items[i] == all->standard ? NULL : all->standard;
        if (!locale_index(all->items[i]))
            return problem_set(p, ERR_MEMORY, NULL, "Memory is out.");
    }
    *ret = steal_pointer(&all);
    return ERR_NONE;
}

void locales_close(struct locales *l)
{
    if (!l)
        return;
    for (size_t i = 0; i < l->count; i++)
        free_locale(l->items[i]);
    free(l->items);
    free(l->tags);
    free(l);
}

const struct locale *locales_get(const struct locales *l, const char *lang)
{
    size_t len = lang ? strlen(lang) : 0;
    while (len) {
        const struct locale *found = find_exact(l, lang, len);
        if (found)
            return found;
        while (len && lang[--len] != '-') {
        }
    }
    return l->standard;
}

const char *locales_spoken(const struct locales *l, const char *lang)
{
    const struct locale *found = locales_get(l, lang);
    size_t len = strlen(found->tag);
    bool own = lang && strncasecmp(lang, found->tag, len) == 0 && (!lang[len] || lang[len] == '-');
    return own ? lang : found->tag;
}

bool locales_has(const struct locales *l, const char *lang)
{
    return lang && *lang && find_exact(l, lang, strlen(lang)) != NULL;
}

const char *const *locales_tags(const struct locales *l, size_t *ret_count)
{
    *ret_count = l->count;
    return l->tags;
}

const char *locale_tag(const struct locale *l)
{
    return l->tag;
}

// ---- checking

static int compare_strings(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void list_placeholders(const struct message *m, struct buf *out)
{
    const char *names[64];
    size_t count = 0;
    for (size_t f = 0; f < PLURAL_COUNT; f++)
        for (size_t i = 0; i < m->forms[f].count; i++)
            if (m->forms[f].pieces[i].placeholder && count < sizeof names / sizeof names[0])
                names[count++] = m->forms[f].pieces[i].text;
    qsort(names, count, sizeof names[0], compare_strings);
    for (size_t i = 0; i < count; i++)
        if (i == 0 || strcmp(names[i], names[i - 1]) != 0)
            buf_printf(out, "%s%s", out->len ? " " : "", names[i]);
}

void locale_each(const struct locale *l, void (*each)(void *arg, const char *key, const char *placeholders),
                 void *arg)
{
    for (size_t i = 0; i < l->count; i++) {
        cleanup_buf struct buf placeholders = BUF_INIT;
        list_placeholders(&l->messages[i], &placeholders);
        each(arg, l->messages[i].key, placeholders.data);
    }
}
