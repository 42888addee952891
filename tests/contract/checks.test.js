// SPDX-License-Identifier: GPL-3.0-or-later
// The checks themselves: each catches the lie it is there for, and lets the truth through.
'use strict';
const assert = require('node:assert/strict');
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const test = require('node:test');
const { dumpRoutes } = require('./daemon.js');
const { Judge, checkCsv } = require('./judge.js');
const { redocly, spectral } = require('./lint.js');
const { differences } = require('./routes.js');
const { Spec, parse } = require('./spec.js');

const copy = (value) => structuredClone(value);
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'studyd-checks-'));
test.after(() => fs.rmSync(folder, { recursive: true, force: true }));

/* ── an exchange that is true, and lies about it ─────────────────────────────────────────────────────────────── */

const EVERY = [['Date', 'Sun, 22 Nov 2026 21:00:00 GMT'], ['Access-Control-Allow-Origin', '*'], ['X-Content-Type-Options', 'nosniff'],
  ['Content-Security-Policy', "default-src 'none'"]];
const KEPT = [['ETag', '"5b1c0e7a93d24f68-3f9ac21b-42-json-identity"'], ['Cache-Control', 'public, no-cache'], ['Vary', 'Accept, Accept-Encoding'],
  ['Last-Modified', 'Sun, 22 Nov 2026 21:00:00 GMT']];
const COUNTED = [['X-Total-Count', '80'], ['X-Row-Count', '1']];
const example = (name) => copy(parse().components.examples[name].value);

function good(name, target, more = {}) {
  return { method: 'GET', target, request_headers: [], status: 200, malformed: false,
    headers: [...EVERY, ...KEPT, ['Content-Type', 'application/json'], ...(more.headers ?? [])], body: JSON.stringify(example(name)), ...more.over };
}

function refusal(name, target, over = {}) {
  const body = example(name);
  return { method: 'GET', target, request_headers: [], status: body.status, malformed: false, body: JSON.stringify(body), ...over,
    headers: [...EVERY, ['Content-Type', 'application/problem+json'], ['Cache-Control', 'no-store'], ['X-Request-Id', body.request_id], ...(over.headers ?? [])] };
}

const page = () => {
  const { links } = example('StudyPage');
  return good('StudyPage', '/studies?limit=1', { headers: [...COUNTED, ['Link', `<${links.self}>; rel="self", <${links.first}>; rel="first", <${links.next}>; rel="next"`]] });
};
const study = () => good('Study', '/studies/example');
const with_ = (exchange, change) => {
  const body = JSON.parse(exchange.body);
  change(body);
  return { ...exchange, body: JSON.stringify(body) };
};
const header = (exchange, name, value) => ({ ...exchange,
  headers: [...exchange.headers.filter(([has]) => has.toLowerCase() !== name.toLowerCase()), ...(value === null ? [] : [[name, value]])] });

const imported = (body = { folder: '/a' }) => ({ ...refusal('NotFound', '/import'), method: 'POST', status: 200, socket: true, request_body: JSON.stringify(body),
  request_headers: [['Content-Type', 'application/json']], headers: [...EVERY, ['Content-Type', 'application/json'], ['Cache-Control', 'no-store'], ['X-Request-Id', '1']],
  body: JSON.stringify(example('ImportOutcome')) });

