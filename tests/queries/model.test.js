// SPDX-License-Identifier: GPL-3.0-or-later
// The model itself: that it knows the alphabet, the words and the language of queries, and tells a lie from the truth.
'use strict';
const assert = require('node:assert/strict');
const test = require('node:test');
const { serve } = require('../contract/daemon.js');
const { Spec, ROOT } = require('../contract/spec.js');
const path = require('node:path');
const { compareNames } = require('./alphabet.js');
const { Client } = require('./ask.js');
const { readCsv } = require('./formats.js');
const { Model } = require('./model.js');
const { decoded } = require('./parameters.js');
const { readRecords } = require('./records.js');
const { fold, readSearch } = require('./search.js');
const { smallest } = require('./smallest.js');

test('the alphabet is Norwegian', () => {
  const ordered = ['—', '1', '10', '2', 'A B', 'Ab', 'Anne-Marie', 'AnneMarie', 'Müller', 'Zoe', 'Æra', 'Østby', 'Ålesund', 'Aas', 'Дом', '🧬'];
  assert.deepEqual([...ordered].reverse().sort(compareNames), ordered);
  for (const [a, b] of [['Aase', 'åse'], ['Ä', 'æ'], ['Ö', 'ø'], ['Édith', 'edith'], ['A\u030as', 'ÅS'], ['  B—1 ', 'b 1'], ['Müller', 'Myller'], ['x'.repeat(100), 'x'.repeat(101)]])
    assert.equal(compareNames(a, b), 0, `${a} and ${b}`);
});

test('words find each other in every spelling', () => {
  for (const [word, folded] of [['Åse', 'ase'], ['Aase', 'ase'], ['Ærlig', 'arlig'], ['aerlig', 'arlig'], ['Bø', 'bo'], ['Boe', 'bo'], ['Œuvre', 'ouvre'], ['CAFÉ', 'cafe'], ['straße', 'strasse'], ['CO₂', 'co2']])
    assert.equal(fold(word), folded);
  const refuse = (why) => { throw new Error(why); };
  const { terms } = readSearch('neuro* -"early dementia" OR N-AD', refuse);
  assert.deepEqual(terms.map(({ words, prefix, negate, or }) => [words.join(' '), prefix, negate, Boolean(or)]), [['neuro', true, false, false], ['early dementia', false, true, false], ['n ad', false, false, true]]);
  for (const wrong of ['(a)', 'a OR', 'OR a', '"a', 'a*b', '-', '--a', '...', 'a AND b', '!a', 'a|b']) assert.throws(() => readSearch(wrong, refuse), `${wrong} is read`);
});

test('what is not encoded well says nothing', () => {
  assert.equal(decoded('%C3%A5%2C!'), 'å,!');
  for (const raw of ['a+b', '%', '%zz', '%C3', '%00', '%7F', '%ED%A0%80', 'a"b', 'æ']) assert.equal(decoded(raw), null, raw);
});

test('CSV is read strictly', () => {
  assert.deepEqual(readCsv('a,"b""c\r\n",\r\n"",d,e\r\n', ',').map((record) => record.map(({ text, quoted }) => (quoted ? `[${text}]` : text))), [['a', '[b"c\r\n]', ''], ['[]', 'd', 'e']]);
  for (const wrong of ['a,b\n', 'a"b\r\n', '"a\r\n', '"a"b\r\n', 'a', 'a,']) assert.throws(() => readCsv(wrong, ','), JSON.stringify(wrong));
});

test('a question is made small as long as it is answered wrongly', async () => {
  const fault = { target: '/studies?a=1&category=x,y,z&limit=3&status=!b,c', wrong: ['x'] };
  const { target } = await smallest(fault, async (one) => (/[=,]y/.test(one) && one.includes('status=!') ? ['x'] : []));
  assert.ok(['/studies?category=y&status=!b', '/studies?category=y&status=!c'].includes(target), target);
});

/* ── lies ────────────────────────────────────────────────────────────────────────────────────────────────────── */

let daemon, client, model;
test.before(async () => {
  daemon = await serve('--log-level', 'error', '--workers', '1');
  client = new Client(daemon.url, 4);
  model = new Model(new Spec(), await readRecords((target) => client.text(target), [path.join(ROOT, 'data', 'klinbeforsk-2024')]));
});
test.after(async () => {
  client?.close();
  await daemon?.stop();
});

const LIES = {
  'a row too few': (body) => body.data.pop(), 'a row twice': (body) => body.data.splice(1, 1, body.data[0]), 'rows in another order': (body) => body.data.reverse(),
  'another total': (body) => { body.meta.total += 1; }, 'no next page': (body) => { body.links.next = null; }, 'a value that is not so': (body) => { body.data[0].id = 'aneed'; },
  'a member too many': (body) => { body.data[0].more = null; }, 'a next page of another question': (body) => { body.links.next = body.links.next.replace('category=cancer', 'category=stroke'); },
};

test('each lie about a list is told from the truth', async () => {
  const truth = await client.ask('/studies?category=cancer&sort=-amount_nok&limit=5&fields=id,name,amount_nok');
  assert.deepEqual(model.check(truth), []);
  for (const [name, lie] of Object.entries(LIES)) {
    const body = JSON.parse(truth.body);
    lie(body);
    assert.notDeepEqual(model.check({ ...truth, body: JSON.stringify(body) }), [], `${name} is let through`);
  }
});

test('each lie about what is wrong is told from the truth', async () => {
  const truth = await client.ask('/studies?regoin=vest&limit=0&category=cancer');
  assert.deepEqual(model.check(truth), []);
  const without = (name) => ({ ...truth, body: JSON.stringify({ ...JSON.parse(truth.body), errors: JSON.parse(truth.body).errors.filter((row) => row.name !== name) }) });
  for (const [name, lie] of Object.entries({ 'let through': { ...truth, status: 200 }, 'a fault that is not named': without('limit'), 'a fault that is none': { ...truth, target: '/studies?regoin=vest&category=cancer' },
    'a failure': { ...truth, status: 500 }, 'refused though right': { ...truth, target: '/studies?category=cancer' } }))
    assert.notDeepEqual(model.check(lie), [], `${name} is let through`);
});

test('each lie about a sum is told from the truth', async () => {
  const truth = await client.ask('/stats/calls?category=cancer');
  assert.deepEqual(model.check(truth), []);
  for (const change of [(body) => { body.data[0].study_count += 1; }, (body) => { body.meta.totals.amount_ore += 1; }, (body) => { body.data[0].studies = '/studies'; }, (body) => body.data.pop()]) {
    const body = JSON.parse(truth.body);
    change(body);
    assert.notDeepEqual(model.check({ ...truth, body: JSON.stringify(body) }), [], `${change} is let through`);
  }
});
