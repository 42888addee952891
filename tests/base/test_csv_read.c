/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/csv_read.h"

#include "ingest/fixture.h"

/* What a text reads as: fields in <>, a record a line with the number it starts on, faults as their line and "!". */
static const struct {
    const char *text, *read;
    char separator; /* 0 = a comma */
} texts[] = {
    {"", ""},
    {"a", "1<a>"},
    {"a\n", "1<a>"},
    {"a,b\n", "1<a><b>"},
    {"a,b\nc,d", "1<a><b>2<c><d>"},
    {",\n", "1<><>"},
    {"a,\n,b\n", "1<a><>2<><b>"},
    {"\"a\"\n", "1<a>"},
    {"\"\"\n", "1<>"},
    {"\"\",\"\"\n", "1<><>"},
    {"\"a,b\",c\n", "1<a,b><c>"},
    {"\"say \"\"a\"\"\"\n", "1<say \"a\">"},
    {"\"\"\"\"\n", "1<\">"},
    {"\"a\nb\",c\nd,e\n", "1<a\nb><c>3<d><e>"},
    {"x\n\"\n\n\",y\nz\n", "1<x>2<\n\n><y>5<z>"},
    {"\xc3\xa6,\xc3\xb8\n", "1<\xc3\xa6><\xc3\xb8>"},
    {" a , b \n", "1< a >< b >"},
    {"\n", "1!"},
    {"a\n\nb\n", "1<a>2!3<b>"},
    {"a\n\n", "1<a>2!"},
    {"a\"b\nc\n", "1!2<c>"},
    {"a,b\"\nc\n", "1!2<c>"},
    {"\"a\"b\nc\n", "1!2<c>"},
    {"\"a\" ,b\nc\n", "1!2<c>"},
    {"\"a\n", "1!"},
    {"a\n\"", "1<a>2!"},
    {"\"a\"\"", "1!"},
    {"1,2,3,4,5,6,7,8,9,0,1,2,3,4,5,6,7,8,9,0,1,2,3,4,5,6,7,8,9,0,1,2,3\nc\n", "1!2<c>"},
    {"a;b,c\n\"d;e\";f\n", "1<a><b,c>2<d;e><f>", ';'},
    {"\"a\",b\nc;d\n", "1!2<c><d>", ';'},
};

static char *read_all(int at)
{
    const char *text = texts[at].text;
    char *copy = strdup(text), *read = NULL;
    size_t size;
    FILE *out = open_memstream(&read, &size);
    struct csv csv;
    struct csv_record record;
    const char *message = NULL;
    csv_open(&csv, copy, strlen(text), texts[at].separator == '\0' ? ',' : texts[at].separator);
    for (enum csv_result result; (result = csv_next(&csv, &record, &message)) != CSV_END;) {
        (void)fprintf(out, "%d%s", record.line, result == CSV_FAULT ? "!" : "");
        for (size_t i = 0; result == CSV_RECORD && i < record.len; i++)
            (void)fprintf(out, "<%s>", record.fields[i]);
    }
    ck_assert_int_eq(fclose(out), 0);
    free(copy);
    return read;
}

START_TEST(text_reads_as_expected)
{
    char *read = read_all(_i);
    ck_assert_str_eq(read, texts[_i].read);
    free(read);
}
END_TEST

/* A row is what a spreadsheet would number; a fault is one, and so is an empty line. */
static const struct {
    const char *text;
    char separator;
    int rows[6], lines[6]; /* of each record or fault; a 0 ends them */
} numbered[] = {
    {"a\nb\nc\n", ',', {1, 2, 3}, {1, 2, 3}}, {"a\n\"b\nc\",d\ne\n", ',', {1, 2, 3}, {1, 2, 4}},
    {"a,\"\n\n\"\nb\n", ',', {1, 2}, {1, 4}}, {"a;\"\"\"\n\"\"\n\";c\nb\n", ';', {1, 2}, {1, 4}},
    {"\"\",\"\"\nb\n", ',', {1, 2}, {1, 2}},  {"a\n\n\"b\n\"\n\nc", ',', {1, 2, 3, 4, 5}, {1, 2, 3, 5, 6}},
    {"a \"x\" b\nc\n", ',', {1, 2}, {1, 2}},  {"\"a\"b\nc\n", ',', {1, 2}, {1, 2}},
    {"a\n\"b\nc\n", ',', {1, 2}, {1, 2}},
};

