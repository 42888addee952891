/* SPDX-License-Identifier: GPL-3.0-or-later
 * Kept sums stay what a recount says, whatever imports do.
 */
#include "chance.h"

#include "db/internal.h"

/* ── what a recount says ────────────────────────────────────────────────────────────────────────────────────── */

static int differences;
static char first_difference[300];

static void keep_difference(void *cls, const char *difference)
{
    (void)cls;
    if (differences++ == 0)
        snprintf(first_difference, sizeof first_difference, "%s", difference);
}

static int recount(void)
{
    differences = 0;
    first_difference[0] = '\0';
    ck_assert_int_eq(stats_recount(&fixture.db->statements, keep_difference, NULL), DB_OK);
    return differences;
}

static void assert_kept(int round)
{
    ck_assert_msg(recount() == 0, "after %d: %d differences: %s", round, differences, first_difference);
}

/* ── imports by chance ──────────────────────────────────────────────────────────────────────────────────────── */

#define ROUNDS 250

/* What the register itself holds against an edition. */
static void interfere(void)
{
    int64_t study = sql("SELECT id FROM study ORDER BY id LIMIT 1 OFFSET %d", chance(CHANCE_STUDIES));
    static const char *const fields[] = {"awards", "categories", "inclusion_regions", "institution"};
    if (study == 0)
        return;
    if (chance(2) == 0)
        sql("INSERT OR IGNORE INTO local_edit (study, field, edited) VALUES (%lld, '%s', 1)", (long long)study, ANY_OF(fields));
    else
        sql("INSERT INTO report (study, region, as_of, included, recorded, origin, standing, token) VALUES (%lld, %s, '%s', %d, 1, "
            "'filed', "
            "'filed', 0)",
            (long long)study, chance(2) == 0 ? "NULL" : "'vest'", ANY_OF(days), chance(90));
}

static void abandon_after(const struct said *said)
{
    struct db_import *import = NULL;
    bool is_same = false;
    ck_assert_int_eq(db_import_begin(fixture.db, &said->programme, &said->edition, &is_same, &import), DB_OK);
    ck_assert_int_eq(put_all(import, said), DB_OK);
    db_import_abandon(import);
}

/* A plan for the other programme's study. */
static void fail_halfway(struct said *said)
{
    struct db_import_result result;
    said->reports[LEN(said->reports) - 1] = (struct db_report){"nobody", NULL, "2020-01-01", 1, NULL};
    for (size_t i = 0; i + 1 < LEN(said->reports); i++)
        if (said->reports[i].study == NULL)
            said->reports[i] = said->reports[LEN(said->reports) - 1];
    ck_assert_int_eq(import_into(fixture.db, said, false, &result), DB_CONFLICT);
}

START_TEST(whatever_imports_do_a_recount_agrees)
{
    struct db_import_result result, all = {0};
    for (int round = 0; round < ROUNDS; round++) {
        struct said *said = said_by_chance(round);
        int64_t version = db_data_version(fixture.db);
        int how = chance(8);
        if (how == 0)
            abandon_after(said);
        else if (how == 1)
            fail_halfway(said);
        else
            ck_assert_msg(import_into(fixture.db, said, how == 2, &result) == DB_OK, "%s", last_detail);
        ck_assert_int_eq(db_data_version(fixture.db), version + (how > 2));
        all.studies_updated += how > 2 ? result.studies_updated : 0;
        all.conflicts += how > 2 ? result.conflicts : 0;
        assert_kept(round);
        free(said);
        if (chance(4) == 0)
            interfere();
    }
    ck_assert_int_gt(all.studies_updated, ROUNDS);
    ck_assert_int_gt(all.conflicts, 0);
    ck_assert_int_gt(sql("SELECT count(*) FROM stats_sum"), 20);
    fixture_reopen();
    assert_kept(ROUNDS);
}
END_TEST

/* ── one study ──────────────────────────────────────────────────────────────────────────────────────────────── */

