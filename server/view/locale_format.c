#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "server/view/locale.h"
#include "server/view/locale_private.h"

// Unicode CLDR 44, numbering system "latn". Languages without a row are written as English is.
static const struct number_style number_styles[] = {
    {"en", ",", ".", 1},      {"vi", ".", ",", 1},      {"km", ".", ",", 1}, {"de", ".", ",", 1},
    {"es", ".", ",", 2},      {"nl", ".", ",", 1},      {"id", ".", ",", 1}, {"lo", ".", ",", 1},
    {"fr", "\u202f", ",", 1}, {"ru", "\u00a0", ",", 1},
};

static const struct {
    const char *tag;
    const char *name;
    bool right_to_left;
} languages[] = {
    {"vi", "Tiếng Việt", false},
    {"en", "English", false},
    {"km", "ភាសាខ្មែរ", false},
    {"zh", "中文", false},
    {"zh-hans", "简体中文", false},
    {"zh-cn", "简体中文", false},
    {"zh-hant", "繁體中文", false},
    {"zh-tw", "繁體中文", false},
    {"ja", "日本語", false},
    {"ko", "한국어", false},
    {"fr", "Français", false},
    {"de", "Deutsch", false},
    {"es", "Español", false},
    {"pt", "Português", false},
    {"it", "Italiano", false},
    {"nl", "Nederlands", false},
    {"sv", "Svenska", false},
    {"ru", "Русский", false},
    {"uk", "Українська", false},
    {"pl", "Polski", false},
    {"cs", "Čeština", false},
    {"th", "ไทย", false},
    {"lo", "ລາວ", false},
    {"my", "မြန်မာ", false},
    {"id", "Bahasa Indonesia", false},
    {"ms", "Bahasa Melayu", false},
    {"hi", "हिन्दी", false},
    {"ar", "العربية", true},
    {"fa", "فارسی", true},
    {"he", "עברית", true},
};

// ---- numbers

const struct number_style *locale_number_style(const char *tag)
{
    size_t len = strcspn(tag, "-");
    for (size_t i = 0; i < sizeof number_styles / sizeof number_styles[0]; i++)
        if (strlen(number_styles[i].language) == len && strncasecmp(tag, number_styles[i].language, len) == 0)
            return &number_styles[i];
    return &number_styles[0];
}

static void write_grouped(const struct number_style *style, const char *digits, size_t len, struct buf *out)
{
    bool grouped = len >= 3 + (size_t)style->smallest_group;
    for (size_t i = 0; i < len; i++) {
        if (grouped && i > 0 && (len - i) % 3 == 0)
            buf_append_str(out, style->group);
        buf_append_char(out, digits[i]);
    }
}

void locale_number(const struct locale *l, int64_t n, struct buf *out)
{
    cleanup_buf struct buf digits = BUF_INIT;
    if (n > -1000 && n < 1000) {               // nothing to group
        buf_append_str(out, n < 0 ? "−" : ""); // U+2212, as typography has it
        buf_append_int(out, n < 0 ? -n : n);
        return;
    }
    buf_append_int(&digits, n);
    if (n < 0)
        buf_append_str(out, "−");
    write_grouped(l->numbers, digits.data + (n < 0), digits.len - (n < 0), out);
}

void locale_decimal(const struct locale *l, double value, int decimals, struct buf *out)
{
    if (!isfinite(value) || fabs(value) > 1e15 || decimals < 0 || decimals > 9)
        return;
    cleanup_buf struct buf digits = BUF_INIT;
    buf_append_fixed(&digits, fabs(value), decimals);
    size_t whole = strcspn(digits.data, ".");
    if (value < 0 && strpbrk(digits.data, "123456789"))
        buf_append_str(out, "−");
    write_grouped(l->numbers, digits.data, whole, out);
    if (decimals) {
        buf_append_str(out, l->numbers->decimal);
        buf_append_str(out, digits.data + whole + 1);
    }
}

void locale_shortest(const struct locale *l, double value, struct buf *out)
{
    char digits[32];
    for (int decimals = 0; decimals <= 9 && fabs(value) < 1e15; decimals++) {
        snprintf(digits, sizeof digits, "%.*f", decimals, value);
        if (decimals == 9 || strtod(digits, NULL) == value) {
            locale_decimal(l, value, decimals, out);
            return;
        }
    }
    cleanup_free char *text = NULL;
    if (asprintf(&text, "%g", value) >= 0)
        buf_append_str(out, text);
}

