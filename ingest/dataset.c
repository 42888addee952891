/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/dataset.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

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

void dataset_free(struct dataset *data)
{
    for (size_t i = 0; i < TABLE_COUNT; i++)
        free(data->table[i].at);
    for (size_t i = 0; i < KEY_COUNT; i++)
        lookup_free(&data->lookup[i]);
    for (size_t i = 0; i < FOLDER_FIXED; i++)
        free(data->text[i]);
    arena_free(&data->arena);
}
