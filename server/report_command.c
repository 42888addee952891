/* SPDX-License-Identifier: GPL-3.0-or-later
 * studyd report: the reports of many studies out of a file, filed by the operator. The answer of the API is what is printed.
 */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/csv_read.h"
#include "server/ask.h"
#include "server/command.h"

#define FILE_MAX ((size_t)4 * 1024 * 1024) /* as much as the API takes */

/* ── the file ───────────────────────────────────────────────────────────────────────────────────────────────── */

struct reports {
    const char *name;
    const char *content_type;
    char *bytes; /* malloc'd, followed by a NUL */
    size_t len;
};

static bool ends_in(const char *name, const char *end)
{
    size_t len = strlen(name), of = strlen(end);
    return len >= of && strcmp(name + len - of, end) == 0;
}

/* NULL, or why they cannot be read. */
static const char *reports_read(struct reports *reports)
{
    FILE *file = fopen(reports->name, "rb");
    if (!file)
        return strerror(errno);
    const char *why = NULL;
    reports->bytes = malloc(FILE_MAX + 2);
    if (reports->bytes)
        reports->len = fread(reports->bytes, 1, FILE_MAX + 1, file);
    if (!reports->bytes)
        why = "out of memory";
    else if (ferror(file))
        why = strerror(errno);
    else if (reports->len > FILE_MAX)
        why = "longer than 4 MiB: send it in parts";
    else
        reports->bytes[reports->len] = '\0';
    fclose(file);
    if (why) {
        free(reports->bytes);
        reports->bytes = NULL;
    }
    return why;
}

/* false: it has been said why. */
static bool reports_open(const char *name, struct reports *ret_reports)
{
    *ret_reports = (struct reports){name, ends_in(name, ".ndjson") ? "application/x-ndjson" : "text/csv", NULL, 0};
    const char *why = reports_read(ret_reports);
    if (why)
        fprintf(stderr, "studyd report: %s: %s\n", name, why);
    return !why;
}

/* ── what is printed ────────────────────────────────────────────────────────────────────────────────────────── */

static const char *text_of(const json_t *object, const char *member)
{
    return json_string_value(json_object_get(object, member));
}

static long long number_of(const json_t *object, const char *member)
{
    return (long long)json_integer_value(json_object_get(object, member));
}

/* 12 as of 2026-06-30 */
static void total_print(const json_t *total)
{
    const char *as_of = text_of(total, "as_of");
    if (!json_is_integer(json_object_get(total, "included")))
        printf("not known");
    else
        printf("%lld as of %s", number_of(total, "included"), as_of ? as_of : "an unknown day");
}

static void study_print(const json_t *study)
{
    size_t i;
    json_t *report;
    json_array_foreach(json_object_get(study, "reports"), i, report)
    {
        const char *region = text_of(report, "region");
        printf("%s: %s, %s: %lld%s\n", text_of(study, "study"), text_of(report, "as_of"), region ? region : "the whole study",
               number_of(report, "included"), json_is_true(json_object_get(report, "correction")) ? ", a correction" : "");
    }
    if (i == 0)
        return;
    printf("%s: included ", text_of(study, "study"));
    total_print(json_object_get(study, "before"));
    printf(" before, ");
    total_print(json_object_get(study, "after"));
    printf(" after\n");
}

static void filed_print(const json_t *answer)
{
    size_t i;
    json_t *study;
    bool dry_run = json_is_true(json_object_get(answer, "dry_run"));
    json_array_foreach(json_object_get(answer, "studies"), i, study) study_print(study);
    printf("%lld %s, %lld stood already", number_of(answer, "filed"), dry_run ? "would be filed" : "filed", number_of(answer, "unchanged"));
    printf(dry_run ? "; nothing was filed\n" : "\n");
}

/* Of a row of the sheet; editors count lines. */
static int line_of_row(const struct reports *reports, int row)
{
    if (strcmp(reports->content_type, "text/csv") != 0)
        return row;
    return csv_line_of_row(reports->bytes, reports->len, csv_separator_of(reports->bytes, reports->len), row);
}

/* "row 17 included" is file:17: included: …, as compilers write it, 17 being the line in which the row begins. */
static void fault_print(const struct reports *reports, const json_t *fault)
{
    const char *name = text_of(fault, "name"), *reason = text_of(fault, "reason"), *near = text_of(fault, "did_you_mean");
    const char *row = name && strncmp(name, "row ", 4) == 0 ? name + 4 : NULL, *member = row ? strchr(row, ' ') : NULL;
    if (row)
        fprintf(stderr, "%s:%d: %s%s", reports->name, line_of_row(reports, (int)strtol(row, NULL, 10)), member ? member + 1 : "",
                member ? ": " : "");
    else
        fprintf(stderr, "%s: %s%s", reports->name, name ? name : "", name ? ": " : "");
    fprintf(stderr, "%s", reason ? reason : "");
    if (near)
        fprintf(stderr, "; did you mean \"%s\"?", near);
    fprintf(stderr, "\n");
}

static void problem_print(const struct reports *reports, const json_t *problem)
{
    const char *file = reports->name;
    size_t i, len = json_array_size(json_object_get(problem, "errors"));
    long long more = number_of(problem, "errors_left_out");
    json_t *fault;
    json_array_foreach(json_object_get(problem, "errors"), i, fault) fault_print(reports, fault);
    if (len == 0)
        fprintf(stderr, "studyd report: %s: %s; nothing was filed\n", file, text_of(problem, "detail"));
    else
        fprintf(stderr, "studyd report: %s: %lld fault%s; nothing was filed\n", file, (long long)len + more,
                len + (size_t)more == 1 ? "" : "s");
}

static int answer_print(const struct reports *reports, const struct local_answer *answer)
{
    json_auto_t *told = json_loadb(answer->body, answer->len, 0, NULL);
    bool good = answer->status == 200 || answer->status == 201;
    if (!told)
        fprintf(stderr, "studyd report: %s: the answer could not be read\n", reports->name);
    else if (good)
        filed_print(told);
    else
        problem_print(reports, told);
    return told && good ? 0 : 1;
}

/* ── the command ────────────────────────────────────────────────────────────────────────────────────────────── */

static int file(const struct config *config, const struct reports *reports)
{
    const struct local_question question = {.method = "POST",
                                            .target = config->dry_run ? "/recruitment?dry_run=true" : "/recruitment",
                                            .content_type = reports->content_type,
                                            .body = reports->bytes,
                                            .body_len = reports->len};
    struct local_answer answer;
    enum local_result result = ask_question("report", config->db, ASK_WRITES, &question, &answer);
    if (result == LOCAL_BROKEN)
        fprintf(stderr, "studyd report: send the file again, what stands already is not filed twice\n");
    int status = result == LOCAL_ANSWERED ? answer_print(reports, &answer) : 1;
    free(answer.body);
    return status;
}

int report_command(const struct config *config)
{
    struct reports reports;
    if (!config->db)
        return config_misuse(stderr, "report", "--db is missing");
    if (strcmp(config->db, ":memory:") == 0)
        return config_misuse(stderr, "report", "--db: a file was expected");
    if (!reports_open(config->operand, &reports))
        return 1;
    int status = file(config, &reports);
    free(reports.bytes);
    return status;
}
