// SPDX-License-Identifier: GPL-3.0-or-later
// Chance that can be repeated: mulberry32, small and good enough. A generator of its own for each case, so that a case does not depend
// on those before it.
'use strict';

function chance(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6D2B79F5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (n) => Math.floor(next() * n);
  const one = (list) => list[below(list.length)];
  const some = (list, most) => shuffled(list).slice(0, 1 + below(Math.min(most, list.length)));
  const shuffled = (list) => {
    const all = [...list];
    for (let i = all.length - 1; i > 0; i--) {
      const j = below(i + 1);
      [all[i], all[j]] = [all[j], all[i]];
    }
    return all;
  };
  return { below, one, some, shuffled, between: (low, high) => low + below(high - low + 1), is: (p) => next() < p };
}

// Another generator for each number: neighbours have nothing in common.
function chanceOf(seed, number) {
  return chance(Math.imul(seed ^ 0x9E3779B9, 0x85EBCA6B) ^ Math.imul(number + 1, 0xC2B2AE35));
}

module.exports = { chance, chanceOf };
