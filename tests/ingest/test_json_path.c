/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/json_path.h"

#include "ingest/fixture.h"

static const char text[] = "\n{ \"a\": 1,\n"                   /* 2 */
                           "  \"b\": {\"c\": \"x}\\\"]\",\n"   /* 3 */
                           "         \"d\": [1, [2,\n"         /* 4 */
                           "           {\"e\": null}],\n"      /* 5 */
                           "           true, -1.5e3,\n"        /* 6 */
                           "           \"z\"]},\n"             /* 7 */
                           "  \"empty\": [ ], \"none\": {},\n" /* 8 */
                           "  \"last\"\n  :\n    \"v\" }\n";   /* 11 */

/* Steps of a way: a member's name, or "#" and an element's number. */
static const struct {
    const char *steps[6], *path;
    int line;
} ways[] = {
    {{NULL}, "", 2},
    {{"a"}, "a", 2},
    {{"b"}, "b", 3},
    {{"b", "c"}, "b.c", 3},
    {{"b", "d"}, "b.d", 4},
    {{"b", "d", "#0"}, "b.d[0]", 4},
    {{"b", "d", "#1", "#1", "e"}, "b.d[1][1].e", 5},
    {{"b", "d", "#2"}, "b.d[2]", 6},
    {{"b", "d", "#3"}, "b.d[3]", 6},
    {{"b", "d", "#4"}, "b.d[4]", 7},
    {{"empty"}, "empty", 8},
    {{"none"}, "none", 8},
    {{"last"}, "last", 11},
    /* ways that lead nowhere stop where they can go no further */
    {{"x"}, "x", 2},
    {{"b", "x"}, "b.x", 3},
    {{"b", "d", "#9"}, "b.d[9]", 4},
    {{"none", "x"}, "none.x", 8},
    {{"empty", "#0"}, "empty[0]", 8},
    {{"a", "x"}, "a.x", 2},
    {{"a", "#0"}, "a[0]", 2},
};

START_TEST(value_is_found_on_its_line)
{
    struct json_path path[7] = {{0}};
    size_t len = 0;
    char shown[40];
    for (; ways[_i].steps[len] != NULL; len++) {
        const char *step = ways[_i].steps[len];
        path[len + 1].up = &path[len];
        if (step[0] == '#')
            path[len + 1].element = (size_t)(step[1] - '0');
        else
            path[len + 1].member = step;
    }
    ck_assert_int_eq(json_path_line(text, strlen(text), &path[len]), ways[_i].line);
    ck_assert_str_eq(json_path_text(&path[len], shown, sizeof(shown)), ways[_i].path);
}
END_TEST

START_TEST(path_that_is_too_long_is_cut)
{
    struct json_path root = {0}, a = {.up = &root, .member = "patients"}, b = {.up = &a, .member = "age_min"};
    char shown[12];
    ck_assert_str_eq(json_path_text(&b, shown, sizeof(shown)), "patients.ag");
}
END_TEST

/* It is only asked about valid texts, but reading past the end is never right. */
START_TEST(any_part_of_a_text_is_safe_to_walk)
{
    struct json_path root = {0}, b = {.up = &root, .member = "b"}, d = {.up = &b, .member = "d"}, e = {.up = &d, .element = 4};
    for (size_t len = 0; len < strlen(text); len++) {
        char *part = malloc(len + 1); /* its own block, so that a sanitizer sees every byte read too many */
        memcpy(part, text, len);
        ck_assert_int_ge(json_path_line(part, len, &e), 1);
        free(part);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("ingest/json_path");
    TCase *cases = tcase_create("json_path");
    tcase_add_loop_test(cases, value_is_found_on_its_line, 0, sizeof(ways) / sizeof(ways[0]));
    tcase_add_test(cases, path_that_is_too_long_is_cut);
    tcase_add_test(cases, any_part_of_a_text_is_safe_to_walk);
    suite_add_tcase(suite, cases);
    return fixture_run(suite);
}
