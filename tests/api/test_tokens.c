/* SPDX-License-Identifier: GPL-3.0-or-later
 * Tokens by command, on a database that is served and on one that is not, and over the socket beside it; copies of the register.
 */
#define _GNU_SOURCE /* memmem */
#include <regex.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "api/invented.h"
#include "http.h"

#define COUNT(table) (int)(sizeof table / sizeof *table)

#define TOKEN     "^studyd_[1-9][0-9]*_[A-Za-z0-9_-]{43}\n$"
#define JSON_BODY "Content-Type: application/json"

static struct daemon *both;

static void start(void)
{
    both = daemon_start(register_of_both(), NULL);
}

static void stop(void)
{
    daemon_stop_shared(both);
}

static bool matches(const char *text, const char *pattern)
{
    regex_t regex;
    ck_assert_int_eq(regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB), 0);
    bool is = regexec(&regex, text, 0, NULL, 0) == 0;
    regfree(&regex);
    return is;
}

static const char *file_bytes(const char *path, size_t *ret_len)
{
    FILE *file = fopen(path, "rb");
    struct stat st;
    if (file == NULL || fstat(fileno(file), &st) != 0)
        return NULL;
    char *bytes = keep((size_t)st.st_size + 1);
    *ret_len = fread(bytes, 1, (size_t)st.st_size, file);
    fclose(file);
    return bytes;
}

/* A copy of the register that nobody serves. */
static const char *register_alone(void)
{
    static int number;
    size_t len;
    const char *path = text_format("%s/alone-%d-%d.db", support_folder(), (int)getpid(), ++number);
    const char *bytes = file_bytes(register_of_both(), &len);
    FILE *file = fopen(path, "wb");
    ck_assert(bytes != NULL && file != NULL && fwrite(bytes, 1, len, file) == len && fclose(file) == 0);
    return path;
}

/* ── by command ──────────────────────────────────────────────────────────────────────────────────────────────── */

/* Whether a daemon serves it or nobody does, the commands say the same. */
static const char *database_of(int served)
{
    return served ? daemon_db(both) : register_alone();
}

START_TEST(a_token_is_printed_once_and_alone)
{
    const char *db = database_of(_i);
    struct outcome made =
        studyd_run("token", "create", "--db", db, "--name", "Kontoret på Røst", "--role", "reporter", "--study", "aurora", NULL);
    ck_assert_int_eq(made.status, 0);
    ck_assert_msg(matches(made.out, TOKEN), "%s", made.out);
    ck_assert_msg(strstr(made.err, " for Kontoret på Røst: reporter of study aurora, valid until it is revoked") != NULL, "%s", made.err);
    struct outcome list = studyd_run("token", "list", "--db", db, NULL);
    ck_assert_int_eq(list.status, 0);
    ck_assert_str_eq(list.err, "");
    ck_assert(matches(list.out, "^  id  role      for .*created .*expires .*revoked .*name\n"));
    ck_assert(matches(list.out, "\n +[0-9]+  reporter  study aurora +20[0-9T:.-]+Z +- +- +Kontoret på Røst\n"));
    ck_assert_ptr_null(strstr(list.out, "studyd_"));
    /* Nor is it anywhere on the disk. */
    const char *secret = made.out + strlen(made.out) - 31; /* the last 30 characters of it */
    static const char *const ends[] = {"", "-wal", ".key"};
    for (int i = 0; i < COUNT(ends); i++) {
        size_t len = 0;
        const char *bytes = file_bytes(text_format("%s%s", db, ends[i]), &len);
        ck_assert(bytes != NULL || i == 1);
        ck_assert(bytes == NULL || memmem(bytes, len, secret, 30) == NULL);
    }
}
END_TEST

START_TEST(a_list_of_what_nobody_serves_leaves_no_trace)
{
    static const char *const ends[] = {"-wal", "-shm", "-image", ".lock", ".key", ".sock"};
    size_t len_before = 0, len_after = 0;
    const char *db = register_alone(), *before = file_bytes(db, &len_before);
    struct outcome list = studyd_run("token", "list", "--db", db, NULL);
    ck_assert_msg(list.status == 0, "%s", list.err);
    const char *after = file_bytes(db, &len_after);
    ck_assert(len_after == len_before && memcmp(after, before, len_before) == 0);
    for (int i = 0; i < COUNT(ends); i++)
        ck_assert_msg(access(text_format("%s%s", db, ends[i]), F_OK) != 0, "%s is there", ends[i]);
}
END_TEST

