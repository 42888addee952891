/* SPDX-License-Identifier: GPL-3.0-or-later
 * Searching by words, against a model that knows no folding: it knows which spellings are of one word.
 */
#include "fixture.h"

#include "db/image.h"
#include "db/search_index.h"

static uint64_t seed = 88172645463325252u;

static int chance(int below)
{
    seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
    return (int)(seed >> 33) % below;
}

/* ── words and texts ────────────────────────────────────────────────────────────────────────────────────────── */

/* What is found by each beginning of "letters" is what has these letters. */
static const struct {
    const char *letters, *spellings[4];
} words[] = {
    {"sor", {"sør", "Sør", "soer", "SOR"}},
    {"sorg", {"sorg", "SORG", "Sorg", "sörg"}},
    {"as", {"ås", "Aas", "a\xCC\x8As", "AES"}},
    {"lung", {"lung", "Lung", "LUNG", "lüng"}},
    {"lunge", {"lunge", "Lunge", "lungé", "LUNGE"}},
    {"cancer", {"cancer", "Cancer", "CANCER", "cåncer"}},
    {"n", {"N", "n", "ñ", "Ñ"}},
    {"ad", {"AD", "ad", "Ad", "åd"}},
    {"19", {"19", "19", "19", "19"}},
    {"demens", {"demens", "Demens", "démens", "DEMENS"}},
    {"no", {"noe", "no", "NØ", "nö"}},
    {"alfa", {"alfa", "Alfa", "ALFA", "älfå"}},
};
static const char *const between[] = {" ", " ", " ", "-", ", ", ": ", " – ", "/", " (", ") «"};

#define WORDS_MAX 12
struct text {
    int column, item; /* item −1: it is no list */
    int word[WORDS_MAX], len;
    size_t start[WORDS_MAX], end[WORDS_MAX]; /* in bytes */
    char bytes[400];
};

static void write_text(struct text *text, int most, bool may_be_empty)
{
    size_t at = 0;
    text->len = may_be_empty && chance(3) == 0 ? 0 : 1 + chance(most);
    for (int i = 0; i < text->len; i++) {
        text->word[i] = chance((int)LEN(words));
        if (i > 0)
            at += (size_t)snprintf(text->bytes + at, sizeof text->bytes - at, "%s", between[chance((int)LEN(between))]);
        text->start[i] = at;
        at += (size_t)snprintf(text->bytes + at, sizeof text->bytes - at, "%s", words[text->word[i]].spellings[chance(4)]);
        text->end[i] = at;
    }
    text->bytes[at] = '\0';
}

static const char *or_null(const struct text *text)
{
    return text->len == 0 ? NULL : text->bytes;
}

/* ── studies ────────────────────────────────────────────────────────────────────────────────────────────────── */

#define STUDIES 240
enum {
    ACRONYM,
    TITLE_NB,
    TITLE_EN,
    SCIENTIFIC,
    CONDITION_NB,
    CONDITION_EN,
    LABELS_NB,
    LABELS_EN,
    LEADER,
    SUMMARY_NB,
    SUMMARY_EN,
    PLACE,
    PLACES
};
static const struct {
    int column, most;
    bool may_be_empty;
} own[] = {{ACRONYM, 2, true},      {TITLE_NB, 5, true}, {TITLE_EN, 5, true},    {SCIENTIFIC, 8, false}, {CONDITION_NB, 3, true},
           {CONDITION_EN, 3, true}, {LEADER, 2, false},  {SUMMARY_NB, 12, true}, {SUMMARY_EN, 12, true}};

static struct text label_nb[3], label_en[3], place_name[5];
static const char *const category_codes[] = {"c0", "c1", "c2"}, *const place_codes[] = {"p0", "p1", "p2", "p3", "p4"};
static struct study {
    char code[8];
    int year;
    struct text own[LEN(own)];
    int categories[2], categories_len, place, places[2], places_len;
    struct db_award award;
    struct db_ref category[2];
    struct db_place hospital[2];
} studies[STUDIES];

static struct text *own_text(struct study *s, int column)
{
    size_t i = 0;
    while (own[i].column != column)
        i++;
    return &s->own[i];
}

