// GeoJSON: the features of a collection, their properties matched like the columns of a table.
#include <stdio.h>
#include <string.h>

#include "common/characters.h"
#include "common/encoding.h"
#include "common/file.h"
#include "common/fold.h"
#include "content/exchange/feature.h"
#include "content/exchange/geometry.h"
#include "content/exchange/record.h"

enum { NUMBER_SIZE = 40 };

struct geojson {
    struct landing *l;
    const char *file;
    struct seen names;       // name of a property -> its column
    struct buf header;       // const char * of each
    struct csv_table *table; // a header alone
    struct record_reader r;
};

// --- first walk: which properties there are

static enum err check_feature(const json_t *feature, unsigned long line, struct problem *p)
{
    const char *type = json_string_value(json_object_get(feature, "type"));
    const json_t *properties = json_object_get(feature, "properties");
    if (!type || strcmp(type, "Feature") != 0 ||
        (properties && !json_is_object(properties) && !json_is_null(properties)))
        return problem_at(
            p, ERR_INVALID, line, 0, NULL,
            MESSAGE("geojson.feature") "this is no Feature with properties, as RFC 7946 has it");
    return ERR_NONE;
}

static enum err collect_names(void *data, json_t *feature, unsigned long line, struct problem *p)
{
    struct geojson *g = data;
    const char *name;
    json_t *value;
    enum err e = check_feature(feature, line, p);
    landing_expect(g->l, 1);
    json_object_foreach(json_object_get(feature, "properties"), name, value)
    {
        if (e || seen_find(&g->names, name, NULL))
            continue;
        size_t index = g->header.len / sizeof name;
        const char *copy = arena_strdup(&g->l->arena, name);
        buf_append(&g->header, &copy, sizeof copy);
        if (!copy || g->header.failed || seen_add(&g->names, name, index, NULL) == ERR_MEMORY)
            e = problem_set(p, ERR_MEMORY, NULL, "out of memory");
        else if (index >= CSV_COLUMNS_MAX)
            e = problem_at(
                p, ERR_TOO_LARGE, line, 0, NULL,
                MESSAGE("geojson.properties") "the features have more than %d different properties",
                CSV_COLUMNS_MAX);
    }
    return e;
}

static enum err make_table(struct geojson *g, struct buf *header, struct problem *p)
{
    if (g->header.len == 0)
        return problem_at(p, ERR_INVALID, 1, 0, NULL,
                          MESSAGE("geojson.empty") "there is no feature with properties");
    csv_append_row(header, (const char *const *)(void *)g->header.data, g->header.len / sizeof(const char *));
    if (header->failed)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    return csv_open(header->data, header->len, ',', &g->table, p);
}

// --- second walk: the sites

// The text of a property; numbers as people write them. NULL when memory is out, or it is a list or an
// object.
static const char *text_of(struct arena *a, const json_t *value)
{
    cleanup_buf struct buf text = BUF_INIT;
    if (json_is_string(value)) {
        if (characters_clean(json_string_value(value), json_string_length(value), &text, NULL))
            return NULL;
        return arena_strdup(a, text.data);
    }
    if (json_is_integer(value))
        return arena_printf(a, "%lld", (long long)json_integer_value(value));
    if (json_is_real(value))
        return arena_printf(a, "%.15g", json_real_value(value));
    if (json_is_boolean(value))
        return json_is_true(value) ? "true" : "false";
    return json_is_null(value) ? "" : NULL;
}

static bool is_used(const struct geojson *g, uint64_t column)
{
    for (size_t i = 0; i < g->r.columns.count; i++)
        if (g->r.columns.at[i] == (int)column)
            return true;
    return false;
}

static enum err make_fields(struct geojson *g, const json_t *feature, struct arena *a, const char **fields,
                            struct problem *p)
{
    const char *name;
    json_t *value;
    json_object_foreach(json_object_get(feature, "properties"), name, value)
    {
        uint64_t column = 0;
        if (!seen_find(&g->names, name, &column) || !is_used(g, column))
            continue;
        fields[column] = text_of(a, value);
        if (!fields[column])
            return problem_set(p, ERR_INVALID, name,
                               MESSAGE("geojson.property") "the property \"%s\" must be a text or a number",
                               name);
    }
    return ERR_NONE;
}

