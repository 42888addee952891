/* SPDX-License-Identifier: GPL-3.0-or-later
 * What holds for every query: the canonical form says the same, and no bytes break anything.
 */
#include <jansson.h>

#include "unit/param_table.h"
#include "suite.h"

/* ── properties ──────────────────────────────────────────────────────────────────────────────────────────────── */

static uint32_t seed = 20241122;

static uint32_t dice(uint32_t sides)
{
    seed ^= seed << 13;
    seed ^= seed >> 17;
    seed ^= seed << 5;
    return seed % sides;
}

#define PICK(list) list[dice(sizeof list / sizeof *list)]

static size_t put(char *query, size_t len, const char *text)
{
    size_t more = strlen(text);
    memcpy(query + len, text, more + 1);
    return len + more;
}

/* All but the first, which is in the path, and the last, which ends the table. */
#define QUERY_ROWS ((uint32_t)(sizeof rows / sizeof *rows) - 2)

static size_t put_value(char *query, size_t len, const struct param *row)
{
    static const char *const numbers[] = {"1", "2", "50", "1900", "1999", "2019", "2200", "-3", "0"};
    static const char *const times[] = {"2026-01-01", "2026-01-01T00:00:00Z", "2025-12-31T23:59:59.999Z", "1969-12-31T12:00:00%2B02:00"};
    static const char *const codes[] = {"Kari%20Nordmann", "k.%20nordmann", "haukeland", "helse-bergen", "Bj%C3%B8rn%20%C3%98deg%C3%A5rd"};
    static const char *const words[] = {"lung",
                                        "-N-AD%20lung*",
                                        "%20%22early%20%20neuro*%22",
                                        "a%20OR%20-%22OR%22",
                                        "Bj%C3%B8rn",
                                        "%C2%ABsm%C3%A5,%20x%C2%BB",
                                        "%E2%80%93a%CC%8A%20OR%201"};
    switch (row->type) {
    case T_INT:
    case T_RANGES: return put(query, len, PICK(numbers));
    case T_BOOL: return put(query, len, dice(2) ? "true" : "false");
    case T_TIME_RANGES: return put(query, len, PICK(times));
    case T_CURSOR:
    case T_ID: return put(query, len, dice(2) ? "abc" : "a-1");
    case T_SEARCH: return put(query, len, PICK(words));
    case T_DAY: return put(query, len, "2026-02-28");
    case T_INSTANT: return put(query, len, dice(2) ? "2026-02-28T00:00:00.05%2B01:00" : times[dice(4)]);
    case T_FORMAT:
    case T_DIALECT: return put(query, len, row->values[dice(2)]);
    case T_ENUM:
    case T_CODES:
    case T_SORT:
    case T_GROUP_BY:
    case T_FIELDS:
    case T_FACETS: break;
    }
    return put(query, len, row->values ? row->values[dice(3)] : PICK(codes));
}

/* A likely query: mostly right, so that many get through. */
static size_t put_pair(char *query, size_t len, const struct param *row)
{
    bool ranges = row->type == T_RANGES || row->type == T_TIME_RANGES, list = ranges || row->values || row->type == T_CODES;
    bool one = row->type == T_ENUM || row->type == T_FORMAT || row->type == T_DIALECT;
    len = put(query, len, row->name);
    len = put(query, len, "=");
    if ((row->type == T_CODES || ranges) && dice(3) == 0)
        len = put(query, len, dice(2) ? "!" : "%21");
    for (uint32_t values = list && !one ? 1 + dice(3) : 1; values > 0; values--) {
        len = put(query, len, row->type == T_SORT && dice(2) ? "-" : "");
        len = put_value(query, len, row);
        if (ranges && dice(2)) {
            len = put(query, len, "..");
            len = dice(2) ? put_value(query, len, row) : len;
        }
        len = put(query, len, values == 1 ? "" : dice(2) ? "," : "%2C");
    }
    return len;
}

