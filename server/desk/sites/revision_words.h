// What changed between two states of a site, in words for the people of the desk: members of the document
// have names ("Địa chỉ 2 · đến"), terms and states their labels, texts are compared word by word.
#pragma once

#include <jansson.h>

#include "server/desk/frame/screen.h"

// Puts list `changes` (and flags `has_changes` and `is_short`: some are shown whole) into `object`: label,
// long (a text of several lines), and pieces: text with one of same, removed, added.
enum err revision_words_put(struct screen *screen, json_t *object, const json_t *before, const json_t *after,
                            struct problem *p);
