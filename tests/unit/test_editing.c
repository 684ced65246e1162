#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/buf.h"
#include "common/file.h"
#include "content/editing/desk_list.h"
#include "content/editing/draft.h"
#include "content/editing/proposal.h"
#include "content/editing/revision.h"
#include "content/editing/schedule.h"
#include "content/editing/site_points.h"
#include "content/editing/undo.h"
#include "content/editing/worddiff.h"
#include "content/history.h"
#include "content/plate.h"
#include "content/site.h"
#include "content/store/query.h"
#include "content/store/store.h"
#include "content/term.h"

struct fixture {
    char folder[64];
    struct store *store;
    struct arena arena;
    struct connection *w; // inside a transaction from setup to teardown
    int64_t an, binh;
};

static struct actor tester = {.name = "test"};

static int64_t add_account(struct fixture *f, const char *name)
{
    struct query *q = query_start(f->w, SQL_INSERT_ACCOUNT);
    query_bind_text(q, 1, name);
    query_bind_text(q, 2, name);
    query_bind_text(q, 3, "editor");
    query_bind_int(q, 4, 1);
    query_bind_text(q, 5, "vi");
    query_bind_int(q, 6, 1);
    assert_int_equal(query_run(q, NULL), ERR_NONE);
    return query_last_id(f->w);
}

static bool say_no(void *data, size_t done, size_t total)
{
    (void)data;
    return done < 1 || total < 1;
}

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    strcpy(f->folder, "/tmp/stele-editing-XXXXXX");
    assert_non_null(mkdtemp(f->folder));
    struct store_options options = {.folder = f->folder, .create = true};
    assert_int_equal(store_open(&options, &f->store, NULL), ERR_NONE);
    assert_int_equal(store_begin(f->store, &f->w, NULL), ERR_NONE);
    f->an = add_account(f, "an");
    f->binh = add_account(f, "binh");
    struct term term = {.key = "pagoda", .labels = "{\"vi\":\"Chùa\"}"};
    assert_int_equal(term_save(f->w, "kind", &term, 0, NULL, NULL), ERR_NONE);
    static const char *const areas[] = {"city", "ward", "other"};
    for (int i = 0; i < 3; i++) {
        struct term area = {.key = areas[i], .labels = "{\"vi\":\"x\"}"};
        assert_int_equal(term_save(f->w, "area", &area, i, NULL, NULL), ERR_NONE);
    }
    assert_int_equal(term_set_parent(f->w, "area", "ward", "city", NULL), ERR_NONE);
    tester = (struct actor){.name = "test", .account_id = f->an};
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    store_rollback(f->store);
    store_close(f->store);
    arena_clear(&f->arena);
    file_remove_tree(f->folder, NULL);
    free(f);
    return 0;
}

static int64_t save(struct fixture *f, int64_t id, int64_t version, const char *slug, const char *title,
                    const char *site_state, const char *area)
{
    struct site_text text = {.lang = "vi", .title = title, .summary = "", .body = "Một hai ba."};
    struct site site = {.id = id,
                        .version = version,
                        .slug = slug,
                        .state = site_state,
                        .original = "vi",
                        .accuracy_m = -1,
                        .kind = {.key = "pagoda"},
                        .area = {.key = area},
                        .texts = &text,
                        .text_count = 1};
    struct problem p;
    if (site_save(f->w, &site, &tester, &id, &p))
        fail_msg("%s", p.text);
    return id;
}

static void drafts_belong_to_their_editor(void **state)
{
    struct fixture *f = *state;
    struct problem p;
    struct draft draft;
    struct drafts list;
    assert_int_equal(draft_save(f->w, f->an, "site:1", 3, "{\"title\":\"a\"}", 100, &p), ERR_NONE);
    assert_int_equal(draft_save(f->w, f->an, "site:1", 3, "{\"title\":\"ab\"}", 200, &p), ERR_NONE);
    assert_int_equal(draft_save(f->w, f->binh, "site:1", 3, "{}", 150, &p), ERR_NONE);
    assert_int_equal(draft_load(f->w, &f->arena, f->an, "site:1", &draft, &p), ERR_NONE);
    assert_string_equal(draft.document, "{\"title\":\"ab\"}");
    assert_int_equal(draft.base_version, 3);
    assert_int_equal(draft_others(f->w, &f->arena, f->an, "site:1", 120, &list, &p), ERR_NONE);
    assert_int_equal(list.count, 1);
    assert_string_equal(list.items[0].account, "binh");
    assert_int_equal(draft_others(f->w, &f->arena, f->an, "site:1", 160, &list, &p), ERR_NONE);
    assert_int_equal(list.count, 0);
    assert_int_equal(draft_list(f->w, &f->arena, f->an, &list, &p), ERR_NONE);
    assert_int_equal(list.count, 1);
    assert_int_equal(draft_delete(f->w, f->an, "site:1", &p), ERR_NONE);
    assert_int_equal(draft_load(f->w, &f->arena, f->an, "site:1", &draft, &p), ERR_NOT_FOUND);
    assert_int_equal(draft_save(f->w, f->an, "site:1", 3, "[]", 1, &p), ERR_INVALID);
    assert_int_equal(draft_save(f->w, f->an, "", 3, "{}", 1, &p), ERR_INVALID);
}

