/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/store.h"

#include <stdlib.h>
#include <string.h>

/* One import, and room for the lists of one record at a time: they grow to the longest and are used again. */
struct storing {
    struct dataset *data;
    const struct steps *steps;
    struct db_import *import;
    struct db_award *awards;
    struct db_pair *sources;
    const char **aliases;
    struct db_plan *plans;
    struct db_report *reports;
    size_t awards_cap, aliases_cap, plans_cap, reports_cap;
};

/* ── reference data ── */

static enum db_status put_region(struct storing *storing, size_t i)
{
    struct region_row *row = dataset_row(storing->data, TABLE_REGIONS, i);
    row->db.order = (int)i;
    return db_import_region(storing->import, &row->db);
}

static enum db_status put_mechanism(struct storing *storing, size_t i)
{
    struct mechanism_row *row = dataset_row(storing->data, TABLE_MECHANISMS, i);
    row->db.order = (int)i;
    return db_import_mechanism(storing->import, &row->db);
}

static enum db_status put_category(struct storing *storing, size_t i)
{
    struct category_row *row = dataset_row(storing->data, TABLE_CATEGORIES, i);
    row->db.order = (int)i;
    return db_import_category(storing->import, &row->db);
}

static bool aliases_room(struct storing *storing, size_t len)
{
    if (len <= storing->aliases_cap)
        return true;
    const char **bigger = reallocarray(storing->aliases, len * 2, sizeof(*bigger));
    if (bigger == NULL)
        return false;
    storing->aliases = bigger;
    storing->aliases_cap = len * 2;
    return true;
}

static enum db_status put_institution(struct storing *storing, size_t i)
{
    struct institution_row *row = dataset_row(storing->data, TABLE_INSTITUTIONS, i);
    size_t len = 0;
    for (int32_t at = row->first_alias; at != LOOKUP_NONE; len++) {
        const struct alias_row *alias = dataset_row(storing->data, TABLE_ALIASES, (size_t)at);
        if (!aliases_room(storing, len + 1))
            return DB_NO_MEMORY;
        storing->aliases[len] = alias->alias;
        at = alias->next;
    }
    row->db.aliases = len > 0 ? storing->aliases : NULL;
    row->db.aliases_len = len;
    enum db_status status = db_import_institution(storing->import, &row->db);
    row->db.aliases = NULL;
    row->db.aliases_len = 0;
    return status;
}

static enum db_status put_leader_alias(struct storing *storing, size_t i)
{
    const struct alias_row *row = dataset_row(storing->data, TABLE_ALIASES, i);
    return strcmp(row->kind, "leader") == 0 ? db_import_leader_alias(storing->import, row->id, row->alias) : DB_OK;
}

static enum db_status put_study_alias(struct storing *storing, size_t i)
{
    const struct alias_row *row = dataset_row(storing->data, TABLE_ALIASES, i);
    return strcmp(row->kind, "study") == 0 ? db_import_study_alias(storing->import, row->id, row->alias) : DB_OK;
}

/* ── studies ── */

static const struct award_row *award_at(const struct storing *storing, int32_t row)
{
    return dataset_row(storing->data, TABLE_AWARDS, (size_t)row);
}

static bool awards_room(struct storing *storing, const struct study_row *study)
{
    size_t len = 0;
    for (int32_t at = study->first_award; at != LOOKUP_NONE; at = award_at(storing, at)->next)
        len++;
    if (len <= storing->awards_cap)
        return true;
    struct db_award *awards = reallocarray(storing->awards, len * 2, sizeof(*awards));
    if (awards == NULL)
        return false;
    storing->awards = awards;
    /* One more than awards: the card is a source too. */
    struct db_pair *sources = reallocarray(storing->sources, len * 2 + 1, sizeof(*sources));
    if (sources == NULL)
        return false;
    storing->sources = sources;
    storing->awards_cap = len * 2;
    return true;
}

