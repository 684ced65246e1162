#include "qrgen/job/job.h"

#include <stdio.h>
#include <string.h>

#include "common/fold.h"

#define DIGITS_MIN 4
#define DIGITS_MAX 7 // of JOB_PLATE_MAX

static enum err out_of_memory(struct problem *p)
{
    return problem_set(p, ERR_MEMORY, NULL, "out of memory after reading the list of plates");
}

static enum err grow(struct job *job, struct problem *p)
{
    if (job->count == JOB_PLATE_MAX)
        return problem_set(p, ERR_TOO_LARGE, NULL, "a batch holds at most %d plates: divide the list",
                           JOB_PLATE_MAX);
    if (job->count < job->capacity)
        return ERR_NONE;
    size_t capacity = job->capacity ? job->capacity * 2 : 64;
    struct job_plate *plates = reallocarray(job->plates, capacity, sizeof *plates);
    if (!plates)
        return out_of_memory(p);
    job->plates = plates;
    job->capacity = capacity;
    return ERR_NONE;
}

static enum err read_code(const char *text, unsigned long line, char ret[CODE_SIZE], struct problem *p)
{
    static const char *const reasons[] = {
        [CODE_READ_NOT_CODE] = "a code has 8 symbols of 0-9 and a-z without i, l, o and u",
        [CODE_READ_BAD_CHECK] = "its last symbol does not fit the others, so one of them is mistyped",
    };
    enum code_read read = code_read(text, ret);
    if (read == CODE_READ_OK)
        return ERR_NONE;
    if (!text[0])
        return problem_at(p, ERR_INVALID, line, 0, "code", "the plate has no code");
    return problem_at(p, ERR_INVALID, line, 0, "code", "\"%.60s\" is not a plate's code: %s", text,
                      reasons[read]);
}

// The text, in the job's memory; `like` when it is the same. Languages, ranks and places repeat themselves
// from plate to plate.
static const char *keep(struct job *job, const char *text, const char *like)
{
    if (!text || !text[0])
        return "";
    return like && strcmp(text, like) == 0 ? like : arena_strdup(&job->arena, text);
}

// NULL when memory is out.
static const struct job_text *keep_items(struct job *job, const struct job_texts *texts,
                                         const struct job_texts *like)
{
    struct job_text *items = arena_array(&job->arena, texts->count, sizeof *items);
    for (size_t i = 0; items && i < texts->count; i++) {
        const struct job_text *before = i < like->count ? &like->items[i] : NULL;
        items[i].lang = keep(job, texts->items[i].lang, before ? before->lang : NULL);
        items[i].text = keep(job, texts->items[i].text, before ? before->text : NULL);
        if (!items[i].lang || !items[i].text)
            return NULL;
    }
    return items;
}

static bool keep_texts(struct job *job, const struct job_texts *texts, const struct job_texts *like,
                       struct job_texts *ret)
{
    if (texts->count == 0)
        return true;
    ret->items = keep_items(job, texts, like);
    ret->count = texts->count;
    return ret->items;
}

const char *job_text_in(const struct job_texts *texts, const char *lang)
{
    for (size_t i = 0; i < texts->count; i++)
        if (strcmp(texts->items[i].lang, lang) == 0)
            return texts->items[i].text;
    return texts->count ? texts->items[0].text : "";
}

// Copies all texts; false when memory is out.
static bool keep_plate(struct job *job, const struct job_plate *plate, struct job_plate *copy)
{
    static const struct job_plate none;
    const struct job_plate *like = job->count ? &job->plates[job->count - 1] : &none;
    bool has_title = plate->title && plate->title[0];
    copy->site = keep(job, plate->site, like->site);
    copy->place = keep(job, plate->place, like->place);
    if (!keep_texts(job, &plate->titles, &like->titles, &copy->titles) ||
        !keep_texts(job, &plate->rank, &like->rank, &copy->rank) ||
        !keep_texts(job, &plate->address, &like->address, &copy->address))
        return false;
    copy->title = has_title ? keep(job, plate->title, like->title) : job_text_in(&copy->titles, "");
    return copy->site && copy->place && copy->title;
}

