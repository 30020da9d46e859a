import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { explain, moveExclusive, renameChecked, writeAtomic, writeNew } from '../../src/disk/durable.ts';
import { freshFolder } from './folder.ts';

describe('writeNew', () => {
  it('makes a private file, and never touches one that is there', async () => {
    const file = join(freshFolder(), 'a');
    await writeNew(file, 'one');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    await expect(writeNew(file, 'two')).rejects.toMatchObject({ code: 'EEXIST' });
    expect(readFileSync(file, 'utf8')).toBe('one');
  });

  it('does not write through a symbolic link', async () => {
    const folder = freshFolder();
    symlinkSync(join(folder, 'elsewhere'), join(folder, 'link'));
    await expect(writeNew(join(folder, 'link'), 'x')).rejects.toMatchObject({ code: 'EEXIST' });
    expect(existsSync(join(folder, 'elsewhere'))).toBe(false);
  });
});

describe('writeAtomic', () => {
  it('lets readers see the old or the new text, whole', async () => {
    const file = join(freshFolder(), 'a');
    const texts = ['a'.repeat(50_000), 'b'.repeat(70_000)];
    await writeAtomic(file, texts[0] ?? '');
    let writing = true;
    const writer = (async () => {
      for (let n = 0; n < 40; n += 1) await writeAtomic(file, texts[n % 2] ?? '', { sync: false });
      writing = false;
    })();
    while (writing) {
      expect(texts).toContain(readFileSync(file, 'utf8'));
      await new Promise(setImmediate);
    }
    await writer;
  });

  it('leaves nothing behind when it cannot finish', async () => {
    const folder = freshFolder();
    mkdirSync(join(folder, 'taken'));
    await expect(writeAtomic(join(folder, 'taken'), 'x')).rejects.toThrow();
    expect(readdirSync(folder)).toEqual(['taken']);
  });
});

describe('moveExclusive', () => {
  it('moves to a free name and keeps the file itself', async () => {
    const folder = freshFolder();
    writeFileSync(join(folder, 'a'), 'text');
    const { ino } = statSync(join(folder, 'a'));
    expect(await moveExclusive(join(folder, 'a'), join(folder, 'b'))).toBe('moved');
    expect(readdirSync(folder)).toEqual(['b']);
    expect(statSync(join(folder, 'b')).ino).toBe(ino);
  });

  it.each([true, false])('never overwrites, and tells when the file is gone (sync: %s)', async (sync) => {
    const folder = freshFolder();
    writeFileSync(join(folder, 'a'), 'mine');
    writeFileSync(join(folder, 'b'), 'theirs');
    expect(await moveExclusive(join(folder, 'a'), join(folder, 'b'), { sync })).toBe('taken');
    expect(readFileSync(join(folder, 'b'), 'utf8')).toBe('theirs');
    expect(readFileSync(join(folder, 'a'), 'utf8')).toBe('mine');
    expect(await moveExclusive(join(folder, 'c'), join(folder, 'd'), { sync })).toBe('gone');
  });

  it('does not take a missing target folder for a missing file', async () => {
    const folder = freshFolder();
    writeFileSync(join(folder, 'a'), 'mine');
    await expect(moveExclusive(join(folder, 'a'), join(folder, 'no', 'b'))).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(renameChecked(join(folder, 'a'), join(folder, 'no', 'b'))).rejects.toMatchObject({ code: 'ENOENT' });
    expect(readdirSync(folder)).toEqual(['a']);
  });

  it('gives one of many movers the file', async () => {
    const folder = freshFolder();
    for (let n = 0; n < 50; n += 1) {
      writeFileSync(join(folder, 'a'), String(n));
      const targets = Array.from({ length: 8 }, (_, each) => join(folder, `to-${n}-${each}`));
      const outcomes = await Promise.all(targets.map((to) => moveExclusive(join(folder, 'a'), to, { sync: false })));
      const winners = targets.filter((_, each) => outcomes[each] === 'moved');
      expect(winners).toHaveLength(1);
      expect(targets.filter((to) => existsSync(to))).toEqual(winners);
    }
  });
});

it('renameChecked tells a missing file from a moved one', async () => {
  const folder = freshFolder();
  writeFileSync(join(folder, 'a'), 'x');
  expect(await renameChecked(join(folder, 'a'), join(folder, 'b'))).toBe(true);
  expect(await renameChecked(join(folder, 'a'), join(folder, 'b'))).toBe(false);
});

it('explain gives a full disk its hint and leaves a strange error alone', () => {
  const full = Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' });
  expect(explain(full, 'cannot write x')).toMatchObject({
    code: 'enospc',
    retryable: true,
    hint: expect.stringContaining('disk is full'),
  });
  const strange = new Error('what');
  expect(explain(strange, 'cannot write x')).toBe(strange);
});

it('moveExclusive leaves both names of a move that was cut short: who was the mover is not its business', async () => {
  const folder = freshFolder();
  writeFileSync(join(folder, 'a'), 'x');
  linkSync(join(folder, 'a'), join(folder, 'b'));
  expect(await moveExclusive(join(folder, 'a'), join(folder, 'b'))).toBe('taken');
  expect(readdirSync(folder)).toEqual(['a', 'b']);
});
