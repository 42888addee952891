/* SPDX-License-Identifier: GPL-3.0-or-later
 * Queries and path arguments → typed structs: what is taken, and what is refused with which words.
 */
#include "unit/param_table.h"
#include "server/route_table.h"
#include "suite.h"

#define LEN(cases)           ((int)(sizeof cases / sizeof *cases))
#define text_of(format, ...) arena_printf(arena, format, __VA_ARGS__)

/* ── what is taken ───────────────────────────────────────────────────────────────────────────────────────────── */

static const struct {
    const char *query, *canonical;
} good_cases[] = {
    {NULL, ""},
    {"limit=50", ""},
    {"limit=1", "limit=1"},
    {"limit=500", "limit=500"},
    {"size=5", "size=5"}, /* its default, told from none */
    {"size=9&limit=50", "size=9"},
    {"limit=%35", "limit=5"},
    {"%6Cimit=5", "limit=5"},
    {"format=csv", ""},
    {"format=json", "format=json"},
    {"format=ndjson&limit=7", "limit=7&format=ndjson"},
    {"has_card=true", "has_card=true"},
    {"has_card=false", "has_card=false"},
    {"region=vest", "region=vest"},
    {"region=vest,nord,vest", "region=vest,nord"},
    {"region=nord,vest", "region=nord,vest"},
    {"region=!nord,vest", "region=!nord,vest"},
    {"region=%21nord%2Cvest", "region=!nord,vest"},
    {"q=heart+failure+", "q=heart%20failure"}, /* where words are typed, a plus is what forms make of a space */
    {"leader=Kari%20Nordmann", "leader=Kari%20Nordmann"},
    {"leader=kari%20nordmann,k.%20nordmann", "leader=Kari%20Nordmann"},
    {"leader=Bj%C3%B8rn%20%C3%98deg%c3%a5rd", "leader=Bj%C3%B8rn%20%C3%98deg%C3%A5rd"},
    {"institution=haukeland,helse-bergen,oslo-universitetssykehus", "institution=helse-bergen,oslo-universitetssykehus"},
    {"call_year=2019", "call_year=2019"},
    {"call_year=2019..2019", "call_year=2019"},
    {"call_year=2019..2021", "call_year=2019..2021"},
    {"call_year=2019..", "call_year=2019.."},
    {"call_year=..2019", "call_year=..2019"},
    {"call_year=!2016,2018..2020,2016", "call_year=!2016,2018..2020"},
    {"call_year=1900..2200", "call_year=1900..2200"},
    {"shift=-5..-1,0,3..", "shift=-5..-1,0,3.."},
    {"shift=..-100", "shift=..-100"},
    {"updated=2026-01-01T00:00:00Z", "updated=2026-01-01T00:00:00Z"},
    {"updated=2026-01-01", "updated=2026-01-01"},
    {"updated=2026-01-01T00:00:00Z..2026-01-01T23:59:59.999Z", "updated=2026-01-01"},
    {"updated=2026-01-01..2026-01-31", "updated=2026-01-01T00:00:00Z..2026-01-31T23:59:59.999Z"},
    {"updated=2026-01-01T01:30:00.5%2B01:00..", "updated=2026-01-01T00:30:00.500Z.."},
    {"updated=..2026-01-01T00:00:00-02:00", "updated=..2026-01-01T02:00:00Z"},
    {"updated=!..2026-01-01", "updated=!..2026-01-01T23:59:59.999Z"},
    {"updated=2026-01-01T00:00:00Z..2026-01-01T00:00:00Z", "updated=2026-01-01T00:00:00Z"},
    {"sort=-amount_nok,id", "sort=-amount_nok,id"},
    {"sort=id,name,call_year,planned", "sort=id,name,call_year,planned"},
    {"fields=title,id,title", "fields=id,title"},
    {"cursor=aZ09-_", "cursor=aZ09-_"},
    {"from=2024-02-29", "from=2024-02-29"},
    {"known_at=2026-01-31T12:00:00Z", "known_at=2026-01-31T12:00:00Z"},
    {"known_at=2026-01-31T12:00:00.25%2B01:00", "known_at=2026-01-31T11:00:00.250Z"}, /* the same instant, one spelling */
    {"known_at=1970-01-01T00:00:00.001Z", "known_at=1970-01-01T00:00:00.001Z"},
    {"known_at=2026-11-25T16:16:50.123456Z", "known_at=2026-11-25T16:16:50.123Z"},
    {"known_at=2016-12-31T23:59:60Z", "known_at=2016-12-31T23:59:59.999Z"},
    /* Before 1970 nothing was known, whenever it was; 0 is what an absent one has. */
    {"known_at=1970-01-01T00:00:00Z", "known_at=1970-01-01T00:00:00.001Z"},
    {"known_at=1969-12-31T23:59:59Z", "known_at=1970-01-01T00:00:00.001Z"},
    {"known_at=0000-01-01T00:00:00Z", "known_at=1970-01-01T00:00:00.001Z"},
    {"updated=2026-11-25T16:16:50.123456Z..2026-11-25T16:16:50.1299Z", "updated=2026-11-25T16:16:50.123Z..2026-11-25T16:16:50.129Z"},
    {"reference=st-olavs-hospital", "reference=st-olavs-hospital"},
    {"group_by=category", "group_by=category"},
    {"group_by=call_year,mechanism", "group_by=call_year,mechanism"},
    {"group_by=mechanism%2Ccall_year", "group_by=mechanism,call_year"}, /* the order is the answer's */
    {"and_category=skin&category=cancer", "category=cancer&and_category=skin"},
    {"and_category=!skin,CANCER,cancer", "and_category=!skin,cancer"},
    {"and_inclusion_region=nord&inclusion_region=!vest", "inclusion_region=!vest&and_inclusion_region=nord"},
    {"layout=json", "layout=json"}, /* not the same as no wish: Accept may have another */
    {"layout=csv&dialect=excel-nb", "layout=csv&dialect=excel-nb"},
    {"dialect=rfc4180", "dialect=rfc4180"},
    {"facets=category", "facets=category"},
    {"facets=region,category,behind_plan", "facets=category,region,behind_plan"}, /* members of an object have no order */
    {"facets=programme%2Chas_card", "facets=programme,has_card"},
    {"facets=programme,call_year,mechanism,award_call_year,award_mechanism,category,institution,hospital,region,inclusion_region,leader,"
     "status,"
     "has_card,behind_plan",
     "facets=programme,call_year,mechanism,award_call_year,award_mechanism,category,institution,hospital,region,inclusion_region,leader,"
     "status,"
     "has_card,behind_plan"},
    {"reference=a&from=2026-01-01&cursor=c&fields=id&sort=id&call_year=2020&limit=3",
     "limit=3&call_year=2020&sort=id&fields=id&cursor=c&from=2026-01-01&reference=a"},
};

