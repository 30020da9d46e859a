// The base branch: detected, checked, read without a process.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findRepo } from '../../src/disk/paths.ts';
import { detectBase } from '../../src/git/base.ts';
import { freshFolder, makeChange, makeRepo, merge, runAs } from './repo.ts';

describe('detectBase', () => {
  it.each(['main', 'master', 'trunk', 'develop'])('finds %s', async (branch) => {
    const repo = await makeRepo(undefined, { branch });
    expect(await detectBase(repo.paths)).toEqual({ branch, sha: repo.sha('HEAD') });
  });

  it('prefers what origin says, then convention, then the current branch', async () => {
    const repo = await makeRepo(undefined, { branch: 'work/now' });
    const sha = repo.sha('HEAD');
    expect(await detectBase(repo.paths)).toEqual({ branch: 'work/now', sha });
    repo.run(['branch', 'master']);
    expect(await detectBase(repo.paths)).toEqual({ branch: 'master', sha });
    repo.run(['branch', 'stable']);
    repo.run(['config', 'init.defaultBranch', 'stable']);
    expect((await detectBase(repo.paths)).branch).toBe('stable');
    repo.run(['branch', 'next']);
    repo.run(['symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/next']);
    expect((await detectBase(repo.paths)).branch).toBe('next');
    repo.run(['symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/not-here']);
    expect((await detectBase(repo.paths)).branch).toBe('stable');
    expect((await detectBase(repo.paths, 'work/now')).branch).toBe('work/now');
  });

  it('works with a detached HEAD and with packed refs', async () => {
    const repo = await makeRepo(undefined, { branch: 'master' });
    repo.run(['switch', '-q', '--detach']);
    repo.run(['pack-refs', '--all']);
    expect(await detectBase(repo.paths)).toEqual({ branch: 'master', sha: repo.sha('HEAD') });
    repo.run(['branch', '-m', 'master', 'unusual']);
    await expect(detectBase(repo.paths)).rejects.toMatchObject({
      name: 'Refusal',
      hint: expect.stringContaining('"unusual"'),
    });
  });

  it('refuses an unknown branch with the nearest names, and a repository without commits', async () => {
    const repo = await makeRepo();
    for (const name of ['release', 'feature/login', 'zzz']) repo.run(['branch', name]);
    await expect(detectBase(repo.paths, 'relaese')).rejects.toMatchObject({
      ...{ name: 'Refusal', message: 'the base branch "relaese" does not exist' },
      hint: expect.stringMatching(/^did you mean release,/),
    });
    await expect(detectBase(repo.paths, '../../HEAD')).rejects.toMatchObject({ name: 'Refusal' });
    const empty = freshFolder('empty');
    runAs(empty, ['init', '-q']);
    await expect(detectBase(findRepo(empty))).rejects.toMatchObject({
      name: 'Refusal',
      message: 'the repository has no commits yet',
    });
  });
});

describe('the base', () => {
  it.each(['files', 'packed'])('is read from %s, and missed when it is gone', async (kind) => {
    const repo = await makeRepo(undefined, { branch: 'team/main' });
    repo.run(['commit', '-q', '--allow-empty', '-m', 'two']);
    if (kind === 'packed') repo.run(['pack-refs', '--all']);
    expect(await repo.git.baseSha()).toBe(repo.sha('HEAD'));
    repo.run(['switch', '-q', '--detach']);
    repo.run(['branch', '-D', 'team/main']);
    await expect(repo.git.baseSha()).rejects.toMatchObject({
      name: 'Refusal',
      hint: expect.stringContaining('git branch team/main'),
    });
  });

  it('takes changes when it is called master and the operator is elsewhere, detached or deep in a linked worktree', async () => {
    const repo = await makeRepo(undefined, { branch: 'master' });
    repo.run(['switch', '-q', '-c', 'feature']);
    const first = await merge(repo, await makeChange(repo, 'w0', { 'x.txt': 'x\n' }));
    expect(await repo.git.land(first)).toEqual({ kind: 'landed', commit: first.commit });
    expect(repo.run(['status', '--porcelain', '--branch'])).toBe('## feature');
    repo.run(['switch', '-q', '--detach']);
    await repo.git.resetWorktree('w0', first.commit, 'merged');
    const second = await merge(repo, await makeChange(repo, 'w0', { 'y.txt': 'y\n' }));
    expect(await repo.git.land(second)).toMatchObject({ kind: 'landed' });
    expect(repo.sha('master')).toBe(second.commit);
    mkdirSync(join(repo.root, 'sub'));
    repo.run(['worktree', 'add', '-q', join(repo.root, 'sub/linked'), '-b', 'linked']);
    expect(findRepo(join(repo.root, 'sub/linked'))).toEqual({ root: repo.root, gitDir: repo.paths.gitDir });
  });

  it('is left alone under a worker that went there: the worker stays where it was', async () => {
    const repo = await makeRepo();
    repo.run(['switch', '-q', '-c', 'feature']);
    const base = await repo.git.baseSha();
    const { path } = await repo.git.prepareWorktree('w1', base);
    repo.run(['switch', '-q', 'main'], { cwd: path });
    writeFileSync(join(path, 'mine.txt'), 'mine\n');
    const { commit } = await merge(repo, await makeChange(repo, 'w0', { 'a.txt': 'landed\n' }));
    expect(await repo.git.land({ base, commit })).toMatchObject({ kind: 'landed' });
    const committed = await repo.git.commitWork('w1', 'x\n');
    expect(committed?.files.map((file) => file.path)).toEqual(['mine.txt']);
    expect(repo.run(['rev-parse', `${committed?.head}^`])).toBe(base);
    rmSync(path, { recursive: true });
  });
});
