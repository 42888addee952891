/* SPDX-License-Identifier: GPL-3.0-or-later
 * PATCH /studies/{id}: a JSON Merge Patch (RFC 7396) of what of a card is edited in the register.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "handlers/edit_study.h"
#include "handlers/filing.h"
#include "handlers/writing.h"

enum { LABEL_MAX = 300, TITLE_MAX = 500, CITATION_MAX = 1000, SUMMARY_MAX = 5000, PROSE_MAX = 20000, ITEMS_MAX = 100 };

/* ── what may be edited, and what not, and why ──────────────────────────────────────────────────────────────── */

#define BY_DATA_SET "comes with the programme's data set, and changes when the programme's next edition is imported"
#define BY_REGISTER "is made by the register itself"

/* The places that an edit can change, each a bit of what was seen. */
enum seen {
    SEEN_STATUS,
    SEEN_START,
    SEEN_INCLUSION_END,
    SEEN_INCLUSION_END_EXPECTED,
    SEEN_COMPLETION_EXPECTED,
    SEEN_TITLE, /* two each: nb, en */
    SEEN_SUMMARY = SEEN_TITLE + 2,
    SEEN_ABOUT = SEEN_SUMMARY + 2,
    SEEN_NOVELTY = SEEN_ABOUT + 2,
    SEEN_IMPORTANCE = SEEN_NOVELTY + 2,
    SEEN_PROGRESS = SEEN_IMPORTANCE + 2,
    SEEN_NEXT_STEPS = SEEN_PROGRESS + 2,
    SEEN_CONDITION = SEEN_NEXT_STEPS + 2,
    SEEN_CONTACT = SEEN_CONDITION + 2,
    SEEN_IDENTIFIERS,
    SEEN_LINKS,
    SEEN_PUBLICATIONS,
    SEEN_ALL,
};
_Static_assert(SEEN_ALL <= 64, "a bit each");

#define LANGUAGE(text, language, member_type, number, most)                                                                                \
    {                                                                                                                                      \
#language, member_type, .nullable = true, MEMBER_SEEN(number), MEMBER_AT(db_study, text.language), .max = most                     \
    }
#define LANGUAGES(text, member_type, number, most)                                                                                         \
    static const struct body_member text##_members[] = {                                                                                   \
        LANGUAGE(text, nb, member_type, number, most), LANGUAGE(text, en, member_type, (number) + 1, most), {0}};
LANGUAGES(title, MEMBER_LINE, SEEN_TITLE, TITLE_MAX)
LANGUAGES(summary, MEMBER_TEXT, SEEN_SUMMARY, SUMMARY_MAX)
LANGUAGES(about, MEMBER_TEXT, SEEN_ABOUT, PROSE_MAX)
LANGUAGES(novelty, MEMBER_TEXT, SEEN_NOVELTY, PROSE_MAX)
LANGUAGES(importance, MEMBER_TEXT, SEEN_IMPORTANCE, PROSE_MAX)
LANGUAGES(progress, MEMBER_TEXT, SEEN_PROGRESS, PROSE_MAX)
LANGUAGES(next_steps, MEMBER_TEXT, SEEN_NEXT_STEPS, PROSE_MAX)
LANGUAGES(condition, MEMBER_TEXT, SEEN_CONDITION, TITLE_MAX)

#define TEXT(text)                                                                                                                         \
    {                                                                                                                                      \
#text, MEMBER_OBJECT, .nullable = true, .members = text##_members                                                                  \
    }
#define REFUSED(name, why_)                                                                                                                \
    {                                                                                                                                      \
#name, MEMBER_REFUSED, .why = why_                                                                                                 \
    }
#define DATE(date, number)                                                                                                                 \
    {                                                                                                                                      \
#date, MEMBER_DATE, .nullable = true, MEMBER_SEEN(number), MEMBER_AT(db_study, date)                                               \
    }

static const struct body_member texts_members[] = {TEXT(about), TEXT(novelty), TEXT(importance), TEXT(progress), TEXT(next_steps), {0}};

