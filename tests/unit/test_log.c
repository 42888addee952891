/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support.h"

#include <string.h>
#include <unistd.h>

#include "server/log.h"

static int ends[2];
static struct log log_;

static void setup(void)
{
    ck_assert_int_eq(pipe(ends), 0);
    log_ = (struct log){ends[1], LOG_LEVEL_INFO};
}

static void teardown(void)
{
    close(ends[0]);
    close(ends[1]);
}

/* The one line that was written, parsed; it must end with the only newline. */
static json_t *line_read(char ret_text[LOG_LINE_MAX + 1])
{
    ssize_t len = read(ends[0], ret_text, LOG_LINE_MAX + 1);
    ck_assert_int_gt(len, 1);
    ck_assert_int_le(len, LOG_LINE_MAX);
    ret_text[len] = '\0';
    ck_assert_ptr_eq(strchr(ret_text, '\n'), ret_text + len - 1);
    json_t *line = json_loadb(ret_text, (size_t)len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
    ck_assert_msg(line != NULL, "%.*s", (int)len, ret_text);
    return keep_json(line);
}

static const char *member(json_t *line, const char *key)
{
    return json_string_value(json_object_get(line, key));
}

START_TEST(a_line_is_an_object_with_time_level_and_message_first)
{
    struct log_line line;
    char text[LOG_LINE_MAX + 1];
    ck_assert(log_begin(&line, &log_, LOG_LEVEL_WARN, "hello"));
    log_text(&line, "none", NULL);
    log_number(&line, "most", INT64_MAX);
    log_number(&line, "least", INT64_MIN);
    log_number(&line, "zero", 0);
    log_flag(&line, "yes", true);
    log_flag(&line, "no", false);
    log_end(&line);
    json_t *read = line_read(text);
    ck_assert_int_eq(strncmp(text, "{\"time\":\"20", 11), 0);
    ck_assert_str_eq(member(read, "level"), "warn");
    ck_assert_str_eq(member(read, "message"), "hello");
    ck_assert(json_is_null(json_object_get(read, "none")));
    ck_assert_int_eq(json_integer_value(json_object_get(read, "most")), INT64_MAX);
    ck_assert_int_eq(json_integer_value(json_object_get(read, "least")), INT64_MIN);
    ck_assert_int_eq(json_integer_value(json_object_get(read, "zero")), 0);
    ck_assert(json_is_true(json_object_get(read, "yes")) && json_is_false(json_object_get(read, "no")));
}
END_TEST

START_TEST(what_is_less_urgent_than_asked_for_is_not_written)
{
    struct log_line line;
    char text[LOG_LINE_MAX + 1];
    ck_assert(!log_begin(&line, &log_, LOG_LEVEL_DEBUG, "no"));
    log_say(&log_, LOG_LEVEL_DEBUG, "no", NULL);
    log_say(&log_, LOG_LEVEL_INFO, "yes", "detail");
    json_t *read = line_read(text);
    ck_assert_str_eq(member(read, "message"), "yes");
    ck_assert_str_eq(member(read, "detail"), "detail");
}
END_TEST

START_TEST(every_byte_from_outside_is_made_harmless)
{
    char bytes[256], text[LOG_LINE_MAX + 1];
    struct log_line line;
    for (int i = 0; i < 256; i++)
        bytes[i] = (char)i;
    ck_assert(log_begin(&line, &log_, LOG_LEVEL_INFO, "x"));
    log_bytes(&line, "bytes", bytes, sizeof bytes);
    log_text(&line, "utf8", "æøå 🧪 \xc2\x9b[31m");
    log_end(&line);
    json_t *read = line_read(text);
    for (const char *at = text; *at != '\n'; at++)
        ck_assert_int_ge((unsigned char)*at, 0x20);
    ck_assert_ptr_null(strstr(text, "\xc2\x9b")); /* a terminal's command */
    ck_assert_ptr_nonnull(strstr(member(read, "utf8"), "æøå 🧪"));
    ck_assert_ptr_nonnull(strstr(text, "\xef\xbf\xbd"));
}
END_TEST

/* Every length up to and beyond a line's end, with what takes one, two, three and six bytes. */
START_TEST(a_line_that_does_not_fit_is_cut_and_still_an_object)
{
    static const char *const pieces[] = {"a", "\"", "\xff", "\x01", "å"};
    const char *piece = pieces[_i];
    char bytes[LOG_LINE_MAX + 64], text[LOG_LINE_MAX + 1];
    size_t step = strlen(piece);
    for (size_t len = 600; len + step<sizeof bytes; len += len> 3800 || len < 700 ? 1 : 97) {
        struct log_line line;
        for (size_t i = 0; i < len; i++)
            bytes[i] = piece[i % step];
        ck_assert(log_begin(&line, &log_, LOG_LEVEL_INFO, "x"));
        log_bytes(&line, "bytes", bytes, len);
        log_number(&line, "after", 1);
        log_end(&line);
        json_t *read = line_read(text);
        ck_assert_int_ne(json_object_get(read, "cut") != NULL, json_object_get(read, "after") != NULL);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("log");
    TCase *tcase = tcase_create("log");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, a_line_is_an_object_with_time_level_and_message_first);
    tcase_add_test(tcase, what_is_less_urgent_than_asked_for_is_not_written);
    tcase_add_test(tcase, every_byte_from_outside_is_made_harmless);
    tcase_add_loop_test(tcase, a_line_that_does_not_fit_is_cut_and_still_an_object, 0, 5);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
