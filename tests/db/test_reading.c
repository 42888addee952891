/* SPDX-License-Identifier: GPL-3.0-or-later
 * Reference data, figures, notes, vocabularies, the change log, and the versions that go with them.
 */
#include "fixture.h"

/* Runs one of the reading functions and compares all it said. */
#define ASSERT_SAYS(expected, call)                                                                                                        \
    do {                                                                                                                                   \
        char *text_ = NULL;                                                                                                                \
        size_t len_ = 0;                                                                                                                   \
        FILE *out = open_memstream(&text_, &len_);                                                                                         \
        ck_assert_int_eq(call, DB_OK);                                                                                                     \
        fclose(out);                                                                                                                       \
        ck_assert_str_eq(text_, expected);                                                                                                 \
        free(text_);                                                                                                                       \
    } while (0)

static bool say_programme(void *out, const struct db_programme *p, int64_t count)
{
    fprintf(out, "%s %s %s %d %.*s %lld\n", p->code, or_none(p->name.en), p->short_name, p->disclosure_threshold, (int)p->profile_len,
            p->profile, (long long)count);
    return true;
}
static bool say_edition(void *out, const struct db_edition *e)
{
    fprintf(out, "%s %s %s %s %s %lld %d\n", e->programme, e->code, e->as_of, or_none(e->licence), e->document_title,
            (long long)e->document_lines, e->imported > 1600000000000);
    return true;
}
static bool say_region(void *out, const struct db_region *r)
{
    fprintf(out, "%s %s %s %d\n", r->code, or_none(r->label.nb), or_none(r->basis), r->order);
    return true;
}
static bool say_mechanism(void *out, const struct db_mechanism *m, int64_t count)
{
    fprintf(out, "%s %s %s %lld\n", m->code, m->report_code, or_none(m->label.en), (long long)count);
    return true;
}
static bool say_category(void *out, const struct db_category *c, int64_t count)
{
    fprintf(out, "%s %s %lld\n", c->code, or_none(c->label.nb), (long long)count);
    return true;
}
static bool say_institution(void *out, const struct db_institution *i, int64_t count)
{
    fprintf(out, "%s %s %s %s %d %d %lld", i->code, i->name, or_none(i->region), or_none(i->part_of), i->coordinates, i->takes_part,
            (long long)count);
    for (size_t j = 0; j < i->aliases_len; j++)
        fprintf(out, " %s", i->aliases[j]);
    fprintf(out, "\n");
    return true;
}
static bool say_call(void *out, const struct db_call *c)
{
    fprintf(out, "%d %s/%s %lld %lld %lld\n", c->call_year, c->mechanism.code, or_none(c->mechanism.label.nb), (long long)c->awards,
            (long long)c->amount_nok, (long long)c->study_count);
    return true;
}
static bool say_figure(void *out, const struct db_figure *f)
{
    fprintf(out, "%s %s %s %s %s %lld/%d %s %s\n", f->programme, f->edition, f->document, f->code, or_none(f->group), (long long)f->value,
            f->decimals, f->printed, or_none(f->label.nb));
    return true;
}
static bool say_note(void *out, const struct db_note *n)
{
    fprintf(out, "%s %s %s %s %s (%s)\n", n->record, or_none(n->id), or_none(n->field), n->kind, or_none(n->text.nb), or_none(n->source));
    return true;
}
static bool say_change(void *out, const struct db_change *c)
{
    fprintf(out, "%s %s %lld\n", c->kind, or_none(c->study), (long long)c->data_version);
    return true;
}
static bool say_value(void *out, const char *value)
{
    fprintf(out, "%s\n", value);
    return true;
}

static const char *const aliases[] = {"UNN", "RITØ"};

static struct said *said_more(void)
{
    struct said *said = said_new();
    said->institutions[3].aliases = aliases;
    said->institutions[3].aliases_len = 2;
    said->figures[1] =
        (struct db_figure){.code = "women", .measure = "leaders", .unit = "leaders", .group = "women", .value = 7, .printed = "7"};
    said->notes[1] = (struct db_note){"figure", "women", NULL, "ambiguous", {"Uklart", NULL}, NULL, NULL};
    said->notes[2] = (struct db_note){"edition", NULL, NULL, "missing", {"Mangler", NULL}, NULL, "1;5-6"};
    return said;
}

