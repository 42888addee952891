/* SPDX-License-Identifier: GPL-3.0-or-later
 * All studies of a question, one by one: the same as its pages, from one state, in memory that does not grow with them.
 */
#include "portfolio.h"

#include <malloc.h>
#include <pthread.h>

#define ROUNDS 400

/* ── as pages have them ─────────────────────────────────────────────────────────────────────────────────────── */

struct seen {
    size_t len;
    char *text[STUDIES];
};

static void seen_add(struct seen *seen, const char *bytes, size_t len)
{
    ck_assert_uint_lt(seen->len, STUDIES);
    seen->text[seen->len++] = strndup(bytes, len);
}

static bool see(void *cls, const char *bytes, size_t len)
{
    seen_add(cls, bytes, len);
    return true;
}

static void seen_free(struct seen *seen)
{
    for (size_t i = 0; i < seen->len; i++)
        free(seen->text[i]);
}

static enum db_status walk_on(struct db_studies_walk *walk, struct seen *seen)
{
    const char *bytes;
    size_t len;
    enum db_status status;
    while ((status = db_studies_walk_next(walk, &bytes, &len)) == DB_OK)
        seen_add(seen, bytes, len);
    return status;
}

/* The question is gone before the first row: whatever it points to is overwritten. */
static struct db_studies_walk *begin_and_forget(const struct db_studies_query *query, int64_t most, int64_t *ret_total)
{
    struct db_studies_query copy = *query;
    char store[FILTERS][8][40];
    const char *values[FILTERS][8];
    struct db_studies_walk *walk = NULL;
    for (size_t i = 0; i < LEN(code_filters); i++) {
        struct db_codes *codes = (void *)((char *)&copy.filter + code_filters[i].offset);
        for (size_t j = 0; j < codes->len; j++) {
            snprintf(store[i][j], sizeof store[i][j], "%s", codes->values[j]);
            values[i][j] = store[i][j];
        }
        codes->values = values[i];
    }
    ck_assert_int_eq(db_studies_walk_begin(fixture.reader, &copy, most, &walk, ret_total), DB_OK);
    memset(store, '!', sizeof store);
    memset(values, 0, sizeof values);
    memset(&copy, 0xa5, sizeof copy);
    return walk;
}

static void check_question(struct db_studies_query *query)
{
    struct seen pages = {0}, walked = {0};
    struct db_studies_page page;
    int64_t total = -1;
    query->limit = STUDIES + 1;
    ck_assert_int_eq(db_reader_begin(fixture.reader), DB_OK);
    ck_assert_int_eq(db_studies_list(fixture.reader, query, see, &pages, &page), DB_OK);
    struct db_studies_walk *walk = begin_and_forget(query, INT64_MAX, &total);
    ck_assert_int_eq(total, page.total);
    ck_assert_int_eq(walk_on(walk, &walked), DB_NOT_FOUND);
    ck_assert_int_eq(walk_on(walk, &walked), DB_NOT_FOUND); /* and so it stays */
    db_studies_walk_end(walk);
    db_reader_end(fixture.reader);
    ck_assert_uint_eq(walked.len, pages.len);
    ck_assert_uint_eq(walked.len, (size_t)total);
    for (size_t i = 0; i < pages.len; i++)
        ck_assert_str_eq(walked.text[i], pages.text[i]);
    seen_free(&pages);
    seen_free(&walked);
}

START_TEST(a_walk_is_what_its_pages_are)
{
    list_codes();
    for (int round = 0; round < ROUNDS; round++) {
        struct db_studies_query query = {.sort_len = (size_t)chance(DB_SORT_LEN + 1), .form = chance(2) ? DB_FORM_ROW : DB_FORM_FULL};
        if (chance(3) > 0)
            query.filter = filter_by_chance();
        for (size_t i = 0; i < query.sort_len; i++)
            query.sort[i] = (struct db_sort){(enum db_study_sort_key)chance(DB_SORT_UPDATED + 1), chance(2)};
        check_question(&query);
    }
}
END_TEST

