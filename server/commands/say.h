// What the program says on standard error: whole lines, each begun with its name, so that they can be told
// apart in a shared log. Thread-safe.
#pragma once

#include "common/err.h"

void say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

// Says the problem and returns STATUS_FAILED, so that a command can end with it.
int say_failed(const struct problem *p);

// Says every problem of the list, as they stand (they begin with their place), and how many were too many.
void say_list(const struct problem_list *list);
