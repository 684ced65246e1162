#include "content/position.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/buf.h"
#include "content/position_link.h"

#define TEXT_LIMIT 200 // bytes of one position; the longest form above has about 60

enum mark {
    MARK_DEGREE,
    MARK_MINUTE,
    MARK_SECOND,
    MARK_NEXT, // ":" between numbers
    MARK_NORTH,
    MARK_SOUTH,
    MARK_EAST,
    MARK_WEST,
    MARK_AMBIGUOUS, // "O"
    MARK_SKIP,
    MARK_NONE,
};

// What may stand around the numbers, longer ones before those that they begin with. Letters of ASCII match
// in any case. Hemispheres: Vietnamese Bắc, Nam, Đông, Tây; a lone N is north in every list we know of.
static const struct {
    const char *text;
    enum mark mark;
} marks[] = {
    {"vĩ độ", MARK_SKIP},
    {"kinh độ", MARK_SKIP},
    {"vĩ tuyến", MARK_SKIP},
    {"kinh tuyến", MARK_SKIP},
    {"latitude", MARK_SKIP},
    {"longitude", MARK_SKIP},
    {"lat", MARK_SKIP},
    {"lng", MARK_SKIP},
    {"lon", MARK_SKIP},
    {"degrees", MARK_DEGREE},
    {"deg", MARK_DEGREE},
    {"độ", MARK_DEGREE},
    {"phút", MARK_MINUTE},
    {"giây", MARK_SECOND},
    {"north", MARK_NORTH},
    {"south", MARK_SOUTH},
    {"nord", MARK_NORTH},
    {"nam", MARK_SOUTH},
    {"süd", MARK_SOUTH},
    {"bắc", MARK_NORTH},
    {"east", MARK_EAST},
    {"ost", MARK_EAST},
    {"đông", MARK_EAST},
    {"Đông", MARK_EAST},
    {"west", MARK_WEST},
    {"tây", MARK_WEST},
    {"\u2032\u2032", MARK_SECOND},
    {"''", MARK_SECOND},
    {"\u2019\u2019", MARK_SECOND},
    {"\u00b0", MARK_DEGREE},
    {"\u00ba", MARK_DEGREE},
    {"\u02da", MARK_DEGREE},
    {"\u2032", MARK_MINUTE},
    {"'", MARK_MINUTE},
    {"\u2019", MARK_MINUTE},
    {"\u2018", MARK_MINUTE},
    {"\u00b4", MARK_MINUTE},
    {"\u02b9", MARK_MINUTE},
    {"\u2033", MARK_SECOND},
    {"\"", MARK_SECOND},
    {"\u201d", MARK_SECOND},
    {"\u201c", MARK_SECOND},
    {"\u02ba", MARK_SECOND},
    {":", MARK_NEXT},
    {"n", MARK_NORTH},
    {"b", MARK_NORTH},
    {"s", MARK_SOUTH},
    {"e", MARK_EAST},
    {"đ", MARK_EAST},
    {"Đ", MARK_EAST},
    {"w", MARK_WEST},
    {"t", MARK_WEST},
    {"o", MARK_AMBIGUOUS},
    {"=", MARK_SKIP},
};

static bool is_space_at(const char *text, size_t *ret_len)
{
    static const char *const spaces[] = {" ", "\t", "\n", "\r", "\u00a0", "\u2009", "\u202f"};
    for (size_t i = 0; i < sizeof spaces / sizeof *spaces; i++) {
        size_t len = strlen(spaces[i]);
        if (strncmp(text, spaces[i], len) == 0) {
            *ret_len = len;
            return true;
        }
    }
    return false;
}

static const char *skip_spaces(const char *at)
{
    size_t len;
    while (is_space_at(at, &len))
        at += len;
    return at;
}

static enum mark mark_at(const char *text, size_t *ret_len)
{
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        size_t len = strlen(marks[i].text);
        if (strncasecmp(text, marks[i].text, len) == 0) {
            *ret_len = len;
            return marks[i].mark;
        }
    }
    return MARK_NONE;
}

