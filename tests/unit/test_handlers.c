/* SPDX-License-Identifier: GPL-3.0-or-later
 * The parts of handlers/ that need no database: rendering and picking, cursors, links, the envelope's small pieces.
 */
#include <check.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "handlers/cursor.h"
#include "handlers/json.h"
#include "handlers/links.h"
#include "handlers/study_json.h"
#include "suite.h"

/* A study whose texts hold everything that could mislead a scanner of JSON. */
static struct db_study awkward_study(void)
{
    static const struct db_award awards[] = {{.kind = "main",
                                              .call_year = 2019,
                                              .mechanism = {.code = "open-call"},
                                              .amount_nok = 18000000,
                                              .title = "a \"quoted\" title, with } and ]",
                                              .lines = "1-3"}};
    static const struct db_ref categories[] = {{.code = "stroke", .label = {"Hjerneslag", "Stroke"}}};
    static const struct db_place hospitals[] = {{.code = "a", .name = "A \\ sykehus", .region = "vest"}};
    static const char *const regions[] = {"vest"}, *const arms[] = {"x,y", "{\"z\":[1]}"};
    static const struct db_note notes[] = {
        {.record = "study", .id = "s", .field = NULL, .kind = "ambiguous", .text = {"æøå \\\"", NULL}, .source = "doc, lines 1"}};
    return (struct db_study){.code = "s",
                             .programme = "p",
                             .acronym = "S",
                             .title = {NULL, NULL},
                             .scientific_title = "S: \"},{[\\",
                             .leader = "Ø. Æ",
                             .institution = {.code = "i", .name = "I", .region = NULL},
                             .status = "unknown",
                             .has_card = true,
                             .awards = awards,
                             .awards_len = 1,
                             .categories = categories,
                             .categories_len = 1,
                             .hospitals = hospitals,
                             .hospitals_len = 1,
                             .inclusion_regions = regions,
                             .inclusion_regions_len = 1,
                             .hospitals_stated = 1,
                             .european_sites = -1,
                             .age_min = 18,
                             .age_max = -1,
                             .sexes = 3,
                             .children = -1,
                             .arms = arms,
                             .arms_len = 2,
                             .notes = notes,
                             .notes_len = 1,
                             .name = "S",
                             .call_year = 2019,
                             .mechanism = {.code = "open-call"},
                             .amount_nok = 18000000,
                             .recruitment = {.planned = 0, .included = -1, .remaining = -1, .exceeded_by = -1, .permille = -1},
                             .version = 3,
                             .updated = INT64_C(1700000000123)};
}

static json_t *render(char **ret_bytes, size_t *ret_len)
{
    struct db_study study = awkward_study();
    struct db_rendering rendering = {0};
    ck_assert(study_renderer.render(study_renderer.cls, &study, &rendering));
    *ret_bytes = rendering.form[DB_FORM_FULL].start;
    *ret_len = rendering.form[DB_FORM_FULL].len;
    free(rendering.form[DB_FORM_ROW].start);
    json_t *root = json_loadb(*ret_bytes, *ret_len, JSON_REJECT_DUPLICATES, NULL);
    ck_assert_ptr_nonnull(root);
    return root;
}

START_TEST(a_rendered_study_keeps_null_and_zero_apart)
{
    char *bytes;
    size_t len;
    json_auto_t *root = render(&bytes, &len);
    json_t *recruitment = json_object_get(root, "recruitment");
    ck_assert_int_eq(json_integer_value(json_object_get(recruitment, "planned")), 0);
    ck_assert(json_is_integer(json_object_get(recruitment, "planned")));
    ck_assert(json_is_null(json_object_get(recruitment, "included")));
    ck_assert(json_is_null(json_object_get(root, "european_sites")));
    ck_assert(json_is_null(json_object_get(json_object_get(root, "patients"), "children")));
    ck_assert_str_eq(json_string_value(json_object_get(root, "updated")), "2023-11-14T22:13:20.123Z");
    free(bytes);
}
END_TEST

START_TEST(the_members_are_those_of_the_vocabulary_in_order)
{
    char *bytes;
    size_t len, i = 0;
    json_auto_t *root = render(&bytes, &len);
    const char *key;
    json_t *value;
    json_object_foreach(root, key, value) ck_assert_str_eq(key, study_json_members[i++]);
    ck_assert_ptr_null(study_json_members[i]);
    free(bytes);
}
END_TEST

