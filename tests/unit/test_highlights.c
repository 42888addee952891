/* SPDX-License-Identifier: GPL-3.0-or-later
 * Texts with hits → parts: whole, or cut to a window that breaks no word, no character and no hit.
 */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "handlers/highlights.h"
#include "suite.h"

/* What the row says of one text: its parts, those that are hits in brackets. */
static void marked(const char *text, const struct db_span *spans, size_t len, char ret[2000])
{
    struct db_hit hit = {"summary.nb", text, strlen(text), spans, len};
    struct highlights highlights = {.json = NULL};
    struct buffer buffer;
    buffer_init(&buffer, 1 << 20);
    buffer_text(&buffer, "{\"id\":\"x\"}");
    highlights_take(&highlights, &hit, 1);
    ck_assert(highlights_append(&highlights, &buffer));
    highlights_free(&highlights);
    json_auto_t *row = json_loadb(buffer.bytes, buffer.len, 0, NULL);
    ck_assert_msg(row != NULL, "%.*s", (int)buffer.len, buffer.bytes);
    buffer_free(&buffer);
    json_t *found = json_array_get(json_object_get(row, "highlights"), 0), *part;
    ck_assert_str_eq(json_string_value(json_object_get(found, "field")), "summary.nb");
    size_t i, at = 0;
    bool was_hit = true;
    json_array_foreach(json_object_get(found, "parts"), i, part)
    {
        bool is_hit = json_is_true(json_object_get(part, "hit"));
        const char *piece = json_string_value(json_object_get(part, "text"));
        ck_assert_uint_gt(strlen(piece), 0);
        ck_assert(is_hit || was_hit); /* two pieces that are none would be one */
        was_hit = is_hit;
        at += (size_t)snprintf(ret + at, 2000 - at, "%s%s%s", is_hit ? "[" : "", piece, is_hit ? "]" : "");
    }
}

/* The text without brackets, and where they stood. */
static size_t unmark(const char *given, char ret_text[2000], struct db_span ret_spans[20])
{
    size_t len = 0, spans = 0;
    for (; *given; given++)
        if (*given == '[')
            ret_spans[spans].start = len;
        else if (*given == ']')
            ret_spans[spans++].end = len;
        else
            ret_text[len++] = *given;
    ret_text[len] = '\0';
    return spans;
}

#define TEN     "Lorem ipsu "                                      /* 11 bytes */
#define HUNDRED TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN            /* 110 */
#define LONG    "Donaudampfschifffahrtselektrizitätenhauptbetrieb" /* one word */

static const struct {
    const char *text, *shown;
} cases[] = {
    {"[demens]", "[demens]"},
    {"tidlig [demens]", "tidlig [demens]"},
    {"[Demens] og [demens].", "[Demens] og [demens]."},
    {"[early-onset] \"<b>\" & \\", "[early-onset] \"<b>\" & \\"}, /* nothing is escaped, nothing is marked up */
    {HUNDRED HUNDRED "[hit]", HUNDRED HUNDRED "[hit]"},           /* not long yet */
    /* A window of 60 bytes before the first hit, or less, and 220 in all. */
    {"[hit] " HUNDRED HUNDRED HUNDRED, "[hit] " HUNDRED TEN TEN TEN TEN TEN TEN TEN TEN TEN "Lorem …"},
    {HUNDRED HUNDRED HUNDRED "[hit]", "… ipsu " TEN TEN TEN TEN "Lorem ipsu [hit]"},
    {HUNDRED HUNDRED "a [hit] b " HUNDRED HUNDRED, "… " TEN TEN TEN TEN TEN "a [hit] b " HUNDRED TEN TEN TEN TEN "…"},
    {HUNDRED HUNDRED "[one] " HUNDRED "and [two] " HUNDRED HUNDRED "[three]",
     "… ipsu " TEN TEN TEN TEN TEN "[one] " HUNDRED "and [two] " TEN TEN TEN "Lorem …"},
};

START_TEST(a_text_is_shown_in_parts)
{
    char text[2000], shown[2000];
    struct db_span spans[20];
    size_t len = unmark(cases[_i].text, text, spans);
    marked(text, spans, len, shown);
    ck_assert_str_eq(shown, cases[_i].shown);
}
END_TEST

