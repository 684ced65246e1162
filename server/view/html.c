#include "server/view/html.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

void html_free(struct html *h)
{
    if (!h)
        return;
    free(h->data);
    *h = HTML_INIT;
}

static const char *const text_entities[256] = {
    ['&'] = "&amp;", ['<'] = "&lt;", ['>'] = "&gt;", ['"'] = "&quot;", ['\''] = "&#39;",
};

typedef unsigned char lanes __attribute__((vector_size(16)));

// True when one of the next 16 bytes has an entity.
static bool needs_escape(const char *at)
{
    lanes bytes;
    memcpy(&bytes, at, sizeof bytes);
    lanes found =
        (lanes)((bytes == '&') | (bytes == '<') | (bytes == '>') | (bytes == '"') | (bytes == '\''));
    uint64_t halves[2];
    memcpy(halves, &found, sizeof halves);
    return halves[0] | halves[1];
}

void html_escape(struct buf *out, const char *text, size_t len)
{
    size_t clean = 0;
    for (size_t i = 0, end; i < len; i = end) {
        bool whole = len - i >= sizeof(lanes);
        end = whole ? i + sizeof(lanes) : len;
        if (whole && !needs_escape(text + i))
            continue;
        for (; i < end; i++) {
            const char *entity = text_entities[(unsigned char)text[i]];
            if (!entity)
                continue;
            buf_append(out, text + clean, i - clean);
            buf_append_str(out, entity);
            clean = i + 1;
        }
    }
    buf_append(out, text + clean, len - clean);
}

// Unreserved and reserved characters of RFC 3986 section 2, and "%" of what is encoded already. Square
// brackets stand only in IPv6 hosts; & and ' are dealt with before.
static bool stands_in_url(unsigned char c)
{
    static const bool table[256] = {
        ['-'] = true, ['.'] = true,         ['_'] = true,         ['~'] = true,         [':'] = true,
        ['/'] = true, ['?'] = true,         ['#'] = true,         ['@'] = true,         ['!'] = true,
        ['$'] = true, ['('] = true,         [')'] = true,         ['*'] = true,         ['+'] = true,
        [','] = true, [';'] = true,         ['='] = true,         ['%'] = true,         ['['] = true,
        [']'] = true, ['0' ... '9'] = true, ['A' ... 'Z'] = true, ['a' ... 'z'] = true,
    };
    return table[c];
}

void html_escape_url(struct buf *out, const char *url, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)url[i];
        if (c == '&' || c == '\'')
            buf_append_str(out, text_entities[c]);
        else if (stands_in_url(c))
            buf_append_char(out, (char)c);
        else
            buf_printf(out, "%%%02X", c);
    }
}
