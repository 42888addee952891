// SPDX-License-Identifier: GPL-3.0-or-later
// Reads the files of a data set for the tests, with a small CSV reader of its own: nothing is shared with the importer.
'use strict';
const fs = require('node:fs');
const path = require('node:path');

const FOLDER = path.join(__dirname, '..', '..', 'data', 'klinbeforsk-2024');

const COLUMNS = {
  'regions.csv': 'code,label_nb,label_en,basis,lines',
  'mechanisms.csv': 'code,report_code,label_nb,label_en,lines',
  'categories.csv': 'code,label_nb,label_en,label_en_basis,lines',
  'institutions.csv': 'id,name,region,region_basis,part_of,part_of_basis,lines',
  'aliases.csv': 'kind,id,alias,lines',
  'studies.csv': 'id,acronym,title_nb,title_en,status',
  'awards.csv': 'study,kind,call_year,report_code,title,leader,institution,categories,amount_nok,lines',
  'plans.csv': 'study,region,planned,as_of,planned_end,lines',
  'reports.csv': 'study,region,as_of,included,lines',
  'figures.csv': 'id,measure,unit,call_year,mechanism,region,category,group,value,as_of,label_nb,label_en,printed,lines',
  'notes.csv': 'record,id,field,kind,text_nb,text_en,lines',
};

function parseCsv(text) {
  const rows = [];
  let row = [], field = '', quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (quoted) {
      if (c !== '"') field += c;
      else if (text[i + 1] === '"') { field += '"'; i++; }
      else quoted = false;
    } else if (c === '"' && field === '') quoted = true;
    else if (c === '"') throw new Error(`a quote inside an unquoted field, row ${rows.length + 1}`);
    else if (c === ',') { row.push(field); field = ''; }
    else if (c === '\n') { row.push(field); rows.push(row); row = []; field = ''; }
    else field += c;
  }
  if (quoted || field !== '' || row.length) throw new Error('the last row does not end');
  return rows;
}

function readText(name, folder = FOLDER) {
  return fs.readFileSync(path.join(folder, name), 'utf8');
}

function readCsv(name, folder = FOLDER) {
  const [header, ...rows] = parseCsv(readText(name, folder));
  return rows.map((r, i) => {
    if (r.length !== header.length) throw new Error(`${name}: row ${i + 2} has ${r.length} fields, not ${header.length}`);
    return Object.fromEntries(header.map((h, k) => [h, r[k]]));
  });
}

function readJson(name, folder = FOLDER) {
  return JSON.parse(readText(name, folder));
}

function readAll(folder = FOLDER) {
  const set = { edition: readJson('edition.json', folder), programme: readJson('programme.json', folder), cards: [] };
  for (const name of Object.keys(COLUMNS)) set[name.replace('.csv', '')] = readCsv(name, folder);
  for (const name of fs.readdirSync(path.join(folder, 'cards')).sort())
    set.cards.push({ file: name, ...readJson(path.join('cards', name), folder) });
  return set;
}

// Every pair of texts for people, with the place it stands and the lines of its record.
function textsForPeople(set) {
  const texts = [];
  const walk = (where, value, lines) => {
    if (value === null || typeof value !== 'object') return;
    if ('nb' in value && 'en' in value) { texts.push({ where, nb: value.nb, en: value.en, lines }); return; }
    for (const [k, v] of Object.entries(value)) walk(`${where}.${k}`, v, value.lines ?? lines);
  };
  walk('edition', set.edition, null);
  walk('programme', set.programme, set.programme.lines);
  for (const card of set.cards) walk(`cards/${card.study}`, card, card.lines);
  set.notes.forEach((n, i) => texts.push({ where: `notes row ${i + 2}`, nb: n.text_nb, en: n.text_en, lines: n.lines }));
  set.figures.forEach((f) => texts.push({ where: `figures ${f.id}`, nb: f.label_nb, en: f.label_en, lines: f.lines }));
  return texts;
}

module.exports = { FOLDER, COLUMNS, parseCsv, readText, readCsv, readJson, readAll, textsForPeople };
