/* SPDX-License-Identifier: GPL-3.0-or-later
 * What people type into a search → the terms it means, how it is written again, and what is said of what is wrong, and where.
 */
#include "unit/param_table.h"

#include "base/buffer.h"
#include "server/percent.h"
#include "suite.h"

#define LEN(cases) ((int)(sizeof cases / sizeof *cases))

static void search(struct asked *asked, const char *typed)
{
    struct buffer query;
    buffer_init(&query, 16384);
    buffer_text(&query, "q=");
    percent_encode(&query, typed);
    const char *text = arena_strndup(arena, query.bytes, query.len);
    buffer_free(&query);
    ask(asked, text);
}

/* [OR ][-]text[*], joined by " | ". */
static const char *terms_of(const struct db_search *search)
{
    const char *text = "";
    for (size_t i = 0; search && i < search->len; i++)
        text = arena_printf(arena, "%s%s%s%s%s%s", text, i ? " | " : "", search->terms[i].or_before ? "OR " : "",
                            search->terms[i].negate ? "-" : "", search->terms[i].text, search->terms[i].prefix ? "*" : "");
    return text;
}

static const struct {
    const char *typed, *terms, *canonical;
} good[] = {
    {"dementia", "dementia", "dementia"},
    {"  early   dementia ", "early | dementia", "early%20dementia"},
    {"\"early   dementia\"", "early dementia", "%22early%20dementia%22"},
    {"\"dementia\"", "dementia", "dementia"},
    {"N-AD COVID-19", "N AD | COVID 19", "%22N%20AD%22%20%22COVID%2019%22"},
    {"\"n ad\"", "n ad", "%22n%20ad%22"},
    {"N-AD*", "N AD*", "%22N%20AD%2A%22"},
    {"\"early dem*\"", "early dem*", "%22early%20dem%2A%22"},
    {"neuro*", "neuro*", "neuro%2A"},
    {"\"neuro*\"", "neuro*", "neuro%2A"},
    {"-word", "-word", "-word"},
    {"-\"lung cancer\" -lung*", "-lung cancer | -lung*", "-%22lung%20cancer%22%20-lung%2A"},
    {"-N-AD", "-N AD", "-%22N%20AD%22"},
    {"a OR b c OR -d", "a | OR b | c | OR -d", "a%20OR%20b%20c%20OR%20-d"},
    {"or and not", "or | and | not", "or%20and%20not"},
    {"\"OR\" \"AND\" \"NOT\"", "OR | AND | NOT", "%22OR%22%20%22AND%22%20%22NOT%22"},
    {"-OR -NOT", "-OR | -NOT", "-%22OR%22%20-%22NOT%22"},
    {"OR*", "OR*", "%22OR%2A%22"},
    {"ORX XOR", "ORX | XOR", "ORX%20XOR"},
    {"sør, øst;", "sør | øst", "s%C3%B8r%20%C3%B8st"},
    {"Parkinson's", "Parkinson s", "%22Parkinson%20s%22"},
    {"title:x a/b R&D", "title x | a b | R D", "%22title%20x%22%20%22a%20b%22%20%22R%20D%22"},
    {"\"protein(s), a|b\"", "protein s a b", "%22protein%20s%20a%20b%22"},
    {"“early dementia” «x y» „z w”", "early dementia | x y | z w", "%22early%20dementia%22%20%22x%20y%22%20%22z%20w%22"},
    {"–word −x ‐y", "-word | -x | -y", "-word%20-x%20-y"},
    {"a\xC2\xA0"
     "b\xE3\x80\x80"
     "c",
     "a | b | c", "a%20b%20c"},
    {"TNF-α 日本", "TNF α | 日本", "%22TNF%20%CE%B1%22%20%E6%97%A5%E6%9C%AC"},
    {"1", "1", "1"},
    {"a-", "a", "a"},
    {"word!", "word", "word"},
    {"a a", "a | a", "a%20a"},
};

START_TEST(what_is_typed_is_understood)
{
    struct asked asked;
    search(&asked, good[_i].typed);
    ck_assert_msg(asked.error == API_OK, "%s: %s", good[_i].typed, asked.faults.len ? asked.faults.list[0].reason : "");
    ck_assert_str_eq(terms_of(asked.params.q), good[_i].terms);
    ck_assert_str_eq(asked.query + strlen("q="), good[_i].canonical);
    check_canonical(&asked);
}
END_TEST

/* ── what is refused ────────────────────────────────────────────────────────────────────────────────────────── */

