#include "common/options_parts.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

// A value being read. Readers return false when the text is not of the type; the sentence is then made from
// what options_describe says.
struct value {
    const struct options_row *row;
    const char *text;
    bool add;
    void *member;
    struct arena *arena;
    bool failed; // memory is out
};

static bool in_range(const struct options_row *row, double number)
{
    if (row->least == 0 && row->most == 0)
        return number >= 0;
    return number >= row->least && number <= row->most;
}

static bool read_text(struct value *v)
{
    if (!*v->text)
        return false;
    *(const char **)v->member = v->text;
    return true;
}

// A whole number and where it ends. False without digits or beyond 64 bits.
static bool read_digits(const char *text, int64_t *ret, const char **ret_end)
{
    const char *digits = text + (*text == '-');
    if (*digits < '0' || *digits > '9')
        return false;
    char *end;
    errno = 0;
    *ret = strtoll(text, &end, 10);
    *ret_end = end;
    return errno == 0;
}

struct unit {
    const char *name;
    int64_t factor;
};

static const struct unit size_units[] = {
    {"", 1},          {"B", 1},         {"K", 1 << 10},    {"KB", 1 << 10},    {"KiB", 1 << 10},
    {"M", 1 << 20},   {"MB", 1 << 20},  {"MiB", 1 << 20},  {"G", 1 << 30},     {"GB", 1 << 30},
    {"GiB", 1 << 30}, {"T", 1LL << 40}, {"TB", 1LL << 40}, {"TiB", 1LL << 40},
};

static const struct unit duration_units[] = {
    {"ms", 1}, {"s", 1000}, {"m", 60000}, {"min", 60000}, {"h", 3600000}, {"d", 86400000},
};

static bool read_unit(struct value *v, const struct unit *units, size_t count)
{
    int64_t number, scaled;
    const char *end;
    if (!read_digits(v->text, &number, &end))
        return false;
    if (number == 0 && !*end)
        units = size_units; // 0 needs no unit
    for (size_t i = 0; i < count; i++) {
        if (strcasecmp(end, units[i].name) != 0)
            continue;
        if (__builtin_mul_overflow(number, units[i].factor, &scaled) || !in_range(v->row, (double)scaled))
            return false;
        *(int64_t *)v->member = scaled;
        return true;
    }
    return false;
}

static bool read_integer(struct value *v)
{
    int64_t number;
    const char *end;
    if (!read_digits(v->text, &number, &end) || *end || !in_range(v->row, (double)number))
        return false;
    *(int64_t *)v->member = number;
    return true;
}

static bool read_size(struct value *v)
{
    return read_unit(v, size_units, sizeof size_units / sizeof size_units[0]);
}

static bool read_duration(struct value *v)
{
    return read_unit(v, duration_units, sizeof duration_units / sizeof duration_units[0]);
}

static bool read_number(struct value *v)
{
    if (!*v->text || v->text[strspn(v->text, "0123456789.+-eE")])
        return false;
    char *end;
    double number = strtod(v->text, &end);
    if (*end || !isfinite(number) || !in_range(v->row, number))
        return false;
    *(double *)v->member = number;
    return true;
}

static bool read_bool(struct value *v)
{
    static const char *const words[] = {"no", "yes", "false", "true", "off", "on", "0", "1"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcasecmp(v->text, words[i]) == 0) {
            *(bool *)v->member = i & 1;
            return true;
        }
    }
    return false;
}

// The index of a word among "a|b|c", -1 for none.
static int find_choice(const char *choices, const char *text, size_t len)
{
    for (int i = 0;; i++) {
        size_t n = strcspn(choices, "|");
        if (n == len && strncasecmp(choices, text, n) == 0)
            return i;
        if (!choices[n])
            return -1;
        choices += n + 1;
    }
}

static bool read_enum(struct value *v)
{
    int choice = find_choice(v->row->choices, v->text, strlen(v->text));
    if (choice < 0)
        return false;
    *(int *)v->member = choice;
    return true;
}

// A choice in the list is kept as the table writes it.
static const char *list_item(struct value *v, const char *text, size_t len)
{
    const char *choices = v->row->choices;
    int choice = choices ? find_choice(choices, text, len) : 0;
    if (choice < 0)
        return NULL;
    if (choices) {
        for (; choice > 0; choice--)
            choices = strchr(choices, '|') + 1;
        text = choices;
        len = strcspn(choices, "|");
    }
    const char *item = arena_strndup(v->arena, text, len);
    v->failed |= !item;
    return item;
}

static bool read_list(struct value *v)
{
    struct options_list *list = v->member;
    size_t count = v->add ? list->count : 0, most = count + 1;
    for (const char *c = v->text; *c; c++)
        most += *c == ',';
    const char **items = arena_array(v->arena, most, sizeof *items);
    v->failed = !items;
    if (!items)
        return false;
    if (count > 0)
        memcpy(items, list->items, count * sizeof *items);
    for (const char *c = v->text; *c;) {
        c += strspn(c, " ,");
        size_t len = strcspn(c, ","), trimmed = len;
        while (trimmed > 0 && c[trimmed - 1] == ' ')
            trimmed--;
        if (trimmed > 0 && !(items[count++] = list_item(v, c, trimmed)))
            return false;
        c += len;
    }
    *list = (struct options_list){.items = items, .count = count};
    return true;
}

