// Error codes, and what a person will read beside them.
//
// Every function that can fail returns `enum err`. Outputs named `ret_…` are untouched unless ERR_NONE is
// returned. Libraries never log and never exit: they fill a `struct problem`, and the program decides what to
// do with it.
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

enum err {
    ERR_NONE = 0,
    ERR_MEMORY,      // allocation failed
    ERR_IO,          // the operating system refused; errno is spoken of in the problem's text
    ERR_FULL,        // no space left on the device, or a quota
    ERR_NOT_FOUND,   // the thing named does not exist
    ERR_EXISTS,      // the thing named exists already
    ERR_INVALID,     // input that does not have the form it must have
    ERR_TOO_LARGE,   // input beyond a stated limit
    ERR_CONFLICT,    // somebody else changed the thing meanwhile
    ERR_BUSY,        // a lock was not to be had in time
    ERR_CORRUPT,     // stored data is damaged
    ERR_UNSUPPORTED, // a form or version this program does not know
    ERR_DENIED,      // not allowed
    ERR_CANCELLED,   // stopped on request
    ERR_COUNT,
};

// One English word for a code, for logs: "not-found". Never NULL; "unknown" out of range. Thread-safe.
const char *err_name(enum err e);

// The code that fits an errno value: ENOMEM -> ERR_MEMORY, ENOENT -> ERR_NOT_FOUND, EEXIST -> ERR_EXISTS,
// ENOSPC, EDQUOT and EFBIG -> ERR_FULL, EACCES, EPERM and EROFS -> ERR_DENIED, anything else -> ERR_IO.
enum err err_from_errno(int errnum);

enum { PROBLEM_VALUES = 3 };

// What went wrong, for a person. `field` names the input it is about (a flag, a column, a file), or is empty;
// `text` is one English sentence that names the thing and, where there is one, the way out. `line` and
// `column` count from 1; 0 means that there is none. A sentence that people of other languages meet has a
// name, `key`, under which its words are found ("problem.KEY" of assets/locales), and `values`, what it says
// at its first conversions, for the placeholders {1}, {2}, {3}. Plain memory: copy it, no destructor.
struct problem {
    enum err code;
    unsigned long line;
    unsigned long column;
    char field[96];
    char text[512];
    char key[40]; // empty: the sentence has no name
    char values[PROBLEM_VALUES][112];
};

// Begins the format of a sentence that has a name: problem_set(p, ERR_INVALID, "slug",
// MESSAGE("slug.form") "“%s” is no slug", text). Conversions that are no values of a placeholder are fine.
#define MESSAGE(key) "\1" key "\2"

#define PROBLEM_INIT ((struct problem){.code = ERR_NONE})

// Fills *p (which may be NULL: then nothing is written) and returns `code`, so that a function can end in
// `return problem_set(p, ERR_INVALID, "--dpi", "…", …)`. `field` may be NULL. Text beyond the field is cut at
// a UTF-8 boundary. errno is preserved.
enum err problem_set(struct problem *p, enum err code, const char *field, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

#ifdef __clang_analyzer__
// The static analysis reads one file at a time; without this it takes a failure for ERR_NONE.
#define problem_set(p, code, ...) ((void)problem_set(p, code, __VA_ARGS__), (code))
#endif

// As problem_set, from errno: appends ": " and the system's message to the text. The code comes from errno.
enum err problem_errno(struct problem *p, const char *field, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

// As problem_set, and remembers the place in the input.
enum err problem_at(struct problem *p, enum err code, unsigned long line, unsigned long column,
                    const char *field, const char *fmt, ...) __attribute__((format(printf, 6, 7)));

// Puts words before the sentence, as "sites/a/site.json:12: "; all else of the problem stays.
void problem_prefix(struct problem *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

// A growing list of problems, for work that reports every bad row rather than the first.
// Initialise with PROBLEM_LIST_INIT; free with problem_list_clear.
struct problem_list {
    struct problem *items;
    size_t count;
    size_t capacity;
    size_t limit; // further problems are only counted in `dropped`; 0 means no limit
    size_t dropped;
};

#define PROBLEM_LIST_INIT ((struct problem_list){.limit = 1000})

// Appends a copy of *p. Out of memory and beyond the limit the problem is only counted in `dropped`.
void problem_list_add(struct problem_list *list, const struct problem *p);
void problem_list_clear(struct problem_list *list);
