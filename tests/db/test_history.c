/* SPDX-License-Identifier: GPL-3.0-or-later
 * The history of a study against a list of what was done to it, kept by plain C while it was done.
 */
#include "filings.h"

#define STEPS    70
#define VERSIONS 160
#define COUNTS   16

/* ── what was done ──────────────────────────────────────────────────────────────────────────────────────────── */

struct done {
    bool is_plan, correction;
    const char *region, *as_of, *planned_end;
    int64_t number;
    bool stands;     /* in the yearly series, of a report of the whole study */
    bool is_outdone; /* a later edition says the same day */
};
struct version {
    int64_t version, at, data_version;
    const char *role, *edition;
    char *bytes; /* NULL: nobody could see them */
    bool stood, is_small;
    struct done done[COUNTS];
    size_t len;
};
static struct model {
    struct version versions[VERSIONS];
    size_t len;
} model[LEN(study_codes)];

/* ── what is seen right after ───────────────────────────────────────────────────────────────────────────────── */

/* Of each year the last total. */
static void mark_standing(struct version *version, const struct db_study_recruitment *r)
{
    const struct db_report_row *last = NULL, *row = r->reports;
    for (size_t i = 0; i < r->reports_len; i++, row++) {
        if (row->region != NULL)
            continue;
        last = row;
        for (size_t k = i + 1; k < r->reports_len; k++)
            if (r->reports[k].region == NULL && strncmp(r->reports[k].as_of, row->as_of, 4) == 0)
                last = NULL;
        for (size_t k = 0; last != NULL && k < version->len; k++) {
            struct done *done = &version->done[k];
            bool is_of_edition = last->document != NULL, is_last = true;
            for (size_t l = k + 1; l < version->len; l++) /* filed later for the same day */
                is_last = is_last &&
                          (version->done[l].is_plan || version->done[l].region != NULL || strcmp(version->done[l].as_of, done->as_of) != 0);
            if (!done->is_plan && done->region == NULL && strcmp(done->as_of, last->as_of) == 0 && done->number == last->included &&
                is_of_edition == (strcmp(version->role, "edition") == 0))
                done->stands = is_last && !done->is_outdone;
        }
    }
}

static bool take_recruitment(void *cls, const struct db_study_recruitment *r)
{
    struct version *version = cls;
    version->is_small = r->totals_only;
    mark_standing(version, r);
    return false;
}

/* The versions that came since; what was done is that of the last one. */
static void see(size_t study, const char *role, const char *edition, const struct done *done, size_t done_len)
{
    struct model *m = &model[study];
    int64_t now = version_of(study_codes[study]);
    for (int64_t v = (int64_t)m->len + 1; v <= now; v++) {
        ck_assert_uint_lt(m->len, VERSIONS);
        struct version *version = &m->versions[m->len++];
        *version = (struct version){.version = v,
                                    .at = db_data_updated(fixture.db),
                                    .data_version = db_data_version(fixture.db),
                                    .role = role,
                                    .edition = edition,
                                    .stood = v == now};
        if (v < now)
            continue;
        version->bytes = study_text(study_codes[study]);
        memcpy(version->done, done, done_len * sizeof *done);
        version->len = done_len;
        ck_assert_int_eq(db_recruitment_get(fixture.reader, study_codes[study], NULL, NULL, take_recruitment, version), DB_OK);
    }
}

static size_t place_of(const char *code)
{
    size_t i = 0;
    while (strcmp(study_codes[i], code) != 0)
        i++;
    return i;
}

/* ── filing ─────────────────────────────────────────────────────────────────────────────────────────────────── */

static size_t done_by(const struct filing *filing, struct done *done)
{
    size_t len = 0;
    if (filing->kind == FILE_PLAN)
        done[len++] = (struct done){true, false, NULL, filing->as_of, filing->planned_end, filing->planned, false};
    for (size_t i = 0; i < filing->len && filing->kind != FILE_EDIT; i++)
        done[len++] =
            filing->kind == FILE_PLAN
                ? (struct done){true, false, filing->plans[i].region, filing->as_of, NULL, filing->plans[i].planned, false}
                : (struct done){false, filing->correction, filing->counts[i].region, filing->as_of, NULL, filing->counts[i].included,
                                false};
    return len;
}

