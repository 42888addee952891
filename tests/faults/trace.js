// SPDX-License-Identifier: GPL-3.0-or-later
// Reads what strace -f -xx wrote of a daemon that files, and says which acknowledgements left before what they acknowledge was on disk.

const bytesOf = (text) => Buffer.from((/"((?:\\x[0-9a-f]{2})*)"/.exec(text)?.[1] ?? '').replaceAll('\\x', ''), 'hex');
const plain = (text) => text.replace(/"((?:\\x[0-9a-f]{2})*)"/g, (_, hex) => `"${Buffer.from(hex.replaceAll('\\x', ''), 'hex').toString('latin1')}"`);

// Calls in the order of the trace: { name, args, result, from, to }; from and to are the places at which it was entered and had returned.
function* calls(text) {
  const open = new Map();
  let place = 0;
  for (const line of text.split('\n')) {
    place++;
    const match = /^(?:\[pid +)?(\d+)\]? +(.*)$/.exec(line);
    if (!match) continue;
    const [, pid, rest] = match;
    const unfinished = /^(\w+)\((.*) <unfinished \.\.\.>$/.exec(rest);
    const resumed = /^<\.\.\. (\w+) resumed>(.*?)\)\s+= (-?\d+|\?)/.exec(rest);
    const whole = /^(\w+)\((.*)\)\s+= (-?\d+|\?)/.exec(rest);
    if (unfinished) open.set(pid, { pid, name: unfinished[1], args: unfinished[2], from: place });
    else if (resumed && open.has(pid)) {
      const call = open.get(pid);
      open.delete(pid);
      yield { ...call, args: call.args + resumed[2], result: Number(resumed[3]), to: place };
    } else if (whole) yield { pid, name: whole[1], args: whole[2], result: Number(whole[3]), from: place, to: place };
  }
  for (const call of open.values()) yield { ...call, result: NaN, to: Infinity };
}

const portOf = (args) => Number(/sin6?_port=htons\((\d+)\)/.exec(args)?.[1] ?? NaN);
// The head of a frame is written by a call of its own, 24 bytes; of a transaction's last frame it says how long the database is then.
const isLastFrame = (args) => / 24, \d+$/.test(args) && bytesOf(args).readUInt32BE(4) !== 0;

// The commits written to the log beside the database, in their order: { written, synced }, places in the trace; and by the port of each
// client the places at which a 201 began to be sent to it.
export function read(text) {
  const commits = [], answers = new Map(), logs = new Set(), clients = new Map();
  const events = [...calls(text)].sort((a, b) => a.to - b.to || a.from - b.from);
  for (const { name, args, result, from, to } of events) {
    const fd = Number(/^(\d+)/.exec(args)?.[1]);
    if (name === 'openat' && result >= 0) {
      if (plain(args).includes('-wal"')) logs.add(result);
      else logs.delete(result);
    } else if (name === 'accept4' || name === 'accept') {
      if (result >= 0) clients.set(result, portOf(args));
    } else if (name === 'pwrite64' && logs.has(fd) && isLastFrame(args)) commits.push({ begun: from, written: Infinity, synced: Infinity });
    else if (name === 'pwrite64' && logs.has(fd) && commits.length > 0 && commits.at(-1).written === Infinity) commits.at(-1).written = to;
    else if ((name === 'fdatasync' || name === 'fsync') && logs.has(fd) && result === 0) {
      for (const commit of commits) if (commit.synced === Infinity && commit.written <= from) commit.synced = to;
    } else if (/^(send|write)/.test(name) && clients.has(fd) && bytesOf(args).toString('latin1').startsWith('HTTP/1.1 201')) {
      const port = clients.get(fd);
      answers.set(port, [...(answers.get(port) ?? []), from]);
    }
  }
  return { commits, answers };
}

// acknowledged: by the port of each client the places (0 = the first) of the commits that its 201s acknowledge, in their order.
export function violations({ commits, answers }, acknowledged) {
  const found = [];
  for (const [port, places] of acknowledged) {
    const sent = answers.get(port) ?? [];
    if (sent.length !== places.length) found.push(`port ${port}: ${places.length} answers were had, ${sent.length} are in the trace`);
    places.forEach((place, i) => {
      const commit = commits[place];
      if (!commit) found.push(`port ${port}, answer ${i + 1}: its commit ${place + 1} is not in the trace`);
      else if (!(commit.synced < sent[i])) found.push(`port ${port}, answer ${i + 1}: sent at line ${sent[i]}, its commit was on disk at line ${commit.synced}`);
    });
  }
  return found;
}
