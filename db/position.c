/* SPDX-License-Identifier: GPL-3.0-or-later
 * Where a page begins, as bytes that describe themselves: a format number, then for each key of the ordering one byte that names it
 * with its direction, and its value.
 */
#include "db/internal.h"

#include <assert.h>
#include <string.h>

#define FORMAT     1
#define DESCENDING 0x80

enum tag { TAG_NUMBER = 1, TAG_BYTES };

#define PLAIN(column) column, column
#define KNOWN(column) "COALESCE(" column ", 9223372036854775807)", "COALESCE(" column ", -1)"

const struct sort_column sort_columns[] = {
    [DB_SORT_ID] = {PLAIN("s.code"), ARG_TEXT},
    [DB_SORT_NAME] = {PLAIN("s.name_key"), ARG_BLOB},
    [DB_SORT_CALL_YEAR] = {PLAIN("s.call_year"), ARG_INT},
    [DB_SORT_AMOUNT_NOK] = {PLAIN("s.amount_nok"), ARG_INT},
    [DB_SORT_PLANNED] = {KNOWN("s.planned"), ARG_INT},
    [DB_SORT_INCLUDED] = {KNOWN("s.included"), ARG_INT},
    [DB_SORT_PERCENT] = {KNOWN("s.permille"), ARG_INT},
    [DB_SORT_LEADER] = {PLAIN("s.leader_key"), ARG_BLOB},
    [DB_SORT_INSTITUTION] = {PLAIN("s.institution_key"), ARG_BLOB},
    [DB_SORT_MECHANISM] = {PLAIN("s.mechanism"), ARG_TEXT},
    [DB_SORT_STATUS] = {PLAIN("s.status"), ARG_TEXT},
    [DB_SORT_UPDATED] = {PLAIN("s.updated"), ARG_INT},
    [DB_SORT_RELEVANCE] = {PLAIN("m.score"), ARG_INT}, /* of sql_search_scored */
};

/* Three keys of bytes, a mechanism and the id are the longest there is. */
_Static_assert(1 + 3 * (4 + SORT_KEY_BYTES) + 2 * (4 + 64) <= sizeof((struct db_position *)0)->bytes, "every position fits");

struct ordering ordering_of(const struct db_studies_query *query)
{
    static const struct db_sort usual[] = {{DB_SORT_RELEVANCE, true}, {DB_SORT_CALL_YEAR, false}};
    const size_t skipped = query->filter.q == NULL; /* what was not asked for fits all alike */
    const struct db_sort *sort = query->sort_len == 0 ? usual + skipped : query->sort;
    size_t len = query->sort_len == 0 ? COUNT_OF(usual) - skipped : query->sort_len;
    struct ordering ordering = {0};
    unsigned seen = 0;
    assert(len <= DB_SORT_LEN);
    for (size_t i = 0; i < len && !(seen & 1u << DB_SORT_ID); i++) {
        if (!(seen & 1u << sort[i].key))
            ordering.keys[ordering.len++] = sort[i];
        seen |= 1u << sort[i].key;
    }
    if (!(seen & 1u << DB_SORT_ID))
        ordering.keys[ordering.len++] = (struct db_sort){DB_SORT_ID, false};
    return ordering;
}

static unsigned char name_of(const struct db_sort *sort)
{
    return (unsigned char)((unsigned)sort->key | (sort->descending ? DESCENDING : 0));
}

/* ── writing ────────────────────────────────────────────────────────────────────────────────────────────────── */

static void put(struct db_position *position, const void *bytes, size_t len)
{
    assert(len <= sizeof position->bytes - position->len);
    if (len > 0)
        memcpy(position->bytes + position->len, bytes, len);
    position->len += len;
}

static void put_byte(struct db_position *position, unsigned byte)
{
    put(position, &(unsigned char){(unsigned char)byte}, 1);
}

static void put_number(struct db_position *position, int64_t number)
{
    put_byte(position, TAG_NUMBER);
    for (int shift = 56; shift >= 0; shift -= 8)
        put_byte(position, (unsigned)((uint64_t)number >> shift & 0xff));
}

static void put_bytes(struct db_position *position, const void *bytes, size_t len)
{
    put_byte(position, TAG_BYTES);
    put_byte(position, (unsigned)len);
    put(position, bytes, len);
}

void position_write(const struct ordering *ordering, sqlite3_stmt *row, int column, struct db_position *ret_position)
{
    ret_position->len = 0;
    put_byte(ret_position, FORMAT);
    for (size_t i = 0; i < ordering->len; i++, column++) {
        put_byte(ret_position, name_of(&ordering->keys[i]));
        int type = sqlite3_column_type(row, column);
        assert(type != SQLITE_NULL);
        if (type == SQLITE_INTEGER)
            put_number(ret_position, sqlite3_column_int64(row, column));
        else {
            const void *bytes = sqlite3_column_blob(row, column);
            put_bytes(ret_position, bytes, (size_t)sqlite3_column_bytes(row, column));
        }
    }
}

/* ── reading ────────────────────────────────────────────────────────────────────────────────────────────────── */

struct cursor {
    const unsigned char *at, *end;
};

static bool get_byte(struct cursor *cursor, unsigned char *ret_byte)
{
    if (cursor->at == cursor->end)
        return false;
    *ret_byte = *cursor->at++;
    return true;
}

static bool get_number(struct cursor *cursor, struct sql_value *ret_value)
{
    uint64_t number = 0;
    if (cursor->end - cursor->at < 8)
        return false;
    for (int i = 0; i < 8; i++)
        number = number << 8 | *cursor->at++;
    *ret_value = (struct sql_value){.kind = ARG_INT, .number = (int64_t)number};
    return true;
}

static bool get_bytes(struct cursor *cursor, enum arg_kind kind, struct sql_value *ret_value)
{
    unsigned char len;
    if (!get_byte(cursor, &len) || cursor->end - cursor->at < len)
        return false;
    *ret_value = (struct sql_value){.kind = kind, .number = len, .bytes = cursor->at};
    cursor->at += len;
    return true;
}

static bool get_value(struct cursor *cursor, enum arg_kind kind, struct sql_value *ret_value)
{
    unsigned char tag;
    if (!get_byte(cursor, &tag))
        return false;
    if (tag == TAG_NUMBER && kind == ARG_INT)
        return get_number(cursor, ret_value);
    return tag == TAG_BYTES && kind != ARG_INT && get_bytes(cursor, kind, ret_value);
}

bool position_read(const struct ordering *ordering, const struct db_position *position, struct sql_value *ret_values)
{
    unsigned char byte;
    if (position->len > sizeof position->bytes)
        return false;
    struct cursor cursor = {position->bytes, position->bytes + position->len};
    if (!get_byte(&cursor, &byte) || byte != FORMAT)
        return false;
    for (size_t i = 0; i < ordering->len; i++) {
        if (!get_byte(&cursor, &byte) || byte != name_of(&ordering->keys[i]))
            return false;
        if (!get_value(&cursor, sort_columns[ordering->keys[i].key].kind, &ret_values[i]))
            return false;
    }
    return cursor.at == cursor.end;
}
