/* SPDX-License-Identifier: GPL-3.0-or-later
 * Which format an answer comes in.
 */
#include <check.h>
#include <string.h>

#include "server/format.h"
#include "suite.h"

#define COUNT(table) (int)(sizeof table / sizeof *table)

struct chosen_params {
    int format, dialect;
};
static const char *const names[] = {"json", "csv", "ndjson", NULL}, *const dialects[] = {"rfc4180", "excel-nb", NULL};
static const struct param rows[] = {
    {"format", IN_QUERY, T_FORMAT, .offset = offsetof(struct chosen_params, format), .values = names},
    {"dialect", IN_QUERY, T_DIALECT, .offset = offsetof(struct chosen_params, dialect), .values = dialects},
    {0},
};
static const struct route_format formats[] = {{"json", FORMAT_JSON, "application/json"},
                                              {"csv", FORMAT_CSV, "text/csv; charset=utf-8; header=present"},
                                              {"ndjson", FORMAT_NDJSON, "application/x-ndjson"},
                                              {0}};
static const struct route_format two_formats[] = {{"json", FORMAT_JSON, "application/json"}, {"csv", FORMAT_CSV, "text/csv"}, {0}};
static const struct route several = {.params = rows, .formats = formats}, two = {.formats = two_formats},
                          yaml = {.content_type = "application/yaml"};

enum { NONE = -1, J = FORMAT_JSON, C = FORMAT_CSV, N = FORMAT_NDJSON };

static const struct {
    const char *accept;
    int asked; /* format=: 1 json, 2 csv, 3 ndjson */
    int chosen;
} cases[] = {
    {NULL, 0, J},
    {"", 0, J},
    {"*/*", 0, J},
    {"application/json", 0, J},
    {"text/csv", 0, C},
    {"TEXT/CSV", 0, C},
    {"text/*", 0, C},
    {"text/csv; header=present", 0, C},
    {"text/csv, application/json", 0, J},       /* wanted alike: the first of the table */
    {"application/json;q=0.9, text/csv", 0, C}, /* by weight */
    {"text/csv;q=0.9, application/json;q=0.8", 0, C},
    {"text/csv;q=0.8, application/json;q=0.9", 0, J},
    {"text/csv, */*;q=0.1", 0, C},
    {"text/csv;q=0.1, */*", 0, J},
    {"text/csv, */*", 0, C}, /* named more closely at the same weight */
    {"text/*, */*", 0, C},
    {"application/*, text/csv", 0, C},
    {"application/json, text/*", 0, J},
    {"application/json;q=0, */*", 0, C},
    {"text/csv;q=0, text/*", 0, NONE},
    {"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", 0, J}, /* a browser */
    {"text/html", 0, NONE},
    {"application/x-ndjson", 0, N},
    {"APPLICATION/X-NDJSON;q=0.5, text/html", 0, N},
    {"application/x-ndjson, text/csv;q=0.9, application/json;q=0.8", 0, N},
    {"application/json;q=0, application/*", 0, N},
    {"application/ndjson", 0, NONE}, /* another name, which nobody has registered either */
    {"application/jsonl", 0, NONE},
    {"*/*;q=0", 0, NONE},
    {"text/csv", 1, J}, /* format= beats Accept */
    {"application/json", 2, C},
    {"text/html", 1, J},
    {"*/*;q=0", 2, C},
    {NULL, 2, C},
    {"text/csv", 3, N},
    {NULL, 3, N},
};

START_TEST(format_says_and_else_accept)
{
    struct chosen_params params = {.format = cases[_i].asked};
    struct faults faults = {.len = 0};
    struct format_choice choice;
    enum api_error error = format_choose(&several, &params, cases[_i].accept, &faults, &choice);
    ck_assert_uint_eq(faults.len, 0);
    ck_assert_int_eq(error, cases[_i].chosen == NONE ? API_NOT_ACCEPTABLE : API_OK);
    if (error != API_OK)
        return;
    ck_assert_int_eq((int)choice.format, cases[_i].chosen);
    ck_assert_str_eq(choice.content_type, formats[cases[_i].chosen].content_type);
    ck_assert_str_eq(choice.variant, "");
}
END_TEST

