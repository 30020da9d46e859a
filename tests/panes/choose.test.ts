import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Refusal } from '../../src/core/errors.ts';
import { choosePanes } from '../../src/panes/choose.ts';
import { makeTestFolder } from './folder.ts';

/** A PATH on which tmux says this of itself, or is not there. */
function having(version: string | null) {
  const folder = makeTestFolder();
  if (version !== null) {
    writeFileSync(join(folder, 'tmux'), `#!/bin/sh\necho "${version}"\n`);
    chmodSync(join(folder, 'tmux'), 0o755);
  }
  return { env: { PATH: folder } };
}

test('the tmux of this machine is taken', async () => {
  expect(await choosePanes('auto')).toEqual({ kind: 'tmux', reason: null });
  expect(await choosePanes('tmux')).toEqual({ kind: 'tmux', reason: null });
});

for (const version of [
  'tmux 3.2',
  'tmux 3.2a',
  'tmux 3.10',
  'tmux 4.0',
  'tmux next-3.6',
  'tmux master',
  'tmux openbsd-7.6',
]) {
  test(`${version} is new enough`, async () => {
    expect(await choosePanes('auto', having(version))).toEqual({ kind: 'tmux', reason: null });
  });
}

for (const [version, reason] of [
  ['tmux 3.1c', /tmux 3.1c is too old/],
  ['tmux 2.9', /too old/],
  [null, /tmux is not installed/],
] as const) {
  test(`${version ?? 'no tmux'}: embedded panes with the reason, or a refusal where tmux is demanded`, async () => {
    expect(await choosePanes('auto', having(version))).toEqual({ kind: 'pty', reason: expect.stringMatching(reason) });
    const demanded = choosePanes('tmux', having(version));
    await expect(demanded).rejects.toBeInstanceOf(Refusal);
    await expect(demanded).rejects.toMatchObject({
      message: expect.stringMatching(reason),
      hint: expect.any(String),
      exitCode: 69,
    });
  });
}

test('pty and memory are as they are wished', async () => {
  expect(await choosePanes('pty', having(null))).toEqual({ kind: 'pty', reason: null });
  expect(await choosePanes('memory', having(null))).toEqual({ kind: 'memory', reason: null });
});
