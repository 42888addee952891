/* SPDX-License-Identifier: GPL-3.0-or-later
 * THE table: the only file that lists the API. A new endpoint is a row here, a handler in handlers/ and an operation in
 * openapi.yaml; tests compare the three.
 */
#include "server/import_told.h"
#include "server/route.h"
#include "server/tokens_told.h"

#include "handlers/facets.h"
#include "handlers/handlers.h"
#include "handlers/statistics.h"
#include "handlers/study_json.h"
#include "handlers/writing.h"

static const char *const mechanism_codes[] = {"open-call", "needs-identified", "other", NULL};
static const char *const status_codes[] = {"planned",   "recruiting", "recruitment-ended", "follow-up",
                                           "completed", "stopped",    "unknown",           NULL};
static const char *const region_codes[] = {"sor-ost", "vest", "midt", "nord", "international", NULL};
static const char *const report_region_codes[] = {DB_WHOLE_STUDY, "sor-ost", "vest", "midt", "nord", "international", NULL};
static const char *const report_order_names[] = {"study", "as_of", "-as_of", NULL}; /* of enum db_recruitment_order */
static const char *const interval_names[] = {"report", "month", "quarter", "year", NULL};
static const char *const include_names[] = {"highlights", NULL}; /* in the order of enum studies_include */
static const char *const weighting_names[] = {"equal", "whole", NULL};
static const char *const format_names[] = {"json", "csv", NULL};                /* in the order of json_or_csv */
static const char *const list_format_names[] = {"json", "csv", "ndjson", NULL}; /* in the order of json_csv_ndjson */
static const char *const dialect_names[] = {"rfc4180", "excel-nb", NULL};       /* of enum csv_dialect */
/* In the order of enum db_study_sort_key. */
static const char *const sort_names[] = {"id",     "name",        "call_year", "amount_nok", "planned", "included",  "percent",
                                         "leader", "institution", "mechanism", "status",     "updated", "relevance", NULL};

#define JSON   "application/json"
#define CSV    "text/csv; charset=utf-8; header=present"
#define NDJSON "application/x-ndjson"

/* For handlers that end in reply_table. */
static const struct route_format json_or_csv[] = {{"json", FORMAT_JSON, JSON}, {"csv", FORMAT_CSV, CSV}, {0}};
/* For lists that have whole results too. */
static const struct route_format json_csv_ndjson[] = {
    {"json", FORMAT_JSON, JSON}, {"csv", FORMAT_CSV, CSV}, {"ndjson", FORMAT_NDJSON, NDJSON}, {0}};

#define AT(type, member) .offset = offsetof(struct type, member)
#define CODES(type, name, ...)                                                                                                             \
    {                                                                                                                                      \
#name, IN_QUERY, T_CODES, AT(type, filter.name), __VA_ARGS__                                                                       \
    }
#define RANGES(type, name, low, high)                                                                                                      \
    {                                                                                                                                      \
#name, IN_QUERY, T_RANGES, AT(type, filter.name), .min = low, .max = high                                                          \
    }
#define YES_NO(type, name)                                                                                                                 \
    {                                                                                                                                      \
#name, IN_QUERY, T_BOOL, AT(type, filter.name)                                                                                     \
    }

/* A study's numbers are sums, of regions or awards, and may pass what one of those may be. Greater whole numbers are not exact in every
 * reader of JSON. */
#define SUM_MAX INT64_C(9007199254740991)

