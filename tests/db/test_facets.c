/* SPDX-License-Identifier: GPL-3.0-or-later
 * Facets against a model of them in plain C, from the image and from the engine, under filters by chance; and that each count is that of
 * the list behind it.
 */
#include "portfolio.h"

#include "db/internal.h"
#include "db/sortkey.h"

#define ROUNDS 120

static const char *const facet_names[DB_FACETS] = {
    "programme", "call_year", "mechanism",        "award_call_year", "award_mechanism", "category", "institution",
    "hospital",  "region",    "inclusion_region", "leader",          "status",          "has_card", "behind_plan",
};

/* ── the image, or the engine ───────────────────────────────────────────────────────────────────────────────── */

static struct image *put_away;

/* 0: from the image, or what was found in it before; 1: there is no image; 2: from the image, each time anew. */
static void begin_with(int way)
{
    portfolio();
    list_codes();
    fixture.db->answers.max = way == 0 ? fixture.db->answers.max : 0;
    ck_assert_ptr_nonnull(fixture.db->images.current);
    put_away = fixture.db->images.current;
    if (way == 1)
        fixture.db->images.current = NULL;
}

static void end(void)
{
    fixture.db->images.current = put_away;
}

/* ── the filter of a facet ──────────────────────────────────────────────────────────────────────────────────── */

static struct db_codes *own_codes(struct db_study_filter *f, enum db_facet facet)
{
    switch (facet) {
    case DB_FACET_PROGRAMME: return &f->programme;
    case DB_FACET_MECHANISM: return &f->mechanism;
    case DB_FACET_AWARD_MECHANISM: return &f->award_mechanism;
    case DB_FACET_CATEGORY: return &f->category;
    case DB_FACET_INSTITUTION: return &f->institution;
    case DB_FACET_HOSPITAL: return &f->hospital;
    case DB_FACET_REGION: return &f->region;
    case DB_FACET_INCLUSION_REGION: return &f->inclusion_region;
    case DB_FACET_LEADER: return &f->leader;
    case DB_FACET_STATUS: return &f->status;
    default: return NULL;
    }
}

static struct db_ranges *own_years(struct db_study_filter *f, enum db_facet facet)
{
    return facet == DB_FACET_CALL_YEAR ? &f->call_year : facet == DB_FACET_AWARD_CALL_YEAR ? &f->award_call_year : NULL;
}

static enum db_tri *own_tri(struct db_study_filter *f, enum db_facet facet)
{
    return facet == DB_FACET_HAS_CARD ? &f->has_card : facet == DB_FACET_BEHIND_PLAN ? &f->behind_plan : NULL;
}

static void own_clear(struct db_study_filter *f, enum db_facet facet)
{
    if (own_codes(f, facet) != NULL)
        *own_codes(f, facet) = (struct db_codes){NULL, 0, false};
    else if (own_years(f, facet) != NULL)
        *own_years(f, facet) = (struct db_ranges){.len = 0};
    else
        *own_tri(f, facet) = DB_ANY;
}

/* The filter with one value in place of its own; *code lives as long as it is asked. */
static struct db_study_filter with_value(const struct db_study_filter *filter, enum db_facet facet, const char *const *code)
{
    struct db_study_filter f = *filter;
    own_clear(&f, facet);
    if (own_codes(&f, facet) != NULL)
        *own_codes(&f, facet) = (struct db_codes){code, 1, false};
    else if (own_years(&f, facet) != NULL)
        *own_years(&f, facet) = (struct db_ranges){{{strtol(*code, NULL, 10), strtol(*code, NULL, 10)}}, 1, false};
    else
        *own_tri(&f, facet) = strcmp(*code, "true") == 0 ? DB_YES : DB_NO;
    return f;
}

static bool own_names(const struct db_study_filter *filter, enum db_facet facet, const char *code)
{
    struct db_study_filter f = *filter;
    const struct db_ranges *years = own_years(&f, facet);
    if (own_codes(&f, facet) != NULL)
        return is_among(own_codes(&f, facet), code);
    for (size_t i = 0; years != NULL && i < years->len; i++)
        if (years->r[i].min == years->r[i].max && years->r[i].min == strtol(code, NULL, 10))
            return true;
    return years == NULL && *own_tri(&f, facet) == (strcmp(code, "true") == 0 ? DB_YES : DB_NO);
}

