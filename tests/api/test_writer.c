/* SPDX-License-Identifier: GPL-3.0-or-later
 * What becomes of filings where the one writer cannot do what it took, has more than it takes, or has long been at something else. Who is
 * refused has filed nothing, and may send the same again.
 */
#define _GNU_SOURCE /* F_SETLEASE */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "api/writing.h"
#include "wire.h"

static struct daemon *daemon_;
static const char *editor;

/* One worker: what it has answered came after what it was sent before. A rest in the middle of a request is no matter here. */
#define OPTIONS                                                                                                                            \
    "--workers", "1", "--max-connections-per-address", "0", "--header-timeout", "5m", "--body-timeout", "5m", "--send-timeout", "5m"

static void setup(void)
{
    daemon_ = daemon_start(register_to_write(), OPTIONS, NULL);
    editor = token_made(daemon_, "editor", "--programme", "nordlys");
}

static void teardown(void)
{
    daemon_stop(daemon_);
}

/* ── the writer, held ───────────────────────────────────────────────────────────────────────────────────────── */

/* An import makes the image at its end, beside the old one. The file that it opens for that is there already, under a lease: its open()
 * rests until the lease is given up, and the one who holds it gets a signal. Until then nobody else has a turn. Nothing may have been filed
 * since the daemon started: the image would be renewed for that, by another thread. */
struct held {
    int fd;
    struct running *import;
};

/* Each edition says something else, so that the image is made anew. */
static const char *next_edition(void)
{
    static int editions;
    static const char old_id[] = "aegir-old";
    const char *folder = text_format("%s/held-%d", support_folder(), ++editions);
    for (size_t i = 0; i < sizeof invented_files / sizeof *invented_files; i++) {
        const char *content = invented_files[i].content, *at = strstr(content, old_id);
        if (at)
            content = text_format("%.*sheld-%d%s", (int)(at - content), content, editions, at + strlen(old_id));
        file_write(folder, invented_files[i].name, content);
    }
    return folder;
}

static struct held hold_writer(void)
{
    const char *image = text_format("%s-image.new", daemon_db(daemon_));
    sigset_t asked;
    sigemptyset(&asked);
    sigaddset(&asked, SIGIO);
    ck_assert_int_eq(sigprocmask(SIG_BLOCK, &asked, NULL), 0);
    file_write("", image, "");
    struct held held = {.fd = open(image, O_RDONLY | O_CLOEXEC)};
    ck_assert_msg(held.fd >= 0 && fcntl(held.fd, F_SETLEASE, F_RDLCK) == 0, "no lease on %s: %m", image);
    held.import = studyd_begin("import", "--db", daemon_db(daemon_), next_edition(), NULL);
    const struct timespec patience = {.tv_sec = PATIENCE_MS / 1000};
    ck_assert_msg(sigtimedwait(&asked, NULL, &patience) == SIGIO, "no import came so far");
    return held;
}

static void let_go(struct held *held)
{
    ck_assert_int_eq(fcntl(held->fd, F_SETLEASE, F_UNLCK), 0);
    close(held->fd);
    struct outcome outcome = studyd_end(held->import);
    ck_assert_msg(outcome.status == 0, "the import ended with %d: %s%s", outcome.status, outcome.out, outcome.err);
}

/* ── filings that differ ────────────────────────────────────────────────────────────────────────────────────── */

/* None is so small that its history leaves out reports. */
static const char *const studies[] = {"aurora", "borealis", "corona", "aegir"};
#define STUDIES ((int)(sizeof studies / sizeof *studies))

/* A filing is a number: each has a day of its study for itself. */
static const char *study_of(int i)
{
    return studies[i % STUDIES];
}

static const char *day_of(int i)
{
    int day = i / STUDIES;
    return text_format("%d-%02d-%02d", 2016 + day / 336, day / 28 % 12 + 1, day % 28 + 1);
}

static const char *posted(int i)
{
    const char *body = text_format("{\"as_of\": \"%s\", \"included\": %d, \"correction\": true}", day_of(i), 100 + i);
    return text_format("POST %s HTTP/1.1\r\nHost: a\r\n%s\r\n" ANY "\r\n" JSON_BODY
                       "\r\nIdempotency-Key: %d\r\nContent-Length: %zu\r\n\r\n%s",
                       recruitment_of(study_of(i)), editor, i, strlen(body), body);
}

static struct answer *answered(struct wire *wire, int i)
{
    struct answer *answer = wire_answer(wire, "POST", recruitment_of(study_of(i)), false);
    ck_assert_msg(answer, "filing %d was not answered", i);
    return answer;
}

static struct answer *file_again(int i)
{
    struct wire *wire = wire_open(daemon_);
    wire_text(wire, posted(i));
    struct answer *answer = answered(wire, i);
    wire_close(wire);
    return answer;
}

