/* SPDX-License-Identifier: GPL-3.0-or-later
 * The key is made whole under another name and then linked to its own, which fails where another process was quicker: nobody ever reads
 * half a key, and no key is ever written over.
 */
#define _GNU_SOURCE /* asprintf, mkostemp, strerrordesc_np */
#include "server/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/folder.h"

#define KEY_BYTES    crypto_generichash_KEYBYTES
#define KEY_TEXT     (2 * KEY_BYTES + 1) /* the file: its bytes in hexadecimal, and a newline */
#define RANDOM_BYTES 32
#define RANDOM_TEXT  43 /* of base64url, without padding */
#define PREFIX       SECRET_TOKEN_PREFIX

_Static_assert(sizeof PREFIX + 19 + 1 + RANDOM_TEXT <= SECRET_TOKEN_SIZE, "the longest token fits");
_Static_assert(DB_HASH_BYTES == crypto_generichash_BYTES, "a hash as storage has it");

struct secret {
    unsigned char key[KEY_BYTES];
    bool was_made;
};

static void why_set(char **ret_why, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void why_set(char **ret_why, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    if (vasprintf(ret_why, format, args) < 0)
        *ret_why = NULL;
    va_end(args);
}

/* ── the file ───────────────────────────────────────────────────────────────────────────────────────────────── */

static bool write_whole(int fd, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t written = write(fd, bytes, len);
        if (written < 0 && errno != EINTR)
            return false;
        bytes += written > 0 ? written : 0;
        len -= written > 0 ? (size_t)written : 0;
    }
    return true;
}

/* A key that root makes is the database's owner's: it is who serves. */
static bool key_write(int fd, const char *database)
{
    unsigned char key[KEY_BYTES];
    char text[KEY_TEXT + 1];
    struct stat st;
    if (geteuid() == 0 && stat(database, &st) == 0 && fchown(fd, st.st_uid, st.st_gid) != 0)
        return false;
    crypto_generichash_keygen(key);
    sodium_bin2hex(text, sizeof text, key, sizeof key);
    text[KEY_TEXT - 1] = '\n';
    bool done = write_whole(fd, text, KEY_TEXT) && fsync(fd) == 0;
    sodium_memzero(key, sizeof key);
    sodium_memzero(text, sizeof text);
    return done;
}

/* Also true where somebody else has made it meanwhile. */
static bool key_make(const char *database, const char *path, char **ret_why)
{
    char *fresh = NULL;
    if (asprintf(&fresh, "%s.XXXXXX", path) < 0)
        return false;
    int fd = mkostemp(fresh, O_CLOEXEC); /* O_EXCL, mode 0600 */
    bool done = fd >= 0 && key_write(fd, database) && (link(fresh, path) == 0 || errno == EEXIST);
    int error = errno;
    if (fd >= 0) {
        close(fd);
        unlink(fresh);
    }
    free(fresh);
    if (done && !folder_sync(path)) {
        error = errno;
        done = false;
    }
    if (!done)
        why_set(ret_why, "%s: the key of the tokens cannot be made: %s", path, strerrordesc_np(error));
    return done;
}

static bool key_is_private(int fd, const char *path, char **ret_why)
{
    struct stat st;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        why_set(ret_why, "%s, the key of the tokens, is not a file", path);
        return false;
    }
    if ((st.st_mode & (S_IRWXG | S_IRWXO)) == 0)
        return true;
    why_set(ret_why,
            "%s, the key of the tokens, is open to others than its owner (mode %03o): chmod 600 it; if somebody may have read it, "
            "remove it and make all tokens anew",
            path, (unsigned)(st.st_mode & 0777));
    return false;
}

static bool key_parse(const char *text, size_t len, unsigned char ret_key[KEY_BYTES])
{
    size_t got = 0;
    const char *end = NULL;
    if (len == KEY_TEXT && text[len - 1] == '\n')
        len--;
    return sodium_hex2bin(ret_key, KEY_BYTES, text, len, NULL, &got, &end) == 0 && got == KEY_BYTES && end == text + len;
}

static bool key_read(int fd, const char *path, unsigned char ret_key[KEY_BYTES], char **ret_why)
{
    char text[KEY_TEXT + 1]; /* one more than there should be */
    if (!key_is_private(fd, path, ret_why))
        return false;
    ssize_t len = pread(fd, text, sizeof text, 0);
    bool is_key = len > 0 && key_parse(text, (size_t)len, ret_key);
    sodium_memzero(text, sizeof text);
    if (!is_key)
        why_set(ret_why,
                "%s is not the key of the tokens (%d hexadecimal digits): put back the one that was kept, or remove it, and all tokens "
                "made so far with it",
                path, 2 * (int)KEY_BYTES);
    return is_key;
}

/* The key's descriptor; the key is made where there is none. −1: *ret_why says why. */
static int key_open(const char *database, const char *path, bool *ret_made, char **ret_why)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 && errno == ENOENT && key_make(database, path, ret_why)) {
        *ret_made = true;
        fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    }
    if (fd < 0 && !*ret_why)
        why_set(ret_why, "%s: the key of the tokens cannot be read: %s", path, strerrordesc_np(errno));
    return fd;
}

