#include "qrgen/job/job_json.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "common/buf.h"
#include "common/encoding.h"
#include "common/file.h"
#include "common/fold.h"
#include "common/json/shape.h"
#include "common/json/walk.h"

enum { TEXT_MAX = 1000, PATH_MAX_BYTES = 4000, CHUNK = 64 << 10 };

// What a document is being read into.
struct reading {
    struct arena *arena;
    struct job *job;
    struct order *order;
    bool has_version, has_base_url, has_plates;
    unsigned seen; // bits of the members that were there
};

// --- the members beside the plates

static const struct shape sheets_shape = {(const struct shape_member[]){
    {"paper", SHAPE_ANY, .required = true},
    {"gutter_mm", SHAPE_NUMBER, .min = 0, .max = ORDER_GUTTER_MM_MAX},
    {"margin_mm", SHAPE_NUMBER, .min = ORDER_MARGIN_MM_MIN, .max = ORDER_MARGIN_MM_MAX},
    {NULL},
}};

static const struct shape paper_shape = {(const struct shape_member[]){
    {"width_mm", SHAPE_NUMBER, .required = true, .min = ORDER_PAPER_MM_MIN, .max = ORDER_PAPER_MM_MAX},
    {"height_mm", SHAPE_NUMBER, .required = true, .min = ORDER_PAPER_MM_MIN, .max = ORDER_PAPER_MM_MAX},
    {NULL},
}};

static const char *const kind_names[ORDER_KINDS] = {
    [ORDER_PNG] = "png", [ORDER_SVG] = "svg", [ORDER_PDF] = "pdf"};

// What sets a member of the order from a value of the right form.
typedef enum err set_fn(struct reading *r, const json_t *value, void *member, struct problem *p);

static enum err set_text(struct reading *r, const json_t *value, void *member, struct problem *p)
{
    char *text = arena_strdup(r->arena, json_string_value(value));
    *(const char **)member = text;
    return text ? ERR_NONE : problem_set(p, ERR_MEMORY, NULL, "out of memory while reading the job");
}

static enum err set_number(struct reading *r, const json_t *value, void *member, struct problem *p)
{
    (void)r, (void)p;
    *(double *)member = json_number_value(value);
    return ERR_NONE;
}

static enum err set_bool(struct reading *r, const json_t *value, void *member, struct problem *p)
{
    (void)r, (void)p;
    *(bool *)member = json_is_true(value);
    return ERR_NONE;
}

static enum err set_dpi(struct reading *r, const json_t *value, void *member, struct problem *p)
{
    (void)r;
    if (!json_is_integer(value))
        return problem_set(p, ERR_INVALID, "dpi", "\"dpi\" must be a whole number");
    *(unsigned *)member = (unsigned)json_integer_value(value);
    return ERR_NONE;
}

static enum err set_version(struct reading *r, const json_t *value, void *member, struct problem *p)
{
    (void)member;
    r->has_version = true;
    if (json_is_integer(value) && json_integer_value(value) == JOB_JSON_VERSION)
        return ERR_NONE;
    return problem_set(p, ERR_UNSUPPORTED, "stele-job",
                       "\"stele-job\" is not %d, the only form of a job that this program knows",
                       JOB_JSON_VERSION);
}

static enum err set_kinds(struct reading *r, const json_t *value, void *member, struct problem *p)
{
    (void)r;
    unsigned kinds = 0;
    size_t i;
    json_t *entry;
    json_array_foreach((json_t *)value, i, entry)
    {
        size_t kind = 0;
        while (kind < ORDER_KINDS && strcmp(json_string_value(entry), kind_names[kind]) != 0)
            kind++;
        char path[40];
        snprintf(path, sizeof path, "formats[%zu]", i);
        if (kind == ORDER_KINDS)
            return problem_set(p, ERR_INVALID, path, "\"%s\" must be one of \"png\", \"svg\", \"pdf\"", path);
        kinds |= 1u << kind;
    }
    if (kinds == 0)
        return problem_set(p, ERR_INVALID, "formats",
                           "\"formats\" is empty: name \"png\", \"svg\" or \"pdf\"");
    *(unsigned *)member = kinds;
    return ERR_NONE;
}

static enum err set_paper(const json_t *paper, struct order_sheets *sheets, struct problem *p)
{
    static const char path[] = "sheets.paper";
    if (json_is_object(paper)) {
        enum err e = shape_check(paper, &paper_shape, path, p);
        if (!e) {
            sheets->width_mm = json_number_value(json_object_get(paper, "width_mm"));
            sheets->height_mm = json_number_value(json_object_get(paper, "height_mm"));
        }
        return e;
    }
    const char *name = json_string_value(paper);
    if (name && order_read_paper(name, &sheets->width_mm, &sheets->height_mm))
        return ERR_NONE;
    return problem_set(p, ERR_INVALID, path,
                       "\"%s\" must be \"A4\", \"A3\" or an object with width_mm and height_mm", path);
}