START_TEST(a_good_query_has_its_canonical_form)
{
    struct asked asked;
    ask(&asked, good_cases[_i].query);
    ck_assert_msg(asked.error == API_OK, "%s: %s", good_cases[_i].query, asked.faults.len ? asked.faults.list[0].reason : "");
    ck_assert_str_eq(asked.query, good_cases[_i].canonical);
    ck_assert_str_eq(asked.params.id, "x");
    check_canonical(&asked);
}
END_TEST

START_TEST(the_typed_struct_says_what_the_query_said)
{
    struct asked asked;
    ask(&asked, "limit=7&has_card=false&format=ndjson&region=!nord,vest&call_year=2019..,..2001&sort=-planned,id&fields=status,id&group_by="
                "status,category"
                "&facets=status,category&and_category=!skin&layout=csv&dialect=rfc4180");
    const struct all_params *params = &asked.params;
    ck_assert_int_eq(asked.error, API_OK);
    ck_assert_int_eq(params->limit, 7);
    ck_assert_int_eq((int)params->has_card, DB_NO);
    ck_assert_int_eq(params->format, 2);
    ck_assert(params->region.negate && params->region.len == 2);
    ck_assert_str_eq(params->region.values[0], "nord");
    ck_assert(params->call_year.r[0].min == 2019 && params->call_year.r[0].max == INT64_MAX);
    ck_assert(params->call_year.r[1].min == INT64_MIN && params->call_year.r[1].max == 2001);
    ck_assert(params->sort.len == 2 && params->sort.by[0].descending && params->sort.by[0].key == DB_SORT_PLANNED);
    ck_assert(params->sort.by[1].key == DB_SORT_ID && !params->sort.by[1].descending);
    ck_assert_uint_eq(params->fields, 9);
    ck_assert_uint_eq(params->facets, 1u << DB_FACET_CATEGORY | 1u << DB_FACET_STATUS);
    ck_assert(params->group_by.len == 2 && params->group_by.by[0] == DB_BY_STATUS && params->group_by.by[1] == DB_BY_CATEGORY);
    ck_assert(params->and_category.negate && params->category.len == 0);
    ck_assert_int_eq(params->layout, 1 + FORMAT_CSV);
    ck_assert_int_eq(params->dialect, 1 + DIALECT_RFC4180);
}
END_TEST

