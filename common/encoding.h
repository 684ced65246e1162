// The text of a file that somebody made elsewhere, as UTF-8 in Form C: which encoding its bytes are in is
// decided by evidence, never by the machine's locale. Thread-safe.
#pragma once

#include <stddef.h>

#include "common/buf.h"
#include "common/err.h"

// The names that a person can give, for a help text.
#define ENCODING_NAMES "utf-8, utf-16, utf-16le, utf-16be, windows-1252, windows-1258, tcvn3"

// Appends the text of `data` to *out as UTF-8 in Form C, without a byte order mark; line ends stay as they
// are. *ret_name (may be NULL) gets a static string: the encoding's name as IANA registers it ("UTF-8",
// "UTF-16LE", "UTF-16BE", "windows-1252", "windows-1258"), or "TCVN3".
//
// `forced` is the encoding's name as a person gives it (ENCODING_NAMES, in any case, and common other names
// of the same); NULL, "" and "auto" recognise it, in this order:
//  1. a byte order mark (Unicode 15, section 23.8);
//  2. UTF-16 without one: the upper byte of many units is 0, the lower byte of none;
//  3. UTF-8, when all of it is well-formed;
//  4. windows-1258 or windows-1252, when no line is both well-formed UTF-8 and not ASCII: 1258 when its tone
//     marks stand behind vowels, as they do in Vietnamese.
//
// Failures: ERR_INVALID, with the line: bytes that do not fit the encoding, a NUL, lines in different
// encodings (the first that differs from those before it is named). ERR_UNSUPPORTED: UTF-32, a `forced` name
// that is not known, or text that looks as if written for the old Vietnamese TCVN3 fonts, which is read only
// when forced. ERR_MEMORY. *out keeps its length on failure.
enum err encoding_read(const char *data, size_t len, const char *forced, struct buf *out,
                       const char **ret_name, struct problem *p);

// Whether `given` is a name that encoding_read takes as `forced` (NULL, "" and "auto" are). ERR_UNSUPPORTED,
// with the names that there are.
enum err encoding_check_name(const char *given, struct problem *p);

// The number of the line, from 1, in which byte `at` of a text stands; lines end in LF, CR LF or CR.
unsigned long encoding_line(const char *text, size_t at);
