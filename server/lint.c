/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "server/lint.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"

/* What a byte may be part of. Tables, because they cost 60 ns for a target where strchr costs microseconds. */
enum { TOKEN = 1, PATH = 2, HOST = 4, DIGIT = 8, HEX = 16 };

/* clang-format off */
static const unsigned char kinds[256] = {
    ['!'] = TOKEN | PATH, ['#'] = TOKEN, ['$'] = TOKEN | PATH, ['%'] = TOKEN | PATH, ['&'] = TOKEN | PATH, ['\''] = TOKEN | PATH,
    ['('] = PATH, [')'] = PATH, ['*'] = TOKEN | PATH, ['+'] = TOKEN | PATH, [','] = PATH, ['-'] = TOKEN | PATH | HOST,
    ['.'] = TOKEN | PATH | HOST, ['/'] = PATH, [':'] = PATH, [';'] = PATH, ['='] = PATH, ['@'] = PATH, ['^'] = TOKEN,
    ['_'] = TOKEN | PATH | HOST, ['`'] = TOKEN, ['|'] = TOKEN, ['~'] = TOKEN | PATH | HOST,
    ['0' ... '9'] = TOKEN | PATH | HOST | DIGIT | HEX,
    ['A' ... 'F'] = TOKEN | PATH | HOST | HEX, ['G' ... 'Z'] = TOKEN | PATH | HOST,
    ['a' ... 'f'] = TOKEN | PATH | HOST | HEX, ['g' ... 'z'] = TOKEN | PATH | HOST,
};
/* clang-format on */

static size_t span(const char *text, size_t len, int kind)
{
    size_t at = 0;
    while (at < len && (kinds[(unsigned char)text[at]] & kind))
        at++;
    return at;
}

/* ── the target ──────────────────────────────────────────────────────────────────────────────────────────────── */

static int hex_value(char digit)
{
    return (kinds[(unsigned char)digit] & DIGIT) ? digit - '0' : (digit | 0x20) - 'a' + 10;
}

/* Bytes that must not hide behind an encoding in a path: to one reader they part segments, to another they do not. */
static bool hides(int byte)
{
    return byte < 0x20 || byte == 0x7f || byte == '/' || byte == '\\' || byte == '.' || byte == '%';
}

static const char *escapes_fault(const char *path, size_t len)
{
    for (const char *at = path, *end = path + len; (at = memchr(at, '%', (size_t)(end - at))) != NULL; at += 3) {
        if (end - at < 3 || span(at + 1, 2, HEX) != 2)
            return "The path has a % without two hexadecimal digits after it.";
        if (hides(hex_value(at[1]) * 16 + hex_value(at[2])))
            return "The path encodes a slash, a dot, a percent sign or a control character.";
    }
    return NULL;
}

static const char *segments_fault(const char *path, size_t len)
{
    for (const char *at = path, *end = path + len; at < end;) {
        const char *next = memchr(at + 1, '/', (size_t)(end - at - 1));
        size_t segment = (size_t)((next ? next : end) - at - 1);
        if (next && segment == 0)
            return "The path has an empty segment.";
        if (segment > 0 && segment <= 2 && memcmp(at + 1, "..", segment) == 0)
            return "The path has a segment of dots.";
        at = next ? next : end;
    }
    return NULL;
}

static const char *path_fault(const char *path, size_t len)
{
    if (len == 0 || *path != '/')
        return len == 1 && *path == '*' ? NULL : "The request target does not begin with a slash.";
    if (span(path, len, PATH) != len)
        return "The path has a character that must be encoded.";
    const char *fault = escapes_fault(path, len);
    return fault ? fault : segments_fault(path, len);
}

/* "http://host/path": what a client sends to a proxy, and every server has to take. */
static void authority_read(struct target *target)
{
    static const char *const schemes[] = {"http://", "https://"};
    for (size_t i = 0; i < 2; i++) {
        size_t scheme_len = strlen(schemes[i]);
        if (target->path_len < scheme_len || strncasecmp(target->path, schemes[i], scheme_len) != 0)
            continue;
        target->authority = target->path + scheme_len;
        const char *slash = memchr(target->authority, '/', target->path_len - scheme_len);
        target->authority_len = slash ? (size_t)(slash - target->authority) : target->path_len - scheme_len;
        target->path_len -= scheme_len + target->authority_len;
        target->path = slash;
        return;
    }
}