/* ── the values of a facet, in their order ──────────────────────────────────────────────────────────────────── */

static struct vocabulary_list {
    const char *code[32];
    size_t len;
} vocabulary;

static void vocabulary_of(const char *const *codes, size_t len)
{
    for (vocabulary.len = 0; vocabulary.len < len; vocabulary.len++)
        vocabulary.code[vocabulary.len] = codes[vocabulary.len];
}

static int by_norwegian(const void *a, const void *b)
{
    unsigned char key_a[100], key_b[100];
    size_t len_a = sortkey_nb(*(const char *const *)a, key_a, sizeof key_a),
           len_b = sortkey_nb(*(const char *const *)b, key_b, sizeof key_b);
    int order = memcmp(key_a, key_b, len_a < len_b ? len_a : len_b);
    return order != 0 ? order : (len_a > len_b) - (len_a < len_b);
}

static int by_place_name(const void *a, const void *b)
{
    const char *names[2] = {NULL, NULL};
    for (size_t i = 0; i < LEN(places); i++) {
        names[0] = strcmp(places[i].code, *(const char *const *)a) == 0 ? places[i].name : names[0];
        names[1] = strcmp(places[i].code, *(const char *const *)b) == 0 ? places[i].name : names[1];
    }
    return by_norwegian(&names[0], &names[1]);
}

static void list_values(enum db_facet facet)
{
    static const char *const years[] = {"2015", "2016", "2017", "2018", "2019", "2020", "2021", "2022"}, *const yes_no[] = {"true",
                                                                                                                            "false"};
    switch (facet) {
    case DB_FACET_PROGRAMME: vocabulary_of((const char *const[]){"annet", "klin"}, 2); break;
    case DB_FACET_CALL_YEAR:
    case DB_FACET_AWARD_CALL_YEAR: vocabulary_of(years, LEN(years)); break;
    case DB_FACET_MECHANISM:
    case DB_FACET_AWARD_MECHANISM: vocabulary_of(mechanisms, LEN(mechanisms)); break;
    case DB_FACET_CATEGORY: vocabulary_of(categories, LEN(categories)); break;
    case DB_FACET_INSTITUTION:
    case DB_FACET_HOSPITAL:
        vocabulary_of(place_codes, LEN(place_codes));
        qsort(vocabulary.code, vocabulary.len, sizeof vocabulary.code[0], by_place_name);
        break;
    case DB_FACET_REGION:
    case DB_FACET_INCLUSION_REGION: vocabulary_of(regions, LEN(regions)); break;
    case DB_FACET_LEADER:
        vocabulary_of(leaders, LEN(leaders));
        qsort(vocabulary.code, vocabulary.len, sizeof vocabulary.code[0], by_norwegian);
        break;
    case DB_FACET_STATUS: vocabulary_of(statuses, LEN(statuses)); break;
    default: vocabulary_of(yes_no, LEN(yes_no));
    }
}

/* ── what the model says ────────────────────────────────────────────────────────────────────────────────────── */

struct expected {
    const char *code;
    int64_t count;
};

/* Insertion: the most first, and in the vocabulary's order among equals. */
static size_t naive_facet(const struct db_study_filter *filter, enum db_facet facet, struct expected *rows)
{
    size_t len = 0;
    list_values(facet);
    for (size_t i = 0; i < vocabulary.len; i++) {
        struct db_study_filter f = with_value(filter, facet, &vocabulary.code[i]);
        struct expected row = {vocabulary.code[i], model_count(&f)};
        size_t at = len;
        if (row.count == 0 && !own_names(filter, facet, row.code))
            continue;
        for (; at > 0 && rows[at - 1].count < row.count; at--)
            rows[at] = rows[at - 1];
        rows[at] = row;
        len++;
    }
    if (facet == DB_FACET_CATEGORY || facet == DB_FACET_REGION || facet == DB_FACET_INCLUSION_REGION) {
        struct db_study_filter f = *filter;
        *own_codes(&f, facet) = (struct db_codes){vocabulary.code, vocabulary.len, true};
        rows[len] = (struct expected){NULL, model_count(&f)};
        len += rows[len].count > 0;
    }
    return len;
}

struct asked {
    const struct db_study_filter *filter;
    enum db_facet facet;
    size_t values; /* told */
};

