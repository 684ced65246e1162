#include "qrgen/design/compose.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "content/code/code.h"
#include "qrgen/design/figure.h"

#define MM_PER_INCH    25.4
#define TEXT_NAME_SIZE 64

// A plate being put into its design. The texts made here live until its columns are set.
struct composing {
    const struct design *design;
    const struct plate_values *values;
    struct lettering *lettering;
    struct drawing *out;
    struct buf host;
    char code[CODE_WORDS_SIZE];
    char names[LETTERING_TEXTS_MAX][TEXT_NAME_SIZE];
};

double design_symbol_mm(const struct design *d)
{
    return fmin(d->symbol->box.width, d->symbol->box.height);
}

void design_symbol_at(const struct design *d, const struct matrix *m, const struct measure *measure,
                      unsigned ret_px[2])
{
    const struct design_box *b = &d->symbol->box;
    double side = measure_picture_mm(measure, m->size);
    ret_px[0] = (unsigned)lround((b->x + (b->width - side) / 2) * measure->dpi / MM_PER_INCH);
    ret_px[1] = (unsigned)lround((b->y + (b->height - side) / 2) * measure->dpi / MM_PER_INCH);
}

static void draw_symbol(const struct composing *c)
{
    const struct plate_values *v = c->values;
    unsigned px[2];
    design_symbol_at(c->design, v->matrix, v->measure, px);
    double mm = MM_PER_INCH / v->measure->dpi, quiet = MATRIX_QUIET * (double)v->measure->module_px;
    drawing_symbol(c->out, v->matrix, (px[0] + quiet) * mm, (px[1] + quiet) * mm,
                   measure_module_mm(v->measure));
}

static void draw_logo(const struct composing *c, const struct design_element *element)
{
    static const double part[] = {0, 0.5, 1}; // of enum lettering_align and lettering_stand alike
    const struct logo *logo = c->values->logo;
    const struct design_box *b = &element->box;
    if (!logo)
        return;
    double scale = fmin(b->width / logo->width, b->height / logo->height);
    drawing_append(c->out, &logo->drawing, b->x + part[element->align] * (b->width - scale * logo->width),
                   b->y + part[element->stand] * (b->height - scale * logo->height), scale);
}

// --- texts

// The text in a language; NULL when there is none.
static const struct job_text *find_text(const struct job_texts *texts, const char *lang)
{
    for (size_t i = 0; i < texts->count; i++)
        if (strcmp(texts->items[i].lang, lang) == 0)
            return &texts->items[i];
    return NULL;
}

// The text in the language that the design asks for; "" when there is none, or it is the original's. Without
// a language that is the plate's original, or a text whose language nobody said; *ret_lang gets the one that
// it is in.
static const char *in_language(const struct job_texts *texts, const char *original, const char *lang,
                               const char **ret_lang)
{
    const struct job_text *found = NULL;
    if (!lang[0]) {
        found = find_text(texts, original);
        found = found ? found : find_text(texts, "");
    } else if (strcmp(lang, original) != 0) {
        found = find_text(texts, lang);
    }
    if (!found)
        return "";
    *ret_lang = found->lang;
    return found->text;
}

// What the element says, and in which language.
static const char *text_of(const struct composing *c, const struct design_element *element,
                           const char **ret_lang)
{
    const struct job_plate *plate = c->values->plate;
    const char *original = plate->titles.count > 0 ? plate->titles.items[0].lang : "", *text;
    switch ((enum design_what)element->what) {
    case DESIGN_WORDS:
        return element->words;
    case DESIGN_NAME:
        text = in_language(&plate->titles, original, element->lang, ret_lang);
        return text[0] || element->lang[0] ? text : plate->title;
    case DESIGN_RANK:
        return in_language(&plate->rank, original, element->lang, ret_lang);
    case DESIGN_ADDRESS:
        return in_language(&plate->address, original, element->lang, ret_lang);
    case DESIGN_PLACE:
        return plate->place;
    case DESIGN_HOST:
        return c->host.data;
    case DESIGN_CODE:
        return c->code;
    default:
        return "";
    }
}

