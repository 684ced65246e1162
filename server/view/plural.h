// Plural categories: which form of a message a number takes. Rules from the Unicode CLDR 44, supplemental
// data "plurals" and "ordinals", for whole numbers. Private to server/view/. Thread-safe.
#pragma once

#include <stdint.h>

enum plural {
    PLURAL_ZERO,
    PLURAL_ONE,
    PLURAL_TWO,
    PLURAL_FEW,
    PLURAL_MANY,
    PLURAL_OTHER,
    PLURAL_COUNT,
};

extern const char *const plural_names[PLURAL_COUNT]; // "zero", "one" …

typedef enum plural plural_rule(int64_t n); // n >= 0

// The rules of a language by its tag, of which only the first part ("zh" of "zh-hant") counts. A language
// that the table does not know has one form, PLURAL_OTHER.
plural_rule *plural_cardinal(const char *tag);
plural_rule *plural_ordinal(const char *tag);
