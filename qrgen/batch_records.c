#include <stdlib.h>
#include <string.h>

#include "qrgen/batch_parts.h"
#include "qrgen/parcel/names.h"
#include "qrgen/parcel/read_me.h"
#include "qrgen/tools.h"

#define CHUNK (64u << 10)

static enum err out_of_memory(struct problem *p)
{
    return problem_set(p, ERR_MEMORY, NULL, "out of memory");
}

enum err batch_note(struct batch_run *run, const char *name, uint64_t bytes, const uint8_t sha256[HASH_SIZE],
                    struct problem *p)
{
    struct manifest_file *items = reallocarray(run->others.items, run->others.count + 1, sizeof *items);
    if (!items)
        return out_of_memory(p);
    run->others.items = items;
    struct manifest_file file = {.name = arena_strdup(&run->others.names, name), .bytes = bytes};
    if (!file.name)
        return out_of_memory(p);
    memcpy(file.sha256, sha256, HASH_SIZE);
    items[run->others.count++] = file;
    return ERR_NONE;
}

enum err batch_write_other(struct batch_run *run, const char *name, const void *data, size_t len,
                           struct problem *p)
{
    uint8_t sha256[HASH_SIZE];
    hash_bytes_raw(data, len, sha256);
    enum err e = output_write(&run->output, name, data, len, p);
    return e ? e : batch_note(run, name, len, sha256, p);
}

// --- manifests

// A row and what it points to.
struct row_held {
    struct manifest_row row;
    struct manifest_file files[ORDER_KINDS];
    char url[PAYLOAD_SIZE], names[ORDER_KINDS][BATCH_FILE_MAX];
};

static enum err hold_files(const struct batch_run *run, size_t i, struct row_held *h, struct problem *p)
{
    const struct outcome *o = &run->outcomes[i];
    for (enum order_kind kind = 0; kind < ORDER_KINDS; kind++) {
        if (!(run->batch->order->kinds & 1u << kind))
            continue;
        enum err e = batch_file_name(run, i, kind, h->names[kind], p);
        if (e)
            return e;
        struct manifest_file *file = &h->files[h->row.file_count++];
        file->name = h->names[kind];
        file->bytes = o->files[kind].bytes;
        memcpy(file->sha256, o->files[kind].sha256, HASH_SIZE);
    }
    return ERR_NONE;
}

static enum err hold_row(const struct batch_run *run, size_t i, struct row_held *h, struct problem *p)
{
    const struct batch *b = run->batch;
    const struct outcome *o = &run->outcomes[i];
    int size = 17 + 4 * o->version;
    h->row = (struct manifest_row){
        .sequence = i + 1,
        .plate = &b->job->plates[i],
        .order = b->order,
        .url = h->url,
        .version = o->version,
        .size = size,
        .level = o->level,
        .measure = o->measure,
        .width_mm = o->width_mm,
        .height_mm = o->height_mm,
        .distance_m = measure_distance_m(&o->measure, size),
        .margin = o->margin.times,
        .weakest = o->margin.weakest,
        .checked = !b->skip_check,
        .files = h->files,
    };
    enum err e = payload_url(b->order->base_url, b->job->plates[i].code, h->url, p);
    return e ? e : hold_files(run, i, h, p);
}

// A text that is written while it grows.
struct record {
    struct batch_run *run;
    const char *name;
    struct buf text;
    uint64_t bytes;
};

static enum err record_flush(struct record *r, size_t least, struct problem *p)
{
    if (r->text.failed)
        return out_of_memory(p);
    if (r->text.len < least)
        return ERR_NONE;
    enum err e = output_append(&r->run->output, r->name, r->text.data, r->text.len, p);
    r->bytes += r->text.len;
    buf_reset(&r->text);
    return e;
}

static enum err record_end(struct record *r, struct problem *p)
{
    uint8_t sha256[HASH_SIZE];
    enum err e = record_flush(r, 1, p);
    if (!e)
        e = output_end(&r->run->output, r->name, sha256, p);
    return e ? e : batch_note(r->run, r->name, r->bytes, sha256, p);
}

static enum err each_row(struct record *r,
                         void (*add)(struct buf *out, const struct manifest_row *row, bool first),
                         struct problem *p)
{
    const struct batch *b = r->run->batch;
    for (size_t i = 0; i < b->job->count; i++) {
        struct row_held held;
        enum err e = hold_row(r->run, i, &held, p);
        if (!e) {
            add(&r->text, &held.row, i == 0);
            e = record_flush(r, CHUNK, p);
        }
        if (!e)
            e = batch_stopped(r->run, p);
        if (e)
            return e;
    }
    return ERR_NONE;
}

static void add_csv(struct buf *out, const struct manifest_row *row, bool first)
{
    (void)first;
    manifest_csv_row(out, row);
}

