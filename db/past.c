/* SPDX-License-Identifier: GPL-3.0-or-later
 * A version that another one takes the place of. It is read before anything is made anew, and kept when the study turns out to have
 * changed: most that an edition names have not.
 */
#include "db/internal.h"

static const struct field version_fields[] = {
    {":version", FIELD_INT64, offsetof(struct past, version)},
    {":since", FIELD_INT64, offsetof(struct past, since)},
    {":planned", FIELD_KNOWN, offsetof(struct past, numbers.planned)},
    {":included", FIELD_KNOWN, offsetof(struct past, numbers.included)},
    {":remaining", FIELD_KNOWN, offsetof(struct past, numbers.remaining)},
    {":exceeded_by", FIELD_KNOWN, offsetof(struct past, numbers.exceeded_by)},
    {":permille", FIELD_KNOWN, offsetof(struct past, numbers.permille)},
    {":included_as_of", FIELD_TEXT, offsetof(struct past, numbers.as_of)},
    {":totals_only", FIELD_BOOL, offsetof(struct past, totals_only)},
    {0},
};
static const struct field region_fields_of_past[] = {
    {":region", FIELD_TEXT, offsetof(struct db_region_count, region)},
    {":takes_part", FIELD_BOOL, offsetof(struct db_region_count, takes_part)},
    {":planned", FIELD_KNOWN, offsetof(struct db_region_count, planned)},
    {":included", FIELD_KNOWN, offsetof(struct db_region_count, included)},
    {":included_as_of", FIELD_TEXT, offsetof(struct db_region_count, as_of)},
    {0},
};

enum db_status past_read(struct statements *statements, int64_t study, struct arena *arena, struct past *ret_past)
{
    const struct arg *args = ARGS(ARG_I(":study", study));
    *ret_past = (struct past){.study = study, .regions = {.size = sizeof(struct db_region_count)}};
    struct query version CLEANUP(query_end) = query_begin(statements, STMT_present_version, args);
    if (!query_row(&version))
        return query_status(&version) == DB_OK ? DB_BUG : query_status(&version);
    query_fields(&version, version_fields, ret_past, arena);
    struct query regions CLEANUP(query_end) = query_begin(statements, STMT_present_regions, args);
    while (query_row(&regions)) {
        struct db_region_count *region = list_add(&ret_past->regions, arena);
        if (region == NULL)
            return DB_NO_MEMORY;
        query_fields(&regions, region_fields_of_past, region, arena);
    }
    return query_status(&version) == DB_OK ? query_status(&regions) : query_status(&version);
}

enum db_status past_disclosure_differs(struct statements *statements, const struct past *past, bool *ret_differs)
{
    struct past present = {.study = past->study};
    struct query version CLEANUP(query_end) = query_begin(statements, STMT_present_version, ARGS(ARG_I(":study", past->study)));
    *ret_differs = false;
    if (!query_row(&version))
        return query_status(&version) == DB_OK ? DB_BUG : query_status(&version);
    query_fields(&version, version_fields, &present, NULL);
    *ret_differs = present.totals_only != past->totals_only;
    return query_status(&version);
}

enum db_status past_keep(struct statements *statements, const struct past *past, int64_t until)
{
    struct query version CLEANUP(query_end) =
        query_begin(statements, STMT_past_add, ARGS(ARG_I(":study", past->study), ARG_I(":until", until)));
    query_bind_fields(&version, version_fields, past);
    enum db_status status = query_run(&version);
    const struct db_region_count *regions = past->regions.items;
    for (size_t i = 0; i < past->regions.len && status == DB_OK; i++) {
        struct query region CLEANUP(query_end) =
            query_begin(statements, STMT_past_region_add, ARGS(ARG_I(":study", past->study), ARG_I(":version", past->version)));
        query_bind_fields(&region, region_fields_of_past, &regions[i]);
        status = query_run(&region);
    }
    return status;
}
