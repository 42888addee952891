/* SPDX-License-Identifier: GPL-3.0-or-later
 * A published figure as JSON. Results are new.
 */
#ifndef STUDYD_HANDLERS_FIGURE_JSON_H
#define STUDYD_HANDLERS_FIGURE_JSON_H

#include "handlers/json.h"

/* The number itself: an integer where it was printed without decimals. */
json_t *figure_value(const struct db_figure *figure);

/* The whole record. */
json_t *figure_json(const struct db_figure *figure);

#endif
