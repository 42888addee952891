/* SPDX-License-Identifier: GPL-3.0-or-later
 * Statistics: a table with a cell for every value of its dimensions, filled from kept sums where there are any, else from the records.
 * What was computed from the records stays for the data version.
 */
#include "db/image.h"
#include "db/internal.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static void table_free(struct stats_table *table)
{
    for (size_t i = 0; i < DB_BY_MAX; i++)
        stats_axis_free(&table->axis[i]);
}

static enum db_status table_rule(struct db_reader *reader, struct arena *work, struct arena *arena, const struct db_stats_query *query,
                                 struct stats_table *table)
{
    enum db_status status = DB_OK;
    table->cells_len = query->by_len > 0;
    for (size_t i = 0; i < query->by_len && status == DB_OK; i++) {
        status = stats_axis_read(reader, arena, query, i, &table->axis[i]);
        table->cells_len *= table->axis[i].keys.len;
    }
    if (status != DB_OK)
        return status;
    table->sums = arena_array(work, table->cells_len + 1, sizeof *table->sums);
    return table->sums == NULL ? DB_NO_MEMORY : DB_OK;
}

/* ── where a row belongs ────────────────────────────────────────────────────────────────────────────────────── */

/* keys.len when the axis has no such value. */
static size_t place_of_year(const struct stats_axis *axis, int64_t year)
{
    const struct db_stats_key *keys = axis->keys.items;
    size_t i = 0;
    while (i < axis->keys.len && keys[i].year != year)
        i++;
    return i;
}

static size_t place_of_code(const struct stats_axis *axis, const char *code)
{
    if (code == NULL)
        return axis->has_unknown ? axis->keys.len - 1 : axis->keys.len;
    const struct map_entry *entry = map_find(&axis->index, code);
    return entry != NULL ? entry->index : axis->keys.len;
}

size_t stats_axis_place(const struct stats_axis *axis, const char *key)
{
    return axis->has_years && key != NULL ? place_of_year(axis, strtol(key, NULL, 10)) : place_of_code(axis, key);
}

/* The place of a row's cell; cells_len when there is none. */
static size_t place_of(const struct stats_table *table, size_t by_len, struct query *row)
{
    size_t place = 0;
    for (size_t i = 0; i < by_len; i++) {
        const struct stats_axis *axis = &table->axis[i];
        size_t on_axis = axis->has_years ? place_of_year(axis, query_int(row, (int)i)) : place_of_code(axis, query_text(row, (int)i));
        if (on_axis == axis->keys.len)
            return table->cells_len;
        place = place * axis->keys.len + on_axis;
    }
    return place;
}

/* ── from kept sums ─────────────────────────────────────────────────────────────────────────────────────────── */

struct kept {
    struct stats_table *table;
    bool is_total, is_lost; /* a cell that no axis has */
};

static bool take_kept(void *cls, const char *key, const struct stats_sums *sums)
{
    struct kept *kept = cls;
    const struct stats_table *table = kept->table;
    const struct stats_axis *axis = &table->axis[0];
    size_t place = kept->is_total ? table->cells_len : place_of_code(axis, key);
    kept->is_lost = !kept->is_total && place == axis->keys.len;
    if (!kept->is_lost)
        table->sums[place] = *sums;
    return !kept->is_lost;
}

static enum db_status fill_kept(struct db_reader *reader, const struct db_stats_query *query, struct stats_table *table)
{
    struct db_stats_query total = *query;
    total.by_len = 0;
    struct kept kept = {.table = table};
    enum db_status status = query->by_len > 0 ? stats_kept_each(reader->st, query, take_kept, &kept) : DB_OK;
    kept.is_total = true;
    if (status == DB_OK && !kept.is_lost)
        status = stats_kept_each(reader->st, &total, take_kept, &kept);
    return status == DB_OK && kept.is_lost ? DB_DAMAGED : status;
}

/* ── from the records ───────────────────────────────────────────────────────────────────────────────────────── */

struct pass {
    const struct db_stats_query *query;
    struct stats_table *table;
    struct stats_leaders leaders;
    enum { TOTAL_LATER, TOTAL_BY_ROW, TOTAL_BY_STUDY } total; /* by row: a study is in one cell; by study: its rows follow one another */
    struct stats_sums one;                                    /* the study so far, of TOTAL_BY_STUDY */
    int64_t study;
};

