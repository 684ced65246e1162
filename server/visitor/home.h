// `/` and `/{lang}/`: what there is to see.
#pragma once

#include "server/http/route.h"

route_handler home_answer;
