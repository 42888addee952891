/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server/secret.h"

#define COUNT(table) (int)(sizeof table / sizeof *table)

/* A database's name in a folder of its own; there need not be one. */
static const char *database(void)
{
    static int number;
    const char *folder = text_format("%s/secret-%d-%d", support_folder(), (int)getpid(), ++number);
    ck_assert_int_eq(mkdir(folder, 0700), 0);
    return text_format("%s/register.db", folder);
}

static const char *key_of(const char *path)
{
    return text_format("%s.key", path);
}

static struct secret *open_well(const char *path)
{
    char *why = NULL;
    struct secret *secret = secret_open(path, &why);
    ck_assert_msg(secret != NULL, "%s", why ? why : "no memory");
    ck_assert_ptr_null(why);
    return secret;
}

static void assert_refused(const char *path, const char *part)
{
    char *why = NULL;
    struct secret *secret = secret_open(path, &why);
    ck_assert_ptr_null(secret);
    ck_assert_msg(why != NULL && strstr(why, part) != NULL, "«%s» is not in: %s", part, why ? why : "-");
    free(why);
}

/* ── the key ─────────────────────────────────────────────────────────────────────────────────────────────────── */

START_TEST(a_key_is_made_once_for_its_owner_alone)
{
    const char *path = database();
    struct stat first, second;
    struct secret *secret = open_well(path);
    ck_assert(secret_was_made(secret));
    secret_close(secret);
    ck_assert_int_eq(stat(key_of(path), &first), 0);
    ck_assert_int_eq(first.st_mode & 07777, 0600);
    ck_assert_int_eq(first.st_nlink, 1);
    ck_assert_int_eq(first.st_size, 65);
    secret = open_well(path);
    ck_assert(!secret_was_made(secret));
    secret_close(secret);
    ck_assert_int_eq(stat(key_of(path), &second), 0);
    ck_assert_int_eq(second.st_ino, first.st_ino);
}
END_TEST

START_TEST(two_databases_have_two_keys)
{
    struct secret *one = open_well(database()), *other = open_well(database());
    char token[SECRET_TOKEN_SIZE];
    unsigned char hash[DB_HASH_BYTES];
    secret_make(one, 1, token, hash);
    ck_assert(secret_fits(one, token, strlen(token), hash));
    ck_assert(!secret_fits(other, token, strlen(token), hash));
    secret_close(one);
    secret_close(other);
}
END_TEST

struct made {
    char token[SECRET_TOKEN_SIZE];
    unsigned char hash[DB_HASH_BYTES];
};

static void make_and_tell(const char *path, int to, int id)
{
    struct made made = {{0}, {0}};
    char *why = NULL;
    struct secret *secret = secret_open(path, &why);
    if (secret != NULL)
        secret_make(secret, id, made.token, made.hash);
    _exit(write(to, &made, sizeof made) == sizeof made ? 0 : 1);
}

START_TEST(many_who_make_the_key_at_once_have_the_same)
{
    const char *path = database();
    int pipes[2];
    struct made made;
    ck_assert_int_eq(pipe(pipes), 0);
    fflush(NULL);
    for (int i = 0; i < 8; i++) {
        if (fork() == 0)
            make_and_tell(path, pipes[1], i + 1);
    }
    for (int how; wait(&how) > 0;)
        ck_assert_int_eq(how, 0);
    struct secret *secret = open_well(path);
    for (int i = 0; i < 8; i++) {
        ck_assert_int_eq(read(pipes[0], &made, sizeof made), sizeof made);
        ck_assert(secret_fits(secret, made.token, strlen(made.token), made.hash));
    }
    secret_close(secret);
    DIR *folder = opendir(text_format("%.*s", (int)(strrchr(path, '/') - path), path));
    int files = 0;
    for (const struct dirent *entry; (entry = readdir(folder)) != NULL;)
        files += entry->d_name[0] != '.';
    closedir(folder);
    ck_assert_int_eq(files, 1); /* nothing of how it was made stays behind */
}
END_TEST

static const struct {
    int mode;
} open_modes[] = {{0640}, {0604}, {0620}, {0602}, {0610}, {0777}};

START_TEST(a_key_that_others_can_reach_is_refused_with_what_to_do)
{
    const char *path = database();
    secret_close(open_well(path));
    ck_assert_int_eq(chmod(key_of(path), (mode_t)open_modes[_i].mode), 0);
    assert_refused(path, text_format("(mode %03o): chmod 600 it", (unsigned)open_modes[_i].mode));
    ck_assert_int_eq(chmod(key_of(path), 0400), 0);
    secret_close(open_well(path));
}
END_TEST

