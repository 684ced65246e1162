// Settings: the collection's name and logo, the languages of its pages, the map's background, who may
// publish; and the way to the vocabularies.
#include <string.h>

#include "common/fold.h"
#include "content/history.h"
#include "content/map_background.h"
#include "content/setting.h"
#include "content/term.h"
#include "content/words.h"
#include "server/app.h"
#include "server/desk/frame/field.h"
#include "server/desk/routes.h"
#include "server/desk/settings/settings_parts.h"
#include "server/view/locale.h"
#include "server/view/view.h"

enum { NAME_MAX_CHARACTERS = 80, NAME_MAX_BYTES = 320 };

// A logo's file is small; what is larger is a photo.
#define LOGO_LIMIT (5 << 20)

static const struct field other_fields[] = {
    {.name = "publish",
     .kind = FIELD_TICK,
     .label = VIEW_KEY("desk.settings.publish"),
     .hint = VIEW_KEY("desk.settings.publish_hint")},
    {.name = "tag",
     .label = VIEW_KEY("desk.settings.tag"),
     .hint = VIEW_KEY("desk.settings.tag_hint"),
     .list = "known-languages",
     .max = FOLD_LANG_MAX},
    {.name = "logo", .label = VIEW_KEY("desk.settings.logo_file")},
    {.name = "tiles",
     .label = VIEW_KEY("desk.settings.tiles"),
     .hint = VIEW_KEY("desk.settings.tiles_hint"),
     .inputmode = "url",
     .max = MAP_TILES_MAX},
    {.name = "attribution",
     .label = VIEW_KEY("desk.settings.attribution"),
     .hint = VIEW_KEY("desk.settings.attribution_hint"),
     .max = MAP_ATTRIBUTION_MAX},
    {.name = "max_zoom",
     .label = VIEW_KEY("desk.settings.max_zoom"),
     .hint = VIEW_KEY("desk.settings.max_zoom_hint"),
     .inputmode = "numeric",
     .max = 2},
};

enum err settings_languages(struct screen *screen, struct languages *ret, struct problem *p)
{
    return setting_languages(screen->db, screen->arena, ret, p);
}

enum err settings_words_fields(struct screen *screen, const char *name, unsigned max,
                               const struct languages *languages, struct field **ret, struct problem *p)
{
    struct field *fields = arena_array(screen->arena, languages->count + 1, sizeof *fields);
    if (!fields)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    for (size_t i = 0; i < languages->count; i++) {
        json_t *values = json_pack("{s:s}", "language", screen_language(screen, languages->tags[i]));
        const char *label = screen_words(screen, VIEW_KEY("desk.settings.in_language"), values);
        json_decref(values);
        fields[i] = (struct field){.name = arena_printf(screen->arena, "%s[%s]", name, languages->tags[i]),
                                   .label_text = label,
                                   .lang = languages->tags[i],
                                   .max = max,
                                   .required = i == 0,
                                   .optional = i > 0};
        if (!fields[i].name)
            return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    }
    *ret = fields;
    return ERR_NONE;
}

void settings_fill_words(struct form *form, const char *name, const json_t *words)
{
    const char *lang;
    json_t *text;
    json_object_foreach((json_t *)words, lang, text)
    {
        const char *field = arena_printf(form->arena, "%s[%s]", name, lang);
        if (field && !form_value(form, field))
            form_set(form, field, json_string_value(text));
    }
}

json_t *settings_read_words(struct form *form, const char *name, const json_t *before,
                            const struct languages *languages, size_t max_bytes)
{
    json_t *words = json_is_object(before) ? json_copy((json_t *)before) : json_object();
    for (size_t i = 0; words && i < languages->count; i++) {
        const char *field = arena_printf(form->arena, "%s[%s]", name, languages->tags[i]);
        const char *text = field ? form_line(form, field) : "";
        if (strlen(text) > max_bytes)
            form_problem(form, field, VIEW_KEY("desk.settings.too_long"));
        if (*text)
            json_object_set_new(words, languages->tags[i], json_string(text));
        else if (i == 0)
            form_problem(form, field, VIEW_KEY("desk.settings.name_missing"));
        else
            json_object_del(words, languages->tags[i]);
    }
    return words;
}

