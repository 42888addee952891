/* SPDX-License-Identifier: GPL-3.0-or-later
 * Content negotiation (RFC 9110, 12.5): which media type and which coding a client admits. Values are those of all header lines
 * joined by commas; NULL = the header is not there. Elements that are not well formed are passed over.
 */
#ifndef STUDYD_SERVER_ACCEPT_H
#define STUDYD_SERVER_ACCEPT_H

#include <stdbool.h>

/* How much Accept wants the media type (its parameters do not count): by the most specific range that fits. */
struct accept_wish {
    int weight;    /* in thousandths; 0 = not admitted */
    int closeness; /* of that range: 3 the type itself, 2 its main type, 1 anything; 0 = none fits, or Accept says nothing */
};
struct accept_wish accept_wish(const char *accept, const char *content_type);

/* Whether a is wanted more than b: by weight, and at the same weight by being named more closely. */
bool accept_prefers(struct accept_wish a, struct accept_wish b);

enum coding { CODING_IDENTITY, CODING_GZIP, CODING_COUNT };
extern const char *const coding_names[CODING_COUNT];

/* Whether Accept-Encoding admits gzip at all, and whether it is wanted at least as much as plain bytes. */
struct accept_coding {
    bool gzip_admitted, gzip_wanted;
};
struct accept_coding accept_coding(const char *accept_encoding);

#endif
