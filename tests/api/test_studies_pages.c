/* SPDX-License-Identifier: GPL-3.0-or-later
 * GET /studies: order, and walking from page to page.
 */
#include <string.h>

#include "api/invented.h"
#include "http.h"

static struct daemon *both;

static void start(void)
{
    both = daemon_start(register_of_both(), NULL);
}

static void stop(void)
{
    daemon_stop_shared(both);
}

/* The ids of a list, joined by blanks. */
static const char *ids_of(const struct daemon *daemon, const char *target)
{
    const struct answer *answer = must_get(daemon, target);
    const char *ids = "";
    size_t i;
    json_t *study;
    json_array_foreach(json_at(answer->json, "data"), i, study) ids = text_format("%s%s%s", ids, i ? " " : "", text_at(study, "id"));
    return ids;
}

/* ── order ──────────────────────────────────────────────────────────────────────────────────────────────────── */

static const struct {
    const char *sort, *ids;
} sorted[] = {
    {"id", "aase aegir afjord aurora borealis corona dagny ore"},
    {"-id", "ore dagny corona borealis aurora afjord aegir aase"},
    {"name", "aurora borealis corona dagny aegir ore afjord aase"},
    {"-name", "aase afjord ore aegir dagny corona borealis aurora"},
    {"call_year", "aase afjord ore dagny borealis corona aurora aegir"},
    {"-call_year,-id", "aegir aurora corona borealis dagny ore afjord aase"},
    {"amount_nok", "aase afjord ore aegir dagny corona borealis aurora"},
    {"-amount_nok", "aurora borealis corona dagny aegir ore afjord aase"},
    {"planned", "dagny afjord borealis aegir aurora aase corona ore"},
    {"-planned", "aurora aegir borealis afjord dagny aase corona ore"},
    {"included", "ore dagny afjord aurora borealis aase aegir corona"},
    {"percent", "aurora dagny afjord borealis aase aegir corona ore"},
    {"leader,id", "aase afjord ore dagny borealis corona aegir aurora"},
    {"institution,id", "aase aegir afjord aurora ore corona dagny borealis"},
    {"mechanism,id", "aase aegir afjord aurora borealis corona ore dagny"},
    {"status,id", "afjord dagny aegir aurora corona borealis ore aase"},
    {"updated,id", "aase aegir afjord aurora borealis corona dagny ore"},
    {"updated,-name", "aase afjord ore aegir dagny corona borealis aurora"},
};

START_TEST(the_list_comes_in_the_order_asked_for)
{
    ck_assert_str_eq(ids_of(both, text_format("/studies?programme=nordlys&sort=%s", sorted[_i].sort)), sorted[_i].ids);
}
END_TEST

/* ── paging ─────────────────────────────────────────────────────────────────────────────────────────────────── */

static const char *const walks[] = {
    "/studies?limit=7",
    "/studies?limit=7&sort=-planned",
    "/studies?limit=7&sort=percent,-name",
    "/studies?limit=9&sort=status,leader",
    "/studies?limit=3&sort=-updated&fields=id",
    "/studies?limit=50",
    "/studies?limit=7&sort=institution,mechanism,-call_year,name",
    "/studies?limit=1&category=cancer&sort=-amount_nok",
    "/studies?limit=4&inclusion_region=!nord",
    "/studies?limit=88",
};

#define WALK_MAX 128

/* Follows links from target; ret_ids gets the ids in the order met. */
static size_t walk(const char *target, const char *link, const char *ret_ids[WALK_MAX])
{
    size_t len = 0;
    while (target) {
        const struct answer *answer = must_get(both, target);
        size_t i;
        json_t *study;
        json_array_foreach(json_at(answer->json, "data"), i, study)
        {
            ck_assert_uint_lt(len, WALK_MAX);
            ret_ids[len++] = text_at(study, "id");
        }
        target = json_string_value(json_at(answer->json, text_format("links.%s", link)));
    }
    return len;
}

static const char *last_page(const char *target)
{
    const char *next = target;
    while (next) {
        target = next;
        next = json_string_value(json_at(must_get(both, target)->json, "links.next"));
    }
    return target;
}

START_TEST(walking_forward_and_back_meets_each_study_once)
{
    const char *whole[WALK_MAX], *forward[WALK_MAX], *page;
    const char *rest = strchr(walks[_i] + strlen("/studies?limit="), '&');
    size_t len = walk(text_format("/studies?limit=500%s", rest ? rest : ""), "next", whole);
    ck_assert_int_eq((json_int_t)len, total_of(both, walks[_i]));
    ck_assert_uint_eq(walk(walks[_i], "next", forward), len);
    for (size_t i = 0; i < len; i++)
        ck_assert_str_eq(forward[i], whole[i]);
    /* Back: each page stands where it stood on the way forth, and the first has none before it. */
    size_t end = len;
    for (page = last_page(walks[_i]); page;) {
        const struct answer *answer = must_get(both, page);
        size_t size = json_array_size(json_at(answer->json, "data"));
        ck_assert_uint_le(size, end);
        end -= size;
        for (size_t i = 0; i < size; i++)
            ck_assert_str_eq(text_at(answer->json, text_format("data.%zu.id", i)), whole[end + i]);
        page = json_string_value(json_at(answer->json, "links.prev"));
    }
    ck_assert_uint_eq(end, 0);
}
END_TEST

