// Private to content/editing: what a bulk change makes of the addresses of a site.
#pragma once

#include "content/editing/bulk.h"

// Whether the date can be the begin of an address: an EDTF year, month or day, neither about nor uncertain.
bool bulk_is_date(const char *text);

struct bulk_verdict {
    enum bulk_reason
        reason; // of the words alone: BULK_CHANGES, _EARLY, _CASE, _INSIDE, _OLD, _SAME or _ABSENT
    const char *words, *from; // of the address that the reason is about; borrowed from the details
    bool other_case;          // words in other capitals stay in an address that holds today
    bool left[LANGUAGES_MAX]; // BULK_CHANGES: words of that language stay in an address that changes
};

// What the words of the change find in `details`.
struct bulk_verdict bulk_judge(const json_t *details, const struct bulk_change *change);

// For who compares: puts a copy behind each address that gets a successor, which so has words to differ from.
// ERR_MEMORY.
enum err bulk_double_addresses(json_t *addresses, const struct bulk_change *change, struct problem *p);

// Changes the addresses, which were judged BULK_CHANGES. ERR_MEMORY.
enum err bulk_change_addresses(json_t *details, const struct bulk_change *change, struct problem *p);
