/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "copies.h"

#include <signal.h>
#include <sys/wait.h>

static void assert_backup_refused(const char *path, enum db_status expected, const char *part)
{
    char *detail = NULL;
    enum db_status status = db_backup(path, copy, NULL, &detail);
    assert_said(status, expected, detail, part);
}

START_TEST(a_copy_is_the_whole_register_in_one_file)
{
    make();
    int before = files();
    back_up(); /* while this process serves it */
    ck_assert_int_eq(files(), before + 1);
    struct stat st;
    ck_assert_int_eq(stat(copy, &st), 0);
    ck_assert_int_eq(st.st_mode & 07777, 0600);
    char *served = state(), epoch[17];
    snprintf(epoch, sizeof epoch, "%s", db_epoch(fixture.db));
    fixture_close();
    assert_sound(copy);
    char *copied = state_at(copy);
    ck_assert_str_eq(copied, served);
    snprintf(fixture.path, sizeof fixture.path, "%s", copy);
    open_well(false);
    ck_assert_str_eq(db_epoch(fixture.db), epoch);
    free(served);
    free(copied);
}
END_TEST

START_TEST(what_is_only_in_the_log_is_in_the_copy)
{
    make();
    ck_assert_int_eq(sql("PRAGMA wal_checkpoint(TRUNCATE)"), 0);
    import_later();
    struct stat st;
    ck_assert_int_eq(stat(beside(fixture.path, "-wal"), &st), 0);
    ck_assert_int_gt(st.st_size, 0);
    back_up();
    char *served = state();
    fixture_close();
    char *copied = state_at(copy);
    ck_assert_str_eq(copied, served);
    free(served);
    free(copied);
}
END_TEST

START_TEST(a_backup_writes_over_nothing)
{
    static const char *const ends[] = {"", "-wal", "-journal"};
    make();
    for (size_t i = 0; i < LEN(ends); i++) {
        char name[160];
        snprintf(name, sizeof name, "%s%s", copy, ends[i]);
        write_text(name, "kept");
        assert_backup_refused(fixture.path, DB_CONFLICT, name);
        struct stat st;
        ck_assert_int_eq(stat(name, &st), 0);
        ck_assert_int_eq(st.st_size, 4);
        unlink(name);
    }
    ck_assert_int_eq(symlink("nowhere", copy), 0);
    assert_backup_refused(fixture.path, DB_CONFLICT, "is there already");
    unlink(copy);
    snprintf(copy, sizeof copy, "%s", fixture.path);
    assert_backup_refused(fixture.path, DB_CONFLICT, "is there already");
}
END_TEST

START_TEST(what_cannot_be_copied_leaves_nothing_behind)
{
    assert_backup_refused(fixture.path, DB_NOT_FOUND, "there is no such file");
    write_text(fixture.path, "This is no database at all, though it is a file of some length.\n");
    assert_backup_refused(fixture.path, DB_DAMAGED, "is not a database");
    ck_assert_int_eq(files(), 1);
    snprintf(copy, sizeof copy, "%s/none/copy.db", fixture.dir);
    assert_backup_refused(fixture.path, DB_NOT_FOUND, "/none/copy.db: No such file");
}
END_TEST

START_TEST(a_register_of_an_earlier_format_is_copied_as_it_is)
{
    make();
    fixture_close();
    sql("PRAGMA user_version = 1");
    back_up();
    snprintf(fixture.path, sizeof fixture.path, "%s", copy);
    ck_assert_int_eq(sql("PRAGMA user_version"), 1);
    ck_assert_int_eq(sql("SELECT count(*) FROM study"), 2);
}
END_TEST

struct told {
    int times;
    int64_t done, of;
    char what[80];
};

static void keep_step(void *cls, const char *what, int64_t done, int64_t of)
{
    struct told *told = cls;
    ck_assert_int_ge(done, told->done);
    ck_assert_int_le(done, of);
    *told = (struct told){told->times + 1, done, of, {0}};
    snprintf(told->what, sizeof told->what, "%s", what);
}

START_TEST(how_far_a_backup_is_is_told)
{
    make();
    sql("CREATE TABLE much (bytes BLOB)"); /* nobody's */
    sql("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30000) INSERT INTO much SELECT randomblob(200) FROM n");
    struct told told = {0};
    const struct db_check_listener listener = {.step = keep_step, .cls = &told};
    ck_assert_int_eq(db_backup(fixture.path, copy, &listener, NULL), DB_OK);
    ck_assert_int_gt(told.of, 6000000);
    ck_assert_int_eq(told.done, told.of);
    ck_assert_int_ge(told.times, 2);
    ck_assert_str_eq(told.what, "bytes copied");
}
END_TEST

/* A token a commit, and the number of all of them in another record of the same commit. */
static void write_on(int tell)
{
    if (fixture_open(false, NULL) != DB_OK)
        _exit(1);
    sqlite3 *direct = NULL;
    sqlite3_open(fixture.path, &direct);
    for (int i = 1; i <= 100000; i++) {
        char text[400];
        snprintf(
            text, sizeof text,
            "BEGIN; INSERT INTO token (name, role, scope, code, hash, created) VALUES ('%d', 'editor', 'study', 'alpha', zeroblob(32), 1);"
            "UPDATE programme SET disclosure_threshold = %d; COMMIT",
            i, i);
        if (sqlite3_exec(direct, text, NULL, NULL, NULL) != SQLITE_OK || (i == 1 && write(tell, "", 1) != 1))
            _exit(1);
    }
    _exit(1);
}

START_TEST(each_copy_is_of_one_instant_while_the_register_is_written)
{
    int pipes[2], different = 0;
    int64_t last = 0;
    char one;
    make();
    fixture_close();
    ck_assert_int_eq(pipe(pipes), 0);
    fflush(NULL);
    pid_t child = fork();
    if (child == 0)
        write_on(pipes[1]);
    ck_assert_int_eq(read(pipes[0], &one, 1), 1);
    char path[sizeof fixture.path];
    memcpy(path, fixture.path, sizeof path);
    for (int i = 0; i < 10; i++) {
        back_up();
        snprintf(fixture.path, sizeof fixture.path, "%s", copy);
        ck_assert_int_eq(sql("SELECT count(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'"), 1);
        int64_t tokens = sql("SELECT count(*) FROM token");
        ck_assert_int_eq(sql("SELECT disclosure_threshold FROM programme"), tokens);
        different += tokens != last;
        last = tokens;
        memcpy(fixture.path, path, sizeof path);
        unlink(copy);
    }
    ck_assert_int_eq(waitpid(child, NULL, WNOHANG), 0); /* it wrote all the time */
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    ck_assert_int_gt(different, 1);
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("backup");
    tcase_add_checked_fixture(cases, begin, fixture_end);
    tcase_add_test(cases, a_copy_is_the_whole_register_in_one_file);
    tcase_add_test(cases, what_is_only_in_the_log_is_in_the_copy);
    tcase_add_test(cases, a_backup_writes_over_nothing);
    tcase_add_test(cases, what_cannot_be_copied_leaves_nothing_behind);
    tcase_add_test(cases, a_register_of_an_earlier_format_is_copied_as_it_is);
    tcase_add_test(cases, how_far_a_backup_is_is_told);
    tcase_add_test(cases, each_copy_is_of_one_instant_while_the_register_is_written);
    return run("backup", cases, false);
}
