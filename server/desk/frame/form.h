// What a form sent, and what is wrong with it. Nothing that was typed is lost: the same struct form that was
// read from the body fills the fields again (field.h), with a sentence beside each field that needs one.
//
// Hostile until parsed. Values are UTF-8 as common/characters.h keeps it: Form C, line ends as LF, nothing
// that does not show. In the arena; one thread.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"
#include "common/err.h"

#define FORM_FIELDS_MAX   1000 // of one form, unless its reader takes more (form_read_many)
#define FORM_NAME_MAX     64   // bytes: a-z, 0-9, '_', '-', '.', '[', ']'
#define FORM_PROBLEMS_MAX 64   // kept; further ones only make the form fail

struct form_value {
    const char *name, *value;
    unsigned next; // form.c's: the next one of the same chain
};

struct form_chain;

struct form_problem {
    const char *field;             // "" when it is about the whole form
    const char *key;               // message key, "desk.accounts.name_taken"; NULL: made of field and code
    const char *placeholder;       // of the message; NULL: none. It stands for
    const char *words;             // these, or when NULL for
    int64_t number;                // this
    const struct problem *problem; // without key: what the library said
};

struct form {
    struct arena *arena;
    struct form_value *items;
    size_t count, capacity;
    struct form_chain *chains; // form.c's: large forms are asked by hash; NULL: one after the other
    size_t chain_count;
    struct form_problem problems[FORM_PROBLEMS_MAX];
    size_t problem_count;
    bool failed; // there is a problem
};

// Reads application/x-www-form-urlencoded. ERR_INVALID with a problem: a name that is no name, bytes that are
// not UTF-8, an escape that is none, a NUL; ERR_TOO_LARGE beyond FORM_FIELDS_MAX; ERR_MEMORY.
// *ret is untouched on failure.
enum err form_read(struct arena *a, const char *body, size_t len, struct form *ret, struct problem *p);

// The same for forms that may have up to `most` fields.
enum err form_read_many(struct arena *a, const char *body, size_t len, size_t most, struct form *ret,
                        struct problem *p);

// Adds a field as a browser sent it, `len` bytes; fails as form_read, and then the form is as it was.
enum err form_take_field(struct form *f, const char *name, const char *value, size_t len, struct problem *p);

// An empty form, to be filled from what is stored with form_set. Also how a GET begins.
struct form form_empty(struct arena *a);
void form_set(struct form *f, const char *name, const char *value); // adds or replaces; NULL sets nothing
void form_set_int(struct form *f, const char *name, int64_t value);
void form_add(struct form *f, const char *name, const char *value); // one more of several (check boxes)
// To be called by who changed names or the order of the items by hand, or took some out.
void form_changed(struct form *f);

// The first value of the name as typed; NULL when the form has none.
const char *form_value(const struct form *f, const char *name);
// Without blanks at both ends; "" when absent. For one-line fields also runs of blanks and line ends become
// one space.
const char *form_line(const struct form *f, const char *name);
const char *form_text(const struct form *f, const char *name);
bool form_has(const struct form *f,
              const char *name); // sent, and not empty: a ticked box, the pressed button
// All values of the name, in the arena, as typed; *ret_count of them.
const char *const *form_values(const struct form *f, const char *name, size_t *ret_count);
bool form_is_ticked(const struct form *f, const char *name, const char *value); // one of them is `value`
// A whole number: 1 to 18 digits, perhaps a minus. False for anything else, also absent.
bool form_int(const struct form *f, const char *name, int64_t *ret);

// Says that a field ("": the whole form) is wrong, by message key (wrap it in VIEW_KEY). Field, key and
// placeholder live as long as the form; `words` is copied.
void form_problem(struct form *f, const char *field, const char *key);
// The same with a value for the placeholder of that name.
void form_problem_number(struct form *f, const char *field, const char *key, const char *placeholder,
                         int64_t number);
void form_problem_words(struct form *f, const char *field, const char *key, const char *placeholder,
                        const char *words);

// Takes what a library says (English, with a field and a code) into the form. The sentence shown is the first
// of the messages "desk.problem.FIELD.CODE", "desk.problem.FIELD.any", "desk.problem.any.CODE" that there is
// (CODE as err_name writes it with '_' for '-'; FIELD with '_' for what is not a-z, 0-9 or '_'); before the
// last of them comes the problem's own sentence where it has a name, see told.h.
void form_take(struct form *f, const struct problem *p);
// The same where the form calls the field otherwise than the library.
void form_take_as(struct form *f, const char *field, const struct problem *p);

// The problem of a field; NULL when there is none.
const struct form_problem *form_problem_of(const struct form *f, const char *field);
