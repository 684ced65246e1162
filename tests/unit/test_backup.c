#include "tests/unit/unit.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/arena.h"
#include "common/buf.h"
#include "common/file.h"
#include "common/hash.h"
#include "content/backup/backup.h"
#include "content/backup/inspect.h"
#include "content/backup/kept.h"
#include "content/backup/restore.h"
#include "content/store/query.h"
#include "content/store/store.h"

struct fixture {
    char root[64];
    struct arena arena;
    const char *data, *tar, *again;
    struct store *store;
    const char *media[2]; // paths of the two files
};

static void add_medium(struct fixture *f, int index, const char *bytes, size_t len)
{
    char sha256[HASH_HEX_SIZE];
    hash_bytes(bytes, len, sha256);
    const char *folder = arena_printf(&f->arena, "%s/media/%.2s", f->data, sha256);
    assert_int_equal(file_make_folder(folder, NULL), ERR_NONE);
    f->media[index] = arena_printf(&f->arena, "%s/%s", folder, sha256);
    assert_int_equal(file_write_atomic(f->media[index], bytes, len, NULL), ERR_NONE);

    struct connection *writer;
    assert_int_equal(store_begin(f->store, &writer, NULL), ERR_NONE);
    struct query *q = query_start(writer, SQL_INSERT_MEDIA);
    query_bind_text(q, 1, sha256);
    query_bind_text(q, 2, "image");
    query_bind_text(q, 3, "image/png");
    query_bind_int(q, 4, (int64_t)len);
    query_bind_text(q, 8, "x.png");
    query_bind_int(q, 9, 0);
    assert_int_equal(query_run(q, NULL), ERR_NONE);
    assert_int_equal(store_commit(f->store, NULL), ERR_NONE);
}

static struct store *open_folder(const char *folder, bool create)
{
    struct store *store = NULL;
    struct store_options options = {.folder = folder, .create = create};
    assert_int_equal(store_open(&options, &store, NULL), ERR_NONE);
    return store;
}

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    strcpy(f->root, "/tmp/stele-backup-XXXXXX");
    assert_non_null(mkdtemp(f->root));
    f->data = arena_printf(&f->arena, "%s/data", f->root);
    f->tar = arena_printf(&f->arena, "%s/stele.tar", f->root);
    f->again = arena_printf(&f->arena, "%s/again", f->root);
    f->store = open_folder(f->data, true);
    static char large[700000]; // more than one chunk
    memset(large, 'x', sizeof large);
    add_medium(f, 0, "a small picture", 15);
    add_medium(f, 1, large, sizeof large);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    store_close(f->store);
    file_remove_tree(f->root, NULL);
    arena_clear(&f->arena);
    free(f);
    return 0;
}

static void make_backup(struct fixture *f)
{
    struct backup_total total;
    struct problem p = PROBLEM_INIT;
    assert_int_equal(backup_write(f->store, f->tar, &total, &p), ERR_NONE);
    assert_int_equal(total.media_files, 2);
    assert_int_equal(total.media_bytes, 700015);
}

static enum err restore(struct fixture *f, struct problem *p)
{
    struct backup_total total;
    return restore_read(f->tar, f->again, &total, p);
}

// Names in a folder, dots left out.
static int count_names(const char *folder)
{
    DIR *dir = opendir(folder);
    assert_non_null(dir);
    int count = -2;
    while (readdir(dir))
        count++;
    closedir(dir);
    return count;
}

static void test_round_trip(void **state)
{
    struct fixture *f = *state;
    struct problem p = PROBLEM_INIT;
    make_backup(f);
    assert_int_equal(count_names(f->root), 2); // data and the tar: no staging folder
    assert_int_equal(restore(f, &p), ERR_NONE);
    assert_int_equal(count_names(f->again), 2); // the database and media
    struct store *store = open_folder(f->again, false);
    struct problem_list list = PROBLEM_LIST_INIT;
    struct inspect_result result;
    assert_int_equal(inspect_media(store, false, &list, &result, &p), ERR_NONE);
    assert_int_equal(result.files, 2);
    assert_int_equal(result.unused, 0);
    problem_list_clear(&list);
    store_close(store);
}

static void test_nothing_is_overwritten(void **state)
{
    struct fixture *f = *state;
    struct problem p = PROBLEM_INIT;
    struct backup_total total;
    make_backup(f);
    assert_int_equal(backup_write(f->store, f->tar, &total, &p), ERR_EXISTS);
    assert_problem(p, ERR_EXISTS, "name another file");
    assert_int_equal(restore_read(f->tar, f->data, &total, &p), ERR_EXISTS);
    assert_problem(p, ERR_EXISTS, "is not empty");
    assert_int_equal(access(f->media[0], F_OK), 0);
}