static struct lettering_text set_text(struct composing *c, const struct design_element *element,
                                      size_t number)
{
    static const char *const called[] = {
        [DESIGN_WORDS] = "text",      [DESIGN_NAME] = "name",   [DESIGN_RANK] = "rank",
        [DESIGN_ADDRESS] = "address", [DESIGN_PLACE] = "place", [DESIGN_HOST] = "host",
        [DESIGN_CODE] = "code"};
    const char *lang = element->lang, *words = text_of(c, element, &lang);
    snprintf(c->names[number], TEXT_NAME_SIZE, "%s%s%s", called[element->what],
             element->lang[0] ? " in " : "", element->lang);
    return (struct lettering_text){
        .words = words,
        .name = c->names[number],
        .lang = lang,
        .family = element->family,
        .weight = (int)element->weight,
        .size_mm = element->size,
        .floor_mm = element->floor,
        .gap_mm = element->gap,
        .leading = element->leading,
        .tracking = element->tracking,
        .k = element->k,
        .is_address = element->what == DESIGN_HOST || element->what == DESIGN_CODE,
    };
}

static enum err draw_column(struct composing *c, const struct design_element *column, struct problem *p)
{
    const struct design_element *end = c->design->elements + c->design->count;
    struct lettering_text texts[LETTERING_TEXTS_MAX];
    size_t count = 0;
    for (const struct design_element *t = column + 1; t < end && t->kind == DESIGN_TEXT; t++, count++)
        texts[count] = set_text(c, t, count);
    const struct design_box *b = &column->box;
    const struct lettering_box box = {b->x,
                                      b->y,
                                      b->width,
                                      b->height,
                                      (enum lettering_align)column->align,
                                      (enum lettering_stand)column->stand};
    return lettering_column(c->lettering, texts, count, &box, c->out, NULL, p);
}

static enum err draw_element(struct composing *c, const struct design_element *element, struct problem *p)
{
    const struct design_box *b = &element->box;
    switch (element->kind) {
    case DESIGN_SYMBOL:
        draw_symbol(c);
        return ERR_NONE;
    case DESIGN_COLUMN:
        return draw_column(c, element, p);
    case DESIGN_LOGO:
        draw_logo(c, element);
        return ERR_NONE;
    case DESIGN_RULE:
        drawing_rect(c->out, b->x, b->y, b->width, b->height, element->k);
        return ERR_NONE;
    case DESIGN_FRAME:
        figure_frame(c->out, element);
        return ERR_NONE;
    case DESIGN_ORNAMENT:
        figure_fill(c->out, element);
        return ERR_NONE;
    default:
        return ERR_NONE;
    }
}

static enum err compose(struct composing *c, struct problem *p)
{
    const struct plate_values *v = c->values;
    const char *scheme = strstr(v->url, "://"), *slash = strrchr(v->url, '/');
    const char *host = scheme ? scheme + 3 : v->url;
    buf_append(&c->host, host, slash > host ? (size_t)(slash - host) : strlen(host));
    code_words(v->plate->code, c->code);
    enum err e = ERR_NONE;
    for (size_t i = 0; i < c->design->count && !e; i++)
        e = draw_element(c, &c->design->elements[i], p);
    if (!e && (c->out->failed || c->host.failed))
        e = problem_set(p, ERR_MEMORY, NULL, "out of memory while drawing a plate");
    return e;
}

enum err design_compose(const struct design *d, const struct plate_values *values, struct lettering *l,
                        struct drawing *out, struct problem *p)
{
    struct composing c = {.design = d, .values = values, .lettering = l, .out = out, .host = BUF_INIT};
    enum err e = compose(&c, p);
    buf_free(&c.host);
    return e;
}
