// SPDX-License-Identifier: GPL-3.0-or-later
// Holds each exchange with the daemon against openapi.yaml, and knows in the end what was never seen.
//
// An exchange: {method, target, request_headers, request_body, status, headers, body, malformed, socket}. Headers are [name, value] pairs in the
// order they came; body is text with any coding taken off; request_body may be null; malformed marks bytes on a bare socket that break HTTP on
// purpose; socket, that it went over the socket beside the database.
'use strict';
const { parse: parseCsv } = require('csv-parse/sync');
const YAML = require('yaml');
const { cellFault, columnsOf, memberOf } = require('./columns.js');

// Problems that no request can bring about from outside; whoever adds one says why.
const NOT_FROM_OUTSIDE = {
  internal: 'a fault of ours: where one is known it is mended, not provoked',
  'storage-unavailable': 'the database would have to break under a running daemon; tests/faults does that',
};

// Headers that any answer may have without its response saying so.
const COMMON_HEADERS = new Set(['date', 'connection', 'content-length', 'content-type', 'content-encoding', 'x-content-type-options',
  'content-disposition', 'transfer-encoding',
  'access-control-allow-origin', 'access-control-expose-headers', 'referrer-policy', 'content-security-policy', 'cross-origin-resource-policy']);
const CSV = 'text/csv', NDJSON = 'application/x-ndjson';
const MARK = '\ufeff';
const PROBLEM = 'application/problem+json';
const BODILESS = new Set([204, 301, 304]);

// RFC 4180, strictly: a header row of snake_case names, each once, and rows as long as it. Throws where it is not.
function checkCsv(body, excel) {
  if (body.startsWith(MARK) !== excel) throw new Error(excel ? 'excel-nb without its mark' : 'a mark that nobody asked for');
  if (!body.endsWith('\r\n')) throw new Error('the last row does not end in CRLF');
  const [header, ...rows] = parseCsv(body, { bom: true, delimiter: excel ? ';' : ',', record_delimiter: '\r\n', skip_empty_lines: false });
  const odd = header.find((name, at) => !/^[a-z][a-z0-9_]*$/.test(name) || header.indexOf(name) !== at);
  if (odd !== undefined) throw new Error(`"${odd}" is no name of a column, or is there twice`);
  return { header, rows };
}

const relations = (header) => Object.fromEntries([...header.matchAll(/<([^>]*)>; rel="([a-z]+)"/g)].map((match) => [match[2], match[1]]));
const LINK_MAX = 2048; // characters that Link has room for: where not all fit, those that lead on are there
const isLong = (exchange) => exchange.target.length > LINK_MAX / 4;
const queryOf = (exchange) => new URLSearchParams(exchange.target.split('?')[1] ?? '');

class Judge {
  constructor(spec, notFromOutside = NOT_FROM_OUTSIDE) {
    this.spec = spec;
    this.notFromOutside = notFromOutside;
    this.seen = new Set();
    this.counts = { exchanges: 0, bodies: 0, library: 0 };
  }

  // What is wrong with the exchange, as sentences; none is good.
  judge(exchange) {
    this.counts.exchanges++;
    const headers = new Map();
    const faults = [];
    for (const [name, value] of exchange.headers) {
      if (headers.has(name.toLowerCase())) faults.push(`the header ${name} came twice`);
      headers.set(name.toLowerCase(), value);
    }
    if (exchange.status === 100 || this.#byLibrary(exchange, headers)) return []; // 100 Continue is no answer yet
    this.#everyAnswer(exchange, headers, faults);
    const here = this.spec.pathsOf(exchange.target, exchange.socket);
    const operation = this.spec.find(exchange.method, exchange.target, exchange.socket);
    if (exchange.status >= 400) this.#problem(exchange, headers, here, operation, faults);
    else if (exchange.method === 'OPTIONS') this.#options(exchange, headers, here, faults);
    else if (!operation) faults.push(`${exchange.status}, though openapi.yaml has no such operation`);
    else this.#answer(exchange, headers, operation, faults);
    return faults;
  }

  // The HTTP library refuses some broken requests by itself, with a bare 400 or less: info.description says so.
  #byLibrary(exchange, headers) {
    const bare = exchange.malformed && [400, 413, 414, 431, 505].includes(exchange.status) && !headers.has('x-request-id');
    if (bare) this.counts.library++;
    return bare;
  }

