/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE
#include "fixture.h"
#include "db/internal.h"
#include "gen/db_migrations.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>

static void write_file(const char *path, const void *bytes, size_t len)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, bytes, len), (ssize_t)len);
    close(fd);
}

static const char *text_beside(const char *end)
{
    static char path[128];
    snprintf(path, sizeof path, "%s%s", fixture.path, end);
    return path;
}

static int64_t size_beside(const char *end)
{
    struct stat st;
    return lstat(text_beside(end), &st) == 0 ? st.st_size : -1;
}

static void assert_refused(bool create, enum db_status expected, const char *part)
{
    char *detail = NULL;
    enum db_status status = fixture_open(create, &detail);
    ck_assert_msg(status == expected, "%d, not %d: %s", status, expected, or_none(detail));
    ck_assert_ptr_null(fixture.db);
    ck_assert_msg(detail != NULL && strstr(detail, part) != NULL, "«%s» is not in: %s", part, or_none(detail));
    free(detail);
}

START_TEST(a_new_register_is_made_and_opened_again)
{
    assert_refused(false, DB_NOT_FOUND, "there is no such file");
    ck_assert_int_ne(access(fixture.path, F_OK), 0); /* looking makes nothing */
    ck_assert_int_eq(fixture_open(true, NULL), DB_OK);
    char epoch[17];
    ck_assert_int_eq(strlen(db_epoch(fixture.db)), 16);
    ck_assert_int_eq(strspn(db_epoch(fixture.db), "0123456789abcdef"), 16);
    memcpy(epoch, db_epoch(fixture.db), sizeof epoch);
    ck_assert_int_eq(db_data_version(fixture.db), 0);
    ck_assert_int_gt(db_data_updated(fixture.db), 1600000000000);
    import_ok(&first_said);
    int64_t updated = db_data_updated(fixture.db);
    fixture_reopen();
    ck_assert_str_eq(db_epoch(fixture.db), epoch);
    ck_assert_int_eq(db_data_version(fixture.db), 1);
    ck_assert_int_eq(db_data_updated(fixture.db), updated);
    ck_assert_int_eq(version_of("alpha"), 1);
    assert_shows("alpha", "name ALPHA");
}
END_TEST

START_TEST(a_closed_register_leaves_no_log_behind)
{
    char wal[128];
    struct stat st;
    ck_assert_int_eq(fixture_open(true, NULL), DB_OK);
    ck_assert_int_eq(db_reader_open(fixture.db, &fixture.reader), DB_OK);
    import_ok(&first_said);
    snprintf(wal, sizeof wal, "%s-wal", fixture.path);
    ck_assert_int_eq(stat(wal, &st), 0);
    ck_assert_int_gt(st.st_size, 0);
    fixture_close();
    ck_assert(stat(wal, &st) != 0 || st.st_size == 0);
}
END_TEST

START_TEST(a_second_opening_is_told_who_holds_it)
{
    char expected[200];
    ck_assert_int_eq(fixture_open(true, NULL), DB_OK);
    struct db *first = fixture.db;
    snprintf(expected, sizeof expected, "%s is held by process %ld (", fixture.path, (long)getpid());
    assert_refused(false, DB_HELD, expected);
    assert_refused(true, DB_HELD, "): stop it first");
    db_close(first);
    ck_assert_int_eq(fixture_open(false, NULL), DB_OK);
}
END_TEST

START_TEST(a_dead_holder_holds_nothing)
{
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        fixture_open(true, NULL);
        struct db_import *import = NULL;
        bool is_same = false;
        db_import_begin(fixture.db, &first_said.programme, &first_said.edition, &is_same, &import);
        put_all(import, &first_said);
        kill(getpid(), SIGKILL); /* in the middle of a transaction */
    }
    waitpid(child, NULL, 0);
    ck_assert_int_eq(fixture_open(false, NULL), DB_OK);
    ck_assert_int_eq(db_data_version(fixture.db), 0);
    ck_assert_int_eq(sql("SELECT count(*) FROM edition"), 0);
    ck_assert_int_eq(import_ok(&first_said).studies_added, 2);
}
END_TEST

