/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The folder of a data set: which files it may hold, their bytes, and the digest of them all.
 */
#ifndef STUDYD_INGEST_FOLDER_H
#define STUDYD_INGEST_FOLDER_H

#include <stdbool.h>
#include <stddef.h>

#include "ingest/findings.h"

#define FOLDER_CSV_MAX      ((size_t)512 * 1024 * 1024)
#define FOLDER_JSON_MAX     ((size_t)4 * 1024 * 1024) /* a line of cards.ndjson too */
#define FOLDER_CARDS_MAX    ((size_t)2 * 1024 * 1024 * 1024)
#define FOLDER_FILES_MAX    ((size_t)2 * 1000 * 1000) /* cards; the register is measured up to 500 000 studies */
#define FOLDER_DIGEST_BYTES 32
#define FOLDER_DIGEST_SIZE  (2 * FOLDER_DIGEST_BYTES + 1)

enum folder_file {
    FOLDER_EDITION,
    FOLDER_PROGRAMME,
    FOLDER_REGIONS,
    FOLDER_MECHANISMS,
    FOLDER_CATEGORIES,
    FOLDER_INSTITUTIONS,
    FOLDER_ALIASES,
    FOLDER_STUDIES,
    FOLDER_AWARDS,
    FOLDER_PLANS,
    FOLDER_REPORTS,
    FOLDER_FIGURES,
    FOLDER_NOTES,
    FOLDER_CARDS, /* need not be there */
    FOLDER_CARD,
};
#define FOLDER_FIXED FOLDER_CARD /* so many files have a name of their own */

struct folder_entry {
    char *name; /* inside the folder: studies.csv, cards/ID.json */
    enum folder_file file;
    unsigned char digest[FOLDER_DIGEST_BYTES]; /* of its bytes, once read */
};

struct folder {
    int dir;                      /* −1 = not open */
    struct folder_entry *entries; /* sorted by name; only files that are read */
    size_t len, cap;
    bool failed; /* memory ran out */
};

/* The name of a file that has one. */
const char *folder_name(enum folder_file file);

/* Opens and lists dir. Files that are missing, are not read, or are no plain files are faults. false = it cannot be listed, or
 * memory ran out (failed); *ret_detail is then malloc'd or NULL. */
bool folder_open(struct folder *folder, const char *dir, struct findings *faults, char **ret_detail);
void folder_close(struct folder *folder);

/* NULL = not there (a fault was noted where it must be). */
struct folder_entry *folder_find(const struct folder *folder, enum folder_file file);

/* Reads a file whole, notes its digest and checks that it is a text. NULL = a fault was noted or memory ran out (failed);
 * else malloc'd, with a NUL behind its *ret_len bytes. */
char *folder_read(struct folder *folder, struct folder_entry *entry, struct findings *faults, size_t *ret_len);

/* BLAKE2b over every file's name, length and digest, in the order of names; hexadecimal. All files must have been read. */
void folder_digest(const struct folder *folder, char ret_hex[FOLDER_DIGEST_SIZE]);

#endif