START_TEST(a_dialect_goes_with_csv_however_that_came)
{
    struct faults faults = {.len = 0};
    struct format_choice choice;
    struct chosen_params params = {.format = 2, .dialect = 2};
    ck_assert_int_eq(format_choose(&several, &params, NULL, &faults, &choice), API_OK);
    ck_assert(choice.dialect == DIALECT_EXCEL_NB && faults.len == 0);
    ck_assert_str_eq(choice.variant, "excel-nb");
    params.format = 0;
    ck_assert_int_eq(format_choose(&several, &params, "text/csv", &faults, &choice), API_OK);
    ck_assert(choice.dialect == DIALECT_EXCEL_NB && faults.len == 0);
    params.dialect = 1;
    ck_assert_int_eq(format_choose(&several, &params, "text/csv", &faults, &choice), API_OK);
    ck_assert(choice.dialect == DIALECT_RFC4180 && faults.len == 0);
    ck_assert_str_eq(choice.variant, "");
}
END_TEST

START_TEST(a_dialect_of_anything_else_is_a_fault_that_says_what_it_goes_with)
{
    for (int dialect = 1; dialect <= 2; dialect++) {
        struct faults faults = {.len = 0};
        struct format_choice choice;
        struct chosen_params params = {.dialect = dialect};
        format_choose(&several, &params, NULL, &faults, &choice);
        ck_assert_uint_eq(faults.len, 1);
        ck_assert_str_eq(faults.list[0].name, "dialect");
        ck_assert_ptr_nonnull(strstr(faults.list[0].reason, "goes with format=csv"));
        params.format = 3;
        format_choose(&several, &params, "text/csv", &faults, &choice);
        ck_assert_uint_eq(faults.len, 2);
        ck_assert_int_eq((int)choice.format, FORMAT_NDJSON);
    }
}
END_TEST

START_TEST(a_format_that_there_is_not_is_the_only_fault)
{
    struct faults faults = {.len = 0};
    struct format_choice choice;
    struct chosen_params params = {.dialect = 2};
    faults_add(&faults, "query", "format", "unknown value \"xlsx\"", NULL);
    ck_assert_int_eq(format_choose(&several, &params, "text/html", &faults, &choice), API_OK);
    ck_assert_uint_eq(faults.len, 1);
}
END_TEST

START_TEST(a_type_of_ones_own_is_the_one_that_accept_may_have)
{
    struct faults faults = {.len = 0};
    struct format_choice choice;
    struct arena *arena = arena_new(4096);
    ck_assert_int_eq(format_choose(&yaml, NULL, "application/*", &faults, &choice), API_OK);
    ck_assert_str_eq(choice.content_type, "application/yaml");
    ck_assert_int_eq(format_choose(&yaml, NULL, "application/json", &faults, &choice), API_NOT_ACCEPTABLE);
    ck_assert_str_eq(format_offer(arena, &yaml), "application/yaml");
    ck_assert_str_eq(format_offer(arena, &two), "application/json or text/csv");
    ck_assert_str_eq(format_offer(arena, &several), "application/json, text/csv or application/x-ndjson");
    arena_delete(arena);
}
END_TEST

START_TEST(a_table_is_saved_under_its_path)
{
    struct arena *arena = arena_new(4096);
    ck_assert_str_eq(format_filename(arena, "/stats/regions", FORMAT_CSV), "stats-regions.csv");
    ck_assert_str_eq(format_filename(arena, "/studies/aneed/recruitment", FORMAT_CSV), "studies-aneed-recruitment.csv");
    ck_assert_str_eq(format_filename(arena, "/studies", FORMAT_NDJSON), "studies.ndjson");
    ck_assert_ptr_null(format_filename(arena, "/stats/regions", FORMAT_JSON));
    arena_delete(arena);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("format");
    TCase *tcase = tcase_create("format");
    tcase_add_loop_test(tcase, format_says_and_else_accept, 0, COUNT(cases));
    tcase_add_test(tcase, a_dialect_goes_with_csv_however_that_came);
    tcase_add_test(tcase, a_dialect_of_anything_else_is_a_fault_that_says_what_it_goes_with);
    tcase_add_test(tcase, a_format_that_there_is_not_is_the_only_fault);
    tcase_add_test(tcase, a_type_of_ones_own_is_the_one_that_accept_may_have);
    tcase_add_test(tcase, a_table_is_saved_under_its_path);
    suite_add_tcase(suite, tcase);
    return suite_run(suite);
}
