/* SPDX-License-Identifier: GPL-3.0-or-later
 * Two readers ask while imports commit: each of their transactions sees one state, and versions never run backwards.
 */
#define _GNU_SOURCE
#include "fixture.h"

#include <pthread.h>
#include <stdatomic.h>

#define IMPORTS 60

static atomic_bool is_over;
static atomic_long asked, failures; /* Check is not for other threads: they count, the test looks */

static void require(bool holds)
{
    if (!holds)
        failures++;
}

static bool read_included(void *cls, const struct db_study_recruitment *recruitment)
{
    *(int64_t *)cls = recruitment->total.included;
    return true;
}

static bool read_text(void *cls, const char *bytes, size_t len)
{
    const char *at = memmem(bytes, len, "recruitment 100 ", 16);
    *(long long *)cls = at == NULL ? -7 : strtoll(at + 16, NULL, 10);
    return true;
}

static bool see(void *cls, const char *bytes, size_t len)
{
    (void)cls, (void)bytes, (void)len;
    return true;
}

/* From the image, where it has come meanwhile, else from the engine. */
static int64_t page_of_included(struct db_reader *reader, int64_t included)
{
    struct db_studies_query query = {.limit = 5, .filter.included = {.len = 1, .r = {{included, included}}}};
    struct db_studies_page page = {.total = -1};
    require(db_studies_list(reader, &query, see, NULL, &page) == DB_OK);
    return page.returned == page.total ? page.total : -1;
}

/* The bytes of a study, its numbers and the list are of one state. */
static void ask(struct db_reader *reader)
{
    long long shown = -8;
    int64_t included = -9, count = 0;
    char *moved = NULL;
    require(db_reader_begin(reader) == DB_OK);
    require(db_studies_get(reader, "alpha", read_text, &shown, &moved) == DB_OK);
    require(db_recruitment_get(reader, "alpha", NULL, NULL, read_included, &included) == DB_OK);
    require(db_studies_count(reader, &(struct db_study_filter){.included = {.len = 1, .r = {{shown, shown}}}}, &count) == DB_OK);
    int64_t listed = page_of_included(reader, shown);
    db_reader_end(reader);
    require(shown == included);
    require(count == 1);
    require(listed == 1);
    require(db_vocabulary_find(reader, DB_VOCAB_LEADER, "kari østby") != NULL);
    require(db_vocabulary_find(reader, DB_VOCAB_STUDY, "beta") != NULL);
    asked++;
}

static void *read_on(void *cls)
{
    struct db_reader *reader = NULL;
    int64_t last_data = 0, last_study = 0;
    (void)cls;
    require(db_reader_open(fixture.db, &reader) == DB_OK);
    while (!is_over && failures == 0) {
        struct db_study_state state = {0};
        int64_t data = db_data_version(fixture.db);
        require(data >= last_data);
        require(db_study_state(fixture.db, "alpha", &state) && state.version >= last_study);
        last_data = data;
        last_study = state.version;
        ask(reader);
    }
    db_reader_close(reader);
    return NULL;
}

START_TEST(readers_see_whole_states_while_imports_commit)
{
    pthread_t threads[2];
    struct said *said = said_new();
    import_ok(said);
    for (size_t i = 0; i < LEN(threads); i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, read_on, NULL), 0);
    for (int i = 0; i < IMPORTS || (asked < 200 && failures == 0); i++) {
        char digest[16], code[16];
        snprintf(digest, sizeof digest, "n%d", i);
        snprintf(code, sizeof code, "new-%d", i);
        said->edition.digest = digest;
        said->reports[0].included = 30 + i % 60;
        said->studies[2] = (struct db_study){STUDY(code, "Kari Østby", "ous", "unknown", award_c, -1, -1), .scientific_title = "New"};
        import_ok(said);
    }
    is_over = true;
    for (size_t i = 0; i < LEN(threads); i++)
        pthread_join(threads[i], NULL);
    ck_assert_int_eq(failures, 0);
    ck_assert_int_ge(asked, 200);
    free(said);
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("threads");
    tcase_add_test(cases, readers_see_whole_states_while_imports_commit);
    return run("threads", cases, true);
}
