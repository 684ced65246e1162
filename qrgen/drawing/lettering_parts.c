#include "qrgen/drawing/lettering_parts.h"

#include <stdio.h>
#include <string.h>

#include "common/fold.h"

#define FAMILIES_MAX 400

enum err lettering_clean(const struct lettering_text *text, char ret[LETTERING_BYTES_MAX + 1],
                         struct problem *p)
{
    size_t len = strlen(text->words), out = 0;
    if (!fold_utf8_valid(text->words, len))
        return problem_set(p, ERR_INVALID, text->name, "the %s is not UTF-8 text", text->name);
    if (len > LETTERING_BYTES_MAX)
        return problem_set(p, ERR_TOO_LARGE, text->name,
                           "the %s is %zu bytes long, more than the %d that a board can show: shorten it",
                           text->name, len, LETTERING_BYTES_MAX);
    for (size_t i = 0; i < len; i++) {
        char c = text->words[i];
        bool space = (unsigned char)c <= ' ' || c == 0x7F;
        if (!space)
            ret[out++] = c;
        else if (out > 0 && ret[out - 1] != ' ')
            ret[out++] = ' ';
    }
    while (out > 0 && ret[out - 1] == ' ')
        out--;
    ret[out] = '\0';
    return ERR_NONE;
}

// --- fonts

// Of the forms of Chinese characters, the language's own come first (the Han unification of Unicode leaves
// the choice to fonts).
static const char *chinese_forms(const char *lang)
{
    static const struct {
        const char *lang, *suffix;
    } forms[] = {{"zh-hant", "TC"}, {"zh-tw", "TC"}, {"zh-hk", "HK"}, {"ja", "JP"}, {"ko", "KR"}};
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
        if (strncasecmp(lang, forms[i].lang, strlen(forms[i].lang)) == 0)
            return forms[i].suffix;
    return "SC";
}

PangoFontDescription *lettering_font(const struct lettering_text *text, double size_mm)
{
    char families[FAMILIES_MAX];
    const char *family = text->family;
    if (strcmp(family, "Noto Serif") == 0 || strcmp(family, "Noto Sans") == 0)
        snprintf(families, sizeof families, "%s,%s Khmer,%s Thai,%s Lao,%s CJK %s", family, family, family,
                 family, family, chinese_forms(text->lang));
    else
        snprintf(families, sizeof families, "%s", family);
    PangoFontDescription *font = pango_font_description_new();
    pango_font_description_set_family(font, families);
    pango_font_description_set_weight(font, (PangoWeight)text->weight);
    pango_font_description_set_absolute_size(font, size_mm * LETTERING_UNITS_PER_MM * PANGO_SCALE);
    return font;
}

// Which Debian package brings glyphs for a character, by its block.
static const char *package_for(gunichar c)
{
    static const struct {
        gunichar first, last;
    } cjk[] = {{0x1100, 0x11FF}, {0x2E80, 0x33FF}, {0x3400, 0x9FFF}, {0xAC00, 0xD7FF},
               {0xF900, 0xFAFF}, {0xFE30, 0xFE4F}, {0xFF00, 0xFFEF}, {0x20000, 0x3FFFF}};
    for (size_t i = 0; i < sizeof cjk / sizeof cjk[0]; i++)
        if (c >= cjk[i].first && c <= cjk[i].last)
            return "fonts-noto-cjk";
    return "fonts-noto-core";
}

static bool has_family(PangoContext *context, const char *name)
{
    PangoFontDescription *wanted = pango_font_description_new();
    pango_font_description_set_family(wanted, name);
    pango_font_description_set_absolute_size(wanted, 10 * PANGO_SCALE);
    PangoFont *font = pango_context_load_font(context, wanted);
    bool has = false;
    if (font) {
        PangoFontDescription *found = pango_font_describe(font);
        has = strcasecmp(pango_font_description_get_family(found), name) == 0;
        pango_font_description_free(found);
        g_object_unref(font);
    }
    pango_font_description_free(wanted);
    return has;
}

static enum err say_missing(gunichar c, const struct lettering_text *text, struct problem *p)
{
    char letter[8] = "";
    g_unichar_to_utf8(c, letter);
    return problem_set(p, ERR_UNSUPPORTED, text->name,
                       "no installed font has the character %s (U+%04X) of the %s: install the package %s",
                       letter, (unsigned)c, text->name, package_for(c));
}

// The first character that is drawn as a box with its number in it; 0 when there is none.
static gunichar missing_character(PangoLayout *layout)
{
    for (GSList *line = pango_layout_get_lines_readonly(layout); line; line = line->next)
        for (GSList *run = ((PangoLayoutLine *)line->data)->runs; run; run = run->next) {
            const PangoGlyphString *glyphs = ((PangoGlyphItem *)run->data)->glyphs;
            for (int i = 0; i < glyphs->num_glyphs; i++)
                if (glyphs->glyphs[i].glyph & PANGO_GLYPH_UNKNOWN_FLAG &&
                    glyphs->glyphs[i].glyph != PANGO_GLYPH_EMPTY)
                    return glyphs->glyphs[i].glyph & ~PANGO_GLYPH_UNKNOWN_FLAG;
        }
    return 0;
}

