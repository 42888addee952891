// SPDX-License-Identifier: GPL-3.0-or-later
// What README.md and the pages of docs/ show is what the daemon answers, in each language they show it in.
'use strict';
const assert = require('node:assert/strict');
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const test = require('node:test');
const { STUDYD, serve } = require('./daemon.js');
const { LANGUAGES, examples, run } = require('./readme.js');
const { ROOT } = require('./spec.js');

const SAMPLE = `Text.

\`\`\`sh
make run
\`\`\`

\`\`\`sh
curl -s 'http://127.0.0.1:8080/studies?limit=1' | jq .meta.total
\`\`\`

answers

\`\`\`json
80
\`\`\`

\`\`\`sh
curl -s http://localhost:8080/health/live
\`\`\`

## Another chapter

\`\`\`text
not the answer
\`\`\`

In three languages:
\`\`\`sh
curl -s 'http://127.0.0.1:8080/stats/calls?format=csv' | head -n 2 | tail -n 1 | cut -d , -f 1
\`\`\`
\`\`\`r
cat(read.csv("http://127.0.0.1:8080/stats/calls?format=csv")$call_year[1], "\\n")
\`\`\`
\`\`\`python
import json, urllib.request
print(json.load(urllib.request.urlopen("http://127.0.0.1:8080/stats/calls"))["data"][0]["call_year"])
\`\`\`
\`\`\`text
2016
\`\`\`
\`\`\`python
import sys
print("http://127.0.0.1:8080", file=sys.stderr)
\`\`\`
\`\`\`r
stop("no answer for ", "http://127.0.0.1:8080")
\`\`\`
`;

const pages = ['README.md', 'CONTRIBUTING.md', ...fs.readdirSync(path.join(ROOT, 'docs')).filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`)];
const read = (page) => fs.readFileSync(path.join(ROOT, page), 'utf8');

let daemon;
test.before(async () => { daemon = await serve(); });
test.after(() => daemon?.stop());

test('examples are found with their answers', () => {
  const found = examples(SAMPLE);
  assert.deepEqual(found.map(({ line, language, answer }) => [line, language, answer]), [[7, 'sh', '80\n'], [17, 'sh', null],
    [28, 'sh', '2016\n'], [31, 'r', '2016\n'], [34, 'python', '2016\n'], [41, 'python', null], [45, 'r', null]]);
});

test('a true answer is told from a false one, and a failing example from both', async () => {
  const [first, second, shell, r, python, noisy, failing] = examples(SAMPLE);
  assert.equal(await run(first, daemon.url), '80\n');
  assert.notEqual(await run(first, daemon.url), '81\n');
  assert.equal(await run(second, daemon.url), '{"status":"live"}\n');
  for (const one of [shell, r, python]) assert.equal((await run(one, daemon.url)).trimEnd(), '2016');
  for (const one of [noisy, failing, { language: 'sh', command: 'curl -sf http://127.0.0.1:8080/nothing\n' }])
    await assert.rejects(run(one, daemon.url), /ended with/);
});

test('README.md shows at least one call with its answer', () => {
  assert.ok(examples(read('README.md')).some((one) => one.answer !== null));
});

// What files asks a register of its own, since it would change the answers of the others.
const FILING = 'docs/filing.md';
test(`${FILING} shows what the daemon answers, one after the other`, async (t) => {
  const own = await serve();
  const token = (role) => execFileSync(STUDYD, ['token', 'create', '--db', own.db, '--name', 'docs', '--role', role, '--programme', 'klinbeforsk'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  const environment = { TOKEN: token('reporter'), EDITOR_TOKEN: token('editor'), STUDYD_DB: own.db, PATH: `${path.dirname(STUDYD)}:${process.env.PATH}` };
  const found = examples(read(FILING));
  assert.ok(found.length >= 8 && found.every((one) => one.answer !== null), 'each example has its answer');
  for (const one of found)
    await t.test(`line ${one.line}: ${one.command.trim().split('\n')[0]}`, async () => {
      assert.equal((await run(one, own.url, environment)).trimEnd(), one.answer.trimEnd());
    });
  await own.stop();
});

for (const page of pages.filter((name) => name !== FILING))
  test(`${page} shows what the daemon answers`, async (t) => {
    for (const one of examples(read(page)))
      await t.test(`line ${one.line}, ${one.language}: ${one.command.trim().split('\n')[0]}`, async () => {
        const said = await run(one, daemon.url);
        if (one.answer !== null) assert.equal(said.trimEnd(), one.answer.trimEnd());
      });
  });

const QUESTIONS = 20;
test('docs/questions.md answers each question in every language', () => {
  const chapters = read('docs/questions.md').split(/^(?=## )/m).filter((text) => /^## \d+\. .*\?$/m.test(text));
  assert.deepEqual(chapters.map((text) => parseInt(text.slice(3), 10)), Array.from({ length: QUESTIONS }, (_, i) => i + 1));
  for (const text of chapters) {
    const found = examples(text), title = text.split('\n')[0];
    for (const language of Object.keys(LANGUAGES)) assert.ok(found.some((one) => one.language === language), `${title}: not in ${language}`);
    assert.ok(found.every((one) => one.answer !== null), `${title}: an example without its answer`);
  }
});
