/* SPDX-License-Identifier: GPL-3.0-or-later
 * The options of config.def, from the command line and the environment. A flag wins over the environment, the environment over the
 * default.
 */
#ifndef STUDYD_SERVER_CONFIG_H
#define STUDYD_SERVER_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum config_commands {
    FOR_SERVE = 1,
    FOR_IMPORT = 2,
    FOR_HEALTHCHECK = 4,
    FOR_CHECK = 8,
    FOR_REPORT = 16,
    FOR_TOKEN_CREATE = 32,
    FOR_TOKEN_LIST = 64,
    FOR_TOKEN_REVOKE = 128,
    FOR_BACKUP = 256,
    FOR_RESTORE = 512,
    FOR_DATABASE =
        FOR_SERVE | FOR_IMPORT | FOR_CHECK | FOR_REPORT | FOR_TOKEN_CREATE | FOR_TOKEN_LIST | FOR_TOKEN_REVOKE | FOR_BACKUP | FOR_RESTORE,
};

#define CONFIG_TEXTS_MAX 32
struct config_texts {
    const char *text[CONFIG_TEXTS_MAX]; /* not ended by NUL but as long as len says */
    size_t len_of[CONFIG_TEXTS_MAX];
    size_t len;
};

#define CONFIG_TYPE_TEXT   const char *
#define CONFIG_TYPE_NUMBER int64_t
#define CONFIG_TYPE_BYTES  int64_t
#define CONFIG_TYPE_TIME   int64_t /* milliseconds */
#define CONFIG_TYPE_LEVEL  int     /* enum log_level */
#define CONFIG_TYPE_FLAG   bool
#define CONFIG_TYPE_TEXTS  struct config_texts

struct config {
#define OPTION(field, kind, ...) CONFIG_TYPE_##kind field;
#include "server/config.def"
#undef OPTION
    const char *operand; /* what stands without a flag, for commands that take it; else NULL */
};

/* A subcommand: a row of the table in main.c. */
struct command {
    const char *name, *summary; /* name: a word, or two with a space */
    const char *operand;        /* as in --help; NULL = takes none */
    enum config_commands bit;
    int (*run)(const struct config *config); /* the exit status */
};

enum config_result {
    CONFIG_READY,
    CONFIG_HELP,   /* --help was asked for and has been written to out */
    CONFIG_MISUSE, /* one line, and where to find help, has been written to err */
};

/* Reads the arguments of a command; argv[0] is the command's name. Texts are borrowed from argv and environ. Not reentrant
 * (getopt_long). */
enum config_result config_read(const struct command *command, int argc, char **argv, FILE *out, FILE *err, struct config *ret_config);

/* The option's environment variable: STUDYD_MAX_CONNECTIONS. */
#define CONFIG_VARIABLE_SIZE 64
void config_variable(const char *name, char ret_variable[CONFIG_VARIABLE_SIZE]);

/* Misused: "studyd serve: what" and where to find help, on err. Returns the exit status, 2. */
int config_misuse(FILE *err, const char *command, const char *what);

#endif
