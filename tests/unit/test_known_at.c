/* SPDX-License-Identifier: GPL-3.0-or-later
 * Whether an instant can be asked about yet.
 */
#include <string.h>

#include "server/known_at.h"
#include "suite.h"

static struct db *db;

static bool render_nothing(void *cls, const struct db_study *study, struct db_rendering *ret_rendering)
{
    (void)cls, (void)study, (void)ret_rendering;
    return false;
}

static void setup(void)
{
    static const struct db_renderer renderer = {.render = render_nothing, .version = "1"};
    const struct db_options options = {.path = ":memory:", .create = true, .renderer = &renderer};
    ck_assert_int_eq(db_open(&options, &db, NULL), DB_OK);
}

static void teardown(void)
{
    db_close(db);
}

START_TEST(what_is_settled_can_be_asked_about)
{
    struct faults faults = {.len = 0};
    ck_assert_int_eq(known_at_check(db, 1, &faults), API_OK);
    ck_assert_int_eq(known_at_check(db, db_data_updated(db), &faults), API_OK);
    ck_assert_uint_eq(faults.len, 0);
}
END_TEST

START_TEST(what_is_being_written_may_belong_to_the_instant)
{
    struct faults faults = {.len = 0};
    struct db_write *write = NULL;
    ck_assert_int_eq(db_write_begin(db, &write), DB_OK);
    int64_t now = db_write_now(write);
    ck_assert_int_eq(known_at_check(db, now - 1, &faults), API_OK);
    while (known_at_check(db, now, &faults) == API_BAD_PARAMETER) /* its instant may be ahead of the clock, which follows */
        faults.len = 0;
    ck_assert_int_eq(known_at_check(db, now, &faults), API_UNAVAILABLE);
    ck_assert_uint_eq(faults.len, 0); /* nothing is wrong with the question */
    db_write_abandon(write);
    ck_assert_int_eq(known_at_check(db, now, &faults), API_OK);
}
END_TEST

/* From then on nothing is recorded at or before it. */
START_TEST(what_was_answered_stays_so)
{
    struct faults faults = {.len = 0};
    struct db_write *write = NULL;
    int64_t instant = db_data_updated(db);
    while (known_at_check(db, instant + 1, &faults) == API_OK)
        instant++;
    ck_assert_int_eq(known_at_check(db, instant, &faults), API_OK);
    ck_assert_int_eq(db_write_begin(db, &write), DB_OK);
    ck_assert_int_gt(db_write_now(write), instant);
    db_write_abandon(write);
}
END_TEST

START_TEST(the_future_is_named_as_what_is_wrong)
{
    struct faults faults = {.len = 0};
    ck_assert_int_eq(known_at_check(db, db_data_updated(db) + 3600000, &faults), API_BAD_PARAMETER);
    ck_assert_uint_eq(faults.len, 1);
    ck_assert_str_eq(faults.list[0].in, "query");
    ck_assert_str_eq(faults.list[0].name, "known_at");
    ck_assert_ptr_nonnull(strstr(faults.list[0].reason, "future"));
}
END_TEST

START_TEST(the_instant_lies_where_the_table_says)
{
    struct asked {
        const char *id;
        int64_t known_at;
    } asked = {"x", 7};
    static const struct param with[] = {{"id", IN_PATH, T_ID, .offset = offsetof(struct asked, id)},
                                        {"known_at", IN_QUERY, T_INSTANT, .offset = offsetof(struct asked, known_at)},
                                        {0}};
    static const struct param without[] = {{"id", IN_PATH, T_ID, .offset = 0}, {0}};
    const struct route known = {.params = with}, live = {.params = without}, none = {.params = NULL};
    ck_assert_int_eq(known_at_of(&known, &asked), 7);
    ck_assert_int_eq(known_at_of(&live, &asked), 0);
    ck_assert_int_eq(known_at_of(&none, &asked), 0);
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("known at");
    tcase_add_test(cases, what_is_settled_can_be_asked_about);
    tcase_add_test(cases, what_is_being_written_may_belong_to_the_instant);
    tcase_add_test(cases, what_was_answered_stays_so);
    tcase_add_test(cases, the_future_is_named_as_what_is_wrong);
    tcase_add_test(cases, the_instant_lies_where_the_table_says);
    tcase_add_checked_fixture(cases, setup, teardown);
    Suite *suite = suite_create("known at");
    suite_add_tcase(suite, cases);
    return suite_run(suite);
}
