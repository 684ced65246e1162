#include "content/editing/bulk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "content/editing/bulk_address.h"
#include "content/history.h"

static enum err no_memory(struct problem *p)
{
    return problem_set(p, ERR_MEMORY, NULL, "out of memory");
}

void bulk_report_clear(struct bulk_report *report)
{
    for (size_t i = 0; i < report->site_count; i++) {
        json_decref(report->sites[i].before);
        json_decref(report->sites[i].after);
    }
    report->site_count = 0;
}

// --- what is asked for

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
    enum err e = ERR_NONE;
    for (size_t i = 0; !e && i < change->word_count; i++)
        e = check_words(&change->words[i], p);
    if (e)
        return e;
    if (!change->kind && !change->category && !change->rank && !change->area && !changes_words(change))
        return problem_set(p, ERR_INVALID, "change", "there is nothing to change");
    if (change->from && (!changes_words(change) || !bulk_is_date(change->from)))
        return problem_set(p, ERR_INVALID, "from",
                           "the date must be a year, month or day that there is: YYYY, YYYY-MM, YYYY-MM-DD");
    return ERR_NONE;
}

// --- one site

static bool differs(const struct site_term *term, const char *key)
{
    return key && !(term->key && strcmp(term->key, key) == 0);
}

static void set_term(struct site_term *term, const char *key)
{
    if (key)
        term->key = key;
}

// The words decide, unless terms change where no words do.
static struct bulk_verdict judge(const struct site *site, const struct bulk_change *change)
{
    struct bulk_verdict verdict = {.reason = BULK_SAME};
    if (changes_words(change))
        verdict = bulk_judge(site->details, change);
    bool terms = differs(&site->kind, change->kind) || differs(&site->category, change->category) ||
                 differs(&site->rank, change->rank) || differs(&site->area, change->area);
    if (terms && verdict.reason != BULK_EARLY)
        verdict.reason = BULK_CHANGES;
    return verdict;
}

static enum err apply(struct site *site, const struct bulk_change *change, struct problem *p)
{
    set_term(&site->kind, change->kind);
    set_term(&site->category, change->category);
    set_term(&site->rank, change->rank);
    set_term(&site->area, change->area);
    if (!changes_words(change))
        return ERR_NONE;
    json_t *details = json_deep_copy(site->details);
    if (!details)
        return no_memory(p);
    json_decref(site->details);
    site->details = details;
    return bulk_change_addresses(details, change, p);
}

// --- all of them

struct running {
    struct connection *c;
    const struct bulk_change *change;
    const struct bulk_choice *choice;
    const struct actor *actor; // NULL: only look
    struct bulk_report *report;
    struct arena *arena;
    struct hash seen;
    int64_t *changing; // ids of the sites that would change, in the order of the list
};

static const char *title_of(struct arena *a, const struct site *site)
{
    const struct site_text *text = site_text(site, site->original);
    return arena_strdup(a, text ? text->title : site->slug);
}

static enum err note_stays(struct running *r, const struct site *site, const struct bulk_verdict *verdict,
                           struct problem *p)
{
    struct bulk_report *report = r->report;
    int64_t count = report->counts[verdict->reason]++;
    if (count >= BULK_NAMED)
        return ERR_NONE;
    struct bulk_stays stays = {
        .title = title_of(r->arena, site),
        .words = verdict->words ? arena_strdup(r->arena, verdict->words) : NULL,
        .from = verdict->from ? arena_strdup(r->arena, verdict->from) : NULL,
    };
    if (!stays.title || (verdict->words && !stays.words) || (verdict->from && !stays.from))
        return no_memory(p);
    report->stays[verdict->reason][count] = stays;
    return ERR_NONE;
}

static int by_value(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static bool is_left_out(const struct bulk_choice *choice, int64_t id)
{
    return choice->left_out_count &&
           bsearch(&id, choice->left_out, choice->left_out_count, sizeof *choice->left_out, by_value);
}

static void note_change(struct running *r, const struct site *site, const struct bulk_verdict *verdict)
{
    const int64_t seen[] = {site->id, site->version};
    hash_add(&r->seen, seen, sizeof seen);
    for (size_t i = 0; i < r->change->word_count; i++)
        r->report->left[i] += verdict->left[i];
    r->changing[r->report->counts[BULK_CHANGES]++] = site->id;
    r->report->left_out += is_left_out(r->choice, site->id);
}

static enum err run_one(struct running *r, int64_t id, struct problem *p)
{
    cleanup_arena struct arena a = ARENA_INIT;
    cleanup_site struct site site = {0};
    enum err e = site_load(r->c, &a, id, &site, p);
    if (e)
        return e;
    struct bulk_verdict verdict = judge(&site, r->change);
    r->report->other_case += verdict.other_case;
    if (verdict.reason != BULK_CHANGES)
        return note_stays(r, &site, &verdict, p);
    note_change(r, &site, &verdict);
    if (!r->actor || is_left_out(r->choice, id))
        return ERR_NONE;
    e = apply(&site, r->change, p);
    return e ? e : site_save(r->c, &site, r->actor, NULL, p);
}

// First all ids: a change may take a site out of what the filter finds.
static enum err collect(struct connection *c, struct arena *a, const struct desk_site_filter *filter,
                        int64_t **ret_ids, size_t *ret_count, struct problem *p)
{
    int64_t total = 0;
    enum err e = desk_site_count(c, filter, &total, p);
    if (!e && total > BULK_SITES_MAX)
        e = problem_set(p, ERR_TOO_LARGE, "filter", "these are more than %d sites: choose fewer",
                        BULK_SITES_MAX);
    return e ? e : desk_site_ids(c, a, filter, ret_ids, ret_count, p);
}

static void hash_text(struct hash *h, const char *text)
{
    hash_add(h, text ? text : "", text ? strlen(text) + 1 : 1);
}

static void hash_change(struct hash *h, const struct bulk_change *change)
{
    const char *const plain[] = {change->kind, change->category, change->rank, change->area, change->from};
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++)
        hash_text(h, plain[i]);
    hash_text(h, change->any_case ? "any case" : "");
    for (size_t i = 0; i < change->word_count; i++) {
        hash_text(h, change->words[i].lang);
        hash_text(h, change->words[i].find);
        hash_text(h, change->words[i].replace);
    }
}

