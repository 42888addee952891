/* SPDX-License-Identifier: GPL-3.0-or-later
 * The values of a facet: which there are, how studies are counted at them, and the order they are told in.
 */
#include "db/facets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db/sortkey.h"

static void fail(struct facet_tally *tally, enum db_status status)
{
    if (tally->status == DB_OK)
        tally->status = status;
}

/* Its place; NOWHERE = no memory. The texts live in the tally's arena, or for ever. */
static size_t add(struct facet_tally *tally, const char *word, const struct facet_value *value)
{
    struct facet_value *item = map_reserve(&tally->index, 1) ? list_add(&tally->values, tally->arena) : NULL;
    if (item == NULL) {
        fail(tally, DB_NO_MEMORY);
        return NOWHERE;
    }
    *item = *value;
    item->parent = NOWHERE;
    map_put(&tally->index, word)->index = tally->values.len - 1;
    return tally->values.len - 1;
}

static size_t add_code(struct facet_tally *tally, const char *word, const char *code)
{
    return add(tally, word, &(struct facet_value){.shown.code = code});
}

static size_t find_sorted(const struct facet_tally *tally, const char *word)
{
    size_t low = 0, high = tally->sorted;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(tally_value(tally, middle)->shown.code, word);
        if (order == 0)
            return middle;
        *(order < 0 ? &low : &high) = order < 0 ? middle + 1 : middle;
    }
    return NOWHERE;
}

static size_t find(const struct facet_tally *tally, const char *word)
{
    const struct map_entry *entry = map_find(&tally->index, word);
    return entry == NULL ? find_sorted(tally, word) : entry->index;
}

/* ── the vocabulary ─────────────────────────────────────────────────────────────────────────────────────────── */

static const struct field value_fields[] = {
    {":code", FIELD_TEXT, offsetof(struct facet_value, shown.code)},
    {":label_nb", FIELD_TEXT, offsetof(struct facet_value, shown.label.nb)},
    {":label_en", FIELD_TEXT, offsetof(struct facet_value, shown.label.en)},
    {":part_of", FIELD_TEXT, offsetof(struct facet_value, part_of)},
    {0},
};

static void read_reference(struct db_reader *reader, struct facet_tally *tally)
{
    struct query rows CLEANUP(query_end) = query_begin(reader->st, tally->facet->statement, NO_ARGS);
    while (tally->status == DB_OK && query_row(&rows)) {
        struct facet_value value = {.part_of = NULL};
        query_fields(&rows, value_fields, &value, tally->arena);
        if (value.shown.code == NULL)
            fail(tally, DB_NO_MEMORY);
        else
            add(tally, value.shown.code, &value);
    }
    fail(tally, query_status(&rows));
    for (size_t i = 0; i < tally->values.len; i++)
        if (tally_value(tally, i)->part_of != NULL)
            tally_value(tally, i)->parent = find(tally, tally_value(tally, i)->part_of);
}

static bool add_status(void *cls, const char *code)
{
    return add_code(cls, code, code) != NOWHERE;
}

enum db_status tally_begin(struct db_reader *reader, struct facet_tally *tally)
{
    tally->values.size = sizeof(struct facet_value);
    switch (tally->facet->source) {
    case FROM_STATEMENT: read_reference(reader, tally); break;
    case FROM_STATUS: db_vocabulary_each(reader, DB_VOCAB_STATUS, add_status, tally); break;
    case FROM_YES_NO:
        add_code(tally, "1", "true");
        add_code(tally, "0", "false");
        break;
    case FROM_YEARS:
    case FROM_LEADERS: break;
    }
    return tally->status;
}

void tally_end(struct facet_tally *tally)
{
    map_free(&tally->index);
}

size_t tally_place(struct facet_tally *tally, const char *word)
{
    size_t place = word == NULL ? NOWHERE : find(tally, word);
    bool is_open = tally->facet->source == FROM_YEARS || tally->facet->source == FROM_LEADERS;
    if (place != NOWHERE || word == NULL)
        return place;
    if (!is_open) {
        fail(tally, DB_DAMAGED);
        return NOWHERE;
    }
    const char *copy = arena_strdup(tally->arena, word);
    if (copy == NULL)
        fail(tally, DB_NO_MEMORY);
    return copy == NULL ? NOWHERE : add_code(tally, copy, copy);
}

void tally_expect(struct facet_tally *tally, size_t len)
{
    if (list_extend(&tally->values, tally->arena, len) == NULL)
        fail(tally, DB_NO_MEMORY);
    else
        tally->values.len -= len;
}

