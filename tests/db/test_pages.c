/* SPDX-License-Identifier: GPL-3.0-or-later
 * Order and pages, against a model of them in plain C.
 */
#include "portfolio.h"
#include "db/sortkey.h"

#define ROUNDS 300

/* ── order ──────────────────────────────────────────────────────────────────────────────────────────────────── */

static int compare_keys(const char *a, const char *b)
{
    unsigned char key_a[100], key_b[100];
    size_t len_a = sortkey_nb(a, key_a, sizeof key_a), len_b = sortkey_nb(b, key_b, sizeof key_b);
    int order = memcmp(key_a, key_b, len_a < len_b ? len_a : len_b);
    return order != 0 ? order : (len_a > len_b) - (len_a < len_b);
}

static int64_t permille(const struct model *m)
{
    return m->planned <= 0 || m->included < 0 ? -1 : (2000 * m->included + m->planned) / (2 * m->planned);
}

static int64_t number_of(const struct model *m, enum db_study_sort_key key)
{
    switch (key) {
    case DB_SORT_CALL_YEAR: return m->award_year[0];
    case DB_SORT_AMOUNT_NOK: return m->amount;
    case DB_SORT_PLANNED: return m->planned;
    case DB_SORT_INCLUDED: return m->included;
    case DB_SORT_PERCENT: return permille(m);
    case DB_SORT_UPDATED: return m->updated;
    case DB_SORT_ID:
    case DB_SORT_NAME:
    case DB_SORT_LEADER:
    case DB_SORT_INSTITUTION:
    case DB_SORT_MECHANISM:
    case DB_SORT_STATUS:
    case DB_SORT_RELEVANCE: break;
    }
    ck_abort_msg("%d is no number", key);
}

static int compare_one(const struct model *a, const struct model *b, const struct db_sort *sort)
{
    int64_t x, y;
    int order = 0;
    switch (sort->key) {
    case DB_SORT_RELEVANCE: break; /* test_search.c */
    case DB_SORT_ID: order = strcmp(a->code, b->code); break;
    case DB_SORT_NAME: order = compare_keys(a->title, b->title); break;
    case DB_SORT_LEADER: order = compare_keys(leaders[a->leader], leaders[b->leader]); break;
    case DB_SORT_INSTITUTION: order = compare_keys(places[a->institution].name, places[b->institution].name); break;
    case DB_SORT_MECHANISM: order = strcmp(mechanisms[a->award_mechanism[0]], mechanisms[b->award_mechanism[0]]); break;
    case DB_SORT_STATUS: order = strcmp(statuses[a->status], statuses[b->status]); break;
    case DB_SORT_CALL_YEAR:
    case DB_SORT_AMOUNT_NOK:
    case DB_SORT_PLANNED:
    case DB_SORT_INCLUDED:
    case DB_SORT_PERCENT:
    case DB_SORT_UPDATED:
        x = number_of(a, sort->key), y = number_of(b, sort->key);
        if ((x < 0) != (y < 0))
            return x < 0 ? 1 : -1; /* not known: last, whichever way */
        order = (x > y) - (x < y);
    }
    return sort->descending ? -order : order;
}

static const struct db_studies_query *ordering;

static int compare(const void *a, const void *b)
{
    static const struct db_sort usual = {DB_SORT_CALL_YEAR, false}, last = {DB_SORT_ID, false};
    const struct model *x = *(const struct model *const *)a, *y = *(const struct model *const *)b;
    int order = ordering->sort_len == 0 ? compare_one(x, y, &usual) : 0;
    for (size_t i = 0; i < ordering->sort_len && order == 0; i++)
        order = compare_one(x, y, &ordering->sort[i]);
    return order != 0 ? order : compare_one(x, y, &last);
}

static size_t model_list(const struct db_studies_query *query, const struct model *ret_rows[STUDIES])
{
    size_t len = 0;
    for (int i = 0; i < STUDIES; i++)
        if (passes(&query->filter, &models[i]))
            ret_rows[len++] = &models[i];
    ordering = query;
    qsort(ret_rows, len, sizeof *ret_rows, compare);
    return len;
}

/* ── pages ──────────────────────────────────────────────────────────────────────────────────────────────────── */

struct seen {
    size_t len;
    char code[STUDIES][16];
};

static bool see(void *cls, const char *bytes, size_t len)
{
    struct seen *seen = cls;
    ck_assert_uint_gt(len, 10);
    ck_assert_int_eq(sscanf(bytes, "study %15s ", seen->code[seen->len]), 1);
    seen->len++;
    return true;
}

