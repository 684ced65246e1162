// CommonMark 0.30 to HTML that is safe to send, and to plain text. Thread-safe throughout.
//
// Raw HTML is left out. A link passes when it is relative (but not "//host"), http, https or mailto; any
// other loses its address and keeps its words. A link that leads outside gets rel="noopener nofollow".
//
// The parser (cmark) ends the process when memory is out; the limits below keep what it can ask for small.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "common/buf.h"
#include "common/err.h"
#include "server/view/html.h"

#define MARKDOWN_SIZE_MAX    (64 << 10) // bytes of input: some 10,000 words; the worst costs cmark 0.2 s
#define MARKDOWN_NESTING_MAX 50         // quotes and lists within each other, emphasis within emphasis

struct markdown_options {
    int heading_shift;    // added to each heading's level; the result is kept from 2 to 6. 0: "##" is <h2>
    bool images;          // keep images whose address begins with "/media/"; all others leave their words
    const char *own_base; // "https://host": links below it do not lead outside; may be NULL
};

// *o may be NULL: all members 0. ERR_TOO_LARGE beyond the limits, ERR_INVALID when the text is not UTF-8.
// Free *ret with html_free.
enum err markdown_html(const char *text, size_t len, const struct markdown_options *o, struct html *ret,
                       struct problem *p);

// Appends the words alone: blocks on lines of their own, no markup, images by their words, no raw HTML. For
// summaries, search and descriptions. Errors as above; *out is then unchanged.
enum err markdown_text(const char *text, size_t len, struct buf *out, struct problem *p);
