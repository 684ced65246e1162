#include "content/editing/desk_list_parts.h"

#include <string.h>

#include "content/code/code.h"
#include "content/search.h"

const char *const desk_list_nothing = "\"\"";

const char *desk_list_expression(const char *query, struct buf *out)
{
    if (!query || !query[0])
        return NULL;
    return search_expression(query, out) ? out->data : desk_list_nothing;
}

void desk_list_bind_account(struct query *q, int index, int64_t account_id)
{
    if (account_id)
        query_bind_int(q, index, account_id);
}

struct desk_list_range desk_list_range(const struct desk_counted *counted, int limit, int64_t offset)
{
    struct desk_list_range range = {.limit = limit, .offset = offset};
    if (!counted->known || offset <= counted->total / 2)
        return range;
    int64_t left = counted->total > offset ? counted->total - offset : 0;
    range.limit = left < limit ? left : limit;
    range.offset = left - range.limit;
    range.from_end = true;
    return range;
}

bool desk_list_is_empty(const struct desk_counted *counted, int64_t offset)
{
    return counted->known && offset >= counted->total;
}

enum err desk_list_count_states(struct query *counting, const char *const *states, int64_t *ret_counts,
                                size_t count, struct problem *p)
{
    cleanup_query struct query *q = counting;
    bool row;
    enum err e;
    memset(ret_counts, 0, count * sizeof *ret_counts);
    while (!(e = query_step(q, &row, p)) && row)
        for (size_t i = 0; i < count; i++)
            if (strcmp(query_text_or_empty(q, 0), states[i]) == 0)
                ret_counts[i] = query_int(q, 1);
    return e;
}

const char *desk_list_code_pattern(const char *query, struct buf *out)
{
    char code[CODE_SIZE];
    if (!query || !query[0])
        return NULL;
    if (code_read(query, code) != CODE_READ_NOT_CODE) {
        buf_append_str(out, code);
        return out->failed ? NULL : out->data;
    }
    for (const char *at = query; *at && out->len < CODE_LENGTH; at++) {
        bool symbol = (*at >= '0' && *at <= '9') || (*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z');
        if (!symbol && *at != '-' && *at != ' ')
            return NULL;
        if (symbol)
            buf_append_char(out, *at);
    }
    buf_append_char(out, '%');
    return out->failed || out->len < 3 ? NULL : out->data;
}
