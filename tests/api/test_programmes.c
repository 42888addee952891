/* SPDX-License-Identifier: GPL-3.0-or-later
 * Programmes and reference data.
 */
#include <stdio.h>
#include <string.h>

#include "api/invented.h"
#include "http.h"

static struct daemon *real, *both;

static void start(void)
{
    real = daemon_start(register_of_klinbeforsk(), NULL);
    both = daemon_start(register_of_both(), NULL);
}

static void stop(void)
{
    daemon_stop_shared(real);
    daemon_stop_shared(both);
}

/* ── programmes ─────────────────────────────────────────────────────────────────────────────────────────────── */

START_TEST(the_programme_says_who_and_why)
{
    const json_t *programme = must_get(real, "/programmes/klinbeforsk")->json;
    ck_assert_str_eq(text_at(programme, "short_name"), "KLINBEFORSK");
    ck_assert_int_eq(int_at(programme, "since"), 2016);
    ck_assert_uint_eq(json_array_size(json_at(programme, "owners")), 4);
    ck_assert_int_eq(int_at(programme, "study_count"), 80);
    ck_assert_int_eq(total_of(real, text_at(programme, "studies")), 80);
    ck_assert_uint_gt(strlen(text_at(programme, "purpose.nb")), 0);
    ck_assert_uint_gt(strlen(text_at(programme, "purpose.en")), 0);
    ck_assert_uint_eq(json_array_size(json_at(programme, "process.steps")), 2);
    ck_assert_uint_eq(json_array_size(json_at(programme, "mechanisms")), 3);
}
END_TEST

static const struct {
    const char *role;
    size_t seats;
} roles[] = {{"chair", 1}, {"member", 7}, {"user-representative", 2}, {"observer", 1}, {"deputy", 4}};

START_TEST(the_board_is_as_printed)
{
    const json_t *board = json_at(must_get(real, "/programmes/klinbeforsk")->json, "board");
    size_t seats = 0, i;
    json_t *member;
    json_array_foreach(board, i, member)
    {
        seats += strcmp(text_at(member, "role"), roles[_i].role) == 0;
        ck_assert_uint_gt(strlen(text_at(member, "name")), 0);
        ck_assert_uint_gt(strlen(text_at(member, "lines")), 0);
    }
    ck_assert_uint_eq(seats, roles[_i].seats);
}
END_TEST

START_TEST(an_edition_names_its_document_and_leaves_the_licence_open)
{
    const json_t *edition = json_at(must_get(real, "/programmes/klinbeforsk")->json, "editions.0");
    ck_assert_str_eq(text_at(edition, "id"), "2024");
    ck_assert_str_eq(text_at(edition, "as_of"), "2024-12-31");
    ck_assert(is_null_at(edition, "licence"));
    ck_assert_str_eq(text_at(edition, "document.id"), "arsrapport-2024");
    ck_assert_int_eq(int_at(edition, "document.lines"), 2298);
}
END_TEST

static const struct {
    const char *id;
    double value;
    const char *printed;
} figures[] = {
    {"included-total", 66648, "66648"},
    {"included-sor-ost", 35467, "35467"},
    {"included-vest", 11564, "11564"},
    {"included-midt", 7393, "7393"},
    {"included-nord", 5059, "5059"},
    {"included-international", 7165, "7165"},
    {"call-2018-included-share", 99.9, "99,9 %"},
    {"call-2019-included-share", 57, "57 %"},
};

START_TEST(a_figure_is_exact_and_has_a_source)
{
    const json_t *figure = json_where(json_at(must_get(real, "/programmes/klinbeforsk")->json, "figures"), "id", figures[_i].id);
    ck_assert_ptr_nonnull(figure);
    ck_assert_double_eq(json_number_value(json_at(figure, "value")), figures[_i].value);
    ck_assert_str_eq(text_at(figure, "printed"), figures[_i].printed);
    ck_assert_str_eq(text_at(figure, "source.document"), "arsrapport-2024");
    ck_assert_uint_gt(strlen(text_at(figure, "source.lines")), 0);
}
END_TEST

START_TEST(a_programme_may_be_silent_of_itself)
{
    static const char *const silent[] = {"since",   "purpose", "owners",           "administered_by", "mandate", "reporting",
                                         "process", "board",   "user_involvement", "name.nb",         "lines"};
    const json_t *programme = must_get(both, "/programmes/nordlys")->json;
    for (size_t i = 0; i < sizeof silent / sizeof silent[0]; i++)
        ck_assert_msg(is_null_at(programme, silent[i]), "%s is not null", silent[i]);
    ck_assert_int_eq(int_at(programme, "disclosure_threshold"), 10);
    ck_assert_str_eq(text_at(programme, "notes.0.record"), "figure");
    ck_assert_str_eq(text_at(programme, "notes.0.id"), "included-total");
}
END_TEST

