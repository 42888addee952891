// SPDX-License-Identifier: GPL-3.0-or-later
// No 201 leaves before what it acknowledges is on disk: in a trace of the daemon's calls, the log's fdatasync lies between a transaction's last
// frame and every acknowledgement of it.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { serve } from './daemon.js';
import { Filer, makeToken, rows, studiesToFile, syntheticRegister } from './filing.js';
import { read, violations } from './trace.js';

const filings = Number(process.env.FILINGS ?? (process.env.LONG ? 20000 : 1000)), clients = 8;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'studyd-order-'));
process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));

// Which transaction each version of a study came with: 0 = the first one after `before`.
function transactions(db, base, before) {
  const found = new Map(), last = new Map(base);
  for (const { study, data_version } of rows(db, `SELECT s.code AS study, c.data_version FROM change c JOIN study s ON s.id = c.study
      WHERE c.data_version > ${before} ORDER BY c.id`)) {
    last.set(study, last.get(study) + 1);
    found.set(`${study} ${last.get(study)}`, data_version - before - 1);
  }
  return found;
}

test(`${filings} filings from ${clients} clients: each on disk before it is acknowledged`, async (t) => {
  const db = path.join(folder, 'register.db'), trace = path.join(folder, 'trace');
  syntheticRegister(db, 200, 1000);
  const studies = studiesToFile(db, 60), base = new Map(studies.map(({ id, base: version }) => [id, version]));
  const token = makeToken(db, 'reporter', '--programme', studies[0].programme);
  const [{ data_version: before }] = rows(db, 'SELECT data_version FROM register');
  // -D: the daemon stays the child of this process, and is what it signals.
  const strace = ['strace', '-D', '-f', '-xx', '-s', '32', '-o', trace, '-e', 'trace=openat,accept4,accept,pwrite64,fdatasync,fsync,sendto,sendmsg,writev,write'];
  const daemon = await serve(db, { under: strace }, '--max-connections-per-address', '0');
  t.after(() => daemon.child.kill('SIGKILL'));
  const log = [], tags = new Map();
  const filers = Array.from({ length: clients }, (_, i) => new Filer({ name: String(i), token, studies, tags, log }));
  await Promise.all(filers.map((filer) => filer.work(daemon.port, () => log.filter(({ status }) => status === 201).length >= filings)));
  const end = await daemon.stop();
  assert.equal(end.code, 0, end.errors);

  const seen = read(await whole(trace)), of = transactions(db, base, before);
  const acknowledged = new Map(filers.map(({ connection }) => [connection.localPort, []]));
  for (const { client, study, version, status } of log)
    if (status === 201) acknowledged.get(filers[Number(client)].connection.localPort).push(of.get(`${study} ${version}`));
  const [{ data_version: after }] = rows(db, 'SELECT data_version FROM register');
  assert.equal(seen.commits.length, after - before, 'transactions in the trace');
  const answers = [...acknowledged.values()].reduce((sum, list) => sum + list.length, 0);
  assert.ok(answers >= filings, `only ${answers} acknowledgements`);
  const found = violations(seen, acknowledged);
  t.diagnostic(`${answers} acknowledgements of ${seen.commits.length} transactions, ${found.length} violations`);
  assert.deepEqual(found, []);
});

// The tracer goes on writing for a moment after the daemon has ended.
async function whole(file) {
  for (let i = 0; i < 200; i++) {
    const text = fs.readFileSync(file, 'utf8');
    const [pid] = /^\d+/.exec(text) ?? [], last = text.slice(text.lastIndexOf('\n', text.length - 2) + 1);
    if (last.startsWith(`${pid} `) && /\+\+\+ exited with \d+ \+\+\+\n$/.test(last)) return text;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('the trace has no end');
}

// ── what the check is worth ──
const hex = (bytes) => `"${[...Buffer.from(bytes)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')}"`;
const frame = (pages) => `10 pwrite64(5, ${hex([0, 0, 0, 9, 0, 0, 0, pages, ...Array(16).fill(1)])}, 24, 4152) = 24`;
const made = {
  open: `10 openat(AT_FDCWD, ${hex('/var/register.db-wal')}, O_RDWR|O_CREAT, 0644) = 5`,
  accept: '11 accept4(4, {sa_family=AF_INET, sin_port=htons(40001), sin_addr=inet_addr("\\x31")}, [16], SOCK_CLOEXEC) = 7',
  head: `10 pwrite64(5, ${hex([0x37, 0x7f, 6, 0x82, 0, 0x2d, 0xe2, 0x18, ...Array(24).fill(0)])}, 32, 0) = 32`,
  frame: frame(0), last: frame(80), page: `10 pwrite64(5, ${hex(Array(32).fill(7))}..., 4096, 4176) = 4096`,
  sync: '10 fdatasync(5) = 0', syncFails: '10 fdatasync(5) = -1 EIO (Input/output error)',
  syncBegins: '10 fdatasync(5 <unfinished ...>', syncEnds: '10 <... fdatasync resumed>) = 0',
  otherSync: '10 fdatasync(6) = 0', other: `11 sendto(8, ${hex('HTTP/1.1 201 Created\r\n')}, 200, MSG_NOSIGNAL, NULL, 0) = 200`,
  sent: `11 sendto(7, ${hex('HTTP/1.1 201 Created\r\n')}, 200, MSG_NOSIGNAL, NULL, 0) = 200`,
  sentParts: `11 sendmsg(7, {msg_name=NULL, msg_iov=[{iov_base=${hex('HTTP/1.1 201 Created\r\n')}, iov_len=200}], msg_iovlen=1}, 0) = 200`,
};
const judge = (...names) => violations(read([made.open, made.accept, ...names.map((name) => made[name])].join('\n')), new Map([[40001, [0]]]));

test('the check of a trace passes what is in order', () => {
  assert.deepEqual(judge('head', 'frame', 'page', 'last', 'page', 'sync', 'sent'), []);
  assert.deepEqual(judge('last', 'page', 'other', 'sync', 'sentParts'), [], 'an answer to somebody else in between');
  assert.deepEqual(judge('last', 'page', 'syncBegins', 'other', 'syncEnds', 'sent'), []);
});

test('the check of a trace finds what is not', () => {
  for (const bad of [['last', 'page', 'sent', 'sync'], ['last', 'sync', 'page', 'sent'], ['sync', 'last', 'page', 'sent'], ['last', 'page', 'sent'], ['last', 'page', 'syncFails', 'sent'],
    ['last', 'page', 'otherSync', 'sent'], ['last', 'page', 'syncBegins', 'sent', 'syncEnds'], ['head', 'frame', 'page', 'sync', 'sent'], ['last', 'page', 'sync'], ['last', 'page', 'sync', 'sent', 'sent']])
    assert.notDeepEqual(judge(...bad), [], bad.join(' '));
});
