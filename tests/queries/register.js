// SPDX-License-Identifier: GPL-3.0-or-later
// A second programme, invented: two editions in the documented format, with everything in them that a reader or a writer may trip over.
// The facts mean nothing; they are there to be asked for.
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { chance } = require('./chance.js');

const STUDIES = 300, LATER = 24; // of the first edition; those that the second adds
const REGIONS = ['sor-ost', 'vest', 'midt', 'nord', 'international'];
const REPORT_CODES = ['OU', 'BF', 'AT'];
const STATUSES = ['planned', 'recruiting', 'recruitment-ended', 'follow-up', 'completed', 'stopped', 'unknown'];
const CATEGORIES = [['blood', 'Blod', 'Blood'], ['cancer', 'Kreft', 'Cancer and neoplasms'], ['cardiovascular', 'Hjerte og kar', 'Cardiovascular'],
  ['congenital', 'Medfødte lidelser', 'Congenital Disorders'], ['ear', 'Øre', 'Ear'], ['eye', 'Øye', 'Eye'], ['infection', 'Infeksjon', 'Infection'],
  ['inflammatory-immune', 'Betennelse og immunsystem', null], ['mental-health', 'Mental helse', 'Mental Health'],
  ['oral-gastrointestinal', 'Munnhule, mage-tarm', 'Oral and Gastrointestinal'], ['skin', 'Hud', 'Skin'], ['stroke', 'Hjerneslag', 'Stroke'],
  ['generic', 'Hår & hud; "alt" & mer', null], ['made-up', '=1+1, «påfunn»', 'Made up 🧪'], ['never-used', 'Aldri brukt', 'Never used']];

// id, name, region, part of
const INSTITUTIONS = [
  ['helse-bergen', 'HELSE BERGEN, haukeland', 'vest', null], // another programme names it otherwise: this one becomes an alias
  ['ostre-helseforetak', 'Østre helseforetak', 'sor-ost', null], ['ostre-klinikk', 'Østre klinikk', 'sor-ost', 'ostre-helseforetak'],
  ['ostre-post', 'Østre klinikk, post 4', 'sor-ost', 'ostre-klinikk'], ['ostre-seng', 'Østre "seng" 4b', null, 'ostre-post'],
  ['aas-sykehus', 'Aas sykehus', 'sor-ost', null], ['as-sykehus', 'Ås sykehus', 'sor-ost', null], ['asen', 'Åsen', 'midt', 'as-sykehus'],
  ['aerlig', 'Ærlig talt HF', 'nord', null], ['alta', 'ÄLTA sjukhus', 'international', null], ['oster', 'Öster sjukhus', 'international', 'alta'],
  ['o-mark', 'Ø', 'midt', null], ['zenit', 'Zenit', 'vest', 'helse-bergen'], ['z', 'z', 'vest', 'zenit'], ['tall-7', '7. sans; klinikk', 'nord', null],
  ['pluss', '+47 sykehus', null, null], ['minus', '-minus', null, 'pluss'], ['krollalfa', '@krøll', 'nord', 'aerlig'], ['er-lik', '=SUM(A1)', 'midt', null],
  ['blank', ' Blank ', 'vest', null], ['emoji', 'Klinikken 🏥', 'sor-ost', null], ['utrop', '!Utrop', 'vest', null], ['muller', 'Müller Klinik', 'international', null],
  ['eleve', 'Élève', 'international', null], ['e-hopital', "L’Hôpital d'Été", 'international', 'eleve'], ['ukjent', 'Ukjent sted', null, null],
  ['ensom', 'Ensom (ingen studier)', 'vest', null]];

const LEADERS = ['Kari Aas', 'Kari Ås', 'kari ås', 'Kåre Åse', 'Aase Østby', 'Åse Østby', 'Åse Ostby', 'Ærlig Ødegård', 'Øye Ås', 'Æ', 'Ø', 'Å', 'Zoë Zahl', 'Zoe Zahl',
  '=Kari', '+47 Ola', '-Per', '@Nina', "'Knut", 'Bjørn "Bo" Aas', "Siân O’Neill", 'Åge; Egil', 'Anne-Marie Berg', 'Anne Marie Berg', 'AnneMarie Berg', 'Line 🧬 Berg', 'Per ',
  ' Per', 'Jörg Müller', 'Jørg Myller', 'ÅGE ÅS', 'José Ñandú', 'Jose Nandu', 'A\u030ase Berg', 'Cæsar 1', 'Cæsar 10', 'Cæsar 2', 'Łukasz Ź', 'Håkon\u00a0Hard', 'Ola Nordmann',
  'Ola  Nordmann', 'E=mc²', '100% Sikker', 'Tor & Co', 'Wenche Wiik', 'Vivi Viik', 'Cecilie C', 'Qvist', 'Kvist', 'Aaaase', 'Baard', 'Båard'];

