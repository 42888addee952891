// SPDX-License-Identifier: GPL-3.0-or-later
// The columns of a table as docs/csv.md says them, and whether a cell is of its column's type.
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { ROOT } = require('./spec.js');

// "## Columns of `/studies`" → [{name, list, type}], in order.
function columnsOf(resource, text = fs.readFileSync(path.join(ROOT, 'docs', 'csv.md'), 'utf8')) {
  const section = text.split(/^## /m).find((part) => part.startsWith(`Columns of \`${resource}\``));
  if (!section) throw new Error(`docs/csv.md says no columns of ${resource}`);
  return [...section.matchAll(/^\| `([a-z0-9_]+)` \| (list of )?(text|whole|decimal|truth) \|/gm)].map(([, name, list, type]) => ({ name, list: Boolean(list), type }));
}

// The member of the JSON that a column belongs to: its own name, or the one it begins with, a list's in the singular.
function memberOf(column, members) {
  if (members.includes(column)) return column;
  const singular = (member) => member.replace(/ies$/, 'y').replace(/s$/, '');
  return members.find((member) => column.startsWith(`${member}_`) || (singular(member) !== member && column.startsWith(`${singular(member)}_`))) ?? null;
}

const ITEMS = { whole: /^-?[0-9]+$/, decimal: /^-?[0-9]+\.[0-9]+$/, truth: /^(TRUE|FALSE)$/, text: /^[^]*$/ };

// null, or what is wrong with the cell, which may be empty.
function cellFault({ name, list, type }, cell, excel) {
  const plain = excel && type === 'decimal' ? cell.replace(',', '.') : cell;
  const items = list && type !== 'text' ? plain.split('; ') : [plain];
  const odd = items.find((item) => item !== '' && !ITEMS[type].test(item));
  return odd === undefined ? null : `"${cell}" of the column ${name} is no ${list ? 'list of ' : ''}${type}`;
}

module.exports = { columnsOf, memberOf, cellFault };