/* The alarm's default is to end the process at once, wherever it is. */
START_TEST(killed_while_it_is_made_a_register_is_made_the_next_time)
{
    int killed = 0;
    for (int i = 0; i < 60; i++) {
        fflush(NULL);
        pid_t child = fork();
        if (child == 0) {
            struct itimerval soon = {.it_value = {.tv_usec = 100 + 200 * i}};
            signal(SIGALRM, SIG_DFL);
            setitimer(ITIMER_REAL, &soon, NULL);
            fixture_open(true, NULL);
            fixture_close();
            _exit(0);
        }
        int how = 0;
        waitpid(child, &how, 0);
        killed += WIFSIGNALED(how);
        char *detail = NULL;
        enum db_status status = fixture_open(true, &detail);
        ck_assert_msg(status == DB_OK, "%s", or_none(detail));
        ck_assert_int_eq(sql("PRAGMA user_version"), (int64_t)LEN(db_migrations));
        ck_assert_int_eq(sql("SELECT count(*) FROM register"), 1);
        fixture_close();
        unlink(fixture.path);
    }
    ck_assert_int_gt(killed, 0);
}
END_TEST

static void break_empty(void)
{
    write_file(fixture.path, "", 0);
}
static void break_text(void)
{
    write_file(fixture.path, "This is no database at all, though it is a file of some length.\n", 64);
}
static void make(void)
{
    ck_assert_int_eq(fixture_open(true, NULL), DB_OK);
    import_ok(&first_said);
    fixture_close();
}
static void break_noise(void)
{
    char noise[8192];
    for (size_t i = 0; i < sizeof noise; i++)
        noise[i] = (char)(i * 37 + 11);
    write_file(fixture.path, noise, sizeof noise);
}
static void break_truncated(void)
{
    make();
    ck_assert_int_eq(truncate(fixture.path, 4096 * 3), 0);
}
static void break_foreign(void)
{
    sqlite3 *d = NULL;
    sqlite3_open(fixture.path, &d);
    sqlite3_exec(d, "CREATE TABLE t (x)", NULL, NULL, NULL);
    sqlite3_close(d);
}
static void break_foreign_id(void)
{
    break_foreign();
    sql("PRAGMA application_id = 77");
}
static void break_blank(void)
{
    sqlite3 *d = NULL;
    sqlite3_open(fixture.path, &d);
    sqlite3_exec(d, "PRAGMA journal_mode = WAL", NULL, NULL, NULL);
    sqlite3_close(d);
}
static void break_newer(void)
{
    make();
    sql("PRAGMA user_version = 99");
}
static void break_table(void)
{
    make();
    sql("DROP TABLE rendered");
}
static void break_column(void)
{
    make();
    sql("ALTER TABLE edition DROP COLUMN publisher");
}
static void break_register(void)
{
    make();
    sql("DELETE FROM register");
}
static void break_folder(void)
{
    ck_assert_int_eq(mkdir(fixture.path, 0700), 0);
}
static void break_schema(void)
{
    make();
    int fd = open(fixture.path, O_WRONLY | O_CLOEXEC);
    char noise[3000];
    memset(noise, 0x5A, sizeof noise);
    ck_assert_int_eq(pwrite(fd, noise, sizeof noise, 100), (ssize_t)sizeof noise);
    close(fd);
}

static const struct {
    const char *name;
    void (*spoil)(void);
    bool create;
    enum db_status status;
    const char *part;
} damages[] = {
    {"empty", break_empty, false, DB_DAMAGED, "is empty: it holds no register"},
    {"text", break_text, false, DB_DAMAGED, "is not a database"},
    {"text, create", break_text, true, DB_DAMAGED, "is not a database"},
    {"noise", break_noise, true, DB_DAMAGED, "is not a database"},
    {"truncated", break_truncated, false, DB_DAMAGED, "damaged"},
    {"foreign", break_foreign, true, DB_DAMAGED, "holds no register"},
    {"foreign id", break_foreign_id, false, DB_DAMAGED, "holds no register"},
    {"blank", break_blank, false, DB_DAMAGED, "holds no register"},
    {"newer", break_newer, false, DB_TOO_NEW, "later version of studyd (format 99"},
    {"table", break_table, false, DB_DAMAGED, "parts of the register are missing"},
    {"column", break_column, false, DB_DAMAGED, "parts of the register are missing"},
    {"register", break_register, false, DB_DAMAGED, "damaged"},
    {"schema", break_schema, false, DB_DAMAGED, "damaged"},
    {"folder", break_folder, true, DB_DAMAGED, "is not a file"},
};

