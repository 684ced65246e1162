#include "content/exchange/record.h"

#include <stdio.h>
#include <string.h>

#include "common/fold.h"
#include "content/site_document.h"

enum { KEY_MAX = 200 }; // bytes

static const char *field_of(const struct record_reader *r, const struct record *record, enum column column)
{
    return column_field(&r->columns, &record->row, column, r->columns.lang);
}

static enum err no_memory(struct problem *p)
{
    return problem_set(p, ERR_MEMORY, NULL, "out of memory");
}

// --- opening

static enum err add_language(struct record_reader *r, const char *lang, struct problem *p)
{
    const char **tags = arena_array(&r->l->arena, r->languages.count + 1, sizeof *tags);
    if (!tags)
        return no_memory(p);
    memcpy(tags, r->languages.tags, r->languages.count * sizeof *tags);
    tags[r->languages.count] = lang;
    r->languages = (struct languages){.tags = tags, .count = r->languages.count + 1};
    r->adds_language = true;
    return ERR_NONE;
}

static enum err choose_language(struct record_reader *r, struct problem *p)
{
    const struct exchange_options *options = r->l->options;
    enum err e = landing_languages(r->l, &r->languages, p);
    if (e)
        return e;
    r->lang = options->lang ? options->lang : r->languages.tags[0];
    if (languages_has(&r->languages, r->lang))
        return ERR_NONE;
    if (options->add_language)
        return add_language(r, r->lang, p);
    cleanup_buf struct buf known = BUF_INIT;
    for (size_t i = 0; i < r->languages.count; i++)
        buf_printf(&known, "%s%s", i ? ", " : "", r->languages.tags[i]);
    return problem_set(p, ERR_INVALID, "lang",
                       MESSAGE("language.not_set_up") "the language “%s” is not set up (there are: %s): set "
                                                      "it up with --add-language, or name another "
                                                      "with --lang",
                       r->lang, known.data);
}

static enum err check_state(const char *state, struct problem *p)
{
    for (const char *const *known = site_states; state && *known; known++)
        if (strcmp(state, *known) == 0)
            return ERR_NONE;
    return !state
               ? ERR_NONE
               : problem_set(p, ERR_INVALID, "state",
                             "--state “%.40s” is no state: draft, in-review, published or withdrawn", state);
}

enum err record_check_options(const struct exchange_options *options, struct problem *p)
{
    enum err e = check_state(options->state, p);
    if (!e && options->lang && !fold_is_lang(options->lang))
        e = problem_set(p, ERR_INVALID, "lang",
                        "--lang “%.40s” is no language tag in lower case, as vi or zh-hant", options->lang);
    return e || !options->mapping ? e : column_check_mapping(options->mapping, p);
}

enum err record_open(struct record_reader *r, struct landing *l, const char *file,
                     const struct csv_table *table, struct problem *p)
{
    *r = (struct record_reader){.l = l, .file = file, .table = table, .said = SEEN_INIT};
    enum err e = record_check_options(l->options, p);
    if (!e)
        e = choose_language(r, p);
    if (!e)
        e = column_list(&l->arena, &r->languages, r->lang, &r->columns, p);
    if (!e)
        e = column_match(&r->columns, table, l->options->mapping, p);
    if (!e)
        csv_unknown(table, r->columns.at, r->columns.count, &l->report->columns_unused);
    return e;
}

enum err record_begin(struct record_reader *r, struct problem *p)
{
    enum err e = vocabulary_open(&r->vocabulary, r->l, r->lang, p);
    if (e || !r->adds_language)
        return e;
    r->l->report->languages_added++;
    return setting_add_language(r->l->writer, r->lang, (int)r->languages.count - 1, p);
}

void record_close(struct record_reader *r)
{
    vocabulary_clear(&r->vocabulary);
    seen_clear(&r->said);
}

// --- faults

void record_fault(struct record_reader *r, unsigned long line, const struct problem *fault)
{
    struct problem placed = *fault;
    placed.line = placed.line ? placed.line : line;
    r->l->report->sites.bad++;
    for (size_t i = 0; placed.field[0] && i < r->columns.count; i++) {
        if (r->columns.at[i] < 0 || strcmp(r->columns.wanted[i].name, placed.field) != 0)
            continue;
        unsigned long column = (unsigned long)r->columns.at[i] + 1;
        const char *name = csv_column_name(r->table, column - 1);
        placed.column = column;
        snprintf(placed.field, sizeof placed.field, "%.*s",
                 (int)fold_utf8_cut(name, strlen(name), sizeof placed.field - 1), name);
        problem_prefix(&placed, "column \"%s\": ", name);
        break;
    }
    landing_fault(r->l, r->file, &placed);
}

// --- the key

// What a record names its site by.
enum naming {
    NAMED_BY_KEY,
    NAMED_BY_SLUG,
    NAMED_BY_TITLE, // and place and address
};

