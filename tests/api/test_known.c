/* SPDX-License-Identifier: GPL-3.0-or-later
 * What the register knew, over HTTP: the very same bytes whatever is filed and imported later; and the history of a study.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "api/writing.h"

#define COUNT(list) ((int)(sizeof(list) / sizeof *(list)))
#define IMMUTABLE   "public, max-age=31536000, immutable"

static struct daemon *daemon_;
static const char *editor, *reporter;

static void setup(void)
{
    daemon_ = daemon_start(register_to_write(), "--workers", "2", NULL);
    editor = token_made(daemon_, "editor", "--programme", "nordlys");
    reporter = token_made(daemon_, "reporter", "--programme", "nordlys");
}

static void teardown(void)
{
    daemon_stop(daemon_);
}

/* ── what happens ───────────────────────────────────────────────────────────────────────────────────────────── */

static void report(const char *study, const char *body)
{
    assert_status(http_ask(daemon_, "POST", recruitment_of(study), body, JSON_BODY, reporter, ANY, NULL), 201);
}

static void plan(const char *study, const char *body)
{
    struct answer *answer = http_ask(daemon_, "PUT", text_format("/studies/%s/plan", study), body, JSON_BODY, editor, ANY, NULL);
    ck_assert_msg(answer->status == 200 || answer->status == 201, "%d %s", answer->status, answer->body);
}

static void edit(const char *study, const char *body)
{
    assert_status(http_ask(daemon_, "PATCH", text_format("/studies/%s", study), body, "Content-Type: application/merge-patch+json", editor,
                           ANY, NULL),
                  200);
}

/* The invented programme once more, with other words for a region, another document, and another count. */
static void import_otherwise(void)
{
    const char *folder = text_format("%s/otherwise", support_folder());
    static const struct {
        const char *file, *from, *to;
    } changes[] = {{"regions.csv", "vest,Vest,", "vest,Vestlandet,"},
                   {"edition.json", "invented-report", "another-report"},
                   {"edition.json", "\"licence\": null", "\"licence\": \"CC-BY-4.0\""},
                   {"reports.csv", "corona,vest,2024-12-31,30", "corona,vest,2024-12-31,33"},
                   {"programme.json", "\"disclosure_threshold\": 10", "\"disclosure_threshold\": 45"}};
    for (size_t i = 0; i < sizeof invented_files / sizeof *invented_files; i++) {
        const char *content = invented_files[i].content;
        for (int k = 0; k < COUNT(changes); k++) {
            const char *at = strcmp(changes[k].file, invented_files[i].name) == 0 ? strstr(content, changes[k].from) : NULL;
            if (at)
                content = text_format("%.*s%s%s", (int)(at - content), content, changes[k].to, at + strlen(changes[k].from));
        }
        file_write(folder, invented_files[i].name, content);
    }
    struct outcome outcome = studyd_run("import", "--db", daemon_db(daemon_), folder, NULL);
    ck_assert_msg(outcome.status == 0, "%s", outcome.err);
}

static void let_much_happen(void)
{
    report("aurora", "{\"as_of\": \"2025-03-31\", \"regions\": {\"vest\": 45, \"midt\": 21}}");
    report("aurora", "{\"as_of\": \"2024-12-31\", \"regions\": {\"vest\": 42}}"); /* a correction */
    plan("aurora", "{\"planned\": 120, \"regions\": {\"vest\": 80, \"midt\": 40}, \"planned_end\": \"2027\", \"as_of\": \"2025-01-01\"}");
    edit("aurora", "{\"status\": \"recruitment-ended\"}");
    report("ore", "{\"as_of\": \"2025-01-31\", \"regions\": {\"vest\": 50, \"nord\": 11}}");
    import_otherwise();
    report("corona", "{\"as_of\": \"2025-01-31\", \"regions\": {\"nord\": 9}}");
}

/* Of the newest change of a study, which has been. */
static const char *updated_of(const char *study)
{
    return text_at(must_get(daemon_, text_format("/studies/%s?fields=updated", study))->json, "updated");
}

static const char *now_text(long more_ms)
{
    struct timespec ts;
    clock_gettime(CLOCK_REALTIME, &ts);
    long long ms = (long long)ts.tv_sec * 1000 + ts.tv_nsec / 1000000 + more_ms;
    time_t seconds = (time_t)(ms / 1000);
    struct tm tm;
    gmtime_r(&seconds, &tm);
    char text[40];
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &tm);
    return text_format("%s.%03dZ", text, (int)(ms % 1000));
}

static const char *known(const char *target, const char *instant)
{
    return text_format("%s%cknown_at=%s", target, strchr(target, '?') ? '&' : '?', instant);
}

