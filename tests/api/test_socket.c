/* SPDX-License-Identifier: GPL-3.0-or-later
 * The socket beside the database: what is there for commands on the machine, and an import into a register that is being served.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "api/writing.h"
#include "server/local.h"
#include "wire.h"

static struct daemon *daemon_;

static void setup(void)
{
    daemon_ = daemon_start(register_to_write(), "--workers", "2", NULL);
}

static void teardown(void)
{
    daemon_stop(daemon_);
}

static const char *socket_of(const struct daemon *daemon)
{
    return text_format("%s.sock", daemon_db(daemon));
}

/* ── the socket ──────────────────────────────────────────────────────────────────────────────────────────────── */

START_TEST(the_socket_is_its_owners_alone_and_goes_with_the_daemon)
{
    struct daemon *daemon = daemon_start(register_to_write(), NULL);
    struct stat file;
    ck_assert_int_eq(lstat(socket_of(daemon), &file), 0);
    ck_assert(S_ISSOCK(file.st_mode));
    ck_assert_uint_eq(file.st_mode & 07777, 0600);
    daemon_stop(daemon);
    ck_assert_int_eq(lstat(socket_of(daemon), &file), -1);
    ck_assert_int_eq(errno, ENOENT);
}
END_TEST

START_TEST(what_everybody_may_read_is_there_too)
{
    const struct answer *study = socket_ask(daemon_, "GET", "/studies/aurora", NULL, NULL);
    assert_status(study, 200);
    assert_header(study, "ETag", tag_of(daemon_, "aurora"));
    assert_status(socket_ask(daemon_, "HEAD", "/studies/aurora", NULL, NULL), 200);
    assert_problem(socket_ask(daemon_, "GET", "/nothing", NULL, NULL), 404, "not-found");
}
END_TEST

START_TEST(whoever_opens_it_is_the_operator)
{
    const char *report = "{\"as_of\": \"2025-06-30\", \"regions\": {\"vest\": 45, \"midt\": 20}}";
    const struct answer *answer = socket_ask(daemon_, "POST", recruitment_of("aurora"), report, JSON_BODY, ANY, NULL);
    assert_status(answer, 201);
    ck_assert_str_eq(text_at(answer->json, "role"), "operator");
    assert_problem(http_ask(daemon_, "POST", recruitment_of("aurora"), report, JSON_BODY, ANY, NULL), 401, "unauthorized");
    daemon_log_line(daemon_, "\"address\":\"socket\"");
}
END_TEST

START_TEST(what_is_for_the_machine_is_not_on_the_network)
{
    const char *editor = token_made(daemon_, "editor", "--programme", "nordlys");
    assert_problem(http_ask(daemon_, "POST", "/import", "{\"folder\": \"/\"}", JSON_BODY, NULL), 404, "not-found");
    assert_problem(http_ask(daemon_, "POST", "/import", "{\"folder\": \"/\"}", JSON_BODY, editor, NULL), 404, "not-found");
    assert_problem(http_get(daemon_, "/import", NULL), 404, "not-found");
    assert_problem(http_ask(daemon_, "OPTIONS", "/import", NULL, NULL), 404, "not-found");
    assert_problem(http_get(daemon_, "/tokens", editor, NULL), 404, "not-found");
    assert_problem(socket_ask(daemon_, "GET", "/import", NULL, NULL), 405, "method-not-allowed");
    assert_header(socket_ask(daemon_, "OPTIONS", "/import", NULL, NULL), "Allow", "POST, OPTIONS");
    assert_header(socket_ask(daemon_, "OPTIONS", "/tokens", NULL, NULL), "Allow", "GET, HEAD, POST, OPTIONS");
    assert_header(socket_ask(daemon_, "OPTIONS", "/tokens/1", NULL, NULL), "Allow", "DELETE, OPTIONS");
    assert_status(socket_ask(daemon_, "HEAD", "/tokens", NULL, NULL), 200);
}
END_TEST

START_TEST(its_requests_are_not_limited_by_address)
{
    struct daemon *strict = daemon_start(register_to_write(), "--max-requests-per-second", "1", "--max-connections-per-address", "1", NULL);
    for (int i = 0; i < 20; i++)
        assert_status(socket_ask(strict, "GET", "/regions", NULL, NULL), 200);
    assert_status(http_get(strict, "/regions", NULL), 200);
    daemon_stop(strict);
}
END_TEST

