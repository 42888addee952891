/* SPDX-License-Identifier: GPL-3.0-or-later
 * Entity tags: "epoch-build-version-representation-coding", strong, known without a query (RFC 9110, 8.8.3 and 13.1.2).
 */
#ifndef STUDYD_SERVER_ETAG_H
#define STUDYD_SERVER_ETAG_H

#include <stdbool.h>
#include <stdint.h>

#define ETAG_SIZE 96

/* Eight hex digits that change with the program's sources, or "dev". */
const char *etag_build(void);

/* application/json → json; "other" for a type that has no short name here. variant, of what one type holds more than one of, follows
 * the name; "" = the plain one. */
#define ETAG_REPRESENTATION_SIZE 24
void etag_representation(const char *content_type, const char *variant, char ret_name[ETAG_REPRESENTATION_SIZE]);

/* With its quotes. epoch: at most 16 characters. */
void etag_write(char ret_tag[ETAG_SIZE], const char *epoch, int64_t version, const char *representation, const char *coding);

/* Whether a value of If-None-Match (a list, or *) names the tag, by weak comparison. A value that is not well formed names
 * nothing from there on. */
bool etag_named(const char *value, const char *tag);

/* Whether a value of If-Match (a list, or *) names that version of a study, whatever the build, representation and coding, by strong
 * comparison. */
bool etag_names_version(const char *value, const char *epoch, int64_t version);
/* Whether it names any version of anything: * or a strong tag of the form above. */
bool etag_has_version(const char *value);

#endif
