/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support.h"

#include <stdlib.h>
#include <string.h>

#include "server/config.h"
#include "server/log.h"

#define COUNT(table) (int)(sizeof table / sizeof *table)
#define WORDS        8

static const struct command serve = {"serve", "Answers.", NULL, FOR_SERVE, NULL}, import = {"import", "Reads.", "DIR", FOR_IMPORT, NULL};

static char out[16384], err[1024];

/* Reads words (ended by NULL) as the arguments of a command; what was said is in out and err. */
static enum config_result read_words(const struct command *command, const char *const *words, struct config *ret_config)
{
    char *argv[WORDS + 2] = {keep_bytes(command->name, strlen(command->name))};
    int argc = 1;
    for (; words[argc - 1]; argc++)
        argv[argc] = keep_bytes(words[argc - 1], strlen(words[argc - 1]));
    FILE *out_file = fmemopen(out, sizeof out, "w"), *err_file = fmemopen(err, sizeof err, "w");
    enum config_result result = config_read(command, argc, argv, out_file, err_file, ret_config);
    fclose(out_file);
    fclose(err_file);
    return result;
}

START_TEST(without_flags_the_defaults_hold)
{
    struct config config;
    ck_assert_int_eq(read_words(&serve, (const char *[]){NULL}, &config), CONFIG_READY);
    ck_assert_ptr_null(config.db);
    ck_assert_str_eq(config.listen, "127.0.0.1:8080");
    ck_assert_int_eq(config.workers, 0);
    ck_assert_str_eq(config.base_url, "");
    ck_assert_int_eq(config.max_connections, 0);
    ck_assert_int_eq(config.max_connections_per_address, 1024);
    ck_assert_int_eq(config.max_requests_per_second, 0);
    ck_assert_int_eq(config.header_timeout, 15000);
    ck_assert_int_eq(config.body_timeout, 30000);
    ck_assert_int_eq(config.send_timeout, 60000);
    ck_assert_int_eq(config.export_timeout, 600000);
    ck_assert_int_eq(config.max_exports, 8);
    ck_assert_int_eq(config.max_rows, 1000000);
    ck_assert_int_eq(config.drain_grace, 500);
    ck_assert_int_eq(config.drain_timeout, 10000);
    ck_assert_int_eq(config.cache_bytes, 16 * 1024 * 1024);
    ck_assert_int_eq(config.log_level, LOG_LEVEL_INFO);
    ck_assert_int_eq(config.log_sample, 1);
    ck_assert(!config.check);
    ck_assert_str_eq(err, "");
}
END_TEST

START_TEST(a_flag_wins_over_the_environment_and_that_over_the_default)
{
    struct config config;
    setenv("STUDYD_WORKERS", "3", 1);
    setenv("STUDYD_DB", "from-environment.db", 1);
    setenv("STUDYD_TRUSTED_PROXY", "10.0.0.1,10.0.0.2", 1);
    ck_assert_int_eq(read_words(&serve, (const char *[]){"--db", "from-flag.db", NULL}, &config), CONFIG_READY);
    ck_assert_int_eq(config.workers, 3);
    ck_assert_str_eq(config.db, "from-flag.db");
    ck_assert_uint_eq(config.trusted_proxies.len, 2);
    ck_assert_int_eq(read_words(&serve, (const char *[]){"--trusted-proxy=::1", "--trusted-proxy=a,bc", NULL}, &config), CONFIG_READY);
    ck_assert_uint_eq(config.trusted_proxies.len, 3); /* the environment's are replaced, not added to */
    ck_assert_uint_eq(config.trusted_proxies.len_of[1], 1);
    ck_assert_mem_eq(config.trusted_proxies.text[2], "bc", 2);
    setenv("STUDYD_WORKERS", "many", 1);
    ck_assert_int_eq(read_words(&serve, (const char *[]){NULL}, &config), CONFIG_MISUSE);
    ck_assert_ptr_nonnull(strstr(err, "STUDYD_WORKERS"));
    ck_assert_int_eq(read_words(&import, (const char *[]){"dir", NULL}, &config), CONFIG_READY); /* not its option */
}
END_TEST

