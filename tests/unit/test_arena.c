/* SPDX-License-Identifier: GPL-3.0-or-later
 * Arenas whose blocks were used before: what is taken is zeroed, aligned and within the limit all the same.
 */
#include <check.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "suite.h"

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

START_TEST(past_its_limit_there_is_nothing)
{
    struct arena *arena = arena_new(64 * 1024);
    size_t pieces = 0;
    while (arena_alloc(arena, PIECE))
        pieces++;
    ck_assert(arena->failed);
    ck_assert_uint_le(pieces * PIECE, 64 * 1024);
    ck_assert_uint_ge(pieces * PIECE, 48 * 1024);
    ck_assert_ptr_null(arena_printf(arena, "%0*d", 2000, 1));
    arena_reset(arena);
    ck_assert(!arena->failed);
    ck_assert_str_eq(arena_printf(arena, "%s", "again"), "again");
    arena_delete(arena);
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
    tcase_add_test(tcase, what_is_taken_is_zeroed_whoever_had_it_before);
    tcase_add_test(tcase, a_text_is_whole_wherever_the_block_ends);
    tcase_add_test(tcase, past_its_limit_there_is_nothing);
    tcase_add_test(tcase, threads_come_and_go);
    suite_add_tcase(suite, tcase);
    return suite_run(suite);
}