/* The filters of /studies, which every statistic takes as well. */
/* clang-format off */
#define STUDY_FILTERS(type)                                                                                            \
    {"q", IN_QUERY, T_SEARCH, AT(type, filter.q), .max = 500},                                                         \
    CODES(type, programme, .vocabulary = DB_VOCAB_PROGRAMME),                                                          \
    CODES(type, id, .vocabulary = DB_VOCAB_STUDY),                                                                     \
    RANGES(type, call_year, CALL_YEAR_MIN, CALL_YEAR_MAX),                                                             \
    CODES(type, mechanism, .values = mechanism_codes),                                                                 \
    RANGES(type, award_call_year, CALL_YEAR_MIN, CALL_YEAR_MAX),                                                       \
    CODES(type, award_mechanism, .values = mechanism_codes),                                                           \
    CODES(type, category, .vocabulary = DB_VOCAB_CATEGORY),                                                            \
    CODES(type, and_category, .vocabulary = DB_VOCAB_CATEGORY),                                                        \
    CODES(type, institution, .vocabulary = DB_VOCAB_INSTITUTION),                                                      \
    CODES(type, hospital, .vocabulary = DB_VOCAB_INSTITUTION),                                                         \
    CODES(type, region, .values = region_codes),                                                                       \
    CODES(type, inclusion_region, .values = region_codes),                                                             \
    CODES(type, and_inclusion_region, .values = region_codes),                                                         \
    CODES(type, leader, .vocabulary = DB_VOCAB_LEADER),                                                                \
    CODES(type, status, .values = status_codes),                                                                       \
    YES_NO(type, has_card),                                                                                            \
    YES_NO(type, behind_plan),                                                                                         \
    RANGES(type, amount_nok, 0, SUM_MAX),                                                                              \
    RANGES(type, planned, 0, SUM_MAX),                                                                                 \
    RANGES(type, included, 0, SUM_MAX),                                                                                \
    RANGES(type, age, 0, 130),                                                                                         \
    {"updated", IN_QUERY, T_TIME_RANGES, AT(type, filter.updated)}

/* What a route with .formats = json_or_csv takes to choose among them. */
#define FORMATS(type)                                                                                                  \
    {"format", IN_QUERY, T_FORMAT, AT(type, format), .values = format_names},                                          \
    {"dialect", IN_QUERY, T_DIALECT, AT(type, dialect), .values = dialect_names}
/* The same with .formats = json_csv_ndjson. */
#define LIST_FORMATS(type)                                                                                             \
    {"format", IN_QUERY, T_FORMAT, AT(type, format), .values = list_format_names},                                     \
    {"dialect", IN_QUERY, T_DIALECT, AT(type, dialect), .values = dialect_names}
/* What the register knew then: the server looks whether it can be asked for yet, and the answer never changes. */
#define KNOWN_AT(type) {"known_at", IN_QUERY, T_INSTANT, AT(type, known_at)}
/* clang-format on */

static const struct param studies_list_rows[] = {
    STUDY_FILTERS(studies_list_params),
    {"sort", IN_QUERY, T_SORT, AT(studies_list_params, sort), .values = sort_names},
    {"limit", IN_QUERY, T_INT, AT(studies_list_params, limit), .min = 1, .max = 500, .def = STUDIES_PAGE, .told = true},
    {"cursor", IN_QUERY, T_CURSOR, AT(studies_list_params, cursor), .max = 700},
    {"fields", IN_QUERY, T_FIELDS, AT(studies_list_params, fields), .values = study_json_members},
    {"include", IN_QUERY, T_FIELDS, AT(studies_list_params, include), .values = include_names},
    {"facets", IN_QUERY, T_FACETS, AT(studies_list_params, facets), .values = facet_names},
    LIST_FORMATS(studies_list_params),
    {0},
};
static const struct param studies_get_rows[] = {
    {"id", IN_PATH, T_ID, AT(studies_get_params, id)},
    {"fields", IN_QUERY, T_FIELDS, AT(studies_get_params, fields), .values = study_json_members},
    KNOWN_AT(studies_get_params),
    {0},
};
static const struct param recruitment_get_rows[] = {
    {"id", IN_PATH, T_ID, AT(recruitment_get_params, id)},
    {"from", IN_QUERY, T_DAY, AT(recruitment_get_params, from)},
    {"to", IN_QUERY, T_DAY, AT(recruitment_get_params, to)},
    {"interval", IN_QUERY, T_ENUM, AT(recruitment_get_params, interval), .values = interval_names, .def = INTERVAL_REPORT},
    KNOWN_AT(recruitment_get_params),
    {0},
};
static const struct param history_get_rows[] = {
    {"id", IN_PATH, T_ID, AT(history_get_params, id)},
    {"limit", IN_QUERY, T_INT, AT(history_get_params, limit), .min = 1, .max = 100, .def = 20},
    {"cursor", IN_QUERY, T_CURSOR, AT(history_get_params, cursor), .max = 100},
    {0},
};
static const struct param recruitment_list_rows[] = {
    STUDY_FILTERS(recruitment_list_params),
    {"from", IN_QUERY, T_DAY, AT(recruitment_list_params, from)},
    {"to", IN_QUERY, T_DAY, AT(recruitment_list_params, to)},
    {"report_region", IN_QUERY, T_CODES, AT(recruitment_list_params, report_region), .values = report_region_codes},
    {"sort", IN_QUERY, T_ENUM, AT(recruitment_list_params, sort), .values = report_order_names, .def = DB_RECRUITMENT_BY_STUDY},
    {"limit", IN_QUERY, T_INT, AT(recruitment_list_params, limit), .min = 1, .max = 500, .def = RECRUITMENT_PAGE, .told = true},
    {"cursor", IN_QUERY, T_CURSOR, AT(recruitment_list_params, cursor), .max = 700},
    LIST_FORMATS(recruitment_list_params),
    {0},
};
/* clang-format off */
#define GROUP_BY  {"group_by", IN_QUERY, T_GROUP_BY, AT(stats_params, group_by), .values = dimension_names}
#define WEIGHTING {"weighting", IN_QUERY, T_ENUM, AT(stats_params, weighting), .values = weighting_names, .def = WEIGHTING_EQUAL}
/* clang-format on */
static const struct param stats_regions_rows[] = {
    STUDY_FILTERS(stats_params), GROUP_BY, FORMATS(stats_params), KNOWN_AT(stats_params), {0}};
