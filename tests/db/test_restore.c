/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "copies.h"
#include "db/search_index.h"
#include "gen/db_migrations.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>

static void restore(void)
{
    char *detail = NULL;
    enum db_status status = db_restore(fixture.path, copy, &fixture.renderer, NULL, &detail);
    ck_assert_msg(status == DB_OK, "%s", or_none(detail));
    ck_assert_ptr_null(detail);
}

static void assert_restore_refused(enum db_status expected, const char *part)
{
    char *detail = NULL;
    int before = files();
    enum db_status status = db_restore(fixture.path, copy, &fixture.renderer, NULL, &detail);
    assert_said(status, expected, detail, part);
    ck_assert_int_eq(files(), before);
    ck_assert(!is_there(beside(fixture.path, ".restoring")));
    ck_assert(!is_there(beside(fixture.path, ".restored")));
}

static char *old_state, *new_state, old_epoch[17];

static void forget_lock(void)
{
    ck_assert_int_eq(unlink(beside(fixture.path, ".lock")), 0);
}

/* A register, a copy of it, and something that came later; all closed. */
static void make_both(void)
{
    make();
    back_up();
    new_state = state();
    import_later();
    old_state = state();
    snprintf(old_epoch, sizeof old_epoch, "%s", db_epoch(fixture.db));
    ck_assert_str_ne(old_state, new_state);
    fixture_close();
}

/* The register at path is the copy, in another life. */
static void assert_restored(void)
{
    assert_sound(fixture.path);
    open_well(false);
    char *now = state();
    ck_assert_str_eq(now, new_state);
    ck_assert_str_ne(db_epoch(fixture.db), old_epoch);
    ck_assert_int_eq(strspn(db_epoch(fixture.db), "0123456789abcdef"), 16);
    free(now);
    fixture_close();
    assert_sound(fixture.path);
    ck_assert(!is_there(beside(fixture.path, ".restoring")));
    ck_assert(!is_there(beside(fixture.path, ".restored")));
}

static void spoil_text(void)
{
    write_text(copy, "This is no database at all, though it is a file of some length.\n");
}

START_TEST(a_restored_register_is_the_copy_in_another_life)
{
    make_both();
    ck_assert_int_eq(chmod(fixture.path, 0640), 0);
    restore();
    struct stat st;
    ck_assert_int_eq(stat(fixture.path, &st), 0);
    ck_assert_int_eq(st.st_mode & 07777, 0640);
    ck_assert_int_eq(files(), 3); /* it, its lock, the copy */
    assert_restored();
    char *copied = state_at(copy); /* which is as it was */
    ck_assert_str_eq(copied, new_state);
    free(copied);
}
END_TEST

START_TEST(a_copy_can_be_restored_again_and_again)
{
    char epochs[3][17];
    make_both();
    for (int i = 0; i < 3; i++) {
        restore();
        open_well(false);
        snprintf(epochs[i], sizeof epochs[i], "%s", db_epoch(fixture.db));
        for (int j = 0; j < i; j++)
            ck_assert_str_ne(epochs[i], epochs[j]);
        fixture_close();
    }
    assert_restored();
}
END_TEST

START_TEST(a_register_is_restored_where_there_was_none)
{
    struct stat st;
    make_both();
    unlink(fixture.path);
    mode_t mask = umask(0);
    restore();
    umask(mask);
    ck_assert_int_eq(stat(fixture.path, &st), 0);
    ck_assert_int_eq(st.st_mode & 07777, 0600);
    assert_restored();
}
END_TEST

START_TEST(where_there_was_none_and_nothing_is_restored_nothing_is_left)
{
    make_both();
    forget_lock();
    unlink(fixture.path);
    unlink(beside(fixture.path, "-image"));
    spoil_text();
    assert_restore_refused(DB_DAMAGED, "copy.db is not a database");
    ck_assert_int_eq(files(), 1);
}
END_TEST

