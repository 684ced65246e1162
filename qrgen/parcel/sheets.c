#include "qrgen/parcel/sheets.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "common/fold.h"

#include "qrgen/parcel/volume.h"

#define LINE_MM          0.1 // hairline that every press holds
#define LINE_LENGTH_MM   4.0
#define LINE_LEAST_MM    1.5
#define LINE_DISTANCE_MM 0.5 // from the trimmed plate
#define TEXT_MM          2.4
#define TEXT_SMALL_MM    1.6 // where margins are narrow
#define TEXT_ROOM_MM     3.5 // of a line of TEXT_MM
#define TEXT_EDGE_MM     6.0 // from the edge of the paper, which printers leave white, to the words
#define ROUNDING_MM      0.005

// How many cells stand in a row that may be `mm` long.
static size_t cells_in(double mm, double cell, double gutter)
{
    return mm + ROUNDING_MM < cell ? 0 : (size_t)((mm + gutter + ROUNDING_MM) / (cell + gutter));
}

static double grid_mm(size_t cells, double cell, double gutter)
{
    return (double)cells * (cell + gutter) - gutter;
}

// Lays the grid on paper of that width and height.
static struct sheets lay(const struct order_sheets *o, double paper_width, double paper_height, double width,
                         double height)
{
    struct sheets s = {
        .paper_mm = {paper_width, paper_height},
        .cell_mm = {width, height},
        .gutter_mm = o->gutter_mm,
        .columns = cells_in(paper_width - 2 * o->margin_mm, width, o->gutter_mm),
        .rows = cells_in(paper_height - 2 * o->margin_mm, height, o->gutter_mm),
    };
    s.origin_mm[0] = (paper_width - grid_mm(s.columns, width, o->gutter_mm)) / 2;
    s.origin_mm[1] = (paper_height - grid_mm(s.rows, height, o->gutter_mm)) / 2;
    return s;
}

static size_t per_sheet(const struct sheets *s)
{
    return s->columns * s->rows;
}

enum err sheets_plan(const struct order *order, const struct job *job, double width_mm, double height_mm,
                     struct sheets *ret, struct problem *p)
{
    const struct order_sheets *o = &order->sheets;
    struct sheets given = lay(o, o->width_mm, o->height_mm, width_mm, height_mm);
    struct sheets turned = lay(o, o->height_mm, o->width_mm, width_mm, height_mm);
    struct sheets s = per_sheet(&turned) > per_sheet(&given) ? turned : given;
    if (per_sheet(&s) == 0)
        return problem_set(
            p, ERR_TOO_LARGE, "--sheets",
            "a plate of %.1f mm × %.1f mm does not fit on paper of %g mm × %g mm with margins of %g "
            "mm: take larger paper, or smaller plates",
            width_mm, height_mm, o->width_mm, o->height_mm, o->margin_mm);
    s.job = job;
    s.name = order->name;
    s.pages = (job->copies + per_sheet(&s) - 1) / per_sheet(&s);
    s.volume_pages = SHEETS_VOLUME_PLACES / per_sheet(&s);
    s.volume_pages = s.volume_pages ? s.volume_pages : 1;
    s.volumes = (s.pages + s.volume_pages - 1) / s.volume_pages;
    *ret = s;
    return ERR_NONE;
}

// --- one sheet

// The composing of a volume.
struct composing {
    const struct sheets *s;
    struct lettering *lettering;
    sheets_plate_fn *plate;
    void *arg;
    struct drawing *sheet, drawn; // the sheet, and the plate drawn last
    double drawn_mm[2];
    size_t next, copies_left; // the plate to draw next; copies still to set of the one drawn last
};

static double cell_at(const struct sheets *s, int axis, size_t number)
{
    return s->origin_mm[axis] + (double)number * (s->cell_mm[axis] + s->gutter_mm);
}

