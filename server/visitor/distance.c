#include "server/visitor/distance.h"

#include <math.h>

struct distance distance_round(double metres)
{
    double tens = fmax(round(metres / 10) * 10, 10);
    if (tens < 1000)
        return (struct distance){.number = tens};
    double tenths = round(metres / 100) / 10;
    if (tenths < 10)
        return (struct distance){.kilometres = true, .number = tenths};
    return (struct distance){.kilometres = true, .number = round(metres / 1000)};
}
