#include "content/editing/worddiff.h"

#include <stdlib.h>
#include <string.h>

enum { DISTANCE_MAX = 2000, SMALL = 1000 }; // SMALL: steps that any text may take

// A word with the blanks after it.
struct word {
    const char *text;
    size_t len;
};

struct words {
    struct word *items;
    int count;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

static size_t word_length(const char *at)
{
    size_t n = 0;
    while (at[n] && !is_blank(at[n]))
        n++;
    while (is_blank(at[n]))
        n++;
    return n;
}

static bool split(const char *text, struct arena *a, struct words *out)
{
    int count = 0;
    for (const char *at = text; *at; at += word_length(at))
        count++;
    out->items = arena_array(a, (size_t)count, sizeof *out->items);
    out->count = 0;
    if (!out->items)
        return false;
    for (const char *at = text; *at; at += word_length(at))
        out->items[out->count++] = (struct word){at, word_length(at)};
    return true;
}

static bool same(const struct word *x, const struct word *y)
{
    return x->len == y->len && memcmp(x->text, y->text, x->len) == 0;
}

// The furthest x on each diagonal k = x - y after d steps; `trace` keeps one copy for each d.
struct search {
    const struct words *before, *after;
    int **trace;
    int steps;         // d at which the end was reached; -1: beyond DISTANCE_MAX or what may be spent
    int64_t may_spend; // what is left of it
};

static int furthest(const int *v, int k, int d)
{
    return k == -d || (k != d && v[k - 1] < v[k + 1]) ? v[k + 1] : v[k - 1] + 1;
}

// The largest d that can lead to the end; -1: none within what may be spent, or nothing to compare.
static int may_go_to(const struct search *s)
{
    int n = s->before->count, m = s->after->count;
    int limit = n + m < DISTANCE_MAX ? n + m : DISTANCE_MAX, least = abs(n - m);
    return n && m && least <= limit && (int64_t)least * least / 2 <= s->may_spend ? limit : -1;
}

// Goes d steps on every diagonal. A step and every word that is the same cost one each.
static void go(struct search *s, int *v, int d)
{
    int n = s->before->count, m = s->after->count;
    for (int k = -d; k <= d && s->may_spend >= 0; k += 2) {
        int x = furthest(v, k, d), from = x;
        while (x < n && x - k < m && same(&s->before->items[x], &s->after->items[x - k]))
            x++;
        v[k] = x;
        s->may_spend -= 1 + x - from;
        if (x >= n && x - k >= m) {
            s->steps = d;
            return;
        }
    }
}

// Says in s->steps how it ended. False when memory is out.
static bool find_path(struct search *s, struct arena *a)
{
    int limit = may_go_to(s);
    if (limit < 0)
        return true;
    int *space = arena_array(a, 2 * (size_t)limit + 3, sizeof *space);
    s->trace = arena_array(a, (size_t)limit + 1, sizeof *s->trace);
    if (!space || !s->trace)
        return false;
    int *v = space + limit + 1;
    for (int d = 0; d <= limit && s->steps < 0 && s->may_spend >= 0; d++) {
        int *copy = arena_array(a, 2 * (size_t)d + 3, sizeof *copy);
        if (!copy)
            return false;
        memcpy(copy, v - d - 1, (2 * (size_t)d + 3) * sizeof *copy);
        s->trace[d] = copy + d + 1;
        go(s, v, d);
    }
    return true;
}

// One kind for every word on the way back from the end to the beginning; the caller reads it from the end.
static int walk_back(const struct search *s, char *kinds)
{
    int x = s->before->count, y = s->after->count, count = 0;
    for (int d = s->steps; d > 0; d--) {
        const int *v = s->trace[d];
        int k = x - y;
        bool down = k == -d || (k != d && v[k - 1] < v[k + 1]);
        int from_k = down ? k + 1 : k - 1, from_x = v[from_k], from_y = from_x - from_k;
        while (x > from_x && y > from_y) {
            kinds[count++] = WORDDIFF_SAME;
            x--;
            y--;
        }
        kinds[count++] = down ? WORDDIFF_ADDED : WORDDIFF_REMOVED;
        x = from_x;
        y = from_y;
    }
    for (; x > 0; x--)
        kinds[count++] = WORDDIFF_SAME;
    return count;
}

struct pieces {
    struct worddiff_piece *items;
    size_t count;
};

static bool add_piece(struct pieces *out, struct arena *a, enum worddiff_kind kind, const char *text,
                      size_t len)
{
    if (len == 0)
        return true;
    const char *copy = arena_strndup(a, text, len);
    out->items[out->count++] = (struct worddiff_piece){kind, copy};
    return copy != NULL;
}

// Runs of one kind become one piece.
static bool join(const struct search *s, const char *kinds, int count, struct arena *a, struct pieces *out)
{
    const char *before = s->before->count ? s->before->items[0].text : "";
    const char *after = s->after->count ? s->after->items[0].text : "";
    int x = 0, y = 0;
    for (int i = count - 1; i >= 0;) {
        char kind = kinds[i];
        size_t before_len = 0, after_len = 0;
        for (; i >= 0 && kinds[i] == kind; i--) {
            before_len += kind != WORDDIFF_ADDED ? s->before->items[x++].len : 0;
            after_len += kind != WORDDIFF_REMOVED ? s->after->items[y++].len : 0;
        }
        bool added = kind == WORDDIFF_ADDED;
        if (!add_piece(out, a, (enum worddiff_kind)kind, added ? after : before,
                       added ? after_len : before_len))
            return false;
        before += before_len;
        after += after_len;
    }
    return true;
}

enum err worddiff(const char *before, const char *after, struct worddiff_budget *budget, struct arena *a,
                  struct worddiff_piece **ret_pieces, size_t *ret_count, struct problem *p)
{
    cleanup_arena struct arena scratch = ARENA_INIT;
    struct words x, y;
    const int64_t half = budget->left / 2, may_spend = half > SMALL ? half : SMALL;
    struct search s = {.before = &x, .after = &y, .steps = -1, .may_spend = may_spend};
    bool good = split(before, &scratch, &x) && split(after, &scratch, &y) && find_path(&s, &scratch);
    size_t most = good && s.steps >= 0 ? (size_t)x.count + (size_t)y.count + 1 : 2;
    struct pieces out = {.items = good ? arena_array(a, most, sizeof *out.items) : NULL};
    char *kinds = good ? arena_alloc(&scratch, most) : NULL;
    if (!out.items || !kinds)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    const int64_t spent = may_spend - s.may_spend;
    budget->left = budget->left > spent ? budget->left - spent : 0;
    budget->is_short |= s.steps < 0 && x.count && y.count;
    if (s.steps >= 0)
        good = join(&s, kinds, walk_back(&s, kinds), a, &out);
    else
        good = add_piece(&out, a, WORDDIFF_REMOVED, before, strlen(before)) &&
               add_piece(&out, a, WORDDIFF_ADDED, after, strlen(after));
    if (!good)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    *ret_pieces = out.items;
    *ret_count = out.count;
    return ERR_NONE;
}
