// What a batch is to be made of, as stele-qrgen reads it.
#include <math.h>
#include <string.h>

#include "common/hash.h"
#include "content/media.h"
#include "content/print/batch.h"
#include "content/setting.h"
#include "content/store/query.h"

static const char *const papers[] = {"A4", "A3", "own"};

static bool is_paper(const char *paper)
{
    for (size_t i = 0; i < sizeof papers / sizeof papers[0]; i++)
        if (strcmp(papers[i], paper) == 0)
            return true;
    return false;
}

static bool within(double value, double least, double most)
{
    return isfinite(value) && value >= least && value <= most;
}

// A name of a design is a file's name without its ending; never a path.
static bool is_design(const char *name)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
    size_t len = name ? strlen(name) : 0;
    return len > 0 && len <= 64 && strspn(name, letters) == len;
}

static enum err check_size(const struct batch_options *o, struct problem *p)
{
    if ((o->module_mm > 0) + (o->size_mm > 0) + (o->distance_m > 0) > 1)
        return problem_set(p, ERR_INVALID, "size",
                           "give the module, the size or the reading distance, not several of them");
    if (!within(o->module_mm, 0, 50) || !within(o->size_mm, 0, 2000) || !within(o->distance_m, 0, 100))
        return problem_set(p, ERR_INVALID, "size",
                           "modules have 50 mm at most, symbols 2,000 mm, distances 100 m");
    return ERR_NONE;
}

// ISO 216 and what large presses take.
static enum err check_sheet(const struct batch_options *o, struct problem *p)
{
    if (!o->paper)
        return ERR_NONE;
    bool good = is_paper(o->paper) && within(o->gutter_mm, 0, 100) && within(o->margin_mm, 0, 100);
    if (good && strcmp(o->paper, "own") == 0)
        good = within(o->sheet_width_mm, 50, 2000) && within(o->sheet_height_mm, 50, 2000);
    return good ? ERR_NONE
                : problem_set(p, ERR_INVALID, "sheet",
                              "a sheet is A4, A3, or 50 to 2,000 mm wide and high, its gutter and margin "
                              "100 mm at most");
}

enum err batch_options_check(const struct batch_options *o, struct problem *p)
{
    if (!o->base_url || !o->base_url[0])
        return problem_set(p, ERR_INVALID, "base_url", "the address that stands before each code is missing");
    if (!is_design(o->design))
        return problem_set(p, ERR_INVALID, "design", "the plate design has no name");
    if (!o->png && !o->svg && !o->pdf)
        return problem_set(p, ERR_INVALID, "formats", "choose one kind of files at least");
    if (o->dpi < 72 || o->dpi > 4800)
        return problem_set(p, ERR_INVALID, "dpi", "pictures have 72 to 4,800 pixels an inch");
    if (o->material && strlen(o->material) > BATCH_MATERIAL_MAX)
        return problem_set(p, ERR_INVALID, "material", "the note has %d bytes at most", BATCH_MATERIAL_MAX);
    enum err e = check_size(o, p);
    return e ? e : check_sheet(o, p);
}

enum err batch_logo(struct connection *c, struct arena *a, const char **ret, struct problem *p)
{
    const char *sha256 = NULL;
    struct media media = {.mime = ""};
    enum err e = setting_logo(c, a, &sha256, p);
    if (!e && sha256)
        e = media_load(c, a, sha256, &media, p);
    if (e && e != ERR_NOT_FOUND)
        return e;
    *ret = strcmp(media.mime, "image/png") == 0 ? sha256 : NULL;
    return ERR_NONE;
}

// --- options as JSON

static json_t *formats_json(const struct batch_options *o)
{
    json_t *list = json_array();
    if (o->png)
        json_array_append_new(list, json_string("png"));
    if (o->svg)
        json_array_append_new(list, json_string("svg"));
    if (o->pdf)
        json_array_append_new(list, json_string("pdf"));
    return list;
}

static json_t *sheets_json(const struct batch_options *o)
{
    if (!o->paper)
        return json_null();
    json_t *paper = strcmp(o->paper, "own") == 0 ? json_pack("{s:f, s:f}", "width_mm", o->sheet_width_mm,
                                                             "height_mm", o->sheet_height_mm)
                                                 : json_string(o->paper);
    return json_pack("{s:o, s:f, s:f}", "paper", paper, "gutter_mm", o->gutter_mm, "margin_mm", o->margin_mm);
}

static json_t *given(double value)
{
    return value > 0 ? json_real(value) : json_null();
}

json_t *batch_options_json(const struct batch_options *o)
{
    return json_pack("{s:s, s:s, s:o, s:I, s:o, s:o, s:o, s:b, s:o, s:b, s:o, s:s*}", "base_url", o->base_url,
                     "design", o->design, "formats", formats_json(o), "dpi", (json_int_t)o->dpi, "module_mm",
                     given(o->module_mm), "size_mm", given(o->size_mm), "distance_m", given(o->distance_m),
                     "crop_marks", o->crop_marks, "sheets", sheets_json(o), "proof", 1, "material",
                     o->material && o->material[0] ? json_string(o->material) : json_null(), "logo", o->logo);
}

static bool has_format(const json_t *formats, const char *name)
{
    size_t i;
    json_t *format;
    json_array_foreach(formats, i, format)
    {
        if (json_is_string(format) && strcmp(json_string_value(format), name) == 0)
            return true;
    }
    return false;
}

