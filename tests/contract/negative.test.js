// SPDX-License-Identifier: GPL-3.0-or-later
// From the contract itself: each parameter asked with what it takes and with what it does not. Nothing wrong is let through, nothing
// right is refused, nothing breaks, and every answer is as documented. The seed is fixed; SEED and CASES in the environment change it.
'use strict';
const assert = require('node:assert/strict');
const http = require('node:http');
const test = require('node:test');
const { serve } = require('./daemon.js');
const { Judge } = require('./judge.js');
const { Spec } = require('./spec.js');

const SEED = Number(process.env.SEED ?? 20241231), CASES = Number(process.env.CASES ?? 10000), AT_ONCE = 16;
const ARGUMENTS = { '/programmes/{id}': 'klinbeforsk', '/studies/{id}': 'aneed', '/studies/{id}/recruitment': 'aneed', '/studies/{id}/history': 'aneed', '/problems/{slug}': 'bad-parameter' };

const spec = new Spec();
const agent = new http.Agent({ keepAlive: true, maxSockets: AT_ONCE });
let daemon;
test.before(async () => { daemon = await serve('--log-level', 'error', '--workers', '2', '--max-exports', '64'); });
test.after(() => { agent.destroy(); return daemon?.stop(); });

function ask(target) {
  return new Promise((resolve, reject) => {
    const request = http.request(daemon.url, { agent, path: target, timeout: 30000 }, (answer) => {
      const parts = [];
      answer.on('data', (part) => parts.push(part));
      answer.on('end', () => {
        const raw = answer.rawHeaders;
        const headers = raw.flatMap((name, i) => (i % 2 ? [] : [[name, raw[i + 1]]])).filter(([name]) => !/^(connection|keep-alive)$/i.test(name));
        resolve({ method: 'GET', target, request_headers: [], status: answer.statusCode, headers, body: Buffer.concat(parts).toString('utf8'), malformed: false });
      });
      answer.on('error', reject);
    });
    request.on('timeout', () => request.destroy(new Error(`no answer to ${target}`)));
    request.on('error', reject);
    request.end();
  });
}

const pathOf = (operation) => operation.path.replace(/\{[^}]+\}/, ARGUMENTS[operation.path]);
const address = (operation, name, value) => `${pathOf(operation)}?${name}=${value}`;

/* ── what a parameter does not take ──────────────────────────────────────────────────────────────────────────── */

const NEVER = ['', '!', '%00', '%01', '%7F', '%zz', '%', '%C3', '%FF', '%C0%80', '%ED%A0%80', '+', '%20', '%0D%0A', '%F0%9F%92%A9', '%E2%80%AE', 'null', 'undefined',
  'NaN', '[]', '%7B%7D', '%5B%22a%22%5D', '1e400', '-0', '--1', "'", '%22', '%3Cscript%3E', '..%2F..%2Fetc', '%2e%2e', ',', ',,', 'a,', ',a', '!!a', '..', '...', '1...2',
  '99999999999999999999', '-99999999999999999999', '0x10', '1_000', '%D9%A1', 'TRUE', 'True', '1;2', '%EF%BF%BD', '%61%CC%8A', 'x'.repeat(2000), `a${',a'.repeat(100)}`];

// What people type: blanks before it mean nothing, and what else is wrong with it is more than a pattern says.
const isTyped = (schema) => schema.pattern === '[^\\x00-/:-@[-`{-\\x7F]';
const NEVER_TYPED = ['%22', '%22a', 'a%22', 'a%20%22b', '(a)', 'a)', 'a%20-', '--a', 'a%20*', 'a*b', '*a', 'OR', 'OR%20a', 'a%20OR', 'a%20OR%20OR%20b', 'a%20AND%20b', 'NOT%20a', 'a%7Cb',
  '!a', 'a%20!b', '%22a%22b', '%22*%22', 'a%20%26%20b', `${'a%20'.repeat(33)}`, 'a'.repeat(501)];