const TRUTHS = {
  'what is written': imported(),
  'the machine from elsewhere': { ...refusal('NotFound', '/import'), method: 'POST' },
  'OPTIONS of what is written': { method: 'OPTIONS', target: '/import', status: 204, headers: [...EVERY, ['Allow', 'POST, OPTIONS']], body: '', malformed: false, socket: true },
  'a whole study': study(),
  'a study in part': good('StudyPicked', '/studies/example?fields=id,name,recruitment'),
  'a page': page(),
  'a page in part': (() => {
    const { links } = example('StudyPagePicked');
    return good('StudyPagePicked', '/studies?limit=1&fields=id,name,recruitment',
      { headers: [...COUNTED, ['Link', `<${links.self}>; rel="self", <${links.first}>; rel="first", <${links.next}>; rel="next"`]] });
  })(),
  'the statistics': good('RegionStatistics', '/stats/regions'),
  'a programme': good('Programme', '/programmes/klinbeforsk'),
  'a refusal': refusal('BadParameter', '/studies?regoin=vest'),
  'not found': refusal('NotFound', '/studies/nothing'),
  'nothing there': refusal('NotFound', '/nothing'),
  'a method not taken': refusal('MethodNotAllowed', '/studies', { method: 'POST', headers: [['Allow', 'GET, HEAD, OPTIONS']] }),
  unchanged: { ...study(), status: 304, body: '' },
  head: { ...study(), method: 'HEAD', body: '' },
  options: { method: 'OPTIONS', target: '/studies', status: 204, headers: [...EVERY, ['Allow', 'GET, HEAD, OPTIONS']], body: '', malformed: false },
  'refused by the library': { method: 'GET', target: '/studies', status: 400, headers: [['Content-Length', '3']], body: 'bad', malformed: true },
};

const LIES = {
  'what is written may be kept': header(imported(), 'Cache-Control', 'public, no-cache'),
  'what is written has no id': header(imported(), 'X-Request-Id', null),
  'a body that does not fit its schema was taken': imported({ folder: 1 }),
  'a body with an unknown member was taken': imported({ folder: '/a', more: 1 }),
  'a body that is not JSON was taken': { ...imported(), request_body: '{' },
  'a body of another type was taken': { ...imported(), request_headers: [['Content-Type', 'text/plain']] },
  'a body of no type was taken': { ...imported(), request_headers: [] },
  'an outcome with an unknown member': with_(imported(), (body) => { body.more = 1; }),
  'the machine over the network': { ...imported(), socket: false },
  'the machine is not there on the machine': { ...refusal('NotFound', '/import'), method: 'POST', socket: true },
  'a method too many in Allow': { method: 'OPTIONS', target: '/import', status: 204, headers: [...EVERY, ['Allow', 'GET, POST, OPTIONS']], body: '', malformed: false, socket: true },
  'a wrong type': with_(study(), (body) => { body.call_year = '2019'; }),
  'a member left out': with_(study(), (body) => { delete body.aim; }),
  'a member left out of a page': with_(page(), (body) => { delete body.data[0].version; }),
  'an unknown member': with_(study(), (body) => { body.callYear = 2019; }),
  'an unknown member deep down': with_(study(), (body) => { body.awards[0].amount = 1; }),
  'a null where none may be': with_(study(), (body) => { body.name = null; }),
  'an unknown code': with_(study(), (body) => { body.status = 'finished'; }),
  'a date that is none': with_(study(), (body) => { body.dates.start = '2021/06'; }),
  'a text in one language': with_(study(), (body) => { delete body.summary.en; }),
  'an unknown member although fields were picked': with_(TRUTHS['a study in part'], (body) => { body.nmae = 'x'; }),
  'a region that does not exist': with_(TRUTHS['the statistics'], (body) => { body.data[0].region = 'ost'; }),
  'a published figure without source': with_(TRUTHS['the statistics'], (body) => { delete body.data[0].published.source; }),
  'an undocumented status': { ...study(), status: 202 },
  'an undocumented error': refusal('NotFound', '/regions'),
  'an operation that is not there': good('Study', '/study/example'),
  'a method that is not there': { ...study(), method: 'POST' },
  'a wrong media type': header(study(), 'Content-Type', 'text/plain'),
  'no ETag': header(study(), 'ETag', null),
  'a weak ETag': header(study(), 'ETag', 'W/"5b1c0e7a93d24f68-3f9ac21b-42-json-identity"'),
  'an ETag without quotes': header(study(), 'ETag', '5b1c0e7a93d24f68-3f9ac21b-42-json-identity'),
  'no Cache-Control': header(study(), 'Cache-Control', null),
  'another Cache-Control': header(study(), 'Cache-Control', 'max-age=60'),
  'no nosniff': header(study(), 'X-Content-Type-Options', null),
  'no CORS': header(study(), 'Access-Control-Allow-Origin', null),
  'a header nobody has documented': header(study(), 'X-Powered-By', 'pride'),
  'a header twice': { ...study(), headers: [...study().headers, ['ETag', '"5b1c0e7a93d24f68-3f9ac21b-42-json-identity"']] },
  'a Server header': header(study(), 'Server', 'studyd'),
  'a body with HEAD': { ...study(), method: 'HEAD' },
  'a body with 304': { ...study(), status: 304 },
  'no body with GET': { ...study(), body: '' },
  'a body that is not JSON': { ...study(), body: '{' },
  'a link that differs': header(page(), 'Link', '</studies?limit=2>; rel="self"'),
  'no Link': header(page(), 'Link', null),
  'an error that is no problem document': header(TRUTHS['a refusal'], 'Content-Type', 'application/json'),
  'an error that may be kept': header(TRUTHS['a refusal'], 'Cache-Control', 'public, no-cache'),
  'an error without an id': header(TRUTHS['a refusal'], 'X-Request-Id', null),
  'an error with another id': header(TRUTHS['a refusal'], 'X-Request-Id', 'another'),
  'an error with another status': with_(TRUTHS['a refusal'], (body) => { body.status = 404; }),
  'an error of another kind': with_(TRUTHS['a refusal'], (body) => { body.type = '/problems/not-found'; }),
  'an error with a stack': with_(TRUTHS['a refusal'], (body) => { body.stack = 'studies.c:12'; }),
  '405 without Allow': header(TRUTHS['a method not taken'], 'Allow', null),
  '503 without Retry-After': refusal('Unavailable', '/health/ready'),
  'OPTIONS without Allow': header(TRUTHS.options, 'Allow', null),
  'OPTIONS of nothing': { ...TRUTHS.options, target: '/nothing' },
  'a bare 400 to a request that breaks nothing': { ...TRUTHS['refused by the library'], malformed: false },
};

