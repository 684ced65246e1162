#include "tests/fuzz/fuzz.h"

#include "common/cleanup.h"
#include "server/http/conditional.h"
#include "server/http/range.h"

// A part always lies inside the whole; dates and tags are read without going astray.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint64_t sizes[] = {0, 1, 36, 1u << 20, UINT64_MAX};
    cleanup_free char *header = fuzz_string(data, size);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        uint64_t first = UINT64_MAX, last = 0;
        enum range_result got = range_read(header, sizes[i], &first, &last);
        if (got == RANGE_PART)
            REQUIRE(first <= last && last < sizes[i]);
        else
            REQUIRE(first == UINT64_MAX && last == 0);
    }
    int64_t when = 77;
    REQUIRE(conditional_date(header, &when) || when == 77);
    conditional_names(header, "\"a\"");
    REQUIRE(!conditional_range_holds(header, "", 0));
    REQUIRE(!conditional_unchanged(NULL, header, "\"a\"", 0));
    return 0;
}
