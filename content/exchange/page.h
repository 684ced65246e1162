// Private to content/exchange: a site's text in one language as a Markdown file, LANG.md of a bundle.
#pragma once

#include <stddef.h>

#include "common/arena.h"
#include "common/buf.h"
#include "common/err.h"

#define PAGE_SUMMARY_MAX 400 // characters that lists and search engines show

struct page {
    const char *title;
    const char *summary; // one line of plain text; may be empty
    const char *body;    // CommonMark, without line ends at its end; may be empty
};

// Takes a file apart. The first line is "# title". The first block behind it is the summary when it is a
// paragraph: its lines are joined, and a backslash before a mark of punctuation means that mark, as
// everywhere in CommonMark. Where the first block is something else (a heading, a list, a quotation, code, a
// comment) there is no summary; the comment that page_write leaves there is no part of the body. ERR_INVALID
// with the line: not UTF-8, a NUL, no title.
enum err page_read(const char *text, size_t len, struct arena *a, struct page *ret, struct problem *p);

// Appends the file that page_read takes apart into the same page. Line ends inside title and summary become
// spaces. Failure is the buffer's.
void page_write(const struct page *page, struct buf *out);
