/* SPDX-License-Identifier: GPL-3.0-or-later
 * What the files of statistics share: part of db/internal.h, which includes it.
 */
#ifndef STUDYD_DB_STATS_PARTS_H
#define STUDYD_DB_STATS_PARTS_H

#include "db/internal.h"

struct sql;

/* ── stats_sums.c: what adds up ─────────────────────────────────────────────────────────────────────────────── */

/* Over the studies of a cell. */
enum stats_number {
    STATS_STUDIES,
    STATS_AWARDS,
    STATS_AMOUNT,
    STATS_PLANNED,
    STATS_INCLUDED,
    STATS_REMAINING,
    STATS_EXCEEDED_BY,
    STATS_BOTH_PLANNED,
    STATS_BOTH_INCLUDED,
    STATS_WITH_PLANNED,
    STATS_WITH_INCLUDED,
    STATS_WITH_BOTH,
    STATS_NUMBERS
};
#define DAY_BYTES 11
struct stats_sums {
    int64_t number[STATS_NUMBERS];
    int64_t leaders;                           /* different ones */
    char oldest[DAY_BYTES], newest[DAY_BYTES]; /* "" = there is none */
};
/* What one study is in one cell; the texts are borrowed until the next row. */
struct stats_member {
    int64_t number[STATS_NUMBERS];
    const char *oldest, *newest, *leader, *programme;
    int64_t study;
};
void stats_sums_add(struct stats_sums *sums, const struct stats_member *member); /* but for leaders */
/* false = no memory */
bool stats_cell_of(const struct stats_sums *sums, const struct db_stats_query *query, struct arena *arena, struct db_stats_cell *cell);

/* Different leaders of each cell, counted into its sums. */
struct stats_leaders {
    struct map names;
    struct arena arena;
    uint64_t *pairs; /* open addressing; 0 = empty */
    size_t len, room;
};
bool stats_leaders_add(struct stats_leaders *leaders, size_t cell, const char *leader, struct stats_sums *sums); /* false = no memory */
/* The same for those who number the leaders themselves, from 1. */
bool stats_leaders_count(struct stats_leaders *leaders, size_t cell, size_t number, struct stats_sums *sums);
void stats_leaders_free(struct stats_leaders *leaders);

/* ── stats_kept.c, stats_recount.c: the sums of the whole register and of each programme ────────────────────── */

struct stats_kept_cell {
    const char *scope, *panel, *key;
    int64_t number[STATS_NUMBERS];
    int64_t leaders;
};
struct stats_kept_value {
    size_t cell; /* place in cell_items */
    const char *kind, *value;
    int64_t times;
};
/* A cell or value that changed: its place, and by how much. */
struct stats_step {
    size_t place;
    int sign;
    const int64_t *number; /* STATS_NUMBERS of a cell; NULL = a value, once */
};
/* What came to the kept sums and what left them, not yet written. */
struct stats_changes {
    struct arena arena, scratch;
    struct map cells, values; /* by what they are keyed by in the tables → place in the list */
    struct list cell_items;   /* struct stats_kept_cell */
    struct list value_items;  /* struct stats_kept_value */
    struct list steps;        /* struct stats_step, since the mark */
    bool keeps_steps;
};
/* What comes after the mark can be undone as one, until the next mark. */
void stats_changes_mark(struct stats_changes *changes);
void stats_changes_undo(struct stats_changes *changes);
void stats_changes_free(struct stats_changes *changes);
enum stats_panel {
    STATS_STUDY,
    STATS_STUDY_BY_MECHANISM,
    STATS_AWARD,
    STATS_AWARD_BY_MECHANISM,
    STATS_REGION,
    STATS_REGION_BY_REGION,
    STATS_PANELS
};
/* What a study is in one cell, of the whole register and of its programme. false = no memory. */
bool stats_change(struct stats_changes *changes, enum stats_panel which, const char *programme, const char *key,
                  const struct stats_member *member, int sign);
/* sign 1: study enters the sums as it stands now; −1: it leaves them. study 0 = every one. */
enum db_status stats_changes_of(struct statements *statements, int64_t study, int sign, struct stats_changes *changes);
/* stats_follow.c: the study's patients were one thing and are another; nothing else changed. */
struct past;
enum db_status stats_changes_follow(struct stats_changes *changes, const struct db_study *study, const struct past *was,
                                    const struct past *is);
enum db_status stats_changes_store(struct statements *statements, struct stats_changes *changes);
enum db_status stats_make_anew(struct statements *statements); /* all of them, from the records */
bool stats_is_kept(const struct db_stats_query *query);
/* The total of a question without a dimension, else its cells: the key (NULL = unknown) and the sums. */
enum db_status stats_kept_each(struct statements *statements, const struct db_stats_query *query,
                               bool (*each)(void *cls, const char *key, const struct stats_sums *sums), void *cls);
/* What the maps of changes are keyed by. NULL = no memory. */
const char *stats_cell_key(struct arena *arena, const char *scope, const char *panel, const char *key);
const char *stats_value_key(struct arena *arena, size_t cell, const char *kind, const char *value);
extern const char *const stats_number_names[STATS_NUMBERS]; /* with a colon, as parameters */
enum db_status stats_keep_all(struct db *db);               /* at open: where the sums were made by other rules, all are made anew */
/* Everything from the records; each difference is one sentence. */
enum db_status stats_recount(struct statements *statements, void (*each)(void *cls, const char *difference), void *cls);

/* ── stats_axis.c, stats_question.c ─────────────────────────────────────────────────────────────────────────── */

/* The values of one dimension, in order: what a table of cells is ruled by. */
struct stats_axis {
    struct list keys;            /* struct db_stats_key */
    struct map index;            /* code → place in keys; not for years */
    bool has_years, has_unknown; /* the unknown is the last key */
};
enum db_status stats_axis_read(struct db_reader *reader, struct arena *arena, const struct db_stats_query *query, size_t which,
                               struct stats_axis *ret_axis);
void stats_axis_free(struct stats_axis *axis);
size_t stats_axis_place(const struct stats_axis *axis, const char *key); /* NULL = the unknown; keys.len = it has no such value */
struct stats_table {
    struct stats_axis axis[DB_BY_MAX];
    struct stats_sums *sums; /* one for each cell, and the total at the end */
    size_t cells_len;
};

/* One row for each study in each cell: up to two keys (years as numbers, codes as text, NULL = unknown), then what stats_member_read
 * reads. study 0 = all that the filter lets through. */
void stats_question(struct sql *sql, const struct db_stats_query *query, int64_t study);
struct stats_member stats_member_read(struct query *row, size_t by_len);
bool stats_is_several(const struct db_stats_query *query); /* a study may be in several cells */
bool stats_is_in_turn(const struct db_stats_query *query); /* its rows follow one another, each of another share or region */

#endif
