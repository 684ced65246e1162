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

// --- named sentences

// The place behind the name, which is copied to *key where there is one.
static const char *take_key(const char *fmt, char *key, size_t size)
{
    const char *end = fmt[0] == '\1' ? strchr(fmt, '\2') : NULL;
    if (!end)
        return fmt;
    snprintf(key, size, "%.*s", (int)(end - fmt - 1), fmt + 1);
    return end + 1;
}

// One conversion of `fmt`, which stands behind its '%'; *spec is all of it.
struct conversion {
    char spec[24];
    char type;    // 's', 'd', …
    char size[3]; // "", "l", "z", …
    int stars;    // arguments before the value
};

static const char *read_conversion(const char *at, struct conversion *ret)
{
    *ret = (struct conversion){.spec = "%"};
    size_t n = 1;
    for (; *at && strchr("-+ #0123456789.*hlzjt", *at); at++) {
        ret->stars += *at == '*';
        if (strchr("hlzjt", *at) && strlen(ret->size) < sizeof ret->size - 1)
            ret->size[strlen(ret->size)] = *at;
        if (n < sizeof ret->spec - 2)
            ret->spec[n++] = *at;
    }
    ret->type = *at;
    ret->spec[n] = *at;
    return *at ? at + 1 : at;
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral" // each is a conversion of a format that was checked

// Writes one argument as its conversion says. At most one star stands in a conversion here.
static void write_value(const struct conversion *c, char *out, size_t size, va_list *ap)
{
    int star = c->stars ? va_arg(*ap, int) : 0;
    char text[1024] = "";
    if (c->type == 's' && c->stars)
        snprintf(text, sizeof text, c->spec, star, va_arg(*ap, const char *));
    else if (c->type == 's')
        snprintf(text, sizeof text, c->spec, va_arg(*ap, const char *));
    else if (strchr("feg", c->type))
        snprintf(text, sizeof text, c->spec, va_arg(*ap, double));
    else if (c->size[0] == 'z')
        snprintf(text, sizeof text, c->spec, va_arg(*ap, size_t));
    else if (c->size[0] == 'l' && c->size[1] == 'l')
        snprintf(text, sizeof text, c->spec, va_arg(*ap, long long));
    else if (c->size[0] == 'l')
        snprintf(text, sizeof text, c->spec, va_arg(*ap, long));
    else
        snprintf(text, sizeof text, c->spec, va_arg(*ap, int));
    copy_cut(out, size, text);
}

#pragma GCC diagnostic pop

static void take_values(struct problem *p, const char *fmt, va_list *ap)
{
    struct conversion c;
    for (size_t count = 0; count < PROBLEM_VALUES && (fmt = strchr(fmt, '%'));) {
        fmt = read_conversion(fmt + 1, &c);
        if (c.type != '%')
            write_value(&c, p->values[count++], sizeof p->values[0], ap);
    }
}

__attribute__((format(printf, 5, 0))) static void fill(struct problem *p, enum err code, const char *field,
                                                       const char *suffix, const char *fmt, va_list ap)
{
    char text[sizeof p->text * 2], key[sizeof p->key] = "";
    struct problem named = PROBLEM_INIT; // apart: what *p holds may be among the arguments
    fmt = take_key(fmt, key, sizeof key);
    if (key[0]) {
        va_list again;
        va_copy(again, ap);
        take_values(&named, fmt, &again);
        va_end(again);
    }
    int n = vsnprintf(text, sizeof text, fmt, ap);
    if (n < 0)
        text[0] = '\0';
    if (suffix && n >= 0 && (size_t)n < sizeof text)
        snprintf(text + n, sizeof text - (size_t)n, ": %s", suffix);
    named.code = code;
    copy_cut(named.field, sizeof named.field, field ? field : "");
    copy_cut(named.text, sizeof named.text, text);
    copy_cut(named.key, sizeof named.key, key);
    *p = named;
}

#undef problem_set // the header's form of it for the static analysis
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

void problem_prefix(struct problem *p, const char *fmt, ...)
{
    char text[sizeof p->text * 2];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    if (n < 0 || (size_t)n >= sizeof text)
        return;
    copy_cut(text + n, sizeof text - (size_t)n, p->text);
    copy_cut(p->text, sizeof p->text, text);
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
