/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Storage, in terms of programmes, studies, reports and figures. Nothing of the engine shows here, so that another one
 * could serve behind the same interface.
 *
 * Threads: a struct db may be asked for versions from any thread; opening, closing and importing belong to one thread.
 * A struct db_reader belongs to one thread at a time. Times are milliseconds since 1970 (UTC), money is whole kroner.
 * Strings are UTF-8. "May be NULL" means not known, never empty. What a function hands to a callback lives until the
 * callback returns; what it returns through ret_ is the caller's to free with the function named there.
 */
#ifndef STUDYD_DB_DB_H
#define STUDYD_DB_DB_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "db/records.h"
#include "db/search.h"

enum db_status {
    DB_OK,
    DB_NOT_FOUND, /* no such record, or no such file and create was not asked for */
    DB_HELD,      /* another process writes to this database */
    DB_BUSY,      /* the engine's own lock did not come free in time */
    DB_FULL,      /* disk full */
    DB_READ_ONLY, /* file system, file mode, a quota or a limit forbids it, or the disk fails */
    DB_DAMAGED,   /* not a database of ours, or broken */
    DB_TOO_NEW,   /* written by a later studyd */
    DB_NO_MEMORY,
    DB_TIMEOUT,  /* the reader's time ran out before the answer was there */
    DB_CONFLICT, /* the data contradict what is stored (an id of another programme, …) */
    DB_BUG,      /* our own fault */
};

/* One short English sentence for people; never SQL. */
const char *db_status_text(enum db_status status);

/* ── opening ────────────────────────────────────────────────────────────────────────────────────────────────── */

struct db;
struct db_reader;

/* The forms that the bytes which stand for a study come in; opaque here. */
enum db_form {
    DB_FORM_FULL, /* all that is known, with its structure */
    DB_FORM_ROW,  /* one row of a table */
    DB_FORMS
};
struct db_bytes {
    char *start; /* malloc'd */
    size_t len;
};
struct db_rendering {
    struct db_bytes form[DB_FORMS];
};

/* Makes the bytes that stand for a study, in every form. What is in ret_rendering (zeroed before) becomes the database's, also after a
 * failure. Runs inside the write transaction, of many studies by another thread than the one that writes, one
 * after the other. false = could not (no memory); the transaction is then given up. */
struct db_renderer {
    bool (*render)(void *cls, const struct db_study *study, struct db_rendering *ret_rendering);
    void *cls;
    const char
        *version; /* of the representation: when it differs from the stored one, every study, its numbers too, is made anew at open */
};

struct db_options {
    const char *path;                   /* a file, no link to one; ":memory:" only for tests and checks */
    bool create;                        /* make the file when it is not there, for its owner alone */
    bool only_reads;                    /* not for writing: see db_open */
    const struct db_renderer *renderer; /* borrowed, must outlive the db */
};

/* Where the engine's own complaints go (a damaged page, a failed write): one line each, for the operator, never for clients. Once,
 * before the first db_open of the process, with cls that outlives it. say may be called by any thread. */
struct db_listener {
    void (*say)(void *cls, const char *line);
    void *cls;
};
void db_complain_to(const struct db_listener *listener);

/* Opens for writing: takes the lock file PATH.lock (kept until db_close), migrates, loads versions into memory. On failure
 * ret_detail (may be NULL) gets a malloc'd sentence for people: for DB_HELD it names the process that holds the lock; a lock file that was
 * made is removed again. DB_CONFLICT: the file has several names.
 *
 * With only_reads: takes no lock, writes nothing, leaves nothing beside the file, and does so too for who may not write there. DB_CONFLICT:
 * an earlier version wrote it, or a restore has to be finished; opening for writing does that. What is made of records is as the last
 * writer made it, versions in memory stay those of the opening, and its readers belong to one thread. For moments: where nothing can be
 * made beside the file, it is relied upon that nobody who had it closed then begins to write to it meanwhile. */
enum db_status db_open(const struct db_options *options, struct db **ret_db, char **ret_detail);
/* Whether another process holds the lock; ret_detail then names it as in db_open. Where the lock file cannot be read: no. */
bool db_is_held(const char *path, char **ret_detail);
void db_close(struct db *db); /* NULL is fine; every reader must be closed before */