/* The migration that a database is of stands in its first page. */
START_TEST(a_list_of_what_an_earlier_version_wrote_is_refused)
{
    size_t len = 0;
    const char *db = register_alone();
    FILE *file = fopen(db, "r+b");
    ck_assert(file != NULL && fseek(file, 60, SEEK_SET) == 0 && fwrite("\0\0\0\5", 1, 4, file) == 4 && fclose(file) == 0);
    struct outcome list = studyd_run("token", "list", "--db", db, NULL);
    ck_assert_int_eq(list.status, 1);
    ck_assert_str_eq(list.out, "");
    ck_assert_str_eq(list.err, text_format("studyd token list: %s was written by an earlier version of studyd: serving it or importing "
                                           "into it brings it up to date\n",
                                           db));
    ck_assert_int_eq(file_bytes(db, &len)[63], 5);
}
END_TEST

START_TEST(a_day_is_meant_with_its_end)
{
    static const struct {
        const char *expires, *shown;
    } days[] = {{"2999-12-31", "2999-12-31T23:59:59.999Z"}, {"2999-12-31T12:00:00+01:00", "2999-12-31T11:00:00.000Z"}};
    const char *db = database_of(_i);
    for (int i = 0; i < COUNT(days); i++) {
        const char *name = text_format("day %d", i);
        struct outcome made = studyd_run("token", "create", "--db", db, "--name", name, "--role", "editor", "--programme", "nordlys",
                                         "--expires", days[i].expires, NULL);
        ck_assert_msg(made.status == 0, "%s", made.err);
        const char *list = studyd_run("token", "list", "--db", db, NULL).out;
        ck_assert_msg(matches(list, text_format("editor +programme nordlys +20[^ ]+ +%s +- +%s\n", days[i].shown, name)), "%s", list);
    }
}
END_TEST

START_TEST(an_institution_answers_to_its_names)
{
    const char *db = database_of(_i);
    struct outcome made =
        studyd_run("token", "create", "--db", db, "--name", "n", "--role", "editor", "--institution", "rost-sykehus", NULL);
    ck_assert_int_eq(made.status, 0);
    ck_assert(matches(studyd_run("token", "list", "--db", db, NULL).out, "editor +institution rost-sykehus "));
}
END_TEST

START_TEST(what_no_token_can_be_for_is_refused_with_the_nearest)
{
    const char *db = database_of(_i);
    struct outcome made = studyd_run("token", "create", "--db", db, "--name", "n", "--role", "reportr", "--study", "aurorra", "--expires",
                                     "2020-02-29", NULL);
    ck_assert_int_eq(made.status, 1);
    ck_assert_str_eq(made.out, "");
    ck_assert_str_eq(made.err, "studyd token create: --study: is not a known code (did you mean aurora?)\n"
                               "studyd token create: --role: must be reporter or editor (did you mean reporter?)\n"
                               "studyd token create: --expires: is past\n");
    made = studyd_run("token", "create", "--db", db, "--name", "n", "--role", "editor", "--institution", "helse-berge", NULL);
    ck_assert_str_eq(made.err, "studyd token create: --institution: is not a known code (did you mean helse-bergen?)\n");
    made = studyd_run("token", "create", "--db", db, "--name", "n", "--role", "editor", "--programme", "nordlis", NULL);
    ck_assert_str_eq(made.err, "studyd token create: --programme: is not a known code (did you mean nordlys?)\n");
    made = studyd_run("token", "create", "--db", db, "--name", "two\nlines", "--role", "editor", "--programme", "nordlys", NULL);
    ck_assert_int_eq(made.status, 1);
    ck_assert_ptr_nonnull(strstr(made.err, "--name: must be a text on one line"));
}
END_TEST

