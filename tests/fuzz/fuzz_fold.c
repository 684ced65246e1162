#include "tests/fuzz/fuzz.h"

#include <utf8proc.h>

#include "common/fold.h"

// Form C is what utf8proc says of the whole text, and settled.
static void check_nfc(const char *text, size_t size)
{
    cleanup_buf struct buf once = BUF_INIT, twice = BUF_INIT;
    struct problem p = PROBLEM_INIT;
    enum err e = fold_nfc(text, size, &once, &p);
    REQUIRE(e == ERR_NONE || (e == ERR_INVALID && p.code == e && p.text[0]));
    REQUIRE(fold_utf8_valid(text, size) || e == ERR_INVALID);
    if (e != ERR_NONE)
        return;
    utf8proc_uint8_t *want = NULL;
    utf8proc_ssize_t len = utf8proc_map((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)size, &want,
                                        UTF8PROC_COMPOSE | UTF8PROC_STABLE);
    REQUIRE(len == (utf8proc_ssize_t)once.len && memcmp(want, once.data, once.len) == 0);
    free(want);
    REQUIRE(fold_nfc(once.data, once.len, &twice, NULL) == ERR_NONE);
    REQUIRE(twice.len == once.len && memcmp(twice.data, once.data, once.len) == 0);
}

// Folding is settled, and blind to whether the text was composed.
static void check_search(const char *text, size_t size)
{
    cleanup_buf struct buf once = BUF_INIT, twice = BUF_INIT, nfc = BUF_INIT, composed = BUF_INIT;
    if (fold_search(text, size, &once, NULL) != ERR_NONE)
        return;
    REQUIRE(fold_utf8_valid(once.data, once.len));
    REQUIRE(!strstr(once.data, "  ") && once.data[0] != ' ' && (!once.len || once.data[once.len - 1] != ' '));
    REQUIRE(fold_search(once.data, once.len, &twice, NULL) == ERR_NONE);
    REQUIRE(strcmp(once.data, twice.data) == 0);
    REQUIRE(fold_nfc(text, size, &nfc, NULL) == ERR_NONE);
    REQUIRE(fold_search(nfc.data, nfc.len, &composed, NULL) == ERR_NONE);
    REQUIRE(strcmp(once.data, composed.data) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_string(data, size), slug[FOLD_SLUG_SIZE];
    check_nfc(text, size);
    check_search(text, size);
    REQUIRE(fold_slug(text, size, "none", slug) == ERR_NONE);
    REQUIRE(fold_is_slug(slug));
    size_t good = fold_utf8_check(text, size);
    REQUIRE(fold_utf8_valid(text, good));
    for (size_t limit = 0; limit <= good && limit < 16; limit++)
        REQUIRE(fold_utf8_valid(text, fold_utf8_cut(text, good, limit)));
    if (fold_is_lang(text))
        REQUIRE(strlen(text) <= FOLD_LANG_MAX && fold_is_slug(text));
    free(text);
    return 0;
}
