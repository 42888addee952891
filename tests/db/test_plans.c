/* SPDX-License-Identifier: GPL-3.0-or-later
 * Questions that are put together from fragments, as the engine answers them where there is no image: every filter, every order, the
 * places of pages, walks over everything, counts. Each uses an index and sorts nothing, or stands in a table here that says why not.
 */
#include "portfolio.h"

#include "db/image.h"

/* A step of a plan that goes over a whole table or index, makes an index for itself or sorts. purpose and filter: part of what is asked;
 * step: how it begins. NULL = any. */
static const struct exception {
    const char *purpose, *filter, *step, *why;
} exceptions[] = {
    {"page by", "no filter", "SCAN s USING", "in the order of an index until the page is full"},
    {"everything by", "no filter", "SCAN s USING", "all are wanted, in the order of an index"},
    {"count", "no filter", "SCAN s USING COVERING INDEX", "all are counted, over a small index"},
    {NULL, "filtered by !", "SCAN s USING", "what is not so stands in no index"},
    {NULL, "age", "SCAN s", "two ranges that overlap: no index finds them"},
    {"by", ", two", "SCAN s USING", "two ranges of what it is sorted by, in its order"},
    {NULL, "hospital", "SCAN stands", "the institution and what is part of it, a handful"},
    {NULL, "q", "SCAN study_search VIRTUAL TABLE INDEX 0:M", "the index of words, which the engine calls a scan"},
    {NULL, "q", "SCAN m", "those that the index of words has found"},
    {"by mechanism", NULL, "USE TEMP B-TREE FOR RIGHT PART",
     "so many studies have the same that their ids are sorted, one mechanism at a time"},
    {"by status", NULL, "USE TEMP B-TREE FOR RIGHT PART", "the same"},
    {"by name down", "no filter", "USE TEMP B-TREE FOR RIGHT PART", "the few that have the same are sorted by id"},
    {"by leader down", "no filter", "USE TEMP B-TREE FOR RIGHT PART", "the same"},
    {"by institution down", "no filter", "USE TEMP B-TREE FOR RIGHT PART", "the same"},
    {"by amount_nok down", "no filter", "USE TEMP B-TREE FOR RIGHT PART", "the same"},
    {"page by", "filtered by", "USE TEMP B-TREE FOR",
     "one index finds those let through, another has the order; the image does without either"},
    {"everything by", "filtered by", "USE TEMP B-TREE FOR", "the same"},
    {"statistic", NULL, "SCAN s", "over all studies in their order, so that the rows of one come together; the image does better"},
    {"statistic of awards", NULL, "SCAN a", "the same"},
    {"facet", NULL, "SCAN ", "the same"},
    {"reports", "filtered by", "USE TEMP B-TREE FOR", "of few studies: all their reports are sorted"},
};
static bool is_needed[LEN(exceptions)];

static int steps_seen, questions_seen;

static bool is_plain(const char *step)
{
    static const char *const heavy[] = {"SCAN ", "USE TEMP B-TREE FOR ORDER", "USE TEMP B-TREE FOR RIGHT", "USE TEMP B-TREE FOR LAST"};
    for (size_t i = 0; i < LEN(heavy); i++)
        if (strncmp(step, heavy[i], strlen(heavy[i])) == 0)
            return false;
    return strstr(step, "AUTOMATIC") == NULL;
}

static bool has_part(const char *text, const char *part)
{
    return part == NULL || strstr(text, part) != NULL;
}

static void judge(const char *purpose, const char *filter, const char *step, const char *text)
{
    bool is_let = is_plain(step);
    steps_seen++;
    for (size_t i = 0; i < LEN(exceptions) && !is_let; i++) {
        const struct exception *e = &exceptions[i];
        is_let = has_part(purpose, e->purpose) && has_part(filter, e->filter) && strncmp(step, e->step, strlen(e->step)) == 0;
        is_needed[i] = is_needed[i] || is_let;
    }
    ck_assert_msg(is_let, "%s, %s: %s\n%s", purpose, filter, step, text);
}

/* Every statement that was put together since, and then none. */
static void explain(const char *purpose, const char *filter)
{
    struct statements *statements = &fixture.reader->statements;
    char filtered[80];
    snprintf(filtered, sizeof filtered, "%s%s", strcmp(filter, "no filter") == 0 ? "" : "filtered by ", filter);
    for (size_t i = 0; i < SHAPES_MAX; i++) {
        struct shape *shape = &statements->shapes[i];
        sqlite3_stmt *stmt = NULL;
        if (shape->text == NULL)
            continue;
        bool is_count = strstr(purpose, " by ") != NULL && strncmp(shape->text, "SELECT count(*)", 15) == 0;
        char *question = sqlite3_mprintf("EXPLAIN QUERY PLAN %s", shape->text);
        ck_assert_int_eq(sqlite3_prepare_v2(statements->sql, question, -1, &stmt, NULL), SQLITE_OK);
        while (sqlite3_step(stmt) == SQLITE_ROW)
            judge(is_count ? "count" : purpose, filtered, (const char *)sqlite3_column_text(stmt, 3), shape->text);
        sqlite3_finalize(stmt);
        sqlite3_free(question);
        sqlite3_finalize(shape->stmt);
        free(shape->text);
        *shape = (struct shape){0};
        questions_seen++;
    }
}

