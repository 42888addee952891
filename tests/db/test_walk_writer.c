/* SPDX-License-Identifier: GPL-3.0-or-later
 * A walk by cursor while a writer inserts, deletes and moves other studies between pages: every study that stays as it was comes exactly
 * once, in the order of the list, both ways, whatever the cursor's own row did meanwhile.
 */
#include "fixture.h"

#define CALM     2200 /* more than the image looks at one by one, so that the walk along its order is taken too */
#define RESTLESS 60
#define ALL      (CALM + RESTLESS)
#define LONGEST  800 /* page */

static uint64_t seed = 88172645463325252u;

static int chance(int below)
{
    seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
    return (int)(seed >> 33) % below;
}

#define ANY_OF(list) list[chance((int)LEN(list))]

/* ── studies ────────────────────────────────────────────────────────────────────────────────────────────────── */

static const char *const leaders[] = {"Åse Ås", "Aase Øy", "Ola Zen", "Per Ærlig", "kari å", "Ö. Berg", "Bo Bø"};
static const char *const words[] = {"Østre", "Ålesund", "Aalesund", "alfa", "Alfa", "Ærlig", "zeta", "B-1", "B 2", "å"};
static const char *const places[] = {"haukeland", "helse-bergen", "ous", "tromso"};
static const char *const statuses[] = {"planned", "recruiting", "completed", "unknown"};
static const char *const kinds[] = {"open-call", "other"};

struct study {
    char code[16], title[48];
    const char *leader, *place, *status;
    int64_t planned, included; /* −1 = not known */
    struct db_award award;
    bool is_here;
};
static struct study restless[RESTLESS];

static void change(struct study *study)
{
    snprintf(study->title, sizeof study->title, "%s %s %d", ANY_OF(words), ANY_OF(words), chance(30));
    study->leader = ANY_OF(leaders);
    study->place = ANY_OF(places);
    study->status = ANY_OF(statuses);
    study->planned = chance(4) == 0 ? -1 : chance(40) * 5;
    study->included = chance(3) == 0 ? -1 : chance(40) * 5;
    study->award = (struct db_award){"main", 2016 + chance(6), {ANY_OF(kinds)}, 1000 * (int64_t)chance(50), "T", NULL};
}

static enum db_status put_study(struct db_import *import, const struct study *study)
{
    const struct db_study said = {
        .code = study->code,
        .leader = study->leader,
        .institution = {study->place},
        .status = study->status,
        .scientific_title = study->title,
        .awards = &study->award,
        .awards_len = 1,
        .hospitals_stated = -1,
        .european_sites = -1,
        .age_min = -1,
        .age_max = -1,
        .children = -1,
    };
    enum db_status status = db_import_study(import, &said);
    if (status == DB_OK && study->planned >= 0)
        status = db_import_plan(import, &(struct db_plan){study->code, NULL, study->planned, "2024-12-31", NULL, NULL});
    if (status == DB_OK && study->included >= 0)
        status = db_import_report(import, &(struct db_report){study->code, NULL, "2024-12-31", study->included, NULL});
    return status;
}

/* The edition of a programme, said anew. */
static void import_studies(const char *programme, const struct study *studies, size_t len)
{
    static int number;
    char digest[16];
    struct said *said = said_new();
    struct db_import *import = NULL;
    struct db_import_result result;
    bool is_same = false;
    snprintf(digest, sizeof digest, "d%d", number++);
    said->programme.code = programme;
    said->edition.digest = digest;
    said->leaders[0].name = said->studies[0].code = said->plans[0].study = said->reports[0].study = said->notes[0].record = NULL;
    ck_assert_int_eq(db_import_begin(fixture.db, &said->programme, &said->edition, &is_same, &import), DB_OK);
    ck_assert_int_eq(put_all(import, said), DB_OK);
    for (size_t i = 0; i < len; i++)
        if (studies[i].is_here)
            ck_assert_int_eq(put_study(import, &studies[i]), DB_OK);
    ck_assert_int_eq(db_import_finish(import, false, &result), DB_OK);
    free(said);
}

