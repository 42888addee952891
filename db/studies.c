/* SPDX-License-Identifier: GPL-3.0-or-later
 * The list of studies. A page is found by its keys, never by counting rows; ids first, bytes afterwards, so that sorting carries
 * nothing heavy.
 */
#include "db/image.h"
#include "db/search_index.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* ── the rows after a position ──────────────────────────────────────────────────────────────────────────────── */

/* Whether values grow along the walk. */
static bool grows(const struct db_sort *sort, bool backwards)
{
    return sort->descending == backwards;
}

static void add_column(struct sql *sql, const struct db_sort *sort, const char *rest)
{
    const struct sort_column *column = &sort_columns[sort->key];
    sql_add(sql, sort->descending ? column->down : column->up);
    sql_add(sql, rest);
}

static void add_compared(struct sql *sql, const struct db_sort *sort, const char *comparison, const struct sql_value *value)
{
    add_column(sql, sort, comparison);
    sql_value(sql, *value);
}

/* All keys walked one way, and the first a column of its own: the engine finds the place by one comparison of rows. */
static bool is_row_comparable(const struct ordering *ordering, bool backwards)
{
    const struct sort_column *first = &sort_columns[ordering->keys[0].key];
    for (size_t i = 0; i < ordering->len; i++)
        if (grows(&ordering->keys[i], backwards) != grows(&ordering->keys[0], backwards))
            return false;
    return strcmp(first->up, first->down) == 0;
}

static void add_row_beyond(struct sql *sql, const struct ordering *ordering, bool backwards, const struct sql_value *values)
{
    sql_add(sql, " AND (");
    for (size_t i = 0; i < ordering->len; i++)
        add_column(sql, &ordering->keys[i], i + 1 < ordering->len ? "," : "");
    sql_add(sql, grows(&ordering->keys[0], backwards) ? ") > (" : ") < (");
    for (size_t i = 0; i < ordering->len; i++) {
        sql_add(sql, i == 0 ? "?" : ",?");
        sql_value(sql, values[i]);
    }
    sql_add(sql, ")");
}

/* Not before in the first key: this is what an index can use. And beyond in the first key, or equal in it and beyond in the second,
 * and so on; the plus signs keep the engine from looking each of these up by itself, which would lose the order. */
static void add_keys_beyond(struct sql *sql, const struct ordering *ordering, bool backwards, const struct sql_value *values)
{
    const struct db_sort *keys = ordering->keys;
    sql_add(sql, " AND ");
    add_compared(sql, &keys[0], grows(&keys[0], backwards) ? " >= ?" : " <= ?", &values[0]);
    sql_add(sql, " AND (");
    for (size_t i = 0; i < ordering->len; i++) {
        sql_add(sql, i == 0 ? "+" : " OR +");
        for (size_t j = 0; j < i; j++)
            add_compared(sql, &keys[j], " = ? AND +", &values[j]);
        add_compared(sql, &keys[i], grows(&keys[i], backwards) ? " > ?" : " < ?", &values[i]);
    }
    sql_add(sql, ")");
}

static void add_order(struct sql *sql, const struct ordering *ordering, bool backwards)
{
    sql_add(sql, " ORDER BY ");
    for (size_t i = 0; i < ordering->len; i++) {
        sql_add(sql, i == 0 ? "" : ", ");
        add_column(sql, &ordering->keys[i], grows(&ordering->keys[i], backwards) ? " ASC" : " DESC");
    }
}

static bool is_by_relevance(const struct ordering *ordering)
{
    for (size_t i = 0; i < ordering->len; i++)
        if (ordering->keys[i].key == DB_SORT_RELEVANCE)
            return true;
    return false;
}

/* By relevance, what fits is asked for first, and the other filters of what comes from there. */
static void add_source(struct sql *sql, const struct walk *walk)
{
    struct db_study_filter filter = walk->query->filter;
    if (is_by_relevance(&walk->ordering)) {
        assert(filter.q != NULL);
        sql_search_scored(sql, filter.q, walk->is_bounded);
        filter.q = NULL;
    } else {
        sql_add(sql, " FROM study s");
    }
    sql_filter(sql, &filter);
}

