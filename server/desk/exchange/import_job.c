#include "server/desk/exchange/import_job.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "common/file.h"
#include "content/exchange/unpack.h"
#include "server/desk/exchange/outcome.h"
#include "server/desk/frame/jobs.h"
#include "server/pictures/pictures.h"

// All that the thread needs, in memory of its own.
struct work {
    struct arena arena;
    struct store *store;
    struct pictures *pictures;
    struct exchange_options options;
    const char *folder, *path; // of the upload, and the file in it
    bool is_archive;
    int64_t import_bytes; // of the largest archive that is taken
    char *order;          // JSON, for the folder
};

static void work_free(struct work *w)
{
    free(w->order);
    arena_clear(&w->arena);
    free(w);
}

static const char *inside(struct work *w, const char *name)
{
    return arena_printf(&w->arena, "%s/%s", w->folder, name);
}

// --- an archive becomes a folder, once

static enum err read_root(const char *path, struct arena *a, const char **ret)
{
    cleanup_buf struct buf text = BUF_INIT;
    enum err e = file_read(path, 8192, &text, NULL);
    if (!e)
        *ret = arena_strdup(a, text.data);
    return e;
}

// In keep with what may be sent, and with the disk: others need it too.
static struct unpack_limits limits_of(const struct work *w)
{
    struct unpack_limits limits = UNPACK_LIMITS;
    struct statvfs disk;
    uint64_t twice = 2 * (uint64_t)w->import_bytes;
    limits.bytes = twice > limits.bytes ? twice : limits.bytes;
    if (statvfs(w->folder, &disk) == 0) {
        uint64_t left = (uint64_t)disk.f_bavail * disk.f_frsize;
        limits.room = left > ARRIVAL_DISK_LEFT ? left - ARRIVAL_DISK_LEFT : 1;
    }
    return limits;
}

static enum err unpack(struct work *w, struct job *job, const char **ret, struct problem *p)
{
    const struct unpack_limits limits = limits_of(w);
    const char *folder = inside(w, OUTCOME_BUNDLE), *note = inside(w, OUTCOME_ROOT);
    if (!folder || !note)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    if (read_root(note, &w->arena, ret) == ERR_NONE)
        return ERR_NONE;
    (void)file_remove_tree(folder, NULL);
    enum err e = file_make_folder(folder, p);
    if (!e)
        e = unpack_bundle(w->path, folder, &limits, job_go_on, job, &w->arena, ret, p);
    if (!e)
        e = file_write_atomic(note, *ret, strlen(*ret), p);
    if (e)
        (void)file_remove_tree(folder, NULL);
    return e;
}

// --- the job

static enum err look(void *data, int fd, double focus_x, double focus_y, struct arena *a,
                     struct media_facts *ret, struct problem *p)
{
    const struct work *w = data;
    return pictures_make(w->pictures, w->options.dry_run ? NULL : w->store, fd, focus_x, focus_y, a, ret, p);
}

static enum err import(struct work *w, struct job *job, struct exchange_report *report)
{
    struct problem p = PROBLEM_INIT;
    const char *path = w->path;
    enum err e = w->is_archive ? unpack(w, job, &path, &p) : ERR_NONE;
    w->options.progress_data = job;
    if (!e)
        return exchange_import(w->store, path, &w->options, report);
    problem_list_add(&report->problems, &p);
    return e;
}

// What has landed is in the store: of the upload only the outcome stays.
static void clear_landed(struct work *w)
{
    const char *bundle = inside(w, OUTCOME_BUNDLE);
    (void)unlink(w->path);
    if (bundle)
        (void)file_remove_tree(bundle, NULL);
}

// Stopped because the server ends: the order without an outcome says so afterwards.
static void run(struct job *job, void *arg)
{
    struct work *w = arg;
    cleanup_exchange_report struct exchange_report report = EXCHANGE_REPORT_INIT;
    const char *order = inside(w, OUTCOME_ORDER), *outcome = inside(w, OUTCOME_FILE);
    if (order && outcome) {
        (void)unlink(outcome);
        struct problem p = PROBLEM_INIT;
        enum err e = file_write_atomic(order, w->order, strlen(w->order), &p);
        if (e)
            problem_list_add(&report.problems, &p);
        else
            e = import(w, job, &report);
        if (e != ERR_CANCELLED || job_was_stopped(job))
            outcome_write(outcome, e, &report);
        if (!e && !w->options.dry_run)
            clear_landed(w);
    }
    work_free(w);
}

