/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fixture.h"

static struct db_write *begin(void)
{
    struct db_write *write = NULL;
    ck_assert_int_eq(db_write_begin(fixture.db, &write), DB_OK);
    return write;
}

static enum db_status add(const char *name, enum db_role role, enum db_scope scope, const char *code, int64_t expires, int64_t *ret_id)
{
    const struct db_token token = {.name = name, .role = role, .scope = scope, .code = code, .hash = {9, 8, 7}, .expires = expires};
    struct db_write *write = begin();
    enum db_status status = db_write_token(write, &token, ret_id);
    if (status != DB_OK) {
        db_write_abandon(write);
        return status;
    }
    return db_write_commit(write);
}

static enum db_status revoke_one(int64_t id, bool *ret_changed)
{
    struct db_write *write = begin();
    enum db_status status = db_write_token_revoke(write, id, ret_changed);
    ck_assert_int_eq(db_write_commit(write), DB_OK);
    return status;
}

struct seen {
    int times;
    char name[120], code[80];
    struct db_token token;
};

static void keep_token(void *cls, const struct db_token *token)
{
    struct seen *seen = cls;
    seen->times++;
    seen->token = *token;
    snprintf(seen->name, sizeof seen->name, "%s", token->name);
    snprintf(seen->code, sizeof seen->code, "%s", token->code);
}

static struct seen get(int64_t id)
{
    struct seen seen = {0};
    ck_assert_int_eq(db_token_get(fixture.reader, id, keep_token, &seen), DB_OK);
    ck_assert_int_eq(seen.times, 1);
    return seen;
}

START_TEST(a_token_is_kept_as_it_was_made)
{
    import_ok(&first_said);
    int64_t id = 0, before = db_data_version(fixture.db);
    ck_assert_int_eq(add("Kontoret på Haukeland", DB_ROLE_EDITOR, DB_SCOPE_INSTITUTION, "haukeland", 1800000000000, &id), DB_OK);
    struct seen seen = get(id);
    ck_assert_int_eq(seen.token.id, id);
    ck_assert_str_eq(seen.name, "Kontoret på Haukeland");
    ck_assert_int_eq(seen.token.role, DB_ROLE_EDITOR);
    ck_assert_int_eq(seen.token.scope, DB_SCOPE_INSTITUTION);
    ck_assert_str_eq(seen.code, "haukeland");
    ck_assert_mem_eq(seen.token.hash, "\x9\x8\x7\0", 4);
    ck_assert_int_gt(seen.token.created, 1600000000000);
    ck_assert_int_eq(seen.token.expires, 1800000000000);
    ck_assert_int_eq(seen.token.revoked, -1);
    ck_assert_int_eq(db_data_version(fixture.db), before); /* tokens change no answer */
    ck_assert_int_eq(db_token_get(fixture.reader, id + 1, keep_token, &seen), DB_NOT_FOUND);
}
END_TEST

START_TEST(the_hash_may_come_after_the_id)
{
    import_ok(&first_said);
    const unsigned char hash[DB_HASH_BYTES] = {1, 2, 3};
    int64_t id = 0;
    struct db_write *write = begin();
    const struct db_token token = {.name = "n", .role = DB_ROLE_REPORTER, .scope = DB_SCOPE_STUDY, .code = "alpha", .expires = -1};
    ck_assert_int_eq(db_write_token(write, &token, &id), DB_OK);
    ck_assert_int_eq(db_write_token_hash(write, id, hash), DB_OK);
    ck_assert_int_eq(db_write_token_hash(write, id + 1, hash), DB_NOT_FOUND);
    ck_assert_int_eq(db_write_commit(write), DB_OK);
    ck_assert_mem_eq(get(id).token.hash, hash, DB_HASH_BYTES);
    ck_assert_int_eq(get(id).token.expires, -1);
}
END_TEST

