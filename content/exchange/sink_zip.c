#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <unistd.h>

#include "content/exchange/sink.h"

#define EPOCH 315532800 // 1 January 1980: the first day that a ZIP can name

static struct archive *archive_of(struct sink *sink)
{
    return ((struct sink_zip *)(void *)sink)->archive;
}

static enum err failed(struct archive *archive, struct problem *p)
{
    errno = archive_errno(archive) > 0 ? archive_errno(archive) : EIO;
    return problem_errno(p, NULL, "cannot write the archive");
}

static enum err begin(struct sink *sink, const char *rel, mode_t type, uint64_t size, struct problem *p)
{
    struct archive *archive = archive_of(sink);
    struct archive_entry *entry = archive_entry_new();
    if (!entry)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    archive_entry_set_pathname_utf8(entry, rel);
    archive_entry_set_filetype(entry, type);
    archive_entry_set_perm(entry, type == AE_IFDIR ? 0755 : 0644);
    archive_entry_set_size(entry, (la_int64_t)size);
    archive_entry_set_mtime(entry, EPOCH, 0);
    int rc = archive_write_header(archive, entry);
    archive_entry_free(entry);
    return rc == ARCHIVE_OK || rc == ARCHIVE_WARN ? ERR_NONE : failed(archive, p);
}

static enum err put(struct archive *archive, const void *data, size_t len, struct problem *p)
{
    return archive_write_data(archive, data, len) == (la_ssize_t)len ? ERR_NONE : failed(archive, p);
}

// A ZIP needs none: the names of the files say them.
static enum err make_folder(struct sink *sink, const char *rel, struct problem *p)
{
    (void)sink, (void)rel, (void)p;
    return ERR_NONE;
}

static enum err write_text(struct sink *sink, const char *rel, const char *data, size_t len,
                           struct problem *p)
{
    archive_write_zip_set_compression_deflate(archive_of(sink));
    enum err e = begin(sink, rel, AE_IFREG, len, p);
    return e ? e : put(archive_of(sink), data, len, p);
}

static enum err copy(struct sink *sink, const char *rel, int in, uint64_t size, struct problem *p)
{
    char chunk[64 * 1024];
    archive_write_zip_set_compression_store(archive_of(sink));
    enum err e = begin(sink, rel, AE_IFREG, size, p);
    while (!e) {
        ssize_t n = read(in, chunk, sizeof chunk);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return problem_errno(p, rel, "cannot read the media file for %s", rel);
        if (n == 0)
            return ERR_NONE;
        e = put(archive_of(sink), chunk, (size_t)n, p);
    }
    return e;
}

enum err sink_zip_open(struct sink_zip *sink, int fd, struct problem *p)
{
    struct archive *archive = archive_write_new();
    if (!archive)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    if (archive_write_set_format_zip(archive) != ARCHIVE_OK ||
        archive_write_set_options(archive, "zip:hdrcharset=UTF-8") < ARCHIVE_WARN ||
        archive_write_open_fd(archive, fd) != ARCHIVE_OK) {
        enum err e = failed(archive, p);
        archive_write_free(archive);
        return e;
    }
    *sink = (struct sink_zip){.sink = {.folder = make_folder, .text = write_text, .copy = copy},
                              .archive = archive};
    return ERR_NONE;
}

enum err sink_zip_close(struct sink_zip *sink, struct problem *p)
{
    enum err e = archive_write_close(sink->archive) == ARCHIVE_OK ? ERR_NONE : failed(sink->archive, p);
    archive_write_free(sink->archive);
    sink->archive = NULL;
    return e;
}