START_TEST(a_socket_that_was_left_behind_is_replaced)
{
    const char *db = daemon_db(daemon_);
    daemon_stop(daemon_);
    struct sockaddr_un address;
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    ck_assert(local_address(db, &address));
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    close(fd); /* its file stays, as after kill -9 */
    daemon_ = daemon_serve(db, NULL);
    assert_status(socket_ask(daemon_, "GET", "/regions", NULL, NULL), 200);
}
END_TEST

START_TEST(what_is_no_socket_stays_and_the_daemon_goes_on_without_one)
{
    const char *db = daemon_db(daemon_);
    daemon_stop(daemon_);
    file_write("", text_format("%s.sock", db), "mine");
    daemon_ = daemon_serve(db, NULL);
    assert_status(http_get(daemon_, "/regions", NULL), 200);
    ck_assert_ptr_nonnull(strstr(daemon_log(daemon_), "there is no socket"));
    struct stat file;
    ck_assert_int_eq(lstat(socket_of(daemon_), &file), 0);
    ck_assert(S_ISREG(file.st_mode));
}
END_TEST

START_TEST(a_path_longer_than_a_socket_s_is_no_hindrance)
{
    char name[120];
    memset(name, 'n', sizeof name);
    name[sizeof name - 1] = '\0';
    const char *folder = text_format("%s/long", support_folder()), *db = text_format("%s/%s", folder, name);
    file_write(folder, "made", "");
    struct outcome imported = studyd_run("import", "--db", db, invented_folder(), NULL);
    ck_assert_msg(imported.status == 0, "%s", imported.err);
    struct daemon *daemon = daemon_serve(db, NULL);
    assert_status(http_get(daemon, "/regions", NULL), 200);
    ck_assert_ptr_nonnull(strstr(daemon_log(daemon), "there is no socket"));
    struct outcome held = studyd_run("import", "--db", db, invented_folder(), NULL);
    ck_assert_int_eq(held.status, 1);
    ck_assert_ptr_nonnull(strstr(held.err, "studyd import: "));
    daemon_stop(daemon);
}
END_TEST

START_TEST(a_database_in_a_deep_folder_has_its_socket_as_seen_from_there)
{
    char name[80];
    struct sockaddr_un address;
    memset(name, 'd', sizeof name);
    name[sizeof name - 1] = '\0';
    const char *folder = text_format("%s/%s/%s", support_folder(), name, name), *db = text_format("%s/r.db", folder);
    file_write(folder, "made", "");
    ck_assert(!local_address(db, &address));
    ck_assert_int_eq(chdir(folder), 0);
    ck_assert(local_address(db, &address));
    ck_assert_str_eq(address.sun_path, "r.db.sock");
}
END_TEST

/* ── by another name ─────────────────────────────────────────────────────────────────────────────────────────── */

static const char *link_to(const char *db)
{
    const char *link = text_format("%s-link.db", db);
    ck_assert_int_eq(symlink(text_format("./%s", strrchr(db, '/') + 1), link), 0);
    return link;
}

static void assert_nothing_beside(const char *path)
{
    static const char *const ends[] = {".lock", ".sock", ".key", "-image", "-wal", "-shm", ".restoring", ".restored"};
    struct stat file;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        ck_assert_msg(lstat(text_format("%s%s", path, ends[i]), &file) != 0, "%s%s is there", path, ends[i]);
}

static void assert_held(struct outcome outcome)
{
    ck_assert_int_eq(outcome.status, 1);
    ck_assert_msg(strstr(outcome.err, text_format("%s is held by process ", daemon_db(daemon_))) != NULL, "%s", outcome.err);
}

START_TEST(a_link_to_what_is_served_is_what_is_served)
{
    const char *db = daemon_db(daemon_), *link = link_to(db), *table = text_format("%s/reports.csv", support_folder());
    const char *copy = text_format("%s.copy", db);
    file_write(support_folder(), "reports.csv", "study,as_of,region,included\naurora,2026-06-30,vest,45\n");
    const char *tag = tag_of(daemon_, "aurora");
    struct outcome filed = studyd_run("report", "--db", link, table, NULL);
    ck_assert_msg(filed.status == 0, "%s", filed.err);
    ck_assert_str_ne(tag_of(daemon_, "aurora"), tag); /* the daemon has filed it */
    ck_assert_int_eq(studyd_run("token", "create", "--db", link, "--name", "n", "--role", "editor", "--study", "aurora", NULL).status, 0);
    ck_assert_int_eq(studyd_run("backup", "--db", link, copy, NULL).status, 0);
    assert_held(studyd_run("serve", "--db", link, "--listen", "127.0.0.1:0", NULL));
    assert_held(studyd_run("restore", "--db", link, copy, NULL));
    assert_nothing_beside(link);
}
END_TEST

