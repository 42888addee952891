/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/command.h"
#include "server/etag.h"
#include "base/folder.h"
#include "base/nearest.h"
#include "server/route.h"

static const struct command commands[] = {
    {"serve", "Answers over HTTP until SIGTERM.", NULL, FOR_SERVE, serve_command},
    {"import", "Checks the data set in DIR (docs/data-format.md) and stores it whole, or not at all.", "DIR", FOR_IMPORT, import_command},
    {"report", "Files the reports in FILE (CSV or NDJSON, docs/filing.md), all or none.", "FILE", FOR_REPORT, report_command},
    {"check", "Looks through a database for what does not fit together: 0 = nothing wrong, 1 = something.", NULL, FOR_CHECK, check_command},
    {"token create", "Makes a token for a study office, and prints it once.", NULL, FOR_TOKEN_CREATE, token_create_command},
    {"token list", "Lists the tokens there are.", NULL, FOR_TOKEN_LIST, token_list_command},
    {"token revoke", "Ends a token, for good.", "ID", FOR_TOKEN_REVOKE, token_revoke_command},
    {"backup", "Copies the register into the new file OUT, also while a daemon serves it.", "OUT", FOR_BACKUP, backup_command},
    {"restore", "Puts the copy OUT in the place of the register.", "OUT", FOR_RESTORE, restore_command},
    {"healthcheck", "Asks a daemon on this machine whether it is ready: 0 = yes, 1 = no.", NULL, FOR_HEALTHCHECK, healthcheck_command},
};
#define COMMANDS (sizeof commands / sizeof *commands)

static int help(void)
{
    fputs("Usage: studyd COMMAND [OPTION]…\nOpen data of clinical-study programmes.\n\n", stdout);
    for (size_t i = 0; i < COMMANDS; i++)
        printf("  %-14s %s\n", commands[i].name, commands[i].summary);
    fputs("\n  studyd COMMAND --help   the options of a command\n"
          "  studyd --version        the version\n"
          "  studyd --dump-routes    the table of routes as JSON\n\n"
          "Each option is an environment variable too: --log-level is STUDYD_LOG_LEVEL; a flag wins.\n"
          "Exit status: 0 done, 1 refused or failed, 2 misused.\n",
          stdout);
    return 0;
}

static int version(void)
{
    printf("studyd %s (build %s)\n", STUDYD_VERSION, etag_build());
    return 0;
}

static int dump_routes(void)
{
    return routes_dump() ? 0 : 1;
}

static const struct {
    const char *flag;
    int (*run)(void);
} flags[] = {{"--help", help}, {"--version", version}, {"--dump-routes", dump_routes}};
#define FLAGS (sizeof flags / sizeof *flags)

/* How many words the command's name has, where the arguments begin with them; else 0. */
static int words_of(const struct command *command, int argc, char **argv)
{
    const char *space = strchr(command->name, ' ');
    size_t len = space ? (size_t)(space - command->name) : strlen(command->name);
    bool first = argc > 1 && strlen(argv[1]) == len && strncmp(argv[1], command->name, len) == 0;
    if (!space)
        return first ? 1 : 0;
    return first && argc > 2 && strcmp(argv[2], space + 1) == 0 ? 2 : 0;
}

/* Where there are commands of two words that begin with this one: what may follow it. "" = there are none. */
static void seconds_of(const char *word, char *ret_list, size_t size)
{
    size_t len = strlen(word), at = 0;
    *ret_list = '\0';
    for (size_t i = 0; i < COMMANDS; i++) {
        if (strncmp(commands[i].name, word, len) == 0 && commands[i].name[len] == ' ' && at < size)
            at += (size_t)snprintf(ret_list + at, size - at, "%s%s", at > 0 ? ", " : "", commands[i].name + len + 1);
    }
}

/* studyd token --help: what there is of that first word. */
static int help_of(const char *word)
{
    size_t len = strlen(word);
    printf("Usage: studyd %s COMMAND [OPTION]…\n\n", word);
    for (size_t i = 0; i < COMMANDS; i++) {
        if (strncmp(commands[i].name, word, len) == 0 && commands[i].name[len] == ' ')
            printf("  %-14s %s\n", commands[i].name, commands[i].summary);
    }
    printf("\n  studyd %s COMMAND --help   the options of a command\n", word);
    return 0;
}

static int unknown(const char *word, bool help_wanted)
{
    struct nearest nearest;
    char what[240], seconds[120];
    seconds_of(word, seconds, sizeof seconds);
    if (*seconds && help_wanted)
        return help_of(word);
    if (*seconds) {
        snprintf(what, sizeof what, "%.40s: one of %s was expected after it", word, seconds);
        return config_misuse(stderr, "", what);
    }
    nearest_begin(&nearest, word);
    for (size_t i = 0; i < COMMANDS; i++) {
        char first[40];
        snprintf(first, sizeof first, "%.*s", (int)strcspn(commands[i].name, " "), commands[i].name);
        nearest_offer(&nearest, first);
    }
    for (size_t i = 0; i < FLAGS; i++)
        nearest_offer(&nearest, flags[i].flag);
    const char *near = nearest_best(&nearest);
    snprintf(what, sizeof what, "unknown %s %.60s%s%s%s", *word == '-' ? "option" : "command", word, near ? " (did you mean " : "",
             near ? near : "", near ? "?)" : "");
    return config_misuse(stderr, "", what);
}

/* Whatever lies beside the database (lock, socket, key, image) is named after it, so it has one name, by whatever links it was asked for.
 * Where its folder is not there, what runs says so. */
static int run_on_database(const struct command *command, struct config *config)
{
    if (!config->db || strcmp(config->db, ":memory:") == 0)
        return command->run(config);
    char *real = folder_real(config->db);
    if (!real && errno != ENOENT) {
        fprintf(stderr, "studyd %s: %s: %s\n", command->name, config->db, strerror(errno));
        return 1;
    }
    config->db = real ? real : config->db;
    int status = command->run(config);
    free(real);
    return status;
}

static int run(const struct command *command, int argc, char **argv)
{
    struct config config;
    switch (config_read(command, argc, argv, stdout, stderr, &config)) {
    case CONFIG_READY: return run_on_database(command, &config);
    case CONFIG_HELP: return 0;
    case CONFIG_MISUSE: return 2;
    }
    return 2;
}

static int dispatch(int argc, char **argv)
{
    if (argc < 2)
        return config_misuse(stderr, "", "a command is missing");
    for (size_t i = 0; i < COMMANDS; i++) {
        int words = words_of(&commands[i], argc, argv);
        if (words > 0)
            return run(&commands[i], argc - words, argv + words);
    }
    for (size_t i = 0; i < FLAGS; i++) {
        if (strcmp(argv[1], flags[i].flag) == 0)
            return argc == 2 ? flags[i].run() : config_misuse(stderr, "", "that option stands alone");
    }
    return unknown(argv[1], argc > 2 && strcmp(argv[2], "--help") == 0);
}

int main(int argc, char **argv)
{
    setlocale(LC_ALL, "C");   /* jansson reads and writes numbers by the locale */
    signal(SIGXFSZ, SIG_IGN); /* a file that may grow no more is a write that fails, as on a full disk, not our end */
    int status = dispatch(argc, argv);
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    fputs("studyd: standard output cannot be written\n", stderr);
    return status != 0 ? status : 1;
}
