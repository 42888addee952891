/* SPDX-License-Identifier: GPL-3.0-or-later
 * Reports of many studies in one body: the forms they come in, every faulty row named, all or none of them filed. alpha has a plan of 100
 * and 60 included at the end of 2024; of beta nothing is known.
 */
#include "unit/filing.h"

#include "handlers/filed_rows.h"

static bool file_as(const struct db_token *author, enum body_media media, bool dry_run, const char *body)
{
    const struct recruitment_bulk_params params = {dry_run ? DB_YES : DB_ANY};
    asked.error = recruitment_bulk_parse(request_of(&params, author, media, body));
    return asked.error == API_OK && write_it(recruitment_bulk);
}

static bool file(enum body_media media, const char *body)
{
    return file_as(&machine, media, false, body);
}

#define FILED(media, body) ck_assert_msg(file(media, body), "%s\n%s", body, faults_text())
#define HEAD               "study,as_of,region,included\n"

/* ── what the forms are ─────────────────────────────────────────────────────────────────────────────────────── */

#define FILES_ONE                                                                                                                          \
    "{\"dry_run\": false, \"rows\": 1, \"filed\": 1, \"unchanged\": 0, \"studies\": [{\"study\": \"alpha\", \"version\": 2,"               \
    " \"before\": {\"included\": 60, \"as_of\": \"2024-12-31\"}, \"after\": {\"included\": 64, \"as_of\": \"2025-01-31\"},"                \
    " \"reports\": [{\"as_of\": \"2025-01-31\", \"region\": null, \"included\": 64, \"correction\": false}]}]}"

static const struct {
    enum body_media media;
    const char *body;
} same[] = {
    {BODY_CSV, HEAD "alpha,2025-01-31,,64\n"},
    {BODY_CSV, HEAD "alpha,2025-01-31,,64"},
    {BODY_CSV, "\xef\xbb\xbf" HEAD "alpha,2025-01-31,,64\r\n"},
    {BODY_CSV, "study;as_of;region;included\r\nalpha;31.01.2025;;64\r\n;;;\r\n"},
    {BODY_CSV, HEAD "alpha,2025-01-31,,64\n\n"},
    {BODY_CSV, HEAD "alpha,2025-01-31,,64\r\n\r\n\r\n"},
    {BODY_CSV, HEAD ",,,\n\nalpha,2025-01-31,,64\n\n,,,\n\n\n"},
    {BODY_CSV, "included,region,as_of,study\n64,,2025-01-31,alpha\n"},
    {BODY_CSV, "study,as_of,region,included,correction,comment\nalpha,2025-01-31,,64\n"},
    {BODY_CSV, "study,as_of,region,included,comment,correction\n\"alpha\",2025-01-31,,64,\"one, \"\"two\"\"\r\nthree\",USANN\n"},
    {BODY_CSV, "study,as_of,region,included,correction\nalpha,2025-01-31,,64,usann\n"},
    {BODY_CSV, "study,as_of,region,included,correction\nalpha,2025-01-31,,64,False\n"},
    {BODY_NDJSON, "{\"study\":\"alpha\",\"as_of\":\"2025-01-31\",\"region\":null,\"included\":64}\n"},
    {BODY_NDJSON, "{\"study\":\"alpha\",\"as_of\":\"2025-01-31\",\"included\":64,\"correction\":false,\"comment\":null}"},
    {BODY_NDJSON, "\xef\xbb\xbf{\"included\":64,\"study\":\"alpha\",\"as_of\":\"2025-01-31\"}\r\n"},
};

START_TEST(a_row_may_come_in_many_forms)
{
    FILED(same[_i].media, same[_i].body);
    assert_answer(FILES_ONE);
    ck_assert_int_eq(version_of("alpha"), 2);
}
END_TEST

/* ── what is wrong ──────────────────────────────────────────────────────────────────────────────────────────── */

