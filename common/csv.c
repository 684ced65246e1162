#include "common/csv.h"

#include <csv.h>
#include <string.h>
#include <strings.h>

#include "common/arena.h"
#include "common/characters.h"
#include "common/encoding.h"

struct csv_table {
    struct csv_parser parser;
    const char *at, *end;
    unsigned long line;       // the last line that was given to the parser
    unsigned long row_line;   // where the row began
    unsigned long quote_line; // where the quoted field began that is still open at the end of a line
    bool complete;            // a whole row stands in `text`
    size_t count;             // fields of the row, also those that no longer fit
    struct buf text;          // the row's fields, each with a NUL
    size_t starts[CSV_COLUMNS_MAX];
    const char *fields[CSV_COLUMNS_MAX];
    size_t column_count;
    const char **columns;
    struct arena arena;
};

static const struct {
    const char *name;
    char delimiter;
} delimiters[] = {{"comma", ','}, {"semicolon", ';'}, {"tab", '\t'}, {"pipe", '|'}};

#define DELIMITERS (sizeof delimiters / sizeof delimiters[0])

static bool is_delimiter(char c)
{
    return c > 0 && c != '"' && c != '\r' && c != '\n';
}

bool csv_read_delimiter(const char *name, char *ret)
{
    for (size_t i = 0; i < DELIMITERS; i++) {
        if (strcasecmp(name, delimiters[i].name) == 0) {
            *ret = delimiters[i].delimiter;
            return true;
        }
    }
    bool automatic = strcasecmp(name, "auto") == 0, backslash = strcmp(name, "\\t") == 0;
    if (!automatic && !backslash && (!is_delimiter(name[0]) || name[1]))
        return false;
    *ret = automatic ? '\0' : backslash ? '\t' : name[0];
    return true;
}

// Delimiters outside quotes in the record at *at, which moves behind it. A quote opens only where a field
// begins.
static size_t count_in_record(const char **at, const char *end, char delimiter)
{
    size_t count = 0;
    bool quoted = false, begins = true;
    const char *c = *at;
    for (; c < end; c++) {
        if (*c == '"' && (quoted || begins))
            quoted = !quoted;
        else if (!quoted && (*c == '\n' || *c == '\r'))
            break;
        else if (!quoted && *c == delimiter)
            count++;
        begins = !quoted && (*c == delimiter || (*c == '"' && begins));
    }
    while (c < end && (*c == '\n' || *c == '\r'))
        c++;
    *at = c;
    return count;
}

#define RECOGNISED_ROWS 50

static char recognise_delimiter(const char *text, const char *end)
{
    char best = ',';
    size_t best_same = 0, best_count = 0;
    for (size_t i = 0; i < DELIMITERS; i++) {
        const char *at = text;
        size_t header = count_in_record(&at, end, delimiters[i].delimiter), same = 1;
        for (int row = 0; header && row < RECOGNISED_ROWS && at < end; row++)
            same += count_in_record(&at, end, delimiters[i].delimiter) == header;
        if (header && (same > best_same || (same == best_same && header > best_count))) {
            best = delimiters[i].delimiter;
            best_same = same;
            best_count = header;
        }
    }
    return best;
}

static void on_field(void *data, size_t len, void *user)
{
    struct csv_table *t = user;
    if (t->count < CSV_COLUMNS_MAX) {
        t->starts[t->count] = t->text.len;
        if (characters_clean(data, len, &t->text, NULL)) // no text: whoever reads the field says so
            buf_append(&t->text, data, len);
        buf_append_char(&t->text, '\0');
    }
    t->count++;
}

static void on_row(int terminator, void *user)
{
    struct csv_table *t = user;
    (void)terminator;
    t->complete = true;
}

// Forgets a row that cannot be finished. Non-strict, because only then the end inside quotes is no error.
static void abandon_row(struct csv_table *t)
{
    csv_set_opts(&t->parser, 0);
    csv_fini(&t->parser, NULL, NULL, NULL);
    csv_set_opts(&t->parser, CSV_STRICT);
}

static enum err out_of_memory(struct problem *p)
{
    return problem_set(p, ERR_MEMORY, NULL, "Memory is out while reading the table.");
}

