// SPDX-License-Identifier: GPL-3.0-or-later
// kill -9 at a random moment while clients file: what was acknowledged is there, whole and once, also after every client has sent its last
// request again; what the register knew at an instant never changes; and it is ready again at once.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { serve, studyd } from './daemon.js';
import { Filer, differences, makeToken, recordsOf, run, studiesToFile, syntheticRegister } from './filing.js';

const kills = Number(process.env.KILLS ?? (process.env.LONG ? 1000 : 200));
const lookEvery = 20, clients = 8, longest = 250, allowed = 2000;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'studyd-filing-'));
const db = path.join(folder, 'register.db');
process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const get = async (url) => {
  const answer = await fetch(url);
  return { status: answer.status, etag: answer.headers.get('etag'), cache: answer.headers.get('cache-control'), body: await answer.text() };
};

// Starts the daemon; of eight, one is killed while it starts, and started again.
async function start(sums) {
  const options = ['--max-connections-per-address', '0'];
  if (Math.random() < 1 / 8) {
    const starting = serve(db, ...options);
    starting.catch(() => {});
    await sleep(Math.random() * 40);
    const early = await Promise.race([starting, sleep(0)]).catch(() => null);
    if (early) early.child.kill('SIGKILL');
    else (await starting).child.kill('SIGKILL');
    await (await starting).exited;
    sums.killedEarly++;
  }
  const begun = process.hrtime.bigint();
  const daemon = await serve(db, ...options);
  assert.equal((await fetch(`${daemon.url}/health/ready`)).status, 200);
  sums.slowest = Math.max(sums.slowest, Number(process.hrtime.bigint() - begun) / 1e6);
  return daemon;
}

// What the register says that it knew at an instant, of what was filed on and of all.
class Known {
  constructor(studies) {
    this.taken = [];
    this.targets = ['/stats/regions', ...studies.flatMap(({ id }) => [`/studies/${id}`, `/studies/${id}/recruitment`])];
  }

  async take(url) {
    const instant = new Date().toISOString();
    await sleep(2);
    for (const target of this.targets) {
      const asked = `${target}?known_at=${instant}`, answer = await get(url + asked), now = await get(url + target);
      assert.equal(answer.status, 200, `${asked}: ${answer.body}`);
      assert.match(answer.cache, /immutable/);
      if (target.startsWith('/studies/')) assert.equal(answer.body, now.body, asked);
      this.taken.push({ asked, answer });
    }
  }

  async compare(url) {
    for (const { asked, answer } of this.taken) assert.deepEqual(await get(url + asked), answer, asked);
    return this.taken.length;
  }
}

const noFindings = () => assert.match(run(studyd, 'check', '--db', db), /^nothing wrong/);

// The history of a study over HTTP: versions, newest first, each with what came with it.
async function history(url, id) {
  const versions = [];
  for (let next = `/studies/${id}/history?limit=100`; next;) {
    const answer = await get(url + next);
    assert.equal(answer.status, 200, answer.body);
    const page = JSON.parse(answer.body);
    versions.push(...page.data);
    next = page.links.next;
  }
  return versions;
}

const sorted = (counts) => counts.map(({ region, included, as_of }) => `${as_of} ${region} ${included}`).sort();

// What clients see of a study is what the filings say: each version and its counts in the history, and of each day and region the newest in
// the series.
async function publicView(url, { id }, log) {
  const filings = log.filter((filing) => filing.study === id && filing.status === 201).sort((a, b) => b.version - a.version);
  const versions = new Map((await history(url, id)).map((version) => [version.version, version]));
  const series = new Map(JSON.parse((await get(`${url}/studies/${id}/recruitment`)).body).series.map((point) => [point.as_of, point]));
  const seen = new Set();
  for (const { version, as_of, counts } of filings) {
    const { role, reports } = versions.get(version) ?? {};
    assert.equal(role, 'reporter', `${id}, version ${version}`);
    assert.deepEqual(sorted(reports), sorted(counts.map((count) => ({ ...count, as_of }))), `${id}, version ${version}`);
    for (const { region, included } of counts) {
      const place = `${as_of} ${region}`;
      if (seen.has(place)) continue;
      seen.add(place);
      const point = series.get(as_of);
      if (region !== null) assert.equal(point?.regions[region], included, `${id} at ${place}, version ${version}`);
    }
  }
  return filings.length;
}