START_TEST(a_study_that_moves_leaves_nothing_behind)
{
    struct said *said = said_new();
    import_ok(said);
    ck_assert_int_eq(sql("SELECT studies FROM stats_sum WHERE scope = 'klin' AND panel = 'study by mechanism' AND key = 'other'"), 1);
    said->studies[1].awards = award_c;
    said->studies[1].leader = "Kari Østby";
    said->edition.digest = "d2";
    import_ok(said);
    ck_assert_int_eq(sql("SELECT count(*) FROM stats_sum WHERE panel = 'study by mechanism' AND key = 'other'"), 0);
    ck_assert_int_eq(sql("SELECT studies FROM stats_sum WHERE scope = '' AND panel = 'study by mechanism' AND key = 'open-call'"), 2);
    ck_assert_int_eq(sql("SELECT leaders FROM stats_sum WHERE scope = '' AND panel = 'study'"), 1);
    ck_assert_int_eq(sql("SELECT count(*) FROM stats_value WHERE value = 'Ola Aas'"), 0);
    assert_kept(0);
    free(said);
}
END_TEST

START_TEST(awards_that_were_edited_here_are_what_is_summed)
{
    struct said *said = said_new();
    import_ok(said);
    sql("INSERT INTO local_edit (study, field, edited) SELECT id, 'awards', 1 FROM study WHERE code = 'beta'");
    said->studies[1].awards = award_c;
    said->edition.digest = "d2";
    import_ok(said);
    ck_assert_int_eq(sql("SELECT amount_nok FROM study WHERE code = 'beta'"), award_b[0].amount_nok);
    ck_assert_int_eq(sql("SELECT mechanism = 'other' AND call_year = 2020 FROM study WHERE code = 'beta'"), 1);
    assert_kept(0);
    free(said);
}
END_TEST

START_TEST(a_recount_names_what_is_wrong)
{
    import_ok(&first_said);
    assert_kept(0);
    sql("UPDATE stats_sum SET planned = planned + 7 WHERE scope = 'klin' AND panel = 'study'");
    ck_assert_int_eq(recount(), 1);
    ck_assert_str_eq(first_difference, "The kept sum “study” in programme klin: planned is 107, the records say 100.");
    sql("UPDATE stats_sum SET planned = planned - 7 WHERE scope = 'klin' AND panel = 'study'");
    sql("UPDATE stats_value SET times = times + 1 WHERE scope = '' AND panel = 'study' AND kind = 'leader' AND value = 'Ola Aas'");
    ck_assert_int_eq(recount(), 1);
    ck_assert_str_eq(first_difference, "The kept sum “study” in the whole register has the leader Ola Aas 2 times, the records 1 times.");
    sql("UPDATE stats_value SET times = 1 WHERE kind = 'leader'");
    sql("DELETE FROM stats_sum WHERE scope = '' AND panel = 'region by region' AND key = 'vest'");
    ck_assert_int_eq(recount(), 1);
    ck_assert_str_eq(first_difference, "The kept sum “region by region” of vest in the whole register is missing.");
    sql("UPDATE stats_sum SET key = 'vest' WHERE scope = '' AND panel = 'award by mechanism' AND key = 'other'");
    ck_assert_int_eq(recount(), 3);
}
END_TEST

/* ── what they are asked for ────────────────────────────────────────────────────────────────────────────────── */

static bool look_away(void *cls, const struct db_stats *stats)
{
    *(int64_t *)cls = stats->total.study_count;
    return true;
}

START_TEST(the_figures_of_the_whole_register_are_never_computed)
{
    static const char *const klin[] = {"klin"};
    static const struct db_stats_query kept[] = {
        {.grain = DB_GRAIN_STUDY, .leaders = true},
        {.grain = DB_GRAIN_STUDY, .by = {DB_BY_MECHANISM}, .by_len = 1},
        {.grain = DB_GRAIN_AWARD, .by = {DB_BY_MECHANISM}, .by_len = 1},
        {.grain = DB_GRAIN_REGION, .by = {DB_BY_REGION}, .by_len = 1},
    };
    int64_t studies = 0;
    import_ok(&first_said);
    for (size_t i = 0; i < 2 * LEN(kept); i++) {
        struct db_stats_query q = kept[i / 2];
        q.filter.programme = (struct db_codes){klin, i % 2, false};
        ck_assert_int_eq(db_stats(fixture.reader, &q, look_away, &studies), DB_OK);
        ck_assert_int_eq(studies, 2);
    }
    ck_assert_int_eq(db_stats_computed(fixture.db), 0);
    struct db_stats_query negated = {.filter = {.programme = {klin, 1, true}}};
    ck_assert_int_eq(db_stats(fixture.reader, &negated, look_away, &studies), DB_OK);
    ck_assert_int_eq(studies, 0);
    ck_assert_int_eq(db_stats_computed(fixture.db), 1);
}
END_TEST