/* ── the numbers of tokens ───────────────────────────────────────────────────────────────────────────────────── */

static int64_t token_add(void)
{
    sql("INSERT INTO token (name, role, scope, code, hash, created) VALUES ('n', 'editor', 'study', 'alpha', zeroblob(32), 0)");
    return sql("SELECT max(id) FROM token");
}

static void token_add_to(const char *path)
{
    char kept[sizeof fixture.path];
    memcpy(kept, fixture.path, sizeof kept);
    snprintf(fixture.path, sizeof fixture.path, "%s", path);
    ck_assert_int_eq(token_add(), 1);
    memcpy(fixture.path, kept, sizeof kept);
}

START_TEST(no_token_gets_the_number_of_one_that_the_copy_does_not_know)
{
    make();
    fixture_close();
    if (_i > 0)
        ck_assert_int_eq(token_add(), 1); /* else the copy has never numbered any */
    open_well(false);
    back_up();
    fixture_close();
    int64_t last = 0;
    for (int i = 0; i < 3; i++)
        last = token_add();
    sql("DELETE FROM token WHERE id = %lld", (long long)last);
    restore();
    ck_assert_int_eq(sql("SELECT count(*) FROM token"), _i);
    ck_assert_int_eq(token_add(), last + 1);
    restore(); /* and once more, of the same copy */
    ck_assert_int_eq(token_add(), last + 2);
}
END_TEST

START_TEST(the_copy_s_own_numbers_are_not_given_again_either)
{
    make();
    fixture_close();
    for (int i = 0; i < 3; i++)
        token_add();
    open_well(false);
    back_up();
    fixture_close();
    unlink(fixture.path);
    open_well(true); /* another one, without tokens */
    import_ok(&first_said);
    fixture_close();
    restore();
    ck_assert_int_eq(token_add(), 4);
}
END_TEST

START_TEST(a_damaged_register_can_be_replaced)
{
    make_both();
    int fd = open(fixture.path, O_WRONLY | O_CLOEXEC);
    char noise[8000];
    memset(noise, 0x5A, sizeof noise);
    ck_assert_int_eq(pwrite(fd, noise, sizeof noise, 100), (ssize_t)sizeof noise);
    close(fd);
    write_text(beside(fixture.path, "-wal"), "of a register that was");
    restore();
    assert_restored();
}
END_TEST

START_TEST(what_was_only_in_the_old_log_never_meets_the_new_register)
{
    make_both();
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        open_well(false);
        struct said *said = edition_of("2026", "2026-12-31", "last");
        said->studies[0].about.nb = "Sist";
        import_ok(said);
        kill(getpid(), SIGKILL); /* with all of it in the log */
    }
    waitpid(child, NULL, 0);
    struct stat st;
    ck_assert_int_eq(stat(beside(fixture.path, "-wal"), &st), 0);
    ck_assert_int_gt(st.st_size, 0);
    restore();
    assert_restored();
}
END_TEST

START_TEST(a_register_that_is_served_is_not_replaced)
{
    make_both();
    open_well(false);
    char expected[200];
    snprintf(expected, sizeof expected, "%s is held by process %ld (", fixture.path, (long)getpid());
    assert_restore_refused(DB_HELD, expected);
    char *now = state();
    ck_assert_str_eq(now, old_state);
    free(now);
}
END_TEST

