/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "handlers/body.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/forms.h"
#include "base/json_shape.h"
#include "base/nearest.h"

/* Bytes of a client's own words that a fault repeats. */
#define WORD_MAX 80

void body_fault(struct request *rq, const char *name, const char *reason, const char *did_you_mean)
{
    struct faults *faults = rq->faults;
    if (faults->len == FAULTS_MAX && faults->more_room == 0 && (rq->media == BODY_CSV || rq->media == BODY_NDJSON)) {
        faults->more = arena_array(rq->arena, FAULTS_OF_ROWS, sizeof *faults->more);
        faults->more_room = faults->more ? FAULTS_OF_ROWS : 0;
    }
    if (reason)
        faults_add(faults, "body", name, reason, did_you_mean);
}

size_t body_faults(const struct request *rq)
{
    return rq->faults->len + rq->faults->more_len + rq->faults->dropped;
}

/* ── reading ────────────────────────────────────────────────────────────────────────────────────────────────── */

static const char *shape_fault(const char *text, size_t len)
{
    const struct json_shape shape = json_shape_of(text, len, (struct json_shape){BODY_DEPTH_MAX, BODY_MEMBERS_MAX});
    return shape.depth > BODY_DEPTH_MAX      ? "is nested deeper than 32 levels"
           : shape.values > BODY_MEMBERS_MAX ? "has more than 1000 members"
                                             : NULL;
}

