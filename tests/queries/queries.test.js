// SPDX-License-Identifier: GPL-3.0-or-later
// Query strings at random, right and wrong, from openapi.yaml, asked of a daemon with two programmes: each answer is that of a naive model, or a 400 that
// names every fault. The seed is fixed; SEED and CASES in the environment change it.
'use strict';
const assert = require('node:assert/strict');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const test = require('node:test');
const { serveEditions } = require('../contract/daemon.js');
const { Spec, ROOT } = require('../contract/spec.js');
const { Client } = require('./ask.js');
const { Conversations } = require('./conversation.js');
const { Model } = require('./model.js');
const { Questions } = require('./questions.js');
const { readRecords } = require('./records.js');
const { writeRegister } = require('./register.js');
const { smallest } = require('./smallest.js');
const { countOf } = require('./studies.js');

const SEED = Number(process.env.SEED ?? 20241231), CASES = Number(process.env.CASES ?? 10000), AT_ONCE = 8, TOLD = 5;

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'studyd-queries-'));
let daemon, client, records;
test.before(async () => {
  const editions = [...fs.readdirSync(path.join(ROOT, 'data')).map((name) => path.join(ROOT, 'data', name)), ...writeRegister(folder, SEED)];
  daemon = await serveEditions(editions, '--log-level', 'error', '--workers', '2');
  client = new Client(daemon.url, AT_ONCE);
  records = await readRecords((target) => client.text(target), editions);
});
test.after(async () => {
  client?.close();
  await daemon?.stop();
  fs.rmSync(folder, { recursive: true, force: true });
});

// Holds conversations until so many different query strings were asked, or too much is wrong.
async function holdAll(conversations, count) {
  const faults = [];
  let number = 0;
  const talk = async () => {
    while (conversations.targets.size < count && faults.length < TOLD) faults.push(...await conversations.hold(number++));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, talk));
  return faults;
}

async function told(faults, model) {
  const shown = [];
  for (const fault of faults.slice(0, TOLD)) {
    const { target, wrong } = await smallest(fault, async (one) => model.check(await client.ask(one, fault.accept)));
    shown.push(`conversation ${fault.number} of seed ${SEED}: ${fault.target}\n  smallest: ${target}${fault.accept ? ` (Accept: ${fault.accept})` : ''}\n  ${wrong.slice(0, 3).join('\n  ')}`);
  }
  return `${faults.length} answers are not the model's\n${shown.join('\n')}`;
}

test('the register is rich enough to be asked', () => {
  const cards = records.studies.map(({ card }) => card);
  assert.ok(cards.length > 380);
  for (const has of [(card) => card.recruitment.planned === null, (card) => card.recruitment.planned === 0, (card) => card.recruitment.exceeded_by > 0, (card) => card.awards.length > 2,
    (card) => card.categories.length === 0, (card) => card.hospitals === null, (card) => card.patients.age_max !== null, (card) => /[";\n]/.test(card.summary.nb ?? ''), (card) => /^[=+@-]/.test(card.name)])
    assert.ok(cards.filter(has).length > 3, `too few studies have ${has}`);
  assert.ok(new Set(cards.map(({ updated }) => updated)).size >= 3);
});

const THRESHOLD = 20; // of both programmes

function patientsOf(study) {
  const { included, as_of: asOf, reported, sum } = countOf(study, study.reports), planned = study.plan ? Number(study.plan.planned) : null;
  const few = [planned, included].some((count) => count !== null && count < THRESHOLD) || (included === null && reported.length > 0 && sum < THRESHOLD);
  return { planned, included, as_of: asOf, disclosure: few ? 'totals-only' : 'full' };
}

test('what is known of patients follows from plans and reports', () => {
  for (const study of records.studies) {
    const { planned, included, as_of: asOf, disclosure } = study.recruitment;
    assert.deepEqual({ planned, included, as_of: asOf, disclosure }, patientsOf(study), study.id);
    assert.deepEqual([planned, included, asOf], [study.card.recruitment.planned, study.card.recruitment.included, study.card.recruitment.as_of]);
  }
});

test(`${CASES} query strings at random are answered as a naive model does (seed ${SEED})`, async (t) => {
  const model = new Model(new Spec(), records);
  const conversations = new Conversations({ model, questions: new Questions(records, model.parameters), client, seed: SEED });
  const faults = await holdAll(conversations, CASES);
  if (faults.length) assert.fail(await told(faults, model));
  t.diagnostic(`${conversations.targets.size} query strings, ${client.asked} answers: ${JSON.stringify(model.seen)}`);
  assert.ok(model.seen.refused > CASES / 10 && model.seen.listStudies > CASES / 3, 'the generator leans to one side');
});
