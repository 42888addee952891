/* SPDX-License-Identifier: GPL-3.0-or-later
 * JSON bodies of requests, by table: what a member is called, what it may be, where it goes. Every fault is named at once.
 */
#ifndef STUDYD_HANDLERS_BODY_H
#define STUDYD_HANDLERS_BODY_H

#include <jansson.h>

#include "handlers/api.h"

#define BODY_DEPTH_MAX   32
#define BODY_MEMBERS_MAX 1000 /* members and elements, in all */

enum member_type {
    MEMBER_END,
    MEMBER_LINE,    /* const char *             a text on one line of at most max characters */
    MEMBER_TEXT,    /* const char *             the same, line feeds allowed */
    MEMBER_DAY,     /* const char *             YYYY-MM-DD, a real day, from the year min (or 1900) to 2199 */
    MEMBER_DATE,    /* const char *             YYYY, YYYY-MM or YYYY-MM-DD, real, likewise */
    MEMBER_ID,      /* const char *             a code of a-z, 0-9 and single hyphens */
    MEMBER_URL,     /* const char *             http:// or https:// */
    MEMBER_DOI,     /* const char *             10.1234/abc */
    MEMBER_CODE,    /* const char *             of vocabulary, in its canonical spelling */
    MEMBER_WHOLE,   /* int64_t                  min … max */
    MEMBER_TRUTH,   /* bool */
    MEMBER_OBJECT,  /*                          members, into the same struct */
    MEMBER_LIST,    /* pointer and size_t       objects of members into items of item_size bytes, at most max of them */
    MEMBER_NUMBERS, /* struct body_numbers      {"code": number, …}: codes of vocabulary, min … max each, at least one */
    MEMBER_REFUSED, /* nothing                  is known, but not to be taken: why */
};

struct body_numbers {
    const struct body_number {
        const char *code;
        int64_t number;
    } * list;
    size_t len;
};

struct body_member {
    const char *name;
    enum member_type type;
    bool required;
    bool nullable;     /* null is: not known, none */
    unsigned char bit; /* 1 + the bit of seen that says that it was there; 0 = nobody asks */
    size_t offset, len_offset;
    int64_t min, max;
    enum db_vocabulary vocabulary;
    const struct body_member *members; /* end with a zeroed row */
    size_t item_size;
    const char *(*check)(const void *item); /* of an item of a list without faults: a sentence when it is wrong; may be NULL */
    const char *why;                        /* of MEMBER_REFUSED, and where null is refused for a reason of its own; may be NULL */
};
#define MEMBER_AT(type, member)      .offset = offsetof(struct type, member)
#define MEMBER_LIST_AT(type, member) .offset = offsetof(struct type, member), .len_offset = offsetof(struct type, member##_len)
#define MEMBER_SEEN(number)          .bit = (number) + 1

/* Reads text as one JSON value. row: how faults name the place ("row 17"), NULL for a whole body. API_MALFORMED_BODY: the fault says line
 * and column, and nothing of the text. *ret_root is new. */
enum api_error json_body_read(struct request *rq, const char *text, size_t len, const char *row, json_t **ret_root);

/* Fills the struct at into (zeroed before, or holding what absent members mean) from an object; strings are copied into the request's
 * arena. Bits of *seen (may be NULL) tell which members were there. false: there were faults, which are added. Faults are named by JSON
 * pointer (/regions/vest), those of a row by the row and the way to the member (row 17 regions/vest). */
bool json_body_fill(struct request *rq, const json_t *root, const struct body_member *members, const char *row, void *into, uint64_t *seen);

/* Both, for a route whose body is one object. API_UNPROCESSABLE: there were faults. */
enum api_error json_body(struct request *rq, const struct body_member *members, void *into, uint64_t *seen);

/* A fault of the body. name and the rest live in the arena or are constant; reason NULL: there was no memory, and nothing is said. */
void body_fault(struct request *rq, const char *name, const char *reason, const char *did_you_mean);
size_t body_faults(const struct request *rq); /* how many there are */

#endif
