#include "server/media/photo.h"

#include <math.h>
#include <string.h>
#include <vips/vips.h>

#include <vips/vector.h> // does not stand alone

#include "common/file.h"
#include "content/probe/probe.h"

enum {
    WEBP_SIDE_MAX = 16383, // of WebP (RFC 9649, 3.4)
    THUMB_WIDTH = 400,
    THUMB_HEIGHT = 300,
    JPEG_QUALITY = 80,
    WEBP_QUALITY = 76,
    ORIGINAL_QUALITY = 88, // libjpeg halves the colours' resolution below 90
};

static void unref(VipsImage **image)
{
    if (*image)
        g_object_unref(*image);
}
#define cleanup_image CLEANUP(unref)

// What is being made of one picture.
struct making {
    const struct outputs *outputs;
    struct facts *facts;
    struct problem *p;
};

// --- saying what the library said

// Its first line without what does not belong into a terminal or a log.
static void first_line(char *out, size_t size)
{
    const char *in = vips_error_buffer();
    size_t n = 0;
    for (; *in && *in != '\n' && n + 1 < size; in++)
        if ((unsigned char)*in >= 0x20 && (unsigned char)*in < 0x7f)
            out[n++] = *in;
    out[n] = '\0';
}

static enum err failed(enum err e, const char *doing, struct problem *p)
{
    char said[160];
    first_line(said, sizeof said);
    vips_error_clear();
    return problem_set(p, e, NULL, "%s%s%s", doing, said[0] ? ": " : "", said);
}

static enum err cannot_read(struct problem *p)
{
    return failed(ERR_INVALID, "the picture cannot be read", p);
}

// --- loading

typedef int load_function(void *data, size_t len, VipsImage **ret, ...);

static const struct {
    const char *mime;
    load_function *load;
    const char *operation;
} loaders[] = {
    {"image/jpeg", vips_jpegload_buffer, "VipsForeignLoadJpeg"},
    {"image/png", vips_pngload_buffer, "VipsForeignLoadPng"},
    {"image/webp", vips_webpload_buffer, "VipsForeignLoadWebp"},
    {"image/heic", vips_heifload_buffer, "VipsForeignLoadHeif"},
};

static void say_nothing(const char *domain, GLogLevelFlags level, const char *text, void *data)
{
    (void)domain, (void)level, (void)text, (void)data;
}

enum err photo_start(const char *program, struct problem *p)
{
    g_log_set_default_handler(say_nothing, NULL);
    if (vips_init(program))
        return failed(ERR_IO, "the picture library does not start", p);
    vips_concurrency_set(1);
    vips_cache_set_max(0);
    vips_vector_set_enabled(FALSE); // needs memory that is writable and executable
    vips_block_untrusted_set(TRUE);
    vips_operation_block_set("VipsForeignLoad", TRUE);
    for (size_t i = 0; i < sizeof loaders / sizeof loaders[0]; i++)
        vips_operation_block_set(loaders[i].operation, FALSE);
    return ERR_NONE;
}

// A header is read, no pixel yet.
static VipsImage *open_image(const char *mime, const void *data, size_t len)
{
    VipsImage *image = NULL;
    for (size_t i = 0; i < sizeof loaders / sizeof loaders[0]; i++)
        if (strcmp(loaders[i].mime, mime) == 0 &&
            loaders[i].load((void *)(uintptr_t)data, len, &image, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on",
                            VIPS_FAIL_ON_ERROR, NULL))
            return NULL;
    return image;
}

static enum err check_size(int64_t width, int64_t height, const struct photo_limits *l, struct problem *p)
{
    if (width > l->side || height > l->side)
        return problem_set(p, ERR_TOO_LARGE, NULL,
                           "the picture is %lld × %lld pixels; a side can have %lld at most: make it smaller",
                           (long long)width, (long long)height, (long long)l->side);
    if (width * height > l->megapixels * 1000000)
        return problem_set(p, ERR_TOO_LARGE, NULL,
                           "the picture is %lld × %lld pixels, %.0f million; at most %lld million can be "
                           "taken: make it smaller",
                           (long long)width, (long long)height, ceil((double)(width * height) / 1e6),
                           (long long)l->megapixels);
    return ERR_NONE;
}

