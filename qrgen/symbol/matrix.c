#include "qrgen/symbol/matrix.h"

#include <errno.h>
#include <qrencode.h>
#include <string.h>

#include "common/cleanup.h"

// Data codewords of each version at levels Q and H: ISO/IEC 18004:2015, table 7.
static const struct {
    uint16_t q, h;
} codewords[MATRIX_VERSION_MAX + 1] = {
    {0, 0},      {13, 9},      {22, 16},     {34, 26},     {48, 36},     {62, 46},     {76, 60},
    {88, 66},    {110, 86},    {132, 100},   {154, 122},   {180, 140},   {206, 158},   {244, 180},
    {261, 197},  {295, 223},   {325, 253},   {367, 283},   {397, 313},   {445, 341},   {485, 385},
    {512, 406},  {568, 442},   {614, 464},   {664, 514},   {718, 538},   {754, 596},   {808, 628},
    {871, 661},  {911, 701},   {985, 745},   {1033, 793},  {1115, 845},  {1171, 901},  {1231, 961},
    {1286, 986}, {1354, 1054}, {1426, 1096}, {1502, 1142}, {1582, 1222}, {1666, 1276},
};

static void code_free(QRcode **code)
{
    QRcode_free(*code);
}

#define cleanup_code CLEANUP(code_free)

// Bytes that fit in byte mode beside the mode indicator (4 bits) and the length (8 bits up to version 9, then
// 16): ISO/IEC 18004, table 3.
static size_t byte_capacity(int version, unsigned data_codewords)
{
    unsigned overhead = version < 10 ? 4 + 8 : 4 + 16;
    return (data_codewords * 8 - overhead) / 8;
}

// The smallest version that holds `len` bytes in byte mode at level Q, or 0.
static int byte_version(size_t len)
{
    for (int version = 1; version <= MATRIX_VERSION_MAX; version++)
        if (len <= byte_capacity(version, codewords[version].q))
            return version;
    return 0;
}

// A bound below the bits of any division into segments: one shortest header (12 bits) and each byte at the
// price of the densest mode that can hold it: digits 10/3 bit, the alphanumeric set 11/2 bit, others 8.
static size_t fewest_bits(const char *text)
{
    size_t sixths = 0;
    for (; *text; text++) {
        if (*text >= '0' && *text <= '9')
            sixths += 20;
        else if ((*text >= 'A' && *text <= 'Z') || strchr(" $%*+-./:", *text))
            sixths += 33;
        else
            sixths += 48;
    }
    return 12 + (sixths + 5) / 6;
}

// True when libqrencode's own division might reach a smaller version than byte mode does.
static bool worth_dividing(const char *text, int bytes_version)
{
    int smaller = bytes_version ? bytes_version - 1 : MATRIX_VERSION_MAX;
    return smaller > 0 && fewest_bits(text) <= codewords[smaller].q * 8u;
}

static QRcode *encode_bytes(const char *text, int version)
{
    bool high = strlen(text) <= byte_capacity(version, codewords[version].h);
    return QRcode_encodeString8bit(text, version, high ? QR_ECLEVEL_H : QR_ECLEVEL_Q);
}

// NULL when the division does not get below `limit`; *ret_level is written when it does.
static QRcode *encode_divided(const char *text, int limit, char *ret_level)
{
    cleanup_code QRcode *q = QRcode_encodeString(text, 0, QR_ECLEVEL_Q, QR_MODE_8, 1);
    if (!q || q->version >= limit)
        return NULL;
    *ret_level = 'Q';
    cleanup_code QRcode *h = QRcode_encodeString(text, q->version, QR_ECLEVEL_H, QR_MODE_8, 1);
    if (!h || h->version != q->version)
        return steal_pointer(&q);
    *ret_level = 'H';
    return steal_pointer(&h);
}

static void keep(const QRcode *code, char level, struct matrix *ret)
{
    *ret = (struct matrix){.version = code->version, .size = code->width, .level = level};
    for (int i = 0; i < code->width * code->width; i++)
        if (code->data[i] & 1)
            ret->modules[i / 8] |= (uint8_t)(0x80 >> i % 8);
}

// Below 4.1 the choice of the mask differs; a 5 may change anything: pictures would no longer be the same
// bytes.
static enum err check_library(struct problem *p)
{
    int major, minor, micro;
    QRcode_APIVersion(&major, &minor, &micro);
    if (major == 4 && minor >= 1)
        return ERR_NONE;
    return problem_set(p, ERR_UNSUPPORTED, "libqrencode",
                       "libqrencode %d.%d.%d is installed, but symbols are made only with version 4.1 or a "
                       "later 4.x: install libqrencode4",
                       major, minor, micro);
}

static enum err encode(const char *text, struct matrix *ret, struct problem *p)
{
    int version = byte_version(strlen(text));
    char level = 'Q';
    errno = 0;
    cleanup_code QRcode *code = NULL;
    if (worth_dividing(text, version))
        code = encode_divided(text, version ? version : MATRIX_VERSION_MAX + 1, &level);
    if (!code && version) {
        code = encode_bytes(text, version);
        level = strlen(text) <= byte_capacity(version, codewords[version].h) ? 'H' : 'Q';
    }
    if (code) {
        keep(code, level, ret);
        return ERR_NONE;
    }
    if (errno == ENOMEM)
        return problem_set(p, ERR_MEMORY, "url", "out of memory while encoding a symbol");
    return problem_set(
        p, ERR_TOO_LARGE, "url",
        "the address is %zu bytes long; a symbol with error correction Q holds at most %d: use "
        "a shorter base URL",
        strlen(text), MATRIX_TEXT_MAX);
}

bool matrix_dark(const struct matrix *m, int x, int y)
{
    if (x < 0 || y < 0 || x >= m->size || y >= m->size)
        return false;
    int i = y * m->size + x;
    return m->modules[i / 8] & 0x80 >> i % 8;
}

enum err matrix_make(const char *text, struct matrix *ret, struct problem *p)
{
    if (!text[0])
        return problem_set(p, ERR_INVALID, "url", "there is no address to encode");
    enum err e = check_library(p);
    return e ? e : encode(text, ret, p);
}