// --- starting it

static char *dump_order(const struct import_order *order)
{
    json_t *form = json_object();
    for (size_t i = 0; i < order->form->count; i++)
        json_object_set_new(form, order->form->items[i].name, json_string(order->form->items[i].value));
    json_object_del(form, "csrf");
    json_t *whole = json_pack("{s:o, s:b, s:I}", "form", form, "land", order->land, "newest_import",
                              (json_int_t)order->newest_import);
    char *text = whole ? json_dumps(whole, JSON_COMPACT) : NULL;
    json_decref(whole);
    return text;
}

static struct work *make_work(const struct http_request *req, const struct import_order *order)
{
    const struct app *app = req->app;
    const struct upload *u = order->upload;
    struct work *w = calloc(1, sizeof *w);
    if (!w)
        return NULL;
    *w = (struct work){.arena = ARENA_INIT, .store = app->store, .pictures = app->pictures};
    struct arena *a = &w->arena;
    struct actor actor = desk_actor(req);
    actor.name = arena_strdup(a, actor.name);
    w->import_bytes = app->import_bytes;
    w->is_archive = u->kind == UPLOAD_BUNDLE;
    w->path = arena_strdup(a, u->path);
    w->folder = arena_strndup(a, u->path, (size_t)(strrchr(u->path, '/') - u->path));
    w->options = (struct exchange_options){
        .actor = actor,
        .dry_run = !order->land,
        .name = arena_strdup(a, u->name),
        .progress = job_progress,
        .look = app->pictures ? look : NULL,
        .look_data = w,
        .skip_bad = order->skip_bad,
        .lang = arena_strdup(a, u->lang),
        .state = arena_strdup(a, order->state),
        .encoding = u->encoding ? arena_strdup(a, u->encoding) : NULL,
        .delimiter = order->delimiter,
        .mapping = order->mapping ? arena_strdup(a, order->mapping) : NULL,
    };
    w->order = dump_order(order);
    if (w->order && w->path && w->folder && actor.name && w->options.name && w->options.lang &&
        w->options.state)
        return w;
    work_free(w);
    return NULL;
}

enum err import_job_start(const struct http_request *req, const struct import_order *order, struct problem *p)
{
    const struct app *app = req->app;
    struct work *w = make_work(req, order);
    if (!w)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    enum err e = jobs_start(app->jobs, order->upload->token, order->upload->name,
                            desk_user(req)->account.name, run, w, p);
    if (e)
        work_free(w);
    return e;
}

// --- what came of it

enum err import_outcome_read(const struct http_request *req, const struct upload *upload,
                             struct import_outcome *ret, struct problem *p)
{
    struct import_outcome o = IMPORT_OUTCOME_INIT;
    const char *folder =
        arena_strndup(req->arena, upload->path, (size_t)(strrchr(upload->path, '/') - upload->path));
    const char *order = folder ? arena_printf(req->arena, "%s/%s", folder, OUTCOME_ORDER) : NULL;
    const char *outcome = folder ? arena_printf(req->arena, "%s/%s", folder, OUTCOME_FILE) : NULL;
    if (!order || !outcome)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    outcome_read(order, outcome, &o);
    *ret = o;
    return ERR_NONE;
}

void import_outcome_clear(struct import_outcome *o)
{
    json_decref(o->form);
    json_decref(o->counts);
    json_decref(o->terms);
    problem_list_clear(&o->problems);
    problem_list_clear(&o->notes);
    o->form = o->counts = o->terms = NULL;
}

int64_t import_outcome_count(const struct import_outcome *o, const char *what, const char *which)
{
    const json_t *part = json_object_get(o->counts, what);
    return json_integer_value(which ? json_object_get(part, which) : part);
}
