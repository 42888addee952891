/* SPDX-License-Identifier: GPL-3.0-or-later
 * The programs that run at build time: yaml2json, found beside this build, and embed-bytes.sh, found in the sources.
 */
#include <check.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "suite.h"

#define ROOM (1 << 21)

static char yaml2json[PATH_MAX], embed_bytes[PATH_MAX];
static char *out, *err; /* what the last child wrote */

static void setup(void)
{
    const char *source = getenv("STUDYD_SOURCE");
    char self[PATH_MAX - 64];
    ssize_t len = readlink("/proc/self/exe", self, sizeof self - 1);
    ck_assert_int_gt(len, 0);
    self[len] = '\0';
    *strrchr(self, '/') = '\0';
    snprintf(yaml2json, sizeof yaml2json, "%s/../../gen/yaml2json", self);
    snprintf(embed_bytes, sizeof embed_bytes, "%s/tools/embed-bytes.sh", source ? source : ".");
    out = malloc(ROOM);
    err = malloc(ROOM);
}

static void teardown(void)
{
    free(out);
    free(err);
}

static FILE *file_of(const char *bytes, size_t len)
{
    FILE *file = tmpfile();
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(bytes, 1, len, file), len);
    rewind(file);
    return file;
}

static void take(FILE *file, char *text)
{
    rewind(file);
    text[fread(text, 1, ROOM - 1, file)] = '\0';
    fclose(file);
}

/* The exit status; out and err hold what was written. */
static int child(const char *const argv[], const char *input, size_t len)
{
    FILE *files[] = {file_of(input, len), tmpfile(), tmpfile()};
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        for (int fd = 0; fd < 3; fd++)
            dup2(fileno(files[fd]), fd);
        execvp(argv[0], (char *const *)argv);
        _exit(127);
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert(WIFEXITED(status));
    fclose(files[0]);
    take(files[1], out);
    take(files[2], err);
    return WEXITSTATUS(status);
}

static int convert(const char *yaml, size_t len)
{
    return child((const char *[]){yaml2json, NULL}, yaml, len);
}

/* ── yaml2json ───────────────────────────────────────────────────────────────────────────────────────────────── */

static const struct {
    const char *yaml, *json;
} good_cases[] = {
    {"{}", "{}"},
    {"[]", "[]"},
    {"a", "\"a\""},
    {"~", "null"},
    {"z: 1\na: 2\nm: 3\n", "{\"z\":1,\"a\":2,\"m\":3}"},
    {"- null\n- Null\n- NULL\n- ~\n-\n", "[null,null,null,null,null]"},
    {"[true, True, TRUE, false, False, FALSE]", "[true,true,true,false,false,false]"},
    {"[yes, no, on, off, y, n, nULL, tRUE]", "[\"yes\",\"no\",\"on\",\"off\",\"y\",\"n\",\"nULL\",\"tRUE\"]"},
    {"['true', \"null\", '1', \"1.5\", '', \"~\"]", "[\"true\",\"null\",\"1\",\"1.5\",\"\",\"~\"]"},
    {"[0, 7, -7, +7, 007, 0o17, 0xfF]", "[0,7,-7,7,7,15,255]"},
    {"[0b1, 0o8, 0x, 0xg, 1_000, 0o, +, '-', 1-2, 1.2.3, 2026-01-01, 12:30]",
     "[\"0b1\",\"0o8\",\"0x\",\"0xg\",\"1_000\",\"0o\",\"+\",\"-\",\"1-2\",\"1.2.3\",\"2026-01-01\",\"12:30\"]"},
    {"[1.5, -0.1, .5, 5., 1e3, 1E-2, +1.25e+2, 0.1, 99.9]", "[1.5,-0.1,0.5,5.0,1000.0,0.01,125.0,0.1,99.9]"},
    {"[., e3, .e3, 1e, 1e+, 1.5e1.5, -]x", NULL},
    {"[., e3, .e3, 1e, 1e+, 1.5e1.5]", "[\".\",\"e3\",\".e3\",\"1e\",\"1e+\",\"1.5e1.5\"]"},
    {"[9223372036854775807, -9223372036854775808]", "[9223372036854775807,-9223372036854775808]"},
    {"200: a\n'201': b\nnull: c\ntrue: d\n1.0: e\n", "{\"200\":\"a\",\"201\":\"b\",\"null\":\"c\",\"true\":\"d\",\"1.0\":\"e\"}"},
    {"'': a\n'<<': b\n", "{\"\":\"a\",\"<<\":\"b\"}"},
    {"a: <<\n", "{\"a\":\"<<\"}"},
    {"a: &x {b: [1, 2]}\nc: *x\nd: [*x]\n", "{\"a\":{\"b\":[1,2]},\"c\":{\"b\":[1,2]},\"d\":[{\"b\":[1,2]}]}"},
    {"- &x 1\n- &x 2\n- *x\n", "[1,2,2]"},
    {"a: |\n  two\n  lines\nb: >-\n  one\n  line\n", "{\"a\":\"two\\nlines\\n\",\"b\":\"one line\"}"},
    {"# remark\n---\na: æøå 😀 # more\n...\n", "{\"a\":\"æøå 😀\"}"},
    {"\"a\\tb\\u00e6\\\"/\"", "\"a\\tbæ\\\"/\""},
    {"\"a\\0b\"", "\"a\\u0000b\""},
    {"a:\n- b:\n  - c: {d: [e, {f: g}]}\n", "{\"a\":[{\"b\":[{\"c\":{\"d\":[\"e\",{\"f\":\"g\"}]}}]}]}"},
    {"? a\n: b\n", "{\"a\":\"b\"}"},
};