START_TEST(each_form_has_its_own_bytes)
{
    struct db_studies_query query = {.form = DB_FORM_ROW, .limit = 1, .sort = {{DB_SORT_ID, false}}, .sort_len = 1};
    const char *bytes;
    size_t len;
    int64_t total;
    char wanted[80];
    struct db_studies_walk *walk;
    snprintf(wanted, sizeof wanted, "row of %s version 1", models[0].code);
    ck_assert_int_eq(db_reader_begin(fixture.reader), DB_OK);
    ck_assert_int_eq(db_studies_walk_begin(fixture.reader, &query, INT64_MAX, &walk, &total), DB_OK);
    ck_assert_int_eq(db_studies_walk_next(walk, &bytes, &len), DB_OK);
    ck_assert(len == strlen(wanted) && memcmp(bytes, wanted, len) == 0);
    db_studies_walk_end(walk);
    db_reader_end(fixture.reader);
}
END_TEST

START_TEST(more_than_were_to_be_are_counted_and_not_walked)
{
    list_codes();
    for (int filtered = 0; filtered < 2; filtered++) {
        struct db_studies_query query = {.limit = 1};
        struct db_studies_walk *walk;
        int64_t total, expected;
        if (filtered)
            query.filter.programme = (struct db_codes){programmes, 1, false};
        expected = count_of(&query.filter);
        ck_assert_int_eq(db_reader_begin(fixture.reader), DB_OK);
        ck_assert_int_eq(db_studies_walk_begin(fixture.reader, &query, expected - 1, &walk, &total), DB_OK);
        ck_assert_ptr_null(walk);
        ck_assert_int_eq(total, expected);
        ck_assert_int_eq(db_studies_walk_begin(fixture.reader, &query, expected, &walk, &total), DB_OK);
        ck_assert_ptr_nonnull(walk);
        ck_assert_int_eq(total, expected);
        db_studies_walk_end(walk);
        db_studies_walk_end(NULL);
        ck_assert_int_eq(db_studies_walk_begin(fixture.reader, &query, 0, &walk, &total), DB_OK);
        ck_assert_ptr_null(walk);
        db_reader_end(fixture.reader);
    }
}
END_TEST

START_TEST(a_walk_may_be_left_anywhere)
{
    for (int steps = 0; steps < 4; steps++) {
        struct db_studies_query query = {.sort = {{DB_SORT_NAME, steps % 2}, {DB_SORT_STATUS, false}}, .sort_len = (size_t)(steps / 2 + 1)};
        struct db_studies_walk *walk;
        const char *bytes;
        size_t len;
        int64_t total;
        ck_assert_int_eq(db_reader_begin(fixture.reader), DB_OK);
        ck_assert_int_eq(db_studies_walk_begin(fixture.reader, &query, INT64_MAX, &walk, &total), DB_OK);
        for (int i = 0; i < steps; i++)
            ck_assert_int_eq(db_studies_walk_next(walk, &bytes, &len), DB_OK);
        db_studies_walk_end(walk);
        db_reader_end(fixture.reader);
        ck_assert_int_eq(count_of(&query.filter), STUDIES); /* and nothing is left open */
    }
}
END_TEST

/* ── damage ─────────────────────────────────────────────────────────────────────────────────────────────────── */

START_TEST(a_study_without_bytes_ends_the_walk_as_damage)
{
    for (int form = 0; form < DB_FORMS; form++) {
        struct db_studies_query query = {.form = (enum db_form)form, .sort = {{DB_SORT_ID, false}}, .sort_len = 1};
        struct db_studies_walk *walk;
        struct seen seen = {0};
        int64_t total;
        sql("DELETE FROM %s WHERE study = (SELECT id FROM study ORDER BY code LIMIT 1 OFFSET 3)",
            form == DB_FORM_ROW ? "rendered_row" : "rendered");
        ck_assert_int_eq(db_reader_begin(fixture.reader), DB_OK);
        ck_assert_int_eq(db_studies_walk_begin(fixture.reader, &query, INT64_MAX, &walk, &total), DB_OK);
        ck_assert_int_eq(total, STUDIES);
        ck_assert_int_eq(walk_on(walk, &seen), DB_DAMAGED);
        ck_assert_uint_eq(seen.len, 3);
        db_studies_walk_end(walk);
        db_reader_end(fixture.reader);
        seen_free(&seen);
    }
}
END_TEST

/* ── one state ──────────────────────────────────────────────────────────────────────────────────────────────── */

