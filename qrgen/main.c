// stele-qrgen: plates in, a parcel for the print shop out. Needs no server; works from a list alone.
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "common/arena.h"
#include "common/file.h"
#include "common/options.h"
#include "qrgen/batch.h"
#include "qrgen/flags.h"
#include "qrgen/job/job_json.h"
#include "qrgen/job/plates_csv.h"
#include "qrgen/preview.h"
#include "qrgen/stored.h"
#include "qrgen/symbol/matrix.h"
#include "qrgen/symbol/payload.h"
#include "qrgen/symbol/terminal.h"
#include "qrgen/tell.h"

enum status { DONE = 0, NOT_DONE = 1, WRONG_USE = 2 };

static atomic_bool stop;

static void on_signal(int number)
{
    (void)number;
    atomic_store(&stop, true);
}

// Writing then fails with a reason that can be said.
static void ignore_signals(void)
{
    static const int unwanted[] = {SIGPIPE, SIGXFSZ};
    for (size_t i = 0; i < sizeof unwanted / sizeof unwanted[0]; i++)
        signal(unwanted[i], SIG_IGN);
}

// From here on there is something to clean up. Before, while the job is waited for, signals simply end us.
static void catch_signals(void)
{
    static const int stopping[] = {SIGINT, SIGTERM, SIGHUP};
    for (size_t i = 0; i < sizeof stopping / sizeof stopping[0]; i++)
        sigaction(stopping[i], &(struct sigaction){.sa_handler = on_signal}, NULL);
}

// A value on the command line that can never work is wrong use; what the list, the disk or the folder brings
// is not.
static enum status status_of(const struct problem *p)
{
    static const char *const flags[] = {"--base-url", "--module-mm",  "--size-mm", "--dpi",       "--show",
                                        "--sheets",   "--distance-m", "--logo",    "--crop-marks"};
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++)
        if (p->code == ERR_INVALID && strcmp(p->field, flags[i]) == 0)
            return WRONG_USE;
    return NOT_DONE;
}

// What a flag is called in a job: "--module-mm" is "module_mm", "--format" is "formats".
static void call_as_in_job(struct problem *p)
{
    if (strncmp(p->field, "--", 2) != 0 || strcmp(p->field, "--out") == 0)
        return;
    if (strcmp(p->field, "--format") == 0)
        strcpy(p->field, "--formats");
    memmove(p->field, p->field + 2, strlen(p->field + 2) + 1);
    for (char *c = p->field; *c; c++)
        *c = *c == '-' ? '_' : *c;
}

// Bytes to a file, or to standard output for "-".
static enum err write_out(const char *path, const struct buf *bytes, struct problem *p)
{
    if (strcmp(path, "-") != 0)
        return file_write_atomic(path, bytes->data, bytes->len, p);
    return file_write_all(STDOUT_FILENO, bytes->data, bytes->len, "standard output", p);
}

static enum status draw_preview(const struct settings *s, const struct job *job, const struct order *order,
                                const struct tell *t)
{
    cleanup_buf struct buf png = BUF_INIT;
    struct problem p = PROBLEM_INIT;
    enum err e = preview_plate(order, job, &png, &p);
    if (!e)
        e = write_out(s->preview, &png, &p);
    if (!e)
        return DONE;
    tell_failed(t, NULL, "", &p);
    return s->job ? NOT_DONE : status_of(&p);
}

static enum status list_designs(const struct settings *s)
{
    cleanup_buf struct buf list = BUF_INIT;
    struct problem p = PROBLEM_INIT;
    enum err e = preview_designs(s->designs, &list, &p);
    if (!e)
        e = write_out("-", &list, &p);
    if (!e)
        return DONE;
    tell_failed(&(struct tell){.form = TELL_QUIET}, NULL, "", &p);
    return NOT_DONE;
}

static enum status make_batch(const struct settings *s, const struct job *job, const struct order *order,
                              struct tell *t)
{
    const struct batch batch = {
        .job = job,
        .order = order,
        .out = s->out,
        .replace = s->force,
        .skip_check = !s->check,
        .threads = (unsigned)s->jobs,
        .stop = &stop,
        .progress = t->form == TELL_TERMINAL || t->form == TELL_JSON ? tell_progress : NULL,
        .progress_arg = t,
    };
    struct batch_result result = {.plates = 0};
    struct problem p = PROBLEM_INIT;
    t->retired = job->retired;
    catch_signals();
    if (!batch_run(&batch, &result, &p))
        return tell_done(t, &result) ? DONE : NOT_DONE;
    enum status status = s->job ? NOT_DONE : status_of(&p);
    if (s->job)
        call_as_in_job(&p);
    tell_failed(t, NULL, result.problem_code, &p);
    return status;
}

static enum status read_csv(const struct settings *s, const struct tell *t, struct job *job)
{
    struct problem_list bad = PROBLEM_LIST_INIT;
    struct problem p = PROBLEM_INIT;
    enum err e = plates_csv_read(s->csv, s->columns, job, &bad, &p);
    for (size_t i = 0; i < bad.count; i++)
        tell_failed(&(struct tell){.form = TELL_QUIET}, s->csv, "", &bad.items[i]);
    problem_list_clear(&bad);
    if (!e)
        return DONE;
    tell_failed(t, e == ERR_INVALID ? s->csv : NULL, "", &p);
    return NOT_DONE;
}

