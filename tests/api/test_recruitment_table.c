/* SPDX-License-Identifier: GPL-3.0-or-later
 * GET /recruitment: rows, pages, formats, and what of a small population never shows.
 */
#include <string.h>

#include "api/invented.h"
#include "http.h"

#define COUNT(table) (sizeof table / sizeof *table)

/* dagny is small: 8 are planned. */
static const char reports[] = "study,region,as_of,included,lines\n"
                              "afjord,,2020-12-31,40,350\n"
                              "aurora,,2023-06-30,8,298\n"
                              "aurora,,2023-12-31,14,299\n"
                              "aurora,vest,2023-12-31,10,300\n"
                              "aurora,midt,2024-03-31,5,301\n"
                              "aurora,vest,2024-06-30,20,302\n"
                              "aurora,vest,2024-12-31,41,303\n"
                              "aurora,midt,2024-12-31,19,304\n"
                              "aurora,,2024-12-31,60,305\n"
                              "borealis,,2024-12-31,62,310\n"
                              "borealis,midt,2024-12-31,36,311\n"
                              "corona,vest,2024-12-31,30,320\n"
                              "dagny,,2022-05-31,1,324\n"
                              "dagny,,2022-11-30,2,325\n"
                              "dagny,,2023-12-31,3,326\n"
                              "dagny,nord,2023-12-31,3,330\n"
                              "dagny,,2024-03-31,4,327\n"
                              "dagny,nord,2024-06-30,4,331\n"
                              "dagny,,2024-09-30,5,328\n"
                              "dagny,nord,2024-12-31,5,332\n"
                              "ore,,2024-12-31,0,340\n";

static struct daemon *both;

static void start(void)
{
    const char *folder = text_format("%s/reports", support_folder());
    for (size_t i = 0; i < COUNT(invented_files); i++)
        file_write(folder, invented_files[i].name,
                   strcmp(invented_files[i].name, "reports.csv") == 0 ? reports : invented_files[i].content);
    both = daemon_start(register_with(folder), NULL);
}

static void stop(void)
{
    daemon_stop_shared(both);
}

/* ── rows ───────────────────────────────────────────────────────────────────────────────────────────────────── */

/* study region as_of included/planned, a line each; the total's region is "-". */
static const char *rows_of(const json_t *data)
{
    const char *rows = "";
    size_t i;
    json_t *row;
    json_array_foreach(data, i, row)
    {
        const char *planned = is_null_at(row, "planned") ? "-" : text_format("%lld", (long long)int_at(row, "planned"));
        rows = text_format("%s%s %s %s %lld/%s\n", rows, text_at(row, "study"), is_null_at(row, "region") ? "-" : text_at(row, "region"),
                           text_at(row, "as_of"), (long long)int_at(row, "included"), planned);
    }
    return rows;
}

#define OF_BOREALIS "borealis - 2024-12-31 62/50\nborealis midt 2024-12-31 36/30\n"
#define OF_DAGNY    "dagny - 2022-11-30 2/8\ndagny - 2023-12-31 3/8\ndagny - 2024-09-30 5/8\n"

static const struct {
    const char *query, *rows;
} asked[] = {
    {"id=aurora", "aurora - 2023-06-30 8/100\naurora - 2023-12-31 14/100\naurora vest 2023-12-31 10/60\naurora midt 2024-03-31 5/40\n"
                  "aurora vest 2024-06-30 20/60\naurora - 2024-12-31 60/100\naurora vest 2024-12-31 41/60\naurora midt 2024-12-31 19/40\n"},
    {"id=dagny", OF_DAGNY},
    {"id=dagny&to=2024-06-30", "dagny - 2022-11-30 2/8\ndagny - 2023-12-31 3/8\n"},
    {"id=dagny&from=2024-01-01&to=2024-06-30", ""},
    {"id=dagny&report_region=nord", ""},
    {"id=dagny&report_region=!nord", OF_DAGNY},
    {"programme=nordlys&report_region=midt", "aurora midt 2024-03-31 5/40\naurora midt 2024-12-31 19/40\nborealis midt 2024-12-31 36/30\n"},
    {"programme=nordlys&report_region=midt,total&from=2024-12-01&to=2024-12-31",
     "aurora - 2024-12-31 60/100\naurora midt 2024-12-31 19/40\n" OF_BOREALIS "ore - 2024-12-31 0/-\n"},
    {"programme=nordlys&report_region=!total,vest&from=2024-12-31", "aurora midt 2024-12-31 19/40\nborealis midt 2024-12-31 36/30\n"},
    {"programme=nordlys&sort=as_of&to=2022-12-31", "afjord - 2020-12-31 40/40\ndagny - 2022-11-30 2/8\n"},
    {"programme=nordlys&sort=-as_of&from=2024-09-01",
     "aurora - 2024-12-31 60/100\naurora vest 2024-12-31 41/60\naurora midt 2024-12-31 19/40\n" OF_BOREALIS
     "corona vest 2024-12-31 30/-\nore - 2024-12-31 0/-\ndagny - 2024-09-30 5/8\n"},
    {"behind_plan=true&programme=nordlys&from=2026-01-01", ""},
    {"id=borealis,ore", OF_BOREALIS "ore - 2024-12-31 0/-\n"},
    {"call_year=1901", ""},
};