static enum db_status count_fitting(struct db_reader *reader, struct arena *arena, const struct db_search *search, int64_t *ret_count)
{
    const struct image *image = NULL;
    struct query query CLEANUP(query_end) = {0};
    struct sql sql = sql_begin(arena);
    enum db_status status = reader_image_of_facts(reader, &image);
    if (image != NULL) {
        status = image_fitting(reader, image, search, ret_count);
        image_let_go(reader->db, image);
        return status;
    }
    sql_search_count(&sql, search);
    if (status == DB_OK)
        status = sql_query(&sql, reader->st, &query);
    if (status == DB_OK && query_row(&query))
        *ret_count = query_int(&query, 0);
    return status == DB_OK ? query_status(&query) : status;
}

enum db_status walk_settle(struct db_reader *reader, struct arena *arena, struct walk *walk)
{
    int64_t fitting = 0;
    if (!is_by_relevance(&walk->ordering))
        return DB_OK;
    for (size_t i = 0; i < walk->ordering.len && walk->from != NULL; i++)
        if (walk->ordering.keys[i].key == DB_SORT_RELEVANCE) {
            walk->is_bounded = walk->from[i].number < 0;
            return DB_OK;
        }
    enum db_status status = count_fitting(reader, arena, walk->query->filter.q, &fitting);
    walk->is_bounded = fitting > SEARCH_RANKED_MAX;
    return status;
}

enum db_status walk_begin(struct db_reader *reader, struct arena *arena, const struct walk *walk, struct query *ret_query)
{
    struct sql sql = sql_begin(arena);
    sql_add(&sql, "SELECT s.id");
    for (size_t i = 0; i < walk->ordering.len; i++) {
        sql_add(&sql, ", ");
        add_column(&sql, &walk->ordering.keys[i], "");
    }
    add_source(&sql, walk);
    if (walk->from != NULL && is_row_comparable(&walk->ordering, walk->backwards))
        add_row_beyond(&sql, &walk->ordering, walk->backwards, walk->from);
    else if (walk->from != NULL)
        add_keys_beyond(&sql, &walk->ordering, walk->backwards, walk->from);
    if (!walk->any || !is_by_relevance(&walk->ordering))
        add_order(&sql, &walk->ordering, walk->backwards);
    sql_add(&sql, " LIMIT ?");
    sql_int(&sql, walk->limit);
    sql_keep(&sql);
    return sql_query(&sql, reader->st, ret_query);
}

/* ── a page ─────────────────────────────────────────────────────────────────────────────────────────────────── */

static enum db_status read_rows(struct db_reader *reader, struct arena *arena, struct walk *walk, struct page_rows *rows)
{
    struct query query CLEANUP(query_end) = {0};
    int limit = walk->query->limit;
    walk->limit = (int64_t)limit + 1; /* one row more says whether there are more */
    enum db_status status = walk_begin(reader, arena, walk, &query);
    if (status != DB_OK)
        return status;
    while (query_row(&query)) {
        if (rows->ids.len == (size_t)limit) {
            rows->has_more = true;
            break;
        }
        int64_t *id = list_add(&rows->ids, arena);
        if (id == NULL)
            return DB_NO_MEMORY;
        *id = query_int(&query, 0);
        position_write(&walk->ordering, query.stmt, 1, &rows->far);
        if (rows->ids.len == 1)
            rows->near = rows->far;
    }
    return query_status(&query);
}