START_TEST(a_token_is_revoked_once_and_stays_in_the_list)
{
    const char *db = database_of(_i);
    struct outcome made = studyd_run("token", "create", "--db", db, "--name", "leaves", "--role", "editor", "--study", "corona", NULL);
    ck_assert_int_eq(made.status, 0);
    const char *id = text_format("%.*s", (int)strcspn(made.out + 7, "_"), made.out + 7);
    struct outcome first = studyd_run("token", "revoke", "--db", db, id, NULL);
    ck_assert_int_eq(first.status, 0);
    ck_assert_msg(matches(first.out, text_format("^token %s \\(leaves\\) is revoked since 20[^ ]+Z\n$", id)), "%s", first.out);
    struct outcome again = studyd_run("token", "revoke", "--db", db, id, NULL);
    ck_assert_int_eq(again.status, 0);
    ck_assert_msg(matches(again.out, text_format("^token %s \\(leaves\\) was revoked before, at 20[^ ]+Z\n$", id)), "%s", again.out);
    ck_assert(matches(studyd_run("token", "list", "--db", db, NULL).out, "study corona +20[^ ]+ +- +20[^ ]+Z +leaves\n"));
    struct outcome nobody = studyd_run("token", "revoke", "--db", db, "987654", NULL);
    ck_assert_int_eq(nobody.status, 1);
    ck_assert_str_eq(nobody.err, "studyd token revoke: There is no token of this id.\n");
}
END_TEST

static const struct {
    const char *words[12];
    const char *part;
} misuses[] = {
    {{"token"}, "one of create, list, revoke was expected after it"},
    {{"token", "--hlp"}, "one of create, list, revoke was expected after it"},
    {{"token", "creat"}, "one of create, list, revoke was expected after it"},
    {{"tokn", "list"}, "did you mean token?"},
    {{"token", "list"}, "--db is missing"},
    {{"token", "list", "--db", ":memory:"}, "--db: a file was expected"},
    {{"token", "revoke", "--db", "x"}, "ID is missing"},
    {{"token", "revoke", "--db", "x", "three"}, "ID: a number was expected"},
    {{"token", "create", "--db", "x", "--role", "editor", "--study", "s"}, "--name is missing"},
    {{"token", "create", "--db", "x", "--name", "n", "--study", "s"}, "--role is missing"},
    {{"token", "create", "--db", "x", "--name", "n", "--role", "editor"}, "one of --study, --institution and --programme was expected"},
    {{"token", "create", "--db", "x", "--name", "n", "--role", "editor", "--study", "s", "--programme", "p"},
     "one of --study, --institution and --programme was expected"},
    {{"token", "create", "--db", "x", "--name", "n", "--role", "editor", "--study", "s", "--expires=2026-02-30"},
     "--expires: a day was expected, as in 2026-12-31"},
    {{"token", "create", "--db", "x", "--nme", "n"}, "unknown option --nme (did you mean --name?)"},
    {{"backup", "--db", "x"}, "OUT is missing"},
    {{"backup", "OUT"}, "--db is missing"},
    {{"backup", "--db", ":memory:", "OUT"}, "--db: a file was expected"},
    {{"restore", "--db", "x"}, "OUT is missing"},
    {{"restore", "OUT"}, "--db is missing"},
    {{"restore", "--db", ":memory:", "OUT"}, "--db: a file was expected"},
};

START_TEST(a_command_that_is_misused_says_how)
{
    const char *const *w = misuses[_i].words;
    struct outcome outcome = studyd_run(w[0], w[1], w[2], w[3], w[4], w[5], w[6], w[7], w[8], w[9], w[10], w[11], NULL);
    ck_assert_int_eq(outcome.status, 2);
    ck_assert_str_eq(outcome.out, "");
    ck_assert_msg(strstr(outcome.err, misuses[_i].part) != NULL, "«%s» is not in: %s", misuses[_i].part, outcome.err);
}
END_TEST

START_TEST(a_command_of_several_has_its_help)
{
    struct outcome help = studyd_run("token", "--help", NULL);
    ck_assert_int_eq(help.status, 0);
    ck_assert_str_eq(help.err, "");
    ck_assert_int_eq(strncmp(help.out, "Usage: studyd token COMMAND ", 28), 0);
    static const char *const parts[] = {"\n  token create ", "\n  token list ", "\n  token revoke ", "studyd token COMMAND --help"};
    for (int i = 0; i < COUNT(parts); i++)
        ck_assert_msg(strstr(help.out, parts[i]) != NULL, "«%s» is not in: %s", parts[i], help.out);
    ck_assert_ptr_null(strstr(help.out, "import"));
}
END_TEST