static void write_study(struct study *s)
{
    for (size_t i = 0; i < LEN(own); i++) {
        s->own[i] = (struct text){.column = own[i].column, .item = -1};
        write_text(&s->own[i], own[i].most, own[i].may_be_empty);
    }
    s->year = 2016 + chance(4);
    s->categories_len = chance(3);
    s->categories[0] = chance(3);
    s->categories[1] = (s->categories[0] + 1 + chance(2)) % 3;
    s->place = chance((int)LEN(place_codes));
    s->places_len = chance(3);
    s->places[0] = chance((int)LEN(place_codes));
    s->places[1] = (s->places[0] + 1 + chance(4)) % (int)LEN(place_codes);
    for (int i = 0; i < 2; i++) {
        s->category[i].code = category_codes[s->categories[i]];
        s->hospital[i].code = place_codes[s->places[i]];
    }
}

static struct db_study record_of(struct study *s)
{
    s->award = (struct db_award){"main", s->year, {"open-call"}, 1000, "T", NULL};
    return (struct db_study){
        .code = s->code,
        .acronym = or_null(own_text(s, ACRONYM)),
        .title = {or_null(own_text(s, TITLE_NB)), or_null(own_text(s, TITLE_EN))},
        .scientific_title = own_text(s, SCIENTIFIC)->bytes,
        .condition = {or_null(own_text(s, CONDITION_NB)), or_null(own_text(s, CONDITION_EN))},
        .leader = own_text(s, LEADER)->bytes,
        .summary = {or_null(own_text(s, SUMMARY_NB)), or_null(own_text(s, SUMMARY_EN))},
        .about = {"hidden", "hidden"}, /* not searched */
        .institution = {place_codes[s->place]},
        .categories = s->category,
        .categories_len = (size_t)s->categories_len,
        .hospitals = s->hospital,
        .hospitals_len = (size_t)s->places_len,
        .status = "unknown",
        .awards = &s->award,
        .awards_len = 1,
        .hospitals_stated = -1,
        .european_sites = -1,
        .age_min = -1,
        .age_max = -1,
        .children = -1,
    };
}

static void import_studies(const char *digest)
{
    struct said *said = calloc(1, sizeof *said);
    said->programme = (struct db_programme){"klin", {"P", "P"}, "P", 20, "{}", 2};
    said->edition = (struct db_edition){.code = "e", .as_of = "2024-12-31", .document = "d", .document_title = "D", .digest = digest};
    said->mechanisms[0] = (struct db_mechanism){.code = "open-call"};
    for (size_t i = 0; i < LEN(category_codes); i++)
        said->categories[i] = (struct db_category){.code = category_codes[i], .label = {or_null(&label_nb[i]), or_null(&label_en[i])}};
    for (size_t i = 0; i < LEN(place_codes); i++)
        said->institutions[i] = (struct db_institution){.code = place_codes[i], .name = place_name[i].bytes};
    for (int i = 0; i < STUDIES; i++)
        said->studies[i] = record_of(&studies[i]);
    import_ok(said);
    free(said);
}

static void begin(void)
{
    fixture_begin();
    for (size_t i = 0; i < LEN(label_nb); i++) {
        write_text(&label_nb[i], 2, true);
        write_text(&label_en[i], 2, true);
    }
    for (size_t i = 0; i < LEN(place_name); i++)
        write_text(&place_name[i], 2, false);
    for (int i = 0; i < STUDIES; i++) {
        snprintf(studies[i].code, sizeof studies[i].code, "s%03d", (i * 77) % STUDIES);
        write_study(&studies[i]);
    }
    import_studies("1");
}

/* Every text of a study, by column. */
static size_t texts_of(struct study *s, struct text ret_texts[20])
{
    size_t len = 0;
    for (int column = 0; column < SEARCH_COLUMNS; column++) {
        const struct text *list = column == LABELS_NB ? label_nb : column == LABELS_EN ? label_en : column == PLACES ? place_name : NULL;
        const int *items = column == PLACES ? s->places : s->categories;
        for (int i = 0; list != NULL && i < (column == PLACES ? s->places_len : s->categories_len); i++) {
            ret_texts[len] = list[items[i]];
            ret_texts[len].column = column;
            ret_texts[len++].item = i;
        }
        if (list == NULL) {
            ret_texts[len] = column == PLACE ? place_name[s->place] : *own_text(s, column);
            ret_texts[len].column = column;
            ret_texts[len++].item = -1;
        }
    }
    return len;
}

/* ── questions ──────────────────────────────────────────────────────────────────────────────────────────────── */

