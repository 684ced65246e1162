// Which characters a text of ours may hold: the one place that decides, for every way in (forms, tables,
// documents, page files, captions, the command line). docs/decisions/0005-characters.md says why.
//
// What does not show and what no writing needs is left out without a word, as Form C is made without one: who
// pastes from Word, a PDF or a chat has never seen it and could not find it. So no two titles differ by what
// nobody sees, and none is shown in another order than that in which it is kept. Thread-safe.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "common/buf.h"
#include "common/err.h"

// Appends the text in Form C (UAX #15) as it may be kept:
//   - ends of lines of every kind (CR LF, CR, VT, FF, U+0085, U+2028, U+2029) are LF;
//   - spaces of a fixed width or that do not break (General_Category Zs) are the space, U+3000 excepted;
//   - left out: other control characters than tab, noncharacters, all that Unicode calls default-ignorable
//     (so also embeddings, overrides and isolates of direction, U+FEFF, U+00AD, tags), and the marks of
//     annotations and objects, U+FFF9 to U+FFFC;
//   - kept of those, where writing needs it: U+200B between letters of scripts that set no spaces between
//     words (Khmer, Thai, Lao, Burmese); U+200C and U+200D behind letters of scripts that join, and in emoji;
//     a variation selector behind what it varies; U+200E, U+200F and U+061C in a text with letters that run
//     from right to left.
// Cleaning what is clean changes nothing. Errors as fold_nfc.
enum err characters_clean(const char *text, size_t len, struct buf *out, struct problem *p);

// True when characters_clean would append just these bytes. False where memory is out.
bool characters_are_clean(const char *text, size_t len);
