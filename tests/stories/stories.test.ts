// Golden journals: what happened then still means the same now, and would be decided alike. `UPDATE_STORIES=1` writes them anew;
// the difference is then for review.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { JournalLine } from '../../src/core/event.ts';
import { emptyState } from '../../src/core/state.ts';
import { fold, transition } from '../../src/core/transition.ts';
import { readJournal } from '../../src/disk/journal-read.ts';
import { stories } from './stories.ts';
import { transcriptOf } from './transcript.ts';

const names = Object.keys(stories);
const journalOf = (name: string) => join(import.meta.dirname, `${name}.jsonl`);
const transcriptFile = (name: string) => join(import.meta.dirname, `${name}.expected.txt`);

if (process.env.UPDATE_STORIES) {
  for (const [name, tell] of Object.entries(stories)) {
    const { lines } = tell();
    writeFileSync(journalOf(name), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    writeFileSync(transcriptFile(name), transcriptOf(lines));
  }
}

test('every journal in this folder has its story', () => {
  const found = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.jsonl'));
  expect(found.sort()).toEqual(names.map((name) => `${name}.jsonl`).sort());
});

test.each(names)('%s: the journal folds to what it meant', (name) => {
  expect(existsSync(journalOf(name)), 'UPDATE_STORIES=1 makes it').toBe(true);
  const { lines, healed } = readJournal(journalOf(name));
  expect(healed).toBe(0);
  expect(transcriptOf(lines)).toBe(readFileSync(transcriptFile(name), 'utf8'));
});

test.each(names)('%s: the same is decided today', (name) => {
  const { lines } = readJournal(journalOf(name));
  let state = emptyState;
  for (const { effects, ...happened } of lines) {
    const [next, decided] = transition(state, happened);
    expect(JournalLine.parse({ ...happened, effects: decided }).effects).toEqual(effects);
    state = next;
  }
  expect(state).toEqual(fold(lines));
});
