/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/ingest.h"

#include "ingest/fake_db.h"
#include "ingest/fixture.h"

/* What was told, one fault a line: file:line:field:message. */
static struct {
    char dir[64];
    char *log;
    size_t size, told;
    FILE *out;
    struct ingest_outcome outcome;
} run;

static void setup(void)
{
    memset(&run, 0, sizeof(run));
    fixture_begin(run.dir);
    fixture_fill(run.dir);
    run.out = open_memstream(&run.log, &run.size);
}

static void teardown(void)
{
    (void)fclose(run.out);
    free(run.log);
    free(run.outcome.detail);
    fixture_end(run.dir);
}

static void tell(void *cls, const struct ingest_fault *fault)
{
    (void)cls;
    run.told++;
    (void)fprintf(run.out, "%s:%d:%s:%s\n", known(fault->file), fault->line, known(fault->field), fault->message);
    (void)fflush(run.out);
}

static enum ingest_status check(void)
{
    enum ingest_status status = ingest_check(run.dir, tell, NULL, &run.outcome);
    (void)fflush(run.out);
    return status;
}

/* A line of cards.ndjson. */
#define CARD(study, headline, aim)                                                                                                         \
    "{\"study\":\"" study                                                                                                                  \
    "\",\"hospitals\":[],\"hospitals_stated\":null,\"european_sites\":null,\"inclusion_regions\":[],\"headline\":" headline                \
    ",\"patients\":{\"age_min\":null,\"age_max\":null,\"age_text\":null,\"sexes\":null,\"children\":null,\"condition\":null},\"aim\":" aim \
    ",\"aim_text\":null,\"design\":null,\"design_text\":null,\"arms\":[],\"summary\":null,\"texts\":{\"about\":null,\"novelty\":null,"     \
    "\"importance\":null,\"progress\":null,\"next_steps\":null},\"dates\":{\"start\":null,\"inclusion_end\":null,\"inclusion_end_"         \
    "expected\":"                                                                                                                          \
    "null,\"completion_expected\":null},\"identifiers\":[],\"links\":[],\"publications\":[],\"lines\":null}\n"