for (const [name, exchange] of Object.entries(TRUTHS))
  test(`the judge lets through: ${name}`, () => { assert.deepEqual(new Judge(new Spec()).judge(exchange), []); });
for (const [name, exchange] of Object.entries(LIES))
  test(`the judge catches: ${name}`, () => { assert.notEqual(new Judge(new Spec()).judge(exchange).length, 0); });

/* ── tables ──────────────────────────────────────────────────────────────────────────────────────────────────── */

// An operation with tables, whatever openapi.yaml has of them.
function specWithTables() {
  const document = parse();
  document.paths['/regions'].get.responses['200'].content['text/csv'] = { schema: { type: 'string' } };
  return new Spec(document);
}
const MARK = '\ufeff';
const table = (body = 'code,label_nb\r\nvest,Vest\r\n', target = '/regions') => ({ ...header(header(study(), 'Content-Type', 'text/csv; charset=utf-8; header=present'),
  'Content-Disposition', 'inline; filename="regions.csv"'), target, body });
const excel = (body) => table(body, '/regions?format=csv&dialect=excel-nb');
const TABLES = {
  'a table': table(),
  'a table without rows': table('code,label_nb\r\n'),
  'a table with all that has to be quoted': table('code,label_nb\r\n"a,b","c""d\r\ne"\r\n" x ",""\r\n'),
  'a table for a spreadsheet': excel(`${MARK}code;label_nb\r\nvest;"a;b, c"\r\n`),
};
const NO_TABLES = {
  'rows of another length': table('code,label_nb\r\nvest\r\n'),
  'a row too long': table('code,label_nb\r\nvest,Vest,x\r\n'),
  'lines that end in LF': table('code,label_nb\nvest,Vest\n'),
  'a last line without its end': table('code,label_nb\r\nvest,Vest'),
  'a quote in a bare field': table('code,label_nb\r\nve"st,Vest\r\n'),
  'an open quote': table('code,label_nb\r\n"vest,Vest\r\n'),
  'a column twice': table('code,code\r\nvest,Vest\r\n'),
  'a column without a name': table('code,\r\nvest,Vest\r\n'),
  'data where the header should be': table('vest,Sør-Øst\r\n'),
  'a mark that nobody asked for': table(`${MARK}code,label_nb\r\n`),
  'a spreadsheet without its mark': excel('code;label_nb\r\n'),
  'a spreadsheet with commas': excel(`${MARK}code,label_nb\r\n`),
  'a table without a name': header(table(), 'Content-Disposition', null),
  'a table that does not say that it has a header': header(table(), 'Content-Type', 'text/csv; charset=utf-8'),
  'a table that nobody has documented': { ...table(), target: '/categories' },
};
for (const [name, exchange] of Object.entries(TABLES))
  test(`the judge lets through: ${name}`, () => { assert.deepEqual(new Judge(specWithTables()).judge(exchange), []); });
