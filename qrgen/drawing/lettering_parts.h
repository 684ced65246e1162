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

// The text with no-break spaces (U+00A0) between brackets, so that a line breaks before what they hold and
// not within it. False when there is nothing to keep together.
#define LETTERING_KEPT_SIZE (2 * LETTERING_BYTES_MAX + 1)
bool lettering_keep_together(const char *words, char ret[LETTERING_KEPT_SIZE]);

// An address that may be broken before its dots (behind a U+200B) and not at its hyphens (before a U+2060).
// False when there are none, or it is too long for any plate.
bool lettering_break_address(const char *words, char ret[LETTERING_KEPT_SIZE]);

// True when the text holds letters of scripts that put no spaces between words and whose words nobody has
// marked: Thai, Lao, Myanmar, Khmer.
bool lettering_has_no_spaces(const char *words);

// Appends the outlines of a line, in units of LETTERING_UNITS_PER_MM, to the shape under way.
void lettering_append_path(const cairo_path_t *path, double x_mm, double baseline_mm, struct drawing *d);
