#include "qrgen/design/design.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "common/encoding.h"
#include "common/fold.h"
#include "common/ini_text.h"
#include "qrgen/design/design_keys.h"

// A design being read.
struct reading {
    struct ini_text *text;
    struct design *design;
    struct design_element *element; // the section under way; NULL before the first
    struct design_element page;     // what [design] itself was given
    char section[64];
};

static enum err out_of_memory(struct reading *r)
{
    return problem_set(r->text->p, ERR_MEMORY, NULL, "out of memory while reading a design");
}

// --- sections

// "column title" -> the kind, and *ret_name "title". DESIGN_KIND_COUNT when there is no such kind.
static enum design_kind read_section(const char *section, const char **ret_name)
{
    size_t word = strcspn(section, " ");
    *ret_name = section + word + strspn(section + word, " ");
    for (int i = 0; i < DESIGN_KIND_COUNT; i++)
        if (strlen(design_kind_names[i]) == word && strncmp(section, design_kind_names[i], word) == 0)
            return (enum design_kind)i;
    return DESIGN_KIND_COUNT;
}

static enum err check_section(struct reading *r, enum design_kind kind, const char *name)
{
    const struct design *d = r->design;
    bool alone = kind == DESIGN_PAGE || kind == DESIGN_SYMBOL;
    if (alone && name[0])
        return ini_text_refuse(r->text, NULL, "[%s] stands without a name", design_kind_names[kind]);
    if (!alone && !fold_is_slug(name))
        return ini_text_refuse(r->text, NULL,
                               "give [%s] a name of its own, of a-z, 0-9 and hyphens, as in [%s below]",
                               design_kind_names[kind], design_kind_names[kind]);
    if ((r->element == NULL) != (kind == DESIGN_PAGE))
        return ini_text_refuse(r->text, NULL, "[design] stands once, before everything else");
    for (size_t i = 0; i < d->count; i++)
        if (d->elements[i].kind == kind && strcmp(d->elements[i].name, name) == 0)
            return ini_text_refuse(r->text, NULL, "[%s] stands in line %lu already", r->section,
                                   d->elements[i].line);
    if (d->count == DESIGN_ELEMENTS_MAX)
        return ini_text_refuse(r->text, NULL, "a design has at most %d parts", DESIGN_ELEMENTS_MAX);
    if (kind == DESIGN_TEXT && r->element->kind != DESIGN_COLUMN && r->element->kind != DESIGN_TEXT)
        return ini_text_refuse(
            r->text, NULL, "[%s] stands below no column: put [column …] and its texts together", r->section);
    return ERR_NONE;
}

static enum err begin_section(struct reading *r, const char *section)
{
    const char *name;
    enum design_kind kind = read_section(section, &name);
    unsigned long at = r->text->line;
    r->text->line = r->text->section_line; // what is wrong with a section is said of its own line
    snprintf(r->section, sizeof r->section, "%s", section);
    if (kind == DESIGN_KIND_COUNT)
        return ini_text_refuse(
            r->text, NULL,
            "there is no [%.40s] (there are: design, symbol, column, text, logo, rule, frame, ornament)",
            section);
    enum err e = check_section(r, kind, name);
    if (e)
        return e;
    r->element = kind == DESIGN_PAGE ? &r->page : &r->design->elements[r->design->count++];
    *r->element = (struct design_element){.kind = kind,
                                          .line = r->text->line,
                                          .lang = "",
                                          .words = "",
                                          .family = "Noto Sans",
                                          .weight = 400,
                                          .k = 1,
                                          .align = LETTERING_CENTRE,
                                          .stand = LETTERING_MIDDLE,
                                          .name = arena_strdup(&r->design->arena, name)};
    r->text->line = at;
    return r->element->name ? ERR_NONE : out_of_memory(r);
}

// --- values

// Reads one number at *at and moves behind it. False when there is none.
static bool read_number(const char **at, double *ret)
{
    size_t len = strspn(*at, "0123456789.+-");
    char text[32] = "", *end;
    if (len == 0 || len >= sizeof text)
        return false;
    memcpy(text, *at, len);
    *ret = strtod(text, &end);
    *at += len + strspn(*at + len, " \t");
    return *end == '\0' && isfinite(*ret);
}

static enum err set_numbers(struct reading *r, const struct design_key *key, const char *value, double *out,
                            int count)
{
    const char *at = value;
    double read[4] = {0};
    int n = 0;
    while (n < count && read_number(&at, &read[n]))
        n++;
    if (n < count || *at)
        return ini_text_refuse(r->text, key->name,
                               count == 1 ? "%s = %.60s is no number"
                                          : "%s = %.60s is not four numbers: x y width height",
                               key->name, value);
    for (int i = 0; i < count; i++) {
        if (read[i] < key->least || read[i] > key->most)
            return ini_text_refuse(r->text, key->name, "%s = %.60s is out of range: give %g to %g", key->name,
                                   value, key->least, key->most);
        out[i] = read[i];
    }
    return ERR_NONE;
}

