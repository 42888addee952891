/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/ingest.h"

#include "ingest/fake_db.h"
#include "ingest/fixture.h"

static char dir[64];
static struct ingest_outcome outcome;

static void setup(void)
{
    fixture_begin(dir);
    fixture_fill(dir);
    fake_begin();
    memset(&outcome, 0, sizeof(outcome));
}

static void teardown(void)
{
    free(outcome.detail);
    fake_end();
    fixture_end(dir);
}

static const char expected[] =
    "programme|demo|Prøve|Demo|DEMO|20|{\"since\":2016,\"purpose\":{\"nb\":\"Å prøve\",\"en\":null},"
    "\"owners\":[{\"name\":\"Helse A\",\"region\":\"vest\",\"basis\":\"general-knowledge\"}],\"administered_by\":{\"name\":\"Helse A\"},"
    "\"mandate\":null,\"reporting\":{\"frequency\":\"yearly\",\"date\":\"04-01\",\"text\":null},\"process\":{\"from_year\":2025,"
    "\"steps\":[{\"step\":1,\"name\":{\"nb\":\"Først\",\"en\":\"First\"},\"text\":null}]},\"user_involvement\":null,"
    "\"board\":[{\"name\":\"Per Leder\",\"role\":\"chair\",\"title\":null,\"region\":\"nord\",\"lines\":\"3\"}],\"lines\":\"1-9\"}\n"
    "edition|demo|2024|Utgave|-|2024-12-31|2025-04-01|-|-|Demo|report|Report|-|100\n"
    "region|vest|Vest|West|source|4|0\n"
    "region|nord|Nord|-|general-knowledge|-|1\n"
    "mechanism|open-call|OU|Ordinær utlysning|Open call|5|0\n"
    "mechanism|other|AT|-|-|5|1\n"
    "category|neurological|Hjerne|Neurological|source|6|0\n"
    "category|oral|Munnhule, mage-tarm|-|-|6|1\n"
    "category|ear|Ører|Ear|general-knowledge|-|2\n"
    "category|ear-eye|Ører & øyne|-|-|7|3\n"
    "category|skin|-|Skin|general-knowledge|-|4\n"
    "institution|helse-a|Helse A HF|vest|source|-|-|8|\n"
    "institution|sykehus-b|Sykehus B|-|-|helse-a|general-knowledge|8|\n"
    "institution|sykehus-c|Sykehus C|nord|general-knowledge|-|-|9|Sykehus C HF+SC\n"
    "leader-alias|Kari Nordmann|Kari N.\n"
    "study|alpha|demo|ALPHA|Om alfa|-|Alpha trial|Kari Nordmann|helse-a|recruiting|neurological+oral|40-60+10-12+13|card\n"
    "  award|main|2019|open-call|1000000|Alpha trial|10-12\n"
    "  award|top-up|2021|other|500000|Alpha more|13\n"
    "  places|helse-a+sykehus-b|vest|7|-1\n"
    "  patients|50|85|50-85 år|3|-1|Demens|-\n"
    "  design|treatment|Behandling|parallel|Parallell|Ambroxol+Placebo\n"
    "  texts|Kort.|Short.|Om\nden|-|-|-|-|Next\n"
    "  dates|2021-06|-|2026|-\n"
    "  identifier|nct|NCT00000001\n"
    "  link|https://example.org/a|Side\n"
    "  publication|A et al.|10.1000/x\n"
    "study|beta|demo|-|-|-|Beta, a \"quoted\" trial|Ola Hansen|sykehus-c|unknown|ear-eye+ear|14;16-17|no card\n"
    "  award|main|2020|open-call|0|Beta, a \"quoted\" trial|14;16-17\n"
    "  places|||-1|-1\n"
    "  patients|-1|-1|-|0|-1|-|-\n"
    "  design|-|-|-|-|\n"
    "  texts|-|-|-|-|-|-|-|-\n"
    "  dates|-|-|-|-\n"
    "study|gamma|demo|GAMMA|-|Gamma, in English|Gamma|Ola Hansen|sykehus-c|completed|neurological|18|no card\n"
    "  award|main|2022|open-call|9999999999999|Gamma|18\n"
    "  places|||-1|-1\n"
    "  patients|-1|-1|-|0|-1|-|-\n"
    "  design|-|-|-|-|\n"
    "  texts|-|-|-|-|-|-|-|-\n"
    "  dates|-|-|-|-\n"
    "study-alias|alpha|alpha-old\n"
    "plan|alpha|-|156|2024-12-31|2026-06|20\n"
    "report|alpha|-|2024-12-31|104|22\n"
    "report|alpha|-|2023-12-31|80|22\n"
    "report|alpha|vest|2024-12-31|60|23\n"
    "plan|beta|vest|10|2024-12-31|-|21\n"
    "plan|beta|nord|5|2024-12-31|-|21\n"
    "report|gamma|-|2024-12-31|0|24\n"
    "figure|total|amount|million-nok|0|-|-|-|-|13135|1|2024|Sum|Total|1 313,5|30\n"
    "figure|women|leaders-share|percent|2019|open-call|vest|neurological|women|-25|2|-|-|-|-|31\n"
    "note|study|alpha|recruitment.included|ambiguous|To tredjedeler.|-|22\n"
    "note|leader|Kari Nordmann|name|variant|-|Two spellings.|10\n"
    "note|edition|-|-|missing|Første linje\nandre linje|-|-\n"
    "note|figure|total|value|discrepancy|Ulikt.|-|30\n"
    "note|programme|demo|-|interpretation|-|Read so.|-\n"
    "finish|kept\n";

