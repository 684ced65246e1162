// What changed in a text, word by word, for people to read.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"
#include "common/err.h"

enum worddiff_kind { WORDDIFF_SAME, WORDDIFF_REMOVED, WORDDIFF_ADDED };

struct worddiff_piece {
    enum worddiff_kind kind;
    const char *text; // with the blanks that follow its words; in the arena
};

// What may still be spent on comparing, for all the texts of a page together. A text gets half of what is
// left at most, and 1,000 steps when that is less: small changes are still seen after long texts that were
// rewritten.
struct worddiff_budget {
    int64_t left;  // steps; a text that is wholly another one takes up to 2,000,000, about 10 ms
    bool is_short; // a text was given as a whole, since comparing it would have taken too many
};
#define WORDDIFF_BUDGET ((struct worddiff_budget){.left = 8000000})

// The pieces in reading order; joining the same and removed ones gives `before`, the same and added ones
// `after`. By E. W. Myers, "An O(ND) Difference Algorithm" (1986). Texts that differ in more than 2,000 words
// or beyond the budget are given as one removed and one added piece.
enum err worddiff(const char *before, const char *after, struct worddiff_budget *budget, struct arena *a,
                  struct worddiff_piece **ret_pieces, size_t *ret_count, struct problem *p);
