/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ingest/check.h"
#include "ingest/columns.h"

/* A row of plans.csv or reports.csv, as far as both are the same. */
struct count {
    int line;
    int32_t study, region; /* region LOOKUP_NONE = the whole study: sorts first */
    const char *as_of;
    int64_t value;
};

static struct count plan_count(const struct dataset *data, size_t i)
{
    const struct plan_row *row = dataset_row(data, TABLE_PLANS, i);
    bool lost = row->db.region != NULL && row->region_row == LOOKUP_NONE;
    return (struct count){row->line, lost ? LOOKUP_NONE : row->study_row, row->region_row, row->db.as_of, row->db.planned};
}

static struct count report_count(const struct dataset *data, size_t i)
{
    const struct report_row *row = dataset_row(data, TABLE_REPORTS, i);
    bool lost = row->db.region != NULL && row->region_row == LOOKUP_NONE;
    return (struct count){row->line, lost ? LOOKUP_NONE : row->study_row, row->region_row, row->db.as_of, row->db.included};
}

static const struct counted {
    enum table table;
    const char *value; /* its column */
    bool cumulative;
    size_t tally; /* where a study keeps it */
    struct count (*count)(const struct dataset *data, size_t i);
} plans = {TABLE_PLANS, "planned", false, offsetof(struct study_row, planned), plan_count},
  reports = {TABLE_REPORTS, "included", true, offsetof(struct study_row, included), report_count};

static int compare_numbers(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int count_compare(const void *left, const void *right)
{
    const struct count *a = left, *b = right;
    int order = compare_numbers(a->study, b->study);
    order = order != 0 ? order : compare_numbers(a->region, b->region);
    order = order != 0 ? order : strcmp(a->as_of, b->as_of);
    return order != 0 ? order : compare_numbers(a->line, b->line);
}

static bool same_place(const struct count *a, const struct count *b)
{
    return a->study == b->study && a->region == b->region;
}

/* Two rows that follow each other in the order of study, region and day. */
static void pair_check(struct reading *reading, const struct counted *kind, const struct count *before, const struct count *row)
{
    const char *file = table_file(kind->table);
    if (!same_place(before, row))
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

/* The newest row of a study and region counts. */
static void tally_add(struct dataset *data, const struct counted *kind, const struct count *newest)
{
    struct tally *tally = tally_of(data, kind, newest->study);
    if (newest->region == LOOKUP_NONE)
        tally->whole = newest->value;
    else
        tally->regions = (tally->regions < 0 ? 0 : tally->regions) + newest->value;
}

static void counts_walk(struct reading *reading, const struct counted *kind, const struct count *counts, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (i > 0)
            pair_check(reading, kind, &counts[i - 1], &counts[i]);
        if (i + 1 == len || !same_place(&counts[i], &counts[i + 1]))
            tally_add(reading->data, kind, &counts[i]);
    }
}

static void counts_check(struct reading *reading, const struct counted *kind)
{
    struct dataset *data = reading->data;
    size_t rows = data->table[kind->table].len, len = 0;
    for (size_t i = 0; i < data->table[TABLE_STUDIES].len; i++)
        *tally_of(data, kind, (int32_t)i) = (struct tally){-1, -1};
    struct count *counts = arena_array(&data->arena, rows, sizeof(*counts));
    if (counts == NULL)
        return;
    for (size_t i = 0; i < rows; i++) {
        struct count count = kind->count(data, i);
        /* Rows with a fault of their own say nothing here. */
        if (count.study != LOOKUP_NONE && count.as_of != NULL && count.value >= 0)
            counts[len++] = count;
        else
            data->partial[kind->table] = true;
    }
    if (len > 0)
        qsort(counts, len, sizeof(*counts), count_compare);
    counts_walk(reading, kind, counts, len);
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
