#include "content/exchange/landing.h"

#include <stdio.h>
#include <string.h>

#include "content/history.h"
#include "content/store/store.h"

static void add(struct problem_list *list, const char *file, const struct problem *problem)
{
    struct problem out = *problem;
    char place[64] = "";
    if (strncmp(problem->text, "Line ", 5) == 0)
        place[0] = '\0'; // what is wrong with a file's encoding says where itself
    else if (problem->line && problem->column)
        snprintf(place, sizeof place, ":%lu:%lu", problem->line, problem->column);
    else if (problem->line)
        snprintf(place, sizeof place, ":%lu", problem->line);
    problem_prefix(&out, "%s%s: ", file, place);
    for (char *at = out.text; *at; at++)
        if ((unsigned char)*at < 0x20 || *at == 0x7f)
            *at = '?';
    problem_list_add(list, &out);
}

void landing_fault(struct landing *l, const char *file, const struct problem *problem)
{
    add(&l->report->problems, file, problem);
}

void landing_note(struct landing *l, const char *file, const struct problem *problem)
{
    add(&l->report->notes, file, problem);
}

bool landing_has_faults(const struct landing *l)
{
    return l->report->problems.count + l->report->problems.dropped > 0;
}

bool landing_is_about_input(enum err e)
{
    static const bool input[ERR_COUNT] = {
        [ERR_NOT_FOUND] = true, [ERR_EXISTS] = true,      [ERR_INVALID] = true, [ERR_TOO_LARGE] = true,
        [ERR_CONFLICT] = true,  [ERR_UNSUPPORTED] = true, [ERR_DENIED] = true,
    };
    return input[e];
}

void landing_expect(struct landing *l, size_t steps)
{
    l->total += steps;
}

enum err landing_step(struct landing *l, struct problem *p)
{
    const struct exchange_options *o = l->options;
    l->done += l->done < l->total;
    return !o->progress || o->progress(o->progress_data, l->done, l->total)
               ? ERR_NONE
               : problem_set(p, ERR_CANCELLED, NULL, "the import was stopped; nothing has landed");
}

enum err landing_begin(struct landing *l, const char *name, const char *format, struct problem *p)
{
    enum err e = store_begin(l->store, &l->writer, p);
    if (e)
        return e;
    l->name = l->options->name ? l->options->name : name;
    e = history_begin_import(l->writer, &l->actor, l->name, format, p);
    if (e) {
        store_rollback(l->store);
        l->writer = NULL;
    }
    return e;
}

static bool has_changes(const struct exchange_report *r)
{
    return r->sites.added + r->sites.changed + r->tours.added + r->tours.changed + r->plates.added +
               r->plates.changed + r->terms_added + r->languages_added >
           0;
}

enum err landing_end(struct landing *l, enum err e, struct problem *p)
{
    struct exchange_report *r = l->report;
    if (!e && landing_has_faults(l) && !l->options->skip_bad)
        e = ERR_INVALID;
    bool commit = !e && !l->options->dry_run && (l->changed || has_changes(r));
    if (commit)
        e = history_finish_import(l->writer, &l->actor,
                                  &(struct history_import){.action = "import.land",
                                                           .name = l->name,
                                                           .added = (int64_t)r->sites.added,
                                                           .changed = (int64_t)r->sites.changed,
                                                           .terms = l->terms},
                                  p);
    if (commit && !e)
        e = store_commit(l->store, p);
    else
        store_rollback(l->store);
    l->writer = NULL;
    r->landed = commit && !e;
    r->import_id = r->landed ? l->actor.import_id : 0;
    return e;
}

// Where a name is kept: behind the others, or when there is no room the last place of one that is like none.
static struct exchange_term *place_of_term(struct exchange_report *r, const char *like)
{
    if (r->terms_named < EXCHANGE_TERMS_NAMED)
        return &r->terms[r->terms_named++];
    for (size_t i = EXCHANGE_TERMS_NAMED; like && i-- > 0;)
        if (!r->terms[i].like)
            return &r->terms[i];
    return NULL;
}

