/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/config.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "server/log.h"
#include "base/nearest.h"

enum kind { KIND_TEXT, KIND_NUMBER, KIND_BYTES, KIND_TIME, KIND_LEVEL, KIND_FLAG, KIND_TEXTS };

struct option_row {
    const char *name;
    enum kind kind;
    int commands;
    size_t offset;
    const char *initial;
    int64_t least, most;
    const char *argument, *help;
};

static const struct option_row rows[] = {
#define OPTION(field, kind, name, commands, initial, least, most, argument, help)                                                          \
    {name, KIND_##kind, commands, offsetof(struct config, field), initial, least, most, argument, help},
#include "server/config.def"
#undef OPTION
};
#define ROWS (sizeof rows / sizeof *rows)

/* getopt_long's values: an option of the table is FIRST plus its row. */
enum { HELP = 0x100, FIRST = 0x200 };

void config_variable(const char *name, char ret_variable[CONFIG_VARIABLE_SIZE])
{
    size_t len = (size_t)snprintf(ret_variable, CONFIG_VARIABLE_SIZE, "STUDYD_%s", name);
    for (size_t i = 0; i < len && i < CONFIG_VARIABLE_SIZE; i++) {
        if (ret_variable[i] == '-')
            ret_variable[i] = '_';
        else if (ret_variable[i] >= 'a' && ret_variable[i] <= 'z')
            ret_variable[i] = (char)(ret_variable[i] - 'a' + 'A');
    }
}

int config_misuse(FILE *err, const char *command, const char *what)
{
    fprintf(err, "studyd%s%s: %s\nTry 'studyd%s%s --help'.\n", *command ? " " : "", command, what, *command ? " " : "", command);
    return 2;
}

/* ── values ──────────────────────────────────────────────────────────────────────────────────────────────────── */

struct unit {
    const char *name;
    int64_t factor;
};
static const struct unit plain_units[] = {{"", 1}, {NULL, 0}};
static const struct unit byte_units[] = {{"", 1}, {"K", 1024}, {"M", 1024 * 1024}, {"G", 1024 * 1024 * 1024}, {NULL, 0}};
static const struct unit time_units[] = {{"", 1000}, {"ms", 1}, {"s", 1000}, {"m", 60000}, {NULL, 0}};

/* A whole number with one of the units, inside the bounds. */
static bool number_read(const char *text, const struct unit *units, int64_t least, int64_t most, int64_t *ret_number)
{
    size_t digits = strspn(text, "0123456789");
    if (digits == 0 || digits > 18)
        return false;
    while (units->name && strcmp(units->name, text + digits) != 0)
        units++;
    int64_t number = strtoll(text, NULL, 10);
    if (!units->name || number > most / units->factor)
        return false;
    *ret_number = number * units->factor;
    return *ret_number >= least && *ret_number <= most;
}

static bool word_read(const char *text, const char *const *words, int *ret_index)
{
    for (int i = 0; words[i]; i++) {
        if (strcmp(words[i], text) == 0) {
            *ret_index = i;
            return true;
        }
    }
    return false;
}

static bool texts_add(struct config_texts *texts, const char *text)
{
    for (bool more = true; more;) {
        size_t len = strcspn(text, ",");
        if (len == 0 || texts->len == CONFIG_TEXTS_MAX)
            return false;
        texts->text[texts->len] = text;
        texts->len_of[texts->len++] = len;
        more = text[len] == ',';
        text += len + 1;
    }
    return true;
}

static bool flag_read(const char *text, bool *ret_flag)
{
    static const char *const words[] = {"false", "true", "0", "1", NULL};
    int index;
    if (!word_read(text, words, &index))
        return false;
    *ret_flag = index % 2 == 1;
    return true;
}

static bool value_read(const struct option_row *row, const char *text, struct config *config)
{
    void *field = (char *)config + row->offset;
    switch (row->kind) {
    case KIND_TEXT: *(const char **)field = text; return strlen(text) >= (size_t)row->least && strlen(text) <= (size_t)row->most;
    case KIND_NUMBER: return number_read(text, plain_units, row->least, row->most, field);
    case KIND_BYTES: return number_read(text, byte_units, row->least, row->most, field);
    case KIND_TIME: return number_read(text, time_units, row->least, row->most, field);
    case KIND_LEVEL: return word_read(text, log_level_names, field);
    case KIND_FLAG: return flag_read(text, field);
    case KIND_TEXTS: return texts_add(field, text);
    }
    return false;
}

/* What a value should have been, for people. */
static void expected_write(const struct option_row *row, char *ret_text, size_t size)
{
    switch (row->kind) {
    case KIND_TEXT: snprintf(ret_text, size, "a text of %lld to %lld bytes", (long long)row->least, (long long)row->most); return;
    case KIND_NUMBER: snprintf(ret_text, size, "a whole number from %lld to %lld", (long long)row->least, (long long)row->most); return;
    case KIND_BYTES: snprintf(ret_text, size, "a whole number, alone or with K, M or G, as in 16M"); return;
    case KIND_TIME:
        snprintf(ret_text, size, "a time from %lldms to %llds, as in 500ms, 15s or 2m", (long long)row->least, (long long)row->most / 1000);
        return;
    case KIND_LEVEL: snprintf(ret_text, size, "%s", row->help); return;
    case KIND_FLAG: snprintf(ret_text, size, "true or false"); return;
    case KIND_TEXTS: snprintf(ret_text, size, "at most %lld, none of them empty", (long long)row->most); return;
    }
}

/* ── where values come from ──────────────────────────────────────────────────────────────────────────────────── */

static bool value_or_fault(FILE *err, const struct command *command, const struct option_row *row, const char *source, const char *text,
                           struct config *config)
{
    if (value_read(row, text, config))
        return true;
    char expected[160], what[320];
    expected_write(row, expected, sizeof expected);
    snprintf(what, sizeof what, "%s: %s was expected", source, expected);
    config_misuse(err, command->name, what);
    return false;
}

static bool environment_read(const struct command *command, FILE *err, struct config *config)
{
    for (const struct option_row *row = rows; row < rows + ROWS; row++) {
        char variable[CONFIG_VARIABLE_SIZE];
        config_variable(row->name, variable);
        const char *text = getenv(variable);
        if (row->initial && !value_read(row, row->initial, config))
            abort(); /* config.def contradicts itself */
        if (text && (row->commands & (int)command->bit) && !value_or_fault(err, command, row, variable, text, config))
            return false;
    }
    return true;
}

static void long_options(const struct command *command, struct option ret_options[ROWS + 2])
{
    *ret_options++ = (struct option){"help", no_argument, NULL, HELP};
    for (size_t i = 0; i < ROWS; i++) {
        if (rows[i].commands & (int)command->bit)
            *ret_options++ = (struct option){rows[i].name, rows[i].argument ? required_argument : no_argument, NULL, FIRST + (int)i};
    }
    *ret_options = (struct option){0};
}

static void help_write(const struct command *command, FILE *out)
{
    fprintf(out, "Usage: studyd %s [OPTION]…%s%s\n%s\n\n", command->name, command->operand ? " " : "",
            command->operand ? command->operand : "", command->summary);
    for (const struct option_row *row = rows; row < rows + ROWS; row++) {
        char variable[CONFIG_VARIABLE_SIZE];
        if (!(row->commands & (int)command->bit))
            continue;
        config_variable(row->name, variable);
        fprintf(out, "  --%s%s%s\n      %s\n      [%s", row->name, row->argument ? " " : "", row->argument ? row->argument : "", row->help,
                variable);
        fprintf(out, row->initial && *row->initial && row->kind != KIND_FLAG ? "; default %s]\n" : "]\n", row->initial);
    }
    fputs("  --help\n      this text\n", out);
}

/* argument as it was typed; long options only, since the daemon has no short ones. */
static void unknown_option(const struct command *command, const char *argument, FILE *err)
{
    struct nearest nearest;
    char name[80], what[320];
    size_t dashes = strspn(argument, "-");
    snprintf(name, sizeof name, "%.*s", (int)strcspn(argument + dashes, "="), argument + dashes);
    nearest_begin(&nearest, name);
    for (const struct option_row *row = rows; row < rows + ROWS; row++) {
        if (row->commands & (int)command->bit)
            nearest_offer(&nearest, row->name);
    }
    const char *near = nearest_best(&nearest);
    snprintf(what, sizeof what, "unknown option --%s%s%s%s", name, near ? " (did you mean --" : "", near ? near : "", near ? "?)" : "");
    config_misuse(err, command->name, what);
}

/* What getopt_long would not take: a short option (optopt says which), a value for an option that has none (its number), or a
 * name that it does not know. */
static void refused_option(const struct command *command, const char *argument, FILE *err)
{
    char what[120];
    if (optopt > 0 && optopt < HELP)
        snprintf(what, sizeof what, "unknown option -%c: options have long names", optopt);
    else if (optopt >= HELP)
        snprintf(what, sizeof what, "--%s takes no value", optopt == HELP ? "help" : rows[optopt - FIRST].name);
    else {
        unknown_option(command, argument, err);
        return;
    }
    config_misuse(err, command->name, what);
}

/* One option that getopt_long has found. */
static bool option_take(const struct command *command, int found, char **argv, FILE *err, struct config *config)
{
    char source[80];
    if (found == '?') {
        refused_option(command, argv[optind > 1 ? optind - 1 : 1], err);
        return false;
    }
    const struct option_row *row = &rows[(found == ':' ? optopt : found) - FIRST];
    snprintf(source, sizeof source, "--%s", row->name);
    return value_or_fault(err, command, row, source, found == ':' ? "" : row->argument ? optarg : "true", config);
}

static enum config_result operand_take(const struct command *command, int argc, char **argv, FILE *err, struct config *config)
{
    int given = argc - optind;
    config->operand = given > 0 && command->operand ? argv[optind] : NULL;
    if (given == (command->operand ? 1 : 0))
        return CONFIG_READY;
    char what[160];
    if (command->operand && given == 0)
        snprintf(what, sizeof what, "%s is missing", command->operand);
    else
        snprintf(what, sizeof what, "one argument too many: %.80s", argv[optind + (command->operand ? 1 : 0)]);
    config_misuse(err, command->name, what);
    return CONFIG_MISUSE;
}

enum config_result config_read(const struct command *command, int argc, char **argv, FILE *out, FILE *err, struct config *ret_config)
{
    *ret_config = (struct config){0};
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strcmp(argv[i], "--help") == 0) { /* whatever else is wrong */
            help_write(command, out);
            return CONFIG_HELP;
        }
    }
    if (!environment_read(command, err, ret_config))
        return CONFIG_MISUSE;
    struct option options[ROWS + 2];
    uint64_t again = 0; /* options seen: a list from a flag replaces the environment's */
    long_options(command, options);
    optind = 0; /* begin anew, also after an earlier call */
    opterr = 0;
    for (int found; (found = getopt_long(argc, argv, ":", options, NULL)) != -1;) {
        if (found == HELP) {
            help_write(command, out);
            return CONFIG_HELP;
        }
        size_t row = found >= FIRST ? (size_t)(found - FIRST) : ROWS;
        if (row < ROWS && rows[row].kind == KIND_TEXTS && !(again >> row & 1))
            memset((char *)ret_config + rows[row].offset, 0, sizeof(struct config_texts));
        again |= row < ROWS ? UINT64_C(1) << row : 0;
        if (!option_take(command, found, argv, err, ret_config))
            return CONFIG_MISUSE;
    }
    return operand_take(command, argc, argv, err, ret_config);
}
