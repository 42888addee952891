/* SPDX-License-Identifier: GPL-3.0-or-later
 * One process writes. The lock is on a file of its own: closing a descriptor of the database would drop the engine's locks.
 * The file stays behind: removing it would let two processes hold two files of one name.
 */
#define _GNU_SOURCE /* asprintf, strerrordesc_np */
#include "db/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

void detail_set(char **ret_detail, const char *format, ...)
{
    if (ret_detail == NULL || *ret_detail != NULL)
        return;
    va_list args;
    va_start(args, format);
    if (vasprintf(ret_detail, format, args) < 0)
        *ret_detail = NULL;
    va_end(args);
}

/* What the file says, without a newline; "" when it says nothing. */
static void line_read(int fd, char *out, size_t size)
{
    ssize_t len = fd < 0 ? -1 : pread(fd, out, size - 1, 0);
    out[len > 0 ? len : 0] = '\0';
    out[strcspn(out, "\n")] = '\0';
}

static void name_holder(const char *path, int fd, char **ret_detail)
{
    char holder[32], comm_path[64], comm[64];
    line_read(fd, holder, sizeof holder);
    long pid = strtol(holder, NULL, 10);
    snprintf(comm_path, sizeof comm_path, "/proc/%ld/comm", pid);
    int comm_fd = open(comm_path, O_RDONLY | O_CLOEXEC);
    line_read(comm_fd, comm, sizeof comm);
    if (comm_fd >= 0)
        close(comm_fd);
    detail_set(ret_detail, "%s is held by process %ld (%s): stop it first", path, pid, comm[0] != '\0' ? comm : "unknown");
}

/* So that whoever comes next can name us. Failing here harms nobody. */
static void name_self(int fd)
{
    if (ftruncate(fd, 0) == 0)
        dprintf(fd, "%ld\n", (long)getpid());
}

/* The lock is shared for the moment, so that those who only ask do not meet each other. */
bool db_is_held(const char *path, char **ret_detail)
{
    char *lock_path = NULL;
    if (ret_detail != NULL)
        *ret_detail = NULL;
    int fd = asprintf(&lock_path, "%s.lock", path) < 0 ? -1 : open(lock_path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    bool is_held = fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    if (is_held)
        name_holder(path, fd, ret_detail);
    if (fd >= 0)
        close(fd);
    free(lock_path);
    return is_held;
}

enum db_status lock_take(const char *path, int *ret_fd, char **ret_detail)
{
    char *lock_path = NULL;
    if (asprintf(&lock_path, "%s.lock", path) < 0)
        return DB_NO_MEMORY;
    int fd = open(lock_path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    enum db_status status = fd < 0 ? status_of_errno(errno) : DB_OK;
    if (fd < 0)
        detail_set(ret_detail, "%s: its lock file cannot be made beside it: %s", path, strerrordesc_np(errno));
    free(lock_path);
    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0) {
        status = errno == EWOULDBLOCK ? DB_HELD : status_of_errno(errno);
        if (status == DB_HELD)
            name_holder(path, fd, ret_detail);
        close(fd);
        fd = -1;
    }
    if (fd >= 0)
        name_self(fd);
    *ret_fd = fd;
    return status;
}
