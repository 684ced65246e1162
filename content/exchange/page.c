#include "content/exchange/page.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "common/characters.h"
#include "common/encoding.h"
#include "common/fold.h"

// Stands where the body begins with a paragraph that is not the summary.
#define NO_SUMMARY "<!-- no summary -->"

// Appends the text as it may be kept (common/characters.h): in Form C with LF as line end.
static enum err normalise(const char *text, size_t len, struct buf *out, struct problem *p)
{
    if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
        text += 3;
        len -= 3;
    }
    size_t valid = fold_utf8_check(text, len);
    const char *nul = memchr(text, '\0', len);
    size_t wrong = nul && (size_t)(nul - text) < valid ? (size_t)(nul - text) : valid;
    if (wrong < len)
        return problem_at(p, ERR_INVALID, encoding_line(text, wrong), 0, NULL,
                          nul ? MESSAGE("text.nul") "the text holds a NUL"
                              : MESSAGE("file.not_utf8") "the text is not UTF-8: save it as UTF-8 again");
    return characters_clean(text, len, out, p);
}

static bool is_blank(const char *line)
{
    return line[strspn(line, " \t")] == '\n' || line[strspn(line, " \t")] == '\0';
}

static const char *next_line(const char *line)
{
    const char *end = strchr(line, '\n');
    return end ? end + 1 : line + strlen(line);
}

static const char *skip_blank(const char *at)
{
    while (*at && is_blank(at))
        at = next_line(at);
    return at;
}

// Whether a line begins a list by "1." or "1)".
static bool is_numbered(const char *line)
{
    size_t digits = strspn(line, "0123456789");
    return digits > 0 && digits < 10 && (line[digits] == '.' || line[digits] == ')') &&
           strchr(" \t\n", line[digits + 1]);
}

// Whether the block that begins with this line is a paragraph, by CommonMark's rules (version 0.30, sections
// 4 and 5); in doubt it is none.
static bool is_paragraph(const char *line)
{
    size_t indent = strspn(line, " ");
    if (is_blank(line) || indent >= 4 || line[0] == '\t')
        return false;
    line += indent;
    bool marker = strchr("-+*", line[0]) && strchr(" \t\n", line[1]);
    bool rule = strchr("-_*", line[0]) && line[0] == line[1] && line[1] == line[2];
    bool fence = strncmp(line, "```", 3) == 0 || strncmp(line, "~~~", 3) == 0;
    return !strchr("#>|<", line[0]) && !marker && !rule && !fence && !is_numbered(line);
}

static void trim_end(struct buf *b)
{
    while (b->len > 0 && strchr(" \t\n", b->data[b->len - 1]))
        buf_truncate(b, b->len - 1);
}

// Appends a character of a line, runs of white space as one space.
static void append_folded(struct buf *out, char c)
{
    bool space = c == ' ' || c == '\t' || c == '\n';
    if (!space)
        buf_append_char(out, c);
    else if (out->len > 0 && out->data[out->len - 1] != ' ')
        buf_append_char(out, ' ');
}

// Appends the paragraph at `at` as one line of plain text; returns where it ends.
static const char *read_summary(const char *at, struct buf *out)
{
    while (*at && !is_blank(at)) {
        const char *end = next_line(at);
        for (; at < end; at++) {
            if (*at == '\\' && ispunct((unsigned char)at[1]))
                at++;
            append_folded(out, *at);
        }
    }
    trim_end(out);
    return at;
}

static enum err read_title(const char **at, struct buf *out, struct problem *p)
{
    const char *line = skip_blank(*at);
    if (line[0] != '#' || !strchr(" \t", line[1]) || is_blank(line + 1))
        return problem_at(
            p, ERR_INVALID, 1, 0, "title",
            MESSAGE("text.no_heading") "the first line must be the title, as in “# Đình Bình Thủy”");
    *at = next_line(line);
    line += 1 + strspn(line + 1, " \t");
    for (; line < *at; line++)
        append_folded(out, *line);
    trim_end(out);
    return ERR_NONE;
}

enum err page_read(const char *text, size_t len, struct arena *a, struct page *ret, struct problem *p)
{
    cleanup_buf struct buf all = BUF_INIT, title = BUF_INIT, summary = BUF_INIT, body = BUF_INIT;
    enum err e = normalise(text, len, &all, p);
    const char *at = all.data;
    if (!e)
        e = read_title(&at, &title, p);
    if (e)
        return e;
    at = skip_blank(at);
    if (is_paragraph(at))
        at = skip_blank(read_summary(at, &summary));
    else if (strncmp(at, NO_SUMMARY, strlen(NO_SUMMARY)) == 0 && is_blank(at + strlen(NO_SUMMARY)))
        at = skip_blank(next_line(at));
    buf_append_str(&body, at);
    trim_end(&body);
    struct page page = {arena_strdup(a, title.data), arena_strdup(a, summary.data),
                        arena_strdup(a, body.data)};
    if (title.failed || summary.failed || body.failed || !page.title || !page.summary || !page.body)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    *ret = page;
    return ERR_NONE;
}

// Appends a text as one line, runs of white space as one space.
static void write_line(const char *text, bool escape, struct buf *out)
{
    bool begun = false;
    for (const char *at = text + strspn(text, " \t\r\n"); *at; at++) {
        size_t spaces = strspn(at, " \t\r\n");
        if (spaces > 0 && at[spaces] == '\0')
            break;
        bool number_end = escape && !begun && is_numbered(text) && (*at == '.' || *at == ')');
        bool special =
            escape && ((!begun && at == text && !is_paragraph(at) && ispunct((unsigned char)*at)) ||
                       (*at == '\\' && ispunct((unsigned char)at[1])));
        if (special || number_end)
            buf_append_char(out, '\\');
        begun = begun || !isdigit((unsigned char)*at);
        buf_append_char(out, spaces ? ' ' : *at);
        at += spaces > 1 ? spaces - 1 : 0;
    }
}

void page_write(const struct page *page, struct buf *out)
{
    buf_append_str(out, "# ");
    write_line(page->title, false, out);
    buf_append_str(out, "\n");
    const char *summary = page->summary + strspn(page->summary, " \t\r\n");
    const char *body = skip_blank(page->body);
    if (summary[0]) {
        buf_append_char(out, '\n');
        write_line(summary, true, out);
        buf_append_char(out, '\n');
    } else if (is_paragraph(body) || strncmp(body, NO_SUMMARY, strlen(NO_SUMMARY)) == 0) {
        buf_append_str(out, "\n" NO_SUMMARY "\n");
    }
    if (body[0]) {
        buf_append_char(out, '\n');
        buf_append_str(out, body);
        trim_end(out);
        buf_append_char(out, '\n');
    }
}
