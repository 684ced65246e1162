#include "qrgen/stored.h"

#include <string.h>

#include "content/json_text.h"
#include "content/plate.h"
#include "content/site.h"
#include "content/store/store.h"
#include "content/tour.h"

#define TEXTS_MAX 32 // languages of one thing

// Texts being gathered for one plate.
struct texts {
    struct job_text items[TEXTS_MAX];
    size_t count;
};

// A plate and what it points at, on its way into the job.
struct entry {
    struct arena arena;
    struct texts titles, ranks, addresses;
    struct site site;
    json_t *words; // of a tour
};

static void entry_clear(struct entry *e)
{
    site_clear(&e->site);
    json_decref(e->words);
    arena_clear(&e->arena);
}

#define cleanup_entry CLEANUP(entry_clear)

static void add_text(struct texts *texts, const char *lang, const char *text)
{
    if (texts->count < TEXTS_MAX && text && text[0])
        texts->items[texts->count++] = (struct job_text){lang, text};
}

static void add_words(struct texts *texts, json_t *words)
{
    const char *lang;
    json_t *text;
    json_object_foreach(words, lang, text) add_text(texts, lang, json_string_value(text));
}

static struct job_texts as_texts(const struct texts *texts)
{
    return (struct job_texts){texts->items, texts->count};
}

// The original language first, as boards show it first.
static void add_titles(struct entry *entry)
{
    const struct site *site = &entry->site;
    for (int others = 0; others < 2; others++)
        for (size_t i = 0; i < site->text_count; i++)
            if ((strcmp(site->texts[i].lang, site->original) != 0) == others)
                add_text(&entry->titles, site->texts[i].lang, site->texts[i].title);
}

// Of several addresses the last is the one of today.
static void add_addresses(struct entry *entry)
{
    const json_t *addresses = json_object_get(entry->site.details, "addresses");
    size_t count = json_array_size(addresses);
    if (count > 0)
        add_words(&entry->addresses, json_object_get(json_array_get(addresses, count - 1), "words"));
}

static enum err load_site(struct connection *c, int64_t id, struct entry *entry, struct problem *p)
{
    enum err e = site_load(c, &entry->arena, id, &entry->site, p);
    if (e)
        return e;
    add_titles(entry);
    add_addresses(entry);
    if (entry->site.rank.key && entry->site.rank.labels) {
        entry->words = json_text_read(entry->site.rank.labels);
        add_words(&entry->ranks, entry->words);
    }
    return ERR_NONE;
}

static enum err load_tour(struct connection *c, int64_t id, struct entry *entry, struct problem *p)
{
    struct tour tour;
    enum err e = tour_load(c, &entry->arena, id, &tour, p);
    if (e)
        return e;
    entry->words = json_text_read(tour.titles);
    add_words(&entry->titles, entry->words);
    return ERR_NONE;
}

static enum err add_plate(struct connection *c, const struct plate *plate, struct job *job, struct problem *p)
{
    cleanup_entry struct entry entry = {.arena = ARENA_INIT};
    enum err e =
        plate->site_id ? load_site(c, plate->site_id, &entry, p) : load_tour(c, plate->tour_id, &entry, p);
    if (e)
        return e;
    const struct job_plate value = {
        .site = plate->site_slug ? plate->site_slug : plate->tour_slug,
        .place = plate->place,
        .titles = as_texts(&entry.titles),
        .rank = as_texts(&entry.ranks),
        .address = as_texts(&entry.addresses),
    };
    return job_add(job, plate->code, &value, p);
}

static enum err add_plates(struct connection *c, struct job *job, struct problem *p)
{
    cleanup_arena struct arena arena = ARENA_INIT;
    struct plates plates;
    enum err e = plate_list(c, &arena, &plates, p);
    if (e)
        return e;
    for (size_t i = 0; i < plates.count && !e; i++)
        if (strcmp(plates.items[i].state, "retired") == 0)
            job->retired++;
        else
            e = add_plate(c, &plates.items[i], job, p);
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
