/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/log.h"

#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "server/instant.h"
#include "base/utf8.h"

/* Kept free for the end of the line. */
#define TAIL ",\"cut\":true}\n"
#define ROOM (LOG_LINE_MAX - sizeof TAIL)

const char *const log_level_names[] = {"error", "warn", "info", "debug", NULL};

static bool put(struct log_line *line, const char *bytes, size_t len)
{
    if (line->cut || len > ROOM - line->len) {
        line->cut = true;
        return false;
    }
    memcpy(line->bytes + line->len, bytes, len);
    line->len += len;
    return true;
}

/* The key and what it takes to end a text later; false = no room for both. */
static bool put_key(struct log_line *line, const char *key, size_t least)
{
    size_t key_len = strlen(key);
    if (line->cut || key_len + 4 + least > ROOM - line->len) {
        line->cut = true;
        return false;
    }
    put(line, ",\"", 2);
    put(line, key, key_len);
    return put(line, "\":", 2);
}

/* One code point from *at, escaped as JSON asks; U+FFFD for a byte that begins none. Returns its length. */
static size_t escape(const char **at, const char *end, char ret_bytes[8])
{
    static const char hex[] = "0123456789abcdef";
    const char *from = *at;
    int32_t point = utf8_next(at, end);
    if (point < 0) {
        *at = from + 1;
        memcpy(ret_bytes, "\xef\xbf\xbd", 3);
        return 3;
    }
    if (point == '"' || point == '\\') {
        ret_bytes[0] = '\\';
        ret_bytes[1] = (char)point;
        return 2;
    }
    if (point < 0x20 || (point >= 0x7f && point < 0xa0)) { /* C1 too: terminals obey some of them */
        memcpy(ret_bytes, "\\u00", 4);
        ret_bytes[4] = hex[point >> 4];
        ret_bytes[5] = hex[point & 15];
        return 6;
    }
    size_t len = (size_t)(*at - from);
    memcpy(ret_bytes, from, len);
    return len;
}

void log_bytes(struct log_line *line, const char *key, const char *bytes, size_t len)
{
    if (!put_key(line, key, 2))
        return;
    put(line, "\"", 1);
    for (const char *at = bytes, *end = bytes + len; at < end;) {
        char escaped[8];
        size_t escaped_len = escape(&at, end, escaped);
        if (line->len + escaped_len + 1 > ROOM) {
            line->bytes[line->len++] = '"'; /* put_key has kept this byte */
            line->cut = true;
            return;
        }
        put(line, escaped, escaped_len);
    }
    put(line, "\"", 1);
}

void log_text(struct log_line *line, const char *key, const char *text)
{
    if (text)
        log_bytes(line, key, text, strlen(text));
    else if (put_key(line, key, 4))
        put(line, "null", 4);
}

void log_number(struct log_line *line, const char *key, int64_t number)
{
    char digits[20];
    size_t at = sizeof digits;
    uint64_t rest = number < 0 ? UINT64_C(0) - (uint64_t)number : (uint64_t)number;
    do
        digits[--at] = (char)('0' + rest % 10);
    while ((rest /= 10) > 0);
    if (number < 0)
        digits[--at] = '-';
    if (put_key(line, key, sizeof digits - at))
        put(line, digits + at, sizeof digits - at);
}

void log_flag(struct log_line *line, const char *key, bool flag)
{
    const char *text = flag ? "true" : "false";
    if (put_key(line, key, strlen(text)))
        put(line, text, strlen(text));
}

bool log_begin(struct log_line *line, const struct log *log, enum log_level level, const char *message)
{
    if (level > log->level)
        return false;
    line->log = log;
    line->len = 0;
    line->cut = false;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    char time[INSTANT_SIZE];
    instant_write((int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000, time);
    log_text(line, "time", time);
    line->bytes[0] = '{'; /* instead of the comma that parts it from nothing */
    log_text(line, "level", log_level_names[level]);
    log_text(line, "message", message);
    return true;
}

void log_end(struct log_line *line)
{
    const char *tail = line->cut ? TAIL : "}\n";
    memcpy(line->bytes + line->len, tail, strlen(tail));
    line->len += strlen(tail);
    for (const char *at = line->bytes, *end = at + line->len; at < end;) {
        ssize_t written = write(line->log->fd, at, (size_t)(end - at));
        if (written < 0 && errno != EINTR)
            return;
        at += written > 0 ? written : 0;
    }
}

void log_say(const struct log *log, enum log_level level, const char *message, const char *detail)
{
    struct log_line line;
    if (!log_begin(&line, log, level, message))
        return;
    if (detail)
        log_text(&line, "detail", detail);
    log_end(&line);
}
