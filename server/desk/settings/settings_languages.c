// The languages of the visitors' pages: their order, more of them, fewer; the first one is the default.
#include <stdlib.h>
#include <string.h>

#include "common/fold.h"
#include "content/setting.h"
#include "server/app.h"
#include "server/desk/settings/settings_parts.h"
#include "server/view/locale.h"
#include "server/view/view.h"

// Whether the visitors' pages have their own words in that language: buttons, headings.
static bool is_spoken(const struct app *app, const char *tag)
{
    return strcmp(view_spoken(app->view, tag), tag) == 0;
}

void settings_put_languages(struct screen *screen, const struct languages *languages)
{
    struct context *c = &screen->context;
    json_t *list = context_list(c, c->root, "tags");
    for (size_t i = 0; i < languages->count; i++) {
        json_t *item = context_item(c, list);
        context_text(c, item, "tag", languages->tags[i]);
        context_flag(c, item, "first", i == 0);
        context_flag(c, item, "unspoken", !is_spoken(screen->app, languages->tags[i]));
    }
    list = context_list(c, c->root, "known");
    for (size_t i = 0; locale_known_language(i); i++) {
        json_t *item = context_item(c, list);
        context_text(c, item, "known_tag", locale_known_language(i));
        context_text(c, item, "known_name", screen_language(screen, locale_known_language(i)));
    }
}

// --- changes

struct change {
    const struct http_request *req;
    struct form form;
    size_t place; // where the language was that was turned off
};

static size_t place_of(const struct languages *list, const char *tag)
{
    size_t i = 0;
    while (i < list->count && strcmp(list->tags[i], tag) != 0)
        i++;
    return i;
}

static void take_out(struct languages *list, size_t place)
{
    for (size_t i = place; i + 1 < list->count; i++)
        list->tags[i] = list->tags[i + 1];
    list->count--;
}

// Of the languages that we know by name, perhaps with a script ("hant") and a region ("tw", "419") behind it,
// as RFC 5646 has them: a slip would open pages in a language that nobody speaks.
static bool is_language(const char *tag)
{
    if (!fold_is_lang(tag) || !locale_knows_language(tag))
        return false;
    const char *at = tag + strcspn(tag, "-");
    if (*at && strcspn(at + 1, "-") == 4 && strspn(at + 1, "abcdefghijklmnopqrstuvwxyz") == 4)
        at += 5;
    if (*at && ((strcspn(at + 1, "-") == 2 && strspn(at + 1, "abcdefghijklmnopqrstuvwxyz") == 2) ||
                (strcspn(at + 1, "-") == 3 && strspn(at + 1, "0123456789") == 3)))
        at += 1 + strcspn(at + 1, "-");
    return !*at;
}

// What the pressed button or the typed tag asks for.
static void edit_languages(struct form *form, struct languages *list)
{
    const char *up = form_line(form, "up"), *off = form_line(form, "off"), *add = form_line(form, "tag");
    size_t up_place = place_of(list, up), off_place = place_of(list, off);
    if (*up && up_place < list->count && up_place > 0) {
        const char *tag = list->tags[up_place];
        list->tags[up_place] = list->tags[up_place - 1];
        list->tags[up_place - 1] = tag;
    } else if (*off && off_place == 0) {
        form_problem(form, "tag", VIEW_KEY("desk.settings.default_stays"));
    } else if (*off && off_place < list->count) {
        take_out(list, off_place);
    } else if (!*up && !*off && !is_language(add)) {
        form_problem(form, "tag", VIEW_KEY("desk.settings.tag_wrong"));
    } else if (!*up && !*off && place_of(list, add) < list->count) {
        form_problem(form, "tag", VIEW_KEY("desk.settings.tag_there"));
    } else if (!*up && !*off && list->count >= LANGUAGES_MAX) {
        form_problem_number(form, "tag", VIEW_KEY("desk.settings.tag_many"), "count", LANGUAGES_MAX);
    } else if (!*up && !*off) {
        list->tags[list->count++] = add;
    }
}

static const char *joined(struct arena *a, const struct languages *list)
{
    const char *text = "";
    for (size_t i = 0; i < list->count && text; i++)
        text = arena_printf(a, "%s%s%s", text, i ? ", " : "", list->tags[i]);
    return text;
}