/* Versions in memory: no query, any thread. */
const char *db_epoch(const struct db *db);    /* 16 hex digits, renewed by a restore; borrowed */
int64_t db_data_version(const struct db *db); /* grows by one with every commit that changed an answer */
int64_t db_data_updated(const struct db *db); /* when that was */
struct db_study_state {
    int64_t version, updated;
};
bool db_study_state(const struct db *db, const char *code, struct db_study_state *ret_state); /* false = no such study */

/* A connection for reading. */
enum db_status db_reader_open(struct db *db, struct db_reader **ret_reader);
void db_reader_close(struct db_reader *reader);
struct db *db_reader_db(struct db_reader *reader);

/* How long questions may take: past until (microseconds of CLOCK_MONOTONIC, 0 = no bound), or once any thread has set *stop (borrowed,
 * may be NULL), they end with DB_TIMEOUT. Holds until it is set anew. */
struct db_bound {
    int64_t until;
    const atomic_bool *stop;
};
void db_reader_bound(struct db_reader *reader, struct db_bound bound);
struct db_bound db_reader_bounds(const struct db_reader *reader); /* as it was set */
bool db_reader_is_late(const struct db_reader *reader);           /* past the bound: for those who make much of what they were told */

/* Several questions of one request see one state: begin … end. Ends must come before the answer is queued. */
enum db_status db_reader_begin(struct db_reader *reader);
void db_reader_end(struct db_reader *reader);
/* The data version of the state seen between begin and end, and when it came about; outside of them the newest. */
int64_t db_reader_version(const struct db_reader *reader, int64_t *ret_updated);

/* ── importing ──────────────────────────────────────────────────────────────────────────────────────────────── */

struct db_import;

struct db_import_result {
    bool changed; /* false: the same edition was here already, nothing was written */
    int64_t data_version;
    int64_t studies_added, studies_updated, studies_unchanged, conflicts;
};

/* One transaction. begin; then programme, edition (in begin), reference data, studies, plans, reports, figures, notes in this
 * order; then finish or abandon. *ret_same = the very same digest is stored: the caller abandons. Any put may fail with
 * DB_CONFLICT and a sentence in db_import_detail; the caller then abandons. dry_run: everything is done and then undone. */
enum db_status db_import_begin(struct db *db, const struct db_programme *programme, const struct db_edition *edition, bool *ret_same,
                               struct db_import **ret_import);
/* Who is told how far a step of many records is: now and then, and at its end. Right after begin; not needed. */
typedef void (*db_step_fn)(void *cls, const char *what, int64_t done, int64_t of);
void db_import_listen(struct db_import *import, db_step_fn step, void *cls);
/* How many studies are to come, right after begin; not needed. A load that is great beside what is stored is written in another order
 * of steps, for speed; the register it makes is the same. */
enum db_status db_import_expect(struct db_import *import, size_t studies);
enum db_status db_import_region(struct db_import *import, const struct db_region *region);
enum db_status db_import_mechanism(struct db_import *import, const struct db_mechanism *mechanism);
enum db_status db_import_category(struct db_import *import, const struct db_category *category);
enum db_status db_import_institution(struct db_import *import, const struct db_institution *institution);
enum db_status db_import_leader_alias(struct db_import *import, const char *name, const char *alias);
enum db_status db_import_study(struct db_import *import, const struct db_study *study);
enum db_status db_import_study_alias(struct db_import *import, const char *study, const char *alias);
enum db_status db_import_plan(struct db_import *import, const struct db_plan *plan);
enum db_status db_import_report(struct db_import *import, const struct db_report *report);
/* All that the edition says of one study's patients: as the two above, and quicker. Every plan and report must be of study. */
enum db_status db_import_counts(struct db_import *import, const char *study, const struct db_plan *plans, size_t plans_len,
                                const struct db_report *reports, size_t reports_len);
enum db_status db_import_figure(struct db_import *import, const struct db_figure *figure);
enum db_status db_import_note(struct db_import *import, const struct db_note *note);
const char *db_import_detail(const struct db_import *import); /* borrowed, "" when there is none */
enum db_status db_import_finish(struct db_import *import, bool dry_run, struct db_import_result *ret_result); /* frees import */
void db_import_abandon(struct db_import *import); /* frees import; NULL is fine */

/* ── asking for studies ─────────────────────────────────────────────────────────────────────────────────────── */

/* A list of codes: one of them, or with negate none of them. len 0 = no such filter. */
struct db_codes {
    const char *const *values;
    size_t len;
    bool negate;
};