static void restless_register(void)
{
    static struct study calm[CALM];
    fixture_begin();
    for (int i = 0; i < CALM; i++) {
        change(&calm[i]);
        snprintf(calm[i].code, sizeof calm[i].code, "c%04d", (i * 1117) % CALM);
        calm[i].is_here = true;
    }
    import_studies("calm", calm, CALM);
    for (int i = 0; i < RESTLESS; i++) {
        change(&restless[i]);
        snprintf(restless[i].code, sizeof restless[i].code, "r%04d", i);
        restless[i].is_here = i % 2 == 0;
    }
    import_studies("restless", restless, RESTLESS);
}

/* ── the writer ─────────────────────────────────────────────────────────────────────────────────────────────── */

/* Nothing of the interface removes a study; readers have to live with it all the same. */
static void remove_study(const char *code)
{
    static const char *const tables[] = {
        "study_text",       "rendered",   "award",        "study_category", "study_hospital", "study_inclusion_region", "study_arm",
        "study_identifier", "study_link", "study_source", "plan",           "report",         "study_region",
    };
    for (size_t i = 0; i < LEN(tables); i++)
        sql("DELETE FROM %s WHERE study = (SELECT id FROM study WHERE code = '%s')", tables[i], code);
    sql("DELETE FROM study WHERE code = '%s'", code);
}

/* Past the interface: the image is then of another version, and the engine answers until the next import. */
static void write_by_hand(struct study *study)
{
    study->is_here = study->is_here && chance(3) > 0;
    if (!study->is_here)
        remove_study(study->code);
    else
        sql("UPDATE study SET planned = %s, name_key = randomblob(3), leader_key = randomblob(2), call_year = %d, updated = %d,"
            " amount_nok = %d, status = '%s' WHERE code = '%s'",
            chance(3) == 0 ? "NULL" : "abs(random() % 200)", 2016 + chance(6), chance(100000), 1000 * chance(50), ANY_OF(statuses),
            study->code);
    sql("UPDATE register SET data_version = data_version + 1, facts = data_version + 1");
}

/* Some come, some change; what an edition no longer has stays as it was. */
static void write_by_import(struct study *study)
{
    change(study);
    for (int i = 0; i < 4; i++) {
        struct study *other = &restless[chance(RESTLESS)];
        change(other);
        other->is_here = true;
    }
    import_studies("restless", restless, RESTLESS);
}

/* ── reading ────────────────────────────────────────────────────────────────────────────────────────────────── */

struct seen {
    size_t len;
    char code[ALL][16];
};

static bool see(void *cls, const char *bytes, size_t len)
{
    struct seen *seen = cls;
    ck_assert_uint_gt(len, 10);
    ck_assert_uint_lt(seen->len, ALL);
    ck_assert_int_eq(sscanf(bytes, "study %15s ", seen->code[seen->len]), 1);
    seen->len++;
    return true;
}

static bool is_calm(const char *code)
{
    return code[0] == 'c';
}

static void calm_only(struct seen *seen)
{
    size_t len = 0;
    for (size_t i = 0; i < seen->len; i++)
        if (is_calm(seen->code[i]))
            memmove(seen->code[len++], seen->code[i], sizeof seen->code[i]);
    seen->len = len;
}

static struct db_studies_page read_page(struct db_studies_query *query, int limit, const struct db_position *from, struct seen *ret_seen)
{
    struct db_studies_page page;
    ret_seen->len = 0;
    query->limit = limit;
    query->from = from;
    ck_assert_int_eq(db_studies_list(fixture.reader, query, see, ret_seen, &page), DB_OK);
    ck_assert_int_eq(page.returned, (int)ret_seen->len);
    return page;
}

/* The calm studies of the whole list, in its order. */
static void calm_list(struct db_studies_query query, struct seen *ret_seen)
{
    query.backwards = false;
    struct db_studies_page page = read_page(&query, ALL, NULL, ret_seen);
    ck_assert_int_eq(page.total, page.returned);
    calm_only(ret_seen);
}

/* ── walking ────────────────────────────────────────────────────────────────────────────────────────────────── */

