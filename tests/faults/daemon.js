// SPDX-License-Identifier: GPL-3.0-or-later
// Runs the program as its users do: import to the end or until killed, serve on a port of its own choice.
import { spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import path from 'node:path';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
export const studyd = process.env.STUDYD ?? path.join(root, 'build/studyd');
export const dataset = path.join(root, 'data/klinbeforsk-2024');

export function importNow(db, dir) {
  const run = spawnSync(studyd, ['import', '--db', db, dir], { encoding: 'utf8' });
  if (run.status !== 0) throw new Error(`import failed (${run.status}): ${run.stderr}`);
  return run.stdout;
}

// Starts an import and kills it with SIGKILL after `ms`; resolves to whether it was still at work then.
export function importKilled(db, dir, ms) {
  return new Promise((resolve) => {
    const child = spawn(studyd, ['import', '--db', db, dir], { stdio: 'ignore' });
    const timer = setTimeout(() => child.kill('SIGKILL'), ms);
    child.on('exit', (code, signal) => {
      clearTimeout(timer);
      resolve(signal === 'SIGKILL');
    });
  });
}

// Of the options, an object is for this function: under = a command that runs the program, the rest as spawn takes it.
export async function serve(db, ...options) {
  const { under = [], ...how } = options.find((option) => typeof option === 'object') ?? {};
  const command = [...under, how.program ?? studyd, 'serve', '--db', db, '--listen', '127.0.0.1:0', '--log-level', 'error'];
  const words = options.filter((option) => typeof option === 'string');
  const child = spawn(command[0], [...command.slice(1), ...words], { stdio: ['ignore', 'pipe', 'pipe'], ...how });
  let errors = '';
  child.stderr.on('data', (chunk) => (errors += chunk));
  const exited = new Promise((resolve) => child.on('exit', (code, signal) => resolve({ code, signal, errors })));
  const url = await new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const match = /^listening on (http:\/\/\S+)$/.exec(line);
      if (match) resolve(match[1]);
    });
    exited.then((end) => reject(Object.assign(new Error(`daemon ended: ${end.code} ${end.errors}`), end)));
  });
  return { url, port: Number(new URL(url).port), child, exited, stop: () => (child.kill('SIGTERM'), exited) };
}
