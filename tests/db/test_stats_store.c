/* SPDX-License-Identifier: GPL-3.0-or-later
 * What was computed stays for the data version and for all readers: nothing is computed twice, and nobody gets what is not his.
 */
#include "fixture.h"

#include "db/internal.h"

#include <stdatomic.h>

static const struct db_stats_query by_status = {.by = {DB_BY_STATUS}, .by_len = 1};

static bool keep_total(void *cls, const struct db_stats *stats)
{
    *(int64_t *)cls = stats->total.study_count;
    return true;
}

static int64_t ask(struct db_reader *reader, const struct db_stats_query *query)
{
    int64_t total = -1;
    ck_assert_int_eq(db_stats(reader, query, keep_total, &total), DB_OK);
    return total;
}

/* Another study: the next data version. */
static void grow(struct said *said, int i)
{
    char digest[16], code[16];
    snprintf(digest, sizeof digest, "n%d", i);
    snprintf(code, sizeof code, "new-%d", i);
    said->edition.digest = digest;
    said->studies[2] = (struct db_study){STUDY(code, "Kari Østby", "ous", "unknown", award_c, -1, -1), .scientific_title = "New"};
    import_ok(said);
}

START_TEST(the_same_question_is_computed_once_a_version)
{
    struct db_reader *other = NULL;
    struct said *said = said_new();
    import_ok(said);
    ck_assert_int_eq(db_reader_open(fixture.db, &other), DB_OK);
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(ask(fixture.reader, &by_status), 2);
        ck_assert_int_eq(ask(other, &by_status), 2);
    }
    ck_assert_int_eq(db_stats_computed(fixture.db), 1);
    grow(said, 1);
    ck_assert_int_eq(ask(other, &by_status), 3);
    ck_assert_int_eq(ask(fixture.reader, &by_status), 3);
    ck_assert_int_eq(db_stats_computed(fixture.db), 2);
    db_reader_close(other);
    free(said);
}
END_TEST

START_TEST(questions_that_differ_in_anything_are_different)
{
    static const char *const recruiting[] = {"recruiting"}, *const unknown[] = {"unknown"};
    struct db_stats_query different[] = {
        by_status, by_status, by_status, by_status, by_status, by_status, by_status, by_status, by_status,
    };
    different[1].leaders = true;
    different[2].grain = DB_GRAIN_AWARD;
    different[3].by[0] = DB_BY_CALL_YEAR;
    different[4].filter.status = (struct db_codes){recruiting, 1, false};
    different[5].filter.status = (struct db_codes){unknown, 1, false};
    different[6].filter.status = (struct db_codes){unknown, 1, true};
    different[7].filter.call_year = (struct db_ranges){{{2019, 2019}}, 1, false};
    different[8].filter.call_year = (struct db_ranges){{{2019, 2020}}, 1, false};
    import_ok(&first_said);
    for (int round = 0; round < 2; round++)
        for (size_t i = 0; i < LEN(different); i++)
            ask(fixture.reader, &different[i]);
    ck_assert_int_eq(db_stats_computed(fixture.db), LEN(different));
}
END_TEST

START_TEST(who_sees_an_older_state_is_answered_from_it)
{
    struct db_reader *older = NULL;
    struct said *said = said_new();
    import_ok(said);
    ck_assert_int_eq(db_reader_open(fixture.db, &older), DB_OK);
    ck_assert_int_eq(db_reader_begin(older), DB_OK);
    grow(said, 1);
    ck_assert_int_eq(ask(older, &by_status), 2); /* first, though a newer version is there */
    ck_assert_int_eq(ask(fixture.reader, &by_status), 3);
    ck_assert_int_eq(ask(older, &by_status), 2);
    ck_assert_int_eq(ask(fixture.reader, &by_status), 3);
    ck_assert_int_eq(db_stats_computed(fixture.db), 3); /* the older one is not kept any more */
    db_reader_end(older);
    ck_assert_int_eq(ask(older, &by_status), 3);
    ck_assert_int_eq(db_stats_computed(fixture.db), 3);
    db_reader_close(older);
    free(said);
}
END_TEST

static struct db_stats_query of_year(int year)
{
    struct db_stats_query query = by_status;
    query.filter.call_year = (struct db_ranges){{{year, year}}, 1, false};
    return query;
}

START_TEST(the_longest_unused_goes_when_there_is_no_more_room)
{
    import_ok(&first_said);
    fixture.db->answers.max = 100000;
    for (int year = 0; year < 200; year++) {
        struct db_stats_query query = of_year(2000 + year), often = of_year(2000);
        ask(fixture.reader, &query);
        ask(fixture.reader, &often);
        ck_assert_uint_le(fixture.db->answers.bytes, 100000);
    }
    ck_assert_int_eq(db_stats_computed(fixture.db), 200);
    struct db_stats_query last = of_year(2199), first = of_year(2001);
    ask(fixture.reader, &last);
    ck_assert_int_eq(db_stats_computed(fixture.db), 200);
    ask(fixture.reader, &first);
    ck_assert_int_eq(db_stats_computed(fixture.db), 201);
    fixture.db->answers.max = 0; /* nothing fits: everything is answered all the same */
    ck_assert_int_eq(ask(fixture.reader, &by_status), 2);
    ck_assert_uint_eq(fixture.db->answers.bytes, 0);
}
END_TEST

