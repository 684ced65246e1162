// Private to imports: what the columns of a table hold.
#pragma once

#include "content/exchange/look.h"
#include "server/desk/exchange/upload.h"
#include "server/desk/frame/form.h"
#include "server/desk/frame/screen.h"

// The header and the first rows of a table; nothing for other files. ERR_INVALID, ERR_UNSUPPORTED and
// ERR_TOO_LARGE for a table that cannot be read.
enum err import_columns_look(struct screen *screen, const struct upload *upload, struct look *ret,
                             struct problem *problem);

// Puts the file and the form for it into the context. `fresh`: nothing was chosen yet, the guess stands.
void import_columns_put(struct screen *screen, const struct upload *upload, const struct form *form,
                        const struct look *look, bool fresh);

// "title=Tên di tích,lat=": every field that the form can choose, so that nothing is guessed behind its back.
// NULL when memory is out.
const char *import_columns_mapping(struct arena *a, const struct form *form, const struct look *look);

// The words of a field that two columns were chosen for, of which a mapping could only say one; or NULL.
const char *import_columns_doubled(struct screen *screen, const struct form *form, const struct look *look);

// The state that was chosen for new sites.
const char *import_columns_state(const struct form *form);
