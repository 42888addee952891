// SPDX-License-Identifier: GPL-3.0-or-later
// kill -9 at a random moment of a restore leaves the old register or the new one, never neither or a mixture, also where the old one has a
// log that was never folded in; at a random moment of a backup, a whole copy or none.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { dataset, importNow, serve, studyd } from './daemon.js';

const kills = Number(process.env.KILLS ?? 20);
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'studyd-restore-'));
const old = path.join(folder, 'old.db'), copy = path.join(folder, 'copy.db'), db = path.join(folder, 'kill.db');
process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));

function run(...args) {
  const { status, signal, stdout, stderr } = spawnSync(studyd, args, { encoding: 'utf8' });
  assert.equal(signal, null, `killed by ${signal}: ${stderr}`);
  return { status, stdout, stderr };
}

function runWell(...args) {
  const { status, stdout, stderr } = run(...args);
  assert.equal(status, 0, stdout + stderr);
  return stdout;
}

// Resolves to whether it was still at work when it was killed.
function killed(ms, ...args) {
  return new Promise((resolve) => {
    const child = spawn(studyd, args, { stdio: 'ignore' });
    const timer = setTimeout(() => child.kill('SIGKILL'), ms);
    child.on('exit', (code, signal) => {
      clearTimeout(timer);
      resolve(signal === 'SIGKILL');
    });
  });
}

const token = (file, name) => runWell('token', 'create', '--db', file, '--name', name, '--role', 'editor', '--programme', 'klinbeforsk');

// What tells one register from another, as it is served: its life, its studies, and a record that was in the old one's log alone.
async function state(file) {
  const daemon = await serve(file, '--drain-grace', '0');
  try {
    const answer = await fetch(`${daemon.url}/studies?limit=500`);
    const { data, meta } = await answer.json();
    return {
      epoch: answer.headers.get('etag').slice(1, 17), total: meta.total, version: meta.data_version, studies: data,
      tokens: runWell('token', 'list', '--db', file).split('\n').slice(1, -1),
    };
  } finally {
    await daemon.stop();
  }
}

const life = ({ epoch, ...rest }) => rest;
const ends = ['', '-wal'];
const putBackOld = () => {
  for (const end of ['-shm', '-image', '.sock']) fs.rmSync(db + end, { force: true });
  for (const end of ends) fs.copyFileSync(old + end, db + end);
  fs.copyFileSync(`${old}.key`, `${db}.key`);
};

test.before(async () => {
  const many = path.join(folder, 'many');
  const made = spawnSync(path.join(path.dirname(studyd), 'gen/scale'), [many, '1200', '5000', '1'], { encoding: 'utf8' });
  assert.equal(made.status, 0, made.stderr);
  importNow(old, many);
  importNow(old, dataset);
  token(old, 'in both');
  runWell('backup', '--db', old, copy);
  const daemon = await serve(old);
  token(old, 'in the log');
  daemon.child.kill('SIGKILL');
  await daemon.exited;
  assert.ok(fs.statSync(`${old}-wal`).size > 0, 'nothing is in the log');
});

test('kill -9 while a copy is put in the place of the register', async (t) => {
  putBackOld();
  const begun = process.hrtime.bigint();
  runWell('restore', '--db', db, copy);
  const ms = Number(process.hrtime.bigint() - begun) / 1e6;
  const after = await state(db);
  putBackOld();
  const before = await state(db);
  assert.notEqual(after.epoch, before.epoch);
  assert.deepEqual([before.tokens.length, after.tokens.length], [2, 1]);
  let hit = 0, olds = 0, news = 0;
  for (let i = 0; i < kills; i++) {
    putBackOld();
    // Every other one where the change is: in the last tenth.
    if (await killed(i % 2 ? ms * (0.9 + 0.15 * Math.random()) : ms * Math.random(), 'restore', '--db', db, copy)) hit++;
    const found = await state(db);
    if (found.epoch === before.epoch) { assert.deepEqual(found, before); olds++; }
    else { assert.deepEqual(life(found), life(after)); news++; }
    runWell('check', '--db', db);
    runWell('restore', '--db', db, copy);
    assert.deepEqual(life(await state(db)), life(after));
  }
  assert.ok(hit > kills / 4, `only ${hit} of ${kills} were hit while at work`);
  t.diagnostic(`${kills} restores of ${ms.toFixed(0)} ms: ${hit} killed at work, ${olds} left the old register, ${news} the new one`);
});

test('kill -9 while the register is copied', async (t) => {
  const out = path.join(folder, 'out.db');
  const begun = process.hrtime.bigint();
  runWell('backup', '--db', copy, out);
  const ms = Number(process.hrtime.bigint() - begun) / 1e6;
  let whole = 0, none = 0;
  for (let i = 0; i < kills; i++) {
    fs.rmSync(out, { force: true });
    await killed(ms * 1.1 * Math.random(), 'backup', '--db', copy, out);
    if (fs.existsSync(out)) { runWell('check', '--db', out); whole++; }
    else { runWell('backup', '--db', copy, out); none++; }
  }
  t.diagnostic(`${kills} backups of ${ms.toFixed(0)} ms: ${whole} left a whole copy, ${none} none`);
});