for (const [name, exchange] of Object.entries(NO_TABLES))
  test(`the judge catches: ${name}`, () => { assert.notEqual(new Judge(specWithTables()).judge(exchange).length, 0); });
test('a table is read as it was meant', () => {
  assert.deepEqual(checkCsv(TABLES['a table with all that has to be quoted'].body, false),
    { header: ['code', 'label_nb'], rows: [['a,b', 'c"d\r\ne'], [' x ', '']] });
});

/* ── lists as tables and lines ───────────────────────────────────────────────────────────────────────────────── */

const counts = (exchange, rows, total = rows) => header(header(exchange, 'X-Row-Count', String(rows)), 'X-Total-Count', String(total));
const named = (exchange, type, file, target, body) => header(header({ ...exchange, target, body }, 'Content-Type', type), 'Content-Disposition', `inline; filename="${file}"`);
const linked = (exchange, ...rels) => header(exchange, 'Link', ['self', ...rels].map((rel) => `</studies?x=${rel}>; rel="${rel}"`).join(', '));
const csv = (body, target) => linked(counts(named(study(), 'text/csv; charset=utf-8; header=present', 'studies.csv', target, body), 1));
const lines = (body, target) => linked(counts(named(study(), 'application/x-ndjson', 'studies.ndjson', target, body), 2));
const picked = '/studies?fields=id,recruitment&format=csv', line = (more) => `${JSON.stringify({ id: 'a', amount_nok: 1, ...more })}\n`;
const HEADER = 'id,recruitment_planned,recruitment_included,recruitment_remaining,recruitment_exceeded_by,recruitment_percent,recruitment_as_of\r\n';
const LISTS = {
  'a study in a table': csv(`${HEADER}a,100,60,40,,60.0,2026-06-30\r\n`, picked),
  'a study in a table for a spreadsheet': csv(`${MARK}${HEADER.replaceAll(',', ';')}a;100;60;40;;60,0;2026-06-30\r\n`, `${picked}&dialect=excel-nb`),
  'columns of a list': csv('id,award_call_years,award_mechanisms,award_amounts_nok,award_kinds,award_titles,award_lines\r\na,2019; 2021,x; y,1; 2,main; top-up,A; B,1; \r\n', '/studies?fields=id,awards&format=csv'),
  'lines of studies': lines(line() + line(), '/studies?fields=id,amount_nok&format=ndjson'),
  'no lines': counts(lines('', '/studies?id=!a&format=ndjson'), 0),
  'a page of lines': linked(counts(lines(line() + line(), '/studies?fields=id,amount_nok&format=ndjson&limit=2'), 2, 3), 'first', 'next'),
};
const whole = LISTS['a study in a table'], aPage = LISTS['a page of lines'];
const NO_LISTS = {
  'a column too few': csv('id,recruitment_planned\r\na,100\r\n', picked),
  'columns in another order': csv(`${HEADER.replace('planned', 'x').replace('included', 'planned').replace('x', 'included')}a,100,60,40,,60.0,2026-06-30\r\n`, picked),
  'a column that nobody has documented': csv(`${HEADER.replace('_as_of', '_day')}a,100,60,40,,60.0,2026-06-30\r\n`, picked),
  'a text where a number should be': csv(`${HEADER}a,many,60,40,,60.0,2026-06-30\r\n`, picked),
  'a decimal comma that nobody asked for': csv(`${HEADER}a,100,60,40,,"60,0",2026-06-30\r\n`, picked),
  'a whole number that is none': csv(`${HEADER}a,100.0,60,40,,60.0,2026-06-30\r\n`, picked),
  'a row more than was said': csv(`${HEADER}a,100,60,40,,60.0,2026-06-30\r\nb,,,,,,\r\n`, picked),
  'a whole result that leads on': linked(whole, 'next'),
  'a whole result without a link to itself': header(whole, 'Link', '</studies>; rel="first"'),
  'a whole result of some rows': counts(whole, 1, 2),
  'rows that are not counted': header(whole, 'X-Row-Count', null),
  'a count that is none': header(whole, 'X-Total-Count', '-1'),
  'a page that leads nowhere': header(aPage, 'Link', '</studies>; rel="self"'),
  'a line too few': lines(line(), '/studies?fields=id,amount_nok&format=ndjson'),
  'a line without its end': lines(line() + line().trim(), '/studies?fields=id,amount_nok&format=ndjson'),
  'a line that is not JSON': lines(`${line()}{\n`, '/studies?fields=id,amount_nok&format=ndjson'),
  'a line that is no study': lines(line() + line({ pride: 1 }), '/studies?fields=id,amount_nok&format=ndjson'),
  'a line of a whole study that is not whole': lines(line() + line(), '/studies?format=ndjson'),
  'lines under the name of a table': header(LISTS['lines of studies'], 'Content-Disposition', 'inline; filename="studies.csv"'),
  'no body where there are rows': { ...LISTS['lines of studies'], body: '' },
};
for (const [name, exchange] of Object.entries(LISTS))
  test(`the judge lets through: ${name}`, () => { assert.deepEqual(new Judge(new Spec()).judge(exchange), []); });