START_TEST(the_rows_are_those_asked_for)
{
    const struct answer *answer = must_get(both, text_format("/recruitment?%s", asked[_i].query));
    ck_assert_str_eq(rows_of(json_at(answer->json, "data")), asked[_i].rows);
    ck_assert_int_eq(int_at(answer->json, "meta.total"), int_at(answer->json, "meta.returned"));
    ck_assert_int_eq(int_at(answer->json, "meta.total"), (json_int_t)json_array_size(json_at(answer->json, "data")));
}
END_TEST

START_TEST(a_row_says_where_its_count_comes_from)
{
    const json_t *row = json_at(must_get(both, "/recruitment?id=borealis&report_region=midt")->json, "data.0");
    ck_assert_str_eq(text_at(row, "programme"), "nordlys");
    ck_assert_str_eq(text_at(row, "origin"), "edition");
    ck_assert_str_eq(text_at(row, "source.document"), "invented-report");
    ck_assert_str_eq(text_at(row, "source.lines"), "311");
    ck_assert_str_eq(text_at(row, "disclosure"), "full");
    ck_assert_str_eq(text_at(must_get(both, "/recruitment?id=dagny")->json, "data.0.disclosure"), "totals-only");
}
END_TEST

/* Each of the parameters, and none of them changes what the others mean. */
START_TEST(every_filter_of_studies_chooses_studies)
{
    static const char *const filters[] = {
        "programme=nordlys",
        "id=!aurora",
        "call_year=2019..",
        "mechanism=open-call",
        "award_call_year=2021",
        "award_mechanism=other",
        "category=cancer",
        "and_category=cancer",
        "institution=!helse-bergen",
        "hospital=helse-bergen",
        "region=vest",
        "inclusion_region=midt",
        "and_inclusion_region=vest",
        "leader=!Bo Berg",
        "status=!unknown",
        "has_card=true",
        "behind_plan=false",
        "amount_nok=5000000..",
        "planned=10..",
        "q=invented",
        "included=..100",
        "age=5",
        "updated=2020-01-01..",
    };
    json_int_t all = total_of(both, "/recruitment");
    for (size_t i = 0; i < COUNT(filters); i++) {
        const char *filter = strcmp(filters[i], "leader=!Bo Berg") == 0 ? "leader=!Bo%20Berg" : filters[i];
        const json_t *studies = json_at(must_get(both, text_format("/studies?limit=500&fields=id&%s", filter))->json, "data");
        const json_t *rows = json_at(must_get(both, text_format("/recruitment?limit=500&%s", filter))->json, "data");
        const json_t *whole = json_at(must_get(both, "/recruitment?limit=500")->json, "data");
        size_t at, kept = 0;
        json_t *row;
        json_array_foreach(whole, at, row)
        {
            if (!json_where(studies, "id", text_at(row, "study")))
                continue;
            ck_assert_msg(kept < json_array_size(rows), "%s leaves rows out", filter);
            ck_assert(json_equal(row, json_array_get(rows, kept++)));
        }
        ck_assert_uint_eq(kept, json_array_size(rows));
        ck_assert_int_le((json_int_t)kept, all);
    }
}
END_TEST

/* ── beside the series of a study ───────────────────────────────────────────────────────────────────────────── */

static const char *const disclosed[] = {"aurora", "borealis", "corona", "afjord", "overlord-ms"};

