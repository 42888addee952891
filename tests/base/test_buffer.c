/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <check.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "suite.h"

START_TEST(bytes_come_out_as_they_went_in)
{
    struct buffer buffer;
    size_t len;
    buffer_init(&buffer, 1 << 20);
    for (int i = 0; i < 10000; i++)
        ck_assert(buffer_append(&buffer, (char[]){(char)i, '\0', 'x'}, 3));
    char *bytes = buffer_take(&buffer, &len);
    ck_assert_uint_eq(len, 30000);
    for (int i = 0; i < 10000; i++) {
        if (memcmp(bytes + (size_t)i * 3, (char[]){(char)i, '\0', 'x'}, 3) != 0)
            ck_abort_msg("piece %d", i);
    }
    ck_assert_int_eq(bytes[len], '\0');
    free(bytes);
    ck_assert_uint_eq(buffer.len, 0);
    buffer_free(&buffer);
}
END_TEST

START_TEST(nothing_appended_is_an_empty_text)
{
    struct buffer buffer;
    size_t len = 1;
    buffer_init(&buffer, 0);
    ck_assert(buffer_text(&buffer, ""));
    ck_assert(buffer_append(&buffer, NULL, 0));
    char *bytes = buffer_take(&buffer, &len);
    ck_assert_str_eq(bytes, "");
    ck_assert_uint_eq(len, 0);
    free(bytes);
    ck_assert(!buffer_text(&buffer, "a"));
}
END_TEST

START_TEST(it_may_be_used_again_after_take)
{
    struct buffer buffer;
    buffer_init(&buffer, 10);
    for (int i = 0; i < 3; i++) {
        ck_assert(buffer_text(&buffer, "0123456789"));
        char *bytes = buffer_take(&buffer, NULL);
        ck_assert_str_eq(bytes, "0123456789");
        free(bytes);
    }
}
END_TEST

START_TEST(after_the_limit_everything_fails_and_nothing_is_left)
{
    struct buffer buffer;
    size_t len = 1;
    buffer_init(&buffer, 5);
    ck_assert(buffer_text(&buffer, "abc"));
    ck_assert(!buffer_text(&buffer, "def"));
    ck_assert(!buffer_text(&buffer, "d"));
    ck_assert(!buffer_text(&buffer, ""));
    ck_assert(buffer.failed);
    ck_assert_uint_eq(buffer.len, 0);
    ck_assert_ptr_null(buffer_take(&buffer, &len));
    ck_assert_uint_eq(len, 0);
    buffer_free(&buffer);
    ck_assert(buffer_text(&buffer, "abcde"));
    buffer_free(&buffer);
}
END_TEST

START_TEST(sizes_near_the_largest_do_not_wrap)
{
    struct buffer buffer;
    volatile size_t largest = SIZE_MAX; /* the compiler would refuse what it can see */
    buffer_init(&buffer, SIZE_MAX);
    ck_assert(buffer_text(&buffer, "a"));
    ck_assert(!buffer_append(&buffer, "", largest));
    buffer_free(&buffer);
    ck_assert(buffer_text(&buffer, "a"));
    ck_assert(!buffer_append(&buffer, "", largest - 1));
    buffer_free(&buffer);
}
END_TEST

static const struct {
    int64_t number;
    const char *text;
} numbers[] = {{0, "0"}, {7, "7"}, {-1, "-1"}, {10, "10"}, {INT64_MAX, "9223372036854775807"}, {INT64_MIN, "-9223372036854775808"}};

START_TEST(a_number_is_written_in_decimal)
{
    struct buffer buffer;
    buffer_init(&buffer, 100);
    ck_assert(buffer_integer(&buffer, numbers[_i].number));
    char *text = buffer_take(&buffer, NULL);
    ck_assert_str_eq(text, numbers[_i].text);
    free(text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("buffer");
    TCase *tcase = tcase_create("buffer");
    tcase_add_test(tcase, bytes_come_out_as_they_went_in);
    tcase_add_test(tcase, nothing_appended_is_an_empty_text);
    tcase_add_test(tcase, it_may_be_used_again_after_take);
    tcase_add_test(tcase, after_the_limit_everything_fails_and_nothing_is_left);
    tcase_add_test(tcase, sizes_near_the_largest_do_not_wrap);
    tcase_add_loop_test(tcase, a_number_is_written_in_decimal, 0, sizeof numbers / sizeof *numbers);
    suite_add_tcase(suite, tcase);
    return suite_run(suite);
}
