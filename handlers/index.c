/* SPDX-License-Identifier: GPL-3.0-or-later
 * GET /: where everything is.
 */
#include "handlers/handlers.h"
#include "handlers/json.h"

/* clang-format off */
static const struct resource {
    const char *name, *url;
    struct db_text about;
} resources[] = {
    {"programmes", "/programmes", {"Programmene: hvem eier dem, hvordan de virker, og tallene de har trykt", "The programmes: who owns them, how they work, and the figures they printed"}},
    {"studies", "/studies", {"Studiene: filtrer, sorter og bla", "The studies: filter, sort and page"}},
    {"study", "/studies/{id}", {"Én studie", "One study"}},
    {"recruitment", "/studies/{id}/recruitment", {"Plan og inkluderte pasienter i én studie, per region og dato", "Plan and included patients of one study, per region and date"}},
    {"reports", "/recruitment", {"Alle rapporter som én flat tabell: en rad per studie, region og dato", "All reports as one flat table: a row per study, region and date"}},
    {"statistics", "/stats", {"Statistikkene: hver av rapportens figurer, beregnet, med det trykte ved siden av", "The statistics: every figure of the report, computed, beside what was printed"}},
    {"institutions", "/institutions", {"Institusjoner og sykehus", "Institutions and hospitals"}},
    {"regions", "/regions", {"Helseregioner", "Health regions"}},
    {"categories", "/categories", {"Helsekategorier (HRCS)", "Health categories (HRCS)"}},
    {"mechanisms", "/mechanisms", {"Tildelingsformer", "Funding mechanisms"}},
    {"calls", "/calls", {"Utlysningsår", "Call years"}},
    {"openapi", "/openapi.json", {"Kontrakten (OpenAPI 3.1), også som /openapi.yaml", "The contract (OpenAPI 3.1), as /openapi.yaml too"}},
    {"problems", "/problems", {"Feilene tjenesten kan svare med", "The errors the service answers with"}},
    {"health", "/health/ready", {"Om tjenesten er klar; /health/live om den lever", "Whether the service is ready; /health/live whether it lives"}},
};
/* clang-format on */

enum api_error index_get(struct request *rq, struct reply *ret_reply)
{
    json_t *list = json_array();
    for (size_t i = 0; list && i < sizeof resources / sizeof resources[0]; i++) {
        const struct resource *r = &resources[i];
        if (!json_push(list, json_pack("{s:s, s:s, s:o}", "name", r->name, "url", r->url, "about", json_text(&r->about))))
            return json_decref(list), API_UNAVAILABLE;
    }
    struct db *db = db_reader_db(rq->db);
    return reply_json(ret_reply, json_pack("{s:s, s:s, s:s, s:I, s:o, s:o}", "name", "studyd", "version", STUDYD_VERSION, "epoch",
                                           db_epoch(db), "data_version", (json_int_t)db_data_version(db), "updated",
                                           json_instant(db_data_updated(db)), "resources", list));
}
