// The password of a link. Who has given it gets a cookie that is good for this link alone, for half a day: as
// long as a download over a weak line may take. It is a MAC under a key made of the password's hash, which
// nobody outside the store knows, so it outlives a restart and ends with the link.
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/hash.h"
#include "common/number.h"
#include "content/staff/password.h"
#include "content/staff/throttle.h"
#include "content/store/store.h"
#include "server/app.h"
#include "server/desk/frame/form.h"
#include "server/parcel/parcel_parts.h"

enum { PASS_LIFE_S = 12 * 3600, MAC_HEX = 2 * crypto_auth_BYTES + 1 };
_Static_assert(crypto_auth_KEYBYTES == crypto_hash_sha256_BYTES, "a hash makes a key");

static bool make_mac(const struct parcel_link *link, long long expires, char ret[MAC_HEX])
{
    unsigned char key[crypto_auth_KEYBYTES], mac[crypto_auth_BYTES];
    char text[160];
    crypto_hash_sha256_state state;
    static const unsigned char purpose[] = "the pass of a parcel";
    crypto_hash_sha256_init(&state);
    crypto_hash_sha256_update(&state, purpose, sizeof purpose);
    crypto_hash_sha256_update(&state, (const unsigned char *)link->password_hash,
                              strlen(link->password_hash));
    crypto_hash_sha256_final(&state, key);
    int len = snprintf(text, sizeof text, "%s.%lld", link->id, expires);
    if (len < 0 || (size_t)len >= sizeof text)
        return false;
    crypto_auth(mac, (const unsigned char *)text, (size_t)len, key);
    sodium_bin2hex(ret, MAC_HEX, mac, sizeof mac);
    sodium_memzero(key, sizeof key);
    return true;
}

// "__Secure-": not by a plain connection; "__Host-" would ask for the path "/" (RFC 6265bis section 4.1.3).
static const char *cookie_name(const struct http_request *req)
{
    return req->is_https ? "__Secure-stele-parcel" : "stele-parcel";
}

bool parcel_has_pass(const struct http_request *req, const struct parcel *parcel)
{
    int64_t expires;
    char wanted[MAC_HEX];
    if (!parcel->link.password_hash)
        return true;
    const char *value = request_cookie(req, cookie_name(req));
    if (!value || !number_take(&value, 1, NUMBER_DIGITS_MAX, &expires) || *value++ != '.' ||
        strlen(value) != MAC_HEX - 1 || expires <= clock_now() || !make_mac(&parcel->link, expires, wanted))
        return false;
    return sodium_memcmp(value, wanted, MAC_HEX - 1) == 0;
}

static enum err give_pass(const struct http_request *req, struct http_response *res,
                          const struct parcel *parcel, struct problem *p)
{
    long long expires = clock_now() + PASS_LIFE_S;
    char mac[MAC_HEX];
    const char *header = NULL;
    if (make_mac(&parcel->link, expires, mac))
        header = arena_printf(req->arena, "%s=%lld.%s; Path=%s; Max-Age=%d; SameSite=Lax; HttpOnly%s",
                              cookie_name(req), expires, mac, parcel->path, PASS_LIFE_S,
                              req->is_https ? "; Secure" : "");
    return header ? response_header(res, "Set-Cookie", header, p)
                  : problem_set(p, ERR_MEMORY, NULL, "out of memory");
}

// --- trying

struct attempt {
    const char *name; // of the link, for the growing waits
    char address[REQUEST_REMOTE_SIZE];
    int64_t now, wait;
};

static enum err begin_try(struct connection *writer, void *arg, struct problem *p)
{
    struct attempt *a = arg;
    return throttle_begin(writer, a->name, a->address, a->now, &a->wait, p);
}

static enum err forget_failures(struct connection *writer, void *arg, struct problem *p)
{
    const struct attempt *a = arg;
    enum err e = throttle_take_back(writer, a->name, a->address, a->now, p);
    return e ? e : throttle_passed(writer, a->name, p);
}

static enum err try_password(struct http_request *req, struct http_response *res, const struct parcel *parcel,
                             struct problem *p)
{
    struct form form;
    struct parcel_try said = {.wrong = false};
    struct attempt attempt = {.name = arena_printf(req->arena, "parcel %s", parcel->link.id),
                              .now = clock_now()};
    enum err e = form_read(req->arena, req->body, req->body_len, &form, p);
    request_remote(req, attempt.address);
    if (!e && !attempt.name)
        e = problem_set(p, ERR_MEMORY, NULL, "out of memory");
    if (!e)
        e = desk_write(req, begin_try, &attempt, p);
    if (e)
        return e;
    said.wait = attempt.wait;
    if (said.wait == 0)
        said.wrong = !password_verify(form_line(&form, "password"), parcel->link.password_hash);
    if (said.wrong || said.wait)
        return parcel_send_form(req, res, parcel, &said, p);
    e = desk_write(req, forget_failures, &attempt, p);
    if (!e)
        e = give_pass(req, res, parcel, p);
    const char *lang = request_param(req, "lang");
    bool english = lang && strcmp(lang, "en") == 0;
    return e ? e
             : desk_see_other(
                   res, english ? arena_printf(req->arena, "%s?lang=en", parcel->path) : parcel->path, p);
}

enum err parcel_enter(struct http_request *req, struct http_response *res, struct problem *problem)
{
    const struct app *app = req->app;
    struct connection *reader;
    struct parcel parcel = {.path = NULL};
    enum parcel_answer answer;
    enum err e = store_reader(app->store, &reader, problem);
    if (!e)
        e = parcel_open(reader, req, &parcel, &answer, problem);
    if (e)
        return e;
    if (answer == PARCEL_UNKNOWN || answer == PARCEL_OVER)
        return parcel_send(req, res, &parcel, answer, problem);
    if (!parcel.link.password_hash)
        return desk_see_other(res, parcel.path, problem);
    return try_password(req, res, &parcel, problem);
}
