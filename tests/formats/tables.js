// SPDX-License-Identifier: GPL-3.0-or-later
// Every table the daemon offers, with what its JSON says should stand in each cell.
'use strict';
const fs = require('node:fs');
const path = require('node:path');

const CSV = 'text/csv';
const EXCEL = 'dialect=excel-nb';
// What makes a table have other columns, or other rows, than it has by itself.
const MORE = {
  '/stats/calls': ['group_by=category,institution'],
  '/stats/funding': ['group_by=region,status', 'programme=traps'],
  '/stats/categories': ['weighting=whole', 'group_by=category,region'],
  '/stats/institutions': ['programme=traps'],
  '/recruitment': ['from=2024-06-01&sort=-as_of'],
  '/studies': ['programme=traps&sort=-amount_nok', 'fields=name,title,amount_nok,recruitment'],
};
// Columns that are not named after the members they stand for, where a row has these: those with a value for each item of a list are named in the plural.
const MEMBERS = {
  computed_min: 'computed_range.min', computed_max: 'computed_range.max', document: 'source.document', lines: 'source.lines',
  published_document: 'published.source.document', published_lines: 'published.source.lines',
  award_call_years: 'awards.call_year', award_mechanisms: 'awards.mechanism', award_amounts_nok: 'awards.amount_nok', award_kinds: 'awards.kind',
  award_titles: 'awards.title', award_lines: 'awards.lines',
  category_codes: 'categories.code', category_labels_nb: 'categories.label.nb', category_labels_en: 'categories.label.en',
  hospital_ids: 'hospitals.id', hospital_names: 'hospitals.name', hospital_regions: 'hospitals.region',
  identifier_systems: 'identifiers.system', identifier_values: 'identifiers.value', link_urls: 'links.url', link_labels: 'links.label',
  publication_citations: 'publications.citation', publication_dois: 'publications.doi',
  note_fields: 'notes.field', note_kinds: 'notes.kind', note_texts_nb: 'notes.text.nb', note_texts_en: 'notes.text.en', note_sources: 'notes.source',
  source_documents: 'sources.document', source_lines: 'sources.lines',
};

// The targets of every operation that answers with CSV, without the format.
function targets(spec) {
  return spec.operations.filter((one) => one.responses[200]?.content[CSV])
    .flatMap(({ path: at }) => [at, ...(MORE[at] ?? []).map((query) => `${at}?${query}`)]);
}

const withQuery = (target, query) => `${target}${target.includes('?') ? '&' : '?'}${query}`;

async function ask(url) {
  const answer = await fetch(url, { signal: AbortSignal.timeout(30000) });
  if (answer.status !== 200) throw new Error(`${answer.status} for ${url}: ${await answer.text()}`);
  return answer;
}

// All rows of the JSON, whether it comes in pages or whole.
async function jsonRows(url, target, paged) {
  const rows = [];
  for (let next = paged ? withQuery(target, 'limit=500') : target; next;) {
    const page = await (await ask(url + next)).json();
    rows.push(...page.data);
    next = page.links?.next ?? null;
  }
  return rows;
}

// Of a list: the member of each item.
function member(row, names) {
  if (Array.isArray(row)) return row.map((item) => member(item, names));
  return names.length === 0 || row === null || row === undefined ? row : member(row[names[0]], names.slice(1));
}

// The value of the row that a column stands for: a_b_c is the member a_b_c, or the member c of a_b, and so on. undefined = there is none.
function valueOf(row, column) {
  const names = MEMBERS[column]?.split('.');
  if (names && Object.hasOwn(row, names[0])) return member(row, names);
  if (Object.hasOwn(row, column)) return row[column];
  for (let at = column.lastIndexOf('_'); at > 0; at = column.lastIndexOf('_', at - 1)) {
    const head = row[column.slice(0, at)];
    if (head === null) return null;
    if (head && typeof head === 'object' && !Array.isArray(head)) {
      const value = valueOf(head, column.slice(at + 1));
      if (value !== undefined) return value;
    }
  }
  return undefined;
}

// A list stands in one cell; nothing known in it is nothing known.
function scalar(value) {
  if (!Array.isArray(value)) return value;
  return value.length && value.every((one) => one === null) ? null : value.map((one) => (one === null ? '' : String(one))).join('; ');
}

// Saves every table in both dialects as FOLDER/N.csv and FOLDER/N-nb.csv: [{target, plain, excel, columns, rows}], rows as arrays of null,
// boolean, number or string, in the order of the columns.
async function save(spec, url, folder, columnsOf) {
  const tables = [];
  for (const target of targets(spec)) {
    const operation = spec.find('GET', target);
    const name = path.join(folder, String(tables.length));
    const one = { target, plain: `${name}.csv`, excel: `${name}-nb.csv` };
    fs.writeFileSync(one.plain, Buffer.from(await (await ask(url + withQuery(target, 'format=csv'))).arrayBuffer()));
    fs.writeFileSync(one.excel, Buffer.from(await (await ask(url + withQuery(target, `format=csv&${EXCEL}`))).arrayBuffer()));
    const json = await jsonRows(url, target, operation.parameters.some((row) => row.name === 'cursor'));
    one.columns = columnsOf(fs.readFileSync(one.plain, 'utf8'));
    one.rows = json.map((row) => one.columns.map((column) => scalar(valueOf(row, column))));
    tables.push(one);
  }
  return tables;
}

module.exports = { save };
