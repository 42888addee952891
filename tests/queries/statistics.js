// SPDX-License-Identifier: GPL-3.0-or-later
// Statistics: what every cell and the total sum over the studies of their own link, and that the link is to the studies they are of.
'use strict';
const { within } = require('./filters.js');

const GRAIN = { getRegionStatistics: 'region', getFundingStatistics: 'award' };
const DIMENSIONS = { getRegionStatistics: ['region'], getCallStatistics: ['call_year'], getFundingStatistics: ['call_year', 'mechanism'],
  getCategoryStatistics: ['category'], getInstitutionStatistics: ['institution'] };

/* ── what one study gives to a cell ──────────────────────────────────────────────────────────────────────────── */

const matches = (asked, holds) => !asked || holds(asked) !== asked.not;

// The awards that the filters of awards pick: each by itself.
const pickedAwards = ({ award_call_year: years, award_mechanism: mechanisms }, { card }) => card.awards.filter((award) =>
  matches(years, ({ ranges }) => within(ranges, award.call_year)) && matches(mechanisms, ({ codes }) => codes.includes(award.mechanism)));

// Whole kroner shared equally to the øre, the remainder to the category printed first.
function shareOf(ore, { card }, category, whole) {
  const count = BigInt(card.categories.length);
  if (whole || category === undefined || count < 2n) return ore;
  return ore / count + (card.categories[0].code === category ? ore % count : 0n);
}

function patientsOf(pairs) {
  const known = (list) => (list.length ? list.reduce((a, b) => a + b, 0) : null);
  const both = pairs.filter(({ planned, included }) => planned !== null && included !== null);
  return {
    planned: known(pairs.map(({ planned }) => planned).filter((n) => n !== null)), included: known(pairs.map(({ included }) => included).filter((n) => n !== null)),
    remaining: known(both.map(({ planned, included }) => Math.max(planned - included, 0))),
    exceeded_by: known(both.map(({ planned, included }) => included - planned).filter((n) => n > 0)),
    both: both.length ? { planned: known(both.map(({ planned }) => planned)), included: known(both.map(({ included }) => included)) } : null,
    days: pairs.filter(({ included }) => included !== null).map(({ as_of: day }) => day),
  };
}

// The patients of a study in the cell: its own, or those of the regions it includes in. Small populations show no region.
function patientsIn(study, grain, region) {
  if (grain !== 'region') return patientsOf([study.card.recruitment]);
  const here = (study.card.inclusion_regions ?? []).filter((code) => region === undefined || code === region);
  return patientsOf(study.totalsOnly ? [] : study.regions.filter((row) => here.includes(row.region)));
}

/* ── a cell ──────────────────────────────────────────────────────────────────────────────────────────────────── */

const tenth = ({ planned, included }) => (planned === 0 ? null : Number((2000n * BigInt(included) + BigInt(planned)) / (2n * BigInt(planned))) / 10);

function sums(parts) {
  const of = (name) => parts.map((part) => part[name]).filter((n) => n !== null);
  const sum = (name) => (of(name).length ? of(name).reduce((a, b) => a + b, 0) : null);
  const both = parts.map((part) => part.both).filter(Boolean), days = parts.flatMap((part) => part.days).sort();
  const total = both.reduce((a, b) => ({ planned: a.planned + b.planned, included: a.included + b.included }), { planned: 0, included: 0 });
  return {
    planned: sum('planned'), included: sum('included'), remaining: sum('remaining'), exceeded_by: sum('exceeded_by'), percent: both.length ? tenth(total) : null,
    coverage: { planned: of('planned').length, included: of('included').length, both: both.length, of: parts.length },
    as_of: days.length ? { oldest: days[0], newest: days.at(-1) } : null,
  };
}

// What the measures of a cell must be. keys: the values of its dimensions; asked: the filters of its link.
function measuresOf(studies, grain, keys, asked, whole) {
  const patients = sums(studies.map((study) => patientsIn(study, grain, grain === 'region' ? keys.region ?? undefined : undefined)));
  const none = grain === 'award' ? { planned: null, included: null, remaining: null, exceeded_by: null, percent: null, as_of: null } : {};
  const awards = studies.flatMap((study) => (grain === 'award' ? pickedAwards(asked, study) : study.card.awards).map((award) => ({ study, award })));
  const category = keys.category ?? undefined;
  const ore = (of) => BigInt(of.reduce((a, { amount_nok: amount }) => a + amount, 0)) * 100n;
  const total = grain === 'award' ? awards.reduce((a, { study, award }) => a + shareOf(ore([award]), study, category, whole), 0n)
    : studies.reduce((a, study) => a + shareOf(ore(study.card.awards), study, category, whole), 0n);
  return { study_count: studies.length, awards: awards.length, amount_ore: Number(total), amount_nok: total % 100n ? null : Number(total / 100n),
    leaders: new Set(studies.map(({ card }) => card.leader.name)).size, ...patients, ...none };
}

const differ = (cell, wanted, at) => Object.entries(wanted).filter(([name, value]) => name in cell && JSON.stringify(cell[name]) !== JSON.stringify(value))
  .map(([name, value]) => `${at}: ${name} is ${JSON.stringify(cell[name])}, not ${JSON.stringify(value)}`);

