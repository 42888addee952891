/* SPDX-License-Identifier: GPL-3.0-or-later
 * A walk over the table of reports, from its beginning or from a place in it. What is shown was settled when a study was last made anew
 * (shown_report), so a walk follows an index and has nothing to decide.
 */
#include "db/recruitment_walk.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* ── ways to walk ───────────────────────────────────────────────────────────────────────────────────────────── */

/* Each but the last gives the rows in order without sorting. The order of the tables is fixed: studies or days outside, their rows
 * inside. The outer key and the inner one together name a row. */
static const struct {
    const char *from, *joined, *day, *outer, *inner[3];
} ways[] = {
    [WAY_STUDIES] = {" FROM study s INDEXED BY sqlite_autoindex_study_1 CROSS JOIN shown_report r",
                     " AND r.code = s.code AND s.report_rows > 0",
                     "r.as_of",
                     "s.code",
                     {"r.as_of", "r.place", "r.region"}},
    [WAY_DAYS] = {" FROM shown_count d CROSS JOIN shown_report r INDEXED BY shown_report_by_day CROSS JOIN study s",
                  " AND d.region = '*' AND r.as_of = d.as_of AND s.id = r.study",
                  "d.as_of",
                  "d.as_of",
                  {"r.code", "r.place", "r.region"}},
    [WAY_SORTED] = {" FROM study s CROSS JOIN shown_report r",
                    " AND r.code = s.code AND s.report_rows > 0",
                    "r.as_of",
                    "r.as_of",
                    {"r.code", "r.place", "r.region"}},
};

/* ── a place in the table ───────────────────────────────────────────────────────────────────────────────────── */

#define FORMAT "r2"

/* Lines of text, each of them ended, so that a place that was cut is none: codes hold no control characters. */
void row_place_write(enum db_recruitment_order order, const struct db_recruitment_row *row, int64_t place, struct db_position *ret_position)
{
    int len = snprintf((char *)ret_position->bytes, sizeof ret_position->bytes, FORMAT "%d\n%s\n%s\n%lld\n%s\n", (int)order, row->study,
                       row->as_of, (long long)place, row->region == NULL ? "" : row->region);
    assert(len > 0 && (size_t)len < sizeof ret_position->bytes);
    ret_position->len = (size_t)len;
}

static bool next_line(const unsigned char **at, const unsigned char *end, struct sql_value *ret_text)
{
    const unsigned char *stop = *at < end ? memchr(*at, '\n', (size_t)(end - *at)) : NULL;
    if (stop == NULL)
        return false;
    for (const unsigned char *byte = *at; byte < stop; byte++)
        if (*byte < ' ') /* no id, day or region has one */
            return false;
    *ret_text = (struct sql_value){.kind = ARG_TEXT, .bytes = *at, .number = stop - *at};
    *at = stop + 1;
    return true;
}

static bool number_of(const struct sql_value *text, struct sql_value *ret_number)
{
    const unsigned char *digits = text->bytes;
    *ret_number = (struct sql_value){.kind = ARG_INT};
    if (text->number < 1 || text->number > 18)
        return false;
    for (int64_t i = 0; i < text->number; i++) {
        if (digits[i] < '0' || digits[i] > '9')
            return false;
        ret_number->number = ret_number->number * 10 + (digits[i] - '0');
    }
    return true;
}

/* The values lie in the position. false = no position of this order. */
bool row_place_read(enum db_recruitment_order order, const struct db_position *position, struct row_place *ret_place)
{
    char head[8];
    struct sql_value form, place;
    int len = snprintf(head, sizeof head, FORMAT "%d", (int)order);
    if (position->len > sizeof position->bytes)
        return false;
    const unsigned char *at = position->bytes, *end = at + position->len;
    return next_line(&at, end, &form) && form.number == len && memcmp(form.bytes, head, (size_t)len) == 0 &&
           next_line(&at, end, &ret_place->study) && next_line(&at, end, &ret_place->day) && next_line(&at, end, &place) &&
           number_of(&place, &ret_place->place) && next_line(&at, end, &ret_place->region) && at == end;
}

/* ── walking ────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool grows(const struct row_walk *walk)
{
    return (walk->query->order == DB_RECRUITMENT_BY_DAY_DOWN) == walk->backwards;
}

static void add_value(struct sql *sql, const char *fragment, const struct sql_value *value)
{
    sql_add(sql, fragment);
    sql_value(sql, *value);
}

static void add_rest(struct sql *sql, const struct row_walk *walk)
{
    const char *const *inner = ways[walk->way].inner;
    const struct row_place *from = walk->from;
    bool by_study = walk->query->order == DB_RECRUITMENT_BY_STUDY;
    add_value(sql, " = ?", by_study ? &from->study : &from->day);
    sql_add(sql, " AND (");
    for (size_t i = 0; i < COUNT_OF(ways[0].inner); i++) {
        sql_add(sql, i == 0 ? "" : ", ");
        sql_add(sql, inner[i]);
    }
    sql_add(sql, walk->backwards ? ") < (" : ") > (");
    add_value(sql, "?", by_study ? &from->day : &from->study);
    add_value(sql, ", ?", &from->place);
    add_value(sql, ", ?", &from->region);
    sql_add(sql, ")");
}

static void add_further(struct sql *sql, const struct row_walk *walk)
{
    static const struct sql_value first = {.kind = ARG_TEXT, .bytes = "", .number = 0};
    static const struct sql_value last = {.kind = ARG_TEXT, .bytes = "\xf4\x8f\xbf\xbf", .number = 4}; /* after every code and day */
    bool by_study = walk->query->order == DB_RECRUITMENT_BY_STUDY;
    const struct sql_value *from = walk->from == NULL ? (grows(walk) ? &first : &last) : by_study ? &walk->from->study : &walk->from->day;
    add_value(sql, grows(walk) ? " > ?" : " < ?", from);
}

