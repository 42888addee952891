// SPDX-License-Identifier: GPL-3.0-or-later
// A study is the same in every format. What a cell should hold is worked out here from the JSON alone, by the rules of docs/csv.md, and
// the tables are read by a reader that is not ours.
'use strict';
const assert = require('node:assert/strict');
const test = require('node:test');
const { parse } = require('csv-parse/sync');
const { columnsOf, memberOf } = require('./columns.js');
const { serve } = require('./daemon.js');
const { Spec } = require('./spec.js');

const columns = columnsOf('/studies'), members = new Spec().members('/studies');
let daemon, studies;
const get = async (target) => {
  const answer = await fetch(`${daemon.url}${target}`);
  assert.equal(answer.status, 200, target);
  return { headers: answer.headers, text: Buffer.from(await answer.arrayBuffer()).toString('utf8') };
};
test.before(async () => {
  daemon = await serve();
  studies = JSON.parse((await get('/studies?limit=500')).text).data;
});
test.after(() => daemon?.stop());

const LISTS = { award: 'awards', category: 'categories', hospital: 'hospitals', identifier: 'identifiers', link: 'links', publication: 'publications', note: 'notes', source: 'sources' };
const ITEM = { call_years: 'call_year', mechanisms: 'mechanism', amounts_nok: 'amount_nok', kinds: 'kind', titles: 'title', lines: 'lines', codes: 'code', labels_nb: 'label.nb',
  labels_en: 'label.en', ids: 'id', names: 'name', regions: 'region', systems: 'system', values: 'value', urls: 'url', labels: 'label', citations: 'citation', dois: 'doi', fields: 'field',
  texts_nb: 'text.nb', texts_en: 'text.en', sources: 'source', documents: 'document' };
const at = (value, path) => path.split('.').reduce((object, name) => object?.[name], value);

// Where the rest of a name leads in an object: its words joined by dots or underscores, whichever there is.
function down(value, rest) {
  if (rest === '' || value === null) return value;
  const name = Object.keys(value).sort((a, b) => b.length - a.length).find((key) => rest === key || rest.startsWith(`${key}_`));
  assert.ok(name, `nothing is called ${rest}`);
  return down(value[name], rest.slice(name.length + 1));
}

function valueOf(study, column) {
  if (members.includes(column)) return study[column];
  const [, singular, rest] = /^([a-z]+)_(.*)$/.exec(column);
  if (!LISTS[singular]) return down(study, column);
  assert.ok(ITEM[rest], `nothing is called ${rest}`);
  return study[LISTS[singular]]?.map((item) => at(item, ITEM[rest])) ?? null;
}

function written(value, comma) {
  if (typeof value === 'boolean') return value ? 'TRUE' : 'FALSE';
  return value === null ? '' : typeof value === 'number' ? String(value).replace('.', comma) : String(value);
}

// The text of a cell, or null.
function cellOf(study, column, excel) {
  const value = valueOf(study, column.name), comma = excel ? ',' : '.';
  if (value === null || (Array.isArray(value) && value.length > 0 && value.every((item) => item === null))) return null;
  const text = Array.isArray(value) ? value.map((item) => written(item, comma)).join('; ')
    : column.type === 'decimal' && Number.isInteger(value) ? `${value}${comma}0` : written(value, comma);
  return excel && column.type === 'text' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
}

function read(text, excel) {
  // An unquoted empty field is null, a quoted one is an empty text.
  return parse(text, { bom: true, columns: true, delimiter: excel ? ';' : ',', record_delimiter: '\r\n', cast: (cell, { quoting }) => (cell === '' && !quoting ? null : cell) });
}

const QUERIES = ['', 'category=cancer', 'sort=-amount_nok,name', 'has_card=true&sort=leader', 'id=!aneed,ram-ms', 'call_year=2016..2018&fields=id,recruitment,hospitals', 'fields=notes,id,texts,links', 'call_year=1901'];
for (const query of QUERIES)
  for (const excel of [false, true])
    test(`CSV${excel ? ' for a spreadsheet' : ''} has the values of JSON: ${query || 'all'}`, async () => {
      const of = JSON.parse((await get(`/studies?limit=500&${query}`.replace(/&$/, ''))).text).data;
      const picked = new URLSearchParams(query).get('fields')?.split(',');
      const { headers, text } = await get(`/studies?format=csv${excel ? '&dialect=excel-nb' : ''}${query && `&${query}`}`);
      const rows = read(text, excel);
      assert.equal(rows.length, of.length);
      assert.equal(headers.get('x-row-count'), String(of.length));
      assert.equal(headers.get('x-total-count'), String(of.length));
      of.forEach((study, i) => {
        const wanted = columns.filter(({ name }) => !picked || picked.includes(memberOf(name, members)));
        assert.deepEqual(rows[i], Object.fromEntries(wanted.map((column) => [column.name, cellOf(study, column, excel)])));
      });
    });

for (const query of QUERIES)
  test(`the lines of NDJSON are the rows of JSON: ${query || 'all'}`, async () => {
    const of = JSON.parse((await get(`/studies?limit=500&${query}`.replace(/&$/, ''))).text).data;
    const { text } = await get(`/studies?format=ndjson${query && `&${query}`}`);
    assert.ok(text === '' || text.endsWith('\n'));
    assert.deepEqual(text.split('\n').slice(0, -1).map((line) => JSON.parse(line)), of);
  });

test('every member of a study has its columns, and every column is one', () => {
  const owned = new Set(columns.map(({ name }) => memberOf(name, members)));
  assert.deepEqual([...owned], members);
});

test('pages in each format join to the whole', async () => {
  for (const format of ['csv', 'ndjson']) {
    const whole = (await get(`/studies?format=${format}&sort=name`)).text;
    let joined = '', target = `/studies?format=${format}&sort=name&limit=7`, pages = 0;
    while (target) {
      const { headers, text } = await get(target);
      joined += pages++ === 0 || format === 'ndjson' ? text : text.slice(text.indexOf('\r\n') + 2);
      target = /<([^>]*)>; rel="next"/.exec(headers.get('link'))?.[1] ?? null;
    }
    assert.equal(pages, Math.ceil(studies.length / 7));
    assert.equal(joined, whole);
  }
});
