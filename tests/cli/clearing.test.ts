// worktrees, cleanup and kill: only what is ours is touched, nothing is lost, and what stays says why.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findRepo, pathsOf } from '../../src/disk/paths.ts';
import { findTagged, identityOf, isAlive } from '../../src/disk/process.ts';
import { createGit } from '../../src/git/git.ts';
import { oompa } from './program.ts';
import { makeRepository, type Repository, scripted } from './repository.ts';

const json = async (root: string, ...args: string[]) => {
  const { code, out, err } = await oompa([...args, '--json'], { cwd: root });
  expect(code, err).toBe(0);
  return JSON.parse(out);
};

/** A stopped swarm of the repository, whose worktrees were not taken down. */
async function leftBehind(repository: Repository, workers: readonly string[]) {
  const { root } = repository;
  expect((await oompa(['run', '--until-done', '--approval=auto'], { cwd: root })).code).toBe(0);
  const paths = pathsOf(findRepo(root));
  const swarm = readdirSync(paths.runs)[0] ?? '';
  const git = createGit({ paths, swarm, baseBranch: 'main' });
  for (const worker of workers) await git.prepareWorktree(worker, await git.baseSha());
  await git.close();
  return { paths, swarm, git };
}

const names = (list: { name: string }[]) => list.map(({ name }) => name);

describe('worktrees', () => {
  test('shows those of a swarm at work: base, what is dirty, and the size of the difference', async () => {
    const repository = makeRepository({ tasks: ['one'], config: scripted({}, { count: 11 }) });
    const { root } = repository;
    const { swarm } = await json(root, 'run', '--detach');
    await repository.until(
      ({ counts, workers }) => counts.review === 1 && workers.every(({ status }) => status !== 'starting'),
      'a change, and all workers there',
    );
    const before = await repository.git('rev-parse', 'main');
    const idle = (await repository.status()).workers.find(({ change }) => change === null)?.id ?? '';
    writeFileSync(join(root, '.oompa/worktrees', idle, 'tree', 'new.txt'), 'a\nb\n');
    const { worktrees, unproven } = await json(root, 'worktrees');
    expect(unproven).toEqual([]);
    expect(worktrees.map(({ worker }: { worker: string }) => worker)).toEqual(
      Array.from({ length: 11 }, (_, n) => `w${n}`),
    );
    const handedIn = worktrees.find(({ merged }: { merged: boolean }) => !merged);
    expect(handedIn).toMatchObject({ swarm, base: before, dirty: false, size: { files: 1, added: 1, removed: 0 } });
    expect(worktrees.find(({ worker }: { worker: string }) => worker === idle)).toEqual({
      ...{ worker: idle, swarm, path: join(root, '.oompa/worktrees', idle, 'tree'), branch: `oompa/${swarm}/${idle}` },
      ...{ base: before, head: before, dirty: true, merged: true, size: { files: 1, added: 2, removed: 0 } },
    });
    const { out } = await oompa(['worktrees'], { cwd: root });
    expect(out).toMatch(
      new RegExp(
        `^${idle} +${swarm} +oompa/${swarm}/${idle} +${before.slice(0, 7)} +dirty +merged +1 files \\+2 -0 `,
        'm',
      ),
    );

    // Nothing of a swarm that is at work is cleared away.
    const { removed, kept } = await json(root, 'cleanup');
    expect(removed).toEqual([]);
    expect(kept).toContainEqual({
      kind: 'worktree',
      name: join(root, '.oompa/worktrees', idle, 'tree'),
      why: `swarm ${swarm} is not stopped; oompa stop ends it`,
    });
  });
});

