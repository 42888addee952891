/* SPDX-License-Identifier: GPL-3.0-or-later
 * What the engine complains of, and what of it is for the operator.
 */
#include "fixture.h"

static int said;
static char last[400];

static void keep(void *cls, const char *line)
{
    (void)cls;
    said++;
    snprintf(last, sizeof last, "%s", line);
}

static const int everyday[] = {SQLITE_BUSY, SQLITE_SCHEMA, SQLITE_INTERRUPT, SQLITE_NOTICE_RECOVER_WAL, SQLITE_WARNING_AUTOINDEX};

START_TEST(an_operator_hears_of_faults_alone)
{
    static const struct db_listener listener = {.say = keep};
    db_complain_to(&listener);
    for (size_t i = 0; i < LEN(everyday); i++) {
        sqlite3_log(everyday[i], "nothing to worry about");
        ck_assert_msg(said == 0, "%s", last);
    }
    sqlite3_log(SQLITE_CORRUPT, "page 7 is broken");
    ck_assert_int_eq(said, 1);
    ck_assert_ptr_nonnull(strstr(last, "page 7 is broken"));
    sqlite3_log(SQLITE_WARNING, "a file was renamed while open");
    ck_assert_int_eq(said, 2);
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("complaints");
    tcase_add_test(cases, an_operator_hears_of_faults_alone);
    return run("complaints", cases, false);
}
