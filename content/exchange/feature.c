#include "content/exchange/feature.h"

#include <stdbool.h>
#include <string.h>

struct walk {
    const char *text;
    size_t len, at;
    unsigned long line; // of `at`
    feature_fn *each;
    void *data;
    bool has_features, is_collection;
    struct problem *p;
};

#define fault(w, sentence) problem_at((w)->p, ERR_INVALID, (w)->line, 0, NULL, sentence)

static void advance(struct walk *w, size_t to)
{
    for (; w->at < to && w->at < w->len; w->at++)
        w->line += w->text[w->at] == '\n';
}

// The next character that is no white space; '\0' at the end.
static char peek(struct walk *w)
{
    while (w->at < w->len && strchr(" \t\r\n", w->text[w->at]) && w->text[w->at])
        advance(w, w->at + 1);
    return w->at < w->len ? w->text[w->at] : '\0';
}

static bool take(struct walk *w, char c)
{
    if (peek(w) != c)
        return false;
    advance(w, w->at + 1);
    return true;
}

// Reads one JSON value where the walk stands; a new reference in *ret.
static enum err read_value(struct walk *w, json_t **ret)
{
    peek(w);
    size_t room = w->len - w->at < FEATURE_MAX ? w->len - w->at : FEATURE_MAX;
    json_error_t error;
    json_t *value = json_loadb(w->text + w->at, room,
                               JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_DISABLE_EOF_CHECK, &error);
    if (!value && room == FEATURE_MAX && error.position >= (int)room)
        return problem_at(w->p, ERR_TOO_LARGE, w->line, 0, NULL,
                          MESSAGE("geojson.value_large") "one value here has more than %zu bytes",
                          FEATURE_MAX);
    if (!value)
        return problem_at(w->p, ERR_INVALID, w->line + (error.line > 0 ? (unsigned long)error.line - 1 : 0),
                          0, NULL, MESSAGE("json.invalid") "this is no valid JSON: %s", error.text);
    advance(w, w->at + (size_t)error.position);
    *ret = value;
    return ERR_NONE;
}

static enum err walk_features(struct walk *w)
{
    if (w->has_features || !take(w, '['))
        return fault(w, MESSAGE("geojson.features") "“features” must be one list");
    w->has_features = true;
    if (take(w, ']'))
        return ERR_NONE;
    do {
        json_t *feature = NULL;
        peek(w);
        unsigned long line = w->line;
        enum err e = read_value(w, &feature);
        if (!e)
            e = w->each(w->data, feature, line, w->p);
        json_decref(feature);
        if (e)
            return e;
    } while (take(w, ','));
    return take(w, ']') ? ERR_NONE
                        : fault(w, MESSAGE("geojson.open_list") "the list of features is not closed by “]”");
}

// The coordinate reference systems that are WGS 84 with the longitude first, as an old "crs" member may name
// them.
static bool is_wgs84(const json_t *crs)
{
    static const char *const names[] = {"urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:OGC::CRS84",
                                        "EPSG:4326", "urn:ogc:def:crs:EPSG::4326"};
    const char *name = json_string_value(json_object_get(json_object_get(crs, "properties"), "name"));
    for (size_t i = 0; name && i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return json_is_null(crs);
}

static enum err walk_member(struct walk *w, const char *name)
{
    if (strcmp(name, "features") == 0)
        return walk_features(w);
    json_t *value = NULL;
    unsigned long line = w->line;
    enum err e = read_value(w, &value);
    if (e)
        return e;
    const char *text = json_string_value(value);
    if (strcmp(name, "type") == 0)
        w->is_collection = text && strcmp(text, "FeatureCollection") == 0;
    else if (strcmp(name, "crs") == 0 && !is_wgs84(value))
        e = problem_at(w->p, ERR_UNSUPPORTED, line, 0, "crs",
                       MESSAGE("geojson.crs") "the positions are not in WGS 84 degrees: convert the file to "
                                              "EPSG:4326 first");
    json_decref(value);
    return e;
}

static enum err walk_members(struct walk *w)
{
    if (!take(w, '{'))
        return fault(w, MESSAGE("geojson.begin") "this is no GeoJSON: it must begin with “{”");
    if (take(w, '}'))
        return ERR_NONE;
    do {
        json_t *name = NULL;
        enum err e = peek(w) == '"'
                         ? read_value(w, &name)
                         : fault(w, MESSAGE("geojson.member") "the name of a member must stand here");
        if (!e && !take(w, ':'))
            e = fault(w, MESSAGE("geojson.colon") "a colon must stand here");
        if (!e)
            e = walk_member(w, json_string_value(name));
        json_decref(name);
        if (e)
            return e;
    } while (take(w, ','));
    return take(w, '}') ? ERR_NONE
                        : fault(w, MESSAGE("geojson.end") "the file ends too early: “}” is missing");
}

enum err feature_each(const char *text, size_t len, feature_fn *each, void *data, struct problem *p)
{
    struct walk w = {.text = text, .len = len, .line = 1, .each = each, .data = data, .p = p};
    enum err e = walk_members(&w);
    if (!e && (peek(&w) || w.at < w.len))
        e = fault(&w, MESSAGE("geojson.behind") "something stands behind the end of the collection");
    if (!e && (!w.is_collection || !w.has_features))
        e = fault(&w, MESSAGE("geojson.collection") "this is no FeatureCollection, the form of GeoJSON that "
                                                    "can be imported");
    return e;
}
