#include "server/desk/frame/screen.h"

#include <string.h>

#include "common/clock.h"
#include "content/setting.h"
#include "content/store/store.h"
#include "content/words.h"
#include "server/desk/frame/cookies.h"
#include "server/desk/frame/flash.h"
#include "server/desk/frame/guard.h"
#include "server/view/locale.h"
#include "server/view/view.h"
#include "server/visitor/logo.h"

enum { UTC_OFFSET = CLOCK_LOCAL_S / 60 }; // minutes

// --- the menu

// In the order in which they are shown.
static const struct {
    const char *address;
    const char *label;
    unsigned who;
} menu[] = {
    {"/desk/", VIEW_KEY("desk.menu.home"), DESK_SIGNED_IN},
    {"/desk/sites", VIEW_KEY("desk.menu.sites"), DESK_WRITERS},
    {"/desk/plates", VIEW_KEY("desk.menu.plates"), DESK_SIGNED_IN},
    {"/desk/batches", VIEW_KEY("desk.menu.batches"), DESK_WRITERS},
    {"/desk/imports", VIEW_KEY("desk.menu.imports"), DESK_WRITERS},
    {"/desk/accounts", VIEW_KEY("desk.menu.accounts"), DESK_ADMIN},
    {"/desk/settings", VIEW_KEY("desk.menu.settings"), DESK_ADMIN},
    {"/desk/activity", VIEW_KEY("desk.menu.activity"), DESK_WRITERS},
    {"/desk/backups", VIEW_KEY("desk.menu.backups"), DESK_ADMIN},
};

static void put_menu(struct screen *screen)
{
    struct context *c = &screen->context;
    json_t *entries = context_list(c, c->root, "menu");
    for (size_t i = 0; i < sizeof menu / sizeof menu[0]; i++) {
        if (!guard_may(menu[i].who, screen->user))
            continue;
        json_t *entry = context_item(c, entries);
        context_text(c, entry, "href", menu[i].address);
        screen_message(screen, entry, "label", menu[i].label, NULL);
        context_flag(c, entry, "current", screen->menu && strcmp(screen->menu, menu[i].address) == 0);
    }
}

// --- begin and end

enum err screen_open_bare(struct screen *screen, struct http_request *req, struct http_response *res)
{
    *screen = (struct screen){
        .req = req,
        .res = res,
        .app = req->app,
        .user = req->user,
        .arena = req->arena,
        .lang = desk_language(req),
        .context.root = json_object(),
    };
    return screen->context.root ? ERR_NONE : ERR_MEMORY;
}

enum err screen_open(struct screen *screen, struct http_request *req, struct http_response *res,
                     struct problem *problem)
{
    enum err e = screen_open_bare(screen, req, res);
    if (!e)
        e = store_reader(screen->app->store, &screen->db, problem);
    if (!e)
        e = store_read_begin(screen->db, problem);
    if (e)
        return e;
    screen->reading = true;
    json_t *name = NULL;
    e = setting_get(screen->db, SETTING_NAME, &name, problem);
    if (!e)
        context_text(&screen->context, screen->context.root, "name",
                     json_is_object(name) ? words_pick(name, screen->lang, screen->app->languages[0], NULL)
                                          : json_string_value(name));
    json_decref(name);
    return e ? e : logo_put(&screen->context, screen->arena, screen->db, problem);
}

static void end_reading(struct screen *screen)
{
    if (screen->reading)
        store_read_end(screen->db);
    screen->reading = false;
}

void screen_close(struct screen *screen)
{
    end_reading(screen);
    json_decref(screen->context.root);
    screen->context.root = NULL;
}

// --- what is around

