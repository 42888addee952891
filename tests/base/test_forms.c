/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/forms.h"

#include "ingest/fixture.h"

static bool lines_100(const char *text)
{
    return forms_lines(text, 100);
}

static bool one_line(const char *text)
{
    return forms_text(text, false);
}

static bool with_breaks(const char *text)
{
    return forms_text(text, true);
}

static bool number(const char *text)
{
    int64_t value;
    return forms_integer(text, 0, 1000, &value);
}

static bool decimal(const char *text)
{
    int64_t value;
    int decimals;
    return forms_decimal(text, &value, &decimals);
}

#define ID64 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

/* A form with texts that have it and texts that do not. */
static const struct {
    bool (*form)(const char *text);
    const char *good[12], *bad[18];
} forms[] = {
    {forms_id, {"a", "1", "a-b", "2024", "ab-12-c", ID64}, {"", "-", "-a", "a-", "a--b", "A", "a_b", "a b", "\xc3\xa5", "a.b", ID64 "a"}},
    {forms_date,
     {"2024", "2024-02", "2024-02-29", "2000-02-29", "1900-01-01", "2199-12-31"},
     {"", "24", "2024-", "2024-1", "2024-13", "2024-00", "2023-02-29", "1900-02-29", "2024-04-31", "2024-01-00", "1899", "2200",
      "2024-01-01T", "2024/01/01", "+024", "2024-1-01", "2024-01-1 "}},
    {forms_day, {"2024-12-31"}, {"2024", "2024-12", "", "2024-12-32"}},
    {forms_month_day, {"04-01", "02-29", "12-31"}, {"4-1", "02-30", "13-01", "00-01", "01/01", "", "01-01-"}},
    {lines_100,
     {"1", "100", "1-100", "5-5", "1;3", "1-2;4-6;9"},
     {"", "0", "101", "5-4", "1-", "-1", "1;", ";1", "1;;2", "1, 2", "01", "1-101", " 1", "1 ", "a", "99999999999999999999"}},
    {forms_url,
     {"http://a", "https://example.org/a?b=c#d", "https://a.no/%C3%A5"},
     {"", "https://", "https:///a", "ftp://a", "example.org", "https://a b", "https://\xc3\xa5.no", "https://a\n", "HTTPS://a",
      "javascript:alert(1)", "https://a\"", "https://a<b>"}},
    {forms_doi, {"10.1000/x", "10.3389/fnagi.2023.1163184"}, {"", "10.1/x", "doi:10.1000/x", "10.1000", "10.1000/", "10.1000/a b"}},
    {forms_member, {"name", "patients.age_min", "links[0].url", "next-steps"}, {"", "a b", "\xc3\xa5", "a/b"}},
    {one_line,
     {"a", " a ", "\xc3\xa5",
      "\xc2\xa0"
      "a"},
     {"", " ", "\xc2\xa0", "\xe2\x80\x8b", "a\nb", "a\tb", "\x7f", "\xc2\x85", "a\x01", "\xff", "\xef\xbb\xbf"}},
    {with_breaks,
     {"a\nb", "a", "a\xe2\x80\xa9", "a\xe2\x80\xaf", "a\xe2\x81\xa5", "a\xe2\x81\xaa"},
     {"\n", " \n ", "a\tb", "a\rb", "a\xe2\x80\xaa", "\xe2\x80\xae!", "a\xe2\x81\xa6", "a\xe2\x81\xa9"}},
    {number, {"0", "7", "1000"}, {"", "00", "07", "+1", "-1", "1001", "1.0", "1e2", " 1", "1 ", "0x1", "99999999999999999999"}},
    {decimal,
     {"0", "0.5", "99.9", "-1.25", "999999999999.123456"},
     {"", ".5", "5.", "1,5", "1.1234567", "1e3", "01.5", "--1", "+1", "1000000000000", "1 000", "nan", "1.5 "}},
};

START_TEST(good_texts_have_the_form_and_bad_ones_do_not)
{
    for (size_t i = 0; i < 12 && forms[_i].good[i] != NULL; i++)
        ck_assert_msg(forms[_i].form(forms[_i].good[i]), "\"%s\" was refused", forms[_i].good[i]);
    for (size_t i = 0; i < 18 && forms[_i].bad[i] != NULL; i++)
        ck_assert_msg(!forms[_i].form(forms[_i].bad[i]), "\"%s\" was let through", forms[_i].bad[i]);
}
END_TEST

static const struct {
    const char *text;
    int64_t value;
    int decimals;
} decimals[] = {
    {"0", 0, 0},
    {"99.9", 999, 1},
    {"99.90", 9990, 2},
    {"-0.25", -25, 2},
    {"1313", 1313, 0},
    {"0.000001", 1, 6},
    {"999999999999.999999", INT64_C(999999999999999999), 6},
};

START_TEST(decimals_are_exact)
{
    int64_t value;
    int scale;
    ck_assert(forms_decimal(decimals[_i].text, &value, &scale));
    ck_assert_int_eq(value, decimals[_i].value);
    ck_assert_int_eq(scale, decimals[_i].decimals);
}
END_TEST

static const struct {
    const char *bytes;
    bool good;
} utf8[] = {
    {"abc", true},
    {"\xc3\xa5", true},
    {"\xe2\x82\xac", true},
    {"\xf0\x9f\x98\x80", true},
    {"\xf4\x8f\xbf\xbf", true},
    {"\x80", false},
    {"\xc3", false},
    {"\xc0\x80", false},
    {"\xc1\xbf", false},
    {"\xe0\x80\x80", false},
    {"\xed\xa0\x80", false},
    {"\xf4\x90\x80\x80", false},
    {"\xf5\x80\x80\x80", false},
    {"\xe2\x82", false},
    {"\xe2(\xa1", false},
};

START_TEST(utf8_is_told_from_other_bytes)
{
    ck_assert_int_eq(forms_utf8(utf8[_i].bytes, strlen(utf8[_i].bytes)), utf8[_i].good);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("base/forms");
    TCase *cases = tcase_create("forms");
    tcase_add_loop_test(cases, good_texts_have_the_form_and_bad_ones_do_not, 0, sizeof(forms) / sizeof(forms[0]));
    tcase_add_loop_test(cases, decimals_are_exact, 0, sizeof(decimals) / sizeof(decimals[0]));
    tcase_add_loop_test(cases, utf8_is_told_from_other_bytes, 0, sizeof(utf8) / sizeof(utf8[0]));
    suite_add_tcase(suite, cases);
    return fixture_run(suite);
}