describe('cleanup', () => {
  test('takes what is clean and merged; keeps the rest and says why; a dry run takes nothing', async () => {
    const repository = makeRepository({ tasks: ['one'] });
    const { root } = repository;
    const { paths, swarm, git } = await leftBehind(repository, ['w0', 'w1', 'w2', 'w3']);
    // w1 holds uncommitted work, w2 a commit that is not merged, w3 a task file of its own.
    writeFileSync(join(paths.tree('w1'), 'draft.txt'), 'not yet\n');
    writeFileSync(join(paths.tree('w2'), 'work.txt'), 'done\n');
    await git.commitWork('w2', 'work of w2');
    mkdirSync(join(paths.view('w3'), 'current'), { recursive: true });
    writeFileSync(join(paths.view('w3'), 'current', 'mine.json'), '{"id": "mine"}');
    // Kept work that the base has by now, and some that it has not; a branch of ours without a worktree; branches that are not ours.
    const merged = await repository.git('rev-parse', 'main');
    const alone = await repository.git('commit-tree', '-m', 'alone', '-p', merged, `${merged}^{tree}`);
    await repository.git('update-ref', `refs/oompa/salvage/${swarm}/w0/8`, merged);
    await repository.git('update-ref', `refs/oompa/salvage/${swarm}/w0/9`, alone);
    await repository.git('branch', `oompa/${swarm}/w7`, merged);
    await repository.git('branch', 'oompa/w0-i1', merged);
    await repository.git('branch', 'oompa/0badf00d/w0', merged);
    mkdirSync(join(root, '.ww0-i1'));
    const refs = await repository.git('for-each-ref');

    const kept = [
      [paths.tree('w1'), 'it holds work that is not committed'],
      [paths.tree('w2'), 'main does not have its commits'],
      [paths.tree('w3'), expect.stringContaining('mine.json lies in its own folder')],
      ['refs/heads/oompa/0badf00d/w0', expect.stringContaining("not provably oompa's")],
      ['refs/heads/oompa/w0-i1', 'its name is none that oompa gives'],
      [`refs/oompa/salvage/${swarm}/w0/9`, expect.stringContaining('main does not have it')],
    ];
    const removed = [paths.tree('w0'), `refs/heads/oompa/${swarm}/w7`, `refs/oompa/salvage/${swarm}/w0/8`];
    for (const [args, gone] of [
      [['cleanup', '--dry-run'], false],
      [['cleanup'], true],
    ] as const) {
      const result = await json(root, ...args);
      expect(names(result.removed)).toEqual(removed);
      expect(result.kept.map(({ name, why }: { name: string; why: string }) => [name, why])).toEqual(kept);
      expect(existsSync(paths.tree('w0'))).toBe(!gone);
      if (!gone) expect(await repository.git('for-each-ref')).toBe(refs);
    }
    const left = await repository.git('for-each-ref', '--format=%(refname)');
    expect(left).not.toMatch(/w7|w0\/8/);
    expect(left).not.toContain(`oompa/${swarm}/w0\n`);
    expect(left).toContain(`refs/oompa/salvage/${swarm}/w0/9`);
    expect(readFileSync(join(paths.tree('w1'), 'draft.txt'), 'utf8')).toBe('not yet\n');
    expect(existsSync(join(root, '.ww0-i1'))).toBe(true);
    expect(await repository.git('worktree', 'list')).not.toContain('/w0/');
    const again = await oompa(['cleanup'], { cwd: root });
    expect(again.out).not.toContain('removed');
    expect(again.out).toContain(`kept: saved work refs/oompa/salvage/${swarm}/w0/9 (main does not have it`);
  });

  test('of a repository where nothing is left says so', async () => {
    const { root } = makeRepository();
    expect(await oompa(['cleanup'], { cwd: root })).toMatchObject({ code: 0, out: 'nothing of oompa is left here' });
  });
});

describe('kill', () => {
  test('ends a supervisor that hears nothing any more, sweeps its agents and gives the task back', async () => {
    const repository = makeRepository({ tasks: ['one'] });
    const { root, write } = repository;
    write('agent.sh', '#!/bin/sh\ncat >/dev/null\nmv ../tasks/pending/one.json ../tasks/current/\nexec sleep 600\n');
    const { swarm, pid } = await json(root, 'run', '--detach');
    await repository.until(({ tasks }) => tasks[0]?.status === 'claimed', 'a claim');
    process.kill(pid, 'SIGSTOP');
    const { code, out, err } = await oompa(['kill', swarm.slice(0, 4)], { cwd: root });
    expect(code, err).toBe(0);
    expect(out).toContain(`killed supervisor ${pid} of swarm ${swarm}`);
    expect(isAlive({ ...identityOf(), pid })).toBe(false);
    expect(findTagged('OOMPA_SWARM', swarm)).toEqual([]);
    expect(existsSync(join(root, 'tasks/pending/one.json'))).toBe(true);
    expect(await repository.git('worktree', 'list')).not.toContain('.oompa');
    const end = JSON.parse(readFileSync(join(root, 'runs', swarm, 'stopped.json'), 'utf8'));
    expect(end).toMatchObject({ 'swarm-id': swarm, reason: 'interrupted' });
    expect(JSON.parse(readFileSync(join(root, 'runs', swarm, 'cycles/w0-c1.json'), 'utf8'))).toMatchObject({
      ...{
        outcome: 'interrupted',
        'recycled-tasks': ['one'],
        attempts: [{ outcome: expect.stringMatching(/^(stopped|lost)$/) }],
      },
    });
    expect(await oompa(['kill'], { cwd: root })).toMatchObject({ code: 0, out: `swarm ${swarm} is not running` });
    const unknown = await oompa(['kill', 'beef'], { cwd: root });
    expect(unknown).toMatchObject({ code: 66, out: '' });
    expect(unknown.err).toContain(`known: ${swarm}`);
  });

  test('never hits a process that only has the number of a supervisor', async () => {
    const repository = makeRepository({ tasks: ['one'] });
    const { root } = repository;
    const { swarm, pid } = await json(root, 'run', '--detach');
    process.kill(pid, 'SIGKILL');
    await repository.until(({ supervisor }) => supervisor === null, 'the supervisor is gone');
    // The lock names this very process, but with the start time of another one.
    const lock = join(root, '.oompa/lock');
    const claim = join(
      lock,
      readdirSync(lock)
        .filter((name) => /^\d+$/.test(name))
        .at(-1) ?? '',
    );
    writeFileSync(claim, JSON.stringify({ ...JSON.parse(readFileSync(claim, 'utf8')), pid: process.pid }));
    const { code, out } = await oompa(['kill'], { cwd: root });
    expect(code).toBe(0);
    expect(out).toContain(`the supervisor of swarm ${swarm} is gone already`);
  });
});
