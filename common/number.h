// Whole numbers in forms that a program lays down: dates, tickets, names of buttons.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NUMBER_DIGITS_MAX 18 // of any width: they always fit into 63 bits

// Reads the ASCII digits at *at as a decimal number, `most` of them at the most (1 to NUMBER_DIGITS_MAX), and
// moves *at behind them. Unlike scanf and strtol it takes neither blanks nor a sign. False, with *at and *ret
// untouched, where fewer than `least` digits stand (at least 1). A digit too many is left to the caller.
bool number_take(const char **at, size_t least, size_t most, int64_t *ret);
