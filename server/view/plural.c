#include "server/view/plural.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

const char *const plural_names[PLURAL_COUNT] = {
    [PLURAL_ZERO] = "zero", [PLURAL_ONE] = "one",   [PLURAL_TWO] = "two",
    [PLURAL_FEW] = "few",   [PLURAL_MANY] = "many", [PLURAL_OTHER] = "other",
};

static enum plural always_other(int64_t n)
{
    (void)n;
    return PLURAL_OTHER;
}

static enum plural one_is_one(int64_t n)
{
    return n == 1 ? PLURAL_ONE : PLURAL_OTHER;
}

static enum plural one_and_millions(int64_t n)
{
    return n == 1 ? PLURAL_ONE : n != 0 && n % 1000000 == 0 ? PLURAL_MANY : PLURAL_OTHER;
}

static enum plural french(int64_t n)
{
    return n <= 1 ? PLURAL_ONE : one_and_millions(n);
}

static enum plural east_slavic(int64_t n)
{
    if (n % 10 == 1 && n % 100 != 11)
        return PLURAL_ONE;
    return n % 10 >= 2 && n % 10 <= 4 && (n % 100 < 12 || n % 100 > 14) ? PLURAL_FEW : PLURAL_MANY;
}

static enum plural polish(int64_t n)
{
    return n == 1 ? PLURAL_ONE : n % 10 == 1 ? PLURAL_MANY : east_slavic(n);
}

static enum plural czech(int64_t n)
{
    return n == 1 ? PLURAL_ONE : n >= 2 && n <= 4 ? PLURAL_FEW : PLURAL_OTHER;
}

static enum plural english_ordinal(int64_t n)
{
    static const enum plural by_digit[10] = {
        PLURAL_OTHER, PLURAL_ONE,   PLURAL_TWO,   PLURAL_FEW,   PLURAL_OTHER,
        PLURAL_OTHER, PLURAL_OTHER, PLURAL_OTHER, PLURAL_OTHER, PLURAL_OTHER,
    };
    return n / 10 % 10 == 1 ? PLURAL_OTHER : by_digit[n % 10];
}

// Languages without a row have one form for all numbers: among them zh, ja, th, lo, my, id.
static const struct {
    const char *language;
    plural_rule *cardinal;
    plural_rule *ordinal;
} rules[] = {
    {"vi", always_other, one_is_one},
    {"en", one_is_one, english_ordinal},
    {"de", one_is_one, always_other},
    {"nl", one_is_one, always_other},
    {"sv", one_is_one, always_other},
    {"fr", french, one_is_one},
    {"es", one_and_millions, always_other},
    {"ru", east_slavic, always_other},
    {"uk", east_slavic, always_other},
    {"pl", polish, always_other},
    {"cs", czech, always_other},
    {"km", always_other, always_other},
    {"ko", always_other, always_other},
    {"ms", always_other, one_is_one},
};

static size_t find(const char *tag)
{
    size_t len = strcspn(tag, "-");
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
        if (strlen(rules[i].language) == len && strncasecmp(rules[i].language, tag, len) == 0)
            return i;
    return sizeof rules / sizeof rules[0];
}

plural_rule *plural_cardinal(const char *tag)
{
    size_t i = find(tag);
    return i < sizeof rules / sizeof rules[0] ? rules[i].cardinal : always_other;
}

plural_rule *plural_ordinal(const char *tag)
{
    size_t i = find(tag);
    return i < sizeof rules / sizeof rules[0] ? rules[i].ordinal : always_other;
}
