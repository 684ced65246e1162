#include "content/arrival.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "common/clock.h"
#include "common/file.h"
#include "common/fold.h"
#include "content/media.h"
#include "content/probe/probe.h"
#include "content/rows.h"
#include "content/store/query.h"
#include "content/store/store.h"

enum { NAME_BYTES = 200, ID_SIZE = 20 + 1 + ARRIVAL_TOKEN_SIZE };

// --- names

// A row's id begins with its site: "12-5f0a…"; that of an import's file with ARRIVAL_OF_IMPORT: "0-5f0a…".
static void make_id(const struct arrival *arrival, char ret[ID_SIZE])
{
    snprintf(ret, ID_SIZE, "%" PRId64 "-%s", arrival->site_id, arrival->token);
}

static bool is_token(const char *text)
{
    size_t len = strlen(text);
    return len == ARRIVAL_TOKEN_SIZE - 1 && strspn(text, "0123456789abcdef") == len;
}

static char *folder_of(const struct store *store, struct arena *a)
{
    return arena_printf(a, "%s/uploads/coming", store_folder(store));
}

char *arrival_path(const struct store *store, struct arena *a, const struct arrival *arrival)
{
    char id[ID_SIZE];
    make_id(arrival, id);
    return arena_printf(a, "%s/uploads/coming/%s", store_folder(store), id);
}

// --- rows

static bool read_arrival(struct query *q, struct arena *a, void *item)
{
    struct arrival *arrival = item;
    const char *id = query_text(q, 0), *dash = strchr(id, '-');
    *arrival = (struct arrival){
        .site_id = strtoll(id, NULL, 10),
        .account_id = query_int(q, 1),
        .name = query_dup(q, 2, a),
        .bytes = query_int(q, 3),
        .received = query_int(q, 4),
        .created_at = query_int(q, 5),
    };
    if (dash && is_token(dash + 1))
        memcpy(arrival->token, dash + 1, ARRIVAL_TOKEN_SIZE);
    return arrival->name != NULL;
}

enum err arrival_find(struct connection *c, struct arena *a, int64_t site_id, int64_t account_id,
                      const char *token, struct arrival *ret, struct problem *p)
{
    static const char missing[] = "this file is no longer on its way: send it once more";
    struct arrival wanted = {.site_id = site_id}, found;
    char id[ID_SIZE];
    if (!is_token(token))
        return problem_set(p, ERR_NOT_FOUND, "upload", "%s", missing);
    memcpy(wanted.token, token, ARRIVAL_TOKEN_SIZE);
    make_id(&wanted, id);
    struct query *q = query_start(c, SQL_UPLOAD);
    query_bind_text(q, 1, id);
    enum err e = rows_one(q, a, read_arrival, &found, missing, p);
    if (!e && found.account_id != account_id)
        e = problem_set(p, ERR_NOT_FOUND, "upload", "%s", missing);
    if (!e)
        *ret = found;
    return e;
}

static enum err collect(struct query *q, struct arena *a, struct arrivals *ret, struct problem *p)
{
    void *items;
    size_t count;
    enum err e = rows_collect(q, a, sizeof(struct arrival), read_arrival, &items, &count, p);
    if (!e)
        *ret = (struct arrivals){.items = items, .count = count};
    return e;
}

enum err arrival_list(struct connection *c, struct arena *a, int64_t site_id, int64_t account_id,
                      struct arrivals *ret, struct problem *p)
{
    char first[ID_SIZE], last[ID_SIZE];
    snprintf(first, sizeof first, "%" PRId64 "-", site_id);
    snprintf(last, sizeof last, "%" PRId64 ".", site_id); // '.' follows '-'
    struct query *q = query_start(c, SQL_UPLOADS_OF_SITE);
    query_bind_text(q, 1, first);
    query_bind_text(q, 2, last);
    query_bind_int(q, 3, account_id);
    return collect(q, a, ret, p);
}

enum err arrival_list_whole(struct connection *c, struct arena *a, struct arrivals *ret, struct problem *p)
{
    return collect(query_start(c, SQL_UPLOADS_WHOLE), a, ret, p);
}

// --- beginning

// How often the bytes lie on the disk at the most: as they arrive and as media; those of an archive also
// unpacked.
static int64_t copies_of(int64_t site_id)
{
    return site_id == ARRIVAL_OF_IMPORT ? 3 : 2;
}

// What all will need on the disk yet, and what the account has under way of this kind.
struct load {
    int64_t needed, own_count, own_bytes;
};

