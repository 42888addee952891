/* SPDX-License-Identifier: GPL-3.0-or-later
 * Statistics, cell by cell, against a model of them in plain C.
 */
#include "stats_model.h"

#define ROUNDS 1500

static const char *const grain_names[] = {"study", "award", "region"};

static int64_t known(int64_t with, int64_t value)
{
    return with > 0 ? value : -1;
}

static void assert_number(const struct db_stats_query *q, const char *key, const char *what, int64_t found, int64_t expected)
{
    ck_assert_msg(found == expected, "%s by %d,%d (%zu) «%s»: %s is %lld, not %lld", grain_names[q->grain], q->by[0], q->by[1], q->by_len,
                  key, what, (long long)found, (long long)expected);
}

static void assert_cell(const struct db_stats_query *q, const char *key, const struct db_stats_cell *c, const struct naive_cell *n)
{
    static const struct naive_cell nothing = {.key = ""};
    n = n == NULL ? &nothing : n;
    bool of_regions = q->grain == DB_GRAIN_REGION;
    int64_t permille = n->both_planned > 0 ? (2000 * n->both_included + n->both_planned) / (2 * n->both_planned) : -1;
    const struct {
        const char *what;
        int64_t found, expected;
    } numbers[] = {
        {"study_count", c->study_count, n->study_count},
        {"awards", c->awards, of_regions ? -1 : n->awards},
        {"amount_ore", c->amount_ore, of_regions ? -1 : n->amount_ore},
        {"leaders", c->leaders, q->leaders ? __builtin_popcount(n->leaders) : -1},
        {"planned", c->planned, known(n->with_planned, n->planned)},
        {"included", c->included, known(n->with_included, n->included)},
        {"remaining", c->remaining, known(n->with_both, n->remaining)},
        {"exceeded_by", c->exceeded_by, known(n->exceeded_by, n->exceeded_by)},
        {"permille", c->permille, permille},
        {"with_planned", c->with_planned, n->with_planned},
        {"with_included", c->with_included, n->with_included},
        {"with_both", c->with_both, n->with_both},
    };
    for (size_t i = 0; i < LEN(numbers); i++)
        assert_number(q, key, numbers[i].what, numbers[i].found, numbers[i].expected);
    ck_assert_str_eq(c->oldest == NULL ? "" : c->oldest, n->oldest);
    ck_assert_str_eq(c->newest == NULL ? "" : c->newest, n->newest);
}

static void write_key(const struct db_stats_query *q, const struct db_stats_cell *cell, char *out, size_t size)
{
    out[0] = '\0';
    for (size_t i = 0; i < q->by_len; i++) {
        const struct db_stats_key *key = &cell->key[i];
        size_t len = strlen(out);
        if (key->known && q->by[i] == DB_BY_CALL_YEAR)
            snprintf(out + len, size - len, "%s%d", i > 0 ? "/" : "", (int)key->year);
        else
            snprintf(out + len, size - len, "%s%s", i > 0 ? "/" : "", key->known ? key->ref.code : UNKNOWN);
    }
}

static const struct naive_cell *find_cell(const struct naive *naive, const char *key)
{
    for (size_t i = 0; i < naive->len; i++)
        if (strcmp(naive->cells[i].key, key) == 0)
            return &naive->cells[i];
    return NULL;
}

/* ── a statistic and the model of it ────────────────────────────────────────────────────────────────────────── */

static struct naive cells_expected, total_expected;
static long asked, cells_filled;

/* Every pair of values has its cell, in order, and nothing of the model is left over. */
static void assert_cells(const struct db_stats_query *q, const struct db_stats *stats)
{
    struct naive_axis axis[2] = {{.len = 1}, {.len = 1}};
    size_t filled = 0;
    for (size_t i = 0; i < q->by_len; i++)
        axis[i] = naive_axis(q, q->by[i]);
    ck_assert_uint_eq(stats->cells_len, q->by_len == 0 ? 0 : axis[0].len * axis[1].len);
    for (size_t i = 0; i < stats->cells_len; i++) {
        char key[80], expected[80];
        write_key(q, &stats->cells[i], key, sizeof key);
        snprintf(expected, sizeof expected, "%s%s%s", axis[0].values[i / axis[1].len], q->by_len > 1 ? "/" : "",
                 axis[1].values[i % axis[1].len]);
        ck_assert_str_eq(key, expected);
        const struct naive_cell *cell = find_cell(&cells_expected, key);
        filled += cell != NULL;
        assert_cell(q, key, &stats->cells[i], cell);
    }
    ck_assert_uint_eq(filled, q->by_len == 0 ? 0 : cells_expected.len);
    cells_filled += (long)filled;
}

static bool compare(void *cls, const struct db_stats *stats)
{
    const struct db_stats_query *q = cls;
    struct db_stats_query whole = *q;
    whole.by_len = 0;
    naive_stats(q, &cells_expected);
    naive_stats(&whole, &total_expected);
    ck_assert_uint_le(total_expected.len, 1);
    assert_cells(q, stats);
    assert_cell(q, "total", &stats->total, total_expected.len == 0 ? NULL : &total_expected.cells[0]);
    asked++;
    return true;
}

static void assert_equals_model(struct db_stats_query *q)
{
    long before = asked;
    ck_assert_int_eq(db_stats(fixture.reader, q, compare, q), DB_OK);
    ck_assert_int_eq(asked, before + 1);
}