static enum err write_csv(struct batch_run *run, struct problem *p)
{
    struct record r = {.run = run, .name = NAMES_MANIFEST_CSV, .text = BUF_INIT};
    enum err e = output_create(&run->output, r.name, p);
    if (!e) {
        if (!run->plain)
            buf_append_str(&r.text,
                           "\xef\xbb\xbf"); // without the mark Excel shows no Vietnamese letter right
        manifest_csv_head(&r.text);
        e = each_row(&r, add_csv, p);
    }
    if (!e)
        e = record_end(&r, p);
    buf_free(&r.text);
    return e;
}

// Last of all files, as it names all others.
static enum err write_json(struct batch_run *run, struct problem *p)
{
    const struct batch *b = run->batch;
    struct record r = {.run = run, .name = NAMES_MANIFEST_JSON, .text = BUF_INIT};
    struct manifest_tool tools[TOOLS_MAX];
    char versions[TOOLS_MAX][TOOLS_VERSION_SIZE];
    const struct manifest_whole whole = {
        .order = b->order,
        .tools = tools,
        .tool_count = tools_list(tools, versions),
        .plates = b->job->count,
        .copies = b->job->copies,
    };
    enum err e = output_create(&run->output, r.name, p);
    if (!e) {
        manifest_json_head(&r.text, &whole);
        e = each_row(&r, manifest_json_row, p);
    }
    if (!e) {
        manifest_json_tail(&r.text, run->others.items, run->others.count);
        e = record_end(&r, p);
    }
    buf_free(&r.text);
    return e;
}

// --- READ-ME

static enum err write_read_me(struct batch_run *run, const struct read_me *r, enum read_me_language language,
                              const char *name, struct problem *p)
{
    cleanup_buf struct buf text = BUF_INIT;
    read_me_write(r, language, &text);
    return text.failed ? out_of_memory(p) : batch_write_other(run, name, text.data, text.len, p);
}

// The first of the other files whose name begins so; "" when there is none.
static const char *first_called(const struct batch_run *run, const char *stem)
{
    for (size_t i = 0; i < run->others.count; i++)
        if (strncmp(run->others.items[i].name, stem, strlen(stem)) == 0)
            return run->others.items[i].name;
    return "";
}

static enum err write_read_mes(struct batch_run *run, struct problem *p)
{
    struct batch_result sum = {.plates = 0};
    batch_sum_up(run, &sum);
    struct read_me r = {
        .order = run->batch->order,
        .plates = sum.plates,
        .copies = run->batch->job->copies,
        .sheets = run->sheets,
        .sheet_file = first_called(run, NAMES_SHEETS),
        .proof_file = first_called(run, NAMES_PROOF),
    };
    memcpy(r.plate_mm, sum.plate_mm, sizeof r.plate_mm);
    memcpy(r.symbol_mm, sum.symbol_mm, sizeof r.symbol_mm);
    memcpy(r.module_mm, sum.module_mm, sizeof r.module_mm);
    memcpy(r.distance_m, sum.distance_m, sizeof r.distance_m);
    enum err e = write_read_me(run, &r, READ_ME_VI, NAMES_READ_ME_VI, p);
    return e ? e : write_read_me(run, &r, READ_ME_EN, NAMES_READ_ME_EN, p);
}

enum err batch_records(struct batch_run *run, struct problem *p)
{
    if (run->plain)
        return write_csv(run, p);
    enum err e = write_read_mes(run, p);
    if (!e)
        e = write_csv(run, p);
    return e ? e : write_json(run, p);
}

// --- the sum

static void widen(double range[2], double value)
{
    if (range[0] == 0 || value < range[0])
        range[0] = value;
    if (value > range[1])
        range[1] = value;
}

void batch_sum_up(const struct batch_run *run, struct batch_result *ret)
{
    ret->plates = run->batch->job->count;
    ret->copies = run->batch->job->copies;
    ret->sheets = run->sheets;
    ret->version[0] = MATRIX_VERSION_MAX;
    for (size_t i = 0; i < ret->plates; i++) {
        const struct outcome *o = &run->outcomes[i];
        int size = 17 + 4 * o->version;
        widen(ret->module_mm, measure_module_mm(&o->measure));
        widen(ret->symbol_mm, measure_symbol_mm(&o->measure, size));
        widen(ret->distance_m, measure_distance_m(&o->measure, size));
        for (int side = 0; side < 2; side++) {
            double mm = side ? o->height_mm : o->width_mm;
            if (ret->plate_mm[0][side] == 0 || mm < ret->plate_mm[0][side])
                ret->plate_mm[0][side] = mm;
            if (mm > ret->plate_mm[1][side])
                ret->plate_mm[1][side] = mm;
        }
        if (o->version < ret->version[0])
            ret->version[0] = o->version;
        if (o->version > ret->version[1])
            ret->version[1] = o->version;
    }
}
