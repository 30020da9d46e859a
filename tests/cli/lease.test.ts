// `oompa lease` as agents and people call it: what it prints, and what it exits with.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { oompa } from './program.ts';
import { emptyFolder, makeRepository } from './repository.ts';

/** Commands of an agent and of the person in a repository. */
function place() {
  const { root, git, write } = makeRepository();
  const as = (worker: string | null, cwd = root) => {
    const env = worker === null ? {} : { OOMPA_WORKER: worker, OOMPA_ROOT: root, OOMPA_SWARM: 'abc' };
    return (...args: string[]) => oompa(['lease', ...args], { cwd, env });
  };
  return { root, git, write, as };
}

test('a set is granted or denied, and the denial says who, until when, and what to do', async () => {
  const { as } = place();
  const [w0, w1] = [as('w0'), as('w1', emptyFolder())];
  const first = await w0('acquire', 'src/**', 'docs/a.md', '--task', 't1', '--ttl', '2h', '--json');
  expect(first).toMatchObject({ code: 0, err: '' });
  const { lease } = JSON.parse(first.out);
  expect(lease).toMatchObject({ fence: 1, owner: { address: 'w0' }, task: 't1', patterns: ['src/**', 'docs/a.md'] });
  const second = await w1('acquire', 'lib/**', 'src/x/*.ts');
  expect(second).toMatchObject({ code: 4, out: '' });
  expect(second.err).toMatch(/denied[\s\S]+src\/x\/\*\.ts +w0 +t1 +exclusive +2\d{3}-\S+ +src\/\*\*\n.*--wait.*ask w0/);
  const check = await w1('check', 'docs/*', '--json');
  expect(check.code).toBe(4);
  expect(JSON.parse(check.out)).toMatchObject({
    free: false,
    conflicts: [{ pattern: 'docs/*', held: 'docs/a.md', holder: 'w0', until: lease.until }],
  });
  expect(await w1('check', 'lib')).toMatchObject({ code: 0, out: 'free' });
  expect((await as(null)('list')).out).toMatch(/^number +holder[\s\S]+1 +w0 +t1 +exclusive .* src\/\*\* docs\/a\.md$/);
});

test('renew, release and force, each with its code when there is nothing to do', async () => {
  const { as } = place();
  const [w0, w1, person] = [as('w0'), as('w1'), as(null)];
  await w0('acquire', 'a', 'b');
  expect(JSON.parse((await w0('renew', '--ttl', '5h', '--json')).out).renewed).toMatchObject([{ ttlMs: 18_000_000 }]);
  expect((await w1('renew')).code).toBe(1);
  expect((await w1('release', 'a')).code).toBe(1);
  expect((await w0('release', 'a')).out).toMatch(/^released:[\s\S]+ a$/);
  expect(await w1('force', 'b')).toMatchObject({ code: 4, err: expect.stringContaining('may not take') });
  expect(await w1('acquire', 'b', '--wait', '1s')).toMatchObject({ code: 4 });
  const forced = await person('force', 'b', '--for', 'w1', '-m', 'it is urgent', '--json');
  expect(JSON.parse(forced.out).forced).toMatchObject([{ owner: { address: 'w0' } }]);
  expect(JSON.parse((await person('list', '--json')).out)).toMatchObject({
    leases: [{ owner: { address: 'w1' }, patterns: ['b'] }],
    waiting: [],
    problems: [],
  });
  expect((await person('force', 'b')).code).toBe(0);
  expect((await person('force', 'b')).code).toBe(1);
  expect((await person('list')).out).toBe('no leases');
});

test('what is wrong is told with its code', async () => {
  const { as } = place();
  const [w0, person] = [as('w0'), as(null)];
  expect(await w0('acquire', '../x')).toMatchObject({ code: 3, err: expect.stringMatching(/leads out[\s\S]*/) });
  expect(await w0('acquire', `a${'x'.repeat(2_000)}`)).toMatchObject({ code: 3 });
  expect(await w0('acquire')).toMatchObject({ code: 2 });
  expect(await w0('acquire', 'a', '--ttl', 'soon')).toMatchObject({ code: 2, err: expect.stringMatching(/90s, 15m/) });
  expect(await w0('acquire', 'a', '--as', 'lead')).toMatchObject({ code: 4, err: expect.stringMatching(/--as/) });
  expect(await person('acquire', 'a', '--as', '../w0')).toMatchObject({ code: 3 });
  expect(await as('W 0')('list')).toMatchObject({ code: 3, err: expect.stringMatching(/no address/) });
  const { code, out, err } = await w0();
  expect(`${code} ${out}${err}`).toMatch(/^0 [\s\S]*acquire/);
});

test('the guard judges what is staged, both sides of a rename, and lets a person pass', async () => {
  const { as, root, git, write } = place();
  for (const name of ['src/a.ts', 'src/b.ts', 'lib/c.ts']) write(name, 'x\n'.repeat(20));
  await git('add', '.');
  await git('commit', '-qm', 'files');
  mkdirSync(join(root, 'src', 'deep'));
  const [w0, person] = [as('w0', join(root, 'src', 'deep')), as(null)];
  await as('w1')('acquire', 'lib/**', '--task', 't2');
  expect((await w0('guard')).code, 'nothing is staged').toBe(0);
  await git('mv', 'src/a.ts', 'src/moved.ts');
  expect((await w0('guard')).code).toBe(0);
  await git('mv', 'lib/c.ts', 'src/c.ts');
  const { code, err } = await w0('guard');
  expect(code).toBe(4);
  expect(err).toMatch(/^SCOPE_ESCAPE: 1 of .*\n {2}lib\/c\.ts +held by w1 for t2\n/);
  expect(err).toMatch(/git restore --staged[\s\S]+oompa lease acquire[\s\S]+ask w1 or lead/);
  await git('reset', '-q', '--hard');
  await git('mv', 'src/b.ts', 'lib/b.ts');
  expect(JSON.parse((await w0('guard', '--json')).out)).toEqual({
    ok: false,
    escapes: [{ path: 'lib/b.ts', by: 'w1', task: 't2' }],
  });
  expect((await as('w1')('guard')).code).toBe(0);
  expect(await person('guard')).toEqual({ code: 0, out: '', err: '' });
  expect((await person('guard', '--as', 'w0')).code).toBe(4);
  expect((await w0('guard', 'src/x', 'lib/y')).code).toBe(4);
});

test('what a merge brings from the other side is nobody’s escape', async () => {
  const { as, root, git, write } = place();
  await git('branch', 'mine');
  write('lib/c.ts', 'theirs');
  write('both', 'theirs');
  await git('add', '.');
  await git('commit', '-qm', 'theirs');
  await git('checkout', '-q', 'mine');
  write('both', 'mine');
  await git('add', '.');
  await git('commit', '-qm', 'mine');
  await git('merge', 'main').catch(() => {});
  write('both', 'resolved');
  await git('add', '.');
  await as('w1')('acquire', 'lib/**');
  expect((await as('w0', root)('guard')).code).toBe(0);
  write('lib/c.ts', 'and more');
  await git('add', '.');
  expect((await as('w0', root)('guard')).code).toBe(4);
});
