/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One JSON file, or one line of a file: parsed with care, its members into structs by tables of fields, every fault with its line.
 */
#ifndef STUDYD_INGEST_DOCUMENT_H
#define STUDYD_INGEST_DOCUMENT_H

#include <jansson.h>

#include "ingest/fields.h"
#include "ingest/json_path.h"

#define DOCUMENT_DEPTH_MAX  32
#define DOCUMENT_TOKENS_MAX ((size_t)200 * 1000)

struct document {
    struct reading *reading;
    const char *file; /* borrowed from the folder's entry */
    int line;         /* of the file, where it begins */
    bool is_line;     /* text is borrowed, and a line of the file */
    char *text;
    size_t len;
    json_t *root;  /* an object; owned: document_close */
    size_t faults; /* of this file */
};

/* Reads and parses a file. false = a fault was noted, or memory ran out. document_close is due either way. */
bool document_open(struct document *document, struct reading *reading, struct folder_entry *entry);
/* The same for one line of a file that was read: len bytes at text, which the document borrows. */
bool document_open_line(struct document *document, struct reading *reading, const struct folder_entry *entry, char *text, size_t len,
                        int line);
void document_close(struct document *document);

/* Fills base (NULL = check only) from the root: every field must be a member, and every member a field. Strings are copied into
 * the data set. References must be readable already. */
void document_fill(struct document *document, const struct field *fields, void *base);

/* Notes a fault at a value. */
void document_fault(struct document *document, const struct json_path *path, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* The same for a member of the root, or of an object that is a member of the root (inner may be NULL). */
void document_fault_at(struct document *document, const char *member, const char *inner, const char *message);

#endif
