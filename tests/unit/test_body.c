/* SPDX-License-Identifier: GPL-3.0-or-later
 * JSON bodies by table: what is malformed, what each kind of member takes, and that every fault is named.
 */
#include "unit/filing.h"

#include "handlers/body.h"
#include "handlers/edit_study.h"
#include "handlers/study_json.h"

/* ── what cannot be read ────────────────────────────────────────────────────────────────────────────────────── */

#define TEN(text) text text text text text text text text text text
static const struct {
    const char *body, *fault;
} malformed[] = {
    {"", "-: line 1, column 1: it ends too early"},
    {"{", "-: line 1, column 1: it ends too early"},
    {"{\"a\":1", "-: line 1, column 6: it ends too early"},
    {"{\"a\":1,}", "-: line 1, column 8: JSON (RFC 8259) was expected here"},
    {"{'a':1}", "-: line 1, column 2: JSON (RFC 8259) was expected here"},
    {"{\n \"a\": NaN}", "-: line 2, column 9: JSON (RFC 8259) was expected here"},
    {"{\"a\":1} x", "-: line 1, column 9: something follows the end of the value"},
    {"{\"a\":1}{}", "-: line 1, column 8: something follows the end of the value"},
    {"{\"a\":1,\"a\":2}", "-: line 1, column 10: a member stands twice in an object"},
    {"{\"a\":\"\\u0000\"}", "-: line 1, column 13: a NUL character in a text"},
    {"{\"a\":99999999999999999999}", "-: line 1, column 25: a number is too large"},
    {"{\"a\":\"\xff\"}", "-: line 1, column "},
    {"nil", "-: line 1, column 3: JSON (RFC 8259) was expected here"},
    {"4 5", "-: line 1, column 3: something follows the end of the value"},
    {"{\"a\":" TEN("[") TEN("[") TEN("[") "[[", "-: is nested deeper than 32 levels"},
    {"[" TEN(TEN("1,1,1,1,1,1,1,1,1,1,")) "1]", "-: has more than 1000 members"},
    {"\xef\xbb\xbf{}", "-: line 1, column 1: JSON (RFC 8259) was expected here"},
};

START_TEST(what_cannot_be_read_is_said_by_line_and_column)
{
    json_t *root = NULL;
    struct request *rq = request_of(NULL, &machine, BODY_JSON, malformed[_i].body);
    ck_assert_int_eq(json_body_read(rq, rq->body, rq->body_len, NULL, &root), API_MALFORMED_BODY);
    ck_assert_ptr_null(root);
    assert_faults(malformed[_i].fault);
    /* Of the body itself nothing is repeated. */
    ck_assert_ptr_null(strstr(faults_text(), "NaN"));
    ck_assert_ptr_null(strstr(faults_text(), "\xff"));
}
END_TEST

START_TEST(a_nul_byte_is_no_end)
{
    json_t *root = NULL;
    struct request *rq = request_of(NULL, &machine, BODY_JSON, "");
    ck_assert_int_eq(json_body_read(rq, "{}\0{}", 5, NULL, &root), API_MALFORMED_BODY);
    ck_assert_int_eq(json_body_read(rq, "{\"a\":\"\0\"}", 9, "row 3", &root), API_MALFORMED_BODY);
    assert_faults("-: line 1, column \nrow 3: column ");
}
END_TEST

/* ── what members take ──────────────────────────────────────────────────────────────────────────────────────── */

struct everything {
    const char *line, *text, *day, *date, *id, *url, *doi, *code;
    int64_t whole;
    bool truth;
    const struct db_pair *pairs;
    size_t pairs_len;
    struct body_numbers numbers;
};

static const char *no_twins(const void *item)
{
    const struct db_pair *pair = item;
    return pair->second && strcmp(pair->first, pair->second) == 0 ? "must be two" : NULL;
}

