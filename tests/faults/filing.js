// SPDX-License-Identifier: GPL-3.0-or-later
// Clients that file reports and keep a log of their own of what was acknowledged; the register's records; and what differs between the two.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { Connection, Lost } from './connection.js';
import { studyd } from './daemon.js';

export function run(program, ...args) {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 30 });
  if (error) throw error;
  if (status !== 0) throw new Error(`${path.basename(program)} ${args.join(' ')} failed (${status}): ${stdout}${stderr}`);
  return stdout;
}

export function syntheticRegister(db, studies, reports) {
  const set = `${db}.set`;
  run(path.join(path.dirname(studyd), 'gen/scale'), set, String(studies), String(reports), '1');
  run(studyd, 'import', '--db', db, set);
}

export const makeToken = (db, role, ...scope) => run(studyd, 'token', 'create', '--db', db, '--name', 'test', '--role', role, ...scope).trim();

// The records as they are in the file, by a reader that changes nothing of it.
export function rows(db, sql) {
  const text = run('sqlite3', '-readonly', '-json', db, sql);
  return text === '' ? [] : JSON.parse(text);
}

// Studies of which everything is shown, and which include in two regions or more.
export function studiesToFile(db, most) {
  const found = rows(db, `SELECT s.code AS id, s.version, s.programme, group_concat(x.region) AS regions FROM study s JOIN study_region x ON x.study = s.id
    WHERE s.planned >= 100 AND s.included >= 50 AND NOT s.totals_only AND x.takes_part GROUP BY s.id HAVING count(*) >= 2 ORDER BY s.code LIMIT ${most}`);
  return found.map(({ id, version, programme, regions }) => ({ id, programme, base: version, regions: regions.split(',').sort() }));
}

export const pick = (list) => list[Math.floor(Math.random() * list.length)];

// A filing is { study, as_of, counts: [{ region, included }], key, version, status }: region null = the whole study; status 201 = acknowledged.
export class Filer {
  constructor({ name, token, studies, tags, log }) {
    Object.assign(this, { name, token, studies, tags, log, pending: null, sent: 0, connection: null });
  }

  // Every count differs from the last one of that region and day, so that each filing changes something.
  invent() {
    const study = pick(this.studies);
    const number = 100 + (++this.sent % 5000);
    const as_of = `20${10 + Math.floor(Math.random() * 15)}-0${1 + Math.floor(Math.random() * 9)}-1${this.name}`;
    const counts = Math.random() < 0.2 ? [{ region: null, included: number }]
      : study.regions.map((region, i) => ({ region, included: number + i }));
    return { client: this.name, study: study.id, as_of, counts, key: `${this.name}-${process.pid}-${this.sent}-${Date.now()}` };
  }

  request(filing) {
    const regions = Object.fromEntries(filing.counts.map(({ region, included }) => [region, included]));
    const counts = filing.counts[0].region === null ? { included: filing.counts[0].included } : { regions };
    return {
      target: `/studies/${filing.study}/recruitment`,
      headers: { Authorization: `Bearer ${this.token}`, 'Content-Type': 'application/json', 'Idempotency-Key': filing.key, 'If-Match': filing.tag },
      body: JSON.stringify({ as_of: filing.as_of, ...counts, correction: true }),
    };
  }

  async tag(study) {
    if (!this.tags.has(study) || Math.random() < 0.01) {
      const { status, headers } = await this.connection.ask('GET', `/studies/${study}`);
      if (status !== 200) throw new Error(`${study} is answered with ${status}`);
      this.tags.set(study, headers.etag);
    }
    return this.tags.get(study);
  }

  // One filing to its answer. What was under way when the connection was lost stays pending, and is sent again as it was.
  async fileOne() {
    if (!this.pending) {
      const filing = this.invent();
      filing.tag = await this.tag(filing.study);
      filing.begun = Date.now();
      this.pending = filing;
    }
    const filing = this.pending;
    const { target, headers, body } = this.request(filing);
    filing.tries = (filing.tries ?? 0) + 1;
    const answer = await this.connection.ask('POST', target, headers, body);
    this.pending = null;
    return this.settle(filing, answer);
  }

  settle(filing, { status, headers, body }) {
    if (status !== 201 && status !== 412) throw new Error(`${this.name}: ${status} ${body}`);
    if (status === 412) this.tags.delete(filing.study);
    if (status === 201) {
      filing.version = versionOf(headers.etag);
      if (versionOf(this.tags.get(filing.study) ?? '"--0--"') < filing.version) this.tags.set(filing.study, headers.etag);
    }
    filing.status = status;
    filing.ended = Date.now();
    this.log.push(filing);
    return filing;
  }

  // Files until stop() says so, or the connection is lost.
  async work(port, stop) {
    try {
      this.connection = await Connection.open(port);
      while (this.pending || !stop()) await this.fileOne();
    } catch (error) {
      if (!(error instanceof Lost)) throw error;
    } finally {
      this.connection?.close();
    }
  }
}

export const versionOf = (tag) => Number(tag.replace(/^"|"$/g, '').split('-')[2]);

// How far the register is, as its records say: of every study the version and the counts filed, in the order they were filed.
export function recordsOf(db) {
  const studies = new Map(rows(db, `SELECT s.code AS id, s.version,
      (SELECT count(*) FROM change c WHERE c.study = s.id AND c.role = 'reporter') AS changes,
      (SELECT count(*) FROM study_past p WHERE p.study = s.id) AS past FROM study s ORDER BY s.code`).map((row) => [row.id, { ...row, counts: [] }]));
  for (const { study, ...count } of rows(db, `SELECT s.code AS study, r.region, r.as_of, r.included FROM report r JOIN study s ON s.id = r.study
      WHERE r.origin = 'filed' ORDER BY r.id`)) studies.get(study).counts.push(count);
  return studies;
}

const sorted = (counts) => counts.map(({ region, included, as_of }) => `${as_of} ${region ?? '*'} ${included}`).sort().join(', ');

// What of the log is not so in the records, or the other way round; empty = they agree. base: study → its version before anything was filed.
export function differences(log, records, base) {
  const found = [], filed = new Map();
  for (const filing of log) if (filing.status === 201) filed.set(filing.study, [...(filed.get(filing.study) ?? []), filing]);
  for (const [id, record] of records) {
    const filings = (filed.get(id) ?? []).sort((a, b) => a.version - b.version);
    filed.delete(id);
    filings.forEach((filing, i) => {
      if (filing.version !== base.get(id) + 1 + i) found.push(`${id}: the filing ${i + 1} was told version ${filing.version}`);
    });
    const number = filings.length;
    if (record.version !== base.get(id) + number) found.push(`${id}: has version ${record.version}, ${number} filings after ${base.get(id)}`);
    if (record.changes !== number) found.push(`${id}: ${record.changes} changes are logged of ${number} filings`);
    if (record.past !== number) found.push(`${id}: ${record.past} past versions are kept of ${number} filings`);
    let at = 0;
    for (const { version, as_of, counts } of filings) {
      const said = sorted(counts.map((count) => ({ ...count, as_of }))), stored = sorted(record.counts.slice(at, (at += counts.length)));
      if (said !== stored) found.push(`${id}, version ${version}: ${said} was filed, ${stored} is there`);
    }
    if (record.counts.length !== at) found.push(`${id}: ${record.counts.length} counts are there, ${at} were filed`);
  }
  for (const id of filed.keys()) found.push(`${id}: is not there`);
  return found;
}