/* ── the same for ever ──────────────────────────────────────────────────────────────────────────────────────── */

static const char *const questions[] = {
    "/studies/aurora",
    "/studies/aurora?fields=id,status,recruitment,updated",
    "/studies/corona",
    "/studies/aurora/recruitment",
    "/studies/aurora/recruitment?from=2024-01-01&to=2024-12-31",
    "/studies/aurora/recruitment?interval=year",
    "/studies/corona/recruitment?interval=quarter",
    "/studies/dagny/recruitment",
    "/studies/dagny/recruitment?from=2024-01-01",
    "/studies/ore/recruitment",
    "/stats/regions",
    "/stats/regions?programme=nordlys",
    "/stats/regions?programme=!nordlys",
    "/stats/regions?format=csv",
    "/stats/regions?programme=nordlys,klinbeforsk&format=csv&dialect=excel-nb",
};

static struct answer *asked(int question, const char *instant)
{
    struct answer *answer = http_get(daemon_, known(questions[question], instant), NULL);
    assert_status(answer, 200);
    return answer;
}

static void assert_same(const struct answer *then, const struct answer *now)
{
    static const char *const headers[] = {"ETag", "Last-Modified", "Cache-Control", "Content-Type", "Content-Disposition", "Vary"};
    size_t at = 0;
    while (then->body[at] == now->body[at] && then->body[at] != '\0')
        at++;
    size_t from = at < 100 ? 0 : at - 100;
    ck_assert_msg(then->body[at] == now->body[at], "%s was …\n%.300s\nand is …\n%.300s", then->target, then->body + from, now->body + from);
    ck_assert_uint_eq(then->body_len, now->body_len);
    for (int i = 0; i < COUNT(headers); i++)
        ck_assert_pstr_eq(answer_header(then, headers[i]), answer_header(now, headers[i]));
}

START_TEST(an_answer_about_an_instant_never_changes_again)
{
    enum { TIMES = 3 };
    const struct answer *then[TIMES][COUNT(questions)];
    const char *instants[TIMES];
    for (int t = 0; t < TIMES; t++) {
        instants[t] = now_text(0);
        for (int i = 0; i < COUNT(questions); i++)
            then[t][i] = asked(i, instants[t]);
        if (t == 0)
            let_much_happen();
        else
            report("aurora", text_format("{\"as_of\": \"2025-0%d-28\", \"regions\": {\"vest\": %d, \"midt\": 30}}", 4 + t, 50 + t));
    }
    ck_assert_str_ne(then[0][0]->body, then[1][0]->body);
    for (int t = 0; t < TIMES; t++)
        for (int i = 0; i < COUNT(questions); i++)
            assert_same(then[t][i], asked(i, instants[t]));
    /* And where nothing is in a worker's memory. */
    const char *db = daemon_db(daemon_);
    daemon_stop(daemon_);
    daemon_ = daemon_start(db, "--cache-bytes", "0", NULL);
    for (int t = 0; t < TIMES; t++)
        for (int i = 0; i < COUNT(questions); i++)
            assert_same(then[t][i], asked(i, instants[t]));
}
END_TEST

/* But for what belongs to the question, and what is of now alone. */
static const char *without_links(const struct answer *answer)
{
    json_t *copy = keep_json(json_deep_copy(answer->json)), *row;
    size_t i;
    json_object_del(copy, "links");
    json_array_foreach(json_at(copy, "data"), i, row)
    {
        json_object_del(row, "published");
        json_object_del(row, "studies");
    }
    json_object_del(json_at(copy, "meta.totals"), "published");
    json_object_del(json_at(copy, "meta.totals"), "studies");
    char *text = json_dumps(copy, 0);
    const char *kept = text_format("%s", text);
    free(text);
    return kept;
}

START_TEST(what_was_known_just_now_is_what_is_known)
{
    let_much_happen();
    const char *instant = now_text(0);
    for (int i = 0; i < COUNT(questions); i++) {
        if (strstr(questions[i], "csv"))
            continue;
        const struct answer *live = must_get(daemon_, questions[i]), *then = asked(i, instant);
        if (strstr(questions[i], "/stats"))
            ck_assert_str_eq(without_links(then), without_links(live));
        else
            ck_assert_str_eq(then->body, live->body);
        ck_assert_str_eq(answer_header(then, "Cache-Control"), IMMUTABLE);
        ck_assert_str_eq(answer_header(live, "Cache-Control"), "public, no-cache");
        ck_assert_str_ne(answer_header(then, "ETag"), answer_header(live, "ETag"));
        ck_assert_str_eq(answer_header(then, "Last-Modified"), answer_header(live, "Last-Modified"));
    }
}
END_TEST