// Those that the parameter's own kind forbids.
function forbidden({ schema, example, 'x-plus-is-space': spaces }) {
  const { minimum: low = schema['x-minimum'], maximum: high = schema['x-maximum'] } = schema;
  const plain = encodeURIComponent(example), values = [`${plain}%00`, ...(spaces ? [] : [`${plain}+`, `+${plain}`])];
  if (!isTyped(schema)) values.push(`%20${plain}`);
  if (plain.includes('%20') && !spaces) values.push(plain.replaceAll('%20', '+'));
  if (low !== undefined) values.push(low - 1, `${low - 1}..`, `..${high + 1}`, high + 1, `${high}..${low}`, `0${low + 1}`, `${low}.0`, `${low}-${high}`);
  if (schema.type === 'integer') values.push(`${low},${high}`, `${low}..${high}`, `!${low}`, `%2B${low}`);
  if (schema.type === 'boolean') values.push('yes', '1', '0', 'true,false', '!true', 'truefalse');
  if (schema.enum) values.push(...schema.enum.flatMap((value) => [`${value}x`, value.toUpperCase(), `!${value}`, `${value},${value}`]));
  if (schema.format === 'date') values.push('2024-02-30', '2023-02-29', '2024-13-01', '2024-1-1', '20240101', '2024', '2024-01-01T00:00:00Z', '2024-01-01..');
  if (schema['x-vocabulary']) values.push('nobody-has-this', 'a,b,c', '!nobody-has-this', 'aneedd');
  const codes = /^\^!?-?\(\?:([a-z0-9_|-]+)\)/.exec(schema.pattern ?? '')?.[1].split('|') ?? [];
  values.push(...codes.flatMap((code) => [`${code}x`, code.toUpperCase(), `${code},,${code}`, `${code},x${code}`, `%20${code}`]));
  if (isTyped(schema)) values.push(...NEVER_TYPED);
  return values.map(String);
}

// What the pattern and bounds allow, and a vocabulary may still refuse.
function mayBeRight(parameter, value) {
  const { schema } = parameter;
  let text;
  try {
    text = decodeURIComponent(parameter['x-plus-is-space'] ? value.replaceAll('+', ' ') : value);
  } catch {
    return false;
  }
  if (/%(?![0-9A-F]{2})/i.test(value) || (/\+/.test(value) && !parameter['x-plus-is-space'])) return false;
  if (schema.type === 'integer') return /^(0|-?[1-9][0-9]*)$/.test(text) && Number(text) >= schema.minimum && Number(text) <= schema.maximum;
  if (schema.type === 'boolean') return ['true', 'false'].includes(text);
  if (schema.enum) return schema.enum.includes(text);
  if (schema.pattern) return new RegExp(schema.pattern, 'u').test(text) && text.length <= (schema.maxLength ?? Infinity);
  return spec.faults(schema, text) === null;
}

/* ── asking ──────────────────────────────────────────────────────────────────────────────────────────────────── */

