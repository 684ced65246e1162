// Private to the desk: reading what desk_flash wrote.
#pragma once

#include <jansson.h>

#include "server/desk/frame/frame.h"

struct flash {
    enum desk_tone tone;
    const char *key;
    const char *undo; // address, or NULL
    json_t *values;   // an object, or NULL; to be released
};

// False when there is none, or none that we would have written.
bool flash_read(const struct http_request *req, struct flash *ret);
