#include "content/exchange/table_export.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/csv.h"
#include "content/exchange/record.h"
#include "content/plain_date.h"
#include "content/site.h"

// --- columns of the site

struct making {
    struct arena *a;
    const struct table_export *t;
    const struct site *site;
    const char *lang;
};

static const char *number(const struct making *m, double value)
{
    char text[64];
    for (int digits = 0; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*f", digits, value);
        if (strtod(text, NULL) == value)
            break;
    }
    char *point = strchr(text, '.');
    if (point && m->t->form == TABLE_VIETNAMESE)
        *point = ',';
    return arena_strdup(m->a, text);
}

static const char *term(const struct making *m, int scheme, const char *key)
{
    return m->t->form == TABLE_VIETNAMESE ? table_words_term(&m->t->words, scheme, key) : key;
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
    return m->t->form == TABLE_VIETNAMESE ? table_words_state(m->site->state) : m->site->state;
}
static const char *site_kind(const struct making *m)
{
    return term(m, VOCABULARY_KIND, m->site->kind.key);
}
static const char *site_category(const struct making *m)
{
    return term(m, VOCABULARY_CATEGORY, m->site->category.key);
}
static const char *site_rank(const struct making *m)
{
    return term(m, VOCABULARY_RANK, m->site->rank.key);
}
static const char *site_area(const struct making *m)
{
    return term(m, VOCABULARY_AREA, m->site->area.key);
}
static const char *site_lat(const struct making *m)
{
    return m->site->has_position ? number(m, m->site->lat) : NULL;
}
static const char *site_lon(const struct making *m)
{
    return m->site->has_position ? number(m, m->site->lon) : NULL;
}
static const char *site_accuracy(const struct making *m)
{
    return m->site->has_position && m->site->accuracy_m >= 0 ? number(m, m->site->accuracy_m) : NULL;
}
static const char *decision_number(const struct making *m)
{
    return member(json_object_get(m->site->details, "decision"), "number");
}
static const char *decision_date(const struct making *m)
{
    const char *date = member(json_object_get(m->site->details, "decision"), "date");
    return date && m->t->form == TABLE_VIETNAMESE ? plain_date_show(m->a, date) : date;
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
    const char *name, *vietnamese;                // a name that the importer knows (column.c)
    const char *(*value)(const struct making *m); // NULL: an empty field
    bool is_number;                               // which may begin with a sign
};

static const struct made_column plain[] = {
    {"key", "Mã hồ sơ", site_key, false},
    {"slug", "Địa chỉ trang", site_slug, false},
    {"state", "Trạng thái", site_state, false},
    {"kind", "Loại di tích", site_kind, false},
    {"category", "Loại hình theo luật", site_category, false},
    {"rank", "Cấp xếp hạng", site_rank, false},
    {"area", "Khu vực", site_area, false},
    {"lat", "Vĩ độ", site_lat, true},
    {"lon", "Kinh độ", site_lon, true},
    {"accuracy_m", "Độ chính xác (mét)", site_accuracy, true},
    {"decision_number", "Số quyết định", decision_number, false},
    {"decision_date", "Ngày quyết định", decision_date, false},
    {"source", "Nguồn", source_title, false},
    {"source_url", "Địa chỉ web của nguồn", source_url, false},
};
static const struct made_column in_language[] = {
    {"title", "Tên di tích", text_title, false},
    {"summary", "Tóm tắt", text_summary, false},
    {"body", "Nội dung bài viết", text_body, false},
    {"names", "Tên gọi khác", names, false},
    {"address", "Địa chỉ", address, false},
    {"hours", "Giờ mở cửa", hours, false},
    {"decision_authority", "Cơ quan ban hành quyết định", authority, false},
};
enum {
    PLAIN = sizeof plain / sizeof plain[0],
    IN_LANGUAGE = sizeof in_language / sizeof in_language[0],
};

// --- the whole

enum err table_export_open(struct connection *c, struct arena *a, enum table_form form,
                           struct table_export *ret, struct problem *p)
{
    *ret = (struct table_export){.form = form};
    enum err e = table_words_open(c, a, "vi", &ret->words, p);
    return e ? e : setting_languages(c, a, &ret->languages, p);
}

void table_export_close(struct table_export *t)
{
    table_words_clear(&t->words);
}

static void append_row(const struct table_export *t, const char *const *fields, size_t count, struct buf *out)
{
    csv_append_row_split(out, t->form == TABLE_VIETNAMESE ? ';' : ',', fields, count);
}

static size_t field_count(const struct table_export *t)
{
    return PLAIN + t->languages.count * IN_LANGUAGE;
}

void table_export_head(const struct table_export *t, struct buf *out)
{
    cleanup_arena struct arena a = ARENA_INIT;
    bool vietnamese = t->form == TABLE_VIETNAMESE;
    const char **fields = arena_array(&a, field_count(t), sizeof *fields);
    size_t n = 0;
    for (size_t i = 0; fields && i < PLAIN; i++)
        fields[n++] = vietnamese ? plain[i].vietnamese : plain[i].name;
    for (size_t k = 0; fields && k < t->languages.count; k++)
        for (size_t i = 0; i < IN_LANGUAGE; i++) {
            const char *lang = t->languages.tags[k];
            const char *name = vietnamese ? arena_printf(&a, "%s (%s)", in_language[i].vietnamese, lang)
                                          : arena_printf(&a, "%s_%s", in_language[i].name, lang);
            out->failed |= !name;
            fields[n++] = name ? name : "";
        }
    out->failed |= !fields;
    buf_append_str(out, CSV_MARK);
    if (fields)
        append_row(t, fields, n, out);
}

static const char *field_of(const struct making *m, const struct made_column *column)
{
    const char *value = column->value(m);
    return !value ? "" : column->is_number ? value : csv_marked(m->a, value);
}

enum err table_export_row(struct connection *c, const struct table_export *t, int64_t site_id,
                          struct buf *out, struct problem *p)
{
    cleanup_arena struct arena a = ARENA_INIT;
    cleanup_site struct site site = {0};
    const char **fields = arena_array(&a, field_count(t), sizeof *fields);
    if (!fields)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    enum err e = site_load(c, &a, site_id, &site, p);
    if (e)
        return e;
    struct making m = {.a = &a, .t = t, .site = &site};
    size_t n = 0;
    for (size_t i = 0; i < PLAIN; i++)
        fields[n++] = field_of(&m, &plain[i]);
    for (size_t k = 0; k < t->languages.count; k++) {
        m.lang = t->languages.tags[k];
        for (size_t i = 0; i < IN_LANGUAGE; i++)
            fields[n++] = field_of(&m, &in_language[i]);
    }
    for (size_t i = 0; i < n; i++) {
        out->failed |= !fields[i];
        fields[i] = fields[i] ? fields[i] : "";
    }
    append_row(t, fields, n, out);
    return out->failed ? problem_set(p, ERR_MEMORY, NULL, "out of memory") : ERR_NONE;
}
