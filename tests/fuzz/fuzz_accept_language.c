#include "tests/fuzz/fuzz.h"

#include "common/cleanup.h"
#include "server/http/cookie.h"
#include "server/http/negotiate.h"

// Whatever a header holds, what comes out is one of ours or nothing, and stands inside the header.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const tags[] = {"vi", "en", "zh-hant", "km", NULL};
    cleanup_free char *header = fuzz_string(data, size);
    size_t header_len = strlen(header), len = 0;
    int found = negotiate_language(header, tags);
    REQUIRE(found >= -1 && found < 4);
    REQUIRE(negotiate_language(header, tags) == found);
    int one = negotiate_one_language(header, header_len, tags);
    REQUIRE(one >= -1 && one < 4);
    REQUIRE((unsigned)negotiate_encoding(header) < NEGOTIATE_ENCODINGS);
    negotiate_html(header);
    const char *value = cookie_find(header, "lang", &len);
    REQUIRE(!value || (value >= header && value + len <= header + header_len));
    return 0;
}
