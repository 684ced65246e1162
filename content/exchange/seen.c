#include "content/exchange/seen.h"

#include <stdlib.h>
#include <string.h>

#include "common/hash.h"

// The hash is keyed anew in each process, so that nobody can prepare texts that all collide.
static uint64_t hash_of(const char *text)
{
    static _Thread_local unsigned char key[crypto_shorthash_KEYBYTES];
    static _Thread_local bool has_key;
    if (!has_key)
        hash_random(key, sizeof key);
    has_key = true;
    uint64_t value;
    _Static_assert(sizeof value == crypto_shorthash_BYTES, "the short hash has 64 bits");
    crypto_shorthash((unsigned char *)&value, (const unsigned char *)text, strlen(text), key);
    return value;
}

static struct seen_slot *slot_of(const struct seen *seen, const char *text)
{
    size_t mask = seen->capacity - 1;
    size_t at = hash_of(text) & mask;
    while (seen->slots[at].text && strcmp(seen->slots[at].text, text) != 0)
        at = (at + 1) & mask;
    return &seen->slots[at];
}

static enum err grow(struct seen *seen)
{
    struct seen bigger = {.capacity = seen->capacity ? seen->capacity * 2 : 256};
    bigger.slots = calloc(bigger.capacity, sizeof *bigger.slots);
    if (!bigger.slots)
        return ERR_MEMORY;
    for (size_t i = 0; i < seen->capacity; i++)
        if (seen->slots[i].text)
            *slot_of(&bigger, seen->slots[i].text) = seen->slots[i];
    free(seen->slots);
    seen->slots = bigger.slots;
    seen->capacity = bigger.capacity;
    return ERR_NONE;
}

enum err seen_add(struct seen *seen, const char *text, uint64_t value, uint64_t *ret_before)
{
    if (seen->count * 2 >= seen->capacity) {
        enum err e = grow(seen);
        if (e)
            return e;
    }
    struct seen_slot *slot = slot_of(seen, text);
    if (slot->text) {
        if (ret_before)
            *ret_before = slot->value;
        return ERR_EXISTS;
    }
    const char *copy = arena_strdup(&seen->arena, text);
    if (!copy)
        return ERR_MEMORY;
    *slot = (struct seen_slot){.text = copy, .value = value};
    seen->count++;
    return ERR_NONE;
}

bool seen_find(const struct seen *seen, const char *text, uint64_t *ret_value)
{
    if (seen->capacity == 0)
        return false;
    const struct seen_slot *slot = slot_of(seen, text);
    if (slot->text && ret_value)
        *ret_value = slot->value;
    return slot->text != NULL;
}

void seen_clear(struct seen *seen)
{
    arena_clear(&seen->arena);
    free(seen->slots);
    *seen = SEEN_INIT;
}
