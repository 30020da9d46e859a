// The operator commits to the base while changes land: nothing of theirs and nothing of ours is lost.
import { spawn } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { at, environment, makeRepo, type TestRepo } from './repo.ts';

function commitAs(root: string, args: string[]): Promise<boolean> {
  return new Promise((resolve) => {
    spawn('git', args, { cwd: root, env: environment, stdio: 'ignore' }).on('close', (code) => resolve(code === 0));
  });
}

/** Heads that each add one file to `base`. */
function sideCommits(repo: TestRepo, base: string, count: number): string[] {
  const tree = repo.run(['ls-tree', base]);
  return Array.from({ length: count }, (_, n) => {
    const blob = repo.run(['hash-object', '-w', '--stdin'], { input: `${n}\n` });
    const own = repo.run(['mktree'], { input: `${tree}\n100644 blob ${blob}\tchange-${n}.txt\n` });
    return repo.run(['commit-tree', '-p', base, '-m', `change ${n}`, own]);
  });
}

/** Resolves when a sign of the landing is there, or the landing is over. */
async function begun(landing: Promise<unknown>, folder: string): Promise<void> {
  let over = false;
  void landing.finally(() => {
    over = true;
  });
  while (!over && !['landing.json', 'index.oompa'].some((name) => existsSync(join(folder, name)))) {
    await new Promise(setImmediate);
  }
}

it('says where the base is when it has moved, and that a commit has landed although it moved on', async () => {
  const repo = await makeRepo();
  const [head = ''] = sideCommits(repo, repo.sha('HEAD'), 1);
  const request = { head, base: await repo.git.baseSha(), message: 'm', at, checks: [], checkTimeoutMs: 1 };
  const merged = await repo.git.integrate(request);
  if (merged.kind !== 'merged') throw new Error('conflict');
  repo.run(['commit', '-q', '--allow-empty', '-m', 'theirs']);
  const moved = repo.sha('HEAD');
  expect(await repo.git.land({ base: request.base, commit: merged.commit })).toEqual({ kind: 'raced', base: moved });
  expect(repo.run(['status', '--porcelain'])).toBe('');
  const again = await repo.git.integrate({ ...request, base: moved });
  if (again.kind !== 'merged') throw new Error('conflict');
  expect(await repo.git.land({ base: moved, commit: again.commit })).toEqual({ kind: 'landed', commit: again.commit });
  repo.run(['commit', '-q', '--allow-empty', '-m', 'more']);
  expect(await repo.again().land({ base: moved, commit: again.commit })).toEqual({
    kind: 'landed',
    commit: again.commit,
  });
});

it('a hundred landings against a committing operator', { timeout: 300_000 }, async () => {
  const repo = await makeRepo({ 'mine.txt': '' });
  const heads = sideCommits(repo, repo.sha('HEAD'), 100);
  const wrote: string[] = [];
  const outcomes = { landed: 0, raced: 0, held: 0 };
  const landed: string[] = [];
  const integrated = async (head: string) => {
    const base = await repo.git.baseSha();
    const merged = await repo.git.integrate({ head, base, message: 'merge\n', at, checks: [], checkTimeoutMs: 1 });
    if (merged.kind !== 'merged') throw new Error('conflict');
    return { base, commit: merged.commit };
  };
  for (const [n, head] of heads.entries()) {
    const request = await integrated(head);
    appendFileSync(join(repo.root, 'mine.txt'), `line ${n}\n`);
    const commit = () => commitAs(repo.root, ['commit', '-q', '-a', '-m', `mine ${n}`]);
    // The operator begins first, at the same time, when we have begun, or when we hold the lock of the index.
    const ours = n % 4 === 0 ? null : repo.git.land(request);
    const sign = [null, null, repo.paths.home, repo.paths.gitDir][n % 4];
    if (ours && sign) await begun(ours, sign);
    const theirs = commit();
    let result = await (ours ?? repo.git.land(request));
    outcomes[result.kind] += 1;
    // Two gits in one checkout: the second finds the lock of the first, and is asked again.
    for (let done = await theirs; !done; done = await commit());
    wrote.push(`mine ${n}`);
    let again = request;
    while (result.kind !== 'landed') {
      again = await integrated(head);
      result = await repo.git.land(again);
    }
    landed.push(result.commit);
  }
  console.log(`race: ${JSON.stringify(outcomes)}`);
  const history = repo.run(['log', '--format=%s', 'main']).split('\n');
  expect(wrote.filter((subject) => !history.includes(subject))).toEqual([]);
  const commits = new Set(repo.run(['rev-list', '--first-parent', 'main']).split('\n'));
  expect(landed.filter((commit) => !commits.has(commit))).toEqual([]);
  expect(
    repo
      .run(['ls-tree', '--name-only', 'main'])
      .split('\n')
      .filter((name) => name.startsWith('change-')),
  ).toHaveLength(100);
  expect(repo.run(['show', 'main:mine.txt']).split('\n')).toHaveLength(100);
  expect(repo.run(['status', '--porcelain'])).toBe('');
});

it('lands over a lock that a killed landing of the same commit left on the branch, and over no other', async () => {
  const repo = await makeRepo();
  const [head = ''] = sideCommits(repo, repo.sha('HEAD'), 1);
  const request = { head, base: await repo.git.baseSha(), message: 'm', at, checks: [], checkTimeoutMs: 1 };
  const merged = await repo.git.integrate(request);
  if (merged.kind !== 'merged') throw new Error('conflict');
  const lock = join(repo.paths.gitDir, 'refs/heads/main.lock');
  const index = join(repo.paths.gitDir, 'index.lock');
  const land = () => repo.git.land({ base: request.base, commit: merged.commit });
  writeFileSync(lock, `${head}\n`);
  expect(await land()).toMatchObject({ kind: 'held', reason: expect.stringContaining('its ref is locked') });
  writeFileSync(lock, `${merged.commit}\n`);
  writeFileSync(index, 'somebody');
  expect(await land()).toMatchObject({ kind: 'held', reason: expect.stringContaining('another git is at work') });
  expect(readFileSync(index, 'utf8')).toBe('somebody');
  rmSync(index);
  expect(await land()).toMatchObject({ kind: 'landed' });
  expect(existsSync(lock)).toBe(false);
  expect(repo.run(['status', '--porcelain'])).toBe('');
});
