// SPDX-License-Identifier: GPL-3.0-or-later
// The Norwegian alphabet as docs/data-model.md says it, written without a look at how the program does it.
'use strict';

// The letters of other alphabets that a Norwegian list puts beside one of its own.
const BESIDE = { 'ä': 'æ', 'ö': 'ø', 'ő': 'ø', 'œ': 'ø', 'ü': 'y', 'ű': 'y', 'ð': 'd', 'đ': 'd', 'ł': 'l', 'þ': 't', 'ß': 's' };
const ORDER = [...' 0123456789abcdefghijklmnopqrstuvwxyzæøå'];
const PLACE = new Map(ORDER.map((letter, place) => [letter, place]));
const LETTERS = 100; // of a name that count; longer ones are equal so far

// Whatever stands between two words, and is no sign of its own: one space, however much of it there is.
const isBetween = (c) => (c.codePointAt(0) < 0xC0 && !/[a-z0-9]/i.test(c)) || /[\u2000-\u206f×÷]/.test(c);
const withoutAccent = (c) => c.normalize('NFD').replace(/[\u0300-\u036f]/g, '');

// What the letter counts as: its own, that of another alphabet beside it, or the one under its accent. Signs of other scripts keep the order of their
// numbers, after all of ours.
function letterOf(c) {
  const small = c.toLowerCase();
  return [small, BESIDE[small], withoutAccent(small)].find((letter) => PLACE.has(letter)) ?? c;
}

// A list of numbers: names sort as their lists do.
function placesOf(name) {
  const letters = [...name.normalize('NFC').replace(/[\u0300-\u036f]/g, '').replace(/aa/gi, 'å')].map((c) => (isBetween(c) ? ' ' : letterOf(c)));
  const places = letters.filter((c, i) => c !== ' ' || (i > 0 && letters[i - 1] !== ' '));
  while (places.at(-1) === ' ') places.pop();
  return places.map((c) => PLACE.get(c) ?? 1000 + c.codePointAt(0));
}

function comparePlaces(a, b) {
  const length = Math.min(a.length, b.length, LETTERS);
  for (let i = 0; i < length; i++)
    if (a[i] !== b[i]) return a[i] - b[i];
  return Math.min(a.length, LETTERS) - Math.min(b.length, LETTERS);
}

const compareNames = (a, b) => comparePlaces(placesOf(a), placesOf(b));

module.exports = { placesOf, comparePlaces, compareNames };
