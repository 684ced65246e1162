#include "content/backup/restore.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <string.h>
#include <sys/stat.h>

#include "common/arena.h"
#include "common/buf.h"
#include "common/cleanup.h"
#include "common/file.h"
#include "common/hash.h"
#include "content/store/query.h"
#include "content/store/store.h"

#define FACTS_MAX 4096        // bytes of backup.json; ours has about 150
#define CHUNK     (64 * 1024) // bytes moved at a time

struct restore {
    struct arena arena;
    const char *path;
    const char *folder;
    bool made_folder;
    char *staging; // inside the folder, so that it is on the same disk
    struct archive *tar;
    int64_t database_bytes, media; // as backup.json says
    char database_sha256[HASH_HEX_SIZE];
    bool has_database;
    struct backup_total total;
};

static void restore_clear(struct restore *r)
{
    if (r->tar)
        archive_read_free(r->tar);
    if (r->staging)
        file_remove_tree(r->staging, NULL);
    if (r->made_folder)
        rmdir(r->folder); // does nothing when the restored data are in it
    arena_clear(&r->arena);
}

static enum err no_backup(struct restore *r, const char *why, struct problem *p)
{
    return problem_set(p, ERR_INVALID, r->path, "%s is no whole backup of Stele: %s", r->path, why);
}

static enum err prepare(struct restore *r, struct problem *p)
{
    r->made_folder = access(r->folder, F_OK) < 0;
    if (!r->made_folder && !file_folder_is_empty(r->folder))
        return problem_set(p, ERR_EXISTS, r->folder,
                           "%s is not empty: a backup is only restored into a new or empty folder",
                           r->folder);
    enum err e = file_make_folder(r->folder, p);
    if (e)
        return e;
    r->staging = arena_printf(&r->arena, "%s/restore-XXXXXX", r->folder);
    if (!r->staging)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    if (!mkdtemp(r->staging)) {
        r->staging = NULL;
        return problem_errno(p, r->folder, "cannot write into %s", r->folder);
    }
    return ERR_NONE;
}

static enum err tar_open(struct restore *r, struct problem *p)
{
    cleanup_close int probe = open(r->path, O_RDONLY | O_CLOEXEC);
    if (probe < 0)
        return problem_errno(p, r->path, "cannot read %s", r->path);
    r->tar = archive_read_new();
    if (!r->tar)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    archive_read_support_format_tar(r->tar); // no compression: nothing swells while it is read
    if (archive_read_open_filename(r->tar, r->path, CHUNK) != ARCHIVE_OK)
        return no_backup(r, "it is no tar file", p);
    return ERR_NONE;
}

// The next entry, a regular file; *ret_name NULL at the end.
static enum err tar_next(struct restore *r, const char **ret_name, int64_t *ret_size, struct problem *p)
{
    struct archive_entry *entry = NULL;
    int rc = archive_read_next_header(r->tar, &entry);
    if (rc == ARCHIVE_EOF) {
        *ret_name = NULL;
        return ERR_NONE;
    }
    if (rc != ARCHIVE_OK)
        return no_backup(r, "it is no tar file, or is cut off", p);
    const char *name = archive_entry_pathname(entry);
    if (!name || archive_entry_filetype(entry) != AE_IFREG || archive_entry_hardlink(entry) ||
        !archive_entry_size_is_set(entry))
        return no_backup(r, "it holds something that is no regular file", p);
    *ret_name = arena_strdup(&r->arena, name);
    *ret_size = archive_entry_size(entry);
    return *ret_name ? ERR_NONE : problem_set(p, ERR_MEMORY, NULL, "out of memory");
}

static enum err read_facts(struct restore *r, struct problem *p)
{
    const char *name = NULL;
    int64_t size = 0;
    enum err e = tar_next(r, &name, &size, p);
    if (e)
        return e;
    if (!name || strcmp(name, BACKUP_FACTS) != 0 || size > FACTS_MAX)
        return no_backup(r, "it does not begin with " BACKUP_FACTS, p);
    char text[FACTS_MAX];
    if (archive_read_data(r->tar, text, (size_t)size) != size)
        return no_backup(r, "it is cut off", p);
    json_t *facts = json_loadb(text, (size_t)size, JSON_REJECT_DUPLICATES, NULL);
    const char *format = NULL, *sha256 = NULL;
    json_int_t version = 0, bytes = -1, media = -1;
    if (json_unpack(facts, "{s:s, s:I, s:{s:I, s:s}, s:I}", "format", &format, "version", &version,
                    "database", "bytes", &bytes, "sha256", &sha256, "media", &media) < 0 ||
        strcmp(format, BACKUP_FORMAT) != 0 || !hash_is_hex(sha256) || bytes < 0 || media < 0)
        e = no_backup(r, BACKUP_FACTS " does not say what it must", p);
    else if (version > BACKUP_VERSION)
        e = problem_set(p, ERR_UNSUPPORTED, r->path,
                        "%s was made by a newer version of Stele: restore it with that", r->path);
    else {
        r->database_bytes = bytes;
        r->media = media;
        snprintf(r->database_sha256, sizeof r->database_sha256, "%s", sha256);
    }
    json_decref(facts);
    return e;
}