static const struct {
    enum db_scope scope;
    const char *code;
    enum db_status status;
} scopes[] = {
    {DB_SCOPE_STUDY, "alpha", DB_OK},
    {DB_SCOPE_STUDY, "haukeland", DB_NOT_FOUND},
    {DB_SCOPE_STUDY, "klin", DB_NOT_FOUND},
    {DB_SCOPE_INSTITUTION, "ous", DB_OK},
    {DB_SCOPE_INSTITUTION, "alpha", DB_NOT_FOUND},
    {DB_SCOPE_PROGRAMME, "klin", DB_OK},
    {DB_SCOPE_PROGRAMME, "ous", DB_NOT_FOUND},
    {DB_SCOPE_STUDY, "", DB_NOT_FOUND},
    {DB_SCOPE_ALL, "klin", DB_NOT_FOUND}, /* the operator's own: no token has it */
};

START_TEST(a_token_is_for_something_that_is_there)
{
    import_ok(&first_said);
    int64_t id = 0;
    ck_assert_int_eq(add("n", DB_ROLE_REPORTER, scopes[_i].scope, scopes[_i].code, -1, &id), scopes[_i].status);
}
END_TEST

START_TEST(what_no_token_may_be_is_refused)
{
    import_ok(&first_said);
    char name[102];
    int64_t id = 0;
    memset(name, 'n', sizeof name);
    name[101] = '\0';
    ck_assert_int_eq(add(name, DB_ROLE_REPORTER, DB_SCOPE_STUDY, "alpha", -1, &id), DB_CONFLICT);
    ck_assert_int_eq(add("", DB_ROLE_REPORTER, DB_SCOPE_STUDY, "alpha", -1, &id), DB_CONFLICT);
    ck_assert_int_eq(add("n", DB_ROLE_OPERATOR, DB_SCOPE_STUDY, "alpha", -1, &id), DB_CONFLICT);
    ck_assert_int_eq(add("n", DB_ROLE_NONE, DB_SCOPE_STUDY, "alpha", -1, &id), DB_CONFLICT);
    name[100] = '\0';
    ck_assert_int_eq(add(name, DB_ROLE_REPORTER, DB_SCOPE_STUDY, "alpha", -1, &id), DB_OK);
}
END_TEST

START_TEST(a_revoked_token_stays_so_since_the_first_time)
{
    import_ok(&first_said);
    int64_t id = 0;
    bool changed = false;
    ck_assert_int_eq(add("n", DB_ROLE_REPORTER, DB_SCOPE_STUDY, "alpha", -1, &id), DB_OK);
    ck_assert_int_eq(revoke_one(id, &changed), DB_OK);
    ck_assert(changed);
    int64_t revoked = get(id).token.revoked;
    ck_assert_int_ge(revoked, get(id).token.created);
    usleep(2000);
    ck_assert_int_eq(revoke_one(id, &changed), DB_OK);
    ck_assert(!changed);
    ck_assert_int_eq(get(id).token.revoked, revoked);
    ck_assert_int_eq(revoke_one(id + 1, &changed), DB_NOT_FOUND);
    ck_assert(!changed);
}
END_TEST

static bool keep_up_to_two(void *cls, const struct db_token *token)
{
    int64_t *ids = cls;
    ids[ids[2]++] = token->id;
    return ids[2] < 2;
}

START_TEST(all_tokens_come_in_the_order_they_were_made)
{
    import_ok(&first_said);
    int64_t id[3], seen[3] = {0};
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(add("n", DB_ROLE_REPORTER, DB_SCOPE_STUDY, "alpha", -1, &id[i]), DB_OK);
    ck_assert_int_eq(db_tokens(fixture.reader, keep_up_to_two, seen), DB_OK);
    ck_assert_int_eq(seen[0], id[0]);
    ck_assert_int_eq(seen[1], id[1]);
    ck_assert_int_eq(seen[2], 2);
}
END_TEST

