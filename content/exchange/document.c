#include "content/exchange/document.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/characters.h"
#include "common/encoding.h"
#include "common/fold.h"

void document_clear(struct document *document)
{
    json_decref(document->json);
    buf_free(&document->text);
    document->json = NULL;
}

// --- its texts. They are cleaned one by one and not as one file, because an escape ("\u200b") shows only
// now.

static enum err clean_text(json_t *text, struct problem *p)
{
    cleanup_buf struct buf clean = BUF_INIT;
    enum err e = characters_clean(json_string_value(text), json_string_length(text), &clean, p);
    if (!e && json_string_setn(text, clean.data, clean.len))
        e = problem_set(p, ERR_MEMORY, NULL, "out of memory");
    return e;
}

static enum err clean_value(json_t *value, struct problem *p)
{
    const char *name;
    json_t *entry;
    size_t i;
    enum err e = json_is_string(value) ? clean_text(value, p) : ERR_NONE;
    json_array_foreach(value, i, entry) if (!e) e = clean_value(entry, p);
    json_object_foreach(value, name, entry) if (!e) e = clean_value(entry, p);
    return e;
}

enum err document_parse(const char *text, size_t len, struct document *ret, struct problem *p)
{
    struct document made = DOCUMENT_INIT;
    if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
        text += 3;
        len -= 3;
    }
    size_t valid = fold_utf8_check(text, len);
    if (valid < len)
        return problem_at(p, ERR_INVALID, encoding_line(text, valid), 0, NULL,
                          MESSAGE("file.not_utf8") "the file is not UTF-8: save it as UTF-8 again");
    enum err e = fold_nfc(text, len, &made.text, p);
    if (e) {
        document_clear(&made);
        return e;
    }
    json_error_t error;
    made.json = json_loadb(made.text.data, made.text.len, JSON_REJECT_DUPLICATES, &error);
    if (!made.json || !json_is_object(made.json)) {
        bool parsed = made.json != NULL;
        document_clear(&made);
        return problem_at(p, ERR_INVALID, parsed || error.line < 0 ? 1 : (unsigned long)error.line,
                          parsed || error.column < 0 ? 0 : (unsigned long)error.column, NULL,
                          parsed ? MESSAGE("json.object") "the file must hold one JSON object%s"
                                 : MESSAGE("json.invalid") "this is no valid JSON: %s",
                          parsed ? "" : error.text);
    }
    e = clean_value(made.json, p);
    if (e) {
        document_clear(&made);
        return e;
    }
    document_clear(ret);
    *ret = made;
    return ERR_NONE;
}

// --- the line of a member. The text has been read as JSON already, so this need not expect faults.

static const char *skip_space(const char *at)
{
    return at + strspn(at, " \t\r\n,:");
}

static const char *skip_string(const char *at)
{
    for (at++; *at && *at != '"'; at++)
        if (*at == '\\' && at[1])
            at++;
    return *at ? at + 1 : at;
}

static const char *skip_value(const char *at)
{
    size_t depth = 0;
    do {
        at = skip_space(at);
        if (*at == '"') {
            at = skip_string(at);
        } else if (*at == '{' || *at == '[') {
            depth++;
            at++;
        } else if (*at == '}' || *at == ']') {
            depth--;
            at++;
        } else {
            at += strcspn(at, ",]} \t\r\n");
        }
    } while (depth > 0 && *at);
    return at;
}

// The value of the member of the object at `at`; NULL when there is none.
static const char *find_member(const char *at, const char *name, size_t len)
{
    if (*at != '{')
        return NULL;
    for (at = skip_space(at + 1); *at == '"'; at = skip_space(skip_value(at))) {
        const char *key = at + 1;
        at = skip_string(at);
        if ((size_t)(at - key - 1) == len && memcmp(key, name, len) == 0)
            return skip_space(at);
        at = skip_space(at);
    }
    return NULL;
}

