/* SPDX-License-Identifier: GPL-3.0-or-later
 * Sums of the whole register and of each programme, kept in the transaction of the change: a study that is touched leaves them as it
 * stood, and enters them again once it is made anew. What it contributes is what the statistic of this study alone says
 * (db/stats_question.c), so that a kept sum and a computed one have one definition.
 */
#include "db/internal.h"

#include <string.h>

/* Grows when a panel or a measure changes: the sums are then made anew at open. */
#define RULES 1

static const struct panel {
    const char *name;
    enum db_grain grain;
    enum db_dimension by;
    size_t by_len;
    bool leaders; /* kept too */
} panels[STATS_PANELS] = {
    [STATS_STUDY] = {"study", DB_GRAIN_STUDY, 0, 0, true},
    [STATS_STUDY_BY_MECHANISM] = {"study by mechanism", DB_GRAIN_STUDY, DB_BY_MECHANISM, 1, false},
    [STATS_AWARD] = {"award", DB_GRAIN_AWARD, 0, 0, false},
    [STATS_AWARD_BY_MECHANISM] = {"award by mechanism", DB_GRAIN_AWARD, DB_BY_MECHANISM, 1, false},
    [STATS_REGION] = {"region", DB_GRAIN_REGION, 0, 0, false},
    [STATS_REGION_BY_REGION] = {"region by region", DB_GRAIN_REGION, DB_BY_REGION, 1, false},
};

static const char kind_day[] = "day", kind_leader[] = "leader"; /* told apart by address */

/* ── which questions they answer ────────────────────────────────────────────────────────────────────────────── */

static const struct panel *panel_of(const struct db_stats_query *query)
{
    for (size_t i = 0; i < COUNT_OF(panels); i++)
        if (panels[i].grain == query->grain && panels[i].by_len == query->by_len && (query->by_len == 0 || panels[i].by == query->by[0]) &&
            (panels[i].leaders || !query->leaders))
            return &panels[i];
    return NULL;
}

/* No filter, or one programme alone. */
static bool is_whole_scope(const struct db_study_filter *filter)
{
    struct db_study_filter rest = *filter;
    rest.programme = (struct db_codes){0};
    return filter->programme.len <= 1 && !(filter->programme.len == 1 && filter->programme.negate) && filter_is_empty(&rest);
}

bool stats_is_kept(const struct db_stats_query *query)
{
    return query->known_at == 0 && panel_of(query) != NULL && is_whole_scope(&query->filter);
}

/* ── reading ────────────────────────────────────────────────────────────────────────────────────────────────── */

static void day_read(struct query *row, int column, char ret_day[DAY_BYTES])
{
    const char *day = query_text(row, column);
    size_t len = day == NULL ? 0 : strnlen(day, DAY_BYTES - 1);
    memcpy(ret_day, day == NULL ? "" : day, len);
    ret_day[len] = '\0';
}

enum db_status stats_kept_each(struct statements *statements, const struct db_stats_query *query,
                               bool (*each)(void *cls, const char *key, const struct stats_sums *sums), void *cls)
{
    const struct db_codes *programme = &query->filter.programme;
    struct query row CLEANUP(query_end) =
        query_begin(statements, STMT_sums_of_panel,
                    ARGS(ARG_T(":scope", programme->len > 0 ? programme->values[0] : ""), ARG_T(":panel", panel_of(query)->name)));
    while (query_row(&row)) {
        struct stats_sums sums;
        int column = 1;
        for (size_t i = 0; i < STATS_NUMBERS; i++)
            sums.number[i] = query_int(&row, column++);
        day_read(&row, column++, sums.oldest);
        day_read(&row, column++, sums.newest);
        sums.leaders = query_int(&row, column);
        if (!each(cls, query_text(&row, 0), &sums))
            break;
    }
    return query_status(&row);
}

/* ── what changes ───────────────────────────────────────────────────────────────────────────────────────────── */

