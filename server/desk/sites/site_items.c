// The form of a site as tables.
#include "server/desk/sites/site_form.h"
#include "server/view/view.h"

const struct site_item site_items[] = {
    {.name = "decision.number", .label = VIEW_KEY("desk.site.decision_number"), .max = 200},
    {.name = "decision.date",
     .value = SITE_DATE,
     .label = VIEW_KEY("desk.site.decision_date"),
     .hint = VIEW_KEY("desk.site.date_hint"),
     .max = 40},
    {.name = "decision.authority",
     .value = SITE_WORDS,
     .label = VIEW_KEY("desk.site.decision_authority"),
     .max = 200},
    {.name = "names",
     .value = SITE_NAMES,
     .label = VIEW_KEY("desk.site.names"),
     .hint = VIEW_KEY("desk.site.names_hint")},
    {.name = "hours",
     .value = SITE_WORDS,
     .label = VIEW_KEY("desk.site.hours"),
     .hint = VIEW_KEY("desk.site.hours_hint"),
     .max = 300},
    {.name = "checked.on",
     .value = SITE_DATE,
     .label = VIEW_KEY("desk.site.checked_on"),
     .hint = VIEW_KEY("desk.site.date_hint"),
     .max = 40},
    {.name = "checked.by", .label = VIEW_KEY("desk.site.checked_by"), .max = 200},
    {.name = NULL},
};

static const struct site_item addresses[] = {
    {.name = "words",
     .value = SITE_WORDS,
     .label = VIEW_KEY("desk.site.address_words"),
     .max = 300,
     .required = true},
    {.name = "from",
     .value = SITE_DATE,
     .label = VIEW_KEY("desk.site.address_from"),
     .hint = VIEW_KEY("desk.site.date_hint"),
     .max = 40},
    {.name = "until",
     .value = SITE_DATE,
     .label = VIEW_KEY("desk.site.address_until"),
     .hint = VIEW_KEY("desk.site.until_hint"),
     .max = 40},
    {.name = NULL},
};

static const struct site_item periods[] = {
    {.name = "when",
     .value = SITE_DATE,
     .label = VIEW_KEY("desk.site.period_when"),
     .hint = VIEW_KEY("desk.site.date_hint"),
     .max = 40,
     .required = true},
    {.name = "label",
     .value = SITE_WORDS,
     .label = VIEW_KEY("desk.site.period_label"),
     .max = 300,
     .required = true},
    {.name = NULL},
};

static const struct site_item facts[] = {
    {.name = "label",
     .value = SITE_WORDS,
     .label = VIEW_KEY("desk.site.fact_label"),
     .max = 200,
     .required = true},
    {.name = "value",
     .value = SITE_LONG,
     .label = VIEW_KEY("desk.site.fact_value"),
     .max = 2000,
     .required = true},
    {.name = "sources", .value = SITE_IDS, .label = VIEW_KEY("desk.site.fact_sources")},
    {.name = NULL},
};

static const struct site_item sources[] = {
    {.name = "id", .value = SITE_ID, .label = ""},
    {.name = "title", .label = VIEW_KEY("desk.site.source_title"), .max = 300, .required = true},
    {.name = "publisher",
     .label = VIEW_KEY("desk.site.source_publisher"),
     .hint = VIEW_KEY("desk.site.source_publisher_hint"),
     .max = 200},
    {.name = "url", .value = SITE_URL, .label = VIEW_KEY("desk.site.source_url"), .max = 1000},
    {.name = "date", .value = SITE_DATE, .label = VIEW_KEY("desk.site.source_date"), .max = 40},
    {.name = "accessed", .value = SITE_DATE, .label = VIEW_KEY("desk.site.source_accessed"), .max = 40},
    {.name = NULL},
};

const struct site_group_info site_groups[SITE_GROUP_COUNT] = {
    [SITE_ADDRESSES] = {"addresses", addresses},
    [SITE_PERIODS] = {"periods", periods},
    [SITE_FACTS] = {"facts", facts},
    [SITE_SOURCES] = {"sources", sources},
};
