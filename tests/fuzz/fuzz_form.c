#include "tests/fuzz/fuzz.h"

#include "common/characters.h"
#include "common/fold.h"
#include "server/desk/frame/form.h"
#include "server/desk/frame/guard.h"

// What form_read lets in is as its header promises, whatever was sent.
static void check_form(struct arena *a, const char *body, size_t len)
{
    struct problem p = PROBLEM_INIT;
    struct form f;
    enum err e = form_read(a, body, len, &f, &p);
    if (e != ERR_NONE) {
        REQUIRE(p.code == e && p.text[0] && fold_utf8_valid(p.text, strlen(p.text)));
        return;
    }
    REQUIRE(f.count <= FORM_FIELDS_MAX && !f.failed);
    for (size_t i = 0; i < f.count; i++) {
        const char *value = f.items[i].value, *name = f.items[i].name;
        size_t count;
        REQUIRE(strlen(name) >= 1 && strlen(name) <= FORM_NAME_MAX);
        REQUIRE(fold_utf8_valid(value, strlen(value)));
        REQUIRE(characters_are_clean(value, strlen(value)));
        REQUIRE(form_value(&f, name));
        REQUIRE(strlen(form_line(&f, name)) <= strlen(form_value(&f, name)));
        REQUIRE(!strchr(form_line(&f, name), '\n'));
        form_values(&f, name, &count);
        REQUIRE(count >= 1);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const types[] = {"application/x-www-form-urlencoded",
                                        "multipart/form-data; boundary=x"};
    cleanup_arena struct arena a = ARENA_INIT;
    cleanup_free char *text = fuzz_string(data, size);
    char token[SESSION_CSRF_SIZE];
    check_form(&a, text, strlen(text));
    for (size_t i = 0; i < 2; i++)
        if (guard_form_token(types[i], (const char *)data, size, token))
            REQUIRE(strlen(token) < SESSION_CSRF_SIZE && token[0]);
    const char *local = desk_local(text);
    REQUIRE(strncmp(local, "/desk", 5) == 0 && !strstr(local, "\n") && !strchr(local, '\\'));
    return 0;
}
