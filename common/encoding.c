#include "common/encoding.h"

#include <errno.h>
#include <iconv.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "common/cleanup.h"
#include "common/fold.h"

// The registered name, and what iconv calls it; UTF-8 needs no conversion.
struct encoding {
    const char *name, *iconv_name;
};

enum { UTF8, UTF16LE, UTF16BE, WINDOWS_1252, WINDOWS_1258, TCVN3 };

static const struct encoding encodings[] = {
    [UTF8] = {"UTF-8", NULL},
    [UTF16LE] = {"UTF-16LE", "UTF-16LE"},
    [UTF16BE] = {"UTF-16BE", "UTF-16BE"},
    [WINDOWS_1252] = {"windows-1252", "CP1252"},
    [WINDOWS_1258] = {"windows-1258", "CP1258"},
    [TCVN3] = {"TCVN3", "TCVN5712-1"},
};

// Plain "utf-16" is told apart by its mark, or else little-endian, as RFC 2781's readers in practice do.
static const struct {
    const char *given;
    int encoding;
} given_names[] = {
    {"utf-8", UTF8},
    {"utf8", UTF8},
    {"utf-16", UTF16LE},
    {"utf16", UTF16LE},
    {"unicode", UTF16LE},
    {"utf-16le", UTF16LE},
    {"utf-16be", UTF16BE},
    {"windows-1252", WINDOWS_1252},
    {"cp1252", WINDOWS_1252},
    {"ansi", WINDOWS_1252},
    {"latin1", WINDOWS_1252},
    {"iso-8859-1", WINDOWS_1252},
    {"windows-1258", WINDOWS_1258},
    {"cp1258", WINDOWS_1258},
    {"tcvn3", TCVN3},
    {"tcvn", TCVN3},
    {"abc", TCVN3},
};

static const struct {
    const char *bytes;
    size_t len;
    int encoding;
} byte_order_marks[] = {{"\xEF\xBB\xBF", 3, UTF8}, {"\xFF\xFE", 2, UTF16LE}, {"\xFE\xFF", 2, UTF16BE}};

unsigned long encoding_line(const char *text, size_t at)
{
    unsigned long line = 1;
    for (size_t i = 0; i < at; i++)
        line += text[i] == '\n' || (text[i] == '\r' && text[i + 1] != '\n');
    return line;
}

// Length of the line at `text` with its end.
static size_t line_length(const char *text, size_t len)
{
    size_t i = 0;
    while (i < len && text[i] != '\n' && text[i] != '\r')
        i++;
    if (i < len)
        i += text[i] == '\r' && i + 1 < len && text[i + 1] == '\n' ? 2 : 1;
    return i;
}

static bool is_ascii(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (text[i] & 0x80)
            return false;
    return true;
}

// The byte order mark's encoding and length; -1 and 0 without one.
static int byte_order_mark(const char *data, size_t len, size_t *ret_len)
{
    for (size_t i = 0; i < sizeof byte_order_marks / sizeof byte_order_marks[0]; i++) {
        if (len >= byte_order_marks[i].len &&
            memcmp(data, byte_order_marks[i].bytes, byte_order_marks[i].len) == 0) {
            *ret_len = byte_order_marks[i].len;
            return byte_order_marks[i].encoding;
        }
    }
    *ret_len = 0;
    return -1;
}

// UTF-16 without a mark: at least a tenth of the first units are ASCII or Latin-1 (separators and line ends
// alone are that much in most tables), and no unit has 0 as its other byte.
static int evident_utf16(const char *data, size_t len)
{
    size_t zeros[2] = {0, 0}, sample = len < 8192 ? len & ~(size_t)1 : 8192;
    for (size_t i = 0; i < sample; i++)
        zeros[i & 1] += !data[i];
    if (sample < 4 || len % 2 || (zeros[0] && zeros[1]) || zeros[0] + zeros[1] < sample / 20 + 1)
        return -1;
    return zeros[1] ? UTF16LE : UTF16BE;
}

// In one file every line that is not ASCII must be UTF-8, or none. Well-formed UTF-8 by chance is next to
// impossible in a line of a Windows code page.
static enum err check_mixture(const char *data, size_t len, struct problem *p)
{
    enum { ASCII, UTF, OTHER } first = ASCII;
    unsigned long line = 0, first_line = 0;
    for (size_t i = 0, n; i < len; i += n) {
        n = line_length(data + i, len - i);
        line++;
        if (is_ascii(data + i, n))
            continue;
        bool utf = fold_utf8_valid(data + i, n);
        if (first == ASCII) {
            first = utf ? UTF : OTHER;
            first_line = line;
        } else if (utf && first == OTHER) {
            return problem_at(p, ERR_INVALID, line, 0, NULL,
                              MESSAGE("encoding.mixed") "Line %lu is UTF-8, but line %lu before it is not; "
                                                        "save the whole file as UTF-8, or "
                                                        "name its encoding.",
                              line, first_line);
        } else if (!utf && first == UTF) {
            return problem_at(p, ERR_INVALID, line, 0, NULL,
                              MESSAGE("encoding.not_like") "Line %lu is not UTF-8 like the lines before it; "
                                                           "save the whole file as UTF-8, or "
                                                           "name its encoding.",
                              line);
        }
    }
    return ERR_NONE;
}