struct secret *secret_open(const char *path, char **ret_why)
{
    char *key_path = NULL;
    *ret_why = NULL;
    if (sodium_init() < 0) {
        why_set(ret_why, "the library of the keys cannot be started: there is no source of random numbers");
        return NULL;
    }
    if (asprintf(&key_path, "%s.key", path) < 0)
        return NULL;
    struct secret *secret = sodium_malloc(sizeof *secret);
    bool was_made = false;
    int fd = secret ? key_open(path, key_path, &was_made, ret_why) : -1;
    bool done = fd >= 0 && key_read(fd, key_path, secret->key, ret_why);
    if (fd >= 0)
        close(fd);
    free(key_path);
    if (!done) {
        sodium_free(secret);
        return NULL;
    }
    secret->was_made = was_made;
    sodium_mprotect_readonly(secret);
    return secret;
}

bool secret_was_made(const struct secret *secret)
{
    return secret->was_made;
}

void secret_close(struct secret *secret)
{
    sodium_free(secret);
}

/* ── tokens ─────────────────────────────────────────────────────────────────────────────────────────────────── */

static void hash(const struct secret *secret, const char *text, size_t len, unsigned char ret_hash[DB_HASH_BYTES])
{
    crypto_generichash(ret_hash, DB_HASH_BYTES, (const unsigned char *)text, len, secret->key, KEY_BYTES);
}

void secret_make(const struct secret *secret, int64_t id, char ret_token[SECRET_TOKEN_SIZE], unsigned char ret_hash[DB_HASH_BYTES])
{
    unsigned char random[RANDOM_BYTES];
    int len = snprintf(ret_token, SECRET_TOKEN_SIZE, PREFIX "%lld_", (long long)id);
    randombytes_buf(random, sizeof random);
    sodium_bin2base64(ret_token + len, SECRET_TOKEN_SIZE - (size_t)len, random, sizeof random, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    sodium_memzero(random, sizeof random);
    hash(secret, ret_token, strlen(ret_token), ret_hash);
}

static bool is_base64url(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

/* 1 … 2⁶³ − 1, as %lld writes it. */
static bool id_read(const char *digits, size_t len, int64_t *ret_id)
{
    int64_t id = 0;
    if (len == 0 || digits[0] == '0')
        return false;
    for (size_t i = 0; i < len; i++) {
        if (digits[i] < '0' || digits[i] > '9' || __builtin_mul_overflow(id, 10, &id) || __builtin_add_overflow(id, digits[i] - '0', &id))
            return false;
    }
    *ret_id = id;
    return true;
}

bool secret_read(const char *text, size_t len, int64_t *ret_id)
{
    const size_t prefix = sizeof PREFIX - 1;
    if (len < prefix + 1 + 1 + RANDOM_TEXT || memcmp(text, PREFIX, prefix) != 0)
        return false;
    const char *random = text + len - RANDOM_TEXT;
    for (size_t i = 0; i < RANDOM_TEXT; i++) {
        if (!is_base64url(random[i]))
            return false;
    }
    return random[-1] == '_' && id_read(text + prefix, len - prefix - 1 - RANDOM_TEXT, ret_id);
}

bool secret_fits(const struct secret *secret, const char *text, size_t len, const unsigned char stored[DB_HASH_BYTES])
{
    static const unsigned char nobodys[DB_HASH_BYTES];
    unsigned char asked[DB_HASH_BYTES];
    hash(secret, text, len, asked);
    int differs = sodium_memcmp(asked, stored ? stored : nobodys, DB_HASH_BYTES);
    sodium_memzero(asked, sizeof asked);
    return (differs == 0) & (stored != NULL);
}

void secret_wipe(void *bytes, size_t len)
{
    sodium_memzero(bytes, len);
}

/* ── what was asked ─────────────────────────────────────────────────────────────────────────────────────────── */

void secret_digest(const struct secret_part *parts, size_t len, unsigned char ret_digest[DB_HASH_BYTES])
{
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, DB_HASH_BYTES);
    for (size_t i = 0; i < len; i++) {
        uint64_t part_len = parts[i].len;
        crypto_generichash_update(&state, (const unsigned char *)&part_len, sizeof part_len);
        if (part_len > 0)
            crypto_generichash_update(&state, parts[i].bytes, part_len);
    }
    crypto_generichash_final(&state, ret_digest, DB_HASH_BYTES);
}

/* ── dumps ──────────────────────────────────────────────────────────────────────────────────────────────────── */

/* The limit alone does not keep a dump from a program that the kernel pipes it to; without the other a child could raise it. The leak
 * sanitizer has to trace its own process. */
bool secret_forbid_dumps(void)
{
    const struct rlimit none = {0, 0};
    bool done = setrlimit(RLIMIT_CORE, &none) == 0;
#if !defined __SANITIZE_ADDRESS__
    done = prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 && done;
#endif
    return done;
}
