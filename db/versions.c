/* SPDX-License-Identifier: GPL-3.0-or-later
 * Versions are asked for with every request, so they are in memory: numbers as atomics; studies in the image there was at open, and in a
 * map those that changed since, or all where there was none. The map is written only after a commit, and by one thread.
 */
#include "db/image.h"

#include <assert.h>
#include <string.h>

const char *db_epoch(const struct db *db)
{
    return db->versions.epoch;
}

int64_t versions_facts(const struct db *db)
{
    return db->versions.facts_version;
}

int64_t db_data_version(const struct db *db)
{
    return db->versions.data_version;
}

int64_t db_data_updated(const struct db *db)
{
    return db->versions.data_updated;
}

/* The lock is no part of what a caller may not change. */
static struct versions *versions_of(const struct db *db)
{
    return (struct versions *)&db->versions;
}

/* NO_VALUE = the image does not have it. */
static uint32_t row_of(const struct versions *versions, const char *code)
{
    return versions->base == NULL ? NO_VALUE : image_find(versions->base, code);
}

bool db_study_state(const struct db *db, const char *code, struct db_study_state *ret_state)
{
    struct versions *versions = versions_of(db);
    pthread_rwlock_rdlock(&versions->lock);
    const struct map_entry *entry = map_find(&versions->map, code);
    if (entry != NULL)
        *ret_state = entry->state;
    pthread_rwlock_unlock(&versions->lock);
    uint32_t row = entry == NULL ? row_of(versions, code) : NO_VALUE;
    if (row != NO_VALUE)
        *ret_state =
            (struct db_study_state){image_numbers(versions->base, COLUMN_VERSION)[row], image_numbers(versions->base, COLUMN_UPDATED)[row]};
    return entry != NULL || row != NO_VALUE;
}

const char *versions_code(const struct db *db, const char *code)
{
    struct versions *versions = versions_of(db);
    uint32_t row = row_of(versions, code);
    if (row != NO_VALUE)
        return image_code(versions->base, row);
    pthread_rwlock_rdlock(&versions->lock);
    const struct map_entry *entry = map_find(&versions->map, code);
    const char *kept = entry == NULL ? NULL : entry->key;
    pthread_rwlock_unlock(&versions->lock);
    return kept;
}

void versions_each(const struct db *db, bool (*each)(void *cls, const char *code), void *cls)
{
    struct versions *versions = versions_of(db);
    size_t rows = versions->base == NULL ? 0 : versions->base->len;
    bool goes_on = true;
    for (size_t row = 0; row < rows && goes_on; row++)
        goes_on = each(cls, image_code(versions->base, row));
    pthread_rwlock_rdlock(&versions->lock);
    for (size_t i = 0; i < versions->map.room && goes_on; i++) {
        const char *code = versions->map.slots[i].key;
        if (code != NULL && row_of(versions, code) == NO_VALUE)
            goes_on = each(cls, code);
    }
    pthread_rwlock_unlock(&versions->lock);
}

enum db_status versions_begin(struct db *db)
{
    struct query query CLEANUP(query_end) = query_begin(&db->statements, STMT_register_get, NO_ARGS);
    if (!query_row(&query))
        return query.code == SQLITE_DONE ? DB_DAMAGED : query_status(&query);
    const char *epoch = query_text(&query, 0);
    if (epoch == NULL || strlen(epoch) + 1 != sizeof db->versions.epoch)
        return DB_DAMAGED;
    memcpy(db->versions.epoch, epoch, sizeof db->versions.epoch);
    db->versions.data_version = query_int(&query, 1);
    db->versions.data_updated = query_int(&query, 2);
    db->versions.facts_version = query_int(&query, 5);
    return DB_OK;
}

enum db_status versions_load(struct db *db)
{
    struct versions *versions = &db->versions;
    versions->base = image_take(db, db_data_version(db), db_data_version(db));
    if (versions->base != NULL)
        return DB_OK;
    struct query query CLEANUP(query_end) = query_begin(&db->statements, STMT_versions_all, NO_ARGS);
    while (query_row(&query)) {
        const char *code = query_text(&query, 0);
        const char *key = code == NULL ? NULL : arena_strndup(&versions->keys, code, strlen(code));
        if (key == NULL || !map_reserve(&versions->map, 1))
            return DB_NO_MEMORY;
        map_put(&versions->map, key)->state = (struct db_study_state){query_int(&query, 1), query_int(&query, 2)};
    }
    return query_status(&query);
}

enum db_status versions_prepare(struct db *db, struct list *new_versions)
{
    struct versions *versions = &db->versions;
    struct new_version *items = new_versions->items;
    for (size_t i = 0; i < new_versions->len; i++) {
        const char *kept = versions_code(db, items[i].code);
        items[i].code = kept != NULL ? kept : arena_strndup(&versions->keys, items[i].code, strlen(items[i].code));
        if (items[i].code == NULL)
            return DB_NO_MEMORY;
    }
    pthread_rwlock_wrlock(&versions->lock);
    bool is_reserved = map_reserve(&versions->map, new_versions->len);
    pthread_rwlock_unlock(&versions->lock);
    return is_reserved ? DB_OK : DB_NO_MEMORY;
}

void versions_publish(struct db *db, const struct list *new_versions, int64_t data_version, int64_t updated, bool is_of_facts)
{
    struct versions *versions = &db->versions;
    const struct new_version *items = new_versions->items;
    assert(data_version == versions->data_version + 1);
    pthread_rwlock_wrlock(&versions->lock);
    for (size_t i = 0; i < new_versions->len; i++)
        map_put(&versions->map, items[i].code)->state = items[i].state;
    pthread_rwlock_unlock(&versions->lock);
    if (is_of_facts)
        versions->facts_version = data_version;
    versions->data_updated = updated;
    versions->data_version = data_version;
}
