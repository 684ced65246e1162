#include "content/backup/backup.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <string.h>
#include <sys/stat.h>

#include "common/arena.h"
#include "common/cleanup.h"
#include "common/clock.h"
#include "common/file.h"
#include "common/hash.h"
#include "content/store/query.h"
#include "content/store/store.h"

#define CHUNK (256 * 1024) // bytes moved at a time

struct backup {
    struct arena arena;
    const char *target;
    char *staging;  // folder beside the target
    char *database; // its copy in there
    char *part;     // the tar in there, until it is whole
    struct archive *tar;
    int fd;
    struct backup_total total;
    int64_t now;
};

static void backup_clear(struct backup *b)
{
    if (b->tar)
        archive_write_free(b->tar);
    if (b->fd >= 0)
        close(b->fd);
    if (b->staging)
        file_remove_tree(b->staging, NULL);
    arena_clear(&b->arena);
}

static enum err prepare(struct backup *b, struct problem *p)
{
    if (access(b->target, F_OK) == 0)
        return problem_set(p, ERR_EXISTS, b->target, "%s is there already: name another file", b->target);
    b->staging = arena_printf(&b->arena, "%s/.stele-backup-XXXXXX", file_folder_of(&b->arena, b->target));
    if (!b->staging)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    if (!mkdtemp(b->staging)) {
        b->staging = NULL;
        return problem_errno(p, b->target, "cannot write beside %s", b->target);
    }
    b->database = arena_printf(&b->arena, "%s/%s", b->staging, BACKUP_DATABASE);
    b->part = arena_printf(&b->arena, "%s/backup.tar", b->staging);
    if (!b->database || !b->part)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    return ERR_NONE;
}

static enum err tar_problem(struct backup *b, struct problem *p)
{
    errno = archive_errno(b->tar) > 0 ? archive_errno(b->tar) : EIO;
    return problem_errno(p, b->target, "cannot write %s", b->target);
}

static enum err tar_open(struct backup *b, struct problem *p)
{
    b->fd = open(b->part, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (b->fd < 0)
        return problem_errno(p, b->target, "cannot write %s", b->target);
    b->tar = archive_write_new();
    if (!b->tar)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    if (archive_write_set_format_pax_restricted(b->tar) != ARCHIVE_OK ||
        archive_write_open_fd(b->tar, b->fd) != ARCHIVE_OK)
        return tar_problem(b, p);
    return ERR_NONE;
}

static enum err tar_entry(struct backup *b, const char *name, int64_t size, struct problem *p)
{
    struct archive_entry *entry = archive_entry_new();
    if (!entry)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    archive_entry_set_pathname(entry, name);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_size(entry, size);
    archive_entry_set_mtime(entry, b->now, 0);
    int rc = archive_write_header(b->tar, entry);
    archive_entry_free(entry);
    return rc == ARCHIVE_OK ? ERR_NONE : tar_problem(b, p);
}

static enum err tar_data(struct backup *b, const void *data, size_t len, struct problem *p)
{
    return archive_write_data(b->tar, data, len) == (la_ssize_t)len ? ERR_NONE : tar_problem(b, p);
}

// Moves `size` bytes and says what their hash is; a file that grew or shrank meanwhile is no good.
static enum err tar_move(struct backup *b, int fd, const char *name, int64_t size,
                         char ret_sha256[HASH_HEX_SIZE], struct problem *p)
{
    cleanup_free char *chunk = malloc(CHUNK);
    if (!chunk)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    struct hash hash;
    hash_start(&hash);
    int64_t moved = 0;
    for (;;) {
        ssize_t got = read(fd, chunk, CHUNK);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return problem_errno(p, name, "cannot read %s", name);
        if (got == 0 || moved + got > size)
            break;
        hash_add(&hash, chunk, (size_t)got);
        enum err e = tar_data(b, chunk, (size_t)got, p);
        if (e)
            return e;
        moved += got;
    }
    hash_end(&hash, ret_sha256);
    if (moved != size)
        return problem_set(p, ERR_CORRUPT, name, "%s changed while it was read", name);
    return ERR_NONE;
}

static enum err add_facts(struct backup *b, const char *sha256, struct problem *p)
{
    json_t *facts = json_pack("{s:s, s:i, s:{s:I, s:s}, s:I}", "format", BACKUP_FORMAT, "version",
                              BACKUP_VERSION, "database", "bytes", (json_int_t)b->total.database_bytes,
                              "sha256", sha256, "media", (json_int_t)b->total.media_files);
    cleanup_free char *text = facts ? json_dumps(facts, JSON_COMPACT) : NULL;
    json_decref(facts);
    if (!text)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    enum err e = tar_entry(b, BACKUP_FACTS, (int64_t)strlen(text), p);
    return e ? e : tar_data(b, text, strlen(text), p);
}

static enum err add_database(struct backup *b, struct problem *p)
{
    char before[HASH_HEX_SIZE], moved[HASH_HEX_SIZE];
    cleanup_close int fd = open(b->database, O_RDONLY | O_CLOEXEC);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) < 0)
        return problem_errno(p, b->target, "cannot read the copy of the database");
    b->total.database_bytes = st.st_size;
    enum err e = hash_file(b->database, before, p);
    if (!e)
        e = add_facts(b, before, p);
    if (!e)
        e = tar_entry(b, BACKUP_DATABASE, st.st_size, p);
    return e ? e : tar_move(b, fd, BACKUP_DATABASE, st.st_size, moved, p);
}

