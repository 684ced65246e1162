#include "content/exchange/unpack.h"

#include <archive.h>
#include <archive_entry.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/file.h"
#include "common/fold.h"
#include "content/exchange/utf8.h"

enum { CHUNK = 64 << 10, NAME_MAX_BYTES = 1024, COMPONENT_MAX = 255, DEPTH_MAX = 16 };

#define SMALL ((uint64_t)16 << 20) // bytes below which nothing is called a bomb

struct unpacking {
    const struct unpack_limits *limits;
    struct archive *archive;
    int fd; // of the folder
    size_t entries;
    uint64_t packed, bytes;
    const char *name; // of the entry at hand
    struct problem *p;
};

// --- names

bool unpack_is_archive(const char *name)
{
    static const char *const suffixes[] = {".zip", ".tar", ".tar.gz", ".tgz"};
    size_t len = strlen(name);
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
        size_t n = strlen(suffixes[i]);
        if (len > n && strcasecmp(name + len - n, suffixes[i]) == 0)
            return true;
    }
    return false;
}

static enum err bad_name(const struct unpacking *u)
{
    return problem_set(u->p, ERR_INVALID, NULL,
                       MESSAGE("archive.path") "the archive holds a name that is not allowed: “%.200s”",
                       u->name ? u->name : "");
}

// Whether each component may be the name of a file; *ret_depth of them.
static bool is_plain_path(const char *name, int *ret_depth)
{
    *ret_depth = 0;
    while (*name) {
        size_t len = strcspn(name, "/");
        if (len == 0 || len > COMPONENT_MAX || (len == 2 && memcmp(name, "..", 2) == 0))
            return false;
        ++*ret_depth;
        name += len;
        name += *name == '/';
    }
    return *ret_depth > 0 && *ret_depth <= DEPTH_MAX;
}

static bool has_control(const char *name)
{
    for (; *name; name++)
        if ((unsigned char)*name < 0x20 || *name == 0x7f || *name == '\\')
            return true;
    return false;
}

// ".DS_Store", "__MACOSX/…", ".git/…": no part of any bundle.
static bool is_left_out(const char *name)
{
    if (strncmp(name, "__MACOSX/", 9) == 0 || name[0] == '.')
        return true;
    return strstr(name, "/.") != NULL;
}

// *ret_name: the name without "./" before it; NULL: this entry is left out. Copied into `space`.
static enum err take_name(struct unpacking *u, struct archive_entry *entry, char space[NAME_MAX_BYTES],
                          const char **ret_name)
{
    const char *name = archive_entry_pathname(entry);
    int depth = 0;
    u->name = name = name ? name : archive_entry_pathname_utf8(entry);
    if (!name || strlen(name) >= NAME_MAX_BYTES || !fold_utf8_valid(name, strlen(name)) || has_control(name))
        return bad_name(u);
    while (strncmp(name, "./", 2) == 0)
        name += 2;
    *ret_name = NULL;
    if (!*name || strcmp(name, ".") == 0)
        return ERR_NONE;
    if (!is_plain_path(name, &depth))
        return bad_name(u);
    if (!is_left_out(name))
        *ret_name = memcpy(space, name, strlen(name) + 1);
    return ERR_NONE;
}

// --- writing

// Opens the folder that `name` lies in, making what is missing; name's last component in *ret_last. Nothing
// is followed that is no folder. -1 with errno.
static int open_parent(int top, char *name, const char **ret_last)
{
    int at = top;
    char *slash;
    while ((slash = strchr(name, '/')) && slash[1]) {
        *slash = '\0';
        bool made = mkdirat(at, name, 0777) == 0 || errno == EEXIST;
        int next = made ? openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1;
        int errnum = errno;
        *slash = '/';
        if (at != top)
            close(at);
        if (next < 0) {
            errno = errnum;
            return -1;
        }
        at = next;
        name = slash + 1;
    }
    *ret_last = name;
    return at;
}

static enum err cannot_write(const struct unpacking *u, int errnum)
{
    errno = errnum;
    if (errnum == EEXIST || errnum == ENOTDIR || errnum == ELOOP)
        return problem_set(u->p, ERR_INVALID, NULL,
                           MESSAGE("archive.twice") "“%.200s” is in the archive twice", u->name);
    return problem_errno(u->p, NULL, "the archive cannot be unpacked");
}

static enum err damaged(const struct unpacking *u)
{
    return problem_set(u->p, ERR_INVALID, NULL,
                       MESSAGE("archive.unreadable") "the archive cannot be opened: it is damaged, "
                                                     "locked with a password, or no ZIP or TAR");
}

static enum err count_bytes(struct unpacking *u, uint64_t more, uint64_t of_file)
{
    u->bytes += more;
    if (u->bytes > u->limits->bytes || of_file > u->limits->file_bytes)
        return problem_set(u->p, ERR_TOO_LARGE, NULL,
                           MESSAGE("archive.large") "the archive is larger than %llu MB when unpacked",
                           (unsigned long long)((of_file > u->limits->file_bytes ? u->limits->file_bytes
                                                                                 : u->limits->bytes) >>
                                                20));
    if (u->limits->room && u->bytes > u->limits->room)
        return problem_set(
            u->p, ERR_FULL, NULL,
            MESSAGE("archive.no_room") "the server's disk has no room for what is in the archive");
    if (u->bytes > SMALL && u->bytes / u->limits->ratio > u->packed)
        return problem_set(u->p, ERR_TOO_LARGE, NULL,
                           MESSAGE("archive.bomb") "the archive grows beyond reason when unpacked");
    return ERR_NONE;
}

