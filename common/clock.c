#include "common/clock.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "common/number.h"

static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

int64_t clock_now(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_REALTIME, &ts);
    return ts.tv_sec;
}

int64_t clock_monotonic_ms(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static struct tm split(int64_t when)
{
    const int64_t first = -62167219200, last = 253402300799; // the years 0000 and 9999
    time_t t = (time_t)(when < first ? first : when > last ? last : when);
    struct tm tm;
    gmtime_r(&t, &tm);
    return tm;
}

void clock_rfc3339(int64_t when, char out[CLOCK_RFC3339_SIZE])
{
    struct tm tm = split(when);
    // Not strftime: its %Y writes the year 94 with two digits. Unsigned, so that the compiler sees the
    // lengths.
    snprintf(out, CLOCK_RFC3339_SIZE, "%04u-%02u-%02uT%02u:%02u:%02uZ", (unsigned)(tm.tm_year + 1900) % 10000,
             (unsigned)(tm.tm_mon + 1) % 100, (unsigned)tm.tm_mday % 100, (unsigned)tm.tm_hour % 100,
             (unsigned)tm.tm_min % 100, (unsigned)tm.tm_sec % 100);
}

// Writing what was read must give the same text: so neither 2026-02-30 nor a missing digit passes.
bool clock_read_rfc3339(const char *text, int64_t *ret)
{
    struct tm tm = {0};
    char again[CLOCK_RFC3339_SIZE];
    const char *end = text ? strptime(text, "%Y-%m-%dT%H:%M:%SZ", &tm) : NULL;
    if (!end || *end)
        return false;
    int64_t when = (int64_t)timegm(&tm);
    clock_rfc3339(when, again);
    if (strcmp(text, again) != 0)
        return false;
    *ret = when;
    return true;
}

static bool read_date(const char *date, struct tm *tm)
{
    int64_t year, month, day;
    if (!number_take(&date, 4, 4, &year) || *date++ != '-' || !number_take(&date, 1, 2, &month) ||
        *date++ != '-' || !number_take(&date, 1, 2, &day) || *date)
        return false;
    tm->tm_year = (int)year - 1900;
    tm->tm_mon = (int)month - 1;
    tm->tm_mday = (int)day;
    return true;
}

static bool read_time(const char *time, struct tm *tm)
{
    int64_t hour, minute;
    if (!number_take(&time, 1, 2, &hour) || *time++ != ':' || !number_take(&time, 1, 2, &minute) || *time)
        return false;
    tm->tm_hour = (int)hour;
    tm->tm_min = (int)minute;
    return true;
}

bool clock_read_local(const char *date, const char *time, int64_t *ret)
{
    struct tm tm = {0};
    if (!date || !time || !read_date(date, &tm) || !read_time(time, &tm))
        return false;
    struct tm given = tm;
    int64_t when = (int64_t)timegm(&tm); // brings 30 February into March
    if (tm.tm_mon != given.tm_mon || tm.tm_mday != given.tm_mday || tm.tm_hour != given.tm_hour ||
        tm.tm_min != given.tm_min)
        return false;
    *ret = when - CLOCK_LOCAL_S;
    return true;
}

void clock_http_date(int64_t when, char out[CLOCK_HTTP_DATE_SIZE])
{
    struct tm tm = split(when);
    // Not strftime: its names follow the locale, and HTTP's are English.
    snprintf(out, CLOCK_HTTP_DATE_SIZE, "%s, %02d %s %04d %02d:%02d:%02d GMT", days[tm.tm_wday % 7],
             tm.tm_mday % 100, months[tm.tm_mon % 12], (tm.tm_year + 1900) % 10000, tm.tm_hour % 100,
             tm.tm_min % 100, tm.tm_sec % 100);
}