enum api_error lint_target(const char *text, size_t len, struct target *ret_target, const char **ret_detail)
{
    if (len > LINT_TARGET_MAX) {
        *ret_detail = "The request target is longer than 4096 bytes.";
        return API_URI_TOO_LONG;
    }
    const char *question = memchr(text, '?', len);
    *ret_target =
        (struct target){.path = text, .path_len = question ? (size_t)(question - text) : len, .query = question ? question + 1 : NULL};
    authority_read(ret_target);
    if (ret_target->authority && ret_target->path_len == 0) {
        ret_target->path = "/";
        ret_target->path_len = 1;
    }
    *ret_detail = path_fault(ret_target->path, ret_target->path_len);
    for (const char *at = ret_target->query; at && *at && !*ret_detail; at++) {
        if ((unsigned char)*at <= 0x20 || *at == 0x7f)
            *ret_detail = "The query has a blank or a control character.";
    }
    return *ret_detail ? API_BAD_REQUEST : API_OK;
}

/* ── the fields ──────────────────────────────────────────────────────────────────────────────────────────────── */

#define FIELD_COST 64 /* libmicrohttpd's record of a field or a query parameter, rounded up */

static bool field_fault(struct head *head, enum api_error error, const char *detail)
{
    if (head->error == API_OK) {
        head->error = error;
        head->detail = detail;
    }
    return false;
}

static bool join(struct head *head, const char **kept, const char *value)
{
    *kept = *kept ? arena_printf(head->arena, "%s, %s", *kept, value) : value;
    return *kept || field_fault(head, API_UNAVAILABLE, NULL);
}

static bool only_once(struct head *head, const char **kept, const char *value, const char *detail)
{
    if (*kept)
        return field_fault(head, API_BAD_REQUEST, detail);
    *kept = value;
    return true;
}

/* libmicrohttpd parses cookies into its pool once more, each with a record of its own. */
static bool cookie_count(struct head *head, const char *value, size_t len)
{
    head->cost += len + FIELD_COST;
    for (const char *at = value; (at = strchr(at, ';')) != NULL; at++)
        head->cost += FIELD_COST;
    return true;
}

/* What is read of a request, and whether lines of one name are one list (RFC 9110, 5.3) or a fault. */
static const struct known_field {
    const char *name;
    size_t offset;
    const char *twice; /* NULL = they are joined */
} known_fields[] = {
    {"Host", offsetof(struct head, host), "There is more than one Host."},
    {"Content-Length", offsetof(struct head, length), "There is more than one Content-Length."},
    {"Transfer-Encoding", offsetof(struct head, transfer), "There is more than one Transfer-Encoding."},
    {"Expect", offsetof(struct head, expect), "There is more than one Expect."},
    {"Authorization", offsetof(struct head, authorization), "There is more than one Authorization."},
    {"Content-Type", offsetof(struct head, content_type), "There is more than one Content-Type."},
    {"Idempotency-Key", offsetof(struct head, idempotency_key), "There is more than one Idempotency-Key."},
    {"Accept", offsetof(struct head, accept), NULL},
    {"Accept-Encoding", offsetof(struct head, accept_encoding), NULL},
    {"Content-Encoding", offsetof(struct head, content_encoding), NULL},
    {"If-Match", offsetof(struct head, if_match), NULL},
    {"If-None-Match", offsetof(struct head, if_none_match), NULL},
    {"X-Forwarded-For", offsetof(struct head, forwarded_for), NULL},
};

static bool known_field(struct head *head, const char *name, const char *value, size_t value_len)
{
    for (size_t i = 0; i < sizeof known_fields / sizeof *known_fields; i++) {
        const struct known_field *known = &known_fields[i];
        if (strcasecmp(name, known->name) != 0)
            continue;
        const char **kept = (const char **)((char *)head + known->offset);
        return known->twice ? only_once(head, kept, value, known->twice) : join(head, kept, value);
    }
    return strcasecmp(name, "Cookie") == 0 ? cookie_count(head, value, value_len) : true;
}

