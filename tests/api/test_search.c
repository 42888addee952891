/* SPDX-License-Identifier: GPL-3.0-or-later
 * q: what is found, in which order, where it stands, and what is said of what cannot be understood.
 */
#define _GNU_SOURCE /* strcasestr */
#include <stdlib.h>
#include <string.h>

#include "api/invented.h"
#include "http.h"

#define STUDIES 80

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

static const char *ids_in(const struct answer *answer)
{
    const char *ids = "";
    size_t i;
    json_t *study;
    json_array_foreach(json_at(answer->json, "data"), i, study) ids = text_format("%s%s%s", ids, i ? " " : "", text_at(study, "id"));
    return ids;
}

static const char *ids_of(const struct daemon *daemon, const char *query)
{
    return ids_in(must_get(daemon, text_format("/studies?limit=500&fields=id&%s", query)));
}

/* ── what is found ──────────────────────────────────────────────────────────────────────────────────────────── */

static const struct {
    const char *query, *ids;
} found[] = {
    {"q=aneed", "aneed"},
    {"q=ANEED", "aneed"},
    {"q=N-AD", "n-ad"},
    {"q=%22n%20ad%22", "n-ad"},
    {"q=dementia", "aneed noradd-tp"},
    {"q=dementia%20-trial", "aneed"},
    {"q=dementia%20lewy", "aneed"},
    {"q=%22with%20lewy%22", "aneed"},
    {"q=%22lewy%20with%22", ""},
    {"q=ambrox*", "aneed"},
    {"q=ambrox", ""},
    {"q=dementia%20OR%20n-ad", "n-ad aneed noradd-tp"},
    {"q=dementia&call_year=..2020", "aneed"},
    {"q=dementia&call_year=!..2020", "noradd-tp"},
    {"q=tysnes&sort=id", "als-ventilation no-als"},
};

START_TEST(words_find_the_studies_that_have_them)
{
    ck_assert_str_eq(ids_of(real, found[_i].query), found[_i].ids);
}
END_TEST

static const char *const alike[][4] = {
    {"sp%C3%A6d*", "spaed*", "spad*", "SP%C3%84D*"},
    {"S%C3%B8r*", "sor*", "soer*", "S%C3%96R*"},
    {"%C3%A5se", "aase", "ase", "A%CC%8Ase"},
    {"rost", "r%C3%B8st", "Roest", "R%C3%96ST"},
    {"kreft", "KREFT", "%C2%ABkreft%C2%BB", "kreft,"},
    {"%22lewy%20bodies%22", "lewy-bodies", "%20%20%E2%80%9CLewy%20%20Bodies%E2%80%9D", "lewy/bodies"},
    {"early%20lewy", "early+lewy", "+Lewy+early+", "early%C2%A0lewy"},
    {"-kreft", "%E2%80%93kreft", "-%22Kreft%22", "%20-kr%C3%A9ft"},
};

START_TEST(spellings_are_alike)
{
    const char *first = ids_of(both, text_format("q=%s", alike[_i][0]));
    ck_assert(*first || _i < 2);
    for (size_t i = 1; i < 4; i++)
        ck_assert_str_eq(ids_of(both, text_format("q=%s", alike[_i][i])), first);
}
END_TEST

START_TEST(names_of_the_alphabet_are_found_by_their_ascii_forms)
{
    ck_assert_str_eq(ids_of(both, "q=aafjord"), "afjord");
    ck_assert_str_eq(ids_of(both, "q=afjord"), "afjord");
    ck_assert_str_eq(ids_of(both, "q=%C3%A6gir"), "aegir");
    ck_assert_str_eq(ids_of(both, "q=oere"), "ore");
    ck_assert_str_eq(ids_of(both, "q=zoe"), "borealis");          /* Zoë */
    ck_assert_str_eq(ids_of(both, "q=ase"), "aase aurora aegir"); /* the acronym before those whom Åse leads */
}
END_TEST

static const char *const parted[] = {"cancer", "kreft", "neuro*", "%22multippel%20sklerose%22", "n-ad", "xyzzy", "oslo"};

START_TEST(what_has_a_word_and_what_has_it_not_part_the_portfolio)
{
    json_int_t with = total_of(both, text_format("/studies?limit=1&q=%s", parted[_i]));
    json_int_t without = total_of(both, text_format("/studies?limit=1&q=-%s", parted[_i]));
    ck_assert_int_eq(with + without, STUDIES + INVENTED_STUDIES);
}
END_TEST

