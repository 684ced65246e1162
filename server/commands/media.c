// `stele media`: makes the variants that are missing, after an import without stele-media or by an older
// program.
#include <stdio.h>

#include "content/store/store.h"
#include "server/commands/commands.h"
#include "server/commands/say.h"
#include "server/pictures/pictures.h"

struct work {
    struct store *store;
    struct pictures *pictures;
    struct problem_list faults;
};

static void leave(struct work *w)
{
    pictures_close(w->pictures);
    store_close(w->store);
    problem_list_clear(&w->faults);
}

int media_command(const struct settings *s, const char *const *arguments)
{
    (void)arguments;
    CLEANUP(leave) struct work w = {.faults = PROBLEM_LIST_INIT};
    struct problem p = PROBLEM_INIT;
    struct store_options store = {.folder = s->data};
    struct pictures_options options = {.helper = s->media_helper};
    struct pictures_total total;
    if (pictures_open(&options, &w.pictures, &p) || store_open(&store, &w.store, &p))
        return say_failed(&p);
    enum err e = pictures_make_missing(w.pictures, w.store, &w.faults, &total, &p);
    for (size_t i = 0; i < w.faults.count; i++)
        say("%s: %s", w.faults.items[i].field, w.faults.items[i].text);
    if (e)
        return say_failed(&p);
    if (!s->quiet)
        printf("%zu photos got their sizes%s\n", total.made,
               total.made || total.failed ? "" : ": none was missing");
    if (!s->quiet && total.looked)
        printf("%zu sounds and films were looked at\n", total.looked);
    return total.failed ? STATUS_FAILED : STATUS_DONE;
}
