/* SPDX-License-Identifier: GPL-3.0-or-later
 * A study as a row: the columns and the members they are of, and rows that are cut and turned without reading JSON.
 */
#include <check.h>
#include <jansson.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "handlers/study_json.h"
#include "handlers/study_table.h"
#include "suite.h"

#define COUNT(table) (int)(sizeof table / sizeof *table)

/* ── columns ────────────────────────────────────────────────────────────────────────────────────────────────── */

static const char *path_of(const struct csv_column *column)
{
    return column->path ? column->path : column->name;
}

START_TEST(each_member_picks_its_own_columns_and_all_of_them_together_every_one)
{
    int before = -1, times[CSV_COLUMNS_MAX] = {0};
    for (int member = 0; study_json_members[member]; member++) {
        struct csv_picked picked;
        int count = 0;
        study_columns_pick(UINT64_C(1) << member, &picked);
        ck_assert(picked.some);
        for (int i = 0; study_columns[i].name; i++) {
            if (!picked.column[i])
                continue;
            size_t len = strcspn(path_of(&study_columns[i]), ".");
            ck_assert(strncmp(path_of(&study_columns[i]), study_json_members[member], len) == 0 && !study_json_members[member][len]);
            ck_assert_int_gt(i, before); /* in the order of the members */
            before = i;
            count++;
            times[i]++;
        }
        ck_assert_msg(count > 0, "%s has no column", study_json_members[member]);
    }
    for (int i = 0; study_columns[i].name; i++)
        ck_assert_msg(times[i] == 1, "%s is of %d members", study_columns[i].name, times[i]);
}
END_TEST

START_TEST(no_member_picks_all_columns)
{
    struct csv_picked picked;
    study_columns_pick(0, &picked);
    ck_assert(!picked.some);
}
END_TEST

START_TEST(a_name_is_there_once_and_needs_no_quotes)
{
    for (int i = 0; study_columns[i].name; i++) {
        ck_assert_uint_eq(strspn(study_columns[i].name, "abcdefghijklmnopqrstuvwxyz_"), strlen(study_columns[i].name));
        for (int j = 0; j < i; j++)
            ck_assert_str_ne(study_columns[i].name, study_columns[j].name);
    }
}
END_TEST

/* ── rows by chance ─────────────────────────────────────────────────────────────────────────────────────────── */

static uint32_t seed = 20241231;

static uint32_t dice(uint32_t sides)
{
    seed ^= seed << 13;
    seed ^= seed >> 17;
    seed ^= seed << 5;
    return seed % sides;
}

static json_t *random_text(void)
{
    static const char *const pieces[] = {"a", "\"", ",", ";", "\r", "\n", " ", "\t", "=", "-", "ø", "0", "'", ".", "x y", "; ", "+", "@"};
    char text[64] = "";
    for (uint32_t n = dice(6); n > 0; n--)
        strcat(text, pieces[dice(COUNT(pieces))]); /* at most 5 of 3 bytes */
    return json_string(text);
}

static json_t *random_scalar(enum csv_kind kind)
{
    if (dice(4) == 0)
        return json_null();
    switch (kind) {
    case CSV_TEXT: return random_text();
    case CSV_WHOLE: return json_integer((json_int_t)dice(1000000) - 500000);
    case CSV_DECIMAL: return json_real((double)((int)dice(200000) - 100000) / 8);
    case CSV_TRUTH: return json_boolean(dice(2));
    }
    return NULL;
}

static json_t *random_list(enum csv_kind kind)
{
    json_t *list = json_array();
    for (uint32_t n = dice(4); n > 0; n--)
        json_array_append_new(list, random_scalar(kind));
    return list;
}

static json_t *random_records(void)
{
    json_t *list = json_array();
    if (dice(5) == 0) {
        json_decref(list);
        return json_null();
    }
    for (uint32_t n = dice(4); n > 0; n--)
        json_array_append_new(list, json_pack("{s:o, s:{s:o}}", "n", random_scalar(CSV_WHOLE), "label", "nb", random_scalar(CSV_TEXT)));
    return list;
}

static const struct csv_column some_columns[] = {
    {"text", NULL, CSV_TEXT},
    {"whole", "deep.whole", CSV_WHOLE},
    {"decimal", "deep.decimal", CSV_DECIMAL},
    {"truth", NULL, CSV_TRUTH},
    {"texts", NULL, CSV_TEXT},
    {"wholes", NULL, CSV_WHOLE},
    {"record_numbers", "records.n", CSV_WHOLE},
    {"record_labels", "records.label.nb", CSV_TEXT},
    {0},
};
#define SOME (COUNT(some_columns) - 1)

static json_t *random_row(void)
{
    json_t *deep =
        dice(6) == 0 ? json_null() : json_pack("{s:o, s:o}", "whole", random_scalar(CSV_WHOLE), "decimal", random_scalar(CSV_DECIMAL));
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "text", random_scalar(CSV_TEXT), "deep", deep, "truth", random_scalar(CSV_TRUTH),
                     "texts", random_list(CSV_TEXT), "wholes", random_list(CSV_WHOLE), "records", random_records());
}

