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

// The last day of each period, and what each region had reported within it. Where regions are withheld the periods are years, whatever was asked.
function seriesOf(study, { from = '0', to = '9', interval = 'report' }) {
  const points = study.series.filter((point) => point.as_of >= from && point.as_of <= to), periods = new Map();
  for (const point of points) {
    const key = study.totalsOnly ? point.as_of : PERIOD[interval](point.as_of), before = periods.get(key)?.regions ?? {};
    const known = Object.fromEntries(Object.entries(point.regions ?? {}).map(([region, count]) => [region, count ?? before[region] ?? null]));
    periods.set(key, { as_of: point.as_of, regions: point.regions ? known : null });
  }
  return [...periods.values()];
}

function getRecruitment(model, question, exchange) {
  const study = studyOf(model, question), { series, ...rest } = JSON.parse(exchange.body), { from, to } = question.values;
  const wanted = seriesOf(study, question.values), got = series.map(({ as_of, regions }) => ({ as_of, regions }));
  const wrong = [firstDifference(wanted, got, 'series'), firstDifference(study.recruitment, rest)].filter(Boolean);
  if (!wrong.length && question.values.interval === undefined) {
    const whole = study.series.filter((point) => point.as_of >= (from ?? '0') && point.as_of <= (to ?? '9'));
    wrong.push(...[firstDifference(whole, series, 'series')].filter(Boolean));
  }
  return wrong;
}

const TOGETHER = [{ of: ({ path }) => path === '/studies/{id}/recruitment', name: 'from', wrong: ({ values: { from, to } }) => from !== undefined && to !== undefined && from > to }];

module.exports = { ANSWERS: { getStudy, getRecruitment }, TOGETHER };
