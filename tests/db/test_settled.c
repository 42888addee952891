/* SPDX-License-Identifier: GPL-3.0-or-later
 * What was promised about an instant stays, while one thread files and others ask; and the image follows beside them.
 */
#include "filing.h"

#include "db/image.h"

#include <pthread.h>
#include <time.h>

static int64_t clock_ms(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_REALTIME, &ts);
    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void wait_for(int64_t instant)
{
    while (clock_ms() < instant)
        nanosleep(&(struct timespec){.tv_nsec = 200000}, NULL);
}

START_TEST(the_future_is_never_settled)
{
    ck_assert(!db_known_is_settled(fixture.db, clock_ms() + 60000));
    ck_assert(db_known_is_settled(fixture.db, clock_ms()));
    ck_assert(db_known_is_settled(fixture.db, 0));
}
END_TEST

START_TEST(a_transaction_under_way_leaves_its_instant_open)
{
    import_ok(&first_said);
    struct db_write *write = begin();
    int64_t now = db_write_now(write);
    wait_for(now + 2);
    ck_assert(db_known_is_settled(fixture.db, now - 1));
    ck_assert(!db_known_is_settled(fixture.db, now));
    ck_assert(!db_known_is_settled(fixture.db, now + 1));
    file_and_keep(write, "alpha", "2025-01-31", 64);
    ck_assert(!db_known_is_settled(fixture.db, now));
    ck_assert_int_eq(db_write_commit(write), DB_OK);
    ck_assert(db_known_is_settled(fixture.db, now + 1));
    write = begin();
    now = db_write_now(write);
    wait_for(now);
    db_write_abandon(write);
    ck_assert(db_known_is_settled(fixture.db, now));
}
END_TEST

START_TEST(a_promise_makes_the_next_transaction_later)
{
    import_ok(&first_said);
    for (int i = 0; i < 50; i++) {
        int64_t promised = clock_ms();
        ck_assert(db_known_is_settled(fixture.db, promised));
        struct db_write *write = begin();
        ck_assert_int_gt(db_write_now(write), promised);
        ck_assert(db_known_is_settled(fixture.db, promised));
        db_write_abandon(write);
    }
}
END_TEST

START_TEST(instants_of_transactions_grow_whatever_the_clock_says)
{
    import_ok(&first_said);
    int64_t last = db_data_updated(fixture.db);
    for (int i = 0; i < 50; i++) {
        struct db_write *write = begin();
        int64_t now = db_write_now(write);
        ck_assert_int_gt(now, last);
        last = now;
        if (i % 2 == 0)
            file_and_keep(write, "alpha", "2025-01-31", i);
        ck_assert_int_eq(db_write_commit(write), DB_OK);
    }
    fixture_close();
    sql("UPDATE register SET updated = %lld", (long long)last + 3600000); /* the clock was set back meanwhile */
    ck_assert_int_eq(fixture_open(false, NULL), DB_OK);
    ck_assert_int_eq(db_reader_open(fixture.db, &fixture.reader), DB_OK);
    struct db_write *write = begin();
    ck_assert_int_gt(db_write_now(write), last + 3600000);
    db_write_abandon(write);
}
END_TEST

/* ── beside a thread that files ─────────────────────────────────────────────────────────────────────────────── */

#define ANSWERS        400
#define TO_EACH_FILING 10 /* so that neither runs ahead of the other */
static struct answer {
    int64_t instant, changes;
} answers[ANSWERS];

static atomic_bool is_over;
static atomic_long renewals, filings, faults; /* Check is not for other threads: they count, the test looks */

struct counting {
    int64_t until, count;
};

static bool count_change(void *cls, const struct db_change *change)
{
    struct counting *counting = cls;
    counting->count += change->at <= counting->until;
    return true;
}

static int64_t changes_until(struct db_reader *reader, int64_t instant)
{
    struct counting counting = {.until = instant};
    faults += db_changes(reader, 0, 1000000, count_change, &counting) != DB_OK;
    return counting.count;
}

static void *ask_on(void *cls)
{
    struct db_reader *reader = NULL;
    (void)cls;
    faults += db_reader_open(fixture.db, &reader) != DB_OK;
    for (int i = 0; i < ANSWERS;) {
        int64_t instant = clock_ms();
        if (i < TO_EACH_FILING * filings && db_known_is_settled(fixture.db, instant)) /* before the reader sees a state */
            answers[i++] = (struct answer){instant, changes_until(reader, instant)};
    }
    db_reader_close(reader);
    is_over = true;
    return NULL;
}

static bool take_code(void *cls, const char *bytes, size_t len)
{
    (void)bytes, (void)len;
    ++*(int *)cls;
    return true;
}

/* The list and its total are of one state, wherever they come from. */
static void ask_for_list(struct db_reader *reader)
{
    int rows = 0;
    struct db_studies_page page = {0};
    const struct db_studies_query query = {.limit = 10};
    faults += db_studies_list(reader, &query, take_code, &rows, &page) != DB_OK || rows != page.total;
}

