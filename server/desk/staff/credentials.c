#include "server/desk/staff/credentials.h"

#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "common/number.h"
#include "content/history.h"
#include "content/staff/password.h"
#include "content/staff/throttle.h"
#include "content/staff/totp.h"
#include "content/store/store.h"
#include "server/desk/frame/cookies.h"
#include "server/desk/staff/device.h"
#include "server/view/view.h"

// --- tickets: "ACCOUNT.EXPIRES.MAC"; the MAC covers the browser's own cookie, so that a ticket is good in
// one browser only. The key lives as long as the process: after a restart the password is asked for again.

enum { TICKET_LIFE_S = 300, MAC_HEX = 2 * crypto_auth_BYTES + 1 };

static unsigned char ticket_key[crypto_auth_KEYBYTES];
static pthread_once_t ticket_key_made = PTHREAD_ONCE_INIT;

static void make_ticket_key(void)
{
    crypto_auth_keygen(ticket_key);
}

static bool ticket_mac(const struct http_request *req, int64_t account_id, int64_t expires, char ret[MAC_HEX])
{
    unsigned char mac[crypto_auth_BYTES];
    const char *browser = cookies_get(req, COOKIES_START);
    const char *text =
        browser ? arena_printf(req->arena, "%lld.%lld.%s", (long long)account_id, (long long)expires, browser)
                : NULL;
    if (!text)
        return false;
    pthread_once(&ticket_key_made, make_ticket_key);
    crypto_auth(mac, (const unsigned char *)text, strlen(text), ticket_key);
    sodium_bin2hex(ret, MAC_HEX, mac, sizeof mac);
    return true;
}

static const char *make_ticket(const struct http_request *req, int64_t account_id)
{
    char mac[MAC_HEX];
    int64_t expires = clock_now() + TICKET_LIFE_S;
    if (!ticket_mac(req, account_id, expires, mac))
        return NULL;
    return arena_printf(req->arena, "%lld.%lld.%s", (long long)account_id, (long long)expires, mac);
}

static bool read_ticket(const struct http_request *req, const char *ticket, int64_t *ret_account_id)
{
    int64_t account_id, expires;
    char mac[MAC_HEX];
    if (!number_take(&ticket, 1, NUMBER_DIGITS_MAX, &account_id) || *ticket++ != '.' ||
        !number_take(&ticket, 1, NUMBER_DIGITS_MAX, &expires) || *ticket++ != '.')
        return false;
    if (strlen(ticket) != MAC_HEX - 1 || !ticket_mac(req, account_id, expires, mac) ||
        sodium_memcmp(mac, ticket, MAC_HEX - 1) != 0 || clock_now() > expires)
        return false;
    *ret_account_id = account_id;
    return true;
}

// --- throttling

struct attempt {
    const struct http_request *req;
    const char *name;
    char address[REQUEST_REMOTE_SIZE];
    int64_t account_id;
    const char *code;
    int64_t now, wait;
};

static enum err count_try(struct connection *writer, void *arg, struct problem *p)
{
    struct attempt *a = arg;
    a->now = clock_now();
    return throttle_begin(writer, a->name, a->address, a->now, &a->wait, p);
}

static enum err take_back_try(struct connection *writer, void *arg, struct problem *p)
{
    const struct attempt *a = arg;
    return throttle_take_back(writer, a->name, a->address, a->now, p);
}

// Sets the verdict when one has to wait.
static enum err begin_try(struct attempt *a, struct credentials_result *ret, struct problem *p)
{
    enum err e = desk_write(a->req, count_try, a, p);
    ret->wait = a->wait;
    if (!e && ret->wait > 0)
        ret->verdict = CREDENTIALS_WAIT;
    return e;
}

// After a try that was begun: only what was wrong stays counted.
static enum err end_try(struct attempt *a, const struct credentials_result *result, struct problem *p)
{
    bool right = result->verdict == CREDENTIALS_GOOD || result->verdict == CREDENTIALS_NEED_CODE;
    return right ? desk_write(a->req, take_back_try, a, p) : ERR_NONE;
}

// --- the second factor

static enum err use_code(struct connection *writer, void *arg, struct problem *p)
{
    const struct attempt *a = arg;
    return totp_sign_in(writer, a->account_id, a->code, clock_now(), p);
}

static enum err check_code(struct attempt *a, struct credentials_result *ret, struct problem *p)
{
    ret->ticket = make_ticket(a->req, ret->account.id);
    if (!a->code || !*a->code) {
        ret->verdict = CREDENTIALS_NEED_CODE;
        return ERR_NONE;
    }
    a->account_id = ret->account.id;
    enum err e = desk_write(a->req, use_code, a, p);
    if (e && e != ERR_DENIED)
        return e;
    enum credentials_verdict wrong =
        totp_is_recovery(a->code) ? CREDENTIALS_WRONG_RECOVERY : CREDENTIALS_WRONG_CODE;
    ret->verdict = e ? wrong : CREDENTIALS_GOOD;
    return ERR_NONE;
}

// --- the first

static enum err check_password(struct connection *reader, struct attempt *a, const char *password,
                               struct credentials_result *ret, struct problem *p)
{
    char *hash = NULL;
    enum err e = account_find(reader, a->req->arena, a->name, &ret->account, NULL);
    bool usable = e == ERR_NONE && !ret->account.disabled_at;
    if (e && e != ERR_NOT_FOUND)
        return problem_set(p, e, NULL, "the account cannot be read");
    e = usable ? account_password_hash(reader, a->req->arena, ret->account.id, &hash, p) : ERR_NONE;
    if (e)
        return e;
    bool right = password_verify(password, hash) && hash;
    ret->verdict = right ? CREDENTIALS_GOOD : CREDENTIALS_WRONG;
    return right && ret->account.has_totp ? check_code(a, ret, p) : ERR_NONE;
}

