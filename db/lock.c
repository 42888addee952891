/* SPDX-License-Identifier: GPL-3.0-or-later
 * One process writes. The lock is on a file of its own: closing a descriptor of the database would drop the engine's locks.
 * The file stays behind, but where it was made for nothing: see lock_release.
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
#include <sys/stat.h>
#include <unistd.h>

#define NO_LOCK ((struct lock){.fd = -1})

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

static char *lock_path_of(const char *path)
{
    char *lock_path = NULL;
    return asprintf(&lock_path, "%s.lock", path) < 0 ? NULL : lock_path;
}

/* The lock is shared for the moment, so that those who only ask do not meet each other. */
bool db_is_held(const char *path, char **ret_detail)
{
    char *lock_path = lock_path_of(path);
    if (ret_detail != NULL)
        *ret_detail = NULL;
    int fd = lock_path == NULL ? -1 : open(lock_path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    bool is_held = fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    if (is_held)
        name_holder(path, fd, ret_detail);
    if (fd >= 0)
        close(fd);
    free(lock_path);
    return is_held;
}

/* −1: errno says why. */
static int open_or_make(const char *lock_path, bool *ret_new)
{
    for (;;) {
        int fd = open(lock_path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
        *ret_new = fd >= 0;
        if (fd >= 0 || errno != EEXIST)
            return fd;
        fd = open(lock_path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
        if (fd >= 0 || errno != ENOENT) /* else it was removed between the two */
            return fd;
    }
}

/* Whether the file that is locked is the one that the next process will find: see lock_release. */
static bool is_of_that_name(int fd, const char *lock_path)
{
    struct stat locked, named;
    return fstat(fd, &locked) == 0 && stat(lock_path, &named) == 0 && locked.st_dev == named.st_dev && locked.st_ino == named.st_ino;
}

static enum db_status take(const char *path, const char *lock_path, struct lock *ret_lock, char **ret_detail)
{
    struct lock lock = NO_LOCK;
    lock.fd = open_or_make(lock_path, &lock.is_new);
    if (lock.fd < 0) {
        enum db_status status = status_of_errno(errno);
        detail_set(ret_detail, "%s: its lock file cannot be made beside it: %s", path, strerrordesc_np(errno));
        return status;
    }
    if (flock(lock.fd, LOCK_EX | LOCK_NB) == 0) {
        *ret_lock = lock;
        return DB_OK;
    }
    enum db_status status = errno == EWOULDBLOCK ? DB_HELD : status_of_errno(errno);
    if (status == DB_HELD)
        name_holder(path, lock.fd, ret_detail);
    close(lock.fd);
    return status;
}

enum db_status lock_take(const char *path, struct lock *ret_lock, char **ret_detail)
{
    char *lock_path = lock_path_of(path);
    enum db_status status = lock_path == NULL ? DB_NO_MEMORY : DB_OK;
    *ret_lock = NO_LOCK;
    while (status == DB_OK && ret_lock->fd < 0) {
        status = take(path, lock_path, ret_lock, ret_detail);
        if (status == DB_OK && !is_of_that_name(ret_lock->fd, lock_path)) {
            close(ret_lock->fd);
            *ret_lock = NO_LOCK;
        }
    }
    if (status == DB_OK)
        name_self(ret_lock->fd);
    free(lock_path);
    return status;
}

/* Removed while it is held, and only by who made it. Who has opened it before and locks it after that sees that it has no name any more,
 * and opens or makes the one that has. */
void lock_release(const char *path, struct lock *lock, bool in_vain)
{
    if (lock->fd < 0)
        return;
    char *lock_path = in_vain && lock->is_new ? lock_path_of(path) : NULL;
    if (lock_path != NULL)
        unlink(lock_path);
    free(lock_path);
    close(lock->fd);
    *lock = NO_LOCK;
}