// What stands for a key where the table has none: the folded title and place.
static char *key_of_title(struct record_reader *r, const struct record *record, struct arena *a)
{
    cleanup_buf struct buf folded = BUF_INIT;
    const char *parts[] = {field_of(r, record, COLUMN_TITLE), field_of(r, record, COLUMN_PLACE),
                           field_of(r, record, COLUMN_ADDRESS)};
    for (int i = 0; i < 3; i++) {
        buf_append_str(&folded, i && folded.len ? "/" : "");
        if (fold_search(parts[i], strlen(parts[i]), &folded, NULL) == ERR_MEMORY)
            return NULL;
    }
    size_t room = KEY_MAX - (r->l->options->key_prefix ? strlen(r->l->options->key_prefix) : 0);
    return arena_strndup(a, folded.data, fold_utf8_cut(folded.data, folded.len, room));
}

// Whether another row of the table says the same; *text is what it says, and `what` what that is.
static enum err note_row(struct record_reader *r, const struct record *record, struct arena *a,
                         const char *what, const char *text, unsigned long *ret_line, struct problem *p)
{
    uint64_t line = 0;
    const char *said = arena_printf(a, "%s %s", what, text);
    enum err e = said ? seen_add(&r->said, said, record->row.line, &line) : ERR_MEMORY;
    *ret_line = (unsigned long)line;
    return e == ERR_NONE || e == ERR_EXISTS ? e : no_memory(p);
}

static enum err twice(enum naming naming, unsigned long line, struct problem *p)
{
    if (naming == NAMED_BY_TITLE)
        return problem_set(p, ERR_EXISTS, "title",
                           MESSAGE("key.same_place") "title, place and address are those of line %lu: "
                                                     "give the table a column with a key",
                           line);
    if (naming == NAMED_BY_SLUG)
        return problem_set(p, ERR_EXISTS, "slug", MESSAGE("slug.twice") "the site is that of line %lu too",
                           line);
    return problem_set(p, ERR_EXISTS, "key", MESSAGE("key.twice") "the key is that of line %lu too", line);
}

static enum err make_key(const struct record_reader *r, const char *given, struct arena *a, char **ret,
                         struct problem *p)
{
    const char *prefix = r->l->options->key_prefix ? r->l->options->key_prefix : "";
    char *key = given ? arena_printf(a, "%s%s", prefix, given) : NULL;
    if (!key)
        return no_memory(p);
    if (strlen(key) > KEY_MAX) // said in what people count
        return problem_set(
            p, ERR_TOO_LARGE, "key",
            MESSAGE("key.long") "the key is too long: there is room for its first %zu characters",
            fold_utf8_count(key, fold_utf8_cut(key, strlen(key), KEY_MAX)));
    *ret = key;
    return ERR_NONE;
}

// The key; NULL where the slug names the site.
static enum err find_key(struct record_reader *r, const struct record *record, struct arena *a,
                         enum naming *ret_naming, char **ret, struct problem *p)
{
    const char *prefix = r->l->options->key_prefix ? r->l->options->key_prefix : "";
    const char *given = field_of(r, record, COLUMN_KEY), *slug = field_of(r, record, COLUMN_SLUG);
    if (strlen(prefix) > KEY_MAX / 2)
        return problem_set(p, ERR_INVALID, "key-prefix", "the prefix of the keys has more than %d bytes",
                           KEY_MAX / 2);
    if (!given[0] && record->id)
        given = record->id;
    if (!given[0] && !slug[0] && r->columns.at[COLUMN_KEY] >= 0)
        return problem_set(
            p, ERR_INVALID, "key",
            MESSAGE("key.missing") "the key is missing: without it a second import would double the site");
    enum naming naming = given[0] ? NAMED_BY_KEY : slug[0] ? NAMED_BY_SLUG : NAMED_BY_TITLE;
    enum err e = ERR_NONE;
    unsigned long line = 0;
    *ret = NULL;
    if (naming != NAMED_BY_SLUG)
        e = make_key(r, naming == NAMED_BY_KEY ? given : key_of_title(r, record, a), a, ret, p);
    if (!e)
        e = note_row(r, record, a, *ret ? "key" : "slug", *ret ? *ret : slug, &line, p);
    *ret_naming = naming;
    return e == ERR_EXISTS ? twice(naming, line, p) : e;
}

// --- the slug of a new site

static enum err is_free(struct connection *c, const char *slug, bool *ret, struct problem *p)
{
    int64_t id;
    enum err e = site_find(c, slug, &id, p);
    if (e == ERR_NOT_FOUND)
        e = site_find_by_old_slug(c, slug, &id, p);
    *ret = e == ERR_NOT_FOUND;
    return e == ERR_NOT_FOUND ? ERR_NONE : e;
}

// The title alone where that is free, else with the place, else with the address too.
static enum err make_slug(struct record_reader *r, const struct record *record, struct arena *a, char **ret,
                          struct problem *p)
{
    const char *title = field_of(r, record, COLUMN_TITLE), *place = field_of(r, record, COLUMN_PLACE);
    const char *address = field_of(r, record, COLUMN_ADDRESS);
    char *tries[] = {arena_strdup(a, title), arena_printf(a, "%s %s", title, place),
                     arena_printf(a, "%s %s %s", title, address, place)};
    for (int i = 0; i < 3; i++) {
        char slug[FOLD_SLUG_SIZE];
        bool is = false;
        if (!tries[i] || fold_slug(tries[i], strlen(tries[i]), "site", slug))
            return no_memory(p);
        enum err e = is_free(r->l->writer, slug, &is, p);
        if (e)
            return e;
        if (is) {
            *ret = arena_strdup(a, slug);
            return *ret ? ERR_NONE : no_memory(p);
        }
    }
    return site_free_slug(r->l->writer, a, tries[2], ret, p);
}

