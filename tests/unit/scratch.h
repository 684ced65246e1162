// A folder for the files of one unit test program: made before its tests and gone after them. Include once.
#pragma once

#include <stdio.h>
#include <stdlib.h>

#include "common/file.h"

static char scratch_root[] = "/tmp/stele-unit-XXXXXX";

// The path of `name` in it; valid until the fourth call after this one.
static inline const char *in_root(const char *name)
{
    static char path[4][256];
    static int turn;
    char *p = path[turn++ % 4];
    snprintf(p, sizeof path[0], "%s/%s", scratch_root, name);
    return p;
}

static int make_root(void **state)
{
    (void)state;
    return mkdtemp(scratch_root) ? 0 : -1;
}

static int remove_root(void **state)
{
    (void)state;
    return file_remove_tree(scratch_root, NULL) ? -1 : 0;
}