static void spoil_absent(void)
{
    unlink(copy);
}
static void spoil_with(const char *text)
{
    char kept[sizeof fixture.path];
    memcpy(kept, fixture.path, sizeof kept);
    snprintf(fixture.path, sizeof fixture.path, "%s", copy);
    sql("%s", text);
    memcpy(fixture.path, kept, sizeof kept);
}
static void spoil_newer(void)
{
    spoil_with("PRAGMA user_version = 99");
}
static void spoil_foreign(void)
{
    spoil_with("PRAGMA application_id = 1");
}
static void spoil_table(void)
{
    spoil_with("DROP TABLE figure");
}
static void spoil_register(void)
{
    spoil_with("UPDATE register SET id = 1, epoch = 'zzzz567890123456' WHERE 0");
    spoil_with("DELETE FROM register");
}
static void spoil_end(void)
{
    struct stat st;
    ck_assert_int_eq(stat(copy, &st), 0);
    ck_assert_int_eq(truncate(copy, st.st_size / 2 / 4096 * 4096), 0);
}
static void spoil_middle(void)
{
    struct stat st;
    ck_assert_int_eq(stat(copy, &st), 0);
    int fd = open(copy, O_WRONLY | O_CLOEXEC);
    char noise[4096];
    memset(noise, 0x5A, sizeof noise);
    for (off_t at = 4096 * 8; at < st.st_size; at += 4096 * 8)
        ck_assert_int_eq(pwrite(fd, noise, sizeof noise, at), (ssize_t)sizeof noise);
    close(fd);
}

static const struct {
    void (*spoil)(void);
    enum db_status status;
    const char *part;
} spoilings[] = {
    {spoil_absent, DB_NOT_FOUND, "copy.db: there is no such file"},
    {spoil_text, DB_DAMAGED, "copy.db is not a database"},
    {spoil_newer, DB_TOO_NEW, "copy.db was written by a later version of studyd"},
    {spoil_foreign, DB_DAMAGED, "copy.db is a database, but it holds no register"},
    {spoil_table, DB_DAMAGED, "parts of the register are missing"},
    {spoil_register, DB_DAMAGED, "is damaged"},
    {spoil_end, DB_DAMAGED, "is damaged"},
    {spoil_middle, DB_DAMAGED, "is damaged"},
};

START_TEST(a_copy_that_is_not_whole_leaves_the_register_as_it_was)
{
    make_both();
    spoilings[_i].spoil();
    forget_lock();
    assert_restore_refused(spoilings[_i].status, spoilings[_i].part);
    char *now = state_at(fixture.path);
    ck_assert_str_eq(now, old_state);
    free(now);
}
END_TEST

