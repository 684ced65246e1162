// Symbol matrices alone: how many a second one thread makes of plates' addresses. bench_matrix [COUNT]; exit
// 1 below PROMISED.
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "content/code/code.h"
#include "qrgen/symbol/matrix.h"
#include "qrgen/symbol/payload.h"

#define PROMISED 5000.0
#define ROUNDS   8

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void must(enum err e, const struct problem *p)
{
    if (e == ERR_NONE)
        return;
    fprintf(stderr, "bench_matrix: %s\n", p->text);
    exit(1);
}

// Matrices a second, of `count`.
static double round_of(long count)
{
    struct matrix matrix;
    struct problem p = PROBLEM_INIT;
    double began = seconds();
    for (long i = 0; i < count; i++) {
        char code[CODE_SIZE], url[PAYLOAD_SIZE];
        code_make(code);
        must(payload_url("https://ditich.cantho.example.vn", code, url, &p), &p);
        must(matrix_make(url, &matrix, &p), &p);
    }
    return (double)count / (seconds() - began);
}

int main(int argc, char **argv)
{
    long count = argc > 1 ? strtol(argv[1], NULL, 10) : 3000;
    double best = 0;
    for (int i = 0; i < ROUNDS; i++) {
        double rate = round_of(count);
        best = rate > best ? rate : best;
    }
    printf("%.0f\n", best);
    return best >= PROMISED ? 0 : 1;
}
