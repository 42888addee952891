/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Who may file: part of db/db.h, which includes it. A token's secret is never here, only a hash of it that its holder makes
 * (server/secret.h).
 */
#ifndef STUDYD_DB_TOKENS_H
#define STUDYD_DB_TOKENS_H

#include "db/db.h"

enum db_role {
    DB_ROLE_NONE,
    DB_ROLE_REPORTER, /* files reports */
    DB_ROLE_EDITOR,   /* files reports and plans, edits cards */
    DB_ROLE_OPERATOR, /* commands on the machine itself; no token has it */
    DB_ROLES
};
extern const char *const db_role_names[DB_ROLES]; /* none reporter editor operator */

/* What a token is for: one study; the studies that an institution (or a part of it) coordinates; a programme's. */
enum db_scope { DB_SCOPE_STUDY, DB_SCOPE_INSTITUTION, DB_SCOPE_PROGRAMME, DB_SCOPE_ALL /* the operator's */, DB_SCOPES };
extern const char *const db_scope_names[DB_SCOPES]; /* study institution programme all */

#define DB_HASH_BYTES 32
struct db_token {
    int64_t id;
    const char *name;
    enum db_role role;
    enum db_scope scope;
    const char *code; /* of the scope */
    unsigned char hash[DB_HASH_BYTES];
    int64_t created, expires, revoked; /* expires, revoked: −1 = never */
};

/* The token of that id; each is called once, its texts are borrowed. DB_NOT_FOUND: there is none. */
enum db_status db_token_get(struct db_reader *reader, int64_t id, void (*each)(void *cls, const struct db_token *token), void *cls);
/* All of them, by id. */
enum db_status db_tokens(struct db_reader *reader, bool (*each)(void *cls, const struct db_token *token), void *cls);
/* Whether the study is within the scope; reads of token only scope and code. DB_NOT_FOUND: there is no such study. */
enum db_status db_token_covers(struct db_reader *reader, const struct db_token *token, const char *study, bool *ret_covers);

#endif