static void keep_line(void *cls, const char *line)
{
    snprintf(cls, 400, "%s", line);
}

START_TEST(what_the_engine_complains_of_is_told)
{
    static char said[400];
    static const struct db_listener listener = {keep_line, said};
    db_complain_to(&listener);
    break_noise();
    assert_refused(true, DB_DAMAGED, "is not a database");
    ck_assert_msg(strstr(said, "not a database (26)") != NULL, "«%s»", said);
}
END_TEST

START_TEST(a_damaged_file_is_refused_with_a_sentence)
{
    damages[_i].spoil();
    unlink(text_beside(".lock"));
    assert_refused(damages[_i].create, damages[_i].status, damages[_i].part);
    ck_assert_int_lt(size_beside(".lock"), 0);                                /* which was for nothing */
    assert_refused(damages[_i].create, damages[_i].status, damages[_i].part); /* and was let go */
    if (damages[_i].spoil == break_folder)
        rmdir(fixture.path);
}
END_TEST

START_TEST(a_foreign_database_is_not_written_to)
{
    break_foreign();
    sql("PRAGMA journal_mode = DELETE");
    struct stat before, after;
    ck_assert_int_eq(stat(fixture.path, &before), 0);
    assert_refused(true, DB_DAMAGED, "holds no register");
    ck_assert_int_eq(stat(fixture.path, &after), 0);
    ck_assert_int_eq(before.st_mtim.tv_nsec, after.st_mtim.tv_nsec);
    ck_assert_int_eq(before.st_size, after.st_size);
}
END_TEST

START_TEST(an_empty_file_becomes_a_register_when_asked)
{
    break_empty();
    ck_assert_int_eq(fixture_open(true, NULL), DB_OK);
    ck_assert_int_eq(import_into(fixture.db, &first_said, false, &(struct db_import_result){0}), DB_OK);
}
END_TEST

START_TEST(a_missing_folder_is_not_found)
{
    snprintf(fixture.path, sizeof fixture.path, "%.60s/none/register.db", fixture.dir);
    assert_refused(true, DB_NOT_FOUND, "/none/register.db");
}
END_TEST

START_TEST(a_read_only_file_is_refused)
{
    if (geteuid() == 0)
        return; /* root may write everything */
    make();
    chmod(fixture.path, 0400);
    assert_refused(false, DB_READ_ONLY, "cannot be written");
}
END_TEST

START_TEST(a_path_is_never_taken_for_a_uri)
{
    ck_assert_int_eq(chdir(fixture.dir), 0);
    snprintf(fixture.path, sizeof fixture.path, "file:x.db?mode=memory");
    ck_assert_int_eq(fixture_open(true, NULL), DB_OK);
    ck_assert_int_eq(access("./file:x.db?mode=memory", F_OK), 0);
    fixture_close();
    unlink(fixture.path);
}
END_TEST

START_TEST(a_register_in_memory_serves_tests)
{
    snprintf(fixture.path, sizeof fixture.path, ":memory:");
    ck_assert_int_eq(fixture_open(false, NULL), DB_OK);
    ck_assert_int_eq(db_reader_open(fixture.db, &fixture.reader), DB_OK);
    import_ok(&first_said);
    assert_shows("alpha", "name ALPHA");
    ck_assert_int_eq(count_of(&(struct db_study_filter){0}), 2);
    ck_assert_int_eq(db_reader_begin(fixture.reader), DB_OK);
    ck_assert_int_eq(count_of(&(struct db_study_filter){0}), 2);
    db_reader_end(fixture.reader);
}
END_TEST

START_TEST(another_representation_renders_every_study_anew)
{
    make();
    fixture.renderer = (struct db_renderer){.render = render_text, .cls = (void *)"anew ", .version = "2"};
    ck_assert_int_eq(fixture_open(false, NULL), DB_OK);
    ck_assert_int_eq(db_reader_open(fixture.db, &fixture.reader), DB_OK);
    assert_shows("alpha", "anew study alpha version 1 ");
    assert_shows("beta", "anew study beta version 1 ");
    ck_assert_int_eq(sql("SELECT count(*) FROM rendered_row WHERE CAST(cells AS TEXT) LIKE 'anew row of %% version 1'"), 2);
    ck_assert_int_eq(version_of("alpha"), 1);
    ck_assert_int_eq(db_data_version(fixture.db), 1);
    fixture.renderer.cls = (void *)"not ";
    fixture_reopen(); /* same version: nothing is rendered */
    assert_shows("alpha", "anew ");
}
END_TEST

