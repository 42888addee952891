// SPDX-License-Identifier: GPL-3.0-or-later
// Query strings at random: each parameter of openapi.yaml with values that the register has, and then, for the wrong ones, what a hand or a program
// gets wrong. Whether the result is right after all is for the model to say.
'use strict';
const { FILTERS, isFilter } = require('./filters.js');
const { wordsOf } = require('./search.js');

const TARGET = 3900; // characters that the daemon reads of a target, and some room

/* ── values ──────────────────────────────────────────────────────────────────────────────────────────────────── */

// What a study has that a range can be about.
const NUMBERS = {
  call_year: (card) => card.call_year, award_call_year: (card) => card.awards.at(-1).call_year, amount_nok: (card) => card.amount_nok, planned: (card) => card.recruitment.planned,
  included: (card) => card.recruitment.included, age: (card) => card.patients.age_min ?? card.patients.age_max,
};
const NAMES = { programme: (card) => [card.programme], study: (card) => [card.id], category: (card) => card.categories.map(({ code }) => code),
  institution: (card) => [card.institution, ...(card.hospitals ?? [])].map(({ id }) => id), leader: (card) => [card.leader.name] };

const canStand = (spelling) => !spelling.includes(',') && !spelling.startsWith('!');
const bounded = (value, { low, high }) => Math.min(high, Math.max(low, value));
const anyCase = (random, text) => (random.is(0.2) ? random.one([text.toUpperCase(), text.toLowerCase()]) : text);

class Questions {
  constructor(records, parameters) {
    Object.assign(this, { records, parameters });
    this.cards = records.studies.map(({ card }) => card);
  }

