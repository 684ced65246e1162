#include "server/pictures/answer.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

#include "common/edtf.h"

// No side of a picture is longer, no sound or film lasts longer (a week).
#define NUMBER_MAX 604800000

static int64_t number(const json_t *object, const char *name)
{
    json_int_t value = json_integer_value(json_object_get(object, name));
    return value > 0 && value <= NUMBER_MAX ? value : 0;
}

static bool is_name(const char *name)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-.";
    return name && name[0] && name[0] != '.' && strlen(name) < 32 && strspn(name, letters) == strlen(name);
}

static bool read_variant(const json_t *object, struct arena *a, struct media_variant *ret)
{
    static const char *const types[] = {"image/jpeg", "image/webp", "image/png", "video/mp4", "audio/mp4"};
    const char *name = json_string_value(json_object_get(object, "name"));
    const char *mime = json_string_value(json_object_get(object, "mime"));
    *ret = (struct media_variant){.width = number(object, "width"), .height = number(object, "height")};
    for (size_t i = 0; mime && i < sizeof types / sizeof types[0]; i++)
        if (strcmp(mime, types[i]) == 0)
            ret->mime = types[i];
    ret->name = is_name(name) ? arena_strdup(a, name) : NULL;
    bool sized = ret->mime && strncmp(ret->mime, "image/", strlen("image/")) == 0;
    return ret->name && ret->mime && (!sized || (ret->width && ret->height));
}

static bool read_variants(const json_t *list, struct arena *a, struct media_variants *ret)
{
    size_t count = json_array_size(list);
    if (!json_is_array(list) || count > ANSWER_VARIANTS_MAX)
        return false;
    ret->count = count;
    ret->items = arena_array(a, count, sizeof *ret->items);
    bool good = ret->items != NULL;
    for (size_t i = 0; i < count && good; i++)
        good = read_variant(json_array_get(list, i), a, &ret->items[i]);
    return good;
}

static void read_position(const json_t *object, struct media_facts *ret)
{
    const json_t *lat = json_object_get(object, "lat"), *lon = json_object_get(object, "lon");
    if (!json_is_number(lat) || !json_is_number(lon))
        return;
    ret->lat = json_number_value(lat);
    ret->lon = json_number_value(lon);
    ret->has_position = fabs(ret->lat) <= 90 && fabs(ret->lon) <= 180;
}

enum err answer_read(const char *text, size_t len, struct arena *a, struct media_facts *ret,
                     struct problem *p)
{
    struct media_facts facts = {.taken = NULL};
    struct edtf date;
    json_t *object = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);
    bool good =
        json_is_object(object) && read_variants(json_object_get(object, "variants"), a, &facts.variants);
    if (good) {
        facts.width = number(object, "width");
        facts.height = number(object, "height");
        facts.has_track = json_is_true(json_object_get(object, "track"));
        facts.duration_ms = number(object, "duration_ms");
        const char *taken = json_string_value(json_object_get(object, "taken"));
        if (taken && edtf_parse(taken, NULL, &date, NULL) == ERR_NONE)
            facts.taken = arena_strdup(a, taken);
        read_position(json_object_get(object, "position"), &facts);
    }
    json_decref(object);
    if (!good)
        return problem_set(
            p, ERR_INVALID, NULL,
            MESSAGE("picture.answer") "the picture cannot be read: its helper gave no sensible answer");
    *ret = facts;
    return ERR_NONE;
}
