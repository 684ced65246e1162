#include "content/exchange/vocabulary.h"

#include <stdio.h>
#include <string.h>

#include "common/fold.h"
#include "content/term.h"
#include "content/words.h"

static struct vocabulary_term *term_at(struct vocabulary *v, int scheme, uint64_t index)
{
    return (struct vocabulary_term *)(void *)v->schemes[scheme].terms.data + index;
}

static enum err no_memory(struct problem *p)
{
    return problem_set(p, ERR_MEMORY, NULL, "out of memory");
}

// Remembers another name of the term that was added last; the first term of a name keeps it.
static enum err add_name(struct vocabulary *v, int scheme, const char *name, struct problem *p)
{
    cleanup_buf struct buf folded = BUF_INIT;
    if (fold_search(name, strlen(name), &folded, p) == ERR_MEMORY)
        return ERR_MEMORY;
    uint64_t index = v->schemes[scheme].terms.len / sizeof(struct vocabulary_term) - 1;
    enum err e = folded.len > 0 ? seen_add(&v->schemes[scheme].names, folded.data, index, NULL) : ERR_NONE;
    return e == ERR_MEMORY ? no_memory(p) : ERR_NONE;
}

// --- what may be the same

// A folded name without what kind of area it is; the name itself where nothing else is left, or a number,
// which every kind of area has.
static const char *bare_name(const char *folded)
{
    static const char *const kinds[] = {"quan ",     "huyen ",  "phuong ",    "xa ",
                                        "thi tran ", "thi xa ", "thanh pho ", "tinh "};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        size_t len = strlen(kinds[i]);
        if (strncmp(folded, kinds[i], len) == 0 && folded[len + strspn(folded + len, "0123456789")])
            return folded + len;
    }
    return folded;
}

static enum err add_bare(struct vocabulary *v, int scheme, const char *name, struct problem *p)
{
    cleanup_buf struct buf folded = BUF_INIT;
    if (fold_search(name, strlen(name), &folded, NULL) == ERR_MEMORY)
        return no_memory(p);
    uint64_t index = v->schemes[scheme].terms.len / sizeof(struct vocabulary_term) - 1;
    enum err e =
        folded.len > 0 ? seen_add(&v->schemes[scheme].bare, bare_name(folded.data), index, NULL) : ERR_NONE;
    return e == ERR_MEMORY ? no_memory(p) : ERR_NONE;
}

// What a term that was there is called, when the label of a new one may mean it.
static const char *like(const struct vocabulary *v, int scheme, const char *label)
{
    cleanup_buf struct buf folded = BUF_INIT;
    uint64_t index;
    if (fold_search(label, strlen(label), &folded, NULL) || folded.len == 0 ||
        !seen_find(&v->schemes[scheme].bare, bare_name(folded.data), &index))
        return NULL;
    return ((const struct vocabulary_term *)(const void *)v->schemes[scheme].terms.data)[index].said;
}

// --- terms

static enum err add_term(struct vocabulary *v, int scheme, const char *key, const char *label,
                         struct problem *p)
{
    struct vocabulary_term term = {arena_strdup(&v->l->arena, key), arena_strdup(&v->l->arena, label), NULL};
    uint64_t index = v->schemes[scheme].terms.len / sizeof term;
    buf_append(&v->schemes[scheme].terms, &term, sizeof term);
    if (!term.key || (label && !term.label) || v->schemes[scheme].terms.failed ||
        seen_add(&v->schemes[scheme].keys, key, index, NULL) == ERR_MEMORY)
        return no_memory(p);
    return add_name(v, scheme, label ? label : key, p);
}

static enum err add_stored(struct vocabulary *v, int scheme, const struct term *term, struct problem *p)
{
    enum err e = add_term(v, scheme, term->key, NULL, p);
    json_t *labels = json_loads(term->labels, 0, NULL), *label;
    const char *lang, *said = words_pick(labels, v->lang, "vi", NULL);
    if (!e)
        term_at(v, scheme, v->schemes[scheme].terms.len / sizeof(struct vocabulary_term) - 1)->said =
            arena_strdup(&v->l->arena, said ? said : term->key);
    json_object_foreach(labels, lang, label)
    {
        if (!e)
            e = add_name(v, scheme, json_string_value(label), p);
        if (!e)
            e = add_bare(v, scheme, json_string_value(label), p);
    }
    json_decref(labels);
    return e;
}

