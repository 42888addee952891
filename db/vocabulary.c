/* SPDX-License-Identifier: GPL-3.0-or-later
 * The values a parameter may have, read once for each data version. A spelling handed out lives as long as the reader: an import
 * in the middle of a request takes nothing away from it.
 */
#include "base/utf8.h"
#include "db/image.h"

#include <string.h>

#define NAME_MAX_BYTES 512 /* a longer name is nobody's */

struct source {
    enum db_statement statement; /* STMT_COUNT: not from a statement */
    const char *const *constants;
    bool fold_case;
    bool is_of_image;           /* the image's leaders, where there is one */
    enum db_statement elsewise; /* what they answer to beside their names */
};
static const char *const statuses[] = {
    "planned", "recruiting", "recruitment-ended", "follow-up", "completed", "stopped", "unknown", NULL,
};
static const struct source sources[] = {
    [DB_VOCAB_NONE] = {STMT_COUNT},
    [DB_VOCAB_PROGRAMME] = {STMT_vocabulary_programmes},
    [DB_VOCAB_STUDY] = {STMT_COUNT}, /* the map of versions knows */
    [DB_VOCAB_REGION] = {STMT_vocabulary_regions},
    [DB_VOCAB_MECHANISM] = {STMT_vocabulary_mechanisms},
    [DB_VOCAB_CATEGORY] = {STMT_vocabulary_categories},
    [DB_VOCAB_INSTITUTION] = {STMT_vocabulary_institutions, .fold_case = true},
    [DB_VOCAB_LEADER] = {STMT_vocabulary_leaders, .fold_case = true, .is_of_image = true, .elsewise = STMT_vocabulary_leader_aliases},
    [DB_VOCAB_STATUS] = {STMT_COUNT, .constants = statuses},
};

static uint32_t lower(uint32_t c)
{
    if ((c >= 'A' && c <= 'Z') || (c >= 0xC0 && c <= 0xDE && c != 0xD7))
        return c + 32;
    if (c == 0x178)
        return 0xFF;
    /* Latin Extended-A goes in pairs; from U+0139 to U+0148 and from U+0179 the capital is the odd one. */
    bool is_letter = c >= 0x100 && c < 0x17F && c != 0x130 && c != 0x131 && c != 0x138 && c != 0x149;
    bool is_capital_odd = (c >= 0x139 && c <= 0x148) || c >= 0x179;
    return is_letter && (c % 2 == 1) == is_capital_odd ? c + 1 : c;
}

/* false: too long for a name. */
static bool fold(const char *text, char out[NAME_MAX_BYTES])
{
    size_t len = 0;
    uint32_t c;
    while ((c = utf8_lax_next(&text)) != 0) {
        if (len + 5 > NAME_MAX_BYTES)
            return false;
        len += utf8_put(lower(c), out + len);
    }
    out[len] = '\0';
    return true;
}

/* ── leaders of the image: a register may have as many as studies ────────────────────────────────────────────── */

/* The image that was there at open, while nothing has changed since: what it names lives as long as the database. NULL = another way. */
static const struct image *names_of(const struct db_reader *reader, const struct source *source)
{
    const struct image *base = reader->db->versions.base;
    return source->is_of_image && base != NULL && base->data_version >= versions_facts(reader->db) ? base : NULL;
}

static bool is_same_name(const char *a, const char *b)
{
    uint32_t x, y;
    do {
        x = lower(utf8_lax_next(&a));
        y = lower(utf8_lax_next(&b));
    } while (x == y && x != 0);
    return x == y;
}

static const char *name_spelt(const struct image *image, const char *value)
{
    uint32_t exact = dim_find(image, DIM_LEADER, value);
    return exact == NO_VALUE ? NULL : dim_name(image, DIM_LEADER, exact);
}

static const char *name_in_any_case(const struct image *image, const char *value)
{
    for (size_t i = 0; i < dim_values(image, DIM_LEADER); i++)
        if (is_same_name(dim_name(image, DIM_LEADER, i), value))
            return dim_name(image, DIM_LEADER, i);
    return NULL;
}

/* ── reading ────────────────────────────────────────────────────────────────────────────────────────────────── */

static const char *word_kept(struct db_reader *reader, const char *word)
{
    const struct map_entry *entry = map_find(&reader->words, word);
    if (entry != NULL)
        return entry->key;
    const char *copy = arena_strndup(&reader->word_arena, word, strlen(word));
    if (copy == NULL || !map_reserve(&reader->words, 1))
        return NULL;
    return map_put(&reader->words, copy)->key;
}

/* key answers with word, unless something surer had the key before. */
static bool answer(struct vocabulary *vocabulary, struct map *map, const char *key, const char *word)
{
    if (map_find(map, key) != NULL)
        return true;
    const char *copy = map_reserve(map, 1) ? arena_strndup(&vocabulary->arena, key, strlen(key)) : NULL;
    if (copy != NULL)
        map_put(map, copy)->text = word;
    return copy != NULL;
}

static bool add(struct db_reader *reader, struct vocabulary *vocabulary, const struct source *source, const char *value, const char *key)
{
    char folded[NAME_MAX_BYTES];
    const char *word = word_kept(reader, value);
    if (word == NULL || !answer(vocabulary, &vocabulary->found, key, word))
        return false;
    if (strcmp(value, key) == 0) {
        const char **item = list_add(&vocabulary->values, &vocabulary->arena);
        if (item == NULL)
            return false;
        *item = word;
    }
    return !source->fold_case || !fold(key, folded) || answer(vocabulary, &vocabulary->any_case, folded, word);
}

