#include "qrgen/parcel/proof.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "common/fold.h"
#include "qrgen/parcel/ruler.h"
#include "qrgen/parcel/volume.h"

// Millimetres on A4 (ISO 216).
#define PAPER_WIDTH  210.0
#define PAPER_HEIGHT 297.0
#define EDGE         15.0 // free at all sides
#define HEAD         20.0 // from the upper edge of the type area to the first row
#define FOOT         21.0 // the ruler and what is said of it
#define GAP          6.0  // between columns
#define WORDS        22.0 // below a picture, at least
#define ROW_GAP      3.0
#define WORDS_GAP    1.5  // between a picture and its words
#define CORNER       42.0 // the page's number
#define THUMB_MIN    20.0
#define THUMB_MAX    50.0
#define FRAME        0.1

#define WORDS_MAX 150 // characters of a name or an address; what is longer is cut

#define INNER_WIDTH  (PAPER_WIDTH - 2 * EDGE)
#define COLUMN_WIDTH ((INNER_WIDTH - (PROOF_COLUMNS - 1) * GAP) / PROOF_COLUMNS)

struct proof proof_plan(const struct order *order, const struct job *job, double width_mm, double height_mm)
{
    double room = PAPER_HEIGHT - 2 * EDGE - HEAD - FOOT;
    struct proof proof = {.job = job, .order = order};
    proof.thumb_mm = fmin(fmax(COLUMN_WIDTH * height_mm / width_mm, THUMB_MIN), THUMB_MAX);
    proof.rows = (size_t)((room + ROW_GAP) / (proof.thumb_mm + WORDS + ROW_GAP));
    proof.row_mm = (room + ROW_GAP) / (double)proof.rows; // what is left is shared out
    size_t on_page = proof.rows * PROOF_COLUMNS;
    proof.pages = (job->count + on_page - 1) / on_page;
    proof.volume_pages = PROOF_VOLUME_PLACES / on_page;
    proof.volumes = (proof.pages + proof.volume_pages - 1) / proof.volume_pages;
    return proof;
}

struct composing {
    const struct proof *proof;
    struct lettering *lettering;
    sheets_plate_fn *plate;
    void *arg;
    struct drawing *page, drawn;
};

// The text, cut at WORDS_MAX characters.
static const char *shorten(const char *text, char ret[WORDS_MAX * 4 + 8])
{
    size_t len = strlen(text);
    if (fold_utf8_count(text, len) <= WORDS_MAX)
        return text;
    size_t bytes = 0;
    for (int i = 0; i < WORDS_MAX; i++)
        for (bytes++; (text[bytes] & 0xC0) == 0x80; bytes++)
            continue;
    snprintf(ret, WORDS_MAX * 4 + 8, "%.*s…", (int)bytes, text);
    return ret;
}

static struct lettering_text style(const char *words, const char *name, int weight, double size, double k)
{
    return (struct lettering_text){.words = words,
                                   .name = name,
                                   .lang = "vi",
                                   .family = "Noto Sans",
                                   .weight = weight,
                                   .size_mm = size,
                                   .floor_mm = size * 0.5,
                                   .gap_mm = 0.6,
                                   .k = k};
}

// --- one plate

static enum err write_words(struct composing *c, const struct job_plate *plate, double x, double y,
                            struct problem *p)
{
    char code[CODE_WORDS_SIZE], head[CODE_WORDS_SIZE + 24], held[3][WORDS_MAX * 4 + 8];
    code_words(plate->code, code);
    snprintf(head, sizeof head, plate->copies > 1 ? "%s  × %u" : "%s", code, plate->copies);
    const char *title = plate->titles.count ? job_text_in(&plate->titles, "vi") : plate->title;
    struct lettering_text texts[] = {
        style(head, "code", 700, 3.1, 1),
        style(shorten(title[0] ? title : plate->site, held[0]), "name of the site", 400, 2.6, 1),
        style(shorten(job_text_in(&plate->address, "vi"), held[1]), "address", 400, 2.1, 0.75),
        style(shorten(plate->place, held[2]), "place", 400, 2.1, 0.75),
    };
    texts[0].floor_mm = texts[0].size_mm; // long names do not make the code small
    texts[2].gap_mm = 1.1;
    double height = c->proof->row_mm - ROW_GAP - c->proof->thumb_mm - WORDS_GAP;
    const struct lettering_box box = {x, y, COLUMN_WIDTH, height, LETTERING_LEFT, LETTERING_TOP};
    return lettering_column(c->lettering, texts, sizeof texts / sizeof *texts, &box, c->page, NULL, p);
}

// The plate as large as its field allows, at the field's lower left, with a frame around its trimmed edge.
static enum err draw_thumb(struct composing *c, size_t i, double x, double y, struct problem *p)
{
    double width, height;
    enum err e = c->plate(c->arg, i, &c->drawn, &width, &height, p);
    if (e)
        return e;
    double scale = fmin(COLUMN_WIDTH / width, c->proof->thumb_mm / height);
    double top = y + c->proof->thumb_mm - height * scale;
    drawing_append(c->page, &c->drawn, x, top, scale);
    width *= scale, height *= scale;
    const double frame[4][4] = {{0, 0, width, FRAME},
                                {0, height - FRAME, width, FRAME},
                                {0, 0, FRAME, height},
                                {width - FRAME, 0, FRAME, height}};
    for (int side = 0; side < 4; side++)
        drawing_rect(c->page, x + frame[side][0], top + frame[side][1], frame[side][2], frame[side][3], 0.5);
    return ERR_NONE;
}

