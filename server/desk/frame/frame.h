// The desk: what staff use, under /desk/. This is its frame; each screen is a module of its own (accounts.c)
// that exports one route table, named in desk.c, with templates in assets/templates/desk/ and words in
// assets/locales/LANG/desk-NAME.json under "desk.NAME".
//
// A screen is made of: a row (below), a struct screen (screen.h: the page around it), a form (form.h,
// field.h: what was typed, and what is wrong with it) or a list (list.h: search, filters, pages), and
// desk_write.
//
//     static const struct route rows[] = {
//         {.pattern = "/desk/accounts", .handler = show, .who = DESK_ADMIN, .flags = DESK_GET, .params =
//         params},
//         {.methods = ROUTE_POST, .pattern = "/desk/accounts", .handler = add, .who = DESK_ADMIN,
//          .flags = DESK_POST, .body_limit = DESK_FORM_LIMIT},
//     };
//     const struct route_table accounts_routes = {.rows = rows, .count = sizeof rows / sizeof rows[0]};
//
// The guard has answered for every handler: the session is good, the role may, a changing request comes from
// our own pages and carries the session's token. What is left to the handler is what depends on the thing
// itself: desk_may_publish, desk_may_work_in. Every answer of the desk is `private, no-store`. Every row runs
// on the worker pool, so handlers may read, write and wait for the disk, but not for other programs longer
// than a second.
#pragma once

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/err.h"
#include "content/actor.h"
#include "content/staff/account.h"
#include "content/staff/session.h"
#include "server/app.h"
#include "server/http/request.h"
#include "server/http/response.h"
#include "server/http/route.h"

struct connection;

// Who may, or-ed together: a row's `who`. Every row of the desk has one; nothing is the default.
enum desk_who {
    DESK_ANYBODY = 1, // also who is not signed in
    DESK_FIELD = 2,
    DESK_EDITOR = 4,
    DESK_ADMIN = 8,
};
#define DESK_WRITERS   (DESK_EDITOR | DESK_ADMIN)
#define DESK_SIGNED_IN (DESK_FIELD | DESK_EDITOR | DESK_ADMIN)

// What rows of the desk have as flags.
#define DESK_GET  (ROUTE_WORKER)
#define DESK_POST (ROUTE_WORKER | ROUTE_BODY | ROUTE_CSRF)

// body_limit of ordinary forms. Texts of a site in several languages, percent-encoded, need more; see
// MARKDOWN_SIZE_MAX.
#define DESK_FORM_LIMIT (64 << 10)

// Who is signed in: what the guard leaves in req->user. In the request's arena.
struct desk_user {
    struct account account;
    struct session session;
    const char *const *areas; // term keys; no areas: not limited
    size_t area_count;
};

// NULL when nobody is signed in, which only rows with DESK_ANYBODY see.
const struct desk_user *desk_user(const struct http_request *req);

// For audit rows and revisions: the signed-in account, or the words "the desk".
struct actor desk_actor(const struct http_request *req);

bool desk_may_publish(const struct desk_user *user); // admins, and editors who may

// True when the user may work on what lies in `area` (term key, NULL: no area). *ret untouched on failure.
enum err desk_may_work_in(struct connection *c, const struct desk_user *user, const char *area, bool *ret,
                          struct problem *p);

// The language of the desk's pages: the account's, else the cookie's, else the visitor's when the desk speaks
// it, else Vietnamese. Never NULL.
const char *desk_language(const struct http_request *req);
// The languages that the desk speaks, ending with NULL: "vi", "en".
extern const char *const desk_languages[];

// --- writing

// How long a request waits for the store while an import or another program writes: a person waits for it,
// and so does everybody whose request stands behind on the worker pool.
#define DESK_WAIT_MS 1000

// A change in one transaction: on ERR_NONE it is committed, otherwise all of it is rolled back. ERR_BUSY when
// the store is not free within DESK_WAIT_MS.
typedef enum err desk_change(struct connection *writer, void *arg, struct problem *p);
enum err desk_write(const struct http_request *req, desk_change *change, void *arg, struct problem *p);
// The same for what nobody would miss: it does not wait at all.
enum err desk_write_now(const struct http_request *req, desk_change *change, void *arg, struct problem *p);

// --- answers

// 303 to an address of the desk ("/desk/accounts"): after every change, so that a reload repeats nothing.
enum err desk_see_other(struct http_response *res, const char *location, struct problem *p);

enum desk_tone { DESK_DONE, DESK_WARNING };

// Words for the next page: message `key` ("desk.accounts.added"), placeholders from `values` (may be NULL,
// borrowed, an object of texts and numbers; beyond 1 KB the longest texts are cut short). A member "undo"
// that begins with "/desk/" adds a button that posts to that address. Kept in a cookie that lives for a
// minute and is gone once shown.
enum err desk_flash(const struct http_request *req, struct http_response *res, enum desk_tone tone,
                    const char *key, const json_t *values, struct problem *p);

// An answer in JSON, for scripts; `value` is borrowed. ERR_MEMORY.
enum err desk_json(struct http_response *res, int status, const json_t *value);

// True when a script asks (Accept: application/json): errors are then JSON, and 401 instead of the sign-in
// page.
bool desk_wants_json(const struct http_request *req);

// `next` when it is a local address of the desk ("/desk" alone, or followed by "/" or "?"; no backslash, no
// control character, no "//", no dot segments), else "/desk/".
const char *desk_local(const char *next);
