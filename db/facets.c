/* SPDX-License-Identifier: GPL-3.0-or-later
 * How many studies have each value of a filter, all other filters staying: from the image, else from the engine.
 */
#include "db/facets.h"

#include <stdlib.h>
#include <string.h>

#define OF(member)      offsetof(struct db_study_filter, member)
#define CODES(member)   .name = #member, .own = OF(member), .own_kind = OWN_CODES
#define YEARS(member)   .name = #member, .own = OF(member), .own_kind = OWN_YEARS, .source = FROM_YEARS
#define YES_NO(member)  .name = #member, .own = OF(member), .own_kind = OWN_TRI, .source = FROM_YES_NO
#define REFERENCE(from) .source = FROM_STATEMENT, .statement = STMT_facet_##from
#define ONE(column)     .select = "SELECT s." #column ", count(*) FROM study s", .group = " GROUP BY s." #column
#define AWARDS(own, other)                                                                                                                 \
    .how = COUNT_AWARDS, .select = "SELECT s.id, a." own ", a." other " FROM study s CROSS JOIN award a ON a.study = s.id", .group = ""

/* Without another filter each walks along an index, never through the table of studies. */
/* clang-format off */
const struct facet facets[DB_FACETS] = {
    [DB_FACET_PROGRAMME] = {CODES(programme), REFERENCE(programmes), .dim = DIM_PROGRAMME, ONE(programme)},
    [DB_FACET_CALL_YEAR] = {YEARS(call_year), .dim = DIM_CALL_YEAR, ONE(call_year)},
    [DB_FACET_MECHANISM] = {CODES(mechanism), REFERENCE(mechanisms), .dim = DIM_MECHANISM, ONE(mechanism)},
    [DB_FACET_AWARD_CALL_YEAR] = {YEARS(award_call_year), .dim = DIM_AWARD_YEAR, .other_dim = DIM_AWARD_MECHANISM,
        .other = OF(award_mechanism), AWARDS("call_year", "mechanism"),
        .unfiltered = "SELECT study, call_year, mechanism FROM award ORDER BY study"},
    [DB_FACET_AWARD_MECHANISM] = {CODES(award_mechanism), REFERENCE(mechanisms), .dim = DIM_AWARD_MECHANISM, .other_dim = DIM_AWARD_YEAR,
        .other = OF(award_call_year), AWARDS("mechanism", "call_year"),
        .unfiltered = "SELECT study, mechanism, call_year FROM award ORDER BY study"},
    [DB_FACET_CATEGORY] = {CODES(category), REFERENCE(categories), .dim = DIM_CATEGORY,
        .select = "SELECT c.category, count(*) FROM study s LEFT JOIN study_category c ON c.study = s.id", .group = " GROUP BY c.category",
        .unfiltered = "SELECT category, count(*) FROM study_category GROUP BY category"
                      " UNION ALL SELECT NULL, count(*) FROM study WHERE categories = 0"},
    [DB_FACET_INSTITUTION] = {CODES(institution), REFERENCE(institutions), .dim = DIM_INSTITUTION, ONE(institution)},
    [DB_FACET_HOSPITAL] = {CODES(hospital), REFERENCE(institutions), .how = COUNT_HOSPITALS, .dim = DIM_HOSPITAL,
        .select = "SELECT s.id, s.institution, h.institution FROM study s LEFT JOIN study_hospital h ON h.study = s.id", .group = ""},
    [DB_FACET_REGION] = {CODES(region), REFERENCE(regions), .dim = DIM_REGION,
        .select = "SELECT i.region, sum(c.studies) FROM (SELECT s.institution AS code, count(*) AS studies FROM study s",
        .group = " GROUP BY s.institution) c JOIN institution i ON i.code = c.code GROUP BY i.region"},
    [DB_FACET_INCLUSION_REGION] = {CODES(inclusion_region), REFERENCE(regions), .dim = DIM_INCLUSION,
        .select = "SELECT x.region, count(*) FROM study s LEFT JOIN study_region x ON x.study = s.id AND x.takes_part = 1",
        .group = " GROUP BY x.region"},
    [DB_FACET_LEADER] = {CODES(leader), .source = FROM_LEADERS, .dim = DIM_LEADER, ONE(leader)},
    [DB_FACET_STATUS] = {CODES(status), .source = FROM_STATUS, .dim = DIM_STATUS, ONE(status)},
    [DB_FACET_HAS_CARD] = {YES_NO(has_card), .dim = DIM_CARD, ONE(has_card)},
    [DB_FACET_BEHIND_PLAN] = {YES_NO(behind_plan), .dim = DIM_BEHIND, ONE(behind_plan)},
};
/* clang-format on */

