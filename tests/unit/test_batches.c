// Batches in the store: making, states, plates that move and come back, frozen jobs, links, parcels on the
// disk.
#include "tests/unit/unit.h"

#include <jansson.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/buf.h"
#include "common/clock.h"
#include "common/file.h"
#include "content/editing/desk_list.h"
#include "content/plate.h"
#include "content/print/batch.h"
#include "content/print/batch_file.h"
#include "content/print/parcel_link.h"
#include "content/setting.h"
#include "content/site.h"
#include "content/store/query.h"
#include "content/store/store.h"
#include "content/term.h"

enum { PLATES = 4 };

struct fixture {
    char folder[64];
    struct store *store;
    struct arena arena;
    struct connection *w; // inside a transaction from setup to teardown
    char codes[PLATES][CODE_SIZE];
    int64_t site;
};

static struct actor tester = {.name = "test"};

static int64_t add_site(struct fixture *f)
{
    struct site_text texts[] = {{"vi", "Đình Bình Thủy", "", ""},
                                {"en", "Bình Thủy Hall", "", ""},
                                {"fr", "Maison communale", "", ""},
                                {"km", "ឌិញ", "", ""},
                                {"zh-hant", "平水亭", "", ""}};
    struct site site = {
        .slug = "dinh-binh-thuy",
        .state = "published",
        .original = "vi",
        .accuracy_m = -1,
        .kind.key = "hall",
        .rank.key = "national",
        .texts = texts,
        .text_count = sizeof texts / sizeof texts[0],
        .details =
            json_loads("{\"addresses\": [{\"until\": \"2025-06\", \"words\": {\"vi\": \"Quận cũ\"}},"
                       " {\"from\": \"2025-07\", \"words\": {\"vi\": \"Phường mới\", \"fr\": \"Nouveau\"}}]}",
                       0, NULL),
    };
    int64_t id = 0;
    struct problem p = PROBLEM_INIT;
    if (site_save(f->w, &site, &tester, &id, &p))
        fail_msg("%s: %s", p.field, p.text);
    json_decref(site.details);
    return id;
}

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    strcpy(f->folder, "/tmp/stele-batches-XXXXXX");
    assert_non_null(mkdtemp(f->folder));
    struct store_options options = {.folder = f->folder, .create = true};
    assert_int_equal(store_open(&options, &f->store, NULL), ERR_NONE);
    assert_int_equal(store_begin(f->store, &f->w, NULL), ERR_NONE);
    struct term kind = {.key = "hall", .labels = "{\"vi\":\"Đình\"}"};
    struct term rank = {.key = "national",
                        .labels = "{\"vi\":\"Cấp quốc gia\",\"en\":\"National\",\"zh\":\"x\"}"};
    static const char *const languages[] = {"vi", "en", "km", "zh-hant"};
    for (int i = 0; i < 4; i++)
        assert_int_equal(setting_add_language(f->w, languages[i], i, NULL), ERR_NONE);
    assert_int_equal(term_save(f->w, "kind", &kind, 0, NULL, NULL), ERR_NONE);
    assert_int_equal(term_save(f->w, "rank", &rank, 0, NULL, NULL), ERR_NONE);
    f->site = add_site(f);
    static const char *const states[PLATES] = {"planned", "damaged", "installed", "planned"};
    for (int i = 0; i < PLATES; i++) {
        struct plate plate = {.site_id = f->site, .state = states[i], .place = "Cổng"};
        assert_int_equal(plate_add(f->w, &plate, &tester, f->codes[i], NULL), ERR_NONE);
    }
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    if (f->w)
        store_rollback(f->store);
    store_close(f->store);
    arena_clear(&f->arena);
    assert_int_equal(file_remove_tree(f->folder, NULL), ERR_NONE);
    free(f);
    return 0;
}

static struct batch_options good_options(void)
{
    return (struct batch_options){
        .base_url = "https://x.vn",
        .design = "bare",
        .png = true,
        .pdf = true,
        .dpi = 600,
        .distance_m = 1.5,
        .paper = "own",
        .sheet_width_mm = 320,
        .sheet_height_mm = 450,
        .gutter_mm = 4,
        .margin_mm = 10,
        .material = "Mica 3 mm, mờ",
    };
}