static enum err set_sheets(struct reading *r, const json_t *value, void *member, struct problem *p)
{
    (void)r;
    const json_t *gutter = json_object_get(value, "gutter_mm"), *margin = json_object_get(value, "margin_mm");
    struct order_sheets sheets = {
        .gutter_mm = gutter ? json_number_value(gutter) : ORDER_GUTTER_MM_DEFAULT,
        .margin_mm = margin ? json_number_value(margin) : ORDER_MARGIN_MM_DEFAULT,
    };
    enum err e = set_paper(json_object_get(value, "paper"), &sheets, p);
    if (!e)
        *(struct order_sheets *)member = sheets;
    return e;
}

#define MEMBER(name_) offsetof(struct order, name_)
#define MM_MAX        100000

static const struct {
    struct shape_member shape;
    bool may_be_null; // which says the same as leaving it out
    set_fn *set;
    size_t offset; // in the order
} members[] = {
    {{"stele-job", SHAPE_NUMBER, .min = 0, .max = 1e9}, false, set_version, 0},
    {{"name", SHAPE_TEXT, .limit = TEXT_MAX}, true, set_text, MEMBER(name)},
    {{"base_url", SHAPE_TEXT, .limit = 2000}, false, set_text, MEMBER(base_url)},
    {{"design", SHAPE_TEXT, .limit = 200}, true, set_text, MEMBER(design)},
    {{"designs", SHAPE_TEXT, .limit = PATH_MAX_BYTES}, true, set_text, MEMBER(designs)},
    {{"logo", SHAPE_TEXT, .limit = PATH_MAX_BYTES}, true, set_text, MEMBER(logo)},
    {{"formats", SHAPE_TEXT_LIST, .limit = ORDER_KINDS}, false, set_kinds, MEMBER(kinds)},
    {{"dpi", SHAPE_NUMBER, .min = 1, .max = MM_MAX}, true, set_dpi, MEMBER(dpi)},
    {{"module_mm", SHAPE_NUMBER, .min = 0, .max = MM_MAX}, true, set_number, MEMBER(module_mm)},
    {{"size_mm", SHAPE_NUMBER, .min = 0, .max = MM_MAX}, true, set_number, MEMBER(size_mm)},
    {{"distance_m", SHAPE_NUMBER, .min = 0, .max = MM_MAX}, true, set_number, MEMBER(distance_m)},
    {{"crop_marks", SHAPE_BOOL}, false, set_bool, MEMBER(crop_marks)},
    {{"sheets", SHAPE_OBJECT, .inner = &sheets_shape}, true, set_sheets, MEMBER(sheets)},
    {{"proof", SHAPE_BOOL}, false, set_bool, MEMBER(proof)},
    {{"material", SHAPE_TEXT, .limit = TEXT_MAX}, true, set_text, MEMBER(material)},
};

enum { MEMBERS = sizeof members / sizeof *members };

static enum err set_member(struct reading *r, const char *name, const json_t *value, struct problem *p)
{
    size_t i = 0;
    while (i < MEMBERS && strcmp(name, members[i].shape.name) != 0)
        i++;
    if (i == MEMBERS)
        return problem_set(p, ERR_INVALID, name, "\"%.60s\" is not a known member: is it a typing error?",
                           name);
    if (r->seen & 1u << i)
        return problem_set(p, ERR_INVALID, name, "\"%s\" stands twice", name);
    r->seen |= 1u << i;
    if (members[i].may_be_null && json_is_null(value))
        return ERR_NONE;
    enum err e = shape_check_member(value, &members[i].shape, name, p);
    return e ? e : members[i].set(r, value, (char *)r->order + members[i].offset, p);
}

// --- the plates

static const struct shape plate_shape = {(const struct shape_member[]){
    {"code", SHAPE_TEXT, .required = true, .limit = 40},
    {"site", SHAPE_SLUG},
    {"titles", SHAPE_WORDS, .limit = TEXT_MAX},
    {"rank", SHAPE_WORDS, .limit = TEXT_MAX},
    {"address", SHAPE_WORDS, .limit = TEXT_MAX},
    {"place", SHAPE_TEXT, .limit = TEXT_MAX},
    {"copies", SHAPE_NUMBER, .min = 1, .max = JOB_COPIES_MAX},
    {NULL},
}};

enum { LANGUAGES_MAX = 40 };

// The words of a member, in the order in which they stand. `items` has room for LANGUAGES_MAX.
static enum err get_texts(const json_t *plate, const char *name, struct job_text *items,
                          struct job_texts *ret, struct problem *p)
{
    const char *lang;
    json_t *text;
    const json_t *words = json_object_get(plate, name);
    if (json_object_size(words) > LANGUAGES_MAX)
        return problem_set(p, ERR_TOO_LARGE, name, "it has more than %d languages", LANGUAGES_MAX);
    size_t count = 0;
    json_object_foreach((json_t *)words, lang, text) items[count++] =
        (struct job_text){lang, json_string_value(text)};
    *ret = (struct job_texts){items, count};
    return ERR_NONE;
}

