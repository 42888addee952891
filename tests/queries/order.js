// SPDX-License-Identifier: GPL-3.0-or-later
// The order of a list: keys one after another, what is not known last whichever way, the id always in the end.
'use strict';
const { comparePlaces } = require('./alphabet.js');
const { relevance } = require('./search.js');

const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

// What a study sorts by, and how two of them compare. Codes and ids by their characters.
const KEYS = {
  id: [({ card }) => card.id, compare],
  name: [({ places }) => places.name, comparePlaces],
  call_year: [({ card }) => card.call_year, compare],
  amount_nok: [({ card }) => card.amount_nok, compare],
  planned: [({ card }) => card.recruitment.planned, compare],
  included: [({ card }) => card.recruitment.included, compare],
  percent: [({ card }) => card.recruitment.percent, compare],
  leader: [({ places }) => places.leader, comparePlaces],
  institution: [({ places }) => places.institution, comparePlaces],
  mechanism: [({ card }) => card.mechanism, compare],
  status: [({ card }) => card.status, compare],
  updated: [({ card }) => Date.parse(card.updated), compare],
  relevance: [(study, { q }) => relevance(q, study), compare],
};

const USUAL = [{ key: 'call_year', down: false }], LAST = { key: 'id', down: false };

function compareBy({ key, down }, x, y) {
  if (x === null || y === null) return (x === null) - (y === null);
  const [, way] = KEYS[key];
  return down ? -way(x, y) : way(x, y);
}

// values: the whole question. What is looked for comes by how well it fits, unless it is sorted otherwise.
function sorted(studies, values) {
  const keys = [...(values.sort ?? (values.q ? [{ key: 'relevance', down: true }, ...USUAL] : USUAL)), LAST];
  const rows = studies.map((study) => ({ study, by: keys.map(({ key }) => KEYS[key][0](study, values)) }));
  rows.sort((a, b) => {
    for (let i = 0; i < keys.length; i++) {
      const order = compareBy(keys[i], a.by[i], b.by[i]);
      if (order !== 0) return order;
    }
    return 0;
  });
  return rows.map(({ study }) => study);
}

module.exports = { sorted, KEYS, USUAL };
