// The vocabularies: kinds, categories, ranks and areas. A term in use is never lost: it is merged into
// another.
#include <stdlib.h>
#include <string.h>

#include "common/fold.h"
#include "content/term.h"
#include "content/term_merge.h"
#include "content/words.h"
#include "server/app.h"
#include "server/desk/settings/settings_parts.h"
#include "server/view/view.h"

enum { LABEL_MAX_CHARACTERS = 100, LABEL_MAX_BYTES = 400, KEY_TRIES = 100 };

static const struct {
    const char *scheme, *title, *lead;
    bool pictures;
} vocabularies[] = {
    {"kind", VIEW_KEY("desk.terms.scheme.kind"), VIEW_KEY("desk.terms.lead.kind"), true},
    {"category", VIEW_KEY("desk.terms.scheme.category"), VIEW_KEY("desk.terms.lead.category"), false},
    {"rank", VIEW_KEY("desk.terms.scheme.rank"), VIEW_KEY("desk.terms.lead.rank"), false},
    {"area", VIEW_KEY("desk.terms.scheme.area"), VIEW_KEY("desk.terms.lead.area"), false},
};

// The drawings of assets/pictures/.
static const struct field_option pictures[] = {
    {.value = "", .label = VIEW_KEY("desk.terms.picture.none")},
    {.value = "archaeological-site", .label = VIEW_KEY("desk.terms.picture.archaeological_site")},
    {.value = "battlefield", .label = VIEW_KEY("desk.terms.picture.battlefield")},
    {.value = "communal-house", .label = VIEW_KEY("desk.terms.picture.communal_house")},
    {.value = "khmer-pagoda", .label = VIEW_KEY("desk.terms.picture.khmer_pagoda")},
    {.value = "market-hall", .label = VIEW_KEY("desk.terms.picture.market_hall")},
    {.value = "old-house", .label = VIEW_KEY("desk.terms.picture.old_house")},
    {.value = "pagoda", .label = VIEW_KEY("desk.terms.picture.pagoda")},
    {.value = "prison", .label = VIEW_KEY("desk.terms.picture.prison")},
    {.value = "revolutionary-base", .label = VIEW_KEY("desk.terms.picture.revolutionary_base")},
    {.value = "temple", .label = VIEW_KEY("desk.terms.picture.temple")},
    {.value = "tomb", .label = VIEW_KEY("desk.terms.picture.tomb")},
    {.value = "tree", .label = VIEW_KEY("desk.terms.picture.tree")},
    {.value = NULL},
};

// --- what is asked for

static enum err find_scheme(const struct http_request *req, size_t *ret, struct problem *p)
{
    const char *scheme = request_value(req, "scheme");
    for (size_t i = 0; i < sizeof vocabularies / sizeof vocabularies[0]; i++)
        if (strcmp(vocabularies[i].scheme, scheme) == 0) {
            *ret = i;
            return ERR_NONE;
        }
    return problem_set(p, ERR_NOT_FOUND, NULL, "there is no such vocabulary");
}

enum err terms_find(const struct terms *terms, const char *key, size_t *ret, struct problem *p)
{
    for (size_t i = 0; i < terms->count; i++)
        if (strcmp(terms->items[i].key, key) == 0) {
            *ret = i;
            return ERR_NONE;
        }
    return problem_set(p, ERR_NOT_FOUND, NULL, "there is no such term");
}

const char *terms_label(struct screen *screen, const struct term *term)
{
    const char *label = screen_label(screen, term->labels);
    return label ? label : term->key;
}

// The terms as options: an empty one first; `without` (a key, or NULL) is left out.
static const struct field_option *options_of(struct screen *screen, const struct terms *terms,
                                             const char *without, const char *none)
{
    struct field_option *options = arena_array(screen->arena, terms->count + 2, sizeof *options);
    size_t count = 0;
    if (!options)
        return NULL;
    options[count++] = (struct field_option){.value = "", .label = none};
    for (size_t i = 0; i < terms->count; i++)
        if (!without || strcmp(terms->items[i].key, without) != 0)
            options[count++] = (struct field_option){.value = terms->items[i].key,
                                                     .label_text = terms_label(screen, &terms->items[i])};
    return options;
}

// --- showing

