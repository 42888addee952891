// SPDX-License-Identifier: GPL-3.0-or-later
// facets: for each value of a filter the studies that there would be, were it chosen in the place of what was.
'use strict';
const { placesOf, comparePlaces } = require('./alphabet.js');
const { AWARDS, filterOf } = require('./filters.js');

/* ── values: what each facet counts, in the order of equals ──────────────────────────────────────────────────── */

const STATUSES = ['planned', 'recruiting', 'recruitment-ended', 'follow-up', 'completed', 'stopped', 'unknown'];
const years = (of) => ({ studies }, asked) => [...new Set([...studies.flatMap(({ card }) => of(card)), ...(asked?.ranges ?? []).flat().filter(Number.isFinite)])].sort((a, b) => a - b);
const byName = (rows) => rows.map(([value, name]) => ({ value, places: placesOf(name) })).sort((a, b) => comparePlaces(a.places, b.places) || (a.value < b.value ? -1 : 1)).map(({ value }) => value);
const codes = (list) => (records) => records[list].map(({ code }) => code);
const institutions = ({ institutions: all }) => byName(all.map(({ id, name }) => [id, name]));

const FACETS = {
  programme: ({ programmes }) => programmes.map(({ id }) => id), call_year: years((card) => [card.call_year]), mechanism: codes('mechanisms'),
  award_call_year: years((card) => card.awards.map((award) => award.call_year)), award_mechanism: codes('mechanisms'), category: codes('categories'), institution: institutions, hospital: institutions,
  region: codes('regions'), inclusion_region: codes('regions'), leader: ({ studies }) => byName([...new Set(studies.map(({ card }) => card.leader.name))].map((name) => [name, name])),
  status: () => STATUSES, has_card: () => [true, false], behind_plan: () => [true, false],
};
// A study may have none of these.
const NONE = { category: ({ categories }) => !categories.length, region: ({ institution }) => institution.region === null, inclusion_region: (card) => card.inclusion_regions === null };

// The filter that lets the value through and no other.
const only = (value) => (typeof value === 'number' ? { not: false, ranges: [[value, value]] } : typeof value === 'boolean' ? value : { not: false, codes: [value] });

// Whether the own filter names the value by itself.
function isNamed(asked, value) {
  if (asked === undefined) return false;
  if (typeof asked === 'boolean') return asked === value;
  return asked.codes ? asked.codes.includes(value) : asked.ranges.some(([low, high]) => low === value && high === value);
}

/* ── the answer ──────────────────────────────────────────────────────────────────────────────────────────────── */

// The filters of awards are of one and the same award, so that neither can be asked without the other; all else is asked of those that are left.
function valuesOf(model, { values }, name) {
  const all = FACETS[name](model.records, values[name]), left = model.filtered(values, [name]);
  const count = (value) => (AWARDS.includes(name) ? model.filtered({ ...values, [name]: only(value) }) : left.filter(filterOf({ [name]: only(value) }, model.records))).length;
  const counted = all.map((value) => ({ value, study_count: count(value) }));
  const shown = counted.filter(({ value, study_count: count }) => count > 0 || isNamed(values[name], value)).sort((a, b) => b.study_count - a.study_count);
  const none = NONE[name] ? left.filter(({ card }) => NONE[name](card)).length : 0;
  return none ? [...shown, { value: null, study_count: none }] : shown;
}

// What is wrong with meta.facets.
function facetsDiffer(model, question, facets) {
  const names = question.values.facets ?? [];
  if (Object.keys(facets ?? {}).join() !== names.join()) return [`meta.facets has ${Object.keys(facets ?? {})}, not ${names}`];
  return names.flatMap((name) => {
    const facet = facets[name], all = model.filtered(question.values, [name]).length, wanted = valuesOf(model, question, name);
    const show = (rows) => rows.map(({ value, study_count: count }) => `${value}: ${count}`).join(', ');
    if (facet.study_count !== all || model.total(facet.studies) !== all) return [`facet ${name} is of ${facet.study_count} studies (${facet.studies}), not ${all}`];
    if (show(facet.values) !== show(wanted)) return [`facet ${name} is ${show(facet.values)}; not ${show(wanted)}`];
    return facet.values.filter((row) => model.total(row.studies) !== row.study_count).map((row) => `facet ${name}, ${row.value}: ${row.studies} has ${model.total(row.studies)} studies, not ${row.study_count}`);
  });
}

module.exports = { facetsDiffer };