START_TEST(what_was_stored_is_read)
{
    struct said *said = said_more();
    import_ok(said);
    ASSERT_SAYS("klin The programme KLIN 20 {\"id\":\"klin\"} 2\n", db_programmes(fixture.reader, NULL, say_programme, out));
    ASSERT_SAYS("", db_programmes(fixture.reader, "nothing", say_programme, out));
    ASSERT_SAYS("klin 2024 2024-12-31 - Report 2024 100 1\n", db_editions(fixture.reader, "klin", say_edition, out));
    ASSERT_SAYS("sor-ost Sør-Øst source 0\nvest Vest source 1\nnord Nord source 2\n", db_regions(fixture.reader, say_region, out));
    ASSERT_SAYS("open-call OU Open 1\nother AT Other 1\n", db_mechanisms(fixture.reader, say_mechanism, out));
    ASSERT_SAYS("cancer Kreft 1\nstroke Slag 2\n", db_categories(fixture.reader, say_category, out));
    ASSERT_SAYS("haukeland Haukeland vest helse-bergen 0 1 0\nhelse-bergen Helse Bergen HF vest - 1 0 1\n"
                "ous Oslo universitetssykehus sor-ost - 1 0 1\ntromso Tromsø nord - 0 1 0 RITØ UNN\n",
                db_institutions(fixture.reader, say_institution, out));
    ASSERT_SAYS("2019 open-call/Åpen 1 18000000 1\n2020 other/Annet 1 5000000 1\n2021 other/Annet 1 2000000 1\n",
                db_calls(fixture.reader, say_call, out));
    free(said);
}
END_TEST

START_TEST(figures_belong_to_their_edition)
{
    struct said *said = said_more();
    import_ok(said);
    said->edition = (struct db_edition){
        .code = "2025", .as_of = "2025-12-31", .document = "report-2025", .document_title = "Report 2025", .digest = "n"};
    said->figures[0].value = 1234;
    said->figures[0].printed = "123,4";
    said->figures[1].code = NULL;
    import_ok(said);
    ASSERT_SAYS("klin 2025 report-2025 total-included - 1234/1 123,4 I alt\n",
                db_figures(fixture.reader, NULL, NULL, NULL, say_figure, out));
    ASSERT_SAYS("klin 2024 report-2024 total-included - 999/1 99,9 I alt\nklin 2024 report-2024 women women 7/0 7 -\n",
                db_figures(fixture.reader, "klin", "2024", NULL, say_figure, out));
    ASSERT_SAYS("klin 2024 report-2024 women women 7/0 7 -\n", db_figures(fixture.reader, "klin", "2024", "leaders", say_figure, out));
    ASSERT_SAYS("", db_figures(fixture.reader, "annet", NULL, NULL, say_figure, out));
    ASSERT_SAYS("klin 2025 2025-12-31 - Report 2025 0 1\nklin 2024 2024-12-31 - Report 2024 100 1\n",
                db_editions(fixture.reader, "klin", say_edition, out));
    free(said);
}
END_TEST

START_TEST(notes_tell_their_source)
{
    struct said *said = said_more();
    import_ok(said);
    ASSERT_SAYS("study alpha planned discrepancy To tall (Report 2024, lines 161-289)\n",
                db_notes(fixture.reader, "klin", "study", "alpha", say_note, out));
    ASSERT_SAYS("figure women - ambiguous Uklart (Report 2024)\n", db_notes(fixture.reader, NULL, "figure", NULL, say_note, out));
    ASSERT_SAYS("edition - - missing Mangler (Report 2024, lines 1;5-6)\n",
                db_notes(fixture.reader, "klin", "edition", NULL, say_note, out));
    ASSERT_SAYS("", db_notes(fixture.reader, "annet", "edition", NULL, say_note, out));
    free(said);
}
END_TEST

START_TEST(the_log_tells_what_changed_in_order)
{
    import_ok(&first_said);
    struct said *said = said_new();
    said->edition.digest = "d2";
    said->studies[1].status = "completed";
    import_ok(said);
    ASSERT_SAYS("study-added alpha 1\nstudy-added beta 1\nedition-imported - 1\nstudy-updated beta 2\nedition-imported - 2\n",
                db_changes(fixture.reader, 0, 100, say_change, out));
    ASSERT_SAYS("edition-imported - 1\nstudy-updated beta 2\n", db_changes(fixture.reader, 2, 2, say_change, out));
    ASSERT_SAYS("", db_changes(fixture.reader, 5, 100, say_change, out));
    free(said);
}
END_TEST

