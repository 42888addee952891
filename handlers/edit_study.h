/* SPDX-License-Identifier: GPL-3.0-or-later
 * What of a card may be edited here, and what not, and why: a row for each member of a card.
 */
#ifndef STUDYD_HANDLERS_EDIT_STUDY_H
#define STUDYD_HANDLERS_EDIT_STUDY_H

#include "handlers/body.h"

extern const struct body_member edit_members[];

#endif
