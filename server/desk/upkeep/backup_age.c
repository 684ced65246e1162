#include "server/desk/upkeep/backup_age.h"

#include "common/clock.h"

enum { OLD_AFTER = 7 * 24 * 3600 }; // seconds

void backup_age_put(struct screen *screen, json_t *object, const struct kept_list *list)
{
    struct context *c = &screen->context;
    const struct kept *newest = NULL;
    for (size_t i = 0; i < list->count && !newest; i++)
        if (list->items[i].whole)
            newest = &list->items[i];
    context_flag(c, object, "never", !newest);
    context_flag(c, object, "old", !newest || clock_now() - newest->at > OLD_AFTER);
    if (newest)
        screen_ago(screen, object, "newest", newest->at);
}
