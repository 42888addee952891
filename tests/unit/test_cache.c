/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support.h"

#include <stdlib.h>
#include <string.h>

#include "server/cache.h"

static int dropped;

static void drop(void *value)
{
    dropped++;
    free(value);
}

static struct cache *cache;

static void setup(void)
{
    dropped = 0;
    cache = cache_new(64 * 1024, drop);
}

static void teardown(void)
{
    cache_free(cache);
}

static bool keep_text(const char *key, int64_t version, const char *text, size_t cost)
{
    char *value = strdup(text);
    bool kept = cache_keep(cache, key, version, value, cost);
    if (!kept)
        free(value);
    return kept;
}

START_TEST(what_was_kept_is_found_by_its_key_and_version_only)
{
    ck_assert(keep_text("/studies?", 7, "list", 100));
    ck_assert_str_eq(cache_find(cache, "/studies?", 7), "list");
    ck_assert_ptr_null(cache_find(cache, "/studies", 7));
    ck_assert_ptr_null(cache_find(cache, "/studies?limit=1", 7));
}
END_TEST

START_TEST(an_old_version_is_dropped_when_it_is_asked_for)
{
    ck_assert(keep_text("a", 7, "old", 100));
    ck_assert_ptr_null(cache_find(cache, "a", 8));
    ck_assert_int_eq(dropped, 1);
    ck_assert_uint_eq(cache_bytes(cache), 0);
    ck_assert(keep_text("a", 8, "new", 100));
    ck_assert_str_eq(cache_find(cache, "a", 8), "new");
}
END_TEST

START_TEST(keeping_again_replaces)
{
    ck_assert(keep_text("a", 1, "first", 100));
    size_t before = cache_bytes(cache);
    ck_assert(keep_text("a", 1, "again", 100));
    ck_assert_int_eq(dropped, 1);
    ck_assert_uint_eq(cache_bytes(cache), before);
    ck_assert_str_eq(cache_find(cache, "a", 1), "again");
}
END_TEST

START_TEST(the_longest_unused_goes_first)
{
    char key[16];
    for (int i = 0; i < 10; i++) {
        snprintf(key, sizeof key, "k%d", i);
        ck_assert(keep_text(key, 1, key, 6000));
    }
    ck_assert_ptr_nonnull(cache_find(cache, "k0", 1)); /* now the newest */
    ck_assert(keep_text("k10", 1, "k10", 6000));
    ck_assert_ptr_nonnull(cache_find(cache, "k0", 1));
    ck_assert_ptr_null(cache_find(cache, "k1", 1));
}
END_TEST

START_TEST(the_bytes_never_pass_the_limit)
{
    uint32_t random = 1;
    char key[16];
    int kept = 0;
    for (int i = 0; i < 20000; i++) {
        random = random * 1664525u + 1013904223u;
        snprintf(key, sizeof key, "k%u", random >> 22);
        if (random & 1)
            kept += keep_text(key, 1, key, (random >> 8) % 16000);
        else
            cache_find(cache, key, (random & 30) ? 1 : 2);
        ck_assert_uint_le(cache_bytes(cache), 64 * 1024);
    }
    cache_free(cache);
    cache = NULL;
    ck_assert_int_gt(kept, 5000);
    ck_assert_int_eq(dropped, kept); /* each once */
}
END_TEST

START_TEST(what_is_too_big_stays_the_callers)
{
    ck_assert(keep_text("small", 1, "small", 100));
    ck_assert(!keep_text("big", 1, "big", 17 * 1024));
    ck_assert_ptr_null(cache_find(cache, "big", 1));
    ck_assert_ptr_nonnull(cache_find(cache, "small", 1));
    struct cache *none = cache_new(0, drop);
    ck_assert(!cache_keep(none, "a", 1, NULL, 0));
    cache_free(none);
    cache_free(NULL);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("cache");
    TCase *tcase = tcase_create("cache");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, what_was_kept_is_found_by_its_key_and_version_only);
    tcase_add_test(tcase, an_old_version_is_dropped_when_it_is_asked_for);
    tcase_add_test(tcase, keeping_again_replaces);
    tcase_add_test(tcase, the_longest_unused_goes_first);
    tcase_add_test(tcase, the_bytes_never_pass_the_limit);
    tcase_add_test(tcase, what_is_too_big_stays_the_callers);
    suite_add_tcase(suite, tcase);
    return support_run(suite);
}
