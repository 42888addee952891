/* SPDX-License-Identifier: GPL-3.0-or-later
 * Programmes, editions, reference data, figures, notes and the change log: as they are stored.
 */
#include "db/image.h"

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

/* How many studies have a value: the image knows, else they are counted. */
struct counting {
    struct db_reader *reader;
    const struct image *image; /* may be NULL */
    enum image_dim dim;
    enum db_statement statement;
    enum db_status status;
};

static struct counting counting_begin(struct db_reader *reader, enum image_dim dim, enum db_statement statement)
{
    struct counting counting = {.reader = reader, .dim = dim, .statement = statement, .status = reader_enter(reader)};
    if (counting.status != DB_OK)
        counting.reader = NULL;
    else
        counting.status = reader_image_of_facts(reader, &counting.image);
    return counting;
}

static void counting_end(struct counting *counting)
{
    if (counting->reader == NULL)
        return;
    image_let_go(counting->reader->db, counting->image);
    reader_leave(counting->reader);
}

static int64_t studies_of(struct counting *counting, const char *code)
{
    if (counting->image != NULL) {
        uint32_t value = dim_find(counting->image, counting->dim, code);
        const uint32_t *at = image_dim(counting->image, counting->dim, PART_ROWS_AT);
        return value == NO_VALUE ? 0 : (int64_t)at[value + 1] - at[value];
    }
    struct query query CLEANUP(query_end) = query_begin(counting->reader->st, counting->statement, ARGS(ARG_T(":code", code)));
    int64_t count = query_row(&query) ? query_int(&query, 0) : 0;
    if (counting->status == DB_OK)
        counting->status = query_status(&query);
    return count;
}

/* The end of a list: the first failure of its question or of the counting. */
static enum db_status listed(const struct counting *counting, const struct query *query)
{
    return counting->status != DB_OK ? counting->status : query_status(query);
}

enum db_status db_programmes(struct db_reader *reader, const char *code,
                             bool (*each)(void *cls, const struct db_programme *programme, int64_t study_count), void *cls)
{
    struct counting counting CLEANUP(counting_end) = counting_begin(reader, DIM_PROGRAMME, STMT_studies_of_programme);
    struct query query CLEANUP(query_end) = code == NULL ? query_begin(reader->st, STMT_programmes, NO_ARGS)
                                                         : query_begin(reader->st, STMT_programme, ARGS(ARG_T(":code", code)));
    while (counting.status == DB_OK && query_row(&query)) {
        struct db_programme programme = {0};
        query_fields(&query, programme_fields, &programme, NULL);
        programme.profile = query_text(&query, query.column);
        programme.profile_len = (size_t)sqlite3_column_bytes(query.stmt, query.column);
        int64_t studies = has_read(&query) ? studies_of(&counting, programme.code) : 0;
        if (has_read(&query) && counting.status == DB_OK && !each(cls, &programme, studies))
            return DB_OK;
    }
    return listed(&counting, &query);
}

typedef bool (*edition_fn)(void *cls, const struct db_edition *edition);

/* arena: whose the texts are; NULL = the engine's, until the next row. */
static enum db_status read_editions(struct db_reader *reader, const char *programme, struct arena *arena, edition_fn each, void *cls)
{
    struct query query CLEANUP(query_end) = programme == NULL
                                                ? query_begin(reader->st, STMT_editions_newest, NO_ARGS)
                                                : query_begin(reader->st, STMT_editions, ARGS(ARG_T(":programme", programme)));
    while (query_row(&query)) {
        struct db_edition edition = {0};
        query_fields(&query, edition_fields, &edition, arena);
        if (has_read(&query) && !each(cls, &edition))
            return DB_OK;
    }
    return query_status(&query);
}

static bool keep_edition(void *cls, const struct db_edition *edition)
{
    struct kept_editions *kept = cls;
    struct db_edition *item = list_add(&kept->items, &kept->arena);
    if (item != NULL)
        *item = *edition;
    return item != NULL;
}

static enum db_status keep_newest(struct db_reader *reader)
{
    struct kept_editions *kept = &reader->newest;
    arena_reset(&kept->arena);
    kept->facts_version = -1;
    kept->items = (struct list){.size = sizeof(struct db_edition)};
    enum db_status status = read_editions(reader, NULL, &kept->arena, keep_edition, kept);
    if (status == DB_OK && kept->arena.failed)
        status = DB_NO_MEMORY;
    if (status == DB_OK)
        kept->facts_version = reader->facts_version;
    return status;
}

