#include "common/csv.h"

#include <string.h>

#include "common/arena.h"
#include "common/fold.h"

// A matching under way: the table's folded names, and which of its columns are taken.
struct match {
    const struct csv_table *table; // NULL: the mapping alone is looked at
    const struct csv_wanted *wanted;
    size_t count;
    int *columns;
    bool *taken;
    const char **folded;
    bool *settled; // by the mapping; such fields are not looked for by name
    const struct csv_mapping *mapping;
    struct arena arena;
    struct problem *p;
};

static enum err out_of_memory(struct problem *p)
{
    return problem_set(p, ERR_MEMORY, NULL, "Memory is out while matching the table's columns.");
}

// The folded name; where folding leaves nothing (punctuation alone), the name itself.
static const char *fold(struct match *m, const char *name, size_t len)
{
    cleanup_buf struct buf folded = BUF_INIT;
    enum err e = fold_search(name, len, &folded, NULL);
    if (e == ERR_MEMORY)
        return NULL;
    return e == ERR_NONE && folded.len > 0 ? arena_strndup(&m->arena, folded.data, folded.len)
                                           : arena_strndup(&m->arena, name, len);
}

static void list_columns(const struct csv_table *table, struct buf *out)
{
    for (size_t i = 0; i < csv_column_count(table); i++)
        if (*csv_column_name(table, i))
            buf_printf(out, "%s\"%.60s\"", out->len ? ", " : "", csv_column_name(table, i));
}

// Finds the one free column with the name. *ret_column is -1 when there is none; ERR_INVALID when there are
// two.
static enum err find_column(struct match *m, const char *field, const char *name, size_t len, int *ret_column)
{
    const char *folded = fold(m, name, len);
    if (!folded)
        return out_of_memory(m->p);
    int found = -1;
    for (size_t i = 0; i < csv_column_count(m->table); i++) {
        if (m->taken[i] || !*m->folded[i] || strcmp(m->folded[i], folded) != 0)
            continue;
        if (found >= 0)
            return problem_set(m->p, ERR_INVALID, field,
                               MESSAGE("column.doubled") "Columns %d and %zu are both named \"%.60s\", so %s "
                                                         "could be either; rename one.",
                               found + 1, i + 1, csv_column_name(m->table, i), field);
        found = (int)i;
    }
    *ret_column = found;
    return ERR_NONE;
}

static void take(struct match *m, size_t field, int column)
{
    m->columns[field] = column;
    if (column >= 0)
        m->taken[column] = true;
}

// The wanted field whose name and "=" stand at `text`; m->count when none does.
static size_t mapped_field(const struct match *m, const char *text)
{
    text += strspn(text, " ");
    for (size_t i = 0; i < m->count; i++) {
        size_t len = strlen(m->wanted[i].name);
        if (strncmp(text, m->wanted[i].name, len) == 0 && text[len + strspn(text + len, " ")] == '=')
            return i;
    }
    return m->count;
}

static enum err unknown_field(const struct match *m, const char *text)
{
    cleanup_buf struct buf names = BUF_INIT;
    for (size_t i = 0; i < m->count; i++)
        buf_printf(&names, "%s%s", i ? ", " : "", m->wanted[i].name);
    return problem_set(m->p, ERR_INVALID, "mapping",
                       "%s names \"%.*s\", which is no field; write FIELD=COLUMN with one of: %s.",
                       m->mapping->flag, (int)fold_utf8_cut(text, strcspn(text, "=,"), 60), text, names.data);
}

static enum err map_field(struct match *m, size_t field, const char *column, size_t len)
{
    const char *name = m->wanted[field].name;
    if (m->settled[field])
        return problem_set(m->p, ERR_INVALID, name, "%s names %s twice; leave one out.", m->mapping->flag,
                           name);
    m->settled[field] = true;
    if (len == 0 || !m->table)
        return ERR_NONE;
    int found = -1;
    enum err e = find_column(m, name, column, len, &found);
    if (e != ERR_NONE)
        return e;
    if (found < 0) {
        cleanup_buf struct buf names = BUF_INIT;
        list_columns(m->table, &names);
        return problem_set(m->p, ERR_INVALID, name,
                           MESSAGE("column.not_free") "%s takes %s from the column \"%.*s\", which is not "
                                                      "free in the table; its columns are %s.",
                           m->mapping->flag, name, (int)fold_utf8_cut(column, len, 80), column, names.data);
    }
    take(m, field, found);
    return ERR_NONE;
}

// True when what stands behind a comma is the next pair, or nothing, rather than more of a column's name.
static bool begins_pair(const char *text)
{
    text += strspn(text, " ");
    return *text == '\0' || text[strcspn(text, "=,")] == '=';
}