START_TEST(a_study_has_the_points_of_its_series)
{
    const json_t *recruitment = must_get(both, text_format("/studies/%s/recruitment", disclosed[_i]))->json;
    const json_t *rows = json_at(must_get(both, text_format("/recruitment?limit=500&id=%s", disclosed[_i]))->json, "data");
    size_t i, at = 0;
    json_t *point, *count;
    const char *region;
    ck_assert_str_eq(text_at(recruitment, "disclosure"), "full");
    json_array_foreach(json_at(recruitment, "series"), i, point)
    {
        const char *day = text_at(point, "as_of");
        const json_t *row = json_array_get(rows, at);
        if (row && strcmp(text_at(row, "as_of"), day) == 0 && is_null_at(row, "region")) {
            ck_assert_int_eq(int_at(row, "included"), int_at(point, "included"));
            ck_assert(json_equal(json_at(row, "source"), json_at(point, "source")));
            at++;
        }
        json_object_foreach(json_at(point, "regions"), region, count)
        {
            if (json_is_null(count))
                continue;
            const json_t *found = NULL;
            for (size_t j = at; j < json_array_size(rows) && !found; j++) {
                const json_t *other = json_array_get(rows, j);
                if (strcmp(text_at(other, "as_of"), day) == 0 && strcmp(text_at(other, "region"), region) == 0)
                    found = other;
            }
            ck_assert_msg(found != NULL, "%s of %s has no row", region, day);
            ck_assert_int_eq(int_at(found, "included"), json_integer_value(count));
        }
        while (at < json_array_size(rows) && strcmp(text_at(json_array_get(rows, at), "as_of"), day) == 0) {
            const char *where = text_at(json_array_get(rows, at++), "region");
            ck_assert_msg(json_is_integer(json_object_get(json_at(point, "regions"), where)), "%s of %s is no point", where, day);
        }
    }
    ck_assert_uint_gt(at, 0);
    ck_assert_uint_eq(at, json_array_size(rows));
}
END_TEST

/* ── small populations ──────────────────────────────────────────────────────────────────────────────────────── */

/* Of dagny only whole years' last totals may ever be read, and only those whose day lies within what was asked. */
static size_t allowed(const char *from, const char *to, bool totals, const char *ret_days[3])
{
    static const char *const days[] = {"2022-11-30", "2023-12-31", "2024-09-30"};
    size_t len = 0;
    for (size_t i = 0; i < COUNT(days) && totals; i++)
        if ((!from || strcmp(days[i], from) >= 0) && (!to || strcmp(days[i], to) <= 0))
            ret_days[len++] = days[i];
    return len;
}

/* The lines of a table or of NDJSON, or the rows of JSON, that name the study. */
static size_t lines_naming(const char *body, const char *study, const char *ret_lines[16])
{
    size_t len = 0;
    for (const char *line = body, *end; *line; line = end + (*end == '\n')) {
        end = line + strcspn(line, "\n");
        const char *copy = keep_bytes(line, (size_t)(end - line));
        if (strstr(copy, text_format("\"study\":\"%s\"", study)) || strncmp(copy, text_format("%s,", study), strlen(study) + 1) == 0) {
            ck_assert_uint_lt(len, 16);
            ret_lines[len++] = copy;
        }
    }
    return len;
}