START_TEST(two_programmes_stand_side_by_side)
{
    const json_t *list = must_get(both, "/programmes")->json;
    ck_assert_int_eq(int_at(list, "meta.total"), 2);
    ck_assert_int_eq(int_at(json_where(json_at(list, "data"), "id", "klinbeforsk"), "study_count"), 80);
    ck_assert_int_eq(int_at(json_where(json_at(list, "data"), "id", "nordlys"), "study_count"), INVENTED_STUDIES);
    ck_assert_str_eq(text_at(list, "meta.attribution"), "Nordlys (invented)");
}
END_TEST

/* ── reference data ─────────────────────────────────────────────────────────────────────────────────────────── */

static const struct {
    const char *path;
    json_int_t total;
} lists[] = {{"/programmes", 1}, {"/institutions", 22}, {"/regions", 5}, {"/categories", 21}, {"/mechanisms", 3}, {"/calls", 17}};

START_TEST(a_list_of_codes_is_whole)
{
    const json_t *list = must_get(real, lists[_i].path)->json;
    ck_assert_int_eq(int_at(list, "meta.total"), lists[_i].total);
    ck_assert_int_eq(int_at(list, "meta.returned"), lists[_i].total);
    ck_assert_uint_eq(json_array_size(json_at(list, "data")), (size_t)lists[_i].total);
    ck_assert(is_null_at(list, "meta.limit") && is_null_at(list, "links.next") && is_null_at(list, "links.prev"));
    ck_assert_str_eq(text_at(list, "links.self"), lists[_i].path);
}
END_TEST

/* Every row that counts studies leads to a list of exactly as many. */
START_TEST(each_count_leads_to_the_studies_counted)
{
    const struct daemon *daemons[] = {real, both};
    for (size_t d = 0; d < 2; d++) {
        size_t i;
        json_t *row;
        json_array_foreach(json_at(must_get(daemons[d], lists[_i].path)->json, "data"), i, row)
        {
            if (json_object_get(row, "studies"))
                ck_assert_int_eq(total_of(daemons[d], text_at(row, "studies")), int_at(row, "study_count"));
        }
    }
}
END_TEST

START_TEST(the_calls_add_up_to_all_grants)
{
    json_int_t nok = 0, awards = 0;
    size_t i;
    json_t *call;
    json_array_foreach(json_at(must_get(real, "/calls")->json, "data"), i, call)
    {
        nok += int_at(call, "amount_nok");
        awards += int_at(call, "awards");
    }
    ck_assert_int_eq(nok, 1498339370);
    ck_assert_int_eq(awards, 82);
}
END_TEST

START_TEST(every_spelling_of_an_institution_finds_it)
{
    const struct answer *answer = must_get(both, "/institutions");
    size_t i, j, tried = 0;
    json_t *institution, *alias;
    json_array_foreach(json_at(answer->json, "data"), i, institution)
    {
        json_array_foreach(json_at(institution, "aliases"), j, alias)
        {
            char *encoded = keep(strlen(json_string_value(alias)) * 3 + 1), *at = encoded;
            if (strchr(json_string_value(alias), ','))
                continue; /* a comma parts values */
            for (const unsigned char *byte = (const unsigned char *)json_string_value(alias); *byte; byte++, at += 3)
                snprintf(at, 4, "%%%02X", *byte);
            ck_assert_int_eq(total_of(both, text_format("/studies?hospital=%s", encoded)),
                             total_of(both, text_format("/studies?hospital=%s", text_at(institution, "id"))));
            tried++;
        }
    }
    ck_assert_uint_ge(tried, 6);
}
END_TEST

START_TEST(a_hospital_names_what_it_is_part_of)
{
    const json_t *list = json_at(must_get(both, "/institutions")->json, "data");
    ck_assert_str_eq(text_at(json_where(list, "id", "stavanger-universitetssjukehus"), "part_of"), "helse-stavanger");
    ck_assert_str_eq(text_at(json_where(list, "id", "utsira-legevakt"), "part_of"), "helse-bergen");
    ck_assert(is_null_at(json_where(list, "id", "utsira-legevakt"), "region"));
    ck_assert(json_is_false(json_at(json_where(list, "id", "utsira-legevakt"), "coordinates")));
}
END_TEST

START_TEST(regions_come_in_their_fixed_order)
{
    static const char *const order[] = {"sor-ost", "vest", "midt", "nord", "international"};
    const json_t *list = json_at(must_get(real, "/regions")->json, "data");
    for (size_t i = 0; i < 5; i++)
        ck_assert_str_eq(text_at(list, text_format("%zu.code", i)), order[i]);
    ck_assert_str_eq(text_at(list, "0.label.nb"), "Sør-Øst");
}
END_TEST

