#include "common/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <sys/wait.h>
#include <time.h>

#include "common/clock.h"

extern char **environ;

enum { ERRORS_MAX = 4096, CHUNK = 16384 };

// One pipe from the child: what it may bring, and where that goes.
struct stream {
    int read_end;
    int write_end;
    struct buf *to;
    size_t limit;
    bool spilled; // it brought more than the limit
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

// One portion of what there is to read; closes the stream at its end.
static void take(struct stream *s)
{
    char chunk[CHUNK];
    ssize_t n = read(s->read_end, chunk, sizeof chunk);
    if (n < 0 && errno == EINTR)
        return;
    if (n <= 0) {
        close_end(&s->read_end);
        return;
    }
    size_t room = s->limit - s->to->len;
    s->spilled |= (size_t)n > room;
    buf_append(s->to, chunk, (size_t)n < room ? (size_t)n : room);
}

// Until both pipes are closed at the other side: then everything that held them has ended.
static void listen_to(struct stream streams[2], int64_t deadline, struct child_result *result)
{
    while (streams[0].read_end >= 0 || streams[1].read_end >= 0) {
        struct pollfd fds[2] = {{.fd = streams[0].read_end, .events = POLLIN},
                                {.fd = streams[1].read_end, .events = POLLIN}};
        int64_t left = deadline - clock_monotonic_ms();
        int ready = left > 0 ? poll(fds, 2, (int)left) : 0;
        if (ready < 0 && errno == EINTR)
            continue;
        result->timed_out = ready <= 0;
        for (int i = 0; i < 2; i++)
            if (ready > 0 && fds[i].revents)
                take(&streams[i]);
        result->too_much = streams[0].spilled;
        if (result->timed_out || result->too_much)
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
    cleanup_stream struct stream out = {-1, -1, &result->output, o->output_max, false};
    cleanup_stream struct stream err = {-1, -1, &result->errors, ERRORS_MAX, false};
    int64_t deadline = clock_monotonic_ms() + o->timeout_ms;
    pid_t pid = 0;
    enum err e = stream_open(&out, p);
    if (!e)
        e = stream_open(&err, p);
    if (!e)
        e = start(o, out.write_end, err.write_end, &pid, p);
    if (e)
        return e;
    close_end(&out.write_end);
    close_end(&err.write_end);
    struct stream streams[2] = {out, err};
    out.read_end = err.read_end = -1;
    listen_to(streams, deadline, result);
    stream_close(&streams[0]);
    stream_close(&streams[1]);
    finish(pid, deadline, result);
    if (result->output.failed || result->errors.failed)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    return ERR_NONE;
}
