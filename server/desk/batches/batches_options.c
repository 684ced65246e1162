// How plates are to be made: the fields of the form, and what they mean.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/url.h"
#include "qrgen/symbol/measure.h"
#include "server/app.h"
#include "server/desk/batches/batches_parts.h"
#include "server/view/view.h"

enum { NUMBER_MAX = 12 }; // symbols of a typed number

static const struct field_option measures[] = {
    {.value = "design", .label = VIEW_KEY("desk.batches.new.as_design")},
    {.value = "distance", .label = VIEW_KEY("desk.batches.new.by_distance")},
    {.value = "size", .label = VIEW_KEY("desk.batches.new.by_size")},
    {.value = "module", .label = VIEW_KEY("desk.batches.new.by_module")},
    {.value = NULL},
};
static const struct field_option formats[] = {
    {.value = "pdf",
     .label = VIEW_KEY("desk.batches.new.pdf"),
     .hint = VIEW_KEY("desk.batches.new.pdf_hint")},
    {.value = "png",
     .label = VIEW_KEY("desk.batches.new.png"),
     .hint = VIEW_KEY("desk.batches.new.png_hint")},
    {.value = "svg",
     .label = VIEW_KEY("desk.batches.new.svg"),
     .hint = VIEW_KEY("desk.batches.new.svg_hint")},
    {.value = NULL},
};
static const struct field_option resolutions[] = {
    {.value = "300", .label_text = "300 dpi"},
    {.value = "600", .label_text = "600 dpi"},
    {.value = "1200", .label_text = "1200 dpi"},
    {.value = NULL},
};
static const struct field_option papers[] = {
    {.value = "none", .label = VIEW_KEY("desk.batches.new.no_sheets")},
    {.value = "A4", .label_text = "A4 (210 × 297 mm)"},
    {.value = "A3", .label_text = "A3 (297 × 420 mm)"},
    {.value = "own", .label = VIEW_KEY("desk.batches.new.own_sheet")},
    {.value = NULL},
};

static const struct field fields[] = {
    {.name = "name",
     .label = VIEW_KEY("desk.batches.new.name"),
     .hint = VIEW_KEY("desk.batches.new.name_hint"),
     .max = BATCH_NAME_MAX,
     .required = true},
    {.name = "codes",
     .kind = FIELD_AREA,
     .label = VIEW_KEY("desk.batches.new.codes"),
     .hint = VIEW_KEY("desk.batches.new.codes_hint"),
     .rows = 4,
     .optional = true},
    {.name = "copies",
     .label = VIEW_KEY("desk.batches.new.copies"),
     .hint = VIEW_KEY("desk.batches.new.copies_hint"),
     .inputmode = "numeric",
     .max = 3,
     .required = true},
    {.name = "design", .kind = FIELD_RADIO, .label = VIEW_KEY("desk.batches.new.design"), .required = true},
    {.name = "measure",
     .kind = FIELD_RADIO,
     .label = VIEW_KEY("desk.batches.new.measure"),
     .hint = VIEW_KEY("desk.batches.new.measure_hint"),
     .options = measures},
    {.name = "amount",
     .label = VIEW_KEY("desk.batches.new.amount"),
     .hint = VIEW_KEY("desk.batches.new.amount_hint"),
     .inputmode = "decimal",
     .max = NUMBER_MAX,
     .optional = true},
    {.name = "formats",
     .kind = FIELD_TICKS,
     .label = VIEW_KEY("desk.batches.new.formats"),
     .options = formats},
    {.name = "dpi",
     .kind = FIELD_CHOICE,
     .label = VIEW_KEY("desk.batches.new.dpi"),
     .hint = VIEW_KEY("desk.batches.new.dpi_hint"),
     .options = resolutions},
    {.name = "crop_marks",
     .kind = FIELD_TICK,
     .label = VIEW_KEY("desk.batches.new.crop_marks"),
     .hint = VIEW_KEY("desk.batches.new.crop_marks_hint")},
    {.name = "paper",
     .kind = FIELD_CHOICE,
     .label = VIEW_KEY("desk.batches.new.paper"),
     .hint = VIEW_KEY("desk.batches.new.paper_hint"),
     .options = papers},
    {.name = "sheet_width",
     .label = VIEW_KEY("desk.batches.new.sheet_width"),
     .inputmode = "decimal",
     .max = NUMBER_MAX,
     .optional = true},
    {.name = "sheet_height",
     .label = VIEW_KEY("desk.batches.new.sheet_height"),
     .inputmode = "decimal",
     .max = NUMBER_MAX,
     .optional = true},
    {.name = "material",
     .kind = FIELD_AREA,
     .label = VIEW_KEY("desk.batches.new.material"),
     .hint = VIEW_KEY("desk.batches.new.material_hint"),
     .rows = 2,
     .max = 300,
     .optional = true},
};
enum { DESIGN = 3, FIELDS = sizeof fields / sizeof fields[0], GUTTER_MM = 4, MARGIN_MM = 10 };
_Static_assert(FIELDS <= BATCHES_FIELDS_MAX, "BATCHES_FIELDS_MAX is too small");

