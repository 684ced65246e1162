// Long lists in pages. Thread-safe.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define PAGING_SIZE 24 // sites on a page: fills rows of two, three and four

struct paging {
    int64_t page; // from 1
    int64_t pages;
    int64_t total;
    int64_t offset; // of the first item on the page
};

// Reads a page number as an address has it: NULL is 1; otherwise 1 to 9 digits without a leading zero. False
// for anything else.
bool paging_read(const char *text, int64_t *ret_page);

// False when a list of `total` items has no such page. An empty list has one page.
bool paging_make(int64_t page, int64_t total, struct paging *ret);
