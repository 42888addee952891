/* SPDX-License-Identifier: GPL-3.0-or-later
 * What is filed: in parts of one transaction, each of which stands or falls as one, and seen by nobody before it is on disk.
 */
#include "filing.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

START_TEST(a_report_is_seen_when_it_is_committed_and_not_before)
{
    import_ok(&first_said);
    int64_t before = db_data_version(fixture.db);
    struct db_write *write = begin();
    file_and_keep(write, "alpha", "2025-01-31", 64);
    ck_assert_int_eq(settled.version, 2);
    ck_assert(settled.changed);
    ck_assert_int_eq(settled.updated, db_write_now(write));
    ck_assert_int_eq(version_of("alpha"), 1);
    assert_shows("alpha", "recruitment 100 60");
    ck_assert_int_eq(db_data_version(fixture.db), before);
    ck_assert_int_eq(db_write_commit(write), DB_OK);
    ck_assert_int_eq(version_of("alpha"), 2);
    assert_shows("alpha", "recruitment 100 64 36 -1 640 2025-01-31");
    ck_assert_int_eq(db_data_version(fixture.db), before + 1);
    ck_assert_int_eq(sql("SELECT count(*) FROM report WHERE origin = 'filed' AND standing = 'filed' AND token = 7 AND correction = 0 AND "
                         "comment IS NULL AND recorded = (SELECT updated FROM register)"),
                     1);
    ck_assert_int_eq(
        sql("SELECT count(*) FROM change WHERE role = 'reporter' AND kind = 'study-updated' AND edition IS NULL AND at = (SELECT "
            "updated FROM register) AND data_version = %d",
            (int)before + 1),
        1);
    assert_sums_fit();
    fixture_reopen();
    ck_assert_int_eq(version_of("alpha"), 2);
    assert_nothing_wrong();
}
END_TEST

START_TEST(a_part_that_is_undone_leaves_no_trace)
{
    import_ok(&first_said);
    int64_t before = rows();
    char *shown = study_text("alpha");
    struct db_write *write = begin();
    ck_assert_int_eq(file_total(write, "alpha", "2025-01-31", 64), DB_OK);
    db_write_part_undo(write);
    ck_assert_int_eq(db_write_commit(write), DB_OK);
    ck_assert_int_eq(rows(), before);
    char *after = study_text("alpha");
    ck_assert_str_eq(shown, after);
    ck_assert_int_eq(version_of("alpha"), 1);
    assert_sums_fit();
    assert_nothing_wrong();
    free(shown);
    free(after);
}
END_TEST

START_TEST(parts_beside_one_that_is_undone_stand)
{
    import_ok(&first_said);
    struct db_write *write = begin();
    file_and_keep(write, "alpha", "2025-01-31", 64);
    ck_assert_int_eq(file_total(write, "alpha", "2025-02-28", 70), DB_OK);
    ck_assert_int_eq(settled.version, 3);
    db_write_part_undo(write);
    ck_assert_int_eq(file_total(write, "beta", "2025-02-28", 5), DB_OK);
    db_write_part_undo(write);
    file_and_keep(write, "beta", "2025-03-31", 6);
    ck_assert_int_eq(settled.version, 2);
    file_and_keep(write, "alpha", "2025-03-31", 66);
    ck_assert_int_eq(settled.version, 3);
    ck_assert_int_eq(db_write_commit(write), DB_OK);
    ck_assert_int_eq(version_of("alpha"), 3);
    ck_assert_int_eq(version_of("beta"), 2);
    assert_shows("alpha", "recruitment 100 66 34");
    ck_assert_int_eq(sql("SELECT count(*) FROM report WHERE included = 70"), 0);
    ck_assert_int_eq(sql("SELECT group_concat(version) = '1,2' FROM (SELECT version FROM study_past WHERE study = 1 ORDER BY version)"), 1);
    assert_sums_fit();
    assert_nothing_wrong();
}
END_TEST

