#include "tests/fuzz/fuzz.h"

#include <math.h>

#include "qrgen/design/design.h"

// What is taken for a design can be drawn: everything that is measured is finite and in its range, texts
// stand below columns, and there is one symbol, on the page. What is refused says so with a line.
static void check_element(const struct design *d, const struct design_element *e)
{
    const double numbers[] = {e->box.x,  e->box.y,  e->box.width, e->box.height, e->size,
                              e->floor,  e->gap,    e->leading,   e->tracking,   e->k,
                              e->stroke, e->radius, e->rise,      e->weight};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        REQUIRE(isfinite(numbers[i]) && fabs(numbers[i]) <= DESIGN_SIDE_MM_MAX);
    REQUIRE(e->kind > DESIGN_PAGE && e->kind < DESIGN_KIND_COUNT);
    REQUIRE(e->name && e->lang && e->words && e->family && e->line > 0);
    REQUIRE(e->k >= 0 && e->k <= 1);
    if (e->kind == DESIGN_TEXT) {
        REQUIRE(e > d->elements && (e[-1].kind == DESIGN_TEXT || e[-1].kind == DESIGN_COLUMN));
        REQUIRE(e->floor > 0 && e->floor <= e->size);
        REQUIRE(e->what >= 0 && e->what < DESIGN_WHAT_COUNT);
    } else {
        REQUIRE(e->box.width > 0 && e->box.height > 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    cleanup_design struct design d = DESIGN_INIT;
    struct problem p = PROBLEM_INIT;
    enum err e = design_parse("fuzz", (const char *)data, size, &d, &p);
    if (e) {
        REQUIRE(e == ERR_INVALID || e == ERR_UNSUPPORTED);
        REQUIRE(p.text[0] && d.count == 0);
        return 0;
    }
    REQUIRE(d.width >= DESIGN_SIDE_MM_MIN && d.height <= DESIGN_SIDE_MM_MAX);
    REQUIRE(d.symbol >= d.elements && d.symbol < d.elements + d.count && d.symbol->kind == DESIGN_SYMBOL);
    REQUIRE(d.symbol->box.x + d.symbol->box.width <= d.width + 0.01);
    for (size_t i = 0; i < d.count; i++)
        check_element(&d, &d.elements[i]);
    return 0;
}
