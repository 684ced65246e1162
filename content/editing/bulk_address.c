#include "content/editing/bulk_address.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "common/buf.h"
#include "common/edtf.h"
#include "common/word.h"

// --- dates

static bool read_date(const char *text, struct edtf_date *ret)
{
    struct edtf date;
    if (edtf_parse(text, NULL, &date, NULL))
        return false;
    *ret = date.start;
    return true;
}

bool bulk_is_date(const char *text)
{
    struct edtf date;
    if (edtf_parse(text, NULL, &date, NULL) || date.interval)
        return false;
    const struct edtf_date *day = &date.start;
    bool plain = day->precision == EDTF_YEAR || day->precision == EDTF_MONTH || day->precision == EDTF_DAY;
    return plain && !day->approximate && !day->uncertain && day->year >= 1 && day->year <= 9999;
}

// The year, month or day before, in the same form.
static void date_before(const char *text, char ret[40])
{
    struct edtf_date date = {0};
    (void)read_date(text, &date); // bulk_is_date has said that it is one
    if (!date.month) {
        snprintf(ret, 40, "%04d", (int)date.year - 1);
    } else if (!date.day) {
        int months = (int)date.year * 12 + date.month - 2;
        snprintf(ret, 40, "%04d-%02d", months / 12, months % 12 + 1);
    } else {
        struct tm day = {.tm_year = (int)date.year - 1900, .tm_mon = date.month - 1, .tm_mday = date.day - 1};
        (void)timegm(&day); // brings the zeroth of a month into the month before
        snprintf(ret, 40, "%04d-%02d-%02d", day.tm_year + 1900, day.tm_mon + 1, day.tm_mday);
    }
}

// The first day that the date can mean, as a number that grows with time.
static int64_t first_day(const struct edtf_date *date)
{
    bool season = date->precision == EDTF_SEASON;
    int month = season ? (date->month - 21) * 3 + 1 : date->month ? date->month : 1;
    return ((int64_t)date->year * 16 + month) * 32 + (date->day ? date->day : 1);
}

// Whether something is left of the address before `from`.
static bool can_end(const json_t *address, const char *from)
{
    const char *text = json_string_value(json_object_get(address, "from"));
    struct edtf_date begin, next;
    if (!text || !read_date(text, &begin) || !read_date(from, &next))
        return true;
    bool known = begin.precision != EDTF_UNKNOWN && begin.precision != EDTF_OPEN;
    return !known || first_day(&begin) < first_day(&next);
}

// --- words

static const char *text_in(const json_t *address, const char *lang)
{
    return json_string_value(json_object_get(json_object_get(address, "words"), lang));
}

static bool is_asked(const struct bulk_words *words)
{
    return words->find && words->find[0];
}

// Whether what stands in place of the words is something else than what stands there.
static bool changes(const char *found, size_t len, const struct bulk_words *words)
{
    cleanup_buf struct buf made = BUF_INIT;
    word_append_as(&made, words->replace, words->find, found);
    return made.len != len || memcmp(made.data, found, len) != 0;
}

// Where the words stand from `at` on, as the change looks for them, and would become others. NULL: nowhere.
static const char *find(const char *text, const char *at, const struct bulk_change *change,
                        const struct bulk_words *words, size_t *ret_len)
{
    *ret_len = strlen(words->find);
    if (!change->any_case)
        return word_find(text, at, words->find);
    while ((at = word_find_any_case(text, at, words->find, true, ret_len)) && !changes(at, *ret_len, words))
        at += *ret_len;
    return at;
}

typedef bool holds_fn(const char *text, const struct bulk_change *change, const struct bulk_words *words);

static bool holds(const char *text, const struct bulk_change *change, const struct bulk_words *words)
{
    size_t len;
    return find(text, text, change, words, &len) != NULL;
}

static bool holds_inside(const char *text, const struct bulk_change *change, const struct bulk_words *words)
{
    size_t len;
    return change->any_case ? word_find_any_case(text, text, words->find, false, &len) != NULL
                            : strstr(text, words->find) != NULL;
}

static bool holds_new(const char *text, const struct bulk_change *change, const struct bulk_words *words)
{
    size_t len;
    return change->any_case && word_find_any_case(text, text, words->find, true, &len);
}

static bool holds_otherwise(const char *text, const struct bulk_change *change,
                            const struct bulk_words *words)
{
    size_t len = 0;
    if (change->any_case)
        return false;
    for (const char *at = text; (at = word_find_any_case(text, at, words->find, true, &len)); at += len)
        if (len != strlen(words->find) || memcmp(at, words->find, len) != 0)
            return true;
    return false;
}

static bool is_in(const json_t *address, const struct bulk_change *change, const struct bulk_words *words,
                  holds_fn *is)
{
    const char *text = text_in(address, words->lang);
    return text && is_asked(words) && is(text, change, words);
}

