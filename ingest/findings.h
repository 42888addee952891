/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The faults of one data set: counted all, kept up to a bound, told in order.
 */
#ifndef STUDYD_INGEST_FINDINGS_H
#define STUDYD_INGEST_FINDINGS_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "ingest/ingest.h"

/* Bytes of a message, its end included; longer ones are cut at a character. */
#define FAULT_MESSAGE_SIZE 640
/* Bytes of a value shown inside a message, quotes and the end included. */
#define FAULT_VALUE_SIZE 96

struct findings_entry {
    struct ingest_fault fault;
    char *memory; /* holds the fault's strings */
};

/* A zeroed struct has no faults. Only the first INGEST_FAULTS_TOLD in the order of file and line are kept, so a data set
 * with a million faults needs no more memory than one with two hundred. */
struct findings {
    struct findings_entry kept[INGEST_FAULTS_TOLD];
    size_t kept_len;
    size_t total;
    bool failed; /* memory ran out: a fault may lack its text */
};

/* True when a fault at this place would be told. Lets the dear part of a message (suggestions, lines of JSON) be skipped. */
bool findings_wanted(const struct findings *faults, const char *file, int line);

/* Notes a fault; everything is copied. field may be NULL. */
void findings_add(struct findings *faults, const char *file, int line, const char *field, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* Counts faults that are not worth telling one by one. */
void findings_count(struct findings *faults, size_t more);

/* value in double quotes, shortened, without control characters, for a message. Returns shown. */
const char *findings_value(const char *value, char shown[FAULT_VALUE_SIZE]);

/* Tells the kept faults in order, then how many more there are. */
void findings_tell(const struct findings *faults, ingest_fault_fn report, void *cls);
void findings_free(struct findings *faults);

#endif
