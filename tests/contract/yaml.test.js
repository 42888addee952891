// SPDX-License-Identifier: GPL-3.0-or-later
// openapi.yaml says one thing to every reader: those of YAML 1.1, which are most, and those of 1.2.
'use strict';
const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const test = require('node:test');
const YAML = require('yaml');
const { ROOT } = require('./spec.js');

const text = fs.readFileSync(path.join(ROOT, 'openapi.yaml'), 'utf8');
const lineOf = (source, at) => source.slice(0, at).split('\n').length;

// What readers of 1.1 (libyaml before 0.2, PyYAML) end a bare text of a flow collection at, and some then refuse: the lines it stands in.
function ambiguous(source) {
  const lines = [];
  YAML.visit(YAML.parseDocument(source), { Scalar(key, node, ways) {
    const written = source.slice(node.range[0], node.range[1]);
    if (node.type === 'PLAIN' && ways.some((way) => way.flow) && /[?]|:[,[\]{}]/.test(written)) lines.push(lineOf(source, node.range[0]));
  } });
  return lines;
}

// Anchors, aliases and tags, which the header says there are none of.
function unplain(source) {
  const lines = [];
  YAML.visit(YAML.parseDocument(source), { Node(key, node) { if (node.anchor || node.tag?.startsWith('!') || YAML.isAlias(node)) lines.push(lineOf(source, node.range[0])); } });
  return lines;
}

test('it reads alike as YAML 1.1 and 1.2: no yes that is true, no day that is an instant, no number by base', () => {
  const [older, newer] = ['1.1', '1.2'].map((version) => YAML.parseDocument(text, { version }));
  for (const document of [older, newer]) assert.deepEqual([...document.errors, ...document.warnings], []);
  assert.deepEqual(older.toJS(), newer.toJS());
});

test('no bare text in a flow collection has a mark that YAML 1.1 reads otherwise', () => {
  assert.deepEqual(ambiguous(text), []);
});

test('it has no anchors, aliases or tags', () => {
  assert.deepEqual(unplain(text), []);
});

test('what these tests look for they find', () => {
  assert.deepEqual(ambiguous("a: 1\nb: {c: </studies?limit=1>, d: '?'}\ne: what?\n"), [2]);
  assert.deepEqual(unplain('a: &b 1\nc: *b\nd: !e 1\n'), [1, 2, 3]);
  assert.notDeepEqual(YAML.parse('a: 2026-01-31', { version: '1.1' }), YAML.parse('a: 2026-01-31', { version: '1.2' }));
});
