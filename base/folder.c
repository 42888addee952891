/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* asprintf, renameat2 */
#include "base/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (slash == NULL)
        return strdup(".");
    return slash == path ? strdup("/") : strndup(path, (size_t)(slash - path));
}

static char *beside(const char *folder, const char *name)
{
    char *path = NULL;
    return asprintf(&path, "%s/%s", strcmp(folder, "/") == 0 ? "" : folder, name) < 0 ? NULL : path;
}

/* Of what is not there: its folder's own name, and its own. */
static char *real_of_absent(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *folder = folder_of(path), *real = folder == NULL ? NULL : realpath(folder, NULL);
    char *name = real == NULL ? NULL : beside(real, slash == NULL ? path : slash + 1);
    int error = errno;
    free(folder);
    free(real);
    errno = error;
    return name;
}

/* malloc'd; NULL with errno 0: it is no link. */
static char *link_follow(const char *path)
{
    char target[PATH_MAX];
    ssize_t len = readlink(path, target, sizeof target - 1);
    errno = len < 0 ? 0 : errno;
    if (len < 0)
        return NULL;
    target[len] = '\0';
    if (target[0] == '/')
        return strdup(target);
    char *folder = folder_of(path), *followed = folder == NULL ? NULL : beside(folder, target);
    free(folder);
    return followed;
}

/* A circle of links is none that is absent: realpath says so (ELOOP) before. */
char *folder_real(const char *path)
{
    char *at = strdup(path), *real = NULL;
    while (at != NULL && (real = realpath(at, NULL)) == NULL && errno == ENOENT) {
        char *next = link_follow(at);
        if (next == NULL && errno == 0) {
            real = real_of_absent(at);
            break;
        }
        free(at);
        at = next;
    }
    int error = errno;
    free(at);
    errno = error;
    return real;
}

bool folder_sync(const char *path)
{
    char *folder = folder_of(path);
    int fd = folder == NULL ? -1 : open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool is_done = fd >= 0 && fsync(fd) == 0;
    int error = errno;
    if (fd >= 0)
        close(fd);
    free(folder);
    errno = error;
    return is_done;
}

/* Some file systems cannot rename so; a second name they all can. */
bool folder_rename_new(const char *from, const char *to)
{
    if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
        return true;
    return (errno == EINVAL || errno == ENOSYS) && link(from, to) == 0 && unlink(from) == 0;
}
