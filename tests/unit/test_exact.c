/* SPDX-License-Identifier: GPL-3.0-or-later
 * What rounding allows is decided exactly.
 */
#include <stdlib.h>

#include "handlers/exact.h"
#include "support.h"

static const struct {
    int64_t value;
    int decimals;
    int64_t min_num, max_num, den;
} rounded[] = {{70, 0, 139, 141, 2}, {0, 0, -1, 1, 2}, {999, 1, 1997, 1999, 20}, {1, 1, 1, 3, 20}, {1498, 0, 2995, 2997, 2}};

START_TEST(what_rounds_to_a_printed_number)
{
    struct range range = range_rounded(rounded[_i].value, rounded[_i].decimals);
    ck_assert_int_eq(fraction_compare(range.min, fraction_of(rounded[_i].min_num, rounded[_i].den)), 0);
    ck_assert_int_eq(fraction_compare(range.max, fraction_of(rounded[_i].max_num, rounded[_i].den)), 0);
}
END_TEST

static const struct {
    int64_t num, den;
    int64_t printed;
    int decimals;
    bool meets;
} boundaries[] = {{695, 10, 70, 0, true},
                  {6949, 100, 70, 0, false},
                  {705, 10, 70, 0, true},
                  {7051, 100, 70, 0, false},
                  {1900, 78, 24, 0, true},
                  {9985, 100, 999, 1, true},
                  {9984, 100, 999, 1, false},
                  {1498339370, 1000000, 1498, 0, true},
                  {1498500001, 1000000, 1498, 0, false}};

START_TEST(a_computed_number_meets_a_printed_one)
{
    struct range computed = range_exactly(fraction_of(boundaries[_i].num, boundaries[_i].den));
    ck_assert_int_eq(range_meets(range_rounded(boundaries[_i].printed, boundaries[_i].decimals), computed), boundaries[_i].meets);
    ck_assert_int_eq(range_meets(computed, range_rounded(boundaries[_i].printed, boundaries[_i].decimals)), boundaries[_i].meets);
}
END_TEST

static const struct {
    int64_t num, den;
    const char *text;
} shown[] = {{4, 2, "2"}, {1, 3, "0.333333"}, {2, 3, "0.666667"}, {-1, 3, "-0.333333"}, {999, 10, "99.9"}, {0, 5, "0"}};

START_TEST(a_fraction_as_a_number)
{
    json_t *json = fraction_json(fraction_of(shown[_i].num, shown[_i].den));
    char *text = json_dumps(json, JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
    ck_assert_str_eq(text, shown[_i].text);
    free(text);
    json_decref(json);
}
END_TEST

/* Every way of rounding members of a range lands inside the range of the sum and of the product. */
START_TEST(ranges_hold_whatever_was_rounded)
{
    srand(7);
    for (int round = 0; round < 20000; round++) {
        int64_t a = rand() % 100000, b = rand() % 1000; /* in tenths and hundredths of what is printed */
        struct fraction x = fraction_of(a, 10), y = fraction_of(b, 100);
        struct range rx = range_rounded((a + 5) / 10, 0), ry = range_rounded((b + 5) / 10, 1);
        ck_assert(range_meets(rx, range_exactly(x)) && range_meets(ry, range_exactly(y)));
        ck_assert(range_meets(range_add(rx, ry), range_exactly(fraction_add(x, y))));
        ck_assert(range_meets(range_subtract(rx, ry), range_exactly(fraction_subtract(x, y))));
        if (a >= 5 && b >= 5)
            ck_assert(range_meets(range_times(rx, ry), range_exactly(fraction_times(x, y))));
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("exact");
    TCase *tests = tcase_create("fractions");
    tcase_add_loop_test(tests, what_rounds_to_a_printed_number, 0, sizeof rounded / sizeof *rounded);
    tcase_add_loop_test(tests, a_computed_number_meets_a_printed_one, 0, sizeof boundaries / sizeof *boundaries);
    tcase_add_loop_test(tests, a_fraction_as_a_number, 0, sizeof shown / sizeof *shown);
    tcase_add_test(tests, ranges_hold_whatever_was_rounded);
    suite_add_tcase(suite, tests);
    return support_run(suite);
}