START_TEST(everything_is_stored_in_the_order_the_database_asks_for)
{
    ck_assert_int_eq(ingest_dataset(NULL, dir, false, NULL, NULL, &outcome), INGEST_OK);
    ck_assert_str_eq(fake_log(), expected);
    ck_assert(outcome.result.changed);
    ck_assert_int_eq(outcome.result.studies_added, 3);
    ck_assert_int_eq(outcome.db_status, DB_OK);
    ck_assert_uint_eq(outcome.counts.awards, 4);
    ck_assert_uint_eq(outcome.counts.cards, 1);
    ck_assert_uint_eq(outcome.counts.notes, 5);
    ck_assert_str_eq(outcome.programme, "demo");
    ck_assert_str_eq(outcome.edition, "2024");
    ck_assert_int_eq(fake.finished, 1);
    ck_assert_int_eq(fake.abandoned, 0);
    ck_assert_uint_eq(fake.expected, 3);
}
END_TEST

/* The same card on one line of cards.ndjson. */
START_TEST(cards_as_lines_are_stored_as_cards_as_files_are)
{
    char line[4000];
    size_t len = 0;
    const char *text = fixture_text("cards/alpha.json");
    for (; *text != '\0'; text++)
        line[len++] = *text == '\n' ? ' ' : *text;
    line[len++] = '\n';
    fixture_remove(dir, "cards/alpha.json");
    fixture_write(dir, "cards.ndjson", line, len);
    ck_assert_int_eq(ingest_dataset(NULL, dir, false, NULL, NULL, &outcome), INGEST_OK);
    ck_assert_str_eq(fake_log(), expected);
    ck_assert_uint_eq(outcome.counts.cards, 1);
}
END_TEST

static struct {
    char what[2000];
} said;

static void hear(void *cls, const char *what, int64_t done, int64_t of)
{
    ck_assert_ptr_eq(cls, &said);
    ck_assert_int_ge(done, 0);
    ck_assert_int_le(done, of);
    size_t used = strlen(said.what);
    (void)snprintf(said.what + used, sizeof(said.what) - used, "%s;", what);
}

START_TEST(every_step_says_how_far_it_is)
{
    static const char *const steps[] = {"KiB of studies.csv read;", "KiB of reports.csv read;", "studies stored;",
                                        "studies with plans and reports stored;", "notes;"};
    const char *at = said.what;
    ck_assert_int_eq(ingest_dataset_steps(NULL, dir, false, NULL, hear, &said, &outcome), INGEST_OK);
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        at = strstr(at, steps[i]);
        ck_assert_msg(at != NULL, "%s is missing or too early: %s", steps[i], said.what);
    }
}
END_TEST