static bool name_term(struct exchange_report *r, const char *scheme, const char *label, const char *like)
{
    struct exchange_term term = {.scheme = scheme, .label = arena_strdup(&r->arena, label)};
    if (like)
        term.like = arena_strdup(&r->arena, like);
    if (!term.label || (like && !term.like))
        return false;
    struct exchange_term *place = place_of_term(r, like);
    if (place)
        *place = term;
    return true;
}

enum err landing_count_term(struct landing *l, const char *scheme, const char *key, const char *label,
                            const char *like, struct problem *p)
{
    if (!name_term(l->report, scheme, label, like))
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    l->report->terms_added++;
    if (!l->terms)
        l->terms = json_object();
    json_t *keys = json_object_get(l->terms, scheme);
    if (!keys && json_object_set_new(l->terms, scheme, json_array()) == 0)
        keys = json_object_get(l->terms, scheme);
    return json_array_append_new(keys, json_string(key)) == 0
               ? ERR_NONE
               : problem_set(p, ERR_MEMORY, NULL, "out of memory");
}

// --- one site

static bool is_said(const void *site_json, const char *lang)
{
    const json_t *text = json_object_get(json_object_get(site_json, "texts"), lang);
    return json_object_get(text, "stale") != NULL;
}

static struct site_text *text_in(const struct site *site, const char *lang)
{
    for (size_t i = 0; i < site->text_count; i++)
        if (strcmp(site->texts[i].lang, lang) == 0)
            return &site->texts[i];
    return NULL;
}

// A file that is silent about a text which it leaves as it is leaves its mark too.
static void keep_marks(struct site *site, const struct site *before, const json_t *said)
{
    for (size_t i = 0; i < site->text_count; i++) {
        struct site_text *text = &site->texts[i];
        const struct site_text *old = text_in(before, text->lang);
        if (old && text->origin != TEXT_WRITTEN && !is_said(said, text->lang) &&
            strcmp(text->title, old->title) == 0 && strcmp(text->summary, old->summary) == 0 &&
            strcmp(text->body, old->body) == 0)
            text->stale = old->stale;
    }
}

static void take_marks(struct site *site, const json_t *document)
{
    const json_t *texts = json_object_get(document, "texts");
    for (size_t i = 0; i < site->text_count; i++)
        site->texts[i].stale =
            json_is_true(json_object_get(json_object_get(texts, site->texts[i].lang), "stale"));
}

// Marks what falls behind, and tells whether anything differs at all.
static enum err compare(struct site *site, const struct site *before, const json_t *said, bool *ret_same,
                        struct problem *p)
{
    keep_marks(site, before, said);
    json_t *new = site_to_json(site, true), *old = site_to_json(before, true);
    bool good = new &&old &&site_mark_stale(new, old, is_said, said);
    if (good) {
        take_marks(site, new);
        *ret_same = json_equal(new, old);
    }
    json_decref(new);
    json_decref(old);
    return good ? ERR_NONE : problem_set(p, ERR_MEMORY, NULL, "out of memory");
}

// What a document does not hold, or need not.
static void keep(struct site *site, const struct site *before)
{
    site->id = before->id;
    site->version = before->version;
    if (!site->publish_at)
        site->publish_at = before->publish_at;
    if (!site->old_slug_count) {
        site->old_slugs = before->old_slugs;
        site->old_slug_count = before->old_slug_count;
    }
}

enum err landing_save_site(struct landing *l, struct site *site, const struct site *before,
                           const json_t *said, struct problem *p)
{
    struct exchange_count *count = &l->report->sites;
    bool same = false;
    enum err e = ERR_NONE;
    if (before) {
        keep(site, before);
        e = compare(site, before, said, &same, p);
    }
    if (e || same) {
        count->unchanged += same;
        return e;
    }
    site_set_source_versions(site, before);
    e = site_save(l->writer, site, &l->actor, NULL, p);
    count->added += !e && !before;
    count->changed += !e && before;
    count->returned += !e && before && strcmp(before->state, "binned") == 0;
    return e;
}

enum err landing_languages(struct landing *l, struct languages *ret, struct problem *p)
{
    struct connection *c = l->writer;
    enum err e = c ? ERR_NONE : store_reader(l->store, &c, p);
    return e ? e : setting_languages(c, &l->arena, ret, p);
}