static const struct body_member patients_members[] = {TEXT(condition),
                                                      REFUSED(age_min, BY_DATA_SET),
                                                      REFUSED(age_max, BY_DATA_SET),
                                                      REFUSED(age_text, BY_DATA_SET),
                                                      REFUSED(sexes, BY_DATA_SET),
                                                      REFUSED(children, BY_DATA_SET),
                                                      {0}};

static const struct body_member dates_members[] = {DATE(start, SEEN_START),
                                                   DATE(inclusion_end, SEEN_INCLUSION_END),
                                                   DATE(inclusion_end_expected, SEEN_INCLUSION_END_EXPECTED),
                                                   DATE(completion_expected, SEEN_COMPLETION_EXPECTED),
                                                   {0}};

static const struct body_member identifier_members[] = {
    {"system", MEMBER_ID, .required = true, MEMBER_AT(db_pair, first)},
    {"value", MEMBER_LINE, .required = true, MEMBER_AT(db_pair, second), .max = LABEL_MAX},
    {0},
};
static const struct body_member link_members[] = {
    {"url", MEMBER_URL, .required = true, MEMBER_AT(db_pair, first)},
    {"label", MEMBER_LINE, .nullable = true, MEMBER_AT(db_pair, second), .max = LABEL_MAX},
    {0},
};
static const struct body_member publication_members[] = {
    {"citation", MEMBER_LINE, .required = true, MEMBER_AT(db_pair, first), .max = CITATION_MAX},
    {"doi", MEMBER_DOI, .nullable = true, MEMBER_AT(db_pair, second)},
    {0},
};

/* # is a digit, @ a capital letter. */
static bool has_form(const char *text, const char *form)
{
    for (; *form && *text; form++, text++) {
        bool fits = *form == '#' ? *text >= '0' && *text <= '9' : *form == '@' ? *text >= 'A' && *text <= 'Z' : *form == *text;
        if (!fits)
            return false;
    }
    return *form == *text;
}

static const char *identifier_check(const void *item)
{
    static const struct {
        const char *system, *form, *fault;
    } known[] = {
        {"nct", "NCT########", "an identifier of ClinicalTrials.gov is NCT and eight digits"},
        {"eudract", "####-######-##", "a EudraCT number has four, six and two digits, as 2019-001234-56"},
        {"euct", "####-######-##-##", "a EU CT number has four, six, two and two digits, as 2023-501234-56-00"},
        {"isrctn", "ISRCTN########", "an ISRCTN is that word and eight digits"},
        {"utn", "U####-####-####", "a Universal Trial Number is U and three times four digits"},
    };
    const struct db_pair *pair = item;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strcmp(pair->first, known[i].system) == 0)
            return has_form(pair->second, known[i].form) ? NULL : known[i].fault;
    return NULL;
}

#define PAIRS(list, number, rows, ...)                                                                                                     \
    {                                                                                                                                      \
#list, MEMBER_LIST, .nullable = true, MEMBER_SEEN(number), MEMBER_LIST_AT(db_study, list), .max = ITEMS_MAX, .members = rows,      \
                            .item_size = sizeof(struct db_pair), __VA_ARGS__                                                               \
    }