// A pair ends at a comma that another pair follows, so that column names may hold commas.
static enum err apply_mapping(struct match *m)
{
    if (!m->mapping || !m->mapping->text)
        return ERR_NONE;
    const char *mapping = m->mapping->text;
    while (*(mapping += strspn(mapping, " ,"))) {
        size_t field = mapped_field(m, mapping);
        if (field == m->count)
            return unknown_field(m, mapping);
        const char *column = strchr(mapping, '=') + 1;
        column += strspn(column, " ");
        const char *end = column + strcspn(column, ",");
        while (*end && !begins_pair(end + 1))
            end += 1 + strcspn(end + 1, ",");
        mapping = end;
        while (end > column && end[-1] == ' ')
            end--;
        enum err e = map_field(m, field, column, (size_t)(end - column));
        if (e != ERR_NONE)
            return e;
    }
    return ERR_NONE;
}

// The n-th name of a field: 0 its own, then its aliases. NULL behind the last.
static const char *nth_name(const struct csv_wanted *wanted, size_t n, size_t *ret_len)
{
    const char *name = n == 0 ? wanted->name : wanted->aliases;
    for (size_t i = 1; name && i < n; i++) {
        name = strchr(name, '|');
        name = name ? name + 1 : NULL;
    }
    *ret_len = !name ? 0 : n == 0 ? strlen(name) : strcspn(name, "|");
    return name;
}

// All own names first, then all first aliases and so on, so that an alias never takes another field's column.
static enum err match_names(struct match *m)
{
    bool more = true;
    for (size_t n = 0; more; n++) {
        more = false;
        for (size_t i = 0; i < m->count; i++) {
            size_t len;
            const char *name = nth_name(&m->wanted[i], n, &len);
            more |= name != NULL;
            if (!name || m->settled[i] || m->columns[i] >= 0)
                continue;
            int column;
            enum err e = find_column(m, m->wanted[i].name, name, len, &column);
            if (e != ERR_NONE)
                return e;
            take(m, i, column);
        }
    }
    return ERR_NONE;
}

static enum err check_required(const struct match *m)
{
    for (size_t i = 0; i < m->count; i++) {
        if (!m->wanted[i].required || m->columns[i] >= 0)
            continue;
        cleanup_buf struct buf names = BUF_INIT;
        list_columns(m->table, &names);
        cleanup_buf struct buf way_out = BUF_INIT;
        if (m->mapping)
            buf_printf(&way_out, "; map it with %s %s=COLUMN", m->mapping->flag, m->wanted[i].name);
        return problem_set(m->p, ERR_INVALID, m->wanted[i].name,
                           MESSAGE("column.missing") "The table has no column for %s%s. Its columns are %s.",
                           m->wanted[i].name, way_out.len ? way_out.data : "", names.data);
    }
    return ERR_NONE;
}

static void match_clear(struct match *m)
{
    arena_clear(&m->arena);
}

enum err csv_check_mapping(const struct csv_wanted *wanted, size_t count, const struct csv_mapping *mapping,
                           struct problem *p)
{
    CLEANUP(match_clear)
    struct match m = {.wanted = wanted, .count = count, .mapping = mapping, .arena = ARENA_INIT, .p = p};
    m.settled = arena_array(&m.arena, count, sizeof *m.settled);
    return m.settled ? apply_mapping(&m) : out_of_memory(p);
}

enum err csv_match(const struct csv_table *table, const struct csv_wanted *wanted, size_t count,
                   const struct csv_mapping *mapping, int *ret_columns, struct problem *p)
{
    CLEANUP(match_clear)
    struct match m = {
        .table = table, .wanted = wanted, .count = count, .mapping = mapping, .arena = ARENA_INIT, .p = p};
    size_t columns = csv_column_count(table);
    m.columns = arena_array(&m.arena, count, sizeof *m.columns);
    m.taken = arena_array(&m.arena, columns, sizeof *m.taken);
    m.folded = arena_array(&m.arena, columns, sizeof *m.folded);
    m.settled = arena_array(&m.arena, count, sizeof *m.settled);
    if (!m.columns || !m.taken || !m.folded || !m.settled)
        return out_of_memory(p);
    for (size_t i = 0; i < columns; i++) {
        const char *name = csv_column_name(table, i);
        m.folded[i] = fold(&m, name, strlen(name));
        if (!m.folded[i])
            return out_of_memory(p);
    }
    for (size_t i = 0; i < count; i++)
        m.columns[i] = -1;
    enum err e = apply_mapping(&m);
    if (e == ERR_NONE)
        e = match_names(&m);
    if (e == ERR_NONE)
        e = check_required(&m);
    if (e == ERR_NONE)
        memcpy(ret_columns, m.columns, count * sizeof *ret_columns);
    return e;
}

void csv_unknown(const struct csv_table *table, const int *columns, size_t count, struct buf *out)
{
    bool first = true;
    for (size_t i = 0; i < csv_column_count(table); i++) {
        bool used = !*csv_column_name(table, i);
        for (size_t n = 0; n < count; n++)
            used |= columns[n] == (int)i;
        if (used)
            continue;
        buf_printf(out, "%s\"%s\"", first ? "" : ", ", csv_column_name(table, i));
        first = false;
    }
}