/* The place of what is so keyed; *ret_is_new: the caller fills it in. false = no memory. */
static bool place_of(struct stats_changes *changes, struct map *map, struct list *items, const char *key, size_t *ret_place,
                     bool *ret_is_new)
{
    const struct map_entry *known = key == NULL ? NULL : map_find(map, key);
    *ret_is_new = known == NULL;
    *ret_place = known == NULL ? items->len : known->index;
    if (known != NULL)
        return true;
    const char *kept = key == NULL ? NULL : arena_strdup(&changes->arena, key);
    if (kept == NULL || !map_reserve(map, 1) || list_add(items, &changes->arena) == NULL)
        return false;
    map_put(map, kept)->index = *ret_place;
    return true;
}

/* Codes hold no control characters. By hand: it is made for each study and cell several times. */
static const char *joined(struct arena *arena, const char *first, const char *second, const char *third)
{
    size_t len[] = {strlen(first), strlen(second), strlen(third) + 1};
    char *key = arena_alloc(arena, len[0] + len[1] + len[2] + 2);
    if (key == NULL)
        return NULL;
    memcpy(key, first, len[0]);
    key[len[0]] = '\n';
    memcpy(key + len[0] + 1, second, len[1]);
    key[len[0] + 1 + len[1]] = '\n';
    memcpy(key + len[0] + len[1] + 2, third, len[2]);
    return key;
}

const char *stats_cell_key(struct arena *arena, const char *scope, const char *panel, const char *key)
{
    return joined(arena, scope, panel, key);
}

const char *stats_value_key(struct arena *arena, size_t cell, const char *kind, const char *value)
{
    char digits[24], *number = digits + sizeof digits - 1;
    *number = '\0';
    do
        *--number = (char)('0' + cell % 10);
    while ((cell /= 10) > 0);
    return joined(arena, number, kind, value);
}

static bool cell_place(struct stats_changes *changes, const char *scope, const struct panel *panel, const char *key, size_t *ret_place)
{
    bool is_new = false;
    arena_reset(&changes->scratch);
    const char *at = stats_cell_key(&changes->scratch, scope, panel->name, key);
    if (!place_of(changes, &changes->cells, &changes->cell_items, at, ret_place, &is_new))
        return false;
    if (!is_new)
        return true;
    struct stats_kept_cell *cell = (struct stats_kept_cell *)changes->cell_items.items + *ret_place;
    cell->panel = panel->name;
    cell->scope = arena_strdup(&changes->arena, scope);
    cell->key = arena_strdup(&changes->arena, key);
    return cell->scope != NULL && cell->key != NULL;
}

/* A step that may be taken back. */
static bool keep_step(struct stats_changes *changes, const struct stats_step *step)
{
    if (!changes->keeps_steps)
        return true;
    changes->steps.size = sizeof *step;
    struct stats_step *kept = list_add(&changes->steps, &changes->arena);
    if (kept != NULL)
        *kept = *step;
    return kept != NULL;
}

static void value_add(struct stats_changes *changes, size_t place, int sign)
{
    ((struct stats_kept_value *)changes->value_items.items)[place].times += sign;
}

static void cell_add(struct stats_changes *changes, size_t place, const int64_t number[STATS_NUMBERS], int sign)
{
    int64_t *sum = ((struct stats_kept_cell *)changes->cell_items.items)[place].number;
    for (size_t i = 0; i < STATS_NUMBERS; i++)
        sum[i] += sign * number[i];
}

void stats_changes_mark(struct stats_changes *changes)
{
    changes->keeps_steps = true;
    changes->steps.len = 0;
}

void stats_changes_undo(struct stats_changes *changes)
{
    const struct stats_step *steps = changes->steps.items;
    for (size_t i = 0; i < changes->steps.len; i++)
        if (steps[i].number == NULL)
            value_add(changes, steps[i].place, -steps[i].sign);
        else
            cell_add(changes, steps[i].place, steps[i].number, -steps[i].sign);
    changes->steps.len = 0;
}

static bool value_change(struct stats_changes *changes, size_t cell, const char *kind, const char *value, int sign)
{
    size_t place = 0;
    bool is_new = false;
    if (value == NULL)
        return true;
    arena_reset(&changes->scratch);
    const char *at = stats_value_key(&changes->scratch, cell, kind, value);
    if (!place_of(changes, &changes->values, &changes->value_items, at, &place, &is_new))
        return false;
    struct stats_kept_value *item = (struct stats_kept_value *)changes->value_items.items + place;
    item->cell = cell;
    item->kind = kind;
    if (is_new)
        item->value = arena_strdup(&changes->arena, value);
    const struct stats_step step = {.place = place, .sign = sign};
    value_add(changes, place, sign);
    return item->value != NULL && keep_step(changes, &step);
}

