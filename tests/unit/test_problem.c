/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <check.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "handlers/api.h"
#include "suite.h"

START_TEST(every_error_has_a_whole_problem_and_its_slug_leads_back)
{
    const struct problem *problem = problem_of((enum api_error)_i);
    ck_assert_int_ge(problem->status, 400);
    ck_assert_int_lt(problem->status, 600);
    ck_assert(*problem->slug && *problem->title && *problem->meaning && *problem->remedy);
    ck_assert_uint_eq(strspn(problem->slug, "abcdefghijklmnopqrstuvwxyz-"), strlen(problem->slug));
    ck_assert_int_eq(problem_by_slug(problem->slug), _i);
}
END_TEST

START_TEST(an_unknown_slug_is_no_problem)
{
    ck_assert_int_eq(problem_by_slug("no-such"), API_OK);
    ck_assert_int_eq(problem_by_slug(""), API_OK);
    ck_assert_int_eq(problem_by_slug("NOT-FOUND"), API_OK);
}
END_TEST

START_TEST(that_all_is_well_is_no_problem)
{
    problem_of((enum api_error)_i);
}
END_TEST

START_TEST(faults_past_the_last_place_are_counted)
{
    struct faults faults = {.len = 0};
    for (int i = 0; i < FAULTS_MAX + 5; i++)
        faults_add(&faults, "query", i == 0 ? "first" : NULL, "reason", i == 0 ? "near" : NULL);
    ck_assert_uint_eq(faults.len, FAULTS_MAX);
    ck_assert_uint_eq(faults.dropped, 5);
    ck_assert_str_eq(faults.list[0].in, "query");
    ck_assert_str_eq(faults.list[0].name, "first");
    ck_assert_str_eq(faults.list[0].did_you_mean, "near");
    ck_assert_ptr_null(faults.list[1].name);
}
END_TEST

START_TEST(many_faults_of_one_parameter_do_not_hide_another)
{
    struct faults faults = {.len = 0};
    for (int i = 0; i < FAULTS_MAX + 5; i++)
        faults_add(&faults, "query", "category", "reason", NULL);
    faults_add(&faults, "query", "region", "reason", NULL);
    faults_add(&faults, "query", "region", "reason", NULL);
    ck_assert_uint_eq(faults.len, FAULTS_MAX);
    ck_assert_uint_eq(faults.dropped, 7);
    ck_assert(faults_name(&faults, "category") && faults_name(&faults, "region"));
}
END_TEST

static const struct {
    enum db_status status;
    int http;
} answers[] = {
    {DB_NOT_FOUND, 404}, {DB_HELD, 503},      {DB_BUSY, 503},     {DB_FULL, 503}, {DB_READ_ONLY, 503},       {DB_DAMAGED, 503},
    {DB_TOO_NEW, 503},   {DB_NO_MEMORY, 503}, {DB_CONFLICT, 500}, {DB_BUG, 500},  {(enum db_status)99, 500},
};

START_TEST(storage_is_never_the_clients_fault_but_for_what_is_not_there)
{
    ck_assert_int_eq(problem_of(api_error_of_db(answers[_i].status))->status, answers[_i].http);
    ck_assert_int_eq(api_error_of_db(DB_OK), API_OK);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("problem");
    TCase *tcase = tcase_create("problem");
    tcase_add_loop_test(tcase, every_error_has_a_whole_problem_and_its_slug_leads_back, API_OK + 1, API_ERROR_COUNT);
    tcase_add_test(tcase, an_unknown_slug_is_no_problem);
    tcase_add_loop_test_raise_signal(tcase, that_all_is_well_is_no_problem, SIGABRT, API_OK, API_OK + 1);
    tcase_add_loop_test_raise_signal(tcase, that_all_is_well_is_no_problem, SIGABRT, API_ERROR_COUNT, API_ERROR_COUNT + 1);
    tcase_add_test(tcase, faults_past_the_last_place_are_counted);
    tcase_add_test(tcase, many_faults_of_one_parameter_do_not_hide_another);
    tcase_add_loop_test(tcase, storage_is_never_the_clients_fault_but_for_what_is_not_there, 0, (int)(sizeof answers / sizeof *answers));
    suite_add_tcase(suite, tcase);
    return suite_run(suite);
}