/* One change to the fixture, and the only fault it may lead to: its place, and a part of its message. */
static const struct change {
    const char *file, *from, *to; /* from NULL: the file's whole text is `to`; both NULL: the file is gone */
    const char *place, *message;  /* place: file:line:field */
} changes[] = {
    /* files */
    {"notes.csv", NULL, NULL, "notes.csv:0:-", "missing"},
    {"edition.json", NULL, NULL, "edition.json:0:-", "missing"},
    {"studys.csv", NULL, "x", "studys.csv:0:-", "did you mean studies.csv?"},
    {".hidden", NULL, "x", ".hidden:0:-", "nobody would read it"},
    {"cards/alpha.txt", NULL, "{}", "cards/alpha.txt:0:-", "expected ID.json"},
    {"cards/README.md", NULL, "x", "cards/README.md:0:-", "expected ID.json"},
    {"cards/Alpha.json", NULL, "{}", "cards/Alpha.json:0:-", "expected ID.json"},
    /* bytes */
    {"regions.csv", "code",
     "\xef\xbb\xbf"
     "code",
     "regions.csv:1:-", "byte order mark"},
    {"regions.csv", "4\nnord", "4\r\nnord", "regions.csv:2:-", "carriage return"},
    {"regions.csv", "Nord", "N\xf8rd", "regions.csv:3:-", "not UTF-8"},
    {"edition.json", "Demo", "D\xe9mo", "edition.json:5:-", "not UTF-8"},
    {"regions.csv", NULL, "", "regions.csv:1:-", "expected a header row"},
    /* header */
    {"regions.csv", "label_en", "lable_en", "regions.csv:1:label_en", "missing"},
    {"regions.csv", "basis,lines", "basis,lines,extra", "regions.csv:1:extra", "unknown column"},
    {"regions.csv", "code,label_nb", "label_nb,code", "regions.csv:1:label_nb", "column 1 should be \"code\""},
    {"regions.csv", "basis,lines", "basis,lines,lines", "regions.csv:1:lines", "twice"},
    /* records */
    {"regions.csv", "Vest,West,", "Vest,", "regions.csv:2:-", "4 fields: expected 5"},
    {"regions.csv", "Vest,West,", "Vest,West,,", "regions.csv:2:-", "6 fields: expected 5"},
    {"regions.csv", "nord,", "\nnord,", "regions.csv:3:-", "empty line"},
    {"regions.csv", "Nord", "\"Nord", "regions.csv:3:-", "never closed"},
    {"awards.csv", "a \"\"quoted", "a \"quoted", "awards.csv:4:-", "closing quote"},
    {"notes.csv", "figure,total,value,discrepancy", "figure,total,value,discrepency", "notes.csv:6:kind", "did you mean \"discrepancy\"?"},
    /* fields of CSV */
    {"regions.csv", "vest,Vest", ",Vest", "regions.csv:2:code", "must be known"},
    {"mechanisms.csv", "other,AT", "Other,AT", "mechanisms.csv:3:code", "expected a code"},
    {"regions.csv", "nord,Nord", "vest,Nord", "regions.csv:3:code", "\"vest\" stands on line 2 already"},
    {"mechanisms.csv", "other,AT", "other,OU", "mechanisms.csv:3:report_code", "line 2 already"},
    {"regions.csv", "Vest,West", "\" \",West", "regions.csv:2:label_nb", "white space"},
    {"regions.csv", "Vest,West", "Ve\tst,West", "regions.csv:2:label_nb", "control"},
    {"regions.csv", "source,4", "guess,4", "regions.csv:2:basis", "one of source, general-knowledge"},
    {"regions.csv", "source,4", "source,101", "regions.csv:2:lines", "from 1 to 100"},
    {"regions.csv", "source,4", "source,5-4", "regions.csv:2:lines", "expected lines"},
    {"institutions.csv", "vest,source", "vset,source", "institutions.csv:2:region", "did you mean \"vest\"?"},
    {"institutions.csv", "helse-a,general", "helse-x,general", "institutions.csv:3:part_of", "did you mean \"helse-a\"?"},
    {"institutions.csv", "vest,source,,", "vest,source,sykehus-b,", "institutions.csv:2:part_of", "circle"},
    {"institutions.csv", "vest,source,,", "vest,source,helse-a,", "institutions.csv:2:part_of", "circle"},
    {"institutions.csv", "Sykehus B", "Sykehus C", "institutions.csv:4:name", "line 3 already"},
    {"studies.csv", "unknown", "unknwon", "studies.csv:3:status", "did you mean \"unknown\"?"},
    {"studies.csv", "completed\n", "completed\ndelta,,,,unknown\n", "studies.csv:5:id", "no award of this study"},
    {"studies.csv", "completed\n", "completed\nbeta,,,,unknown\n", "studies.csv:5:id", "line 3 already"},
    /* awards */
    {"awards.csv", "alpha,main", "alpha,top-up", "studies.csv:2:id", "no main award"},
    {"awards.csv", "alpha,top-up", "alpha,main", "awards.csv:3:kind", "the first is on line 2"},
    {"awards.csv", "alpha,top-up", "alpah,top-up", "awards.csv:2:study", "did you mean \"alpha\"?"},
    {"awards.csv", "alpha,top-up", "alpha-old,top-up", "awards.csv:2:study", "not an id of studies.csv"},
    {"awards.csv", "2021,AT", "2021,TA", "awards.csv:2:report_code", "not a report_code"},
    {"awards.csv", "2021,AT", "21,AT", "awards.csv:2:call_year", "from 1900 to 2199"},
    {"awards.csv", "2021,AT", "2200,AT", "awards.csv:2:call_year", "from 1900 to 2199"},
    {"awards.csv", "500000", "500 000", "awards.csv:2:amount_nok", "whole number"},
    {"awards.csv", "500000", "-1", "awards.csv:2:amount_nok", "whole number"},
    {"awards.csv", "500000", "1.5", "awards.csv:2:amount_nok", "whole number"},
    {"awards.csv", "9999999999999", "10000000000000", "awards.csv:5:amount_nok", "to 9999999999999"},
    {"awards.csv", "500000", "", "awards.csv:2:amount_nok", "must be known"},
    {"awards.csv", "Hjerne &", "Hjarne &", "awards.csv:3:categories", "not a label_nb"},
    {"awards.csv", "Hjerne &", "Hjerne&", "awards.csv:3:categories", "not a label_nb"},
    {"awards.csv", "øyne & Ører", "øyne & Ører & Ører", "awards.csv:4:categories", "twice"},
    {"awards.csv", "øyne & Ører", "øyne & ", "awards.csv:4:categories", "not a label_nb"},
    {"awards.csv", "Gamma,Ola Hansen,Sykehus C,", "Gamma,Ola Hansen,Sykehus D,", "awards.csv:5:institution", "did you mean \"Sykehus"},
    {"awards.csv", "Gamma,Ola Hansen", "Gamma,", "awards.csv:5:leader", "must be known"},
    {"awards.csv", "Gamma,Ola Hansen", "Gamma,\"Hansen, Ola\"", "awards.csv:5:leader", "make it an alias"},
    {"awards.csv", "Gamma,Ola Hansen", "Gamma,!Ola", "awards.csv:5:leader", "make it an alias"},
    /* aliases */
    {"aliases.csv", "institution,sykehus-c,SC", "hospital,sykehus-c,SC", "aliases.csv:5:kind", "one of institution, leader, study"},
    {"aliases.csv", "institution,sykehus-c,SC", "institution,sykehus-x,SC", "aliases.csv:5:id", "not an id of institutions.csv"},
    {"aliases.csv", "institution,sykehus-c,SC", "institution,sykehus-c,Sykehus C HF", "aliases.csv:5:alias", "line 2 already"},
    {"aliases.csv", "institution,sykehus-c,SC", "institution,sykehus-c,Helse A HF", "aliases.csv:5:alias", "itself the name"},
    {"aliases.csv", "alpha,alpha-old", "alpha,beta", "aliases.csv:4:alias", "itself the name"},
    {"aliases.csv", "alpha,alpha-old", "alpha,Alpha old", "aliases.csv:4:alias", "old id"},
    {"aliases.csv", "alpha,alpha-old", "delta,alpha-old", "aliases.csv:4:id", "not an id of studies.csv"},
    {"aliases.csv", "Kari N.,10\n", "Kari N.,10\nleader,Ola Hansn,O. Hansen,\n", "aliases.csv:4:id", "did you mean \"Ola Hansen\"?"},
    /* counts */
    {"plans.csv", "vest,10", "vest,-10", "plans.csv:3:planned", "whole number"},
    {"plans.csv", "vest,10", "vest,1000000001", "plans.csv:3:planned", "to 1000000000"},
    {"plans.csv", "beta,nord,5,2024-12-31", "beta,vest,5,2024-12-31", "plans.csv:4:as_of", "line 3 says the same"},
    {"plans.csv", "2024-12-31,2026-06", "2024-12,2026-06", "plans.csv:2:as_of", "real day"},
    {"plans.csv", "2024-12-31,2026-06", "2024-12-31,2026-13", "plans.csv:2:planned_end", "real date"},
    {"plans.csv", "beta,nord", "beta,nrod", "plans.csv:4:region", "did you mean \"nord\"?"},
    {"reports.csv", "2023-12-31,80", "2023-12-31,105", "reports.csv:2:included", "less than 105 of 2023-12-31 on line 3"},
    {"reports.csv", "alpha,,2023-12-31", "alpha,,2024-12-31", "reports.csv:3:as_of", "line 2 says the same"},
    {"reports.csv", "gamma,", "delta,", "reports.csv:5:study", "not an id"},
    {"reports.csv", "2023-12-31", "2023-02-29", "reports.csv:3:as_of", "real day"},
    {"plans.csv", "156", "157", "cards/alpha.json:5:headline.patients", "156 does not agree with planned of plans.csv: 157"},
    {"plans.csv", "alpha,,156", "beta,,156", "cards/alpha.json:5:headline.patients", "no row of this study"},
    {"cards/alpha.json", "\"planned\"", "\"included\"", "cards/alpha.json:5:headline.patients", "included of reports.csv: 104"},
    /* figures */
    {"figures.csv", "1313.5", "\"1313,5\"", "figures.csv:2:value", "decimal number"},
    {"figures.csv", "1313.5", "1313.1234567", "figures.csv:2:value", "decimal number"},
    {"figures.csv", "1313.5", "", "figures.csv:2:value", "must be known"},
    {"figures.csv", "million-nok", "million-nk", "figures.csv:2:unit", "did you mean \"million-nok\"?"},
    {"figures.csv", "leaders-share", "leader-share", "figures.csv:3:measure", "did you mean \"leaders-share\"?"},
    {"figures.csv", "open-call", "opencall", "figures.csv:3:mechanism", "did you mean \"open-call\"?"},
    {"figures.csv", "neurological", "brain", "figures.csv:3:category", "not a code of categories.csv"},
    {"figures.csv", "women,leaders", "total,leaders", "figures.csv:3:id", "line 2 already"},
    /* notes */
    {"notes.csv", "study,alpha", "study,alphas", "notes.csv:2:id", "did you mean \"alpha\"?"},
    {"notes.csv", "study,alpha", "study,", "notes.csv:2:id", "empty"},
    {"notes.csv", "leader,Kari Nordmann", "leader,Kari N.", "notes.csv:3:id", "name of a leader"},
    {"notes.csv", "edition,,", "edition,2023,", "notes.csv:4:id", "expected \"2024\""},
    {"notes.csv", "figure,total", "figure,totals", "notes.csv:6:id", "did you mean \"total\"?"},
    {"notes.csv", "programme,demo", "programme,", "notes.csv:7:id", "expected \"demo\""},
    {"notes.csv", "To tredjedeler.", "", "notes.csv:2:text_nb", "says something"},
    {"notes.csv", "recruitment.included", "recruitment included", "notes.csv:2:field", "name of a member"},
    /* JSON as such */
    {"edition.json", "\"edition\"", "edition", "edition.json:2:-", "not JSON"},
    {"edition.json", "}\n", "", "edition.json:7:-", "not JSON"},
    {"edition.json", NULL, "[]\n", "edition.json:1:-", "expected an object"},
    {"edition.json", NULL, "{", "edition.json:1:-", "too early"},
    {"edition.json", "\"licence\": null,", "\"licence\": null, \"licence\": null,", "edition.json:5:-", "twice"},
    {"edition.json", "\"lines\": 100", "\"lines\": [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]",
     "edition.json:0:-", "32 levels"},
    {"edition.json", "\"Demo\"", "\"De\\u0000mo\"", "edition.json:5:-", "NUL"},
    /* members */
    {"edition.json", "\"licence\": null, ", "", "edition.json:1:licence", "missing"},
    {"edition.json", "\"licence\"", "\"licence\": null, \"license\"", "edition.json:5:license", "did you mean \"licence\"?"},
    {"edition.json", "\"lines\": 100", "\"lines\": \"100\"", "edition.json:6:document.lines", "expected a whole number"},
    {"edition.json", "\"lines\": 100", "\"lines\": 100.0", "edition.json:6:document.lines", "expected a whole number"},
    {"edition.json", "\"lines\": 100", "\"lines\": 0", "edition.json:6:document.lines", "from 1 to"},
    {"edition.json", "\"as_of\": \"2024-12-31\"", "\"as_of\": \"2024-12\"", "edition.json:4:as_of", "real day"},
    {"edition.json", "\"as_of\": \"2024-12-31\"", "\"as_of\": null", "edition.json:4:as_of", "must be known"},
    {"edition.json", "\"Demo\"", "\"\"", "edition.json:5:attribution", "write null"},
    {"edition.json", "{\"nb\": \"Utgave\", \"en\": null}", "\"Utgave\"", "edition.json:3:title", "expected an object"},
    {"edition.json", "\"demo\"", "\"dema\"", "programme.json:1:id", "not the programme that edition.json names"},
    {"programme.json", "\"vest\"", "\"vset\"", "programme.json:4:owners[0].region", "did you mean \"vest\"?"},
    {"programme.json", "\"chair\"", "\"chiar\"", "programme.json:11:board[0].role", "did you mean \"chair\"?"},
    {"programme.json", "\"04-01\"", "\"04-31\"", "programme.json:6:reporting.date", "MM-DD"},
    {"programme.json", "\"disclosure_threshold\": 20", "\"disclosure_threshold\": -1", "programme.json:12:disclosure_threshold", "from 0"},
    {"programme.json", "\"step\": 1", "\"step\": null", "programme.json:8:process.steps[0].step", "must be known"},
    {"programme.json", "\"lines\": \"3\"", "\"lines\": \"103\"", "programme.json:11:board[0].lines", "from 1 to 100"},
    /* cards */
    {"cards.ndjson", NULL, CARD("alpha", "null", "null"), "cards/alpha.json:1:study",
     "a second card of the study: the first is cards.ndjson, line 1"},
    {"cards.ndjson", NULL, CARD("beta", "null", "null") CARD("beta", "null", "null"), "cards.ndjson:2:study",
     "a second card of the study: the first is cards.ndjson, line 1"},
    {"cards.ndjson", NULL, CARD("bet", "null", "null"), "cards.ndjson:1:study", "did you mean \"beta\"?"},
    {"cards.ndjson", NULL, CARD("beta", "null", "null") "\n" CARD("gamma", "null", "null"), "cards.ndjson:2:-", "an empty line"},
    {"cards.ndjson", NULL, CARD("beta", "null", "null") "{\"study\":\n", "cards.ndjson:2:-", "not JSON: it ends too early"},
    {"cards.ndjson", NULL, CARD("beta", "null", "null") "[]", "cards.ndjson:2:-", "expected an object"},
    {"cards.ndjson", NULL, CARD("beta", "null", "null") CARD("gamma", "null", "\"treatmnt\""), "cards.ndjson:2:aim",
     "did you mean \"treatment\"?"},
    {"cards.ndjson", NULL, CARD("gamma", "null", "null") CARD("beta", "{\"patients\":9,\"kind\":\"planned\"}", "null"),
     "cards.ndjson:2:headline.patients", "9 does not agree with planned of plans.csv: 15"},
    {"card.ndjson", NULL, "x", "card.ndjson:0:-", "did you mean cards.ndjson?"},
    {"cards/alpha.json", "\"study\": \"alpha\"", "\"study\": \"beta\"", "cards/alpha.json:1:study", "named after"},
    {"cards/alpha.json", "\"sykehus-b\"", "\"sykehus-x\"", "cards/alpha.json:3:hospitals[1]", "did you mean"},
    {"cards/alpha.json", "\"sykehus-b\"", "\"helse-a\"", "cards/alpha.json:3:hospitals[1]", "twice"},
    {"cards/alpha.json", "\"sykehus-b\"", "7", "cards/alpha.json:3:hospitals[1]", "expected a string"},
    {"cards/alpha.json", "[\"vest\"]", "[\"west\"]", "cards/alpha.json:4:inclusion_regions[0]", "did you mean \"vest\"?"},
    {"cards/alpha.json", "[\"vest\"]", "\"vest\"", "cards/alpha.json:4:inclusion_regions", "expected an array"},
    {"cards/alpha.json", "\"age_min\": 50", "\"age_min\": 90", "cards/alpha.json:6:patients.age_min", "greater than age_max"},
    {"cards/alpha.json", "\"age_max\": 85", "\"age_max\": 131", "cards/alpha.json:6:patients.age_max", "to 130"},
    {"cards/alpha.json", "[\"male\", \"female\"]", "[\"male\", \"male\"]", "cards/alpha.json:7:patients.sexes", "at most once"},
    {"cards/alpha.json", "[\"male\", \"female\"]", "[]", "cards/alpha.json:7:patients.sexes", "expected an array"},
    {"cards/alpha.json", "\"children\": null", "\"children\": false", "cards/alpha.json:8:patients.children", "true or null"},
    {"cards/alpha.json", "\"aim\": \"treatment\"", "\"aim\": \"treatmnt\"", "cards/alpha.json:9:aim", "did you mean \"treatment\"?"},
    {"cards/alpha.json", "\"design\": \"parallel\"", "\"design\": \"open\"", "cards/alpha.json:9:design", "one of parallel, crossover"},
    {"cards/alpha.json", "\"arms\"", "\"armes\"", "cards/alpha.json:10:armes", "did you mean \"arms\"?"},
    {"cards/alpha.json", "\"Placebo\"", "\"\\t\"", "cards/alpha.json:10:arms[1]", "control"},
    {"cards/alpha.json", "\"2021-06\"", "\"2021-6\"", "cards/alpha.json:14:dates.start", "real date"},
    {"cards/alpha.json", "https://", "ftp://", "cards/alpha.json:17:links[0].url", "http://"},
    {"cards/alpha.json", "10.1000/x", "doi:10.1000/x", "cards/alpha.json:18:publications[0].doi", "DOI"},
    {"cards/alpha.json", "\"40-60\"", "\"40-600\"", "cards/alpha.json:19:lines", "from 1 to 100"},
    {"cards/alpha.json", "{\"nb\": \"Kort.\"", "{\"no\": null, \"nb\": \"Kort.\"", "cards/alpha.json:11:summary.no", "unknown member"},
};