START_TEST(a_restore_by_a_link_replaces_the_register_and_not_the_link)
{
    const char *db = daemon_db(daemon_), *link = link_to(db), *copy = text_format("%s.copy", db);
    struct stat before, after, named;
    ck_assert_int_eq(studyd_run("backup", "--db", db, copy, NULL).status, 0);
    daemon_stop(daemon_);
    ck_assert_int_eq(stat(db, &before), 0);
    struct outcome restored = studyd_run("restore", "--db", link, copy, NULL);
    ck_assert_msg(restored.status == 0, "%s", restored.err);
    ck_assert(stat(db, &after) == 0 && lstat(link, &named) == 0);
    ck_assert_uint_ne(before.st_ino, after.st_ino);
    ck_assert(S_ISLNK(named.st_mode));
    assert_nothing_beside(link);
    daemon_ = daemon_serve(db, NULL);
}
END_TEST

START_TEST(a_link_to_nothing_names_where_a_register_is_made)
{
    const char *db = text_format("%s/fresh.db", support_folder()), *link = link_to(db);
    struct stat file;
    struct outcome imported = studyd_run("import", "--db", link, invented_folder(), NULL);
    ck_assert_msg(imported.status == 0, "%s", imported.err);
    ck_assert(lstat(db, &file) == 0 && S_ISREG(file.st_mode));
    ck_assert_int_eq(lstat(text_format("%s.lock", db), &file), 0);
    assert_nothing_beside(link);
}
END_TEST

START_TEST(a_circle_of_links_is_refused)
{
    const char *link = text_format("%s/circle.db", support_folder());
    ck_assert_int_eq(symlink("circle.db", link), 0);
    struct outcome served = studyd_run("serve", "--db", link, NULL);
    ck_assert_int_eq(served.status, 1);
    ck_assert_str_eq(served.err, text_format("studyd serve: %s: Too many levels of symbolic links\n", link));
    assert_nothing_beside(link);
}
END_TEST

/* ── the client ──────────────────────────────────────────────────────────────────────────────────────────────── */

START_TEST(a_command_is_answered_whatever_the_length)
{
    struct local_answer answer;
    const struct local_question all = {.method = "GET", .target = "/studies?limit=500"}, none = {.method = "GET", .target = "/none"};
    ck_assert_int_eq(local_ask(daemon_db(daemon_), &all, &answer), LOCAL_ANSWERED);
    ck_assert_int_eq(answer.status, 200);
    ck_assert_uint_gt(answer.len, 65536);
    ck_assert_uint_eq(strlen(answer.body), answer.len);
    ck_assert_ptr_nonnull(keep_json(json_loadb(answer.body, answer.len, 0, NULL)));
    free(answer.body);
    ck_assert_int_eq(local_ask(daemon_db(daemon_), &none, &answer), LOCAL_ANSWERED);
    ck_assert_int_eq(answer.status, 404);
    free(answer.body);
}
END_TEST

START_TEST(a_refusal_is_read_though_not_all_was_sent)
{
    struct local_answer answer;
    size_t len = 50000000;
    char *body = malloc(len);
    ck_assert_ptr_nonnull(body);
    memset(body, ' ', len);
    const struct local_question large = {"POST", "/import", "application/json", NULL, body, len};
    ck_assert_int_eq(local_ask(daemon_db(daemon_), &large, &answer), LOCAL_ANSWERED);
    ck_assert_int_eq(answer.status, 413);
    free(answer.body);
    free(body);
}
END_TEST

START_TEST(where_nobody_listens_nobody_answers)
{
    struct local_answer answer;
    const struct local_question question = {.method = "GET", .target = "/"};
    ck_assert_int_eq(local_ask("/nothing/here", &question, &answer), LOCAL_NOBODY);
    ck_assert_ptr_null(answer.body);
}
END_TEST