/* ── a label changes: the studies that show it follow ───────────────────────────────────────────────────────── */

static void name_institution(struct said *s)
{
    s->institutions[2].name = "OUS HF";
}
static void name_hospital(struct said *s)
{
    s->institutions[3].name = "UNN";
}
static void move_hospital(struct said *s)
{
    s->institutions[3].region = "vest";
}
static void label_category(struct said *s)
{
    s->categories[0].label.en = "Cancers";
}
static void label_mechanism(struct said *s)
{
    s->mechanisms[0].label.nb = "Fri";
}
static void order_regions(struct said *s)
{
    s->regions[2].order = -1;
}
static void note_more(struct said *s)
{
    s->notes[1] = (struct db_note){"study", "beta", NULL, "missing", {"M", NULL}, NULL, NULL};
}
static void title_document(struct said *s)
{
    s->edition.document_title = "Årsrapport";
}
static void shift_source(struct said *s)
{
    s->plans[0].lines = "99";
}
static const struct {
    const char *name;
    void (*change)(struct said *said);
    int alpha, beta;
    const char *shows;
} label_changes[] = {
    {"institution", name_institution, 2, 1, "ous/OUS HF/"},
    {"hospital", name_hospital, 2, 1, "hospital tromso/UNN/nord"},
    {"its region", move_hospital, 2, 1, "includes sor-ost\nincludes vest\narm"},
    {"category", label_category, 2, 1, "cancer/Kreft/Cancers"},
    {"mechanism", label_mechanism, 2, 1, "open-call/Fri"},
    {"order of regions", order_regions, 2, 1, "includes nord\nincludes sor-ost\n"},
    {"note on another", note_more, 1, 2, "alpha"},
    {"title of the document", title_document, 2, 1, "source Årsrapport|"},
    {"lines of a plan", shift_source, 2, 1, "alpha version 2"},
};

START_TEST(a_study_follows_the_labels_it_shows)
{
    import_ok(&first_said);
    struct said *said = said_new();
    char *before = study_text("beta");
    said->edition.digest = "d2";
    label_changes[_i].change(said);
    struct db_import_result result = import_ok(said);
    ck_assert_msg(version_of("alpha") == label_changes[_i].alpha && version_of("beta") == label_changes[_i].beta, "%s: %lld %lld",
                  label_changes[_i].name, (long long)version_of("alpha"), (long long)version_of("beta"));
    ck_assert_int_eq(result.studies_updated, 1);
    assert_shows("alpha", label_changes[_i].shows);
    char *after = study_text("beta");
    ck_assert_int_eq(strcmp(before, after) == 0, label_changes[_i].beta == 1); /* an unchanged study keeps its bytes */
    ck_assert_int_eq(sql("SELECT version FROM study WHERE code = 'alpha'"), label_changes[_i].alpha);
    free(before);
    free(after);
    free(said);
}
END_TEST

START_TEST(a_new_digest_alone_bumps_no_study)
{
    import_ok(&first_said);
    char *before = study_text("alpha");
    struct said *said = said_new();
    said->edition.digest = "d2";
    struct db_import_result result = import_ok(said);
    ck_assert(result.changed);
    ck_assert_int_eq(result.data_version, 2);
    ck_assert_int_eq(result.studies_unchanged, 2);
    ck_assert_int_eq(version_of("alpha") + version_of("beta"), 2);
    char *after = study_text("alpha");
    ck_assert_str_eq(before, after);
    free(before);
    free(after);
    free(said);
}
END_TEST

START_TEST(what_failed_is_not_published)
{
    import_ok(&first_said);
    struct said *said = said_new();
    struct db_import_result result;
    said->edition.digest = "d2";
    said->studies[0].status = "completed";
    said->notes[1] = (struct db_note){"study", "nobody", NULL, "missing", {NULL, NULL}, NULL, NULL};
    ck_assert_int_eq(import_into(fixture.db, said, false, &result), DB_CONFLICT);
    ck_assert_int_eq(version_of("alpha"), 1);
    ck_assert_int_eq(db_data_version(fixture.db), 1);
    assert_shows("alpha", "status recruiting");
    free(said);
}
END_TEST

/* In one form alone: what is there of it is thrown away. */
static bool refuse_to_render(void *cls, const struct db_study *study, struct db_rendering *ret_rendering)
{
    (void)cls, (void)study;
    ret_rendering->form[DB_FORM_FULL] = (struct db_bytes){strdup("half"), 4};
    return true;
}