static void a_revision_can_be_read_compared_and_restored(void **state)
{
    struct fixture *f = *state;
    struct problem p;
    int64_t id = save(f, 0, 0, "a", "Chùa Một", "draft", NULL);
    save(f, id, 1, "a", "Chùa Hai", "published", "ward");
    struct revisions list;
    assert_int_equal(revision_list(f->w, &f->arena, id, 0, 10, &list, &p), ERR_NONE);
    assert_int_equal(list.count, 2);
    assert_int_equal(list.items[0].version, 2);
    assert_string_equal(list.items[0].account, "an");
    json_t *first, *second;
    assert_int_equal(revision_load(f->w, id, 1, &first, &p), ERR_NONE);
    assert_int_equal(revision_load(f->w, id, 2, &second, &p), ERR_NONE);
    struct revision_changes changes;
    assert_int_equal(revision_compare(first, second, &f->arena, &changes, &p), ERR_NONE);
    assert_int_equal(changes.count, 3);
    bool title = false, area = false;
    for (size_t i = 0; i < changes.count; i++) {
        title |= strcmp(changes.items[i].path, "text.vi.title") == 0 &&
                 strcmp(changes.items[i].after, "Chùa Hai") == 0;
        area |= strcmp(changes.items[i].path, "area") == 0 && !changes.items[i].before;
    }
    assert_true(title && area);
    json_decref(first);
    json_decref(second);
    assert_int_equal(revision_restore(f->w, id, 1, 1, &tester, &p), ERR_CONFLICT);
    assert_int_equal(revision_restore(f->w, id, 1, 2, &tester, &p), ERR_NONE);
    cleanup_site struct site got = {0};
    assert_int_equal(site_load(f->w, &f->arena, id, &got, &p), ERR_NONE);
    assert_int_equal(got.version, 3);
    assert_string_equal(got.texts[0].title, "Chùa Một");
    assert_string_equal(got.state, "draft");
    assert_null(got.area.key);
    assert_int_equal(revision_load(f->w, id, 9, &first, &p), ERR_NOT_FOUND);
}

static void a_set_time_ends_where_one_goes_back_who_may_not_publish(void **state)
{
    struct fixture *f = *state;
    struct problem p;
    int64_t id = save(f, 0, 0, "hen-gio", "Chùa Một", "draft", NULL);
    cleanup_site struct site site = {0}, kept = {0}, held = {0};
    assert_int_equal(site_load(f->w, &f->arena, id, &site, &p), ERR_NONE);
    site.publish_at = 5000;
    assert_int_equal(site_save(f->w, &site, &tester, NULL, &p), ERR_NONE);
    assert_int_equal(revision_restore_content(f->w, id, 1, 2, true, &tester, &p), ERR_NONE);
    assert_int_equal(site_load(f->w, &f->arena, id, &kept, &p), ERR_NONE);
    assert_int_equal(kept.publish_at, 5000);
    assert_int_equal(revision_restore_content(f->w, id, 1, 3, false, &tester, &p), ERR_NONE);
    assert_int_equal(site_load(f->w, &f->arena, id, &held, &p), ERR_NONE);
    assert_int_equal(held.publish_at, 0);
    assert_string_equal(held.state, "in-review");
}

static void a_thing_has_several_drafts(void **state)
{
    struct fixture *f = *state;
    struct problem p;
    struct drafts list;
    static const char *const subjects[] = {"site:1:aaaaaaaa",  "site:1:bbbbbbbb", "site:1",
                                           "site:12:aaaaaaaa", "site:2",          "proposal:1"};
    for (size_t i = 0; i < sizeof subjects / sizeof subjects[0]; i++)
        assert_int_equal(draft_save(f->w, f->an, subjects[i], 1, "{}", 100 + (int64_t)i, &p), ERR_NONE);
    assert_int_equal(draft_list_of(f->w, &f->arena, f->an, "site:1", &list, &p), ERR_NONE);
    assert_int_equal(list.count, 3);
    assert_string_equal(list.items[0].subject, "site:1");
    assert_string_equal(list.items[2].subject, "site:1:aaaaaaaa");
    assert_int_equal(draft_list(f->w, &f->arena, f->an, &list, &p), ERR_NONE);
    assert_int_equal(list.count, 5); // a proposal is no draft
    assert_int_equal(draft_others(f->w, &f->arena, f->binh, "site:1", 0, &list, &p), ERR_NONE);
    assert_int_equal(list.count, 1); // once, whatever she has
    assert_int_equal(list.items[0].updated_at, 102);
}

static struct proposal proposal_of_an(const struct fixture *f, int64_t site_id, const char *document)
{
    return (struct proposal){.site_id = site_id,
                             .account_id = f->an,
                             .base_version = 1,
                             .title = "Đình mới",
                             .document = document,
                             .at = 100};
}

