/* SPDX-License-Identifier: GPL-3.0-or-later
 * Who asks, and what they may. A token that is malformed, unknown, expired or revoked is answered alike, in the same time as far as its
 * text allows; requests over the socket beside the database are the operator's.
 */
#ifndef STUDYD_SERVER_AUTH_H
#define STUDYD_SERVER_AUTH_H

#include "server/exchange.h"

/* Fills exchange->author, by the worker's reader. API_OK, API_UNAUTHORIZED, or the storage's error. */
enum api_error auth_identify(struct exchange *exchange);
/* Whether the author's role is enough for the route. API_OK, or API_FORBIDDEN with a sentence. */
enum api_error auth_role(struct exchange *exchange, const char **ret_detail);
/* Whether the author's scope holds the study. API_OK; API_NOT_FOUND: there is none; API_FORBIDDEN with a sentence; the storage's error. */
enum api_error auth_study(struct exchange *exchange, const char *study, const char **ret_detail);
/* The value of WWW-Authenticate. */
const char *auth_challenge(const struct exchange *exchange);
/* Wipes the token from the request's head: once it has been read nobody needs it any more. */
void auth_forget(struct exchange *exchange);

#endif
