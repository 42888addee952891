/* SPDX-License-Identifier: GPL-3.0-or-later
 * Totals, facets, words and statistics. As with pages, an id that is left out makes each question one that nobody has asked.
 */
#include "bench/pages.h"

#include <stdlib.h>
#include <string.h>

#define TARGET 2000
#define ASKS   3
#define MORE   12

/* Asks until the median can be told; the target as it was asked last. before and after: around an id that is left out. */
static double ask_fresh(struct bench *bench, const char *before, const char *after, double limit_us, char target[TARGET])
{
    struct samples us = {.len = 0};
    do {
        snprintf(target, TARGET, "%s%cid=!%s%s", before, strchr(before, '?') == NULL ? '?' : '&', next_code(&bench->questions), after);
        samples_add(&us, (double)daemon_ask(&bench->daemon, target));
    } while (us.len < ASKS || (us.len < MORE && samples_quantile(&us, 0.5) > limit_us));
    double median = samples_quantile(&us, 0.5);
    samples_free(&us);
    return median;
}

/* ── totals ─────────────────────────────────────────────────────────────────────────────────────────────────── */

static const struct {
    const char *question, *limit;
    double limit_us;
    unsigned kinds; /* 1 << each */
} totals[] = {
    {"exact total, one filter of equality", "2 ms", 2000, 1u << KIND_VALUE | 1u << KIND_SEVERAL | 1u << KIND_NOT},
    {"exact total, three filters", "20 ms", 20000, 1u << KIND_THREE},
    {"exact total, a range", "150 ms", 150000, 1u << KIND_RANGE},
    {"exact total, a word", "150 ms", 150000, 1u << KIND_WORD},
};

static void ask_total(struct bench *bench, const struct filter *filter, struct row *row, struct row *again, double limit_us)
{
    char before[TARGET], target[TARGET], other[TARGET + 40];
    int64_t bare_total;
    snprintf(before, sizeof before, "/studies?%s", filter->query);
    double us = ask_fresh(bench, before, "&limit=1&fields=id", limit_us, target);
    int64_t total = body_total(&bench->daemon);
    row_add(row, target, us, limit_us);
    struct samples repeated = {.len = 0};
    for (int i = 0; i < 2 * ASKS; i++) { /* another page of the same studies */
        snprintf(other, sizeof other, "%s&sort=%s%s", target, i % 2 ? "-" : "", sort_keys[1 + i / 2].name);
        samples_add(&repeated, (double)daemon_ask(&bench->daemon, other));
    }
    row_add(again, other, samples_quantile(&repeated, 0.5), PAGE_US + ROW_US);
    samples_free(&repeated);
    char *statement =
        sqlite3_mprintf("SELECT count(*) FROM study s WHERE %s AND s.code <> %Q", filter->condition, next_code(&bench->questions));
    row_bare(row, us, (double)bare_run(&bench->bare, statement, &bare_total));
    if (bare_total < total - 1 || bare_total > total + 1)
        give_up("%s: %lld studies, bare SQL finds %lld", target, (long long)total, (long long)bare_total);
    sqlite3_free(statement);
}

void totals_ask(struct bench *bench)
{
    struct row again = {.question = "the same filters again, other pages", .limit = "0.31 ms"};
    for (size_t i = 0; i < sizeof totals / sizeof totals[0]; i++) {
        struct row row = {.question = totals[i].question};
        snprintf(row.limit, sizeof row.limit, "%s", totals[i].limit);
        for (size_t j = 0; j < bench->questions.filters.len; j++)
            if (totals[i].kinds >> bench->questions.filters.item[j].kind & 1)
                ask_total(bench, &bench->questions.filters.item[j], &row, &again, totals[i].limit_us);
        if (row.us.len > 0)
            table_row(&row);
        else
            table_missing(totals[i].question, totals[i].limit);
    }
    table_row(&again);
}

/* ── facets ─────────────────────────────────────────────────────────────────────────────────────────────────── */

