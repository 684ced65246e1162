#include "tests/unit/unit.h"

#include <pthread.h>
#include <unistd.h>

#include "server/http/workers.h"

static unsigned done;

static void count_up(void *arg)
{
    __atomic_fetch_add((unsigned *)arg, 1, __ATOMIC_RELAXED);
}

static void wait_for_gate(void *arg)
{
    pthread_mutex_t *gate = arg;
    pthread_mutex_lock(gate);
    pthread_mutex_unlock(gate);
}

static void everything_put_is_done(void **state)
{
    struct workers *w = NULL;
    unsigned put = 0;
    (void)state;
    done = 0;
    assert_int_equal(workers_start(3, 8, &w, NULL), ERR_NONE);
    while (put < 500) {
        if (!workers_reserve(w)) {
            usleep(100);
            continue;
        }
        workers_put(w, count_up, &done);
        put++;
    }
    workers_drain(w);
    assert_int_equal(done, 500);
    workers_free(w);
    workers_drain(NULL);
    workers_free(NULL);
}

static void a_full_queue_refuses(void **state)
{
    pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
    struct workers *w = NULL;
    unsigned places = 0;
    (void)state;
    done = 0;
    assert_int_equal(workers_start(1, 4, &w, NULL), ERR_NONE);
    pthread_mutex_lock(&gate);
    assert_true(workers_reserve(w));
    workers_put(w, wait_for_gate, &gate);
    usleep(50000); // the one worker takes it and waits
    while (workers_reserve(w))
        places++;
    assert_int_equal(places, 4);
    for (unsigned i = 0; i < places; i++)
        workers_put(w, count_up, &done);
    assert_false(workers_reserve(w));
    pthread_mutex_unlock(&gate);
    workers_free(w);
    assert_int_equal(done, 4);
}

static void drained_workers_refuse(void **state)
{
    struct workers *w = NULL;
    (void)state;
    done = 0;
    assert_int_equal(workers_start(2, 4, &w, NULL), ERR_NONE);
    assert_true(workers_reserve(w));
    workers_put(w, count_up, &done);
    workers_drain(w);
    assert_int_equal(done, 1);
    assert_false(workers_reserve(w));
    workers_drain(w);
    assert_false(workers_reserve(w));
    workers_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_put_is_done),
        cmocka_unit_test(a_full_queue_refuses),
        cmocka_unit_test(drained_workers_refuse),
    };
    return cmocka_run_group_tests_name("workers", tests, NULL, NULL);
}
