#include "tests/fuzz/fuzz.h"

#include "common/cleanup.h"
#include "common/fold.h"
#include "common/url.h"

// A base URL that is taken is written one way, and what is refused has its sentence.
static void check_base(const char *text)
{
    cleanup_buf struct buf once = BUF_INIT, twice = BUF_INIT;
    struct problem p = PROBLEM_INIT;
    enum err e = url_base(text, &once, &p);
    if (e != ERR_NONE) {
        REQUIRE(p.code == e && p.text[0] && once.len == 0);
        REQUIRE(fold_utf8_valid(p.text, strlen(p.text)));
        return;
    }
    REQUIRE(url_base(once.data, &twice, NULL) == ERR_NONE);
    REQUIRE(strcmp(once.data, twice.data) == 0);
    REQUIRE(once.data[once.len - 1] != '/');
    size_t len;
    const char *host = url_host(once.data, &len);
    REQUIRE(len > 0 && host + len <= once.data + once.len);
}

static void check_escapes(const char *text, size_t size)
{
    cleanup_buf struct buf plain = BUF_INIT, encoded = BUF_INIT, back = BUF_INIT;
    enum err e = url_decode(text, size, &plain, NULL);
    REQUIRE(strlen(plain.data) == plain.len && fold_utf8_valid(plain.data, plain.len));
    if (e != ERR_NONE)
        return;
    url_encode(&encoded, plain.data, plain.len);
    REQUIRE(url_decode(encoded.data, encoded.len, &back, NULL) == ERR_NONE);
    REQUIRE(strcmp(plain.data, back.data) == 0);
}

static void check_query(const char *text, size_t size)
{
    cleanup_buf struct buf name = BUF_INIT, value = BUF_INIT;
    struct url_query q = url_query_over(text, size);
    size_t count = 0;
    for (enum err e; (e = url_query_next(&q, &name, &value, NULL)) != ERR_NOT_FOUND; count++) {
        REQUIRE(fold_utf8_valid(name.data, name.len) && fold_utf8_valid(value.data, value.len));
        REQUIRE(q.at <= q.end);
        if (e == ERR_TOO_LARGE)
            break;
    }
    REQUIRE(count <= URL_PARAMETERS_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    cleanup_free char *text = fuzz_string(data, size);
    check_base(text);
    check_escapes(text, size);
    check_query(text, size);
    return 0;
}
