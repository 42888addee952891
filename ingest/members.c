/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * JSON values into structs: document_fill of document.h.
 */
#include <string.h>

#include "ingest/document.h"

static void value_fill(struct document *document, const json_t *value, const struct json_path *path, const struct field *field, void *base);

static const char *type_name(enum field_type type)
{
    switch (type) {
    case FIELD_INT: return "a whole number";
    case FIELD_OBJECT: return "an object";
    case FIELD_LIST: return "an array";
    case FIELD_SEXES: return "an array of \"female\" and \"male\", each at most once, or null";
    case FIELD_TRUE: return "true or null";
    case FIELD_LINE:
    case FIELD_TEXT:
    case FIELD_ID:
    case FIELD_DATE:
    case FIELD_DAY:
    case FIELD_MONTH_DAY:
    case FIELD_LINES:
    case FIELD_URL:
    case FIELD_DOI:
    case FIELD_MEMBER:
    case FIELD_ENUM:
    case FIELD_DECIMAL: break;
    }
    return "a string";
}

static void string_fill(struct document *document, const json_t *value, const struct json_path *path, const struct field *field, void *base)
{
    struct reading *reading = document->reading;
    struct field_message message;
    const char *text = json_string_value(value);
    if (*text == '\0') {
        document_fault(document, path, "empty: write null for what is not known");
        return;
    }
    const char *copy = base != NULL && field->size > 0 ? arena_strdup(&reading->data->arena, text) : text;
    if (copy == NULL)
        return;
    bool good = field_take(reading, field, copy, base, &message);
    if (good && field->refers != KEY_NONE)
        good = field_refer(reading, field->refers, text, &message) != LOOKUP_NONE || message.text[0] == '\0';
    if (!good)
        document_fault(document, path, "%s", message.text);
}

static void integer_fill(struct document *document, const json_t *value, const struct json_path *path, const struct field *field,
                         void *base)
{
    struct field_message message;
    if (!field_take_integer(field, json_integer_value(value), base, &message))
        document_fault(document, path, "%s", message.text);
}

/* ["female", "male"] in any order: bit 0 and bit 1. */
static void sexes_fill(struct document *document, const json_t *value, const struct json_path *path, const struct field *field, void *base)
{
    static const char *const sexes[] = {"female", "male"};
    int bits = 0;
    size_t i, named = 0;
    json_t *item;
    json_array_foreach(value, i, item)
    {
        for (int bit = 0; bit < 2 && json_is_string(item); bit++)
            if (strcmp(json_string_value(item), sexes[bit]) == 0 && (bits & (1 << bit)) == 0) {
                bits |= 1 << bit;
                named++;
            }
    }
    if (bits == 0 || named != json_array_size(value))
        document_fault(document, path, "expected %s", type_name(FIELD_SEXES));
    else if (base != NULL && field->size == sizeof(bits))
        memcpy((char *)base + field->offset, &bits, sizeof(bits));
}

/* ── lists ── */

static void distinct_check(struct document *document, const json_t *list, const struct json_path *path)
{
    struct lookup seen __attribute__((cleanup(lookup_free))) = {0};
    size_t i;
    json_t *item;
    json_array_foreach(list, i, item)
    {
        struct json_path at = {.up = path, .element = i};
        if (json_is_string(item) && lookup_add(&seen, json_string_value(item), (int32_t)i) != LOOKUP_NONE)
            document_fault(document, &at, "stands twice in the list");
    }
    document->reading->data->arena.failed |= seen.failed;
}

static void list_fill(struct document *document, const json_t *list, const struct json_path *path, const struct field *field, void *base)
{
    size_t len = json_array_size(list), i;
    json_t *item;
    if (len > FIELD_LIST_MAX) {
        document_fault(document, path, "%zu elements: expected at most %d", len, FIELD_LIST_MAX);
        return;
    }
    bool kept = base != NULL && field->size > 0;
    char *items = kept ? arena_array(&document->reading->data->arena, len, field->item_size) : NULL;
    json_array_foreach(list, i, item)
    {
        struct json_path at = {.up = path, .element = i};
        value_fill(document, item, &at, field->item, items != NULL ? items + i * field->item_size : NULL);
    }
    if (field->distinct)
        distinct_check(document, list, path);
    if (items == NULL)
        return;
    memcpy((char *)base + field->offset, &items, sizeof(items));
    memcpy((char *)base + field->len_offset, &len, sizeof(len));
}

/* ── objects ── */

static void unknown_member(struct document *document, const struct json_path *path, const char *name, const struct field *fields)
{
    struct nearest near;
    for (const struct field *field = fields; field->name != NULL; field++)
        if (strcmp(field->name, name) == 0)
            return;
    nearest_begin(&near, name);
    for (const struct field *field = fields; field->name != NULL; field++)
        nearest_offer(&near, field->name);
    struct json_path at = {.up = path, .member = name};
    if (nearest_best(&near) != NULL)
        document_fault(document, &at, "unknown member; did you mean \"%s\"?", nearest_best(&near));
    else
        document_fault(document, &at, "unknown member");
}

static void object_fill(struct document *document, const json_t *object, const struct json_path *path, const struct field *fields,
                        void *base)
{
    const char *name;
    json_t *value;
    /* jansson's iteration takes a json_t * that is not const, and leaves it alone. */
    json_object_foreach((json_t *)(uintptr_t)object, name, value) unknown_member(document, path, name, fields);
    for (const struct field *field = fields; field->name != NULL; field++) {
        struct json_path at = {.up = path, .member = field->name};
        value = json_object_get(object, field->name);
        if (value != NULL)
            value_fill(document, value, &at, field, base);
        else
            document_fault(document, &at, "missing: every member must be there, null where nothing is known");
    }
}

static void *inside(const struct field *field, void *base)
{
    return base == NULL || field->size == 0 ? NULL : (char *)base + field->offset;
}

static bool is_type(const json_t *value, enum field_type type)
{
    if (type == FIELD_INT)
        return json_is_integer(value);
    if (type == FIELD_OBJECT)
        return json_is_object(value);
    if (type == FIELD_LIST || type == FIELD_SEXES)
        return json_is_array(value);
    if (type == FIELD_TRUE)
        return json_is_true(value);
    return json_is_string(value);
}

static void typed_fill(struct document *document, const json_t *value, const struct json_path *path, const struct field *field, void *base)
{
    struct field_message message;
    if (field->type == FIELD_INT)
        integer_fill(document, value, path, field, base);
    else if (field->type == FIELD_OBJECT)
        object_fill(document, value, path, field->members, inside(field, base));
    else if (field->type == FIELD_LIST)
        list_fill(document, value, path, field, base);
    else if (field->type == FIELD_SEXES)
        sexes_fill(document, value, path, field, base);
    else if (field->type == FIELD_TRUE)
        (void)field_take_integer(field, 1, base, &message);
    else
        string_fill(document, value, path, field, base);
}

static void value_fill(struct document *document, const json_t *value, const struct json_path *path, const struct field *field, void *base)
{
    field_forget(field, base);
    if (json_is_null(value) && !field->required)
        return;
    if (json_is_null(value))
        document_fault(document, path, "null: this must be known");
    else if (!is_type(value, field->type))
        document_fault(document, path, "expected %s", type_name(field->type));
    else
        typed_fill(document, value, path, field, base);
}

void document_fill(struct document *document, const struct field *fields, void *base)
{
    struct json_path root = {0};
    for (const struct field *field = fields; field->name != NULL; field++)
        field_forget(field, base);
    object_fill(document, document->root, &root, fields, base);
}