static enum err make_record(struct geojson *g, const json_t *feature, unsigned long line, struct arena *a,
                            struct record *ret, struct problem *p)
{
    size_t count = csv_column_count(g->table);
    const char **fields = arena_array(a, count, sizeof *fields);
    if (!fields)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    for (size_t i = 0; i < count; i++)
        fields[i] = "";
    const json_t *id = json_object_get(feature, "id");
    struct position position = {0};
    ret->id = id ? text_of(a, id) : NULL;
    ret->id = ret->id && ret->id[0] ? ret->id : NULL;
    enum err e = make_fields(g, feature, a, fields, p);
    if (!e)
        e = geometry_position(json_object_get(feature, "geometry"), &ret->has_point, &position, p);
    ret->row = (struct csv_row){.line = line, .count = count, .fields = fields};
    ret->lat = position.lat;
    ret->lon = position.lon;
    return e;
}

static enum err land_feature(void *data, json_t *feature, unsigned long line, struct problem *p)
{
    struct geojson *g = data;
    cleanup_arena struct arena a = ARENA_INIT;
    struct problem fault = PROBLEM_INIT;
    struct record record = {0};
    enum err e = landing_step(g->l, p);
    if (e)
        return e;
    e = make_record(g, feature, line, &a, &record, &fault);
    if (!e)
        return record_land(&g->r, &record, p);
    if (!landing_is_about_input(e)) {
        *p = fault;
        return e;
    }
    g->l->report->sites.read++;
    record_fault(&g->r, line, &fault);
    return ERR_NONE;
}

// --- the file

static enum err read_file(struct geojson *g, const char *path, struct buf *text, const char **ret,
                          size_t *ret_len, struct problem *p)
{
    enum err e = file_read(path, EXCHANGE_FILE_MAX, text, p);
    if (e)
        return e;
    size_t skip = text->len >= 3 && memcmp(text->data, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    *ret = text->data + skip;
    *ret_len = text->len - skip;
    g->l->report->encoding = "UTF-8";
    size_t valid = fold_utf8_check(*ret, *ret_len);
    if (valid < *ret_len)
        return problem_at(p, ERR_INVALID, encoding_line(*ret, valid), 0, NULL,
                          MESSAGE("file.not_utf8") "the file is not UTF-8, which GeoJSON always is");
    return ERR_NONE;
}

static enum err open_file(struct geojson *g, const char *path, struct buf *text, struct buf *header,
                          const char **ret, size_t *ret_len, struct problem *p)
{
    enum err e = read_file(g, path, text, ret, ret_len, p);
    if (!e)
        e = feature_each(*ret, *ret_len, collect_names, g, p);
    if (!e)
        e = make_table(g, header, p);
    return e ? e : record_open(&g->r, g->l, g->file, g->table, p);
}

static enum err land_file(struct geojson *g, const char *text, size_t len, struct problem *p)
{
    enum err e = landing_begin(g->l, g->file, "geojson", p);
    if (e)
        return e;
    e = record_begin(&g->r, p);
    if (!e)
        e = feature_each(text, len, land_feature, g, p);
    return landing_end(g->l, e, p);
}

enum err landing_import_geojson(struct landing *l, const char *path, struct problem *p)
{
    const char *slash = strrchr(path, '/'), *begin = NULL;
    cleanup_buf struct buf text = BUF_INIT, header = BUF_INIT;
    struct geojson g = {.l = l, .file = slash ? slash + 1 : path, .names = SEEN_INIT, .header = BUF_INIT};
    struct problem fault = PROBLEM_INIT;
    size_t len = 0;
    g.r.said = SEEN_INIT;
    l->report->format = "geojson";
    enum err e = open_file(&g, path, &text, &header, &begin, &len, &fault);
    if (e && landing_is_about_input(e)) {
        landing_fault(l, g.file, &fault);
        e = ERR_INVALID;
    }
    if (e)
        *p = fault;
    else
        e = land_file(&g, begin, len, p);
    record_close(&g.r);
    csv_close(g.table);
    seen_clear(&g.names);
    buf_free(&g.header);
    return e;
}