START_TEST(the_tag_of_an_instant_is_answered_with_304)
{
    const char *instant = now_text(0);
    report("aurora", "{\"as_of\": \"2025-03-31\", \"regions\": {\"vest\": 45, \"midt\": 21}}");
    for (int i = 0; i < COUNT(questions); i++) {
        const char *tag = text_format("If-None-Match: %s", answer_header(asked(i, instant), "ETag"));
        const struct answer *again = http_get(daemon_, known(questions[i], instant), tag, NULL);
        assert_status(again, 304);
        assert_header(again, "Cache-Control", IMMUTABLE);
        assert_status(http_get(daemon_, questions[i], tag, NULL), 200); /* of now it says nothing */
        const struct answer *head = http_ask(daemon_, "HEAD", known(questions[i], instant), NULL, NULL);
        assert_status(head, 200);
        assert_header(head, "Cache-Control", IMMUTABLE);
    }
    const struct answer *coded = http_get(daemon_, known("/stats/regions", instant), "Accept-Encoding: gzip", NULL);
    ck_assert_str_eq(coded->body, asked(10, instant)->body);
    assert_status(http_get(daemon_, known("/studies/aurora", instant), "If-None-Match: *", NULL), 200);
    assert_problem(http_get(daemon_, known("/studies/aurora", "2020-01-01T00:00:00Z"), "If-None-Match: *", NULL), 404, "not-found");
}
END_TEST

START_TEST(an_instant_has_one_spelling)
{
    const char *instant = now_text(0);
    json_t *links = json_at(must_get(daemon_, known("/stats/regions", instant))->json, "links");
    ck_assert_str_eq(text_at(links, "self"), known("/stats/regions", instant));
    const struct answer *utc = http_get(daemon_, known("/studies/aurora", "2020-01-01T12:00:00Z"), NULL);
    const struct answer *oslo = http_get(daemon_, known("/studies/aurora", "2020-01-01T13:00:00%2B01:00"), NULL);
    ck_assert_str_eq(text_at(utc->json, "detail"), text_at(oslo->json, "detail"));
}
END_TEST

/* ── what cannot be asked ───────────────────────────────────────────────────────────────────────────────────── */

/* As Python's isoformat() and Go's RFC3339Nano write them. */
START_TEST(an_instant_may_have_any_number_of_decimals)
{
    const char *instant = now_text(0);
    for (int i = 0; i < COUNT(questions); i++) {
        const struct answer *plain = must_get(daemon_, known(questions[i], instant));
        const char *target = known(questions[i], instant), *finer = text_format("%.*s456789Z", (int)strlen(target) - 1, target);
        const struct answer *fine = must_get(daemon_, finer);
        ck_assert_str_eq(fine->body, plain->body);
        ck_assert_str_eq(answer_header(fine, "ETag"), answer_header(plain, "ETag"));
    }
}
END_TEST

START_TEST(the_future_is_not_known)
{
    for (int i = 0; i < COUNT(questions); i++) {
        const struct answer *answer = http_get(daemon_, known(questions[i], now_text(3600000)), NULL);
        assert_problem(answer, 400, "bad-parameter");
        assert_fault(answer, "known_at", NULL);
        ck_assert_ptr_nonnull(strstr(answer->body, "future"));
    }
    const struct answer *both = http_get(daemon_, known("/studies/aurora/recruitment?interval=week", now_text(3600000)), NULL);
    assert_fault(both, "known_at", NULL);
    ck_assert_ptr_nonnull(strstr(both->body, "\"interval\""));
    assert_fault(http_get(daemon_, known("/studies/aurora", "2026-01-31"), NULL), "known_at", NULL);
    assert_fault(http_get(daemon_, known("/studies", now_text(0)), NULL), "known_at", NULL); /* the list is of now */
    assert_fault(http_get(daemon_, known("/stats/calls", now_text(0)), NULL), "known_at", NULL);
}
END_TEST