/* A renamed member or column is two faults: the unknown one and the missing one. Only one is looked for above. */
static bool is_pair(const struct change *change)
{
    return strcmp(change->to != NULL ? change->to : "", "lable_en") == 0 || strcmp(change->to != NULL ? change->to : "", "\"armes\"") == 0;
}

static void apply(const struct change *change)
{
    if (change->from != NULL)
        fixture_replace(run.dir, change->file, change->from, change->to);
    else if (change->to != NULL)
        fixture_write(run.dir, change->file, change->to, strlen(change->to));
    else
        fixture_remove(run.dir, change->file);
}

START_TEST(fixture_has_no_fault)
{
    ck_assert_int_eq(check(), INGEST_OK);
    ck_assert_str_eq(run.log, "");
    ck_assert_uint_eq(run.outcome.faults, 0);
}
END_TEST

START_TEST(fault_is_told_at_its_place)
{
    const struct change *change = &changes[_i];
    apply(change);
    ck_assert_int_eq(check(), INGEST_FAULTS);
    const char *line = run.log;
    size_t place = strlen(change->place);
    while (line != NULL && *line != '\0' && !(strncmp(line, change->place, place) == 0 && line[place] == ':'))
        line = strchr(line, '\n') + 1;
    ck_assert_msg(line != NULL && *line != '\0', "%s is not told, but:\n%s", change->place, run.log);
    ck_assert_msg(strstr(line, change->message) != NULL, "\"%s\" is not said:\n%s", change->message, run.log);
    ck_assert_msg(run.outcome.faults == (is_pair(change) ? 2 : 1), "one fault led to others:\n%s", run.log);
}
END_TEST

