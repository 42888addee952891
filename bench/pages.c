/* SPDX-License-Identifier: GPL-3.0-or-later
 * Pages of every filter in every order, at the beginning and deep. Each is asked under an id that is left out, another one each time, so
 * that nobody has asked it before. A cursor for a deep place is made from the row that stands there: the place comes from a list of two
 * studies, the digest of the query as handlers/cursor.c makes it.
 */
#include "bench/pages.h"

#include "bench/ask.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define TARGET 4000
#define ASKS   3  /* of each way; the median counts */
#define MORE   12 /* where that is over, until it has been asked so often */
#define HEAD   18 /* bytes of a cursor before the place */

struct place {
    char *value, *code;          /* literals of the key and the id that stand there */
    unsigned char position[600]; /* as in a cursor */
    size_t len;
};

struct order {
    const struct sort_key *key;
    bool descending;
    struct place deep;
};

struct way {
    const struct filter *filter;
    struct order *order;
    bool is_deep;
    int limit;
};

struct asking {
    struct bench *bench;
    struct order orders[2 * SORT_KEYS];
    size_t asked; /* ways, of which bare SQL is asked some */
};

static const char *expression(const struct order *order)
{
    return order->descending ? order->key->down : order->key->up;
}

/* ── places ─────────────────────────────────────────────────────────────────────────────────────────────────── */

static char *at_offset(struct bench *bench, const struct order *order, const char *what, int64_t offset)
{
    bool is_id = strcmp(order->key->up, "s.code") == 0;
    char *statement = sqlite3_mprintf("SELECT %s FROM study s ORDER BY %s %s%s LIMIT 1 OFFSET %lld", what, expression(order),
                                      order->descending ? "DESC" : "ASC", is_id ? "" : ", s.code", (long long)offset);
    char *text = bare_text(&bench->bare, statement);
    if (text == NULL)
        give_up("nothing stands at %lld", (long long)offset);
    sqlite3_free(statement);
    return text;
}

