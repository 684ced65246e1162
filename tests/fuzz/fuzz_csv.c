#include "tests/fuzz/fuzz.h"

#include "common/csv.h"
#include "common/encoding.h"
#include "common/fold.h"

// The input: one byte that chooses the encoding, one that chooses the delimiter, a mapping up to the first
// line end, then the file.
static const char *const encodings[] = {NULL,       "utf-8",        "utf-16",       "utf-16le",
                                        "utf-16be", "windows-1252", "windows-1258", "tcvn3"};
static const char delimiters[] = {0, ',', ';', '\t', '|', ' '};

static const struct csv_wanted wanted[] = {
    {"title", "tên|tên di tích|name", false},
    {"lat", "vĩ độ", false},
    {"key", "id|mã", true},
};

#define WANTED (sizeof wanted / sizeof wanted[0])

static void check_matching(const struct csv_table *table, const char *mapping)
{
    int columns[WANTED];
    struct problem p = PROBLEM_INIT;
    if (csv_match(table, wanted, WANTED, &(struct csv_mapping){"--map", mapping}, columns, &p) != ERR_NONE) {
        REQUIRE(p.text[0] && p.field[0]);
        return;
    }
    for (size_t i = 0; i < WANTED; i++)
        REQUIRE(columns[i] >= -1 && columns[i] < (int)csv_column_count(table));
    cleanup_buf struct buf unknown = BUF_INIT;
    csv_unknown(table, columns, WANTED, &unknown);
}

// What was read and written again is read as it was.
static void check_round_trip(const struct buf *written, struct csv_table *table)
{
    cleanup_csv struct csv_table *again = NULL;
    cleanup_buf struct buf rewritten = BUF_INIT;
    REQUIRE(csv_open(written->data, written->len, ',', &again, NULL) == ERR_NONE);
    REQUIRE(csv_column_count(again) == csv_column_count(table));
    const char *names[CSV_COLUMNS_MAX];
    for (size_t i = 0; i < csv_column_count(again); i++)
        names[i] = csv_column_name(again, i);
    csv_append_row(&rewritten, names, csv_column_count(again));
    struct csv_row row;
    while (csv_next(again, &row, NULL) == ERR_NONE)
        csv_append_row(&rewritten, row.fields, row.count);
    REQUIRE(rewritten.len == written->len && memcmp(rewritten.data, written->data, written->len) == 0);
}

static void check_rows(struct csv_table *table, size_t text_len)
{
    cleanup_buf struct buf written = BUF_INIT;
    const char *names[CSV_COLUMNS_MAX];
    for (size_t i = 0; i < csv_column_count(table); i++)
        names[i] = csv_column_name(table, i);
    csv_append_row(&written, names, csv_column_count(table));
    struct csv_row row;
    struct problem p = PROBLEM_INIT;
    unsigned long last = 0;
    for (enum err e; (e = csv_next(table, &row, &p)) != ERR_NOT_FOUND;) {
        unsigned long line = e == ERR_NONE ? row.line : p.line;
        REQUIRE(e == ERR_NONE || (e == ERR_INVALID && p.text[0]));
        REQUIRE(line >= last && line <= text_len + 1);
        last = line;
        if (e != ERR_NONE)
            continue;
        REQUIRE(row.count == csv_column_count(table));
        for (size_t i = 0; i < row.count; i++)
            REQUIRE(fold_utf8_valid(row.fields[i], strlen(row.fields[i])));
        csv_append_row(&written, row.fields, row.count);
    }
    check_round_trip(&written, table);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 3)
        return 0;
    const char *forced = encodings[data[0] % (sizeof encodings / sizeof encodings[0])];
    char delimiter = delimiters[data[1] % sizeof delimiters];
    const uint8_t *end = memchr(data + 2, '\n', size - 2);
    size_t head = end ? (size_t)(end - data) : 2;
    char *mapping = fuzz_string(data + 2, head - 2);
    head += end ? 1 : 0;
    cleanup_buf struct buf text = BUF_INIT;
    cleanup_csv struct csv_table *table = NULL;
    struct problem p = PROBLEM_INIT;
    const char *name = NULL;
    enum err e = encoding_read((const char *)data + head, size - head, forced, &text, &name, &p);
    REQUIRE(e == ERR_NONE ? name != NULL : p.text[0] && text.len == 0);
    REQUIRE(fold_utf8_valid(text.data, text.len) && !memchr(text.data, 0, text.len));
    if (e == ERR_NONE)
        e = csv_open(text.data, text.len, delimiter, &table, &p);
    REQUIRE(e == ERR_NONE ? table != NULL : p.text[0] != '\0');
    if (table) {
        check_matching(table, mapping);
        check_rows(table, text.len);
    }
    free(mapping);
    return 0;
}
