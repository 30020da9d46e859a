// What a lease promises, asked of one process with a clock wound by hand.
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Answer, Lease } from '../../src/leases/contract.ts';
import { owner, place } from './place.ts';

const [w0, w1, w2] = ['w0', 'w1', 'w2'].map(owner) as [ReturnType<typeof owner>, ...ReturnType<typeof owner>[]] as [
  ReturnType<typeof owner>,
  ReturnType<typeof owner>,
  ReturnType<typeof owner>,
];
const minute = 60_000;

function granted(answer: Answer): Lease {
  if (!answer.granted) throw new Error(`denied: ${JSON.stringify(answer.conflicts)}`);
  return answer.lease;
}

describe('acquire', () => {
  test('grants all of a set or nothing, and says of each pattern what is in its way', async () => {
    const { leases } = place();
    granted(await leases.acquire(['src/a/**', 'docs/*.md'], { owner: w0, task: 't1' }));
    const answer = await leases.acquire(['lib/**', 'src/**/x.ts', 'docs/r*'], { owner: w1 });
    expect(answer).toEqual({
      granted: false,
      conflicts: [
        {
          pattern: 'src/**/x.ts',
          held: 'src/a/**',
          holder: 'w0',
          task: 't1',
          mode: 'exclusive',
          until: '2026-09-01T10:15:00.000Z',
          suggestion: expect.stringMatching(/wait for it .*ask w0, or ask for less than src/),
        },
        expect.objectContaining({ pattern: 'docs/r*', held: 'docs/*.md', holder: 'w0' }),
      ],
    });
    expect(leases.check(['lib/**', 'src/**/x.ts', 'docs/r*'], { owner: w1 })).toEqual(
      answer.granted ? [] : answer.conflicts,
    );
    expect(leases.list().leases.map((lease) => lease.patterns)).toEqual([['src/a/**', 'docs/*.md']]);
    granted(await leases.acquire(['lib/**'], { owner: w1 }));
  });

  test('shared stands beside shared, exclusive beside nothing, and nobody is in their own way', async () => {
    const { leases } = place();
    for (const each of [w0, w1]) granted(await leases.acquire(['src/**'], { owner: each, mode: 'shared' }));
    expect((await leases.acquire(['src/a.ts'], { owner: w2 })).granted).toBe(false);
    expect((await leases.acquire(['src/a.ts'], { owner: w0 })).granted).toBe(false);
    await leases.release(w1);
    granted(await leases.acquire(['src/a.ts'], { owner: w0 }));
    expect((await leases.acquire(['src/b.ts'], { owner: w1, mode: 'shared' })).granted).toBe(true);
    expect((await leases.acquire(['src/a.ts'], { owner: w1, mode: 'shared' })).granted).toBe(false);
  });

  test('numbers only rise: over releases, ends of processes, and a counter that was lost or torn', async () => {
    const { leases, again, root } = place();
    const first = granted(await leases.acquire(['a'], { owner: w0 }));
    await leases.release(w0);
    const second = granted(await again().acquire(['a'], { owner: w1 }));
    writeFileSync(join(root, 'fence'), 'torn');
    const third = granted(await again().acquire(['b'], { owner: w0 }));
    await leases.release(w0);
    writeFileSync(join(root, 'fence'), '');
    await leases.release(w1);
    const fourth = granted(await again().acquire(['b'], { owner: w0 }));
    const fences = [first, second, third, fourth].map(({ fence }) => fence);
    expect([...new Set(fences)].sort((a, b) => a - b)).toEqual(fences);
  });

  test('asked again for what it has, it renews that', async () => {
    const { leases, wind } = place();
    const { fence } = granted(await leases.acquire(['src/**', 'lib/**'], { owner: w0, task: 't' }));
    wind(5 * minute);
    expect(granted(await leases.acquire(['lib/**'], { owner: w0 }))).toMatchObject({
      fence,
      task: 't',
      until: '2026-09-01T10:20:00.000Z',
    });
    expect(leases.list().leases).toHaveLength(1);
  });

  test('a folder is all that is in it, and a linked folder is the one that git sees', async () => {
    const { leases, repository } = place();
    mkdirSync(join(repository, 'src', 'deep'), { recursive: true });
    symlinkSync('src', join(repository, 'lib'));
    symlinkSync('/', join(repository, 'out'));
    symlinkSync('loop', join(repository, 'loop'));
    expect(granted(await leases.acquire(['lib/deep', 'loop/x', 'lib/*.ts'], { owner: w0 })).patterns).toEqual([
      'src/deep/**',
      'loop/x',
      'src/*.ts',
    ]);
    expect((await leases.acquire(['**/test.ts'], { owner: w1 })).granted).toBe(false);
    await expect(leases.acquire(['out/etc'], { owner: w0 })).rejects.toMatchObject({ code: 'bad-path' });
  });

  test('what is no path, or nothing at all, is refused and changes nothing', async () => {
    const { leases } = place();
    for (const paths of [[], ['ok', '../up'], ['/abs'], ['a\0'], ['x'.repeat(3_000)]])
      await expect(leases.acquire(paths, { owner: w0 })).rejects.toMatchObject({ code: 'bad-path' });
    const all = Array.from({ length: 1_001 }, (_, n) => `f${n}`);
    for (const request of [{ owner: w0, task: '../t' }, { owner: owner('W 0') }, { owner: w0, ttlMs: Number.NaN }])
      await expect(leases.acquire(['a'], request)).rejects.toMatchObject({ code: 'bad-fields' });
    await expect(leases.acquire(all, { owner: w0 })).rejects.toMatchObject({ code: 'bad-fields' });
    expect(leases.list()).toEqual({ leases: [], waiting: [], problems: [] });
  });
});