// Asks all, and returns the faults: those of the judge, and what expect says of an exchange.
async function askAll(cases, expect) {
  const judge = new Judge(spec);
  const faults = [];
  const queue = cases.entries();
  const one = async () => {
    for (const [, item] of queue) {
      const exchange = await ask(item.target);
      const wrong = [...judge.judge(exchange), ...(exchange.status >= 500 ? [`${exchange.status}`] : []), ...expect(item, exchange)];
      for (const fault of wrong) faults.push(`${item.target} → ${exchange.status}: ${fault}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
  return faults;
}

const show = (faults) => `${faults.length} faults\n${faults.slice(0, 20).join('\n')}`;
const reads = spec.operations.filter((operation) => operation.method === 'GET' && operation.place === 'everywhere');
const queryParameters = () => reads.flatMap((operation) =>
  operation.parameters.filter((row) => row.in === 'query').map((parameter) => ({ operation, parameter })));

test('each parameter takes its own example', async () => {
  const cases = queryParameters().filter(({ parameter }) => parameter.name !== 'cursor')
    .map(({ operation, parameter }) => {
      // What the register knew at an instant it can only say of those since it was made.
      const value = parameter.name === 'known_at' ? new Date().toISOString() : parameter.example;
      const target = address(operation, parameter.name, encodeURIComponent(value));
      return { target: parameter['x-goes-with'] ? `${target}&${parameter['x-goes-with']}` : target };
    });
  assert.ok(cases.length > 40);
  const faults = await askAll(cases, (item, exchange) => (exchange.status === 200 ? [] : [exchange.body]));
  assert.equal(faults.length, 0, show(faults));
});

test('each parameter refuses what it does not take, by name', async () => {
  const cases = queryParameters().flatMap(({ operation, parameter }) => 
    [...NEVER.filter((value) => !mayBeRight(parameter, value)), ...forbidden(parameter)].map((value) => ({ parameter, target: address(operation, parameter.name, value) })));
  const faults = await askAll(cases, ({ parameter }, exchange) => {
    if (exchange.status !== 400) return ['let through'];
    const { errors = [] } = JSON.parse(exchange.body);
    return errors.some((fault) => fault.name === parameter.name) ? [] : [`${parameter.name} is not named`];
  });
  assert.ok(cases.length >= 2000, `only ${cases.length} cases`);
  assert.equal(faults.length, 0, show(faults));
});

test('each operation refuses a parameter twice, one it does not know, and one of another', async () => {
  const names = new Set(queryParameters().map(({ parameter }) => parameter.name));
  const cases = reads.flatMap((operation) => {
    const own = operation.parameters.filter((row) => row.in === 'query');
    const foreign = [...names].filter((name) => !own.some((row) => row.name === name));
    return [
      ...own.filter(({ name }) => name !== 'cursor').map(({ name, example }) => ({ name, target: `${address(operation, name, encodeURIComponent(example))}&${name}=${encodeURIComponent(example)}` })),
      ...foreign.map((name) => ({ name, target: address(operation, name, '1') })),
      ...['x', 'Limit', 'limit%5B%5D', 'limit.x', '__proto__', '$where', '%6Cimitx', 'a'.repeat(300)].map((name) => ({ name: decodeURIComponent(name), target: address(operation, name, '1') })),
    ];
  });
  const faults = await askAll(cases, ({ name }, exchange) => {
    if (exchange.status !== 400) return ['let through'];
    return JSON.parse(exchange.body).errors.some((fault) => fault.name === name) ? [] : [`${name} is not named`];
  });
  assert.ok(cases.length >= 400, `only ${cases.length} cases`);
  assert.equal(faults.length, 0, show(faults));
});

test('arguments of a path that name nothing are not found, and break nothing', async () => {
  const values = ['x', 'ANEED', 'aneed-', '-aneed', 'a--b', 'a_b', '1', '0', 'null', '%C3%A5', '%20', 'a%20b', "'", '%22', '%3B', 'a'.repeat(64), 'a'.repeat(65), 'a'.repeat(3000), '~', '*', 'aneed;x=1'];
  const cases = reads.filter((operation) => operation.path.includes('{')).flatMap((operation) =>
    values.map((value) => ({ target: operation.path.replace(/\{[^}]+\}/, value) })));
  const faults = await askAll(cases, (item, exchange) => (exchange.status === 404 ? [] : ['not 404']));
  assert.equal(faults.length, 0, show(faults));
});

/* ── at random ───────────────────────────────────────────────────────────────────────────────────────────────── */

// A small generator of known quality is enough: mulberry32.
function generator(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6D2B79F5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (n) => Math.floor(next() * n);
  return { below, one: (list) => list[below(list.length)], chance: (p) => next() < p };
}

const PIECES = ['', '!', ',', '..', '-', '%', '%2', '%20', '%C3%A5', '%00', '&', '=', '?', '/', ':', ';', "'", '(', '~', '*', '@', '+', 'a', 'Z', '0', '7', '2019', '9999999999', 'vest', 'nord',
  'open-call', 'name', 'id', 'true', '2024-06-30', 'T00:00:00Z', 'aneed', 'cancer', 'recruiting', 'Bo%20Berg'];

test(`${CASES} queries at random break nothing (seed ${SEED})`, async () => {
  const random = generator(SEED);
  const rows = queryParameters();
  const value = (parameter) => (random.chance(0.5) ? encodeURIComponent(parameter.example)
    : Array.from({ length: random.below(6) }, () => random.one(PIECES)).join('').replace(/[?#]/g, '%3F'));
  const cases = Array.from({ length: CASES }, () => {
    const operation = random.chance(0.7) ? random.one(rows).operation : random.one(reads);
    const own = operation.parameters.filter((row) => row.in === 'query');
    const pairs = Array.from({ length: random.below(6) }, () => {
      const row = random.chance(0.9) && own.length ? random.one(own) : { name: random.one(PIECES).replace(/[?#]/g, ''), example: 'x' };
      return random.chance(0.95) ? `${row.name}=${value(row)}` : row.name;
    });
    return { target: pairs.length ? `${pathOf(operation)}?${pairs.join('&')}` : pathOf(operation) };
  });
  let right = 0;
  const faults = await askAll(cases, (item, exchange) => {
    right += exchange.status === 200;
    return [];
  });
  assert.equal(faults.length, 0, show(faults));
  assert.ok(right > CASES / 20, `only ${right} of ${CASES} were right: the generator reaches nothing`);
});
