// The texts of a record: titles, summaries, bodies in each language.
#include "content/exchange/record.h"

#include <ctype.h>
#include <string.h>

#include "common/fold.h"
#include "content/exchange/page.h"

char *record_line(struct arena *a, const char *field)
{
    cleanup_buf struct buf line = BUF_INIT;
    for (const char *at = field; *at; at++) {
        size_t spaces = strspn(at, " \t\r\n");
        if (spaces == 0)
            buf_append_char(&line, *at);
        else if (line.len > 0 && at[spaces])
            buf_append_char(&line, ' ');
        at += spaces > 1 ? spaces - 1 : 0;
    }
    return line.failed ? NULL : arena_strdup(a, line.data);
}

// Plain text as CommonMark that shows the same: marks that would mean something get a backslash, line ends
// stay.
static char *escape_markdown(struct arena *a, const char *text)
{
    cleanup_buf struct buf out = BUF_INIT;
    for (const char *at = text; *at; at++) {
        bool first = at == text || at[-1] == '\n';
        size_t digits = first ? strspn(at, "0123456789") : 0;
        if (digits > 0 && (at[digits] == '.' || at[digits] == ')')) {
            buf_append(&out, at, digits);
            buf_append_char(&out, '\\');
            at += digits;
        } else if (strchr("\\*_`[<&", *at) || (first && strchr("#>+-=~|", *at))) {
            buf_append_char(&out, '\\');
        }
        buf_append_char(&out, *at);
    }
    return out.failed ? NULL : arena_strdup(a, out.data);
}

// Where the sentences that fit into a summary end; 0 when not even one does.
static size_t sentences_end(const char *text)
{
    size_t end = 0, characters = 0;
    for (size_t i = 0; text[i] && characters < PAGE_SUMMARY_MAX; i++) {
        characters += ((unsigned char)text[i] & 0xc0) != 0x80;
        bool stop = strchr(".!?", text[i]) && (text[i + 1] == ' ' || text[i + 1] == '\0');
        bool after_number = i > 0 && isdigit((unsigned char)text[i - 1]); // "12. Jahrhundert"
        if (stop && !after_number)
            end = i + 1;
    }
    return end;
}

// Cuts between two words, at most PAGE_SUMMARY_MAX characters with the ellipsis.
static char *cut_summary(struct arena *a, const char *line)
{
    size_t end = 0, characters = 0, word = 0;
    for (; line[end] && characters < PAGE_SUMMARY_MAX; end++) {
        characters += ((unsigned char)line[end] & 0xc0) != 0x80;
        if (line[end] == ' ')
            word = end;
    }
    size_t cut = word ? word : fold_utf8_cut(line, strlen(line), PAGE_SUMMARY_MAX / 2);
    return arena_printf(a, "%.*s…", (int)cut, line);
}

// A description of unknown length: a short one is the summary; of a long one the first sentences are, and the
// rest is the body; where no sentence ends in time the body is all of it.
static bool take_description(struct arena *a, const char *description, struct site_text *t)
{
    char *line = record_line(a, description);
    if (!line)
        return false;
    if (fold_utf8_count(line, strlen(line)) <= PAGE_SUMMARY_MAX) {
        t->summary = line;
        return true;
    }
    size_t end = strchr(description, '\n') ? 0 : sentences_end(line);
    t->summary = end ? arena_strndup(a, line, end) : cut_summary(a, line);
    t->body = escape_markdown(a, end ? line + end + strspn(line + end, " ") : description);
    return t->summary && t->body;
}

// The site's text in the language; a new, empty one behind the others where there is none.
static struct site_text *text_in(struct site *site, const char *lang)
{
    for (size_t i = 0; i < site->text_count; i++)
        if (strcmp(site->texts[i].lang, lang) == 0)
            return &site->texts[i];
    site->texts[site->text_count] = (struct site_text){.lang = lang, .summary = "", .body = ""};
    return &site->texts[site->text_count++];
}

static bool differs(const struct site_text *a, const struct site_text *b)
{
    return !b->title || strcmp(a->title, b->title) != 0 || strcmp(a->summary, b->summary) != 0 ||
           strcmp(a->body, b->body) != 0;
}

// The field as one line; what is there, where that says the same in other lines.
static const char *line_over(struct arena *a, const char *field, const char *before)
{
    const char *line = record_line(a, field), *old = before ? record_line(a, before) : "";
    return line && old && before && strcmp(line, old) == 0 ? before : line && old ? line : NULL;
}

static enum err take_text(struct record_reader *r, const struct record *record, size_t lang, bool is_known,
                          struct arena *a, struct site *site, struct problem *p)
{
    const char *fields[4];
    static const enum column parts[4] = {COLUMN_TITLE, COLUMN_SUMMARY, COLUMN_BODY, COLUMN_DESCRIPTION};
    bool any = false;
    for (int i = 0; i < 4; i++) {
        fields[i] = column_field(&r->columns, &record->row, parts[i], lang);
        any = any || fields[i][0];
    }
    if (!any && (lang != r->columns.lang || is_known))
        return ERR_NONE;
    struct site_text *t = text_in(site, r->languages.tags[lang]), made = *t;
    bool good = !fields[3][0] || take_description(a, fields[3], &made);
    if (fields[0][0])
        good = good && (made.title = line_over(a, fields[0], made.title));
    if (fields[1][0])
        good = good && (made.summary = line_over(a, fields[1], made.summary));
    if (fields[2][0])
        made.body = fields[2];
    if (!good)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    if (!made.title)
        return problem_set(p, ERR_INVALID, "title", MESSAGE("text.no_title") "the title in “%s” is missing",
                           t->lang);
    if (differs(&made, t)) { // it was written by whoever wrote the table
        made.origin = TEXT_WRITTEN;
        made.translated_from = NULL;
        made.stale = false;
    }
    *t = made;
    return ERR_NONE;
}

enum err record_texts(struct record_reader *r, const struct record *record, struct arena *a,
                      struct site *site, struct problem *p)
{
    struct site_text *texts = arena_array(a, site->text_count + r->languages.count, sizeof *texts);
    if (!texts)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    if (site->text_count > 0)
        memcpy(texts, site->texts, site->text_count * sizeof *texts);
    site->texts = texts;
    bool is_known = site->text_count > 0;
    enum err e = ERR_NONE;
    for (size_t i = 0; !e && i < r->languages.count; i++)
        e = take_text(r, record, i, is_known, a, site, p);
    return e;
}