static const struct body_member pair_members[] = {
    {"first", MEMBER_LINE, .required = true, MEMBER_AT(db_pair, first), .max = 5},
    {"second", MEMBER_LINE, .nullable = true, MEMBER_AT(db_pair, second)},
    {0},
};
static const struct body_member inner_members[] = {
    {"id", MEMBER_ID, .nullable = true, MEMBER_SEEN(2), MEMBER_AT(everything, id)},
    {"url", MEMBER_URL, .nullable = true, MEMBER_SEEN(3), MEMBER_AT(everything, url)},
    {0},
};
static const struct body_member members[] = {
    {"line", MEMBER_LINE, .nullable = true, MEMBER_SEEN(0), MEMBER_AT(everything, line), .max = 5},
    {"text", MEMBER_TEXT, MEMBER_SEEN(1), MEMBER_AT(everything, text), .max = 5},
    {"day", MEMBER_DAY, MEMBER_AT(everything, day), .min = 1990},
    {"date", MEMBER_DATE, MEMBER_AT(everything, date)},
    {"inner", MEMBER_OBJECT, .nullable = true, .members = inner_members},
    {"doi", MEMBER_DOI, MEMBER_AT(everything, doi)},
    {"code", MEMBER_CODE, MEMBER_AT(everything, code), .vocabulary = DB_VOCAB_STATUS, .why = "is never null"},
    {"whole", MEMBER_WHOLE, .required = true, MEMBER_AT(everything, whole), .min = 1, .max = 9},
    {"truth", MEMBER_TRUTH, MEMBER_AT(everything, truth)},
    {"pairs", MEMBER_LIST, .nullable = true, MEMBER_LIST_AT(everything, pairs), .max = 2, .members = pair_members,
     .item_size = sizeof(struct db_pair), .check = no_twins},
    {"numbers", MEMBER_NUMBERS, MEMBER_AT(everything, numbers), .max = 9, .vocabulary = DB_VOCAB_REGION},
    {"made", MEMBER_REFUSED, .why = "is made elsewhere"},
    {0},
};

static const struct {
    const char *body, *faults; /* but for whole, which each body has */
} bodies[] = {
    {"\"line\": null", ""},
    {"\"line\": \"\xc3\xa6\xc3\xb8\xc3\xa5\xc3\xa6\xc3\xb8\"", ""},
    {"\"line\": \"sixxxx\"", "/line: must have at most 5 characters"},
    {"\"line\": \"\"", "/line: must be a text on one line"},
    {"\"line\": \" \"", "/line: must be a text on one line"},
    {"\"line\": \"a\\nb\"", "/line: must be a text on one line"},
    {"\"line\": 4", "/line: must be a text"},
    {"\"text\": \"a\\nb\"", ""},
    {"\"text\": null", "/text: must not be null"},
    {"\"text\": \"a\\tb\"", "/text: must be a text without control characters"},
    {"\"day\": \"2024-02-29\"", ""},
    {"\"day\": \"2023-02-29\"", "/day: must be a day of the calendar"},
    {"\"day\": \"2023-2-9\"", "/day: must be a day of the calendar"},
    {"\"day\": \"1989-12-31\"", "/day: must not be before 1990-01-01"},
    {"\"day\": \"1990-01-01\"", ""},
    {"\"day\": \"1800-01-01\"", "/day: must not be before 1990-01-01"},
    {"\"day\": \"0000-01-01\"", "/day: must not be before 1990-01-01"},
    {"\"day\": \"2199-12-31\"", ""},
    {"\"day\": \"2200-01-01\"", "/day: must not be after 2199-12-31"},
    {"\"day\": \"9999-12-31\"", "/day: must not be after 2199-12-31"},
    {"\"day\": \"9999-12-32\"", "/day: must be a day of the calendar"},
    {"\"day\": \"2024-02\"", "/day: must be a day of the calendar"},
    {"\"date\": \"1899-12\"", "/date: must not be before 1900"},
    {"\"date\": \"2200\"", "/date: must not be after 2199"},
    {"\"date\": \"2024\"", ""},
    {"\"date\": \"2024-13\"", "/date: must be a date of the calendar"},
    {"\"inner\": {\"id\": \"a-b\", \"url\": \"https://a.no/b\"}", ""},
    {"\"inner\": {\"id\": \"A\", \"url\": \"ftp://a\", \"ur\": 1}",
     "/inner/ur: unknown member [url]\n/inner/id: must be a code\n/inner/url: must be an address"},
    {"\"inner\": []", "/inner: must be an object"},
    {"\"doi\": \"10.1000/182\"", ""},
    {"\"doi\": \"182\"", "/doi: must be a DOI"},
    {"\"code\": \"recruiting\"", ""},
    {"\"code\": \"recruitng\"", "/code: is not a known code [recruiting]"},
    {"\"code\": null", "/code: is never null"},
    {"\"truth\": false", ""},
    {"\"truth\": 0", "/truth: must be true or false"},
    {"\"pairs\": [{\"first\": \"a\"}, {\"first\": \"b\", \"second\": null}]", ""},
    {"\"pairs\": [{}, {}, {}]", "/pairs: must have at most 2 elements"},
    {"\"pairs\": [{\"second\": 1}, 2]", "/pairs/0/first: is missing\n/pairs/0/second: must be a text\n/pairs/1: must be an object"},
    {"\"pairs\": [{\"first\": \"a\", \"second\": \"a\"}]", "/pairs/0: must be two"},
    {"\"pairs\": {}", "/pairs: must be an array of objects"},
    {"\"numbers\": {\"vest\": 0, \"nord\": 9}", ""},
    {"\"numbers\": {}", "/numbers: must name at least one"},
    {"\"numbers\": {\"vesst\": 3}", "/numbers/vesst: is not a known code [vest]"},
    {"\"numbers\": {\"vest\": 10}", "/numbers/vest: must be a whole number from 0 to 9"},
    {"\"numbers\": {\"vest\": null}", "/numbers/vest: must be a whole number from 0 to 9: leave out what is not known"},
    {"\"numbers\": {\"vest\": 1.0}", "/numbers/vest: must be a whole number from 0 to 9"},
    {"\"numbers\": {\"vest\": \"1\"}", "/numbers/vest: must be a whole number from 0 to 9"},
    {"\"numbers\": {\"a/b~c\": 1}", "/numbers/a~1b~0c: is not a known code"},
    {"\"numbers\": 4", "/numbers: must be an object"},
    {"\"made\": null", "/made: is made elsewhere"},
    {"\"lin\": 1, \"dai\": 1", "/lin: unknown member [line]\n/dai: unknown member [day]"},
    {"\"mad\": 1", "/mad: unknown member"},
};

