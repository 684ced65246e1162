#include "tests/unit/unit.h"

#include <stdio.h>

#include "common/arena.h"
#include "common/clock.h"
#include "common/csv.h"

static struct csv_table *open_text(const char *text, char delimiter)
{
    struct csv_table *table = NULL;
    struct problem p = PROBLEM_INIT;
    if (csv_open(text, strlen(text), delimiter, &table, &p) != ERR_NONE)
        fail_msg("%s", p.text);
    return table;
}

static void expect_row(struct csv_table *table, unsigned long line, const char *const *fields)
{
    struct csv_row row;
    struct problem p = PROBLEM_INIT;
    if (csv_next(table, &row, &p) != ERR_NONE)
        fail_msg("no row: %s", p.text);
    assert_int_equal(row.line, line);
    for (size_t i = 0; i < row.count; i++)
        assert_string_equal(row.fields[i], fields[i]);
}

static void expect_end(struct csv_table *table)
{
    struct csv_row row;
    assert_int_equal(csv_next(table, &row, NULL), ERR_NOT_FOUND);
    assert_int_equal(csv_next(table, &row, NULL), ERR_NOT_FOUND);
}

#define ROW(table, line, ...) expect_row((table), (line), (const char *const[]){__VA_ARGS__})

// The sentence leaves the place to these, so that whoever shows both says it once.
static void assert_place(const struct problem *p, unsigned long line, unsigned long column)
{
    assert_int_equal(p->line, line);
    assert_int_equal(p->column, column);
    assert_null(strstr(p->text, "ine "));
}

static void rows_are_read_with_their_lines(void **state)
{
    (void)state;
    cleanup_csv struct csv_table *t = open_text(
        "\n name ,text\r\na, \"x, \"\"y\"\"\" \r\rb,\"two\r\nlines\rand three\n\"\n\n,\n,,,\n\"\",c,,\n"
        "Chùa \"Ông\", q \"r\" \nlast,row",
        0);
    assert_int_equal(csv_delimiter(t), ',');
    assert_int_equal(csv_column_count(t), 2);
    assert_string_equal(csv_column_name(t, 0), "name");
    ROW(t, 3, "a", "x, \"y\"");
    ROW(t, 5, "b", "two\nlines\nand three\n");
    ROW(t, 12, "", "c");
    ROW(t, 13, "Chùa \"Ông\"", "q \"r\"");
    ROW(t, 14, "last", "row");
    expect_end(t);
}

static void delimiters_are_recognised(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        char delimiter;
        const char *first, *second;
    } cases[] = {
        {"a,b\n1,2\n", ',', "1", "2"},
        {"a;b\n1,5;2,5\n", ';', "1,5", "2,5"},
        {"a\tb\n1, 2\t3\n", '\t', "1, 2", "3"},
        {"a|b\n1,2,3|4\n", '|', "1,2,3", "4"},
        {"sep=;\r\na,x;b\r\n1;2\r\n", ';', "1", "2"},
        {"SEP=|\na;x|b\n1|2\n", '|', "1", "2"},
        {"\"a;b;c\",b\n\"1;2;3\",2\n", ',', "1;2;3", "2"},
        {"a;b, c\n1;2\n3;4\n", ';', "1", "2"},
        {"name, or not;b\n1;2\n3;4\n", ';', "1", "2"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cleanup_csv struct csv_table *t = open_text(cases[i].text, 0);
        assert_int_equal(csv_delimiter(t), cases[i].delimiter);
        struct csv_row row;
        assert_int_equal(csv_next(t, &row, NULL), ERR_NONE);
        assert_string_equal(row.fields[0], cases[i].first);
        assert_string_equal(row.fields[1], cases[i].second);
        assert_int_equal(row.line, strncasecmp(cases[i].text, "sep", 3) == 0 ? 3 : 2);
    }
    cleanup_csv struct csv_table *forced = open_text("a,b;c\n1,2;3\n", ';');
    ROW(forced, 2, "1,2", "3");
    cleanup_csv struct csv_table *tabs = open_text("a\tb\tc\n\t\t x\n", 0);
    ROW(tabs, 2, "", "", "x");
    cleanup_csv struct csv_table *single = open_text("name\nx\n", 0);
    ROW(single, 2, "x");
}