START_TEST(before_the_register_held_it_there_was_nothing)
{
    const struct answer *study = http_get(daemon_, known("/studies/aurora", "2020-01-01T00:00:00Z"), NULL);
    assert_problem(study, 404, "not-found");
    ck_assert_ptr_nonnull(strstr(text_at(study->json, "detail"), updated_of("aurora")));
    const struct answer *counts = http_get(daemon_, known("/studies/aurora/recruitment", "2020-01-01T00:00:00Z"), NULL);
    assert_problem(counts, 404, "not-found");
    ck_assert_str_eq(text_at(counts->json, "detail"), text_at(study->json, "detail"));
    const struct answer *all = http_get(daemon_, known("/stats/regions", "2020-01-01T00:00:00Z"), NULL);
    assert_problem(all, 404, "not-found");
    static const char *const early[] = {"1970-01-01T00:00:00Z", "1969-12-31T23:59:59.999999Z", "1814-05-17T12:00:00Z",
                                        "0000-01-01T00:00:00Z"};
    for (int i = 0; i < COUNT(questions); i++)
        for (int j = 0; j < COUNT(early); j++)
            assert_problem(http_get(daemon_, known(questions[i], early[j]), NULL), 404, "not-found");
    ck_assert_ptr_nonnull(strstr(text_at(all->json, "detail"), "kept since 20"));
    /* Between the two imports there was one programme. */
    const char *first = text_at(must_get(daemon_, "/studies/aneed?fields=updated")->json, "updated");
    ck_assert_int_gt(int_at(must_get(daemon_, known("/stats/regions", first))->json, "meta.totals.study_count"), 0);
    ck_assert_int_eq(int_at(must_get(daemon_, known("/stats/regions?programme=nordlys", first))->json, "meta.totals.study_count"), 0);
    assert_problem(http_get(daemon_, known("/studies/aurora", first), NULL), 404, "not-found");
    assert_problem(http_get(daemon_, known("/studies/nobody", now_text(0)), NULL), 404, "not-found");
    ck_assert_ptr_null(answer_header(study, "ETag"));
}
END_TEST

static const char *const of_now[] = {"q=light",
                                     "id=aurora",
                                     "call_year=2022",
                                     "mechanism=other",
                                     "award_call_year=2022",
                                     "award_mechanism=other",
                                     "category=cancer",
                                     "and_category=cancer",
                                     "institution=helse-bergen",
                                     "hospital=helse-bergen",
                                     "region=vest",
                                     "inclusion_region=vest",
                                     "and_inclusion_region=vest",
                                     "leader=Bo%20Berg",
                                     "status=planned",
                                     "has_card=true",
                                     "behind_plan=false",
                                     "amount_nok=1..",
                                     "planned=1..",
                                     "included=1..",
                                     "age=1..",
                                     "updated=2026-01-01..",
                                     "group_by=status"};

START_TEST(what_was_can_be_told_apart_by_programme_alone)
{
    const char *instant = now_text(0), *all = "/stats/regions";
    for (int i = 0; i < COUNT(of_now); i++) {
        const struct answer *answer = http_get(daemon_, known(text_format("/stats/regions?%s", of_now[i]), instant), NULL);
        assert_problem(answer, 400, "bad-parameter");
        assert_fault(answer, text_format("%.*s", (int)strcspn(of_now[i], "="), of_now[i]), NULL);
        ck_assert_uint_eq(json_array_size(json_at(answer->json, "errors")), 1);
        ck_assert_ptr_nonnull(strstr(answer->body, "does not go with known_at"));
        all = text_format("%s%c%s", all, i ? '&' : '?', of_now[i]);
        must_get(daemon_, text_format("/stats/regions?%s", of_now[i]));
    }
    ck_assert_int_ge((int)json_array_size(json_at(http_get(daemon_, known(all, instant), NULL)->json, "errors")), COUNT(of_now));
}
END_TEST

START_TEST(the_cells_of_the_past_have_neither_printed_figures_nor_lists)
{
    const json_t *answer = must_get(daemon_, known("/stats/regions?programme=nordlys", now_text(0)))->json;
    size_t i;
    json_t *row;
    ck_assert(!is_null_at(must_get(daemon_, "/stats/regions?programme=nordlys")->json, "meta.totals.published"));
    json_array_foreach(json_at(answer, "data"), i, row) ck_assert(is_null_at(row, "published") && is_null_at(row, "studies"));
    ck_assert(is_null_at(answer, "meta.totals.published") && is_null_at(answer, "meta.totals.studies"));
}
END_TEST

START_TEST(an_old_id_leads_to_what_was_known_of_the_study)
{
    const char *instant = now_text(0);
    static const char *const rests[] = {"", "/recruitment"};
    for (int i = 0; i < COUNT(rests); i++) {
        const struct answer *answer = http_get(daemon_, known(text_format("/studies/aegir-old%s", rests[i]), instant), NULL);
        assert_status(answer, 301);
        assert_header(answer, "Location", known(text_format("/studies/aegir%s", rests[i]), instant));
        assert_header(answer, "Cache-Control", "public, no-cache");
        must_get(daemon_, answer_header(answer, "Location"));
    }
    const struct answer *history = http_get(daemon_, "/studies/aegir-old/history?limit=3", NULL);
    assert_status(history, 301);
    assert_header(history, "Location", "/studies/aegir/history?limit=3");
}
END_TEST

