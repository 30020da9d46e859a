// Work done side by side on one base: which pairs conflict, and how the agent comes out of it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commitAll, demo, git, load, runChecks, turn } from './turns.ts';

const { takeOtherSide } = await load('conflict.mjs');

test('exactly the pair cors and no-sniff conflicts when worked on side by side', { timeout: 120_000 }, async () => {
  const folder = await demo();
  await branches(folder, 'main', ['cors', 'no-sniff', 'done-flag', 'validate-title']);
  git(folder, 'checkout', '--quiet', '-b', 'later', 'done-flag');
  await branches(folder, 'later', ['filter-done', 'stats']);
  const all = ['cors', 'no-sniff', 'done-flag', 'validate-title', 'filter-done', 'stats'];
  const pairs = all.flatMap((a, at) => all.slice(at + 1).map((b) => [a, b] as const));
  const conflicts = pairs.filter(([a, b]) => conflictsOf(folder, a, b).length > 0);
  expect(conflicts).toEqual([['cors', 'no-sniff']]);
  expect(conflictsOf(folder, 'cors', 'no-sniff')).toEqual(['src/http.js']);
});

test.each([
  ['cors', 'no-sniff', 'merge'],
  ['no-sniff', 'cors', 'merge'],
  ['cors', 'no-sniff', 'diff3'],
])('%s merged first: the agent of %s keeps both sides (markers: %s)', async (first, second, style) => {
  const folder = await demo();
  await branches(folder, 'main', [first, second]);
  git(folder, 'checkout', '--quiet', second);
  expect(() => git(folder, '-c', `merge.conflictStyle=${style}`, 'merge', '--no-commit', first)).toThrow();
  const { said, signals } = await turn(folder, {
    claims: [second],
    note: `Your change conflicts.\nFiles: src/http.js`,
  });
  expect(signals, said).toEqual({ claims: [], ready: true, followUp: null, done: false, verdict: null });
  expect(said).toContain('src/http.js is in conflict');
  const http = readFileSync(join(folder, 'src', 'http.js'), 'utf8');
  expect(http).toContain('access-control-allow-origin');
  expect(http).toContain('x-content-type-options');
  commitAll(folder, 'resolved');
  const { ok, output } = await runChecks(folder);
  expect(ok, output).toBe(true);
  expect(git(folder, 'diff', '--stat', `${first}...HEAD`, '--', 'test')).toContain(`test/${second}.test.js`);
});

test('the side without my lines is taken, whichever comes first; where both or none have them, both stay', () => {
  const isMine = (line: string) => line === 'mine';
  const hunk = (first: string, second: string) => `a\n<<<<<<< x\n${first}\n=======\n${second}\n>>>>>>> y\nz\n`;
  expect(takeOtherSide(hunk('mine', 'theirs'), isMine)).toBe('a\ntheirs\nz\n');
  expect(takeOtherSide(hunk('theirs', 'mine'), isMine)).toBe('a\ntheirs\nz\n');
  expect(takeOtherSide(hunk('b\nc', 'c\nd'), isMine)).toBe('a\nb\nc\nd\nz\n');
});

/** Each task done by the agent on a branch of its own, all from the same commit. */
async function branches(folder: string, base: string, ids: string[]): Promise<void> {
  for (const id of ids) {
    git(folder, 'checkout', '--quiet', '-b', id, base);
    await turn(folder, { claims: [id] });
    commitAll(folder, id);
  }
}

/** Files in which a merge of two branches conflicts. */
function conflictsOf(folder: string, a: string, b: string): string[] {
  try {
    git(folder, 'merge-tree', '--write-tree', '--name-only', '--no-messages', a, b);
    return [];
  } catch (error) {
    return String((error as { stdout: string }).stdout)
      .trim()
      .split('\n')
      .slice(1);
  }
}