// The words of the address in the first language of the change in which it holds what is looked for; NULL:
// none.
static const char *found_in(const json_t *address, const struct bulk_change *change, holds_fn *is)
{
    for (size_t i = 0; i < change->word_count; i++)
        if (is_in(address, change, &change->words[i], is))
            return text_in(address, change->words[i].lang);
    return NULL;
}

// A new reference; NULL when memory is out.
static json_t *replaced(const char *text, const struct bulk_change *change, const struct bulk_words *words)
{
    cleanup_buf struct buf out = BUF_INIT;
    const char *at = text;
    size_t len;
    for (const char *found; (found = find(text, at, change, words, &len)); at = found + len) {
        buf_append(&out, at, (size_t)(found - at));
        word_append_as(&out, words->replace, words->find, found);
    }
    buf_append_str(&out, at);
    return out.failed ? NULL : json_string(out.data);
}

static bool replace_words(json_t *address, const struct bulk_change *change)
{
    json_t *all = json_object_get(address, "words");
    for (size_t i = 0; i < change->word_count; i++) {
        const struct bulk_words *words = &change->words[i];
        if (is_in(address, change, words, holds) &&
            json_object_set_new(all, words->lang, replaced(text_in(address, words->lang), change, words)) < 0)
            return false;
    }
    return true;
}

// --- addresses

static enum bulk_reason judge_one(const json_t *address, const struct bulk_change *change, const char **ret)
{
    bool ended = json_object_get(address, "until");
    if ((*ret = found_in(address, change, holds)))
        return ended ? BULK_OLD : !change->from || can_end(address, change->from) ? BULK_CHANGES : BULK_EARLY;
    if (!ended && (*ret = found_in(address, change, holds_otherwise)))
        return BULK_CASE;
    if (!ended && (*ret = found_in(address, change, holds_new)))
        return BULK_SAME;
    *ret = found_in(address, change, holds_inside);
    return *ret && !ended ? BULK_INSIDE : BULK_ABSENT;
}

static void note_left(const json_t *address, const struct bulk_change *change, struct bulk_verdict *ret)
{
    for (size_t i = 0; i < change->word_count; i++)
        ret->left[i] |=
            text_in(address, change->words[i].lang) && !is_in(address, change, &change->words[i], holds);
}

struct bulk_verdict bulk_judge(const json_t *details, const struct bulk_change *change)
{
    // What one address says outweighs what another says.
    static const int weight[BULK_REASONS] = {[BULK_EARLY] = 6,  [BULK_CHANGES] = 5, [BULK_CASE] = 4,
                                             [BULK_INSIDE] = 3, [BULK_OLD] = 2,     [BULK_SAME] = 1};
    struct bulk_verdict verdict = {.reason = BULK_ABSENT};
    size_t i;
    json_t *address;
    json_array_foreach(json_object_get(details, "addresses"), i, address)
    {
        const char *words;
        enum bulk_reason reason = judge_one(address, change, &words);
        if (reason == BULK_CHANGES)
            note_left(address, change, &verdict);
        verdict.other_case |=
            !json_object_get(address, "until") && found_in(address, change, holds_otherwise) != NULL;
        if (weight[reason] <= weight[verdict.reason])
            continue;
        verdict.reason = reason;
        verdict.words = words;
        verdict.from = json_string_value(json_object_get(address, "from"));
    }
    return verdict;
}

// The address as it was ends, and a copy with the new words begins.
static bool succeed(json_t *addresses, size_t at, const struct bulk_change *change)
{
    char until[40];
    json_t *old = json_array_get(addresses, at), *new = json_deep_copy(old);
    date_before(change->from, until);
    return new &&replace_words(new, change) &&
           json_object_set_new(new, "from", json_string(change->from)) == 0 &&
           json_object_set_new(old, "until", json_string(until)) == 0 &&
           json_array_insert_new(addresses, at + 1, new) == 0;
}

enum err bulk_double_addresses(json_t *addresses, const struct bulk_change *change, struct problem *p)
{
    bool good = true;
    for (size_t i = 0; good && i < json_array_size(addresses); i++) {
        const char *words;
        const json_t *address = json_array_get(addresses, i);
        if (judge_one(address, change, &words) != BULK_CHANGES)
            continue;
        json_t *copy = json_deep_copy(address);
        (void)json_object_del(copy, "from");
        good = json_array_insert_new(addresses, ++i, copy) == 0;
    }
    return good ? ERR_NONE : problem_set(p, ERR_MEMORY, NULL, "out of memory");
}

enum err bulk_change_addresses(json_t *details, const struct bulk_change *change, struct problem *p)
{
    json_t *addresses = json_object_get(details, "addresses");
    bool good = true;
    for (size_t i = 0; good && i < json_array_size(addresses); i++) {
        json_t *address = json_array_get(addresses, i);
        const char *words;
        if (judge_one(address, change, &words) != BULK_CHANGES)
            continue;
        if (change->from)
            good = succeed(addresses, i++, change);
        else
            good = replace_words(address, change);
    }
    return good ? ERR_NONE : problem_set(p, ERR_MEMORY, NULL, "out of memory");
}
