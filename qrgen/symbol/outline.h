// The outlines of what is dark in a symbol, for everything that draws it as one filled shape: no viewer then
// shows seams between modules.
#pragma once

#include "qrgen/symbol/matrix.h"

// Who is told of the outlines. Coordinates count corners of modules from the upper left of the symbol,
// without its quiet zone: x to the right, y down, 0 to matrix.size. Lines are alternately horizontal and
// vertical.
struct outline_pen {
    void *arg;
    void (*move)(void *arg, int x, int y); // an outline begins
    void (*line)(void *arg, int x, int y); // and goes on
    void (*close)(void *arg);              // and goes back to where it began, by one more line
};

// Tells the pen every outline: dark lies on the right-hand side of the way, so holes go round the other way
// than what they are in, and both rules of filling (non-zero, even-odd) give the same. Modules that touch at
// a corner alone are kept apart. The same matrix gives the same calls, always. Thread-safe.
void outline_trace(const struct matrix *m, const struct outline_pen *pen);