// Shapes that go beyond the trimmed plate, its bleed, must end before the next plate begins.
static enum err check_bleed(const struct composing *c, struct problem *p)
{
    double beyond = 0;
    for (size_t i = 0; i < c->drawn.point_count; i++) {
        const struct drawing_point *at = &c->drawn.points[i];
        beyond =
            fmax(beyond, fmax(fmax(-at->x, -at->y), fmax(at->x - c->drawn_mm[0], at->y - c->drawn_mm[1])));
    }
    if (beyond <= c->s->gutter_mm + ROUNDING_MM)
        return ERR_NONE;
    return problem_set(p, ERR_TOO_LARGE, "--gutter-mm",
                       "plates of this design have %.1f mm of bleed, more than the %g mm between plates on a "
                       "sheet: give a wider gutter",
                       beyond, c->s->gutter_mm);
}

// Makes the next placement's drawing stand in c->drawn.
static enum err take_plate(struct composing *c, struct problem *p)
{
    if (c->copies_left == 0) {
        enum err e = c->plate(c->arg, c->next, &c->drawn, &c->drawn_mm[0], &c->drawn_mm[1], p);
        if (!e)
            e = check_bleed(c, p);
        if (e)
            return e;
        c->copies_left = c->s->job->plates[c->next++].copies;
    }
    c->copies_left--;
    return ERR_NONE;
}

// Lines at both edges of each cell along an axis, from `from` to `to` on the other.
static void cut_lines(const struct sheets *s, int axis, size_t cells, double from, double to,
                      struct drawing *d)
{
    for (size_t i = 0; i < cells && to > from; i++)
        for (int edge = 0; edge < 2; edge++) {
            double at = cell_at(s, axis, i) + (edge ? s->cell_mm[axis] : 0) - LINE_MM / 2;
            if (axis == 0)
                drawing_rect(d, at, from, LINE_MM, to - from, 1);
            else
                drawing_rect(d, from, at, to - from, LINE_MM, 1);
        }
}

// How long lines are in the margin at an end of the grid: shorter where the words below would touch them.
static double line_mm(const struct sheets *s, int axis)
{
    double room = s->origin_mm[axis] - LINE_DISTANCE_MM - TEXT_ROOM_MM - TEXT_EDGE_MM / 2;
    return fmin(LINE_LENGTH_MM, fmax(LINE_LEAST_MM, room));
}

// All lines across one axis: outside the grid, and in the gutters, never on a plate.
static void cut_axis(const struct sheets *s, int axis, size_t cells, size_t across, struct drawing *d)
{
    int other = !axis;
    double first = cell_at(s, other, 0), last = cell_at(s, other, across - 1) + s->cell_mm[other];
    double length = line_mm(s, other);
    cut_lines(s, axis, cells, first - LINE_DISTANCE_MM - length, first - LINE_DISTANCE_MM, d);
    cut_lines(s, axis, cells, last + LINE_DISTANCE_MM, last + LINE_DISTANCE_MM + length, d);
    for (size_t i = 1; i < across; i++) {
        double end = cell_at(s, other, i);
        cut_lines(s, axis, cells, end - s->gutter_mm + LINE_DISTANCE_MM, end - LINE_DISTANCE_MM, d);
    }
}

// Below the grid: the batch and what stands on the sheet, and at the right which one it is.
static enum err write_margin(struct composing *c, size_t page, size_t plates, struct problem *p)
{
    const struct sheets *s = c->s;
    char left[400], right[160];
    snprintf(left, sizeof left, "%.*s%s%zu bảng · %zu %s", (int)fold_utf8_cut(s->name, strlen(s->name), 300),
             s->name, s->name[0] ? " · " : "", plates, plates, plates == 1 ? "plate" : "plates");
    snprintf(right, sizeof right, "Tờ %zu/%zu · sheet %zu of %zu", page + 1, s->pages, page + 1, s->pages);
    double free_mm = s->origin_mm[1] - LINE_DISTANCE_MM - line_mm(s, 1);
    double edge = fmin(TEXT_EDGE_MM, fmax(0.5, free_mm - TEXT_ROOM_MM)),
           width = s->paper_mm[0] - 2 * TEXT_EDGE_MM;
    struct lettering_text text = {
        .words = left,
        .name = "name of the batch",
        .lang = "vi",
        .family = "Noto Sans",
        .weight = 400,
        .size_mm = free_mm < TEXT_ROOM_MM + 0.5 ? TEXT_SMALL_MM : TEXT_MM,
        .floor_mm = 0.4,
        .k = 1,
    };
    struct lettering_box box = {TEXT_EDGE_MM,   s->paper_mm[1] - edge - 4, width * 0.62, 4,
                                LETTERING_LEFT, LETTERING_BOTTOM};
    enum err e = lettering_column(c->lettering, &text, 1, &box, c->sheet, NULL, p);
    text.words = right;
    box.x += width * 0.64, box.width = width * 0.36, box.align = LETTERING_RIGHT;
    return e ? e : lettering_column(c->lettering, &text, 1, &box, c->sheet, NULL, p);
}

