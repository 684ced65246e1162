#include "server/pictures/intake.h"

#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/clock.h"
#include "common/fold.h"
#include "content/media.h"
#include "content/site_media.h"
#include "content/staff/account.h"
#include "content/store/store.h"
#include "server/pictures/pictures.h"

enum { SWEEP_SECONDS = 3600 };

enum job_kind { JOB_NONE, JOB_ARRIVAL, JOB_CUT };

struct job {
    enum job_kind kind;
    uint64_t number;        // in the order in which they came
    struct arrival arrival; // its name is told.name
    int64_t account_id;
    double focus_x, focus_y; // JOB_CUT, of told.sha256
    struct intake_told told;
};

struct intake {
    struct pictures *pictures;
    struct store *store;
    pthread_t thread;
    pthread_mutex_t mutex; // of all below
    pthread_cond_t woken, done;
    bool stopping;
    uint64_t next;
    struct job jobs[INTAKE_JOBS_MAX];
};

// --- the list, under the mutex

static bool is_over(const struct job *job)
{
    return job->kind == JOB_NONE || job->told.state == INTAKE_DONE || job->told.state == INTAKE_FAILED;
}

static struct job *find(struct intake *intake, int64_t account_id, const char *token)
{
    for (size_t i = 0; i < INTAKE_JOBS_MAX; i++) {
        struct job *job = &intake->jobs[i];
        if (job->kind == JOB_ARRIVAL && job->account_id == account_id && strcmp(job->told.token, token) == 0)
            return job;
    }
    return NULL;
}

// The place of what was over first; NULL when all are waiting.
static struct job *free_place(struct intake *intake)
{
    struct job *best = NULL;
    for (size_t i = 0; i < INTAKE_JOBS_MAX; i++) {
        struct job *job = &intake->jobs[i];
        if (is_over(job) && (!best || job->number < best->number))
            best = job;
    }
    return best;
}

static struct job *oldest_waiting(struct intake *intake)
{
    struct job *best = NULL;
    for (size_t i = 0; i < INTAKE_JOBS_MAX; i++) {
        struct job *job = &intake->jobs[i];
        if (job->kind != JOB_NONE && job->told.state == INTAKE_WAITING &&
            (!best || job->number < best->number))
            best = job;
    }
    return best;
}

static void copy_text(char *to, size_t size, const char *from)
{
    size_t len = fold_utf8_cut(from, strlen(from), size - 1);
    memcpy(to, from, len);
    to[len] = '\0';
}

static enum err add_job(struct intake *intake, struct job *place, const struct job *job, struct problem *p)
{
    if (!place)
        return problem_set(p, ERR_BUSY, "count", "too many files wait to be opened: try again in a minute");
    *place = *job;
    place->number = ++intake->next;
    pthread_cond_signal(&intake->woken);
    return ERR_NONE;
}

// --- an upload becomes media

static enum err may_not(const char *field, const char *why, struct problem *p)
{
    return problem_set(p, ERR_DENIED, field, "%s", why);
}

// A file may have been long on its way: whoever sent it must still be somebody who may add it.
static enum err check_right(struct connection *c, const struct job *job, const struct site *site,
                            struct arena *a, struct account *ret, struct problem *p)
{
    struct account account;
    bool may = false;
    enum err e = account_load(c, a, job->account_id, &account, p);
    if (e == ERR_NOT_FOUND || (!e && account.disabled_at))
        return may_not("account", "the account that sent the file is closed", p);
    if (!e && account.role == ROLE_FIELD)
        return may_not("role", "the account that sent the file may not write any more", p);
    if (!e)
        e = account_may_work_in(c, account.id, site->area.key, &may, p);
    if (e)
        return e;
    if (!may)
        return may_not("area", "the site lies outside the areas of the account", p);
    if (strcmp(site->state, "binned") == 0)
        return may_not("bin", "the site lies in the bin", p);
    if (strcmp(site->state, "published") == 0 && !account_may_publish(&account))
        return may_not("state", "the site is published, and this account may not publish", p);
    *ret = account;
    return ERR_NONE;
}

