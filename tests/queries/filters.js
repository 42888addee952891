// SPDX-License-Identifier: GPL-3.0-or-later
// Which studies a filter lets through. Each row says what a study has; the question says what is wanted. What is not known is not within anything,
// and so falls to the negation.
'use strict';
const { fits } = require('./search.js');

const within = (ranges, value) => value !== null && ranges.some(([low, high]) => low <= value && value <= high);

const codes = (has) => ({ codes: wanted }, study, records) => has(study.card, study, records).some((code) => wanted.includes(code));
const ranges = (value) => (asked, study) => within(asked.ranges, value(study.card));

// The institution, and whatever it is part of.
function standsFor(id, { partOf }) {
  const all = [];
  for (let at = id; at && !all.includes(at); at = partOf.get(at)) all.push(at);
  return all;
}

// Kept with the study, once they were asked for.
const hospitals = (card, study, records) => (study.hospitals ??= [card.institution, ...(card.hospitals ?? [])].flatMap(({ id }) => standsFor(id, records)));
const categoryCodes = (card) => card.categories.map(({ code }) => code);
const inclusionRegions = (card) => card.inclusion_regions ?? [];

// A study takes the ages from one end to the other; one end alone known, the other is open.
function takesAge({ ranges: asked }, { card: { patients: { age_min: low, age_max: high } } }) {
  return (low !== null || high !== null) && asked.some(([from, to]) => (high ?? Infinity) >= from && (low ?? 0) <= to);
}

/* ── behind plan ─────────────────────────────────────────────────────────────────────────────────────────────── */

const DAY = 86400000;

// The first or the last day that a date as exact as YYYY, YYYY-MM or YYYY-MM-DD may be.
function dayOf(date, last) {
  const [year, month, day] = date.split('-').map(Number);
  if (day) return Date.UTC(year, month - 1, day) / DAY;
  if (!last) return Date.UTC(year, (month ?? 1) - 1, 1) / DAY;
  return Date.UTC(year, month ?? 12, 0) / DAY;
}

// Fewer than the straight line from start to planned end has on the day of the count.
function isBehind({ card, plan }) {
  const { planned, included, as_of: asOf } = card.recruitment, end = plan?.planned_end || card.dates.inclusion_end_expected;
  if (planned === null || included === null || !card.dates.start || !end) return false;
  const from = dayOf(card.dates.start, false), to = dayOf(end, true);
  if (to <= from) return false;
  const elapsed = Math.min(Math.max(dayOf(asOf, false) - from, 0), to - from);
  return BigInt(included) * BigInt(to - from) < BigInt(planned) * BigInt(elapsed);
}

/* ── the table ───────────────────────────────────────────────────────────────────────────────────────────────── */

const FILTERS = {
  q: fits,
  programme: codes((card) => [card.programme]),
  id: codes((card) => [card.id]),
  call_year: ranges((card) => card.call_year),
  mechanism: codes((card) => [card.mechanism]),
  category: codes(categoryCodes),
  and_category: codes(categoryCodes),
  institution: codes((card) => [card.institution.id]),
  hospital: codes(hospitals),
  region: codes((card) => [card.institution.region]),
  inclusion_region: codes(inclusionRegions),
  and_inclusion_region: codes(inclusionRegions),
  leader: codes((card) => [card.leader.name]),
  status: codes((card) => [card.status]),
  has_card: (asked, { card }) => card.has_card === asked,
  behind_plan: (asked, study) => isBehind(study) === asked,
  amount_nok: ranges((card) => card.amount_nok),
  planned: ranges((card) => card.recruitment.planned),
  included: ranges((card) => card.recruitment.included),
  age: takesAge,
  updated: ranges((card) => Date.parse(card.updated)),
};

// Year and mechanism are of one and the same award. With one of them negated: what the other lets through, less what both together would;
// with both negated: neither.
function awardsPass({ award_call_year: years, award_mechanism: mechanisms }, { card }) {
  const has = (of) => card.awards.some((award) => of.every((holds) => holds(award)));
  const inYears = (award) => within(years.ranges, award.call_year), byMechanism = (award) => mechanisms.codes.includes(award.mechanism);
  if (years && mechanisms && !(years.not && mechanisms.not)) {
    if (!years.not && !mechanisms.not) return has([inYears, byMechanism]);
    return has([years.not ? byMechanism : inYears]) && !has([inYears, byMechanism]);
  }
  return (!years || has([inYears]) !== years.not) && (!mechanisms || has([byMechanism]) !== mechanisms.not);
}

const AWARDS = ['award_call_year', 'award_mechanism'];
const isFilter = (name) => name in FILTERS || AWARDS.includes(name);

// study → whether all filters of values let it through.
function filterOf(values, records) {
  const asked = Object.keys(FILTERS).filter((name) => values[name] !== undefined);
  const byAward = AWARDS.some((name) => values[name] !== undefined);
  return (study) => (!byAward || awardsPass(values, study))
    && asked.every((name) => FILTERS[name](values[name], study, records) !== (values[name].not ?? false));
}

module.exports = { FILTERS, AWARDS, isFilter, filterOf, isBehind, within };