START_TEST(each_member_takes_what_its_row_says)
{
    struct everything all = {0};
    const char *body = arena_printf(asked.arena, "{\"whole\": 4, %s}", bodies[_i].body);
    char *copy = strdup(body);
    enum api_error error = json_body(request_of(NULL, &machine, BODY_JSON, copy), members, &all, NULL);
    assert_faults(bodies[_i].faults);
    ck_assert_int_eq(error, *bodies[_i].faults ? API_UNPROCESSABLE : API_OK);
    ck_assert_int_eq(all.whole, 4);
    free(copy);
}
END_TEST

#define BOUNDS "/whole: must be a whole number from 1 to 9"
static const struct {
    const char *body, *fault;
} wholes[] = {
    {"{}", "/whole: is missing"},  {"{\"whole\": 0}", BOUNDS},   {"{\"whole\": 10}", BOUNDS},
    {"{\"whole\": 4.5}", BOUNDS},  {"{\"whole\": 4e0}", BOUNDS}, {"{\"whole\": null}", "/whole: must not be null"},
    {"{\"whole\": true}", BOUNDS},
};

START_TEST(a_number_is_whole_and_within_its_bounds)
{
    struct everything all = {0};
    ck_assert_int_eq(json_body(request_of(NULL, &machine, BODY_JSON, wholes[_i].body), members, &all, NULL), API_UNPROCESSABLE);
    assert_faults(wholes[_i].fault);
}
END_TEST

static const char *const no_objects[] = {"[1]", "null", "5", "\"x\"", "true"};

START_TEST(a_body_is_an_object)
{
    struct everything all = {0};
    ck_assert_int_eq(json_body(request_of(NULL, &machine, BODY_JSON, no_objects[_i]), members, &all, NULL), API_UNPROCESSABLE);
    assert_faults("-: must be an object");
}
END_TEST

