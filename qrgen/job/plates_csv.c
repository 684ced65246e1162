#include "qrgen/job/plates_csv.h"

#include <string.h>

#include "common/buf.h"
#include "common/csv.h"
#include "common/encoding.h"
#include "common/file.h"

enum column { CODE, SITE, TOUR, TITLE, PLACE, STATE, COLUMNS };

static const struct csv_wanted wanted[COLUMNS] = {
    [CODE] = {"code", "plate|plate code|mã|mã bảng|mã số", true},
    [SITE] = {"site", "site slug|slug|di tích|địa chỉ đỏ", false},
    [TOUR] = {"tour", "tour slug|lộ trình", false},
    [TITLE] = {"title", "name|site title|tên|tên di tích|tiêu đề", false},
    [PLACE] = {"place", "location|nơi đặt|vị trí|nơi gắn", false},
    [STATE] = {"state", "status|trạng thái|tình trạng", false},
};

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

static enum err add_row(const struct csv_row *row, const int columns[COLUMNS], struct job *job,
                        struct problem *p)
{
    bool retired = false;
    enum err e = read_state(csv_field(row, columns[STATE]), row, &retired, p);
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
        .line = row->line,
    };
    return job_add(job, csv_field(row, columns[CODE]), &plate, p);
}

static enum err add_rows(struct csv_table *table, const int columns[COLUMNS], struct job *job,
                         struct problem_list *bad, struct problem *p)
{
    for (;;) {
        struct csv_row row;
        struct problem about = PROBLEM_INIT;
        enum err e = csv_next(table, &row, &about);
        if (e == ERR_NOT_FOUND)
            return ERR_NONE;
        if (!e)
            e = add_row(&row, columns, job, &about);
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
    int columns[COLUMNS];
    enum err e = csv_open(text->data, text->len, 0, &table, p);
    if (!e)
        e = csv_match(table, wanted, COLUMNS, &(struct csv_mapping){"--columns", mapping}, columns, p);
    if (!e)
        e = add_rows(table, columns, job, bad, p);
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