START_TEST(a_row_is_what_a_spreadsheet_numbers)
{
    const char *text = numbered[_i].text, *message;
    char *copy = strdup(text);
    struct csv csv;
    struct csv_record record;
    size_t i = 0;
    csv_open(&csv, copy, strlen(text), numbered[_i].separator);
    for (char *at = csv.at; csv_next(&csv, &record, &message) != CSV_END; at = csv.at, i++) {
        ck_assert_int_eq(record.row, numbered[_i].rows[i]);
        ck_assert_int_eq(record.line, numbered[_i].lines[i]);
        ck_assert_int_eq(csv_row_at(text, (size_t)(at - copy), numbered[_i].separator), record.row);
        ck_assert_int_eq(csv_line_of_row(text, strlen(text), numbered[_i].separator, record.row), record.line);
    }
    ck_assert_int_eq(numbered[_i].rows[i], 0);
    free(copy);
}
END_TEST

START_TEST(empty_lines_are_gone_past_where_the_reader_wants_so)
{
    char text[] = "a\n\n\nb\n\n";
    struct csv csv;
    struct csv_record record;
    const char *message;
    csv_open(&csv, text, strlen(text), ',');
    ck_assert(!csv_skip_empty(&csv));
    ck_assert_int_eq(csv_next(&csv, &record, &message), CSV_RECORD);
    ck_assert(csv_skip_empty(&csv) && csv_skip_empty(&csv) && !csv_skip_empty(&csv));
    ck_assert_int_eq(csv_next(&csv, &record, &message), CSV_RECORD);
    ck_assert_int_eq(record.row, 4);
    ck_assert_int_eq(record.line, 4);
    ck_assert(csv_skip_empty(&csv) && !csv_skip_empty(&csv));
    ck_assert_int_eq(csv_next(&csv, &record, &message), CSV_END);
}
END_TEST

START_TEST(the_first_line_says_what_separates)
{
    ck_assert_int_eq(csv_separator_of("a;b,c\n", 6), ';');
    ck_assert_int_eq(csv_separator_of("a,b\n;\n", 6), ',');
    ck_assert_int_eq(csv_separator_of("a", 1), ',');
    ck_assert_int_eq(csv_separator_of("", 0), ',');
}
END_TEST

START_TEST(field_longer_than_its_bound_is_a_fault)
{
    size_t size = CSV_FIELD_MAX + 10;
    char *text = malloc(size + 1);
    struct csv csv;
    struct csv_record record;
    const char *message = "";
    memset(text, 'a', size);
    text[CSV_FIELD_MAX + 1] = '\n';
    csv_open(&csv, text, size, ',');
    ck_assert_int_eq(csv_next(&csv, &record, &message), CSV_FAULT);
    ck_assert_ptr_nonnull(strstr(message, "64 KiB"));
    ck_assert_int_eq(csv_next(&csv, &record, &message), CSV_RECORD);
    ck_assert_int_eq(record.line, 2);
    ck_assert_str_eq(record.fields[0], "aaaaaaaa");
    free(text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("base/csv_read");
    TCase *cases = tcase_create("csv");
    tcase_add_loop_test(cases, text_reads_as_expected, 0, sizeof(texts) / sizeof(texts[0]));
    tcase_add_loop_test(cases, a_row_is_what_a_spreadsheet_numbers, 0, sizeof(numbered) / sizeof(numbered[0]));
    tcase_add_test(cases, empty_lines_are_gone_past_where_the_reader_wants_so);
    tcase_add_test(cases, the_first_line_says_what_separates);
    tcase_add_test(cases, field_longer_than_its_bound_is_a_fault);
    suite_add_tcase(suite, cases);
    return fixture_run(suite);
}
