#include "qrgen/preview.h"

#include <jansson.h>

#include "qrgen/drawing/picture.h"
#include "qrgen/maker.h"

struct listing {
    const char *folder;
    struct buf *out;
};

static bool has_logo(const struct design *d)
{
    for (size_t i = 0; i < d->count; i++)
        if (d->elements[i].kind == DESIGN_LOGO)
            return true;
    return false;
}

// Appends the object as one line, and lets go of it.
static enum err append_line(json_t *object, struct buf *out, struct problem *p)
{
    char *line = object ? json_dumps(object, JSON_COMPACT | JSON_REAL_PRECISION(7)) : NULL;
    json_decref(object);
    if (line)
        buf_printf(out, "%s\n", line);
    bool failed = !line || out->failed;
    free(line);
    return failed ? problem_set(p, ERR_MEMORY, NULL, "out of memory while listing designs") : ERR_NONE;
}

static enum err list_design(void *arg, const char *name, struct problem *p)
{
    struct listing *listing = arg;
    cleanup_design struct design d = DESIGN_INIT;
    enum err e = design_load(listing->folder, name, &d, p);
    if (e)
        return e;
    json_t *object = json_pack("{s:s, s:{s:s, s:s}, s:f, s:f, s:f, s:b}", "name", d.name, "labels", "vi",
                               d.label_vi, "en", d.label_en, "width_mm", d.width, "height_mm", d.height,
                               "symbol_mm", design_symbol_mm(&d), "logo", has_logo(&d));
    return append_line(object, listing->out, p);
}

enum err preview_designs(const char *folder, struct buf *out, struct problem *p)
{
    struct listing listing = {folder, out};
    json_t *bare = json_pack("{s:s, s:{s:s, s:s}, s:b}", "name", LOOK_BARE, "labels", "vi", "Chỉ mã QR", "en",
                             "The symbol alone", "logo", false);
    enum err e = append_line(bare, out, p);
    return e ? e : design_each(folder, list_design, &listing, p);
}

static enum err draw_first(const struct look *look, const struct job_plate *plate, struct buf *ret,
                           struct problem *p)
{
    cleanup_maker struct maker maker = MAKER_INIT;
    enum err e = maker_new(look, &maker, p);
    if (!e)
        e = maker_plan(&maker, plate, p);
    if (!e)
        e = maker_draw(&maker, plate, &maker.drawing, p);
    if (e)
        return e;
    const struct picture picture = {PREVIEW_DPI, picture_px(maker.plate.width_mm, PREVIEW_DPI),
                                    picture_px(maker.plate.height_mm, PREVIEW_DPI)};
    return picture_png(&maker.drawing, &picture, ret, p);
}

enum err preview_plate(const struct order *order, const struct job *job, struct buf *ret, struct problem *p)
{
    if (job->count == 0)
        return problem_set(p, ERR_INVALID, NULL, "there are no plates to draw");
    cleanup_look struct look look = LOOK_INIT;
    enum err e = look_read(order, &look, p);
    return e ? e : draw_first(&look, &job->plates[0], ret, p);
}