static const struct {
    enum body_media media;
    const char *body, *faults;
    enum api_error error;
} bad[] = {
    {BODY_CSV, "", "-: has no rows", API_UNPROCESSABLE},
    {BODY_CSV, HEAD, "-: has no rows", API_UNPROCESSABLE},
    {BODY_CSV, "study,as_of,regoin,included\nalpha,2025-01-31,,64\n",
     "row 1: unknown column \"regoin\": there are study, as_of, region, included, correction and comment [region]\nrow 1: the column "
     "region is missing",
     API_UNPROCESSABLE},
    {BODY_CSV, "study,as_of,region,included,study\nalpha,2025-01-31,,64\n", "row 1: the column study stands twice", API_UNPROCESSABLE},
    {BODY_CSV, HEAD "alpha,2025-01-31,,64,\n", "", API_OK}, /* an empty cell too many says nothing */
    {BODY_CSV, HEAD "alpha,2025-01-31,,64,x\n", "row 2: has more fields than the first row has columns", API_MALFORMED_BODY},
    {BODY_CSV, HEAD "alpha,\"2025-01-31,,64\n", "row 2: a quoted field is never closed", API_MALFORMED_BODY},
    {BODY_CSV, "\n" HEAD "alpha,2025-01-31,,64\n", "row 1: an empty line", API_MALFORMED_BODY}, /* no header */
    {BODY_CSV, HEAD "\n\n", "-: has no rows", API_UNPROCESSABLE},
    /* An empty row says nothing, however it is written, and is a row of the sheet. */
    {BODY_CSV, HEAD "alpha,2025-01-31,,64\n\n,,,\nbeta,2025-01-31,,x\n", "row 5 included: must be a whole number", API_UNPROCESSABLE},
    {BODY_CSV, HEAD "\nalpha,2025-01-31,,\xe6\n", "row 3: bytes that are not UTF-8", API_MALFORMED_BODY},
    /* A cell of many lines is in one row. */
    {BODY_CSV, "study,as_of,region,included,comment\nalpha,2025-01-31,,64,\"a\nb\"\nalpha,2025-02-28,,x,\n",
     "row 3 included: must be a whole number", API_UNPROCESSABLE},
    {BODY_CSV, "study,as_of,region,included,comment\r\nalpha,2025-01-31,,64,\"a\r\n\"\"\r\n\"\r\nalpha,2025-02-28,,64,\xe6\r\n",
     "row 3: bytes that are not UTF-8", API_MALFORMED_BODY},
    {BODY_CSV, HEAD "alpha,31/01/2025,,64\nalpha,2025-02-30,,64\nalpha,30.02.2025,,64\n",
     "row 2 as_of: must be a day\nrow 3 as_of: must be a day\nrow 4 as_of: must be a day", API_UNPROCESSABLE},
    {BODY_CSV, HEAD "alpha,2025-01-31,vset,x\nalpah,,vest,-1\n,2025-01-31,,3.5\n",
     "row 2 region: is not a known code [vest]\nrow 2 included: must be a whole number\nrow 3 as_of: is missing\n"
     "row 3 included: must be a whole number\nrow 3 study: there is no such study [alpha]\nrow 4 study: is missing\n"
     "row 4 included: must be a whole number",
     API_UNPROCESSABLE},
    {BODY_CSV, HEAD "alpha,2025-01-31,,\n", "row 2 included: is missing", API_UNPROCESSABLE},
    {BODY_CSV, "study,as_of,region,included,correction\nalpha,2025-01-31,,64,kanskje\n",
     "row 2 correction: must be true or false (SANN or USANN in Norwegian), in capitals or not", API_UNPROCESSABLE},
    {BODY_CSV, "study,as_of,region,included,correction\nalpha,2025-01-31,,59,1\n", "row 2 correction: must be true or false",
     API_UNPROCESSABLE}, /* whether the rules hold cannot be told */
    {BODY_NDJSON, "{\"study\":\"beta\",\"as_of\":\"2025-01-31\",\"included\":1,\"correction\":\"sann\"}\n",
     "row 1 correction: must be true or false", API_UNPROCESSABLE},
    {BODY_CSV, HEAD "alpha,2025-01-31,vest,6\nbeta,2025-01-31,vest,6\nalpha,2025-01-31,vest,7\n",
     "row 4: is of the same study, day and region as row 2", API_UNPROCESSABLE},
    {BODY_CSV, HEAD "alpha,2025-01-31,,59\nalpha,2025-02-28,,111\nalpha,2199-01-01,,111\n",
     "row 2 included: rule falls: 59 as of 2025-01-31 is lower than 60 as of 2024-12-31\n"
     "row 3 included: rule passes-plan: 111 passes the 100 planned for the study\n"
     "row 4 included: rule passes-plan\nrow 4 as_of: rule in-future",
     API_UNPROCESSABLE},
    /* The body's own rows count with what stands. */
    {BODY_CSV, HEAD "beta,2025-01-31,vest,9\nbeta,2025-02-28,vest,8\n",
     "row 2 included: rule falls: 9 as of 2025-01-31 is higher than 8 as of 2025-02-28, a later day\n"
     "row 3 included: rule falls: 8 as of 2025-02-28 is lower than 9 as of 2025-01-31, an earlier day",
     API_UNPROCESSABLE},
    {BODY_CSV, HEAD "alpha,2025-01-31,vest,61\nalpha,2025-01-31,nord,50\n",
     "row 2 included: rule passes-plan: 111 passes the 100 planned for the study, as the sum of its regions", API_UNPROCESSABLE},
    /* The sum of the regions is the total that is shown, until one is filed. */
    {BODY_CSV, HEAD "alpha,2025-02-28,vest,30\nalpha,2025-02-28,nord,20\nalpha,2025-02-28,sor-ost,16\nalpha,2025-03-31,,65\n",
     "row 5 included: rule falls: 65 as of 2025-03-31 is lower than 66, the sum of the regions, as of 2025-02-28, an earlier day, and "
     "counts are cumulative; if it is right, send it as a correction (true in the column correction)",
     API_UNPROCESSABLE},
    {BODY_NDJSON,
     "{\"study\":\"alpha\",\"as_of\":\"2025-02-28\",\"regions\":{\"vest\":30,\"nord\":10,\"sor-ost\":16}}\n"
     "{\"study\":\"beta\",\"as_of\":\"2199-01-01\",\"included\":1}\n",
     "row 2 as_of: rule in-future", API_UNPROCESSABLE},
    /* What the rules say of good rows is said beside what is wrong with others. */
    {BODY_CSV, HEAD "beta,2025-01-31,vest,x\nalpha,2025-01-31,,59\n", "row 2 included: must be a whole number\nrow 3 included: rule falls",
     API_UNPROCESSABLE},
    {BODY_NDJSON, "", "-: has no rows", API_UNPROCESSABLE},
    {BODY_NDJSON, "{}\n", "row 1 study: is missing\nrow 1 as_of: is missing\nrow 1 included: is missing", API_UNPROCESSABLE},
    {BODY_NDJSON, "[]\n4\n{\n", "row 1: must be an object\nrow 2: must be an object\nrow 3: column 1: it ends too early",
     API_MALFORMED_BODY},
    {BODY_NDJSON,
     "{\"study\":\"beta\",\"as_of\":\"2025-01-31\",\"included\":1}\n\n{\"study\":\"beta\",\"as_of\":\"2025-02-28\",\"included\":1}\n",
     "row 2: is empty", API_MALFORMED_BODY},
    {BODY_NDJSON, "{\"study\":\"beta\",\"as_of\":\"2025-01-31\",\"included\":1,\"regions\":{\"vest\":1}}\n",
     "row 1: must have included or regions, not both", API_UNPROCESSABLE},
    {BODY_NDJSON, "{\"study\":\"beta\",\"as_of\":\"2025-01-31\",\"region\":\"vest\",\"regions\":{\"vest\":1}}\n",
     "row 1 region: does not go with regions", API_UNPROCESSABLE},
    {BODY_NDJSON, "{\"study\":\"alpha\",\"as_of\":\"2025-01-31\",\"regions\":{\"vest\":5,\"nrod\":1}}\n",
     "row 1 regions/nrod: is not a known code [nord]", API_UNPROCESSABLE},
    {BODY_NDJSON, "{\"study\":\"beta\",\"as_of\":\"2025-01-31\",\"includde\":1}\n",
     "row 1 includde: unknown member [included]\nrow 1 included: is missing", API_UNPROCESSABLE},
};

