// All ways in which the six tasks can come together on one tree, by the functions that the agent itself uses.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { demo, git, load, runChecks, scratch } from './turns.ts';

const { scripts } = await load('scripts.mjs');
const { applyScript } = await load('work.mjs');
const ids = Object.keys(scripts);
const dependsOn: Record<string, string[]> = { 'filter-done': ['done-flag'], stats: ['done-flag'] };

type Tree = Record<string, string>;

test('every order that respects the dependencies keeps the suite green at every step', {
  timeout: 120_000,
}, async () => {
  const trees = new Map<string, Tree>();
  const final = new Set<string>();
  let orders = 0;
  const walk = (tree: Tree, done: string[]): void => {
    if (done.length === ids.length) {
      orders += 1;
      final.add(JSON.stringify(Object.entries(tree).sort()));
    }
    for (const id of ids) {
      if (done.includes(id) || dependsOn[id]?.some((each) => !done.includes(each))) continue;
      const next = { ...tree, ...applyScript(scripts[id], (file: string) => tree[file] ?? null) };
      trees.set(JSON.stringify(Object.entries(next).sort()), next);
      walk(next, [...done, id]);
    }
  };
  const base = readTree(await demo());
  trees.set('base', base);
  walk(base, []);
  expect(orders).toBe(240);
  // 40 sets of tasks can be there at a time; besides, the order of the two headers shows.
  expect(trees.size).toBe(50);
  expect(final.size).toBe(2);

  const folder = await scratch();
  const red: string[] = [];
  for (const [at, tree] of [...trees.values()].entries()) {
    writeTree(join(folder, String(at)), tree);
    const { ok, output } = await runChecks(join(folder, String(at)), '--test-isolation=none');
    const tests = Object.keys(tree).filter((file) => file.startsWith('test/'));
    // A file that did not run would be no proof.
    if (!ok || Number(/tests (\d+)/.exec(output)?.[1]) < 5 + tests.length - 1) red.push(`${tests}\n${output}`);
  }
  expect(red).toEqual([]);
});

function readTree(folder: string): Tree {
  const files = git(folder, 'ls-files').split('\n');
  return Object.fromEntries(files.map((file) => [file, readFileSync(join(folder, file), 'utf8')]));
}

function writeTree(folder: string, tree: Tree): void {
  for (const [file, text] of Object.entries(tree)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
}