// Before the file is opened, which is dear.
static enum err check_early(struct intake *intake, const struct job *job, struct arena *a, struct problem *p)
{
    cleanup_site struct site site = {.id = 0};
    struct account account;
    struct connection *reader;
    enum err e = store_reader(intake->store, &reader, p);
    if (!e)
        e = site_load(reader, a, job->arrival.site_id, &site, p);
    return e ? e : check_right(reader, job, &site, a, &account, p);
}

// Under the writer's lock, so that files that come together do not take each other's place.
static enum err add_to_site(struct connection *writer, const struct job *job, const struct media *media,
                            const struct media_facts *facts, struct arena *a, bool *ret_was_there,
                            struct problem *p)
{
    cleanup_site struct site site = {.id = 0};
    struct account account;
    struct site_media m = {.sha256 = media->sha256,
                           .taken = facts->taken,
                           .focus_x = -1,
                           .focus_y = -1,
                           .media_class = media->media_class};
    enum err e = site_load(writer, a, job->arrival.site_id, &site, p);
    if (!e)
        e = check_right(writer, job, &site, a, &account, p);
    if (e)
        return e;
    const struct actor actor = {.account_id = account.id, .name = account.name};
    *ret_was_there = site_media_find(&site, media->sha256) != SITE_MEDIA_NONE;
    if (*ret_was_there)
        return ERR_NONE;
    if (!account_may_publish(&account))
        site_hold(&site);
    e = site_media_insert(&site, a, &m, SITE_MEDIA_NONE, p);
    return e ? e : site_save(writer, &site, &actor, NULL, p);
}

static enum err land(struct intake *intake, const struct job *job, struct arena *a, struct media *ret,
                     bool *ret_was_there, struct problem *p)
{
    struct media_facts facts = {.taken = NULL};
    struct connection *writer;
    const char *path = arrival_path(intake->store, a, &job->arrival);
    if (!path)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    enum err e = check_early(intake, job, a, p);
    if (!e)
        e = pictures_land(intake->pictures, intake->store, STORE_PATIENT, path, job->told.name, -1, -1, a,
                          ret, &facts, p);
    if (!e)
        e = store_begin(intake->store, &writer, p);
    if (e)
        return e;
    e = add_to_site(writer, job, ret, &facts, a, ret_was_there, p);
    if (!e)
        e = arrival_drop_row(writer, &job->arrival, p);
    if (e)
        store_rollback(intake->store);
    else
        e = store_commit(intake->store, p);
    if (!e)
        arrival_forget(intake->store, &job->arrival);
    return e;
}

// Whether another try with the same file could go better.
static bool is_passing(enum err e)
{
    return e == ERR_MEMORY || e == ERR_IO || e == ERR_FULL || e == ERR_BUSY || e == ERR_CORRUPT ||
           e == ERR_DENIED || e == ERR_CANCELLED;
}

static void do_arrival(struct intake *intake, struct job *job)
{
    cleanup_arena struct arena a = ARENA_INIT;
    struct media media;
    struct intake_told *told = &job->told;
    told->problem = PROBLEM_INIT;
    enum err e = land(intake, job, &a, &media, &told->was_there, &told->problem);
    told->state = e ? INTAKE_FAILED : INTAKE_DONE;
    told->is_kept = is_passing(e);
    if (!e)
        memcpy(told->sha256, media.sha256, sizeof told->sha256);
    else if (!told->is_kept)
        (void)arrival_drop_patiently(intake->store, &job->arrival, NULL); // else a day later
}

// That no thumbnail is cut is seen, and no more: the one of the whole picture is there.
static void do_cut(struct intake *intake, struct job *job)
{
    enum err e = pictures_make_again(intake->pictures, intake->store, job->told.sha256, job->focus_x,
                                     job->focus_y, &job->told.problem);
    job->told.state = e ? INTAKE_FAILED : INTAKE_DONE;
}

// --- the thread

// Works on a copy, for the list may be read meanwhile; its place is safe as long as it is not over.
static void do_one(struct intake *intake, struct job *place)
{
    static void (*const work[])(struct intake *,
                                struct job *) = {[JOB_ARRIVAL] = do_arrival, [JOB_CUT] = do_cut};
    place->told.state = INTAKE_MAKING;
    struct job job = *place;
    pthread_mutex_unlock(&intake->mutex);
    job.arrival.name = job.told.name;
    work[job.kind](intake, &job);
    pthread_mutex_lock(&intake->mutex);
    place->told = job.told;
    pthread_cond_broadcast(&intake->done);
}