static const struct param stats_rows[] = {STUDY_FILTERS(stats_params), GROUP_BY, FORMATS(stats_params), {0}};
static const struct param stats_money_rows[] = {STUDY_FILTERS(stats_params), GROUP_BY, WEIGHTING, FORMATS(stats_params), {0}};
static const struct param programmes_get_rows[] = {{"id", IN_PATH, T_ID, AT(programmes_get_params, id)}, {0}};
static const struct param study_write_rows[] = {{"id", IN_PATH, T_ID, AT(study_write_params, id)}, {0}};
static const struct param recruitment_bulk_rows[] = {{"dry_run", IN_QUERY, T_BOOL, AT(recruitment_bulk_params, dry_run)}, {0}};
static const struct param token_rows[] = {{"token", IN_PATH, T_ID, AT(token_params, token)}, {0}};
static const struct param problems_get_rows[] = {{"slug", IN_PATH, T_ID, AT(problems_get_params, slug)}, {0}};

#define TAKES(rows, type) .params = rows, .params_size = sizeof(struct type)

/* What bodies come as. */
static const struct route_body json_body[] = {{BODY_JSON, JSON}, {0}};
static const struct route_body merge_patch[] = {{BODY_MERGE_PATCH, "application/merge-patch+json"}, {0}};
static const struct route_body table_of_reports[] = {{BODY_CSV, "text/csv"}, {BODY_NDJSON, NDJSON}, {0}};
#define REPORT_BODY_MAX  (64 * 1024)
#define CARD_BODY_MAX    (512 * 1024)
#define REPORTS_BODY_MAX (4 * 1024 * 1024)
#define COMMAND_BODY_MAX (64 * 1024)

