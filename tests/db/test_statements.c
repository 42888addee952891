/* SPDX-License-Identifier: GPL-3.0-or-later
 * Every statement of db/sql/ is read from its file, so that its comment is seen, and explained by the engine.
 */
#include "fixture.h"

#include "db/search_index.h"

#include <glob.h>

#define FILES "db/sql/*.sql"

struct statement {
    char name[80], comment[1000], text[6000];
};

static size_t found;

static void add_to(char *to, size_t size, const char *line)
{
    size_t len = strlen(to);
    ck_assert_uint_lt(len + strlen(line), size);
    memcpy(to + len, line, strlen(line) + 1);
}

/* A scan is a walk over a whole table or index. */
static void explain(sqlite3 *db, const struct statement *statement)
{
    char question[7000];
    sqlite3_stmt *stmt = NULL;
    snprintf(question, sizeof question, "EXPLAIN QUERY PLAN %s", statement->text);
    ck_assert_msg(sqlite3_prepare_v2(db, question, -1, &stmt, NULL) == SQLITE_OK, "%s: %s", statement->name, sqlite3_errmsg(db));
    while (sqlite3_step(stmt) == SQLITE_ROW) {
        const char *detail = (const char *)sqlite3_column_text(stmt, 3);
        bool is_scan = strncmp(detail, "SCAN", 4) == 0 && strcmp(detail, "SCAN CONSTANT ROW") != 0;
        ck_assert_msg(!is_scan || strstr(statement->comment, "scan:") != NULL, "%s: %s, and its comment does not say why", statement->name,
                      detail);
    }
    sqlite3_finalize(stmt);
    ck_assert_msg(statement->comment[0] != '\0', "%s has no comment", statement->name);
    found++;
}

static void read_file(sqlite3 *db, const char *path)
{
    char line[1000];
    struct statement statement = {{0}, {0}, {0}};
    FILE *in = fopen(path, "r");
    ck_assert_ptr_nonnull(in);
    while (fgets(line, sizeof line, in) != NULL) {
        if (strncmp(line, "-- name: ", 9) == 0) {
            statement = (struct statement){{0}, {0}, {0}};
            snprintf(statement.name, sizeof statement.name, "%.*s", (int)strcspn(line + 9, "\n"), line + 9);
        } else if (strncmp(line, "--", 2) == 0) {
            add_to(statement.comment, sizeof statement.comment, line);
        } else if (line[0] != '\n') {
            add_to(statement.text, sizeof statement.text, line);
            if (strstr(line, ";\n") != NULL)
                explain(db, &statement);
        }
    }
    fclose(in);
}

static int64_t number_of(const char *command)
{
    char line[40] = "";
    FILE *in = popen(command, "r");
    ck_assert_ptr_nonnull(in);
    ck_assert_ptr_nonnull(fgets(line, sizeof line, in));
    pclose(in);
    return strtol(line, NULL, 10);
}

START_TEST(every_statement_uses_an_index_or_says_why_not)
{
    glob_t files;
    sqlite3 *db = NULL;
    ck_assert_int_eq(glob(FILES, 0, NULL, &files), 0);
    ck_assert_int_eq(sqlite3_open_v2(fixture.path, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    ck_assert_int_eq(search_register(db), DB_OK);
    for (size_t i = 0; i < files.gl_pathc; i++)
        read_file(db, files.gl_pathv[i]);
    globfree(&files);
    sqlite3_close(db);
    ck_assert_int_eq((int64_t)found, number_of("cat db/sql/*.sql | grep -c '^-- name: '")); /* none was skipped */
    ck_assert_uint_gt(found, 100);
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("statements");
    tcase_add_test(cases, every_statement_uses_an_index_or_says_why_not);
    return run("statements", cases, true);
}
