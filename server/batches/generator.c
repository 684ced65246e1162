#include "server/batches/generator.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "common/child.h"
#include "common/clock.h"
#include "common/file.h"

enum {
    LIST_MS = 5000,
    LIST_MAX = 256 * 1024, // bytes of answer
    LIST_AGE_MS = 60000,
    PREVIEW_MS = 10000,
    PREVIEW_WAIT_S = 3,
    PREVIEW_MAX = 8 << 20, // bytes of PNG
    SILENCE_MS = 600000,   // of a making; it tells of its progress a few times a second
    STOP_MS = 10000,       // to tidy up
};

struct generator {
    struct arena arena;
    const char *program;
    struct batch_means means;
    pthread_mutex_t preview; // one at a time
    pthread_mutex_t lock;    // of what follows
    char *listed;            // what the program answered last, JSON lines
    int64_t listed_at;       // monotonic
};

// --- finding it

// Where it is installed, and where it is built.
static char *find_beside(struct arena *a)
{
    static const char *const places[] = {"stele-qrgen", "../qrgen/stele-qrgen"};
    char self[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    char *slash = n > 0 ? memrchr(self, '/', (size_t)n) : NULL;
    if (!slash)
        return NULL;
    *slash = '\0';
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        char *path = arena_printf(a, "%s/%s", self, places[i]);
        if (path && access(path, X_OK) == 0)
            return path;
    }
    return NULL;
}

static enum err choose_program(struct generator *g, const char *given, struct problem *p)
{
    if (given && access(given, X_OK) < 0)
        return problem_errno(p, "batch-helper", "the program %s cannot be started", given);
    g->program = given ? arena_strdup(&g->arena, given) : find_beside(&g->arena);
    if (g->program)
        return ERR_NONE;
    return problem_set(p, ERR_NOT_FOUND, "batch-helper",
                       "stele-qrgen is not beside this program: install it, or name it with --batch-helper");
}

enum err generator_open(const struct generator_options *o, struct generator **ret, struct problem *p)
{
    struct generator *g = calloc(1, sizeof *g);
    if (!g)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    enum err e = choose_program(g, o->program, p);
    g->means = (struct batch_means){.designs = arena_strdup(&g->arena, o->designs),
                                    .logo = arena_strdup(&g->arena, o->logo),
                                    .media = arena_strdup(&g->arena, o->media)};
    if (!e &&
        ((o->designs && !g->means.designs) || (o->logo && !g->means.logo) || (o->media && !g->means.media)))
        e = problem_set(p, ERR_MEMORY, NULL, "out of memory");
    pthread_mutex_init(&g->preview, NULL);
    pthread_mutex_init(&g->lock, NULL);
    if (e)
        generator_close(g);
    else
        *ret = g;
    return e;
}

void generator_close(struct generator *g)
{
    if (!g)
        return;
    pthread_mutex_destroy(&g->preview);
    pthread_mutex_destroy(&g->lock);
    free(g->listed);
    arena_clear(&g->arena);
    free(g);
}

const struct batch_means *generator_means(const struct generator *g)
{
    return &g->means;
}

// --- how it ended

static enum err no_fit(const struct generator *g, struct problem *p)
{
    return problem_set(p, ERR_UNSUPPORTED, "program",
                       "%s does not fit this version of the server: install both together", g->program);
}

// Its own sentence, which begins with its name; without control characters, for it goes into pages and logs.
static enum err say_what_it_said(struct buf *said, struct problem *p)
{
    static const char name[] = "stele-qrgen: ";
    char *text = said->data + strspn(said->data, "\r\n");
    text[strcspn(text, "\r\n")] = '\0';
    for (char *at = text; *at; at++)
        if ((unsigned char)*at < 0x20 || *at == 0x7f)
            *at = '?';
    if (strncmp(text, name, strlen(name)) == 0)
        text += strlen(name);
    return problem_set(p, ERR_INVALID, NULL, "%s", text[0] ? text : "stele-qrgen failed without a word");
}

static enum err judge(const struct generator *g, struct child_result *r, struct problem *p)
{
    if (r->stopped)
        return problem_set(p, ERR_CANCELLED, NULL, "it was stopped");
    if (r->timed_out)
        return problem_set(p, ERR_IO, "program", "stele-qrgen took too long and was ended");
    if (r->too_much)
        return problem_set(p, ERR_IO, "program", "stele-qrgen gave no sensible answer and was ended");
    if (r->signal)
        return problem_set(p, ERR_IO, "program", "stele-qrgen was ended by signal %d", r->signal);
    if (r->exit_status == 2 && r->errors.len == 0)
        return no_fit(g, p);
    return r->exit_status == 0 ? ERR_NONE : say_what_it_said(&r->errors, p);
}

