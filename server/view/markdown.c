#include "server/view/markdown.h"

#include <cmark.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/fold.h"
#include "common/pool.h"

static const struct markdown_options standard_options;

static void free_document(cmark_node **node)
{
    if (*node)
        cmark_node_free(*node);
}
#define cleanup_document CLEANUP(free_document)

static void free_iterator(cmark_iter **iter)
{
    if (*iter)
        cmark_iter_free(*iter);
}
#define cleanup_iterator CLEANUP(free_iterator)

// ---- memory: a document is a hundred small blocks that live as long as the page is being made

static void *or_abort(void *block)
{
    if (!block)
        abort(); // as cmark's own allocator does
    return block;
}

static void *take_zeroed(size_t count, size_t size)
{
    size_t total;
    bool fits = !__builtin_mul_overflow(count, size, &total);
    return memset(or_abort(fits ? pool_alloc(total) : NULL), 0, total);
}

static void *take_larger(void *block, size_t size)
{
    return or_abort(pool_realloc(block, size));
}

static cmark_mem memory = {take_zeroed, take_larger, pool_free};

static cmark_node *read_document(const char *text, size_t len)
{
    cmark_parser *parser = cmark_parser_new_with_mem(CMARK_OPT_DEFAULT, &memory);
    cmark_parser_feed(parser, text, len);
    cmark_node *document = cmark_parser_finish(parser);
    cmark_parser_free(parser);
    return document;
}

// ---- reading

static bool is_too_deep(cmark_node *document)
{
    cleanup_iterator cmark_iter *iter = cmark_iter_new(document);
    int depth = 0;
    cmark_event_type event;
    while ((event = cmark_iter_next(iter)) != CMARK_EVENT_DONE) {
        bool leaf = !cmark_node_first_child(cmark_iter_get_node(iter));
        if (event == CMARK_EVENT_EXIT)
            depth--;
        else if (!leaf && ++depth > MARKDOWN_NESTING_MAX)
            return true;
    }
    return false;
}

static enum err parse(const char *text, size_t len, cmark_node **ret, struct problem *p)
{
    if (len > MARKDOWN_SIZE_MAX)
        return problem_set(p, ERR_TOO_LARGE, NULL,
                           "The text has %zu bytes; %d are allowed. Shorten it, or make two of it.", len,
                           MARKDOWN_SIZE_MAX);
    if (!fold_utf8_valid(text, len))
        return problem_set(p, ERR_INVALID, NULL, "The text is not in UTF-8. Save it in that encoding.");
    cleanup_document cmark_node *document = read_document(text, len);
    if (is_too_deep(document))
        return problem_set(
            p, ERR_TOO_LARGE, NULL,
            "Quotes, lists or emphasis lie more than %d deep within each other. Make the text flatter.",
            MARKDOWN_NESTING_MAX);
    *ret = steal_pointer(&document);
    return ERR_NONE;
}

// ---- making the document safe

// The words stay where the node was.
static void unwrap(cmark_node *node)
{
    cmark_node *child;
    while ((child = cmark_node_first_child(node)))
        cmark_node_insert_before(node, child);
    cmark_node_free(node);
}

static bool begins_with(const char *text, const char *prefix)
{
    return strncasecmp(text, prefix, strlen(prefix)) == 0;
}

// Browsers drop tabs and line ends from an address and read "\" as "/".
static bool has_trap(const char *url)
{
    for (const unsigned char *c = (const unsigned char *)url; *c; c++)
        if (*c < ' ' || *c == 0x7f || *c == '\\')
            return true;
    return *url == ' ';
}

static bool leads_outside(const char *url, const char *own_base)
{
    if (!begins_with(url, "http://") && !begins_with(url, "https://"))
        return false;
    size_t len = own_base ? strlen(own_base) : 0;
    return !len || strncasecmp(url, own_base, len) != 0 || !strchr("/?#", url[len]);
}

static bool link_is_allowed(const char *url)
{
    static const char *const schemes[] = {"http://", "https://", "mailto:"};
    if (has_trap(url) || begins_with(url, "//"))
        return false;
    size_t before = strcspn(url, "/?#:");
    if (url[before] != ':')
        return true; // relative
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++)
        if (begins_with(url, schemes[i]))
            return true;
    return false;
}

static bool image_is_allowed(const char *url, const struct markdown_options *o)
{
    return o->images && strncmp(url, "/media/", 7) == 0 && !has_trap(url) && !strstr(url, "..");
}

// cmark writes no rel attribute; a custom node can. Its two texts go out unescaped, so they are escaped here.
static bool mark_outside(cmark_node *link)
{
    cleanup_buf struct buf open = BUF_INIT;
    const char *url = cmark_node_get_url(link), *title = cmark_node_get_title(link);
    buf_append_str(&open, "<a href=\"");
    html_escape_url(&open, url, strlen(url));
    if (title && *title) {
        buf_append_str(&open, "\" title=\"");
        html_escape(&open, title, strlen(title));
    }
    buf_append_str(&open, "\" rel=\"noopener nofollow\">");
    cmark_node *custom = cmark_node_new(CMARK_NODE_CUSTOM_INLINE);
    if (open.failed || !cmark_node_set_on_enter(custom, open.data) ||
        !cmark_node_set_on_exit(custom, "</a>") || !cmark_node_insert_before(link, custom)) {
        cmark_node_free(custom);
        return false;
    }
    cmark_node *child;
    while ((child = cmark_node_first_child(link)))
        cmark_node_append_child(custom, child);
    cmark_node_free(link);
    return true;
}

