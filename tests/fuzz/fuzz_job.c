// A job as JSON: whatever it is, it is read as it says or refused with a sentence.
#include "tests/fuzz/fuzz.h"

#include "qrgen/job/job_json.h"

static void check_order(const struct order *order)
{
    const struct order_sheets *s = &order->sheets;
    REQUIRE(order->base_url && order->kinds != 0 && order->kinds < 1u << ORDER_KINDS);
    REQUIRE(s->width_mm == 0 || (s->width_mm >= ORDER_PAPER_MM_MIN && s->width_mm <= ORDER_PAPER_MM_MAX));
    REQUIRE(s->width_mm == 0 || (s->height_mm >= ORDER_PAPER_MM_MIN && s->height_mm <= ORDER_PAPER_MM_MAX));
    REQUIRE(s->gutter_mm >= 0 && s->gutter_mm <= ORDER_GUTTER_MM_MAX);
}

static void check_plates(const struct job *job)
{
    size_t copies = 0;
    for (size_t i = 0; i < job->count; i++) {
        const struct job_plate *plate = &job->plates[i];
        REQUIRE(code_is_valid(plate->code));
        REQUIRE(plate->site && plate->title && plate->place);
        REQUIRE(plate->copies >= 1 && plate->copies <= JOB_COPIES_MAX);
        copies += plate->copies;
    }
    REQUIRE(copies == job->copies);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    cleanup_arena struct arena arena = ARENA_INIT;
    cleanup_job struct job job = JOB_INIT;
    struct order order = {.kinds = 1};
    struct problem p = PROBLEM_INIT;
    char *text = malloc(size ? size : 1); // without a NUL behind it: reading must keep to its length
    REQUIRE(text);
    if (size > 0)
        memcpy(text, data, size);
    if (job_json_parse(text, size, &arena, &job, &order, &p) == ERR_NONE)
        check_order(&order);
    else
        REQUIRE(p.code && p.text[0]);
    check_plates(&job);
    free(text);
    return 0;
}