/* ── history ────────────────────────────────────────────────────────────────────────────────────────────────── */

static json_t *history_of(const char *study)
{
    return json_at(must_get(daemon_, text_format("/studies/%s/history", study))->json, "data");
}

static json_t *nth(json_t *array, size_t i)
{
    ck_assert_uint_lt(i, json_array_size(array));
    return json_array_get(array, i);
}

START_TEST(each_version_says_when_by_whom_and_what)
{
    report("aurora", "{\"as_of\": \"2025-03-31\", \"regions\": {\"vest\": 45, \"midt\": 21}, \"comment\": \"by telephone\"}");
    plan("aurora", "{\"planned\": 120, \"planned_end\": \"2027\", \"as_of\": \"2025-01-01\"}");
    edit("aurora", "{\"status\": \"recruitment-ended\"}");
    json_t *history = history_of("aurora"), *changed = nth(history, 0), *planned = nth(history, 1), *reported = nth(history, 2),
           *first = nth(history, 3);
    ck_assert_uint_eq(json_array_size(history), 4);
    ck_assert_int_eq(int_at(changed, "version"), 4);
    ck_assert_str_eq(text_at(changed, "role"), "editor");
    ck_assert(is_null_at(changed, "edition"));
    ck_assert_uint_eq(json_array_size(json_at(changed, "changes")), 1);
    ck_assert_str_eq(text_at(changed, "changes.0.member"), "status");
    ck_assert_str_eq(text_at(changed, "changes.0.from"), "recruiting");
    ck_assert_str_eq(text_at(changed, "changes.0.to"), "recruitment-ended");
    ck_assert_str_eq(text_at(changed, "at"), updated_of("aurora"));
    ck_assert_int_eq(int_at(planned, "plans.0.planned"), 120);
    ck_assert_str_eq(text_at(planned, "plans.0.planned_end"), "2027");
    ck_assert(is_null_at(planned, "plans.0.region"));
    ck_assert_int_eq(int_at(planned, "changes.0.to.planned"), 120);
    ck_assert_str_eq(text_at(reported, "role"), "reporter");
    ck_assert_uint_eq(json_array_size(json_at(reported, "reports")), 2);
    ck_assert_str_eq(text_at(reported, "reports.0.region"), "vest");
    ck_assert_int_eq(int_at(reported, "reports.0.included"), 45);
    ck_assert_str_eq(text_at(first, "role"), "edition");
    ck_assert_str_eq(text_at(first, "edition"), "2025");
    ck_assert_uint_eq(json_array_size(json_at(first, "changes")), 0);
    ck_assert_uint_eq(json_array_size(json_at(first, "reports")), 5);
}
END_TEST

START_TEST(what_is_said_for_the_office_alone_is_said_nowhere)
{
    report("aurora", "{\"as_of\": \"2025-03-31\", \"regions\": {\"vest\": 45, \"midt\": 21}, \"comment\": \"by telephone\"}");
    static const char *const all[] = {"/studies/aurora/history", "/studies/aurora", "/studies/aurora/recruitment", "/recruitment?id=aurora",
                                      "/recruitment?id=aurora&format=csv"};
    for (int i = 0; i < COUNT(all); i++) {
        const char *body = must_get(daemon_, all[i])->body;
        ck_assert_ptr_null(strstr(body, "telephone"));
        ck_assert_ptr_null(strstr(body, "Test office"));
        ck_assert_ptr_null(strstr(body, "comment"));
    }
}
END_TEST

START_TEST(every_version_can_be_read_as_it_stood)
{
    let_much_happen();
    static const char *const studies[] = {"aurora", "corona", "ore", "dagny", "aase"};
    for (int s = 0; s < COUNT(studies); s++) {
        json_t *history = history_of(studies[s]), *version, *newer = NULL;
        size_t i;
        json_array_foreach(history, i, version)
        {
            const json_t *study = must_get(daemon_, text_at(version, "study"))->json;
            ck_assert_int_eq(int_at(study, "version"), int_at(version, "version"));
            ck_assert_str_eq(text_at(study, "updated"), text_at(version, "at"));
            must_get(daemon_, text_at(version, "recruitment"));
            json_t *change;
            size_t k;
            if (newer) /* what changed after it */
                json_array_foreach(json_at(newer, "changes"), k, change)
                    ck_assert(json_equal(json_at(change, "from"), json_object_get(study, text_at(change, "member"))));
            newer = version;
        }
        ck_assert_int_eq(int_at(newer, "version"), 1);
    }
}
END_TEST

