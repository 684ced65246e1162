// The rooms that answer requests, in the order in which their routes are tried.
#pragma once

#include "server/desk/desk.h"

#define ROOMS_MAX (4 + DESK_TABLES_MAX)

// Writes their route tables and returns how many.
size_t rooms_tables(struct route_table ret[ROOMS_MAX]);
