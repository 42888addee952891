// SPDX-License-Identifier: GPL-3.0-or-later
// q: the language, the words, what a study has of them and how well it fits.
'use strict';

/* ── words ───────────────────────────────────────────────────────────────────────────────────────────────────── */

const PLAIN = { 'æ': 'a', 'ø': 'o', 'œ': 'o', 'ß': 'ss', 'þ': 'th', 'ð': 'd', 'đ': 'd', 'ł': 'l' };

// In any case, without accents; å ä æ aa ae are a, ø ö œ oe are o.
function fold(word) {
  const plain = [...word.normalize('NFKD').toLowerCase().normalize('NFKD').replace(/\p{M}/gu, '')].map((c) => PLAIN[c] ?? c).join('');
  return plain.replace(/a[ae]+/g, 'a').replace(/oe+/g, 'o');
}

// Runs of letters and digits, as they are spelt and where they stand.
const wordsOf = (text) => [...text.matchAll(/[\p{L}\p{N}][\p{L}\p{N}\p{M}]*/gu)].map((match) => ({ spelt: match[0], start: match.index, end: match.index + match[0].length, word: fold(match[0]) }));

/* ── the language ────────────────────────────────────────────────────────────────────────────────────────────── */

const LONGEST = 500, TERMS = 32;
const SPACE = /[ \u00a0\u2000-\u200a\u202f\u205f\u3000]/, QUOTE = /["«»\u201c-\u201f]/, MINUS = /[-\u2010-\u2013\u2212]/;

// The text of a term without its star; a star stands at the end alone, right after the last letter.
function termOf(text, negate, or, refuse) {
  const star = text.indexOf('*'), body = star < 0 ? text : text.slice(0, star), words = wordsOf(body);
  if (star >= 0 && (star !== text.length - 1 || !words.length || words.at(-1).end !== body.length)) refuse('a star out of place');
  if (!words.length) refuse('nothing to look for');
  return { spelt: words.map(({ spelt }) => spelt).join(' '), words: words.map(({ word }) => word), prefix: star >= 0, negate, or };
}

// Which studies fit is kept for the last searches: the links of an answer ask for the same again and again.
const KEPT = 40, kept = new Map();

function knownOf(terms) {
  const key = JSON.stringify(terms.map(({ words, prefix, negate, or }) => [words, prefix, negate, or]));
  if (!kept.has(key)) {
    if (kept.size >= KEPT) kept.delete(kept.keys().next().value);
    kept.set(key, new Map());
  }
  return kept.get(key);
}

// The terms of a text, each with or: whether it begins another alternative. refuse(why) throws.
function readSearch(text, refuse) {
  if ([...text].length > LONGEST) refuse('too long');
  const terms = [];
  let or = null, any = false;
  const push = (body, negate) => {
    if (terms.length === TERMS) refuse('too many terms');
    terms.push(termOf(body, negate, or && any, refuse));
    or = null;
    any = true;
  };
  for (let rest = text; ;) {
    while (rest && SPACE.test(rest[0])) rest = rest.slice(1);
    if (!rest) break;
    const negate = MINUS.test(rest[0]);
    rest = negate ? rest.slice(1) : rest;
    if (rest && QUOTE.test(rest[0])) {
      const close = [...rest].findIndex((c, i) => i > 0 && QUOTE.test(c)), after = [...rest].slice(close + 1).join('');
      if (close < 0 || (after && !SPACE.test(after[0]))) refuse('a quote out of place');
      push([...rest].slice(1, close).join(''), negate);
      rest = after;
      continue;
    }
    const word = /^[^ \u00a0\u2000-\u200a\u202f\u205f\u3000]*/.exec(rest)[0];
    rest = rest.slice(word.length);
    if (!negate && word === 'OR') {
      if (or || !any) refuse('an OR out of place');
      or = true;
      continue;
    }
    if (/[()|]/.test(word) || QUOTE.test(word) || word.startsWith('!') || (negate && (!word || MINUS.test(word[0]))) || (!negate && (word === 'AND' || word === 'NOT'))) refuse(`${word} says nothing`);
    push(word, negate);
  }
  if (or || !any) refuse('nothing follows');
  return Object.defineProperty({ terms }, 'known', { value: knownOf(terms) });
}

/* ── what a study has ────────────────────────────────────────────────────────────────────────────────────────── */

// Where words are looked for: the member, its texts, what a term in it weighs, and what it weighs that it is all that was asked for.
const FIELDS = [
  ['acronym', (card) => [['acronym', card.acronym]], 1000, 20000],
  ['title.nb', (card) => [['title.nb', card.title.nb]], 600, 10000],
  ['title.en', (card) => [['title.en', card.title.en]], 600, 10000],
  ['scientific_title', (card) => [['scientific_title', card.scientific_title]], 400, 5000],
  ['condition.nb', (card) => [['patients.condition.nb', card.patients.condition.nb]], 100, 0],
  ['condition.en', (card) => [['patients.condition.en', card.patients.condition.en]], 100, 0],
  ['categories.nb', (card) => card.categories.map(({ label }, i) => [`categories.${i}.label.nb`, label.nb]), 60, 0],
  ['categories.en', (card) => card.categories.map(({ label }, i) => [`categories.${i}.label.en`, label.en]), 60, 0],
  ['leader', (card) => [['leader.name', card.leader.name]], 60, 0],
  ['summary.nb', (card) => [['summary.nb', card.summary.nb]], 40, 0],
  ['summary.en', (card) => [['summary.en', card.summary.en]], 40, 0],
  ['institution', (card) => [['institution.name', card.institution.name]], 20, 0],
  ['hospitals', (card) => (card.hospitals ?? []).map(({ name }, i) => [`hospitals.${i}.name`, name]), 10, 0],
];

// The texts of a study as words, kept with it.
function fieldsOf(study) {
  study.fields ??= FIELDS.map(([, texts, weight, exact]) => ({ weight, exact,
    texts: texts(study.card).filter(([, text]) => text !== null).map(([member, text]) => ({ member, text, words: wordsOf(text) })) }));
  return study.fields;
}

// The places in a text where a term begins.
function startsOf(term, words) {
  const is = (word, at) => at !== undefined && (word.last && term.prefix ? at.word.startsWith(word.word) : at.word === word.word);
  const wanted = term.words.map((word, i) => ({ word, last: i === term.words.length - 1 }));
  return words.map((_, at) => at).filter((at) => wanted.every((word, i) => is(word, words[at + i])));
}

// A study that lacks a whole word of the term need not be looked through.
function hasTerm(study, term) {
  const all = (study.words ??= new Set(fieldsOf(study).flatMap(({ texts }) => texts.flatMap(({ words }) => words.map(({ word }) => word)))));
  const whole = term.prefix ? term.words.slice(0, -1) : term.words;
  return whole.every((word) => all.has(word)) && fieldsOf(study).some(({ texts }) => texts.some(({ words }) => startsOf(term, words).length > 0));
}

const alternativesOf = (terms) => terms.reduce((all, term) => (term.or || !all.length ? [...all, [term]] : [...all.slice(0, -1), [...all.at(-1), term]]), []);
const fitsAll = (study, alternative) => alternative.every((term) => hasTerm(study, term) !== term.negate);

// Once it was asked, it is known of the study.
function fits({ terms, known }, study) {
  if (!known.has(study)) known.set(study, alternativesOf(terms).some((alternative) => fitsAll(study, alternative)));
  return known.get(study);
}

// Its words one after another are all there is in the text.
function isExact(wanted, { words }) {
  const all = wanted.flatMap((term) => term.words);
  return all.length === words.length && all.every((word, i) => word === words[i].word);
}

// Each alternative that the study fits adds for each of its terms the weight of the best field that has it; and once more where a text is what
// was asked for. From the study and the question alone.
function relevance({ terms }, study) {
  let sum = 0;
  for (const alternative of alternativesOf(terms).filter((one) => fitsAll(study, one))) {
    const wanted = alternative.filter(({ negate }) => !negate);
    for (const term of wanted) sum += fieldsOf(study).find(({ texts }) => texts.some(({ words }) => startsOf(term, words).length > 0)).weight;
    const exact = wanted.length && !wanted.some(({ prefix }) => prefix) ? fieldsOf(study).find((field) => field.exact && field.texts.some((text) => isExact(wanted, text))) : null;
    sum += exact?.exact ?? 0;
  }
  return sum;
}

/* ── highlights ──────────────────────────────────────────────────────────────────────────────────────────────── */

// The texts that have a term that is wanted, with the numbers of the words that are it.
function hitsOf({ terms }, study) {
  const wanted = terms.filter(({ negate }) => !negate);
  return fieldsOf(study).flatMap(({ texts }) => texts.map(({ member, text, words }) => {
    const hit = new Set(wanted.flatMap((term) => startsOf(term, words).flatMap((at) => term.words.map((_, i) => at + i))));
    return { member, text, words, hit };
  })).filter(({ hit }) => hit.size);
}

// null, or what is wrong with the highlights of a study. A cut text is a part of the whole one.
function highlightsDiffer(search, study, highlights) {
  const wanted = hitsOf(search, study);
  if (highlights.map(({ field }) => field).join() !== wanted.map(({ member }) => member).join()) return `highlights of ${highlights.map(({ field }) => field)}, not of ${wanted.map(({ member }) => member)}`;
  for (const [i, { member, text, words, hit }] of wanted.entries()) {
    const shown = highlights[i].parts.map((part) => part.text).join('');
    const bare = shown.replace(/^… /, '').replace(/ …$/, ''), from = text.indexOf(text.includes(shown) ? shown : bare);
    if (from < 0) return `${member} shows ${JSON.stringify(shown)}, which is no part of it`;
    const whole = text.includes(shown) ? shown : bare, skipped = shown.startsWith(whole) ? 0 : 2;
    let at = from - skipped;
    const marked = new Set();
    for (const part of highlights[i].parts) {
      if (part.hit) words.forEach((word, number) => { if (word.start >= at && word.end <= at + part.text.length) marked.add(number); });
      at += part.text.length;
    }
    const inside = [...hit].filter((number) => words[number].start >= from && words[number].end <= from + whole.length);
    if (!inside.length || [...marked].sort().join() !== inside.sort().join()) return `${member} marks ${[...marked].map((number) => words[number].spelt)}, not ${inside.map((number) => words[number].spelt)} in ${JSON.stringify(shown)}`;
  }
  return null;
}

module.exports = { readSearch, fits, relevance, highlightsDiffer, fold, wordsOf };