#define BY(column)             "SELECT " column ", count(*) FROM study s WHERE %s GROUP BY 1"
#define BY_LIST(column, table) "SELECT " column ", count(DISTINCT s.id) FROM study s JOIN " table " ON x.study = s.id WHERE %s GROUP BY 1"
static const struct {
    const char *name, *bare;
} facets[] = {
    {"programme", BY("s.programme")},
    {"call_year", BY("s.call_year")},
    {"mechanism", BY("s.mechanism")},
    {"award_call_year", BY_LIST("x.call_year", "award x")},
    {"award_mechanism", BY_LIST("x.mechanism", "award x")},
    {"category", BY_LIST("x.category", "study_category x")},
    {"institution", BY("s.institution")},
    {"hospital", BY_LIST("x.institution", "study_hospital x")},
    {"region", "SELECT i.region, count(*) FROM study s JOIN institution i ON i.code = s.institution WHERE %s GROUP BY 1"},
    {"inclusion_region", BY_LIST("x.region", "study_inclusion_region x")},
    {"leader", BY("s.leader")},
    {"status", BY("s.status")},
    {"has_card", BY("s.has_card")},
    {"behind_plan", BY("s.behind_plan")},
};
#define FACETS    (sizeof facets / sizeof facets[0])
#define FACETS_US 40000.0

static int64_t bare_facet(struct bench *bench, size_t facet, const char *condition)
{
    char *whole = sqlite3_mprintf("%s AND s.code <> %Q", condition, next_code(&bench->questions));
    char *statement = sqlite3_mprintf(facets[facet].bare, whole);
    int64_t us = bare_run(&bench->bare, statement, NULL);
    sqlite3_free(statement);
    sqlite3_free(whole);
    return us;
}

/* Every third filter is enough. */
void facets_ask(struct bench *bench)
{
    struct row all = {.question = "all facets", .limit = "40 ms"}, one = {.question = "one facet", .limit = "40 ms"};
    char target[TARGET], before[TARGET], names[400] = "";
    if (!bench->has_facets) {
        table_missing(all.question, all.limit);
        table_missing(one.question, one.limit);
        return;
    }
    for (size_t i = 0; i < FACETS; i++)
        snprintf(names + strlen(names), sizeof names - strlen(names), "%s%s", i == 0 ? "" : ",", facets[i].name);
    for (size_t i = 0; i < bench->questions.filters.len; i += 3) {
        const struct filter *filter = &bench->questions.filters.item[i];
        snprintf(before, sizeof before, "/studies?limit=1&fields=id&facets=%s&%s", names,
                 filter->query[0] == '\0' ? "sort=id" : filter->query);
        double us = ask_fresh(bench, before, "", FACETS_US, target), bare = 0;
        row_add(&all, target, us, FACETS_US);
        for (size_t j = 0; i % 2 == 0 && j < FACETS; j++)
            bare += (double)bare_facet(bench, j, filter->condition);
        if (bare > 0)
            row_bare(&all, us, bare);
        size_t facet = i / 3 % FACETS;
        snprintf(before, sizeof before, "/studies?limit=1&fields=id&facets=%s&%s", facets[facet].name,
                 filter->query[0] == '\0' ? "sort=id" : filter->query);
        us = ask_fresh(bench, before, "", FACETS_US, target);
        row_add(&one, target, us, FACETS_US);
        row_bare(&one, us, (double)bare_facet(bench, facet, filter->condition));
    }
    table_row(&all);
    table_row(&one);
}

/* ── words ──────────────────────────────────────────────────────────────────────────────────────────────────── */

static int64_t bare_words(struct bench *bench, const char *match)
{
    char *counting = sqlite3_mprintf("SELECT count(*) FROM study_search WHERE study_search MATCH %Q", match);
    char *listing =
        sqlite3_mprintf("SELECT s.id, r.json FROM (SELECT s.id FROM study_search m JOIN study s ON s.id = m.rowid WHERE study_search"
                        " MATCH %Q ORDER BY s.call_year, s.code LIMIT 20) s JOIN rendered r ON r.study = s.id",
                        match);
    int64_t us = bare_run(&bench->bare, counting, NULL) + bare_run(&bench->bare, listing, NULL);
    sqlite3_free(counting);
    sqlite3_free(listing);
    return us;
}

static void ask_words(struct bench *bench, struct row *row, const char *word, const char *without, const char *sort, double limit_us)
{
    char target[TARGET], match[300];
    snprintf(target, sizeof target, "/studies?limit=20&q=%s%s%s%s", word, without[0] == '\0' ? "" : "%20-", without, sort);
    snprintf(match, sizeof match, without[0] == '\0' ? "\"%s\"" : "\"%s\" NOT \"%s\"", word, without);
    double us = (double)daemon_ask(&bench->daemon, target);
    row_add(row, target, us, limit_us);
    if (row->us.len % 4 == 1)
        row_bare(row, us, (double)bare_words(bench, match));
}

