/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "handlers/statistics.h"

#include <string.h>

#include "handlers/handlers.h"

#define HAS_MOST (HAS_AMOUNT | HAS_AWARDS | HAS_STUDIES | HAS_PATIENTS)

/* clang-format off */
const struct statistic statistics[] = {
    {"regions", "/stats/regions",
     {"Pasienter per helseregion", "Patients per health region"},
     {"Planlagte og inkluderte pasienter der de ble inkludert. En studie teller i hver region der den er kjent for å inkludere.",
      "Planned and included patients where they were included. A study counts in every region where it is known to include."},
     DB_GRAIN_REGION, {DB_BY_REGION}, 1, HAS_STUDIES | HAS_PATIENTS},
    {"calls", "/stats/calls",
     {"Progresjon per utlysningsår", "Progress per call year"},
     {"Studiene etter hovedtildelingens utlysningsår: plan, inkluderte, penger (rapportens figur 7).",
      "The studies by the call year of their main award: plan, included, money (figure 7 of the report)."},
     DB_GRAIN_STUDY, {DB_BY_CALL_YEAR}, 1, HAS_MOST},
    {"funding", "/stats/funding",
     {"Tildelinger per år og mekanisme", "Awards per year and mechanism"},
     {"Hver tildeling for seg, tillegg medregnet (rapportens figur 2). Pasienter hører til studier, ikke tildelinger, og summeres ikke her.",
      "Each award by itself, top-ups included (figure 2 of the report). Patients belong to studies, not to awards, and are not summed here."},
     DB_GRAIN_AWARD, {DB_BY_CALL_YEAR, DB_BY_MECHANISM}, 2, HAS_MOST},
    {"categories", "/stats/categories",
     {"Midler og studier per helsekategori", "Money and studies per health category"},
     {"Beløpet deles likt mellom en studies kategorier, på øret (rapportens figur 6); weighting=whole gir hver kategori hele beløpet.",
      "An amount is shared equally among a study's categories, to the øre (figure 6 of the report); weighting=whole gives each the whole."},
     DB_GRAIN_STUDY, {DB_BY_CATEGORY}, 1, HAS_MOST},
    {"institutions", "/stats/institutions",
     {"Studier og midler per koordinerende institusjon", "Studies and money per coordinating institution"},
     {"Studiene etter institusjonen som koordinerer dem (rapportens figur 5).",
      "The studies by the institution that coordinates them (figure 5 of the report)."},
     DB_GRAIN_STUDY, {DB_BY_INSTITUTION}, 1, HAS_MOST},
    {"leaders", "/stats/leaders",
     {"Prosjektledere", "Project leaders"},
     {"Ulike ledere, og den trykte fordelingen på kjønn (rapportens figur 3). Registeret kjenner ingens kjønn og slutter det ikke av navn.",
      "Different leaders, and the printed distribution by gender (figure 3 of the report). The register knows nobody's gender and infers none."},
     DB_GRAIN_STUDY, {0}, 0, HAS_STUDIES | HAS_LEADERS},
    {"summary", "/stats/summary",
     {"Nøkkeltallene på én side", "The key figures on one page"},
     {"Penger, studier, ledere og pasienter i alt og etter mekanisme, region og kjønn, trykt ved siden av beregnet.",
      "Money, studies, leaders and patients in all and by mechanism, region and gender, printed beside computed."},
     DB_GRAIN_STUDY, {0}, 0, HAS_MOST | HAS_LEADERS, true},
    {"reconciliation", "/stats/reconciliation",
     {"Avstemming", "Reconciliation"},
     {"Hvert trykt tall ved siden av det beregnede, og ved siden av de andre trykte det skal stemme med.",
      "Every printed figure beside the computed one, and beside the other printed ones it should agree with."},
     DB_GRAIN_STUDY, {0}, 0, 0},
};
/* clang-format on */
const size_t statistics_len = sizeof statistics / sizeof *statistics;

