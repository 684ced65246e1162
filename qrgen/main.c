// stele-qrgen: plates in, pictures for the print shop out. Needs no server; works from a list alone. This
// file is the only one of the room that knows the store.
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "common/options.h"
#include "content/plate.h"
#include "content/store/store.h"
#include "qrgen/batch.h"
#include "qrgen/plates_csv.h"
#include "qrgen/symbol/matrix.h"
#include "qrgen/symbol/measure.h"
#include "qrgen/symbol/payload.h"
#include "qrgen/symbol/terminal.h"

enum status { DONE = 0, NOT_DONE = 1, WRONG_USE = 2 };

struct settings {
    const char *out, *data, *csv, *columns, *base_url, *show;
    struct options_list format;
    double module_mm, size_mm;
    int64_t dpi, jobs;
    bool force, check, quiet;
};

#define ROW(name_, type_, member)                                                                            \
    .name = (name_), .type = (type_), .offset = offsetof(struct settings, member)

static const struct options_row rows[] = {
    {ROW("out", OPTIONS_FOLDER, out), .flag_only = true,
     .help = "The folder for the pictures and manifest.csv. It is made, or must be empty; it holds the whole "
             "batch or, when something fails, nothing of it."},
    {ROW("data", OPTIONS_FOLDER, data), .help = "The server's data folder, to take all its plates from where "
                                                "no --csv is given. It is only read; the "
                                                "server may be running."},
    {ROW("csv", OPTIONS_FILE, csv), .flag_only = true,
     .help =
         "The list of plates: a table with the columns " PLATES_CSV_COLUMNS ", of which code is required. "
         "Encoding and delimiter are recognised. Retired plates are left out."},
    {ROW("columns", OPTIONS_STRING, columns), .value = "FIELD=COLUMN,...", .flag_only = true,
     .help = "Which columns of the list to take when they have other names; an empty name leaves one out."},
    {ROW("base-url", OPTIONS_STRING, base_url), .value = "URL",
     .help = "The address that stands before each code, as https://ditich.example.vn. It is never guessed."},
    {ROW("format", OPTIONS_LIST, format), .fallback = "png", .choices = "png",
     .help = "What kinds of files to make."},
    {ROW("module-mm", OPTIONS_NUMBER, module_mm), .value = "MM",
     .help =
         "The width of one module, at least 1.0; rounded to whole pixels. Default 2.032, or what --size-mm "
         "leaves room for."},
    {ROW("size-mm", OPTIONS_NUMBER, size_mm), .value = "MM",
     .help = "The width that no picture may exceed, quiet zone included."},
    {ROW("dpi", OPTIONS_INTEGER, dpi), .fallback = "600", .least = MEASURE_DPI_MIN, .most = MEASURE_DPI_MAX,
     .help = "Pixels an inch."},
    {ROW("force", OPTIONS_BOOL, force), .flag_only = true,
     .help = "Replace the batch in a folder that is not empty. Other files in it are left alone."},
    {ROW("jobs", OPTIONS_INTEGER, jobs), .value = "N", .most = BATCH_THREADS_MAX,
     .help = "Threads. Default 0: one for each processor."},
    {ROW("check", OPTIONS_BOOL, check), .fallback = "yes", .flag_only = true,
     .help = "Decode every picture again before the batch is done. --no-check is for measuring speed; the "
             "manifest says so."},
    {ROW("quiet", OPTIONS_BOOL, quiet), .flag_only = true, .help = "Say nothing but failures."},
    {ROW("show", OPTIONS_STRING, show), .value = "CODE|URL", .flag_only = true,
     .help = "Draw the symbol of one plate in the terminal, and do nothing else."},
};

static const struct options_command commands[] = {{.summary = "make a batch of plates ready for print"}};