// --- the page

static void put_schemes(struct screen *screen)
{
    static const struct {
        const char *scheme, *key;
    } schemes[] = {
        {"kind", VIEW_KEY("desk.terms.scheme.kind")},
        {"category", VIEW_KEY("desk.terms.scheme.category")},
        {"rank", VIEW_KEY("desk.terms.scheme.rank")},
        {"area", VIEW_KEY("desk.terms.scheme.area")},
    };
    struct context *c = &screen->context;
    json_t *list = context_list(c, c->root, "schemes");
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++) {
        json_t *item = context_item(c, list);
        context_text(c, item, "scheme", schemes[i].scheme);
        screen_message(screen, item, "label", schemes[i].key, NULL);
    }
}

static enum err fill(struct screen *screen, struct form *form, struct problem *problem)
{
    json_t *name = NULL, *publish = NULL;
    enum err e = setting_get(screen->db, SETTING_NAME, &name, problem);
    if (!e)
        e = setting_get(screen->db, SETTING_PUBLISH, &publish, problem);
    if (!e && json_is_object(name))
        settings_fill_words(form, "name", name);
    if (!e && !json_is_false(publish))
        form_set(form, "publish", "1");
    if (!e && !form_value(form, "tiles"))
        e = settings_fill_map(screen, form, problem);
    json_decref(name);
    json_decref(publish);
    return e;
}

// Here it stands alone, and its name is the collection's.
static void put_logo(struct screen *screen)
{
    struct context *c = &screen->context;
    if (!json_is_object(json_object_get(c->root, "logo")))
        return;
    json_t *now = context_object(c, c->root, "logo_now");
    context_text(c, now, "logo_alt", json_string_value(json_object_get(c->root, "name")));
}

static enum err put_page(struct screen *screen, struct form *form, struct problem *problem)
{
    struct languages languages;
    struct field *names = NULL;
    enum err e = settings_languages(screen, &languages, problem);
    if (!e)
        e = settings_words_fields(screen, "name", NAME_MAX_CHARACTERS, &languages, &names, problem);
    if (!e)
        e = fill(screen, form, problem);
    if (!e)
        e = settings_put_map(screen, form, problem);
    if (e)
        return e;
    field_put(screen, form, names, languages.count);
    json_object_set_new(screen->context.root, "names",
                        json_deep_copy(json_object_get(screen->context.root, "fields")));
    field_put(screen, form, other_fields, sizeof other_fields / sizeof other_fields[0]);
    put_logo(screen);
    put_schemes(screen);
    settings_put_languages(screen, &languages);
    return ERR_NONE;
}

enum err settings_send(struct http_request *req, struct http_response *res, struct form *form,
                       struct problem *problem)
{
    cleanup_screen struct screen screen = {.req = req};
    enum err e = screen_open(&screen, req, res, problem);
    if (!e)
        e = put_page(&screen, form, problem);
    if (e)
        return e;
    field_answer(&screen, form);
    screen.title = VIEW_KEY("desk.settings.title");
    screen.menu = "/desk/settings";
    return screen_send(&screen, "desk/settings", problem);
}

static enum err show(struct http_request *req, struct http_response *res, struct problem *problem)
{
    struct form form = form_empty(req->arena);
    return settings_send(req, res, &form, problem);
}

// --- changes

struct change {
    const struct http_request *req;
    struct form form;
};

enum err settings_audit(struct connection *writer, const struct http_request *req, const char *action,
                        const char *subject, const char *what, const char *to, struct problem *p)
{
    struct actor actor = desk_actor(req);
    json_t *detail = json_pack("{s:s, s:s}", "what", what ? what : "", "to", to ? to : "");
    enum err e = history_audit(writer, &actor, action, subject, detail, p);
    json_decref(detail);
    return e;
}

