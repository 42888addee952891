/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Stands in for the database: writes down what it is asked to store. Defines the functions of db.h that an import calls, so it
 * may be included by one file of a program only.
 */
#ifndef STUDYD_TESTS_INGEST_FAKE_DB_H
#define STUDYD_TESTS_INGEST_FAKE_DB_H

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db/db.h"

struct db_import {
    bool open;
};

static struct {
    bool same;          /* begin says that the edition is stored already */
    const char *refuse; /* a record that starts like this is a conflict */
    FILE *out;          /* NULL = nothing is written down */
    char *log;
    size_t log_size;
    int begun, finished, abandoned;
    size_t expected; /* studies */
    char digest[65];
    struct db_import import;
} fake;

static inline void fake_begin(void)
{
    memset(&fake, 0, sizeof(fake));
    fake.out = open_memstream(&fake.log, &fake.log_size);
}

/* What was written down so far. */
static inline const char *fake_log(void)
{
    (void)fflush(fake.out);
    return fake.log;
}

static inline void fake_end(void)
{
    (void)fclose(fake.out);
    free(fake.log);
    fake.out = NULL;
}

static inline const char *known(const char *text)
{
    return text != NULL ? text : "-";
}

/* A record with its texts: kind|text|text… NULL is written as "-", and a NULL kind ends nothing. */
static inline enum db_status record(const char *kind, size_t len, const char *const *texts)
{
    char line[2000];
    size_t used = (size_t)snprintf(line, sizeof(line), "%s", kind);
    for (size_t i = 0; i < len && used < sizeof(line); i++)
        used += (size_t)snprintf(line + used, sizeof(line) - used, "|%s", known(texts[i]));
    if (fake.refuse != NULL && strncmp(line, fake.refuse, strlen(fake.refuse)) == 0)
        return DB_CONFLICT;
    if (fake.out != NULL)
        (void)fprintf(fake.out, "%s\n", line);
    return DB_OK;
}
#define RECORD(kind, ...) record(kind, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *), (const char *const[]){__VA_ARGS__})

struct digits {
    char text[24];
};
static inline struct digits digits(int64_t value)
{
    struct digits digits;
    (void)snprintf(digits.text, sizeof(digits.text), "%" PRId64, value);
    return digits;
}

/* A list joined by "+", in a buffer of the caller's. */
static inline const char *join(char *to, size_t size, size_t len, const char *(*at)(const void *list, size_t i), const void *list)
{
    size_t used = 0;
    to[0] = '\0';
    for (size_t i = 0; i < len && used < size; i++)
        used += (size_t)snprintf(to + used, size - used, "%s%s", i > 0 ? "+" : "", at(list, i));
    return to;
}

static inline const char *text_at(const void *list, size_t i)
{
    return ((const char *const *)list)[i];
}

static inline const char *ref_at(const void *list, size_t i)
{
    return ((const struct db_ref *)list)[i].code;
}

static inline const char *place_at(const void *list, size_t i)
{
    return ((const struct db_place *)list)[i].code;
}

static inline const char *second_at(const void *list, size_t i)
{
    return ((const struct db_pair *)list)[i].second;
}

enum db_status db_import_begin(struct db *db, const struct db_programme *programme, const struct db_edition *edition, bool *ret_same,
                               struct db_import **ret_import)
{
    (void)db;
    fake.begun++;
    *ret_same = fake.same;
    *ret_import = &fake.import;
    (void)snprintf(fake.digest, sizeof(fake.digest), "%s", edition->digest);
    if (strlen(programme->profile) != programme->profile_len)
        return DB_BUG;
    (void)RECORD("programme", programme->code, programme->name.nb, programme->name.en, programme->short_name,
                 digits(programme->disclosure_threshold).text, programme->profile);
    return RECORD("edition", edition->programme, edition->code, edition->title.nb, edition->title.en, edition->as_of, edition->collected,
                  edition->published, edition->licence, edition->attribution, edition->document, edition->document_title,
                  edition->publisher, digits(edition->document_lines).text);
}

void db_import_listen(struct db_import *import, db_step_fn step, void *cls)
{
    (void)import, (void)step, (void)cls;
}

enum db_status db_import_expect(struct db_import *import, size_t studies)
{
    (void)import;
    fake.expected = studies;
    return DB_OK;
}

enum db_status db_import_region(struct db_import *import, const struct db_region *row)
{
    (void)import;
    return RECORD("region", row->code, row->label.nb, row->label.en, row->basis, row->lines, digits(row->order).text);
}

enum db_status db_import_mechanism(struct db_import *import, const struct db_mechanism *row)
{
    (void)import;
    return RECORD("mechanism", row->code, row->report_code, row->label.nb, row->label.en, row->lines, digits(row->order).text);
}

enum db_status db_import_category(struct db_import *import, const struct db_category *row)
{
    (void)import;
    return RECORD("category", row->code, row->label.nb, row->label.en, row->label_en_basis, row->lines, digits(row->order).text);
}

enum db_status db_import_institution(struct db_import *import, const struct db_institution *row)
{
    char aliases[200];
    (void)import;
    return RECORD("institution", row->code, row->name, row->region, row->region_basis, row->part_of, row->part_of_basis, row->lines,
                  join(aliases, sizeof(aliases), row->aliases_len, text_at, row->aliases));
}

