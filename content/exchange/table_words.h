// Private to content/exchange: what a table for people calls terms and states, and what of that reads back.
#pragma once

#include "content/exchange/seen.h"
#include "content/exchange/vocabulary.h"

// The labels of the store's terms in one language, each only where no other term of its scheme is called so.
struct table_words {
    struct {
        struct seen keys;    // -> index in labels
        const char **labels; // NULL: the key stays
    } schemes[VOCABULARY_COUNT];
};

// Reads the store's terms; labels are in the arena. table_words_clear also after failure.
enum err table_words_open(struct connection *c, struct arena *a, const char *lang, struct table_words *ret,
                          struct problem *p);
void table_words_clear(struct table_words *words);
#define cleanup_table_words CLEANUP(table_words_clear)

// The label of a term, its key where that alone is sure; NULL for NULL.
const char *table_words_term(const struct table_words *words, int scheme, const char *key);

// What a state is called in Vietnamese.
const char *table_words_state(const char *state);

// The state that the text names, by its own name or in Vietnamese or English; the text itself where it is
// none.
const char *table_words_read_state(const char *text);
