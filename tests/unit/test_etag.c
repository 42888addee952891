/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support.h"

#include <string.h>

#include "server/etag.h"

#define COUNT(table) (int)(sizeof table / sizeof *table)

START_TEST(a_tag_tells_all_that_the_bytes_depend_on)
{
    char tag[ETAG_SIZE], expected[ETAG_SIZE];
    etag_write(tag, "0123456789abcdef", 42, "json", "identity");
    snprintf(expected, sizeof expected, "\"0123456789abcdef-%s-42-json-identity\"", etag_build());
    ck_assert_str_eq(tag, expected);
    etag_write(tag, "0123456789abcdef", INT64_MAX, "ndjson", "identity");
    ck_assert_int_eq(tag[strlen(tag) - 1], '"'); /* the longest fits */
}
END_TEST

static const struct {
    const char *type, *variant, *name;
} representations[] = {
    {"application/json", "", "json"}, {"text/csv; charset=utf-8", "", "csv"}, {"text/csv", "excel-nb", "csv-excel-nb"},
    {"application/yaml", "", "yaml"}, {"application/jso", "", "other"},       {"application/json5", "", "other"},
};

START_TEST(representations_are_named_by_type_without_its_parameters)
{
    char name[ETAG_REPRESENTATION_SIZE];
    etag_representation(representations[_i].type, representations[_i].variant, name);
    ck_assert_str_eq(name, representations[_i].name);
}
END_TEST

static const struct {
    const char *value;
    bool named;
} cases[] = {
    {"\"a-1\"", true},
    {"W/\"a-1\"", true},
    {"*", true},
    {" * ", true},
    {"\"x\", \"a-1\"", true},
    {"\"x\",W/\"a-1\"", true},
    {"\"x\" , ,\t\"a-1\" ", true},
    {"\"a,b\", \"a-1\"", true}, /* a comma inside a tag parts nothing */
    {"", false},
    {"a-1", false},
    {"\"a-1", false},
    {"a-1\"", false},
    {"\"a-11\"", false},
    {"\"a-\"", false},
    {"\"A-1\"", false},
    {"w/\"a-1\"", false}, /* W is case-sensitive */
    {"\"x\"\"a-1\"", false},
    {"\"x\" \"a-1\"", false},
    {"*, \"b\"", false},
    {"**", false},
    {"x, \"a-1\"", false},
};

START_TEST(only_a_well_formed_list_names_a_tag)
{
    ck_assert_msg(etag_named(cases[_i].value, "\"a-1\"") == cases[_i].named, "%s", cases[_i].value);
}
END_TEST

/* Of the version 7 of the epoch e1. */
static const struct {
    const char *value;
    bool named;
} versions[] = {
    {"\"e1-dev-7-json-identity\"", true},
    {"\"e1-0123abcd-7-csv-excel-nb-gzip\"", true}, /* another build, format and coding: the same version */
    {"\"x\", \"e1-dev-7-json-gzip\"", true},
    {"\"e1-dev-6-json-gzip\",\"e1-dev-7-json-gzip\"", true},
    {"*", true},
    {" *\t", true},
    {"W/\"e1-dev-7-json-identity\"", false},
    {"\"x\", W/\"e1-dev-7-json-identity\"", false},
    {"\"e1-dev-6-json-identity\"", false},
    {"\"e1-dev-70-json-identity\"", false},
    {"\"e1-dev-07-json-identity\"", false},
    {"\"e1-dev-+7-json-identity\"", false},
    {"\"e2-dev-7-json-identity\"", false},
    {"\"e11-dev-7-json-identity\"", false},
    {"\"e-dev-7-json-identity\"", false},
    {"\"e1-7-json-identity\"", false},
    {"\"e1-dev-7-json\"", false},
    {"\"e1-dev-7-json-\"", false},
    {"\"e1-dev-7--identity\"", false},
    {"\"e1-dev-7\"", false},
    {"\"e1--7-json-identity\"", false},
    {"\"-dev-7-json-identity\"", false},
    {"\"\"", false},
    {"\"7\"", false},
    {"", false},
    {"e1-dev-7-json-identity", false},
    {"\"e1-dev-7-json-identity", false},
    {"*, \"e1-dev-6-json-identity\"", false},
    {"\"x\" \"e1-dev-7-json-identity\"", false},
};

START_TEST(a_study_s_version_is_named_by_epoch_and_version_alone)
{
    ck_assert_msg(etag_names_version(versions[_i].value, "e1", 7) == versions[_i].named, "%s", versions[_i].value);
}
END_TEST

/* Of some version of something. */
static const struct {
    const char *value;
    bool has;
} of_any[] = {
    {"*", true},
    {"\"e1-dev-7-json-identity\"", true},
    {"\"x\", \"e1-dev-7-json-identity\"", true},
    {"W/\"e1-dev-7-json-identity\"", false},
    {"e1-dev-7-json-identity", false},
    {"\"e1-dev-7-json-identity", false},
    {"\"e1-dev-x-json-identity\"", false},
    {"\"e1-dev-7\"", false},
    {"\"7\"", false},
    {"nonsense", false},
    {"", false},
};

START_TEST(what_is_no_tag_of_a_version_is_told_from_one_that_is)
{
    ck_assert_msg(etag_has_version(of_any[_i].value) == of_any[_i].has, "%s", of_any[_i].value);
}
END_TEST

START_TEST(the_tag_that_is_given_out_names_its_version)
{
    char tag[ETAG_SIZE];
    etag_write(tag, "0123456789abcdef", 123456789012, "csv-excel-nb", "gzip");
    ck_assert(etag_names_version(tag, "0123456789abcdef", 123456789012));
    ck_assert(!etag_names_version(tag, "0123456789abcdef", 123456789013));
    ck_assert(!etag_names_version(tag, "0123456789abcdee", 123456789012));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("etag");
    TCase *tcase = tcase_create("etag");
    tcase_add_test(tcase, a_tag_tells_all_that_the_bytes_depend_on);
    tcase_add_loop_test(tcase, representations_are_named_by_type_without_its_parameters, 0, COUNT(representations));
    tcase_add_loop_test(tcase, only_a_well_formed_list_names_a_tag, 0, COUNT(cases));
    tcase_add_loop_test(tcase, a_study_s_version_is_named_by_epoch_and_version_alone, 0, COUNT(versions));
    tcase_add_loop_test(tcase, what_is_no_tag_of_a_version_is_told_from_one_that_is, 0, COUNT(of_any));
    tcase_add_test(tcase, the_tag_that_is_given_out_names_its_version);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
