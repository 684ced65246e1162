#include "qrgen/maker.h"

#include <math.h>
#include <string.h>

#include "qrgen/design/logo.h"

#define MODULES_OF_THE_RULE 25.0 // see measure_distance_m
#define WIDTHS_OF_THE_RULE  10.0

static bool has_place_for_logo(const struct design *d)
{
    for (size_t i = 0; i < d->count; i++)
        if (d->elements[i].kind == DESIGN_LOGO)
            return true;
    return false;
}

static enum err read_logo(const struct order *order, struct look *look, struct problem *p)
{
    if (look->bare || !has_place_for_logo(&look->design))
        return problem_set(
            p, ERR_INVALID, "--logo",
            "the design %s has no place for a logo: leave it out, or choose a design that has one",
            look->bare ? LOOK_BARE : look->design.name);
    look->has_logo = true;
    return logo_read(order->logo, &look->logo, p);
}

enum err look_read(const struct order *order, struct look *ret, struct problem *p)
{
    cleanup_look struct look look = LOOK_INIT;
    look.order = order;
    look.bare = !order->design || strcmp(order->design, LOOK_BARE) == 0;
    if (order->crop_marks && !(order->kinds & 1u << ORDER_PDF))
        return problem_set(p, ERR_INVALID, "--crop-marks",
                           "crop marks stand in PDF files alone: add pdf to --format");
    enum err e = look.bare ? ERR_NONE : design_load(order->designs, order->design, &look.design, p);
    if (!e && order->logo)
        e = read_logo(order, &look, p);
    if (e)
        return e;
    *ret = look;
    look = LOOK_INIT;
    return ERR_NONE;
}

void look_free(struct look *look)
{
    design_clear(&look->design);
    logo_free(&look->logo);
    *look = LOOK_INIT;
}

// --- how large

// The width that the symbol may have, quiet zone included, and what sets it; 0: no limit.
static double room(const struct look *look, const char **ret_flag)
{
    double design = look->bare ? 0 : design_symbol_mm(&look->design);
    *ret_flag = "--size-mm";
    if (design == 0 || (look->order->size_mm != 0 && look->order->size_mm < design))
        return look->order->size_mm;
    *ret_flag = "--design";
    return design;
}

static enum err check_room(const struct look *look, const struct matrix *m, const struct measure *measure,
                           struct problem *p)
{
    const char *flag;
    double mm = measure_picture_mm(measure, m->size), most = room(look, &flag);
    if (most == 0 || mm <= most + 0.005)
        return ERR_NONE;
    return problem_set(
        p, ERR_TOO_LARGE, flag,
        "its address needs a symbol of version %d, which is %.1f mm wide with its quiet zone and "
        "%.3f mm a module, more than the %g mm %s: use a shorter base URL, a smaller module or a "
        "larger %s",
        m->version, mm, measure_module_mm(measure), most,
        strcmp(flag, "--design") == 0 ? "that the design has room for" : "asked for",
        strcmp(flag, "--design") == 0 ? "design" : "size");
}

// The least module that the distance asks for.
static enum err module_for_distance(const struct look *look, double *ret_mm, struct problem *p)
{
    double mm = look->order->distance_m * 1000 / WIDTHS_OF_THE_RULE / MODULES_OF_THE_RULE;
    if (!(mm <= MEASURE_MODULE_MM_MAX))
        return problem_set(p, ERR_INVALID, "--distance-m",
                           "%g m is too far: at most %g m can be made readable, with modules of %g mm",
                           look->order->distance_m,
                           MEASURE_MODULE_MM_MAX * WIDTHS_OF_THE_RULE * MODULES_OF_THE_RULE / 1000,
                           MEASURE_MODULE_MM_MAX);
    *ret_mm = fmax(mm, MEASURE_MODULE_MM_MIN);
    return ERR_NONE;
}