static enum err run(struct running *r, const struct desk_site_filter *filter, struct problem *p)
{
    struct bulk_report *report = r->report;
    int64_t *ids = NULL;
    size_t count = 0;
    enum err e = bulk_check(r->change, p);
    if (!e)
        e = collect(r->c, r->arena, filter, &ids, &count, p);
    if (!e && !(r->changing = arena_array(r->arena, count + 1, sizeof *ids)))
        e = no_memory(p);
    for (size_t i = 0; !e && i < BULK_REASONS; i++)
        if (!(report->stays[i] = arena_array(r->arena, BULK_NAMED, sizeof *report->stays[i])))
            e = no_memory(p);
    report->chosen = (int64_t)count;
    hash_start(&r->seen);
    hash_change(&r->seen, r->change);
    for (size_t i = 0; !e && i < count; i++)
        e = run_one(r, ids[i], p);
    hash_end(&r->seen, report->seen);
    report->changed = report->counts[BULK_CHANGES] - report->left_out;
    return e;
}

// --- one page of what would change

// A new reference; NULL when memory is out.
static json_t *document_before(const struct site *site, const struct bulk_change *change)
{
    json_t *shared = site_to_json(site, true), *document = json_deep_copy(shared);
    json_decref(shared);
    if (document && change->from &&
        bulk_double_addresses(json_object_get(document, "addresses"), change, NULL)) {
        json_decref(document);
        document = NULL;
    }
    return document;
}

static enum err put_site(struct running *r, int64_t id, struct problem *p)
{
    cleanup_arena struct arena a = ARENA_INIT;
    cleanup_site struct site site = {0};
    struct bulk_site *shown = &r->report->sites[r->report->site_count];
    enum err e = site_load(r->c, &a, id, &site, p);
    if (e)
        return e;
    *shown = (struct bulk_site){id, title_of(r->arena, &site), is_left_out(r->choice, id),
                                document_before(&site, r->change), NULL};
    r->report->site_count++;
    e = apply(&site, r->change, p);
    if (!e)
        shown->after = site_to_json(&site, true);
    return !e && !(shown->title && shown->before && shown->after) ? no_memory(p) : e;
}

static enum err put_page(struct running *r, struct problem *p)
{
    struct bulk_report *report = r->report;
    int64_t total = report->counts[BULK_CHANGES], page = r->choice->page;
    report->pages = (total + BULK_PAGE - 1) / BULK_PAGE;
    page = page > report->pages ? report->pages : page;
    report->page = page < 1 ? 1 : page;
    report->sites = arena_array(r->arena, BULK_PAGE, sizeof *report->sites);
    enum err e = report->sites ? ERR_NONE : no_memory(p);
    int64_t first = (report->page - 1) * BULK_PAGE;
    for (int64_t i = first; !e && i < total && i < first + BULK_PAGE; i++)
        e = put_site(r, r->changing[i], p);
    return e;
}

enum err bulk_look(struct connection *c, struct arena *a, const struct desk_site_filter *filter,
                   const struct bulk_change *change, const struct bulk_choice *choice,
                   struct bulk_report *ret, struct problem *p)
{
    struct running r = {.c = c, .change = change, .choice = choice, .report = ret, .arena = a};
    enum err e = run(&r, filter, p);
    return e ? e : put_page(&r, p);
}

static enum err check_seen(const struct bulk_choice *choice, const struct bulk_report *report,
                           struct problem *p)
{
    if (!choice->seen || strcmp(choice->seen, report->seen) != 0)
        return problem_set(p, ERR_CONFLICT, "sites", "this is not what was looked at: look again");
    return report->changed ? ERR_NONE : problem_set(p, ERR_INVALID, "sites", "no site is to be changed");
}

enum err bulk_run(struct connection *writer, struct arena *a, const struct desk_site_filter *filter,
                  const struct bulk_change *change, const struct bulk_choice *choice,
                  const struct actor *actor, const char *name, struct bulk_report *ret, struct problem *p)
{
    struct actor mine = *actor;
    struct running r = {
        .c = writer, .change = change, .choice = choice, .actor = &mine, .report = ret, .arena = a};
    enum err e = bulk_check(change, p);
    if (!e)
        e = history_begin_import(writer, &mine, name, "bulk", p);
    if (!e)
        e = run(&r, filter, p);
    if (!e)
        e = check_seen(choice, ret, p);
    if (!e)
        e = history_finish_import(
            writer, &mine,
            &(struct history_import){.action = "import.bulk", .name = name, .changed = ret->changed}, p);
    if (!e)
        ret->import_id = mine.import_id;
    return e;
}