START_TEST(what_is_absent_is_the_default)
{
    struct asked asked;
    ask(&asked, NULL);
    struct all_params unset = {.id = asked.params.id, .limit = 50, .format = 1};
    ck_assert(params_equal(&asked.params, &unset));
    ask_at(&asked, "/none", NULL, arena);
    ck_assert_int_eq(asked.error, API_OK);
}
END_TEST

/* ── what is refused ─────────────────────────────────────────────────────────────────────────────────────────── */

static const struct {
    const char *query, *name, *reason, *did_you_mean;
} bad_cases[] = {
    {"", "", "nothing stands here", NULL},
    {"limit=3&", "", "nothing stands here", NULL},
    {"&limit=3", "", "nothing stands here", NULL},
    {"limit=3&&sort=id", "", "nothing stands here", NULL},
    {"limit", "limit", "write name=value", NULL},
    {"=3", "", "without the name", NULL},
    {"limit=", "limit", "has no value", NULL},
    {"region=!", "region", "has no value", NULL},
    {"limit=3&limit=3", "limit", "given more than once: it takes one value", NULL},
    {"region=vest&region=nord", "region", "given more than once: join values with commas", NULL},
    {"limit=3&%6cimit=4", "limit", "given more than once", NULL},
    {"regoin=vest", "regoin", "unknown parameter", "region"},
    {"Region=vest", "Region", "unknown parameter", "region"},
    {"call=2019", "call", "unknown parameter", "call_year"},
    {"id=x", "id", "unknown parameter", NULL}, /* it is in the path, not in the query */
    {"zzz=1", "zzz", "unknown parameter", NULL},
    {"zzz", "zzz", "unknown parameter", NULL},
    {"%zz=1", "%zz", "% without two", NULL},
    {"\xff=1", "%FF", "must be encoded, as %FF", NULL},
    {"limit=0", "limit", "must be a whole number from 1 to 500", NULL},
    {"limit=501", "limit", "must be a whole number from 1 to 500", NULL},
    {"limit=05", "limit", "must be a whole number", NULL},
    {"limit=-0", "limit", "must be a whole number", NULL},
    {"limit=%2B5", "limit", "must be a whole number", NULL},
    {"limit=5.0", "limit", "must be a whole number", NULL},
    {"limit=1e2", "limit", "must be a whole number", NULL},
    {"limit=%205", "limit", "must be a whole number", NULL},
    {"limit=99999999999999999999", "limit", "must be a whole number", NULL},
    {"limit=-", "limit", "must be a whole number", NULL},
    {"has_card=yes", "has_card", "must be true or false", NULL},
    {"has_card=True", "has_card", "must be true or false", NULL},
    {"format=jsn", "format", "unknown value \"jsn\": there are json, csv, ndjson", "json"},
    {"region=west", "region", "unknown value \"west\"", "vest"},
    {"region=vest,", "region", "empty value", NULL},
    {"region=,vest", "region", "empty value", NULL},
    {"region=vest,!nord", "region", "unknown value \"!nord\"", "nord"},
    {"region=!!vest", "region", "unknown value \"!vest\"", "vest"},
    {"region=s%C3%B8r-%C3%B8st", "region", "unknown value \"sør-øst\"", "sor-ost"},
    {"region=VEST", "region", "unknown value", "vest"},
    {"leader=BJ%C3%98RN%20%C3%98DEG%C3%85R", "leader", "unknown value \"BJØRN ØDEGÅR\"", "Bjørn Ødegård"},
    {"leader=Bjorn%20%C3%98degard", "leader", "unknown value", "Bjørn Ødegård"},
    {"leader=kari", "leader", "unknown value", "Kari Nordmann"},
    {"leader=Kari+Nordmann", "leader", "encode a plus as %2B, a space as %20", NULL},
    {"leader=Kari Nordmann", "leader", "must be encoded, as %20", NULL},
    {"leader=Bj\xc3\xb8rn", "leader", "must be encoded, as %C3", NULL},
    {"leader=%C3", "leader", "not UTF-8", NULL},
    {"leader=%C0%AF", "leader", "not UTF-8", NULL},
    {"leader=%ED%A0%80", "leader", "not UTF-8", NULL},
    {"leader=a%00b", "leader", "control character", NULL},
    {"leader=a%0Ab", "leader", "control character", NULL},
    {"leader=a%7F", "leader", "control character", NULL},
    {"leader=a%C2%85", "leader", "control character", NULL},
    {"leader=%4", "leader", "% without two hexadecimal digits", NULL},
    {"leader=%", "leader", "% without two hexadecimal digits", NULL},
    {"leader=%G0", "leader", "% without two hexadecimal digits", NULL},
    {"call_year=2021..2019", "call_year", "\"2021..2019\" ends before it begins", NULL},
    {"call_year=..", "call_year", "\"..\" must be a whole number from 1900 to 2200 or a range", NULL},
    {"call_year=2019...2021", "call_year", "\"2019...2021\" must be", NULL},
    {"call_year=2019,", "call_year", "\"\" must be", NULL},
    {"call_year=1899..", "call_year", "from 1900 to 2200", NULL},
    {"call_year=..2201", "call_year", "from 1900 to 2200", NULL},
    {"call_year=2019-2021", "call_year", "from 1900 to 2200", NULL},
    {"call_year=1900,1901,1902,1903,1904,1905,1906,1907,1908,1909,1910,1911,1912,1913,1914,1915,1916", "call_year", "at most 16 ranges",
     NULL},
    {"updated=2026-01-01T00:00:00", "updated", "an instant with its offset", NULL},
    {"updated=2026-02-30", "updated", "an instant with its offset", NULL},
    {"updated=2026-01-02..2026-01-01", "updated", "ends before it begins", NULL},
    {"sort=id,id", "sort", "sorts by id twice", NULL},
    {"sort=id,-id", "sort", "sorts by id twice", NULL},
    {"sort=-", "sort", "unknown value \"\"", NULL},
    {"sort=amount", "sort", "unknown value \"amount\"", "amount_nok"},
    {"sort=id,name,call_year,planned,amount_nok", "sort", "at most 4 values", NULL},
    {"group_by=mechanism,mechanism", "group_by", "groups by mechanism twice", NULL},
    {"group_by=call_year,mechanism,status", "group_by", "takes at most 2 values", NULL},
    {"group_by=call_year&group_by=status", "group_by", "given more than once: join values with commas", NULL},
    {"group_by=mecanism", "group_by", "unknown value \"mecanism\": there are call_year, mechanism, category", "mechanism"},
    {"group_by=-status", "group_by", "unknown value \"-status\"", "status"},
    {"group_by=!status", "group_by", "unknown value \"!status\"", "status"},
    {"group_by=leader", "group_by", "unknown value \"leader\"", NULL},
    {"group_by=status,", "group_by", "empty value", NULL},
    {"groupby=status", "groupby", "unknown parameter", "group_by"},
    {"and_category=cancre", "and_category", "unknown value \"cancre\"", "cancer"},
    {"and_category=skin&and_category=cancer", "and_category", "given more than once", NULL},
    {"and_inclusion_region=west", "and_inclusion_region", "unknown value \"west\"", "vest"},
    {"and_categroy=skin", "and_categroy", "unknown parameter", "and_category"},
    {"layout=xml", "layout", "unknown value \"xml\": there are json, csv", NULL},
    {"layout=json,csv", "layout", "unknown value \"json,csv\"", "json"},
    {"dialect=excel", "dialect", "unknown value \"excel\": there are rfc4180, excel-nb", "excel-nb"},
    {"facets=category,region,category", "facets", "counts category twice", NULL},
    {"facets=categroy", "facets", "unknown value \"categroy\": there are programme, call_year, mechanism", "category"},
    {"facets=!category", "facets", "unknown value \"!category\"", "category"},
    {"facets=planned", "facets", "unknown value \"planned\"", NULL},
    {"facets=category,", "facets", "empty value", NULL},
    {"facets=programme,call_year,mechanism,award_call_year,award_mechanism,category,institution,hospital,region,inclusion_region,leader,"
     "status,"
     "has_card,behind_plan,status",
     "facets", "takes at most 14 values", NULL},
    {"facet=category", "facet", "unknown parameter", "facets"},
    {"fields=id,nam", "fields", "unknown value \"nam\"", "name"},
    {"cursor=a.b", "cursor", "is not a cursor", NULL},
    {"cursor=aaaaaaaaaaaaa", "cursor", "is not a cursor", NULL},
    {"from=2023-02-29", "from", "must be a day of the calendar", NULL},
    {"from=2023-2-9", "from", "must be a day of the calendar", NULL},
    {"from=2023-02-09T", "from", "must be a day of the calendar", NULL},
    {"known_at=2026-01-31", "known_at", "must be an instant with its offset, as 2026-01-31T12:00:00Z", NULL}, /* many instants */
    {"known_at=2026-01-31T12:00:00", "known_at", "must be an instant with its offset", NULL},
    {"known_at=2026-02-30T12:00:00Z", "known_at", "must be an instant with its offset", NULL},
    {"known_at=2026-01-31T12:00:00+01:00", "known_at", "encode a plus as %2B", NULL},
    {"known_at=2026-01-01T23:59:60Z", "known_at", "must be an instant with its offset", NULL}, /* no second is put in there */
    {"reference=-a", "reference", "must be an id", NULL},
    {"reference=a-", "reference", "must be an id", NULL},
    {"reference=a--b", "reference", "must be an id", NULL},
    {"reference=A", "reference", "must be an id", NULL},
    {"reference=a1234567890123456789012345678901234567890123456789012345678901234", "reference", "must be an id", NULL},
};