static void proposals_wait_are_given_back_and_sent_again(void **state)
{
    struct fixture *f = *state;
    struct problem p;
    struct proposals list;
    struct proposal got;
    int64_t id = save(f, 0, 0, "de-nghi", "Đình", "published", "ward");
    struct proposal mine = proposal_of_an(f, id, "{\"slug\": \"de-nghi\"}");
    assert_int_equal(proposal_save(f->w, &mine, 0, &p), ERR_NONE);
    assert_int_equal(proposal_list_waiting(f->w, &f->arena, &list, &p), ERR_NONE);
    assert_int_equal(list.count, 1);
    assert_string_equal(list.items[0].title, "Đình mới");
    assert_string_equal(list.items[0].account, "an");
    assert_int_equal(proposal_list_at(f->w, &f->arena, id, &list, &p), ERR_NONE);
    assert_int_equal(list.count, 1);
    mine.at = 200;
    assert_int_equal(proposal_save(f->w, &mine, 50, &p), ERR_CONFLICT);
    assert_int_equal(proposal_return(f->w, id, f->an, 99, "binh", "vì sao?", &p), ERR_CONFLICT);
    assert_int_equal(proposal_return(f->w, id, f->an, 100, "binh", "vì sao?", &p), ERR_NONE);
    assert_int_equal(proposal_list_waiting(f->w, &f->arena, &list, &p), ERR_NONE);
    assert_int_equal(list.count, 0);
    assert_int_equal(proposal_list_of(f->w, &f->arena, f->an, &list, &p), ERR_NONE);
    assert_int_equal(list.count, 1);
    assert_string_equal(list.items[0].returned_by, "binh");
    assert_string_equal(list.items[0].word, "vì sao?");
    assert_int_equal(proposal_save(f->w, &mine, list.items[0].at, &p), ERR_NONE);
    assert_int_equal(proposal_load(f->w, &f->arena, id, f->an, &got, &p), ERR_NONE);
    assert_null(got.returned_by);
    assert_string_equal(got.document, "{\"slug\":\"de-nghi\"}");
    assert_int_equal(proposal_delete(f->w, id, f->an, 199, &p), ERR_NONE); // not the one that was read
    assert_int_equal(proposal_load(f->w, &f->arena, id, f->an, &got, &p), ERR_NONE);
    assert_int_equal(proposal_delete(f->w, id, f->an, 200, &p), ERR_NONE);
    assert_int_equal(proposal_load(f->w, &f->arena, id, f->an, &got, &p), ERR_NOT_FOUND);
}

static void a_proposal_taken_over_is_told_to_its_author_alone(void **state)
{
    struct fixture *f = *state;
    struct problem p;
    struct proposals list;
    struct drafts drafts;
    struct proposal got;
    int64_t id = save(f, 0, 0, "de-nghi-nhan", "Đình", "published", "ward");
    struct proposal mine = proposal_of_an(f, id, "{\"slug\": \"de-nghi-nhan\"}");
    assert_int_equal(proposal_save(f->w, &mine, 0, &p), ERR_NONE);
    assert_int_equal(proposal_take(f->w, id, f->an, 99, "binh", &p), ERR_NONE); // not the one that was read
    assert_int_equal(proposal_load(f->w, &f->arena, id, f->an, &got, &p), ERR_NONE);
    assert_int_equal(proposal_take(f->w, id, f->an, 100, "binh", &p), ERR_NONE);
    assert_int_equal(proposal_load(f->w, &f->arena, id, f->an, &got, &p), ERR_NOT_FOUND);
    assert_int_equal(proposal_list_at(f->w, &f->arena, id, &list, &p), ERR_NONE);
    assert_int_equal(list.count, 0);
    assert_int_equal(proposal_list_of(f->w, &f->arena, f->binh, &list, &p), ERR_NONE);
    assert_int_equal(list.count, 0);
    assert_int_equal(draft_list(f->w, &f->arena, f->an, &drafts, &p), ERR_NONE);
    for (size_t i = 0; i < drafts.count; i++)
        assert_null(strstr(drafts.items[i].subject, "taken:"));
    assert_int_equal(proposal_list_of(f->w, &f->arena, f->an, &list, &p), ERR_NONE);
    assert_int_equal(list.count, 1);
    assert_string_equal(list.items[0].taken_by, "binh");
    assert_string_equal(list.items[0].title, "Đình mới");
    assert_int_equal(list.items[0].site_id, id);
    // a new one is another matter
    assert_int_equal(proposal_save(f->w, &mine, 0, &p), ERR_NONE);
    assert_int_equal(proposal_list_of(f->w, &f->arena, f->an, &list, &p), ERR_NONE);
    assert_int_equal(list.count, 2);
}

static void going_back_keeps_what_visitors_open(void **state)
{
    struct fixture *f = *state;
    struct problem p;
    int64_t id = save(f, 0, 0, "b", "Chùa Một", "draft", NULL);
    save(f, id, 1, "b-moi", "Chùa Hai", "published", "ward");
    assert_int_equal(revision_restore_content(f->w, id, 1, 1, true, &tester, &p), ERR_CONFLICT);
    assert_int_equal(revision_restore_content(f->w, id, 1, 2, true, &tester, &p), ERR_NONE);
    cleanup_site struct site got = {0};
    assert_int_equal(site_load(f->w, &f->arena, id, &got, &p), ERR_NONE);
    assert_string_equal(got.texts[0].title, "Chùa Một");
    assert_null(got.area.key);
    assert_string_equal(got.state, "published");
    assert_string_equal(got.slug, "b-moi");
}

