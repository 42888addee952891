// SPDX-License-Identifier: GPL-3.0-or-later
// What a query string says by the contract, or which parameters are at fault: read from openapi.yaml, by a reader for each kind of parameter.
'use strict';
const { readSearch } = require('./search.js');

/* ── text ────────────────────────────────────────────────────────────────────────────────────────────────────── */

const PLAIN = /[A-Za-z0-9\-._~!$&'()*,;=:@/?]/;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

// The text that stands percent-encoded in raw, or null.
function decoded(raw) {
  const bytes = [];
  for (let i = 0; i < raw.length; i++) {
    if (raw[i] === '%') {
      const hex = raw.slice(i + 1, i + 3);
      if (!/^[0-9A-Fa-f]{2}$/.test(hex)) return null;
      bytes.push(parseInt(hex, 16));
      i += 2;
    } else if (PLAIN.test(raw[i])) bytes.push(raw.charCodeAt(i));
    else return null;
  }
  try {
    const text = utf8.decode(Uint8Array.from(bytes));
    return /[\u0000-\u001f\u007f-\u009f]/.test(text) ? null : text;
  } catch {
    return null;
  }
}

/* ── kinds: each returns what the text says, or throws why it says nothing ───────────────────────────────────── */

class Fault extends Error {}
const refuse = (why) => { throw new Fault(why); };
const LIST = 100, RANGES = 16;

function list(text, most) {
  const values = text.split(',');
  if (values.length > most) refuse(`more than ${most} values`);
  if (values.includes('')) refuse('an empty value');
  return values;
}

// !a,b → {not, …}; what is left is read by rest.
const negatable = (text, rest) => (text.startsWith('!') ? { not: true, ...rest(text.slice(1)) } : { not: false, ...rest(text) });

// The same value twice says nothing more.
const once = (values) => [...new Map(values.map((value) => [`${value}`, value])).values()];
const known = (values, value) => (values.includes(value) ? value : refuse(`${value} is unknown`));

function number(text, { low, high }) {
  const value = Number(text);
  return /^(0|[1-9][0-9]*)$/.test(text) && value >= low && value <= high ? value : refuse(`${text} is not from ${low} to ${high}`);
}

// a, a..b, a.., ..b; ends(text) are the first and the last value that text stands for.
function ranges(text, ends) {
  const parts = text.split(',');
  if (parts.length > RANGES) refuse(`more than ${RANGES} ranges`);
  return { ranges: once(parts.map((part) => {
    const at = part.indexOf('..');
    if (at < 0) return ends(part);
    const [from, to] = [part.slice(0, at), part.slice(at + 2)];
    if (!from && !to) refuse('a range without ends');
    const range = [from ? ends(from)[0] : -Infinity, to ? ends(to)[1] : Infinity];
    return range[0] <= range[1] ? range : refuse('a range that ends before it begins');
  })) };
}

const DAY = 86400000;
const INSTANT = /^(\d{4})-(\d\d)-(\d\d)(?:[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):(\d\d)))?$/;

function utc(year, month, day) {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? date.getTime() : refuse('no day of the calendar');
}

// The first and the last millisecond of a day, or an instant twice.
function instants(text) {
  const parts = INSTANT.exec(text) ?? refuse(`${text} is no instant`);
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map(Number);
  const start = utc(year, month, day);
  if (parts[4] === undefined) return [start, start + DAY - 1];
  const [offsetHour, offsetMinute] = [Number(parts[9] ?? 0), Number(parts[10] ?? 0)];
  if (hour > 23 || minute > 59 || second > 60 || offsetHour > 23 || offsetMinute > 59) refuse('no time of the day');
  const offset = (parts[8] === '-' ? -1 : 1) * (offsetHour * 60 + offsetMinute) * 60000;
  const at = start + ((hour * 60 + minute) * 60 + second) * 1000 + (second === 60 ? -1 : Number((parts[7] ?? '').slice(0, 3).padEnd(3, '0'))) - offset;
  if (second === 60 && !new Date(at + 1).toISOString().endsWith('-01T00:00:00.000Z')) refuse('no second is put in there');
  return at >= utc(0, 1, 1) && at < utc(9999, 12, 31) + DAY ? [at, at] : refuse('beyond the years');
}