static const struct {
    const char *words[WORDS];
    enum config_result result;
    const char *said; /* part of the line on stderr, NULL = nothing */
} lines[] = {
    {{"--workers", "64"}, CONFIG_READY, NULL},
    {{"--cache-bytes=1K"}, CONFIG_READY, NULL},
    {{"--header-timeout=100ms"}, CONFIG_READY, NULL},
    {{"--log-level", "debug"}, CONFIG_READY, NULL},
    {{"--help"}, CONFIG_HELP, NULL},
    {{"--db", "x", "--help"}, CONFIG_HELP, NULL},
    {{"--workers", "65"}, CONFIG_MISUSE, "--workers: a whole number from 0 to 64"},
    {{"--workers", "-1"}, CONFIG_MISUSE, "--workers"},
    {{"--workers", "2x"}, CONFIG_MISUSE, "--workers"},
    {{"--workers="}, CONFIG_MISUSE, "--workers"},
    {{"--workers"}, CONFIG_MISUSE, "--workers"},
    {{"--workers", "99999999999999999999"}, CONFIG_MISUSE, "--workers"},
    {{"--cache-bytes", "9999999999G"}, CONFIG_MISUSE, "--cache-bytes"},
    {{"--cache-bytes", "1T"}, CONFIG_MISUSE, "--cache-bytes"},
    {{"--header-timeout", "99ms"}, CONFIG_MISUSE, "--header-timeout: a time from 100ms"},
    {{"--header-timeout", "2h"}, CONFIG_MISUSE, "--header-timeout"},
    {{"--export-timeout", "120m"}, CONFIG_READY, NULL},
    {{"--max-exports", "0"}, CONFIG_MISUSE, "--max-exports: a whole number from 1 to 1000"},
    {{"--max-rows", "0"}, CONFIG_READY, NULL},
    {{"--log-level", "loud"}, CONFIG_MISUSE, "--log-level: error, warn, info or debug"},
    {{"--trusted-proxy", "a,,b"}, CONFIG_MISUSE, "--trusted-proxy"},
    {{"--db", ""}, CONFIG_MISUSE, "--db"},
    {{"--worker-count", "2"}, CONFIG_MISUSE, "unknown option --worker-count"},
    {{"--log-leval", "info"}, CONFIG_MISUSE, "did you mean --log-level?"},
    {{"--log-leval=info"}, CONFIG_MISUSE, "unknown option --log-leval (did"},
    {{"--check"}, CONFIG_MISUSE, "unknown option --check"}, /* another command's */
    {{"-w"}, CONFIG_MISUSE, "unknown option -w"},
    {{"--db", "x", "-vv"}, CONFIG_MISUSE, "unknown option -v"},
    {{"--help=1"}, CONFIG_MISUSE, "--help takes no value"},
    {{"--cache-bytes", "16MB"}, CONFIG_MISUSE, "K, M or G"},
    {{"--workers", "65", "--help"}, CONFIG_HELP, NULL}, /* help comes whatever else is wrong */
    {{"a-folder"}, CONFIG_MISUSE, "one argument too many: a-folder"},
};

START_TEST(a_line_is_taken_or_refused_in_one_line_with_the_way_to_help)
{
    struct config config;
    ck_assert_msg(read_words(&serve, lines[_i].words, &config) == lines[_i].result, "%s: %s", lines[_i].words[0], err);
    ck_assert_int_eq(*out != '\0', lines[_i].result == CONFIG_HELP);
    if (!lines[_i].said) {
        ck_assert_str_eq(err, "");
        return;
    }
    ck_assert_msg(strncmp(err, "studyd serve: ", 14) == 0 && strstr(err, lines[_i].said), "%s", err);
    ck_assert_str_eq(strchr(err, '\n'), "\nTry 'studyd serve --help'.\n");
}
END_TEST

START_TEST(an_operand_is_asked_for_where_there_is_one)
{
    struct config config;
    ck_assert_int_eq(read_words(&import, (const char *[]){"folder", "--check", NULL}, &config), CONFIG_READY);
    ck_assert_str_eq(config.operand, "folder");
    ck_assert(config.check);
    ck_assert_int_eq(read_words(&import, (const char *[]){"--", "--check", NULL}, &config), CONFIG_READY);
    ck_assert_str_eq(config.operand, "--check");
    ck_assert_int_eq(read_words(&import, (const char *[]){"--check", NULL}, &config), CONFIG_MISUSE);
    ck_assert_ptr_nonnull(strstr(err, "DIR is missing"));
    ck_assert_int_eq(read_words(&import, (const char *[]){"one", "two", NULL}, &config), CONFIG_MISUSE);
    ck_assert_ptr_nonnull(strstr(err, "one argument too many: two"));
}
END_TEST

START_TEST(help_names_every_option_with_its_variable)
{
    struct config config;
    ck_assert_int_eq(read_words(&serve, (const char *[]){"--help", NULL}, &config), CONFIG_HELP);
#define OPTION(field, kind, name, commands, ...)                                                                                           \
    {                                                                                                                                      \
        char variable[CONFIG_VARIABLE_SIZE];                                                                                               \
        config_variable(name, variable);                                                                                                   \
        ck_assert_int_eq(strstr(out, "  --" name) != NULL, ((commands)&FOR_SERVE) != 0);                                                   \
        ck_assert_int_eq(strstr(out, variable) != NULL, ((commands)&FOR_SERVE) != 0);                                                      \
    }
#include "server/config.def"
#undef OPTION
    ck_assert_ptr_nonnull(strstr(out, "[STUDYD_CACHE_BYTES; default 16M]"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("config");
    TCase *tcase = tcase_create("config");
    tcase_add_test(tcase, without_flags_the_defaults_hold);
    tcase_add_test(tcase, a_flag_wins_over_the_environment_and_that_over_the_default);
    tcase_add_loop_test(tcase, a_line_is_taken_or_refused_in_one_line_with_the_way_to_help, 0, COUNT(lines));
    tcase_add_test(tcase, an_operand_is_asked_for_where_there_is_one);
    tcase_add_test(tcase, help_names_every_option_with_its_variable);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