  #everyAnswer(exchange, headers, faults) {
    if (headers.get('x-content-type-options') !== 'nosniff') faults.push('X-Content-Type-Options is not nosniff');
    if (headers.get('access-control-allow-origin') !== '*') faults.push('Access-Control-Allow-Origin is not *');
    if (headers.get('content-security-policy') !== "default-src 'none'") faults.push('Content-Security-Policy admits something');
    if (!headers.has('date')) faults.push('there is no Date');
    if (headers.has('server')) faults.push('Server tells what runs here');
    if (headers.has('set-cookie')) faults.push('a cookie is set');
    const bodiless = exchange.method === 'HEAD' || BODILESS.has(exchange.status);
    if (bodiless && exchange.body) faults.push(`a body of ${exchange.body.length} characters came where none may be`);
    const nothing = headers.get('content-type') === NDJSON && headers.get('x-row-count') === '0';
    if (!bodiless && !exchange.body && !nothing) faults.push('there is no body');
  }

  #see(...parts) {
    this.seen.add(parts.join(' '));
  }

  #problem(exchange, headers, here, operation, faults) {
    const type = (headers.get('content-type') ?? '').split(';')[0].trim();
    if (type !== PROBLEM) faults.push(`an error comes as ${type || 'nothing'}, not ${PROBLEM}`);
    if (headers.get('cache-control') !== 'no-store') faults.push('an error may be kept: Cache-Control is not no-store');
    if (!headers.has('x-request-id')) faults.push('there is no X-Request-Id');
    if (headers.has('etag')) faults.push('an error has an ETag');
    if ([429, 503].includes(exchange.status) && !/^[0-9]+$/.test(headers.get('retry-after') ?? '')) faults.push('there is no Retry-After in seconds');
    if (exchange.status === 405 && !headers.has('allow')) faults.push('there is no Allow');
    const slug = exchange.method === 'HEAD' ? null : this.#problemBody(exchange, headers, faults);
    this.#problemIsDocumented(exchange, slug, here, operation, faults);
    const known = operation?.responses[exchange.status] ?? this.spec.follow({ $ref: '#/components/responses/Everywhere' });
    this.#undocumentedHeaders(headers, known, faults);
  }

  // The slug, or null when the body is no problem document.
  #problemBody(exchange, headers, faults) {
    let body;
    try {
      body = JSON.parse(exchange.body);
    } catch {
      faults.push('the problem is no JSON');
      return null;
    }
    this.counts.bodies++;
    const wrong = this.spec.faults({ $ref: '#/components/schemas/Problem' }, body);
    if (wrong) faults.push(`the problem does not fit its schema: ${wrong}`);
    if (body.status !== exchange.status) faults.push(`the problem says ${body.status}, the status line ${exchange.status}`);
    if (body.request_id !== headers.get('x-request-id')) faults.push('request_id and X-Request-Id differ');
    return /\/problems\/([a-z0-9-]+)$/.exec(body.type)?.[1] ?? null;
  }

  #problemIsDocumented(exchange, slug, here, operation, faults) {
    const own = operation?.responses[exchange.status];
    const everywhere = this.spec.everywhere;
    this.#see('problem', slug);
    if (slug === null && exchange.method === 'HEAD') {
      if (!own && !everywhere.statuses.includes(exchange.status) && here.length) faults.push(`${exchange.status} is not documented for ${operation?.id}`);
      return;
    }
    if (own?.problems?.includes(slug)) this.#see(operation.id, exchange.status);
    else if (everywhere.statuses.includes(exchange.status) && everywhere.problems.includes(slug)) return;
    else if (!here.length && exchange.status === 404 && slug === 'not-found') this.#see('elsewhere', slug);
    else faults.push(`${exchange.status} ${slug} is not documented for ${operation ? operation.id : `${exchange.method} here`}`);
  }

  #options(exchange, headers, here, faults) {
    const wholeServer = exchange.target === '*';
    if (!here.length && !wholeServer) faults.push(`${exchange.status}, though openapi.yaml has no such path`);
    if (exchange.status !== 204) faults.push(`OPTIONS answers ${exchange.status}, not 204`);
    const own = here.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
    const wanted = wholeServer ? ['GET', 'HEAD', 'OPTIONS'] : [...own, 'OPTIONS'];
    const allowed = (headers.get('allow') ?? '').split(/, */);
    if (!wanted.every((method) => allowed.includes(method)) || (!wholeServer && allowed.length !== wanted.length)) faults.push(`Allow is "${headers.get('allow')}"`);
    for (const operation of here) this.#see('options', operation.path);
  }

  #answer(exchange, headers, operation, faults) {
    const response = operation.responses[exchange.status];
    if (!response) {
      faults.push(`${exchange.status} is not documented for ${operation.id}`);
      return;
    }
    this.#headers(headers, response, faults);
    if (exchange.status === 200 && response.headers.link && !headers.has('link') && !isLong(exchange)) faults.push('the header link is missing');
    if (exchange.method === 'HEAD') this.#see('head', operation.id);
    else this.#see(operation.id, exchange.status);
    if (exchange.status < 200 || exchange.status > 299) return;
    if (operation.method !== 'GET' && exchange.method !== 'HEAD') this.#written(exchange, headers, operation, faults);
    const query = [...queryOf(exchange).keys()];
    for (const name of query) this.#see(operation.id, 'query', name);
    const type = (headers.get('content-type') ?? '').split(';')[0].trim();
    const media = response.content[type];
    if (!media) faults.push(`the answer is ${type || 'untyped'}; ${operation.id} has ${Object.keys(response.content)}`);
    else if (exchange.method !== 'HEAD') this.#body(exchange, headers, type, media, query, faults);
  }

  // What was taken is as the contract says that bodies are, and its answer is nobody's to keep.
  #written(exchange, headers, operation, faults) {
    if (headers.get('cache-control') !== 'no-store') faults.push('what was written may be kept: Cache-Control is not no-store');
    if (!headers.has('x-request-id')) faults.push('there is no X-Request-Id');
    if (!operation.body.required || (exchange.request_body ?? null) === null) return; // a bare socket does not tell
    const type = exchange.request_headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1].split(';')[0].trim().toLowerCase();
    const media = operation.body.content[type];
    if (!media) faults.push(`a body of ${type || 'no type'} was taken`);
    else if (/[/+]json$/.test(type)) this.#taken(exchange, media, faults);
    this.#see(operation.id, 'body', type);
  }

  #taken(exchange, media, faults) {
    try {
      const wrong = this.spec.faults(media.schema, JSON.parse(exchange.request_body));
      if (wrong) faults.push(`a body was taken that does not fit its schema: ${wrong}`);
    } catch (error) {
      faults.push(`a body was taken that is not JSON: ${error.message}`);
    }
  }

  #headers(headers, response, faults) {
    for (const [name, header] of Object.entries(response.headers)) {
      if (!headers.has(name)) {
        if (header.required) faults.push(`the header ${name} is missing`);
        continue;
      }
      const wrong = this.spec.faults(header.schema, headers.get(name));
      if (wrong) faults.push(`the header ${name} is "${headers.get(name)}": ${wrong}`);
    }
    this.#undocumentedHeaders(headers, response, faults);
  }

  #undocumentedHeaders(headers, response, faults) {
    const documented = new Set(Object.keys(response.headers).map((name) => name.toLowerCase()));
    if (documented.has('x-request-id')) ['cache-control', 'allow', 'retry-after'].forEach((name) => documented.add(name));
    for (const name of headers.keys())
      if (!COMMON_HEADERS.has(name) && !documented.has(name)) faults.push(`the header ${name} is not documented`);
  }

  #body(exchange, headers, type, media, query, faults) {
    if (type === CSV || type === NDJSON) {
      if (!new RegExp(`^inline; filename="[a-z0-9-]+\\.${type === CSV ? 'csv' : 'ndjson'}"$`).test(headers.get('content-disposition') ?? ''))
        faults.push('a table has no name to be saved under');
      if (type === CSV) this.#table(exchange, headers, media, faults);
      else this.#lines(exchange, headers, media, query, faults);
      if (headers.has('link')) this.#linksOfRows(exchange, headers, query, faults);
      return;
    }
    let body;
    try {
      body = type === 'application/yaml' ? YAML.stringify(YAML.parse(exchange.body)) : JSON.parse(exchange.body);
    } catch (error) {
      faults.push(`the body is not ${type}: ${error.message}`);
      return;
    }
    this.counts.bodies++;
    const wrong = this.spec.faults(media.schema, body, !this.spec.partial.some((name) => query.includes(name)));
    if (wrong) faults.push(`the body does not fit its schema: ${wrong}`);
    if (headers.has('link')) this.#links(headers.get('link'), body.links ?? {}, faults);
    if (headers.has('x-row-count')) {
      this.#rowCount(headers, body.data?.length, faults);
      if (headers.get('x-total-count') !== String(body.meta?.total)) faults.push(`X-Total-Count is ${headers.get('x-total-count')}, meta.total ${body.meta?.total}`);
    }
  }

  #rowCount(headers, rows, faults) {
    if (headers.get('x-row-count') !== String(rows)) faults.push(`X-Row-Count is ${headers.get('x-row-count')}, the body has ${rows} rows`);
  }

  #table(exchange, headers, media, faults) {
    const excel = queryOf(exchange).get('dialect') === 'excel-nb';
    if (!/; *header=present(;|$)/.test(headers.get('content-type'))) faults.push('Content-Type does not say that there is a header');
    try {
      const table = checkCsv(exchange.body, excel);
      this.counts.bodies++;
      if (headers.has('x-row-count')) this.#rowCount(headers, table.rows.length, faults);
      this.#columns(table, queryOf(exchange).get('fields'), media, excel, faults);
    } catch (error) {
      faults.push(`the body is not ${CSV}: ${error.message}`);
    }
    const wrong = media.schema && this.spec.faults(media.schema, exchange.body);
    if (wrong) faults.push(`the body does not fit its schema: ${wrong}`);
  }

  // The columns that docs/csv.md names, those of the picked members alone, and each cell of its column's type.
  #columns({ header, rows }, fields, media, excel, faults) {
    const resource = media.schema && this.spec.follow(media.schema)['x-columns'];
    if (!resource) return;
    const members = this.spec.members(resource), picked = fields?.split(',') ?? members;
    const columns = columnsOf(resource).filter(({ name }) => !members.length || picked.includes(memberOf(name, members)));
    const names = columns.map(({ name }) => name);
    if (names.join() !== header.join()) {
      faults.push(`the columns are ${header}, not ${names}`);
      return;
    }
    const fault = rows.flatMap((row) => row.map((cell, at) => cellFault(columns[at], cell, excel))).find(Boolean);
    if (fault) faults.push(fault);
  }

  #lines(exchange, headers, media, query, faults) {
    const lines = exchange.body.split('\n');
    if (lines.pop() !== '') faults.push('the last line does not end in a line feed');
    const complete = !this.spec.partial.some((name) => query.includes(name));
    for (const line of lines) {
      let value;
      try {
        value = JSON.parse(line);
      } catch (error) {
        faults.push(`a line is not JSON: ${error.message}`);
        break;
      }
      const wrong = this.spec.faults({ $ref: `#/components/schemas/${media['x-line-schema']}` }, value, complete);
      if (wrong) faults.push(`a line does not fit its schema: ${wrong}`);
      if (wrong) break;
    }
    this.counts.bodies++;
    if (headers.has('x-row-count')) this.#rowCount(headers, lines.length, faults);
  }

  // A page leads on where it is not all; a whole result is all, and leads nowhere.
  #linksOfRows(exchange, headers, query, faults) {
    const said = relations(headers.get('link'));
    const [rows, total] = ['x-row-count', 'x-total-count'].map((name) => headers.get(name));
    const page = query.includes('limit') || query.includes('cursor');
    if (!said.self && !isLong(exchange)) faults.push('there is no link to itself');
    if (!page && Object.keys(said).length !== 1) faults.push(`a whole result leads to ${Object.keys(said)}`);
    if (!page && rows !== total) faults.push(`a whole result has ${rows} of ${total} rows`);
    if (page && rows !== total && !said.next && !said.prev) faults.push(`a page of ${rows} of ${total} rows leads nowhere`);
  }

  #links(header, links, faults) {
    const said = relations(header);
    const written = Object.entries(links).filter(([, url]) => url).map(([rel, url]) => `<${url}>; rel="${rel}"`).join(', ');
    for (const rel of ['self', 'first', 'next', 'prev'])
      if ((said[rel] ?? null) !== (links[rel] ?? null) && (said[rel] || written.length <= LINK_MAX)) faults.push(`the link ${rel} is ${said[rel]} in the header and ${links[rel]} in the body`);
  }

  // What openapi.yaml promises and no exchange has shown.
  missing() {
    const missing = [];
    const want = (what, ...parts) => { if (!this.seen.has(parts.join(' '))) missing.push(what); };
    for (const operation of this.spec.operations) {
      for (const status of Object.keys(operation.responses).filter((name) => name !== 'default'))
        want(`${operation.id} has never answered ${status}`, operation.id, status);
      for (const parameter of operation.parameters.filter((row) => row.in === 'query'))
        want(`${operation.id} has never been asked with ${parameter.name}`, operation.id, 'query', parameter.name);
      for (const type of Object.keys(operation.body.content)) want(`${operation.id} has never taken a body of ${type}`, operation.id, 'body', type);
      if (operation.method === 'GET') want(`${operation.id} has never been asked by HEAD`, 'head', operation.id);
      want(`${operation.path} has never been asked by OPTIONS`, 'options', operation.path);
    }
    for (const slug of this.spec.everywhere.problems)
      if (!this.notFromOutside[slug]) want(`no answer has ever been ${slug}`, 'problem', slug);
    want('nothing unknown has ever been asked for', 'elsewhere', 'not-found');
    return missing;
  }
}

module.exports = { Judge, checkCsv, NOT_FROM_OUTSIDE };
