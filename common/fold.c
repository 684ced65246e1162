#include "common/fold.h"

#include <endian.h>
#include <stdint.h>
#include <string.h>
#include <utf8proc.h>

#include "common/cleanup.h"

#define REPEATED(byte) (UINT64_C(0x0101010101010101) * (byte))

// Length of the ASCII run at the start.
static size_t ascii_run(const char *text, size_t len)
{
    size_t i = 0;
    for (uint64_t word; i + sizeof word <= len; i += sizeof word) {
        memcpy(&word, text + i, sizeof word);
        word = le64toh(word) & REPEATED(0x80);
        if (word)
            return i + (size_t)__builtin_ctzll(word) / 8;
    }
    while (i < len && !(text[i] & 0x80))
        i++;
    return i;
}

static bool is_tail(unsigned char byte)
{
    return (byte & 0xC0) == 0x80;
}

// Length in bytes of the code point at the start, 0 when it is not well-formed (RFC 3629 section 4, by its
// table of what the second byte may be).
static size_t sequence(const unsigned char *s, size_t len)
{
    if (s[0] < 0x80)
        return 1;
    if (s[0] < 0xE0)
        return s[0] >= 0xC2 && len >= 2 && is_tail(s[1]) ? 2 : 0;
    if (s[0] < 0xF0) {
        if (len < 3 || !is_tail(s[1]) || !is_tail(s[2]))
            return 0;
        bool overlong = s[0] == 0xE0 && s[1] < 0xA0, surrogate = s[0] == 0xED && s[1] >= 0xA0;
        return overlong || surrogate ? 0 : 3;
    }
    if (s[0] > 0xF4 || len < 4 || !is_tail(s[1]) || !is_tail(s[2]) || !is_tail(s[3]))
        return 0;
    bool overlong = s[0] == 0xF0 && s[1] < 0x90, beyond = s[0] == 0xF4 && s[1] >= 0x90;
    return overlong || beyond ? 0 : 4;
}

// As sequence, and what the code point is.
static size_t decode(const unsigned char *s, size_t len, int32_t *ret)
{
    size_t need = sequence(s, len);
    int32_t c = need == 1 ? s[0] : s[0] & (0x7F >> need);
    for (size_t i = 1; i < need; i++)
        c = c << 6 | (s[i] & 0x3F);
    if (need)
        *ret = c;
    return need;
}

size_t fold_utf8_check(const char *text, size_t len)
{
    size_t i = 0, n;
    do {
        i += ascii_run(text + i, len - i);
        n = i < len ? sequence((const unsigned char *)text + i, len - i) : 0;
        i += n;
    } while (n);
    return i;
}

bool fold_utf8_valid(const char *text, size_t len)
{
    return fold_utf8_check(text, len) == len;
}

size_t fold_utf8_count(const char *text, size_t len)
{
    size_t count = 0;
    for (size_t i = 0; i < len; i++)
        count += (text[i] & 0xC0) != 0x80;
    return count;
}

size_t fold_utf8_cut(const char *text, size_t len, size_t limit)
{
    if (len <= limit)
        return len;
    while (limit > 0 && (text[limit] & 0xC0) == 0x80)
        limit--;
    return limit;
}

static enum err check(const char *text, size_t len, struct problem *p)
{
    size_t good = fold_utf8_check(text, len);
    if (good == len)
        return ERR_NONE;
    return problem_set(
        p, ERR_INVALID, NULL,
        MESSAGE("text.not_utf8") "The text is not UTF-8: byte %zu (0x%02X) does not fit; save it as UTF-8.",
        good + 1, (unsigned char)text[good]);
}

// Code points of one stretch of text, in `own` while they fit.
struct points {
    int32_t *at;
    size_t count;
    int32_t *heap;
    int32_t own[256];
};

static void points_free(struct points *s)
{
    free(s->heap);
}

// Ordering the marks of one letter is quadratic in utf8proc, so their number is bounded before it is called.
static bool has_too_many_marks(const char *text, size_t len)
{
    size_t marks = 0;
    for (size_t i = 0; i < len;) {
        int32_t c = 0;
        i += decode((const unsigned char *)text + i, len - i, &c);
        marks = utf8proc_get_property(c)->combining_class ? marks + 1 : 0;
        if (marks > FOLD_MARKS_MAX)
            return true;
    }
    return false;
}