static const int64_t *number_kept(struct stats_changes *changes, const struct stats_member *member)
{
    int64_t *kept = arena_alloc(&changes->arena, sizeof member->number);
    if (kept != NULL)
        memcpy(kept, member->number, sizeof member->number);
    return kept;
}

/* Its oldest day and its newest one both stand for the study: the oldest of all is among the former. */
static bool change(struct stats_changes *changes, const struct panel *panel, const char *scope, const char *key,
                   const struct stats_member *member, int sign)
{
    size_t place = 0;
    if (!cell_place(changes, scope, panel, key == NULL ? "" : key, &place))
        return false;
    struct stats_step step = {.place = place, .sign = sign};
    cell_add(changes, place, member->number, sign);
    if (changes->keeps_steps && (step.number = number_kept(changes, member)) == NULL)
        return false;
    return keep_step(changes, &step) && value_change(changes, place, kind_day, member->oldest, sign) &&
           value_change(changes, place, kind_day, member->newest, sign) &&
           (!panel->leaders || value_change(changes, place, kind_leader, member->leader, sign));
}

static void changes_begin(struct stats_changes *changes)
{
    changes->cell_items.size = sizeof(struct stats_kept_cell);
    changes->value_items.size = sizeof(struct stats_kept_value);
}

bool stats_change(struct stats_changes *changes, enum stats_panel which, const char *programme, const char *key,
                  const struct stats_member *member, int sign)
{
    changes_begin(changes);
    return change(changes, &panels[which], "", key, member, sign) && change(changes, &panels[which], programme, key, member, sign);
}

static enum db_status changes_of_panel(struct statements *statements, enum stats_panel which, int64_t study, int sign,
                                       struct stats_changes *changes)
{
    const struct panel *panel = &panels[which];
    struct arena arena CLEANUP(arena_free) = {0};
    struct query rows CLEANUP(query_end) = {0};
    struct db_stats_query query = {.grain = panel->grain, .by = {panel->by}, .by_len = panel->by_len};
    struct sql sql = sql_begin(&arena);
    stats_question(&sql, &query, study);
    enum db_status status = sql_query(&sql, statements, &rows);
    while (status == DB_OK && query_row(&rows)) {
        struct stats_member member = stats_member_read(&rows, panel->by_len);
        const char *key = panel->by_len > 0 ? query_text(&rows, 0) : NULL;
        bool is_done = member.programme != NULL && stats_change(changes, which, member.programme, key, &member, sign);
        status = is_done ? DB_OK : DB_NO_MEMORY;
    }
    return status == DB_OK ? query_status(&rows) : status;
}

enum db_status stats_changes_of(struct statements *statements, int64_t study, int sign, struct stats_changes *changes)
{
    enum db_status status = DB_OK;
    changes_begin(changes);
    for (int i = 0; i < STATS_PANELS && status == DB_OK; i++)
        status = changes_of_panel(statements, (enum stats_panel)i, study, sign, changes);
    return status;
}

void stats_changes_free(struct stats_changes *changes)
{
    map_free(&changes->cells);
    map_free(&changes->values);
    arena_free(&changes->arena);
    arena_free(&changes->scratch);
    *changes = (struct stats_changes){0};
}

/* ── writing ────────────────────────────────────────────────────────────────────────────────────────────────── */

static enum db_status store_value(struct statements *statements, const struct stats_kept_value *value, struct stats_kept_cell *cell,
                                  bool is_anew)
{
    const struct arg *at = ARGS(ARG_T(":scope", cell->scope), ARG_T(":panel", cell->panel), ARG_T(":key", cell->key),
                                ARG_T(":kind", value->kind), ARG_T(":value", value->value));
    struct query query CLEANUP(query_end) = query_begin(statements, is_anew ? STMT_values_put : STMT_values_add, at);
    query_bind(&query, ARGS(ARG_I(":times", value->times)));
    int64_t times = query_row(&query) ? query_int(&query, 0) : is_anew ? value->times : 0;
    enum db_status status = query_run(&query);
    if (value->kind == kind_leader)
        cell->leaders += (times == value->times) - (times == 0);
    return status == DB_OK && times == 0 ? statement_run(statements, STMT_values_remove, at) : status;
}

