// SPDX-License-Identifier: GPL-3.0-or-later
// Every table that the daemon offers, opened as people open tables, holds what the JSON says: in Python, R and LibreOffice, with the
// real data set and one of traps, in both dialects.
'use strict';
const assert = require('node:assert/strict');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const test = require('node:test');
const { DATA, serveEditions } = require('../contract/daemon.js');
const { Spec } = require('../contract/spec.js');
const invented = require('./invented.js');
const { libreOffice, program, python, r } = require('./readers.js');
const { save } = require('./tables.js');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'studyd-tables-'));
const NORWEGIAN = 1044, ENGLISH = 1033;
const UTF8 = ['C.UTF-8', 'nb_NO.UTF-8'];
let daemon, tables, plain, excel;

test.before(async () => {
  const traps = path.join(folder, 'traps');
  fs.mkdirSync(traps);
  invented.write(traps);
  daemon = await serveEditions([...DATA, traps]);
  tables = await save(new Spec(), daemon.url, folder, (text) => text.slice(0, text.indexOf('\r\n')).split(','));
  plain = tables.map((one) => one.plain);
  excel = tables.map((one) => one.excel);
  await program('localedef', ['-i', 'nb_NO', '-f', 'UTF-8', path.join(folder, 'nb_NO.UTF-8')]);
});
test.after(() => {
  fs.rmSync(folder, { recursive: true, force: true });
  return daemon?.stop();
});

const inLocale = (name) => ({ LC_ALL: name, ...(name === 'C.UTF-8' ? {} : { LOCPATH: folder }) });
const columnOf = (table, at) => table.rows.map((row) => row[at]);

// Says where it went wrong, of all tables at once.
function compare(check) {
  const faults = [];
  tables.forEach((table, t) => table.columns.forEach((name, at) => {
    try {
      check(table, t, name, at);
    } catch (error) {
      faults.push(`${table.target} ${name}: ${error.message}`);
    }
  }));
  assert.deepEqual(faults.slice(0, 20), []);
}

/* ── what a table promises ───────────────────────────────────────────────────────────────────────────────────── */

const isArmed = (text) => /^[=+\-@\t\r]/.test(text);
const disarmed = (text) => (isArmed(text) ? `'${text}` : text);
function asText(value, isExcel) {
  if (typeof value === 'boolean') return value ? 'TRUE' : 'FALSE';
  return value === null ? '' : isExcel && typeof value === 'string' ? disarmed(value) : String(value);
}

test('every column is a member of the JSON, and the traps are there', () => {
  for (const { target, columns, rows } of tables) {
    assert.ok(rows.length > 0, `${target} is empty`);
    columns.forEach((name, at) => assert.ok(rows.every((row) => row[at] !== undefined), `${target}: nothing in the JSON is named ${name}`));
  }
  const texts = new Set(tables.flatMap(({ rows }) => rows.flat()).filter((value) => typeof value === 'string'));
  for (const trap of ['=1+1', '-Sykehuset', '0012', 'NA', '1,5', '2021-06', 'Ærøskøbing; Sjukehus, "ÅS"'])
    assert.ok(texts.has(trap), `no table shows ${trap}`);
});

/* ── Python ──────────────────────────────────────────────────────────────────────────────────────────────────── */

function sameAsPrinted(printed, value, isExcel) {
  if (typeof value !== 'number') return assert.equal(printed, asText(value, isExcel));
  assert.match(printed, isExcel ? /^-?\d+(,\d+)?$/ : /^-?\d+(\.\d+)?$/);
  return assert.equal(Number(printed.replace(',', '.')), value);
}

for (const locale of UTF8)
  for (const isExcel of [false, true])
    test(`Python reads ${isExcel ? 'excel-nb' : 'RFC 4180'} in ${locale}`, async () => {
      const read = await python(isExcel ? excel : plain, inLocale(locale));
      compare((table, t, name, at) => {
        assert.deepEqual(read[t].columns, table.columns);
        assert.equal(read[t].rows.length, table.rows.length);
        columnOf(table, at).forEach((value, i) => sameAsPrinted(read[t].rows[i][name], value, isExcel));
      });
    });

/* ── R ───────────────────────────────────────────────────────────────────────────────────────────────────────── */

const NUMBER = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i, INT_MAX = 2 ** 31 - 1;

// These are printed with a decimal also where it is 0.
const DECIMALS = new Set(['percent', 'recruitment_percent']);

// The class R gives to a column of these values.
function classOf(name, values, emptyIsNa) {
  const told = values.filter((value) => value !== null && value !== '' && (emptyIsNa || value !== 'NA'));
  if (told.length && DECIMALS.has(name)) return 'numeric';
  if (told.every((value) => typeof value === 'boolean' || ['T', 'F', 'TRUE', 'FALSE'].includes(value))) return 'logical';
  if (!told.every((value) => NUMBER.test(String(value)))) return 'character';
  return told.every((value) => /^[-+]?\d+$/.test(String(value)) && Math.abs(Number(value)) <= INT_MAX) ? 'integer' : 'numeric';
}

