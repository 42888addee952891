/* SPDX-License-Identifier: GPL-3.0-or-later
 * What is secret: tokens, and the key that their hashes are made with. The key lies in a file beside the database (FILE.key, mode 0600),
 * so that a copy of the database alone opens nothing; in memory it is locked, guarded and left out of dumps. Tokens are wiped where we
 * hold them, are compared in constant time, and are never logged.
 *
 * A token is studyd_ID_SECRET: the decimal id of its record, and 32 random bytes as 43 characters of base64url.
 */
#ifndef STUDYD_SERVER_SECRET_H
#define STUDYD_SERVER_SECRET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "db/db.h"

#define SECRET_TOKEN_SIZE   80 /* with its NUL */
#define SECRET_TOKEN_PREFIX "studyd_"

struct secret;

/* Reads the key of the database at path, or makes it where there is none yet. NULL: it cannot; *ret_why is a malloc'd sentence (NULL = no
 * memory). Any thread may use what is returned. */
struct secret *secret_open(const char *path, char **ret_why);
bool secret_was_made(const struct secret *secret); /* there was no key: no token made before is valid any more */
void secret_close(struct secret *secret);          /* wipes it; NULL is fine */

/* Makes the token of that record and the hash to be stored. */
void secret_make(const struct secret *secret, int64_t id, char ret_token[SECRET_TOKEN_SIZE], unsigned char ret_hash[DB_HASH_BYTES]);
/* The id that a text which looks like a token names; false = it is malformed. */
bool secret_read(const char *text, size_t len, int64_t *ret_id);
/* Whether it is the token whose hash is stored. hash NULL: it is none, but takes as long. Constant time for texts of one length. */
bool secret_fits(const struct secret *secret, const char *text, size_t len, const unsigned char hash[DB_HASH_BYTES]);
void secret_wipe(void *bytes, size_t len);

/* What was asked under an Idempotency-Key, as a digest of all parts with their lengths. */
struct secret_part {
    const void *bytes;
    size_t len;
};
void secret_digest(const struct secret_part *parts, size_t len, unsigned char ret_digest[DB_HASH_BYTES]);

/* No dump of this process is ever written. Before the key is read. */
bool secret_forbid_dumps(void);

#endif
