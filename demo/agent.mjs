#!/usr/bin/env node
// The scripted agent of `oompa demo`: reads a turn's prompt on stdin, works in the folder it was started in, prints what it
// does, and signals as a real agent would. No model is behind it: it knows the six tasks of scripts.mjs and says so.
import { execFile, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { isConflicted, takeOtherSide } from './conflict.mjs';
import { readPrompt } from './prompt.mjs';
import { scripts } from './scripts.mjs';
import { readSpeed } from './speed.mjs';
import { applyScript, changedLines, isApplied, isMistaken, reader, write } from './work.mjs';

const tree = process.cwd();
const read = reader(tree);
/** What `atHead` has asked git for. */
const committed = new Map();
const speed = readSpeed(process.argv.slice(2), process.env);
const prompt = readPrompt(await text(process.stdin));

say(`${prompt.worker} here: a scripted agent of the oompa demo. No model is behind me, I follow a script.`);
for (const { from, text } of prompt.mail) say(`Mail from ${from}:`, quote(text));
if (prompt.claims.length > 0) await work(prompt.claims);
else await choose();

/** Asks for the suggested task, else for the first one that the script knows, else for the first. */
async function choose() {
  const { claimable, remaining } = prompt;
  const task = claimable.find((id) => id in scripts) ?? claimable[0];
  if (task !== undefined) {
    await step(`Look at the board: ${claimable.join(', ')}`);
    say(`I take ${task}.`);
    signal(`CLAIM(${task})`);
  } else if (remaining === 0) {
    say('The board is empty: nothing is left for me to do.');
    signal('__DONE__');
  } else say('Nothing can be claimed now; the rest is in other hands or waits for it.');
}

async function work(claims) {
  const unknown = claims.filter(({ id }) => !(id in scripts)).map(({ id }) => id);
  if (unknown.length > 0) {
    giveUp(
      `I am a scripted agent and have no script for ${unknown.join(', ')}. A real agent could do it: set "model" in oompa.json.`,
    );
    return;
  }
  try {
    for (const claim of claims) await doTask(claim);
  } catch (error) {
    giveUp(`My script does not fit what I find: ${error.message}`);
    return;
  }
  const { ok, failures } = await runTests();
  const known = claims.some(({ id }) => isMistaken(scripts[id], read));
  if (ok) say('All green. I hand in.');
  else if (known) say('One is red. My script hands in all the same, so that you see the check send it back.');
  else {
    giveUp(`Tests are red and my script does not know why: ${failures.join('; ') || 'see the output of node --test'}`);
    return;
  }
  signal('COMPLETE_AND_READY_FOR_MERGE');
}

/** One task in the worktree as it is: fresh, half done before a crash, sent back, or in conflict with the base. */
async function doTask({ id, text: task }) {
  const script = scripts[id];
  const handedIn = isApplied(script, atHead);
  // Somebody's earlier attempt left its feedback in the task file: the mistake is known.
  const mistaken = script.mistake !== undefined && !handedIn && !/["\s:]attempts\b/.test(task);
  const conflicts = conflictedFiles();
  if (conflicts.length > 0)
    say(`The base branch has moved on: ${conflicts.join(', ')} ${conflicts.length > 1 ? 'are' : 'is'} in conflict.`);
  else if (handedIn && isMistaken(script, atHead)) say(`${id} came back: a check is red. I mend it.`);
  else if (handedIn) say(`${id} came back.`);
  else say(`My task: ${id}. ${script.plan}`);

  for (const file of script.reads)
    await step(`Read ${file}`, [`  (${(read(file) ?? '').split('\n').length - 1} lines)`]);
  // Only lines with a word in them tell whose side they are on; braces are everybody's.
  const mine = new Set(script.edits.flatMap((edit) => edit.text.split('\n')).filter((line) => /\w{3}/.test(line)));
  const resolved = new Map(conflicts.map((file) => [file, takeOtherSide(read(file), (line) => mine.has(line))]));
  const files = applyScript(script, (file) => resolved.get(file) ?? read(file), { mistaken });
  for (const [file, after] of Object.entries({ ...Object.fromEntries(resolved), ...files })) await edit(file, after);
  await answer(id);
}

/** What people said about the work goes into a note next to it: the honest thing that a script can do with free text. */
async function answer(id) {
  const said = [...(prompt.note ? [{ from: 'review', text: prompt.note }] : []), ...prompt.mail].filter(
    ({ text }) => !/^checks failed/.test(text),
  );
  if (said.length === 0) return;
  const file = `notes/${id}.md`;
  const before = atHead(file) ?? `# Notes on ${id}\n`;
  const entries = said.map(
    ({ from, text }) =>
      `\n${quote(text, '> ')}\n\nSaid in ${from === 'review' ? 'review' : `mail from ${from}`}. Noted by the scripted agent, which cannot do it; a real agent would.\n`,
  );
  say('A script cannot follow free words, so I write down what was asked:');
  await edit(file, before + entries.join(''));
}

async function edit(file, after) {
  const before = read(file);
  if (before === after) return;
  const { added, removed } = changedLines(before ?? '', after);
  const all = [...removed.map((line) => `  - ${line}`), ...added.map((line) => `  + ${line}`)].filter(
    (line) => line.trim().length > 1,
  );
  // Of a new test file its tests are shown, not the imports.
  const shown = all
    .filter((line) => before !== null || !file.startsWith('test/') || line.startsWith('  + test('))
    .slice(0, 8);
  if (shown.length < all.length) shown.push(`  (${all.length - shown.length} more lines)`);
  await step(`${before === null ? 'Write' : 'Edit'} ${file}`, shown);
  write(tree, file, after);
}

async function runTests() {
  await step('Run node --test');
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const output = await new Promise((resolve) => {
    const options = { cwd: tree, env, maxBuffer: 64 << 20 };
    execFile(process.execPath, ['--test', '--test-reporter=tap'], options, (error, stdout) =>
      resolve({ ok: error === null, stdout }),
    );
  });
  const count = (name) => new RegExp(`^# ${name} (\\d+)$`, 'm').exec(output.stdout)?.[1] ?? '?';
  const failures = [...output.stdout.matchAll(/^\s*not ok \d+ - (.+)$/gm)].map(([, name]) => name);
  say(
    quote(
      [
        `tests ${count('tests')}, pass ${count('pass')}, fail ${count('fail')}`,
        ...failures.map((name) => `not ok: ${name}`),
      ].join('\n'),
    ),
  );
  return { ok: output.ok, failures };
}

/** Files of the worktree that hold conflict markers. */
function conflictedFiles() {
  const entries = readdirSync(tree, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(tree.length + 1));
  return files.filter((file) => !/^(\.git|node_modules)([\\/]|$)/.test(file) && isConflicted(read(file) ?? '')).sort();
}

/** A file as it was when this worker last handed in, else as it is at the base. */
function atHead(file) {
  if (!committed.has(file)) {
    const { status, stdout } = spawnSync('git', ['show', `HEAD:${file}`], { cwd: tree, encoding: 'utf8' });
    committed.set(file, status === 0 ? stdout : null);
  }
  return committed.get(file);
}

function giveUp(why) {
  say('I cannot finish this.');
  signal(`NEEDS_FOLLOWUP ${why.replace(/\s+/g, ' ')}`);
}

/** A step that a person can follow: what is done, then a pause. */
async function step(what, details = []) {
  say(`* ${what}`, ...details);
  if (speed > 0) await sleep((900 + (what.length % 7) * 150) / speed);
}

function say(...lines) {
  process.stdout.write(`${lines.join('\n')}\n`);
}

function signal(line) {
  say('', line);
}

/** Text of others: without control characters, and marked on every line, so that nothing in it can be read as a signal of mine. */
function quote(text, mark = '  | ') {
  const plain = text.replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/g, '');
  return plain
    .split('\n')
    .map((line) => (mark + line).trimEnd())
    .join('\n');
}