// A job as standard input: in memory, so that neither side waits for the other.
static enum err open_job(const char *job, size_t len, int *ret_fd, struct problem *p)
{
    cleanup_close int fd = memfd_create("stele-job", MFD_CLOEXEC);
    if (fd < 0)
        return problem_errno(p, NULL, "the job cannot be handed over");
    enum err e = file_write_all(fd, job, len, "the job", p);
    if (!e && lseek(fd, 0, SEEK_SET) < 0)
        e = problem_errno(p, NULL, "the job cannot be handed over");
    if (!e)
        *ret_fd = steal_fd(&fd);
    return e;
}

// The program's own sentence, where its last line is a failure.
static void told_failure(const struct event *event, struct problem *p)
{
    enum err code = ERR_INVALID;
    const char *field =
        event->field + (strncmp(event->field, "--", 2) == 0 ? 2 : 0); // a flag, or a member of the job
    for (int i = ERR_NONE + 1; i < ERR_COUNT; i++)
        if (strcmp(err_name((enum err)i), event->problem) == 0)
            code = (enum err)i;
    problem_set(p, code, field, "%s", event->message);
    for (char *at = p->field; *at; at++)
        *at = (char)(*at == '-' ? '_' : *at);
}

// --- designs

static bool is_name(const char *name)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
    size_t len = name ? strlen(name) : 0;
    return len > 0 && len <= 64 && strspn(name, letters) == len;
}

static double millimetres(const json_t *object, const char *name)
{
    double value = json_number_value(json_object_get(object, name));
    return value > 0 && value < 10000 ? value : 0;
}

static bool read_design(const char *line, size_t len, struct arena *a, struct design *ret)
{
    json_t *object = json_loadb(line, len, JSON_REJECT_DUPLICATES, NULL);
    const json_t *labels = json_object_get(object, "labels");
    const char *name = json_string_value(json_object_get(object, "name"));
    cleanup_free char *text = json_is_object(labels) ? json_dumps(labels, JSON_COMPACT) : NULL;
    *ret = (struct design){
        .name = is_name(name) ? arena_strdup(a, name) : NULL,
        .labels = arena_strdup(a, text),
        .width_mm = millimetres(object, "width_mm"),
        .height_mm = millimetres(object, "height_mm"),
        .symbol_mm = millimetres(object, "symbol_mm"),
    };
    json_decref(object);
    return ret->name && ret->labels;
}

static enum err read_designs(const char *text, struct arena *a, struct designs *ret, struct problem *p)
{
    size_t lines = 1, count = 0;
    for (const char *at = text; *at; at++)
        lines += *at == '\n';
    struct design *items = arena_array(a, lines, sizeof *items);
    if (!items)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    for (const char *at = text; *at;) {
        size_t len = strcspn(at, "\n");
        count += read_design(at, len, a, &items[count]);
        at += len + (at[len] == '\n');
    }
    *ret = (struct designs){.items = items, .count = count};
    return count ? ERR_NONE : problem_set(p, ERR_UNSUPPORTED, "program", "stele-qrgen names no plate design");
}

static enum err ask_designs(struct generator *g, char **ret, struct problem *p)
{
    const char *argv[] = {g->program, "--list-designs", g->means.designs ? "--designs" : NULL,
                          g->means.designs, NULL};
    struct child_options o = {.argv = argv, .input = -1, .timeout_ms = LIST_MS, .output_max = LIST_MAX};
    cleanup_child struct child_result r = CHILD_RESULT_INIT;
    enum err e = child_run(&o, &r, p);
    if (!e)
        e = judge(g, &r, p);
    if (e)
        return e;
    *ret = buf_steal(&r.output, NULL);
    return *ret ? ERR_NONE : problem_set(p, ERR_MEMORY, NULL, "out of memory");
}

enum err generator_designs(struct generator *g, struct arena *a, struct designs *ret, struct problem *p)
{
    enum err e = ERR_NONE;
    char *fresh = NULL;
    pthread_mutex_lock(&g->lock);
    if (!g->listed || clock_monotonic_ms() - g->listed_at > LIST_AGE_MS) {
        e = ask_designs(g, &fresh, p);
        if (!e) {
            free(g->listed);
            g->listed = fresh;
            g->listed_at = clock_monotonic_ms();
        }
    }
    if (!e)
        e = read_designs(g->listed, a, ret, p);
    pthread_mutex_unlock(&g->lock);
    return e;
}

