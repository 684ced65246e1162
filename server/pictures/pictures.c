#include "server/pictures/pictures.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "common/child.h"
#include "common/file.h"
#include "content/store/store.h"
#include "server/pictures/answer.h"

enum { AT_ONCE = 2, TIMEOUT_MS = 90000, STOP_MS = 500 };

struct pictures {
    char helper[PATH_MAX];
    int timeout_ms;
    sem_t places; // for helpers that run
    atomic_bool stopping;
};

// --- the helper

// Where it is installed, and where it is built.
static bool find_beside(char *out, size_t size)
{
    static const char *const places[] = {"stele-media", "media/stele-media"};
    char self[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    char *slash = n > 0 ? memrchr(self, '/', (size_t)n) : NULL;
    if (!slash)
        return false;
    *slash = '\0';
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        int len = snprintf(out, size, "%s/%s", self, places[i]);
        if (len > 0 && (size_t)len < size && access(out, X_OK) == 0)
            return true;
    }
    return false;
}

static enum err choose_helper(const char *given, char *out, size_t size, struct problem *p)
{
    if (!given) {
        if (find_beside(out, size))
            return ERR_NONE;
        return problem_set(
            p, ERR_NOT_FOUND, "media-helper",
            "stele-media is not beside this program: install it, or name it with --media-helper");
    }
    if (strlen(given) >= size)
        return problem_set(p, ERR_INVALID, "media-helper", "the path of the helper is too long");
    if (access(given, X_OK) < 0)
        return problem_errno(p, "media-helper", "the helper %s cannot be started", given);
    memcpy(out, given, strlen(given) + 1);
    return ERR_NONE;
}

enum err pictures_open(const struct pictures_options *o, struct pictures **ret, struct problem *p)
{
    struct pictures *pictures = calloc(1, sizeof *pictures);
    if (!pictures)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    enum err e = choose_helper(o->helper, pictures->helper, sizeof pictures->helper, p);
    if (!e && sem_init(&pictures->places, 0, o->at_once ? o->at_once : AT_ONCE) < 0)
        e = problem_errno(p, NULL, "the helpers cannot be counted");
    if (e) {
        free(pictures);
        return e;
    }
    pictures->timeout_ms = o->timeout_ms ? o->timeout_ms : TIMEOUT_MS;
    *ret = pictures;
    return ERR_NONE;
}

void pictures_close(struct pictures *pictures)
{
    if (pictures)
        sem_destroy(&pictures->places);
    free(pictures);
}

void pictures_stop(struct pictures *pictures)
{
    if (pictures)
        atomic_store(&pictures->stopping, true);
}

// Its sentence, which begins with its name; without control characters, for it goes into pages and logs.
static enum err say_what_it_said(struct buf *said, struct problem *p)
{
    static const char name[] = "stele-media: ";
    char *text = said->data;
    text[strcspn(text, "\r\n")] = '\0';
    for (char *at = text; *at; at++)
        if ((unsigned char)*at < 0x20 || *at == 0x7f)
            *at = '?';
    if (strncmp(text, name, strlen(name)) == 0)
        text += strlen(name);
    return problem_set(p, ERR_INVALID, NULL, MESSAGE("picture.helper") "%s",
                       text[0] ? text : "the picture cannot be read");
}

static enum err stopped(struct problem *p)
{
    return problem_set(p, ERR_CANCELLED, NULL, "the server ends: the file was not opened");
}

static enum err judge(const struct pictures *pictures, struct child_result *r, struct problem *p)
{
    if (r->stopped)
        return stopped(p);
    if (r->timed_out)
        return problem_set(
            p, ERR_INVALID, NULL,
            MESSAGE("picture.slow") "the picture cannot be read: opening it takes longer than %d seconds",
            pictures->timeout_ms / 1000);
    if (r->too_much)
        return problem_set(
            p, ERR_INVALID, NULL,
            MESSAGE("picture.answer") "the picture cannot be read: its helper gave no sensible answer");
    if (r->signal)
        return problem_set(
            p, ERR_INVALID, NULL,
            MESSAGE("picture.ended") "the picture cannot be read: its helper was ended by signal %d",
            r->signal);
    if (r->exit_status == 2)
        return problem_set(
            p, ERR_UNSUPPORTED, NULL,
            MESSAGE("picture.version") "%s does not fit this version of the server: install both together",
            pictures->helper);
    return r->exit_status == 0 ? ERR_NONE : say_what_it_said(&r->errors, p);
}

