// SPDX-License-Identifier: GPL-3.0-or-later
// A naive model of the contract: the records in memory, every question answered by looking at all of them. It says what is wrong with an answer of
// the daemon, knowing nothing but the target that was asked.
'use strict';
const { isFilter, filterOf } = require('./filters.js');
const { parameterOf, readQuery } = require('./parameters.js');
const lists = require('./lists.js');
const recruitment = require('./recruitment.js');
const studies = require('./studies.js');
const statistics = require('./statistics.js');

const { TYPES } = lists;

// By operation: what is wrong with an answer of 200, and what only the values together can get wrong.
const ANSWERS = { ...lists.ANSWERS, ...recruitment.ANSWERS, ...studies.ANSWERS, ...statistics.ANSWERS };
const TOGETHER = [...studies.TOGETHER, ...recruitment.TOGETHER, ...statistics.TOGETHER, ...lists.TOGETHER];
// What says how an answer is given, not what is in it: a question stays the same with another of these.
const NOT_THE_QUESTION = ['cursor', 'limit', 'fields', 'format', 'dialect', 'include', 'facets'];

class Model {
  constructor(spec, records) {
    Object.assign(this, { spec, records, cursors: new Map(), kept: new Map(), seen: {} });
    // What was known once is held to what was answered then: tests/db/test_known.c, tests/api/test_known.c.
    const isOfNow = (row) => row.in === 'query' && row.schema.format !== 'date-time';
    this.parameters = new Map(spec.operations.map((operation) => [operation.id, operation.parameters.filter(isOfNow)
      .map((row) => parameterOf(row, (name) => (text) => records.vocabulary[name].find(text)))]));
  }

  /* ── questions ─────────────────────────────────────────────────────────────────────────────────────────────── */

  // {operation, values, format, faults, possible}: faults must be named, possible ones may be, and nothing else. format: as asked, else by Accept.
  read(target, accept) {
    const at = target.indexOf('?'), path = at < 0 ? target : target.slice(0, at);
    const operation = this.spec.find('GET', path), parameters = this.parameters.get(operation.id);
    const question = { target, path, accept, operation, ...readQuery(parameters, at < 0 ? undefined : target.slice(at + 1)), possible: new Set(),
      counted: 'x-total-count' in (operation.responses[200]?.headers ?? {}) };
    const byAccept = Object.keys(TYPES).find((name) => TYPES[name] === accept && parameters.some((row) => row.name === 'format' && row.values.includes(name)));
    question.format = question.values.format ?? byAccept ?? 'json';
    // Of values that are at fault themselves little can be said together.
    const isRight = question.faults.size === 0;
    for (const { of, name, wrong, after } of TOGETHER) {
      if ((of && !of(operation)) || !parameters.some((row) => row.name === name)) continue;
      if (!isRight || (after && question.faults.size)) {
        if (name in question.values) question.possible.add(name);
      } else if (wrong(question, this)) question.faults.add(name);
    }
    return question;
  }

  // What a cursor belongs to. A default that is spelt out asks nothing else.
  identity({ operation, values }) {
    const usual = (name, value) => this.parameters.get(operation.id).find((row) => row.name === name).schema.default === value;
    const asked = Object.entries(values).filter(([name, value]) => !NOT_THE_QUESTION.includes(name) && !usual(name, value)).sort(([a], [b]) => (a < b ? -1 : 1));
    return `${operation.id} ${JSON.stringify(asked, (key, value) => (value === Infinity ? 'inf' : value === -Infinity ? '-inf' : value))}`;
  }

  filtered(values, without = []) {
    const asked = Object.fromEntries(Object.entries(values).filter(([name]) => isFilter(name) && !without.includes(name)));
    return this.records.studies.filter(filterOf(asked, this.records));
  }

  // The whole list that make makes. The last ones are kept: pages of one list follow each other.
  whole(question, make) {
    const key = this.identity(question);
    if (!this.kept.has(key)) {
      if (this.kept.size >= 200) this.kept.delete(this.kept.keys().next().value);
      this.kept.set(key, make());
    }
    return this.kept.get(key);
  }

  total(target) {
    const question = this.read(target);
    if (question.faults.size) throw new Error(`a link of the daemon's is wrong: ${target}: ${[...question.faults]}`);
    return this.filtered(question.values).length;
  }

  /* ── cursors: where each one that the daemon gave stands ───────────────────────────────────────────────────── */

  learn(cursor, place) {
    if (this.cursors.size > 5000) this.cursors.delete(this.cursors.keys().next().value);
    this.cursors.set(cursor, place);
  }

  placeOf(question) {
    const place = this.cursors.get(question.values.cursor);
    return place && place.identity === this.identity(question) ? place : null;
  }

  /* ── answers ───────────────────────────────────────────────────────────────────────────────────────────────── */

  // What is wrong with the answer, as sentences; none is good.
  check(exchange) {
    if (exchange.status >= 500) return [`${exchange.status}: ${exchange.body.slice(0, 300)}`];
    const question = this.read(exchange.target, exchange.accept);
    if (question.faults.size) return this.#refusal(exchange, question);
    if (lists.isTooLong(question, exchange)) return [];
    if (exchange.status !== 200) return [`${exchange.status}, though nothing is wrong with the question: ${exchange.body.slice(0, 500)}`];
    const answer = ANSWERS[question.operation.id];
    if (!answer) throw new Error(`the model knows no answer of ${question.operation.id}`);
    this.seen[question.operation.id] = (this.seen[question.operation.id] ?? 0) + 1;
    return answer(this, question, exchange);
  }

  #refusal({ status, body }, { faults, possible, operation }) {
    if (status !== 400) return [`${status}, though ${[...faults].map((name) => name || '(nothing)').join(', ')} is at fault`];
    this.seen.refused = (this.seen.refused ?? 0) + 1;
    const { errors, errors_left_out: leftOut } = JSON.parse(body), named = new Set(errors.map(({ name }) => name));
    const wrong = [...[...faults].filter((name) => !named.has(name) && leftOut === undefined).map((name) => `${name} is at fault and not named`),
      ...[...named].filter((name) => !faults.has(name) && !possible.has(name)).map((name) => `${name} is named and not at fault`)];
    for (const { name, did_you_mean: meant } of errors)
      if (meant !== undefined && !this.#takes(operation, name, meant)) wrong.push(`${name}: "${meant}" is meant, and not known either`);
    return wrong;
  }

  // Whether what is suggested would do: as a value, or as the name of a parameter.
  #takes(operation, name, meant) {
    const parameters = this.parameters.get(operation.id), parameter = parameters.find((row) => row.name === name);
    if (!parameter) return parameters.some((row) => row.name === meant);
    return readQuery([parameter], `${name}=${encodeURIComponent(meant)}`).faults.size === 0 || /,/.test(meant);
  }
}

module.exports = { Model };