// --- a preview

static enum err wait_for_turn(struct generator *g, struct problem *p)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += PREVIEW_WAIT_S;
    if (pthread_mutex_timedlock(&g->preview, &until) == 0)
        return ERR_NONE;
    return problem_set(p, ERR_BUSY, NULL, "another preview is being drawn: try again in a moment");
}

// Of a failure it tells by an event in the picture's place.
static enum err judge_preview(const struct generator *g, struct child_result *r, struct problem *p)
{
    static const unsigned char png[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
    struct event event;
    enum err e = judge(g, r, p);
    event_read(r->output.data, strcspn(r->output.data, "\n"), &event);
    if (e && event.kind == EVENT_FAILED)
        told_failure(&event, p);
    if (e)
        return p ? p->code : e;
    if (r->output.len < sizeof png || memcmp(r->output.data, png, sizeof png) != 0)
        return no_fit(g, p);
    return ERR_NONE;
}

enum err generator_preview(struct generator *g, const char *job, size_t len, struct buf *ret,
                           struct problem *p)
{
    cleanup_close int input = -1;
    cleanup_child struct child_result r = CHILD_RESULT_INIT;
    struct problem why = PROBLEM_INIT;
    const char *argv[] = {g->program, "--job", "-", "--preview", "-", "--progress", "json", NULL};
    enum err e = open_job(job, len, &input, &why);
    if (!e)
        e = wait_for_turn(g, &why);
    if (!e) {
        struct child_options o = {
            .argv = argv, .input = input, .timeout_ms = PREVIEW_MS, .output_max = PREVIEW_MAX};
        e = child_run(&o, &r, &why);
        pthread_mutex_unlock(&g->preview);
    }
    if (!e)
        e = judge_preview(g, &r, &why);
    if (!e)
        buf_append(ret, r.output.data, r.output.len);
    if (!e && ret->failed)
        e = problem_set(&why, ERR_MEMORY, NULL, "out of memory");
    if (e && p)
        *p = why;
    return e;
}

// --- a batch

struct making {
    void (*heard)(void *arg, const struct event *event);
    void *arg;
    struct event last; // DONE or FAILED
};

static void hear(void *arg, const char *line, size_t len)
{
    struct making *m = arg;
    struct event event;
    event_read(line, len, &event);
    if (event.kind == EVENT_DONE || event.kind == EVENT_FAILED)
        m->last = event;
    if (event.kind != EVENT_OTHER)
        m->heard(m->arg, &event);
}

// The file is what it was said to be.
static enum err look_at_file(const char *out, const struct event *done, struct problem *p)
{
    struct stat st;
    char sha256[HASH_HEX_SIZE];
    if (stat(out, &st) < 0)
        return problem_errno(p, NULL, "the parcel was said to be done, but is not there");
    enum err e = hash_file(out, sha256, p);
    if (!e && (st.st_size != done->bytes || strcmp(sha256, done->sha256) != 0))
        e = problem_set(p, ERR_CORRUPT, NULL, "the parcel on the disk is not the one that was made");
    return e;
}

enum err generator_make(struct generator *g, const char *job, size_t len, const char *out,
                        void (*heard)(void *arg, const struct event *event), void *arg,
                        const atomic_bool *stop, struct event *ret_done, struct problem *p)
{
    cleanup_close int input = -1;
    cleanup_child struct child_result r = CHILD_RESULT_INIT;
    struct making m = {.heard = heard, .arg = arg, .last.kind = EVENT_OTHER};
    struct problem why = PROBLEM_INIT;
    const char *argv[] = {g->program, "--job", "-", "--out", out, "--progress", "json", NULL};
    enum err e = open_job(job, len, &input, &why);
    struct child_options o = {.argv = argv,
                              .input = input,
                              .timeout_ms = SILENCE_MS,
                              .output_max = EVENT_LINE_MAX,
                              .line = hear,
                              .line_arg = &m,
                              .stop = stop,
                              .stop_ms = STOP_MS};
    if (!e)
        e = child_run(&o, &r, &why);
    if (!e)
        e = judge(g, &r, &why);
    if (e && e != ERR_CANCELLED && m.last.kind == EVENT_FAILED) {
        told_failure(&m.last, &why);
        e = why.code;
    }
    if (!e && m.last.kind != EVENT_DONE)
        e = no_fit(g, &why);
    if (!e)
        e = look_at_file(out, &m.last, &why);
    if (!e)
        *ret_done = m.last;
    else
        unlink(out);
    if (e && p)
        *p = why;
    return e;
}