enum err screen_put_token(struct screen *screen, struct problem *problem)
{
    struct context *c = &screen->context;
    if (screen->user) {
        context_text(c, c->root, "csrf", screen->user->session.csrf);
        return ERR_NONE;
    }
    char fresh[SESSION_CSRF_SIZE];
    const char *token = cookies_get(screen->req, COOKIES_START);
    if (token && strlen(token) == SESSION_CSRF_SIZE - 1) {
        context_text(c, c->root, "csrf", token);
        return ERR_NONE;
    }
    guard_make_token(fresh);
    context_text(c, c->root, "csrf", fresh);
    return cookies_set(screen->req, screen->res, COOKIES_START, fresh, problem);
}

static enum err put_flash(struct screen *screen, struct problem *problem)
{
    struct context *c = &screen->context;
    struct flash flash;
    if (!flash_read(screen->req, &flash)) {
        context_flag(c, c->root, "flash", false);
        return ERR_NONE;
    }
    json_t *object = context_object(c, c->root, "flash");
    screen_message(screen, object, "text", flash.key, flash.values);
    context_flag(c, object, "warning", flash.tone == DESK_WARNING);
    context_flag(c, object, "undo", false);
    context_text(c, object, "undo", flash.undo);
    json_decref(flash.values);
    return cookies_set(screen->req, screen->res, COOKIES_FLASH, NULL, problem);
}

// Where the language switch comes back to. What a changing request answered has the address of its form only
// when that address can be opened.
static const char *here(const struct screen *screen)
{
    const struct http_request *req = screen->req;
    if (req->method != HTTP_GET && req->method != HTTP_HEAD)
        return screen->menu ? screen->menu : "/desk/";
    return *req->query ? arena_printf(screen->arena, "%s?%s", req->path, req->query) : req->path;
}

static void put_languages(struct screen *screen)
{
    struct context *c = &screen->context;
    json_t *languages = context_list(c, c->root, "desk_languages");
    for (size_t i = 0; desk_languages[i]; i++) {
        json_t *language = context_item(c, languages);
        context_text(c, language, "tag", desk_languages[i]);
        context_flag(c, language, "current", strcmp(desk_languages[i], screen->lang) == 0);
    }
    context_text(c, c->root, "here", here(screen));
}

static void put_user(struct screen *screen)
{
    struct context *c = &screen->context;
    const struct desk_user *user = screen->user;
    context_flag(c, c->root, "user", false);
    if (!user)
        return;
    json_t *object = context_object(c, c->root, "user");
    context_number(c, object, "id", user->account.id);
    context_text(c, object, "name", user->account.name);
    screen_message(screen, object, "role",
                   arena_printf(screen->arena, "desk.role.%s", role_name(user->account.role)), NULL);
    context_flag(c, object, "is_admin", user->account.role == ROLE_ADMIN);
    context_flag(c, object, "is_editor", user->account.role == ROLE_EDITOR);
    context_flag(c, object, "is_field", user->account.role == ROLE_FIELD);
    context_flag(c, object, "may_publish", desk_may_publish(user));
}

enum err screen_send(struct screen *screen, const char *template, struct problem *problem)
{
    struct context *c = &screen->context;
    end_reading(screen);
    context_text(c, c->root, "title",
                 screen->title_text
                     ? screen->title_text
                     : screen_words(screen, screen->title ? screen->title : "desk.title", NULL));
    context_flag(c, c->root, "plain", screen->plain);
    context_flag(c, c->root, "wide", screen->wide);
    context_flag(c, c->root, "refresh", false);
    if (screen->refresh)
        context_number(c, c->root, "refresh", screen->refresh);
    context_flag(c, c->root, "insecure", !screen->req->is_https);
    put_user(screen);
    put_menu(screen);
    put_languages(screen);
    enum err e = screen_put_token(screen, problem);
    if (!e)
        e = put_flash(screen, problem);
    if (e)
        return e;
    if (c->failed)
        return problem_set(problem, ERR_MEMORY, NULL, "the page %s could not be put together", template);
    screen->res->content_language = screen->lang;
    return view_render(screen->app->view, template, screen->lang, c->root, &screen->res->body, problem);
}

