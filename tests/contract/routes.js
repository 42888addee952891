// SPDX-License-Identifier: GPL-3.0-or-later
// What `studyd --dump-routes` says, put in the words of openapi.yaml, and where the two differ: both ways.
'use strict';
const { Spec, same } = require('./spec.js');

// Bounds that server/param_kind.h and db/db.h set on every list.
const LIST_MAX = 100, RANGES_MAX = 16, SORT_MAX = 4, BY_MAX = 2, ID_MAX = 64;

const NUMBER = '(?:0|[1-9]\\d*)';
// Characters alone: that they make an instant is more than a pattern can say.
const INSTANTS = '[0-9Tt:.Zz+-]+';
const RANGE = `(?:${NUMBER}(?:\\.\\.${NUMBER}?)?|\\.\\.${NUMBER})`;
const list = (item, most) => `${item}(?:,${item}){0,${most - 1}}`;
const oneOf = (values) => `(?:${values.join('|')})`;

const SCHEMAS = {
  integer: (row) => ({ type: 'integer', minimum: row.minimum, maximum: row.maximum, default: row.default }),
  boolean: () => ({ type: 'boolean' }),
  enum: (row) => ({ type: 'string', enum: row.values, default: row.default }),
  codes: (row) => (row.vocabulary
    ? { type: 'string', pattern: `^!?${list('[^,]+', LIST_MAX)}$`, 'x-vocabulary': row.vocabulary }
    : { type: 'string', pattern: `^!?${list(oneOf(row.values), LIST_MAX)}$` }),
  ranges: (row) => ({ type: 'string', pattern: `^!?${list(RANGE, RANGES_MAX)}$`, 'x-minimum': row.minimum, 'x-maximum': row.maximum }),
  'time-ranges': () => ({ type: 'string', pattern: `^!?${list(INSTANTS, RANGES_MAX)}$` }),
  sort: (row) => ({ type: 'string', pattern: `^${list(`-?${oneOf(row.values)}`, SORT_MAX)}$` }),
  'group-by': (row) => ({ type: 'string', pattern: `^${list(oneOf(row.values), BY_MAX)}$` }),
  format: (row) => ({ type: 'string', enum: row.values }),
  dialect: (row) => ({ type: 'string', enum: row.values }),
  fields: (row) => ({ type: 'string', pattern: `^${list(oneOf(row.values), LIST_MAX)}$` }),
  facets: (row) => ({ type: 'string', pattern: `^${list(oneOf(row.values), row.values.length)}$` }),
  cursor: (row) => ({ type: 'string', pattern: '^[A-Za-z0-9_-]+$', maxLength: row.maximum }),
  // Text as people type it. That it is not punctuation alone is all that a pattern can say of it.
  search: (row) => ({ type: 'string', pattern: '[^\\x00-/:-@[-`{-\\x7F]', maxLength: row.maximum }),
  day: () => ({ type: 'string', format: 'date' }),
  instant: () => ({ type: 'string', format: 'date-time' }),
  id: () => ({ type: 'string', pattern: '^[a-z0-9]+(-[a-z0-9]+)*$', maxLength: ID_MAX }),
};

function fromRoutes(dump) {
  return dump.routes.map((route) => ({
    operationId: route.operationId,
    method: route.method,
    path: route.path,
    place: route.place,
    role: route.place === 'machine' ? 'none' : route.role,
    secured: route.role !== 'none' && route.place !== 'machine',
    success: String(route.ok),
    contentTypes: route.contentTypes,
    bodyTypes: route.bodyTypes,
    bodyMax: route.bodyMax,
    bodyRequired: route.bodyTypes.length > 0,
    headers: [...(route.guarded ? ['If-Match, required'] : []), ...(route.keyed ? ['Idempotency-Key'] : [])],
    tag: route.tag !== 'study' ? route.tag : route.method === 'GET' ? 'data' : 'written',
    statuses: route.statuses.map(String).sort(),
    parameters: route.parameters.map((row) => ({ name: row.name, in: row.in, required: row.required, schema: SCHEMAS[row.type](row) })),
  }));
}

// What an operation's ETag counts shows in its headers: data have a Last-Modified, the program has none, health has no tag. What is written to
// a study has the tag of its new version.
function tagOf(method, answer) {
  if (!answer.headers.etag) return 'none';
  return method !== 'GET' ? 'written' : answer.headers['last-modified'] ? 'data' : 'build';
}