static long zeros, unknowns;

static bool compare(void *cls, const struct db_facet_counts *counts)
{
    struct asked *asked = cls;
    struct expected rows[40];
    size_t len = naive_facet(asked->filter, asked->facet, rows);
    struct db_study_filter rest = *asked->filter;
    const char *name = facet_names[asked->facet];
    own_clear(&rest, asked->facet);
    ck_assert_msg(counts->study_count == model_count(&rest), "%s: of %lld", name, (long long)counts->study_count);
    ck_assert_msg(counts->values_len == len, "%s: %zu values, not %zu", name, counts->values_len, len);
    for (size_t i = 0; i < len; i++) {
        const struct db_facet_value *value = &counts->values[i];
        ck_assert_msg((value->code == NULL) == (rows[i].code == NULL), "%s: value %zu", name, i);
        ck_assert_msg(value->code == NULL || strcmp(value->code, rows[i].code) == 0, "%s: value %zu is %s, not %s", name, i, value->code,
                      rows[i].code);
        ck_assert_msg(value->study_count == rows[i].count, "%s=%s: %lld studies, not %lld", name, or_none(value->code),
                      (long long)value->study_count, (long long)rows[i].count);
        zeros += value->study_count == 0;
        unknowns += value->code == NULL;
    }
    asked->values += len;
    return true;
}

static size_t assert_facet(const struct db_study_filter *filter, enum db_facet facet)
{
    struct asked asked = {filter, facet, 0};
    ck_assert_int_eq(db_facets(fixture.reader, filter, facet, compare, &asked), DB_OK);
    return asked.values;
}

START_TEST(every_facet_is_that_of_the_model_under_every_filter)
{
    size_t values = 0;
    begin_with(_i);
    for (int round = 0; round < ROUNDS; round++)
        for (enum db_facet facet = 0; facet < DB_FACETS; facet++) {
            struct db_study_filter f = round == 0 ? (struct db_study_filter){.id = {NULL, 0, false}} : filter_by_chance();
            if (round == 1)
                f.behind_plan = chance(2) ? DB_YES : DB_NO;
            values += assert_facet(&f, facet);
        }
    ck_assert_uint_gt(values, 3000);
    ck_assert_int_gt(zeros, 10); /* named by the own filter */
    ck_assert_int_gt(unknowns, 50);
    end();
}
END_TEST

/* ── the own filter ─────────────────────────────────────────────────────────────────────────────────────────── */

START_TEST(each_facet_ignores_its_own_filter_and_shows_what_that_names)
{
    begin_with(_i);
    for (enum db_facet facet = 0; facet < DB_FACETS; facet++) {
        list_values(facet);
        for (size_t i = 0; i < vocabulary.len; i++) {
            struct db_study_filter none = {.status = {NULL, 0, false}}, own = with_value(&none, facet, &vocabulary.code[i]);
            ck_assert_uint_ge(assert_facet(&own, facet), 1);
            if (own_codes(&own, facet) != NULL)
                own_codes(&own, facet)->negate = true;
            if (own_years(&own, facet) != NULL)
                own_years(&own, facet)->negate = true;
            assert_facet(&own, facet);
        }
    }
    end();
}
END_TEST

static bool keep_first(void *cls, const struct db_facet_counts *counts)
{
    *(struct db_facet_value *)cls = counts->values[0];
    ck_assert_uint_eq(counts->values_len, 1);
    return true;
}

START_TEST(a_named_value_that_no_vocabulary_has_is_shown_with_nothing)
{
    static const char *const nobody[] = {"nobody"};
    struct db_study_filter none = {.id = {nobody, 1, false}};
    begin_with(_i);
    for (enum db_facet facet = 0; facet < DB_FACETS; facet++) {
        struct db_facet_value value = {NULL, {NULL, NULL}, -1};
        struct db_study_filter f = none;
        if (own_codes(&f, facet) == NULL)
            continue;
        *own_codes(&f, facet) = (struct db_codes){nobody, 1, false};
        ck_assert_int_eq(db_facets(fixture.reader, &f, facet, keep_first, &value), DB_OK);
        ck_assert_int_eq(value.study_count, 0);
    }
    end();
}
END_TEST