function valueInR(value, kind, emptyIsNa) {
  if (value === null || value === '') return kind !== 'character' || emptyIsNa ? null : '';
  if (value === 'NA' && !emptyIsNa) return null;
  if (kind === 'logical') return String(value).toUpperCase();
  return kind === 'character' ? String(value) : Number(value);
}

function sameInR(column, values, emptyIsNa) {
  assert.equal(column.kind, classOf(column.name, values, emptyIsNa));
  const got = column.values.map((text) => (text !== null && ['integer', 'numeric'].includes(column.kind) ? Number(text) : text));
  assert.deepEqual(got, values.map((value) => valueInR(value, column.kind, emptyIsNa)));
}

for (const locale of UTF8)
  for (const emptyIsNa of [false, true])
    test(`R reads RFC 4180 in ${locale}, ${emptyIsNa ? 'with na.strings = ""' : 'with no argument'}`, async () => {
      const read = await r(plain, { ...inLocale(locale), EMPTY_IS_NA: emptyIsNa ? '1' : '' });
      compare((table, t, name, at) => {
        assert.equal(read[t].columns[at].name, name);
        sameInR(read[t].columns[at], columnOf(table, at), emptyIsNa);
      });
    });

test('R reads excel-nb with read.csv2', async () => {
  const read = await r(excel, { ...inLocale('nb_NO.UTF-8'), EMPTY_IS_NA: '1' });
  compare((table, t, name, at) => {
    assert.equal(read[t].columns[at].name, name);
    const values = columnOf(table, at).map((value) => (typeof value === 'string' ? disarmed(value) : value));
    sameInR(read[t].columns[at], values, true);
  });
});

/* ── LibreOffice ─────────────────────────────────────────────────────────────────────────────────────────────── */

const CAREFUL = { quotedIsText: true, findsNumbers: false, runsFormulas: false };
const CARELESS = { quotedIsText: false, findsNumbers: true, runsFormulas: true };
// What a spreadsheet takes for a number, a date, a time, a share or a truth when it may. Nothing of a register that is a word is among them.
const NUMBER_OR_DATE = /^[\d.,:/ -]+ ?%?$|^\d+e\d+$|^kr \d+$|^(true|false|sann|usann)$/i;

// Whether the cell holds the value. A text for which taken has a pattern may have become something else, but never a formula.
function sameInCell(cell, value, { taken, isExcel }) {
  if (cell?.formula) assert.fail(`a formula: ${cell.formula}`);
  if (value === null || value === '') return assert.equal(cell, null);
  if (typeof value === 'number') return assert.deepEqual([cell?.type, Number(cell?.value)], ['float', value]);
  const text = asText(value, isExcel);
  if (cell?.type === 'date' && /^\d{4}-\d\d-\d\d$/.test(text)) return assert.equal(cell.value, text);
  if (cell && cell.type !== 'string' && taken?.test(text)) return undefined;
  return assert.deepEqual([cell?.type, cell?.value], ['string', text]);
}

function sameInTextCell(cell, value, { isExcel }) {
  if (value === null || value === '') return assert.equal(cell, null);
  assert.deepEqual([cell?.type, cell?.formula], ['string', null]);
  return sameAsPrinted(cell.value, value, isExcel);
}

function sameInSheets(sheets, how, same = sameInCell) {
  compare((table, t, column, at) => {
    assert.equal(sheets[t].length, table.rows.length + 1);
    assert.equal(sheets[t][0][at]?.value, column);
    columnOf(table, at).forEach((value, i) => same(sheets[t][i + 1][at] ?? null, value, how));
  });
}

test('LibreOffice opens excel-nb as a Norwegian spreadsheet that takes what it can for a number or a formula', async () => {
  const sheets = await libreOffice(excel, { separator: ';', language: NORWEGIAN, ...CARELESS }, path.join(folder, 'norwegian'));
  sameInSheets(sheets, { taken: NUMBER_OR_DATE, isExcel: true });
});

test('LibreOffice opens RFC 4180 with the settings of its own dialogue', async () => {
  const sheets = await libreOffice(plain, { separator: ',', language: ENGLISH, ...CAREFUL }, path.join(folder, 'english'));
  sameInSheets(sheets, { taken: /^[-+]?\d+(\.\d+)?(e\d+)?$/, isExcel: false });
});

test('LibreOffice keeps every character of excel-nb where its columns are opened as text', async () => {
  const columns = Array.from({ length: Math.max(...tables.map((one) => one.columns.length)) }, (_, i) => `${i + 1}/2`).join('/');
  const sheets = await libreOffice(excel, { separator: ';', language: NORWEGIAN, columns, ...CARELESS }, path.join(folder, 'text'));
  sameInSheets(sheets, { isExcel: true }, sameInTextCell);
});

test('a formula that nothing disarms would have been seen', async () => {
  const sheets = await libreOffice(plain, { separator: ',', language: ENGLISH, ...CARELESS }, path.join(folder, 'armed'));
  assert.throws(() => sameInSheets(sheets, { taken: NUMBER_OR_DATE, isExcel: false }), /a formula: of:=/);
});