START_TEST(versions_come_page_by_page)
{
    for (int i = 1; i <= 6; i++)
        report("aurora", text_format("{\"as_of\": \"2025-0%d-28\", \"regions\": {\"vest\": %d, \"midt\": 30}}", i, 50 + i));
    const json_t *whole = history_of("aurora"), *page = must_get(daemon_, "/studies/aurora/history?limit=3")->json;
    ck_assert_uint_eq(json_array_size(whole), 7);
    ck_assert(is_null_at(page, "links.prev"));
    for (size_t at = 0;; page = must_get(daemon_, text_at(page, "links.next"))->json) {
        json_t *row;
        size_t i;
        ck_assert_int_eq(int_at(page, "meta.total"), 7);
        json_array_foreach(json_at(page, "data"), i, row) ck_assert(json_equal(row, json_array_get(whole, at++)));
        if (at == 7)
            break;
    }
    ck_assert(is_null_at(page, "links.next"));
    page = must_get(daemon_, text_at(page, "links.prev"))->json;
    ck_assert_int_eq(int_at(page, "data.0.version"), 4);
    page = must_get(daemon_, text_at(page, "links.prev"))->json;
    ck_assert_int_eq(int_at(page, "data.0.version"), 7);
    ck_assert_str_eq(text_at(page, "links.self"), "/studies/aurora/history?limit=3");
    const char *cursor = strstr(text_at(page, "links.next"), "cursor=");
    assert_fault(http_get(daemon_, text_format("/studies/corona/history?%s", cursor), NULL), "cursor", NULL);
    assert_fault(http_get(daemon_, "/studies/aurora/history?cursor=abc", NULL), "cursor", NULL);
    assert_fault(http_get(daemon_, "/studies/aurora/history?limit=101", NULL), "limit", NULL);
    assert_status(http_ask(daemon_, "HEAD", "/studies/aurora/history", NULL, NULL), 200);
    assert_problem(http_get(daemon_, "/studies/nobody/history", NULL), 404, "not-found");
    assert_problem(http_get(daemon_, "/studies/aurora/history", "Accept: text/csv", NULL), 406, "not-acceptable");
}
END_TEST

START_TEST(the_history_of_a_study_has_the_study_s_tag)
{
    const struct answer *before = must_get(daemon_, "/studies/aurora/history");
    const char *tag = text_format("If-None-Match: %s", answer_header(before, "ETag"));
    report("corona", "{\"as_of\": \"2025-01-31\", \"regions\": {\"nord\": 9}}");
    assert_status(http_get(daemon_, "/studies/aurora/history", tag, NULL), 304);
    ck_assert_str_eq(must_get(daemon_, "/studies/aurora/history")->body, before->body); /* nothing of the data version is in it */
    report("aurora", "{\"as_of\": \"2025-03-31\", \"regions\": {\"vest\": 45, \"midt\": 21}}");
    assert_status(http_get(daemon_, "/studies/aurora/history", tag, NULL), 200);
}
END_TEST

/* ── small populations ──────────────────────────────────────────────────────────────────────────────────────── */

static const char *text_of(const json_t *json)
{
    char *text = json_dumps(json, JSON_ENCODE_ANY);
    const char *kept = keep_bytes(text, strlen(text));
    free(text);
    return kept;
}

/* Numbers that nothing else can be. */
#define NORD   "4321987"
#define VEST   "1234876"
#define SECRET "{\"as_of\": \"2025-01-31\", \"regions\": {\"nord\": " NORD ", \"vest\": " VEST "}, \"correction\": true}"

static void assert_silent(const char *target)
{
    const struct answer *answer = http_get(daemon_, target, NULL);
    assert_status(answer, 200);
    ck_assert_msg(!strstr(answer->body, NORD) && !strstr(answer->body, VEST), "%s tells of a region:\n%.2000s", target, answer->body);
}