START_TEST(sums_by_other_rules_are_made_anew_at_open)
{
    import_ok(&first_said);
    sql("UPDATE stats_sum SET planned = 1");
    sql("DELETE FROM stats_value");
    fixture_reopen();
    ck_assert_int_gt(recount(), 0); /* not on suspicion */
    sql("UPDATE register SET sums = 0");
    fixture_reopen();
    assert_kept(0);
    ck_assert_int_eq(db_data_version(fixture.db), 1);
}
END_TEST

/* ── an older database ──────────────────────────────────────────────────────────────────────────────────────── */

/* The register as the first format had it: every table with its columns of then. */
static void make_older(const char *path)
{
    char command[400];
    sqlite3 *older = NULL;
    sqlite3_stmt *tables = NULL;
    snprintf(command, sizeof command, "sqlite3 %s < db/migrations/0001-register.sql", path);
    ck_assert_int_eq(system(command), 0);
    ck_assert_int_eq(sqlite3_open(path, &older), SQLITE_OK);
    snprintf(command, sizeof command, "ATTACH '%s' AS new; DELETE FROM register;", fixture.path);
    ck_assert_int_eq(sqlite3_exec(older, command, NULL, NULL, NULL), SQLITE_OK);
    ck_assert_int_eq(
        sqlite3_prepare_v2(older,
                           "SELECT 'INSERT INTO main.' || m.name || ' SELECT ' || group_concat(i.name) || ' FROM new.' || m.name"
                           " FROM main.sqlite_schema m JOIN pragma_table_info(m.name) i"
                           " WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' GROUP BY m.name",
                           -1, &tables, NULL),
        SQLITE_OK);
    while (sqlite3_step(tables) == SQLITE_ROW)
        ck_assert_msg(sqlite3_exec(older, (const char *)sqlite3_column_text(tables, 0), NULL, NULL, NULL) == SQLITE_OK, "%s",
                      sqlite3_errmsg(older));
    sqlite3_finalize(tables);
    ck_assert_int_eq(sqlite3_close(older), SQLITE_OK);
}

START_TEST(an_older_register_becomes_what_a_fresh_one_is)
{
    char fresh[120];
    struct said *said = said_by_chance(0);
    import_ok(&first_said);
    import_ok(said);
    free(said);
    fixture_close();
    sql("UPDATE change SET role = NULL, edition = NULL"); /* by whom was not written down then, nor since when */
    sql("UPDATE region_past SET since = 0");
    sql("UPDATE register SET known_from = (SELECT max(at) FROM change)");
    snprintf(fresh, sizeof fresh, "%s", fixture.path);
    char older[120];
    snprintf(older, sizeof older, "%.90s/older.db", fixture.dir);
    make_older(older);
    snprintf(fixture.path, sizeof fixture.path, "%.90s", older);
    ck_assert_int_eq(sql("PRAGMA user_version"), 1);
    ck_assert_int_eq(fixture_open(false, NULL), DB_OK);
    assert_kept(0);
    fixture_close();
    char command[400], line[200] = "";
    snprintf(
        command, sizeof command,
        "bash -c 'texts() { sqlite3 $1 .dump | grep -vE \"study_search_[di]|INTO (register|change|[a-z_]+_past) \"; }; cmp <(texts %s) "
        "<(texts %s) 2>&1'",
        fresh, older); /* an index of words may be in other pieces, and of the past the older one knows less */
    FILE *in = popen(command, "r");
    char *said_so = fgets(line, sizeof line, in);
    ck_assert_msg(pclose(in) == 0 && said_so == NULL, "%s", line);
}
END_TEST

static TCase *cases_of(const char *name)
{
    TCase *cases = tcase_create(name);
    tcase_add_test(cases, whatever_imports_do_a_recount_agrees);
    tcase_add_test(cases, a_study_that_moves_leaves_nothing_behind);
    tcase_add_test(cases, awards_that_were_edited_here_are_what_is_summed);
    tcase_add_test(cases, a_recount_names_what_is_wrong);
    tcase_add_test(cases, the_figures_of_the_whole_register_are_never_computed);
    tcase_add_test(cases, sums_by_other_rules_are_made_anew_at_open);
    if (strcmp(name, "ordinary") == 0) /* the texts hold the definitions in the order they were made */
        tcase_add_test(cases, an_older_register_becomes_what_a_fresh_one_is);
    return cases;
}

int main(void)
{
    return run_both("stats kept", cases_of);
}
