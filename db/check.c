/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "db/db.h"

enum db_status db_check(const char *path, const struct db_renderer *renderer, const struct db_check_listener *listener,
                        int64_t *ret_findings, char **ret_detail)
{
    (void)path, (void)renderer, (void)listener;
    *ret_findings = 0;
    *ret_detail = NULL;
    return DB_BUG;
}