/* In memory a reader may see what an import has not committed. */
enum db_status db_editions(struct db_reader *reader, const char *programme, edition_fn each, void *cls)
{
    if (programme != NULL || !reader->began || reader->db->path == NULL)
        return read_editions(reader, programme, NULL, each, cls);
    enum db_status status = reader->newest.facts_version == reader->facts_version ? DB_OK : keep_newest(reader);
    for (size_t i = 0; status == DB_OK && i < reader->newest.items.len; i++)
        if (!each(cls, (const struct db_edition *)reader->newest.items.items + i))
            return DB_OK;
    return status;
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
    struct counting counting CLEANUP(counting_end) = counting_begin(reader, DIM_MECHANISM, STMT_studies_of_mechanism);
    struct query query CLEANUP(query_end) = query_begin(reader->st, STMT_mechanisms, NO_ARGS);
    while (counting.status == DB_OK && query_row(&query)) {
        struct db_mechanism mechanism = {0};
        query_fields(&query, mechanism_fields, &mechanism, NULL);
        int64_t studies = has_read(&query) ? studies_of(&counting, mechanism.code) : 0;
        if (has_read(&query) && counting.status == DB_OK && !each(cls, &mechanism, studies))
            return DB_OK;
    }
    return listed(&counting, &query);
}

enum db_status db_categories(struct db_reader *reader, bool (*each)(void *cls, const struct db_category *category, int64_t study_count),
                             void *cls)
{
    struct counting counting CLEANUP(counting_end) = counting_begin(reader, DIM_CATEGORY, STMT_studies_of_category);
    struct query query CLEANUP(query_end) = query_begin(reader->st, STMT_categories, NO_ARGS);
    while (counting.status == DB_OK && query_row(&query)) {
        struct db_category category = {0};
        query_fields(&query, category_fields, &category, NULL);
        int64_t studies = has_read(&query) ? studies_of(&counting, category.code) : 0;
        if (has_read(&query) && counting.status == DB_OK && !each(cls, &category, studies))
            return DB_OK;
    }
    return listed(&counting, &query);
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
    struct counting counting CLEANUP(counting_end) = counting_begin(reader, DIM_INSTITUTION, STMT_studies_of_institution);
    struct query query CLEANUP(query_end) = query_begin(reader->st, STMT_institutions, NO_ARGS);
    while (counting.status == DB_OK && query_row(&query)) {
        struct arena arena CLEANUP(arena_free) = {0};
        struct db_institution institution = {0};
        query_fields(&query, institution_fields, &institution, NULL);
        query_fields(&query, institution_roles, &institution, NULL);
        int64_t studies = has_read(&query) ? studies_of(&counting, institution.code) : 0;
        if (counting.status == DB_OK)
            counting.status = read_aliases(reader, &arena, &institution);
        if (has_read(&query) && counting.status == DB_OK && !each(cls, &institution, studies))
            return DB_OK;
    }
    return listed(&counting, &query);
}

/* ── calls: awards by year and mechanism ────────────────────────────────────────────────────────────────────── */

struct calls {
    bool (*each)(void *cls, const struct db_call *call);
    void *cls;
    struct arena arena;
    struct list mechanisms; /* struct db_ref, in their order */
    bool failed;
};

static bool keep_mechanism(void *cls, const struct db_mechanism *mechanism, int64_t study_count)
{
    struct calls *calls = cls;
    struct db_ref *ref = list_add(&calls->mechanisms, &calls->arena);
    const struct db_text *label = &mechanism->label;
    (void)study_count;
    if (ref != NULL)
        *ref = (struct db_ref){arena_strdup(&calls->arena, mechanism->code),
                               {label->nb == NULL ? NULL : arena_strdup(&calls->arena, label->nb),
                                label->en == NULL ? NULL : arena_strdup(&calls->arena, label->en)}};
    calls->failed = ref == NULL || calls->arena.failed;
    return !calls->failed;
}

/* A cell that holds an award is a call. */
static bool tell_calls(void *cls, const struct db_stats *stats)
{
    struct calls *calls = cls;
    const struct db_ref *mechanism = calls->mechanisms.items;
    bool goes_on = true;
    for (size_t i = 0; i < stats->cells_len && goes_on; i++) {
        const struct db_stats_cell *cell = &stats->cells[i];
        struct db_call call = {(int)cell->key[0].year, cell->key[1].ref, cell->awards, cell->amount_ore / 100, cell->study_count};
        for (size_t j = 0; j < calls->mechanisms.len; j++)
            if (strcmp(mechanism[j].code, cell->key[1].ref.code) == 0)
                call.mechanism = mechanism[j];
        goes_on = cell->awards == 0 || calls->each(calls->cls, &call);
    }
    return goes_on;
}

enum db_status db_calls(struct db_reader *reader, bool (*each)(void *cls, const struct db_call *call), void *cls)
{
    const struct db_stats_query query = {.grain = DB_GRAIN_AWARD, .by = {DB_BY_CALL_YEAR, DB_BY_MECHANISM}, .by_len = 2};
    struct calls calls = {.each = each, .cls = cls, .mechanisms = {.size = sizeof(struct db_ref)}};
    struct db_reader *scope CLEANUP(reader_leave_at) = NULL; /* labels and sums of one state */
    enum db_status status = reader_enter(reader);
    if (status != DB_OK)
        return status;
    scope = reader;
    status = db_mechanisms(reader, keep_mechanism, &calls);
    if (status == DB_OK)
        status = calls.failed ? DB_NO_MEMORY : db_stats(reader, &query, tell_calls, &calls);
    arena_free(&calls.arena);
    return status;
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
