/* SPDX-License-Identifier: GPL-3.0-or-later
 * What the register knew: whatever is answered about now is answered about that instant for ever, however much comes later.
 */
#include "filings.h"

#include "db/internal.h"

#define STEPS 90

/* ── everything that can be asked about an instant, as text ─────────────────────────────────────────────────── */

static FILE *out;
static int64_t asked_at; /* 0 = now */

static bool print_bytes(void *cls, const char *bytes, size_t len)
{
    (void)cls;
    fprintf(out, "%.*s", (int)len, bytes);
    return true;
}

static void print_bytes_of(const char *code)
{
    char *moved = NULL;
    int64_t since = 0;
    enum db_status status = asked_at == 0 ? db_studies_get(fixture.reader, code, print_bytes, NULL, &moved)
                                          : db_studies_get_known(fixture.reader, code, asked_at, print_bytes, NULL, &since, &moved);
    ck_assert(status == DB_OK || status == DB_NOT_FOUND);
    ck_assert_ptr_null(moved);
    fprintf(out, "%s %d\n", code, status);
}

static bool print_recruitment(void *cls, const struct db_study_recruitment *r)
{
    (void)cls;
    const struct db_recruitment *t = &r->total;
    fprintf(out, "%s: %lld %lld %lld %lld %lld %s, %lld %lld %d\n", r->study, (long long)t->planned, (long long)t->included,
            (long long)t->remaining, (long long)t->exceeded_by, (long long)t->permille, or_none(t->as_of), (long long)r->planned_by_regions,
            (long long)r->included_at_least, r->totals_only);
    for (size_t i = 0; i < r->regions_len; i++)
        fprintf(out, "  %s %lld %lld %s %d\n", r->regions[i].region, (long long)r->regions[i].planned, (long long)r->regions[i].included,
                or_none(r->regions[i].as_of), r->regions[i].takes_part);
    for (size_t i = 0; i < r->reports_len; i++)
        fprintf(out, "  %s %s %lld %s %s\n", r->reports[i].as_of, or_none(r->reports[i].region), (long long)r->reports[i].included,
                or_none(r->reports[i].document), or_none(r->reports[i].lines));
    return false;
}

static void print_recruitment_of(const char *code, const char *from, const char *to)
{
    int64_t since = 0;
    enum db_status status = asked_at == 0
                                ? db_recruitment_get(fixture.reader, code, from, to, print_recruitment, NULL)
                                : db_recruitment_get_known(fixture.reader, code, asked_at, from, to, print_recruitment, NULL, &since);
    ck_assert(status == DB_OK || status == DB_NOT_FOUND);
}

static void print_cell(const struct db_stats_cell *c)
{
    const struct db_stats_key *key = &c->key[0];
    fprintf(out, "%s/%s/%s: %lld %lld %lld %lld %lld %lld %lld %lld %lld %s %s\n", or_none(key->ref.code), or_none(key->ref.label.nb),
            or_none(key->ref.label.en), (long long)c->study_count, (long long)c->planned, (long long)c->included, (long long)c->remaining,
            (long long)c->exceeded_by, (long long)c->permille, (long long)c->with_planned, (long long)c->with_included,
            (long long)c->with_both, or_none(c->oldest), or_none(c->newest));
}

static bool print_stats(void *cls, const struct db_stats *stats)
{
    (void)cls;
    for (size_t i = 0; i < stats->cells_len; i++)
        print_cell(&stats->cells[i]);
    print_cell(&stats->total);
    return true;
}

static void print_stats_of(const struct db_codes *programme)
{
    const struct db_stats_query query = {
        .filter = {.programme = *programme}, .grain = DB_GRAIN_REGION, .by = {DB_BY_REGION}, .by_len = 1, .known_at = asked_at};
    ck_assert_int_eq(db_stats(fixture.reader, &query, print_stats, NULL), DB_OK);
}

static bool print_terms(void *cls, const struct db_edition *edition)
{
    (void)cls;
    fprintf(out, "%s %s %s\n", edition->programme, or_none(edition->licence), or_none(edition->attribution));
    return true;
}

static void print_register(void)
{
    static const char *const one[] = {"klin"}, *const both[] = {"other", "klin"};
    static const struct db_codes programmes[] = {{NULL, 0, false}, {one, 1, false}, {one, 1, true}, {both, 2, false}};
    int64_t version = db_data_version(fixture.db), updated = db_data_updated(fixture.db);
    if (asked_at != 0)
        ck_assert_int_eq(db_data_version_known(fixture.reader, asked_at, &version, &updated), DB_OK);
    fprintf(out, "version %lld since %lld\n", (long long)version, (long long)updated);
    ck_assert_int_eq(asked_at == 0 ? db_editions(fixture.reader, NULL, print_terms, NULL)
                                   : db_editions_known(fixture.reader, asked_at, print_terms, NULL),
                     DB_OK);
    for (size_t i = 0; i < LEN(programmes); i++)
        print_stats_of(&programmes[i]);
}

