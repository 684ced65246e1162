#include "qrgen/job/plates_csv.h"

#include <stdlib.h>
#include <string.h>

#include "common/buf.h"
#include "common/csv.h"
#include "common/encoding.h"
#include "common/file.h"
#include "common/fold.h"

enum column { CODE, SITE, TOUR, TITLE, PLACE, STATE, COPIES, RANK, ADDRESS, COLUMNS };

static const struct csv_wanted wanted[COLUMNS] = {
    [CODE] = {"code", "plate|plate code|mã|mã bảng|mã số", true},
    [SITE] = {"site", "site slug|slug|di tích|địa chỉ đỏ", false},
    [TOUR] = {"tour", "tour slug|lộ trình", false},
    [TITLE] = {"title", "name|site title|tên|tên di tích|tiêu đề", false},
    [PLACE] = {"place", "location|nơi đặt|vị trí|nơi gắn", false},
    [STATE] = {"state", "status|trạng thái|tình trạng", false},
    [COPIES] = {"copies", "quantity|số bản|số lượng", false},
    [RANK] = {"rank", "xếp hạng|cấp xếp hạng", false},
    [ADDRESS] = {"address", "địa chỉ", false},
};

// What boards say in several languages: a column for one that is not named, "title", and one for each that
// is, "title_vi", "title_en", in the order of the columns.
enum said { SAID_TITLE, SAID_RANK, SAID_ADDRESS, SAIDS };

static const struct {
    const char *prefix;
    enum column plain;
} saids[SAIDS] = {
    [SAID_TITLE] = {"title_", TITLE}, [SAID_RANK] = {"rank_", RANK}, [SAID_ADDRESS] = {"address_", ADDRESS}};

#define LANGUAGES_MAX 16

struct languages {
    int column[LANGUAGES_MAX];
    char lang[LANGUAGES_MAX][FOLD_LANG_SIZE]; // "" for the plain column
    size_t count;
};

struct found {
    int columns[COLUMNS];
    struct languages said[SAIDS];
};

// "title_zh-Hant" behind "title_" -> "zh-hant". False when it is no language.
static bool read_lang(const char *text, char ret[FOLD_LANG_SIZE])
{
    size_t len = strlen(text);
    if (len >= FOLD_LANG_SIZE)
        return false;
    for (size_t i = 0; i <= len; i++)
        ret[i] = text[i] >= 'A' && text[i] <= 'Z' ? (char)(text[i] + 'a' - 'A')
                 : text[i] == '_'                 ? '-'
                                                  : text[i];
    return fold_is_lang(ret);
}

static void find_languages(const struct csv_table *table, enum said said, struct found *found)
{
    struct languages *l = &found->said[said];
    size_t prefix = strlen(saids[said].prefix);
    if (found->columns[saids[said].plain] >= 0)
        l->column[l->count++] = found->columns[saids[said].plain];
    for (size_t i = 0; i < csv_column_count(table) && l->count < LANGUAGES_MAX; i++) {
        const char *name = csv_column_name(table, i);
        if (strncasecmp(name, saids[said].prefix, prefix) == 0 && read_lang(name + prefix, l->lang[l->count]))
            l->column[l->count++] = (int)i;
    }
}

// The row's texts, those that are not empty.
static struct job_texts texts_of(const struct csv_row *row, const struct languages *l,
                                 struct job_text items[LANGUAGES_MAX])
{
    struct job_texts texts = {.items = items};
    for (size_t i = 0; i < l->count; i++) {
        const char *text = csv_field(row, l->column[i]);
        if (text[0])
            items[texts.count++] = (struct job_text){l->lang[i], text};
    }
    return texts;
}

// The states of a plate, and what a list made from them means for printing.
static const struct {
    const char *name;
    bool retired;
} states[] = {
    {"", false},        {"planned", false},   {"in-batch", false}, {"printed", false},
    {"damaged", false}, {"installed", false}, {"retired", true},
};

static enum err read_state(const char *text, const struct csv_row *row, bool *ret_retired, struct problem *p)
{
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++)
        if (strcasecmp(text, states[i].name) == 0) {
            *ret_retired = states[i].retired;
            return ERR_NONE;
        }
    return problem_at(p, ERR_INVALID, row->line, 0, "state",
                      "\"%.60s\" is not a plate's state (planned, in-batch, printed, installed, damaged, "
                      "retired); --columns state= leaves the column out",
                      text);
}

