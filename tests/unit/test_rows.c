/* SPDX-License-Identifier: GPL-3.0-or-later
 * Whole results: rows come out as they went in, whatever room there is for them, and what cannot be finished is broken off.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "handlers/rows.h"
#include "handlers/study_json.h"
#include "suite.h"

static struct db *db;
static struct db_reader *reader;
static struct arena *arena;

static void start(void)
{
    const struct db_options options = {.path = ":memory:", .create = true, .renderer = &study_renderer};
    ck_assert_int_eq(db_open(&options, &db, NULL), DB_OK);
    ck_assert_int_eq(db_reader_open(db, &reader), DB_OK);
    arena = arena_new(1 << 20);
}

static void stop(void)
{
    arena_delete(arena);
    db_reader_close(reader);
    db_close(db); /* asserts that every reader is closed */
}

/* Rows of "n\n", of which some are long; ends with a status of one's own. */
struct counter {
    int made, rows, freed;
    enum db_status end;
};

static void put(struct buffer *out, int n)
{
    char text[16];
    snprintf(text, sizeof text, "%d", n);
    for (int i = n % 7 == 0 ? 300 : 1; i > 0; i--)
        buffer_text(out, text);
    buffer_text(out, "\n");
}

static enum db_status next(void *cls, struct buffer *out)
{
    struct counter *counter = cls;
    if (counter->made == counter->rows)
        return counter->end;
    put(out, counter->made++);
    return DB_OK;
}

static void release(void *cls)
{
    ((struct counter *)cls)->freed++;
}

static struct reply reply_of(struct request *rq, struct counter *counter, int64_t announced, const char *head)
{
    struct reply reply = {0};
    struct rows *rows;
    ck_assert_int_eq(rows_open(rq, &rows), API_OK);
    buffer_text(rows_head(rows), head);
    rows_reply(rows, &(struct row_source){next, release, counter}, announced, &reply);
    ck_assert(reply.counted);
    ck_assert_int_eq(reply.total, announced);
    ck_assert_int_eq(reply.rows, announced);
    return reply;
}

/* Reads to the end, with room for so many bytes at a time. Returns the last answer. */
static ssize_t read_all(struct reply *reply, size_t room, struct buffer *ret_body)
{
    char piece[4096];
    ssize_t len;
    buffer_init(ret_body, 1 << 20);
    while ((len = reply->stream.read(&reply->stream, piece, room)) > 0) {
        ck_assert_int_le(len, (ssize_t)room);
        buffer_append(ret_body, piece, (size_t)len);
    }
    for (int again = 0; again < 2; again++)
        ck_assert_int_eq(reply->stream.read(&reply->stream, piece, room), len);
    return len;
}

static const size_t rooms[] = {1, 2, 3, 7, 64, 1000, 4096};

START_TEST(rows_come_whole_through_any_room)
{
    struct request rq = {.db = reader, .arena = arena};
    struct counter counter = {.rows = 50, .end = DB_NOT_FOUND};
    struct reply reply = reply_of(&rq, &counter, 50, "head\n");
    struct buffer body, wanted;
    buffer_init(&wanted, 1 << 20);
    buffer_text(&wanted, "head\n");
    for (int i = 0; i < 50; i++)
        put(&wanted, i);
    ck_assert_int_eq(read_all(&reply, rooms[_i], &body), STREAM_END);
    ck_assert_uint_eq(body.len, wanted.len);
    ck_assert_mem_eq(body.bytes, wanted.bytes, wanted.len);
    ck_assert_int_eq(reply.stream.rows, 50);
    reply.stream.free(&reply.stream);
    ck_assert_int_eq(counter.freed, 1);
    buffer_free(&body);
    buffer_free(&wanted);
}
END_TEST

START_TEST(no_rows_and_no_head_are_an_empty_body)
{
    struct request rq = {.db = reader, .arena = arena};
    struct counter counter = {.rows = 0, .end = DB_NOT_FOUND};
    struct reply reply = reply_of(&rq, &counter, 0, "");
    struct buffer body;
    ck_assert_int_eq(read_all(&reply, 64, &body), STREAM_END);
    ck_assert_uint_eq(body.len, 0);
    reply.stream.free(&reply.stream);
}
END_TEST

