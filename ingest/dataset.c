/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/dataset.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

void steps_say(const struct steps *steps, const char *what, size_t done, size_t of)
{
    if (steps->step != NULL)
        steps->step(steps->cls, what, (int64_t)done, (int64_t)of);
}

bool reading_failed(const struct reading *reading)
{
    bool failed = reading->data->arena.failed || reading->folder->failed || reading->faults->failed;
    for (size_t i = 0; i < KEY_COUNT; i++)
        failed = failed || reading->data->lookup[i].failed;
    return failed;
}

void *dataset_row(const struct dataset *data, enum table table, size_t row)
{
    const struct rows *rows = &data->table[table];
    assert(row < rows->len);
    return (char *)rows->at + row * rows->size;
}

void *rows_add(struct rows *rows)
{
    if (rows->len == rows->cap) {
        size_t cap = rows->cap > 0 ? rows->cap * 2 : 64;
        void *at = cap <= INT32_MAX ? reallocarray(rows->at, cap, rows->size) : NULL;
        if (at == NULL)
            return NULL;
        rows->at = at;
        rows->cap = cap;
    }
    void *row = (char *)rows->at + rows->len++ * rows->size;
    memset(row, 0, rows->size);
    return row;
}

bool chains_make(struct chains *chains, const struct dataset *data, enum table table, int32_t (*study_of)(const void *row))
{
    size_t studies = data->table[TABLE_STUDIES].len, rows = data->table[table].len;
    /* One more: never of no bytes. */
    chains->first = reallocarray(NULL, studies + 1, sizeof(*chains->first));
    chains->next = reallocarray(NULL, rows + 1, sizeof(*chains->next));
    if (chains->first == NULL || chains->next == NULL)
        return false;
    for (size_t i = 0; i < studies; i++)
        chains->first[i] = LOOKUP_NONE;
    for (size_t i = rows; i-- > 0;) {
        int32_t study = study_of(dataset_row(data, table, i));
        if (study == LOOKUP_NONE)
            continue;
        chains->next[i] = chains->first[study];
        chains->first[study] = (int32_t)i;
    }
    return true;
}

static void chains_free(struct chains *chains)
{
    free(chains->first);
    free(chains->next);
}

void dataset_free(struct dataset *data)
{
    chains_free(&data->plans);
    chains_free(&data->reports);
    for (size_t i = 0; i < TABLE_COUNT; i++)
        free(data->table[i].at);
    for (size_t i = 0; i < KEY_COUNT; i++)
        lookup_free(&data->lookup[i]);
    for (size_t i = 0; i < FOLDER_FIXED; i++)
        free(data->text[i]);
    arena_free(&data->arena);
    *data = (struct dataset){0};
}
