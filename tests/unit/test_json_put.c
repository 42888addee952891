/* SPDX-License-Identifier: GPL-3.0-or-later
 * What is written by hand is what jansson reads back, and writes as jansson does.
 */
#include <check.h>
#include <jansson.h>
#include <stdlib.h>

#include "handlers/json_put.h"
#include "suite.h"

static const char *const trees[] = {
    "[]",
    "{}",
    "[[],{}]",
    "{\"b\":1,\"a\":-9223372036854775808,\"c\":9223372036854775807}",
    "[0.1,60.5,-2.0,1e300,99.9,12345678.25]",
    "[true,false,null,0]",
    "{\"n\\u00e6rt \\\"og\\\" fjernt\":\"\\\\ \\t \\u0001 \\u00f8\"}",
    "{\"data\":[{\"label\":{\"nb\":\"Kreft\",\"en\":null},\"studies\":\"/studies?category=cancer&q=a%20b\"},{}],\"meta\":{\"total\":2}}",
};

static char *written(const json_t *tree)
{
    struct buffer buffer;
    buffer_init(&buffer, 1 << 20);
    json_put_value(&buffer, tree);
    return buffer_take(&buffer, NULL);
}

START_TEST(a_tree_is_read_back_as_it_was)
{
    json_t *tree = json_loads(trees[_i], 0, NULL);
    char *text = written(tree), *theirs = json_dumps(tree, JSON_COMPACT | JSON_REAL_PRECISION(15));
    json_t *again = json_loads(text, 0, NULL), *as_theirs = json_loads(theirs, 0, NULL);
    ck_assert(json_equal(again, as_theirs)); /* reals have fifteen digits in both */
    ck_assert(again != NULL);
    json_decref(tree);
    json_decref(again);
    json_decref(as_theirs);
    free(text);
    free(theirs);
}
END_TEST

START_TEST(members_keep_their_order_and_numbers_their_digits)
{
    json_t *tree = json_pack("{s:I, s:f, s:[b, n], s:s}", "z", (json_int_t)-3, "a", 99.9, "m", 1, "t", "\"x\"\n");
    char *text = written(tree);
    ck_assert_str_eq(text, "{\"z\":-3,\"a\":99.9,\"m\":[true,null],\"t\":\"\\\"x\\\"\\n\"}");
    json_decref(tree);
    free(text);
}
END_TEST

static void as_jansson_writes(double number)
{
    json_t *real = json_real(number);
    char *text = written(real), *theirs = json_dumps(real, JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
    ck_assert_str_eq(text, theirs);
    json_decref(real);
    free(text);
    free(theirs);
}

START_TEST(a_real_is_written_as_jansson_writes_it)
{
    static const double odd[] = {-0.0, -0.1, 0.05, 0.15, 0.30000000000000004, 99.95, 1e8, 999999999.9, 1e9, 1234567890.1, 1e15, 5e-324};
    for (int tenths = 0; tenths < 20000; tenths++)
        as_jansson_writes(tenths / 10.0);
    for (int i = 0; i < 20000; i++)
        as_jansson_writes((double)(i * 7919L * 104729L % 9999999999L) / 10);
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++)
        as_jansson_writes(odd[i]);
}
END_TEST

START_TEST(no_text_is_null)
{
    struct buffer buffer;
    buffer_init(&buffer, 100);
    json_put_text(&buffer, NULL);
    char *text = buffer_take(&buffer, NULL);
    ck_assert_str_eq(text, "null");
    free(text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("json by hand");
    TCase *tcase = tcase_create("json by hand");
    tcase_add_loop_test(tcase, a_tree_is_read_back_as_it_was, 0, sizeof trees / sizeof *trees);
    tcase_add_test(tcase, members_keep_their_order_and_numbers_their_digits);
    tcase_add_test(tcase, a_real_is_written_as_jansson_writes_it);
    tcase_add_test(tcase, no_text_is_null);
    suite_add_tcase(suite, tcase);
    return suite_run(suite);
}