for (const [name, exchange] of Object.entries(NO_LISTS))
  test(`the judge catches: ${name}`, () => { assert.notEqual(new Judge(new Spec()).judge(exchange).length, 0); });
for (const [name, count] of [['X-Total-Count', '7'], ['X-Row-Count', '7']])
  test(`the judge catches: a page in JSON with another ${name}`, () => { assert.notEqual(new Judge(new Spec()).judge(header(page(), name, count)).length, 0); });

/* ── what was never seen ─────────────────────────────────────────────────────────────────────────────────────── */

test('what was never seen is missed, and is no longer once it was', () => {
  const judge = new Judge(new Spec());
  const before = judge.missing();
  for (const truth of Object.values(TRUTHS)) judge.judge(truth);
  const after = judge.missing();
  for (const what of ['getStudy has never answered 200', 'getStudy has never answered 304', 'getStudy has never been asked by HEAD', 'listStudies has never answered 400',
    'listStudies has never been asked with limit', '/studies has never been asked by OPTIONS', 'no answer has ever been method-not-allowed']) {
    assert.ok(before.includes(what), `${what}: missed at first`);
    assert.ok(!after.includes(what), `${what}: seen in the end`);
  }
  assert.ok(after.includes('listStudies has never answered 406'));
  assert.ok(after.includes('no answer has ever been too-many-requests'));
});

function exchangesCheck(lines) {
  const file = path.join(folder, 'exchanges.ndjson');
  fs.writeFileSync(file, lines);
  return spawnSync(process.execPath, [path.join(__dirname, 'exchanges.js'), file], { encoding: 'utf8' });
}

test('the check of exchanges fails on a lie, on a missing operation, on nothing, and on its own crash', () => {
  const lie = exchangesCheck(`${JSON.stringify(LIES['a wrong type'])}\n`);
  assert.equal(lie.status, 1);
  assert.match(lie.stdout, /1 faults, [1-9][0-9]* promises never seen/);
  const missing = exchangesCheck(`${JSON.stringify(TRUTHS['a whole study'])}\n`);
  assert.equal(missing.status, 1);
  assert.match(missing.stdout, / 0 faults, [1-9][0-9]* promises never seen/);
  assert.equal(exchangesCheck('').status, 1);
  assert.equal(exchangesCheck('{not json\n').status, 2);
});

/* ── routes ──────────────────────────────────────────────────────────────────────────────────────────────────── */