static enum err put_fields(struct screen *screen, const struct form *form, size_t scheme,
                           const struct terms *terms, const char *without, struct problem *problem)
{
    struct languages languages;
    struct field *labels = NULL;
    const struct field_option *others =
        options_of(screen, terms, without, VIEW_KEY("desk.terms.parent_none"));
    enum err e = settings_languages(screen, &languages, problem);
    if (!e)
        e = settings_words_fields(screen, "label", LABEL_MAX_CHARACTERS, &languages, &labels, problem);
    if (!e && !others)
        e = problem_set(problem, ERR_MEMORY, NULL, "out of memory");
    if (e)
        return e;
    const struct field more[] = {
        {.name = "parent",
         .kind = FIELD_CHOICE,
         .label = VIEW_KEY("desk.terms.parent"),
         .hint = VIEW_KEY("desk.terms.parent_hint"),
         .options = others},
        {.name = "picture",
         .kind = FIELD_CHOICE,
         .label = VIEW_KEY("desk.terms.picture_label"),
         .hint = VIEW_KEY("desk.terms.picture_hint"),
         .options = pictures},
    };
    field_put(screen, form, labels, languages.count);
    if (terms->count > 0)
        field_put(screen, form, more, 1);
    if (vocabularies[scheme].pictures)
        field_put(screen, form, more + 1, 1);
    return ERR_NONE;
}

static enum err put_list(struct screen *screen, const struct form *form, struct problem *problem)
{
    struct context *c = &screen->context;
    struct terms terms;
    size_t scheme = 0;
    enum err e = find_scheme(screen->req, &scheme, problem);
    if (!e)
        e = term_list(screen->db, screen->arena, vocabularies[scheme].scheme, &terms, problem);
    if (!e)
        e = terms_put_items(screen, vocabularies[scheme].scheme, &terms, problem);
    if (e)
        return e;
    context_text(c, c->root, "scheme", vocabularies[scheme].scheme);
    screen_message(screen, c->root, "lead", vocabularies[scheme].lead, NULL);
    screen->title = vocabularies[scheme].title;
    return put_fields(screen, form, scheme, &terms, NULL, problem);
}

static enum err send_list(struct http_request *req, struct http_response *res, const struct form *form,
                          struct problem *problem)
{
    cleanup_screen struct screen screen = {.req = req};
    enum err e = screen_open(&screen, req, res, problem);
    if (!e)
        e = put_list(&screen, form, problem);
    if (e)
        return e;
    field_answer(&screen, form);
    screen.menu = "/desk/settings";
    return screen_send(&screen, "desk/terms", problem);
}

enum err terms_show(struct http_request *req, struct http_response *res, struct problem *problem)
{
    struct form form = form_empty(req->arena);
    return send_list(req, res, &form, problem);
}

static enum err put_one(struct screen *screen, struct form *form, bool typed, struct problem *problem)
{
    struct context *c = &screen->context;
    struct terms terms;
    struct term_uses uses;
    size_t scheme = 0, place = 0;
    enum err e = find_scheme(screen->req, &scheme, problem);
    if (!e)
        e = term_list(screen->db, screen->arena, vocabularies[scheme].scheme, &terms, problem);
    if (!e)
        e = terms_find(&terms, request_value(screen->req, "key"), &place, problem);
    if (!e)
        e = term_uses(screen->db, terms.items[place].id, &uses, problem);
    if (e)
        return e;
    const struct term *term = &terms.items[place];
    if (!typed) {
        json_t *labels = json_loads(term->labels, 0, NULL);
        settings_fill_words(form, "label", labels);
        json_decref(labels);
        form_set(form, "parent", term->parent ? term->parent : "");
        form_set(form, "picture", term->picture ? term->picture : "");
    }
    e = put_fields(screen, form, scheme, &terms, term->key, problem);
    const struct field into = {.name = "into",
                               .kind = FIELD_CHOICE,
                               .label = VIEW_KEY("desk.terms.into"),
                               .options =
                                   options_of(screen, &terms, term->key, VIEW_KEY("desk.terms.into_none"))};
    json_object_set_new(c->root, "own", json_deep_copy(json_object_get(c->root, "fields")));
    field_put(screen, form, &into, 1);
    context_text(
        c, c->root, "path",
        arena_printf(screen->arena, "/desk/settings/terms/%s/%s", vocabularies[scheme].scheme, term->key));
    context_text(c, c->root, "scheme", vocabularies[scheme].scheme);
    context_number(c, c->root, "count", uses.sites);
    context_flag(c, c->root, "free", uses.sites + uses.inside + uses.accounts == 0);
    context_flag(c, c->root, "others", terms.count > 1);
    screen->title_text = terms_label(screen, term);
    return e;
}

