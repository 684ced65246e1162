// `/{code}`: the page of a plate, in one request. Whatever people type is read (content/code/code.h). A plate
// answers with the page of its site or tour; a retired one with 410 and the way on; a code that is mistyped,
// unknown or not open yet with 404 and help.
#pragma once

#include "server/http/route.h"

route_handler plate_answer;

// Counts the scan: every answer about an existing plate that carried a page, from the page cache too.
route_observer plate_seen;
