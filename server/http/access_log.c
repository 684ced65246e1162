#include "server/http/access_log.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/buf.h"
#include "common/clock.h"
#include "common/file.h"

enum {
    FLUSH_AT = 32 * 1024,  // bytes that are written without waiting for the next tick
    DROP_AT = 1024 * 1024, // a log that cannot be written does not fill the memory
    LONGEST_VALUE = 512,   // bytes of a path or a problem
};

struct access_log {
    pthread_mutex_t lock;       // of `gathered`
    pthread_mutex_t write_lock; // of `writing` and the descriptor
    struct buf gathered, writing;
    int fd;
    unsigned sample;
    unsigned count; // atomic
};

enum err access_log_make(int fd, unsigned sample, struct access_log **ret_log, struct problem *p)
{
    struct access_log *l = calloc(1, sizeof *l);
    if (!l)
        return problem_set(p, ERR_MEMORY, NULL, "There is no memory for the log.");
    *l = (struct access_log){
        .gathered = BUF_INIT, .writing = BUF_INIT, .fd = fd, .sample = sample ? sample : 1};
    pthread_mutex_init(&l->lock, NULL);
    pthread_mutex_init(&l->write_lock, NULL);
    *ret_log = l;
    return ERR_NONE;
}

void access_log_free(struct access_log *l)
{
    if (!l)
        return;
    access_log_flush(l);
    buf_free(&l->gathered);
    buf_free(&l->writing);
    pthread_mutex_destroy(&l->lock);
    pthread_mutex_destroy(&l->write_lock);
    free(l);
}

bool access_log_wants(struct access_log *l, int status)
{
    if (l->fd < 0)
        return false;
    return status >= 500 || l->sample == 1 ||
           __atomic_fetch_add(&l->count, 1, __ATOMIC_RELAXED) % l->sample == 0;
}

static void append_escaped(struct buf *out, const char *text)
{
    size_t len = strnlen(text, LONGEST_VALUE);
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c < ' ' || c == '"' || c == '\\' || c == 0x7F)
            buf_printf(out, "\\x%02X", c);
        else
            buf_append_char(out, text[i]);
    }
    if (text[len])
        buf_append_str(out, "...");
}

static void append_line(struct buf *out, const struct access_line *line)
{
    char when[CLOCK_RFC3339_SIZE];
    clock_rfc3339(clock_now(), when);
    buf_printf(out, "%s id=%s from=%s method=", when, line->id, line->remote);
    append_escaped(out, line->method);
    buf_append_str(out, " path=\"");
    append_escaped(out, line->path);
    buf_printf(out, "\" status=%d bytes=%" PRIu64 " ms=%u.%03u cache=%s", line->status, line->bytes,
               line->microseconds / 1000, line->microseconds % 1000, line->cache);
    if (line->aborted)
        buf_append_str(out, " aborted");
    if (line->problem && *line->problem) {
        buf_append_str(out, " problem=\"");
        append_escaped(out, line->problem);
        buf_append_char(out, '"');
    }
    buf_append_char(out, '\n');
}

void access_log_add(struct access_log *l, const struct access_line *line)
{
    pthread_mutex_lock(&l->lock);
    if (l->gathered.len < DROP_AT)
        append_line(&l->gathered, line);
    bool full = l->gathered.len >= FLUSH_AT;
    pthread_mutex_unlock(&l->lock);
    if (full)
        access_log_flush(l);
}

void access_log_flush(struct access_log *l)
{
    if (pthread_mutex_trylock(&l->write_lock) != 0)
        return; // somebody is writing already
    pthread_mutex_lock(&l->lock);
    struct buf full = l->gathered;
    l->gathered = l->writing;
    pthread_mutex_unlock(&l->lock);
    if (full.len && !full.failed)
        file_write_all(l->fd, full.data, full.len, "log", NULL); // where could we complain of a lost log?
    buf_reset(&full);
    l->writing = full;
    pthread_mutex_unlock(&l->write_lock);
}

void access_log_shorten(char *text)
{
    struct in_addr v4;
    struct in6_addr v6;
    if (inet_pton(AF_INET, text, &v4) == 1) {
        ((unsigned char *)&v4.s_addr)[3] = 0;
        inet_ntop(AF_INET, &v4, text, REQUEST_REMOTE_SIZE);
    } else if (inet_pton(AF_INET6, text, &v6) == 1) {
        memset(v6.s6_addr + 6, 0, 10);
        inet_ntop(AF_INET6, &v6, text, REQUEST_REMOTE_SIZE);
    } else {
        memcpy(text, "-", 2);
    }
}
