// SPDX-License-Identifier: GPL-3.0-or-later
// The programs that people open tables with, each run once over many files.
'use strict';
const { execFile } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { pathToFileURL } = require('node:url');

const LIMITS = { encoding: 'utf8', timeout: 120000, maxBuffer: 256 << 20 };

// What the program prints. It has failed where it says anything on stderr, unless that is allowed.
function program(name, args, { environment = {}, mayTalk = false } = {}) {
  return new Promise((resolve, reject) => {
    execFile(name, args, { ...LIMITS, env: { ...process.env, LC_ALL: 'C.UTF-8', ...environment } }, (error, stdout, stderr) => {
      if (error || (stderr && !mayTalk)) reject(new Error(`${name} ended with ${error ? error.code ?? error.signal : 0}: ${stderr}`));
      else resolve(stdout);
    });
  });
}

const here = (name) => path.join(__dirname, name);

// [{columns, rows: [{column: text}]}]
async function python(files, environment) {
  return JSON.parse(await program('python3', ['-I', here('open.py'), ...files], { environment }));
}

const ESCAPES = { '\\\\': '\\', '\\t': '\t', '\\n': '\n', '\\r': '\r' };

// [{columns: [{name, kind, values}]}]; values are texts, null where R has NA.
async function r(files, environment) {
  const tables = new Map(files.map((file) => [file, { columns: [] }]));
  const said = await program('Rscript', ['--vanilla', here('open.R'), ...files], { environment });
  for (const line of said.split('\n').slice(0, -1)) {
    const [file, name, kind, ...values] = line.split('\t');
    tables.get(file).columns.push({ name, kind, values: values.map((text) => (text === '\\N' ? null : text.replace(/\\[\\tnr]/g, (mark) => ESCAPES[mark]))) });
  }
  return files.map((file) => tables.get(file));
}

// Options of LibreOffice's filter for texts, in its order; "columns" is the form of each column: 1/1/2/2 = the second is text.
function filter({ separator, language, columns = '', quotedIsText, findsNumbers, runsFormulas }) {
  return `Text - txt - csv (StarCalc):${[separator.charCodeAt(0), 34, 'UTF-8', 1, columns, language, quotedIsText, findsNumbers, false, false, false, 0,
    runsFormulas].join(',')}`;
}

// [[[{type, value, formula} or null]]]: rows of cells. Folder: for its profile and its sheets, no other start may use it.
async function libreOffice(files, options, folder) {
  fs.mkdirSync(folder);
  await program('soffice', [`-env:UserInstallation=${pathToFileURL(path.join(folder, 'profile'))}`, '--headless', '--norestore', '--convert-to', 'fods',
    `--infilter=${filter(options)}`, '--outdir', folder, ...files], { mayTalk: true });
  const sheets = files.map((file) => path.join(folder, path.basename(file).replace(/csv$/, 'fods')));
  return JSON.parse(await program('python3', ['-I', here('cells.py'), ...sheets]));
}

module.exports = { libreOffice, program, python, r };