static size_t cursor_bytes(const char *text, unsigned char *bytes, size_t size)
{
    size_t len = 0;
    if (sodium_base642bin(bytes, size, text, strlen(text), NULL, &len, NULL, sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 || len <= HEAD)
        give_up("not a cursor: %s", text);
    return len;
}

/* Of the two studies that stand there the list's first page ends with the first. */
static void find_place(struct bench *bench, struct order *order, int64_t offset)
{
    char target[TARGET], quoted[200];
    unsigned char bytes[700];
    char *first = at_offset(bench, order, "s.code", offset), *second = at_offset(bench, order, "s.code", offset + 1);
    snprintf(target, sizeof target, "/studies?id=%s,%s&sort=%s%s&limit=1&fields=id", first, second, order->descending ? "-" : "",
             order->key->name);
    daemon_ask(&bench->daemon, target);
    char *cursor = body_text(&bench->daemon, "&cursor=", '"');
    if (cursor == NULL)
        give_up("%s has no next page", target);
    order->deep.len = cursor_bytes(cursor, bytes, sizeof bytes) - HEAD;
    memcpy(order->deep.position, bytes + HEAD, order->deep.len);
    snprintf(quoted, sizeof quoted, "quote(%s)", expression(order));
    order->deep.value = at_offset(bench, order, quoted, offset);
    order->deep.code = at_offset(bench, order, "quote(s.code)", offset);
    free(first);
    free(second);
    free(cursor);
}

/* ── one page ───────────────────────────────────────────────────────────────────────────────────────────────── */

static void target_of(const struct way *way, const char *without, char target[TARGET])
{
    snprintf(target, TARGET, "/studies?%s%sid=!%s&sort=%s%s&limit=%d", way->filter->query, way->filter->query[0] == '\0' ? "" : "&",
             without, way->order->descending ? "-" : "", way->order->key->name, way->limit);
}

/* The query that a cursor belongs to, in the daemon's own spelling: what the list says of itself, without what pages may change. */
static void identity_of(struct bench *bench, char identity[TARGET])
{
    char *self = body_text(&bench->daemon, "\"links\":{\"self\":\"/studies?", '"'), *rest = NULL;
    if (self == NULL)
        give_up("a list without a link to itself");
    identity[0] = '\0';
    for (char *part = strtok_r(self, "&", &rest); part != NULL; part = strtok_r(NULL, "&", &rest))
        if (strncmp(part, "limit=", 6) != 0)
            snprintf(identity + strlen(identity), TARGET - strlen(identity), "%s%s", identity[0] == '\0' ? "" : "&", part);
    free(self);
}

/* The same for another id left out. */
static void change_code(const char *identity, const char *from, const char *to, char changed[TARGET])
{
    const char *at = strstr(identity, from);
    if (at == NULL)
        give_up("%s is not in %s", from, identity);
    snprintf(changed, TARGET, "%.*s%s%s", (int)(at - identity), identity, to, at + strlen(from));
}

static void add_cursor(const struct order *order, const char *identity, char target[TARGET])
{
    unsigned char bytes[HEAD + sizeof order->deep.position] = {1, 0};
    char text[1000];
    crypto_generichash(bytes + 2, HEAD - 2, (const unsigned char *)identity, strlen(identity), NULL, 0);
    memcpy(bytes + HEAD, order->deep.position, order->deep.len);
    sodium_bin2base64(text, sizeof text, bytes, HEAD + order->deep.len, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    snprintf(target + strlen(target), TARGET - strlen(target), "&cursor=%s", text);
}

static int64_t returned_of(const struct bench *bench)
{
    char *text = body_text(&bench->daemon, "\"returned\":", ',');
    int64_t returned = text == NULL ? 0 : strtoll(text, NULL, 10);
    free(text);
    return returned;
}

struct asked {
    char target[TARGET], identity[TARGET];
    const char *without; /* the id that identity leaves out */
    int64_t us, total, returned;
};

/* identity of the first asking makes the cursors of the later ones. */
static void ask_once(struct bench *bench, const struct way *way, struct asked *asked)
{
    char identity[TARGET];
    const char *without = next_code(&bench->questions);
    target_of(way, without, asked->target);
    if (way->is_deep) {
        change_code(asked->identity, asked->without, without, identity);
        add_cursor(way->order, identity, asked->target);
    }
    asked->us = daemon_ask(&bench->daemon, asked->target);
    asked->total = body_total(&bench->daemon);
    asked->returned = returned_of(bench);
    if (!way->is_deep) {
        identity_of(bench, asked->identity);
        asked->without = without;
    }
}

static double limit_of(const struct asked *asked)
{
    return PAGE_US + ROW_US * (double)asked->returned;
}

static double ask_often(struct bench *bench, const struct way *way, struct asked *asked)
{
    struct samples us = {.len = 0};
    do {
        ask_once(bench, way, asked);
        samples_add(&us, (double)asked->us);
    } while (us.len < ASKS || (us.len < MORE && samples_quantile(&us, 0.5) > limit_of(asked)));
    double median = samples_quantile(&us, 0.5);
    samples_free(&us);
    return median;
}

/* The same of bare SQL, whose total has to be the same. */
static int64_t ask_bare(struct bench *bench, const struct way *way, const struct asked *asked)
{
    char first[80];
    int64_t total;
    char *condition = sqlite3_mprintf("%s AND s.code <> %Q", way->filter->condition, next_code(&bench->questions));
    struct bare_page page = {.from = "study s",
                             .condition = condition,
                             .key = expression(way->order),
                             .descending = way->order->descending,
                             .value = way->is_deep ? way->order->deep.value : NULL,
                             .code = way->order->deep.code,
                             .limit = way->limit};
    int64_t us = bare_ask_page(&bench->bare, &page, &total, first);
    if (total < asked->total - 1 || total > asked->total + 1) /* the id left out is another one */
        give_up("%s has %lld studies, bare SQL finds %lld", asked->target, (long long)asked->total, (long long)total);
    sqlite3_free(condition);
    return us;
}

static double ask_way(struct asking *asking, struct row *row, const struct way *way, struct asked *asked)
{
    double us = ask_often(asking->bench, way, asked);
    row_add(row, asked->target, us, limit_of(asked));
    if (way->limit == 20 && asking->asked++ % asking->bench->bare_every == 0)
        row_bare(row, us, (double)ask_bare(asking->bench, way, asked));
    return us;
}

/* ── all of them ────────────────────────────────────────────────────────────────────────────────────────────── */

static void ask_filter(struct asking *asking, const struct filter *filter, struct row *first, struct row *deep, int limit)
{
    static struct asked asked;
    for (size_t i = 0; i < 2 * SORT_KEYS; i++) {
        struct way way = {filter, &asking->orders[i], false, limit};
        ask_way(asking, first, &way, &asked);
        way.is_deep = true;
        ask_way(asking, deep, &way, &asked);
    }
}

static void begin_rows(struct row *first, struct row *deep, char names[2][80], const char *what, int limit)
{
    snprintf(names[0], 80, "page of %d, %s, the first", limit, what);
    snprintf(names[1], 80, "page of %d, %s, deep", limit, what);
    *first = (struct row){.question = names[0]};
    *deep = (struct row){.question = names[1]};
    snprintf(first->limit, sizeof first->limit, "%.2g ms", (PAGE_US + ROW_US * limit) / 1000);
    memcpy(deep->limit, first->limit, sizeof deep->limit);
}

static void ask_kind(struct asking *asking, enum kind kind)
{
    const struct filters *filters = &asking->bench->questions.filters;
    struct row first, deep;
    char names[2][80];
    begin_rows(&first, &deep, names, kind_names[kind], 20);
    for (size_t i = 0; i < filters->len; i++)
        if (filters->item[i].kind == kind)
            ask_filter(asking, &filters->item[i], &first, &deep, 20);
    if (first.us.len == 0) {
        table_missing(names[0], first.limit);
        table_missing(names[1], deep.limit);
        return;
    }
    table_row(&first);
    table_row(&deep);
}

static void ask_limit(struct asking *asking, int limit)
{
    const struct filters *filters = &asking->bench->questions.filters;
    struct row first, deep;
    char names[2][80];
    begin_rows(&first, &deep, names, "any filter", limit);
    for (size_t i = 0; i < filters->len; i++)
        ask_filter(asking, &filters->item[i], &first, &deep, limit);
    table_row(&first);
    table_row(&deep);
}

/* The studies of a list of ids, other ones each time. */
static void ask_ids(struct asking *asking)
{
    struct bench *bench = asking->bench;
    struct row row = {.question = "page of 20 of 40 ids, the first", .limit = "0.5 ms"};
    for (size_t i = 0; i < 2 * SORT_KEYS; i++) {
        struct samples us = {.len = 0};
        char target[TARGET] = "";
        do {
            snprintf(target, sizeof target, "/studies?limit=20&sort=%s%s&id=%s", asking->orders[i].descending ? "-" : "",
                     asking->orders[i].key->name, next_code(&bench->questions));
            for (int code = 1; code < 40; code++)
                snprintf(target + strlen(target), sizeof target - strlen(target), ",%s", next_code(&bench->questions));
            samples_add(&us, (double)daemon_ask(&bench->daemon, target));
        } while (us.len < ASKS || (us.len < MORE && samples_quantile(&us, 0.5) > PAGE_US + ROW_US * 20));
        row_add(&row, target, samples_quantile(&us, 0.5), PAGE_US + ROW_US * 20);
        samples_free(&us);
    }
    table_row(&row);
}

/* Page 10 000 beside page 1, in each order, the two in turns. */
static void compare_depths(struct asking *asking)
{
    static struct asked asked;
    struct samples ratios = {.len = 0};
    char median[40], name[80], worst[100];
    const char *worst_order = "";
    double most = 0;
    for (size_t i = 0; i < 2 * SORT_KEYS; i++) {
        struct samples us[2] = {{.len = 0}, {.len = 0}};
        struct way way = {&asking->bench->questions.filters.item[0], &asking->orders[i], false, 20};
        for (int turn = 0; turn < 2 * 15; turn++) {
            way.is_deep = turn % 2;
            ask_once(asking->bench, &way, &asked);
            samples_add(&us[turn % 2], (double)asked.us);
        }
        double ratio = samples_quantile(&us[1], 0.5) / samples_quantile(&us[0], 0.5);
        worst_order = ratio > most ? asking->orders[i].key->name : worst_order;
        most = ratio > most ? ratio : most;
        samples_add(&ratios, ratio);
        samples_free(&us[0]);
        samples_free(&us[1]);
    }
    snprintf(name, sizeof name, "page %lld beside page 1, each order", (long long)asking->bench->depth / 20);
    snprintf(median, sizeof median, "%.2f", samples_quantile(&ratios, 0.5));
    snprintf(worst, sizeof worst, "%s times, at most %.2f (%s)", median, most, worst_order);
    table_line(name, worst, "1.2 times", "", most > 1.2);
    samples_free(&ratios);
}

void pages_ask(struct bench *bench)
{
    static struct asking asking;
    asking.bench = bench;
    for (size_t i = 0; i < 2 * SORT_KEYS; i++) {
        asking.orders[i] = (struct order){.key = &sort_keys[i / 2], .descending = i % 2};
        find_place(bench, &asking.orders[i], bench->depth);
    }
    for (enum kind kind = 0; kind < KINDS; kind++)
        ask_kind(&asking, kind);
    ask_ids(&asking);
    ask_limit(&asking, 1);
    ask_limit(&asking, 100);
    compare_depths(&asking);
}
