// Scans: how often a plate's address was opened, counted in memory and added to the store in portions. No
// address, cookie or header of a visitor is kept. Thread-safe.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"
#include "common/err.h"
#include "content/code/code.h"

struct connection;
struct store;
struct scan_counter;

enum scan_class { SCAN_PERSON, SCAN_BOT, SCAN_PREVIEW };

// By the User-Agent header (may be NULL): known robots, then link previews of messengers, else a person.
enum scan_class scan_classify(const char *user_agent);

struct scan_counter *scan_counter_new(void); // NULL when memory is out
void scan_counter_free(struct scan_counter *counter);

// Adds one. Never blocks on the store; when more than 100,000 different counts wait, further ones are
// dropped.
void scan_count(struct scan_counter *counter, const char *code, const char *lang, enum scan_class scan_class,
                int64_t now);

// Adds all that waits to the store in one transaction. On failure nothing is lost: the counts wait on.
enum err scan_flush(struct scan_counter *counter, struct store *store, struct problem *p);

// Scans of a plate by people, for a day and a language.
struct scan_day {
    int64_t day; // since 1970-01-01, where clocks are `zone_hours` ahead of UTC
    const char *lang;
    int64_t count;
};
struct scan_days {
    struct scan_day *items;
    size_t count;
};
// Days without a scan are left out; the oldest first, languages in the order of their tags.
enum err scan_days_of(struct connection *c, struct arena *a, const char *code, int zone_hours,
                      struct scan_days *ret, struct problem *p);

// How many scans wait.
size_t scan_waiting(struct scan_counter *counter);