enum err job_add(struct job *job, const char *code, const struct job_plate *plate, struct problem *p)
{
    struct job_plate copy = {.line = plate->line, .copies = plate->copies ? plate->copies : 1};
    enum err e = read_code(code, plate->line, copy.code, p);
    if (!e)
        e = grow(job, p);
    if (e)
        return e;
    if (!keep_plate(job, plate, &copy))
        return out_of_memory(p);
    job->plates[job->count++] = copy;
    job->copies += copy.copies;
    return ERR_NONE;
}

// Orders the numbers of plates by their codes; of the same code, the first comes first.
static int by_code(const void *a, const void *b, void *plates)
{
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    int order =
        strcmp(((const struct job_plate *)plates)[x].code, ((const struct job_plate *)plates)[y].code);
    return order ? order : (x > y) - (x < y);
}

static enum err twice(const struct job_plate *first, const struct job_plate *second, struct problem *p)
{
    if (!second->line)
        return problem_set(p, ERR_EXISTS, "code", "the code %s stands twice in the list", second->code);
    return problem_at(p, ERR_EXISTS, second->line, 0, "code",
                      "the code %s stands in line %lu and again in line %lu: each plate needs its own code",
                      second->code, first->line, second->line);
}

enum err job_check_unique(const struct job *job, struct problem *p)
{
    if (job->count < 2)
        return ERR_NONE;
    cleanup_free size_t *sorted = calloc(job->count, sizeof *sorted);
    if (!sorted)
        return out_of_memory(p);
    for (size_t i = 0; i < job->count; i++)
        sorted[i] = i;
    qsort_r(sorted, job->count, sizeof *sorted, by_code, job->plates);
    for (size_t i = 1; i < job->count; i++) {
        const struct job_plate *first = &job->plates[sorted[i - 1]], *second = &job->plates[sorted[i]];
        if (strcmp(first->code, second->code) == 0)
            return twice(first, second, p);
    }
    return ERR_NONE;
}

static int digits(size_t count)
{
    int n = snprintf(NULL, 0, "%zu", count);
    return n > DIGITS_MIN ? n : DIGITS_MIN;
}

const char *const job_suffixes[] = {".png", "_rgb.svg", ".pdf", NULL};

enum err job_file_name(const struct job *job, size_t sequence, const char *suffix, char ret[JOB_FILE_MAX],
                       struct problem *p)
{
    const struct job_plate *plate = &job->plates[sequence - 1];
    const char *text = plate->site[0] ? plate->site : plate->title;
    char slug[FOLD_SLUG_SIZE] = "";
    if (text[0] && fold_slug(text, strlen(text), "site", slug))
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    snprintf(ret, JOB_FILE_MAX, "%0*zu_%s%s%s%s", digits(job->count), sequence, plate->code,
             slug[0] ? "_" : "", slug, suffix);
    return ERR_NONE;
}

// The length of `name` without the suffix that it has, 0 when it has none of ours.
static size_t stem_len(const char *name)
{
    size_t len = strlen(name);
    for (const char *const *suffix = job_suffixes; *suffix; suffix++) {
        size_t tail = strlen(*suffix);
        if (len > tail && strcmp(name + len - tail, *suffix) == 0)
            return len - tail;
    }
    return 0;
}

bool job_is_file_name(const char *name)
{
    size_t number = strspn(name, "0123456789"), len = stem_len(name);
    size_t rest = number + 1 + CODE_LENGTH; // what stands behind the code
    if (number < DIGITS_MIN || number > DIGITS_MAX || name[number] != '_' || len < rest)
        return false;
    char code[CODE_SIZE] = "", slug[FOLD_SLUG_SIZE] = "";
    memcpy(code, name + number + 1, CODE_LENGTH);
    size_t slug_len = len - rest;
    if (!code_is_valid(code) || slug_len > FOLD_SLUG_MAX + 1)
        return false;
    if (slug_len == 0)
        return true;
    memcpy(slug, name + rest + 1, slug_len - 1);
    return name[rest] == '_' && fold_is_slug(slug);
}

void job_clear(struct job *job)
{
    arena_clear(&job->arena);
    free(job->plates);
    *job = JOB_INIT;
}