// The parser is strict, because otherwise text behind a closing quote would swallow what follows. The one
// liberty that harms nobody, a quote inside a field that is not quoted, is taken here.
static enum err feed(struct csv_table *t, const char *bytes, size_t len, struct problem *p)
{
    for (size_t done = 0; done < len;) {
        done += csv_parse(&t->parser, bytes + done, len - done, on_field, on_row, t);
        if (done == len)
            break;
        if (csv_error(&t->parser) != CSV_EPARSE)
            return out_of_memory(p);
        if (t->parser.quoted) {
            size_t column = t->count;
            const char *name = column < t->column_count ? t->columns[column] : "";
            abandon_row(t);
            return problem_at(p, ERR_INVALID, t->line, column + 1, name,
                              MESSAGE("csv.behind_quote") "text follows a closing quote; double the quotes "
                                                          "that belong to the text.");
        }
        csv_set_opts(&t->parser, 0);
        done += csv_parse(&t->parser, bytes + done, 1, on_field, on_row, t);
        csv_set_opts(&t->parser, CSV_STRICT);
    }
    return t->text.failed ? out_of_memory(p) : ERR_NONE;
}

// Gives the parser one physical line, whatever it ends in as "\n".
static enum err feed_line(struct csv_table *t, struct problem *p)
{
    const char *start = t->at, *c = start;
    while (c < t->end && *c != '\n' && *c != '\r')
        c++;
    t->at = c;
    if (t->at < t->end)
        t->at += *c == '\r' && c + 1 < t->end && c[1] == '\n' ? 2 : 1;
    t->line++;
    enum err e = feed(t, start, (size_t)(c - start), p);
    return e == ERR_NONE ? feed(t, "\n", 1, p) : e;
}

static enum err read_record(struct csv_table *t, struct problem *p)
{
    buf_reset(&t->text);
    t->count = 0;
    t->complete = false;
    while (!t->complete) {
        bool was_quoted = t->parser.quoted;
        size_t count = t->count;
        if (t->at == t->end && was_quoted) {
            abandon_row(t);
            return problem_at(
                p, ERR_INVALID, t->quote_line, count + 1, count < t->column_count ? t->columns[count] : "",
                MESSAGE("csv.open_quote") "a quote opens a field and is never closed; close it, "
                                          "or double the quotes that belong to the text.");
        }
        if (t->at == t->end)
            return ERR_NOT_FOUND;
        if (!was_quoted)
            t->row_line = t->line + 1;
        enum err e = feed_line(t, p);
        if (e != ERR_NONE)
            return e;
        if (t->parser.quoted && !(was_quoted && t->count == count))
            t->quote_line = t->line;
    }
    for (size_t i = 0; i < t->count && i < CSV_COLUMNS_MAX; i++)
        t->fields[i] = t->text.data + t->starts[i];
    return ERR_NONE;
}

// How many fields there are up to the last that is not empty.
static size_t filled_count(const struct csv_table *t)
{
    size_t count = t->count;
    while (count > 0 && count <= CSV_COLUMNS_MAX && !*t->fields[count - 1])
        count--;
    return count;
}

enum err csv_next(struct csv_table *t, struct csv_row *ret_row, struct problem *p)
{
    size_t filled;
    do {
        enum err e = read_record(t, p);
        if (e != ERR_NONE)
            return e;
        filled = filled_count(t);
    } while (filled == 0);
    if (t->count < t->column_count || filled > t->column_count)
        return problem_at(p, ERR_INVALID, t->row_line, 0, NULL,
                          MESSAGE("csv.fields") "the row has %zu fields, but the header names %zu columns; "
                                                "check its delimiters and quotes.",
                          t->count, t->column_count);
    *ret_row = (struct csv_row){.line = t->row_line, .count = t->column_count, .fields = t->fields};
    return ERR_NONE;
}

const char *csv_field(const struct csv_row *row, int column)
{
    return column >= 0 && (size_t)column < row->count ? row->fields[column] : "";
}

// Excel's first line "sep=;": the character, or 0 when the line is something else.
static char take_sep_line(struct csv_table *t)
{
    if (t->end - t->at < 5 || strncasecmp(t->at, "sep=", 4) != 0 || !is_delimiter(t->at[4]))
        return '\0';
    const char *c = t->at + 5;
    if (c < t->end && *c != '\r' && *c != '\n')
        return '\0';
    char delimiter = t->at[4];
    if (c < t->end)
        c += *c == '\r' && c + 1 < t->end && c[1] == '\n' ? 2 : 1;
    t->at = c;
    t->line = 1;
    return delimiter;
}

