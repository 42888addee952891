/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a handler sees of a request and what it gives back. Handlers know the domain and JSON; they know nothing of
 * libmicrohttpd or SQL. A handler runs in the worker's thread, start to end, and keeps nothing between requests.
 */
#ifndef STUDYD_HANDLERS_API_H
#define STUDYD_HANDLERS_API_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "db/db.h"

enum api_error {
    API_OK,
#define PROBLEM(name, slug, status, title, meaning, remedy) API_##name,
#include "handlers/problem.def"
#undef PROBLEM
    API_ERROR_COUNT,
};

struct problem {
    const char *slug;
    int status;
    const char *title, *meaning, *remedy;
};
const struct problem *problem_of(enum api_error error); /* error != API_OK */
enum api_error problem_by_slug(const char *slug);       /* API_OK = no such slug */

/* One thing that is wrong with a request. Strings are borrowed from the request's arena or constant. */
struct fault {
    const char *in;   /* query, path, header, body */
    const char *name; /* of the parameter; may be NULL */
    const char *reason;
    const char *did_you_mean; /* may be NULL */
};
#define FAULTS_MAX 32
struct faults {
    struct fault list[FAULTS_MAX];
    size_t len; /* further ones go to more where that has room, else are counted in dropped; each parameter keeps one as long as another has
                   several */
    size_t dropped;
    /* For bodies of many rows, each of which is to be named: further ones, after those of list. Of more_room, in the arena. */
    struct fault *more;
    size_t more_len, more_room;
};
#define FAULTS_OF_ROWS 10000 /* what more_room may be set to */
void faults_add(struct faults *faults, const char *in, const char *name, const char *reason, const char *did_you_mean);

struct arena;

enum reply_format { FORMAT_JSON, FORMAT_CSV, FORMAT_NDJSON, FORMATS };
enum csv_dialect { DIALECT_RFC4180, DIALECT_EXCEL_NB };

struct exports;
struct secret;

/* What a body comes as. */
enum body_media { BODY_JSON, BODY_MERGE_PATCH, BODY_CSV, BODY_NDJSON };

struct request {
    struct db_reader *db;
    struct arena *arena;      /* lives until the reply is sent */
    const void *params;       /* the route's typed struct, filled and checked */
    const char *path;         /* as routed, decoded: /studies/aneed */
    const char *query;        /* canonical: in the order of the route's table, defaults left out, encoded; "" when empty */
    enum reply_format format; /* what is wanted of those the route has: format=, else Accept */
    enum csv_dialect dialect; /* of FORMAT_CSV */
    int64_t known_at;         /* known_at=: what the register knew then is asked for, and it is settled; 0 = what it knows now */
    const char *base_url;     /* "" or https://host, without a slash at the end */
    struct exports *exports;  /* what bounds whole results (handlers/rows.h) */
    struct faults *faults;    /* a handler that returns API_BAD_PARAMETER, API_MALFORMED_BODY, API_UNPROCESSABLE, … has added why */
    /* Of routes that write (struct route: write or alone): */
    const char *body; /* whole, followed by a NUL that is not counted */
    size_t body_len;
    enum body_media media;         /* of those that the route takes */
    const struct db_token *author; /* who asks: the role is the route's or higher, the scope holds the study that the path names */
    void *task;                    /* what the route's parse made of the body, in the arena */
    const struct secret *secret;   /* the key of tokens: for the server's own routes */
};

/* A body that is made while it is sent, for results that are too long to be held. Made and read by one thread at a time, which need
 * not be the same: nothing in it may belong to the request, whose arena is gone when free runs. */
enum { STREAM_END = -1, STREAM_BROKEN = -2 };
struct reply_stream {
    /* Writes at most max bytes (max > 0), and at least one; STREAM_END: there are no more; STREAM_BROKEN: there should be more, and
     * cannot: the client will see that its answer was cut. Must not wait for anything but the storage. */
    ssize_t (*read)(struct reply_stream *stream, char *to, size_t max); /* NULL = no stream */
    void (*free)(struct reply_stream *stream);                          /* once, read to its end or not */
    void *cls;
    int64_t rows;    /* that read has handed out so far, for the log */
    const char *why; /* of STREAM_BROKEN: a constant sentence for the log */
};

/* The server frees what a reply owns, whatever the handler returned. */
struct reply {
    int status;               /* 0 = the route's */
    const char *content_type; /* NULL = the route's */
    char *bytes;              /* malloc'd, owned by the reply; NULL with len 0 = no body */
    size_t len;
    const char *constant;       /* instead of bytes: lives as long as the program; len 0 = up to its NUL */
    struct reply_stream stream; /* instead of bytes; not compressed, not cached */
    bool counted;               /* a list: X-Total-Count and X-Row-Count */
    int64_t total, rows;        /* in the whole list; in this body */
    /* The data version that the body was made from and its time, where that is known: the tag is then of this one, should the data
     * have changed after the tag was made. 0 = not said. With known_at only the time is read: since when it was so. */
    int64_t data_version, data_updated;
    int64_t study_version; /* of routes that write: the tag is the study's of this version; 0 = no tag */
    bool undo;             /* of routes that write: the answer is sent, and what was written is taken back (a dry run) */
    char *location;        /* malloc'd, may be NULL */
    char *link;            /* value of the Link header, malloc'd, may be NULL */
    const char *detail;    /* of a problem: one sentence, from the arena or constant; NULL = the problem's meaning */
};

typedef enum api_error (*handler_fn)(struct request *request, struct reply *ret_reply);

/* Of routes that write. parse runs in the worker's thread with request->db: it makes request->task of the body, or names every fault
 * (API_MALFORMED_BODY: not of its form; API_UNPROCESSABLE: of its form, but not to be taken). write runs in the writer's thread, inside a
 * part of a transaction that others share, which is kept when it returns API_OK and undone otherwise; request->db is then a reader of that
 * transaction. alone runs in the writer's thread outside of any transaction. */
typedef enum api_error (*parse_fn)(struct request *request);
typedef enum api_error (*write_fn)(struct request *request, struct db_write *write, struct reply *ret_reply);
typedef enum api_error (*alone_fn)(struct request *request, struct db *db, struct reply *ret_reply);

/* What the table of parameters cannot say: adds a fault for values that are each right and together wrong. Runs before the ETag is
 * compared, also when there are faults already, so that all are named at once; request->query is "" then. */
typedef void (*check_fn)(struct request *request);
bool faults_name(const struct faults *faults, const char *name); /* whether one of them is about that parameter */

/* The one place where storage's answer becomes the client's. DB_OK → API_OK; DB_NOT_FOUND → API_NOT_FOUND; the rest 5xx. */
enum api_error api_error_of_db(enum db_status status);

/* ── values that parameters take, beside those of db.h ──────────────────────────────────────────────────────── */

/* Bytes of the header Link that fit the head of an answer. */
#define LINK_MAX 2048

/* The years of calls that may be asked for. */
#define CALL_YEAR_MIN 1900
#define CALL_YEAR_MAX 2200

struct sort_param {
    struct db_sort by[DB_SORT_LEN];
    size_t len;
};

/* In the order asked for; len 0 = the statistic's own. */
struct group_by_param {
    enum db_dimension by[DB_BY_MAX];
    size_t len;
};

/* Names picked by fields=, a bit each, in the order of the route's vocabulary. 0 = all. */
typedef uint64_t fields_param;

/* Named by facets=, a bit for each enum db_facet. 0 = none. */
typedef uint64_t facets_param;

#endif