/* ── filters ────────────────────────────────────────────────────────────────────────────────────────────────── */

static void clear(struct db_study_filter *filter, size_t offset, enum facet_filter kind)
{
    void *member = (char *)filter + offset;
    switch (kind) {
    case OWN_CODES: *(struct db_codes *)member = (struct db_codes){.len = 0}; break;
    case OWN_YEARS: *(struct db_ranges *)member = (struct db_ranges){.len = 0}; break;
    case OWN_TRI: *(enum db_tri *)member = DB_ANY; break;
    }
}

static enum facet_filter other_kind(const struct facet *facet)
{
    return facet->own_kind == OWN_CODES ? OWN_YEARS : OWN_CODES;
}

struct db_study_filter facet_filter_without(const struct facet *facet, const struct db_study_filter *filter, bool without_other)
{
    struct db_study_filter rest = *filter;
    clear(&rest, facet->own, facet->own_kind);
    if (without_other && facet->how == COUNT_AWARDS)
        clear(&rest, facet->other, other_kind(facet));
    return rest;
}

bool facet_has_other(const struct facet *facet, const struct db_study_filter *filter)
{
    const void *other = (const char *)filter + facet->other;
    if (facet->how != COUNT_AWARDS)
        return false;
    return (other_kind(facet) == OWN_CODES ? ((const struct db_codes *)other)->len : ((const struct db_ranges *)other)->len) > 0;
}

bool facet_other_names(const struct facet *facet, const struct db_study_filter *filter, const char *word)
{
    const void *other = (const char *)filter + facet->other;
    const struct db_codes *codes = other;
    const struct db_ranges *years = other;
    int64_t year = strtoll(word, NULL, 10);
    bool is_of_codes = other_kind(facet) == OWN_CODES;
    for (size_t i = 0; i < (is_of_codes ? codes->len : years->len); i++)
        if (is_of_codes ? strcmp(codes->values[i], word) == 0 : years->r[i].min <= year && year <= years->r[i].max)
            return true;
    return false;
}

/* ── asking ─────────────────────────────────────────────────────────────────────────────────────────────────── */

struct asked {
    const struct facet *facet;
    const struct db_study_filter *filter;
};

/* What is told is copied before the image goes, whose names the tally may hold. */
static enum db_status fill(struct db_reader *reader, struct arena *work, struct facet_tally *tally, struct arena *arena,
                           struct db_facet_counts *ret_counts)
{
    const struct image *image = NULL;
    const enum image_dim dim = tally->facet->dim;
    bool is_of_facts = filter_is_of_facts(tally->filter) && dim != DIM_INCLUSION && dim != DIM_BEHIND;
    enum db_status status = db_reader_is_late(reader) ? DB_TIMEOUT : tally_begin(reader, tally);
    if (status == DB_OK)
        status = is_of_facts ? reader_image_of_facts(reader, &image) : reader_image(reader, &image);
    if (status == DB_OK)
        status = image != NULL ? facet_from_image(reader, image, work, tally) : facet_from_engine(reader, work, tally);
    if (status == DB_OK)
        status = tally_read(tally, arena, ret_counts);
    image_let_go(reader->db, image);
    return status;
}

static enum db_status find_counts(struct db_reader *reader, struct arena *arena, const void *question, const void **ret_found)
{
    const struct asked *asked = question;
    struct arena work CLEANUP(arena_free) = {0};
    struct db_facet_counts *counts = arena_alloc(arena, sizeof *counts);
    struct facet_tally tally CLEANUP(tally_end) = {.facet = asked->facet, .filter = asked->filter, .arena = &work};
    enum db_status status = counts == NULL ? DB_NO_MEMORY : fill(reader, &work, &tally, arena, counts);
    *ret_found = counts;
    return status;
}

struct told {
    bool (*each)(void *cls, const struct db_facet_counts *counts);
    void *cls;
};

static void tell(void *cls, const void *found)
{
    const struct told *told = cls;
    told->each(told->cls, found);
}

enum db_status db_facets(struct db_reader *reader, const struct db_study_filter *filter, enum db_facet facet,
                         bool (*each)(void *cls, const struct db_facet_counts *counts), void *cls)
{
    struct arena work CLEANUP(arena_free) = {0};
    struct db_reader *scope CLEANUP(reader_leave_at) = NULL;
    struct asked asked = {&facets[facet], filter};
    struct told told = {each, cls};
    struct sql key = sql_begin(&work);
    enum db_status status = reader_enter(reader);
    if (status != DB_OK)
        return status;
    scope = reader;
    sql_add(&key, asked.facet->name);
    sql_filter(&key, filter);
    return answer_shared(reader, &(struct shared_question){&key, &asked, find_counts}, tell, &told);
}