START_TEST(a_part_left_open_is_undone_at_the_commit)
{
    import_ok(&first_said);
    struct db_write *write = begin();
    file_and_keep(write, "beta", "2025-01-31", 3);
    ck_assert_int_eq(file_total(write, "alpha", "2025-01-31", 64), DB_OK);
    ck_assert_int_eq(db_write_commit(write), DB_OK);
    ck_assert_int_eq(version_of("alpha"), 1);
    ck_assert_int_eq(version_of("beta"), 2);
    assert_nothing_wrong();
}
END_TEST

START_TEST(what_is_abandoned_was_never_there)
{
    import_ok(&first_said);
    int64_t before = rows();
    struct db_write *write = begin();
    file_and_keep(write, "alpha", "2025-01-31", 64);
    db_write_abandon(write);
    db_write_abandon(NULL);
    ck_assert_int_eq(rows(), before);
    assert_nothing_wrong();
}
END_TEST

static bool see(void *cls, const char *bytes, size_t len)
{
    (void)cls, (void)bytes, (void)len;
    return true;
}

/* As a page: of the image, where there is one of what is seen. */
static int64_t listed(struct db_reader *reader, int64_t included)
{
    struct db_studies_page page = {.total = -1};
    const struct db_studies_query query = {.limit = 5, .filter.included = {.len = 1, .r = {{included, included}}}};
    ck_assert_int_eq(db_studies_list(reader, &query, see, NULL, &page), DB_OK);
    ck_assert_int_eq(page.returned, page.total);
    return page.total;
}

static bool keep_included(void *cls, const struct db_stats *stats)
{
    *(int64_t *)cls = stats->total.included;
    return true;
}

/* As a sum that is computed once for all readers. */
static int64_t summed(struct db_reader *reader)
{
    int64_t included = -1;
    const struct db_stats_query query = {.filter.has_card = DB_YES, .by = {DB_BY_CATEGORY}, .by_len = 1};
    ck_assert_int_eq(db_stats(reader, &query, keep_included, &included), DB_OK);
    return included;
}

START_TEST(who_asks_in_between_sees_what_the_transaction_holds)
{
    import_ok(&first_said);
    int64_t version = -1;
    struct db_write *write = begin();
    ck_assert_int_eq(db_write_version(write, "alpha", &version), DB_OK);
    ck_assert_int_eq(version, 1);
    file_and_keep(write, "alpha", "2025-01-31", 64);
    ck_assert_int_eq(db_write_version(write, "alpha", &version), DB_OK);
    ck_assert_int_eq(version, 2);
    ck_assert_int_eq(db_write_version(write, "nobody", &version), DB_OK);
    ck_assert_int_eq(version, 0);
    char *bytes = NULL, *moved = NULL;
    ck_assert_int_eq(db_studies_get(db_write_reader(write), "alpha", keep_bytes, &bytes, &moved), DB_OK);
    ck_assert_ptr_nonnull(strstr(bytes, "recruitment 100 64"));
    free(bytes);
    int64_t count = 0;
    const struct db_study_filter filter = {.included = {.len = 1, .r = {{64, 64}}}};
    ck_assert_int_eq(db_studies_count(db_write_reader(write), &filter, &count), DB_OK);
    ck_assert_int_eq(count, 1);
    ck_assert_int_eq(count_of(&filter), 0);
    ck_assert_int_eq(listed(db_write_reader(write), 64), 1);
    ck_assert_int_eq(listed(fixture.reader, 64), 0);
    ck_assert_int_eq(summed(db_write_reader(write)), 64);
    ck_assert_int_eq(summed(fixture.reader), 60);
    db_write_abandon(write);
    ck_assert_int_eq(count_of(&filter), 0);
}
END_TEST

START_TEST(what_is_not_there_cannot_be_filed_on)
{
    import_ok(&first_said);
    int64_t before = rows();
    struct db_write *write = begin();
    ck_assert_int_eq(file_total(write, "nobody", "2025-01-31", 64), DB_NOT_FOUND);
    db_write_part_undo(write);
    const struct db_filed_count counts[] = {{"vest", 5}, {"nowhere", 6}};
    const struct db_filed_report report = report_of("alpha", "2025-01-31", counts, 2);
    ck_assert_int_eq(db_write_part_begin(write, &reporter), DB_OK);
    ck_assert_int_eq(db_write_report(write, &report), DB_CONFLICT);
    db_write_part_undo(write);
    ck_assert_int_eq(db_write_commit(write), DB_OK);
    ck_assert_int_eq(rows(), before);
    assert_nothing_wrong();
}
END_TEST

