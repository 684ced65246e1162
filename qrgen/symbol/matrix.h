// The matrix of a plate's symbol: QR Code (ISO/IEC 18004:2015), the smallest version that keeps error
// correction at level Q, raised to H where H fits the same version. Encoded by libqrencode.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "common/err.h"

#define MATRIX_VERSION_MAX 40
#define MATRIX_SIZE_MAX    177  // modules a side of version 40: 4 * 40 + 17
#define MATRIX_QUIET       4    // modules of quiet zone on each side (ISO/IEC 18004, 6.3.8)
#define MATRIX_TEXT_MAX    1663 // bytes that version 40 holds at level Q in byte mode

// Plain memory: copy it, no destructor. `modules` holds the symbol without its quiet zone, one bit a module,
// row by row from the upper left corner without padding between rows, most significant bit first, 1 is dark.
struct matrix {
    int version; // 1 to MATRIX_VERSION_MAX
    int size;    // modules a side: 4 * version + 17
    char level;  // 'Q' or 'H'
    uint8_t modules[(MATRIX_SIZE_MAX * MATRIX_SIZE_MAX + 7) / 8];
};

// True when the module in column x, row y is dark, both from 0 at the upper left of the symbol. False
// anywhere outside: the quiet zone is light.
bool matrix_dark(const struct matrix *m, int x, int y);

// Encodes `text` (not empty). libqrencode's own division into segments and plain byte mode are both tried;
// the smaller symbol wins, byte mode on a tie. The same text gives the same matrix, always.
// ERR_INVALID: empty text; ERR_TOO_LARGE: more than version 40 holds at level Q; ERR_UNSUPPORTED: the
// libqrencode found at run time is not version 4.1 or a later 4.x; ERR_MEMORY.
// Thread-safe where libqrencode was built with thread support, as Debian's is; the unit test encodes in
// several threads at once and compares.
enum err matrix_make(const char *text, struct matrix *ret, struct problem *p);
