// SPDX-License-Identifier: GPL-3.0-or-later
// Asks the daemon, over connections that stay open.
'use strict';
const http = require('node:http');

class Client {
  constructor(url, atOnce) {
    this.url = url;
    this.agent = new http.Agent({ keepAlive: true, maxSockets: atOnce });
    this.asked = 0;
  }

  // {target, accept, status, headers, body}
  ask(target, accept) {
    this.asked++;
    return new Promise((resolve, reject) => {
      const headers = accept ? { Accept: accept } : {};
      const request = http.request(this.url, { agent: this.agent, path: target, timeout: 60000, headers }, (answer) => {
        const parts = [];
        answer.on('data', (part) => parts.push(part));
        answer.on('end', () => (answer.complete ? resolve({ target, accept, status: answer.statusCode, headers: answer.headers, body: Buffer.concat(parts).toString('utf8') })
          : reject(new Error(`${target}: the answer was cut`))));
        answer.on('error', reject);
      });
      request.on('timeout', () => request.destroy(new Error(`no answer to ${target}`)));
      request.on('error', (error) => reject(new Error(`${target}: ${error.message}`)));
      request.end();
    });
  }

  async text(target) {
    const { status, body } = await this.ask(target);
    if (status !== 200) throw new Error(`${target}: ${status} ${body}`);
    return body;
  }

  close() {
    this.agent.destroy();
  }
}

module.exports = { Client };
