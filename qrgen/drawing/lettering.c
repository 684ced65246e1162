#include "qrgen/drawing/lettering.h"

#include <math.h>
#include <pango/pangocairo.h>
#include <string.h>

#include "common/fold.h"
#include "qrgen/drawing/lettering_parts.h"

#define SHRINK_STEPS  24   // how finely sizes between the best and the floor are tried
#define BALANCE_STEPS 7    // halvings of the width while lines are made equally long
#define ORPHAN        0.35 // a last line is long enough at so much of the longest
#define ORPHAN_COSTS  0.2  // as `worth` below
#define CLEARANCE     0.06 // ems that must be left between the inks of two lines

// How one text stands at the size being tried, all in mm.
struct setting {
    PangoLayout *layout;
    double size_mm, ascent, descent;      // of the first and of the last line
    double line_gap[LETTERING_LINES_MAX]; // from the baseline of line i - 1 to that of line i
    int lines;
    bool empty;
};

struct lettering {
    PangoFontMap *fonts;
    PangoContext *context;
    cairo_surface_t *surface;
    cairo_t *cairo;
    struct setting settings[LETTERING_TEXTS_MAX];
    char words[LETTERING_TEXTS_MAX][LETTERING_BYTES_MAX + 1];
};

static double to_mm(int pango_units)
{
    return pango_units / (double)PANGO_SCALE / LETTERING_UNITS_PER_MM;
}

static int to_pango(double mm)
{
    return (int)lround(mm * LETTERING_UNITS_PER_MM * PANGO_SCALE);
}

// No hinting and no rounding to pixels: outlines as the font's designer drew them, at any size the same.
static void make_exact(PangoContext *context)
{
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    pango_cairo_context_set_font_options(context, options);
    pango_context_set_round_glyph_positions(context, FALSE);
    pango_context_set_base_dir(context, PANGO_DIRECTION_LTR);
    cairo_font_options_destroy(options);
}

struct lettering *lettering_new(void)
{
    struct lettering *l = calloc(1, sizeof *l);
    if (!l)
        return NULL;
    l->fonts = pango_cairo_font_map_new(); // its own, so that threads do not wait for each other
    l->context = pango_font_map_create_context(l->fonts);
    make_exact(l->context);
    // Only ever asked for paths. Without bounds, as cairo leaves out glyphs ten ems beyond the edge of a
    // surface.
    l->surface = cairo_recording_surface_create(CAIRO_CONTENT_ALPHA, NULL);
    l->cairo = cairo_create(l->surface);
    for (size_t i = 0; i < LETTERING_TEXTS_MAX; i++)
        l->settings[i].layout = pango_layout_new(l->context);
    return l;
}

void lettering_free(struct lettering *l)
{
    if (!l)
        return;
    for (size_t i = 0; i < LETTERING_TEXTS_MAX; i++)
        g_object_unref(l->settings[i].layout);
    cairo_destroy(l->cairo);
    cairo_surface_destroy(l->surface);
    g_object_unref(l->context);
    g_object_unref(l->fonts);
    free(l);
}

// --- one text at one size

static void set_size(struct setting *s, const struct lettering_text *text, double size_mm)
{
    s->size_mm = size_mm;
    PangoFontDescription *font = lettering_font(text, size_mm);
    pango_layout_set_font_description(s->layout, font);
    pango_font_description_free(font);
    PangoAttrList *attributes = pango_attr_list_new();
    if (text->tracking != 0)
        pango_attr_list_insert(attributes, pango_attr_letter_spacing_new(to_pango(text->tracking * size_mm)));
    if (text->lang[0])
        pango_attr_list_insert(attributes, pango_attr_language_new(pango_language_from_string(text->lang)));
    pango_layout_set_attributes(s->layout, attributes);
    pango_attr_list_unref(attributes);
}

// Breaks the text at the width. False when a word is wider, or there are too many lines.
static bool break_lines(struct setting *s, double width_mm)
{
    pango_layout_set_width(s->layout, to_pango(width_mm));
    s->lines = pango_layout_get_line_count(s->layout);
    if (s->lines > LETTERING_LINES_MAX)
        return false;
    PangoRectangle logical;
    pango_layout_get_extents(s->layout, NULL, &logical);
    return to_mm(logical.width) <= width_mm + 0.001;
}

// Lines about equally long look better than a last word alone: the smallest width with as many lines.
static void balance(struct setting *s, double width_mm)
{
    int lines = s->lines;
    double low = width_mm / (lines + 1), high = width_mm;
    for (int i = 0; i < BALANCE_STEPS && lines > 1; i++) {
        double middle = (low + high) / 2;
        if (break_lines(s, middle) && s->lines == lines)
            high = middle;
        else
            low = middle;
    }
    break_lines(s, high);
}

