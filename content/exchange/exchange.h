// Import and export: bundles (docs/bundle-format.md), tables as CSV, and GeoJSON.
//
// An import lands whole, in one transaction, or not at all. Every problem is reported, not only the first; a
// problem's text stands by itself: it begins with the file (and line and column, where known), as in
// "sites/dinh-binh-thuy/site.json:12: …". `line`, `column` and `field` (the path of a member, or the name of
// a column) say the same to a program.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"
#include "common/buf.h"
#include "common/cleanup.h"
#include "common/err.h"
#include "content/actor.h"
#include "content/media.h"

struct store;

#define EXCHANGE_FILE_MAX ((size_t)256 << 20) // bytes of a table or GeoJSON file, which is read at once

struct exchange_options {
    struct actor actor; // whose import it is; import_id is set by the import
    bool dry_run;       // find all problems and count what would change; nothing lands
    const char *name;   // what the list of imports calls it; NULL: as the path does

    // Called again and again, also inside the transaction, with how much is done of how much; both grow, the
    // first up to the second. False: the import stops with ERR_CANCELLED, and nothing has landed. NULL:
    // nobody wants to know.
    bool (*progress)(void *data, size_t done, size_t total);
    void *progress_data;

    // Bundles only. Called for each media file of the bundle that has no variants yet, before anything lands,
    // outside a transaction: tells what the file is, and unless it is a dry run keeps its variants
    // (pictures_make in server/pictures). A problem with the file prevents the import. NULL: none are made.
    enum err (*look)(void *data, int fd, double focus_x, double focus_y, struct arena *a,
                     struct media_facts *ret, struct problem *p);
    void *look_data;

    // Tables and GeoJSON only; strings are borrowed, NULL means what is said.
    bool skip_bad;          // let the good rows land where some are bad
    bool add_language;      // set up `lang` where the store has it not yet
    const char *lang;       // the language of the texts; NULL: the store's default language
    const char *state;      // of new sites; NULL: "draft". Sites that are there keep theirs.
    const char *key_prefix; // put before every key, so that two registers cannot collide; NULL: none
    const char *mapping;    // "title=Tên di tích,lat=Vĩ độ"; see common/csv.h
    const char *encoding;   // see common/encoding.h; NULL: recognised
    char delimiter;         // 0: recognised
};

struct exchange_count {
    size_t read, added, changed, unchanged, bad;
    size_t returned; // of the changed: those that lay in the bin, and no longer do
};

// A term that an import adds.
struct exchange_term {
    const char *scheme, *label;
    const char *like; // what a term is called that was there before and may be meant: “Ninh Kiều” for “quận
                      // Ninh Kiều”; NULL: none is like it
};

#define EXCHANGE_TERMS_NAMED 50

struct exchange_report {
    const char *format;                         // "bundle", "csv", "geojson"; NULL when it could not be told
    const char *encoding;                       // of a table
    char delimiter;                             // of a table
    struct exchange_count sites, tours, plates; // `bad` counts rows and features of tables alone
    size_t terms_added, languages_added;
    struct exchange_term
        terms[EXCHANGE_TERMS_NAMED]; // the first of those; one that is like another is among them
    size_t terms_named;
    struct arena arena;           // of their texts
    size_t media;                 // files of media in the bundle
    struct buf columns_unused;    // ‘"a", "b"’; empty when all columns are used
    struct problem_list problems; // why it was refused, or (skip_bad) which rows were left out
    struct problem_list notes;    // what people may want to know; nothing was refused for these
    bool landed;                  // false too when there was nothing to change
    int64_t import_id;            // of what has landed
};

#define EXCHANGE_REPORT_INIT                                                                                 \
    ((struct exchange_report){.arena = ARENA_INIT,                                                           \
                              .columns_unused = BUF_INIT,                                                    \
                              .problems = PROBLEM_LIST_INIT,                                                 \
                              .notes = PROBLEM_LIST_INIT})
void exchange_report_clear(struct exchange_report *report);
#define cleanup_exchange_report CLEANUP(exchange_report_clear)

// Whether the options can be meant, as far as that can be told without a file and a store: state, form of the
// language tag, fields of the mapping, encoding. ERR_INVALID or ERR_UNSUPPORTED with a sentence that names
// the flag. exchange_import reports the same.
enum err exchange_check_options(const struct exchange_options *options, struct problem *p);

// Imports a bundle (a folder, or its bundle.json), a GeoJSON file (.geojson, .json) or a table (any other
// file) into the store. The calling thread must not be inside a write transaction. ERR_INVALID when the
// problems in the report prevent it, another code when something else does (ERR_BUSY, ERR_FULL, …): the
// report then holds that problem too. Whatever fails, the store is as it was; files of media that were copied
// already stay in the media folder without a row, where `stele check` sweeps them.
//
// What an import does to a site that is there: a bundle's site takes its place (texts and media that the
// bundle does not have are gone from it, its key and its time of publication stay when the bundle names
// none); a table's row changes what the row says, empty cells change nothing. A site that would not change
// gets no new revision.
enum err exchange_import(struct store *store, const char *path, const struct exchange_options *options,
                         struct exchange_report *report);

// Writes the whole store, as of one moment, to the new or empty folder `out` as a bundle: written beside it
// and renamed, so that `out` is never half a bundle. ERR_EXISTS when the folder has something in it. Sites
// and tours in the bin, and plates that lead to them, are left out; *ret_left_out counts these plates (may be
// NULL). The same state gives the same bytes.
enum err exchange_export(struct store *store, const char *out, size_t *ret_left_out, struct problem *p);

struct exchange_export_options {
    // As in struct exchange_options, of sites. NULL: nobody wants to know.
    bool (*progress)(void *data, size_t done, size_t total);
    void *progress_data;
};

// The same as one ZIP, written to `fd` from front to back. `options` may be NULL. What a failure has written
// is no ZIP.
enum err exchange_export_zip(struct store *store, int fd, const struct exchange_export_options *options,
                             size_t *ret_left_out, struct problem *p);