// A batch of the first `count` plates.
static enum err add(struct fixture *f, size_t count, int64_t *ret, struct problem *p)
{
    struct batch_item items[PLATES] = {{.copies = 0}};
    for (size_t i = 0; i < count; i++) {
        memcpy(items[i].code, f->codes[i], CODE_SIZE);
        items[i].copies = (int64_t)i + 1;
    }
    struct batch_new batch = {.name = "Đợt in 1", .options = good_options(), .items = items, .count = count};
    return batch_add(f->w, &batch, &tester, ret, p);
}

static const char *state_of(struct fixture *f, int plate)
{
    struct plate loaded;
    assert_int_equal(plate_load(f->w, &f->arena, f->codes[plate], &loaded, NULL), ERR_NONE);
    return loaded.state;
}

static struct batch load(struct fixture *f, int64_t id)
{
    struct batch batch;
    assert_int_equal(batch_load(f->w, &f->arena, id, &batch, NULL), ERR_NONE);
    return batch;
}

static void finish_well(struct fixture *f, int64_t id, const char *sha256)
{
    struct batch_result result = {.files = 9, .bytes = 1000, .sha256 = sha256};
    assert_int_equal(batch_begin(f->w, id, 100, NULL), ERR_NONE);
    assert_int_equal(batch_made(f->w, id, &result, 200, NULL), ERR_NONE);
}

static void a_batch_takes_its_plates_and_gives_them_back(void **state)
{
    struct fixture *f = *state;
    struct plate_events events;
    int64_t id = 0;
    assert_int_equal(add(f, 3, &id, NULL), ERR_NONE);
    for (int i = 0; i < 3; i++)
        assert_string_equal(state_of(f, i), "in-batch");
    assert_string_equal(state_of(f, 3), "planned");
    assert_int_equal(plate_history(f->w, &f->arena, f->codes[1], &events, NULL), ERR_NONE);
    assert_string_equal(events.items[0].event, "state");
    json_t *detail = json_loads(events.items[0].detail, 0, NULL);
    assert_string_equal(json_string_value(json_object_get(detail, "from")), "damaged");
    assert_string_equal(json_string_value(json_object_get(detail, "to")), "in-batch");
    assert_int_equal(json_integer_value(json_object_get(detail, "batch")), id);
    json_decref(detail);

    struct plate moved; // what somebody moved on meanwhile stays where it is
    assert_int_equal(plate_load(f->w, &f->arena, f->codes[2], &moved, NULL), ERR_NONE);
    moved.state = "retired";
    moved.reason = "x";
    assert_int_equal(plate_update(f->w, &moved, &tester, NULL), ERR_NONE);
    assert_int_equal(batch_stop(f->w, id, &tester, NULL), ERR_NONE);
    assert_string_equal(load(f, id).state, "stopped");
    assert_string_equal(state_of(f, 0), "planned");
    assert_string_equal(state_of(f, 1), "damaged");
    assert_string_equal(state_of(f, 2), "retired");
    assert_int_equal(plate_history(f->w, &f->arena, f->codes[1], &events, NULL), ERR_NONE);
    assert_non_null(strstr(events.items[0].detail, "\"to\":\"damaged\""));
}

static void printing_moves_plates_on(void **state)
{
    struct fixture *f = *state;
    struct problem p = PROBLEM_INIT;
    int64_t id = 0;
    assert_int_equal(add(f, 2, &id, NULL), ERR_NONE);
    assert_int_equal(batch_print(f->w, id, &tester, &p), ERR_CONFLICT);
    finish_well(f, id, "aa");
    assert_int_equal(batch_print(f->w, id, &tester, NULL), ERR_NONE);
    assert_string_equal(state_of(f, 0), "printed");
    assert_string_equal(state_of(f, 1), "printed");
    assert_int_equal(batch_stop(f->w, id, &tester, &p), ERR_CONFLICT);
    struct batch batch = load(f, id);
    assert_false(batch_is_open(&batch));
    assert_true(batch_has_parcel(&batch));
}

static void made_again_it_is_compared_and_keeps_what_it_was(void **state)
{
    struct fixture *f = *state;
    int64_t id = 0;
    assert_int_equal(add(f, 1, &id, NULL), ERR_NONE);
    finish_well(f, id, "aa");
    assert_int_equal(batch_print(f->w, id, &tester, NULL), ERR_NONE);
    assert_int_equal(batch_again(f->w, id, &tester, NULL), ERR_NONE);
    assert_string_equal(load(f, id).state, "waiting");
    assert_string_equal(state_of(f, 0), "printed"); // the plate hangs on its wall meanwhile
    assert_int_equal(batch_stop(f->w, id, &tester, NULL), ERR_NONE);
    assert_string_equal(load(f, id).state, "printed");
    assert_int_equal(batch_again(f->w, id, &tester, NULL), ERR_NONE);
    finish_well(f, id, "bb");
    struct batch batch = load(f, id);
    assert_string_equal(batch.state, "printed");
    assert_string_equal(batch.first_sha256, "aa");
    assert_string_equal(batch.sha256, "bb");
    assert_int_equal(batch.makings, 2);
    assert_string_equal(state_of(f, 0), "printed");
}

