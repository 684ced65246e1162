// Sound and film in the helper: measured, and kept from telling where they were taken. Nothing is decoded.
#pragma once

#include <stddef.h>

#include "common/err.h"
#include "server/media/facts.h"

// Fills facts->has_track, duration_ms, width and height from the container (facts->mime is set). Where it
// tells a place, the output "original" becomes the same file without that, and is named among the variants.
enum err recording_look(const void *data, size_t len, const struct outputs *outputs, struct facts *facts,
                        struct problem *p);
