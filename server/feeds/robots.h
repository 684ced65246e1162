// `/robots.txt` (RFC 9309).
#pragma once

#include "server/http/route.h"

route_handler robots_answer;