const DRIFTS = {
  'a path that only openapi.yaml has': (d) => { d.paths['/more'] = copy(d.paths['/regions']); },
  'a path that only the daemon has': (d) => { delete d.paths['/regions']; },
  'another method': (d) => { d.paths['/regions'] = { post: d.paths['/regions'].get }; },
  'another operationId': (d) => { d.paths['/regions'].get.operationId = 'listAreas'; },
  'another order of operations': (d) => { const first = d.paths['/']; delete d.paths['/']; d.paths['/'] = first; },
  'a status too many': (d) => { d.paths['/regions'].get.responses['404'] = d.paths['/studies/{id}'].get.responses['404']; },
  'a status too few': (d) => { delete d.paths['/studies/{id}'].get.responses['301']; },
  'another media type': (d) => { const r = d.paths['/regions'].get.responses['200']; r.content = { 'text/csv': r.content['application/json'] }; },
  'a media type too many': (d) => { d.paths['/regions'].get.responses['200'].content['text/csv'] = { schema: { type: 'string' } }; },
  'no tag': (d) => { delete d.paths['/regions'].get.responses['200'].headers.ETag; },
  'a parameter too many': (d) => { d.paths['/regions'].get.parameters = [{ name: 'limit', in: 'query', schema: { type: 'integer' } }]; },
  'a parameter too few': (d) => { d.paths['/studies'].get.parameters.pop(); },
  'another order of parameters': (d) => { d.paths['/studies'].get.parameters.reverse(); },
  'another name': (d) => { d.components.parameters.Limit.name = 'size'; },
  'another place': (d) => { d.components.parameters.Limit.in = 'header'; },
  required: (d) => { d.components.parameters.Limit.required = true; },
  'another minimum': (d) => { d.components.parameters.Limit.schema.minimum = 0; },
  'another maximum': (d) => { d.components.parameters.Limit.schema.maximum = 1000; },
  'another default': (d) => { d.components.parameters.Limit.schema.default = 20; },
  'another value': (d) => { d.components.parameters.Interval.schema.enum.push('week'); },
  'another code': (d) => { d.components.parameters.Region.schema.pattern = d.components.parameters.Region.schema.pattern.replaceAll('|nord', ''); },
  'another bound of a range': (d) => { d.components.parameters.Age.schema['x-maximum'] = 150; },
  'another sort key': (d) => { d.components.parameters.Sort.schema.pattern = d.components.parameters.Sort.schema.pattern.replaceAll('|leader', ''); },
  'another member': (d) => { d.components.parameters.Fields.schema.pattern = d.components.parameters.Fields.schema.pattern.replaceAll('|arms', ''); },
  'another status everywhere': (d) => { d.components.responses.Everywhere['x-everywhere'].pop(); },
  'a problem too many': (d) => { d.components.responses.Everywhere['x-problems'].push('teapot'); },
  'a problem too few': (d) => { d.components.responses.Everywhere['x-problems'].shift(); },
  'a body of another type': (d) => { const b = d.paths['/import'].post.requestBody; b.content = { 'text/csv': b.content['application/json'] }; },
  'another bound of a body': (d) => { d.paths['/import'].post.requestBody['x-max-bytes'] = 1; },
  'a body that may be left out': (d) => { d.paths['/import'].post.requestBody.required = false; },
  'the machine alone': (d) => { delete d.paths['/import'].post['x-place']; },
  'a role': (d) => { d.paths['/import'].post['x-role'] = 'editor'; },
  'a token': (d) => { d.paths['/import'].post.security = [{ token: [] }]; },
  'If-Match': (d) => { d.paths['/import'].post.parameters = [{ name: 'If-Match', in: 'header', required: true, schema: { type: 'string' } }]; },
  'a tag of what was written': (d) => { d.paths['/import'].post.responses['200'].headers.ETag = d.components.headers.Written; },
  'another status of success': (d) => { const r = d.paths['/import'].post.responses; r['201'] = r['200']; delete r['200']; },
  'a problem of another status': (d) => { d.components.responses.NotFound['x-problems'] = ['bad-parameter']; },
};

