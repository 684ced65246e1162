// Symbol matrices alone, of plates' addresses: how many one thread makes in a second of its processor's time,
// which is what is promised, and in a second of the clock, in which others may have had the processor.
// usage: bench_matrix [COUNT]: "11800 9200"; exit 1 when the first is below PROMISED.
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "content/code/code.h"
#include "qrgen/symbol/matrix.h"
#include "qrgen/symbol/payload.h"

#define PROMISED 5000.0
#define ROUNDS   8

static double seconds(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void must(enum err e, const struct problem *p)
{
    if (e == ERR_NONE)
        return;
    fprintf(stderr, "bench_matrix: %s\n", p->text);
    exit(1);
}

struct rates {
    double processor, clock; // matrices a second
};

static struct rates round_of(long count)
{
    struct matrix matrix;
    struct problem p = PROBLEM_INIT;
    double processor = seconds(CLOCK_PROCESS_CPUTIME_ID), clock = seconds(CLOCK_MONOTONIC);
    for (long i = 0; i < count; i++) {
        char code[CODE_SIZE], url[PAYLOAD_SIZE];
        code_make(code);
        must(payload_url("https://ditich.cantho.example.vn", code, url, &p), &p);
        must(matrix_make(url, &matrix, &p), &p);
    }
    return (struct rates){(double)count / (seconds(CLOCK_PROCESS_CPUTIME_ID) - processor),
                          (double)count / (seconds(CLOCK_MONOTONIC) - clock)};
}

int main(int argc, char **argv)
{
    long count = argc > 1 ? strtol(argv[1], NULL, 10) : 3000;
    struct rates best = {0, 0};
    for (int i = 0; i < ROUNDS; i++) {
        struct rates rates = round_of(count);
        best.processor = rates.processor > best.processor ? rates.processor : best.processor;
        best.clock = rates.clock > best.clock ? rates.clock : best.clock;
    }
    printf("%.0f %.0f\n", best.processor, best.clock);
    return best.processor >= PROMISED ? 0 : 1;
}