START_TEST(every_faulty_row_is_named_in_order_and_nothing_is_filed)
{
    file(bad[_i].media, bad[_i].body);
    assert_faults(bad[_i].faults);
    ck_assert_int_eq(asked.error, bad[_i].error);
    ck_assert_int_eq(version_of("alpha") + version_of("beta"), bad[_i].error == API_OK ? 3 : 2);
}
END_TEST

START_TEST(an_old_id_is_told_the_new_one)
{
    struct said *said = edition_of("2025", "2025-12-31", "again");
    said->old_ids[0].name = "alpha";
    said->old_ids[0].alias = "zzzzzzzz";
    import_ok(said);
    free(said);
    ck_assert(!file(BODY_CSV, HEAD "zzzzzzzz,2026-01-31,,64\n"));
    assert_faults("row 2 study: is now alpha: use that id [alpha]");
}
END_TEST

/* ── scope ──────────────────────────────────────────────────────────────────────────────────────────────────── */

START_TEST(rows_outside_of_the_scope_are_named_and_nothing_else_is)
{
    const struct db_token token = {
        .id = 1, .role = DB_ROLE_REPORTER, .scope = DB_SCOPE_STUDY, .code = "alpha", .expires = -1, .revoked = -1};
    const char *body = HEAD "beta,2025-01-31,,6\nalpha,2025-01-31,,59\ngamma,2025-01-31,,x\nbeta,2025-02-28,vset,7\n";
    ck_assert(!file_as(&token, BODY_CSV, false, body));
    ck_assert_int_eq(asked.error, API_FORBIDDEN);
    assert_faults("row 2 study: the token's scope\nrow 5 study: the token's scope");
    ck_assert(!file_as(&token, BODY_CSV, true, body));
    ck_assert_int_eq(asked.error, API_FORBIDDEN);
    ck_assert(file_as(&token, BODY_CSV, true, HEAD "alpha,2025-01-31,,64\n"));
}
END_TEST

