/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "server/instant.h"
#include "suite.h"

#define DAY INT64_C(86400000)

static const struct {
    const char *text;
    int64_t first, last;
    const char *written; /* the first, again */
} good_cases[] = {
    {"1970-01-01T00:00:00Z", 0, 0, "1970-01-01T00:00:00Z"},
    {"1970-01-01", 0, DAY - 1, "1970-01-01T00:00:00Z"},
    {"1969-12-31", -DAY, -1, "1969-12-31T00:00:00Z"},
    {"1969-12-31T23:59:59.999Z", -1, -1, "1969-12-31T23:59:59.999Z"},
    {"2000-02-29", INT64_C(951782400000), INT64_C(951782400000) + DAY - 1, "2000-02-29T00:00:00Z"},
    {"2026-01-01T00:00:00.5Z", INT64_C(1767225600500), INT64_C(1767225600500), "2026-01-01T00:00:00.500Z"},
    {"2026-01-01T00:00:00.05z", INT64_C(1767225600050), INT64_C(1767225600050), "2026-01-01T00:00:00.050Z"},
    {"2026-01-01t00:00:00.005Z", INT64_C(1767225600005), INT64_C(1767225600005), "2026-01-01T00:00:00.005Z"},
    {"2026-01-01T00:00:00.123456Z", INT64_C(1767225600123), INT64_C(1767225600123), "2026-01-01T00:00:00.123Z"},
    {"2026-01-01T00:00:00.9999Z", INT64_C(1767225600999), INT64_C(1767225600999), "2026-01-01T00:00:00.999Z"},
    {"2026-01-01T01:00:00.000999999999999999999999+01:00", INT64_C(1767225600000), INT64_C(1767225600000), "2026-01-01T00:00:00Z"},
    {"1969-12-31T23:59:59.9999Z", -1, -1, "1969-12-31T23:59:59.999Z"},
    {"2016-12-31T23:59:60Z", INT64_C(1483228799999), INT64_C(1483228799999), "2016-12-31T23:59:59.999Z"},
    {"2017-01-01T00:59:60.5+01:00", INT64_C(1483228799999), INT64_C(1483228799999), "2016-12-31T23:59:59.999Z"},
    {"1990-12-31T15:59:60-08:00", INT64_C(662687999999), INT64_C(662687999999), "1990-12-31T23:59:59.999Z"},
    {"2026-11-30T23:59:60Z", INT64_C(1796083199999), INT64_C(1796083199999), "2026-11-30T23:59:59.999Z"},
    {"2026-01-01T01:00:00+01:00", INT64_C(1767225600000), INT64_C(1767225600000), "2026-01-01T00:00:00Z"},
    {"2025-12-31T18:30:00-05:30", INT64_C(1767225600000), INT64_C(1767225600000), "2026-01-01T00:00:00Z"},
    {"2026-01-01T00:00:00-00:00", INT64_C(1767225600000), INT64_C(1767225600000), "2026-01-01T00:00:00Z"},
    {"0000-01-01", INT64_C(-62167219200000), INT64_C(-62167219200000) + DAY - 1, "0000-01-01T00:00:00Z"},
    {"9999-12-31T23:59:59.999Z", INT64_C(253402300799999), INT64_C(253402300799999), "9999-12-31T23:59:59.999Z"},
};

START_TEST(an_instant_is_read_and_written_again)
{
    int64_t first, last;
    char text[INSTANT_SIZE];
    ck_assert_msg(instant_read(good_cases[_i].text, &first, &last), "%s", good_cases[_i].text);
    ck_assert_int_eq(first, good_cases[_i].first);
    ck_assert_int_eq(last, good_cases[_i].last);
    instant_write(first, text);
    ck_assert_str_eq(text, good_cases[_i].written);
    day_write(first, text);
    ck_assert_uint_eq(strlen(text), 10);
    ck_assert_mem_eq(text, good_cases[_i].written, 10);
}
END_TEST

static const char *const bad_cases[] = {
    "",
    "2026",
    "2026-01",
    "2026-1-1",
    "26-01-01",
    "2026-00-01",
    "2026-13-01",
    "2026-01-00",
    "2026-01-32",
    "2026-04-31",
    "2023-02-29",
    "1900-02-29",
    "2026-01-01 ",
    " 2026-01-01",
    "2026-01-01T",
    "2026-01-01Z",
    "2026-01-01T00:00Z",
    "2026-01-01T00:00:00",
    "2026-01-01 00:00:00Z",
    "2026-01-01T24:00:00Z",
    "2026-01-01T23:60:00Z",
    "2026-01-01T23:59:60Z",
    "2026-01-31T22:59:60Z",
    "2026-01-31T23:58:60Z",
    "2026-01-31T23:59:60+01:00",
    "2026-01-31T23:59:61Z",
    "2026-01-01T00:00:00.Z",
    "2026-01-01T00:00:00.123456",
    "2026-01-01T00:00:00.123,456Z",
    "2026-01-01T00:00:00,5Z",
    "2026-01-01T00:00:00+1:00",
    "2026-01-01T00:00:00+0100",
    "2026-01-01T00:00:00+24:00",
    "2026-01-01T00:00:00+01:60",
    "2026-01-01T00:00:00+01",
    "2026-01-01T00:00:00ZZ",
    "2026-01-01T00:00:00 01:00",
    "-026-01-01",
    "0000-01-01T00:00:00+00:01",
    "9999-12-31T23:59:59-00:01",
    "2026/01/01",
    "20260101",
};

START_TEST(what_is_no_instant_is_refused)
{
    int64_t first, last;
    ck_assert_msg(!instant_read(bad_cases[_i], &first, &last), "%s", bad_cases[_i]);
    ck_assert(!day_is_real(bad_cases[_i]));
}
END_TEST

START_TEST(every_day_of_the_calendar_follows_the_one_before)
{
    int64_t first, last;
    char text[INSTANT_SIZE];
    ck_assert(instant_read("0000-01-01", &first, &last));
    for (int64_t day = first; day <= INT64_C(253402214400000); day += DAY) {
        day_write(day, text);
        if (!day_is_real(text) || !instant_read(text, &first, &last) || first != day || last != day + DAY - 1)
            ck_abort_msg("%s", text);
    }
    ck_assert_str_eq(text, "9999-12-31");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("instant");
    TCase *tcase = tcase_create("instant");
    tcase_add_loop_test(tcase, an_instant_is_read_and_written_again, 0, (int)(sizeof good_cases / sizeof *good_cases));
    tcase_add_loop_test(tcase, what_is_no_instant_is_refused, 0, (int)(sizeof bad_cases / sizeof *bad_cases));
    tcase_add_test(tcase, every_day_of_the_calendar_follows_the_one_before);
    tcase_set_timeout(tcase, 120);
    suite_add_tcase(suite, tcase);
    return suite_run(suite);
}
