#include "content/store/statements.h"

#include "content/store/statements/parts.h"

// clang-format off

// A row that stands twice breaks the build (-Wextra), one that is missing test_store.
const struct statement_row statements[STATEMENT_COUNT] = {
#include "content/store/statements/store.inc"
#include "content/store/statements/setting.inc"
#include "content/store/statements/term.inc"
#include "content/store/statements/site.inc"
#include "content/store/statements/card.inc"
#include "content/store/statements/search.inc"
#include "content/store/statements/media.inc"
#include "content/store/statements/upload.inc"
#include "content/store/statements/tour.inc"
#include "content/store/statements/plate.inc"
#include "content/store/statements/scan.inc"
#include "content/store/statements/account.inc"
#include "content/store/statements/session.inc"
#include "content/store/statements/history.inc"
#include "content/store/statements/draft.inc"
#include "content/store/statements/import.inc"
#include "content/store/statements/desk_list.inc"
#include "content/store/statements/batch.inc"
#include "content/store/statements/parcel.inc"
};
