/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/columns.h"

#include "base/forms.h"

#define COUNT_MAX  INT64_C(1000000000)
#define AMOUNT_MAX (INT64_C(10000000000000) - 1)

const char *const column_bases[] = {"source", "general-knowledge", NULL};
static const char *const alias_kinds[] = {"institution", "leader", "study", NULL};
static const char *const statuses[] = {"planned", "recruiting", "recruitment-ended", "follow-up", "completed", "stopped", "unknown", NULL};
static const char *const award_kinds[] = {"main", "top-up", NULL};
static const char *const measures[] = {"amount",          "amount-share", "projects",      "planned",        "included", "included-share",
                                       "remaining-share", "leaders",      "leaders-share", "total-patients", NULL};
static const char *const units[] = {"nok", "million-nok", "percent", "projects", "patients", "leaders", NULL};
static const char *const note_records[] = {"programme", "edition", "study", "institution", "leader", "category", "figure", NULL};
static const char *const note_kinds[] = {"discrepancy", "ambiguous", "interpretation", "variant", "missing", NULL};

static const struct field region_fields[] = {
    {"code", FIELD_ID, .required = true, FIELD_AT(region_row, db.code), .key = KEY_REGION},
    {"label_nb", FIELD_LINE, FIELD_AT(region_row, db.label.nb)},
    {"label_en", FIELD_LINE, FIELD_AT(region_row, db.label.en)},
    {"basis", FIELD_ENUM, .required = true, FIELD_AT(region_row, db.basis), .values = column_bases},
    {"lines", FIELD_LINES, FIELD_AT(region_row, db.lines)},
    {0},
};

static const struct field mechanism_fields[] = {
    {"code", FIELD_ID, .required = true, FIELD_AT(mechanism_row, db.code), .key = KEY_MECHANISM},
    {"report_code", FIELD_LINE, .required = true, FIELD_AT(mechanism_row, db.report_code), .key = KEY_REPORT_CODE},
    {"label_nb", FIELD_LINE, FIELD_AT(mechanism_row, db.label.nb)},
    {"label_en", FIELD_LINE, FIELD_AT(mechanism_row, db.label.en)},
    {"lines", FIELD_LINES, FIELD_AT(mechanism_row, db.lines)},
    {0},
};

static const struct field category_fields[] = {
    {"code", FIELD_ID, .required = true, FIELD_AT(category_row, db.code), .key = KEY_CATEGORY},
    {"label_nb", FIELD_LINE, FIELD_AT(category_row, db.label.nb), .key = KEY_CATEGORY_LABEL},
    {"label_en", FIELD_LINE, FIELD_AT(category_row, db.label.en)},
    {"label_en_basis", FIELD_ENUM, FIELD_AT(category_row, db.label_en_basis), .values = column_bases},
    {"lines", FIELD_LINES, FIELD_AT(category_row, db.lines)},
    {0},
};

static const struct field institution_fields[] = {
    {"id", FIELD_ID, .required = true, FIELD_AT(institution_row, db.code), .key = KEY_INSTITUTION},
    {"name", FIELD_LINE, .required = true, FIELD_AT(institution_row, db.name), .key = KEY_INSTITUTION_NAME},
    {"region", FIELD_ID, FIELD_AT(institution_row, db.region), .refers = KEY_REGION},
    {"region_basis", FIELD_ENUM, FIELD_AT(institution_row, db.region_basis), .values = column_bases},
    {"part_of", FIELD_ID, FIELD_AT(institution_row, db.part_of), .refers = KEY_INSTITUTION, FIELD_FOUND(institution_row, part_of_row)},
    {"part_of_basis", FIELD_ENUM, FIELD_AT(institution_row, db.part_of_basis), .values = column_bases},
    {"lines", FIELD_LINES, FIELD_AT(institution_row, db.lines)},
    {0},
};

