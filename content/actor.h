// Who changes content: kept with every revision and audit row.
#pragma once

#include <stdint.h>

struct actor {
    int64_t account_id; // 0: no account (a command, the server itself)
    const char *name;   // "stele import", or the account's name
    int64_t import_id;  // 0: not part of an import
    const char *word;   // what is said with the change, kept with the audit row of a save; NULL: nothing
};