/* ── filters ────────────────────────────────────────────────────────────────────────────────────────────────── */

static const struct db_search word = {.terms = {{"alfa"}}, .len = 1};

/* After those of the portfolio: whether it is behind its plan, and what is looked for. */
enum { BEHIND = FILTERS, SEARCHED, NOTHING, ALL_FILTERS };

static const char *name_of(size_t which)
{
    static const char *const others[] = {"updated", "has_card", "behind_plan", "q", "no filter"};
    if (which < LEN(code_filters))
        return code_filters[which].name;
    return which < FILTERS - 2 ? range_filters[which - LEN(code_filters)].name : others[which - (FILTERS - 2)];
}

/* Of one value or range, or of two. */
static void set_len(struct db_study_filter *filter, size_t which, size_t len)
{
    if (which < LEN(code_filters)) {
        struct db_codes *codes = (void *)((char *)filter + code_filters[which].offset);
        value_store[which][1] = codes->values[0];
        codes->len = len;
    } else if (which < FILTERS - 2) {
        struct db_ranges *ranges = (void *)((char *)filter + range_filters[which - LEN(code_filters)].offset);
        *ranges = (struct db_ranges){.len = len, .r = {{1, 2000}, {2020, 100000}}};
    }
}

/* Returns whether it can be negated. */
static bool add_filter(struct db_study_filter *filter, size_t which, size_t len, bool negate)
{
    bool *negated = which < FILTERS ? fill(filter, which) : NULL;
    set_len(filter, which, len);
    if (negated != NULL)
        *negated = negate;
    if (which == BEHIND)
        filter->behind_plan = negate ? DB_NO : DB_YES;
    if (which == SEARCHED)
        filter->q = &word;
    return negated != NULL;
}

/* ── asking ─────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool skip(void *cls, const char *bytes, size_t len)
{
    (void)cls, (void)bytes, (void)len;
    return true;
}

static const char *const sort_names[] = {"id",      "name",   "call_year",   "amount_nok", "planned", "included",
                                         "percent", "leader", "institution", "mechanism",  "status",  "updated"};

/* The first page, the one after it and the one before that; then all. */
static void ask_pages(const struct db_study_filter *filter, const char *name, const struct db_sort *sort)
{
    struct db_studies_query query = {.limit = 2, .sort = {*sort}, .sort_len = 1};
    struct db_studies_page page;
    struct db_studies_walk *walk;
    char purpose[40];
    int64_t total;
    ck_assert_int_eq(db_studies_list(fixture.reader, &query, skip, NULL, &page), DB_OK); /* a place that is there whatever passes */
    struct db_position from = page.last;
    snprintf(purpose, sizeof purpose, "page by %s%s", sort_names[sort->key], sort->descending ? " down" : "");
    explain(purpose, "no filter");
    query.filter = *filter;
    for (int place = 0; place < 3; place++) {
        query.from = place == 0 ? NULL : &from;
        query.backwards = place == 2;
        ck_assert_int_eq(db_studies_list(fixture.reader, &query, skip, NULL, &page), DB_OK);
        explain(purpose, name);
    }
    ck_assert_int_eq(db_reader_begin(fixture.reader), DB_OK);
    ck_assert_int_eq(db_studies_walk_begin(fixture.reader, &query, INT64_MAX, &walk, &total), DB_OK);
    db_studies_walk_end(walk);
    db_reader_end(fixture.reader);
    snprintf(purpose, sizeof purpose, "everything by %s%s", sort_names[sort->key], sort->descending ? " down" : "");
    explain(purpose, name);
}

static void begin(void)
{
    portfolio();
    list_codes();
    images_forget(fixture.db);
    fixture.db->answers.max = 0;
}

static void in_every_order(size_t which, size_t len, bool negate)
{
    struct db_study_filter filter = {.q = NULL};
    char name[60];
    if (!add_filter(&filter, which, len, negate) && negate)
        return;
    snprintf(name, sizeof name, "%s%s%s", negate ? "!" : "", name_of(which), len > 1 ? ", two" : "");
    for (int way = 0; way < 2 * (DB_SORT_UPDATED + 1); way++)
        ask_pages(&filter, name, &(struct db_sort){(enum db_study_sort_key)(way / 2), way % 2});
}

static void every_filter_in_every_order(void)
{
    for (size_t which = 0; which < ALL_FILTERS; which++)
        for (size_t len = 1; len <= (which < FILTERS - 2 ? 2 : 1); len++) {
            in_every_order(which, len, false);
            in_every_order(which, len, true);
        }
}