static bool see_years(void *cls, const struct db_facet_counts *counts)
{
    char *years = cls;
    for (size_t i = 0; i < counts->values_len; i++)
        snprintf(years + strlen(years), 200 - strlen(years), "%s:%lld ", counts->values[i].code, (long long)counts->values[i].study_count);
    return true;
}

START_TEST(years_named_alone_are_shown_in_their_order_and_years_of_a_range_are_not)
{
    static const char *const nobody[] = {"nobody"};
    char years[200] = "";
    struct db_study_filter f = {.id = {nobody, 1, false},
                                .call_year = {{{2030, 2030}, {2000, 2010}, {1950, 1950}, {2017, 2017}, {2030, 2030}}, 5, true}};
    begin_with(_i);
    ck_assert_int_eq(db_facets(fixture.reader, &f, DB_FACET_CALL_YEAR, see_years, years), DB_OK);
    ck_assert_str_eq(years, "1950:0 2017:0 2030:0 ");
    end();
}
END_TEST

/* ── labels ─────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool see_label(void *cls, const struct db_facet_counts *counts)
{
    bool *has = cls;
    for (size_t i = 0; i < counts->values_len; i++)
        *has = *has || counts->values[i].label.nb != NULL;
    return true;
}

START_TEST(what_has_a_name_is_told_with_it)
{
    const struct db_study_filter none = {.id = {NULL, 0, false}};
    begin_with(_i);
    for (enum db_facet facet = 0; facet < DB_FACETS; facet++) {
        bool has = false;
        ck_assert_int_eq(db_facets(fixture.reader, &none, facet, see_label, &has), DB_OK);
        ck_assert_msg(has == (facet == DB_FACET_INSTITUTION || facet == DB_FACET_HOSPITAL), "%s",
                      facet_names[facet]); /* the others have none here */
    }
    end();
}
END_TEST

/* ── the list behind a value ────────────────────────────────────────────────────────────────────────────────── */

static bool follow(void *cls, const struct db_facet_counts *counts)
{
    struct asked *asked = cls;
    for (size_t i = 0; i < counts->values_len; i++) {
        const char *code = counts->values[i].code;
        struct db_study_filter f = *asked->filter;
        if (code != NULL)
            f = with_value(asked->filter, asked->facet, &code);
        else
            *own_codes(&f, asked->facet) = (struct db_codes){vocabulary.code, vocabulary.len, true};
        ck_assert_int_eq(count_of(&f), counts->values[i].study_count);
    }
    return true;
}

START_TEST(the_list_behind_a_value_has_as_many)
{
    begin_with(_i);
    for (int round = 0; round < 60; round++)
        for (enum db_facet facet = 0; facet < DB_FACETS; facet++) {
            struct db_study_filter f = filter_by_chance();
            struct asked asked = {&f, facet, 0};
            list_values(facet);
            ck_assert_int_eq(db_facets(fixture.reader, &f, facet, follow, &asked), DB_OK);
        }
    end();
}
END_TEST

START_TEST(what_is_looked_for_is_one_of_the_filters)
{
    static const char *const words[] = {"alesund", "zeta", "oslo"};
    int64_t found = 0;
    begin_with(_i);
    for (size_t i = 0; i < LEN(words); i++) {
        struct db_search search = {{{words[i], false, false, false}}, 1};
        for (int round = 0; round < 4; round++)
            for (enum db_facet facet = 0; facet < DB_FACETS; facet++) {
                struct db_study_filter f = round == 0 ? (struct db_study_filter){.id = {NULL, 0, false}} : filter_by_chance();
                struct asked asked = {&f, facet, 0};
                f.q = &search;
                found += count_of(&f);
                list_values(facet);
                ck_assert_int_eq(db_facets(fixture.reader, &f, facet, follow, &asked), DB_OK);
            }
    }
    ck_assert_int_gt(found, 100);
    end();
}
END_TEST