const struct measure measures[] = {
    {"amount_nok", "NOK", HAS_AMOUNT},       {"amount_ore", "øre", HAS_AMOUNT},       {"awards", "awards", HAS_AWARDS},
    {"study_count", "studies", HAS_STUDIES}, {"leaders", "leaders", HAS_LEADERS},     {"planned", "patients", HAS_PATIENTS},
    {"included", "patients", HAS_PATIENTS},  {"remaining", "patients", HAS_PATIENTS}, {"exceeded_by", "patients", HAS_PATIENTS},
    {"percent", "percent", HAS_PATIENTS},
};
const size_t measures_len = sizeof measures / sizeof *measures;

const char *const dimension_names[] = {"call_year", "mechanism", "category", "institution", "region", "status", NULL};

const struct statistic *statistic_at(const char *path)
{
    for (size_t i = 0; i < statistics_len; i++)
        if (strcmp(statistics[i].path, path) == 0)
            return &statistics[i];
    return NULL;
}

bool dimension_has_label(enum db_dimension dimension)
{
    return dimension == DB_BY_CATEGORY || dimension == DB_BY_INSTITUTION || dimension == DB_BY_REGION;
}

const char *dimension_parameter(enum db_grain grain, enum db_dimension dimension)
{
    if (grain == DB_GRAIN_AWARD && dimension == DB_BY_CALL_YEAR)
        return "award_call_year";
    if (grain == DB_GRAIN_AWARD && dimension == DB_BY_MECHANISM)
        return "award_mechanism";
    if (grain == DB_GRAIN_REGION && dimension == DB_BY_REGION)
        return "inclusion_region";
    return dimension_names[dimension];
}

const char *dimension_second(enum db_grain grain, enum db_dimension dimension)
{
    if (dimension == DB_BY_CATEGORY)
        return "and_category";
    return grain == DB_GRAIN_REGION && dimension == DB_BY_REGION ? "and_inclusion_region" : NULL;
}

bool query_is_by(const struct db_stats_query *query, enum db_dimension dimension)
{
    for (size_t i = 0; i < query->by_len; i++)
        if (query->by[i] == dimension)
            return true;
    return false;
}

/* Where a study, an award or a share of money stands in several cells, what is whole in each of them does not add up. */
bool measure_adds_up(const struct db_stats_query *query, const struct measure *measure)
{
    bool by_category = query_is_by(query, DB_BY_CATEGORY);
    bool by_award = query->grain == DB_GRAIN_AWARD && (query_is_by(query, DB_BY_CALL_YEAR) || query_is_by(query, DB_BY_MECHANISM));
    bool by_inclusion = query->grain == DB_GRAIN_REGION && query_is_by(query, DB_BY_REGION);
    switch (measure->group) {
    case HAS_AMOUNT: return strcmp(measure->name, "amount_ore") == 0 ? !(by_category && query->whole) : !by_category;
    case HAS_AWARDS: return !by_category;
    case HAS_STUDIES: return !by_category && !by_award && !by_inclusion;
    case HAS_PATIENTS: return !by_category && query->grain != DB_GRAIN_AWARD && strcmp(measure->name, "percent") != 0;
    default: return false; /* one leader may stand in several cells */
    }
}

struct db_stats_query statistic_query(const struct statistic *statistic, const struct stats_params *params)
{
    struct db_stats_query query = {.filter = params->filter,
                                   .grain = statistic->grain,
                                   .by_len = statistic->by_len,
                                   .whole = params->weighting == WEIGHTING_WHOLE,
                                   .leaders = (statistic->has & HAS_LEADERS) != 0,
                                   .known_at = params->known_at};
    memcpy(query.by, statistic->by, sizeof query.by);
    if (params->group_by.len > 0) {
        memcpy(query.by, params->group_by.by, sizeof query.by);
        query.by_len = params->group_by.len;
    }
    return query;
}
