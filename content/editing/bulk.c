#include "content/editing/bulk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/buf.h"
#include "common/number.h"
#include "content/history.h"

enum { PAGE = 500 };

static enum err no_memory(struct problem *p)
{
    return problem_set(p, ERR_MEMORY, NULL, "out of memory");
}

void bulk_report_clear(struct bulk_report *report)
{
    for (size_t i = 0; i < report->example_count; i++) {
        json_decref(report->examples[i].before);
        json_decref(report->examples[i].after);
    }
    report->example_count = 0;
}

// --- dates

// "2025-07" -> 2025, 7, 0. False for another form.
static bool read_date(const char *text, int ret[3])
{
    static const int most[] = {9999, 12, 31};
    int64_t part;
    ret[0] = ret[1] = ret[2] = 0;
    if (!number_take(&text, 4, 4, &part))
        return false;
    ret[0] = (int)part;
    for (int i = 1; i < 3 && *text == '-'; i++) {
        text++;
        if (!number_take(&text, 2, 2, &part) || part < 1 || part > most[i])
            return false;
        ret[i] = (int)part;
    }
    return !*text;
}

// The year, month or day before, in the same form.
static void date_before(const char *text, char ret[40])
{
    int date[3];
    read_date(text, date);
    if (!date[1]) {
        snprintf(ret, 40, "%04d", date[0] - 1);
    } else if (!date[2]) {
        int months = date[0] * 12 + date[1] - 2;
        snprintf(ret, 40, "%04d-%02d", months / 12, months % 12 + 1);
    } else {
        struct tm day = {.tm_year = date[0] - 1900, .tm_mon = date[1] - 1, .tm_mday = date[2] - 1};
        (void)timegm(&day); // brings the zeroth of a month into the month before
        snprintf(ret, 40, "%04d-%02d-%02d", day.tm_year + 1900, day.tm_mon + 1, day.tm_mday);
    }
}

static bool is_filled(const char *text)
{
    return text && text[0];
}

static enum err check_words(const struct bulk_words *words, struct problem *p)
{
    bool find = is_filled(words->find), replace = is_filled(words->replace);
    char field[48];
    snprintf(field, sizeof field, "%s[%s]", find ? "replace" : "find", words->lang);
    if (find != replace)
        return problem_set(p, ERR_INVALID, field, "the %s words of the address are missing",
                           find ? "new" : "present");
    if (find && strcmp(words->find, words->replace) == 0)
        return problem_set(p, ERR_INVALID, field, "the new words are the old ones");
    return ERR_NONE;
}

static bool changes_words(const struct bulk_change *change)
{
    bool any = false;
    for (size_t i = 0; i < change->word_count; i++)
        any = any || is_filled(change->words[i].find);
    return any;
}

enum err bulk_check(const struct bulk_change *change, struct problem *p)
{
    int date[3];
    enum err e = ERR_NONE;
    for (size_t i = 0; !e && i < change->word_count; i++)
        e = check_words(&change->words[i], p);
    if (e)
        return e;
    if (!change->kind && !change->category && !change->rank && !change->area && !changes_words(change))
        return problem_set(p, ERR_INVALID, "change", "there is nothing to change");
    if (change->from && (!changes_words(change) || !read_date(change->from, date)))
        return problem_set(p, ERR_INVALID, "from", "the date must be YYYY, YYYY-MM or YYYY-MM-DD");
    return ERR_NONE;
}

// --- addresses

// A new reference; NULL when memory is out.
static json_t *replaced(const char *text, const struct bulk_words *words)
{
    cleanup_buf struct buf out = BUF_INIT;
    size_t len = strlen(words->find);
    for (const char *found; (found = strstr(text, words->find)); text = found + len) {
        buf_append(&out, text, (size_t)(found - text));
        buf_append_str(&out, words->replace);
    }
    buf_append_str(&out, text);
    return out.failed ? NULL : json_string(out.data);
}

static const char *text_in(const json_t *address, const char *lang)
{
    return json_string_value(json_object_get(json_object_get(address, "words"), lang));
}

static bool holds(const json_t *address, const struct bulk_words *words)
{
    const char *text = text_in(address, words->lang);
    return text && is_filled(words->find) && strstr(text, words->find);
}

// Whether the address holds today and has what is looked for, in any language.
static bool is_meant(const json_t *address, const struct bulk_change *change)
{
    bool any = false;
    for (size_t i = 0; i < change->word_count; i++)
        any = any || holds(address, &change->words[i]);
    return any && !json_object_get(address, "until");
}

static bool replace_words(json_t *address, const struct bulk_change *change)
{
    json_t *all = json_object_get(address, "words");
    for (size_t i = 0; i < change->word_count; i++) {
        const struct bulk_words *words = &change->words[i];
        if (holds(address, words) &&
            json_object_set_new(all, words->lang, replaced(text_in(address, words->lang), words)) < 0)
            return false;
    }
    return true;
}

// The address as it was ends, and a copy with the new words begins.
static bool succeed(json_t *addresses, size_t at, const struct bulk_change *change)
{
    char until[40];
    json_t *old = json_array_get(addresses, at), *new = json_deep_copy(old);
    date_before(change->from, until);
    return new &&replace_words(new, change) &&
           json_object_set_new(new, "from", json_string(change->from)) == 0 &&
           json_object_set_new(old, "until", json_string(until)) == 0 &&
           json_array_insert_new(addresses, at + 1, new) == 0;
}