void locale_roman(int64_t n, struct buf *out)
{
    static const struct {
        int value;
        const char *letters;
    } steps[] = {{1000, "M"}, {900, "CM"}, {500, "D"}, {400, "CD"}, {100, "C"}, {90, "XC"}, {50, "L"},
                 {40, "XL"},  {10, "X"},   {9, "IX"},  {5, "V"},    {4, "IV"},  {1, "I"}};
    if (n < 1 || n > 3999) {
        buf_printf(out, "%" PRId64, n);
        return;
    }
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
        for (; n >= steps[i].value; n -= steps[i].value)
            buf_append_str(out, steps[i].letters);
}

// ---- dates

struct pair {
    const char *name;
    const char *text;
};

static bool write_pair(const void *arg, const struct locale *l, const char *name, struct buf *out)
{
    (void)l;
    for (const struct pair *pair = arg; pair->name; pair++)
        if (strcmp(pair->name, name) == 0) {
            buf_append_str(out, pair->text);
            return true;
        }
    return false;
}

static void write_pairs(const struct locale *l, const char *key, const struct pair *pairs, struct buf *out)
{
    locale_write(l, key, &(struct values){.write = write_pair, .arg = pairs}, out);
}

#define PAIRS(...) ((const struct pair[]){__VA_ARGS__, {NULL, NULL}})

// The year as people count: 0 is 1 BC. Years are not grouped: 1846, not 1.846.
static void write_year(const struct locale *l, int32_t year, struct buf *out)
{
    char text[16];
    if (year > 0) {
        buf_append_int(out, year);
        return;
    }
    snprintf(text, sizeof text, "%" PRId32, 1 - year);
    write_pairs(l, "date.before", PAIRS({"year", text}), out);
}

static void write_decade(const struct locale *l, int32_t year, struct buf *out)
{
    char text[16];
    cleanup_buf struct buf decade = BUF_INIT;
    snprintf(text, sizeof text, "%" PRId32, (year < 0 ? -year : year) / 10 * 10);
    write_pairs(l, "date.decade", PAIRS({"year", text}), &decade);
    if (year < 0)
        write_pairs(l, "date.before", PAIRS({"year", decade.data}), out);
    else
        buf_append(out, decade.data, decade.len);
}

static void write_century(const struct locale *l, int32_t year, struct buf *out)
{
    const struct values values = {.has_count = true, .count = (year < 0 ? -year : year) / 100 + 1};
    locale_write(l, year < 0 ? "date.century_before" : "date.century", &values, out);
}

static void write_day(const struct locale *l, const struct edtf_date *d, struct buf *out)
{
    (void)l;
    buf_append_int(out, d->day);
}

static void write_month(const struct locale *l, const struct edtf_date *d, struct buf *out)
{
    static const char *const keys[] = {
        "date.month_1", "date.month_2", "date.month_3", "date.month_4",  "date.month_5",  "date.month_6",
        "date.month_7", "date.month_8", "date.month_9", "date.month_10", "date.month_11", "date.month_12",
    };
    locale_write(l, keys[(unsigned)(d->month - 1) % 12], &(struct values){.write = NULL}, out);
}

static void write_season(const struct locale *l, const struct edtf_date *d, struct buf *out)
{
    static const char *const keys[] = {"date.spring", "date.summer", "date.autumn", "date.winter"};
    locale_write(l, keys[(d->month - 21) & 3], &(struct values){.write = NULL}, out);
}

static void write_year_of(const struct locale *l, const struct edtf_date *d, struct buf *out)
{
    write_year(l, d->year, out);
}

static bool write_part(const void *date, const struct locale *l, const char *name, struct buf *out)
{
    static const struct {
        const char *name;
        void (*write)(const struct locale *l, const struct edtf_date *d, struct buf *out);
    } parts[] = {
        {"day", write_day}, {"month", write_month}, {"season", write_season}, {"year", write_year_of}};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (strcmp(parts[i].name, name) == 0) {
            parts[i].write(l, date, out);
            return true;
        }
    return false;
}

static void write_parts(const struct locale *l, const struct edtf_date *d, struct buf *out)
{
    static const char *const keys[] = {
        [EDTF_SEASON] = "date.season", [EDTF_MONTH] = "date.month", [EDTF_DAY] = "date.day"};
    locale_write(l, keys[d->precision], &(struct values){.write = write_part, .arg = d}, out);
}