static bool is_hemisphere(enum mark mark)
{
    return mark >= MARK_NORTH && mark <= MARK_AMBIGUOUS;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

// What has been read of one coordinate.
struct angle {
    double parts[3]; // degrees, minutes, seconds
    int count;
    int marked; // the part after the last mark: 0 none, 1 degree seen ...
    bool negative, fraction;
    enum mark hemisphere;
    const char *wrong; // NULL, or why it is none: the format of a sentence with the text and what it is to be
};

static const char *read_number(const char *at, struct angle *angle)
{
    char digits[40];
    size_t n = 0;
    bool point = false;
    for (; is_digit(*at) || ((*at == '.' || *at == ',') && !point && is_digit(at[1])); at++) {
        point = point || !is_digit(*at);
        if (n < sizeof digits - 1)
            digits[n++] = is_digit(*at) ? *at : '.';
    }
    digits[n] = '\0';
    if (angle->count == 3)
        angle->wrong =
            MESSAGE("position.parts") "“%s” is no %s: it has more than degrees, minutes and seconds";
    else if (angle->fraction)
        angle->wrong = MESSAGE("position.fraction") "“%s” is no %s: only its last number may have a fraction";
    else
        angle->parts[angle->count++] = strtod(digits, NULL);
    angle->fraction = point;
    return at;
}

static void take_mark(struct angle *angle, enum mark mark)
{
    if (is_hemisphere(mark)) {
        if (angle->hemisphere != MARK_NONE)
            angle->wrong = MESSAGE("position.two_hemispheres") "“%s” is no %s: it names two hemispheres";
        angle->hemisphere = mark;
    } else if (mark <= MARK_SECOND && (angle->count != (int)mark + 1 || angle->marked > (int)mark)) {
        angle->wrong =
            MESSAGE("position.order") "“%s” is no %s: degrees, minutes and seconds are not in this order";
    } else if (mark <= MARK_SECOND) {
        angle->marked = (int)mark + 1;
    } else if (mark == MARK_NEXT && angle->count == 0) {
        angle->wrong = MESSAGE("position.colon") "“%s” is no %s: it begins with a colon";
    }
}

static const char *read_sign(const char *at, struct angle *angle)
{
    size_t len = strncmp(at, "\u2212", 3) == 0 ? 3 : 1;
    if (angle->count > 0 || angle->negative)
        angle->wrong = MESSAGE("position.sign") "“%s” is no %s: a sign stands only before the first number";
    angle->negative = *at != '+';
    return at + len;
}

static struct angle read_angle(const char *text)
{
    struct angle angle = {.hemisphere = MARK_NONE};
    for (const char *at = skip_spaces(text); *at && !angle.wrong; at = skip_spaces(at)) {
        size_t len = 0;
        enum mark mark = MARK_NONE;
        if (is_digit(*at)) {
            at = read_number(at, &angle);
        } else if (*at == '-' || *at == '+' || strncmp(at, "\u2212", 3) == 0) {
            at = read_sign(at, &angle);
        } else if ((mark = mark_at(at, &len)) != MARK_NONE) {
            take_mark(&angle, mark);
            at += len;
        } else {
            angle.wrong = MESSAGE(
                "position.character") "“%s” is no %s: it holds a character that belongs to no coordinate";
        }
    }
    if (!angle.wrong && angle.count == 0)
        angle.wrong = MESSAGE("position.no_number") "“%s” is no %s: it holds no number";
    return angle;
}

static const char *angle_fault(const struct angle *angle, enum position_axis axis)
{
    if (angle->wrong)
        return angle->wrong;
    if (angle->parts[1] >= 60 || angle->parts[2] >= 60)
        return MESSAGE("position.minutes") "“%s” is no %s: minutes and seconds must be below 60";
    if (angle->hemisphere == MARK_AMBIGUOUS)
        return MESSAGE("position.letter_o") "“%s” is no %s: the letter O is east in German and west in "
                                            "French: write E or W";
    if (angle->hemisphere != MARK_NONE && angle->negative)
        return MESSAGE("position.minus") "“%s” is no %s: it has both a minus and a hemisphere";
    bool is_lat = angle->hemisphere == MARK_NORTH || angle->hemisphere == MARK_SOUTH;
    if (angle->hemisphere != MARK_NONE && is_lat != (axis == POSITION_LAT))
        return is_lat ? MESSAGE("position.is_latitude") "“%s” is no %s: it is a latitude where a longitude "
                                                        "must stand"
                      : MESSAGE("position.is_longitude") "“%s” is no %s: it is a longitude where a latitude "
                                                         "must stand";
    return NULL;
}

static double angle_value(const struct angle *angle)
{
    double value = angle->parts[0] + angle->parts[1] / 60 + angle->parts[2] / 3600;
    bool minus = angle->negative || angle->hemisphere == MARK_SOUTH || angle->hemisphere == MARK_WEST;
    return minus && value != 0 ? -value : value;
}

static enum err check_length(const char *text, const char *field, struct problem *p)
{
    if (strnlen(text, TEXT_LIMIT + 1) > TEXT_LIMIT)
        return problem_set(p, ERR_INVALID, field,
                           MESSAGE("position.long") "a position has at most %d characters", TEXT_LIMIT);
    return ERR_NONE;
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral" // each sentence of an angle takes these two

static enum err say(const char *sentence, const char *text, const char *what, const char *field,
                    struct problem *p)
{
    return problem_set(p, ERR_INVALID, field, sentence, text, what);
}

#pragma GCC diagnostic pop

enum err position_read_axis(const char *text, enum position_axis axis, const char *field, double *ret,
                            struct problem *p)
{
    enum err e = check_length(text, field, p);
    if (e)
        return e;
    const char *what = axis == POSITION_LAT ? "latitude" : "longitude";
    struct angle angle = read_angle(text);
    const char *fault = angle_fault(&angle, axis);
    if (fault)
        return say(fault, text, what, field, p);
    double value = angle_value(&angle);
    double limit = axis == POSITION_LAT ? 90 : 180;
    if (fabs(value) > limit)
        return problem_set(p, ERR_INVALID, field,
                           MESSAGE("position.range") "“%s” is no %s: it must be from -%g to %g", text, what,
                           limit, limit);
    *ret = value;
    return ERR_NONE;
}

enum err position_read_two(const char *lat, const char *lon, const char *lat_field, const char *lon_field,
                           struct position *ret, struct problem *p)
{
    struct position at;
    enum err e = position_read_axis(lat, POSITION_LAT, lat_field, &at.lat, p);
    if (!e)
        e = position_read_axis(lon, POSITION_LON, lon_field, &at.lon, p);
    if (!e) {
        *ret = at;
        return ERR_NONE;
    }
    bool swapped = !position_read_axis(lon, POSITION_LAT, NULL, &at.lat, NULL) &&
                   !position_read_axis(lat, POSITION_LON, NULL, &at.lon, NULL);
    if (p && swapped) {
        struct problem plain = *p;
        problem_set(p, e, lat_field, MESSAGE("position.swapped") "%s; latitude and longitude look swapped",
                    plain.text);
    }
    return e;
}

static const char *find_space(const char *text)
{
    size_t len;
    for (; *text; text++)
        if (is_space_at(text, &len))
            return text;
    return NULL;
}

// Counts the hemispheres; *ret_end is where the first ends, *ret_second where the second begins.
static int find_hemispheres(const char *text, const char **ret_end, const char **ret_second)
{
    int count = 0;
    for (const char *at = text; *at;) {
        size_t len = 1;
        enum mark mark = mark_at(at, &len);
        if (is_hemisphere(mark)) {
            count++;
            *ret_end = count == 1 ? at + len : *ret_end;
            *ret_second = count == 2 ? at : *ret_second;
        }
        at += mark == MARK_NONE ? 1 : len;
    }
    return count;
}

// Where the second coordinate begins when degrees are marked but hemispheres are not: at the number before
// the second degree mark.
static const char *before_second_degree(const char *text)
{
    int degrees = 0;
    const char *number = NULL;
    for (const char *at = text; *at;) {
        size_t len = 1;
        enum mark mark = mark_at(at, &len);
        if (mark == MARK_DEGREE && ++degrees == 2)
            return number;
        bool in_number = at > text && (is_digit(at[-1]) || at[-1] == '.' || at[-1] == '-');
        if ((is_digit(*at) || *at == '-') && !in_number)
            number = at;
        at += mark == MARK_NONE ? 1 : len;
    }
    return NULL;
}

static size_t count_char(const char *text, char c)
{
    size_t n = 0;
    for (; *text; text++)
        n += *text == c;
    return n;
}

static const char *after(const char *text, const char *at)
{
    return at && at > text ? at : NULL;
}

// Where the second coordinate of a pair begins, or NULL when it cannot be told.
static const char *find_second(const char *text)
{
    const char *end = NULL, *second = NULL;
    const char *hard = strpbrk(text, ";|/");
    if (hard)
        return hard + 1;
    if (find_hemispheres(text, &end, &second) == 2)
        return is_digit(text[0]) || strchr("+-", text[0]) ? end : second;
    if ((second = before_second_degree(text)))
        return after(text, second);
    for (const char *comma = strchr(text, ','); comma; comma = strchr(comma + 1, ','))
        if (find_space(comma + 1) == comma + 1)
            return comma + 1;
    if ((second = find_space(text)))
        return second;
    size_t commas = count_char(text, ',');
    const char *comma = strchr(text, ',');
    if (comma && (strchr(text, '.') ? commas == 1 : commas == 3))
        return commas == 1 ? comma + 1 : strchr(comma + 1, ',') + 1;
    return NULL;
}

// Copies [from, to) without the separators and spaces around it.
static void copy_part(const char *from, const char *to, char out[TEXT_LIMIT + 1])
{
    from = skip_spaces(from);
    while (from < to && strchr(",;|/", *from))
        from = skip_spaces(from + 1);
    while (to > from && strchr(" \t\r\n,;|/", to[-1]))
        to--;
    size_t len = to > from ? (size_t)(to - from) : 0;
    memcpy(out, from, len);
    out[len] = '\0';
}

static bool is_lon(const char *part)
{
    struct angle angle = read_angle(part);
    return angle.hemisphere == MARK_EAST || angle.hemisphere == MARK_WEST;
}

// Takes "POINT (…)" away. True when longitude comes first.
static bool unwrap(char *text)
{
    bool wkt = strncasecmp(text, "POINT", 5) == 0;
    size_t skip = wkt ? 5 : 0;
    memmove(text, text + skip, strlen(text + skip) + 1);
    for (char *at = text; *at; at++)
        if (strchr("()[]", *at))
            *at = ' ';
    const char *begin = skip_spaces(text);
    memmove(text, begin, strlen(begin) + 1);
    size_t len = strlen(text);
    while (len > 0 && strchr(" \t\r\n", text[len - 1]))
        text[--len] = '\0';
    return wkt;
}

static enum err read_pair(const char *text, const char *field, struct position *ret, struct problem *p)
{
    enum err e = check_length(text, field, p);
    if (e)
        return e;
    char whole[TEXT_LIMIT + 1], parts[2][TEXT_LIMIT + 1];
    copy_part(text, text + strlen(text), whole);
    bool lon_first = unwrap(whole);
    const char *second = strpbrk(whole, "0123456789") ? find_second(whole) : NULL;
    if (!second)
        return problem_set(
            p, ERR_INVALID, field,
            MESSAGE(
                "position.form") "“%s” is no position: write latitude and longitude, as in 10.0727, 105.7525",
            text);
    copy_part(whole, second, parts[0]);
    copy_part(second, second + strlen(second), parts[1]);
    lon_first = lon_first || is_lon(parts[0]);
    return position_read_two(parts[lon_first], parts[!lon_first], field, field, ret, p);
}

enum err position_read(const char *text, const char *field, struct position *ret, struct problem *p)
{
    if (!position_is_link(text))
        return read_pair(text, field, ret, p);
    cleanup_buf struct buf pair = BUF_INIT;
    enum err e = position_link_read(text, field, &pair, p);
    return e ? e : read_pair(pair.data, field, ret, p);
}

struct position_parts position_split(double degrees)
{
    long tenths = lround(fabs(degrees) * 36000);
    return (struct position_parts){
        .minus = degrees < 0 && tenths > 0,
        .degrees = (int)(tenths / 36000),
        .minutes = (int)(tenths / 600 % 60),
        .seconds = (int)(tenths / 10 % 60),
        .tenths = (int)(tenths % 10),
    };
}

enum err position_check(double lat, double lon, const char *field, struct problem *p)
{
    if (!isfinite(lat) || !isfinite(lon) || fabs(lon) > 180 || fabs(lat) > 90) {
        bool swapped = fabs(lat) > 90 && fabs(lat) <= 180 && fabs(lon) <= 90;
        return problem_set(p, ERR_INVALID, field,
                           swapped ? MESSAGE("position.off_globe_swapped") "the position %g, %g is not on "
                                                                           "the globe: latitude is from "
                                                                           "-90 to 90, longitude from -180 "
                                                                           "to 180; the two look swapped"
                                   : MESSAGE("position.off_globe") "the position %g, %g is not on the globe: "
                                                                   "latitude is from -90 to 90, "
                                                                   "longitude from -180 to 180",
                           lat, lon);
    }
    if (lat == 0 && lon == 0)
        return problem_set(p, ERR_INVALID, field,
                           MESSAGE("position.zero") "the position 0, 0 lies in the open sea off Africa: "
                                                    "leave it empty where it is not "
                                                    "known");
    return ERR_NONE;
}
