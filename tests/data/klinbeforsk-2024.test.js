// SPDX-License-Identifier: GPL-3.0-or-later
// The data set of the 2024 edition: its format, its references, and the counts and sums that the report allows.
'use strict';
const test = require('node:test');
const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { FOLDER, COLUMNS, parseCsv, readText, readAll, textsForPeople } = require('./dataset.js');

const set = readAll();
const LAST_LINE = 2298;
const sum = (xs) => xs.reduce((a, b) => a + b, 0);
const count = (xs) => xs.reduce((m, x) => ({ ...m, [x]: (m[x] ?? 0) + 1 }), {});
const by = (rows, key = 'id') => new Map(rows.map((r) => [r[key], r]));
const studies = by(set.studies), institutions = by(set.institutions), figures = by(set.figures);
const regions = by(set.regions, 'code'), mechanisms = by(set.mechanisms, 'code'), reportCodes = by(set.mechanisms, 'report_code');
const mains = set.awards.filter((a) => a.kind === 'main');
const mainOf = by(mains, 'study');
const aliases = (kind) => new Map(set.aliases.filter((a) => a.kind === kind).map((a) => [a.alias, a.id]));
const institutionNames = new Map([...set.institutions.map((i) => [i.name, i.id]), ...aliases('institution')]);
const leaderOf = (name) => aliases('leader').get(name) ?? name;
const value = (id) => Number(figures.get(id).value);

const ID = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const LINES = /^\d+(-\d+)?(;\d+(-\d+)?)*$/;
const DATE = /^(\d{4})(?:-(\d\d)(?:-(\d\d))?)?$/;
const isDate = (s) => {
  const m = DATE.exec(s);
  if (!m) return false;
  const [y, mo, d] = [Number(m[1]), Number(m[2] ?? 1), Number(m[3] ?? 1)];
  const t = new Date(Date.UTC(y, mo - 1, d));
  return y > 1900 && t.getUTCMonth() === mo - 1 && t.getUTCDate() === d;
};
const isDay = (s) => s.length === 10 && isDate(s);
const checkLines = (lines, where) => {
  assert.match(lines, LINES, where);
  for (const part of lines.split(';')) {
    const [a, b = a] = part.split('-').map(Number);
    assert.ok(a >= 1 && a <= b && b <= LAST_LINE, `${where}: ${lines}`);
  }
};
const oneOf = (v, list, where) => assert.ok(list.split(' ').includes(v), `${where}: ${v}`);
const sameMembers = (o, list, where) => assert.deepEqual(Object.keys(o), list.split(' '), where);
const files = (dir) => fs.readdirSync(dir, { withFileTypes: true }).flatMap((e) =>
  e.isDirectory() ? files(path.join(dir, e.name)) : [path.relative(FOLDER, path.join(dir, e.name))]);

test('the folder holds the files of the format and nothing else', () => {
  const known = ['README.md', 'edition.json', 'programme.json', ...Object.keys(COLUMNS)];
  const cards = set.cards.map((c) => path.join('cards', `${c.study}.json`));
  assert.deepEqual(files(FOLDER).sort(), [...known, ...cards].sort());
});

test('every file is UTF-8 without BOM, with LF and no trailing blanks', () => {
  for (const name of files(FOLDER)) {
    const bytes = fs.readFileSync(path.join(FOLDER, name));
    const text = bytes.toString('utf8');
    assert.ok(Buffer.from(text, 'utf8').equals(bytes), `${name}: UTF-8`);
    assert.ok(!text.startsWith('\ufeff') && !text.includes('\r') && !/[\t\u00a0]/.test(text), name);
    assert.ok(!/ $/m.test(text), `${name}: trailing blank`);
    assert.ok(text.endsWith('\n') && !text.endsWith('\n\n'), `${name}: end`);
    assert.equal(text.normalize('NFC'), text, `${name}: NFC`);
  }
});

test('no field begins or ends with a blank or holds two in a row', () => {
  for (const name of Object.keys(COLUMNS))
    for (const row of parseCsv(readText(name)))
      for (const f of row) assert.ok(f === f.trim() && !/\s\s|\n/.test(f), `${name}: "${f}"`);
});

test('every CSV file has exactly the columns of the format, in order', () => {
  for (const [name, columns] of Object.entries(COLUMNS)) assert.equal(readText(name).split('\n')[0], columns, name);
});

