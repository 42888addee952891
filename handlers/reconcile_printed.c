/* SPDX-License-Identifier: GPL-3.0-or-later
 * Published figures against one another: sums of their parts, shares, complements.
 */
#include "handlers/reconcile.h"

#include <string.h>

bool figures_keep(void *cls, const struct db_figure *f)
{
    struct figures *figures = cls;
    figures->failed = figures->len == FIGURES_MAX;
    if (figures->failed)
        return false;
    struct db_figure *kept = &figures->list[figures->len++];
    *kept = *f;
    const char **const texts[] = {&kept->programme, &kept->edition,   &kept->document, &kept->code,     &kept->measure,
                                  &kept->unit,      &kept->mechanism, &kept->region,   &kept->category, &kept->group,
                                  &kept->as_of,     &kept->label.nb,  &kept->label.en, &kept->printed,  &kept->lines};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (*texts[i] && !(*texts[i] = arena_strdup(figures->arena, *texts[i])))
            figures->failed = true;
    }
    return !figures->failed;
}

static int64_t scale_of(const struct db_figure *f)
{
    int64_t scale = 1;
    for (int i = 0; i < f->decimals; i++)
        scale *= 10;
    return scale;
}

struct fraction figure_exactly(const struct db_figure *f)
{
    return fraction_of(f->value, scale_of(f));
}

/* Counts are printed whole; money in millions and shares are not. */
bool figure_is_rounded(const struct db_figure *f)
{
    return f->decimals > 0 || strcmp(f->unit, "percent") == 0 || strcmp(f->unit, "million-nok") == 0;
}

struct range figure_allows(const struct db_figure *f)
{
    return figure_is_rounded(f) ? range_rounded(f->value, f->decimals) : range_exactly(figure_exactly(f));
}

