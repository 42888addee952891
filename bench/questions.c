/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bench/questions.h"

#include "bench/ask.h"
#include "db/search_index.h"

#include <stdlib.h>
#include <string.h>

const char *const kind_names[KINDS] = {
    [KIND_NONE] = "no filter", [KIND_VALUE] = "one value", [KIND_SEVERAL] = "a value of several",
    [KIND_RANGE] = "a range",  [KIND_NOT] = "a negation",  [KIND_THREE] = "three filters",
    [KIND_WORD] = "a word",
};

#define KNOWN(column) "COALESCE(" column ", 9223372036854775807)", "COALESCE(" column ", -1)"
const struct sort_key sort_keys[SORT_KEYS] = {
    {"id", "s.code", "s.code"},
    {"name", "s.name_key", "s.name_key"},
    {"call_year", "s.call_year", "s.call_year"},
    {"amount_nok", "s.amount_nok", "s.amount_nok"},
    {"planned", KNOWN("s.planned")},
    {"included", KNOWN("s.included")},
    {"percent", KNOWN("s.permille")},
    {"leader", "s.leader_key", "s.leader_key"},
    {"institution", "s.institution_key", "s.institution_key"},
    {"mechanism", "s.mechanism", "s.mechanism"},
    {"status", "s.status", "s.status"},
    {"updated", "s.updated", "s.updated"},
};

/* ── filters ────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Rows of a query and a condition, the commonest first: the first, the middle and the last of them are asked. */
#define VALUES(parameter, column)                                                                                                          \
    "SELECT '" parameter "=' || v, 's." column " = ' || quote(v) FROM (SELECT " column                                                     \
    " AS v, count(*) AS n FROM study GROUP BY 1) ORDER BY n DESC"
#define SEVERAL(parameter, table, column)                                                                                                  \
    "SELECT '" parameter "=' || v, 's.id IN (SELECT study FROM " table " WHERE " column " = ' || quote(v) || ')'"                          \
    " FROM (SELECT " column " AS v, count(DISTINCT study) AS n FROM " table " GROUP BY 1) ORDER BY n DESC"
/* Nine tenths of what is known, a tenth, and about a thousandth. */
#define RANGE(parameter, column, expression)                                                                                               \
    "WITH part (v, t) AS (SELECT " column ", ntile(1000) OVER (ORDER BY " column ") FROM study WHERE " column " IS NOT NULL),"             \
    " ends (a, b) AS (VALUES (51, 950), (451, 550), (500, 500)), found (a, b) AS ("                                                        \
    " SELECT (SELECT min(v) FROM part WHERE t = a), (SELECT max(v) FROM part WHERE t = b) FROM ends)"                                      \
    " SELECT printf('" parameter "=%d..%d', a, b), printf('" expression " BETWEEN %d AND %d', a, b) FROM found"