START_TEST(without_bytes_there_is_no_commit)
{
    struct db_import_result result;
    fixture.renderer.render = refuse_to_render;
    ck_assert_int_eq(import_into(fixture.db, &first_said, false, &result), DB_NO_MEMORY);
    ck_assert_int_eq(db_data_version(fixture.db), 0);
    ck_assert_int_eq(sql("SELECT count(*) FROM study"), 0);
}
END_TEST

/* ── vocabularies ───────────────────────────────────────────────────────────────────────────────────────────── */

static const struct {
    enum db_vocabulary vocabulary;
    const char *value, *expected;
} words[] = {
    {DB_VOCAB_NONE, "alpha", NULL},
    {DB_VOCAB_PROGRAMME, "klin", "klin"},
    {DB_VOCAB_PROGRAMME, "KLIN", NULL},
    {DB_VOCAB_STUDY, "alpha", "alpha"},
    {DB_VOCAB_STUDY, "alfa", "alpha"},
    {DB_VOCAB_REGION, "vest", "vest"},
    {DB_VOCAB_REGION, "Vest", NULL},
    {DB_VOCAB_MECHANISM, "other", "other"},
    {DB_VOCAB_CATEGORY, "stroke", "stroke"},
    {DB_VOCAB_CATEGORY, "", NULL},
    {DB_VOCAB_INSTITUTION, "tromso", "tromso"},
    {DB_VOCAB_INSTITUTION, "UNN", "tromso"},
    {DB_VOCAB_INSTITUTION, "Tromsø", "tromso"},
    {DB_VOCAB_INSTITUTION, "unn", "tromso"},
    {DB_VOCAB_LEADER, "Kari Østby", "Kari Østby"},
    {DB_VOCAB_LEADER, "KARI ØSTBY", "Kari Østby"},
    {DB_VOCAB_LEADER, "k. østby", "Kari Østby"},
    {DB_VOCAB_LEADER, "kari ostby", NULL},
    {DB_VOCAB_LEADER, "oLA aAS", "Ola Aas"},
    {DB_VOCAB_STATUS, "recruiting", "recruiting"},
    {DB_VOCAB_STATUS, "lost", NULL},
};

/* The engine counts the instructions of all runs of a statement between two looks at the clock. */
START_TEST(a_snapshot_ends_however_late_it_is)
{
    for (int i = 0; i < 3000; i++) {
        ck_assert_int_eq(db_reader_begin(fixture.reader), DB_OK);
        db_reader_bound(fixture.reader, (struct db_bound){.until = 1});
        db_reader_end(fixture.reader);
        db_reader_bound(fixture.reader, (struct db_bound){.until = 0});
    }
}
END_TEST

START_TEST(values_are_found_by_all_they_answer_to)
{
    struct said *said = said_more();
    said->old_ids[0].name = "alpha";
    said->old_ids[0].alias = "alfa";
    import_ok(said);
    for (size_t i = 0; i < LEN(words); i++) {
        const char *found = db_vocabulary_find(fixture.reader, words[i].vocabulary, words[i].value);
        ck_assert_msg(strcmp(or_none(found), or_none(words[i].expected)) == 0, "%s: %s", words[i].value, or_none(found));
    }
    free(said);
}
END_TEST

static enum db_status say_values(enum db_vocabulary vocabulary, FILE *out)
{
    db_vocabulary_each(fixture.reader, vocabulary, say_value, out);
    return DB_OK;
}

START_TEST(every_value_can_be_suggested)
{
    import_ok(&first_said);
    ASSERT_SAYS("sor-ost\nvest\nnord\n", say_values(DB_VOCAB_REGION, out));
    ASSERT_SAYS("Kari Østby\nOla Aas\n", say_values(DB_VOCAB_LEADER, out));
    ASSERT_SAYS("haukeland\nhelse-bergen\nous\ntromso\n", say_values(DB_VOCAB_INSTITUTION, out));
    ASSERT_SAYS("planned\nrecruiting\nrecruitment-ended\nfollow-up\ncompleted\nstopped\nunknown\n", say_values(DB_VOCAB_STATUS, out));
    ASSERT_SAYS("", say_values(DB_VOCAB_NONE, out));
    size_t seen = 0;
    char *text = NULL;
    FILE *out = open_memstream(&text, &seen);
    say_values(DB_VOCAB_STUDY, out);
    fclose(out);
    ck_assert_uint_eq(seen, strlen("alpha\nbeta\n"));
    free(text);
}
END_TEST