describe('the end of a lease', () => {
  test('comes with its time, unless it is renewed', async () => {
    const { leases, wind } = place();
    granted(await leases.acquire(['a'], { owner: w0, ttlMs: 10 * minute }));
    wind(6 * minute);
    expect(await leases.renew(w0, { due: true })).toMatchObject([{ until: '2026-09-01T10:16:00.000Z' }]);
    expect(await leases.renew(w0, { due: true })).toEqual([]);
    wind(9 * minute);
    expect((await leases.acquire(['a'], { owner: w1 })).granted).toBe(false);
    wind(2 * minute);
    expect(leases.list().leases).toEqual([]);
    granted(await leases.acquire(['a'], { owner: w1 }));
    expect(await leases.renew(w0)).toEqual([]);
  });

  test('comes when it is given back, whole or in part', async () => {
    const { leases } = place();
    granted(await leases.acquire(['a', 'b/**'], { owner: w0 }));
    expect(await leases.release(w1)).toEqual([]);
    expect(await leases.release(w0, { patterns: ['nothing'] })).toEqual([]);
    expect(await leases.release(w0, { patterns: ['b/'] })).toMatchObject([{ patterns: ['b/**'] }]);
    expect(leases.list().leases).toMatchObject([{ patterns: ['a'] }]);
    granted(await leases.acquire(['b/**'], { owner: w1 }));
    await leases.release(w0, { fences: [leases.list().leases[0]?.fence ?? 0] });
    expect(leases.list().leases).toMatchObject([{ owner: w1 }]);
  });

  test('comes by force from lead and operator alone, who may give it to another at once', async () => {
    const { leases } = place();
    granted(await leases.acquire(['src/**'], { owner: w0 }));
    await expect(leases.force({ patterns: ['src/a.ts'] }, 'w1', null)).rejects.toMatchObject({ code: 'denied' });
    const taken = await leases.force({ patterns: ['src/a.ts'] }, 'operator', 'urgent', { owner: w1, task: 't2' });
    expect(taken).toMatchObject([{ owner: w0, patterns: ['src/**'] }]);
    expect(leases.list().leases).toMatchObject([{ owner: w1, patterns: ['src/a.ts'], task: 't2' }]);
  });

  test('is written into the log, whole, also behind a line that a crash tore', async () => {
    const { leases, root } = place();
    granted(await leases.acquire(['a'], { owner: w0 }));
    writeFileSync(join(root, 'log.jsonl'), `${readFileSync(join(root, 'log.jsonl'), 'utf8')}{"at":"20`);
    await leases.release(w0);
    const lines = readFileSync(join(root, 'log.jsonl'), 'utf8').trimEnd().split('\n');
    expect(lines).toHaveLength(3);
    expect(JSON.parse(lines[2] ?? '')).toMatchObject({ change: 'released', by: 'w0', lease: { patterns: ['a'] } });
  });
});

describe('the queue', () => {
  test('serves the oldest first, and no later one that overlaps slips in before it', async () => {
    const { leases } = place();
    granted(await leases.acquire(['src/a.ts'], { owner: w0 }));
    const wide = leases.acquire(['src/**'], { owner: w1, waitMs: minute });
    await expect.poll(() => leases.list().waiting.length).toBe(1);
    // Nobody holds src/b.ts, but who waits for all of src would starve.
    const answer = await leases.acquire(['src/b.ts'], { owner: w2 });
    expect(answer).toMatchObject({ granted: false, conflicts: [{ holder: 'w1', until: null, held: 'src/**' }] });
    granted(await leases.acquire(['docs/**'], { owner: w2 }));
    const behind = leases.acquire(['src/b.ts'], { owner: w2, waitMs: minute });
    await expect.poll(() => leases.list().waiting.length).toBe(2);
    await leases.release(w0);
    const first = granted(await wide);
    expect(leases.list().waiting).toMatchObject([{ owner: w2 }]);
    await leases.release(w1);
    expect(granted(await behind).fence).toBeGreaterThan(first.fence);
    expect(leases.list().waiting).toEqual([]);
  });

  test('is left when the time is over', async () => {
    const { leases } = place();
    granted(await leases.acquire(['a'], { owner: w0 }));
    expect(await leases.acquire(['a'], { owner: w1, waitMs: 150 })).toMatchObject({
      granted: false,
      conflicts: [{ holder: 'w0' }],
    });
    expect(leases.list().waiting).toEqual([]);
  });
});