struct question {
    struct db_search search;
    int word[DB_SEARCH_TERMS][3], len[DB_SEARCH_TERMS];
    char bytes[DB_SEARCH_TERMS][60], beginning[DB_SEARCH_TERMS][12]; /* of the last word, where that is enough */
};

static void write_term(struct question *q, size_t i)
{
    struct db_search_term *term = &q->search.terms[i];
    size_t at = 0;
    q->len[i] = 1 + (chance(3) == 0) + (chance(6) == 0);
    *term = (struct db_search_term){q->bytes[i], chance(4) == 0, chance(4) == 0, i > 0 && chance(4) == 0};
    for (int k = 0; k < q->len[i]; k++) {
        q->word[i][k] = chance((int)LEN(words));
        const char *spelling = words[q->word[i][k]].spellings[chance(4)], *letters = words[q->word[i][k]].letters;
        if (term->prefix && k == q->len[i] - 1) {
            snprintf(q->beginning[i], sizeof q->beginning[i], "%.*s", 1 + chance((int)strlen(letters)), letters);
            spelling = q->beginning[i];
        }
        at += (size_t)snprintf(q->bytes[i] + at, sizeof q->bytes[i] - at, "%s%s", k > 0 ? " " : "", spelling);
    }
}

static void write_question(struct question *q, size_t most)
{
    *q = (struct question){.search.len = 1 + (size_t)chance((int)most)};
    for (size_t i = 0; i < q->search.len; i++)
        write_term(q, i);
}

static bool stands_at(const struct question *q, size_t term, const struct text *text, int place)
{
    if (place + q->len[term] > text->len)
        return false;
    for (int k = 0; k < q->len[term]; k++) {
        const char *letters = words[text->word[place + k]].letters;
        bool may_be_longer = q->search.terms[term].prefix && k == q->len[term] - 1;
        if (may_be_longer ? strncmp(letters, q->beginning[term], strlen(q->beginning[term])) != 0
                          : q->word[term][k] != text->word[place + k])
            return false;
    }
    return true;
}

/* The first column that has the term; −1: none has. */
static int column_with(const struct question *q, size_t term, const struct text *texts, size_t len)
{
    for (size_t i = 0; i < len; i++)
        for (int place = 0; place < texts[i].len; place++)
            if (stands_at(q, term, &texts[i], place))
                return texts[i].column;
    return -1;
}

static bool is_exact(const struct question *q, size_t first, size_t after, const struct text *text)
{
    int at = 0;
    for (size_t i = first; i < after; i++) {
        if (q->search.terms[i].negate)
            continue;
        if (q->search.terms[i].prefix || !stands_at(q, i, text, at))
            return false;
        at += q->len[i];
    }
    return at == text->len && at > 0;
}

/* −1: the study does not pass. */
static int64_t model_score(const struct question *q, struct study *s)
{
    struct text texts[20];
    size_t len = texts_of(s, texts), after;
    int64_t score = -1;
    for (size_t first = 0; first < q->search.len; first = after) {
        int64_t own_score = 0;
        for (after = first; after < q->search.len && (after == first || !q->search.terms[after].or_before); after++) {
            int column = column_with(q, after, texts, len);
            bool passes = (column >= 0) != q->search.terms[after].negate;
            own_score = !passes || own_score < 0 ? -1 : column < 0 ? own_score : own_score + search_columns[column].weight;
        }
        for (size_t i = 0; i < len && own_score >= 0; i++)
            if (search_columns[texts[i].column].exact > 0 && is_exact(q, first, after, &texts[i])) {
                own_score += search_columns[texts[i].column].exact;
                break;
            }
        score = own_score < 0 ? score : score < 0 ? own_score : score + own_score;
    }
    return score;
}

/* ── order ──────────────────────────────────────────────────────────────────────────────────────────────────── */

static const struct db_studies_query *ordering;
static int64_t scores[STUDIES];

static int compare_by(const struct study *a, const struct study *b, const struct db_sort *sort)
{
    int64_t x = scores[a - studies], y = scores[b - studies];
    int order = sort->key == DB_SORT_CALL_YEAR   ? a->year - b->year
                : sort->key == DB_SORT_RELEVANCE ? (x > y) - (x < y)
                                                 : strcmp(a->code, b->code);
    return sort->descending ? -order : order;
}