START_TEST(settings_are_those_of_a_careful_engineer)
{
    ck_assert_int_eq(fixture_open(true, NULL), DB_OK);
    ck_assert_int_eq(sql("PRAGMA application_id"), 1400141156);
    ck_assert_int_eq(sql("SELECT count(*) FROM pragma_journal_mode WHERE journal_mode = 'wal'"), 1);
    ck_assert_int_eq(sql("SELECT count(*) FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND strict = 0 "
                         "AND name NOT LIKE 'sqlite_%%'"),
                     0);
}
END_TEST

/* ── for reading ────────────────────────────────────────────────────────────────────────────────────────────── */

static enum db_status open_to_read(char **ret_detail)
{
    const struct db_options options = {.path = fixture.path, .only_reads = true, .renderer = &fixture.renderer};
    enum db_status status = db_open(&options, &fixture.db, ret_detail);
    return status == DB_OK ? db_reader_open(fixture.db, &fixture.reader) : status;
}

static void assert_reads(void)
{
    char *detail = NULL;
    enum db_status status = open_to_read(&detail);
    ck_assert_msg(status == DB_OK, "%s", or_none(detail));
    ck_assert_int_eq(db_data_version(fixture.db), 1);
    ck_assert_int_eq(version_of("alpha"), 1);
    assert_shows("alpha", "name ALPHA");
    ck_assert_int_eq(count_of(&(struct db_study_filter){0}), 2);
    fixture_close();
}

static void assert_alone(void)
{
    static const char *const ends[] = {"-wal", "-shm", "-journal", "-image", ".lock"};
    for (size_t i = 0; i < LEN(ends); i++)
        ck_assert_msg(size_beside(ends[i]) < 0, "%s is there", ends[i]);
}

static void make_alone(void)
{
    char path[128];
    make();
    snprintf(path, sizeof path, "%s.lock", fixture.path);
    unlink(path);
    snprintf(path, sizeof path, "%s-image", fixture.path);
    unlink(path);
}

START_TEST(reading_leaves_no_trace)
{
    struct stat before, after;
    make_alone();
    ck_assert_int_eq(stat(fixture.path, &before), 0);
    assert_reads();
    ck_assert_int_eq(stat(fixture.path, &after), 0);
    ck_assert_int_eq(before.st_mtim.tv_nsec, after.st_mtim.tv_nsec);
    assert_alone();
}
END_TEST

START_TEST(what_a_crash_has_left_in_the_log_is_read_there)
{
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        ck_assert_int_eq(fixture_open(true, NULL), DB_OK);
        import_ok(&first_said);
        _exit(0);
    }
    waitpid(child, NULL, 0);
    int64_t left = size_beside("-wal");
    ck_assert_int_gt(left, 0);
    assert_reads();
    ck_assert_int_eq(size_beside("-wal"), left);
}
END_TEST

static const struct {
    mode_t folder, file;
} closed_modes[] = {{0555, 0644}, {0777, 0444}, {0555, 0444}};

/* Nobody in particular: the tests may be run by root, who may do anything. */
static void assert_another_user_reads(void)
{
    int ended = -1;
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        ck_assert(geteuid() != 0 || (setgid(65534) == 0 && setuid(65534) == 0));
        assert_reads();
        _exit(0);
    }
    waitpid(child, &ended, 0);
    ck_assert_int_eq(ended, 0);
}

START_TEST(who_may_not_write_reads_all_the_same)
{
    make_alone();
    ck_assert_int_eq(chmod(fixture.path, closed_modes[_i].file), 0);
    ck_assert_int_eq(chmod(fixture.dir, closed_modes[_i].folder), 0);
    assert_another_user_reads();
    ck_assert_int_eq(chmod(fixture.dir, 0700), 0);
    assert_alone();
}
END_TEST