START_TEST(a_small_population_shows_whole_years_alone_whatever_is_asked)
{
    static const char *const days[] = {NULL,         "2022-01-01", "2022-06-30", "2022-11-30",
                                       "2023-12-30", "2024-03-31", "2024-09-29", "2024-12-31"};
    static const char *const places[] = {"", "&report_region=total", "&report_region=nord", "&report_region=!total",
                                         "&report_region=!nord"};
    static const char *const orders[] = {"", "&sort=as_of", "&sort=-as_of"}, *const forms[] = {"json&limit=500", "csv", "ndjson"};
    static const char *const filters[] = {"", "&id=dagny", "&region=nord"};
    size_t asked_so_far = 0, shown = 0;
    for (size_t f = 0; f < COUNT(days); f++)
        for (size_t t = 0; t < COUNT(days); t++)
            for (size_t p = 0; p < COUNT(places); p++) {
                if (days[f] && days[t] && strcmp(days[f], days[t]) > 0)
                    continue;
                size_t turn = asked_so_far++;
                const char *target = text_format("/recruitment?format=%s%s%s%s%s%s%s%s", forms[turn % 3], places[p], orders[turn / 3 % 3],
                                                 filters[turn / 9 % 3], days[f] ? "&from=" : "", days[f] ? days[f] : "",
                                                 days[t] ? "&to=" : "", days[t] ? days[t] : "");
                const char *lines[16], *expected[3] = {NULL};
                const struct answer *answer = must_get(both, target);
                size_t len = lines_naming(answer->body, "dagny", lines), most = allowed(days[f], days[t], p != 2 && p != 3, expected);
                ck_assert_msg(len == most, "%s: %zu rows, not %zu:\n%s", target, len, most, answer->body);
                for (size_t i = 0; i < len; i++) {
                    const char *day = expected[turn / 3 % 3 == 2 ? len - 1 - i : i];
                    ck_assert_msg(strstr(lines[i], day) && !strstr(lines[i], "\"nord\"") && !strstr(lines[i], ",nord,"), "%s: %s", target,
                                  lines[i]);
                }
                if (turn / 9 % 3 == 1)
                    assert_header(answer, "X-Total-Count", text_format("%zu", most));
                shown += len;
            }
    ck_assert_uint_gt(shown, 150);
}
END_TEST

/* ── pages ──────────────────────────────────────────────────────────────────────────────────────────────────── */

static const char *const walks[] = {
    "limit=1",
    "limit=3&sort=as_of",
    "limit=4&sort=-as_of",
    "limit=2&programme=nordlys&sort=-as_of",
    "limit=2&id=aurora,dagny&sort=as_of",
    "limit=3&report_region=!vest&from=2021-01-01",
    "limit=500",
};

#define WALK_MAX 64

static size_t rows_met(const char *target, const char *link, const json_t *ret_rows[WALK_MAX])
{
    size_t len = 0;
    while (target) {
        const struct answer *answer = must_get(both, target);
        size_t i, size = json_array_size(json_at(answer->json, "data"));
        ck_assert_uint_le(len + size, WALK_MAX);
        for (i = 0; i < size; i++)
            ret_rows[len++] = json_at(answer->json, text_format("data.%zu", i));
        target = json_string_value(json_at(answer->json, text_format("links.%s", link)));
    }
    return len;
}

START_TEST(walking_forward_and_back_meets_each_row_once)
{
    const json_t *whole[WALK_MAX], *forward[WALK_MAX];
    const char *rest = strchr(walks[_i], '&');
    size_t len = rows_met(text_format("/recruitment?limit=500%s", rest ? rest : ""), "next", whole);
    ck_assert_uint_gt(len, 2);
    ck_assert_int_eq((json_int_t)len, total_of(both, text_format("/recruitment?%s", walks[_i])));
    ck_assert_uint_eq(rows_met(text_format("/recruitment?%s", walks[_i]), "next", forward), len);
    for (size_t i = 0; i < len; i++)
        ck_assert(json_equal(forward[i], whole[i]));
    const char *last = text_format("/recruitment?%s", walks[_i]);
    for (const char *next = last; next; next = json_string_value(json_at(must_get(both, next)->json, "links.next")))
        last = next;
    size_t end = len;
    for (const char *page = last; page;) {
        const struct answer *answer = must_get(both, page);
        size_t size = json_array_size(json_at(answer->json, "data"));
        ck_assert_uint_le(size, end);
        end -= size;
        for (size_t i = 0; i < size; i++)
            ck_assert(json_equal(json_at(answer->json, text_format("data.%zu", i)), whole[end + i]));
        page = json_string_value(json_at(answer->json, "links.prev"));
    }
    ck_assert_uint_eq(end, 0);
}
END_TEST

static const char *cursor_of(const char *target)
{
    return strstr(text_at(must_get(both, target)->json, "links.next"), "cursor=");
}

