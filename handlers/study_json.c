/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "handlers/study_json.h"

#include <stdlib.h>
#include <string.h>

#include "handlers/json.h"
#include "handlers/study_table.h"

/* Grows with every change of the representation, JSON or row: the register then renders all studies anew at start. */
#define STUDY_REPRESENTATION "4"

static json_t *place_json(const struct db_place *place)
{
    return json_pack("{s:s, s:s, s:o}", "id", place->code, "name", place->name, "region", json_maybe(place->region));
}

static json_t *ref_json(const struct db_ref *ref)
{
    return json_pack("{s:s, s:o}", "code", ref->code, "label", json_text(&ref->label));
}

static json_t *award_json(const struct db_award *award)
{
    return json_pack("{s:i, s:s, s:I, s:s, s:s, s:o}", "call_year", award->call_year, "mechanism", award->mechanism.code, "amount_nok",
                     (json_int_t)award->amount_nok, "kind", award->kind, "title", award->title, "lines", json_maybe(award->lines));
}

static json_t *pair_json(const struct db_pair *pair, const char *first, const char *second)
{
    return json_pack("{s:o, s:o}", first, json_maybe(pair->first), second, json_maybe(pair->second));
}

/* Lists: [] when the register holds none … */
#define LIST(items, len, make)                                                                                                             \
    __extension__({                                                                                                                        \
        json_t *list_ = json_array();                                                                                                      \
        for (size_t i_ = 0; i_ < (len); i_++)                                                                                              \
            if (!json_push(list_, make))                                                                                                   \
                list_ = (json_decref(list_), NULL);                                                                                        \
        list_;                                                                                                                             \
    })
/* … and null when that means the source names none. */
#define LIST_OR_NULL(items, len, make) ((len) ? LIST(items, len, make) : json_null())

static json_t *pairs_json(const struct db_pair *pairs, size_t len, const char *first, const char *second)
{
    return LIST(pairs, len, pair_json(&pairs[i_], first, second));
}

static json_t *sexes_json(int sexes)
{
    if (!sexes)
        return json_null();
    json_t *list = json_array();
    bool ok = !(sexes & 1) || json_push(list, json_string("female"));
    ok = ok && (!(sexes & 2) || json_push(list, json_string("male")));
    return ok ? list : (json_decref(list), NULL);
}

static json_t *patients_json(const struct db_study *s)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "age_min", json_known(s->age_min), "age_max", json_known(s->age_max), "age_text",
                     json_maybe(s->age_text), "sexes", sexes_json(s->sexes), "children", s->children == 1 ? json_true() : json_null(),
                     "condition", json_text(&s->condition));
}

static json_t *texts_json(const struct db_study *s)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:o}", "about", json_text(&s->about), "novelty", json_text(&s->novelty), "importance",
                     json_text(&s->importance), "progress", json_text(&s->progress), "next_steps", json_text(&s->next_steps));
}

static json_t *dates_json(const struct db_study *s)
{
    return json_pack("{s:o, s:o, s:o, s:o}", "start", json_maybe(s->start), "inclusion_end", json_maybe(s->inclusion_end),
                     "inclusion_end_expected", json_maybe(s->inclusion_end_expected), "completion_expected",
                     json_maybe(s->completion_expected));
}

static json_t *regions_json(const struct db_study *s)
{
    return LIST_OR_NULL(s->inclusion_regions, s->inclusion_regions_len, json_string(s->inclusion_regions[i_]));
}

/* ── the members, in order: the representation and the vocabulary of fields= are this one table ─────────────── */