/* Exactly these texts: what else a study has is not searched. */
START_TEST(the_texts_that_are_searched_are_these)
{
    static const struct {
        const char *query, *ids;
    } places[] = {{"AURORA", "aurora"},
                  {"m%C3%B8rket", "aurora"},
                  {"dark", "aurora"},
                  {"invented%20trial", "aurora"},
                  {"kort%20sagt", "corona"},
                  {"in%20short", "corona"},
                  {"condition", "corona"},
                  {"%C3%86rlig", "corona"},
                  {"utsira", ""},
                  {"NCT00000000", ""},
                  {"placebogruppe", ""},
                  {"recruiting", ""},
                  {"%22invented%20article%22", ""},
                  {"midt", ""}};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        ck_assert_str_eq(ids_of(both, text_format("programme=nordlys&q=%s", places[i].query)), places[i].ids);
    ck_assert_int_eq(total_of(both, "/studies?programme=nordlys&q=nervesystemet&limit=1"), 4); /* a category's label */
    ck_assert_int_eq(total_of(both, "/studies?programme=nordlys&q=neurological&limit=1"), 4);
    ck_assert_str_eq(ids_of(both, "programme=nordlys&q=%22Helse%20Bergen%22%20corona"), "corona"); /* a hospital */
}
END_TEST

/* ── in which order ─────────────────────────────────────────────────────────────────────────────────────────── */

START_TEST(what_fits_best_comes_first)
{
    const char *best = ids_of(real, "q=ms"), *same = ids_of(real, "q=ms&sort=-relevance,call_year,id");
    ck_assert_str_eq(best, same);
    ck_assert_ptr_nonnull(strchr(best, ' '));
    /* Acronyms before scientific titles before everything else. */
    const struct answer *answer = must_get(real, "/studies?q=norwegian&limit=500&fields=id,acronym,scientific_title");
    size_t i;
    json_t *study;
    bool titles_are_over = false;
    json_array_foreach(json_at(answer->json, "data"), i, study)
    {
        bool in_title = strcasestr(text_at(study, "scientific_title"), "norwegian") != NULL;
        ck_assert_msg(!(titles_are_over && in_title), "%s comes after studies without it in their title", text_at(study, "id"));
        titles_are_over = titles_are_over || !in_title;
    }
    ck_assert_str_eq(ids_of(both, "q=aurora"), "aurora");
}
END_TEST

START_TEST(what_is_asked_for_word_by_word_comes_before_all)
{
    const char *ids = ids_of(real, "q=nor-test%20OR%20trial");
    ck_assert_int_eq(strncmp(ids, "nor-test", strlen("nor-test")), 0);
}
END_TEST

static const char *const walked[] = {"q=kreft",
                                     "q=-kreft",
                                     "q=kreft&sort=relevance",
                                     "q=cancer%20OR%20ms&sort=-relevance,name",
                                     "q=oslo&sort=call_year,-relevance",
                                     "q=oslo&sort=-name",
                                     "q=a*&category=cancer"};

START_TEST(pages_follow_one_another_both_ways)
{
    const char *all = ids_of(real, walked[_i]), *joined = "", *next = text_format("/studies?limit=3&fields=id&%s", walked[_i]),
               *last = NULL;
    while (next) {
        const struct answer *answer = must_get(real, next);
        joined = text_format("%s%s%s", joined, *joined ? " " : "", ids_in(answer));
        last = next;
        next = json_string_value(json_at(answer->json, "links.next"));
    }
    ck_assert_str_eq(joined, all);
    joined = "";
    for (const char *at = last; at;) {
        const struct answer *answer = must_get(real, at);
        joined = text_format("%s%s%s", ids_in(answer), *joined ? " " : "", joined);
        at = json_string_value(json_at(answer->json, "links.prev"));
    }
    ck_assert_str_eq(joined, all);
}
END_TEST

/* ── one question, one address ──────────────────────────────────────────────────────────────────────────────── */

