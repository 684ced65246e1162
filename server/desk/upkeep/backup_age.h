// How old the newest whole backup is, for the backups' own page and for the desk's first one.
#pragma once

#include "content/backup/kept.h"
#include "server/desk/frame/screen.h"

// Puts `never`, `old` (in red: none, or older than a week) and `newest` into the object.
void backup_age_put(struct screen *screen, json_t *object, const struct kept_list *list);
