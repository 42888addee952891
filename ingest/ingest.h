/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A data set of docs/data-format.md, from a folder into the database: read whole, checked whole, stored in one transaction.
 * Nothing is printed here and nothing is repaired: every fault goes to the caller's function.
 *
 * Threads: a call works by itself and may run in any thread that may import into db (see db/db.h).
 */
#ifndef STUDYD_INGEST_INGEST_H
#define STUDYD_INGEST_INGEST_H

#include <stdbool.h>
#include <stddef.h>

#include "db/db.h"

/* Faults that are told one by one; the rest is a number in one last fault without a file. */
#define INGEST_FAULTS_TOLD 200

/* One fault. Everything lives until the function that got it returns; all of it is UTF-8 without control characters. */
struct ingest_fault {
    const char *file;    /* inside the folder, cards/ID.json for a card; NULL = the folder as a whole */
    int line;            /* counted from 1; 0 = the whole file. A CSV record has the line it starts on */
    const char *field;   /* a column, or the path of a JSON member (patients.age_min, links[0].url); may be NULL */
    const char *message; /* one English sentence without a full stop: what stands there and what was expected */
};

/* Called once for each fault, sorted by file and line, after everything was read. */
typedef void (*ingest_fault_fn)(void *cls, const struct ingest_fault *fault);

/* Called now and then while a step of many records goes on: what is being done, how much of how much is. */
typedef db_step_fn ingest_step_fn;

enum ingest_status {
    INGEST_OK,
    INGEST_FAULTS,     /* the data set breaks a rule; nothing was stored */
    INGEST_STORAGE,    /* the database refused, or memory ran out: outcome.db_status and detail say why */
    INGEST_UNREADABLE, /* there is no such folder, or it may not be read: detail says why */
};

struct ingest_counts {
    size_t regions, mechanisms, categories, institutions, aliases, studies, awards, cards, plans, reports, figures, notes;
};

struct ingest_outcome {
    struct db_import_result result;  /* zeroed unless stored (or tried, with dry_run) */
    enum db_status db_status;        /* DB_OK unless INGEST_STORAGE */
    char *detail;                    /* malloc'd sentence for people, the caller frees it; may be NULL */
    size_t faults;                   /* all of them, also those not told one by one */
    struct ingest_counts counts;     /* rows read */
    char programme[65], edition[65]; /* codes; "" when they could not be read */
};

/* Reads the data set in dir, checks it whole and stores it in db. dry_run: the database does everything and undoes it.
 * *ret_outcome is always filled. report may be NULL. */
enum ingest_status ingest_dataset(struct db *db, const char *dir, bool dry_run, ingest_fault_fn report, void *cls,
                                  struct ingest_outcome *ret_outcome);

/* The same, and step (may be NULL) is told how far it is. */
enum ingest_status ingest_dataset_steps(struct db *db, const char *dir, bool dry_run, ingest_fault_fn report, ingest_step_fn step,
                                        void *cls, struct ingest_outcome *ret_outcome);

/* The same without a database: reads and checks only. Never INGEST_STORAGE but for lack of memory. */
enum ingest_status ingest_check(const char *dir, ingest_fault_fn report, void *cls, struct ingest_outcome *ret_outcome);

#endif