START_TEST(yaml_becomes_the_same_json)
{
    int status = convert(good_cases[_i].yaml, strlen(good_cases[_i].yaml));
    if (!good_cases[_i].json) {
        ck_assert_int_eq(status, 1);
        return;
    }
    ck_assert_msg(status == 0, "%s", err);
    ck_assert_str_eq(err, "");
    size_t len = strlen(out);
    ck_assert_int_eq(out[len - 1], '\n');
    out[len - 1] = '\0';
    ck_assert_str_eq(out, good_cases[_i].json);
}
END_TEST

static const struct {
    const char *yaml, *error;
} bad_cases[] = {
    {"", "no document"},
    {"# only a remark\n", "no document"},
    {"a: 1\n---\nb: 2\n", "line 2, column 1: a second document"},
    {"a: 1\nb: 2\na: 3\n", "line 3, column 1: the key a is there twice"},
    {"200: 1\n'200': 2\n", "line 2, column 1: the key 200 is there twice"},
    {"x: {a: 1,\n    a: 2}", "line 2, column 5: the key a is there twice"},
    {"a: &x {b: 1}\nc:\n  <<: *x\n", "line 3, column 3: merge keys"},
    {"a: *x\n", "line 1, column 4: the alias *x"},
    {"a: &x [*x]\n", "line 1, column 8: the alias *x"},
    {"a: &x\n  b: *x\n", "line 2, column 6: the alias *x"},
    {"[a, b]: c\n", "line 1, column 1: a key must be a scalar"},
    {"&k a: b\n", "line 1, column 1: a key takes no tag and no anchor"},
    {"? \n: b\n", "a key is missing"},
    {"\"a\\0\": b\n", "zero byte"},
    {"a: !!str 1\n", "line 1, column 4: the tag tag:yaml.org,2002:str"},
    {"a: !mine {b: c}\n", "the tag !mine"},
    {"a: !!seq [b]\n", "the tag tag:yaml.org,2002:seq"},
    {"a: 9223372036854775808\n", "line 1, column 4: the number 9223372036854775808 is too large"},
    {"a: 0xffffffffffffffff\n", "too large"},
    {"a: 1e999\n", "too large"},
    {"a: .inf\n", "line 1, column 4: JSON has no number .inf"},
    {"a: -.INF\n", "JSON has no number"},
    {"a: .nan\n", "JSON has no number"},
    {"a: [1, 2\n", "line 2, column 1: "},
    {"a: b\n c: d\n", "line 2, column 3: "},
    {"a:\n\t- b\n", "line 2, column 1: "},
    {"a: 'b\n", "yaml2json: line "},
    {"a: \xff\n", "yaml2json: line "},
    {"a: \x01\n", "yaml2json: line "},
};

