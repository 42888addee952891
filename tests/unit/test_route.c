/* SPDX-License-Identifier: GPL-3.0-or-later
 * Finding routes, and the rules that the table keeps. The tables here are made for it; the daemon's own is linked in
 * nowhere, since this program brings `routes`.
 */
#include <check.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "server/route.h"
#include "server/route_table.h"
#include "suite.h"

/* The kinds that ask the register are not asked here. */
const char *db_vocabulary_find(struct db_reader *reader, enum db_vocabulary vocabulary, const char *value)
{
    (void)reader, (void)vocabulary, (void)value;
    return NULL;
}

void db_vocabulary_each(struct db_reader *reader, enum db_vocabulary vocabulary, bool (*each)(void *cls, const char *value), void *cls)
{
    (void)reader, (void)vocabulary, (void)each, (void)cls;
}

static enum api_error none_called(struct request *request, struct reply *ret_reply)
{
    (void)request, (void)ret_reply;
    return API_INTERNAL;
}

static enum api_error none_parsed(struct request *request)
{
    (void)request;
    return API_INTERNAL;
}

static enum api_error none_written(struct request *request, struct db_write *write, struct reply *ret_reply)
{
    (void)request, (void)write, (void)ret_reply;
    return API_INTERNAL;
}

static enum api_error none_alone(struct request *request, struct db *db, struct reply *ret_reply)
{
    (void)request, (void)db, (void)ret_reply;
    return API_INTERNAL;
}

struct some_params {
    const char *id, *part;
    int64_t limit;
    int format;
    struct db_codes region, leader;
    struct db_ranges age;
    const char *cursor;
    int dialect;
};
#define AT(member) .offset = offsetof(struct some_params, member)
static const char *const formats[] = {"json", "csv", NULL};
static const struct param id_rows[] = {{"id", IN_PATH, T_ID, AT(id)}, {0}};
static const struct param part_rows[] = {{"id", IN_PATH, T_ID, AT(id)}, {"part", IN_PATH, T_ID, AT(part)}, {0}};
static const struct param list_rows[] = {
    {"limit", IN_QUERY, T_INT, AT(limit), .min = 1, .max = 500, .def = 50},
    {"format", IN_QUERY, T_ENUM, AT(format), .values = formats, .def = 1},
    {"region", IN_QUERY, T_CODES, AT(region), .values = formats},
    {"leader", IN_QUERY, T_CODES, AT(leader), .vocabulary = DB_VOCAB_LEADER},
    {"age", IN_QUERY, T_RANGES, AT(age), .min = 0, .max = 130},
    {"cursor", IN_QUERY, T_CURSOR, AT(cursor), .max = 200},
    {0},
};

#define ROW(name, verb, where, table)                                                                                                      \
    {                                                                                                                                      \
        name, verb, where, none_called, table, sizeof(struct some_params), "application/json", TAG_DATA, 200                               \
    }
#define WRITES_AS(name, verb, where, who, what, ...)                                                                                       \
    {                                                                                                                                      \
        name, verb, where, .params = id_rows, .params_size = sizeof(struct some_params), .content_type = "application/json", .tag = what,  \
                           .ok = 201, .role = who, __VA_ARGS__                                                                             \
    }
/* What writes to one study. */
#define WRITES(name, verb, where, ...)                                                                                                     \
    WRITES_AS(name, verb, where, DB_ROLE_REPORTER, TAG_STUDY, .write = none_written, .moves = true, __VA_ARGS__)
#define TAKES_JSON .parse = none_parsed, .bodies = json_body, .body_max = 1
static const struct route_body json_body[] = {{BODY_JSON, "application/json"}, {0}};
const struct route routes[] = {
    {"getIndex", "GET", "/", none_called, NULL, 0, "application/json", TAG_NONE, 200},
    ROW("listStudies", "GET", "/studies", list_rows),
    {"getStudy", "GET", "/studies/{id}", none_called, id_rows, sizeof(struct some_params), "application/json", TAG_STUDY, 200,
     .errors = E(NOT_FOUND) | E(BAD_PARAMETER), .moves = true},
    WRITES("patchStudy", "PATCH", "/studies/{id}", TAKES_JSON, .guarded = true),
    ROW("getRecruitment", "GET", "/studies/{id}/recruitment", id_rows),
    WRITES("fileReport", "POST", "/studies/{id}/recruitment", TAKES_JSON, .guarded = true),
    WRITES("putPlan", "PUT", "/studies/{id}/plan", .errors = 0),
    ROW("getPart", "GET", "/studies/{id}/parts/{part}", part_rows),
    ROW("getYaml", "GET", "/openapi.yaml", NULL),
    ROW("getLive", "GET", "/health/live", NULL),
    {"import", "POST", "/import", .alone = none_alone, .content_type = "application/json", .tag = TAG_NONE, .ok = 200,
     .role = DB_ROLE_OPERATOR, .place = MACHINE, TAKES_JSON},
    {"deleteLive", "DELETE", "/health/live", .alone = none_alone, .content_type = "application/json", .tag = TAG_NONE, .ok = 200,
     .role = DB_ROLE_OPERATOR, .place = MACHINE},
};
const size_t routes_len = sizeof routes / sizeof *routes;

