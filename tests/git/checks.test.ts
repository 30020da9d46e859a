// Checks see exactly the tree that would land, leave nothing running, and never reach the operator's files.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { Check } from '../../src/core/config.ts';
import { processStart } from '../../src/disk/process.ts';
import { at, makeChange, makeRepo, type TestRepo } from './repo.ts';

const sh = (script: string, name = 'check'): Check => ({ name, run: ['sh', '-c', script] });

async function checked(repo: TestRepo, head: string, checks: Check[], checkTimeoutMs = 30_000) {
  const result = await repo.git.integrate({
    head,
    base: await repo.git.baseSha(),
    message: 'm\n',
    at,
    checks,
    checkTimeoutMs,
  });
  if (result.kind !== 'merged') throw new Error('conflict');
  return result.checks;
}

async function withChange(files: Record<string, string> = { 'a.txt': 'changed\n' }, start?: Record<string, string>) {
  const repo = await makeRepo(start);
  return { repo, head: await makeChange(repo, 'w0', files) };
}

afterEach(() => {
  delete process.env.SECRET_TOKEN;
});

describe('checks', () => {
  it('run on the merged tree, all of them, and say how they ended', async () => {
    const { repo, head } = await withChange();
    repo.write({ 'b.txt': 'by the operator\n' });
    repo.run(['commit', '-qam', 'meanwhile']);
    const results = await checked(repo, head, [
      sh('cat a.txt b.txt', 'see'),
      sh('echo oh; exit 3', 'bad'),
      { name: 'none', run: ['/no/such/program'] },
    ]);
    expect(results).toMatchObject([
      { name: 'see', ok: true, code: 0, tail: 'changed\nby the operator\n' },
      { name: 'bad', ok: false, code: 3, tail: 'oh\n' },
      { name: 'none', ok: false, code: null, tail: expect.stringMatching(/could not be started/) },
    ]);
    expect(results.every(({ durationMs }) => durationMs >= 0)).toBe(true);
  });

  it('find untracked leftovers of the last tree gone, ignored ones kept, changed files put right', async () => {
    const { repo, head } = await withChange(undefined, { 'a.txt': 'a\n', '.gitignore': 'cache/\n' });
    const mess =
      'mkdir -p cache sub/.git; echo 1 > cache/x; echo 1 > left.txt; echo broken > a.txt; git init -q inner; exit 1';
    await checked(repo, head, [sh(mess)]);
    const [look] = await checked(repo, head, [sh('ls -A; cat a.txt')]);
    expect(look?.tail).toBe('.gitignore\na.txt\ncache\nchanged\n');
  });

  it('get an environment of their own and no repository', async () => {
    const { repo, head } = await withChange();
    process.env.SECRET_TOKEN = 'secret';
    const [result] = await checked(repo, head, [
      sh(
        'env | cut -d= -f1 | tr "\\n" " "; echo "$CI $PWD"; pwd; git rev-parse --git-dir; git -C .. rev-parse --git-dir; true',
      ),
    ]);
    const tail = result?.tail ?? '';
    expect(tail).not.toMatch(/SECRET|OOMPA_SWARM|TMUX|NODE_OPTIONS|VITEST/);
    expect(tail).toContain(`true ${repo.paths.checks}/0/tree\n${repo.paths.checks}/0/tree\n`);
    expect(tail.match(/not a git repository/g)).toHaveLength(2);
  });

  it('end in time, with everything they started', async () => {
    const { repo, head } = await withChange();
    const pids = join(repo.root, '.oompa', 'pids');
    const script = `sleep 600 & echo $! >> ${pids}; setsid sleep 600 & echo $! >> ${pids}; echo $$ >> ${pids}; trap '' TERM; echo begun; sleep 600`;
    const [late] = await checked(repo, head, [sh(script, 'slow')], 1_000);
    expect(late).toMatchObject({ ok: false, code: null, tail: 'begun\n(slow took longer than 1 s)' });
    // A check that is green may leave as little behind.
    const [green] = await checked(repo, head, [sh(`sleep 600 & echo $! >> ${pids}; exit 0`)]);
    expect(green).toMatchObject({ ok: true });
    const started = readFileSync(pids, 'utf8').trim().split('\n').map(Number);
    expect(started).toHaveLength(4);
    expect(started.filter((pid) => processStart(pid) !== null)).toEqual([]);
  });

  it('keep the end of what they print, cleaned', async () => {
    const { repo, head } = await withChange();
    const [result] = await checked(repo, head, [
      sh(
        `head -c 20000000 /dev/zero | tr '\\0' 'x'; printf '\\n\\033]52;c;eA==\\007\\033[31mred\\033[0m\\n\\377 end\\n'; exit 1`,
      ),
    ]);
    const tail = result?.tail ?? '';
    expect(Buffer.byteLength(tail)).toBeLessThanOrEqual(4_096);
    expect(tail.endsWith('\nred\n· end\n')).toBe(true);
  });

  it('are not run twice on a tree that was green, and are on one that was red', async () => {
    const { repo, head } = await withChange();
    const count = join(repo.root, '.oompa', 'count');
    const times = () => (existsSync(count) ? readFileSync(count, 'utf8').length : 0);
    const check = sh(`printf x >> ${count}`);
    const first = await checked(repo, head, [check]);
    expect(await checked(repo, head, [check])).toEqual(first);
    expect(times()).toBe(1);
    await checked(repo, head, [check, sh('exit 1', 'red')]);
    await checked(repo, head, [check, sh('exit 1', 'red')]);
    expect(times()).toBe(3);
  });

  it('run side by side in folders of their own, which go at the end', async () => {
    const { repo, head } = await withChange();
    const other = await makeChange(repo, 'w1', { 'other.txt': 'x\n' });
    const meet = (mine: string, yours: string) =>
      sh(`touch ${repo.root}/.oompa/${mine}; until [ -e ${repo.root}/.oompa/${yours} ]; do sleep 0.05; done; pwd`);
    const both = await Promise.all([checked(repo, head, [meet('x', 'y')]), checked(repo, other, [meet('y', 'x')])]);
    expect(new Set(both.map(([result]) => result?.tail)).size).toBe(2);
    await repo.git.close();
    expect(existsSync(repo.paths.checks)).toBe(false);
  });

  it('start anew when an earlier one broke the folder', async () => {
    const { repo, head } = await withChange();
    await checked(repo, head, [sh('exit 1')]);
    writeFileSync(join(repo.paths.checks, '0', 'index'), 'not an index');
    writeFileSync(join(repo.paths.checks, '0', 'index.lock'), '');
    expect(await checked(repo, head, [sh('cat a.txt')])).toMatchObject([{ ok: true, tail: 'changed\n' }]);
  });
});
