#include "server/http/conditional.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "common/clock.h"

static const char *skip_weak(const char *tag)
{
    return tag[0] == 'W' && tag[1] == '/' ? tag + 2 : tag;
}

bool conditional_names(const char *header, const char *etag)
{
    const char *opaque = skip_weak(etag);
    size_t len = strlen(opaque);
    for (const char *at = header;;) {
        at += strspn(at, " \t,");
        if (*at == '*' && at == header)
            return !at[1 + strspn(at + 1, " \t")];
        at = skip_weak(at);
        if (*at != '"')
            return false;
        size_t tag = strcspn(at + 1, "\"") + 2;
        if (at[tag - 1] != '"')
            return false;
        if (len && tag == len && memcmp(at, opaque, len) == 0)
            return true;
        at += tag;
    }
}

static bool read_digits(const char *at, int count, int *ret)
{
    int n = 0;
    for (int i = 0; i < count; i++) {
        if (at[i] < '0' || at[i] > '9')
            return false;
        n = n * 10 + at[i] - '0';
    }
    *ret = n;
    return true;
}

static bool read_month(const char *at, int *ret)
{
    static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    for (int i = 0; i < 12; i++) {
        if (strncmp(at, names + i * 3, 3) == 0) {
            *ret = i;
            return true;
        }
    }
    return false;
}

static bool read_time(const char *at, struct tm *tm)
{
    return read_digits(at, 2, &tm->tm_hour) && at[2] == ':' && read_digits(at + 3, 2, &tm->tm_min) &&
           at[5] == ':' && read_digits(at + 6, 2, &tm->tm_sec) && tm->tm_hour < 24 && tm->tm_min < 60 &&
           tm->tm_sec <= 60;
}

// "Sun, 06 Nov 1994 08:49:37 GMT"
static bool read_fixdate(const char *text, struct tm *tm)
{
    return strlen(text) == 29 && text[3] == ',' && read_digits(text + 5, 2, &tm->tm_mday) &&
           read_month(text + 8, &tm->tm_mon) && read_digits(text + 12, 4, &tm->tm_year) &&
           read_time(text + 17, tm) && strcmp(text + 25, " GMT") == 0;
}

// "Sunday, 06-Nov-94 08:49:37 GMT": a year more than 50 years ahead is of the last century.
static bool read_rfc850(const char *text, struct tm *tm)
{
    const char *at = strchr(text, ',');
    if (!at || strlen(at) != 24 || !read_digits(at + 2, 2, &tm->tm_mday) || at[4] != '-' ||
        !read_month(at + 5, &tm->tm_mon) || !read_digits(at + 9, 2, &tm->tm_year) ||
        !read_time(at + 12, tm) || strcmp(at + 20, " GMT") != 0)
        return false;
    char now[CLOCK_RFC3339_SIZE];
    int this_year = 0;
    clock_rfc3339(clock_now(), now);
    read_digits(now, 4, &this_year);
    tm->tm_year += this_year / 100 * 100;
    if (tm->tm_year > this_year + 50)
        tm->tm_year -= 100;
    return true;
}

// "Sun Nov  6 08:49:37 1994"
static bool read_asctime(const char *text, struct tm *tm)
{
    if (strlen(text) != 24 || !read_month(text + 4, &tm->tm_mon) || !read_time(text + 11, tm) ||
        !read_digits(text + 20, 4, &tm->tm_year))
        return false;
    return text[8] == ' ' ? read_digits(text + 9, 1, &tm->tm_mday) : read_digits(text + 8, 2, &tm->tm_mday);
}

bool conditional_date(const char *text, int64_t *ret_when)
{
    static bool (*const forms[])(const char *, struct tm *) = {read_fixdate, read_rfc850, read_asctime};
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        struct tm tm = {0};
        if (!forms[i](text, &tm) || tm.tm_mday < 1 || tm.tm_mday > 31)
            continue;
        tm.tm_year -= 1900;
        *ret_when = timegm(&tm);
        return true;
    }
    return false;
}

bool conditional_unchanged(const char *if_none_match, const char *if_modified_since, const char *etag,
                           int64_t last_modified)
{
    int64_t since;
    if (if_none_match)
        return conditional_names(if_none_match, etag);
    return if_modified_since && last_modified && conditional_date(if_modified_since, &since) &&
           last_modified <= since;
}

bool conditional_range_holds(const char *if_range, const char *etag, int64_t last_modified)
{
    int64_t when;
    if (!if_range)
        return true;
    if (*if_range == '"')
        return *etag && strcmp(if_range, etag) == 0;
    return last_modified && conditional_date(if_range, &when) && when == last_modified;
}
