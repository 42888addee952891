/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A synthetic register as a data set of docs/data-format.md: any number of studies and reports, every word and number drawn from a
 * seed. Whole numbers only, so that the same arguments give the same bytes on every machine. A tool of the build: a fault ends it.
 */
#ifndef STUDYD_TOOLS_SCALE_H
#define STUDYD_TOOLS_SCALE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

__attribute__((noreturn, format(printf, 1, 2))) void scale_fail(const char *format, ...);

/* ── draw.c: chance ── */

struct draw {
    uint64_t state;
};
/* What is drawn for one purpose (topic) of one study does not depend on what was drawn before. */
struct draw draw_of(uint64_t seed, uint64_t topic, uint64_t number);
uint64_t draw_below(struct draw *draw, uint64_t n); /* 0 … n − 1 */
int64_t draw_from(struct draw *draw, int64_t min, int64_t max);
bool draw_permille(struct draw *draw, unsigned permille);

/* Some are frequent, most are rare: number k weighs 1/(k + flat). A great flat evens the frequent ones out. */
struct skew {
    uint64_t *sums;
    size_t len;
};
struct skew skew_of(size_t len, size_t flat);
size_t skew_draw(const struct skew *skew, struct draw *draw);
void skew_free(struct skew *skew);

/* Days since 1970-01-01, and back: YYYY-MM-DD. */
int64_t day_of(int year, int month, int day);
struct day_text {
    char text[11];
};
struct day_text day_text(int64_t day);
int64_t day_month_end_before(int64_t day); /* the last day of a month, on or before */

/* ── words.c: the vocabulary ── */

struct word {
    const char *nb, *en;
};
struct condition {
    const char *nb, *en;
    int category; /* place in categories */
};
struct category {
    const char *code, *nb, *en;
};
struct region {
    const char *code, *nb, *en;
};
enum { REGIONS = 4, CATEGORIES = 21, TRUSTS = 40, HOSPITALS = 160, DRUGS = 300, RARE_MAX = 1300 };
extern const struct region regions[REGIONS];
extern const struct category categories[CATEGORIES];
extern const struct condition conditions[];
extern const size_t conditions_len;

/* A text in the making; too long a text is our own fault. */
struct text {
    size_t len;
    char bytes[4000];
};
void text_add(struct text *text, const char *more);
void text_number(struct text *text, int64_t number, int digits); /* at least so many */

/* What a template's {x} stand for, in both languages. */
enum slot { SLOT_DRUG, SLOT_CONDITION, SLOT_PEOPLE, SLOT_THERAPY, SLOT_OUTCOME, SLOT_DESIGN, SLOT_RARE, SLOT_ACRONYM, SLOTS };
struct wording {
    struct word slots[SLOTS];
};
enum language { NB, EN };
void text_fill(struct text *text, const char *template, const struct wording *wording, enum language language);

void words_person(struct text *text, size_t number, size_t of);
void words_drug(struct text *text, size_t number);
void words_rare(struct text *text, size_t number);
void words_acronym(struct text *text, struct draw *draw);
void words_place(struct text *text, size_t number);

extern const struct word people[], therapies[], outcomes[], designs[];
extern const size_t people_len, therapies_len, outcomes_len, designs_len;
enum sentence { SENTENCE_LAY, SENTENCE_SCIENTIFIC, SENTENCE_SUMMARY, SENTENCE_ABOUT, SENTENCE_NEXT, SENTENCES };
struct sentences {
    const struct word *items;
    size_t len;
};
extern const struct sentences sentences[SENTENCES];

/* ── scale.c: the register ── */

enum file {
    FILE_STUDIES,
    FILE_AWARDS,
    FILE_PLANS,
    FILE_REPORTS,
    FILE_NOTES,
    FILE_CARDS,
    FILES,
};

struct scale {
    const char *dir;
    int64_t studies, reports;
    uint64_t seed;
    FILE *files[FILES];
    struct skew trusts, hospitals, drugs, leaders, categories;
    size_t rare;                       /* rare words in use */
    int64_t owed;                      /* reports that studies before had no days for */
    unsigned __int128 weight, weights; /* of the studies so far, of all */
    int64_t reported;                  /* rows so far */
};

/* A field of a CSV row with the separator before it (0: none); quoted where it must be. text NULL = empty. */
void field_put(FILE *file, char separator, const char *text);
void field_number(FILE *file, int64_t number);

/* ── study.c: one study ── */

/* What is drawn before any word is: when, where, how many. */
struct outline {
    int64_t number;
    int call_year;
    int mechanism;
    int64_t start, end, active_end; /* days; recruitment as planned, and as it went until the edition */
    const char *status;
    size_t trust;
    int region;       /* of the trust */
    unsigned regions; /* bits: where it includes */
    bool by_region;   /* it reports them */
    int64_t target;   /* patients it had in mind */
    bool has_plan;    /* and said so */
    int64_t achieved; /* permille of target at the planned end */
    int curve;
    int64_t share[REGIONS]; /* permille of target */
    uint64_t weight;        /* of its reports */
};
extern const int64_t edition_day;
extern const int edition_year;
struct outline outline_of(const struct scale *scale, int64_t number);
int trust_region(size_t trust); /* place in regions, −1 = not known */
void study_id(struct text *text, int64_t number);
void study_write(struct scale *scale, int64_t number);

/* card.c */
void card_write(struct scale *scale, const struct outline *outline, const struct wording *wording, const char *id);

/* frame.c: all files but those of the studies */
void frame_write(const struct scale *scale);
FILE *file_open(const char *dir, const char *name);
void file_close(FILE *file);
void trust_name(struct text *text, size_t trust);
void trust_alias(struct text *text, size_t trust);
void trust_id(struct text *text, size_t trust);
void hospital_name(struct text *text, size_t hospital);
void hospital_id(struct text *text, size_t hospital);
int hospital_region(size_t hospital);

#endif