START_TEST(the_same_question_is_written_the_same)
{
    const char *self = text_at(must_get(real, "/studies?q=%20%20%22lung%22%20%20%22early%20%20lung%22&limit=1")->json, "links.self");
    ck_assert_str_eq(self, "/studies?q=lung%20%22early%20lung%22&limit=1");
    const struct answer *answer = must_get(real, "/studies?q=kreft%20%20oslo&limit=1");
    const char *cursor = strstr(text_at(answer->json, "links.next"), "cursor=");
    must_get(real, text_format("/studies?%s&limit=5&q=%%22kreft%%22%%20oslo&fields=id&include=highlights", cursor));
    const struct answer *other = http_get(real, text_format("/studies?%s&q=kreft", cursor), NULL);
    assert_problem(other, 400, "bad-parameter");
    assert_fault(other, "cursor", NULL);
}
END_TEST

START_TEST(statistics_count_what_is_found_and_say_where_it_is_listed)
{
    const struct answer *answer = must_get(real, "/stats/institutions?q=%22multiple%20sclerosis%22%20OR%20ms");
    json_int_t total = total_of(real, "/studies?q=ms%20OR%20%22multiple%20sclerosis%22&limit=1");
    ck_assert_int_gt(total, 1);
    ck_assert_int_eq(int_at(answer->json, "meta.totals.study_count"), total);
    const char *studies = text_at(answer->json, "meta.totals.studies");
    ck_assert_str_eq(studies, "/studies?q=%22multiple%20sclerosis%22%20OR%20ms");
    ck_assert(is_null_at(answer->json, "meta.totals.published"));
    must_get(real, "/stats/calls?q=ms&format=csv");
}
END_TEST

/* ── where it stands ────────────────────────────────────────────────────────────────────────────────────────── */

/* The parts of a text, those that were looked for in brackets. */
static const char *marked(const json_t *highlight)
{
    const char *text = "";
    size_t i;
    json_t *part;
    json_array_foreach(json_at(highlight, "parts"), i, part)
    {
        bool is_hit = json_is_true(json_at(part, "hit"));
        text = text_format("%s%s%s%s", text, is_hit ? "[" : "", text_at(part, "text"), is_hit ? "]" : "");
    }
    return text;
}

START_TEST(highlights_show_the_words_in_their_own_spelling)
{
    const struct answer *answer = must_get(both, "/studies?q=lewy*%20dementia&include=highlights&fields=name");
    const json_t *study = json_at(answer->json, "data.0"), *highlights = json_at(study, "highlights");
    ck_assert_uint_eq(json_object_size(study), 2);
    ck_assert_str_eq(text_at(highlights, "0.field"), "title.nb");
    ck_assert_str_eq(marked(json_where(highlights, "field", "title.en")),
                     "Ambroxol as a new treatment for [dementia] with [Lewy] bodies (DLB)");
    ck_assert_str_eq(marked(json_where(highlights, "field", "scientific_title")),
                     "Ambroxol in early and prodromal [Dementia] with [Lewy]-bodies");
    answer = must_get(both, "/studies?q=%22lewy%20bodies%22&include=highlights");
    ck_assert_str_eq(marked(json_where(json_at(answer->json, "data.0.highlights"), "field", "scientific_title")),
                     "Ambroxol in early and prodromal Dementia with [Lewy-bodies]");
    ck_assert_str_eq(json_object_iter_key(json_object_iter_at(json_at(answer->json, "data.0"), "highlights")), "highlights");
}
END_TEST

START_TEST(highlights_are_the_last_member_of_each_row)
{
    const struct answer *answer = must_get(real, "/studies?q=kreft&include=highlights&limit=500");
    size_t i;
    json_t *study;
    json_array_foreach(json_at(answer->json, "data"), i, study)
    {
        void *at = json_object_iter_at(study, "highlights");
        ck_assert_ptr_nonnull(at);
        ck_assert_ptr_null(json_object_iter_next(study, at));
        ck_assert_uint_gt(json_array_size(json_object_get(study, "highlights")), 0);
    }
    ck_assert_uint_gt(i, 5);
    answer = must_get(real, "/studies?q=kreft&limit=1");
    ck_assert_ptr_null(json_object_get(json_at(answer->json, "data.0"), "highlights"));
}
END_TEST

