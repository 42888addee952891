/* SPDX-License-Identifier: GPL-3.0-or-later
 * Every cell of every statistic, under every kind of filter: its link leads to exactly the studies it counts, and what is said to add up
 * does.
 */
#include <stdlib.h>
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

static const struct {
    const char *path;
    bool has_money;
} statistics[] = {{"regions", false},     {"calls", true},    {"funding", true}, {"categories", true},
                  {"institutions", true}, {"leaders", false}, {"summary", true}};

static const char *const groupings[] = {
    "",
    "group_by=call_year&",
    "group_by=mechanism&",
    "group_by=category&",
    "group_by=institution&",
    "group_by=region&",
    "group_by=status&",
    "group_by=call_year,mechanism&",
    "group_by=region,call_year&",
    "group_by=category,region&",
    "group_by=mechanism,category&",
    "group_by=status,institution&",
};

#define PAIRS 7 /* the first of them */

static const char *const frames[] = {
    "",
    "q=lung*%20OR%20ms%20OR%20%22n-ad%22",
    "q=-kreft%20-oslo",
    "q=%C3%A5se&category=!cancer&award_call_year=!2021",
    "programme=klinbeforsk",
    "programme=nordlys",
    "programme=!klinbeforsk",
    "category=cancer",
    "category=!cancer",
    "and_category=neurological",
    "category=!cancer,stroke&inclusion_region=vest",
    "inclusion_region=!vest",
    "and_inclusion_region=nord,midt",
    "call_year=2019..2021,2024..&mechanism=open-call",
    "call_year=!2019",
    "mechanism=!other",
    "award_call_year=2019..2022",
    "award_call_year=!2019,2021",
    "award_call_year=!1900..2019",
    "award_call_year=!..2018,2022..2200",
    "award_mechanism=!other",
    "award_call_year=..2018,2020..&award_mechanism=!needs-identified",
    "award_call_year=!2020..2021&award_mechanism=!other",
    "region=!vest",
    "region=vest,nord&status=!unknown",
    "institution=!oslo-universitetssykehus",
    "institution=helse-bergen,rost-sykehus",
    "hospital=helse-bergen",
    "status=recruiting",
    "has_card=true",
    "behind_plan=true",
    "planned=1..",
    "included=!0..100",
    "age=50",
    "id=!aneed",
    "leader=%C3%85se%20%C3%85s",
    "amount_nok=1..10000000",
    "updated=2020-01-01..",
};
#define COUNT(table) (sizeof(table) / sizeof(table)[0])

/* ── links ──────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Totals of lists already asked for: many cells lead to the same. */
static struct known {
    char *url;
    json_int_t total;
} seen[4096];
static size_t seen_len;

static json_int_t list_total(const struct daemon *daemon, const char *url)
{
    for (size_t i = 0; i < seen_len; i++)
        if (strcmp(seen[i].url, url) == 0)
            return seen[i].total;
    const char *joined = text_format("%s%climit=1&fields=id", url, strchr(url, '?') ? '&' : '?');
    json_int_t total = int_at(must_get(daemon, joined)->json, "meta.total");
    if (seen_len < COUNT(seen))
        seen[seen_len++] = (struct known){strdup(url), total};
    return total;
}

static void follow(const struct daemon *daemon, const char *target, const json_t *cell)
{
    const json_t *studies = json_object_get(cell, "studies"), *count = json_object_get(cell, "study_count");
    if (json_is_null(studies) || json_is_null(count)) {
        const char *by = json_string_value(json_object_get(cell, "by"));
        bool is_group = json_is_string(json_object_get(cell, "gender")) || (by && strcmp(by, "gender") == 0);
        ck_assert_msg(is_group && json_is_null(studies) && json_is_null(count), "%s: a count and its link are null together, of a group",
                      target);
        return;
    }
    json_int_t total = list_total(daemon, json_string_value(studies));
    ck_assert_msg(total == json_integer_value(count), "%s: %s has %lld studies, the cell says %lld", target, json_string_value(studies),
                  (long long)total, (long long)json_integer_value(count));
}