const char *const stats_number_names[STATS_NUMBERS] = {
    [STATS_STUDIES] = ":studies",
    [STATS_AWARDS] = ":awards",
    [STATS_AMOUNT] = ":amount",
    [STATS_PLANNED] = ":planned",
    [STATS_INCLUDED] = ":included",
    [STATS_REMAINING] = ":remaining",
    [STATS_EXCEEDED_BY] = ":exceeded_by",
    [STATS_BOTH_PLANNED] = ":both_planned",
    [STATS_BOTH_INCLUDED] = ":both_included",
    [STATS_WITH_PLANNED] = ":with_planned",
    [STATS_WITH_INCLUDED] = ":with_included",
    [STATS_WITH_BOTH] = ":with_both",
};

static enum db_status store_cell(struct statements *statements, const struct stats_kept_cell *cell)
{
    bool has_changed = cell->leaders != 0;
    struct query query CLEANUP(query_end) = query_begin(
        statements, STMT_sums_add,
        ARGS(ARG_T(":scope", cell->scope), ARG_T(":panel", cell->panel), ARG_T(":key", cell->key), ARG_I(":leaders", cell->leaders)));
    for (size_t i = 0; i < STATS_NUMBERS; i++) {
        has_changed = has_changed || cell->number[i] != 0;
        query_bind(&query, ARGS(ARG_I(stats_number_names[i], cell->number[i])));
    }
    return has_changed ? query_run(&query) : query_status(&query);
}

/* is_anew: nothing is kept yet. */
static enum db_status changes_store(struct statements *statements, struct stats_changes *changes, bool is_anew)
{
    struct stats_kept_cell *cells = changes->cell_items.items;
    const struct stats_kept_value *values = changes->value_items.items;
    enum db_status status = DB_OK;
    for (size_t i = 0; i < changes->value_items.len && status == DB_OK; i++)
        if (values[i].times != 0)
            status = store_value(statements, &values[i], &cells[values[i].cell], is_anew);
    for (size_t i = 0; i < changes->cell_items.len && status == DB_OK; i++)
        status = store_cell(statements, &cells[i]);
    return status == DB_OK ? statement_run(statements, STMT_sums_prune, NO_ARGS) : status;
}

enum db_status stats_changes_store(struct statements *statements, struct stats_changes *changes)
{
    return changes_store(statements, changes, false);
}

/* ── at open: other rules ───────────────────────────────────────────────────────────────────────────────────── */

static enum db_status are_kept(struct db *db, bool *ret_are)
{
    struct query query CLEANUP(query_end) = query_begin(&db->statements, STMT_register_get, NO_ARGS);
    *ret_are = query_row(&query) && query_int(&query, 4) == RULES;
    return query_status(&query);
}

enum db_status stats_make_anew(struct statements *statements)
{
    struct stats_changes all CLEANUP(stats_changes_free) = {0};
    enum db_status status = statement_run(statements, STMT_sums_clear, NO_ARGS);
    if (status == DB_OK)
        status = statement_run(statements, STMT_values_clear, NO_ARGS);
    if (status == DB_OK)
        status = stats_changes_of(statements, 0, 1, &all);
    return status == DB_OK ? changes_store(statements, &all, true) : status;
}

static enum db_status make_anew(struct db *db)
{
    enum db_status status = stats_make_anew(&db->statements);
    return status == DB_OK ? statement_run(&db->statements, STMT_register_set_sums, ARGS(ARG_I(":sums", RULES))) : status;
}

enum db_status stats_keep_all(struct db *db)
{
    bool are_current = false;
    enum db_status status = are_kept(db, &are_current);
    return status != DB_OK || are_current ? status : write_at_open(db, make_anew);
}
