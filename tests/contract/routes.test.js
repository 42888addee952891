// SPDX-License-Identifier: GPL-3.0-or-later
// The daemon's table of routes and openapi.yaml say the same.
'use strict';
const assert = require('node:assert/strict');
const test = require('node:test');
const { dumpRoutes } = require('./daemon.js');
const { differences } = require('./routes.js');
const { Spec } = require('./spec.js');

test('paths, methods, operations, parameters, statuses, media types and problems agree both ways', () => {
  const dump = dumpRoutes();
  assert.ok(dump.routes.length > 0, 'the daemon dumps no routes');
  const faults = differences(new Spec(), dump);
  assert.equal(faults.length, 0, `\n${faults.join('\n')}`);
});