/* ── finding ─────────────────────────────────────────────────────────────────────────────────────────────────── */

static const struct {
    const char *method, *path, *operation, *allow, *args[2];
} found[] = {
    {"GET", "/", "getIndex", "GET, HEAD, OPTIONS", {NULL}},
    {"GET", "", NULL, "", {NULL}},
    {"GET", "//", NULL, "", {NULL}},
    {"GET", "studies", NULL, "", {NULL}},
    {"GET", "*", NULL, "", {NULL}},
    {"GET", "/studies", "listStudies", "GET, HEAD, OPTIONS", {NULL}},
    {"HEAD", "/studies", "listStudies", "GET, HEAD, OPTIONS", {NULL}},
    {"OPTIONS", "/studies", NULL, "GET, HEAD, OPTIONS", {NULL}},
    {"POST", "/studies", NULL, "GET, HEAD, OPTIONS", {NULL}},
    {"get", "/studies", NULL, "GET, HEAD, OPTIONS", {NULL}},
    {"", "/studies", NULL, "GET, HEAD, OPTIONS", {NULL}},
    {"GET", "/studies/", NULL, "", {NULL}},
    {"GET", "//studies", NULL, "", {NULL}},
    {"GET", "/studie", NULL, "", {NULL}},
    {"GET", "/studiess", NULL, "", {NULL}},
    {"GET", "/Studies", NULL, "", {NULL}},
    {"GET", "/%73tudies", NULL, "", {NULL}},
    {"GET", "/studies/aneed", "getStudy", "GET, HEAD, PATCH, OPTIONS", {"aneed"}},
    {"PATCH", "/studies/aneed", "patchStudy", "GET, HEAD, PATCH, OPTIONS", {"aneed"}},
    {"DELETE", "/studies/aneed", NULL, "GET, HEAD, PATCH, OPTIONS", {"aneed"}},
    {"GET", "/studies/a%2Fb", "getStudy", "GET, HEAD, PATCH, OPTIONS", {"a%2Fb"}},
    {"GET", "/studies/..", "getStudy", "GET, HEAD, PATCH, OPTIONS", {".."}},
    {"GET", "/studies/{id}", "getStudy", "GET, HEAD, PATCH, OPTIONS", {"{id}"}},
    {"GET", "/studies/aneed/", NULL, "", {NULL}},
    {"GET", "/studies//recruitment", NULL, "", {NULL}},
    {"GET", "/studies/aneed/recruitment", "getRecruitment", "GET, HEAD, POST, OPTIONS", {"aneed"}},
    {"POST", "/studies/aneed/recruitment", "fileReport", "GET, HEAD, POST, OPTIONS", {"aneed"}},
    {"HEAD", "/studies/aneed/plan", NULL, "PUT, OPTIONS", {"aneed"}},
    {"PUT", "/studies/aneed/plan", "putPlan", "PUT, OPTIONS", {"aneed"}},
    {"GET", "/studies/a/parts/b-2", "getPart", "GET, HEAD, OPTIONS", {"a", "b-2"}},
    {"GET", "/studies/a/parts", NULL, "", {NULL}},
    {"GET", "/studies/a/parts/b/c", NULL, "", {NULL}},
    {"GET", "/openapi.yaml", "getYaml", "GET, HEAD, OPTIONS", {NULL}},
    {"GET", "/openapi_yaml", NULL, "", {NULL}},
    {"GET", "/health/live", "getLive", "GET, HEAD, OPTIONS", {NULL}},
    {"GET", "/health", NULL, "", {NULL}},
};

