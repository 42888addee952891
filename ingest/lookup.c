/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/lookup.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

/* SipHash under a fixed key: a data set is read by its own register, and the same folder should take the same time twice. What
 * counts is that everyday codes (a-1, a-2, …) spread well. */
static uint32_t key_hash(const char *key, size_t len)
{
    static const unsigned char secret[crypto_shorthash_KEYBYTES] = "studyd-ingest-ix";
    unsigned char out[crypto_shorthash_BYTES];
    uint32_t hash;
    (void)crypto_shorthash(out, (const unsigned char *)key, len, secret);
    memcpy(&hash, out, sizeof(hash));
    return hash;
}

/* The slot that holds the key, or the free one where it belongs. */
static struct lookup_slot *slot_of(const struct lookup *lookup, const char *key, size_t len, uint32_t hash)
{
    size_t mask = lookup->size - 1, at = hash & mask;
    for (;; at = (at + 1) & mask) {
        struct lookup_slot *slot = &lookup->slots[at];
        if (slot->key == NULL)
            return slot;
        if (slot->hash == hash && strncmp(slot->key, key, len) == 0 && slot->key[len] == '\0')
            return slot;
    }
}

static bool grow(struct lookup *lookup)
{
    size_t size = lookup->size > 0 ? lookup->size * 2 : 64;
    struct lookup_slot *slots = calloc(size, sizeof(*slots));
    if (slots == NULL)
        return false;
    struct lookup bigger = *lookup;
    bigger.slots = slots;
    bigger.size = size;
    for (size_t i = 0; i < lookup->size; i++) {
        const struct lookup_slot *slot = &lookup->slots[i];
        if (slot->key != NULL)
            *slot_of(&bigger, slot->key, strlen(slot->key), slot->hash) = *slot;
    }
    free(lookup->slots);
    *lookup = bigger;
    return true;
}

int32_t lookup_add(struct lookup *lookup, const char *key, int32_t row)
{
    if ((lookup->len + 1) * 4 > lookup->size * 3 && !grow(lookup)) {
        lookup->failed = true;
        return LOOKUP_NONE;
    }
    size_t len = strlen(key);
    uint32_t hash = key_hash(key, len);
    struct lookup_slot *slot = slot_of(lookup, key, len, hash);
    if (slot->key != NULL)
        return slot->row;
    *slot = (struct lookup_slot){.key = key, .hash = hash, .row = row};
    lookup->len++;
    return LOOKUP_NONE;
}

int32_t lookup_find_part(const struct lookup *lookup, const char *key, size_t len)
{
    if (lookup->len == 0)
        return LOOKUP_NONE;
    const struct lookup_slot *slot = slot_of(lookup, key, len, key_hash(key, len));
    return slot->key != NULL ? slot->row : LOOKUP_NONE;
}

int32_t lookup_find(const struct lookup *lookup, const char *key)
{
    return lookup_find_part(lookup, key, strlen(key));
}

void lookup_offer(const struct lookup *lookup, struct nearest *nearest, size_t *offers_left)
{
    for (size_t i = 0; i<lookup->size && * offers_left> 0; i++) {
        if (lookup->slots[i].key == NULL)
            continue;
        nearest_offer(nearest, lookup->slots[i].key);
        (*offers_left)--;
    }
}

void lookup_free(struct lookup *lookup)
{
    free(lookup->slots);
    *lookup = (struct lookup){0};
}
