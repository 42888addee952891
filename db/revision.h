/* SPDX-License-Identifier: GPL-3.0-or-later
 * What changes studies: part of db/internal.h, which includes it.
 */
#ifndef STUDYD_DB_REVISION_H
#define STUDYD_DB_REVISION_H

#include "db/internal.h"

/* ── past.c: versions that others take the place of ─────────────────────────────────────────────────────────── */

struct past {
    int64_t study, version, since;
    struct db_recruitment numbers;
    bool totals_only;
    struct list regions; /* struct db_region_count */
};
/* The present version, before anything is made anew; its texts lie in arena. */
enum db_status past_read(struct statements *statements, int64_t study, struct arena *arena, struct past *ret_past);
/* Whether regions may be shown now that were not to be, or the other way round. */
enum db_status past_disclosure_differs(struct statements *statements, const struct past *past, bool *ret_differs);
/* It ends. Its bytes are still those that are stored. */
enum db_status past_keep(struct statements *statements, const struct past *past, int64_t until);

/* ── revision.c: what an import and what is filed do alike ──────────────────────────────────────────────────── */

/* One transaction that changes studies. */
struct revision {
    struct db *db;
    struct statements *st;
    struct arena arena;
    int64_t data_version, now; /* that it will have; the instant all of it is recorded with */
    const char *role;          /* in the log: by whom */
    int64_t edition;           /* in the log; −1 = none */
    struct list new_versions;
    struct stats_changes sums;
    bool is_of_facts; /* of anything but counts */
    bool is_great;    /* see import_great.c: the sums are made anew at the end */
};
struct revision revision_begin(struct db *db, const char *role); /* outside of memory nothing happens yet */
void revision_end(struct revision *revision);                    /* after the transaction */
/* A study leaves the kept sums, before anything is written that they are made of; it enters again when it is made anew. Not needed where
 * nothing but reports have come. */
enum db_status revision_depart(struct revision *revision, int64_t study);
enum db_status revision_log(struct revision *revision, const char *kind, int64_t study); /* study −1 = none */
struct remaking {
    int64_t study;
    bool has_changed; /* that much is known: its version grows whether it shows or not */
    struct made_from from;
    unsigned empty; /* lists, by place in study_lists */
};
struct remade {
    bool has_changed;
    struct db_study_state state;
};
struct makings;
/* Numbers, sums, bytes, version; the version before it is kept. But for what is searched of it. */
enum db_status revision_remake(struct revision *revision, const struct remaking *what, struct makings *makings, struct remade *ret_made);
enum db_status revision_store_sums(struct revision *revision);
enum db_status revision_settle(struct revision *revision); /* the last before the commit */
void revision_publish(struct revision *revision);          /* right after it; cannot fail */

/* ── writing ────────────────────────────────────────────────────────────────────────────────────────────────── */

/* A study that the part under way has touched. */
struct write_study {
    int64_t id;
    const char *code;
    bool is_planned, is_edited; /* neither, and no reports: it was asked to become what it is */
    struct list reports;        /* struct report_place */
};

struct making;
struct db_write {
    struct db *db;
    struct statements *st; /* the writer's */
    struct revision revision;
    int64_t now;             /* its instant */
    struct db_author author; /* of the part */
    struct list touched;     /* struct write_study, of the part, until it is settled */
    size_t kept_versions;    /* of revision.new_versions: those of parts that were kept */
    bool has_part;
    struct makings *makings;
    enum db_status failed; /* the transaction is gone: nothing works after it */
};
enum db_status write_find(struct db_write *write, const char *code, int64_t *ret_id); /* DB_NOT_FOUND */
/* The study of that code, which is about to change, as the part knows it. DB_NOT_FOUND. Valid until another one is touched. */
enum db_status write_touch(struct db_write *write, const char *code, struct write_study **ret_study);

#endif