static struct study *study_of(const char *code)
{
    return is_calm(code) ? NULL : &restless[strtol(code + 1, NULL, 10)];
}

struct walk {
    struct db_studies_query query;
    const struct seen *expected;
    size_t met; /* of expected, from the end where the walk begins */
    void (*write)(struct study *study);
    int own_rows; /* times that the cursor's own row was removed or moved */
    int pages;
};

static void meet(struct walk *walk, struct seen *seen)
{
    calm_only(seen);
    for (size_t i = 0; i < seen->len; i++) {
        bool back = walk->query.backwards;
        const char *code = seen->code[back ? seen->len - 1 - i : i];
        ck_assert_uint_lt(walk->met, walk->expected->len);
        ck_assert_str_eq(code, walk->expected->code[back ? walk->expected->len - 1 - walk->met : walk->met]);
        walk->met++;
    }
}

/* The page ends, where it can, with a restless study, whose row is then the cursor's. */
static int limit_to_restless(const struct walk *walk, const struct seen *seen, int limit)
{
    size_t len = seen->len;
    for (size_t i = len; i-- > len / 2;)
        if (!is_calm(seen->code[walk->query.backwards ? len - 1 - i : i]))
            return (int)i + 1;
    return limit;
}

/* From where the walk stands back to where it came from: what lies there is what was met last. */
static void look_back(const struct walk *walk, const struct db_position *here, bool is_here_met)
{
    static struct seen seen;
    struct db_studies_query query = walk->query;
    query.backwards = !query.backwards;
    read_page(&query, 1 + chance(40), here, &seen);
    calm_only(&seen);
    size_t met = walk->met - (is_here_met ? 1 : 0);
    ck_assert_uint_le(seen.len, met);
    for (size_t i = 0; i < seen.len; i++) {
        size_t at = walk->query.backwards ? walk->expected->len - met + i : met - seen.len + i;
        ck_assert_str_eq(seen.code[i], walk->expected->code[at]);
    }
}

static void walk_through(struct walk *walk)
{
    static struct seen seen;
    struct db_position from = {0};
    for (bool is_more = true; is_more; walk->pages++) {
        const struct db_position *here = walk->pages == 0 ? NULL : &from;
        int limit = 1 + chance(LONGEST);
        struct db_studies_page page = read_page(&walk->query, limit, here, &seen);
        if (chance(2) == 0)
            page = read_page(&walk->query, limit_to_restless(walk, &seen, limit), here, &seen);
        if (seen.len == 0)
            break;
        bool back = walk->query.backwards;
        from = back ? page.first : page.last;
        is_more = back ? page.more_before : page.more_after;
        char edge[16];
        memcpy(edge, seen.code[back ? 0 : seen.len - 1], sizeof edge);
        meet(walk, &seen);
        struct study *own = study_of(edge);
        walk->own_rows += own != NULL;
        walk->write(own != NULL ? own : &restless[chance(RESTLESS)]);
        look_back(walk, &from, is_calm(edge));
        ck_assert_int_lt(walk->pages, ALL);
    }
    ck_assert_uint_eq(walk->met, walk->expected->len);
}

static const char *const some_statuses[] = {"planned", "recruiting"}, *const no_status[] = {"planned"};

static const struct {
    struct db_sort sort[DB_SORT_LEN];
    size_t len;
} orders[] = {
    {{{DB_SORT_CALL_YEAR, false}}, 0},
    {{{DB_SORT_NAME, true}}, 1},
    {{{DB_SORT_PLANNED, false}}, 1},
    {{{DB_SORT_PLANNED, true}}, 1},
    {{{DB_SORT_UPDATED, true}}, 1},
    {{{DB_SORT_LEADER, true}, {DB_SORT_NAME, false}}, 2},
    {{{DB_SORT_STATUS, false}, {DB_SORT_AMOUNT_NOK, true}}, 2},
    {{{DB_SORT_ID, true}}, 1},
};

#define FILTERS 3
static struct db_study_filter filter_of(int which)
{
    struct db_study_filter filter = {0};
    if (which == 1)
        filter.status = (struct db_codes){some_statuses, LEN(some_statuses), false};
    if (which == 2) {
        filter.status = (struct db_codes){no_status, LEN(no_status), true};
        filter.planned = (struct db_ranges){.len = 1, .negate = true, .r = {{50, 100}}};
    }
    return filter;
}