/* In place of the daemon's socket one where whoever asks first is hung up on. */
static pid_t hang_up_at(const char *db)
{
    const char *why = NULL;
    local_remove(db);
    int fd = local_listen(db, &why);
    ck_assert_msg(fd >= 0 && fcntl(fd, F_SETFL, 0) == 0, "%s", why);
    pid_t child = fork();
    if (child == 0) {
        char head;
        int asked = accept(fd, NULL, NULL);
        _exit(asked < 0 || recv(asked, &head, 1, 0) != 1);
    }
    close(fd);
    return child;
}

START_TEST(whoever_is_hung_up_on_is_told_what_may_have_been_done)
{
    int ended = -1;
    const char *db = daemon_db(daemon_), *table = text_format("%s/reports.csv", support_folder());
    file_write(support_folder(), "reports.csv", "study,as_of,region,included\ncorona,2026-06-30,,400\n");
    pid_t child = hang_up_at(db);
    struct outcome filed = studyd_run("report", "--db", db, table, NULL);
    ck_assert_int_eq(waitpid(child, &ended, 0), child);
    ck_assert_int_eq(ended, 0);
    ck_assert_int_eq(filed.status, 1);
    ck_assert_str_eq(filed.out, "");
    ck_assert_str_eq(filed.err, text_format("studyd report: %s: the daemon that serves it was asked and gave no answer; what was asked for "
                                            "may have been done\n"
                                            "studyd report: send the file again, what stands already is not filed twice\n",
                                            db));
}
END_TEST

/* ── an import ───────────────────────────────────────────────────────────────────────────────────────────────── */

static const char *changed_folder(const char *name, const char *from, const char *to)
{
    const char *folder = text_format("%s/%s", support_folder(), name);
    for (size_t i = 0; i < sizeof invented_files / sizeof *invented_files; i++) {
        const char *content = invented_files[i].content,
                   *at = strcmp(invented_files[i].name, "studies.csv") == 0 ? strstr(content, from) : NULL;
        if (at)
            content = text_format("%.*s%s%s", (int)(at - content), content, to, at + strlen(from));
        file_write(folder, invented_files[i].name, content);
    }
    return folder;
}

static void assert_same_outcome(const struct outcome *served, const struct outcome *alone)
{
    ck_assert_int_eq(served->status, alone->status);
    ck_assert_str_eq(served->out, alone->out);
    ck_assert_str_eq(served->err, alone->err);
}

START_TEST(an_import_says_the_same_whether_somebody_serves_or_not)
{
    const char *folders[] = {invented_folder(), changed_folder("edited", "stopped", "completed"),
                             changed_folder("broken", "stopped", "nonsense"), "/nothing/here"};
    const char *alone = register_with(invented_folder());
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        struct outcome checked = studyd_run("import", "--db", daemon_db(daemon_), "--check", folders[i], NULL);
        struct outcome expected = studyd_run("import", "--db", alone, "--check", folders[i], NULL);
        assert_same_outcome(&checked, &expected);
        struct outcome stored = studyd_run("import", "--db", daemon_db(daemon_), folders[i], NULL);
        expected = studyd_run("import", "--db", alone, folders[i], NULL);
        ck_assert_int_eq(stored.status, i < 2 ? 0 : 1);
        if (i >= 2)
            ck_assert_ptr_nonnull(strstr(stored.err, i == 2 ? "studies.csv:7: status: " : "studyd import: /nothing/here: "));
        assert_same_outcome(&stored, &expected);
    }
}
END_TEST

START_TEST(what_was_imported_is_served_at_once)
{
    ck_assert_str_eq(text_at(must_get(daemon_, "/studies/ore")->json, "status"), "stopped");
    const char *before = answer_header(must_get(daemon_, "/studies?status=completed&fields=id"), "ETag");
    struct outcome outcome = studyd_run("import", "--db", daemon_db(daemon_), changed_folder("edited", "stopped", "completed"), NULL);
    ck_assert_msg(outcome.status == 0, "%s", outcome.err);
    ck_assert_str_eq(text_at(must_get(daemon_, "/studies/ore")->json, "status"), "completed");
    ck_assert_int_eq(total_of(daemon_, "/studies?status=completed&programme=nordlys"), 2);
    ck_assert_str_ne(before, answer_header(must_get(daemon_, "/studies?status=completed&fields=id"), "ETag"));
}
END_TEST

