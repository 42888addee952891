// SPDX-License-Identifier: GPL-3.0-or-later
// A data set that no programme would print: every name is one that some reader of tables takes for something else. Written as the
// tests need it, in the format of docs/data-format.md.
'use strict';
const fs = require('node:fs');
const path = require('node:path');

// [id, acronym, lay title, scientific title, what it was granted, planned, included]
const STUDIES = [
  ['007', '007', 'Null null sju', '0012', 1, 0, 0],
  ['1e5', '1e5', 'Ser ut som et tall', '1E5 is no number', 2147483647, 20, 41],
  ['2024-12', '2024-12', 'Ser ut som en måned', '2024-12-31', 2147483648, 100, 62],
  ['1-2', '1/2', 'Ser ut som en dato', '31.12.2024', 9007199254740, 30, null],
  ['na', 'NA', 'Ikke NA', 'NA', 0, null, 25],
  ['nan', 'NaN', 'Inf', 'NULL', 3, null, null],
  ['true', 'TRUE', 'SANN', 'T', 4, null, null],
  ['formula', '=1+1', '=HYPERLINK("http://example.org";"x")', "=cmd|'/C calc'!A0", 5, null, null],
  ['plus', '+47 22 00 00 00', '-5', '-5 til +5', 6, null, null],
  ['at', '@SUM(A1:A9)', '@', "'=1+1", 7, null, null],
  ['quotes', '"sitat"', 'a "b" c', '""', 8, null, null],
  ['separators', 'a,b;c', 'a;b', 'a, b; c | d', 9, null, null],
  ['decimals', '1,5', '1.5', '1 000,50', 10, null, null],
  ['percent', '70%', '99,9 %', 'kr 5', 11, null, null],
  ['letters', 'ÆØÅ', 'Blåbærsyltetøy på Røst', 'Ærø, Ørland, Ålesund – čđŋšŧž', 12, null, null],
  ['wide', '🧬', 'e\u0301 er ikke \u00e9', '\u200e日本語 עברית', 13, null, null],
  ['blanks', 'a  b', 'fast\u00a0mellomrom', 'Smal\u2009luft', 14, null, null],
  ['hash', '#N/A', '#REF!', '# comment', 15, null, null],
  ['time', '12:30', '2:1', '1d6', 16, null, null],
  ['hex', '0x1F', '1i', '1L', 17, null, null],
  ['escape', 'a\\nb', '\\', 'C:\\temp\\"', 18, null, null],
  ['long', 'L', 'Ø'.repeat(2000), 'x'.repeat(4000), 19, null, null],
];
const INSTITUTIONS = [['007', '007', 'vest'], ['formula', '=1+1', 'nord'], ['minus', '-Sykehuset', 'midt'], ['unknown', 'NA', ''],
  ['letters', 'Ærøskøbing; Sjukehus, "ÅS"', 'sor-ost'], ['month', '2021-06', 'vest'], ['half', '1,5', 'vest']];
const CATEGORIES = [['formula', '=2+2', '+2'], ['number', '0012', '1e5'], ['cancer', 'Kreft', 'Cancer and neoplasms'], ['unprinted', '', '@x']];
const REGIONS = [['sor-ost', 'Sør-Øst', 'South-Eastern Norway'], ['vest', 'Vest', 'Western Norway'], ['midt', 'Midt-Norge', 'Central Norway'],
  ['nord', 'Nord', 'Northern Norway']];
const LEADERS = ['=Leder', 'NA', 'Åse "Ø" Ås', '007', "O'Hara; Jr.", '@leder', '+1', 'TRUE'];
const FIGURES = [['formula', 'amount', 'million-nok', 12, '=SUM(A1)', '-1', '=12'], ['half', 'included-share', 'percent', 99.9, '1,5', '1.5', '99,9 %'],
  ['zero', 'included', 'patients', 0, '', '', '0']];
const DATA = {
  'edition.json': { programme: 'traps', edition: '2025', title: { nb: 'Feller', en: 'Traps' }, as_of: '2025-06-30', collected: null, published: null,
    licence: null, attribution: null, document: { id: 'traps', title: '=traps', publisher: null, lines: 900 } },
  'programme.json': { id: 'traps', name: { nb: '=feller', en: 'NA' }, short_name: 'TRAPS', since: null, purpose: null, owners: null, administered_by: null,
    mandate: null, reporting: null, process: null, user_involvement: null, board: null, disclosure_threshold: 20, lines: null },
};

const field = (value) => (value === null || value === '' ? '' : `"${String(value).replaceAll('"', '""')}"`);
const table = (columns, rows) => [columns, ...rows.map((row) => row.map(field).join(','))].join('\n') + '\n';
const among = (list, i) => list[i % list.length];

const tables = {
  'regions.csv': () => table('code,label_nb,label_en,basis,lines', REGIONS.map((row) => [...row, 'general-knowledge', ''])),
  'mechanisms.csv': () => table('code,report_code,label_nb,label_en,lines', [['open-call', 'OU', 'Ordinær utlysning', 'Open call', '10']]),
  'categories.csv': () => table('code,label_nb,label_en,label_en_basis,lines', CATEGORIES.map(([code, nb, en]) => [code, nb, en, 'general-knowledge', nb && '12'])),
  'institutions.csv': () => table('id,name,region,region_basis,part_of,part_of_basis,lines',
    INSTITUTIONS.map(([id, name, region]) => [`trap-${id}`, name, region, region && 'source', '', '', '20'])),
  'aliases.csv': () => table('kind,id,alias,lines', [['institution', 'trap-half', '1.5', '24']]),
  'studies.csv': () => table('id,acronym,title_nb,title_en,status', STUDIES.map(([id, acronym, title], i) => [id, acronym, title, i % 2 ? '' : title, 'unknown'])),
  'awards.csv': () => table('study,kind,call_year,report_code,title,leader,institution,categories,amount_nok,lines',
    STUDIES.map(([study, , , title, amount], i) => [study, 'main', 2020 + (i % 5), 'OU', title, among(LEADERS, i), among(INSTITUTIONS, i)[1],
      i % 3 ? '=2+2' : '=2+2 & 0012', amount, '100'])),
  'plans.csv': () => table('study,region,planned,as_of,planned_end,lines',
    STUDIES.filter((row) => row[5] !== null).map(([study, , , , , planned]) => [study, '', planned, '2024-01-01', '2026-03', '200'])),
  'reports.csv': () => table('study,region,as_of,included,lines',
    STUDIES.filter((row) => row[6] !== null).flatMap(([study, , , , , , included]) =>
      [[study, '', '2024-12-31', included, '300'], [study, 'vest', '2024-12-31', Math.floor(included / 2), '301'], [study, '', '2023-06-30', 0, '302']])),
  'figures.csv': () => table('id,measure,unit,call_year,mechanism,region,category,group,value,as_of,label_nb,label_en,printed,lines',
    FIGURES.map(([id, measure, unit, value, nb, en, printed]) => [id, measure, unit, '', '', '', '', '', value, '2025-06-30', nb, en, printed, '400'])),
  'notes.csv': () => table('record,id,field,kind,text_nb,text_en,lines', [['figure', 'formula', 'value', 'discrepancy', '=1+1', '-1', '400']]),
};

// Writes the data set into the folder, which has to be there.
function write(folder) {
  for (const [name, value] of Object.entries(DATA)) fs.writeFileSync(path.join(folder, name), `${JSON.stringify(value)}\n`);
  for (const [name, make] of Object.entries(tables)) fs.writeFileSync(path.join(folder, name), make());
}

module.exports = { write };