// The fields that a preview depends on.
static const char *const drawn[] = {"design", "measure", "amount"};

// --- designs

static const char *millimetres(struct screen *screen, const struct design *design)
{
    if (!(design->width_mm > 0) || !(design->height_mm > 0))
        return "";
    return arena_printf(screen->arena, " (%.0f × %.0f mm)", design->width_mm, design->height_mm);
}

// "Bảng A5 (148 × 210 mm), đọc được từ 0,6 m"
static const char *design_words(struct screen *screen, const struct design *design, int size)
{
    const char *label = screen_label(screen, design->labels);
    double metres = batches_reads_from(size, design, &(struct batch_options){.dpi = 0});
    const char *name =
        arena_printf(screen->arena, "%s%s", label ? label : design->name, millimetres(screen, design));
    if (!name || !(metres > 0))
        return name;
    json_t *values = json_pack("{s:s, s:f}", "design", name, "metres", metres);
    const char *words = screen_words(screen, VIEW_KEY("desk.batches.new.design_reads"), values);
    json_decref(values);
    return words;
}

static enum err list_designs(struct screen *screen, const struct field_option **ret, struct problem *p)
{
    struct designs designs;
    enum err e = generator_designs(screen->app->generator, screen->arena, &designs, p);
    if (e)
        return e;
    struct field_option *options = arena_array(screen->arena, designs.count + 1, sizeof *options);
    if (!options)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    int size = batches_symbol_size(screen->req);
    for (size_t i = 0; i < designs.count; i++) {
        options[i].value = designs.items[i].name;
        options[i].label_text = design_words(screen, &designs.items[i], size);
    }
    *ret = options;
    return ERR_NONE;
}

enum err batches_fields(struct screen *screen, struct batches_fields *ret, struct problem *p)
{
    memcpy(ret->items, fields, sizeof fields);
    ret->count = FIELDS;
    return list_designs(screen, &ret->items[DESIGN].options, p);
}

void batches_defaults(struct screen *screen, struct form *form, const struct batches_fields *own)
{
    int64_t id = 1;
    static const char preferred[] = "board-a5";
    const struct field_option *design = own->items[DESIGN].options;
    const char *chosen = design->value;
    for (; design->value; design++)
        if (strcmp(design->value, preferred) == 0)
            chosen = preferred;
    batch_next_id(screen->db, &id, NULL);
    json_t *values = json_pack("{s:I}", "number", (json_int_t)id);
    form_set(form, "name", screen_words(screen, VIEW_KEY("desk.batches.new.name_offered"), values));
    json_decref(values);
    form_set_int(form, "copies", 1);
    form_set(form, "design", chosen);
    form_set(form, "measure", "design");
    form_add(form, "formats", "pdf");
    form_add(form, "formats", "png");
    form_add(form, "formats", "svg");
    form_set(form, "dpi", "600");
    form_set(form, "paper", "none");
}

// --- reading

// "1,5" and "1.5": a number of millimetres or metres. 0 for what is none.
static double read_amount(const struct form *form, const char *name)
{
    char text[NUMBER_MAX + 1] = "";
    const char *typed = form_line(form, name);
    size_t len = strlen(typed);
    if (len < 1 || len > NUMBER_MAX || strspn(typed, "0123456789.,") != len)
        return 0;
    for (size_t i = 0; i <= len; i++)
        text[i] = (char)(typed[i] == ',' ? '.' : typed[i]);
    char *end;
    double value = strtod(text, &end);
    return *end || !isfinite(value) ? 0 : value;
}