static int compare(const void *a, const void *b)
{
    static const struct db_sort usual[] = {{DB_SORT_RELEVANCE, true}, {DB_SORT_CALL_YEAR, false}}, last = {DB_SORT_ID, false};
    const struct study *x = *(const struct study *const *)a, *y = *(const struct study *const *)b;
    const struct db_sort *sort = ordering->sort_len > 0 ? ordering->sort : usual;
    int order = 0;
    for (size_t i = 0; i < (ordering->sort_len > 0 ? ordering->sort_len : LEN(usual)) && order == 0; i++)
        order = compare_by(x, y, &sort[i]);
    return order != 0 ? order : compare_by(x, y, &last);
}

static size_t model_list(const struct question *q, const struct db_studies_query *query, struct study *ret_rows[STUDIES])
{
    size_t len = 0;
    for (int i = 0; i < STUDIES; i++) {
        bool in_years = query->filter.call_year.len == 0 || query->filter.call_year.r[0].min == studies[i].year;
        scores[i] = in_years ? model_score(q, &studies[i]) : -1;
        if (scores[i] >= 0)
            ret_rows[len++] = &studies[i];
    }
    ordering = query;
    qsort(ret_rows, len, sizeof(struct study *), compare);
    return len;
}

static const char *shown(const struct question *q)
{
    static char text[4000];
    size_t at = 0;
    for (size_t i = 0; i < q->search.len; i++)
        at += (size_t)snprintf(text + at, sizeof text - at, " %s%s\"%s\"%s", q->search.terms[i].or_before ? "OR " : "",
                               q->search.terms[i].negate ? "-" : "", q->bytes[i], q->search.terms[i].prefix ? "*" : "");
    return text;
}

struct seen {
    size_t len;
    char code[STUDIES][8];
};

static bool see(void *cls, const char *bytes, size_t len)
{
    struct seen *seen = cls;
    ck_assert_uint_gt(len, 10);
    ck_assert_int_eq(sscanf(bytes, "study %7s ", seen->code[seen->len]), 1);
    seen->len++;
    return true;
}

/* From one end to the other and back, in pages of chance sizes. */
static void walk(const struct question *q, struct db_studies_query *query, struct study *const *rows, size_t len)
{
    struct db_position from = {0};
    size_t at = 0, turns = 0;
    query->from = NULL;
    query->backwards = false;
    while (turns < 2) {
        struct db_studies_page page;
        struct seen seen = {0};
        query->limit = 1 + chance(len > 40 ? 40 : 7);
        ck_assert_int_eq(db_studies_list(fixture.reader, query, see, &seen, &page), DB_OK);
        ck_assert_msg(page.total == (int64_t)len, "%s: %lld, not %zu", shown(q), (long long)page.total, len);
        size_t room = query->backwards ? at : len - at, wanted = room < (size_t)query->limit ? room : (size_t)query->limit;
        size_t first = query->backwards ? at - wanted : at;
        ck_assert_uint_eq(seen.len, wanted);
        for (size_t i = 0; i < wanted; i++)
            ck_assert_msg(strcmp(seen.code[i], rows[first + i]->code) == 0, "%s: at %zu %s, not %s", shown(q), first + i, seen.code[i],
                          rows[first + i]->code);
        bool more = query->backwards ? page.more_before : page.more_after, back = query->backwards ? page.more_after : page.more_before;
        ck_assert_int_eq(more, wanted < room);
        ck_assert_int_eq(back, query->from != NULL);
        if (wanted == 0)
            return;
        from = query->backwards ? page.first : page.last;
        at = query->backwards ? first : first + wanted;
        if (!more) { /* turn round: what comes before the row at the end */
            turns++;
            from = query->backwards ? page.first : page.last;
            at = query->backwards ? at + 1 : at - 1;
            query->backwards = !query->backwards;
        }
        query->from = &from;
    }
}

static void assert_as_the_model(const struct question *q, int which)
{
    static const struct {
        struct db_sort sort[2];
        size_t len;
    } sorts[] = {{.len = 0},
                 {{{DB_SORT_RELEVANCE, false}}, 1},
                 {{{DB_SORT_RELEVANCE, true}, {DB_SORT_ID, true}}, 2},
                 {{{DB_SORT_CALL_YEAR, true}, {DB_SORT_RELEVANCE, true}}, 2},
                 {{{DB_SORT_CALL_YEAR, false}}, 1},
                 {{{DB_SORT_ID, true}}, 1}};
    struct study *rows[STUDIES];
    struct db_studies_query query = {.filter.q = &q->search};
    query.sort_len = sorts[(size_t)which % LEN(sorts)].len;
    memcpy(query.sort, sorts[(size_t)which % LEN(sorts)].sort, sizeof sorts[0].sort);
    if (chance(3) == 0)
        query.filter.call_year = (struct db_ranges){.len = 1, .r = {{2017, 2017}}};
    size_t len = model_list(q, &query, rows);
    ck_assert_int_eq(count_of(&query.filter), (int64_t)len);
    walk(q, &query, rows, len);
}