static enum status read_store(const struct settings *s, const struct tell *t, struct job *job)
{
    struct problem p = PROBLEM_INIT;
    if (!stored_plates(s->data, job, &p))
        return DONE;
    tell_failed(t, NULL, "", &p);
    return NOT_DONE;
}

static enum status missing(const char *flag, const char *what)
{
    fprintf(stderr, "stele-qrgen: give %s with %s; stele-qrgen --help tells more\n", what, flag);
    return WRONG_USE;
}

static enum tell_form form_of(const struct settings *s)
{
    if (s->progress == FLAGS_PROGRESS_JSON)
        return TELL_JSON;
    return s->quiet ? TELL_QUIET : isatty(STDERR_FILENO) ? TELL_TERMINAL : TELL_WORDS;
}

static enum status run_job(const struct settings *s, struct tell *t)
{
    cleanup_arena struct arena arena = ARENA_INIT;
    cleanup_job struct job job = JOB_INIT;
    struct order order = ORDER_DEFAULT; // the job's own, whatever the environment says
    struct problem p = PROBLEM_INIT;
    enum err e = job_json_read(s->job, &arena, &job, &order, &p);
    if (!e)
        return s->preview ? draw_preview(s, &job, &order, t) : make_batch(s, &job, &order, t);
    tell_failed(t, strcmp(s->job, "-") == 0 ? "standard input" : s->job, "", &p);
    return NOT_DONE;
}

static enum status run_list(const struct settings *s, struct tell *t)
{
    cleanup_job struct job job = JOB_INIT;
    struct order order;
    struct problem p = PROBLEM_INIT;
    if (flags_order(s, &order, &p)) {
        tell_failed(t, NULL, "", &p);
        return WRONG_USE;
    }
    enum status status = s->csv ? read_csv(s, t, &job) : read_store(s, t, &job);
    if (status)
        return status;
    return s->preview ? draw_preview(s, &job, &order, t) : make_batch(s, &job, &order, t);
}

static enum status run_batch(const struct settings *s, const struct options_given *given)
{
    const char *beside = s->job ? flags_beside_job(given) : NULL;
    struct tell t = {.form = form_of(s), .out = s->out, .checked = s->check};
    if (beside) {
        fprintf(stderr, "stele-qrgen: leave --%s out: with --job the job alone says what to print\n", beside);
        return WRONG_USE;
    }
    if (s->csv && flags_given(given, offsetof(struct settings, data))) {
        fprintf(stderr, "stele-qrgen: give either --csv or --data: a batch has one list of plates\n");
        return WRONG_USE;
    }
    if (!s->csv && !s->data && !s->job)
        return missing("--csv FILE or --data DIR", "the plates");
    if (!s->out && !s->preview)
        return missing("--out DIR", "the folder for the batch");
    if (s->job)
        return run_job(s, &t);
    if (!s->base_url)
        return missing("--base-url URL", "the address that stands before each code");
    return run_list(s, &t);
}

// "https://host/CODE", or a code as people write it and the base URL -> the plate's URL.
static enum err find_url(const struct settings *s, char ret[PAYLOAD_SIZE], struct problem *p)
{
    const char *slash = strrchr(s->show, '/'), *typed = slash ? slash + 1 : s->show;
    cleanup_arena struct arena a = ARENA_INIT;
    const char *base = slash ? arena_strndup(&a, s->show, (size_t)(slash - s->show)) : s->base_url;
    char code[CODE_SIZE];
    if (code_read(typed, code) != CODE_READ_OK)
        return problem_set(p, ERR_INVALID, "--show", "\"%.60s\" is not a plate's code or address", s->show);
    if (!slash && !base)
        return problem_set(p, ERR_INVALID, "--show", "a code alone is no address: give --base-url URL too");
    return base ? payload_url(base, code, ret, p) : problem_set(p, ERR_MEMORY, NULL, "out of memory");
}

static enum status show(const struct settings *s)
{
    char url[PAYLOAD_SIZE];
    struct matrix matrix;
    struct problem p = PROBLEM_INIT;
    cleanup_buf struct buf drawing = BUF_INIT;
    enum err e = find_url(s, url, &p);
    if (!e)
        e = matrix_make(url, &matrix, &p);
    if (e) {
        tell_failed(&(struct tell){.form = TELL_QUIET}, NULL, "", &p);
        return status_of(&p);
    }
    terminal_draw(&matrix, &drawing);
    if (drawing.failed || printf("%s%s\n", drawing.data, url) < 0 || fflush(stdout) != 0)
        return NOT_DONE;
    return DONE;
}

int main(int argc, char **argv)
{
    struct settings settings = {0};
    struct problem p = PROBLEM_INIT;
    cleanup_options struct options_given given = OPTIONS_GIVEN_INIT;
    if (options_read(&flags_program, argc, argv, &settings, &given, &p)) {
        tell_failed(&(struct tell){.form = TELL_QUIET}, NULL, "", &p);
        return WRONG_USE;
    }
    if (given.print.len > 0)
        return fputs(given.print.data, stdout) < 0 || fflush(stdout) != 0 ? NOT_DONE : DONE;
    ignore_signals();
    if (settings.list_designs)
        return list_designs(&settings);
    return settings.show ? show(&settings) : run_batch(&settings, &given);
}
