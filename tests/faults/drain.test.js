// SPDX-License-Identifier: GPL-3.0-or-later
// SIGTERM under load cuts no answer that had begun: a connection may be refused or closed between answers, never within one.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { dataset, importNow, serve } from './daemon.js';

const rounds = Number(process.env.ROUNDS ?? 20);
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'studyd-drain-'));
process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));

// A keep-alive client on a bare socket. It knows at every moment whether it waits for an answer, so it can tell one that was
// cut or dropped from a connection that was closed between two.
class Client {
  constructor(port, target) {
    Object.assign(this, { port, target, answers: 0, dropped: 0, cut: 0, refused: 0, reset: 0, over: false });
    this.connect();
  }

  connect() {
    this.buffer = Buffer.alloc(0);
    this.waiting = this.begun = this.connected = false;
    this.socket = net.connect(this.port, '127.0.0.1');
    this.socket.on('connect', () => { this.connected = true; this.ask(); });
    this.socket.on('data', (chunk) => this.read(chunk));
    this.socket.on('error', (error) => { if (!this.connected) this.refused++; else if (!this.waiting && error.code !== 'EPIPE') this.reset++; });
    this.socket.on('close', () => this.closed());
  }

  ask() {
    this.waiting = true;
    this.socket.write(`GET ${this.target} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  }

  read(chunk) {
    this.begun = true;
    this.buffer = this.buffer.length ? Buffer.concat([this.buffer, chunk]) : chunk;
    const head = this.buffer.indexOf('\r\n\r\n');
    if (head < 0) return;
    const headers = this.buffer.subarray(0, head).toString('latin1');
    const length = Number(/^content-length: *(\d+)/im.exec(headers)?.[1] ?? 0);
    if (this.buffer.length < head + 4 + length) return;
    this.answers++;
    this.waiting = this.begun = false;
    this.buffer = this.buffer.subarray(head + 4 + length);
    if (/^connection: *close/im.test(headers)) this.socket.end();
    else this.ask();
  }

  closed() {
    if (this.waiting && this.begun) this.cut++;
    else if (this.waiting && this.connected) this.dropped++;
    this.over = true;
    this.onOver?.();
  }
}

const settled = (client) => client.over || new Promise((resolve) => (client.onOver = resolve));

test(`${rounds} × SIGTERM under 64 busy keep-alive clients`, async (t) => {
  const db = path.join(folder, 'drain.db');
  importNow(db, dataset);
  const sums = { answers: 0, cut: 0, dropped: 0, refused: 0, reset: 0 };
  for (let round = 0; round < rounds; round++) {
    const daemon = await serve(db, '--max-connections-per-address', '0');
    const targets = ['/studies?limit=500', '/studies/aneed', '/stats/regions', '/programmes/klinbeforsk'];
    const clients = Array.from({ length: 64 }, (_, i) => new Client(daemon.port, targets[i % targets.length]));
    while (clients.some((client) => client.answers < 2)) await new Promise((resolve) => setImmediate(resolve));
    const end = await daemon.stop();
    await Promise.all(clients.map(settled));
    assert.equal(end.code, 0, end.errors);
    for (const client of clients) for (const key of Object.keys(sums)) sums[key] += client[key];
  }
  t.diagnostic(JSON.stringify(sums));
  assert.equal(sums.cut, 0, 'answers cut in the middle');
  assert.equal(sums.dropped, 0, 'requests that were read but not answered');
});
