#include "tests/fuzz/fuzz.h"

#include "common/cleanup.h"
#include "common/fold.h"
#include "server/http/target.h"

static void require_clean(const char *text, bool is_path)
{
    REQUIRE(fold_utf8_valid(text, strlen(text)));
    REQUIRE(!is_path || (*text && !strchr(text, '/') && strcmp(text, ".") != 0 && strcmp(text, "..") != 0));
    for (const unsigned char *c = (const unsigned char *)text; *c; c++)
        REQUIRE(*c != 0x7F && (*c >= ' ' || (!is_path && strchr("\t\r\n", *c))));
}

// Segments and parameters that are let through are clean whatever was sent.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const declared[] = {"q", "page", NULL};
    cleanup_free char *raw = fuzz_string(data, size);
    struct target t;
    target_init(&t);
    for (int round = 0; round < 2; round++) { // the second time in buffers that have been used
        target_keep(&t, raw, 300);
        enum target_state state = target_parse(&t, 300);
        REQUIRE(state != TARGET_NO_MEMORY);
        if (state != TARGET_OK)
            continue;
        REQUIRE(*t.path == '/' && t.count <= TARGET_MAX_SEGMENTS && t.path_end <= t.decoded.len);
        state = target_read_params(&t, declared);
        for (size_t i = 0; i < t.count; i++)
            require_clean(target_segment(&t, i), true);
        for (size_t i = 0; i < ROUTE_MAX_PARAMS && state == TARGET_OK; i++)
            if (t.params[i])
                require_clean(t.params[i], false);
    }
    target_free(&t);
    return 0;
}