static void sweep(struct intake *intake)
{
    pthread_mutex_unlock(&intake->mutex);
    (void)arrival_sweep(intake->store, clock_now(), NULL); // the next time
    pthread_mutex_lock(&intake->mutex);
}

static void *keep(void *arg)
{
    struct intake *intake = arg;
    int64_t swept = 0;
    pthread_mutex_lock(&intake->mutex);
    while (!intake->stopping) {
        struct job *job = oldest_waiting(intake);
        if (job)
            do_one(intake, job);
        if (swept == 0 || clock_monotonic_ms() - swept > SWEEP_SECONDS * 1000LL) {
            sweep(intake);
            swept = clock_monotonic_ms();
        }
        struct timespec until;
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_sec += SWEEP_SECONDS;
        if (!intake->stopping && !oldest_waiting(intake))
            pthread_cond_timedwait(&intake->woken, &intake->mutex, &until);
    }
    pthread_mutex_unlock(&intake->mutex);
    return NULL;
}

static void release(struct intake *intake)
{
    pthread_cond_destroy(&intake->done);
    pthread_cond_destroy(&intake->woken);
    pthread_mutex_destroy(&intake->mutex);
    free(intake);
}

static struct job job_of(const struct arrival *arrival)
{
    struct job job = {.kind = JOB_ARRIVAL,
                      .arrival = *arrival,
                      .account_id = arrival->account_id,
                      .told = {.state = INTAKE_WAITING}};
    memcpy(job.told.token, arrival->token, sizeof job.told.token);
    copy_text(job.told.name, sizeof job.told.name, arrival->name);
    return job;
}

// What does not fit any more is put in by whoever opens the page of its site.
static enum err put_what_was_left(struct intake *intake, struct problem *p)
{
    cleanup_arena struct arena a = ARENA_INIT;
    struct arrivals whole = {.count = 0};
    struct connection *reader;
    enum err e = store_reader(intake->store, &reader, p);
    if (!e)
        e = arrival_list_whole(reader, &a, &whole, p);
    for (size_t i = 0; !e && i < whole.count; i++) {
        struct job job = job_of(&whole.items[i]);
        (void)add_job(intake, free_place(intake), &job, NULL);
    }
    return e;
}

static struct intake *make(struct pictures *pictures, struct store *store)
{
    struct intake *intake = calloc(1, sizeof *intake);
    if (!intake)
        return NULL;
    intake->pictures = pictures;
    intake->store = store;
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&intake->mutex, NULL);
    pthread_cond_init(&intake->woken, &monotonic);
    pthread_cond_init(&intake->done, &monotonic);
    pthread_condattr_destroy(&monotonic);
    return intake;
}

enum err intake_start(struct pictures *pictures, struct store *store, struct intake **ret, struct problem *p)
{
    struct intake *intake = make(pictures, store);
    if (!intake)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    enum err e = put_what_was_left(intake, p);
    if (!e && pthread_create(&intake->thread, NULL, keep, intake) != 0)
        e = problem_set(p, ERR_IO, NULL, "the system would not start another thread");
    if (e)
        release(intake);
    else
        *ret = intake;
    return e;
}

void intake_stop(struct intake *intake)
{
    if (!intake)
        return;
    pthread_mutex_lock(&intake->mutex);
    intake->stopping = true;
    pthread_cond_signal(&intake->woken);
    pthread_mutex_unlock(&intake->mutex);
    pthread_join(intake->thread, NULL);
    release(intake);
}

// --- asking

enum err intake_put(struct intake *intake, const struct arrival *arrival, struct problem *p)
{
    struct job job = job_of(arrival);
    pthread_mutex_lock(&intake->mutex);
    struct job *was = find(intake, arrival->account_id, arrival->token);
    bool again = was && was->told.state == INTAKE_FAILED;
    enum err e = was && !again ? ERR_NONE : add_job(intake, again ? was : free_place(intake), &job, p);
    pthread_mutex_unlock(&intake->mutex);
    return e;
}