START_TEST(institutions_that_are_part_of_one_another_end_where_they_began)
{
    begin_with(2);
    fixture_close();
    sql("UPDATE institution SET part_of = 'd-ward' WHERE code = 'b-trust'");
    sql("UPDATE register SET data_version = data_version + 1, facts = data_version + 1");
    ck_assert_int_eq(fixture_open(false, NULL), DB_OK);
    ck_assert_int_eq(db_reader_open(fixture.db, &fixture.reader), DB_OK);
    fixture.db->answers.max = 0;
    put_away = fixture.db->images.current;
    fixture.db->images.current = _i == 0 ? put_away : NULL;
    struct db_study_filter none = {.id = {NULL, 0, false}};
    struct asked asked = {&none, DB_FACET_HOSPITAL, 0};
    ck_assert_int_eq(db_facets(fixture.reader, &none, DB_FACET_HOSPITAL, follow, &asked), DB_OK);
    end();
}
END_TEST

/* ── what it costs ──────────────────────────────────────────────────────────────────────────────────────────── */

/* Walks through the table of studies itself, not along one of its indexes. */
static int plans_of_studies(sqlite3_stmt *stmt)
{
    char question[4000];
    sqlite3_stmt *plan = NULL;
    int walks = 0;
    const char *text = sqlite3_sql(stmt);
    if (strstr(text, "study") == NULL || strncmp(text, "SELECT", 6) != 0)
        return 0;
    snprintf(question, sizeof question, "EXPLAIN QUERY PLAN %s", text);
    ck_assert_int_eq(sqlite3_prepare_v2(sqlite3_db_handle(stmt), question, -1, &plan, NULL), SQLITE_OK);
    while (sqlite3_step(plan) == SQLITE_ROW) {
        const char *detail = (const char *)sqlite3_column_text(plan, 3);
        bool is_study = strstr(detail, "SCAN s") != NULL || strstr(detail, "SEARCH s") != NULL || strstr(detail, "SCAN study ") != NULL;
        bool is_other = strstr(detail, "study_category") != NULL || strstr(detail, "study_hospital") != NULL;
        walks += is_study && !is_other && strstr(detail, "COVERING INDEX") == NULL;
    }
    sqlite3_finalize(plan);
    return walks;
}

static struct {
    int questions, walks;
} seen;

static int watch(unsigned kind, void *cls, void *stmt, void *text)
{
    (void)kind, (void)cls, (void)text;
    sqlite3_trace_v2(fixture.reader->statements.sql, 0, NULL, NULL); /* not what is asked here */
    seen.questions += strstr(sqlite3_sql(stmt), "study") != NULL;
    seen.walks += plans_of_studies(stmt);
    sqlite3_trace_v2(fixture.reader->statements.sql, SQLITE_TRACE_STMT, watch, NULL);
    return 0;
}

static bool ignore(void *cls, const struct db_facet_counts *counts)
{
    (void)cls, (void)counts;
    return true;
}

static void ask_all(const struct db_study_filter *f)
{
    seen.questions = seen.walks = 0;
    sqlite3_trace_v2(fixture.reader->statements.sql, SQLITE_TRACE_STMT, watch, NULL);
    for (enum db_facet facet = 0; facet < DB_FACETS; facet++)
        ck_assert_int_eq(db_facets(fixture.reader, f, facet, ignore, NULL), DB_OK);
    sqlite3_trace_v2(fixture.reader->statements.sql, 0, NULL, NULL);
}

START_TEST(the_image_answers_without_a_question_about_studies)
{
    begin_with(0);
    struct db_study_filter f = {.status = {statuses, 2, true}, .category = {categories, 1, false}};
    ask_all(&(struct db_study_filter){.id = {NULL, 0, false}});
    ck_assert_int_eq(seen.questions, 0);
    ask_all(&f);
    ck_assert_int_eq(seen.questions, 0);
    end();
}
END_TEST

START_TEST(the_engine_walks_along_indexes_where_nothing_is_filtered)
{
    begin_with(1);
    ask_all(&(struct db_study_filter){.id = {NULL, 0, false}});
    ck_assert_int_ge(seen.questions, DB_FACETS); /* the watch sees them */
    ck_assert_int_eq(seen.walks, 0);
    ask_all(&(struct db_study_filter){.amount_nok = {{{1000, INT64_MAX}}, 1, false}});
    ck_assert_int_gt(seen.walks, 0); /* and would see a walk */
    end();
}
END_TEST

/* ── one version, all readers ───────────────────────────────────────────────────────────────────────────────── */

static bool keep_count(void *cls, const struct db_facet_counts *counts)
{
    *(int64_t *)cls = counts->study_count;
    return true;
}

