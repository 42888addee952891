/* SPDX-License-Identifier: GPL-3.0-or-later
 * A page of studies from the image. Rows of a sort's order are walked from the place of the cursor, and those let through are taken; where
 * few are let through, or several keys sort, all of them are looked at and the first ones kept.
 */
#include "db/image.h"

#include <stdlib.h>
#include <string.h>

/* Fewer than so many are looked at one by one: walking would pass by too many others. */
#define FEW 2048

struct key_ranks {
    const uint32_t *rank, *order, *groups;
    uint32_t groups_len, known; /* known: groups that stand for a value */
    enum image_dim dim;         /* whose values the groups are; DIM_COUNT = of none */
    bool descending;
};

struct paging {
    const struct image *image;
    const uint64_t *set;
    struct key_ranks key[SORT_KEYS_MAX];
    size_t keys;
    struct image_gap gaps[DB_RANGES_MAX]; /* in the order of the first key */
    size_t gaps_len;
    uint32_t from; /* NO_VALUE = from the beginning */
    bool backwards;
    uint32_t *found; /* in the order of the walk */
    size_t len, want;
    const uint32_t *relevance; /* of each row, where it sorts */
    bool is_bounded;           /* relevance is */
    bool is_beyond;            /* rows that are not after from */
};

static bool has_row(const uint64_t *set, uint32_t row)
{
    return set[row / 64] >> row % 64 & 1;
}

/* Relevance has a number for each row, and no order of its own. */
static struct key_ranks ranks_of_relevance(const uint32_t *relevance, bool descending)
{
    return (struct key_ranks){.rank = relevance, .known = UINT32_MAX, .dim = DIM_COUNT, .descending = descending};
}

static enum image_dim dim_of(enum db_study_sort_key key)
{
    static const struct {
        enum db_study_sort_key key;
        enum image_dim dim;
    } dims[] = {
        {DB_SORT_CALL_YEAR, DIM_CALL_YEAR}, {DB_SORT_LEADER, DIM_LEADER}, {DB_SORT_INSTITUTION, DIM_INSTITUTION},
        {DB_SORT_MECHANISM, DIM_MECHANISM}, {DB_SORT_STATUS, DIM_STATUS},
    };
    for (size_t i = 0; i < COUNT_OF(dims); i++)
        if (dims[i].key == key)
            return dims[i].dim;
    return DIM_COUNT;
}

static struct key_ranks ranks_of(const struct image *image, const struct db_sort *sort)
{
    size_t groups = image->column[COLUMN_SORT + (size_t)sort->key * SORT_PARTS + SORT_GROUPS].len / sizeof(uint32_t) - 1;
    return (struct key_ranks){
        .rank = image_sort(image, sort->key, SORT_RANK),
        .order = image_sort(image, sort->key, SORT_ORDER),
        .groups = image_sort(image, sort->key, SORT_GROUPS),
        .groups_len = (uint32_t)groups,
        .known = (uint32_t)groups - image_indexes(image, COLUMN_UNKNOWN)[sort->key],
        .dim = dim_of(sort->key),
        .descending = sort->descending,
    };
}

/* Where a group comes in the list, and the group that comes there: the unknown is last either way. */
static uint32_t turned(const struct key_ranks *key, uint32_t group)
{
    return key->descending && group < key->known ? key->known - 1 - group : group;
}

/* ── one key, and the id ────────────────────────────────────────────────────────────────────────────────────── */

/* The id's own direction, with which rows of one group follow one another. */
static bool is_id_descending(const struct paging *p)
{
    return p->key[p->keys - 1].descending;
}

