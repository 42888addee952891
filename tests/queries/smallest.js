// SPDX-License-Identifier: GPL-3.0-or-later
// The smallest question that is still answered wrongly: pairs and values are taken out, one after another, as long as the answer stays wrong.
'use strict';

const TRIES = 300;

function* smaller(target) {
  const [path, query] = target.split('?'), pairs = (query ?? '').split('&');
  for (let i = 0; query !== undefined && i < pairs.length; i++) {
    const rest = pairs.filter((pair, j) => j !== i);
    yield rest.length ? `${path}?${rest.join('&')}` : path;
    const [name, value = ''] = pairs[i].split(/=(.*)/s), values = value.replace(/^!/, '').split(/,|%2[cC]/), mark = value.startsWith('!') ? '!' : '';
    for (let j = 0; values.length > 1 && j < values.length; j++)
      yield `${path}?${pairs.map((pair, k) => (k === i ? `${name}=${mark}${values.filter((_, l) => l !== j).join(',')}` : pair)).join('&')}`;
  }
}

// wrongOf(target) resolves to what is wrong with its answer.
async function smallest(fault, wrongOf) {
  let best = fault, tries = 0;
  for (let found = true; found && tries < TRIES;) {
    found = false;
    for (const target of smaller(best.target)) {
      if (++tries > TRIES) break;
      const wrong = await wrongOf(target);
      if (!wrong.length) continue;
      best = { ...best, target, wrong };
      found = true;
      break;
    }
  }
  return best;
}

module.exports = { smallest, smaller };
