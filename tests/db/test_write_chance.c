/* SPDX-License-Identifier: GPL-3.0-or-later
 * Whatever is filed, edited, undone and imported in whatever order: what is made of the records is what a fresh making is, and the
 * past is kept without a gap.
 */
#include "chance.h"
#include "filing.h"

#define TURNS 120

static const char *const statuses[] = {"planned", "recruiting", "stopped", "completed"};
static const char *const texts[] = {"Rød", "Blå", "Grønn", NULL};
static const char *const filed_days[] = {"2020-06-30", "2021-06-30", "2021-09-30", "2022-06-30", "2022-12-31", "2023-01-31"};

static struct {
    int kept, undone, refused;
} done;

/* One that is known, mostly. */
static void code_by_chance(char code[24])
{
    snprintf(code, 24, "%s-%d", ANY_OF(programme_codes), chance(CHANCE_STUDIES));
}

static enum db_status report_by_chance(struct db_write *write)
{
    char code[24];
    struct db_filed_count counts[4];
    size_t len = (size_t)(1 + chance(3));
    code_by_chance(code);
    for (size_t i = 0; i < len; i++) {
        int region = chance(5);
        counts[i] = (struct db_filed_count){region > 2 ? NULL : region_codes[region], chance(80)};
    }
    if (chance(20) == 0)
        counts[len - 1].region = "nowhere";
    const struct db_filed_report report = {code, ANY_OF(filed_days), counts, len, chance(3) == 0, chance(2) == 0 ? "why" : NULL};
    return db_write_report(write, &report);
}

static enum db_status plan_by_chance(struct db_write *write)
{
    char code[24];
    const struct db_filed_region_plan regions[] = {{ANY_OF(region_codes), chance(60)}};
    code_by_chance(code);
    const struct db_filed_plan plan = {code, ANY_OF(filed_days), chance(80), chance(2) == 0 ? "2024-06" : NULL, regions, (size_t)chance(2)};
    return db_write_plan(write, &plan);
}

static enum db_status card_by_chance(struct db_write *write)
{
    char code[24];
    code_by_chance(code);
    const struct db_study card = {
        .code = code, .status = ANY_OF(statuses), .title = {ANY_OF(texts), ANY_OF(texts)}, .start = "2020", .contact = ANY_OF(texts)};
    return db_write_card(write, &card, (uint32_t)chance(1 << DB_CARD_FIELDS) & ~(1u << DB_CARD_IDENTIFIERS));
}

static void part_by_chance(struct db_write *write)
{
    static enum db_status (*const kinds[])(struct db_write *) = {report_by_chance, report_by_chance, report_by_chance, plan_by_chance,
                                                                 card_by_chance};
    enum db_status status = DB_OK;
    ck_assert_int_eq(db_write_part_begin(write, chance(2) == 0 ? &reporter : &editor), DB_OK);
    for (int i = 1 + chance(3); i > 0 && status == DB_OK; i--)
        status = ANY_OF(kinds)(write);
    ck_assert(status == DB_OK || status == DB_NOT_FOUND || status == DB_CONFLICT);
    if (status == DB_OK && chance(6) > 0)
        ck_assert_int_eq(db_write_settle(write, NULL, NULL), DB_OK);
    else if (status == DB_OK)
        status = DB_CONFLICT; /* it is undone before it is settled */
    done.refused += status != DB_OK;
    if (status == DB_OK && chance(4) > 0) {
        ck_assert_int_eq(db_write_part_keep(write), DB_OK);
        done.kept++;
    } else {
        db_write_part_undo(write);
        done.undone++;
    }
}

static void file_by_chance(void)
{
    int64_t version = db_data_version(fixture.db);
    struct db_write *write = begin();
    for (int i = chance(6); i > 0; i--)
        part_by_chance(write);
    bool is_kept = chance(6) > 0, has_changed = write->revision.new_versions.len > 0;
    if (is_kept)
        ck_assert_int_eq(db_write_commit(write), DB_OK);
    else
        db_write_abandon(write);
    ck_assert_int_eq(db_data_version(fixture.db), version + (is_kept && has_changed));
    assert_sums_fit();
}

static void import_by_chance(int turn)
{
    struct db_import_result result;
    struct said *said = said_by_chance(turn);
    ck_assert_msg(import_into(fixture.db, said, chance(5) == 0, &result) == DB_OK, "%s", last_detail);
    free(said);
    assert_sums_fit();
}

START_TEST(whatever_is_filed_and_imported_fits)
{
    for (int turn = 0; turn < TURNS; turn++) {
        if (turn < 3 || chance(6) == 0)
            import_by_chance(turn);
        for (int i = chance(4); i > 0; i--)
            file_by_chance();
        if (turn % 10 == 9)
            assert_nothing_wrong();
    }
    ck_assert_int_gt(done.kept, TURNS);
    ck_assert_int_gt(done.undone, TURNS / 2);
    ck_assert_int_gt(done.refused, TURNS / 4);
    ck_assert_int_gt(sql("SELECT count(*) FROM study_past"), TURNS);
    ck_assert_int_gt(sql("SELECT count(*) FROM study WHERE totals_only = 1"), 0);
    ck_assert_int_gt(sql("SELECT count(*) FROM study WHERE totals_only = 0"), 0);
    fixture_reopen();
    assert_nothing_wrong();
}
END_TEST

/* Versions in memory are those in the file. */
START_TEST(what_is_published_is_what_is_stored)
{
    for (int turn = 0; turn < 20; turn++) {
        if (turn < 3)
            import_by_chance(turn);
        file_by_chance();
        int64_t newest = 0;
        for (int i = 0; i < 2 * CHANCE_STUDIES; i++) {
            char code[24];
            snprintf(code, sizeof code, "%s-%d", programme_codes[i % 2], i / 2);
            struct db_study_state state = {0, 0};
            db_study_state(fixture.db, code, &state);
            ck_assert_int_eq(sql("SELECT version FROM study WHERE code = '%s'", code), state.version);
            ck_assert_int_eq(sql("SELECT updated FROM study WHERE code = '%s'", code), state.updated);
            newest = state.updated > newest ? state.updated : newest;
        }
        ck_assert_int_eq(db_data_updated(fixture.db), newest > 0 ? sql("SELECT updated FROM register") : db_data_updated(fixture.db));
        ck_assert_int_eq(sql("SELECT data_version FROM register"), db_data_version(fixture.db));
    }
}
END_TEST

static TCase *cases_of(const char *name)
{
    TCase *cases = tcase_create(name);
    tcase_add_test(cases, whatever_is_filed_and_imported_fits);
    tcase_add_test(cases, what_is_published_is_what_is_stored);
    return cases;
}

int main(void)
{
    return run_both("write by chance", cases_of);
}