#define HEX64 "0123456789abcdef0123456789abcdef0123456789ABCDEF0123456789abcdef"
static const struct {
    const char *text;
    bool is_key;
} files[] = {
    {HEX64 "\n", true}, {HEX64, true},       {"", false},        {"\n", false},      {HEX64 "\n\n", false},
    {HEX64 "0", false}, {HEX64 "00", false}, {HEX64 " ", false}, {"g" HEX64, false}, {"abcdef", false},
};

START_TEST(what_is_no_key_is_never_taken_nor_written_over)
{
    const char *path = database();
    int fd = open(key_of(path), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    ck_assert_int_eq(write(fd, files[_i].text, strlen(files[_i].text)), (ssize_t)strlen(files[_i].text));
    close(fd);
    if (files[_i].is_key)
        secret_close(open_well(path));
    else
        assert_refused(path, "is not the key of the tokens (64 hexadecimal digits)");
    struct stat st;
    ck_assert_int_eq(stat(key_of(path), &st), 0);
    ck_assert_int_eq(st.st_size, (off_t)strlen(files[_i].text));
}
END_TEST

START_TEST(what_is_no_file_is_no_key)
{
    const char *path = database();
    ck_assert_int_eq(mkfifo(key_of(path), 0600), 0);
    assert_refused(path, "is not a file"); /* and is not waited for */
    assert_refused(text_format("%s/none/register.db", support_folder()), "cannot be made");
    const char *dangling = database();
    ck_assert_int_eq(symlink("nowhere", key_of(dangling)), 0);
    assert_refused(dangling, "cannot be read");
}
END_TEST

/* ── tokens ──────────────────────────────────────────────────────────────────────────────────────────────────── */

START_TEST(a_token_names_its_record_and_fits_its_hash_alone)
{
    static const int64_t ids[] = {1, 42, INT64_MAX};
    struct secret *secret = open_well(database());
    for (int i = 0; i < COUNT(ids); i++) {
        char token[SECRET_TOKEN_SIZE], other[SECRET_TOKEN_SIZE];
        unsigned char hash[DB_HASH_BYTES], others[DB_HASH_BYTES];
        int64_t id = 0;
        secret_make(secret, ids[i], token, hash);
        secret_make(secret, ids[i], other, others);
        size_t len = strlen(token);
        ck_assert_str_ne(token, other);
        ck_assert(secret_read(token, len, &id));
        ck_assert_int_eq(id, ids[i]);
        ck_assert(secret_fits(secret, token, len, hash));
        ck_assert(!secret_fits(secret, token, len, others));
        ck_assert(!secret_fits(secret, other, len, hash));
        ck_assert(!secret_fits(secret, token, len - 1, hash));
        ck_assert(!secret_fits(secret, token, len, NULL));
        for (size_t at = 0; at < len; at++) { /* each character counts */
            char kept = token[at];
            token[at] = kept == 'A' ? 'B' : 'A';
            ck_assert(!secret_fits(secret, token, len, hash));
            token[at] = kept;
        }
    }
    secret_close(secret);
}
END_TEST

START_TEST(the_key_that_was_read_again_fits_the_same_tokens)
{
    const char *path = database();
    char token[SECRET_TOKEN_SIZE];
    unsigned char hash[DB_HASH_BYTES];
    struct secret *secret = open_well(path);
    secret_make(secret, 7, token, hash);
    secret_close(secret);
    secret = open_well(path);
    ck_assert(secret_fits(secret, token, strlen(token), hash));
    secret_close(secret);
}
END_TEST

#define RANDOM43 "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMN-_0"
static const struct {
    const char *text;
    int64_t id; /* 0 = malformed */
} texts[] = {
    {"studyd_1_" RANDOM43, 1},
    {"studyd_9223372036854775807_" RANDOM43, INT64_MAX},
    {"studyd_9223372036854775808_" RANDOM43, 0},
    {"studyd_99999999999999999999_" RANDOM43, 0},
    {"studyd_01_" RANDOM43, 0},
    {"studyd_0_" RANDOM43, 0},
    {"studyd_-1_" RANDOM43, 0},
    {"studyd_1__" RANDOM43, 0},
    {"studyd__" RANDOM43, 0},
    {"studyd_1" RANDOM43, 0},
    {"studyd_1_" RANDOM43 "x", 0},
    {"studyd_1_x" RANDOM43, 0},
    {"studyd_1_" RANDOM43 "=", 0},
    {"studyd_1_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMN+/0", 0},
    {"studyd_1_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMN 00", 0},
    {"Studyd_1_" RANDOM43, 0},
    {" studyd_1_" RANDOM43, 0},
    {"studyd_", 0},
    {"", 0},
};

START_TEST(only_what_looks_like_a_token_is_read)
{
    int64_t id = 0;
    bool read = secret_read(texts[_i].text, strlen(texts[_i].text), &id);
    ck_assert_msg(read == (texts[_i].id != 0), "%s", texts[_i].text);
    ck_assert_int_eq(id, texts[_i].id);
}
END_TEST

START_TEST(a_token_with_a_nul_in_it_is_malformed)
{
    char token[] = "studyd_1_" RANDOM43;
    int64_t id = 0;
    token[sizeof token - 3] = '\0';
    ck_assert(!secret_read(token, sizeof token - 1, &id));
}
END_TEST

/* ── digests, dumps ──────────────────────────────────────────────────────────────────────────────────────────── */

START_TEST(a_digest_tells_where_its_parts_end)
{
    static const struct secret_part questions[][2] = {
        {{"POST", 4}, {"/a", 2}}, {{"POST/", 5}, {"a", 1}}, {{"POST/a", 6}, {"", 0}}, {{"", 0}, {"POST/a", 6}}, {{"POST", 4}, {"/b", 2}},
    };
    unsigned char digests[COUNT(questions) + 1][DB_HASH_BYTES], again[DB_HASH_BYTES];
    for (int i = 0; i < COUNT(questions); i++)
        secret_digest(questions[i], 2, digests[i]);
    secret_digest(questions[0], 1, digests[COUNT(questions)]);
    for (int i = 0; i <= COUNT(questions); i++) {
        for (int j = 0; j < i; j++)
            ck_assert_mem_ne(digests[i], digests[j], DB_HASH_BYTES);
    }
    secret_digest(questions[0], 2, again);
    ck_assert_mem_eq(again, digests[0], DB_HASH_BYTES);
}
END_TEST

START_TEST(a_process_that_forbids_dumps_leaves_none)
{
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        struct rlimit limit;
        bool forbidden = secret_forbid_dumps() && getrlimit(RLIMIT_CORE, &limit) == 0 && limit.rlim_max == 0;
        if (!forbidden)
            _exit(1);
        signal(SIGABRT, SIG_DFL);
        abort();
    }
    int how = 0;
    waitpid(child, &how, 0);
    ck_assert(WIFSIGNALED(how));
    ck_assert(!WCOREDUMP(how));
}
END_TEST