static const struct field alias_fields[] = {
    {"kind", FIELD_ENUM, .required = true, FIELD_AT(alias_row, kind), .values = alias_kinds},
    {"id", FIELD_LINE, .required = true, FIELD_AT(alias_row, id)},
    {"alias", FIELD_LINE, .required = true, FIELD_AT(alias_row, alias)},
    {"lines", FIELD_LINES, FIELD_AT(alias_row, lines)},
    {0},
};

static const struct field study_fields[] = {
    {"id", FIELD_ID, .required = true, FIELD_AT(study_row, id), .key = KEY_STUDY},
    {"acronym", FIELD_LINE, FIELD_AT(study_row, acronym)},
    {"title_nb", FIELD_LINE, FIELD_AT(study_row, title.nb)},
    {"title_en", FIELD_LINE, FIELD_AT(study_row, title.en)},
    {"status", FIELD_ENUM, .required = true, FIELD_AT(study_row, status), .values = statuses},
    {0},
};

static const struct field award_fields[] = {
    {"study", FIELD_ID, .required = true, FIELD_AT(award_row, study), .refers = KEY_STUDY, FIELD_FOUND(award_row, study_row)},
    {"kind", FIELD_ENUM, .required = true, FIELD_AT(award_row, kind), .values = award_kinds},
    {"call_year", FIELD_INT, .required = true, FIELD_AT(award_row, call_year), .min = FORMS_YEAR_MIN, .max = FORMS_YEAR_MAX},
    {"report_code", FIELD_LINE, .required = true, FIELD_AT(award_row, report_code), .refers = KEY_REPORT_CODE,
     FIELD_FOUND(award_row, mechanism_row)},
    {"title", FIELD_LINE, .required = true, FIELD_AT(award_row, title)},
    {"leader", FIELD_LINE, .required = true, FIELD_AT(award_row, leader)},
    {"institution", FIELD_LINE, .required = true, FIELD_AT(award_row, institution)},
    {"categories", FIELD_LINE, FIELD_AT(award_row, categories)},
    {"amount_nok", FIELD_INT, .required = true, FIELD_AT(award_row, amount_nok), .max = AMOUNT_MAX},
    {"lines", FIELD_LINES, FIELD_AT(award_row, lines)},
    {0},
};

static const struct field plan_fields[] = {
    {"study", FIELD_ID, .required = true, FIELD_AT(plan_row, db.study), .refers = KEY_STUDY, FIELD_FOUND(plan_row, study_row)},
    {"region", FIELD_ID, FIELD_AT(plan_row, db.region), .refers = KEY_REGION, FIELD_FOUND(plan_row, region_row)},
    {"planned", FIELD_INT, .required = true, FIELD_AT(plan_row, db.planned), .max = COUNT_MAX, .unknown = -1},
    {"as_of", FIELD_DAY, .required = true, FIELD_AT(plan_row, db.as_of)},
    {"planned_end", FIELD_DATE, FIELD_AT(plan_row, db.planned_end)},
    {"lines", FIELD_LINES, FIELD_AT(plan_row, db.lines)},
    {0},
};

static const struct field report_fields[] = {
    {"study", FIELD_ID, .required = true, FIELD_AT(report_row, db.study), .refers = KEY_STUDY, FIELD_FOUND(report_row, study_row)},
    {"region", FIELD_ID, FIELD_AT(report_row, db.region), .refers = KEY_REGION, FIELD_FOUND(report_row, region_row)},
    {"as_of", FIELD_DAY, .required = true, FIELD_AT(report_row, db.as_of)},
    {"included", FIELD_INT, .required = true, FIELD_AT(report_row, db.included), .max = COUNT_MAX, .unknown = -1},
    {"lines", FIELD_LINES, FIELD_AT(report_row, db.lines)},
    {0},
};

