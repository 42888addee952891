/* SPDX-License-Identifier: GPL-3.0-or-later
 * Rows → CSV: what each value becomes in each dialect, and that a plain reader gets the same values back.
 */
#include <check.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "handlers/json.h"
#include "suite.h"

#define COUNT(table) (int)(sizeof table / sizeof *table)
#define MARK         "\xef\xbb\xbf"

/* Steals data. */
static char *csv_of(json_t *data, enum csv_dialect dialect, const struct csv_column *columns, size_t *ret_len)
{
    struct request rq = {.format = FORMAT_CSV, .dialect = dialect, .path = "/stats/regions", .query = ""};
    struct reply reply = {0};
    ck_assert_ptr_nonnull(data);
    ck_assert_int_eq(reply_table(&rq, &reply, data, json_object(), columns), API_OK);
    ck_assert_ptr_null(reply.constant);
    ck_assert_uint_eq(strlen(reply.bytes), reply.len);
    if (ret_len)
        *ret_len = reply.len;
    return reply.bytes;
}

/* ── a table of values ───────────────────────────────────────────────────────────────────────────────────────── */

static const struct {
    const char *json, *plain, *excel; /* excel NULL = as plain */
} values[] = {
    {"null", "", NULL},
    {"\"\"", "\"\"", NULL},
    {"0", "0", NULL},
    {"-7", "-7", NULL},
    {"9223372036854775807", "9223372036854775807", NULL},
    {"-9223372036854775808", "-9223372036854775808", NULL},
    {"99.9", "99.9", "99,9"},
    {"-0.5", "-0.5", "-0,5"},
    {"60.0", "60.0", "60,0"},
    {"1e300", "1e300", NULL},
    {"0.1", "0.1", "0,1"},
    {"true", "TRUE", NULL},
    {"false", "FALSE", NULL},
    {"\"vest\"", "vest", NULL},
    {"\"Sør-Øst\"", "Sør-Øst", NULL},
    {"\"a b\"", "a b", NULL},
    {"\"a,b\"", "\"a,b\"", "a,b"},
    {"\"a;b\"", "a;b", "\"a;b\""},
    {"\"a\\\"b\"", "\"a\"\"b\"", NULL},
    {"\"\\\"\"", "\"\"\"\"", NULL},
    {"\"\\\"\\\"a\"", "\"\"\"\"\"a\"", NULL},
    {"\"a\\nb\"", "\"a\nb\"", NULL},
    {"\"a\\r\\nb\"", "\"a\r\nb\"", NULL},
    {"\"a\\rb\"", "\"a\rb\"", NULL},
    {"\" a\"", "\" a\"", NULL},
    {"\"a \"", "\"a \"", NULL},
    {"\"a\\t\"", "\"a\t\"", NULL},
    {"\" \"", "\" \"", NULL},
    {"\"a\\tb\"", "a\tb", NULL},
    {"\"1.5\"", "1.5", NULL}, /* a text: its point stays */
    {"\"null\"", "null", NULL},
    {"\"=1+1\"", "=1+1", "'=1+1"},
    {"\"+47\"", "+47", "'+47"},
    {"\"-a\"", "-a", "'-a"},
    {"\"@x\"", "@x", "'@x"},
    {"\"\\t=1\"", "\"\t=1\"", "'\t=1"},
    {"\"\\r=1\"", "\"\r=1\"", "\"'\r=1\""},
    {"\"=a;b\"", "=a;b", "\"'=a;b\""},
    {"\"a=b\"", "a=b", NULL},
    {"\"'=1\"", "'=1", NULL},
    {"[]", "\"\"", NULL},
    {"[\"a\"]", "a", NULL},
    {"[\"a\", \"b\"]", "a; b", "\"a; b\""},
    {"[\"=a\", \"=b\"]", "=a; =b", "\"'=a; =b\""},
    {"[1, 2.5, true, null, \"x\"]", "1; 2.5; TRUE; ; x", "\"1; 2,5; TRUE; ; x\""},
    {"[\"a, b\", \"c\"]", "\"a, b; c\"", "\"a, b; c\""},
    {"[null]", "", NULL},
    {"[null, null]", "", NULL},
    {"[null, 1]", "; 1", "\"; 1\""},
    {"[\"\"]", "\"\"", NULL},
};

