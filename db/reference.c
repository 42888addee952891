/* SPDX-License-Identifier: GPL-3.0-or-later
 * Programmes, editions, reference data, figures, notes and the change log: as they are stored.
 */
#include "db/internal.h"

#include <string.h>

/* ── members and columns ────────────────────────────────────────────────────────────────────────────────────── */

const struct field programme_fields[] = {
    {":code", FIELD_TEXT, offsetof(struct db_programme, code)},
    {":name_nb", FIELD_TEXT, offsetof(struct db_programme, name.nb)},
    {":name_en", FIELD_TEXT, offsetof(struct db_programme, name.en)},
    {":short_name", FIELD_TEXT, offsetof(struct db_programme, short_name)},
    {":disclosure_threshold", FIELD_INT, offsetof(struct db_programme, disclosure_threshold)},
    {0},
};
const struct field edition_fields[] = {
    {":programme", FIELD_TEXT, offsetof(struct db_edition, programme)},
    {":code", FIELD_TEXT, offsetof(struct db_edition, code)},
    {":title_nb", FIELD_TEXT, offsetof(struct db_edition, title.nb)},
    {":title_en", FIELD_TEXT, offsetof(struct db_edition, title.en)},
    {":as_of", FIELD_TEXT, offsetof(struct db_edition, as_of)},
    {":collected", FIELD_TEXT, offsetof(struct db_edition, collected)},
    {":published", FIELD_TEXT, offsetof(struct db_edition, published)},
    {":licence", FIELD_TEXT, offsetof(struct db_edition, licence)},
    {":attribution", FIELD_TEXT, offsetof(struct db_edition, attribution)},
    {":document", FIELD_TEXT, offsetof(struct db_edition, document)},
    {":document_title", FIELD_TEXT, offsetof(struct db_edition, document_title)},
    {":publisher", FIELD_TEXT, offsetof(struct db_edition, publisher)},
    {":document_lines", FIELD_INT64, offsetof(struct db_edition, document_lines)},
    {":digest", FIELD_TEXT, offsetof(struct db_edition, digest)},
    {":imported", FIELD_INT64, offsetof(struct db_edition, imported)},
    {0},
};
const struct field region_fields[] = {
    {":code", FIELD_TEXT, offsetof(struct db_region, code)},
    {":label_nb", FIELD_TEXT, offsetof(struct db_region, label.nb)},
    {":label_en", FIELD_TEXT, offsetof(struct db_region, label.en)},
    {":basis", FIELD_TEXT, offsetof(struct db_region, basis)},
    {":lines", FIELD_TEXT, offsetof(struct db_region, lines)},
    {":position", FIELD_INT, offsetof(struct db_region, order)},
    {0},
};
const struct field mechanism_fields[] = {
    {":code", FIELD_TEXT, offsetof(struct db_mechanism, code)},
    {":report_code", FIELD_TEXT, offsetof(struct db_mechanism, report_code)},
    {":label_nb", FIELD_TEXT, offsetof(struct db_mechanism, label.nb)},
    {":label_en", FIELD_TEXT, offsetof(struct db_mechanism, label.en)},
    {":lines", FIELD_TEXT, offsetof(struct db_mechanism, lines)},
    {":position", FIELD_INT, offsetof(struct db_mechanism, order)},
    {0},
};
const struct field category_fields[] = {
    {":code", FIELD_TEXT, offsetof(struct db_category, code)},
    {":label_nb", FIELD_TEXT, offsetof(struct db_category, label.nb)},
    {":label_en", FIELD_TEXT, offsetof(struct db_category, label.en)},
    {":label_en_basis", FIELD_TEXT, offsetof(struct db_category, label_en_basis)},
    {":lines", FIELD_TEXT, offsetof(struct db_category, lines)},
    {":position", FIELD_INT, offsetof(struct db_category, order)},
    {0},
};
const struct field institution_fields[] = {
    {":code", FIELD_TEXT, offsetof(struct db_institution, code)},
    {":name", FIELD_TEXT, offsetof(struct db_institution, name)},
    {":region", FIELD_TEXT, offsetof(struct db_institution, region)},
    {":region_basis", FIELD_TEXT, offsetof(struct db_institution, region_basis)},
    {":part_of", FIELD_TEXT, offsetof(struct db_institution, part_of)},
    {":part_of_basis", FIELD_TEXT, offsetof(struct db_institution, part_of_basis)},
    {":lines", FIELD_TEXT, offsetof(struct db_institution, lines)},
    {0},
};
static const struct field institution_roles[] = {
    {":coordinates", FIELD_BOOL, offsetof(struct db_institution, coordinates)},
    {":takes_part", FIELD_BOOL, offsetof(struct db_institution, takes_part)},
    {0},
};
static const struct field figure_place[] = {
    {":programme", FIELD_TEXT, offsetof(struct db_figure, programme)},
    {":edition", FIELD_TEXT, offsetof(struct db_figure, edition)},
    {":document", FIELD_TEXT, offsetof(struct db_figure, document)},
    {0},
};
const struct field figure_fields[] = {
    {":code", FIELD_TEXT, offsetof(struct db_figure, code)},           {":measure", FIELD_TEXT, offsetof(struct db_figure, measure)},
    {":unit", FIELD_TEXT, offsetof(struct db_figure, unit)},           {":call_year", FIELD_INT, offsetof(struct db_figure, call_year)},
    {":mechanism", FIELD_TEXT, offsetof(struct db_figure, mechanism)}, {":region", FIELD_TEXT, offsetof(struct db_figure, region)},
    {":category", FIELD_TEXT, offsetof(struct db_figure, category)},   {":people", FIELD_TEXT, offsetof(struct db_figure, group)},
    {":value", FIELD_INT64, offsetof(struct db_figure, value)},        {":decimals", FIELD_INT, offsetof(struct db_figure, decimals)},
    {":as_of", FIELD_TEXT, offsetof(struct db_figure, as_of)},         {":label_nb", FIELD_TEXT, offsetof(struct db_figure, label.nb)},
    {":label_en", FIELD_TEXT, offsetof(struct db_figure, label.en)},   {":printed", FIELD_TEXT, offsetof(struct db_figure, printed)},
    {":lines", FIELD_TEXT, offsetof(struct db_figure, lines)},         {0},
};
const struct field note_fields[] = {
    {":record", FIELD_TEXT, offsetof(struct db_note, record)},
    {":id", FIELD_TEXT, offsetof(struct db_note, id)},
    {":field", FIELD_TEXT, offsetof(struct db_note, field)},
    {":kind", FIELD_TEXT, offsetof(struct db_note, kind)},
    {":text_nb", FIELD_TEXT, offsetof(struct db_note, text.nb)},
    {":text_en", FIELD_TEXT, offsetof(struct db_note, text.en)},
    {":source", FIELD_TEXT, offsetof(struct db_note, source)},
    {":lines", FIELD_TEXT, offsetof(struct db_note, lines)},
    {0},
};
static const struct field call_fields[] = {
    {":call_year", FIELD_INT, offsetof(struct db_call, call_year)},
    {":mechanism", FIELD_TEXT, offsetof(struct db_call, mechanism.code)},
    {":label_nb", FIELD_TEXT, offsetof(struct db_call, mechanism.label.nb)},
    {":label_en", FIELD_TEXT, offsetof(struct db_call, mechanism.label.en)},
    {":awards", FIELD_INT64, offsetof(struct db_call, awards)},
    {":amount_nok", FIELD_INT64, offsetof(struct db_call, amount_nok)},
    {":study_count", FIELD_INT64, offsetof(struct db_call, study_count)},
    {0},
};
static const struct field change_fields[] = {
    {":id", FIELD_INT64, offsetof(struct db_change, id)},
    {":kind", FIELD_TEXT, offsetof(struct db_change, kind)},
    {":study", FIELD_TEXT, offsetof(struct db_change, study)},
    {":at", FIELD_INT64, offsetof(struct db_change, at)},
    {":data_version", FIELD_INT64, offsetof(struct db_change, data_version)},
    {0},
};

