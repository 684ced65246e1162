#include "common/characters.h"

#include <stdint.h>
#include <string.h>
#include <utf8proc.h>

#include "common/fold.h"

struct range {
    int32_t first, last;
};

// Default_Ignorable_Code_Point (DerivedCoreProperties.txt of Unicode 15), and the marks of annotations and
// objects.
static const struct range unseen[] = {
    {0x00AD, 0x00AD},   {0x034F, 0x034F},   {0x061C, 0x061C}, {0x115F, 0x1160}, {0x17B4, 0x17B5},
    {0x180B, 0x180F},   {0x200B, 0x200F},   {0x202A, 0x202E}, {0x2060, 0x206F}, {0x3164, 0x3164},
    {0xFE00, 0xFE0F},   {0xFEFF, 0xFEFF},   {0xFFA0, 0xFFA0}, {0xFFF0, 0xFFFC}, {0x1BCA0, 0x1BCA3},
    {0x1D173, 0x1D17A}, {0xE0000, 0xE0FFF},
};

// Scripts whose words stand without spaces between them, so that U+200B says where a line may break (UAX #14,
// class SA).
static const struct range unspaced[] = {
    {0x0E00, 0x0EFF}, // Thai, Lao
    {0x1000, 0x109F}, // Burmese
    {0x1780, 0x17FF}, // Khmer
    {0x1950, 0x19FF}, // Tai Le, New Tai Lue, Khmer symbols
    {0x1A20, 0x1AAF}, // Tai Tham
    {0xA9E0, 0xA9FF}, // Burmese
    {0xAA60, 0xAADF}, // Burmese, Tai Viet
};

// Scripts whose letters join or stack, and what emoji are made of: where U+200C and U+200D change what is
// seen (UAX #31, section 2.3; UTS #51).
static const struct range joining[] = {
    {0x0600, 0x10FF},   // Arabic to Georgian, with the scripts of India and Burma
    {0x1200, 0x1CFF},   // Ethiopic to Vedic, with Khmer and Mongolian; Hangul between them does not join
    {0x2190, 0x2BFF},   // symbols
    {0xA800, 0xABFF},   // Syloti Nagri to Meetei, with Cham
    {0xFB50, 0xFDCF},   // Arabic
    {0xFE0F, 0xFE0F},   // as an emoji
    {0x10A00, 0x11FFF}, // Kharoshthi to Tamil
    {0x1E900, 0x1E95F}, // Adlam
    {0x1F000, 0x1FAFF}, // emoji
};

#define IS_IN(c, ranges) is_in(c, ranges, sizeof(ranges) / sizeof(ranges)[0])

static bool is_in(int32_t c, const struct range *ranges, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (c >= ranges[i].first && c <= ranges[i].last)
            return true;
    return false;
}

static bool is_variation_selector(int32_t c)
{
    return (c >= 0xFE00 && c <= 0xFE0F) || (c >= 0xE0100 && c <= 0xE01EF) || (c >= 0x180B && c <= 0x180D) ||
           c == 0x180F;
}

// Letters have no variations in Latin, and blanks none at all; "1" and "#" do, for the keys of a telephone.
static bool can_vary(int32_t c)
{
    if (c < 0xA9)
        return (c >= '0' && c <= '9') || c == '#' || c == '*';
    return c != 0x3000 && !(c < 0x250) && !(c >= 0x1E00 && c <= 0x1EFF) && !is_variation_selector(c);
}

// Around the place: what was kept before it, what comes behind it; 0: nothing. And of the whole text whether
// it has letters that run from right to left.
struct place {
    int32_t before, after;
    bool has_rtl;
};

static bool is_needed(int32_t c, const struct place *at)
{
    if (c == 0x200B)
        return IS_IN(at->before, unspaced) && IS_IN(at->after, unspaced);
    if (c == 0x200C || c == 0x200D)
        return IS_IN(at->before, joining);
    if (c == 0x200E || c == 0x200F || c == 0x061C)
        return at->has_rtl;
    return is_variation_selector(c) && (can_vary(at->before) || at->before == 0xA9 || at->before == 0xAE);
}

static bool is_noncharacter(int32_t c)
{
    return (c & 0xFFFE) == 0xFFFE || (c >= 0xFDD0 && c <= 0xFDEF);
}

