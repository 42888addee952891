/* SPDX-License-Identifier: GPL-3.0-or-later
 * When the image is made anew.
 */
#include "support.h"

#include "server/renewal.h"

#define STILL RENEWAL_STILL_MS
#define LATE  RENEWAL_LATE_MS

START_TEST(nothing_is_done_while_nothing_has_changed)
{
    struct renewal_times times = {.made = 7};
    ck_assert_int_eq(renewal_wait(&times, 7, 1000), INT64_MAX);
    ck_assert_int_eq(renewal_wait(&times, 7, 999999999), INT64_MAX);
}
END_TEST

START_TEST(it_is_made_when_the_data_have_been_still)
{
    struct renewal_times times = {.made = 7};
    ck_assert_int_eq(renewal_wait(&times, 8, 1000), STILL);
    ck_assert_int_eq(renewal_wait(&times, 8, 1000 + STILL - 1), 1);
    ck_assert_int_eq(renewal_wait(&times, 9, 1000 + STILL - 1), STILL); /* another change in the last moment */
    ck_assert_int_eq(renewal_wait(&times, 9, 1000 + 2 * STILL - 1), 0);
    renewal_done(&times, 9, 2000, 2001);
    ck_assert_int_eq(renewal_wait(&times, 9, 2001), INT64_MAX);
}
END_TEST

START_TEST(who_never_pauses_does_not_put_it_off_for_ever)
{
    struct renewal_times times = {.made = 1};
    int64_t now = 5000, version = 1;
    while (renewal_wait(&times, ++version, now) > 0 && now < 10 * LATE)
        now += STILL / 2;
    ck_assert_int_ge(now, 5000 + LATE);
    ck_assert_int_le(now, 5000 + LATE + STILL);
}
END_TEST

START_TEST(what_costs_much_is_done_seldom)
{
    struct renewal_times times = {.made = 1};
    ck_assert_int_eq(renewal_wait(&times, 2, 0), STILL);
    renewal_done(&times, 2, 1000, 5000);
    ck_assert_int_eq(renewal_wait(&times, 3, 5000), 4000 * RENEWAL_REST);
    ck_assert_int_eq(renewal_wait(&times, 3, 5000 + 4000 * RENEWAL_REST), 0);
}
END_TEST

START_TEST(after_a_failure_it_is_tried_again_later)
{
    struct renewal_times times = {.made = 1};
    renewal_wait(&times, 2, 0);
    ck_assert_int_eq(renewal_wait(&times, 2, STILL), 0);
    renewal_done(&times, 0, STILL, STILL + 1);
    ck_assert_int_eq(renewal_wait(&times, 2, STILL + 1), RENEWAL_AGAIN_MS);
    ck_assert_int_eq(renewal_wait(&times, 2, STILL + 1 + RENEWAL_AGAIN_MS), 0);
}
END_TEST

START_TEST(what_was_committed_while_it_was_made_is_made_too)
{
    struct renewal_times times = {.made = 1};
    renewal_wait(&times, 2, 0);
    renewal_done(&times, 2, 500, 510);
    int64_t wait = renewal_wait(&times, 3, 510);
    ck_assert_int_gt(wait, 0);
    ck_assert_int_lt(wait, INT64_MAX);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("renewal");
    TCase *tcase = tcase_create("renewal");
    tcase_add_test(tcase, nothing_is_done_while_nothing_has_changed);
    tcase_add_test(tcase, it_is_made_when_the_data_have_been_still);
    tcase_add_test(tcase, who_never_pauses_does_not_put_it_off_for_ever);
    tcase_add_test(tcase, what_costs_much_is_done_seldom);
    tcase_add_test(tcase, after_a_failure_it_is_tried_again_later);
    tcase_add_test(tcase, what_was_committed_while_it_was_made_is_made_too);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