static void vocabulary_free(struct vocabulary *vocabulary)
{
    map_free(&vocabulary->found);
    map_free(&vocabulary->any_case);
    arena_free(&vocabulary->arena);
    *vocabulary = (struct vocabulary){.facts_version = -1};
}

static enum db_status read_rows(struct db_reader *reader, struct vocabulary *vocabulary, const struct source *source)
{
    enum db_statement statement = names_of(reader, source) != NULL ? source->elsewise : source->statement;
    struct query query CLEANUP(query_end) = query_begin(reader->st, statement, NO_ARGS);
    while (query_row(&query)) {
        const char *value = query_text(&query, 0), *key = query_text(&query, 1);
        if (value == NULL || key == NULL || !add(reader, vocabulary, source, value, key))
            return DB_NO_MEMORY;
    }
    return query_status(&query);
}

/* Which state is read: a transaction may be older than what was committed since. */
static enum db_status read_version(struct db_reader *reader, int64_t *ret_version)
{
    struct query query CLEANUP(query_end) = query_begin(reader->st, STMT_register_get, NO_ARGS);
    if (query_row(&query))
        *ret_version = query_int(&query, 5);
    return query_status(&query);
}

/* In a transaction of its own, or the caller's. */
static enum db_status read_anew(struct db_reader *reader, const struct source *source, struct vocabulary *ret_vocabulary)
{
    struct db_reader *scope CLEANUP(reader_leave_at) = NULL;
    enum db_status status = reader_enter(reader);
    if (status != DB_OK)
        return status;
    scope = reader;
    status = read_version(reader, &ret_vocabulary->facts_version);
    return status == DB_OK ? read_rows(reader, ret_vocabulary, source) : status;
}

/* What cannot be read now stays as it was: the next question tries again. */
static struct vocabulary *vocabulary_now(struct db_reader *reader, enum db_vocabulary which)
{
    struct vocabulary *vocabulary = &reader->vocabularies[which];
    if (sources[which].statement == STMT_COUNT || vocabulary->facts_version == versions_facts(reader->db))
        return vocabulary;
    struct vocabulary fresh = {.values = {.size = sizeof(const char *)}, .facts_version = -1};
    struct db_bound bound = reader->bound;
    reader->bound = (struct db_bound){0}; /* a question answered by half a vocabulary would be answered wrongly */
    enum db_status status = read_anew(reader, &sources[which], &fresh);
    reader->bound = bound;
    if (status != DB_OK) {
        vocabulary_free(&fresh);
        return vocabulary;
    }
    vocabulary_free(vocabulary);
    *vocabulary = fresh;
    return vocabulary;
}

void vocabularies_close(struct db_reader *reader)
{
    for (size_t i = 0; i < COUNT_OF(reader->vocabularies); i++)
        vocabulary_free(&reader->vocabularies[i]);
    map_free(&reader->words);
    arena_free(&reader->word_arena);
}

/* ── asking ─────────────────────────────────────────────────────────────────────────────────────────────────── */

static const char *constant_find(const char *const *constants, const char *value)
{
    for (; constants != NULL && *constants != NULL; constants++)
        if (strcmp(*constants, value) == 0)
            return *constants;
    return NULL;
}

/* An old id stands for the study of today. */
static const char *study_find(struct db_reader *reader, const char *value)
{
    const char *code = versions_code(reader->db, value);
    if (code != NULL)
        return code;
    struct query query CLEANUP(query_end) = query_begin(reader->st, STMT_study_alias_get, ARGS(ARG_T(":alias", value)));
    return query_row(&query) ? versions_code(reader->db, query_text(&query, 1)) : NULL;
}

const char *db_vocabulary_find(struct db_reader *reader, enum db_vocabulary vocabulary, const char *value)
{
    char folded[NAME_MAX_BYTES];
    const struct source *source = &sources[vocabulary];
    if (vocabulary == DB_VOCAB_STUDY)
        return study_find(reader, value);
    if (source->statement == STMT_COUNT)
        return constant_find(source->constants, value);
    /* As it is spelt before any case: names may differ in nothing else. */
    const struct image *names = names_of(reader, source);
    const char *name = names == NULL ? NULL : name_spelt(names, value);
    if (name != NULL)
        return name;
    const struct vocabulary *known = vocabulary_now(reader, vocabulary);
    const struct map_entry *entry = map_find(&known->found, value);
    if (entry == NULL && source->fold_case && fold(value, folded)) {
        name = names == NULL ? NULL : name_in_any_case(names, value);
        if (name != NULL)
            return name;
        entry = map_find(&known->any_case, folded);
    }
    return entry == NULL ? NULL : entry->text;
}

void db_vocabulary_each(struct db_reader *reader, enum db_vocabulary vocabulary, bool (*each)(void *cls, const char *value), void *cls)
{
    const struct source *source = &sources[vocabulary];
    if (vocabulary == DB_VOCAB_STUDY) {
        versions_each(reader->db, each, cls);
        return;
    }
    for (const char *const *constant = source->constants; constant != NULL && *constant != NULL; constant++)
        if (!each(cls, *constant))
            return;
    const struct image *names = names_of(reader, source);
    for (size_t i = 0; names != NULL && i < dim_values(names, DIM_LEADER); i++)
        if (!each(cls, dim_name(names, DIM_LEADER, i)))
            return;
    const struct list *values = &vocabulary_now(reader, vocabulary)->values;
    for (size_t i = 0; i < values->len; i++)
        if (!each(cls, ((const char *const *)values->items)[i]))
            return;
}