static void a_batch_that_is_given_up_can_come_back_when_its_plates_are_free(void **state)
{
    struct fixture *f = *state;
    struct problem p = PROBLEM_INIT;
    int64_t first = 0, second = 0;
    assert_int_equal(add(f, 2, &first, NULL), ERR_NONE);
    assert_int_equal(batch_stop(f->w, first, &tester, NULL), ERR_NONE);
    assert_int_equal(add(f, 1, &second, NULL), ERR_NONE);
    assert_int_equal(batch_again(f->w, first, &tester, &p), ERR_CONFLICT);
    assert_problem(p, ERR_CONFLICT, "is in another batch now");
    assert_int_equal(batch_stop(f->w, second, &tester, NULL), ERR_NONE);
    assert_int_equal(batch_again(f->w, first, &tester, NULL), ERR_NONE);
    assert_string_equal(state_of(f, 1), "in-batch");
    assert_int_equal(batch_stop(f->w, first, &tester, NULL), ERR_NONE);
    assert_string_equal(state_of(f, 1), "damaged");
}

static void the_job_is_frozen(void **state)
{
    struct fixture *f = *state;
    int64_t id = 0;
    const struct batch_means means = {.designs = "/d", .logo = NULL};
    assert_int_equal(add(f, 2, &id, NULL), ERR_NONE);
    cleanup_buf struct buf before = BUF_INIT, after = BUF_INIT, one = BUF_INIT;
    assert_int_equal(batch_job(f->w, id, &means, 0, &before, NULL), ERR_NONE);
    struct site site;
    assert_int_equal(site_load(f->w, &f->arena, f->site, &site, NULL), ERR_NONE);
    site.texts[0].title = "Tên khác";
    site.texts[1].title = "Another name";
    assert_int_equal(site_save(f->w, &site, &tester, NULL, NULL), ERR_NONE);
    site_clear(&site);
    assert_int_equal(batch_job(f->w, id, &means, 0, &after, NULL), ERR_NONE);
    assert_string_equal(before.data, after.data);

    json_t *job = json_loads(after.data, JSON_REJECT_DUPLICATES, NULL), *plate, *wanted;
    assert_non_null(job);
    assert_int_equal(json_integer_value(json_object_get(job, "stele-job")), 1);
    assert_string_equal(json_string_value(json_object_get(job, "designs")), "/d");
    assert_true(json_is_null(json_object_get(job, "logo")));
    assert_true(json_is_null(json_object_get(job, "module_mm")));
    assert_true(json_number_value(json_object_get(job, "distance_m")) == 1.5);
    plate = json_array_get(json_object_get(job, "plates"), 1);
    wanted = json_pack("{s:s, s:s, s:{s:s, s:s, s:s, s:s}, s:{s:s, s:s}, s:{s:s}, s:s, s:i}", "code",
                       f->codes[1], "site", "dinh-binh-thuy", "titles", "vi", "Đình Bình Thủy", "en",
                       "Bình Thủy Hall", "km", "ឌិញ", "zh-hant", "平水亭", "rank", "vi", "Cấp quốc gia", "en",
                       "National", "address", "vi", "Phường mới", "place", "Cổng", "copies", 2);
    assert_true(json_equal(plate, wanted));
    assert_non_null(
        strstr(after.data, "{\"vi\":\"Đình Bình Thủy\",\"en\"")); // the original's name is the large one
    json_decref(wanted);
    json_decref(job);

    assert_int_equal(batch_job(f->w, id, &means, 2, &one, NULL), ERR_NONE);
    job = json_loads(one.data, 0, NULL);
    assert_int_equal(json_array_size(json_object_get(job, "plates")), 1);
    json_decref(job);
    struct batch batch = load(f, id);
    assert_string_equal(batch.options.paper, "own");
    assert_true(batch.options.sheet_height_mm == 450 && batch.options.pdf && !batch.options.svg);
}