// Writes the entry's data to a new file of the staging folder and compares them with the hash.
static enum err take(struct restore *r, const char *name, int64_t size, const char *sha256, struct problem *p)
{
    char *path = arena_printf(&r->arena, "%s/%s", r->staging, name);
    cleanup_buf struct buf room = BUF_INIT;
    char *chunk = buf_reserve(&room, CHUNK);
    if (!path || !chunk)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    cleanup_close int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (fd < 0 && errno == EEXIST)
        return no_backup(r, "it holds a file twice", p);
    if (fd < 0)
        return problem_errno(p, r->folder, "cannot write %s", path);
    struct hash hash;
    hash_start(&hash);
    int64_t moved = 0;
    la_ssize_t got;
    while ((got = archive_read_data(r->tar, chunk, CHUNK)) > 0 && moved + got <= size) {
        hash_add(&hash, chunk, (size_t)got);
        enum err e = file_write_all(fd, chunk, (size_t)got, path, p);
        if (e)
            return e;
        moved += got;
    }
    if (got != 0 || moved != size)
        return no_backup(r, "it is cut off", p);
    char found[HASH_HEX_SIZE];
    hash_end(&hash, found);
    if (strcmp(found, sha256) != 0)
        return problem_set(p, ERR_CORRUPT, name, "%s in %s is damaged", name, r->path);
    return fsync(fd) < 0 ? problem_errno(p, r->folder, "cannot write %s", path) : ERR_NONE;
}

static enum err take_medium(struct restore *r, const char *name, int64_t size, struct problem *p)
{
    const char *sha256 = name + strlen(BACKUP_MEDIA "/ab/");
    char *part = arena_printf(&r->arena, "%s/%.*s", r->staging, (int)strlen(BACKUP_MEDIA "/ab"), name);
    if (!part)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    if (size > BACKUP_MEDIA_MAX || r->total.media_files == r->media)
        return no_backup(r, "it holds more than it says", p);
    enum err e = file_make_folder(part, p);
    if (!e)
        e = take(r, name, size, sha256, p);
    r->total.media_files++;
    r->total.media_bytes += size;
    return e;
}

static bool is_medium_name(const char *name)
{
    const char *part = name + strlen(BACKUP_MEDIA "/");
    return strncmp(name, BACKUP_MEDIA "/", strlen(BACKUP_MEDIA "/")) == 0 && strlen(part) > 3 &&
           part[2] == '/' && hash_is_hex(part + 3) && strncmp(part, part + 3, 2) == 0;
}

static enum err take_all(struct restore *r, struct problem *p)
{
    for (;;) {
        const char *name = NULL;
        int64_t size = 0;
        enum err e = tar_next(r, &name, &size, p);
        if (e || !name)
            return e;
        if (strcmp(name, BACKUP_DATABASE) == 0 && size == r->database_bytes) {
            e = take(r, name, size, r->database_sha256, p);
            r->has_database = true;
            r->total.database_bytes = size;
        } else if (is_medium_name(name)) {
            e = take_medium(r, name, size, p);
        } else {
            e = problem_set(p, ERR_INVALID, r->path, "%s is no backup of Stele: it holds \"%.100s\"", r->path,
                            name);
        }
        if (e)
            return e;
    }
}

static enum err check_media(struct restore *r, struct connection *c, struct problem *p)
{
    cleanup_query struct query *q = query_start(c, SQL_MEDIA_ALL);
    for (;;) {
        bool row = false;
        enum err e = query_step(q, &row, p);
        if (e || !row)
            return e;
        const char *sha256 = query_text_or_empty(q, 0);
        char *path = arena_printf(&r->arena, "%s/%s/%.2s/%s", r->staging, BACKUP_MEDIA, sha256, sha256);
        if (!path || access(path, F_OK) < 0)
            return no_backup(r, "a media file that the database names is not in it", p);
    }
}

static enum err check_whole(struct restore *r, struct problem *p)
{
    if (!r->has_database)
        return no_backup(r, "the database is not in it", p);
    if (r->total.media_files != r->media)
        return no_backup(r, "media files are missing", p);
    struct store *store = NULL;
    struct connection *reader = NULL;
    struct store_options options = {.folder = r->staging, .read_only = true};
    enum err e = store_open(&options, &store, p);
    if (!e)
        e = store_reader(store, &reader, p);
    if (!e)
        e = check_media(r, reader, p);
    store_close(store);
    return e;
}

// The database comes last: where it stands, the folder is whole.
static enum err move_in(struct restore *r, struct problem *p)
{
    static const char *const names[] = {BACKUP_MEDIA, BACKUP_DATABASE};
    enum err e = file_sync_disk(r->staging, p); // the folders of the media too
    for (size_t i = 0; i < 2 && !e; i++) {
        char *from = arena_printf(&r->arena, "%s/%s", r->staging, names[i]);
        char *to = arena_printf(&r->arena, "%s/%s", r->folder, names[i]);
        if (!from || !to)
            return problem_set(p, ERR_MEMORY, NULL, "out of memory");
        if (rename(from, to) < 0 && errno != ENOENT)
            e = problem_errno(p, r->folder, "cannot write %s", to);
        else
            e = file_sync_folder(r->folder, p);
    }
    return e;
}

enum err restore_read(const char *path, const char *folder, struct backup_total *ret, struct problem *p)
{
    CLEANUP(restore_clear) struct restore r = {.arena = ARENA_INIT, .path = path, .folder = folder};
    enum err e = tar_open(&r, p);
    if (!e)
        e = read_facts(&r, p);
    if (!e)
        e = prepare(&r, p);
    if (!e)
        e = take_all(&r, p);
    if (!e)
        e = check_whole(&r, p);
    if (!e)
        e = move_in(&r, p);
    if (!e)
        *ret = r.total;
    return e;
}