START_TEST(a_log_is_never_passed_over)
{
    int pipes[2];
    char one;
    ck_assert_int_eq(chmod(fixture.dir, 0755), 0);
    write_file(fixture.path, "", 0);
    ck_assert_int_eq(chmod(fixture.path, 0644), 0);
    ck_assert_int_eq(pipe(pipes), 0);
    fflush(NULL);
    pid_t writer = fork();
    if (writer == 0) {
        ck_assert_int_eq(fixture_open(true, NULL), DB_OK);
        import_ok(&first_said); /* in the log alone */
        ck_assert_int_eq(write(pipes[1], "", 1), 1);
        pause();
    }
    ck_assert_int_eq(read(pipes[0], &one, 1), 1);
    assert_another_user_reads();
    kill(writer, SIGKILL);
    waitpid(writer, NULL, 0);
}
END_TEST

static void assert_not_read(enum db_status expected, const char *part)
{
    char *detail = NULL;
    enum db_status status = open_to_read(&detail);
    ck_assert_msg(status == expected, "%d, not %d: %s", status, expected, or_none(detail));
    ck_assert_ptr_null(fixture.db);
    ck_assert_msg(detail != NULL && strstr(detail, part) != NULL, "«%s» is not in: %s", part, or_none(detail));
    free(detail);
}

START_TEST(what_has_to_be_written_first_is_not_read)
{
    char restored[128];
    assert_not_read(DB_NOT_FOUND, "there is no such file");
    make_alone();
    sql("PRAGMA user_version = 5");
    assert_not_read(DB_CONFLICT, "was written by an earlier version of studyd: serving it or importing into it brings it up to date");
    ck_assert_int_eq(sql("PRAGMA user_version"), 5);
    sql("PRAGMA user_version = 99");
    assert_not_read(DB_TOO_NEW, "later version of studyd");
    sql("PRAGMA user_version = %d", (int)LEN(db_migrations));
    snprintf(restored, sizeof restored, "%s.restored", fixture.path);
    write_file(restored, "", 0);
    assert_not_read(DB_CONFLICT, "putting back a copy was broken off");
    assert_alone();
}
END_TEST

START_TEST(who_holds_it_is_told_to_whoever_asks)
{
    char *detail = NULL, expected[200];
    make_alone();
    ck_assert(!db_is_held(fixture.path, &detail));
    ck_assert_ptr_null(detail);
    assert_alone();
    ck_assert_int_eq(fixture_open(false, NULL), DB_OK);
    snprintf(expected, sizeof expected, "%s is held by process %ld (", fixture.path, (long)getpid());
    ck_assert(db_is_held(fixture.path, &detail));
    ck_assert_msg(detail != NULL && strncmp(detail, expected, strlen(expected)) == 0, "%s", or_none(detail));
    free(detail);
    struct db *held = fixture.db;
    assert_reads(); /* beside it */
    db_close(held);
    ck_assert(!db_is_held(fixture.path, NULL));
}
END_TEST

/* ── who may read it ─────────────────────────────────────────────────────────────────────────────────────────── */

static void assert_modes(mode_t of_register)
{
    static const char *const ends[] = {"", "-wal", "-shm", "-image", ".lock"};
    for (size_t i = 0; i < LEN(ends); i++) {
        char path[128];
        struct stat st;
        mode_t expected = strcmp(ends[i], ".lock") == 0 ? 0600 : of_register;
        snprintf(path, sizeof path, "%s%s", fixture.path, ends[i]);
        ck_assert_msg(stat(path, &st) == 0, "%s is not there", path);
        ck_assert_msg((st.st_mode & 0777) == expected, "%s: %03o", path, (unsigned)st.st_mode & 0777);
    }
}

START_TEST(a_new_register_is_its_owners_alone)
{
    mode_t mask = umask(0);
    ck_assert_int_eq(fixture_open(true, NULL), DB_OK);
    import_ok(&first_said);
    assert_modes(0600);
    fixture_close();
    ck_assert_int_eq(chmod(fixture.path, 0640), 0); /* whom the operator lets in stays in */
    ck_assert_int_eq(unlink(text_beside("-image")), 0);
    ck_assert_int_eq(fixture_open(true, NULL), DB_OK);
    assert_modes(0640);
    umask(mask);
}
END_TEST