static bool has_term(struct fixture *f, const char *scheme, const char *key)
{
    int64_t id = 0;
    assert_int_equal(term_find(f->w, scheme, key, &id, NULL), ERR_NONE);
    return id != 0;
}

static void add_term(struct fixture *f, const char *scheme, const char *key, const char *parent)
{
    struct term term = {.key = key, .labels = "{\"vi\":\"x\"}"};
    assert_int_equal(term_save(f->w, scheme, &term, 9, NULL, NULL), ERR_NONE);
    if (parent)
        assert_int_equal(term_set_parent(f->w, scheme, key, parent, NULL), ERR_NONE);
}

static void give(struct fixture *f, int64_t id, const char *kind, const char *area)
{
    cleanup_site struct site site = {0};
    assert_int_equal(site_load(f->w, &f->arena, id, &site, NULL), ERR_NONE);
    site.kind.key = kind;
    site.area.key = area;
    assert_int_equal(site_save(f->w, &site, &tester, NULL, NULL), ERR_NONE);
}

// The terms go that only the import's own sites have; a site in the bin has "other" instead of its kind.
static void an_undone_import_takes_its_terms_with_it(void **state)
{
    struct fixture *f = *state;
    struct problem p;
    struct actor mine = tester;
    int64_t before = save(f, 0, 0, "before", "Trước", "published", "ward");
    add_term(f, "kind", "other", NULL);
    assert_int_equal(history_begin_import(f->w, &tester, "x.csv", "csv", &p), ERR_NONE);
    int64_t import_id = tester.import_id;
    add_term(f, "kind", "strange", NULL);
    add_term(f, "kind", "used", NULL);
    add_term(f, "area", "district", NULL);
    add_term(f, "area", "inner", "district");
    add_term(f, "area", "wide", NULL);
    add_term(f, "area", "liked", "wide");
    int64_t one = save(f, 0, 0, "one", "Một", "published", NULL);
    int64_t two = save(f, 0, 0, "two", "Hai", "published", NULL);
    give(f, one, "strange", "inner");
    give(f, two, "used", "liked");
    give(f, before, "strange", "district"); // changed by the import, and so restored
    json_t *terms = json_loads("{\"kind\":[\"strange\",\"used\"],\"area\":[\"district\",\"inner\","
                               "\"wide\",\"liked\",\"gone\"]}",
                               0, NULL);
    const struct history_import done = {.action = "import.land", .name = "x.csv", .added = 2, .terms = terms};
    assert_int_equal(history_finish_import(f->w, &tester, &done, &p), ERR_NONE);
    json_decref(terms);
    tester = mine;
    int64_t since = save(f, 0, 0, "since", "Sau", "published", NULL);
    give(f, since, "used", "liked");
    struct undo_report report;
    assert_int_equal(undo_import(f->w, &f->arena, import_id, &tester, NULL, &report, &p), ERR_NONE);
    assert_int_equal(report.binned, 2);
    assert_int_equal(report.restored, 1);
    assert_int_equal(report.terms_removed, 3);
    assert_int_equal(report.terms_kept, 3);
    assert_false(has_term(f, "kind", "strange"));
    assert_false(has_term(f, "area", "district"));
    assert_false(has_term(f, "area", "inner"));
    assert_true(has_term(f, "kind", "used"));
    assert_true(has_term(f, "area", "wide")); // "liked" lies in it
    assert_true(has_term(f, "area", "liked"));
    cleanup_site struct site bin = {0}, kept = {0}, again = {0};
    assert_int_equal(site_load(f->w, &f->arena, one, &bin, &p), ERR_NONE);
    assert_string_equal(bin.state, "binned");
    assert_string_equal(bin.kind.key, "other");
    assert_null(bin.area.key);
    assert_int_equal(site_load(f->w, &f->arena, two, &kept, &p), ERR_NONE);
    assert_string_equal(kept.kind.key, "used");
    json_t *detail = NULL;
    assert_int_equal(history_import_detail(f->w, import_id, "import.undo", &detail, &p), ERR_NONE);
    assert_int_equal(json_integer_value(json_object_get(detail, "terms_removed")), 3);
    json_decref(detail);
    // an old version can be had again all the same
    assert_int_equal(revision_restore_content(f->w, one, 2, bin.version, true, &tester, &p), ERR_NONE);
    assert_int_equal(site_load(f->w, &f->arena, one, &again, &p), ERR_NONE);
    assert_string_equal(again.kind.key, "other");
}

