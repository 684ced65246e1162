// What a record says about a site, put over the site's document.
#include "content/exchange/record.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/edtf.h"
#include "content/exchange/table_words.h"
#include "content/plain_date.h"
#include "content/position.h"

// What the small functions below share.
struct making {
    struct record_reader *r;
    const struct record *record;
    json_t *document;
    struct problem *p;
};

static const char *plain(const struct making *m, enum column column)
{
    return column_field(&m->r->columns, &m->record->row, column, m->r->columns.lang);
}

static const char *in_language(const struct making *m, enum column column, size_t lang)
{
    return column_field(&m->r->columns, &m->record->row, column, lang);
}

// The member of the object, made as an empty one where it is missing. Borrowed.
static json_t *part(json_t *object, const char *name, json_t *(*make)(void))
{
    json_t *value = json_object_get(object, name);
    if (!value && json_object_set_new(object, name, make()) == 0)
        value = json_object_get(object, name);
    return value;
}

static json_t *object_part(json_t *object, const char *name)
{
    return part(object, name, json_object);
}

static json_t *array_part(json_t *object, const char *name)
{
    return part(object, name, json_array);
}

// --- terms

static enum err set_term(struct making *m, int scheme, const char *name, const char *text)
{
    const char *key = NULL;
    enum err e = ERR_NONE;
    if (text[0])
        e = vocabulary_key(&m->r->vocabulary, scheme, text, &key, m->p);
    else if (scheme == VOCABULARY_KIND && !json_object_get(m->document, name))
        e = vocabulary_other(&m->r->vocabulary, &key, m->p);
    if (!e && key)
        json_object_set_new(m->document, name, json_string(key));
    return e;
}

static enum err set_terms(struct making *m)
{
    const char *area = plain(m, COLUMN_AREA);
    if (!area[0] && m->r->columns.at[COLUMN_AREA] < 0)
        area = plain(m, COLUMN_PLACE);
    enum err e = set_term(m, VOCABULARY_KIND, "kind", plain(m, COLUMN_KIND));
    if (!e)
        e = set_term(m, VOCABULARY_CATEGORY, "category", plain(m, COLUMN_CATEGORY));
    if (!e)
        e = set_term(m, VOCABULARY_RANK, "rank", plain(m, COLUMN_RANK));
    return e ? e : set_term(m, VOCABULARY_AREA, "area", area);
}

static enum err set_state(struct making *m)
{
    const char *state = plain(m, COLUMN_STATE);
    if (state[0])
        json_object_set_new(m->document, "state", json_string(table_words_read_state(state)));
    return ERR_NONE;
}

// --- position

static enum err read_two(struct making *m, const char *lat, const char *lon, struct position *ret)
{
    if (!lat[0] || !lon[0])
        return problem_set(m->p, ERR_INVALID, lat[0] ? "lon" : "lat",
                           MESSAGE("position.half") "the %s is missing, but the %s is there",
                           lat[0] ? "longitude" : "latitude", lat[0] ? "latitude" : "longitude");
    return position_read_two(lat, lon, "lat", "lon", ret, m->p);
}

static enum err set_position(struct making *m)
{
    const char *lat = plain(m, COLUMN_LAT), *lon = plain(m, COLUMN_LON), *both = plain(m, COLUMN_POSITION);
    struct position position = {m->record->lat, m->record->lon};
    const char *field = "lat";
    enum err e = ERR_NONE;
    if (lat[0] || lon[0])
        e = read_two(m, lat, lon, &position);
    else if (both[0])
        e = position_read(both, field = "position", &position, m->p);
    else if (!m->record->has_point)
        return ERR_NONE;
    if (!e)
        e = position_check(position.lat, position.lon, field, m->p);
    if (e)
        return e;
    json_t *object = object_part(m->document, "position");
    json_object_set_new(object, "lat", json_real(position.lat));
    json_object_set_new(object, "lon", json_real(position.lon));
    return ERR_NONE;
}