// `left[i]` gets true where words of that language stay in an address that changes.
static bool change_addresses(json_t *details, const struct bulk_change *change, bool left[LANGUAGES_MAX])
{
    json_t *addresses = json_object_get(details, "addresses");
    bool good = true;
    for (size_t i = 0; good && i < json_array_size(addresses); i++) {
        json_t *address = json_array_get(addresses, i);
        if (!is_meant(address, change))
            continue;
        for (size_t k = 0; k < change->word_count; k++)
            left[k] |= text_in(address, change->words[k].lang) && !holds(address, &change->words[k]);
        if (change->from)
            good = succeed(addresses, i++, change);
        else
            good = replace_words(address, change);
    }
    return good;
}

// --- one site

static void set_term(struct site_term *term, const char *key)
{
    if (key)
        term->key = key;
}

static enum err apply(struct site *site, const struct bulk_change *change, struct bulk_report *report,
                      struct problem *p)
{
    bool left[LANGUAGES_MAX] = {false};
    set_term(&site->kind, change->kind);
    set_term(&site->category, change->category);
    set_term(&site->rank, change->rank);
    set_term(&site->area, change->area);
    json_t *details = json_deep_copy(site->details);
    if (!details)
        return no_memory(p);
    json_decref(site->details);
    site->details = details;
    if (!change_addresses(details, change, left))
        return no_memory(p);
    for (size_t i = 0; i < change->word_count; i++)
        report->left[i] += left[i];
    return ERR_NONE;
}

struct running {
    struct connection *c;
    const struct bulk_change *change;
    const struct actor *actor; // NULL: only look
    struct bulk_report *report;
    struct arena *arena; // of the examples' titles
};

static void keep_example(struct running *r, const struct site *site, json_t *before, json_t *after)
{
    struct bulk_report *report = r->report;
    const struct site_text *text = site_text(site, site->original);
    const char *title = arena_strdup(r->arena, text ? text->title : site->slug);
    if (report->example_count < BULK_SHOWN && title)
        report->examples[report->example_count++] =
            (struct bulk_example){site->id, title, json_incref(before), json_incref(after)};
}

static enum err change_one(struct running *r, int64_t id, struct problem *p)
{
    cleanup_arena struct arena a = ARENA_INIT;
    cleanup_site struct site site = {0};
    enum err e = site_load(r->c, &a, id, &site, p);
    json_t *before = e ? NULL : site_to_json(&site, true), *after = NULL;
    if (!e)
        e = apply(&site, r->change, r->report, p);
    if (!e)
        after = site_to_json(&site, true);
    if (!e && !(before && after))
        e = no_memory(p);
    bool same = !e && json_equal(before, after);
    if (!e && !same) {
        r->report->changed++;
        keep_example(r, &site, before, after);
        if (r->actor)
            e = site_save(r->c, &site, r->actor, NULL, p);
    }
    json_decref(before);
    json_decref(after);
    return e;
}

// --- all of them

// First all ids: a change may take a site out of what the filter finds.
static enum err collect(struct connection *c, struct arena *a, const struct desk_site_filter *filter,
                        int64_t **ret_ids, size_t *ret_count, struct problem *p)
{
    int64_t total = 0;
    enum err e = desk_site_count(c, filter, &total, p);
    if (!e && total > BULK_SITES_MAX)
        e = problem_set(p, ERR_TOO_LARGE, "filter", "these are more than %d sites: choose fewer",
                        BULK_SITES_MAX);
    int64_t *ids = e ? NULL : arena_array(a, (size_t)total + 1, sizeof *ids);
    if (!e && !ids)
        e = no_memory(p);
    size_t count = 0;
    while (!e && count < (size_t)total) {
        cleanup_arena struct arena page = ARENA_INIT;
        struct desk_sites sites;
        e = desk_site_list(c, &page, filter, DESK_SITE_BY_NAME, PAGE, (int64_t)count, &sites, p);
        if (e || sites.count == 0)
            break;
        for (size_t i = 0; i < sites.count && count < (size_t)total; i++)
            ids[count++] = sites.items[i].id;
    }
    if (e)
        return e;
    *ret_ids = ids;
    *ret_count = count;
    return ERR_NONE;
}

static enum err run(struct running *r, const struct desk_site_filter *filter, struct problem *p)
{
    int64_t *ids = NULL;
    size_t count = 0;
    enum err e = bulk_check(r->change, p);
    if (!e)
        e = collect(r->c, r->arena, filter, &ids, &count, p);
    r->report->chosen = (int64_t)count;
    for (size_t i = 0; !e && i < count; i++)
        e = change_one(r, ids[i], p);
    return e;
}

enum err bulk_look(struct connection *c, struct arena *a, const struct desk_site_filter *filter,
                   const struct bulk_change *change, struct bulk_report *ret, struct problem *p)
{
    struct running r = {.c = c, .change = change, .report = ret, .arena = a};
    return run(&r, filter, p);
}

enum err bulk_run(struct connection *writer, struct arena *a, const struct desk_site_filter *filter,
                  const struct bulk_change *change, const struct actor *actor, const char *name,
                  struct bulk_report *ret, struct problem *p)
{
    struct actor mine = *actor;
    struct running r = {.c = writer, .change = change, .actor = &mine, .report = ret, .arena = a};
    enum err e = bulk_check(change, p);
    if (!e)
        e = history_begin_import(writer, &mine, name, "bulk", p);
    if (!e)
        e = run(&r, filter, p);
    if (!e)
        e = history_finish_import(
            writer, &mine,
            &(struct history_import){.action = "import.bulk", .name = name, .changed = ret->changed}, p);
    if (!e)
        ret->import_id = mine.import_id;
    return e;
}
