/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <check.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/nearest.h"
#include "suite.h"

static const char *nearest_of(struct nearest *nearest, const char *wanted, const char *const *known)
{
    nearest_begin(nearest, wanted);
    for (; *known; known++)
        nearest_offer(nearest, *known);
    return nearest_best(nearest);
}

static const struct {
    const char *wanted;
    const char *known[6];
    const char *best;
} cases[] = {
    {"regoin", {"region", "inclusion_region"}, "region"},
    {"vets", {"nord", "vest"}, "vest"},
    {"VEST", {"nord", "vest"}, "vest"},
    {"limt", {"limit"}, "limit"},
    {"limmit", {"limit"}, "limit"},
    {"inclde", {"include", "included"}, "include"},
    {"oslo", {"helse-bergen", "oslo-universitetssykehus", "oslo-x"}, "oslo-x"},
    {"regions-of-norway", {"region"}, "region"},
    {"ØDEGÅRD", {"Ødegaard", "ødegård"}, "ødegård"},
    {"Čáhppu", {"čáhppu"}, "čáhppu"},
    {"Ŧŋđ", {"ŧŊĐ"}, "ŧŊĐ"},
    {"Żžź", {"żŽŹ"}, "żŽŹ"},
    {"Bjorn", {"Bjørn"}, "Bjørn"},
    {"xy", {"id", "ab"}, NULL},
    {"q", {"id", "quality"}, NULL},
    {"abcdef", {"uvwxyz"}, NULL},
    {"×", {"÷a"}, NULL},
    {"", {"a", "ab"}, NULL},
    {"\xff", {"a"}, NULL},
    {"ab", {"", "\xff", "abc"}, "abc"},
    {"nord", {"nor", "nord", "norr"}, "nord"},
    {"nard", {"nord", "nerd"}, "nord"},
    {"a", {NULL}, NULL},
};

START_TEST(the_nearest_word_is_found)
{
    struct nearest nearest;
    ck_assert_pstr_eq(nearest_of(&nearest, cases[_i].wanted, cases[_i].known), cases[_i].best);
}
END_TEST

START_TEST(words_too_long_are_left_out)
{
    char word[NEAREST_CHARS + 2] = "";
    struct nearest nearest;
    memset(word, 'a', NEAREST_CHARS);
    const char *known[] = {word, NULL};
    ck_assert_ptr_nonnull(nearest_of(&nearest, word, known));
    word[NEAREST_CHARS] = 'a';
    ck_assert_ptr_null(nearest_of(&nearest, word, known));
    ck_assert_ptr_null(nearest_of(&nearest, "aaaa", known));
}
END_TEST

static uint32_t seed = 7;

static uint32_t dice(uint32_t sides)
{
    seed ^= seed << 13;
    seed ^= seed >> 17;
    seed ^= seed << 5;
    return seed % sides;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* The whole table, plainly. */
static size_t naive_distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
    size_t cell[16][16];
    for (size_t i = 0; i <= a_len; i++) {
        for (size_t j = 0; j <= b_len; j++) {
            if (i == 0 || j == 0) {
                cell[i][j] = i + j;
                continue;
            }
            cell[i][j] = least(least(cell[i - 1][j], cell[i][j - 1]) + 1, cell[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                cell[i][j] = least(cell[i][j], cell[i - 2][j - 2] + 1);
        }
    }
    return cell[a_len][b_len];
}

static size_t random_word(char word[16])
{
    size_t len = 1 + dice(12);
    for (size_t i = 0; i < len; i++)
        word[i] = (char)('a' + dice(3));
    word[len] = '\0';
    return len;
}

START_TEST(the_band_gives_what_the_whole_table_gives)
{
    for (int round = 0; round < 200000; round++) {
        char a[16], b[16];
        struct nearest nearest;
        size_t a_len = random_word(a), b_len = random_word(b), edits = naive_distance(a, a_len, b, b_len);
        bool near = edits <= 2 && edits * 2 <= (a_len > b_len ? a_len : b_len);
        nearest_begin(&nearest, a);
        nearest_offer(&nearest, b);
        if ((nearest.rank <= 2) != near || (near && nearest.rank != edits))
            ck_abort_msg("%s %s: %zu", a, b, edits);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("nearest");
    TCase *tcase = tcase_create("nearest");
    tcase_add_loop_test(tcase, the_nearest_word_is_found, 0, (int)(sizeof cases / sizeof *cases));
    tcase_add_test(tcase, words_too_long_are_left_out);
    tcase_add_test(tcase, the_band_gives_what_the_whole_table_gives);
    tcase_set_timeout(tcase, 120);
    suite_add_tcase(suite, tcase);
    return suite_run(suite);
}