/* ── reading ────────────────────────────────────────────────────────────────────────────────────────────────── */

/* A failed copy of a text leaves the row unfit to be shown. */
static bool has_read(const struct query *query)
{
    return query->code == SQLITE_ROW;
}

enum db_status db_programmes(struct db_reader *reader, const char *code,
                             bool (*each)(void *cls, const struct db_programme *programme, int64_t study_count), void *cls)
{
    struct query query CLEANUP(query_end) = code == NULL ? query_begin(reader->st, STMT_programmes, NO_ARGS)
                                                         : query_begin(reader->st, STMT_programme, ARGS(ARG_T(":code", code)));
    while (query_row(&query)) {
        struct db_programme programme = {0};
        query_fields(&query, programme_fields, &programme, NULL);
        programme.profile = query_text(&query, query.column);
        programme.profile_len = (size_t)sqlite3_column_bytes(query.stmt, query.column);
        if (has_read(&query) && !each(cls, &programme, query_int(&query, query.column + 1)))
            return DB_OK;
    }
    return query_status(&query);
}

enum db_status db_editions(struct db_reader *reader, const char *programme, bool (*each)(void *cls, const struct db_edition *edition),
                           void *cls)
{
    struct query query CLEANUP(query_end) = programme == NULL
                                                ? query_begin(reader->st, STMT_editions_newest, NO_ARGS)
                                                : query_begin(reader->st, STMT_editions, ARGS(ARG_T(":programme", programme)));
    while (query_row(&query)) {
        struct db_edition edition = {0};
        query_fields(&query, edition_fields, &edition, NULL);
        if (has_read(&query) && !each(cls, &edition))
            return DB_OK;
    }
    return query_status(&query);
}