/* jansson's own text repeats bytes of the body, so ours is said instead. */
static const char *syntax_text(const json_error_t *error)
{
    static const struct {
        enum json_error_code code;
        const char *text;
    } texts[] = {
        {json_error_premature_end_of_input, "it ends too early"},
        {json_error_end_of_input_expected, "something follows the end of the value"},
        {json_error_duplicate_key, "a member stands twice in an object"},
        {json_error_numeric_overflow, "a number is too large"},
        {json_error_null_character, "a NUL character in a text"},
        {json_error_null_byte_in_key, "a NUL character in the name of a member"},
        {json_error_invalid_utf8, "bytes that are not UTF-8"},
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (json_error_code(error) == texts[i].code)
            return texts[i].text;
    return "JSON (RFC 8259) was expected here";
}

static enum api_error malformed(struct request *rq, const char *row, const char *reason)
{
    body_fault(rq, row, reason, NULL);
    return API_MALFORMED_BODY;
}

enum api_error json_body_read(struct request *rq, const char *text, size_t len, const char *row, json_t **ret_root)
{
    json_error_t error = {0};
    const char *shape = shape_fault(text, len);
    if (shape)
        return malformed(rq, row, shape);
    *ret_root = json_loadb(text, len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (*ret_root)
        return API_OK;
    /* jansson 2.14 mostly says nothing at all when memory runs out: the body is not to blame. */
    if (error.text[0] == '\0' || json_error_code(&error) == json_error_out_of_memory)
        return API_UNAVAILABLE;
    int line = error.line > 0 ? error.line : 1, column = error.column > 0 ? error.column : 1;
    if (row)
        return malformed(rq, row, arena_printf(rq->arena, "column %d: %s", column, syntax_text(&error)));
    return malformed(rq, row, arena_printf(rq->arena, "line %d, column %d: %s", line, column, syntax_text(&error)));
}

/* ── where a fault is ───────────────────────────────────────────────────────────────────────────────────────── */

/* The name of a member of a pointer (RFC 6901), as far as it is worth repeating. */
static const char *pointer_token(struct arena *arena, const char *name)
{
    size_t len = strlen(name), to = 0;
    if (len > WORD_MAX)
        len = forms_cut(name, WORD_MAX);
    char *token = arena_alloc(arena, 2 * len + 1);
    for (size_t i = 0; token && i < len; i++) {
        bool escaped = name[i] == '~' || name[i] == '/';
        if (escaped)
            token[to++] = '~';
        token[to++] = (char)(name[i] == '~' ? '0' : name[i] == '/' ? '1' : name[i]);
    }
    return token;
}

/* The way from the root to a value, innermost step first, on the stack: it is written down for a fault only. */
struct way {
    const struct way *up; /* NULL = the root */
    const char *name;     /* of the root: the row, or NULL */
};

static bool is_row(const struct way *way)
{
    return !way->up && way->name;
}

/* A row's members follow its name, those of a body its root, which has none. */
static const char *way_text(struct arena *arena, const struct way *way)
{
    if (!way->up)
        return way->name ? way->name : "";
    const char *before = way_text(arena, way->up), *token = pointer_token(arena, way->name);
    return before && token ? arena_printf(arena, "%s%s%s", before, is_row(way->up) ? " " : "/", token) : NULL;
}

/* ── texts ──────────────────────────────────────────────────────────────────────────────────────────────────── */

static bool is_longer(const char *text, int64_t most)
{
    int64_t characters = 0;
    for (; *text; text++)
        characters += ((unsigned char)*text & 0xc0) != 0x80;
    return characters > most;
}

/* A date of the calendar that is none of those that are taken. */
static const char *year_fault(struct arena *arena, const struct body_member *member, const char *text)
{
    int64_t year = strtol(text, NULL, 10), first = member->min > FORMS_YEAR_MIN ? member->min : FORMS_YEAR_MIN;
    bool day = member->type == MEMBER_DAY;
    if (year < first)
        return arena_printf(arena, "must not be before %" PRId64 "%s", first, day ? "-01-01" : "");
    return year > FORMS_YEAR_MAX ? arena_printf(arena, "must not be after %d%s", FORMS_YEAR_MAX, day ? "-12-31" : "") : NULL;
}

/* Texts whose form depends on nothing else, and what to say of the others. */
static const char *form_fault(enum member_type type, const char *text)
{
    static const struct {
        bool (*is)(const char *text);
        const char *expected;
    } forms[] = {
        [MEMBER_DAY] = {forms_calendar_day, "must be a day of the calendar, as 2026-01-31"},
        [MEMBER_DATE] = {forms_calendar, "must be a date of the calendar as 2026, 2026-01 or 2026-01-31"},
        [MEMBER_ID] = {forms_id, "must be a code of a-z, 0-9 and single hyphens inside, at most 64 characters"},
        [MEMBER_URL] = {forms_url, "must be an address that begins with http:// or https://, ASCII only"},
        [MEMBER_DOI] = {forms_doi, "must be a DOI, as 10.1234/abc"},
    };
    return type < sizeof forms / sizeof forms[0] && forms[type].is && !forms[type].is(text) ? forms[type].expected : NULL;
}

/* What is wrong with a text as a value of that type; NULL = nothing. */
static const char *text_fault(struct arena *arena, const struct body_member *member, const char *text)
{
    const char *fault = form_fault(member->type, text);
    bool free_text = member->type == MEMBER_LINE || member->type == MEMBER_TEXT;
    if (fault)
        return fault;
    if (*text == '\0' || (free_text && !forms_text(text, member->type == MEMBER_TEXT)))
        return member->type == MEMBER_TEXT
                   ? "must be a text without control characters (nor such as turn the direction of writing), and not white space alone"
                   : "must be a text on one line without control characters (nor such as turn the direction of "
                     "writing), and not white space alone";
    if (free_text && member->max > 0 && is_longer(text, member->max))
        return arena_printf(arena, "must have at most %" PRId64 " characters", member->max);
    return member->type == MEMBER_DAY || member->type == MEMBER_DATE ? year_fault(arena, member, text) : NULL;
}

/* ── filling ────────────────────────────────────────────────────────────────────────────────────────────────── */

struct filling {
    struct request *rq;
    uint64_t *seen;
};

static void object_fill(struct filling *filling, const json_t *object, const struct body_member *members, const struct way *way,
                        void *into);

static void fault(struct filling *filling, const struct way *way, const char *reason, const char *did_you_mean)
{
    const char *name = way_text(filling->rq->arena, way);
    body_fault(filling->rq, name && *name ? name : NULL, reason, did_you_mean);
}

static bool offer(void *cls, const char *value)
{
    nearest_offer(cls, value);
    return true;
}

/* The value's canonical spelling, in the arena, or NULL and a fault that suggests the nearest. */
static const char *code_find(struct filling *filling, enum db_vocabulary vocabulary, const struct way *way, const char *value)
{
    struct nearest nearest;
    struct request *rq = filling->rq;
    const char *known = db_vocabulary_find(rq->db, vocabulary, value);
    if (known)
        return arena_strdup(rq->arena, known);
    nearest_begin(&nearest, value);
    db_vocabulary_each(rq->db, vocabulary, offer, &nearest);
    const char *near = nearest_best(&nearest);
    fault(filling, way, "is not a known code", near ? arena_strdup(rq->arena, near) : NULL);
    return NULL;
}

static void *at(void *into, size_t offset)
{
    return (char *)into + offset;
}

static void put_text(struct filling *filling, const struct body_member *member, void *into, const char *text)
{
    const char *copy = text ? arena_strdup(filling->rq->arena, text) : NULL;
    memcpy(at(into, member->offset), &copy, sizeof copy);
}

static void text_fill(struct filling *filling, const json_t *value, const struct body_member *member, const struct way *way, void *into)
{
    const char *text = json_string_value(value);
    if (member->type == MEMBER_CODE) {
        text = code_find(filling, member->vocabulary, way, text);
        if (text)
            put_text(filling, member, into, text);
        return;
    }
    const char *wrong = text_fault(filling->rq->arena, member, text);
    if (wrong)
        fault(filling, way, wrong, NULL);
    else
        put_text(filling, member, into, text);
}

static bool whole_check(struct filling *filling, const json_t *value, const struct body_member *member, const struct way *way)
{
    json_int_t number = json_integer_value(value);
    if (json_is_integer(value) && number >= member->min && number <= member->max)
        return true;
    fault(filling, way,
          arena_printf(filling->rq->arena, "must be a whole number from %" PRId64 " to %" PRId64 "%s", member->min, member->max,
                       json_is_null(value) ? ": leave out what is not known" : ""),
          NULL);
    return false;
}

static void whole_fill(struct filling *filling, const json_t *value, const struct body_member *member, const struct way *way, void *into)
{
    int64_t number = json_integer_value(value);
    if (whole_check(filling, value, member, way))
        memcpy(at(into, member->offset), &number, sizeof number);
}

static void numbers_fill(struct filling *filling, const json_t *object, const struct body_member *member, const struct way *way, void *into)
{
    struct arena *arena = filling->rq->arena;
    size_t room = json_object_size(object);
    struct body_number *list = arena_array(arena, room + 1, sizeof *list);
    struct body_numbers numbers = {.list = list};
    const char *code;
    json_t *value;
    if (room == 0)
        fault(filling, way, "must name at least one", NULL);
    /* jansson's iteration takes a json_t * that is not const, and leaves it alone. */
    json_object_foreach((json_t *)(uintptr_t)object, code, value)
    {
        const struct way inner = {way, code};
        const char *known = code_find(filling, member->vocabulary, &inner, code);
        bool good = whole_check(filling, value, member, &inner);
        if (list && known && good)
            list[numbers.len++] = (struct body_number){known, json_integer_value(value)};
    }
    memcpy(at(into, member->offset), &numbers, sizeof numbers);
}

static void list_fill(struct filling *filling, const json_t *array, const struct body_member *member, const struct way *way, void *into)
{
    struct arena *arena = filling->rq->arena;
    size_t len = json_array_size(array), i;
    json_t *item;
    if (len > (size_t)member->max) {
        fault(filling, way, arena_printf(arena, "must have at most %" PRId64 " elements", member->max), NULL);
        return;
    }
    char *items = arena_array(arena, len + 1, member->item_size);
    json_array_foreach(array, i, item)
    {
        char number[24];
        (void)snprintf(number, sizeof number, "%zu", i);
        const struct way inner = {way, number};
        size_t before = body_faults(filling->rq);
        void *place = items ? items + i * member->item_size : NULL;
        if (!json_is_object(item))
            fault(filling, &inner, "must be an object", NULL);
        else if (place)
            object_fill(filling, item, member->members, &inner, place);
        if (place && member->check && body_faults(filling->rq) == before)
            fault(filling, &inner, member->check(place), NULL);
    }
    memcpy(at(into, member->offset), &items, sizeof items);
    memcpy(at(into, member->len_offset), &len, sizeof len);
}

/* What null means: not known, none, and so for all that is inside. */
static void forget(struct filling *filling, const struct body_member *member, void *into)
{
    const struct body_numbers none = {NULL, 0};
    const size_t nothing = 0;
    if (member->bit && filling->seen)
        *filling->seen |= UINT64_C(1) << (member->bit - 1);
    if (member->type == MEMBER_OBJECT) {
        for (const struct body_member *inner = member->members; inner->name; inner++)
            forget(filling, inner, into);
    } else if (member->type == MEMBER_LIST) {
        memcpy(at(into, member->len_offset), &nothing, sizeof nothing);
    } else if (member->type == MEMBER_NUMBERS) {
        memcpy(at(into, member->offset), &none, sizeof none);
    } else if (member->type < MEMBER_WHOLE) {
        put_text(filling, member, into, NULL);
    }
}

static const char *expected(const struct body_member *member, const json_t *value)
{
    switch (member->type) {
    case MEMBER_WHOLE: return NULL; /* says its bounds itself */
    case MEMBER_TRUTH: return json_is_boolean(value) ? NULL : "must be true or false";
    case MEMBER_NUMBERS: return json_is_object(value) ? NULL : "must be an object: a number for each code";
    case MEMBER_OBJECT: return json_is_object(value) ? NULL : "must be an object";
    case MEMBER_LIST: return json_is_array(value) ? NULL : "must be an array of objects";
    case MEMBER_REFUSED: return member->why;
    case MEMBER_END:
    case MEMBER_LINE:
    case MEMBER_TEXT:
    case MEMBER_DAY:
    case MEMBER_DATE:
    case MEMBER_ID:
    case MEMBER_URL:
    case MEMBER_DOI:
    case MEMBER_CODE: break;
    }
    return json_is_string(value) ? NULL : "must be a text";
}

static void typed_fill(struct filling *filling, const json_t *value, const struct body_member *member, const struct way *way, void *into)
{
    bool truth = json_is_true(value);
    if (member->type == MEMBER_WHOLE)
        whole_fill(filling, value, member, way, into);
    else if (member->type == MEMBER_TRUTH)
        memcpy(at(into, member->offset), &truth, sizeof truth);
    else if (member->type == MEMBER_NUMBERS)
        numbers_fill(filling, value, member, way, into);
    else if (member->type == MEMBER_OBJECT)
        object_fill(filling, value, member->members, way, into);
    else if (member->type == MEMBER_LIST)
        list_fill(filling, value, member, way, into);
    else
        text_fill(filling, value, member, way, into);
}

static void member_fill(struct filling *filling, const json_t *value, const struct body_member *member, const struct way *way, void *into)
{
    const char *wrong = expected(member, value);
    if (member->type != MEMBER_REFUSED && json_is_null(value)) {
        if (member->nullable)
            forget(filling, member, into);
        else
            fault(filling, way, member->why ? member->why : "must not be null", NULL);
        return;
    }
    if (wrong) {
        fault(filling, way, wrong, NULL);
        return;
    }
    if (member->bit && filling->seen)
        *filling->seen |= UINT64_C(1) << (member->bit - 1);
    typed_fill(filling, value, member, way, into);
}

static void unknown_check(struct filling *filling, const char *name, const struct body_member *members, const struct way *way)
{
    struct nearest nearest;
    for (const struct body_member *member = members; member->name; member++)
        if (strcmp(member->name, name) == 0)
            return;
    nearest_begin(&nearest, name);
    for (const struct body_member *member = members; member->name; member++)
        if (member->type != MEMBER_REFUSED)
            nearest_offer(&nearest, member->name);
    const struct way inner = {way, name};
    const char *near = nearest_best(&nearest);
    fault(filling, &inner, "unknown member", near ? arena_strdup(filling->rq->arena, near) : NULL);
}

static void object_fill(struct filling *filling, const json_t *object, const struct body_member *members, const struct way *way, void *into)
{
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)object, name, value) unknown_check(filling, name, members, way);
    for (const struct body_member *member = members; member->name; member++) {
        const struct way inner = {way, member->name};
        value = json_object_get(object, member->name);
        if (value)
            member_fill(filling, value, member, &inner, into);
        else if (member->required)
            fault(filling, &inner, "is missing", NULL);
    }
}

bool json_body_fill(struct request *rq, const json_t *root, const struct body_member *members, const char *row, void *into, uint64_t *seen)
{
    struct filling filling = {.rq = rq, .seen = seen};
    const struct way root_way = {NULL, row};
    size_t before = body_faults(rq);
    if (json_is_object(root))
        object_fill(&filling, root, members, &root_way, into);
    else
        body_fault(rq, row, "must be an object", NULL);
    return body_faults(rq) == before;
}

enum api_error json_body(struct request *rq, const struct body_member *members, void *into, uint64_t *seen)
{
    json_t *root = NULL;
    enum api_error error = json_body_read(rq, rq->body, rq->body_len, NULL, &root);
    if (error != API_OK)
        return error;
    bool good = json_body_fill(rq, root, members, NULL, into, seen);
    json_decref(root);
    if (rq->arena->failed)
        return API_UNAVAILABLE;
    return good ? API_OK : API_UNPROCESSABLE;
}
