/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "handlers/study_table.h"

#include <string.h>

#include "handlers/study_json.h"

#define ROW_MAX (16u << 20)

/* A name never changes and never comes to mean something else. One table: the row, its header, what fields= picks, and what a dialect
 * makes of each cell. A change here is a change of STUDY_REPRESENTATION. */
const struct csv_column study_columns[] = {
    {"id", NULL, CSV_TEXT},
    {"programme", NULL, CSV_TEXT},
    {"name", NULL, CSV_TEXT},
    {"acronym", NULL, CSV_TEXT},
    {"title_nb", "title.nb", CSV_TEXT},
    {"title_en", "title.en", CSV_TEXT},
    {"scientific_title", NULL, CSV_TEXT},
    {"call_year", NULL, CSV_WHOLE},
    {"mechanism", NULL, CSV_TEXT},
    {"amount_nok", NULL, CSV_WHOLE},
    {"award_call_years", "awards.call_year", CSV_WHOLE},
    {"award_mechanisms", "awards.mechanism", CSV_TEXT},
    {"award_amounts_nok", "awards.amount_nok", CSV_WHOLE},
    {"award_kinds", "awards.kind", CSV_TEXT},
    {"award_titles", "awards.title", CSV_TEXT},
    {"award_lines", "awards.lines", CSV_TEXT},
    {"category_codes", "categories.code", CSV_TEXT},
    {"category_labels_nb", "categories.label.nb", CSV_TEXT},
    {"category_labels_en", "categories.label.en", CSV_TEXT},
    {"leader_name", "leader.name", CSV_TEXT},
    {"institution_id", "institution.id", CSV_TEXT},
    {"institution_name", "institution.name", CSV_TEXT},
    {"institution_region", "institution.region", CSV_TEXT},
    {"hospital_ids", "hospitals.id", CSV_TEXT},
    {"hospital_names", "hospitals.name", CSV_TEXT},
    {"hospital_regions", "hospitals.region", CSV_TEXT},
    {"hospitals_stated", NULL, CSV_WHOLE},
    {"inclusion_regions", NULL, CSV_TEXT},
    {"european_sites", NULL, CSV_WHOLE},
    {"patients_age_min", "patients.age_min", CSV_WHOLE},
    {"patients_age_max", "patients.age_max", CSV_WHOLE},
    {"patients_age_text", "patients.age_text", CSV_TEXT},
    {"patients_sexes", "patients.sexes", CSV_TEXT},
    {"patients_children", "patients.children", CSV_TRUTH},
    {"patients_condition_nb", "patients.condition.nb", CSV_TEXT},
    {"patients_condition_en", "patients.condition.en", CSV_TEXT},
    {"aim", NULL, CSV_TEXT},
    {"aim_text", NULL, CSV_TEXT},
    {"design", NULL, CSV_TEXT},
    {"design_text", NULL, CSV_TEXT},
    {"arms", NULL, CSV_TEXT},
    {"summary_nb", "summary.nb", CSV_TEXT},
    {"summary_en", "summary.en", CSV_TEXT},
    {"texts_about_nb", "texts.about.nb", CSV_TEXT},
    {"texts_about_en", "texts.about.en", CSV_TEXT},
    {"texts_novelty_nb", "texts.novelty.nb", CSV_TEXT},
    {"texts_novelty_en", "texts.novelty.en", CSV_TEXT},
    {"texts_importance_nb", "texts.importance.nb", CSV_TEXT},
    {"texts_importance_en", "texts.importance.en", CSV_TEXT},
    {"texts_progress_nb", "texts.progress.nb", CSV_TEXT},
    {"texts_progress_en", "texts.progress.en", CSV_TEXT},
    {"texts_next_steps_nb", "texts.next_steps.nb", CSV_TEXT},
    {"texts_next_steps_en", "texts.next_steps.en", CSV_TEXT},
    {"status", NULL, CSV_TEXT},
    {"has_card", NULL, CSV_TRUTH},
    {"dates_start", "dates.start", CSV_TEXT},
    {"dates_inclusion_end", "dates.inclusion_end", CSV_TEXT},
    {"dates_inclusion_end_expected", "dates.inclusion_end_expected", CSV_TEXT},
    {"dates_completion_expected", "dates.completion_expected", CSV_TEXT},
    {"recruitment_planned", "recruitment.planned", CSV_WHOLE},
    {"recruitment_included", "recruitment.included", CSV_WHOLE},
    {"recruitment_remaining", "recruitment.remaining", CSV_WHOLE},
    {"recruitment_exceeded_by", "recruitment.exceeded_by", CSV_WHOLE},
    {"recruitment_percent", "recruitment.percent", CSV_DECIMAL},
    {"recruitment_as_of", "recruitment.as_of", CSV_TEXT},
    {"identifier_systems", "identifiers.system", CSV_TEXT},
    {"identifier_values", "identifiers.value", CSV_TEXT},
    {"link_urls", "links.url", CSV_TEXT},
    {"link_labels", "links.label", CSV_TEXT},
    {"publication_citations", "publications.citation", CSV_TEXT},
    {"publication_dois", "publications.doi", CSV_TEXT},
    {"note_fields", "notes.field", CSV_TEXT},
    {"note_kinds", "notes.kind", CSV_TEXT},
    {"note_texts_nb", "notes.text.nb", CSV_TEXT},
    {"note_texts_en", "notes.text.en", CSV_TEXT},
    {"note_sources", "notes.source", CSV_TEXT},
    {"source_documents", "sources.document", CSV_TEXT},
    {"source_lines", "sources.lines", CSV_TEXT},
    {"contact", NULL, CSV_TEXT},
    {"version", NULL, CSV_WHOLE},
    {"updated", NULL, CSV_TEXT},
    {0},
};
_Static_assert(sizeof study_columns / sizeof *study_columns <= CSV_COLUMNS_MAX, "every column can be picked");

void study_columns_pick(fields_param fields, struct csv_picked *ret_picked)
{
    *ret_picked = (struct csv_picked){.some = fields != 0};
    for (size_t i = 0; fields && study_columns[i].name; i++) {
        const char *path = study_columns[i].path ? study_columns[i].path : study_columns[i].name;
        size_t len = strcspn(path, "."), member = 0;
        while (strncmp(study_json_members[member], path, len) != 0 || study_json_members[member][len] != '\0')
            member++; /* tests/unit/test_study_table.c: every column is of a member */
        ret_picked->column[i] = fields >> member & 1;
    }
}

char *study_row(const json_t *study, size_t *ret_len)
{
    struct buffer row, cell;
    buffer_init(&row, ROW_MAX);
    buffer_init(&cell, ROW_MAX);
    csv_row(&row, &cell, DIALECT_RFC4180, study, study_columns);
    char *bytes = buffer_take(&row, ret_len);
    buffer_free(&cell);
    return bytes;
}