START_TEST(a_register_of_two_names_is_not_written_to)
{
    char other[128];
    make_alone();
    snprintf(other, sizeof other, "%s/other.db", fixture.dir);
    ck_assert_int_eq(link(fixture.path, other), 0);
    assert_refused(false, DB_CONFLICT, "register.db has other names (hard links)");
    assert_alone();
    assert_reads(); /* a copy that is kept may have several */
    ck_assert_int_eq(unlink(other), 0);
    ck_assert_int_eq(fixture_open(false, NULL), DB_OK);
}
END_TEST

/* ── the lock file ───────────────────────────────────────────────────────────────────────────────────────────── */

START_TEST(a_lock_file_that_was_there_stays)
{
    make_alone();
    write_file(text_beside(".lock"), "1\n", 2);
    sql("PRAGMA user_version = 99");
    assert_refused(false, DB_TOO_NEW, "later version of studyd");
    ck_assert_int_ge(size_beside(".lock"), 0);
}
END_TEST

static bool take_away_before_locking;

/* In place of the library's: between opening and locking somebody else, who was refused, takes the file away that he made. */
int flock(int fd, int operation)
{
    if (take_away_before_locking)
        unlink(text_beside(".lock"));
    take_away_before_locking = false;
    return (int)syscall(SYS_flock, fd, operation);
}

START_TEST(a_lock_file_that_is_taken_away_locks_nobody_out)
{
    struct lock lock, second;
    char *detail = NULL;
    write_file(text_beside(".lock"), "", 0);
    take_away_before_locking = true;
    ck_assert_int_eq(lock_take(fixture.path, &lock, NULL), DB_OK);
    ck_assert_int_ge(size_beside(".lock"), 0);
    ck_assert_int_eq(lock_take(fixture.path, &second, &detail), DB_HELD); /* of the same file */
    ck_assert_int_lt(second.fd, 0);
    free(detail);
    lock_release(fixture.path, &lock, true);
    ck_assert_int_lt(size_beside(".lock"), 0); /* it was made anew */
    ck_assert_int_eq(lock_take(fixture.path, &lock, NULL), DB_OK);
    lock_release(fixture.path, &lock, false);
    ck_assert_int_ge(size_beside(".lock"), 0);
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("open");
    tcase_add_checked_fixture(cases, fixture_folder, fixture_end);
    tcase_add_test(cases, a_new_register_is_made_and_opened_again);
    tcase_add_test(cases, a_closed_register_leaves_no_log_behind);
    tcase_add_test(cases, a_second_opening_is_told_who_holds_it);
    tcase_add_test(cases, a_dead_holder_holds_nothing);
    tcase_add_test(cases, killed_while_it_is_made_a_register_is_made_the_next_time);
    tcase_add_test(cases, what_the_engine_complains_of_is_told);
    tcase_add_loop_test(cases, a_damaged_file_is_refused_with_a_sentence, 0, LEN(damages));
    tcase_add_test(cases, a_foreign_database_is_not_written_to);
    tcase_add_test(cases, an_empty_file_becomes_a_register_when_asked);
    tcase_add_test(cases, a_missing_folder_is_not_found);
    tcase_add_test(cases, a_read_only_file_is_refused);
    tcase_add_test(cases, a_path_is_never_taken_for_a_uri);
    tcase_add_test(cases, a_register_in_memory_serves_tests);
    tcase_add_test(cases, another_representation_renders_every_study_anew);
    tcase_add_test(cases, settings_are_those_of_a_careful_engineer);
    tcase_add_test(cases, reading_leaves_no_trace);
    tcase_add_test(cases, what_a_crash_has_left_in_the_log_is_read_there);
    tcase_add_loop_test(cases, who_may_not_write_reads_all_the_same, 0, LEN(closed_modes));
    tcase_add_test(cases, a_log_is_never_passed_over);
    tcase_add_test(cases, what_has_to_be_written_first_is_not_read);
    tcase_add_test(cases, who_holds_it_is_told_to_whoever_asks);
    tcase_add_test(cases, a_new_register_is_its_owners_alone);
    tcase_add_test(cases, a_register_of_two_names_is_not_written_to);
    tcase_add_test(cases, a_lock_file_that_was_there_stays);
    tcase_add_test(cases, a_lock_file_that_is_taken_away_locks_nobody_out);
    return run("open", cases, false);
}