#define TRY "Try 'studyd token create --help'.\n"

START_TEST(all_faults_of_a_wish_are_named_at_once)
{
    const char *db = database_of(_i), *dbless = "studyd token create: --db is missing\n";
    struct outcome made = studyd_run("token", "create", "--db", db, "--role", "boss", "--study", "nope", "--expires", "2027-02-29", NULL);
    ck_assert_int_eq(made.status, 2);
    ck_assert_str_eq(made.out, "");
    ck_assert_str_eq(made.err, "studyd token create: --name: is missing\n"
                               "studyd token create: --study: is not a known code (did you mean norex?)\n"
                               "studyd token create: --role: must be reporter or editor\n"
                               "studyd token create: --expires: must be a day (2026-12-31: valid until its end, UTC) or an instant of RFC "
                               "3339\n" TRY);
    ck_assert_int_eq(access(text_format("%s.key", db), F_OK), _i ? 0 : -1); /* nobody needs one yet */
    made = studyd_run("token", "create", "--role", "editor", "--study", "s", "--programme", "p", NULL);
    ck_assert_int_eq(made.status, 2);
    ck_assert_str_eq(made.err, text_format("%sstudyd token create: --name is missing\n"
                                           "studyd token create: one of --study, --institution and --programme was expected\n" TRY,
                                           dbless));
}
END_TEST

START_TEST(a_key_that_others_can_read_stops_daemon_and_command)
{
    const char *db = register_alone();
    ck_assert_int_eq(studyd_run("token", "create", "--db", db, "--name", "n", "--role", "editor", "--study", "aurora", NULL).status, 0);
    ck_assert_int_eq(chmod(text_format("%s.key", db), 0644), 0);
    struct outcome made = studyd_run("token", "create", "--db", db, "--name", "n", "--role", "editor", "--study", "aurora", NULL);
    struct outcome served = studyd_run("serve", "--db", db, "--listen", "127.0.0.1:0", NULL);
    ck_assert_int_eq(made.status, 1);
    ck_assert_int_eq(served.status, 1);
    ck_assert_ptr_nonnull(strstr(made.err, ".key, the key of the tokens, is open to others than its owner (mode 644): chmod 600 it"));
    ck_assert_ptr_nonnull(strstr(served.err, ".key, the key of the tokens, is open to others than its owner (mode 644): chmod 600 it"));
}
END_TEST

START_TEST(who_may_not_open_the_socket_is_told_who_serves)
{
    struct daemon *daemon = daemon_start(register_of_both(), NULL);
    ck_assert_int_eq(unlink(text_format("%s.sock", daemon_db(daemon))), 0);
    struct outcome list = studyd_run("token", "list", "--db", daemon_db(daemon), NULL);
    ck_assert_int_eq(list.status, 1);
    ck_assert_msg(matches(list.err, "is held by process [0-9]+ \\(.*\\): stop it first, or run this as a user who may open .*\\.sock\n$"),
                  "%s", list.err);
    daemon_stop(daemon);
}
END_TEST

/* ── over the socket ─────────────────────────────────────────────────────────────────────────────────────────── */

#define WISH "{\"name\": \"n\", \"role\": \"reporter\", \"study\": \"aurora\"}"

