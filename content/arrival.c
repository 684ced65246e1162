#include "content/arrival.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

// A row's id begins with its site: "12-5f0a…".
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
    return arena_printf(a, "%s/uploads/media", store_folder(store));
}

char *arrival_path(const struct store *store, struct arena *a, const struct arrival *arrival)
{
    char id[ID_SIZE];
    make_id(arrival, id);
    return arena_printf(a, "%s/uploads/media/%s", store_folder(store), id);
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

// --- beginning

// What all have under way, and what the account has.
struct load {
    int64_t bytes, own_count, own_bytes;
};

static enum err read_load(struct connection *c, int64_t account_id, struct load *ret, struct problem *p)
{
    cleanup_query struct query *q = query_start(c, SQL_UPLOAD_LOAD);
    query_bind_int(q, 1, account_id);
    bool row = false;
    enum err e = query_step(q, &row, p);
    if (!e && row)
        *ret = (struct load){query_int(q, 0), query_int(q, 1), query_int(q, 2)};
    return e;
}

// What comes is kept twice for a moment: as it arrives, and as media.
static enum err check_disk(const struct store *store, int64_t coming, struct problem *p)
{
    struct statvfs disk;
    if (statvfs(store_folder(store), &disk) < 0)
        return problem_errno(p, "disk", "the disk of %s cannot be asked", store_folder(store));
    int64_t left = (int64_t)(disk.f_bavail * disk.f_frsize);
    if (left - 2 * coming < ARRIVAL_DISK_LEFT)
        return problem_set(p, ERR_FULL, "disk", "the server's disk has no room for this file");
    return ERR_NONE;
}

static enum err check_size(int64_t bytes, struct problem *p)
{
    if (bytes <= 0)
        return problem_set(p, ERR_INVALID, "bytes", "the file is empty");
    if (bytes > MEDIA_BYTES_MAX)
        return problem_set(p, ERR_TOO_LARGE, "bytes", "the file is larger than %d MB",
                           MEDIA_BYTES_MAX / 1000000);
    return ERR_NONE;
}

static enum err insert(struct store *store, struct connection *writer, const struct arrival *arrival,
                       struct problem *p)
{
    struct load load = {0};
    char id[ID_SIZE];
    enum err e = read_load(writer, arrival->account_id, &load, p);
    if (!e && (load.own_count >= ARRIVALS_MAX || load.own_bytes + arrival->bytes > ARRIVAL_BYTES_OF_ACCOUNT))
        e = problem_set(p, ERR_BUSY, "count", "too many files are on their way: wait until some are whole");
    if (!e)
        e = check_disk(store, load.bytes + arrival->bytes, p);
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

enum err arrival_begin(struct store *store, struct arena *a, int64_t site_id, int64_t account_id,
                       const char *name, int64_t bytes, struct arrival *ret, struct problem *p)
{
    unsigned char random[(ARRIVAL_TOKEN_SIZE - 1) / 2];
    struct connection *writer;
    struct arrival arrival = {.site_id = site_id,
                              .account_id = account_id,
                              .name = plain_name(a, name),
                              .bytes = bytes,
                              .created_at = clock_now()};
    enum err e = arrival.name ? check_size(bytes, p) : problem_set(p, ERR_MEMORY, NULL, "out of memory");
    if (e)
        return e;
    randombytes_buf(random, sizeof random);
    sodium_bin2hex(arrival.token, sizeof arrival.token, random, sizeof random);
    e = store_begin(store, &writer, p);
    if (e)
        return e;
    e = insert(store, writer, &arrival, p);
    if (e)
        store_rollback(store);
    else
        e = store_commit(store, p);
    if (!e)
        *ret = arrival;
    return e;
}

// --- pieces

static enum err check_first(const struct arrival *arrival, const void *data, size_t len, struct problem *p)
{
    const char *class = NULL;
    if (len < ARRIVAL_HEAD && (int64_t)len < arrival->bytes)
        return problem_set(p, ERR_INVALID, "piece", "the first piece is too small to tell what the file is");
    if (!probe_kind(data, len, &class))
        return problem_set(p, ERR_UNSUPPORTED, "kind",
                           "the file is no photo (JPEG, PNG, WebP, HEIC), sound (MP3, M4A, Ogg) or film "
                           "(MP4, WebM)");
    if (strcmp(class, "image") == 0 && arrival->bytes > MEDIA_PHOTO_BYTES_MAX)
        return problem_set(p, ERR_TOO_LARGE, "photo", "the picture's file is larger than %d MB",
                           MEDIA_PHOTO_BYTES_MAX / 1000000);
    return ERR_NONE;
}

static enum err check_piece(const struct arrival *arrival, int64_t offset, const void *data, size_t len,
                            struct problem *p)
{
    if (offset != arrival->received)
        return problem_set(p, ERR_CONFLICT, "offset", "the next piece begins at byte %" PRId64,
                           arrival->received);
    if (len == 0)
        return problem_set(p, ERR_INVALID, "piece", "the piece is empty");
    if (len > ARRIVAL_PIECE_MAX || (int64_t)len > arrival->bytes - offset)
        return problem_set(p, ERR_TOO_LARGE, "piece", "the piece is larger than it may be");
    return offset == 0 ? check_first(arrival, data, len, p) : ERR_NONE;
}

static enum err write_piece(const struct store *store, const struct arrival *arrival, int64_t offset,
                            const void *data, size_t len, struct problem *p)
{
    cleanup_arena struct arena a = ARENA_INIT;
    const char *folder = folder_of(store, &a), *path = arrival_path(store, &a, arrival);
    if (!folder || !path)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    enum err e = file_make_folder(folder, p);
    if (e)
        return e;
    cleanup_close int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0 || lseek(fd, offset, SEEK_SET) < 0)
        return problem_errno(p, NULL, "%s cannot be written", path);
    e = file_write_all(fd, data, len, path, p);
    if (!e && fdatasync(fd) < 0)
        e = problem_errno(p, NULL, "%s cannot be written", path);
    return e;
}

// Only over what it was: of two pieces at one place the first counts.
static enum err move_on(struct connection *writer, const struct arrival *arrival, int64_t received,
                        struct problem *p)
{
    char id[ID_SIZE];
    make_id(arrival, id);
    struct query *q = query_start(writer, SQL_UPLOAD_RECEIVED);
    query_bind_text(q, 1, id);
    query_bind_int(q, 2, arrival->received);
    query_bind_int(q, 3, received);
    enum err e = query_run(q, p);
    if (!e && query_changes(writer) == 0)
        e = problem_set(p, ERR_CONFLICT, "offset", "another piece came first");
    return e;
}

enum err arrival_add(struct store *store, struct arrival *arrival, int64_t offset, const void *data,
                     size_t len, struct problem *p)
{
    struct connection *writer;
    enum err e = check_piece(arrival, offset, data, len, p);
    if (!e)
        e = write_piece(store, arrival, offset, data, len, p);
    if (!e)
        e = store_begin(store, &writer, p);
    if (e)
        return e;
    e = move_on(writer, arrival, offset + (int64_t)len, p);
    if (e) {
        store_rollback(store);
        return e;
    }
    e = store_commit(store, p);
    if (!e)
        arrival->received = offset + (int64_t)len;
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

enum err arrival_drop(struct store *store, const struct arrival *arrival, struct problem *p)
{
    struct connection *writer;
    enum err e = store_begin(store, &writer, p);
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
        e = arrival_drop(store, &old.items[i], p);
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
