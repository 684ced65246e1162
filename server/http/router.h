// The compiled route table, and finding the row for a request. Built once; matching is thread-safe.
#pragma once

#include <stddef.h>

#include "common/err.h"
#include "server/http/request.h"
#include "server/http/route.h"
#include "server/http/target.h"

struct router;

// ERR_INVALID names the row that is wrong. `languages` is NULL-terminated. Rows and languages stay the
// caller's.
enum err router_make(const struct route_table *tables, size_t count, const char *const *languages,
                     bool has_guard, struct router **ret_router, struct problem *p);
void router_free(struct router *r);

enum router_result {
    ROUTER_FOUND,
    ROUTER_REDIRECT, // the row has the other form of the final slash
    ROUTER_NO_METHOD,
    ROUTER_NOT_FOUND,
};

struct router_match {
    const struct route *route; // ROUTER_FOUND
    size_t index;              // of the row, over all tables
    size_t value_count;
    struct {
        const char *name; // not NUL-terminated
        size_t name_len;
        size_t segment; // of the target
    } values[ROUTE_MAX_VALUES];
    int lang;         // index of {lang}, -1 when the row has none
    unsigned allowed; // of enum route_method: what the address answers to
};

// `method` is HTTP_HEAD or what a row names. Joins the segments of "{name*}" in the target when such a row is
// found.
enum router_result router_find(const struct router *r, struct target *t, enum http_method method,
                               struct router_match *m);

// How many rows there are: more than any router_match.index.
size_t router_count(const struct router *r);

// How much of `path` (as sent) may be shown to others: all of it, or no more than the literal beginning of a
// row with ROUTE_SECRET that it shares.
size_t router_shown(const struct router *r, const char *path);

// The row's bit for a method; HEAD is GET's. 0 for what no row can name.
unsigned router_method_bit(enum http_method method);