// --- words

static const char *keep_text(struct screen *screen, const struct buf *text)
{
    const char *copy = text->failed ? NULL : arena_strndup(screen->arena, text->data, text->len);
    screen->context.failed |= !copy;
    return copy ? copy : "";
}

const char *screen_words(struct screen *screen, const char *key, const json_t *values)
{
    cleanup_buf struct buf text = BUF_INIT;
    if (key)
        view_text(screen->app->view, screen->lang, key, values, &text);
    return keep_text(screen, &text);
}

// A message that is nowhere is written as its key.
const char *screen_words_if(struct screen *screen, const char *key, const json_t *values)
{
    const char *text = screen_words(screen, key, values);
    return key && strcmp(text, key) != 0 ? text : NULL;
}

void screen_message(struct screen *screen, json_t *object, const char *member, const char *key,
                    const json_t *values)
{
    context_text(&screen->context, object, member, screen_words(screen, key, values));
}

static const char *instant(struct screen *screen, int64_t when)
{
    cleanup_buf struct buf text = BUF_INIT;
    view_instant(screen->app->view, screen->lang, when, UTC_OFFSET, &text);
    return keep_text(screen, &text);
}

static void put_machine_time(struct screen *screen, json_t *object, const char *member, int64_t when)
{
    char text[CLOCK_RFC3339_SIZE];
    const char *key = arena_printf(screen->arena, "%s_at", member);
    clock_rfc3339(when, text);
    context_text(&screen->context, object, key ? key : member, text);
}

void screen_time(struct screen *screen, json_t *object, const char *member, int64_t when)
{
    context_flag(&screen->context, object, member, false);
    if (!when)
        return;
    context_text(&screen->context, object, member, instant(screen, when));
    put_machine_time(screen, object, member, when);
}

void screen_ago(struct screen *screen, json_t *object, const char *member, int64_t when)
{
    static const struct {
        int64_t below, unit; // seconds
        const char *key;
    } steps[] = {
        {60, 60, VIEW_KEY("desk.ago.now")},
        {3600, 60, VIEW_KEY("desk.ago.minutes")},
        {24 * 3600, 3600, VIEW_KEY("desk.ago.hours")},
        {7 * 24 * 3600, 24 * 3600, VIEW_KEY("desk.ago.days")},
    };
    int64_t since = clock_now() - when;
    screen_time(screen, object, member, when);
    for (size_t i = 0; when && since >= 0 && i < sizeof steps / sizeof steps[0]; i++)
        if (since < steps[i].below) {
            json_t *values = json_pack("{s:I}", "count", (json_int_t)(since / steps[i].unit));
            screen_message(screen, object, member, steps[i].key, values);
            json_decref(values);
            return;
        }
}

const char *screen_language(struct screen *screen, const char *tag)
{
    const char *words = screen_words_if(screen, arena_printf(screen->arena, "language.%s", tag), NULL);
    return words ? words : locale_language_name(tag);
}

void screen_size(struct screen *screen, json_t *object, const char *member, int64_t bytes)
{
    static const struct {
        int64_t unit;
        const char *key;
    } units[] = {
        {1 << 30, VIEW_KEY("desk.size.gigabytes")},
        {1 << 20, VIEW_KEY("desk.size.megabytes")},
        {1 << 10, VIEW_KEY("desk.size.kilobytes")},
        {1, VIEW_KEY("desk.size.bytes")},
    };
    size_t i = 0;
    while (bytes < units[i].unit && units[i].unit > 1)
        i++;
    json_t *values = json_pack("{s:I}", "count", (json_int_t)((bytes + units[i].unit / 2) / units[i].unit));
    screen_message(screen, object, member, units[i].key, values);
    json_decref(values);
}

const char *screen_label(struct screen *screen, const char *words)
{
    return words_pick_text(screen->arena, words, screen->lang, screen->app->languages[0], NULL);
}
