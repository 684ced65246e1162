// A symbol drawn with characters, for a terminal that shows UTF-8 and 256 colours.
#pragma once

#include "common/buf.h"
#include "qrgen/symbol/matrix.h"

// Appends the symbol with its quiet zone: half-block characters, two modules high each, so that modules are
// about square. size + 8 columns, (size + 9) / 2 lines, each ending in a colour reset and LF. Black and white
// are named explicitly, so that it scans on a dark and on a light terminal. Failure is the buffer's.
void terminal_draw(const struct matrix *m, struct buf *out);
