// Private to imports: what a look through a file found.
#pragma once

#include "content/exchange/look.h"
#include "server/desk/exchange/import_job.h"
#include "server/desk/frame/screen.h"

void import_report_put(struct screen *screen, const struct upload *upload, const struct look *look,
                       const struct import_outcome *outcome);