static void read_measure(struct form *form, struct batch_options *o)
{
    const char *measure = form_line(form, "measure");
    const struct {
        const char *name;
        double *member;
    } kinds[] = {{"distance", &o->distance_m}, {"size", &o->size_mm}, {"module", &o->module_mm}};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcmp(kinds[i].name, measure) != 0)
            continue;
        *kinds[i].member = read_amount(form, "amount");
        if (!(*kinds[i].member > 0))
            form_problem(form, "amount", VIEW_KEY("desk.batches.new.amount_wrong"));
    }
    if (o->module_mm > 0 && o->module_mm < MEASURE_MODULE_MM_MIN)
        form_problem(form, "amount", VIEW_KEY("desk.batches.new.module_small"));
}

static void read_sheet(struct form *form, struct batch_options *o)
{
    const char *paper = form_line(form, "paper");
    if (!*paper || strcmp(paper, "none") == 0)
        return;
    o->paper = paper;
    o->gutter_mm = GUTTER_MM;
    o->margin_mm = MARGIN_MM;
    if (strcmp(paper, "own") != 0)
        return;
    o->sheet_width_mm = read_amount(form, "sheet_width");
    o->sheet_height_mm = read_amount(form, "sheet_height");
}

void batches_read_options(const struct http_request *req, struct form *form, struct batch_options *ret)
{
    const struct app *app = req->app;
    struct problem p = PROBLEM_INIT;
    *ret = (struct batch_options){
        .base_url = app->base_url_given ? app->base_url : "",
        .design = form_line(form, "design"),
        .pdf = form_is_ticked(form, "formats", "pdf"),
        .png = form_is_ticked(form, "formats", "png"),
        .svg = form_is_ticked(form, "formats", "svg"),
        .crop_marks = form_has(form, "crop_marks"),
        .material = form_text(form, "material"),
    };
    form_int(form, "dpi", &ret->dpi);
    read_measure(form, ret);
    read_sheet(form, ret);
    if (!form->failed && batch_options_check(ret, &p))
        batches_take(form, &p);
}

// Names that the library and the generator have for what stands in a field, and what is said there.
void batches_take(struct form *form, const struct problem *p)
{
    static const struct {
        const char *about, *field, *key; // key NULL: the sentence as it stands
    } known[] = {
        {"name", "name", VIEW_KEY("desk.batches.new.name_wrong")},
        {"design", "design", NULL},
        {"formats", "formats", VIEW_KEY("desk.batches.new.formats_none")},
        {"dpi", "dpi", NULL},
        {"size", "amount", VIEW_KEY("desk.batches.new.amount_far")},
        {"module_mm", "amount", VIEW_KEY("desk.batches.new.amount_refused")},
        {"size_mm", "amount", VIEW_KEY("desk.batches.new.amount_refused")},
        {"distance_m", "amount", VIEW_KEY("desk.batches.new.amount_refused")},
        {"sheet", "sheet_width", VIEW_KEY("desk.batches.new.sheet_wrong")},
        {"sheets", "paper", NULL},
        {"material", "material", VIEW_KEY("desk.batches.new.material_long")},
        {"copies", "copies", VIEW_KEY("desk.batches.new.copies_wrong")},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        size_t len = strlen(known[i].about);
        if (strncmp(p->field, known[i].about, len) != 0 || (p->field[len] && !strchr(".[", p->field[len])))
            continue;
        form_problem_words(form, known[i].field,
                           known[i].key ? known[i].key : VIEW_KEY("desk.batches.new.refused"), "reason",
                           p->text);
        return;
    }
    form_problem_words(form, "", VIEW_KEY("desk.batches.new.refused"), "reason", p->text);
}

const char *batches_query(struct arena *a, const struct form *form, const char *code)
{
    cleanup_buf struct buf out = BUF_INIT;
    buf_printf(&out, "code=%s", code);
    for (size_t i = 0; i < sizeof drawn / sizeof drawn[0]; i++) {
        const char *value = form_line(form, drawn[i]);
        buf_printf(&out, "&%s=", drawn[i]);
        url_encode(&out, value, strlen(value));
    }
    return out.failed ? NULL : arena_strdup(a, out.data);
}