static void an_import_is_undone_but_not_what_came_after(void **state)
{
    struct fixture *f = *state;
    struct problem p;
    int64_t changed = save(f, 0, 0, "changed", "Trước", "published", NULL);
    struct actor mine = tester;
    assert_int_equal(history_begin_import(f->w, &tester, "x.csv", "csv", &p), ERR_NONE);
    int64_t import_id = tester.import_id;
    int64_t added = save(f, 0, 0, "added", "Mới", "published", NULL);
    int64_t touched = save(f, 0, 0, "touched", "Mới", "published", NULL);
    save(f, changed, 1, "changed", "Sau", "published", NULL);
    assert_int_equal(
        history_finish_import(
            f->w, &tester,
            &(struct history_import){.action = "import.land", .name = "a.csv", .added = 2, .changed = 1}, &p),
        ERR_NONE);
    tester = mine;
    save(f, touched, 1, "touched", "Sửa tay", "published", NULL);
    struct undo_report report;
    const struct undo_progress stop = {.tell = say_no};
    assert_int_equal(store_commit(f->store, NULL), ERR_NONE);
    assert_int_equal(store_begin(f->store, &f->w, NULL), ERR_NONE);
    assert_int_equal(undo_import(f->w, &f->arena, import_id, &tester, &stop, &report, &p), ERR_CANCELLED);
    store_rollback(f->store);
    assert_int_equal(store_begin(f->store, &f->w, NULL), ERR_NONE);
    assert_int_equal(undo_import(f->w, &f->arena, import_id, &tester, NULL, &report, &p), ERR_NONE);
    assert_int_equal(report.binned, 1);
    assert_int_equal(report.restored, 1);
    assert_int_equal(report.kept, 1);
    assert_string_equal(report.kept_names[0], "Sửa tay");
    cleanup_site struct site got = {0}, bin = {0};
    assert_int_equal(site_load(f->w, &f->arena, changed, &got, &p), ERR_NONE);
    assert_string_equal(got.texts[0].title, "Trước");
    assert_int_equal(site_load(f->w, &f->arena, added, &bin, &p), ERR_NONE);
    assert_string_equal(bin.state, "binned");
    assert_int_equal(undo_import(f->w, &f->arena, import_id, &tester, NULL, &report, &p), ERR_EXISTS);
    assert_int_equal(undo_import(f->w, &f->arena, 999, &tester, NULL, &report, &p), ERR_NOT_FOUND);
    struct import_rows rows;
    const struct {
        struct import_filter filter;
        size_t count;
    } filters[] = {{{.name = "zz"}, 0},
                   {{.name = "%"}, 0},
                   {{.format = "geojson"}, 0},
                   {{.account = "zz"}, 0},
                   {{0}, 1}};
    for (size_t i = 0; i < sizeof filters / sizeof filters[0]; i++) {
        int64_t counted = -1;
        assert_int_equal(undo_list(f->w, &f->arena, &filters[i].filter, 10, 0, &rows, &p), ERR_NONE);
        assert_int_equal(undo_count(f->w, &filters[i].filter, &counted, &p), ERR_NONE);
        assert_int_equal(rows.count, filters[i].count);
        assert_int_equal(counted, filters[i].count);
    }
    assert_int_equal(rows.count, 1);
    assert_true(rows.items[0].undone_at > 0);
}

static void check_diff(struct arena *a, const char *before, const char *after, int removed, int added)
{
    struct worddiff_piece *pieces;
    size_t count;
    cleanup_buf struct buf x = BUF_INIT, y = BUF_INIT;
    struct worddiff_budget budget = WORDDIFF_BUDGET;
    assert_int_equal(worddiff(before, after, &budget, a, &pieces, &count, NULL), ERR_NONE);
    for (size_t i = 0; i < count; i++) {
        if (pieces[i].kind != WORDDIFF_ADDED)
            buf_append_str(&x, pieces[i].text);
        if (pieces[i].kind != WORDDIFF_REMOVED)
            buf_append_str(&y, pieces[i].text);
        removed -= pieces[i].kind == WORDDIFF_REMOVED;
        added -= pieces[i].kind == WORDDIFF_ADDED;
    }
    assert_string_equal(x.data, before);
    assert_string_equal(y.data, after);
    assert_int_equal(removed, 0);
    assert_int_equal(added, 0);
}

static void words_are_compared(void **state)
{
    struct fixture *f = *state;
    check_diff(&f->arena, "", "", 0, 0);
    check_diff(&f->arena, "", "một", 0, 1);
    check_diff(&f->arena, "một hai", "", 1, 0);
    check_diff(&f->arena, "một hai ba bốn", "một hai ba bốn", 0, 0);
    check_diff(&f->arena, "một hai ba bốn", "một 2 ba bốn năm", 2, 2);
    check_diff(&f->arena, "a b c d e f", "a c d x f", 2, 1);
    cleanup_buf struct buf x = BUF_INIT, y = BUF_INIT;
    for (int i = 0; i < 3000; i++) {
        buf_printf(&x, "x%d ", i);
        buf_printf(&y, "y%d ", i);
    }
    check_diff(&f->arena, x.data, y.data, 1, 1);
    // every pair of short texts over two words joins back to what it came from
    for (int i = 0; i < 256; i++)
        for (int j = 0; j < 256; j += 7) {
            char before[64] = "", after[64] = "";
            for (int bit = 0; bit < 8; bit++) {
                strcat(before, i >> bit & 1 ? "a " : "b ");
                strcat(after, j >> bit & 1 ? "a " : "b ");
            }
            struct worddiff_piece *pieces;
            size_t count;
            cleanup_buf struct buf back = BUF_INIT;
            struct worddiff_budget budget = WORDDIFF_BUDGET;
            assert_int_equal(worddiff(before, after, &budget, &f->arena, &pieces, &count, NULL), ERR_NONE);
            for (size_t k = 0; k < count; k++)
                if (pieces[k].kind != WORDDIFF_REMOVED)
                    buf_append_str(&back, pieces[k].text);
            assert_string_equal(back.data, after);
        }
}