static void *renew_on(void *cls)
{
    struct db_reader *reader = NULL;
    bool is_made = false;
    (void)cls;
    faults += db_reader_open(fixture.db, &reader) != DB_OK;
    while (!is_over) {
        faults += db_image_renew(fixture.db, &is_over, &is_made) == DB_BUG;
        renewals += is_made;
        ask_for_list(reader);
    }
    db_reader_close(reader);
    return NULL;
}

START_TEST(what_was_answered_of_a_settled_instant_stays)
{
    pthread_t threads[3];
    import_ok(&first_said);
    is_over = false;
    ck_assert_int_eq(pthread_create(&threads[0], NULL, ask_on, NULL), 0);
    ck_assert_int_eq(pthread_create(&threads[1], NULL, renew_on, NULL), 0);
    ck_assert_int_eq(pthread_create(&threads[2], NULL, renew_on, NULL), 0);
    for (; !is_over && filings < 100000; filings++) {
        struct db_write *write = begin();
        file_and_keep(write, filings % 2 == 0 ? "alpha" : "beta", "2025-01-31", 20 + filings % 50);
        ck_assert_int_eq(db_write_commit(write), DB_OK);
    }
    for (size_t i = 0; i < LEN(threads); i++)
        pthread_join(threads[i], NULL);
    ck_assert_int_eq(faults, 0);
    ck_assert_int_ge(filings, ANSWERS / TO_EACH_FILING);
    ck_assert_int_gt(renewals, 0);
    for (size_t i = 0; i < ANSWERS; i++)
        ck_assert_int_eq(changes_until(fixture.reader, answers[i].instant), answers[i].changes);
    ck_assert_int_gt(answers[ANSWERS - 1].changes, answers[0].changes);
    assert_nothing_wrong();
}
END_TEST

/* ── the image ──────────────────────────────────────────────────────────────────────────────────────────────── */

static int64_t image_version(void)
{
    struct image *image = image_map(fixture.path, db_epoch(fixture.db), db_data_version(fixture.db));
    int64_t version = image == NULL ? 0 : image->data_version;
    if (image != NULL)
        image_unmap(image);
    return version;
}

START_TEST(the_image_is_made_anew_where_it_is_of_an_earlier_version)
{
    bool is_made = true;
    const atomic_bool stop = true;
    const struct db_study_filter filter = {.included = {.len = 1, .r = {{64, 64}}}};
    import_ok(&first_said);
    ck_assert_int_eq(db_image_renew(fixture.db, NULL, &is_made), DB_OK);
    ck_assert(!is_made);
    file_at_once("alpha", "2025-01-31", 64);
    ck_assert_int_eq(image_version(), 0);
    ck_assert_int_eq(count_of(&filter), 1); /* the engine was asked */
    ck_assert_int_eq(db_image_renew(fixture.db, &stop, &is_made), DB_TIMEOUT);
    ck_assert_int_eq(image_version(), 0);
    ck_assert_int_eq(db_image_renew(fixture.db, NULL, &is_made), DB_OK);
    ck_assert(is_made);
    ck_assert_int_eq(image_version(), db_data_version(fixture.db));
    ck_assert_int_eq(count_of(&filter), 1);
    assert_nothing_wrong();
    ck_assert_int_eq(db_image_renew(fixture.db, NULL, &is_made), DB_OK);
    ck_assert(!is_made);
}
END_TEST

/* It is of the state that its reader sees, and so are its versions. */
START_TEST(an_image_made_beside_a_transaction_holds_nothing_of_it)
{
    bool is_made = false;
    import_ok(&first_said);
    file_at_once("alpha", "2025-01-31", 64);
    struct db_write *write = begin();
    file_and_keep(write, "alpha", "2025-02-28", 70);
    ck_assert_int_eq(db_image_renew(fixture.db, NULL, &is_made), DB_OK);
    ck_assert(is_made);
    ck_assert_int_eq(image_version(), db_data_version(fixture.db));
    ck_assert_int_eq(count_of(&(struct db_study_filter){.included = {.len = 1, .r = {{70, 70}}}}), 0);
    ck_assert_int_eq(db_write_commit(write), DB_OK);
    ck_assert_int_eq(count_of(&(struct db_study_filter){.included = {.len = 1, .r = {{70, 70}}}}), 1);
    assert_nothing_wrong();
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("settled");
    tcase_add_test(cases, the_future_is_never_settled);
    tcase_add_test(cases, a_transaction_under_way_leaves_its_instant_open);
    tcase_add_test(cases, a_promise_makes_the_next_transaction_later);
    tcase_add_test(cases, instants_of_transactions_grow_whatever_the_clock_says);
    tcase_add_test(cases, what_was_answered_of_a_settled_instant_stays);
    tcase_add_test(cases, the_image_is_made_anew_where_it_is_of_an_earlier_version);
    tcase_add_test(cases, an_image_made_beside_a_transaction_holds_nothing_of_it);
    return run("settled", cases, true);
}
