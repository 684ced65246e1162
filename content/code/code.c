#include "content/code/code.h"

#include <stdint.h>
#include <string.h>

#include "common/hash.h"

static const char alphabet[] = "0123456789abcdefghjkmnpqrstvwxyz";

static int symbol_value(char c)
{
    const char *at = c ? strchr(alphabet, c) : NULL;
    return at ? (int)(at - alphabet) : -1;
}

// Multiplication by the generator in GF(32), polynomial x^5 + x^2 + 1.
static unsigned times_generator(unsigned v)
{
    v <<= 1;
    return v & 32 ? (v ^ 0x25) & 31 : v;
}

// sum(a^i * symbol_i): Horner's rule from the last symbol to the first.
static unsigned syndrome(const uint8_t values[CODE_LENGTH])
{
    unsigned sum = 0;
    for (int i = CODE_LENGTH - 1; i >= 0; i--)
        sum = times_generator(sum) ^ values[i];
    return sum;
}

static bool values_of(const char *symbols, int count, uint8_t values[CODE_LENGTH])
{
    for (int i = 0; i < count; i++) {
        int v = symbol_value(symbols[i]);
        if (v < 0)
            return false;
        values[i] = (uint8_t)v;
    }
    return true;
}

bool code_complete(const char *first_seven, char ret_code[CODE_SIZE])
{
    uint8_t values[CODE_LENGTH] = {0};
    if (!values_of(first_seven, CODE_LENGTH - 1, values))
        return false;
    // The weight of the last symbol is a^7: try the 32 symbols rather than keep an inverse table.
    while (syndrome(values) != 0)
        values[CODE_LENGTH - 1]++;
    for (int i = 0; i < CODE_LENGTH; i++)
        ret_code[i] = alphabet[values[i]];
    ret_code[CODE_LENGTH] = '\0';
    return true;
}

void code_make(char ret_code[CODE_SIZE])
{
    uint8_t bytes[CODE_LENGTH - 1];
    char symbols[CODE_LENGTH] = "";
    hash_random(bytes, sizeof bytes);
    for (int i = 0; i < CODE_LENGTH - 1; i++)
        symbols[i] = alphabet[bytes[i] & 31];
    code_complete(symbols, ret_code);
}

bool code_is_valid(const char *text)
{
    uint8_t values[CODE_LENGTH];
    return text && strlen(text) == CODE_LENGTH && values_of(text, CODE_LENGTH, values) &&
           syndrome(values) == 0;
}

// How many bytes at `at` are a space, hyphen or dash that people put between groups; 0 when none is there.
static int separator_length(const char *at)
{
    const unsigned char *u = (const unsigned char *)at;
    if (u[0] == ' ' || u[0] == '-' || u[0] == '_' || u[0] == '.' || u[0] == '\t')
        return 1;
    if (u[0] == 0xC2 && u[1] == 0xA0)
        return 2;
    if (u[0] == 0xE2 && u[1] == 0x80 && u[2] >= 0x90 && u[2] <= 0x95)
        return 3;
    return 0;
}

static char normal_symbol(char c)
{
    if (c >= 'A' && c <= 'Z')
        c = (char)(c - 'A' + 'a');
    return c == 'o' ? '0' : c == 'i' || c == 'l' ? '1' : c;
}

enum code_read code_read(const char *text, char ret_code[CODE_SIZE])
{
    char symbols[CODE_SIZE] = "";
    int count = 0;
    const char *end = text + strnlen(text, 64);
    for (const char *at = text; at < end;) {
        int skip = separator_length(at);
        if (skip) {
            at += skip;
            continue;
        }
        char c = normal_symbol(*at++);
        if (symbol_value(c) < 0 || count == CODE_LENGTH)
            return CODE_READ_NOT_CODE;
        symbols[count++] = c;
    }
    if (count != CODE_LENGTH || *end)
        return CODE_READ_NOT_CODE;
    memcpy(ret_code, symbols, CODE_SIZE);
    return code_is_valid(symbols) ? CODE_READ_OK : CODE_READ_BAD_CHECK;
}

void code_words(const char *code, char ret_words[CODE_WORDS_SIZE])
{
    char *out = ret_words;
    for (int i = 0; i < CODE_LENGTH; i++) {
        if (i == CODE_LENGTH / 2)
            *out++ = '-';
        *out++ = (char)(code[i] >= 'a' && code[i] <= 'z' ? code[i] - 'a' + 'A' : code[i]);
    }
    *out = '\0';
}