/* ── the service itself ─────────────────────────────────────────────────────────────────────────────────────── */

START_TEST(the_index_leads_to_every_resource)
{
    const struct answer *answer = must_get(real, "/");
    size_t i, asked = 0;
    json_t *resource;
    json_array_foreach(json_at(answer->json, "resources"), i, resource)
    {
        if (strchr(text_at(resource, "url"), '{'))
            continue;
        must_get(real, text_at(resource, "url"));
        asked++;
    }
    ck_assert_uint_ge(asked, 8);
}
END_TEST

START_TEST(the_contract_is_served)
{
    const struct answer *json = must_get(real, "/openapi.json"), *yaml = must_get(real, "/openapi.yaml");
    ck_assert_str_eq(text_at(json->json, "openapi"), "3.1.0");
    ck_assert_str_eq(text_at(json->json, "paths./studies.get.operationId"), "listStudies");
    assert_header(yaml, "Content-Type", "application/yaml");
    ck_assert_ptr_nonnull(strstr(yaml->body, "openapi: 3.1.0"));
}
END_TEST

START_TEST(every_problem_is_explained_under_its_address)
{
    const json_t *list = json_at(must_get(real, "/problems")->json, "data");
    size_t i;
    json_t *problem;
    ck_assert_uint_ge(json_array_size(list), 15);
    json_array_foreach(list, i, problem)
    {
        const struct answer *one = must_get(real, text_format("/problems/%s", text_at(problem, "slug")));
        ck_assert(json_equal(one->json, problem));
    }
    /* The type of a problem leads there. */
    const struct answer *wrong = http_get(real, "/studies?limit=0", NULL);
    ck_assert_int_eq(int_at(must_get(real, text_at(wrong->json, "type"))->json, "status"), 400);
}
END_TEST

START_TEST(health_is_told_and_never_kept)
{
    const struct answer *live = must_get(real, "/health/live"), *ready = must_get(real, "/health/ready");
    ck_assert_str_eq(text_at(live->json, "status"), "live");
    ck_assert_str_eq(text_at(ready->json, "status"), "ready");
    ck_assert_int_eq(int_at(ready->json, "studies"), 80);
    assert_header(live, "Cache-Control", "no-store");
    assert_header(ready, "Cache-Control", "no-store");
    ck_assert_ptr_null(answer_header(live, "ETag"));
}
END_TEST

START_TEST(problems_are_named_under_the_base_url_where_one_is_set)
{
    struct daemon *daemon = daemon_start(register_of_klinbeforsk(), "--base-url", "https://data.example.org", NULL);
    const struct answer *wrong = http_get(daemon, "/studies?limit=0", NULL);
    ck_assert_str_eq(text_at(wrong->json, "type"), "https://data.example.org/problems/bad-parameter");
    daemon_stop(daemon);
}
END_TEST

/* ── the suite ──────────────────────────────────────────────────────────────────────────────────────────────── */

#define EACH(test, table) tcase_add_loop_test(stories, test, 0, sizeof(table) / sizeof(table)[0])

int main(void)
{
    Suite *suite = suite_create("programmes");
    TCase *stories = tcase_create("programmes and reference data");
    tcase_add_unchecked_fixture(stories, start, stop);
    tcase_add_test(stories, the_programme_says_who_and_why);
    EACH(the_board_is_as_printed, roles);
    tcase_add_test(stories, an_edition_names_its_document_and_leaves_the_licence_open);
    EACH(a_figure_is_exact_and_has_a_source, figures);
    tcase_add_test(stories, a_programme_may_be_silent_of_itself);
    tcase_add_test(stories, two_programmes_stand_side_by_side);
    EACH(a_list_of_codes_is_whole, lists);
    EACH(each_count_leads_to_the_studies_counted, lists);
    tcase_add_test(stories, the_calls_add_up_to_all_grants);
    tcase_add_test(stories, every_spelling_of_an_institution_finds_it);
    tcase_add_test(stories, a_hospital_names_what_it_is_part_of);
    tcase_add_test(stories, regions_come_in_their_fixed_order);
    tcase_add_test(stories, the_index_leads_to_every_resource);
    tcase_add_test(stories, the_contract_is_served);
    tcase_add_test(stories, every_problem_is_explained_under_its_address);
    tcase_add_test(stories, health_is_told_and_never_kept);
    tcase_add_test(stories, problems_are_named_under_the_base_url_where_one_is_set);
    suite_add_tcase(suite, stories);
    return support_run(suite);
}
