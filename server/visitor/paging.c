#include "server/visitor/paging.h"

#include <string.h>

bool paging_read(const char *text, int64_t *ret_page)
{
    int64_t page = 0;
    if (!text) {
        *ret_page = 1;
        return true;
    }
    size_t len = strlen(text);
    if (len < 1 || len > 9 || text[0] == '0' || strspn(text, "0123456789") != len)
        return false;
    for (const char *at = text; *at; at++)
        page = page * 10 + (*at - '0');
    *ret_page = page;
    return true;
}

bool paging_make(int64_t page, int64_t total, struct paging *ret)
{
    int64_t pages = total > 0 ? (total + PAGING_SIZE - 1) / PAGING_SIZE : 1;
    if (page < 1 || page > pages)
        return false;
    *ret = (struct paging){.page = page, .pages = pages, .total = total, .offset = (page - 1) * PAGING_SIZE};
    return true;
}
