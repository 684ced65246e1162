#include "content/rows.h"

#include <string.h>

#include "content/store/query.h"

static enum err no_memory(struct problem *p)
{
    return problem_set(p, ERR_MEMORY, NULL, "out of memory");
}

// The arena cannot grow a block in place: a doubled copy, the old one is released with the arena.
static char *grow(struct arena *a, char *items, size_t count, size_t *capacity, size_t item_size)
{
    size_t wanted = *capacity ? *capacity * 2 : 8;
    char *bigger = arena_array(a, wanted, item_size);
    if (bigger && count)
        memcpy(bigger, items, count * item_size);
    *capacity = wanted;
    return bigger;
}

enum err rows_collect(struct query *started, struct arena *a, size_t item_size, rows_read *read,
                      void **ret_items, size_t *ret_count, struct problem *p)
{
    cleanup_query struct query *q = started;
    char *items = NULL;
    size_t count = 0, capacity = 0;
    bool row;
    enum err e;
    while (!(e = query_step(q, &row, p)) && row) {
        if (count == capacity && !(items = grow(a, items, count, &capacity, item_size)))
            return no_memory(p);
        if (!read(q, a, items + count * item_size))
            return no_memory(p);
        count++;
    }
    if (e)
        return e;
    *ret_items = items;
    *ret_count = count;
    return ERR_NONE;
}

enum err rows_one(struct query *started, struct arena *a, rows_read *read, void *item, const char *missing,
                  struct problem *p)
{
    cleanup_query struct query *q = started;
    bool row;
    enum err e = query_step(q, &row, p);
    if (e)
        return e;
    if (!row)
        return problem_set(p, ERR_NOT_FOUND, NULL, "%s", missing);
    return read(q, a, item) ? ERR_NONE : no_memory(p);
}
