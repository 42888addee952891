/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * scale DIR STUDIES REPORTS SEED: a synthetic register as a data set in the folder DIR, which is made. How far it is goes to stderr.
 */
#include "tools/scale/scale.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define STUDIES_MAX 9999999 /* the ids have seven digits */

void scale_fail(const char *format, ...)
{
    va_list args;
    fputs("scale: ", stderr);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    exit(1);
}

/* ── how far it is ── */

struct progress {
    bool terminal;
    time_t begun, last;
};

static time_t now(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return ts.tv_sec;
}

/* On a terminal once a second in the same place, else a line every ten. */
static void progress_step(struct progress *progress, int64_t done, int64_t of)
{
    time_t at = now(), elapsed = at - progress->begun;
    if (at - progress->last < (progress->terminal ? 1 : 10) || elapsed == 0)
        return;
    progress->last = at;
    fprintf(stderr, "%swriting studies: %lld of %lld, %lld a second, %lld s left%s", progress->terminal ? "\r\033[K" : "", (long long)done,
            (long long)of, (long long)(done / elapsed), (long long)((of - done) * elapsed / (done > 0 ? done : 1)),
            progress->terminal ? "" : "\n");
}

/* ── all studies ── */

static const struct {
    const char *name, *header;
} files[FILES] = {
    [FILE_STUDIES] = {"studies.csv", "id,acronym,title_nb,title_en,status\n"},
    [FILE_AWARDS] = {"awards.csv", "study,kind,call_year,report_code,title,leader,institution,categories,amount_nok,lines\n"},
    [FILE_PLANS] = {"plans.csv", "study,region,planned,as_of,planned_end,lines\n"},
    [FILE_REPORTS] = {"reports.csv", "study,region,as_of,included,lines\n"},
    [FILE_CARDS] = {"cards.ndjson", ""},
    [FILE_NOTES] = {"notes.csv",
                    "record,id,field,kind,text_nb,text_en,lines\n"
                    "programme,synthetic,,interpretation,\"Alt i dette programmet er syntetisk: laget av et program, fra et frø.\","
                    "\"All of this programme is synthetic: made by a program, from a seed.\",\n"
                    "edition,,,interpretation,\"Syntetiske data. Likhet med virkelige studier, steder og mennesker er tilfeldig.\","
                    "\"Synthetic data. Likeness to real studies, places and people is by chance.\",\n"},
};

static void studies_write(struct scale *scale)
{
    struct progress progress = {.terminal = isatty(STDERR_FILENO) == 1, .begun = now(), .last = now()};
    for (int64_t i = 0; i < scale->studies; i++)
        scale->weights += outline_of(scale, i).weight;
    if (scale->weights == 0 && scale->reports > 0)
        scale_fail("none of so few studies has begun: ask for more studies, or for no reports");
    scale->weights += scale->weights == 0;
    for (int64_t i = 0; i < scale->studies; i++) {
        study_write(scale, i);
        if (i % 1000 == 0)
            progress_step(&progress, i, scale->studies);
    }
    if (progress.terminal)
        fputs("\r\033[K", stderr);
    if (scale->reported != scale->reports)
        scale_fail("so few studies have no days for %lld reports; there is room for about %lld", (long long)scale->reports,
                   (long long)scale->reported);
}

/* ── arguments ── */

static int64_t number_of(const char *name, const char *text, int64_t min, int64_t max)
{
    char *end;
    errno = 0;
    long long number = strtoll(text, &end, 10);
    if (errno != 0 || *text < '0' || *text > '9' || *end != '\0' || number < min || number > max)
        scale_fail("%s is \"%s\": expected a whole number from %lld to %lld", name, text, (long long)min, (long long)max);
    return number;
}

int main(int argc, char **argv)
{
    if (argc != 5)
        scale_fail("expected DIR STUDIES REPORTS SEED");
    struct scale scale = {
        .dir = argv[1],
        .studies = number_of("STUDIES", argv[2], 1, STUDIES_MAX),
        .reports = number_of("REPORTS", argv[3], 0, (int64_t)STUDIES_MAX * 10),
        .seed = (uint64_t)number_of("SEED", argv[4], 0, INT64_MAX),
        .trusts = skew_of(TRUSTS, 1),
        .hospitals = skew_of(HOSPITALS, 4),
        .drugs = skew_of(DRUGS, 4),
        .categories = skew_of(CATEGORIES, 1),
    };
    size_t leaders = (size_t)scale.studies / 8 + 8, rare = (size_t)scale.studies / 1000 + 1;
    scale.leaders = skew_of(leaders, leaders / 50 + 1);
    scale.rare = rare < RARE_MAX ? rare : RARE_MAX; /* each in about a hundred studies */
    if (mkdir(scale.dir, 0777) != 0)
        scale_fail("%s: %s", scale.dir, strerror(errno));
    frame_write(&scale);
    for (size_t i = 0; i < FILES; i++) {
        scale.files[i] = file_open(scale.dir, files[i].name);
        fputs(files[i].header, scale.files[i]);
    }
    studies_write(&scale);
    for (size_t i = 0; i < FILES; i++)
        file_close(scale.files[i]);
    struct skew *skews[] = {&scale.trusts, &scale.hospitals, &scale.drugs, &scale.leaders, &scale.categories};
    for (size_t i = 0; i < COUNT_OF(skews); i++)
        skew_free(skews[i]);
    return 0;
}
