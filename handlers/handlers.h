/* SPDX-License-Identifier: GPL-3.0-or-later
 * Every handler and the typed struct its parameters fill. server/routes.c ties them to paths; nothing else calls them.
 */
#ifndef STUDYD_HANDLERS_HANDLERS_H
#define STUDYD_HANDLERS_HANDLERS_H

#include "handlers/api.h"

/* index.c */
enum api_error index_get(struct request *rq, struct reply *ret_reply);

/* programmes.c */
struct programmes_get_params {
    const char *id;
};
enum api_error programmes_list(struct request *rq, struct reply *ret_reply);
enum api_error programmes_get(struct request *rq, struct reply *ret_reply);

/* studies.c */
enum studies_include { INCLUDE_HIGHLIGHTS };
enum { STUDIES_PAGE = 50 }; /* of a list: where limit does not say it */
struct studies_list_params {
    struct db_study_filter filter;
    struct sort_param sort;
    int64_t limit; /* 0 = not given */
    const char *cursor;
    fields_param fields;
    fields_param include; /* of enum studies_include; 0 = nothing more */
    facets_param facets;
    int format; /* read by the server: see request.format */
    int dialect;
};
struct studies_get_params {
    const char *id;
    fields_param fields;
    int64_t known_at; /* read by the server: see request.known_at; so in the others */
};
void studies_list_check(struct request *rq);
enum api_error studies_list(struct request *rq, struct reply *ret_reply);
enum api_error studies_get(struct request *rq, struct reply *ret_reply);
/* What is answered where a study was not known: since when it is (−1 = there is none: it may have moved). */
enum api_error study_not_known(struct request *rq, struct reply *ret_reply, int64_t since, const char *moved, const char *rest);
/* What is answered for an id that no study has: 301 to /studies/{moved}{rest}, or 404 where moved is NULL. */
enum api_error study_moved(struct request *rq, struct reply *ret_reply, const char *moved, const char *rest);

/* recruitment.c */
enum recruitment_interval { INTERVAL_REPORT, INTERVAL_MONTH, INTERVAL_QUARTER, INTERVAL_YEAR };
struct recruitment_get_params {
    const char *id;
    const char *from, *to; /* YYYY-MM-DD, may be NULL */
    int interval;          /* enum recruitment_interval */
    int64_t known_at;
};
void recruitment_check(struct request *rq);
enum api_error recruitment_get(struct request *rq, struct reply *ret_reply);
void days_check(struct request *rq, const char *from, const char *to); /* of a route's check: from must not be later than to */

/* recruitment_list.c */
enum { RECRUITMENT_PAGE = 50 }; /* rows, where limit does not say it */
struct recruitment_list_params {
    struct db_study_filter filter;
    const char *from, *to;         /* YYYY-MM-DD, may be NULL */
    struct db_codes report_region; /* with DB_WHOLE_STUDY */
    int sort;                      /* enum db_recruitment_order */
    int64_t limit;                 /* 0 = not given */
    const char *cursor;
    int format; /* read by the server: see request.format */
    int dialect;
};
void recruitment_list_check(struct request *rq);
enum api_error recruitment_list(struct request *rq, struct reply *ret_reply);

/* stats.c, stats_summary.c, reconciliation.c: every statistic takes the same parameters, but for weighting */
enum weighting { WEIGHTING_EQUAL, WEIGHTING_WHOLE };
struct stats_params {
    struct db_study_filter filter;
    struct group_by_param group_by;
    int weighting; /* enum weighting */
    int format;    /* read by the server: see request.format */
    int dialect;
    int64_t known_at; /* of /stats/regions */
};
void stats_check(struct request *rq);
void stats_regions_check(struct request *rq);
void stats_summary_check(struct request *rq);
enum api_error stats_list(struct request *rq, struct reply *ret_reply);
enum api_error stats_table(struct request *rq, struct reply *ret_reply); /* the statistic of the path */
enum api_error stats_leaders(struct request *rq, struct reply *ret_reply);
enum api_error stats_reconciliation(struct request *rq, struct reply *ret_reply);
enum api_error stats_summary(struct request *rq, struct reply *ret_reply);

/* reference.c */
enum api_error institutions_list(struct request *rq, struct reply *ret_reply);
enum api_error regions_list(struct request *rq, struct reply *ret_reply);
enum api_error categories_list(struct request *rq, struct reply *ret_reply);
enum api_error mechanisms_list(struct request *rq, struct reply *ret_reply);
enum api_error calls_list(struct request *rq, struct reply *ret_reply);

/* contract.c */
struct problems_get_params {
    const char *slug;
};
enum api_error openapi_yaml_get(struct request *rq, struct reply *ret_reply);
enum api_error openapi_json_get(struct request *rq, struct reply *ret_reply);
enum api_error problems_list(struct request *rq, struct reply *ret_reply);
enum api_error problems_get(struct request *rq, struct reply *ret_reply);

/* health.c */
enum api_error health_live(struct request *rq, struct reply *ret_reply);
enum api_error health_ready(struct request *rq, struct reply *ret_reply);

#endif
