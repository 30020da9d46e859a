// The diff that a person approves: whole files up to the limit, the rest by name; nothing in between.
import { rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeChange, makeRepo, message, writeFiles } from './repo.ts';

const lines = (count: number, text: string) =>
  `${Array.from({ length: count }, (_, n) => `${text} ${n}`).join('\n')}\n`;

describe('diff', () => {
  it('holds every file, binary ones, links and lines that look like headers', async () => {
    const repo = await makeRepo({ 'a.txt': 'a\n', 'kind.txt': 'k\n' });
    const base = await repo.git.baseSha();
    const { path } = await repo.git.prepareWorktree('w0', base);
    rmSync(join(path, 'kind.txt'));
    symlinkSync('a.txt', join(path, 'kind.txt'));
    writeFiles(path, {
      'a.txt': 'diff --git a/x b/x\n\ndiff --git a/y b/y\n',
      'bin.dat': 'x\0y',
      'empty.txt': '',
      'no-end.txt': 'x',
    });
    const head = (await repo.git.commitWork('w0', message('w0')))?.head ?? '';
    const { files, text, omitted } = await repo.git.diff(base, head);
    expect(files).toEqual([
      { path: 'a.txt', added: 3, removed: 1 },
      { path: 'bin.dat', added: null, removed: null },
      { path: 'empty.txt', added: 0, removed: 0 },
      { path: 'kind.txt', added: 1, removed: 1 },
      { path: 'no-end.txt', added: 1, removed: 0 },
    ]);
    expect(omitted).toEqual([]);
    expect(`${text}`).toBe(`${repo.run(['diff', '--no-renames', '--full-index', base, head])}\n`);
  });

  it('cuts on file borders: what it shows is whole, what it leaves out is named', async () => {
    const repo = await makeRepo();
    const base = await repo.git.baseSha();
    const head = await makeChange(repo, 'w0', {
      ...{ '1-small.txt': lines(5, 'one'), '2-big.txt': lines(5_000, 'two'), '3-small.txt': lines(5, 'three') },
      ...{ '4-small.txt': lines(5, 'four'), '5-big.txt': lines(50_000, 'five') },
    });
    const { files, text, omitted } = await repo.git.diff(base, head, { limit: 10_000 });
    expect(files).toHaveLength(5);
    expect(omitted).toEqual(['2-big.txt', '5-big.txt']);
    expect(text.match(/^diff --git .*$/gm)).toEqual(
      [1, 3, 4].map((n) => `diff --git a/${n}-small.txt b/${n}-small.txt`),
    );
    expect(text).toContain('+three 4\n');
    const none = await repo.git.diff(base, head, { limit: 10 });
    expect(none).toMatchObject({ text: '', omitted: files.map((file) => file.path) });
    const all = await repo.git.diff(base, head);
    expect(all.omitted).toEqual([]);
    expect(all.text).toContain('+five 49999\n');
  });

  it('reads no more than eight times the limit', async () => {
    const repo = await makeRepo();
    const base = await repo.git.baseSha();
    const head = await makeChange(repo, 'w0', { '1.txt': lines(200_000, 'much text'), '2.txt': 'small\n' });
    expect(await repo.git.diff(base, head, { limit: 1_000 })).toMatchObject({ text: '', omitted: ['1.txt', '2.txt'] });
  });
});