START_TEST(several_faults_are_told_at_once_in_order)
{
    fixture_replace(run.dir, "studies.csv", "recruiting", "recruting");
    fixture_replace(run.dir, "regions.csv", "Nord,,general-knowledge", "Nord,,");
    fixture_replace(run.dir, "awards.csv", "2021,AT,Alpha more", "21,XX,");
    fixture_replace(run.dir, "cards/alpha.json", "\"age_min\": 50", "\"age_min\": \"50\"");
    fixture_write(run.dir, "zzz.csv", "", 0);
    fixture_write(run.dir, "cards/delta.json", "{}", 2);
    ck_assert_int_eq(check(), INGEST_FAULTS);
    static const char *const places[] = {"awards.csv:2:call_year",
                                         "awards.csv:2:title",
                                         "awards.csv:2:report_code",
                                         "cards/alpha.json:6:patients.age_min",
                                         "cards/delta.json:0:-",
                                         "cards/delta.json:1:study",
                                         "regions.csv:3:basis",
                                         "studies.csv:2:status",
                                         "zzz.csv:0:-"};
    const char *at = run.log;
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        at = strstr(at, places[i]);
        ck_assert_msg(at != NULL, "%s is not told, or not in order:\n%s", places[i], run.log);
    }
}
END_TEST