START_TEST(a_bad_query_has_one_fault_that_says_what_to_do)
{
    struct asked asked;
    ask(&asked, bad_cases[_i].query);
    ck_assert_msg(asked.error == API_BAD_PARAMETER, "%s", bad_cases[_i].query);
    ck_assert_msg(asked.faults.len == 1, "%s: %zu faults", bad_cases[_i].query, asked.faults.len);
    const struct fault *fault = &asked.faults.list[0];
    ck_assert_str_eq(fault->in, "query");
    ck_assert_str_eq(fault->name, bad_cases[_i].name);
    ck_assert_msg(strstr(fault->reason, bad_cases[_i].reason), "%s: %s", bad_cases[_i].query, fault->reason);
    ck_assert_pstr_eq(fault->did_you_mean, bad_cases[_i].did_you_mean);
}
END_TEST

START_TEST(every_fault_is_named_at_once_in_the_order_of_the_query)
{
    struct asked asked;
    static const char *const names[] = {"sort", "limit", "region", "region", "colour"};
    ask(&asked, "sort=x&limit=0&region=a,vest,b&colour=red&fields=id");
    ck_assert_int_eq(asked.error, API_BAD_PARAMETER);
    ck_assert_uint_eq(asked.faults.len, 5);
    for (size_t i = 0; i < 5; i++)
        ck_assert_str_eq(asked.faults.list[i].name, names[i]);
}
END_TEST