enum db_status db_regions(struct db_reader *reader, bool (*each)(void *cls, const struct db_region *region), void *cls)
{
    struct query query CLEANUP(query_end) = query_begin(reader->st, STMT_regions, NO_ARGS);
    while (query_row(&query)) {
        struct db_region region = {0};
        query_fields(&query, region_fields, &region, NULL);
        if (has_read(&query) && !each(cls, &region))
            return DB_OK;
    }
    return query_status(&query);
}

enum db_status db_mechanisms(struct db_reader *reader, bool (*each)(void *cls, const struct db_mechanism *mechanism, int64_t study_count),
                             void *cls)
{
    struct query query CLEANUP(query_end) = query_begin(reader->st, STMT_mechanisms, NO_ARGS);
    while (query_row(&query)) {
        struct db_mechanism mechanism = {0};
        query_fields(&query, mechanism_fields, &mechanism, NULL);
        if (has_read(&query) && !each(cls, &mechanism, query_int(&query, query.column)))
            return DB_OK;
    }
    return query_status(&query);
}

enum db_status db_categories(struct db_reader *reader, bool (*each)(void *cls, const struct db_category *category, int64_t study_count),
                             void *cls)
{
    struct query query CLEANUP(query_end) = query_begin(reader->st, STMT_categories, NO_ARGS);
    while (query_row(&query)) {
        struct db_category category = {0};
        query_fields(&query, category_fields, &category, NULL);
        if (has_read(&query) && !each(cls, &category, query_int(&query, query.column)))
            return DB_OK;
    }
    return query_status(&query);
}

