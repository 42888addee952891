/* SPDX-License-Identifier: GPL-3.0-or-later
 * What the files of facets share: facet_values.c knows which values there are and their order, facets_image.c and facets_engine.c count,
 * facets.c asks and tells.
 */
#ifndef STUDYD_DB_FACETS_H
#define STUDYD_DB_FACETS_H

#include "db/image.h"

struct facet {
    const char *name;
    size_t own; /* its filter: the offset in struct db_study_filter */
    enum facet_filter { OWN_CODES, OWN_YEARS, OWN_TRI } own_kind;
    enum {
        COUNT_VALUES,
        COUNT_HOSPITALS, /* institutions, and what they are part of */
        COUNT_AWARDS,    /* year and mechanism are of one and the same award */
    } how;
    enum { FROM_STATEMENT, FROM_YEARS, FROM_LEADERS, FROM_STATUS, FROM_YES_NO } source;
    enum db_statement statement; /* code, label_nb, label_en, part_of, in order */
    enum image_dim dim;
    /* The other member of an award. */
    enum image_dim other_dim;
    size_t other;
    /* Of the engine: what stands before and after the filter, and the whole question where there is none (NULL = the same). Columns:
     * code, studies; of hospitals: study, coordinating institution, hospital; of awards: study, own member, other member. */
    const char *select, *group, *unfiltered;
};
extern const struct facet facets[DB_FACETS];

/* ── facet_values.c ─────────────────────────────────────────────────────────────────────────────────────────── */

struct facet_value {
    struct db_facet_value shown;
    const char *part_of; /* a code; may be NULL */
    size_t parent;       /* its place, or NOWHERE */
    uint32_t rank;       /* of leaders: the place of the name among all, from 1, where that is known; 0 = it is not */
    bool is_named;       /* by the facet's own filter */
    uint32_t seen, shut; /* while studies are counted one by one: the last that counts here, or must not */
};
#define NOWHERE SIZE_MAX

struct facet_tally {
    const struct facet *facet;
    const struct db_study_filter *filter;
    struct arena *arena;
    struct list values; /* struct facet_value, in the vocabulary's order; years and leaders as they are met */
    size_t sorted;      /* so many of them are in the order of their bytes, and not in the index */
    struct map index;   /* what the records call the others → place */
    int64_t without, study_count;
    enum db_status status; /* the first failure */
};
/* The vocabulary, where there is one. */
enum db_status tally_begin(struct db_reader *reader, struct facet_tally *tally);
void tally_end(struct facet_tally *tally);
static inline struct facet_value *tally_value(const struct facet_tally *tally, size_t place)
{
    return (struct facet_value *)tally->values.items + place;
}
/* The place of what the records call so. NOWHERE and a status: a vocabulary has not what the records have, or there is no memory. */
size_t tally_place(struct facet_tally *tally, const char *word);
/* A leader or a year that comes after all before in the order of bytes, which spares the index. word stays the caller's, and there until
 * the tally is read. */
void tally_expect(struct facet_tally *tally, size_t len); /* room for so many */
void tally_append(struct facet_tally *tally, const char *word, uint32_t rank, int64_t study_count);
/* A study by its number from 1, once wherever it is counted. */
void tally_count(struct facet_tally *tally, size_t place, uint32_t study);
void tally_count_upwards(struct facet_tally *tally, size_t place, uint32_t study); /* and in what that is part of */
/* Its awards: the place of the own member, and whether the other filter names the other member. has_other: there is one. */
struct tally_award {
    size_t place;
    bool is_named;
};
void tally_count_awards(struct facet_tally *tally, const struct tally_award *awards, size_t len, bool has_other, uint32_t study);
/* Names what the own filter names, and puts everything in its order. */
enum db_status tally_read(struct facet_tally *tally, struct arena *arena, struct db_facet_counts *ret_counts);

/* The filter without the facet's own; without the one of the other member of an award. */
struct db_study_filter facet_filter_without(const struct facet *facet, const struct db_study_filter *filter, bool without_other);
bool facet_has_other(const struct facet *facet, const struct db_study_filter *filter);
bool facet_other_names(const struct facet *facet, const struct db_study_filter *filter, const char *word); /* its negation aside */

/* ── facets_image.c, facets_engine.c ────────────────────────────────────────────────────────────────────────── */

enum db_status facet_from_image(struct db_reader *reader, const struct image *image, struct arena *arena, struct facet_tally *tally);
enum db_status facet_from_engine(struct db_reader *reader, struct arena *arena, struct facet_tally *tally);

#endif
