/* SPDX-License-Identifier: GPL-3.0-or-later
 * The image as a file: written beside the database under another name, then put in its place, so that a reader maps a whole one. It
 * says which life and data version of which register it was made from; any other is thrown away.
 */
#define _GNU_SOURCE /* asprintf */
#include "db/image.h"
#include "gen/db_migrations.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

/* Grows with every change of what stands in the columns. */
#define FORMAT 2
#define ALIGN  64

struct header {
    char magic[8];
    uint32_t format, migrations;
    char epoch[24];
    int64_t data_version;
    uint64_t rows, size; /* of the whole file */
    struct {
        uint64_t at, len;
    } column[COLUMN_COUNT];
};

static const char magic[8] = "studimg";

static size_t aligned(size_t at)
{
    return (at + ALIGN - 1) / ALIGN * ALIGN;
}

static char *path_of(const char *database)
{
    char *path = NULL;
    return asprintf(&path, "%s-image", database) < 0 ? NULL : path;
}

static struct header header_of(const struct db *db, const struct image *image)
{
    struct header header = {.format = FORMAT, .migrations = COUNT_OF(db_migrations), .data_version = image->data_version};
    memcpy(header.magic, magic, sizeof magic);
    memcpy(header.epoch, db_epoch(db), strlen(db_epoch(db)));
    size_t at = aligned(sizeof header);
    header.rows = image->len;
    for (size_t i = 0; i < COLUMN_COUNT; i++) {
        header.column[i].at = at;
        header.column[i].len = image->column[i].len;
        at = aligned(at + image->column[i].len);
    }
    header.size = at;
    return header;
}

/* ── writing ────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool write_at(int fd, const void *bytes, size_t len, size_t at)
{
    const char *next = bytes;
    while (len > 0) {
        ssize_t written = pwrite(fd, next, len, (off_t)at);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        next += written;
        at += (size_t)written;
        len -= (size_t)written;
    }
    return true;
}

static bool write_all(int fd, const struct header *header, const struct image *image)
{
    bool is_written = ftruncate(fd, (off_t)header->size) == 0 && write_at(fd, header, sizeof *header, 0);
    for (size_t i = 0; i < COLUMN_COUNT && is_written; i++)
        is_written = write_at(fd, image->column[i].items, image->column[i].len, header->column[i].at);
    return is_written && fdatasync(fd) == 0;
}

/* Readable by those who may read the database. */
static bool write_file(const char *path, const char *database, const struct header *header, const struct image *image)
{
    struct stat st;
    char *fresh = NULL;
    if (stat(database, &st) != 0 || asprintf(&fresh, "%s.new", path) < 0)
        return false;
    int fd = open(fresh, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, st.st_mode & 0666);
    bool is_done = fd >= 0 && write_all(fd, header, image);
    if (fd >= 0)
        close(fd);
    is_done = is_done && rename(fresh, path) == 0;
    if (!is_done && fd >= 0)
        unlink(fresh);
    free(fresh);
    return is_done;
}

/* ── mapping ────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool is_of(const struct header *header, size_t size, const char *epoch, int64_t data_version)
{
    bool is = size >= sizeof *header && memcmp(header->magic, magic, sizeof magic) == 0 && header->format == FORMAT &&
              header->migrations == COUNT_OF(db_migrations) && strncmp(header->epoch, epoch, sizeof header->epoch) == 0 &&
              header->data_version == data_version && header->size == size;
    for (size_t i = 0; is && i < COLUMN_COUNT; i++)
        is = header->column[i].at % ALIGN == 0 && header->column[i].at <= size && header->column[i].len <= size - header->column[i].at;
    return is;
}

void image_unmap(struct image *image)
{
    munmap(image->mapped, image->mapped_size);
    free(image);
}

struct image *image_map(const char *database, const char *epoch, int64_t data_version)
{
    struct stat st;
    char *path = path_of(database);
    struct image *image = path == NULL ? NULL : calloc(1, sizeof *image);
    int fd = image == NULL ? -1 : open(path, O_RDONLY | O_CLOEXEC);
    size_t size = fd >= 0 && fstat(fd, &st) == 0 && st.st_size > 0 ? (size_t)st.st_size : 0;
    void *mapped = size > 0 ? mmap(NULL, size, PROT_READ, MAP_SHARED, fd, 0) : MAP_FAILED;
    free(path);
    if (fd >= 0)
        close(fd);
    if (mapped == MAP_FAILED) {
        free(image);
        return NULL;
    }
    const struct header *header = mapped;
    image->mapped = mapped;
    image->mapped_size = size;
    if (!is_of(header, size, epoch, data_version)) {
        image_unmap(image);
        return NULL;
    }
    for (size_t i = 0; i < COLUMN_COUNT; i++)
        image->column[i] = (struct image_items){(const char *)mapped + header->column[i].at, (size_t)header->column[i].len};
    image->len = header->rows;
    image->words = (image->len + 63) / 64;
    image->data_version = header->data_version;
    image->uses = 1; /* as the current one */
    return image;
}