/* The place of a row among its group, which is in the order of ids. */
static uint32_t place_in(const struct paging *p, uint32_t row)
{
    const struct key_ranks *key = &p->key[0];
    const uint32_t *id_rank = image_sort(p->image, DB_SORT_ID, SORT_RANK);
    uint32_t low = key->groups[key->rank[row]], high = key->groups[key->rank[row] + 1];
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (id_rank[key->order[middle]] < id_rank[row])
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool has_none_of(const uint64_t *set, const uint32_t *order, int64_t place, int64_t step, int count)
{
    uint64_t any = 0;
    for (int i = 0; i < count; i++)
        any |= set[order[place + i * step] / 64] >> order[place + i * step] % 64;
    return (any & 1) == 0;
}

/* Rows of one group from a place on, until there are enough. Eight that are not let through are passed by at once. */
static void walk_group(struct paging *p, int64_t place, int64_t first, int64_t last, int64_t step)
{
    const uint32_t *order = p->key[0].order;
    while (place >= first && place <= last && p->len < p->want) {
        int64_t left = step > 0 ? last - place + 1 : place - first + 1;
        if (left >= 8 && has_none_of(p->set, order, place, step, 8)) {
            place += 8 * step;
            continue;
        }
        for (int i = 0; i < 8 && i < left && p->len < p->want; i++, place += step)
            if (has_row(p->set, order[place]))
                p->found[p->len++] = order[place];
    }
}

/* Whether a great group, which is all studies of one value, has nothing that is let through: two sets say so at once. */
static bool is_apart(const struct paging *p, int64_t first, int64_t last)
{
    const struct image *image = p->image;
    enum image_dim dim = p->key[0].dim;
    if (dim == DIM_COUNT || (size_t)(last - first) < image->words)
        return false;
    uint32_t value = image_dim(image, dim, PART_VALUES)[p->key[0].order[first]];
    uint32_t number = value == NO_VALUE ? 0 : image_dim(image, dim, PART_SETS_AT)[value];
    const uint32_t *at = image_dim(image, dim, PART_ROWS_AT);
    if (number == 0 || at[value + 1] - at[value] != last - first + 1)
        return false;
    const uint64_t *rows = (const uint64_t *)image->column[dim_column(dim, PART_SETS)].items + (number - 1) * image->words;
    uint64_t both = 0;
    for (size_t i = 0; i < image->words; i++)
        both |= rows[i] & p->set[i];
    return both == 0;
}

/* The next group of the walk that no gap has, this one if none has it. */
static int64_t past_gaps(const struct paging *p, int64_t at, int64_t turn)
{
    const struct key_ranks *key = &p->key[0];
    for (size_t i = 0; i < p->gaps_len && at >= 0 && at < key->groups_len; i++) {
        const struct image_gap *gap = &p->gaps[i];
        uint32_t group = turned(key, (uint32_t)at);
        if (key->groups[group] < gap->from || key->groups[group] >= gap->to)
            continue;
        if (group >= key->known)
            return at + turn;
        uint32_t last = key->rank[key->order[gap->to - 1]];
        int64_t a = turned(key, key->rank[key->order[gap->from]]), b = turned(key, last < key->known ? last : key->known - 1);
        return turn > 0 ? (a > b ? a : b) + 1 : (a < b ? a : b) - 1;
    }
    return at;
}

static void walk(struct paging *p)
{
    const struct key_ranks *key = &p->key[0];
    const int64_t turn = p->backwards ? -1 : 1, step = p->backwards != is_id_descending(p) ? -1 : 1;
    int64_t at = p->from != NO_VALUE ? turned(key, key->rank[p->from]) : p->backwards ? (int64_t)key->groups_len - 1 : 0;
    bool is_first = p->from != NO_VALUE;
    while (at >= 0 && at < key->groups_len && p->len < p->want) {
        int64_t next = is_first ? at : past_gaps(p, at, turn);
        if (next != at) {
            at = next;
            continue;
        }
        uint32_t group = turned(key, (uint32_t)at);
        int64_t first = key->groups[group], last = (int64_t)key->groups[group + 1] - 1;
        if (is_first || !is_apart(p, first, last))
            walk_group(p, is_first ? place_in(p, p->from) + step : step > 0 ? first : last, first, last, step);
        is_first = false;
        at += turn;
    }
}

static bool is_anything_behind(const struct paging *p)
{
    uint32_t found[1];
    struct paging back = *p;
    back.backwards = !p->backwards;
    back.found = found;
    back.len = 0;
    back.want = 1;
    walk(&back);
    return back.len > 0;
}

/* ── several keys, or few rows ──────────────────────────────────────────────────────────────────────────────── */

/* < 0: a comes first in the list. */
static int compare(const struct paging *p, uint32_t a, uint32_t b)
{
    for (size_t i = 0; i < p->keys; i++) {
        uint32_t x = turned(&p->key[i], p->key[i].rank[a]), y = turned(&p->key[i], p->key[i].rank[b]);
        if (x != y)
            return x < y ? -1 : 1;
    }
    return 0;
}

/* The same along the walk. */
static bool comes_later(const struct paging *p, uint32_t a, uint32_t b)
{
    int order = compare(p, a, b);
    return p->backwards ? order < 0 : order > 0;
}

/* found is a heap: the last of the walk on top. */
static void sink(struct paging *p, size_t at, size_t len)
{
    for (size_t child; (child = 2 * at + 1) < len; at = child) {
        child += child + 1 < len && comes_later(p, p->found[child + 1], p->found[child]);
        if (!comes_later(p, p->found[child], p->found[at]))
            return;
        uint32_t row = p->found[at];
        p->found[at] = p->found[child];
        p->found[child] = row;
    }
}

static void keep_first(struct paging *p, uint32_t row)
{
    if (p->len < p->want) {
        p->found[p->len++] = row;
        for (size_t i = p->len / 2; p->len == p->want && i-- > 0;)
            sink(p, i, p->len);
    } else if (comes_later(p, p->found[0], row)) {
        p->found[0] = row;
        sink(p, 0, p->len);
    }
}

static void look_at_all(struct paging *p)
{
    for (size_t word = 0; word < p->image->words; word++)
        for (uint64_t bits = p->set[word]; bits != 0; bits &= bits - 1) {
            uint32_t row = (uint32_t)(word * 64 + (size_t)__builtin_ctzll(bits));
            bool is_after = p->from == NO_VALUE || comes_later(p, row, p->from);
            if (is_after)
                keep_first(p, row);
            p->is_beyond = p->is_beyond || !is_after;
        }
    for (size_t i = p->len / 2; p->len < p->want && i-- > 0;)
        sink(p, i, p->len);
    for (size_t len = p->len; len > 1; len--) {
        uint32_t last = p->found[0];
        p->found[0] = p->found[len - 1];
        p->found[len - 1] = last;
        sink(p, 0, len - 1);
    }
}

/* ── positions ──────────────────────────────────────────────────────────────────────────────────────────────── */

/* As the engine would have it: see SEARCH_RANKED_MAX. */
static int64_t relevance_of(const struct paging *p, uint32_t row)
{
    return !p->is_bounded ? (int64_t)p->relevance[row] : p->relevance[row] > 0 ? -1 : -2;
}

static enum db_status position_of(struct db_reader *reader, struct arena *arena, const struct paging *p, const struct ordering *ordering,
                                  uint32_t row, struct db_position *ret_position)
{
    struct query query CLEANUP(query_end) = {0};
    struct sql sql = sql_begin(arena);
    for (size_t i = 0; i < ordering->len; i++) {
        const struct sort_column *column = &sort_columns[ordering->keys[i].key];
        bool is_relevance = ordering->keys[i].key == DB_SORT_RELEVANCE;
        sql_add(&sql, i == 0 ? "SELECT " : ", ");
        sql_add(&sql, is_relevance ? "?" : ordering->keys[i].descending ? column->down : column->up);
        if (is_relevance)
            sql_int(&sql, relevance_of(p, row));
    }
    sql_add(&sql, " FROM study s WHERE s.id = ?");
    sql_int(&sql, image_numbers(p->image, COLUMN_ID)[row]);
    enum db_status status = sql_query(&sql, reader->st, &query);
    if (status != DB_OK)
        return status;
    if (query_row(&query))
        position_write(ordering, query.stmt, 0, ret_position);
    return query_status(&query);
}

/* The row that a position was made of, where it still stands there. */
static enum db_status find_position(struct db_reader *reader, struct arena *arena, const struct paging *p, const struct page_question *q,
                                    uint32_t *ret_row)
{
    const struct sql_value *id = &q->values[q->ordering->len - 1];
    struct db_position now = {0};
    char code[65] = "";
    *ret_row = NO_VALUE;
    if (id->number >= (int64_t)sizeof code)
        return DB_OK;
    memcpy(code, id->bytes, (size_t)id->number);
    uint32_t row = image_find(p->image, code);
    enum db_status status = row == NO_VALUE ? DB_OK : position_of(reader, arena, p, q->ordering, row, &now);
    if (now.len == q->from->len && memcmp(now.bytes, q->from->bytes, now.len) == 0)
        *ret_row = row;
    return status;
}

/* ── the page ───────────────────────────────────────────────────────────────────────────────────────────────── */

static bool is_walkable(const struct ordering *ordering)
{
    return ordering->keys[0].key < IMAGE_SORTS && (ordering->len == 1 || (ordering->len == 2 && ordering->keys[1].key == DB_SORT_ID));
}

struct asking {
    struct db_reader *reader;
    struct arena *arena;
    const struct page_question *question;
    struct paging *paging;
    struct page_rows *rows;
    enum db_status status;
};

static enum db_status hand_over(const struct asking *asking)
{
    const struct paging *p = asking->paging;
    const struct ordering *ordering = asking->question->ordering;
    struct page_rows *rows = asking->rows;
    const int64_t *ids = image_numbers(p->image, COLUMN_ID);
    size_t len = p->len < p->want ? p->len : p->want - 1;
    int64_t *items = list_extend(&rows->ids, asking->arena, len);
    enum db_status status = items == NULL && len > 0 ? DB_NO_MEMORY : DB_OK;
    for (size_t i = 0; i < len && status == DB_OK; i++)
        items[i] = ids[p->found[i]];
    rows->has_more = p->len == p->want;
    rows->has_behind = p->is_beyond;
    if (status == DB_OK && len > 0)
        status = position_of(asking->reader, asking->arena, p, ordering, p->found[0], &rows->near);
    if (status == DB_OK && len > 0)
        status = position_of(asking->reader, asking->arena, p, ordering, p->found[len - 1], &rows->far);
    return status;
}

static void find_rows(void *cls, const struct image_rows *passing)
{
    struct asking *asking = cls;
    struct paging *p = asking->paging;
    p->set = passing->set;
    asking->rows->total = passing->count;
    if (is_walkable(asking->question->ordering) && passing->count > FEW) {
        p->gaps_len = image_gaps(p->image, asking->question->filter, asking->question->ordering->keys[0].key, p->gaps);
        walk(p);
        p->is_beyond = p->from != NO_VALUE && (has_row(p->set, p->from) || is_anything_behind(p));
    } else {
        look_at_all(p);
    }
    asking->status = hand_over(asking);
}

/* What the rows are compared by. */
static enum db_status read_keys(const struct asking *asking, uint32_t **ret_relevance)
{
    const struct page_question *q = asking->question;
    struct paging *p = asking->paging;
    enum db_status status = DB_OK;
    for (; p->keys < q->ordering->len && status == DB_OK; p->keys++) {
        const struct db_sort *sort = &q->ordering->keys[p->keys];
        if (sort->key != DB_SORT_RELEVANCE) {
            p->key[p->keys] = ranks_of(p->image, sort);
            continue;
        }
        status = image_relevance(asking->reader, p->image, q->filter->q, q->is_bounded, ret_relevance);
        p->relevance = *ret_relevance;
        p->key[p->keys] = ranks_of_relevance(p->relevance, sort->descending);
    }
    return status;
}

enum db_status image_page(struct db_reader *reader, const struct image *image, struct arena *arena, const struct page_question *question,
                          struct page_rows *rows, bool *ret_is_answered)
{
    struct paging p = {.image = image,
                       .from = NO_VALUE,
                       .backwards = question->backwards,
                       .is_bounded = question->is_bounded,
                       .want = (size_t)question->limit + 1};
    struct asking asking = {reader, arena, question, &p, rows, DB_OK};
    uint32_t *relevance = NULL;
    p.found = arena_array(arena, p.want, sizeof *p.found);
    enum db_status status = p.found == NULL ? DB_NO_MEMORY : read_keys(&asking, &relevance);
    if (status == DB_OK && question->from != NULL)
        status = find_position(reader, arena, &p, question, &p.from);
    *ret_is_answered = status == DB_OK && (question->from == NULL || p.from != NO_VALUE);
    if (*ret_is_answered)
        status = image_passing(reader, image, question->filter, find_rows, &asking);
    free(relevance);
    return status == DB_OK ? asking.status : status;
}
