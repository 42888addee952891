// SPDX-License-Identifier: GPL-3.0-or-later
// One question and what follows from it: the same question in other forms, the pages beside it, cursors where they do not belong.
'use strict';
const { chanceOf } = require('./chance.js');
const { TARGET } = require('./questions.js');

const OPERATIONS = [['listStudies', '/studies', 80], ['getStudy', null, 2], ['getRecruitment', null, 3], ['getRegionStatistics', '/stats/regions', 2], ['getCallStatistics', '/stats/calls', 2],
  ['getFundingStatistics', '/stats/funding', 2], ['getCategoryStatistics', '/stats/categories', 2], ['getInstitutionStatistics', '/stats/institutions', 2],
  ['getLeaderStatistics', '/stats/leaders', 1], ['getSummary', '/stats/summary', 1], ['getReconciliation', '/stats/reconciliation', 1]];
const CHANCES = { sort: 0.5, limit: 0.75, fields: 0.6, from: 0.4, to: 0.4, interval: 0.4, group_by: 0.4, weighting: 0.3 };
const BELOW = { getStudy: (id) => `/studies/${id}`, getRecruitment: (id) => `/studies/${id}/recruitment` };
const PAGES = 4; // that are turned at most

function pickOperation(random, operations) {
  let at = random.below(operations.reduce((sum, [, , weight]) => sum + weight, 0));
  return operations.find(([, , weight]) => (at -= weight) < 0);
}

const withPair = (target, name, value) => {
  const [path, query = ''] = target.split('?');
  const kept = query.split('&').filter((pair) => pair && pair.split('=')[0] !== name);
  return `${path}?${[...kept, ...(value === null ? [] : [`${name}=${value}`])].join('&')}`.replace(/\?$/, '');
};

class Conversations {
  constructor({ model, questions, client, seed }) {
    Object.assign(this, { model, questions, client, seed, targets: new Set() });
    this.operations = OPERATIONS.filter(([id]) => model.parameters.has(id));
  }

  // Asks, and returns what is wrong: [{target, wrong}].
  async hold(number) {
    const random = chanceOf(this.seed, number), faults = [];
    const ask = async (target) => {
      if (target.length > TARGET) return null;
      this.targets.add(target);
      const exchange = await this.client.ask(target), wrong = this.model.check(exchange);
      if (wrong.length) faults.push({ number, target, wrong });
      return wrong.length || exchange.status !== 200 ? null : exchange;
    };
    const first = await ask(this.#first(random));
    if (first && first.target.split('?')[0] === '/studies') await this.#turn(random, first, ask);
    return faults;
  }

  #first(random) {
    const [operation, fixed] = pickOperation(random, this.operations), path = fixed ?? BELOW[operation](random.one(this.questions.cards).id);
    let pairs = this.questions.right(random, operation, CHANCES);
    for (let times = random.is(0.35) ? 1 + (random.is(0.3) ? random.between(1, 2) : 0) : 0; times > 0; times--) pairs = this.questions.wrong(random, operation, pairs);
    return pairs.length ? `${path}?${this.questions.written(random, pairs)}` : path;
  }

  // Follows next and prev with another limit or other members each time, and takes a cursor to where it does not belong.
  async #turn(random, first, ask) {
    let at = first;
    for (let pages = random.is(0.25) ? random.between(1, PAGES) : 0; at && pages > 0; pages--) {
      const { next, prev } = JSON.parse(at.body).links, way = next && prev ? random.one([next, next, prev]) : next ?? prev;
      if (!way) break;
      const cursor = /cursor=([^&]*)/.exec(way)[1];
      if (random.is(0.08)) await ask(this.#misplaced(random, way, cursor));
      const limited = random.is(0.6) ? withPair(way, 'limit', random.between(1, 60)) : way;
      at = await ask(random.is(0.2) ? withPair(limited, 'fields', random.one([null, 'id', 'name,id'])) : limited);
    }
  }

  #misplaced(random, way, cursor) {
    return random.one([() => withPair(way, 'cursor', cursor.slice(0, -random.between(1, 8))), () => withPair(way, 'cursor', `${cursor}AAAA`), () => withPair(way, 'cursor', `${cursor}=`),
      () => withPair(way, 'status', random.one(['!unknown', 'planned', 'stopped,completed'])), () => withPair(way, 'sort', random.one(['-planned', 'leader,-name', 'updated'])),
      () => withPair(way, 'limit', '0'), () => withPair(way, 'category', 'no-category'), () => withPair(way, 'cursor', '')])();
  }
}

module.exports = { Conversations, withPair };