static bool same(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

const struct db_figure *figure_like(const struct figures *figures, const struct db_figure *f, const char *measure, bool same_group)
{
    for (size_t i = 0; i < figures->len; i++) {
        const struct db_figure *other = &figures->list[i];
        if (strcmp(other->measure, measure) == 0 && other->call_year == f->call_year && same(other->mechanism, f->mechanism) &&
            same(other->region, f->region) && same(other->category, f->category) && same(other->group, same_group ? f->group : NULL))
            return other;
    }
    return NULL;
}

/* ── the checks ─────────────────────────────────────────────────────────────────────────────────────────────── */

enum along { ALONG_CALL_YEAR, ALONG_MECHANISM, ALONG_REGION, ALONG_CATEGORY, ALONG_GROUP, ALONG_NOTHING };

static const struct check {
    const char *name, *measure; /* of the figure it is about */
    const char *parts;          /* measure of those it is computed from */
    enum along along;           /* the dimension that the parts have and the figure has not */
    enum {
        SUM,        /* the parts added up */
        WEIGHED,    /* the parts, each times its printed share */
        SHARE,      /* the part as a share of the whole, both printed */
        COMPLEMENT, /* what the other shares leave of a hundred */
    } kind;
    const char *share; /* measure of the shares of WEIGHED */
} checks[] = {
    {"sum-by-mechanism", "amount", "amount", ALONG_MECHANISM, SUM, NULL},
    {"sum-by-call-year", "amount", "amount", ALONG_CALL_YEAR, SUM, NULL},
    {"sum-by-mechanism", "projects", "projects", ALONG_MECHANISM, SUM, NULL},
    {"sum-by-mechanism", "planned", "planned", ALONG_MECHANISM, SUM, NULL},
    {"sum-by-call-year", "planned", "total-patients", ALONG_CALL_YEAR, SUM, NULL},
    {"sum-by-region", "planned", "planned", ALONG_REGION, SUM, NULL},
    {"sum-by-region", "included", "included", ALONG_REGION, SUM, NULL},
    {"implied-by-shares", "included", "total-patients", ALONG_CALL_YEAR, WEIGHED, "included-share"},
    {"sum-by-group", "leaders", "leaders", ALONG_GROUP, SUM, NULL},
    {"share-of-total", "leaders-share", "leaders", ALONG_NOTHING, SHARE, NULL},
    {"complement", "amount-share", "amount-share", ALONG_MECHANISM, COMPLEMENT, NULL},
    {"complement", "leaders-share", "leaders-share", ALONG_GROUP, COMPLEMENT, NULL},
    {"complement", "included-share", "remaining-share", ALONG_NOTHING, COMPLEMENT, NULL},
};
const size_t reconcile_checks_len = sizeof checks / sizeof *checks;

const char *reconcile_check_name(size_t check)
{
    return checks[check].name;
}

static const char *value_along(const struct db_figure *f, enum along along)
{
    switch (along) {
    case ALONG_CALL_YEAR: return f->call_year ? "" : NULL;
    case ALONG_MECHANISM: return f->mechanism;
    case ALONG_REGION: return f->region;
    case ALONG_CATEGORY: return f->category;
    case ALONG_GROUP: return f->group;
    case ALONG_NOTHING: break;
    }
    return NULL;
}

/* Whether the two agree in every dimension but along. */
static bool agrees(const struct db_figure *a, const struct db_figure *b, enum along along)
{
    return (along == ALONG_CALL_YEAR || a->call_year == b->call_year) && (along == ALONG_MECHANISM || same(a->mechanism, b->mechanism)) &&
           (along == ALONG_REGION || same(a->region, b->region)) && (along == ALONG_CATEGORY || same(a->category, b->category)) &&
           (along == ALONG_GROUP || same(a->group, b->group));
}

static bool is_part(const struct check *check, const struct db_figure *figure, const struct db_figure *other)
{
    if (other == figure || strcmp(other->measure, check->parts) != 0 || !agrees(figure, other, check->along))
        return false;
    return check->along == ALONG_NOTHING || value_along(other, check->along);
}

/* A figure that has the dimension itself is a part, not a whole; of shares, every part has the others as its complement. */
static bool concerns(const struct check *check, const struct db_figure *figure)
{
    bool has_it = check->along != ALONG_NOTHING && value_along(figure, check->along);
    return strcmp(figure->measure, check->measure) == 0 && (check->kind == COMPLEMENT ? check->along == ALONG_NOTHING || has_it : !has_it);
}

struct sum {
    struct fraction exactly;
    struct range range;
};

static void sum_add(struct sum *sum, struct fraction exactly, struct range range)
{
    sum->exactly = fraction_add(sum->exactly, exactly);
    sum->range = range_add(sum->range, range);
}

static bool sum_share(const struct figures *figures, const struct check *check, const struct db_figure *part, struct sum *sum)
{
    const struct fraction percent = fraction_of(1, 100);
    const struct db_figure *share = figure_like(figures, part, check->share, true);
    if (!share)
        return false;
    struct range times = range_times(figure_allows(part), figure_allows(share));
    sum_add(sum, fraction_times(fraction_times(figure_exactly(part), figure_exactly(share)), percent),
            range_times(times, range_exactly(percent)));
    return true;
}

static bool share_found(const struct figures *figures, const struct check *check, const struct db_figure *figure, struct sum *ret_sum,
                        const struct db_figure **ret_against, size_t *ret_len)
{
    const struct db_figure *part = figure_like(figures, figure, check->parts, true),
                           *whole = figure_like(figures, figure, check->parts, false);
    if (!part || !whole || part == whole || whole->value == 0)
        return false;
    struct fraction share = {figure_exactly(part).num * figure_exactly(whole).den * 100,
                             figure_exactly(part).den * figure_exactly(whole).num};
    ret_sum->exactly = fraction_times(share, fraction_of(1, 1));
    ret_sum->range = range_exactly(ret_sum->exactly);
    ret_against[(*ret_len)++] = part;
    ret_against[(*ret_len)++] = whole;
    return true;
}

static bool parts_found(const struct figures *figures, const struct check *check, const struct db_figure *figure, struct sum *ret_sum,
                        const struct db_figure **ret_against, size_t *ret_len)
{
    for (size_t i = 0; i < figures->len; i++) {
        const struct db_figure *part = &figures->list[i];
        if (!is_part(check, figure, part))
            continue;
        if (check->kind == WEIGHED && !sum_share(figures, check, part, ret_sum))
            continue;
        if (check->kind != WEIGHED)
            sum_add(ret_sum, figure_exactly(part), figure_allows(part));
        ret_against[(*ret_len)++] = part;
    }
    if (check->kind == COMPLEMENT) {
        struct fraction hundred = fraction_of(100, 1);
        ret_sum->exactly = fraction_subtract(hundred, ret_sum->exactly);
        ret_sum->range = range_subtract(range_exactly(hundred), ret_sum->range);
    }
    return *ret_len > 0;
}

bool reconcile_printed(const struct figures *figures, size_t which, const struct db_figure *figure, struct finding *ret_finding,
                       const struct db_figure **ret_against, size_t *ret_against_len)
{
    const struct check *check = &checks[which];
    struct sum sum = {fraction_of(0, 1), range_exactly(fraction_of(0, 1))};
    *ret_against_len = 0;
    if (!concerns(check, figure))
        return false;
    bool found = check->kind == SHARE ? share_found(figures, check, figure, &sum, ret_against, ret_against_len)
                                      : parts_found(figures, check, figure, &sum, ret_against, ret_against_len);
    *ret_finding = (struct finding){.why_not = COMPUTED, .computed = sum.exactly, .range = sum.range, .at_least = -1, .of = -1};
    ret_finding->is_range = fraction_compare(sum.range.min, sum.range.max) != 0;
    return found;
}