START_TEST(rows_are_counted_when_they_are_out)
{
    struct request rq = {.db = reader, .arena = arena};
    struct counter counter = {.rows = 3, .end = DB_NOT_FOUND};
    struct reply reply = reply_of(&rq, &counter, 3, "ab");
    char byte;
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(reply.stream.read(&reply.stream, &byte, 1), 1);
        ck_assert_int_eq(reply.stream.rows, 0);
    }
    char row[301];
    ck_assert_int_eq(reply.stream.read(&reply.stream, row, 300), 300); /* of the 301 bytes of row 0 */
    ck_assert_int_eq(reply.stream.rows, 0);
    ck_assert_int_eq(reply.stream.read(&reply.stream, row, 1), 1);
    ck_assert_int_eq(reply.stream.rows, 1);
    ck_assert_int_eq(reply.stream.read(&reply.stream, row, 3), 3); /* row 1, and the first byte of row 2 */
    ck_assert_int_eq(reply.stream.rows, 2);
    reply.stream.free(&reply.stream);
}
END_TEST

static const struct {
    int rows;
    int64_t announced;
    enum db_status end;
} broken[] = {
    {9, 10, DB_NOT_FOUND}, /* fewer than were announced */
    {11, 10, DB_NOT_FOUND}, {10, 10, DB_DAMAGED}, {5, 10, DB_BUSY}, {0, 10, DB_DAMAGED},
};

START_TEST(what_cannot_be_finished_is_broken_off)
{
    struct request rq = {.db = reader, .arena = arena};
    struct counter counter = {.rows = broken[_i].rows, .end = broken[_i].end};
    struct reply reply = reply_of(&rq, &counter, broken[_i].announced, "");
    struct buffer body;
    ck_assert_int_eq(read_all(&reply, 50, &body), STREAM_BROKEN);
    ck_assert_ptr_nonnull(reply.stream.why);
    ck_assert_int_le(reply.stream.rows, broken[_i].announced);
    reply.stream.free(&reply.stream);
    ck_assert_int_eq(counter.freed, 1);
    buffer_free(&body);
}
END_TEST

START_TEST(no_more_than_so_many_at_a_time)
{
    struct exports exports = {.most = 2};
    struct request rq = {.db = reader, .arena = arena, .exports = &exports};
    struct rows *rows[3];
    ck_assert_int_eq(rows_open(&rq, &rows[0]), API_OK);
    ck_assert_int_eq(rows_open(&rq, &rows[1]), API_OK);
    ck_assert_int_eq(rows_open(&rq, &rows[2]), API_TOO_MANY_EXPORTS);
    ck_assert_ptr_null(rows[2]);
    rows_close(rows[2]);
    rows_close(rows[0]);
    ck_assert_int_eq(rows_open(&rq, &rows[0]), API_OK);
    rows_close(rows[0]);
    rows_close(rows[1]);
    ck_assert_int_eq(exports.running, 0);
}
END_TEST

START_TEST(a_result_that_is_too_long_says_how_long_it_is)
{
    struct exports exports = {.rows_max = 1000, .most = 1};
    struct faults faults = {.len = 0};
    struct request rq = {.arena = arena, .exports = &exports, .faults = &faults};
    ck_assert_int_eq(rows_most(&rq), 1000);
    ck_assert_int_eq(rows_admit(&rq, 1000), API_OK);
    ck_assert_uint_eq(faults.len, 0);
    ck_assert_int_eq(rows_admit(&rq, 1234567), API_BAD_PARAMETER);
    ck_assert_str_eq(faults.list[0].name, "limit");
    ck_assert_ptr_nonnull(strstr(faults.list[0].reason, "1234567 rows, and at most 1000 "));
    exports.rows_max = 0;
    ck_assert_int_eq(rows_most(&rq), INT64_MAX);
    ck_assert_int_eq(rows_admit(&rq, INT64_MAX), API_OK);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("rows");
    TCase *tcase = tcase_create("rows");
    tcase_add_checked_fixture(tcase, start, stop);
    tcase_add_loop_test(tcase, rows_come_whole_through_any_room, 0, sizeof rooms / sizeof *rooms);
    tcase_add_test(tcase, no_rows_and_no_head_are_an_empty_body);
    tcase_add_test(tcase, rows_are_counted_when_they_are_out);
    tcase_add_loop_test(tcase, what_cannot_be_finished_is_broken_off, 0, sizeof broken / sizeof *broken);
    tcase_add_test(tcase, no_more_than_so_many_at_a_time);
    tcase_add_test(tcase, a_result_that_is_too_long_says_how_long_it_is);
    suite_add_tcase(suite, tcase);
    return suite_run(suite);
}
