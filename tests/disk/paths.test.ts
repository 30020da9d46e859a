import { execFileSync } from 'node:child_process';
import { mkdirSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { findRepo, packageFolder, pathsOf } from '../../src/disk/paths.ts';
import { freshFolder } from './folder.ts';

const git = (cwd: string, ...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], {
    cwd,
    encoding: 'utf8',
  }).trim();

it('finds the same root from a subfolder, a worktree and through a link', () => {
  const folder = freshFolder();
  const root = join(folder, 'repo');
  mkdirSync(join(root, 'a', 'b'), { recursive: true });
  git(root, 'init', '-q');
  git(root, 'commit', '-q', '--allow-empty', '-m', 'start');
  git(root, 'worktree', 'add', '-q', join(folder, 'tree'));
  symlinkSync(root, join(folder, 'link'));
  for (const from of [root, join(root, 'a', 'b'), join(folder, 'tree'), join(folder, 'link', 'a')]) {
    expect(findRepo(from)).toEqual({ root, gitDir: join(root, '.git') });
  }
  expect(pathsOf(findRepo(root)).lock).toBe(join(root, '.oompa', 'lock'));
});

it('takes the checkout of a separate git dir', () => {
  const folder = freshFolder();
  mkdirSync(join(folder, 'tree'));
  git(join(folder, 'tree'), 'init', '-q', '--separate-git-dir', join(folder, 'store'));
  expect(findRepo(join(folder, 'tree'))).toEqual({ root: join(folder, 'tree'), gitDir: join(folder, 'store') });
});

it('refuses a folder outside a repository, with what to do', () => {
  expect(() => findRepo(freshFolder())).toThrow(
    expect.objectContaining({ exitCode: 66, hint: expect.stringContaining('git init') }),
  );
});

it('knows where oompa itself lies', () => {
  expect(statSync(join(packageFolder(), 'src', 'disk', 'paths.ts')).isFile()).toBe(true);
});
