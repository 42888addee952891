/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/fields.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/forms.h"

static bool is_line(const char *value)
{
    return forms_text(value, false);
}

static bool is_text(const char *value)
{
    return forms_text(value, true);
}

/* Strings whose form depends on nothing else, and what to say of the others. */
static const struct {
    bool (*well_formed)(const char *value);
    const char *expected;
} string_types[] = {
    [FIELD_LINE] = {is_line, "a text on one line, without control characters and not only white space"},
    [FIELD_TEXT] = {is_text, "a text without control characters and not only white space"},
    [FIELD_ID] = {forms_id, "a code of a-z, 0-9 and single hyphens, at most 64 characters"},
    [FIELD_DATE] = {forms_date, "a real date as YYYY, YYYY-MM or YYYY-MM-DD, 1900 to 2199"},
    [FIELD_DAY] = {forms_day, "a real day as YYYY-MM-DD, 1900 to 2199"},
    [FIELD_MONTH_DAY] = {forms_month_day, "a day of the year as MM-DD"},
    [FIELD_URL] = {forms_url, "an address that begins with http:// or https://, ASCII only"},
    [FIELD_DOI] = {forms_doi, "a DOI as 10.1234/abc"},
    [FIELD_MEMBER] = {forms_member, "the name of a member, as patients.age_min"},
    [FIELD_DECIMAL] = {NULL, "a decimal number with a point, at most six decimals and twelve digits before them"},
};

/* What stands in place of "…" in: "x" is not …. */
static const char *const key_names[KEY_COUNT] = {
    [KEY_REGION] = "a code of regions.csv",
    [KEY_MECHANISM] = "a code of mechanisms.csv",
    [KEY_REPORT_CODE] = "a report_code of mechanisms.csv",
    [KEY_CATEGORY] = "a code of categories.csv",
    [KEY_CATEGORY_LABEL] = "a label_nb of categories.csv, or several joined by \" & \"",
    [KEY_INSTITUTION] = "an id of institutions.csv",
    [KEY_INSTITUTION_NAME] = "a name of institutions.csv nor an alias of one",
    [KEY_STUDY] = "an id of studies.csv",
    [KEY_FIGURE] = "an id of figures.csv",
    [KEY_LEADER] = "the name of a leader in awards.csv, by the aliases",
};

static void put_string(const struct field *field, void *row, const char *value)
{
    if (row == NULL || field->size == 0)
        return;
    assert(field->size == sizeof(value));
    memcpy((char *)row + field->offset, &value, sizeof(value));
}

static void put_integer(const struct field *field, void *row, int64_t value)
{
    if (row == NULL || field->size == 0)
        return;
    int narrow = (int)value;
    assert(field->size == sizeof(value) || (field->size == sizeof(narrow) && narrow == value));
    memcpy((char *)row + field->offset, field->size == sizeof(value) ? (const void *)&value : &narrow, field->size);
}

const char *field_string(const struct field *field, const void *row)
{
    const char *value = NULL;
    if (row != NULL && field->size == sizeof(value))
        memcpy(&value, (const char *)row + field->offset, sizeof(value));
    return value;
}

void field_forget(const struct field *field, void *row)
{
    switch (field->type) {
    case FIELD_INT:
    case FIELD_TRUE: put_integer(field, row, field->unknown); break;
    case FIELD_OBJECT:
        for (const struct field *member = field->members; row != NULL && field->size > 0 && member->name != NULL; member++)
            field_forget(member, (char *)row + field->offset);
        break;
    case FIELD_LIST:
    case FIELD_SEXES:
    case FIELD_DECIMAL: break; /* rows are zeroed: empty, none, 0 */
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
    case FIELD_ENUM: put_string(field, row, NULL); break;
    }
}

/* ── what to say ── */

static void expect(struct field_message *message, const char *value, const char *expected)
{
    char shown[FAULT_VALUE_SIZE];
    (void)snprintf(message->text, sizeof(message->text), "%s: expected %s", findings_value(value, shown), expected);
}

static void append(struct field_message *message, const char *text)
{
    size_t used = strlen(message->text), room = sizeof(message->text) - 1 - used, length = strlen(text);
    if (length > room)
        length = forms_cut(text, room);
    memcpy(message->text + used, text, length);
    message->text[used + length] = '\0';
}

static void append_nearest(struct field_message *message, const struct nearest *near)
{
    if (nearest_best(near) == NULL)
        return;
    append(message, "; did you mean \"");
    append(message, nearest_best(near));
    append(message, "\"?");
}