START_TEST(a_path_finds_its_route_and_its_methods)
{
    struct route_match match;
    char path[64];
    /* What comes after path_len is not looked at. */
    snprintf(path, sizeof path, "%s/more?x", found[_i].path);
    route_find(EVERYWHERE, found[_i].method, path, strlen(found[_i].path), &match);
    ck_assert_pstr_eq(match.route ? match.route->operation : NULL, found[_i].operation);
    ck_assert_str_eq(match.allow, found[_i].allow);
    for (int i = 0; i < 2 && found[_i].args[i]; i++) {
        ck_assert_uint_eq(match.args_len[i], strlen(found[_i].args[i]));
        ck_assert_mem_eq(match.args[i], found[_i].args[i], match.args_len[i]);
    }
}
END_TEST

START_TEST(what_is_for_the_machine_alone_is_not_there_elsewhere)
{
    struct route_match match;
    route_find(EVERYWHERE, "POST", "/import", 7, &match);
    ck_assert_ptr_null(match.route);
    ck_assert_str_eq(match.allow, "");
    route_find(EVERYWHERE, "DELETE", "/health/live", 12, &match);
    ck_assert_ptr_null(match.route);
    ck_assert_str_eq(match.allow, "GET, HEAD, OPTIONS");
    route_find(MACHINE, "POST", "/import", 7, &match);
    ck_assert_str_eq(match.route->operation, "import");
    route_find(MACHINE, "DELETE", "/health/live", 12, &match);
    ck_assert_str_eq(match.route->operation, "deleteLive");
    ck_assert_str_eq(match.allow, "GET, HEAD, DELETE, OPTIONS");
    route_find(MACHINE, "GET", "/studies/a", 10, &match);
    ck_assert_str_eq(match.route->operation, "getStudy");
}
END_TEST

static const struct route *route_named(const char *operation)
{
    size_t i = 0;
    while (strcmp(routes[i].operation, operation) != 0)
        i++;
    return &routes[i];
}

START_TEST(errors_follow_from_what_a_route_does)
{
    const uint32_t file = route_errors(route_named("fileReport")), plan = route_errors(route_named("putPlan"));
    ck_assert_uint_eq(file, E(UNAUTHORIZED) | E(FORBIDDEN) | E(NOT_FOUND) | E(CONFLICT) | E(PRECONDITION_REQUIRED) |
                                E(PRECONDITION_FAILED) | E(UNSUPPORTED_MEDIA_TYPE) | E(MALFORMED_BODY) | E(UNPROCESSABLE));
    ck_assert_uint_eq(plan, E(UNAUTHORIZED) | E(FORBIDDEN) | E(NOT_FOUND) | E(CONFLICT));
    ck_assert_uint_eq(route_errors(route_named("import")), E(UNSUPPORTED_MEDIA_TYPE) | E(MALFORMED_BODY) | E(UNPROCESSABLE));
    ck_assert_uint_eq(route_errors(route_named("getStudy")), E(NOT_FOUND) | E(BAD_PARAMETER));
}
END_TEST

static uint32_t seed = 42;

static uint32_t dice(uint32_t sides)
{
    seed ^= seed << 13;
    seed ^= seed >> 17;
    seed ^= seed << 5;
    return seed % sides;
}

/* Splits both into segments first; allocates and copies as it likes. */
static bool naive_matches(const char *template, const char *path)
{
    char ours[256], theirs[256], *our_rest = ours, *their_rest = theirs;
    snprintf(ours, sizeof ours, "%s", template);
    snprintf(theirs, sizeof theirs, "%s", path);
    while (our_rest && their_rest) {
        const char *our = strsep(&our_rest, "/"), *their = strsep(&their_rest, "/");
        if (*our == '{' ? *their == '\0' : strcmp(our, their) != 0)
            return false;
    }
    return !our_rest && !their_rest;
}

START_TEST(a_naive_matcher_finds_the_same)
{
    static const char *const pieces[] = {"/",      "/",    "studies", "a",    "recruitment",  "plan",      "parts",
                                         "health", "live", "%2F",     "{id}", "openapi.yaml", "/studies/", "/studies/x/"};
    static const char *const methods[] = {"GET", "HEAD", "POST", "PUT", "PATCH"};
    size_t hits = 0;
    for (int round = 0; round < 200000; round++) {
        char path[256] = "";
        struct route_match match;
        const struct route *expected = NULL;
        const char *method = methods[dice(5)], *wanted = strcmp(method, "HEAD") == 0 ? "GET" : method;
        for (uint32_t n = dice(7), len = 0; n > 0; n--, len = (uint32_t)strlen(path))
            snprintf(path + len, sizeof path - len, "%s", pieces[dice(14)]);
        for (size_t i = 0; i < routes_len && !expected; i++) {
            if (naive_matches(routes[i].path, path) && strcmp(routes[i].method, wanted) == 0)
                expected = &routes[i];
        }
        route_find(MACHINE, method, path, strlen(path), &match);
        if (match.route != expected)
            ck_abort_msg("%s %s", method, path);
        hits += expected != NULL;
    }
    ck_assert_uint_gt(hits, 2000);
}
END_TEST