static enum err send_one(struct http_request *req, struct http_response *res, struct form *form, bool typed,
                         struct problem *problem)
{
    cleanup_screen struct screen screen = {.req = req};
    enum err e = screen_open(&screen, req, res, problem);
    if (!e)
        e = put_one(&screen, form, typed, problem);
    if (e)
        return e;
    field_answer(&screen, form);
    screen.menu = "/desk/settings";
    return screen_send(&screen, "desk/term", problem);
}

enum err terms_one(struct http_request *req, struct http_response *res, struct problem *problem)
{
    struct form form = form_empty(req->arena);
    return send_one(req, res, &form, false, problem);
}

// --- changes

struct terms_change {
    const struct http_request *req;
    struct form form;
    const char *scheme;
    struct terms terms;
    struct arena *arena;
    int64_t sites; // merged
};

static enum err begin(struct connection *writer, struct terms_change *change, struct problem *p)
{
    size_t scheme = 0;
    enum err e = find_scheme(change->req, &scheme, p);
    if (!e)
        change->scheme = vocabularies[scheme].scheme;
    return e ? e : term_list(writer, change->arena, change->scheme, &change->terms, p);
}

// What the term was called when the change began; a new one by its key.
static const char *called(struct terms_change *change, const char *key)
{
    const struct app *app = change->req->app;
    size_t place = 0;
    if (!key || terms_find(&change->terms, key, &place, NULL))
        return key;
    const char *label = words_pick_text(change->arena, change->terms.items[place].labels,
                                        desk_language(change->req), app->languages[0], NULL);
    return label ? label : key;
}

static enum err tell(struct connection *writer, struct terms_change *change, const char *action,
                     const char *key, const char *to, struct problem *p)
{
    const char *subject = arena_printf(change->arena, "term:%s/%s", change->scheme, key);
    return settings_audit(writer, change->req, action, subject ? subject : "term", called(change, key),
                          called(change, to), p);
}

static bool is_picture(const char *name)
{
    for (const struct field_option *o = pictures; o->value; o++)
        if (*name && strcmp(o->value, name) == 0)
            return true;
    return false;
}

