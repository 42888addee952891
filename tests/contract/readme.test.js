// SPDX-License-Identifier: GPL-3.0-or-later
// What README.md and docs/ show is what the daemon answers.
'use strict';
const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const test = require('node:test');
const { serve } = require('./daemon.js');
const { examples, run } = require('./readme.js');
const { ROOT } = require('./spec.js');

const FILES = ['README.md', 'docs/search.md'];
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
`;

let daemon;
test.before(async () => { daemon = await serve(); });
test.after(() => daemon?.stop());

test('examples are found with their answers', () => {
  const found = examples(SAMPLE);
  assert.deepEqual(found.map(({ line, answer }) => [line, answer]), [[7, '80\n'], [17, null]]);
});

test('a true answer is told from a false one, and a failing command from both', async () => {
  const [first, second] = examples(SAMPLE);
  assert.equal(await run(first.command, daemon.url), '80\n');
  assert.notEqual(await run(first.command, daemon.url), '81\n');
  assert.equal(await run(second.command, daemon.url), '{"status":"live"}\n');
  await assert.rejects(run('curl -sf http://127.0.0.1:8080/nothing\n', daemon.url));
});

for (const file of FILES) test(`${file} shows what the daemon answers`, async (t) => {
  const found = examples(fs.readFileSync(path.join(ROOT, file), 'utf8'));
  assert.ok(found.some((one) => one.answer !== null), `${file} shows at least one call with its answer`);
  for (const { line, command, answer } of found)
    await t.test(`line ${line}: ${command.trim().split('\n')[0]}`, async () => {
      const said = await run(command, daemon.url);
      if (answer !== null) assert.equal(said.trimEnd(), answer.trimEnd());
    });
});