/* Whether anything lies before the first row of the walk. */
static enum db_status look_back(struct db_reader *reader, struct arena *arena, const struct walk *walk, const struct page_rows *rows,
                                bool *ret_has)
{
    struct sql_value from[SORT_KEYS_MAX];
    struct query query CLEANUP(query_end) = {0};
    struct walk back = {.query = walk->query,
                        .ordering = walk->ordering,
                        .from = from,
                        .backwards = !walk->backwards,
                        .any = true,
                        .is_bounded = walk->is_bounded,
                        .limit = 1};
    bool fits = position_read(&walk->ordering, &rows->near, from);
    assert(fits);
    enum db_status status = walk_begin(reader, arena, &back, &query);
    if (status != DB_OK)
        return status;
    *ret_has = query_row(&query);
    return query_status(&query);
}

static enum db_status hand_out(struct db_reader *reader, const struct db_studies_query *query, const struct page_rows *rows,
                               db_study_bytes_fn each, void *cls)
{
    struct search_hits hits CLEANUP(search_hits_end) = {.sought_len = 0};
    bool has_hits = query->hits != NULL && query->filter.q != NULL;
    enum db_status status = has_hits ? search_hits_begin(query->filter.q, &hits) : DB_OK;
    const int64_t *ids = rows->ids.items;
    for (size_t i = 0; i < rows->ids.len && status == DB_OK; i++) {
        int64_t id = ids[query->backwards ? rows->ids.len - 1 - i : i];
        if (has_hits)
            status = search_hits_of(&hits, reader->st, id, query->hits, cls);
        struct query row CLEANUP(query_end) = query_begin(reader->st, rendered_get(query->form), ARGS(ARG_I(":study", id)));
        if (!query_row(&row))
            return query_status(&row) == DB_OK ? DB_DAMAGED : query_status(&row);
        const void *bytes = sqlite3_column_blob(row.stmt, 0);
        if (status == DB_OK && !each(cls, bytes, (size_t)sqlite3_column_bytes(row.stmt, 0)))
            return DB_OK;
    }
    return status;
}

enum db_status studies_count(struct db_reader *reader, struct arena *arena, const struct db_study_filter *filter, int64_t *ret_count)
{
    struct query query CLEANUP(query_end) = {0};
    struct sql sql = sql_begin(arena);
    struct db_study_filter rest = *filter;
    rest.q = NULL;
    if (filter->q != NULL && filter_is_empty(&rest)) {
        sql_search_count(&sql, filter->q);
    } else {
        sql_add(&sql, "SELECT count(*) FROM study s");
        sql_filter(&sql, filter);
    }
    enum db_status status = sql_query(&sql, reader->st, &query);
    if (status != DB_OK)
        return status;
    if (query_row(&query))
        *ret_count = query_int(&query, 0);
    return query_status(&query);
}

/* The engine's page: the total, the rows, and whether any lie behind them. */
static enum db_status ask_page(struct db_reader *reader, struct arena *arena, struct walk *walk, struct page_rows *rows)
{
    enum db_status status = studies_count(reader, arena, &walk->query->filter, &rows->total);
    if (status == DB_OK)
        status = read_rows(reader, arena, walk, rows);
    if (status == DB_OK && rows->ids.len > 0 && walk->from != NULL)
        status = look_back(reader, arena, walk, rows, &rows->has_behind);
    return status;
}

/* Whether counts have no say in the order either. */
static bool is_of_facts(const struct db_study_filter *filter, const struct ordering *ordering)
{
    bool is = filter_is_of_facts(filter);
    for (size_t i = 0; i < ordering->len; i++) {
        enum db_study_sort_key key = ordering->keys[i].key;
        is = is && key != DB_SORT_INCLUDED && key != DB_SORT_PERCENT && key != DB_SORT_UPDATED;
    }
    return is;
}

/* The same from the image, where there is one that knows the place. */
static enum db_status find_page(struct db_reader *reader, struct arena *arena, const struct walk *walk, struct page_rows *rows,
                                bool *ret_is_answered)
{
    const struct page_question question = {
        .filter = &walk->query->filter,
        .ordering = &walk->ordering,
        .from = walk->query->from,
        .values = walk->from,
        .backwards = walk->backwards,
        .is_bounded = walk->is_bounded,
        .limit = walk->query->limit,
    };
    const struct image *image = NULL;
    enum db_status status =
        is_of_facts(&walk->query->filter, &walk->ordering) ? reader_image_of_facts(reader, &image) : reader_image(reader, &image);
    if (image != NULL)
        status = image_page(reader, image, arena, &question, rows, ret_is_answered);
    image_let_go(reader->db, image);
    return status;
}

