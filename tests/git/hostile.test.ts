// A worker can write the repository's configuration. Nothing it plants there runs in our commands; plain git shows that it would.
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeRepo, merge, message, runAs, type TestRepo, writeFiles } from './repo.ts';

const hooks = [
  'applypatch-msg pre-applypatch post-applypatch pre-commit prepare-commit-msg commit-msg post-commit pre-rebase post-checkout',
  'post-merge pre-push reference-transaction post-index-change pre-merge-commit pre-auto-gc post-rewrite push-to-checkout',
].flatMap((line) => line.split(' '));

const settings = (canary: (name: string) => string): [string, string][] => [
  ['core.fsmonitor', `touch ${canary('fsmonitor')}; false`],
  ['core.sshCommand', `touch ${canary('ssh')}`],
  ['core.pager', `touch ${canary('pager')}`],
  ['core.editor', `touch ${canary('editor')}`],
  ['core.alternateRefsCommand', `touch ${canary('alternates')}`],
  ['diff.external', `touch ${canary('external')}; true`],
  ['diff.evil.textconv', `touch ${canary('textconv')}; cat`],
  ['diff.evil.command', `touch ${canary('command')}; true`],
  ['filter.evil.smudge', `touch ${canary('smudge')}; cat`],
  ['filter.evil.clean', `touch ${canary('clean')}; cat`],
  ['filter.evil.required', 'true'],
  ['merge.evil.driver', `touch ${canary('merge')}; true`],
  ['merge.default', 'evil'],
  ['gpg.program', join(canary('..'), 'gpg')],
  ['commit.gpgSign', 'true'],
  ['credential.helper', `!touch ${canary('credential')}`],
];

function plant(repo: TestRepo): string {
  const folder = join(repo.root, '.oompa', 'canaries');
  const canary = (name: string) => join(folder, name);
  mkdirSync(folder, { recursive: true });
  for (const hook of hooks) {
    const file = join(repo.paths.gitDir, 'hooks', hook);
    mkdirSync(join(repo.paths.gitDir, 'hooks'), { recursive: true });
    writeFileSync(file, `#!/bin/sh\ntouch ${canary(`hook-${hook}`)}\n`);
    chmodSync(file, 0o755);
  }
  for (const [key, value] of settings(canary)) repo.run(['config', key, value]);
  mkdirSync(join(repo.paths.gitDir, 'info'), { recursive: true });
  writeFileSync(join(repo.paths.gitDir, 'info', 'attributes'), '*.txt filter=evil diff=evil merge=evil\n');
  return folder;
}

it('runs nothing of it, in any call', async () => {
  const repo = await makeRepo({ 'a.txt': 'a\n', 'b.txt': 'b\n' });
  const folder = plant(repo);
  const ran = () => readdirSync(folder).sort();
  const attributes = { '.gitattributes': '*.txt filter=evil diff=evil merge=evil\n' };
  const { git } = repo;
  const base = await git.baseSha();
  const one = (await git.prepareWorktree('w0', base)).path;
  const two = (await git.prepareWorktree('w1', base)).path;
  writeFiles(one, { ...attributes, 'a.txt': 'one\n', 'n.txt': 'new\n' });
  writeFiles(two, { ...attributes, 'a.txt': 'two\n' });
  await git.progress('w0');
  const head = (await git.commitWork('w0', message('w0')))?.head ?? '';
  const other = (await git.commitWork('w1', message('w1')))?.head ?? '';
  const { commit } = await merge(repo, head, [{ name: 'see', run: ['cat', 'a.txt'] }]);
  expect(await git.land({ base, commit })).toMatchObject({ kind: 'landed' });
  await git.diff(base, commit);
  const request = {
    head: other,
    base: commit,
    message: 'x',
    at: '2026-01-01T00:00:00Z',
    checks: [],
    checkTimeoutMs: 1,
  };
  expect(await git.integrate(request)).toMatchObject({ kind: 'conflicted', files: ['a.txt'] });
  expect((await git.openConflict('w1', commit)).files).toEqual(['a.txt']);
  writeFiles(two, { 'a.txt': 'both\n' });
  await git.commitWork('w1', message('w1'));
  writeFiles(two, { 'left.txt': 'over\n' });
  await git.resetWorktree('w1', commit, 'test');
  rmSync(two, { recursive: true });
  await git.commitWork('w1', message('w1'));
  await git.worktrees();
  for (const worker of ['w0', 'w1']) await git.removeWorktree(worker);
  await git.close();
  expect(ran()).toEqual([]);
  expect(readFileSync(join(repo.root, 'a.txt'), 'utf8')).toBe('one\n');

  // The twin: the same work by plain git, in the same repository, runs it all.
  const plain = (args: string[]) => {
    try {
      return runAs(repo.root, ['-c', 'commit.gpgSign=false', '-c', 'user.name=x', '-c', 'user.email=x@x', ...args]);
    } catch {
      return '';
    }
  };
  plain(['status']);
  plain(['diff', base, commit]);
  plain(['-c', 'diff.external=', 'diff', '--no-ext-diff', base, commit]);
  plain(['worktree', 'add', '.twin', '-b', 'twin', base]);
  writeFiles(repo.root, { 'a.txt': 'main\n' });
  plain(['commit', '-q', '-a', '-m', 'main side']);
  plain(['merge-tree', '--write-tree', 'HEAD', other]);
  plain(['merge', '--no-edit', other]);
  expect(ran()).toEqual(
    expect.arrayContaining([
      ...['clean', 'command', 'fsmonitor', 'hook-post-checkout', 'hook-post-index-change', 'hook-pre-commit'],
      ...['hook-reference-transaction', 'merge', 'smudge', 'textconv'],
    ]),
  );
  expect(existsSync(join(repo.root, '.twin'))).toBe(true);
});

it('does not believe what a worktree says of its repository', async () => {
  const repo = await makeRepo();
  const base = await repo.git.baseSha();
  const { path } = await repo.git.prepareWorktree('w0', base);
  const admin = repo.run(['rev-parse', '--absolute-git-dir'], { cwd: path });
  const canary = join(repo.root, '.oompa', 'canary');
  const trap = join(repo.root, '.oompa', 'trap.git');
  repo.run(['init', '-q', '--bare', trap]);
  repo.run(['config', '-f', join(trap, 'config'), 'core.fsmonitor', `touch ${canary}; false`]);
  repo.run(['config', '-f', join(trap, 'config'), 'core.bare', 'false']);
  writeFileSync(join(admin, 'commondir'), `${trap}\n`);
  writeFiles(path, { 'x.txt': 'x\n' });
  try {
    runAs(path, ['status']);
  } catch {
    // The trap has no such branch; what counts is what ran.
  }
  expect(existsSync(canary), 'the trap works on plain git').toBe(true);
  rmSync(canary);
  expect(await repo.git.commitWork('w0', message('w0'))).toMatchObject({ files: [{ path: 'x.txt' }] });
  expect(existsSync(canary)).toBe(false);
  expect(repo.run(['status', '--porcelain'], { cwd: path })).toBe('');
});
