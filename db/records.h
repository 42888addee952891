/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What storage holds, as structs: part of db/db.h, which says how strings, times and money are given.
 */
#ifndef STUDYD_DB_RECORDS_H
#define STUDYD_DB_RECORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct db_text {
    const char *nb; /* may be NULL */
    const char *en; /* may be NULL */
};

/* A code with its label: a region, category or mechanism. For writing, only code is read. */
struct db_ref {
    const char *code;
    struct db_text label;
};

/* An institution as others refer to it. For writing, only code is read. */
struct db_place {
    const char *code;
    const char *name;
    const char *region; /* may be NULL */
};

/* ── what is stored ─────────────────────────────────────────────────────────────────────────────────────────── */

struct db_programme {
    const char *code;
    struct db_text name;
    const char *short_name;
    int disclosure_threshold; /* below this many planned or included patients a study shows totals only */
    const char *profile;      /* a JSON object, opaque here: purpose, owners, process, board */
    size_t profile_len;
};

struct db_edition {
    const char *programme, *code;
    struct db_text title;
    const char *as_of;                                 /* YYYY-MM-DD: orders the editions of a programme */
    const char *collected, *published;                 /* may be NULL */
    const char *licence, *attribution;                 /* may be NULL */
    const char *document, *document_title, *publisher; /* id and name of the source document; publisher may be NULL */
    int64_t document_lines;
    const char *digest; /* of everything the folder says: equal digest, equal edition */
    int64_t imported;   /* set by the register */
};

struct db_region {
    const char *code;
    struct db_text label;
    const char *basis, *lines; /* lines may be NULL */
    int order;
};

struct db_mechanism {
    const char *code, *report_code;
    struct db_text label;
    const char *lines; /* may be NULL */
    int order;
};

struct db_category {
    const char *code;
    struct db_text label;
    const char *label_en_basis, *lines; /* may be NULL */
    int order;
};

struct db_institution {
    const char *code, *name;
    const char *region, *region_basis;   /* may be NULL */
    const char *part_of, *part_of_basis; /* may be NULL */
    const char *lines;                   /* may be NULL */
    const char *const *aliases;          /* for reading: every other spelling, sorted; for writing: those of this edition */
    size_t aliases_len;
    bool coordinates; /* read only: at least one study is coordinated from here */
    bool takes_part;  /* read only: at least one study names it as a hospital */
};

struct db_award {
    const char *kind; /* main, top-up */
    int call_year;
    struct db_ref mechanism;
    int64_t amount_nok;
    const char *title; /* as printed */
    const char *lines; /* may be NULL */
};

struct db_note {
    const char *record; /* programme edition study institution leader category figure */
    const char *id;     /* of that record; may be NULL for edition */
    const char *field;  /* may be NULL */
    const char *kind;   /* discrepancy ambiguous interpretation variant missing conflict */
    struct db_text text;
    const char *source; /* document and lines, made for people; may be NULL */
    const char *lines;  /* for writing; may be NULL */
};

struct db_pair {
    const char *first, *second;
}; /* identifier (system, value), link (url, label), publication (citation, doi), source (document, lines) */

/* What is known of patients: read only, kept current in the transaction of the change. −1 = not known. */
struct db_recruitment {
    int64_t planned, included, remaining, exceeded_by;
    int64_t permille;  /* included/planned in tenths of a percent, rounded half up; not capped; −1 = not known */
    const char *as_of; /* of included; may be NULL */
};

/* One study, whole. The same struct is written by an import and read by the renderer; labels and names of refs and places
 * are filled on reading only. */
struct db_study {
    const char *code, *programme;
    const char *acronym;  /* may be NULL */
    struct db_text title; /* lay title */
    const char *scientific_title;
    const char *leader;
    struct db_place institution;
    const char *status;
    bool has_card;
    const struct db_award *awards;
    size_t awards_len; /* main first */
    const struct db_ref *categories;
    size_t categories_len; /* in the order printed */
    const struct db_place *hospitals;
    size_t hospitals_len;
    const char *const *inclusion_regions;
    size_t inclusion_regions_len;             /* writing: stated by the edition; reading: also from hospitals and reports */
    int64_t hospitals_stated, european_sites; /* −1 = not printed */
    int64_t age_min, age_max;                 /* −1 = not known, or open */
    const char *age_text;                     /* as printed, may be NULL */
    int sexes;                                /* bit 0 female, bit 1 male; 0 = not printed */
    int children;                             /* 1 = named, −1 = not known */
    struct db_text condition;
    const char *aim, *aim_text, *design, *design_text; /* each may be NULL */
    const char *const *arms;
    size_t arms_len;
    struct db_text summary, about, novelty, importance, progress, next_steps;
    const char *start, *inclusion_end, *inclusion_end_expected, *completion_expected; /* YYYY[-MM[-DD]], each may be NULL */
    const struct db_pair *identifiers;
    size_t identifiers_len;
    const struct db_pair *links;
    size_t links_len;
    const struct db_pair *publications;
    size_t publications_len;
    const struct db_pair *sources;
    size_t sources_len;  /* writing: first = NULL means the edition's document */
    const char *contact; /* may be NULL */
    /* reading only */
    const char *name;        /* acronym, else lay title, else scientific title */
    int call_year;           /* of the main award */
    struct db_ref mechanism; /* of the main award */
    int64_t amount_nok;      /* of all awards */
    struct db_recruitment recruitment;
    const struct db_note *notes;
    size_t notes_len;
    int64_t version, updated;
};

struct db_plan {
    const char *study;
    const char *region; /* NULL = the whole study */
    int64_t planned;
    const char *as_of;
    const char *planned_end; /* may be NULL */
    const char *lines;       /* may be NULL */
};

struct db_report {
    const char *study;
    const char *region; /* NULL = the whole study */
    const char *as_of;
    int64_t included;  /* cumulative */
    const char *lines; /* may be NULL */
};

/* A published key figure. value is scaled by 10^decimals: 99.9 is 999 with decimals 1. */
struct db_figure {
    const char *programme, *edition, *document; /* reading only */
    const char *code, *measure, *unit;
    int call_year;                                     /* 0 = not by year */
    const char *mechanism, *region, *category, *group; /* each may be NULL */
    int64_t value;
    int decimals;
    const char *as_of;
    struct db_text label;
    const char *printed, *lines;
};

#endif
