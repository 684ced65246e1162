// Time. Instants are seconds since 1970-01-01T00:00:00Z in int64_t; texts are always UTC. Thread-safe
// throughout.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

int64_t clock_now(void);          // the wall clock, seconds
int64_t clock_monotonic_ms(void); // never goes back; for deadlines and durations

// "2026-11-22T07:25:45Z" (RFC 3339), 20 bytes and a NUL. Years outside 0000 to 9999 are clamped.
#define CLOCK_RFC3339_SIZE 21
void clock_rfc3339(int64_t when, char out[CLOCK_RFC3339_SIZE]);

// Reads just that form back. False, and *ret untouched, for anything else and for days that do not exist.
bool clock_read_rfc3339(const char *text, int64_t *ret);

// Sites lie in Indochina Time: UTC+7, without summer time (IANA Asia/Ho_Chi_Minh, since 1975). Seconds that
// its clocks are ahead.
#define CLOCK_LOCAL_S (7 * 3600)

// Reads "2026-11-22" and "14:05" (or "9:5") of those clocks. False, and *ret untouched, for anything else and
// for days and hours that do not exist.
bool clock_read_local(const char *date, const char *time, int64_t *ret);

// "Sun, 22 Nov 2026 07:25:45 GMT" (IMF-fixdate, RFC 9110 section 5.6.7), 29 bytes and a NUL.
#define CLOCK_HTTP_DATE_SIZE 30
void clock_http_date(int64_t when, char out[CLOCK_HTTP_DATE_SIZE]);
