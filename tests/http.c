/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE
#include "http.h"

#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>
#include <zlib.h>

/* ── answers ────────────────────────────────────────────────────────────────────────────────────────────────── */

static void exchange_record(const struct answer *answer, const char *method, json_t *request_headers, const char *request_body,
                            bool malformed, bool socket)
{
    const char *file = getenv("STUDYD_EXCHANGES");
    if (!file)
        return;
    json_t *body = json_stringn(answer->body, answer->body_len), *request_text = request_body ? json_string(request_body) : NULL;
    json_t *exchange =
        json_pack("{s:s, s:s, s:O, s:o, s:i, s:O, s:o, s:b, s:b}", "method", method, "target", answer->target, "request_headers",
                  request_headers, "request_body", request_text ? request_text : json_null(), "status", answer->status, "headers",
                  answer->headers, "body", body ? body : json_null(), "malformed", malformed, "socket", socket);
    char *line = json_dumps(exchange, JSON_COMPACT);
    ck_assert_ptr_nonnull(line);
    const char *whole = text_format("%s\n", line);
    int to = open(file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    ck_assert_msg(to >= 0, "%s: %s", file, strerror(errno));
    ck_assert_int_eq(write(to, whole, strlen(whole)), (ssize_t)strlen(whole));
    close(to);
    free(line);
    json_decref(exchange);
}

void answer_record(const struct answer *answer, const char *method, json_t *request_headers, bool malformed)
{
    exchange_record(answer, method, request_headers, NULL, malformed, false);
}

/* Takes gzip off. */
static void uncode(struct answer *answer)
{
    const char *coding = answer_header(answer, "Content-Encoding");
    if (!coding || answer->body_len == 0)
        return;
    ck_assert_str_eq(coding, "gzip");
    size_t size = 64u << 20;
    char *plain = malloc(size);
    ck_assert_ptr_nonnull(plain);
    z_stream stream = {.next_in = (Bytef *)(uintptr_t)answer->body,
                       .avail_in = (uInt)answer->body_len,
                       .next_out = (Bytef *)plain,
                       .avail_out = (uInt)size};
    ck_assert_int_eq(inflateInit2(&stream, 16 + MAX_WBITS), Z_OK);
    ck_assert_int_eq(inflate(&stream, Z_FINISH), Z_STREAM_END);
    answer->body_len = stream.total_out;
    answer->body = keep_bytes(plain, answer->body_len);
    inflateEnd(&stream);
    free(plain);
}

/* bytes: the body as it came. */
void answer_finish(struct answer *answer, const char *bytes, size_t len)
{
    answer->body = keep_bytes(bytes ? bytes : "", bytes ? len : 0);
    answer->body_len = answer->wire_len = bytes ? len : 0;
    uncode(answer);
    answer->json = keep_json(json_loadb(answer->body, answer->body_len, JSON_REJECT_DUPLICATES, NULL));
}

const char *answer_header(const struct answer *answer, const char *name)
{
    size_t index;
    json_t *pair;
    json_array_foreach(answer->headers, index, pair) if (strcasecmp(json_string_value(json_array_get(pair, 0)), name) ==
                                                         0) return json_string_value(json_array_get(pair, 1));
    return NULL;
}

/* "Name: value" → [name, value]; anything else starts the block anew (a status line). */
void header_add(json_t *headers, const char *line, size_t len)
{
    while (len > 0 && (line[len - 1] == '\r' || line[len - 1] == '\n'))
        len--;
    const char *colon = memchr(line, ':', len), *value = colon;
    if (len >= 5 && memcmp(line, "HTTP/", 5) == 0)
        json_array_clear(headers);
    if (!colon || (len >= 5 && memcmp(line, "HTTP/", 5) == 0))
        return;
    for (value++; value < line + len && *value == ' ';)
        value++;
    json_t *text = json_stringn(value, (size_t)(line + len - value));
    json_array_append_new(headers, json_pack("[o, o]", json_stringn(line, (size_t)(colon - line)), text ? text : json_string("")));
}

/* ── the client ─────────────────────────────────────────────────────────────────────────────────────────────── */

struct collected {
    char *bytes;
    size_t len;
    json_t *headers;
};

static size_t collect_body(char *bytes, size_t one, size_t len, void *cls)
{
    struct collected *collected = cls;
    char *more = realloc(collected->bytes, collected->len + len + 1);
    (void)one;
    if (!more)
        return 0;
    collected->bytes = more;
    memcpy(more + collected->len, bytes, len);
    collected->len += len;
    return len;
}

static size_t collect_header(char *line, size_t one, size_t len, void *cls)
{
    struct collected *collected = cls;
    (void)one;
    header_add(collected->headers, line, len);
    return len;
}

static void method_set(CURL *curl, const char *method, const char *body)
{
    if (strcmp(method, "HEAD") == 0)
        curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
    else
        curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);
    if (body) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)strlen(body));
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
    }
}

