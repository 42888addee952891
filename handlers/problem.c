/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <assert.h>
#include <string.h>

#include "handlers/api.h"

static const struct problem problems[API_ERROR_COUNT] = {
#define PROBLEM(name, slug, status, title, meaning, remedy) [API_##name] = {slug, status, title, meaning, remedy},
#include "handlers/problem.def"
#undef PROBLEM
};

const struct problem *problem_of(enum api_error error)
{
    assert(error > API_OK && error < API_ERROR_COUNT);
    return &problems[error];
}

enum api_error problem_by_slug(const char *slug)
{
    for (int error = API_OK + 1; error < API_ERROR_COUNT; error++) {
        if (strcmp(problems[error].slug, slug) == 0)
            return (enum api_error)error;
    }
    return API_OK;
}

static bool any_is_about(const struct fault *list, size_t len, const char *name)
{
    for (size_t i = 0; i < len; i++)
        if (list[i].name && strcmp(list[i].name, name) == 0)
            return true;
    return false;
}

bool faults_name(const struct faults *faults, const char *name)
{
    return any_is_about(faults->list, faults->len, name) || any_is_about(faults->more, faults->more_len, name);
}

/* The last one that is not the only one of its parameter; NULL = each stands for a parameter of its own. */
static struct fault *one_of_several(struct faults *faults)
{
    for (size_t i = faults->len; i-- > 1;) {
        struct faults before = *faults;
        before.len = i;
        if (!faults->list[i].name || faults_name(&before, faults->list[i].name))
            return &faults->list[i];
    }
    return NULL;
}

void faults_add(struct faults *faults, const char *in, const char *name, const char *reason, const char *did_you_mean)
{
    bool is_full = faults->len == FAULTS_MAX;
    if (is_full && faults->more_len < faults->more_room) {
        faults->more[faults->more_len++] = (struct fault){in, name, reason, did_you_mean};
        return;
    }
    struct fault *place = !is_full ? &faults->list[faults->len++] : name && !faults_name(faults, name) ? one_of_several(faults) : NULL;
    faults->dropped += is_full;
    if (place)
        *place = (struct fault){in, name, reason, did_you_mean};
}

enum api_error api_error_of_db(enum db_status status)
{
    switch (status) {
    case DB_OK: return API_OK;
    case DB_NOT_FOUND: return API_NOT_FOUND;
    case DB_HELD:
    case DB_BUSY:
    case DB_FULL:
    case DB_READ_ONLY:
    case DB_DAMAGED:
    case DB_TOO_NEW: return API_STORAGE_UNAVAILABLE;
    case DB_NO_MEMORY: return API_UNAVAILABLE;
    case DB_TIMEOUT: return API_QUERY_TIMEOUT;
    case DB_CONFLICT: /* a handler for which this is the client's fault says so before it comes here */
    case DB_BUG: return API_INTERNAL;
    }
    return API_INTERNAL;
}
