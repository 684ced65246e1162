#include "common/arena.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct arena_block {
    struct arena_block *next;
    size_t size;
    _Alignas(max_align_t) char data[];
};

enum { ARENA_BLOCK_SIZE = 8 * 1024 - sizeof(struct arena_block) };
_Static_assert(ARENA_BLOCK_SIZE % _Alignof(max_align_t) == 0, "what is left of a block is aligned");

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

// Room for `size` bytes, not zeroed.
static char *take(struct arena *a, size_t size)
{
    const size_t align = _Alignof(max_align_t);
    if (size > SIZE_MAX / 4)
        return NULL;
    size = size ? (size + align - 1) & ~(align - 1) : align;
    if (!a->head || a->head->size - a->used < size) {
        if (!add_block(a, size > ARENA_BLOCK_SIZE ? size : ARENA_BLOCK_SIZE))
            return NULL;
    }
    char *p = a->head->data + a->used;
    a->used += size;
    return p;
}

void *arena_alloc(struct arena *a, size_t size)
{
    void *p = take(a, size);
    return p ? memset(p, 0, size) : NULL;
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
    char *copy = str && len < SIZE_MAX ? take(a, len + 1) : NULL;
    if (!copy)
        return NULL;
    memcpy(copy, str, len);
    copy[len] = '\0';
    return copy;
}

char *arena_strdup(struct arena *a, const char *str)
{
    return str ? arena_strndup(a, str, strlen(str)) : NULL;
}

char *arena_concat(struct arena *a, const char *first, ...)
{
    size_t size = 1;
    va_list ap;
    va_start(ap, first);
    for (const char *part = first; part; part = va_arg(ap, const char *))
        size += strlen(part);
    va_end(ap);
    char *text = first ? take(a, size) : NULL, *end = text;
    if (!text)
        return NULL;
    va_start(ap, first);
    for (const char *part = first; part; part = va_arg(ap, const char *))
        end = stpcpy(end, part);
    va_end(ap);
    return text;
}

// Most texts fit into what is left of the block, and are then formatted once.
char *arena_printf(struct arena *a, const char *fmt, ...)
{
    size_t room = a->head ? a->head->size - a->used : 0;
    char *text = room ? a->head->data + a->used : NULL;
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(text, room, fmt, ap);
    va_end(ap);
    if (n < 0)
        return NULL;
    bool fits = (size_t)n < room;
    text = take(a, (size_t)n + 1);
    if (!text || fits)
        return text;
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
