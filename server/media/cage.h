// What a process gives up before it opens bytes that nobody vouches for. Linux only.
#pragma once

#include <stdint.h>

#include "common/err.h"

struct cage_limits {
    int64_t seconds; // of processor time
    int64_t memory;  // bytes of its own memory
    int64_t written; // bytes of one file
};

// Gives up for good: new privileges, core dumps, time and memory beyond the limits, and every system call
// that is not needed to compute, to allocate, to run threads and to read and write what is open already. So
// it can open no file and no connection, and start no program, whatever the bytes make it do. What it tries
// gets EPERM. All libraries must be loaded before. ERR_UNSUPPORTED when the kernel has no system call filter:
// then nothing should be opened.
enum err cage_enter(const struct cage_limits *limits, struct problem *p);
