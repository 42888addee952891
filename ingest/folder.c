/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* asprintf */
#include "ingest/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/forms.h"
#include "base/nearest.h"
#include "ingest/text.h"

static const struct {
    const char *name;
    size_t max;
    bool optional;
} files[] = {
    [FOLDER_EDITION] = {"edition.json", FOLDER_JSON_MAX},
    [FOLDER_PROGRAMME] = {"programme.json", FOLDER_JSON_MAX},
    [FOLDER_REGIONS] = {"regions.csv", FOLDER_CSV_MAX},
    [FOLDER_MECHANISMS] = {"mechanisms.csv", FOLDER_CSV_MAX},
    [FOLDER_CATEGORIES] = {"categories.csv", FOLDER_CSV_MAX},
    [FOLDER_INSTITUTIONS] = {"institutions.csv", FOLDER_CSV_MAX},
    [FOLDER_ALIASES] = {"aliases.csv", FOLDER_CSV_MAX},
    [FOLDER_STUDIES] = {"studies.csv", FOLDER_CSV_MAX},
    [FOLDER_AWARDS] = {"awards.csv", FOLDER_CSV_MAX},
    [FOLDER_PLANS] = {"plans.csv", FOLDER_CSV_MAX},
    [FOLDER_REPORTS] = {"reports.csv", FOLDER_CSV_MAX},
    [FOLDER_FIGURES] = {"figures.csv", FOLDER_CSV_MAX},
    [FOLDER_NOTES] = {"notes.csv", FOLDER_CSV_MAX},
    [FOLDER_CARDS] = {"cards.ndjson", FOLDER_CARDS_MAX, true},
    [FOLDER_CARD] = {"cards", FOLDER_JSON_MAX},
};

const char *folder_name(enum folder_file file)
{
    return files[file].name;
}

static void close_fd(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
}

static void close_listing(DIR **listing)
{
    if (*listing != NULL)
        (void)closedir(*listing);
}

/* ── listing ── */

static void entry_add(struct folder *folder, const char *name, enum folder_file file)
{
    if (folder->len == folder->cap) {
        size_t cap = folder->cap > 0 ? folder->cap * 2 : 64;
        struct folder_entry *entries = reallocarray(folder->entries, cap, sizeof(*entries));
        folder->failed = folder->failed || entries == NULL;
        if (entries == NULL)
            return;
        folder->entries = entries;
        folder->cap = cap;
    }
    char *copy = strdup(name);
    folder->failed = folder->failed || copy == NULL;
    if (copy != NULL)
        folder->entries[folder->len++] = (struct folder_entry){.name = copy, .file = file};
}

static bool is_kind(int dir, const char *name, mode_t kind)
{
    struct stat about;
    return fstatat(dir, name, &about, AT_SYMLINK_NOFOLLOW) == 0 && (about.st_mode & S_IFMT) == kind;
}

static void unread_fault(struct findings *faults, const char *name)
{
    struct nearest near;
    nearest_begin(&near, name);
    for (size_t i = 0; i < FOLDER_FIXED; i++)
        nearest_offer(&near, files[i].name);
    findings_add(faults, name, 0, NULL, "not a file of a data set, nobody would read it%s%s%s",
                 nearest_best(&near) != NULL ? "; did you mean " : "", nearest_best(&near) != NULL ? nearest_best(&near) : "",
                 nearest_best(&near) != NULL ? "?" : "");
}

/* cards/NAME: an id with .json behind it. */
static void list_card(struct folder *folder, int dir, const char *name, struct findings *faults)
{
    char path[sizeof("cards/") + NAME_MAX], id[NAME_MAX + 1];
    size_t length = strlen(name);
    bool json = length > 5 && strcmp(name + length - 5, ".json") == 0;
    (void)snprintf(path, sizeof(path), "cards/%s", name);
    (void)snprintf(id, sizeof(id), "%.*s", json ? (int)length - 5 : 0, name);
    if (!is_kind(dir, name, S_IFREG))
        findings_add(faults, path, 0, NULL, "not a plain file (links and folders are not followed)");
    else if (!json || !forms_id(id))
        findings_add(faults, path, 0, NULL, "not a file of a data set: expected ID.json with the id of a study");
    else if (folder->len >= FOLDER_FILES_MAX)
        findings_add(faults, path, 0, NULL, "too many files");
    else
        entry_add(folder, path, FOLDER_CARD);
}

static void list_root(struct folder *folder, int dir, const char *name, struct findings *faults)
{
    size_t i = 0;
    while (i < FOLDER_FIXED && strcmp(name, files[i].name) != 0)
        i++;
    bool read = i < FOLDER_FIXED, readme = strcmp(name, "README.md") == 0;
    if (strcmp(name, files[FOLDER_CARD].name) == 0) {
        if (!is_kind(dir, name, S_IFDIR))
            findings_add(faults, name, 0, NULL, "not a folder (links are not followed)");
    } else if (!read && !readme) {
        unread_fault(faults, name);
    } else if (!is_kind(dir, name, S_IFREG)) {
        findings_add(faults, name, 0, NULL, "not a plain file (links and folders are not followed)");
    } else if (read) {
        entry_add(folder, name, (enum folder_file)i);
    }
}

typedef void list_fn(struct folder *folder, int dir, const char *name, struct findings *faults);

/* Every name of the folder at fd, which stays the caller's. false = it cannot be listed, errno says why. */
static bool list(struct folder *folder, int fd, list_fn *take, struct findings *faults)
{
    int copy = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *listing __attribute__((cleanup(close_listing))) = copy >= 0 ? fdopendir(copy) : NULL;
    if (listing == NULL) {
        int why = errno;
        close_fd(&copy);
        errno = why;
        return false;
    }
    errno = 0;
    for (struct dirent *entry = readdir(listing); entry != NULL; entry = readdir(listing)) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            take(folder, fd, entry->d_name, faults);
        errno = 0;
    }
    return errno == 0;
}

