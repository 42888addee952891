/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ingest/check.h"
#include "ingest/columns.h"

/* A row of plans.csv or reports.csv of one study, as far as both are the same. */
struct count {
    int line;
    int32_t region; /* LOOKUP_NONE = the whole study: sorts first */
    const char *as_of;
    int64_t value;
};

static struct count plan_count(const void *plan)
{
    const struct plan_row *row = plan;
    return (struct count){row->line, row->region_row, row->db.as_of, row->db.planned};
}

static struct count report_count(const void *report)
{
    const struct report_row *row = report;
    return (struct count){row->line, row->region_row, row->db.as_of, row->db.included};
}

/* The study of a row that counts: one with a fault of its own says nothing here. */
static int32_t plan_study(const void *plan)
{
    const struct plan_row *row = plan;
    bool is_lost = (row->db.region != NULL && row->region_row == LOOKUP_NONE) || row->db.as_of == NULL || row->db.planned < 0;
    return is_lost ? LOOKUP_NONE : row->study_row;
}

static int32_t report_study(const void *report)
{
    const struct report_row *row = report;
    bool is_lost = (row->db.region != NULL && row->region_row == LOOKUP_NONE) || row->db.as_of == NULL || row->db.included < 0;
    return is_lost ? LOOKUP_NONE : row->study_row;
}

static const struct counted {
    enum table table;
    const char *value; /* its column */
    bool cumulative;
    size_t tally, chains; /* where a study keeps it; where the data set keeps its rows by study */
    struct count (*count)(const void *row);
    int32_t (*study)(const void *row);
} plans = {TABLE_PLANS, "planned", false, offsetof(struct study_row, planned), offsetof(struct dataset, plans), plan_count, plan_study},
  reports = {TABLE_REPORTS, "included",  true, offsetof(struct study_row, included), offsetof(struct dataset, reports),
             report_count,  report_study};

static int compare_numbers(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int count_compare(const void *left, const void *right)
{
    const struct count *a = left, *b = right;
    int order = compare_numbers(a->region, b->region);
    order = order != 0 ? order : strcmp(a->as_of, b->as_of);
    return order != 0 ? order : compare_numbers(a->line, b->line);
}

/* Two rows that follow each other in the order of region and day. */
static void pair_check(struct reading *reading, const struct counted *kind, const struct count *before, const struct count *row)
{
    const char *file = table_file(kind->table);
    if (before->region != row->region)
        return;
    if (strcmp(before->as_of, row->as_of) == 0)
        findings_add(reading->faults, file, row->line, "as_of", "line %d says the same study, region and day: expected each once",
                     before->line);
    else if (kind->cumulative && row->value < before->value)
        findings_add(reading->faults, file, row->line, kind->value,
                     "%" PRId64 " is less than %" PRId64 " of %s on line %d: a cumulative count does not fall", row->value, before->value,
                     before->as_of, before->line);
}

static struct tally *tally_of(struct dataset *data, const struct counted *kind, int32_t study)
{
    return (struct tally *)((char *)dataset_row(data, TABLE_STUDIES, (size_t)study) + kind->tally);
}

/* The newest row of a region counts. */
static void tally_add(struct tally *tally, const struct count *newest)
{
    if (newest->region == LOOKUP_NONE)
        tally->whole = newest->value;
    else
        tally->regions = (tally->regions < 0 ? 0 : tally->regions) + newest->value;
}

static void counts_walk(struct reading *reading, const struct counted *kind, int32_t study, const struct count *counts, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (i > 0)
            pair_check(reading, kind, &counts[i - 1], &counts[i]);
        if (i + 1 == len || counts[i].region != counts[i + 1].region)
            tally_add(tally_of(reading->data, kind, study), &counts[i]);
    }
}

/* The rows of one study, in the order of region and day. */
struct gathered {
    struct count *counts;
    size_t len, cap;
};

static bool gather(struct gathered *gathered, const struct dataset *data, const struct counted *kind, const struct chains *chains,
                   int32_t study)
{
    gathered->len = 0;
    for (int32_t at = chains->first[study]; at != LOOKUP_NONE; at = chains->next[at]) {
        if (gathered->len == gathered->cap) {
            size_t cap = gathered->cap > 0 ? gathered->cap * 2 : 64;
            struct count *counts = reallocarray(gathered->counts, cap, sizeof(*counts));
            if (counts == NULL)
                return false;
            gathered->counts = counts;
            gathered->cap = cap;
        }
        gathered->counts[gathered->len++] = kind->count(dataset_row(data, kind->table, (size_t)at));
    }
    if (gathered->len > 1)
        qsort(gathered->counts, gathered->len, sizeof(*gathered->counts), count_compare);
    return true;
}

static void counts_check(struct reading *reading, const struct counted *kind)
{
    struct dataset *data = reading->data;
    struct chains *chains = (struct chains *)((char *)data + kind->chains);
    struct gathered gathered = {0};
    bool has_memory = chains_make(chains, data, kind->table, kind->study);
    for (size_t i = 0; i < data->table[kind->table].len; i++)
        data->partial[kind->table] |= kind->study(dataset_row(data, kind->table, i)) == LOOKUP_NONE;
    for (size_t i = 0; i < data->table[TABLE_STUDIES].len && has_memory; i++) {
        *tally_of(data, kind, (int32_t)i) = (struct tally){-1, -1};
        has_memory = gather(&gathered, data, kind, chains, (int32_t)i);
        counts_walk(reading, kind, (int32_t)i, gathered.counts, gathered.len);
    }
    data->arena.failed |= !has_memory;
    free(gathered.counts);
}

/* ── headlines ── */

static void headline_check(struct reading *reading, const struct study_row *study)
{
    const struct card *card = study->card;
    const char *kind_name = card->headline.kind;
    if (kind_name == NULL || card->headline.patients < 0)
        return;
    const struct counted *kind = strcmp(kind_name, plans.value) == 0 ? &plans : &reports;
    const struct tally *tally = kind == &plans ? &study->planned : &study->included;
    int64_t known = tally->whole >= 0 ? tally->whole : tally->regions;
    if (reading->data->partial[kind->table] || known == card->headline.patients)
        return;
    char found[24];
    (void)snprintf(found, sizeof(found), "%" PRId64, known);
    findings_add(reading->faults, card->file, card->headline_line, "headline.patients", "%" PRId64 " does not agree with %s of %s: %s",
                 card->headline.patients, kind->value, table_file(kind->table), known >= 0 ? found : "no row of this study");
}

void check_counts(struct reading *reading)
{
    struct dataset *data = reading->data;
    counts_check(reading, &plans);
    counts_check(reading, &reports);
    for (size_t i = 0; i < data->table[TABLE_STUDIES].len; i++) {
        const struct study_row *study = dataset_row(data, TABLE_STUDIES, i);
        if (study->card != NULL)
            headline_check(reading, study);
    }
}