test(`${kills} × kill -9 while ${clients} clients file`, async (t) => {
  syntheticRegister(db, 400, 2000);
  const studies = studiesToFile(db, 60);
  assert.ok(studies.length >= 20, `only ${studies.length} studies to file on`);
  const token = makeToken(db, 'reporter', '--programme', studies[0].programme);
  const base = new Map([...recordsOf(db)].map(([id, { version }]) => [id, version]));
  const log = [], tags = new Map(), sums = { killedEarly: 0, slowest: 0, underWay: 0 };
  const filers = Array.from({ length: clients }, (_, i) => new Filer({ name: String(i), token, studies, tags, log }));
  const known = new Known(studies.slice(0, 4));

  const look = async (daemon) => {
    await Promise.all(filers.map((filer) => filer.work(daemon.port, () => true)));
    assert.ok(filers.every(({ pending }) => !pending), 'a request was not answered');
    assert.deepEqual(differences(log, recordsOf(db), base), []);
    noFindings();
  };

  let daemon;
  t.after(() => daemon?.child.kill('SIGKILL'));
  for (let round = 1; round <= kills; round++) {
    daemon = await start(sums);
    if (round % lookEvery === 0) {
      await look(daemon);
      if (known.taken.length < 3 * known.targets.length) await known.take(daemon.url);
    }
    const work = Promise.all(filers.map((filer) => filer.work(daemon.port, () => false)));
    work.catch(() => {});
    await Promise.race([work, sleep(1 + Math.random() * longest)]);
    daemon.child.kill('SIGKILL');
    await daemon.exited;
    await work;
    sums.underWay += filers.filter(({ pending }) => pending).length;
  }

  daemon = await start(sums);
  await look(daemon);
  const answers = await known.compare(daemon.url);
  let versions = 0;
  for (const study of studies.slice(0, 12)) versions += await publicView(daemon.url, study, log);
  const filed = log.filter(({ status }) => status === 201).length;
  const again = log.filter(({ status, tries }) => status === 201 && tries > 1).length;
  assert.ok(filed >= 10 * kills, `only ${filed} filings`);
  assert.ok(sums.underWay >= kills, `only ${sums.underWay} requests were under way when the daemon was killed`);
  t.diagnostic(`${kills} kills (and ${sums.killedEarly} while starting) under ${filed} filings, of which ${again} were sent again; ${log.length - filed} refused as overtaken`);
  t.diagnostic(`ready again in at most ${sums.slowest.toFixed(0)} ms; ${answers} answers of earlier instants are what they were; ${versions} versions in histories`);
  assert.ok(sums.slowest < allowed, `ready again only after ${sums.slowest} ms`);
});

// What the comparison is worth: it names each kind of damage.
test('the comparison sees what is lost, torn, doubled or from nowhere', () => {
  const filing = (version, number) => ({ study: 'a', status: 201, version, as_of: '2020-01-01',
    counts: [{ region: 'nord', included: number }, { region: 'vest', included: number + 1 }] });
  const stored = (number) => [{ region: 'vest', as_of: '2020-01-01', included: number + 1 }, { region: 'nord', as_of: '2020-01-01', included: number }];
  const record = (changes) => new Map([['a', { version: 3, changes: 2, past: 2, counts: [...stored(100), ...stored(200)], ...changes }]]);
  const base = new Map([['a', 1]]), log = [filing(3, 200), filing(2, 100), { study: 'a', status: 412 }];
  assert.deepEqual(differences(log, record({}), base), []);
  const damage = {
    'a lost report': record({ counts: stored(100) }),
    'half a report': record({ counts: [...stored(100), ...stored(200).slice(1)] }),
    'a doubled report': record({ version: 4, changes: 3, past: 3, counts: [...stored(100), ...stored(200), ...stored(200)] }),
    'reports in another order': record({ counts: [...stored(200), ...stored(100)] }),
    'another count': record({ counts: [...stored(100), ...stored(201)] }),
    'a version too many': record({ version: 4 }),
    'a change that is not logged': record({ changes: 1 }),
    'a past version that is not kept': record({ past: 1 }),
    'a lost study': new Map(),
  };
  for (const [what, records] of Object.entries(damage)) assert.notDeepEqual(differences(log, records, base), [], what);
  assert.notDeepEqual(differences([filing(2, 100), filing(2, 200)], record({}), base), [], 'two that were told the same version');
});