void tally_append(struct facet_tally *tally, const char *word, uint32_t rank, int64_t study_count)
{
    struct facet_value *item = list_add(&tally->values, tally->arena);
    if (item == NULL) {
        fail(tally, DB_NO_MEMORY);
        return;
    }
    *item = (struct facet_value){.shown = {.code = word, .study_count = study_count}, .parent = NOWHERE, .rank = rank};
    tally->sorted = tally->values.len;
}

/* ── studies one by one ─────────────────────────────────────────────────────────────────────────────────────── */

void tally_count(struct facet_tally *tally, size_t place, uint32_t study)
{
    struct facet_value *value = place == NOWHERE ? NULL : tally_value(tally, place);
    if (value == NULL || value->seen == study)
        return;
    value->seen = study;
    value->shown.study_count++;
}

/* It ends where the study was counted before: also where data go in a circle. */
void tally_count_upwards(struct facet_tally *tally, size_t place, uint32_t study)
{
    for (; place != NOWHERE && tally_value(tally, place)->seen != study; place = tally_value(tally, place)->parent)
        tally_count(tally, place, study);
}

static bool other_is_negated(const struct facet_tally *tally)
{
    const void *other = (const char *)tally->filter + tally->facet->other;
    return tally->facet->own_kind == OWN_YEARS ? ((const struct db_codes *)other)->negate : ((const struct db_ranges *)other)->negate;
}

/* As db/studies_query.c has it: with the other filter negated a study has the value, unless an award of that value is one it names. */
void tally_count_awards(struct facet_tally *tally, const struct tally_award *awards, size_t len, bool has_other, uint32_t study)
{
    bool negate = has_other && other_is_negated(tally);
    for (size_t i = 0; i < len && negate; i++)
        if (awards[i].is_named && awards[i].place != NOWHERE)
            tally_value(tally, awards[i].place)->shut = study;
    for (size_t i = 0; i < len; i++) {
        bool is_let =
            negate ? awards[i].place != NOWHERE && tally_value(tally, awards[i].place)->shut != study : awards[i].is_named || !has_other;
        if (is_let)
            tally_count(tally, awards[i].place, study);
    }
}

/* ── what the own filter names ──────────────────────────────────────────────────────────────────────────────── */

static void name(struct facet_tally *tally, const char *code)
{
    const char *word = tally->facet->source != FROM_YES_NO ? code : strcmp(code, "true") == 0 ? "1" : "0";
    size_t place = find(tally, word);
    const char *copy = place == NOWHERE ? arena_strdup(tally->arena, code) : NULL;
    if (copy != NULL)
        place = add_code(tally, copy, copy); /* after those of the vocabulary */
    if (place == NOWHERE)
        fail(tally, DB_NO_MEMORY);
    else
        tally_value(tally, place)->is_named = true;
}

/* Within a range no year is named. */
static void name_own(struct facet_tally *tally)
{
    const void *own = (const char *)tally->filter + tally->facet->own;
    const struct db_codes *codes = own;
    const struct db_ranges *years = own;
    char year[24];
    if (tally->facet->own_kind == OWN_TRI && *(const enum db_tri *)own != DB_ANY)
        name(tally, *(const enum db_tri *)own == DB_YES ? "true" : "false");
    for (size_t i = 0; tally->facet->own_kind == OWN_CODES && i < codes->len; i++)
        name(tally, codes->values[i]);
    for (size_t i = 0; tally->facet->own_kind == OWN_YEARS && i < years->len; i++)
        if (years->r[i].min == years->r[i].max) {
            snprintf(year, sizeof year, "%lld", (long long)years->r[i].min);
            name(tally, year);
        }
}

/* ── order ──────────────────────────────────────────────────────────────────────────────────────────────────── */

struct name_key {
    size_t len;
    unsigned char bytes[];
};

struct ordered {
    uint64_t number; /* how many studies it lacks of all there can be, then its rank: the place, the year, or what the image says */
    const struct facet_value *value;
    const struct name_key *key; /* of leaders whose rank is not known */
};

static int by_key(const struct name_key *x, const struct name_key *y)
{
    int order = memcmp(x->bytes, y->bytes, x->len < y->len ? x->len : y->len);
    return order != 0 ? order : (x->len > y->len) - (x->len < y->len);
}

/* Only leaders that no study has may be without a rank beside others that have one: their numbers differ. */
static int most_first(const void *a, const void *b)
{
    const struct ordered *x = a, *y = b;
    if (x->number != y->number)
        return x->number > y->number ? 1 : -1;
    int order = x->key != NULL && y->key != NULL ? by_key(x->key, y->key) : 0;
    return order != 0 ? order : strcmp(x->value->shown.code, y->value->shown.code);
}

