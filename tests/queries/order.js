// SPDX-License-Identifier: GPL-3.0-or-later
// The order of a list: keys one after another, what is not known last whichever way, the id always in the end.
'use strict';
const { comparePlaces } = require('./alphabet.js');

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
};

const USUAL = [{ key: 'call_year', down: false }], LAST = { key: 'id', down: false };

function compareBy({ key, down }, a, b, values) {
  const [value, way] = KEYS[key], x = value(a, values), y = value(b, values);
  if (x === null || y === null) return (x === null) - (y === null);
  return down ? -way(x, y) : way(x, y);
}

// values: the whole question.
function sorted(studies, values, usual = USUAL) {
  const keys = [...(values.sort ?? usual), LAST];
  return [...studies].sort((a, b) => {
    for (const key of keys) {
      const order = compareBy(key, a, b, values);
      if (order !== 0) return order;
    }
    return 0;
  });
}

module.exports = { sorted, KEYS, USUAL };