START_TEST(a_route_without_parameters_takes_none)
{
    struct asked asked;
    ask_at(&asked, "/none", "limit=3", arena);
    ck_assert_int_eq(asked.error, API_BAD_PARAMETER);
    ck_assert_str_eq(asked.faults.list[0].reason, "unknown parameter");
}
END_TEST

START_TEST(a_list_holds_at_most_a_hundred_values)
{
    char query[1024] = "region=vest";
    struct asked asked;
    for (int i = 1; i < 100; i++)
        memcpy(query + strlen(query), ",vest", 6);
    ask(&asked, query);
    ck_assert_int_eq(asked.error, API_OK);
    ck_assert_str_eq(asked.query, "region=vest");
    memcpy(query + strlen(query), ",vest", 6);
    ask(&asked, query);
    ck_assert_int_eq(asked.error, API_BAD_PARAMETER);
    ck_assert_str_eq(asked.faults.list[0].reason, "takes at most 100 values");
}
END_TEST

START_TEST(suggestions_from_a_large_register_are_bounded)
{
    char query[1024] = "study=studdy-1";
    struct asked asked;
    ask(&asked, query);
    ck_assert_str_eq(asked.faults.list[0].did_you_mean, "study-1");
    ck_assert_uint_le(values_asked, 5000 + ENTRIES);
    for (int i = 1; i < 100; i++)
        memcpy(query + strlen(query), ",xxxx", 6);
    values_asked = 0;
    ask(&asked, query);
    ck_assert_uint_le(values_asked, 40000 + 8 * ENTRIES);
    ck_assert_uint_eq(asked.faults.len, FAULTS_MAX);
    ck_assert_uint_eq(asked.faults.dropped, 100 - FAULTS_MAX);
}
END_TEST

