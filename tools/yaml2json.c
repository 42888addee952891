/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * YAML on stdin → compact JSON on stdout, at build time, for openapi.yaml. One document of YAML 1.2's core schema; what JSON
 * cannot say, or what people read in two ways (doubled keys, merge keys, tags), is an error with its line and column.
 */
#include <errno.h>
#include <jansson.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#define DEPTH_MAX 200

struct reader {
    yaml_parser_t parser;
    json_t *anchors; /* name → what it stands for; only finished nodes, so that nothing holds itself */
    int depth;
};

static json_t *node_read(struct reader *reader, const yaml_event_t *event);

/* The program is short-lived: a fault ends it at once and the system takes the memory back. */
__attribute__((noreturn, format(printf, 2, 3))) static void fail(yaml_mark_t at, const char *format, ...)
{
    va_list args;
    fprintf(stderr, "yaml2json: line %zu, column %zu: ", at.line + 1, at.column + 1);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    exit(1);
}

static json_t *made(json_t *value, yaml_mark_t at)
{
    if (!value)
        fail(at, "the value cannot be JSON, or memory ran out");
    return value;
}

static void event_next(struct reader *reader, yaml_event_t *ret_event)
{
    yaml_parser_t *parser = &reader->parser;
    if (!yaml_parser_parse(parser, ret_event)) {
        yaml_mark_t at = parser->error == YAML_READER_ERROR ? parser->mark : parser->problem_mark;
        fail(at, "%s", parser->problem ? parser->problem : "not YAML");
    }
}

/* ── scalars: the core schema of YAML 1.2, section 10.3.2 ────────────────────────────────────────────────────── */

static bool is_one_of(const char *text, const char *const *words)
{
    while (*words && strcmp(text, *words) != 0)
        words++;
    return *words != NULL;
}

static size_t digits_len(const char *text)
{
    return strspn(text, "0123456789");
}

/* [-+]? ( . digits | digits (. digits?)? ) ([eE] [-+]? digits)?, where a whole number has neither point nor exponent */
static bool is_number(const char *text, bool *ret_whole)
{
    text += *text == '-' || *text == '+';
    size_t whole = digits_len(text), decimals = 0;
    text += whole;
    *ret_whole = *text == '\0' && whole > 0;
    if (*text == '.') {
        decimals = digits_len(++text);
        text += decimals;
    }
    if (whole + decimals == 0)
        return false;
    if (*text == 'e' || *text == 'E') {
        text += text[1] == '-' || text[1] == '+' ? 2 : 1;
        if (digits_len(text) == 0)
            return false;
        text += digits_len(text);
    }
    return *text == '\0';
}

static json_t *integer_json(const char *text, int base, yaml_mark_t at)
{
    errno = 0;
    long long value = strtoll(text, NULL, base);
    if (errno != 0)
        fail(at, "the number %s is too large", text);
    return json_integer(value);
}

static json_t *real_json(const char *text, yaml_mark_t at)
{
    errno = 0;
    double value = strtod(text, NULL);
    if (errno != 0 && value != 0)
        fail(at, "the number %s is too large", text);
    return json_real(value);
}

/* NULL = no number: a string. */
static json_t *number_json(const char *text, yaml_mark_t at)
{
    static const char *const no_json[] = {".inf",  ".Inf",  ".INF", "+.inf", "+.Inf", "+.INF", "-.inf",
                                          "-.Inf", "-.INF", ".nan", ".NaN",  ".NAN",  NULL};
    bool whole;
    if (is_one_of(text, no_json))
        fail(at, "JSON has no number %s", text);
    if (strncmp(text, "0o", 2) == 0 && text[2] && strspn(text + 2, "01234567") == strlen(text + 2))
        return integer_json(text + 2, 8, at);
    if (strncmp(text, "0x", 2) == 0 && text[2] && strspn(text + 2, "0123456789abcdefABCDEF") == strlen(text + 2))
        return integer_json(text + 2, 16, at);
    if (!is_number(text, &whole))
        return NULL;
    return whole ? integer_json(text, 10, at) : real_json(text, at);
}

static json_t *plain_json(const char *text, size_t len, yaml_mark_t at)
{
    static const char *const nulls[] = {"", "~", "null", "Null", "NULL", NULL};
    static const char *const truths[] = {"true", "True", "TRUE", NULL}, *const lies[] = {"false", "False", "FALSE", NULL};
    if (is_one_of(text, nulls))
        return json_null();
    if (is_one_of(text, truths))
        return json_true();
    if (is_one_of(text, lies))
        return json_false();
    json_t *number = number_json(text, at);
    return number ? number : json_stringn(text, len);
}

static json_t *scalar_json(const yaml_event_t *event)
{
    const char *text = (const char *)event->data.scalar.value;
    size_t len = event->data.scalar.length;
    bool plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    return plain ? plain_json(text, len, event->start_mark) : json_stringn(text, len);
}

/* ── collections ─────────────────────────────────────────────────────────────────────────────────────────────── */

