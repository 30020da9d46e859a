// Many processes at once, and processes that die.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createLeases } from '../../src/leases/leases.ts';
import { freshFolder } from '../disk/folder.ts';
import { hasStrace } from '../helpers/strace.ts';
import { until } from '../helpers/until.ts';
import { owner } from './place.ts';

const run = promisify(execFile);
const script = (name: string) => join(import.meta.dirname, 'processes', name);

function fresh() {
  const repository = freshFolder();
  mkdirSync(join(repository, '.oompa'));
  const root = join(repository, '.oompa', 'leases');
  return { repository, root, leases: createLeases({ root, repository }) };
}

test('20 contenders: each set is held by one, whole, and every grant has a number of its own', {
  timeout: 240_000,
}, async () => {
  const { root, repository, leases } = fresh();
  const outs = await Promise.all(
    Array.from({ length: 20 }, (_, n) =>
      run(process.execPath, [script('contender.ts'), root, repository, `w${n}`, '3']),
    ),
  );
  const said = outs.flatMap(({ stdout }) => stdout.trim().split('\n'));
  expect(said.filter((line) => !/^\d+$/.test(line))).toEqual([]);
  expect(new Set(said).size).toBe(60);
  expect(leases.list()).toEqual({ leases: [], waiting: [], problems: [] });
  const log = readFileSync(join(root, 'log.jsonl'), 'utf8').trimEnd().split('\n');
  const fences = log
    .map((line) => JSON.parse(line))
    .filter(({ change }) => change === 'granted')
    .map(({ lease }) => lease.fence);
  expect(fences, 'granted in the order of their numbers').toEqual([...fences].sort((a, b) => a - b));
});

test('a waiter that is killed leaves the queue, and one killed at any moment holds up nobody', {
  timeout: 120_000,
}, async () => {
  const { root, repository, leases } = fresh();
  await leases.acquire(['f0', 'f1', 'f2', 'f3'], { owner: owner('holder') });
  const children: ChildProcess[] = [];
  onTestFinished(() => {
    for (const child of children) child.kill('SIGKILL');
  });
  const start = (address: string) => {
    const child = spawn(process.execPath, [script('contender.ts'), root, repository, address, '1'], {
      stdio: 'ignore',
    });
    children.push(child);
    return child;
  };
  const [dying, living] = [start('w0'), start('w1')];
  await until('it waits', () => leases.list().waiting.some(({ owner }) => owner.address === 'w0'), { everyMs: 5 });
  dying.kill('SIGKILL');
  await once(dying, 'exit');
  expect(leases.list().waiting.filter(({ owner }) => owner.address === 'w0')).toEqual([]);
  await leases.release(owner('holder'));
  await once(living, 'exit');
  expect(leases.list()).toEqual({ leases: [], waiting: [], problems: [] });
});

describe.skipIf(!hasStrace)('a process that is', () => {
  const faults = [
    ...['link', 'unlink', 'rename', 'fsync', 'fdatasync'].map((call) => ({
      name: 'killed',
      fault: 'signal=KILL',
      call,
    })),
    ...['link', 'rename', 'fdatasync'].map((call) => ({ name: 'told ENOSPC', fault: 'error=ENOSPC', call })),
    { name: 'told EPERM', fault: 'error=EPERM', call: 'link' },
    ...['mkdir', 'rename'].map((call) => ({ name: 'told EROFS', fault: 'error=EROFS', call })),
  ];
  test.each(faults)(
    '$name at every $call leaves leases that are whole, and nobody who must wait',
    { timeout: 300_000 },
    async ({ fault, call, name }) => {
      const live = async (place: ReturnType<typeof fresh>, injection: string[]) => {
        await place.leases.acquire(['held'], { owner: owner('w9') });
        const argv = [process.execPath, script('life.ts'), place.root, place.repository];
        const env = { ...process.env, UV_THREADPOOL_SIZE: '1' };
        const args = ['-f', '-qq', ...injection, ...argv];
        return run('strace', args, { env }).then(
          ({ stdout, stderr }) => ({ out: stdout, err: stderr, ok: true }),
          ({ stdout, stderr }) => ({ out: stdout as string, err: stderr as string, ok: false }),
        );
      };
      const reference = fresh();
      const trace = `${reference.repository}.trace`;
      expect(await live(reference, ['-o', trace, '-e', 'signal=none', '-e', `trace=${call}`])).toMatchObject({
        ok: true,
      });
      const count = readFileSync(trace, 'utf8').split('\n').filter(Boolean).length;
      rmSync(trace);
      const strike = async (when: number) => {
        const place = fresh();
        const { err } = await live(place, [
          '-o',
          '/dev/null',
          '-e',
          `trace=${call}`,
          '-e',
          `inject=${call}:${fault}:when=${when}`,
        ]);
        if (name !== 'killed' && err)
          expect(err, 'said plainly').toMatch(/EffectError: cannot (write|make|remove|link|move|rename) /);
        const { leases, repository, root } = place;
        const { leases: found, waiting, problems } = leases.list();
        expect(problems).toEqual([]);
        expect(waiting).toEqual([]);
        for (const lease of found.filter(({ owner }) => owner.address === 'w0'))
          expect([['a', 'b'], ['b']]).toContainEqual(lease.patterns);
        const highest = Math.max(...found.map(({ fence }) => fence));
        // Another process goes on at once: the section of a dead one is free.
        const other = createLeases({ root, repository });
        await other.force({ patterns: ['**'] }, 'operator', null);
        const answer = await other.acquire(['a', 'b', 'held'], { owner: owner('w1') });
        expect(answer).toMatchObject({ granted: true });
        if (answer.granted) expect(answer.lease.fence).toBeGreaterThan(highest);
      };
      for (let when = 1; when <= count; when += 2)
        await Promise.all([strike(when), ...(when < count ? [strike(when + 1)] : [])]);
    },
  );
});
