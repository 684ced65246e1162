#include "tests/unit/unit.h"

#include <brotli/decode.h>
#include <pthread.h>
#include <stdbool.h>
#include <zlib.h>

#include "server/http/compress.h"

static void fill(struct buf *b, size_t lines)
{
    buf_reset(b);
    for (size_t i = 0; i < lines; i++)
        buf_printf(b, "<p>Dòng %zu: bia đá kể chuyện nơi này, %zu.</p>\n", i, i * 2654435761u % 1000003);
    assert_false(b->failed);
}

static void expect_gzip(const struct buf *packed, const struct buf *plain)
{
    z_stream z = {.next_in = (Bytef *)packed->data, .avail_in = (uInt)packed->len};
    unsigned char *out = malloc(plain->len + 1);
    assert_non_null(out);
    assert_int_equal(inflateInit2(&z, 15 + 16), Z_OK);
    z.next_out = out;
    z.avail_out = (uInt)plain->len + 1;
    assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
    assert_int_equal(z.total_out, plain->len);
    assert_int_equal(z.avail_in, 0);
    assert_memory_equal(out, plain->data, plain->len);
    inflateEnd(&z);
    free(out);
}

static void expect_brotli(const struct buf *packed, const struct buf *plain)
{
    size_t len = plain->len + 1;
    unsigned char *out = malloc(len);
    assert_non_null(out);
    assert_int_equal(BrotliDecoderDecompress(packed->len, (const uint8_t *)packed->data, &len, out),
                     BROTLI_DECODER_RESULT_SUCCESS);
    assert_int_equal(len, plain->len);
    assert_memory_equal(out, plain->data, plain->len);
    free(out);
}

static void round_trip(size_t lines)
{
    cleanup_buf struct buf plain = BUF_INIT, packed = BUF_INIT;
    fill(&plain, lines);
    buf_append_str(&packed, "kept");
    assert_int_equal(compress_bytes(NEGOTIATE_IDENTITY, plain.data, plain.len, &packed), ERR_UNSUPPORTED);
    assert_string_equal(packed.data, "kept");
    buf_reset(&packed);
    assert_int_equal(compress_bytes(NEGOTIATE_GZIP, plain.data, plain.len, &packed), ERR_NONE);
    expect_gzip(&packed, &plain);
    buf_reset(&packed);
    assert_int_equal(compress_bytes(NEGOTIATE_BROTLI, plain.data, plain.len, &packed), ERR_NONE);
    expect_brotli(&packed, &plain);
    if (lines > 100)
        assert_true(packed.len < plain.len / 2);
}

static void what_is_packed_is_unpacked(void **state)
{
    static const size_t sizes[] = {0, 1, 300, 3, 50000, 200, 1};
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        round_trip(sizes[i]);
}

static void *many_times(void *arg)
{
    (void)arg;
    for (int i = 0; i < 20; i++)
        round_trip(100 + (size_t)i);
    return NULL;
}

static void each_thread_has_its_own_state(void **state)
{
    pthread_t threads[4];
    (void)state;
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, many_times, NULL), 0);
    for (size_t i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
}

static void types(void **state)
{
    (void)state;
    assert_true(compress_suits("text/html; charset=utf-8"));
    assert_true(compress_suits("TEXT/CSS"));
    assert_true(compress_suits("application/json"));
    assert_true(compress_suits("application/geo+json; charset=utf-8"));
    assert_true(compress_suits("image/svg+xml"));
    assert_false(compress_suits("image/png"));
    assert_false(compress_suits("application/jsonx"));
    assert_false(compress_suits("application/octet-stream"));
    assert_false(compress_suits(""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_packed_is_unpacked),
        cmocka_unit_test(each_thread_has_its_own_state),
        cmocka_unit_test(types),
    };
    return cmocka_run_group_tests_name("http_compress", tests, NULL, NULL);
}
