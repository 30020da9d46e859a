import { execFileSync } from 'node:child_process';
import { chmodSync, lstatSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { excludeFromGit } from '../../src/disk/exclude.ts';
import { findRepo, pathsOf } from '../../src/disk/paths.ts';
import { freshFolder } from './folder.ts';

const repo = () => {
  const root = freshFolder();
  execFileSync('git', ['init', '-q'], { cwd: root });
  return pathsOf(findRepo(root));
};

it('hides our folders from git status and keeps what is there', async () => {
  const paths = repo();
  writeFileSync(paths.exclude, 'secret');
  chmodSync(paths.exclude, 0o640);
  await excludeFromGit(paths);
  await excludeFromGit(paths);
  expect(readFileSync(paths.exclude, 'utf8')).toBe('secret\n/.oompa/\n/runs/\n');
  expect(statSync(paths.exclude).mode & 0o777).toBe(0o640);
  for (const folder of ['.oompa', 'runs', 'src']) {
    mkdirSync(join(paths.root, folder, 'runs'), { recursive: true });
    writeFileSync(join(paths.root, folder, 'runs', 'x'), '');
  }
  const status = execFileSync('git', ['status', '--porcelain', '-uall'], { cwd: paths.root, encoding: 'utf8' });
  expect(status).toBe('?? src/runs/x\n');
});

it('makes the file when git did not, and writes through a link', async () => {
  const paths = repo();
  rmSync(join(paths.gitDir, 'info'), { recursive: true, force: true });
  await excludeFromGit(paths);
  expect(readFileSync(paths.exclude, 'utf8')).toBe('/.oompa/\n/runs/\n');

  const own = join(paths.root, 'mine');
  writeFileSync(own, '/runs/\r\n');
  rmSync(paths.exclude);
  symlinkSync(own, paths.exclude);
  await excludeFromGit(paths);
  expect(readFileSync(own, 'utf8')).toBe('/runs/\r\n/.oompa/\n');
  expect(lstatSync(paths.exclude).isSymbolicLink()).toBe(true);
});