static void read_exif(VipsImage *image, struct exif *ret)
{
    const void *data;
    size_t len;
    if (vips_image_get_typeof(image, VIPS_META_EXIF_NAME) &&
        vips_image_get_blob(image, VIPS_META_EXIF_NAME, &data, &len) == 0)
        exif_read(data, len, ret);
}

// A profile that is no profile is passed over.
static VipsImage *to_srgb(VipsImage *in)
{
    VipsImage *out = NULL;
    if (vips_image_get_typeof(in, VIPS_META_ICC_NAME) &&
        vips_icc_transform(in, &out, "srgb", "embedded", TRUE, "intent", VIPS_INTENT_PERCEPTUAL, NULL) == 0)
        return out;
    vips_error_clear();
    return vips_colourspace(in, &out, VIPS_INTERPRETATION_sRGB, NULL) ? NULL : out;
}

// What can be seen through becomes white, as on paper.
static VipsImage *without_alpha(VipsImage *in)
{
    double white[] = {255, 255, 255};
    cleanup_image VipsImage *flat = NULL;
    VipsImage *out = NULL;
    if (!vips_image_hasalpha(in)) {
        g_object_ref(in);
        return in;
    }
    VipsArrayDouble *background = vips_array_double_new(white, 3);
    int rc = vips_flatten(in, &flat, "background", background, NULL);
    vips_area_unref(VIPS_AREA(background));
    return rc || vips_cast_uchar(flat, &out, NULL) ? NULL : out;
}

// An image of nothing but its pixels: what comes out cannot hold what came in beside them. The pixels stay in
// memory until the process ends.
static VipsImage *only_pixels(VipsImage *in)
{
    size_t len = 0;
    int width = vips_image_get_width(in), height = vips_image_get_height(in);
    void *pixels = vips_image_write_to_memory(in, &len);
    cleanup_image VipsImage *bare =
        pixels ? vips_image_new_from_memory(pixels, len, width, height, 3, VIPS_FORMAT_UCHAR) : NULL;
    VipsImage *out = NULL;
    if (!bare || vips_copy(bare, &out, "interpretation", VIPS_INTERPRETATION_sRGB, NULL))
        return NULL;
    return out;
}

static void drop(VipsImage **image)
{
    unref(image);
    *image = NULL;
}

// All pixels in memory, in eight bits of sRGB, turned upright. Takes *in, so that the decoder's own memory is
// free before there is a second copy.
static VipsImage *develop(VipsImage **in)
{
    cleanup_image VipsImage *coloured = to_srgb(*in);
    drop(in);
    cleanup_image VipsImage *flat = coloured ? without_alpha(coloured) : NULL;
    drop(&coloured);
    cleanup_image VipsImage *pixels = flat ? vips_image_copy_memory(flat) : NULL;
    drop(&flat);
    cleanup_image VipsImage *turned = NULL;
    if (!pixels || vips_autorot(pixels, &turned, NULL))
        return NULL;
    if (vips_image_get_bands(turned) != 3 || vips_image_get_format(turned) != VIPS_FORMAT_UCHAR)
        return NULL;
    return only_pixels(turned);
}

// --- writing

struct saver {
    const char *suffix, *mime;
    int (*save)(VipsImage *image, int fd, int quality); // not 0 when it could not
};

static int close_target(VipsTarget *target, int rc)
{
    if (target)
        g_object_unref(target);
    return rc;
}

static int save_jpeg(VipsImage *image, int fd, int quality)
{
    VipsTarget *target = vips_target_new_to_descriptor(fd);
    return close_target(target,
                        !target || vips_jpegsave_target(image, target, "Q", quality, "interlace", TRUE,
                                                        "optimize_coding", TRUE, "strip", TRUE, NULL));
}

static int save_png(VipsImage *image, int fd, int quality)
{
    (void)quality;
    VipsTarget *target = vips_target_new_to_descriptor(fd);
    return close_target(target,
                        !target || vips_pngsave_target(image, target, "compression", 3, "filter",
                                                       VIPS_FOREIGN_PNG_FILTER_SUB, "strip", TRUE, NULL));
}

