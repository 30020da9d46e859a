import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { watchHint } from '../../src/disk/watch.ts';
import { freshFolder } from './folder.ts';

const until = (check: () => void) => vi.waitFor(check, { timeout: 20_000, interval: 10 });

const watchAll = (folders: string[]) => {
  const hints: string[] = [];
  const stop = watchHint(folders, (folder) => hints.push(folder));
  onTestFinished(stop);
  return { hints, stop };
};

it('tells which of 100 folders changed, a burst as few hints', async () => {
  const root = freshFolder();
  const folders = Array.from({ length: 100 }, (_, n) => join(root, `f${n}`));
  for (const folder of folders) mkdirSync(folder);
  const { hints } = watchAll(folders);
  for (let n = 0; n < 500; n += 1) writeFileSync(join(root, 'f42', String(n)), '');
  await until(() => expect(hints).toContain(folders[42]));
  expect(new Set(hints)).toEqual(new Set([folders[42]]));
  expect(hints.length).toBeLessThan(100);
});

it('finds a folder that comes later, goes, and comes back', async () => {
  const root = freshFolder();
  const folder = join(root, 'a', 'b');
  const { hints } = watchAll([folder]);
  const fresh = async (change: () => void) => {
    hints.length = 0;
    change();
    await until(() => expect(hints).toContain(folder));
  };
  await fresh(() => mkdirSync(folder, { recursive: true }));
  await fresh(() => writeFileSync(join(folder, '1'), ''));
  await fresh(() => rmSync(folder, { recursive: true }));
  await fresh(() => mkdirSync(folder));
  await fresh(() => writeFileSync(join(folder, '2'), ''));
  await fresh(() => {
    renameSync(folder, join(root, 'old'));
    mkdirSync(folder);
  });
  // The new folder is attached to within one look; until then each file is a try.
  hints.length = 0;
  await until(() => {
    writeFileSync(join(folder, `n${readdirSync(folder).length}`), '');
    expect(hints).toContain(folder);
  });
});

it('is silent after the unsubscribe, and a path that is no folder throws nothing', async () => {
  const root = freshFolder();
  writeFileSync(join(root, 'file'), '');
  const one = watchAll([root, join(root, 'file', 'below')]);
  const two = watchAll([root]);
  one.stop();
  one.stop();
  writeFileSync(join(root, 'x'), '');
  await until(() => expect(two.hints).toContain(root));
  expect(one.hints).toEqual([]);
});