static double number(const json_t *object, const char *name)
{
    return json_number_value(json_object_get(object, name));
}

static bool read_sheets(const json_t *sheets, struct arena *a, struct batch_options *ret)
{
    const json_t *paper = json_object_get(sheets, "paper");
    if (!json_is_object(sheets))
        return true;
    ret->gutter_mm = number(sheets, "gutter_mm");
    ret->margin_mm = number(sheets, "margin_mm");
    ret->sheet_width_mm = number(paper, "width_mm");
    ret->sheet_height_mm = number(paper, "height_mm");
    ret->paper = arena_strdup(a, json_is_string(paper) ? json_string_value(paper) : "own");
    return ret->paper != NULL;
}

// Also for what an earlier version wrote: what is missing is as if not given.
bool batch_options_read(const json_t *object, struct arena *a, struct batch_options *ret)
{
    const json_t *formats = json_object_get(object, "formats");
    const char *url = json_string_value(json_object_get(object, "base_url"));
    const char *design = json_string_value(json_object_get(object, "design"));
    const char *material = json_string_value(json_object_get(object, "material"));
    const char *logo = json_string_value(json_object_get(object, "logo"));
    *ret = (struct batch_options){
        .base_url = arena_strdup(a, url ? url : ""),
        .design = arena_strdup(a, design ? design : ""),
        .png = has_format(formats, "png"),
        .svg = has_format(formats, "svg"),
        .pdf = has_format(formats, "pdf"),
        .dpi = json_integer_value(json_object_get(object, "dpi")),
        .module_mm = number(object, "module_mm"),
        .size_mm = number(object, "size_mm"),
        .distance_m = number(object, "distance_m"),
        .crop_marks = json_is_true(json_object_get(object, "crop_marks")),
        .material = arena_strdup(a, material ? material : ""),
        .logo = logo && hash_is_hex(logo) ? arena_strdup(a, logo) : NULL,
    };
    return ret->base_url && ret->design && ret->material &&
           read_sheets(json_object_get(object, "sheets"), a, ret);
}

// --- the job

static enum err no_memory(struct problem *p)
{
    return problem_set(p, ERR_MEMORY, NULL, "out of memory");
}

// The batch's own logo by its place in the media folder, else the one that the server was given.
static json_t *logo_json(const json_t *job, const struct batch_means *means)
{
    const char *sha256 = json_string_value(json_object_get(job, "logo"));
    if (sha256 && means->media)
        return json_sprintf("%s/%.2s/%s", means->media, sha256, sha256);
    return means->logo ? json_string(means->logo) : json_null();
}

// Everything up to the plates: `{…,"plates":[`. Takes the options over.
static enum err write_head(json_t *job, const char *name, const struct batch_means *means, struct buf *out,
                           struct problem *p)
{
    json_object_set_new(job, "stele-job", json_integer(1));
    json_object_set_new(job, "name", json_string(name));
    json_object_set_new(job, "designs", means->designs ? json_string(means->designs) : json_null());
    json_object_set_new(job, "logo", logo_json(job, means));
    cleanup_free char *text = json_dumps(job, JSON_COMPACT | JSON_SORT_KEYS | JSON_REAL_PRECISION(9));
    json_decref(job);
    if (!text)
        return no_memory(p);
    buf_append(out, text, strlen(text) - 1);
    buf_append_str(out, ",\"plates\":[");
    return ERR_NONE;
}

static enum err write_plates(struct connection *c, int64_t id, int64_t sequence, struct buf *out,
                             struct problem *p)
{
    cleanup_query struct query *q = query_start(c, SQL_BATCH_DOCUMENTS);
    query_bind_int(q, 1, id);
    if (sequence)
        query_bind_int(q, 2, sequence);
    for (bool row = true, first = true;; first = false) {
        enum err e = query_step(q, &row, p);
        if (e || !row)
            return e;
        if (!first)
            buf_append_char(out, ',');
        buf_append_str(out, query_text_or_empty(q, 0));
    }
}

static enum err finish(struct buf *out, struct problem *p)
{
    buf_append_str(out, "]}\n");
    return out->failed ? no_memory(p) : ERR_NONE;
}

enum err batch_job(struct connection *c, int64_t id, const struct batch_means *means, int64_t sequence,
                   struct buf *out, struct problem *p)
{
    cleanup_arena struct arena a = ARENA_INIT;
    struct batch batch;
    enum err e = batch_load(c, &a, id, &batch, p);
    json_t *job = e ? NULL : batch_options_json(&batch.options);
    if (!e && !job)
        e = no_memory(p);
    if (!e)
        e = write_head(job, batch.name, means, out, p);
    if (!e)
        e = write_plates(c, id, sequence, out, p);
    return e ? e : finish(out, p);
}

enum err batch_job_of_plate(struct connection *c, const struct batch_options *options,
                            const struct batch_means *means, const char *code, struct buf *out,
                            struct problem *p)
{
    cleanup_arena struct arena a = ARENA_INIT;
    struct batch_facts facts = {.document = NULL};
    enum err e = batch_freeze(c, &a, code, 1, &facts, p);
    if (e)
        return e;
    json_t *job = batch_options_json(options);
    e = job ? write_head(job, code, means, out, p) : no_memory(p);
    cleanup_free char *text = json_dumps(facts.document, JSON_COMPACT);
    json_decref(facts.document);
    if (!e && !text)
        e = no_memory(p);
    buf_append_str(out, text);
    return e ? e : finish(out, p);
}
