#include "server/desk/exchange/bulk_screen.h"

#include "content/plain_date.h"
#include "server/desk/sites/revision_words.h"
#include "server/view/view.h"

static void put_count(struct screen *screen, json_t *object, const char *member, const char *key,
                      int64_t count)
{
    json_t *values = json_pack("{s:I}", "count", (json_int_t)count);
    screen_message(screen, object, member, key, values);
    json_decref(values);
}

// Languages whose words stay in addresses that change: nobody should find out by a visitor's letter.
static void put_left(struct screen *screen, const struct bulk_change *change,
                     const struct bulk_report *report, json_t *object)
{
    struct context *c = &screen->context;
    json_t *list = context_list(c, object, "left");
    for (size_t i = 0; i < change->word_count; i++) {
        if (!report->left[i])
            continue;
        json_t *values = json_pack("{s:s, s:I}", "language", screen_language(screen, change->words[i].lang),
                                   "count", (json_int_t)report->left[i]);
        screen_message(screen, context_item(c, list), "sentence",
                       change->words[i].find ? VIEW_KEY("desk.bulk.left_unlike") : VIEW_KEY("desk.bulk.left"),
                       values);
        json_decref(values);
    }
}

// --- what stays

static void put_named(struct screen *screen, json_t *item, const struct bulk_stays *stays, int64_t count)
{
    struct context *c = &screen->context;
    json_t *list = context_list(c, item, "sites");
    int64_t named = count < BULK_NAMED ? count : BULK_NAMED;
    for (int64_t i = 0; i < named; i++) {
        json_t *site = context_item(c, list);
        context_text(c, site, "site_title", stays[i].title);
        context_text(c, site, "address", stays[i].words);
        if (stays[i].from)
            context_text(c, site, "begins", plain_date_show(screen->arena, stays[i].from));
    }
    if (count > named)
        put_count(screen, item, "more", VIEW_KEY("desk.bulk.more"), count - named);
}

static void put_reason(struct screen *screen, const struct bulk_change *change, json_t *object,
                       const char *member, const char *key, int64_t count)
{
    const char *from = plain_date_show(screen->arena, change->from);
    json_t *values = json_pack("{s:I, s:s}", "count", (json_int_t)count, "from", from ? from : "");
    screen_message(screen, object, member, key, values);
    json_decref(values);
}

static void put_stays(struct screen *screen, const struct bulk_change *change,
                      const struct bulk_report *report, json_t *object)
{
    // Those that nobody expects to stay are named, the others counted.
    static const struct {
        enum bulk_reason reason;
        const char *key;
        bool named;
    } reasons[] = {
        {BULK_EARLY, VIEW_KEY("desk.bulk.stays_early_named"), true},
        {BULK_CASE, VIEW_KEY("desk.bulk.stays_case"), true},
        {BULK_INSIDE, VIEW_KEY("desk.bulk.stays_inside"), true},
        {BULK_OLD, VIEW_KEY("desk.bulk.stays_old"), true},
        {BULK_ABSENT, VIEW_KEY("desk.bulk.stays_absent"), false},
        {BULK_SAME, VIEW_KEY("desk.bulk.stays_same"), false},
    };
    struct context *c = &screen->context;
    json_t *list = context_section(c, object, "stays");
    if (report->counts[BULK_EARLY])
        put_reason(screen, change, object, "early", VIEW_KEY("desk.bulk.stays_early"),
                   report->counts[BULK_EARLY]);
    context_flag(c, object, "has_stays", report->chosen > report->counts[BULK_CHANGES]);
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++) {
        int64_t count = report->counts[reasons[i].reason];
        if (!count)
            continue;
        json_t *item = context_item(c, list);
        put_reason(screen, change, item, "sentence", reasons[i].key, count);
        context_flag(c, item, "named", reasons[i].named);
        if (reasons[i].named)
            put_named(screen, item, report->stays[reasons[i].reason], count);
    }
}

// --- what changes

static enum err put_sites(struct screen *screen, const struct bulk_report *report, json_t *object,
                          struct problem *problem)
{
    struct context *c = &screen->context;
    json_t *list = context_list(c, object, "sites");
    cleanup_buf struct buf shown = BUF_INIT;
    enum err e = ERR_NONE;
    for (size_t i = 0; !e && i < report->site_count; i++) {
        const struct bulk_site *site = &report->sites[i];
        json_t *item = context_item(c, list);
        context_number(c, item, "site", site->id);
        context_text(c, item, "site_title", site->title);
        context_flag(c, item, "ticked", !site->left_out);
        buf_printf(&shown, "%s%lld", i ? " " : "", (long long)site->id);
        e = revision_words_put(screen, item, site->before, site->after, problem);
    }
    context_text(c, object, "shown", shown.len ? shown.data : "");
    c->failed |= shown.failed;
    return e;
}

static void put_pages(struct screen *screen, const struct bulk_report *report, json_t *object)
{
    struct context *c = &screen->context;
    context_flag(c, object, "paged", report->pages > 1);
    context_number(c, object, "page", report->page);
    context_number(c, object, "pages", report->pages);
    if (report->page > 1)
        context_number(c, object, "previous", report->page - 1);
    if (report->page < report->pages)
        context_number(c, object, "next", report->page + 1);
}

static void put_left_out(struct screen *screen, const struct bulk_choice *choice, json_t *object)
{
    cleanup_buf struct buf ids = BUF_INIT;
    for (size_t i = 0; i < choice->left_out_count; i++)
        buf_printf(&ids, "%s%lld", i ? " " : "", (long long)choice->left_out[i]);
    context_text(&screen->context, object, "left_out", ids.len ? ids.data : "");
    screen->context.failed |= ids.failed;
}

enum err bulk_screen_put(struct screen *screen, const struct bulk_change *change,
                         const struct bulk_choice *choice, const struct bulk_report *report,
                         struct problem *problem)
{
    struct context *c = &screen->context;
    json_t *object = context_object(c, c->root, "looked");
    context_number(c, object, "chosen", report->chosen);
    context_number(c, object, "changed", report->changed);
    context_flag(c, object, "any", report->counts[BULK_CHANGES] > 0);
    context_text(c, object, "seen", report->seen);
    if (report->left_out)
        put_count(screen, object, "out_words", VIEW_KEY("desk.bulk.left_out"), report->left_out);
    if (report->other_case)
        put_count(screen, object, "other_case", VIEW_KEY("desk.bulk.other_case"), report->other_case);
    put_left(screen, change, report, object);
    put_stays(screen, change, report, object);
    put_pages(screen, report, object);
    put_left_out(screen, choice, object);
    return put_sites(screen, report, object, problem);
}