static enum err run_helper(struct pictures *pictures, int fd, const char *out, double x, double y,
                           struct arena *a, struct media_facts *ret, struct problem *p)
{
    char focus[16];
    snprintf(focus, sizeof focus, "%d,%d", (int)(x * 100 + 0.5), (int)(y * 100 + 0.5));
    bool has_focus = x >= 0 && x <= 1 && y >= 0 && y <= 1;
    const char *argv[] = {pictures->helper, "--out", out, has_focus ? "--focus" : NULL, focus, NULL};
    struct child_options o = {.argv = argv,
                              .input = fd,
                              .timeout_ms = pictures->timeout_ms,
                              .output_max = ANSWER_MAX,
                              .stop = &pictures->stopping,
                              .stop_ms = STOP_MS};
    cleanup_child struct child_result result = CHILD_RESULT_INIT;
    while (sem_wait(&pictures->places) < 0 && errno == EINTR)
        ;
    enum err e = atomic_load(&pictures->stopping) ? stopped(p) : child_run(&o, &result, p);
    sem_post(&pictures->places);
    if (!e)
        e = judge(pictures, &result, p);
    return e ? e : answer_read(result.output.data, result.output.len, a, ret, p);
}

// --- what it made

// A folder of its own, gone at the end; beside the media, so that a full disk is seen here.
static enum err make_folder(struct store *store, struct arena *a, char **ret, struct problem *p)
{
    const char *temporary = getenv("TMPDIR");
    char *parent = store ? arena_printf(a, "%s/media", store_folder(store))
                         : arena_strdup(a, temporary && temporary[0] ? temporary : "/tmp");
    char *folder = parent ? arena_printf(a, "%s/.making-XXXXXX", parent) : NULL;
    if (!folder)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    enum err e = store ? file_make_folder(parent, p) : ERR_NONE;
    if (!e && !mkdtemp(folder))
        e = problem_errno(p, NULL, "no folder for the picture's variants can be made in %s", parent);
    if (!e)
        *ret = folder;
    return e;
}

static enum err keep_variant(struct store *store, const char *folder, struct media_variant *v,
                             struct arena *a, struct problem *p)
{
    struct media kept = {.mime = ""};
    char *path = arena_printf(a, "%s/%s", folder, v->name);
    enum err e =
        path ? media_keep(store, path, a, &kept, p) : problem_set(p, ERR_MEMORY, NULL, "out of memory");
    if (!e && strcmp(kept.mime, v->mime) != 0)
        e = problem_set(
            p, ERR_INVALID, NULL,
            MESSAGE("picture.answer") "the picture cannot be read: its helper gave no sensible answer");
    if (e)
        return e;
    v->file = arena_strdup(a, kept.sha256);
    v->bytes = kept.bytes;
    return v->file ? ERR_NONE : problem_set(p, ERR_MEMORY, NULL, "out of memory");
}

enum err pictures_make(struct pictures *pictures, struct store *store, int fd, double focus_x, double focus_y,
                       struct arena *a, struct media_facts *ret, struct problem *p)
{
    char *folder = NULL;
    struct media_facts facts;
    enum err e = make_folder(store, a, &folder, p);
    if (e)
        return e;
    if (lseek(fd, 0, SEEK_SET) < 0)
        e = problem_errno(p, NULL, "the picture cannot be read");
    if (!e)
        e = run_helper(pictures, fd, folder, focus_x, focus_y, a, &facts, p);
    for (size_t i = 0; !e && store && i < facts.variants.count; i++)
        e = keep_variant(store, folder, &facts.variants.items[i], a, p);
    file_remove_tree(folder, NULL);
    if (!e)
        *ret = facts;
    return e;
}

// --- into the store