START_TEST(an_import_by_hand_is_answered_with_its_outcome)
{
    const struct answer *good =
        socket_ask(daemon_, "POST", "/import", text_format("{\"folder\": \"%s\", \"check\": true}", invented_folder()), JSON_BODY, NULL);
    assert_status(good, 200);
    ck_assert_str_eq(text_at(good->json, "outcome"), "good");
    assert_header(good, "Cache-Control", "no-store");
    ck_assert_ptr_null(answer_header(good, "ETag"));
    const char *broken = changed_folder("broken", "stopped", "nonsense");
    const struct answer *bad = socket_ask(daemon_, "POST", "/import", text_format("{\"folder\": \"%s\"}", broken), JSON_BODY, NULL);
    assert_status(bad, 200);
    ck_assert_str_eq(text_at(bad->json, "outcome"), "faults");
    ck_assert_int_eq(int_at(bad->json, "fault_count"), 1);
    ck_assert_int_eq(int_at(bad->json, "faults.0.line"), 7);
}
END_TEST

static const struct {
    const char *type, *body, *accept;
    int status;
    const char *slug, *name, *reason;
} refused[] = {
    {JSON_BODY, "", NULL, 400, "malformed-body", NULL},
    {JSON_BODY, "{\"folder\": \"/a\"} x", NULL, 400, "malformed-body", NULL},
    {JSON_BODY, "[]", NULL, 422, "unprocessable", NULL},
    {JSON_BODY, "{\"folder\": \"/a\", \"folder\": \"/b\"}", NULL, 400, "malformed-body", NULL},
    {JSON_BODY, "{}", NULL, 422, "unprocessable", "/folder", "is missing"},
    {JSON_BODY, "{\"folder\": \"a\"}", NULL, 422, "unprocessable", "/folder", "must be an absolute path"},
    {JSON_BODY, "{\"folder\": 1}", NULL, 422, "unprocessable", "/folder", "must be a text"},
    {JSON_BODY, "{\"folder\": \"/a\", \"check\": 1}", NULL, 422, "unprocessable", "/check", "must be true or false"},
    {JSON_BODY, "{\"folder\": \"/a\", \"chekc\": true}", NULL, 422, "unprocessable", "/chekc", "unknown member"},
    {"Content-Type: text/plain", "{\"folder\": \"/a\"}", NULL, 415, "unsupported-media-type", NULL},
    {JSON_BODY, "{\"folder\": \"/a\"}", "Accept: text/csv", 406, "not-acceptable", NULL},
    {JSON_BODY, "{\"folder\": \"/a\"}", "If-Match: *", 400, "bad-request", NULL},
    {JSON_BODY, "{\"folder\": \"/a\"}", "Idempotency-Key: k", 400, "bad-request", NULL},
};

START_TEST(an_import_that_is_asked_for_wrongly_is_refused)
{
    const struct answer *answer = socket_ask(daemon_, "POST", "/import", refused[_i].body, refused[_i].type,
                                             refused[_i].accept ? refused[_i].accept : "Accept: */*", NULL);
    assert_problem(answer, refused[_i].status, refused[_i].slug);
    if (!refused[_i].name)
        return;
    const json_t *fault = json_where(json_at(answer->json, "errors"), "name", refused[_i].name);
    ck_assert_msg(fault != NULL, "%s", answer->body);
    ck_assert_str_eq(text_at(fault, "reason"), refused[_i].reason);
}
END_TEST

START_TEST(what_is_filed_beside_imports_stands)
{
    const char *editor = token_made(daemon_, "editor", "--programme", "nordlys");
    const char *folders[] = {changed_folder("edited", "stopped", "completed"), invented_folder()};
    struct wire *wires[20];
    for (int i = 0; i < 20; i++) {
        const char *body = text_format("{\"as_of\": \"2025-01-%02d\", \"regions\": {\"vest\": %d}}", i + 1, 41 + i);
        wires[i] = wire_open(daemon_);
        wire_text(wires[i], text_format("POST /studies/aurora/recruitment HTTP/1.1\r\nHost: a\r\n%s\r\n" ANY "\r\n" JSON_BODY
                                        "\r\nContent-Length: %zu\r\n\r\n%s",
                                        editor, strlen(body), body));
        if (i % 5 == 0)
            ck_assert_int_eq(studyd_run("import", "--db", daemon_db(daemon_), folders[i / 5 % 2], NULL).status, 0);
    }
    for (int i = 0; i < 20; i++) {
        const struct answer *answer = wire_answer(wires[i], "POST", recruitment_of("aurora"), false);
        ck_assert_msg(answer && answer->status == 201, "%d: %s", i, answer ? answer->body : "no answer");
        wire_close(wires[i]);
    }
    const json_t *series = json_at(must_get(daemon_, recruitment_of("aurora"))->json, "series");
    for (int i = 0; i < 20; i++)
        ck_assert_ptr_nonnull(json_where(series, "as_of", text_format("2025-01-%02d", i + 1)));
    const char *db = daemon_db(daemon_);
    daemon_stop(daemon_);
    struct outcome check = studyd_run("check", "--db", db, NULL);
    ck_assert_msg(check.status == 0, "%s%s", check.out, check.err);
    daemon_ = daemon_serve(db, NULL);
}
END_TEST

