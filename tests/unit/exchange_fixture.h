// A store in a folder of its own, files around it, and what an import or an export does with them.
#pragma once

#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/file.h"
#include "content/exchange/exchange.h"
#include "content/setting.h"
#include "content/site.h"
#include "content/store/store.h"
#include "tests/unit/unit.h"

struct fixture {
    char folder[64];
    struct store *store; // in folder/data
    struct exchange_report report;
    struct arena arena;
};

static inline struct store *fixture_open_store(struct fixture *f, const char *name)
{
    char path[128];
    struct problem p = PROBLEM_INIT;
    struct store *store = NULL;
    snprintf(path, sizeof path, "%s/%s", f->folder, name);
    if (store_open(&(struct store_options){.folder = path, .create = true}, &store, &p))
        fail_msg("%s", p.text);
    return store;
}

static inline int fixture_setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    snprintf(f->folder, sizeof f->folder, "/tmp/stele-exchange-XXXXXX");
    assert_non_null(mkdtemp(f->folder));
    f->store = fixture_open_store(f, "data");
    f->report = EXCHANGE_REPORT_INIT;
    *state = f;
    return 0;
}

static inline int fixture_teardown(void **state)
{
    struct fixture *f = *state;
    store_close(f->store);
    exchange_report_clear(&f->report);
    arena_clear(&f->arena);
    assert_int_equal(file_remove_tree(f->folder, NULL), ERR_NONE);
    free(f);
    return 0;
}

static inline char *fixture_path(struct fixture *f, const char *rel)
{
    char *path = arena_printf(&f->arena, "%s/%s", f->folder, rel);
    assert_non_null(path);
    return path;
}

// Writes a file below the fixture's folder, with its folders.
static inline const char *fixture_write_bytes(struct fixture *f, const char *rel, const void *data,
                                              size_t len)
{
    char *path = fixture_path(f, rel), *folder = arena_strdup(&f->arena, path);
    struct problem p = PROBLEM_INIT;
    *strrchr(folder, '/') = '\0';
    if (file_make_folder(folder, &p) || file_write_atomic(path, data, len, &p))
        fail_msg("%s", p.text);
    return path;
}

static inline const char *fixture_write(struct fixture *f, const char *rel, const char *text)
{
    return fixture_write_bytes(f, rel, text, strlen(text));
}

static inline enum err fixture_import_with(struct fixture *f, const char *rel,
                                           struct exchange_options options)
{
    options.actor.name = "test";
    exchange_report_clear(&f->report);
    f->report = EXCHANGE_REPORT_INIT;
    return exchange_import(f->store, rel[0] == '/' ? rel : fixture_path(f, rel), &options, &f->report);
}

static inline enum err fixture_import(struct fixture *f, const char *rel)
{
    return fixture_import_with(f, rel, (struct exchange_options){0});
}

static inline void fixture_print_problems(const struct fixture *f)
{
    for (size_t i = 0; i < f->report.problems.count && i < 20; i++)
        print_message("  %s\n", f->report.problems.items[i].text);
}

// The import must land without a problem.
static inline void fixture_must_import(struct fixture *f, const char *rel, struct exchange_options options)
{
    if (fixture_import_with(f, rel, options) == ERR_NONE)
        return;
    fixture_print_problems(f);
    fail_msg("%s was refused", rel);
}

// Some problem's text must hold `part`.
static inline void fixture_expect_problem(const struct fixture *f, const char *part)
{
    for (size_t i = 0; i < f->report.problems.count; i++)
        if (strstr(f->report.problems.items[i].text, part))
            return;
    fixture_print_problems(f);
    fail_msg("no problem holds “%s”", part);
}

static inline struct connection *fixture_reader(struct fixture *f)
{
    struct connection *c = NULL;
    assert_int_equal(store_reader(f->store, &c, NULL), ERR_NONE);
    return c;
}

// Loads a site; the caller clears it.
static inline void fixture_load(struct fixture *f, const char *slug, struct site *ret)
{
    struct problem p = PROBLEM_INIT;
    if (site_load_by_slug(fixture_reader(f), &f->arena, slug, ret, &p))
        fail_msg("%s: %s", slug, p.text);
}

static inline size_t fixture_site_count(struct fixture *f)
{
    int64_t *ids;
    size_t count;
    assert_int_equal(site_all_ids(fixture_reader(f), &f->arena, &ids, &count, NULL), ERR_NONE);
    return count;
}

static inline uint64_t fixture_version(struct fixture *f)
{
    uint64_t version = 0;
    assert_int_equal(store_content_version(fixture_reader(f), &version, NULL), ERR_NONE);
    return version;
}

// How many names differ between two trees, in content or by being in one alone.
static inline int fixture_compare_trees(const char *a, const char *b)
{
    char command[3 * PATH_MAX];
    snprintf(command, sizeof command, "diff -r '%s' '%s'", a, b);
    return system(command);
}
