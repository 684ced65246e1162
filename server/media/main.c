// `stele-media`: opens one file that nobody vouches for and makes of it what visitors get.
//
// The program makes the output files and starts a second process. That one loads the picture library, gives
// up everything but computing (cage.h), and only then looks at the bytes. The first process waits, with a
// limit, and says in one line how it went, even where the second one was killed.
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "common/cleanup.h"
#include "common/file.h"
#include "common/options.h"
#include "content/probe/probe.h"
#include "server/media/cage.h"
#include "server/media/facts.h"
#include "server/media/outputs.h"
#include "server/media/photo.h"
#include "server/media/recording.h"

enum { STATUS_DONE = 0, STATUS_FAILED = 1, STATUS_WRONG_USE = 2 };

struct settings {
    const char *out;
    const char *focus;
    int64_t seconds;
    int64_t memory;
    int64_t megapixels;
    int64_t bytes;
};

#define MEMBER(name) offsetof(struct settings, name)

static const struct options_row rows[] = {
    {"out", OPTIONS_FOLDER, MEMBER(out), .required = OPTIONS_ALL, .flag_only = true,
     .help = "Where the variants go: a folder that has none of them yet. It is made where it is missing."},
    {"focus", OPTIONS_STRING, MEMBER(focus), .value = "X,Y", .flag_only = true,
     .help =
         "Where the subject is, in hundredths from the left and from the top; a thumbnail is cut around it."},
    {"seconds", OPTIONS_INTEGER, MEMBER(seconds), .fallback = "60", .least = 1, .most = 3600,
     .flag_only = true, .help = "How long opening the file may take."},
    {"memory", OPTIONS_SIZE, MEMBER(memory), .fallback = "512M", .least = 1 << 26, .most = 1e11,
     .flag_only = true, .help = "How much memory opening the file may take."},
    {"megapixels", OPTIONS_INTEGER, MEMBER(megapixels), .fallback = "40", .least = 1, .most = 400,
     .flag_only = true, .help = "How large a picture may be, in millions of pixels."},
    {"bytes", OPTIONS_SIZE, MEMBER(bytes), .fallback = "30000000", .least = 1, .most = 1e9, .flag_only = true,
     .help = "How large the file of a picture may be."},
};

static const struct options_command command = {
    .summary = "make the variants of one picture",
    .arguments = "[FILE]",
    .arguments_max = 1,
    .arguments_help = "The picture, sound or film; standard input when it is left out.",
};

static const char description[] =
    "stele starts this program for every picture that it is given; nobody needs to start it by hand. It "
    "opens "
    "JPEG, PNG, WebP and HEIC, known by their content, turns them upright and into sRGB, and writes them "
    "without "
    "metadata in several sizes as JPEG and WebP. MP3, M4A, Ogg, MP4 and WebM are recognised and measured; "
    "one "
    "that "
    "tells where it was taken is written without that.\n\n"
    "On standard output it writes one JSON object: class, type, size, the date and the position that the "
    "camera "
    "noted, and the files written. What opens the bytes can open no file and no connection and start no "
    "program.\n\n"
    "The exit status is 0 when the work is done, 1 when it could not be done, 2 for wrong use.";

static const struct options_program program = {
    .name = "stele-media",
    .version = STELE_VERSION,
    .summary = "opens untrusted pictures for stele",
    .description = description,
    .commands = &command,
    .command_count = 1,
    .rows = rows,
    .row_count = sizeof rows / sizeof rows[0],
    .env_prefix = "STELE_MEDIA_",
};

// Pictures are at most `bytes` long and go into memory; only recognised, a longer file is merely mapped.
#define SIDE_MAX    30000
#define WRITTEN_MAX 400000000

// What both processes know.
struct job {
    const struct settings *settings;
    struct focus focus;
    int input;
    struct outputs outputs;
    int said; // pipe on which the second process says what went wrong
};

// --- the second process
// ---------------------------------------------------------------------------------------------

struct bytes {
    const unsigned char *data;
    size_t len;
};

static enum err read_stream(int fd, size_t limit, struct buf *b, struct problem *p)
{
    for (;;) {
        char *room = buf_reserve(b, 1 << 16);
        if (!room)
            return problem_set(p, ERR_MEMORY, NULL, "out of memory");
        ssize_t n = read(fd, room, 1 << 16);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return problem_errno(p, NULL, "the file cannot be read");
        if (n == 0)
            return ERR_NONE;
        buf_grew(b, (size_t)n);
        if (b->len > limit)
            return problem_set(p, ERR_TOO_LARGE, NULL, "the file is larger than %lld bytes",
                               (long long)limit);
    }
}

