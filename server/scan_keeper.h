// A thread that adds the counted scans to the store every second.
#pragma once

#include "common/err.h"

struct scan_counter;
struct scan_keeper;
struct store;

// Starts the thread. Counter and store must outlive it. ERR_MEMORY, or what the system said.
enum err scan_keeper_start(struct scan_counter *counter, struct store *store, struct scan_keeper **ret,
                           struct problem *p);

// Ends the thread and adds what still waits. What cannot be added is said on standard error. NULL is fine.
void scan_keeper_stop(struct scan_keeper *keeper);
