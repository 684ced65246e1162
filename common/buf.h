// A growing byte buffer. Failure is sticky: once an append fails for want of memory, `failed` stays true,
// further appends do nothing, and the caller checks once at the end. The bytes are always followed by a NUL
// that is not counted in `len`. One thread at a time.
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/cleanup.h"

struct buf {
    char *data; // never NULL after BUF_INIT: points to "" until something is appended
    size_t len;
    size_t capacity; // 0 while `data` is not on the heap
    bool failed;
};

extern char buf_empty[1];
#define BUF_INIT ((struct buf){.data = buf_empty})

void buf_append(struct buf *b, const void *data, size_t len);
void buf_append_str(struct buf *b, const char *str); // NULL appends nothing
void buf_append_char(struct buf *b, char c);
void buf_append_int(struct buf *b, int64_t n); // decimal digits, as "%" PRId64, several times faster
// As "%.*f" with 0 to 9 decimals, several times faster for what has up to 15 digits: rounded to the nearest,
// halves away from zero.
void buf_append_fixed(struct buf *b, double value, int decimals);
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *b, const char *fmt, va_list ap) __attribute__((format(printf, 2, 0)));

// Makes room for `extra` more bytes and returns where they go, or NULL (and sets `failed`). The caller writes
// there and then adds what it wrote to `len` with buf_grew.
char *buf_reserve(struct buf *b, size_t extra);
void buf_grew(struct buf *b, size_t written);

void buf_truncate(struct buf *b, size_t len); // no-op when len >= b->len
void buf_reset(struct buf *b); // empty again, memory and `failed` cleared of use, capacity kept
void buf_free(struct buf *b);  // releases; the buffer is as after BUF_INIT

// Hands the heap block over (free with free()) and leaves *b as after BUF_INIT. NULL when `failed` or out of
// memory. *ret_len may be NULL.
char *buf_steal(struct buf *b, size_t *ret_len);

#define cleanup_buf CLEANUP(buf_free)