static void file_and_see(const struct filing *filing)
{
    struct done done[COUNTS];
    file_one(filing);
    see(place_of(filing->study), db_role_names[filing->author.role], NULL, done, done_by(filing, done));
}

/* Both by one author, about one study: the first one's version stands for no time. */
static void file_twice(struct filing *filing, struct filing *other)
{
    struct done done[COUNTS];
    struct db_write *write = NULL;
    other->study = filing->study;
    other->author = filing->author;
    ck_assert_int_eq(db_write_begin(fixture.db, &write), DB_OK);
    file_in(write, filing, true);
    file_in(write, other, true);
    ck_assert_int_eq(db_write_commit(write), DB_OK);
    size_t len = done_by(filing, done);
    see(place_of(filing->study), db_role_names[filing->author.role], NULL, done, len + done_by(other, done + len));
}

/* ── importing ──────────────────────────────────────────────────────────────────────────────────────────────── */

static struct said before[2][2]; /* by programme and edition */

static bool same(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static bool said_plan(const struct said *said, const struct db_plan *plan)
{
    for (size_t i = 0; i < LEN(said->plans); i++) {
        const struct db_plan *p = &said->plans[i];
        if (same(p->study, plan->study) && same(p->region, plan->region) && same(p->as_of, plan->as_of))
            return p->planned == plan->planned && same(p->planned_end, plan->planned_end) && same(p->lines, plan->lines);
    }
    return false;
}

/* What it said of the same day; NULL = nothing. */
static const struct db_report *report_said(const struct said *said, const struct db_report *report)
{
    for (size_t i = 0; i < LEN(said->reports); i++) {
        const struct db_report *r = &said->reports[i];
        if (same(r->study, report->study) && same(r->region, report->region) && same(r->as_of, report->as_of))
            return r;
    }
    return NULL;
}

static bool said_report(const struct said *said, const struct db_report *report)
{
    const struct db_report *r = report_said(said, report);
    return r != NULL && r->included == report->included && same(r->lines, report->lines);
}

static size_t done_by_import(const struct said *said, const struct said *was, const char *study, struct done *done)
{
    size_t len = 0;
    for (size_t i = 0; i < LEN(said->reports); i++) {
        const struct db_report *r = &said->reports[i];
        if (same(r->study, study) && !said_report(was, r))
            done[len++] =
                (struct done){.region = r->region,
                              .as_of = r->as_of,
                              .number = r->included,
                              .is_outdone = strcmp(said->edition.code, "2024") == 0 && report_said(&before[said == elsewhere][0], r)};
    }
    for (size_t i = 0; i < LEN(said->plans); i++) {
        const struct db_plan *p = &said->plans[i];
        if (same(p->study, study) && !said_plan(was, p))
            done[len++] = (struct done){true, false, p->region, p->as_of, p->planned_end, p->planned, false};
    }
    return len;
}

static void see_import(const struct said *said)
{
    struct said *was = &before[said == elsewhere][strcmp(said->edition.code, "2024") == 0];
    for (size_t i = 0; i < LEN(study_codes); i++) {
        struct done done[COUNTS];
        see(i, "edition", said->edition.code, done, done_by_import(said, was, study_codes[i], done));
    }
    *was = *said;
}

/* ── what is told ───────────────────────────────────────────────────────────────────────────────────────────── */

static bool is_before(const struct done *a, const struct done *b)
{
    int region = strcmp(a->region == NULL ? "" : a->region, b->region == NULL ? "" : b->region);
    if (a->is_plan != b->is_plan)
        return !a->is_plan;
    if (strcmp(a->as_of, b->as_of) != 0)
        return strcmp(a->as_of, b->as_of) < 0;
    return region < 0;
}

/* What may be told of a version, in an order that does not hang on where regions stand. */
static size_t told_of(const struct version *version, bool is_small_now, struct done *told)
{
    bool is_small = version->is_small || is_small_now;
    size_t len = 0;
    for (size_t i = 0; i < version->len; i++)
        if (!is_small || (version->done[i].region == NULL && (version->done[i].is_plan || version->done[i].stands)))
            told[len++] = version->done[i];
    for (size_t i = 1; i < len; i++)
        for (size_t k = i; k > 0 && is_before(&told[k], &told[k - 1]); k--) {
            struct done other = told[k];
            told[k] = told[k - 1];
            told[k - 1] = other;
        }
    return len;
}

static size_t told_in(const struct db_study_version *version, struct done *told)
{
    size_t len = 0;
    ck_assert_uint_le(version->counts_len, COUNTS);
    for (size_t i = 0; i < version->counts_len; i++) {
        const struct db_recorded_count *c = &version->counts[i];
        struct done done = {c->is_plan, c->correction, c->region, c->as_of, c->planned_end, c->number, false};
        size_t at = len++;
        for (; at > 0 && is_before(&done, &told[at - 1]); at--)
            told[at] = told[at - 1];
        told[at] = done;
    }
    return len;
}

static void assert_told(const struct db_study_version *item, const struct version *version, bool is_small_now)
{
    struct done expected[COUNTS], told[COUNTS];
    size_t len = told_of(version, is_small_now, expected);
    ck_assert_int_eq(item->version, version->version);
    ck_assert_int_eq(item->at, version->at);
    ck_assert_int_eq(item->data_version, version->data_version);
    ck_assert_str_eq(item->role, version->role);
    ck_assert_pstr_eq(item->edition, version->edition);
    ck_assert_int_eq(item->stood, version->stood);
    ck_assert_ptr_nonnull(item->bytes);
    if (version->bytes != NULL)
        ck_assert(item->len == strlen(version->bytes) && memcmp(item->bytes, version->bytes, item->len) == 0);
    ck_assert_uint_eq(told_in(item, told), len);
    for (size_t i = 0; i < len; i++) {
        ck_assert_int_eq(told[i].is_plan, expected[i].is_plan);
        ck_assert_int_eq(told[i].correction, expected[i].correction);
        ck_assert_pstr_eq(told[i].region, expected[i].region);
        ck_assert_str_eq(told[i].as_of, expected[i].as_of);
        ck_assert_int_eq(told[i].number, expected[i].number);
        ck_assert_pstr_eq(told[i].planned_end, expected[i].planned_end);
    }
}

struct told {
    const struct model *model;
    int64_t before;
    int limit;
    size_t len;
};

static bool take_history(void *cls, const struct db_history *history)
{
    struct told *told = cls;
    const struct model *m = told->model;
    int64_t first = told->before == 0 || told->before > (int64_t)m->len ? (int64_t)m->len : told->before - 1;
    ck_assert_int_eq(history->versions, (int64_t)m->len);
    ck_assert_int_eq((int64_t)history->items_len, (first <= told->limit ? first : told->limit + 1));
    for (size_t i = 0; i < history->items_len; i++)
        assert_told(&history->items[i], &m->versions[first - 1 - (int64_t)i], m->versions[m->len - 1].is_small);
    told->len = history->items_len;
    return false;
}

static void assert_history(size_t study)
{
    struct told told = {.model = &model[study], .limit = 1 + chance(9)};
    char *moved = NULL;
    for (bool goes_on = true; goes_on; told.before = (told.before == 0 ? (int64_t)told.model->len + 1 : told.before) - told.limit) {
        ck_assert_int_eq(db_history_get(fixture.reader, study_codes[study], told.before, told.limit, take_history, &told, &moved), DB_OK);
        goes_on = (int)told.len > told.limit;
    }
    ck_assert_ptr_null(moved);
}

static void step_and_see(void)
{
    struct filing filing = filing_by_chance(), other = filing_by_chance();
    if (version_of("elsewhere") < 1 && strcmp(filing.study, "elsewhere") == 0) {
        import_ok(elsewhere);
        see_import(elsewhere);
    } else if (chance(4) == 0) {
        struct said *said = import_otherwise();
        see_import(said);
    } else if (chance(4) == 0) {
        file_twice(&filing, &other);
    } else {
        file_and_see(&filing);
    }
}

START_TEST(every_version_is_told_with_who_made_it_and_what_came_with_it)
{
    filings_seed += (uint64_t)_i * 104729;
    memset(before, 0, sizeof before);
    memset(model, 0, sizeof model);
    filings_begin();
    import_ok(here);
    see_import(here);
    for (int i = 0; i < STEPS; i++)
        step_and_see();
    for (size_t i = 0; i < LEN(study_codes); i++)
        if (model[i].len > 0)
            assert_history(i);
    fixture_reopen();
    for (size_t i = 0; i < LEN(study_codes); i++)
        if (model[i].len > 0)
            assert_history(i);
    filings_end();
}
END_TEST

static bool take_none(void *cls, const struct db_history *history)
{
    (void)cls;
    ck_assert_uint_eq(history->items_len, 0);
    ck_assert_int_eq(history->versions, 1);
    return false;
}

START_TEST(nothing_comes_before_the_first_version)
{
    char *moved = NULL;
    import_ok(&first_said);
    ck_assert_int_eq(db_history_get(fixture.reader, "alpha", 1, 10, take_none, NULL, &moved), DB_OK);
}
END_TEST

START_TEST(an_id_that_no_study_has_has_no_history_and_an_old_one_has_moved)
{
    char *moved = NULL;
    struct said *said = said_new();
    said->old_ids[0].name = "alpha";
    said->old_ids[0].alias = "alpha-old";
    import_ok(said);
    ck_assert_int_eq(db_history_get(fixture.reader, "nobody", 0, 10, take_none, NULL, &moved), DB_NOT_FOUND);
    ck_assert_ptr_null(moved);
    ck_assert_int_eq(db_history_get(fixture.reader, "alpha-old", 0, 10, take_none, NULL, &moved), DB_NOT_FOUND);
    ck_assert_pstr_eq(moved, "alpha");
    free(moved);
    free(said);
}
END_TEST

static bool take_without_bytes(void *cls, const struct db_history *history)
{
    (void)cls;
    ck_assert_uint_eq(history->items_len, 3);
    ck_assert_ptr_nonnull(history->items[0].bytes);
    ck_assert_ptr_nonnull(history->items[1].bytes);
    ck_assert_ptr_null(history->items[2].bytes);
    ck_assert_str_eq(history->items[2].role, "edition");
    ck_assert_ptr_null(history->items[2].edition);
    ck_assert_uint_eq(history->items[2].counts_len, 2); /* they are still there */
    return false;
}

/* A register of before 0006: the log does not say by whom, and what was replaced is not there. */
START_TEST(a_version_that_is_not_kept_is_told_without_its_bytes)
{
    char *moved = NULL;
    import_ok(&first_said);
    const struct filing filing = {FILE_REPORT, "alpha", "2025-01-31", .len = 1, .counts = {{NULL, 70}}, .author = authors[0]};
    file_one(&filing);
    file_one(&filing);
    sql("DELETE FROM study_region_past WHERE version = 1");
    sql("DELETE FROM study_past WHERE version = 1");
    sql("UPDATE change SET role = NULL, edition = NULL WHERE data_version = 1");
    ck_assert_int_eq(db_history_get(fixture.reader, "alpha", 0, 10, take_without_bytes, NULL, &moved), DB_OK);
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("history");
    tcase_add_loop_test(cases, every_version_is_told_with_who_made_it_and_what_came_with_it, 0, 24);
    tcase_add_test(cases, nothing_comes_before_the_first_version);
    tcase_add_test(cases, an_id_that_no_study_has_has_no_history_and_an_old_one_has_moved);
    tcase_add_test(cases, a_version_that_is_not_kept_is_told_without_its_bytes);
    return run("history", cases, true);
}