static void source_add(struct storing *storing, struct db_study *study, const char *lines)
{
    for (size_t i = 0; i < study->sources_len; i++)
        if (lines == NULL || strcmp(storing->sources[i].second, lines) == 0)
            return;
    if (lines != NULL)
        storing->sources[study->sources_len++] = (struct db_pair){.second = lines};
}

static void award_add(struct storing *storing, struct db_study *study, const struct award_row *row)
{
    const struct mechanism_row *mechanism = dataset_row(storing->data, TABLE_MECHANISMS, (size_t)row->mechanism_row);
    storing->awards[study->awards_len++] = (struct db_award){
        .kind = row->kind,
        .call_year = row->call_year,
        .mechanism.code = mechanism->db.code,
        .amount_nok = row->amount_nok,
        .title = row->title,
        .lines = row->lines,
    };
    source_add(storing, study, row->lines);
}

/* Main first, the others in the order of the file. */
static void awards_fill(struct storing *storing, struct db_study *study, const struct study_row *row)
{
    award_add(storing, study, award_at(storing, row->main_award));
    for (int32_t at = row->first_award; at != LOOKUP_NONE; at = award_at(storing, at)->next)
        if (at != row->main_award)
            award_add(storing, study, award_at(storing, at));
    study->awards = storing->awards;
    study->sources = storing->sources;
}

/* A study without a card: nothing is known of its patients and hospitals. */
static const struct db_study no_card = {.hospitals_stated = -1, .european_sites = -1, .age_min = -1, .age_max = -1, .children = -1};

static enum db_status put_study(struct storing *storing, size_t i)
{
    const struct study_row *row = dataset_row(storing->data, TABLE_STUDIES, i);
    const struct award_row *award = award_at(storing, row->main_award);
    const struct institution_row *institution = dataset_row(storing->data, TABLE_INSTITUTIONS, (size_t)award->institution_row);
    struct db_study study = row->card != NULL ? row->card->db : no_card;
    if (!awards_room(storing, row))
        return DB_NO_MEMORY;
    study.code = row->id;
    study.programme = storing->data->programme.code;
    study.acronym = row->acronym;
    study.title = row->title;
    study.scientific_title = award->title;
    study.leader = award->leader_name;
    study.institution.code = institution->db.code;
    study.status = row->status;
    study.has_card = row->card != NULL;
    study.categories = award->category_refs;
    study.categories_len = award->category_len;
    if (row->card != NULL)
        source_add(storing, &study, row->card->lines);
    awards_fill(storing, &study, row);
    return db_import_study(storing->import, &study);
}

/* ── what is said of studies ── */

static const struct plan_row *plan_at(const struct storing *storing, int32_t row)
{
    return dataset_row(storing->data, TABLE_PLANS, (size_t)row);
}

static const struct report_row *report_at(const struct storing *storing, int32_t row)
{
    return dataset_row(storing->data, TABLE_REPORTS, (size_t)row);
}

/* items gets room for len of size bytes. */
static bool list_room(void **items, size_t *cap, size_t len, size_t size)
{
    if (len <= *cap)
        return true;
    void *bigger = reallocarray(*items, len * 2, size);
    if (bigger == NULL)
        return false;
    *items = bigger;
    *cap = len * 2;
    return true;
}

static enum db_status put_counts(struct storing *storing, size_t i)
{
    const struct study_row *study = dataset_row(storing->data, TABLE_STUDIES, i);
    void *plans = storing->plans, *reports = storing->reports;
    size_t plans_len = 0, reports_len = 0;
    for (int32_t at = storing->data->plans.first[i]; at != LOOKUP_NONE; at = storing->data->plans.next[at]) {
        if (!list_room(&plans, &storing->plans_cap, plans_len + 1, sizeof(struct db_plan)))
            return DB_NO_MEMORY;
        storing->plans = plans;
        storing->plans[plans_len++] = plan_at(storing, at)->db;
    }
    for (int32_t at = storing->data->reports.first[i]; at != LOOKUP_NONE; at = storing->data->reports.next[at]) {
        if (!list_room(&reports, &storing->reports_cap, reports_len + 1, sizeof(struct db_report)))
            return DB_NO_MEMORY;
        storing->reports = reports;
        storing->reports[reports_len++] = report_at(storing, at)->db;
    }
    return db_import_counts(storing->import, study->id, storing->plans, plans_len, storing->reports, reports_len);
}

