#include "content/exchange/table_export.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/csv.h"
#include "content/exchange/record.h"
#include "content/setting.h"
#include "content/site.h"

// --- columns of the site

struct making {
    struct arena *a;
    const struct site *site;
    const char *lang;
};

static const char *number(struct arena *a, double value)
{
    char text[40];
    for (int digits = 1; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            break;
    }
    return arena_strdup(a, text);
}

static const char *member(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

static const json_t *own_source(const struct making *m)
{
    size_t i;
    json_t *source;
    json_array_foreach(json_object_get(m->site->details, "sources"), i, source)
    {
        const char *id = member(source, "id");
        if (id && strcmp(id, RECORD_SOURCE_ID) == 0)
            return source;
    }
    return NULL;
}

static const char *site_key(const struct making *m)
{
    return m->site->key; // without one the slug finds the site
}
static const char *site_slug(const struct making *m)
{
    return m->site->slug;
}
static const char *site_state(const struct making *m)
{
    return m->site->state;
}
static const char *site_kind(const struct making *m)
{
    return m->site->kind.key;
}
static const char *site_category(const struct making *m)
{
    return m->site->category.key;
}
static const char *site_rank(const struct making *m)
{
    return m->site->rank.key;
}
static const char *site_area(const struct making *m)
{
    return m->site->area.key;
}
static const char *site_lat(const struct making *m)
{
    return m->site->has_position ? number(m->a, m->site->lat) : NULL;
}
static const char *site_lon(const struct making *m)
{
    return m->site->has_position ? number(m->a, m->site->lon) : NULL;
}
static const char *site_accuracy(const struct making *m)
{
    return m->site->has_position && m->site->accuracy_m >= 0 ? number(m->a, m->site->accuracy_m) : NULL;
}
static const char *decision_number(const struct making *m)
{
    return member(json_object_get(m->site->details, "decision"), "number");
}
static const char *decision_date(const struct making *m)
{
    return member(json_object_get(m->site->details, "decision"), "date");
}
static const char *source_title(const struct making *m)
{
    return member(own_source(m), "title");
}
static const char *source_url(const struct making *m)
{
    return member(own_source(m), "url");
}

// --- columns in a language

static const struct site_text *text(const struct making *m)
{
    for (size_t i = 0; i < m->site->text_count; i++)
        if (strcmp(m->site->texts[i].lang, m->lang) == 0)
            return &m->site->texts[i];
    return NULL;
}
static const char *text_title(const struct making *m)
{
    return text(m) ? text(m)->title : NULL;
}
static const char *text_summary(const struct making *m)
{
    return text(m) ? text(m)->summary : NULL;
}
static const char *text_body(const struct making *m)
{
    return text(m) ? text(m)->body : NULL;
}

static const char *names(const struct making *m)
{
    const json_t *list = json_object_get(json_object_get(m->site->details, "names"), m->lang);
    const char *out = NULL;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *name = json_string_value(json_array_get(list, i));
        if (!name || strchr(name, ';'))
            return NULL; // an empty field changes nothing; half a name would
        out = arena_printf(m->a, "%s%s%s", out ? out : "", out ? "; " : "", name);
    }
    return out;
}

// The last one of the list, as the import has it.
static const char *address(const struct making *m)
{
    const json_t *list = json_object_get(m->site->details, "addresses");
    size_t count = json_array_size(list);
    return count ? member(json_object_get(json_array_get(list, count - 1), "words"), m->lang) : NULL;
}
static const char *hours(const struct making *m)
{
    return member(json_object_get(m->site->details, "hours"), m->lang);
}
static const char *authority(const struct making *m)
{
    return member(json_object_get(json_object_get(m->site->details, "decision"), "authority"), m->lang);
}

struct made_column {
    const char *name;
    const char *(*value)(const struct making *m); // NULL: an empty field
};

static const struct made_column plain[] = {
    {"key", site_key},
    {"slug", site_slug},
    {"state", site_state},
    {"kind", site_kind},
    {"category", site_category},
    {"rank", site_rank},
    {"area", site_area},
    {"lat", site_lat},
    {"lon", site_lon},
    {"accuracy_m", site_accuracy},
    {"decision_number", decision_number},
    {"decision_date", decision_date},
    {"source", source_title},
    {"source_url", source_url},
};
static const struct made_column in_language[] = {
    {"title", text_title},
    {"summary", text_summary},
    {"body", text_body},
    {"names", names},
    {"address", address},
    {"hours", hours},
    {"decision_authority", authority},
};
enum {
    PLAIN = sizeof plain / sizeof plain[0],
    IN_LANGUAGE = sizeof in_language / sizeof in_language[0],
};

// --- rows

static size_t field_count(const struct languages *languages)
{
    return PLAIN + languages->count * IN_LANGUAGE;
}

void table_export_head(const struct languages *languages, struct buf *out)
{
    cleanup_arena struct arena a = ARENA_INIT;
    const char **fields = arena_array(&a, field_count(languages), sizeof *fields);
    size_t n = 0;
    for (size_t i = 0; fields && i < PLAIN; i++)
        fields[n++] = plain[i].name;
    for (size_t k = 0; fields && k < languages->count; k++)
        for (size_t i = 0; i < IN_LANGUAGE; i++) {
            const char *name = arena_printf(&a, "%s_%s", in_language[i].name, languages->tags[k]);
            out->failed |= !name;
            fields[n++] = name ? name : "";
        }
    out->failed |= !fields;
    if (fields)
        csv_append_row(out, fields, n);
}

enum err table_export_row(struct connection *c, const struct languages *languages, int64_t site_id,
                          struct buf *out, struct problem *p)
{
    cleanup_arena struct arena a = ARENA_INIT;
    cleanup_site struct site site = {0};
    const char **fields = arena_array(&a, field_count(languages), sizeof *fields);
    if (!fields)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    enum err e = site_load(c, &a, site_id, &site, p);
    if (e)
        return e;
    struct making m = {.a = &a, .site = &site};
    size_t n = 0;
    for (size_t i = 0; i < PLAIN; i++)
        fields[n++] = plain[i].value(&m);
    for (size_t k = 0; k < languages->count; k++) {
        m.lang = languages->tags[k];
        for (size_t i = 0; i < IN_LANGUAGE; i++)
            fields[n++] = in_language[i].value(&m);
    }
    for (size_t i = 0; i < n; i++)
        fields[i] = fields[i] ? fields[i] : "";
    csv_append_row(out, fields, n);
    return out->failed ? problem_set(p, ERR_MEMORY, NULL, "out of memory") : ERR_NONE;
}
