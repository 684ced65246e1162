// The files that the helper may write: all are made before it opens the picture, for afterwards it can make
// none. One thread.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "common/cleanup.h"
#include "common/err.h"

// Where in the picture its subject is, each as a part of 100 from the left and from the top; x < 0: not told.
struct focus {
    int x, y;
};

enum { OUTPUTS_MAX = 16, OUTPUT_NAME_SIZE = 32 };

struct output {
    char name[OUTPUT_NAME_SIZE];
    int fd;
};

struct outputs {
    int folder; // -1: not open
    struct output items[OUTPUTS_MAX];
    size_t count;
};

#define OUTPUTS_INIT ((struct outputs){.folder = -1})

// Makes the folder where it is missing, and all files, empty. ERR_EXISTS when one of them is there already.
enum err outputs_open(const char *folder, struct focus focus, struct outputs *ret, struct problem *p);

// The descriptor of the file of that name; -1 when there is none.
int outputs_find(const struct outputs *outputs, const char *name);

// Removes the files that stayed empty, or, when nothing came of it, all. Closes everything.
void outputs_close(struct outputs *outputs, bool keep);
