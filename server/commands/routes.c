// `stele routes`: every address that the server answers, and who may. What the program serves is what is
// printed: both come from the same tables.
#include <stdio.h>
#include <string.h>

#include "common/buf.h"
#include "server/commands/commands.h"
#include "server/commands/rooms.h"
#include "server/desk/desk.h"
#include "server/desk/frame/frame.h"

struct bit {
    unsigned bit;
    const char *name;
};

static const struct bit methods[] = {
    {ROUTE_GET, "GET"},     {ROUTE_POST, "POST"},     {ROUTE_PUT, "PUT"},
    {ROUTE_PATCH, "PATCH"}, {ROUTE_DELETE, "DELETE"},
};
static const struct bit roles[] = {
    {DESK_ANYBODY, "anybody"},
    {DESK_FIELD, "field"},
    {DESK_EDITOR, "editor"},
    {DESK_ADMIN, "admin"},
};
static const struct bit flags[] = {
    {ROUTE_CSRF, "csrf"},
    {ROUTE_BODY, "body"},
    {ROUTE_WORKER, "worker"},
    {ROUTE_CACHE, "cache"},
};

static const char *list(const struct bit *bits, size_t count, unsigned value, struct buf *out)
{
    buf_reset(out);
    for (size_t i = 0; i < count; i++)
        if (value & bits[i].bit)
            buf_printf(out, "%s%s", out->len ? "," : "", bits[i].name);
    return out->len ? out->data : "-";
}
#define LIST(bits, value, out) list(bits, sizeof(bits) / sizeof((bits)[0]), value, out)

int routes_command(const struct settings *settings, const char *const *arguments)
{
    (void)settings, (void)arguments;
    cleanup_buf struct buf method = BUF_INIT, who = BUF_INIT, flag = BUF_INIT;
    struct route_table tables[ROOMS_MAX];
    size_t count = rooms_tables(tables);
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < tables[i].count; j++) {
            const struct route *row = &tables[i].rows[j];
            printf("%s\t%s\t%s\t%s\n", LIST(methods, row->methods ? row->methods : ROUTE_GET, &method),
                   row->pattern, row->who ? LIST(roles, row->who, &who) : "everybody",
                   LIST(flags, row->flags, &flag));
        }
    return STATUS_DONE;
}