const struct body_member edit_members[] = {
    {"status", MEMBER_CODE, MEMBER_SEEN(SEEN_STATUS), MEMBER_AT(db_study, status), .vocabulary = DB_VOCAB_STATUS,
     .why = "must not be null: unknown is the status that is not known"},
    {"dates", MEMBER_OBJECT, .nullable = true, .members = dates_members},
    TEXT(title),
    TEXT(summary),
    {"texts", MEMBER_OBJECT, .nullable = true, .members = texts_members},
    {"patients", MEMBER_OBJECT, .members = patients_members, .why = "must not be null: of patients only the condition is edited here"},
    {"contact", MEMBER_LINE, .nullable = true, MEMBER_SEEN(SEEN_CONTACT), MEMBER_AT(db_study, contact), .max = TITLE_MAX},
    PAIRS(identifiers, SEEN_IDENTIFIERS, identifier_members, .check = identifier_check),
    PAIRS(links, SEEN_LINKS, link_members),
    PAIRS(publications, SEEN_PUBLICATIONS, publication_members),
    REFUSED(recruitment, "counts are filed as reports (POST /studies/{id}/recruitment), and plans by PUT /studies/{id}/plan"),
    REFUSED(id, "never changes"),
    REFUSED(name, BY_REGISTER ": the acronym, else the title, else the scientific title"),
    REFUSED(notes, BY_REGISTER " and by the data set"),
    REFUSED(version, BY_REGISTER),
    REFUSED(updated, BY_REGISTER),
    REFUSED(has_card, BY_DATA_SET),
    REFUSED(programme, BY_DATA_SET),
    REFUSED(acronym, BY_DATA_SET),
    REFUSED(scientific_title, BY_DATA_SET),
    REFUSED(call_year, BY_DATA_SET),
    REFUSED(mechanism, BY_DATA_SET),
    REFUSED(amount_nok, BY_DATA_SET),
    REFUSED(awards, BY_DATA_SET),
    REFUSED(categories, BY_DATA_SET),
    REFUSED(leader, BY_DATA_SET),
    REFUSED(institution, BY_DATA_SET),
    REFUSED(hospitals, BY_DATA_SET),
    REFUSED(hospitals_stated, BY_DATA_SET),
    REFUSED(inclusion_regions, BY_DATA_SET),
    REFUSED(european_sites, BY_DATA_SET),
    REFUSED(aim, BY_DATA_SET),
    REFUSED(aim_text, BY_DATA_SET),
    REFUSED(design, BY_DATA_SET),
    REFUSED(design_text, BY_DATA_SET),
    REFUSED(arms, BY_DATA_SET),
    REFUSED(sources, BY_DATA_SET),
    {0},
};

/* ── reading ────────────────────────────────────────────────────────────────────────────────────────────────── */

/* What is to be edited: task of the request. */
struct edit_task {
    struct db_study card; /* what was seen of it */
    uint64_t seen;
};

/* Items of which something was wrong may lack a part. */
static bool is_same_pair(const struct db_pair *a, const struct db_pair *b)
{
    return a->first && b->first && a->second && b->second && strcmp(a->first, b->first) == 0 && strcmp(a->second, b->second) == 0;
}

static void check_twice(struct request *rq, const struct db_study *card)
{
    for (size_t i = 1; i < card->identifiers_len; i++)
        for (size_t j = 0; j < i; j++)
            if (is_same_pair(&card->identifiers[i], &card->identifiers[j])) {
                body_fault(rq, arena_printf(rq->arena, "/identifiers/%zu", i),
                           arena_printf(rq->arena, "is the same as /identifiers/%zu", j), NULL);
                break;
            }
}

enum api_error study_edit_parse(struct request *rq)
{
    struct edit_task *task = arena_alloc(rq->arena, sizeof *task);
    rq->task = task;
    enum api_error error = task ? json_body(rq, edit_members, &task->card, &task->seen) : API_UNAVAILABLE;
    if (error != API_OK && error != API_UNPROCESSABLE)
        return error;
    check_twice(rq, &task->card);
    return body_faults(rq) > 0 ? API_UNPROCESSABLE : API_OK;
}

