// SPDX-License-Identifier: GPL-3.0-or-later
// One question and what follows from it: the same question in other forms, the pages beside it, cursors where they do not belong.
'use strict';
const { chanceOf } = require('./chance.js');
const { cellsDiffer } = require('./formats.js');
const { linksOf, TYPES } = require('./lists.js');
const { decoded } = require('./parameters.js');
const { TARGET } = require('./questions.js');

const OPERATIONS = [['listStudies', '/studies', 80], ['listRecruitment', '/recruitment', 10], ['getStudy', null, 2], ['getRecruitment', null, 3], ['getRegionStatistics', '/stats/regions', 2], ['getCallStatistics', '/stats/calls', 2],
  ['getFundingStatistics', '/stats/funding', 2], ['getCategoryStatistics', '/stats/categories', 2], ['getInstitutionStatistics', '/stats/institutions', 2],
  ['getLeaderStatistics', '/stats/leaders', 1], ['getSummary', '/stats/summary', 1], ['getReconciliation', '/stats/reconciliation', 1]];
const CHANCES = { sort: 0.5, limit: 0.85, fields: 0.75, from: 0.4, to: 0.4, interval: 0.4, group_by: 0.4, weighting: 0.3, facets: 0.12, include: 0.06, q: 0.12,
  report_region: 0.4 };
const BELOW = { getStudy: (id) => `/studies/${id}`, getRecruitment: (id) => `/studies/${id}/recruitment` };
const PAGES = 4; // that are turned at most

function pickOperation(random, operations) {
  let at = random.below(operations.reduce((sum, [, , weight]) => sum + weight, 0));
  return operations.find(([, , weight]) => (at -= weight) < 0);
}

const withPair = (target, name, value) => {
  const [path, query = ''] = target.split('?');
  const kept = query.split('&').filter((pair) => pair && decoded(pair.split('=')[0]) !== name);
  return `${path}?${[...kept, ...(value === null ? [] : [`${name}=${value}`])].join('&')}`.replace(/\?$/, '');
};

class Conversations {
  constructor({ model, questions, client, seed }) {
    Object.assign(this, { model, questions, client, seed, targets: new Set() });
    this.operations = OPERATIONS.filter(([id]) => model.parameters.has(id));
  }

  // Whether the operation has the parameter, and takes the value.
  #takes(operation, name, value) {
    const parameter = this.model.parameters.get(operation).find((row) => row.name === name);
    return parameter !== undefined && (value === undefined || (parameter.values?.includes(value) ?? false));
  }

  // Asks, and returns what is wrong: [{number, target, wrong}].
  async hold(number) {
    const random = chanceOf(this.seed, number), faults = [];
    const fault = (target, wrong, accept) => faults.push({ number, target, wrong, accept });
    const ask = async (target, isQuestion = true, accept = undefined) => {
      if (target.length > TARGET) return null;
      if (isQuestion) this.targets.add(target);
      const exchange = await this.client.ask(target, accept), wrong = this.model.check(exchange);
      if (wrong.length) fault(target, wrong, accept);
      return wrong.length || exchange.status !== 200 ? null : exchange;
    };
    const { operation, target } = this.#first(random), first = await ask(target);
    if (first && this.#takes(operation, 'cursor')) await this.#turn(random, operation, first, ask);
    if (first) await this.#otherForms(random, operation, first, ask, fault);
    return faults;
  }

  // The same question as a table and as lines. Of a list the model says every cell; of all else the JSON does.
  async #otherForms(random, operation, first, ask, fault) {
    const bare = ['include', 'facets'].reduce((target, name) => withPair(target, name, null), first.target); // these go with JSON alone
    for (const format of ['csv', 'ndjson'].filter((name) => this.#takes(operation, 'format', name))) {
      const dialect = format === 'csv' && random.is(0.3) ? random.one(['excel-nb', 'rfc4180']) : null, base = random.is(0.95) ? bare : first.target, byAccept = random.is(0.15);
      const plain = byAccept ? base : withPair(base, 'format', format);
      const table = await ask(dialect ? withPair(plain, 'dialect', dialect) : plain, false, byAccept ? TYPES[format] : undefined);
      if (!table || this.#takes(operation, 'cursor') || this.model.read(first.target).values.format) continue;
      const wrong = cellsDiffer(JSON.parse(first.body).data, table.body, dialect === 'excel-nb');
      if (wrong.length) fault(table.target, wrong);
    }
  }

  #first(random) {
    const [operation, fixed] = pickOperation(random, this.operations), path = fixed ?? BELOW[operation](random.one(this.questions.cards).id);
    let pairs = this.questions.right(random, operation, CHANCES);
    for (let times = random.is(0.35) ? 1 + (random.is(0.3) ? random.between(1, 2) : 0) : 0; times > 0; times--) pairs = this.questions.wrong(random, operation, pairs);
    return { operation, target: pairs.length ? `${path}?${this.questions.written(random, pairs)}` : path };
  }

  // Follows next and prev with another limit, other members or in another form each time, and takes a cursor to where it does not belong.
  async #turn(random, operation, first, ask) {
    let at = first;
    for (let pages = random.is(0.25) ? random.between(1, PAGES) : 0; at && pages > 0; pages--) {
      const { next, prev } = at.headers.link ? linksOf(at.headers.link) : {}, way = next && prev ? random.one([next, next, prev]) : next ?? prev;
      if (!way) break;
      const cursor = /cursor=([^&]*)/.exec(way)[1];
      if (random.is(0.08)) await ask(this.#misplaced(random, way, cursor));
      at = await ask(this.#changed(random, operation, way));
    }
  }

  #changed(random, operation, way) {
    const limited = random.is(0.6) ? withPair(way, 'limit', random.between(1, 60)) : way;
    const picked = random.is(0.2) && this.#takes(operation, 'fields') ? withPair(limited, 'fields', random.one([null, 'id', 'name,id'])) : limited;
    const forms = ['json', 'csv', 'ndjson'].filter((name) => this.#takes(operation, 'format', name));
    return forms.length && random.is(0.3) ? withPair(withPair(picked, 'include', null), 'format', random.one(forms)) : picked;
  }

  #misplaced(random, way, cursor) {
    return random.one([() => withPair(way, 'cursor', cursor.slice(0, -random.between(1, 8))), () => withPair(way, 'cursor', `${cursor}AAAA`), () => withPair(way, 'cursor', `${cursor}=`),
      () => withPair(way, 'status', random.one(['!unknown', 'planned', 'stopped,completed'])), () => withPair(way, 'sort', random.one(['-planned', 'leader,-name', 'updated'])),
      () => withPair(way, 'limit', '0'), () => withPair(way, 'category', 'no-category'), () => withPair(way, 'cursor', '')])();
  }
}

module.exports = { Conversations, withPair };
