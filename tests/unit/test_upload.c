/* SPDX-License-Identifier: GPL-3.0-or-later
 * Bodies of requests as they come, and what they say they are.
 */
#include "support.h"

#include <string.h>

#include "base/arena.h"
#include "server/lint.h"
#include "server/route.h"
#include "server/upload.h"

#define COUNT(list) ((int)(sizeof(list) / sizeof *(list)))

static const struct route_body bodies[] = {
    {BODY_JSON, "application/json"}, {BODY_CSV, "text/csv"}, {BODY_NDJSON, "application/x-ndjson"}, {0}};
static const struct route takes = {.bodies = bodies, .body_max = 10}, takes_none = {.body_max = 0};
static struct arena arena;

static void teardown(void)
{
    arena_free(&arena);
}

START_TEST(pieces_become_one_text)
{
    struct upload upload = {0};
    ck_assert_int_eq(upload_add(&upload, "01234", 5, 10), API_OK);
    ck_assert_int_eq(upload_add(&upload, "56789", 5, 10), API_OK);
    ck_assert_uint_eq(upload.len, 10);
    ck_assert_str_eq(upload.bytes, "0123456789");
    upload_free(&upload);
    ck_assert_ptr_null(upload.bytes);
}
END_TEST

START_TEST(one_byte_too_many_and_nothing_is_kept)
{
    struct upload upload = {0};
    ck_assert_int_eq(upload_add(&upload, "0123456789", 10, 10), API_OK);
    ck_assert_int_eq(upload_add(&upload, "0", 1, 10), API_PAYLOAD_TOO_LARGE);
    ck_assert_ptr_null(upload.bytes);
    ck_assert_int_eq(upload_add(&upload, "0123456789a", 11, 10), API_PAYLOAD_TOO_LARGE);
}
END_TEST

START_TEST(memory_follows_what_came)
{
    struct upload upload = {0};
    char piece[1000];
    memset(piece, 'x', sizeof piece);
    for (size_t i = 1; i <= 1000; i++) {
        ck_assert_int_eq(upload_add(&upload, piece, sizeof piece, 1000000), API_OK);
        ck_assert_uint_gt(upload.room, i * sizeof piece);
        ck_assert_uint_le(upload.room, 2 * i * sizeof piece + 4096);
        ck_assert_int_eq(upload.bytes[upload.len], '\0');
    }
    ck_assert_uint_eq(upload.len, 1000000);
    upload_free(&upload);
}
END_TEST

START_TEST(what_nobody_reads_is_dropped_but_not_for_ever)
{
    struct upload upload = {0};
    ck_assert(upload_drop(&upload, 1));
    ck_assert(upload_drop(&upload, 60 * 1024 * 1024));
    ck_assert(!upload_drop(&upload, 10 * 1024 * 1024));
}
END_TEST

START_TEST(what_is_announced_too_large_is_refused_before_it_comes)
{
    const char *detail = NULL;
    struct head none = {0}, fits = {.body = true, .body_len = 10}, large = {.body = true, .body_len = 11}, unknown = {.body = true};
    ck_assert_int_eq(upload_announced(&arena, &takes, &none, &detail), API_OK);
    ck_assert_int_eq(upload_announced(&arena, &takes, &fits, &detail), API_OK);
    ck_assert_int_eq(upload_announced(&arena, &takes, &unknown, &detail), API_OK);
    ck_assert_ptr_null(detail);
    ck_assert_int_eq(upload_announced(&arena, &takes, &large, &detail), API_PAYLOAD_TOO_LARGE);
    ck_assert_str_eq(detail, "The body may have at most 10 bytes.");
    ck_assert_int_eq(upload_announced(&arena, &takes_none, &none, &detail), API_OK);
    ck_assert_int_eq(upload_announced(&arena, &takes_none, &fits, &detail), API_BAD_REQUEST);
}
END_TEST

static const struct {
    const char *type, *coding;
    int media; /* −1 = refused */
} types[] = {
    {"application/json", NULL, BODY_JSON},
    {"APPLICATION/JSON", NULL, BODY_JSON},
    {"application/json; charset=utf-8", NULL, BODY_JSON},
    {"application/json;charset=\"UTF-8\"", NULL, BODY_JSON},
    {"application/json ; charset=utf-8 ; x=y", "identity", BODY_JSON},
    {"text/csv; header=present; charset=UTF-8", NULL, BODY_CSV},
    {"text/csv; header=present", "IDENTITY", BODY_CSV},
    {"application/x-ndjson", NULL, BODY_NDJSON},
    {"application/json; charset=latin1", NULL, -1},
    {"application/json; charset=utf-88", NULL, -1},
    {"application/json; charset=utf-16; charset=utf-8", NULL, -1},
    {"text/csv;x=y;charset=iso-8859-1", NULL, -1},
    {"application/jso", NULL, -1},
    {"application/json5", NULL, -1},
    {"application/merge-patch+json", NULL, -1},
    {"application/x-www-form-urlencoded", NULL, -1},
    {"", NULL, -1},
    {NULL, NULL, -1},
    {"application/json", "gzip", -1},
    {"application/json", "identity, identity", -1},
};

START_TEST(a_body_is_of_a_type_that_is_taken_and_of_utf_8)
{
    const char *detail = NULL;
    enum body_media media = BODY_MERGE_PATCH;
    const struct head head = {.content_type = types[_i].type, .content_encoding = types[_i].coding};
    enum api_error error = upload_media(&arena, &takes, &head, &media, &detail);
    ck_assert_int_eq(error, types[_i].media < 0 ? API_UNSUPPORTED_MEDIA_TYPE : API_OK);
    ck_assert_int_eq(detail != NULL, types[_i].media < 0);
    if (types[_i].media >= 0)
        ck_assert_int_eq((int)media, types[_i].media);
}
END_TEST

START_TEST(a_refusal_names_the_types_there_are)
{
    const char *detail = NULL;
    enum body_media media;
    upload_media(&arena, &takes, &(struct head){0}, &media, &detail);
    ck_assert_str_eq(detail, "Content-Type has to be application/json, text/csv or application/x-ndjson.");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("upload");
    TCase *tcase = tcase_create("upload");
    tcase_add_checked_fixture(tcase, NULL, teardown);
    tcase_add_test(tcase, pieces_become_one_text);
    tcase_add_test(tcase, one_byte_too_many_and_nothing_is_kept);
    tcase_add_test(tcase, memory_follows_what_came);
    tcase_add_test(tcase, what_nobody_reads_is_dropped_but_not_for_ever);
    tcase_add_test(tcase, what_is_announced_too_large_is_refused_before_it_comes);
    tcase_add_loop_test(tcase, a_body_is_of_a_type_that_is_taken_and_of_utf_8, 0, COUNT(types));
    tcase_add_test(tcase, a_refusal_names_the_types_there_are);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