static const struct {
    const char *typed;
    size_t position; /* 0 = it is not said by the reader of searches */
    const char *excerpt, *reason;
} bad[] = {
    {"early \"onset dementia", 7, "“…\"onset dementia”", "the quote that opens here is never closed"},
    {"\"", 1, "“\"”", "never closed"},
    {"a \"b\" \"", 7, "“…\"”", "never closed"},
    {"-\"a", 2, "“…\"a”", "never closed"},
    {"(kreft OR lungesykdom", 1, "“(kreft OR lungesykdo…”", "parentheses do not group; put a text that holds them in quotes"},
    {"kreft)", 6, "“…)”", "parentheses"},
    {"protein(s)", 8, "“…(s)”", "parentheses"},
    {"-(a)", 2, "“…(a)”", "parentheses"},
    {"søk - ord", 5, "“…- ord”", "a minus stands right before a word or a quote, once"},
    {"-", 1, "“-”", "a minus"},
    {"--word", 1, "“--word”", "a minus"},
    {"–", 1, "“–”", "a minus"},
    {"lunge *", 7, "“…*”", "a * stands right after the beginning of a word, as in neuro*"},
    {"-*", 2, "“…*”", "a * stands right after the beginning"},
    {"\"*\"", 2, "“…*\"”", "a * stands right after the beginning"},
    {"lun*ge", 4, "“…*ge”", "a * stands right after the last letter, as in neuro* or \"early neuro*\", and nowhere else"},
    {"*itis", 1, "“*itis”", "right after the last letter"},
    {"lun**", 4, "“…**”", "right after the last letter"},
    {"lun-*", 5, "“…*”", "right after the last letter"},
    {"\"early* onset\"", 7, "“…* onset\"”", "right after the last letter"},
    {"\"early *\"", 8, "“…*\"”", "right after the last letter"},
    {"OR a", 1, "“OR a”", "OR stands between two terms, not before the first"},
    {"OR", 1, "“OR”", "not before the first"},
    {"a OR", 3, "“…OR”", "OR stands between two terms, not after the last"},
    {"a OR  OR b", 7, "“…OR b”", "one OR is enough"},
    {"a AND b", 3, "“…AND b”", "leave AND out, since all terms are wanted anyway, or write \"AND\" for the word itself"},
    {"NOT b", 1, "“NOT b”", "write -word instead of NOT word, or \"NOT\" for the word itself"},
    {"a|b", 2, "“…|b”", "write OR between two alternatives"},
    {"a || b", 3, "“…|| b”", "write OR"},
    {"!word", 1, "“!word”", "write -word for studies without a word"},
    {"a !b", 3, "“…!b”", "write -word"},
    {" ", 1, "“ ”", "there is no letter or digit in it to look for"},
    {"æ & ø", 3, "“…& ø”", "no letter or digit"},
    {"a \"–\"", 3, "“…\"–\"”", "no letter or digit"},
    {"\"\"", 1, "“\"\"”", "no letter or digit"},
    {"-\"\" a", 1, "“-\"\" a”", "no letter or digit"},
    {"💊", 1, "“💊”", "no letter or digit"},
    {"a\"b\"", 2, "“…\"b\"”", "a blank belongs before a quote that opens"},
    {"\"a\"b", 4, "“…b”", "a blank belongs after a quote that closes, and a * before it"},
    {"\"a\"*", 4, "“…*”", "and a * before it"},
    {"\"a\"\"b\"", 4, "“…\"b\"”", "a blank belongs after"},
    {"!", 0, "", "has no value"},
    {"", 0, "", "has no value"},
};

START_TEST(what_is_wrong_is_said_with_its_place)
{
    struct asked asked;
    search(&asked, bad[_i].typed);
    ck_assert_int_eq(asked.error, API_BAD_PARAMETER);
    ck_assert_msg(asked.faults.len == 1, "%s: %zu faults", bad[_i].typed, asked.faults.len);
    const struct fault *fault = &asked.faults.list[0];
    ck_assert_str_eq(fault->name, "q");
    ck_assert_msg(strstr(fault->reason, bad[_i].reason), "%s: %s", bad[_i].typed, fault->reason);
    const char *place = arena_printf(arena, "at character %zu, %s: ", bad[_i].position, bad[_i].excerpt);
    ck_assert_msg(bad[_i].position == 0 || strncmp(fault->reason, place, strlen(place)) == 0, "%s: %s", bad[_i].typed, fault->reason);
}
END_TEST

START_TEST(each_wrong_term_is_named_and_nothing_after_it_is_blamed)
{
    struct asked asked;
    search(&asked, "(a AND b* * - OR c) -OR x\"");
    ck_assert_uint_eq(asked.faults.len, 6);
    static const char *const starts[] = {"at character 1, ",  "at character 4, ",  "at character 11, ",
                                         "at character 13, ", "at character 19, ", "at character 26, "};
    for (size_t i = 0; i < 6; i++)
        ck_assert_msg(strncmp(asked.faults.list[i].reason, starts[i], strlen(starts[i])) == 0, "%s", asked.faults.list[i].reason);
}
END_TEST

/* ── bounds ─────────────────────────────────────────────────────────────────────────────────────────────────── */

static const char *repeated(const char *text, int times)
{
    char *all = arena_alloc(arena, strlen(text) * (size_t)times + 1);
    for (int i = 0; i < times; i++)
        memcpy(all + strlen(text) * (size_t)i, text, strlen(text));
    return all;
}