static enum err copy_data(struct unpacking *u, int fd)
{
    char chunk[CHUNK];
    uint64_t size = 0;
    for (;;) {
        la_ssize_t n = archive_read_data(u->archive, chunk, sizeof chunk);
        if (n < 0)
            return damaged(u);
        if (n == 0)
            return ERR_NONE;
        size += (uint64_t)n;
        enum err e = count_bytes(u, (uint64_t)n, size);
        if (!e)
            e = file_write_all(fd, chunk, (size_t)n, u->name, u->p);
        if (e)
            return e;
    }
}

static enum err write_entry(struct unpacking *u, char *name, bool is_folder)
{
    const char *last = NULL;
    size_t len = strlen(name);
    while (len && name[len - 1] == '/')
        name[--len] = '\0';
    int parent = open_parent(u->fd, name, &last);
    if (parent < 0)
        return cannot_write(u, errno);
    int fd = -1, errnum = 0;
    bool ok;
    if (is_folder) {
        struct stat st;
        ok = mkdirat(parent, last, 0777) == 0 ||
             (fstatat(parent, last, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode));
    } else {
        fd = openat(parent, last, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
        ok = fd >= 0;
    }
    errnum = errno;
    if (parent != u->fd)
        close(parent);
    cleanup_close int file = fd;
    if (!ok)
        return cannot_write(u, errnum);
    return file >= 0 ? copy_data(u, file) : ERR_NONE;
}

// Passing over an entry of a packed TAR takes as long as writing it.
static enum err pass_over(struct unpacking *u, struct archive_entry *entry)
{
    int64_t size = archive_entry_size(entry);
    return size > 0 ? count_bytes(u, (uint64_t)size, (uint64_t)size) : ERR_NONE;
}

static enum err take_entry(struct unpacking *u, struct archive_entry *entry)
{
    char space[NAME_MAX_BYTES];
    const char *name = NULL;
    enum err e = take_name(u, entry, space, &name);
    if (e)
        return e;
    if (++u->entries > u->limits->entries)
        return problem_set(u->p, ERR_TOO_LARGE, NULL,
                           MESSAGE("archive.count") "the archive holds more than %zu files",
                           u->limits->entries);
    if (!name)
        return pass_over(u, entry);
    mode_t type = archive_entry_filetype(entry);
    if ((type != AE_IFREG && type != AE_IFDIR) || archive_entry_hardlink(entry) ||
        archive_entry_symlink(entry))
        return problem_set(u->p, ERR_INVALID, NULL,
                           MESSAGE("archive.kind") "“%.200s” in the archive is a link or a special file: a "
                                                   "bundle holds plain files and folders alone",
                           name);
    return write_entry(u, space, type == AE_IFDIR);
}

static enum err take_all(struct unpacking *u, bool (*go_on)(void *data), void *data)
{
    for (;;) {
        struct archive_entry *entry = NULL;
        int rc = archive_read_next_header(u->archive, &entry);
        if (rc == ARCHIVE_EOF)
            return u->entries ? ERR_NONE : damaged(u);
        if (rc != ARCHIVE_OK && rc != ARCHIVE_WARN)
            return damaged(u);
        if (go_on && !go_on(data))
            return problem_set(u->p, ERR_CANCELLED, NULL, "unpacking was stopped");
        enum err e = take_entry(u, entry);
        if (e)
            return e;
    }
}

// --- where the bundle is

static bool has_head(int fd, const char *name)
{
    struct stat st;
    return fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode);
}

static enum err find_root(const char *folder, int fd, struct arena *a, const char **ret, struct problem *p)
{
    cleanup_closedir DIR *dir = opendir(folder);
    const char *only = NULL, *root = has_head(fd, "bundle.json") ? arena_strdup(a, folder) : NULL;
    size_t count = 0;
    for (struct dirent *entry; dir && !root && count < 2 && (entry = readdir(dir));) {
        if (entry->d_name[0] == '.')
            continue;
        count++;
        only = arena_strdup(a, entry->d_name);
    }
    const char *head = count == 1 && only ? arena_printf(a, "%s/bundle.json", only) : NULL;
    if (!root && head && has_head(fd, head))
        root = arena_printf(a, "%s/%s", folder, only);
    if (!root)
        return problem_set(p, ERR_INVALID, NULL,
                           MESSAGE("archive.no_bundle") "there is no bundle.json in the archive, so it is no "
                                                        "bundle");
    *ret = root;
    return ERR_NONE;
}

enum err unpack_bundle(const char *archive, const char *folder, const struct unpack_limits *limits,
                       bool (*go_on)(void *data), void *data, struct arena *a, const char **ret_root,
                       struct problem *p)
{
    struct stat st;
    cleanup_utf8 struct utf8 utf8 = utf8_enter();
    cleanup_close int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || stat(archive, &st) < 0)
        return problem_errno(p, NULL, "the archive cannot be opened");
    struct unpacking u = {.limits = limits, .fd = fd, .packed = (uint64_t)st.st_size, .p = p};
    u.archive = archive_read_new();
    if (!u.archive)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    archive_read_support_filter_gzip(u.archive);
    archive_read_support_format_tar(u.archive);
    archive_read_support_format_zip(u.archive);
    enum err e = archive_read_open_filename(u.archive, archive, CHUNK) == ARCHIVE_OK ? ERR_NONE : damaged(&u);
    if (!e)
        e = take_all(&u, go_on, data);
    archive_read_free(u.archive);
    return e ? e : find_root(folder, fd, a, ret_root, p);
}