enum err vocabulary_open(struct vocabulary *v, struct landing *l, const char *lang, struct problem *p)
{
    *v = (struct vocabulary){.l = l, .lang = lang};
    for (int i = 0; i < VOCABULARY_COUNT; i++) {
        v->schemes[i].names = v->schemes[i].keys = v->schemes[i].bare = SEEN_INIT;
        v->schemes[i].terms = BUF_INIT;
    }
    for (int i = 0; i < VOCABULARY_COUNT; i++) {
        struct terms terms;
        enum err e = term_list(l->writer, &l->arena, term_schemes[i], &terms, p);
        for (size_t k = 0; !e && k < terms.count; k++)
            e = add_stored(v, i, &terms.items[k], p);
        if (e)
            return e;
    }
    return ERR_NONE;
}

void vocabulary_clear(struct vocabulary *v)
{
    for (int i = 0; i < VOCABULARY_COUNT; i++) {
        seen_clear(&v->schemes[i].names);
        seen_clear(&v->schemes[i].keys);
        seen_clear(&v->schemes[i].bare);
        buf_free(&v->schemes[i].terms);
    }
}

// A key that no term of the scheme has.
static enum err free_key(struct vocabulary *v, int scheme, const char *text, char ret[FOLD_SLUG_SIZE],
                         struct problem *p)
{
    char base[FOLD_SLUG_SIZE];
    if (fold_slug(text, strlen(text), term_schemes[scheme], base))
        return no_memory(p);
    memcpy(ret, base, sizeof base);
    for (unsigned n = 2; seen_find(&v->schemes[scheme].keys, ret, NULL); n++)
        snprintf(ret, FOLD_SLUG_SIZE, "%.68s-%u", base, n);
    return ERR_NONE;
}

enum err vocabulary_key(struct vocabulary *v, int scheme, const char *text, const char **ret,
                        struct problem *p)
{
    cleanup_buf struct buf folded = BUF_INIT;
    const char *name = term_schemes[scheme];
    enum err e = fold_search(text, strlen(text), &folded, p);
    if (e)
        return e;
    if (folded.len == 0)
        return problem_set(p, ERR_INVALID, name,
                           MESSAGE("term.no_name") "“%s” names no %s: it holds neither letter nor digit",
                           text, name);
    if (fold_utf8_count(text, strlen(text)) > VOCABULARY_LABEL_MAX)
        return problem_set(
            p, ERR_TOO_LARGE, name,
            MESSAGE("term.long") "the %s has more than %d characters: is this the right column?", name,
            VOCABULARY_LABEL_MAX);
    uint64_t index; // a key as it is written outweighs another term's label
    if (!seen_find(&v->schemes[scheme].keys, text, &index) &&
        !seen_find(&v->schemes[scheme].names, folded.data, &index)) {
        char key[FOLD_SLUG_SIZE];
        e = free_key(v, scheme, text, key, p);
        if (!e)
            e = add_term(v, scheme, key, text, p);
        if (e)
            return e;
        index = v->schemes[scheme].terms.len / sizeof(struct vocabulary_term) - 1;
    }
    *ret = term_at(v, scheme, index)->key;
    return ERR_NONE;
}

enum err vocabulary_other(struct vocabulary *v, const char **ret, struct problem *p)
{
    static const struct {
        const char *lang, *label;
    } labels[] = {{"vi", "Di tích khác"}, {"de", "Sonstiges"}, {NULL, "Other site"}};
    size_t i = 0;
    while (labels[i].lang && strcmp(labels[i].lang, v->lang) != 0)
        i++;
    *ret = "other";
    if (seen_find(&v->schemes[VOCABULARY_KIND].keys, "other", NULL))
        return ERR_NONE;
    return add_term(v, VOCABULARY_KIND, "other", labels[i].label, p);
}

enum err vocabulary_ensure(struct vocabulary *v, int scheme, const char *key, struct problem *p)
{
    uint64_t index;
    if (!key || !seen_find(&v->schemes[scheme].keys, key, &index))
        return ERR_NONE;
    struct vocabulary_term *term = term_at(v, scheme, index);
    if (!term->label)
        return ERR_NONE;
    json_t *words = json_pack("{s:s}", v->lang, term->label);
    cleanup_free char *labels = words ? json_dumps(words, JSON_COMPACT) : NULL;
    json_decref(words);
    if (!labels)
        return no_memory(p);
    struct term saved = {.key = key, .labels = labels};
    enum err e = term_save(v->l->writer, term_schemes[scheme], &saved, (int)index, NULL, p);
    if (e)
        return e;
    const char *label = term->label;
    term->label = NULL;
    return landing_count_term(v->l, term_schemes[scheme], key, label, like(v, scheme, label), p);
}
