// SPDX-License-Identifier: GPL-3.0-or-later
// GET /studies: rows, totals and pages.
'use strict';
const { facetsDiffer } = require('./facets.js');
const { tableDiffers, linesDiffer } = require('./formats.js');
const { sorted } = require('./order.js');
const { highlightsDiffer } = require('./search.js');

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

const isTable = ({ format }) => format !== 'json';

// The rows from start to end of the whole list that the question asks for. A table without limit and cursor is all of it.
function pageOf(model, question, whole) {
  const { limit: asked, cursor } = question.values;
  if (isTable(question) && asked === undefined && cursor === undefined) return { limit: null, start: 0, end: whole.length };
  const limit = asked ?? LIMIT, place = cursor ? model.placeOf(question) : { from: 0 };
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
  const linked = model.read(url, question.accept);
  if (linked.faults.size || linked.path !== question.path) return [`links.${rel} asks wrongly: ${url}`];
  if (model.identity(linked) !== own.identity) return [`links.${rel} asks for something else: ${url}`];
  return sameForm(pageBeside(question), linked).map((name) => `links.${rel} has another ${name}: ${url}`);
}

// Facets would be the same on each page: the links to the other ones leave them out.
const pageBeside = ({ values: { facets, ...values } }) => ({ values });

const asSet = (values) => values && [...new Set(values)].sort();
// Beside a dialect a link says the format too, which the question may have left to its headers.
const FORM = {
  limit: ({ limit }) => limit ?? LIMIT, fields: ({ fields }) => asSet(fields), include: ({ include }) => asSet(include), facets: ({ facets }) => facets,
  format: ({ format, dialect }) => format ?? (dialect ? 'csv' : 'json'), dialect: ({ dialect }) => dialect ?? 'rfc4180',
};
const sameForm = (a, b) => Object.keys(FORM).filter((name) => JSON.stringify(FORM[name](a.values)) !== JSON.stringify(FORM[name](b.values)));

function linksDiffer(model, question, links, page, total) {
  const same = (rel, url) => {
    const linked = model.read(url, question.accept), cursor = rel === 'self' ? question.values.cursor : undefined;
    return model.identity(linked) === model.identity(question) && linked.values.cursor === cursor && !sameForm(question, linked).length ? [] : [`links.${rel} is ${url}`];
  };
  if (page.limit === null) return [...same('self', links.self), ...['first', 'next', 'prev'].filter((rel) => links[rel]).map((rel) => `a whole result has a link ${rel}`)];
  return [...same('self', links.self), ...same('first', links.first),
    ...linkDiffers(model, question, 'next', links.next, page.end < total ? { from: page.end } : null),
    ...linkDiffers(model, question, 'prev', links.prev, page.start > 0 ? { to: page.start } : null)];
}

// The same links as a header. Where not all fit, those to the pages beside this one are there, or the next alone, or none.
const LINK_ROOM = 2048, RELS = [['self', 'first', 'next', 'prev'], ['next', 'prev'], ['next'], []];

function headerDiffers(header, links) {
  const written = RELS.map((rels) => rels.filter((rel) => links[rel]).map((rel) => `<${links[rel]}>; rel="${rel}"`).join(', ')).find((text) => text.length <= LINK_ROOM);
  return (header ?? '') === written ? [] : [`Link is ${header}, not ${written}`];
}

// What the header of a table has of the links: the ones that are lost are none that are needed.
function tableLinksDiffer(model, question, header, page, total) {
  const links = linksOf(header ?? ''), isShort = question.target.length < LINK_ROOM / 5;
  if (isShort || (links.self && (links.first || page.limit === null))) return linksDiffer(model, question, links, page, total);
  const rels = [['next', page.end < total ? { from: page.end } : null], ['prev', page.start > 0 ? { to: page.start } : null]];
  return page.limit === null ? [] : rels.filter(([rel]) => rel === 'next' || links[rel]).flatMap(([rel, place]) => linkDiffers(model, question, rel, links[rel], place));
}

// A page of a table whose next link does not fit is refused, by the name of limit. How long the link would be, the daemon alone knows.
function isTooLong(question, { status, body }) {
  const isPage = isTable(question) && (question.values.limit !== undefined || question.values.cursor !== undefined);
  return isPage && status === 400 && question.target.length > LINK_ROOM / 3 && JSON.parse(body).errors.every(({ name, reason }) => name === 'limit' && /does not fit/.test(reason));
}

