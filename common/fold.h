// Unicode text: checking UTF-8, Normalization Form C, and the folded forms that search, column names and
// addresses are made of. Everything here takes bytes and a length; texts need no NUL at their end and may
// hold NUL bytes (NUL is a character of Unicode like any other; who cannot have it refuses it). Unicode data
// from utf8proc. Thread-safe throughout.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "common/buf.h"
#include "common/err.h"

// How many bytes from the start are well-formed UTF-8 (RFC 3629: no overlong forms, no surrogates, nothing
// above U+10FFFF). Equal to `len` when all are.
size_t fold_utf8_check(const char *text, size_t len);

// True when all of the text is well-formed UTF-8.
bool fold_utf8_valid(const char *text, size_t len);

// Number of code points. The text must be valid.
size_t fold_utf8_count(const char *text, size_t len);

// The longest length <= `limit` bytes at which the valid text can be cut without splitting a code point.
size_t fold_utf8_cut(const char *text, size_t len, size_t limit);

// More combining marks than this on one letter are refused: they are no writing, and ordering them takes time
// that grows with their square. Unicode's own limit for streams is 30 (UAX #15, Stream-Safe Text Format).
#define FOLD_MARKS_MAX 64

// Appends the text in Normalization Form C (UAX #15). ERR_INVALID when it is not UTF-8 (the problem names the
// byte) or carries too many marks, ERR_MEMORY; on failure *out has the length that it had before.
enum err fold_nfc(const char *text, size_t len, struct buf *out, struct problem *p);

// Appends the text as search and comparison by people see it: compatibility forms unified (fullwidth,
// ligatures), case folded, the marks of Latin, Greek and Cyrillic letters removed (but not the vowels of
// Khmer or Thai, which are letters to their readers), letters with strokes made plain (đ, ð -> d; ø -> o; æ
// -> ae), everything that is neither letter, mark nor digit a boundary, words separated by one space, none at
// the ends. "Thuỷ" and "THỦY" give "thuy". Folding what is folded changes nothing. Errors as fold_nfc.
enum err fold_search(const char *text, size_t len, struct buf *out, struct problem *p);

#define FOLD_SLUG_MAX  80
#define FOLD_SLUG_SIZE (FOLD_SLUG_MAX + 1) // with the NUL

// A title as part of an address: the folded text's a-z and 0-9, words joined by hyphens, at most
// FOLD_SLUG_MAX characters, cut between words where there are several. "Đình Bình Thủy" -> "dinh-binh-thuy".
// Where nothing remains (a title in Khmer alone, or not UTF-8) the slug is `fallback`, which must be a slug.
// ERR_MEMORY is the only failure.
enum err fold_slug(const char *title, size_t len, const char *fallback, char ret_slug[FOLD_SLUG_SIZE]);

// True for 1 to FOLD_SLUG_MAX characters of a-z, 0-9 and hyphen, neither first nor last a hyphen.
bool fold_is_slug(const char *text);

#define FOLD_LANG_MAX  16
#define FOLD_LANG_SIZE (FOLD_LANG_MAX + 1) // with the NUL

// True for a language tag in lower case as we write it: the form of RFC 5646 without its irregular and
// private tags: 2 or 3 letters, then any number of "-" and 2 to 8 letters or digits; at most FOLD_LANG_MAX
// characters. vi, en, km, zh-hant.
bool fold_is_lang(const char *text);