static bool is_line_end(int32_t c)
{
    return (c >= '\n' && c <= '\r') || c == 0x85 || c == 0x2028 || c == 0x2029;
}

// What stands for the character; 0: nothing.
static int32_t kept(int32_t c, const struct place *at)
{
    if (c >= ' ' && c < 0x7F)
        return c;
    if (is_line_end(c))
        return '\n';
    if (c < ' ' || c < 0xA0)
        return c == '\t' ? c : 0;
    if (is_noncharacter(c) || (IS_IN(c, unseen) && !is_needed(c, at)))
        return 0;
    return c != 0x3000 && utf8proc_category(c) == UTF8PROC_CATEGORY_ZS ? ' ' : c;
}

// The code point at `i` of a valid text, 0 at its end; *ret_next is where the next begins.
static int32_t point_at(const char *text, size_t len, size_t i, size_t *ret_next)
{
    utf8proc_int32_t c = 0;
    utf8proc_ssize_t n =
        i < len ? utf8proc_iterate((const utf8proc_uint8_t *)text + i, (utf8proc_ssize_t)(len - i), &c) : 0;
    *ret_next = i + (size_t)(n > 0 ? n : 0);
    return n > 0 ? c : 0;
}

static bool has_rtl(const char *text, size_t len)
{
    for (size_t i = 0; i < len;) {
        if ((unsigned char)text[i] < 0xD6) { // all such letters are from U+0590 on
            i++;
            continue;
        }
        int32_t c = point_at(text, len, i, &i);
        utf8proc_propval_t class = utf8proc_get_property(c)->bidi_class;
        bool is_mark = IS_IN(c, unseen); // U+200F and U+061C are of these classes too
        if (!is_mark && (class == UTF8PROC_BIDI_CLASS_R || class == UTF8PROC_BIDI_CLASS_AL))
            return true;
    }
    return false;
}

// True when nothing needs a look: ASCII that shows, tabs and LF, and the letters of Vietnamese and European
// texts.
static bool is_plain(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if ((c < ' ' && c != '\t' && c != '\n') || c == 0x7F || c == 0xC2 || c == 0xCD || c > 0xE1)
            return false;
        // Of what begins with E1, U+1E00 to U+1EFF alone.
        if (c == 0xE1 && (i + 1 == len || ((unsigned char)text[i + 1] & 0xFC) != 0xB8))
            return false;
        if (c >= 0xCC && c < 0xE1) // from U+0300 on
            return false;
    }
    return true;
}

static void append_point(struct buf *out, int32_t c)
{
    char *at = buf_reserve(out, 4);
    if (at)
        buf_grew(out, (size_t)utf8proc_encode_char(c, (utf8proc_uint8_t *)at));
}

static void leave_out(const char *text, size_t len, struct buf *out)
{
    struct place at = {.has_rtl = has_rtl(text, len)};
    for (size_t i = 0, next, behind; i < len; i = next) {
        int32_t c = point_at(text, len, i, &next);
        if (c == '\r' && next < len && text[next] == '\n')
            continue;
        at.after = point_at(text, len, next, &behind);
        int32_t made = kept(c, &at);
        if (!made)
            continue;
        append_point(out, made);
        at.before = made;
    }
}

// Form C first, so that what a character stands beside is what will stand there; and again, because letter
// and mark may meet where something was left out.
enum err characters_clean(const char *text, size_t len, struct buf *out, struct problem *p)
{
    if (is_plain(text, len) && fold_utf8_valid(text, len)) {
        buf_append(out, text, len);
        return out->failed ? problem_set(p, ERR_MEMORY, NULL, "Memory is out while reading a text.")
                           : ERR_NONE;
    }
    cleanup_buf struct buf composed = BUF_INIT, seen = BUF_INIT;
    enum err e = fold_nfc(text, len, &composed, p);
    if (e)
        return e;
    leave_out(composed.data, composed.len, &seen);
    if (seen.failed)
        return problem_set(p, ERR_MEMORY, NULL, "Memory is out while reading a text.");
    return fold_nfc(seen.data, seen.len, out, p);
}

bool characters_are_clean(const char *text, size_t len)
{
    cleanup_buf struct buf clean = BUF_INIT;
    return !characters_clean(text, len, &clean, NULL) && clean.len == len &&
           memcmp(clean.data, text, len) == 0;
}