test('ids and codes are unique and well formed', () => {
  const keys = [['studies', 'id'], ['institutions', 'id'], ['figures', 'id'], ['regions', 'code'], ['mechanisms', 'code'], ['mechanisms', 'report_code'], ['categories', 'code'], ['aliases', 'alias'], ['institutions', 'name']];
  for (const [file, key] of keys) {
    const ids = set[file].map((r) => r[key]);
    assert.equal(new Set(ids).size, ids.length, `${file}.${key}`);
    if (key === 'id' || key === 'code') for (const id of ids) assert.ok(ID.test(id) && id.length <= 64, `${file}: ${id}`);
  }
  for (const a of set.aliases) assert.ok(!set.institutions.some((i) => i.name === a.alias), a.alias);
});

test('lines and dates are well formed', () => {
  for (const name of Object.keys(COLUMNS)) {
    const file = name.replace('.csv', '');
    for (const r of set[file]) {
      if ('lines' in r && !(file === 'categories' && r.label_nb === '')) checkLines(r.lines, file);
      if ('as_of' in r) assert.ok(isDay(r.as_of), `${file}: ${r.as_of}`);
      if (r.planned_end) assert.ok(isDate(r.planned_end), r.planned_end);
      if (r.call_year) assert.ok(/^20(1[6-9]|2[0-4])$/.test(r.call_year), `${file}: ${r.call_year}`);
    }
  }
  for (const c of set.cards) {
    checkLines(c.lines, c.study);
    for (const d of Object.values(c.dates)) assert.ok(d === null || isDate(d), `${c.study}: ${d}`);
  }
  checkLines(set.programme.lines, 'programme');
  for (const b of set.programme.board) checkLines(b.lines, b.name);
});

test('every text for people has nb and en, or neither', () => {
  for (const t of textsForPeople(set)) {
    assert.equal(Boolean(t.nb), Boolean(t.en), t.where);
    if (t.nb) for (const s of [t.nb, t.en]) assert.ok(s === s.trim() && !/\s\s/.test(s), t.where);
  }
  for (const s of set.studies) assert.equal(Boolean(s.title_nb), Boolean(s.title_en), s.id);
  for (const r of [...set.regions, ...set.mechanisms]) assert.ok(r.label_nb && r.label_en, r.code);
});

test('a card says the same numbers in both languages', () => {
  const numbers = (s) => (s.match(/\d+/g) ?? []).sort().join(' ');
  for (const c of set.cards)
    for (const t of [c.summary, c.patients.condition, ...Object.values(c.texts)]) assert.equal(numbers(t.nb), numbers(t.en), `${c.study}: ${t.nb}`);
});

test('the edition and the programme have their members', () => {
  sameMembers(set.edition, 'programme edition title as_of collected published licence attribution document', 'edition');
  sameMembers(set.edition.document, 'id title publisher lines', 'document');
  assert.deepEqual([set.edition.edition, set.edition.as_of, set.edition.collected, set.edition.document.lines], ['2024', '2024-12-31', '2025-04-01', LAST_LINE]);
  const p = set.programme;
  sameMembers(p, 'id name short_name since purpose owners administered_by mandate reporting process user_involvement board disclosure_threshold lines', 'programme');
  assert.equal(set.edition.programme, p.id);
  assert.equal(p.since, 2016);
  assert.deepEqual(p.owners.map((o) => o.region), ['sor-ost', 'vest', 'midt', 'nord']);
  for (const o of p.owners) sameMembers(o, 'name region basis', o.name);
  assert.deepEqual([p.reporting.frequency, p.reporting.date], ['yearly', '04-01']);
  assert.equal(p.process.from_year, 2025);
  assert.deepEqual(p.process.steps.map((s) => s.step), [1, 2]);
});

test('the board has 15 people: a chair, 7 members, 2 user representatives, an observer and 4 deputies', () => {
  const { board } = set.programme;
  assert.deepEqual(count(board.map((b) => b.role)), { chair: 1, member: 7, 'user-representative': 2, observer: 1, deputy: 4 });
  assert.equal(new Set(board.map((b) => b.name)).size, 15);
  for (const b of board) {
    sameMembers(b, 'name role title region lines', b.name);
    assert.ok(b.region === null || regions.has(b.region), b.name);
    assert.equal(b.region === null, b.role === 'observer' || b.role === 'deputy', b.name);
  }
});