static enum err measure_by_module(const struct look *look, const struct matrix *m, double mm,
                                  struct measure *ret, struct problem *p)
{
    struct measure measure;
    enum err e = measure_from_module(mm, look->order->dpi, &measure, p);
    if (!e && look->order->distance_m != 0 && measure_distance_m(&measure, m->size) < look->order->distance_m)
        measure.module_px++; // to the pixel above, so that the distance is kept
    if (!e)
        e = check_room(look, m, &measure, p);
    if (!e)
        *ret = measure;
    return e;
}

static enum err measure_by_room(const struct look *look, const struct matrix *m, struct measure *ret,
                                struct problem *p)
{
    const char *flag;
    double most = room(look, &flag);
    enum err e = measure_from_side(most, look->order->dpi, m->size, ret, p);
    if (e == ERR_TOO_LARGE && strcmp(flag, "--design") == 0)
        return problem_set(
            p, ERR_TOO_LARGE, flag,
            "the design %s has room for a symbol of %g mm, too little for the %d modules of this "
            "address with their quiet zone: a module would be %.2f mm and must be at least %.1f mm; "
            "use a shorter base URL or a larger design",
            look->design.name, most, m->size + 2 * MATRIX_QUIET, most / (m->size + 2 * MATRIX_QUIET),
            MEASURE_MODULE_MM_MIN);
    return e;
}

static enum err measure_for(const struct look *look, const struct matrix *m, struct measure *ret,
                            struct problem *p)
{
    const char *flag;
    double mm = look->order->module_mm;
    if (look->order->distance_m != 0) {
        enum err e = module_for_distance(look, &mm, p);
        return e ? e : measure_by_module(look, m, mm, ret, p);
    }
    if (mm == 0 && room(look, &flag) != 0)
        return measure_by_room(look, m, ret, p);
    return measure_by_module(look, m, mm == 0 ? MEASURE_MODULE_MM_DEFAULT : mm, ret, p);
}

static void set_plate(struct maker *m)
{
    const struct look *look = m->look;
    double side = measure_picture_mm(&m->measure, m->matrix.size);
    m->plate = (struct kind_plate){
        .matrix = &m->matrix,
        .measure = &m->measure,
        .drawing = &m->drawing,
        .width_mm = look->bare ? side : look->design.width,
        .height_mm = look->bare ? side : look->design.height,
        .bare = look->bare,
        .crop_marks = look->order->crop_marks,
        .url = m->url,
    };
    if (!look->bare)
        design_symbol_at(&look->design, &m->matrix, &m->measure, m->plate.symbol_px);
}

enum err maker_plan(struct maker *m, const struct job_plate *plate, struct problem *p)
{
    enum err e = payload_url(m->look->order->base_url, plate->code, m->url, p);
    if (!e)
        e = matrix_make(m->url, &m->matrix, p);
    if (!e)
        e = measure_for(m->look, &m->matrix, &m->measure, p);
    if (!e)
        set_plate(m);
    return e;
}

static enum err draw_bare(struct maker *m, struct drawing *ret, struct problem *p)
{
    double module = measure_module_mm(&m->measure);
    drawing_symbol(ret, &m->matrix, MATRIX_QUIET * module, MATRIX_QUIET * module, module);
    return ret->failed ? problem_set(p, ERR_MEMORY, NULL, "out of memory while drawing a plate") : ERR_NONE;
}

enum err maker_new(const struct look *look, struct maker *ret, struct problem *p)
{
    struct lettering *lettering = lettering_new();
    if (!lettering)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory while drawing a plate");
    *ret = MAKER_INIT;
    ret->look = look;
    ret->lettering = lettering;
    return ERR_NONE;
}

enum err maker_draw(struct maker *m, const struct job_plate *plate, struct drawing *ret, struct problem *p)
{
    drawing_reset(ret);
    if (m->look->bare)
        return draw_bare(m, ret, p);
    const struct plate_values values = {
        .url = m->url,
        .plate = plate,
        .matrix = &m->matrix,
        .measure = &m->measure,
        .logo = m->look->has_logo ? &m->look->logo : NULL,
    };
    return design_compose(&m->look->design, &values, m->lettering, ret, p);
}

void maker_free(struct maker *m)
{
    lettering_free(m->lettering);
    drawing_free(&m->drawing);
    *m = MAKER_INIT;
}
