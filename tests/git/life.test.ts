// The straight way of a change: worktree, work, commit, merge, landing, reset, removal.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { waitUntil } from '../../src/disk/process.ts';
import { at, makeChange, makeRepo, merge, message, writeFiles } from './repo.ts';

function children(): number[] {
  const list = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8');
  return list.split(' ').filter(Boolean).map(Number);
}

describe('the life of a change', () => {
  it('goes from an empty worktree to the base branch, and leaves nothing behind', async () => {
    const repo = await makeRepo();
    const base = await repo.git.baseSha();
    const { path, branch, head: start } = await repo.git.prepareWorktree('w0', base);
    expect({ path, branch, start }).toEqual({ path: repo.paths.tree('w0'), branch: 'oompa/abcd1234/w0', start: base });
    expect(repo.run(['status', '--porcelain'], { cwd: path })).toBe('');

    expect(await repo.git.commitWork('w0', message('w0'))).toBeNull();
    writeFiles(path, { 'new/file.txt': 'one\ntwo\n', 'a.txt': 'changed\n' });
    expect(await repo.git.progress('w0')).toEqual({ files: 2, added: 3, removed: 1 });
    const committed = await repo.git.commitWork('w0', message('w0'));
    expect(committed).toEqual({
      head: repo.sha(branch),
      base,
      files: [
        { path: 'a.txt', added: 1, removed: 1 },
        { path: 'new/file.txt', added: 2, removed: 0 },
      ],
      markers: [],
    });
    expect(await repo.git.commitWork('w0', 'another message')).toEqual(committed);
    expect(repo.run(['status', '--porcelain'], { cwd: path })).toBe('');
    const head = committed?.head ?? '';
    expect(repo.run(['log', '-1', '--format=%an <%ae>|%cn|%s|%(trailers:key=Oompa-Task,valueonly)', head])).toBe(
      'oompa w0 <w0@oompa.invalid>|Operator|Work from oompa/w0|t1',
    );

    const merged = await merge(repo, head);
    expect(repo.sha('main')).toBe(base);
    expect(await repo.git.land({ base, commit: merged.commit })).toEqual({ kind: 'landed', commit: merged.commit });
    expect(await repo.git.land({ base, commit: merged.commit })).toEqual({ kind: 'landed', commit: merged.commit });
    expect(repo.sha('main')).toBe(merged.commit);
    expect(repo.run(['rev-parse', 'main^1', 'main^2']).split('\n')).toEqual([base, head]);
    expect(repo.run(['status', '--porcelain'])).toBe('');
    expect(readFileSync(join(repo.root, 'new/file.txt'), 'utf8')).toBe('one\ntwo\n');
    expect(repo.run(['reflog', '-1', 'main'])).toContain('oompa: merge');
    expect(repo.run(['reflog', '-1', 'HEAD'])).toContain('oompa: merge');

    expect(await repo.git.resetWorktree('w0', merged.commit, 'merged')).toEqual({ base: merged.commit, saved: null });
    expect(repo.sha(branch)).toBe(merged.commit);
    expect(repo.run(['status', '--porcelain'], { cwd: path })).toBe('');
    expect(await repo.git.worktrees()).toEqual([{ worker: 'w0', path, branch, head: merged.commit }]);

    expect(await repo.git.removeWorktree('w0')).toEqual({ saved: null });
    expect(await repo.git.removeWorktree('w0')).toEqual({ saved: null });
    expect(await repo.git.close()).toEqual({ left: [] });
    expect(repo.run(['worktree', 'list', '--porcelain']).match(/^worktree /gm)).toHaveLength(1);
    expect(repo.run(['for-each-ref', '--format=%(refname)'])).toBe('refs/heads/main');
    expect(readdirSync(repo.paths.worktrees)).toEqual([]);
    expect(repo.run(['fsck', '--strict', '--no-dangling'])).toBe('');
    expect(repo.notices).toEqual([]);
  });

  it('leaves no git running after its end, nor after a question that was not answered', async () => {
    const repo = await makeRepo();
    const before = children();
    const head = await makeChange(repo, 'w0', { 'x.txt': 'x\n' });
    const own = children().filter((pid) => !before.includes(pid));
    expect(own.length).toBeGreaterThan(0);
    // The gits that stay are killed under us: the next answers come all the same.
    for (const pid of own) process.kill(pid, 'SIGKILL');
    const { base, commit } = await merge(repo, head);
    expect(await repo.git.land({ base, commit })).toMatchObject({ kind: 'landed' });
    expect(await repo.git.resetWorktree('w0', commit, 'merged')).toEqual({ base: commit, saved: null });
    await repo.git.close();
    expect(await waitUntil(() => children().every((pid) => before.includes(pid)), 10_000)).toBe(true);
  });

  it('holds new files only', async () => {
    const repo = await makeRepo();
    const head = await makeChange(repo, 'w0', { 'only/new.txt': 'x\n' });
    const { commit, base } = await merge(repo, head);
    expect(await repo.git.diff(base, head)).toMatchObject({
      files: [{ path: 'only/new.txt', added: 1, removed: 0 }],
      omitted: [],
    });
    await repo.git.land({ base, commit });
    expect(readFileSync(join(repo.root, 'only/new.txt'), 'utf8')).toBe('x\n');
  });

  it('makes the same merge commit from the same request, in another process too', async () => {
    const repo = await makeRepo();
    const head = await makeChange(repo, 'w0', { 'a.txt': 'x\n' });
    const request = {
      head,
      base: await repo.git.baseSha(),
      message: message('w0'),
      at,
      checks: [],
      checkTimeoutMs: 1_000,
    };
    const first = await repo.git.integrate(request);
    expect(await repo.again().integrate(request)).toEqual(first);
    expect(first).toMatchObject({ kind: 'merged', checks: [] });
    const { commit } = first as { commit: string };
    expect(repo.run(['show', '-s', '--format=%an|%ad|%cd', '--date=iso-strict', commit])).toMatch(
      /^Operator\|2026-01-02T03:04:05(?:Z|\+00:00)\|2026-01-02T03:04:05(?:Z|\+00:00)$/,
    );
  });

  it('reuses a worktree for the next task at the new base', async () => {
    const repo = await makeRepo();
    for (const n of [1, 2, 3]) {
      const head = await makeChange(repo, 'w0', { [`f${n}.txt`]: `${n}\n` });
      const { base, commit } = await merge(repo, head);
      expect(await repo.git.land({ base, commit })).toMatchObject({ kind: 'landed' });
      await repo.git.resetWorktree('w0', commit, 'merged');
    }
    expect(repo.run(['ls-files']).split('\n')).toEqual(['a.txt', 'b.txt', 'dir/c.txt', 'f1.txt', 'f2.txt', 'f3.txt']);
    expect(repo.run(['rev-list', '--merges', '--count', 'main'])).toBe('3');
    expect(repo.run(['for-each-ref', 'refs/oompa/'])).toBe('');
  });

  it('prepares twelve worktrees at once, and again', async () => {
    const repo = await makeRepo();
    const base = await repo.git.baseSha();
    const workers = Array.from({ length: 12 }, (_, n) => `w${n}`);
    const made = await Promise.all(workers.map((worker) => repo.git.prepareWorktree(worker, base)));
    expect(new Set(made.map(({ path }) => path)).size).toBe(12);
    expect(await Promise.all(workers.map((worker) => repo.again().prepareWorktree(worker, base)))).toEqual(made);
    for (const { path } of made)
      expect(repo.run(['status', '--porcelain', '--branch'], { cwd: path })).toMatch(/^## oompa\//);
    expect(readFileSync(join(repo.paths.gitDir, 'config'), 'utf8')).not.toContain('oompa');
    await Promise.all(workers.map((worker) => repo.git.removeWorktree(worker)));
    expect(existsSync(join(repo.paths.gitDir, 'worktrees'))).toBe(false);
  });

  it('works with sha256, a packed base and two thousand files', async () => {
    const files = Object.fromEntries(Array.from({ length: 2_000 }, (_, n) => [`d${n % 40}/f${n}.txt`, `${n}\n`]));
    const repo = await makeRepo(files, { bits: ['--object-format=sha256'] });
    repo.run(['pack-refs', '--all']);
    repo.run(['gc', '--quiet']);
    expect(await repo.git.baseSha()).toBe(repo.sha('main'));
    const head = await makeChange(repo, 'w0', { 'd1/f1.txt': 'x\n', 'd41/new.txt': 'y\n' });
    const { base, commit } = await merge(repo, head);
    expect(await repo.git.land({ base, commit })).toEqual({ kind: 'landed', commit });
    expect(repo.run(['status', '--porcelain'])).toBe('');
    await repo.git.resetWorktree('w0', commit, 'merged');
    expect(repo.run(['status', '--porcelain'], { cwd: repo.paths.tree('w0') })).toBe('');
  });
});