// Saves what was typed as term `key`, which stands (or will stand) at `position`.
static enum err keep(struct connection *writer, struct terms_change *change, const char *key,
                     const struct term *before, int position, struct problem *p)
{
    struct form *form = &change->form;
    struct languages languages;
    enum err e = setting_languages(writer, change->arena, &languages, p);
    if (e)
        return e;
    json_t *old = before ? json_loads(before->labels, 0, NULL) : NULL;
    json_t *labels = settings_read_words(form, "label", old, &languages, LABEL_MAX_BYTES);
    cleanup_free char *text = labels ? json_dumps(labels, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
    const char *picture = form_line(form, "picture"), *parent = form_line(form, "parent");
    json_decref(old);
    json_decref(labels);
    if (form->failed || !text)
        return problem_set(p, text ? ERR_INVALID : ERR_MEMORY, "label", "the term is not right yet");
    const struct term term = {.key = key, .labels = text, .picture = is_picture(picture) ? picture : NULL};
    e = term_save(writer, change->scheme, &term, position, NULL, p);
    if (!e)
        e = term_set_parent(writer, change->scheme, key, *parent ? parent : NULL, p);
    if (e == ERR_INVALID)
        form_problem(form, "parent", VIEW_KEY("desk.terms.parent_circle"));
    return e ? e : tell(writer, change, "term.change", key, NULL, p);
}

static const char *new_key(struct terms_change *change, const char *label)
{
    char slug[FOLD_SLUG_SIZE];
    size_t place;
    if (fold_slug(label, strlen(label), change->scheme, slug))
        return NULL;
    const char *key = arena_strdup(change->arena, slug);
    for (int i = 2; key && !terms_find(&change->terms, key, &place, NULL) && i < KEY_TRIES; i++)
        key = arena_printf(change->arena, "%.70s-%d", slug, i);
    return key;
}

static enum err add(struct connection *writer, void *arg, struct problem *p)
{
    struct terms_change *change = arg;
    struct languages languages;
    enum err e = begin(writer, change, p);
    if (!e)
        e = setting_languages(writer, change->arena, &languages, p);
    if (e)
        return e;
    const char *field = arena_printf(change->arena, "label[%s]", languages.tags[0]);
    const char *key = field ? new_key(change, form_line(&change->form, field)) : NULL;
    if (!key)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    return keep(writer, change, key, NULL, (int)change->terms.count, p);
}

static enum err save(struct connection *writer, void *arg, struct problem *p)
{
    struct terms_change *change = arg;
    size_t place = 0;
    enum err e = begin(writer, change, p);
    if (!e)
        e = terms_find(&change->terms, request_value(change->req, "key"), &place, p);
    if (e)
        return e;
    const struct term *term = &change->terms.items[place];
    return keep(writer, change, term->key, term, (int)place, p);
}

// All positions are written anew, so that they are a row without gaps.
static enum err move_up(struct connection *writer, void *arg, struct problem *p)
{
    struct terms_change *change = arg;
    size_t place = 0;
    enum err e = begin(writer, change, p);
    if (!e)
        e = terms_find(&change->terms, request_value(change->req, "key"), &place, p);
    if (e || place == 0)
        return e;
    struct term *items = change->terms.items, moved = items[place];
    items[place] = items[place - 1];
    items[place - 1] = moved;
    for (size_t i = 0; !e && i < change->terms.count; i++)
        e = term_save(writer, change->scheme, &items[i], (int)i, NULL, p);
    return e ? e : tell(writer, change, "term.change", moved.key, NULL, p);
}

static enum err merge(struct connection *writer, void *arg, struct problem *p)
{
    struct terms_change *change = arg;
    struct actor actor = desk_actor(change->req);
    const char *key = request_value(change->req, "key"), *into = form_line(&change->form, "into");
    enum err e = begin(writer, change, p);
    if (!e && !*into)
        form_problem(&change->form, "into", VIEW_KEY("desk.terms.into_missing"));
    if (!e && change->form.failed)
        e = problem_set(p, ERR_INVALID, "into", "nothing was chosen");
    if (e)
        return e;
    e = term_merge(writer, change->scheme, key, into, &actor, &change->sites, p);
    if (e == ERR_INVALID)
        form_problem(&change->form, "into", VIEW_KEY("desk.terms.into_inside"));
    return e ? e : tell(writer, change, "term.merge", key, into, p);
}

static enum err discard(struct connection *writer, void *arg, struct problem *p)
{
    struct terms_change *change = arg;
    const char *key = request_value(change->req, "key");
    enum err e = begin(writer, change, p);
    if (!e)
        e = term_delete(writer, change->scheme, key, p);
    return e ? e : tell(writer, change, "term.delete", key, NULL, p);
}

// The page of the list on which the button stood, or the list.
static const char *list_of(struct arena *a, const struct terms_change *change)
{
    const char *list = arena_printf(a, "/desk/settings/terms/%s", change->scheme);
    const char *back = desk_local(form_value(&change->form, "back"));
    size_t len = list ? strlen(list) : 0;
    return list && strncmp(back, list, len) == 0 && (back[len] == '?' || !back[len]) ? back : list;
}

static enum err change_terms(struct http_request *req, struct http_response *res, desk_change *edit,
                             const char *said, bool of_list, struct problem *problem)
{
    struct terms_change change = {.req = req, .arena = req->arena};
    enum err e = form_read(req->arena, req->body, req->body_len, &change.form, problem);
    if (e)
        return e;
    e = desk_write(req, edit, &change, problem);
    if (e && change.form.failed)
        return of_list ? send_list(req, res, &change.form, problem)
                       : send_one(req, res, &change.form, true, problem);
    json_t *values = json_pack("{s:I}", "count", (json_int_t)change.sites);
    if (!e)
        e = desk_flash(req, res, DESK_DONE, said, values, problem);
    json_decref(values);
    return e ? e : desk_see_other(res, list_of(req->arena, &change), problem);
}

enum err terms_add(struct http_request *req, struct http_response *res, struct problem *problem)
{
    return change_terms(req, res, add, VIEW_KEY("desk.terms.added"), true, problem);
}

enum err terms_save(struct http_request *req, struct http_response *res, struct problem *problem)
{
    return change_terms(req, res, save, VIEW_KEY("desk.terms.saved"), false, problem);
}

enum err terms_up(struct http_request *req, struct http_response *res, struct problem *problem)
{
    return change_terms(req, res, move_up, VIEW_KEY("desk.terms.moved"), true, problem);
}

enum err terms_merge(struct http_request *req, struct http_response *res, struct problem *problem)
{
    return change_terms(req, res, merge, VIEW_KEY("desk.terms.merged"), false, problem);
}

enum err terms_delete(struct http_request *req, struct http_response *res, struct problem *problem)
{
    return change_terms(req, res, discard, VIEW_KEY("desk.terms.deleted"), false, problem);
}