START_TEST(a_name_as_it_is_spelt_stands_before_one_in_another_case)
{
    static const struct {
        enum db_vocabulary vocabulary;
        const char *value, *expected;
    } spelt[] = {
        {DB_VOCAB_LEADER, "Kari Aas", "Kari Aas"},     {DB_VOCAB_LEADER, "kari aas", "kari aas"},
        {DB_VOCAB_LEADER, "KARI AAS", "Kari Aas"},     {DB_VOCAB_INSTITUTION, "Tromsø", "tromso"},
        {DB_VOCAB_INSTITUTION, "TROMSØ", "haukeland"}, {DB_VOCAB_INSTITUTION, "tromsø", "tromso"},
    };
    struct said *said = said_new();
    static const char *const other_case[] = {"TROMSØ"};
    said->studies[0].leader = "Kari Aas";
    said->studies[1].leader = "kari aas";
    said->leaders[0].name = NULL;
    said->institutions[0].aliases = other_case;
    said->institutions[0].aliases_len = LEN(other_case);
    import_ok(said);
    for (size_t i = 0; i < LEN(spelt); i++)
        ck_assert_str_eq(or_none(db_vocabulary_find(fixture.reader, spelt[i].vocabulary, spelt[i].value)), spelt[i].expected);
    free(said);
}
END_TEST

START_TEST(a_vocabulary_follows_the_data_and_keeps_what_it_gave)
{
    ck_assert_ptr_null(db_vocabulary_find(fixture.reader, DB_VOCAB_LEADER, "ola aas"));
    import_ok(&first_said);
    const char *before = db_vocabulary_find(fixture.reader, DB_VOCAB_LEADER, "ola aas");
    ck_assert_str_eq(before, "Ola Aas");
    struct said *said = said_new();
    for (int i = 0; i < 5; i++) {
        char digest[16];
        snprintf(digest, sizeof digest, "n%d", i);
        said->edition.digest = digest;
        said->studies[1].leader = i % 2 == 0 ? "En Annen" : "Ola Aas";
        import_ok(said);
        ck_assert_int_eq(db_vocabulary_find(fixture.reader, DB_VOCAB_LEADER, "Ola Aas") != NULL, i % 2 != 0);
        ck_assert_int_eq(db_vocabulary_find(fixture.reader, DB_VOCAB_LEADER, "En Annen") != NULL, i % 2 == 0);
    }
    ck_assert_str_eq(before, "Ola Aas");
    free(said);
}
END_TEST

START_TEST(an_old_transaction_does_not_make_a_vocabulary_stale)
{
    import_ok(&first_said);
    ck_assert_int_eq(db_reader_begin(fixture.reader), DB_OK);
    struct said *said = said_new();
    said->edition.digest = "d2";
    said->studies[1].leader = "En Annen";
    import_ok(said);
    ck_assert_ptr_null(db_vocabulary_find(fixture.reader, DB_VOCAB_LEADER, "En Annen")); /* it sees the state before */
    assert_shows("beta", "leader Ola Aas");
    db_reader_end(fixture.reader);
    ck_assert_ptr_nonnull(db_vocabulary_find(fixture.reader, DB_VOCAB_LEADER, "En Annen"));
    assert_shows("beta", "leader En Annen");
    free(said);
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("reading");
    tcase_add_test(cases, what_was_stored_is_read);
    tcase_add_test(cases, figures_belong_to_their_edition);
    tcase_add_test(cases, notes_tell_their_source);
    tcase_add_test(cases, the_log_tells_what_changed_in_order);
    tcase_add_loop_test(cases, a_study_follows_the_labels_it_shows, 0, LEN(label_changes));
    tcase_add_test(cases, a_new_digest_alone_bumps_no_study);
    tcase_add_test(cases, what_failed_is_not_published);
    tcase_add_test(cases, without_bytes_there_is_no_commit);
    tcase_add_test(cases, a_snapshot_ends_however_late_it_is);
    tcase_add_test(cases, values_are_found_by_all_they_answer_to);
    tcase_add_test(cases, every_value_can_be_suggested);
    tcase_add_test(cases, a_name_as_it_is_spelt_stands_before_one_in_another_case);
    tcase_add_test(cases, a_vocabulary_follows_the_data_and_keeps_what_it_gave);
    tcase_add_test(cases, an_old_transaction_does_not_make_a_vocabulary_stale);
    return run("reading", cases, true);
}
