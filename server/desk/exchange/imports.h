// Imports in the browser, what their modules share. Routes are in imports.c.
#pragma once

#include "server/desk/frame/screen.h"
#include "server/http/route.h"

route_handler import_file_new;    // import_file.c: the form for a file
route_handler import_file_upload; // import_file.c
route_handler import_file_match;  // import_match.c: columns and first rows
route_handler import_file_run;    // import_match.c: look through, or land

// ERR_DENIED unless the user may publish and is limited to no areas: an import can change every site.
enum err imports_allowed(const struct desk_user *user, struct problem *p);