static enum db_status read_aliases(struct db_reader *reader, struct arena *arena, struct db_institution *institution)
{
    struct list aliases = {.size = sizeof(const char *)};
    struct query query CLEANUP(query_end) = query_begin(reader->st, STMT_institution_aliases, ARGS(ARG_T(":code", institution->code)));
    while (query_row(&query)) {
        const char **alias = list_add(&aliases, arena);
        const char *text = query_text(&query, 0);
        if (alias == NULL || text == NULL || (*alias = arena_strndup(arena, text, strlen(text))) == NULL)
            return DB_NO_MEMORY;
    }
    institution->aliases = aliases.items;
    institution->aliases_len = aliases.len;
    return query_status(&query);
}

enum db_status db_institutions(struct db_reader *reader,
                               bool (*each)(void *cls, const struct db_institution *institution, int64_t study_count), void *cls)
{
    struct db_reader *scope CLEANUP(reader_leave_at) = NULL; /* names and aliases of one state */
    enum db_status status = reader_enter(reader);
    if (status != DB_OK)
        return status;
    scope = reader;
    struct query query CLEANUP(query_end) = query_begin(reader->st, STMT_institutions, NO_ARGS);
    while (query_row(&query)) {
        struct arena arena CLEANUP(arena_free) = {0};
        struct db_institution institution = {0};
        query_fields(&query, institution_fields, &institution, NULL);
        query_fields(&query, institution_roles, &institution, NULL);
        int64_t study_count = query_int(&query, query.column);
        status = read_aliases(reader, &arena, &institution);
        if (status != DB_OK)
            return status;
        if (has_read(&query) && !each(cls, &institution, study_count))
            return DB_OK;
    }
    return query_status(&query);
}

enum db_status db_calls(struct db_reader *reader, bool (*each)(void *cls, const struct db_call *call), void *cls)
{
    struct query query CLEANUP(query_end) = query_begin(reader->st, STMT_calls, NO_ARGS);
    while (query_row(&query)) {
        struct db_call call = {0};
        query_fields(&query, call_fields, &call, NULL);
        if (has_read(&query) && !each(cls, &call))
            return DB_OK;
    }
    return query_status(&query);
}

enum db_status db_figures(struct db_reader *reader, const char *programme, const char *edition, const char *measure,
                          bool (*each)(void *cls, const struct db_figure *figure), void *cls)
{
    struct query query CLEANUP(query_end) =
        query_begin(reader->st, STMT_figures, ARGS(ARG_T(":programme", programme), ARG_T(":edition", edition), ARG_T(":measure", measure)));
    while (query_row(&query)) {
        struct db_figure figure = {0};
        query_fields(&query, figure_place, &figure, NULL);
        query_fields(&query, figure_fields, &figure, NULL);
        if (has_read(&query) && !each(cls, &figure))
            return DB_OK;
    }
    return query_status(&query);
}

enum db_status db_notes(struct db_reader *reader, const char *programme, const char *record, const char *id,
                        bool (*each)(void *cls, const struct db_note *note), void *cls)
{
    struct query query CLEANUP(query_end) = query_begin(reader->st, id == NULL ? STMT_notes_of_kind : STMT_notes_of_record,
                                                        ARGS(ARG_T(":programme", programme), ARG_T(":record", record)));
    if (id != NULL)
        query_bind(&query, ARGS(ARG_T(":id", id)));
    while (query_row(&query)) {
        struct db_note note = {0};
        query_fields(&query, note_fields, &note, NULL);
        if (has_read(&query) && !each(cls, &note))
            return DB_OK;
    }
    return query_status(&query);
}

enum db_status db_changes(struct db_reader *reader, int64_t since, int limit, bool (*each)(void *cls, const struct db_change *change),
                          void *cls)
{
    struct query query CLEANUP(query_end) = query_begin(reader->st, STMT_changes, ARGS(ARG_I(":since", since), ARG_I(":limit", limit)));
    while (query_row(&query)) {
        struct db_change change = {0};
        query_fields(&query, change_fields, &change, NULL);
        if (has_read(&query) && !each(cls, &change))
            return DB_OK;
    }
    return query_status(&query);
}
