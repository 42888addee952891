/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/records.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOSPITALS_MAX 100000
#define AGE_MAX       130
#define HEADLINE_MAX  INT64_C(1000000000)

static const char *const headline_kinds[] = {"planned", "included", NULL};
static const char *const aims[] = {"treatment", "prevention", "diagnosis", "screening", "other", NULL};
static const char *const designs[] = {"parallel", "crossover", "single-arm", "registry", "platform", "other", NULL};

static const struct field hospital = {"hospital", FIELD_ID, .required = true, FIELD_AT(db_place, code), .refers = KEY_INSTITUTION};
static const struct field arm = {"arm", FIELD_LINE, .required = true, .size = sizeof(char *)};
static const struct field region = {"region", FIELD_ID, .required = true, .size = sizeof(char *), .refers = KEY_REGION};

static const struct field headline_members[] = {
    {"patients", FIELD_INT, .required = true, FIELD_AT(card, headline.patients), .max = HEADLINE_MAX, .unknown = -1},
    {"kind", FIELD_ENUM, .required = true, FIELD_AT(card, headline.kind), .values = headline_kinds},
    {0},
};

static const struct field patients_members[] = {
    {"age_min", FIELD_INT, FIELD_AT(card, db.age_min), .max = AGE_MAX, .unknown = -1},
    {"age_max", FIELD_INT, FIELD_AT(card, db.age_max), .max = AGE_MAX, .unknown = -1},
    {"age_text", FIELD_LINE, FIELD_AT(card, db.age_text)},
    {"sexes", FIELD_SEXES, FIELD_AT(card, db.sexes)},
    {"children", FIELD_TRUE, FIELD_AT(card, db.children), .max = 1, .unknown = -1},
    {"condition", FIELD_OBJECT, FIELD_AT(card, db.condition), .members = record_text},
    {0},
};

static const struct field texts_members[] = {
    {"about", FIELD_OBJECT, FIELD_AT(card, db.about), .members = record_text},
    {"novelty", FIELD_OBJECT, FIELD_AT(card, db.novelty), .members = record_text},
    {"importance", FIELD_OBJECT, FIELD_AT(card, db.importance), .members = record_text},
    {"progress", FIELD_OBJECT, FIELD_AT(card, db.progress), .members = record_text},
    {"next_steps", FIELD_OBJECT, FIELD_AT(card, db.next_steps), .members = record_text},
    {0},
};

static const struct field dates_members[] = {
    {"start", FIELD_DATE, FIELD_AT(card, db.start)},
    {"inclusion_end", FIELD_DATE, FIELD_AT(card, db.inclusion_end)},
    {"inclusion_end_expected", FIELD_DATE, FIELD_AT(card, db.inclusion_end_expected)},
    {"completion_expected", FIELD_DATE, FIELD_AT(card, db.completion_expected)},
    {0},
};

static const struct field identifier_members[] = {
    {"system", FIELD_ID, .required = true, FIELD_AT(db_pair, first)},
    {"value", FIELD_LINE, .required = true, FIELD_AT(db_pair, second)},
    {0},
};
static const struct field identifier = {"identifier", FIELD_OBJECT, .required = true, FIELD_SAME, .members = identifier_members};

static const struct field link_members[] = {
    {"url", FIELD_URL, .required = true, FIELD_AT(db_pair, first)},
    {"label", FIELD_LINE, FIELD_AT(db_pair, second)},
    {0},
};
static const struct field link = {"link", FIELD_OBJECT, .required = true, FIELD_SAME, .members = link_members};

static const struct field publication_members[] = {
    {"citation", FIELD_LINE, .required = true, FIELD_AT(db_pair, first)},
    {"doi", FIELD_DOI, FIELD_AT(db_pair, second)},
    {0},
};
static const struct field publication = {"publication", FIELD_OBJECT, .required = true, FIELD_SAME, .members = publication_members};