static void delimiters_have_names(void **state)
{
    (void)state;
    char c = '?';
    assert_true(csv_read_delimiter("Tab", &c) && c == '\t');
    assert_true(csv_read_delimiter("\\t", &c) && c == '\t');
    assert_true(csv_read_delimiter(";", &c) && c == ';');
    assert_true(csv_read_delimiter("auto", &c) && c == 0);
    static const char *const bad[] = {"", "::", "\"", "\n", "đ", "commas"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(csv_read_delimiter(bad[i], &c));
}

static void bad_rows_are_named_and_passed(void **state)
{
    (void)state;
    cleanup_csv struct csv_table *t = open_text(
        "a,b,c\n1,2\n1,2,3,4\n1,2,3\nx,\"y\" z,w\n4,5,6\nq,\"multi\nline\" no,r\n7,8,9\n1,\"two\nand\n", 0);
    struct csv_row row = {.line = 99};
    struct problem p = PROBLEM_INIT;
    assert_int_equal(csv_next(t, &row, &p), ERR_INVALID);
    assert_problem(p, ERR_INVALID, "the row has 2 fields, but the header names 3");
    assert_place(&p, 2, 0);
    assert_int_equal(row.line, 99);
    assert_int_equal(csv_next(t, &row, &p), ERR_INVALID);
    assert_problem(p, ERR_INVALID, "the row has 4 fields");
    assert_place(&p, 3, 0);
    ROW(t, 4, "1", "2", "3");
    assert_int_equal(csv_next(t, &row, &p), ERR_INVALID);
    assert_problem(p, ERR_INVALID, "text follows a closing quote");
    assert_place(&p, 5, 2);
    assert_string_equal(p.field, "b");
    ROW(t, 6, "4", "5", "6");
    assert_int_equal(csv_next(t, &row, &p), ERR_INVALID);
    assert_problem(p, ERR_INVALID, "text follows a closing quote");
    assert_place(&p, 8, 2);
    ROW(t, 9, "7", "8", "9");
    assert_int_equal(csv_next(t, &row, &p), ERR_INVALID);
    assert_problem(p, ERR_INVALID, "a quote opens");
    assert_place(&p, 10, 2);
    expect_end(t);
}

static void an_open_quote_is_named_where_it_opens(void **state)
{
    (void)state;
    cleanup_csv struct csv_table *t = open_text("a,b\n\"one\ntwo\",\"three\nfour\n", 0);
    struct csv_row row;
    struct problem p = PROBLEM_INIT;
    assert_int_equal(csv_next(t, &row, &p), ERR_INVALID);
    assert_problem(p, ERR_INVALID, "a quote opens");
    assert_place(&p, 3, 2);
    expect_end(t);
}

static void what_is_no_table_is_refused(void **state)
{
    (void)state;
    struct csv_table *t = NULL;
    struct problem p = PROBLEM_INIT;
    assert_int_equal(csv_open("", 0, 0, &t, &p), ERR_INVALID);
    assert_problem(p, ERR_INVALID, "empty");
    assert_int_equal(csv_open("\n\n,,\n", 5, 0, &t, &p), ERR_INVALID);
    assert_int_equal(csv_open("a\nb\0", 4, 0, &t, &p), ERR_INVALID);
    assert_problem(p, ERR_INVALID, "Line 2 has a NUL");
    assert_int_equal(csv_open("a,\"b\n", 5, 0, &t, &p), ERR_INVALID);
    assert_problem(p, ERR_INVALID, "a quote opens");
    assert_place(&p, 1, 2);
    cleanup_buf struct buf wide = BUF_INIT;
    for (int i = 0; i <= CSV_COLUMNS_MAX; i++)
        buf_append_str(&wide, "x,");
    buf_append_str(&wide, "x\n");
    assert_int_equal(csv_open(wide.data, wide.len, 0, &t, &p), ERR_TOO_LARGE);
    assert_null(t);
}

enum { TITLE, LAT, LON, NOTE, FIELDS };

static const struct csv_wanted wanted[FIELDS] = {
    [TITLE] = {"title", "tên|tên di tích|name", true},
    [LAT] = {"lat", "vĩ độ|latitude", true},
    [LON] = {"lon", "kinh độ|longitude", true},
    [NOTE] = {"note", "ghi chú", false},
};

static void columns_are_found_by_name(void **state)
{
    (void)state;
    static const struct {
        const char *header, *mapping;
        int columns[FIELDS];
        const char *unknown;
    } cases[] = {
        {"title,lat,lon,note", NULL, {0, 1, 2, 3}, ""},
        {"GHI CHU,Kinh_độ,VĨ ĐỘ,Tên Di Tích", NULL, {3, 2, 1, 0}, ""},
        {"Name,LATITUDE,lon,rank,rank", NULL, {0, 1, 2, -1}, "\"rank\", \"rank\""},
        {"name,title,lat,lon,", NULL, {1, 2, 3, -1}, "\"name\""},
        {"name,title,lat,lon", "title=NAME", {0, 2, 3, -1}, "\"title\""},
        {"a,b,c,d", " title = d,lat=c , lon=b,", {3, 2, 1, -1}, "\"a\""},
        {"\"Tên, gốc\",x,y,note", "title=Tên, gốc,lat=x,lon=y,note=", {0, 1, 2, -1}, "\"note\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cleanup_csv struct csv_table *t = open_text(cases[i].header, ',');
        cleanup_buf struct buf unknown = BUF_INIT;
        struct problem p = PROBLEM_INIT;
        int columns[FIELDS];
        if (csv_match(t, wanted, FIELDS, &(struct csv_mapping){"--map", cases[i].mapping}, columns, &p) !=
            ERR_NONE)
            fail_msg("%s", p.text);
        for (size_t n = 0; n < FIELDS; n++)
            assert_int_equal(columns[n], cases[i].columns[n]);
        csv_unknown(t, columns, FIELDS, &unknown);
        assert_string_equal(unknown.data, cases[i].unknown);
    }
}

static void wrong_columns_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *header, *mapping, *field, *part;
    } cases[] = {
        {"title,lat", NULL, "lon",
         "no column for lon; map it with --map lon=COLUMN. Its columns are \"title\", \"lat\""},
        {"title,Title,lat,lon", NULL, "title", "Columns 1 and 2 are both named"},
        {"title,lat,lon", "titel=title", "mapping", "\"titel\", which is no field"},
        {"title,lat,lon", "title=naam", "title", "\"naam\", which is not free"},
        {"title,lat,lon", "title=title,title=lat", "title", "twice"},
        {"title,lat,lon", "title=,note=lat", "title", "no column for title"},
        {"title,lat,lon", "just words", "mapping", "which is no field"},
        {"title,lat,lon", "title=title,bad=x", "mapping", "\"bad\", which is no field"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cleanup_csv struct csv_table *t = open_text(cases[i].header, ',');
        struct problem p = PROBLEM_INIT;
        int columns[FIELDS] = {7};
        assert_int_equal(
            csv_match(t, wanted, FIELDS, &(struct csv_mapping){"--map", cases[i].mapping}, columns, &p),
            ERR_INVALID);
        assert_problem(p, ERR_INVALID, cases[i].part);
        assert_string_equal(p.field, cases[i].field);
        assert_int_equal(columns[0], 7);
    }
}

static void what_is_written_is_read_back(void **state)
{
    (void)state;
    static const char *const rows[][3] = {
        {"sep=;", "b;c", ""},
        {"plain", "with, comma", "with \"quotes\""},
        {"two\nlines", " spaces ", "\ttab"},
        {"=1+1", "\"", "a|b;c"},
        {"behind ", " before", "x"},
        {"", "", "x"},
    };
    cleanup_buf struct buf out = BUF_INIT;
    for (size_t i = 0; i < 6; i++)
        csv_append_row(&out, rows[i], 3);
    cleanup_csv struct csv_table *t = open_text(out.data, 0);
    assert_int_equal(csv_delimiter(t), ',');
    assert_string_equal(csv_column_name(t, 0), "sep=;");
    struct csv_row row;
    for (size_t i = 1; i < 6; i++) {
        assert_int_equal(csv_next(t, &row, NULL), ERR_NONE);
        for (size_t n = 0; n < 3; n++)
            assert_string_equal(row.fields[n], rows[i][n]);
    }
    assert_string_equal(csv_field(&row, 2), "x");
    assert_string_equal(csv_field(&row, -1), "");
    expect_end(t);
    buf_reset(&out);
    csv_append_row(&out, (const char *const[]){"a", "1,5"}, 2);
    assert_string_equal(out.data, "a,\"1,5\"\n");
}

static void what_would_be_a_formula_is_marked(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"=1+1", "'=1+1"}, {"+84", "'+84"}, {"- a", "'- a"}, {"@x", "'@x"}, {"\tx", "'\tx"},
        {"'=1", "''=1"},   {"'", "'"},      {"'a", "'a"},    {"", ""},      {"a=b", "a=b"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cleanup_arena struct arena a = ARENA_INIT;
        assert_string_equal(csv_marked(&a, cases[i][0]), cases[i][1]);
        assert_string_equal(csv_unmarked(cases[i][1]), cases[i][0]);
    }
}