static const struct field figure_fields[] = {
    {"id", FIELD_ID, .required = true, FIELD_AT(figure_row, db.code), .key = KEY_FIGURE},
    {"measure", FIELD_ENUM, .required = true, FIELD_AT(figure_row, db.measure), .values = measures},
    {"unit", FIELD_ENUM, .required = true, FIELD_AT(figure_row, db.unit), .values = units},
    {"call_year", FIELD_INT, FIELD_AT(figure_row, db.call_year), .min = FORMS_YEAR_MIN, .max = FORMS_YEAR_MAX},
    {"mechanism", FIELD_ID, FIELD_AT(figure_row, db.mechanism), .refers = KEY_MECHANISM},
    {"region", FIELD_ID, FIELD_AT(figure_row, db.region), .refers = KEY_REGION},
    {"category", FIELD_ID, FIELD_AT(figure_row, db.category), .refers = KEY_CATEGORY},
    {"group", FIELD_ID, FIELD_AT(figure_row, db.group)},
    {"value", FIELD_DECIMAL, .required = true, FIELD_AT(figure_row, db)},
    {"as_of", FIELD_DATE, FIELD_AT(figure_row, db.as_of)},
    {"label_nb", FIELD_LINE, FIELD_AT(figure_row, db.label.nb)},
    {"label_en", FIELD_LINE, FIELD_AT(figure_row, db.label.en)},
    {"printed", FIELD_LINE, FIELD_AT(figure_row, db.printed)},
    {"lines", FIELD_LINES, FIELD_AT(figure_row, db.lines)},
    {0},
};

static const struct field note_fields[] = {
    {"record", FIELD_ENUM, .required = true, FIELD_AT(note_row, db.record), .values = note_records},
    {"id", FIELD_LINE, FIELD_AT(note_row, db.id)},
    {"field", FIELD_MEMBER, FIELD_AT(note_row, db.field)},
    {"kind", FIELD_ENUM, .required = true, FIELD_AT(note_row, db.kind), .values = note_kinds},
    {"text_nb", FIELD_TEXT, FIELD_AT(note_row, db.text.nb)},
    {"text_en", FIELD_TEXT, FIELD_AT(note_row, db.text.en)},
    {"lines", FIELD_LINES, FIELD_AT(note_row, db.lines)},
    {0},
};

const struct table_spec table_specs[TABLE_COUNT] = {
    [TABLE_REGIONS] = {FOLDER_REGIONS, "KiB of regions.csv read", sizeof(struct region_row), region_fields},
    [TABLE_MECHANISMS] = {FOLDER_MECHANISMS, "KiB of mechanisms.csv read", sizeof(struct mechanism_row), mechanism_fields},
    [TABLE_CATEGORIES] = {FOLDER_CATEGORIES, "KiB of categories.csv read", sizeof(struct category_row), category_fields},
    [TABLE_INSTITUTIONS] = {FOLDER_INSTITUTIONS, "KiB of institutions.csv read", sizeof(struct institution_row), institution_fields},
    [TABLE_ALIASES] = {FOLDER_ALIASES, "KiB of aliases.csv read", sizeof(struct alias_row), alias_fields},
    [TABLE_STUDIES] = {FOLDER_STUDIES, "KiB of studies.csv read", sizeof(struct study_row), study_fields},
    [TABLE_AWARDS] = {FOLDER_AWARDS, "KiB of awards.csv read", sizeof(struct award_row), award_fields},
    [TABLE_PLANS] = {FOLDER_PLANS, "KiB of plans.csv read", sizeof(struct plan_row), plan_fields},
    [TABLE_REPORTS] = {FOLDER_REPORTS, "KiB of reports.csv read", sizeof(struct report_row), report_fields},
    [TABLE_FIGURES] = {FOLDER_FIGURES, "KiB of figures.csv read", sizeof(struct figure_row), figure_fields},
    [TABLE_NOTES] = {FOLDER_NOTES, "KiB of notes.csv read", sizeof(struct note_row), note_fields},
};

const char *table_file(enum table table)
{
    return folder_name(table_specs[table].file);
}