static void pass_free(struct pass *pass)
{
    stats_leaders_free(&pass->leaders);
}

static bool add_to(struct pass *pass, size_t place, const struct stats_member *member)
{
    struct stats_sums *sums = &pass->table->sums[place];
    stats_sums_add(sums, member);
    return !pass->query->leaders || stats_leaders_add(&pass->leaders, place, member->leader, sums);
}

/* The study in the total: its regions together, or the shares of its amount; all else it is in each cell alike. */
static void settle_study(struct pass *pass)
{
    static const enum stats_number once[] = {STATS_STUDIES, STATS_WITH_PLANNED, STATS_WITH_INCLUDED, STATS_WITH_BOTH};
    struct stats_member whole = {.oldest = pass->one.oldest, .newest = pass->one.newest};
    if (pass->study == 0)
        return;
    for (size_t i = 0; i < COUNT_OF(once); i++)
        pass->one.number[once[i]] = pass->one.number[once[i]] > 0;
    memcpy(whole.number, pass->one.number, sizeof whole.number);
    stats_sums_add(&pass->table->sums[pass->table->cells_len], &whole);
    pass->one = (struct stats_sums){.leaders = 0};
}

static bool add_to_study(struct pass *pass, const struct stats_member *member)
{
    bool is_next = member->study != pass->study;
    if (is_next)
        settle_study(pass);
    pass->study = member->study;
    if (is_next || pass->query->grain == DB_GRAIN_REGION)
        stats_sums_add(&pass->one, member);
    else if (!pass->query->whole)
        pass->one.number[STATS_AMOUNT] += member->number[STATS_AMOUNT];
    struct stats_sums *total = &pass->table->sums[pass->table->cells_len];
    return !is_next || !pass->query->leaders || stats_leaders_add(&pass->leaders, pass->table->cells_len, member->leader, total);
}

static enum db_status add_row(struct pass *pass, struct query *row)
{
    const struct stats_table *table = pass->table;
    struct stats_member member = stats_member_read(row, pass->query->by_len);
    size_t place = place_of(table, pass->query->by_len, row);
    if (pass->query->by_len > 0 && place == table->cells_len) /* an axis that does not know a value that the records have */
        return DB_BUG;
    bool is_added = pass->query->by_len == 0 || add_to(pass, place, &member);
    if (is_added && pass->total == TOTAL_BY_ROW)
        is_added = add_to(pass, table->cells_len, &member);
    if (is_added && pass->total == TOTAL_BY_STUDY)
        is_added = add_to_study(pass, &member);
    return is_added ? DB_OK : DB_NO_MEMORY;
}

static enum db_status pass_run(struct db_reader *reader, struct arena *work, struct pass *pass)
{
    struct query rows CLEANUP(query_end) = {0};
    struct sql sql = sql_begin(work);
    stats_question(&sql, pass->query, 0);
    enum db_status status = sql_query(&sql, reader->st, &rows);
    while (status == DB_OK && query_row(&rows))
        status = add_row(pass, &rows);
    settle_study(pass);
    return status == DB_OK ? query_status(&rows) : status;
}

static enum db_status fill_by_engine(struct db_reader *reader, struct arena *work, const struct db_stats_query *query,
                                     struct stats_table *table)
{
    struct db_stats_query total = *query;
    total.by_len = 0;
    struct pass cells CLEANUP(pass_free) = {.query = query, .table = table};
    struct pass whole CLEANUP(pass_free) = {.query = &total, .table = table, .total = TOTAL_BY_ROW};
    bool is_kept = stats_is_kept(&total);
    if (!stats_is_several(query))
        cells.total = TOTAL_BY_ROW;
    else if (stats_is_in_turn(query) && !is_kept)
        cells.total = TOTAL_BY_STUDY;
    enum db_status status = pass_run(reader, work, &cells);
    if (status != DB_OK || cells.total != TOTAL_LATER)
        return status;
    return is_kept ? fill_kept(reader, &total, table) : pass_run(reader, work, &whole);
}

