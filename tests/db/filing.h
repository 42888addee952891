/* SPDX-License-Identifier: GPL-3.0-or-later
 * Filing in a register of fixture.h.
 */
#ifndef STUDYD_TESTS_DB_FILING_H
#define STUDYD_TESTS_DB_FILING_H

#include "fixture.h"

#include "db/internal.h"

static UNUSED const struct db_author reporter = {7, DB_ROLE_REPORTER}, editor = {8, DB_ROLE_EDITOR};

static UNUSED struct db_write *begin(void)
{
    struct db_write *write = NULL;
    ck_assert_int_eq(db_write_begin(fixture.db, &write), DB_OK);
    return write;
}

static UNUSED struct db_filed_report report_of(const char *study, const char *as_of, const struct db_filed_count *counts, size_t len)
{
    return (struct db_filed_report){.study = study, .as_of = as_of, .counts = counts, .counts_len = len};
}

static struct db_settled settled; /* but for its texts: the last that was told */
static char settled_study[65];

static UNUSED void keep_settled(void *cls, const struct db_settled *one)
{
    (*(int *)cls)++;
    settled = *one;
    snprintf(settled_study, sizeof settled_study, "%s", one->study);
}

/* One count of a whole study, as a part that is open still. */
static UNUSED enum db_status file_total(struct db_write *write, const char *study, const char *as_of, int64_t included)
{
    const struct db_filed_count count = {NULL, included};
    const struct db_filed_report report = report_of(study, as_of, &count, 1);
    int told = 0;
    ck_assert_int_eq(db_write_part_begin(write, &reporter), DB_OK);
    enum db_status status = db_write_report(write, &report);
    if (status == DB_OK)
        status = db_write_settle(write, keep_settled, &told);
    ck_assert_int_eq(told, status == DB_OK);
    return status;
}

static UNUSED void file_and_keep(struct db_write *write, const char *study, const char *as_of, int64_t included)
{
    ck_assert_int_eq(file_total(write, study, as_of, included), DB_OK);
    ck_assert_int_eq(db_write_part_keep(write), DB_OK);
}

/* Whatever filing adds: it is another number then. */
static UNUSED int64_t rows(void)
{
    return sql("SELECT (SELECT count(*) FROM report) + (SELECT count(*) FROM plan) + (SELECT count(*) FROM change) + "
               "(SELECT count(*) FROM study_past) + (SELECT count(*) FROM study_region_past) + (SELECT count(*) FROM local_edit) + "
               "(SELECT count(*) FROM shown_report) + (SELECT sum(version) FROM study) + (SELECT data_version FROM register)");
}

static void fail_on(void *cls, const char *difference)
{
    (void)cls;
    ck_abort_msg("%s", difference);
}

static UNUSED void assert_sums_fit(void)
{
    ck_assert_int_eq(stats_recount(&fixture.db->statements, fail_on, NULL), DB_OK);
}

static UNUSED void assert_nothing_wrong(void)
{
    const struct db_check_listener listener = {.finding = fail_on};
    int64_t findings = -1;
    ck_assert_int_eq(db_check(fixture.path, &fixture.renderer, &listener, &findings, NULL), DB_OK);
    ck_assert_int_eq(findings, 0);
}

/* A count of a whole study in a transaction of its own. */
static UNUSED void file_at_once(const char *study, const char *as_of, int64_t included)
{
    struct db_write *write = begin();
    file_and_keep(write, study, as_of, included);
    ck_assert_int_eq(db_write_commit(write), DB_OK);
}

#endif