START_TEST(a_file_that_is_no_register_is_not_written_over)
{
    static const char *const texts[] = {
        "short", "A letter to somebody, which is longer than the first hundred bytes of a database, so that each could be compared.\n"};
    make_both();
    forget_lock();
    unlink(fixture.path);
    for (size_t i = 0; i < LEN(texts); i++) {
        write_text(fixture.path, texts[i]);
        assert_restore_refused(DB_CONFLICT, "is there and is no register: move it away");
        struct stat st;
        ck_assert_int_eq(stat(fixture.path, &st), 0);
        ck_assert_int_eq(st.st_size, (off_t)strlen(texts[i]));
    }
    unlink(fixture.path);
    sqlite3 *foreign = NULL;
    ck_assert_int_eq(sqlite3_open(fixture.path, &foreign), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(foreign, "CREATE TABLE theirs (a)", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(foreign);
    assert_restore_refused(DB_CONFLICT, "is there and is no register: move it away");
    ck_assert_int_eq(sql("SELECT count(*) FROM sqlite_schema WHERE name = 'theirs'"), 1);
    write_text(fixture.path, "");
    restore();
    assert_restored();
}
END_TEST

START_TEST(a_register_is_not_restored_from_itself)
{
    make_both();
    forget_lock();
    unlink(copy);
    ck_assert_int_eq(link(fixture.path, copy), 0);
    assert_restore_refused(DB_CONFLICT, "are the same file");
    unlink(copy);
    char *now = state_at(fixture.path);
    ck_assert_str_eq(now, old_state);
    free(now);
}
END_TEST

START_TEST(a_copy_of_an_earlier_format_is_brought_up_to_date)
{
    sqlite3 *earlier = NULL;
    ck_assert_int_eq(sqlite3_open(copy, &earlier), SQLITE_OK);
    ck_assert_int_eq(search_register(earlier), DB_OK);
    for (size_t i = 0; i < 5; i++)
        ck_assert_int_eq(sqlite3_exec(earlier, db_migrations[i].sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(earlier);
    restore();
    ck_assert_int_eq(sql("PRAGMA user_version"), (int64_t)LEN(db_migrations));
    open_well(false);
    ck_assert_int_eq(db_data_version(fixture.db), 0);
    import_ok(&first_said);
    fixture_close();
    assert_sound(fixture.path);
}
END_TEST

/* ── broken off ──────────────────────────────────────────────────────────────────────────────────────────────── */

/* As it stands at the moment of change: the new one is whole under its other name, and the old one is there with its log. */
static void stop_at_the_change(void)
{
    char old[160];
    snprintf(old, sizeof old, "%s.old", fixture.path);
    ck_assert_int_eq(rename(fixture.path, old), 0);
    restore();
    ck_assert_int_eq(rename(fixture.path, beside(fixture.path, ".restored")), 0);
    ck_assert_int_eq(rename(old, fixture.path), 0);
    write_text(beside(fixture.path, "-wal"), "of the old one");
    write_text(beside(fixture.path, "-journal"), "of the old one");
    write_text(beside(fixture.path, "-image"), "of the old one");
}

START_TEST(whoever_opens_it_next_finishes_what_was_broken_off)
{
    make_both();
    stop_at_the_change();
    for (int gone = 0; gone < _i; gone++) { /* the steps after it */
        static const char *const ends[] = {"-wal", "-journal", "-image", ""};
        unlink(beside(fixture.path, ends[gone]));
    }
    open_well(false);
    ck_assert(!is_there(beside(fixture.path, ".restored")));
    fixture_close();
    assert_restored();
}
END_TEST

START_TEST(whoever_only_looks_is_told_that_it_was_broken_off)
{
    make_both();
    stop_at_the_change();
    token_add_to(beside(fixture.path, ".restored"));
    int64_t findings = -1;
    char *detail = NULL;
    enum db_status status = db_check(fixture.path, &fixture.renderer, &(struct db_check_listener){0}, &findings, &detail);
    assert_said(status, DB_CONFLICT, detail, "putting back a copy was broken off");
    char other[160];
    snprintf(other, sizeof other, "%s/other.db", fixture.dir);
    status = db_backup(fixture.path, other, NULL, &detail);
    assert_said(status, DB_CONFLICT, detail, "putting back a copy was broken off");
    ck_assert(is_there(beside(fixture.path, ".restored")));
    restore(); /* anew */
    assert_restored();
    ck_assert_int_eq(token_add(), 2); /* the first was of what would have been the register */
}
END_TEST

START_TEST(what_is_broken_off_is_not_finished_beside_another_process)
{
    make_both();
    stop_at_the_change();
    open_well(false);
    struct db *first = fixture.db;
    struct db_reader *reader = fixture.reader;
    write_text(beside(fixture.path, ".restored"), "");
    char *detail = NULL;
    enum db_status status = fixture_open(false, &detail);
    assert_said(status, DB_HELD, detail, "is held by process");
    ck_assert(is_there(beside(fixture.path, ".restored")));
    fixture.db = first;
    fixture.reader = reader;
}
END_TEST

static int64_t microseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* The alarm's default is to end the process at once, wherever it is. */
static bool restore_killed(int64_t after)
{
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        struct itimerval soon = {.it_value = {.tv_usec = 1 + after}};
        signal(SIGALRM, SIG_DFL);
        setitimer(ITIMER_REAL, &soon, NULL);
        restore();
        _exit(0);
    }
    int how = 0;
    waitpid(child, &how, 0);
    return WIFSIGNALED(how);
}

static void file_copy(const char *from, const char *to)
{
    static char bytes[1 << 16];
    int in = open(from, O_RDONLY | O_CLOEXEC), out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    ck_assert(in >= 0 && out >= 0);
    for (ssize_t len; (len = read(in, bytes, sizeof bytes)) != 0;)
        ck_assert(len > 0 && write(out, bytes, (size_t)len) == len);
    close(in);
    close(out);
}

/* The old register, something of which is in its log alone. */
static void put_back(const char *kept)
{
    unlink(beside(fixture.path, "-shm"));
    unlink(beside(fixture.path, "-image"));
    file_copy(kept, fixture.path);
    file_copy(beside(kept, "-wal"), beside(fixture.path, "-wal"));
}

static void keep_as_after_a_crash(const char *kept)
{
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        open_well(false);
        import_later();
        kill(getpid(), SIGKILL); /* with all of it in the log */
    }
    waitpid(child, NULL, 0);
    file_copy(fixture.path, kept);
    file_copy(beside(fixture.path, "-wal"), beside(kept, "-wal"));
    open_well(false);
    old_state = state();
    snprintf(old_epoch, sizeof old_epoch, "%s", db_epoch(fixture.db));
    fixture_close();
    ck_assert_str_ne(old_state, new_state);
}

#define KILLS 60
START_TEST(killed_while_it_is_restored_it_is_the_old_register_or_the_new)
{
    int killed = 0, olds = 0;
    char kept[120];
    make();
    back_up();
    new_state = state();
    fixture_close();
    snprintf(kept, sizeof kept, "%s.kept", fixture.path);
    keep_as_after_a_crash(kept);
    put_back(kept);
    int64_t begun = microseconds();
    restore();
    int64_t whole = microseconds() - begun;
    for (int i = 0; i < KILLS; i++) {
        put_back(kept);
        killed += restore_killed(whole * i / KILLS);
        char *now = state_at(fixture.path);
        bool is_new = strcmp(now, new_state) == 0;
        ck_assert_msg(is_new || strcmp(now, old_state) == 0, "neither:\n%s", now);
        free(now);
        olds += !is_new;
        assert_sound(fixture.path);
        restore();
        assert_restored();
    }
    ck_assert_int_gt(killed, KILLS / 4);
    ck_assert_int_gt(olds, 0);
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("restore");
    tcase_add_checked_fixture(cases, begin, fixture_end);
    tcase_add_test(cases, a_restored_register_is_the_copy_in_another_life);
    tcase_add_test(cases, a_copy_can_be_restored_again_and_again);
    tcase_add_test(cases, a_register_is_restored_where_there_was_none);
    tcase_add_test(cases, where_there_was_none_and_nothing_is_restored_nothing_is_left);
    tcase_add_loop_test(cases, no_token_gets_the_number_of_one_that_the_copy_does_not_know, 0, 2);
    tcase_add_test(cases, the_copy_s_own_numbers_are_not_given_again_either);
    tcase_add_test(cases, a_damaged_register_can_be_replaced);
    tcase_add_test(cases, what_was_only_in_the_old_log_never_meets_the_new_register);
    tcase_add_test(cases, a_register_that_is_served_is_not_replaced);
    tcase_add_loop_test(cases, a_copy_that_is_not_whole_leaves_the_register_as_it_was, 0, LEN(spoilings));
    tcase_add_test(cases, a_file_that_is_no_register_is_not_written_over);
    tcase_add_test(cases, a_register_is_not_restored_from_itself);
    tcase_add_test(cases, a_copy_of_an_earlier_format_is_brought_up_to_date);
    tcase_add_loop_test(cases, whoever_opens_it_next_finishes_what_was_broken_off, 0, 5);
    tcase_add_test(cases, whoever_only_looks_is_told_that_it_was_broken_off);
    tcase_add_test(cases, what_is_broken_off_is_not_finished_beside_another_process);
    tcase_add_test(cases, killed_while_it_is_restored_it_is_the_old_register_or_the_new);
    return run("restore", cases, false);
}
