// A library's sentence in the desk's language.
#pragma once

#include "server/desk/frame/screen.h"

// The words of a problem that has a name (common/err.h): "problem.KEY" with what it says at {1}, {2}, {3}. A
// value that names a part of a site ("title", "latitude") is said in the desk's language too, and a
// language tag has its name at {language_1}, {language_2}, {language_3}: "tiếng Việt". NULL when the
// problem has no name. In the arena.
const char *told_named(struct screen *screen, const struct problem *problem);

// The same, and for a problem without a name what its code means. Never NULL, never the library's English.
const char *told_words(struct screen *screen, const struct problem *problem);