START_TEST(what_is_wiped_is_zero)
{
    char text[] = "secret";
    secret_wipe(text, sizeof text);
    ck_assert_mem_eq(text, "\0\0\0\0\0\0", 7);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("secret");
    TCase *cases = tcase_create("secret");
    tcase_add_test(cases, a_key_is_made_once_for_its_owner_alone);
    tcase_add_test(cases, two_databases_have_two_keys);
    tcase_add_test(cases, many_who_make_the_key_at_once_have_the_same);
    tcase_add_loop_test(cases, a_key_that_others_can_reach_is_refused_with_what_to_do, 0, COUNT(open_modes));
    tcase_add_loop_test(cases, what_is_no_key_is_never_taken_nor_written_over, 0, COUNT(files));
    tcase_add_test(cases, what_is_no_file_is_no_key);
    tcase_add_test(cases, a_token_names_its_record_and_fits_its_hash_alone);
    tcase_add_test(cases, the_key_that_was_read_again_fits_the_same_tokens);
    tcase_add_loop_test(cases, only_what_looks_like_a_token_is_read, 0, COUNT(texts));
    tcase_add_test(cases, a_token_with_a_nul_in_it_is_malformed);
    tcase_add_test(cases, a_digest_tells_where_its_parts_end);
    tcase_add_test(cases, a_process_that_forbids_dumps_leaves_none);
    tcase_add_test(cases, what_is_wiped_is_zero);
    tcase_set_timeout(cases, 60);
    suite_add_tcase(suite, cases);
    return support_run(suite);
}