static const struct options_program program = {
    .name = "stele-qrgen",
    .version = STELE_VERSION,
    .summary = "makes the QR pictures of plates, ready for print",
    .description = "Makes one PNG for each plate, named NNNN_CODE_site.png: 1 bit a pixel, whole pixels a "
                   "module, the exact "
                   "size in the file, four modules of quiet zone. The symbol is the smallest that keeps "
                   "error correction Q "
                   "or better. Every picture is read back from the file and decoded before the batch is said "
                   "to be done.\n"
                   "\n"
                   "manifest.csv names every picture with its code, address, size and SHA-256. The same "
                   "plates and options "
                   "give the same bytes.",
    .commands = commands,
    .command_count = 1,
    .rows = rows,
    .row_count = sizeof rows / sizeof rows[0],
    .env_prefix = "STELE_",
    .file = "stele.ini",
    .folder = "data",
    .shared_file = true,
};

static atomic_bool stop;

static void on_signal(int number)
{
    (void)number;
    atomic_store(&stop, true);
}

static void catch_signals(void)
{
    static const int stopping[] = {SIGINT, SIGTERM, SIGHUP};
    static const int unwanted[] = {SIGPIPE, SIGXFSZ}; // writing then fails with a reason that can be said
    for (size_t i = 0; i < sizeof stopping / sizeof stopping[0]; i++)
        sigaction(stopping[i], &(struct sigaction){.sa_handler = on_signal}, NULL);
    for (size_t i = 0; i < sizeof unwanted / sizeof unwanted[0]; i++)
        signal(unwanted[i], SIG_IGN);
}

static void say(const char *about, const struct problem *p)
{
    fprintf(stderr, "stele-qrgen: ");
    if (about)
        fprintf(stderr, "%s: ", about);
    if (about && p->line)
        fprintf(stderr, "line %lu: ", p->line);
    fprintf(stderr, "%s\n", p->text);
}

// A value on the command line that can never work is wrong use; what the list, the disk or the folder brings
// is not.
static enum status status_of(const struct problem *p)
{
    static const char *const flags[] = {"--base-url", "--module-mm", "--size-mm", "--dpi", "--show"};
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++)
        if (p->code == ERR_INVALID && strcmp(p->field, flags[i]) == 0)
            return WRONG_USE;
    return NOT_DONE;
}

static void on_progress(void *arg, size_t done, size_t total)
{
    (void)arg;
    fprintf(stderr, "\r%zu of %zu pictures", done, total);
}

static enum status sum_up(const struct settings *s, const struct job *job, const struct batch_result *r)
{
    if (s->quiet)
        return DONE;
    printf("%zu %s in %s, %.1f kB, %.1f mm wide", r->pictures, r->pictures == 1 ? "picture" : "pictures",
           s->out, (double)r->bytes / 1000, r->picture_mm[0]);
    if (r->picture_mm[1] > r->picture_mm[0])
        printf(" to %.1f mm", r->picture_mm[1]);
    printf(" with modules of %.3f mm", r->module_mm[0]);
    if (r->module_mm[1] > r->module_mm[0])
        printf(" to %.3f mm", r->module_mm[1]);
    printf("; %s", s->check ? "every one decoded again and right" : "none decoded again (--no-check)");
    if (job->retired)
        printf("; %zu retired %s left out", job->retired, job->retired == 1 ? "plate" : "plates");
    printf("\n");
    return fflush(stdout) == 0 ? DONE : NOT_DONE;
}

static enum status make_batch(const struct settings *s, const struct job *job)
{
    const struct batch batch = {
        .job = job,
        .base_url = s->base_url,
        .out = s->out,
        .replace = s->force,
        .skip_check = !s->check,
        .dpi = (unsigned)s->dpi,
        .module_mm = s->module_mm,
        .size_mm = s->size_mm,
        .threads = (unsigned)s->jobs,
        .stop = &stop,
        .progress = !s->quiet && isatty(STDERR_FILENO) ? on_progress : NULL,
    };
    struct batch_result result;
    struct problem p = PROBLEM_INIT;
    enum err e = batch_run(&batch, &result, &p);
    if (batch.progress) // the line of progress makes room for what it came to
        fprintf(stderr, "\r\x1b[K");
    if (!e)
        return sum_up(s, job, &result);
    say(NULL, &p);
    return status_of(&p);
}