const KINDS = {
  boolean: (text) => known(['true', 'false'], text) === 'true',
  integer: number,
  choice: (text, { values }) => known(values, text),
  day: (text) => (/^\d{4}-\d\d-\d\d$/.test(text) && instants(text) && text) || refuse('no day'),
  codes: (text, { values, most }) => negatable(text, (rest) => ({ codes: once(list(rest, most).map((value) => known(values, value))) })),
  named: (text, { find, most }) => negatable(text, (rest) => ({ codes: once(list(rest, most).map((value) => find(value) ?? refuse(`${value} is unknown`))) })),
  ranges: (text, kind) => negatable(text, (rest) => ranges(rest, (part) => Array(2).fill(number(part, kind)))),
  times: (text) => negatable(text, (rest) => ranges(rest, instants)),
  sort: (text, { values, most }) => {
    const keys = list(text, most).map((value) => ({ key: known(values, value.replace(/^-/, '')), down: value.startsWith('-') }));
    return new Set(keys.map(({ key }) => key)).size === keys.length ? keys : refuse('a key twice');
  },
  picks: (text, { values, most }) => list(text, most).map((value) => known(values, value)),
  distinct: (text, kind) => {
    const picked = KINDS.picks(text, kind);
    return new Set(picked).size === picked.length ? picked : refuse('a value twice');
  },
  ordered: (text, kind) => kind.values.filter((value) => KINDS.distinct(text, kind).includes(value)),
  search: (text) => readSearch(text, refuse),
  cursor: (text) => (/^[A-Za-z0-9_-]{1,700}$/.test(text) ? text : refuse('no cursor')),
};

const CHOICE = /^\^(!\?|-\?)?\(\?:([a-z0-9_|-]+)\)(?:.*\{0,(\d+)\})?/;
const BY_NAME = { q: 'search', cursor: 'cursor', updated: 'times', group_by: 'distinct', facets: 'ordered' };

// {name, kind, …}: a parameter as its schema describes it. vocabulary(name) gives a function from a spelling to what it stands for.
function parameterOf({ name, schema, example, 'x-plus-is-space': plusIsSpace }, vocabulary) {
  const own = { name, schema, example, plusIsSpace, of: schema['x-vocabulary'] };
  const [, mark, values, more] = CHOICE.exec(schema.pattern ?? '') ?? [];
  const choices = values && { values: values.split('|'), most: Number(more ?? 0) + 1 };
  if (BY_NAME[name]) return { ...own, ...choices, kind: BY_NAME[name] };
  if (schema.type === 'boolean') return { ...own, kind: 'boolean' };
  if (schema.type === 'integer') return { ...own, kind: 'integer', low: schema.minimum, high: schema.maximum };
  if (schema.enum) return { ...own, kind: 'choice', values: schema.enum };
  if (schema.format === 'date') return { ...own, kind: 'day' };
  if (own.of) return { ...own, kind: 'named', find: vocabulary(own.of), most: LIST };
  if ('x-minimum' in schema) return { ...own, kind: 'ranges', low: schema['x-minimum'], high: schema['x-maximum'] };
  if (choices) return { ...own, ...choices, kind: mark === '!?' ? 'codes' : mark === '-?' ? 'sort' : 'picks' };
  throw new Error(`the model does not know what kind of parameter ${name} is: teach it in parameters.js`);
}

/* ── the query ───────────────────────────────────────────────────────────────────────────────────────────────── */

// {values, faults}: what each parameter says by name, and the names of those at fault.
function readQuery(parameters, query) {
  const values = {}, faults = new Set(), seen = new Set();
  for (const pair of query === undefined ? [] : query.split('&')) {
    const at = pair.indexOf('='), rawName = at < 0 ? pair : pair.slice(0, at);
    const name = decoded(rawName) ?? rawName;
    const parameter = decoded(rawName) === null ? undefined : parameters.find((row) => row.name === name);
    const raw = pair.slice(at + 1), text = at < 0 ? null : decoded(parameter?.plusIsSpace ? raw.replaceAll('+', '%20') : raw);
    if (!parameter || seen.has(name) || !text || text === '!') faults.add(name);
    else {
      try {
        values[name] = KINDS[parameter.kind](text, parameter);
      } catch (error) {
        if (!(error instanceof Fault)) throw error;
        faults.add(name);
      }
    }
    if (parameter) seen.add(name);
  }
  return { values, faults };
}

module.exports = { readQuery, parameterOf, decoded, KINDS, Fault, refuse, list };
