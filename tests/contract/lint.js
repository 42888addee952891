// SPDX-License-Identifier: GPL-3.0-or-later
// node lint.js [FILE]: lints openapi.yaml (or FILE) by redocly.yaml and .spectral.yaml. A warning fails as an error does.
'use strict';
const { spawnSync } = require('node:child_process');
const path = require('node:path');
const { ROOT } = require('./spec.js');

const QUIET = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true', NO_COLOR: '1', FORCE_COLOR: '0' };

function program(name, command) {
  const manifest = require.resolve(`${name}/package.json`);
  return path.join(path.dirname(manifest), require(manifest).bin[command]);
}

function run(name, command, args) {
  const result = spawnSync(process.execPath, [program(name, command), ...args], { cwd: ROOT, env: QUIET, encoding: 'utf8', maxBuffer: 64 << 20 });
  if (result.error) throw result.error;
  return result;
}

// What Spectral finds, as {code, severity, message, path, range}.
function spectral(file) {
  const result = run('@stoplight/spectral-cli', 'spectral', ['lint', '--quiet', '--format', 'json', '--ruleset', path.join(ROOT, '.spectral.yaml'), file]);
  if (![0, 1].includes(result.status)) throw new Error(`spectral ended with ${result.status}: ${result.stderr}${result.stdout}`);
  return JSON.parse(result.stdout);
}

// What Redocly finds, as {ruleId, severity, message}.
function redocly(file) {
  const result = run('@redocly/cli', 'redocly', ['lint', '--config', path.join(ROOT, 'redocly.yaml'), '--format', 'json', file]);
  const begin = result.stdout.indexOf('{');
  if (begin < 0) throw new Error(`redocly ended with ${result.status}: ${result.stderr}${result.stdout}`);
  return JSON.parse(result.stdout.slice(begin)).problems;
}

module.exports = { redocly, spectral };

if (require.main === module) {
  const file = path.resolve(process.argv[2] ?? path.join(ROOT, 'openapi.yaml'));
  const found = [
    ...spectral(file).map((one) => `spectral: ${one.code}: ${one.message} (line ${one.range.start.line + 1})`),
    ...redocly(file).map((one) => `redocly: ${one.ruleId}: ${one.message} (${one.location?.[0]?.pointer ?? ''})`),
  ];
  for (const one of found) console.error(one);
  console.log(`lint: ${found.length} faults in ${path.basename(file)}`);
  process.exitCode = found.length ? 1 : 0;
}
