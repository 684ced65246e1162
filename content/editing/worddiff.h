// What changed in a text, word by word, for people to read.
#pragma once

#include <stddef.h>

#include "common/arena.h"
#include "common/err.h"

enum worddiff_kind { WORDDIFF_SAME, WORDDIFF_REMOVED, WORDDIFF_ADDED };

struct worddiff_piece {
    enum worddiff_kind kind;
    const char *text; // with the blanks that follow its words; in the arena
};

// The pieces in reading order; joining the same and removed ones gives `before`, the same and added ones
// `after`. By E. W. Myers, "An O(ND) Difference Algorithm" (1986). Texts that differ in more than 2,000 words
// are given as one removed and one added piece.
enum err worddiff(const char *before, const char *after, struct arena *a, struct worddiff_piece **ret_pieces,
                  size_t *ret_count, struct problem *p);
