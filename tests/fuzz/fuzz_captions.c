// Captions as anybody may upload them: what is read is WebVTT in Form C, and stays as it is when read again.
#include "tests/fuzz/fuzz.h"

#include "common/fold.h"
#include "content/captions.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    cleanup_buf struct buf out = BUF_INIT, again = BUF_INIT;
    struct problem p = PROBLEM_INIT;
    enum err e = captions_read((const char *)data, size, &out, &p);
    if (e) {
        REQUIRE(out.len == 0 && p.text[0] && p.field[0]);
        return 0;
    }
    REQUIRE(out.len > 7 && memcmp(out.data, "WEBVTT", 6) == 0 && out.data[out.len - 1] == '\n');
    REQUIRE(fold_utf8_valid(out.data, out.len) && !memchr(out.data, '\r', out.len));
    REQUIRE(captions_read(out.data, out.len, &again, NULL) == ERR_NONE);
    REQUIRE(again.len == out.len && memcmp(again.data, out.data, out.len) == 0);
    return 0;
}
