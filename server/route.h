/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The API as data: server/routes.c holds the one table, and everything that has to know the API reads it: dispatch, parameter
 * checks, ETags, --dump-routes, and through that the test that compares it with openapi.yaml.
 */
#ifndef STUDYD_SERVER_ROUTE_H
#define STUDYD_SERVER_ROUTE_H

#include <stddef.h>
#include <stdint.h>

#include "handlers/api.h"

enum param_in { IN_END, IN_PATH, IN_QUERY };

enum param_type {
    T_INT,         /* int64_t                    min … max                                              */
    T_BOOL,        /* enum db_tri                true, false                                            */
    T_ENUM,        /* int                        index into values                                      */
    T_CODES,       /* struct db_codes            a,b or !a,b: from values or vocabulary                 */
    T_RANGES,      /* struct db_ranges           a..b,c or !…: integers, min … max                      */
    T_TIME_RANGES, /* struct db_ranges           the same with RFC 3339 instants, as milliseconds       */
    T_SORT,        /* struct sort_param          [-]name,…: values[i] is enum db_study_sort_key i       */
    T_GROUP_BY,    /* struct group_by_param      name,…: values[i] is enum db_dimension i, at most DB_BY_MAX    */
    T_FORMAT,      /* int                        0 = absent, else 1 + index of the route's formats and of values */
    T_DIALECT,     /* int                        0 = absent, else 1 + index into values, enum csv_dialect       */
    T_FIELDS,      /* fields_param               name,… from values                                     */
    T_FACETS,      /* facets_param               name,…: values[i] is enum db_facet i, each once         */
    T_CURSOR,      /* const char *               [A-Za-z0-9_-]+, at most max characters                 */
    T_SEARCH,      /* const struct db_search *   words, "phrases", -without, begin*, OR: at most max characters; NULL = absent */
    T_DAY,         /* const char *               YYYY-MM-DD, a real day                                 */
    T_INSTANT,     /* int64_t                    RFC 3339, as milliseconds; 0 = absent                  */
    T_ID,          /* const char *               [a-z0-9]+(-[a-z0-9]+)*, at most 64; else 404 in a path */
};

struct param {
    const char *name;
    enum param_in in;
    enum param_type type;
    size_t offset;
    int64_t min, max, def;         /* T_INT: def is what an absent parameter means; T_CURSOR, T_SEARCH: max is the length */
    bool told;                     /* T_INT: absent is told from def: it is 0, below min, and def stands in the canonical query */
    const char *const *values;     /* NULL-terminated; T_ENUM (absent = def), T_FORMAT, T_DIALECT, T_CODES, T_SORT, T_FIELDS */
    enum db_vocabulary vocabulary; /* T_CODES without values */
};

/* What the ETag counts. */
enum tag_scope {
    TAG_NONE,  /* no ETag, Cache-Control: no-store (health) */
    TAG_BUILD, /* changes with the program only */
    TAG_DATA,  /* the data version */
    TAG_STUDY, /* the version of the study named by the path parameter id */
};

/* One of the formats an answer comes in. */
struct route_format {
    const char *name; /* as format= has it */
    enum reply_format format;
    const char *content_type;
};

#define E(name) (UINT32_C(1) << API_##name)

/* One of the types a body may have. */
struct route_body {
    enum body_media media;
    const char *content_type; /* without parameters */
};

/* Where a route is served. */
enum route_place {
    EVERYWHERE,
    MACHINE, /* on the socket beside the database alone: for commands on the machine itself; elsewhere it is not there */
};

struct route {
    const char *operation; /* operationId in openapi.yaml */
    const char *method;    /* HEAD and OPTIONS come by themselves */
    const char *path;      /* /studies/{id}/recruitment */
    handler_fn handler;
    const struct param *params; /* ends with a zeroed row; may be NULL */
    size_t params_size;         /* of the typed struct */
    const char *content_type;   /* of the one format there is; NULL where formats says more */
    enum tag_scope tag;
    int ok;                             /* 200 */
    uint32_t errors;                    /* those special to it, E(…) | …; what every route may answer is ERRORS_EVERYWHERE */
    bool moves;                         /* may answer 301 */
    check_fn check;                     /* may be NULL */
    const struct route_format *formats; /* ends with a zeroed row; of those wanted alike the first is sent. Else NULL */
    /* Of routes that write, instead of handler: */
    parse_fn parse; /* may be NULL: there is no body */
    write_fn write;
    alone_fn alone;                  /* instead of write */
    const struct route_body *bodies; /* ends with a NULL content_type */
    size_t body_max;                 /* bytes */
    enum db_role role;               /* the least that may */
    bool guarded;                    /* If-Match has to name the study's version */
    enum route_place place;
    int ok_too; /* another status of success that write may set in its reply; 0 = none */
};

/* Any request can meet these; openapi.yaml says so in each operation's default response. */
#define ERRORS_EVERYWHERE                                                                                                                  \
    (E(BAD_REQUEST) | E(METHOD_NOT_ALLOWED) | E(PAYLOAD_TOO_LARGE) | E(URI_TOO_LONG) | E(EXPECTATION_FAILED) | E(TOO_MANY_REQUESTS) |      \
     E(HEADERS_TOO_LARGE) | E(INTERNAL) | E(NOT_IMPLEMENTED) | E(UNAVAILABLE) | E(QUERY_TIMEOUT) | E(STORAGE_UNAVAILABLE) |                \
     E(VERSION_NOT_SUPPORTED))

extern const struct route routes[];
extern const size_t routes_len;

/* The first of the route's rows of that type; NULL = it has none. */
const struct param *param_of_type(const struct route *route, enum param_type type);

/* Asserts what the table promises: unique (method, path) and operations, {args} match the IN_PATH rows, defaults inside
 * bounds, fields inside the struct and not overlapping. Called once at start. */
void routes_verify(void);

/* The whole table as JSON on stdout, for the contract test. false = could not write. */
bool routes_dump(void);

#define ROUTE_ARGS_MAX 4
struct route_match {
    const struct route *route;        /* NULL: no route has this path (404), or none takes this method (405) */
    char allow[64];                   /* for OPTIONS and 405: "GET, HEAD, OPTIONS"; "" = no such path */
    const char *args[ROUTE_ARGS_MAX]; /* raw path segments, in the order of the template */
    size_t args_len[ROUTE_ARGS_MAX];
};
/* path is the raw request target up to '?'. HEAD finds GET's route; OPTIONS finds none but fills allow. place: where the request came;
 * rows of other places are not there. */
void route_find(enum route_place place, const char *method, const char *path, size_t path_len, struct route_match *ret_match);

bool route_writes(const struct route *route);
/* The errors that its answers may be, with those that follow from its other columns; but for ERRORS_EVERYWHERE. */
uint32_t route_errors(const struct route *route);

#endif