/* ── the rules ───────────────────────────────────────────────────────────────────────────────────────────────── */

START_TEST(a_good_table_is_let_through)
{
    routes_verify();
}
END_TEST

static const struct param unaligned[] = {{"limit", IN_QUERY, T_INT, .offset = 4, .min = 1, .max = 2, .def = 1}, {0}};
static const struct param outside[] = {{"age", IN_QUERY, T_RANGES, .offset = sizeof(struct some_params) - 8, .min = 0, .max = 2}, {0}};
static const struct param overlapping[] = {
    {"a", IN_QUERY, T_CODES, .offset = 0, .values = formats}, {"b", IN_QUERY, T_DAY, .offset = 8}, {0}};
static const struct param doubled[] = {{"a", IN_QUERY, T_DAY, .offset = 0}, {"a", IN_QUERY, T_DAY, .offset = 8}, {0}};
static const struct param default_outside[] = {{"limit", IN_QUERY, T_INT, AT(limit), .min = 1, .max = 2}, {0}};
static const struct param absent_inside[] = {{"limit", IN_QUERY, T_INT, AT(limit), .min = 0, .max = 2, .def = 1, .told = true}, {0}};
static const struct param default_unknown[] = {{"format", IN_QUERY, T_ENUM, AT(format), .values = formats, .def = 2}, {0}};
static const struct param no_values[] = {{"format", IN_QUERY, T_ENUM, AT(format)}, {0}};
static const struct param both[] = {{"region", IN_QUERY, T_CODES, AT(region), .values = formats, .vocabulary = DB_VOCAB_REGION}, {0}};
static const struct param neither[] = {{"region", IN_QUERY, T_CODES, AT(region)}, {0}};
static const struct param no_bounds[] = {{"age", IN_QUERY, T_RANGES, AT(age)}, {0}};
static const struct param open_bounds[] = {{"age", IN_QUERY, T_RANGES, AT(age), .min = INT64_MIN, .max = 1}, {0}};
static const struct param few_facets[] = {{"facets", IN_QUERY, T_FACETS, AT(limit), .values = formats}, {0}};
static const struct param no_length[] = {{"cursor", IN_QUERY, T_CURSOR, AT(cursor)}, {0}};
static const struct param camel[] = {{"pageSize", IN_QUERY, T_DAY, AT(id)}, {0}};
static const struct param nowhere[] = {{"from", IN_END, T_DAY, AT(id)}, {0}};
static const char *const comma_values[] = {"a,b", NULL}, *const twice_values[] = {"a", "a", NULL};
static const struct param comma[] = {{"region", IN_QUERY, T_CODES, AT(region), .values = comma_values}, {0}};
static const struct param twice[] = {{"region", IN_QUERY, T_CODES, AT(region), .values = twice_values}, {0}};
static const struct param no_type[] = {{"from", IN_QUERY, (enum param_type)99, AT(id)}, {0}};
static const struct param wrong_order[] = {{"part", IN_PATH, T_ID, AT(part)}, {"id", IN_PATH, T_ID, AT(id)}, {0}};

#define FORMAT_ROW                                                                                                                         \
    {                                                                                                                                      \
        "format", IN_QUERY, T_FORMAT, AT(format), .values = formats                                                                        \
    }
#define DIALECT_ROW                                                                                                                        \
    {                                                                                                                                      \
        "dialect", IN_QUERY, T_DIALECT, AT(dialect), .values = dialects                                                                    \
    }
static const char *const dialects[] = {"rfc4180", "excel-nb", NULL}, *const one_dialect[] = {"rfc4180", NULL};
static const struct route_format json_or_csv[] = {
    {"json", FORMAT_JSON, "application/json"}, {"csv", FORMAT_CSV, "text/csv; header=present"}, {0}};
