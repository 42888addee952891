/* SPDX-License-Identifier: GPL-3.0-or-later
 * The image answers what the engine answers, byte for byte; and where there is none, or a wrong one, nobody notices.
 */
#define _GNU_SOURCE
#include "portfolio.h"

#include "db/image.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#define PAGES      120
#define STATISTICS 600
#define COPIES     14 /* of the portfolio: more studies than are looked at one by one */

static char image_path[128], fresh_path[128];

/* ── more studies than the portfolio has ────────────────────────────────────────────────────────────────────── */

static void run_sql(const char *statements)
{
    sqlite3 *direct = NULL;
    char *why = NULL;
    ck_assert_int_eq(sqlite3_open_v2(fixture.path, &direct, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    ck_assert_msg(sqlite3_exec(direct, statements, NULL, NULL, &why) == SQLITE_OK, "%s", or_none(why));
    sqlite3_close(direct);
}

/* Every record of every study again, under another number. */
static void copy_table(FILE *out, const char *table, const char *column, int copy)
{
    fprintf(out, "CREATE TEMP TABLE again AS SELECT * FROM main.%s WHERE %s <= %d;", table, column, STUDIES);
    fprintf(out, "UPDATE again SET %s = %s + %d;", column, column, copy * STUDIES);
    if (strcmp(table, "study") == 0)
        fprintf(out, "UPDATE again SET code = code || '-%d', amount_nok = amount_nok + id %% 7, behind_plan = id %% 3 = 0;", copy);
    if (strcmp(table, "rendered") == 0)
        fprintf(out, "UPDATE again SET json = CAST('study copy-' || study || ' ' || CAST(json AS TEXT) AS BLOB);");
    fprintf(out, "INSERT INTO main.%s SELECT * FROM again; DROP TABLE again;", table);
}

static void copy_studies(void)
{
    static const struct {
        const char *name, *study;
    } tables[] = {{"study", "id"},           {"study_text", "study"},     {"rendered", "study"},
                  {"rendered_row", "study"}, {"study_category", "study"}, {"study_hospital", "study"},
                  {"award", "study"},        {"study_region", "study"},   {"study_inclusion_region", "study"}};
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    for (int copy = 1; copy <= COPIES; copy++)
        for (size_t i = 0; i < LEN(tables); i++)
            copy_table(out, tables[i].name, tables[i].study, copy);
    fputs("UPDATE register SET sums = 0, search = 0;", out); /* the next opening makes these anew */
    fclose(out);
    run_sql(text);
    free(text);
    ck_assert_int_eq(sql("SELECT count(*) FROM study"), (COPIES + 1) * STUDIES);
}

static void make_paths(void)
{
    snprintf(image_path, sizeof image_path, "%s-image", fixture.path);
    snprintf(fresh_path, sizeof fresh_path, "%s-image.new", fixture.path);
}

/* What was found is not kept: everything is asked each time. */
static void open_again(void)
{
    ck_assert_int_eq(fixture_open(false, NULL), DB_OK);
    ck_assert_int_eq(db_reader_open(fixture.db, &fixture.reader), DB_OK);
    fixture.db->answers.max = 0;
}

static void registered(void)
{
    portfolio();
    make_paths();
    list_codes();
    copy_studies();
    fixture_close();
    unlink(image_path); /* the version is that of before the copying */
    open_again();
}

/* ── what is answered, as text ──────────────────────────────────────────────────────────────────────────────── */

typedef void (*tell_fn)(FILE *out, const void *question);

static bool tell_study(void *cls, const char *bytes, size_t len)
{
    fwrite(bytes, 1, len, cls);
    return true;
}

static void tell_position(FILE *out, const struct db_position *position)
{
    for (size_t i = 0; i < position->len; i++)
        fprintf(out, "%02x", position->bytes[i]);
    fputc('\n', out);
}

static void tell_page(FILE *out, const struct db_studies_query *query, struct db_studies_page *ret_page)
{
    ck_assert_int_eq(db_studies_list(fixture.reader, query, tell_study, out, ret_page), DB_OK);
    fprintf(out, "%lld in all, %d here, before %d, after %d\n", (long long)ret_page->total, ret_page->returned, ret_page->more_before,
            ret_page->more_after);
    tell_position(out, &ret_page->first);
    tell_position(out, &ret_page->last);
}

/* Some pages on from an end, or from query.from, then some back. */
static void tell_walk(FILE *out, const void *question)
{
    struct db_studies_query query = *(const struct db_studies_query *)question;
    struct db_position from;
    struct db_studies_page page;
    for (int turn = 0; turn < 7; turn++) {
        query.limit = turn == 3 ? 500 : 1 + chance(40);
        if (turn == 5)
            query.backwards = !query.backwards;
        tell_page(out, &query, &page);
        if (page.returned == 0)
            break;
        from = query.backwards ? page.first : page.last;
        query.from = &from;
    }
}

static void tell_cell(FILE *out, const struct db_stats_cell *c, size_t keys)
{
    for (size_t i = 0; i < keys; i++)
        fprintf(out, "%d %lld %s ", c->key[i].known, (long long)c->key[i].year, or_none(c->key[i].ref.code));
    const int64_t numbers[] = {c->study_count, c->awards,      c->amount_ore, c->leaders,      c->planned,       c->included,
                               c->remaining,   c->exceeded_by, c->permille,   c->with_planned, c->with_included, c->with_both};
    for (size_t i = 0; i < LEN(numbers); i++)
        fprintf(out, "%lld ", (long long)numbers[i]);
    fprintf(out, "%s %s\n", or_none(c->oldest), or_none(c->newest));
}

struct telling_stats {
    FILE *out;
    size_t keys;
};

static bool tell_stats(void *cls, const struct db_stats *stats)
{
    struct telling_stats *telling = cls;
    for (size_t i = 0; i < stats->cells_len; i++)
        tell_cell(telling->out, &stats->cells[i], telling->keys);
    tell_cell(telling->out, &stats->total, 0);
    return true;
}

static void tell_statistic(FILE *out, const void *question)
{
    const struct db_stats_query *query = question;
    struct telling_stats telling = {out, query->by_len};
    ck_assert_int_eq(db_stats(fixture.reader, query, tell_stats, &telling), DB_OK);
}

/* Twice the same chances. free() it. */
static char *text_of(tell_fn tell, const void *question)
{
    char *text = NULL;
    size_t len = 0;
    uint64_t chances = seed;
    FILE *out = open_memstream(&text, &len);
    ck_assert_ptr_nonnull(out);
    tell(out, question);
    fclose(out);
    seed = chances;
    return text;
}

static void assert_image(bool is_there)
{
    const struct image *image = fixture.db->images.current;
    ck_assert_int_eq(image != NULL, is_there);
    if (is_there)
        ck_assert_int_eq(image->data_version, db_data_version(fixture.db));
}

static void assert_equal(const char *found, const char *expected, const char *what)
{
    size_t at = 0, line = 0;
    while (found[at] != '\0' && found[at] == expected[at])
        line = found[at++] == '\n' ? at : line;
    ck_assert_msg(found[at] == expected[at], "%s: «%.200s», not «%.200s»", what, found + line, expected + line);
}

/* The same from the image and from the engine. */
static void assert_same(tell_fn tell, const void *question, const char *what)
{
    assert_image(true);
    char *by_image = text_of(tell, question);
    images_forget(fixture.db);
    char *by_engine = text_of(tell, question);
    assert_equal(by_image, by_engine, what);
    image_make(fixture.db);
    free(by_image);
    free(by_engine);
    chance(2);
}

/* ── the same answers ───────────────────────────────────────────────────────────────────────────────────────── */

static const struct db_search searches[] = {
    {.terms = {{"ålesund"}}, .len = 1},
    {.terms = {{"alfa"}, {"zeta", .or_before = true}}, .len = 2},
    {.terms = {{"b", .prefix = true}, {"østre", .negate = true}}, .len = 2},
    {.terms = {{"hf"}, {"oslo", .negate = true}}, .len = 2},
    {.terms = {{"alfa ærlig"}, {"å", .or_before = true, .prefix = true}}, .len = 2},
    {.terms = {{"nothing"}}, .len = 1},
};

static struct db_study_filter any_filter(void)
{
    struct db_study_filter filter = filter_by_chance();
    if (chance(8) == 0)
        filter.behind_plan = chance(2) ? DB_YES : DB_NO;
    for (size_t i = 0; i < 2 && chance(3) == 0; i++) { /* year and mechanism of one award meet seldom by chance */
        bool *negate = fill(&filter, LEN(code_filters) - 1 + i);
        *negate = chance(2);
    }
    if (chance(4) == 0)
        filter.q = &searches[ANY_OF(searches)];
    return filter;
}

START_TEST(pages_are_those_of_the_engine)
{
    for (int round = 0; round < PAGES; round++) {
        struct db_studies_query query = {.sort_len = chance(2) ? 1 : (size_t)chance(DB_SORT_LEN + 1), .backwards = chance(2)};
        char what[40];
        snprintf(what, sizeof what, "round %d", round);
        if (chance(4) > 0)
            query.filter = any_filter();
        for (size_t i = 0; i < query.sort_len; i++)
            query.sort[i] = (struct db_sort){(enum db_study_sort_key)chance(DB_SORT_UPDATED + 1), chance(2)};
        if (query.filter.q != NULL && query.sort_len > 0 && chance(2))
            query.sort[chance((int)query.sort_len)].key = DB_SORT_RELEVANCE;
        assert_same(tell_walk, &query, what);
    }
}
END_TEST

/* A walk passes by the places that such a filter has nothing of: more than half the studies remain, so that there is a walk. */
START_TEST(pages_in_the_order_of_what_a_range_chooses_are_those_of_the_engine)
{
    static const enum db_study_sort_key keys[] = {DB_SORT_PLANNED, DB_SORT_INCLUDED, DB_SORT_AMOUNT_NOK};
    for (int round = 0; round < PAGES / 4; round++) {
        struct db_studies_query query = {.sort_len = 1, .backwards = chance(2)};
        struct db_ranges *const ranges[] = {&query.filter.planned, &query.filter.included, &query.filter.amount_nok};
        const int most[] = {300, 300, 3000000};
        size_t which = ANY_OF(keys);
        char what[40];
        snprintf(what, sizeof what, "round %d", round);
        query.sort[0] = (struct db_sort){keys[which], chance(2)};
        ranges[which]->negate = chance(4) > 0;
        ranges[which]->len = 1 + (size_t)chance(3);
        for (size_t i = 0; i < ranges[which]->len; i++) {
            int64_t least = chance(most[which]), far = ranges[which]->negate ? chance(most[which] / 8 + 1) : most[which];
            ranges[which]->r[i].min = chance(4) ? least : INT64_MIN;
            ranges[which]->r[i].max = chance(4) || ranges[which]->negate ? least + far : INT64_MAX;
        }
        assert_same(tell_walk, &query, what);
    }
}
END_TEST

struct facets_asked {
    struct db_study_filter filter;
    enum db_facet facet;
};

static bool tell_counts(void *cls, const struct db_facet_counts *counts)
{
    fprintf(cls, "%lld\n", (long long)counts->study_count);
    for (size_t i = 0; i < counts->values_len; i++)
        fprintf(cls, "%s %lld\n", or_none(counts->values[i].code), (long long)counts->values[i].study_count);
    return true;
}

static void tell_facet(FILE *out, const void *question)
{
    const struct facets_asked *asked = question;
    ck_assert_int_eq(db_facets(fixture.reader, &asked->filter, asked->facet, tell_counts, out), DB_OK);
}

START_TEST(facets_are_those_of_the_engine)
{
    for (int round = 0; round < 20 * DB_FACETS; round++) {
        const struct facets_asked asked = {any_filter(), (enum db_facet)(round % DB_FACETS)};
        char what[40];
        snprintf(what, sizeof what, "round %d", round);
        assert_same(tell_facet, &asked, what);
    }
}
END_TEST

static bool skip(void *cls, const char *bytes, size_t len)
{
    (void)cls, (void)bytes, (void)len;
    return true;
}

/* A cursor stands in an order, whatever is filtered: its row need not be among those let through, and nothing need lie before it. */
START_TEST(a_cursor_of_another_filter_is_that_of_the_engine)
{
    for (int round = 0; round < PAGES; round++) {
        static const int limits[] = {1, 2, 40, 500};
        struct db_studies_query query = {.sort = {{(enum db_study_sort_key)chance(DB_SORT_UPDATED + 1), chance(2)}},
                                         .sort_len = 1,
                                         .limit = limits[ANY_OF(limits)],
                                         .backwards = chance(2)};
        struct db_studies_page page;
        char what[40];
        snprintf(what, sizeof what, "round %d", round);
        ck_assert_int_eq(db_studies_list(fixture.reader, &query, skip, NULL, &page), DB_OK);
        query.from = query.backwards ? &page.first : &page.last;
        query.backwards = chance(2);
        query.filter = any_filter();
        if (chance(2))
            query.filter.category = (struct db_codes){categories, 4, false};
        assert_same(tell_walk, &query, what);
    }
}
END_TEST

/* With a filter that lets so many through that the order is walked. */
START_TEST(each_order_is_that_of_the_engine)
{
    for (int key = 0; key <= DB_SORT_UPDATED; key++)
        for (int way = 0; way < 12; way++) {
            struct db_studies_query query = {.sort = {{(enum db_study_sort_key)key, way & 1}, {DB_SORT_ID, chance(2)}},
                                             .sort_len = 1 + (size_t)(way % 3 == 2),
                                             .backwards = way & 2,
                                             .filter.category = {categories, way % 3 == 0 ? 0 : 4, false}};
            char what[40];
            snprintf(what, sizeof what, "key %d, way %d", key, way);
            assert_same(tell_walk, &query, what);
        }
}
END_TEST

START_TEST(statistics_are_those_of_the_engine)
{
    for (int round = 0; round < STATISTICS; round++) {
        struct db_stats_query query = {
            .filter = any_filter(), .grain = (enum db_grain)(round % 3), .whole = chance(2), .leaders = chance(2)};
        char what[40];
        snprintf(what, sizeof what, "round %d", round);
        query.by_len = (size_t)chance(DB_BY_MAX + 1);
        query.by[0] = (enum db_dimension)chance(DB_DIMENSIONS);
        query.by[1] = (enum db_dimension)(((int)query.by[0] + 1 + chance(DB_DIMENSIONS - 1)) % DB_DIMENSIONS);
        assert_same(tell_statistic, &query, what);
    }
}
END_TEST

static int64_t total_with_card(void)
{
    struct db_studies_query query = {.limit = 1, .filter.has_card = DB_YES};
    struct db_studies_page page;
    char *text = NULL;
    ck_assert_int_eq(db_studies_list(fixture.reader, &query, keep_bytes, &text, &page), DB_OK);
    free(text);
    return page.total;
}

/* What a wrong image says is heard: so the tests above did ask it. */
START_TEST(it_is_the_image_that_is_asked)
{
    static const char zeros[4096];
    const struct image *image = fixture.db->images.current;
    int64_t total = total_with_card();
    uint32_t yes = dim_find(image, DIM_CARD, "1");
    size_t number = image_dim(image, DIM_CARD, PART_SETS_AT)[yes];
    ck_assert_int_gt(total, 1000);
    ck_assert_uint_gt(number, 0);
    ck_assert_uint_le(image->words * sizeof(uint64_t), sizeof zeros);
    const char *set = (const char *)image->column[dim_column(DIM_CARD, PART_SETS)].items + (number - 1) * image->words * sizeof(uint64_t);
    int fd = open(image_path, O_WRONLY | O_CLOEXEC);
    ck_assert_int_eq(pwrite(fd, zeros, image->words * sizeof(uint64_t), set - (const char *)image->mapped),
                     (ssize_t)(image->words * sizeof(uint64_t)));
    close(fd);
    ck_assert_int_eq(total_with_card(), 0);
    images_forget(fixture.db);
    ck_assert_int_eq(total_with_card(), total);
}
END_TEST

/* ── the file ───────────────────────────────────────────────────────────────────────────────────────────────── */

struct bytes {
    char *bytes;
    size_t len;
};

static struct bytes read_image(void)
{
    struct stat st;
    int fd = open(image_path, O_RDONLY | O_CLOEXEC);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(fstat(fd, &st), 0);
    struct bytes bytes = {malloc((size_t)st.st_size), (size_t)st.st_size};
    ck_assert_int_eq(read(fd, bytes.bytes, bytes.len), st.st_size);
    close(fd);
    return bytes;
}

static void write_image(const char *bytes, size_t len)
{
    int fd = open(image_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, bytes, len), (ssize_t)len);
    close(fd);
}

/* len: the file is cut there; patch: this byte is turned over. */
static const struct {
    const char *what;
    size_t len, patch;
} damages[] = {
    {"empty", 0, 0},
    {"a byte", 1, 0},
    {"cut in its header", 100, 0},
    {"cut in its columns", 20000, 0},
    {"other magic", 0, 1},
    {"another format", 0, 8},
    {"other migrations", 0, 12},
    {"another life", 0, 16},
    {"the end of the epoch", 0, 32},
    {"another version", 0, 40},
    {"another size", 0, 56},
    {"a column beyond the end", 0, 64 + 5 * 16 + 6},
    {"a column that is too long", 0, 64 + 8 * 16 + 15},
};

START_TEST(a_file_of_something_else_is_made_anew)
{
    struct stat before, after;
    struct bytes good = read_image();
    fixture_close();
    char *bad = malloc(good.len);
    memcpy(bad, good.bytes, good.len);
    bad[damages[_i].patch] = (char)(bad[damages[_i].patch] ^ 1);
    write_image(bad, damages[_i].patch > 0 ? good.len : damages[_i].len);
    ck_assert_int_eq(stat(image_path, &before), 0);
    open_again();
    assert_image(true);
    ck_assert_int_eq(stat(image_path, &after), 0);
    ck_assert_msg(before.st_ino != after.st_ino, "a file that is %s was used", damages[_i].what);
    struct bytes fresh = read_image();
    ck_assert_uint_eq(fresh.len, good.len);
    ck_assert_mem_eq(fresh.bytes, good.bytes, good.len);
    ck_assert_int_ne(access(fresh_path, F_OK), 0);
    free(bad);
    free(good.bytes);
    free(fresh.bytes);
}
END_TEST

START_TEST(garbage_is_made_anew)
{
    struct bytes good = read_image();
    fixture_close();
    char *garbage = malloc(good.len);
    for (size_t i = 0; i < good.len; i++)
        garbage[i] = (char)chance(256);
    write_image(garbage, good.len);
    open_again();
    assert_image(true);
    struct bytes fresh = read_image();
    ck_assert_mem_eq(fresh.bytes, good.bytes, good.len);
    free(garbage);
    free(good.bytes);
    free(fresh.bytes);
}
END_TEST

START_TEST(a_good_file_is_used_as_it_is)
{
    struct stat before, after;
    ck_assert_int_eq(stat(image_path, &before), 0);
    fixture_close();
    open_again();
    assert_image(true);
    ck_assert_int_eq(stat(image_path, &after), 0);
    ck_assert_uint_eq(before.st_ino, after.st_ino);
    ck_assert_uint_eq(before.st_mode & 0777, 0644 & before.st_mode);
}
END_TEST

/* Those who may not read the register may not read its image. */
START_TEST(who_may_read_it_is_as_with_the_register)
{
    struct stat st;
    fixture_close();
    unlink(image_path);
    ck_assert_int_eq(chmod(fixture.path, 0600), 0);
    open_again();
    ck_assert_int_eq(stat(image_path, &st), 0);
    ck_assert_int_eq(st.st_mode & 0777, 0600);
}
END_TEST

/* ── without one ────────────────────────────────────────────────────────────────────────────────────────────── */

static const struct db_studies_query by_name = {.sort = {{DB_SORT_NAME, true}}, .sort_len = 1, .filter.has_card = DB_YES};

static void tell_states(FILE *out, const void *question)
{
    (void)question;
    for (int i = 0; i < STUDIES; i++)
        for (int copy = 0; copy <= COPIES; copy++) {
            char code[32];
            struct db_study_state state = {-1, -1};
            snprintf(code, sizeof code, copy == 0 ? "%s" : "%s-%d", models[i].code, copy);
            bool is_there = db_study_state(fixture.db, code, &state);
            fprintf(out, "%s %d %lld %lld\n", code, is_there, (long long)state.version, (long long)state.updated);
        }
    ck_assert(!db_study_state(fixture.db, "nobody", &(struct db_study_state){0}));
}

static bool count_one(void *cls, const char *code)
{
    (void)code;
    ++*(int *)cls;
    return true;
}

static bool tell_institution(void *cls, const struct db_institution *institution, int64_t study_count)
{
    fprintf(cls, "%s %lld\n", institution->code, (long long)study_count);
    return true;
}

static bool tell_category(void *cls, const struct db_category *category, int64_t study_count)
{
    fprintf(cls, "%s %lld\n", category->code, (long long)study_count);
    return true;
}

static bool tell_call(void *cls, const struct db_call *call)
{
    fprintf(cls, "%d %s %lld %lld %lld\n", call->call_year, call->mechanism.code, (long long)call->awards, (long long)call->amount_nok,
            (long long)call->study_count);
    return true;
}

static void tell_reference(FILE *out)
{
    ck_assert_int_eq(db_institutions(fixture.reader, tell_institution, out), DB_OK);
    ck_assert_int_eq(db_categories(fixture.reader, tell_category, out), DB_OK);
    ck_assert_int_eq(db_calls(fixture.reader, tell_call, out), DB_OK);
    for (size_t i = 0; i < LEN(leaders); i++)
        fprintf(out, "%s\n", or_none(db_vocabulary_find(fixture.reader, DB_VOCAB_LEADER, leaders[i])));
}

static void tell_all(FILE *out, const void *question)
{
    const struct db_stats_query statistic = {
        .by = {DB_BY_CATEGORY, DB_BY_REGION}, .by_len = 2, .grain = DB_GRAIN_REGION, .filter.has_card = DB_YES};
    int studies = 0;
    tell_walk(out, question);
    tell_statistic(out, &statistic);
    tell_states(out, NULL);
    tell_reference(out);
    db_vocabulary_each(fixture.reader, DB_VOCAB_STUDY, count_one, &studies);
    fprintf(out, "%d studies\n", studies);
}

static void assert_answers_without(const char *expected)
{
    assert_image(false);
    char *found = text_of(tell_all, &by_name);
    assert_equal(found, expected, "without an image");
    free(found);
}

/* A register that cannot have an image has the same answers, and imports. */
static void live_without(const char *expected)
{
    assert_answers_without(expected);
    struct said *said = edition_of("later", "2025-12-31", "Report 2025");
    import_ok(said);
    free(said);
    assert_image(false);
    ck_assert_int_eq(version_of("alpha"), 1);
    assert_shows("alpha", "name ALPHA");
}

/* And gets one when it can. */
static void then_with_one(void)
{
    fixture_close();
    open_again();
    assert_same(tell_all, &by_name, "with an image again");
}

START_TEST(where_its_place_is_taken_there_is_none)
{
    const char *taken = _i == 0 ? image_path : fresh_path;
    char *expected = text_of(tell_all, &by_name);
    fixture_close();
    unlink(image_path);
    ck_assert_int_eq(mkdir(taken, 0755), 0);
    open_again();
    live_without(expected);
    ck_assert_int_eq(rmdir(taken), 0);
    ck_assert(_i == 0 ? access(fresh_path, F_OK) != 0 : access(image_path, F_OK) != 0); /* nothing half made is left */
    then_with_one();
    free(expected);
}
END_TEST

START_TEST(on_a_full_disk_there_is_none)
{
    struct bytes good = read_image();
    struct rlimit before;
    char *expected = text_of(tell_all, &by_name);
    fixture_close();
    unlink(image_path);
    signal(SIGXFSZ, SIG_IGN);
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &before), 0);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &(struct rlimit){good.len - 4096, before.rlim_max}), 0);
    open_again();
    assert_answers_without(expected);
    image_make(fixture.db); /* as after an import, which the limit would not let through either */
    assert_answers_without(expected);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &before), 0);
    ck_assert_int_ne(access(image_path, F_OK), 0);
    ck_assert_int_ne(access(fresh_path, F_OK), 0);
    then_with_one();
    free(expected);
    free(good.bytes);
}
END_TEST