static void test_empty_folder_is_kept(void **state)
{
    struct fixture *f = *state;
    struct problem p = PROBLEM_INIT;
    assert_int_equal(file_make_folder(f->again, NULL), ERR_NONE);
    assert_int_equal(file_write_atomic(f->tar, "no tar", 6, NULL), ERR_NONE);
    assert_int_equal(restore(f, &p), ERR_INVALID);
    assert_int_equal(count_names(f->again), 0);
}

static void test_damaged_medium(void **state)
{
    struct fixture *f = *state;
    struct problem p = PROBLEM_INIT;
    struct backup_total total;
    struct problem_list list = PROBLEM_LIST_INIT;
    struct inspect_result result;
    assert_int_equal(file_write_atomic(f->media[0], "a small Picture", 15, NULL), ERR_NONE);
    assert_int_equal(unlink(f->media[1]), 0);
    assert_int_equal(inspect_media(f->store, false, &list, &result, &p), ERR_CORRUPT);
    assert_int_equal(list.count, 2);
    problem_list_clear(&list);
    assert_int_equal(backup_write(f->store, f->tar, &total, &p), ERR_CORRUPT);
    assert_problem(p, ERR_CORRUPT, "media file");
    assert_int_equal(count_names(f->root), 1); // neither tar nor staging folder
}

static void test_sweep_takes_old_unused_files(void **state)
{
    struct fixture *f = *state;
    struct problem p = PROBLEM_INIT;
    struct problem_list list = PROBLEM_LIST_INIT;
    struct inspect_result result;
    int len = (int)(strrchr(f->media[0], '/') - f->media[0]);
    const char *young = arena_printf(&f->arena, "%.*s/young", len, f->media[0]);
    const char *old = arena_printf(&f->arena, "%.*s/old", len, f->media[0]);
    assert_int_equal(file_write_atomic(young, "x", 1, NULL), ERR_NONE);
    assert_int_equal(file_write_atomic(old, "x", 1, NULL), ERR_NONE);
    const struct timespec times[2] = {{.tv_sec = 1000000000}, {.tv_sec = 1000000000}};
    assert_int_equal(utimensat(AT_FDCWD, old, times, 0), 0);
    assert_int_equal(inspect_media(f->store, false, &list, &result, &p), ERR_NONE);
    assert_int_equal(result.unused, 2);
    assert_int_equal(result.removed, 0);
    assert_int_equal(inspect_media(f->store, true, &list, &result, &p), ERR_NONE);
    assert_int_equal(result.removed, 1);
    assert_int_equal(access(old, F_OK), -1);
    assert_int_equal(access(young, F_OK), 0);
    assert_int_equal(access(f->media[0], F_OK), 0);
}

// However much of the end is missing, nothing is restored.
static void test_cut_off(void **state)
{
    struct fixture *f = *state;
    make_backup(f);
    struct buf whole = BUF_INIT;
    assert_int_equal(file_read(f->tar, 16 << 20, &whole, NULL), ERR_NONE);
    // The last 1024 bytes of zeros are only the mark of the end.
    for (size_t len = 0; len < whole.len - 20480; len += 9973) {
        struct problem p = PROBLEM_INIT;
        assert_int_equal(file_write_atomic(f->tar, whole.data, len, NULL), ERR_NONE);
        assert_int_equal(restore(f, &p), ERR_INVALID);
        assert_int_equal(access(f->again, F_OK), -1);
    }
    buf_free(&whole);
}

// One wrong byte anywhere in the data is found.
static void test_changed_byte(void **state)
{
    struct fixture *f = *state;
    make_backup(f);
    struct buf whole = BUF_INIT;
    assert_int_equal(file_read(f->tar, 16 << 20, &whole, NULL), ERR_NONE);
    for (size_t at = 4096; at < whole.len - 100000; at += 49999) {
        struct problem p = PROBLEM_INIT;
        whole.data[at] ^= 0x20;
        assert_int_equal(file_write_atomic(f->tar, whole.data, whole.len, NULL), ERR_NONE);
        assert_int_not_equal(restore(f, &p), ERR_NONE);
        assert_int_equal(access(f->again, F_OK), -1);
        whole.data[at] ^= 0x20;
    }
    buf_free(&whole);
}

struct hostile {
    const char *name;
    unsigned type;
    const char *link;
};

static void append_entry(struct archive *tar, const char *name, unsigned type, const char *link,
                         const char *data)
{
    struct archive_entry *entry = archive_entry_new();
    archive_entry_set_pathname(entry, name);
    archive_entry_set_filetype(entry, type);
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_size(entry, type == AE_IFREG ? (int64_t)strlen(data) : 0);
    if (link && type == AE_IFLNK)
        archive_entry_set_symlink(entry, link);
    else if (link)
        archive_entry_set_hardlink(entry, link);
    assert_int_equal(archive_write_header(tar, entry), ARCHIVE_OK);
    if (type == AE_IFREG && !link)
        assert_int_equal(archive_write_data(tar, data, strlen(data)), strlen(data));
    archive_entry_free(entry);
}

