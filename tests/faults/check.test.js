// SPDX-License-Identifier: GPL-3.0-or-later
// studyd check finds nothing in a sound database, also while it is served, and something in a damaged one; it changes neither.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { dataset, importNow, serve, studyd } from './daemon.js';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'studyd-check-'));
const sound = path.join(folder, 'sound.db');
process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));
test.before(() => importNow(sound, dataset));

function check(...args) {
  const { status, signal, stdout, stderr } = spawnSync(studyd, ['check', ...args], { encoding: 'utf8' });
  assert.equal(signal, null, `killed by ${signal}: ${stderr}`);
  return { status, stdout, stderr, lines: stdout.split('\n').slice(0, -1) };
}

// A copy of the sound one, with its bytes changed in place.
function damaged(name, change) {
  const file = path.join(folder, name);
  const bytes = fs.readFileSync(sound);
  change(bytes);
  fs.writeFileSync(file, bytes);
  return file;
}

function nothingWrong(file) {
  const { status, lines, stdout, stderr } = check('--db', file);
  assert.equal(status, 0, stdout + stderr);
  assert.deepEqual(lines, ['nothing wrong: 80 studies checked']);
  assert.equal(stderr, '');
}

test('a sound database', () => {
  const before = fs.readFileSync(sound);
  nothingWrong(sound);
  assert.ok(before.equals(fs.readFileSync(sound)), 'the check wrote to the file');
});

test('a database that is being served', async () => {
  const file = damaged('served.db', () => {});
  const daemon = await serve(file);
  try {
    nothingWrong(file);
    assert.equal((await fetch(`${daemon.url}/health/ready`)).status, 200);
  } finally {
    await daemon.stop();
  }
});

test('a rendering that says what its study does not', () => {
  const file = damaged('rendering.db', (bytes) => {
    const truth = '"mechanism":"open-call"';
    assert.ok(bytes.includes(truth), 'no rendering in the file');
    for (let at = 0; (at = bytes.indexOf(truth, at)) >= 0;) bytes.write('"mechanism":"open-calk"', at);
  });
  const { status, lines, stderr } = check('--db', file);
  assert.equal(status, 1, stderr);
  assert.equal(stderr, '');
  assert.ok(lines.length >= 2, lines.join('\n'));
  assert.equal(lines.at(-1), lines.length === 2 ? '1 finding' : `${lines.length - 1} findings`);
});

test('pages of noise', () => {
  const size = 4096;
  for (const page of [2, 5, 11, 23]) {
    const file = damaged(`noise-${page}.db`, (bytes) => bytes.fill('\xa7', page * size, (page + 1) * size, 'latin1'));
    const { status, stdout, stderr } = check('--db', file);
    assert.equal(status, 1, `page ${page}: ${stdout}${stderr}`);
    assert.notEqual(stdout + stderr, '');
    assert.doesNotMatch(stdout, /nothing wrong/);
  }
});

test('half a database', () => {
  const file = damaged('half.db', () => {});
  fs.truncateSync(file, 8192);
  const { status, stdout, stderr } = check('--db', file);
  assert.equal(status, 1);
  assert.notEqual(stdout + stderr, '');
});

test('what is no database, or not there', () => {
  const text = path.join(folder, 'text.db'), absent = path.join(folder, 'absent.db');
  fs.writeFileSync(text, 'a text that is long enough to be looked at as the head of a database, and is none\n'.repeat(100));
  for (const file of [text, absent]) {
    const { status, stdout, stderr } = check('--db', file);
    assert.equal(status, 1);
    assert.equal(stdout, '');
    assert.match(stderr, /^studyd check: .+\n$/);
  }
  assert.ok(!fs.existsSync(absent), 'the check made a file');
});

test('misuse', () => {
  assert.equal(check().status, 2);
  assert.equal(check('--db').status, 2);
  assert.equal(check('--db', sound, 'more').status, 2);
  assert.equal(check('--help').status, 0);
});