START_TEST(what_json_cannot_say_is_an_error_with_its_place)
{
    ck_assert_int_eq(convert(bad_cases[_i].yaml, strlen(bad_cases[_i].yaml)), 1);
    ck_assert_msg(strncmp(err, "yaml2json: line ", 16) == 0, "%s", err);
    ck_assert_msg(strstr(err, bad_cases[_i].error), "%s", err);
    ck_assert_str_eq(out, "");
}
END_TEST

START_TEST(nesting_has_an_end)
{
    char yaml[2000];
    memset(yaml, '[', 1000);
    memset(yaml + 1000, ']', 1000);
    ck_assert_int_eq(convert(yaml + 900, 200), 0);
    ck_assert_int_eq(convert(yaml, 2000), 1);
    ck_assert_ptr_nonnull(strstr(err, "nested more than 200 deep"));
}
END_TEST

/* ── embed-bytes.sh ──────────────────────────────────────────────────────────────────────────────────────────── */

static int embed(const char *const args[])
{
    const char *argv[16] = {"sh", embed_bytes};
    for (int i = 0; args[i]; i++)
        argv[i + 2] = args[i];
    return child(argv, "", 0);
}

static void file_make(char path[32], const char *bytes, size_t len)
{
    snprintf(path, 32, "/tmp/test-embed-XXXXXX");
    int fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, bytes, len), (ssize_t)len);
    close(fd);
}

/* Reads name[] = {…} and name_len back out of the header. */
static void header_holds(const char *name, const unsigned char *bytes, size_t len)
{
    char text[64];
    snprintf(text, sizeof text, "static const unsigned char %s[] = {\n", name);
    char *at = strstr(out, text);
    ck_assert_ptr_nonnull(at);
    at += strlen(text);
    for (size_t i = 0; i < len; i++) {
        unsigned long value = strtoul(at, &at, 10);
        if (value != bytes[i] || *at != ',')
            ck_abort_msg("byte %zu is %lu", i, value);
        at++;
    }
    snprintf(text, sizeof text, "%s};\nenum { %s_len = %zu };\n", len ? "\n" : "0\n", name, len);
    ck_assert_msg(strncmp(at, text, strlen(text)) == 0, "%.40s", at);
}

START_TEST(files_become_arrays)
{
    static unsigned char all[200000];
    char first[32], second[32], empty[32];
    for (size_t i = 0; i < sizeof all; i++)
        all[i] = (unsigned char)(i < 4000 ? 0 : i * 7 + i / 256); /* a long run of the same must not be folded */
    file_make(first, (const char *)all, sizeof all);
    file_make(second, "hei\n", 4);
    file_make(empty, "", 0);
    ck_assert_msg(embed((const char *[]){"all", first, "second_1", second, "empty", empty, NULL}) == 0, "%s", err);
    header_holds("all", all, sizeof all);
    header_holds("second_1", (const unsigned char *)"hei\n", 4);
    header_holds("empty", NULL, 0);
    unlink(first);
    unlink(second);
    unlink(empty);
}
END_TEST

START_TEST(wrong_arguments_are_refused)
{
    char path[32];
    file_make(path, "x", 1);
    ck_assert_int_eq(embed((const char *[]){NULL}), 1);
    ck_assert_int_eq(embed((const char *[]){"a", NULL}), 1);
    ck_assert_int_eq(embed((const char *[]){"a", path, "b", NULL}), 1);
    ck_assert_int_eq(embed((const char *[]){"1a", path, NULL}), 1);
    ck_assert_int_eq(embed((const char *[]){"a-b", path, NULL}), 1);
    ck_assert_int_eq(embed((const char *[]){"", path, NULL}), 1);
    unlink(path);
    ck_assert_int_eq(embed((const char *[]){"a", path, NULL}), 1);
    ck_assert_ptr_nonnull(strstr(err, "cannot read"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("build tools");
    TCase *tcase = tcase_create("build tools");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, yaml_becomes_the_same_json, 0, (int)(sizeof good_cases / sizeof *good_cases));
    tcase_add_loop_test(tcase, what_json_cannot_say_is_an_error_with_its_place, 0, (int)(sizeof bad_cases / sizeof *bad_cases));
    tcase_add_test(tcase, nesting_has_an_end);
    tcase_add_test(tcase, files_become_arrays);
    tcase_add_test(tcase, wrong_arguments_are_refused);
    tcase_set_timeout(tcase, 120);
    suite_add_tcase(suite, tcase);
    return suite_run(suite);
}