static enum err set_accuracy(struct making *m)
{
    const char *text = plain(m, COLUMN_ACCURACY_M);
    json_t *position = json_object_get(m->document, "position");
    if (!text[0] || !position)
        return ERR_NONE;
    char plain[40], *end, *comma;
    snprintf(plain, sizeof plain, "%s", strlen(text) < sizeof plain ? text : "?");
    if ((comma = strchr(plain, ',')))
        *comma = '.';
    double metres = strtod(plain, &end);
    end += strspn(end, " m");
    if (end == plain || *end || !(metres >= 0 && metres <= 1e7))
        return problem_set(m->p, ERR_INVALID, "accuracy_m",
                           MESSAGE("accuracy.form") "“%s” is no number of metres", text);
    json_object_set_new(position, "accuracy_m", json_real(metres));
    return ERR_NONE;
}

// --- words

// "Street 1, 12345 Town" from its parts, as many as there are.
static void write_address(const struct making *m, size_t lang, struct buf *out)
{
    const char *street = in_language(m, COLUMN_ADDRESS, lang);
    const char *town[] = {plain(m, COLUMN_POSTCODE), plain(m, COLUMN_PLACE)};
    if (!street[0] && lang != m->r->columns.lang)
        return;
    buf_append_str(out, street);
    for (int i = 0, n = 0; i < 2; i++)
        if (town[i][0]) {
            buf_append_str(out, n++ ? " " : out->len ? ", " : "");
            buf_append_str(out, town[i]);
        }
}

// The address of today is the last one of the list.
static enum err set_address(struct making *m, size_t lang)
{
    cleanup_buf struct buf text = BUF_INIT;
    write_address(m, lang, &text);
    if (text.len == 0)
        return ERR_NONE;
    json_t *list = array_part(m->document, "addresses");
    if (json_array_size(list) == 0)
        json_array_append_new(list, json_object());
    json_t *address = json_array_get(list, json_array_size(list) - 1);
    json_object_set_new(object_part(address, "words"), m->r->languages.tags[lang], json_string(text.data));
    return ERR_NONE;
}

static enum err set_hours(struct making *m, size_t lang)
{
    const char *text = in_language(m, COLUMN_HOURS, lang);
    if (text[0])
        json_object_set_new(object_part(m->document, "hours"), m->r->languages.tags[lang], json_string(text));
    return ERR_NONE;
}

static enum err set_names(struct making *m, size_t lang)
{
    const char *text = in_language(m, COLUMN_NAMES, lang);
    if (!text[0])
        return ERR_NONE;
    json_t *list = json_array();
    while (*text) {
        text += strspn(text, "; \t\n");
        size_t len = strcspn(text, ";"), end = len;
        while (len > 0 && strchr(" \t\n", text[len - 1]))
            len--;
        if (len > 0)
            json_array_append_new(list, json_stringn(text, len));
        text += end;
    }
    if (json_array_size(list) > 0)
        json_object_set(object_part(m->document, "names"), m->r->languages.tags[lang], list);
    json_decref(list);
    return ERR_NONE;
}

static enum err set_authority(struct making *m, size_t lang)
{
    const char *text = in_language(m, COLUMN_AUTHORITY, lang);
    if (text[0])
        json_object_set_new(object_part(object_part(m->document, "decision"), "authority"),
                            m->r->languages.tags[lang], json_string(text));
    return ERR_NONE;
}

// --- decision and source

// As people write it, or EDTF; a new reference, NULL on failure.
static json_t *read_date(const char *text, const char *field, struct problem *p)
{
    cleanup_arena struct arena a = ARENA_INIT;
    const char *date = plain_date_read(&a, text);
    struct edtf parsed;
    if (date && edtf_parse(date, field, &parsed, NULL)) {
        problem_set(p, ERR_INVALID, field,
                    MESSAGE("date.plain") "“%.64s” is no date: write 21/6/1993, 6/1993, 1909, about 1846 or "
                                          "1878–1886",
                    text);
        return NULL;
    }
    json_t *read = date ? json_string(date) : NULL;
    if (!read)
        problem_set(p, ERR_MEMORY, NULL, "out of memory");
    return read;
}