void intake_refuse(struct intake *intake, int64_t site_id, int64_t account_id, const char *name,
                   const struct problem *why)
{
    unsigned char random[(ARRIVAL_TOKEN_SIZE - 1) / 2];
    struct job job = {.kind = JOB_ARRIVAL,
                      .arrival = {.site_id = site_id},
                      .account_id = account_id,
                      .told = {.state = INTAKE_FAILED, .problem = *why}};
    randombytes_buf(random, sizeof random);
    sodium_bin2hex(job.told.token, sizeof job.told.token, random, sizeof random);
    copy_text(job.told.name, sizeof job.told.name, name);
    pthread_mutex_lock(&intake->mutex);
    (void)add_job(intake, free_place(intake), &job, NULL); // a sentence is lost when 512 files wait
    pthread_mutex_unlock(&intake->mutex);
}

enum err intake_cut(struct intake *intake, const char *sha256, double focus_x, double focus_y,
                    struct problem *p)
{
    struct job job = {.kind = JOB_CUT, .focus_x = focus_x, .focus_y = focus_y};
    copy_text(job.told.sha256, sizeof job.told.sha256, sha256);
    pthread_mutex_lock(&intake->mutex);
    enum err e = add_job(intake, free_place(intake), &job, p);
    pthread_mutex_unlock(&intake->mutex);
    return e;
}

enum err intake_ask(struct intake *intake, int64_t account_id, const char *token, struct intake_told *ret)
{
    pthread_mutex_lock(&intake->mutex);
    const struct job *job = find(intake, account_id, token);
    if (job)
        *ret = job->told;
    pthread_mutex_unlock(&intake->mutex);
    return job ? ERR_NONE : ERR_NOT_FOUND;
}

static int by_number(const void *a, const void *b)
{
    const struct job *const *one = a, *const *other = b;
    return ((*one)->number > (*other)->number) - ((*one)->number < (*other)->number);
}

size_t intake_list(struct intake *intake, int64_t account_id, int64_t site_id, struct intake_told *ret,
                   size_t max)
{
    const struct job *found[INTAKE_JOBS_MAX];
    size_t count = 0;
    pthread_mutex_lock(&intake->mutex);
    for (size_t i = 0; i < INTAKE_JOBS_MAX; i++) {
        const struct job *job = &intake->jobs[i];
        if (job->kind == JOB_ARRIVAL && job->account_id == account_id && job->arrival.site_id == site_id &&
            job->told.state != INTAKE_DONE)
            found[count++] = job;
    }
    qsort(found, count, sizeof(struct job *), by_number);
    count = count < max ? count : max;
    for (size_t i = 0; i < count; i++)
        ret[i] = found[i]->told;
    pthread_mutex_unlock(&intake->mutex);
    return count;
}

static bool has_work(const struct intake *intake, int64_t account_id, int64_t site_id)
{
    for (size_t i = 0; i < INTAKE_JOBS_MAX; i++) {
        const struct job *job = &intake->jobs[i];
        if (job->kind == JOB_ARRIVAL && job->account_id == account_id && job->arrival.site_id == site_id &&
            !is_over(job))
            return true;
    }
    return false;
}

void intake_wait(struct intake *intake, int64_t account_id, int64_t site_id)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += INTAKE_WAIT_MS * 1000000L;
    until.tv_sec += until.tv_nsec / 1000000000L;
    until.tv_nsec %= 1000000000L;
    pthread_mutex_lock(&intake->mutex);
    while (!intake->stopping && has_work(intake, account_id, site_id))
        if (pthread_cond_timedwait(&intake->done, &intake->mutex, &until) != 0)
            break;
    pthread_mutex_unlock(&intake->mutex);
}

void intake_forget(struct intake *intake, int64_t account_id, const char *token)
{
    pthread_mutex_lock(&intake->mutex);
    struct job *job = find(intake, account_id, token);
    if (job && is_over(job))
        *job = (struct job){.kind = JOB_NONE};
    pthread_mutex_unlock(&intake->mutex);
}
