// The second factor of one's own account: on, with a symbol to scan and recovery codes, and off.
#include <sodium.h>
#include <string.h>

#include "common/clock.h"
#include "content/staff/totp.h"
#include "qrgen/symbol/raster.h"
#include "server/desk/frame/field.h"
#include "server/desk/routes.h"
#include "server/desk/staff/credentials.h"
#include "server/desk/staff/signin_parts.h"
#include "server/view/view.h"

enum { SECRET_HEX = 2 * TOTP_SECRET_SIZE + 1, MODULE_PX = 6 };

static const struct field on_fields[] = {
    {.name = "code",
     .label = VIEW_KEY("desk.factor.code"),
     .hint = VIEW_KEY("desk.factor.code_hint"),
     .autocomplete = "one-time-code",
     .inputmode = "numeric",
     .max = 12,
     .required = true},
    {.name = "current",
     .kind = FIELD_PASSWORD,
     .label = VIEW_KEY("desk.me.current"),
     .hint = VIEW_KEY("desk.factor.current_hint"),
     .autocomplete = "current-password",
     .required = true},
    {.name = "secret", .kind = FIELD_HIDDEN},
};
static const struct field off_fields[] = {
    {.name = "current",
     .kind = FIELD_PASSWORD,
     .label = VIEW_KEY("desk.me.current"),
     .autocomplete = "current-password",
     .required = true},
};

// --- the symbol

static enum err data_uri(struct arena *a, const struct buf *png, const char **ret, struct problem *p)
{
    size_t size = sodium_base64_encoded_len(png->len, sodium_base64_VARIANT_ORIGINAL);
    char *text = arena_alloc(a, size);
    if (text)
        sodium_bin2base64(text, size, (const unsigned char *)png->data, png->len,
                          sodium_base64_VARIANT_ORIGINAL);
    const char *uri = text ? arena_printf(a, "data:image/png;base64,%s", text) : NULL;
    if (!uri)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    *ret = uri;
    return ERR_NONE;
}

static enum err draw(struct screen *screen, const char *uri, struct problem *p)
{
    const struct measure measure = {.dpi = 96, .module_px = MODULE_PX};
    struct context *c = &screen->context;
    cleanup_buf struct buf png = BUF_INIT;
    struct matrix *matrix = arena_alloc(screen->arena, sizeof *matrix);
    const char *picture = NULL;
    enum err e = matrix ? matrix_make(uri, matrix, p) : ERR_MEMORY;
    if (!e)
        e = raster_png(matrix, &measure, &png, p);
    if (!e)
        e = data_uri(screen->arena, &png, &picture, p);
    if (e)
        return e;
    context_text(c, c->root, "picture", picture);
    context_number(c, c->root, "picture_px", measure_picture_px(&measure, matrix->size));
    return ERR_NONE;
}

static const char *issuer(const struct screen *screen)
{
    const char *name = json_string_value(json_object_get(screen->context.root, "name"));
    return name ? name : "Stele";
}

static enum err put_secret(struct screen *screen, const unsigned char secret[TOTP_SECRET_SIZE],
                           struct problem *problem)
{
    struct context *c = &screen->context;
    char *uri = NULL;
    enum err e = totp_uri(screen->arena, secret, issuer(screen), screen->user->account.name, &uri, problem);
    if (e)
        return e;
    context_text(c, c->root, "uri", uri);
    context_text(c, c->root, "words", totp_words(screen->arena, secret));
    return draw(screen, uri, problem);
}

// --- on

static enum err send_on(struct http_request *req, struct http_response *res, struct form *form,
                        const unsigned char secret[TOTP_SECRET_SIZE], struct problem *problem)
{
    char hex[SECRET_HEX];
    cleanup_screen struct screen screen = {.req = req};
    enum err e = screen_open(&screen, req, res, problem);
    if (!e)
        e = put_secret(&screen, secret, problem);
    if (e)
        return e;
    form_set(form, "secret", sodium_bin2hex(hex, sizeof hex, secret, TOTP_SECRET_SIZE));
    field_put(&screen, form, on_fields, sizeof on_fields / sizeof on_fields[0]);
    if (res->status == 200)
        field_answer(&screen, form);
    screen.title = VIEW_KEY("desk.factor.on_title");
    screen.menu = "/desk/me/second-factor";
    return screen_send(&screen, "desk/factor-on", problem);
}

static enum err send_off(struct http_request *req, struct http_response *res, const struct form *form,
                         struct problem *problem)
{
    cleanup_screen struct screen screen = {.req = req};
    enum err e = screen_open(&screen, req, res, problem);
    if (e)
        return e;
    field_put(&screen, form, off_fields, sizeof off_fields / sizeof off_fields[0]);
    screen.title = VIEW_KEY("desk.factor.off_title");
    screen.menu = "/desk/me/second-factor";
    return screen_send(&screen, "desk/factor-off", problem);
}

static enum err show(struct http_request *req, struct http_response *res, struct problem *problem)
{
    unsigned char secret[TOTP_SECRET_SIZE];
    struct form form = form_empty(req->arena);
    if (desk_user(req)->account.has_totp)
        return send_off(req, res, &form, problem);
    totp_make_secret(secret);
    return send_on(req, res, &form, secret, problem);
}

