// Private to server/pictures: what the helper said, which is believed no more than the file that it opened.
#pragma once

#include <stddef.h>

#include "common/arena.h"
#include "common/err.h"
#include "content/media.h"

enum { ANSWER_MAX = 16384, ANSWER_VARIANTS_MAX = 16 };

// Reads the JSON object. Variants have name, mime and size; sha256, file and bytes are not set. Names are
// those of plain files (a-z, 0-9, "-", "."). ERR_INVALID when it has not the form that it should have.
enum err answer_read(const char *text, size_t len, struct arena *a, struct media_facts *ret,
                     struct problem *p);