START_TEST(the_limit_may_change_from_page_to_page)
{
    const char *seen = "", *next = "/studies?limit=3&sort=name", *whole = "";
    static const int limits[] = {1, 20, 2, 500};
    size_t i, page = 0;
    json_t *study;
    while (next) {
        const struct answer *answer = must_get(both, next);
        json_array_foreach(json_at(answer->json, "data"), i, study) seen = text_format("%s %s", seen, text_at(study, "id"));
        next = json_string_value(json_at(answer->json, "links.next"));
        const char *cursor = next ? strstr(next, "cursor=") : NULL;
        if (cursor)
            next = text_format("/studies?sort=name&limit=%d&%s", limits[page++ % 4], cursor);
    }
    json_array_foreach(json_at(must_get(both, "/studies?limit=500&sort=name")->json, "data"), i, study) whole =
        text_format("%s %s", whole, text_at(study, "id"));
    ck_assert_str_eq(seen, whole);
}
END_TEST

START_TEST(a_cursor_belongs_to_its_filter_and_order)
{
    const char *next = text_at(must_get(both, "/studies?limit=5&sort=name&region=vest")->json, "links.next"),
               *cursor = strstr(next, "cursor=");
    ck_assert_ptr_nonnull(cursor);
    static const char *const others[] = {"sort=-name&region=vest", "sort=name&region=nord", "sort=name", "region=vest",
                                         "sort=name&region=!vest"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        const struct answer *answer = http_get(both, text_format("/studies?%s&%s", others[i], cursor), NULL);
        assert_problem(answer, 400, "bad-parameter");
        assert_fault(answer, "cursor", NULL);
    }
    assert_status(http_get(both, text_format("/studies?%s&sort=name&fields=id&region=vest", cursor), NULL), 200);
}
END_TEST

static const char *const false_cursors[] = {"A", "AAAA", "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "%20", "a.b", "=", "AQ%3D%3D"};

START_TEST(a_cursor_made_by_hand_is_refused)
{
    const struct answer *answer = http_get(both, text_format("/studies?cursor=%s", false_cursors[_i]), NULL);
    assert_problem(answer, 400, "bad-parameter");
    assert_fault(answer, "cursor", NULL);
}
END_TEST

/* Each byte of a true cursor changed in turn: an answer or a refusal, never a fault of ours. */
START_TEST(a_cursor_tampered_with_does_no_harm)
{
    const char *next = text_at(must_get(both, "/studies?limit=5&sort=percent,name")->json, "links.next"),
               *cursor = strstr(next, "cursor=") + 7;
    for (size_t i = 0; i < strlen(cursor); i++) {
        char *other = keep_bytes(cursor, strlen(cursor));
        other[i] = other[i] == 'x' ? 'y' : 'x';
        const struct answer *answer = http_get(both, text_format("/studies?limit=5&sort=percent,name&cursor=%s", other), NULL);
        ck_assert_msg(answer->status == 200 || answer->status == 400, "byte %zu: %d %s", i, answer->status, answer->body);
    }
}
END_TEST

START_TEST(the_links_of_the_header_are_those_of_the_body)
{
    const struct answer *answer = must_get(both, text_at(must_get(both, "/studies?limit=10&sort=name")->json, "links.next"));
    const char *header = answer_header(answer, "Link");
    static const char *const rels[] = {"self", "first", "next", "prev"};
    ck_assert_ptr_nonnull(header);
    for (size_t i = 0; i < 4; i++) {
        const char *link = text_format("<%s>; rel=\"%s\"", text_at(answer->json, text_format("links.%s", rels[i])), rels[i]);
        ck_assert_msg(strstr(header, link) != NULL, "%s does not hold %s", header, link);
    }
}
END_TEST

/* ── the suite ──────────────────────────────────────────────────────────────────────────────────────────────── */

#define EACH(test, table) tcase_add_loop_test(stories, test, 0, sizeof(table) / sizeof(table)[0])

int main(void)
{
    Suite *suite = suite_create("pages of studies");
    TCase *stories = tcase_create("pages");
    tcase_add_unchecked_fixture(stories, start, stop);
    EACH(the_list_comes_in_the_order_asked_for, sorted);
    EACH(walking_forward_and_back_meets_each_study_once, walks);
    tcase_add_test(stories, the_limit_may_change_from_page_to_page);
    tcase_add_test(stories, a_cursor_belongs_to_its_filter_and_order);
    EACH(a_cursor_made_by_hand_is_refused, false_cursors);
    tcase_add_test(stories, a_cursor_tampered_with_does_no_harm);
    tcase_add_test(stories, the_links_of_the_header_are_those_of_the_body);
    suite_add_tcase(suite, stories);
    return support_run(suite);
}
