// SPDX-License-Identifier: GPL-3.0-or-later
// GET /studies/{id} and what is below it.
'use strict';
const { firstDifference, picked } = require('./lists.js');

const studyOf = (model, question) => model.records.studies.find(({ id }) => id === question.path.split('/')[2]);

function getStudy(model, question, exchange) {
  const wrong = firstDifference(picked(studyOf(model, question).card, question.values.fields), JSON.parse(exchange.body));
  return wrong ? [wrong] : [];
}

/* ── recruitment ─────────────────────────────────────────────────────────────────────────────────────────────── */

const PERIOD = { report: (day) => day, month: (day) => day.slice(0, 7), quarter: (day) => `${day.slice(0, 4)} ${Math.ceil(Number(day.slice(5, 7)) / 3)}`, year: (day) => day.slice(0, 4) };

// What reports say of the whole study: the newest total, or the sum of the regions, where each that takes part has reported after it. Of a small population
// the card does not say that a region which reported takes part.
function countOf({ card, reports: all }, reports) {
  const newest = (region) => reports.filter((row) => row.region === region).reduce((best, row) => (best && best.as_of > row.as_of ? best : row), null);
  const regions = new Set([...card.inclusion_regions ?? [], ...all.map(({ region }) => region).filter(Boolean)]);
  const total = newest(null), reported = [...regions].map(newest).filter(Boolean), sum = reported.reduce((before, row) => before + row.included, 0);
  const isSum = regions.size > 0 && reported.length === regions.size && reported.every((row) => !total || row.as_of > total.as_of) && (!total || sum >= total.included);
  const day = isSum ? reported.map((row) => row.as_of).sort().at(-1) : total?.as_of ?? null;
  return { included: isSum ? sum : total?.included ?? null, as_of: day, reported, sum };
}

// The last day of each period, and what each region had reported within it. Where regions are withheld the periods are years, whatever was asked.
function seriesOf(study, { from = '0', to = '9', interval = 'report' }) {
  const points = study.series.filter((point) => point.as_of >= from && point.as_of <= to), periods = new Map();
  for (const point of points) {
    const key = study.totalsOnly ? point.as_of : PERIOD[interval](point.as_of), before = periods.get(key)?.regions ?? {};
    const known = Object.fromEntries(Object.entries(point.regions ?? {}).map(([region, count]) => [region, count ?? before[region] ?? null]));
    const rows = study.reports.filter((row) => row.as_of >= from && row.as_of <= to && (study.totalsOnly || PERIOD[interval](row.as_of) === key));
    periods.set(key, { as_of: point.as_of, included: study.totalsOnly ? point.included : countOf(study, rows).included, regions: point.regions ? known : null });
  }
  return [...periods.values()];
}

function getRecruitment(model, question, exchange) {
  const study = studyOf(model, question), { series, ...rest } = JSON.parse(exchange.body), { from, to } = question.values;
  const wanted = seriesOf(study, question.values), got = series.map(({ as_of, included, regions }) => ({ as_of, included, regions }));
  const wrong = [firstDifference(wanted, got, 'series'), firstDifference(study.recruitment, rest)].filter(Boolean);
  if (!wrong.length && question.values.interval === undefined) {
    const whole = study.series.filter((point) => point.as_of >= (from ?? '0') && point.as_of <= (to ?? '9'));
    wrong.push(...[firstDifference(whole, series, 'series')].filter(Boolean));
  }
  return wrong;
}

const TOGETHER = [{ of: ({ path }) => path === '/studies/{id}/recruitment', name: 'from', wrong: ({ values: { from, to } }) => from !== undefined && to !== undefined && from > to }];

module.exports = { ANSWERS: { getStudy, getRecruitment }, TOGETHER, countOf };