// The whole file: mapped, or read where it is a stream. Both stay until the process ends.
static enum err take_bytes(const struct job *job, struct bytes *ret, struct problem *p)
{
    struct stat st;
    if (fstat(job->input, &st) < 0)
        return problem_errno(p, NULL, "the file cannot be read");
    if (S_ISREG(st.st_mode) && st.st_size > 0) {
        void *at = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, job->input, 0);
        if (at == MAP_FAILED)
            return problem_errno(p, NULL, "the file cannot be read");
        *ret = (struct bytes){at, (size_t)st.st_size};
        return ERR_NONE;
    }
    struct buf b = BUF_INIT;
    enum err e = read_stream(job->input, (size_t)job->settings->bytes, &b, p);
    if (!e)
        *ret = (struct bytes){(unsigned char *)b.data, b.len};
    return e;
}

static enum err look_at(const struct job *job, const struct bytes *b, struct facts *facts, struct problem *p)
{
    const struct settings *s = job->settings;
    struct photo_limits limits = {.megapixels = s->megapixels, .side = SIDE_MAX};
    if (b->len == 0)
        return problem_set(p, ERR_INVALID, NULL, "the file is empty");
    facts->mime = probe_kind(b->data, b->len, &facts->media_class);
    if (!facts->mime)
        return problem_set(
            p, ERR_UNSUPPORTED, NULL,
            "the file is no photo (JPEG, PNG, WebP, HEIC), sound (MP3, M4A, Ogg) or film (MP4, "
            "WebM); whatever its name says, its content decides");
    if (strcmp(facts->media_class, "image") != 0) {
        return recording_look(b->data, b->len, &job->outputs, facts, p);
    }
    if ((int64_t)b->len > s->bytes)
        return problem_set(p, ERR_TOO_LARGE, NULL,
                           "the picture's file has %.1f MB; at most %.0f MB can be taken",
                           (double)b->len / 1e6, (double)s->bytes / 1e6);
    return photo_make(b->data, b->len, &limits, job->focus, &job->outputs, facts, p);
}

static enum err work(const struct job *job, struct problem *p)
{
    const struct settings *s = job->settings;
    struct cage_limits limits = {.seconds = s->seconds, .memory = s->memory, .written = WRITTEN_MAX};
    struct bytes bytes = {NULL, 0};
    struct facts facts = {.mime = NULL};
    mallopt(M_ARENA_MAX, 2);
    enum err e = photo_start(program.name, p);
    if (!e)
        e = cage_enter(&limits, p);
    if (!e)
        e = take_bytes(job, &bytes, p);
    if (!e)
        e = look_at(job, &bytes, &facts, p);
    if (e)
        return e;
    cleanup_buf struct buf out = BUF_INIT;
    facts_write(&facts, &out);
    if (out.failed)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    return file_write_all(STDOUT_FILENO, out.data, out.len, "standard output", p);
}

// Never returns. What libraries say on standard error nobody could understand; the sentence goes through the
// pipe.
static _Noreturn void work_and_end(const struct job *job, pid_t parent)
{
    struct problem p = PROBLEM_INIT;
    int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent || nowhere < 0 || dup2(nowhere, STDERR_FILENO) < 0)
        _exit(STATUS_FAILED);
    enum err e = work(job, &p);
    if (e && file_write_all(job->said, p.text, strlen(p.text), "pipe", NULL))
        _exit(STATUS_FAILED);
    _exit(e ? STATUS_FAILED : STATUS_DONE);
}

// --- the first process
// ----------------------------------------------------------------------------------------------

// Waits until the process has ended, or kills it; *ret_late tells which.
static int wait_for(pid_t pid, int64_t seconds, bool *ret_late)
{
    int status = 0;
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    const struct timespec limit = {.tv_sec = seconds};
    while (sigtimedwait(&child, NULL, &limit) < 0 && errno == EINTR)
        ;
    *ret_late = waitpid(pid, &status, WNOHANG) == 0;
    if (*ret_late) {
        kill(pid, SIGKILL);
        waitpid(pid, &status, 0);
    }
    return status;
}

