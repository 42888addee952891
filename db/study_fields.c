/* SPDX-License-Identifier: GPL-3.0-or-later
 * Which member of struct db_study is which column. The order is that of the columns of study_load.
 */
#include "db/internal.h"

#define AT(member) offsetof(struct db_study, member)

const struct field study_facts[] = {
    {":code", FIELD_TEXT, AT(code)},
    {":programme", FIELD_TEXT, AT(programme)},
    {":leader", FIELD_TEXT, AT(leader)},
    {":institution", FIELD_TEXT, AT(institution.code)},
    {":status", FIELD_TEXT, AT(status), "status"},
    {":mechanism", FIELD_TEXT, AT(mechanism.code)},
    {":call_year", FIELD_INT, AT(call_year)},
    {":has_card", FIELD_BOOL, AT(has_card)},
    {":amount_nok", FIELD_INT64, AT(amount_nok)},
    {":age_min", FIELD_KNOWN, AT(age_min), "patients"},
    {":age_max", FIELD_KNOWN, AT(age_max), "patients"},
    {0},
};

const struct field study_texts[] = {
    {":acronym", FIELD_TEXT, AT(acronym), "acronym"},
    {":title_nb", FIELD_TEXT, AT(title.nb), "title"},
    {":title_en", FIELD_TEXT, AT(title.en), "title"},
    {":scientific_title", FIELD_TEXT, AT(scientific_title)},
    {":hospitals_stated", FIELD_KNOWN, AT(hospitals_stated)},
    {":european_sites", FIELD_KNOWN, AT(european_sites), "european_sites"},
    {":age_text", FIELD_TEXT, AT(age_text), "patients"},
    {":sexes", FIELD_INT, AT(sexes), "patients"},
    {":children", FIELD_INT_KNOWN, AT(children), "patients"},
    {":condition_nb", FIELD_TEXT, AT(condition.nb), "patients"},
    {":condition_en", FIELD_TEXT, AT(condition.en), "patients"},
    {":aim", FIELD_TEXT, AT(aim), "aim"},
    {":aim_text", FIELD_TEXT, AT(aim_text), "aim_text"},
    {":design", FIELD_TEXT, AT(design), "design"},
    {":design_text", FIELD_TEXT, AT(design_text), "design_text"},
    {":summary_nb", FIELD_TEXT, AT(summary.nb), "summary"},
    {":summary_en", FIELD_TEXT, AT(summary.en), "summary"},
    {":about_nb", FIELD_TEXT, AT(about.nb), "about"},
    {":about_en", FIELD_TEXT, AT(about.en), "about"},
    {":novelty_nb", FIELD_TEXT, AT(novelty.nb), "novelty"},
    {":novelty_en", FIELD_TEXT, AT(novelty.en), "novelty"},
    {":importance_nb", FIELD_TEXT, AT(importance.nb), "importance"},
    {":importance_en", FIELD_TEXT, AT(importance.en), "importance"},
    {":progress_nb", FIELD_TEXT, AT(progress.nb), "progress"},
    {":progress_en", FIELD_TEXT, AT(progress.en), "progress"},
    {":next_steps_nb", FIELD_TEXT, AT(next_steps.nb), "next_steps"},
    {":next_steps_en", FIELD_TEXT, AT(next_steps.en), "next_steps"},
    {":start", FIELD_TEXT, AT(start), "dates"},
    {":inclusion_end", FIELD_TEXT, AT(inclusion_end), "dates"},
    {":inclusion_end_expected", FIELD_TEXT, AT(inclusion_end_expected), "dates"},
    {":completion_expected", FIELD_TEXT, AT(completion_expected), "dates"},
    {":contact", FIELD_TEXT, AT(contact), "contact"},
    {0},
};

