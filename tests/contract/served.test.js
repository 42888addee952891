// SPDX-License-Identifier: GPL-3.0-or-later
// The contract that the daemon serves is openapi.yaml, and every example of it is true of the daemon's shapes.
'use strict';
const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const test = require('node:test');
const { serve } = require('./daemon.js');
const { ROOT, Spec, parse } = require('./spec.js');

let daemon;
test.before(async () => { daemon = await serve(); });
test.after(() => daemon?.stop());

test('/openapi.json is openapi.yaml', async () => {
  const answer = await fetch(`${daemon.url}/openapi.json`);
  assert.deepEqual(await answer.json(), parse());
});

test('/openapi.yaml is openapi.yaml, byte for byte', async () => {
  const answer = await fetch(`${daemon.url}/openapi.yaml`);
  assert.deepEqual(Buffer.from(await answer.arrayBuffer()), fs.readFileSync(path.join(ROOT, 'openapi.yaml')));
});

test('the version of the contract is that of the program', async () => {
  const index = await (await fetch(`${daemon.url}/`)).json();
  assert.equal(parse().info.version, index.version);
});

test('the index names every resource, and nothing else', async () => {
  const index = await (await fetch(`${daemon.url}/`)).json();
  const named = index.resources.map((resource) => resource.url);
  const paths = new Spec().operations.map((operation) => operation.path);
  for (const url of named) assert.ok(paths.includes(url), `${url} is no path of openapi.yaml`);
  for (const about of index.resources) assert.ok(about.about.nb && about.about.en, `${about.name} is described in both languages`);
  assert.equal(new Set(named).size, named.length);
});

test('every kind of error is documented with its status', async () => {
  const spec = new Spec();
  const { data } = await (await fetch(`${daemon.url}/problems`)).json();
  const documented = new Set(spec.everywhere.problems);
  for (const operation of spec.operations)
    for (const response of Object.values(operation.responses)) for (const slug of response.problems ?? []) documented.add(slug);
  assert.deepEqual(data.map((problem) => problem.slug).sort(), [...documented].sort());
});

test('every body that is shown is of its schema', () => {
  const spec = new Spec();
  for (const operation of spec.operations)
    for (const [type, media] of Object.entries(operation.body.content)) {
      assert.ok(Object.keys(media.examples ?? {}).length > 0, `${operation.id}: a body of ${type} is shown`);
      for (const [name, example] of Object.entries(media.examples)) {
        const faults = spec.faults(media.schema, spec.follow(example).value);
        assert.equal(faults, null, `${operation.id} ${type} ${name}: ${faults}`);
      }
    }
});

test('every example is true of its schema', () => {
  const spec = new Spec();
  let examples = 0;
  for (const operation of spec.operations)
    for (const [status, response] of Object.entries(operation.responses))
      for (const media of Object.values(response.content))
        for (const [name, example] of Object.entries(media.examples ?? {})) {
          const faults = spec.faults(media.schema, spec.follow(example).value, !['picked', 'highlights', 'faceted'].includes(name));
          assert.equal(faults, null, `${operation.id} ${status} ${name}: ${faults}`);
          examples++;
        }
  assert.ok(examples >= spec.operations.length, 'there are examples');
});
