/* SPDX-License-Identifier: GPL-3.0-or-later
 * include=highlights: where the texts of a study have what q looks for, as the last member of its row. Texts come in parts, each with
 * whether it was looked for, in their own spelling: nothing is marked up, so that nothing has to be escaped.
 */
#ifndef STUDYD_HANDLERS_HIGHLIGHTS_H
#define STUDYD_HANDLERS_HIGHLIGHTS_H

#include "base/buffer.h"
#include "handlers/api.h"

/* Those of the next row. A zeroed struct is empty. */
struct highlights {
    char *json; /* malloc'd; NULL = none were found, or no memory */
};

/* As db hands them out, before the row's bytes: cls is a struct highlights. Earlier ones go. */
void highlights_take(void *cls, const struct db_hit *hits, size_t len);
/* Puts them into the object that buffer ends with. false = no memory. */
bool highlights_append(struct highlights *highlights, struct buffer *buffer);
void highlights_free(struct highlights *highlights);

#endif
