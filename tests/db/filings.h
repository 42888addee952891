/* SPDX-License-Identifier: GPL-3.0-or-later
 * A register that much happens to: reports, plans and edits are filed by chance, and editions imported that say other than before.
 */
#ifndef STUDYD_TESTS_DB_FILINGS_H
#define STUDYD_TESTS_DB_FILINGS_H

#include "fixture.h"

static uint64_t filings_seed = 88172645463325252u;

static int chance(int below)
{
    filings_seed ^= filings_seed << 13, filings_seed ^= filings_seed >> 7, filings_seed ^= filings_seed << 17;
    return (int)(filings_seed >> 33) % below;
}

#define ANY_OF(list) ((list)[chance((int)LEN(list))])

static const char *const study_codes[] = {"alpha", "beta", "gamma", "delta", "elsewhere"};
static const char *const filed_regions[] = {"sor-ost", "vest", "nord"};
static const char *const filed_days[] = {"2023-06-30", "2023-12-31", "2024-03-31", "2024-06-30", "2024-09-30",
                                         "2024-12-31", "2025-01-31", "2025-02-28", "2025-06-30"};
static const struct db_author authors[] = {{7, DB_ROLE_REPORTER}, {8, DB_ROLE_EDITOR}, {0, DB_ROLE_OPERATOR}};

/* ── what editions say ──────────────────────────────────────────────────────────────────────────────────────── */

#define SAYINGS 200
static struct said *here, *elsewhere;
static char texts[SAYINGS][40]; /* that they borrow */
static size_t texts_len;

static const char *new_text(const char *what)
{
    ck_assert_uint_lt(texts_len, SAYINGS);
    snprintf(texts[texts_len], sizeof texts[0], "%s %zu", what, texts_len);
    return texts[texts_len++];
}

static void filings_begin(void)
{
    here = said_new();
    here->studies[2] = here->studies[3] = here->studies[1];
    here->studies[2].code = "gamma";
    here->studies[3].code = "delta";
    here->plans[1] = (struct db_plan){"gamma", NULL, 30, "2024-12-31", NULL, "22"};
    here->reports[1] = (struct db_report){"gamma", "vest", "2024-06-30", 12, "23"};
    here->reports[2] = (struct db_report){"gamma", "vest", "2024-12-31", 22, "24"};
    here->reports[3] = (struct db_report){"delta", NULL, "2024-03-31", 4, "25"};
    here->reports[4] = (struct db_report){"delta", NULL, "2024-12-31", 9, "25"};
    elsewhere = said_new();
    elsewhere->programme.code = "other";
    elsewhere->studies[0] = here->studies[1];
    elsewhere->studies[0].code = "elsewhere";
    elsewhere->studies[1] = (struct db_study){.code = NULL};
    elsewhere->plans[0] = (struct db_plan){"elsewhere", NULL, 60, "2024-12-31", NULL, NULL};
    elsewhere->reports[0] = (struct db_report){"elsewhere", "nord", "2024-12-31", 31, NULL};
    elsewhere->notes[0] = (struct db_note){.record = NULL};
}

static UNUSED void filings_end(void)
{
    free(here);
    free(elsewhere);
    texts_len = 0;
}

/* One thing that a new printing says otherwise. */
static void say_otherwise(struct said *said)
{
    switch (chance(10)) {
    case 0: said->plans[0].planned = 5 + chance(120); break;
    case 1: said->reports[0].included = chance(90); break;
    case 2: said->reports[1].lines = new_text("lines"); break;
    case 3: /* a report that it no longer holds, or holds again */
        said->reports[4].study = said == here ? (said->reports[4].study ? NULL : "delta") : NULL;
        break;
    case 4: said->regions[chance(3)].label.nb = new_text("region"); break;
    case 5: said->regions[3] = (struct db_region){"midt", {"Midt", "Mid"}, "source", NULL, chance(4)}; break;
    case 6: said->programme.disclosure_threshold = chance(3) * 25; break;
    case 7: said->edition.document = new_text("document"); break;
    case 8: said->edition.licence = new_text("licence"); break;
    default: said->studies[0].scientific_title = new_text("title");
    }
}

