// A plate's symbol, to look at and to download at once. Whole batches for a print shop are made by
// stele-qrgen; these files are the same symbol at the default plate's size.
#include <string.h>

#include "content/store/store.h"
#include "qrgen/symbol/payload.h"
#include "qrgen/symbol/raster.h"
#include "qrgen/symbol/svg.h"
#include "server/app.h"
#include "server/desk/plates/plates_parts.h"

typedef enum err draw_symbol(const struct matrix *m, const struct measure *measure, struct buf *ret,
                             struct problem *p);

static enum err load(struct http_request *req, struct plates_one *ret, struct problem *problem)
{
    const struct app *app = req->app;
    struct connection *reader = NULL;
    enum err e = store_reader(app->store, &reader, problem);
    return e ? e : plates_load(reader, req, ret, problem);
}

// A base URL is never guessed: without one the plate's page says what is to be done. And it says why a
// retired plate's symbol is not given out: somebody would print it.
static enum err answer(struct http_request *req, struct http_response *res, draw_symbol *draw,
                       const char *type, const char *name, struct problem *problem)
{
    const struct app *app = req->app;
    struct plates_one one;
    struct matrix matrix;
    struct measure measure;
    char url[PAYLOAD_SIZE], words[CODE_WORDS_SIZE];
    enum err e = load(req, &one, problem);
    bool retired = !e && strcmp(one.plate.state, "retired") == 0;
    if (!e && (!app->base_url_given || retired))
        return desk_see_other(res, one.path, problem);
    if (!e)
        e = payload_url(app->base_url, one.plate.code, url, problem);
    if (!e)
        e = matrix_make(url, &matrix, problem);
    if (!e)
        e = measure_from_module(MEASURE_MODULE_MM_DEFAULT, MEASURE_DPI_DEFAULT, &measure, problem);
    if (!e)
        e = draw(&matrix, &measure, &res->body, problem);
    if (e)
        return e;
    code_words(one.plate.code, words);
    const char *disposition = arena_printf(req->arena, "inline; filename=\"%s%s\"", words, name);
    res->content_type = type;
    return response_header(res, "Content-Disposition", disposition ? disposition : "inline", problem);
}

enum err plates_qr_png(struct http_request *req, struct http_response *res, struct problem *problem)
{
    return answer(req, res, raster_png, "image/png", ".png", problem);
}

enum err plates_qr_svg(struct http_request *req, struct http_response *res, struct problem *problem)
{
    return answer(req, res, svg_draw, "image/svg+xml", "-rgb.svg", problem);
}