static void bad_batches_are_refused_with_a_sentence(void **state)
{
    struct fixture *f = *state;
    struct problem p = PROBLEM_INIT;
    int64_t id = 0, count = 0;
    struct batch_item item = {.copies = 1};
    memcpy(item.code, f->codes[0], CODE_SIZE);
    struct batch_item *many = calloc(BATCH_PLATES_MAX + 1, sizeof *many);
    for (int i = 0; i <= BATCH_PLATES_MAX; i++)
        many[i] = item;
    struct batch_item unknown = {.code = "00000000", .copies = 1}, copies = item;
    copies.copies = BATCH_COPIES_MAX + 1;
    struct batch_options no_format = good_options(), two_sizes = good_options(), no_url = good_options(),
                         path = good_options(), sheet = good_options(), nan = good_options();
    no_format.png = no_format.pdf = false;
    two_sizes.size_mm = 80;
    no_url.base_url = "";
    path.design = "../secret";
    sheet.sheet_width_mm = 10;
    nan.distance_m = 0.0 / 0.0;
    char *long_name = calloc(1, BATCH_NAME_MAX + 2);
    memset(long_name, 'x', BATCH_NAME_MAX + 1);
    const struct {
        struct batch_new batch;
        enum err code;
        const char *sentence;
    } rows[] = {
        {{"", good_options(), &item, 1, 0}, ERR_INVALID, "1 to 120 characters"},
        {{long_name, good_options(), &item, 1, 0}, ERR_INVALID, "1 to 120 characters"},
        {{"a\nb", good_options(), &item, 1, 0}, ERR_INVALID, "one line"},
        {{"a", good_options(), &item, 0, 0}, ERR_INVALID, "no plates"},
        {{"a", good_options(), many, BATCH_PLATES_MAX + 1, 0}, ERR_INVALID, "10000 plates at most"},
        {{"a", good_options(), many, 2, 0}, ERR_EXISTS, "named twice"},
        {{"a", good_options(), &unknown, 1, 0}, ERR_NOT_FOUND, "0000-0000"},
        {{"a", good_options(), &copies, 1, 0}, ERR_INVALID, "1 to 999 copies"},
        {{"a", no_format, &item, 1, 0}, ERR_INVALID, "one kind of files"},
        {{"a", two_sizes, &item, 1, 0}, ERR_INVALID, "not several of them"},
        {{"a", no_url, &item, 1, 0}, ERR_INVALID, "stands before each code"},
        {{"a", path, &item, 1, 0}, ERR_INVALID, "design"},
        {{"a", sheet, &item, 1, 0}, ERR_INVALID, "50 to 2,000 mm"},
        {{"a", nan, &item, 1, 0}, ERR_INVALID, "100 m"},
    };
    assert_int_equal(store_commit(f->store, NULL), ERR_NONE);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(store_begin(f->store, &f->w, NULL), ERR_NONE);
        assert_int_equal(batch_add(f->w, &rows[i].batch, &tester, &id, &p), rows[i].code);
        assert_problem(p, rows[i].code, rows[i].sentence);
        store_rollback(f->store);
    }
    assert_int_equal(store_begin(f->store, &f->w, NULL), ERR_NONE);
    assert_int_equal(batch_count(f->w, &(struct batch_filter){.state = NULL}, &count, NULL), ERR_NONE);
    assert_int_equal(count, 0);
    assert_int_equal(add(f, 1, &id, NULL), ERR_NONE);
    assert_int_equal(add(f, 1, &id, &p), ERR_CONFLICT);
    assert_problem(p, ERR_CONFLICT, "is in batch 1 already");
    free(many);
    free(long_name);
}

