/* SPDX-License-Identifier: GPL-3.0-or-later
 * The reports of all studies as one table, against a model of it in plain C.
 */
#include "db/internal.h"
#include "portfolio.h"

#define ROUNDS 400

/* ── reports made by chance ─────────────────────────────────────────────────────────────────────────────────── */

#define TOTAL (-1) /* for a region: the whole study */

struct raw {
    const struct model *study;
    int region;
    char as_of[11], standing[11];
    int64_t included, recorded;
};
static struct raw raws[STUDIES * 60];
static size_t raws_len;
static const struct raw *shown[STUDIES * 60]; /* what may be shown, in no order */
static size_t shown_len;

static struct raw *add_raw(const struct model *m, int region, const char *as_of, int64_t included, const char *standing, int64_t recorded)
{
    ck_assert_uint_lt(raws_len, LEN(raws));
    struct raw *raw = &raws[raws_len++];
    *raw = (struct raw){.study = m, .region = region, .included = included, .recorded = recorded};
    snprintf(raw->as_of, sizeof raw->as_of, "%s", as_of);
    snprintf(raw->standing, sizeof raw->standing, "%s", standing);
    return raw;
}

/* What the edition said, as portfolio() stored it. */
static void take_said(const struct model *m)
{
    if (m->reported >= 0)
        add_raw(m, TOTAL, "2024-12-31", m->reported, "2024-12-31", 0);
    for (int r = 0; r < (int)LEN(regions); r++)
        if (m->region_included[r] >= 0)
            add_raw(m, r, m->region_as_of[r], m->region_included[r], "2024-12-31", 0);
}

/* Filed in the register: older than what the edition said and only from where it speaks of, so that the newest numbers stay as the
 * portfolio derives them. On a few days, so that several meet on one; some for the very day of the edition, with the same number. */
static void file_by_chance(FILE *out, const struct model *m, int region)
{
    static const char *const days[] = {"2020-02-29", "2021-06-30", "2021-12-31", "2022-01-01", "2022-06-30", "2022-12-31"};
    for (int n = chance(7); n > 0; n--) {
        const struct raw *raw = add_raw(m, region, days[ANY_OF(days)], chance(60), "filed", 1 + chance(3));
        fprintf(out, "%s('%s', %s%s%s, '%s', %lld, %lld)", ftell(out) > 0 ? ", " : "", m->code, region < 0 ? "NULL" : "'",
                region < 0 ? "" : regions[region], region < 0 ? "" : "'", raw->as_of, (long long)raw->included, (long long)raw->recorded);
    }
}

