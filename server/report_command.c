/* SPDX-License-Identifier: GPL-3.0-or-later
 * studyd report: the reports of many studies out of a file, filed by the operator; by the daemon where one serves the database, else here.
 * The same functions read and write them either way, and the answer of the API is what is printed.
 */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/csv_read.h"
#include "handlers/study_json.h"
#include "handlers/writing.h"
#include "server/command.h"
#include "server/local.h"
#include "server/problem_json.h"

#define FILE_MAX ((size_t)4 * 1024 * 1024) /* as much as the API takes */

/* ── the file ───────────────────────────────────────────────────────────────────────────────────────────────── */

struct reports {
    const char *name;
    enum body_media media;
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
    *ret_reports = (struct reports){name, ends_in(name, ".ndjson") ? BODY_NDJSON : BODY_CSV, NULL, 0};
    const char *why = reports_read(ret_reports);
    if (why)
        fprintf(stderr, "studyd report: %s: %s\n", name, why);
    return !why;
}

/* ── filing ─────────────────────────────────────────────────────────────────────────────────────────────────── */

/* The answer of the API. */
struct told {
    int status;
    char *body; /* malloc'd; NULL = no memory */
    size_t len;
};

static enum api_error write_part(struct request *rq, struct db_write *write, struct reply *reply)
{
    const struct db_author author = {rq->author->id, rq->author->role};
    enum db_status status = db_write_part_begin(write, &author);
    if (status != DB_OK)
        return api_error_of_db(status);
    rq->db = db_write_reader(write);
    enum api_error error = recruitment_bulk(rq, write, reply);
    if (error == API_OK && !reply->undo)
        return api_error_of_db(db_write_part_keep(write));
    db_write_part_undo(write);
    return error;
}

static enum api_error write_all(struct db *db, struct request *rq, struct reply *reply)
{
    struct db_write *write = NULL;
    enum db_status status = db_write_begin(db, &write);
    if (status != DB_OK)
        return api_error_of_db(status);
    enum api_error error = write_part(rq, write, reply);
    if (error == API_OK && !reply->undo)
        return api_error_of_db(db_write_commit(write));
    db_write_abandon(write);
    return error;
}

static void tell(enum api_error error, struct reply *reply, const struct faults *faults, struct told *ret_told)
{
    const struct problem_facts facts = {.error = error, .base_url = "", .faults = faults};
    if (error == API_OK) {
        *ret_told = (struct told){reply->status ? reply->status : 201, reply->bytes, reply->len};
        return;
    }
    free(reply->bytes);
    ret_told->status = problem_of(error)->status;
    ret_told->body = problem_json(&facts, &ret_told->len);
}

static void file_here(struct db *db, const struct reports *reports, bool dry_run, struct told *ret_told)
{
    const struct recruitment_bulk_params params = {dry_run ? DB_YES : DB_ANY};
    const struct db_token machine = {.role = DB_ROLE_OPERATOR, .scope = DB_SCOPE_ALL, .expires = -1, .revoked = -1};
    struct faults faults = {0};
    struct reply reply = {0};
    struct db_reader *reader = NULL;
    struct arena *arena = arena_new(0);
    enum api_error error = !arena ? API_UNAVAILABLE : api_error_of_db(db_reader_open(db, &reader));
    struct request rq = {.db = reader,
                         .arena = arena,
                         .params = &params,
                         .path = "/recruitment",
                         .query = "",
                         .base_url = "",
                         .faults = &faults,
                         .body = reports->bytes,
                         .body_len = reports->len,
                         .media = reports->media,
                         .author = &machine};
    if (error == API_OK)
        error = recruitment_bulk_parse(&rq);
    if (error == API_OK)
        error = write_all(db, &rq, &reply);
    tell(error, &reply, &faults, ret_told);
    db_reader_close(reader);
    arena_delete(arena);
}

static enum local_result file_there(const char *db, const struct reports *reports, bool dry_run, struct told *ret_told)
{
    const struct local_question question = {.method = "POST",
                                            .target = dry_run ? "/recruitment?dry_run=true" : "/recruitment",
                                            .content_type = reports->media == BODY_CSV ? "text/csv" : "application/x-ndjson",
                                            .body = reports->bytes,
                                            .body_len = reports->len};
    struct local_answer answer;
    enum local_result result = local_ask(db, &question, &answer);
    if (result == LOCAL_ANSWERED)
        *ret_told = (struct told){answer.status, answer.body, answer.len};
    return result;
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
    if (reports->media != BODY_CSV)
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

static int told_print(const struct reports *reports, const struct told *told)
{
    json_auto_t *answer = told->body ? json_loadb(told->body, told->len, 0, NULL) : NULL;
    bool good = told->status == 200 || told->status == 201;
    if (!answer)
        fprintf(stderr, "studyd report: %s: the answer could not be read\n", reports->name);
    else if (good)
        filed_print(answer);
    else
        problem_print(reports, answer);
    return answer && good ? 0 : 1;
}

/* ── the command ────────────────────────────────────────────────────────────────────────────────────────────── */

/* false: it has been said why. */
static bool file_somewhere(const struct config *config, const struct reports *reports, struct told *ret_told)
{
    const struct db_options options = {.path = config->db, .renderer = &study_renderer};
    struct db *db = NULL;
    char *why = NULL;
    enum db_status opened = db_open(&options, &db, &why);
    enum local_result there = LOCAL_NOBODY;
    if (opened == DB_OK)
        file_here(db, reports, config->dry_run, ret_told);
    else if (opened == DB_HELD)
        there = file_there(config->db, reports, config->dry_run, ret_told);
    bool done = opened == DB_OK || there == LOCAL_ANSWERED;
    if (there == LOCAL_BROKEN)
        fprintf(stderr, "studyd report: the daemon gave no answer: send the file again, what stands already is not filed twice\n");
    else if (!done)
        fprintf(stderr, "studyd report: %s\n", why ? why : db_status_text(opened)); /* why names the file */
    free(why);
    db_close(db);
    return done;
}

int report_command(const struct config *config)
{
    struct reports reports;
    struct told told = {0};
    if (!config->db)
        return config_misuse(stderr, "report", "--db is missing");
    if (strcmp(config->db, ":memory:") == 0)
        return config_misuse(stderr, "report", "--db: a file was expected");
    if (!reports_open(config->operand, &reports))
        return 1;
    int status = file_somewhere(config, &reports, &told) ? told_print(&reports, &told) : 1;
    free(told.body);
    free(reports.bytes);
    return status;
}