static const char *const representations[] = {"/studies/dagny",
                                              "/studies?id=dagny",
                                              "/studies?id=dagny&format=csv",
                                              "/studies?id=dagny&format=ndjson",
                                              "/studies?id=dagny&facets=inclusion_region",
                                              "/studies/dagny/recruitment",
                                              "/studies/dagny/recruitment?interval=month",
                                              "/studies/dagny/recruitment?from=2025-01-31&to=2025-01-31",
                                              "/studies/dagny/history",
                                              "/studies/dagny/history?limit=1",
                                              "/recruitment?id=dagny",
                                              "/recruitment?id=dagny&report_region=nord,vest",
                                              "/recruitment?id=dagny&format=csv",
                                              "/recruitment?format=csv",
                                              "/recruitment?id=dagny&format=ndjson",
                                              "/recruitment?id=dagny&from=2025-01-01&to=2025-01-31",
                                              "/recruitment?sort=-as_of&limit=500",
                                              "/stats/regions",
                                              "/stats/regions?format=csv",
                                              "/stats/regions?id=dagny",
                                              "/stats/regions?inclusion_region=nord&group_by=status",
                                              "/stats/regions?inclusion_region=nord",
                                              "/stats/regions?group_by=institution",
                                              "/stats/regions?group_by=status,region&id=dagny",
                                              "/stats/calls?id=dagny",
                                              "/stats/institutions?id=dagny",
                                              "/stats/categories?id=dagny&group_by=region",
                                              "/stats/summary",
                                              "/stats/summary?id=dagny",
                                              "/stats/reconciliation"};

/* Patients of every cell by region. */
static const char *sums_of(const char *target)
{
    const char *text = "";
    size_t i;
    json_t *row;
    json_array_foreach(json_at(must_get(daemon_, target)->json, "data"), i, row)
    {
        text = text_format("%s %s/%s", text, text_of(json_at(row, "included")), text_of(json_at(row, "planned")));
    }
    return text;
}

START_TEST(no_answer_and_no_difference_of_answers_tells_of_the_regions_of_a_small_population)
{
    const char *before = now_text(0), *sums = sums_of("/stats/regions"), *others = sums_of("/stats/regions?id=!dagny");
    report("dagny", SECRET);
    plan("dagny", "{\"planned\": 9, \"regions\": {\"nord\": 5, \"vest\": 4}, \"as_of\": \"2025-01-01\"}");
    const char *after = now_text(0);
    ck_assert_int_eq(int_at(must_get(daemon_, "/studies/dagny")->json, "recruitment.planned"), 9); /* it is small by its plan */
    for (int i = 0; i < COUNT(representations); i++)
        assert_silent(representations[i]);
    for (int i = 0; i < COUNT(questions); i++)
        assert_silent(known(questions[i], after));
    assert_silent(known("/studies/dagny", after));
    ck_assert_str_eq(sums_of("/stats/regions"), sums);
    ck_assert_str_eq(sums_of("/stats/regions?id=!dagny"), others);
    ck_assert_str_eq(sums_of(known("/stats/regions", before)), sums);
    ck_assert_str_eq(sums_of(known("/stats/regions", after)), sums);
    ck_assert_str_eq(sums_of("/stats/regions"), sums_of("/stats/regions?id=!dagny"));
    json_t *history = history_of("dagny"), *version;
    size_t i;
    json_array_foreach(history, i, version)
    {
        assert_silent(text_at(version, "study"));
        assert_silent(text_at(version, "recruitment"));
        ck_assert_ptr_null(strstr(text_of(version), "\"region\": \""));
    }
    ck_assert_int_eq((int)json_array_size(history), 3);
}
END_TEST

START_TEST(once_small_the_history_names_no_region_of_any_version)
{
    const char *before = now_text(0);
    const char *then = must_get(daemon_, known("/studies/aurora/recruitment", before))->body;
    ck_assert_ptr_nonnull(strstr(text_of(history_of("aurora")), "\"region\": \"vest\""));
    plan("aurora", "{\"planned\": 5, \"regions\": {\"vest\": 3, \"midt\": 2}, \"as_of\": \"2025-01-01\"}");
    const json_t *now = must_get(daemon_, "/studies/aurora/recruitment")->json;
    ck_assert_str_eq(text_at(now, "disclosure"), "totals-only");
    ck_assert_ptr_null(strstr(text_of(history_of("aurora")), "\"region\": \""));
    ck_assert_ptr_null(strstr(text_of(history_of("aurora")), "inclusion_regions"));
    /* What was told then is told of then. */
    ck_assert_str_eq(must_get(daemon_, known("/studies/aurora/recruitment", before))->body, then);
    ck_assert_str_eq(text_at(must_get(daemon_, known("/studies/aurora/recruitment", now_text(0)))->json, "disclosure"), "totals-only");
}
END_TEST

static const char *notes_of(const char *target)
{
    return text_of(json_at(must_get(daemon_, target)->json, "notes"));
}