static uint32_t little(const unsigned char *at)
{
    return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

// Writes of a WebP file (RFC 9649) the pixels alone: the library adds an EXIF block, told to or not.
static int write_pixels(const unsigned char *file, size_t len, int fd)
{
    for (size_t at = 12; at + 8 <= len;) {
        size_t size = little(file + at + 4) + (size_t)8;
        size += size & 1;
        if (size > len - at)
            return -1;
        if (memcmp(file + at, "VP8 ", 4) == 0) {
            uint32_t whole = (uint32_t)size + 4;
            const unsigned char head[12] = {'R',
                                            'I',
                                            'F',
                                            'F',
                                            (unsigned char)whole,
                                            (unsigned char)(whole >> 8),
                                            (unsigned char)(whole >> 16),
                                            (unsigned char)(whole >> 24),
                                            'W',
                                            'E',
                                            'B',
                                            'P'};
            return file_write_all(fd, head, sizeof head, "the copy", NULL) ||
                   file_write_all(fd, file + at, size, "the copy", NULL);
        }
        at += size;
    }
    return -1;
}

static int save_webp(VipsImage *image, int fd, int quality)
{
    void *file = NULL;
    size_t len = 0;
    int rc = vips_webpsave_buffer(image, &file, &len, "Q", quality, "strip", TRUE, NULL);
    if (!rc)
        rc = write_pixels(file, len, fd);
    g_free(file);
    return rc;
}

static const struct saver jpeg = {".jpg", "image/jpeg", save_jpeg};
static const struct saver webp = {".webp", "image/webp", save_webp};
static const struct saver png = {".png", "image/png", save_png};

static enum err save(struct making *m, VipsImage *image, const char *name, const struct saver *saver,
                     int quality)
{
    struct variant *v = &m->facts->variants[m->facts->variant_count];
    int fd = outputs_find(m->outputs, name);
    if (fd < 0 || saver->save(image, fd, quality))
        return failed(ERR_IO, "a smaller copy of the picture could not be written", m->p);
    *v = (struct variant){
        .mime = saver->mime, .width = vips_image_get_width(image), .height = vips_image_get_height(image)};
    snprintf(v->name, sizeof v->name, "%.*s", (int)sizeof v->name - 1, name);
    m->facts->variant_count++;
    return ERR_NONE;
}

static enum err save_both(struct making *m, VipsImage *image, const char *stem)
{
    char name[OUTPUT_NAME_SIZE + 8];
    snprintf(name, sizeof name, "%s%s", stem, jpeg.suffix);
    enum err e = save(m, image, name, &jpeg, JPEG_QUALITY);
    snprintf(name, sizeof name, "%s%s", stem, webp.suffix);
    return e ? e : save(m, image, name, &webp, WEBP_QUALITY);
}

// The picture in another size, which is no larger than its own.
static VipsImage *shrink(VipsImage *in, int width, int height)
{
    cleanup_image VipsImage *out = NULL;
    if (vips_resize(in, &out, width / (double)vips_image_get_width(in), "vscale",
                    height / (double)vips_image_get_height(in), "kernel", VIPS_KERNEL_LANCZOS3, NULL))
        return NULL;
    return vips_image_copy_memory(out);
}

// `whole` pixels in a picture that is made `part` of `of` wide or high; never none.
static int scaled(int whole, double part, double of)
{
    int pixels = (int)lround(whole * part / of);
    return pixels < 1 ? 1 : pixels;
}

// --- the variants

// Where a stretch of `part` begins in one of `whole` pixels, so that its middle is as near to `focus` as can
// be.
static int cut_at(int whole, int part, int focus)
{
    int at = (int)lround(whole * (focus / 100.0) - part / 2.0);
    return at < 0 ? 0 : at > whole - part ? whole - part : at;
}

static enum err make_thumb(struct making *m, VipsImage *from, struct focus focus, const char *stem)
{
    int width = vips_image_get_width(from), height = vips_image_get_height(from);
    double scale = fmin(1, fmax(THUMB_WIDTH / (double)width, THUMB_HEIGHT / (double)height));
    cleanup_image VipsImage *small = shrink(from, scaled(width, scale, 1), scaled(height, scale, 1));
    cleanup_image VipsImage *cut = NULL;
    if (!small)
        return failed(ERR_IO, "the picture could not be made smaller", m->p);
    width = vips_image_get_width(small);
    height = vips_image_get_height(small);
    int w = width < THUMB_WIDTH ? width : THUMB_WIDTH, h = height < THUMB_HEIGHT ? height : THUMB_HEIGHT;
    if (vips_crop(small, &cut, cut_at(width, w, focus.x), cut_at(height, h, focus.y), w, h, NULL))
        return failed(ERR_IO, "the picture could not be cut", m->p);
    return save_both(m, cut, stem);
}

static enum err make_thumbs(struct making *m, VipsImage *from, struct focus focus)
{
    static const struct focus middle = {50, 50};
    char stem[OUTPUT_NAME_SIZE];
    enum err e = make_thumb(m, from, middle, "thumb");
    if (e || focus.x < 0)
        return e;
    snprintf(stem, sizeof stem, "thumb-%d-%d", focus.x, focus.y);
    return make_thumb(m, from, focus, stem);
}

static bool is_enough_for_thumb(VipsImage *image)
{
    return vips_image_get_width(image) >= 2 * THUMB_WIDTH && vips_image_get_height(image) >= 2 * THUMB_HEIGHT;
}

// From the largest down, each from the one before it; thumbs from the smallest that has pixels to spare.
static enum err make_steps(struct making *m, VipsImage *full, struct focus focus)
{
    static const int steps[] = {1920, 1280, 640, 320};
    enum { COUNT = sizeof steps / sizeof steps[0] };
    int width = vips_image_get_width(full), height = vips_image_get_height(full);
    cleanup_image VipsImage *from = full, *for_thumb = full;
    g_object_ref(from);
    g_object_ref(for_thumb);
    enum err e = ERR_NONE;
    for (int i = 0; !e && i < COUNT; i++) {
        if (i + 1 < COUNT && steps[i + 1] >= width)
            continue; // the next one is as wide as the picture already
        int w = steps[i] < width ? steps[i] : width, h = scaled(height, w, width);
        if (h > WEBP_SIDE_MAX) {
            h = WEBP_SIDE_MAX;
            w = scaled(width, h, height);
        }
        VipsImage *made = shrink(from, w, h);
        if (!made)
            return failed(ERR_IO, "the picture could not be made smaller", m->p);
        g_object_unref(from);
        from = made;
        char stem[OUTPUT_NAME_SIZE];
        snprintf(stem, sizeof stem, "%d", steps[i]);
        e = save_both(m, made, stem);
        if (is_enough_for_thumb(made)) {
            g_object_unref(for_thumb);
            for_thumb = made;
            g_object_ref(for_thumb);
        }
    }
    return e ? e : make_thumbs(m, for_thumb, focus);
}

enum err photo_make(const void *data, size_t len, const struct photo_limits *limits, struct focus focus,
                    const struct outputs *outputs, struct facts *facts, struct problem *p)
{
    struct making m = {.outputs = outputs, .facts = facts, .p = p};
    int64_t width, height;
    probe_size(facts->mime, data, len, &width, &height);
    enum err e = check_size(width, height, limits, p);
    if (e)
        return e;
    cleanup_image VipsImage *image = open_image(facts->mime, data, len);
    if (!image)
        return cannot_read(p);
    e = check_size(vips_image_get_width(image), vips_image_get_height(image), limits, p);
    if (!e)
        read_exif(image, &facts->exif);
    cleanup_image VipsImage *full = e ? NULL : develop(&image);
    if (!e && !full)
        e = cannot_read(p);
    if (e)
        return e;
    facts->width = vips_image_get_width(full);
    facts->height = vips_image_get_height(full);
    bool is_png = strcmp(facts->mime, "image/png") == 0;
    e = make_steps(&m, full, focus);
    return e ? e : save(&m, full, "original", is_png ? &png : &jpeg, ORIGINAL_QUALITY);
}
