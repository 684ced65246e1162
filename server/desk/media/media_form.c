#include "server/desk/media/media_form.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "common/edtf.h"
#include "common/fold.h"
#include "content/captions.h"
#include "content/plain_date.h"
#include "server/desk/sites/site_form.h"
#include "server/view/view.h"

enum media_class { PICTURE = 1, SOUND = 2, FILM = 4, ANY = PICTURE | SOUND | FILM };

enum kind {
    WORDS,    // a text for each language
    CAPTIONS, // WebVTT for each language, or SRT, which becomes WebVTT
    LINE,
    DATE,
    PART, // hundredths of a side
};

#define MEMBER(name) offsetof(struct site_media, name)

// Limits as content/details.c has them, in characters of three bytes at most.
static const struct row {
    const char *name;
    unsigned classes;
    enum kind kind;
    size_t member; // of struct site_media
    const char *label, *hint;
    unsigned max, rows;
    const char *list;
} table[] = {
    {"alt", PICTURE, WORDS, MEMBER(alt), VIEW_KEY("desk.media.alt"), VIEW_KEY("desk.media.alt_hint"), 300, 3,
     NULL},
    {"caption", ANY, WORDS, MEMBER(caption), VIEW_KEY("desk.media.caption"),
     VIEW_KEY("desk.media.caption_hint"), 1000, 2, NULL},
    {"transcript", SOUND | FILM, WORDS, MEMBER(transcript), VIEW_KEY("desk.media.transcript"),
     VIEW_KEY("desk.media.transcript_hint"), 33000, 8, NULL},
    {"captions", FILM, CAPTIONS, MEMBER(captions), VIEW_KEY("desk.media.captions"),
     VIEW_KEY("desk.media.captions_hint"), 0, 8, NULL},
    {"credit", ANY, LINE, MEMBER(credit), VIEW_KEY("desk.media.credit"), VIEW_KEY("desk.media.credit_hint"),
     100, 0, NULL},
    {"licence", ANY, LINE, MEMBER(licence), VIEW_KEY("desk.media.licence"),
     VIEW_KEY("desk.media.licence_hint"), 100, 0, "licences"},
    {"taken", ANY, DATE, MEMBER(taken), VIEW_KEY("desk.media.taken"), VIEW_KEY("desk.media.taken_hint"), 40,
     0, NULL},
    {"focus_x", PICTURE, PART, MEMBER(focus_x), VIEW_KEY("desk.media.focus_x"), NULL, 3, 0, NULL},
    {"focus_y", PICTURE, PART, MEMBER(focus_y), VIEW_KEY("desk.media.focus_y"), NULL, 3, 0, NULL},
};
enum { ROWS = sizeof table / sizeof table[0], FIELDS_MAX = ROWS * SITE_LANGS_MAX };

static unsigned class_of(const struct site_media *m)
{
    if (site_media_is_picture(m))
        return PICTURE;
    return strcmp(m->media_class, "audio") == 0 ? SOUND : FILM;
}

static bool is_by_language(const struct row *row)
{
    return row->kind == WORDS || row->kind == CAPTIONS;
}

static const char *const *text_member(const struct site_media *m, const struct row *row)
{
    return (const char *const *)((const char *)m + row->member);
}

static const char *lang_name(struct media_form *f, const struct row *row, size_t lang)
{
    const char *name = arena_printf(f->form.arena, "%s.%s", row->name, f->langs[lang]);
    return name ? name : row->name;
}

// --- filling

static void fill_words(struct media_form *f, const struct row *row)
{
    const char *text = *text_member(f->media, row);
    json_t *words = text ? json_loads(text, 0, NULL) : NULL;
    for (size_t i = 0; i < f->lang_count; i++)
        form_set(&f->form, lang_name(f, row, i), json_string_value(json_object_get(words, f->langs[i])));
    json_decref(words);
}

static void fill_part(struct media_form *f, const struct row *row)
{
    double part = *(const double *)((const char *)f->media + row->member);
    if (part >= 0)
        form_set_int(&f->form, row->name, (int64_t)(part * 100 + 0.5));
}

