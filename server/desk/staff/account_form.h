// One account, for admins: making it, changing it, its one-time password link, and taking off a second factor
// that was lost. Handlers of accounts.c.
#pragma once

#include "server/http/route.h"

route_handler account_form_new, account_form_add, account_form_show, account_form_save, account_form_link;
route_handler account_factor_show, account_factor_off; // account_factor.c
