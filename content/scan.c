#include "content/scan.h"

#include <ctype.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "content/rows.h"
#include "content/store/query.h"
#include "content/store/store.h"

enum { LANG_SIZE = 17, SLOTS_FIRST = 256, SLOTS_MAX = 1 << 18, WAITING_MAX = 100000 };

struct slot {
    char code[CODE_SIZE]; // "" while the slot is free
    char lang[LANG_SIZE];
    uint8_t scan_class;
    int64_t hour;
    int64_t count;
};

struct scan_counter {
    pthread_mutex_t mutex;
    struct slot *slots; // open addressing; a power of two
    size_t size;
    size_t used;
    size_t waiting; // sum of the counts
};

static const char *const class_names[] = {
    [SCAN_PERSON] = "person",
    [SCAN_BOT] = "bot",
    [SCAN_PREVIEW] = "preview",
};

// Parts of User-Agent in lower case. Messengers fetch a page to show a preview of a shared link; that is no
// visit. Zalo and Viber are common in Vietnam. The in-app browsers of the same programs are people and say so
// differently.
static const struct {
    const char *part;
    enum scan_class scan_class;
} agents[] = {
    {"facebookexternalhit", SCAN_PREVIEW},
    {"facebot", SCAN_PREVIEW},
    {"whatsapp/", SCAN_PREVIEW},
    {"telegrambot", SCAN_PREVIEW},
    {"twitterbot", SCAN_PREVIEW},
    {"slackbot", SCAN_PREVIEW},
    {"discordbot", SCAN_PREVIEW},
    {"linkedinbot", SCAN_PREVIEW},
    {"zalopreview", SCAN_PREVIEW},
    {"zalobot", SCAN_PREVIEW},
    {"viberbot", SCAN_PREVIEW},
    {"skypeuripreview", SCAN_PREVIEW},
    {"bot", SCAN_BOT},
    {"crawl", SCAN_BOT},
    {"spider", SCAN_BOT},
    {"slurp", SCAN_BOT},
    {"curl/", SCAN_BOT},
    {"wget/", SCAN_BOT},
    {"python", SCAN_BOT},
    {"go-http-client", SCAN_BOT},
    {"headlesschrome", SCAN_BOT},
    {"java/", SCAN_BOT},
    {"libwww", SCAN_BOT},
    {"monitor", SCAN_BOT},
};

enum scan_class scan_classify(const char *user_agent)
{
    if (!user_agent || !user_agent[0])
        return SCAN_BOT; // every browser names itself
    for (size_t i = 0; i < sizeof agents / sizeof agents[0]; i++)
        if (strcasestr(user_agent, agents[i].part))
            return agents[i].scan_class;
    return SCAN_PERSON;
}

struct scan_counter *scan_counter_new(void)
{
    struct scan_counter *counter = calloc(1, sizeof *counter);
    if (!counter)
        return NULL;
    counter->size = SLOTS_FIRST;
    counter->slots = calloc(counter->size, sizeof *counter->slots);
    if (!counter->slots) {
        free(counter);
        return NULL;
    }
    pthread_mutex_init(&counter->mutex, NULL);
    return counter;
}

void scan_counter_free(struct scan_counter *counter)
{
    if (!counter)
        return;
    pthread_mutex_destroy(&counter->mutex);
    free(counter->slots);
    free(counter);
}

// FNV-1a (Fowler, Noll, Vo), 64 bits.
static uint64_t slot_hash(const struct slot *s)
{
    uint64_t h = 14695981039346656037u;
    const unsigned char *bytes = (const unsigned char *)s;
    for (size_t i = 0; i < offsetof(struct slot, count); i++)
        h = (h ^ bytes[i]) * 1099511628211u;
    return h;
}

static struct slot *find(struct slot *slots, size_t size, const struct slot *key)
{
    size_t at = slot_hash(key) & (size - 1);
    while (slots[at].code[0] && memcmp(&slots[at], key, offsetof(struct slot, count)) != 0)
        at = (at + 1) & (size - 1);
    return &slots[at];
}

static bool grow(struct scan_counter *counter)
{
    if (counter->used * 4 < counter->size * 3)
        return true;
    if (counter->size == SLOTS_MAX)
        return false;
    size_t size = counter->size * 2;
    struct slot *slots = calloc(size, sizeof *slots);
    if (!slots)
        return false;
    for (size_t i = 0; i < counter->size; i++)
        if (counter->slots[i].code[0])
            *find(slots, size, &counter->slots[i]) = counter->slots[i];
    free(counter->slots);
    counter->slots = slots;
    counter->size = size;
    return true;
}