static const struct {
    const char *segment;
    bool good;
} segments[] = {
    {"a", true},    {"aneed", true}, {"st-olav-2", true},
    {"A", false},   {"a%62", false}, {"a_b", false},
    {"-a", false},  {"a-", false},   {"a--b", false},
    {".", false},   {"..", false},   {"\xc3\xb8", false},
    {"a b", false}, {"%00", false},  {"a1234567890123456789012345678901234567890123456789012345678901234", false},
};

START_TEST(a_path_argument_that_no_record_can_have_is_not_found)
{
    char path[128];
    struct asked asked;
    snprintf(path, sizeof path, "/all/%s", segments[_i].segment);
    ask_at(&asked, path, "limit=0", arena);
    ck_assert_int_eq(asked.error, segments[_i].good ? API_BAD_PARAMETER : API_NOT_FOUND);
    ck_assert_uint_eq(asked.faults.len, segments[_i].good);
}
END_TEST

/* As many rows as there are bits to say which came before: the first, the last, and those at the edges of a word. */
START_TEST(each_of_the_most_rows_a_route_may_have_is_told_apart)
{
    static char names[ROUTE_PARAMS_MAX][24];
    static struct param most[ROUTE_PARAMS_MAX + 1];
    static const int edges[] = {0, 1, 30, 31, 32, 33, 62, 63};
    int64_t values[ROUTE_PARAMS_MAX];
    for (size_t i = 0; i < ROUTE_PARAMS_MAX; i++) {
        snprintf(names[i], sizeof names[i], "p%zu", i);
        most[i] = (struct param){names[i], IN_QUERY, T_INT, .offset = i * sizeof *values, .min = 0, .max = 9};
    }
    const struct route route = {"getMost", "GET", "/most", none_called, most, sizeof values, "application/json", .ok = 200};
    const struct route_match match = {.route = &route};
    route_table_verify(&route, 1);
    for (int i = 0; i < LEN(edges); i++) {
        struct faults faults = {.len = 0};
        const char *canonical, *twice = text_of("p%d=7&p%d=8", edges[i], edges[i]);
        enum api_error error = param_fill(&match, twice, NULL, arena, values, &faults, &canonical);
        ck_assert_int_eq(error, API_BAD_PARAMETER);
        ck_assert_uint_eq(faults.len, 1);
        ck_assert_str_eq(faults.list[0].reason, "given more than once: it takes one value");
        for (int j = 0; j < LEN(edges); j++) {
            faults.len = 0;
            error = param_fill(&match, text_of("p%d=7&p%d=8", edges[i], edges[j]), NULL, arena, values, &faults, &canonical);
            ck_assert_int_eq(error, i == j ? API_BAD_PARAMETER : API_OK);
            ck_assert(i == j || (values[edges[i]] == 7 && values[edges[j]] == 8));
        }
    }
}
END_TEST

START_TEST(the_table_of_this_test_keeps_the_rules)
{
    routes_verify();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("param");
    TCase *tcase = tcase_create("param");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, a_good_query_has_its_canonical_form, 0, LEN(good_cases));
    tcase_add_loop_test(tcase, a_bad_query_has_one_fault_that_says_what_to_do, 0, LEN(bad_cases));
    tcase_add_loop_test(tcase, a_path_argument_that_no_record_can_have_is_not_found, 0, LEN(segments));
    tcase_add_test(tcase, the_typed_struct_says_what_the_query_said);
    tcase_add_test(tcase, what_is_absent_is_the_default);
    tcase_add_test(tcase, every_fault_is_named_at_once_in_the_order_of_the_query);
    tcase_add_test(tcase, a_route_without_parameters_takes_none);
    tcase_add_test(tcase, a_list_holds_at_most_a_hundred_values);
    tcase_add_test(tcase, suggestions_from_a_large_register_are_bounded);
    tcase_add_test(tcase, each_of_the_most_rows_a_route_may_have_is_told_apart);
    tcase_add_test(tcase, the_table_of_this_test_keeps_the_rules);
    tcase_set_timeout(tcase, 120);
    suite_add_tcase(suite, tcase);
    return suite_run(suite);
}
