// `/{lang}/sites`: all sites, narrowed to a kind or an area, in pages.
#pragma once

#include "server/http/route.h"

route_handler list_answer;
extern const char *const list_params[];
