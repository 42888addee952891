// SPDX-License-Identifier: GPL-3.0-or-later
// A list as a table and as lines: the same rows as in JSON, by the rules of docs/csv.md.
'use strict';

/* ── columns ─────────────────────────────────────────────────────────────────────────────────────────────────── */

// Of a list of records: the column, and the member of an item that stands in it.
const LISTS = {
  awards: { award_call_years: 'call_year', award_mechanisms: 'mechanism', award_amounts_nok: 'amount_nok', award_kinds: 'kind', award_titles: 'title', award_lines: 'lines' },
  categories: { category_codes: 'code', category_labels_nb: 'label.nb', category_labels_en: 'label.en' },
  hospitals: { hospital_ids: 'id', hospital_names: 'name', hospital_regions: 'region' },
  identifiers: { identifier_systems: 'system', identifier_values: 'value' },
  links: { link_urls: 'url', link_labels: 'label' },
  publications: { publication_citations: 'citation', publication_dois: 'doi' },
  notes: { note_fields: 'field', note_kinds: 'kind', note_texts_nb: 'text.nb', note_texts_en: 'text.en', note_sources: 'source' },
  sources: { source_documents: 'document', source_lines: 'lines' },
};
const DECIMALS = new Set(['recruitment_percent']);

const at = (value, path) => path.split('.').reduce((object, name) => object[name], value);

// [column, value] for a member and all that is below it.
function cellsOf(name, value) {
  if (LISTS[name] && (value === null || Array.isArray(value))) return Object.entries(LISTS[name]).map(([column, path]) => [column, value && value.map((item) => at(item, path))]);
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return [[name, value]];
  return Object.entries(value).flatMap(([member, inner]) => cellsOf(`${name}_${member}`, inner));
}

// null is an empty field; the text of any other cell.
function textOf(column, value, excel) {
  if (value === null || (Array.isArray(value) && value.length > 0 && value.every((item) => item === null))) return null;
  const one = (item) => (item === null ? '' : typeof item === 'number' && DECIMALS.has(column) ? item.toFixed(1).replace('.', excel ? ',' : '.') : typeof item === 'boolean' ? String(item).toUpperCase() : String(item));
  const text = Array.isArray(value) ? value.map(one).join('; ') : one(value);
  const isText = [value].flat().some((item) => typeof item === 'string');
  return excel && isText && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
}

/* ── a strict reader: RFC 4180, and no more ──────────────────────────────────────────────────────────────────── */

const BARE = { ',': /[^,"\r\n]*/y, ';': /[^;"\r\n]*/y }, QUOTED = /"([^"]*(?:""[^"]*)*)"/y;

function take(pattern, body, at) {
  pattern.lastIndex = at;
  return pattern.exec(body);
}

// Records of {text, quoted}. Each record ends in CRLF, and a quote stands only around a field or doubled within one.
function readCsv(body, separator) {
  const records = [];
  for (let at = 0, record = []; at < body.length || record.length; at++) {
    const quoted = body[at] === '"', field = take(quoted ? QUOTED : BARE[separator], body, at);
    if (!field) throw new Error(`a quote is never closed: ${body.slice(at, at + 40)}`);
    record.push({ quoted, text: quoted ? field[1].replaceAll('""', '"') : field[0] });
    at += field[0].length;
    if (body[at] === separator) continue;
    if (body.slice(at, at + 2) !== '\r\n') throw new Error(`a field ends in ${JSON.stringify(body.slice(at, at + 20))}`);
    at++;
    records.push(record);
    record = [];
  }
  return records;
}

/* ── the body ────────────────────────────────────────────────────────────────────────────────────────────────── */

const MARK = '\ufeff';

function tableDiffers(rows, columnsFrom, body, excel) {
  if (body.startsWith(MARK) !== excel) return [excel ? 'the mark is missing' : 'a mark that nobody asked for'];
  let records;
  try {
    records = readCsv(excel ? body.slice(1) : body, excel ? ';' : ',');
  } catch (error) {
    return [`no CSV: ${error.message}`];
  }
  const cells = (row) => Object.entries(row).flatMap(([name, value]) => cellsOf(name, value));
  const header = records[0].map(({ text }) => text).join(), names = cells(columnsFrom).map(([name]) => name);
  if (header !== names.join()) return [`the header is ${header}, not ${names}`];
  if (records.length !== rows.length + 1) return [`${records.length - 1} rows, not ${rows.length}`];
  for (const [i, row] of rows.entries()) {
    const record = records[i + 1], wanted = cells(row);
    if (record.length !== wanted.length) return [`row ${i} has ${record.length} fields, not ${wanted.length}`];
    const odd = wanted.findIndex(([column, value], j) => {
      const text = textOf(column, value, excel);
      return text === null ? record[j].quoted || record[j].text !== '' : record[j].text !== text || (text === '' && !record[j].quoted);
    });
    if (odd >= 0) return [`row ${i} (${row.id}): ${wanted[odd][0]} is ${JSON.stringify(record[odd])}, not ${JSON.stringify(textOf(...wanted[odd], excel))}`];
  }
  return [];
}

// Rows of any JSON as a table: every column that is called after a member has that member's value.
function cellsDiffer(rows, body, excel) {
  const [header, ...records] = readCsv(excel ? body.replace(MARK, '') : body, excel ? ';' : ',');
  if (records.length !== rows.length) return [`${records.length} rows, not ${rows.length}`];
  const flat = (row) => Object.fromEntries(Object.entries(row).flatMap(([name, value]) => (Array.isArray(value) ? [] : cellsOf(name, value))));
  return rows.flatMap((row, i) => {
    const members = flat(row), known = header.filter(({ text: name }) => name in members);
    if (!known.length) return [`row ${i}: no column is a member`];
    return header.flatMap(({ text: name }, j) => {
      if (!(name in members)) return [];
      const text = textOf(name, members[name], excel), cell = records[i][j];
      const same = typeof members[name] === 'number' ? Number(cell.text.replace(',', '.')) === members[name] : text === null ? cell.text === '' : cell.text === text;
      return same ? [] : [`row ${i}: ${name} is ${JSON.stringify(cell.text)}, not ${JSON.stringify(text)}`];
    });
  }).slice(0, 3);
}

function linesDiffer(rows, body) {
  if (body && !body.endsWith('\n')) return ['the last line is cut'];
  const lines = body.split('\n').slice(0, -1);
  if (lines.length !== rows.length) return [`${lines.length} lines, not ${rows.length}`];
  const odd = rows.findIndex((row, i) => JSON.stringify(row) !== JSON.stringify(JSON.parse(lines[i])));
  return odd < 0 ? [] : [`line ${odd} is ${lines[odd].slice(0, 200)}, not ${JSON.stringify(rows[odd]).slice(0, 200)}`];
}

module.exports = { tableDiffers, cellsDiffer, linesDiffer, readCsv };
