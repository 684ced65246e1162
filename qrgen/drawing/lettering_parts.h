// What lettering.c stands on: fonts, the characters they have, and paths. For the files of lettering alone.
#pragma once

#include <pango/pangocairo.h>
#include <stdbool.h>

#include "qrgen/drawing/lettering.h"

// Pango works in whole numbers of 1/1024 unit and cairo's paths in 1/256: both far below what can be printed.
#define LETTERING_UNITS_PER_MM 100.0
#define LETTERING_LINES_MAX    32
// Of the Noto faces, in ems: capital letters with one mark above, and the depth of g, p, y with one below.
// The room that a line has at least, so that the lines of all plates stand at the same height.
#define LETTERING_CAPITAL 0.76
#define LETTERING_DESCENT 0.24

// The text as it is set: control characters and line ends as single spaces, none at its ends. ERR_INVALID
// when it is no UTF-8, ERR_TOO_LARGE beyond LETTERING_BYTES_MAX.
enum err lettering_clean(const struct lettering_text *text, char ret[LETTERING_BYTES_MAX + 1],
                         struct problem *p);

// The font of a text, with its relatives for other scripts behind it. Free with pango_font_description_free.
PangoFontDescription *lettering_font(const struct lettering_text *text, double size_mm);

// Whether the family is installed and some font has each character. ERR_UNSUPPORTED with the Debian package
// that brings what is missing.
enum err lettering_check_fonts(PangoLayout *layout, const struct lettering_text *text, struct problem *p);

// Where lines may break. A name's parts are what stands before and in brackets ("Chùa Ông (Quảng Triệu Hội
// Quán)"), and around a dash or a semicolon.
enum lettering_breaks {
    LETTERING_PARTS_WHOLE,   // between parts alone, where there are several; otherwise between words
    LETTERING_PARTS_APART,   // always before brackets, and between words outside them
    LETTERING_PARTS_LOOSE,   // always before brackets, and between words
    LETTERING_BRACKETS_KEPT, // between words outside brackets
    LETTERING_ANYWHERE,      // between words; before a dash in none of these
};

// The text with no-break spaces (U+00A0) and line ends put in for that. False when it stays as it is.
#define LETTERING_KEPT_SIZE (2 * LETTERING_BYTES_MAX + 1)
bool lettering_break_parts(const char *words, enum lettering_breaks breaks, char ret[LETTERING_KEPT_SIZE]);

// An address that may be broken before its dots (behind a U+200B) and not at its hyphens (before a U+2060).
// False when there are none, or it is too long for any plate.
bool lettering_break_address(const char *words, char ret[LETTERING_KEPT_SIZE]);

// True when the text holds letters of scripts that put no spaces between words and whose words nobody has
// marked: Thai, Lao, Myanmar, Khmer.
bool lettering_has_no_spaces(const char *words);

// Appends the outlines of a line, in units of LETTERING_UNITS_PER_MM, to the shape under way.
void lettering_append_path(const cairo_path_t *path, double x_mm, double baseline_mm, struct drawing *d);