static void test_hostile_entries(void **state)
{
    struct fixture *f = *state;
    static const struct hostile hostile[] = {
        {"../evil", AE_IFREG, NULL},           {"/tmp/evil", AE_IFREG, NULL},
        {"media/../../evil", AE_IFREG, NULL},  {"media/ab/../../../evil", AE_IFREG, NULL},
        {"media", AE_IFLNK, "/etc"},           {"stele.db", AE_IFLNK, "/etc/passwd"},
        {"stele.db", AE_IFREG, "/etc/passwd"}, {"media/ab", AE_IFDIR, NULL},
        {"stele.lock", AE_IFREG, NULL},        {"backup.json", AE_IFREG, NULL},
    };
    for (size_t i = 0; i < sizeof hostile / sizeof hostile[0]; i++) {
        struct archive *tar = archive_write_new();
        archive_write_set_format_pax_restricted(tar);
        unlink(f->tar);
        assert_int_equal(archive_write_open_filename(tar, f->tar), ARCHIVE_OK);
        append_entry(tar, "backup.json", AE_IFREG, NULL,
                     "{\"format\":\"stele-backup\",\"version\":1,\"database\":{\"bytes\":4,\"sha256\":"
                     "\"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\"},\"media\":9}");
        append_entry(tar, hostile[i].name, hostile[i].type, hostile[i].link, "evil");
        archive_write_free(tar);
        struct problem p = PROBLEM_INIT;
        assert_int_equal(restore(f, &p), ERR_INVALID);
        assert_int_equal(access(f->again, F_OK), -1);
        assert_int_equal(count_names(f->root), 2);
    }
}

static void test_newer_version(void **state)
{
    struct fixture *f = *state;
    struct problem p = PROBLEM_INIT;
    struct archive *tar = archive_write_new();
    archive_write_set_format_pax_restricted(tar);
    assert_int_equal(archive_write_open_filename(tar, f->tar), ARCHIVE_OK);
    append_entry(tar, "backup.json", AE_IFREG, NULL,
                 "{\"format\":\"stele-backup\",\"version\":2,\"database\":{\"bytes\":4,\"sha256\":"
                 "\"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\"},\"media\":9}");
    archive_write_free(tar);
    assert_int_equal(restore(f, &p), ERR_UNSUPPORTED);
    assert_problem(p, ERR_UNSUPPORTED, "newer version");
}

static void test_kept_backups(void **state)
{
    struct fixture *f = *state;
    struct problem p = PROBLEM_INIT;
    struct kept_list list;
    const char *name = NULL;
    assert_int_equal(kept_read(f->store, &f->arena, &list, &p), ERR_NONE);
    assert_int_equal(list.count, 0);
    assert_int_equal(kept_make(f->store, &f->arena, &name, &p), ERR_NONE);
    const char *other = arena_printf(&f->arena, "%s/notes.txt", kept_folder(f->store, &f->arena));
    assert_int_equal(file_write_atomic(other, "x", 1, NULL), ERR_NONE);
    const char *copy = arena_printf(&f->arena, "%s/before-0002-7.db", kept_folder(f->store, &f->arena));
    assert_int_equal(file_write_atomic(copy, "x", 1, NULL), ERR_NONE);
    assert_int_equal(kept_read(f->store, &f->arena, &list, &p), ERR_NONE);
    assert_int_equal(list.count, 2);
    assert_true(list.items[0].whole != list.items[1].whole);
    const char *path = arena_printf(&f->arena, "%s/%s", kept_folder(f->store, &f->arena), name);
    struct backup_total total;
    assert_int_equal(restore_read(path, f->again, &total, &p), ERR_NONE);
    static const char *const bad[] = {"", "..", "../stele.db", ".tar", "notes.txt", "a/b.tar", "none.tar"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(kept_remove(f->store, bad[i], &p), ERR_NOT_FOUND);
    assert_int_equal(kept_remove(f->store, name, &p), ERR_NONE);
    assert_int_equal(access(path, F_OK), -1);
    assert_int_equal(access(other, F_OK), 0);
}

int main(void)
{
#define WITH_STORE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        WITH_STORE(test_round_trip),
        WITH_STORE(test_nothing_is_overwritten),
        WITH_STORE(test_empty_folder_is_kept),
        WITH_STORE(test_damaged_medium),
        WITH_STORE(test_sweep_takes_old_unused_files),
        WITH_STORE(test_cut_off),
        WITH_STORE(test_changed_byte),
        WITH_STORE(test_hostile_entries),
        WITH_STORE(test_newer_version),
        WITH_STORE(test_kept_backups),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