static enum err decompose(struct points *s, const char *text, size_t len, unsigned options,
                          utf8proc_custom_func map, struct problem *p)
{
    if (len > FOLD_MARKS_MAX && has_too_many_marks(text, len))
        return problem_set(
            p, ERR_INVALID, NULL,
            MESSAGE("text.marks") "The text piles more than %d marks on one letter; remove them.",
            FOLD_MARKS_MAX);
    const utf8proc_uint8_t *bytes = (const utf8proc_uint8_t *)text;
    utf8proc_ssize_t room = sizeof s->own / sizeof s->own[0];
    s->at = s->own;
    utf8proc_ssize_t n = utf8proc_decompose_custom(bytes, (utf8proc_ssize_t)len, s->at, room,
                                                   (utf8proc_option_t)options, map, NULL);
    if (n > room) {
        free(s->heap);
        s->at = s->heap = reallocarray(NULL, (size_t)n, sizeof *s->heap);
        if (!s->heap)
            return problem_set(p, ERR_MEMORY, NULL, "Memory is out while reading a text.");
        n = utf8proc_decompose_custom(bytes, (utf8proc_ssize_t)len, s->at, n, (utf8proc_option_t)options, map,
                                      NULL);
    }
    if (n < 0)
        return problem_set(p, ERR_INVALID, NULL, MESSAGE("text.normal") "The text cannot be normalized: %s.",
                           utf8proc_errmsg(n));
    s->count = (size_t)n;
    return ERR_NONE;
}

static void compose(struct points *s)
{
    utf8proc_ssize_t n = utf8proc_normalize_utf32(s->at, (utf8proc_ssize_t)s->count,
                                                  (utf8proc_option_t)(UTF8PROC_COMPOSE | UTF8PROC_STABLE));
    s->count = n < 0 ? 0 : (size_t)n;
}

static void append_point(struct buf *out, int32_t c)
{
    char *at = buf_reserve(out, 4);
    if (at)
        buf_grew(out, (size_t)utf8proc_encode_char(c, (utf8proc_uint8_t *)at));
}

static enum err finish(struct buf *out, size_t before, enum err e, struct problem *p)
{
    if (e == ERR_NONE && out->failed)
        e = problem_set(p, ERR_MEMORY, NULL, "Memory is out while reading a text.");
    if (e != ERR_NONE)
        buf_truncate(out, before);
    return e;
}

// True when the code point is in Form C by itself and never joins what stands before it. Such ranges, not
// such points: those that Vietnamese and European texts are made of, so that they are copied. A test holds
// the table against utf8proc.
static bool is_settled(int32_t c)
{
    return c < 0x300 || (c >= 0x1E00 && c <= 0x1EFF) || (c >= 0x2010 && c <= 0x2027) ||
           (c >= 0x4E00 && c <= 0x9FFF);
}

// The next stretch that needs work, from the settled letter before it up to the next settled one. False when
// there is none.
static bool next_stretch(const char *text, size_t len, size_t from, size_t *ret_start, size_t *ret_end)
{
    size_t start = from;
    bool found = false;
    for (size_t i = from; i < len;) {
        int32_t c = 0;
        size_t n = decode((const unsigned char *)text + i, len - i, &c);
        if (!is_settled(c)) {
            found = true;
        } else if (found) {
            *ret_end = i;
            *ret_start = start;
            return true;
        } else {
            start = i;
        }
        i += n;
    }
    *ret_start = start;
    *ret_end = len;
    return found;
}

enum err fold_nfc(const char *text, size_t len, struct buf *out, struct problem *p)
{
    enum err e = check(text, len, p);
    if (e != ERR_NONE)
        return e;
    size_t before = out->len, done = 0, start, end;
    CLEANUP(points_free) struct points s = {.heap = NULL};
    while (e == ERR_NONE && next_stretch(text, len, done, &start, &end)) {
        buf_append(out, text + done, start - done);
        e = decompose(&s, text + start, end - start, UTF8PROC_DECOMPOSE | UTF8PROC_STABLE, NULL, p);
        if (e != ERR_NONE)
            break;
        compose(&s);
        for (size_t i = 0; i < s.count; i++)
            append_point(out, s.at[i]);
        done = end;
    }
    if (e == ERR_NONE)
        buf_append(out, text + done, len - done);
    return finish(out, before, e, p);
}

// Letters whose stroke or ligature Unicode does not decompose, after case folding, and how people type them.
static const struct {
    int32_t letter;
    char plain[3];
} plain_letters[] = {
    {0x00E6, "ae"}, // æ
    {0x00F0, "d"},  // ð, typed for đ
    {0x00F8, "o"},  // ø
    {0x00FE, "th"}, // þ
    {0x0111, "d"},  // đ
    {0x0127, "h"},  // ħ
    {0x0131, "i"},  // ı
    {0x0142, "l"},  // ł
    {0x0153, "oe"}, // œ
    {0x0167, "t"},  // ŧ
    {0x0256, "d"},  // ɖ, whose capital U+0189 looks as Đ does
};

// Blocks of marks that stand on Latin, Greek and Cyrillic letters.
static const struct {
    int32_t first, last;
} mark_blocks[] = {{0x0300, 0x036F}, {0x0483, 0x0489}, {0x1AB0, 0x1AFF},
                   {0x1DC0, 0x1DFF}, {0x20D0, 0x20FF}, {0xFE20, 0xFE2F}};

static bool is_removed_mark(int32_t c)
{
    for (size_t i = 0; i < sizeof mark_blocks / sizeof mark_blocks[0]; i++)
        if (c >= mark_blocks[i].first && c <= mark_blocks[i].last)
            return true;
    return false;
}

