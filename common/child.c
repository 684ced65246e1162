#include "common/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#include "common/clock.h"

extern char **environ;

enum { ERRORS_MAX = 4096, CHUNK = 16384, LOOK_MS = 100 };

// One pipe from the child: what it may bring, and where that goes.
struct stream {
    int read_end;
    int write_end;
    struct buf *to;
    size_t limit;
    bool spilled;                      // it brought more than the limit
    const struct child_options *lines; // whose `line` gets what comes; NULL: it is kept in `to`
};

void child_result_clear(struct child_result *result)
{
    buf_free(&result->output);
    buf_free(&result->errors);
}

static void close_end(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static void stream_close(struct stream *s)
{
    close_end(&s->read_end);
    close_end(&s->write_end);
}
#define cleanup_stream CLEANUP(stream_close)

static enum err stream_open(struct stream *s, struct problem *p)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0)
        return problem_errno(p, NULL, "cannot make a pipe");
    s->read_end = ends[0];
    s->write_end = ends[1];
    return ERR_NONE;
}

static int set_attributes(posix_spawnattr_t *attributes)
{
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    int rc = posix_spawnattr_setsigmask(attributes, &none);
    if (!rc)
        rc = posix_spawnattr_setsigdefault(attributes, &all);
    if (!rc)
        rc = posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    return rc;
}