// A plate that is smaller than the cell stands in its middle.
static enum err place_plate(struct composing *c, size_t column, size_t row, struct problem *p)
{
    enum err e = take_plate(c, p);
    if (e)
        return e;
    double x = cell_at(c->s, 0, column) + (c->s->cell_mm[0] - c->drawn_mm[0]) / 2;
    double y = cell_at(c->s, 1, row) + (c->s->cell_mm[1] - c->drawn_mm[1]) / 2;
    drawing_append(c->sheet, &c->drawn, x, y, 1);
    return ERR_NONE;
}

static enum err compose(void *arg, size_t page, struct drawing *ret, struct problem *p)
{
    struct composing *c = arg;
    const struct sheets *s = c->s;
    size_t begun = page * per_sheet(s), left = s->job->copies - begun;
    size_t plates = left < per_sheet(s) ? left : per_sheet(s);
    enum err e = ERR_NONE;
    c->sheet = ret;
    for (size_t i = 0; i < plates && !e; i++)
        e = place_plate(c, i % s->columns, i / s->columns, p);
    if (e)
        return e;
    size_t rows = (plates + s->columns - 1) / s->columns, columns = plates < s->columns ? plates : s->columns;
    cut_axis(s, 0, columns, rows, c->sheet);
    cut_axis(s, 1, rows, columns, c->sheet);
    return write_margin(c, page, plates, p);
}

size_t sheets_on_page(const struct sheets *s, size_t page, struct sheets_place *ret)
{
    size_t count = 0, plate = 0, skip = page * per_sheet(s);
    for (; plate < s->job->count && skip >= s->job->plates[plate].copies; plate++)
        skip -= s->job->plates[plate].copies;
    for (; plate < s->job->count && count < per_sheet(s); plate++, skip = 0)
        for (size_t copy = skip; copy < s->job->plates[plate].copies && count < per_sheet(s); copy++, count++)
            ret[count] = (struct sheets_place){plate, cell_at(s, 0, count % s->columns),
                                               cell_at(s, 1, count / s->columns)};
    return count;
}

// --- volumes

// Goes to the placement with which a page begins.
static void seek(struct composing *c, size_t page)
{
    size_t skip = page * per_sheet(c->s);
    while (skip >= c->s->job->plates[c->next].copies)
        skip -= c->s->job->plates[c->next++].copies;
    c->copies_left = 0;
    if (skip > 0) // the plate goes on from the page before
        c->copies_left = c->s->job->plates[c->next].copies - skip;
}

static enum err begin(struct composing *c, size_t page, struct problem *p)
{
    seek(c, page);
    if (c->copies_left == 0)
        return ERR_NONE;
    size_t left = c->copies_left;
    c->copies_left = 0;
    enum err e = take_plate(c, p);
    c->copies_left = left;
    return e;
}

enum err sheets_volume(const struct sheets *s, size_t number, struct lettering *lettering,
                       sheets_plate_fn *plate, void *arg, struct buf *ret, struct problem *p)
{
    const struct volume v = volume_of(number, s->volume_pages, s->pages, s->paper_mm[0], s->paper_mm[1]);
    struct composing c = {.s = s, .lettering = lettering, .plate = plate, .arg = arg, .drawn = DRAWING_INIT};
    enum err e = begin(&c, v.first, p);
    if (!e)
        e = volume_write(&v, compose, &c, ret, p);
    drawing_free(&c.drawn);
    return e;
}