static void the_queue_is_served_in_turn_and_survives(void **state)
{
    struct fixture *f = *state;
    struct problem p = PROBLEM_INIT;
    int64_t first = 0, second = 0, next = 0;
    assert_int_equal(batch_waiting(f->w, &next, NULL), ERR_NONE);
    assert_int_equal(next, 0);
    assert_int_equal(add(f, 1, &first, NULL), ERR_NONE);
    struct batch_item item = {.copies = 1};
    memcpy(item.code, f->codes[3], CODE_SIZE);
    struct batch_new other = {.name = "Hai", .options = good_options(), .items = &item, .count = 1};
    assert_int_equal(batch_add(f->w, &other, &tester, &second, NULL), ERR_NONE);
    assert_int_equal(batch_waiting(f->w, &next, NULL), ERR_NONE);
    assert_int_equal(next, first);
    assert_int_equal(batch_begin(f->w, first, 100, NULL), ERR_NONE);
    assert_int_equal(batch_begin(f->w, first, 100, &p), ERR_CONFLICT);
    assert_int_equal(batch_waiting(f->w, &next, NULL), ERR_NONE);
    assert_int_equal(next, second);
    assert_int_equal(batch_put_back(f->w, first, NULL),
                     ERR_NONE); // the server was told to end: no failed try
    assert_int_equal(load(f, first).tries, 0);
    for (int i = 0; i < BATCH_TRIES_MAX; i++) {
        assert_string_equal(load(f, first).state, "waiting");
        assert_int_equal(batch_begin(f->w, first, 100, NULL), ERR_NONE);
        assert_int_equal(batch_recover(f->w, 200, NULL), ERR_NONE);
    }
    struct batch worn = load(f, first);
    assert_string_equal(worn.state, "failed");
    assert_string_equal(worn.failure, "tries");
    assert_non_null(strstr(worn.message, "did not finish"));
    assert_string_equal(state_of(f, 0), "in-batch");
    assert_int_equal(batch_again(f->w, first, &tester, NULL), ERR_NONE);
    assert_int_equal(batch_begin(f->w, first, 300, NULL), ERR_NONE);
    assert_int_equal(batch_stop(f->w, first, &tester, NULL), ERR_NONE);
    struct batch_result late = {.sha256 = "aa"};
    assert_int_equal(batch_made(f->w, first, &late, 400, &p), ERR_CONFLICT);
    assert_int_equal(batch_failed(f->w, first, "io", "x", 400, &p), ERR_CONFLICT);
}

static int64_t count_of(struct fixture *f, const char *state, const char *query)
{
    int64_t count = -1;
    struct batches list;
    const struct batch_filter filter = {.state = state, .query = query};
    assert_int_equal(batch_count(f->w, &filter, &count, NULL), ERR_NONE);
    assert_int_equal(batch_list(f->w, &f->arena, &filter, 10, 0, &list, NULL), ERR_NONE);
    assert_int_equal(list.count, count);
    return count;
}

static void batches_and_plates_are_found(void **state)
{
    struct fixture *f = *state;
    int64_t id = 0, plates = 0;
    struct batches_of_plate of;
    assert_int_equal(add(f, 2, &id, NULL), ERR_NONE);
    assert_int_equal(count_of(f, NULL, NULL), 1);
    assert_int_equal(count_of(f, "waiting", "dot IN"), 1);
    assert_int_equal(count_of(f, "made", NULL), 0);
    assert_int_equal(count_of(f, NULL, "đợt%1"), 0);
    assert_int_equal(count_of(f, NULL, f->codes[1]), 1);
    assert_int_equal(count_of(f, NULL, f->codes[2]), 0);
    assert_int_equal(batch_list_of_plate(f->w, &f->arena, f->codes[0], &of, NULL), ERR_NONE);
    assert_int_equal(of.count, 1);
    assert_string_equal(of.items[0].name, "Đợt in 1");
    const struct desk_plate_filter free_ones = {.printable = true};
    assert_int_equal(desk_plate_count(f->w, &free_ones, &plates, NULL), ERR_NONE);
    assert_int_equal(plates, 2);
    assert_int_equal(batch_stop(f->w, id, &tester, NULL), ERR_NONE);
    assert_int_equal(desk_plate_count(f->w, &free_ones, &plates, NULL), ERR_NONE);
    assert_int_equal(plates, 4);
    const struct desk_plate_filter on_tour = {.tour_id = 99};
    assert_int_equal(desk_plate_count(f->w, &on_tour, &plates, NULL), ERR_NONE);
    assert_int_equal(plates, 0);
}

