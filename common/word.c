#include "common/word.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <utf8proc.h>

// Blocks of scripts that are written without spaces between words; source: Unicode's Blocks.txt.
static const struct {
    int32_t first, last;
} unspaced[] = {
    {0x0E00, 0x0EFF},   // Thai, Lao
    {0x1000, 0x109F},   // Myanmar
    {0x1780, 0x17FF},   // Khmer
    {0x2E80, 0xA4CF},   // Chinese, Japanese and Yi, with their radicals
    {0xF900, 0xFAFF},   // CJK Compatibility Ideographs
    {0x20000, 0x3FFFF}, // the supplementary ideographic planes
};

static bool is_unspaced(int32_t c)
{
    for (size_t i = 0; i < sizeof unspaced / sizeof unspaced[0]; i++)
        if (c >= unspaced[i].first && c <= unspaced[i].last)
            return true;
    return false;
}

static bool is_mark(int32_t c)
{
    utf8proc_category_t is = utf8proc_category(c);
    return is == UTF8PROC_CATEGORY_MN || is == UTF8PROC_CATEGORY_MC || is == UTF8PROC_CATEGORY_ME;
}

static bool is_letter(int32_t c)
{
    utf8proc_category_t is = utf8proc_category(c);
    return is >= UTF8PROC_CATEGORY_LU && is <= UTF8PROC_CATEGORY_LO;
}

static bool is_digit(int32_t c)
{
    utf8proc_category_t is = utf8proc_category(c);
    return is >= UTF8PROC_CATEGORY_ND && is <= UTF8PROC_CATEGORY_NO;
}

static bool is_of_word(int32_t c)
{
    return is_letter(c) || is_mark(c) || is_digit(c);
}

// The code point at `at`; 0 at the end. *ret_next is behind it.
static int32_t after(const char *at, const char **ret_next)
{
    utf8proc_int32_t c = 0;
    utf8proc_ssize_t n = *at ? utf8proc_iterate((const utf8proc_uint8_t *)at, -1, &c) : 0;
    *ret_next = at + (n > 0 ? n : *at != '\0');
    return n > 0 ? c : 0;
}

// The code point before `at`; 0 at the start. *ret_before is where it begins.
static int32_t before(const char *text, const char *at, const char **ret_before)
{
    const char *next;
    while (at > text && ((unsigned char)*--at & 0xC0) == 0x80)
        ;
    *ret_before = at;
    return after(at, &next);
}

static bool joins(int32_t left, int32_t between, int32_t right)
{
    static const int32_t of_digits[] = {'/', '.', ',', ':', '-', 0x2013}, of_letters[] = {'\'', 0x2019};
    for (size_t i = 0; i < sizeof of_digits / sizeof of_digits[0]; i++)
        if (between == of_digits[i] && is_digit(left) && is_digit(right))
            return true;
    for (size_t i = 0; i < sizeof of_letters / sizeof of_letters[0]; i++)
        if (between == of_letters[i] && is_letter(left) && is_letter(right))
            return true;
    return false;
}

// Whether one word ends and another may begin at `at`.
static bool divides(const char *text, const char *at)
{
    const char *left_at, *right_at, *unused;
    if (at == text || !*at)
        return true;
    int32_t left = before(text, at, &left_at), right = after(at, &right_at);
    if (is_mark(right))
        return false;
    bool in_left = is_of_word(left), in_right = is_of_word(right);
    if (in_left && in_right)
        return is_unspaced(left) || is_unspaced(right);
    if (in_left)
        return !joins(left, right, after(right_at, &unused));
    return left_at == text || !in_right || !joins(before(text, left_at, &unused), left, right);
}

const char *word_find(const char *text, const char *at, const char *words)
{
    size_t len = strlen(words);
    for (; len && (at = strstr(at, words)); at++)
        if (divides(text, at) && divides(text, at + len))
            return at;
    return NULL;
}

// --- any capitals

static int32_t small(int32_t c)
{
    return utf8proc_tolower(c);
}

// How many bytes at `at` are the words in any capitals; 0: others stand there.
static size_t same_letters(const char *at, const char *words)
{
    const char *start = at;
    while (*words) {
        int32_t wanted = after(words, &words), there = after(at, &at);
        if (small(wanted) != small(there))
            return 0;
    }
    return (size_t)(at - start);
}

const char *word_find_any_case(const char *text, const char *at, const char *words, bool whole,
                               size_t *ret_len)
{
    for (; *words && *at; (void)after(at, &at)) {
        size_t len = same_letters(at, words);
        if (len && (!whole || (divides(text, at) && divides(text, at + len)))) {
            *ret_len = len;
            return at;
        }
    }
    return NULL;
}

void word_append_as(struct buf *out, const char *words, const char *asked, const char *found)
{
    const char *rest, *unused;
    int32_t first = after(words, &rest), was = after(asked, &unused), is = after(found, &unused);
    int32_t made = was == is ? first : is == small(is) ? small(first) : utf8proc_totitle(first);
    utf8proc_uint8_t bytes[4];
    utf8proc_ssize_t len = made == first ? 0 : utf8proc_encode_char(made, bytes);
    if (len > 0)
        buf_append(out, bytes, (size_t)len);
    buf_append_str(out, len > 0 ? rest : words);
}
