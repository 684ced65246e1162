#include "common/arena.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct arena_block {
    struct arena_block *next;
    size_t size;
    _Alignas(max_align_t) char data[];
};

enum { ARENA_BLOCK_SIZE = 8 * 1024 - sizeof(struct arena_block) };

static struct arena_block *add_block(struct arena *a, size_t size)
{
    struct arena_block *block = malloc(sizeof *block + size);
    if (!block)
        return NULL;
    block->size = size;
    block->next = a->head;
    a->head = block;
    a->used = 0;
    return block;
}

void *arena_alloc(struct arena *a, size_t size)
{
    const size_t align = _Alignof(max_align_t);
    if (size > SIZE_MAX / 4)
        return NULL;
    size = size ? (size + align - 1) & ~(align - 1) : align;
    if (!a->head || a->head->size - a->used < size) {
        if (!add_block(a, size > ARENA_BLOCK_SIZE ? size : ARENA_BLOCK_SIZE))
            return NULL;
    }
    void *p = a->head->data + a->used;
    a->used += size;
    return memset(p, 0, size);
}

void *arena_array(struct arena *a, size_t count, size_t size)
{
    size_t total;
    if (__builtin_mul_overflow(count, size, &total))
        return NULL;
    return arena_alloc(a, total);
}

char *arena_strndup(struct arena *a, const char *str, size_t len)
{
    char *copy = str ? arena_alloc(a, len + 1) : NULL;
    if (copy)
        memcpy(copy, str, len);
    return copy;
}

char *arena_strdup(struct arena *a, const char *str)
{
    return str ? arena_strndup(a, str, strlen(str)) : NULL;
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    char *text = n >= 0 ? arena_alloc(a, (size_t)n + 1) : NULL;
    if (!text)
        return NULL;
    va_start(ap, fmt);
    vsnprintf(text, (size_t)n + 1, fmt, ap);
    va_end(ap);
    return text;
}

void arena_clear(struct arena *a)
{
    struct arena_block *block = a->head;
    while (block) {
        struct arena_block *next = block->next;
        free(block);
        block = next;
    }
    *a = ARENA_INIT;
}
