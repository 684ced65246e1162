// What the bytes of a media file are, read without decoding them: for the server, which opens no picture, and
// for the helper, which opens one only when it may. Pure functions of the bytes; thread-safe.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// What the bytes are, by their content: JPEG, PNG, WebP, HEIC; MP3, M4A, Ogg/Opus; MP4, WebM. NULL when none
// of these (SVG is refused on purpose). *ret_class is "image", "audio" or "video". The first 64 bytes tell.
const char *probe_kind(const void *data, size_t len, const char **ret_class);

// The size in pixels as the file's header says, before any turning; 0 and 0 when it is not easily read in
// `len` bytes from the beginning. What the header says may be a lie: a decoder must look again.
void probe_size(const char *mime, const void *data, size_t len, int64_t *ret_width, int64_t *ret_height);

// Whether there is anything to play in a sound or film, as its container says (`data` is the whole file): MP4
// and WebM name a track, Ogg begins with Opus or Vorbis, MP3 has a frame. What is in it may be damaged all
// the same.
bool probe_has_track(const char *mime, const void *data, size_t len);

// How long a sound or film lasts, in milliseconds, as its container says (`data` is the whole file); for MP3
// without a count of frames by the first frame's bit rate. 0 when it is not easily read.
int64_t probe_duration(const char *mime, const void *data, size_t len);

// Where a sound or film tells in which place it was taken (`data` is the whole file): the parts of its
// container that say so, of which an MP4 can have several. Each is the offset of four bytes; "free" written
// there makes the part mean nothing (ISO 14496-12, 8.1.2), and nothing else moves. At most PROBE_PLACES_MAX,
// in ret_at; returns how many. 0 for other kinds: Ogg, MP3 and WebM have no customary place for it.
#define PROBE_PLACES_MAX 16
size_t probe_places(const char *mime, const void *data, size_t len, size_t ret_at[PROBE_PLACES_MAX]);

// The size of a film's picture in pixels, upright, as its container says (`data` is the whole file). 0 and 0
// when it is not easily read, makes no sense (a side above 16,384), or there is no picture: recorders of
// sound write MP4 and WebM too. It may be a lie all the same.
void probe_film_size(const char *mime, const void *data, size_t len, int64_t *ret_width, int64_t *ret_height);
