// SPDX-License-Identifier: GPL-3.0-or-later
// node exchanges.js [FILE]: judges every exchange that the API tests recorded (FILE, else $STUDYD_EXCHANGES), one JSON object a line.
// Fails on any fault, and on anything promised that was never seen.
'use strict';
const fs = require('node:fs');
const readline = require('node:readline');
const { Judge } = require('./judge.js');
const { Spec } = require('./spec.js');

const SHOWN = 40;

async function main(file) {
  if (!file) throw new Error('no file: give one, or set STUDYD_EXCHANGES');
  const judge = new Judge(new Spec());
  const faults = [];
  let number = 0;
  for await (const line of readline.createInterface({ input: fs.createReadStream(file), crlfDelay: Infinity })) {
    number++;
    const exchange = JSON.parse(line);
    for (const fault of judge.judge(exchange)) faults.push(`line ${number}: ${exchange.method} ${exchange.target} → ${exchange.status}: ${fault}`);
  }
  const missing = judge.missing();
  for (const fault of faults.slice(0, SHOWN)) console.error(fault);
  if (faults.length > SHOWN) console.error(`… and ${faults.length - SHOWN} more`);
  for (const what of missing) console.error(`never seen: ${what}`);
  const { exchanges, bodies, library } = judge.counts;
  console.log(`contract: ${exchanges} exchanges, ${bodies} bodies against their schemas, ${library} refused by the HTTP library; ` +
              `${faults.length} faults, ${missing.length} promises never seen`);
  return exchanges > 0 && faults.length === 0 && missing.length === 0;
}

main(process.argv[2] ?? process.env.STUDYD_EXCHANGES).then((good) => { process.exitCode = good ? 0 : 1; }, (error) => {
  console.error(error);
  console.log('contract: the check itself failed');
  process.exitCode = 2;
});
