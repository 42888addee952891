/* SPDX-License-Identifier: GPL-3.0-or-later
 * search_each(id, whom): an aggregate that hands each id over, so that a common word costs a call for each study and not a step of the
 * statement, which is dearer.
 */
#include "db/search_index.h"

static void step(sqlite3_context *context, int args_len, sqlite3_value **args)
{
    const struct search_each *each = args_len == 2 ? sqlite3_value_pointer(args[1], POINTER_KIND) : NULL;
    (void)context;
    if (each != NULL)
        each->take(each->cls, sqlite3_value_int64(args[0]));
}

static void finish(sqlite3_context *context)
{
    sqlite3_result_null(context);
}

int search_each_register(sqlite3 *sql)
{
    return sqlite3_create_function_v2(sql, "search_each", 2, SQLITE_UTF8 | SQLITE_DIRECTONLY, NULL, NULL, step, finish, NULL);
}
