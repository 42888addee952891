/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "server/percent.h"
#include "suite.h"

static struct arena *arena;

static void setup(void)
{
    arena = arena_new(16 << 20);
}

static void teardown(void)
{
    arena_delete(arena);
}

START_TEST(every_code_point_and_nothing_else_is_utf8)
{
    for (int32_t point = 0; point <= 0x10ffff + 1000; point++) {
        char bytes[4];
        size_t len = 0;
        const char *at = bytes;
        if (point < 0x80) {
            bytes[len++] = (char)point;
        } else if (point < 0x800) {
            bytes[len++] = (char)(0xc0 | point >> 6);
        } else if (point < 0x10000) {
            bytes[len++] = (char)(0xe0 | point >> 12);
            bytes[len++] = (char)(0x80 | (point >> 6 & 63));
        } else {
            bytes[len++] = (char)(0xf0 | point >> 18);
            bytes[len++] = (char)(0x80 | (point >> 12 & 63));
            bytes[len++] = (char)(0x80 | (point >> 6 & 63));
        }
        if (point >= 0x80)
            bytes[len++] = (char)(0x80 | (point & 63));
        bool good = point <= 0x10ffff && (point < 0xd800 || point > 0xdfff);
        const char *cut = bytes;
        if (utf8_next(&at, bytes + len) != (good ? point : -1) || at != bytes + len)
            ck_abort_msg("U+%X", (unsigned)point);
        if (len > 1 && utf8_next(&cut, bytes + len - 1) != -1)
            ck_abort_msg("U+%X without its last byte", (unsigned)point);
    }
}
END_TEST

static const char *const broken[] = {
    "\x80", "\xbf", "\xc0\xaf", "\xc1\xbf", "\xe0\x80\xaf", "\xe0\x9f\xbf", "\xf0\x80\x80\xaf", "\xf0\x8f\xbf\xbf", "\xf8\x88\x80\x80\x80",
    "\xfe", "\xff", "\xc3(",    "\xe2(\xa1"};

START_TEST(overlong_and_broken_forms_are_not_utf8)
{
    const char *at = broken[_i];
    ck_assert_int_eq(utf8_next(&at, broken[_i] + strlen(broken[_i])), -1);
}
END_TEST

START_TEST(what_is_encoded_decodes_to_itself)
{
    for (int byte = 0x20; byte < 0x7f; byte++) {
        char text[] = {'a', (char)byte, 'z', '\0'};
        const char *reason;
        struct buffer buffer;
        size_t len;
        buffer_init(&buffer, 100);
        ck_assert(percent_encode(&buffer, text));
        char *encoded = buffer_take(&buffer, &len);
        ck_assert_str_eq(percent_decode(arena, encoded, len, &reason), text);
        ck_assert_ptr_null(reason);
        bool plain =
            (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') || strchr("-._~,:!", byte);
        ck_assert_uint_eq(len, plain ? 3 : 5);
        free(encoded);
    }
}
END_TEST

START_TEST(only_what_rfc_3986_lets_stand_in_a_query_stands_plain)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*,;=:@/?";
    for (int byte = 0; byte < 256; byte++) {
        const char raw = (char)byte, *reason;
        char *text = percent_decode(arena, &raw, 1, &reason);
        bool good = byte != 0 && strchr(plain, byte);
        ck_assert_int_eq(text != NULL, good);
        ck_assert_int_eq(reason == NULL, good);
    }
}
END_TEST

START_TEST(no_memory_is_told_from_a_fault)
{
    const char *reason;
    struct arena *small = arena_new(8);
    ck_assert_ptr_null(percent_decode(small, "0123456789abcdef", 16, &reason));
    ck_assert_ptr_null(reason);
    arena_delete(small);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("percent");
    TCase *tcase = tcase_create("percent");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, every_code_point_and_nothing_else_is_utf8);
    tcase_add_loop_test(tcase, overlong_and_broken_forms_are_not_utf8, 0, (int)(sizeof broken / sizeof *broken));
    tcase_add_test(tcase, what_is_encoded_decodes_to_itself);
    tcase_add_test(tcase, only_what_rfc_3986_lets_stand_in_a_query_stands_plain);
    tcase_add_test(tcase, no_memory_is_told_from_a_fault);
    tcase_set_timeout(tcase, 120);
    suite_add_tcase(suite, tcase);
    return suite_run(suite);
}
