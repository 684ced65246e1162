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

enum err bulk_check(const struct bulk_change *change, struct problem *p)
{
    int date[3];
    if (!change->kind && !change->category && !change->rank && !change->area && !change->find)
        return problem_set(p, ERR_INVALID, "change", "there is nothing to change");
    if (change->find && (!change->find[0] || !change->replace || !change->replace[0]))
        return problem_set(p, ERR_INVALID, "replace", "the new words of the address are missing");
    if (change->find && strcmp(change->find, change->replace) == 0)
        return problem_set(p, ERR_INVALID, "replace", "the new words are the old ones");
    if (change->from && (!change->find || !read_date(change->from, date)))
        return problem_set(p, ERR_INVALID, "from", "the date must be YYYY, YYYY-MM or YYYY-MM-DD");
    return ERR_NONE;
}

// --- addresses

// A new reference; NULL when memory is out.
static json_t *replaced(const char *text, const struct bulk_change *change)
{
    cleanup_buf struct buf out = BUF_INIT;
    size_t len = strlen(change->find);
    for (const char *found; (found = strstr(text, change->find)); text = found + len) {
        buf_append(&out, text, (size_t)(found - text));
        buf_append_str(&out, change->replace);
    }
    buf_append_str(&out, text);
    return out.failed ? NULL : json_string(out.data);
}

static bool holds(const json_t *address, const char *find)
{
    const char *lang;
    json_t *words;
    if (json_object_get(address, "until"))
        return false;
    json_object_foreach(json_object_get(address, "words"), lang,
                        words) if (strstr(json_string_value(words), find)) return true;
    return false;
}

static bool replace_words(json_t *address, const struct bulk_change *change)
{
    const char *lang;
    void *next;
    json_t *words, *all = json_object_get(address, "words");
    json_object_foreach_safe(
        all, next, lang,
        words) if (json_object_set_new(all, lang, replaced(json_string_value(words), change)) <
                   0) return false;
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

static bool change_addresses(json_t *details, const struct bulk_change *change)
{
    json_t *addresses = json_object_get(details, "addresses");
    bool good = true;
    for (size_t i = 0; good && i < json_array_size(addresses); i++) {
        json_t *address = json_array_get(addresses, i);
        if (!holds(address, change->find))
            continue;
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

static enum err apply(struct site *site, const struct bulk_change *change, struct problem *p)
{
    set_term(&site->kind, change->kind);
    set_term(&site->category, change->category);
    set_term(&site->rank, change->rank);
    set_term(&site->area, change->area);
    json_t *details = json_deep_copy(site->details);
    if (!details)
        return no_memory(p);
    json_decref(site->details);
    site->details = details;
    return !change->find || change_addresses(details, change) ? ERR_NONE : no_memory(p);
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
        e = apply(&site, r->change, p);
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
        e = history_finish_import(writer, &mine, name, 0, ret->changed, p);
    if (!e)
        ret->import_id = mine.import_id;
    return e;
}
