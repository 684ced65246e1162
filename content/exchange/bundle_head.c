// bundle.json and terms.json: the languages, the collection's name, the vocabularies.
#include "content/exchange/bundle.h"

#include <stdio.h>
#include <string.h>

#include "content/term.h"
#include "content/words.h"

enum { TERMS_MAX = 20000 };

static const struct shape head_shape = {(const struct shape_member[]){
    {"format", SHAPE_TEXT, .required = true},
    {"version", SHAPE_NUMBER, .required = true, .min = 1, .max = 1e9},
    {"languages", SHAPE_LANG_LIST, .required = true, .limit = LANGUAGES_MAX},
    {"name", SHAPE_WORDS},
    {NULL},
}};

static enum err check_format(const struct document *document, struct problem *p)
{
    const char *format = json_string_value(json_object_get(document->json, "format"));
    double version = json_number_value(json_object_get(document->json, "version"));
    if (strcmp(format, BUNDLE_FORMAT) != 0)
        return problem_set(p, ERR_UNSUPPORTED, "format",
                           MESSAGE("bundle.format") "the format is “%s”, not “" BUNDLE_FORMAT "”", format);
    if (version != BUNDLE_VERSION)
        return problem_set(p, ERR_UNSUPPORTED, "version",
                           MESSAGE("bundle.version") "the bundle has version %g, and this program reads "
                                                     "version %d: use a newer one",
                           version, BUNDLE_VERSION);
    if (json_array_size(json_object_get(document->json, "languages")) == 0)
        return problem_set(
            p, ERR_INVALID, "languages",
            MESSAGE("bundle.no_language") "“languages” is empty: name the default language at least");
    return ERR_NONE;
}

static enum err take_languages(struct bundle *b, const json_t *list, struct problem *p)
{
    b->languages.tags = arena_array(&b->l->arena, json_array_size(list), sizeof *b->languages.tags);
    if (!b->languages.tags)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    size_t i;
    json_t *tag;
    json_array_foreach((json_t *)list, i, tag)
    {
        const char *copy = arena_strdup(&b->l->arena, json_string_value(tag));
        if (!copy)
            return problem_set(p, ERR_MEMORY, NULL, "out of memory");
        b->languages.tags[b->languages.count++] = copy;
    }
    return ERR_NONE;
}

enum err bundle_head(struct bundle *b, struct problem *p)
{
    cleanup_document struct document document = DOCUMENT_INIT;
    struct problem fault = PROBLEM_INIT;
    enum err e = bundle_document(b, "bundle.json", BUNDLE_JSON_MAX, &document, p);
    if (e)
        return e;
    if (!bundle_check_members(b, "bundle.json", &document, &head_shape))
        return ERR_INVALID;
    e = check_format(&document, &fault);
    if (e) {
        bundle_member_fault(b, "bundle.json", &document, &fault);
        return ERR_INVALID;
    }
    b->name = json_incref(json_object_get(document.json, "name"));
    return take_languages(b, json_object_get(document.json, "languages"), p);
}

// The bundle's languages come first and in its order; others that the store has follow.
static enum err land_languages(struct bundle *b, struct problem *p)
{
    struct languages before;
    enum err e = landing_languages(b->l, &before, p);
    bool same = !e && before.count >= b->languages.count;
    for (size_t i = 0; !e && i < b->languages.count; i++) {
        same = same && strcmp(before.tags[i], b->languages.tags[i]) == 0;
        b->l->report->languages_added += !languages_has(&before, b->languages.tags[i]);
    }
    int position = 0;
    for (size_t i = 0; !e && !same && i < b->languages.count; i++)
        e = setting_add_language(b->l->writer, b->languages.tags[i], position++, p);
    for (size_t i = 0; !e && !same && i < before.count; i++)
        if (!languages_has(&b->languages, before.tags[i]))
            e = setting_add_language(b->l->writer, before.tags[i], position++, p);
    b->l->changed = b->l->changed || !same;
    return e;
}

enum err bundle_land_head(struct bundle *b, struct problem *p)
{
    enum err e = land_languages(b, p);
    json_t *before = NULL;
    if (!e && b->name)
        e = setting_get(b->l->writer, SETTING_NAME, &before, p);
    if (!e && b->name && !json_equal(before, b->name)) {
        e = setting_set(b->l->writer, SETTING_NAME, b->name, p);
        b->l->changed = true;
        struct problem note = PROBLEM_INIT;
        problem_set(&note, ERR_NONE, "name",
                    MESSAGE("bundle.new_name") "the collection's name changes to this bundle's");
        if (json_object_size(before))
            landing_note(b->l, "bundle.json", &note);
    }
    json_decref(before);
    return e;
}

// --- terms

static const struct shape term_shape = {(const struct shape_member[]){
    {"key", SHAPE_SLUG, .required = true},
    {"labels", SHAPE_WORDS, .required = true},
    {"parent", SHAPE_SLUG},
    {"picture", SHAPE_SLUG},
    {NULL},
}};

static const struct shape terms_shape = {(const struct shape_member[]){
    {"kind", SHAPE_LIST, .limit = TERMS_MAX, .inner = &term_shape},
    {"category", SHAPE_LIST, .limit = TERMS_MAX, .inner = &term_shape},
    {"rank", SHAPE_LIST, .limit = TERMS_MAX, .inner = &term_shape},
    {"area", SHAPE_LIST, .limit = TERMS_MAX, .inner = &term_shape},
    {NULL},
}};

