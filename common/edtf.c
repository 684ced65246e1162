#include "common/edtf.h"

#include <string.h>

#define LONGEST 64 // bytes of any value that makes sense

// Reads exactly `count` digits.
static bool digits(const char **at, int count, int32_t *ret)
{
    int32_t value = 0;
    for (int i = 0; i < count; i++) {
        if ((*at)[i] < '0' || (*at)[i] > '9')
            return false;
        value = value * 10 + ((*at)[i] - '0');
    }
    *at += count;
    *ret = value;
    return true;
}

// "Y-17000": four digits do not suffice; ISO 8601-2 section 4.7.2. At most nine digits, so that they fit.
static bool long_year(const char **at, struct edtf_date *d)
{
    const char *s = *at + 1;
    bool before = *s == '-';
    s += before;
    size_t len = strspn(s, "0123456789");
    if (len < 5 || len > 9 || *s == '0' || !digits(&s, (int)len, &d->year))
        return false;
    if (before)
        d->year = -d->year;
    d->precision = EDTF_YEAR;
    *at = s;
    return true;
}

// "1909", "187X", "18XX", each also with a minus. `year` becomes the earliest year meant.
static bool four_digit_year(const char **at, struct edtf_date *d)
{
    static const enum edtf_precision precisions[] = {EDTF_YEAR, EDTF_DECADE, EDTF_CENTURY};
    static const int32_t spans[] = {1, 10, 100};
    const char *s = *at;
    bool before = *s == '-';
    s += before;
    size_t len = strspn(s, "0123456789");
    if (len < 2 || len > 4 || strspn(s + len, "X") != 4 - len || !digits(&s, (int)len, &d->year))
        return false;
    s += 4 - len;
    d->precision = precisions[4 - len];
    d->year *= spans[4 - len];
    if (before) {
        d->year = -(d->year + spans[4 - len] - 1);
        if (len == 4 && d->year == 0)
            return false; // year 0 has no sign
    }
    *at = s;
    return true;
}

static int days_in(int32_t year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap);
}

// "-06", "-21" (a season) or "-XX", then a day in the same way.
static bool month_and_day(const char **at, struct edtf_date *d)
{
    int32_t month, day;
    const char *s = *at + 1;
    if (strncmp(s, "XX", 2) == 0) {
        *at = strncmp(s, "XX-XX", 5) == 0 ? s + 5 : s + 2;
        return true;
    }
    if (!digits(&s, 2, &month) || month < 1 || month > 24 || (month > 12 && month < 21))
        return false;
    d->month = (int)month;
    d->precision = month > 12 ? EDTF_SEASON : EDTF_MONTH;
    if (d->precision == EDTF_MONTH && strncmp(s, "-XX", 3) == 0) {
        s += 3;
    } else if (d->precision == EDTF_MONTH && *s == '-') {
        s++;
        if (!digits(&s, 2, &day) || day < 1 || day > days_in(d->year, d->month))
            return false;
        d->day = (int)day;
        d->precision = EDTF_DAY;
    }
    *at = s;
    return true;
}

static bool parse_date(const char *text, struct edtf_date *ret)
{
    struct edtf_date d = {.precision = EDTF_UNKNOWN};
    const char *at = text;
    if (!(*at == 'Y' ? long_year(&at, &d) : four_digit_year(&at, &d)))
        return false;
    if (d.precision == EDTF_YEAR && *text != 'Y' && *at == '-' && !month_and_day(&at, &d))
        return false;
    d.approximate = *at == '~' || *at == '%';
    d.uncertain = *at == '?' || *at == '%';
    at += d.approximate || d.uncertain;
    if (*at)
        return false;
    *ret = d;
    return true;
}

static bool parse_end(const char *text, struct edtf_date *ret)
{
    if (*text && strcmp(text, "..") != 0)
        return parse_date(text, ret);
    *ret = (struct edtf_date){.precision = *text ? EDTF_OPEN : EDTF_UNKNOWN};
    return true;
}

static bool is_known(const struct edtf_date *d)
{
    return d->precision > EDTF_OPEN;
}

// As far as both are known exactly enough to tell.
static bool in_order(const struct edtf_date *start, const struct edtf_date *end)
{
    if (!is_known(start) || !is_known(end))
        return is_known(start) || is_known(end);
    int32_t latest = end->year + (end->precision == EDTF_CENTURY  ? 99
                                  : end->precision == EDTF_DECADE ? 9
                                                                  : 0);
    if (start->year != latest || end->precision < EDTF_YEAR)
        return start->year <= latest;
    bool both_months = start->precision >= EDTF_MONTH && end->precision >= EDTF_MONTH;
    if (both_months && start->month != end->month)
        return start->month < end->month;
    return !(both_months && start->day && end->day) || start->day <= end->day;
}

static bool parse(const char *text, struct edtf *ret)
{
    char copy[LONGEST];
    struct edtf value = {.interval = false};
    size_t len = strlen(text);
    if (len >= sizeof copy)
        return false;
    memcpy(copy, text, len + 1);
    char *slash = strchr(copy, '/');
    if (slash) {
        *slash = '\0';
        value.interval = true;
        if (!parse_end(copy, &value.start) || !parse_end(slash + 1, &value.end) ||
            !in_order(&value.start, &value.end))
            return false;
    } else {
        if (!parse_date(copy, &value.start))
            return false;
        value.end = value.start;
    }
    *ret = value;
    return true;
}

enum err edtf_parse(const char *text, const char *field, struct edtf *ret, struct problem *p)
{
    if (parse(text, ret))
        return ERR_NONE;
    return problem_set(p, ERR_INVALID, field,
                       MESSAGE("date.form") "\"%.64s\" is no date. Write 1909, 1993-06-21, 1846~ (about), "
                                            "1890? (uncertain), 187X "
                                            "(the decade) or 1878/1886 (from, to).",
                       text);
}
