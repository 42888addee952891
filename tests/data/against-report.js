// SPDX-License-Identifier: GPL-3.0-or-later
// node tests/data/against-report.js REPORT.txt [FOLDER]
// Checks every record of the data set against the lines of the report it names, and that no text for people copies a
// run of 14 words. Prints every miss and one summary line; exit 1 on any miss.
'use strict';
const fs = require('node:fs');
const { FOLDER, readAll, textsForPeople } = require('./dataset.js');

const RUN = 14;
const [, , reportFile, folder = FOLDER] = process.argv;
if (!reportFile) {
  console.error('usage: node tests/data/against-report.js REPORT.txt [FOLDER]');
  process.exit(2);
}
const report = fs.readFileSync(reportFile, 'utf8').split('\n');
const lineCount = report.length - 1; // lines that end; what follows the last one is blank
const set = readAll(folder);
const misses = [];
let checked = 0;

function slice(lines) {
  return lines.split(';').map((part) => {
    const [a, b = a] = part.split('-').map(Number);
    return report.slice(a - 1, b).join('\n');
  });
}
// Wraps, bullets and double blanks do not count: the comparison is of the characters that are not white space.
const squeeze = (s) => s.replace(/[\s•]+/g, '');
// The same with the words kept apart. A wrapped line ends in a hyphen or slash that joins, or stands for a blank.
const unwrap = (s) => s.replace(/([-/])[ \t]*\n/g, '$1').replace(/[\s•]+/g, ' ').trim();

function expect(what, needle, lines, { words = true } = {}) {
  checked++;
  const parts = slice(lines);
  if (!parts.some((p) => squeeze(p).includes(squeeze(needle)))) misses.push(`${what}: "${needle}" is not in lines ${lines}`);
  else if (words && !parts.some((p) => unwrap(p).includes(needle)))
    misses.push(`${what}: "${needle}" is joined otherwise than lines ${lines}`);
}
function expectMatch(what, pattern, lines) {
  checked++;
  if (!slice(lines).some((p) => pattern.test(unwrap(p)))) misses.push(`${what}: ${pattern} is not in lines ${lines}`);
}
const spaced = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, ' ');

// the table
const rowHead = /^(20\d\d) (OU|BF|AT)$/;
const heads = report.flatMap((l, i) => (rowHead.test(l.trim()) ? [i + 1] : []));
checked++;
if (heads.length !== set.awards.length) misses.push(`the table has ${heads.length} rows, awards.csv ${set.awards.length}`);
set.awards.forEach((a, i) => {
  const what = `awards row ${i + 2}`;
  const [first, last] = a.lines.split('-').map(Number);
  checked++;
  if (first !== heads[i]) misses.push(`${what}: starts at line ${first}, the table's row at ${heads[i]}`);
  if (heads[i + 1] && last >= heads[i + 1]) misses.push(`${what}: runs into the next row`);
  expect(what, `${a.call_year} ${a.report_code}`, a.lines);
  expect(what, a.title, a.lines);
  expect(what, `${a.leader}, ${a.institution}`, a.lines);
  expectMatch(what, new RegExp(`${a.categories.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')} ${spaced(a.amount_nok)}$`), a.lines);
  // and nothing of the row is left over
  checked++;
  const header = /Utlysningsår Tildelingsformat|Prosjektets tittel|Prosjektleder, koordinerende institusjon/;
  const whole = squeeze(slice(a.lines)[0]);
  const told = squeeze(`${a.call_year} ${a.report_code}${a.title}${a.leader}, ${a.institution}${a.categories}${spaced(a.amount_nok)}`);
  if (whole !== told || header.test(whole)) misses.push(`${what}: the row has more than the record`);
});

// reference data
for (const r of set.regions) expect(`regions ${r.code}`, r.label_nb, r.lines);
for (const m of set.mechanisms) expect(`mechanisms ${m.code}`, `${m.report_code} – ${m.label_nb}`, m.lines);
for (const c of set.categories) if (c.label_nb) expect(`categories ${c.code}`, c.label_nb, c.lines);
for (const i of set.institutions) for (const part of i.lines.split(';')) expect(`institutions ${i.id}`, i.name, part);
for (const a of set.aliases) for (const part of a.lines.split(';')) expect(`aliases ${a.alias}`, a.alias, part);

