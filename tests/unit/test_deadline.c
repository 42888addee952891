/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support.h"

#include "server/deadline.h"

START_TEST(the_first_set_is_due_first_and_once)
{
    struct deadline_list list = {.length = 100};
    struct deadline a = {0}, b = {0};
    deadline_set(&a, &list, 0);
    deadline_set(&b, &list, 10);
    ck_assert_int_eq(deadline_wait(&list, 0), 100);
    ck_assert_ptr_null(deadline_take(&list, 99));
    ck_assert_ptr_eq(deadline_take(&list, 100), &a);
    ck_assert_ptr_null(a.list);
    ck_assert_ptr_null(deadline_take(&list, 109));
    ck_assert_int_eq(deadline_wait(&list, 200), 0);
    ck_assert_ptr_eq(deadline_take(&list, 200), &b);
    ck_assert_ptr_null(deadline_take(&list, 1000));
    ck_assert_int_eq(deadline_wait(&list, 1000), INT64_MAX);
}
END_TEST

START_TEST(setting_again_moves_to_the_end_also_of_another_list)
{
    struct deadline_list head = {.length = 10}, body = {.length = 30};
    struct deadline a = {0}, b = {0};
    deadline_set(&a, &head, 0);
    deadline_set(&b, &head, 1);
    deadline_set(&a, &head, 2);
    ck_assert_ptr_eq(head.first, &b);
    deadline_set(&b, &body, 3);
    ck_assert_ptr_eq(head.first, &a);
    ck_assert_ptr_eq(head.last, &a);
    ck_assert_int_eq(body.first->due, 33);
}
END_TEST

/* The list against the plainest model of it: an array of due times. */
START_TEST(thousands_of_sets_and_clears_agree_with_a_model)
{
    enum { MANY = 50 };
    struct deadline_list list = {.length = 500};
    struct deadline each[MANY] = {0};
    int64_t due[MANY];
    uint32_t random = 1;
    for (int i = 0; i < MANY; i++)
        due[i] = INT64_MAX;
    for (int64_t now = 0; now < 20000; now++) {
        random = random * 1664525u + 1013904223u;
        int which = (int)(random >> 16) % MANY;
        if (random >> 31) {
            deadline_set(&each[which], &list, now);
            due[which] = now + 500;
        } else {
            deadline_clear(&each[which]);
            due[which] = INT64_MAX;
        }
        int64_t least = INT64_MAX;
        for (int i = 0; i < MANY; i++)
            least = due[i] < least ? due[i] : least;
        ck_assert_int_eq(deadline_wait(&list, now), least == INT64_MAX ? INT64_MAX : least > now ? least - now : 0);
        struct deadline *taken = deadline_take(&list, now);
        ck_assert_int_eq(taken != NULL, least <= now);
        if (taken)
            due[taken - each] = INT64_MAX;
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("deadline");
    TCase *tcase = tcase_create("deadline");
    tcase_add_test(tcase, the_first_set_is_due_first_and_once);
    tcase_add_test(tcase, setting_again_moves_to_the_end_also_of_another_list);
    tcase_add_test(tcase, thousands_of_sets_and_clears_agree_with_a_model);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
