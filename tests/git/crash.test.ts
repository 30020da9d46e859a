// Killed at every system call that changes something: the base is the old tip or one complete merge, and asking again comes to
// the same commit, with the operator's files as they were.
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { at, environment, makeRepo, message, runAs, type TestRepo } from './repo.ts';

const calls = [
  ...[
    'rename',
    'link',
    'unlink',
    'mkdir',
    'rmdir',
    'symlink',
    'fsync',
    'fdatasync',
    'ftruncate',
    'copy_file_range',
    'chmod',
  ],
  ...['unlinkat', 'write'],
];

const traceable = spawnSync('strace', ['-f', '-qq', '-o', '/dev/null', 'true']).status === 0;
if (!traceable) console.log('skipped: strace may not trace here (not installed, or no ptrace)');

interface Case {
  repo: TestRepo;
  base: string;
  head: string;
  commit: string;
  request: object;
}

async function prepare(): Promise<Case> {
  const lines = (count: number) => `${Array.from({ length: count }, (_, n) => `line ${n}`).join('\n')}\n`;
  const repo = await makeRepo({
    'a.txt': lines(50),
    'gone.txt': 'gone\n',
    'dir/tool.sh': 'echo\n',
    'mine.txt': 'mine\n',
  });
  repo.run(['switch', '-q', '-c', 'side']);
  repo.write({ 'a.txt': lines(60), 'new/deep/n.txt': 'new\n', 'other.txt': 'x\n' });
  rmSync(join(repo.root, 'gone.txt'));
  chmodSync(join(repo.root, 'dir/tool.sh'), 0o755);
  repo.run(['add', '-A']);
  repo.run(['commit', '-q', '-m', message('w0')]);
  const head = repo.sha('HEAD');
  repo.run(['switch', '-q', 'main']);
  repo.write({ 'main.txt': 'meanwhile\n' });
  repo.run(['add', '-A']);
  repo.run(['commit', '-q', '-m', 'meanwhile']);
  const base = repo.sha('HEAD');
  repo.write({ 'mine.txt': 'not committed\n', 'untracked.txt': 'mine too\n' });
  const request = { head, base, message: message('w0'), at, checks: [], checkTimeoutMs: 1_000 };
  const merged = await repo.git.integrate(request);
  if (merged.kind !== 'merged') throw new Error('conflict');
  return { repo, base, head, commit: merged.commit, request };
}

/** Runs one call of ours; `kill` names the system call, and which one of each thread, that ends a process by KILL. */
function once(root: string, what: string, request: object, kill?: { call: string; nth: number }) {
  const argv = [join(import.meta.dirname, 'land-once.ts'), root, what, JSON.stringify(request)];
  const trace = kill
    ? [
        'strace',
        '-f',
        '-qq',
        '-o',
        '/dev/null',
        '-e',
        `trace=${kill.call}`,
        '-e',
        `inject=${kill.call}:signal=KILL:when=${kill.nth}`,
      ]
    : [];
  const [program = '', ...args] = [...trace, process.execPath, '--no-warnings', ...argv];
  const env = { ...environment, UV_THREADPOOL_SIZE: '1' };
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', env });
  return { ok: status === 0, said: status === 0 ? JSON.parse(stdout) : stderr };
}

// Node writes to itself to wake its threads, dozens of times: git's own writes and ours are among the first.
const mostWrites = process.env.OOMPA_EVERY_POINT ? Number.POSITIVE_INFINITY : 8;

/** Calls `body` with every call and count that still hits something. Gives how many. */
function everyPoint(body: (kill: { call: string; nth: number }) => boolean): number {
  let points = 0;
  for (const call of calls) {
    const most = call === 'write' ? mostWrites : Number.POSITIVE_INFINITY;
    for (let nth = 1; nth <= most && body({ call, nth }); nth += 1) points += 1;
  }
  return points;
}

function leftovers(gitDir: string): string[] {
  return readdirSync(gitDir, { recursive: true, encoding: 'utf8' }).filter(
    (name) => /\.lock$|oompa/.test(name) && !name.startsWith('refs/oompa'),
  );
}

it.skipIf(!traceable)('land', { timeout: 600_000 }, async () => {
  const { repo, base, commit } = await prepare();
  const { root } = repo;
  const spare = `${root}.spare`;
  cpSync(root, spare, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
  try {
    const points = everyPoint((kill) => {
      rmSync(root, { recursive: true });
      cpSync(spare, root, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true });
      repo.run(['update-index', '-q', '--refresh', '--', 'a.txt', 'gone.txt', 'dir/tool.sh']);
      const where = `${kill.call} ${kill.nth}`;
      const check = () => {
        expect([base, commit], where).toContain(repo.sha('refs/heads/main'));
        expect(readFileSync(join(root, 'mine.txt'), 'utf8'), where).toBe('not committed\n');
        expect(readFileSync(join(root, 'untracked.txt'), 'utf8'), where).toBe('mine too\n');
      };
      const first = once(root, 'land', { base, commit }, kill);
      check();
      // And once more in the recovery from it.
      if (!first.ok) once(root, 'land', { base, commit }, kill);
      check();
      const last = once(root, 'land', { base, commit });
      expect(last, where).toEqual({ ok: true, said: { kind: 'landed', commit } });
      expect(repo.sha('refs/heads/main'), where).toBe(commit);
      expect(repo.run(['status', '--porcelain']), where).toBe('M mine.txt\n?? untracked.txt');
      expect(leftovers(repo.paths.gitDir), where).toEqual([]);
      expect(existsSync(join(repo.paths.home, 'landing.json')), where).toBe(false);
      return !first.ok;
    });
    console.log(`land: killed at ${points} points`);
    expect(points).toBeGreaterThan(15);
    expect(repo.run(['fsck', '--strict', '--no-dangling'])).toBe('');
  } finally {
    rmSync(spare, { recursive: true, force: true });
  }
});

it.skipIf(!traceable)('integrate', { timeout: 600_000 }, async () => {
  const { repo, base, commit, request } = await prepare();
  const tree = repo.run(['rev-parse', `${commit}^{tree}`]);
  const checks = [{ name: 'see', run: ['cat', 'new/deep/n.txt'] }];
  const points = everyPoint((kill) => {
    rmSync(repo.paths.checks, { recursive: true, force: true });
    // Without the objects of the merge: they are made again each time.
    for (const id of [commit, tree])
      rmSync(join(repo.paths.gitDir, 'objects', id.slice(0, 2), id.slice(2)), { force: true });
    const where = `${kill.call} ${kill.nth}`;
    const first = once(repo.root, 'integrate', { ...request, checks, checkTimeoutMs: 30_000 }, kill);
    expect(repo.sha('refs/heads/main'), where).toBe(base);
    const last = once(repo.root, 'integrate', { ...request, checks, checkTimeoutMs: 30_000 });
    expect(last, where).toMatchObject({
      ok: true,
      said: { kind: 'merged', commit, checks: [{ ok: true, tail: 'new\n' }] },
    });
    return !first.ok;
  });
  console.log(`integrate: killed at ${points} points`);
  expect(points).toBeGreaterThan(10);
  expect(runAs(repo.root, ['fsck', '--strict', '--no-dangling'])).toBe('');
});