// Khmer and Thai separate words by U+200B, which utf8proc would remove with the other invisible characters.
static utf8proc_int32_t keep_word_breaks(utf8proc_int32_t c, void *data)
{
    (void)data;
    return c == 0x200B ? ' ' : c;
}

static bool is_word_point(int32_t c)
{
    utf8proc_category_t category = utf8proc_category(c);
    return category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_NO;
}

struct words {
    struct buf *out;
    size_t before;
    bool gap; // a boundary was met since the last letter
};

static void words_open(struct words *w)
{
    if (w->gap && w->out->len > w->before)
        buf_append_char(w->out, ' ');
    w->gap = false;
}

static void words_point(struct words *w, int32_t c)
{
    if (!is_word_point(c)) {
        w->gap = true;
        return;
    }
    words_open(w);
    for (size_t i = 0; i < sizeof plain_letters / sizeof plain_letters[0]; i++) {
        if (plain_letters[i].letter == c) {
            buf_append_str(w->out, plain_letters[i].plain);
            return;
        }
    }
    append_point(w->out, c);
}

static void words_ascii(struct words *w, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        char c = text[i];
        if (c >= 'A' && c <= 'Z')
            c += 'a' - 'A';
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
            words_open(w);
            buf_append_char(w->out, c);
        } else {
            w->gap = true;
        }
    }
}

static enum err words_run(struct words *w, struct points *s, const char *text, size_t len, struct problem *p)
{
    enum err e =
        decompose(s, text, len, UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE,
                  keep_word_breaks, p);
    if (e != ERR_NONE)
        return e;
    size_t kept = 0;
    for (size_t i = 0; i < s->count; i++)
        if (!is_removed_mark(s->at[i]))
            s->at[kept++] = s->at[i];
    s->count = kept;
    compose(s);
    for (size_t i = 0; i < s->count; i++)
        words_point(w, s->at[i]);
    return ERR_NONE;
}

// An ASCII letter joins only marks that are removed anyway, so runs of ASCII can be taken by themselves.
enum err fold_search(const char *text, size_t len, struct buf *out, struct problem *p)
{
    enum err e = check(text, len, p);
    if (e != ERR_NONE)
        return e;
    CLEANUP(points_free) struct points s = {.heap = NULL};
    struct words w = {.out = out, .before = out->len};
    for (size_t i = 0; i < len && e == ERR_NONE;) {
        size_t run = ascii_run(text + i, len - i);
        words_ascii(&w, text + i, run);
        i += run;
        size_t other = 0;
        while (i + other < len && (text[i + other] & 0x80))
            other++;
        if (other)
            e = words_run(&w, &s, text + i, other, p);
        i += other;
    }
    return finish(out, w.before, e, p);
}

// Adds one word's a-z and 0-9. False when the slug is full.
static bool slug_add_word(char *slug, size_t *len, const char *word, size_t word_len)
{
    char plain[FOLD_SLUG_SIZE];
    size_t n = 0;
    for (size_t i = 0; i < word_len && n < FOLD_SLUG_MAX; i++)
        if (!(word[i] & 0x80))
            plain[n++] = word[i];
    size_t hyphen = *len > 0;
    if (!n)
        return true;
    if (*len + hyphen + n > FOLD_SLUG_MAX)
        return false;
    if (hyphen)
        slug[(*len)++] = '-';
    memcpy(slug + *len, plain, n);
    *len += n;
    return true;
}

enum err fold_slug(const char *title, size_t len, const char *fallback, char ret_slug[FOLD_SLUG_SIZE])
{
    cleanup_buf struct buf folded = BUF_INIT;
    enum err e = fold_search(title, len, &folded, NULL);
    if (e == ERR_MEMORY)
        return e;
    char slug[FOLD_SLUG_SIZE];
    size_t n = 0;
    for (const char *word = folded.data; *word;) {
        size_t word_len = strcspn(word, " ");
        if (!slug_add_word(slug, &n, word, word_len))
            break;
        word += word_len;
        word += *word == ' ';
    }
    slug[n] = '\0';
    snprintf(ret_slug, FOLD_SLUG_SIZE, "%s", n ? slug : fallback);
    return ERR_NONE;
}

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool fold_is_slug(const char *text)
{
    size_t len = strnlen(text, FOLD_SLUG_SIZE);
    if (len == 0 || len > FOLD_SLUG_MAX || text[0] == '-' || text[len - 1] == '-')
        return false;
    for (size_t i = 0; i < len; i++)
        if (!is_lower(text[i]) && !is_digit(text[i]) && text[i] != '-')
            return false;
    return true;
}

bool fold_is_lang(const char *text)
{
    size_t len = strnlen(text, FOLD_LANG_SIZE), i = 0;
    while (i < len && is_lower(text[i]))
        i++;
    if (len > FOLD_LANG_MAX || i < 2 || i > 3)
        return false;
    while (i < len) {
        size_t start = ++i;
        if (text[start - 1] != '-')
            return false;
        while (i < len && (is_lower(text[i]) || is_digit(text[i])))
            i++;
        if (i - start < 2 || i - start > 8)
            return false;
    }
    return true;
}