START_TEST(a_plan_becomes_the_plan_and_earlier_ones_are_kept)
{
    import_ok(&first_said);
    const struct db_filed_region_plan regions[] = {{"vest", 30}, {"nord", 20}};
    const struct db_filed_plan plan = {
        .study = "alpha", .as_of = "2025-02-01", .planned = 120, .planned_end = "2027-06", .regions = regions, .regions_len = 2};
    const struct db_filed_plan later = {.study = "alpha", .as_of = "2025-03-01", .planned = 130};
    struct db_write *write = begin();
    ck_assert_int_eq(db_write_part_begin(write, &editor), DB_OK);
    ck_assert_int_eq(db_write_plan(write, &plan), DB_OK);
    ck_assert_int_eq(db_write_plan(write, &later), DB_OK);
    ck_assert_int_eq(db_write_settle(write, NULL, NULL), DB_OK);
    ck_assert_int_eq(db_write_part_keep(write), DB_OK);
    ck_assert_int_eq(db_write_commit(write), DB_OK);
    assert_shows("alpha", "recruitment 130 60");
    ck_assert_int_eq(sql("SELECT count(*) FROM plan"), 5);
    ck_assert_int_eq(sql("SELECT planned FROM study_region WHERE study = 1 AND region = 'vest'"), 30);
    ck_assert_int_eq(version_of("alpha"), 2);
    ck_assert_int_eq(sql("SELECT count(*) FROM change WHERE role = 'editor'"), 1);
    assert_sums_fit();
    assert_nothing_wrong();
}
END_TEST

START_TEST(what_was_filed_stands_over_what_editions_say)
{
    import_ok(&first_said);
    const struct db_filed_count count = {NULL, 70};
    struct db_filed_report report = report_of("alpha", "2024-12-31", &count, 1);
    report.correction = true;
    report.comment = "counted anew";
    struct db_write *write = begin();
    ck_assert_int_eq(db_write_part_begin(write, &(struct db_author){0, DB_ROLE_OPERATOR}), DB_OK);
    ck_assert_int_eq(db_write_report(write, &report), DB_OK);
    ck_assert_int_eq(db_write_settle(write, NULL, NULL), DB_OK);
    ck_assert_int_eq(db_write_part_keep(write), DB_OK);
    ck_assert_int_eq(db_write_commit(write), DB_OK);
    ck_assert_int_eq(sql("SELECT count(*) FROM report WHERE correction = 1 AND comment = 'counted anew' AND token = 0"), 1);
    ck_assert_int_eq(sql("SELECT count(*) FROM change WHERE role = 'operator'"), 1);
    assert_shows("alpha", "recruitment 100 70");
    struct said *said = said_new();
    said->edition.digest = "d2";
    said->reports[0].included = 61;
    ck_assert_int_eq(import_ok(said).conflicts, 1);
    assert_shows("alpha", "recruitment 100 70");
    assert_shows("alpha", "the edition 2024 says 61");
    ck_assert_int_eq(sql("SELECT included FROM shown_report WHERE study = 1"), 70);
    free(said);
    assert_nothing_wrong();
}
END_TEST

