// Distances as people say them. Thread-safe.
#pragma once

#include <stdbool.h>

struct distance {
    bool kilometres; // the number is kilometres, else metres
    double number;
};

// To 10 m below 1 km (at least 10 m), to 0.1 km below 10 km, to whole kilometres beyond. `metres` is finite
// and not negative.
struct distance distance_round(double metres);
