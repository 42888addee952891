/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "handlers/published.h"

#include <string.h>

#include "base/arena.h"
#include "handlers/figure_json.h"
#include "handlers/statistics.h"

/* What a printed measure is called in an answer, and with which measures it may stand. */
static const struct kind {
    const char *measure, *member;
    unsigned with;
    bool of_awards; /* its year and mechanism are those of an award */
} kinds[] = {
    {"amount", "amount_million_nok", HAS_AMOUNT, true},
    {"amount-share", "amount_percent", HAS_AMOUNT, true},
    {"projects", "projects", HAS_AWARDS, false},
    {"planned", "planned", HAS_PATIENTS, false},
    {"included", "included", HAS_PATIENTS, false},
    {"total-patients", "total_patients", HAS_PATIENTS, false},
    {"included-share", "included_percent", HAS_PATIENTS, false},
    {"remaining-share", "remaining_percent", HAS_PATIENTS, false},
    {"leaders", "leaders", HAS_LEADERS, false},
    {"leaders-share", "leaders_percent", HAS_LEADERS, false},
};

static const struct kind *kind_of(const char *measure)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i].measure, measure) == 0)
            return &kinds[i];
    return NULL;
}

static const char *and_filter(struct arena *arena, const char *filter, const char *name, const char *value)
{
    return filter && value ? arena_printf(arena, "%s%s%s=%s", filter, *filter ? "&" : "", name, value) : filter;
}

/* By name, as link_query writes it. */
const char *figure_filter(struct arena *arena, const struct db_figure *f)
{
    const struct kind *kind = kind_of(f->measure);
    bool of_awards = kind && kind->of_awards;
    const char *year = f->call_year ? arena_printf(arena, "%d", f->call_year) : NULL, *filter = "";
    if (f->call_year && !year)
        return NULL;
    filter = and_filter(arena, filter, "award_call_year", of_awards ? year : NULL);
    filter = and_filter(arena, filter, "award_mechanism", of_awards ? f->mechanism : NULL);
    filter = and_filter(arena, filter, "call_year", of_awards ? NULL : year);
    filter = and_filter(arena, filter, "category", f->category);
    filter = and_filter(arena, filter, "group", f->group);
    filter = and_filter(arena, filter, "inclusion_region", f->region);
    return and_filter(arena, filter, "mechanism", of_awards ? NULL : f->mechanism);
}

struct loading {
    struct request *rq;
    struct published *published;
    unsigned has;
    bool failed;
};

static json_t *entry_new(const struct db_figure *f)
{
    return json_pack("{s:[], s:s, s:s, s:s, s:o}", "figures", "as_of", f->as_of, "programme", f->programme, "edition", f->edition, "source",
                     json_source(f->document, f->lines));
}

/* Several figures of one cell: each by its name, their lines joined, the day only when it is the same. */
static bool entry_join(struct arena *arena, json_t *entry, const struct db_figure *f)
{
    json_t *source = json_object_get(entry, "source");
    const char *as_of = json_string_value(json_object_get(entry, "as_of")), *lines = json_string_value(json_object_get(source, "lines"));
    if (as_of && strcmp(as_of, f->as_of) != 0)
        json_object_set_new(entry, "as_of", json_null());
    if (!f->lines)
        return true;
    const char *joined = lines ? arena_printf(arena, "%s;%s", lines, f->lines) : f->lines;
    return joined && json_object_set_new(source, "lines", json_string(joined)) == 0;
}

static bool keep_figure(void *cls, const struct db_figure *f)
{
    struct loading *loading = cls;
    const struct kind *kind = kind_of(f->measure);
    if (!kind || !(kind->with & loading->has))
        return true;
    const char *filter = figure_filter(loading->rq->arena, f);
    json_t *entry = filter ? json_object_get(loading->published->by_filter, filter) : NULL;
    loading->failed = !filter;
    if (filter && !entry) {
        entry = entry_new(f);
        loading->failed = json_object_set_new(loading->published->by_filter, filter, entry) != 0;
    } else if (entry) {
        loading->failed = !entry_join(loading->rq->arena, entry, f);
    }
    if (!loading->failed)
        loading->failed = json_object_set_new(entry, kind->member, figure_value(f)) != 0 ||
                          !json_push(json_object_get(entry, "figures"), json_string(f->code));
    return !loading->failed;
}

static bool keep_group(void *cls, const struct db_figure *f)
{
    struct loading *loading = cls;
    size_t i;
    json_t *known;
    if (!f->group)
        return true;
    json_array_foreach(loading->published->groups, i, known) if (strcmp(json_string_value(known), f->group) == 0) return true;
    loading->failed = !json_push(loading->published->groups, json_string(f->group));
    return !loading->failed;
}

struct only {
    struct request *rq;
    const char *code;
    int seen;
};

static bool only_programme(void *cls, const struct db_edition *edition)
{
    struct only *only = cls;
    only->code = only->seen++ ? NULL : arena_strdup(only->rq->arena, edition->programme);
    return true;
}

/* The programme that the question is about: the filter names it alone, or the register holds no other. */
static enum db_status scope_of(struct request *rq, const struct db_codes *programme, const char **ret_programme)
{
    struct only only = {.rq = rq};
    *ret_programme = NULL;
    if (programme->negate || programme->len > 1)
        return DB_OK;
    if (programme->len == 1) {
        *ret_programme = programme->values[0];
        return DB_OK;
    }
    enum db_status status = db_editions(rq->db, NULL, only_programme, &only);
    *ret_programme = only.code;
    return status;
}

enum db_status published_load(struct request *rq, const struct db_codes *programme, unsigned has, struct published *ret_published)
{
    const char *scope = NULL;
    *ret_published = (struct published){json_object(), json_array()};
    struct loading loading = {rq, ret_published, has, false};
    if (rq->known_at) /* what is printed now stands beside nothing that was known then */
        return DB_OK;
    enum db_status status = scope_of(rq, programme, &scope);
    if (status == DB_OK && scope)
        status = db_figures(rq->db, scope, NULL, NULL, keep_figure, &loading);
    if (status == DB_OK && !loading.failed && has & HAS_LEADERS)
        status = db_figures(rq->db, NULL, NULL, "leaders", keep_group, &loading);
    return loading.failed ? DB_NO_MEMORY : status;
}

void published_free(struct published *published)
{
    json_decref(published->by_filter);
    json_decref(published->groups);
}

static json_t *shown(const struct published *published, const char *filter)
{
    json_t *entry = filter ? json_object_get(published->by_filter, filter) : NULL;
    return entry ? json_deep_copy(entry) : json_null();
}

/* A study that includes in a region has patients elsewhere too, and one with an award of a year or mechanism has others: what was printed
 * of the region or the award stands beside what counts those alone. */
static bool counts_alike(const struct link *link, enum db_grain grain, bool by_region)
{
    bool of_region = link_names(link, "inclusion_region");
    bool of_awards = link_names(link, "award_call_year") || link_names(link, "award_mechanism");
    return (!of_region || (grain == DB_GRAIN_REGION && by_region)) && (!of_awards || grain == DB_GRAIN_AWARD);
}

json_t *published_beside(const struct published *published, const struct link *link, enum db_grain grain, bool by_region)
{
    return counts_alike(link, grain, by_region) ? shown(published, link_query(link, false)) : json_null();
}

json_t *published_of_group(const struct published *published, const struct link *filters, const char *group)
{
    const char *filter = link_query(filters, false);
    if (!filter || *filter)
        return json_null();
    return shown(published, arena_printf(filters->rq->arena, "group=%s", group));
}