static const struct {
    enum kind kind;
    const char *found_by;
} sources[] = {
    {KIND_NONE, "SELECT '', '1'"},
    {KIND_VALUE, VALUES("programme", "programme")},
    {KIND_VALUE, VALUES("call_year", "call_year")},
    {KIND_VALUE, VALUES("mechanism", "mechanism")},
    {KIND_VALUE, VALUES("institution", "institution")},
    {KIND_VALUE, VALUES("leader", "leader")},
    {KIND_VALUE, VALUES("status", "status")},
    {KIND_VALUE, "SELECT 'region=' || v, 's.institution IN (SELECT code FROM institution WHERE region = ' || quote(v) || ')' FROM"
                 " (SELECT region AS v, count(*) AS n FROM study s JOIN institution i ON i.code = s.institution WHERE region IS NOT NULL"
                 " GROUP BY 1) ORDER BY n DESC"},
    {KIND_VALUE, "VALUES ('has_card=true', 's.has_card = 1'), ('has_card=false', 's.has_card = 0')"},
    {KIND_VALUE, "VALUES ('behind_plan=true', 's.behind_plan = 1'), ('behind_plan=false', 's.behind_plan = 0')"},
    {KIND_SEVERAL, SEVERAL("category", "study_category", "category")},
    {KIND_SEVERAL, SEVERAL("inclusion_region", "study_inclusion_region", "region")},
    {KIND_SEVERAL, SEVERAL("award_call_year", "award", "call_year")},
    {KIND_SEVERAL, SEVERAL("award_mechanism", "award", "mechanism")},
    {KIND_SEVERAL,
     "SELECT 'hospital=' || v, 's.id IN (WITH RECURSIVE stands (code) AS (SELECT ' || quote(v) || ' UNION SELECT i.code FROM stands JOIN"
     " institution i ON i.part_of = stands.code) SELECT h.study FROM stands JOIN study_hospital h ON h.institution = stands.code UNION"
     " SELECT c.id FROM stands JOIN study c ON c.institution = stands.code)' FROM"
     " (SELECT institution AS v, count(*) AS n FROM study_hospital GROUP BY 1) ORDER BY n DESC"},
    {KIND_SEVERAL,
     "SELECT 'category=' || a || '&and_category=' || b, 's.id IN (SELECT study FROM study_category WHERE category = ' || quote(a) ||"
     " ') AND s.id IN (SELECT study FROM study_category WHERE category = ' || quote(b) || ')' FROM (SELECT a.category AS a,"
     " b.category AS b FROM study_category a JOIN study_category b ON b.study = a.study AND b.category > a.category GROUP BY"
     " 1, 2 ORDER BY count(*) DESC LIMIT 3)"},
    {KIND_SEVERAL,
     "SELECT 'inclusion_region=' || a || '&and_inclusion_region=' || b, 's.id IN (SELECT study FROM study_inclusion_region WHERE"
     " region = ' || quote(a) || ') AND s.id IN (SELECT study FROM study_inclusion_region WHERE region = ' || quote(b) || ')'"
     " FROM (SELECT a.code AS a, b.code AS b FROM region a JOIN region b ON b.code > a.code)"},
    {KIND_RANGE, RANGE("call_year", "call_year", "s.call_year")},
    {KIND_RANGE, RANGE("amount_nok", "amount_nok", "s.amount_nok")},
    {KIND_RANGE, RANGE("planned", "planned", "s.planned")},
    {KIND_RANGE, RANGE("included", "included", "s.included")},
    {KIND_RANGE, "SELECT printf('age=%d..%d', a, b), printf('(COALESCE(s.age_max, 999) >= %d AND COALESCE(s.age_min, 0) <= %d AND"
                 " COALESCE(s.age_min, s.age_max) IS NOT NULL)', a, b) FROM (SELECT 18 AS a, 64 AS b UNION ALL SELECT 70, 75 UNION ALL"
                 " SELECT 2, 2)"},
    {KIND_RANGE, "VALUES ('updated=2000-01-01..2100-01-01', 's.updated BETWEEN 946684800000 AND 4102531199999')"},
    {KIND_NOT,
     "SELECT 'status=!' || v, 's.status <> ' || quote(v) FROM (SELECT status AS v, count(*) AS n FROM study GROUP BY 1) ORDER BY n"
     " DESC"},
    {KIND_NOT, "SELECT 'category=!' || v, 's.id NOT IN (SELECT study FROM study_category WHERE category = ' || quote(v) || ')'"
               " FROM (SELECT category AS v, count(*) AS n FROM study_category GROUP BY 1) ORDER BY n DESC"},
    {KIND_NOT, "SELECT 'amount_nok=!0..' || v, 'NOT s.amount_nok BETWEEN 0 AND ' || v FROM (SELECT CAST(avg(amount_nok) AS INTEGER) AS v"
               " FROM study)"},
    {KIND_THREE, "SELECT 'status=' || a || '&category=' || b || '&call_year=2000..2030', 's.status = ' || quote(a) || ' AND s.id IN (SELECT"
                 " study FROM study_category WHERE category = ' || quote(b) || ') AND s.call_year BETWEEN 2000 AND 2030' FROM"
                 " (SELECT status AS a FROM study GROUP BY 1 ORDER BY count(*) DESC LIMIT 3),"
                 " (SELECT category AS b FROM study_category GROUP BY 1 ORDER BY count(*) DESC LIMIT 3)"},
    {KIND_THREE, "SELECT 'mechanism=' || a || '&inclusion_region=' || b || '&has_card=false', 's.mechanism = ' || quote(a) || ' AND s.id IN"
                 " (SELECT study FROM study_inclusion_region WHERE region = ' || quote(b) || ') AND s.has_card = 0' FROM"
                 " (SELECT mechanism AS a FROM study GROUP BY 1 ORDER BY count(*) DESC),"
                 " (SELECT region AS b FROM study_inclusion_region GROUP BY 1 ORDER BY count(*) DESC)"},
    {KIND_THREE, "SELECT 'institution=' || a || '&behind_plan=false&amount_nok=0..' || v, 's.institution = ' || quote(a) || ' AND"
                 " s.behind_plan = 0 AND s.amount_nok BETWEEN 0 AND ' || v FROM (SELECT institution AS a FROM study GROUP BY 1 ORDER BY"
                 " count(*) DESC LIMIT 5), (SELECT CAST(avg(amount_nok) AS INTEGER) AS v FROM study)"},
};

static char *column_kept(sqlite3_stmt *stmt, int column)
{
    const char *text = (const char *)sqlite3_column_text(stmt, column);
    char *copy = text == NULL ? NULL : strdup(text);
    if (copy == NULL)
        give_up("a value is missing in: %s", sqlite3_sql(stmt));
    return copy;
}