/* ── the current one ────────────────────────────────────────────────────────────────────────────────────────── */

/* Of the version that a transaction sees. false: it could not be built or written, which is no failure. */
static bool make_file(struct db *db, struct statements *statements, int64_t data_version)
{
    struct image built;
    char *path = path_of(db->path);
    bool is_built = path != NULL && image_build(statements, &built) == DB_OK, is_written = false;
    if (is_built) {
        built.data_version = data_version;
        struct header header = header_of(db, &built);
        is_written = write_file(path, db->path, &header, &built);
        image_build_free(&built);
    }
    free(path);
    return is_written;
}

static void put(struct db *db, struct image *image)
{
    pthread_mutex_lock(&db->images.lock);
    struct image *before = db->images.current;
    db->images.current = image;
    bool is_last = before != NULL && --before->uses == 0;
    pthread_mutex_unlock(&db->images.lock);
    if (is_last)
        image_unmap(before);
}

void image_make(struct db *db)
{
    if (db->path == NULL)
        return;
    pthread_mutex_lock(&db->images.making);
    struct image *image = image_map(db->path, db_epoch(db), db_data_version(db));
    if (image == NULL && make_file(db, &db->statements, db_data_version(db)))
        image = image_map(db->path, db_epoch(db), db_data_version(db));
    put(db, image);
    pthread_mutex_unlock(&db->images.making);
}

void image_use(struct db *db)
{
    pthread_mutex_lock(&db->images.making);
    put(db, image_map(db->path, db_epoch(db), db_data_version(db)));
    pthread_mutex_unlock(&db->images.making);
}

/* ── anew, while others write and read ──────────────────────────────────────────────────────────────────────── */

static bool is_current(struct db *db)
{
    pthread_mutex_lock(&db->images.lock);
    bool is = db->images.current != NULL && db->images.current->data_version == db_data_version(db);
    pthread_mutex_unlock(&db->images.lock);
    return is;
}

/* The reader's transaction sees one state, whatever is committed meanwhile. */
static enum db_status renew(struct db_reader *reader)
{
    struct db *db = reader->db;
    int64_t version = -1;
    enum db_status status = reader_enter(reader);
    if (status != DB_OK)
        return status;
    status = reader_version(reader, &version);
    if (status == DB_OK && db_reader_is_late(reader))
        status = DB_TIMEOUT;
    bool is_made = status == DB_OK && make_file(db, reader->st, version);
    reader_leave(reader);
    struct image *image = is_made ? image_map(db->path, db_epoch(db), version) : NULL;
    if (image != NULL)
        put(db, image);
    else if (status == DB_OK && db_reader_is_late(reader))
        status = DB_TIMEOUT;
    return status;
}

enum db_status db_image_renew(struct db *db, const atomic_bool *stop, bool *ret_made)
{
    struct db_reader *reader = NULL;
    *ret_made = false;
    if (db->path == NULL || is_current(db))
        return DB_OK;
    enum db_status status = db_reader_open(db, &reader);
    if (status != DB_OK)
        return status;
    db_reader_bound(reader, (struct db_bound){.stop = stop});
    pthread_mutex_lock(&db->images.making);
    if (!is_current(db)) {
        *ret_made = true;
        status = renew(reader);
    }
    pthread_mutex_unlock(&db->images.making);
    db_reader_close(reader);
    return status;
}

void images_forget(struct db *db)
{
    put(db, NULL);
}

const struct image *image_take(struct db *db, int64_t oldest, int64_t newest)
{
    pthread_mutex_lock(&db->images.lock);
    struct image *image = db->images.current;
    image = image != NULL && image->data_version >= oldest && image->data_version <= newest ? image : NULL;
    if (image != NULL)
        image->uses++;
    pthread_mutex_unlock(&db->images.lock);
    return image;
}

enum db_status reader_image(struct db_reader *reader, const struct image **ret_image)
{
    int64_t version = -1;
    enum db_status status = reader->db->path == NULL || reader->is_writers ? DB_OK : reader_version(reader, &version);
    *ret_image = status == DB_OK && version >= 0 ? image_take(reader->db, version, version) : NULL;
    return status;
}

enum db_status reader_image_of_facts(struct db_reader *reader, const struct image **ret_image)
{
    if (!reader->began)
        return reader_image(reader, ret_image);
    *ret_image = image_take(reader->db, reader->facts_version, reader->data_version);
    return DB_OK;
}

void image_let_go(struct db *db, const struct image *image)
{
    if (image == NULL)
        return;
    struct image *used = (struct image *)(uintptr_t)image;
    pthread_mutex_lock(&db->images.lock);
    bool is_last = --used->uses == 0;
    pthread_mutex_unlock(&db->images.lock);
    if (is_last)
        image_unmap(used);
}

void images_end(struct db *db)
{
    images_forget(db);
    pthread_mutex_destroy(&db->images.lock);
    pthread_mutex_destroy(&db->images.making);
}