static enum db_status put_figure(struct storing *storing, size_t i)
{
    return db_import_figure(storing->import, &((struct figure_row *)dataset_row(storing->data, TABLE_FIGURES, i))->db);
}

static enum db_status put_note(struct storing *storing, size_t i)
{
    return db_import_note(storing->import, &((struct note_row *)dataset_row(storing->data, TABLE_NOTES, i))->db);
}

#define RECORDS_A_STEP 500

/* In the order that db.h asks for. */
static const struct {
    const char *what;
    enum table table;
    enum db_status (*put)(struct storing *storing, size_t i);
} stages[] = {
    {"regions", TABLE_REGIONS, put_region},         {"mechanisms", TABLE_MECHANISMS, put_mechanism},
    {"categories", TABLE_CATEGORIES, put_category}, {"institutions", TABLE_INSTITUTIONS, put_institution},
    {"leaders", TABLE_ALIASES, put_leader_alias},   {"studies stored", TABLE_STUDIES, put_study},
    {"old ids", TABLE_ALIASES, put_study_alias},    {"studies with plans and reports stored", TABLE_STUDIES, put_counts},
    {"figures", TABLE_FIGURES, put_figure},         {"notes", TABLE_NOTES, put_note},
};

static enum db_status put_all(struct storing *storing)
{
    enum db_status expected = db_import_expect(storing->import, storing->data->table[TABLE_STUDIES].len);
    if (expected != DB_OK)
        return expected;
    db_import_listen(storing->import, storing->steps->step, storing->steps->cls);
    for (size_t stage = 0; stage < sizeof(stages) / sizeof(stages[0]); stage++) {
        size_t len = storing->data->table[stages[stage].table].len;
        for (size_t i = 0; i < len; i++) {
            enum db_status status = stages[stage].put(storing, i);
            if (status != DB_OK)
                return status;
            if (i % RECORDS_A_STEP == 0)
                steps_say(storing->steps, stages[stage].what, i, len);
        }
    }
    return DB_OK;
}

static void storing_free(struct storing *storing)
{
    /* What the database had to say lives as long as the import; store_dataset copies it before. */
    db_import_abandon(storing->import);
    free(storing->awards);
    free(storing->sources);
    free(storing->aliases);
    free(storing->plans);
    free(storing->reports);
}

enum db_status store_dataset(struct db *db, struct dataset *data, bool dry_run, const struct steps *steps,
                             struct db_import_result *ret_result, char **ret_detail)
{
    struct storing storing __attribute__((cleanup(storing_free))) = {.data = data, .steps = steps};
    bool same = false;
    *ret_result = (struct db_import_result){0};
    *ret_detail = NULL;
    data->edition.digest = data->digest;
    enum db_status status = db_import_begin(db, &data->programme, &data->edition, &same, &storing.import);
    if (status == DB_OK && same) {
        ret_result->data_version = db_data_version(db);
        return DB_OK;
    }
    if (status == DB_OK)
        status = put_all(&storing);
    if (status == DB_OK) {
        struct db_import *import = storing.import;
        storing.import = NULL;
        dataset_free(data); /* the database has it all, and now needs the room */
        return db_import_finish(import, dry_run, ret_result);
    }
    const char *detail = storing.import != NULL ? db_import_detail(storing.import) : "";
    *ret_detail = detail[0] != '\0' ? strdup(detail) : NULL;
    return status;
}
