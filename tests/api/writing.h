/* SPDX-License-Identifier: GPL-3.0-or-later
 * What stories about writing share: a register with the invented programme, tokens, and filings.
 */
#ifndef STUDYD_TESTS_API_WRITING_H
#define STUDYD_TESTS_API_WRITING_H

#include <stdarg.h>
#include <string.h>

#include "api/invented.h"
#include "http.h"

static inline const char *invented_folder(void)
{
    static const char *made;
    if (made)
        return made;
    const char *folder = text_format("%s/invented", support_folder());
    for (size_t i = 0; i < sizeof invented_files / sizeof *invented_files; i++)
        file_write(folder, invented_files[i].name, invented_files[i].content);
    return made = folder;
}

static inline const char *register_to_write(void)
{
    static const char *made;
    return made ? made : (made = register_with(invented_folder()));
}

/* A token of the daemon's register, as a header. scope: --study, --institution or --programme. */
static inline const char *token_made(const struct daemon *daemon, const char *role, const char *scope, const char *code)
{
    struct outcome made =
        studyd_run("token", "create", "--db", daemon_db(daemon), "--name", "Test office", "--role", role, scope, code, NULL);
    ck_assert_msg(made.status == 0, "token create ended with %d: %s", made.status, made.err);
    return text_format("Authorization: Bearer %.*s", (int)strcspn(made.out, "\n"), made.out);
}

#define JSON_BODY "Content-Type: application/json"
#define ANY       "If-Match: *"

/* The tag of a study. */
static inline const char *tag_of(const struct daemon *daemon, const char *study)
{
    return text_format("%s", answer_header(must_get(daemon, text_format("/studies/%s", study)), "ETag"));
}

static inline json_int_t version_of(const struct daemon *daemon, const char *study)
{
    return int_at(must_get(daemon, text_format("/studies/%s?fields=version", study))->json, "version");
}

static inline const char *recruitment_of(const char *study)
{
    return text_format("/studies/%s/recruitment", study);
}

#endif
