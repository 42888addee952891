/* SPDX-License-Identifier: GPL-3.0-or-later
 * Tokens, as they are told over the socket beside the database: to `studyd token`, which alone asks for them. Hashes are never told, a
 * token itself once.
 */
#ifndef STUDYD_SERVER_TOKENS_TOLD_H
#define STUDYD_SERVER_TOKENS_TOLD_H

#include "handlers/api.h"

struct token_params {
    const char *token;
};

/* POST /tokens: {"name", "role", one of "study", "institution", "programme", "expires": an instant, a day or null}. Alone, so that the
 * answer is kept nowhere. */
enum api_error tokens_create_parse(struct request *request);
enum api_error tokens_create(struct request *request, struct db *db, struct reply *ret_reply);
/* GET /tokens */
enum api_error tokens_list(struct request *request, struct reply *ret_reply);
/* DELETE /tokens/{token}: the token as it is afterwards, and whether it was this that revoked it. */
enum api_error tokens_revoke(struct request *request, struct db_write *write, struct reply *ret_reply);

#endif