START_TEST(values_go_where_their_rows_say_and_null_is_seen)
{
    const char *body =
        "{\"whole\": 4, \"line\": null, \"text\": \"x\", \"inner\": null, \"pairs\": [{\"first\": \"a\", \"second\": \"b\"}],"
        " \"numbers\": {\"vest\": 3}, \"truth\": true}";
    struct everything all = {.line = "before", .id = "before"};
    uint64_t seen = 0;
    ck_assert_int_eq(json_body(request_of(NULL, &machine, BODY_JSON, body), members, &all, &seen), API_OK);
    ck_assert_uint_eq(seen, 0xf);
    ck_assert_ptr_null(all.line);
    ck_assert_ptr_null(all.id);
    ck_assert_str_eq(all.text, "x");
    ck_assert(all.truth);
    ck_assert_uint_eq(all.pairs_len, 1);
    ck_assert_str_eq(all.pairs[0].second, "b");
    ck_assert_uint_eq(all.numbers.len, 1);
    ck_assert_str_eq(all.numbers.list[0].code, "vest");
    ck_assert_int_eq(all.numbers.list[0].number, 3);
}
END_TEST

START_TEST(a_fault_of_a_row_is_named_by_the_row)
{
    struct everything all = {0};
    json_auto_t *root = json_loads("{\"whole\": 0, \"inner\": {\"id\": \"A\"}}", 0, NULL);
    ck_assert(!json_body_fill(request_of(NULL, &machine, BODY_NDJSON, ""), root, members, "row 17", &all, NULL));
    assert_faults("row 17 inner/id: must be a code\nrow 17 whole: must be a whole number");
}
END_TEST

START_TEST(more_faults_than_are_shown_are_counted_but_those_of_rows_are_all_named)
{
    struct everything all = {0};
    json_auto_t *root = json_object();
    for (int i = 0; i < 50; i++) {
        char name[16];
        snprintf(name, sizeof name, "x%d", i);
        json_object_set_new(root, name, json_null());
    }
    json_body_fill(request_of(NULL, &machine, BODY_JSON, ""), root, members, NULL, &all, NULL);
    ck_assert_uint_eq(asked.faults.len, FAULTS_MAX);
    ck_assert_uint_eq(asked.faults.dropped, 51 - FAULTS_MAX);
    json_body_fill(request_of(NULL, &machine, BODY_CSV, ""), root, members, "row 2", &all, NULL);
    ck_assert_uint_eq(asked.faults.len + asked.faults.more_len, 51);
    ck_assert_uint_eq(asked.faults.dropped, 0);
}
END_TEST

/* ── cards ──────────────────────────────────────────────────────────────────────────────────────────────────── */

START_TEST(every_member_of_a_card_can_be_edited_or_says_why_not)
{
    for (size_t i = 0; study_json_members[i]; i++) {
        const struct body_member *row = edit_members;
        while (row->name && strcmp(row->name, study_json_members[i]) != 0)
            row++;
        ck_assert_msg(row->name, "%s has no row", study_json_members[i]);
        ck_assert(row->type != MEMBER_REFUSED || row->why);
    }
    for (const struct body_member *row = edit_members; row->name; row++) {
        size_t i = 0;
        while (study_json_members[i] && strcmp(row->name, study_json_members[i]) != 0)
            i++;
        ck_assert_msg(study_json_members[i], "%s is no member of a card", row->name);
    }
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("body");
    tcase_add_checked_fixture(tcase, filing_begin, filing_end);
    tcase_add_loop_test(tcase, what_cannot_be_read_is_said_by_line_and_column, 0, LEN(malformed));
    tcase_add_test(tcase, a_nul_byte_is_no_end);
    tcase_add_loop_test(tcase, each_member_takes_what_its_row_says, 0, LEN(bodies));
    tcase_add_loop_test(tcase, a_number_is_whole_and_within_its_bounds, 0, LEN(wholes));
    tcase_add_loop_test(tcase, a_body_is_an_object, 0, LEN(no_objects));
    tcase_add_test(tcase, values_go_where_their_rows_say_and_null_is_seen);
    tcase_add_test(tcase, a_fault_of_a_row_is_named_by_the_row);
    tcase_add_test(tcase, more_faults_than_are_shown_are_counted_but_those_of_rows_are_all_named);
    tcase_add_test(tcase, every_member_of_a_card_can_be_edited_or_says_why_not);
    Suite *suite = suite_create("unit/body");
    suite_add_tcase(suite, tcase);
    return suite_run(suite);
}