// The heights above and below the baselines. What the font says is kept to, so that plates look alike; ink
// that goes beyond it (stacked marks, the feet of Khmer letters) gets its room.
static void measure_lines(struct setting *s, const struct lettering_text *text)
{
    PangoFontMetrics *metrics = pango_context_get_metrics(pango_layout_get_context(s->layout),
                                                          pango_layout_get_font_description(s->layout), NULL);
    double ascent = LETTERING_CAPITAL * s->size_mm, below = 0;
    double leading =
        text->leading > 0 ? text->leading * s->size_mm : to_mm(pango_font_metrics_get_height(metrics));
    s->descent = LETTERING_DESCENT * s->size_mm;
    for (int i = 0; i < s->lines; i++) {
        PangoRectangle ink;
        pango_layout_line_get_extents(pango_layout_get_line_readonly(s->layout, i), &ink, NULL);
        double up = to_mm(PANGO_ASCENT(ink)), down = to_mm(PANGO_DESCENT(ink));
        s->line_gap[i] = i == 0 ? 0 : fmax(leading, below + up + CLEARANCE * s->size_mm);
        if (i == 0)
            s->ascent = fmax(ascent, up);
        if (i + 1 == s->lines)
            s->descent = fmax(s->descent, down);
        below = down;
    }
    pango_font_metrics_unref(metrics);
}

static double height_of(const struct setting *s)
{
    double height = s->ascent + s->descent;
    for (int i = 0; i < s->lines; i++)
        height += s->line_gap[i];
    return height;
}

// --- a column

// A column being set.
struct column {
    struct lettering *l;
    const struct lettering_text *texts;
    size_t count;
    const struct lettering_box *box;
    PangoWrapMode wrap;
};

// All texts at `part` of the way from their floors (0) to their best sizes (1). The column's height, or
// infinity when a word is wider than the box.
static double set_all(const struct column *c, double part)
{
    double height = 0;
    bool first = true, fits = true;
    for (size_t i = 0; i < c->count; i++) {
        const struct lettering_text *text = &c->texts[i];
        struct setting *s = &c->l->settings[i];
        if (s->empty)
            continue;
        set_size(s, text, text->floor_mm + part * (text->size_mm - text->floor_mm));
        pango_layout_set_wrap(s->layout, c->wrap);
        fits &= break_lines(s, c->box->width);
        if (s->lines > LETTERING_LINES_MAX)
            return INFINITY;
        balance(s, c->box->width);
        measure_lines(s, text);
        height += height_of(s) + (first ? 0 : text->gap_mm);
        first = false;
    }
    return fits ? height : INFINITY;
}

// Finds the largest sizes that fit and leaves the column set so; *ret_part gets how far from the floors they
// are. False when not even the floors do.
static bool shrink(const struct column *c, double *ret_part, double *ret_height)
{
    int good = -1, bad = SHRINK_STEPS + 1; // in steps from the floors
    for (int at = SHRINK_STEPS; bad - good > 1; at = (good + bad) / 2) {
        double height = set_all(c, (double)at / SHRINK_STEPS);
        if (height <= c->box->height + 0.001)
            good = at, *ret_height = height;
        else
            bad = at;
    }
    if (good < 0)
        return false;
    *ret_part = (double)good / SHRINK_STEPS;
    set_all(c, *ret_part);
    return true;
}

static enum err refuse(const struct column *c, struct problem *p)
{
    set_all(c, 0);
    size_t worst = 0;
    double most = -1;
    for (size_t i = 0; i < c->count; i++) {
        const struct setting *s = &c->l->settings[i];
        double room = s->empty ? -1 : s->lines > LETTERING_LINES_MAX ? INFINITY : height_of(s);
        if (room > most)
            most = room, worst = i;
    }
    const struct lettering_text *text = &c->texts[worst];
    int shown = (int)fold_utf8_cut(text->words, strlen(text->words), 90);
    return problem_set(
        p, ERR_TOO_LARGE, text->name,
        "the %s \"%.*s%s\" (%zu characters) does not fit into %g × %g mm even in letters of %g mm, the "
        "smallest that may be used: shorten it, or choose a larger design",
        text->name, shown, text->words, text->words[shown] ? "…" : "",
        fold_utf8_count(text->words, strlen(text->words)), c->box->width, c->box->height, text->floor_mm);
}

static enum err prepare(const struct column *c, struct problem *p)
{
    for (size_t i = 0; i < c->count; i++) {
        struct setting *s = &c->l->settings[i];
        char *words = c->l->words[i];
        enum err e = lettering_clean(&c->texts[i], words, p);
        if (e)
            return e;
        s->empty = words[0] == '\0';
        pango_layout_set_text(s->layout, words, -1);
        set_size(s, &c->texts[i], c->texts[i].size_mm);
        e = s->empty ? ERR_NONE : lettering_check_fonts(s->layout, &c->texts[i], p);
        if (e)
            return e;
    }
    return ERR_NONE;
}

static bool needs_breaks(const struct column *c)
{
    for (size_t i = 0; i < c->count; i++)
        if (lettering_has_no_spaces(c->l->words[i]))
            return true;
    return false;
}

// False when every text stays as it is.
static bool set_words(const struct column *c, enum lettering_breaks breaks)
{
    char words[LETTERING_KEPT_SIZE];
    bool any = false;
    for (size_t i = 0; i < c->count; i++) {
        const char *plain = c->l->words[i];
        bool address = c->texts[i].is_address;
        bool changed =
            address ? lettering_break_address(plain, words) : lettering_break_parts(plain, breaks, words);
        pango_layout_set_text(c->l->settings[i].layout, changed ? words : plain, -1);
        any |= changed && !address;
    }
    return any;
}

