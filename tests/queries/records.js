// SPDX-License-Identifier: GPL-3.0-or-later
// What the model knows: the records as the daemon gives them, and of the data sets' files what no answer shows as it is: other spellings of leaders, old
// ids of studies, the end that a plan names, and each report by itself.
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { parse: parseCsv } = require('csv-parse/sync');
const { placesOf } = require('./alphabet.js');

const rowsOf = (folder, file) => parseCsv(fs.readFileSync(path.join(folder, file), 'utf8'), { columns: true });

async function wholeList(get, first) {
  const rows = [];
  for (let url = first; url;) {
    const page = JSON.parse(await get(url));
    rows.push(...page.data);
    url = page.links.next;
  }
  return rows;
}

// Spelling → what it stands for. As it stands before any case; codes before names before other spellings; of two alike the first.
class Vocabulary {
  constructor(anyCase = false) {
    Object.assign(this, { anyCase, exact: new Map(), folded: new Map(), spellings: [] });
  }

  add(spelling, value) {
    const folded = spelling.toLowerCase();
    this.spellings.push({ spelling, value });
    if (!this.exact.has(spelling)) this.exact.set(spelling, value);
    if (!this.folded.has(folded)) this.folded.set(folded, value);
  }

  find(text) {
    return this.exact.get(text) ?? (this.anyCase ? this.folded.get(text.toLowerCase()) : undefined);
  }
}

const byBytes = (a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b));

function vocabularies({ studies, institutions, programmes, categories }, folders) {
  const aliases = folders.flatMap((folder) => rowsOf(folder, 'aliases.csv'));
  const vocabulary = { programme: new Vocabulary(), category: new Vocabulary(), study: new Vocabulary(), institution: new Vocabulary(true), leader: new Vocabulary(true) };
  for (const { id } of programmes) vocabulary.programme.add(id, id);
  for (const { code } of categories) vocabulary.category.add(code, code);
  for (const { id } of studies) vocabulary.study.add(id, id);
  for (const { kind, id, alias } of aliases) if (kind === 'study') vocabulary.study.add(alias, id);
  const places = [...institutions].sort((a, b) => byBytes(a.id, b.id));
  for (const { id } of places) vocabulary.institution.add(id, id);
  for (const { id, name } of places) vocabulary.institution.add(name, id);
  for (const { id, aliases: others } of places) for (const alias of others) vocabulary.institution.add(alias, id);
  const leaders = [...new Set(studies.map(({ leader }) => leader.name))].sort(byBytes);
  for (const name of leaders) vocabulary.leader.add(name, name);
  const others = aliases.filter(({ kind, id }) => kind === 'leader' && leaders.includes(id));
  for (const { id, alias } of others.sort((a, b) => byBytes(a.id, b.id) || byBytes(a.alias, b.alias))) vocabulary.leader.add(alias, id);
  return vocabulary;
}

// Study → its newest plan of the whole study; of one day the later edition's. Folders come in the order of their editions.
function newestPlans(folders) {
  const newest = new Map();
  for (const row of folders.flatMap((folder) => rowsOf(folder, 'plans.csv')).filter(({ region }) => !region))
    if (!newest.has(row.study) || newest.get(row.study).as_of <= row.as_of) newest.set(row.study, row);
  return newest;
}

// Study → the reports that stand: of one region and day the later edition's.
function standingReports(folders) {
  const standing = new Map();
  for (const folder of folders) {
    const { document } = JSON.parse(fs.readFileSync(path.join(folder, 'edition.json'), 'utf8'));
    for (const { study, region, as_of: asOf, included, lines } of rowsOf(folder, 'reports.csv'))
      standing.set([study, region, asOf].join(), { study, region: region || null, as_of: asOf, included: Number(included), source: { document: document.id, lines: lines || null } });
  }
  const reports = new Map();
  for (const row of standing.values()) reports.set(row.study, [...(reports.get(row.study) ?? []), row]);
  return reports;
}

// series: as it comes without from, to and interval; regions: each with its newest plan and count.
function countsOf({ series, ...recruitment }) {
  return { series, recruitment, regions: recruitment.regions, totalsOnly: recruitment.disclosure === 'totals-only' };
}

async function readRecords(get, folders) {
  const rows = await wholeList(get, '/studies?limit=500');
  const [institutions, programmes, categories, regions, mechanisms] = await Promise.all(
    ['/institutions', '/programmes', '/categories', '/regions', '/mechanisms'].map((url) => wholeList(get, url)));
  const plans = newestPlans(folders), reports = standingReports(folders), partOf = new Map(institutions.map(({ id, part_of }) => [id, part_of]));
  const counts = await Promise.all(rows.map(async ({ id }) => JSON.parse(await get(`/studies/${id}/recruitment`))));
  const studies = rows.map((card, i) => ({
    card, id: card.id, plan: plans.get(card.id) ?? null, reports: reports.get(card.id) ?? [], ...countsOf(counts[i]),
    places: { name: placesOf(card.name), leader: placesOf(card.leader.name), institution: placesOf(card.institution.name) },
  }));
  return { studies, institutions, programmes, categories, regions, mechanisms, partOf,
    vocabulary: vocabularies({ studies: rows, institutions, programmes, categories }, folders) };
}

module.exports = { readRecords, Vocabulary, rowsOf, wholeList };