static json_t *sequence_read(struct reader *reader, yaml_mark_t at)
{
    json_t *list = made(json_array(), at);
    for (;;) {
        yaml_event_t event;
        event_next(reader, &event);
        bool ends = event.type == YAML_SEQUENCE_END_EVENT;
        if (!ends && json_array_append_new(list, node_read(reader, &event)) != 0)
            fail(event.start_mark, "memory ran out");
        yaml_event_delete(&event);
        if (ends)
            return list;
    }
}

/* A key is text as it stands: 200, null and "200" are three letters, four letters, three letters. */
static const char *key_of(const yaml_event_t *event, const json_t *object)
{
    if (event->type != YAML_SCALAR_EVENT)
        fail(event->start_mark, "a key must be a scalar");
    const char *key = (const char *)event->data.scalar.value;
    if (event->data.scalar.tag || event->data.scalar.anchor)
        fail(event->start_mark, "a key takes no tag and no anchor");
    if (event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE && (*key == '\0' || strcmp(key, "<<") == 0))
        fail(event->start_mark, *key ? "merge keys are not part of YAML 1.2" : "a key is missing");
    if (strlen(key) != event->data.scalar.length)
        fail(event->start_mark, "a key holds a zero byte");
    if (json_object_get(object, key))
        fail(event->start_mark, "the key %s is there twice", key);
    return key;
}

static json_t *mapping_read(struct reader *reader, yaml_mark_t at)
{
    json_t *object = made(json_object(), at);
    for (;;) {
        yaml_event_t key, value;
        event_next(reader, &key);
        bool ends = key.type == YAML_MAPPING_END_EVENT;
        if (!ends) {
            const char *name = key_of(&key, object);
            event_next(reader, &value);
            if (json_object_set_new(object, name, node_read(reader, &value)) != 0)
                fail(value.start_mark, "memory ran out");
            yaml_event_delete(&value);
        }
        yaml_event_delete(&key);
        if (ends)
            return object;
    }
}

static json_t *alias_read(const struct reader *reader, const yaml_event_t *event)
{
    const char *name = (const char *)event->data.alias.anchor;
    json_t *value = json_object_get(reader->anchors, name);
    if (!value)
        fail(event->start_mark, "the alias *%s stands before its anchor is complete", name);
    return json_incref(value);
}

/* New: the node that begins with event. */
static json_t *node_read(struct reader *reader, const yaml_event_t *event)
{
    const yaml_char_t *anchor = NULL, *tag = NULL;
    json_t *node = NULL;
    if (++reader->depth > DEPTH_MAX)
        fail(event->start_mark, "nested more than %d deep", DEPTH_MAX);
    if (event->type == YAML_ALIAS_EVENT) {
        node = alias_read(reader, event);
    } else if (event->type == YAML_SCALAR_EVENT) {
        anchor = event->data.scalar.anchor, tag = event->data.scalar.tag;
        node = scalar_json(event);
    } else if (event->type == YAML_SEQUENCE_START_EVENT) {
        anchor = event->data.sequence_start.anchor, tag = event->data.sequence_start.tag;
        node = sequence_read(reader, event->start_mark);
    } else {
        anchor = event->data.mapping_start.anchor, tag = event->data.mapping_start.tag;
        node = mapping_read(reader, event->start_mark);
    }
    if (tag)
        fail(event->start_mark, "the tag %s is not known here", (const char *)tag);
    made(node, event->start_mark);
    if (anchor && json_object_set(reader->anchors, (const char *)anchor, node) != 0)
        fail(event->start_mark, "memory ran out");
    reader->depth--;
    return node;
}

/* The only document of the stream. */
static json_t *stream_read(struct reader *reader)
{
    json_t *document = NULL;
    for (bool ends = false; !ends;) {
        yaml_event_t event;
        event_next(reader, &event);
        ends = event.type == YAML_STREAM_END_EVENT;
        if (event.type == YAML_DOCUMENT_START_EVENT) {
            if (document)
                fail(event.start_mark, "a second document");
        } else if (event.type != YAML_STREAM_START_EVENT && event.type != YAML_DOCUMENT_END_EVENT && !ends) {
            document = node_read(reader, &event);
        }
        if (ends && !document)
            fail(event.start_mark, "no document");
        yaml_event_delete(&event);
    }
    return document;
}

int main(void)
{
    struct reader reader = {.anchors = json_object()};
    if (!reader.anchors || !yaml_parser_initialize(&reader.parser)) {
        fputs("yaml2json: memory ran out\n", stderr);
        return 1;
    }
    yaml_parser_set_input_file(&reader.parser, stdin);
    json_t *document = stream_read(&reader);
    /* 15 digits give every decimal of a person back as it was written. */
    bool good = json_dumpf(document, stdout, JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(15)) == 0 && fputc('\n', stdout) != EOF &&
                fflush(stdout) == 0;
    json_decref(document);
    json_decref(reader.anchors);
    yaml_parser_delete(&reader.parser);
    if (!good)
        fputs("yaml2json: cannot write\n", stderr);
    return good ? 0 : 1;
}
