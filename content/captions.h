// What is said in a film, to be read under its picture: WebVTT (W3C Candidate Recommendation of 2019-04-04).
// Pure functions, thread-safe.
#pragma once

#include <jansson.h>
#include <stddef.h>

#include "common/buf.h"
#include "common/err.h"

#define CAPTIONS_BYTES_MAX (256 * 1024) // of one language; two hours of talk have about 100 KB
#define CAPTIONS_CUES_MAX  10000

// Why a text is refused: the words that stand in the problem's `field`.
#define CAPTIONS_FORM  "form"  // neither WebVTT nor SRT
#define CAPTIONS_TIME  "time"  // no time where one must stand, or one that is none
#define CAPTIONS_END   "end"   // a caption ends before it begins
#define CAPTIONS_ORDER "order" // a caption begins before the one above it
#define CAPTIONS_ARROW "arrow" // "-->" inside the words of a caption or a note
#define CAPTIONS_NONE  "none"  // no caption at all
#define CAPTIONS_MANY  "many"  // too many bytes or captions
#define CAPTIONS_BYTES "bytes" // the encoding, or a control character

// Reads captions as people have them: WebVTT (section 4.1, strictly), or SRT as most programs write it, in
// any encoding that common/encoding.h recognises. Appends them as WebVTT in UTF-8 and Form C with LF as line
// end; reading that again gives the same bytes. Of WebVTT everything is kept; of SRT its times, its words,
// and bold, italic and underlined. ERR_INVALID or ERR_TOO_LARGE with the line in the problem and a word from
// above as its field; ERR_MEMORY. *out keeps its length on failure.
enum err captions_read(const char *data, size_t len, struct buf *out, struct problem *p);

// Checks words whose texts are captions as captions_read gives them; the problem's field is `field` with the
// language behind it. `words` may be NULL: none.
enum err captions_check(const json_t *words, const char *field, struct problem *p);
