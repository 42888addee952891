// SPDX-License-Identifier: GPL-3.0-or-later
// GET /studies: rows, totals and pages.
'use strict';

const LIMIT = 50;

/* ── rows ────────────────────────────────────────────────────────────────────────────────────────────────────── */

// The members asked for, in their usual order.
const picked = (card, fields) => (fields ? Object.fromEntries(Object.entries(card).filter(([name]) => fields.includes(name))) : card);

function firstDifference(wanted, got, at = '') {
  if (JSON.stringify(wanted) === JSON.stringify(got)) return null;
  if (wanted && got && typeof wanted === 'object' && typeof got === 'object' && Array.isArray(wanted) === Array.isArray(got)) {
    for (const key of new Set([...Object.keys(wanted), ...Object.keys(got)])) {
      const inner = firstDifference(wanted[key], got[key], `${at}.${key}`);
      if (inner) return inner;
    }
    return `${at || 'the row'}: the members come in another order`;
  }
  return `${at || 'the row'} is ${JSON.stringify(got)}, not ${JSON.stringify(wanted)}`;
}

// wanted, got: lists of values, compared as JSON. name(i) says which row it is.
function rowsDiffer(wanted, got, name) {
  if (wanted.length !== got.length) return [`${got.length} rows, not ${wanted.length}`];
  const at = wanted.findIndex((row, i) => JSON.stringify(row) !== JSON.stringify(got[i]));
  return at < 0 ? [] : [`row ${at} should be ${name(at)}: ${firstDifference(wanted[at], got[at])}`];
}

/* ── pages ───────────────────────────────────────────────────────────────────────────────────────────────────── */

// The rows from start to end of the whole list that the question asks for.
function pageOf(model, question, whole) {
  const limit = question.values.limit ?? LIMIT, place = question.values.cursor ? model.placeOf(question) : { from: 0 };
  if (place.to !== undefined) return { limit, start: Math.max(0, place.to - limit), end: place.to };
  return { limit, start: place.from, end: Math.min(whole.length, place.from + limit) };
}

// A link to the page beside this one has to ask the same, and its cursor stands where this page ends or begins.
function linkDiffers(model, question, rel, url, place) {
  if (!url !== !place) return [place ? `links.${rel} is missing` : `links.${rel} is ${url}, and nothing is there`];
  if (!url) return [];
  const own = { identity: model.identity(question), ...place };
  const cursor = new URLSearchParams(url.split('?')[1]).get('cursor');
  model.learn(cursor, own);
  const linked = model.read(url);
  if (linked.faults.size || linked.path !== question.path) return [`links.${rel} asks wrongly: ${url}`];
  if (model.identity(linked) !== own.identity) return [`links.${rel} asks for something else: ${url}`];
  return sameForm(question, linked).map((name) => `links.${rel} has another ${name}: ${url}`);
}

const sameForm = (a, b) => ['limit', 'fields', 'include', 'facets', 'format', 'dialect'].filter((name) => {
  const value = ({ values }) => JSON.stringify(name === 'limit' ? values.limit ?? LIMIT : name === 'fields' && values.fields ? [...new Set(values.fields)].sort() : values[name]);
  return value(a) !== value(b);
});

function linksDiffer(model, question, links, page, total) {
  const same = (rel, url) => {
    const linked = model.read(url), cursor = rel === 'self' ? question.values.cursor : undefined;
    return model.identity(linked) === model.identity(question) && linked.values.cursor === cursor && !sameForm(question, linked).length ? [] : [`links.${rel} is ${url}`];
  };
  return [...same('self', links.self), ...same('first', links.first),
    ...linkDiffers(model, question, 'next', links.next, page.end < total ? { from: page.end } : null),
    ...linkDiffers(model, question, 'prev', links.prev, page.start > 0 ? { to: page.start } : null)];
}

// The same links as a header; it has room for so many characters, and is left out where they do not fit.
const LINK_ROOM = 2048, RELS = ['self', 'first', 'next', 'prev'];

function headerDiffers(header, links) {
  const written = RELS.filter((rel) => links[rel]).map((rel) => `<${links[rel]}>; rel="${rel}"`).join(', ');
  return header === (written.length > LINK_ROOM ? undefined : written) ? [] : [`Link is ${header}`];
}

const headerLinks = (header) => Object.fromEntries([...(header ?? '').matchAll(/<([^>]*)>; rel="([a-z]+)"/g)].map(([, url, rel]) => [rel, url]));

function metaDiffers(model, meta, wanted) {
  const { licence, attribution, data_version: version } = meta;
  model.constant ??= JSON.stringify([licence, attribution, version]);
  const wrong = Object.entries(wanted).filter(([name, value]) => meta[name] !== value).map(([name, value]) => `meta.${name} is ${meta[name]}, not ${value}`);
  return JSON.stringify([licence, attribution, version]) === model.constant ? wrong : [...wrong, 'licence, attribution or data version changed'];
}

/* ── the answer ──────────────────────────────────────────────────────────────────────────────────────────────── */

function listStudies(model, question, exchange) {
  const whole = model.list(question), page = pageOf(model, question, whole), body = JSON.parse(exchange.body);
  const rows = whole.slice(page.start, page.end);
  return [
    ...metaDiffers(model, body.meta, { total: whole.length, returned: rows.length, limit: page.limit }),
    ...rowsDiffer(rows.map(({ card }) => picked(card, question.values.fields)), body.data, (i) => `${rows[i].id} (${rows[i].card.name})`),
    ...linksDiffer(model, question, body.links, page, whole.length), ...headerDiffers(exchange.headers.link, body.links),
  ];
}

const ANSWERS = { listStudies };
const TOGETHER = [
  // A cursor belongs to its question; only beside right filters can be told whose it is.
  { name: 'cursor', wrong: (question, model) => question.values.cursor !== undefined && !model.placeOf(question) },
];

module.exports = { ANSWERS, TOGETHER, picked, rowsDiffer, firstDifference, pageOf, linksDiffer, headerLinks, metaDiffers, LIMIT };