static enum err add_plate(struct job *job, const json_t *value, unsigned long line, struct problem *p)
{
    struct job_text items[3][LANGUAGES_MAX];
    const json_t *copies = json_object_get(value, "copies");
    struct job_plate plate = {
        .site = json_string_value(json_object_get(value, "site")),
        .place = json_string_value(json_object_get(value, "place")),
        .copies = (unsigned)json_integer_value(copies),
        .line = line,
    };
    if (copies && !json_is_integer(copies))
        return problem_set(p, ERR_INVALID, "copies", "it must be a whole number");
    enum err e = get_texts(value, "titles", items[0], &plate.titles, p);
    if (!e)
        e = get_texts(value, "rank", items[1], &plate.rank, p);
    if (!e)
        e = get_texts(value, "address", items[2], &plate.address, p);
    return e ? e : job_add(job, json_string_value(json_object_get(value, "code")), &plate, p);
}

// A member that is null says the same as none.
static void drop_nulls(json_t *plate)
{
    const char *name;
    json_t *value;
    void *next;
    json_object_foreach_safe(plate, next, name, value)
    {
        if (json_is_null(value))
            json_object_del(plate, name);
    }
}

static enum err on_plate(void *arg, json_t *value, size_t number, unsigned long line, struct problem *p)
{
    struct reading *r = arg;
    struct problem about = PROBLEM_INIT;
    char path[40];
    snprintf(path, sizeof path, "plates[%zu]", number);
    drop_nulls(value);
    enum err e = shape_check(value, &plate_shape, path, &about);
    if (e)
        return problem_at(p, e, line, 0, about.field, "%s", about.text);
    e = add_plate(r->job, value, line, &about);
    if (!e)
        return ERR_NONE;
    if (!about.field[0])
        return problem_at(p, e, line, 0, path, "%s", about.text);
    char field[sizeof about.field];
    snprintf(field, sizeof field, "%s.%.40s", path, about.field);
    return problem_at(p, e, line, 0, field, "\"%s\": %s", field, about.text);
}

// --- the document

static enum err on_member(void *arg, struct walk *w, const char *name)
{
    struct reading *r = arg;
    if (strcmp(name, "plates") == 0) {
        if (r->has_plates)
            return walk_fault(w, "\"plates\" stands twice");
        r->has_plates = true;
        return walk_list(w, "\"plates\" must be a list", "the list of plates is not closed by “]”", on_plate,
                         r);
    }
    json_t *value = NULL;
    walk_peek(w);
    unsigned long line = w->line;
    enum err e = walk_value(w, &value);
    if (e)
        return e;
    struct problem about = PROBLEM_INIT;
    e = set_member(r, name, value, &about);
    json_decref(value);
    return e ? problem_at(w->p, e, line, 0, about.field, "%s", about.text) : ERR_NONE;
}

static enum err check_whole(const struct reading *r, struct problem *p)
{
    const char *missing = !r->has_version       ? "stele-job"
                          : !r->order->base_url ? "base_url"
                          : !r->has_plates      ? "plates"
                                                : NULL;
    return missing ? problem_set(p, ERR_INVALID, missing, "\"%s\" is missing", missing) : ERR_NONE;
}

enum err job_json_parse(const char *text, size_t len, struct arena *a, struct job *job, struct order *order,
                        struct problem *p)
{
    static const char mark[] = "\xef\xbb\xbf";
    size_t skip = len >= 3 && memcmp(text, mark, 3) == 0 ? 3 : 0, valid = fold_utf8_check(text, len);
    if (valid < len)
        return problem_at(p, ERR_INVALID, encoding_line(text, valid), 0, NULL, "the job is not UTF-8");
    struct reading r = {.arena = a, .job = job, .order = order};
    struct walk w = WALK_OVER(text + skip, len - skip, JOB_JSON_PLATE_MAX, p);
    enum err e = walk_object(&w, "the job must be one JSON object", on_member, &r);
    if (!e && !walk_at_end(&w))
        e = walk_fault(&w, "something stands behind the end of the job");
    return e ? e : check_whole(&r, p);
}

static enum err read_input(struct buf *out, struct problem *p)
{
    for (;;) {
        char *room = buf_reserve(out, CHUNK);
        if (!room)
            return problem_set(p, ERR_MEMORY, "--job", "out of memory while reading the job");
        ssize_t got = read(STDIN_FILENO, room, CHUNK);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return problem_errno(p, "--job", "cannot read the job from standard input");
        if (got == 0)
            return ERR_NONE;
        buf_grew(out, (size_t)got);
        if (out->len > JOB_JSON_MAX)
            return problem_set(p, ERR_TOO_LARGE, "--job", "the job has more than %zu bytes: divide it",
                               JOB_JSON_MAX);
    }
}

enum err job_json_read(const char *path, struct arena *a, struct job *job, struct order *order,
                       struct problem *p)
{
    cleanup_buf struct buf text = BUF_INIT;
    bool input = strcmp(path, "-") == 0;
    enum err e = input ? read_input(&text, p) : file_read(path, JOB_JSON_MAX, &text, p);
    if (e && p)
        snprintf(p->field, sizeof p->field, "--job");
    return e ? e : job_json_parse(text.data, text.len, a, job, order, p);
}
