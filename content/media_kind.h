// Private to content/: facts read from the first bytes of a media file, without decoding it.
#pragma once

#include <stddef.h>
#include <stdint.h>

// The size in pixels as the file's header says; 0 and 0 when it is not easily read.
void media_pixel_size(const char *mime, const void *data, size_t len, int64_t *ret_width,
                      int64_t *ret_height);