static bool differ_in(const struct ordered *items, size_t len, int shift)
{
    for (size_t i = 1; i < len; i++)
        if ((items[i].number >> shift & 255) != (items[0].number >> shift & 255))
            return true;
    return false;
}

/* Byte by byte from the last, each time leaving equals as they were: a fifth of what comparing fifty thousand leaders takes. Where the
 * items end up, of which room is as long. */
static struct ordered *sort_by_number(struct ordered *items, struct ordered *room, size_t len)
{
    for (int shift = 0; shift < 64; shift += 8) {
        size_t at[257] = {0};
        if (!differ_in(items, len, shift))
            continue;
        for (size_t i = 0; i < len; i++)
            at[(items[i].number >> shift & 255) + 1]++;
        for (size_t i = 0; i < 256; i++)
            at[i + 1] += at[i];
        for (size_t i = 0; i < len; i++)
            room[at[items[i].number >> shift & 255]++] = items[i];
        struct ordered *sorted = room;
        room = items;
        items = sorted;
    }
    return items;
}

static const struct name_key *key_of(struct facet_tally *tally, const char *name)
{
    struct name_key *key = arena_alloc(tally->arena, sizeof *key + SORT_KEY_BYTES);
    if (key == NULL)
        fail(tally, DB_NO_MEMORY);
    else
        key->len = sortkey_nb(name, key->bytes, SORT_KEY_BYTES);
    return key;
}

static struct ordered ordered_of(struct facet_tally *tally, size_t place)
{
    const struct facet_value *value = tally_value(tally, place);
    struct ordered ordered = {.number = (UINT64_C(0xffffffff) - (uint64_t)value->shown.study_count) << 32, .value = value};
    if (tally->facet->source == FROM_YEARS)
        ordered.number += strtoull(value->shown.code, NULL, 10);
    else if (tally->facet->source != FROM_LEADERS)
        ordered.number += place;
    else if (value->rank > 0)
        ordered.number += value->rank;
    else
        ordered.key = key_of(tally, value->shown.code);
    return ordered;
}

/* What is told, in order; NULL = no memory. Equals that have no key are in the order of their bytes already. */
static const struct ordered *in_order(struct facet_tally *tally, size_t *ret_len)
{
    size_t len = 0;
    bool has_keys = false;
    struct ordered *ordered = arena_array(tally->arena, tally->values.len, sizeof *ordered);
    struct ordered *room = arena_array(tally->arena, tally->values.len, sizeof *ordered);
    if (ordered == NULL || room == NULL)
        return NULL;
    for (size_t i = 0; i < tally->values.len; i++)
        if (tally_value(tally, i)->shown.study_count > 0 || tally_value(tally, i)->is_named) {
            ordered[len++] = ordered_of(tally, i);
            has_keys = has_keys || ordered[len - 1].key != NULL;
        }
    *ret_len = len;
    if (!has_keys)
        return sort_by_number(ordered, room, len);
    qsort(ordered, len, sizeof *ordered, most_first);
    return ordered;
}

static size_t size_of(const char *text)
{
    return text == NULL ? 0 : strlen(text) + 1;
}

static const char *put(char **at, const char *text)
{
    size_t size = size_of(text);
    const char *copy = size == 0 ? NULL : memcpy(*at, text, size);
    *at += size;
    return copy;
}

/* All into one piece of memory: there may be many. */
static bool copy_texts(struct arena *arena, struct db_facet_value *values, size_t len)
{
    size_t bytes = 0;
    for (size_t i = 0; i < len; i++)
        bytes += size_of(values[i].code) + size_of(values[i].label.nb) + size_of(values[i].label.en);
    char *at = arena_array(arena, bytes, 1);
    for (size_t i = 0; at != NULL && i < len; i++) {
        values[i].code = put(&at, values[i].code);
        values[i].label = (struct db_text){put(&at, values[i].label.nb), put(&at, values[i].label.en)};
    }
    return at != NULL;
}

enum db_status tally_read(struct facet_tally *tally, struct arena *arena, struct db_facet_counts *ret_counts)
{
    size_t len = 0;
    name_own(tally);
    const struct ordered *ordered = in_order(tally, &len);
    struct db_facet_value *values = ordered == NULL ? NULL : arena_array(arena, len + 1, sizeof *values);
    if (values == NULL || tally->status != DB_OK)
        return tally->status != DB_OK ? tally->status : DB_NO_MEMORY;
    for (size_t i = 0; i < len; i++)
        values[i] = ordered[i].value->shown;
    if (!copy_texts(arena, values, len))
        return DB_NO_MEMORY;
    values[len].study_count = tally->without;
    *ret_counts = (struct db_facet_counts){values, len + (tally->without > 0), tally->study_count};
    return DB_OK;
}