// What looks best first; `worth` is how much smaller letters may be for it, as a part of the way from size to
// floor.
static const struct {
    enum lettering_breaks breaks;
    double worth;
} looks[] = {
    {LETTERING_PARTS_WHOLE, 0.40},   {LETTERING_PARTS_APART, 0.35}, {LETTERING_PARTS_LOOSE, 0.25},
    {LETTERING_BRACKETS_KEPT, 0.10}, {LETTERING_ANYWHERE, 0},
};

// A word or two alone below longer lines.
static bool has_orphan(const struct column *c)
{
    for (size_t i = 0; i < c->count; i++) {
        const struct setting *s = &c->l->settings[i];
        double longest = 0;
        for (int line = 0; line < s->lines && !s->empty; line++) {
            PangoLayoutLine *now = pango_layout_get_line_readonly(s->layout, line);
            PangoLayoutLine *next = pango_layout_get_line_readonly(s->layout, line + 1);
            PangoRectangle logical;
            pango_layout_line_get_extents(now, NULL, &logical);
            bool last = !next || next->is_paragraph_start;
            if (last && !now->is_paragraph_start && logical.width < ORPHAN * longest)
                return true;
            longest = fmax(longest, logical.width);
        }
    }
    return false;
}

// The column as it looks best, and after that, where there are no spaces between words, with breaks between
// letters.
static bool fit(struct column *c, double *ret_height)
{
    const size_t count = sizeof looks / sizeof looks[0];
    double best = -1, part = 0, height = 0;
    size_t chosen = count;
    c->wrap = PANGO_WRAP_WORD;
    for (size_t i = 0; i < count; i++) {
        if (!set_words(c, looks[i].breaks) && looks[i].breaks != LETTERING_ANYWHERE)
            continue; // the last is the same
        if (best >= 1 + looks[i].worth)
            break;
        if (!shrink(c, &part, &height))
            continue;
        double score = part + looks[i].worth - (has_orphan(c) ? ORPHAN_COSTS : 0);
        if (score > best) {
            best = score;
            chosen = i;
        }
    }
    if (chosen < count) {
        set_words(c, looks[chosen].breaks);
        return shrink(c, &part, ret_height);
    }
    c->wrap = PANGO_WRAP_WORD_CHAR;
    set_words(c, LETTERING_ANYWHERE);
    return needs_breaks(c) && shrink(c, &part, ret_height);
}

static void draw_line(struct lettering *l, const struct lettering_box *box, PangoLayoutLine *line,
                      double baseline, struct drawing *d)
{
    static const double part[] = {[LETTERING_LEFT] = 0, [LETTERING_CENTRE] = 0.5, [LETTERING_RIGHT] = 1};
    PangoRectangle logical;
    pango_layout_line_get_extents(line, NULL, &logical);
    double x = box->x + part[box->align] * (box->width - to_mm(logical.width));
    cairo_new_path(l->cairo);
    cairo_move_to(l->cairo, 0, 0);
    pango_cairo_layout_line_path(l->cairo, line);
    cairo_path_t *path = cairo_copy_path(l->cairo);
    lettering_append_path(path, x, baseline, d);
    cairo_path_destroy(path);
}

static void draw(const struct column *c, double top, struct drawing *d)
{
    bool first = true;
    for (size_t i = 0; i < c->count; i++) {
        const struct setting *s = &c->l->settings[i];
        if (s->empty)
            continue;
        double baseline = top + s->ascent + (first ? 0 : c->texts[i].gap_mm);
        drawing_shape(d, c->texts[i].k, DRAWING_NONZERO);
        for (int line = 0; line < s->lines; line++) {
            baseline += s->line_gap[line];
            draw_line(c->l, c->box, pango_layout_get_line_readonly(s->layout, line), baseline, d);
        }
        top = baseline + s->descent;
        first = false;
    }
}

enum err lettering_column(struct lettering *l, const struct lettering_text *texts, size_t count,
                          const struct lettering_box *box, struct drawing *d, double *ret_height,
                          struct problem *p)
{
    static const double part[] = {[LETTERING_TOP] = 0, [LETTERING_MIDDLE] = 0.5, [LETTERING_BOTTOM] = 1};
    struct column column = {.l = l, .texts = texts, .count = count, .box = box};
    if (count > LETTERING_TEXTS_MAX)
        return problem_set(p, ERR_TOO_LARGE, NULL, "a column holds at most %d texts", LETTERING_TEXTS_MAX);
    enum err e = prepare(&column, p);
    if (e)
        return e;
    double height = 0;
    if (!fit(&column, &height))
        return refuse(&column, p);
    draw(&column, box->y + part[box->stand] * (box->height - height), d);
    if (ret_height)
        *ret_height = height;
    return d->failed ? problem_set(p, ERR_MEMORY, NULL, "out of memory while setting text") : ERR_NONE;
}
