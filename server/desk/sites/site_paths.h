// Private to the form of a site: members of its document by path.
#pragma once

#include <jansson.h>
#include <stdbool.h>

#include "common/arena.h"

// Members that hold one text, under the same name in form and document; ends with NULL.
extern const char *const site_plain_members[];

// "decision.date" in an object; NULL when there is none. Borrowed.
json_t *site_path_get(const json_t *object, const char *path);

// Sets it, making the objects on the way; takes over the reference of `value`. False when memory is out.
bool site_path_set(json_t *object, const char *path, json_t *value);
void site_path_remove(json_t *object, const char *path); // and an object that is empty then

// The shortest decimal text that reads back as the same number: "10.07273". NULL when memory is out.
const char *site_number_text(struct arena *a, double number);
