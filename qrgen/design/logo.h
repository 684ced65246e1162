// A logo from a PNG file, as outlines: the press gets one shape in one ink, sharp at any size, and no
// picture.
#pragma once

#include "common/err.h"
#include "qrgen/design/compose.h"

#define LOGO_FILE_MAX   (16u << 20)
#define LOGO_SIDE_MAX   6000   // pixels
#define LOGO_POINTS_MAX 200000 // of the outlines: a photo has more, a seal or emblem far fewer

// Reads the file. What is darker than middle grey, on white where the picture is transparent, becomes ink;
// where edges are softened the outline runs between the pixels. White around it is left out. ERR_CORRUPT,
// field
// "--logo", for what is no PNG; ERR_TOO_LARGE for one that is too large or has too many details;
// ERR_UNSUPPORTED when nothing in it is dark; ERR_NOT_FOUND, ERR_DENIED, ERR_IO, ERR_MEMORY. *ret (LOGO_INIT)
// is unchanged on failure. Release with logo_free.
enum err logo_read(const char *path, struct logo *ret, struct problem *p);

// The same from bytes; `path` is what problems call them.
enum err logo_parse(const char *path, const void *png, size_t len, struct logo *ret, struct problem *p);

void logo_free(struct logo *logo);

#define cleanup_logo CLEANUP(logo_free)
