// Private to content/exchange: names in archives are UTF-8, whatever locale the program was started in.
// libarchive asks the thread's locale; for the length of a block this one is it:
//     cleanup_utf8 struct utf8 utf8 = utf8_enter();
#pragma once

#include <locale.h>

#include "common/cleanup.h"

struct utf8 {
    locale_t own, before; // own 0: the system has none, and names beyond ASCII are refused
};

static inline struct utf8 utf8_enter(void)
{
    struct utf8 utf8 = {.own = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0)};
    utf8.before = uselocale(utf8.own); // with 0 it only tells
    return utf8;
}

static inline void utf8_leave(struct utf8 *utf8)
{
    uselocale(utf8->before);
    if (utf8->own)
        freelocale(utf8->own);
}
#define cleanup_utf8 __attribute__((unused)) CLEANUP(utf8_leave) // it is there for its end
