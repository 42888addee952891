// SPDX-License-Identifier: GPL-3.0-or-later
// kill -9 at a random moment of an import leaves the old data or the new, never a mixture; and the next import succeeds.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { dataset, importKilled, importNow, serve, studyd } from './daemon.js';

const kills = Number(process.env.KILLS ?? 20);
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'studyd-kill-'));
process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));

// A later edition of the same programme, in which every study and every figure says something else.
function laterEdition() {
  const dir = path.join(folder, 'later');
  fs.cpSync(dataset, dir, { recursive: true });
  const edit = (file, change) => fs.writeFileSync(path.join(dir, file), change(fs.readFileSync(path.join(dir, file), 'utf8')));
  edit('edition.json', (text) => {
    const edition = JSON.parse(text);
    return JSON.stringify({ ...edition, edition: '2025', as_of: '2025-12-31', collected: '2026-04-01' });
  });
  edit('studies.csv', (text) => text.split('\n').map((line) => line.replace(/,[a-z-]+$/, ',stopped')).join('\n').replace(/,stopped/, ',status'));
  edit('notes.csv', (text) => text.replaceAll(/^edition,2024,/gm, 'edition,2025,'));
  return dir;
}

// Everything that is served of the studies, without the times of this very import.
async function state(db) {
  const daemon = await serve(db, '--drain-grace', '0');
  try {
    const list = await (await fetch(`${daemon.url}/studies?limit=500`)).json();
    const programmes = await (await fetch(`${daemon.url}/programmes`)).json();
    const editions = [];
    for (const { url } of programmes.data) editions.push(...(await (await fetch(daemon.url + url)).json()).editions.map((e) => e.id));
    return {
      studies: list.data.map(({ updated, ...study }) => study), total: list.meta.total, version: list.meta.data_version, editions,
    };
  } finally {
    await daemon.stop();
  }
}

const copy = (from, to) => { for (const end of ['', '-wal', '-shm', '-image']) fs.rmSync(to + end, { force: true }); if (from) fs.copyFileSync(from, to); };

// The time of a whole import, for kills spread over it.
function duration(base, dir) {
  const db = path.join(folder, 'timed.db');
  copy(base, db);
  const start = process.hrtime.bigint();
  importNow(db, dir);
  return { ms: Number(process.hrtime.bigint() - start) / 1e6, db };
}

async function killMany(t, base, dir, oldState, look = () => {}) {
  const whole = duration(base, dir);
  const newState = await state(whole.db);
  let killed = 0, kept = 0, renewed = 0;
  for (let i = 0; i < kills; i++) {
    const db = path.join(folder, 'kill.db');
    copy(base, db);
    if (await importKilled(db, dir, Math.random() * whole.ms)) killed++;
    const found = fs.existsSync(db) ? await state(db).catch((error) => ({ refused: error.message })) : oldState;
    // Killed before the first page was written, a fresh database is not one yet; that is the old state of nothing.
    if (!base && found.refused) kept++;
    else if (found.version === newState.version) { assert.deepEqual(found, newState); renewed++; }
    else { assert.deepEqual(found, oldState); kept++; }
    look(db);
    importNow(db, dir);
    assert.deepEqual(await state(db), newState);
    look(db);
  }
  assert.ok(killed > kills / 4, `only ${killed} of ${kills} were hit while at work`);
  t.diagnostic(`${kills} imports of ${whole.ms.toFixed(0)} ms: ${killed} killed at work, ${kept} left the old data, ${renewed} the new`);
}

test('kill -9 while importing into an empty database', async (t) => {
  await killMany(t, null, dataset, { studies: [], total: 0, version: 0, editions: [] });
});

test('kill -9 while importing a later edition over a filled database', async (t) => {
  const base = path.join(folder, 'base.db');
  importNow(base, dataset);
  await killMany(t, base, laterEdition(), await state(base));
});

// A great load drops indexes and triggers and makes them again: after a kill they are there, and so is all that they keep.
test('kill -9 while importing thousands of studies over a filled database', async (t) => {
  const base = path.join(folder, 'beside.db'), many = path.join(folder, 'many');
  const made = spawnSync(path.join(path.dirname(studyd), 'gen/scale'), [many, '2000', '10000', '1'], { encoding: 'utf8' });
  assert.equal(made.status, 0, made.stderr);
  importNow(base, dataset);
  await killMany(t, base, many, await state(base), (db) => {
    const check = spawnSync(studyd, ['check', '--db', db], { encoding: 'utf8' });
    assert.equal(check.status, 0, check.stdout + check.stderr);
  });
});
