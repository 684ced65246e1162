// One account, for admins: making it, changing it, and its one-time password link. Handlers of accounts.c.
#pragma once

#include "server/http/route.h"

route_handler account_form_new, account_form_add, account_form_show, account_form_save, account_form_link;
