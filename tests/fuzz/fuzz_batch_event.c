#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "server/batches/event.h"

// Whatever the program says, what is taken from it is whole, in range, and fit for a page.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct event event;
    event_read((const char *)data, size, &event);
    REQUIRE(event.kind >= EVENT_OTHER && event.kind <= EVENT_FAILED);
    if (event.kind == EVENT_PROGRESS)
        REQUIRE(event.done >= 0 && event.done <= event.total && event.stage[0]);
    if (event.kind == EVENT_DONE)
        REQUIRE(hash_is_hex(event.sha256) && event.bytes >= 0 && event.files >= 0);
    if (event.kind == EVENT_FAILED) {
        REQUIRE(event.message[0] && event.problem[0] && (!event.code[0] || code_is_valid(event.code)));
        for (const char *at = event.message; *at; at++)
            REQUIRE((unsigned char)*at >= 0x20 && *at != 0x7f);
    }
    return 0;
}