const struct field study_made[] = {
    {":institution_name", FIELD_TEXT, AT(institution.name)},
    {":institution_region", FIELD_TEXT, AT(institution.region)},
    {":mechanism_nb", FIELD_TEXT, AT(mechanism.label.nb)},
    {":mechanism_en", FIELD_TEXT, AT(mechanism.label.en)},
    {":name", FIELD_TEXT, AT(name)},
    {":planned", FIELD_KNOWN, AT(recruitment.planned)},
    {":included", FIELD_KNOWN, AT(recruitment.included)},
    {":remaining", FIELD_KNOWN, AT(recruitment.remaining)},
    {":exceeded_by", FIELD_KNOWN, AT(recruitment.exceeded_by)},
    {":permille", FIELD_KNOWN, AT(recruitment.permille)},
    {":included_as_of", FIELD_TEXT, AT(recruitment.as_of)},
    {":version", FIELD_INT64, AT(version)},
    {":updated", FIELD_INT64, AT(updated)},
    {0},
};

static const struct field award_fields[] = {
    {":kind", FIELD_TEXT, offsetof(struct db_award, kind)},
    {":call_year", FIELD_INT, offsetof(struct db_award, call_year)},
    {":mechanism", FIELD_TEXT, offsetof(struct db_award, mechanism.code)},
    {":amount_nok", FIELD_INT64, offsetof(struct db_award, amount_nok)},
    {":title", FIELD_TEXT, offsetof(struct db_award, title)},
    {":lines", FIELD_TEXT, offsetof(struct db_award, lines)},
    {0},
};
static const struct field award_labels[] = {
    {":label_nb", FIELD_TEXT, offsetof(struct db_award, mechanism.label.nb)},
    {":label_en", FIELD_TEXT, offsetof(struct db_award, mechanism.label.en)},
    {0},
};
static const struct field category_ref[] = {{":category", FIELD_TEXT, offsetof(struct db_ref, code)}, {0}};
static const struct field category_labels[] = {
    {":label_nb", FIELD_TEXT, offsetof(struct db_ref, label.nb)},
    {":label_en", FIELD_TEXT, offsetof(struct db_ref, label.en)},
    {0},
};
static const struct field hospital_ref[] = {{":institution", FIELD_TEXT, offsetof(struct db_place, code)}, {0}};
static const struct field hospital_labels[] = {
    {":name", FIELD_TEXT, offsetof(struct db_place, name)},
    {":region", FIELD_TEXT, offsetof(struct db_place, region)},
    {0},
};
static const struct field region_ref[] = {{":region", FIELD_TEXT, 0}, {0}};
static const struct field arm_label[] = {{":label", FIELD_TEXT, 0}, {0}};
static const struct field pair_fields[] = {
    {":first", FIELD_TEXT, offsetof(struct db_pair, first)},
    {":second", FIELD_TEXT, offsetof(struct db_pair, second)},
    {0},
};

#define STATEMENTS(list)    STMT_##list##_clear, STMT_##list##_add, STMT_##list##_load
#define LIST(list)          #list, STATEMENTS(list)
#define MEMBERS(type, list) sizeof(type), AT(list), AT(list##_len)

const struct study_list study_lists[] = {
    {LIST(awards), true, award_fields, award_labels, MEMBERS(struct db_award, awards)},
    {LIST(categories), true, category_ref, category_labels, MEMBERS(struct db_ref, categories)},
    {LIST(hospitals), true, hospital_ref, hospital_labels, MEMBERS(struct db_place, hospitals)},
    {LIST(inclusion_regions), false, region_ref, NULL, MEMBERS(const char *, inclusion_regions)},
    {LIST(arms), true, arm_label, NULL, MEMBERS(const char *, arms)},
    {LIST(identifiers), true, pair_fields, NULL, MEMBERS(struct db_pair, identifiers)},
    {LIST(links), true, pair_fields, NULL, MEMBERS(struct db_pair, links)},
    {LIST(publications), true, pair_fields, NULL, MEMBERS(struct db_pair, publications)},
    {LIST(sources), true, pair_fields, NULL, MEMBERS(struct db_pair, sources)},
    {"notes", STMT_COUNT, STMT_COUNT, STMT_study_notes_load, false, note_fields, NULL, MEMBERS(struct db_note, notes)},
};
const size_t study_lists_len = COUNT_OF(study_lists);
_Static_assert(COUNT_OF(study_lists) <= 32, "a bit for each");