/* How often the history holds a report of each of these filings. */
static void count_filed(int counts[], int len)
{
    memset(counts, 0, (size_t)len * sizeof *counts);
    for (int s = 0; s < STUDIES; s++) {
        const char *next = text_format("/studies/%s/history?limit=100", studies[s]);
        while (next) {
            const json_t *page = must_get(daemon_, next)->json, *version, *report;
            size_t v, r;
            json_array_foreach(json_at(page, "data"), v, version)
            {
                json_array_foreach(json_object_get(version, "reports"), r, report)
                {
                    for (int i = s; i < len; i += STUDIES)
                        counts[i] += strcmp(text_at(report, "as_of"), day_of(i)) == 0;
                }
            }
            next = json_string_value(json_object_get(json_object_get(page, "links"), "next"));
        }
    }
}

static json_int_t data_version(void)
{
    return int_at(must_get(daemon_, "/")->json, "data_version");
}

static void assert_refused(const struct answer *answer, const char *slug)
{
    assert_problem(answer, 503, slug);
    const char *after = answer_header(answer, "Retry-After");
    ck_assert(after && strtol(after, NULL, 10) > 0);
    ck_assert_ptr_nonnull(strstr(text_at(answer->json, "remedy"), "Try again after the time that Retry-After says"));
    ck_assert_ptr_null(answer_header(answer, "ETag"));
    ck_assert_ptr_null(answer_header(answer, "Location"));
}

/* Until all that was sent before it has been read and, where there is nothing to wait for, answered. */
static void let_worker_come_round(void)
{
    for (int i = 0; i < 2; i++)
        must_get(daemon_, "/regions");
}

/* ── a commit that fails ────────────────────────────────────────────────────────────────────────────────────── */

#define TOGETHER 16

/* So many filings in one transaction. Returns the data version before it. */
static json_int_t file_together(int first, bool disk_is_full, const struct answer *ret_answers[TOGETHER])
{
    struct wire *wires[TOGETHER];
    struct held held = hold_writer();
    json_int_t before = data_version();
    for (int i = 0; i < TOGETHER; i++) {
        wires[i] = wire_open(daemon_);
        wire_text(wires[i], posted(first + i));
    }
    let_worker_come_round();
    for (int i = 0; i < TOGETHER; i++)
        ck_assert_msg(wire_is_silent(wires[i]), "filing %d was answered before its turn", first + i);
    struct stat log;
    ck_assert_int_eq(stat(text_format("%s-wal", daemon_db(daemon_)), &log), 0);
    if (disk_is_full)
        daemon_files_bound(daemon_, log.st_size);
    let_go(&held);
    for (int i = 0; i < TOGETHER; i++) {
        ret_answers[i] = answered(wires[i], first + i);
        wire_close(wires[i]);
    }
    return before;
}

static void assert_filed(const int wanted[], int len)
{
    int *counts = keep((size_t)len * sizeof *counts);
    count_filed(counts, len);
    for (int i = 0; i < len; i++)
        ck_assert_msg(counts[i] == wanted[i], "filing %d is in the register %d times, not %d", i, counts[i], wanted[i]);
}

static void assert_sound_and_served_again(void)
{
    const char *db = daemon_db(daemon_);
    daemon_stop(daemon_);
    struct outcome check = studyd_run("check", "--db", db, NULL);
    ck_assert_msg(check.status == 0, "%s%s", check.out, check.err);
    daemon_ = daemon_serve(db, OPTIONS, NULL);
}

START_TEST(a_commit_that_fails_fails_for_all_who_share_it)
{
    const struct answer *answers[TOGETHER];
    int wanted[2 * TOGETHER] = {0};
    json_int_t before = file_together(0, false, answers);
    for (int i = 0; i < TOGETHER; i++) {
        assert_status(answers[i], 201);
        wanted[i] = 1;
    }
    ck_assert_int_eq(data_version(), before + 1); /* they did share one */
    assert_sound_and_served_again();
    before = file_together(TOGETHER, true, answers);
    for (int i = 0; i < TOGETHER; i++)
        assert_refused(answers[i], "storage-unavailable");
    ck_assert_int_eq(data_version(), before);
    assert_filed(wanted, 2 * TOGETHER);
    assert_refused(file_again(TOGETHER), "storage-unavailable");
    daemon_files_bound(daemon_, -1);
    for (int i = TOGETHER; i < 2 * TOGETHER; i++) {
        const struct answer *filed = file_again(i), *again = file_again(i);
        assert_status(filed, 201);
        assert_status(again, 201);
        ck_assert_str_eq(again->body, filed->body);
        wanted[i] = 1;
    }
    ck_assert_int_eq(data_version(), before + TOGETHER);
    assert_filed(wanted, 2 * TOGETHER);
    assert_sound_and_served_again();
    assert_filed(wanted, 2 * TOGETHER);
}
END_TEST

/* ── a full queue ───────────────────────────────────────────────────────────────────────────────────────────── */