/* clang-format off */
#define MEMBERS(M)                                                                                                     \
    M(id, json_string(s->code))                                                                                        \
    M(programme, json_string(s->programme))                                                                            \
    M(name, json_string(s->name))                                                                                      \
    M(acronym, json_maybe(s->acronym))                                                                                 \
    M(title, json_text(&s->title))                                                                                     \
    M(scientific_title, json_string(s->scientific_title))                                                              \
    M(call_year, json_integer(s->call_year))                                                                           \
    M(mechanism, json_string(s->mechanism.code))                                                                       \
    M(amount_nok, json_integer(s->amount_nok))                                                                         \
    M(awards, LIST(s->awards, s->awards_len, award_json(&s->awards[i_])))                                              \
    M(categories, LIST(s->categories, s->categories_len, ref_json(&s->categories[i_])))                                \
    M(leader, json_pack("{s:s}", "name", s->leader))                                                                   \
    M(institution, place_json(&s->institution))                                                                        \
    M(hospitals, LIST_OR_NULL(s->hospitals, s->hospitals_len, place_json(&s->hospitals[i_])))                          \
    M(hospitals_stated, json_known(s->hospitals_stated))                                                               \
    M(inclusion_regions, regions_json(s))                                                                              \
    M(european_sites, json_known(s->european_sites))                                                                   \
    M(patients, patients_json(s))                                                                                      \
    M(aim, json_maybe(s->aim))                                                                                         \
    M(aim_text, json_maybe(s->aim_text))                                                                               \
    M(design, json_maybe(s->design))                                                                                   \
    M(design_text, json_maybe(s->design_text))                                                                         \
    M(arms, LIST_OR_NULL(s->arms, s->arms_len, json_string(s->arms[i_])))                                              \
    M(summary, json_text(&s->summary))                                                                                 \
    M(texts, texts_json(s))                                                                                            \
    M(status, json_string(s->status))                                                                                  \
    M(has_card, json_boolean(s->has_card))                                                                             \
    M(dates, dates_json(s))                                                                                            \
    M(recruitment, json_recruitment(&s->recruitment))                                                                  \
    M(identifiers, pairs_json(s->identifiers, s->identifiers_len, "system", "value"))                                  \
    M(links, pairs_json(s->links, s->links_len, "url", "label"))                                                       \
    M(publications, pairs_json(s->publications, s->publications_len, "citation", "doi"))                               \
    M(notes, LIST(s->notes, s->notes_len, json_note(&s->notes[i_])))                                                   \
    M(sources, pairs_json(s->sources, s->sources_len, "document", "lines"))                                            \
    M(contact, json_maybe(s->contact))                                                                                 \
    M(version, json_integer(s->version))                                                                               \
    M(updated, json_instant(s->updated))
/* clang-format on */

#define NAME(name, make) #name,
const char *const study_json_members[] = {MEMBERS(NAME) NULL};
enum { MEMBER_COUNT = sizeof study_json_members / sizeof study_json_members[0] - 1 };
_Static_assert(MEMBER_COUNT <= 64, "fields_param has a bit for each member");

#define MAKE(name, make)                                                                                                                   \
    static json_t *make_##name(const struct db_study *s)                                                                                   \
    {                                                                                                                                      \
        return make;                                                                                                                       \
    }
MEMBERS(MAKE)

#define MAKER(name, make) make_##name,
static json_t *(*const makers[])(const struct db_study *s) = {MEMBERS(MAKER)};

static bool study_render(void *cls, const struct db_study *study, struct db_rendering *ret_rendering)
{
    (void)cls;
    json_auto_t *root = json_object();
    for (size_t i = 0; root && i < MEMBER_COUNT; i++)
        if (json_object_set_new(root, study_json_members[i], makers[i](study)) != 0)
            return false;
    struct db_bytes *json = &ret_rendering->form[DB_FORM_FULL], *row = &ret_rendering->form[DB_FORM_ROW];
    json->start = json_dumps(root, JSON_COMPACT | JSON_REAL_PRECISION(15));
    json->len = json->start ? strlen(json->start) : 0;
    row->start = study_row(root, &row->len);
    return json->start && row->start;
}

const struct db_renderer study_renderer = {.render = study_render, .version = STUDY_REPRESENTATION};

/* ── picking members without parsing: the bytes are our own, compact and in the order of the table ──────────── */

/* The end of the value that begins at i: the comma or brace after it. */
static size_t value_end(const char *bytes, size_t i, size_t len)
{
    int depth = 0;
    bool in_string = false;
    for (; i < len; i++) {
        if (in_string) {
            if (bytes[i] == '\\')
                i++;
            else if (bytes[i] == '"')
                in_string = false;
            continue;
        }
        switch (bytes[i]) {
        case '"': in_string = true; break;
        case '{':
        case '[': depth++; break;
        case '}':
        case ']':
            if (depth-- == 0)
                return i;
            break;
        case ',':
            if (depth == 0)
                return i;
            break;
        }
    }
    return len;
}

bool study_json_pick(struct buffer *buffer, const char *bytes, size_t len, fields_param fields)
{
    if (!fields)
        return buffer_append(buffer, bytes, len);
    bool first = true, ok = buffer_text(buffer, "{");
    size_t start = 1;
    for (size_t member = 0; ok && member < MEMBER_COUNT && start < len; member++) {
        size_t end = value_end(bytes, start + strlen(study_json_members[member]) + 3, len);
        if (fields & UINT64_C(1) << member) {
            ok = (first || buffer_text(buffer, ",")) && buffer_append(buffer, bytes + start, end - start);
            first = false;
        }
        start = end + 1;
    }
    return ok && buffer_text(buffer, "}");
}