/* Every member alone, and pairs of them: what is picked equals what a parser finds. */
static void check_pick(const char *bytes, size_t len, json_t *root, fields_param fields)
{
    struct buffer buffer;
    size_t picked_len;
    buffer_init(&buffer, 1 << 20);
    ck_assert(study_json_pick(&buffer, bytes, len, fields));
    char *picked = buffer_take(&buffer, &picked_len);
    json_auto_t *found = json_loadb(picked, picked_len, JSON_REJECT_DUPLICATES, NULL), *wanted = json_object();
    for (size_t i = 0; study_json_members[i]; i++)
        if (fields & UINT64_C(1) << i)
            json_object_set(wanted, study_json_members[i], json_object_get(root, study_json_members[i]));
    ck_assert_msg(found && json_equal(found, wanted), "fields %llx gave %s", (unsigned long long)fields, picked);
    free(picked);
}

START_TEST(picking_members_equals_parsing)
{
    char *bytes;
    size_t len;
    json_auto_t *root = render(&bytes, &len);
    for (size_t i = 0; study_json_members[i]; i++)
        for (size_t j = i; study_json_members[j]; j++)
            check_pick(bytes, len, root, UINT64_C(1) << i | UINT64_C(1) << j);
    free(bytes);
}
END_TEST

START_TEST(a_cursor_comes_back_as_it_was_and_only_for_its_own_query)
{
    struct arena *arena = arena_new(65536);
    struct cursor cursor = {.backwards = true, .position = {.len = 480}}, back;
    for (size_t i = 0; i < cursor.position.len; i++)
        cursor.position.bytes[i] = (unsigned char)(i * 7);
    const char *text = cursor_write(arena, "category=cancer", &cursor);
    ck_assert(strlen(text) <= 700);
    ck_assert(cursor_read(text, "category=cancer", &back));
    ck_assert(back.backwards && back.position.len == 480 && memcmp(back.position.bytes, cursor.position.bytes, 480) == 0);
    ck_assert(!cursor_read(text, "category=stroke", &back));
    ck_assert(!cursor_read("AAAA", "category=cancer", &back));
    ck_assert(!cursor_read("", "category=cancer", &back));
    arena_delete(arena);
}
END_TEST

static const struct {
    const char *query, *rest;
} without_cases[] = {
    {"", ""},
    {"cursor=x", ""},
    {"a=1&cursor=x", "a=1"},
    {"cursor=x&a=1", "a=1"},
    {"a=1&cursor=x&limit=2&b=2", "a=1&b=2"},
    {"cursors=1", "cursors=1"},
};

START_TEST(a_query_loses_the_named_parameters_only)
{
    static const char *const names[] = {"cursor", "limit", NULL};
    struct arena *arena = arena_new(65536);
    ck_assert_str_eq(query_without(arena, without_cases[_i].query, names), without_cases[_i].rest);
    arena_delete(arena);
}
END_TEST

START_TEST(urls_are_joined_with_the_right_marks)
{
    struct arena *arena = arena_new(65536);
    ck_assert_str_eq(url_with(arena, "/s", "", NULL, NULL), "/s");
    ck_assert_str_eq(url_with(arena, "/s", "a=1", NULL, NULL), "/s?a=1");
    ck_assert_str_eq(url_with(arena, "/s", "", "b", "2"), "/s?b=2");
    ck_assert_str_eq(url_with(arena, "/s", "a=1", "b", "2"), "/s?a=1&b=2");
    ck_assert_ptr_null(url_with(arena, "/s", NULL, "b", "2"));
    arena_delete(arena);
}
END_TEST

START_TEST(percentages_keep_their_tenth)
{
    json_auto_t *some = json_percent(999), *whole = json_percent(600), *none = json_percent(-1);
    char *text = json_dumps(some, JSON_ENCODE_ANY | JSON_REAL_PRECISION(15)),
         *even = json_dumps(whole, JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
    ck_assert_str_eq(text, "99.9");
    ck_assert_str_eq(even, "60.0");
    ck_assert(json_is_null(none));
    free(text);
    free(even);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("handlers");
    tcase_add_test(tcase, a_rendered_study_keeps_null_and_zero_apart);
    tcase_add_test(tcase, the_members_are_those_of_the_vocabulary_in_order);
    tcase_add_test(tcase, picking_members_equals_parsing);
    tcase_add_test(tcase, a_cursor_comes_back_as_it_was_and_only_for_its_own_query);
    tcase_add_loop_test(tcase, a_query_loses_the_named_parameters_only, 0, sizeof without_cases / sizeof without_cases[0]);
    tcase_add_test(tcase, urls_are_joined_with_the_right_marks);
    tcase_add_test(tcase, percentages_keep_their_tenth);
    Suite *suite = suite_create("handlers");
    suite_add_tcase(suite, tcase);
    return suite_run(suite);
}
