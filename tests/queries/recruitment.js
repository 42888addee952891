// SPDX-License-Identifier: GPL-3.0-or-later
// GET /recruitment: the reports that stand, one row each, of the studies that pass.
'use strict';
const { pageOf, rowsAnswer } = require('./lists.js');

// The reports of a study that may be shown: all, or of a small population the last total of each year.
function shownReports({ reports, totalsOnly }) {
  if (!totalsOnly) return reports;
  const years = new Map();
  for (const row of reports.filter(({ region }) => region === null).sort(byDay)) years.set(row.as_of.slice(0, 4), row);
  return [...years.values()];
}

const byDay = (a, b) => (a.as_of < b.as_of ? -1 : a.as_of > b.as_of ? 1 : 0);

// The plan of today, there or in all.
const plannedIn = ({ recruitment, regions }, region) => (region === null ? recruitment.planned : regions.find((row) => row.region === region).planned);

function rowsOf(study) {
  return shownReports(study).map(({ region, as_of: asOf, included, source }) => ({
    study: study.id, programme: study.card.programme, region, as_of: asOf, included, planned: plannedIn(study, region), origin: 'edition', source, disclosure: study.recruitment.disclosure }));
}

// By study, by day, or the newest day first; within a day of a study the whole first, then the regions in their order.
function sortedRows(rows, sort, regions) {
  const place = (region) => (region === null ? -1 : regions.findIndex(({ code }) => code === region)), byStudy = (a, b) => (a.study < b.study ? -1 : a.study > b.study ? 1 : 0);
  const orders = { study: [byStudy, byDay], as_of: [byDay, byStudy], '-as_of': [(a, b) => byDay(b, a), byStudy] };
  const keys = [...orders[sort], (a, b) => place(a.region) - place(b.region)];
  return [...rows].sort((a, b) => keys.reduce((order, key) => order || key(a, b), 0));
}

function wholeTable(model, { values: { from = '0', to = '9', report_region: wanted, sort = 'study', ...filters } }) {
  const rows = model.filtered(filters).flatMap(rowsOf).filter((row) => row.as_of >= from && row.as_of <= to
    && (!wanted || wanted.codes.includes(row.region ?? 'total') !== wanted.not));
  return sortedRows(rows, sort, model.records.regions);
}

// The members say the columns, whatever the row.
const EXAMPLE = { study: '', programme: '', region: '', as_of: '', included: 0, planned: 0, origin: '', source: { document: '', lines: '' }, disclosure: '' };

function listRecruitment(model, question, exchange) {
  const whole = model.whole(question, () => wholeTable(model, question)), page = pageOf(model, question, whole), rows = whole.slice(page.start, page.end);
  return rowsAnswer(model, question, exchange, { whole: whole.length, page, rows, example: EXAMPLE, name: (i) => `${rows[i].study} ${rows[i].region} ${rows[i].as_of}` });
}

const TOGETHER = [{ of: ({ path }) => path === '/recruitment', name: 'from', wrong: ({ values: { from, to } }) => from !== undefined && to !== undefined && from > to }];

module.exports = { ANSWERS: { listRecruitment }, TOGETHER };
