#include "tests/fuzz/fuzz.h"

#include "common/characters.h"
#include "common/fold.h"

// What comes out is clean, stays so, and is in Form C.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    cleanup_free char *text = fuzz_string(data, size);
    cleanup_buf struct buf once = BUF_INIT, composed = BUF_INIT;
    struct problem p = PROBLEM_INIT;
    enum err e = characters_clean(text, size, &once, &p);
    REQUIRE(e == ERR_NONE || (e == ERR_INVALID && p.code == e && p.text[0] && once.len == 0));
    REQUIRE(fold_utf8_valid(text, size) || e == ERR_INVALID);
    if (e)
        return 0;
    REQUIRE(once.len <= 3 * size && !memchr(once.data, '\0', once.len) && !memchr(once.data, '\r', once.len));
    REQUIRE(characters_are_clean(once.data, once.len));
    REQUIRE(fold_nfc(once.data, once.len, &composed, NULL) == ERR_NONE);
    REQUIRE(composed.len == once.len && memcmp(composed.data, once.data, once.len) == 0);
    REQUIRE(characters_are_clean(text, size) == (once.len == size && memcmp(once.data, text, size) == 0));
    return 0;
}