static const struct csv_column one[] = {{"value", NULL}, {0}};

static void check_value(int i, enum csv_dialect dialect, const char *mark, const char *expected)
{
    char whole[256];
    json_t *data = json_pack("[{s:o}]", "value", json_loads(values[i].json, JSON_DECODE_ANY, NULL));
    char *csv = csv_of(data, dialect, one, NULL);
    snprintf(whole, sizeof whole, "%svalue\r\n%s\r\n", mark, expected);
    ck_assert_str_eq(csv, whole);
    free(csv);
}

START_TEST(each_value_has_its_form)
{
    check_value(_i, DIALECT_RFC4180, "", values[_i].plain);
    check_value(_i, DIALECT_EXCEL_NB, MARK, values[_i].excel ? values[_i].excel : values[_i].plain);
}
END_TEST

static const struct csv_column some[] = {{"region", NULL}, {"label_nb", "label.nb"}, {"deep", "a.b.c"}, {"last, not least", "n"}, {0}};

START_TEST(columns_stand_in_their_order_and_what_is_not_there_is_empty)
{
    json_t *data =
        json_pack("[{s:s, s:{s:s, s:s}, s:i, s:i}, {s:n, s:n, s:{s:{s:b}}}, {s:s, s:{s:s}}]", "region", "vest", "label", "nb", "Vest", "en",
                  "West", "n", 3, "more", 4, "region", "label", "a", "b", "c", 1, "region", "x", "label", "en", "only");
    char *csv = csv_of(json_incref(data), DIALECT_RFC4180, some, NULL);
    ck_assert_str_eq(csv, "region,label_nb,deep,\"last, not least\"\r\nvest,Vest,,3\r\n,,TRUE,\r\nx,,,\r\n");
    free(csv);
    csv = csv_of(data, DIALECT_EXCEL_NB, some, NULL);
    ck_assert_str_eq(csv, MARK "region;label_nb;deep;last, not least\r\nvest;Vest;;3\r\n;;TRUE;\r\nx;;;\r\n");
    free(csv);
}
END_TEST

START_TEST(a_list_without_rows_has_its_header)
{
    char *csv = csv_of(json_array(), DIALECT_RFC4180, some, NULL);
    ck_assert_str_eq(csv, "region,label_nb,deep,\"last, not least\"\r\n");
    free(csv);
}
END_TEST

START_TEST(a_lack_of_memory_before_the_table_is_said)
{
    struct request rq = {.format = FORMAT_CSV};
    struct reply reply = {0};
    ck_assert_int_eq(reply_table(&rq, &reply, NULL, NULL, one), API_UNAVAILABLE);
    ck_assert_ptr_null(reply.bytes);
}
END_TEST

/* ── the way back ────────────────────────────────────────────────────────────────────────────────────────────── */

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
    static const char *const pieces[] = {"a", "\"", ",", ";", "\r", "\n", " ", "\t", "=", "-", "ø", "0", "'", ".", "x y"};
    char text[64] = "";
    for (uint32_t n = dice(6); n > 0; n--)
        strcat(text, pieces[dice(COUNT(pieces))]); /* at most 5 of 3 bytes */
    return json_string(text);
}

static json_t *random_value(void)
{
    switch (dice(6)) {
    case 0: return json_null();
    case 1: return json_integer((json_int_t)dice(1000000) - 500000);
    case 2: return json_real((double)((int)dice(200000) - 100000) / 8);
    case 3: return json_boolean(dice(2));
    default: return random_text();
    }
}

/* One field from *at, which moves on to what ended it: separator, CR, or NUL. *ret_quoted: it stood in quotes. */
static char *read_field(const char **at, char separator, bool *ret_quoted)
{
    char *field = calloc(1, strlen(*at) + 1), *end = field;
    *ret_quoted = **at == '"';
    if (*ret_quoted) {
        for (++*at; **at != '"' || (*at)[1] == '"'; ++*at) {
            ck_assert_msg(**at != '\0', "an open quote");
            *at += **at == '"';
            *end++ = **at;
        }
        ++*at;
    } else {
        for (; **at && **at != separator && **at != '\r'; ++*at) {
            ck_assert_msg(**at != '"' && **at != '\n', "%c in a bare field", **at);
            *end++ = **at;
        }
    }
    ck_assert_msg(**at == separator || strncmp(*at, "\r\n", 2) == 0, "a field ends with %.4s", *at);
    return field;
}

