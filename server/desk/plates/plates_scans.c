// How often people opened a plate: a bar for each of the last thirty days, and a table of months.
#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "content/scan.h"
#include "server/desk/plates/plates_parts.h"
#include "server/view/view.h"

enum {
    ZONE_HOURS = 7, // Việt Nam has one time and no summer time
    DAYS = 30,
    BAR_WIDTH = 10,    // units of the drawing
    BAR_HEIGHT = 60,   // of the highest bar
    MONTHS_SHOWN = 24, // the newest
    LANGUAGES_MAX = 32,
    DAY_TEXT = 10, // bytes of "2026-11-22"
    MONTH_TEXT = 7,
};

// The day in the form of EDTF, "2026-11-22", or the first `len` bytes of it: 7 for the month.
static const char *day_text(struct screen *screen, int64_t day, size_t len)
{
    char text[CLOCK_RFC3339_SIZE];
    clock_rfc3339(day * 86400, text);
    return arena_strndup(screen->arena, text, len);
}

static const char *day_words(struct screen *screen, const char *edtf)
{
    cleanup_buf struct buf words = BUF_INIT;
    view_date(screen->app->view, screen->lang, edtf ? edtf : "", &words);
    return arena_strdup(screen->arena, words.data);
}

// --- days

static void put_bars(struct screen *screen, json_t *object, const int64_t counts[DAYS], int64_t today)
{
    struct context *c = &screen->context;
    json_t *bars = context_list(c, object, "bars");
    int64_t most = 1;
    for (int i = 0; i < DAYS; i++)
        most = counts[i] > most ? counts[i] : most;
    for (int i = 0; i < DAYS; i++) {
        if (!counts[i])
            continue;
        json_t *bar = context_item(c, bars);
        int64_t height = (counts[i] * BAR_HEIGHT + most - 1) / most;
        const char *day = day_words(screen, day_text(screen, today - DAYS + 1 + i, DAY_TEXT));
        context_number(c, bar, "x", i * BAR_WIDTH + 1);
        context_number(c, bar, "y", BAR_HEIGHT - height);
        context_number(c, bar, "height", height);
        context_text(c, bar, "day", day);
        context_number(c, bar, "scans", counts[i]);
    }
    context_text(c, object, "from", day_words(screen, day_text(screen, today - DAYS + 1, DAY_TEXT)));
    context_text(c, object, "to", day_words(screen, day_text(screen, today, DAY_TEXT)));
    context_number(c, object, "most", most);
}

// --- months

struct month {
    char name[8]; // "2026-11"
    int64_t total;
    const char *langs[LANGUAGES_MAX];
    int64_t counts[LANGUAGES_MAX];
    size_t lang_count;
};

static void add_to_month(struct month *month, const struct scan_day *day)
{
    size_t i = 0;
    while (i < month->lang_count && strcmp(month->langs[i], day->lang) != 0)
        i++;
    if (i == LANGUAGES_MAX)
        return;
    if (i == month->lang_count)
        month->langs[month->lang_count++] = day->lang;
    month->counts[i] += day->count;
}

static void put_month(struct screen *screen, json_t *list, const struct month *month)
{
    struct context *c = &screen->context;
    json_t *item = context_item(c, list);
    context_text(c, item, "month", day_words(screen, month->name));
    context_number(c, item, "scans", month->total);
    json_t *langs = context_list(c, item, "langs");
    for (size_t i = 0; i < month->lang_count; i++) {
        json_t *lang = context_item(c, langs);
        context_text(c, lang, "tag", month->langs[i]);
        context_number(c, lang, "scans", month->counts[i]);
        context_flag(c, lang, "first", i == 0);
    }
}

static enum err put_months(struct screen *screen, json_t *object, const struct scan_days *days,
                           struct problem *p)
{
    json_t *list = context_list(&screen->context, object, "months");
    struct month *month = arena_alloc(screen->arena, sizeof *month);
    if (!month)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    int shown = 0;
    for (size_t i = days->count; i > 0 && shown < MONTHS_SHOWN;) {
        *month = (struct month){.total = 0};
        const char *name = day_text(screen, days->items[i - 1].day, MONTH_TEXT);
        snprintf(month->name, sizeof month->name, "%s", name ? name : "");
        for (; i > 0; i--) {
            const char *own = day_text(screen, days->items[i - 1].day, MONTH_TEXT);
            if (!own || strcmp(own, month->name) != 0)
                break;
            month->total += days->items[i - 1].count;
            add_to_month(month, &days->items[i - 1]);
        }
        put_month(screen, list, month);
        shown++;
    }
    return ERR_NONE;
}

enum err plates_put_scans(struct screen *screen, const char *code, struct problem *p)
{
    struct context *c = &screen->context;
    struct scan_days days;
    int64_t counts[DAYS] = {0}, total = 0, recent = 0;
    int64_t today = (clock_now() / 3600 + ZONE_HOURS) / 24;
    enum err e = scan_days_of(screen->db, screen->arena, code, ZONE_HOURS, &days, p);
    if (e)
        return e;
    for (size_t i = 0; i < days.count; i++) {
        int64_t ago = today - days.items[i].day;
        total += days.items[i].count;
        if (ago < 0 || ago >= DAYS)
            continue;
        counts[DAYS - 1 - ago] += days.items[i].count;
        recent += days.items[i].count;
    }
    json_t *object = context_object(c, c->root, "scans");
    json_t *values = json_pack("{s:I, s:I}", "count", (json_int_t)total, "recent", (json_int_t)recent);
    screen_message(screen, object, "words",
                   total ? VIEW_KEY("desk.plates.scans.total") : VIEW_KEY("desk.plates.scans.none"), values);
    screen_message(screen, object, "recent_words", VIEW_KEY("desk.plates.scans.recent"), values);
    json_decref(values);
    context_flag(c, object, "any", total > 0);
    context_flag(c, object, "recently", recent > 0);
    put_bars(screen, object, counts, today);
    return put_months(screen, object, &days, p);
}
