#include "qrgen/design/design_keys.h"

#define OF(kind)      (1u << (DESIGN_##kind))
#define ELEMENT(m)    offsetof(struct design_element, m)
#define PAGE(m)       offsetof(struct design, m)
#define ALL_PLACED    (OF(SYMBOL) | OF(COLUMN) | OF(LOGO) | OF(RULE) | OF(FRAME) | OF(ORNAMENT))
#define INKED         (OF(TEXT) | OF(RULE) | OF(FRAME) | OF(ORNAMENT))
#define MM_LEAST      (-DESIGN_SIDE_MM_MAX)
#define TYPE_MM_LEAST 1.5 // capitals of 1 mm: below that nobody reads, and fine strokes are lost in print

static const char *const whats[] = {
    [DESIGN_WORDS] = "words", [DESIGN_NAME] = "name", [DESIGN_RANK] = "rank", [DESIGN_ADDRESS] = "address",
    [DESIGN_PLACE] = "place", [DESIGN_HOST] = "host", [DESIGN_CODE] = "code", NULL};
static const char *const figures[] = {
    [DESIGN_RECTANGLE] = "rectangle", [DESIGN_ROUNDED] = "rounded", [DESIGN_ARCH] = "arch",
    [DESIGN_LOZENGE] = "lozenge",     [DESIGN_CIRCLE] = "circle",   NULL};
static const char *const aligns[] = {
    [LETTERING_LEFT] = "left", [LETTERING_CENTRE] = "centre", [LETTERING_RIGHT] = "right", NULL};
static const char *const stands[] = {
    [LETTERING_TOP] = "top", [LETTERING_MIDDLE] = "middle", [LETTERING_BOTTOM] = "bottom", NULL};

const char *const design_kind_names[DESIGN_KIND_COUNT] = {
    [DESIGN_PAGE] = "design", [DESIGN_SYMBOL] = "symbol",     [DESIGN_COLUMN] = "column",
    [DESIGN_TEXT] = "text",   [DESIGN_LOGO] = "logo",         [DESIGN_RULE] = "rule",
    [DESIGN_FRAME] = "frame", [DESIGN_ORNAMENT] = "ornament",
};

const struct design_key design_keys[] = {
    {"label.vi", DESIGN_STRING, OF(PAGE), OF(PAGE), PAGE(label_vi)},
    {"label.en", DESIGN_STRING, OF(PAGE), OF(PAGE), PAGE(label_en)},
    {"width", DESIGN_NUMBER, OF(PAGE), OF(PAGE), PAGE(width), DESIGN_SIDE_MM_MIN, DESIGN_SIDE_MM_MAX},
    {"height", DESIGN_NUMBER, OF(PAGE), OF(PAGE), PAGE(height), DESIGN_SIDE_MM_MIN, DESIGN_SIDE_MM_MAX},
    {"box", DESIGN_BOX_OF, ALL_PLACED, ALL_PLACED, ELEMENT(box), MM_LEAST, DESIGN_SIDE_MM_MAX},
    {"what", DESIGN_CHOICE, OF(TEXT), OF(TEXT), ELEMENT(what), .choices = whats},
    {"words", DESIGN_STRING, OF(TEXT), 0, ELEMENT(words)},
    {"lang", DESIGN_LANG, OF(TEXT), 0, ELEMENT(lang)},
    {"family", DESIGN_STRING, OF(TEXT), 0, ELEMENT(family)},
    {"weight", DESIGN_NUMBER, OF(TEXT), 0, ELEMENT(weight), 100, 900},
    {"size", DESIGN_NUMBER, OF(TEXT), OF(TEXT), ELEMENT(size), TYPE_MM_LEAST, 500},
    {"floor", DESIGN_NUMBER, OF(TEXT), 0, ELEMENT(floor), TYPE_MM_LEAST, 500},
    {"gap", DESIGN_NUMBER, OF(TEXT), 0, ELEMENT(gap), 0, 500},
    {"leading", DESIGN_NUMBER, OF(TEXT), 0, ELEMENT(leading), 0.8, 3},
    {"tracking", DESIGN_NUMBER, OF(TEXT), 0, ELEMENT(tracking), 0, 1},
    {"align", DESIGN_CHOICE, OF(COLUMN) | OF(LOGO), 0, ELEMENT(align), .choices = aligns},
    {"stand", DESIGN_CHOICE, OF(COLUMN) | OF(LOGO), 0, ELEMENT(stand), .choices = stands},
    {"shape", DESIGN_CHOICE, OF(FRAME) | OF(ORNAMENT), 0, ELEMENT(figure), .choices = figures},
    {"stroke", DESIGN_NUMBER, OF(FRAME), OF(FRAME), ELEMENT(stroke), 0.1, 50},
    {"radius", DESIGN_NUMBER, OF(FRAME), 0, ELEMENT(radius), 0, DESIGN_SIDE_MM_MAX},
    {"rise", DESIGN_NUMBER, OF(FRAME), 0, ELEMENT(rise), 0, DESIGN_SIDE_MM_MAX},
    {"ink", DESIGN_NUMBER, INKED, 0, ELEMENT(k), 0, 1},
};

const size_t design_key_count = sizeof design_keys / sizeof design_keys[0];