static enum err set_choice(struct reading *r, const struct design_key *key, const char *value, int *out)
{
    char all[160] = "";
    for (int i = 0; key->choices[i]; i++) {
        if (strcmp(key->choices[i], value) == 0) {
            *out = i;
            return ERR_NONE;
        }
        snprintf(all + strlen(all), sizeof all - strlen(all), "%s%s", i > 0 ? ", " : "", key->choices[i]);
    }
    return ini_text_refuse(r->text, key->name, "%s = %.60s: give one of %s", key->name, value, all);
}

static enum err set_string(struct reading *r, const struct design_key *key, const char *value,
                           const char **out)
{
    if (!value[0])
        return ini_text_refuse(r->text, key->name, "%s has no value", key->name);
    if (key->type == DESIGN_LANG && !fold_is_lang(value))
        return ini_text_refuse(r->text, key->name,
                               "%s = %.60s is no language: give a tag as vi, en, km or zh-hant", key->name,
                               value);
    *out = arena_strdup(&r->design->arena, value);
    return *out ? ERR_NONE : out_of_memory(r);
}

static enum err set_value(struct reading *r, const struct design_key *key, const char *value)
{
    char *base = r->element->kind == DESIGN_PAGE ? (char *)r->design : (char *)r->element;
    void *member = base + key->offset;
    switch (key->type) {
    case DESIGN_NUMBER:
        return set_numbers(r, key, value, member, 1);
    case DESIGN_BOX_OF:
        return set_numbers(r, key, value, member, 4);
    case DESIGN_CHOICE:
        return set_choice(r, key, value, member);
    default:
        return set_string(r, key, value, member);
    }
}

static enum err unknown_key(struct reading *r, const char *name)
{
    char all[240] = "";
    for (size_t i = 0; i < design_key_count; i++)
        if (design_keys[i].kinds & 1u << r->element->kind)
            snprintf(all + strlen(all), sizeof all - strlen(all), "%s%s", all[0] ? ", " : "",
                     design_keys[i].name);
    return ini_text_refuse(r->text, name, "[%s] has no \"%.40s\" (it has: %s)",
                           design_kind_names[r->element->kind], name, all);
}

static enum err set_pair(struct ini_text *t, const char *section, const char *name, const char *value)
{
    struct reading *r = t->user;
    if (!r->element || strcmp(section, r->section) != 0 || r->element->line != r->text->section_line) {
        enum err e =
            section[0] ? begin_section(r, section) : ini_text_refuse(r->text, NULL, "begin with [design]");
        if (e)
            return e;
    }
    for (size_t i = 0; i < design_key_count; i++) {
        const struct design_key *key = &design_keys[i];
        if (strcmp(key->name, name) != 0 || !(key->kinds & 1u << r->element->kind))
            continue;
        if (r->element->given & 1u << i)
            return ini_text_refuse(r->text, name, "%s is given twice in [%s]", name, section);
        r->element->given |= 1u << i;
        return set_value(r, key, value);
    }
    return unknown_key(r, name);
}

// --- the whole

static enum err check_required(struct reading *r, const struct design_element *element)
{
    r->text->line = element->line;
    for (size_t i = 0; i < design_key_count; i++)
        if (design_keys[i].required & 1u << element->kind && !(element->given & 1u << i))
            return ini_text_refuse(r->text, design_keys[i].name, "[%s%s%s] has no %s",
                                   design_kind_names[element->kind], element->name[0] ? " " : "",
                                   element->name, design_keys[i].name);
    return ERR_NONE;
}

static enum err finish(struct reading *r)
{
    struct design *d = r->design;
    if (!r->element)
        return problem_at(r->text->p, ERR_INVALID, 1, 0, NULL, "line 1: begin with [design]");
    enum err e = check_required(r, &r->page);
    for (size_t i = 0; i < d->count && !e; i++) {
        struct design_element *element = &d->elements[i];
        e = check_required(r, element);
        if (element->floor == 0)
            element->floor = element->size;
        if (element->kind == DESIGN_SYMBOL)
            d->symbol = element;
    }
    return e ? e : design_check(d, r->text->p);
}

enum err design_parse(const char *name, const char *text, size_t len, struct design *ret, struct problem *p)
{
    cleanup_buf struct buf clean = BUF_INIT;
    cleanup_design struct design d = DESIGN_INIT;
    enum err e = encoding_read(text, len, "utf-8", &clean, NULL, p);
    if (e)
        return e;
    d.name = arena_strdup(&d.arena, name);
    d.elements = arena_array(&d.arena, DESIGN_ELEMENTS_MAX, sizeof *d.elements);
    struct ini_text t = {
        .pair = set_pair,
        .malformed = "it is neither a comment nor [SECTION] nor NAME = VALUE",
        .p = p,
    };
    struct reading r = {.text = &t, .design = &d};
    t.user = &r;
    if (!d.name || !d.elements)
        return out_of_memory(&r);
    e = ini_text_read(&t, clean.data, clean.len);
    if (!e)
        e = finish(&r);
    if (e)
        return e;
    *ret = d;
    d = DESIGN_INIT;
    return ERR_NONE;
}

void design_clear(struct design *d)
{
    arena_clear(&d->arena);
    *d = DESIGN_INIT;
}