// However many long texts come first, all together cost no more than the budget, and a small change after
// them is still compared.
static void a_page_compares_so_much_and_no_more(void **state)
{
    struct fixture *f = *state;
    cleanup_buf struct buf x = BUF_INIT, y = BUF_INIT;
    struct worddiff_budget budget = WORDDIFF_BUDGET;
    struct worddiff_piece *pieces;
    size_t count;
    for (int i = 0; i < 1200; i++) {
        buf_printf(&x, "x%d ", i % 7);
        buf_printf(&y, "%c%d ", i % 2 ? 'x' : 'y', i % 5);
    }
    const int64_t all = budget.left;
    assert_int_equal(worddiff(x.data, "", &budget, &f->arena, &pieces, &count, NULL), ERR_NONE);
    assert_true(budget.left == all && count == 1);
    assert_int_equal(worddiff(x.data, y.data, &budget, &f->arena, &pieces, &count, NULL), ERR_NONE);
    assert_true(budget.left < all && budget.left > 0 && count > 2);
    assert_false(budget.is_short);
    for (int i = 0; i < 50; i++)
        assert_int_equal(worddiff(x.data, y.data, &budget, &f->arena, &pieces, &count, NULL), ERR_NONE);
    assert_true(budget.is_short && count == 2);
    assert_true(budget.left < 10000);
    assert_int_equal(worddiff("a b c", "a x c", &budget, &f->arena, &pieces, &count, NULL), ERR_NONE);
    assert_int_equal(count, 4);
    // words that are the same cost as well: long texts with many repetitions
    cleanup_buf struct buf many = BUF_INIT, others = BUF_INIT;
    for (int i = 0; i < 30000; i++) {
        buf_append_str(&many, "a ");
        buf_append_str(&others, i % 20 ? "a " : "b ");
    }
    budget = WORDDIFF_BUDGET;
    assert_int_equal(worddiff(many.data, others.data, &budget, &f->arena, &pieces, &count, NULL), ERR_NONE);
    assert_true(budget.left >= all / 2 - 30001);
}

static void sites_are_published_when_their_time_comes(void **state)
{
    struct fixture *f = *state;
    struct problem p;
    int64_t id = save(f, 0, 0, "later", "Sau", "draft", NULL), next, count;
    cleanup_site struct site site = {0}, got = {0};
    assert_int_equal(site_load(f->w, &f->arena, id, &site, &p), ERR_NONE);
    site.publish_at = 5000;
    assert_int_equal(site_save(f->w, &site, &tester, NULL, &p), ERR_NONE);
    assert_int_equal(schedule_next(f->w, &next, &p), ERR_NONE);
    assert_int_equal(next, 5000);
    assert_int_equal(schedule_publish(f->w, 4999, &tester, &count, &p), ERR_NONE);
    assert_int_equal(count, 0);
    assert_int_equal(schedule_publish(f->w, 5000, &tester, &count, &p), ERR_NONE);
    assert_int_equal(count, 1);
    assert_int_equal(site_load(f->w, &f->arena, id, &got, &p), ERR_NONE);
    assert_string_equal(got.state, "published");
    assert_int_equal(schedule_next(f->w, &next, &p), ERR_NONE);
    assert_int_equal(next, 0);
}

static int64_t count_sites(struct fixture *f, struct desk_site_filter filter)
{
    int64_t count;
    struct desk_sites list;
    assert_int_equal(desk_site_count(f->w, &filter, &count, NULL), ERR_NONE);
    assert_int_equal(desk_site_list(f->w, &f->arena, &filter, DESK_SITE_BY_CHANGE, 100, 0, &list, NULL),
                     ERR_NONE);
    assert_int_equal((int64_t)list.count, count);
    return count;
}