static enum db_status fill_computed(struct db_reader *reader, struct arena *work, const struct db_stats_query *query,
                                    struct stats_table *table)
{
    const struct image *image;
    reader->db->answers.computed++;
    if (query->known_at != 0) /* the image is of now */
        return fill_by_engine(reader, work, query, table);
    enum db_status status = reader_image(reader, &image);
    if (status == DB_OK)
        status = image != NULL ? image_stats(reader, image, work, query, table) : fill_by_engine(reader, work, query, table);
    image_let_go(reader->db, image);
    return status;
}

/* ── the answer ─────────────────────────────────────────────────────────────────────────────────────────────── */

static void key_cell(const struct stats_table *table, size_t by_len, size_t place, struct db_stats_cell *cell)
{
    for (size_t k = by_len; k-- > 0;) {
        const struct db_stats_key *keys = table->axis[k].keys.items;
        cell->key[k] = keys[place % table->axis[k].keys.len];
        place /= table->axis[k].keys.len;
    }
}

static enum db_status read_out(const struct stats_table *table, struct arena *arena, const struct db_stats_query *query,
                               struct db_stats *ret_stats)
{
    struct db_stats_cell *cells = arena_array(arena, table->cells_len + 1, sizeof *cells);
    bool is_done = cells != NULL;
    for (size_t i = 0; i < table->cells_len && is_done; i++) {
        key_cell(table, query->by_len, i, &cells[i]);
        is_done = stats_cell_of(&table->sums[i], query, arena, &cells[i]);
    }
    is_done = is_done && stats_cell_of(&table->sums[table->cells_len], query, arena, &cells[table->cells_len]);
    if (!is_done)
        return DB_NO_MEMORY;
    *ret_stats = (struct db_stats){.cells = cells, .cells_len = table->cells_len, .total = cells[table->cells_len]};
    return DB_OK;
}

static enum db_status find_out(struct db_reader *reader, struct arena *arena, const void *asked, const void **ret_found)
{
    const struct db_stats_query *query = asked;
    struct arena work CLEANUP(arena_free) = {0};
    struct stats_table table CLEANUP(table_free) = {0};
    struct db_stats *stats = arena_alloc(arena, sizeof *stats);
    enum db_status status = stats == NULL ? DB_NO_MEMORY : table_rule(reader, &work, arena, query, &table);
    if (status == DB_OK)
        status = stats_is_kept(query) ? fill_kept(reader, query, &table) : fill_computed(reader, &work, query, &table);
    *ret_found = stats;
    return status == DB_OK ? read_out(&table, arena, query, stats) : status;
}

struct told {
    bool (*each)(void *cls, const struct db_stats *stats);
    void *cls;
};

static void tell(void *cls, const void *found)
{
    const struct told *told = cls;
    told->each(told->cls, found);
}

/* What was known once is no answer about the data version. */
static enum db_status tell_at_once(struct db_reader *reader, const struct db_stats_query *query, struct told *told)
{
    struct arena arena CLEANUP(arena_free) = {0};
    const void *found = NULL;
    enum db_status status = find_out(reader, &arena, query, &found);
    if (status == DB_OK)
        tell(told, found);
    return status;
}

enum db_status db_stats(struct db_reader *reader, const struct db_stats_query *query, bool (*each)(void *cls, const struct db_stats *stats),
                        void *cls)
{
    struct arena work CLEANUP(arena_free) = {0};
    struct db_reader *scope CLEANUP(reader_leave_at) = NULL;
    struct told told = {each, cls};
    assert(query->known_at == 0 || (query->grain == DB_GRAIN_REGION && query->by_len == 1 && query->by[0] == DB_BY_REGION));
    struct sql key = sql_begin(&work);
    enum db_status status = reader_enter(reader);
    if (status != DB_OK)
        return status;
    scope = reader;
    if (query->known_at != 0)
        return tell_at_once(reader, query, &told);
    stats_question(&key, query, 0);
    sql_add(&key, query->leaders ? " and leaders" : ""); /* all else that is asked shows in the statement */
    return answer_shared(reader, &(struct shared_question){&key, query, find_out}, tell, &told);
}

int64_t db_stats_computed(const struct db *db)
{
    return db->answers.computed;
}
