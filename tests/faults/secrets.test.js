// SPDX-License-Identifier: GPL-3.0-or-later
// A token is shown once, when it is made. After that it is nowhere: not in logs, answers, lists, the database's files or its backups; and the
// process that holds the key cannot be looked into.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { Connection } from './connection.js';
import { serve, studyd } from './daemon.js';
import { makeToken, run, studiesToFile, syntheticRegister } from './filing.js';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'studyd-secrets-'));
const db = path.join(folder, 'register.db');
process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));

const partsOf = (token) => /^studyd_(\d+)_([A-Za-z0-9_-]{43})$/.exec(token);

// Every way in which a token might have been written down.
function disguises(token) {
  const secret = partsOf(token)[2], raw = Buffer.from(secret, 'base64url');
  const whole = Buffer.from(token), text = Buffer.from(secret);
  const found = [text, raw, Buffer.from(raw.toString('base64').replace(/=+$/, '')), Buffer.from([...secret].reverse().join(''))];
  for (const bytes of [raw, text, whole]) for (const hex of [bytes.toString('hex'), bytes.toString('hex').toUpperCase()]) found.push(Buffer.from(hex));
  // Base64 of a text that the token stands in shifts with its place: two of three cover all but the ends.
  for (const lead of ['', 'x', 'xx']) found.push(Buffer.from(Buffer.from(lead + token).toString('base64').slice(4, -4)));
  return found;
}

const traces = (bytes, tokens) => tokens.filter((token) => disguises(token).some((disguise) => bytes.includes(disguise)));
const nowhere = (what, bytes, tokens) => assert.deepEqual(traces(Buffer.from(bytes), tokens), [], `in ${what}`);

test('the search for tokens finds one in any disguise', () => {
  const secret = Buffer.from(Array.from({ length: 32 }, (_, i) => (i * 37 + 250) % 256)), token = `studyd_12_${secret.toString('base64url')}`;
  const written = [token, token.slice(10), secret, secret.toString('hex'), secret.toString('base64'), Buffer.from(token).toString('hex'),
    Buffer.from(`Bearer ${token}`).toString('base64'), Buffer.from(token).toString('base64')];
  for (const bytes of written) assert.deepEqual(traces(Buffer.concat([Buffer.from('before '), Buffer.from(bytes), Buffer.from(' after')]), [token]), [token], String(bytes));
  assert.deepEqual(traces(Buffer.from(`studyd_12_${'A'.repeat(43)}`), [token]), []);
});

// One of another secret, another record, another form: none that the register knows.
function strangers(token) {
  const [, id, secret] = partsOf(token), other = secret.replace(/./, (c) => (c === 'A' ? 'B' : 'A'));
  return [`studyd_${id}_${other}`, `studyd_${Number(id) + 1000}_${secret}`, `studyd_${id}_${secret}x`, `studyd_${id}_${secret.slice(1)}`, `${token}=`, token.toUpperCase()];
}

async function ask(port, study, authorization, as_of) {
  const connection = await Connection.open(port);
  const { headers } = await connection.ask('GET', `/studies/${study}`);
  const asked = { Authorization: authorization, 'Content-Type': 'application/json', 'If-Match': headers.etag };
  const answer = await connection.ask('POST', `/studies/${study}/recruitment`, asked, JSON.stringify({ as_of, included: 120, correction: true }));
  connection.close();
  return answer;
}