/* ── what is filed ──────────────────────────────────────────────────────────────────────────────────────────── */

static const char *const both = "study,as_of,region,included,correction\n"
                                "beta,2025-06-30,vest,12,\n"
                                "alpha,2025-01-31,,50,true\n"
                                "alpha,2025-01-31,vest,20,\n"
                                "alpha,2025-06-30,vest,24,\n";

START_TEST(a_dry_run_answers_the_same_and_files_nothing)
{
    ck_assert(file_as(&machine, BODY_CSV, true, both));
    ck_assert(asked.reply.undo);
    ck_assert_int_eq(asked.reply.status, 200);
    ck_assert_int_eq(version_of("alpha") + version_of("beta"), 2);
    char *foreseen = strndup(asked.reply.bytes, asked.reply.len);
    ck_assert_ptr_nonnull(strstr(foreseen, "\"dry_run\":true"));
    FILED(BODY_CSV, both);
    ck_assert_int_eq(asked.reply.status, 0);
    ck_assert_str_eq(strstr(foreseen, "\"rows\""), strstr(arena_strndup(asked.arena, asked.reply.bytes, asked.reply.len), "\"rows\""));
    ck_assert_int_eq(version_of("alpha"), 2);
    ck_assert_int_eq(version_of("beta"), 2);
    free(foreseen);
}
END_TEST

START_TEST(a_body_sent_again_files_nothing_twice)
{
    FILED(BODY_CSV, both);
    int64_t reports = sql("SELECT count(*) FROM report WHERE origin = 'filed'");
    ck_assert_int_eq(reports, 4);
    FILED(BODY_CSV, both);
    ck_assert_int_eq(sql("SELECT count(*) FROM report WHERE origin = 'filed'"), reports);
    ck_assert_int_eq(json_integer_value(json_object_get(answer_json(), "unchanged")), 4);
    ck_assert_int_eq(json_integer_value(json_object_get(answer_json(), "filed")), 0);
    ck_assert_int_eq(version_of("alpha"), 2);
}
END_TEST

