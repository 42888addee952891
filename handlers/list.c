/* SPDX-License-Identifier: GPL-3.0-or-later
 * The envelope of every list: data, meta, links.
 */
#include "handlers/json.h"

#include <string.h>

#include "base/arena.h"

/* Licence and attribution of the data: those of each programme's newest edition. */
struct terms {
    struct request *rq;
    const char *programme;
    const char *licence, *attribution;
    bool editions, licences_differ, edition_seen;
    enum db_status status;
};

static bool same(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static void terms_attribution(struct terms *terms, const char *attribution)
{
    struct arena *arena = terms->rq->arena;
    if (!attribution || (terms->attribution && strstr(terms->attribution, attribution)))
        return;
    terms->attribution = terms->attribution ? arena_printf(arena, "%s; %s", terms->attribution, attribution)
                                            : arena_strndup(arena, attribution, strlen(attribution));
}

static bool terms_edition(void *cls, const struct db_edition *edition)
{
    struct terms *terms = cls;
    const char *licence = edition->licence ? arena_strndup(terms->rq->arena, edition->licence, strlen(edition->licence)) : NULL;
    terms->licences_differ = terms->licences_differ || (terms->edition_seen && !same(terms->licence, licence));
    terms->edition_seen = true;
    terms->licence = licence;
    terms_attribution(terms, edition->attribution);
    return true;
}

static enum db_status terms_load(struct terms *terms)
{
    struct request *rq = terms->rq;
    enum db_status status =
        rq->known_at ? db_editions_known(rq->db, rq->known_at, terms_edition, terms) : db_editions(rq->db, NULL, terms_edition, terms);
    if (terms->licences_differ)
        terms->licence = NULL;
    return status;
}

static enum db_status version_load(struct request *rq, int64_t *ret_version)
{
    int64_t updated;
    *ret_version = db_data_version(db_reader_db(rq->db));
    return rq->known_at ? db_data_version_known(rq->db, rq->known_at, ret_version, &updated) : DB_OK;
}

enum api_error list_meta(struct request *rq, int64_t total, int64_t returned, int64_t limit, json_t **ret_meta)
{
    struct terms terms = {.rq = rq};
    int64_t version = 0;
    enum api_error error = api_error_of_db(terms_load(&terms));
    if (error == API_OK)
        error = api_error_of_db(version_load(rq, &version));
    if (error != API_OK)
        return error;
    *ret_meta = json_pack("{s:I, s:I, s:o, s:I, s:o, s:o}", "total", (json_int_t)total, "returned", (json_int_t)returned, "limit",
                          json_known(limit), "data_version", (json_int_t)version, "licence", json_maybe(terms.licence), "attribution",
                          json_maybe(terms.attribution));
    return *ret_meta ? API_OK : API_UNAVAILABLE;
}

static const char *self_url(struct request *rq)
{
    return *rq->query ? arena_printf(rq->arena, "%s?%s", rq->path, rq->query) : rq->path;
}

enum api_error reply_whole_list(struct request *rq, struct reply *ret_reply, json_t *data, json_t *extra)
{
    int64_t rows = (int64_t)json_array_size(data);
    json_t *meta = NULL;
    enum api_error error = list_meta(rq, rows, rows, -1, &meta);
    if (error == API_OK && extra && json_object_update(meta, extra) != 0)
        error = API_UNAVAILABLE;
    json_decref(extra);
    const char *self = self_url(rq);
    if (error != API_OK || !self) {
        json_decref(data);
        json_decref(meta);
        return error != API_OK ? error : API_UNAVAILABLE;
    }
    json_t *links = json_pack("{s:s, s:s, s:n, s:n}", "self", self, "first", self, "next", "prev");
    return reply_json(ret_reply, json_pack("{s:o, s:o, s:o}", "data", data, "meta", meta, "links", links));
}
