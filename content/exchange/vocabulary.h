// Private to content/exchange: from what a table calls a kind, a rank or an area to the term of the store,
// and new terms where there is none.
#pragma once

#include "content/exchange/landing.h"
#include "content/exchange/seen.h"

enum { VOCABULARY_LABEL_MAX = 300 }; // characters

enum { VOCABULARY_KIND, VOCABULARY_CATEGORY, VOCABULARY_RANK, VOCABULARY_AREA, VOCABULARY_COUNT };

struct vocabulary_term {
    const char *key;
    const char *label; // of a term that is not in the store yet, else NULL
    const char *said;  // of a term that was there, as people call it, else NULL
};

struct vocabulary {
    struct landing *l;
    const char *lang; // of new labels
    struct {
        struct seen names; // folded labels and keys -> index in terms
        struct seen keys;
        struct seen bare; // names of terms that were there, without what kind of area they are -> index
        struct buf terms; // struct vocabulary_term
    } schemes[VOCABULARY_COUNT];
};

// Reads the store's terms; inside the transaction. vocabulary_clear also after failure.
enum err vocabulary_open(struct vocabulary *v, struct landing *l, const char *lang, struct problem *p);
void vocabulary_clear(struct vocabulary *v);

// The key of the term that `text` names: by its key or by its label in any language, both folded. Where there
// is none, a key is made from the text; the term itself is made by vocabulary_ensure. *ret lives as long as
// the vocabulary. ERR_INVALID when the text holds no letter or digit.
enum err vocabulary_key(struct vocabulary *v, int scheme, const char *text, const char **ret,
                        struct problem *p);

// The key of the kind of sites that name none: "other".
enum err vocabulary_other(struct vocabulary *v, const char **ret, struct problem *p);

// Makes the term in the store if it is not there yet. `key` NULL is fine.
enum err vocabulary_ensure(struct vocabulary *v, int scheme, const char *key, struct problem *p);