describe('the keeper', () => {
  const alive = { isAlive: () => true, isAtWork: () => false };

  test('ends what has expired, warns once before, and tells what others did as well', async () => {
    const { leases, again, wind } = place();
    granted(await leases.acquire(['a'], { owner: w0 }));
    await leases.keep(alive);
    wind(13.5 * minute);
    expect(await leases.keep(alive)).toMatchObject({ changes: [], expiring: [{ owner: w0 }] });
    expect((await leases.keep(alive)).expiring).toEqual([]);
    wind(2 * minute);
    expect(await leases.keep(alive)).toMatchObject({ changes: [{ change: 'expired', lease: { owner: w0 } }] });
    granted(await again().acquire(['a'], { owner: w1 }));
    await again().force({ patterns: ['a'] }, 'operator', 'because');
    expect((await leases.keep(alive)).changes.map(({ change, by }) => [change, by])).toEqual([
      ['granted', 'w1'],
      ['forced', 'operator'],
    ]);
    expect((await leases.keep(alive)).changes).toEqual([]);
  });

  test('renews what an owner at work holds, and takes from a dead one after its grace', async () => {
    const { leases, wind } = place();
    granted(await leases.acquire(['a'], { owner: w0 }));
    granted(await leases.acquire(['b'], { owner: w1 }));
    for (let n = 0; n < 60; n += 1) {
      wind(minute);
      const { expiring, changes } = await leases.keep({
        isAlive: ({ address }) => address === 'w0' || n < 50,
        isAtWork: () => true,
      });
      expect(expiring).toEqual([]);
      if (n < 50) expect(leases.list().leases).toHaveLength(2);
      // Seen dead at 50; a minute later it is gone.
      if (n === 51) expect(changes.at(-1)).toMatchObject({ change: 'dead', lease: { owner: w1 } });
    }
    expect(leases.list().leases).toMatchObject([{ owner: w0 }]);
  });

  test('an owner that comes back in time keeps what it has', async () => {
    const { leases, wind } = place();
    granted(await leases.acquire(['a'], { owner: w0 }));
    for (const isAlive of [false, true, false]) {
      await leases.keep({ ...alive, isAlive: () => isAlive });
      wind(40_000);
    }
    await leases.keep({ ...alive, isAlive: () => false });
    expect(leases.list().leases).toHaveLength(1);
  });
});

describe('leases of tasks', () => {
  const t1 = { address: 'w0', task: 't1', files: ['src/**'], whole: true };
  const t2 = { address: 'w1', task: 't2', files: ['src/a.ts', 'docs/**'], whole: true };

  test('are there while the task is at work, whatever happens to the keeper, and then no more', async () => {
    const { leases, again, wind } = place();
    await leases.reconcile([t1]);
    const [lease] = leases.list().leases;
    expect(lease).toMatchObject({ task: 't1', mode: 'exclusive', patterns: ['src/**'], manifest: 'whole' });
    for (const minutes of [1, 10, 20, 60]) {
      wind(minutes * minute);
      await again().reconcile([t1]);
      expect(leases.list().leases.map(({ fence }) => fence)).toEqual([lease?.fence]);
    }
    await leases.reconcile([{ ...t1, whole: false }]);
    expect(leases.list().leases).toMatchObject([{ fence: lease?.fence, manifest: 'part' }]);
    await expect(leases.release(w0, { patterns: ['src/**'] })).rejects.toMatchObject({ code: 'denied' });
    expect(await leases.release(w0)).toEqual([]);
    await leases.reconcile([]);
    expect(leases.list().leases).toEqual([]);
  });

  test('wait in the queue like any other, and a keeper that is alive holds their place', async () => {
    const { leases, root } = place();
    granted(await leases.acquire(['src/a.ts'], { owner: w2 }));
    await leases.reconcile([t2]);
    await leases.reconcile([t2]);
    expect(leases.list().waiting).toMatchObject([{ task: 't2', manifest: 'whole' }]);
    expect((await leases.acquire(['docs/x.md'], { owner: w0 })).granted).toBe(false);
    const before = readdirSync(join(root, 'section'));
    await leases.reconcile([t2]);
    expect(readdirSync(join(root, 'section')), 'nothing to do, nothing written').toEqual(before);
    await leases.release(w2);
    await leases.reconcile([t2]);
    expect(leases.list()).toMatchObject({ waiting: [], leases: [{ task: 't2' }] });
    await leases.reconcile([t1, t2]);
    expect(leases.list().waiting).toMatchObject([{ task: 't1' }]);
    await leases.reconcile([t2]);
    expect(leases.list().waiting).toEqual([]);
  });
});

