#include <string.h>

#include "content/site.h"

static const struct site_text *find_text(const struct site *site, const char *lang)
{
    for (size_t i = 0; site && i < site->text_count; i++)
        if (strcmp(site->texts[i].lang, lang) == 0)
            return &site->texts[i];
    return NULL;
}

static bool is_same(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "") == 0;
}

static bool is_same_text(const struct site_text *a, const struct site_text *b)
{
    return is_same(a->title, b->title) && is_same(a->summary, b->summary) && is_same(a->body, b->body);
}

static int64_t source_version(const struct site_text *t, const struct site_text *old, int64_t version)
{
    if (!t->stale) {
        bool caught_up = !old || old->stale || !is_same_text(t, old);
        return caught_up || !old->source_version ? version + 1 : old->source_version;
    }
    if (!old)
        return 0;
    return old->stale || old->source_version ? old->source_version : version;
}

void site_set_source_versions(struct site *site, const struct site *before)
{
    int64_t version = before ? before->version : 0;
    for (size_t i = 0; i < site->text_count; i++) {
        struct site_text *t = &site->texts[i];
        bool translated = t->origin != TEXT_WRITTEN;
        t->source_version = translated ? source_version(t, find_text(before, t->lang), version) : 0;
    }
}
