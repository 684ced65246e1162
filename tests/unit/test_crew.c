#include "tests/unit/unit.h"

#include <stdlib.h>
#include <unistd.h>

#include "qrgen/crew.h"

#define TASKS 300

// What the crew of a test works on.
struct work {
    atomic_size_t made, in_hand, most_in_hand;
    size_t handed[TASKS], count;
    atomic_int inside, begun, ended;
    size_t fails_at, stops_at;
    atomic_bool stop;
};

static enum err begin(void *arg, void **ret_own, struct problem *p)
{
    (void)p;
    struct work *w = arg;
    atomic_fetch_add(&w->begun, 1);
    *ret_own = malloc(1);
    return *ret_own ? ERR_NONE : ERR_MEMORY;
}

static struct work *ending;

static void end(void *own)
{
    free(own);
    atomic_fetch_add(&ending->ended, 1);
}

static enum err make(void *arg, void *own, size_t task, struct problem *p)
{
    struct work *w = arg;
    assert_non_null(own);
    size_t held = atomic_fetch_add(&w->in_hand, 1) + 1;
    if (held > atomic_load(&w->most_in_hand))
        atomic_store(&w->most_in_hand, held);
    if (task % 7 == 0)
        usleep(500); // so that others overtake it
    atomic_fetch_add(&w->made, 1);
    if (task == w->fails_at)
        return problem_set(p, ERR_CORRUPT, NULL, "task %zu", task);
    return ERR_NONE;
}

static enum err hand(void *arg, void *own, size_t task, struct problem *p)
{
    (void)own, (void)p;
    struct work *w = arg;
    assert_int_equal(atomic_fetch_add(&w->inside, 1), 0); // one at a time
    if (w->count < TASKS)
        w->handed[w->count++] = task;
    if (task == w->stops_at)
        atomic_store(&w->stop, true);
    atomic_fetch_sub(&w->inside, 1);
    atomic_fetch_sub(&w->in_hand, 1);
    return ERR_NONE;
}

static struct crew crew_of(struct work *w, unsigned threads)
{
    *w = (struct work){.fails_at = TASKS, .stops_at = TASKS};
    ending = w;
    return (struct crew){.tasks = TASKS,
                         .threads = threads,
                         .stop = &w->stop,
                         .arg = w,
                         .begin = begin,
                         .end = end,
                         .make = make,
                         .hand = hand};
}

static void hands_over_in_order_and_holds_one_task_a_thread(void **state)
{
    (void)state;
    for (unsigned threads = 1; threads <= 9; threads += 4) {
        static struct work w;
        const struct crew crew = crew_of(&w, threads);
        assert_int_equal(crew_run(&crew, NULL, NULL), ERR_NONE);
        assert_int_equal(w.count, TASKS);
        for (size_t i = 0; i < TASKS; i++)
            assert_int_equal(w.handed[i], i);
        assert_true(w.most_in_hand <= threads);
        assert_int_equal(w.begun, threads);
        assert_int_equal(w.ended, threads);
    }
}

static void first_failure_stops_all_and_names_its_task(void **state)
{
    (void)state;
    static struct work w;
    const struct crew crew = crew_of(&w, 4);
    struct problem p = PROBLEM_INIT;
    size_t failed = 0;
    w.fails_at = 100;
    assert_int_equal(crew_run(&crew, &failed, &p), ERR_CORRUPT);
    assert_problem(p, ERR_CORRUPT, "task 100");
    assert_int_equal(failed, 100);
    assert_true(w.count <= 100 && w.made < TASKS);
    assert_int_equal(w.ended, w.begun);
}

static void stops_when_asked(void **state)
{
    (void)state;
    static struct work w;
    struct crew crew = crew_of(&w, 3);
    struct problem p = PROBLEM_INIT;
    atomic_store(&w.stop, true);
    crew.tasks = 1000000000;
    w.fails_at = w.stops_at = SIZE_MAX;
    assert_int_equal(crew_run(&crew, NULL, &p), ERR_CANCELLED);
    assert_problem(p, ERR_CANCELLED, "stopped");
}

static void no_tasks_are_done_at_once(void **state)
{
    (void)state;
    static struct work w;
    struct crew crew = crew_of(&w, 0);
    crew.tasks = 0;
    assert_int_equal(crew_run(&crew, NULL, NULL), ERR_NONE);
    assert_int_equal(w.begun, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hands_over_in_order_and_holds_one_task_a_thread),
        cmocka_unit_test(first_failure_stops_all_and_names_its_task),
        cmocka_unit_test(stops_when_asked),
        cmocka_unit_test(no_tasks_are_done_at_once),
    };
    return cmocka_run_group_tests_name("crew", tests, NULL, NULL);
}