static enum err read_load(struct connection *c, const struct arrival *arrival, struct load *ret,
                          struct problem *p)
{
    cleanup_query struct query *q = query_start(c, SQL_UPLOAD_LOAD);
    query_bind_int(q, 1, arrival->account_id);
    query_bind_int(q, 2, arrival->site_id == ARRIVAL_OF_IMPORT);
    query_bind_int(q, 3, copies_of(1));
    query_bind_int(q, 4, copies_of(ARRIVAL_OF_IMPORT));
    bool row = false;
    enum err e = query_step(q, &row, p);
    if (!e && row)
        *ret = (struct load){query_int(q, 0), query_int(q, 1), query_int(q, 2)};
    return e;
}

static enum err check_disk(const struct store *store, int64_t needed, struct problem *p)
{
    struct statvfs disk;
    if (statvfs(store_folder(store), &disk) < 0)
        return problem_errno(p, "disk", "the disk of %s cannot be asked", store_folder(store));
    int64_t left = (int64_t)(disk.f_bavail * disk.f_frsize) - ARRIVAL_DISK_LEFT;
    if (left < needed)
        return problem_set(p, ERR_FULL, "disk",
                           MESSAGE("upload.full") "the server's disk has no room for this file: %lld MB are "
                                                  "needed, %lld MB are free",
                           (long long)(needed / 1000000), (long long)(left > 0 ? left / 1000000 : 0));
    return ERR_NONE;
}

static enum err check_size(const struct arrival_rules *rules, int64_t bytes, struct problem *p)
{
    if (bytes <= 0)
        return problem_set(p, ERR_INVALID, "bytes", "the file is empty");
    if (bytes > rules->bytes_max)
        return problem_set(p, ERR_TOO_LARGE, "bytes", "the file is larger than %lld MB",
                           (long long)(rules->bytes_max / 1000000));
    return ERR_NONE;
}

static enum err insert(struct store *store, struct connection *writer, const struct arrival_rules *rules,
                       const struct arrival *arrival, struct problem *p)
{
    struct load load = {0};
    char id[ID_SIZE];
    enum err e = read_load(writer, arrival, &load, p);
    if (!e && (load.own_count >= ARRIVALS_MAX || load.own_bytes + arrival->bytes > rules->account_bytes))
        e = problem_set(p, ERR_BUSY, "count", "too many files are on their way: wait until some are whole");
    if (!e)
        e = check_disk(store, load.needed + copies_of(arrival->site_id) * arrival->bytes, p);
    if (e)
        return e;
    make_id(arrival, id);
    struct query *q = query_start(writer, SQL_INSERT_UPLOAD);
    query_bind_text(q, 1, id);
    query_bind_int(q, 2, arrival->account_id);
    query_bind_text(q, 3, arrival->name);
    query_bind_int(q, 4, arrival->bytes);
    query_bind_int(q, 5, arrival->created_at);
    return query_run(q, p);
}

// Valid UTF-8 without control characters, cut to NAME_BYTES; never empty.
static const char *plain_name(struct arena *a, const char *name)
{
    size_t len = strlen(name);
    char *copy = fold_utf8_valid(name, len) ? arena_strndup(a, name, fold_utf8_cut(name, len, NAME_BYTES))
                                            : arena_strdup(a, "?");
    for (char *at = copy; at && *at; at++)
        if ((unsigned char)*at < 0x20 || *at == 0x7f)
            *at = '_';
    return copy && !*copy ? "?" : copy;
}

enum err arrival_begin(struct store *store, struct arena *a, const struct arrival_rules *rules,
                       int64_t site_id, int64_t account_id, const char *name, int64_t bytes,
                       struct arrival *ret, struct problem *p)
{
    unsigned char random[(ARRIVAL_TOKEN_SIZE - 1) / 2];
    struct connection *writer;
    struct arrival arrival = {.site_id = site_id,
                              .account_id = account_id,
                              .name = plain_name(a, name),
                              .bytes = bytes,
                              .created_at = clock_now()};
    enum err e =
        arrival.name ? check_size(rules, bytes, p) : problem_set(p, ERR_MEMORY, NULL, "out of memory");
    if (e)
        return e;
    randombytes_buf(random, sizeof random);
    sodium_bin2hex(arrival.token, sizeof arrival.token, random, sizeof random);
    e = store_begin_within(store, ARRIVAL_WAIT_MS, &writer, p);
    if (e)
        return e;
    e = insert(store, writer, rules, &arrival, p);
    if (e)
        store_rollback(store);
    else
        e = store_commit(store, p);
    if (!e)
        *ret = arrival;
    return e;
}

