/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "db/internal.h"

#include <errno.h>

const char *db_status_text(enum db_status status)
{
    switch (status) {
    case DB_OK: return "Done.";
    case DB_NOT_FOUND: return "There is no such record or file.";
    case DB_HELD: return "Another process writes to this database.";
    case DB_BUSY: return "The database is busy.";
    case DB_FULL: return "The disk is full.";
    case DB_READ_ONLY: return "The database cannot be written to.";
    case DB_DAMAGED: return "The file is no register, or it is damaged.";
    case DB_TOO_NEW: return "The database was written by a later version of studyd.";
    case DB_NO_MEMORY: return "There is not enough memory.";
    case DB_TIMEOUT: return "The answer was not there in time.";
    case DB_CONFLICT: return "The data contradict what is stored.";
    case DB_BUG: return "An error in the program.";
    }
    return "An error in the program.";
}

/* The engine says "full" where the disk is. A quota, a limit on the size of files or a disk that fails are errors to it like those of
 * reading, but the file is no worse for them. */
static const int failed_writes[] = {SQLITE_IOERR_WRITE, SQLITE_IOERR_FSYNC, SQLITE_IOERR_DIR_FSYNC, SQLITE_IOERR_TRUNCATE,
                                    SQLITE_IOERR_SHMSIZE};

/* By primary result code. What is missing here is our own fault. */
static const struct {
    int code;
    enum db_status status;
} codes[] = {
    {SQLITE_OK, DB_OK},
    {SQLITE_ROW, DB_OK},
    {SQLITE_DONE, DB_OK},
    {SQLITE_BUSY, DB_BUSY},
    {SQLITE_LOCKED, DB_BUSY},
    {SQLITE_PROTOCOL, DB_BUSY},
    {SQLITE_FULL, DB_FULL},
    {SQLITE_READONLY, DB_READ_ONLY},
    {SQLITE_PERM, DB_READ_ONLY},
    {SQLITE_CANTOPEN, DB_READ_ONLY},
    {SQLITE_IOERR, DB_DAMAGED},
    {SQLITE_CORRUPT, DB_DAMAGED},
    {SQLITE_NOTADB, DB_DAMAGED},
    {SQLITE_NOMEM, DB_NO_MEMORY},
    {SQLITE_TOOBIG, DB_CONFLICT},
    {SQLITE_CONSTRAINT, DB_CONFLICT},
    {SQLITE_INTERRUPT, DB_TIMEOUT},
};

enum db_status status_of(int sqlite_code)
{
    if (sqlite_code == SQLITE_IOERR_NOMEM)
        return DB_NO_MEMORY;
    for (size_t i = 0; i < COUNT_OF(failed_writes); i++)
        if (failed_writes[i] == sqlite_code)
            return DB_READ_ONLY;
    for (size_t i = 0; i < COUNT_OF(codes); i++)
        if (codes[i].code == (sqlite_code & 0xff))
            return codes[i].status;
    return DB_BUG;
}

static const struct {
    int error;
    enum db_status status;
} errors[] = {
    {ENOENT, DB_NOT_FOUND}, {ENOTDIR, DB_NOT_FOUND}, {EACCES, DB_READ_ONLY}, {EPERM, DB_READ_ONLY},  {EROFS, DB_READ_ONLY},
    {EISDIR, DB_DAMAGED},   {ENOSPC, DB_FULL},       {EDQUOT, DB_FULL},      {ENOMEM, DB_NO_MEMORY},
};

enum db_status status_of_errno(int error)
{
    for (size_t i = 0; i < COUNT_OF(errors); i++)
        if (errors[i].error == error)
            return errors[i].status;
    return DB_READ_ONLY;
}
