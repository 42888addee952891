/* SPDX-License-Identifier: GPL-3.0-or-later
 * Clients that file, each on a connection of its own, all in one thread; each waits for its answer before it files again.
 */
#ifndef STUDYD_BENCH_FILERS_H
#define STUDYD_BENCH_FILERS_H

#include "bench/served.h"
#include "bench/table.h"

#include <stdatomic.h>

#define REGIONS_FILED 2
#define FILERS_MAX    64

/* A study that is filed on. */
struct filed_study {
    int64_t id, version, filed;      /* filed: how often here */
    int64_t included[REGIONS_FILED]; /* before the first of them */
    char code[72], regions[REGIONS_FILED][40];
};
struct filed_studies {
    struct filed_study *list;
    size_t len;
};
/* Those of which everything is shown, that include in REGIONS_FILED regions or more and are far from their plan; in no order, so that those
 * filed on together do not lie together. */
void filed_studies_find(struct filed_studies *studies, const char *database, size_t most);

struct filers {
    const struct filed_studies *studies;
    const char *token;
    char tag[64]; /* of a study, to make others from: what stands before the version, what after it */
    size_t tag_version;
    char tag_rest[64];
    struct filer {
        struct wire connection;
        size_t study;      /* of studies */
        int64_t sent, due; /* µs */
        bool waits;        /* for an answer */
    } * list;
    size_t len;
    int64_t number; /* of the next filing: makes each differ from the last */
};
void filers_open(struct filers *filers, const struct served *served, const struct filed_studies *studies, const char *token, size_t len);
void filers_close(struct filers *filers);

/* Files for so many microseconds; rate: filings a second of all together, 0 = as fast as they are answered. stop (may be NULL) ends it.
 * latency (may be NULL) gets each one's microseconds. Returns filings a second. */
double filers_run(struct filers *filers, int64_t us, double rate, const atomic_bool *stop, struct samples *latency);

/* The day and the counts of its next filing, the same for both sides of a comparison: a newer day, and every few filings a patient more. */
void filing_day(const struct filed_study *study, char ret_day[16]);
int64_t filing_count(const struct filed_study *study, int region);

#endif
