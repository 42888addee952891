/* SPDX-License-Identifier: GPL-3.0-or-later
 * Small pieces of JSON that many answers share. Every json_t * returned is new and belongs to the caller; every json_t *
 * given to a function named *_steal or reply_* is stolen. NULL stands for a lack of memory and may be passed on: jansson's
 * own setters refuse it, and reply_json answers 503.
 */
#ifndef STUDYD_HANDLERS_JSON_H
#define STUDYD_HANDLERS_JSON_H

#include <jansson.h>

#include "handlers/api.h"

json_t *json_maybe(const char *text);          /* NULL → null */
json_t *json_known(int64_t value);             /* −1 → null: counts, amounts, ages */
json_t *json_percent(int64_t permille);        /* −1 → null; 999 → 99.9 */
json_t *json_text(const struct db_text *text); /* {"nb": …, "en": …}, either may be null */
json_t *json_instant(int64_t ms);              /* "2026-11-22T21:00:00.000Z" */
#define JSON_INSTANT_SIZE 40
bool json_instant_text(int64_t ms, char ret_text[JSON_INSTANT_SIZE]); /* the same as text */
json_t *json_source(const char *document, const char *lines);         /* {"document": …, "lines": …}; null when both are NULL */
json_t *json_recruitment(const struct db_recruitment *r);             /* {planned, included, remaining, exceeded_by, percent, as_of} */
json_t *json_note(const struct db_note *note);

/* Compact bytes and a newline; steals root. API_UNAVAILABLE when there is no memory (root NULL included). */
enum api_error reply_json(struct reply *ret_reply, json_t *root);

/* meta of a list: total, returned, limit (−1 = no limit applies: null), data_version, licence, attribution; the last three of what was
 * known at request->known_at. */
enum api_error list_meta(struct request *rq, int64_t total, int64_t returned, int64_t limit, json_t **ret_meta);

/* {"data": …, "meta": …, "links": {"self": …}} for lists that are never cut. Steals data, an array. extra (stolen, may be NULL) is
 * merged into meta. */
enum api_error reply_whole_list(struct request *rq, struct reply *ret_reply, json_t *data, json_t *extra);

/* A column of a row as CSV. */
enum csv_kind { CSV_TEXT, CSV_WHOLE, CSV_DECIMAL, CSV_TRUTH }; /* also of the items of a list */
struct csv_column {
    const char *name;   /* of the column: label_nb */
    const char *path;   /* to the value in the row: label.nb; NULL = name */
    enum csv_kind kind; /* read by csv_recast alone: elsewhere the value says it */
};
/* The same rows as reply_whole_list, or as CSV with these columns (ends with a zeroed one) when the request wants that: a missing
 * member or null is empty, an empty text or list is "", a list is joined by "; ". Steals data and extra. */
enum api_error reply_table(struct request *rq, struct reply *ret_reply, json_t *data, json_t *extra, const struct csv_column *columns);

bool json_push(json_t *array, json_t *value); /* steals value; false = no memory */

#endif