static bool is_letter(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// Vowels in windows-1258: a e i o u y, and â ê ô ă ơ ư (Microsoft's code page table).
static bool is_vowel_1258(unsigned char c)
{
    return c && strchr("aeiouyAEIOUY\xE2\xEA\xF4\xE3\xF5\xFD\xC2\xCA\xD4\xC3\xD5\xDD", c);
}

// What one byte with its neighbours says: above 0 for windows-1258, below 0 for windows-1252.
static int evidence_1258(unsigned char before, unsigned char c, unsigned char after)
{
    if (strchr("\xCC\xD2\xDE\xEC\xF2", c)) // 1258: grave, hook, tilde, acute, dot below; 1252: Ì Ò Þ ì ò
        return is_vowel_1258(before) ? 2 : -2;
    if (strchr("\x8A\x8E\x9A\x9E", c)) // 1258: nothing; 1252: Š Ž š ž
        return -4;
    if (c == 0xF0 || c == 0xD0) // 1258: đ Đ, before a vowel only; 1252: ð Ð, of which ð begins no word
        return is_vowel_1258(after) && !is_letter(before) ? 1 : -1;
    if (c == 0xFD && after == 0xF5) // 1258: ươ; 1252: ýõ
        return 2;
    if ((c == 0xE3 || c == 0xF5) && after && strchr("aeo", after)) // 1252: ão, õe as in Portuguese
        return -1;
    return 0;
}

// TCVN3 puts its letters where Windows has symbols: A1 to BF between ASCII letters, as in no other text.
static bool looks_like_tcvn3(const unsigned char *data, size_t len)
{
    size_t inside = 0, other = 0;
    for (size_t i = 0; i < len; i++) {
        if (data[i] < 0x80)
            continue;
        bool between = i > 0 && i + 1 < len && is_letter(data[i - 1]) && is_letter(data[i + 1]);
        bool symbol = data[i] >= 0xA1 && data[i] <= 0xBF;
        inside += between && symbol;
        other++;
    }
    return inside >= 3 && inside > other / 5;
}

static enum err recognise_windows(const char *data, size_t len, int *ret, struct problem *p)
{
    const unsigned char *bytes = (const unsigned char *)data;
    if (looks_like_tcvn3(bytes, len))
        return problem_set(p, ERR_UNSUPPORTED, NULL,
                           MESSAGE("encoding.tcvn") "The file looks as if written for the old Vietnamese "
                                                    "fonts (TCVN3, \"ABC\"); save it as "
                                                    "Unicode (UTF-8), or name the encoding tcvn3.");
    long score = 0;
    for (size_t i = 0; i < len; i++)
        if (bytes[i] & 0x80)
            score += evidence_1258(i ? bytes[i - 1] : 0, bytes[i], i + 1 < len ? bytes[i + 1] : 0);
    *ret = score > 0 ? WINDOWS_1258 : WINDOWS_1252;
    return ERR_NONE;
}

static enum err recognise(const char *data, size_t len, int *ret, struct problem *p)
{
    *ret = evident_utf16(data, len);
    if (*ret >= 0)
        return ERR_NONE;
    *ret = UTF8;
    const char *nul = memchr(data, 0, len);
    if (nul || fold_utf8_valid(data, len)) // a NUL is refused later, with its line
        return ERR_NONE;
    enum err e = check_mixture(data, len, p);
    return e != ERR_NONE ? e : recognise_windows(data, len, ret, p);
}

static int find_given(const char *given)
{
    for (size_t i = 0; i < sizeof given_names / sizeof given_names[0]; i++)
        if (strcasecmp(given_names[i].given, given) == 0)
            return given_names[i].encoding;
    return -1;
}

static bool is_automatic(const char *given)
{
    return !given || !*given || strcasecmp(given, "auto") == 0;
}

enum err encoding_check_name(const char *given, struct problem *p)
{
    if (is_automatic(given) || find_given(given) >= 0)
        return ERR_NONE;
    return problem_set(p, ERR_UNSUPPORTED, NULL, "The encoding \"%.60s\" is not known; use one of %s.", given,
                       ENCODING_NAMES);
}

static enum err choose(const char *data, size_t len, const char *forced, int *ret, size_t *ret_skip,
                       struct problem *p)
{
    enum err e = encoding_check_name(forced, p);
    if (e)
        return e;
    bool automatic = is_automatic(forced);
    int given = automatic ? -1 : find_given(forced);
    if (len >= 4 && (memcmp(data, "\xFF\xFE\0\0", 4) == 0 || memcmp(data, "\0\0\xFE\xFF", 4) == 0))
        return problem_set(
            p, ERR_UNSUPPORTED, NULL,
            MESSAGE("encoding.utf32") "The file is UTF-32, which is not read; save it as UTF-8.");
    int marked = byte_order_mark(data, len, ret_skip);
    bool plain_utf16 = given == UTF16LE && strcasecmp(forced, "utf-16le") != 0;
    if (marked >= 0 && (automatic || marked == given || (plain_utf16 && marked == UTF16BE))) {
        *ret = marked;
        return ERR_NONE;
    }
    *ret_skip = 0;
    *ret = given;
    return automatic ? recognise(data, len, ret, p) : ERR_NONE;
}

static void iconv_end(iconv_t *cd)
{
    if (*cd != (iconv_t)-1)
        iconv_close(*cd);
}

static enum err out_of_memory(struct problem *p)
{
    return problem_set(p, ERR_MEMORY, NULL, "Memory is out while reading the file's text.");
}

static enum err bad_bytes(const struct encoding *encoding, const char *in, const struct buf *done,
                          struct problem *p)
{
    unsigned long line = encoding_line(done->data, done->len);
    return problem_at(p, ERR_INVALID, line, 0, NULL,
                      MESSAGE("encoding.byte") "Line %lu has a byte (0x%02X) that does not fit %s; save the "
                                               "file as UTF-8, or name its "
                                               "encoding.",
                      line, (unsigned char)*in, encoding->name);
}

static enum err convert(const struct encoding *encoding, const char *data, size_t len, struct buf *out,
                        struct problem *p)
{
    CLEANUP(iconv_end) iconv_t cd = iconv_open("UTF-8", encoding->iconv_name);
    if (cd == (iconv_t)-1)
        return problem_set(p, ERR_UNSUPPORTED, NULL, "This system cannot convert %s; save the file as UTF-8.",
                           encoding->name);
    char *in = (char *)data;
    for (bool flushed = false; !flushed;) {
        size_t room = len * 3 / 2 + 64, left = room;
        char *start = buf_reserve(out, room), *at = start;
        if (!start)
            return out_of_memory(p);
        flushed = len == 0;
        size_t n = flushed ? iconv(cd, NULL, NULL, &at, &left) : iconv(cd, &in, &len, &at, &left);
        int saved = errno;
        buf_grew(out, (size_t)(at - start));
        if (n == (size_t)-1 && saved != E2BIG)
            return bad_bytes(encoding, in, out, p);
        flushed = flushed && n != (size_t)-1;
    }
    return ERR_NONE;
}

// The text as UTF-8 in whatever form: points into `data` where it is UTF-8 already, else into *work.
static enum err to_utf8(const struct encoding *encoding, const char *data, size_t len, struct buf *work,
                        const char **ret, size_t *ret_len, struct problem *p)
{
    if (encoding->iconv_name) {
        enum err e = convert(encoding, data, len, work, p);
        *ret = work->data;
        *ret_len = work->len;
        return e;
    }
    size_t good = fold_utf8_check(data, len);
    *ret = data;
    *ret_len = len;
    if (good == len)
        return ERR_NONE;
    unsigned long line = encoding_line(data, good);
    return problem_at(p, ERR_INVALID, line, 0, NULL,
                      MESSAGE("encoding.not_utf8") "Line %lu has a byte (0x%02X) that is not UTF-8; save the "
                                                   "file as UTF-8, or name its encoding.",
                      line, (unsigned char)data[good]);
}

enum err encoding_read(const char *data, size_t len, const char *forced, struct buf *out,
                       const char **ret_name, struct problem *p)
{
    int chosen;
    size_t skip, text_len;
    const char *text;
    cleanup_buf struct buf work = BUF_INIT;
    enum err e = choose(data, len, forced, &chosen, &skip, p);
    if (e == ERR_NONE)
        e = to_utf8(&encodings[chosen], data + skip, len - skip, &work, &text, &text_len, p);
    if (e != ERR_NONE)
        return e;
    const char *nul = memchr(text, 0, text_len);
    if (nul) {
        unsigned long line = encoding_line(text, (size_t)(nul - text));
        return problem_at(
            p, ERR_INVALID, line, 0, NULL,
            MESSAGE("csv.nul") "Line %lu has a NUL byte, so this is no text file; export it again as text.",
            line);
    }
    e = fold_nfc(text, text_len, out, p);
    if (e == ERR_NONE && ret_name)
        *ret_name = encodings[chosen].name;
    return e;
}