static const struct route_format csv_or_json[] = {{"csv", FORMAT_CSV, "text/csv"}, {"json", FORMAT_JSON, "application/json"}, {0}};
static const struct route_format json_alone[] = {{"json", FORMAT_JSON, "application/json"}, {0}};
static const struct route_format no_such_format[] = {{"json", FORMATS, "application/json"}, {"csv", FORMAT_CSV, "text/csv"}, {0}};
static const struct param format_rows[] = {FORMAT_ROW, DIALECT_ROW, {0}}, only_dialect[] = {DIALECT_ROW, {0}};
static const struct param few_dialects[] = {FORMAT_ROW, {"dialect", IN_QUERY, T_DIALECT, AT(dialect), .values = one_dialect}, {0}};
static const struct param format_twice[] = {FORMAT_ROW, {"form", IN_QUERY, T_FORMAT, AT(dialect), .values = formats}, {0}};
static const struct param format_of_nothing[] = {{"format", IN_QUERY, T_FORMAT, AT(format)}, {0}};
#define FORMATTED(rows, table)                                                                                                             \
    {                                                                                                                                      \
        "a", "GET", "/a", none_called, rows, sizeof(struct some_params), NULL, TAG_DATA, 200, .formats = table                             \
    }

static const struct route_body no_body[] = {{0}}, charset_body[] = {{BODY_JSON, "application/json; charset=utf-8"}, {0}};