/* What a callback reads stays, whatever is asked and imported meanwhile. */
static bool hold_on(void *cls, const struct db_stats *stats)
{
    const char *code = stats->cells[0].key[0].ref.code;
    grow(cls, 1);
    struct db_reader *other = NULL;
    ck_assert_int_eq(db_reader_open(fixture.db, &other), DB_OK);
    ck_assert_int_eq(ask(other, &by_status), 3);
    db_reader_close(other);
    ck_assert_int_eq(ask(fixture.reader, &by_status), 2);
    ck_assert_str_eq(stats->cells[0].key[0].ref.code, code);
    ck_assert_int_eq(stats->total.study_count, 2);
    return true;
}

START_TEST(an_answer_lives_as_long_as_it_is_read)
{
    struct said *said = said_new();
    import_ok(said);
    fixture.db->answers.max = 0;
    ck_assert_int_eq(db_stats(fixture.reader, &by_status, hold_on, said), DB_OK);
    free(said);
}
END_TEST

/* ── threads ────────────────────────────────────────────────────────────────────────────────────────────────── */

#define THREADS 4
#define IMPORTS 30

static pthread_barrier_t together;
static atomic_bool is_over;
static atomic_long asked, failures; /* Check is not for other threads: they count, the test looks */

static void require(bool holds)
{
    if (!holds)
        failures++;
}

static void *ask_together(void *cls)
{
    struct db_reader *reader = NULL;
    int64_t total = 0;
    require(db_reader_open(fixture.db, &reader) == DB_OK);
    pthread_barrier_wait(&together);
    require(db_stats(reader, cls, keep_total, &total) == DB_OK);
    require(total == 2);
    db_reader_close(reader);
    return NULL;
}

START_TEST(who_asks_the_same_at_once_waits_for_the_first)
{
    import_ok(&first_said);
    for (int round = 0; round < 20; round++) {
        pthread_t threads[THREADS];
        struct db_stats_query query = by_status;
        query.filter.updated = (struct db_ranges){{{-round, INT64_MAX}}, 1, false};
        pthread_barrier_init(&together, NULL, THREADS);
        for (size_t i = 0; i < THREADS; i++)
            ck_assert_int_eq(pthread_create(&threads[i], NULL, ask_together, &query), 0);
        for (size_t i = 0; i < THREADS; i++)
            pthread_join(threads[i], NULL);
        pthread_barrier_destroy(&together);
        ck_assert_int_eq(failures, 0);
        ck_assert_int_eq(db_stats_computed(fixture.db), round + 1);
    }
}
END_TEST

static bool keep_study_count(void *cls, const struct db_facet_counts *counts)
{
    *(int64_t *)cls = counts->study_count;
    return true;
}

/* Kept sums, computed ones, facets and the list are of one state. */
static void ask_on(struct db_reader *reader)
{
    const struct db_stats_query kept = {.by = {DB_BY_MECHANISM}, .by_len = 1};
    int64_t listed = -1, computed = -2, summed = -3, counted = -4;
    require(db_reader_begin(reader) == DB_OK);
    require(db_studies_count(reader, &(struct db_study_filter){0}, &listed) == DB_OK);
    for (int i = 0; i < 3; i++) {
        struct db_stats_query query = by_status;
        query.leaders = i == 2;
        require(db_stats(reader, &query, keep_total, &computed) == DB_OK);
        require(db_stats(reader, &kept, keep_total, &summed) == DB_OK);
        require(db_facets(reader, &query.filter, (enum db_facet)(DB_FACET_CATEGORY + i), keep_study_count, &counted) == DB_OK);
        require(computed == listed && summed == listed && counted == listed);
    }
    db_reader_end(reader);
    asked++;
}

static void *read_on(void *cls)
{
    struct db_reader *reader = NULL;
    (void)cls;
    require(db_reader_open(fixture.db, &reader) == DB_OK);
    while (!is_over && failures == 0)
        ask_on(reader);
    db_reader_close(reader);
    return NULL;
}

START_TEST(readers_share_answers_while_imports_commit)
{
    pthread_t threads[THREADS];
    struct said *said = said_new();
    import_ok(said);
    fixture.db->answers.max = 20000; /* so that some go while others are read */
    for (size_t i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, read_on, NULL), 0);
    for (int i = 0; i < IMPORTS || (asked < 400 && failures == 0); i++)
        grow(said, i);
    is_over = true;
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    ck_assert_int_eq(failures, 0);
    ck_assert_int_ge(asked, 400);
    free(said);
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("stats store");
    tcase_add_test(cases, the_same_question_is_computed_once_a_version);
    tcase_add_test(cases, questions_that_differ_in_anything_are_different);
    tcase_add_test(cases, who_sees_an_older_state_is_answered_from_it);
    tcase_add_test(cases, the_longest_unused_goes_when_there_is_no_more_room);
    tcase_add_test(cases, an_answer_lives_as_long_as_it_is_read);
    tcase_add_test(cases, who_asks_the_same_at_once_waits_for_the_first);
    tcase_add_test(cases, readers_share_answers_while_imports_commit);
    return run("stats store", cases, true);
}