// 8,800 rows of 10 columns are a whole register; reading them must not be felt. The bound is wide, because
// the test also runs under sanitizers and beside others.
static void a_whole_register_is_read_fast(void **state)
{
    (void)state;
    cleanup_buf struct buf text = BUF_INIT;
    for (int i = 0; i <= 8800; i++)
        buf_append_str(
            &text, "8800,Wohn- und Wirtschaftsgebäude,\"Bauliche Anlage, alt\",Alteintragung (Aktualisierung "
                   "vorgesehen),Oesterstraße 7,25767,Albersdorf,Kreis Dithmarschen,54.147568,9.2854188\n");
    int64_t start = clock_monotonic_ms();
    cleanup_csv struct csv_table *t = open_text(text.data, 0);
    struct csv_row row;
    int rows = 0;
    while (csv_next(t, &row, NULL) == ERR_NONE)
        rows++;
    assert_int_equal(rows, 8800);
    assert_in_range(clock_monotonic_ms() - start, 0, 2000);
    print_message("8,800 rows in %d ms\n", (int)(clock_monotonic_ms() - start));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_read_with_their_lines),
        cmocka_unit_test(delimiters_are_recognised),
        cmocka_unit_test(delimiters_have_names),
        cmocka_unit_test(bad_rows_are_named_and_passed),
        cmocka_unit_test(an_open_quote_is_named_where_it_opens),
        cmocka_unit_test(what_is_no_table_is_refused),
        cmocka_unit_test(columns_are_found_by_name),
        cmocka_unit_test(wrong_columns_are_refused),
        cmocka_unit_test(what_is_written_is_read_back),
        cmocka_unit_test(what_would_be_a_formula_is_marked),
        cmocka_unit_test(a_whole_register_is_read_fast),
    };
    return cmocka_run_group_tests_name("csv", tests, NULL, NULL);
}
