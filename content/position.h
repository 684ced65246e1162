// Positions as people write them: decimal degrees, degrees with minutes and seconds, with signs or with the
// names of the hemispheres in Vietnamese, English or German. WGS 84 throughout. Thread-safe.
#pragma once

#include <stdbool.h>

#include "common/err.h"

#define POSITION_TEXT_MAX                                                                                    \
    1200 // bytes; so that an address fits, escaped once more, into the target of a request

enum position_axis {
    POSITION_LAT,
    POSITION_LON,
};

struct position {
    double lat; // -90 to 90
    double lon; // -180 to 180
};

// One coordinate: "10.07273", "10,07273", "-10.5°", "10° 4' 21.8\" N", "10 04 21.8", "10:04:21,8",
// "105 độ 45 phút Đông", "E 105.75". Minutes and seconds are below 60; only the last number may have a
// fraction; a hemisphere and a minus exclude each other. The lone letter O is refused: it is east in German
// and west in French. ERR_INVALID with a sentence; `field` names the input (may be NULL).
enum err position_read_axis(const char *text, enum position_axis axis, const char *field, double *ret,
                            struct problem *p);

// Latitude and longitude that stand apart. ERR_INVALID as above; where the two would do the other way round,
// the sentence says so.
enum err position_read_two(const char *lat, const char *lon, const char *lat_field, const char *lon_field,
                           struct position *ret, struct problem *p);

// A pair, latitude first unless the hemispheres say otherwise: "10.07273, 105.752467",
// "10,07273; 105,752467", "10°4'21.8\"N 105°45'8.9\"E", and "POINT (105.752467 10.07273)" (well-known text:
// longitude first). "10,105" is refused, because it may be one number or two.
//
// Also the address of a place on a map, with or without words before it, up to POSITION_TEXT_MAX; nobody is
// asked:
//   "geo:10.07273,105.752467" (RFC 5870), "geo:0,0?q=10.07273,105.752467(Name)" (Android)
//   "https://www.google.com/maps/…": "!3d10.07!4d105.75", which is the place itself; or else
//   "?q=10.07,105.75",
//   "?query=", "?ll="; or "/place/10.07,105.75", "/search/…"; or "/@10.07,105.75,17z", the middle of the
//   view. Likewise "https://maps.google.com/…", in any country "https://www.openstreetmap.org/…":
//   "?mlat=10.07&mlon=105.75", or else "#map=17/10.07/105.75" "https://maps.apple.com/…":
//   "?coordinate=10.07,105.75", "?ll="
// An address without a position, and a short one ("https://maps.app.goo.gl/…"), which only its owner can look
// up, are refused with the way out. ERR_INVALID; ERR_MEMORY.
enum err position_read(const char *text, const char *field, struct position *ret, struct problem *p);

// One coordinate as people say it, to a tenth of a second (3 m): what position_read_axis reads back.
struct position_parts {
    bool minus; // south or west; never for what is written as zero
    int degrees, minutes, seconds, tenths;
};
struct position_parts position_split(double degrees);

// The range of both, and what is surely a mistake: latitude and longitude swapped, and 0, 0, which tables
// write where they know no position. ERR_INVALID.
enum err position_check(double lat, double lon, const char *field, struct problem *p);
