/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "db/sortkey.h"
#include "fixture.h"

/* Each sorts before the next. */
static const char *const ordered[] = {
    "",       "1 studie", "10", "2. studie", "3",  "A B", "A-C",   "Ab",  "Abc",   "b",       "Bergen",  "Helse Bergen", "Helse Fonna",
    "Helsea", "Håkon",    "i",  "Z",         "Zz", "Æra", "ærlig", "Øst", "Østby", "Østfold", "Ålesund", "Aas",          "Ås universitet",
    "Aase",   "Дом",      "中",
};

/* Each pair has one key. */
static const char *const equal[][2] = {
    {"Ålesund", "Aalesund"},
    {"ALESUND", "alesund"},
    {"ØSTFOLD", "østfold"},
    {"Æ", "ä"},
    {"Ö", "ø"},
    {"Édith", "Edith"},
    {"Čapek", "capek"},
    {"Ås", "A\xcc\x8as"},
    {"  Helse-Bergen ", "helse bergen"},
    {"«NOR»", "nor"},
    {"Haakon", "Håkon"},
    {"KAARE", "Kåre"},
    {"Müller", "Myller"},
    {"Łukasz", "lukasz"},
    {"a—b", "a - b"},
};

static int compare(const char *a, const char *b)
{
    unsigned char key_a[100], key_b[100];
    size_t len_a = sortkey_nb(a, key_a, sizeof key_a), len_b = sortkey_nb(b, key_b, sizeof key_b);
    int order = memcmp(key_a, key_b, len_a < len_b ? len_a : len_b);
    return order != 0 ? order : (len_a > len_b) - (len_a < len_b);
}

START_TEST(keys_follow_the_norwegian_alphabet)
{
    for (size_t i = 0; i + 1 < LEN(ordered); i++) {
        int order = compare(ordered[i], ordered[i + 1]);
        ck_assert_msg(order < 0, "%s and %s: %d", ordered[i], ordered[i + 1], order);
    }
}
END_TEST

START_TEST(case_accents_and_marks_make_no_difference)
{
    for (size_t i = 0; i < LEN(equal); i++)
        ck_assert_msg(compare(equal[i][0], equal[i][1]) == 0, "%s and %s", equal[i][0], equal[i][1]);
    ck_assert_int_ne(compare("a a", "å"), 0); /* two words are no å */
    ck_assert_int_ne(compare("baab", "bab"), 0);
}
END_TEST

START_TEST(a_key_is_cut_and_never_runs_over)
{
    static const char *const texts[] = {"aaaaaaaaaaaaaaaaaaaaaaaa", "Helse Bergen HF og Helse Fonna HF", "中中中中中中", "\xff\xfe\xe4\xb8",
                                        "å å å å å å å å"};
    for (size_t i = 0; i < LEN(texts); i++)
        for (size_t size = 0; size <= 24; size++) {
            unsigned char key[32];
            memset(key, 0xEE, sizeof key);
            ck_assert_uint_le(sortkey_nb(texts[i], key, size), size);
            for (size_t j = size; j < sizeof key; j++)
                ck_assert_int_eq(key[j], 0xEE);
        }
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("sortkey");
    tcase_add_test(cases, keys_follow_the_norwegian_alphabet);
    tcase_add_test(cases, case_accents_and_marks_make_no_difference);
    tcase_add_test(cases, a_key_is_cut_and_never_runs_over);
    return run("sortkey", cases, false);
}
