// From how far a plate reads, before it is made: as the print guide's tables tell it, for this server's
// address.
#include <math.h>
#include <string.h>

#include "qrgen/symbol/matrix.h"
#include "qrgen/symbol/measure.h"
#include "server/app.h"
#include "server/desk/batches/batches_parts.h"
#include "server/view/view.h"

#define SOME_CODE "k7m39qx2" // all are of one length, which alone decides

int batches_symbol_size(const struct http_request *req)
{
    const struct app *app = req->app;
    struct matrix matrix;
    const char *url = arena_printf(req->arena, "%s/" SOME_CODE, app->base_url);
    return url && matrix_make(url, &matrix, NULL) == ERR_NONE ? matrix.size : 0;
}

// The measure that the generator will come to; false for what it will refuse.
static bool measure_of(int size, const struct design *design, const struct batch_options *o,
                       struct measure *ret)
{
    unsigned dpi = MEASURE_DPI_DEFAULT;
    if (o->module_mm > 0)
        return measure_from_module(o->module_mm, dpi, ret, NULL) == ERR_NONE;
    if (o->size_mm > 0)
        return measure_from_side(o->size_mm, dpi, size, ret, NULL) == ERR_NONE;
    if (design->symbol_mm > 0)
        return measure_from_side(design->symbol_mm, dpi, size, ret, NULL) == ERR_NONE;
    return measure_from_module(MEASURE_MODULE_MM_DEFAULT, dpi, ret, NULL) == ERR_NONE;
}

double batches_reads_from(int size, const struct design *design, const struct batch_options *o)
{
    struct measure measure;
    double metres = o->distance_m;
    if (!(metres > 0))
        metres = size && measure_of(size, design, o, &measure) ? measure_distance_m(&measure, size) : 0;
    return round(metres * 100) / 100;
}

static const struct design *find(const struct designs *designs, const char *name)
{
    for (size_t i = 0; name && i < designs->count; i++)
        if (strcmp(designs->items[i].name, name) == 0)
            return &designs->items[i];
    return NULL;
}

// "" for options that make no sense: then the form or the drawing says so.
const char *batches_reads_words(struct screen *screen, const struct form *form)
{
    struct designs designs = {.count = 0};
    struct batch_options options;
    struct form copy = *form; // whose problems are not told here
    copy.failed = false;
    if (generator_designs(screen->app->generator, screen->arena, &designs, NULL) != ERR_NONE)
        return "";
    batches_read_options(screen->req, &copy, &options);
    const struct design *design = find(&designs, options.design);
    double metres =
        design && !copy.failed ? batches_reads_from(batches_symbol_size(screen->req), design, &options) : 0;
    if (!(metres > 0))
        return "";
    json_t *values = json_pack("{s:f}", "metres", metres);
    const char *words = screen_words(screen, VIEW_KEY("desk.batches.new.reads"), values);
    json_decref(values);
    return words;
}

enum err batches_reads(struct http_request *req, struct http_response *res, struct problem *problem)
{
    const struct app *app = req->app;
    cleanup_screen struct screen screen = {.req = req};
    struct form form;
    if (!app->generator || !app->base_url_given)
        return problem_set(problem, ERR_NOT_FOUND, NULL, "plates cannot be drawn here");
    enum err e = screen_open(&screen, req, res, problem);
    if (e)
        return e;
    batches_read_preview(req, &form);
    json_t *answer = json_object();
    context_text(&screen.context, answer, "words", batches_reads_words(&screen, &form));
    e = screen.context.failed ? ERR_MEMORY : desk_json(res, 200, answer);
    json_decref(answer);
    return e;
}
