// The libraries that make files, with the versions that are running: with the same ones, the same job gives
// the same bytes.
#pragma once

#include "qrgen/parcel/manifest.h"

#define TOOLS_MAX          10
#define TOOLS_VERSION_SIZE 32

// Fills `ret`, whose versions stand in `versions`; says how many there are.
size_t tools_list(struct manifest_tool ret[TOOLS_MAX], char versions[TOOLS_MAX][TOOLS_VERSION_SIZE]);
