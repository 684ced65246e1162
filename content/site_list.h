// Private to content/: cards from a query whose columns are those of CARD_COLUMNS in
// store/statements/parts.h.
#pragma once

#include "content/site.h"

struct query;

// Steps through all rows of a started query and ends it.
enum err site_cards_collect(struct query *q, struct arena *a, struct site_cards *ret, struct problem *p);