test('82 awards belong to 80 studies, each with one main award', () => {
  assert.equal(set.awards.length, 82);
  assert.equal(set.studies.length, 80);
  assert.equal(mains.length, 80);
  assert.deepEqual(new Set(mains.map((a) => a.study)), new Set(studies.keys()));
  assert.deepEqual(mains.map((a) => a.study), set.studies.map((s) => s.id));
  const extra = set.awards.filter((a) => a.kind !== 'main');
  assert.deepEqual(extra.map((a) => [a.study, a.kind, a.call_year, a.report_code, a.amount_nok]), [
    ['ram-ms', 'top-up', '2021', 'AT', '20000000'],
    ['impress-norway', 'top-up', '2021', 'AT', '10000000'],
  ]);
});

test('the awards add up to 1 498 339 370 kroner, and per mechanism', () => {
  const amount = (rows) => sum(rows.map((a) => Number(a.amount_nok)));
  for (const a of set.awards) assert.match(a.amount_nok, /^[1-9]\d*$/);
  assert.equal(amount(set.awards), 1498339370);
  const code = (c) => set.awards.filter((a) => a.report_code === c);
  assert.deepEqual(['OU', 'BF', 'AT'].map((c) => [code(c).length, amount(code(c))]), [[59, 1047034370], [19, 401305000], [4, 50000000]]);
  assert.deepEqual(count(mains.map((a) => a.report_code)), { OU: 59, AT: 2, BF: 19 });
  assert.deepEqual(count(set.awards.map((a) => a.call_year)), { 2016: 7, 2017: 8, 2018: 7, 2019: 9, 2020: 8, 2021: 14, 2022: 9, 2023: 12, 2024: 8 });
  for (const a of set.awards) assert.ok(reportCodes.has(a.report_code), a.report_code);
});

test('the table names 14 institutions in 16 spellings, all of them known', () => {
  const spellings = new Set(set.awards.map((a) => a.institution));
  assert.equal(spellings.size, 16);
  assert.equal(new Set([...spellings].map((s) => institutionNames.get(s))).size, 14);
  for (const s of spellings) assert.ok(institutionNames.has(s), s);
  assert.equal(set.institutions.length, 22);
});

test('the studies have 73 leaders in 74 spellings', () => {
  const names = set.awards.map((a) => a.leader);
  assert.equal(new Set(names).size, 74);
  assert.equal(new Set(names.map(leaderOf)).size, 73);
  for (const id of aliases('leader').values()) assert.ok(names.includes(id), id);
});

test('every reference resolves', () => {
  const labels = new Map(set.categories.filter((c) => c.label_nb).map((c) => [c.label_nb, c.code]));
  for (const a of set.awards) {
    assert.ok(studies.has(a.study), a.study);
    for (const c of a.categories.split(' & ')) assert.ok(labels.has(c), c);
  }
  const used = new Set(set.awards.flatMap((a) => a.categories.split(' & ')));
  assert.equal(used.size, 17);
  assert.deepEqual(used, new Set(labels.keys()), 'a label stands in the table');
  for (const i of set.institutions) {
    assert.ok(regions.has(i.region), i.id);
    oneOf(i.region_basis, 'source general-knowledge', i.id);
    assert.ok(i.part_of ? institutions.has(i.part_of) : i.part_of_basis === '', i.id);
  }
  for (const a of set.aliases) {
    oneOf(a.kind, 'institution leader study', a.alias);
    if (a.kind === 'institution') assert.ok(institutions.has(a.id), a.id);
  }
  for (const r of [...set.plans, ...set.reports]) {
    assert.ok(studies.has(r.study), r.study);
    assert.ok(r.region === '' || regions.has(r.region), r.region);
  }
});

test('codes are those of the API', () => {
  assert.deepEqual([...regions.keys()], 'sor-ost vest midt nord international'.split(' '));
  assert.deepEqual(set.mechanisms.map((m) => [m.code, m.report_code]), [['open-call', 'OU'], ['needs-identified', 'BF'], ['other', 'AT']]);
  assert.equal(set.categories.map((c) => c.code).join(' '), 'blood cancer cardiovascular congenital ear eye infection inflammatory-immune injuries mental-health metabolic-endocrine musculoskeletal neurological oral-gastrointestinal renal-urogenital reproductive respiratory skin stroke generic other');
  for (const c of set.categories) assert.ok(c.label_en && c.label_en_basis === 'general-knowledge' && Boolean(c.label_nb) === Boolean(c.lines), c.code);
});