/* ── sums ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static void check_sum(const char *target, const json_t *answer, const char *measure)
{
    json_int_t sum = 0;
    bool any = false;
    size_t i;
    json_t *cell;
    const json_t *total = json_object_get(json_at(answer, "meta.totals"), measure);
    json_array_foreach(json_at(answer, "data"), i, cell)
    {
        const json_t *value = json_object_get(cell, measure);
        any = any || json_is_integer(value);
        sum += json_integer_value(value);
    }
    if (json_is_null(total))
        ck_assert_msg(!any, "%s: %s is known in a cell and not in all", target, measure);
    else
        ck_assert_msg(sum == json_integer_value(total), "%s: %s adds up to %lld, not %lld", target, measure, (long long)sum,
                      (long long)json_integer_value(total));
}

static size_t walk(const struct daemon *daemon, const char *target, bool sums)
{
    const struct answer *answer = must_get(daemon, target);
    const json_t *additive = json_at(answer->json, "meta.additive");
    const char *measure;
    json_t *adds_up, *cell;
    size_t i;
    json_array_foreach(json_at(answer->json, "data"), i, cell) follow(daemon, target, cell);
    follow(daemon, target, json_at(answer->json, "meta.totals"));
    json_object_foreach((json_t *)(uintptr_t)additive, measure, adds_up) if (sums && json_is_true(adds_up))
        check_sum(target, answer->json, measure);
    return json_array_size(json_at(answer->json, "data"));
}

START_TEST(every_cell_leads_to_the_studies_it_counts)
{
    size_t cells = 0;
    seen_len = 0;
    for (size_t s = 0; s < COUNT(statistics); s++) {
        for (size_t g = 0; g < COUNT(groupings); g++) {
            if (g >= PAIRS && (g + (size_t)_i) % (COUNT(groupings) - PAIRS) != 0)
                continue; /* with each frame one pair, with each pair several frames */
            /* Without group_by these two have parts that stand beside one another, not cells of one whole. */
            bool of_parts = !*groupings[g] && (strcmp(statistics[s].path, "summary") == 0 || strcmp(statistics[s].path, "leaders") == 0);
            cells +=
                walk(both, text_format("/stats/%s?%s%s", statistics[s].path, groupings[g], *frames[_i] ? frames[_i] : "call_year=1900.."),
                     !of_parts);
        }
    }
    ck_assert_uint_gt(cells, 100);
}
END_TEST

START_TEST(the_real_register_without_a_filter)
{
    seen_len = 0;
    for (size_t s = 0; s < COUNT(statistics); s++)
        for (size_t g = 0; g < COUNT(groupings); g++) {
            bool of_parts = !*groupings[g] && (strcmp(statistics[s].path, "summary") == 0 || strcmp(statistics[s].path, "leaders") == 0);
            size_t len = strlen(groupings[g]);
            walk(real, text_format("/stats/%s%s%.*s", statistics[s].path, len ? "?" : "", (int)(len ? len - 1 : 0), groupings[g]),
                 !of_parts);
        }
}
END_TEST

START_TEST(whole_amounts_lead_to_the_same_studies_and_do_not_add_up)
{
    seen_len = 0;
    for (size_t i = 0; i < COUNT(statistics); i++)
        if (statistics[i].has_money)
            walk(both, text_format("/stats/%s?group_by=category&weighting=whole", statistics[i].path), true);
    const struct answer *answer = must_get(both, "/stats/categories?weighting=whole");
    ck_assert(json_is_false(json_at(answer->json, "meta.additive.amount_ore")));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("stats_walk");
    TCase *walks = tcase_create("every cell");
    tcase_set_timeout(walks, 300);
    tcase_add_unchecked_fixture(walks, start, stop);
    tcase_add_loop_test(walks, every_cell_leads_to_the_studies_it_counts, 0, COUNT(frames));
    tcase_add_test(walks, the_real_register_without_a_filter);
    tcase_add_test(walks, whole_amounts_lead_to_the_same_studies_and_do_not_add_up);
    suite_add_tcase(suite, walks);
    return support_run(suite);
}