static enum err add_medium(struct backup *b, const char *folder, const char *sha256, int64_t bytes,
                           struct problem *p)
{
    cleanup_arena struct arena a = ARENA_INIT;
    char *name = arena_printf(&a, "%s/%.2s/%s", BACKUP_MEDIA, sha256, sha256);
    char *path = arena_printf(&a, "%s/%s", folder, name);
    if (!path)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    cleanup_close int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return problem_set(p, ERR_CORRUPT, name,
                           "the media file %s cannot be read: `stele check` lists all such files", path);
    char moved[HASH_HEX_SIZE];
    enum err e = tar_entry(b, name, bytes, p);
    if (!e)
        e = tar_move(b, fd, name, bytes, moved, p);
    if (!e && strcmp(moved, sha256) != 0)
        e = problem_set(p, ERR_CORRUPT, name,
                        "the media file %s is damaged: `stele check` lists all such files", path);
    b->total.media_bytes += bytes;
    return e;
}

// Media as the copy of the database names them, so that the backup is of one moment.
static enum err each_medium(struct backup *b, struct connection *copy, const char *folder, struct problem *p)
{
    cleanup_query struct query *q = query_start(copy, SQL_MEDIA_ALL);
    for (;;) {
        bool row = false;
        enum err e = query_step(q, &row, p);
        if (e || !row)
            return e;
        if (folder)
            e = add_medium(b, folder, query_text_or_empty(q, 0), query_int(q, 1), p);
        else
            b->total.media_files++;
        if (e)
            return e;
    }
}

static enum err fill(struct backup *b, struct store *store, struct problem *p)
{
    struct store *copy = NULL;
    struct connection *reader = NULL;
    struct store_options options = {.folder = b->staging, .read_only = true, .skip_check = true};
    enum err e = store_open(&options, &copy, p);
    if (!e)
        e = store_reader(copy, &reader, p);
    if (!e)
        e = each_medium(b, reader, NULL, p);
    if (!e)
        e = add_database(b, p);
    if (!e)
        e = each_medium(b, reader, store_folder(store), p);
    store_close(copy);
    return e;
}

// The finished file gets its name only when everything is on the disk; a file that appeared there meanwhile
// stays.
static enum err finish(struct backup *b, struct problem *p)
{
    if (archive_write_close(b->tar) != ARCHIVE_OK)
        return tar_problem(b, p);
    if (fsync(b->fd) < 0)
        return problem_errno(p, b->target, "cannot write %s", b->target);
    enum err e = file_rename_new(b->part, b->target, p);
    return e ? e : file_sync_folder(file_folder_of(&b->arena, b->target), p);
}

enum err backup_write(struct store *store, const char *path, struct backup_total *ret, struct problem *p)
{
    CLEANUP(backup_clear)
    struct backup b = {.arena = ARENA_INIT, .target = path, .fd = -1, .now = clock_now()};
    struct connection *reader = NULL;
    enum err e = prepare(&b, p);
    if (!e)
        e = store_reader(store, &reader, p);
    if (!e)
        e = store_copy_database(reader, b.database, p);
    if (!e)
        e = tar_open(&b, p);
    if (!e)
        e = fill(&b, store, p);
    if (!e)
        e = finish(&b, p);
    if (!e)
        *ret = b.total;
    return e;
}
