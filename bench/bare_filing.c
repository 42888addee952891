/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bench/bare_filing.h"

#include "bench/ask.h"
#include "db/search_index.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* What the statements are told of one filing. */
enum value {
    V_STUDY,
    V_CODE,
    V_REGION,
    V_OTHER,
    V_AS_OF,
    V_BEFORE,
    V_INCLUDED,
    V_NOW,
    V_SINCE,
    V_VERSION,
    V_JSON,
    V_CELLS,
    V_KEY,
    V_DIGEST,
    V_BODY,
    VALUES
};
static const char *const value_names[VALUES] = {":study", ":code",    ":region", ":other", ":as_of", ":before", ":included", ":now",
                                                ":since", ":version", ":json",   ":cells", ":key",   ":digest", ":body"};

#define DAYS(cell, scope)                                                                                                                  \
    {1, "INSERT INTO stats_value (scope, panel, key, kind, value, times) VALUES (" scope ", " cell ", 'day', :as_of, 1) "                  \
        "ON CONFLICT (scope, panel, key, kind, value) DO UPDATE SET times = times + 1"},                                                   \
    {                                                                                                                                      \
        1, "UPDATE stats_value SET times = times - 1 WHERE (scope, panel, key, kind, value) = (" scope ", " cell ", 'day', :before)"       \
    }
#define SUM(cell, scope)                                                                                                                   \
    {                                                                                                                                      \
        1, "UPDATE stats_sum SET included = included + 1, remaining = remaining + 1 WHERE (scope, panel, key) = (" scope ", " cell ")"     \
    }
#define CELL(cell) SUM(cell, "''"), DAYS(cell, "''"), SUM(cell, "'synthetic'"), DAYS(cell, "'synthetic'")

/* kinds: bits of enum bare_rows, or'ed. As the tables are after one filing of two regions, row by row. */
static const struct {
    unsigned kinds;
    const char *sql;
} texts[] = {
    {3, "INSERT INTO report (study, region, as_of, included, recorded, origin, standing, correction, token) "
        "VALUES (:study, :region, :as_of, :included, :now, 'filed', 'filed', 1, 1)"},
    {3, "INSERT INTO report (study, region, as_of, included, recorded, origin, standing, correction, token) "
        "VALUES (:study, :other, :as_of, :included, :now, 'filed', 'filed', 1, 1)"},
    {3, "UPDATE study_region SET included = :included, included_as_of = :as_of WHERE study = :study AND region = :region"},
    {3, "UPDATE study_region SET included = :included, included_as_of = :as_of WHERE study = :study AND region = :other"},
    {3, "INSERT INTO change (kind, study, at, data_version, role) VALUES ('study-updated', :study, :now, :version, 'reporter')"},
    {1, "INSERT INTO study_past (study, version, since, until, planned, included, remaining, exceeded_by, permille, included_as_of, "
        "totals_only, json) "
        "VALUES (:study, :version, :since, :now, 200, :included, 100, NULL, 500, :before, 0, :json)"},
    {1, "INSERT INTO study_region_past (study, version, region, takes_part, planned, included, included_as_of) "
        "VALUES (:study, :version, :region, 1, NULL, :included, :before)"},
    {1, "INSERT INTO study_region_past (study, version, region, takes_part, planned, included, included_as_of) "
        "VALUES (:study, :version, :other, 1, NULL, :included, :before)"},
    {1, "UPDATE study SET version = :version, updated = :now, included = :included, remaining = max(planned - :included, 0), permille = "
        ":included, "
        "included_as_of = :as_of, report_rows = report_rows + 2 WHERE id = :study"},
    {1, "UPDATE rendered SET json = :json WHERE study = :study"},
    {1, "UPDATE rendered_row SET cells = :cells WHERE study = :study"},
    {1, "INSERT OR REPLACE INTO shown_report (code, as_of, place, region, study, included) VALUES (:code, :as_of, 1, :region, :study, "
        ":included)"},
    {1, "INSERT OR REPLACE INTO shown_report (code, as_of, place, region, study, included) VALUES (:code, :as_of, 2, :other, :study, "
        ":included)"},
    CELL("'region', ''"),
    CELL("'region by region', :region"),
    CELL("'region by region', :other"),
    {1, "INSERT INTO kept_answer (token, key, digest, at, status, version, location, body) "
        "VALUES (1, :key, :digest, :now, 201, :version, '/studies/syn-0000000/recruitment?known_at=2026-11-25T00:00:00.000Z', :body)"},
    {1, "UPDATE register SET data_version = data_version + 1, updated = :now WHERE id = 1"},
};
#define TEXTS (sizeof texts / sizeof *texts)