static enum status read_csv(const struct settings *s, struct job *job)
{
    struct problem_list bad = PROBLEM_LIST_INIT;
    struct problem p = PROBLEM_INIT;
    enum err e = plates_csv_read(s->csv, s->columns, job, &bad, &p);
    for (size_t i = 0; i < bad.count; i++)
        say(s->csv, &bad.items[i]);
    problem_list_clear(&bad);
    if (!e)
        return DONE;
    say(e == ERR_INVALID ? s->csv : NULL, &p);
    return NOT_DONE;
}

static enum err add_stored(const struct plates *plates, struct job *job, struct problem *p)
{
    for (size_t i = 0; i < plates->count; i++) {
        const struct plate *plate = &plates->items[i];
        if (strcmp(plate->state, "retired") == 0) {
            job->retired++;
            continue;
        }
        const struct job_plate value = {.site = plate->site_slug ? plate->site_slug : plate->tour_slug,
                                        .place = plate->place};
        enum err e = job_add(job, plate->code, &value, p);
        if (e)
            return e;
    }
    return ERR_NONE;
}

static enum err read_opened(struct store *store, struct job *job, struct problem *p)
{
    cleanup_arena struct arena arena = ARENA_INIT;
    struct connection *reader;
    struct plates plates;
    enum err e = store_reader(store, &reader, p);
    if (!e)
        e = plate_list(reader, &arena, &plates, p);
    return e ? e : add_stored(&plates, job, p);
}

static enum status read_store(const struct settings *s, struct job *job)
{
    struct store *store = NULL;
    struct problem p = PROBLEM_INIT;
    enum err e = store_open(&(struct store_options){.folder = s->data, .read_only = true}, &store, &p);
    if (!e)
        e = read_opened(store, job, &p);
    store_close(store);
    if (!e)
        return DONE;
    say(NULL, &p);
    return NOT_DONE;
}

static enum status missing(const char *flag, const char *what)
{
    fprintf(stderr, "stele-qrgen: give %s with %s; stele-qrgen --help tells more\n", what, flag);
    return WRONG_USE;
}

static bool given_as_flag(const struct options_given *given, size_t offset)
{
    for (size_t i = 0; i < program.row_count; i++)
        if (rows[i].offset == offset)
            return given->sources[i] == OPTIONS_FROM_FLAG;
    return false;
}

static enum status run_batch(const struct settings *s, const struct options_given *given)
{
    if (s->csv && given_as_flag(given, offsetof(struct settings, data))) {
        fprintf(stderr, "stele-qrgen: give either --csv or --data: a batch has one list of plates\n");
        return WRONG_USE;
    }
    if (!s->csv && !s->data)
        return missing("--csv FILE or --data DIR", "the plates");
    if (!s->out)
        return missing("--out DIR", "the folder for the batch");
    if (!s->base_url)
        return missing("--base-url URL", "the address that stands before each code");
    cleanup_job struct job job = JOB_INIT;
    enum status status = s->csv ? read_csv(s, &job) : read_store(s, &job);
    return status ? status : make_batch(s, &job);
}

// "https://host/CODE", or a code as people write it and the base URL -> the plate's URL.
static enum err find_url(const struct settings *s, char ret[PAYLOAD_SIZE], struct problem *p)
{
    const char *slash = strrchr(s->show, '/'), *typed = slash ? slash + 1 : s->show;
    cleanup_free char *base = slash ? strndup(s->show, (size_t)(slash - s->show)) : NULL;
    char code[CODE_SIZE];
    if (code_read(typed, code) != CODE_READ_OK)
        return problem_set(p, ERR_INVALID, "--show", "\"%.60s\" is not a plate's code or address", s->show);
    if (!base && !s->base_url)
        return problem_set(p, ERR_INVALID, "--show", "a code alone is no address: give --base-url URL too");
    return payload_url(base ? base : s->base_url, code, ret, p);
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
        say(NULL, &p);
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
    if (options_read(&program, argc, argv, &settings, &given, &p)) {
        say(NULL, &p);
        return WRONG_USE;
    }
    if (given.print.len > 0)
        return fputs(given.print.data, stdout) < 0 || fflush(stdout) != 0 ? NOT_DONE : DONE;
    catch_signals();
    return settings.show ? show(&settings) : run_batch(&settings, &given);
}