/* ── the answers ─────────────────────────────────────────────────────────────────────────────────────────────── */

// The values that a study has of a dimension; null where it has none.
const VALUES = {
  call_year: ({ card }) => [card.call_year], mechanism: ({ card }) => [card.mechanism], institution: ({ card }) => [card.institution.id], status: ({ card }) => [card.status],
  region: ({ card }) => [card.institution.region], category: ({ card }) => (card.categories.length ? card.categories.map(({ code }) => code) : [null]),
};
const includesIn = ({ card }) => card.inclusion_regions ?? [null];
const valuesOf = (dimension, grain) => (grain === 'region' && dimension === 'region' ? includesIn : VALUES[dimension]);

// A study stands in a cell when it has all of its keys; of an award, one award has them.
function isIn(study, keys, grain, asked) {
  const ofAward = grain === 'award' ? Object.entries(keys).filter(([name]) => name === 'call_year' || name === 'mechanism') : [];
  if (ofAward.length && !pickedAwards(asked, study).some((award) => ofAward.every(([name, value]) => award[name] === value))) return false;
  return Object.entries(keys).every(([name, value]) => ofAward.some(([own]) => own === name) || valuesOf(name, grain)(study).includes(value));
}

function table(model, question, exchange) {
  if (question.format === 'csv') return [];
  const { data, meta } = JSON.parse(exchange.body), { values, operation } = question, grain = GRAIN[operation.id] ?? 'study', whole = values.weighting === 'whole';
  const others = Object.fromEntries(Object.entries(values).filter(([name]) => grain !== 'award' || !name.startsWith('award_')));
  const chosen = model.filtered(others).filter((study) => grain !== 'award' || pickedAwards(values, study).length > 0);
  const dimensions = values.group_by ?? DIMENSIONS[operation.id], wrong = [];
  const check = (cell, studies, keys, at) => {
    const { values: asked, faults } = model.read(cell.studies), linked = model.filtered(asked);
    if (faults.size) wrong.push(`${at}: its link ${cell.studies} is refused for ${[...faults]}`);
    else if (linked.length !== studies.length || linked.some((study) => !studies.includes(study))) wrong.push(`${at}: its link ${cell.studies} has ${linked.length} studies, not ${studies.length}`);
    else wrong.push(...differ(cell, measuresOf(studies, grain, keys, asked, whole), at));
  };
  check(meta.totals, chosen, {}, 'meta.totals');
  for (const cell of data) {
    const keys = Object.fromEntries(dimensions.map((name) => [name, cell[name]]));
    check(cell, chosen.filter((study) => isIn(study, keys, grain, values)), keys, JSON.stringify(keys));
  }
  return [...wrong, ...missing(data, chosen, dimensions, grain, values)];
}

// Every study has a cell.
function missing(data, chosen, dimensions, grain, values) {
  const shown = data.map((cell) => Object.fromEntries(dimensions.map((name) => [name, cell[name]])));
  const lost = chosen.find((study) => !shown.some((keys) => isIn(study, keys, grain, values)));
  return lost ? [`${lost.id} is in no cell`] : [];
}

// Rows that need not be cells: what has a link counts what the link leads to.
function linked(model, question, exchange) {
  if (question.format === 'csv') return [];
  const { data, meta } = JSON.parse(exchange.body);
  const wrong = [meta.totals, ...data].filter((row) => row.studies !== null).flatMap((row, i) => differ(row, { study_count: model.total(row.studies) }, i ? `row ${i - 1}` : 'meta.totals'));
  return [...wrong, ...differ(meta.totals, measuresOf(model.filtered(question.values), 'study', {}, {}, false), 'meta.totals')];
}

const ANSWERS = { getRegionStatistics: table, getCallStatistics: table, getFundingStatistics: table, getCategoryStatistics: table, getInstitutionStatistics: table,
  getLeaderStatistics: linked, getSummary: linked, getReconciliation: () => [] };

const dimensionsOf = ({ operation, values }) => values.group_by ?? DIMENSIONS[operation.id] ?? [];
const both = (values, name) => values[name] !== undefined && values[`and_${name}`] !== undefined;
const byInclusion = (question) => (question.operation.id === 'getRegionStatistics' && dimensionsOf(question).includes('region'))
  || (question.operation.id === 'getSummary' && !question.values.group_by);
const isStatistic = ({ path }) => path.startsWith('/stats/') && path !== '/stats/reconciliation';
const TOGETHER = [
  // The link of a cell needs a filter for its own value; where both are taken there is none left.
  { of: isStatistic, name: 'and_category', wrong: (question) => dimensionsOf(question).includes('category') && both(question.values, 'category') },
  { of: isStatistic, name: 'and_inclusion_region',
    wrong: (question) => byInclusion(question) && both(question.values, 'inclusion_region') },
  { of: isStatistic, name: 'weighting', wrong: (question) => question.values.weighting === 'whole' && !dimensionsOf(question).includes('category') },
];

module.exports = { ANSWERS, TOGETHER, pickedAwards };
