// What a batch is made from: plates as values, from wherever they come. One thread while it is filled; any
// number may read it afterwards.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "common/arena.h"
#include "common/err.h"
#include "content/code/code.h"

#define JOB_FILE_MAX  128     // bytes of a file's name, with the NUL
#define JOB_PLATE_MAX 1000000 // far above any country's monuments; keeps a mistaken file from filling memory

#define JOB_COPIES_MAX 1000 // of one plate

// A text in one language, and the same in several. Languages are tags as fold_is_lang wants them.
struct job_text {
    const char *lang, *text;
};
struct job_texts {
    const struct job_text *items;
    size_t count;
};

struct job_plate {
    char code[CODE_SIZE];
    const char *site;         // slug of the site or tour, "" when it has none
    const char *title;        // for people; ""
    const char *place;        // where the board stands; ""
    struct job_texts titles;  // the site's name by language, the first language first; may be empty
    struct job_texts rank;    // what the site is recognised as
    struct job_texts address; // where the site is
    unsigned copies;          // how often it is printed: 1 to JOB_COPIES_MAX; job_add takes 0 for 1
    unsigned long line;       // in the list it was read from, counted from 1; 0 when it was no list
};

// The text in `lang`, else the first, else "".
const char *job_text_in(const struct job_texts *texts, const char *lang);

// `arena` owns all texts. Initialise with JOB_INIT, release with job_clear.
struct job {
    struct arena arena;
    struct job_plate *plates;
    size_t count;
    size_t capacity;
    size_t retired; // plates left out because they are retired
    size_t copies;  // of all plates together
};

#define JOB_INIT ((struct job){.arena = ARENA_INIT})

// Appends a plate; the texts are copied, NULL is "". A plate without `title` has the first of its titles as
// one. ERR_INVALID with field "code" and the plate's line when
// the code is none; ERR_TOO_LARGE beyond JOB_PLATE_MAX; ERR_MEMORY. The job is unchanged on failure.
// `plate->code` is what a person may have typed ("K7M3-9QX2") and must hold a NUL.
enum err job_add(struct job *job, const char *code, const struct job_plate *plate, struct problem *p);

// ERR_EXISTS with field "code" when two plates have the same code; names the lines of both.
enum err job_check_unique(const struct job *job, struct problem *p);

// The name of a file of plate number `sequence` (from 1): "0001_k7m39qx2_dinh-binh-thuy.png" with the suffix
// ".png". The digits are four, or as many as job->count needs, so that names sort in the order of the job.
// The last part is the site, or the title of a plate without one, as fold_slug writes it ("site" where
// nothing of it can be written so); a plate with neither has no last part. `suffix` is one of job_suffixes.
// ERR_MEMORY.
enum err job_file_name(const struct job *job, size_t sequence, const char *suffix, char ret[JOB_FILE_MAX],
                       struct problem *p);

// How the names of a plate's files end: ".png", "_rgb.svg", ".pdf". Ends with NULL.
extern const char *const job_suffixes[];

// True for names of the form that job_file_name makes, with a right code.
bool job_is_file_name(const char *name);

void job_clear(struct job *job);

#define cleanup_job CLEANUP(job_clear)
