/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where a value stands in a JSON text: jansson's trees do not know their lines.
 */
#ifndef STUDYD_INGEST_JSON_PATH_H
#define STUDYD_INGEST_JSON_PATH_H

#include <stddef.h>

/* A way from the root to a value, innermost step first; made on the stack while a tree is walked. */
struct json_path {
    const struct json_path *up; /* NULL: this is the root, its other members mean nothing */
    const char *member;         /* NULL: an element of an array */
    size_t element;
};

/* The line, from 1, that the value starts on. text must be valid JSON; a way that leads nowhere gives the line of the last value
 * on it (as does a member whose name is written with escapes). */
int json_path_line(const char *text, size_t len, const struct json_path *path);

/* The way for people: patients.age_min, links[0].url; "" for the root. Cut to size. Returns ret_text. */
const char *json_path_text(const struct json_path *path, char *ret_text, size_t size);

#endif
