#include "content/exchange/table_words.h"

#include <jansson.h>
#include <string.h>

#include "common/fold.h"
#include "content/term.h"

static enum err no_memory(struct problem *p)
{
    return problem_set(p, ERR_MEMORY, NULL, "out of memory");
}

// --- terms

// Which names of a scheme belong to one term alone.
struct names {
    struct seen first;   // folded name -> index of the first term that is called so
    struct seen doubled; // folded names that another term has too
};

static void names_clear(struct names *names)
{
    seen_clear(&names->first);
    seen_clear(&names->doubled);
}
#define cleanup_names CLEANUP(names_clear)

static enum err add_name(struct names *names, const char *name, uint64_t index, struct problem *p)
{
    cleanup_buf struct buf folded = BUF_INIT;
    uint64_t before = index;
    enum err e = fold_search(name, strlen(name), &folded, NULL);
    if (e != ERR_MEMORY && folded.len > 0)
        e = seen_add(&names->first, folded.data, index, &before);
    if (e == ERR_EXISTS && before != index)
        e = seen_add(&names->doubled, folded.data, 0, NULL);
    return e == ERR_MEMORY ? no_memory(p) : ERR_NONE;
}

static enum err add_names(struct names *names, const struct term *term, uint64_t index, struct problem *p)
{
    enum err e = add_name(names, term->key, index, p);
    json_t *labels = json_loads(term->labels, 0, NULL), *label;
    const char *lang;
    json_object_foreach(labels, lang, label) if (!e) e = add_name(names, json_string_value(label), index, p);
    json_decref(labels);
    return e;
}

// In the arena; NULL where the import would not be sure of it.
static const char *sure_label(const struct names *names, struct arena *a, const struct term *term,
                              const char *lang)
{
    cleanup_buf struct buf folded = BUF_INIT;
    json_t *labels = json_loads(term->labels, 0, NULL);
    const char *text = json_string_value(json_object_get(labels, lang));
    bool sure = text && fold_utf8_count(text, strlen(text)) <= VOCABULARY_LABEL_MAX &&
                !fold_search(text, strlen(text), &folded, NULL) && folded.len > 0 &&
                !seen_find(&names->doubled, folded.data, NULL);
    const char *label = sure ? arena_strdup(a, text) : NULL;
    json_decref(labels);
    return label;
}

static enum err open_scheme(struct table_words *words, int scheme, struct connection *c, struct arena *a,
                            const char *lang, struct problem *p)
{
    cleanup_names struct names names = {SEEN_INIT, SEEN_INIT};
    struct terms terms;
    enum err e = term_list(c, a, term_schemes[scheme], &terms, p);
    for (size_t i = 0; !e && i < terms.count; i++)
        e = add_names(&names, &terms.items[i], i, p);
    const char **labels = e ? NULL : arena_array(a, terms.count + 1, sizeof *labels);
    if (!labels)
        return e ? e : no_memory(p);
    for (size_t i = 0; !e && i < terms.count; i++) {
        labels[i] = sure_label(&names, a, &terms.items[i], lang);
        if (seen_add(&words->schemes[scheme].keys, terms.items[i].key, i, NULL) == ERR_MEMORY)
            e = no_memory(p);
    }
    words->schemes[scheme].labels = labels;
    return e;
}

enum err table_words_open(struct connection *c, struct arena *a, const char *lang, struct table_words *ret,
                          struct problem *p)
{
    enum err e = ERR_NONE;
    for (int i = 0; i < VOCABULARY_COUNT; i++)
        ret->schemes[i].keys = SEEN_INIT;
    for (int i = 0; !e && i < VOCABULARY_COUNT; i++)
        e = open_scheme(ret, i, c, a, lang, p);
    return e;
}

void table_words_clear(struct table_words *words)
{
    for (int i = 0; i < VOCABULARY_COUNT; i++)
        seen_clear(&words->schemes[i].keys);
}

const char *table_words_term(const struct table_words *words, int scheme, const char *key)
{
    uint64_t index;
    if (!key || !seen_find(&words->schemes[scheme].keys, key, &index))
        return key;
    const char *label = words->schemes[scheme].labels[index];
    return label ? label : key;
}

// --- states

static const struct {
    const char *state, *vietnamese, *english;
} states[] = {
    {"draft", "Bản nháp", "Draft"},
    {"in-review", "Chờ duyệt", "In review"},
    {"published", "Đã đăng", "Published"},
    {"withdrawn", "Đã gỡ", "Withdrawn"},
};
enum { STATES = sizeof states / sizeof states[0] };

const char *table_words_state(const char *state)
{
    for (size_t i = 0; i < STATES; i++)
        if (strcmp(states[i].state, state) == 0)
            return states[i].vietnamese;
    return state;
}

static bool is_named(const char *text, const char *name)
{
    cleanup_buf struct buf one = BUF_INIT, other = BUF_INIT;
    return !fold_search(text, strlen(text), &one, NULL) && !fold_search(name, strlen(name), &other, NULL) &&
           one.len > 0 && strcmp(one.data, other.data) == 0;
}

const char *table_words_read_state(const char *text)
{
    for (size_t i = 0; i < STATES; i++)
        if (strcmp(text, states[i].state) == 0)
            return states[i].state;
    for (size_t i = 0; i < STATES; i++)
        if (is_named(text, states[i].vietnamese) || is_named(text, states[i].english))
            return states[i].state;
    return text;
}
