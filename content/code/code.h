// Codes: the permanent 8-symbol names of plates. 7 random symbols of Crockford's base 32 and one check
// symbol.
//
// Alphabet: 0123456789abcdefghjkmnpqrstvwxyz (Crockford, https://www.crockford.com/base32.html): no i, l, o,
// u. Check symbol: the symbols are read as elements of GF(32) (polynomial x^5 + x^2 + 1, generator a = 2); a
// code is right when sum(a^i * symbol_i) over i = 0..7 is 0. As all weights are different and not 0, every
// single wrong symbol and every swap of two different neighbours is caught. See docs/decisions/0002-codes.md.
// Its own small library, because both content/ and qrgen/ need it and neither may include the other.
// Thread-safe.
#pragma once

#include <stdbool.h>

#define CODE_LENGTH     8
#define CODE_SIZE       (CODE_LENGTH + 1) // with the NUL
#define CODE_WORDS_SIZE 10                // "K7M3-9QX2" with the NUL

// Makes a random code. Whether it is already in use is for the caller to ask the store.
void code_make(char ret_code[CODE_SIZE]);

// Fills in the check symbol for 7 given symbols of the alphabet, lower case. False when one is not in the
// alphabet.
bool code_complete(const char *first_seven, char ret_code[CODE_SIZE]);

// True when `text` is exactly a code as we write it: 8 symbols, lower case, right check symbol.
bool code_is_valid(const char *text);

enum code_read {
    CODE_READ_OK,        // ret_code holds the code, as we write it
    CODE_READ_NOT_CODE,  // cannot have been meant as a code: wrong length or foreign symbols
    CODE_READ_BAD_CHECK, // has the form of a code, but the check symbol is wrong: a typing error
};

// Reads what people type or scan: any case, spaces and hyphens (also U+00A0 and the dashes U+2010 to U+2015)
// anywhere, `o` for 0, `i` and `l` for 1. ret_code is written for CODE_READ_OK, and for CODE_READ_BAD_CHECK
// too (what was read, for the help page); untouched for CODE_READ_NOT_CODE. Reads at most 64 bytes of `text`.
enum code_read code_read(const char *text, char ret_code[CODE_SIZE]);

// "k7m39qx2" -> "K7M3-9QX2": how a code stands in words on a plate. `code` must have 8 symbols.
void code_words(const char *code, char ret_words[CODE_WORDS_SIZE]);
