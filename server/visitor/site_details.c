#include "server/visitor/site_details.h"

#include <string.h>

#include "common/clock.h"
#include "content/words.h"
#include "server/visitor/address.h"

static const char *text_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

// "Long Tuyền cổ miếu; Đình thần Long Tuyền"
static void put_names(struct page *page, const struct site *site)
{
    struct context *c = &page->context;
    const json_t *all = json_object_get(site->details, "names");
    const json_t *names = json_object_get(all, page->lang);
    const char *lang = names ? page->lang : site->original;
    cleanup_buf struct buf text = BUF_INIT;
    size_t i;
    json_t *name;
    if (!names)
        names = json_object_get(all, site->original);
    json_array_foreach(names, i, name)
    {
        buf_append_str(&text, i ? "; " : "");
        buf_append_str(&text, json_string_value(name));
    }
    if (text.len)
        context_text_in(c, c->root, "names", text.data, "names_lang", lang, page->lang);
}

static void put_periods(struct page *page, const struct site *site)
{
    struct context *c = &page->context;
    const json_t *periods = json_object_get(site->details, "periods");
    size_t i;
    json_t *period;
    if (json_array_size(periods) == 0)
        return;
    json_t *list = context_section(c, c->root, "periods");
    json_array_foreach(periods, i, period)
    {
        json_t *item = context_item(c, list);
        page_date(page, item, "when", text_of(period, "when"));
        context_words(c, item, "label", json_object_get(period, "label"), "label_lang", page->lang,
                      site->original);
    }
}

// The number of source `id` in the list of sources, from 1; 0 when it is not there.
static size_t source_number(const json_t *sources, const char *id)
{
    size_t i;
    json_t *source;
    json_array_foreach(sources, i, source)
    {
        const char *own = text_of(source, "id");
        if (own && id && strcmp(own, id) == 0)
            return i + 1;
    }
    return 0;
}

static void put_marks(struct context *c, json_t *item, const json_t *ids, const json_t *sources)
{
    size_t i;
    json_t *id;
    json_t *marks = context_list(c, item, "marks");
    json_array_foreach(ids, i, id)
    {
        size_t number = source_number(sources, json_string_value(id));
        if (number)
            context_number(c, context_item(c, marks), "number", (int64_t)number);
    }
}

static void put_facts(struct page *page, const struct site *site)
{
    struct context *c = &page->context;
    const json_t *facts = json_object_get(site->details, "facts");
    const json_t *sources = json_object_get(site->details, "sources");
    size_t i;
    json_t *fact;
    if (json_array_size(facts) == 0)
        return;
    json_t *list = context_section(c, c->root, "facts");
    json_array_foreach(facts, i, fact)
    {
        json_t *item = context_item(c, list);
        context_words(c, item, "label", json_object_get(fact, "label"), "label_lang", page->lang,
                      site->original);
        context_words(c, item, "value", json_object_get(fact, "value"), "value_lang", page->lang,
                      site->original);
        put_marks(c, item, json_object_get(fact, "sources"), sources);
    }
}

static void put_sources(struct page *page, const struct site *site)
{
    struct context *c = &page->context;
    const json_t *sources = json_object_get(site->details, "sources");
    size_t i;
    json_t *source;
    if (json_array_size(sources) == 0)
        return;
    json_t *list = context_section(c, c->root, "sources");
    json_array_foreach(sources, i, source)
    {
        json_t *item = context_item(c, list);
        context_number(c, item, "number", (int64_t)i + 1);
        context_text(c, item, "source_title", text_of(source, "title"));
        context_text(c, item, "publisher", text_of(source, "publisher"));
        context_text(c, item, "url", text_of(source, "url"));
        page_date(page, item, "published", text_of(source, "date"));
        page_date(page, item, "accessed", text_of(source, "accessed"));
    }
}

static void put_decision(struct page *page, const struct site *site)
{
    struct context *c = &page->context;
    const json_t *decision = json_object_get(site->details, "decision");
    if (json_object_size(decision) == 0)
        return;
    json_t *object = context_object(c, c->root, "decision");
    context_text(c, object, "decision_number", text_of(decision, "number"));
    page_date(page, object, "decided", text_of(decision, "date"));
    context_words(c, object, "authority", json_object_get(decision, "authority"), "authority_lang",
                  page->lang, site->original);
}

// The newest address first; older ones stay, as people and papers still use them.
static void put_addresses(struct page *page, const struct site *site)
{
    struct context *c = &page->context;
    const json_t *addresses = json_object_get(site->details, "addresses");
    size_t count = json_array_size(addresses);
    if (count == 0)
        return;
    json_t *list = context_section(c, c->root, "addresses");
    for (size_t i = count; i-- > 0;) {
        const json_t *address = json_array_get(addresses, i);
        json_t *item = context_item(c, list);
        context_words(c, item, "words", json_object_get(address, "words"), "words_lang", page->lang,
                      site->original);
        page_date(page, item, "from", text_of(address, "from"));
        page_date(page, item, "until", text_of(address, "until"));
        context_flag(c, item, "is_old", text_of(address, "until"));
        bool both = text_of(address, "from") && text_of(address, "until");
        context_flag(c, item, "has_both", both);
    }
}

static void put_position(struct page *page, const struct site *site)
{
    struct context *c = &page->context;
    if (!site->has_position)
        return;
    json_t *object = context_object(c, c->root, "position");
    cleanup_buf struct buf degrees = BUF_INIT;
    buf_append_fixed(&degrees, site->lat, 5);
    buf_append_str(&degrees, ", ");
    buf_append_fixed(&degrees, site->lon, 5);
    context_text(c, object, "degrees", degrees.failed ? NULL : degrees.data);
    context_text(c, object, "geo", address_geo(page->arena, site->lat, site->lon));
    context_text(c, object, "map", address_map(page->arena, site->lat, site->lon));
    if (site->accuracy_m > 0)
        context_number(c, object, "accuracy", (int64_t)(site->accuracy_m + 0.5));
}

static void put_day(struct page *page, const char *key, int64_t when)
{
    char text[CLOCK_RFC3339_SIZE];
    clock_rfc3339(when + CLOCK_LOCAL_S, text);
    text[10] = '\0'; // "2026-11-22"
    page_date(page, page->context.root, key, text);
}

static void put_checked(struct page *page, const struct site *site)
{
    struct context *c = &page->context;
    const json_t *checked = json_object_get(site->details, "checked");
    if (text_of(checked, "on")) {
        json_t *object = context_object(c, c->root, "checked");
        page_date(page, object, "on", text_of(checked, "on"));
        context_text(c, object, "by", text_of(checked, "by"));
    }
    put_day(page, "updated", site->updated_at);
}

void site_details_put(struct page *page, const struct site *site)
{
    struct context *c = &page->context;
    put_names(page, site);
    put_periods(page, site);
    put_facts(page, site);
    put_sources(page, site);
    put_decision(page, site);
    put_addresses(page, site);
    put_position(page, site);
    context_words(c, c->root, "hours", json_object_get(site->details, "hours"), "hours_lang", page->lang,
                  site->original);
    bool has_place =
        site->has_position || json_object_get(c->root, "addresses") || json_object_get(c->root, "hours");
    context_flag(c, c->root, "has_place", has_place);
    put_checked(page, site);
}