static const struct {
    bool (*read)(struct value *);
    const char *placeholder;
    const char *what;
} types[OPTIONS_TYPE_COUNT] = {
    [OPTIONS_STRING] = {read_text, "TEXT", "a text that is not empty"},
    [OPTIONS_FOLDER] = {read_text, "DIR", "the path of a folder"},
    [OPTIONS_FILE] = {read_text, "FILE", "the path of a file"},
    [OPTIONS_INTEGER] = {read_integer, "N", "a whole number"},
    [OPTIONS_SIZE] = {read_size, "SIZE", "a size such as 512K or 8M"},
    [OPTIONS_DURATION] = {read_duration, "TIME", "a duration such as 500ms, 10s or 2h"},
    [OPTIONS_NUMBER] = {read_number, "X", "a number"},
    [OPTIONS_BOOL] = {read_bool, NULL, "yes or no"},
    [OPTIONS_ENUM] = {read_enum, NULL, "one of "},
    [OPTIONS_LIST] = {read_list, "A,B", "a list separated by commas"},
};

const char *options_placeholder(const struct options_row *row)
{
    if (row->value || row->type == OPTIONS_BOOL)
        return row->type == OPTIONS_BOOL ? NULL : row->value;
    return row->type == OPTIONS_ENUM ? row->choices : types[row->type].placeholder;
}

static void append_scaled(struct buf *out, int64_t number, const struct unit *units, size_t count)
{
    size_t best = 0;
    for (size_t i = 0; i < count; i++)
        if (number % units[i].factor == 0 && units[i].factor > units[best].factor)
            best = i;
    buf_printf(out, "%lld%s", (long long)(number / units[best].factor), number == 0 ? "" : units[best].name);
}

static void append_number(const struct options_row *row, double number, struct buf *out)
{
    if (row->type == OPTIONS_SIZE)
        append_scaled(out, (int64_t)number, size_units, sizeof size_units / sizeof size_units[0]);
    else if (row->type == OPTIONS_DURATION)
        append_scaled(out, (int64_t)number, duration_units, sizeof duration_units / sizeof duration_units[0]);
    else
        buf_printf(out, "%.15g", number);
}

static void append_choices(const char *choices, struct buf *out)
{
    for (const char *c = choices; *c; c++) {
        if (*c == '|')
            buf_append_str(out, ", ");
        else
            buf_append_char(out, *c);
    }
}

void options_describe_range(const struct options_row *row, struct buf *out)
{
    if (row->least == 0 && row->most == 0)
        return;
    buf_append_str(out, "from ");
    append_number(row, row->least, out);
    buf_append_str(out, " to ");
    append_number(row, row->most, out);
}

void options_describe(const struct options_row *row, struct buf *out)
{
    buf_append_str(out, types[row->type].what);
    if (row->choices) {
        buf_append_str(out, row->type == OPTIONS_LIST ? ", each one of " : "");
        append_choices(row->choices, out);
    }
    if (row->least != 0 || row->most != 0)
        buf_append_str(out, row->type == OPTIONS_SIZE || row->type == OPTIONS_DURATION ? ", " : " ");
    options_describe_range(row, out);
}

enum err options_parse_value(const struct options_row *row, const char *label, const char *text, bool add,
                             void *settings, struct arena *arena, struct problem *p)
{
    struct value v = {
        .row = row, .text = text, .add = add, .member = (char *)settings + row->offset, .arena = arena};
    if (types[row->type].read(&v))
        return ERR_NONE;
    if (v.failed)
        return problem_set(p, ERR_MEMORY, row->name, "Memory is out while reading the settings.");
    cleanup_buf struct buf allowed = BUF_INIT;
    options_describe(row, &allowed);
    return problem_set(p, ERR_INVALID, row->name, "%.160s: \"%.100s\" does not fit; it must be %s.", label,
                       text, allowed.data);
}

static void write_choice(const struct options_row *row, int choice, struct buf *out)
{
    const char *c = row->choices;
    for (; choice > 0; choice--)
        c = strchr(c, '|') + 1;
    buf_append(out, c, strcspn(c, "|"));
}

void options_write_value(const struct options_row *row, const void *settings, struct buf *out)
{
    const void *member = (const char *)settings + row->offset;
    if (row->type <= OPTIONS_FILE) {
        buf_append_str(out, *(const char *const *)member);
    } else if (row->type <= OPTIONS_DURATION) {
        append_number(row, (double)*(const int64_t *)member, out);
    } else if (row->type == OPTIONS_NUMBER) {
        append_number(row, *(const double *)member, out);
    } else if (row->type == OPTIONS_BOOL) {
        buf_append_str(out, *(const bool *)member ? "yes" : "no");
    } else if (row->type == OPTIONS_ENUM) {
        write_choice(row, *(const int *)member, out);
    } else {
        const struct options_list *list = member;
        for (size_t i = 0; i < list->count; i++)
            buf_printf(out, "%s%s", i ? "," : "", list->items[i]);
    }
}