/* ── merging ────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Where each text of a card is that an edit may leave as it stands beside what it changes. */
static const struct {
    enum seen seen;
    enum db_card_field field;
    size_t offset;
} places[] = {
    {SEEN_STATUS, DB_CARD_STATUS, offsetof(struct db_study, status)},
    {SEEN_START, DB_CARD_DATES, offsetof(struct db_study, start)},
    {SEEN_INCLUSION_END, DB_CARD_DATES, offsetof(struct db_study, inclusion_end)},
    {SEEN_INCLUSION_END_EXPECTED, DB_CARD_DATES, offsetof(struct db_study, inclusion_end_expected)},
    {SEEN_COMPLETION_EXPECTED, DB_CARD_DATES, offsetof(struct db_study, completion_expected)},
    {SEEN_TITLE, DB_CARD_TITLE, offsetof(struct db_study, title.nb)},
    {SEEN_TITLE + 1, DB_CARD_TITLE, offsetof(struct db_study, title.en)},
    {SEEN_SUMMARY, DB_CARD_SUMMARY, offsetof(struct db_study, summary.nb)},
    {SEEN_SUMMARY + 1, DB_CARD_SUMMARY, offsetof(struct db_study, summary.en)},
    {SEEN_ABOUT, DB_CARD_ABOUT, offsetof(struct db_study, about.nb)},
    {SEEN_ABOUT + 1, DB_CARD_ABOUT, offsetof(struct db_study, about.en)},
    {SEEN_NOVELTY, DB_CARD_NOVELTY, offsetof(struct db_study, novelty.nb)},
    {SEEN_NOVELTY + 1, DB_CARD_NOVELTY, offsetof(struct db_study, novelty.en)},
    {SEEN_IMPORTANCE, DB_CARD_IMPORTANCE, offsetof(struct db_study, importance.nb)},
    {SEEN_IMPORTANCE + 1, DB_CARD_IMPORTANCE, offsetof(struct db_study, importance.en)},
    {SEEN_PROGRESS, DB_CARD_PROGRESS, offsetof(struct db_study, progress.nb)},
    {SEEN_PROGRESS + 1, DB_CARD_PROGRESS, offsetof(struct db_study, progress.en)},
    {SEEN_NEXT_STEPS, DB_CARD_NEXT_STEPS, offsetof(struct db_study, next_steps.nb)},
    {SEEN_NEXT_STEPS + 1, DB_CARD_NEXT_STEPS, offsetof(struct db_study, next_steps.en)},
    {SEEN_CONDITION, DB_CARD_CONDITION, offsetof(struct db_study, condition.nb)},
    {SEEN_CONDITION + 1, DB_CARD_CONDITION, offsetof(struct db_study, condition.en)},
    {SEEN_CONTACT, DB_CARD_CONTACT, offsetof(struct db_study, contact)},
};
static const struct {
    enum seen seen;
    enum db_card_field field;
} lists[] = {
    {SEEN_IDENTIFIERS, DB_CARD_IDENTIFIERS},
    {SEEN_LINKS, DB_CARD_LINKS},
    {SEEN_PUBLICATIONS, DB_CARD_PUBLICATIONS},
};
#define PLACES (sizeof places / sizeof places[0])
#define LISTS  (sizeof lists / sizeof lists[0])

static bool is_seen(uint64_t seen, enum seen place)
{
    return seen >> place & 1;
}

static uint32_t fields_of(uint64_t seen)
{
    uint32_t fields = 0;
    for (size_t i = 0; i < PLACES; i++)
        fields |= is_seen(seen, places[i].seen) ? UINT32_C(1) << places[i].field : 0;
    for (size_t i = 0; i < LISTS; i++)
        fields |= is_seen(seen, lists[i].seen) ? UINT32_C(1) << lists[i].field : 0;
    return fields;
}

struct merging {
    struct arena *arena;
    struct db_study *into;
    uint64_t seen;
};

/* What the edit does not name stays as it stands. */
static void merge(void *cls, const struct db_study *card)
{
    struct merging *merging = cls;
    for (size_t i = 0; i < PLACES; i++) {
        const char *text;
        memcpy(&text, (const char *)card + places[i].offset, sizeof text);
        text = text ? arena_strdup(merging->arena, text) : NULL;
        if (!is_seen(merging->seen, places[i].seen))
            memcpy((char *)merging->into + places[i].offset, &text, sizeof text);
    }
}

/* ── dates in their order ───────────────────────────────────────────────────────────────────────────────────── */