void media_form_fill(struct media_form *f, int64_t version)
{
    form_set_int(&f->form, "version", version);
    for (const struct row *row = table; row < table + ROWS; row++) {
        if (!(row->classes & class_of(f->media)))
            continue;
        if (is_by_language(row))
            fill_words(f, row);
        else if (row->kind == PART)
            fill_part(f, row);
        else if (row->kind == DATE)
            form_set(&f->form, row->name, plain_date_show(f->form.arena, *text_member(f->media, row)));
        else
            form_set(&f->form, row->name, *text_member(f->media, row));
    }
}

// --- showing

static struct field field_of(const struct row *row)
{
    return (struct field){.name = row->name,
                          .kind = row->rows ? FIELD_AREA : FIELD_TEXT,
                          .label = row->label,
                          .hint = row->hint,
                          .type = row->kind == PART ? "number" : NULL,
                          .inputmode = row->kind == PART ? "numeric" : NULL,
                          .list = row->list,
                          .max = row->kind == PART ? 0 : row->max,
                          .rows = row->rows};
}

static size_t add_words(struct screen *screen, const struct media_form *f, const struct row *row,
                        struct field *fields)
{
    const char *label = screen_words(screen, row->label, NULL);
    for (size_t i = 0; i < f->lang_count; i++) {
        fields[i] = field_of(row);
        fields[i].name = lang_name((struct media_form *)f, row, i);
        fields[i].label = NULL;
        fields[i].label_text = f->lang_count > 1 ? arena_printf(screen->arena, "%s – %s", label,
                                                                sites_language(screen, f->langs[i]))
                                                 : label;
        fields[i].lang = f->langs[i];
        fields[i].hint = i == 0 ? row->hint : NULL;
    }
    return f->lang_count;
}

// Beside a field of captions a file can be chosen.
static void put_files(struct screen *screen, const struct media_form *f)
{
    struct context *c = &screen->context;
    size_t i, lang = 0;
    json_t *field;
    json_array_foreach(json_object_get(c->root, "fields"), i, field)
    {
        const char *name = json_string_value(json_object_get(field, "name"));
        context_flag(c, field, "captions_file", false);
        if (!name || strncmp(name, "captions.", strlen("captions.")) != 0 || lang == f->lang_count)
            continue;
        json_t *values = json_pack("{s:s}", "language", sites_language(screen, f->langs[lang]));
        json_t *file = context_object(c, field, "captions_file");
        context_text(c, file, "file_name", arena_printf(screen->arena, "captions_file.%s", f->langs[lang++]));
        screen_message(screen, file, "file_label", VIEW_KEY("desk.media.captions_file"), values);
        json_decref(values);
    }
}

void media_form_put(struct screen *screen, const struct media_form *f)
{
    struct context *c = &screen->context;
    struct field *fields = arena_array(screen->arena, FIELDS_MAX, sizeof *fields);
    size_t count = 0, parts = 0;
    if (!fields) {
        c->failed = true;
        return;
    }
    for (const struct row *row = table; row < table + ROWS; row++) {
        if (!(row->classes & class_of(f->media)))
            continue;
        if (is_by_language(row))
            count += add_words(screen, f, row, fields + count);
        else
            fields[count++] = field_of(row);
        parts += row->kind == PART;
    }
    field_put(screen, &f->form, fields, count);
    put_files(screen, f);
    // The focus has a place of its own, beside the picture.
    json_t *list = json_object_get(c->root, "fields");
    for (size_t i = 0; i < parts; i++)
        json_array_remove(list, json_array_size(list) - 1);
    context_number(c, c->root, "version", strtoll(form_line(&f->form, "version"), NULL, 10));
}

// --- reading

