/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/document.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json_shape.h"

/* ── faults ── */

#define PATH_TEXT_SIZE 200

void document_fault(struct document *document, const struct json_path *path, const char *format, ...)
{
    struct findings *faults = document->reading->faults;
    char message[FAULT_MESSAGE_SIZE], field[PATH_TEXT_SIZE];
    /* Finding a line walks the text. So many times is enough: more than are told at all. */
    if (++document->faults > INGEST_FAULTS_TOLD || !findings_wanted(faults, document->file, document->is_line ? document->line : 0)) {
        findings_count(faults, 1);
        return;
    }
    va_list args;
    va_start(args, format);
    (void)vsnprintf(message, sizeof(message), format, args);
    va_end(args);
    (void)json_path_text(path, field, sizeof(field));
    int line = document->line - 1 + json_path_line(document->text, document->len, path);
    findings_add(faults, document->file, line, field[0] != '\0' ? field : NULL, "%s", message);
}

void document_fault_at(struct document *document, const char *member, const char *inner, const char *message)
{
    struct json_path root = {0}, outer = {.up = &root, .member = member}, path = {.up = &outer, .member = inner};
    document_fault(document, inner != NULL ? &path : &outer, "%s", message);
}

/* ── parsing ── */

static const char *shape_fault(const char *text, size_t len)
{
    const struct json_shape shape = json_shape_of(text, len, (struct json_shape){DOCUMENT_DEPTH_MAX, DOCUMENT_TOKENS_MAX});
    return shape.depth > DOCUMENT_DEPTH_MAX     ? "nested deeper than 32 levels"
           : shape.values > DOCUMENT_TOKENS_MAX ? "more than 200000 values"
                                                : NULL;
}

/* jansson's own text repeats bytes of the file, so ours is said instead. */
static const char *syntax_text(const json_error_t *error)
{
    static const struct {
        enum json_error_code code;
        const char *text;
    } texts[] = {
        {json_error_premature_end_of_input, "not JSON: it ends too early"},
        {json_error_end_of_input_expected, "not JSON: something follows the end of the object"},
        {json_error_duplicate_key, "a member stands twice in an object"},
        {json_error_numeric_overflow, "a number is too large"},
        {json_error_null_character, "a NUL character in a text"},
        {json_error_null_byte_in_key, "a NUL character in the name of a member"},
    };
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        if (json_error_code(error) == texts[i].code)
            return texts[i].text;
    return "not JSON (RFC 8259)";
}

static void parse(struct document *document)
{
    struct findings *faults = document->reading->faults;
    json_error_t error = {0};
    const char *shape = shape_fault(document->text, document->len);
    if (shape != NULL) {
        findings_add(faults, document->file, document->is_line ? document->line : 0, NULL, "%s", shape);
        return;
    }
    document->root = json_loadb(document->text, document->len, JSON_REJECT_DUPLICATES, &error);
    if (document->root == NULL && (error.text[0] == '\0' || json_error_code(&error) == json_error_out_of_memory)) {
        /* jansson 2.14 mostly says nothing at all when memory runs out: the file is not to blame. */
        document->reading->data->arena.failed = true;
    } else if (document->root == NULL) {
        findings_add(faults, document->file, document->line - 1 + (error.line > 0 ? error.line : 1), NULL, "%s", syntax_text(&error));
    } else if (!json_is_object(document->root)) {
        findings_add(faults, document->file, document->line, NULL, "expected an object");
        json_decref(document->root);
        document->root = NULL;
    }
}

bool document_open(struct document *document, struct reading *reading, struct folder_entry *entry)
{
    *document = (struct document){.reading = reading, .file = entry->name, .line = 1};
    document->text = folder_read(reading->folder, entry, reading->faults, &document->len);
    if (document->text != NULL)
        parse(document);
    return document->root != NULL;
}

bool document_open_line(struct document *document, struct reading *reading, const struct folder_entry *entry, char *text, size_t len,
                        int line)
{
    *document = (struct document){.reading = reading, .file = entry->name, .line = line, .is_line = true, .text = text, .len = len};
    parse(document);
    return document->root != NULL;
}

void document_close(struct document *document)
{
    json_decref(document->root);
    if (!document->is_line)
        free(document->text);
    document->root = NULL;
    document->text = NULL;
}