START_TEST(a_daemon_that_ends_answers_what_it_has_taken)
{
    const char *editor = token_made(daemon_, "editor", "--programme", "nordlys");
    struct wire *wires[40];
    for (int i = 0; i < 40; i++) {
        const char *body = text_format("{\"as_of\": \"2025-01-%02d\", \"regions\": {\"vest\": %d}}", i % 20 + 1, 41 + i % 20);
        wires[i] = wire_open(daemon_);
        wire_text(wires[i], text_format("POST /studies/aurora/recruitment HTTP/1.1\r\nHost: a\r\n%s\r\n" ANY "\r\n" JSON_BODY
                                        "\r\nContent-Length: %zu\r\n\r\n%s",
                                        editor, strlen(body), body));
    }
    daemon_signal(daemon_, SIGTERM);
    for (int i = 0; i < 40; i++) {
        const struct answer *answer = wire_answer(wires[i], "POST", recruitment_of("aurora"), false);
        ck_assert_msg(answer && answer->status == 201, "%d: %s", i, answer ? answer->body : "no answer");
        wire_close(wires[i]);
    }
    const char *db = daemon_db(daemon_);
    daemon_wait(daemon_);
    daemon_ = daemon_serve(db, NULL);
    ck_assert_int_ge(version_of(daemon_, "aurora"), 20);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("socket");
    TCase *tcase = tcase_create("socket");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, the_socket_is_its_owners_alone_and_goes_with_the_daemon);
    tcase_add_test(tcase, what_everybody_may_read_is_there_too);
    tcase_add_test(tcase, whoever_opens_it_is_the_operator);
    tcase_add_test(tcase, what_is_for_the_machine_is_not_on_the_network);
    tcase_add_test(tcase, its_requests_are_not_limited_by_address);
    tcase_add_test(tcase, a_socket_that_was_left_behind_is_replaced);
    tcase_add_test(tcase, what_is_no_socket_stays_and_the_daemon_goes_on_without_one);
    tcase_add_test(tcase, a_path_longer_than_a_socket_s_is_no_hindrance);
    tcase_add_test(tcase, a_database_in_a_deep_folder_has_its_socket_as_seen_from_there);
    tcase_add_test(tcase, a_link_to_what_is_served_is_what_is_served);
    tcase_add_test(tcase, a_restore_by_a_link_replaces_the_register_and_not_the_link);
    tcase_add_test(tcase, a_link_to_nothing_names_where_a_register_is_made);
    tcase_add_test(tcase, a_circle_of_links_is_refused);
    tcase_add_test(tcase, a_command_is_answered_whatever_the_length);
    tcase_add_test(tcase, a_refusal_is_read_though_not_all_was_sent);
    tcase_add_test(tcase, where_nobody_listens_nobody_answers);
    tcase_add_test(tcase, whoever_is_hung_up_on_is_told_what_may_have_been_done);
    tcase_add_test(tcase, an_import_says_the_same_whether_somebody_serves_or_not);
    tcase_add_test(tcase, what_was_imported_is_served_at_once);
    tcase_add_test(tcase, an_import_by_hand_is_answered_with_its_outcome);
    tcase_add_loop_test(tcase, an_import_that_is_asked_for_wrongly_is_refused, 0, (int)(sizeof refused / sizeof *refused));
    tcase_add_test(tcase, what_is_filed_beside_imports_stands);
    tcase_add_test(tcase, a_daemon_that_ends_answers_what_it_has_taken);
    tcase_set_timeout(tcase, 120);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