/* Whatever the engine makes of it: the parts that were kept are there when the commit says so, and else none. */
START_TEST(a_full_disk_leaves_whole_parts_or_nothing)
{
    import_ok(&first_said);
    int64_t before = rows(), kept = 0;
    char command[60];
    snprintf(command, sizeof command, "PRAGMA max_page_count = %lld", (long long)sql("PRAGMA page_count") + 8);
    ck_assert_int_eq(sqlite3_exec(fixture.db->sql, command, NULL, NULL, NULL), SQLITE_OK);
    struct db_write *write = begin();
    enum db_status status = DB_OK;
    for (int i = 0; i < 2000 && status == DB_OK; i++) {
        status = file_total(write, i % 2 == 0 ? "alpha" : "beta", "2025-01-31", i);
        if (status == DB_OK)
            status = db_write_part_keep(write);
        kept += status == DB_OK;
    }
    ck_assert_int_eq(status, DB_FULL);
    ck_assert_int_gt(kept, 0);
    db_write_part_undo(write);
    status = db_write_commit(write);
    ck_assert(status == DB_OK || status == DB_FULL);
    ck_assert_int_eq(sql("SELECT count(*) FROM report WHERE origin = 'filed'"), status == DB_OK ? kept : 0);
    ck_assert(status == DB_OK || rows() == before);
    ck_assert_int_eq(version_of("alpha") + version_of("beta"), 2 + (status == DB_OK ? kept : 0));
    ck_assert_int_eq(sqlite3_exec(fixture.db->sql, "PRAGMA max_page_count = 100000", NULL, NULL, NULL), SQLITE_OK);
    file_at_once("alpha", "2025-02-28", 64);
    assert_sums_fit();
    assert_nothing_wrong();
}
END_TEST

/* -1 = as far as they like. */
static void files_bound(off_t bytes)
{
    struct rlimit limit;
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes < 0 ? limit.rlim_max : (rlim_t)bytes;
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* A quota, or a limit on the size of files: the engine says of it what it says of a broken file. */
START_TEST(a_log_that_may_not_grow_is_no_damage)
{
    import_ok(&first_said);
    int64_t before = rows();
    char wal[128];
    struct stat log;
    snprintf(wal, sizeof wal, "%s-wal", fixture.path);
    ck_assert_int_eq(stat(wal, &log), 0);
    struct db_write *write = begin();
    file_and_keep(write, "alpha", "2025-01-31", 64);
    signal(SIGXFSZ, SIG_IGN);
    files_bound(log.st_size);
    enum db_status status = db_write_commit(write);
    files_bound(-1);
    ck_assert_int_eq(status, DB_READ_ONLY);
    ck_assert_int_eq(rows(), before);
    ck_assert_int_eq(version_of("alpha"), 1);
    file_at_once("alpha", "2025-01-31", 64);
    ck_assert_int_eq(version_of("alpha"), 2);
    assert_sums_fit();
    assert_nothing_wrong();
}
END_TEST

/* As after an error of which the engine undoes everything by itself: nothing is written past it. */
START_TEST(a_transaction_that_is_gone_stays_gone)
{
    import_ok(&first_said);
    int64_t before = rows();
    struct db_write *write = begin();
    file_and_keep(write, "alpha", "2025-01-31", 64);
    ck_assert_int_eq(file_total(write, "beta", "2025-01-31", 4), DB_OK);
    ck_assert_int_eq(sqlite3_exec(fixture.db->sql, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
    ck_assert_int_ne(db_write_part_keep(write), DB_OK);
    ck_assert_int_ne(db_write_part_begin(write, &reporter), DB_OK);
    ck_assert_int_ne(db_write_commit(write), DB_OK);
    ck_assert_int_eq(rows(), before);
    ck_assert_int_eq(version_of("alpha"), 1);
    assert_nothing_wrong();
}
END_TEST

static TCase *cases(void)
{
    TCase *cases = tcase_create("write");
    tcase_add_test(cases, a_report_is_seen_when_it_is_committed_and_not_before);
    tcase_add_test(cases, a_part_that_is_undone_leaves_no_trace);
    tcase_add_test(cases, parts_beside_one_that_is_undone_stand);
    tcase_add_test(cases, a_part_left_open_is_undone_at_the_commit);
    tcase_add_test(cases, what_is_abandoned_was_never_there);
    tcase_add_test(cases, who_asks_in_between_sees_what_the_transaction_holds);
    tcase_add_test(cases, what_is_not_there_cannot_be_filed_on);
    tcase_add_test(cases, a_plan_becomes_the_plan_and_earlier_ones_are_kept);
    tcase_add_test(cases, what_was_filed_stands_over_what_editions_say);
    tcase_add_test(cases, a_full_disk_leaves_whole_parts_or_nothing);
    tcase_add_test(cases, a_log_that_may_not_grow_is_no_damage);
    tcase_add_test(cases, a_transaction_that_is_gone_stays_gone);
    return cases;
}

int main(void)
{
    return run("write", cases(), true);
}