START_TEST(what_is_found_and_in_which_order_is_the_models)
{
    int64_t found = 0, exact = 0;
    struct question q;
    if (_i == 1)
        images_forget(fixture.db); /* the engine says the same */
    for (int round = 0; round < 600; round++) {
        write_question(&q, 4);
        assert_as_the_model(&q, round);
        for (int i = 0; i < STUDIES; i++) {
            found += scores[i] >= 0;
            exact += scores[i] > 5000;
        }
    }
    ck_assert_int_gt(found, 10000); /* or nothing has been tried */
    ck_assert_int_gt(exact, 50);
}
END_TEST

START_TEST(as_many_terms_as_there_may_be)
{
    struct question q;
    if (_i == 1)
        images_forget(fixture.db);
    for (int round = 0; round < 50; round++) {
        write_question(&q, DB_SEARCH_TERMS);
        assert_as_the_model(&q, round);
    }
}
END_TEST

/* ── where very many fit ────────────────────────────────────────────────────────────────────────────────────── */

/* An alternative that wants something, and has all of it in acronym or titles and nothing there that it does not want. */
static bool model_has_in_titles(const struct question *q, struct study *s)
{
    struct text texts[20];
    size_t len = 0, all = texts_of(s, texts), after;
    while (len < all && texts[len].column <= SCIENTIFIC)
        len++;
    for (size_t first = 0; first < q->search.len; first = after) {
        bool fits = true, wants = false;
        for (after = first; after < q->search.len && (after == first || !q->search.terms[after].or_before); after++) {
            fits = fits && (column_with(q, after, texts, len) >= 0) != q->search.terms[after].negate;
            wants = wants || !q->search.terms[after].negate;
        }
        if (fits && wants)
            return true;
    }
    return false;
}

START_TEST(bounded_relevance_tells_titles_from_the_rest)
{
    int64_t in_titles = 0, elsewhere = 0;
    for (int round = 0; round < 300; round++) {
        struct arena arena CLEANUP(arena_free) = {0};
        struct query rows CLEANUP(query_end) = {0};
        struct question q;
        size_t fit = 0;
        write_question(&q, 4);
        struct sql sql = sql_begin(&arena);
        sql_add(&sql, "SELECT s.code, m.score");
        sql_search_scored(&sql, &q.search, true);
        ck_assert_int_eq(sql_query(&sql, fixture.reader->st, &rows), DB_OK);
        for (; query_row(&rows); fit++) {
            struct study *s = studies;
            while (strcmp(s->code, query_text(&rows, 0)) != 0)
                s++;
            ck_assert_int_ge(model_score(&q, s), 0);
            ck_assert_msg(query_int(&rows, 1) == (model_has_in_titles(&q, s) ? -1 : -2), "%s: %s has %lld", shown(&q), s->code,
                          (long long)query_int(&rows, 1));
            in_titles += query_int(&rows, 1) == -1;
            elsewhere += query_int(&rows, 1) == -2;
        }
        ck_assert_int_eq((int64_t)fit, count_of(&(struct db_study_filter){.q = &q.search}));
    }
    ck_assert_int_gt(in_titles, 1000);
    ck_assert_int_gt(elsewhere, 1000);
}
END_TEST

/* ── changes ────────────────────────────────────────────────────────────────────────────────────────────────── */

static void hear_finding(void *cls, const char *what)
{
    (void)cls;
    ck_abort_msg("%s", what);
}

static void assert_sound(void)
{
    static const struct db_check_listener listener = {NULL, hear_finding, NULL};
    int64_t findings = -1;
    ck_assert_int_eq(db_check(fixture.path, &fixture.renderer, &listener, &findings, NULL), DB_OK);
    ck_assert_int_eq(findings, 0);
}