static const struct {
    const char *why;
    struct route rows[3];
} broken[] = {
    {"no operation", {ROW(NULL, "GET", "/a", NULL)}},
    {"no handler", {{"a", "GET", "/a", NULL, NULL, 0, "text/plain", TAG_NONE, 200}}},
    {"no content type", {{"a", "GET", "/a", none_called, NULL, 0, NULL, TAG_NONE, 200}}},
    {"no status", {{"a", "GET", "/a", none_called, NULL, 0, "text/plain", TAG_NONE, 0}}},
    {"a status of failure", {{"a", "GET", "/a", none_called, NULL, 0, "text/plain", TAG_NONE, 404}}},
    {"an error that is none", {{"a", "GET", "/a", none_called, NULL, 0, "text/plain", TAG_NONE, 200, .errors = E(OK)}}},
    {"an error past the last", {{"a", "GET", "/a", none_called, NULL, 0, "text/plain", TAG_NONE, 200, .errors = UINT32_C(1) << 31}}},
    {"the study's tag without a study", {{"a", "GET", "/a", none_called, NULL, 0, "text/plain", TAG_STUDY, 200}}},
    {"HEAD comes by itself", {ROW("a", "HEAD", "/a", NULL)}},
    {"OPTIONS comes by itself", {ROW("a", "OPTIONS", "/a", NULL)}},
    {"a method in small letters", {ROW("a", "get", "/a", NULL)}},
    {"no slash", {ROW("a", "GET", "a", NULL)}},
    {"a slash at the end", {ROW("a", "GET", "/a/", NULL)}},
    {"two slashes", {ROW("a", "GET", "/a//b", NULL)}},
    {"a capital", {ROW("a", "GET", "/A", NULL)}},
    {"half a segment", {ROW("a", "GET", "/a/{id}.json", id_rows)}},
    {"an argument without a row", {ROW("a", "GET", "/a/{id}", NULL)}},
    {"a row without an argument", {ROW("a", "GET", "/a", id_rows)}},
    {"another argument", {ROW("a", "GET", "/a/{code}", id_rows)}},
    {"a part of the name", {ROW("a", "GET", "/a/{i}", id_rows)}},
    {"the order of arguments", {ROW("a", "GET", "/a/{id}/{part}", wrong_order)}},
    {"the same twice", {ROW("a", "GET", "/a", NULL), ROW("b", "GET", "/a", NULL)}},
    {"an operation twice", {ROW("a", "GET", "/a", NULL), ROW("a", "GET", "/b", NULL)}},
    {"a hidden path", {ROW("a", "GET", "/a/{id}", id_rows), ROW("b", "GET", "/a/b", NULL)}},
    {"an argument of two names",
     {ROW("a", "GET", "/a/{id}/b", id_rows), ROW("b", "GET", "/a/{id}/{part}", part_rows), ROW("c", "GET", "/a/{id}/c", id_rows)}},
    {"a field not aligned", {ROW("a", "GET", "/a", unaligned)}},
    {"a field outside", {ROW("a", "GET", "/a", outside)}},
    {"no struct", {{"a", "GET", "/a", none_called, list_rows, 0, "text/plain", TAG_NONE, 200}}},
    {"fields overlap", {ROW("a", "GET", "/a", overlapping)}},
    {"a name twice", {ROW("a", "GET", "/a", doubled)}},
    {"a default outside its bounds", {ROW("a", "GET", "/a", default_outside)}},
    {"an absent value that may be given", {ROW("a", "GET", "/a", absent_inside)}},
    {"a default that is no value", {ROW("a", "GET", "/a", default_unknown)}},
    {"no values", {ROW("a", "GET", "/a", no_values)}},
    {"values and a vocabulary", {ROW("a", "GET", "/a", both)}},
    {"neither values nor a vocabulary", {ROW("a", "GET", "/a", neither)}},
    {"no bounds", {ROW("a", "GET", "/a", no_bounds)}},
    {"bounds that mean open", {ROW("a", "GET", "/a", open_bounds)}},
    {"facets too few", {ROW("a", "GET", "/a", few_facets)}},
    {"no length", {ROW("a", "GET", "/a", no_length)}},
    {"not snake_case", {ROW("a", "GET", "/a", camel)}},
    {"neither path nor query", {ROW("a", "GET", "/a", nowhere)}},
    {"a comma in a value", {ROW("a", "GET", "/a", comma)}},
    {"a value twice", {ROW("a", "GET", "/a", twice)}},
    {"formats that nothing chooses", {FORMATTED(list_rows, json_or_csv)}},
    {"formats in another order", {FORMATTED(format_rows, csv_or_json)}},
    {"a name without its format", {FORMATTED(format_rows, json_alone)}},
    {"a format that is none", {FORMATTED(format_rows, no_such_format)}},
    {"formats without names", {FORMATTED(format_of_nothing, json_or_csv)}},
    {"format twice", {FORMATTED(format_twice, json_or_csv)}},
    {"a dialect too few", {FORMATTED(few_dialects, json_or_csv)}},
    {"format without formats", {ROW("a", "GET", "/a", format_rows)}},
    {"dialect without formats", {ROW("a", "GET", "/a", only_dialect)}},
    {"a content type beside formats",
     {{"a", "GET", "/a", none_called, format_rows, sizeof(struct some_params), "text/csv", TAG_DATA, 200, .formats = json_or_csv}}},
    {"no type", {ROW("a", "GET", "/a", no_type)}},
    {"GET that writes", {WRITES("a", "GET", "/a/{id}", .errors = 0)}},
    {"POST that reads", {ROW("a", "POST", "/a", NULL)}},
    {"both reads and writes", {WRITES("a", "POST", "/a/{id}", .handler = none_called)}},
    {"writes twice", {WRITES("a", "POST", "/a/{id}", .alone = none_alone)}},
    {"nobody who may", {WRITES_AS("a", "POST", "/a/{id}", DB_ROLE_NONE, TAG_STUDY, .write = none_written)}},
    {"a role that is none", {WRITES_AS("a", "POST", "/a/{id}", DB_ROLES, TAG_STUDY, .write = none_written)}},
    {"the operator from outside", {WRITES_AS("a", "POST", "/a/{id}", DB_ROLE_OPERATOR, TAG_STUDY, .write = none_written)}},
    {"a role of what everybody may read", {{"a", "GET", "/a", none_called, NULL, 0, "text/plain", TAG_NONE, 200, .role = DB_ROLE_EDITOR}}},
    {"a body that nobody reads", {WRITES("a", "POST", "/a/{id}", .bodies = json_body, .body_max = 1)}},
    {"a reader without a body", {WRITES("a", "POST", "/a/{id}", .parse = none_parsed)}},
    {"a body without a limit", {WRITES("a", "POST", "/a/{id}", .parse = none_parsed, .bodies = json_body)}},
    {"a limit without a body", {WRITES("a", "POST", "/a/{id}", .body_max = 1)}},
    {"a body of no type", {WRITES("a", "POST", "/a/{id}", .parse = none_parsed, .bodies = no_body, .body_max = 1)}},
    {"a type with parameters", {WRITES("a", "POST", "/a/{id}", .parse = none_parsed, .bodies = charset_body, .body_max = 1)}},
    {"guarded without a study", {WRITES_AS("a", "POST", "/a/{id}", DB_ROLE_REPORTER, TAG_NONE, .write = none_written, .guarded = true)}},
    {"alone with a study", {WRITES_AS("a", "POST", "/a/{id}", DB_ROLE_REPORTER, TAG_STUDY, .alone = none_alone)}},
    {"the data's tag on what writes", {WRITES_AS("a", "POST", "/a/{id}", DB_ROLE_REPORTER, TAG_DATA, .write = none_written)}},
    {"an old id that leads nowhere", {WRITES_AS("a", "POST", "/a/{id}", DB_ROLE_REPORTER, TAG_STUDY, .write = none_written)}},
    {"moves without a study", {WRITES_AS("a", "POST", "/a/{id}", DB_ROLE_REPORTER, TAG_NONE, .write = none_written, .moves = true)}},
};

