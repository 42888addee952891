/* SPDX-License-Identifier: GPL-3.0-or-later
 * GET /stats/regions: patients per health region where they were included, computed beside printed.
 */
#include <string.h>

#include "base/arena.h"
#include "handlers/figure_json.h"
#include "handlers/handlers.h"
#include "handlers/json.h"
#include "handlers/links.h"

struct sums {
    int64_t planned, included, remaining, exceeded_by;  /* −1 = nobody knows */
    int64_t with_planned, with_included, with_both, of; /* a study counts once for each region it includes in */
    const char *oldest, *newest;
};

struct answer {
    struct request *rq;
    json_t *cells;      /* owned */
    json_t *published;  /* owned: region code, or "" for the total → what was printed */
    const char *others; /* the query without inclusion_region: the frame of every cell's link */
    struct sums sums;
    bool failed;
};

/* ── what was printed ───────────────────────────────────────────────────────────────────────────────────────── */

static bool keep_published(void *cls, const struct db_figure *f)
{
    struct answer *answer = cls;
    if (f->call_year || f->mechanism || f->category || f->group)
        return true;
    json_t *json = json_pack("{s:o, s:s, s:s, s:s, s:o}", "included", figure_value(f), "as_of", f->as_of, "programme", f->programme,
                             "edition", f->edition, "source", json_source(f->document, f->lines));
    answer->failed = json_object_set_new(answer->published, f->region ? f->region : "", json) != 0;
    return !answer->failed;
}

static bool only_programme(void *cls, const struct db_programme *programme, int64_t study_count)
{
    struct {
        struct request *rq;
        const char *code;
        int seen;
    } *only = cls;
    (void)study_count;
    only->code = only->seen++ ? NULL : arena_strndup(only->rq->arena, programme->code, strlen(programme->code));
    return true;
}

/* A printed figure speaks of one programme, whole. So it stands beside a cell only where the question is that programme and
 * nothing less: the filter names it alone, or the register holds no other. */
static enum db_status scope_programme(struct request *rq, const char **ret_programme)
{
    const struct stats_params *params = rq->params;
    const struct db_codes *programme = &params->filter.programme;
    struct {
        struct request *rq;
        const char *code;
        int seen;
    } only = {.rq = rq};
    static const char *const shared[] = {"programme", "format", "dialect", NULL};
    const char *narrowing = query_without(rq->arena, rq->query, shared);
    *ret_programme = NULL;
    if (!narrowing)
        return DB_NO_MEMORY;
    if (*narrowing || programme->negate || programme->len > 1)
        return DB_OK;
    if (programme->len == 1) {
        *ret_programme = programme->values[0];
        return DB_OK;
    }
    enum db_status status = db_programmes(rq->db, NULL, only_programme, &only);
    *ret_programme = only.code;
    return status;
}

static enum db_status load_published(struct answer *answer)
{
    const char *programme;
    enum db_status status = scope_programme(answer->rq, &programme);
    if (status == DB_OK && programme)
        status = db_figures(answer->rq->db, programme, NULL, "included", keep_published, answer);
    return status;
}

static json_t *published(const struct answer *answer, const char *region)
{
    json_t *json = json_object_get(answer->published, region);
    return json ? json_incref(json) : json_null();
}

/* ── cells ──────────────────────────────────────────────────────────────────────────────────────────────────── */

static void add_known(int64_t *sum, int64_t value)
{
    if (value >= 0)
        *sum = (*sum < 0 ? 0 : *sum) + value;
}

static void sums_add(struct arena *arena, struct sums *sums, const struct db_stats_cell *cell)
{
    add_known(&sums->planned, cell->planned);
    add_known(&sums->included, cell->included);
    add_known(&sums->remaining, cell->remaining);
    add_known(&sums->exceeded_by, cell->exceeded_by);
    sums->with_planned += cell->with_planned;
    sums->with_included += cell->with_included;
    sums->with_both += cell->with_both;
    sums->of += cell->study_count;
    if (cell->oldest && (!sums->oldest || strcmp(cell->oldest, sums->oldest) < 0))
        sums->oldest = arena_strndup(arena, cell->oldest, strlen(cell->oldest));
    if (cell->newest && (!sums->newest || strcmp(cell->newest, sums->newest) > 0))
        sums->newest = arena_strndup(arena, cell->newest, strlen(cell->newest));
}

/* Here inclusion_region picks the cells: a cell's own region and another one could not be asked for in one URL. */
static bool cell_wanted(const struct answer *answer, const char *region)
{
    const struct stats_params *params = answer->rq->params;
    const struct db_codes *wanted = &params->filter.inclusion_region;
    for (size_t i = 0; i < wanted->len; i++)
        if (strcmp(wanted->values[i], region) == 0)
            return true;
    return wanted->len == 0;
}

/* The list whose total equals the cell's study_count. */
static const char *cell_url(const struct answer *answer, const char *region)
{
    return url_with(answer->rq->arena, "/studies", answer->others, "inclusion_region", region);
}

static json_t *coverage(int64_t planned, int64_t included, int64_t both, int64_t of)
{
    return json_pack("{s:I, s:I, s:I, s:I}", "planned", (json_int_t)planned, "included", (json_int_t)included, "both", (json_int_t)both,
                     "of", (json_int_t)of);
}

