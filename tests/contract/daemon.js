// SPDX-License-Identifier: GPL-3.0-or-later
// The program under test, and a daemon of it that serves data sets from a folder of its own.
'use strict';
const { execFileSync, spawn } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const readline = require('node:readline');
const { ROOT } = require('./spec.js');

const STUDYD = process.env.STUDYD ?? path.join(ROOT, 'build', 'studyd');

function dumpRoutes() {
  return JSON.parse(execFileSync(STUDYD, ['--dump-routes'], { encoding: 'utf8' }));
}

const DATA = fs.readdirSync(path.join(ROOT, 'data')).map((edition) => path.join(ROOT, 'data', edition));

// Of data/. Resolves to {url, db, stop}; stop resolves when the daemon has ended with 0, and rejects otherwise.
function serve(...options) {
  return serveEditions(DATA, ...options);
}

// Of these folders of data sets, imported in that order.
async function serveEditions(editions, ...options) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'studyd-contract-'));
  const db = path.join(folder, 'register.db');
  for (const edition of editions) execFileSync(STUDYD, ['import', '--db', db, edition], { stdio: ['ignore', 'ignore', 'inherit'] });
  const child = spawn(STUDYD, ['serve', '--db', db, '--listen', '127.0.0.1:0', ...options], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk) => { said += chunk; });
  const ended = new Promise((resolve) => child.on('close', (code, signal) => {
    fs.rmSync(folder, { recursive: true, force: true });
    resolve({ code, signal });
  }));
  const url = await Promise.race([
    new Promise((resolve) => readline.createInterface({ input: child.stdout }).on('line', (line) => {
      const match = /^listening on (http:\/\/\S+)$/.exec(line);
      if (match) resolve(match[1]);
    })),
    ended.then(({ code }) => { throw new Error(`the daemon ended with ${code} before it listened: ${said}`); }),
  ]);
  const stop = async () => {
    child.kill('SIGTERM');
    const { code, signal } = await ended;
    if (code !== 0) throw new Error(`the daemon ended with ${code ?? signal}: ${said}`);
  };
  return { url, db, stop };
}

module.exports = { DATA, STUDYD, dumpRoutes, serve, serveEditions };
