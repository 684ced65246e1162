// `/{lang}/search?q=`: sites by their words, and plates by their code.
#pragma once

#include "server/http/route.h"

route_handler search_answer;
extern const char *const search_params[];
