// Whether the parts of a design fit together: what can be seen only when all of the file is read.
#include "qrgen/design/design_keys.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define NAME_SIZE 128
#define SLACK_MM  0.001

static const char *title_of(const struct design_element *element, char out[NAME_SIZE])
{
    snprintf(out, NAME_SIZE, "[%s%s%.80s]", design_kind_names[element->kind], element->name[0] ? " " : "",
             element->name);
    return out;
}

static enum err say(const struct design_element *element, const char *what, struct problem *p)
{
    char title[NAME_SIZE];
    return problem_at(p, ERR_INVALID, element->line, 0, NULL, "line %lu: %s %s", element->line,
                      title_of(element, title), what);
}

// Things that may not lie over one another; frames, rules and ornaments may.
static bool takes_room(const struct design_element *element)
{
    return element->kind == DESIGN_SYMBOL || element->kind == DESIGN_COLUMN || element->kind == DESIGN_LOGO;
}

static bool overlap(const struct design_box *a, const struct design_box *b)
{
    return a->x + a->width > b->x + SLACK_MM && b->x + b->width > a->x + SLACK_MM &&
           a->y + a->height > b->y + SLACK_MM && b->y + b->height > a->y + SLACK_MM;
}

static enum err check_overlap(const struct design *d, const struct design_element *element, struct problem *p)
{
    for (const struct design_element *other = d->elements; other < element; other++) {
        bool ink_on_symbol = (other->kind == DESIGN_SYMBOL && element->kind != DESIGN_FRAME) ||
                             (element->kind == DESIGN_SYMBOL && other->kind != DESIGN_FRAME);
        if (other->kind == DESIGN_TEXT || !overlap(&element->box, &other->box) ||
            !(ink_on_symbol || (takes_room(element) && takes_room(other))))
            continue;
        char one[NAME_SIZE], two[NAME_SIZE];
        return problem_at(p, ERR_INVALID, element->line, 0, "box", "line %lu: %s lies over %s (line %lu)",
                          element->line, title_of(element, one), title_of(other, two), other->line);
    }
    return ERR_NONE;
}

// The line of a frame may not run through the symbol and its quiet zone.
static enum err check_frame(const struct design *d, const struct design_element *frame, struct problem *p)
{
    const struct design_box *b = &frame->box, *symbol = d->symbol ? &d->symbol->box : NULL;
    double s = frame->stroke;
    if (2 * s >= fmin(b->width, b->height))
        return say(frame, "is smaller than its own stroke", p);
    const struct design_box inside = {b->x + s, b->y + s, b->width - 2 * s, b->height - 2 * s};
    bool holds = symbol && symbol->x >= inside.x - SLACK_MM && symbol->y >= inside.y - SLACK_MM &&
                 symbol->x + symbol->width <= inside.x + inside.width + SLACK_MM &&
                 symbol->y + symbol->height <= inside.y + inside.height + SLACK_MM;
    if (symbol && !holds && overlap(b, symbol))
        return say(frame, "runs through the symbol", p);
    if (frame->rise > b->height - s)
        return say(frame, "has an arch higher than itself", p);
    return ERR_NONE;
}

static enum err check_placed(const struct design *d, const struct design_element *element, struct problem *p)
{
    const struct design_box *b = &element->box;
    double bleed = takes_room(element) ? 0 : 10;
    if (!(b->width > 0) || !(b->height > 0))
        return say(element, "has no width or no height", p);
    if (b->x < -bleed || b->y < -bleed || b->x + b->width > d->width + bleed + SLACK_MM ||
        b->y + b->height > d->height + bleed + SLACK_MM)
        return say(element, "leaves the page", p);
    enum err e = check_overlap(d, element, p);
    return !e && element->kind == DESIGN_FRAME ? check_frame(d, element, p) : e;
}

static enum err check_text(const struct design_element *element, struct problem *p)
{
    if (element->floor > element->size)
        return say(element, "has a floor larger than its size", p);
    if ((element->what == DESIGN_WORDS) != (element->words[0] != '\0'))
        return say(element, "has what = words without words, or words without what = words", p);
    return ERR_NONE;
}

// Columns hold at least one text, and no more than can be set.
static enum err check_column(const struct design *d, const struct design_element *column, struct problem *p)
{
    size_t texts = 0;
    for (const struct design_element *t = column + 1; t < d->elements + d->count && t->kind == DESIGN_TEXT;
         t++)
        texts++;
    if (texts == 0)
        return say(column, "has no [text …] below it", p);
    return texts > LETTERING_TEXTS_MAX ? say(column, "has more texts than the 16 that can be set", p)
                                       : ERR_NONE;
}

enum err design_check(const struct design *d, struct problem *p)
{
    if (!d->symbol)
        return problem_at(p, ERR_INVALID, 1, 0, NULL, "line 1: the design has no [symbol]");
    for (size_t i = 0; i < d->count; i++) {
        const struct design_element *element = &d->elements[i];
        enum err e = element->kind == DESIGN_TEXT ? check_text(element, p) : check_placed(d, element, p);
        if (!e && element->kind == DESIGN_COLUMN)
            e = check_column(d, element, p);
        if (e)
            return e;
    }
    return ERR_NONE;
}
