// Symbol matrices alone: how many a second one thread makes of plates' addresses. bench_matrix [COUNT]; exit
// 1 below PROMISED.
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "content/code/code.h"
#include "qrgen/symbol/matrix.h"
#include "qrgen/symbol/payload.h"

#define PROMISED 5000.0

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
    long count = argc > 1 ? strtol(argv[1], NULL, 10) : 20000;
    struct matrix matrix;
    struct problem p = PROBLEM_INIT;
    unsigned long dark = 0;
    double began = seconds();
    for (long i = 0; i < count; i++) {
        char code[CODE_SIZE], url[PAYLOAD_SIZE];
        code_make(code);
        if (payload_url("https://ditich.cantho.example.vn", code, url, &p) || matrix_make(url, &matrix, &p)) {
            fprintf(stderr, "bench_matrix: %s\n", p.text);
            return 1;
        }
        dark += matrix.modules[100];
    }
    double rate = (double)count / (seconds() - began);
    printf("%.0f\n", rate);
    return rate >= PROMISED && dark > 0 ? 0 : 1;
}
