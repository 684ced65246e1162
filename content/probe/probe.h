// What the bytes of a media file are, read without decoding them: for the server, which opens no picture, and
// for the helper, which opens one only when it may. Pure functions of the bytes; thread-safe.
#pragma once

#include <stddef.h>
#include <stdint.h>

// What the bytes are, by their content: JPEG, PNG, WebP, HEIC; MP3, M4A, Ogg/Opus; MP4, WebM. NULL when none
// of these (SVG is refused on purpose). *ret_class is "image", "audio" or "video". The first 64 bytes tell.
const char *probe_kind(const void *data, size_t len, const char **ret_class);

// The size in pixels as the file's header says, before any turning; 0 and 0 when it is not easily read in
// `len` bytes from the beginning. What the header says may be a lie: a decoder must look again.
void probe_size(const char *mime, const void *data, size_t len, int64_t *ret_width, int64_t *ret_height);

// How long a sound or film lasts, in milliseconds, as its container says (`data` is the whole file); for MP3
// without a count of frames by the first frame's bit rate. 0 when it is not easily read.
int64_t probe_duration(const char *mime, const void *data, size_t len);

// The size of a film's picture in pixels, upright, as its container says (`data` is the whole file). 0 and 0
// when it is not easily read, makes no sense (a side above 16,384), or there is no picture: recorders of
// sound write MP4 and WebM too. It may be a lie all the same.
void probe_film_size(const char *mime, const void *data, size_t len, int64_t *ret_width, int64_t *ret_height);
