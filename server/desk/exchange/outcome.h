// Private to imports: the files that a job leaves in an upload's folder. No uploaded file has such a name.
#pragma once

#include "server/desk/exchange/import_job.h"

#define OUTCOME_ORDER  ".order"
#define OUTCOME_FILE   ".outcome"
#define OUTCOME_ROOT   ".root"  // where in OUTCOME_BUNDLE the bundle is
#define OUTCOME_BUNDLE "bundle" // an archive, unpacked

// Writes what came of an import that ended with `e`. Nothing is written when the disk says no: the order then
// stands without an outcome, as after a power cut.
void outcome_write(const char *path, enum err e, const struct exchange_report *report);

// Reads both files, as far as they are there.
void outcome_read(const char *order, const char *outcome, struct import_outcome *ret);