// the cards
const namesOf = (id) => [
  ...set.institutions.filter((i) => i.id === id).map((i) => i.name),
  ...set.aliases.filter((a) => a.kind === 'institution' && a.id === id).map((a) => a.alias),
];
const legend = { 'sor-ost': 'Inkludert Sør-Øst', vest: 'Inkludert Vest', midt: 'Inkludert Midt-Norge', nord: 'Inkludert Nord', international: 'Inkludert Internasjonalt' };
for (const card of set.cards) {
  const what = `cards/${card.file}`;
  const text = slice(card.lines)[0];
  const study = set.studies.find((s) => s.id === card.study);
  const main = set.awards.find((a) => a.study === card.study && a.kind === 'main');
  expect(what, study.title_nb, card.lines);
  if (study.acronym) expect(what, study.acronym, card.lines);
  expectMatch(what, new RegExp(`${spaced(main.amount_nok)} (kroner|NOK)`), card.lines);
  expectMatch(what, new RegExp(`Prosjektleder ${main.leader.replace(/\./g, '\\.')} Koordinerende sykehus`), card.lines);
  expect(what, `Utlysningsår ${main.call_year}`, card.lines);
  expect(what, `Helsekategori ${main.categories}`, card.lines);
  const listed = text.split(/\ni Norge/)[1].split('Pasientprofil')[0].split('•').slice(1).map((s) => s.replace(/\s+/g, ' ').trim());
  checked++;
  const told = card.hospitals.map((id) => namesOf(id));
  if (listed.length !== told.length || listed.some((name, i) => !told[i].includes(name)))
    misses.push(`${what}: hospitals ${card.hospitals.join(', ')} are not ${listed.join(', ')}`);
  expect(what, `${card.hospitals_stated} sykehus i Norge`, card.lines);
  checked++;
  const europe = /\+ (\d+) i Europa/.exec(text);
  if ((europe ? Number(europe[1]) : null) !== card.european_sites) misses.push(`${what}: european_sites`);
  checked++;
  const regions = Object.keys(legend).filter((r) => text.split('\n').some((l) => l.trim() === legend[r]));
  if (regions.sort().join() !== [...card.inclusion_regions].sort().join()) misses.push(`${what}: inclusion_regions`);
  expect(what, `${card.headline.patients} ${card.headline.kind === 'planned' ? 'planlagte' : 'inkluderte'} pasienter`, card.lines);
  const people = [...(card.patients.children ? ['barn'] : []), 'mann', 'kvinne'].join(', ');
  expect(what, `${card.patients.age_text}, ${people},`, card.lines);
  expect(what, `Mål for studien ${card.aim_text} Studiedesign ${card.design_text} ${card.arms.join(' ')}`, card.lines);
  checked++;
  const arms = squeeze(text.split('Studiedesign')[1].split(/Hvorfor er studien viktig\?|\n\d*Årsrapport/)[0].replace(/\n\d+Årsrapport[^\n]*/g, ''));
  if (arms !== squeeze(card.design_text + card.arms.join(''))) misses.push(`${what}: the arms have more than the record`);
  for (const link of card.links) {
    const printed = squeeze(text).includes(link.url) ? link.url : link.url.replace(/^https:\/\//, '');
    expect(what, printed, card.lines, { words: false });
  }
  for (const p of card.publications) {
    expect(what, p.citation, card.lines);
    if (p.doi) expect(what, `https://doi.org/${p.doi}`, card.lines, { words: false });
  }
  checked++;
  const bullets = text.includes('Aktuelle publikasjoner') ? text.split('Aktuelle publikasjoner')[1].split('•').length - 1 : 0;
  if (bullets && bullets !== card.publications.length) misses.push(`${what}: ${bullets} publications are printed`);
  for (const [k, v] of Object.entries(card.dates)) {
    if (v === null) continue;
    const months = ['januar', 'februar', 'mars', 'april', 'mai', 'juni', 'juli', 'august', 'september', 'oktober', 'november', 'desember'];
    const [y, m] = v.split('-');
    expect(`${what} ${k}`, m ? `${months[Number(m) - 1]} ${y}` : y, card.lines);
  }
  // No number in our own words that the card does not print.
  const numbers = (s) => s.match(/\d+/g) ?? [];
  const printedNumbers = new Set(numbers(text));
  for (const part of [card.summary, ...Object.values(card.texts)])
    for (const lang of ['nb', 'en'])
      for (const n of numbers(part[lang])) {
        checked++;
        if (!printedNumbers.has(n)) misses.push(`${what}: the number ${n} in "${part[lang].slice(0, 40)}…" is not printed`);
      }
}

// plans, reports, figures
for (const p of set.plans) expectMatch(`plans ${p.study}`, new RegExp(`\\b${p.planned} planlagte pasienter`), p.lines);
for (const r of set.reports) expectMatch(`reports ${r.study}`, new RegExp(`\\b${r.included} (inkluderte )?pasienter`), r.lines);
for (const f of set.figures) {
  expect(`figures ${f.id}`, f.printed, f.lines);
  if (f.call_year) expectMatch(`figures ${f.id}`, new RegExp(`^${f.call_year}( |$)`), f.lines);
  checked++;
  if (Number(f.printed.replace(',', '.').match(/[\d.]+/)[0]) !== Number(f.value)) misses.push(`figures ${f.id}: ${f.value} is not ${f.printed}`);
}

// programme and board
const p = set.programme;
expect('programme', p.short_name, p.lines);
expect('programme', p.name.nb, p.lines);
expect('programme', `Siden oppstart i ${p.since}`, p.lines);
expect('programme', `administrert fra ${p.administered_by.name}`, p.lines);
for (const o of p.owners) expect('programme owners', o.name, '1-2298');
for (const b of p.board) expect(`board ${b.name}`, b.name, b.lines);
for (const b of p.board.filter((x) => x.region)) {
  const region = set.regions.find((r) => r.code === b.region).label_nb;
  expect(`board ${b.name}`, `Helse ${region}`, b.lines);
}
expectMatch('edition', /innhentet 1\. april 2025/, '1323-1324');
checked++;
if (set.edition.document.lines !== lineCount) misses.push(`edition: the document has ${lineCount} lines`);
for (const a of [...set.notes, ...set.figures, ...set.awards])
  for (const n of a.lines.match(/\d+/g)) if (Number(n) > lineCount) misses.push(`lines ${a.lines} pass the end`);

// what a note quotes stands in the lines it names
set.notes.forEach((n, i) => {
  const text = squeeze(slice(n.lines).join('\n')).toLowerCase();
  for (const [, quote] of n.text_nb.matchAll(/«([^»]+)»/g)) {
    checked++;
    if (!text.includes(squeeze(quote).toLowerCase())) misses.push(`notes row ${i + 2}: «${quote}» is not in lines ${n.lines}`);
  }
});

// our own words
const words = (s) => s.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
const runs = new Set();
for (const text of [report.join('\n'), report.join('\n').replace(/-[ \t]*\n/g, ''), report.join('\n').replace(/\d+Årsrapport 2024[^\n]*/g, '')]) {
  const w = words(text);
  for (let i = 0; i + RUN <= w.length; i++) runs.add(w.slice(i, i + RUN).join(' '));
}
for (const t of textsForPeople(set))
  for (const lang of ['nb', 'en']) {
    if (!t[lang]) continue;
    checked++;
    const w = words(t[lang]);
    for (let i = 0; i + RUN <= w.length; i++) {
      const run = w.slice(i, i + RUN).join(' ');
      if (runs.has(run)) { misses.push(`${t.where} (${lang}) copies: "${run}"`); break; }
    }
  }

for (const m of misses) console.log(m);
console.log(`${checked} checks against ${lineCount} lines: ${misses.length ? `${misses.length} misses` : 'all found'}`);
process.exit(misses.length ? 1 : 0);
