/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support.h"

#include <stdlib.h>
#include <string.h>

#include "server/problem_json.h"

static json_t *made(const struct problem_facts *facts)
{
    size_t len;
    char *bytes = problem_json(facts, &len);
    ck_assert_ptr_nonnull(bytes);
    ck_assert_int_eq(bytes[len - 1], '\n');
    json_t *object = json_loadb(bytes, len, JSON_REJECT_DUPLICATES, NULL);
    free(bytes);
    return keep_json(object);
}

static const char *text(json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

START_TEST(every_problem_has_its_type_title_status_and_detail)
{
    json_t *object =
        made(&(struct problem_facts){.error = (enum api_error)_i, .base_url = "https://data.example.org", .request_id = "1-2-3"});
    const struct problem *problem = problem_of((enum api_error)_i);
    ck_assert_str_eq(text(object, "type"), text_format("https://data.example.org/problems/%s", problem->slug));
    ck_assert_str_eq(text(object, "title"), problem->title);
    ck_assert_int_eq(json_integer_value(json_object_get(object, "status")), problem->status);
    ck_assert_str_eq(text(object, "detail"), problem->meaning);
    ck_assert_str_eq(text(object, "remedy"), problem->remedy);
    ck_assert_str_eq(text(object, "request_id"), "1-2-3");
    ck_assert_ptr_null(json_object_get(object, "instance"));
    ck_assert_ptr_null(json_object_get(object, "errors"));
}
END_TEST

START_TEST(faults_of_rows_are_all_named_where_there_is_room)
{
    static struct fault more[100];
    struct faults faults = {.more = more, .more_room = 100};
    for (int i = 0; i < FAULTS_MAX + 101; i++)
        faults_add(&faults, "body", text_format("row %d", i), "x", NULL);
    json_t *object = made(&(struct problem_facts){.error = API_UNPROCESSABLE, .base_url = "", .faults = &faults});
    json_t *errors = json_object_get(object, "errors");
    ck_assert_uint_eq(json_array_size(errors), FAULTS_MAX + 100);
    for (int i = 0; i < FAULTS_MAX + 100; i++)
        ck_assert_str_eq(text(json_array_get(errors, (size_t)i), "name"), text_format("row %d", i));
    ck_assert_int_eq(json_integer_value(json_object_get(object, "errors_left_out")), 1);
    ck_assert(faults_name(&faults, "row 0"));
    ck_assert(faults_name(&faults, "row 100"));
    ck_assert(!faults_name(&faults, "row 132"));
}
END_TEST

START_TEST(every_fault_is_named_and_those_beyond_are_counted)
{
    struct faults faults = {0};
    faults_add(&faults, "query", "regoin", "unknown parameter", "region");
    faults_add(&faults, "query", NULL, "x", NULL);
    json_t *object = made(&(struct problem_facts){
        .error = API_BAD_PARAMETER, .base_url = "", .detail = "d", .remedy = "r", .instance = "/studies", .faults = &faults});
    json_t *errors = json_object_get(object, "errors"), *first = json_array_get(errors, 0), *second = json_array_get(errors, 1);
    ck_assert_str_eq(text(object, "type"), "/problems/bad-parameter");
    ck_assert_str_eq(text(object, "detail"), "d");
    ck_assert_str_eq(text(object, "remedy"), "r");
    ck_assert_str_eq(text(object, "instance"), "/studies");
    ck_assert_str_eq(text(first, "in"), "query");
    ck_assert_str_eq(text(first, "name"), "regoin");
    ck_assert_str_eq(text(first, "reason"), "unknown parameter");
    ck_assert_str_eq(text(first, "did_you_mean"), "region");
    ck_assert_uint_eq(json_object_size(second), 2);
    ck_assert_ptr_null(json_object_get(object, "errors_left_out"));
    for (int i = 0; i < FAULTS_MAX; i++)
        faults_add(&faults, "query", "again", "x", NULL);
    object = made(&(struct problem_facts){.error = API_BAD_PARAMETER, .base_url = "", .faults = &faults});
    ck_assert_uint_eq(json_array_size(json_object_get(object, "errors")), FAULTS_MAX);
    ck_assert_int_eq(json_integer_value(json_object_get(object, "errors_left_out")), 2);
}
END_TEST

START_TEST(the_fallback_is_a_problem_document_too)
{
    json_auto_t *object = json_loads(PROBLEM_FALLBACK, JSON_REJECT_DUPLICATES, NULL);
    ck_assert_str_eq(text(object, "type"), text_format("/problems/%s", problem_of(API_UNAVAILABLE)->slug));
    ck_assert_str_eq(text(object, "title"), problem_of(API_UNAVAILABLE)->title);
    ck_assert_int_eq(json_integer_value(json_object_get(object, "status")), 503);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("problem_json");
    TCase *tcase = tcase_create("problem_json");
    tcase_add_loop_test(tcase, every_problem_has_its_type_title_status_and_detail, API_OK + 1, API_ERROR_COUNT);
    tcase_add_test(tcase, every_fault_is_named_and_those_beyond_are_counted);
    tcase_add_test(tcase, faults_of_rows_are_all_named_where_there_is_room);
    tcase_add_test(tcase, the_fallback_is_a_problem_document_too);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