/* Ranges, ends included; INT64_MIN/INT64_MAX are open ends. negate: everything else, the unknown included. len 0 = no filter. */
#define DB_RANGES_MAX 16
struct db_ranges {
    struct {
        int64_t min, max;
    } r[DB_RANGES_MAX];
    size_t len;
    bool negate;
};

enum db_tri { DB_ANY, DB_YES, DB_NO };

/* All filters of the list of studies; a zeroed struct lets every study through. A filter and its negation always part the
 * studies in two: total(f) + total(!f) = total. */
struct db_study_filter {
    struct db_codes programme, id, mechanism, category, institution, hospital, region, inclusion_region, leader, status;
    struct db_codes and_category, and_inclusion_region; /* a second condition of the same kind: both hold */
    struct db_codes award_mechanism;                    /* with award_call_year: of one and the same award */
    struct db_ranges award_call_year;
    struct db_ranges call_year, amount_nok, planned, included, age, updated;
    enum db_tri has_card, behind_plan;
    const struct db_search *q; /* NULL = no such filter */
};

enum db_study_sort_key {
    DB_SORT_ID,
    DB_SORT_NAME,
    DB_SORT_CALL_YEAR,
    DB_SORT_AMOUNT_NOK,
    DB_SORT_PLANNED,
    DB_SORT_INCLUDED,
    DB_SORT_PERCENT,
    DB_SORT_LEADER,
    DB_SORT_INSTITUTION,
    DB_SORT_MECHANISM,
    DB_SORT_STATUS,
    DB_SORT_UPDATED,
    DB_SORT_RELEVANCE, /* how well a study fits filter.q, and only with it: the greater, the better */
};
#define DB_SORT_KEYS (DB_SORT_RELEVANCE + 1)
struct db_sort {
    enum db_study_sort_key key;
    bool descending;
};
#define DB_SORT_LEN 4

/* Where a page begins: opaque bytes, to be handed back as they came. */
struct db_position {
    size_t len;
    unsigned char bytes[480];
};

struct db_studies_query {
    struct db_study_filter filter;
    struct db_sort sort[DB_SORT_LEN]; /* the id is always the last key, unknown values come last */
    size_t sort_len;                  /* 0 = call_year, id; with filter.q −relevance before them */
    enum db_form form;
    int limit;
    const struct db_position *from; /* NULL = the first page; else the rows after it (before it when backwards) */
    bool backwards;                 /* rows still come in the order of the sort */
    db_hits_fn hits;                /* with filter.q: called for each study before its bytes are handed out; may be NULL */
};

struct db_studies_page {
    int64_t total; /* exact, of the filter */
    int returned;
    bool more_before, more_after;
    struct db_position first, last; /* of the rows returned; len 0 when there are none */
};

/* The rendered bytes of each study of the page, in order. false from each stops. DB_CONFLICT: from is no position of this
 * sort. */
typedef bool (*db_study_bytes_fn)(void *cls, const char *bytes, size_t len);
enum db_status db_studies_list(struct db_reader *reader, const struct db_studies_query *query, db_study_bytes_fn each, void *cls,
                               struct db_studies_page *ret_page);

/* Every study that the filter lets through, in order, handed out one by one. The reader sees one state (begin … end) and is used for
 * nothing else while the walk is on; both may go from thread to thread. Memory: 8 bytes a study at most, where the walk cannot follow an
 * index without gaps. query may be forgotten; its limit, from and backwards are not read. Where more than most are let through,
 * *ret_walk is NULL. *ret_total is exact either way. */
struct db_studies_walk;
enum db_status db_studies_walk_begin(struct db_reader *reader, const struct db_studies_query *query, int64_t most,
                                     struct db_studies_walk **ret_walk, int64_t *ret_total);
/* The next one's bytes, borrowed until the next call; DB_NOT_FOUND: that was all. */
enum db_status db_studies_walk_next(struct db_studies_walk *walk, const char **ret_bytes, size_t *ret_len);
void db_studies_walk_end(struct db_studies_walk *walk); /* before the reader's end; NULL is fine */

/* The rendered bytes of one study, in full. DB_NOT_FOUND with *ret_moved set (malloc'd) = the id is an old one of that study. */
enum db_status db_studies_get(struct db_reader *reader, const char *code, db_study_bytes_fn each, void *cls, char **ret_moved);

/* ── recruitment ────────────────────────────────────────────────────────────────────────────────────────────── */