describe('what is not its changer’s to change', () => {
  test('lies outside what its tasks name, or is held by another', async () => {
    const { leases } = place();
    const paths = ['src/a.ts', 'lib/b.ts', 'docs/c.md', 'top'];
    expect(leases.escapes(paths, 'w0')).toEqual([]);
    granted(await leases.acquire(['docs/**'], { owner: w1, task: 't2' }));
    expect(leases.escapes(paths, 'w0')).toEqual([{ path: 'docs/c.md', by: 'w1', task: 't2' }]);
    await leases.reconcile([{ address: 'w0', task: 't1', files: ['src/**'], whole: true }]);
    granted(await leases.acquire(['lib/**'], { owner: w0 }));
    expect(leases.escapes(paths, 'w0')).toEqual([
      { path: 'docs/c.md', by: 'w1', task: 't2' },
      { path: 'top', by: null, task: null },
    ]);
    expect(leases.escapes(paths, 'w0', ['docs/**', 'top']).map(({ path }) => path)).toEqual(['docs/c.md']);
    expect(leases.escapes(paths, 'w0', null).map(({ path }) => path)).toEqual(['docs/c.md']);
    // A task that names nothing leaves it open.
    await leases.reconcile([{ address: 'w0', task: 't1', files: ['src/**'], whole: false }]);
    expect(leases.escapes(paths, 'w0').map(({ path }) => path)).toEqual(['docs/c.md']);
  });

  test('was taken from it while it worked, and given to another', async () => {
    const { leases, wind } = place();
    const begun = '2026-09-01T10:00:00.000Z';
    granted(await leases.acquire(['src/**', 'lib/**'], { owner: w0 }));
    wind(minute);
    expect(leases.lost(['src/a.ts'], 'w0', begun)).toEqual([]);
    await leases.force({ patterns: ['src/**'] }, 'operator', null);
    expect(leases.lost(['src/a.ts'], 'w0', begun), 'nobody was given it').toEqual([]);
    const { fence } = granted(await leases.acquire(['src/a.ts'], { owner: w1, task: 't2' }));
    const lost = [{ path: 'src/a.ts', by: 'w1', task: 't2', fence }];
    expect(leases.lost(['src/a.ts', 'src/b.ts', 'top'], 'w0', begun)).toEqual(lost);
    await leases.release(w1);
    expect(leases.lost(['src/a.ts'], 'w0', begun), 'and it was changed under its hands').toEqual(lost);
    expect(leases.lost(['src/a.ts'], 'w0', '2026-09-01T10:05:00.000Z'), 'before this work began').toEqual([]);
    granted(await leases.acquire(['src/a.ts'], { owner: w0 }));
    expect(leases.lost(['src/a.ts'], 'w0', begun), 'a newer number').toEqual([]);
  });
});

describe('files that are not ours', () => {
  test('are told, count for nothing, and never let two have the same', async () => {
    const { leases, root, again } = place();
    const { fence } = granted(await leases.acquire(['src/**'], { owner: w0 }));
    const folder = join(root, 'active');
    const file = join(folder, `${fence}.json`);
    const text = readFileSync(file, 'utf8');
    const forged = { ...(JSON.parse(text) as Lease), owner: w1 };
    writeFileSync(join(folder, 'notes.txt'), 'hello');
    writeFileSync(join(folder, '77.json'), JSON.stringify({ ...forged, fence: 77, patterns: ['docs/**'] }));
    writeFileSync(join(folder, '5.json'), '{"torn');
    mkdirSync(join(folder, '6.json'));
    // Half of a real one: the log has the rest.
    writeFileSync(file, text.slice(0, text.length / 2));
    const { leases: found, problems } = again().list();
    expect(found).toMatchObject([{ fence, owner: w0, patterns: ['src/**'] }]);
    expect(problems).toHaveLength(5);
    expect((await again().acquire(['src/a.ts'], { owner: w1 })).granted).toBe(false);
    granted(await again().acquire(['docs/**'], { owner: w2 }));
    await leases.release(w0);
    granted(await leases.acquire(['src/**'], { owner: w1 }));
    expect(await leases.keep({ isAlive: () => true, isAtWork: () => false })).toMatchObject({
      problems: expect.arrayContaining([expect.stringContaining('notes.txt')]),
    });
  });
});
