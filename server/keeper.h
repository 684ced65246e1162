// A thread that adds what was counted in memory to the store every second: scans, and fetched parcels.
#pragma once

#include "common/err.h"

struct keeper;
struct parcel_count;
struct scan_counter;
struct store;

// Starts the thread. Counters and store must outlive it. ERR_MEMORY, or what the system said.
enum err keeper_start(struct scan_counter *scans, struct parcel_count *downloads, struct store *store,
                      struct keeper **ret, struct problem *p);

// Ends the thread and adds what still waits. What cannot be added is said on standard error. NULL is fine.
void keeper_stop(struct keeper *keeper);