static enum err read_languages(struct connection *writer, struct arena *a, struct languages *ret,
                               struct problem *p)
{
    struct languages now;
    enum err e = setting_languages(writer, a, &now, p);
    if (e)
        return e;
    ret->tags = arena_array(a, now.count + 1, sizeof *ret->tags); // one may be added
    if (!ret->tags)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    memcpy(ret->tags, now.tags, now.count * sizeof *ret->tags);
    ret->count = now.count;
    return ERR_NONE;
}

static enum err write_languages(struct connection *writer, const struct http_request *req,
                                const struct languages *list, struct problem *p)
{
    enum err e = setting_set_languages(writer, list, p);
    return e ? e
             : settings_audit(writer, req, "setting.languages", "languages", NULL, joined(req->arena, list),
                              p);
}

static enum err keep_languages(struct connection *writer, void *arg, struct problem *p)
{
    struct change *change = arg;
    struct languages list;
    enum err e = read_languages(writer, change->req->arena, &list, p);
    if (e)
        return e;
    change->place = place_of(&list, form_line(&change->form, "off"));
    edit_languages(&change->form, &list);
    if (change->form.failed)
        return problem_set(p, ERR_INVALID, "tag", "the language is not right yet");
    return write_languages(writer, change->req, &list, p);
}

// A language without words of our own is said to be one: visitors will see it soon. One that was turned off
// can be turned on again at its place.
static enum err say_languages(struct http_request *req, struct http_response *res,
                              const struct change *change, struct problem *problem)
{
    const struct form *form = &change->form;
    const char *off = form_line(form, "off"),
               *added = form_has(form, "up") || *off ? "" : form_line(form, "tag");
    const char *key = *off                                    ? VIEW_KEY("desk.settings.language_off")
                      : *added && !is_spoken(req->app, added) ? VIEW_KEY("desk.settings.language_unspoken")
                                                              : VIEW_KEY("desk.settings.languages_saved");
    cleanup_screen struct screen screen = {.req = req};
    enum err e = screen_open_bare(&screen, req, res);
    if (e)
        return e;
    const char *tag = *off ? off : added;
    const char *undo =
        *off ? arena_printf(req->arena, "/desk/settings/languages/%s/on/%zu", off, change->place) : NULL;
    json_t *values =
        json_pack("{s:s, s:s, s:s*}", "language", screen_language(&screen, tag), "tag", tag, "undo", undo);
    bool warns = strcmp(key, VIEW_KEY("desk.settings.language_unspoken")) == 0;
    e = desk_flash(req, res, warns ? DESK_WARNING : DESK_DONE, key, values, problem);
    json_decref(values);
    return e;
}

enum err settings_language_change(struct http_request *req, struct http_response *res,
                                  struct problem *problem)
{
    struct change change = {.req = req};
    enum err e = form_read(req->arena, req->body, req->body_len, &change.form, problem);
    if (e)
        return e;
    e = desk_write(req, keep_languages, &change, problem);
    if (e && change.form.failed)
        return settings_send(req, res, &change.form, problem);
    if (!e)
        e = say_languages(req, res, &change, problem);
    return e ? e : desk_see_other(res, "/desk/settings", problem);
}

// --- one that was turned off comes back to its place

static enum err turn_on(struct connection *writer, void *arg, struct problem *p)
{
    const struct http_request *req = arg;
    const char *tag = request_value(req, "tag"), *place = request_value(req, "place");
    struct languages list;
    enum err e = read_languages(writer, req->arena, &list, p);
    if (!e && (!is_language(tag) || list.count >= LANGUAGES_MAX))
        e = problem_set(p, ERR_NOT_FOUND, "tag", "there is no such language to be turned on");
    if (e || place_of(&list, tag) < list.count)
        return e;
    size_t wanted = strtoul(place, NULL, 10), at = wanted < list.count ? wanted : list.count;
    memmove(list.tags + at + 1, list.tags + at, (list.count - at) * sizeof *list.tags);
    list.tags[at] = tag;
    list.count++;
    return write_languages(writer, req, &list, p);
}

enum err settings_language_on(struct http_request *req, struct http_response *res, struct problem *problem)
{
    enum err e = desk_write(req, turn_on, req, problem);
    if (!e)
        e = desk_flash(req, res, DESK_DONE, VIEW_KEY("desk.settings.languages_saved"), NULL, problem);
    return e ? e : desk_see_other(res, "/desk/settings", problem);
}