static void links_end_and_count(void **state)
{
    struct fixture *f = *state;
    struct problem p = PROBLEM_INIT;
    char token[PARCEL_TOKEN_SIZE], other[PARCEL_TOKEN_SIZE];
    struct parcel_link link;
    struct parcel_links links;
    struct parcel_downloads downloads;
    int64_t id = 0, now = clock_now();
    assert_int_equal(add(f, 1, &id, NULL), ERR_NONE);
    assert_int_equal(parcel_link_make(f->w, id, now + 60, "hash", "Nhà in Hậu Giang", &tester, token, NULL),
                     ERR_NONE);
    assert_int_equal(parcel_link_make(f->w, id, now + 60, NULL, "", &tester, other, NULL), ERR_NONE);
    assert_string_not_equal(token, other);
    assert_int_equal(parcel_link_find(f->w, &f->arena, token, &link, NULL), ERR_NONE);
    assert_string_equal(link.password_hash, "hash");
    assert_null(strstr(link.id, token));
    assert_false(parcel_link_is_over(&link, now + 59));
    assert_true(parcel_link_is_over(&link, now + 60));
    token[5] ^= 1;
    assert_int_equal(parcel_link_find(f->w, &f->arena, token, &link, &p), ERR_NOT_FOUND);
    assert_int_equal(parcel_link_find(f->w, &f->arena, "x", &link, &p), ERR_NOT_FOUND);
    token[5] ^= 1;
    assert_int_equal(parcel_link_fetched(f->w, token, now + 1, NULL), ERR_NONE);
    assert_int_equal(parcel_link_fetched(f->w, token, now + 2, NULL), ERR_NONE);
    assert_int_equal(parcel_link_downloads(f->w, &f->arena, id, 10, &downloads, NULL), ERR_NONE);
    assert_int_equal(downloads.count, 2);
    assert_int_equal(downloads.items[0].at, now + 2);
    assert_string_equal(downloads.items[0].note, "Nhà in Hậu Giang");
    assert_int_equal(parcel_link_find(f->w, &f->arena, token, &link, NULL), ERR_NONE);
    assert_int_equal(link.downloads, 2);
    assert_int_equal(parcel_link_revoke(f->w, id + 1, link.id, &tester, &p), ERR_NOT_FOUND);
    assert_int_equal(parcel_link_revoke(f->w, id, "zz", &tester, &p), ERR_NOT_FOUND);
    assert_int_equal(parcel_link_revoke(f->w, id, link.id, &tester, NULL), ERR_NONE);
    assert_int_equal(parcel_link_revoke(f->w, id, link.id, &tester, &p), ERR_NOT_FOUND);
    assert_int_equal(parcel_link_list(f->w, &f->arena, id, &links, NULL), ERR_NONE);
    assert_int_equal(links.count, 2);
    for (size_t i = 0; i < links.count; i++)
        assert_int_equal(parcel_link_is_over(&links.items[i], now), links.items[i].downloads > 0);
}

static void write_parcel(struct fixture *f, const char *name, const char *bytes)
{
    const char *path = arena_printf(&f->arena, "%s/%s", batch_file_folder(f->store, &f->arena), name);
    assert_int_equal(file_make_folder(batch_file_folder(f->store, &f->arena), NULL), ERR_NONE);
    assert_int_equal(file_write_atomic(path, bytes, strlen(bytes), NULL), ERR_NONE);
}

static bool is_there(struct fixture *f, const char *name)
{
    cleanup_buf struct buf bytes = BUF_INIT;
    const char *path = arena_printf(&f->arena, "%s/%s", batch_file_folder(f->store, &f->arena), name);
    return file_read(path, 1000, &bytes, NULL) == ERR_NONE;
}

static void parcels_are_checked_and_swept(void **state)
{
    struct fixture *f = *state;
    struct problem_list list = PROBLEM_LIST_INIT;
    struct problem p = PROBLEM_INIT;
    size_t files = 0, missing = 0;
    int64_t id = 0;
    assert_int_equal(add(f, 1, &id, NULL), ERR_NONE);
    finish_well(f, id,
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"); // of "abc", FIPS 180-4
    assert_int_equal(store_commit(f->store, NULL), ERR_NONE);
    f->w = NULL;
    assert_int_equal(batch_file_check(f->store, &list, &files, &missing, NULL), ERR_NONE);
    assert_int_equal(files, 1);
    assert_int_equal(missing, 1);
    write_parcel(f, "1.zip", "abc");
    assert_int_equal(batch_file_check(f->store, &list, &files, &missing, NULL), ERR_NONE);
    assert_int_equal(missing, 0);
    static const char *const kept[] = {"1.zip", "1.2.png", "lock"};
    static const char *const swept[] = {"1.new.zip", "2.zip", "2.1.png", "x", "1.zip.tmp", "1.png"};
    for (size_t i = 1; i < sizeof kept / sizeof kept[0]; i++)
        write_parcel(f, kept[i], "abc");
    for (size_t i = 0; i < sizeof swept / sizeof swept[0]; i++)
        write_parcel(f, swept[i], "abc");
    assert_int_equal(batch_file_sweep(f->store, NULL), ERR_NONE);
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++)
        assert_true(is_there(f, kept[i]));
    for (size_t i = 0; i < sizeof swept / sizeof swept[0]; i++)
        assert_false(is_there(f, swept[i]));
    write_parcel(f, "1.zip", "abd");
    assert_int_equal(batch_file_check(f->store, &list, &files, &missing, &p), ERR_CORRUPT);
    assert_int_equal(list.count, 1);
    assert_problem(list.items[0], ERR_CORRUPT, "make the batch again");
    problem_list_clear(&list);
    batch_file_remove(f->store, 1);
    assert_false(is_there(f, "1.zip") || is_there(f, "1.2.png"));
}