struct db_region_count {
    const char *region;
    int64_t planned, included; /* −1 = not known */
    const char *as_of;         /* of included, may be NULL */
    bool takes_part;           /* known to include here; where totals alone are shown, not by its reports */
};

struct db_report_row { /* the newest report of each (region, as_of), oldest as_of first, the total (region NULL) first of a date */
    const char *region, *as_of;
    int64_t included;
    const char *document, *lines; /* may be NULL: filed in the register itself */
};

struct db_study_recruitment {
    const char *study;
    struct db_recruitment total;
    int64_t planned_by_regions; /* sum where every region that takes part has a plan, else −1 */
    int64_t included_at_least;  /* sum of the regions that reported, −1 when none did */
    bool totals_only;           /* small population: regions must not be shown */
    const struct db_region_count *regions;
    size_t regions_len; /* all regions of the register, in their order */
    const struct db_report_row *reports;
    size_t reports_len; /* as_of within from … to */
};

/* from, to: YYYY-MM-DD, ends included, may be NULL. */
enum db_status db_recruitment_get(struct db_reader *reader, const char *code, const char *from, const char *to,
                                  bool (*each)(void *cls, const struct db_study_recruitment *recruitment), void *cls);
/* The same, but for the reports: at the cost of a study's regions, however many reports it has. */
enum db_status db_recruitment_sums(struct db_reader *reader, const char *code,
                                   bool (*each)(void *cls, const struct db_study_recruitment *recruitment), void *cls);

/* A count that stands. */
struct db_count {
    char as_of[sizeof "2026-01-31"];
    int64_t included; /* −1 = there is none */
};
struct db_counts_beside {
    struct db_count same;           /* of that very day */
    struct db_count highest_before; /* of the days before it the one with most patients, the latest of equals */
    struct db_count lowest_after;   /* of the days after it the one with fewest, the earliest of equals */
};
/* What a count of that region (NULL = the whole study) and day would stand among. DB_NOT_FOUND: there is no such study. */
enum db_status db_counts_beside(struct db_reader *reader, const char *code, const char *region, const char *as_of,
                                struct db_counts_beside *ret_beside);

struct db_planned {
    int64_t study;                         /* −1 = there is no plan */
    int64_t regions;                       /* the sum over those that have a plan */
    char planned_end[sizeof "2026-01-31"]; /* of the study's plan; "" = not known */
};
/* What is planned by the newest plans of the days up to as_of (NULL = of all days). DB_NOT_FOUND: there is no such study. */
enum db_status db_planned(struct db_reader *reader, const char *code, const char *as_of, struct db_planned *ret_planned);

/* How many studies the filter lets through. */
enum db_status db_studies_count(struct db_reader *reader, const struct db_study_filter *filter, int64_t *ret_count);

/* ── facets ─────────────────────────────────────────────────────────────────────────────────────────────────── */

/* The filters whose values can be counted. */
enum db_facet {
    DB_FACET_PROGRAMME,
    DB_FACET_CALL_YEAR,
    DB_FACET_MECHANISM,
    DB_FACET_AWARD_CALL_YEAR,
    DB_FACET_AWARD_MECHANISM,
    DB_FACET_CATEGORY,
    DB_FACET_INSTITUTION,
    DB_FACET_HOSPITAL,
    DB_FACET_REGION,
    DB_FACET_INCLUSION_REGION,
    DB_FACET_LEADER,
    DB_FACET_STATUS,
    DB_FACET_HAS_CARD,
    DB_FACET_BEHIND_PLAN,
    DB_FACETS
};
struct db_facet_value {
    const char *code;     /* as the filter takes it: cancer, 2019, true; NULL = the studies that have none */
    struct db_text label; /* empty where the code says it all; an institution's name is label.nb */
    int64_t study_count;
};
struct db_facet_counts {
    const struct db_facet_value *values; /* the most studies first, then in the vocabulary's order; what has none is last. Nobody's
                                            values are left out, but for those that the facet's own filter names */
    size_t values_len;
    int64_t study_count; /* that pass all filters but the facet's own */
};
/* For each value how many studies pass when it takes the place of the facet's own filter, and all others stay: what db_studies_count
 * says of that filter. each is called once. What is found is kept as statistics are (db_stats). */
enum db_status db_facets(struct db_reader *reader, const struct db_study_filter *filter, enum db_facet facet,
                         bool (*each)(void *cls, const struct db_facet_counts *counts), void *cls);

/* ── programmes, reference data, figures ────────────────────────────────────────────────────────────────────── */