static enum err set_decision(struct making *m)
{
    const char *number = plain(m, COLUMN_DECISION_NUMBER), *text = plain(m, COLUMN_DECISION_DATE);
    if (number[0])
        json_object_set_new(object_part(m->document, "decision"), "number", json_string(number));
    if (!text[0])
        return ERR_NONE;
    json_t *date = read_date(text, "decision_date", m->p);
    if (!date)
        return m->p->code;
    json_object_set_new(object_part(m->document, "decision"), "date", date);
    return ERR_NONE;
}

static json_t *find_source(json_t *list)
{
    size_t i;
    json_t *source;
    json_array_foreach(list, i, source)
    {
        const char *id = json_string_value(json_object_get(source, "id"));
        if (id && strcmp(id, RECORD_SOURCE_ID) == 0)
            return source;
    }
    json_array_append_new(list, json_pack("{s:s}", "id", RECORD_SOURCE_ID));
    return json_array_get(list, json_array_size(list) - 1);
}

static enum err set_source(struct making *m)
{
    const char *title = plain(m, COLUMN_SOURCE), *url = plain(m, COLUMN_SOURCE_URL);
    const char *host = strstr(url, "://");
    if (!title[0] && !url[0])
        return ERR_NONE;
    if (url[0] && (!host || strncmp(url, "http", 4) != 0))
        return problem_set(m->p, ERR_INVALID, "source_url",
                           MESSAGE("url.form") "“%.200s” is no address that begins with https:// or http://",
                           url);
    json_t *source = find_source(array_part(m->document, "sources"));
    if (title[0])
        json_object_set_new(source, "title", json_string(title));
    else if (!json_object_get(source, "title"))
        json_object_set_new(source, "title", json_stringn(host + 3, strcspn(host + 3, "/?#")));
    if (url[0])
        json_object_set_new(source, "url", json_string(url));
    return ERR_NONE;
}

// --- the whole

// A site that lies in the bin comes back as a new one would come.
static json_t *begin(struct record_reader *r, const struct site *before)
{
    const char *state = r->l->options->state ? r->l->options->state : "draft";
    if (!before)
        return json_pack("{s:s, s:s}", "original", r->lang, "state", state);
    json_t *shared = site_to_json(before, false);
    json_t *own = json_deep_copy(shared);
    json_decref(shared);
    if (own && strcmp(before->state, "binned") == 0)
        json_object_set_new(own, "state", json_string(state));
    return own;
}

static enum err fill(struct making *m)
{
    static enum err (*const once[])(struct making *) = {set_terms,    set_state,    set_position,
                                                        set_accuracy, set_decision, set_source};
    static enum err (*const each[])(struct making *, size_t) = {set_address, set_hours, set_names,
                                                                set_authority};
    enum err e = ERR_NONE;
    for (size_t i = 0; !e && i < sizeof once / sizeof *once; i++)
        e = once[i](m);
    for (size_t lang = 0; lang < m->r->languages.count; lang++)
        for (size_t i = 0; !e && i < sizeof each / sizeof *each; i++)
            e = each[i](m, lang);
    return e;
}

json_t *record_document(struct record_reader *r, const struct record *record, const struct site *before,
                        const char *key, struct problem *p)
{
    struct making m = {.r = r, .record = record, .document = begin(r, before), .p = p};
    enum err e = m.document ? ERR_NONE : problem_set(p, ERR_MEMORY, NULL, "out of memory");
    if (!e && key && json_object_set_new(m.document, "key", json_string(key)) < 0)
        e = problem_set(p, ERR_INVALID, "key", MESSAGE("key.text") "the key is no text");
    if (!e)
        e = fill(&m);
    if (e) {
        json_decref(m.document);
        return NULL;
    }
    return m.document;
}
