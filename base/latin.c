/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/latin.h"

static const char letters[] = "aaaa{}{ceeeeiiii"
                              "dnoooo| |uuu~yts"
                              "aaaa{}{ceeeeiiii"
                              "dnoooo| |uuu~yty"
                              "aaaaaacccccccc"
                              "ddddeeeeeeeeee"
                              "gggggggghhhh"
                              "iiiiiiiiiiii"
                              "jjkkkllllllllll"
                              "nnnnnnnnn"
                              "oooo||||"
                              "rrrrrrssssssss"
                              "tttttt"
                              "uuuuuuuu~~uu"
                              "wwyyyzzzzzz"
                              "s";
_Static_assert(sizeof letters - 1 == LATIN_LAST + 1 - LATIN_FIRST, "one letter for each character");

char latin_letter(uint32_t c)
{
    return letters[c - LATIN_FIRST];
}