static enum err read_header(struct csv_table *t, struct problem *p)
{
    enum err e;
    do
        e = read_record(t, p);
    while (e == ERR_NONE && filled_count(t) == 0);
    if (e == ERR_NOT_FOUND)
        return problem_set(p, ERR_INVALID, NULL,
                           MESSAGE("csv.empty") "The table is empty; its first line must name the columns.");
    if (e != ERR_NONE)
        return e;
    if (t->count > CSV_COLUMNS_MAX)
        return problem_at(p, ERR_TOO_LARGE, t->row_line, 0, NULL,
                          MESSAGE("csv.columns") "The header names %zu columns; %d are the limit.", t->count,
                          CSV_COLUMNS_MAX);
    const char **columns = arena_array(&t->arena, t->count, sizeof *columns);
    if (!columns)
        return out_of_memory(p);
    for (size_t i = 0; i < t->count; i++) {
        columns[i] = arena_strdup(&t->arena, t->fields[i]);
        if (!columns[i])
            return out_of_memory(p);
    }
    t->columns = columns;
    t->column_count = t->count;
    return ERR_NONE;
}

enum err csv_open(const char *text, size_t len, char delimiter, struct csv_table **ret, struct problem *p)
{
    const char *nul = memchr(text, 0, len);
    unsigned long line = nul ? encoding_line(text, (size_t)(nul - text)) : 0;
    if (nul)
        return problem_at(p, ERR_INVALID, line, 0, NULL,
                          MESSAGE("csv.nul") "Line %lu has a NUL byte, so this is no table.", line);
    cleanup_csv struct csv_table *t = calloc(1, sizeof *t);
    if (!t)
        return out_of_memory(p);
    t->text = BUF_INIT;
    t->at = text;
    t->end = text + len;
    csv_init(&t->parser, CSV_STRICT);
    char announced = take_sep_line(t);
    if (!delimiter)
        delimiter = announced ? announced : recognise_delimiter(t->at, t->end);
    csv_set_delim(&t->parser, (unsigned char)delimiter);
    enum err e = read_header(t, p);
    if (e == ERR_NONE)
        *ret = steal_pointer(&t);
    return e;
}

void csv_close(struct csv_table *t)
{
    if (!t)
        return;
    csv_free(&t->parser);
    buf_free(&t->text);
    arena_clear(&t->arena);
    free(t);
}

char csv_delimiter(const struct csv_table *t)
{
    return (char)t->parser.delim_char;
}

size_t csv_column_count(const struct csv_table *t)
{
    return t->column_count;
}

const char *csv_column_name(const struct csv_table *t, size_t column)
{
    return t->columns[column];
}

// Quoted: what any of our delimiters, a quote or a line end is in, what has spaces at its ends, and what
// would be taken for Excel's first line.
static bool needs_quotes(const char *field)
{
    size_t len = strlen(field);
    return field[strcspn(field, ",;|\t\"\r\n")] ||
           (len > 0 && (field[0] == ' ' || field[len - 1] == ' ' || strncasecmp(field, "sep=", 4) == 0));
}

void csv_append_row(struct buf *out, const char *const *fields, size_t count)
{
    csv_append_row_split(out, ',', fields, count);
}

void csv_append_row_split(struct buf *out, char delimiter, const char *const *fields, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buf_append_char(out, delimiter);
        bool quoted = needs_quotes(fields[i]);
        if (quoted)
            buf_append_char(out, '"');
        for (const char *c = fields[i]; *c;) {
            size_t run = strcspn(c, "\"");
            buf_append(out, c, run);
            c += run;
            if (*c == '"') {
                buf_append_str(out, "\"\"");
                c++;
            }
        }
        if (quoted)
            buf_append_char(out, '"');
    }
    buf_append_char(out, '\n');
}

static bool may_be_formula(const char *field)
{
    field += strspn(field, "'");
    return *field && strchr("=+-@\t\r\n", *field);
}

const char *csv_marked(struct arena *a, const char *field)
{
    return may_be_formula(field) ? arena_printf(a, "'%s", field) : field;
}

const char *csv_unmarked(const char *field)
{
    return field[0] == '\'' && may_be_formula(field) ? field + 1 : field;
}