START_TEST(the_socket_makes_lists_and_revokes)
{
    int64_t version = int_at(must_get(both, "/studies?limit=1")->json, "meta.data_version");
    struct answer *made = socket_ask(both, "POST", "/tokens", WISH, JSON_BODY, NULL);
    assert_status(made, 201);
    assert_header(made, "Cache-Control", "no-store");
    ck_assert(matches(text_format("%s\n", text_at(made->json, "token")), TOKEN));
    ck_assert_str_eq(text_at(made->json, "scope"), "study");
    ck_assert_str_eq(text_at(made->json, "code"), "aurora");
    ck_assert(is_null_at(made->json, "expires"));
    ck_assert(is_null_at(made->json, "revoked"));
    struct answer *list = socket_ask(both, "GET", "/tokens", NULL, NULL);
    assert_status(list, 200);
    json_int_t last = json_array_size(json_at(list->json, "data")) - 1;
    ck_assert_int_eq(int_at(list->json, text_format("data.%d.id", (int)last)), int_at(made->json, "id"));
    ck_assert_ptr_null(json_object_get(json_at(list->json, text_format("data.%d", (int)last)), "hash"));
    ck_assert_ptr_null(strstr(list->body, text_at(made->json, "token")));
    const char *target = text_format("/tokens/%d", (int)int_at(made->json, "id"));
    struct answer *revoked = socket_ask(both, "DELETE", target, NULL, NULL);
    assert_status(revoked, 200);
    ck_assert(json_is_true(json_at(revoked->json, "changed")));
    ck_assert(!is_null_at(revoked->json, "revoked"));
    ck_assert(json_is_false(json_at(socket_ask(both, "DELETE", target, NULL, NULL)->json, "changed")));
    ck_assert_int_eq(int_at(must_get(both, "/studies?limit=1")->json, "meta.data_version"), version);
    ck_assert_ptr_null(strstr(daemon_log(both), text_at(made->json, "token")));
}
END_TEST

START_TEST(nobody_else_finds_tokens)
{
    assert_problem(http_get(both, "/tokens", NULL), 404, "not-found");
    assert_problem(http_ask(both, "POST", "/tokens", WISH, JSON_BODY, NULL), 404, "not-found");
    assert_problem(http_ask(both, "DELETE", "/tokens/1", NULL, NULL), 404, "not-found");
    ck_assert_ptr_null(strstr(must_get(both, "/")->body, "tokens"));
}
END_TEST

START_TEST(the_answer_that_holds_a_token_cannot_be_asked_for_again)
{
    assert_problem(socket_ask(both, "POST", "/tokens", WISH, JSON_BODY, "Idempotency-Key: once", NULL), 400, "bad-request");
    const char *target = text_format("/tokens/%d", (int)int_at(socket_ask(both, "POST", "/tokens", WISH, JSON_BODY, NULL)->json, "id"));
    struct answer *revoked = socket_ask(both, "DELETE", target, NULL, "Idempotency-Key: revoked", NULL);
    struct answer *again = socket_ask(both, "DELETE", target, NULL, "Idempotency-Key: revoked", NULL);
    assert_status(revoked, 200);
    ck_assert_str_eq(again->body, revoked->body);
    assert_problem(socket_ask(both, "DELETE", "/tokens/1", NULL, "Idempotency-Key: revoked", NULL), 409, "conflict");
}
END_TEST

static const struct {
    const char *body, *fault, *near;
} bodies[] = {
    {"{}", "/name", NULL},
    {"{\"name\": \"n\", \"role\": \"editor\"}", NULL, NULL},
    {"{\"name\": \"n\", \"role\": \"editor\", \"study\": \"aurora\", \"programme\": \"nordlys\"}", NULL, NULL},
    {"{\"name\": \"n\", \"role\": \"operator\", \"study\": \"aurora\"}", "/role", NULL},
    {"{\"name\": \"n\", \"role\": \"none\", \"study\": \"aurora\"}", "/role", NULL},
    {"{\"name\": \"n\", \"role\": \"editors\", \"study\": \"aurora\"}", "/role", "editor"},
    {"{\"name\": \"n\", \"role\": \"editor\", \"study\": \"auror\"}", "/study", "aurora"},
    {"{\"name\": \"n\", \"role\": \"editor\", \"study\": \"aurora\", \"expires\": \"never\"}", "/expires", NULL},
    {"{\"name\": \"n\", \"role\": \"editor\", \"study\": \"aurora\", \"expires\": \"2001-01-01\"}", "/expires", NULL},
    {"{\"name\": \"n\", \"role\": \"editor\", \"study\": \"aurora\", \"expires\": 1}", "/expires", NULL},
    {"{\"name\": \"n\", \"role\": \"editor\", \"study\": \"aurora\", \"scope\": \"all\"}", "/scope", NULL},
    {"{\"name\": \"\", \"role\": \"editor\", \"study\": \"aurora\"}", "/name", NULL},
};