START_TEST(what_is_imported_meanwhile_is_not_seen)
{
    static const struct db_sort ways[] = {{DB_SORT_CALL_YEAR, false}, {DB_SORT_UPDATED, true}};
    for (size_t way = 0; way < LEN(ways); way++) {
        struct db_studies_query query = {.form = DB_FORM_ROW, .sort = {ways[way]}, .sort_len = 1};
        struct db_studies_walk *walk;
        struct seen before = {0}, seen = {0};
        const char *bytes;
        size_t len;
        int64_t total, updated, version = db_data_version(fixture.db);
        ck_assert_int_eq(db_reader_begin(fixture.reader), DB_OK);
        ck_assert_int_eq(db_studies_walk_begin(fixture.reader, &query, INT64_MAX, &walk, &total), DB_OK);
        ck_assert_int_eq(walk_on(walk, &before), DB_NOT_FOUND);
        db_studies_walk_end(walk);
        ck_assert_int_eq(db_studies_walk_begin(fixture.reader, &query, INT64_MAX, &walk, &total), DB_OK);
        ck_assert_int_eq(db_studies_walk_next(walk, &bytes, &len), DB_OK);
        seen_add(&seen, bytes, len);
        struct said *said = edition_of(way ? "2026" : "2025", way ? "2026-12-31" : "2025-12-31", way ? "another" : "one");
        said->studies[0].code = way ? "new-b" : "new-a";
        said->studies[0].programme = said->programme.code = "klin";
        said->studies[1].code = NULL;
        said->plans[0].study = said->reports[0].study = said->notes[0].record = NULL;
        import_ok(said);
        free(said);
        ck_assert_int_gt(db_data_version(fixture.db), version);
        ck_assert_int_eq(db_reader_version(fixture.reader, &updated), version); /* of what is seen */
        ck_assert_int_le(updated, db_data_updated(fixture.db));
        ck_assert_int_eq(walk_on(walk, &seen), DB_NOT_FOUND);
        ck_assert_int_eq(total, (int64_t)seen.len);
        ck_assert_uint_eq(seen.len, before.len);
        for (size_t i = 0; i < seen.len; i++)
            ck_assert_str_eq(seen.text[i], before.text[i]);
        db_studies_walk_end(walk);
        db_reader_end(fixture.reader);
        ck_assert_int_eq(db_reader_version(fixture.reader, &updated), db_data_version(fixture.db));
        ck_assert_int_gt(count_of(&query.filter), total);
        seen_free(&before);
        seen_free(&seen);
        fixture_end();
        portfolio();
    }
}
END_TEST

/* ── another thread ─────────────────────────────────────────────────────────────────────────────────────────── */

struct hand_over {
    struct db_studies_walk *walk;
    size_t rows;
    enum db_status end;
};

static void *walk_there(void *cls)
{
    struct hand_over *over = cls;
    const char *bytes;
    size_t len;
    while ((over->end = db_studies_walk_next(over->walk, &bytes, &len)) == DB_OK)
        over->rows++;
    db_studies_walk_end(over->walk);
    return NULL;
}

START_TEST(a_walk_goes_on_in_another_thread)
{
    for (int sorted = 0; sorted < 2; sorted++) {
        struct db_studies_query query = {.sort = {{DB_SORT_STATUS, false}}, .sort_len = (size_t)sorted};
        struct hand_over over = {0};
        pthread_t thread;
        int64_t total;
        ck_assert_int_eq(db_reader_begin(fixture.reader), DB_OK);
        ck_assert_int_eq(db_studies_walk_begin(fixture.reader, &query, INT64_MAX, &over.walk, &total), DB_OK);
        ck_assert_int_eq(pthread_create(&thread, NULL, walk_there, &over), 0);
        pthread_join(thread, NULL);
        db_reader_end(fixture.reader);
        ck_assert_int_eq(over.end, DB_NOT_FOUND);
        ck_assert_int_eq((int64_t)over.rows, total);
    }
}
END_TEST

/* ── memory ─────────────────────────────────────────────────────────────────────────────────────────────────── */

#define COPIES    100
#define ROW_BYTES 2000

