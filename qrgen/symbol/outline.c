#include "qrgen/symbol/outline.h"

#include <stdint.h>
#include <string.h>

enum direction { RIGHT, DOWN, LEFT, UP };

static const int step_x[] = {1, 0, -1, 0}, step_y[] = {0, 1, 0, -1};

// Where the walk is: a corner between modules, and where it goes. Dark is on its right-hand side.
struct walk {
    int x, y;
    enum direction way;
};

// The modules beyond the corner that the walk has come to: on its right, and on its left.
static bool dark_ahead(const struct matrix *m, const struct walk *walk, bool right)
{
    static const int column[2][4] = {{0, 0, -1, -1}, {0, -1, -1, 0}}; // left, right
    static const int row[2][4] = {{-1, 0, 0, -1}, {0, 0, -1, -1}};
    return matrix_dark(m, walk->x + column[right][walk->way], walk->y + row[right][walk->way]);
}

// Modules that touch at a corner alone are kept apart: the walk turns right there.
static enum direction next_way(const struct matrix *m, const struct walk *walk)
{
    if (!dark_ahead(m, walk, true))
        return (walk->way + 1) % 4;
    if (!dark_ahead(m, walk, false))
        return walk->way;
    return (walk->way + 3) % 4;
}

// One outline, from the upper left corner of a dark module whose upper neighbour is light. `seen` marks the
// upper edges that an outline has gone along.
static void walk_around(const struct matrix *m, int x, int y, bool *seen, const struct outline_pen *pen)
{
    struct walk walk = {x, y, RIGHT};
    pen->move(pen->arg, x, y);
    for (;;) {
        if (walk.way == RIGHT)
            seen[walk.y * m->size + walk.x] = true;
        walk.x += step_x[walk.way], walk.y += step_y[walk.way];
        enum direction way = next_way(m, &walk);
        if (walk.x == x && walk.y == y && way == RIGHT)
            break;
        if (way != walk.way)
            pen->line(pen->arg, walk.x, walk.y);
        walk.way = way;
    }
    pen->close(pen->arg);
}

void outline_trace(const struct matrix *m, const struct outline_pen *pen)
{
    bool seen[MATRIX_SIZE_MAX * MATRIX_SIZE_MAX];
    memset(seen, 0, (size_t)m->size * (size_t)m->size);
    for (int y = 0; y < m->size; y++)
        for (int x = 0; x < m->size; x++)
            if (matrix_dark(m, x, y) && !matrix_dark(m, x, y - 1) && !seen[y * m->size + x])
                walk_around(m, x, y, seen, pen);
}