test('a status or lay title stands only where the report has a card', () => {
  const carded = new Set(set.cards.map((c) => c.study));
  assert.equal(carded.size, 8);
  for (const s of set.studies) {
    oneOf(s.status, 'planned recruiting recruitment-ended follow-up completed stopped unknown', s.id);
    assert.equal(s.status === 'unknown', !carded.has(s.id), s.id);
    assert.equal(s.title_nb === '', !carded.has(s.id), s.id);
  }
  assert.deepEqual(count(set.studies.filter((s) => carded.has(s.id)).map((s) => s.status)), { recruiting: 2, 'follow-up': 4, completed: 1, 'recruitment-ended': 1 });
});

test('an acronym stands in a title of its study', () => {
  const inHeadingOnly = ['aneed', 'refit-2']; // before the colon that begins the lay title
  for (const s of set.studies.filter((x) => x.acronym)) {
    const titles = set.awards.filter((a) => a.study === s.id).map((a) => a.title).join(' ') + s.title_nb;
    assert.ok(titles.includes(s.acronym) || inHeadingOnly.includes(s.id), s.id);
  }
  const names = set.studies.map((s) => s.acronym).filter(Boolean);
  assert.equal(new Set(names).size, names.length);
});

test('a card has its members and agrees with plans, reports and the table', () => {
  for (const c of set.cards) {
    const { file, ...card } = c;
    assert.equal(file, `${c.study}.json`);
    sameMembers(card, 'study hospitals hospitals_stated european_sites inclusion_regions headline patients aim aim_text design design_text arms summary texts dates identifiers links publications lines', file);
    sameMembers(c.patients, 'age_min age_max age_text sexes children condition', file);
    sameMembers(c.texts, 'about novelty importance progress next_steps', file);
    sameMembers(c.dates, 'start inclusion_end inclusion_end_expected completion_expected', file);
    sameMembers(c.headline, 'patients kind', file);
    assert.equal(mainOf.get(c.study).call_year, '2019', file);
    oneOf(c.headline.kind, 'planned included', file);
    const rows = c.headline.kind === 'planned' ? set.plans : set.reports;
    assert.ok(rows.some((r) => r.study === c.study && r.region === '' && r.as_of === '2024-12-31' && Number(r[c.headline.kind]) === c.headline.patients), file);
    assert.equal(c.hospitals.length, c.hospitals_stated, file);
    assert.equal(new Set(c.hospitals).size, c.hospitals.length, file);
    for (const h of c.hospitals) assert.ok(institutions.has(h), `${file}: ${h}`);
    for (const r of c.inclusion_regions) assert.ok(regions.has(r), `${file}: ${r}`);
    assert.ok(c.hospitals.includes(institutionNames.get(mainOf.get(c.study).institution)), `${file}: the coordinating hospital takes part`);
    assert.equal(c.european_sites !== null, c.inclusion_regions.includes('international'), file);
    assert.equal(c.aim, 'treatment', file);
    assert.ok(c.design === null || ['parallel', 'crossover'].includes(c.design), file);
    assert.ok(c.arms.length >= 1 && c.patients.sexes.join() === 'female,male', file);
    assert.ok(c.patients.age_text.includes(String(c.patients.age_min)) && (c.patients.age_max === null ? c.patients.age_text.startsWith('>') : c.patients.age_text === `${c.patients.age_min}-${c.patients.age_max} år`), file);
    assert.equal(c.patients.children, c.study === 'ataxia-telangiectasia' ? true : null, file);
    for (const t of [c.summary, ...Object.values(c.texts)]) assert.ok(t.nb && t.en, file);
    for (const l of c.links) assert.ok(new URL(l.url).protocol === 'https:' && l.label, file);
    for (const p of c.publications) assert.ok(p.citation && (p.doi === null || p.citation.endsWith(`https://doi.org/${p.doi}`)), file);
    assert.deepEqual(c.identifiers, [], file);
  }
});

test('the eight cards say what the report prints', () => {
  const headline = Object.fromEntries(set.cards.map((c) => [c.study, `${c.headline.patients} ${c.headline.kind} ${c.hospitals_stated} ${c.european_sites}`]));
  assert.deepEqual(headline, {
    aneed: '156 planned 7 null', 'overlord-ms': '214 included 11 1', 'smart-ms': '18 included 4 null', dart: '117 included 5 4',
    'ataxia-telangiectasia': '12 included 4 null', 'acl-register-rct': '830 planned 8 null', 'react-mci': '207 included 5 null', 'refit-2': '450 included 5 null',
  });
  assert.deepEqual(set.plans.map((p) => `${p.study} ${p.planned} ${p.planned_end}`), ['acl-register-rct 830 2025', 'aneed 156 2026']);
  assert.equal(set.reports.length, 7);
  assert.ok(set.reports.some((r) => r.study === 'overlord-ms' && r.as_of === '2022-11-30' && r.included === '214'));
});