/* Pages of chance sizes from one end to the other: rows start … are the next to come. */
static void walk(struct db_studies_query *query, const struct model *const *rows, size_t len)
{
    struct db_position from = {0};
    size_t at = query->backwards ? len : 0;
    query->from = NULL;
    for (;;) {
        struct seen seen = {0};
        struct db_studies_page page;
        query->limit = 1 + chance(40);
        ck_assert_int_eq(db_studies_list(fixture.reader, query, see, &seen, &page), DB_OK);
        size_t left = query->backwards ? at : len - at;
        size_t expected = left < (size_t)query->limit ? left : (size_t)query->limit;
        size_t start = query->backwards ? at - expected : at;
        ck_assert_int_eq(page.total, (int64_t)len);
        ck_assert_uint_eq((size_t)page.returned, expected);
        ck_assert_uint_eq(seen.len, expected);
        for (size_t i = 0; i < expected; i++)
            ck_assert_str_eq(seen.code[i], rows[start + i]->code);
        ck_assert_int_eq(page.more_before, start > 0);
        ck_assert_int_eq(page.more_after, start + expected < len);
        ck_assert_int_eq(page.first.len == 0, expected == 0);
        at = query->backwards ? start : start + expected;
        if (!(query->backwards ? page.more_before : page.more_after))
            break;
        from = query->backwards ? page.first : page.last;
        query->from = &from;
    }
    ck_assert_uint_eq(at, query->backwards ? 0 : len);
}

START_TEST(pages_follow_one_another_both_ways_in_every_order)
{
    list_codes();
    for (int round = 0; round < ROUNDS; round++) {
        const struct model *rows[STUDIES];
        struct db_studies_query query = {.sort_len = (size_t)chance(DB_SORT_LEN + 1)};
        if (chance(3) > 0)
            query.filter = filter_by_chance();
        for (size_t i = 0; i < query.sort_len; i++)
            query.sort[i] = (struct db_sort){(enum db_study_sort_key)chance(DB_SORT_UPDATED + 1), chance(2)};
        size_t len = model_list(&query, rows);
        query.backwards = false;
        walk(&query, rows, len);
        query.backwards = true;
        walk(&query, rows, len);
    }
}
END_TEST

START_TEST(each_key_alone_sorts_both_ways)
{
    for (int key = 0; key <= DB_SORT_UPDATED; key++)
        for (int descending = 0; descending < 2; descending++) {
            const struct model *rows[STUDIES];
            struct db_studies_query query = {.sort = {{(enum db_study_sort_key)key, descending}}, .sort_len = 1};
            size_t len = model_list(&query, rows);
            walk(&query, rows, len);
            query.backwards = true;
            walk(&query, rows, len);
        }
}
END_TEST

START_TEST(a_page_turned_back_is_the_page_before)
{
    struct db_studies_query query = {.limit = 30};
    struct db_studies_page first, second, back;
    struct seen seen[3] = {{0}};
    ck_assert_int_eq(db_studies_list(fixture.reader, &query, see, &seen[0], &first), DB_OK);
    query.from = &first.last;
    ck_assert_int_eq(db_studies_list(fixture.reader, &query, see, &seen[1], &second), DB_OK);
    ck_assert(second.more_before);
    query.from = &second.first;
    query.backwards = true;
    ck_assert_int_eq(db_studies_list(fixture.reader, &query, see, &seen[2], &back), DB_OK);
    ck_assert_int_eq(memcmp(&seen[0], &seen[2], sizeof seen[0]), 0);
    ck_assert(!back.more_before && back.more_after);
}
END_TEST

START_TEST(beyond_the_end_lies_an_empty_page)
{
    struct db_studies_query query = {.limit = 500};
    struct db_studies_page page;
    struct seen seen = {0};
    ck_assert_int_eq(db_studies_list(fixture.reader, &query, see, &seen, &page), DB_OK);
    ck_assert(!page.more_before && !page.more_after);
    struct db_position last = page.last;
    query.from = &last;
    ck_assert_int_eq(db_studies_list(fixture.reader, &query, see, &seen, &page), DB_OK);
    ck_assert_int_eq(page.returned, 0);
    ck_assert(page.more_before && !page.more_after);
    ck_assert_uint_eq(page.first.len, 0);
    ck_assert_int_eq(page.total, STUDIES);
}
END_TEST

static bool stop(void *cls, const char *bytes, size_t len)
{
    (void)bytes, (void)len;
    return ++*(int *)cls < 3;
}

START_TEST(a_reader_may_stop)
{
    struct db_studies_query query = {.limit = 50};
    struct db_studies_page page;
    int calls = 0;
    ck_assert_int_eq(db_studies_list(fixture.reader, &query, stop, &calls, &page), DB_OK);
    ck_assert_int_eq(calls, 3);
    ck_assert_int_eq(count_of(&query.filter), STUDIES); /* and nothing is left open */
}
END_TEST

/* ── positions that were tampered with ──────────────────────────────────────────────────────────────────────── */