START_TEST(file_that_cannot_be_read_does_not_put_others_in_the_wrong)
{
    fixture_replace(run.dir, "institutions.csv", "id,name", "id,navn");
    ck_assert_int_eq(check(), INGEST_FAULTS);
    ck_assert_msg(run.outcome.faults == 2, "%s", run.log);
    ck_assert_ptr_nonnull(strstr(run.log, "institutions.csv:1:name:the column is missing"));
    ck_assert_ptr_nonnull(strstr(run.log, "institutions.csv:1:navn:unknown column"));
}
END_TEST

START_TEST(two_hundred_faults_are_told_and_the_rest_is_counted)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    (void)fputs("code,label_nb,label_en,basis,lines\nvest,,,source,\nnord,,,source,\n", out);
    for (int i = 0; i < 1000; i++)
        (void)fprintf(out, "r-%d,,,guess,\n", i);
    (void)fclose(out);
    fixture_write(run.dir, "regions.csv", text, size);
    free(text);
    ck_assert_int_eq(check(), INGEST_FAULTS);
    ck_assert_uint_eq(run.outcome.faults, 1000);
    ck_assert_uint_eq(run.told, INGEST_FAULTS_TOLD + 1);
    ck_assert_ptr_nonnull(strstr(run.log, "regions.csv:4:basis"));
    ck_assert_ptr_nonnull(strstr(run.log, "regions.csv:203:basis"));
    ck_assert_ptr_null(strstr(run.log, "regions.csv:204:basis"));
    ck_assert_ptr_nonnull(strstr(run.log, "-:0:-:800 more faults"));
}
END_TEST