static void write_plain(const struct locale *l, const struct edtf_date *d, struct buf *out)
{
    static void (*const writers[])(const struct locale *, int32_t, struct buf *) = {
        [EDTF_CENTURY] = write_century, [EDTF_DECADE] = write_decade, [EDTF_YEAR] = write_year};
    if (d->precision < EDTF_CENTURY)
        locale_write(l, "date.unknown", &(struct values){.write = NULL}, out);
    else if (d->precision <= EDTF_YEAR)
        writers[d->precision](l, d->year, out);
    else
        write_parts(l, d, out);
}

static void write_one(const struct locale *l, const struct edtf_date *d, struct buf *out)
{
    static const char *const qualifiers[2][2] = {{NULL, "date.uncertain"},
                                                 {"date.about", "date.uncertain_about"}};
    const char *qualifier = qualifiers[d->approximate][d->uncertain];
    cleanup_buf struct buf date = BUF_INIT;
    if (!qualifier) {
        write_plain(l, d, out);
        return;
    }
    write_plain(l, d, &date);
    write_pairs(l, qualifier, PAIRS({"date", date.data}), out);
}

static bool is_plain_year(const struct edtf_date *d)
{
    return d->precision == EDTF_YEAR && d->year > 0 && !d->approximate && !d->uncertain;
}

void locale_date(const struct locale *l, const struct edtf *date, struct buf *out)
{
    cleanup_buf struct buf start = BUF_INIT, end = BUF_INIT;
    if (!date->interval) {
        write_one(l, &date->start, out);
        return;
    }
    write_one(l, &date->start, &start);
    write_one(l, &date->end, &end);
    if (date->start.precision == EDTF_OPEN)
        write_pairs(l, "date.until", PAIRS({"date", end.data}), out);
    else if (date->end.precision == EDTF_OPEN)
        write_pairs(l, "date.since", PAIRS({"date", start.data}), out);
    else
        write_pairs(l,
                    is_plain_year(&date->start) && is_plain_year(&date->end) ? "date.interval"
                                                                             : "date.interval_words",
                    PAIRS({"start", start.data}, {"end", end.data}), out);
}

bool locale_date_text(const struct locale *l, const char *edtf, struct buf *out)
{
    struct edtf date;
    if (edtf_parse(edtf, NULL, &date, NULL) != ERR_NONE) {
        buf_append_str(out, edtf);
        return false;
    }
    locale_date(l, &date, out);
    return true;
}

void locale_instant(const struct locale *l, int64_t when, int offset_minutes, struct buf *out)
{
    const int64_t latest = 253402300799; // 9999-12-31T23:59:59Z
    struct tm tm;
    time_t local = (time_t)((when < 0 ? 0 : when > latest ? latest : when) + (int64_t)offset_minutes * 60);
    char day[8], month[8], year[8], hour[8], minute[8];
    gmtime_r(&local, &tm);
    snprintf(hour, sizeof hour, "%02d", tm.tm_hour % 24);
    snprintf(minute, sizeof minute, "%02d", tm.tm_min % 60);
    snprintf(year, sizeof year, "%d", (tm.tm_year + 1900) % 10000);
    snprintf(month, sizeof month, "%d", tm.tm_mon % 12 + 1);
    snprintf(day, sizeof day, "%d", tm.tm_mday % 32);
    write_pairs(l, "date.time",
                PAIRS({"year", year}, {"month", month}, {"day", day}, {"hour", hour}, {"minute", minute}),
                out);
}

// ---- languages

static size_t find_language(const char *tag)
{
    size_t count = sizeof languages / sizeof languages[0], len = strlen(tag);
    while (len) {
        for (size_t i = 0; i < count; i++)
            if (strncasecmp(languages[i].tag, tag, len) == 0 && !languages[i].tag[len])
                return i;
        while (len && tag[--len] != '-') {
        }
    }
    return count;
}

const char *locale_language_name(const char *tag)
{
    size_t i = find_language(tag);
    return i < sizeof languages / sizeof languages[0] ? languages[i].name : tag;
}

const char *locale_direction(const char *tag)
{
    size_t i = find_language(tag);
    return i < sizeof languages / sizeof languages[0] && languages[i].right_to_left ? "rtl" : "ltr";
}
