#include "tests/fuzz/fuzz.h"

#include "common/fold.h"
#include "server/desk/frame/multipart.h"

// The input: the Content-Type header up to the first line end, then the body.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *end = size ? memchr(data, '\n', size) : NULL;
    if (!end)
        return 0;
    cleanup_arena struct arena a = ARENA_INIT;
    char *type = fuzz_string(data, (size_t)(end - data));
    const char *body = (const char *)end + 1;
    size_t len = size - (size_t)(end - data) - 1;
    struct multipart m;
    struct problem p = PROBLEM_INIT;
    enum err e = multipart_read(&a, type, body, len, &m, &p);
    REQUIRE(e == ERR_NONE || p.text[0]);
    for (size_t i = 0; e == ERR_NONE && i < m.count; i++) {
        const struct multipart_part *part = &m.items[i];
        REQUIRE(part->name[0] && strlen(part->name) <= 64);
        REQUIRE(part->data >= body && part->data + part->len <= body + len);
        REQUIRE(!part->file || (part->file[0] && part->file[0] != '.' && !strchr(part->file, '/') &&
                                fold_utf8_valid(part->file, strlen(part->file))));
        const char *text = multipart_text(&a, &m, part->name, 100);
        REQUIRE(strlen(text) <= 100 && fold_utf8_valid(text, strlen(text)));
    }
    free(type);
    return 0;
}