START_TEST(parsing_the_canonical_query_gives_the_same_struct)
{
    size_t taken = 0;
    for (int round = 0; round < 20000; round++) {
        char query[4096] = "";
        size_t len = 0;
        struct asked asked;
        arena_reset(arena);
        for (const struct param *row = rows + 1; row->name; row++) {
            if (dice(6) == 0)
                len = put_pair(query, len ? put(query, len, "&") : 0, row);
        }
        ask(&asked, len ? query : NULL);
        taken += asked.error == API_OK && len > 0;
        if (asked.error == API_OK)
            check_canonical(&asked);
        else if (asked.faults.len == 0)
            ck_abort_msg("refused without a fault: %s", query);
    }
    ck_assert_uint_gt(taken, 2000); /* or the property has not been tried */
}
END_TEST

START_TEST(the_order_of_parameters_does_not_matter)
{
    for (int round = 0; round < 5000; round++) {
        char pair[2][1024] = {"", ""}, query[2][2100];
        struct asked asked[2];
        const struct param *first = &rows[1 + dice(QUERY_ROWS - 1)], *second = first + 1;
        arena_reset(arena);
        put_pair(pair[0], 0, first);
        put_pair(pair[1], 0, second);
        snprintf(query[0], sizeof query[0], "%s&%s", pair[0], pair[1]);
        snprintf(query[1], sizeof query[1], "%s&%s", pair[1], pair[0]);
        ask(&asked[0], query[0]);
        ask(&asked[1], query[1]);
        if (asked[0].error != asked[1].error || strcmp(asked[0].query, asked[1].query) != 0)
            ck_abort_msg("%s and %s differ", query[0], query[1]);
    }
}
END_TEST

/* Every fault's text must be fit for JSON: the client gets it back. */
static void check_texts(const struct asked *asked)
{
    for (size_t i = 0; i < asked->faults.len; i++) {
        const struct fault *fault = &asked->faults.list[i];
        json_auto_t *name = json_string(fault->name), *reason = json_string(fault->reason);
        if (!name || !reason)
            ck_abort_msg("a fault that is not UTF-8");
    }
}

START_TEST(no_bytes_can_break_it)
{
    static const char alphabet[] = "limtregonsuy=&,.!-+%%%0123456789abcdefCDETZ:\xc3\xb8\xff \"";
    for (int round = 0; round < 50000; round++) {
        char query[512] = "";
        size_t len = dice(2) ? put_pair(query, 0, &rows[1 + dice(QUERY_ROWS)]) : dice(60);
        struct asked asked;
        arena_reset(arena);
        for (size_t i = 0; i < len; i++) {
            if (query[i] == '\0' || dice(10) == 0)
                query[i] = alphabet[dice(sizeof alphabet - 1)];
        }
        ask(&asked, query);
        if ((asked.error == API_OK) != (asked.faults.len == 0))
            ck_abort_msg("%s: %d with %zu faults", query, (int)asked.error, asked.faults.len);
        check_texts(&asked);
        if (asked.error == API_OK)
            check_canonical(&asked);
    }
}
END_TEST

START_TEST(little_memory_is_unavailable_never_wrong)
{
    static const char *const queries[] = {"leader=k.%20nordmann&region=vest&call_year=!2019..&updated=2026-01-01",
                                          "regoin=1&%zz=2&region=west&limit=0&leader=kari&call_year=x&updated=1&sort=id,id"};
    for (size_t limit = 1; limit < 4096; limit++) {
        struct arena *small = arena_new(limit);
        struct asked asked;
        ask_at(&asked, "/all/x", queries[limit % 2], small);
        if (asked.error != API_UNAVAILABLE)
            ck_assert_int_eq(asked.error, limit % 2 ? API_BAD_PARAMETER : API_OK);
        if (asked.error == API_BAD_PARAMETER)
            ck_assert_uint_eq(asked.faults.len, 8);
        if (limit >= 4094)
            ck_assert_int_ne(asked.error, API_UNAVAILABLE);
        arena_delete(small);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("param properties");
    TCase *tcase = tcase_create("param properties");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, parsing_the_canonical_query_gives_the_same_struct);
    tcase_add_test(tcase, the_order_of_parameters_does_not_matter);
    tcase_add_test(tcase, no_bytes_can_break_it);
    tcase_add_test(tcase, little_memory_is_unavailable_never_wrong);
    tcase_set_timeout(tcase, 120);
    suite_add_tcase(suite, tcase);
    return suite_run(suite);
}
