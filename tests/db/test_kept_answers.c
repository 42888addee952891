/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fixture.h"

static enum db_status keep(int64_t token, const char *key, const struct db_kept_answer *answer)
{
    struct db_write *write = NULL;
    ck_assert_int_eq(db_write_begin(fixture.db, &write), DB_OK);
    enum db_status status = db_write_kept_answer(write, token, key, answer);
    if (status != DB_OK) {
        db_write_abandon(write);
        return status;
    }
    return db_write_commit(write);
}

struct seen {
    int times;
    struct db_kept_answer answer;
    char location[100], body[100];
};

static void look(void *cls, const struct db_kept_answer *answer)
{
    struct seen *seen = cls;
    seen->times++;
    seen->answer = *answer;
    ck_assert_uint_lt(answer->body_len, sizeof seen->body);
    snprintf(seen->location, sizeof seen->location, "%s", or_none(answer->location));
    memcpy(seen->body, answer->body, answer->body_len);
    seen->body[answer->body_len] = '\0';
}

static struct seen get(int64_t token, const char *key)
{
    struct seen seen = {0};
    enum db_status status = db_kept_answer_get(fixture.reader, token, key, look, &seen);
    ck_assert_int_eq(status, seen.times == 0 ? DB_NOT_FOUND : DB_OK);
    return seen;
}

static const struct db_kept_answer created = {
    .digest = {1, 2, 3}, .status = 201, .version = 7, .location = "/studies/alpha/recruitment", .body = "{\"a\":\0}", .body_len = 7};

START_TEST(an_answer_is_given_again_as_it_was)
{
    ck_assert_int_eq(keep(3, "key", &created), DB_OK);
    struct seen seen = get(3, "key");
    ck_assert_int_eq(seen.times, 1);
    ck_assert_mem_eq(seen.answer.digest, created.digest, DB_HASH_BYTES);
    ck_assert_int_eq(seen.answer.status, 201);
    ck_assert_int_eq(seen.answer.version, 7);
    ck_assert_str_eq(seen.location, created.location);
    ck_assert_uint_eq(seen.answer.body_len, 7);
    ck_assert_mem_eq(seen.body, created.body, 7);
}
END_TEST

START_TEST(an_answer_may_have_no_location_and_no_body)
{
    ck_assert_int_eq(keep(0, "key", &(struct db_kept_answer){.status = 204}), DB_OK);
    struct seen seen = get(0, "key");
    ck_assert_int_eq(seen.answer.status, 204);
    ck_assert_ptr_null(seen.answer.location);
    ck_assert_ptr_nonnull(seen.answer.body);
    ck_assert_uint_eq(seen.answer.body_len, 0);
}
END_TEST

START_TEST(a_key_is_its_tokens_own)
{
    ck_assert_int_eq(keep(3, "key", &created), DB_OK);
    ck_assert_int_eq(get(4, "key").times, 0);
    ck_assert_int_eq(get(3, "Key").times, 0);
    ck_assert_int_eq(get(3, "key2").times, 0);
    ck_assert_int_eq(keep(4, "key", &(struct db_kept_answer){.status = 200}), DB_OK);
    ck_assert_int_eq(get(3, "key").answer.status, 201);
    ck_assert_int_eq(get(4, "key").answer.status, 200);
}
END_TEST

START_TEST(an_answer_is_never_written_over)
{
    ck_assert_int_eq(keep(3, "key", &created), DB_OK);
    ck_assert_int_eq(keep(3, "key", &(struct db_kept_answer){.status = 200}), DB_CONFLICT);
    ck_assert_int_eq(get(3, "key").answer.status, 201);
}
END_TEST

START_TEST(a_key_has_a_length)
{
    char key[257];
    memset(key, 'k', sizeof key);
    key[256] = '\0';
    ck_assert_int_eq(keep(3, key, &created), DB_CONFLICT);
    ck_assert_int_eq(keep(3, "", &created), DB_CONFLICT);
    key[255] = '\0';
    ck_assert_int_eq(keep(3, key, &created), DB_OK);
}
END_TEST

START_TEST(what_is_older_than_its_days_goes_some_at_a_time)
{
    const int64_t day = 86400000;
    int64_t now = sql("SELECT CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)");
    sql("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100) INSERT INTO kept_answer "
        "(token, key, digest, at, status, version, body) SELECT 1, 'old-' || i, zeroblob(32), %lld - i, 200, 0, x'' FROM n",
        (long long)(now - DB_KEPT_ANSWER_DAYS * day));
    sql("INSERT INTO kept_answer (token, key, digest, at, status, version, body) VALUES (1, 'young', zeroblob(32), %lld, 200, 0, x'')",
        (long long)(now - DB_KEPT_ANSWER_DAYS * day + 60000));
    ck_assert_int_eq(keep(2, "first", &created), DB_OK);
    int64_t left = sql("SELECT count(*) FROM kept_answer WHERE key LIKE 'old-%%'");
    ck_assert_int_lt(left, 100);
    ck_assert_int_gt(left, 0); /* not all: the one who files does not wait for it */
    ck_assert_int_eq(get(1, "old-100").times, 0);
    ck_assert_int_eq(get(1, "old-1").times, 1);
    for (int i = 0; i < 20; i++) {
        char key[20];
        snprintf(key, sizeof key, "again-%d", i);
        ck_assert_int_eq(keep(2, key, &created), DB_OK);
    }
    ck_assert_int_eq(sql("SELECT count(*) FROM kept_answer WHERE key LIKE 'old-%%'"), 0);
    ck_assert_int_eq(get(1, "young").times, 1);
    ck_assert_int_eq(get(2, "first").times, 1);
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("kept answers");
    tcase_add_test(cases, an_answer_is_given_again_as_it_was);
    tcase_add_test(cases, an_answer_may_have_no_location_and_no_body);
    tcase_add_test(cases, a_key_is_its_tokens_own);
    tcase_add_test(cases, an_answer_is_never_written_over);
    tcase_add_test(cases, a_key_has_a_length);
    tcase_add_test(cases, what_is_older_than_its_days_goes_some_at_a_time);
    return run("kept answers", cases, true);
}
