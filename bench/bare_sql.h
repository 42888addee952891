/* SPDX-License-Identifier: GPL-3.0-or-later
 * The same questions as a plain C loop would ask them: prepared statements on the same file, opened for reading with the daemon's own
 * settings, straightforward SQL over the indexes there are. Preparing is not counted.
 */
#ifndef STUDYD_BENCH_BARE_SQL_H
#define STUDYD_BENCH_BARE_SQL_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

struct bare {
    sqlite3 *sql;
    sqlite3_stmt *rendered;
};
void bare_open(struct bare *bare, const char *database);
void bare_close(struct bare *bare);

/* The microseconds that all rows took, every column read. ret_number (may be NULL): the last row's first column. */
int64_t bare_run(struct bare *bare, const char *statement, int64_t *ret_number);

/* The first value of the first row as text; NULL = there is none. The caller frees it. */
char *bare_text(struct bare *bare, const char *statement);

struct bare_page {
    const char *from, *condition; /* FROM study s …; what holds of s */
    const char *key;              /* the order: an expression, then s.code */
    bool descending;
    const char *value, *code; /* literals of the key and the id that the page begins after; NULL = from the beginning */
    int limit;
};
/* The total, the rows, and their bytes. ret_first: the id of the first row, "" = there is none. */
int64_t bare_ask_page(struct bare *bare, const struct bare_page *page, int64_t *ret_total, char ret_first[80]);

#endif