static bool cell_add(struct answer *answer, const struct db_stats_cell *cell)
{
    if (!cell_wanted(answer, cell->key[0].ref.code))
        return true;
    const char *url = cell_url(answer, cell->key[0].ref.code);
    sums_add(answer->rq->arena, &answer->sums, cell);
    json_t *as_of = cell->oldest ? json_pack("{s:s, s:s}", "oldest", cell->oldest, "newest", cell->newest) : json_null();
    json_t *row = json_pack("{s:s, s:o, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:s}", "region", cell->key[0].ref.code, "label",
                            json_text(&cell->key[0].ref.label), "study_count", (json_int_t)cell->study_count, "planned",
                            json_known(cell->planned), "included", json_known(cell->included), "remaining", json_known(cell->remaining),
                            "exceeded_by", json_known(cell->exceeded_by), "percent", json_percent(cell->permille), "as_of", as_of,
                            "coverage", coverage(cell->with_planned, cell->with_included, cell->with_both, cell->study_count), "published",
                            published(answer, cell->key[0].ref.code), "studies", url ? url : "");
    answer->failed = !url || !json_push(answer->cells, row);
    return !answer->failed;
}

static bool cells_add(void *cls, const struct db_stats *stats)
{
    for (size_t i = 0; i < stats->cells_len; i++)
        if (stats->cells[i].key[0].known && !cell_add(cls, &stats->cells[i]))
            return false;
    return true;
}

/* ── meta ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static json_t *totals(const struct answer *answer, int64_t studies)
{
    const struct sums *s = &answer->sums;
    static const char *const own[] = {"format", "dialect", NULL};
    const char *query = query_without(answer->rq->arena, answer->rq->query, own);
    const char *url = query ? url_with(answer->rq->arena, "/studies", query, NULL, NULL) : NULL;
    return json_pack("{s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:s}", "study_count", (json_int_t)studies, "planned", json_known(s->planned),
                     "included", json_known(s->included), "remaining", json_known(s->remaining), "exceeded_by", json_known(s->exceeded_by),
                     "coverage", coverage(s->with_planned, s->with_included, s->with_both, s->of), "published", published(answer, ""),
                     "studies", url ? url : "");
}

static json_t *meta_extra(const struct answer *answer, int64_t studies)
{
    const struct sums *s = &answer->sums;
    return json_pack("{s:{s:s, s:s, s:s, s:s, s:s, s:s}, s:o, s:{s:b, s:b, s:b, s:b, s:b, s:b}, s:o}", "unit", "study_count", "studies",
                     "planned", "patients", "included", "patients", "remaining", "patients", "exceeded_by", "patients", "percent",
                     "percent", "totals", totals(answer, studies), "additive", "study_count", 0, "planned", 1, "included", 1, "remaining",
                     1, "exceeded_by", 1, "percent", 0, "as_of",
                     s->oldest ? json_pack("{s:s, s:s}", "oldest", s->oldest, "newest", s->newest) : json_null());
}

static enum db_status load(struct answer *answer, int64_t *ret_studies)
{
    const struct stats_params *params = answer->rq->params;
    struct db_stats_query query = {.filter = params->filter, .grain = DB_GRAIN_REGION, .by = {DB_BY_REGION}, .by_len = 1};
    query.filter.inclusion_region = (struct db_codes){0};
    enum db_status status = load_published(answer);
    if (status == DB_OK && !answer->failed)
        status = db_stats(answer->rq->db, &query, cells_add, answer);
    if (status == DB_OK)
        status = db_studies_count(answer->rq->db, &params->filter, ret_studies);
    return status;
}

static const struct csv_column columns[] = {
    {"region", NULL},
    {"label_nb", "label.nb"},
    {"label_en", "label.en"},
    {"study_count", NULL},
    {"planned", NULL},
    {"included", NULL},
    {"remaining", NULL},
    {"exceeded_by", NULL},
    {"percent", NULL},
    {"as_of_oldest", "as_of.oldest"},
    {"as_of_newest", "as_of.newest"},
    {"coverage_planned", "coverage.planned"},
    {"coverage_included", "coverage.included"},
    {"coverage_both", "coverage.both"},
    {"published_included", "published.included"},
    {"published_as_of", "published.as_of"},
    {"studies", NULL},
    {0},
};

static enum api_error answer_send(struct answer *answer, struct reply *ret_reply, enum db_status status, int64_t studies)
{
    enum api_error error = api_error_of_db(status);
    if (error == API_OK && answer->failed)
        error = API_UNAVAILABLE;
    if (error != API_OK)
        return error;
    json_t *cells = answer->cells;
    answer->cells = NULL;
    return reply_table(answer->rq, ret_reply, cells, meta_extra(answer, studies), columns);
}

void stats_regions_check(struct request *rq)
{
    const struct stats_params *params = rq->params;
    if (params->filter.inclusion_region.negate)
        faults_add(rq->faults, "query", "inclusion_region", "picks the regions to show here and cannot be negated: name the regions wanted",
                   NULL);
}

enum api_error stats_regions(struct request *rq, struct reply *ret_reply)
{
    static const char *const own[] = {"inclusion_region", "format", "dialect", NULL};
    struct answer answer = {.rq = rq, .cells = json_array(), .published = json_object(), .sums = {-1, -1, -1, -1, 0, 0, 0, 0, NULL, NULL}};
    int64_t studies = 0;
    answer.others = query_without(rq->arena, rq->query, own);
    enum api_error error = api_error_of_db(db_reader_begin(rq->db));
    if (error == API_OK) {
        enum db_status status = load(&answer, &studies);
        error = answer_send(&answer, ret_reply, status, studies);
        db_reader_end(rq->db);
    }
    json_decref(answer.cells);
    json_decref(answer.published);
    return error;
}
