#include "server/http/range.h"

#include <stdbool.h>
#include <stddef.h>
#include <strings.h>

static const char *skip_blanks(const char *at)
{
    while (*at == ' ' || *at == '\t')
        at++;
    return at;
}

// Digits at *at; saturates, as a position beyond every file is as good as any other. False when there are
// none.
static bool read_number(const char **at, uint64_t *ret)
{
    uint64_t n = 0;
    const char *start = *at;
    for (; **at >= '0' && **at <= '9'; (*at)++) {
        unsigned digit = (unsigned)(**at - '0');
        n = n > (UINT64_MAX - digit) / 10 ? UINT64_MAX : n * 10 + digit;
    }
    *ret = n;
    return *at > start;
}

enum range_result range_read(const char *header, uint64_t size, uint64_t *ret_first, uint64_t *ret_last)
{
    uint64_t first = 0, last = UINT64_MAX;
    if (!header || strncasecmp(header, "bytes=", 6) != 0)
        return RANGE_WHOLE;
    const char *at = skip_blanks(header + 6);
    bool has_first = read_number(&at, &first);
    if (*at++ != '-')
        return RANGE_WHOLE;
    bool has_last = read_number(&at, &last);
    if (*skip_blanks(at) || (!has_first && !has_last))
        return RANGE_WHOLE;
    if (!has_first) { // the last so many bytes
        if (last == 0 || size == 0)
            return RANGE_UNSATISFIABLE;
        *ret_first = last < size ? size - last : 0;
        *ret_last = size - 1;
        return RANGE_PART;
    }
    if (has_last && last < first)
        return RANGE_WHOLE;
    if (first >= size)
        return RANGE_UNSATISFIABLE;
    *ret_first = first;
    *ret_last = has_last && last < size ? last : size - 1;
    return RANGE_PART;
}