START_TEST(an_edition_s_count_against_what_was_filed_is_told_where_counts_are)
{
    const char *told = "The register holds " NORD " included patients as of 2024-12-31 (nord); the edition 2025 says 5.";
    report("dagny", "{\"as_of\": \"2024-12-31\", \"regions\": {\"nord\": " NORD ", \"vest\": " VEST "}, \"correction\": true}");
    plan("dagny", "{\"planned\": 9, \"regions\": {\"nord\": 9}, \"as_of\": \"2020-01-01\"}"); /* the edition says 8 */
    for (int i = 0; i < COUNT(representations); i++)
        assert_silent(representations[i]);
    ck_assert_ptr_null(strstr(notes_of("/studies/dagny?fields=notes"), "conflict"));
    ck_assert_ptr_null(strstr(http_get(daemon_, "/studies?id=dagny&format=csv", NULL)->body, "conflict"));
    const char *small = known("/studies/dagny?fields=notes", now_text(0)), *then = must_get(daemon_, small)->body;
    plan("dagny", "{\"planned\": 9000000, \"as_of\": \"2025-01-01\"}");
    ck_assert_ptr_nonnull(strstr(notes_of("/studies/dagny"), told));
    ck_assert_str_eq(must_get(daemon_, small)->body, then);
    report("dagny", "{\"as_of\": \"2024-12-31\", \"regions\": {\"nord\": 5}, \"correction\": true}");
    ck_assert_ptr_null(strstr(notes_of("/studies/dagny"), NORD));
}
END_TEST

START_TEST(once_small_the_history_tells_no_count_against_an_edition)
{
    report("aurora", "{\"as_of\": \"2024-12-31\", \"regions\": {\"vest\": 47}, \"correction\": true}");
    const char *then = now_text(0), *told = "holds 47 included patients as of 2024-12-31 (vest); the edition 2025 says 41.";
    ck_assert_ptr_nonnull(strstr(notes_of("/studies/aurora"), told));
    ck_assert_ptr_nonnull(strstr(text_of(history_of("aurora")), told));
    plan("aurora", "{\"planned\": 5, \"regions\": {\"vest\": 3, \"midt\": 2}, \"as_of\": \"2025-01-01\"}");
    ck_assert_ptr_null(strstr(notes_of("/studies/aurora"), "conflict"));
    ck_assert_ptr_null(strstr(text_of(history_of("aurora")), "conflict"));
    ck_assert_ptr_nonnull(strstr(notes_of(known("/studies/aurora", then)), told)); /* what was told then is told of then */
}
END_TEST

START_TEST(once_great_what_was_small_then_stays_withheld_of_then)
{
    const char *before = now_text(0);
    plan("dagny", "{\"planned\": 90, \"as_of\": \"2025-01-01\"}");
    report("dagny", "{\"as_of\": \"2025-01-31\", \"regions\": {\"nord\": 61}}");
    ck_assert_str_eq(text_at(must_get(daemon_, "/studies/dagny/recruitment")->json, "disclosure"), "full");
    ck_assert_str_eq(text_at(must_get(daemon_, known("/studies/dagny/recruitment", before))->json, "disclosure"), "totals-only");
    json_t *history = history_of("dagny");
    ck_assert_str_eq(text_at(nth(history, 0), "reports.0.region"), "nord");
    ck_assert_uint_eq(json_array_size(json_at(nth(history, 2), "reports")), 0); /* of the edition there are regions alone */
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        an_answer_about_an_instant_never_changes_again,
        what_was_known_just_now_is_what_is_known,
        the_tag_of_an_instant_is_answered_with_304,
        an_instant_has_one_spelling,
        an_instant_may_have_any_number_of_decimals,
        the_future_is_not_known,
        before_the_register_held_it_there_was_nothing,
        what_was_can_be_told_apart_by_programme_alone,
        the_cells_of_the_past_have_neither_printed_figures_nor_lists,
        an_old_id_leads_to_what_was_known_of_the_study,
        each_version_says_when_by_whom_and_what,
        what_is_said_for_the_office_alone_is_said_nowhere,
        every_version_can_be_read_as_it_stood,
        versions_come_page_by_page,
        the_history_of_a_study_has_the_study_s_tag,
        no_answer_and_no_difference_of_answers_tells_of_the_regions_of_a_small_population,
        once_small_the_history_names_no_region_of_any_version,
        an_edition_s_count_against_what_was_filed_is_told_where_counts_are,
        once_small_the_history_tells_no_count_against_an_edition,
        once_great_what_was_small_then_stays_withheld_of_then,
    };
    TCase *cases = tcase_create("known");
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_set_timeout(cases, 120);
    for (int i = 0; i < COUNT(tests); i++)
        tcase_add_test(cases, tests[i]);
    Suite *suite = suite_create("known");
    suite_add_tcase(suite, cases);
    return support_run(suite);
}
