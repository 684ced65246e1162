// A symbol as a drawing: SVG 1.1, its size in millimetres, quiet zone included.
#pragma once

#include "common/buf.h"
#include "qrgen/symbol/matrix.h"
#include "qrgen/symbol/measure.h"

// Appends the drawing: a white ground and one black path, the outlines of the dark parts, so that no viewer
// shows seams between modules. One unit of its coordinates is one module. SVG knows no ink: black is RGB 0,
// which a printer may mix from four colours, so files of it say "rgb" in their names. The same matrix and
// measure give the same bytes, always. ERR_MEMORY; *ret has its old length then. Thread-safe.
enum err svg_draw(const struct matrix *m, const struct measure *measure, struct buf *ret, struct problem *p);