/* What csv_row makes of the picked columns alone: these, as a table of their own. */
static char *made_directly(const json_t *row, enum csv_dialect dialect, const struct csv_picked *picked)
{
    struct csv_column chosen[SOME + 1] = {{0}};
    struct buffer out, cell;
    int len = 0;
    for (int i = 0; i < SOME; i++)
        if (!picked->some || picked->column[i])
            chosen[len++] = some_columns[i];
    buffer_init(&out, 1 << 20);
    buffer_init(&cell, 1 << 20);
    csv_row(&out, &cell, dialect, row, chosen);
    buffer_free(&cell);
    return buffer_take(&out, &(size_t){0});
}

static char *made_from(const char *stored, enum csv_dialect dialect, const struct csv_picked *picked)
{
    struct buffer out, cell;
    buffer_init(&out, 1 << 20);
    buffer_init(&cell, 1 << 20);
    ck_assert_msg(csv_recast(&out, &cell, dialect, stored, strlen(stored), some_columns, picked), "%s", stored);
    buffer_free(&cell);
    return buffer_take(&out, &(size_t){0});
}

START_TEST(a_stored_row_becomes_what_would_be_made_of_the_json)
{
    for (int round = 0; round < 20000; round++) {
        struct csv_picked all = {0}, picked = {.some = dice(2)};
        enum csv_dialect dialect = dice(2) ? DIALECT_EXCEL_NB : DIALECT_RFC4180;
        for (int i = 0; i < SOME; i++)
            picked.column[i] = dice(2);
        json_t *row = random_row();
        char *stored = made_directly(row, DIALECT_RFC4180, &all), *wanted = made_directly(row, dialect, &picked),
             *made = made_from(stored, dialect, &picked);
        ck_assert_str_eq(made, wanted);
        free(stored);
        free(wanted);
        free(made);
        json_decref(row);
    }
}
END_TEST

START_TEST(a_formula_is_disarmed_and_a_negative_number_is_none)
{
    struct csv_picked all = {0};
    char *made = made_from("=1+1,-5,-0.5,true,-a; b,-1; -2,-7,\"=\"\"x\"\"; y\"", DIALECT_EXCEL_NB, &all);
    ck_assert_str_eq(made, "'=1+1;-5;-0,5;true;\"'-a; b\";\"-1; -2\";-7;\"'=\"\"x\"\"; y\"");
    free(made);
}
END_TEST

START_TEST(null_and_empty_stay_apart)
{
    struct csv_picked all = {0};
    char *made = made_from("\"\",,,,\"\",\"\",,", DIALECT_EXCEL_NB, &all);
    ck_assert_str_eq(made, "\"\";;;;\"\";\"\";;");
    free(made);
}
END_TEST

static const char *const no_rows[] = {
    "a,1,1.5,true,x,1,2",        /* a column too few */
    "a,1,1.5,true,x,1,2,y,z",    /* one too many */
    "a,1,1.5,true,x,1,2,\"y",    /* an open quote */
    "\"a\"b,1,1.5,true,x,1,2,y", /* something behind a closed one */
    "\"a,1,1.5,true,x,1,2,y",    /* all of it one field */
    "",
};

START_TEST(what_is_no_row_is_refused)
{
    struct csv_picked picked = {.some = true, .column = {true}};
    for (int excel = 0; excel < 2; excel++) {
        struct buffer out, cell;
        buffer_init(&out, 1 << 20);
        buffer_init(&cell, 1 << 20);
        ck_assert(
            !csv_recast(&out, &cell, excel ? DIALECT_EXCEL_NB : DIALECT_RFC4180, no_rows[_i], strlen(no_rows[_i]), some_columns, &picked));
        buffer_free(&out);
        buffer_free(&cell);
    }
}
END_TEST

START_TEST(the_header_has_the_picked_columns)
{
    struct csv_picked picked = {.some = true, .column = {[1] = true, [7] = true}};
    struct buffer out;
    buffer_init(&out, 1 << 20);
    csv_head(&out, DIALECT_EXCEL_NB, some_columns, &picked);
    char *head = buffer_take(&out, &(size_t){0});
    ck_assert_str_eq(head, "\xef\xbb\xbfwhole;record_labels\r\n");
    free(head);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("study table");
    TCase *tcase = tcase_create("study table");
    tcase_add_test(tcase, each_member_picks_its_own_columns_and_all_of_them_together_every_one);
    tcase_add_test(tcase, no_member_picks_all_columns);
    tcase_add_test(tcase, a_name_is_there_once_and_needs_no_quotes);
    tcase_add_test(tcase, a_stored_row_becomes_what_would_be_made_of_the_json);
    tcase_add_test(tcase, a_formula_is_disarmed_and_a_negative_number_is_none);
    tcase_add_test(tcase, null_and_empty_stay_apart);
    tcase_add_loop_test(tcase, what_is_no_row_is_refused, 0, COUNT(no_rows));
    tcase_add_test(tcase, the_header_has_the_picked_columns);
    tcase_set_timeout(tcase, 120);
    suite_add_tcase(suite, tcase);
    return suite_run(suite);
}