START_TEST(earlier_faults_are_told_even_when_found_late)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    (void)fputs("code,label_nb,label_en,basis,lines\nvest,,,source,\nnord,,,source,\n", out);
    for (int i = 0; i < 300; i++)
        (void)fprintf(out, "r-%d,,,guess,\n", i);
    (void)fclose(out);
    fixture_write(run.dir, "regions.csv", text, size);
    free(text);
    fixture_replace(run.dir, "cards/alpha.json", "\"age_min\": 50", "\"age_min\": 90");
    ck_assert_int_eq(check(), INGEST_FAULTS);
    ck_assert_int_eq(strncmp(run.log, "cards/alpha.json:6", 18), 0);
    ck_assert_ptr_nonnull(strstr(run.log, "-:0:-:101 more faults"));
}
END_TEST

START_TEST(links_and_folders_are_not_followed)
{
    char path[200], inside[200];
    fixture_remove(run.dir, "plans.csv");
    fixture_path(path, run.dir, "plans.csv");
    ck_assert_int_eq(symlink("reports.csv", path), 0);
    fixture_path(path, run.dir, "more");
    ck_assert_int_eq(mkdir(path, 0700), 0);
    fixture_path(inside, run.dir, "cards/beta.json");
    ck_assert_int_eq(mkdir(inside, 0700), 0);
    ck_assert_int_eq(check(), INGEST_FAULTS);
    ck_assert_ptr_nonnull(strstr(run.log, "plans.csv:0:-:not a plain file"));
    ck_assert_ptr_nonnull(strstr(run.log, "more:0:-:not a file of a data set"));
    ck_assert_ptr_nonnull(strstr(run.log, "cards/beta.json:0:-:not a plain file"));
    ck_assert_uint_eq(run.outcome.faults, 3);
}
END_TEST

