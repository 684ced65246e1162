#include "server/media/facts.h"

// Every text comes from this program's own tables, or is a date of ten digits: nothing needs escaping.
void facts_write(const struct facts *f, struct buf *out)
{
    buf_printf(out, "{\"class\":\"%s\",\"mime\":\"%s\"", f->media_class, f->mime);
    if (f->width > 0 && f->height > 0)
        buf_printf(out, ",\"width\":%lld,\"height\":%lld", (long long)f->width, (long long)f->height);
    if (f->has_track)
        buf_append_str(out, ",\"track\":true");
    if (f->duration_ms > 0)
        buf_printf(out, ",\"duration_ms\":%lld", (long long)f->duration_ms);
    if (f->exif.taken[0])
        buf_printf(out, ",\"taken\":\"%s\"", f->exif.taken);
    if (f->exif.has_position)
        buf_printf(out, ",\"position\":{\"lat\":%.7f,\"lon\":%.7f}", f->exif.lat, f->exif.lon);
    buf_append_str(out, ",\"variants\":[");
    for (size_t i = 0; i < f->variant_count; i++) {
        const struct variant *v = &f->variants[i];
        buf_printf(out, "%s{\"name\":\"%s\",\"mime\":\"%s\",\"width\":%lld,\"height\":%lld}", i ? "," : "",
                   v->name, v->mime, (long long)v->width, (long long)v->height);
    }
    buf_append_str(out, "]}\n");
}