#define NOBODY 65534

static void give_away(const char *suffix)
{
    char path[160];
    snprintf(path, sizeof path, "%s%s", fixture.path, suffix);
    ck_assert_int_eq(chown(path, NOBODY, NOBODY), 0);
}

/* The log is there already, as after a crash: else the engine itself could not open the register. */
START_TEST(in_a_folder_that_may_not_be_written_there_is_none)
{
    sqlite3 *other = NULL;
    bool is_root = geteuid() == 0;
    char *expected = text_of(tell_all, &by_name);
    fixture_close();
    unlink(image_path);
    ck_assert_int_eq(sqlite3_open_v2(fixture.path, &other, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(other, "SELECT count(*) FROM study", NULL, NULL, NULL), SQLITE_OK);
    for (size_t i = 0; i < 4 && is_root; i++)
        give_away((const char *[]){"", "-wal", "-shm", ".lock"}[i]);
    ck_assert_int_eq(chmod(fixture.dir, 0555), 0);
    ck_assert_int_eq(is_root ? seteuid(NOBODY) : 0, 0);
    open_again();
    live_without(expected);
    fixture_close();
    ck_assert_int_eq(is_root ? seteuid(0) : 0, 0);
    ck_assert_int_eq(chmod(fixture.dir, 0755), 0);
    sqlite3_close(other);
    open_again();
    then_with_one();
    free(expected);
}
END_TEST

/* ── while it changes ───────────────────────────────────────────────────────────────────────────────────────── */

static void import_another(const char *code, int awards)
{
    struct said *said = edition_of(code, code, code);
    said->studies[0].awards = awards == 1 ? award_c : award_a;
    said->studies[0].awards_len = (size_t)awards;
    import_ok(said);
    free(said);
}

START_TEST(it_follows_an_import)
{
    int64_t version = db_data_version(fixture.db);
    for (int i = 0; i < 3; i++) {
        const char *code = (const char *[]){"2025-12-31", "2026-12-31", "2027-12-31"}[i];
        import_another(code, 1 + i % 2);
        ck_assert_int_eq(db_data_version(fixture.db), version + 1 + i);
        assert_same(tell_all, &by_name, code);
        ck_assert_int_eq(version_of("alpha"), 1 + i);
    }
    char *before = text_of(tell_states, NULL);
    fixture_close();
    open_again(); /* versions are those of the new image, not of the old one and what came since */
    ck_assert_int_eq(version_of("alpha"), 3);
    char *after = text_of(tell_states, NULL);
    assert_equal(after, before, "opened again");
    free(before);
    free(after);
}
END_TEST

START_TEST(a_dry_run_leaves_it)
{
    const struct image *before = fixture.db->images.current;
    struct db_import_result result;
    struct said *said = edition_of("later", "2025-12-31", "Report 2025");
    ck_assert_int_eq(import_into(fixture.db, said, true, &result), DB_OK);
    ck_assert_ptr_eq(fixture.db->images.current, before);
    assert_same(tell_all, &by_name, "after a dry run");
    free(said);
}
END_TEST

START_TEST(an_older_state_keeps_its_own_answers)
{
    ck_assert_int_eq(db_reader_begin(fixture.reader), DB_OK);
    char *before = text_of(tell_walk, &by_name);
    const struct image *held = image_take(fixture.db, db_data_version(fixture.db), db_data_version(fixture.db)), *seen = NULL;
    ck_assert_ptr_nonnull(held);
    import_another("2025-12-31", 1);
    assert_image(true);
    ck_assert_int_eq(reader_image(fixture.reader, &seen), DB_OK);
    ck_assert_ptr_null(seen);
    char *during = text_of(tell_walk, &by_name);
    assert_equal(during, before, "while the transaction goes on");
    ck_assert_str_eq(image_code(held, image_find(held, models[0].code)), models[0].code); /* it lasts as long as it is held */
    image_let_go(fixture.db, held);
    db_reader_end(fixture.reader);
    ck_assert_int_eq(reader_image(fixture.reader, &seen), DB_OK);
    ck_assert_ptr_nonnull(seen);
    image_let_go(fixture.db, seen);
    char *after = text_of(tell_walk, &by_name);
    ck_assert_str_ne(after, before); /* alpha has a card */
    assert_same(tell_walk, &by_name, "afterwards");
    free(before);
    free(during);
    free(after);
}
END_TEST

static void tell_one(FILE *out, const void *question)
{
    struct db_studies_page page;
    tell_page(out, question, &page);
}

/* A cursor of a row that has moved or gone meanwhile goes on from where the row stood. */
START_TEST(a_cursor_outlives_its_row)
{
    static const char *const changes[] = {"UPDATE study SET amount_nok = 3 WHERE id = %lld", "DELETE FROM study WHERE id = %lld"};
    struct db_studies_query query = {.limit = 20, .sort = {{DB_SORT_AMOUNT_NOK, true}}, .sort_len = 1};
    struct db_studies_page page;
    ck_assert_int_eq(db_studies_list(fixture.reader, &query, skip, NULL, &page), DB_OK);
    query.from = &page.last;
    int64_t last = sql("SELECT id FROM study ORDER BY amount_nok DESC, code LIMIT 1 OFFSET 19");
    char *change = sqlite3_mprintf(changes[_i], (long long)last);
    fixture_close();
    run_sql(change);
    sqlite3_free(change);
    unlink(image_path);
    open_again();
    assert_same(tell_one, &query, changes[_i]);
    assert_same(tell_walk, &(struct db_studies_query){.sort = {{DB_SORT_AMOUNT_NOK, true}}, .sort_len = 1}, changes[_i]);
}
END_TEST

/* ── after filings: an earlier image, for what counts have no say in ────────────────────────────────────────── */

static void file_counts(const char *study, int64_t included)
{
    static const char *const days[] = {"2023-12-31", "2024-12-31", "2025-12-31"};
    const struct db_filed_count counts[] = {{chance(2) ? NULL : "vest", included}, {"nord", included / 2}};
    const struct db_filed_report report = {
        .study = study, .as_of = days[ANY_OF(days)], .counts = counts, .counts_len = counts[0].region ? 2 : 1};
    const struct db_author author = {7, DB_ROLE_REPORTER};
    struct db_write *write = NULL;
    ck_assert_int_eq(db_write_begin(fixture.db, &write), DB_OK);
    ck_assert_int_eq(db_write_part_begin(write, &author), DB_OK);
    ck_assert_int_eq(db_write_report(write, &report), DB_OK);
    ck_assert_int_eq(db_write_settle(write, NULL, NULL), DB_OK);
    ck_assert_int_eq(db_write_part_keep(write), DB_OK);
    ck_assert_int_eq(db_write_commit(write), DB_OK);
}

static void file_many(int many)
{
    for (int i = 0; i < many; i++) {
        int copy = chance(COPIES + 1);
        char code[80];
        snprintf(code, sizeof code, copy == 0 ? "%s" : "%s-%d", models[chance(STUDIES)].code, copy);
        file_counts(code, chance(400));
    }
}

/* With the earlier image in its place, and without any. */
static void assert_same_beside(tell_fn tell, const void *question, const char *what)
{
    struct image *earlier = fixture.db->images.current;
    char *by_image = text_of(tell, question);
    fixture.db->images.current = NULL;
    char *by_engine = text_of(tell, question);
    fixture.db->images.current = earlier;
    assert_equal(by_image, by_engine, what);
    free(by_image);
    free(by_engine);
}

START_TEST(after_filings_answers_are_those_of_the_engine)
{
    const struct image *earlier = fixture.db->images.current;
    for (int round = 0; round < PAGES; round++) {
        struct db_studies_query query = {.sort_len = chance(2) ? 1 : (size_t)chance(DB_SORT_LEN + 1), .backwards = chance(2)};
        struct facets_asked asked = {.facet = (enum db_facet)(round % DB_FACETS)};
        char what[40];
        snprintf(what, sizeof what, "round %d", round);
        file_many(3);
        if (chance(3) > 0)
            asked.filter = query.filter = any_filter();
        for (size_t i = 0; i < query.sort_len; i++)
            query.sort[i] = (struct db_sort){(enum db_study_sort_key)chance(DB_SORT_UPDATED + 1), chance(2)};
        assert_same_beside(tell_walk, &query, what);
        assert_same_beside(tell_facet, &asked, what);
    }
    ck_assert_ptr_eq(fixture.db->images.current, earlier);
    ck_assert_int_eq(earlier->data_version + 3 * PAGES, db_data_version(fixture.db));
}
END_TEST

/* In the image nothing has a card any more: who says so has asked it. */
static void take_cards(void)
{
    static const char zeros[4096];
    const struct image *image = fixture.db->images.current;
    size_t number = image_dim(image, DIM_CARD, PART_SETS_AT)[dim_find(image, DIM_CARD, "1")];
    const char *set = (const char *)image->column[dim_column(DIM_CARD, PART_SETS)].items + (number - 1) * image->words * sizeof(uint64_t);
    int fd = open(image_path, O_WRONLY | O_CLOEXEC);
    ck_assert_int_eq(pwrite(fd, zeros, image->words * sizeof(uint64_t), set - (const char *)image->mapped),
                     (ssize_t)(image->words * sizeof(uint64_t)));
    close(fd);
}

static int64_t total_of(struct db_studies_query query)
{
    struct db_studies_page page;
    query.limit = 1;
    query.filter.has_card = DB_YES;
    ck_assert_int_eq(db_studies_list(fixture.reader, &query, skip, NULL, &page), DB_OK);
    return page.total;
}

START_TEST(after_filings_an_earlier_image_is_asked_what_counts_have_no_say_in)
{
    static const char *vest[] = {"vest"};
    const struct db_codes in_vest = {vest, 1, false};
    const struct db_studies_query of_counts[] = {
        {.filter.included = {{{0, INT64_MAX}}, 1, false}},  {.filter.inclusion_region = in_vest},
        {.filter.and_inclusion_region = in_vest},           {.filter.behind_plan = DB_NO},
        {.filter.updated = {{{0, INT64_MAX}}, 1, false}},   {.sort = {{DB_SORT_INCLUDED, true}}, .sort_len = 1},
        {.sort = {{DB_SORT_PERCENT, true}}, .sort_len = 1}, {.sort = {{DB_SORT_NAME, true}, {DB_SORT_UPDATED, true}}, .sort_len = 2},
    };
    const struct db_filed_plan plan = {.study = models[0].code, .as_of = "2026-01-01", .planned = 77};
    file_many(1);
    take_cards();
    ck_assert_int_eq(total_of((struct db_studies_query){.limit = 1}), 0);
    ck_assert_int_eq(total_of((struct db_studies_query){.sort = {{DB_SORT_PLANNED, true}}, .sort_len = 1}), 0);
    for (size_t i = 0; i < LEN(of_counts); i++)
        ck_assert_msg(total_of(of_counts[i]) > 0, "question %zu is about counts", i);
    struct db_write *write = NULL;
    ck_assert_int_eq(db_write_begin(fixture.db, &write), DB_OK);
    ck_assert_int_eq(db_write_part_begin(write, &(struct db_author){8, DB_ROLE_EDITOR}), DB_OK);
    ck_assert_int_eq(db_write_plan(write, &plan), DB_OK);
    ck_assert_int_eq(db_write_settle(write, NULL, NULL), DB_OK);
    ck_assert_int_eq(db_write_part_keep(write), DB_OK);
    ck_assert_int_eq(db_write_commit(write), DB_OK);
    ck_assert_int_gt(total_of((struct db_studies_query){.limit = 1}), 1000);
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("image");
    tcase_add_checked_fixture(cases, registered, fixture_end);
    tcase_add_test(cases, pages_are_those_of_the_engine);
    tcase_add_test(cases, pages_in_the_order_of_what_a_range_chooses_are_those_of_the_engine);
    tcase_add_test(cases, a_cursor_of_another_filter_is_that_of_the_engine);
    tcase_add_test(cases, each_order_is_that_of_the_engine);
    tcase_add_test(cases, statistics_are_those_of_the_engine);
    tcase_add_test(cases, facets_are_those_of_the_engine);
    tcase_add_test(cases, it_is_the_image_that_is_asked);
    tcase_add_loop_test(cases, a_file_of_something_else_is_made_anew, 0, LEN(damages));
    tcase_add_test(cases, garbage_is_made_anew);
    tcase_add_test(cases, a_good_file_is_used_as_it_is);
    tcase_add_test(cases, who_may_read_it_is_as_with_the_register);
    tcase_add_loop_test(cases, where_its_place_is_taken_there_is_none, 0, 2);
    tcase_add_test(cases, on_a_full_disk_there_is_none);
    tcase_add_test(cases, in_a_folder_that_may_not_be_written_there_is_none);
    tcase_add_test(cases, it_follows_an_import);
    tcase_add_test(cases, a_dry_run_leaves_it);
    tcase_add_test(cases, an_older_state_keeps_its_own_answers);
    tcase_add_loop_test(cases, a_cursor_outlives_its_row, 0, 2);
    tcase_add_test(cases, after_filings_answers_are_those_of_the_engine);
    tcase_add_test(cases, after_filings_an_earlier_image_is_asked_what_counts_have_no_say_in);
    return run("image", cases, false);
}