static void add(struct scan_counter *counter, const struct slot *key, int64_t count)
{
    struct slot *slot = find(counter->slots, counter->size, key);
    if (!slot->code[0]) {
        if (counter->used >= WAITING_MAX || !grow(counter))
            return;
        slot = find(counter->slots, counter->size, key);
        *slot = *key;
        slot->count = 0;
        counter->used++;
    }
    slot->count += count;
    counter->waiting += (size_t)count;
}

void scan_count(struct scan_counter *counter, const char *code, const char *lang, enum scan_class scan_class,
                int64_t now)
{
    struct slot key;
    memset(&key, 0, sizeof key); // padding too: slots are compared as bytes
    strncpy(key.code, code, CODE_LENGTH);
    strncpy(key.lang, lang, LANG_SIZE - 1);
    key.scan_class = (uint8_t)scan_class;
    key.hour = now / 3600;
    pthread_mutex_lock(&counter->mutex);
    add(counter, &key, 1);
    pthread_mutex_unlock(&counter->mutex);
}

static enum err write_slots(struct connection *writer, const struct slot *slots, size_t size,
                            struct problem *p)
{
    for (size_t i = 0; i < size; i++) {
        if (!slots[i].code[0])
            continue;
        struct query *q = query_start(writer, SQL_ADD_SCANS);
        query_bind_text(q, 1, slots[i].code);
        query_bind_int(q, 2, slots[i].hour);
        query_bind_text(q, 3, slots[i].lang);
        query_bind_text(q, 4, class_names[slots[i].scan_class]);
        query_bind_int(q, 5, slots[i].count);
        enum err e = query_run(q, p);
        if (e)
            return e;
    }
    return ERR_NONE;
}

static enum err write_all(struct store *store, const struct slot *slots, size_t size, struct problem *p)
{
    struct connection *writer;
    enum err e = store_begin(store, &writer, p);
    if (e)
        return e;
    e = write_slots(writer, slots, size, p);
    if (e) {
        store_rollback(store);
        return e;
    }
    return store_commit(store, p);
}

static void put_back(struct scan_counter *counter, const struct slot *slots, size_t size)
{
    pthread_mutex_lock(&counter->mutex);
    for (size_t i = 0; i < size; i++)
        if (slots[i].code[0])
            add(counter, &slots[i], slots[i].count);
    pthread_mutex_unlock(&counter->mutex);
}

enum err scan_flush(struct scan_counter *counter, struct store *store, struct problem *p)
{
    if (scan_waiting(counter) == 0)
        return ERR_NONE;
    struct slot *fresh = calloc(SLOTS_FIRST, sizeof *fresh);
    if (!fresh)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    pthread_mutex_lock(&counter->mutex);
    struct slot *slots = counter->slots;
    size_t size = counter->size;
    counter->slots = fresh;
    counter->size = SLOTS_FIRST;
    counter->used = counter->waiting = 0;
    pthread_mutex_unlock(&counter->mutex);
    enum err e = write_all(store, slots, size, p);
    if (e)
        put_back(counter, slots, size);
    free(slots);
    return e;
}

size_t scan_waiting(struct scan_counter *counter)
{
    pthread_mutex_lock(&counter->mutex);
    size_t waiting = counter->waiting;
    pthread_mutex_unlock(&counter->mutex);
    return waiting;
}

static bool read_day(struct query *q, struct arena *a, void *item)
{
    struct scan_day *day = item;
    *day = (struct scan_day){query_int(q, 0), query_dup(q, 1, a), query_int(q, 2)};
    return day->lang != NULL;
}

enum err scan_days_of(struct connection *c, struct arena *a, const char *code, int zone_hours,
                      struct scan_days *ret, struct problem *p)
{
    struct query *q = query_start(c, SQL_SCAN_DAYS);
    query_bind_text(q, 1, code);
    query_bind_int(q, 2, zone_hours);
    void *items;
    size_t count;
    enum err e = rows_collect(q, a, sizeof(struct scan_day), read_day, &items, &count, p);
    if (!e)
        *ret = (struct scan_days){.items = items, .count = count};
    return e;
}