static const char *member(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

// `sentence` takes the path and the name.
#define fault_at(b, document, path, sentence, name)                                                          \
    do {                                                                                                     \
        struct problem at = PROBLEM_INIT;                                                                    \
        problem_set(&at, ERR_INVALID, path, sentence, path, name);                                           \
        bundle_member_fault(b, "terms.json", document, &at);                                                 \
    } while (0)

static enum err check_scheme(struct bundle *b, const struct document *document, const char *scheme,
                             struct problem *p)
{
    cleanup_seen struct seen keys = SEEN_INIT;
    size_t i;
    json_t *term;
    char path[64];
    json_array_foreach(json_object_get(document->json, scheme), i, term)
    {
        snprintf(path, sizeof path, "%s[%zu].key", scheme, i);
        enum err e = seen_add(&keys, member(term, "key"), i, NULL);
        if (e == ERR_EXISTS)
            fault_at(b, document, path, MESSAGE("terms.twice") "“%s”: “%s” is in this vocabulary twice",
                     member(term, "key"));
        else if (e)
            return problem_set(p, e, NULL, "out of memory");
        snprintf(path, sizeof path, "%s[%zu].picture", scheme, i);
        if (json_object_get(term, "picture") && strcmp(scheme, "kind") != 0)
            fault_at(b, document, path,
                     MESSAGE("terms.picture") "“%s”: “%s” is a picture, which only kinds may have",
                     member(term, "picture"));
    }
    json_array_foreach(json_object_get(document->json, scheme), i, term)
    {
        snprintf(path, sizeof path, "%s[%zu].parent", scheme, i);
        const char *parent = member(term, "parent");
        if (parent && !seen_find(&keys, parent, NULL))
            fault_at(b, document, path, MESSAGE("terms.parent") "“%s”: “%s” is not in this vocabulary",
                     parent);
    }
    return ERR_NONE;
}

static bool same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool same_term(const json_t *term, const struct term *before)
{
    json_t *labels = json_loads(before->labels, 0, NULL);
    bool same = same_text(member(term, "key"), before->key) &&
                json_equal(json_object_get(term, "labels"), labels) &&
                same_text(member(term, "picture"), before->picture) &&
                same_text(member(term, "parent"), before->parent);
    json_decref(labels);
    return same;
}

static const json_t *find_term(const json_t *list, const char *key)
{
    size_t i;
    json_t *term;
    json_array_foreach((json_t *)list, i, term) if (strcmp(member(term, "key"), key) == 0) return term;
    return NULL;
}

static enum err save_term(struct bundle *b, const char *scheme, const json_t *term, int position,
                          struct problem *p)
{
    cleanup_free char *labels = json_dumps(json_object_get(term, "labels"), JSON_COMPACT | JSON_SORT_KEYS);
    if (!labels)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    struct term saved = {.key = member(term, "key"), .labels = labels, .picture = member(term, "picture")};
    int64_t id = 0;
    enum err e = term_find(b->l->writer, scheme, saved.key, &id, p);
    const char *label = words_pick(json_object_get(term, "labels"), "vi", "en", NULL);
    if (!e && id == 0)
        e = landing_count_term(b->l, scheme, saved.key, label ? label : saved.key, NULL, p);
    return e ? e : term_save(b->l->writer, scheme, &saved, position, NULL, p);
}

// Parents are all taken away first, so that no step between makes a circle.
static enum err save_parents(struct bundle *b, const char *scheme, const json_t *list, struct problem *p)
{
    enum err e = ERR_NONE;
    for (int round = 0; !e && round < 2; round++) {
        size_t i;
        json_t *term;
        json_array_foreach((json_t *)list, i, term)
        {
            const char *parent = member(term, "parent");
            if (!e && (round == 0 || parent))
                e = term_set_parent(b->l->writer, scheme, member(term, "key"), round ? parent : NULL, p);
        }
    }
    return e;
}

static enum err land_scheme(struct bundle *b, const char *scheme, const json_t *list, struct problem *p)
{
    cleanup_arena struct arena a = ARENA_INIT;
    struct terms before;
    enum err e = term_list(b->l->writer, &a, scheme, &before, p);
    bool same = !e && before.count >= json_array_size(list);
    for (size_t i = 0; same && i < json_array_size(list); i++)
        same = same_term(json_array_get(list, i), &before.items[i]);
    if (e || same)
        return e;
    b->l->changed = true;
    int position = 0;
    for (size_t i = 0; !e && i < json_array_size(list); i++)
        e = save_term(b, scheme, json_array_get(list, i), position++, p);
    for (size_t i = 0; !e && i < before.count; i++)
        if (!find_term(list, before.items[i].key))
            e = term_save(b->l->writer, scheme, &before.items[i], position++, NULL, p);
    return e ? e : save_parents(b, scheme, list, p);
}

enum err bundle_terms(struct bundle *b, struct problem *p)
{
    cleanup_document struct document document = DOCUMENT_INIT;
    cleanup_close int fd = -1;
    if (folder_file(&b->folder, "terms.json", &fd, NULL, NULL) == ERR_NOT_FOUND)
        return ERR_NONE;
    enum err e = bundle_document(b, "terms.json", BUNDLE_TERMS_MAX, &document, p);
    if (e == ERR_INVALID || (!e && !bundle_check_members(b, "terms.json", &document, &terms_shape)))
        return ERR_NONE; // reported; the sites can be looked at all the same
    for (const char *const *scheme = term_schemes; !e && *scheme; scheme++) {
        struct problem fault = PROBLEM_INIT;
        const json_t *list = json_object_get(document.json, *scheme);
        e = b->l->writer ? land_scheme(b, *scheme, list, &fault)
                         : check_scheme(b, &document, *scheme, &fault);
        if (e && landing_is_about_input(e)) {
            bundle_member_fault(b, "terms.json", &document, &fault);
            e = ERR_NONE;
        } else if (e) {
            *p = fault;
        }
    }
    return e;
}