START_TEST(a_broken_table_ends_the_program)
{
    size_t len = 0;
    while (len < 3 && broken[_i].rows[len].path)
        len++;
    route_table_verify(broken[_i].rows, len ? len : 1);
    printf("let through: %s\n", broken[_i].why);
}
END_TEST

static void many_rows(struct param *rows, size_t len)
{
    static char names[ROUTE_PARAMS_MAX + 1][24];
    for (size_t i = 0; i < len; i++) {
        snprintf(names[i], sizeof names[i], "p%zu", i);
        rows[i] = (struct param){names[i], IN_QUERY, T_DAY, .offset = i * sizeof(const char *)};
    }
}

START_TEST(a_route_takes_as_many_parameters_as_there_are_bits_and_no_more)
{
    struct param rows[ROUTE_PARAMS_MAX + 2] = {0};
    const struct route route = {"a",          "GET",    "/a", none_called, rows, sizeof(const char *) * (ROUTE_PARAMS_MAX + 1),
                                "text/plain", TAG_NONE, 200};
    many_rows(rows, ROUTE_PARAMS_MAX);
    route_table_verify(&route, 1);
    many_rows(rows, ROUTE_PARAMS_MAX + 1);
    printf("the last of these is one too many\n");
    route_table_verify(&route, 1); /* ends the program */
}
END_TEST

/* ── the dump ────────────────────────────────────────────────────────────────────────────────────────────────── */

START_TEST(the_dump_says_what_the_table_says)
{
    json_auto_t *dump = route_table_json(routes, routes_len),
                *expected = json_pack(
                    "{s:s, s:s, s:s, s:s, s:i, s:[s], s:[], s:i, s:s, s:b, s:b, s:s, s:[{s:s, s:s, s:s, s:b}], s:[i, i, i, i, i, i]}",
                    "operationId", "getStudy", "method", "GET", "path", "/studies/{id}", "place", "everywhere", "ok", 200, "contentTypes",
                    "application/json", "bodyTypes", "bodyMax", 0, "role", "none", "guarded", 0, "keyed", 0, "tag", "study", "parameters",
                    "name", "id", "in", "path", "type", "id", "required", 1, "statuses", 200, 301, 304, 400, 404, 406);
    json_t *list = json_object_get(dump, "routes"), *index = json_array_get(list, 0), *statuses = json_object_get(index, "statuses");
    ck_assert_uint_eq(json_array_size(list), routes_len);
    ck_assert(json_equal(json_array_get(list, 2), expected));
    ck_assert_str_eq(json_string_value(json_object_get(index, "tag")), "none");
    ck_assert_uint_eq(json_array_size(statuses), 2);
    ck_assert_int_eq(json_integer_value(json_array_get(statuses, 1)), 406);
    ck_assert_uint_eq(json_array_size(json_object_get(dump, "problems")), API_ERROR_COUNT - 1);
    ck_assert_int_eq(json_integer_value(json_array_get(json_object_get(dump, "everywhere"), 0)), 400);
}
END_TEST

START_TEST(what_writes_is_dumped_with_what_it_takes_and_who_may)
{
    json_auto_t *dump = route_table_json(routes, routes_len);
    json_t *list = json_object_get(dump, "routes"), *file = json_array_get(list, (size_t)(route_named("fileReport") - routes));
    json_t *import = json_array_get(list, (size_t)(route_named("import") - routes));
    json_auto_t *types = json_pack("[s]", "application/json");
    json_auto_t *statuses = json_pack("[i, i, i, i, i, i, i, i, i, i, i, i]", 201, 301, 400, 401, 403, 404, 406, 409, 412, 415, 422, 428);
    ck_assert(json_equal(json_object_get(file, "bodyTypes"), types));
    ck_assert(json_equal(json_object_get(file, "statuses"), statuses));
    ck_assert_str_eq(json_string_value(json_object_get(file, "role")), "reporter");
    ck_assert(json_is_true(json_object_get(file, "guarded")));
    ck_assert(json_is_true(json_object_get(file, "keyed")));
    ck_assert_str_eq(json_string_value(json_object_get(import, "place")), "machine");
    ck_assert(json_is_false(json_object_get(import, "keyed")));
}
END_TEST

