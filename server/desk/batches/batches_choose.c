// Which plates: found as in every list and ticked, all that were found, or pasted as a list of codes.
#include <stdlib.h>
#include <string.h>

#include "content/editing/desk_list.h"
#include "content/plate.h"
#include "content/tour.h"
#include "server/desk/batches/batches_parts.h"
#include "server/desk/plates/plates_parts.h"
#include "server/view/view.h"

enum { STATE, AREA, TOUR };
static const struct list_filter filters[] = {
    [STATE] = {.name = "state",
               .label = VIEW_KEY("desk.plates.filter_state"),
               .options = plates_states_in_use},
    [AREA] = {.name = "area", .label = VIEW_KEY("desk.plates.filter_area")},
    [TOUR] = {.name = "tour", .label = VIEW_KEY("desk.batches.new.tour")},
};
const struct list batches_choice = {
    .path = "/desk/batches/new",
    .search = VIEW_KEY("desk.plates.search"),
    .filters = filters,
    .filter_count = sizeof filters / sizeof filters[0],
    .count = VIEW_KEY("desk.batches.new.count"),
    .empty = VIEW_KEY("desk.batches.new.empty"),
};

static enum err list_tours(struct screen *screen, const struct tours *tours, const struct field_option **ret,
                           struct problem *p)
{
    struct field_option *options = arena_array(screen->arena, tours->count + 1, sizeof *options);
    if (!options)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    for (size_t i = 0; i < tours->count; i++) {
        const char *label = screen_label(screen, tours->items[i].titles);
        options[i].value = tours->items[i].slug;
        options[i].label_text = label ? label : tours->items[i].slug;
    }
    *ret = options;
    return ERR_NONE;
}

enum err batches_read_choice(struct screen *screen, const struct form *form, struct list_query *ret,
                             int64_t *ret_tour, struct problem *p)
{
    struct tours tours = {.count = 0};
    const struct field_option *areas = NULL, *tour_options = NULL;
    enum err e = field_terms(screen, "area", &areas, p);
    if (!e)
        e = tour_list(screen->db, screen->arena, NULL, &tours, p);
    if (!e)
        e = list_tours(screen, &tours, &tour_options, p);
    if (e)
        return e;
    list_read(&batches_choice, screen->req, ret);
    ret->options[AREA] = areas;
    ret->options[TOUR] = tour_options;
    plates_take_find(&batches_choice, form, ret);
    *ret_tour = 0;
    for (size_t i = 0; i < tours.count; i++)
        if (ret->values[TOUR] && strcmp(tours.items[i].slug, ret->values[TOUR]) == 0)
            *ret_tour = tours.items[i].id;
    if (!*ret_tour)
        ret->values[TOUR] = NULL;
    return ERR_NONE;
}

static struct desk_plate_filter filter_of(const struct list_query *q, int64_t tour,
                                          const struct desk_user *user)
{
    return (struct desk_plate_filter){.state = q->values[STATE],
                                      .area = q->values[AREA],
                                      .query = q->search,
                                      .tour_id = tour,
                                      .printable = true,
                                      .account_id = user->account.id};
}

// --- showing

static void put_plate(struct screen *screen, const struct form *form, json_t *items,
                      const struct desk_plate *plate, bool alone)
{
    struct context *c = &screen->context;
    json_t *item = context_item(c, items);
    plates_put_code(screen, item, plate->code, plate->state);
    plates_put_target(screen, item, plate);
    context_text(c, item, "place", plate->place);
    context_flag(c, item, "chosen", form_is_ticked(form, "plate", plate->code) || alone);
}

// The plate that the preview shows: one that was chosen, else the first in sight.
static void choose_shown(const struct form *form, const struct desk_plates *plates, char ret_code[CODE_SIZE])
{
    size_t count = 0;
    const char *const *values = form_values(form, "plate", &count);
    char code[CODE_SIZE];
    ret_code[0] = '\0';
    if (count && code_read(values[0], code) == CODE_READ_OK)
        memcpy(ret_code, code, CODE_SIZE);
    else if (plates->count)
        memcpy(ret_code, plates->items[0].code, CODE_SIZE);
}

enum err batches_put_choice(struct screen *screen, const struct form *form, char ret_code[CODE_SIZE],
                            struct problem *p)
{
    struct context *c = &screen->context;
    struct list_query q;
    struct desk_plates plates = {.count = 0};
    int64_t total = 0, tour = 0;
    enum err e = batches_read_choice(screen, form, &q, &tour, p);
    if (e)
        return e;
    struct desk_plate_filter filter = filter_of(&q, tour, screen->user);
    e = desk_plate_count(screen->db, &filter, &total, p);
    filter.counted = (struct desk_counted){.known = !e, .total = total};
    list_put(screen, &batches_choice, &q, total);
    if (!e)
        e = desk_plate_list(screen->db, screen->arena, &filter, q.limit, q.offset, &plates, p);
    json_t *items = context_list(c, c->root, "items");
    bool asked_all =
        !plates_turning(form) && (form_has(form, "all") || request_param(screen->req, "all")); // of this list
    for (size_t i = 0; !e && i < plates.count; i++)
        put_plate(screen, form, items, &plates.items[i], total == 1 && asked_all);
    plates_put_kept(screen, form, "plate", items, "code");
    context_text(c, c->root, "action", list_address(screen, &batches_choice, &q, q.page));
    context_number(c, c->root, "count", total);
    context_flag(c, c->root, "any", total > 0);
    context_flag(c, c->root, "several", total > 1);
    context_flag(c, c->root, "all", total > 1 && asked_all);
    choose_shown(form, &plates, ret_code);
    return e;
}