static enum db_status read_page(struct db_reader *reader, struct arena *arena, struct walk *walk, struct page_rows *rows,
                                struct db_studies_page *ret_page)
{
    bool is_answered = false;
    enum db_status status = walk_settle(reader, arena, walk);
    if (status == DB_OK)
        status = find_page(reader, arena, walk, rows, &is_answered);
    if (status == DB_OK && !is_answered)
        status = ask_page(reader, arena, walk, rows);
    /* Nothing beyond the position: whatever there is lies before it. */
    bool has_behind = rows->ids.len == 0 ? rows->total > 0 : rows->has_behind;
    ret_page->total = rows->total;
    ret_page->returned = (int)rows->ids.len;
    ret_page->more_before = walk->backwards ? rows->has_more : has_behind;
    ret_page->more_after = walk->backwards ? has_behind : rows->has_more;
    ret_page->first = walk->backwards ? rows->far : rows->near;
    ret_page->last = walk->backwards ? rows->near : rows->far;
    return status;
}

enum db_status db_studies_list(struct db_reader *reader, const struct db_studies_query *query, db_study_bytes_fn each, void *cls,
                               struct db_studies_page *ret_page)
{
    struct arena arena CLEANUP(arena_free) = {0};
    struct db_reader *scope CLEANUP(reader_leave_at) = NULL;
    struct sql_value from[SORT_KEYS_MAX];
    struct walk walk = {.query = query, .ordering = ordering_of(query), .backwards = query->backwards};
    struct page_rows rows = {.ids = {.size = sizeof(int64_t)}};
    assert(query->limit > 0);
    *ret_page = (struct db_studies_page){0};
    if (query->from != NULL) {
        if (!position_read(&walk.ordering, query->from, from))
            return DB_CONFLICT;
        walk.from = from;
    }
    enum db_status status = reader_enter(reader);
    if (status != DB_OK)
        return status;
    scope = reader;
    status = read_page(reader, &arena, &walk, &rows, ret_page);
    return status == DB_OK ? hand_out(reader, query, &rows, each, cls) : status;
}

enum db_status db_studies_count(struct db_reader *reader, const struct db_study_filter *filter, int64_t *ret_count)
{
    struct arena arena CLEANUP(arena_free) = {0};
    *ret_count = 0;
    return studies_count(reader, &arena, filter, ret_count);
}

/* ── one study ──────────────────────────────────────────────────────────────────────────────────────────────── */

enum db_status study_look_moved(struct db_reader *reader, const char *code, char **ret_moved)
{
    struct query query CLEANUP(query_end) = query_begin(reader->st, STMT_study_alias_get, ARGS(ARG_T(":alias", code)));
    if (!query_row(&query))
        return query_status(&query) == DB_OK ? DB_NOT_FOUND : query_status(&query);
    const char *now = query_text(&query, 1);
    *ret_moved = now == NULL ? NULL : strdup(now);
    return *ret_moved == NULL ? DB_NO_MEMORY : DB_NOT_FOUND;
}

enum db_status db_studies_get(struct db_reader *reader, const char *code, db_study_bytes_fn each, void *cls, char **ret_moved)
{
    struct query query CLEANUP(query_end) = query_begin(reader->st, STMT_studies_get, ARGS(ARG_T(":code", code)));
    *ret_moved = NULL;
    if (query_row(&query)) {
        const void *bytes = sqlite3_column_blob(query.stmt, 0);
        each(cls, bytes, (size_t)sqlite3_column_bytes(query.stmt, 0));
        return DB_OK;
    }
    return query_status(&query) == DB_OK ? study_look_moved(reader, code, ret_moved) : query_status(&query);
}