/* What is left stands in the text as it is, between blanks, with its hits; what is cut is said. */
static void check_window(const char *text, const struct db_span *spans, size_t len)
{
    char shown[2000], inner[2000], whole[2000];
    struct db_span left[20];
    marked(text, spans, len, shown);
    size_t hits = unmark(shown, whole, left);
    bool before = strncmp(whole, "… ", strlen("… ")) == 0;
    size_t from = before ? strlen("… ") : 0, to = strlen(whole);
    bool after = to > from + 4 && strcmp(whole + to - 4, " …") == 0;
    to -= after ? strlen(" …") : 0;
    snprintf(inner, sizeof inner, "%.*s", (int)(to - from), whole + from);
    ck_assert_uint_ge(hits, 1);
    size_t first = spans[0].start - (left[0].start - from); /* where the window begins in the text */
    ck_assert_msg(strncmp(text + first, inner, strlen(inner)) == 0, "«%s» is not in «%s»", inner, text);
    ck_assert_int_eq(before, first > 0);
    ck_assert_int_eq(after, text[first + strlen(inner)] != '\0');
    for (size_t i = 0; i < hits; i++)
        ck_assert(left[i].start - from + first == spans[i].start && left[i].end - from + first == spans[i].end);
    ck_assert(hits == len || spans[hits].start >= first + strlen(inner));
    bool begins = first == 0 || text[first - 1] == ' ' || first == spans[0].start, at_hit = false;
    for (size_t i = 0; i < hits; i++)
        at_hit = at_hit || spans[i].end == first + strlen(inner);
    ck_assert_msg(begins, "«%s» begins inside a word", inner);
    ck_assert_msg(!after || text[first + strlen(inner)] == ' ' || at_hit, "«%s» ends inside a word", inner);
}

static uint32_t seed = 20241122;

static uint32_t dice(uint32_t sides)
{
    seed ^= seed << 13, seed ^= seed >> 17, seed ^= seed << 5;
    return seed % sides;
}

START_TEST(no_window_breaks_anything)
{
    static const char *const words[] = {"a", "ord", "sør-øst", "behandling", LONG, "日本語", "x", "og"};
    int cut = 0;
    for (int round = 0; round < 20000; round++) {
        char text[2000] = "";
        struct db_span spans[20];
        size_t len = 0, at = 0, wanted = 1 + dice(8), room = 100 + dice(1200);
        while (at < room) {
            size_t words_of_hit = len < wanted && dice(6) == 0 ? 1 + dice(3) + (dice(20) == 0 ? 25 : 0) : 0;
            size_t start = at;
            for (size_t i = 0; i < (words_of_hit > 0 ? words_of_hit : 1) && at < room + 100; i++)
                at += (size_t)snprintf(text + at, sizeof text - at, "%s ", words[dice(sizeof words / sizeof *words)]);
            if (words_of_hit > 0)
                spans[len++] = (struct db_span){start, at - 1};
        }
        if (len == 0)
            continue;
        char shown[2000];
        marked(text, spans, len, shown);
        cut += strstr(shown, "…") != NULL;
        check_window(text, spans, len);
    }
    ck_assert_int_gt(cut, 5000);
}
END_TEST

START_TEST(a_row_may_have_none_and_broken_memory_is_no_row)
{
    struct highlights highlights = {.json = NULL};
    struct buffer buffer;
    buffer_init(&buffer, 40);
    buffer_text(&buffer, "{\"id\":\"x\"}");
    ck_assert(!highlights_append(&highlights, &buffer)); /* nothing was handed over */
    highlights_take(&highlights, NULL, 0);
    ck_assert(highlights_append(&highlights, &buffer));
    ck_assert_int_eq(strncmp(buffer.bytes, "{\"id\":\"x\",\"highlights\":[]}", buffer.len), 0);
    ck_assert(!highlights_append(&highlights, &buffer)); /* no room */
    ck_assert(buffer.failed);
    highlights_free(&highlights);
    buffer_free(&buffer);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("highlights");
    TCase *tcase = tcase_create("highlights");
    tcase_add_loop_test(tcase, a_text_is_shown_in_parts, 0, (int)(sizeof cases / sizeof *cases));
    tcase_add_test(tcase, no_window_breaks_anything);
    tcase_add_test(tcase, a_row_may_have_none_and_broken_memory_is_no_row);
    tcase_set_timeout(tcase, 120);
    suite_add_tcase(suite, tcase);
    return suite_run(suite);
}