// One language's text in `words`: set, or taken out where the field is empty.
static void read_text(struct media_form *f, const struct row *row, const char *name, const char *lang,
                      json_t *words)
{
    const char *text = form_text(&f->form, name);
    if (fold_utf8_count(text, strlen(text)) > row->max)
        form_problem_number(&f->form, name, VIEW_KEY("desk.media.too_long"), "max", row->max);
    if (*text)
        json_object_set_new(words, lang, json_string(text));
    else
        json_object_del(words, lang);
}

static void read_captions(struct media_form *f, const char *name, const char *lang, json_t *words)
{
    cleanup_buf struct buf captions = BUF_INIT;
    struct problem fault = PROBLEM_INIT;
    const char *text = form_text(&f->form, name);
    if (!*text)
        json_object_del(words, lang);
    else if (captions_read(text, strlen(text), &captions, &fault) == ERR_NONE)
        json_object_set_new(words, lang, json_stringn(captions.data, captions.len));
    else if (!form_problem_of(&f->form, name))
        form_problem_number(&f->form, name, media_captions_fault(&fault), "line", (int64_t)fault.line);
}

static const char *read_words(struct media_form *f, const struct row *row)
{
    const char *before = *text_member(f->media, row);
    json_t *words = before ? json_loads(before, 0, NULL) : NULL;
    if (!json_is_object(words)) {
        json_decref(words);
        words = json_object();
    }
    for (size_t i = 0; i < f->lang_count; i++) {
        const char *name = lang_name(f, row, i);
        if (row->kind == CAPTIONS)
            read_captions(f, name, f->langs[i], words);
        else
            read_text(f, row, name, f->langs[i], words);
    }
    cleanup_free char *text = json_dumps(words, JSON_COMPACT | JSON_SORT_KEYS);
    json_decref(words);
    return arena_strdup(f->form.arena, text);
}

static const char *read_line(struct media_form *f, const struct row *row)
{
    const char *text = form_line(&f->form, row->name);
    if (fold_utf8_count(text, strlen(text)) > row->max)
        form_problem_number(&f->form, row->name, VIEW_KEY("desk.media.too_long"), "max", row->max);
    return text;
}

// NULL for none.
static const char *read_date(struct media_form *f, const struct row *row)
{
    struct edtf parsed;
    const char *typed = form_line(&f->form, row->name);
    const char *date = *typed ? plain_date_read(f->form.arena, typed) : NULL;
    if (date && edtf_parse(date, row->name, &parsed, NULL))
        form_problem(&f->form, row->name, VIEW_KEY("desk.site.bad_date"));
    return date;
}

// What stands there stays as exact as it is when its hundredths were not changed.
static double read_part(struct media_form *f, const struct row *row)
{
    double before = *(const double *)((const char *)f->media + row->member);
    int64_t part = 0;
    if (!*form_line(&f->form, row->name))
        return -1;
    if (!form_int(&f->form, row->name, &part) || part < 0 || part > 100) {
        form_problem(&f->form, row->name, VIEW_KEY("desk.media.bad_part"));
        return -1;
    }
    return before >= 0 && (int64_t)(before * 100 + 0.5) == part ? before : (double)part / 100;
}

static void read_row(struct media_form *f, const struct row *row, struct site_media *ret)
{
    char *member = (char *)ret + row->member;
    if (row->kind == PART)
        *(double *)member = read_part(f, row);
    else
        *(const char **)member = is_by_language(row) ? read_words(f, row)
                                 : row->kind == DATE ? read_date(f, row)
                                                     : read_line(f, row);
}

enum err media_form_read(struct media_form *f, struct site_media *ret, struct problem *p)
{
    struct site_media m = *f->media;
    for (const struct row *row = table; row < table + ROWS; row++)
        if (row->classes & class_of(f->media))
            read_row(f, row, &m);
    if ((m.focus_x < 0) != (m.focus_y < 0))
        form_problem(&f->form, m.focus_x < 0 ? "focus_x" : "focus_y", VIEW_KEY("desk.media.half_focus"));
    if (!m.alt || !m.caption || !m.transcript || !m.captions)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    *ret = m;
    return ERR_NONE;
}
