/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A data set in memory: what its files say, field by field, and what the checks found out about it. Where db.h has a struct for
 * a record, the row holds it, ready to be stored. Strings live as long as the data set. "May be NULL" = not known.
 */
#ifndef STUDYD_INGEST_DATASET_H
#define STUDYD_INGEST_DATASET_H

#include <stdint.h>

#include "db/db.h"
#include "base/arena.h"
#include "ingest/findings.h"
#include "ingest/folder.h"
#include "ingest/lookup.h"

/* Rows of one CSV file. at points to structs of size bytes that begin with their line; see table_spec in columns.h. */
struct rows {
    void *at;
    size_t len, cap, size;
};

/* The rows of a table by study, each study's in the order of the file: first of a study, next of a row; LOOKUP_NONE ends. */
struct chains {
    int32_t *first, *next;
};

enum table {
    TABLE_REGIONS,
    TABLE_MECHANISMS,
    TABLE_CATEGORIES,
    TABLE_INSTITUTIONS,
    TABLE_ALIASES,
    TABLE_STUDIES,
    TABLE_AWARDS,
    TABLE_PLANS,
    TABLE_REPORTS,
    TABLE_FIGURES,
    TABLE_NOTES,
    TABLE_COUNT,
};

/* Keys that rows are found by. The first ones are columns; the rest is made by the checks. */
enum key {
    KEY_NONE,
    KEY_REGION,
    KEY_MECHANISM,
    KEY_REPORT_CODE,
    KEY_CATEGORY,
    KEY_CATEGORY_LABEL,
    KEY_INSTITUTION,
    KEY_INSTITUTION_NAME,
    KEY_STUDY,
    KEY_FIGURE,
    KEY_INSTITUTION_ALIAS,
    KEY_STUDY_ALIAS,
    KEY_LEADER_ALIAS, /* alias → row of aliases.csv */
    KEY_LEADER_NAMED, /* id of an alias of kind leader → row of aliases.csv */
    KEY_LEADER,       /* the leader's own name → row of awards.csv */
    KEY_COUNT,
};

struct region_row {
    int line;
    struct db_region db;
};
struct mechanism_row {
    int line;
    struct db_mechanism db;
};
struct category_row {
    int line;
    struct db_category db;
};

struct institution_row {
    int line;
    int32_t part_of_row;
    int32_t first_alias, last_alias; /* rows of aliases.csv */
    struct db_institution db;
};

struct alias_row {
    int line;
    int32_t next; /* alias of the same institution, LOOKUP_NONE = last */
    const char *kind, *id, *alias, *lines;
};

/* What the newest rows of one study say of patients; −1 = nothing. */
struct tally {
    int64_t whole, regions;
};

struct study_row {
    int line;
    int32_t main_award, first_award, last_award; /* rows of awards.csv */
    const char *id, *acronym, *status;
    struct db_text title;
    struct tally planned, included;
    struct card *card; /* may be NULL */
};

struct award_row {
    int line;
    int call_year;
    int32_t study_row, mechanism_row, institution_row;
    int32_t next; /* award of the same study, LOOKUP_NONE = last */
    int64_t amount_nok;
    const char *study, *kind, *report_code, *title, *leader, *institution, *categories, *lines;
    const char *leader_name; /* the leader's own name, by the aliases */
    const struct db_ref *category_refs;
    size_t category_len;
};

struct plan_row {
    int line;
    int32_t study_row, region_row;
    struct db_plan db;
};
struct report_row {
    int line;
    int32_t study_row, region_row;
    struct db_report db;
};
struct figure_row {
    int line;
    struct db_figure db;
};
struct note_row {
    int line;
    struct db_note db;
};

struct card {
    const char *file;
    int line; /* where it begins */
    const char *study;
    struct {
        int64_t patients;
        const char *kind;
    } headline;        /* patients −1, kind NULL = not printed */
    int headline_line; /* where it stands in the file: the check comes when the text is gone */
    const char *lines;
    struct db_study db; /* what a card says; the rest of the study is not set */
};

struct dataset {
    struct db_edition edition;
    struct db_programme programme;
    struct rows table[TABLE_COUNT];
    bool partial[TABLE_COUNT]; /* a row could not be read: totals prove nothing */
    struct lookup lookup[KEY_COUNT];
    struct arena arena;
    struct chains plans, reports; /* of studies that are there; made by check_counts */
    char *text[FOLDER_FIXED];     /* the bytes that the rows point into */
    char digest[FOLDER_DIGEST_SIZE];
    size_t cards;
    size_t longest_label; /* of a category, in bytes */
};

/* Who is told how far it is. */
struct steps {
    ingest_step_fn step; /* may be NULL */
    void *cls;
};
void steps_say(const struct steps *steps, const char *what, size_t done, size_t of);

/* A data set being read. */
struct reading {
    struct steps steps;
    struct dataset *data;
    struct folder *folder;
    struct findings *faults;
    size_t offers_left; /* comparisons for "did you mean" that this run may still make */
};

/* Memory ran out somewhere: what was read is not whole. */
bool reading_failed(const struct reading *reading);

/* The struct of row, of the table's own kind; row must exist. */
void *dataset_row(const struct dataset *data, enum table table, size_t row);
/* The rows of table by study, as study_of says. false = no memory. */
bool chains_make(struct chains *chains, const struct dataset *data, enum table table, int32_t (*study_of)(const void *row));
/* A new zeroed row; NULL when memory ran out. */
void *rows_add(struct rows *rows);
void dataset_free(struct dataset *data); /* leaves an empty one */

#endif