/* free() it. */
static char *all_about(int64_t instant)
{
    char *text = NULL;
    size_t len = 0;
    out = open_memstream(&text, &len);
    asked_at = instant;
    print_register();
    for (size_t i = 0; i < LEN(study_codes); i++) {
        print_bytes_of(study_codes[i]);
        print_recruitment_of(study_codes[i], NULL, NULL);
        print_recruitment_of(study_codes[i], "2024-01-01", NULL);
        print_recruitment_of(study_codes[i], "2023-12-31", "2024-06-30");
    }
    fclose(out);
    return text;
}

/* ── everything that happens ────────────────────────────────────────────────────────────────────────────────── */

static void step_by_chance(void)
{
    struct filing filing = filing_by_chance(), other = filing_by_chance();
    bool has_elsewhere = version_of("elsewhere") > 0;
    if (!has_elsewhere && (strcmp(filing.study, "elsewhere") == 0 || strcmp(other.study, "elsewhere") == 0)) {
        import_ok(elsewhere);
        return;
    }
    struct db_write *write = NULL;
    switch (chance(3)) {
    case 0: import_otherwise(); return;
    case 1: file_one(&filing); return;
    default: /* in one transaction: of two studies or of one, and sometimes one is taken back */
        ck_assert_int_eq(db_write_begin(fixture.db, &write), DB_OK);
        file_in(write, &filing, true);
        file_in(write, &other, chance(3) > 0);
        ck_assert_int_eq(db_write_commit(write), DB_OK);
    }
}

struct record {
    int64_t at;
    char *text;
};

/* Where the texts part, from the beginning of the line. */
static void assert_same(int64_t instant, const char *then)
{
    char *now = all_about(instant);
    size_t at = 0, line = 0;
    for (; now[at] == then[at] && now[at] != '\0'; at++)
        line = now[at] == '\n' ? at + 1 : line;
    ck_assert_msg(now[at] == then[at], "about %lld it was answered:\n%.200s\nand is now:\n%.200s", (long long)instant, then + line,
                  now + line);
    free(now);
}

START_TEST(an_answer_about_an_instant_is_the_one_that_was_given_then)
{
    struct record records[STEPS];
    filings_seed += (uint64_t)_i * 7919;
    filings_begin();
    import_ok(here);
    for (int i = 0; i < STEPS; i++) {
        records[i] = (struct record){db_data_updated(fixture.db), all_about(0)};
        assert_same(records[i].at, records[i].text);
        step_by_chance();
    }
    for (int i = 0; i < STEPS; i++) {
        int64_t next = i + 1 < STEPS ? records[i + 1].at : records[i].at;
        assert_same(records[i].at, records[i].text);
        if (next > records[i].at)
            assert_same(next - 1, records[i].text);
    }
    for (int i = 0; i < STEPS; i++)
        free(records[i].text);
    filings_end();
}
END_TEST

START_TEST(answers_about_the_past_outlast_the_process)
{
    filings_begin();
    import_ok(here);
    for (int i = 0; i < 20; i++)
        step_by_chance();
    int64_t at = db_data_updated(fixture.db);
    char *then = all_about(0);
    for (int i = 0; i < 20; i++)
        step_by_chance();
    fixture_reopen();
    assert_same(at, then);
    free(then);
    filings_end();
}
END_TEST

/* ── before, after, not kept ────────────────────────────────────────────────────────────────────────────────── */

static int64_t since_of(const char *code, int64_t instant, enum db_status expected)
{
    char *moved = NULL, *text = NULL;
    int64_t since = -2;
    ck_assert_int_eq(db_studies_get_known(fixture.reader, code, instant, keep_bytes, &text, &since, &moved), expected);
    ck_assert((text != NULL) == (expected == DB_OK));
    int64_t of_counts = -2;
    out = fopen("/dev/null", "w");
    ck_assert_int_eq(db_recruitment_get_known(fixture.reader, code, instant, NULL, NULL, print_recruitment, NULL, &of_counts), expected);
    fclose(out);
    ck_assert_int_eq(of_counts, since);
    free(text);
    free(moved);
    return since;
}

static const struct filing ten = {FILE_REPORT, "alpha", "2025-01-31", .len = 1, .counts = {{NULL, 70}}, .author = {7, DB_ROLE_REPORTER}};