static enum err choose_slug(struct record_reader *r, const struct record *record, const struct site *before,
                            struct arena *a, struct site *site, struct problem *p)
{
    const char *given = field_of(r, record, COLUMN_SLUG);
    char *made = NULL;
    enum err e = ERR_NONE;
    if (given[0] && !fold_is_slug(given))
        e = problem_set(p, ERR_INVALID, "slug",
                        MESSAGE("slug.form") "“%s” is no slug: 1 to 80 of a-z, 0-9 and inner hyphens", given);
    else if (!given[0] && !before)
        e = make_slug(r, record, a, &made, p);
    site->slug = given[0] ? given : before ? before->slug : made;
    return e;
}

// --- landing

// By the slug that it has, or else by one that it had.
static enum err find_by_slug(struct connection *c, const char *slug, int64_t *ret, struct problem *p)
{
    enum err e = site_find(c, slug, ret, p);
    return e == ERR_NOT_FOUND ? site_find_by_old_slug(c, slug, ret, p) : e;
}

// The site that the record speaks of: by its key, else by its slug where that site has no key; without a key
// by its slug alone. *ret->id 0: none.
static enum err find_before(struct record_reader *r, const struct record *record, const char *key,
                            struct arena *a, struct site *ret, struct problem *p)
{
    struct connection *c = r->l->writer;
    const char *slug = field_of(r, record, COLUMN_SLUG);
    int64_t by_key = 0, by_slug = 0;
    enum err e = key ? site_find_by_key(c, key, &by_key, p) : find_by_slug(c, slug, &by_slug, p);
    if (e == ERR_NOT_FOUND && key && slug[0])
        e = site_find(c, slug, &by_slug, p);
    if (e == ERR_NOT_FOUND)
        return ERR_NONE;
    if (!e)
        e = site_load(c, a, by_key ? by_key : by_slug, ret, p);
    if (!e && key && by_slug && ret->key)
        return problem_set(
            p, ERR_EXISTS, "slug",
            MESSAGE("slug.other_key") "the slug “%s” is that of another site, whose key is “%s”", slug,
            ret->key);
    return e;
}

// One row may name a site by its key, and another the same by its slug.
static enum err note_site(struct record_reader *r, const struct record *record, enum naming naming,
                          const struct site *before, struct arena *a, struct problem *p)
{
    unsigned long line = 0;
    const char *id = before->id ? arena_printf(a, "%lld", (long long)before->id) : NULL;
    enum err e = before->id ? (id ? note_row(r, record, a, "site", id, &line, p) : no_memory(p)) : ERR_NONE;
    return e == ERR_EXISTS ? twice(naming, line, p) : e;
}

static enum err save(struct record_reader *r, struct site *site, const struct site *before, struct problem *p)
{
    const char *const keys[] = {site->kind.key, site->category.key, site->rank.key, site->area.key};
    enum err e = site_check(site, p);
    for (int i = 0; !e && i < VOCABULARY_COUNT; i++)
        e = vocabulary_ensure(&r->vocabulary, i, keys[i], p);
    return e ? e : landing_save_site(r->l, site, before, NULL, p);
}

static enum err land(struct record_reader *r, const struct record *record, struct arena *a, struct problem *p)
{
    cleanup_site struct site before = {0}, site = {0};
    char *key = NULL;
    enum naming naming = NAMED_BY_KEY;
    enum err e = find_key(r, record, a, &naming, &key, p);
    if (!e)
        e = find_before(r, record, key, a, &before, p);
    if (!e)
        e = note_site(r, record, naming, &before, a, p);
    if (e)
        return e;
    const struct site *known = before.id ? &before : NULL;
    json_t *document = record_document(r, record, known, key, p);
    if (!document)
        return p->code;
    e = site_from_json(document, r->lang, a, &site, p);
    json_decref(document);
    if (e)
        return e;
    if (known) {
        site.texts = before.texts;
        site.text_count = before.text_count;
    }
    e = choose_slug(r, record, known, a, &site, p);
    if (!e)
        e = record_texts(r, record, a, &site, p);
    return e ? e : save(r, &site, known, p);
}

enum err record_land(struct record_reader *r, const struct record *record, struct problem *p)
{
    cleanup_arena struct arena a = ARENA_INIT;
    struct problem fault = PROBLEM_INIT;
    r->l->report->sites.read++;
    enum err e = land(r, record, &a, &fault);
    if (e && !landing_is_about_input(e)) {
        *p = fault;
        return e;
    }
    if (e)
        record_fault(r, record->row.line, &fault);
    return ERR_NONE;
}