static int64_t study_count(struct db_reader *reader)
{
    const struct db_study_filter none = {.id = {NULL, 0, false}};
    int64_t count = -1;
    ck_assert_int_eq(db_facets(reader, &none, DB_FACET_STATUS, keep_count, &count), DB_OK);
    return count;
}

START_TEST(who_sees_an_older_state_is_told_of_it)
{
    struct db_reader *older = NULL;
    fixture_begin();
    struct said *said = said_new();
    import_ok(said);
    ck_assert_int_eq(db_reader_open(fixture.db, &older), DB_OK);
    ck_assert_int_eq(db_reader_begin(older), DB_OK);
    said->edition.digest = "next";
    said->studies[2] = (struct db_study){STUDY("new", "Kari Østby", "ous", "unknown", award_c, -1, -1), .scientific_title = "New"};
    import_ok(said);
    ck_assert_int_eq(study_count(older), 2);
    ck_assert_int_eq(study_count(fixture.reader), 3);
    ck_assert_int_eq(study_count(older), 2);
    db_reader_end(older);
    ck_assert_int_eq(study_count(older), 3);
    db_reader_close(older);
    free(said);
}
END_TEST

START_TEST(what_was_found_is_shared)
{
    struct db_reader *other = NULL;
    struct db_study_filter f = {.amount_nok = {{{1, INT64_MAX}}, 1, false}};
    fixture_begin();
    import_ok(&first_said);
    put_away = fixture.db->images.current;
    fixture.db->images.current = NULL;
    ask_all(&f);
    ck_assert_int_gt(seen.questions, DB_FACETS);
    ask_all(&f);
    ck_assert_int_eq(seen.questions, 0);
    ck_assert_int_eq(db_reader_open(fixture.db, &other), DB_OK);
    struct db_reader *first = fixture.reader;
    fixture.reader = other;
    ask_all(&f);
    ck_assert_int_eq(seen.questions, 0);
    fixture.reader = first;
    db_reader_close(other);
    end();
}
END_TEST

START_TEST(a_reader_whose_time_is_over_is_told_nothing)
{
    begin_with(_i + 1);
    struct db_study_filter f = {.status = {statuses, 1, false}};
    for (enum db_facet facet = 0; facet < DB_FACETS; facet++) {
        int64_t count = -1;
        db_reader_bound(fixture.reader, (struct db_bound){.until = 1});
        ck_assert(db_reader_is_late(fixture.reader));
        ck_assert_int_eq(db_facets(fixture.reader, &f, facet, keep_count, &count), DB_TIMEOUT);
        ck_assert_int_eq(count, -1);
        db_reader_bound(fixture.reader, (struct db_bound){.until = 0});
        ck_assert(!db_reader_is_late(fixture.reader));
        ck_assert_int_eq(db_facets(fixture.reader, &f, facet, keep_count, &count), DB_OK);
    }
    end();
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("facets");
    tcase_add_checked_fixture(cases, NULL, fixture_end);
    tcase_add_loop_test(cases, every_facet_is_that_of_the_model_under_every_filter, 0, 3);
    tcase_add_loop_test(cases, each_facet_ignores_its_own_filter_and_shows_what_that_names, 0, 2);
    tcase_add_loop_test(cases, a_named_value_that_no_vocabulary_has_is_shown_with_nothing, 0, 2);
    tcase_add_loop_test(cases, years_named_alone_are_shown_in_their_order_and_years_of_a_range_are_not, 0, 2);
    tcase_add_loop_test(cases, what_has_a_name_is_told_with_it, 0, 2);
    tcase_add_loop_test(cases, the_list_behind_a_value_has_as_many, 0, 3);
    tcase_add_loop_test(cases, what_is_looked_for_is_one_of_the_filters, 0, 3);
    tcase_add_loop_test(cases, institutions_that_are_part_of_one_another_end_where_they_began, 0, 2);
    tcase_add_test(cases, the_image_answers_without_a_question_about_studies);
    tcase_add_test(cases, the_engine_walks_along_indexes_where_nothing_is_filtered);
    tcase_add_loop_test(cases, a_reader_whose_time_is_over_is_told_nothing, 0, 2);
    tcase_add_test(cases, who_sees_an_older_state_is_told_of_it);
    tcase_add_test(cases, what_was_found_is_shared);
    return run("facets", cases, false);
}