enum err lettering_check_fonts(PangoLayout *layout, const struct lettering_text *text, struct problem *p)
{
    if (!has_family(pango_layout_get_context(layout), text->family))
        return problem_set(p, ERR_UNSUPPORTED, text->name,
                           "the font \"%.80s\" of the %s is not installed: install it (the Noto fonts are in "
                           "the package fonts-noto-core)",
                           text->family, text->name);
    gunichar missing = pango_layout_get_unknown_glyphs_count(layout) > 0 ? missing_character(layout) : 0;
    return missing ? say_missing(missing, text, p) : ERR_NONE;
}

static const char *const dashes[] = {"\u2013", "\u2014", "-"};

// The length of the dash that stands at `at` between spaces, 0 when there is none.
static size_t dash_at(const char *start, const char *at)
{
    for (size_t i = 0; i < sizeof dashes / sizeof dashes[0]; i++) {
        size_t len = strlen(dashes[i]);
        if (at > start && at[-1] == ' ' && strncmp(at, dashes[i], len) == 0 && at[len] == ' ')
            return len;
    }
    return 0;
}

static bool begins_bracket(const char *space)
{
    return space[1] == '(' && strchr(space, ')');
}

// A space at which a new part of a name begins: before a bracket that is closed, behind a dash or a
// semicolon.
static bool begins_part(const char *start, const char *space)
{
    if (begins_bracket(space))
        return true;
    for (size_t len = 1; len <= 3 && (size_t)(space - start) > len; len += 2)
        if (dash_at(start, space - len) == len)
            return true;
    return space > start && space[-1] == ';';
}

static bool has_parts(const char *words)
{
    for (const char *at = words; *at; at++)
        if (*at == ' ' && begins_part(words, at))
            return true;
    return false;
}

bool lettering_break_parts(const char *words, enum lettering_breaks breaks, char ret[LETTERING_KEPT_SIZE])
{
    static const char no_break_space[] = "\u00A0";
    const bool whole = breaks == LETTERING_PARTS_WHOLE && has_parts(words);
    const bool apart = breaks == LETTERING_PARTS_APART || breaks == LETTERING_PARTS_LOOSE;
    const bool keeps = breaks != LETTERING_PARTS_LOOSE && breaks != LETTERING_ANYWHERE;
    bool inside = false, changed = false;
    for (const char *at = words; *at; at++) {
        bool space = *at == ' ', part = space && begins_part(words, at);
        bool ends = space && apart && begins_bracket(at);
        if (*at == '(' || *at == ')')
            inside = *at == '(' && strchr(at, ')');
        bool kept = space && !part && (whole || (inside && keeps) || dash_at(words, at + 1));
        if (kept)
            ret = stpcpy(ret, no_break_space);
        else
            *ret++ = ends ? '\n' : *at;
        changed |= kept || ends;
    }
    *ret = '\0';
    return changed;
}

bool lettering_break_address(const char *words, char ret[LETTERING_KEPT_SIZE])
{
    static const char may_break[] = "\u200B", may_not[] = "\u2060";
    const char *first = words;
    if (strlen(words) > LETTERING_BYTES_MAX / 2 || !strpbrk(words, ".-")) // each byte becomes four at most
        return false;
    for (; *words; words++) {
        if (*words == '.' && words > first)
            ret = stpcpy(ret, may_break);
        *ret++ = *words;
        if (*words == '-')
            ret = stpcpy(ret, may_not);
    }
    *ret = '\0';
    return true;
}

bool lettering_has_no_spaces(const char *words)
{
    static const struct {
        gunichar first, last;
    } blocks[] = {{0x0E00, 0x0EFF}, {0x1000, 0x109F}, {0x1780, 0x17FF}};
    for (const char *at = words; *at; at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char(at);
        for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++)
            if (c >= blocks[i].first && c <= blocks[i].last)
                return true;
    }
    return false;
}

// --- paths

void lettering_append_path(const cairo_path_t *path, double x_mm, double baseline_mm, struct drawing *d)
{
    static const int points_of[] = {
        [CAIRO_PATH_MOVE_TO] = 1, [CAIRO_PATH_LINE_TO] = 1, [CAIRO_PATH_CURVE_TO] = 3};
    for (int i = 0; i < path->num_data; i += path->data[i].header.length) {
        const cairo_path_data_t *data = &path->data[i];
        double x[3] = {0}, y[3] = {0};
        if (data->header.type == CAIRO_PATH_CLOSE_PATH) {
            drawing_close(d);
            continue;
        }
        for (int j = 0; j < points_of[data->header.type]; j++) {
            x[j] = x_mm + data[j + 1].point.x / LETTERING_UNITS_PER_MM;
            y[j] = baseline_mm + data[j + 1].point.y / LETTERING_UNITS_PER_MM;
        }
        if (data->header.type == CAIRO_PATH_CURVE_TO)
            drawing_curve(d, x[0], y[0], x[1], y[1], x[2], y[2]);
        else if (data->header.type == CAIRO_PATH_LINE_TO)
            drawing_line(d, x[0], y[0]);
        else if (i + data->header.length < path->num_data &&
                 path->data[i + data->header.length].header.type != CAIRO_PATH_MOVE_TO)
            drawing_move(d, x[0], y[0]); // the move that cairo leaves behind a close begins nothing
    }
}
