#include "common/err.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const err_names[ERR_COUNT] = {
    [ERR_NONE] = "none",       [ERR_MEMORY] = "memory",       [ERR_IO] = "io",
    [ERR_FULL] = "full",       [ERR_NOT_FOUND] = "not-found", [ERR_EXISTS] = "exists",
    [ERR_INVALID] = "invalid", [ERR_TOO_LARGE] = "too-large", [ERR_CONFLICT] = "conflict",
    [ERR_BUSY] = "busy",       [ERR_CORRUPT] = "corrupt",     [ERR_UNSUPPORTED] = "unsupported",
    [ERR_DENIED] = "denied",   [ERR_CANCELLED] = "cancelled",
};

static const struct {
    int errnum;
    enum err code;
} errno_map[] = {
    {ENOMEM, ERR_MEMORY}, {ENOENT, ERR_NOT_FOUND}, {EEXIST, ERR_EXISTS},
    {ENOSPC, ERR_FULL},   {EDQUOT, ERR_FULL},      {EFBIG, ERR_FULL},
    {EACCES, ERR_DENIED}, {EPERM, ERR_DENIED},     {EROFS, ERR_DENIED},
};

const char *err_name(enum err e)
{
    return (unsigned)e < ERR_COUNT ? err_names[e] : "unknown";
}

enum err err_from_errno(int errnum)
{
    for (size_t i = 0; i < sizeof errno_map / sizeof errno_map[0]; i++)
        if (errno_map[i].errnum == errnum)
            return errno_map[i].code;
    return ERR_IO;
}

// Copies at most size - 1 bytes and never ends inside a UTF-8 sequence.
static void copy_cut(char *dst, size_t size, const char *src)
{
    size_t n = strlen(src);
    if (n >= size) {
        n = size - 1;
        while (n > 0 && ((unsigned char)src[n] & 0xC0) == 0x80)
            n--;
    }
    memcpy(dst, src, n);
    dst[n] = '\0';
}

__attribute__((format(printf, 5, 0))) static void fill(struct problem *p, enum err code, const char *field,
                                                       const char *suffix, const char *fmt, va_list ap)
{
    char text[sizeof p->text * 2];
    int n = vsnprintf(text, sizeof text, fmt, ap);
    if (n < 0)
        text[0] = '\0';
    if (suffix && n >= 0 && (size_t)n < sizeof text)
        snprintf(text + n, sizeof text - (size_t)n, ": %s", suffix);
    *p = (struct problem){.code = code};
    copy_cut(p->field, sizeof p->field, field ? field : "");
    copy_cut(p->text, sizeof p->text, text);
}

enum err problem_set(struct problem *p, enum err code, const char *field, const char *fmt, ...)
{
    if (p) {
        int saved = errno;
        va_list ap;
        va_start(ap, fmt);
        fill(p, code, field, NULL, fmt, ap);
        va_end(ap);
        errno = saved;
    }
    return code;
}

enum err problem_errno(struct problem *p, const char *field, const char *fmt, ...)
{
    int saved = errno;
    enum err code = err_from_errno(saved);
    if (p) {
        char message[128];
        va_list ap;
        va_start(ap, fmt);
        fill(p, code, field, strerror_r(saved, message, sizeof message), fmt, ap);
        va_end(ap);
    }
    errno = saved;
    return code;
}

enum err problem_at(struct problem *p, enum err code, unsigned long line, unsigned long column,
                    const char *field, const char *fmt, ...)
{
    if (p) {
        va_list ap;
        va_start(ap, fmt);
        fill(p, code, field, NULL, fmt, ap);
        va_end(ap);
        p->line = line;
        p->column = column;
    }
    return code;
}

void problem_list_add(struct problem_list *list, const struct problem *p)
{
    if (list->limit && list->count >= list->limit) {
        list->dropped++;
        return;
    }
    if (list->count == list->capacity) {
        size_t capacity = list->capacity ? list->capacity * 2 : 16;
        struct problem *items = reallocarray(list->items, capacity, sizeof *items);
        if (!items) {
            list->dropped++;
            return;
        }
        list->items = items;
        list->capacity = capacity;
    }
    list->items[list->count++] = *p;
}

void problem_list_clear(struct problem_list *list)
{
    free(list->items);
    *list = (struct problem_list){.limit = list->limit};
}