/* Two dimensions, different ones, out of all pairs; 0 = none. */
static void set_dimensions(struct db_stats_query *q, int which)
{
    q->by_len = (size_t)(which > 0) + (which > DB_DIMENSIONS);
    q->by[0] = (enum db_dimension)((which + DB_DIMENSIONS - 1) % DB_DIMENSIONS);
    int other = (which - DB_DIMENSIONS - 1) / DB_DIMENSIONS; /* 0 … DIMENSIONS − 2 */
    q->by[1] = q->by_len < 2 ? DB_BY_CALL_YEAR : (enum db_dimension)((q->by[0] + 1 + (enum db_dimension)other) % DB_DIMENSIONS);
}
#define WAYS (1 + DB_DIMENSIONS * DB_DIMENSIONS)

START_TEST(every_grain_by_every_dimension_is_that_of_the_model)
{
    list_codes();
    for (int which = 0; which < WAYS; which++)
        for (int flags = 0; flags < 4; flags++) {
            struct db_stats_query q = {.grain = (enum db_grain)_i, .whole = flags & 1, .leaders = flags & 2};
            set_dimensions(&q, which);
            assert_equals_model(&q);
            q.filter.programme = (struct db_codes){&programmes[flags & 1], 1, false};
            assert_equals_model(&q);
        }
    ck_assert_int_gt(cells_filled, 1000);
}
END_TEST

START_TEST(under_every_filter_they_are_those_of_the_model)
{
    list_codes();
    for (int round = 0; round < ROUNDS; round++) {
        struct db_stats_query q = {
            .filter = filter_by_chance(), .grain = (enum db_grain)(round % 3), .whole = chance(2), .leaders = chance(2)};
        set_dimensions(&q, chance(WAYS));
        assert_equals_model(&q);
    }
    ck_assert_int_eq(asked, ROUNDS);
    ck_assert_int_gt(cells_filled, 5000);
}
END_TEST

START_TEST(a_programme_that_is_not_there_has_nothing)
{
    static const char *const nobody[] = {"nobody"};
    for (int grain = 0; grain < 3; grain++)
        for (int which = 0; which < WAYS; which++) {
            struct db_stats_query q = {.grain = (enum db_grain)grain, .filter = {.programme = {nobody, 1, false}}, .leaders = which % 2};
            set_dimensions(&q, which);
            assert_equals_model(&q);
        }
}
END_TEST

/* ── what adds up ───────────────────────────────────────────────────────────────────────────────────────────── */

struct sums {
    int64_t study_count, awards, amount, planned, included, remaining, exceeded_by;
};

static void add(struct sums *sums, const struct db_stats_cell *c)
{
    sums->study_count += c->study_count;
    sums->awards += c->awards;
    sums->amount += c->amount_ore;
    sums->planned += c->planned > 0 ? c->planned : 0;
    sums->included += c->included > 0 ? c->included : 0;
    sums->remaining += c->remaining > 0 ? c->remaining : 0;
    sums->exceeded_by += c->exceeded_by > 0 ? c->exceeded_by : 0;
}

static bool add_up(void *cls, const struct db_stats *stats)
{
    const struct db_stats_query *q = cls;
    struct sums cells = {0}, total = {0};
    bool by_category = naive_by(q, DB_BY_CATEGORY);
    bool splits_awards = q->grain == DB_GRAIN_AWARD && (naive_by(q, DB_BY_CALL_YEAR) || naive_by(q, DB_BY_MECHANISM));
    bool splits_regions = q->grain == DB_GRAIN_REGION && naive_by(q, DB_BY_REGION);
    for (size_t i = 0; i < stats->cells_len; i++)
        add(&cells, &stats->cells[i]);
    add(&total, &stats->total);
    if (q->grain != DB_GRAIN_REGION && !(by_category && q->whole))
        ck_assert_int_eq(cells.amount, total.amount);
    if (q->grain != DB_GRAIN_REGION && !by_category)
        ck_assert_int_eq(cells.awards, total.awards);
    if (!by_category && !splits_awards && !splits_regions)
        ck_assert_int_eq(cells.study_count, total.study_count);
    if (!by_category && !splits_awards) {
        ck_assert_int_eq(cells.planned, total.planned);
        ck_assert_int_eq(cells.included, total.included);
        ck_assert_int_eq(cells.remaining, total.remaining);
        ck_assert_int_eq(cells.exceeded_by, total.exceeded_by);
    }
    return true;
}

START_TEST(what_is_additive_adds_up_to_the_total)
{
    list_codes();
    for (int round = 0; round < 500; round++) {
        struct db_stats_query q = {.filter = filter_by_chance(), .grain = (enum db_grain)(round % 3), .whole = chance(2)};
        set_dimensions(&q, 1 + chance(WAYS - 1));
        ck_assert_int_eq(db_stats(fixture.reader, &q, add_up, &q), DB_OK);
    }
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("stats");
    tcase_add_checked_fixture(cases, portfolio, fixture_end);
    tcase_add_loop_test(cases, every_grain_by_every_dimension_is_that_of_the_model, 0, 3);
    tcase_add_test(cases, under_every_filter_they_are_those_of_the_model);
    tcase_add_test(cases, a_programme_that_is_not_there_has_nothing);
    tcase_add_test(cases, what_is_additive_adds_up_to_the_total);
    return run("stats", cases, false);
}