enum db_status db_programmes(struct db_reader *reader, const char *code /* NULL = all */,
                             bool (*each)(void *cls, const struct db_programme *programme, int64_t study_count), void *cls);
enum db_status db_editions(struct db_reader *reader, const char *programme, /* newest first; NULL = the newest of each programme */
                           bool (*each)(void *cls, const struct db_edition *edition), void *cls);
enum db_status db_regions(struct db_reader *reader, bool (*each)(void *cls, const struct db_region *region), void *cls);
enum db_status db_mechanisms(struct db_reader *reader, bool (*each)(void *cls, const struct db_mechanism *mechanism, int64_t study_count),
                             void *cls);
enum db_status db_categories(struct db_reader *reader, bool (*each)(void *cls, const struct db_category *category, int64_t study_count),
                             void *cls);
/* study_count: coordinated from there. */
enum db_status db_institutions(struct db_reader *reader,
                               bool (*each)(void *cls, const struct db_institution *institution, int64_t study_count), void *cls);

struct db_call {
    int call_year;
    struct db_ref mechanism;
    int64_t awards, amount_nok, study_count;
};
enum db_status db_calls(struct db_reader *reader, bool (*each)(void *cls, const struct db_call *call), void *cls); /* by year, mechanism */

/* Figures of a programme's edition; edition NULL = the newest. measure and programme NULL = all. In the order of the file. */
enum db_status db_figures(struct db_reader *reader, const char *programme, const char *edition, const char *measure,
                          bool (*each)(void *cls, const struct db_figure *figure), void *cls);
/* Notes of a record; id NULL = all of that kind of record. programme may be NULL. */
enum db_status db_notes(struct db_reader *reader, const char *programme, const char *record, const char *id,
                        bool (*each)(void *cls, const struct db_note *note), void *cls);

/* ── vocabularies: the values a parameter may have ──────────────────────────────────────────────────────────── */

enum db_vocabulary {
    DB_VOCAB_NONE,
    DB_VOCAB_PROGRAMME,
    DB_VOCAB_STUDY,
    DB_VOCAB_REGION,
    DB_VOCAB_MECHANISM,
    DB_VOCAB_CATEGORY,
    DB_VOCAB_INSTITUTION,
    DB_VOCAB_LEADER,
    DB_VOCAB_STATUS,
};
/* The value's canonical spelling, or NULL: institutions and leaders also answer to their aliases, and in any case, where nothing
 * is spelt just so. Known in memory for the reader's data version. Borrowed: lives until the reader sees another data version. */
const char *db_vocabulary_find(struct db_reader *reader, enum db_vocabulary vocabulary, const char *value);
/* Every value of the vocabulary, for suggestions. */
void db_vocabulary_each(struct db_reader *reader, enum db_vocabulary vocabulary, bool (*each)(void *cls, const char *value), void *cls);

/* ── checking ───────────────────────────────────────────────────────────────────────────────────────────────── */

struct db_check_listener {
    void (*step)(void *cls, const char *what, int64_t done, int64_t of); /* may be NULL; of 0 = it is skipped */
    void (*finding)(void *cls, const char *what);                        /* may be NULL; one English sentence */
    void *cls;
};
#define DB_CHECK_FINDINGS 100 /* are told; then how many more there are */

/* Looks the register over without writing, in one state of it, also while another process serves it: the file, references between
 * records, kept sums, what is made of each study, and the image beside the file, against a fresh making. renderer may be of another
 * representation than what is stored: bytes are then not compared. Anything but DB_OK: it could not be looked over; ret_detail as in
 * db_open. */
enum db_status db_check(const char *path, const struct db_renderer *renderer, const struct db_check_listener *listener,
                        int64_t *ret_findings, char **ret_detail);

/* ── the change log ─────────────────────────────────────────────────────────────────────────────────────────── */

struct db_change {
    int64_t id;
    const char *kind;  /* study-added study-updated edition-imported */
    const char *study; /* may be NULL */
    int64_t at, data_version;
};
enum db_status db_changes(struct db_reader *reader, int64_t since, int limit, bool (*each)(void *cls, const struct db_change *change),
                          void *cls);

#include "db/recruitment.h" /* the reports of all studies, in the terms above */
#include "db/stats.h"       /* statistics */
#include "db/tokens.h"      /* who may file */
#include "db/writing.h"     /* what is filed, and what the register knew when */

#endif