const WORDS = ['alfa', 'Alpha', 'ålesund', 'Aalesund', 'Ås', 'Aas', 'Øye', 'øye', 'OYE', 'Æ', 'ærlig', 'hjerte', 'Hjerte-kar', 'cancer', 'Kreft', 'kreftpasienter', 'barn', 'β-blokker',
  'MS', 'II', '2', '10', 'COVID-19', 'long', 'covid', 'tromsø', 'Tromsö', 'blå', 'blaa', 'bla', 'bø', 'boe', 'bo', 'diagnostikk', 'behandling', 'treatment', 'été', 'ete', 'naïve',
  'stråle', 'straale', 'strale', 'OR', 'AND', 'og', 'x', 'immunterapi', 'immunoterapi', 'søvn', 'sovn', 'soevn', 'hjerneslag', 'slag', 'kneprotese', 'Čech', 'cech', 'Œuvre', 'ouvre'];
const NASTY = ['=1+1', '+1', '-1', '@a', '"', '""', ';', ',', "'", '\\', '🧬', '👩🏽‍⚕️', '<b>', '&amp;', '%20', '\u00a0x', '…', '«»', '(', ')', '*', '-', '|', '\u200f', 'e\u0301', '٣'];
const ACRONYMS = ['ÅS', 'AAS', 'Aas', 'ås', 'Æ', 'Ä', 'Ø', 'Ö', 'Øye', 'Oye', 'Z', 'zz', 'A', 'a', 'B-1', 'B 1', 'B1', 'B2', 'B10', '1', '10', '2', '=1', '+A', '-A', '@A', 'É', 'e', '🧬', '🧬 A', '—', '"A"',
  ';', 'A;B', 'A,B', "O'A", 'Ünder', 'Ynder', 'Under', 'Alfa ', ' Alfa', 'alfa', 'Čapek', 'Capek', 'Ærlig', 'Aerlig', 'Haakon', 'Håkon', 'Hakon', 'Ñ', 'N', 'Łódź', 'ß', 'А', 'б', 'Ω', 'Aaa', 'a\u030a'];

/* ── texts ───────────────────────────────────────────────────────────────────────────────────────────────────── */

const MARKS = [' ', ' ', ' ', ' ', ' ', ' ', ', ', '-', '/', '. ', ' – ', ': ', "'"];

function phrase(random, most) {
  const parts = Array.from({ length: random.between(1, most) }, () => random.one(random.is(0.08) ? NASTY : WORDS));
  return parts.map((part, i) => (i ? random.one(MARKS) : '') + part).join('');
}

// Of a title that is printed over 100 letters long the end still has to be there, and to sort when the beginning does.
const title = (random) => (random.is(0.05) ? `${'Lang tittel om en studie '.repeat(5)}${random.one(WORDS)}` : `Studie ${phrase(random, 7)}`);
const lines = (random) => (random.is(0.2) ? null : random.is(0.5) ? `${random.between(1, 2000)}` : `${random.between(1, 900)}-${random.between(901, 1900)};${random.between(1901, 2000)}`);
const text = (random) => ({ nb: random.is(0.4) ? null : body(random), en: random.is(0.5) ? null : body(random) });
const body = (random) => Array.from({ length: random.between(1, 3) }, () => phrase(random, 8)).join(random.one(['\n', '. ', '\n\n']));
const maybe = (random, p, make) => (random.is(p) ? make() : null);

function date(random, low, high) {
  const year = random.between(low, high), month = String(random.between(1, 12)).padStart(2, '0'), day = String(random.between(1, 28)).padStart(2, '0');
  return random.one([`${year}`, `${year}-${month}`, `${year}-${month}-${day}`]);
}

/* ── one study ───────────────────────────────────────────────────────────────────────────────────────────────── */