enum db_status db_import_leader_alias(struct db_import *import, const char *name, const char *alias)
{
    (void)import;
    return RECORD("leader-alias", name, alias);
}

enum db_status db_import_study_alias(struct db_import *import, const char *study, const char *alias)
{
    (void)import;
    return RECORD("study-alias", study, alias);
}

static void record_card(const struct db_study *row)
{
    char hospitals[200], regions[200], arms[200];
    (void)RECORD("  places", join(hospitals, sizeof(hospitals), row->hospitals_len, place_at, row->hospitals),
                 join(regions, sizeof(regions), row->inclusion_regions_len, text_at, row->inclusion_regions),
                 digits(row->hospitals_stated).text, digits(row->european_sites).text);
    (void)RECORD("  patients", digits(row->age_min).text, digits(row->age_max).text, row->age_text, digits(row->sexes).text,
                 digits(row->children).text, row->condition.nb, row->condition.en);
    (void)RECORD("  design", row->aim, row->aim_text, row->design, row->design_text,
                 join(arms, sizeof(arms), row->arms_len, text_at, row->arms));
    (void)RECORD("  texts", row->summary.nb, row->summary.en, row->about.nb, row->about.en, row->novelty.nb, row->progress.nb,
                 row->next_steps.nb, row->next_steps.en);
    (void)RECORD("  dates", row->start, row->inclusion_end, row->inclusion_end_expected, row->completion_expected);
    for (size_t i = 0; i < row->identifiers_len; i++)
        (void)RECORD("  identifier", row->identifiers[i].first, row->identifiers[i].second);
    for (size_t i = 0; i < row->links_len; i++)
        (void)RECORD("  link", row->links[i].first, row->links[i].second);
    for (size_t i = 0; i < row->publications_len; i++)
        (void)RECORD("  publication", row->publications[i].first, row->publications[i].second);
}

enum db_status db_import_study(struct db_import *import, const struct db_study *row)
{
    char categories[200], sources[200];
    (void)import;
    for (size_t i = 0; i < row->sources_len; i++)
        if (row->sources[i].first != NULL)
            return DB_BUG;
    enum db_status status =
        RECORD("study", row->code, row->programme, row->acronym, row->title.nb, row->title.en, row->scientific_title, row->leader,
               row->institution.code, row->status, join(categories, sizeof(categories), row->categories_len, ref_at, row->categories),
               join(sources, sizeof(sources), row->sources_len, second_at, row->sources), row->has_card ? "card" : "no card");
    for (size_t i = 0; i < row->awards_len; i++)
        (void)RECORD("  award", row->awards[i].kind, digits(row->awards[i].call_year).text, row->awards[i].mechanism.code,
                     digits(row->awards[i].amount_nok).text, row->awards[i].title, row->awards[i].lines);
    record_card(row);
    return status;
}

enum db_status db_import_plan(struct db_import *import, const struct db_plan *row)
{
    (void)import;
    return RECORD("plan", row->study, row->region, digits(row->planned).text, row->as_of, row->planned_end, row->lines);
}

enum db_status db_import_report(struct db_import *import, const struct db_report *row)
{
    (void)import;
    return RECORD("report", row->study, row->region, row->as_of, digits(row->included).text, row->lines);
}

enum db_status db_import_counts(struct db_import *import, const char *study, const struct db_plan *plans, size_t plans_len,
                                const struct db_report *reports, size_t reports_len)
{
    enum db_status status = DB_OK;
    for (size_t i = 0; i < plans_len && status == DB_OK; i++)
        status = strcmp(plans[i].study, study) == 0 ? db_import_plan(import, &plans[i]) : DB_BUG;
    for (size_t i = 0; i < reports_len && status == DB_OK; i++)
        status = strcmp(reports[i].study, study) == 0 ? db_import_report(import, &reports[i]) : DB_BUG;
    return status;
}

enum db_status db_import_figure(struct db_import *import, const struct db_figure *row)
{
    (void)import;
    return RECORD("figure", row->code, row->measure, row->unit, digits(row->call_year).text, row->mechanism, row->region, row->category,
                  row->group, digits(row->value).text, digits(row->decimals).text, row->as_of, row->label.nb, row->label.en, row->printed,
                  row->lines);
}

enum db_status db_import_note(struct db_import *import, const struct db_note *row)
{
    (void)import;
    return RECORD("note", row->record, row->id, row->field, row->kind, row->text.nb, row->text.en, row->lines);
}

const char *db_import_detail(const struct db_import *import)
{
    (void)import;
    return fake.refuse != NULL ? "refused for the test" : "";
}

enum db_status db_import_finish(struct db_import *import, bool dry_run, struct db_import_result *ret_result)
{
    (void)import;
    fake.finished++;
    *ret_result = (struct db_import_result){.changed = true, .data_version = 7, .studies_added = 3};
    return RECORD("finish", dry_run ? "dry" : "kept");
}

void db_import_abandon(struct db_import *import)
{
    fake.abandoned += import != NULL;
}

int64_t db_data_version(const struct db *db)
{
    (void)db;
    return 6;
}

#endif
