// SPDX-License-Identifier: GPL-3.0-or-later
// The examples of a Markdown text: every ```sh, ```r and ```python block that asks the daemon (or files into its register), and the ```json or ```text block that follows as
// its answer. The same question in several languages stands in blocks one after the other, with one answer after the last.
'use strict';
const { execFile } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const FENCE = /^```([a-z]*)\n([\s\S]*?)^```$/gm;
const HEADING = /\n#/;
const ADDRESS = /http:\/\/(127\.0\.0\.1|localhost):8080/g;
// R reads a program of several lines from a file alone; all three get theirs so, or as an argument, and nothing on stdin.
const LANGUAGES = {
  sh: { asks: /\bcurl\b|^studyd report\b/m, command: (file) => ['sh', '-eu', file] },
  r: { asks: ADDRESS, command: (file) => ['Rscript', '--vanilla', file] },
  python: { asks: ADDRESS, command: (file) => ['python3', '-I', file] },
};

const isQuestion = (block) => Boolean(block && LANGUAGES[block.language]) && block.text.search(LANGUAGES[block.language].asks) >= 0;

// [{line, language, command, answer}]; answer null = none is printed.
function examples(markdown) {
  const blocks = [...markdown.matchAll(FENCE)].map(({ 0: whole, 1: language, 2: text, index }) => ({
    language, text, end: index + whole.length, begin: index, line: markdown.slice(0, index).split('\n').length,
  }));
  const follows = (i) => blocks[i + 1] && !HEADING.test(markdown.slice(blocks[i].end, blocks[i + 1].begin));
  const answerOf = (i) => {
    const languages = new Set([blocks[i].language]);
    for (; follows(i) && isQuestion(blocks[i + 1]) && !languages.has(blocks[i + 1].language); i++) languages.add(blocks[i + 1].language);
    return follows(i) && ['json', 'text'].includes(blocks[i + 1].language) ? blocks[i + 1].text : null;
  };
  return blocks.flatMap((block, i) =>
    (isQuestion(block) ? [{ line: block.line, language: block.language, command: block.text, answer: answerOf(i) }] : []));
}

// What the example prints, with the daemon of url in place of the one on port 8080, and its register (environment.STUDYD_DB) in place of var/studyd.db. It runs in a folder of its own, in a UTF-8 locale, and
// has failed where it says anything on stderr.
function run({ language, command }, url, environment = {}) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'studyd-example-'));
  const file = path.join(folder, `example.${language}`);
  fs.writeFileSync(file, command.replace(ADDRESS, url).replaceAll('var/studyd.db', environment.STUDYD_DB ?? 'var/studyd.db'));
  const [program, ...args] = LANGUAGES[language].command(file);
  const options = { cwd: folder, encoding: 'utf8', timeout: 60000, maxBuffer: 64 << 20, env: { ...process.env, LC_ALL: 'C.UTF-8', ...environment } };
  return new Promise((resolve, reject) => {
    execFile(program, args, options, (error, stdout, stderr) => {
      fs.rmSync(folder, { recursive: true, force: true });
      if (error || stderr) reject(new Error(`${command.trim()}\nended with ${error ? error.code ?? error.signal : 0}: ${stderr}`));
      else resolve(stdout.replaceAll(url, 'http://127.0.0.1:8080'));
    });
  });
}

module.exports = { LANGUAGES, examples, run };
