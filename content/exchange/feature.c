#include "content/exchange/feature.h"

#include <stdbool.h>
#include <string.h>

#include "common/json/walk.h"

struct collection {
    feature_fn *each;
    void *data;
    bool has_features, is_collection;
};

static enum err on_feature(void *arg, json_t *feature, size_t number, unsigned long line, struct problem *p)
{
    const struct collection *c = arg;
    (void)number;
    return c->each(c->data, feature, line, p);
}

static enum err walk_features(struct walk *w, struct collection *c)
{
    static const char no_list[] = MESSAGE("geojson.features") "“features” must be one list";
    if (c->has_features)
        return walk_fault(w, no_list);
    c->has_features = true;
    return walk_list(w, no_list, MESSAGE("geojson.open_list") "the list of features is not closed by “]”",
                     on_feature, c);
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

static enum err on_member(void *arg, struct walk *w, const char *name)
{
    struct collection *c = arg;
    if (strcmp(name, "features") == 0)
        return walk_features(w, c);
    json_t *value = NULL;
    unsigned long line = w->line;
    enum err e = walk_value(w, &value);
    if (e)
        return e;
    const char *text = json_string_value(value);
    if (strcmp(name, "type") == 0)
        c->is_collection = text && strcmp(text, "FeatureCollection") == 0;
    else if (strcmp(name, "crs") == 0 && !is_wgs84(value))
        e = problem_at(w->p, ERR_UNSUPPORTED, line, 0, "crs",
                       MESSAGE("geojson.crs") "the positions are not in WGS 84 degrees: convert the file to "
                                              "EPSG:4326 first");
    json_decref(value);
    return e;
}

enum err feature_each(const char *text, size_t len, feature_fn *each, void *data, struct problem *p)
{
    struct walk w = WALK_OVER(text, len, FEATURE_MAX, p);
    struct collection c = {.each = each, .data = data};
    enum err e =
        walk_object(&w, MESSAGE("geojson.begin") "this is no GeoJSON: it must begin with “{”", on_member, &c);
    if (!e && !walk_at_end(&w))
        e = walk_fault(&w, MESSAGE("geojson.behind") "something stands behind the end of the collection");
    if (!e && (!c.is_collection || !c.has_features))
        e = walk_fault(&w, MESSAGE("geojson.collection") "this is no FeatureCollection, the form of GeoJSON "
                                                         "that can be imported");
    return e;
}
