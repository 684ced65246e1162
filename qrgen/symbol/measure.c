#include "qrgen/symbol/measure.h"

#include "qrgen/symbol/matrix.h"

#define MM_PER_INCH 25.4

static enum err check_dpi(unsigned dpi, struct problem *p)
{
    if (dpi >= MEASURE_DPI_MIN && dpi <= MEASURE_DPI_MAX)
        return ERR_NONE;
    return problem_set(p, ERR_INVALID, "--dpi", "%u dots an inch is out of range: give %d to %d", dpi,
                       MEASURE_DPI_MIN, MEASURE_DPI_MAX);
}

static unsigned sides(int size)
{
    return (unsigned)size + 2 * MATRIX_QUIET;
}

enum err measure_from_module(double mm, unsigned dpi, struct measure *ret, struct problem *p)
{
    enum err e = check_dpi(dpi, p);
    if (e)
        return e;
    if (!(mm >= MEASURE_MODULE_MM_MIN))
        return problem_set(p, ERR_INVALID, "--module-mm",
                           "a module of %g mm is too small to be scanned reliably: give %.1f mm or more", mm,
                           MEASURE_MODULE_MM_MIN);
    if (mm > MEASURE_MODULE_MM_MAX)
        return problem_set(p, ERR_INVALID, "--module-mm",
                           "a module of %g mm is too large: give at most %g mm", mm, MEASURE_MODULE_MM_MAX);
    struct measure m = {.dpi = dpi, .module_px = (unsigned)(mm * dpi / MM_PER_INCH + 0.5)};
    if (measure_module_mm(&m) < MEASURE_MODULE_MM_MIN)
        m.module_px++;
    *ret = m;
    return ERR_NONE;
}

enum err measure_from_side(double mm, unsigned dpi, int size, struct measure *ret, struct problem *p)
{
    enum err e = check_dpi(dpi, p);
    if (e)
        return e;
    if (!(mm > 0 && mm * dpi / MM_PER_INCH <= MEASURE_SIDE_PX_MAX))
        return problem_set(p, ERR_INVALID, "--size-mm",
                           "%g mm is out of range: give more than 0 and at most %g mm at %u dpi", mm,
                           MEASURE_SIDE_PX_MAX * MM_PER_INCH / dpi, dpi);
    // The hundredth of a pixel keeps a size that is exact in decimal from losing a pixel in binary.
    struct measure m = {.dpi = dpi, .module_px = (unsigned)((mm * dpi / MM_PER_INCH + 0.01) / sides(size))};
    if (measure_module_mm(&m) < MEASURE_MODULE_MM_MIN)
        return problem_set(
            p, ERR_TOO_LARGE, "--size-mm",
            "%g mm is too small for %u modules, quiet zone included: a module would be %.2f mm "
            "and must be at least %.1f mm; use a shorter base URL or a larger size",
            mm, sides(size), mm / sides(size), MEASURE_MODULE_MM_MIN);
    *ret = m;
    return ERR_NONE;
}

double measure_module_mm(const struct measure *m)
{
    return m->module_px * MM_PER_INCH / m->dpi;
}

double measure_symbol_mm(const struct measure *m, int size)
{
    return measure_module_mm(m) * size;
}

double measure_picture_mm(const struct measure *m, int size)
{
    return measure_module_mm(m) * sides(size);
}

double measure_distance_m(const struct measure *m, int size)
{
    return measure_symbol_mm(m, size) * 10 * 25 / size / 1000;
}

unsigned measure_picture_px(const struct measure *m, int size)
{
    return m->module_px * sides(size);
}
