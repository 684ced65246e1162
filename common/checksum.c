#include "common/checksum.h"

#include <endian.h>
#include <string.h>

// The specification's primes.
static const uint64_t prime1 = 0x9E3779B185EBCA87, prime2 = 0xC2B2AE3D27D4EB4F, prime3 = 0x165667B19E3779F9,
                      prime4 = 0x85EBCA77C2B2AE63, prime5 = 0x27D4EB2F165667C5;

enum { LANES = 4, STRIPE = LANES * 8 };

static uint64_t turn(uint64_t value, int bits)
{
    return value << bits | value >> (64 - bits);
}

static uint64_t read_64(const unsigned char *at)
{
    uint64_t value;
    memcpy(&value, at, sizeof value);
    return le64toh(value);
}

static uint32_t read_32(const unsigned char *at)
{
    uint32_t value;
    memcpy(&value, at, sizeof value);
    return le32toh(value);
}

static uint64_t mix(uint64_t lane, uint64_t input)
{
    return turn(lane + input * prime2, 31) * prime1;
}

// Step 2 and 3: the stripes in four lanes side by side, and the lanes as one.
static uint64_t take_stripes(const unsigned char *at, size_t count)
{
    static const int turns[LANES] = {1, 7, 12, 18};
    uint64_t lanes[LANES] = {prime1 + prime2, prime2, 0, -prime1}, sum = 0;
    for (; count; count--, at += STRIPE)
        for (size_t i = 0; i < LANES; i++)
            lanes[i] = mix(lanes[i], read_64(at + 8 * i));
    for (size_t i = 0; i < LANES; i++)
        sum += turn(lanes[i], turns[i]);
    for (size_t i = 0; i < LANES; i++)
        sum = (sum ^ mix(0, lanes[i])) * prime1 + prime4;
    return sum;
}

// Step 5: what is left, in eights, a four, ones.
static uint64_t take_rest(uint64_t sum, const unsigned char *at, size_t len)
{
    for (; len >= 8; len -= 8, at += 8)
        sum = turn(sum ^ mix(0, read_64(at)), 27) * prime1 + prime4;
    for (; len >= 4; len -= 4, at += 4)
        sum = turn(sum ^ read_32(at) * prime1, 23) * prime2 + prime3;
    for (; len; len--, at++)
        sum = turn(sum ^ *at * prime5, 11) * prime1;
    return sum;
}

uint64_t checksum(const void *data, size_t len)
{
    const unsigned char *at = data;
    size_t stripes = len / STRIPE;
    uint64_t sum = stripes ? take_stripes(at, stripes) : prime5;
    sum = take_rest(sum + len, at + stripes * STRIPE, len % STRIPE);
    sum = (sum ^ sum >> 33) * prime2;
    sum = (sum ^ sum >> 29) * prime3;
    return sum ^ sum >> 32;
}
