// One page of the desk being made: a read transaction, a context for the template, and what every page of the
// desk has around its own part: menu, who is signed in, the language switch, the words after a change, the
// token for forms.
//
//     static enum err show(struct http_request *req, struct http_response *res, struct problem *problem)
//     {
//         cleanup_screen struct screen screen = {.req = req};
//         enum err e = screen_open(&screen, req, res, problem);
//         …                       // reads with screen.db, puts into screen.context
//         (server/visitor/context.h) screen.title = VIEW_KEY("desk.accounts.title"); return e ? e :
//         screen_send(&screen, "desk/accounts", problem);
//     }
//
// Every form of a template carries {{>desk/csrf}}. One thread.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "common/cleanup.h"
#include "common/err.h"
#include "server/desk/frame/frame.h"
#include "server/visitor/context.h"

struct screen {
    struct http_request *req;
    struct http_response *res;
    const struct app *app;
    const struct desk_user *user; // NULL: nobody is signed in
    struct arena *arena;          // the request's
    const char *lang;             // of the desk
    struct connection *db; // the thread's reader, in one read transaction until screen_send or screen_close
    bool reading;
    struct context context;

    // To be set before screen_send.
    const char *title;      // message key of <title> and <h1>
    const char *title_text; // instead of the key: text as it stands ("Đình Bình Thủy")
    const char *menu;       // which entry of the menu is current: its address, "/desk/accounts"; NULL: none
    bool plain;             // no menu: sign-in and the like
    bool wide;              // tables and maps: more than a column of text
    int refresh;            // seconds after which a browser without scripts asks again; 0: never
};

// Begins. `screen->req` may be anything before. Close with screen_close, on failure too.
enum err screen_open(struct screen *screen, struct http_request *req, struct http_response *res,
                     struct problem *problem);

// As screen_open without the store, for pages that tell that something is wrong.
enum err screen_open_bare(struct screen *screen, struct http_request *req, struct http_response *res);

// Ends the read transaction and renders `template` ("desk/accounts") into the answer. The status stays what
// res->status is: 422 for a form with problems.
enum err screen_send(struct screen *screen, const char *template, struct problem *problem);

void screen_close(struct screen *screen);
#define cleanup_screen CLEANUP(screen_close)

// A message in the desk's language, in the arena; `values` may be NULL. Never NULL: without memory the
// context fails and the text is empty.
const char *screen_words(struct screen *screen, const char *key, const json_t *values);
// The same when the language (or Vietnamese) has the message, else NULL.
const char *screen_words_if(struct screen *screen, const char *key, const json_t *values);

// A message as member `member` of `object`.
void screen_message(struct screen *screen, json_t *object, const char *member, const char *key,
                    const json_t *values);

// An instant as "22/11/2026, 14:05" (UTC+7) and, for <time datetime>, `member`_at. 0 sets nothing.
void screen_time(struct screen *screen, json_t *object, const char *member, int64_t when);
// The same in words of distance: "vừa xong", "5 phút trước", "hôm qua", then the date.
void screen_ago(struct screen *screen, json_t *object, const char *member, int64_t when);

// What the language is called in the desk's language, as within a sentence: "tiếng Anh".
const char *screen_language(struct screen *screen, const char *tag);

// A number of bytes as people say it: "3 MB".
void screen_size(struct screen *screen, json_t *object, const char *member, int64_t bytes);

// The text of a words column in the desk's language, else in any; in the arena, NULL when there is none.
const char *screen_label(struct screen *screen, const char *words);

// Puts `csrf`, the token of forms, into the context; screen_send does it. Before anybody is signed in the
// token is bound to the browser by a cookie of its own.
enum err screen_put_token(struct screen *screen, struct problem *problem);
