#include "qrgen/symbol/pack_zeros.h"

#include <stdbool.h>

#define DISTANCE      4 // the largest that needs no extra bits: RFC 1951, 3.2.5
#define DISTANCE_CODE 3
#define LENGTH_MAX    258
#define LENGTH_MIN    3
#define END           256
#define FIRST_LENGTH  257 // its symbol
#define FULL_LENGTH   285 // the symbol of LENGTH_MAX
#define SYMBOLS       (FULL_LENGTH + 1)

// A Huffman code: `bits` of them, the first one highest.
struct code {
    uint8_t value, bits;
};

// How long the codes of symbols are is written in symbols of its own, 0 to 4 and 18, "11 to 138 zeros". These
// are their codes; the order is that in which the header tells their lengths.
static const uint8_t lengths_order[] = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1};
static const struct code length_codes[19] = {
    [0] = {0x0, 2}, [1] = {0x2, 3}, [2] = {0x3, 3},  [3] = {0x4, 3},
    [4] = {0x5, 3}, [5] = {0x6, 3}, [18] = {0x7, 3},
};

// The codes of the block. Five symbols and the end: the more frequent, the shorter.
static const struct code full_length = {0x0, 1}, zero = {0x2, 2}, filter_byte = {0x6, 3},
                         end_of_block = {0xE, 4}, rest_length = {0xF, 4}, distance = {0x0, 1};

struct bits {
    struct buf *out;
    uint32_t held;
    unsigned count;
};

// Appends `count` bits of a number, the lowest first.
static void put(struct bits *b, uint32_t value, unsigned count)
{
    b->held |= value << b->count;
    for (b->count += count; b->count >= 8; b->count -= 8, b->held >>= 8)
        buf_append_char(b->out, (char)(b->held & 0xFF));
}

static void put_code(struct bits *b, struct code code)
{
    for (unsigned i = code.bits; i-- > 0;)
        put(b, code.value >> i & 1, 1);
}

// The symbol of a length from LENGTH_MIN to LENGTH_MAX - 1, and the extra bits behind it: RFC 1951, 3.2.5.
static unsigned length_symbol(size_t length, unsigned *ret_extra, unsigned *ret_bits)
{
    unsigned offset = (unsigned)(length - LENGTH_MIN), bits = 0;
    while (offset >> bits >= 8)
        bits++;
    *ret_bits = bits;
    *ret_extra = offset & ((1u << bits) - 1);
    return FIRST_LENGTH + 4 * bits + (offset >> bits);
}

// The lengths of the codes of all symbols, and of distances 0 to DISTANCE_CODE.
static void put_lengths(struct bits *b, uint8_t filter, unsigned rest)
{
    uint8_t lengths[SYMBOLS + DISTANCE_CODE + 1] = {
        [0] = zero.bits,
        [END] = end_of_block.bits,
        [FULL_LENGTH] = full_length.bits,
        [SYMBOLS + DISTANCE_CODE] = distance.bits,
    };
    lengths[filter] = filter_byte.bits;
    lengths[rest] = rest_length.bits;
    for (size_t i = 0, run = 0; i < sizeof lengths; i += run ? run : 1) {
        for (run = 0; i + run < sizeof lengths && run < 138 && lengths[i + run] == 0;)
            run++;
        if (run < 11)
            run = 0;
        put_code(b, length_codes[run ? 18 : lengths[i]]);
        if (run)
            put(b, (uint32_t)run - 11, 7);
    }
}

static void put_header(struct bits *b, uint8_t filter, unsigned rest)
{
    put(b, 0, 1); // not the last block
    put(b, 2, 2); // with codes of its own
    put(b, SYMBOLS - 257, 5);
    put(b, DISTANCE_CODE, 5);
    put(b, sizeof lengths_order - 4, 4);
    for (size_t i = 0; i < sizeof lengths_order; i++)
        put(b, length_codes[lengths_order[i]].bits, 3);
    put_lengths(b, filter, rest);
}

void pack_zeros(unsigned rows, size_t row_len, uint8_t filter, struct buf *out)
{
    struct bits b = {.out = out};
    size_t plain = row_len < DISTANCE ? row_len : DISTANCE, left = row_len - plain;
    size_t full = left / LENGTH_MAX, rest = left % LENGTH_MAX;
    bool too_short = rest < LENGTH_MIN;
    unsigned extra = 0, extra_bits = 0, symbol = FIRST_LENGTH;
    if (too_short)
        plain += rest;
    else
        symbol = length_symbol(rest, &extra, &extra_bits);
    put_header(&b, filter, symbol);
    for (unsigned row = 0; row < rows; row++) {
        put_code(&b, filter_byte);
        for (size_t i = 0; i < plain; i++)
            put_code(&b, zero);
        for (size_t i = 0; i < full; i++) {
            put_code(&b, full_length);
            put_code(&b, distance);
        }
        if (too_short)
            continue;
        put_code(&b, rest_length);
        put(&b, extra, extra_bits);
        put_code(&b, distance);
    }
    put_code(&b, end_of_block);
    put(&b, 0, 3); // an empty block that is stored, which begins on a byte
    put(&b, 0, (8 - b.count) % 8);
    put(&b, 0x0000, 16);
    put(&b, 0xFFFF, 16);
}