static enum err write_rows(struct store *store, int wait_ms, const struct media *media,
                           const struct media_facts *facts, struct problem *p)
{
    struct connection *writer;
    enum err e = store_begin_within(store, wait_ms, &writer, p);
    if (e)
        return e;
    e = media_add(writer, media, p);
    if (!e)
        e = media_set_facts(writer, media->sha256, facts, p);
    if (!e)
        return store_commit(store, p);
    store_rollback(store);
    return e;
}

static enum err make_kept(struct pictures *pictures, struct store *store, const char *sha256, double x,
                          double y, struct arena *a, struct media_facts *ret, struct problem *p)
{
    char *path = media_path(store, a, sha256);
    cleanup_close int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (fd < 0)
        return problem_errno(p, NULL, "the file cannot be opened");
    return pictures_make(pictures, store, fd, x, y, a, ret, p);
}

enum err pictures_land(struct pictures *pictures, struct store *store, int wait_ms, const char *path,
                       const char *name, double focus_x, double focus_y, struct arena *a, struct media *ret,
                       struct media_facts *ret_facts, struct problem *p)
{
    struct media media;
    struct media_facts facts = {.taken = NULL};
    enum err e = media_keep(store, path, a, &media, p);
    if (!e)
        e = make_kept(pictures, store, media.sha256, focus_x, focus_y, a, &facts, p);
    if (!e && strcmp(media.media_class, "image") != 0 && !facts.has_track)
        e = problem_set(p, ERR_INVALID, NULL, "there is nothing to play in the file: it is damaged");
    if (e)
        return e;
    media.original_name = arena_strdup(a, name);
    media.width = facts.width;
    media.height = facts.height;
    media.duration_ms = facts.duration_ms;
    e = media.original_name ? write_rows(store, wait_ms, &media, &facts, p)
                            : problem_set(p, ERR_MEMORY, NULL, "out of memory");
    if (e)
        return e;
    *ret = media;
    *ret_facts = facts;
    return ERR_NONE;
}

enum err pictures_make_again(struct pictures *pictures, struct store *store, const char *sha256,
                             double focus_x, double focus_y, struct problem *p)
{
    cleanup_arena struct arena a = ARENA_INIT;
    struct media_facts facts;
    struct connection *writer;
    enum err e = make_kept(pictures, store, sha256, focus_x, focus_y, &a, &facts, p);
    if (!e)
        e = store_begin(store, &writer, p);
    if (e)
        return e;
    e = media_set_facts(writer, sha256, &facts, p);
    if (!e)
        return store_commit(store, p);
    store_rollback(store);
    return e;
}

enum err pictures_make_missing(struct pictures *pictures, struct store *store, struct problem_list *faults,
                               struct pictures_total *ret, struct problem *p)
{
    cleanup_arena struct arena a = ARENA_INIT;
    struct connection *reader;
    struct media_unmade *list;
    size_t count = 0;
    struct pictures_total total = {0};
    enum err e = store_reader(store, &reader, p);
    if (!e)
        e = media_list_unmade(reader, &a, &list, &count, p);
    for (size_t i = 0; !e && i < count; i++) {
        struct problem fault = PROBLEM_INIT;
        enum err one =
            pictures_make_again(pictures, store, list[i].sha256, list[i].focus_x, list[i].focus_y, &fault);
        if (one == ERR_FULL || one == ERR_MEMORY || one == ERR_BUSY) {
            *p = fault;
            return one; // the others would fare no better
        }
        total.made += one == ERR_NONE && !list[i].is_recording;
        total.looked += one == ERR_NONE && list[i].is_recording;
        total.failed += one != ERR_NONE;
        snprintf(fault.field, sizeof fault.field, "%s", list[i].original_name);
        if (one)
            problem_list_add(faults, &fault);
    }
    if (!e)
        *ret = total;
    return e;
}

size_t pictures_missing(struct store *store, size_t *ret_recordings)
{
    cleanup_arena struct arena a = ARENA_INIT;
    struct connection *reader;
    struct media_unmade *list;
    size_t count = 0, recordings = 0;
    enum err e = store_reader(store, &reader, NULL);
    if (!e)
        e = media_list_unmade(reader, &a, &list, &count, NULL);
    for (size_t i = 0; !e && i < count; i++)
        recordings += list[i].is_recording;
    *ret_recordings = recordings;
    return e ? 0 : count - recordings;
}
