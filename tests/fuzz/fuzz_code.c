#include "tests/fuzz/fuzz.h"

#include "common/cleanup.h"
#include "content/code/code.h"

// What is read as a code is one, and is read again from its words.
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    cleanup_free char *text = fuzz_string(data, size);
    char code[CODE_SIZE] = "", again[CODE_SIZE] = "", words[CODE_WORDS_SIZE];
    enum code_read read = code_read(text, code);
    REQUIRE((read == CODE_READ_OK) == code_is_valid(code));
    if (code_is_valid(text))
        REQUIRE(read == CODE_READ_OK && strcmp(code, text) == 0);
    if (read == CODE_READ_NOT_CODE)
        return 0;
    code_words(code, words);
    REQUIRE(code_read(words, again) == read);
    REQUIRE(strcmp(code, again) == 0);
    char completed[CODE_SIZE];
    REQUIRE(code_complete(code, completed));
    REQUIRE(code_is_valid(completed));
    REQUIRE((strcmp(completed, code) == 0) == (read == CODE_READ_OK));
    return 0;
}