static struct said *import_otherwise(void)
{
    struct said *said = chance(3) == 0 ? elsewhere : here;
    say_otherwise(said);
    if (chance(6) == 0) { /* the next edition: what the one before said stays */
        said->edition.code = said->edition.code == first_said.edition.code ? "2025" : first_said.edition.code;
        said->edition.as_of = said->edition.code == first_said.edition.code ? "2024-12-31" : "2025-06-30";
    }
    said->edition.digest = new_text("digest");
    import_ok(said);
    return said;
}

/* ── what is filed ──────────────────────────────────────────────────────────────────────────────────────────── */

struct filing {
    enum { FILE_REPORT, FILE_PLAN, FILE_EDIT } kind;
    const char *study, *as_of, *planned_end;
    bool correction;
    size_t len;
    struct db_filed_count counts[3]; /* of a report */
    struct db_filed_region_plan plans[3];
    int64_t planned;
    struct db_author author;
};

static struct filing filing_by_chance(void)
{
    int first = chance(3);
    struct filing filing = {.kind = chance(4) == 0   ? FILE_EDIT
                                    : chance(3) == 0 ? FILE_PLAN
                                                     : FILE_REPORT,
                            .study = ANY_OF(study_codes),
                            .as_of = ANY_OF(filed_days),
                            .planned_end = chance(2) ? "2027" : NULL,
                            .correction = chance(5) == 0,
                            .len = (size_t)chance(4),
                            .planned = chance(150),
                            .author = ANY_OF(authors)};
    for (size_t i = 0; i < filing.len; i++) {
        const char *region = filed_regions[(first + (int)i) % 3];
        filing.counts[i] = (struct db_filed_count){region, chance(70)};
        filing.plans[i] = (struct db_filed_region_plan){region, chance(70)};
    }
    if (filing.kind == FILE_REPORT && filing.len == 0)
        filing.counts[filing.len++] = (struct db_filed_count){NULL, chance(120)};
    return filing;
}

static enum db_status file_edit(struct db_write *write, const struct filing *filing)
{
    static const char *const statuses[] = {"planned", "recruiting", "stopped"};
    struct db_study card = {.code = filing->study, .status = ANY_OF(statuses), .title = {ANY_OF(statuses), ANY_OF(filed_days)}};
    return db_write_card(write, &card, chance(2) ? 1u << DB_CARD_STATUS : 1u << DB_CARD_TITLE);
}

/* In a part of its own. */
static void file_in(struct db_write *write, const struct filing *filing, bool is_kept)
{
    const struct db_filed_report report = {.study = filing->study,
                                           .as_of = filing->as_of,
                                           .counts = filing->counts,
                                           .counts_len = filing->len,
                                           .correction = filing->correction,
                                           .comment = "for the office alone"};
    const struct db_filed_plan plan = {.study = filing->study,
                                       .as_of = filing->as_of,
                                       .planned = filing->planned,
                                       .planned_end = filing->planned_end,
                                       .regions = filing->plans,
                                       .regions_len = filing->len};
    ck_assert_int_eq(db_write_part_begin(write, &filing->author), DB_OK);
    enum db_status status = filing->kind == FILE_REPORT ? db_write_report(write, &report)
                            : filing->kind == FILE_PLAN ? db_write_plan(write, &plan)
                                                        : file_edit(write, filing);
    ck_assert_msg(status == DB_OK, "%s, kind %d: %s", filing->study, filing->kind, db_status_text(status));
    ck_assert_int_eq(db_write_settle(write, NULL, NULL), DB_OK);
    if (is_kept)
        ck_assert_int_eq(db_write_part_keep(write), DB_OK);
    else
        db_write_part_undo(write);
}

static UNUSED void file_one(const struct filing *filing)
{
    struct db_write *write = NULL;
    ck_assert_int_eq(db_write_begin(fixture.db, &write), DB_OK);
    file_in(write, filing, true);
    ck_assert_int_eq(db_write_commit(write), DB_OK);
}

#endif