static void expect_value(struct field_message *message, const struct field *field, const char *value)
{
    struct nearest near;
    nearest_begin(&near, value);
    expect(message, value, "one of");
    for (const char *const *known = field->values; *known != NULL; known++) {
        append(message, known == field->values ? " " : ", ");
        append(message, *known);
        nearest_offer(&near, *known);
    }
    append_nearest(message, &near);
}

static void expect_range(struct field_message *message, const char *value, int64_t min, int64_t max)
{
    char expected[100];
    (void)snprintf(expected, sizeof(expected), "a whole number from %" PRId64 " to %" PRId64 ", digits only", min, max);
    expect(message, value, expected);
}

static void expect_lines(struct field_message *message, const char *value, int64_t max)
{
    char expected[120];
    (void)snprintf(expected, sizeof(expected), "lines as 12-15;20, from 1 to %" PRId64 " (edition.json: document.lines)", max);
    expect(message, value, expected);
}

/* ── taking ── */

/* While edition.json is not known to say how long the document is, lines are bound by what its field may hold. */
static int64_t lines_max(const struct reading *reading)
{
    int64_t lines = reading->data->edition.document_lines;
    return lines > 0 ? lines : INT32_MAX;
}

static bool is_value(const struct field *field, const char *value)
{
    for (const char *const *known = field->values; *known != NULL; known++)
        if (strcmp(*known, value) == 0)
            return true;
    return false;
}

static bool take_decimal(const struct field *field, const char *value, void *row, struct field_message *ret_message)
{
    int64_t number;
    int decimals;
    if (!forms_decimal(value, &number, &decimals)) {
        expect(ret_message, value, string_types[FIELD_DECIMAL].expected);
        return false;
    }
    struct db_figure *figure = (struct db_figure *)((char *)row + field->offset);
    figure->value = number;
    figure->decimals = decimals;
    return true;
}

static bool take_string(struct reading *reading, const struct field *field, const char *value, struct field_message *ret_message)
{
    if (field->type == FIELD_ENUM) {
        if (is_value(field, value))
            return true;
        expect_value(ret_message, field, value);
    } else if (field->type == FIELD_LINES) {
        if (forms_lines(value, lines_max(reading)))
            return true;
        expect_lines(ret_message, value, lines_max(reading));
    } else {
        if (string_types[field->type].well_formed(value))
            return true;
        expect(ret_message, value, string_types[field->type].expected);
    }
    return false;
}

bool field_take_integer(const struct field *field, int64_t value, void *row, struct field_message *ret_message)
{
    if (value >= field->min && value <= field->max) {
        put_integer(field, row, value);
        return true;
    }
    char digits[24];
    (void)snprintf(digits, sizeof(digits), "%" PRId64, value);
    expect_range(ret_message, digits, field->min, field->max);
    return false;
}

bool field_take(struct reading *reading, const struct field *field, const char *value, void *row, struct field_message *ret_message)
{
    int64_t number;
    field_forget(field, row);
    if (*value == '\0') {
        (void)snprintf(ret_message->text, sizeof(ret_message->text), "empty: this must be known");
        return !field->required;
    }
    if (field->type == FIELD_DECIMAL)
        return take_decimal(field, value, row, ret_message);
    if (field->type == FIELD_INT) {
        if (forms_integer(value, INT64_MIN, INT64_MAX, &number))
            return field_take_integer(field, number, row, ret_message);
        expect_range(ret_message, value, field->min, field->max);
        return false;
    }
    if (!take_string(reading, field, value, ret_message))
        return false;
    put_string(field, row, value);
    return true;
}

int32_t field_refer(struct reading *reading, enum key key, const char *value, struct field_message *ret_message)
{
    const struct lookup *lookup = &reading->data->lookup[key];
    int32_t row = lookup_find(lookup, value);
    ret_message->text[0] = '\0';
    if (row != LOOKUP_NONE || lookup->partial)
        return row;
    char shown[FAULT_VALUE_SIZE];
    struct nearest near;
    nearest_begin(&near, value);
    lookup_offer(lookup, &near, &reading->offers_left);
    (void)snprintf(ret_message->text, sizeof(ret_message->text), "%s is not %s", findings_value(value, shown), key_names[key]);
    append_nearest(ret_message, &near);
    return LOOKUP_NONE;
}
