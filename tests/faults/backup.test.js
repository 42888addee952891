// SPDX-License-Identifier: GPL-3.0-or-later
// A backup taken while clients file, restored, is the register as it was at one instant: every answer is the one that the live register
// knew then, nothing acknowledged before is missing, and nothing is in it that came after.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { serve, studyd } from './daemon.js';
import { Filer, makeToken, rows, run, studiesToFile, syntheticRegister } from './filing.js';

const backups = Number(process.env.BACKUPS ?? (process.env.LONG ? 100 : 20)), clients = 8;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'studyd-backup-'));
process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));

// Not spawnSync: the clients go on filing meanwhile.
function command(...args) {
  return new Promise((resolve, reject) => {
    const child = spawn(studyd, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk));
    child.on('exit', (code, signal) => (code === 0 ? resolve(said) : reject(new Error(`${args.join(' ')}: ${code ?? signal}: ${said}`))));
  });
}

const registerOf = (db) => rows(db, 'SELECT epoch, data_version, updated FROM register')[0];
const countsOf = (db, until) => rows(db, `SELECT s.code AS study, r.region, r.as_of, r.included, r.recorded FROM report r JOIN study s ON s.id = r.study
  WHERE r.recorded <= ${until} ORDER BY r.id`);
const versionsOf = (db) => new Map(rows(db, 'SELECT code, version FROM study').map(({ code, version }) => [code, version]));

// Each study's version at a data version, as the live register's log has it.
function versionsThen(db, base, dataVersion) {
  const versions = new Map(base);
  for (const { code, changes } of rows(db, `SELECT s.code, count(*) AS changes FROM change c JOIN study s ON s.id = c.study
      WHERE c.data_version <= ${dataVersion} AND c.role = 'reporter' GROUP BY s.id`)) versions.set(code, versions.get(code) + changes);
  return versions;
}

async function bodies(url, targets) {
  const found = {};
  for (const target of targets) {
    const answer = await fetch(url + target);
    found[target.replace(/\?.*/, '')] = { status: answer.status, body: await answer.text() };
  }
  return found;
}

async function compare(copy, live, { db, base, epochs, studies }) {
  const restored = registerOf(copy.restored);
  assert.ok(!epochs.has(restored.epoch), 'the epoch was there before');
  epochs.add(restored.epoch);
  const versions = versionsOf(copy.restored);
  assert.deepEqual(versions, versionsThen(db, base, restored.data_version));
  assert.deepEqual(countsOf(copy.restored, restored.updated), countsOf(db, restored.updated));
  assert.equal(rows(copy.restored, `SELECT count(*) AS n FROM report WHERE recorded > ${restored.updated}`)[0].n, 0);
  for (const { study, version } of copy.acknowledgedBefore) assert.ok(versions.get(study) >= version, `${study}: version ${version} is missing`);
  for (const { study, version } of copy.begunAfter) assert.ok(versions.get(study) < version, `${study}: version ${version} came later`);
  assert.match(run(studyd, 'check', '--db', copy.restored), /^nothing wrong/);

  const known = `?known_at=${new Date(restored.updated).toISOString()}`;
  const targets = ['/stats/regions', ...studies.flatMap(({ id }) => [`/studies/${id}`, `/studies/${id}/recruitment`])];
  const daemon = await serve(copy.restored, '--drain-grace', '0');
  try {
    const there = await bodies(daemon.url, targets.map((target) => target + known));
    for (const [target, { status, body }] of Object.entries(there)) assert.equal(status, 200, `${target}: ${body}`);
    assert.deepEqual(there, await bodies(live.url, targets.map((target) => target + known)));
  } finally {
    await daemon.stop();
  }
}

test(`${backups} backups while ${clients} clients file`, async (t) => {
  const db = path.join(folder, 'register.db');
  syntheticRegister(db, 300, 1500);
  const studies = studiesToFile(db, 40), base = versionsOf(db), epochs = new Set([registerOf(db).epoch]);
  const token = makeToken(db, 'reporter', '--programme', studies[0].programme);
  const live = await serve(db, '--max-connections-per-address', '0');
  const log = [], tags = new Map(), copies = [];
  let done = false;
  const work = Promise.all(Array.from({ length: clients }, (_, i) => new Filer({ name: String(i), token, studies, tags, log }).work(live.port, () => done)));
  try {
    for (let i = 0; i < backups; i++) {
      const file = path.join(folder, `copy-${i}.db`), restored = path.join(folder, `restored-${i}.db`);
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 100));
      const begun = log.length, from = Date.now();
      await command('backup', '--db', db, file);
      copies.push({ file, restored, from, begun, until: Date.now() });
    }
    done = true;
    await work;
    const acknowledged = log.filter(({ status }) => status === 201);
    let inside = 0;
    for (const copy of copies) {
      copy.acknowledgedBefore = log.slice(0, copy.begun).filter(({ status }) => status === 201);
      copy.begunAfter = acknowledged.filter(({ begun }) => begun > copy.until);
      inside += acknowledged.filter(({ begun, ended }) => ended >= copy.from && begun <= copy.until).length;
      await command('restore', '--db', copy.restored, copy.file);
      await compare(copy, live, { db, base, epochs, studies: studies.slice(0, 6) });
      for (const end of ['', '-wal', '-shm', '-image']) fs.rmSync(copy.restored + end, { force: true });
    }
    assert.ok(inside >= backups, `only ${inside} filings while backups were taken`);
    t.diagnostic(`${backups} backups under ${acknowledged.length} filings, ${inside} of them while one was taken: each a point that was`);
  } finally {
    done = true;
    await live.stop();
  }
});
