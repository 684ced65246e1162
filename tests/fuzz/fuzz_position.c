// Positions as people write them: what is read must lie on the globe.
#include "tests/fuzz/fuzz.h"

#include <math.h>

#include "common/cleanup.h"
#include "content/position.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    cleanup_free char *text = fuzz_string(data, size);
    struct position at;
    double value;
    if (position_read(text, NULL, &at, NULL) == ERR_NONE)
        REQUIRE(fabs(at.lat) <= 90 && fabs(at.lon) <= 180);
    if (position_read_axis(text, POSITION_LAT, NULL, &value, NULL) == ERR_NONE)
        REQUIRE(fabs(value) <= 90);
    return 0;
}