static const char *find_entry(const char *at, unsigned long index)
{
    if (*at != '[')
        return NULL;
    for (at = skip_space(at + 1); *at && *at != ']'; at = skip_space(skip_value(at)))
        if (index-- == 0)
            return at;
    return NULL;
}

unsigned long document_line(const struct document *document, const char *path)
{
    const char *found = skip_space(document->text.data), *at = found;
    while (at && *path) {
        if (*path == '[') {
            char *end;
            unsigned long index = strtoul(path + 1, &end, 10);
            at = find_entry(at, index);
            path = *end == ']' ? end + 1 : "";
        } else {
            path += *path == '.';
            size_t len = strcspn(path, ".[");
            at = find_member(at, path, len);
            path += len;
        }
        found = at ? at : found;
    }
    return encoding_line(document->text.data, (size_t)(found - document->text.data));
}

// --- writing

static void write_value(const json_t *value, size_t indent, struct buf *out);

static void write_indent(size_t indent, struct buf *out)
{
    buf_append_char(out, '\n');
    for (size_t i = 0; i < indent; i++)
        buf_append_str(out, "  ");
}

static void write_string(const char *text, size_t len, struct buf *out)
{
    static const char escapes[0x20] = {['\n'] = 'n', ['\t'] = 't', ['\r'] = 'r', ['\b'] = 'b', ['\f'] = 'f'};
    buf_append_char(out, '"');
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == '"' || c == '\\')
            buf_printf(out, "\\%c", c);
        else if (c < 0x20 && escapes[c])
            buf_printf(out, "\\%c", escapes[c]);
        else if (c < 0x20)
            buf_printf(out, "\\u%04x", c);
        else
            buf_append_char(out, (char)c);
    }
    buf_append_char(out, '"');
}

// The shortest decimal that reads back as the same double.
static void write_real(double value, struct buf *out)
{
    char text[40] = "0";
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            break;
    }
    buf_append_str(out, text);
    if (!strpbrk(text, ".e"))
        buf_append_str(out, ".0");
}

static void write_array(const json_t *array, size_t indent, struct buf *out)
{
    size_t i;
    json_t *entry;
    buf_append_char(out, '[');
    json_array_foreach((json_t *)array, i, entry)
    {
        if (i > 0)
            buf_append_char(out, ',');
        write_indent(indent + 1, out);
        write_value(entry, indent + 1, out);
    }
    if (json_array_size(array) > 0)
        write_indent(indent, out);
    buf_append_char(out, ']');
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void write_object(const json_t *object, size_t indent, struct buf *out)
{
    size_t count = json_object_size(object), n = 0;
    cleanup_free const char **names = calloc(count + 1, sizeof *names);
    if (!names) {
        out->failed = true;
        return;
    }
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)object, name, value) names[n++] = name;
    qsort(names, n, sizeof *names, by_text);
    buf_append_char(out, '{');
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            buf_append_char(out, ',');
        write_indent(indent + 1, out);
        write_string(names[i], strlen(names[i]), out);
        buf_append_str(out, ": ");
        write_value(json_object_get(object, names[i]), indent + 1, out);
    }
    if (n > 0)
        write_indent(indent, out);
    buf_append_char(out, '}');
}

static void write_value(const json_t *value, size_t indent, struct buf *out)
{
    if (json_is_object(value))
        write_object(value, indent, out);
    else if (json_is_array(value))
        write_array(value, indent, out);
    else if (json_is_string(value))
        write_string(json_string_value(value), json_string_length(value), out);
    else if (json_is_real(value))
        write_real(json_real_value(value), out);
    else if (json_is_integer(value))
        buf_printf(out, "%lld", (long long)json_integer_value(value));
    else
        buf_append_str(out, json_is_true(value) ? "true" : json_is_false(value) ? "false" : "null");
}

void document_write(const json_t *value, struct buf *out)
{
    write_value(value, 0, out);
    buf_append_char(out, '\n');
}
