#include "qrgen/job/order.h"

#include <ctype.h>
#include <stdlib.h>
#include <strings.h>

// ISO 216.
static const struct {
    const char *name;
    double width_mm, height_mm;
} papers[] = {{"A4", 210, 297}, {"A3", 297, 420}};

static bool in_range(double mm)
{
    return mm >= ORDER_PAPER_MM_MIN && mm <= ORDER_PAPER_MM_MAX;
}

bool order_read_paper(const char *text, double *ret_width_mm, double *ret_height_mm)
{
    for (size_t i = 0; i < sizeof papers / sizeof *papers; i++)
        if (strcasecmp(text, papers[i].name) == 0) {
            *ret_width_mm = papers[i].width_mm;
            *ret_height_mm = papers[i].height_mm;
            return true;
        }
    char *end;
    if (!isdigit((unsigned char)text[0]))
        return false;
    double width = strtod(text, &end);
    if ((*end != 'x' && *end != 'X') || !isdigit((unsigned char)end[1]))
        return false;
    double height = strtod(end + 1, &end);
    if (*end || !in_range(width) || !in_range(height))
        return false;
    *ret_width_mm = width;
    *ret_height_mm = height;
    return true;
}
