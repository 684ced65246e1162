// Fields of forms: a row in a table says what a field is; the template says where it stands. Every field is
// drawn by the same partials, with label, hint, sentence of what is wrong (aria-describedby, aria-invalid)
// and what was typed.
//
//     static const struct field fields[] = {
//         {.name = "name", .label = VIEW_KEY("desk.accounts.name"), .hint =
//         VIEW_KEY("desk.accounts.name_hint"),
//          .required = true, .max = 64, .autocomplete = "off"},
//         {.name = "role", .kind = FIELD_CHOICE, .label = VIEW_KEY("desk.accounts.role"), .options = roles},
//     };
//     field_put(&screen, &form, fields, sizeof fields / sizeof fields[0]);
//
// In the template: {{>desk/problems}} at the top of the form (the summary, with links to the fields), then
// either
// {{#fields}}{{>desk/field}}{{/fields}}, which draws all in the table's order, or one at a time
// {{#field.name}}{{>desk/field}}{{/field.name}} where the layout wants it (dots and brackets of a name become
// '_').
#pragma once

#include "server/desk/frame/form.h"
#include "server/desk/frame/screen.h"

enum field_kind {
    FIELD_TEXT,     // one line
    FIELD_AREA,     // several lines
    FIELD_PASSWORD, // never filled again
    FIELD_CHOICE,   // one of `options`: a select
    FIELD_RADIO,    // one of `options`: all in sight
    FIELD_TICK,     // a box: "1" or absent
    FIELD_TICKS,    // several of `options`
    FIELD_HIDDEN,
};

struct field_option {
    const char *value;
    const char *label;      // message key; NULL: `label_text`
    const char *label_text; // as it stands
    const char *hint;       // message key or NULL; radios only
};

struct field {
    const char *name;
    enum field_kind kind;
    const char *label;        // message key
    const char *label_text;   // instead: as it stands
    const char *group_text;   // what several fields of the same label belong to, "Địa chỉ 2"; or NULL
    const char *hint;         // message key or NULL
    const char *type;         // FIELD_TEXT: HTML input type; NULL: "text". date, url, number, search …
    const char *autocomplete; // or NULL: "off"
    const char *inputmode;    // or NULL
    const char *lang;         // language of what is typed, where it is not the desk's; or NULL
    const char *list;         // id of a <datalist> in the template; or NULL
    unsigned max;             // characters; 0: no attribute. The server checks by itself
    unsigned rows;            // FIELD_AREA; 0: 4
    bool required;            // says so in words and by attribute; others say "(not needed)" when `optional`
    bool optional;
    bool focus;                         // autofocus
    const struct field_option *options; // ends with a NULL value
};

// Puts members `fields` (a list), `field` (an object by name) and `problems` (the summary, when the form has
// failed) into the root of the screen's context. May be called several times: later calls add.
void field_put(struct screen *screen, const struct form *form, const struct field *fields, size_t count);

// The terms of a vocabulary as options, in their order, labelled in the desk's language; in the arena.
enum err field_terms(struct screen *screen, const char *scheme, const struct field_option **ret,
                     struct problem *p);

// Marks the answer as a form that came back: 422 when the form has failed.
void field_answer(struct screen *screen, const struct form *form);
