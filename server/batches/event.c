#include "server/batches/event.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "common/fold.h"

// More plates or files than any batch has; more bytes than any disk.
#define COUNT_MAX 10000000
#define BYTES_MAX ((int64_t)1 << 50)

static bool number(const json_t *object, const char *name, int64_t most, int64_t *ret)
{
    const json_t *value = json_object_get(object, name);
    *ret = json_integer_value(value);
    return json_is_integer(value) && *ret >= 0 && *ret <= most;
}

static bool is_word(const char *text, size_t most)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz-";
    size_t len = text ? strlen(text) : 0;
    return len > 0 && len < most && strspn(text, letters) == len;
}

static bool word(const json_t *object, const char *name, char *out, size_t size)
{
    const char *text = json_string_value(json_object_get(object, name));
    if (!is_word(text, size))
        return false;
    memcpy(out, text, strlen(text) + 1);
    return true;
}

// It goes into pages and logs.
static void sentence(const json_t *object, const char *name, char *out, size_t size)
{
    const char *text = json_string_value(json_object_get(object, name));
    size_t len = text ? strlen(text) : 0;
    len = fold_utf8_cut(text ? text : "", len, size - 1);
    memcpy(out, text ? text : "", len);
    out[len] = '\0';
    for (char *at = out; *at; at++)
        if ((unsigned char)*at < 0x20 || *at == 0x7f)
            *at = ' ';
}

static bool read_progress(const json_t *object, struct event *e)
{
    return word(object, "stage", e->stage, sizeof e->stage) && number(object, "done", COUNT_MAX, &e->done) &&
           number(object, "total", COUNT_MAX, &e->total) && e->done <= e->total;
}

static bool read_done(const json_t *object, struct event *e)
{
    const char *sha256 = json_string_value(json_object_get(object, "sha256"));
    if (!sha256 || !hash_is_hex(sha256))
        return false;
    memcpy(e->sha256, sha256, sizeof e->sha256);
    return number(object, "plates", COUNT_MAX, &e->plates) && number(object, "files", COUNT_MAX, &e->files) &&
           number(object, "bytes", BYTES_MAX, &e->bytes);
}

static bool read_failed(const json_t *object, struct event *e)
{
    const char *code = json_string_value(json_object_get(object, "code"));
    if (!word(object, "problem", e->problem, sizeof e->problem))
        snprintf(e->problem, sizeof e->problem, "io");
    if (code && code_is_valid(code))
        memcpy(e->code, code, CODE_SIZE);
    sentence(object, "field", e->field, sizeof e->field);
    sentence(object, "message", e->message, sizeof e->message);
    return e->message[0] != '\0';
}

void event_read(const char *line, size_t len, struct event *ret)
{
    static const struct {
        const char *name;
        enum event_kind kind;
        bool (*read)(const json_t *object, struct event *e);
    } kinds[] = {
        {"progress", EVENT_PROGRESS, read_progress},
        {"done", EVENT_DONE, read_done},
        {"failed", EVENT_FAILED, read_failed},
    };
    *ret = (struct event){.kind = EVENT_OTHER};
    json_t *object = len <= EVENT_LINE_MAX ? json_loadb(line, len, JSON_REJECT_DUPLICATES, NULL) : NULL;
    const char *name = json_string_value(json_object_get(object, "event"));
    for (size_t i = 0; name && i < sizeof kinds / sizeof kinds[0]; i++)
        if (strcmp(kinds[i].name, name) == 0 && kinds[i].read(object, ret))
            ret->kind = kinds[i].kind;
    json_decref(object);
}