let dump;
test.before(() => { dump = dumpRoutes(); });
for (const [name, drift] of Object.entries(DRIFTS))
  test(`the comparison with the routes sees: ${name}`, () => {
    const document = parse();
    drift(document);
    assert.notEqual(differences(new Spec(document), dump).length, 0);
  });

/* ── lint ────────────────────────────────────────────────────────────────────────────────────────────────────── */

const study200 = (d) => d.paths['/studies'].get.responses['200'];
const FLAWS = {
  'errors-are-problem-documents': (d) => { const r = d.components.responses.NotFound; r.content = { 'application/json': r.content['application/problem+json'] }; },
  'every-error-has-content': (d) => { delete d.components.responses.NotAcceptable.content; },
  'every-operation-says-what-any-request-can-meet': (d) => { delete d.paths['/regions'].get.responses.default; },
  'tagged-answers-have-304': (d) => { delete d.paths['/regions'].get.responses['304']; },
  'answers-are-documented-with-headers': (d) => { delete study200(d).headers['Cache-Control']; },
  'answers-have-examples': (d) => { delete study200(d).content['application/json'].examples; },
  'bodies-are-bounded': (d) => { delete d.paths['/import'].post.requestBody['x-max-bytes']; },
  'bodies-have-examples': (d) => { delete d.paths['/import'].post.requestBody.content['application/json'].examples; },
  'operations-are-described': (d) => { delete d.paths['/calls'].get.description; },
  'operation-ids-are-camel-case': (d) => { d.paths['/calls'].get.operationId = 'list_calls'; },
  'paths-are-kebab-case': (d) => { d.paths['/call_years'] = copy(d.paths['/calls']); d.paths['/call_years'].get.operationId = 'listCallYears'; },
  'parameters-are-snake-case': (d) => { d.components.parameters.CallYear.name = 'callYear'; },
  'parameters-have-examples': (d) => { delete d.components.parameters.Age.example; },
  'text-parameters-are-bounded': (d) => { delete d.components.parameters.Leader.schema.pattern; },
  'numbers-are-bounded': (d) => { delete d.components.parameters.Limit.schema.maximum; },
  'properties-are-snake-case': (d) => { d.components.schemas.Meta.properties.dataVersion = { type: 'integer', description: 'x' }; },
  'properties-are-described': (d) => { d.components.schemas.Meta.properties.more = { type: 'integer' }; },
  'schemas-are-described': (d) => { delete d.components.schemas.Links.description; },
  'objects-are-closed': (d) => { delete d.components.schemas.Links.additionalProperties; },
  'texts-come-in-both-languages': (d) => { d.components.schemas.Text.required = ['nb']; },
  'no-nullable': (d) => { d.components.schemas.Links.properties.next.nullable = true; },
};

test('every rule of our own finds the flaw it is there for', () => {
  const document = parse();
  for (const flaw of Object.values(FLAWS)) flaw(document);
  const file = path.join(folder, 'flawed.json');
  fs.writeFileSync(file, JSON.stringify(document));
  const found = new Set(spectral(file).map((one) => one.code));
  for (const rule of Object.keys(FLAWS)) assert.ok(found.has(rule), `${rule} is silent`);
});

test('an example that does not fit its schema and a broken reference are found', () => {
  const document = parse();
  document.components.examples.Index.value.version = 1;
  document.components.responses.NotFound.content['application/problem+json'].schema = { $ref: '#/components/schemas/Problme' };
  const file = path.join(folder, 'broken.json');
  fs.writeFileSync(file, JSON.stringify(document));
  const found = new Set(redocly(file).map((one) => one.ruleId));
  assert.ok(found.has('no-unresolved-refs'), [...found].join());
  assert.ok(found.has('no-invalid-media-type-examples'), [...found].join());
});

test('every rule of .spectral.yaml is proved here', () => {
  const text = fs.readFileSync(path.join(__dirname, '..', '..', '.spectral.yaml'), 'utf8');
  const own = [...text.matchAll(/^ {2}([a-z0-9-]+):\s*$/gm)].map((match) => match[1]);
  assert.deepEqual(own.sort(), Object.keys(FLAWS).sort());
});