START_TEST(formats_are_dumped_as_media_types_with_the_parameters_that_choose)
{
    static const struct route table[] = {FORMATTED(format_rows, json_or_csv)};
    route_table_verify(table, 1);
    json_auto_t *dump = route_table_json(table, 1);
    json_t *route = json_array_get(json_object_get(dump, "routes"), 0);
    json_auto_t *types = json_pack("[s, s]", "application/json", "text/csv");
    json_auto_t *params = json_pack("[{s:s, s:s, s:s, s:b, s:[s, s]}, {s:s, s:s, s:s, s:b, s:[s, s]}]", "name", "format", "in", "query",
                                    "type", "format", "required", 0, "values", "json", "csv", "name", "dialect", "in", "query", "type",
                                    "dialect", "required", 0, "values", "rfc4180", "excel-nb");
    ck_assert(json_equal(json_object_get(route, "contentTypes"), types));
    ck_assert(json_equal(json_object_get(route, "parameters"), params));
}
END_TEST

START_TEST(each_parameter_is_dumped_with_what_it_takes)
{
    json_auto_t *dump = route_table_json(routes, routes_len);
    json_auto_t *expected =
        json_pack("[{s:s, s:s, s:s, s:b, s:i, s:i, s:i}, {s:s, s:s, s:s, s:b, s:s, s:[s, s]}, {s:s, s:s, s:s, s:b, s:[s, s]}, {s:s, s:s, "
                  "s:s, s:b, s:s},"
                  " {s:s, s:s, s:s, s:b, s:i, s:i}, {s:s, s:s, s:s, s:b, s:i}]",
                  "name", "limit", "in", "query", "type", "integer", "required", 0, "minimum", 1, "maximum", 500, "default", 50, "name",
                  "format", "in", "query", "type", "enum", "required", 0, "default", "csv", "values", "json", "csv", "name", "region", "in",
                  "query", "type", "codes", "required", 0, "values", "json", "csv", "name", "leader", "in", "query", "type", "codes",
                  "required", 0, "vocabulary", "leader", "name", "age", "in", "query", "type", "ranges", "required", 0, "minimum", 0,
                  "maximum", 130, "name", "cursor", "in", "query", "type", "cursor", "required", 0, "maximum", 200);
    ck_assert_ptr_nonnull(expected);
    ck_assert(json_equal(json_object_get(json_array_get(json_object_get(dump, "routes"), 1), "parameters"), expected));
}
END_TEST

START_TEST(the_dump_on_stdout_is_the_json_of_the_table)
{
    FILE *file = tmpfile();
    json_auto_t *expected = route_table_json(routes, routes_len);
    fflush(stdout);
    int kept = dup(STDOUT_FILENO);
    dup2(fileno(file), STDOUT_FILENO);
    bool good = routes_dump();
    dup2(kept, STDOUT_FILENO);
    close(kept);
    ck_assert(good);
    rewind(file);
    json_auto_t *dump = json_loadf(file, JSON_REJECT_DUPLICATES, NULL);
    ck_assert(json_equal(dump, expected));
    fclose(file);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("route");
    TCase *tcase = tcase_create("route");
    tcase_add_loop_test(tcase, a_path_finds_its_route_and_its_methods, 0, (int)(sizeof found / sizeof *found));
    tcase_add_test(tcase, what_is_for_the_machine_alone_is_not_there_elsewhere);
    tcase_add_test(tcase, errors_follow_from_what_a_route_does);
    tcase_add_test(tcase, a_naive_matcher_finds_the_same);
    tcase_add_test(tcase, a_good_table_is_let_through);
    tcase_add_loop_test_raise_signal(tcase, a_broken_table_ends_the_program, SIGABRT, 0, (int)(sizeof broken / sizeof *broken));
    tcase_add_test_raise_signal(tcase, a_route_takes_as_many_parameters_as_there_are_bits_and_no_more, SIGABRT);
    tcase_add_test(tcase, the_dump_says_what_the_table_says);
    tcase_add_test(tcase, what_writes_is_dumped_with_what_it_takes_and_who_may);
    tcase_add_test(tcase, formats_are_dumped_as_media_types_with_the_parameters_that_choose);
    tcase_add_test(tcase, each_parameter_is_dumped_with_what_it_takes);
    tcase_add_test(tcase, the_dump_on_stdout_is_the_json_of_the_table);
    tcase_set_timeout(tcase, 120);
    suite_add_tcase(suite, tcase);
    return suite_run(suite);
}