test('a headline that the report does not date has a note that says so', () => {
  for (const c of set.cards) assert.ok(set.notes.some((n) => n.id === c.study && n.field === 'recruitment.as_of' && n.kind === 'interpretation'), c.study);
});

test('figures use known measures, units and cells', () => {
  const unit = { amount: 'million-nok', 'amount-share': 'percent', projects: 'projects', planned: 'patients', included: 'patients', 'included-share': 'percent', 'remaining-share': 'percent', leaders: 'leaders', 'leaders-share': 'percent', 'total-patients': 'patients' };
  for (const f of set.figures) {
    assert.equal(f.unit, unit[f.measure], f.id);
    assert.match(f.value, /^\d+(\.\d+)?$/, f.id);
    assert.ok(f.region === '' || regions.has(f.region), f.id);
    assert.ok(f.mechanism === '' || mechanisms.has(f.mechanism), f.id);
    assert.ok(['', 'women', 'men'].includes(f.group) && f.category === '' && f.label_nb && f.label_en, f.id);
  }
  const cells = set.figures.map((f) => [f.measure, f.call_year, f.mechanism, f.region, f.category, f.group].join('|'));
  assert.equal(new Set(cells).size, cells.length);
  assert.equal(cells.length, 46);
});

test('published figures add up where the report says they do, and differ where a note says so', () => {
  const noted = (id, kind) => set.notes.some((n) => n.record === 'figure' && n.id === id && n.kind === kind);
  const shares = { 'open-call': 1047034370, 'needs-identified': 401305000, other: 50000000 };
  for (const [m, nok] of Object.entries(shares)) assert.equal(value(`amount-share-${m}`), Math.round((nok / 1498339370) * 100), m);
  assert.equal(value('amount-total'), Math.round(1498339370 / 1e6));
  assert.equal(value('projects-total'), value('projects-open-call') + value('projects-needs-identified'));
  assert.notEqual(value('projects-total'), set.studies.length);
  assert.ok(noted('projects-total', 'discrepancy'));
  assert.equal(value('planned-open-call') + value('planned-needs-identified'), value('planned-total'));
  assert.equal(sum([...regions.keys()].map((r) => value(`included-${r}`))), value('included-total'));
  assert.equal(value('leaders-women') + value('leaders-men'), value('leaders-total'));
  assert.equal(Math.round((value('leaders-women') / value('leaders-total')) * 100), value('leaders-share-women'));
  assert.equal(Math.round((value('leaders-men') / value('leaders-total')) * 100), value('leaders-share-men'));
  assert.ok(noted('leaders-total', 'discrepancy'));
  const years = [2016, 2017, 2018, 2019, 2020, 2021, 2022, 2023];
  assert.equal(sum(years.map((y) => value(`call-${y}-total`))), value('planned-total') + 10000);
  assert.ok(noted('planned-total', 'discrepancy'));
  for (const y of years) {
    assert.ok(Math.abs(value(`call-${y}-included-share`) + value(`call-${y}-remaining-share`) - 100) < 1e-9, String(y));
    assert.ok(noted(`call-${y}-included-share`, y === 2023 ? 'ambiguous' : 'interpretation'), String(y));
  }
  const included = sum(years.map((y) => (value(`call-${y}-total`) * value(`call-${y}-included-share`)) / 100));
  assert.equal(Math.round(included), 75952);
  assert.ok(noted('included-total', 'discrepancy'));
});

test('every note stands on a record that exists, in both languages', () => {
  const leaders = new Set(set.awards.map((a) => leaderOf(a.leader)));
  const known = {
    programme: (id) => id === set.programme.id, edition: (id) => id === set.edition.edition, study: (id) => studies.has(id),
    institution: (id) => institutions.has(id), leader: (id) => leaders.has(id), category: (id) => set.categories.some((c) => c.code === id), figure: (id) => figures.has(id),
  };
  for (const n of set.notes) {
    assert.ok(known[n.record]?.(n.id), `${n.record} ${n.id}`);
    oneOf(n.kind, 'discrepancy ambiguous interpretation variant missing', n.id);
    assert.ok(n.text_nb && n.text_en, n.id);
  }
  const texts = set.notes.map((n) => `${n.record} ${n.id} ${n.field} ${n.text_nb}`);
  assert.equal(new Set(texts).size, texts.length);
});