const headersOf = (operation) => operation.parameters.filter((row) => row.in === 'header').map((row) => `${row.name}${row.required ? ', required' : ''}`);

function fromSpec(spec) {
  return spec.operations.map((operation) => {
    const { default: everywhere, ...responses } = operation.responses;
    const success = Spec.success(operation);
    return {
      operationId: operation.id,
      method: operation.method,
      path: operation.path,
      place: operation.place,
      role: operation.role,
      secured: operation.secured,
      success,
      contentTypes: Object.keys(responses[success]?.content ?? {}),
      bodyTypes: Object.keys(operation.body.content),
      bodyMax: operation.body.max,
      bodyRequired: operation.body.required,
      headers: headersOf(operation),
      tag: tagOf(operation.method, responses[success] ?? { headers: {} }),
      statuses: Object.keys(responses).sort(),
      parameters: operation.parameters.filter((row) => row.in !== 'header').map(({ name, in: place, required = false, schema }) => ({ name, in: place, required, schema })),
    };
  });
}

const text = (value) => JSON.stringify(value);

function compareRows(kind, ours, theirs, key, faults) {
  const [here, there] = [ours, theirs].map((rows) => new Map(rows.map((row) => [key(row), row])));
  for (const name of here.keys()) if (!there.has(name)) faults.push(`${kind} ${name}: the daemon has it, openapi.yaml does not`);
  for (const name of there.keys()) if (!here.has(name)) faults.push(`${kind} ${name}: openapi.yaml has it, the daemon does not`);
  if (here.size !== ours.length || there.size !== theirs.length) faults.push(`${kind}: one stands there twice`);
  const order = [...here.keys()].filter((name) => there.has(name)), other = [...there.keys()].filter((name) => here.has(name));
  if (!same(order, other)) faults.push(`${kind}: another order: ${text(order)} in the daemon, ${text(other)} in openapi.yaml`);
  return order.map((name) => [name, here.get(name), there.get(name)]);
}

function compareProblems(spec, dump, faults) {
  const known = new Map(dump.problems.map((problem) => [problem.slug, problem.status]));
  const said = new Set(spec.everywhere.problems);
  for (const slug of spec.everywhere.problems)
    if (!spec.everywhere.statuses.includes(known.get(slug))) faults.push(`problem ${slug}: its status ${known.get(slug)} is not in x-everywhere`);
  for (const operation of spec.operations)
    for (const [status, response] of Object.entries(operation.responses)) {
      if (status === 'default' || !response.problems) continue;
      for (const slug of response.problems) {
        said.add(slug);
        if (String(known.get(slug)) !== status) faults.push(`${operation.id} ${status}: the problem ${slug} has status ${known.get(slug)}`);
      }
    }
  for (const slug of known.keys()) if (!said.has(slug)) faults.push(`problem ${slug}: the daemon has it, openapi.yaml does not`);
  for (const slug of said) if (!known.has(slug)) faults.push(`problem ${slug}: openapi.yaml has it, the daemon does not`);
}

// Every difference, as a sentence.
function differences(spec, dump) {
  const faults = [];
  const rows = compareRows('operation', fromRoutes(dump), fromSpec(spec), (row) => `${row.operationId} ${row.method} ${row.path}`, faults);
  for (const [name, ours, theirs] of rows) {
    for (const member of ['place', 'role', 'secured', 'success', 'contentTypes', 'bodyTypes', 'bodyMax', 'bodyRequired', 'headers', 'tag', 'statuses'])
      if (!same(ours[member], theirs[member])) faults.push(`${name}: ${member} is ${text(ours[member])} in the daemon, ${text(theirs[member])} in openapi.yaml`);
    for (const [parameter, one, other] of compareRows(`${name}: parameter`, ours.parameters, theirs.parameters, (row) => `${row.in} ${row.name}`, faults))
      if (!same(one, other)) faults.push(`${name}: ${parameter}: ${text(one)} in the daemon, ${text(other)} in openapi.yaml`);
  }
  if (!same([...dump.everywhere].sort(), [...spec.everywhere.statuses].sort()))
    faults.push(`everywhere: ${text(dump.everywhere)} in the daemon, ${text(spec.everywhere.statuses)} in openapi.yaml`);
  compareProblems(spec, dump, faults);
  return faults;
}

module.exports = { differences };
