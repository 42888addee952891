/* SPDX-License-Identifier: GPL-3.0-or-later
 * What finds what: words as they are folded, and where they stood.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/fold.h"
#include "base/utf8.h"
#include "suite.h"

#define LEN(cases) ((int)(sizeof cases / sizeof *cases))

/* The words of text, folded, joined by blanks. */
static const char *folded(const char *text, size_t len)
{
    static char out[2][4 * FOLD_WORD_MAX];
    static int turn;
    char *to = out[turn ^= 1];
    struct fold_word word;
    size_t at = 0, made = 0;
    while (fold_next(text, len, &at, &word)) {
        made += (size_t)snprintf(to + made, sizeof out[0] - made, "%s%.*s", made ? " " : "", (int)word.len, word.folded);
        ck_assert(word.start < word.end && word.end <= at && at <= len);
    }
    to[made] = '\0';
    return to;
}

static const char *fold(const char *text)
{
    return folded(text, strlen(text));
}

/* ── what becomes of a text ─────────────────────────────────────────────────────────────────────────────────── */

static const struct {
    const char *text, *words;
} cases[] = {
    {"", ""},
    {" .,-–—\"'()/*", ""},
    {"Demens", "demens"},
    {"ANeED: early-onset  AD", "aneed early onset ad"},
    {"COVID-19, N-AD", "covid 19 n ad"},
    {"Sør-Øst", "sor ost"},
    {"Ærlig ærfugl", "arlig arfugl"},
    {"Åse Ås, Aase Aas, ASE", "ase as ase as ase"},
    {"Bjørn Bjoern Bjørnøya", "bjorn bjorn bjornoya"},
    {"för Ångström", "for angstrom"},
    {"Müller Mueller", "muller mueller"}, /* ue is no spelling of a Norwegian letter */
    {"Œuvre œdeme oedema", "ouvre odeme odema"},
    {"Straße STRASSE ẞ", "strasse strasse ss"},
    {"Þór Ðorđe Łódź ħ ŋ ı ĳ Ǆ", "thor dorde lodz h n i ij dz"},
    {"ﬁbrose ﬄ", "fibrose ffl"},
    {"é è ê ë ç ñ š ž ý", "e e e e c n s z y"},
    {"Nguyễn Việt", "nguyen viet"},
    {"CO₂ m² ＨＩＶ１ ª", "co2 m2 hiv1 a"},
    {"TNF-α ΑΛΦΑ Ωμέγα ς", "tnf α αλφα ωμεγα σ"},
    {"Йод ЁЛКА", "иод елка"},
    {"日本 ١٢ हिन्दी", "日本 ١٢ हिन्दी"},
    {"be\xC2\xADhandling a\xE2\x80\x8D"
     "b",
     "behandling ab"}, /* soft hyphen, joiner */
    {"\xCC\x8A"
     "a",
     "a"}, /* a ring over nothing */
    {"💊pille💊", "pille"},
    {"Ⅷ ⅷ", "ⅷ ⅷ"},
    {"a\nb\tc\xC2\xA0"
     "d",
     "a b c d"},
    /* The price: what differs in nothing but the ASCII forms is one. */
    {"Israel Israël Isral", "isral isral isral"},
    {"phoenix phœnix phønix fonix", "phonix phonix phonix fonix"},
    {"Michael noe no shoes", "michal no no shos"},
    /* Runs, so that each of the two may be spelled either way wherever they meet. */
    {"påanke paaanke", "panke panke"},
    {"småenhet smaaenhet", "smanhet smanhet"},
    {"knæet knaeet", "knat knat"},
    {"øe oee øye oeye", "o o oye oye"},
    {"øa oea aø aoe", "oa oa ao ao"},
    {"zoologi zøølogi", "zoologi zoologi"},
    /* Broken bytes lie between words. */
    {"a\xFF"
     "b",
     "a b"},
    {"s\xC3", "s"},
    {"\xC3r", "r"},
    {"a\xC0\xAF"
     "b\xED\xA0\x80"
     "c\xF5\x80\x80\x80"
     "d",
     "a b c d"},
    {"\xE2\x82", ""},
};

START_TEST(a_text_becomes_these_words)
{
    ck_assert_str_eq(fold(cases[_i].text), cases[_i].words);
}
END_TEST

static const struct {
    const char *composed, *decomposed;
} same[] = {
    {"Å", "A\xCC\x8A"}, {"å", "a\xCC\x8A"}, {"ö", "o\xCC\x88"},         {"é", "e\xCC\x81"}, {"ễ", "e\xCC\x82\xCC\x83"},
    {"ǻ", "å\xCC\x81"}, {"Ç", "C\xCC\xA7"}, {"й", "и\xCC\x86"},         {"ώ", "ω\xCC\x81"}, {"ΐ", "ι\xCC\x88\xCC\x81"},
    {"ñ", "n\xCC\x83"}, {"ǽ", "æ\xCC\x81"}, {"ǿ", "ø\xCC\x81"},         {"ű", "u\xCC\x8B"}, {"ᾳ", "α\xCD\x85"},
    {"Ș", "S\xCC\xA6"}, {"ġ", "g\xCC\x87"}, {"ȭ", "o\xCC\x83\xCC\x84"},
};

START_TEST(a_character_and_its_parts_are_the_same)
{
    char text[40];
    ck_assert_str_eq(fold(same[_i].composed), fold(same[_i].decomposed));
    snprintf(text, sizeof text, "x%sx", same[_i].decomposed); /* and the word goes on */
    ck_assert_uint_eq(strcspn(fold(text), " "), strlen(fold(text)));
}
END_TEST