/* What a reader knows: that a bare empty field is null, that excel-nb has decimal commas and an apostrophe before formulas. */
static void check_field(const json_t *value, const char *field, bool quoted, enum csv_dialect dialect)
{
    char text[64];
    bool excel = dialect == DIALECT_EXCEL_NB;
    if (json_is_null(value)) {
        ck_assert(*field == '\0' && !quoted);
    } else if (json_is_boolean(value)) {
        ck_assert_str_eq(field, json_is_true(value) ? "TRUE" : "FALSE");
    } else if (json_is_number(value)) {
        snprintf(text, sizeof text, "%s", field);
        char *comma = strchr(text, ',');
        ck_assert(!comma || excel);
        if (comma)
            *comma = '.';
        ck_assert_double_eq(strtod(text, NULL), json_number_value(value));
    } else {
        const char *wanted = json_string_value(value);
        bool armed = excel && *wanted && strchr("=+-@\t\r", *wanted);
        ck_assert_msg(!armed || *field == '\'', "%s is armed", field);
        ck_assert_str_eq(field + armed, wanted);
        ck_assert(*field || quoted);
    }
}

static const struct csv_column three[] = {{"a", NULL}, {"b", "b.c"}, {"d", NULL}, {0}};

static void check_row(const json_t *row, const char **at, enum csv_dialect dialect)
{
    const json_t *cells[] = {json_object_get(row, "a"), json_object_get(json_object_get(row, "b"), "c"), json_object_get(row, "d")};
    for (int i = 0; i < 3; i++) {
        bool quoted;
        char *field = read_field(at, dialect == DIALECT_EXCEL_NB ? ';' : ',', &quoted);
        check_field(cells[i], field, quoted, dialect);
        ck_assert_int_eq(**at == '\r', i == 2);
        *at += i == 2 ? 2 : 1;
        free(field);
    }
}

START_TEST(what_is_written_can_be_read_back)
{
    enum csv_dialect dialect = _i ? DIALECT_EXCEL_NB : DIALECT_RFC4180;
    for (int round = 0; round < 500; round++) {
        json_t *data = json_array(), *row;
        size_t i;
        for (uint32_t rows = dice(20); rows > 0; rows--)
            json_array_append_new(data,
                                  json_pack("{s:o, s:{s:o}, s:o}", "a", random_value(), "b", "c", random_value(), "d", random_value()));
        char *csv = csv_of(json_incref(data), dialect, three, NULL);
        const char *header = _i ? MARK "a;b;d\r\n" : "a,b,d\r\n", *at = csv + strlen(header);
        ck_assert_int_eq(strncmp(csv, header, strlen(header)), 0);
        json_array_foreach(data, i, row) check_row(row, &at, dialect);
        ck_assert_str_eq(at, "");
        free(csv);
        json_decref(data);
    }
}
END_TEST

START_TEST(a_long_table_is_written_whole)
{
    json_t *data = json_array();
    size_t len;
    for (int i = 0; i < 100000; i++)
        json_array_append_new(data, json_pack("{s:i, s:{s:s}, s:s}", "a", i % 10, "b", "c", "x", "d", "\"\""));
    char *csv = csv_of(data, DIALECT_RFC4180, three, &len);
    ck_assert_uint_eq(len, strlen("a,b,d\r\n") + 100000 * strlen("0,x,\"\"\"\"\"\"\r\n"));
    free(csv);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("csv table");
    TCase *tcase = tcase_create("csv table");
    tcase_add_loop_test(tcase, each_value_has_its_form, 0, COUNT(values));
    tcase_add_test(tcase, columns_stand_in_their_order_and_what_is_not_there_is_empty);
    tcase_add_test(tcase, a_list_without_rows_has_its_header);
    tcase_add_test(tcase, a_lack_of_memory_before_the_table_is_said);
    tcase_add_loop_test(tcase, what_is_written_can_be_read_back, 0, 2);
    tcase_add_test(tcase, a_long_table_is_written_whole);
    tcase_set_timeout(tcase, 120);
    suite_add_tcase(suite, tcase);
    return suite_run(suite);
}