START_TEST(items_of_lists_are_named_by_their_place)
{
    const struct answer *answer =
        must_get(both, "/studies?q=corona%20nord%20OR%20corona%20sykehus*&include=highlights&fields=hospitals,categories");
    const json_t *highlights = json_at(answer->json, "data.0.highlights");
    ck_assert_str_eq(marked(json_where(highlights, "field", "hospitals.1.name")), "Røst [sykehus]");
    ck_assert_str_eq(text_at(answer->json, "data.0.hospitals.1.name"), "Røst sykehus");
    answer = must_get(both, "/studies?q=aurora%20kreft&include=highlights&fields=categories");
    ck_assert_str_eq(text_at(answer->json, "data.0.categories.1.label.nb"), "Kreft");
    ck_assert_str_eq(marked(json_where(json_at(answer->json, "data.0.highlights"), "field", "categories.1.label.nb")), "[Kreft]");
}
END_TEST

START_TEST(what_is_found_by_what_it_has_not_has_no_highlights)
{
    const struct answer *answer = must_get(real, "/studies?q=-kreft&include=highlights&fields=id&limit=3");
    for (int i = 0; i < 3; i++)
        ck_assert_uint_eq(json_array_size(json_at(answer->json, text_format("data.%d.highlights", i))), 0);
}
END_TEST

/* Whatever is cut away, what is left stands in the study, and begins and ends between words. */
START_TEST(a_long_text_is_cut_to_a_window_around_its_hits)
{
    const struct answer *answer =
        must_get(real, "/studies?q=%22pasienter%22%20OR%20patients%20OR%20med%20OR%20with&include=highlights&limit=500");
    int cut = 0, whole = 0;
    size_t i, k;
    json_t *study, *highlight;
    json_array_foreach(json_at(answer->json, "data"), i, study) json_array_foreach(json_at(study, "highlights"), k, highlight)
    {
        const char *text = text_at(study, text_at(highlight, "field")), *shown = "";
        size_t p;
        json_t *part;
        json_array_foreach(json_at(highlight, "parts"), p, part) shown = text_format("%s%s", shown, text_at(part, "text"));
        size_t len = strlen(shown);
        bool before = strncmp(shown, "… ", strlen("… ")) == 0, after = len > 4 && strcmp(shown + len - strlen(" …"), " …") == 0;
        const char *inner =
            text_format("%.*s", (int)(len - (before ? strlen("… ") : 0) - (after ? strlen(" …") : 0)), shown + (before ? strlen("… ") : 0));
        const char *at = strstr(text, inner);
        ck_assert_msg(at != NULL, "«%s» is not in «%s»", inner, text);
        ck_assert_msg(at == text || at[-1] == ' ', "«%s» begins inside a word", inner);
        ck_assert_msg(at[strlen(inner)] == '\0' || at[strlen(inner)] == ' ', "«%s» ends inside a word", inner);
        ck_assert_uint_lt(len, 400);
        ck_assert_int_eq(before || after, strcmp(text, shown) != 0);
        ck_assert_ptr_nonnull(strstr(marked(highlight), "["));
        cut += before || after;
        whole += !before && !after;
    }
    ck_assert_int_gt(cut, 3);
    ck_assert_int_gt(whole, 20);
}
END_TEST

/* ── what is wrong ──────────────────────────────────────────────────────────────────────────────────────────── */

static const struct {
    const char *query, *name, *reason;
} wrong[] = {
    {"q=(kreft%20OR%20lunge)", "q", "at character 1, “(kreft OR lunge)”: parentheses do not group"},
    {"q=%22kreft", "q", "at character 1, “\"kreft”: the quote that opens here is never closed"},
    {"q=kreft%20AND%20lunge", "q", "at character 7, “…AND lunge”: leave AND out"},
    {"q=NOT%20kreft", "q", "at character 1, “NOT kreft”: write -word"},
    {"q=kreft%20OR", "q", "at character 7, “…OR”: OR stands between two terms"},
    {"q=bl%C3%A5%20-", "q", "at character 5, “…-”: a minus stands right before"},
    {"q=!kreft", "q", "at character 1, “!kreft”: write -word"},
    {"q=%20", "q", "there is no letter or digit"},
    {"q=", "q", "has no value"},
    {"q=kreft&q=lunge", "q", "given more than once"},
    {"sort=-relevance", "sort", "q goes with it"},
    {"sort=call_year,relevance", "sort", "q goes with it"},
    {"include=highlights", "include", "q goes with them"},
    {"q=kreft&include=facets", "include", "unknown value \"facets\": there are highlights"},
};

