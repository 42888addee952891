/* SPDX-License-Identifier: GPL-3.0-or-later
 * Filters, against a model of them in plain C.
 */
#include "portfolio.h"

#define ROUNDS 900

START_TEST(every_filter_and_its_negation_part_the_studies_in_two)
{
    int let_through = 0, held_back = 0;
    list_codes();
    for (size_t which = 0; which + 1 < FILTERS; which++)
        for (int round = 0; round < 20; round++) {
            struct db_study_filter f = {0};
            bool *negate = fill(&f, which);
            int64_t with = count_of(&f);
            ck_assert_msg(with == model_count(&f), "filter %zu: %lld", which, (long long)with);
            *negate = true;
            ck_assert_int_eq(count_of(&f), STUDIES - with);
            let_through += with > 0;
            held_back += with < STUDIES;
        }
    ck_assert_int_gt(let_through, 100); /* the filters did something */
    ck_assert_int_gt(held_back, 100);
}
END_TEST

START_TEST(filters_together_are_those_of_the_model)
{
    list_codes();
    for (int round = 0; round < ROUNDS; round++) {
        struct db_study_filter f = filter_by_chance();
        ck_assert_int_eq(count_of(&f), model_count(&f));
    }
}
END_TEST

static const struct {
    struct db_ranges years;
    struct db_codes kinds;
} award_pairs[] = {
#define PAIR(not_year, not_kind)                                                                                                           \
    {                                                                                                                                      \
        {{{2017, 2018}}, 1, not_year},                                                                                                     \
        {                                                                                                                                  \
            &mechanisms[1], 1, not_kind                                                                                                    \
        }                                                                                                                                  \
    }
    PAIR(false, false),
    PAIR(false, true),
    PAIR(true, false),
    PAIR(true, true),
};

START_TEST(year_and_mechanism_are_of_one_award)
{
    struct db_study_filter f = {.award_call_year = award_pairs[_i].years, .award_mechanism = award_pairs[_i].kinds};
    ck_assert_int_eq(count_of(&f), model_count(&f));
    if (f.award_call_year.negate)
        return;
    f.award_mechanism.negate = !f.award_mechanism.negate; /* within the years, the mechanism parts in two */
    int64_t other = count_of(&f);
    f.award_mechanism.negate = !f.award_mechanism.negate;
    struct db_study_filter year = {.award_call_year = award_pairs[_i].years};
    ck_assert_int_eq(count_of(&f) + other, count_of(&year));
}
END_TEST

START_TEST(a_filter_may_hold_very_many_values)
{
    static const char *values[2000];
    list_codes();
    for (size_t i = 0; i < LEN(values); i++)
        values[i] = ids[i % 150];
    ck_assert_int_eq(count_of(&(struct db_study_filter){.id = {values, LEN(values), false}}), 150);
    ck_assert_int_eq(count_of(&(struct db_study_filter){.id = {values, LEN(values), true}}), STUDIES - 150);
}
END_TEST

START_TEST(what_is_sent_is_never_read_as_a_statement)
{
    static const char *const values[] = {"x') OR 1 OR ('", "'; DROP TABLE study; --", "?", "%"};
    ck_assert_int_eq(count_of(&(struct db_study_filter){.id = {values, LEN(values), false}}), 0);
    ck_assert_int_eq(count_of(&(struct db_study_filter){.hospital = {values, LEN(values), true}}), STUDIES);
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("studies");
    tcase_add_checked_fixture(cases, portfolio, fixture_end);
    tcase_add_test(cases, every_filter_and_its_negation_part_the_studies_in_two);
    tcase_add_test(cases, filters_together_are_those_of_the_model);
    tcase_add_loop_test(cases, year_and_mechanism_are_of_one_award, 0, LEN(award_pairs));
    tcase_add_test(cases, a_filter_may_hold_very_many_values);
    tcase_add_test(cases, what_is_sent_is_never_read_as_a_statement);
    return run("studies", cases, false);
}
