#include "common/options_parts.h"

#include <string.h>

#define NAME_MAX_COMPARED 40

// Levenshtein's distance, with a swap of neighbours as one step (optimal string alignment).
static size_t distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
    size_t rows[3][NAME_MAX_COMPARED + 1];
    size_t *before = rows[0], *last = rows[1], *now = rows[2];
    for (size_t j = 0; j <= b_len; j++)
        last[j] = j;
    for (size_t i = 1; i <= a_len; i++) {
        now[0] = i;
        for (size_t j = 1; j <= b_len; j++) {
            size_t best = last[j - 1] + (a[i - 1] != b[j - 1]);
            best = last[j] + 1 < best ? last[j] + 1 : best;
            best = now[j - 1] + 1 < best ? now[j - 1] + 1 : best;
            bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            now[j] = swapped && before[j - 2] + 1 < best ? before[j - 2] + 1 : best;
        }
        size_t *spare = before;
        before = last;
        last = now;
        now = spare;
    }
    return last[b_len];
}

struct nearest {
    const char *name;
    size_t steps;
};

// Near is: a beginning of the name, or a third of its letters wrong at most.
static void consider(struct nearest *best, const char *name, const char *typed, size_t len)
{
    size_t name_len = strlen(name);
    if (len < 2 || len > NAME_MAX_COMPARED || name_len > NAME_MAX_COMPARED)
        return;
    size_t steps = distance(typed, len, name, name_len);
    if (len < name_len && strncmp(typed, name, len) == 0)
        steps = 1;
    size_t limit = name_len / 3 > 1 ? name_len / 3 : 1;
    if (steps <= limit && (!best->name || steps < best->steps))
        *best = (struct nearest){.name = name, .steps = steps};
}

const char *options_nearest_row(const struct options_program *program, int command, const char *name,
                                size_t len)
{
    struct nearest best = {.name = NULL};
    for (size_t i = 0; i < program->row_count; i++)
        if (options_takes(&program->rows[i], command))
            consider(&best, program->rows[i].name, name, len);
    for (size_t i = 0; i < OPTIONS_BUILTIN_SHOWN; i++)
        consider(&best, options_builtin_rows[i].name, name, len);
    return best.name;
}

const char *options_nearest_command(const struct options_program *program, const char *name)
{
    struct nearest best = {.name = NULL};
    for (size_t i = 0; i < program->command_count; i++)
        if (program->commands[i].name)
            consider(&best, program->commands[i].name, name, strlen(name));
    return best.name;
}
