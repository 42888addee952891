/* SPDX-License-Identifier: GPL-3.0-or-later
 * Names in folders, and how they are made durable.
 */
#ifndef STUDYD_BASE_FOLDER_H
#define STUDYD_BASE_FOLDER_H

#include <stdbool.h>

char *folder_of(const char *path); /* that the file lies in, malloc'd; NULL = no memory */
/* The file's own name, whatever links are on the way or in its place: malloc'd, absolute. It need not be there, but its folder must: a link
 * to nothing stands for what it names. NULL: errno says why. */
char *folder_real(const char *path);
/* What was made, renamed or removed beside path is on disk when this returns true. false: errno says why. */
bool folder_sync(const char *path);
/* Gives the file another name, which must not be taken yet. false: errno says why (EEXIST). */
bool folder_rename_new(const char *from, const char *to);

#endif