// In a transaction of its own, as the server does it.
static void settle(struct fixture *f)
{
    assert_int_equal(store_commit(f->store, NULL), ERR_NONE);
    f->w = NULL;
    assert_int_equal(batch_file_sweep(f->store, NULL), ERR_NONE);
    assert_int_equal(store_begin(f->store, &f->w, NULL), ERR_NONE);
}

static void a_parcel_outlives_a_making_again_that_comes_to_nothing(void **state)
{
    struct fixture *f = *state;
    int64_t id = 0;
    assert_int_equal(add(f, 1, &id, NULL), ERR_NONE);
    finish_well(f, id, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    settle(f);
    write_parcel(f, "1.zip", "abc");
    assert_int_equal(batch_again(f->w, id, &tester, NULL), ERR_NONE);
    settle(f);
    assert_true(is_there(f, "1.zip")); // it waits; whatever else was swept meanwhile
    assert_int_equal(batch_begin(f->w, id, 5, NULL), ERR_NONE);
    assert_int_equal(batch_failed(f->w, id, "full", "no space", 6, NULL), ERR_NONE);
    settle(f);
    assert_true(is_there(f, "1.zip"));
    struct batch failed = load(f, id);
    assert_true(batch_has_parcel(&failed)); // who has a link goes on fetching it
    assert_int_equal(batch_again(f->w, id, &tester, NULL), ERR_NONE);
    assert_int_equal(batch_stop(f->w, id, &tester, NULL), ERR_NONE); // back to what was made
    settle(f);
    assert_true(is_there(f, "1.zip"));
    assert_int_equal(batch_stop(f->w, id, &tester, NULL), ERR_NONE); // given up
    settle(f);
    assert_false(is_there(f, "1.zip"));
    struct batch batch;
    assert_int_equal(batch_again(f->w, id, &tester, NULL), ERR_NONE);
    assert_int_equal(batch_stop(f->w, id, &tester, NULL), ERR_NONE);
    assert_int_equal(batch_load(f->w, &f->arena, id, &batch, NULL), ERR_NONE);
    assert_string_equal(batch.state, "stopped"); // nothing is left to go back to
    assert_non_null(batch.first_sha256);
}

// A database of the first version, with a batch and a link in it.
static void the_first_version_is_brought_here(void **state)
{
    (void)state;
    char folder[64] = "/tmp/stele-batches-v1-XXXXXX";
    assert_non_null(mkdtemp(folder));
    cleanup_arena struct arena a = ARENA_INIT;
    cleanup_buf struct buf schema = BUF_INIT;
    sqlite3 *db = NULL;
    const char *file =
        arena_printf(&a, "%s/content/store/migrations/0001-foundation.sql", getenv("STELE_SOURCE_ROOT"));
    assert_int_equal(file_read(file, 1 << 20, &schema, NULL), ERR_NONE);
    assert_int_equal(sqlite3_open(arena_printf(&a, "%s/stele.db", folder), &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, schema.data, NULL, NULL, NULL), SQLITE_OK);
    static const char rows[] =
        "INSERT INTO tour (id, slug, state, titles, sort_key, version, created_at, updated_at)"
        " VALUES (1, 'x', 'published', '{\"vi\":\"X\"}', 'x', 1, 1, 1);"
        "INSERT INTO plate (code, tour_id, state, created_at, updated_at) VALUES ('k7m39qx2', 1, 'printed', "
        "1, 1);"
        "INSERT INTO batch (id, name, state, job, created_at, sha256) VALUES (7, 'OLD', 'made', '{}', 5, "
        "'aa');"
        "INSERT INTO batch_plate (batch_id, sequence, code) VALUES (7, 1, 'k7m39qx2');"
        "INSERT INTO parcel_link (token_hash, batch_id, created_at, expires_at) VALUES (x'01', 7, 1, 2);"
        "PRAGMA user_version = 1;";
    assert_int_equal(sqlite3_exec(db, rows, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    struct store *store = NULL;
    struct connection *reader;
    struct batch batch;
    struct parcel_links links;
    struct batch_plates plates;
    struct store_options options = {.folder = folder};
    struct problem p = PROBLEM_INIT;
    if (store_open(&options, &store, &p))
        fail_msg("%s", p.text);
    assert_int_equal(store_reader(store, &reader, NULL), ERR_NONE);
    assert_int_equal(batch_load(reader, &a, 7, &batch, NULL), ERR_NONE);
    assert_int_equal(batch.plates, 1);
    assert_string_equal(batch.first_sha256, "aa");
    assert_int_equal(parcel_link_list(reader, &a, 7, &links, NULL), ERR_NONE);
    assert_int_equal(links.count, 1);
    assert_int_equal(batch_plate_list(reader, &a, 7, 10, 0, &plates, NULL), ERR_NONE);
    assert_int_equal(plates.count, 1);
    store_close(store);
    assert_int_equal(file_remove_tree(folder, NULL), ERR_NONE);
}

static const char *document_of(struct fixture *f, int64_t id)
{
    struct batch_plates plates = {.count = 0};
    assert_int_equal(batch_plate_list(f->w, &f->arena, id, 10, 0, &plates, NULL), ERR_NONE);
    assert_int_equal(plates.count, 1);
    return plates.items[0].document;
}

static enum err reprint(struct fixture *f, int64_t of, size_t plate, int64_t *ret, struct problem *p)
{
    struct batch_item item = {.copies = 1};
    memcpy(item.code, f->codes[plate], CODE_SIZE);
    struct batch_new batch = {
        .name = "Lại", .options = good_options(), .items = &item, .count = 1, .reprint_of = of};
    return batch_add(f->w, &batch, &tester, ret, p);
}

static void place_plate(struct fixture *f, size_t plate, const char *place)
{
    struct plate got;
    assert_int_equal(plate_load(f->w, &f->arena, f->codes[plate], &got, NULL), ERR_NONE);
    got.place = place;
    assert_int_equal(plate_update(f->w, &got, &tester, NULL), ERR_NONE);
}

static void a_reprint_keeps_the_words_and_a_new_batch_takes_todays(void **state)
{
    struct fixture *f = *state;
    struct problem p = PROBLEM_INIT;
    int64_t first = 0, second = 0;
    assert_int_equal(add(f, 1, &first, &p), ERR_NONE);
    assert_int_equal(batch_stop(f->w, first, &tester, &p), ERR_NONE);
    place_plate(f, 0, "Sân sau");
    place_plate(f, 1, "Sân sau");
    assert_int_equal(reprint(f, first, 0, &second, &p), ERR_NONE);
    assert_string_equal(document_of(f, second), document_of(f, first)); // to the last byte
    assert_int_equal(batch_stop(f->w, second, &tester, &p), ERR_NONE);
    assert_int_equal(reprint(f, first, 1, &second, &p), ERR_NOT_FOUND);
    assert_problem(p, ERR_NOT_FOUND, "holds no plate");
    assert_int_equal(reprint(f, 0, 0, &second, &p), ERR_NONE);
    assert_non_null(strstr(document_of(f, second), "Sân sau"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_batch_takes_its_plates_and_gives_them_back, setup, teardown),
        cmocka_unit_test_setup_teardown(printing_moves_plates_on, setup, teardown),
        cmocka_unit_test_setup_teardown(a_reprint_keeps_the_words_and_a_new_batch_takes_todays, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(made_again_it_is_compared_and_keeps_what_it_was, setup, teardown),
        cmocka_unit_test_setup_teardown(a_batch_that_is_given_up_can_come_back_when_its_plates_are_free,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(the_job_is_frozen, setup, teardown),
        cmocka_unit_test_setup_teardown(bad_batches_are_refused_with_a_sentence, setup, teardown),
        cmocka_unit_test_setup_teardown(the_queue_is_served_in_turn_and_survives, setup, teardown),
        cmocka_unit_test_setup_teardown(batches_and_plates_are_found, setup, teardown),
        cmocka_unit_test_setup_teardown(links_end_and_count, setup, teardown),
        cmocka_unit_test_setup_teardown(parcels_are_checked_and_swept, setup, teardown),
        cmocka_unit_test_setup_teardown(a_parcel_outlives_a_making_again_that_comes_to_nothing, setup,
                                        teardown),
        cmocka_unit_test(the_first_version_is_brought_here),
    };
    return cmocka_run_group_tests_name("batches", tests, NULL, NULL);
}