// --- pieces

static enum err judge_media(const struct arrival *arrival, const void *data, size_t len, struct problem *p)
{
    const char *class = NULL;
    if (!probe_kind(data, len, &class))
        return problem_set(p, ERR_UNSUPPORTED, "kind",
                           "the file is no photo (JPEG, PNG, WebP, HEIC), sound (MP3, M4A, Ogg) or film "
                           "(MP4, WebM)");
    if (strcmp(class, "image") == 0 && arrival->bytes > MEDIA_PHOTO_BYTES_MAX)
        return problem_set(p, ERR_TOO_LARGE, "photo", "the picture's file is larger than %d MB",
                           MEDIA_PHOTO_BYTES_MAX / 1000000);
    return ERR_NONE;
}

const struct arrival_rules arrival_media = {
    .bytes_max = MEDIA_BYTES_MAX, .account_bytes = 1 << 30, .judge = judge_media};

static enum err conflict(int64_t received, struct problem *p)
{
    return problem_set(p, ERR_CONFLICT, "offset", "the next piece begins at byte %" PRId64, received);
}

static enum err gone(struct problem *p)
{
    return problem_set(p, ERR_NOT_FOUND, "upload", "this file is no longer on its way: send it once more");
}

static enum err check_piece(const struct arrival_rules *rules, const struct arrival *arrival, int64_t offset,
                            const void *data, size_t len, struct problem *p)
{
    if (offset != arrival->received)
        return conflict(arrival->received, p);
    if (len == 0)
        return problem_set(p, ERR_INVALID, "piece", "the piece is empty");
    if (len > ARRIVAL_PIECE_MAX || (int64_t)len > arrival->bytes - offset)
        return problem_set(p, ERR_TOO_LARGE, "piece", "the piece is larger than it may be");
    if (offset > 0)
        return ERR_NONE;
    if (len < ARRIVAL_HEAD && (int64_t)len < arrival->bytes)
        return problem_set(p, ERR_INVALID, "piece", "the first piece is too small to tell what the file is");
    return rules->judge(arrival, data, len, p);
}

// Whoever has the file's lock is the only one who writes to it and moves its row on. -1 with errno.
static int open_locked(const char *path, bool is_first)
{
    int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | (is_first ? O_CREAT : 0), 0600);
    while (fd >= 0 && flock(fd, LOCK_EX) < 0)
        if (errno != EINTR) {
            int errnum = errno;
            close(fd);
            errno = errnum;
            return -1;
        }
    return fd;
}

// How it stands now that nobody else writes.
static enum err check_again(struct store *store, struct arrival *arrival, int64_t offset, struct problem *p)
{
    struct connection *reader;
    char id[ID_SIZE];
    enum err e = store_reader(store, &reader, p);
    if (e)
        return e;
    make_id(arrival, id);
    cleanup_query struct query *q = query_start(reader, SQL_UPLOAD_RECEIVED_NOW);
    query_bind_text(q, 1, id);
    bool row = false;
    e = query_step(q, &row, p);
    if (!e && !row)
        e = gone(p);
    if (!e && query_int(q, 0) != offset) {
        arrival->received = query_int(q, 0);
        e = conflict(arrival->received, p);
    }
    return e;
}

static enum err write_piece(int fd, const char *path, int64_t offset, const void *data, size_t len,
                            struct problem *p)
{
    struct stat st;
    if (fstat(fd, &st) < 0 || lseek(fd, offset, SEEK_SET) < 0)
        return problem_errno(p, NULL, "%s cannot be written", path);
    if (st.st_size < offset) // as after a restore: rows are in backups, these files are not
        return gone(p);
    enum err e = file_write_all(fd, data, len, path, p);
    if (!e && fdatasync(fd) < 0)
        e = problem_errno(p, NULL, "%s cannot be written", path);
    return e;
}

static enum err move_on(struct store *store, const struct arrival *arrival, int64_t received,
                        struct problem *p)
{
    struct connection *writer;
    char id[ID_SIZE];
    enum err e = store_begin_within(store, ARRIVAL_WAIT_MS, &writer, p);
    if (e)
        return e;
    make_id(arrival, id);
    struct query *q = query_start(writer, SQL_UPLOAD_RECEIVED);
    query_bind_text(q, 1, id);
    query_bind_int(q, 2, arrival->received);
    query_bind_int(q, 3, received);
    e = query_run(q, p);
    if (!e && query_changes(writer) == 0)
        e = gone(p); // dropped while it was written
    if (!e)
        return store_commit(store, p);
    store_rollback(store);
    return e;
}

