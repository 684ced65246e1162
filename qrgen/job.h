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

struct job_plate {
    char code[CODE_SIZE];
    const char *site;   // slug of the site or tour, "" when it has none
    const char *title;  // for people; ""
    const char *place;  // where the board stands; ""
    unsigned long line; // in the list it was read from, counted from 1; 0 when it was no list
};

// `arena` owns all texts. Initialise with JOB_INIT, release with job_clear.
struct job {
    struct arena arena;
    struct job_plate *plates;
    size_t count;
    size_t capacity;
    size_t retired; // plates left out because they are retired
};

#define JOB_INIT ((struct job){.arena = ARENA_INIT})

// Appends a plate; the texts are copied, NULL is "". ERR_INVALID with field "code" and the plate's line when
// the code is none; ERR_TOO_LARGE beyond JOB_PLATE_MAX; ERR_MEMORY. The job is unchanged on failure.
// `plate->code` is what a person may have typed ("K7M3-9QX2") and must hold a NUL.
enum err job_add(struct job *job, const char *code, const struct job_plate *plate, struct problem *p);

// ERR_EXISTS with field "code" when two plates have the same code; names the lines of both.
enum err job_check_unique(const struct job *job, struct problem *p);

// The name of the picture of plate number `sequence` (from 1): "0001_k7m39qx2_dinh-binh-thuy.png". The digits
// are four, or as many as job->count needs, so that names sort in the order of the job. The last
// part is the site, or the title of a plate without one, as fold_slug writes it ("site" where nothing of it
// can be written so); a plate with neither has no last part. ERR_MEMORY.
enum err job_file_name(const struct job *job, size_t sequence, char ret[JOB_FILE_MAX], struct problem *p);

// True for names of the form that job_file_name makes, with a right code.
bool job_is_file_name(const char *name);

void job_clear(struct job *job);

#define cleanup_job CLEANUP(job_clear)