START_TEST(a_wish_is_refused_with_each_fault)
{
    struct answer *refused = socket_ask(both, "POST", "/tokens", bodies[_i].body, JSON_BODY, NULL);
    assert_problem(refused, 422, "unprocessable");
    if (bodies[_i].fault)
        assert_fault(refused, bodies[_i].fault, bodies[_i].near);
    else
        ck_assert_ptr_nonnull(strstr(refused->body, "must have one of study, institution and programme"));
}
END_TEST

START_TEST(what_else_the_routes_refuse)
{
    assert_problem(socket_ask(both, "POST", "/tokens", "{", JSON_BODY, NULL), 400, "malformed-body");
    assert_problem(socket_ask(both, "POST", "/tokens", "name=n", "Content-Type: text/plain", NULL), 415, "unsupported-media-type");
    assert_problem(socket_ask(both, "POST", "/tokens", WISH, JSON_BODY, "Accept: text/csv", NULL), 406, "not-acceptable");
    assert_problem(socket_ask(both, "GET", "/tokens?limit=1", NULL, NULL), 400, "bad-parameter");
    assert_problem(socket_ask(both, "GET", "/tokens", NULL, "Accept: text/csv", NULL), 406, "not-acceptable");
    assert_problem(socket_ask(both, "DELETE", "/tokens/1?x=1", NULL, NULL), 400, "bad-parameter");
    assert_problem(socket_ask(both, "DELETE", "/tokens/1", NULL, "Accept: text/csv", NULL), 406, "not-acceptable");
    assert_problem(socket_ask(both, "DELETE", "/tokens/987654", NULL, NULL), 404, "not-found");
    assert_problem(socket_ask(both, "DELETE", "/tokens/abc", NULL, NULL), 404, "not-found");
    assert_problem(socket_ask(both, "DELETE", "/tokens/99999999999999999999", NULL, NULL), 404, "not-found");
    assert_problem(socket_ask(both, "PUT", "/tokens", NULL, NULL), 405, "method-not-allowed");
}
END_TEST

/* ── copies ──────────────────────────────────────────────────────────────────────────────────────────────────── */

static const char *list_of(const struct daemon *daemon)
{
    return must_get(daemon, "/studies?fields=id,name,recruitment&limit=500")->body;
}

START_TEST(a_register_comes_back_from_its_copy_with_its_tokens_in_another_life)
{
    struct daemon *daemon = daemon_start(register_of_both(), NULL);
    const char *db = daemon_db(daemon), *copy = text_format("%s.copy", db);
    ck_assert_int_eq(studyd_run("token", "create", "--db", db, "--name", "kept", "--role", "editor", "--study", "aurora", NULL).status, 0);
    struct outcome copied = studyd_run("backup", "--db", db, copy, NULL);
    ck_assert_msg(copied.status == 0, "%s", copied.err);
    ck_assert(matches(copied.out, "\\.copy: [0-9]+ bytes\n$"));
    ck_assert_int_eq(studyd_run("token", "create", "--db", db, "--name", "later", "--role", "editor", "--study", "aurora", NULL).status, 0);
    struct outcome refused = studyd_run("restore", "--db", db, copy, NULL);
    ck_assert_int_eq(refused.status, 1);
    ck_assert(matches(refused.err, "is held by process [0-9]+ "));
    const char *before = list_of(daemon), *tag = answer_header(must_get(daemon, "/studies/aurora"), "ETag");
    daemon_stop(daemon);
    struct outcome restored = studyd_run("restore", "--db", db, copy, NULL);
    ck_assert_msg(restored.status == 0, "%s", restored.err);
    ck_assert_str_eq(restored.out, text_format("%s is what %s holds\n", db, copy));
    ck_assert_str_eq(restored.err, "");
    const char *tokens = studyd_run("token", "list", "--db", db, NULL).out;
    ck_assert_ptr_nonnull(strstr(tokens, "kept\n"));
    ck_assert_ptr_null(strstr(tokens, "later\n"));
    struct outcome made = studyd_run("token", "create", "--db", db, "--name", "new", "--role", "editor", "--study", "aurora", NULL);
    ck_assert_msg(strncmp(made.out, "studyd_3_", 9) == 0, "%s", made.out); /* 2 was the later one's */
    struct daemon *again = daemon_start(db, NULL);
    ck_assert_str_eq(list_of(again), before);
    ck_assert_str_ne(answer_header(must_get(again, "/studies/aurora"), "ETag"), tag);
    assert_status(http_get(again, "/studies/aurora", text_format("If-None-Match: %s", tag), NULL), 200);
    daemon_stop(again);
}
END_TEST

