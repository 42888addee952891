/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/index.h"

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
static struct index_slot *slot_of(const struct index *index, const char *key, size_t len, uint32_t hash)
{
    size_t mask = index->size - 1, at = hash & mask;
    for (;; at = (at + 1) & mask) {
        struct index_slot *slot = &index->slots[at];
        if (slot->key == NULL)
            return slot;
        if (slot->hash == hash && strncmp(slot->key, key, len) == 0 && slot->key[len] == '\0')
            return slot;
    }
}

static bool grow(struct index *index)
{
    size_t size = index->size > 0 ? index->size * 2 : 64;
    struct index_slot *slots = calloc(size, sizeof(*slots));
    if (slots == NULL)
        return false;
    struct index bigger = *index;
    bigger.slots = slots;
    bigger.size = size;
    for (size_t i = 0; i < index->size; i++) {
        const struct index_slot *slot = &index->slots[i];
        if (slot->key != NULL)
            *slot_of(&bigger, slot->key, strlen(slot->key), slot->hash) = *slot;
    }
    free(index->slots);
    *index = bigger;
    return true;
}

int32_t index_add(struct index *index, const char *key, int32_t row)
{
    if ((index->len + 1) * 4 > index->size * 3 && !grow(index)) {
        index->failed = true;
        return INDEX_NONE;
    }
    size_t len = strlen(key);
    uint32_t hash = key_hash(key, len);
    struct index_slot *slot = slot_of(index, key, len, hash);
    if (slot->key != NULL)
        return slot->row;
    *slot = (struct index_slot){.key = key, .hash = hash, .row = row};
    index->len++;
    return INDEX_NONE;
}

int32_t index_find_part(const struct index *index, const char *key, size_t len)
{
    if (index->len == 0)
        return INDEX_NONE;
    const struct index_slot *slot = slot_of(index, key, len, key_hash(key, len));
    return slot->key != NULL ? slot->row : INDEX_NONE;
}

int32_t index_find(const struct index *index, const char *key)
{
    return index_find_part(index, key, strlen(key));
}

void index_suggest(const struct index *index, struct suggest *suggest)
{
    for (size_t i = 0; i < index->size; i++)
        if (index->slots[i].key != NULL)
            suggest_offer(suggest, index->slots[i].key);
}

void index_free(struct index *index)
{
    free(index->slots);
    *index = (struct index){0};
}