static int set_files(posix_spawn_file_actions_t *files, int input, int output, int errors)
{
    int rc = input >= 0 ? posix_spawn_file_actions_adddup2(files, input, STDIN_FILENO)
                        : posix_spawn_file_actions_addopen(files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (!rc)
        rc = posix_spawn_file_actions_adddup2(files, output, STDOUT_FILENO);
    if (!rc)
        rc = posix_spawn_file_actions_adddup2(files, errors, STDERR_FILENO);
    if (!rc)
        rc = posix_spawn_file_actions_addclosefrom_np(files, STDERR_FILENO + 1);
    return rc;
}

static enum err start(const struct child_options *o, int output, int errors, pid_t *ret, struct problem *p)
{
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_t files;
    int rc = posix_spawnattr_init(&attributes);
    if (rc) {
        errno = rc;
        return problem_errno(p, NULL, "cannot start %s", o->argv[0]);
    }
    rc = posix_spawn_file_actions_init(&files);
    if (!rc) {
        rc = set_attributes(&attributes);
        if (!rc)
            rc = set_files(&files, o->input, output, errors);
        if (!rc)
            rc = posix_spawnp(ret, o->argv[0], &files, &attributes, (char *const *)(uintptr_t)o->argv,
                              environ);
        posix_spawn_file_actions_destroy(&files);
    }
    posix_spawnattr_destroy(&attributes);
    errno = rc;
    return rc ? problem_errno(p, NULL, "cannot start %s", o->argv[0]) : ERR_NONE;
}

// Hands the line over that has been gathered.
static void end_line(struct stream *s)
{
    s->lines->line(s->lines->line_arg, s->to->data, s->to->len);
    buf_reset(s->to);
}

static void take_lines(struct stream *s, const char *data, size_t len)
{
    while (len > 0 && !s->spilled) {
        const char *end = memchr(data, '\n', len);
        size_t part = end ? (size_t)(end - data) : len;
        s->spilled = s->to->len + part > s->limit;
        if (s->spilled)
            return;
        buf_append(s->to, data, part);
        if (!end)
            return;
        end_line(s);
        data += part + 1;
        len -= part + 1;
    }
}

static void keep(struct stream *s, const char *data, size_t len)
{
    size_t room = s->limit - s->to->len;
    s->spilled |= len > room;
    buf_append(s->to, data, len < room ? len : room);
}

// One portion of what there is to read; closes the stream at its end.
static void take(struct stream *s)
{
    char chunk[CHUNK];
    ssize_t n = read(s->read_end, chunk, sizeof chunk);
    if (n < 0 && errno == EINTR)
        return;
    if (n <= 0) {
        if (s->lines && s->to->len > 0)
            end_line(s);
        close_end(&s->read_end);
        return;
    }
    (s->lines ? take_lines : keep)(s, chunk, (size_t)n);
}

// Listening to a child: until when, and whether it was asked to end.
struct listening {
    const struct child_options *o;
    pid_t pid;
    int64_t deadline;
    struct child_result *result;
};

// Asks the child to end, once; from then on it has `stop_ms`.
static void look_at_stop(struct listening *l)
{
    if (l->result->stopped || !l->o->stop || !atomic_load(l->o->stop))
        return;
    l->result->stopped = true;
    l->deadline = clock_monotonic_ms() + l->o->stop_ms;
    kill(l->pid, SIGTERM);
}

static int wait_for(const struct listening *l, struct pollfd fds[2])
{
    int64_t left = l->deadline - clock_monotonic_ms();
    if (left > LOOK_MS && l->o->stop)
        left = LOOK_MS;
    int ready = left > 0 ? poll(fds, 2, (int)left) : 0;
    bool early = ready == 0 && clock_monotonic_ms() < l->deadline;
    return ready < 0 && errno == EINTR ? 0 : ready == 0 && !early ? -1 : ready;
}

// Until both pipes are closed at the other side: then everything that held them has ended.
static void listen_to(struct listening *l, struct stream streams[2])
{
    while (streams[0].read_end >= 0 || streams[1].read_end >= 0) {
        struct pollfd fds[2] = {{.fd = streams[0].read_end, .events = POLLIN},
                                {.fd = streams[1].read_end, .events = POLLIN}};
        look_at_stop(l);
        int ready = wait_for(l, fds);
        l->result->timed_out = ready < 0;
        for (int i = 0; i < 2; i++)
            if (ready > 0 && fds[i].revents)
                take(&streams[i]);
        if (ready > 0 && fds[0].revents && l->o->line && !l->result->stopped)
            l->deadline = clock_monotonic_ms() + l->o->timeout_ms;
        l->result->too_much = streams[0].spilled;
        if (l->result->timed_out || l->result->too_much)
            return;
    }
}

// The child may close its pipes and go on: it has until the deadline.
static bool has_ended(pid_t pid, int64_t deadline, int *ret_status)
{
    const struct timespec pause = {.tv_nsec = 2000000};
    for (;;) {
        pid_t got = waitpid(pid, ret_status, WNOHANG);
        if (got < 0 && errno != EINTR)
            *ret_status = W_EXITCODE(255, 0); // somebody else took it; how it ended is lost
        if (got == pid || (got < 0 && errno != EINTR))
            return true;
        if (clock_monotonic_ms() >= deadline)
            return false;
        nanosleep(&pause, NULL);
    }
}

static void finish(pid_t pid, int64_t deadline, struct child_result *result)
{
    int status = 0;
    bool ended = !result->timed_out && !result->too_much && has_ended(pid, deadline, &status);
    if (!ended) {
        result->timed_out = !result->too_much;
        kill(pid, SIGKILL);
        while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
            ;
    }
    result->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    result->exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

enum err child_run(const struct child_options *o, struct child_result *result, struct problem *p)
{
    cleanup_stream struct stream out = {-1, -1, &result->output, o->output_max, false, o->line ? o : NULL};
    cleanup_stream struct stream err = {-1, -1, &result->errors, ERRORS_MAX, false, NULL};
    struct listening l = {.o = o, .deadline = clock_monotonic_ms() + o->timeout_ms, .result = result};
    enum err e = stream_open(&out, p);
    if (!e)
        e = stream_open(&err, p);
    if (!e)
        e = start(o, out.write_end, err.write_end, &l.pid, p);
    if (e)
        return e;
    close_end(&out.write_end);
    close_end(&err.write_end);
    struct stream streams[2] = {out, err};
    out.read_end = err.read_end = -1;
    listen_to(&l, streams);
    stream_close(&streams[0]);
    stream_close(&streams[1]);
    finish(l.pid, l.deadline, result);
    if (result->output.failed || result->errors.failed)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    return ERR_NONE;
}