START_TEST(cards_that_are_a_link_are_a_fault)
{
    char path[200];
    fixture_remove(run.dir, "cards/alpha.json");
    fixture_path(path, run.dir, "cards");
    ck_assert_int_eq(rmdir(path), 0);
    ck_assert_int_eq(symlink("/tmp", path), 0);
    ck_assert_int_eq(check(), INGEST_FAULTS);
    ck_assert_str_eq(run.log, "cards:0:-:not a folder (links are not followed)\n");
}
END_TEST

START_TEST(folder_without_cards_is_fine)
{
    char path[200];
    fixture_remove(run.dir, "cards/alpha.json");
    ck_assert_int_eq(check(), INGEST_OK);
    fixture_path(path, run.dir, "cards");
    ck_assert_int_eq(rmdir(path), 0);
    ck_assert_int_eq(check(), INGEST_OK);
}
END_TEST

START_TEST(nul_byte_is_a_fault)
{
    static const char text[] = "code,label_nb,label_en,basis,lines\nve\0st,,,source,\n";
    fixture_write(run.dir, "regions.csv", text, sizeof(text) - 1);
    ck_assert_int_eq(check(), INGEST_FAULTS);
    ck_assert_str_eq(run.log, "regions.csv:2:-:a NUL byte\n");
}
END_TEST