/* clang-format off */
const struct route routes[] = {
    {"getIndex", "GET", "/", index_get, .content_type = JSON, .tag = TAG_DATA, .ok = 200, .errors = E(BAD_PARAMETER)},
    {"listProgrammes", "GET", "/programmes", programmes_list, .content_type = JSON, .tag = TAG_DATA, .ok = 200, .errors = E(BAD_PARAMETER)},
    {"getProgramme", "GET", "/programmes/{id}", programmes_get, TAKES(programmes_get_rows, programmes_get_params), .content_type = JSON,
     .tag = TAG_DATA, .ok = 200, .errors = E(BAD_PARAMETER) | E(NOT_FOUND)},
    {"listStudies", "GET", "/studies", studies_list, .check = studies_list_check, TAKES(studies_list_rows, studies_list_params), .formats = json_csv_ndjson, .tag = TAG_DATA,
     .ok = 200, .errors = E(BAD_PARAMETER) | E(TOO_MANY_EXPORTS)},
    {"getStudy", "GET", "/studies/{id}", studies_get, TAKES(studies_get_rows, studies_get_params), .content_type = JSON, .tag = TAG_STUDY,
     .ok = 200, .errors = E(BAD_PARAMETER) | E(NOT_FOUND), .moves = true},
    {"editStudy", "PATCH", "/studies/{id}", .parse = study_edit_parse, .write = study_edit, .bodies = merge_patch, .body_max = CARD_BODY_MAX, .role = DB_ROLE_EDITOR,
     .guarded = true, TAKES(study_write_rows, study_write_params), .content_type = JSON, .tag = TAG_STUDY, .ok = 200, .errors = E(BAD_PARAMETER), .moves = true},
    {"getRecruitment", "GET", "/studies/{id}/recruitment", recruitment_get, .check = recruitment_check, TAKES(recruitment_get_rows, recruitment_get_params),
     .content_type = JSON, .tag = TAG_STUDY, .ok = 200, .errors = E(BAD_PARAMETER) | E(NOT_FOUND), .moves = true},
    {"fileReport", "POST", "/studies/{id}/recruitment", .parse = recruitment_file_parse, .write = recruitment_file, .bodies = json_body, .body_max = REPORT_BODY_MAX,
     .role = DB_ROLE_REPORTER, .guarded = true, TAKES(study_write_rows, study_write_params), .content_type = JSON, .tag = TAG_STUDY, .ok = 201, .errors = E(BAD_PARAMETER), .moves = true},
    {"putPlan", "PUT", "/studies/{id}/plan", .parse = plan_put_parse, .write = plan_put, .bodies = json_body, .body_max = REPORT_BODY_MAX, .role = DB_ROLE_EDITOR,
     .guarded = true, TAKES(study_write_rows, study_write_params), .content_type = JSON, .tag = TAG_STUDY, .ok = 200, .errors = E(BAD_PARAMETER), .moves = true},
    {"getHistory", "GET", "/studies/{id}/history", history_get, .check = history_check, TAKES(history_get_rows, history_get_params), .content_type = JSON,
     .tag = TAG_STUDY, .ok = 200, .errors = E(BAD_PARAMETER) | E(NOT_FOUND), .moves = true},
    {"listRecruitment", "GET", "/recruitment", recruitment_list, .check = recruitment_list_check, TAKES(recruitment_list_rows, recruitment_list_params),
     .formats = json_csv_ndjson, .tag = TAG_DATA, .ok = 200, .errors = E(BAD_PARAMETER) | E(TOO_MANY_EXPORTS)},
    {"fileReports", "POST", "/recruitment", .parse = recruitment_bulk_parse, .write = recruitment_bulk, .bodies = table_of_reports, .body_max = REPORTS_BODY_MAX,
     .role = DB_ROLE_REPORTER, TAKES(recruitment_bulk_rows, recruitment_bulk_params), .content_type = JSON, .tag = TAG_NONE, .ok = 201, .ok_too = 200, .errors = E(BAD_PARAMETER)},
    {"listStatistics", "GET", "/stats", stats_list, .content_type = JSON, .tag = TAG_DATA, .ok = 200, .errors = E(BAD_PARAMETER)},
    {"getRegionStatistics", "GET", "/stats/regions", stats_table, .check = stats_regions_check, TAKES(stats_regions_rows, stats_params), .formats = json_or_csv, .tag = TAG_DATA, .ok = 200,
     .errors = E(BAD_PARAMETER) | E(NOT_FOUND)},
    {"getCallStatistics", "GET", "/stats/calls", stats_table, .check = stats_check, TAKES(stats_money_rows, stats_params), .formats = json_or_csv, .tag = TAG_DATA, .ok = 200,
     .errors = E(BAD_PARAMETER)},
    {"getFundingStatistics", "GET", "/stats/funding", stats_table, .check = stats_check, TAKES(stats_money_rows, stats_params), .formats = json_or_csv, .tag = TAG_DATA, .ok = 200,
     .errors = E(BAD_PARAMETER)},
    {"getCategoryStatistics", "GET", "/stats/categories", stats_table, .check = stats_check, TAKES(stats_money_rows, stats_params), .formats = json_or_csv, .tag = TAG_DATA, .ok = 200,
     .errors = E(BAD_PARAMETER)},
    {"getInstitutionStatistics", "GET", "/stats/institutions", stats_table, .check = stats_check, TAKES(stats_money_rows, stats_params), .formats = json_or_csv, .tag = TAG_DATA, .ok = 200,
     .errors = E(BAD_PARAMETER)},
    {"getLeaderStatistics", "GET", "/stats/leaders", stats_leaders, .check = stats_check, TAKES(stats_rows, stats_params), .formats = json_or_csv, .tag = TAG_DATA, .ok = 200,
     .errors = E(BAD_PARAMETER)},
    {"getSummary", "GET", "/stats/summary", stats_summary, .check = stats_summary_check, TAKES(stats_money_rows, stats_params), .formats = json_or_csv, .tag = TAG_DATA, .ok = 200,
     .errors = E(BAD_PARAMETER)},
    {"getReconciliation", "GET", "/stats/reconciliation", stats_reconciliation, TAKES(stats_rows, stats_params), .formats = json_or_csv, .tag = TAG_DATA, .ok = 200,
     .errors = E(BAD_PARAMETER)},
    {"listInstitutions", "GET", "/institutions", institutions_list, .content_type = JSON, .tag = TAG_DATA, .ok = 200, .errors = E(BAD_PARAMETER)},
    {"listRegions", "GET", "/regions", regions_list, .content_type = JSON, .tag = TAG_DATA, .ok = 200, .errors = E(BAD_PARAMETER)},
    {"listCategories", "GET", "/categories", categories_list, .content_type = JSON, .tag = TAG_DATA, .ok = 200, .errors = E(BAD_PARAMETER)},
    {"listMechanisms", "GET", "/mechanisms", mechanisms_list, .content_type = JSON, .tag = TAG_DATA, .ok = 200, .errors = E(BAD_PARAMETER)},
    {"listCalls", "GET", "/calls", calls_list, .content_type = JSON, .tag = TAG_DATA, .ok = 200, .errors = E(BAD_PARAMETER)},
    {"getOpenapiYaml", "GET", "/openapi.yaml", openapi_yaml_get, .content_type = "application/yaml", .tag = TAG_BUILD, .ok = 200,
     .errors = E(BAD_PARAMETER)},
    {"getOpenapiJson", "GET", "/openapi.json", openapi_json_get, .content_type = JSON, .tag = TAG_BUILD, .ok = 200, .errors = E(BAD_PARAMETER)},
    {"listProblems", "GET", "/problems", problems_list, .content_type = JSON, .tag = TAG_BUILD, .ok = 200, .errors = E(BAD_PARAMETER)},
    {"getProblem", "GET", "/problems/{slug}", problems_get, TAKES(problems_get_rows, problems_get_params), .content_type = JSON,
     .tag = TAG_BUILD, .ok = 200, .errors = E(BAD_PARAMETER) | E(NOT_FOUND)},
    {"getLiveness", "GET", "/health/live", health_live, .content_type = JSON, .tag = TAG_NONE, .ok = 200, .errors = E(BAD_PARAMETER)},
    {"getReadiness", "GET", "/health/ready", health_ready, .content_type = JSON, .tag = TAG_NONE, .ok = 200, .errors = E(BAD_PARAMETER) | E(UNAVAILABLE)},
    {"importDataSet", "POST", "/import", .parse = import_parse, .alone = import_alone, .bodies = json_body, .body_max = COMMAND_BODY_MAX, .role = DB_ROLE_OPERATOR,
     .place = MACHINE, .content_type = JSON, .tag = TAG_NONE, .ok = 200, .errors = E(BAD_PARAMETER)},
    {"listTokens", "GET", "/tokens", tokens_list, .role = DB_ROLE_OPERATOR, .place = MACHINE, .content_type = JSON, .tag = TAG_NONE, .ok = 200,
     .errors = E(BAD_PARAMETER)},
    {"createToken", "POST", "/tokens", .parse = tokens_create_parse, .alone = tokens_create, .bodies = json_body, .body_max = COMMAND_BODY_MAX,
     .role = DB_ROLE_OPERATOR, .place = MACHINE, .content_type = JSON, .tag = TAG_NONE, .ok = 201, .errors = E(BAD_PARAMETER)},
    {"revokeToken", "DELETE", "/tokens/{token}", TAKES(token_rows, token_params), .write = tokens_revoke, .role = DB_ROLE_OPERATOR, .place = MACHINE,
     .content_type = JSON, .tag = TAG_NONE, .ok = 200, .errors = E(BAD_PARAMETER) | E(NOT_FOUND)},
};
/* clang-format on */
const size_t routes_len = sizeof routes / sizeof routes[0];