/* ── where words stood ──────────────────────────────────────────────────────────────────────────────────────── */

START_TEST(a_word_knows_where_it_stood)
{
    static const char text[] = "– «Sør»-A\xCC\x8Ase.";
    struct fold_word word;
    size_t at = 0;
    ck_assert(fold_next(text, strlen(text), &at, &word));
    ck_assert_int_eq(strncmp(text + word.start, "Sør", word.end - word.start), 0);
    ck_assert_uint_eq(word.end - word.start, strlen("Sør"));
    ck_assert(fold_next(text, strlen(text), &at, &word));
    ck_assert_uint_eq(word.end - word.start, strlen("A\xCC\x8Ase"));
    ck_assert_uint_eq(word.start, strlen("– «Sør»-"));
    ck_assert(!fold_next(text, strlen(text), &at, &word));
    ck_assert(!fold_next(text, strlen(text), &at, &word));
    ck_assert_uint_eq(at, strlen(text));
}
END_TEST

START_TEST(a_text_ends_where_it_is_said_to)
{
    ck_assert_str_eq(folded("hjerte", 5), "hjert");
    ck_assert_str_eq(folded("s\xC3\xB8r", 2), "s"); /* inside a character */
    ck_assert_str_eq(folded("a\0b", 3), "a b");
}
END_TEST

START_TEST(a_very_long_word_is_kept_by_its_beginning)
{
    static char text[3 * FOLD_WORD_MAX];
    struct fold_word word;
    size_t at = 0;
    for (size_t i = 0; i + 3 <= sizeof text; i += 3)
        memcpy(text + i, "日", 3);
    ck_assert(fold_next(text, sizeof text, &at, &word));
    ck_assert_uint_eq(at, sizeof text);
    ck_assert_uint_eq(word.end, sizeof text);
    ck_assert_uint_gt(word.len, FOLD_WORD_MAX - 4);
    ck_assert_int_eq(memcmp(word.folded, text, word.len), 0);
    ck_assert_uint_eq(word.len % 3, 0); /* no half character */
    memset(text, 'x', sizeof text);
    at = 0;
    ck_assert(fold_next(text, sizeof text, &at, &word));
    ck_assert_uint_gt(word.len, 2000); /* no question is as long: a word of 500 characters is compared whole */
}
END_TEST

/* ── what holds for every text ──────────────────────────────────────────────────────────────────────────────── */

START_TEST(folding_what_is_folded_changes_nothing)
{
    size_t words = 0;
    for (uint32_t c = 1; c < 0x110000; c++) {
        char text[8], once[40];
        size_t len = utf8_put(c, text);
        if (c >= 0xD800 && c < 0xE000)
            continue;
        snprintf(once, sizeof once, "%s", folded(text, len));
        words += *once != '\0';
        if (strcmp(fold(once), once) != 0 || strchr(once, ' '))
            ck_abort_msg("U+%04X: %s became %s", c, once, fold(once));
    }
    ck_assert_uint_gt(words, 100000);
}
END_TEST

static uint32_t seed = 20241122;

static uint32_t dice(uint32_t sides)
{
    seed ^= seed << 13, seed ^= seed >> 17, seed ^= seed << 5;
    return seed % sides;
}

/* Any spelling of å, æ and ø in any place is any other. */
START_TEST(spellings_find_each_other_wherever_they_stand)
{
    static const char *const spellings[][8] = {{"å", "Å", "a\xCC\x8A", "aa", "Aa", "æ", "ae", "ä"},
                                               {"ø", "Ø", "oe", "Oe", "ö", "œ", "o", "O"},
                                               {"e", "E", "é", "e", "e", "è", "ê", "ë"},
                                               {"b", "B", "b", "b", "b", "B", "b", "b"}};
    for (int round = 0; round < 100000; round++) {
        char one[80] = "", other[80] = "";
        for (uint32_t left = 1 + dice(6); left > 0; left--) {
            uint32_t letter = dice(4);
            const char *a = spellings[letter][dice(8)], *b = spellings[letter][dice(8)];
            strncat(one, a, sizeof one - strlen(one) - 1);
            strncat(other, b, sizeof other - strlen(other) - 1);
        }
        if (strcmp(fold(one), fold(other)) != 0)
            ck_abort_msg("%s is %s, %s is %s", one, fold(one), other, fold(other));
    }
}
END_TEST

START_TEST(no_bytes_can_break_it)
{
    for (int round = 0; round < 100000; round++) {
        char text[24];
        uint32_t len = dice(sizeof text);
        for (uint32_t i = 0; i < len; i++)
            text[i] = (char)(dice(3) ? 0x80 + dice(0x80) : dice(0x80));
        const char *words = folded(text, len);
        for (const char *at = words, *end = words + strlen(words); at < end;)
            ck_assert_int_ge(utf8_next(&at, end), 0);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("fold");
    TCase *tcase = tcase_create("fold");
    tcase_add_loop_test(tcase, a_text_becomes_these_words, 0, LEN(cases));
    tcase_add_loop_test(tcase, a_character_and_its_parts_are_the_same, 0, LEN(same));
    tcase_add_test(tcase, a_word_knows_where_it_stood);
    tcase_add_test(tcase, a_text_ends_where_it_is_said_to);
    tcase_add_test(tcase, a_very_long_word_is_kept_by_its_beginning);
    tcase_add_test(tcase, folding_what_is_folded_changes_nothing);
    tcase_add_test(tcase, spellings_find_each_other_wherever_they_stand);
    tcase_add_test(tcase, no_bytes_can_break_it);
    tcase_set_timeout(tcase, 120);
    suite_add_tcase(suite, tcase);
    return suite_run(suite);
}