START_TEST(json_longer_than_its_bound_is_a_fault)
{
    size_t size = (size_t)4 * 1024 * 1024 + 1;
    char *text = malloc(size);
    memset(text, ' ', size);
    fixture_write(run.dir, "cards/beta.json", text, size);
    free(text);
    ck_assert_int_eq(check(), INGEST_FAULTS);
    ck_assert_ptr_nonnull(strstr(run.log, "cards/beta.json:0:-:longer than 4 MiB"));
}
END_TEST

START_TEST(a_line_of_cards_longer_than_a_card_may_be_is_a_fault)
{
    size_t size = 4 * 1024 * 1024 + 2;
    char *text = malloc(size);
    memset(text, ' ', size);
    text[size - 1] = '\n';
    fixture_write(run.dir, "cards.ndjson", text, size);
    free(text);
    ck_assert_int_eq(check(), INGEST_FAULTS);
    ck_assert_str_eq(run.log, "cards.ndjson:1:-:longer than 4 MiB\n");
}
END_TEST

START_TEST(faults_show_no_control_characters)
{
    fixture_write(run.dir, "a\x1b[31m\xff.csv", "x", 1);
    ck_assert_int_eq(check(), INGEST_FAULTS);
    ck_assert_int_eq(strncmp(run.log, "a?[31m?.csv:0:-:", 16), 0);
}
END_TEST

START_TEST(folder_that_is_not_there_is_unreadable)
{
    ck_assert_int_eq(ingest_check("/nowhere/at/all", tell, NULL, &run.outcome), INGEST_UNREADABLE);
    ck_assert_ptr_nonnull(run.outcome.detail);
    ck_assert_uint_eq(run.told, 0);
}
END_TEST

START_TEST(empty_folder_lacks_every_file)
{
    fixture_end(run.dir);
    ck_assert_int_eq(mkdir(run.dir, 0700), 0);
    ck_assert_int_eq(check(), INGEST_FAULTS);
    ck_assert_uint_eq(run.outcome.faults, 13);
}
END_TEST

static TCase *folder_cases(void)
{
    TCase *cases = tcase_create("folder");
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, links_and_folders_are_not_followed);
    tcase_add_test(cases, cards_that_are_a_link_are_a_fault);
    tcase_add_test(cases, folder_without_cards_is_fine);
    tcase_add_test(cases, nul_byte_is_a_fault);
    tcase_add_test(cases, json_longer_than_its_bound_is_a_fault);
    tcase_add_test(cases, a_line_of_cards_longer_than_a_card_may_be_is_a_fault);
    tcase_add_test(cases, faults_show_no_control_characters);
    tcase_add_test(cases, folder_that_is_not_there_is_unreadable);
    tcase_add_test(cases, empty_folder_lacks_every_file);
    return cases;
}

int main(void)
{
    Suite *suite = suite_create("ingest/ingest");
    TCase *cases = tcase_create("faults");
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, fixture_has_no_fault);
    tcase_add_loop_test(cases, fault_is_told_at_its_place, 0, sizeof(changes) / sizeof(changes[0]));
    tcase_add_test(cases, several_faults_are_told_at_once_in_order);
    tcase_add_test(cases, file_that_cannot_be_read_does_not_put_others_in_the_wrong);
    tcase_add_test(cases, two_hundred_faults_are_told_and_the_rest_is_counted);
    tcase_add_test(cases, earlier_faults_are_told_even_when_found_late);
    suite_add_tcase(suite, cases);
    suite_add_tcase(suite, folder_cases());
    return fixture_run(suite);
}