static enum err keep_name(struct connection *writer, void *arg, struct problem *p)
{
    struct change *change = arg;
    struct languages languages;
    json_t *before = NULL;
    enum err e = setting_languages(writer, change->req->arena, &languages, p);
    if (!e)
        e = setting_get(writer, SETTING_NAME, &before, p);
    if (e)
        return e;
    json_t *words = settings_read_words(&change->form, "name", before, &languages, NAME_MAX_BYTES);
    if (change->form.failed || !words)
        e = problem_set(p, words ? ERR_INVALID : ERR_MEMORY, "name", "the name is not right yet");
    if (!e)
        e = setting_set(writer, SETTING_NAME, words, p);
    if (!e)
        e = settings_audit(writer, change->req, "setting.change", "setting:name", NULL, NULL, p);
    json_decref(before);
    json_decref(words);
    return e;
}

static enum err keep_publish(struct connection *writer, void *arg, struct problem *p)
{
    struct change *change = arg;
    json_t *value = json_boolean(form_has(&change->form, "publish"));
    enum err e = setting_set(writer, SETTING_PUBLISH, value, p);
    json_decref(value);
    return e ? e : settings_audit(writer, change->req, "setting.change", "setting:publish", NULL, NULL, p);
}

static enum err change_setting(struct http_request *req, struct http_response *res, desk_change *keep,
                               const char *said, struct problem *problem)
{
    struct change change = {.req = req};
    enum err e = form_read(req->arena, req->body, req->body_len, &change.form, problem);
    if (e)
        return e;
    e = desk_write(req, keep, &change, problem);
    if (e && change.form.failed)
        return settings_send(req, res, &change.form, problem);
    if (!e)
        e = desk_flash(req, res, DESK_DONE, said, NULL, problem);
    return e ? e : desk_see_other(res, "/desk/settings", problem);
}

static enum err post_name(struct http_request *req, struct http_response *res, struct problem *problem)
{
    return change_setting(req, res, keep_name, VIEW_KEY("desk.settings.saved"), problem);
}

static enum err post_publish(struct http_request *req, struct http_response *res, struct problem *problem)
{
    return change_setting(req, res, keep_publish, VIEW_KEY("desk.settings.saved"), problem);
}

#define POST_ROW(address, function)                                                                          \
    {                                                                                                        \
        .methods = ROUTE_POST, .pattern = (address), .handler = (function), .who = DESK_ADMIN,               \
        .flags = DESK_POST, .body_limit = DESK_FORM_LIMIT                                                    \
    }

static const struct route rows[] = {
    {.pattern = "/desk/settings", .handler = show, .who = DESK_ADMIN, .flags = DESK_GET},
    POST_ROW("/desk/settings/name", post_name),
    {.methods = ROUTE_POST,
     .pattern = "/desk/settings/logo",
     .handler = settings_logo,
     .who = DESK_ADMIN,
     .flags = DESK_POST,
     .body_limit = LOGO_LIMIT},
    POST_ROW("/desk/settings/logo/remove", settings_logo_remove),
    POST_ROW("/desk/settings/map", settings_map),
    POST_ROW("/desk/settings/publish", post_publish),
    POST_ROW("/desk/settings/languages", settings_language_change),
    POST_ROW("/desk/settings/languages/{tag}/on/{place}", settings_language_on),
    {.pattern = "/desk/settings/terms/{scheme}",
     .handler = terms_show,
     .who = DESK_ADMIN,
     .flags = DESK_GET,
     .params = terms_params},
    POST_ROW("/desk/settings/terms/{scheme}", terms_add),
    {.pattern = "/desk/settings/terms/{scheme}/{key}",
     .handler = terms_one,
     .who = DESK_ADMIN,
     .flags = DESK_GET},
    POST_ROW("/desk/settings/terms/{scheme}/{key}", terms_save),
    POST_ROW("/desk/settings/terms/{scheme}/{key}/up", terms_up),
    POST_ROW("/desk/settings/terms/{scheme}/{key}/merge", terms_merge),
    POST_ROW("/desk/settings/terms/{scheme}/{key}/delete", terms_delete),
};

const struct route_table desk_settings_routes = {.rows = rows, .count = sizeof rows / sizeof rows[0]};
