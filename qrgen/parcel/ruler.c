#include "qrgen/parcel/ruler.h"

#include <stdio.h>

#define BAR_MM    0.25 // thickness of the line
#define MARK_MM   0.12 // thickness of a mark
#define FIGURE_MM 2.4

// The marks stand within the bar's ends: the first begins at 0 and the last ends at RULER_MM.
static void draw_mark(double x, double y, int mm, struct drawing *d)
{
    double length = mm % 10 == 0 ? 3.4 : mm % 5 == 0 ? 2.4 : 1.5;
    double left = mm == 0 ? 0 : mm == (int)RULER_MM ? RULER_MM - MARK_MM : mm - MARK_MM / 2;
    drawing_rect(d, x + left, y, MARK_MM, length, 1);
}

static enum err draw_figure(struct lettering *l, double x, double y, int mm, struct drawing *d,
                            struct problem *p)
{
    char words[16];
    snprintf(words, sizeof words, mm == (int)RULER_MM ? "%d mm" : "%d", mm);
    const struct lettering_text text = {
        .words = words,
        .name = "ruler",
        .lang = "",
        .family = "Noto Sans",
        .weight = 400,
        .size_mm = FIGURE_MM,
        .floor_mm = FIGURE_MM,
        .k = 1,
    };
    const struct lettering_box box = {x + mm - 8, y + 4, 16, 5, LETTERING_CENTRE, LETTERING_TOP};
    return lettering_column(l, &text, 1, &box, d, NULL, p);
}

enum err ruler_draw(struct lettering *l, double x, double y, struct drawing *d, struct problem *p)
{
    drawing_rect(d, x, y, RULER_MM, BAR_MM, 1);
    for (int mm = 0; mm <= (int)RULER_MM; mm++)
        draw_mark(x, y, mm, d);
    enum err e = ERR_NONE;
    for (int mm = 0; mm <= (int)RULER_MM && !e; mm += 20)
        e = draw_figure(l, x, y, mm, d, p);
    return e;
}