START_TEST(a_cursor_belongs_to_its_question)
{
    const char *cursor = cursor_of("/recruitment?limit=2&sort=as_of&report_region=total");
    static const char *const others[] = {"/recruitment?sort=-as_of&report_region=total&", "/recruitment?report_region=total&",
                                         "/recruitment?sort=as_of&", "/recruitment?sort=as_of&report_region=total&from=2021-01-01&",
                                         "/studies?"};
    for (size_t i = 0; i < COUNT(others); i++) {
        const struct answer *answer = http_get(both, text_format("%s%s", others[i], cursor), NULL);
        assert_problem(answer, 400, "bad-parameter");
        assert_fault(answer, "cursor", NULL);
    }
    static const char *const same[] = {"limit=7", "limit=2&format=csv", "format=ndjson", "format=csv&dialect=excel-nb"};
    for (size_t i = 0; i < COUNT(same); i++)
        must_get(both, text_format("/recruitment?sort=as_of&report_region=total&%s&%s", same[i], cursor));
    /* of the other list, asked for everything as this one */
    assert_problem(http_get(both, text_format("/recruitment?%s", cursor_of("/studies?limit=2")), NULL), 400, "bad-parameter");
    assert_problem(http_get(both, text_format("/studies?%s", cursor_of("/recruitment?limit=2")), NULL), 400, "bad-parameter");
}
END_TEST

START_TEST(a_cursor_tampered_with_does_no_harm)
{
    static const char *const orders[] = {"study", "as_of", "-as_of"};
    for (size_t o = 0; o < COUNT(orders); o++) {
        const char *target = text_format("/recruitment?limit=5&sort=%s", orders[o]), *cursor = cursor_of(target) + strlen("cursor=");
        for (size_t i = 0; i < strlen(cursor); i++) {
            char *other = keep_bytes(cursor, strlen(cursor));
            other[i] = other[i] == 'x' ? 'y' : 'x';
            const struct answer *answer = http_get(both, text_format("%s&cursor=%s", target, other), NULL);
            ck_assert_msg(answer->status == 200 || answer->status == 400, "byte %zu: %d %s", i, answer->status, answer->body);
        }
    }
}
END_TEST

/* ── formats ────────────────────────────────────────────────────────────────────────────────────────────────── */

static const char *const tabled[] = {
    "", "sort=-as_of", "id=dagny,borealis", "report_region=!total", "call_year=1901", "from=2023-12-31&sort=as_of"};

START_TEST(every_format_has_the_same_rows)
{
    const char *more = *tabled[_i] ? text_format("&%s", tabled[_i]) : "";
    const json_t *data = json_at(must_get(both, text_format("/recruitment?limit=500%s", more))->json, "data");
    const struct answer *lines = must_get(both, text_format("/recruitment?format=ndjson%s", more)),
                        *csv = must_get(both, text_format("/recruitment?format=csv%s", more));
    const char *table = "study,programme,region,as_of,included,planned,origin,source_document,source_lines,disclosure\r\n",
               *at = lines->body;
    size_t i;
    json_t *row;
    json_array_foreach(data, i, row)
    {
        size_t len = strcspn(at, "\n");
        ck_assert(json_equal(keep_json(json_loadb(at, len, 0, NULL)), row));
        at += len + 1;
        const char *planned = is_null_at(row, "planned") ? "" : text_format("%lld", (long long)int_at(row, "planned"));
        table = text_format("%s%s,%s,%s,%s,%lld,%s,%s,%s,%s,%s\r\n", table, text_at(row, "study"), text_at(row, "programme"),
                            is_null_at(row, "region") ? "" : text_at(row, "region"), text_at(row, "as_of"),
                            (long long)int_at(row, "included"), planned, text_at(row, "origin"), text_at(row, "source.document"),
                            is_null_at(row, "source.lines") ? "" : text_at(row, "source.lines"), text_at(row, "disclosure"));
    }
    ck_assert_str_eq(at, "");
    ck_assert_str_eq(csv->body, table);
    assert_header(csv, "X-Total-Count", text_format("%zu", json_array_size(data)));
    assert_header(csv, "X-Row-Count", text_format("%zu", json_array_size(data)));
    assert_header(csv, "Content-Disposition", "inline; filename=\"recruitment.csv\"");
}
END_TEST

START_TEST(excel_has_its_mark_and_its_semicolons)
{
    ck_assert_str_eq(must_get(both, "/recruitment?format=csv&dialect=excel-nb&id=ore")->body,
                     "\xef\xbb\xbfstudy;programme;region;as_of;included;planned;origin;source_document;source_lines;disclosure\r\n"
                     "ore;nordlys;;2024-12-31;0;;edition;invented-report;340;totals-only\r\n");
}
END_TEST

static const char *const tagged[] = {"/recruitment", "/recruitment?format=csv", "/recruitment?format=ndjson",
                                     "/recruitment?format=csv&limit=3", "/recruitment?format=csv&dialect=excel-nb"};