const COORDINATORS = INSTITUTIONS.filter(([id]) => !['ensom', 'oster', 'utrop'].includes(id));
const HOSPITALS = INSTITUTIONS.filter(([id]) => id !== 'ensom');

function makeAwards(random) {
  const kinds = random.shuffled(['main', ...Array.from({ length: random.is(0.3) ? random.between(1, 3) : 0 }, () => 'top-up')]);
  return kinds.map((kind) => ({
    kind, call_year: random.between(2016, 2024), report_code: random.one(REPORT_CODES), title: title(random), leader: random.one(LEADERS),
    institution: random.one(COORDINATORS)[1], categories: random.is(0.15) ? null : random.some(CATEGORIES.slice(0, -1), 4).map((row) => row[1]).join(' & '),
    amount_nok: random.is(0.05) ? 0 : random.is(0.02) ? 9999999999999 : random.is(0.5) ? random.between(1, 30) * 1000000 : random.between(1, 30000000),
    lines: lines(random),
  }));
}

function makeCard(random) {
  const [low, high] = [random.between(0, 90), random.between(0, 40)];
  const list = (p, all, most) => maybe(random, p, () => random.some(all, most));
  return {
    hospitals: list(0.7, HOSPITALS.map(([id]) => id), 8), hospitals_stated: maybe(random, 0.4, () => random.between(0, 60)), european_sites: maybe(random, 0.2, () => random.between(0, 9)),
    inclusion_regions: list(0.4, REGIONS, 4), headline: null,
    patients: {
      age_min: maybe(random, 0.6, () => low), age_max: maybe(random, 0.5, () => Math.min(130, low + high)), age_text: maybe(random, 0.5, () => phrase(random, 3)),
      sexes: maybe(random, 0.5, () => random.one([['female'], ['male'], ['female', 'male']])), children: maybe(random, 0.2, () => true), condition: text(random),
    },
    aim: maybe(random, 0.6, () => random.one(['treatment', 'prevention', 'diagnosis', 'screening', 'other'])), aim_text: maybe(random, 0.4, () => phrase(random, 2)),
    design: maybe(random, 0.6, () => random.one(['parallel', 'crossover', 'single-arm', 'registry', 'platform', 'other'])), design_text: maybe(random, 0.4, () => phrase(random, 2)),
    arms: maybe(random, 0.4, () => [phrase(random, 2), phrase(random, 3)]), summary: text(random),
    texts: { about: text(random), novelty: text(random), importance: text(random), progress: text(random), next_steps: text(random) },
    dates: {
      start: maybe(random, 0.7, () => date(random, 2016, 2022)), inclusion_end: maybe(random, 0.3, () => date(random, 2021, 2024)),
      inclusion_end_expected: maybe(random, 0.6, () => date(random, 2021, 2030)), completion_expected: maybe(random, 0.3, () => date(random, 2024, 2032)),
    },
    identifiers: random.is(0.3) ? [{ system: 'nct', value: `NCT${random.between(10000000, 99999999)}` }, { system: 'eudra-ct', value: phrase(random, 1) }] : [],
    links: random.is(0.3) ? [{ url: `https://example.org/${random.below(999)}?a=1&b=2;c`, label: maybe(random, 0.5, () => phrase(random, 2)) }] : [],
    publications: random.is(0.2) ? [{ citation: phrase(random, 8), doi: maybe(random, 0.5, () => '10.1000/182') }] : [], lines: lines(random),
  };
}

// Plans and reports. Counts never fall; a third of the populations are small.
function makeCounts(random) {
  const size = random.one([0, 1, 12, 19, 20, 21, 80, 500, 4000, 250000]), plans = [], reports = [];
  const places = [...(random.is(0.6) ? [null] : []), ...(random.is(0.45) ? random.some(REGIONS, 4) : [])];
  for (const region of places) {
    const share = region === null ? size : Math.ceil(size / places.length);
    for (const year of random.some([2018, 2020, 2023], 2))
      if (random.is(0.7)) plans.push({ region, planned: random.between(0, share), as_of: `${year}-0${random.between(1, 9)}-15`, planned_end: maybe(random, 0.5, () => date(random, 2021, 2030)), lines: lines(random) });
    let included = 0;
    for (let year = random.between(2016, 2024); year <= 2023; year += random.between(1, 2)) {
      included = Math.min(1000000000, included + random.between(0, Math.ceil(share / 2)));
      if (random.is(0.8)) reports.push({ region, as_of: `${year}-${random.one(['03-31', '06-30', '12-31'])}`, included, lines: lines(random) });
      if (random.is(0.2)) reports.push({ region, as_of: `${year + 1}-01-01`, included, lines: lines(random) });
    }
  }
  const distinct = (rows) => [...new Map(rows.map((row) => [`${row.region} ${row.as_of}`, row])).values()];
  return { plans: distinct(plans), reports: distinct(reports) };
}