START_TEST(a_position_fits_its_own_order_only)
{
    struct db_studies_query query = {.limit = 10, .sort = {{DB_SORT_PLANNED, false}, {DB_SORT_NAME, true}}, .sort_len = 2};
    struct db_studies_page page, other;
    struct seen seen = {0};
    ck_assert_int_eq(db_studies_list(fixture.reader, &query, see, &seen, &page), DB_OK);
    struct db_position position = page.last;
    query.from = &position;
    query.sort[1].descending = false;
    ck_assert_int_eq(db_studies_list(fixture.reader, &query, see, &seen, &other), DB_CONFLICT);
    query.sort[1] = (struct db_sort){DB_SORT_LEADER, true};
    ck_assert_int_eq(db_studies_list(fixture.reader, &query, see, &seen, &other), DB_CONFLICT);
    query.sort_len = 1;
    ck_assert_int_eq(db_studies_list(fixture.reader, &query, see, &seen, &other), DB_CONFLICT);
    query.sort_len = 2;
    query.sort[1] = (struct db_sort){DB_SORT_NAME, true};
    for (position.len = 0; position.len < page.last.len; position.len++) /* cut anywhere */
        ck_assert_int_eq(db_studies_list(fixture.reader, &query, see, &seen, &other), DB_CONFLICT);
    position.len = page.last.len + 1; /* or longer */
    ck_assert_int_eq(db_studies_list(fixture.reader, &query, see, &seen, &other), DB_CONFLICT);
    position.len = SIZE_MAX;
    ck_assert_int_eq(db_studies_list(fixture.reader, &query, see, &seen, &other), DB_CONFLICT);
}
END_TEST

START_TEST(a_garbled_position_never_harms)
{
    struct db_studies_query query = {.limit = 10, .sort = {{DB_SORT_INCLUDED, true}, {DB_SORT_LEADER, false}}, .sort_len = 2};
    struct db_studies_page page, other;
    struct seen seen = {0};
    int refused = 0;
    ck_assert_int_eq(db_studies_list(fixture.reader, &query, see, &seen, &page), DB_OK);
    for (int round = 0; round < 3000; round++) {
        struct db_position position = page.last;
        position.bytes[chance((int)position.len)] = (unsigned char)chance(256);
        query.from = &position;
        seen.len = 0;
        enum db_status status = db_studies_list(fixture.reader, &query, see, &seen, &other);
        ck_assert(status == DB_OK || status == DB_CONFLICT);
        refused += status == DB_CONFLICT;
    }
    ck_assert_int_gt(refused, 100);
}
END_TEST

START_TEST(the_longest_names_fit_a_position)
{
    char title[3000], code[65];
    memset(title, 'y', sizeof title - 1);
    memset(code, 'z', sizeof code - 1);
    title[sizeof title - 1] = code[sizeof code - 1] = '\0';
    struct said *said = said_new();
    said->programme.code = "third";
    said->studies[0].code = code;
    said->studies[0].acronym = title;
    said->studies[0].leader = title;
    said->institutions[2].code = "long";
    said->institutions[2].name = title;
    said->studies[0].institution.code = "long";
    said->studies[1].code = NULL;
    said->plans[0].study = said->reports[0].study = code;
    said->notes[0].record = NULL;
    import_ok(said);
    struct db_studies_query query = {
        .limit = 1,
        .sort = {{DB_SORT_NAME, false}, {DB_SORT_LEADER, false}, {DB_SORT_INSTITUTION, true}, {DB_SORT_MECHANISM, true}},
        .sort_len = 4,
        .filter.id = {&(const char *){code}, 1, false}};
    struct db_studies_page page;
    struct seen seen = {0};
    char *text = NULL;
    ck_assert_int_eq(db_studies_list(fixture.reader, &query, keep_bytes, &text, &page), DB_OK);
    ck_assert_int_eq(page.returned, 1);
    struct db_position last = page.last;
    query.from = &last;
    ck_assert_int_eq(db_studies_list(fixture.reader, &query, see, &seen, &page), DB_OK);
    ck_assert_int_eq(page.returned, 0);
    free(text);
    free(said);
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("pages");
    tcase_add_checked_fixture(cases, portfolio, fixture_end);
    tcase_add_test(cases, pages_follow_one_another_both_ways_in_every_order);
    tcase_add_test(cases, each_key_alone_sorts_both_ways);
    tcase_add_test(cases, a_page_turned_back_is_the_page_before);
    tcase_add_test(cases, beyond_the_end_lies_an_empty_page);
    tcase_add_test(cases, a_reader_may_stop);
    tcase_add_test(cases, a_position_fits_its_own_order_only);
    tcase_add_test(cases, a_garbled_position_never_harms);
    tcase_add_test(cases, the_longest_names_fit_a_position);
    return run("pages", cases, false);
}
