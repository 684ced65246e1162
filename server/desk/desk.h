// The desk as server/commands/ sees it: all route tables of its screens, and the way in.
#pragma once

#include <stddef.h>

#include "server/desk/staff/entry.h"
#include "server/http/route.h"

// Writes the desk's route tables, in the order in which they are to be tried, and returns how many: at most
// DESK_TABLES_MAX.
#define DESK_TABLES_MAX 32
size_t desk_routes(struct route_table ret[DESK_TABLES_MAX]);