START_TEST(an_id_is_never_given_again)
{
    import_ok(&first_said);
    int64_t first = 0, second = 0;
    ck_assert_int_eq(add("n", DB_ROLE_REPORTER, DB_SCOPE_STUDY, "alpha", -1, &first), DB_OK);
    sql("DELETE FROM token");
    ck_assert_int_eq(add("n", DB_ROLE_REPORTER, DB_SCOPE_STUDY, "alpha", -1, &second), DB_OK);
    ck_assert_int_gt(second, first);
}
END_TEST

/* alpha is coordinated by ous; beta here by haukeland, which is a part of helse-bergen. */
static const struct {
    enum db_scope scope;
    const char *code, *study;
    bool covers;
} covers[] = {
    {DB_SCOPE_STUDY, "alpha", "alpha", true},
    {DB_SCOPE_STUDY, "alpha", "beta", false},
    {DB_SCOPE_INSTITUTION, "ous", "alpha", true},
    {DB_SCOPE_INSTITUTION, "ous", "beta", false},
    {DB_SCOPE_INSTITUTION, "haukeland", "beta", true},
    {DB_SCOPE_INSTITUTION, "helse-bergen", "beta", true},
    {DB_SCOPE_INSTITUTION, "helse-bergen", "alpha", false}, /* it includes at a part of it, and is not coordinated from there */
    {DB_SCOPE_INSTITUTION, "tromso", "alpha", false},
    {DB_SCOPE_PROGRAMME, "klin", "alpha", true},
    {DB_SCOPE_PROGRAMME, "klin", "beta", true},
    {DB_SCOPE_PROGRAMME, "other", "beta", false},
    {DB_SCOPE_INSTITUTION, "klin", "beta", false},
    {DB_SCOPE_ALL, NULL, "beta", true},
};

START_TEST(a_scope_covers_what_is_coordinated_within_it)
{
    import_ok(&first_said);
    sql("UPDATE study SET institution = 'haukeland' WHERE code = 'beta'");
    const struct db_token token = {.scope = covers[_i].scope, .code = covers[_i].code};
    bool is = !covers[_i].covers;
    ck_assert_int_eq(db_token_covers(fixture.reader, &token, covers[_i].study, &is), DB_OK);
    ck_assert_int_eq(is, covers[_i].covers);
    is = true;
    ck_assert_int_eq(db_token_covers(fixture.reader, &token, "nobody", &is), DB_NOT_FOUND);
    ck_assert(!is);
}
END_TEST

START_TEST(a_part_does_not_speak_for_the_whole)
{
    import_ok(&first_said);
    const struct db_token token = {.scope = DB_SCOPE_INSTITUTION, .code = "haukeland"};
    bool is = true;
    ck_assert_int_eq(db_token_covers(fixture.reader, &token, "beta", &is), DB_OK);
    ck_assert(!is);
}
END_TEST

START_TEST(institutions_in_a_circle_end)
{
    import_ok(&first_said);
    sql("UPDATE institution SET part_of = 'haukeland' WHERE code = 'helse-bergen'");
    const struct db_token token = {.scope = DB_SCOPE_INSTITUTION, .code = "ous"};
    bool is = true;
    ck_assert_int_eq(db_token_covers(fixture.reader, &token, "beta", &is), DB_OK);
    ck_assert(!is);
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("tokens");
    tcase_add_test(cases, a_token_is_kept_as_it_was_made);
    tcase_add_test(cases, the_hash_may_come_after_the_id);
    tcase_add_loop_test(cases, a_token_is_for_something_that_is_there, 0, LEN(scopes));
    tcase_add_test(cases, what_no_token_may_be_is_refused);
    tcase_add_test(cases, a_revoked_token_stays_so_since_the_first_time);
    tcase_add_test(cases, all_tokens_come_in_the_order_they_were_made);
    tcase_add_test(cases, an_id_is_never_given_again);
    tcase_add_loop_test(cases, a_scope_covers_what_is_coordinated_within_it, 0, LEN(covers));
    tcase_add_test(cases, a_part_does_not_speak_for_the_whole);
    tcase_add_test(cases, institutions_in_a_circle_end);
    return run("tokens", cases, true);
}