START_TEST(an_unchanged_table_answers_304_and_head_has_the_same_head)
{
    const struct answer *answer = must_get(both, tagged[_i]), *head = http_ask(both, "HEAD", tagged[_i], NULL, NULL);
    static const char *const same[] = {"ETag", "X-Total-Count", "X-Row-Count", "Content-Type", "Link"};
    for (size_t i = 0; i < COUNT(same); i++)
        assert_header(head, same[i], answer_header(answer, same[i]));
    const char *wish = text_format("If-None-Match: %s", answer_header(answer, "ETag"));
    assert_status(http_get(both, tagged[_i], wish, NULL), 304);
    assert_status(http_ask(both, "OPTIONS", tagged[_i], NULL, NULL), 204);
}
END_TEST

/* ── what is refused ────────────────────────────────────────────────────────────────────────────────────────── */

static const struct {
    const char *query, *name, *did_you_mean;
} wrong[] = {
    {"from=2025-01-01&to=2024-12-31", "from", NULL},
    {"from=2024-02-30", "from", NULL},
    {"to=2024", "to", NULL},
    {"report_region=vset", "report_region", "vest"},
    {"report_region=totale", "report_region", "total"},
    {"region=total", "region", NULL},
    {"report_regoin=vest", "report_regoin", "report_region"},
    {"sort=-study", "sort", "study"},
    {"sort=included", "sort", NULL},
    {"limit=501", "limit", NULL},
    {"limit=0&format=csv", "limit", NULL},
    {"cursor=AAAA", "cursor", NULL},
    {"dialect=excel-nb", "dialect", NULL},
    {"fields=study", "fields", NULL},
};

START_TEST(what_is_wrong_is_named)
{
    const struct answer *answer = http_get(both, text_format("/recruitment?%s", wrong[_i].query), NULL);
    assert_problem(answer, 400, "bad-parameter");
    assert_fault(answer, wrong[_i].name, wrong[_i].did_you_mean);
}
END_TEST

START_TEST(what_it_does_not_come_as_is_406)
{
    assert_problem(http_get(both, "/recruitment", "Accept: text/html", NULL), 406, "not-acceptable");
}
END_TEST

START_TEST(a_table_of_too_many_rows_is_refused)
{
    struct daemon *daemon = daemon_start(register_of_klinbeforsk(), "--max-rows", "6", NULL);
    for (int i = 0; i < 2; i++) {
        const struct answer *answer = http_get(daemon, text_format("/recruitment?format=%s", i ? "csv" : "ndjson"), NULL);
        assert_problem(answer, 400, "bad-parameter");
        assert_fault(answer, "limit", NULL);
    }
    must_get(daemon, "/recruitment?format=csv&limit=7");
    assert_header(must_get(daemon, "/recruitment?format=csv&id=!dart"), "X-Row-Count", "6");
    daemon_stop(daemon);
}
END_TEST

/* ── the suite ──────────────────────────────────────────────────────────────────────────────────────────────── */

#define EACH(test, table) tcase_add_loop_test(stories, test, 0, (int)COUNT(table))

int main(void)
{
    Suite *suite = suite_create("table of reports");
    TCase *stories = tcase_create("reports");
    tcase_add_unchecked_fixture(stories, start, stop);
    EACH(the_rows_are_those_asked_for, asked);
    tcase_add_test(stories, a_row_says_where_its_count_comes_from);
    tcase_add_test(stories, every_filter_of_studies_chooses_studies);
    EACH(a_study_has_the_points_of_its_series, disclosed);
    tcase_add_test(stories, a_small_population_shows_whole_years_alone_whatever_is_asked);
    EACH(walking_forward_and_back_meets_each_row_once, walks);
    tcase_add_test(stories, a_cursor_belongs_to_its_question);
    tcase_add_test(stories, a_cursor_tampered_with_does_no_harm);
    EACH(every_format_has_the_same_rows, tabled);
    tcase_add_test(stories, excel_has_its_mark_and_its_semicolons);
    EACH(an_unchanged_table_answers_304_and_head_has_the_same_head, tagged);
    EACH(what_is_wrong_is_named, wrong);
    tcase_add_test(stories, what_it_does_not_come_as_is_406);
    tcase_add_test(stories, a_table_of_too_many_rows_is_refused);
    suite_add_tcase(suite, stories);
    return support_run(suite);
}
