/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <check.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "suite.h"

START_TEST(memory_is_zeroed_and_aligned_also_after_a_reset)
{
    struct arena *arena = arena_new(1 << 20);
    for (int round = 0; round < 3; round++) {
        for (size_t size = 0; size < 600; size++) {
            unsigned char *bytes = arena_alloc(arena, size);
            ck_assert_ptr_nonnull(bytes);
            ck_assert_uint_eq((uintptr_t)bytes % _Alignof(max_align_t), 0);
            for (size_t i = 0; i < size; i++) {
                if (bytes[i] != 0)
                    ck_abort_msg("byte %zu of %zu is not zero", i, size);
            }
            memset(bytes, 0xa5, size);
        }
        arena_reset(arena);
    }
    arena_delete(arena);
}
END_TEST

START_TEST(pieces_do_not_overlap)
{
    enum { PIECES = 500 };
    struct arena *arena = arena_new(1 << 20);
    unsigned char *pieces[PIECES];
    for (size_t i = 0; i < PIECES; i++)
        memset(pieces[i] = arena_alloc(arena, i), (int)(i % 251), i);
    for (size_t i = 0; i < PIECES; i++) {
        for (size_t at = 0; at < i; at++) {
            if (pieces[i][at] != i % 251)
                ck_abort_msg("byte %zu of piece %zu was overwritten", at, i);
        }
    }
    arena_delete(arena);
}
END_TEST

START_TEST(the_limit_holds_for_all_blocks_together)
{
    static const size_t limits[] = {1, 100, 8192, 8193, 20000, 1 << 20};
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        struct arena *arena = arena_new(limits[i]);
        size_t total = 0;
        while (arena_alloc(arena, 64))
            total += 64;
        ck_assert_uint_le(total, limits[i]);
        ck_assert_uint_ge(total + 2 * 64, limits[i] > 8192 ? limits[i] - limits[i] / 16 : limits[i]);
        arena_reset(arena);
        ck_assert_int_eq(arena_alloc(arena, 64) != NULL, limits[i] >= 64);
        arena_delete(arena);
    }
}
END_TEST

START_TEST(one_piece_may_fill_the_limit)
{
    struct arena *arena = arena_new(100000);
    ck_assert_ptr_null(arena_alloc(arena, 100001));
    ck_assert_ptr_null(arena_alloc(arena, SIZE_MAX));
    ck_assert_ptr_null(arena_alloc(arena, SIZE_MAX - 8));
    ck_assert_ptr_nonnull(arena_alloc(arena, 100000 - 8192));
    ck_assert_ptr_null(arena_alloc(arena, 8193));
    arena_delete(arena);
    arena_delete(NULL);
}
END_TEST

START_TEST(texts_are_copied_and_printed)
{
    struct arena *arena = arena_new(10000);
    ck_assert_str_eq(arena_strndup(arena, "abcdef", 3), "abc");
    ck_assert_str_eq(arena_strndup(arena, NULL, 0), "");
    ck_assert_str_eq(arena_printf(arena, "%s-%d", "a", 7), "a-7");
    ck_assert_str_eq(arena_printf(arena, "%s", ""), "");
    ck_assert_uint_eq(strlen(arena_printf(arena, "%5000d", 1)), 5000);
    ck_assert_ptr_null(arena_printf(arena, "%9000d", 1));
    ck_assert_ptr_null(arena_strndup(arena, "a", SIZE_MAX));
    arena_delete(arena);
}
END_TEST

/* ── blocks that were used before ───────────────────────────────────────────────────────────────────────────── */

#define PIECE 100

/* false: a piece was not as it has to be. No assertions here, since threads call it. */
static bool fill(struct arena *arena, size_t pieces)
{
    static const unsigned char zeros[PIECE];
    for (size_t i = 0; i < pieces; i++) {
        unsigned char *piece = arena_alloc(arena, PIECE);
        if (!piece || (uintptr_t)piece % _Alignof(max_align_t) != 0 || memcmp(piece, zeros, PIECE) != 0)
            return false;
        memset(piece, 0xa5, PIECE);
    }
    return true;
}

static bool use_blocks_again(void)
{
    bool good = true;
    for (int round = 0; round < 20; round++) {
        struct arena first = {0}, second = {0};
        good = fill(&first, 50) && fill(&second, 500) && good;
        arena_reset(&second);
        good = fill(&second, 50) && good;
        arena_free(&first);
        good = fill(&first, 5) && good;
        arena_free(&first);
        arena_free(&second);
        good = good && first.taken + second.taken == 0;
    }
    return good;
}

START_TEST(what_is_taken_is_zeroed_whoever_had_it_before)
{
    ck_assert(use_blocks_again());
}
END_TEST

START_TEST(a_text_is_whole_wherever_the_block_ends)
{
    struct arena arena = {0};
    char *texts[3000];
    for (int i = 0; i < 3000; i++)
        texts[i] = arena_printf(&arena, "%0*d", 1 + i % 40, i % 10);
    for (int i = 0; i < 3000; i++)
        ck_assert_msg(strlen(texts[i]) == (size_t)(1 + i % 40) && texts[i][i % 40] == '0' + i % 10, "text %d is %s", i, texts[i]);
    char *great = arena_printf(&arena, "%0*d", 100000, 7);
    ck_assert_uint_eq(strlen(great), 100000);
    ck_assert(fill(&arena, 10));
    arena_free(&arena);
}
END_TEST

static void *use_several(void *cls) /* NULL: it went wrong */
{
    return use_blocks_again() ? cls : NULL;
}

/* What a thread kept goes with it: the sanitizers of the test runs would tell. */
START_TEST(threads_come_and_go)
{
    struct arena *mine = arena_new(0);
    ck_assert(fill(mine, 10));
    for (int i = 0; i < 8; i++) {
        pthread_t threads[4];
        void *good;
        for (int k = 0; k < 4; k++)
            ck_assert_int_eq(pthread_create(&threads[k], NULL, use_several, mine), 0);
        for (int k = 0; k < 4; k++) {
            ck_assert_int_eq(pthread_join(threads[k], &good), 0);
            ck_assert_ptr_nonnull(good);
        }
    }
    arena_delete(mine);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("arena");
    TCase *tcase = tcase_create("arena");
    tcase_add_test(tcase, memory_is_zeroed_and_aligned_also_after_a_reset);
    tcase_add_test(tcase, pieces_do_not_overlap);
    tcase_add_test(tcase, the_limit_holds_for_all_blocks_together);
    tcase_add_test(tcase, one_piece_may_fill_the_limit);
    tcase_add_test(tcase, texts_are_copied_and_printed);
    tcase_add_test(tcase, what_is_taken_is_zeroed_whoever_had_it_before);
    tcase_add_test(tcase, a_text_is_whole_wherever_the_block_ends);
    tcase_add_test(tcase, threads_come_and_go);
    suite_add_tcase(suite, tcase);
    return suite_run(suite);
}