static void list_cards(struct folder *folder, struct findings *faults)
{
    int cards __attribute__((cleanup(close_fd))) =
        openat(folder->dir, files[FOLDER_CARD].name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    /* No such folder: no cards. A link or a file of that name is a fault of the listing already. */
    if (cards < 0 && (errno == ENOENT || errno == ENOTDIR || errno == ELOOP))
        return;
    if (cards < 0 || !list(folder, cards, list_card, faults))
        findings_add(faults, files[FOLDER_CARD].name, 0, NULL, "cannot be listed: %m");
}

static int entry_compare(const void *a, const void *b)
{
    return strcmp(((const struct folder_entry *)a)->name, ((const struct folder_entry *)b)->name);
}

struct folder_entry *folder_find(const struct folder *folder, enum folder_file file)
{
    struct folder_entry wanted = {.name = (char *)(uintptr_t)files[file].name};
    return folder->len > 0 ? bsearch(&wanted, folder->entries, folder->len, sizeof(wanted), entry_compare) : NULL;
}

/* A file that must be there and is not. One that is there but is no plain file has its fault already. */
static void missing_check(const struct folder *folder, struct findings *faults)
{
    struct stat about;
    for (enum folder_file file = 0; file < FOLDER_FIXED; file++)
        if (!files[file].optional && folder_find(folder, file) == NULL &&
            fstatat(folder->dir, files[file].name, &about, AT_SYMLINK_NOFOLLOW) != 0)
            findings_add(faults, files[file].name, 0, NULL, "missing: a data set must have this file");
}

bool folder_open(struct folder *folder, const char *dir, struct findings *faults, char **ret_detail)
{
    *folder = (struct folder){.dir = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    *ret_detail = NULL;
    if (folder->dir < 0 || !list(folder, folder->dir, list_root, faults)) {
        if (asprintf(ret_detail, "the folder cannot be read: %m") < 0)
            *ret_detail = NULL;
        return false;
    }
    list_cards(folder, faults);
    if (folder->failed)
        return false;
    if (folder->len > 0)
        qsort(folder->entries, folder->len, sizeof(*folder->entries), entry_compare);
    missing_check(folder, faults);
    return true;
}

void folder_close(struct folder *folder)
{
    close_fd(&folder->dir);
    folder->dir = -1;
    for (size_t i = 0; i < folder->len; i++)
        free(folder->entries[i].name);
    free(folder->entries);
    folder->entries = NULL;
    folder->len = folder->cap = 0;
}

/* ── reading ── */

/* Up to size bytes; −1 = error. Less than size means the end was reached. */
static ssize_t read_fully(int fd, char *to, size_t size)
{
    size_t done = 0;
    while (done < size) {
        ssize_t got = read(fd, to + done, size - done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        done += (size_t)got;
    }
    return (ssize_t)done;
}

static char *read_open(struct folder *folder, int fd, const struct folder_entry *entry, struct findings *faults, size_t *ret_len)
{
    struct stat about;
    size_t max = files[entry->file].max;
    if (fd < 0 || fstat(fd, &about) != 0) {
        findings_add(faults, entry->name, 0, NULL, "cannot be read: %m");
        return NULL;
    }
    if (!S_ISREG(about.st_mode) || (size_t)about.st_size > max) {
        findings_add(faults, entry->name, 0, NULL, "longer than %zu MiB, or not a plain file", max / 1024 / 1024);
        return NULL;
    }
    /* One byte more than there should be: a file that grows meanwhile shows itself. */
    size_t size = (size_t)about.st_size + 1;
    char *text = malloc(size + 1);
    folder->failed = folder->failed || text == NULL;
    ssize_t got = text != NULL ? read_fully(fd, text, size) : -1;
    if (text != NULL && got != (ssize_t)size - 1) {
        findings_add(faults, entry->name, 0, NULL, "changed or failed while it was read");
        free(text);
        return NULL;
    }
    if (text != NULL)
        text[size - 1] = '\0';
    *ret_len = size - 1;
    return text;
}

char *folder_read(struct folder *folder, struct folder_entry *entry, struct findings *faults, size_t *ret_len)
{
    int fd __attribute__((cleanup(close_fd))) = openat(folder->dir, entry->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    char *text = read_open(folder, fd, entry, faults, ret_len);
    if (text == NULL)
        return NULL;
    (void)crypto_generichash(entry->digest, sizeof(entry->digest), (const unsigned char *)text, *ret_len, NULL, 0);
    if (!text_check(faults, entry->name, text, *ret_len)) {
        free(text);
        return NULL;
    }
    return text;
}

void folder_digest(const struct folder *folder, char ret_hex[FOLDER_DIGEST_SIZE])
{
    crypto_generichash_state state;
    unsigned char digest[FOLDER_DIGEST_BYTES];
    (void)crypto_generichash_init(&state, NULL, 0, sizeof(digest));
    for (size_t i = 0; i < folder->len; i++) {
        const struct folder_entry *entry = &folder->entries[i];
        /* The name's NUL goes in too, so that no two lists of files run together to the same bytes. */
        (void)crypto_generichash_update(&state, (const unsigned char *)entry->name, strlen(entry->name) + 1);
        (void)crypto_generichash_update(&state, entry->digest, sizeof(entry->digest));
    }
    (void)crypto_generichash_final(&state, digest, sizeof(digest));
    (void)sodium_bin2hex(ret_hex, FOLDER_DIGEST_SIZE, digest, sizeof(digest));
}