static void refresh_all(void)
{
    int64_t id = 0;
    enum db_status status = DB_OK;
    struct statements *st = &fixture.db->statements;
    ck_assert_int_eq(sqlite3_exec(st->sql, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    while (study_next(st, &id, &status))
        ck_assert_int_eq(recruitment_refresh(st, id, (struct made_from){0}), DB_OK);
    ck_assert_int_eq(status, DB_OK);
    ck_assert_int_eq(sqlite3_exec(st->sql, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
}

/* Which of two reports of one study and region counts: of one day, or where the last of the year is wanted. */
static bool stands_before(const struct raw *a, const struct raw *b)
{
    int order = strcmp(a->as_of, b->as_of);
    order = order == 0 ? strcmp(a->standing, b->standing) : order;
    return order != 0 ? order > 0 : a->recorded != b->recorded ? a->recorded > b->recorded : a > b;
}

static bool may_be_shown(const struct raw *raw)
{
    bool is_small = raw->study->is_small;
    if (is_small && raw->region != TOTAL)
        return false;
    for (size_t i = 0; i < raws_len; i++)
        if (raws[i].study == raw->study && raws[i].region == raw->region && strncmp(raws[i].as_of, raw->as_of, is_small ? 4 : 10) == 0 &&
            stands_before(&raws[i], raw))
            return false;
    return true;
}

static void begin(void)
{
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    portfolio();
    list_codes();
    raws_len = shown_len = 0;
    for (int i = 0; i < STUDIES; i++) {
        take_said(&models[i]);
        if (models[i].reported >= 0)
            file_by_chance(out, &models[i], TOTAL);
        for (int r = 0; r < (int)LEN(regions); r++)
            if (models[i].region_included[r] >= 0)
                file_by_chance(out, &models[i], r);
    }
    fclose(out);
    sql("INSERT INTO report (study, region, as_of, included, recorded, origin, standing, token) "
        "SELECT s.id, column2, column3, column4, column5, 'filed', 'filed', 0 FROM (VALUES %s) JOIN study s ON s.code = column1",
        text);
    free(text);
    refresh_all();
    for (size_t i = 0; i < raws_len; i++)
        if (may_be_shown(&raws[i]))
            shown[shown_len++] = &raws[i];
}

/* ── the model's answer ─────────────────────────────────────────────────────────────────────────────────────── */

static enum db_recruitment_order ordering;

static int compare(const void *a, const void *b)
{
    const struct raw *x = *(const struct raw *const *)a, *y = *(const struct raw *const *)b;
    int by_study = strcmp(x->study->code, y->study->code), by_day = strcmp(x->as_of, y->as_of);
    if (ordering == DB_RECRUITMENT_BY_DAY_DOWN)
        by_day = -by_day;
    int first = ordering == DB_RECRUITMENT_BY_STUDY ? by_study : by_day, second = ordering == DB_RECRUITMENT_BY_STUDY ? by_day : by_study;
    return first != 0 ? first : second != 0 ? second : x->region - y->region;
}

static const char *region_name(const struct raw *raw)
{
    return raw->region == TOTAL ? DB_WHOLE_STUDY : regions[raw->region];
}

static size_t model_rows(const struct db_recruitment_query *query, const struct raw **ret_rows)
{
    size_t len = 0;
    for (size_t i = 0; i < shown_len; i++)
        if (passes(&query->filter, shown[i]->study) && code_passes(&query->region, region_name(shown[i])) &&
            (query->from == NULL || strcmp(shown[i]->as_of, query->from) >= 0) &&
            (query->to == NULL || strcmp(shown[i]->as_of, query->to) <= 0))
            ret_rows[len++] = shown[i];
    ordering = query->order;
    qsort(ret_rows, len, sizeof *ret_rows, compare);
    return len;
}

static void assert_row(const struct db_recruitment_row *row, const struct raw *raw)
{
    const struct model *m = raw->study;
    bool filed = strcmp(raw->standing, "filed") == 0;
    ck_assert_str_eq(row->study, m->code);
    ck_assert_str_eq(row->programme, programmes[(int)m->programme]);
    ck_assert_str_eq(row->region == NULL ? DB_WHOLE_STUDY : row->region, region_name(raw));
    ck_assert_str_eq(row->as_of, raw->as_of);
    ck_assert_int_eq(row->included, raw->included);
    ck_assert_int_eq(row->planned, raw->region == TOTAL ? m->planned : m->region_planned[raw->region]);
    ck_assert_int_eq(row->filed, filed);
    ck_assert_pstr_eq(row->document, filed ? NULL : "d");
    ck_assert_ptr_null(row->lines);
    ck_assert_int_eq(row->totals_only, m->is_small);
}

/* ── pages and walks ────────────────────────────────────────────────────────────────────────────────────────── */

struct expected {
    const struct raw *const *rows;
    size_t at;
};

static bool meet(void *cls, const struct db_recruitment_row *row)
{
    struct expected *expected = cls;
    assert_row(row, expected->rows[expected->at++]);
    return true;
}

/* Pages of chance sizes from one end to the other: rows start … are the next to come. */
static void turn_pages(struct db_recruitment_query *query, const struct raw *const *rows, size_t len)
{
    struct db_position from = {0};
    size_t at = query->backwards ? len : 0;
    query->position = NULL;
    for (;;) {
        struct db_studies_page page;
        query->limit = 1 + chance(60);
        size_t left = query->backwards ? at : len - at;
        size_t size = left < (size_t)query->limit ? left : (size_t)query->limit, start = query->backwards ? at - size : at;
        struct expected expected = {rows, start};
        ck_assert_int_eq(db_recruitment_list(fixture.reader, query, meet, &expected, &page), DB_OK);
        ck_assert_uint_eq(expected.at, start + size);
        ck_assert_int_eq(page.total, (int64_t)len);
        ck_assert_int_eq(page.returned, (int)size);
        ck_assert_int_eq(page.more_before, start > 0);
        ck_assert_int_eq(page.more_after, start + size < len);
        ck_assert_int_eq(page.first.len == 0, size == 0);
        at = query->backwards ? start : start + size;
        if (!(query->backwards ? page.more_before : page.more_after))
            break;
        from = query->backwards ? page.first : page.last;
        query->position = &from;
    }
    ck_assert_uint_eq(at, query->backwards ? 0 : len);
}

static void walk_all(const struct db_recruitment_query *query, const struct raw *const *rows, size_t len)
{
    struct db_recruitment_walk *walk = NULL;
    struct db_recruitment_row row;
    int64_t total = -1;
    enum db_status status = DB_OK;
    ck_assert_int_eq(db_reader_begin(fixture.reader), DB_OK);
    ck_assert_int_eq(db_recruitment_walk_begin(fixture.reader, query, INT64_MAX, &walk, &total), DB_OK);
    ck_assert_int_eq(total, (int64_t)len);
    for (size_t i = 0; i < len && (status = db_recruitment_walk_next(walk, &row)) == DB_OK; i++)
        assert_row(&row, rows[i]);
    ck_assert_int_eq(status, DB_OK);
    ck_assert_int_eq(db_recruitment_walk_next(walk, &row), DB_NOT_FOUND);
    ck_assert_int_eq(db_recruitment_walk_next(walk, &row), DB_NOT_FOUND);
    db_recruitment_walk_end(walk);
    if (len > 0) {
        ck_assert_int_eq(db_recruitment_walk_begin(fixture.reader, query, (int64_t)len - 1, &walk, &total), DB_OK);
        ck_assert_ptr_null(walk); /* more than was wanted */
        ck_assert_int_eq(total, (int64_t)len);
    }
    db_reader_end(fixture.reader);
}

static const char *region_store[8];

static struct db_recruitment_query query_by_chance(void)
{
    static const char *const days[] = {"2020-01-01", "2021-06-30", "2021-12-31", "2022-06-30", "2022-12-30", "2023-05-28", "2024-12-31"};
    struct db_recruitment_query query = {.order = (enum db_recruitment_order)chance(3)};
    if (chance(3) > 0)
        query.filter = filter_by_chance();
    if (chance(6) == 0) /* few rows: another way */
        query.filter.id = (struct db_codes){&ids[chance(STUDIES - 2)], 2, false};
    query.from = chance(2) ? days[ANY_OF(days)] : NULL;
    query.to = chance(2) ? days[ANY_OF(days)] : NULL;
    if (chance(3) == 0) {
        query.region = (struct db_codes){region_store, (size_t)(1 + chance(3)), chance(3) == 0};
        for (size_t i = 0; i < query.region.len; i++) {
            int which = chance((int)LEN(regions) + 1);
            region_store[i] = which == (int)LEN(regions) ? DB_WHOLE_STUDY : regions[which];
        }
    }
    return query;
}

START_TEST(pages_and_walks_are_what_the_model_says)
{
    static const struct raw *rows[LEN(raws)];
    size_t met = 0;
    for (int round = 0; round < ROUNDS; round++) {
        struct db_recruitment_query query = query_by_chance();
        size_t len = model_rows(&query, rows);
        met += len;
        turn_pages(&query, rows, len);
        query.backwards = true;
        turn_pages(&query, rows, len);
        walk_all(&query, rows, len);
    }
    ck_assert_uint_gt(met, 10000);
}
END_TEST

START_TEST(the_portfolio_has_what_makes_it_hard)
{
    size_t twice = 0, small = 0, small_hidden = 0, same_day = 0;
    for (size_t i = 0; i < raws_len; i++) {
        small += raws[i].study->is_small && may_be_shown(&raws[i]);
        small_hidden += raws[i].study->is_small && !may_be_shown(&raws[i]) && raws[i].region == TOTAL;
        for (size_t j = 0; j < i; j++) {
            bool is_same = raws[i].study == raws[j].study && strcmp(raws[i].as_of, raws[j].as_of) == 0;
            same_day += is_same && raws[i].region != raws[j].region;
            twice += is_same && raws[i].region == raws[j].region;
        }
    }
    ck_assert_uint_gt(twice, 50);
    ck_assert_uint_gt(small, 50);
    ck_assert_uint_gt(small_hidden, 20);
    ck_assert_uint_gt(same_day, 50);
    ck_assert_uint_gt(shown_len, 700);
}
END_TEST

/* ── beside the recruitment of one study ────────────────────────────────────────────────────────────────────── */

struct series {
    char text[4000];
    bool totals_only;
};

static void put_row(struct series *series, const char *region, const char *as_of, int64_t included, const char *document)
{
    size_t len = strlen(series->text);
    snprintf(series->text + len, sizeof series->text - len, "%s %s %lld %s\n", as_of, or_none(region), (long long)included,
             or_none(document));
    ck_assert_uint_lt(strlen(series->text), sizeof series->text - 100);
}

static bool take_series(void *cls, const struct db_study_recruitment *r)
{
    struct series *series = cls;
    series->totals_only = r->totals_only;
    for (size_t i = 0; i < r->reports_len; i++)
        put_row(series, r->reports[i].region, r->reports[i].as_of, r->reports[i].included, r->reports[i].document);
    return true;
}

static bool take_row(void *cls, const struct db_recruitment_row *row)
{
    put_row(cls, row->region, row->as_of, row->included, row->document);
    return true;
}

START_TEST(a_study_has_the_rows_of_its_own_series)
{
    size_t compared = 0;
    for (int i = 0; i < STUDIES; i++) {
        struct series own = {{0}}, table = {{0}};
        struct db_studies_page page;
        struct db_recruitment_query query = {.filter.id = {&ids[i], 1, false}, .limit = 500};
        query.from = chance(2) ? "2021-06-30" : NULL;
        query.to = chance(2) ? "2022-12-31" : NULL;
        ck_assert_int_eq(db_recruitment_get(fixture.reader, ids[i], query.from, query.to, take_series, &own), DB_OK);
        ck_assert_int_eq(db_recruitment_list(fixture.reader, &query, take_row, &table, &page), DB_OK);
        if (own.totals_only)
            continue;
        compared += own.text[0] != '\0';
        ck_assert_str_eq(table.text, own.text);
    }
    ck_assert_uint_gt(compared, 50);
}
END_TEST

/* ── a register from before ────────────────────────────────────────────────────────────────────────────────── */

static void no_finding(void *cls, const char *what)
{
    (void)cls;
    ck_abort_msg("%s", what);
}

START_TEST(a_register_from_before_gets_its_rows)
{
    int64_t findings = -1, rows = sql("SELECT count(*) FROM shown_report");
    const struct db_check_listener listener = {.finding = no_finding};
    ck_assert_int_eq(rows, (int64_t)shown_len);
    forget_filing();
    sql("DROP TABLE shown_report");
    sql("DROP TABLE shown_count");
    sql("ALTER TABLE study DROP COLUMN report_rows");
    sql("PRAGMA user_version = 4");
    fixture_reopen();
    ck_assert_int_eq(sql("SELECT count(*) FROM shown_report"), rows);
    ck_assert_int_eq(sql("SELECT sum(report_rows) FROM study"), rows);
    ck_assert_int_eq(sql("SELECT sum(report_rows) FROM shown_count WHERE region = '*'"), rows);
    ck_assert_int_eq(db_check(fixture.path, &fixture.renderer, &listener, &findings, NULL), DB_OK);
    ck_assert_int_eq(findings, 0);
}
END_TEST

/* ── positions ──────────────────────────────────────────────────────────────────────────────────────────────── */

static bool pass(void *cls, const struct db_recruitment_row *row)
{
    (void)row;
    return ++*(int *)cls < 3;
}

START_TEST(a_reader_may_stop)
{
    struct db_studies_page page;
    int calls = 0;
    ck_assert_int_eq(db_recruitment_list(fixture.reader, &(struct db_recruitment_query){.limit = 50}, pass, &calls, &page), DB_OK);
    ck_assert_int_eq(calls, 3);
    ck_assert_int_eq(db_recruitment_list(fixture.reader, &(struct db_recruitment_query){.limit = 50}, pass, &calls, &page), DB_OK);
}
END_TEST

START_TEST(a_position_that_was_cut_is_none)
{
    static const enum db_recruitment_order orders[] = {DB_RECRUITMENT_BY_STUDY, DB_RECRUITMENT_BY_DAY, DB_RECRUITMENT_BY_DAY_DOWN};
    for (size_t i = 0; i < LEN(orders); i++)
        for (int limit = 1; limit < 12; limit++) { /* the whole study and regions */
            struct db_studies_page page, other;
            int calls = 0;
            struct db_recruitment_query query = {.limit = limit, .order = orders[i]};
            ck_assert_int_eq(db_recruitment_list(fixture.reader, &query, pass, &calls, &page), DB_OK);
            struct db_position position = page.last;
            query.position = &position;
            for (position.len = 1; position.len < page.last.len; position.len++)
                ck_assert_int_eq(db_recruitment_list(fixture.reader, &query, pass, &calls, &other), DB_CONFLICT);
        }
}
END_TEST

START_TEST(a_position_fits_its_own_order_and_a_garbled_one_never_harms)
{
    struct db_studies_page page, other;
    int calls = 0, refused = 0;
    struct db_recruitment_query query = {.limit = 10, .order = DB_RECRUITMENT_BY_DAY};
    ck_assert_int_eq(db_recruitment_list(fixture.reader, &query, pass, &calls, &page), DB_OK);
    struct db_position position = page.last;
    query.position = &position;
    ck_assert_int_eq(db_recruitment_list(fixture.reader, &query, pass, &calls, &other), DB_OK);
    query.order = DB_RECRUITMENT_BY_DAY_DOWN;
    ck_assert_int_eq(db_recruitment_list(fixture.reader, &query, pass, &calls, &other), DB_CONFLICT);
    query.order = DB_RECRUITMENT_BY_STUDY;
    ck_assert_int_eq(db_recruitment_list(fixture.reader, &query, pass, &calls, &other), DB_CONFLICT);
    query.order = DB_RECRUITMENT_BY_DAY;
    position.len = SIZE_MAX;
    ck_assert_int_eq(db_recruitment_list(fixture.reader, &query, pass, &calls, &other), DB_CONFLICT);
    for (int round = 0; round < 3000; round++) {
        position = page.last;
        position.bytes[chance((int)position.len)] = (unsigned char)chance(256);
        position.len = chance(3) == 0 ? (size_t)chance((int)position.len) : position.len;
        enum db_status status = db_recruitment_list(fixture.reader, &query, pass, &calls, &other);
        ck_assert(status == DB_OK || status == DB_CONFLICT);
        refused += status == DB_CONFLICT;
    }
    ck_assert_int_gt(refused, 500);
}
END_TEST

/* ── what the engine does ───────────────────────────────────────────────────────────────────────────────────── */

/* Few are sorted by day, and that says itself in the statement; else nothing is ever sorted, or looked through from end to end. */
static bool assert_plan(const char *text)
{
    char question[6000];
    sqlite3 *db = NULL;
    sqlite3_stmt *stmt = NULL;
    bool is_sorted = strstr(text, "FROM study s CROSS JOIN shown_report r") != NULL && strstr(text, "ORDER BY r.as_of") != NULL;
    ck_assert_int_lt(snprintf(question, sizeof question, "EXPLAIN QUERY PLAN %s", text), (int)sizeof question);
    ck_assert_int_eq(sqlite3_open_v2(fixture.path, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    ck_assert_msg(sqlite3_prepare_v2(db, question, -1, &stmt, NULL) == SQLITE_OK, "%s: %s", text, sqlite3_errmsg(db));
    while (sqlite3_step(stmt) == SQLITE_ROW) {
        const char *detail = (const char *)sqlite3_column_text(stmt, 3);
        ck_assert_msg(strstr(detail, "TEMP B-TREE") == NULL || is_sorted, "%s: %s", text, detail);
        ck_assert_msg(strncmp(detail, "SCAN r", 6) != 0 && strncmp(detail, "SCAN d", 6) != 0, "%s: %s", text, detail);
        ck_assert_msg(strncmp(detail, "SCAN s", 6) != 0 || strstr(text, "ORDER BY s.code") == NULL, "%s: %s", text, detail);
    }
    sqlite3_finalize(stmt);
    sqlite3_close(db);
    return is_sorted;
}

START_TEST(every_page_follows_an_index)
{
    static const char *const recruiting[] = {"recruiting"}, *const vest[] = {"vest"}, *const id[] = {"s001"}, *const klin[] = {"klin"};
    struct db_study_filter filters[5];
    memset(filters, 0, sizeof filters);
    filters[1].status = (struct db_codes){recruiting, 1, false};
    filters[2].id = (struct db_codes){id, 1, false};
    filters[3].programme = (struct db_codes){klin, 1, true};
    filters[4].inclusion_region = (struct db_codes){vest, 1, false};
    size_t seen = 0, sorted = 0;
    for (size_t which = 0; which < 3 * 2 * 2 * 2 * LEN(filters); which++) {
        struct db_recruitment_query query = {.filter = filters[which / 24], .order = (enum db_recruitment_order)(which % 3), .limit = 2};
        struct db_studies_page page, other;
        int calls = 0;
        query.from = which / 3 % 2 ? "2021-01-01" : NULL;
        query.backwards = which / 6 % 2;
        if (which / 12 % 2)
            query.region = (struct db_codes){vest, 1, false};
        ck_assert_int_eq(db_recruitment_list(fixture.reader, &query, pass, &calls, &page), DB_OK);
        struct db_position position = page.last;
        query.position = position.len > 0 ? &position : NULL;
        ck_assert_int_eq(db_recruitment_list(fixture.reader, &query, pass, &calls, &other), DB_OK);
        for (size_t i = 0; i < SHAPES_MAX; i++)
            if (fixture.reader->st->shapes[i].text != NULL && strstr(fixture.reader->st->shapes[i].text, "shown_report") != NULL) {
                sorted += assert_plan(fixture.reader->st->shapes[i].text);
                seen++;
            }
    }
    ck_assert_uint_gt(seen, 1000);
    ck_assert_uint_gt(sorted, 50); /* each way was seen */
    ck_assert_uint_gt(seen - sorted, 50);
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("reports");
    tcase_add_checked_fixture(cases, begin, fixture_end);
    tcase_add_test(cases, pages_and_walks_are_what_the_model_says);
    tcase_add_test(cases, the_portfolio_has_what_makes_it_hard);
    tcase_add_test(cases, a_study_has_the_rows_of_its_own_series);
    tcase_add_test(cases, a_register_from_before_gets_its_rows);
    tcase_add_test(cases, a_reader_may_stop);
    tcase_add_test(cases, a_position_that_was_cut_is_none);
    tcase_add_test(cases, a_position_fits_its_own_order_and_a_garbled_one_never_harms);
    tcase_add_test(cases, every_page_follows_an_index);
    return run("table of reports", cases, false);
}