START_TEST(before_the_register_held_a_study_it_says_since_when_it_does)
{
    import_ok(&first_said);
    int64_t first = db_data_updated(fixture.db);
    file_one(&ten);
    int64_t second = db_data_updated(fixture.db);
    ck_assert_int_eq(since_of("alpha", first - 1, DB_NOT_FOUND), first);
    ck_assert_int_eq(since_of("alpha", first, DB_OK), first);
    ck_assert_int_eq(since_of("alpha", second - 1, DB_OK), first);
    ck_assert_int_eq(since_of("alpha", second, DB_OK), second);
    ck_assert_int_eq(since_of("alpha", INT64_MAX - 1, DB_OK), second);
    ck_assert_int_eq(since_of("beta", second, DB_OK), first);
    ck_assert_int_eq(since_of("nobody", second, DB_NOT_FOUND), -1);
    int64_t version = -1, updated = -1;
    ck_assert_int_eq(db_data_version_known(fixture.reader, first - 1, &version, &updated), DB_OK);
    ck_assert(version == 0 && updated == first);
}
END_TEST

START_TEST(an_old_id_is_said_to_have_moved)
{
    struct said *said = said_new();
    said->old_ids[0].name = "alpha";
    said->old_ids[0].alias = "alpha-old";
    import_ok(said);
    char *moved = NULL, *text = NULL;
    int64_t since = 0, now = db_data_updated(fixture.db);
    ck_assert_int_eq(db_studies_get_known(fixture.reader, "alpha-old", now, keep_bytes, &text, &since, &moved), DB_NOT_FOUND);
    ck_assert_pstr_eq(moved, "alpha");
    ck_assert_int_eq(since, -1);
    free(moved);
    free(said);
}
END_TEST

START_TEST(an_empty_register_knew_nothing)
{
    int64_t version = -1, updated = -1;
    ck_assert_int_eq(db_data_version_known(fixture.reader, 1, &version, &updated), DB_OK);
    ck_assert(version == 0 && updated == INT64_MAX);
}
END_TEST

START_TEST(what_was_replaced_before_it_was_kept_is_not_known)
{
    import_ok(&first_said);
    file_one(&ten);
    int64_t first = since_of("beta", INT64_MAX - 1, DB_OK), second = db_data_updated(fixture.db);
    fixture_close();
    forget_filing();
    ck_assert_int_eq(fixture_open(false, NULL), DB_OK);
    ck_assert_int_eq(db_reader_open(fixture.db, &fixture.reader), DB_OK);
    ck_assert_int_eq(since_of("alpha", second - 1, DB_NOT_FOUND), second);
    ck_assert_int_eq(since_of("beta", second - 1, DB_OK), first); /* it stands as it stood */
    int64_t version = -1, updated = -1;
    ck_assert_int_eq(db_data_version_known(fixture.reader, second - 1, &version, &updated), DB_OK);
    ck_assert(version == 0 && updated == second);
    ck_assert_int_eq(db_data_version_known(fixture.reader, second, &version, &updated), DB_OK);
    ck_assert(version == 2 && updated == second);
    char *then = all_about(0);
    assert_same(second, then);
    filings_begin();
    import_ok(here);
    for (int i = 0; i < 20; i++)
        import_otherwise();
    assert_same(second, then);
    filings_end();
    free(then);
}
END_TEST

START_TEST(what_may_be_shown_is_what_might_be_shown_then)
{
    struct said *said = said_new();
    import_ok(said);
    const struct filing west = {FILE_REPORT, "alpha", "2025-01-31", .len = 1, .counts = {{"vest", 30}}, .author = {7, DB_ROLE_REPORTER}};
    file_one(&west);
    int64_t full = db_data_updated(fixture.db), version = version_of("alpha");
    char *then = all_about(0);
    said->programme.disclosure_threshold = 1000;
    said->edition.digest = "d2";
    import_ok(said);
    ck_assert_int_eq(version_of("alpha"), version + 1); /* its card is the same, and yet another answer is given */
    char *now = all_about(0);
    ck_assert_str_ne(then, now);
    assert_same(full, then);
    assert_same(db_data_updated(fixture.db), now);
    free(then);
    free(now);
    free(said);
}
END_TEST

/* More transactions than milliseconds: their instants run ahead of the clock. */
START_TEST(what_was_committed_is_settled_whatever_the_clock_says)
{
    import_ok(&first_said);
    for (int i = 0; i < 2000; i++) {
        struct db_write *write = NULL;
        ck_assert_int_eq(db_write_begin(fixture.db, &write), DB_OK);
        db_write_abandon(write);
    }
    file_one(&ten);
    ck_assert(db_known_is_settled(fixture.db, db_data_updated(fixture.db)));
    ck_assert(!db_known_is_settled(fixture.db, db_data_updated(fixture.db) + 3600000));
}
END_TEST