static bool tidy_heading(cmark_node *node, const struct markdown_options *o)
{
    int level = cmark_node_get_heading_level(node) + o->heading_shift;
    return cmark_node_set_heading_level(node, level < 2 ? 2 : level > 6 ? 6 : level);
}

static bool tidy_link(cmark_node *node, const struct markdown_options *o)
{
    const char *url = cmark_node_get_url(node);
    if (leads_outside(url, o->own_base) && link_is_allowed(url))
        return mark_outside(node);
    if (!link_is_allowed(url))
        unwrap(node);
    return true;
}

static bool tidy_image(cmark_node *node, const struct markdown_options *o)
{
    if (!image_is_allowed(cmark_node_get_url(node), o))
        unwrap(node);
    return true;
}

static bool drop(cmark_node *node, const struct markdown_options *o)
{
    (void)o;
    cmark_node_free(node);
    return true;
}

// What is done to a node when the walk leaves it; the iterator has then gone past it and it may be freed.
static bool (*const tidiers[CMARK_NODE_LAST_INLINE + 1])(cmark_node *node,
                                                         const struct markdown_options *o) = {
    [CMARK_NODE_HEADING] = tidy_heading, [CMARK_NODE_LINK] = tidy_link,   [CMARK_NODE_IMAGE] = tidy_image,
    [CMARK_NODE_HTML_BLOCK] = drop,      [CMARK_NODE_HTML_INLINE] = drop,
};

static bool tidy(cmark_node *document, const struct markdown_options *o)
{
    cleanup_iterator cmark_iter *iter = cmark_iter_new(document);
    cmark_event_type event;
    while ((event = cmark_iter_next(iter)) != CMARK_EVENT_DONE) {
        cmark_node *node = cmark_iter_get_node(iter);
        cmark_node_type type = cmark_node_get_type(node);
        bool leaving =
            event == CMARK_EVENT_EXIT || type == CMARK_NODE_HTML_BLOCK || type == CMARK_NODE_HTML_INLINE;
        if (leaving && tidiers[type] && !tidiers[type](node, o))
            return false;
    }
    return true;
}

enum err markdown_html(const char *text, size_t len, const struct markdown_options *o, struct html *ret,
                       struct problem *p)
{
    cleanup_document cmark_node *document = NULL;
    enum err e = parse(text, len, &document, p);
    if (e != ERR_NONE)
        return e;
    if (!tidy(document, o ? o : &standard_options))
        return problem_set(p, ERR_MEMORY, NULL, "Memory is out.");
    char *data = cmark_render_html(document, CMARK_OPT_DEFAULT);
    if (!data)
        return problem_set(p, ERR_MEMORY, NULL, "Memory is out.");
    *ret = (struct html){data, strlen(data)};
    return ERR_NONE;
}

// ---- plain text

static void append_words(struct buf *out, cmark_node *node)
{
    const char *words = cmark_node_get_literal(node);
    buf_append_str(out, words ? words : "");
}

static void append_line_end(struct buf *out, size_t before)
{
    while (out->len > before && (out->data[out->len - 1] == '\n' || out->data[out->len - 1] == ' '))
        buf_truncate(out, out->len - 1);
    if (out->len > before)
        buf_append_char(out, '\n');
}

static void append_node(struct buf *out, cmark_node *node, cmark_event_type event, size_t before)
{
    switch (cmark_node_get_type(node)) {
    case CMARK_NODE_TEXT:
    case CMARK_NODE_CODE:
        append_words(out, node);
        break;
    case CMARK_NODE_CODE_BLOCK:
        append_words(out, node);
        append_line_end(out, before);
        break;
    case CMARK_NODE_SOFTBREAK:
    case CMARK_NODE_LINEBREAK:
        buf_append_char(out, ' ');
        break;
    case CMARK_NODE_PARAGRAPH:
    case CMARK_NODE_HEADING:
        if (event == CMARK_EVENT_EXIT)
            append_line_end(out, before);
        break;
    default: // containers, emphasis, links and images by what is in them; raw HTML not at all
        break;
    }
}

enum err markdown_text(const char *text, size_t len, struct buf *out, struct problem *p)
{
    cleanup_document cmark_node *document = NULL;
    size_t before = out->len;
    enum err e = parse(text, len, &document, p);
    if (e != ERR_NONE)
        return e;
    cleanup_iterator cmark_iter *iter = cmark_iter_new(document);
    cmark_event_type event;
    while ((event = cmark_iter_next(iter)) != CMARK_EVENT_DONE)
        append_node(out, cmark_iter_get_node(iter), event, before);
    if (!out->failed)
        return ERR_NONE;
    buf_truncate(out, before);
    return problem_set(p, ERR_MEMORY, NULL, "Memory is out.");
}
