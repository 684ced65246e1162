// A thread that publishes the sites whose time has come.
#pragma once

#include "common/err.h"

struct publisher;
struct store;

// Starts the thread: it looks at once, and then every 30 seconds. The store must outlive it. ERR_MEMORY, or
// what the system said.
enum err publisher_start(struct store *store, struct publisher **ret, struct problem *p);

// Ends the thread. NULL is fine.
void publisher_stop(struct publisher *publisher);