/* ── the question of the statistic ──────────────────────────────────────────────────────────────────────────── */

START_TEST(the_statistic_finds_what_stood_by_time)
{
    struct arena arena = {0};
    struct sql question = sql_begin(&arena);
    const struct db_stats_query query = {.grain = DB_GRAIN_REGION, .by = {DB_BY_REGION}, .by_len = 1, .known_at = 1};
    stats_question(&question, &query, 0);
    char *plan = NULL;
    size_t len = 0;
    FILE *lines = open_memstream(&plan, &len);
    char text[4000];
    snprintf(text, sizeof text, "EXPLAIN QUERY PLAN %.*s", (int)question.text.len, (const char *)question.text.items);
    sqlite3_stmt *stmt = NULL;
    ck_assert_int_eq(sqlite3_prepare_v2(fixture.db->sql, text, -1, &stmt, NULL), SQLITE_OK);
    while (sqlite3_step(stmt) == SQLITE_ROW)
        fprintf(lines, "%s\n", (const char *)sqlite3_column_text(stmt, 3));
    sqlite3_finalize(stmt);
    fclose(lines);
    ck_assert_msg(strstr(plan, "study_past_by_time (until>?)") != NULL, "%s", plan);
    ck_assert_msg(strstr(plan, "SEARCH x USING PRIMARY KEY (study=? AND version=?)") != NULL, "%s", plan);
    ck_assert_msg(strstr(plan, "SCAN p") == NULL && strstr(plan, "TEMP B-TREE") == NULL, "%s", plan);
    free(plan);
    arena_free(&arena);
}
END_TEST

START_TEST(what_was_known_is_not_kept_as_what_is_known)
{
    import_ok(&first_said);
    int64_t first = db_data_updated(fixture.db);
    char *then = all_about(0);
    file_one(&ten);
    char *now = all_about(0);
    for (int i = 0; i < 3; i++) {
        assert_same(first, then);
        assert_same(0, now);
    }
    free(then);
    free(now);
}
END_TEST

START_TEST(a_question_about_the_past_is_bounded_in_time)
{
    import_ok(&first_said);
    const atomic_bool stop = true;
    db_reader_bound(fixture.reader, (struct db_bound){.stop = &stop});
    const struct db_stats_query query = {
        .grain = DB_GRAIN_REGION, .by = {DB_BY_REGION}, .by_len = 1, .known_at = db_data_updated(fixture.db)};
    enum db_status status = DB_OK;
    for (int i = 0; i < 1000 && status == DB_OK; i++) { /* so little is looked at that it may be done before anybody looks at the clock */
        out = fopen("/dev/null", "w");
        status = db_stats(fixture.reader, &query, print_stats, NULL);
        fclose(out);
    }
    ck_assert_int_eq(status, DB_TIMEOUT);
    db_reader_bound(fixture.reader, (struct db_bound){0});
}
END_TEST

static void memory_begin(void)
{
    fixture_folder();
    snprintf(fixture.path, sizeof fixture.path, ":memory:");
    ck_assert_int_eq(fixture_open(true, NULL), DB_OK);
    ck_assert_int_eq(db_reader_open(fixture.db, &fixture.reader), DB_OK);
}

int main(void)
{
    TCase *cases = tcase_create("file"), *memory = tcase_create("memory");
    tcase_add_loop_test(cases, an_answer_about_an_instant_is_the_one_that_was_given_then, 0, 6);
    tcase_add_test(cases, answers_about_the_past_outlast_the_process);
    tcase_add_test(cases, before_the_register_held_a_study_it_says_since_when_it_does);
    tcase_add_test(cases, an_old_id_is_said_to_have_moved);
    tcase_add_test(cases, an_empty_register_knew_nothing);
    tcase_add_test(cases, what_was_replaced_before_it_was_kept_is_not_known);
    tcase_add_test(cases, what_may_be_shown_is_what_might_be_shown_then);
    tcase_add_test(cases, what_was_committed_is_settled_whatever_the_clock_says);
    tcase_add_test(cases, the_statistic_finds_what_stood_by_time);
    tcase_add_test(cases, what_was_known_is_not_kept_as_what_is_known);
    tcase_add_test(cases, a_question_about_the_past_is_bounded_in_time);
    tcase_add_loop_test(memory, an_answer_about_an_instant_is_the_one_that_was_given_then, 0, 2);
    tcase_add_checked_fixture(memory, memory_begin, fixture_end);
    tcase_set_timeout(memory, 120);
    Suite *suite = suite_create("known");
    tcase_add_checked_fixture(cases, fixture_begin, fixture_end);
    tcase_set_timeout(cases, 120);
    suite_add_tcase(suite, cases);
    suite_add_tcase(suite, memory);
    return suite_run(suite);
}