const linksOf = (header) => Object.fromEntries([...header.matchAll(/<([^>]*)>; rel="([a-z]+)"/g)].map(([, url, rel]) => [rel, url]));

function metaDiffers(model, meta, wanted) {
  const { licence, attribution, data_version: version } = meta;
  model.constant ??= JSON.stringify([licence, attribution, version]);
  const wrong = Object.entries(wanted).filter(([name, value]) => meta[name] !== value).map(([name, value]) => `meta.${name} is ${meta[name]}, not ${value}`);
  return JSON.stringify([licence, attribution, version]) === model.constant ? wrong : [...wrong, 'licence, attribution or data version changed'];
}

/* ── the answer ──────────────────────────────────────────────────────────────────────────────────────────────── */

const TYPES = { json: 'application/json', csv: 'text/csv', ndjson: 'application/x-ndjson' };

// What every format says in its head.
function headDiffers(question, headers, total, returned) {
  const type = headers['content-type'].split(';')[0], wanted = TYPES[question.format], counts = [headers['x-total-count'], headers['x-row-count']];
  return [...(type === wanted ? [] : [`it is ${type}, not ${wanted}`]),
    ...(!question.counted || counts.join() === `${total},${returned}` ? [] : [`X-Total-Count and X-Row-Count are ${counts}, not ${total} and ${returned}`])];
}

// Of a list whose rows are known: {whole: how many, page, rows, example: a row whose members say the columns, name: of a row}.
function rowsAnswer(model, question, exchange, { whole, page, rows, example, name }) {
  const { headers, body } = exchange, { format, values: { dialect } } = question;
  const head = headDiffers(question, headers, whole, rows.length);
  if (!isTable(question)) {
    const { data, meta, links } = JSON.parse(body);
    return [...metaDiffers(model, meta, { total: whole, returned: rows.length, limit: page.limit }), ...rowsDiffer(rows, data, name), ...linksDiffer(model, question, links, page, whole),
      ...headerDiffers(headers.link, links), ...head, ...(question.values.facets || meta.facets ? facetsDiffer(model, question, meta.facets) : [])];
  }
  const links = tableLinksDiffer(model, question, headers.link, page, whole);
  return [...(format === 'csv' ? tableDiffers(rows, example, body, dialect === 'excel-nb') : linesDiffer(rows, body)), ...links, ...head];
}

// Takes the highlights out of the rows, which are then as they are without, and says what is wrong with them.
function takeHighlights(search, studies, exchange) {
  const body = JSON.parse(exchange.body), wrong = [];
  for (const [i, row] of body.data.entries()) {
    const why = Array.isArray(row.highlights) ? studies[i] && highlightsDiffer(search, studies[i], row.highlights) : 'no highlights';
    delete row.highlights;
    if (why) wrong.push(`row ${i} (${studies[i]?.id}): ${why}`);
  }
  return { wrong, bare: { ...exchange, body: JSON.stringify(body) } };
}

function listStudies(model, question, exchange) {
  const whole = model.whole(question, () => sorted(model.filtered(question.values), question.values)), page = pageOf(model, question, whole), { fields, include, q } = question.values;
  const studies = whole.slice(page.start, page.end), rows = studies.map(({ card }) => picked(card, fields));
  const { wrong, bare } = include ? takeHighlights(q, studies, exchange) : { wrong: [], bare: exchange };
  return [...wrong, ...rowsAnswer(model, question, bare, { whole: whole.length, page, rows, example: picked(model.records.studies[0].card, fields), name: (i) => `${studies[i].id} (${studies[i].card.name})` })];
}

const ANSWERS = { listStudies };
const TOGETHER = [
  { name: 'include', wrong: (question) => question.values.include !== undefined && (question.values.q === undefined || isTable(question)) },
  { name: 'facets', wrong: (question) => question.values.facets !== undefined && isTable(question) },
  { of: ({ id }) => id === 'listStudies', name: 'sort', wrong: ({ values }) => values.sort?.some(({ key }) => key === 'relevance') && values.q === undefined },
  { name: 'dialect', wrong: ({ values, format }) => values.dialect !== undefined && format !== 'csv' },
  // A cursor belongs to its question; only beside what is right can be told whose it is.
  { name: 'cursor', after: true, wrong: (question, model) => question.values.cursor !== undefined && !model.placeOf(question) },
];

module.exports = { ANSWERS, TOGETHER, TYPES, isTooLong, picked, rowsDiffer, firstDifference, pageOf, rowsAnswer, linksOf, LIMIT };