#define WAITING_MAX 1024 /* server/writer.c */
#define TOO_MANY    32
#define FILERS      (WAITING_MAX + TOO_MANY)

static void admit_connections(rlim_t count)
{
    struct rlimit limit;
    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = limit.rlim_max;
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
    ck_assert_msg(limit.rlim_cur >= count, "this test needs %d open files", (int)count);
}

/* All but the last byte of each: so that little is left to be read while the writer is held. */
static void begin_filings(struct wire *wires[FILERS])
{
    for (int i = 0; i < FILERS; i++) {
        const char *request = posted(i);
        wires[i] = wire_open(daemon_);
        wire_send(wires[i], request, strlen(request) - 1);
    }
    let_worker_come_round();
}

static int answers_come(struct wire *const wires[FILERS])
{
    int count = 0;
    for (int i = 0; i < FILERS; i++)
        count += !wire_is_silent(wires[i]);
    return count;
}

static void pause_ms(int ms)
{
    nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000}, NULL);
}

START_TEST(whom_the_queue_has_no_room_for_is_told_at_once_and_files_nothing)
{
    struct wire *wires[FILERS];
    int wanted[FILERS];
    admit_connections(FILERS + 64);
    begin_filings(wires);
    struct held held = hold_writer();
    for (int i = 0; i < FILERS; i++)
        wire_text(wires[i], "}");
    for (int ms = 0; ms < PATIENCE_MS && answers_come(wires) < TOO_MANY; ms += 10)
        pause_ms(10);
    let_worker_come_round();
    ck_assert_int_eq(answers_come(wires), TOO_MANY);
    for (int i = 0; i < FILERS; i++) {
        wanted[i] = wire_is_silent(wires[i]);
        if (wanted[i])
            continue;
        const struct answer *refused = answered(wires[i], i);
        assert_refused(refused, "unavailable");
        ck_assert_ptr_nonnull(strstr(text_at(refused->json, "detail"), "nothing of this request was written"));
        ck_assert_ptr_nonnull(strstr(text_at(refused->json, "detail"), "As many filings wait"));
    }
    let_go(&held);
    for (int i = 0; i < FILERS; i++)
        if (wanted[i])
            assert_status(answered(wires[i], i), 201);
    assert_filed(wanted, FILERS);
    for (int i = 0; i < FILERS; i++) {
        wire_close(wires[i]);
        if (!wanted[i])
            assert_status(file_again(i), 201);
        wanted[i] = 1;
    }
    assert_filed(wanted, FILERS);
}
END_TEST

/* ── behind a long import ───────────────────────────────────────────────────────────────────────────────────── */

#define TRIES_MAX 200
#define TRY_MS    250

/* Files until somebody is told without waiting: how many wait then. */
static int file_until_refused(struct wire *wires[TRIES_MAX])
{
    for (int i = 0; i < TRIES_MAX; i++) {
        wires[i] = wire_open(daemon_);
        wire_text(wires[i], posted(i));
        let_worker_come_round();
        if (!wire_is_silent(wires[i]))
            return i;
        pause_ms(TRY_MS);
    }
    ck_abort_msg("nobody was refused");
}

START_TEST(behind_an_import_that_takes_long_nobody_new_waits)
{
    struct wire *wires[TRIES_MAX];
    int wanted[TRIES_MAX + 1] = {0};
    struct held held = hold_writer();
    int waiting = file_until_refused(wires);
    ck_assert_int_gt(waiting, 0);
    const struct answer *refused[] = {answered(wires[waiting], waiting), file_again(waiting + 1)};
    for (int i = 0; i < 2; i++) {
        assert_refused(refused[i], "unavailable");
        ck_assert_ptr_nonnull(strstr(text_at(refused[i]->json, "detail"), "A data set is being loaded"));
        ck_assert_ptr_nonnull(strstr(text_at(refused[i]->json, "detail"), "nothing of this request was written"));
    }
    for (int i = 0; i < waiting; i++)
        ck_assert_msg(wire_is_silent(wires[i]), "filing %d was answered before its turn", i);
    let_go(&held);
    for (int i = 0; i < waiting; i++) {
        assert_status(answered(wires[i], i), 201);
        wanted[i] = 1;
    }
    assert_filed(wanted, waiting + 2);
    for (int i = waiting; i < waiting + 2; i++) {
        assert_status(file_again(i), 201);
        wanted[i] = 1;
    }
    assert_filed(wanted, waiting + 2);
    for (int i = 0; i <= waiting; i++)
        wire_close(wires[i]);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("writer");
    TCase *tcase = tcase_create("writer");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, a_commit_that_fails_fails_for_all_who_share_it);
    tcase_add_test(tcase, whom_the_queue_has_no_room_for_is_told_at_once_and_files_nothing);
    tcase_add_test(tcase, behind_an_import_that_takes_long_nobody_new_waits);
    tcase_set_timeout(tcase, 300);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
