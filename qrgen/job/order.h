// What is ordered beside the plates themselves: how they shall look, and what the parcel shall hold. Filled
// from the flags of the command line or from a job as JSON (job_json.h); plain values, whose texts belong to
// whoever filled it. The names of flags stand for the members in problems.
#pragma once

#include <stdbool.h>

// The kinds of files that are made of each plate.
enum order_kind { ORDER_PNG, ORDER_SVG, ORDER_PDF, ORDER_KINDS };

#define ORDER_KIND_NAMES "png|svg|pdf" // in the order of the enum, for an option table

#define ORDER_GUTTER_MM_DEFAULT 4.0
#define ORDER_GUTTER_MM_MAX     50.0
#define ORDER_MARGIN_MM_DEFAULT 10.0
#define ORDER_MARGIN_MM_MIN     5.0 // what presses and office printers leave white
#define ORDER_MARGIN_MM_MAX     50.0
#define ORDER_PAPER_MM_MIN      50.0
#define ORDER_PAPER_MM_MAX      2000.0

struct order_sheets {
    double width_mm, height_mm; // of the paper, either way round; 0: no sheets
    double gutter_mm;           // between plates
    double margin_mm;           // around them, at least
};

struct order {
    const char *name;     // of the batch, for people; ""
    const char *base_url; // stands before each code
    const char *material; // a note for the printer; ""
    const char *design;   // NULL: the bare symbol
    const char *designs;  // a folder with more designs, or NULL
    const char *logo;     // a file, or NULL
    unsigned kinds;       // bits 1u << enum order_kind, at least one
    unsigned dpi;
    double module_mm;  // 0: what size_mm or distance_m ask for, or the default where they are 0 too
    double size_mm;    // no picture shall be wider, quiet zone included; 0: no limit
    double distance_m; // from how far it shall be read; 0: nothing asked
    bool crop_marks;
    struct order_sheets sheets;
    bool proof;
    bool plain; // only PNGs of bare symbols beside manifest.csv, in a folder, as version 0.1 made them
};

// What a job that says no more is made with.
#define ORDER_DEFAULT ((struct order){.name = "", .material = "", .kinds = 1u << ORDER_PNG, .dpi = 600})

// Reads the name of a paper ("A4", "A3", in any case) or its size ("320x450", millimetres). False when it is
// neither, or out of ORDER_PAPER_MM_MIN to ORDER_PAPER_MM_MAX.
bool order_read_paper(const char *text, double *ret_width_mm, double *ret_height_mm);
