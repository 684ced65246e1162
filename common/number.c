#include "common/number.h"

bool number_take(const char **at, size_t least, size_t most, int64_t *ret)
{
    int64_t value = 0;
    size_t n = 0;
    for (; n < most && (*at)[n] >= '0' && (*at)[n] <= '9'; n++)
        value = value * 10 + ((*at)[n] - '0');
    if (n < least)
        return false;
    *at += n;
    *ret = value;
    return true;
}