// --- reading what was chosen

struct reading {
    struct http_request *req;
    struct form *form;
    struct batches_chosen *choice;
    int64_t copies; // of plates that do not say their own
    bool full;
};

enum { NOT_SAID = -1 };

// `copies` is NOT_SAID, or how many were asked of this very plate. Who ticked a plate and pasted it with a
// number means the number.
static void add(struct reading *r, const char *code, int64_t copies)
{
    struct batches_chosen *choice = r->choice;
    for (size_t i = 0; i < choice->count; i++) {
        if (strcmp(choice->items[i].code, code) != 0)
            continue;
        if (copies != NOT_SAID)
            choice->items[i].copies = copies;
        return;
    }
    if (choice->count > BATCH_PLATES_MAX) {
        r->full = true;
        return;
    }
    struct batch_item *item = &choice->items[choice->count++];
    memcpy(item->code, code, CODE_SIZE);
    item->copies = copies == NOT_SAID ? r->copies : copies;
}

// "K7M3-9QX2", "K7M3-9QX2 3", "k7m3 9qx2; 3", "K7M3-9QX2 x3": a code, and perhaps how many copies of it.
static bool read_line(char *line, char ret_code[CODE_SIZE], int64_t *ret_copies)
{
    size_t len = strlen(line);
    while (len && strchr(" \t,;", line[len - 1]))
        line[--len] = '\0';
    if (code_read(line, ret_code) == CODE_READ_OK)
        return true;
    char *digits = line + len;
    while (digits > line && digits[-1] >= '0' && digits[-1] <= '9')
        digits--;
    if (!*digits || digits == line || strlen(digits) > 3)
        return false;
    *ret_copies = strtoll(digits, NULL, 10);
    while (digits > line && strchr(" \t,;xX*", digits[-1]))
        *--digits = '\0';
    return code_read(line, ret_code) == CODE_READ_OK;
}

static void read_pasted(struct reading *r)
{
    char *text = arena_strdup(r->req->arena, form_text(r->form, "codes")), *rest = NULL;
    for (char *line = text ? strtok_r(text, "\n", &rest) : NULL; line; line = strtok_r(NULL, "\n", &rest)) {
        char code[CODE_SIZE];
        int64_t copies = NOT_SAID;
        const char *typed = arena_strdup(r->req->arena, line);
        if (!line[strspn(line, " \t,;")])
            continue;
        if (!read_line(line, code, &copies)) {
            form_problem_words(r->form, "codes", VIEW_KEY("desk.batches.new.code_wrong"), "code",
                               typed ? typed : "");
            return;
        }
        add(r, code, copies);
    }
}

static void read_ticked(struct reading *r)
{
    size_t count = 0;
    char code[CODE_SIZE];
    const char *const *values = form_values(r->form, "plate", &count);
    for (size_t i = 0; i < count; i++)
        if (code_read(values[i], code) == CODE_READ_OK)
            add(r, code, NOT_SAID);
}

static enum err read_found(struct reading *r, struct http_response *res, struct problem *p)
{
    cleanup_screen struct screen screen = {.req = r->req};
    struct list_query q;
    struct desk_plates plates = {.count = 0};
    int64_t tour = 0;
    enum err e = screen_open(&screen, r->req, res, p);
    if (!e)
        e = batches_read_choice(&screen, r->form, &q, &tour, p);
    if (e)
        return e;
    struct desk_plate_filter filter = filter_of(&q, tour, screen.user);
    e = desk_plate_list(screen.db, r->req->arena, &filter, BATCH_PLATES_MAX + 1, 0, &plates, p);
    r->full = !e && plates.count > BATCH_PLATES_MAX;
    for (size_t i = 0; !e && i < plates.count && i < BATCH_PLATES_MAX; i++) {
        struct batch_item *item = &r->choice->items[r->choice->count++]; // each comes once
        memcpy(item->code, plates.items[i].code, CODE_SIZE);
        item->copies = r->copies;
    }
    return e;
}

enum err batches_read_plates(struct http_request *req, struct http_response *res, struct form *form,
                             struct batches_chosen *ret, struct problem *p)
{
    struct reading r = {.req = req, .form = form, .choice = ret};
    enum err e = ERR_NONE;
    ret->count = 0;
    ret->items = arena_array(req->arena, BATCH_PLATES_MAX + 1, sizeof *ret->items);
    if (!ret->items)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    if (!form_int(form, "copies", &r.copies) || r.copies < 1 || r.copies > BATCH_COPIES_MAX)
        form_problem(form, "copies", VIEW_KEY("desk.batches.new.copies_wrong"));
    if (form_has(form, "all"))
        e = read_found(&r, res, p);
    else
        read_ticked(&r);
    read_pasted(&r);
    if (!e && r.full)
        form_problem_number(form, "", VIEW_KEY("desk.batches.new.too_many"), "count", BATCH_PLATES_MAX);
    else if (!e && ret->count == 0 && !form->failed)
        form_problem(form, "", VIEW_KEY("desk.batches.new.none_chosen"));
    return e;
}