static enum err judge(const struct job *job, int status, bool late, int said, struct problem *p)
{
    char text[sizeof p->text];
    ssize_t n = read(said, text, sizeof text - 1);
    text[n > 0 ? n : 0] = '\0';
    int sig = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    if (late || sig == SIGXCPU || sig == SIGKILL)
        return problem_set(p, ERR_INVALID, NULL,
                           "the picture cannot be read: opening it takes longer than %lld seconds",
                           (long long)job->settings->seconds);
    if (sig)
        return problem_set(p, ERR_INVALID, NULL,
                           "the picture cannot be read: it is damaged, or takes more memory than it may (%s)",
                           strsignal(sig));
    if (WEXITSTATUS(status) == STATUS_DONE)
        return ERR_NONE;
    return problem_set(p, ERR_INVALID, NULL, "%s", n > 0 ? text : "the picture cannot be read");
}

static enum err run(struct job *job, struct problem *p)
{
    int ends[2];
    sigset_t child, before;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    if (pipe2(ends, O_CLOEXEC) < 0)
        return problem_errno(p, NULL, "cannot make a pipe");
    cleanup_close int said = ends[0];
    sigprocmask(SIG_BLOCK, &child, &before);
    job->said = ends[1];
    pid_t parent = getpid(), pid = fork();
    if (pid == 0) {
        sigprocmask(SIG_SETMASK, &before, NULL);
        work_and_end(job, parent);
    }
    enum err e = pid < 0 ? problem_errno(p, NULL, "a second process could not be started") : ERR_NONE;
    close(ends[1]);
    if (e)
        return e;
    bool late = false;
    int status = wait_for(pid, job->settings->seconds, &late);
    return judge(job, status, late, said, p);
}

// A whole number from 0 to 100, and what stands behind it; -1 for none.
static int read_part(const char **text)
{
    char *end = NULL;
    if (**text < '0' || **text > '9')
        return -1;
    long part = strtol(*text, &end, 10);
    *text = end;
    return part <= 100 ? (int)part : -1;
}

static enum err read_focus(const char *text, struct focus *ret, struct problem *p)
{
    struct focus f = {-1, -1};
    const char *at = text;
    if (text) {
        f.x = read_part(&at);
        f.y = f.x >= 0 && *at++ == ',' ? read_part(&at) : -1;
        if (f.y < 0 || *at)
            return problem_set(
                p, ERR_INVALID, "focus",
                "--focus \"%.40s\" is none: it must be two whole numbers from 0 to 100, \"25,60\"", text);
    }
    *ret = f;
    return ERR_NONE;
}

static int say(const char *file, const struct problem *p, int status)
{
    fprintf(stderr, "%s: %s%s%s\n", program.name, file ? file : "", file ? ": " : "", p->text);
    return status;
}

static int make(const struct settings *s, struct focus focus, const char *file)
{
    struct problem p = PROBLEM_INIT;
    struct job job = {.settings = s, .focus = focus, .outputs = OUTPUTS_INIT};
    cleanup_close int opened = file ? open(file, O_RDONLY | O_CLOEXEC) : -1;
    if (file && opened < 0) {
        problem_errno(&p, NULL, "it cannot be opened");
        return say(file, &p, STATUS_FAILED);
    }
    job.input = file ? opened : STDIN_FILENO;
    enum err e = outputs_open(s->out, focus, &job.outputs, &p);
    if (!e)
        e = run(&job, &p);
    outputs_close(&job.outputs, !e);
    return e ? say(file, &p, STATUS_FAILED) : STATUS_DONE;
}

int main(int argc, char **argv)
{
    struct settings settings = {.out = NULL};
    struct problem p = PROBLEM_INIT;
    cleanup_options struct options_given given = OPTIONS_GIVEN_INIT;
    struct focus focus = {-1, -1};
    if (options_read(&program, argc, argv, &settings, &given, &p))
        return say(NULL, &p, STATUS_WRONG_USE);
    if (given.print.len > 0)
        return fputs(given.print.data, stdout) < 0 || fflush(stdout) != 0 ? STATUS_FAILED : STATUS_DONE;
    if (read_focus(settings.focus, &focus, &p))
        return say(NULL, &p, STATUS_WRONG_USE);
    return make(&settings, focus, given.argument_count ? given.arguments[0] : NULL);
}