  #negated(random, text) {
    return random.is(0.2) ? `!${text}` : text;
  }

  #number(random, parameter) {
    const value = random.is(0.9) ? NUMBERS[parameter.name]?.(random.one(this.cards)) ?? 0 : random.one([parameter.low, parameter.high, random.between(0, 130)]);
    return bounded(value + random.one([0, 0, 0, -1, 1]), parameter);
  }

  #range(random, ends) {
    const [a, b] = [ends(), ends()];
    return random.one([`${a[1]}`, `${a[1]}..`, `..${a[1]}`, ...Array(3).fill(a[0] <= b[0] ? `${a[1]}..${b[1]}` : `${b[1]}..${a[1]}`)]);
  }

  #instant(random) {
    const at = Date.parse(random.one(this.cards).updated) + random.one([0, 0, -1, 1, 1000, -3600000, 86400000]), text = new Date(at).toISOString();
    const shifted = new Date(at + 5400000).toISOString();
    return [at, random.one([text, text.slice(0, 10), text.replace('T', 't').replace('Z', 'z'), shifted.replace('Z', '+01:30'), text.replace('Z', '-00:00'), text.replace('Z', `${random.between(0, 999999)}Z`)])];
  }

  // kind → a value that should do.
  #value(random, parameter) {
    const { values, name } = parameter, most = Math.min(values?.length ?? 1, parameter.most ?? 1);
    const kinds = {
      boolean: () => random.one(['true', 'false']),
      integer: () => `${random.is(0.7) ? random.between(1, 20) : random.is(0.9) ? random.between(20, 100) : parameter.high}`,
      choice: () => random.one(values),
      day: () => `${random.between(2015, 2025)}-${random.one(['01-01', '06-30', '12-31', '02-28'])}`,
      codes: () => this.#negated(random, random.some(values, random.is(0.7) ? 1 : 4).join(',')),
      named: () => this.#negated(random, this.#names(random, parameter)),
      ranges: () => this.#negated(random, Array.from({ length: random.is(0.8) ? 1 : random.between(2, 4) }, () =>
        this.#range(random, () => Array(2).fill(this.#number(random, parameter)))).join(',')),
      times: () => this.#negated(random, this.#range(random, () => this.#instant(random))),
      sort: () => random.some(values, random.is(0.5) ? 1 : most).map((key) => (random.is(0.5) ? `-${key}` : key)).join(','),
      picks: () => random.some(values, random.is(0.8) ? 4 : 40).concat(random.is(0.05) ? [values[0], values[0]] : []).join(','),
      distinct: () => random.some(values, most).join(','),
      ordered: () => random.some(values, random.is(0.8) ? 3 : most).join(','),
      search: () => this.#search(random),
    };
    if (!kinds[parameter.kind]) throw new Error(`no question is known with ${name}: teach questions.js its kind ${parameter.kind}`);
    return kinds[parameter.kind]();
  }

  // Words of the register's own texts, whole or their beginnings, some of them in another spelling, joined this way and that.
  #search(random) {
    const term = () => {
      const card = random.one(this.cards), text = random.one([card.acronym, card.title.nb, card.scientific_title, card.summary.nb, card.leader.name, card.institution.name, card.categories[0]?.label.nb,
        card.hospitals?.[0].name].filter(Boolean));
      const words = wordsOf(text), at = random.below(words.length), { spelt } = words[at] ?? { spelt: 'x' };
      const respelt = random.one([spelt, spelt, spelt.toUpperCase(), spelt.replace(/å/g, 'aa'), spelt.replace(/[æå]/g, 'a').replace(/ø/g, 'o'), spelt.normalize('NFD')]);
      const minus = random.is(0.15) ? '-' : '';
      if (random.is(0.2)) return `${minus}"${text.slice(words[at]?.start ?? 0, words[Math.min(at + random.below(3), words.length - 1)]?.end ?? 1).replace(/["«»\u201c-\u201f*]/g, ' ')}"`;
      return minus + (random.is(0.2) ? `${respelt.slice(0, random.between(1, respelt.length))}*` : respelt);
    };
    return Array.from({ length: random.one([1, 1, 1, 2, 2, 3, 5]) }, (_, i) => (i && random.is(0.25) ? 'OR ' : '') + term()).join(random.one([' ', ' ', '  ']));
  }

  #names(random, { of }) {
    const known = this.records.vocabulary[of];
    const spelling = () => {
      const value = random.is(0.8) ? random.one(NAMES[of](random.one(this.cards)).concat([null])) : null;
      const { spelling: text } = value === null ? random.one(known.spellings) : random.one(known.spellings.filter((row) => row.value === value));
      return known.anyCase ? anyCase(random, text) : text;
    };
    const wanted = Array.from({ length: random.is(0.6) ? 1 : random.between(2, 5) }, spelling).filter(canStand);
    return wanted.join(',') || known.spellings[0].value;
  }

  /* ── right ones ────────────────────────────────────────────────────────────────────────────────────────────── */

  // [name, value] of filters and of what else the operation takes, with a chance for each of those. What goes with something else has it, most of
  // the time.
  right(random, operation, chances) {
    const rows = this.parameters.get(operation), filters = rows.filter(({ name }) => isFilter(name));
    const count = random.one([0, 1, 1, 1, 2, 2, 2, 3, 4, 6]), chosen = new Set(random.shuffled(filters).slice(0, count));
    for (const row of rows) if (random.is(chances[row.name] ?? 0)) chosen.add(row);
    const pairs = random.shuffled([...chosen]).map((parameter) => [parameter.name, this.#value(random, parameter)]);
    const needs = pairs.some(([name, value]) => name === 'include' || (name === 'sort' && value.includes('relevance')));
    return needs && !pairs.some(([name]) => name === 'q') && random.is(0.9) ? [...pairs, ['q', this.#search(random)]] : pairs;
  }

  /* ── wrong ones ────────────────────────────────────────────────────────────────────────────────────────────── */

  // One thing wrong, most of the time. pairs: [name, value], or a text that stands as it is.
  wrong(random, operation, pairs) {
    const rows = this.parameters.get(operation), row = random.one(rows), value = () => (row.kind === 'cursor' ? 'AQAB' : this.#value(random, row));
    const other = (text) => [...pairs.filter(([name]) => name !== row.name), [row.name, text]];
    const faults = [
      () => [...pairs, [typo(random, row.name), value()]], () => [...pairs, [random.one(['regoin', 'Limit', 'limit[]', 'page', 'x', '', '__proto__', 'sortt', 'æ']), '1']],
      () => other(typo(random, value())), () => other(typo(random, value())), () => other(''), () => other('!'), () => [...other(value()), [row.name, value()]],
      () => [...pairs, row.name], () => [...pairs, random.one(['', '&', '=', '=1'])], () => other(`${value()},`), () => other(`,${value()}`), () => other(`${value()},,${value()}`),
      () => other(`!${value()}`), () => other(`${value()},${random.one(['x', '-1', '0', 'null', '1e3', 'ukjent-verdi', '..', '-'])}`), () => other(`${(row.high ?? 0) + 1}`), () => other(`${(row.low ?? 0) - 1}..`),
      () => other(`${row.high ?? 9}..${row.low ?? 1}`), () => other(Array(random.one([5, 17, 101])).fill(value()).join(',')), () => other(value().toUpperCase()), () => other(` ${value()}`),
      () => other(`${value()}\u0007`), () => [...pairs, `${row.name}=%${random.one(['', '2', 'zz', 'FF', '00', 'C3', 'ED%A0%80'])}`], () => [...pairs, `${row.name}=a+b`], () => [...pairs, `${row.name}="x"`],
      () => other(random.one(['(a b)', 'a OR', 'OR a', 'a OR OR b', 'AND', '"a', 'a"b"', '- a', '--a', '*', 'a*b', '...', '!a', 'a|b', 'NOT a', `a${' b'.repeat(32)}`, 'a'.repeat(501)])),
      () => other(random.one(['0', '501', '-1', '1.5', '01', '1e2', '+1', '١', '2024-02-30', '2024-13-01T00:00:00Z', '2024-01-01T24:00:00Z', '2024-01-01T10:00:00'])),
    ];
    return random.one(faults)();
  }

  // The query string of pairs, encoded this way or that.
  written(random, pairs) {
    const value = ([name, text]) => (name === 'q' && random.is(0.3) ? encoded(random, text).replaceAll('%20', '+') : encoded(random, text));
    return pairs.map((pair) => (typeof pair === 'string' ? pair : `${encoded(random, pair[0])}=${value(pair)}`)).join('&');
  }
}

function typo(random, text) {
  const at = random.below(text.length || 1);
  return random.one([text.slice(0, at) + text.slice(at + 1), text.slice(0, at) + random.one([...'abcæ1-_']) + text.slice(at), text.slice(0, at) + (text[at + 1] ?? 'x') + (text[at] ?? '') + text.slice(at + 2)])
    .toWellFormed();
}

// A character needs its % or does not, and may have it all the same.
const NEEDS_NONE = /[A-Za-z0-9\-._~!$'()*,;:@/?]/;
function encoded(random, text) {
  const style = random.below(4);
  return [...text].map((c) => {
    if (style !== 3 && NEEDS_NONE.test(c) && (style === 0 || /[A-Za-z0-9\-._~]/.test(c) || random.is(0.5))) return c;
    const bytes = [...Buffer.from(c)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
    return style === 3 && NEEDS_NONE.test(c) && random.is(0.8) ? c : style === 1 ? bytes : bytes.toUpperCase();
  }).join('');
}

module.exports = { Questions, TARGET, FILTERS };