START_TEST(there_are_at_most_32_terms)
{
    struct asked asked;
    search(&asked, repeated("ab ", 32));
    ck_assert_int_eq(asked.error, API_OK);
    ck_assert_uint_eq(asked.params.q->len, 32);
    check_canonical(&asked);
    search(&asked, repeated("ab ", 40));
    ck_assert_int_eq(asked.error, API_BAD_PARAMETER);
    ck_assert_uint_eq(asked.faults.len, 1);
    ck_assert_str_eq(asked.faults.list[0].reason, "at character 97, “…ab ab ab ab ab ab ab…”: a search has at most 32 terms");
    search(&asked, arena_printf(arena, "%s(", repeated("ab ", 40))); /* and what else is wrong */
    ck_assert_uint_eq(asked.faults.len, 2);
}
END_TEST

START_TEST(there_are_at_most_500_characters)
{
    struct asked asked;
    search(&asked, repeated("å", 500));
    ck_assert_int_eq(asked.error, API_OK);
    search(&asked, arena_printf(arena, "%s(", repeated("å", 500)));
    ck_assert_int_eq(asked.error, API_BAD_PARAMETER);
    ck_assert_uint_eq(asked.faults.len, 1);
    ck_assert_str_eq(asked.faults.list[0].reason, "at character 501, “…(”: a search has at most 500 characters");
}
END_TEST

START_TEST(a_long_phrase_is_one_term)
{
    struct asked asked;
    search(&asked, arena_printf(arena, "\"%s\"", repeated("a ", 200)));
    ck_assert_int_eq(asked.error, API_OK);
    ck_assert_uint_eq(asked.params.q->len, 1);
    check_canonical(&asked);
}
END_TEST

/* ── whatever is typed ──────────────────────────────────────────────────────────────────────────────────────── */

static uint32_t seed = 20241122;

static uint32_t dice(uint32_t sides)
{
    seed ^= seed << 13, seed ^= seed >> 17, seed ^= seed << 5;
    return seed % sides;
}

START_TEST(what_is_understood_can_be_written_and_what_is_not_is_a_fault)
{
    static const char *const pieces[] = {"a", "ø", "b c", " ", " ",  "  ", "-",         "\"", "*", "OR",       " OR ", "AND", "(",
                                         "–", "«", "»",   "1", "日", ",",  "a\xCC\x8A", "!",  "|", "\xC2\xAD", "…",    "x*"};
    int understood = 0, refused = 0;
    for (int round = 0; round < 40000; round++) {
        char typed[200] = "";
        struct asked asked;
        arena_reset(arena);
        for (uint32_t left = 1 + dice(10); left > 0; left--)
            strncat(typed, pieces[dice(sizeof pieces / sizeof *pieces)], sizeof typed - strlen(typed) - 1);
        search(&asked, typed);
        understood += asked.error == API_OK;
        refused += asked.error == API_BAD_PARAMETER;
        if ((asked.error == API_OK) != (asked.faults.len == 0) || (asked.error == API_OK && !asked.params.q))
            ck_abort_msg("%s: %d with %zu faults", typed, (int)asked.error, asked.faults.len);
        if (asked.error == API_OK)
            check_canonical(&asked);
    }
    ck_assert_int_gt(understood, 2000);
    ck_assert_int_gt(refused, 2000);
}
END_TEST

START_TEST(little_memory_is_unavailable_never_wrong)
{
    static const char *const typed[] = {"early \"lung cancer\" OR -neuro* x", "(a) AND - \"b"};
    int whole = 0;
    for (size_t limit = 1; limit < 6000; limit += 7)
        for (int i = 0; i < 2; i++) {
            struct arena *small = arena_new(limit);
            struct asked asked;
            struct buffer query;
            buffer_init(&query, 16384);
            buffer_text(&query, "q=");
            percent_encode(&query, typed[i]);
            char *text = buffer_take(&query, &(size_t){0});
            ask_at(&asked, "/all/x", text, small);
            free(text);
            if (asked.error != API_UNAVAILABLE)
                ck_assert_int_eq(asked.error, i == 0 ? API_OK : API_BAD_PARAMETER);
            whole += asked.error != API_UNAVAILABLE;
            arena_delete(small);
        }
    ck_assert_int_gt(whole, 100);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("param search");
    TCase *tcase = tcase_create("param search");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, what_is_typed_is_understood, 0, LEN(good));
    tcase_add_loop_test(tcase, what_is_wrong_is_said_with_its_place, 0, LEN(bad));
    tcase_add_test(tcase, each_wrong_term_is_named_and_nothing_after_it_is_blamed);
    tcase_add_test(tcase, there_are_at_most_32_terms);
    tcase_add_test(tcase, there_are_at_most_500_characters);
    tcase_add_test(tcase, a_long_phrase_is_one_term);
    tcase_add_test(tcase, what_is_understood_can_be_written_and_what_is_not_is_a_fault);
    tcase_add_test(tcase, little_memory_is_unavailable_never_wrong);
    tcase_set_timeout(tcase, 120);
    suite_add_tcase(suite, tcase);
    return suite_run(suite);
}
