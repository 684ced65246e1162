// What happens between a plate and a phone: out of focus, far away, from the side, dirty.
#include "qrgen/check/check_parts.h"

#include <math.h>
#include <string.h>

#define NEXT_TO 2 // modules around the quiet zone that belong to the symbol's surroundings

// A symbol under test. `at` is where it is in check->symbol, without its quiet zone.
struct trial {
    struct check *check;
    double module_px;
    struct grey_rect at;
};

static bool blur(const struct trial *t, double times)
{
    return grey_blur(&t->check->symbol, times / 3 * t->module_px, &t->check->worse);
}

static bool small(const struct trial *t, double times)
{
    return grey_scale(&t->check->symbol, 0.5 / times, &t->check->worse);
}

static bool tilt(const struct trial *t, double times)
{
    return grey_tilt(&t->check->symbol, 15 * times, &t->check->worse);
}

static bool stain(const struct trial *t, double times)
{
    return grey_stain(&t->check->symbol, &t->at, 0.1 * times, &t->check->worse);
}

static const struct {
    const char *name;
    bool (*make)(const struct trial *t, double times); // fills check->worse; false when memory is out
    const char *what;                                  // with what is demanded, for problems
} hardships[] = {
    {"blur", blur, "the picture, blurred by a third of a module,"},
    {"small", small, "the picture at half its size"},
    {"tilt", tilt, "the picture, seen from 15 degrees aside,"},
    {"stain", stain, "the picture with a stain on a tenth of the symbol"},
};

// What is demanded, and more of it.
static const double steps[] = {1, 1.2, 1.4, 1.6, 1.8, CHECK_MARGIN_MAX};

static unsigned whole(double value, unsigned most)
{
    return value < 0 ? 0 : value > most ? most : (unsigned)lround(value);
}

// Cuts the symbol and what is next to it out of the page. False when memory is out.
static bool cut(struct trial *t, const struct check_plate *plate, double px_per_mm, double paper_mm)
{
    const struct measure *m = plate->measure;
    const struct grey *page = &t->check->page;
    double mm_per_px = 25.4 / m->dpi;
    t->module_px = measure_module_mm(m) * px_per_mm;
    double x = (plate->symbol_px[0] * mm_per_px + paper_mm) * px_per_mm + MATRIX_QUIET * t->module_px;
    double y = (plate->symbol_px[1] * mm_per_px + paper_mm) * px_per_mm + MATRIX_QUIET * t->module_px;
    double around = (MATRIX_QUIET + NEXT_TO) * t->module_px, side = plate->size * t->module_px;
    unsigned left = whole(x - around, page->width), top = whole(y - around, page->height);
    const struct grey_rect rect = {left, top, whole(x + side + around, page->width) - left,
                                   whole(y + side + around, page->height) - top};
    unsigned px = whole(side, rect.width);
    t->at = (struct grey_rect){whole(x - left, rect.width), whole(y - top, rect.height), px, px};
    return grey_crop(page, &rect, &t->check->symbol);
}

static enum err try_step(const struct trial *t, size_t hardship, double times, const char *url,
                         struct problem *p)
{
    if (!hardships[hardship].make(t, times))
        return problem_set(p, ERR_MEMORY, NULL, "out of memory while checking");
    return check_scan(t->check, &t->check->worse, hardships[hardship].what, url, p);
}

// How much of the hardship the symbol bears, at most `most` times what is demanded. `known`: another file of
// the plate bore that much, so this one is shown that at once: who bears more bears less.
static enum err try_one(const struct trial *t, size_t hardship, const char *url, double most, bool known,
                        double *ret_times, struct problem *p)
{
    double borne = 0;
    enum err e = known ? try_step(t, hardship, most, url, NULL) : ERR_CORRUPT;
    if (e == ERR_NONE)
        borne = most;
    for (size_t s = 0;
         e != ERR_MEMORY && borne < most && s < sizeof steps / sizeof steps[0] && steps[s] <= most; s++) {
        e = try_step(t, hardship, steps[s], url, s == 0 ? p : NULL);
        if (e && s == 0)
            return e;
        if (e)
            break;
        borne = steps[s];
    }
    if (e == ERR_MEMORY)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory while checking");
    *ret_times = borne;
    return ERR_NONE;
}

// Programs of others often render one plate to the very same pixels: these need no second trial.
static bool was_tried(struct check *c, bool known)
{
    const struct grey *now = &c->symbol, *then = &c->tried;
    size_t len = (size_t)now->width * now->height;
    if (known && now->width == then->width && now->height == then->height &&
        memcmp(now->px, then->px, len) == 0)
        return true;
    if (grey_size(&c->tried, now->width, now->height))
        memcpy(c->tried.px, now->px, len);
    return false;
}

enum err check_hardships(struct check *c, const struct check_plate *plate, double px_per_mm, double paper_mm,
                         struct check_margin *ret, struct problem *p)
{
    struct trial trial = {.check = c};
    bool known = ret->times > 0; // of another file of the plate
    struct check_margin margin = known ? *ret : (struct check_margin){CHECK_MARGIN_MAX, hardships[0].name};
    if (!cut(&trial, plate, px_per_mm, paper_mm))
        return problem_set(p, ERR_MEMORY, NULL, "out of memory while checking");
    if (was_tried(c, known))
        return ERR_NONE;
    for (size_t i = 0; i < sizeof hardships / sizeof hardships[0]; i++) {
        double times = 0;
        enum err e = try_one(&trial, i, plate->url, margin.times, known, &times, p);
        if (e)
            return e;
        if (times < margin.times)
            margin = (struct check_margin){times, hardships[i].name};
    }
    *ret = margin;
    return ERR_NONE;
}