static sqlite3_stmt *prepared(sqlite3 *sql, const char *statement)
{
    sqlite3_stmt *stmt = NULL;
    if (sqlite3_prepare_v2(sql, statement, -1, &stmt, NULL) != SQLITE_OK)
        give_up("%s: %s", sqlite3_errmsg(sql), statement);
    return stmt;
}

static void filter_add(struct filters *filters, enum kind kind, char *query, char *condition)
{
    if (filters->len == FILTERS_MAX)
        give_up("more than %d filters", FILTERS_MAX);
    filters->item[filters->len++] = (struct filter){kind, query, condition};
}

static void add_filters(struct filters *filters, sqlite3 *sql, enum kind kind, const char *found_by)
{
    struct filter found[1000];
    size_t len = 0;
    sqlite3_stmt *stmt = prepared(sql, found_by);
    while (len < 1000 && sqlite3_step(stmt) == SQLITE_ROW) {
        found[len].query = column_kept(stmt, 0);
        found[len++].condition = column_kept(stmt, 1);
    }
    sqlite3_finalize(stmt);
    for (size_t i = 0; i < len; i++) {
        if (i == 0 || i == len / 2 || i == len - 1) {
            filter_add(filters, kind, found[i].query, found[i].condition);
        } else {
            free(found[i].query);
            free(found[i].condition);
        }
    }
}

/* ── words ──────────────────────────────────────────────────────────────────────────────────────────────────── */

static size_t find_words(sqlite3 *sql, const char *which, int64_t studies, char *ret_words[WORDS_MAX])
{
    size_t len = 0;
    char *statement =
        sqlite3_mprintf("SELECT term FROM temp.word WHERE length(term) > 2 AND term NOT GLOB '*[^a-z]*' AND %s LIMIT %d", which, WORDS_MAX);
    sqlite3_stmt *stmt = prepared(sql, statement);
    for (int i = 1; i <= sqlite3_bind_parameter_count(stmt); i++)
        sqlite3_bind_int64(stmt, i, studies);
    while (sqlite3_step(stmt) == SQLITE_ROW)
        ret_words[len++] = column_kept(stmt, 0);
    sqlite3_finalize(stmt);
    sqlite3_free(statement);
    return len;
}

static void words_find(struct questions *questions, sqlite3 *sql)
{
    struct words *words = &questions->words;
    if (sqlite3_exec(sql,
                     "CREATE VIRTUAL TABLE temp.vocabulary USING fts5vocab(main, study_search, row);"
                     "CREATE TEMP TABLE word AS SELECT term, doc FROM temp.vocabulary",
                     NULL, NULL, NULL) != SQLITE_OK)
        give_up("the words of the register: %s", sqlite3_errmsg(sql));
    words->rare_len = find_words(sql, "1 ORDER BY doc, random()", questions->studies, words->rare);
    words->third_len = find_words(sql, "doc BETWEEN ? * 0.2 AND ? * 0.45 ORDER BY abs(doc - ? / 3.0)", questions->studies, words->third);
    if (words->third_len == 0)
        words->third_len = find_words(sql, "1 ORDER BY abs(doc - ? / 3.0)", questions->studies, words->third);
    if (words->rare_len == 0 || words->third_len == 0)
        give_up("the register has no words to look for");
    char *const asked[] = {words->rare[0], words->third[0]};
    for (size_t i = 0; i < 2; i++)
        filter_add(&questions->filters, KIND_WORD, sqlite3_mprintf("q=%s", asked[i]),
                   sqlite3_mprintf("s.id IN (SELECT rowid FROM study_search WHERE study_search MATCH '\"%s\"')", asked[i]));
}

/* ── all of them ────────────────────────────────────────────────────────────────────────────────────────────── */

void questions_find(struct questions *questions, const char *database, bool has_words)
{
    sqlite3 *sql = NULL;
    *questions = (struct questions){.codes_len = 0};
    if (sqlite3_open_v2(database, &sql, SQLITE_OPEN_READONLY, NULL) != SQLITE_OK || search_register(sql) != DB_OK)
        give_up("%s: %s", database, sqlite3_errmsg(sql));
    sqlite3_stmt *stmt = prepared(sql, "SELECT count(*) FROM study");
    sqlite3_step(stmt);
    questions->studies = sqlite3_column_int64(stmt, 0);
    sqlite3_finalize(stmt);
    stmt = prepared(sql, "SELECT code FROM study ORDER BY random()");
    while (questions->codes_len < CODES_MAX && sqlite3_step(stmt) == SQLITE_ROW)
        questions->codes[questions->codes_len++] = column_kept(stmt, 0);
    sqlite3_finalize(stmt);
    for (size_t i = 0; i < sizeof sources / sizeof sources[0]; i++)
        add_filters(&questions->filters, sql, sources[i].kind, sources[i].found_by);
    if (has_words)
        words_find(questions, sql);
    sqlite3_close(sql);
}

const char *next_code(struct questions *questions)
{
    static size_t next;
    return questions->codes[next++ % questions->codes_len];
}