START_TEST(the_index_follows_every_change)
{
    struct question q;
    for (int round = 0; round < 40; round++) {
        char digest[24];
        snprintf(digest, sizeof digest, "round %d", round);
        for (int i = chance(20); i > 0; i--)
            write_study(&studies[chance(STUDIES)]);
        if (chance(2) == 0)
            write_text(&label_nb[chance(3)], 2, true);
        if (chance(2) == 0)
            write_text(&place_name[chance(5)], 2, false);
        import_studies(digest);
        for (int i = 0; i < 10; i++) {
            write_question(&q, 3);
            assert_as_the_model(&q, i);
        }
        if (round % 10 == 9)
            assert_sound();
    }
}
END_TEST

static void damage(const char *statements)
{
    sqlite3 *direct = NULL;
    ck_assert_int_eq(sqlite3_open_v2(fixture.path, &direct, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    ck_assert_int_eq(search_register(direct), DB_OK);
    ck_assert_msg(sqlite3_exec(direct, statements, NULL, NULL, NULL) == SQLITE_OK, "%s", sqlite3_errmsg(direct));
    sqlite3_close(direct);
}

static int64_t found_of(const char *word)
{
    struct db_search search = {{{word, false, false, false}}, 1};
    return count_of(&(struct db_study_filter){.q = &search});
}

static const char *const damages[] = {
    "UPDATE study_search SET summary_nb = 'unheard' WHERE rowid % 2 = 0",
    "DELETE FROM study_search WHERE rowid > 100",
    /* The texts are right, the words beside them are those of others. */
    ("CREATE TEMP TABLE texts AS SELECT id, c9 FROM study_search_content; UPDATE study_search SET summary_nb = 'unheard';"
     "UPDATE study_search_content SET c9 = (SELECT t.c9 FROM texts t WHERE t.id = study_search_content.id)"),
    /* And the other way round. */
    "UPDATE study_search_content SET c0 = 'unheard' WHERE id < 50",
};

START_TEST(by_other_rules_all_is_made_anew_and_not_on_suspicion)
{
    struct question q;
    int64_t version = db_data_version(fixture.db);
    fixture_close();
    damage(damages[_i]);
    fixture_reopen();
    int64_t findings = 0;
    ck_assert_int_eq(db_check(fixture.path, &fixture.renderer, &(struct db_check_listener){0}, &findings, NULL), DB_OK);
    ck_assert_int_gt(findings, 0);
    fixture_close();
    sql("UPDATE register SET search = 999");
    fixture_reopen();
    ck_assert_int_eq(sql("SELECT search < 999 FROM register"), 1);
    assert_sound();
    ck_assert_int_eq(found_of("unheard"), 0);
    ck_assert_int_eq(db_data_version(fixture.db), version);
    for (int i = 0; i < 30; i++) {
        write_question(&q, 3);
        assert_as_the_model(&q, i);
    }
}
END_TEST

START_TEST(what_others_do_leaves_the_score_of_a_study)
{
    struct study *rows[STUDIES];
    struct question q = {
        .search = {{{q.bytes[0], false, false, false}, {q.bytes[1], true, false, true}}, 2}, .len = {1, 1}, .word = {{5}, {3}}};
    snprintf(q.bytes[0], sizeof q.bytes[0], "cancer");
    snprintf(q.bytes[1], sizeof q.bytes[1], "lun");
    snprintf(q.beginning[1], sizeof q.beginning[1], "lun");
    struct db_studies_query query = {.filter.q = &q.search, .limit = 10};
    struct db_studies_page page;
    struct seen seen = {0}, rest = {0};
    size_t len = model_list(&q, &query, rows);
    ck_assert_uint_gt(len, 40);
    ck_assert_int_eq(db_studies_list(fixture.reader, &query, see, &seen, &page), DB_OK);
    /* All that were seen lose the word; the next page begins where it would have. */
    struct db_position from = page.last;
    for (int i = 0; i < 10; i++)
        for (size_t k = 0; k < LEN(own); k++)
            rows[i]->own[k].len = own[k].may_be_empty ? 0 : rows[i]->own[k].len;
    import_studies("2");
    query.from = &from;
    ck_assert_int_eq(db_studies_list(fixture.reader, &query, see, &rest, &page), DB_OK);
    for (size_t i = 0; i < 10; i++)
        ck_assert_str_eq(rest.code[i], rows[10 + i]->code);
}
END_TEST

/* ── where it stands ────────────────────────────────────────────────────────────────────────────────────────── */

struct marks {
    const struct question *q;
    const struct seen *seen; /* of the rows before this one */
    size_t hits;
};

static void mark(const struct question *q, const struct text *text, char *bytes)
{
    memset(bytes, 0, sizeof text->bytes);
    for (size_t i = 0; i < q->search.len; i++)
        for (int place = 0; place < text->len; place++)
            if (!q->search.terms[i].negate && stands_at(q, i, text, place))
                memset(bytes + text->start[place], 1, text->end[place + q->len[i] - 1] - text->start[place]);
}

static void check_hit(const struct db_hit *hit, const struct text *text, const char *expected)
{
    char field[60], bytes[sizeof text->bytes] = {0};
    const struct search_column *column = &search_columns[text->column];
    snprintf(field, sizeof field, "%s", column->field);
    if (text->item >= 0)
        snprintf(field, sizeof field, "%s.%d.%s", column->field, text->item, column->of_item);
    ck_assert_str_eq(hit->field, field);
    ck_assert_uint_eq(hit->len, strlen(text->bytes));
    ck_assert_int_eq(memcmp(hit->text, text->bytes, hit->len), 0);
    for (size_t i = 0; i < hit->spans_len; i++) {
        ck_assert(hit->spans[i].start < hit->spans[i].end && hit->spans[i].end <= hit->len);
        ck_assert(i == 0 || hit->spans[i - 1].end < hit->spans[i].start);
        memset(bytes + hit->spans[i].start, 1, hit->spans[i].end - hit->spans[i].start);
    }
    ck_assert_int_eq(memcmp(bytes, expected, sizeof bytes), 0);
}

struct both {
    struct seen seen;
    struct marks marks;
    struct study *const *rows;
};

static bool see_both(void *cls, const char *bytes, size_t len)
{
    return see(&((struct both *)cls)->seen, bytes, len);
}

static void check_hits(void *cls, const struct db_hit *hits, size_t len)
{
    struct both *both = cls;
    struct text texts[20];
    size_t texts_len = texts_of(both->rows[both->seen.len], texts), at = 0;
    for (size_t i = 0; i < texts_len; i++) {
        char expected[sizeof texts[0].bytes];
        mark(both->marks.q, &texts[i], expected);
        if (memchr(expected, 1, sizeof expected) == NULL)
            continue;
        ck_assert_uint_lt(at, len);
        check_hit(&hits[at++], &texts[i], expected);
    }
    ck_assert_uint_eq(at, len);
    both->marks.hits += len;
}

START_TEST(hits_are_where_the_model_has_them)
{
    size_t hits = 0;
    for (int round = 0; round < 60; round++) {
        struct question q;
        struct study *rows[STUDIES];
        struct db_studies_page page;
        write_question(&q, 4);
        struct db_studies_query query = {.filter.q = &q.search, .limit = STUDIES, .hits = check_hits};
        model_list(&q, &query, rows);
        struct both both = {.marks = {.q = &q}, .rows = rows};
        ck_assert_int_eq(db_studies_list(fixture.reader, &query, see_both, &both, &page), DB_OK);
        ck_assert_int_eq(page.total, (int64_t)both.seen.len);
        hits += both.marks.hits;
    }
    ck_assert_uint_gt(hits, 1000);
}
END_TEST

/* ── what is not searched, and what cannot be typed ─────────────────────────────────────────────────────────── */

static const char *const never[] = {"hidden", "open", "unknown", "klin", "s001", "a\" OR \"sor", "acronym : sor", "sor NEAR lung"};

START_TEST(nothing_else_is_searched_and_no_word_is_a_command)
{
    ck_assert_int_eq(found_of(never[_i]), 0);
}
END_TEST

/* ── plans ──────────────────────────────────────────────────────────────────────────────────────────────────── */

/* What the engine would do for the statement that was put together last, a line a step. */
static const char *plan_of_last(void)
{
    static char plan[2000];
    const struct statements *asked = fixture.reader->st;
    const struct shape *last = &asked->shapes[0];
    for (size_t i = 1; i < SHAPES_MAX; i++)
        if (asked->shapes[i].used > last->used)
            last = &asked->shapes[i];
    char question[8000];
    sqlite3_stmt *stmt = NULL;
    plan[0] = '\0';
    snprintf(question, sizeof question, "EXPLAIN QUERY PLAN %s", last->text);
    ck_assert_int_eq(sqlite3_prepare_v2(asked->sql, question, -1, &stmt, NULL), SQLITE_OK);
    while (sqlite3_step(stmt) == SQLITE_ROW)
        snprintf(plan + strlen(plan), sizeof plan - strlen(plan), "%s\n", (const char *)sqlite3_column_text(stmt, 3));
    sqlite3_finalize(stmt);
    return plan;
}

static int calls_in_last(void)
{
    const struct statements *asked = fixture.reader->st;
    const struct shape *last = &asked->shapes[0];
    for (size_t i = 1; i < SHAPES_MAX; i++)
        if (asked->shapes[i].used > last->used)
            last = &asked->shapes[i];
    char question[8000];
    sqlite3_stmt *stmt = NULL;
    int calls = 0;
    snprintf(question, sizeof question, "EXPLAIN %s", last->text);
    ck_assert_int_eq(sqlite3_prepare_v2(asked->sql, question, -1, &stmt, NULL), SQLITE_OK);
    while (sqlite3_step(stmt) == SQLITE_ROW) {
        const char *operand = (const char *)sqlite3_column_text(stmt, 5);
        calls += operand != NULL && strncmp(operand, "search_score", 12) == 0;
    }
    sqlite3_finalize(stmt);
    return calls;
}

#define WORDS_FIRST "SCAN study_search VIRTUAL TABLE INDEX 0:M14"
static const char *const leader = "x";
static const struct {
    struct db_studies_query query;
    const char *plan;
    int calls;
} plans[] = {
    {{.limit = 10},
     "CO-ROUTINE m\n" WORDS_FIRST "\nSCAN m\nSEARCH s USING INTEGER PRIMARY KEY (rowid=?)\nUSE TEMP B-TREE FOR ORDER BY\n",
     1},
    {{.limit = 10, .filter.leader = {&leader, 1, false}},
     "CO-ROUTINE m\n" WORDS_FIRST "\nSCAN m\nSEARCH s USING INTEGER PRIMARY KEY (rowid=?)\nUSE TEMP B-TREE FOR ORDER BY\n",
     1},
    {{.limit = 10, .sort = {{DB_SORT_CALL_YEAR, false}}, .sort_len = 1},
     "SEARCH s USING INTEGER PRIMARY KEY (rowid=?)\nLIST SUBQUERY 1\n" WORDS_FIRST "\nUSE TEMP B-TREE FOR ORDER BY\n",
     0},
};

START_TEST(words_are_looked_up_before_studies_and_scores_are_made_once)
{
    struct db_search search = {{{"cancer", false, false, false}}, 1};
    struct db_studies_query query = plans[_i].query;
    struct db_studies_page page;
    struct seen seen = {0};
    query.filter.q = &search;
    images_forget(fixture.db);
    ck_assert_int_eq(db_studies_list(fixture.reader, &query, see, &seen, &page), DB_OK);
    ck_assert_str_eq(plan_of_last(), plans[_i].plan);
    ck_assert_int_eq(calls_in_last(), plans[_i].calls);
    if (plans[_i].calls == 0 || page.returned == 0)
        return;
    struct db_position from = page.last;
    query.from = &from; /* its last question is whether anything lies before: the first that does is enough */
    ck_assert_int_eq(db_studies_list(fixture.reader, &query, see, &seen, &page), DB_OK);
    ck_assert_ptr_null(strstr(plan_of_last(), "ORDER BY"));
    ck_assert_int_eq(calls_in_last(), 1);
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("search");
    tcase_add_checked_fixture(cases, begin, fixture_end);
    tcase_add_loop_test(cases, what_is_found_and_in_which_order_is_the_models, 0, 2);
    tcase_add_loop_test(cases, as_many_terms_as_there_may_be, 0, 2);
    tcase_add_test(cases, bounded_relevance_tells_titles_from_the_rest);
    tcase_add_test(cases, the_index_follows_every_change);
    tcase_add_loop_test(cases, by_other_rules_all_is_made_anew_and_not_on_suspicion, 0, LEN(damages));
    tcase_add_test(cases, what_others_do_leaves_the_score_of_a_study);
    tcase_add_test(cases, hits_are_where_the_model_has_them);
    tcase_add_loop_test(cases, nothing_else_is_searched_and_no_word_is_a_command, 0, LEN(never));
    tcase_add_loop_test(cases, words_are_looked_up_before_studies_and_scores_are_made_once, 0, LEN(plans));
    return run("search", cases, false);
}