bool lint_field(struct head *head, const char *name, size_t name_len, const char *value, size_t value_len)
{
    head->cost += name_len + value_len + 4 + FIELD_COST;
    if (++head->fields > LINT_FIELDS_MAX)
        return field_fault(head, API_HEADERS_TOO_LARGE, "There are more than 64 header fields.");
    if (name_len == 0 || span(name, name_len, TOKEN) != name_len)
        return field_fault(head, API_BAD_REQUEST, "The name of a header field has a character that names must not have.");
    for (size_t i = 0; i < value_len; i++) {
        unsigned char byte = (unsigned char)value[i];
        if ((byte < 0x20 && byte != '\t') || byte == 0x7f)
            return field_fault(head, API_BAD_REQUEST, "A header field has a control character.");
    }
    return known_field(head, name, value, value_len);
}

/* ── fields against each other ───────────────────────────────────────────────────────────────────────────────── */

static bool host_is_valid(const char *host)
{
    size_t len = strlen(host), name;
    if (*host == '[') {
        name = strcspn(host, "]") + 1;
        if (name > len || name < 4 || strspn(host + 1, "0123456789abcdefABCDEF:.") != name - 2)
            return false;
    } else {
        name = span(host, len, HOST);
    }
    if (name == 0 || name == len)
        return name > 0;
    return host[name] == ':' && len - name <= 6 && span(host + name + 1, len - name - 1, DIGIT) == len - name - 1;
}

static const char *host_fault(const struct head *head, const struct target *target)
{
    if (head->host && !host_is_valid(head->host))
        return "Host is not the name of a host, with or without a port.";
    if (target->authority && (!head->host || strlen(head->host) != target->authority_len ||
                              strncasecmp(head->host, target->authority, target->authority_len) != 0))
        return "The request target names another host than Host does.";
    return NULL;
}

static const char *body_fault(struct head *head, const char *method, const char *version)
{
    size_t digits = head->length ? strlen(head->length) : 0;
    if (head->transfer && head->length)
        return "There is a Content-Length beside a Transfer-Encoding.";
    if (head->transfer && strcmp(version, "HTTP/1.0") == 0)
        return "HTTP/1.0 has no Transfer-Encoding.";
    if (head->transfer && strcasecmp(head->transfer, "chunked") != 0)
        return "Transfer-Encoding is something other than chunked.";
    if (head->length && (digits == 0 || digits > 15 || span(head->length, digits, DIGIT) != digits))
        return "Content-Length is not a number of bytes.";
    head->body_len = head->length ? strtoull(head->length, NULL, 10) : 0;
    head->body = head->transfer || head->body_len > 0;
    bool reads = strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0 || strcmp(method, "OPTIONS") == 0;
    return head->body && reads ? "The method takes no body." : NULL;
}

static bool method_is_known(const char *method)
{
    static const char *const known[] = {"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(method, known[i]) == 0)
            return true;
    }
    return false;
}

static size_t target_cost(const struct target *target)
{
    size_t cost = target->path_len + target->authority_len;
    for (const char *at = target->query; at && *at; at++)
        cost += *at == '&' ? 1 + FIELD_COST : 1;
    return cost;
}

enum api_error lint_head(struct head *head, const char *method, const char *version, const struct target *target, size_t room,
                         const char **ret_detail)
{
    *ret_detail = NULL;
    if (strcmp(version, "HTTP/1.1") != 0 && strcmp(version, "HTTP/1.0") != 0)
        return API_VERSION_NOT_SUPPORTED;
    if (!method_is_known(method))
        return API_NOT_IMPLEMENTED;
    *ret_detail = head->detail;
    if (head->error != API_OK)
        return head->error;
    *ret_detail = "Target and header fields take more memory than a request may.";
    if (head->cost + target_cost(target) > room)
        return API_HEADERS_TOO_LARGE;
    *ret_detail = host_fault(head, target);
    if (!*ret_detail && target->path_len == 1 && *target->path == '*' && strcmp(method, "OPTIONS") != 0)
        *ret_detail = "Only OPTIONS asks for the server as a whole.";
    if (!*ret_detail)
        *ret_detail = body_fault(head, method, version);
    if (*ret_detail)
        return API_BAD_REQUEST;
    return head->expect && strcasecmp(head->expect, "100-continue") != 0 ? API_EXPECTATION_FAILED : API_OK;
}
