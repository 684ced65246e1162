#include "server/desk/sites/site_paths.h"

#include <string.h>

const char *const site_plain_members[] = {"slug", "key",  "kind",     "category",
                                          "rank", "area", "original", NULL};

json_t *site_path_get(const json_t *object, const char *path)
{
    const json_t *at = object;
    while (at && path) {
        size_t len = strcspn(path, ".");
        at = json_object_getn(at, path, len);
        path = path[len] ? path + len + 1 : NULL;
    }
    return (json_t *)at;
}

bool site_path_set(json_t *object, const char *path, json_t *value)
{
    size_t len = strcspn(path, ".");
    if (!path[len])
        return json_object_set_new(object, path, value) == 0;
    json_t *inner = json_object_getn(object, path, len);
    if (!inner) {
        inner = json_object();
        if (json_object_setn_new(object, path, len, inner) != 0) {
            json_decref(value);
            return false;
        }
    }
    return site_path_set(inner, path + len + 1, value);
}

void site_path_remove(json_t *object, const char *path)
{
    size_t len = strcspn(path, ".");
    json_t *inner = json_object_getn(object, path, len);
    if (inner && path[len])
        site_path_remove(inner, path + len + 1);
    if (inner && (!path[len] || json_object_size(inner) == 0))
        json_object_deln(object, path, len);
}