// A list may leave the number of copies empty: then it is one.
static enum err read_copies(const char *text, const struct csv_row *row, unsigned *ret, struct problem *p)
{
    size_t digits = strspn(text, "0123456789");
    unsigned long copies = digits > 0 && digits < 6 ? strtoul(text, NULL, 10) : 0;
    if (text[0] && (text[digits] || copies < 1 || copies > JOB_COPIES_MAX))
        return problem_at(p, ERR_INVALID, row->line, 0, "copies",
                          "\"%.60s\" is no number of copies: give 1 to %d, or nothing for 1", text,
                          JOB_COPIES_MAX);
    *ret = text[0] ? (unsigned)copies : 1;
    return ERR_NONE;
}

static enum err add_row(const struct csv_row *row, const struct found *found, struct job *job,
                        struct problem *p)
{
    const int *columns = found->columns;
    struct job_text texts[SAIDS][LANGUAGES_MAX];
    bool retired = false;
    unsigned copies = 1;
    enum err e = read_state(csv_field(row, columns[STATE]), row, &retired, p);
    if (!e)
        e = read_copies(csv_field(row, columns[COPIES]), row, &copies, p);
    if (e)
        return e;
    if (retired) {
        job->retired++;
        return ERR_NONE;
    }
    const char *site = csv_field(row, columns[SITE]);
    const struct job_plate plate = {
        .site = site[0] ? site : csv_field(row, columns[TOUR]),
        .title = csv_field(row, columns[TITLE]),
        .place = csv_field(row, columns[PLACE]),
        .titles = texts_of(row, &found->said[SAID_TITLE], texts[SAID_TITLE]),
        .rank = texts_of(row, &found->said[SAID_RANK], texts[SAID_RANK]),
        .address = texts_of(row, &found->said[SAID_ADDRESS], texts[SAID_ADDRESS]),
        .copies = copies,
        .line = row->line,
    };
    return job_add(job, csv_field(row, columns[CODE]), &plate, p);
}

static enum err add_rows(struct csv_table *table, const struct found *found, struct job *job,
                         struct problem_list *bad, struct problem *p)
{
    for (;;) {
        struct csv_row row;
        struct problem about = PROBLEM_INIT;
        enum err e = csv_next(table, &row, &about);
        if (e == ERR_NOT_FOUND)
            return ERR_NONE;
        if (!e)
            e = add_row(&row, found, job, &about);
        if (e == ERR_INVALID) {
            problem_list_add(bad, &about);
        } else if (e) {
            if (p)
                *p = about;
            return e;
        }
    }
}

static enum err parse_text(const struct buf *text, const char *mapping, struct job *job,
                           struct problem_list *bad, struct problem *p)
{
    cleanup_csv struct csv_table *table = NULL;
    struct found found = {.said[0].count = 0};
    enum err e = csv_open(text->data, text->len, 0, &table, p);
    if (!e)
        e = csv_match(table, wanted, COLUMNS, &(struct csv_mapping){"--columns", mapping}, found.columns, p);
    for (enum said said = 0; said < SAIDS && !e; said++)
        find_languages(table, said, &found);
    if (!e)
        e = add_rows(table, &found, job, bad, p);
    if (!e && bad->count + bad->dropped > 0)
        e = problem_set(p, ERR_INVALID, "--csv", "%zu %s of the list cannot be used: correct the file",
                        bad->count + bad->dropped, bad->count + bad->dropped == 1 ? "row" : "rows");
    return e;
}

enum err plates_csv_parse(const char *data, size_t len, const char *mapping, struct job *job,
                          struct problem_list *bad, struct problem *p)
{
    cleanup_buf struct buf text = BUF_INIT;
    enum err e = encoding_read(data, len, NULL, &text, NULL, p);
    return e ? e : parse_text(&text, mapping, job, bad, p);
}

enum err plates_csv_read(const char *path, const char *mapping, struct job *job, struct problem_list *bad,
                         struct problem *p)
{
    cleanup_buf struct buf data = BUF_INIT;
    enum err e = file_read(path, PLATES_CSV_MAX, &data, p);
    if (e && p)
        strcpy(p->field, "--csv");
    return e ? e : plates_csv_parse(data.data, data.len, mapping, job, bad, p);
}