struct turning_on {
    const struct desk_user *user;
    struct actor actor;
    unsigned char secret[TOTP_SECRET_SIZE];
    int64_t step;
    char codes[TOTP_RECOVERY_COUNT][TOTP_RECOVERY_SIZE];
};

static enum err keep_on(struct connection *writer, void *arg, struct problem *p)
{
    struct turning_on *t = arg;
    return totp_turn_on(writer, t->user->account.id, t->secret, t->step, t->codes, &t->actor, p);
}

// Shown once: the store holds only their hashes.
static enum err send_codes(struct http_request *req, struct http_response *res, const struct turning_on *t,
                           struct problem *problem)
{
    cleanup_screen struct screen screen = {.req = req};
    enum err e = screen_open(&screen, req, res, problem);
    if (e)
        return e;
    struct context *c = &screen.context;
    json_t *list = context_list(c, c->root, "codes");
    for (size_t i = 0; i < TOTP_RECOVERY_COUNT; i++)
        context_text(c, context_item(c, list), "recovery", t->codes[i]);
    screen.title = VIEW_KEY("desk.factor.codes_title");
    screen.menu = "/desk/me";
    return screen_send(&screen, "desk/factor-codes", problem);
}

// The secret comes back from the form of the one whose account it will guard: it is no secret from them.
static enum err read_secret(const struct form *form, unsigned char secret[TOTP_SECRET_SIZE],
                            struct problem *problem)
{
    const char *hex = form_line(form, "secret");
    size_t len = 0;
    if (sodium_hex2bin(secret, TOTP_SECRET_SIZE, hex, strlen(hex), NULL, &len, NULL) != 0 ||
        len != TOTP_SECRET_SIZE)
        return problem_set(problem, ERR_INVALID, "secret", "the form is not whole: open the page again");
    return ERR_NONE;
}

// Who sits down at somebody's open desk may not lock them out of it: the password is asked for.
static enum err check_on(struct http_request *req, struct http_response *res, struct form *form,
                         struct turning_on *t, struct problem *problem)
{
    struct credentials_result result;
    enum err e = totp_try(t->secret, form_line(form, "code"), clock_now(), &t->step, problem);
    if (e && e != ERR_DENIED)
        return e;
    if (e)
        form_problem(form, "code", VIEW_KEY("desk.factor.wrong_code"));
    e = credentials_confirm(req, form_value(form, "current"), &result, problem);
    if (!e)
        signin_say_confirm(form, "current", req, res, &result);
    return e;
}

// What guards an account is never replaced, only turned off and on again.
static enum err say_it_is_on(struct http_request *req, struct http_response *res, struct problem *problem)
{
    struct form form = form_empty(req->arena);
    form_problem(&form, "", VIEW_KEY("desk.factor.is_on"));
    res->status = 409;
    return send_off(req, res, &form, problem);
}

static enum err turn_on(struct http_request *req, struct http_response *res, struct problem *problem)
{
    struct form form;
    struct turning_on t = {.user = desk_user(req), .actor = desk_actor(req)};
    if (t.user->account.has_totp)
        return say_it_is_on(req, res, problem);
    enum err e = form_read(req->arena, req->body, req->body_len, &form, problem);
    if (!e)
        e = read_secret(&form, t.secret, problem);
    if (!e)
        e = check_on(req, res, &form, &t, problem);
    if (e)
        return e;
    if (form.failed)
        return send_on(req, res, &form, t.secret, problem);
    totp_make_recovery(t.codes);
    e = desk_write(req, keep_on, &t, problem);
    if (e == ERR_EXISTS) // turned on in another window meanwhile
        return say_it_is_on(req, res, problem);
    return e ? e : send_codes(req, res, &t, problem);
}

// --- off

static enum err keep_off(struct connection *writer, void *arg, struct problem *p)
{
    struct turning_on *t = arg;
    return totp_turn_off(writer, t->user->account.id, &t->actor, p);
}

static enum err turn_off(struct http_request *req, struct http_response *res, struct problem *problem)
{
    struct form form;
    struct credentials_result result;
    struct turning_on t = {.user = desk_user(req), .actor = desk_actor(req)};
    enum err e = form_read(req->arena, req->body, req->body_len, &form, problem);
    if (!e)
        e = credentials_confirm(req, form_value(&form, "current"), &result, problem);
    if (e)
        return e;
    signin_say_confirm(&form, "current", req, res, &result);
    if (form.failed)
        return send_off(req, res, &form, problem);
    e = desk_write(req, keep_off, &t, problem);
    if (!e)
        e = desk_flash(req, res, DESK_WARNING, VIEW_KEY("desk.factor.off_done"), NULL, problem);
    return e ? e : desk_see_other(res, "/desk/me", problem);
}

#define FORM .who = DESK_SIGNED_IN, .flags = DESK_POST, .body_limit = DESK_FORM_LIMIT

static const struct route rows[] = {
    {.pattern = "/desk/me/second-factor", .handler = show, .who = DESK_SIGNED_IN, .flags = DESK_GET},
    {.methods = ROUTE_POST, .pattern = "/desk/me/second-factor", .handler = turn_on, FORM},
    {.methods = ROUTE_POST, .pattern = "/desk/me/second-factor/off", .handler = turn_off, FORM},
};

const struct route_table desk_second_factor_routes = {.rows = rows, .count = sizeof rows / sizeof rows[0]};