START_TEST(what_an_edition_says_is_filed_all_the_same)
{
    FILED(BODY_CSV, HEAD "alpha,2024-12-31,,60\n");
    ck_assert_int_eq(json_integer_value(json_object_get(answer_json(), "filed")), 1);
    FILED(BODY_CSV, HEAD "alpha,2024-12-31,,60\n");
    ck_assert_int_eq(json_integer_value(json_object_get(answer_json(), "unchanged")), 1);
}
END_TEST

START_TEST(a_correction_lifts_the_rules_from_its_own_row_alone)
{
    ck_assert(!file(BODY_CSV, "study,as_of,region,included,correction\nalpha,2025-01-31,,50,true\nalpha,2025-02-28,,49,\n"));
    assert_faults("row 3 included: rule falls: 49 as of 2025-02-28 is lower than 60");
    FILED(BODY_CSV, "study,as_of,region,included,correction\nalpha,2024-12-31,,40,sann\nalpha,2025-02-28,,49,\n");
}
END_TEST

/* So many rows of beta, a day each; their counts as they come, or all of them wrong. */
static char *many_rows(int len, bool wrong)
{
    char *body = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&body, &size);
    fputs(HEAD, out);
    for (int i = 0; i < len; i++)
        fprintf(out, "beta,%04d-%02d-%02d,vest,%s%d\n", 1990 + i / 336, 1 + i / 28 % 12, 1 + i % 28, wrong ? "x" : "", i);
    fclose(out);
    return body;
}

START_TEST(ten_thousand_rows_are_taken_and_no_more)
{
    char *body = many_rows(FILED_ROWS_MAX, false), *more = many_rows(FILED_ROWS_MAX + 1, false);
    char *ended = realloc(body, strlen(body) + sizeof ",,,\n\n");
    ck_assert_ptr_nonnull(ended);
    body = strcat(ended, ",,,\n\n"); /* rows of nothing are none */
    FILED(BODY_CSV, body);
    ck_assert_int_eq(json_integer_value(json_object_get(answer_json(), "filed")), FILED_ROWS_MAX);
    ck_assert(!file(BODY_CSV, more));
    assert_faults("-: has more than 10000 rows");
    free(body);
    free(more);
}
END_TEST

START_TEST(ten_thousand_faults_are_all_named)
{
    char *body = many_rows(FILED_ROWS_MAX, true);
    ck_assert(!file(BODY_CSV, body));
    ck_assert_uint_eq(asked.faults.len + asked.faults.more_len, FILED_ROWS_MAX);
    ck_assert_uint_eq(asked.faults.dropped, 0);
    ck_assert_str_eq(fault_at(0)->name, "row 2 included");
    ck_assert_str_eq(fault_at(FILED_ROWS_MAX - 1)->name, "row 10001 included");
    free(body);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("filed rows");
    tcase_add_checked_fixture(tcase, filing_begin, filing_end);
    tcase_add_loop_test(tcase, a_row_may_come_in_many_forms, 0, LEN(same));
    tcase_add_loop_test(tcase, every_faulty_row_is_named_in_order_and_nothing_is_filed, 0, LEN(bad));
    tcase_add_test(tcase, an_old_id_is_told_the_new_one);
    tcase_add_test(tcase, rows_outside_of_the_scope_are_named_and_nothing_else_is);
    tcase_add_test(tcase, a_dry_run_answers_the_same_and_files_nothing);
    tcase_add_test(tcase, a_body_sent_again_files_nothing_twice);
    tcase_add_test(tcase, what_an_edition_says_is_filed_all_the_same);
    tcase_add_test(tcase, a_correction_lifts_the_rules_from_its_own_row_alone);
    tcase_add_test(tcase, ten_thousand_rows_are_taken_and_no_more);
    tcase_add_test(tcase, ten_thousand_faults_are_all_named);
    tcase_set_timeout(tcase, 60);
    Suite *suite = suite_create("unit/filed rows");
    suite_add_tcase(suite, tcase);
    return suite_run(suite);
}