void words_ask(struct bench *bench)
{
    const struct words *words = &bench->questions.words;
    struct row rare = {.question = "a rare word, first page and total", .limit = "1 ms"};
    struct row third = {.question = "a word of a third of all, first page and total", .limit = "30 ms"};
    struct row by_year = {.question = "the same by call year", .limit = "30 ms"};
    if (!bench->has_words) {
        table_missing(rare.question, rare.limit);
        table_missing(third.question, third.limit);
        return;
    }
    for (size_t i = 0; i + 1 < words->rare_len; i++)
        ask_words(bench, &rare, words->rare[i + 1], "", "", 1000);
    for (size_t i = 0; i < 60 && i < words->rare_len; i++) {
        const char *word = words->third[i % words->third_len];
        ask_words(bench, &third, word, words->rare[i], "", 30000);
        ask_words(bench, &by_year, word, words->rare[words->rare_len - 1 - i], "&sort=call_year", 30000);
    }
    table_row(&rare);
    table_row(&third);
    table_row(&by_year);
}

/* ── statistics ─────────────────────────────────────────────────────────────────────────────────────────────── */

#define SUMS "count(*), sum(s.amount_nok), sum(s.planned), sum(s.included) FROM study s"
static const struct {
    const char *path, *bare;
} statistics[] = {
    {"/stats/regions", "SELECT x.region, count(*), sum(x.planned), sum(x.included) FROM study s JOIN study_region x ON x.study = s.id AND"
                       " x.takes_part = 1 WHERE %s GROUP BY 1"},
    {"/stats/summary", "SELECT " SUMS " WHERE %s"},
    {"/stats/calls", "SELECT x.call_year, x.mechanism, count(*), count(DISTINCT s.id), sum(x.amount_nok) FROM study s JOIN award x ON"
                     " x.study = s.id WHERE %s GROUP BY 1, 2"},
    {"/stats/funding", "SELECT x.call_year, x.mechanism, count(*), count(DISTINCT s.id), sum(x.amount_nok) FROM study s JOIN award x ON"
                       " x.study = s.id WHERE %s GROUP BY 1, 2"},
    {"/stats/categories", "SELECT x.category, " SUMS " JOIN study_category x ON x.study = s.id WHERE %s GROUP BY 1"},
    {"/stats/institutions", "SELECT s.institution, " SUMS " WHERE %s GROUP BY 1"},
    {"/stats/leaders", "SELECT s.leader, " SUMS " WHERE %s GROUP BY 1"},
};
#define STATISTICS (sizeof statistics / sizeof statistics[0])

static double bare_statistic(struct bench *bench, size_t which, const char *condition)
{
    char *statement = sqlite3_mprintf(statistics[which].bare, condition);
    int64_t us = bare_run(&bench->bare, statement, NULL);
    sqlite3_free(statement);
    return (double)us;
}

/* Kept sums: the same question again and again. */
static void ask_kept(struct bench *bench, size_t which)
{
    char name[80];
    snprintf(name, sizeof name, "`%s`, no filter", statistics[which].path);
    struct row row = {.question = name, .limit = "0.1 ms"};
    for (int i = 0; i < 60; i++) {
        struct samples us = {.len = 0};
        for (int j = 0; j < 5; j++)
            samples_add(&us, (double)daemon_ask(&bench->daemon, statistics[which].path));
        row_add(&row, statistics[which].path, samples_quantile(&us, 0.5), 100);
        if (i % 20 == 0)
            row_bare(&row, samples_quantile(&us, 0.5), bare_statistic(bench, which, "1"));
        samples_free(&us);
    }
    table_row(&row);
}

void statistics_ask(struct bench *bench)
{
    ask_kept(bench, 0);
    ask_kept(bench, 1);
    for (size_t which = 0; which < STATISTICS; which++) {
        char name[80], before[TARGET], target[TARGET];
        snprintf(name, sizeof name, "`%s`, one filter of equality", statistics[which].path);
        struct row row = {.question = name, .limit = "50 ms"};
        for (size_t i = 0; i < bench->questions.filters.len; i++) {
            const struct filter *filter = &bench->questions.filters.item[i];
            bool is_one = strstr(filter->query, "and_") == NULL; /* tables of regions or categories refuse two of theirs */
            if ((filter->kind != KIND_VALUE && filter->kind != KIND_SEVERAL) || !is_one)
                continue;
            snprintf(before, sizeof before, "%s?%s", statistics[which].path, filter->query);
            double us = ask_fresh(bench, before, "", 50000, target);
            row_add(&row, target, us, 50000);
            if (i % 3 == which % 3)
                row_bare(&row, us, bare_statistic(bench, which, filter->condition));
        }
        table_row(&row);
    }
}
