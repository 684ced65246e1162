// Content negotiation by Accept-Language and Accept-Encoding (RFC 9110 sections 12.4 and 12.5). Pure and
// thread-safe; a header that breaks the grammar is read as far as it can be.
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define NEGOTIATE_MAX_ITEMS 32 // of one header; further ones are ignored

// The place in `tags` (BCP 47, NULL-terminated, in any case) of the language that fits best, by the lookup of
// RFC 4647 section 3.4: each range in order of its q-value is shortened from the end until it is a tag that
// we have. A range that begins a longer tag of ours ("zh" for "zh-hans") fits when nothing shorter did. "*"
// fits nothing; q=0 excludes. -1 when nothing fits or header is NULL.
int negotiate_language(const char *header, const char *const *tags);

// The place of one tag, compared without case and shortened as above; -1 when none.
int negotiate_one_language(const char *tag, size_t len, const char *const *tags);

enum negotiate_encoding {
    NEGOTIATE_IDENTITY,
    NEGOTIATE_GZIP,
    NEGOTIATE_BROTLI,
    NEGOTIATE_ENCODINGS,
};

// The coding with the highest q-value among br, gzip (also x-gzip) and identity; br before gzip before
// identity where they are equal. identity when header is NULL, and also when it excludes everything we have:
// RFC 9110 section 12.5.3 lets us answer then without a coding.
enum negotiate_encoding negotiate_encoding(const char *header);

// True when `html` is at least as welcome as every other type that Accept names with a concrete subtype.
// True when header is NULL.
bool negotiate_html(const char *header);