function makeStudy(random, id) {
  const named = random.is(0.6);
  return {
    id, acronym: named ? random.one(ACRONYMS) : random.is(0.3) ? phrase(random, 2) : null, title_nb: maybe(random, 0.4, () => phrase(random, 6)), title_en: maybe(random, 0.3, () => phrase(random, 6)),
    status: random.one(STATUSES), awards: makeAwards(random), card: random.is(0.7) ? makeCard(random) : null, ...makeCounts(random), old: random.is(0.1) ? [`${id.slice(0, 50)}-old`] : [],
  };
}

function makeIds(random, count) {
  const ids = new Set(['0', '1', '10', '2', 'a', 'a-1', 'a1', 'a-b', 'ab', 'zz', 'z-9', `${'lang-id-'.repeat(7)}x123456`]);
  while (ids.size < count) ids.add(`${random.one(['s', 't', 'aa', 'ny', '7', 'x-y'])}${random.is(0.5) ? '-' : ''}${random.below(2000)}`);
  return random.shuffled([...ids].slice(0, count));
}

// A year later: some studies say otherwise, some report, a few are gone.
function aYearLater(random, studies, ids) {
  const kept = studies.filter(() => !random.is(0.02)).map((study) => {
    if (random.is(0.6)) return study;
    const fresh = makeStudy(random, study.id);
    const total = study.reports.filter((row) => row.region === null).reduce((most, row) => Math.max(most, row.included), 0);
    return random.one([
      { ...study, status: fresh.status, awards: fresh.awards }, { ...study, card: fresh.card, acronym: fresh.acronym },
      { ...study, reports: [...study.reports.filter((row) => row.as_of < '2024'), { region: null, as_of: '2024-11-30', included: total + random.below(30), lines: null }] },
      { ...study, plans: [...study.plans, { region: null, planned: random.between(0, 60), as_of: '2024-06-01', planned_end: maybe(random, 0.5, () => date(random, 2022, 2030)), lines: null }] },
    ]);
  });
  return [...kept, ...ids.map((id) => makeStudy(random, id))];
}

/* ── the folder ──────────────────────────────────────────────────────────────────────────────────────────────── */