/* socket NULL = over TCP. */
static struct answer *ask(const struct daemon *daemon, const char *socket, const char *method, const char *target, const char *body,
                          va_list headers)
{
    struct answer *answer = keep(sizeof *answer);
    struct collected collected = {.headers = keep_json(json_array())};
    struct curl_slist *list = NULL;
    json_t *request_headers = keep_json(json_array());
    for (const char *header; (header = va_arg(headers, const char *));) {
        list = curl_slist_append(list, header);
        header_add(request_headers, header, strlen(header));
    }
    const char *url = text_format("http://127.0.0.1:%d", daemon_port(daemon));
    CURL *curl = curl_easy_init();
    ck_assert_ptr_nonnull(curl);
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_UNIX_SOCKET_PATH, socket);
    curl_easy_setopt(curl, CURLOPT_REQUEST_TARGET, target);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, list);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)PATIENCE_MS);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, collect_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &collected);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, collect_header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &collected);
    method_set(curl, method, body);
    CURLcode code = curl_easy_perform(curl);
    ck_assert_msg(code == CURLE_OK, "%s %s: %s", method, target, curl_easy_strerror(code));
    long status;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    *answer = (struct answer){.status = (int)status, .target = target, .headers = collected.headers};
    answer_finish(answer, collected.bytes, collected.len);
    free(collected.bytes);
    curl_slist_free_all(list);
    curl_easy_cleanup(curl);
    exchange_record(answer, method, request_headers, body, false, socket != NULL);
    return answer;
}

struct answer *http_get(const struct daemon *daemon, const char *target, ...)
{
    va_list headers;
    va_start(headers, target);
    struct answer *answer = ask(daemon, NULL, "GET", target, NULL, headers);
    va_end(headers);
    return answer;
}

struct answer *http_ask(const struct daemon *daemon, const char *method, const char *target, const char *body, ...)
{
    va_list headers;
    va_start(headers, body);
    struct answer *answer = ask(daemon, NULL, method, target, body, headers);
    va_end(headers);
    return answer;
}

struct answer *socket_ask(const struct daemon *daemon, const char *method, const char *target, const char *body, ...)
{
    va_list headers;
    va_start(headers, body);
    struct answer *answer = ask(daemon, text_format("%s.sock", daemon_db(daemon)), method, target, body, headers);
    va_end(headers);
    return answer;
}

void assert_status(const struct answer *answer, int status)
{
    ck_assert_msg(answer->status == status, "%s: %d instead of %d: %.800s", answer->target, answer->status, status, answer->body);
}

void assert_header(const struct answer *answer, const char *name, const char *value)
{
    const char *has = answer_header(answer, name);
    ck_assert_msg(has && strcmp(has, value) == 0, "%s: %s is \"%s\", not \"%s\"", answer->target, name, has ? has : "(missing)", value);
}

void assert_problem(const struct answer *answer, int status, const char *slug)
{
    assert_status(answer, status);
    assert_header(answer, "Content-Type", "application/problem+json");
    const char *type = text_at(answer->json, "type"), *last = strrchr(type, '/');
    ck_assert_msg(last && strcmp(last + 1, slug) == 0, "%s: the problem is %s, not %s", answer->target, type, slug);
    ck_assert_int_eq(int_at(answer->json, "status"), status);
}

void assert_fault(const struct answer *answer, const char *name, const char *did_you_mean)
{
    const json_t *fault = json_where(json_at(answer->json, "errors"), "name", name);
    ck_assert_msg(fault != NULL, "%s: no fault names %s: %s", answer->target, name, answer->body);
    const char *near = json_string_value(json_object_get(fault, "did_you_mean"));
    if (did_you_mean)
        ck_assert_msg(near && strcmp(near, did_you_mean) == 0, "%s: did_you_mean of %s is %s", answer->target, name, near ? near : "null");
    else
        ck_assert_msg(!near, "%s: did_you_mean of %s is %s, not null", answer->target, name, near);
}

struct answer *must_get(const struct daemon *daemon, const char *target)
{
    struct answer *answer = http_get(daemon, target, NULL);
    assert_status(answer, 200);
    return answer;
}

json_int_t total_of(const struct daemon *daemon, const char *target)
{
    return int_at(must_get(daemon, target)->json, "meta.total");
}

/* ── reading JSON ───────────────────────────────────────────────────────────────────────────────────────────── */

json_t *json_at(const json_t *root, const char *path)
{
    const json_t *at = root;
    for (const char *step = path; *step;) {
        size_t len = strcspn(step, ".");
        char name[128];
        ck_assert_uint_lt(len, sizeof name);
        memcpy(name, step, len);
        name[len] = '\0';
        at = json_is_array(at) ? json_array_get(at, strtoul(name, NULL, 10)) : json_object_get(at, name);
        ck_assert_msg(at != NULL, "nothing stands at %s of %s", name, path);
        step += len + (step[len] == '.');
    }
    ck_assert_ptr_nonnull(at);
    return (json_t *)(uintptr_t)at;
}

json_int_t int_at(const json_t *root, const char *path)
{
    const json_t *value = json_at(root, path);
    ck_assert_msg(json_is_integer(value), "%s is no integer", path);
    return json_integer_value(value);
}

const char *text_at(const json_t *root, const char *path)
{
    const json_t *value = json_at(root, path);
    ck_assert_msg(json_is_string(value), "%s is no text", path);
    return json_string_value(value);
}

bool is_null_at(const json_t *root, const char *path)
{
    return json_is_null(json_at(root, path));
}

json_t *json_where(const json_t *array, const char *name, const char *text)
{
    for (size_t i = 0; i < json_array_size(array); i++) {
        json_t *member = json_array_get(array, i);
        const char *has = json_string_value(json_object_get(member, name));
        if (has && strcmp(has, text) == 0)
            return member;
    }
    return NULL;
}