static enum err add_locked(struct store *store, struct arrival *arrival, const char *path, int64_t offset,
                           const void *data, size_t len, struct problem *p)
{
    cleanup_close int fd = open_locked(path, offset == 0);
    if (fd < 0)
        return errno == ENOENT ? gone(p) : problem_errno(p, NULL, "%s cannot be written", path);
    enum err e = check_again(store, arrival, offset, p);
    if (!e)
        e = write_piece(fd, path, offset, data, len, p);
    return e ? e : move_on(store, arrival, offset + (int64_t)len, p);
}

enum err arrival_add(struct store *store, const struct arrival_rules *rules, struct arrival *arrival,
                     int64_t offset, const void *data, size_t len, struct problem *p)
{
    cleanup_arena struct arena a = ARENA_INIT;
    const char *folder = folder_of(store, &a), *path = arrival_path(store, &a, arrival);
    enum err e = folder && path ? check_piece(rules, arrival, offset, data, len, p)
                                : problem_set(p, ERR_MEMORY, NULL, "out of memory");
    if (!e)
        e = file_make_folder(folder, p);
    if (!e)
        e = add_locked(store, arrival, path, offset, data, len, p);
    if (!e)
        arrival->received = offset + (int64_t)len;
    else if (e == ERR_NOT_FOUND)
        (void)arrival_drop(store, arrival, NULL); // what is left of it is of no use
    return e;
}

// --- the end

enum err arrival_drop_row(struct connection *writer, const struct arrival *arrival, struct problem *p)
{
    char id[ID_SIZE];
    make_id(arrival, id);
    struct query *q = query_start(writer, SQL_DELETE_UPLOAD);
    query_bind_text(q, 1, id);
    return query_run(q, p);
}

void arrival_forget(const struct store *store, const struct arrival *arrival)
{
    cleanup_arena struct arena a = ARENA_INIT;
    const char *path = arrival_path(store, &a, arrival);
    if (path)
        unlink(path); // what stays is swept
}

static enum err drop(struct store *store, const struct arrival *arrival, int wait_ms, struct problem *p)
{
    struct connection *writer;
    enum err e = store_begin_within(store, wait_ms, &writer, p);
    if (e)
        return e;
    e = arrival_drop_row(writer, arrival, p);
    if (e)
        store_rollback(store);
    else
        e = store_commit(store, p);
    if (!e)
        arrival_forget(store, arrival);
    return e;
}

enum err arrival_drop(struct store *store, const struct arrival *arrival, struct problem *p)
{
    return drop(store, arrival, ARRIVAL_WAIT_MS, p);
}

enum err arrival_drop_patiently(struct store *store, const struct arrival *arrival, struct problem *p)
{
    return drop(store, arrival, STORE_PATIENT, p);
}

static enum err drop_old(struct store *store, struct arena *a, int64_t before, struct problem *p)
{
    struct connection *reader;
    struct arrivals old = {.count = 0};
    enum err e = store_reader(store, &reader, p);
    if (e)
        return e;
    struct query *q = query_start(reader, SQL_UPLOADS_OLD);
    query_bind_int(q, 1, before);
    e = collect(q, a, &old, p);
    for (size_t i = 0; !e && i < old.count; i++)
        e = drop(store, &old.items[i], STORE_PATIENT, p);
    return e;
}

static void sweep_file(int dir, const char *name, int64_t before)
{
    struct stat st;
    if (name[0] != '.' && fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) &&
        st.st_mtime < before)
        unlinkat(dir, name, 0);
}

enum err arrival_sweep(struct store *store, int64_t now, struct problem *p)
{
    cleanup_arena struct arena a = ARENA_INIT;
    int64_t before = now - ARRIVAL_KEPT_SECONDS;
    enum err e = drop_old(store, &a, before, p);
    const char *folder = folder_of(store, &a);
    cleanup_closedir DIR *dir = e || !folder ? NULL : opendir(folder);
    // A file whose row is there was written to within the row's day, or has been dropped above.
    for (struct dirent *entry; dir && (entry = readdir(dir));)
        sweep_file(dirfd(dir), entry->d_name, before);
    return e;
}
