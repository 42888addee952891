/* SPDX-License-Identifier: GPL-3.0-or-later
 * Bytes on a bare socket, for requests that no client would send. Memory and failures: see support.h.
 */
#ifndef STUDYD_TESTS_WIRE_H
#define STUDYD_TESTS_WIRE_H

#include "http.h"

struct wire;

struct wire *wire_open(const struct daemon *daemon);
void wire_send(struct wire *wire, const char *bytes, size_t len);
void wire_text(struct wire *wire, const char *text);
/* The next answer; NULL = the daemon closed without one. method and target say what was asked; malformed, that it broke HTTP. */
struct answer *wire_answer(struct wire *wire, const char *method, const char *target, bool malformed);
/* Waits until the daemon has closed. false = it said more, or did not close within that time. */
bool wire_closed(struct wire *wire, int seconds);
bool wire_closed_within(struct wire *wire, int ms);
/* Whether nothing has come that was not read yet. */
bool wire_is_silent(const struct wire *wire);
void wire_close(struct wire *wire);

/* Whether the daemon takes no new connections any more. */
bool wire_refused(const struct daemon *daemon);

#endif