static void check_dates(struct request *rq, const struct db_study *card, uint64_t seen)
{
    const struct {
        enum seen first, last;
        const char *early, *late, *early_name, *late_name;
    } pairs[] = {
        {SEEN_START, SEEN_INCLUSION_END, card->start, card->inclusion_end, "start", "inclusion_end"},
        {SEEN_START, SEEN_INCLUSION_END_EXPECTED, card->start, card->inclusion_end_expected, "start", "inclusion_end_expected"},
        {SEEN_START, SEEN_COMPLETION_EXPECTED, card->start, card->completion_expected, "start", "completion_expected"},
        {SEEN_INCLUSION_END, SEEN_COMPLETION_EXPECTED, card->inclusion_end, card->completion_expected, "inclusion_end",
         "completion_expected"},
        {SEEN_INCLUSION_END_EXPECTED, SEEN_COMPLETION_EXPECTED, card->inclusion_end_expected, card->completion_expected,
         "inclusion_end_expected", "completion_expected"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        bool edits = is_seen(seen, pairs[i].first) || is_seen(seen, pairs[i].last); /* else it stood so before */
        if (edits && pairs[i].early && pairs[i].late && date_is_after(pairs[i].early, pairs[i].late))
            body_fault(rq, arena_printf(rq->arena, "/dates/%s", is_seen(seen, pairs[i].first) ? pairs[i].early_name : pairs[i].late_name),
                       arena_printf(rq->arena, "%s %s would be after %s %s", pairs[i].early_name, pairs[i].early, pairs[i].late_name,
                                    pairs[i].late),
                       NULL);
    }
}

/* PUT plan refuses an end before the start, and so does this a start after the end. */
static enum db_status check_start(struct request *rq, const struct db_study *card, uint64_t seen)
{
    struct db_planned planned = {.study = -1};
    bool edits = is_seen(seen, SEEN_START) && card->start;
    enum db_status status = edits ? db_planned(rq->db, card->code, NULL, &planned) : DB_OK;
    if (status == DB_OK && *planned.planned_end && date_is_after(card->start, planned.planned_end))
        body_fault(rq, "/dates/start",
                   arena_printf(rq->arena, "start %s would be after planned_end %s of the plan", card->start, planned.planned_end), NULL);
    return status;
}

/* ── writing ────────────────────────────────────────────────────────────────────────────────────────────────── */

/* Of a study's bytes: far above the longest card. */
#define CARD_MAX (8u << 20)

static bool copy_bytes(void *cls, const char *bytes, size_t len)
{
    return buffer_append(cls, bytes, len) && buffer_text(cls, "\n");
}

static enum api_error answer(struct request *rq, const char *study, int64_t version, struct reply *ret_reply)
{
    struct buffer buffer;
    char *moved = NULL;
    buffer_init(&buffer, CARD_MAX);
    enum db_status status = db_studies_get(rq->db, study, copy_bytes, &buffer, &moved);
    free(moved);
    ret_reply->study_version = version;
    ret_reply->bytes = status == DB_OK ? buffer_take(&buffer, &ret_reply->len) : NULL;
    buffer_free(&buffer);
    if (status != DB_OK)
        return api_error_of_db(status);
    return ret_reply->bytes ? API_OK : API_UNAVAILABLE;
}

enum api_error study_edit(struct request *rq, struct db_write *write, struct reply *ret_reply)
{
    const struct study_write_params *params = rq->params;
    const struct edit_task *task = rq->task;
    struct db_study card = task->card;
    struct merging merging = {rq->arena, &card, task->seen};
    int64_t version = 0;
    enum db_status status = db_write_card_get(write, params->id, merge, &merging);
    card.code = params->id;
    if (status == DB_OK && rq->arena->failed)
        status = DB_NO_MEMORY;
    if (status == DB_OK)
        check_dates(rq, &card, task->seen);
    if (status == DB_OK)
        status = check_start(rq, &card, task->seen);
    if (status == DB_OK && body_faults(rq) > 0)
        return API_UNPROCESSABLE;
    if (status == DB_OK && fields_of(task->seen) != 0)
        status = db_write_card(write, &card, fields_of(task->seen));
    if (status == DB_OK)
        status = db_write_settle(write, NULL, NULL);
    if (status == DB_OK)
        status = db_write_version(write, params->id, &version);
    return status == DB_OK ? answer(rq, params->id, version, ret_reply) : api_error_of_db(status);
}