static enum err first_step(struct connection *reader, struct attempt *a, const struct credentials *given,
                           struct credentials_result *ret, struct problem *p)
{
    a->name = given->name ? given->name : "";
    enum err e = begin_try(a, ret, p);
    if (e || ret->verdict == CREDENTIALS_WAIT)
        return e;
    e = check_password(reader, a, given->password ? given->password : "", ret, p);
    return e ? e : end_try(a, ret, p);
}

static enum err second_step(struct connection *reader, struct attempt *a, const struct credentials *given,
                            struct credentials_result *ret, struct problem *p)
{
    int64_t id;
    ret->verdict = CREDENTIALS_OVER;
    if (!read_ticket(a->req, given->ticket, &id))
        return ERR_NONE;
    enum err e = account_load(reader, a->req->arena, id, &ret->account, p);
    if (e)
        return e == ERR_NOT_FOUND ? ERR_NONE : e;
    if (ret->account.disabled_at || !ret->account.has_totp)
        return ERR_NONE;
    a->name = ret->account.name;
    e = begin_try(a, ret, p);
    if (e || ret->verdict == CREDENTIALS_WAIT)
        return e;
    e = check_code(a, ret, p);
    return e ? e : end_try(a, ret, p);
}

enum err credentials_confirm(const struct http_request *req, const char *password,
                             struct credentials_result *ret, struct problem *p)
{
    const struct app *app = req->app;
    const struct desk_user *user = desk_user(req);
    struct attempt a = {.req = req, .name = user->account.name};
    struct connection *reader = NULL;
    char *hash = NULL;
    *ret = (struct credentials_result){.verdict = CREDENTIALS_WRONG, .account = user->account};
    request_remote(req, a.address);
    enum err e = store_reader(app->store, &reader, p);
    if (!e)
        e = begin_try(&a, ret, p);
    if (e || ret->verdict == CREDENTIALS_WAIT)
        return e;
    e = account_password_hash(reader, req->arena, user->account.id, &hash, p);
    if (e)
        return e;
    bool right = password_verify(password ? password : "", hash) && hash;
    ret->verdict = right ? CREDENTIALS_GOOD : CREDENTIALS_WRONG;
    return end_try(&a, ret, p);
}

enum err credentials_check(const struct http_request *req, const struct credentials *given,
                           struct credentials_result *ret, struct problem *p)
{
    const struct app *app = req->app;
    struct attempt a = {.req = req, .code = given->code};
    struct connection *reader = NULL;
    *ret = (struct credentials_result){.verdict = CREDENTIALS_WRONG};
    request_remote(req, a.address);
    enum err e = store_reader(app->store, &reader, p);
    if (e)
        return e;
    bool second = given->ticket && *given->ticket;
    return (second ? second_step : first_step)(reader, &a, given, ret, p);
}

// --- the session

struct signing_in {
    const struct http_request *req;
    const struct account *account;
    char token[SESSION_TOKEN_SIZE];
    const char *csrf;
    const char *taken_off_by; // NULL: nobody took the second factor off
    int64_t taken_off_by_id;
};

static enum err end_old(struct connection *writer, const struct http_request *req, struct problem *p)
{
    struct session old;
    const char *token = cookies_get(req, COOKIES_SESSION);
    enum err e = token ? session_find(writer, req->arena, token, clock_now(), &old, NULL) : ERR_NOT_FOUND;
    if (e == ERR_NOT_FOUND)
        return ERR_NONE;
    return e ? e : session_end(writer, old.id, p);
}

static enum err start(struct connection *writer, void *arg, struct problem *p)
{
    struct signing_in *s = arg;
    struct session session;
    struct actor actor = {.account_id = s->account->id, .name = s->account->name};
    char subject[32], device[DEVICE_SIZE];
    snprintf(subject, sizeof subject, "account:%lld", (long long)s->account->id);
    device_words(request_header(s->req, "User-Agent"), device);
    enum err e =
        totp_taken_off_by(writer, s->req->arena, s->account->id, &s->taken_off_by, &s->taken_off_by_id, p);
    if (!e)
        e = end_old(writer, s->req, p);
    if (!e)
        e = session_sweep(writer, clock_now(), p);
    if (!e)
        e = session_start(writer, s->account->id, device, clock_now(), s->token, p);
    if (!e)
        e = throttle_passed(writer, s->account->name, p);
    if (!e)
        e = history_audit(writer, &actor, "account.sign-in", subject, NULL, p);
    if (!e)
        e = session_find(writer, s->req->arena, s->token, clock_now(), &session, p);
    if (!e)
        s->csrf = arena_strdup(s->req->arena, session.csrf);
    return e;
}

static enum err tell_taken_off(const struct http_request *req, struct http_response *res,
                               const struct signing_in *s, struct problem *p)
{
    const char *key = s->taken_off_by_id ? VIEW_KEY("desk.factor.taken_off")
                                         : VIEW_KEY("desk.factor.taken_off_at_the_machine");
    json_t *values = json_pack("{s:s}", "who", s->taken_off_by);
    enum err e = desk_flash(req, res, DESK_WARNING, key, values, p);
    json_decref(values);
    return e;
}

enum err credentials_sign_in(const struct http_request *req, struct http_response *res,
                             const struct account *account, const char **ret_csrf, struct problem *p)
{
    struct signing_in s = {.req = req, .account = account};
    enum err e = desk_write(req, start, &s, p);
    if (!e)
        e = cookies_set(req, res, COOKIES_SESSION, s.token, p);
    if (!e && s.taken_off_by)
        e = tell_taken_off(req, res, &s, p);
    if (!e && ret_csrf)
        *ret_csrf = s.csrf;
    return e;
}
