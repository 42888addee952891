/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "server/coding.h"

START_TEST(what_was_compressed_comes_back_and_is_smaller)
{
    char *plain = keep(100000), *back = keep(100000);
    size_t len;
    for (size_t i = 0; i < 100000; i++)
        plain[i] = (char)('a' + i * i % 7);
    char *coded = coding_gzip(plain, 100000, &len);
    ck_assert_ptr_nonnull(coded);
    ck_assert_uint_lt(len, 100000);
    z_stream stream = {.next_in = (unsigned char *)coded, .avail_in = (uInt)len, .next_out = (unsigned char *)back, .avail_out = 100000};
    ck_assert_int_eq(inflateInit2(&stream, MAX_WBITS + 16), Z_OK);
    ck_assert_int_eq(inflate(&stream, Z_FINISH), Z_STREAM_END);
    inflateEnd(&stream);
    ck_assert_uint_eq(stream.total_out, 100000);
    ck_assert_mem_eq(back, plain, 100000);
    free(coded);
}
END_TEST

START_TEST(the_same_bytes_are_always_compressed_alike)
{
    char *plain = keep(5000);
    size_t first_len, second_len;
    memset(plain, 'x', 5000);
    char *first = coding_gzip(plain, 5000, &first_len), *second = coding_gzip(plain, 5000, &second_len);
    ck_assert_uint_eq(first_len, second_len); /* the tag is a strong one */
    ck_assert_mem_eq(first, second, first_len);
    free(first);
    free(second);
}
END_TEST

START_TEST(what_does_not_get_smaller_is_left_as_it_is)
{
    unsigned char noise[2048];
    uint32_t random = 1;
    size_t len;
    for (size_t i = 0; i < sizeof noise; i++) {
        random = random * 1664525u + 1013904223u;
        noise[i] = (unsigned char)(random >> 24);
    }
    ck_assert_ptr_null(coding_gzip((char *)noise, sizeof noise, &len));
    ck_assert_ptr_null(coding_gzip("ab", 2, &len));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("coding");
    TCase *tcase = tcase_create("coding");
    tcase_add_test(tcase, what_was_compressed_comes_back_and_is_smaller);
    tcase_add_test(tcase, the_same_bytes_are_always_compressed_alike);
    tcase_add_test(tcase, what_does_not_get_smaller_is_left_as_it_is);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