/* The portfolio, so often, with rows of that length; made past the interface, since only its size matters. */
static void make_long(void)
{
    int64_t columns = sql("SELECT count(*) FROM pragma_table_info('study')");
    char select[1500] = "";
    sqlite3 *direct = NULL;
    sqlite3_stmt *stmt = NULL;
    ck_assert_int_gt(columns, 10);
    ck_assert_int_eq(sqlite3_open(fixture.path, &direct), SQLITE_OK);
    ck_assert_int_eq(
        sqlite3_prepare_v2(direct,
                           "SELECT group_concat(CASE name WHEN 'id' THEN 's.id + n.k * 1000' WHEN 'code' THEN 's.code || ''-'' || n.k'"
                           " ELSE 's.' || name END) FROM pragma_table_info('study')",
                           -1, &stmt, NULL),
        SQLITE_OK);
    ck_assert_int_eq(sqlite3_step(stmt), SQLITE_ROW);
    snprintf(select, sizeof select, "%s", (const char *)sqlite3_column_text(stmt, 0));
    sqlite3_finalize(stmt);
    sqlite3_close(direct);
    sql("WITH RECURSIVE n (k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM n WHERE k < %d) INSERT INTO study SELECT %s FROM n, study s", COPIES,
        select);
    sql("INSERT OR REPLACE INTO rendered_row SELECT id, CAST(printf('%%.%dc', 'x') AS BLOB) FROM study", ROW_BYTES);
}

static size_t memory_used(void)
{
    return mallinfo2().uordblks + mallinfo2().hblkhd;
}

/* The most that is in use while everything is walked, above what was before. */
static size_t memory_of(const struct db_studies_query *query, int64_t *ret_total)
{
    struct db_studies_walk *walk;
    const char *bytes;
    size_t len, before = memory_used(), most = 0, rows = 0;
    ck_assert_int_eq(db_studies_walk_begin(fixture.reader, query, INT64_MAX, &walk, ret_total), DB_OK);
    for (; db_studies_walk_next(walk, &bytes, &len) == DB_OK; rows++) {
        ck_assert_uint_eq(len, ROW_BYTES);
        size_t now = memory_used() - before;
        most = now < SIZE_MAX / 2 && now > most ? now : most;
    }
    ck_assert_int_eq(*ret_total, (int64_t)rows);
    db_studies_walk_end(walk);
    return most;
}

START_TEST(memory_does_not_grow_with_the_result)
{
    static const struct db_studies_query questions[] = {
        {.form = DB_FORM_ROW},                                                                               /* along an index */
        {.form = DB_FORM_ROW, .sort = {{DB_SORT_STATUS, false}, {DB_SORT_AMOUNT_NOK, true}}, .sort_len = 2}, /* sorted */
        {.form = DB_FORM_ROW, .filter = {.call_year = {.r = {{2016, 2018}}, .len = 1}}},                     /* filtered */
    };
    make_long();
    fixture_reopen();
    for (size_t i = 0; i < LEN(questions); i++) {
        int64_t total;
        ck_assert_int_eq(db_reader_begin(fixture.reader), DB_OK);
        memory_of(&questions[i], &total); /* statements are prepared, the page cache is full */
        size_t most = memory_of(&questions[i], &total);
        db_reader_end(fixture.reader);
        ck_assert_int_gt(total, 10000);
        /* 8 bytes a study at most, in a list that doubles; the rows themselves are 20 to 40 MB. */
        ck_assert_msg(most < 2 * 8 * 32768 + (1 << 20), "question %zu: %zu bytes for %lld rows", i, most, (long long)total);
        ck_assert_msg(i > 0 || most < 1 << 17, "%zu bytes along an index", most);
    }
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("walk");
    tcase_add_checked_fixture(cases, portfolio, fixture_end);
    tcase_add_test(cases, a_walk_is_what_its_pages_are);
    tcase_add_test(cases, each_form_has_its_own_bytes);
    tcase_add_test(cases, more_than_were_to_be_are_counted_and_not_walked);
    tcase_add_test(cases, a_walk_may_be_left_anywhere);
    tcase_add_test(cases, a_study_without_bytes_ends_the_walk_as_damage);
    tcase_add_test(cases, what_is_imported_meanwhile_is_not_seen);
    tcase_add_test(cases, a_walk_goes_on_in_another_thread);
    tcase_add_test(cases, memory_does_not_grow_with_the_result);
    return run("walk", cases, false);
}