/* size only says that the list is kept. */
#define CARD_LIST(member, what)                                                                                                            \
    .offset = offsetof(struct card, db.member), .size = sizeof(void *), .len_offset = offsetof(struct card, db.member##_len),              \
    .item = &(what), .item_size = sizeof(*((struct card *)0)->db.member)

static const struct field card_members[] = {
    {"study", FIELD_ID, .required = true, FIELD_AT(card, study)},
    {"hospitals", FIELD_LIST, CARD_LIST(hospitals, hospital), .distinct = true},
    {"hospitals_stated", FIELD_INT, FIELD_AT(card, db.hospitals_stated), .max = HOSPITALS_MAX, .unknown = -1},
    {"european_sites", FIELD_INT, FIELD_AT(card, db.european_sites), .max = HOSPITALS_MAX, .unknown = -1},
    {"inclusion_regions", FIELD_LIST, CARD_LIST(inclusion_regions, region), .distinct = true},
    {"headline", FIELD_OBJECT, FIELD_SAME, .members = headline_members},
    {"patients", FIELD_OBJECT, FIELD_SAME, .members = patients_members},
    {"aim", FIELD_ENUM, FIELD_AT(card, db.aim), .values = aims},
    {"aim_text", FIELD_LINE, FIELD_AT(card, db.aim_text)},
    {"design", FIELD_ENUM, FIELD_AT(card, db.design), .values = designs},
    {"design_text", FIELD_LINE, FIELD_AT(card, db.design_text)},
    {"arms", FIELD_LIST, CARD_LIST(arms, arm)},
    {"summary", FIELD_OBJECT, FIELD_AT(card, db.summary), .members = record_text},
    {"texts", FIELD_OBJECT, FIELD_SAME, .members = texts_members},
    {"dates", FIELD_OBJECT, FIELD_SAME, .members = dates_members},
    {"identifiers", FIELD_LIST, CARD_LIST(identifiers, identifier)},
    {"links", FIELD_LIST, CARD_LIST(links, link)},
    {"publications", FIELD_LIST, CARD_LIST(publications, publication)},
    {"lines", FIELD_LINES, FIELD_AT(card, lines)},
    {0},
};

/* The row of the study that the file is named after; LOOKUP_NONE: a fault was noted, or nothing can be said. */
static int32_t study_of(struct reading *reading, const char *file)
{
    const char *name = file + strlen("cards/");
    struct lookup *studies = &reading->data->lookup[KEY_STUDY];
    struct field_message message;
    char id[65] = "";
    size_t length = strlen(name) - strlen(".json");
    memcpy(id, name, length < sizeof(id) ? length : sizeof(id) - 1);
    int32_t row = lookup_find(studies, id);
    if (row != LOOKUP_NONE)
        return row;
    (void)field_refer(reading, KEY_STUDY, id, &message);
    if (message.text[0] != '\0')
        findings_add(reading->faults, file, 0, NULL, "%s", message.text);
    return LOOKUP_NONE;
}

static void ages_check(struct document *document, const struct card *card)
{
    if (card->db.age_min >= 0 && card->db.age_max >= 0 && card->db.age_min > card->db.age_max)
        document_fault_at(document, "patients", "age_min", "greater than age_max");
}

static int headline_line(const struct document *document)
{
    struct json_path root = {0}, headline = {.up = &root, .member = "headline"}, patients = {.up = &headline, .member = "patients"};
    return document->line - 1 + json_path_line(document->text, document->len, &patients);
}

/* NULL when memory ran out. */
static struct card *card_fill(struct document *document)
{
    struct dataset *data = document->reading->data;
    struct card *card = arena_alloc(&data->arena, sizeof(*card));
    if (card == NULL)
        return NULL;
    card->file = document->file;
    card->line = document->line;
    card->headline_line = headline_line(document);
    document_fill(document, card_members, card);
    ages_check(document, card);
    data->cards++;
    return card;
}

static void card_hang(struct document *document, struct study_row *study, struct card *card)
{
    char message[200];
    if (study->card == NULL) {
        study->card = card;
        return;
    }
    (void)snprintf(message, sizeof(message), "a second card of the study: the first is %s, line %d", study->card->file, study->card->line);
    document_fault_at(document, "study", NULL, message);
}

static void file_read(struct reading *reading, struct folder_entry *entry)
{
    struct document document __attribute__((cleanup(document_close))) = {0};
    int32_t row = study_of(reading, entry->name);
    struct card *card = document_open(&document, reading, entry) ? card_fill(&document) : NULL;
    if (card == NULL || row == LOOKUP_NONE)
        return;
    struct study_row *study = dataset_row(reading->data, TABLE_STUDIES, (size_t)row);
    if (card->study != NULL && study->id != NULL && strcmp(card->study, study->id) != 0)
        document_fault_at(&document, "study", NULL, "not the study that the file is named after");
    card_hang(&document, study, card);
}

static void line_read(struct reading *reading, const struct folder_entry *entry, char *text, size_t len, int line)
{
    struct document document __attribute__((cleanup(document_close))) = {0};
    struct field_message message;
    if (len == 0 || len > FOLDER_JSON_MAX) {
        findings_add(reading->faults, entry->name, line, NULL, len == 0 ? "an empty line" : "longer than 4 MiB");
        return;
    }
    struct card *card = document_open_line(&document, reading, entry, text, len, line) ? card_fill(&document) : NULL;
    if (card == NULL || card->study == NULL)
        return;
    int32_t row = field_refer(reading, KEY_STUDY, card->study, &message);
    if (row != LOOKUP_NONE)
        card_hang(&document, dataset_row(reading->data, TABLE_STUDIES, (size_t)row), card);
    else if (message.text[0] != '\0')
        document_fault_at(&document, "study", NULL, message.text);
}

#define LINES_A_STEP 200

static void lines_read(struct reading *reading, struct folder_entry *entry)
{
    size_t len = 0;
    char *text = folder_read(reading->folder, entry, reading->faults, &len);
    int line = 1;
    for (char *at = text; text != NULL && at < text + len; line++) {
        char *feed = memchr(at, '\n', (size_t)(text + len - at)), *end = feed != NULL ? feed : text + len;
        if (line % LINES_A_STEP == 0)
            steps_say(&reading->steps, "KiB of cards.ndjson read", (size_t)(at - text) / 1024, len / 1024);
        line_read(reading, entry, at, (size_t)(end - at), line);
        at = end + 1;
    }
    free(text);
}

void cards_read(struct reading *reading)
{
    struct folder_entry *lines = folder_find(reading->folder, FOLDER_CARDS);
    if (lines != NULL)
        lines_read(reading, lines);
    for (size_t i = 0; i < reading->folder->len; i++)
        if (reading->folder->entries[i].file == FOLDER_CARD)
            file_read(reading, &reading->folder->entries[i]);
}
