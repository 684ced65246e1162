// The options of stele-qrgen.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "common/options.h"
#include "qrgen/job/order.h"

enum flags_progress { FLAGS_PROGRESS_AUTO, FLAGS_PROGRESS_JSON };

struct settings {
    const char *out, *data, *csv, *job, *columns, *base_url, *show;
    const char *sheets, *name, *material, *design, *designs, *logo, *preview;
    struct options_list format;
    double module_mm, size_mm, gutter_mm, margin_mm, distance_m;
    int64_t dpi, jobs;
    int progress; // enum flags_progress
    bool force, check, quiet, proof, crop_marks, list_designs;
};

extern const struct options_program flags_program;

// Whether the option whose value stands at `offset` in the settings was given as a flag.
bool flags_given(const struct options_given *given, size_t offset);

// The name of a flag that cannot be given beside --job because the job says it, and was given; NULL: none.
const char *flags_beside_job(const struct options_given *given);

// The order that the settings make. ERR_INVALID with field "--sheets" for a paper that is none.
enum err flags_order(const struct settings *s, struct order *ret, struct problem *p);