/* Every order, with each filter, both ways. */
static void walk_every_order(void (*write)(struct study *study))
{
    static struct seen expected, after;
    int own_rows = 0;
    for (size_t i = 0; i < LEN(orders) * FILTERS * 2; i++) {
        size_t order = i / (FILTERS * 2);
        struct db_studies_query query = {
            .filter = filter_of((int)(i / 2 % FILTERS)), .sort_len = orders[order].len, .backwards = i % 2 == 1};
        memcpy(query.sort, orders[order].sort, sizeof query.sort);
        calm_list(query, &expected);
        ck_assert_uint_gt(expected.len, CALM / 10);
        struct walk walk = {.query = query, .expected = &expected, .write = write};
        walk_through(&walk);
        own_rows += walk.own_rows;
        calm_list(query, &after);
        ck_assert_uint_eq(after.len, expected.len);
        ck_assert_int_eq(memcmp(after.code, expected.code, expected.len * sizeof *expected.code), 0);
        write_by_import(&restless[0]); /* what was removed is here again */
    }
    ck_assert_int_ge(own_rows, 30);
}

START_TEST(a_walk_meets_every_calm_study_once_while_editions_are_said_anew)
{
    walk_every_order(write_by_import);
}
END_TEST

START_TEST(a_walk_meets_every_calm_study_once_while_studies_are_removed)
{
    walk_every_order(write_by_hand);
}
END_TEST

/* ── a cursor without its row ───────────────────────────────────────────────────────────────────────────────── */

START_TEST(a_cursor_whose_row_is_gone_stands_where_it_stood)
{
    static struct seen seen, next, back;
    struct db_studies_query query = {.sort = {{DB_SORT_ID, false}}, .sort_len = 1};
    struct db_studies_page page = read_page(&query, CALM + 5, NULL, &seen);
    struct db_position at = page.last; /* of the fifth restless one */
    ck_assert_str_eq(seen.code[CALM + 4], "r0008");
    remove_study("r0008");
    sql("UPDATE register SET data_version = data_version + 1, facts = data_version + 1");
    page = read_page(&query, 3, &at, &next);
    ck_assert_str_eq(next.code[0], "r0010");
    ck_assert(page.more_before && page.more_after);
    query.backwards = true;
    read_page(&query, 3, &at, &back);
    ck_assert_str_eq(back.code[2], "r0006");
}
END_TEST

START_TEST(a_cursor_whose_row_moved_stays_behind)
{
    static struct seen seen, next;
    struct db_studies_query query = {.sort = {{DB_SORT_NAME, false}}, .sort_len = 1};
    for (int i = 0; i < RESTLESS; i++)
        snprintf(restless[i].title, sizeof restless[i].title, "ÅÅ %02d", i); /* after all others */
    import_studies("restless", restless, RESTLESS);
    struct db_studies_page page = read_page(&query, CALM + 5, NULL, &seen);
    struct db_position at = page.last;
    ck_assert_str_eq(seen.code[CALM + 4], "r0008");
    snprintf(restless[8].title, sizeof restless[8].title, "ÅÅ 11b"); /* further on: it comes again */
    import_studies("restless", restless, RESTLESS);
    read_page(&query, 3, &at, &next);
    ck_assert_str_eq(next.code[0], "r0010");
    ck_assert_str_eq(next.code[1], "r0008");
    ck_assert_str_eq(next.code[2], "r0012");
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("walk");
    tcase_add_checked_fixture(cases, restless_register, fixture_end);
    tcase_add_test(cases, a_walk_meets_every_calm_study_once_while_editions_are_said_anew);
    tcase_add_test(cases, a_walk_meets_every_calm_study_once_while_studies_are_removed);
    tcase_add_test(cases, a_cursor_whose_row_is_gone_stands_where_it_stood);
    tcase_add_test(cases, a_cursor_whose_row_moved_stays_behind);
    return run("walk under a writer", cases, false);
}
