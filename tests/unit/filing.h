/* SPDX-License-Identifier: GPL-3.0-or-later
 * Handlers that write, asked without HTTP on a register of their own, as the server asks them: parse, then write in a part of a
 * transaction. Each test file is one program, so that everything here is static.
 */
#ifndef STUDYD_TESTS_UNIT_FILING_H
#define STUDYD_TESTS_UNIT_FILING_H

#include "base/arena.h"
#include "db/fixture.h"
#include "handlers/writing.h"

#include <jansson.h>

static struct asked {
    struct arena *arena;
    struct faults faults;
    struct reply reply;
    struct request request;
    enum api_error error;
} asked;

static const struct db_token machine = {.role = DB_ROLE_OPERATOR, .scope = DB_SCOPE_ALL, .expires = -1, .revoked = -1};

static UNUSED void filing_begin(void)
{
    fixture_begin();
    import_ok(&first_said);
    asked = (struct asked){.arena = arena_new(0)};
}

static UNUSED void filing_end(void)
{
    free(asked.reply.bytes);
    free(asked.reply.location);
    arena_delete(asked.arena);
    fixture_end();
}

/* A request with that body, nothing asked yet. */
static UNUSED struct request *request_of(const void *params, const struct db_token *author, enum body_media media, const char *body)
{
    free(asked.reply.bytes);
    free(asked.reply.location);
    arena_reset(asked.arena);
    asked = (struct asked){.arena = asked.arena};
    asked.request = (struct request){.db = fixture.reader,
                                     .arena = asked.arena,
                                     .params = params,
                                     .path = "/studies/alpha/recruitment",
                                     .query = "",
                                     .base_url = "",
                                     .faults = &asked.faults,
                                     .body = body,
                                     .body_len = strlen(body),
                                     .media = media,
                                     .author = author};
    return &asked.request;
}

static UNUSED bool write_it(write_fn write_part)
{
    struct db_write *write = NULL;
    const struct db_author author = {asked.request.author->id, asked.request.author->role};
    ck_assert_int_eq(db_write_begin(fixture.db, &write), DB_OK);
    ck_assert_int_eq(db_write_part_begin(write, &author), DB_OK);
    asked.request.db = db_write_reader(write);
    asked.error = write_part(&asked.request, write, &asked.reply);
    if (asked.error != API_OK || asked.reply.undo)
        db_write_part_undo(write);
    else
        ck_assert_int_eq(db_write_part_keep(write), DB_OK);
    ck_assert_int_eq(db_write_commit(write), DB_OK);
    return asked.error == API_OK;
}

/* Whether it was taken; what was answered is in asked. */
static UNUSED bool ask(parse_fn parse, write_fn write_part, enum body_media media, const char *study, const char *body)
{
    const struct study_write_params params = {study};
    asked.error = parse(request_of(&params, &machine, media, body));
    return asked.error == API_OK && write_it(write_part);
}

static UNUSED const struct fault *fault_at(size_t i)
{
    return i < asked.faults.len ? &asked.faults.list[i] : &asked.faults.more[i - asked.faults.len];
}

/* Every fault as a line: name: reason [suggestion]. */
static UNUSED const char *faults_text(void)
{
    const char *text = "";
    for (size_t i = 0; i < asked.faults.len + asked.faults.more_len; i++) {
        const struct fault *fault = fault_at(i);
        ck_assert_str_eq(fault->in, "body");
        text =
            arena_printf(asked.arena, "%s%s: %s%s%s%s\n", text, fault->name ? fault->name : "-", fault->reason,
                         fault->did_you_mean ? " [" : "", fault->did_you_mean ? fault->did_you_mean : "", fault->did_you_mean ? "]" : "");
    }
    return text;
}

/* The faults are those, in this order: expected is lines of beginnings. "" = none. */
static UNUSED void assert_faults(const char *expected)
{
    const char *told = faults_text(), *line = expected, *seen = told;
    while (*line && *seen) {
        size_t len = strcspn(line, "\n");
        ck_assert_msg(strncmp(line, seen, len) == 0, "expected\n%s\ngot\n%s", expected, told);
        line += len + (line[len] == '\n');
        seen += strcspn(seen, "\n") + 1;
    }
    ck_assert_msg(!*line && !*seen, "expected\n%s\ngot\n%s", expected, told);
}

/* The answer's bytes, with an end. */
static UNUSED const char *answer_text(void)
{
    return arena_strndup(asked.arena, asked.reply.bytes, asked.reply.len);
}

/* The answer; borrowed until the test ends. */
static UNUSED json_t *answer_json(void)
{
    static json_t *answer;
    json_decref(answer);
    answer = json_loadb(asked.reply.bytes, asked.reply.len, 0, NULL);
    ck_assert_ptr_nonnull(answer);
    return answer;
}

static UNUSED void assert_answer(const char *expected)
{
    json_auto_t *wanted = json_loads(expected, 0, NULL);
    json_t *told = answer_json();
    ck_assert_ptr_nonnull(wanted);
    json_object_del(told, "recorded"); /* another each time */
    char *text = json_dumps(told, 0);
    ck_assert_msg(json_equal(wanted, told), "expected %s\ngot %s", expected, text);
    free(text);
}

#endif
