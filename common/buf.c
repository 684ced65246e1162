#include "common/buf.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

char buf_empty[1] = "";

char *buf_reserve(struct buf *b, size_t extra)
{
    if (b->failed)
        return NULL;
    if (extra >= SIZE_MAX / 2 - b->len) {
        b->failed = true;
        return NULL;
    }
    size_t need = b->len + extra + 1;
    if (need > b->capacity) {
        size_t capacity = b->capacity ? b->capacity : 64;
        while (capacity < need)
            capacity += capacity / 2 + 1;
        char *data = realloc(b->capacity ? b->data : NULL, capacity);
        if (!data) {
            b->failed = true;
            return NULL;
        }
        b->data = data;
        b->capacity = capacity;
    }
    return b->data + b->len;
}

void buf_grew(struct buf *b, size_t written)
{
    b->len += written;
    b->data[b->len] = '\0';
}

void buf_append(struct buf *b, const void *data, size_t len)
{
    char *at = len ? buf_reserve(b, len) : NULL;
    if (!at)
        return;
    memcpy(at, data, len);
    buf_grew(b, len);
}

void buf_append_str(struct buf *b, const char *str)
{
    if (str)
        buf_append(b, str, strlen(str));
}

void buf_append_char(struct buf *b, char c)
{
    buf_append(b, &c, 1);
}

void buf_append_int(struct buf *b, int64_t n)
{
    char digits[20]; // of UINT64_MAX
    size_t at = sizeof digits;
    uint64_t rest = n < 0 ? -(uint64_t)n : (uint64_t)n;
    if (n < 0)
        buf_append_char(b, '-');
    do
        digits[--at] = (char)('0' + rest % 10);
    while (rest /= 10);
    buf_append(b, digits + at, sizeof digits - at);
}

void buf_append_fixed(struct buf *b, double value, int decimals)
{
    static const double units[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};
    double scaled = fabs(value) * units[decimals];
    if (!(scaled < 1e15)) { // also what is no number
        buf_printf(b, "%.*f", decimals, value);
        return;
    }
    int64_t unit = (int64_t)units[decimals], n = (int64_t)scaled;
    n += scaled - (double)n >= 0.5;
    if (signbit(value))
        buf_append_char(b, '-');
    buf_append_int(b, n / unit);
    if (!decimals)
        return;
    char digits[10] = ".";
    for (int i = decimals; i > 0; i--, n /= 10)
        digits[i] = (char)('0' + n % 10);
    buf_append(b, digits, 1 + (size_t)decimals);
}

void buf_vprintf(struct buf *b, const char *fmt, va_list ap)
{
    va_list again;
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    char *at = n > 0 ? buf_reserve(b, (size_t)n) : NULL;
    if (at) {
        vsnprintf(at, (size_t)n + 1, fmt, again);
        buf_grew(b, (size_t)n);
    } else if (n < 0) {
        b->failed = true;
    }
    va_end(again);
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    buf_vprintf(b, fmt, ap);
    va_end(ap);
}

void buf_truncate(struct buf *b, size_t len)
{
    if (len < b->len) {
        b->len = len;
        b->data[len] = '\0';
    }
}

void buf_reset(struct buf *b)
{
    buf_truncate(b, 0);
    b->failed = false;
}

void buf_free(struct buf *b)
{
    if (b->capacity)
        free(b->data);
    *b = BUF_INIT;
}

char *buf_steal(struct buf *b, size_t *ret_len)
{
    if (!buf_reserve(b, 0))
        return NULL;
    b->data[b->len] = '\0';
    char *data = b->data;
    if (ret_len)
        *ret_len = b->len;
    *b = BUF_INIT;
    return data;
}