START_TEST(a_daemon_that_makes_the_key_anew_says_what_it_means)
{
    const char *db = register_alone();
    struct daemon *daemon = daemon_start(db, NULL);
    ck_assert_ptr_null(strstr(daemon_log(daemon), "is made anew")); /* there is no token yet */
    daemon_stop(daemon);
    ck_assert_int_eq(studyd_run("token", "create", "--db", db, "--name", "n", "--role", "editor", "--study", "aurora", NULL).status, 0);
    daemon = daemon_start(db, NULL); /* a copy, without the key */
    ck_assert_ptr_nonnull(strstr(daemon_log(daemon), "the key of the tokens was not there and is made anew"));
    daemon_stop(daemon);
}
END_TEST

START_TEST(a_copy_without_its_key_says_what_is_missing)
{
    const char *db = register_alone(), *copy = text_format("%s.copy", db), *other = text_format("%s.other", db);
    ck_assert_int_eq(studyd_run("backup", "--db", db, copy, NULL).status, 0);
    struct outcome restored = studyd_run("restore", "--db", other, copy, NULL);
    ck_assert_int_eq(restored.status, 0);
    ck_assert_str_eq(restored.err,
                     text_format("studyd restore: %s.key is not there: without the key that was kept none of the tokens in the "
                                 "copy is valid\n",
                                 other));
    struct outcome again = studyd_run("backup", "--db", db, copy, NULL);
    ck_assert_int_eq(again.status, 1);
    ck_assert_ptr_nonnull(strstr(again.err, "is there already, and a backup writes over nothing"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("tokens");
    TCase *cases = tcase_create("tokens");
    tcase_add_unchecked_fixture(cases, start, stop);
    tcase_add_loop_test(cases, a_token_is_printed_once_and_alone, 0, 2);
    tcase_add_test(cases, a_list_of_what_nobody_serves_leaves_no_trace);
    tcase_add_test(cases, a_list_of_what_an_earlier_version_wrote_is_refused);
    tcase_add_loop_test(cases, a_day_is_meant_with_its_end, 0, 2);
    tcase_add_loop_test(cases, an_institution_answers_to_its_names, 0, 2);
    tcase_add_loop_test(cases, what_no_token_can_be_for_is_refused_with_the_nearest, 0, 2);
    tcase_add_loop_test(cases, a_token_is_revoked_once_and_stays_in_the_list, 0, 2);
    tcase_add_loop_test(cases, a_command_that_is_misused_says_how, 0, COUNT(misuses));
    tcase_add_test(cases, a_command_of_several_has_its_help);
    tcase_add_loop_test(cases, all_faults_of_a_wish_are_named_at_once, 0, 2);
    tcase_add_test(cases, a_key_that_others_can_read_stops_daemon_and_command);
    tcase_add_test(cases, who_may_not_open_the_socket_is_told_who_serves);
    tcase_add_test(cases, the_socket_makes_lists_and_revokes);
    tcase_add_test(cases, nobody_else_finds_tokens);
    tcase_add_test(cases, the_answer_that_holds_a_token_cannot_be_asked_for_again);
    tcase_add_loop_test(cases, a_wish_is_refused_with_each_fault, 0, COUNT(bodies));
    tcase_add_test(cases, what_else_the_routes_refuse);
    tcase_add_test(cases, a_register_comes_back_from_its_copy_with_its_tokens_in_another_life);
    tcase_add_test(cases, a_daemon_that_makes_the_key_anew_says_what_it_means);
    tcase_add_test(cases, a_copy_without_its_key_says_what_is_missing);
    tcase_set_timeout(cases, 120);
    suite_add_tcase(suite, cases);
    return support_run(suite);
}
