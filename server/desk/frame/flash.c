#include "server/desk/frame/flash.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "common/fold.h"
#include "server/desk/frame/cookies.h"

enum { FLASH_MAX = 1024 }; // bytes as JSON

// Base64url as cookies may hold it (RFC 4648 section 5, RFC 6265 section 4.1.1).
static const char *encode(struct arena *a, const char *text)
{
    size_t len = strlen(text);
    size_t size = sodium_base64_encoded_len(len, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    char *out = arena_alloc(a, size);
    return out ? sodium_bin2base64(out, size, (const unsigned char *)text, len,
                                   sodium_base64_VARIANT_URLSAFE_NO_PADDING)
               : NULL;
}

// Takes bytes from the longest text, and tells so with a "…". False when there is nothing to take.
static bool shorten(json_t *values, size_t excess)
{
    const char *member, *longest = NULL;
    json_t *value;
    size_t len = 0;
    json_object_foreach(values, member, value)
    {
        if (strcmp(member, "undo") != 0 && json_string_length(value) > len) {
            longest = member;
            len = json_string_length(value);
        }
    }
    const size_t mark = strlen("…");
    if (len <= mark)
        return false;
    const char *text = json_string_value(json_object_get(values, longest));
    size_t kept = fold_utf8_cut(text, len, len > excess + mark ? len - excess - mark : 0);
    return json_object_set_new(values, longest, json_sprintf("%.*s…", (int)kept, text)) == 0;
}

// What the change did is done: long names must not turn that into an answer of failure.
static char *write_values(enum desk_tone tone, const char *key, json_t *values)
{
    char *text = NULL;
    size_t len = 0;
    do {
        free(text);
        json_t *whole = json_pack("{s:i, s:s, s:O*}", "t", (int)tone, "k", key, "v", values);
        text = whole ? json_dumps(whole, JSON_COMPACT) : NULL;
        json_decref(whole);
        len = text ? strlen(text) : 0;
    } while (len > FLASH_MAX && shorten(values, len - FLASH_MAX));
    return text;
}

enum err desk_flash(const struct http_request *req, struct http_response *res, enum desk_tone tone,
                    const char *key, const json_t *values, struct problem *p)
{
    json_t *own = json_copy((json_t *)values);
    cleanup_free char *text = write_values(tone, key, own);
    json_decref(own);
    if (!text)
        return problem_set(p, ERR_MEMORY, NULL, "out of memory");
    if (strlen(text) > FLASH_MAX)
        return problem_set(p, ERR_TOO_LARGE, NULL, "the words for the next page are too long");
    const char *value = encode(req->arena, text);
    return value ? cookies_set(req, res, COOKIES_FLASH, value, p) : ERR_MEMORY;
}

static json_t *decode(const char *value)
{
    char text[FLASH_MAX + 1];
    size_t len;
    if (sodium_base642bin((unsigned char *)text, FLASH_MAX, value, strlen(value), NULL, &len, NULL,
                          sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0)
        return NULL;
    return json_loadb(text, len, 0, NULL);
}

bool flash_read(const struct http_request *req, struct flash *ret)
{
    const char *value = cookies_get(req, COOKIES_FLASH);
    json_t *whole = value ? decode(value) : NULL;
    const char *key = json_string_value(json_object_get(whole, "k"));
    json_t *values = json_object_get(whole, "v");
    if (!key || strncmp(key, "desk.", 5) != 0) {
        json_decref(whole);
        return false;
    }
    const char *undo = json_string_value(json_object_get(values, "undo"));
    *ret = (struct flash){
        .tone = json_integer_value(json_object_get(whole, "t")) == DESK_WARNING ? DESK_WARNING : DESK_DONE,
        .key = arena_strdup(req->arena, key),
        .undo = undo && strncmp(undo, "/desk/", 6) == 0 && strcmp(desk_local(undo), undo) == 0
                    ? arena_strdup(req->arena, undo)
                    : NULL,
        .values = json_is_object(values) ? json_incref(values) : NULL,
    };
    json_decref(whole);
    return ret->key != NULL;
}
