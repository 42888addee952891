// SPDX-License-Identifier: GPL-3.0-or-later
// openapi.yaml as the checks need it: operations in their order, references followed, schemas as validators.
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { isDeepStrictEqual } = require('node:util');
const Ajv2020 = require('ajv/dist/2020').default;
const addFormats = require('ajv-formats').default;
const YAML = require('yaml');

const ROOT = path.resolve(__dirname, '..', '..');
const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];

function parse(file = path.join(ROOT, 'openapi.yaml')) {
  return YAML.parse(fs.readFileSync(file, 'utf8'), { schema: 'core', merge: false });
}

// The path of a template as an expression; what stands in braces is one segment.
function expression(template) {
  const plain = template.replace(/[.*+?^$()|[\]\\]/g, '\\$&');
  return new RegExp(`^${plain.replace(/\{[^}]+\}/g, '[^/]+')}$`);
}

class Spec {
  constructor(document = parse()) {
    this.document = document;
    this.operations = [];
    for (const [template, item] of Object.entries(document.paths))
      for (const method of METHODS.filter((name) => item[name]))
        this.operations.push(this.#operation(template, method, item[method]));
    const everywhere = document.components.responses.Everywhere;
    this.everywhere = { statuses: everywhere['x-everywhere'], problems: everywhere['x-problems'] };
    this.validators = { complete: this.#compile(true), any: this.#compile(false) };
  }

  // Follows references outside schemas; a schema stays a reference, for its validator.
  follow(node) {
    while (node && node.$ref) {
      const parts = node.$ref.replace(/^#\//, '').split('/').map((part) => part.replace(/~1/g, '/').replace(/~0/g, '~'));
      node = parts.reduce((at, part) => at?.[part], this.document);
    }
    if (!node) throw new Error('openapi.yaml refers to something that is not there');
    return node;
  }

  #operation(template, method, operation) {
    const responses = Object.entries(operation.responses).map(([status, response]) => [status, this.#response(this.follow(response))]);
    return {
      id: operation.operationId,
      method: method.toUpperCase(),
      path: template,
      expression: expression(template),
      place: operation['x-place'] ?? 'everywhere',
      role: operation['x-role'] ?? 'none',
      secured: (operation.security ?? this.document.security ?? []).length > 0,
      body: this.#body(operation.requestBody && this.follow(operation.requestBody)),
      parameters: (operation.parameters ?? []).map((parameter) => this.follow(parameter)),
      responses: Object.fromEntries(responses),
    };
  }

  #body(body) {
    return { content: body?.content ?? {}, required: body?.required ?? false, max: body?.['x-max-bytes'] ?? 0 };
  }

  #response(response) {
    const headers = Object.entries(response.headers ?? {}).map(([name, header]) => [name.toLowerCase(), this.follow(header)]);
    return { problems: response['x-problems'] ?? null, headers: Object.fromEntries(headers), content: response.content ?? {} };
  }

  // With complete, a choice marked x-complete-unless is narrowed to its first alternative: the whole, not a part of it.
  #compile(complete) {
    const narrow = (node) => {
      if (Array.isArray(node)) return node.map(narrow);
      if (!node || typeof node !== 'object') return node;
      if (complete && node['x-complete-unless']) return narrow(node.anyOf[0]);
      return Object.fromEntries(Object.entries(node).map(([key, value]) =>
        [key, key === '$ref' ? value.replace('#/components/schemas/', '#/$defs/') : narrow(value)]));
    };
    const ajv = new Ajv2020({ strict: true, strictRequired: false, allowUnionTypes: true, allErrors: true, verbose: true });
    addFormats(ajv);
    for (const word of ['x-complete-unless', 'x-columns', 'x-minimum', 'x-maximum', 'x-vocabulary', 'example']) ajv.addKeyword(word);
    ajv.addSchema({ $id: 'contract', $defs: narrow(this.document.components.schemas) });
    return { ajv, narrow, made: new Map() };
  }

  // The parameters whose presence means that a part of the whole was asked for.
  get partial() {
    return Object.values(this.document.components.schemas).map((schema) => schema['x-complete-unless']).filter(Boolean);
  }

  // The members that fields= of a resource picks from.
  members(resource) {
    const fields = this.find('GET', resource).parameters.find((parameter) => parameter.name === 'fields');
    return fields ? /\(\?:([a-z_|]+)\)/.exec(fields.schema.pattern)[1].split('|') : [];
  }

  // null, or what is wrong with the value.
  faults(schema, value, complete = true) {
    const set = this.validators[complete ? 'complete' : 'any'];
    const key = JSON.stringify(schema);
    if (!set.made.has(key)) {
      const own = set.narrow(schema);
      if (own.$ref) own.$ref = own.$ref.replace(/^#/, 'contract#');
      set.made.set(key, set.ajv.compile(own));
    }
    const validate = set.made.get(key);
    if (validate(value)) return null;
    return validate.errors.map((error) => `${error.instancePath || '/'} ${error.message} ${JSON.stringify(error.params)}`).slice(0, 5).join('; ');
  }

  // What is marked x-place: machine is there over the socket alone.
  pathsOf(target, overSocket = false) {
    const at = target.split('?')[0];
    const fit = this.operations.filter((operation) => operation.expression.test(at) && (overSocket || operation.place === 'everywhere'));
    const exact = fit.filter((operation) => operation.path === at);
    return exact.length ? exact : fit;
  }

  // The status of success that every operation has; of two the greater, since a dry run has made nothing.
  static success(operation) {
    return Object.keys(operation.responses).filter((status) => /^2/.test(status)).pop();
  }

  // HEAD is GET's.
  find(method, target, overSocket = false) {
    return this.pathsOf(target, overSocket).find((operation) => operation.method === (method === 'HEAD' ? 'GET' : method)) ?? null;
  }
}

module.exports = { Spec, parse, ROOT, same: isDeepStrictEqual };