static void add_order(struct sql *sql, const struct row_walk *walk)
{
    sql_add(sql, " ORDER BY ");
    sql_add(sql, ways[walk->way].outer);
    sql_add(sql, grows(walk) ? " ASC" : " DESC");
    for (size_t i = 0; i < COUNT_OF(ways[0].inner); i++) {
        sql_add(sql, ", ");
        sql_add(sql, ways[walk->way].inner[i]);
        sql_add(sql, walk->backwards ? " DESC" : " ASC");
    }
}

/* Where studies come last, the ids of those let through are laid out first: each row is then decided on without leaving the index. */
static void add_filter(struct sql *sql, const struct row_walk *walk)
{
    const struct db_study_filter *filter = &walk->query->filter;
    bool is_inner = walk->way == WAY_DAYS && !filter_is_empty(filter);
    sql_add(sql, is_inner ? " WHERE r.study IN (SELECT s.id FROM study s" : "");
    sql_filter(sql, filter);
    sql_add(sql, is_inner ? ")" : "");
}

enum db_status row_walk_begin(struct row_walk *walk)
{
    struct sql sql = sql_begin(walk->arena);
    sql_add(&sql, "SELECT s.code AS study, s.programme, NULLIF(r.region, '') AS region, r.as_of, r.included, r.planned,"
                  " r.edition IS NULL AS filed, e.document, r.lines, s.totals_only, r.place");
    sql_add(&sql, ways[walk->way].from);
    sql_add(&sql, " LEFT JOIN edition e ON e.id = r.edition");
    add_filter(&sql, walk);
    sql_add(&sql, ways[walk->way].joined);
    recruitment_add_reporting(&sql, walk->way == WAY_DAYS ? REPORTING_DAYS : REPORTING_STUDIES, walk->query);
    recruitment_add_chosen(&sql, ways[walk->way].day, walk->query);
    sql_add(&sql, " AND ");
    sql_add(&sql, ways[walk->way].outer);
    (walk->part == PART_REST ? add_rest : add_further)(&sql, walk);
    add_order(&sql, walk);
    sql_add(&sql, " LIMIT ?");
    sql_int(&sql, walk->limit);
    sql_keep(&sql);
    enum db_status status = sql_query(&sql, walk->reader->st, &walk->rows);
    walk->is_open = status == DB_OK;
    return status;
}

void row_walk_end(struct row_walk *walk)
{
    query_end(&walk->rows);
    walk->is_open = false;
}

/* false: no further row, or *ret_status says why not. */
bool row_walk_next(struct row_walk *walk, enum db_status *ret_status)
{
    *ret_status = DB_OK;
    for (;;) {
        if (!walk->is_open && walk->part < ROW_PARTS)
            *ret_status = row_walk_begin(walk);
        if (!walk->is_open)
            return false;
        if (query_row(&walk->rows))
            return true;
        *ret_status = query_status(&walk->rows);
        row_walk_end(walk);
        if (*ret_status != DB_OK)
            return false;
        walk->part++;
    }
}

static const struct field row_fields[] = {
    {":study", FIELD_TEXT, offsetof(struct db_recruitment_row, study)},
    {":programme", FIELD_TEXT, offsetof(struct db_recruitment_row, programme)},
    {":region", FIELD_TEXT, offsetof(struct db_recruitment_row, region)},
    {":as_of", FIELD_TEXT, offsetof(struct db_recruitment_row, as_of)},
    {":included", FIELD_INT64, offsetof(struct db_recruitment_row, included)},
    {":planned", FIELD_KNOWN, offsetof(struct db_recruitment_row, planned)},
    {":filed", FIELD_BOOL, offsetof(struct db_recruitment_row, filed)},
    {":document", FIELD_TEXT, offsetof(struct db_recruitment_row, document)},
    {":lines", FIELD_TEXT, offsetof(struct db_recruitment_row, lines)},
    {":totals_only", FIELD_BOOL, offsetof(struct db_recruitment_row, totals_only)},
    {0},
};

void row_walk_read(struct row_walk *walk, struct arena *arena, struct db_recruitment_row *ret_row)
{
    walk->rows.column = 0;
    query_fields(&walk->rows, row_fields, ret_row, arena);
}

int64_t row_walk_place(struct row_walk *walk)
{
    return query_int(&walk->rows, (int)COUNT_OF(row_fields) - 1);
}

/* The rows of few studies are sooner sorted than met among those of all, and need little memory; those of the others are soon met. */
#define FEW            50 /* of so many */
#define SORTED_AT_ONCE 50000

enum db_status row_walk_choose_way(struct row_walk *walk)
{
    const struct db_recruitment_query everything = {0}, studies = {.filter = walk->query->filter};
    int64_t all = 0, chosen = 0;
    walk->way = walk->query->order == DB_RECRUITMENT_BY_STUDY ? WAY_STUDIES : WAY_DAYS;
    if (walk->way == WAY_STUDIES || filter_is_empty(&walk->query->filter))
        return DB_OK;
    enum db_status status = recruitment_count(walk->reader, &everything, &all);
    if (status == DB_OK)
        status = recruitment_count(walk->reader, &studies, &chosen);
    if (chosen <= all / FEW && chosen <= SORTED_AT_ONCE)
        walk->way = WAY_SORTED;
    return status;
}
