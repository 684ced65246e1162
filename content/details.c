#include "content/details.h"

#include <stdio.h>
#include <string.h>

#include "content/captions.h"
#include "content/site_document.h"

enum { MANY = 200, LONG_TEXT = 4000 };

static const char *const origins[] = {"written", "translated", "machine", NULL};
const char *const site_states[] = {"draft", "in-review", "published", "withdrawn", NULL};

static const struct shape decision_shape = {(const struct shape_member[]){
    {"number", SHAPE_TEXT},
    {"date", SHAPE_DATE},
    {"authority", SHAPE_WORDS},
    {NULL},
}};

static const struct shape address_shape = {(const struct shape_member[]){
    {"from", SHAPE_DATE},
    {"until", SHAPE_DATE},
    {"words", SHAPE_WORDS, .required = true},
    {NULL},
}};

static const struct shape period_shape = {(const struct shape_member[]){
    {"when", SHAPE_DATE, .required = true},
    {"label", SHAPE_WORDS, .required = true},
    {NULL},
}};

static const struct shape source_shape = {(const struct shape_member[]){
    {"id", SHAPE_SLUG, .required = true},
    {"title", SHAPE_TEXT, .required = true, .limit = 500},
    {"publisher", SHAPE_TEXT},
    {"url", SHAPE_URL},
    {"date", SHAPE_DATE},
    {"accessed", SHAPE_DATE},
    {NULL},
}};

static const struct shape fact_shape = {(const struct shape_member[]){
    {"label", SHAPE_WORDS, .required = true},
    {"value", SHAPE_WORDS, .required = true, .limit = LONG_TEXT},
    {"sources", SHAPE_SLUG_LIST, .limit = MANY},
    {NULL},
}};

static const struct shape checked_shape = {(const struct shape_member[]){
    {"on", SHAPE_DATE, .required = true},
    {"by", SHAPE_TEXT},
    {NULL},
}};

static const struct shape position_shape = {(const struct shape_member[]){
    {"lat", SHAPE_NUMBER, .required = true, .min = -90, .max = 90},
    {"lon", SHAPE_NUMBER, .required = true, .min = -180, .max = 180},
    {"accuracy_m", SHAPE_NUMBER, .min = 0, .max = 1e7},
    {NULL},
}};

static const struct shape text_shape = {(const struct shape_member[]){
    {"origin", SHAPE_ONE_OF, .choices = origins},
    {"from", SHAPE_LANG},
    {"stale", SHAPE_BOOL},
    {NULL},
}};

static const struct shape media_shape = {(const struct shape_member[]){
    {"file", SHAPE_TEXT, .limit = 200},
    {"sha256", SHAPE_HASH},
    {"alt", SHAPE_WORDS},
    {"caption", SHAPE_WORDS, .limit = LONG_TEXT},
    {"credit", SHAPE_TEXT},
    {"licence", SHAPE_TEXT},
    {"taken", SHAPE_DATE},
    {"focus", SHAPE_POINT, .min = 0, .max = 1},
    {"transcript", SHAPE_WORDS, .limit = 100000},
    {"captions", SHAPE_WORDS, .limit = CAPTIONS_BYTES_MAX},
    {NULL},
}};

#define DETAILS_MEMBERS                                                                                      \
    {"names", SHAPE_WORDS_LIST}, {"addresses", SHAPE_LIST, .limit = MANY, .inner = &address_shape},          \
        {"hours", SHAPE_WORDS}, {"periods", SHAPE_LIST, .limit = MANY, .inner = &period_shape},              \
        {"sources", SHAPE_LIST, .limit = MANY, .inner = &source_shape},                                      \
        {"facts", SHAPE_LIST, .limit = MANY, .inner = &fact_shape},                                          \
        {"decision", SHAPE_OBJECT, .inner = &decision_shape},                                                \
    {                                                                                                        \
        "checked", SHAPE_OBJECT, .inner = &checked_shape                                                     \
    }

const struct shape details_shape = {(const struct shape_member[]){DETAILS_MEMBERS, {NULL}}};

const struct shape site_shape = {(const struct shape_member[]){
    {"key", SHAPE_TEXT, .limit = 200},
    {"kind", SHAPE_SLUG, .required = true},
    {"category", SHAPE_SLUG},
    {"rank", SHAPE_SLUG},
    {"area", SHAPE_SLUG},
    {"original", SHAPE_LANG},
    {"state", SHAPE_ONE_OF, .choices = site_states},
    {"publish_at", SHAPE_INSTANT},
    {"old_slugs", SHAPE_SLUG_LIST, .limit = MANY},
    {"position", SHAPE_OBJECT, .inner = &position_shape},
    {"texts", SHAPE_MAP, .inner = &text_shape},
    {"media", SHAPE_LIST, .limit = 500, .inner = &media_shape},
    DETAILS_MEMBERS,
    {NULL},
}};

static bool has_source(const json_t *sources, const char *id)
{
    size_t i;
    json_t *source;
    json_array_foreach((json_t *)sources, i,
                       source) if (strcmp(json_string_value(json_object_get(source, "id")), id) ==
                                   0) return true;
    return false;
}

static enum err check_fact_sources(const json_t *details, struct problem *p)
{
    const json_t *sources = json_object_get(details, "sources");
    size_t i, j;
    json_t *fact, *id;
    json_array_foreach(json_object_get(details, "facts"), i, fact) json_array_foreach(
        json_object_get(fact, "sources"), j, id) if (!has_source(sources, json_string_value(id)))
    {
        char path[64];
        snprintf(path, sizeof path, "facts[%zu].sources[%zu]", i, j);
        return problem_set(
            p, ERR_INVALID, path,
            MESSAGE("source.unknown") "\"%s\" names the source \"%s\", which is not among the sources", path,
            json_string_value(id));
    }
    return ERR_NONE;
}

enum err details_check(const json_t *details, struct problem *p)
{
    enum err e = shape_check(details, &details_shape, "", p);
    return e ? e : check_fact_sources(details, p);
}
