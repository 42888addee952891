/* SPDX-License-Identifier: GPL-3.0-or-later
 * Looking a register over, in steps and in one read transaction. What is wrong is told in sentences and never mended here.
 */
#define _GNU_SOURCE /* vasprintf */
#include "db/image.h"
#include "db/search_index.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct check {
    const char *path;
    struct statements statements;
    const struct db_renderer *renderer;
    const struct db_check_listener *listener;
    const char *what; /* the step */
    int64_t findings;
    const char *study; /* the one being looked at */
    bool failed;       /* no memory for a sentence */
};

static void step(struct check *check, int64_t done, int64_t of)
{
    if (check->listener->step != NULL)
        check->listener->step(check->listener->cls, check->what, done, of);
}

static void tell(struct check *check, const char *sentence)
{
    if (++check->findings <= DB_CHECK_FINDINGS && check->listener->finding != NULL)
        check->listener->finding(check->listener->cls, sentence);
}

static void find(struct check *check, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void find(struct check *check, const char *format, ...)
{
    char *sentence = NULL;
    va_list args;
    va_start(args, format);
    if (vasprintf(&sentence, format, args) < 0)
        sentence = NULL;
    va_end(args);
    check->failed = check->failed || sentence == NULL;
    if (sentence != NULL)
        tell(check, sentence);
    free(sentence);
}

/* ── the file ───────────────────────────────────────────────────────────────────────────────────────────────── */

static int each_fault(void *cls, int columns, char **values, char **names)
{
    (void)columns, (void)names;
    if (values[0] != NULL && strcmp(values[0], "ok") != 0)
        find(cls, "The file: %s.", values[0]);
    return 0;
}

/* Pages, indexes, types and what must not be empty; the engine leaves CHECK constraints out where it must not write. */
static enum db_status check_file(struct check *check)
{
    step(check, 0, 1);
    enum db_status status = status_of(sqlite3_exec(check->statements.sql, "PRAGMA integrity_check", each_fault, check, NULL));
    step(check, 1, 1);
    return status;
}

/* ── references ─────────────────────────────────────────────────────────────────────────────────────────────── */

struct reference {
    const char *from, *column, *to, *key;
    bool is_of_study;
};

/* The names are the schema's own. A row of a study says of which. */
static sqlite3_stmt *prepare(sqlite3 *sql, const struct reference *r, int *ret_code)
{
    sqlite3_stmt *stmt = NULL;
    const char *who = strcmp(r->from, "study") == 0 ? "c.code"
                      : r->is_of_study              ? "(SELECT s.code FROM study s WHERE s.id = c.study)"
                                                    : "NULL";
    char *text = sqlite3_mprintf("SELECT c.\"%w\", %s FROM \"%w\" c WHERE c.\"%w\" IS NOT NULL"
                                 " AND NOT EXISTS (SELECT 1 FROM \"%w\" p WHERE p.\"%w\" = c.\"%w\")",
                                 r->column, who, r->from, r->column, r->to, r->key, r->column);
    *ret_code = text == NULL ? SQLITE_NOMEM : sqlite3_prepare_v2(sql, text, -1, &stmt, NULL);
    sqlite3_free(text);
    return stmt;
}

static enum db_status check_reference(struct check *check, const struct reference *r)
{
    int code = SQLITE_OK;
    sqlite3_stmt *stmt = prepare(check->statements.sql, r, &code);
    if (code != SQLITE_OK)
        return status_of(code);
    struct query rows = query_on(stmt);
    while (query_row(&rows)) {
        const char *study = query_text(&rows, 1), *value = query_text(&rows, 0);
        find(check, "%s%s%s record of %s refers to %s %s, which is not there.", study == NULL ? "" : "Study ", study == NULL ? "" : study,
             study == NULL ? "A" : ": a", r->from, r->to, value == NULL ? "" : value);
    }
    enum db_status status = query_status(&rows);
    sqlite3_finalize(stmt);
    return status;
}

/* What no table can declare: a scope is of one of three, and token 0 is nobody's. */
static enum db_status check_tokens(struct check *check)
{
    struct query scopes CLEANUP(query_end) = query_begin(&check->statements, STMT_check_token_scopes, NO_ARGS);
    while (query_row(&scopes)) {
        const char *scope = query_text(&scopes, 1), *code = query_text(&scopes, 2);
        find(check, "Token %lld is for %s %s, which is not there.", (long long)query_int(&scopes, 0), scope == NULL ? "" : scope,
             code == NULL ? "" : code);
    }
    struct query answers CLEANUP(query_end) = query_begin(&check->statements, STMT_check_kept_answers, NO_ARGS);
    while (query_row(&answers))
        find(check, "Answers are kept for token %lld, which is not there.", (long long)query_int(&answers, 0));
    return query_status(&scopes) != DB_OK ? query_status(&scopes) : query_status(&answers);
}

static enum db_status check_references(struct check *check)
{
    enum db_status status = DB_OK;
    step(check, 0, 1);
    struct query rows CLEANUP(query_end) = query_begin(&check->statements, STMT_check_references, NO_ARGS);
    while (status == DB_OK && query_row(&rows)) {
        struct reference reference = {query_text(&rows, 0), query_text(&rows, 1), query_text(&rows, 2), query_text(&rows, 3),
                                      query_int(&rows, 4) != 0};
        status = check_reference(check, &reference);
    }
    if (status == DB_OK)
        status = query_status(&rows);
    if (status == DB_OK)
        status = check_tokens(check);
    step(check, 1, 1);
    return status;
}

/* ── kept sums ──────────────────────────────────────────────────────────────────────────────────────────────── */

static void each_difference(void *cls, const char *difference)
{
    tell(cls, difference);
}

static enum db_status check_shown_counts(struct check *check)
{
    struct query rows CLEANUP(query_end) = query_begin(&check->statements, STMT_check_shown_counts, NO_ARGS);
    while (query_row(&rows)) {
        const char *region = query_text(&rows, 0), *day = query_text(&rows, 1);
        bool is_all = region != NULL && strcmp(region, "*") == 0, is_total = region != NULL && region[0] == '\0';
        find(check, "The kept number of reports of %s (%s) is not how many are shown.", day == NULL ? "" : day,
             region == NULL ? ""
             : is_all       ? "all"
             : is_total     ? "whole studies"
                            : region);
    }
    return query_status(&rows);
}

static enum db_status check_sums(struct check *check)
{
    step(check, 0, 1);
    enum db_status status = stats_recount(&check->statements, each_difference, check);
    if (status == DB_OK)
        status = check_shown_counts(check);
    step(check, 1, 1);
    return status;
}

/* ── every study ────────────────────────────────────────────────────────────────────────────────────────────── */

typedef enum db_status (*study_check)(struct check *check, int64_t id);

static enum db_status check_study(struct check *check, int64_t id, study_check look)
{
    struct query query CLEANUP(query_end) = query_begin(&check->statements, STMT_check_code, ARGS(ARG_I(":study", id)));
    if (!query_row(&query))
        return query_status(&query) == DB_OK ? DB_BUG : query_status(&query);
    check->study = query_text(&query, 0);
    return check->study == NULL ? DB_NO_MEMORY : look(check, id);
}

#define STUDIES_A_STEP 1000
static enum db_status check_each(struct check *check, study_check look)
{
    int64_t id = 0, done = 0, of = 0;
    struct query count CLEANUP(query_end) = query_begin(&check->statements, STMT_check_studies, NO_ARGS);
    if (query_row(&count))
        of = query_int(&count, 0);
    enum db_status status = query_run(&count);
    step(check, 0, of);
    while (status == DB_OK && study_next(&check->statements, &id, &status)) {
        status = check_study(check, id, look);
        if (++done % STUDIES_A_STEP == 0 && done < of)
            step(check, done, of);
    }
    step(check, done, of);
    return status;
}

static void each_made(void *cls, const char *what)
{
    struct check *check = cls;
    find(check, "Study %s: %s is not what its facts, plans and reports make it.", check->study, what);
}

/* Each column is a number of faults, and its name says which. */
static enum db_status look_at_versions(struct check *check, int64_t id)
{
    struct query query CLEANUP(query_end) = query_begin(&check->statements, STMT_check_versions, ARGS(ARG_I(":study", id)));
    bool has_row = query_row(&query);
    for (int i = 0; has_row && i < sqlite3_column_count(query.stmt); i++)
        if (query_int(&query, i) != 0)
            find(check, "Study %s: %s.", check->study, sqlite3_column_name(query.stmt, i));
    return query_status(&query);
}

static enum db_status look_at_numbers(struct check *check, int64_t id)
{
    enum db_status status = made_numbers_check(&check->statements, id, each_made, check);
    return status == DB_OK ? look_at_versions(check, id) : status;
}

static enum db_status look_at_bytes(struct check *check, int64_t id)
{
    struct arena arena CLEANUP(arena_free) = {0};
    struct db_study study;
    bool is_other = false;
    enum db_status status = study_load(&check->statements, &arena, id, &study);
    if (status == DB_NOT_FOUND) { /* a record it is joined from is not there */
        find(check, "Study %s cannot be put together from its records.", check->study);
        return DB_OK;
    }
    if (status == DB_OK)
        status = render_differs(&check->statements, check->renderer, id, &study, &is_other);
    if (status == DB_OK && is_other)
        find(check, "Study %s is shown otherwise than its records say.", check->study);
    return status;
}

static enum db_status look_at_searched(struct check *check, int64_t id)
{
    bool is_other = false;
    enum db_status status = search_differs(&check->statements, id, &is_other);
    if (is_other)
        find(check, "Study %s is searched by other texts than its records hold.", check->study);
    return status;
}

static enum db_status check_numbers(struct check *check)
{
    return check_each(check, look_at_numbers);
}

static enum db_status check_bytes(struct check *check)
{
    bool is_current = false;
    enum db_status status = render_is_current(&check->statements, check->renderer, &is_current);
    if (status == DB_OK && is_current)
        return check_each(check, look_at_bytes);
    step(check, 0, 0);
    return status;
}

/* ── searching ──────────────────────────────────────────────────────────────────────────────────────────────── */

static enum db_status check_strays(struct check *check)
{
    struct query rows CLEANUP(query_end) = query_begin(&check->statements, STMT_search_strays, NO_ARGS);
    while (query_row(&rows))
        find(check, "Texts are searched for study %lld, which is not there.", (long long)query_int(&rows, 0));
    return query_status(&rows);
}

static enum db_status check_searched(struct check *check)
{
    bool is_current = false, differs = false;
    enum db_status status = search_is_current(&check->statements, &is_current);
    if (status != DB_OK || !is_current) {
        step(check, 0, 0);
        return status;
    }
    status = check_each(check, look_at_searched);
    if (status == DB_OK)
        status = check_strays(check);
    if (status == DB_OK)
        status = search_index_differs(check->statements.sql, &differs);
    if (status == DB_OK && differs)
        find(check, "The index of words holds other words than the searched texts.");
    return status;
}

/* ── the image ──────────────────────────────────────────────────────────────────────────────────────────────── */

static enum db_status check_image(struct check *check)
{
    step(check, 0, 1);
    enum db_status status = image_check(&check->statements, check->path, each_difference, check);
    step(check, 1, 1);
    return status;
}

/* ── all of it ──────────────────────────────────────────────────────────────────────────────────────────────── */

static const struct {
    const char *what;
    enum db_status (*run)(struct check *check);
} steps[] = {
    {"the file", check_file},       {"references", check_references},   {"kept sums", check_sums},  {"studies", check_numbers},
    {"shown studies", check_bytes}, {"searched texts", check_searched}, {"the image", check_image},
};

/* Where the file itself is damaged, the rest is looked at as far as it can be read. */
static enum db_status run(struct check *check)
{
    enum db_status status = DB_OK;
    for (size_t i = 0; i < COUNT_OF(steps) && status == DB_OK && !check->failed; i++) {
        check->what = steps[i].what;
        status = steps[i].run(check);
        if (status == DB_DAMAGED) {
            find(check, "The file is damaged: “%s” could not be looked at to the end.", steps[i].what);
            status = DB_OK;
        }
    }
    if (check->findings > DB_CHECK_FINDINGS && check->listener->finding != NULL) {
        char more[48];
        snprintf(more, sizeof more, "… and %lld more", (long long)(check->findings - DB_CHECK_FINDINGS));
        check->listener->finding(check->listener->cls, more);
    }
    return check->failed ? DB_NO_MEMORY : status;
}

static enum db_status look(struct check *check, const char *path, char **ret_detail)
{
    sqlite3 *sql = check->statements.sql;
    enum db_status status = status_of(sqlite3_exec(sql, "BEGIN", NULL, NULL, NULL));
    if (status == DB_OK)
        status = statements_prepare_all(&check->statements);
    if (status == DB_DAMAGED)
        detail_set(ret_detail, "%s is damaged: parts of the register are missing", path);
    if (status == DB_OK)
        status = run(check);
    if (!sqlite3_get_autocommit(sql))
        sqlite3_exec(sql, "ROLLBACK", NULL, NULL, NULL);
    return status;
}

enum db_status db_check(const char *path, const struct db_renderer *renderer, const struct db_check_listener *listener,
                        int64_t *ret_findings, char **ret_detail)
{
    struct check check = {.path = path, .renderer = renderer, .listener = listener};
    *ret_findings = 0;
    if (ret_detail != NULL)
        *ret_detail = NULL;
    enum db_status status = open_to_look(path, &check.statements.sql, ret_detail);
    if (status == DB_OK)
        status = look(&check, path, ret_detail);
    if (status != DB_OK)
        detail_set(ret_detail, "%s: %s", path, db_status_text(status));
    statements_close(&check.statements);
    sqlite3_close(check.statements.sql);
    *ret_findings = check.findings;
    return status;
}
