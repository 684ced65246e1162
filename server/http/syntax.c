#include "server/http/syntax.h"

#include <string.h>

bool syntax_is_token(const char *text, size_t len)
{
    static const bool table[256] = {
        ['!'] = 1, ['#'] = 1, ['$'] = 1, ['%'] = 1,         ['&'] = 1,         ['\''] = 1,
        ['*'] = 1, ['+'] = 1, ['-'] = 1, ['.'] = 1,         ['^'] = 1,         ['_'] = 1,
        ['`'] = 1, ['|'] = 1, ['~'] = 1, ['0' ... '9'] = 1, ['A' ... 'Z'] = 1, ['a' ... 'z'] = 1,
    };
    for (size_t i = 0; i < len; i++)
        if (!table[(unsigned char)text[i]])
            return false;
    return len > 0;
}

bool syntax_has_control(const char *text, size_t len, const char *allowed)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if ((c < ' ' || c == 0x7F) && (c == '\0' || !strchr(allowed, c)))
            return true;
    }
    return false;
}