static void desk_lists_filter(void **state)
{
    struct fixture *f = *state;
    struct problem p;
    int64_t a = save(f, 0, 0, "a", "Chùa An", "draft", "ward"), counts[5];
    save(f, 0, 0, "b", "Chùa Bình", "published", "other");
    save(f, 0, 0, "c", "Chùa Cũ", "binned", NULL);
    assert_int_equal(count_sites(f, (struct desk_site_filter){0}), 2);
    assert_int_equal(count_sites(f, (struct desk_site_filter){.state = "binned"}), 1);
    assert_int_equal(count_sites(f, (struct desk_site_filter){.area = "city"}), 1);
    assert_int_equal(count_sites(f, (struct desk_site_filter){.missing = "en"}), 2);
    assert_int_equal(count_sites(f, (struct desk_site_filter){.missing = "vi"}), 0);
    assert_int_equal(count_sites(f, (struct desk_site_filter){.query = "chua binh"}), 1);
    assert_int_equal(count_sites(f, (struct desk_site_filter){.query = "**"}), 0);
    assert_int_equal(count_sites(f, (struct desk_site_filter){.account_id = f->an}), 2);
    struct query *q = query_start(f->w, SQL_INSERT_ACCOUNT_AREA);
    query_bind_int(q, 1, f->an);
    query_bind_text(q, 2, "city");
    assert_int_equal(query_run(q, NULL), ERR_NONE);
    assert_int_equal(count_sites(f, (struct desk_site_filter){.account_id = f->an}), 1);
    assert_int_equal(desk_site_states(f->w, 0, counts, &p), ERR_NONE);
    assert_int_equal(counts[0], 1);
    assert_int_equal(counts[4], 1);

    struct plate plate = {.site_id = a, .state = "planned"};
    char code[CODE_SIZE], words[CODE_WORDS_SIZE];
    int64_t before = count_sites(f, (struct desk_site_filter){.unplated = true});
    assert_int_equal(plate_add(f->w, &plate, &tester, code, &p), ERR_NONE);
    assert_int_equal(count_sites(f, (struct desk_site_filter){.unplated = true}), before - 1);
    code_words(code, words);
    const struct {
        const char *query;
        int64_t count;
    } cases[] = {{NULL, 1}, {code, 1}, {words, 1}, {"chua an", 1}, {"chua binh", 0}, {"%%%", 0}, {"__", 0}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct desk_plate_filter filter = {.query = cases[i].query};
        struct desk_plates list;
        int64_t count;
        assert_int_equal(desk_plate_count(f->w, &filter, &count, &p), ERR_NONE);
        assert_int_equal(count, cases[i].count);
        assert_int_equal(desk_plate_list(f->w, &f->arena, &filter, 10, 0, &list, &p), ERR_NONE);
        assert_int_equal((int64_t)list.count, cases[i].count);
    }
    struct desk_events events;
    struct desk_event_filter filter = {.action = "plate."};
    assert_int_equal(desk_event_list(f->w, &f->arena, &filter, 0, 10, &events, &p), ERR_NONE);
    assert_int_equal(events.count, 1);
    int64_t event_count = 0;
    assert_int_equal(desk_event_count(f->w, &filter, &event_count, &p), ERR_NONE);
    assert_int_equal(event_count, 1);
    filter.offset = 1;
    assert_int_equal(desk_event_list(f->w, &f->arena, &filter, 0, 10, &events, &p), ERR_NONE);
    assert_int_equal(events.count, 0);
    filter.offset = 0;
    filter.action = "%";
    assert_int_equal(desk_event_list(f->w, &f->arena, &filter, 0, 100, &events, &p), ERR_NONE);
    assert_true(events.count >= 4);
}

// Every page of a list, told how many there are and not told.
static void pages_are_the_same_from_either_end(void **state)
{
    struct fixture *f = *state;
    enum { SITES = 23, PAGE = 4 };
    for (int i = 0; i < SITES; i++) {
        char slug[32], title[32];
        snprintf(slug, sizeof slug, "site-%d", i);
        snprintf(title, sizeof title, "Chùa %d", i * 7 % 10); // some have the same
        struct plate plate = {.site_id = save(f, 0, 0, slug, title, "draft", "ward"), .state = "planned"};
        char code[CODE_SIZE];
        for (int k = 0; k < 2; k++)
            assert_int_equal(plate_add(f->w, &plate, &tester, code, NULL), ERR_NONE);
    }
    for (int order = 0; order < 2; order++)
        for (int64_t offset = 0; offset <= SITES + PAGE; offset += PAGE) {
            struct desk_site_filter filter = {.kind = "pagoda"};
            struct desk_sites plain, told;
            assert_int_equal(desk_site_list(f->w, &f->arena, &filter, order, PAGE, offset, &plain, NULL), 0);
            filter.counted = (struct desk_counted){true, SITES};
            assert_int_equal(desk_site_list(f->w, &f->arena, &filter, order, PAGE, offset, &told, NULL), 0);
            assert_int_equal(plain.count, told.count);
            for (size_t i = 0; i < plain.count; i++)
                assert_int_equal(plain.items[i].id, told.items[i].id);
        }
    for (int64_t offset = 0; offset <= SITES * 2 + PAGE; offset += PAGE) {
        struct desk_plate_filter filter = {.state = "planned"};
        struct desk_plates plain, told;
        assert_int_equal(desk_plate_list(f->w, &f->arena, &filter, PAGE, offset, &plain, NULL), 0);
        filter.counted = (struct desk_counted){true, (int64_t)SITES * 2};
        assert_int_equal(desk_plate_list(f->w, &f->arena, &filter, PAGE, offset, &told, NULL), 0);
        assert_int_equal(plain.count, told.count);
        for (size_t i = 0; i < plain.count; i++)
            assert_string_equal(plain.items[i].code, told.items[i].code);
    }
}

