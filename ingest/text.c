/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/text.h"

#include <stdint.h>
#include <string.h>

#include "base/forms.h"

static int line_of(const char *text, const char *place)
{
    int line = 1;
    for (const char *c = text; c < place; c++)
        line += *c == '\n';
    return line;
}

/* The first byte of a kind that may not stand anywhere. */
static bool byte_check(struct findings *faults, const char *file, const char *text, size_t len, char byte, const char *message)
{
    const char *found = len > 0 ? memchr(text, byte, len) : NULL;
    if (found != NULL)
        findings_add(faults, file, line_of(text, found), NULL, "%s", message);
    return found == NULL;
}

/* Bytes of ASCII at text, as far as whole words of it go. */
static size_t ascii_run(const char *text, size_t len)
{
    size_t run = 0;
    uint64_t word;
    for (; len - run >= sizeof(word); run += sizeof(word)) {
        memcpy(&word, text + run, sizeof(word));
        if ((word & UINT64_C(0x8080808080808080)) != 0)
            break;
    }
    return run;
}

static bool utf8_check(struct findings *faults, const char *file, const char *text, size_t len)
{
    bool good = true;
    int line = 1; /* that counted stands on */
    const char *counted = text;
    for (size_t at = ascii_run(text, len); at < len; at += ascii_run(text + at, len - at)) {
        size_t length = forms_character(text + at, len - at);
        if (length == 0) {
            good = false;
            line += line_of(counted, text + at) - 1;
            counted = text + at;
            findings_add(faults, file, line, NULL, "bytes that are not UTF-8");
            const char *feed = memchr(text + at, '\n', len - at);
            length = feed != NULL ? (size_t)(feed - text) - at : len - at;
        }
        at += length;
    }
    return good;
}

bool text_check(struct findings *faults, const char *file, const char *text, size_t len)
{
    bool good = true;
    if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
        findings_add(faults, file, 1, NULL, "a byte order mark: expected UTF-8 without one");
        good = false;
    }
    good &= byte_check(faults, file, text, len, '\0', "a NUL byte");
    good &= byte_check(faults, file, text, len, '\r', "a carriage return: expected lines that end with a line feed alone");
    good &= utf8_check(faults, file, text, len);
    return good;
}