static void assert_one_fault(const struct answer *answer, const char *name, const char *reason)
{
    assert_problem(answer, 400, "bad-parameter");
    ck_assert_uint_eq(json_array_size(json_at(answer->json, "errors")), strchr(text_at(answer->json, "errors.0.reason"), ')') ? 2 : 1);
    ck_assert_str_eq(text_at(answer->json, "errors.0.name"), name);
    ck_assert_msg(strstr(text_at(answer->json, "errors.0.reason"), reason) != NULL, "%s", text_at(answer->json, "errors.0.reason"));
}

START_TEST(what_is_wrong_is_said_with_its_place)
{
    assert_one_fault(http_get(real, text_format("/studies?%s", wrong[_i].query), NULL), wrong[_i].name, wrong[_i].reason);
}
END_TEST

START_TEST(a_wrong_search_is_not_called_missing_too)
{
    const struct answer *answer = http_get(real, "/studies?q=-&sort=relevance&include=highlights&limit=0", NULL);
    assert_problem(answer, 400, "bad-parameter");
    ck_assert_uint_eq(json_array_size(json_at(answer->json, "errors")), 2);
    assert_fault(answer, "limit", NULL);
    assert_fault(answer, "q", NULL);
}
END_TEST

START_TEST(statistics_refuse_the_same)
{
    assert_one_fault(http_get(real, "/stats/funding?q=NOT%20kreft", NULL), "q", "at character 1");
    const struct answer *answer = http_get(real, "/stats/funding?q=kreft&include=highlights", NULL);
    assert_fault(answer, "include", "included");
}
END_TEST

/* Words are data, whatever they look like to somebody else. */
START_TEST(no_word_is_a_command)
{
    static const char *const typed[] = {"%22a%27%20OR%201%3D1%20--%22",
                                        "acronym%3A%20kreft",
                                        "%22NEAR%28a%20b%2C%202%29%22",
                                        "%5Ekreft",
                                        "%7Bacronym%7D%3A%20a",
                                        "kreft%3B%20DROP%20TABLE%20study",
                                        "%3Cscript%3E",
                                        "%5C%22kreft",
                                        "%60kreft%60",
                                        "%25",
                                        "_"};
    for (size_t i = 0; i < sizeof typed / sizeof *typed; i++) {
        const struct answer *answer = http_get(real, text_format("/studies?limit=1&q=%s", typed[i]), NULL);
        ck_assert_msg(answer->status == 200 || answer->status == 400, "%s: %d", typed[i], answer->status);
    }
    ck_assert_int_eq(total_of(real, "/studies?limit=1"), STUDIES);
}
END_TEST

#define EACH(test, table) tcase_add_loop_test(stories, test, 0, sizeof(table) / sizeof(table)[0])

int main(void)
{
    Suite *suite = suite_create("search");
    TCase *stories = tcase_create("q");
    tcase_set_timeout(stories, 120);
    tcase_add_unchecked_fixture(stories, start, stop);
    EACH(words_find_the_studies_that_have_them, found);
    EACH(spellings_are_alike, alike);
    tcase_add_test(stories, names_of_the_alphabet_are_found_by_their_ascii_forms);
    EACH(what_has_a_word_and_what_has_it_not_part_the_portfolio, parted);
    tcase_add_test(stories, the_texts_that_are_searched_are_these);
    tcase_add_test(stories, what_fits_best_comes_first);
    tcase_add_test(stories, what_is_asked_for_word_by_word_comes_before_all);
    EACH(pages_follow_one_another_both_ways, walked);
    tcase_add_test(stories, the_same_question_is_written_the_same);
    tcase_add_test(stories, statistics_count_what_is_found_and_say_where_it_is_listed);
    tcase_add_test(stories, highlights_show_the_words_in_their_own_spelling);
    tcase_add_test(stories, highlights_are_the_last_member_of_each_row);
    tcase_add_test(stories, items_of_lists_are_named_by_their_place);
    tcase_add_test(stories, what_is_found_by_what_it_has_not_has_no_highlights);
    tcase_add_test(stories, a_long_text_is_cut_to_a_window_around_its_hits);
    EACH(what_is_wrong_is_said_with_its_place, wrong);
    tcase_add_test(stories, a_wrong_search_is_not_called_missing_too);
    tcase_add_test(stories, statistics_refuse_the_same);
    tcase_add_test(stories, no_word_is_a_command);
    suite_add_tcase(suite, stories);
    return support_run(suite);
}