const field = (value) => (value === null || value === undefined ? '' : /[",\n]/.test(`${value}`) ? `"${`${value}`.replaceAll('"', '""')}"` : `${value}`);

function writeCsv(folder, name, columns, rows) {
  const all = [columns, ...rows.map((row) => columns.map((column) => row[column]))];
  fs.writeFileSync(path.join(folder, name), all.map((row) => `${row.map(field).join(',')}\n`).join(''));
}

const writeJson = (folder, name, value) => fs.writeFileSync(path.join(folder, name), JSON.stringify(value, null, 2));

function writeReference(folder) {
  writeCsv(folder, 'regions.csv', ['code', 'label_nb', 'label_en', 'basis', 'lines'], REGIONS.map((code) => ({ code, label_nb: `Region ${code}`, basis: 'source', lines: 1 })));
  writeCsv(folder, 'mechanisms.csv', ['code', 'report_code', 'label_nb', 'label_en', 'lines'],
    ['open-call', 'needs-identified', 'other'].map((code, i) => ({ code, report_code: REPORT_CODES[i], label_nb: code })));
  writeCsv(folder, 'categories.csv', ['code', 'label_nb', 'label_en', 'label_en_basis', 'lines'], CATEGORIES.map(([code, label_nb, label_en]) => ({ code, label_nb, label_en })));
  writeCsv(folder, 'institutions.csv', ['id', 'name', 'region', 'region_basis', 'part_of', 'part_of_basis', 'lines'], INSTITUTIONS.map(([id, name, region, part_of]) => ({ id, name, region, part_of })));
  writeCsv(folder, 'figures.csv', ['id', 'measure', 'unit', 'call_year', 'mechanism', 'region', 'category', 'group', 'value', 'as_of', 'label_nb', 'label_en', 'printed', 'lines'],
    [{ id: 'all-included', measure: 'included', unit: 'patients', value: '12345', as_of: '2023-12-31', label_nb: 'I alt', printed: '12 345' }]);
}

function writeAliases(folder, studies) {
  const rows = [['institution', 'as-sykehus', 'aas SYKEHUS'], // somebody else's name, but for the case: the name is surer
    ['institution', 'ostre-helseforetak', 'ØHF'], ['institution', 'ostre-helseforetak', 'O;H"F'], ['institution', 'z', 'Zett'], ['institution', 'emoji', '🏥'],
    ['leader', 'Kari Aas', 'K. Aas'], ['leader', 'Kari Aas', 'Aas, Kari'], ['leader', 'Åse Østby', 'Åse Østbye'], ['leader', 'Jörg Müller', 'JM'], ['leader', 'Line 🧬 Berg', 'Line Berg'],
    ...studies.flatMap((study) => study.old.map((old) => ['study', study.id, old]))];
  const led = new Set(studies.flatMap((study) => study.awards.map((award) => award.leader)));
  writeCsv(folder, 'aliases.csv', ['kind', 'id', 'alias', 'lines'], rows.filter(([kind, id]) => kind !== 'leader' || led.has(id)).map(([kind, id, alias]) => ({ kind, id, alias })));
}

function writeStudies(folder, studies) {
  const of = (key) => studies.flatMap((study) => study[key].map((row) => ({ study: study.id, ...row })));
  writeCsv(folder, 'studies.csv', ['id', 'acronym', 'title_nb', 'title_en', 'status'], studies);
  writeCsv(folder, 'awards.csv', ['study', 'kind', 'call_year', 'report_code', 'title', 'leader', 'institution', 'categories', 'amount_nok', 'lines'], of('awards'));
  writeCsv(folder, 'plans.csv', ['study', 'region', 'planned', 'as_of', 'planned_end', 'lines'], of('plans'));
  writeCsv(folder, 'reports.csv', ['study', 'region', 'as_of', 'included', 'lines'], of('reports'));
  writeCsv(folder, 'notes.csv', ['record', 'id', 'field', 'kind', 'text_nb', 'text_en', 'lines'],
    studies.slice(0, 30).map(({ id }, i) => ({ record: 'study', id, field: i % 2 ? 'planned' : null, kind: 'ambiguous', text_nb: `Notat "${i}"\nmed to linjer; og, komma`, lines: 3 })));
  fs.mkdirSync(path.join(folder, 'cards'));
  for (const { id, card } of studies.filter((study) => study.card)) writeJson(folder, path.join('cards', `${id}.json`), { study: id, ...card });
}

function writeEdition(folder, year, studies) {
  fs.mkdirSync(folder);
  const nothing = { nb: null, en: null };
  writeJson(folder, 'edition.json', { programme: 'oppdiktet', edition: `${year}`, title: { nb: `Oppdiktet ${year}`, en: null }, as_of: `${year}-12-31`, collected: null, published: null, licence: null,
    attribution: 'Oppdiktet; "ingen"', document: { id: `d-${year}`, title: `Oppdiktet rapport ${year}`, publisher: null, lines: 2000 } });
  writeJson(folder, 'programme.json', { id: 'oppdiktet', name: { nb: 'Oppdiktet program', en: null }, short_name: 'OPP', since: null, purpose: nothing, owners: [], administered_by: null, mandate: nothing,
    reporting: null, process: null, user_involvement: nothing, board: [], disclosure_threshold: 20, lines: null });
  writeReference(folder);
  writeAliases(folder, studies);
  writeStudies(folder, studies);
}

// Writes the two editions below folder and returns their folders, in the order to import them. count: of studies in the first edition.
function writeRegister(folder, seed, count = STUDIES) {
  const random = chance(seed), ids = makeIds(random, count + LATER);
  const first = ids.slice(0, count).map((id) => makeStudy(random, id));
  const folders = [2023, 2024].map((year) => path.join(folder, `oppdiktet-${year}`));
  writeEdition(folders[0], 2023, first);
  writeEdition(folders[1], 2024, aYearLater(random, first, ids.slice(count)));
  return folders;
}

module.exports = { writeRegister };