START_TEST(dry_run_is_handed_on)
{
    ck_assert_int_eq(ingest_dataset(NULL, dir, true, NULL, NULL, &outcome), INGEST_OK);
    ck_assert_ptr_nonnull(strstr(fake_log(), "finish|dry\n"));
}
END_TEST

START_TEST(same_edition_again_is_abandoned_and_changes_nothing)
{
    fake.same = true;
    ck_assert_int_eq(ingest_dataset(NULL, dir, false, NULL, NULL, &outcome), INGEST_OK);
    ck_assert(!outcome.result.changed);
    ck_assert_int_eq(outcome.result.data_version, 6);
    ck_assert_int_eq(fake.finished, 0);
    ck_assert_int_eq(fake.abandoned, 1);
    ck_assert_ptr_null(strstr(fake_log(), "region|"));
}
END_TEST

/* One record of each kind. */
static const char *const refusals[] = {"edition|",   "region|nord",  "mechanism|",     "category|oral", "institution|", "leader-alias|",
                                       "study|beta", "study-alias|", "plan|beta|vest", "report|gamma",  "figure|women", "note|leader"};

START_TEST(refusal_of_the_database_is_handed_on_and_nothing_is_kept)
{
    fake.refuse = refusals[_i];
    ck_assert_int_eq(ingest_dataset(NULL, dir, false, NULL, NULL, &outcome), INGEST_STORAGE);
    ck_assert_int_eq(outcome.db_status, DB_CONFLICT);
    ck_assert_str_eq(outcome.detail, "refused for the test");
    ck_assert_int_eq(fake.finished, 0);
    ck_assert_int_eq(fake.abandoned, 1);
}
END_TEST

START_TEST(data_set_with_a_fault_never_reaches_the_database)
{
    fixture_replace(dir, "regions.csv", "source", "guess");
    ck_assert_int_eq(ingest_dataset(NULL, dir, false, NULL, NULL, &outcome), INGEST_FAULTS);
    ck_assert_uint_eq(outcome.faults, 1);
    ck_assert_int_eq(fake.begun, 0);
}
END_TEST

static void digest_of(char digest[65])
{
    ck_assert_int_eq(ingest_dataset(NULL, dir, false, NULL, NULL, &outcome), INGEST_OK);
    memcpy(digest, fake.digest, 65);
}

START_TEST(digest_follows_every_file_but_the_readme)
{
    char first[65], readme[65], notes[65], card[65], again[65];
    digest_of(first);
    ck_assert_uint_eq(strspn(first, "0123456789abcdef"), 64);
    fixture_write(dir, "README.md", "Other words.\n", 13);
    digest_of(readme);
    ck_assert_str_eq(first, readme);
    fixture_replace(dir, "notes.csv", "Ulikt.", "Ulike.");
    digest_of(notes);
    ck_assert_str_ne(first, notes);
    fixture_fill(dir);
    fixture_replace(dir, "cards/alpha.json", "\"Kort.\"", "\"Kort!\"");
    digest_of(card);
    ck_assert_str_ne(first, card);
    ck_assert_str_ne(notes, card);
    fixture_fill(dir);
    digest_of(again);
    ck_assert_str_eq(first, again);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("ingest/store");
    TCase *cases = tcase_create("store");
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, everything_is_stored_in_the_order_the_database_asks_for);
    tcase_add_test(cases, cards_as_lines_are_stored_as_cards_as_files_are);
    tcase_add_test(cases, every_step_says_how_far_it_is);
    tcase_add_test(cases, dry_run_is_handed_on);
    tcase_add_test(cases, same_edition_again_is_abandoned_and_changes_nothing);
    tcase_add_loop_test(cases, refusal_of_the_database_is_handed_on_and_nothing_is_kept, 0, sizeof(refusals) / sizeof(refusals[0]));
    tcase_add_test(cases, data_set_with_a_fault_never_reaches_the_database);
    tcase_add_test(cases, digest_follows_every_file_but_the_readme);
    suite_add_tcase(suite, cases);
    return fixture_run(suite);
}
