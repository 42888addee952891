/* SPDX-License-Identifier: GPL-3.0-or-later
 * The same where there is no image of what the reader sees: one question to the engine for each facet.
 */
#include "db/facets.h"

/* ── counted by the engine ──────────────────────────────────────────────────────────────────────────────────── */

static void take_counts(struct facet_tally *tally, struct query *rows)
{
    while (tally->status == DB_OK && query_row(rows)) {
        const char *word = query_text(rows, 0);
        size_t place = tally_place(tally, word);
        if (word == NULL)
            tally->without += query_int(rows, 1);
        else if (place != NOWHERE)
            tally_value(tally, place)->shown.study_count += query_int(rows, 1);
    }
}

/* ── study by study; the rows of one follow one another ─────────────────────────────────────────────────────── */

static void take_hospitals(struct facet_tally *tally, struct query *rows)
{
    int64_t last = 0;
    uint32_t study = 0;
    while (tally->status == DB_OK && query_row(rows)) {
        study += query_int(rows, 0) != last;
        last = query_int(rows, 0);
        tally_count_upwards(tally, tally_place(tally, query_text(rows, 1)), study);
        tally_count_upwards(tally, tally_place(tally, query_text(rows, 2)), study);
    }
}

static void take_awards(struct facet_tally *tally, struct query *rows, struct arena *arena)
{
    struct list awards = {.size = sizeof(struct tally_award)};
    bool has_other = facet_has_other(tally->facet, tally->filter), is_more = true;
    int64_t last = 0;
    uint32_t study = 0;
    while (tally->status == DB_OK && is_more) {
        is_more = query_row(rows);
        if (!is_more || query_int(rows, 0) != last) {
            tally_count_awards(tally, awards.items, awards.len, has_other, study++);
            awards.len = 0;
        }
        struct tally_award *award = is_more ? list_add(&awards, arena) : NULL;
        if (award != NULL) {
            last = query_int(rows, 0);
            const char *other = has_other ? query_text(rows, 2) : NULL;
            award->place = tally_place(tally, query_text(rows, 1));
            award->is_named = other != NULL && facet_other_names(tally->facet, tally->filter, other);
        } else if (is_more) {
            tally->status = DB_NO_MEMORY;
        }
    }
}

/* ── all of it ──────────────────────────────────────────────────────────────────────────────────────────────── */

static enum db_status ask(struct db_reader *reader, struct arena *arena, const struct facet *facet, const struct db_study_filter *rest,
                          struct query *ret_rows)
{
    struct sql sql = sql_begin(arena);
    if (facet->unfiltered != NULL && filter_is_empty(rest)) {
        sql_add(&sql, facet->unfiltered);
    } else {
        sql_add(&sql, facet->select);
        sql_filter(&sql, rest);
        sql_add(&sql, facet->group);
    }
    return sql_query(&sql, reader->st, ret_rows);
}

enum db_status facet_from_engine(struct db_reader *reader, struct arena *arena, struct facet_tally *tally)
{
    struct query rows CLEANUP(query_end) = {0};
    struct db_study_filter rest = facet_filter_without(tally->facet, tally->filter, false);
    enum db_status status = db_studies_count(reader, &rest, &tally->study_count);
    rest = facet_filter_without(tally->facet, tally->filter, true);
    if (status == DB_OK)
        status = ask(reader, arena, tally->facet, &rest, &rows);
    if (status != DB_OK)
        return status;
    switch (tally->facet->how) {
    case COUNT_VALUES: take_counts(tally, &rows); break;
    case COUNT_HOSPITALS: take_hospitals(tally, &rows); break;
    case COUNT_AWARDS: take_awards(tally, &rows, arena); break;
    }
    return tally->status == DB_OK ? query_status(&rows) : tally->status;
}
