#include "qrgen/stored.h"

#include <string.h>

#include "content/plate.h"
#include "content/plate_words.h"
#include "content/store/store.h"

// Texts as the job has them; in the arena.
static enum err as_texts(struct arena *a, const struct plate_texts *texts, struct job_texts *ret)
{
    struct job_text *items = arena_array(a, texts->count + 1, sizeof *items);
    if (!items)
        return ERR_MEMORY;
    for (size_t i = 0; i < texts->count; i++)
        items[i] = (struct job_text){texts->items[i].lang, texts->items[i].text};
    *ret = (struct job_texts){items, texts->count};
    return ERR_NONE;
}

static enum err add_plate(struct connection *c, const struct plate *plate, const struct languages *spoken,
                          struct job *job, struct problem *p)
{
    cleanup_arena struct arena a = ARENA_INIT;
    struct plate_words words;
    enum err e = plate_words_load(c, &a, plate->code, spoken, &words, p);
    if (e)
        return e;
    struct job_plate value = {.site = words.slug, .place = plate->place};
    if (as_texts(&a, &words.titles, &value.titles) || as_texts(&a, &words.rank, &value.rank) ||
        as_texts(&a, &words.address, &value.address))
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    return job_add(job, plate->code, &value, p);
}

static enum err add_plates(struct connection *c, struct job *job, struct problem *p)
{
    cleanup_arena struct arena arena = ARENA_INIT;
    struct plates plates;
    struct languages spoken;
    enum err e = plate_list(c, &arena, &plates, p);
    if (!e)
        e = setting_languages(c, &arena, &spoken, p);
    for (size_t i = 0; !e && i < plates.count; i++)
        if (strcmp(plates.items[i].state, "retired") == 0)
            job->retired++;
        else
            e = add_plate(c, &plates.items[i], &spoken, job, p);
    return e;
}

enum err stored_plates(const char *folder, struct job *job, struct problem *p)
{
    struct store *store = NULL;
    struct connection *reader = NULL;
    enum err e = store_open(&(struct store_options){.folder = folder, .read_only = true}, &store, p);
    if (!e)
        e = store_reader(store, &reader, p);
    if (!e)
        e = add_plates(reader, job, p);
    store_close(store);
    return e;
}