test('no token is in any log, answer, list, file or backup', async (t) => {
  syntheticRegister(db, 200, 1000);
  const [study] = studiesToFile(db, 1);
  const reporter = makeToken(db, 'reporter', '--study', study.id), revoked = makeToken(db, 'editor', '--study', study.id);
  const daemon = await serve(db, '--log-level', 'debug', '--log-sample', '1');
  t.after(() => daemon.child.kill('SIGKILL'));
  let said = '';
  daemon.child.stdout.on('data', (chunk) => (said += chunk));
  daemon.child.stderr.on('data', (chunk) => (said += chunk));
  const served = makeToken(db, 'reporter', '--programme', study.programme);
  const list = run(studyd, 'token', 'list', '--db', db);
  run(studyd, 'token', 'revoke', '--db', db, partsOf(revoked)[1]);
  const tokens = [reporter, revoked, served], answers = [];

  for (const [i, token] of [reporter, served].entries()) {
    const answer = await ask(daemon.port, study.id, `Bearer ${token}`, `2020-01-1${i}`);
    assert.equal(answer.status, 201, answer.body);
    answers.push(answer);
  }
  const refused = [`Bearer ${revoked}`, `Basic ${Buffer.from(`x:${reporter}`).toString('base64')}`, `Bearer  ${reporter} ${served}`, reporter,
    ...strangers(reporter).map((token) => `Bearer ${token}`)];
  for (const authorization of refused) {
    const answer = await ask(daemon.port, study.id, authorization, '2020-02-01');
    assert.equal(answer.status, 401, `${authorization.replace(/_.*/, '')}: ${answer.body}`);
    answers.push(answer);
  }
  // Where a token does not belong, it is refused or looked past, and not repeated.
  const connection = await Connection.open(daemon.port);
  const asked = [[`/studies?access_token=${reporter}`, {}], [`/studies/${study.id}?known_at=${reporter}`, {}], [`/studies/${study.id}`, { Authorization: `Bearer ${reporter}` }],
    ['/studies', { 'Idempotency-Key': reporter, Cookie: reporter }]];
  for (const [target, headers] of asked) {
    answers.push(await connection.ask('GET', target, headers));
  }
  connection.close();

  const copy = path.join(folder, 'copy.db');
  run(studyd, 'backup', '--db', db, copy);
  const files = fs.readdirSync(folder).filter((name) => fs.statSync(path.join(folder, name)).isFile());
  for (const name of ['register.db', 'register.db-wal', 'register.db-image', 'register.db.key', 'copy.db']) assert.ok(files.includes(name), `${name} is not among ${files}`);
  for (const name of files) nowhere(name, fs.readFileSync(path.join(folder, name)), tokens);
  const end = await daemon.stop();
  for (const name of fs.readdirSync(folder).filter((file) => file.startsWith('register.db') && fs.statSync(path.join(folder, file)).isFile()))
    nowhere(`${name} after the end`, fs.readFileSync(path.join(folder, name)), tokens);

  assert.match(said + end.errors, /"message":"request"/, 'nothing was logged');
  nowhere('the log', said + end.errors, tokens);
  nowhere('the list of tokens', list, tokens);
  nowhere('the list of tokens', run(studyd, 'token', 'list', '--db', db), tokens);
  for (const { status, headers, body } of answers) nowhere(`an answer with ${status}`, JSON.stringify(headers) + body, tokens);
});

test('the key is in a file of its own, for its owner alone, and nowhere else', () => {
  const file = `${db}.key`, { mode } = fs.statSync(file), key = fs.readFileSync(file);
  assert.equal(mode & 0o777, 0o600);
  const raw = key.length === 32 ? key : Buffer.from(key.toString().trim(), /^[0-9a-f]+$/i.test(key.toString().trim()) ? 'hex' : 'base64');
  assert.equal(raw.length, 32, 'what is in it besides the key');
  for (const name of fs.readdirSync(folder).filter((name) => name !== 'register.db.key' && fs.statSync(path.join(folder, name)).isFile())) {
    const bytes = fs.readFileSync(path.join(folder, name));
    for (const disguise of [raw, Buffer.from(raw.toString('hex')), Buffer.from(raw.toString('base64').replace(/=+$/, ''))])
      assert.ok(!bytes.includes(disguise), `the key is in ${name}`);
  }
});

// As somebody who is not root: root may look into everything.
test('the process is not dumped and not looked into', async (t) => {
  const place = fs.mkdtempSync(path.join(os.tmpdir(), 'studyd-dump-')), program = path.join(place, 'studyd');
  const root = process.getuid() === 0, who = root ? { uid: 65534, gid: 65534 } : {};
  const own = path.join(place, 'register.db');
  try {
    fs.copyFileSync(studyd, program);
    fs.copyFileSync(db, own);
    fs.copyFileSync(`${db}.key`, `${own}.key`);
    fs.chmodSync(program, 0o755);
    if (root) for (const name of ['', 'register.db', 'register.db.key']) fs.chownSync(path.join(place, name), 65534, 65534);
    const daemon = await serve(own, { ...who, program, cwd: place, under: ['sh', '-c', 'ulimit -c unlimited 2>/dev/null || ulimit -c "$(ulimit -H -c)"; exec "$@"', 'sh'] });
    t.after(() => daemon.child.kill('SIGKILL'));
    const proc = `/proc/${daemon.child.pid}`;
    assert.match(fs.readFileSync(`${proc}/limits`, 'utf8'), /^Max core file size +0 +0 /m);
    assert.match(fs.readFileSync(`${proc}/status`, 'utf8'), /^VmLck:\s+[1-9]\d* kB$/m, 'no memory is locked');
    // What belongs to a process that may not be dumped is root's, and its own user is not let in.
    assert.equal(fs.statSync(`${proc}/environ`).uid, 0);
    for (const name of ['mem', 'environ', 'maps']) {
      const { status } = spawnSync('head', ['-c', '1', `${proc}/${name}`], { ...who, stdio: 'ignore' });
      assert.notEqual(status, 0, `${name} can be read`);
    }
    daemon.child.kill('SIGSEGV');
    assert.equal((await daemon.exited).signal, 'SIGSEGV');
    assert.deepEqual(fs.readdirSync(place).filter((name) => name.includes('core')), []);
  } finally {
    fs.rmSync(place, { recursive: true, force: true });
  }
});