static void every_two_filters(void)
{
    static const struct db_sort orders[] = {{DB_SORT_CALL_YEAR, false}, {DB_SORT_AMOUNT_NOK, true}, {DB_SORT_NAME, false}};
    for (size_t a = 0; a < NOTHING; a++)
        for (size_t b = a + 1; b < NOTHING; b++) {
            struct db_study_filter filter = {.q = NULL};
            char name[60];
            add_filter(&filter, a, 1, false);
            add_filter(&filter, b, 1, false);
            snprintf(name, sizeof name, "%s and %s", name_of(a), name_of(b));
            for (size_t i = 0; i < LEN(orders); i++)
                ask_pages(&filter, name, &orders[i]);
        }
}

static void relevance(void)
{
    for (size_t which = 0; which <= NOTHING; which++) {
        struct db_study_filter filter = {.q = NULL};
        char name[60];
        if (which == SEARCHED)
            continue;
        add_filter(&filter, which, 1, false);
        filter.q = &word;
        snprintf(name, sizeof name, "q and %s", name_of(which));
        struct db_studies_query query = {.limit = 2, .sort = {{DB_SORT_RELEVANCE, true}}, .sort_len = 1, .filter = filter};
        struct db_studies_page page;
        ck_assert_int_eq(db_studies_list(fixture.reader, &query, skip, NULL, &page), DB_OK);
        explain("page by relevance", name);
    }
}

static bool skip_facet(void *cls, const struct db_facet_counts *counts)
{
    (void)cls, (void)counts;
    return true;
}

static void facets_under_every_filter(void)
{
    for (size_t which = 0; which < ALL_FILTERS; which++)
        for (int facet = 0; facet < DB_FACETS; facet++) {
            struct db_study_filter filter = {.q = NULL};
            char purpose[40];
            add_filter(&filter, which, 1, false);
            ck_assert_int_eq(db_facets(fixture.reader, &filter, (enum db_facet)facet, skip_facet, NULL), DB_OK);
            snprintf(purpose, sizeof purpose, "facet %d", facet);
            explain(purpose, name_of(which));
        }
}

static bool skip_stats(void *cls, const struct db_stats *stats)
{
    (void)cls, (void)stats;
    return true;
}

static void statistics_under_every_filter(void)
{
    static const char *const grains[] = {"studies", "awards", "regions"};
    for (size_t which = 0; which < ALL_FILTERS; which++)
        for (int way = 0; way < 3 * (DB_DIMENSIONS + 1); way++) {
            struct db_stats_query query = {.grain = (enum db_grain)(way % 3), .by = {(enum db_dimension)(way / 3 % DB_DIMENSIONS)}};
            char purpose[40];
            query.by_len = way / 3 < DB_DIMENSIONS;
            add_filter(&query.filter, which, 1, false);
            ck_assert_int_eq(db_stats(fixture.reader, &query, skip_stats, NULL), DB_OK);
            snprintf(purpose, sizeof purpose, "statistic of %s, %d", grains[way % 3], query.by_len > 0 ? way / 3 : -1);
            explain(purpose, name_of(which));
        }
}

static bool skip_report(void *cls, const struct db_recruitment_row *row)
{
    (void)cls, (void)row;
    return true;
}

static void reports_under_every_filter(void)
{
    for (size_t which = 0; which < ALL_FILTERS; which++)
        for (int order = 0; order <= DB_RECRUITMENT_BY_DAY_DOWN; order++) {
            struct db_recruitment_query query = {.order = (enum db_recruitment_order)order, .limit = 2};
            struct db_recruitment_walk *walk;
            struct db_studies_page page;
            char purpose[40];
            int64_t total;
            snprintf(purpose, sizeof purpose, "reports in order %d", order);
            ck_assert_int_eq(db_recruitment_list(fixture.reader, &query, skip_report, NULL, &page), DB_OK);
            explain(purpose, "no filter");
            struct db_position from = page.last;
            add_filter(&query.filter, which, 1, false);
            for (int place = 0; place < 3; place++) {
                query.position = place == 0 ? NULL : &from;
                query.backwards = place == 2;
                ck_assert_int_eq(db_recruitment_list(fixture.reader, &query, skip_report, NULL, &page), DB_OK);
                explain(purpose, name_of(which));
            }
            ck_assert_int_eq(db_reader_begin(fixture.reader), DB_OK);
            ck_assert_int_eq(db_recruitment_walk_begin(fixture.reader, &query, INT64_MAX, &walk, &total), DB_OK);
            db_recruitment_walk_end(walk);
            db_reader_end(fixture.reader);
            snprintf(purpose, sizeof purpose, "all reports in order %d", order);
            explain(purpose, name_of(which));
        }
}

START_TEST(every_question_uses_an_index_or_is_known_not_to)
{
    every_filter_in_every_order();
    every_two_filters();
    relevance();
    facets_under_every_filter();
    statistics_under_every_filter();
    reports_under_every_filter();
    for (size_t i = 0; i < LEN(exceptions); i++)
        ck_assert_msg(is_needed[i], "nothing needs the exception “%s” any more: %s", exceptions[i].step, exceptions[i].why);
    ck_assert_int_gt(questions_seen, 5000);
    ck_assert_int_gt(steps_seen, 10000);
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("plans");
    tcase_add_checked_fixture(cases, begin, fixture_end);
    tcase_add_test(cases, every_question_uses_an_index_or_is_known_not_to);
    return run("plans", cases, false);
}