static int64_t save_at(struct fixture *f, const char *slug, const char *site_state, const char *area,
                       double lat, double lon)
{
    struct site_text text = {.lang = "vi", .title = slug, .summary = "", .body = ""};
    struct site site = {.slug = slug,
                        .state = site_state,
                        .original = "vi",
                        .has_position = true,
                        .lat = lat,
                        .lon = lon,
                        .accuracy_m = -1,
                        .kind = {.key = "pagoda"},
                        .area = {.key = area},
                        .texts = &text,
                        .text_count = 1};
    int64_t id = 0;
    assert_int_equal(site_save(f->w, &site, &tester, &id, NULL), ERR_NONE);
    return id;
}

static void points_lie_in_their_box(void **state)
{
    struct fixture *f = *state;
    struct arena *a = &f->arena;
    int64_t mine = save_at(f, "mine", "draft", "ward", 10.0, 105.0);
    save_at(f, "seen", "published", "other", 10.0010, 105.0); // 111 m north
    save_at(f, "hidden", "draft", "other", 10.0005, 105.0);
    save_at(f, "binned", "binned", "ward", 10.0, 105.0);
    save_at(f, "far", "published", "ward", 11.0, 105.0);
    save(f, 0, 0, "nowhere", "Nowhere", "published", "ward");
    struct site_points_filter all = {.except = 0}, other = {.except = mine}, limited = {.account_id = f->an};
    struct site_box box = {9.9, 104.9, 10.1, 105.1}, empty = {9.9, 105.1, 10.1, 104.9};
    struct site_points points;
    assert_int_equal(site_points_within(f->w, a, &box, &all, 10, &points, NULL), ERR_NONE);
    assert_int_equal(points.count, 3);
    assert_false(points.more);
    assert_int_equal(site_points_within(f->w, a, &box, &all, 2, &points, NULL), ERR_NONE);
    assert_int_equal(points.count, 2);
    assert_true(points.more);
    assert_int_equal(site_points_within(f->w, a, &empty, &all, 10, &points, NULL), ERR_NONE);
    assert_int_equal(points.count, 0);

    assert_int_equal(site_points_near(f->w, a, 10.0, 105.0, 300, &other, 10, &points, NULL), ERR_NONE);
    assert_int_equal(points.count, 2);
    assert_string_equal(points.items[0].slug, "hidden"); // the nearest first
    assert_string_equal(points.items[1].slug, "seen");
    assert_true(points.items[1].metres > 111 && points.items[1].metres < 112);
    assert_int_equal(site_points_near(f->w, a, 10.0, 105.0, 100, &other, 10, &points, NULL), ERR_NONE);
    assert_int_equal(points.count, 1);
    assert_int_equal(site_points_near(f->w, a, 90, 0, 300, &all, 10, &points, NULL), ERR_NONE);
    assert_int_equal(points.count, 0);

    struct query *q = query_start(f->w, SQL_INSERT_ACCOUNT_AREA);
    query_bind_int(q, 1, f->an);
    query_bind_text(q, 2, "ward");
    assert_int_equal(query_run(q, NULL), ERR_NONE);
    assert_int_equal(site_points_near(f->w, a, 10.0, 105.0, 300, &limited, 10, &points, NULL), ERR_NONE);
    assert_int_equal(points.count, 2);
    assert_string_equal(points.items[0].slug, "mine");
    assert_true(points.items[0].mine);
    assert_string_equal(points.items[1].slug, "seen"); // visitors see it too
    assert_false(points.items[1].mine);

    assert_int_equal(site_points_lately(f->w, a, &all, 10, &points, NULL), ERR_NONE);
    assert_int_equal(points.count, 4);
    assert_int_equal(site_points_lately(f->w, a, &all, 2, &points, NULL), ERR_NONE);
    assert_int_equal(points.count, 1); // of the last two, one has no position
    assert_string_equal(points.items[0].slug, "far");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(drafts_belong_to_their_editor, setup, teardown),
        cmocka_unit_test_setup_teardown(a_thing_has_several_drafts, setup, teardown),
        cmocka_unit_test_setup_teardown(a_set_time_ends_where_one_goes_back_who_may_not_publish, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(proposals_wait_are_given_back_and_sent_again, setup, teardown),
        cmocka_unit_test_setup_teardown(a_proposal_taken_over_is_told_to_its_author_alone, setup, teardown),
        cmocka_unit_test_setup_teardown(a_revision_can_be_read_compared_and_restored, setup, teardown),
        cmocka_unit_test_setup_teardown(going_back_keeps_what_visitors_open, setup, teardown),
        cmocka_unit_test_setup_teardown(an_import_is_undone_but_not_what_came_after, setup, teardown),
        cmocka_unit_test_setup_teardown(an_undone_import_takes_its_terms_with_it, setup, teardown),
        cmocka_unit_test_setup_teardown(words_are_compared, setup, teardown),
        cmocka_unit_test_setup_teardown(a_page_compares_so_much_and_no_more, setup, teardown),
        cmocka_unit_test_setup_teardown(sites_are_published_when_their_time_comes, setup, teardown),
        cmocka_unit_test_setup_teardown(desk_lists_filter, setup, teardown),
        cmocka_unit_test_setup_teardown(points_lie_in_their_box, setup, teardown),
        cmocka_unit_test_setup_teardown(pages_are_the_same_from_either_end, setup, teardown),
    };
    return cmocka_run_group_tests_name("editing", tests, NULL, NULL);
}