static enum err draw_plate(struct composing *c, size_t i, size_t cell, struct problem *p)
{
    double x = EDGE + (double)(cell % PROOF_COLUMNS) * (COLUMN_WIDTH + GAP);
    size_t row = cell / PROOF_COLUMNS;
    double y = EDGE + HEAD + (double)row * c->proof->row_mm;
    enum err e = draw_thumb(c, i, x, y, p);
    return e ? e : write_words(c, &c->proof->job->plates[i], x, y + c->proof->thumb_mm + WORDS_GAP, p);
}

// --- what stands around them

static enum err write_line(struct composing *c, const struct lettering_text *text,
                           const struct lettering_box *box, struct problem *p)
{
    return lettering_column(c->lettering, text, 1, box, c->page, NULL, p);
}

static enum err write_head(struct composing *c, size_t page, struct problem *p)
{
    const struct proof *proof = c->proof;
    const struct job *job = proof->job;
    char held[WORDS_MAX * 4 + 8], counts[200], number[80];
    const char *name = proof->order->name;
    snprintf(counts, sizeof counts,
             "Tờ soát trước khi in · Proof before printing — %zu bảng, %zu bản in · %zu %s, %zu %s",
             job->count, job->copies, job->count, job->count == 1 ? "plate" : "plates", job->copies,
             job->copies == 1 ? "copy" : "copies");
    snprintf(number, sizeof number, "Trang %zu/%zu · page %zu of %zu", page + 1, proof->pages, page + 1,
             proof->pages);
    struct lettering_text texts[] = {
        style(shorten(name[0] ? name : "Bảng mã QR · QR plates", held), "name of the batch", 600, 6, 1),
        style(counts, "count", 400, 2.8, 0.8),
        style(proof->order->base_url, "base URL", 400, 2.8, 0.8),
    };
    texts[0].family = "Noto Serif";
    texts[1].gap_mm = 1;
    const struct lettering_box box = {EDGE,     EDGE - 3,       INNER_WIDTH - CORNER,
                                      HEAD - 3, LETTERING_LEFT, LETTERING_TOP};
    const struct lettering_box corner = {
        EDGE + INNER_WIDTH - CORNER, EDGE - 3, CORNER, 4, LETTERING_RIGHT, LETTERING_TOP};
    const struct lettering_text at = style(number, "page", 400, 2.4, 0.8);
    drawing_rect(c->page, EDGE, EDGE + HEAD - 5, INNER_WIDTH, 0.2, 1);
    enum err e = lettering_column(c->lettering, texts, 3, &box, c->page, NULL, p);
    return e ? e : write_line(c, &at, &corner, p);
}

static enum err write_foot(struct composing *c, struct problem *p)
{
    double y = PAPER_HEIGHT - EDGE - 13;
    const struct lettering_text texts[] = {
        style(
            "Thước này phải dài đúng 100 mm. Dài khác đi là trang đã bị co giãn: hãy in lại với tỉ lệ 100 %.",
            "ruler", 400, 2.4, 1),
        style("This ruler must measure exactly 100 mm. If it does not, the page was scaled: print again at "
              "100 %.",
              "ruler", 400, 2.4, 0.75),
    };
    const struct lettering_box box = {EDGE + RULER_MM + 2 * GAP,
                                      y - 0.5,
                                      INNER_WIDTH - RULER_MM - 2 * GAP,
                                      13,
                                      LETTERING_LEFT,
                                      LETTERING_TOP};
    enum err e = ruler_draw(c->lettering, EDGE, y, c->page, p);
    return e ? e : lettering_column(c->lettering, texts, 2, &box, c->page, NULL, p);
}

static enum err compose(void *arg, size_t page, struct drawing *ret, struct problem *p)
{
    struct composing *c = arg;
    size_t on_page = c->proof->rows * PROOF_COLUMNS, first = page * on_page;
    c->page = ret;
    enum err e = write_head(c, page, p);
    for (size_t i = 0; i < on_page && first + i < c->proof->job->count && !e; i++)
        e = draw_plate(c, first + i, i, p);
    return e ? e : write_foot(c, p);
}

enum err proof_volume(const struct proof *proof, size_t number, struct lettering *lettering,
                      sheets_plate_fn *plate, void *arg, struct buf *ret, struct problem *p)
{
    const struct volume v = volume_of(number, proof->volume_pages, proof->pages, PAPER_WIDTH, PAPER_HEIGHT);
    struct composing c = {
        .proof = proof, .lettering = lettering, .plate = plate, .arg = arg, .drawn = DRAWING_INIT};
    enum err e = volume_write(&v, compose, &c, ret, p);
    drawing_free(&c.drawn);
    return e;
}
