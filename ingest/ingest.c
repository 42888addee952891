/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/ingest.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "ingest/check.h"
#include "ingest/records.h"
#include "ingest/store.h"
#include "ingest/tables.h"

/* Comparisons for "did you mean" in one run: without a bound a list of half a million wrong references would be compared with
 * half a million right ones. */
#define OFFERS_MAX ((size_t)1000 * 1000)

/* Everything of one call. */
struct ingest {
    struct dataset data;
    struct folder folder;
    struct findings faults;
    struct reading reading;
};

static void ingest_free(struct ingest **ingest)
{
    if (*ingest == NULL)
        return;
    dataset_free(&(*ingest)->data);
    folder_close(&(*ingest)->folder);
    findings_free(&(*ingest)->faults);
    free(*ingest);
}

static struct ingest *ingest_new(void)
{
    struct ingest *ingest = calloc(1, sizeof(*ingest));
    if (ingest == NULL)
        return NULL;
    ingest->folder.dir = -1;
    ingest->reading =
        (struct reading){.data = &ingest->data, .folder = &ingest->folder, .faults = &ingest->faults, .offers_left = OFFERS_MAX};
    return ingest;
}

/* The edition first: it bounds every `lines`. References come when every file is there, the JSON files when all codes are. */
static void read_all(struct ingest *ingest)
{
    struct reading *reading = &ingest->reading;
    edition_read(reading);
    for (enum table table = 0; table < TABLE_COUNT; table++)
        tables_read(reading, table);
    tables_refer(reading);
    programme_read(reading);
    cards_read(reading);
    if (!reading_failed(reading))
        check_dataset(reading);
    folder_digest(&ingest->folder, ingest->data.digest);
}

static struct ingest_counts counts_of(const struct dataset *data)
{
    const struct rows *table = data->table;
    return (struct ingest_counts){
        .regions = table[TABLE_REGIONS].len,
        .mechanisms = table[TABLE_MECHANISMS].len,
        .categories = table[TABLE_CATEGORIES].len,
        .institutions = table[TABLE_INSTITUTIONS].len,
        .aliases = table[TABLE_ALIASES].len,
        .studies = table[TABLE_STUDIES].len,
        .awards = table[TABLE_AWARDS].len,
        .cards = data->cards,
        .plans = table[TABLE_PLANS].len,
        .reports = table[TABLE_REPORTS].len,
        .figures = table[TABLE_FIGURES].len,
        .notes = table[TABLE_NOTES].len,
    };
}

/* code has the form of a code, so it fits. */
static void code_copy(char to[65], const char *code)
{
    if (code != NULL)
        memcpy(to, code, strlen(code) + 1);
}

static enum ingest_status storage(struct ingest_outcome *outcome, enum db_status status)
{
    outcome->db_status = status;
    return status == DB_OK ? INGEST_OK : INGEST_STORAGE;
}

/* Reads, checks, tells. INGEST_OK means that the data set may be stored. */
static enum ingest_status ingest_read(struct ingest *ingest, const char *dir, ingest_fault_fn report, void *cls,
                                      struct ingest_outcome *outcome)
{
    if (sodium_init() < 0)
        return storage(outcome, DB_BUG);
    if (!folder_open(&ingest->folder, dir, &ingest->faults, &outcome->detail))
        return ingest->folder.failed ? storage(outcome, DB_NO_MEMORY) : INGEST_UNREADABLE;
    read_all(ingest);
    outcome->counts = counts_of(&ingest->data);
    code_copy(outcome->programme, ingest->data.programme.code);
    code_copy(outcome->edition, ingest->data.edition.code);
    /* Not even the faults are sure to be whole then. */
    if (reading_failed(&ingest->reading))
        return storage(outcome, DB_NO_MEMORY);
    outcome->faults = ingest->faults.total;
    if (report != NULL)
        findings_tell(&ingest->faults, report, cls);
    return outcome->faults > 0 ? INGEST_FAULTS : INGEST_OK;
}

enum ingest_status ingest_check(const char *dir, ingest_fault_fn report, void *cls, struct ingest_outcome *ret_outcome)
{
    struct ingest *ingest __attribute__((cleanup(ingest_free))) = ingest_new();
    *ret_outcome = (struct ingest_outcome){0};
    if (ingest == NULL)
        return storage(ret_outcome, DB_NO_MEMORY);
    return ingest_read(ingest, dir, report, cls, ret_outcome);
}

enum ingest_status ingest_dataset(struct db *db, const char *dir, bool dry_run, ingest_fault_fn report, void *cls,
                                  struct ingest_outcome *ret_outcome)
{
    return ingest_dataset_steps(db, dir, dry_run, report, NULL, cls, ret_outcome);
}

enum ingest_status ingest_dataset_steps(struct db *db, const char *dir, bool dry_run, ingest_fault_fn report, ingest_step_fn step,
                                        void *cls, struct ingest_outcome *ret_outcome)
{
    struct ingest *ingest __attribute__((cleanup(ingest_free))) = ingest_new();
    *ret_outcome = (struct ingest_outcome){0};
    if (ingest == NULL)
        return storage(ret_outcome, DB_NO_MEMORY);
    ingest->reading.steps = (struct steps){step, cls};
    enum ingest_status status = ingest_read(ingest, dir, report, cls, ret_outcome);
    if (status != INGEST_OK)
        return status;
    return storage(ret_outcome,
                   store_dataset(db, &ingest->data, dry_run, &ingest->reading.steps, &ret_outcome->result, &ret_outcome->detail));
}
