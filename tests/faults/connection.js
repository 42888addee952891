// SPDX-License-Identifier: GPL-3.0-or-later
// One keep-alive connection on a bare socket, one request at a time: its owner knows whether an answer came whole before the other side went.
import net from 'node:net';

export class Lost extends Error {}

export class Connection {
  static open(port) {
    return new Promise((resolve, reject) => {
      const connection = new Connection(port);
      connection.socket.once('connect', () => {
        connection.localPort = connection.socket.localPort;
        resolve(connection);
      });
      connection.socket.once('close', () => reject(new Lost('not connected')));
    });
  }

  constructor(port) {
    Object.assign(this, { bytes: Buffer.alloc(0), waiting: null, isLost: false });
    this.socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
    this.socket.on('error', () => {});
    this.socket.on('data', (chunk) => this.#read(chunk));
    this.socket.on('close', () => {
      this.isLost = true;
      this.waiting?.reject(new Lost('closed before the answer'));
      this.waiting = null;
    });
  }

  // Resolves to { status, headers, body }; rejects with Lost when the connection ends first.
  ask(method, target, headers = {}, body = '') {
    return new Promise((resolve, reject) => {
      if (this.isLost) return reject(new Lost('closed'));
      this.waiting = { resolve, reject, method };
      const bytes = Buffer.from(body);
      const lines = Object.entries({ Host: 'localhost', ...headers, ...(bytes.length ? { 'Content-Length': bytes.length } : {}) });
      const head = `${method} ${target} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
      this.socket.write(Buffer.concat([Buffer.from(head, 'latin1'), bytes]));
    });
  }

  #read(chunk) {
    this.bytes = this.bytes.length ? Buffer.concat([this.bytes, chunk]) : chunk;
    const end = this.bytes.indexOf('\r\n\r\n');
    if (end < 0 || !this.waiting) return;
    const [first, ...lines] = this.bytes.subarray(0, end).toString('latin1').split('\r\n');
    const headers = Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]));
    const length = end + 4 + (this.waiting.method === 'HEAD' ? 0 : Number(headers['content-length'] ?? 0));
    if (this.bytes.length < length) return;
    const body = this.bytes.subarray(end + 4, length).toString();
    this.bytes = this.bytes.subarray(length);
    const { resolve } = this.waiting;
    this.waiting = null;
    resolve({ status: Number(first.split(' ')[1]), headers, body });
  }

  close() {
    this.socket.destroy();
  }
}
