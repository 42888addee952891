/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "db/ahead.h"

#include <check.h>
#include <stdlib.h>

#include "suite.h"

struct square {
    int number, square;
};
static int worked;

static void work(void *cls, void *item)
{
    struct square *square = item;
    square->square = square->number * square->number + *(const int *)cls;
    worked++;
}

static int more = 1, freed;

static void count_freed(void *item)
{
    (void)item;
    freed++;
}

static void put(struct ahead *ahead, int number)
{
    struct square *square = ahead_free_item(ahead);
    ck_assert_ptr_nonnull(square);
    square->number = number;
    ahead_put(ahead);
}

static void take(struct ahead *ahead, int number)
{
    const struct square *square = ahead_take(ahead);
    ck_assert_ptr_nonnull(square);
    ck_assert_int_eq(square->number, number);
    ck_assert_int_eq(square->square, number * number + 1);
}

START_TEST(items_come_back_worked_on_and_in_order)
{
    struct ahead *ahead = ahead_begin(40, sizeof(struct square), work, &more);
    int taken = 0;
    for (int i = 0; i < 10000; i++) {
        if (ahead_free_item(ahead) == NULL)
            take(ahead, taken++);
        put(ahead, i);
    }
    while (taken < 10000)
        take(ahead, taken++);
    ck_assert_ptr_null(ahead_take(ahead));
    ahead_end(ahead, NULL);
    ck_assert_int_eq(worked, 10000);
}
END_TEST

/* Fewer than the other thread is woken for. */
START_TEST(one_item_is_waited_for)
{
    struct ahead *ahead = ahead_begin(2, sizeof(struct square), work, &more);
    for (int i = 0; i < 200; i++) {
        put(ahead, i);
        take(ahead, i);
    }
    ahead_end(ahead, NULL);
}
END_TEST

START_TEST(a_full_ring_has_no_free_item)
{
    struct ahead *ahead = ahead_begin(3, sizeof(struct square), work, &more);
    for (int i = 0; i < 3; i++)
        put(ahead, i);
    ck_assert_ptr_null(ahead_free_item(ahead));
    take(ahead, 0);
    ck_assert_ptr_nonnull(ahead_free_item(ahead));
    ahead_end(ahead, NULL);
}
END_TEST

START_TEST(the_end_works_on_what_was_put_and_frees_every_item)
{
    struct ahead *ahead = ahead_begin(5, sizeof(struct square), work, &more);
    put(ahead, 1);
    put(ahead, 2);
    ahead_end(ahead, count_freed);
    ck_assert_int_eq(worked, 2);
    ck_assert_int_eq(freed, 5);
    ahead_end(NULL, count_freed);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("ahead");
    TCase *cases = tcase_create("ring");
    tcase_add_test(cases, items_come_back_worked_on_and_in_order);
    tcase_add_test(cases, one_item_is_waited_for);
    tcase_add_test(cases, a_full_ring_has_no_free_item);
    tcase_add_test(cases, the_end_works_on_what_was_put_and_frees_every_item);
    suite_add_tcase(suite, cases);
    return suite_run(suite);
}