struct bare_filing {
    sqlite3 *sql;
    sqlite3_stmt *begin, *commit, *statements[TEXTS], *json, *cells;
    int places[TEXTS][VALUES]; /* of each value among a statement's parameters; 0 = it has none */
    const struct filed_studies *studies;
    size_t study; /* the next one */
    int64_t number, wal_pages;
    char bytes[2][65536];
    int len[2]; /* of the study's bytes as they stand */
};

static void must(struct bare_filing *bare, bool holds)
{
    if (!holds)
        give_up("bare SQL: %s", sqlite3_errmsg(bare->sql));
}

static sqlite3_stmt *prepare(struct bare_filing *bare, const char *text)
{
    sqlite3_stmt *stmt = NULL;
    if (sqlite3_prepare_v3(bare->sql, text, -1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL) != SQLITE_OK)
        give_up("%s: %s", sqlite3_errmsg(bare->sql), text);
    return stmt;
}

static int count_pages(void *cls, sqlite3 *sql, const char *name, int pages)
{
    (void)sql, (void)name;
    ((struct bare_filing *)cls)->wal_pages = pages;
    return pages >= 1000 ? sqlite3_wal_checkpoint_v2(sql, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL) : SQLITE_OK;
}

struct bare_filing *bare_filing_open(const char *database, const struct filed_studies *studies)
{
    static const char settings[] =
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY;";
    struct bare_filing *bare = calloc(1, sizeof *bare);
    if (bare == NULL || sqlite3_open_v2(database, &bare->sql, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK ||
        search_register(bare->sql) != DB_OK || sqlite3_exec(bare->sql, settings, NULL, NULL, NULL) != SQLITE_OK)
        give_up("%s cannot be opened", database);
    bare->studies = studies;
    bare->number = now_us();
    bare->begin = prepare(bare, "BEGIN IMMEDIATE");
    bare->commit = prepare(bare, "COMMIT");
    bare->json = prepare(bare, "SELECT json FROM rendered WHERE study = ?");
    bare->cells = prepare(bare, "SELECT cells FROM rendered_row WHERE study = ?");
    for (size_t i = 0; i < TEXTS; i++) {
        bare->statements[i] = prepare(bare, texts[i].sql);
        for (int v = 0; v < VALUES; v++)
            bare->places[i][v] = sqlite3_bind_parameter_index(bare->statements[i], value_names[v]);
    }
    sqlite3_wal_hook(bare->sql, count_pages, bare);
    return bare;
}

void bare_filing_close(struct bare_filing *bare)
{
    sqlite3_stmt *const others[] = {bare->begin, bare->commit, bare->json, bare->cells};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        sqlite3_finalize(others[i]);
    for (size_t i = 0; i < TEXTS; i++)
        sqlite3_finalize(bare->statements[i]);
    sqlite3_close(bare->sql);
    free(bare);
}

/* The bytes that stand for a study are of the right length, whatever they say. Looked up before the clock runs. */
static void bytes_take(struct bare_filing *bare)
{
    sqlite3_stmt *const from[] = {bare->json, bare->cells};
    for (int i = 0; i < 2; i++) {
        sqlite3_bind_int64(from[i], 1, bare->studies->list[0].id);
        must(bare, sqlite3_step(from[i]) == SQLITE_ROW);
        bare->len[i] = sqlite3_column_bytes(from[i], 0);
        memcpy(bare->bytes[i], sqlite3_column_blob(from[i], 0), (size_t)bare->len[i]);
        sqlite3_reset(from[i]);
    }
}

struct filing {
    const struct filed_study *study;
    int64_t included, now;
    char day[16], before[16], key[40];
};

static void bind(struct bare_filing *bare, sqlite3_stmt *stmt, const int places[VALUES], const struct filing *f)
{
    static const char digest[32], body[281];
    const struct filed_study *study = f->study;
    const struct {
        enum value value;
        int64_t number;
    } numbers[] = {{V_STUDY, study->id}, {V_INCLUDED, f->included}, {V_NOW, f->now}, {V_SINCE, f->now - 1}, {V_VERSION, study->version}};
    const struct {
        enum value value;
        const char *text;
    } strings[] = {{V_CODE, study->code}, {V_REGION, study->regions[0]}, {V_OTHER, study->regions[1]},
                   {V_AS_OF, f->day},     {V_BEFORE, f->before},         {V_KEY, f->key}};
    const struct {
        enum value value;
        const char *bytes;
        int len;
    } blobs[] = {
        {V_JSON, bare->bytes[0], bare->len[0]}, {V_CELLS, bare->bytes[1], bare->len[1]}, {V_DIGEST, digest, 32}, {V_BODY, body, 281}};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (places[numbers[i].value] > 0)
            sqlite3_bind_int64(stmt, places[numbers[i].value], numbers[i].number);
    for (size_t i = 0; i < sizeof strings / sizeof *strings; i++)
        if (places[strings[i].value] > 0)
            sqlite3_bind_text(stmt, places[strings[i].value], strings[i].text, -1, SQLITE_STATIC);
    for (size_t i = 0; i < sizeof blobs / sizeof *blobs; i++)
        if (places[blobs[i].value] > 0)
            sqlite3_bind_blob(stmt, places[blobs[i].value], blobs[i].bytes, blobs[i].len, SQLITE_STATIC);
}

static void step(struct bare_filing *bare, sqlite3_stmt *stmt)
{
    must(bare, sqlite3_step(stmt) == SQLITE_DONE);
    sqlite3_reset(stmt);
}

static void file_one(struct bare_filing *bare, enum bare_rows rows)
{
    struct filed_study *study = &bare->studies->list[bare->study];
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    struct filing f = {.study = study, .included = filing_count(study, 0), .now = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000};
    filing_day(study, f.before);
    study->filed++;
    study->version++;
    filing_day(study, f.day);
    snprintf(f.key, sizeof f.key, "bench-%d-%lld", 1, (long long)bare->number++);
    for (size_t i = 0; i < TEXTS; i++) {
        if ((texts[i].kinds >> rows & 1) == 0)
            continue;
        bind(bare, bare->statements[i], bare->places[i], &f);
        step(bare, bare->statements[i]);
    }
    bare->study = (bare->study + 1) % bare->studies->len;
}

static double cpu_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

double bare_filing_run(struct bare_filing *bare, enum bare_rows rows, int a_commit, int64_t us, double *ret_cpu)
{
    bytes_take(bare);
    double cpu = cpu_us();
    int64_t from = now_us(), done = 0, now;
    while ((now = now_us()) < from + us) {
        step(bare, bare->begin);
        for (int i = 0; i < a_commit; i++, done++)
            file_one(bare, rows);
        step(bare, bare->commit);
    }
    *ret_cpu = (cpu_us() - cpu) / (double)done;
    return (double)done * 1e6 / (double)(now - from);
}

double bare_filing_pages(struct bare_filing *bare, enum bare_rows rows)
{
    enum { FILINGS = 50 };
    int64_t pages = 0;
    bytes_take(bare);
    for (int i = 0; i < FILINGS; i++) {
        must(bare, sqlite3_wal_checkpoint_v2(bare->sql, NULL, SQLITE_CHECKPOINT_RESTART, NULL, NULL) == SQLITE_OK);
        step(bare, bare->begin);
        file_one(bare, rows);
        step(bare, bare->commit);
        pages += bare->wal_pages;
    }
    return (double)pages / FILINGS;
}
