// SPDX-License-Identifier: GPL-3.0-or-later
// The examples of a Markdown text: every ```sh block with curl, and the ```json or ```text block that follows it as its answer.
'use strict';
const { execFile } = require('node:child_process');

const FENCE = /^```([a-z]*)\n([\s\S]*?)^```$/gm;

// [{line, command, answer}]; answer null = none is printed.
function examples(markdown) {
  const blocks = [...markdown.matchAll(FENCE)].map(([whole, kind, text], index, all) => ({
    kind, text, end: all[index].index + whole.length, begin: all[index].index,
    line: markdown.slice(0, all[index].index).split('\n').length,
  }));
  return blocks.flatMap((block, i) => {
    if (block.kind !== 'sh' || !/\bcurl\b/.test(block.text)) return [];
    const next = blocks[i + 1];
    const follows = next && ['json', 'text'].includes(next.kind) && !/\n#/.test(markdown.slice(block.end, next.begin));
    return [{ line: block.line, command: block.text, answer: follows ? next.text : null }];
  });
}

// What the command prints, with the daemon of url in place of the one on port 8080.
function run(command, url) {
  const here = command.replace(/http:\/\/(127\.0\.0\.1|localhost):8080/g, url);
  return new Promise((resolve, reject) => {
    execFile('sh', ['-euc', here], { encoding: 'utf8', timeout: 60000, maxBuffer: 64 << 20 }, (error, stdout, stderr) => {
      if (error) reject(new Error(`${here.trim()}\nended with ${error.code ?? error.signal}: ${stderr}`));
      else resolve(stdout.replaceAll(url, 'http://127.0.0.1:8080'));
    });
  });
}

module.exports = { examples, run };
