// Words within texts, for who replaces names: "Phường 1" does not stand in "Phường 11", nor in "Phường 1A".
// Thread-safe.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "common/buf.h"

// The first place from `at` on (inside `text`, or its end) where `words` stands for itself: neither the
// letter, mark or digit before it nor the one behind belongs to it (after UAX #29, without its dictionaries).
// Digits with one of / . , : - – between them are one word ("3" does not stand in "3/2"), and letters with an
// apostrophe. Scripts that set no spaces between words (Khmer, Thai, Chinese …) divide at every letter. Both
// are valid UTF-8 in Form C; letters are told by their case. NULL when there is none, and for empty `words`.
const char *word_find(const char *text, const char *at, const char *words);

// The same in any capitals; *ret_len is how many bytes stand there. Not `whole`: also within longer words.
const char *word_find_any_case(const char *text, const char *at, const char *words, bool whole,
                               size_t *ret_len);

// Appends `words` in place of `found`, which stands where `asked` was looked for in any capitals: where
// `found` begins with a capital and `asked` does not, so do the words; and the other way round.
void word_append_as(struct buf *out, const char *words, const char *asked, const char *found);
