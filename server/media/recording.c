#include "server/media/recording.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/file.h"
#include "content/probe/probe.h"

static int by_offset(const void *a, const void *b)
{
    const size_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static enum err write_without(const unsigned char *data, size_t len, const size_t *places, size_t count,
                              int fd, struct problem *p)
{
    size_t from = 0;
    enum err e = ERR_NONE;
    for (size_t i = 0; !e && i < count; i++) {
        if (places[i] < from) // inside one that is gone already
            continue;
        e = file_write_all(fd, data + from, places[i] - from, "original", p);
        if (!e)
            e = file_write_all(fd, "free", 4, "original", p);
        from = places[i] + 4;
    }
    return e ? e : file_write_all(fd, data + from, len - from, "original", p);
}

enum err recording_look(const void *data, size_t len, const struct outputs *outputs, struct facts *facts,
                        struct problem *p)
{
    size_t places[PROBE_PLACES_MAX];
    facts->has_track = probe_has_track(facts->mime, data, len);
    facts->duration_ms = probe_duration(facts->mime, data, len);
    probe_film_size(facts->mime, data, len, &facts->width, &facts->height);
    size_t count = probe_places(facts->mime, data, len, places);
    if (count == 0)
        return ERR_NONE;
    qsort(places, count, sizeof *places, by_offset);
    struct variant *v = &facts->variants[facts->variant_count++];
    *v = (struct variant){.mime = facts->mime};
    snprintf(v->name, sizeof v->name, "original");
    return write_without(data, len, places, count, outputs_find(outputs, v->name), p);
}
