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
        e = history_finish_import(l->writer, &l->actor, "import.land", l->name, (int64_t)r->sites.added,
                                  (int64_t)r->sites.changed, p);
    if (commit && !e)
        e = store_commit(l->store, p);
    else
        store_rollback(l->store);
    l->writer = NULL;
    r->landed = commit && !e;
    r->import_id = r->landed ? l->actor.import_id : 0;
    return e;
}

static bool is_same(const struct site *a, const struct site *b)
{
    json_t *x = site_to_json(a, true), *y = site_to_json(b, true);
    bool same = x && y && json_equal(x, y);
    json_decref(x);
    json_decref(y);
    return same;
}

enum err landing_save_site(struct landing *l, struct site *site, const struct site *before, struct problem *p)
{
    struct exchange_count *count = &l->report->sites;
    site_set_source_versions(site, before);
    if (before) {
        site->id = before->id;
        site->version = before->version;
        if (!site->publish_at)
            site->publish_at = before->publish_at;
        if (!site->old_slug_count) {
            site->old_slugs = before->old_slugs;
            site->old_slug_count = before->old_slug_count;
        }
        if (is_same(site, before)) {
            count->unchanged++;
            return ERR_NONE;
        }
    }
    enum err e = site_save(l->writer, site, &l->actor, NULL, p);
    if (!e && before)
        count->changed++;
    else if (!e)
        count->added++;
    return e;
}

enum err landing_languages(struct landing *l, struct languages *ret, struct problem *p)
{
    struct connection *c = l->writer;
    enum err e = c ? ERR_NONE : store_reader(l->store, &c, p);
    return e ? e : setting_languages(c, &l->arena, ret, p);
}
