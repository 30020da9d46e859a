// list, view and info: our own runs while they go on and after, those of the original, and ids by their start.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { oompa } from './program.ts';
import { makeRepository, scripted } from './repository.ts';

const json = async (root: string, ...args: string[]) => {
  const { code, out, err } = await oompa([...args, '--json'], { cwd: root });
  expect(code, err).toBe(0);
  return JSON.parse(out);
};

/** Files as the original wrote them: no journal, other keys, and a folder of logs beside the runs. */
function originalRun(root: string, id: string, at: string, workers = 11): void {
  const write = (path: string, value: unknown) => {
    mkdirSync(join(root, 'runs', id, path, '..'), { recursive: true });
    writeFileSync(join(root, 'runs', id, path), JSON.stringify(value));
  };
  const seats = Array.from({ length: workers }, (_, n) => ({
    ...{
      id: `w${n}`,
      harness: 'claude',
      model: 'opus',
      reasoning: null,
      iterations: 10,
      'can-plan': true,
      prompts: [],
    },
  }));
  write('started.json', {
    'swarm-id': id,
    'started-at': at,
    pid: 1,
    'config-file': '/r/oompa.json',
    workers: seats,
    planner: null,
    reviewer: null,
  });
  write('stopped.json', { 'swarm-id': id, 'stopped-at': at, reason: 'completed', error: null });
  for (const [worker, outcome] of [
    ['w10', 'merged'],
    ['w9', 'merge-failed'],
    ['w2', 'executor-done'],
  ])
    write(`cycles/${worker}-c1.json`, {
      ...{ 'worker-id': worker, cycle: 1, outcome, timestamp: at, 'duration-ms': 12, 'session-id': 'x' },
      ...{ 'claimed-task-ids': outcome === 'executor-done' ? [] : [`t-${worker}`], 'recycled-tasks': [] },
    });
  write('reviews/w10-c1-r1.json', {
    'worker-id': 'w10',
    cycle: 1,
    round: 1,
    verdict: 'approved',
    timestamp: at,
    output: 'ok',
    'diff-files': [],
  });
}

test('a run tells the truth while it goes on and after; its start is enough to name it', async () => {
  const repository = makeRepository({ tasks: ['one', 'two'], config: scripted({}, { count: 2 }) });
  const { root } = repository;
  expect(await oompa(['list'], { cwd: root })).toMatchObject({ code: 0, out: 'No swarm runs found.' });
  expect(await oompa(['view'], { cwd: root })).toMatchObject({ code: 66 });
  const { swarm, pid } = await json(root, 'run', '--detach');
  await repository.until(({ counts }) => counts.review === 2, 'two changes');

  const during = await json(root, 'list');
  expect(during).toMatchObject({ total: 1 });
  expect(during.runs).toEqual([
    {
      ...{ id: swarm, state: 'running', pid, startedAt: expect.any(String), stoppedAt: null },
      ...{ workers: 2, active: 2, cycles: 0, merged: 0, failed: 0, claimed: 0, done: 0 },
    },
  ]);
  const view = await json(root, 'view', swarm.slice(0, 3));
  expect(Object.keys(view)).toEqual([
    ...Object.keys(during.runs[0]),
    ...['configFile', 'error', 'reviews', 'usage', 'escapes', 'notices', 'broken'],
  ]);
  expect(view.workers).toMatchObject([
    { id: 'w0', runtime: 'in-review', cycles: 0, iterations: 10, lastOutcome: null, model: 'command:./agent.sh' },
    { id: 'w1', runtime: 'in-review' },
  ]);
  expect(view.workers.flatMap(({ claimed }: { claimed: string[] }) => claimed).sort()).toEqual(['one', 'two']);

  for (const { id } of (await repository.status()).changes) {
    await oompa(['approve', id], { cwd: root });
    await repository.until(
      ({ changes }) => changes.some((each) => each.id === id && each.landed !== null),
      'the merge',
    );
  }
  await oompa(['stop'], { cwd: root });
  expect((await json(root, 'list')).runs[0]).toMatchObject({
    ...{ state: 'stopped/interrupted', pid, active: 0, cycles: 2, merged: 2, failed: 0, claimed: 2, done: 2 },
  });
  const info = await json(root, 'info', swarm);
  expect(info.runs[0].cycles).toMatchObject([
    { 'worker-id': 'w0', outcome: 'merged' },
    { 'worker-id': 'w1', outcome: 'merged' },
  ]);
  expect(info.runs[0].reviews).toMatchObject([{ by: 'operator' }, { by: 'operator' }]);
  expect((await oompa(['info', swarm], { cwd: root })).out).toMatch(
    /^ {2}w0-c1: merged \(\d+ms, claimed: (one|two)\)$/m,
  );
});

test('status tells of the current run, or of any other that has a journal, by the start of its id', async () => {
  const repository = makeRepository({ tasks: ['one'], config: scripted({ approval: 'auto' }) });
  const { root } = repository;
  expect(await oompa(['status', 'abc'], { cwd: root })).toMatchObject({ code: 66 });
  expect((await oompa(['run', '--until-done'], { cwd: root })).code).toBe(0);
  const [{ id: first }] = (await json(root, 'list')).runs;
  const before = await json(root, 'status', first);
  expect(before).toEqual(await json(root, 'status'));
  expect(before).toMatchObject({ swarm: { id: first, status: 'stopped' }, supervisor: null, counts: { merged: 1 } });

  // Another run is the current one now; the first is told as it ended.
  const { swarm: second, pid } = await json(root, 'run', '--detach');
  await repository.until(({ workers }) => workers.every((each) => each.status === 'idle'), 'idle workers');
  expect(await json(root, 'status', first.slice(0, 6))).toEqual(before);
  expect((await oompa(['status', first], { cwd: root })).out).toMatch(
    new RegExp(`^swarm ${first}  stopped .* stopped$`, 'm'),
  );
  expect(await json(root, 'status')).toMatchObject({ swarm: { id: second, status: 'running' }, supervisor: pid });
  expect(await json(root, 'status', second)).toMatchObject({ swarm: { id: second }, supervisor: pid });
  await oompa(['stop'], { cwd: root });

  originalRun(root, 'aaaa1111', '2026-02-25T10:00:00Z');
  const { code, err } = await oompa(['status', 'aaaa'], { cwd: root });
  expect([code, err]).toEqual([66, expect.stringContaining('oompa view aaaa1111')]);
});

describe('runs of the original oompa', () => {
  test('are listed by their start and shown, the logs beside them are not, and w10 comes after w9', async () => {
    const { root } = makeRepository();
    originalRun(root, 'aaaa1111', '2026-02-25T10:00:00Z');
    originalRun(root, 'aaaa2222', '2026-02-26T10:00:00Z');
    mkdirSync(join(root, 'runs', 'logs'), { recursive: true });
    writeFileSync(join(root, 'runs', 'logs', '20260226-1.log'), '');
    const { runs } = await json(root, 'list');
    expect(runs.map(({ id }: { id: string }) => id)).toEqual(['aaaa2222', 'aaaa1111']);
    expect(runs[0]).toMatchObject({
      ...{ state: 'stopped/completed', workers: 11, active: 0, cycles: 3, merged: 1, failed: 1, claimed: 2, done: 1 },
    });
    const { out } = await oompa(['view'], { cwd: root });
    expect(out).toContain('Swarm:    aaaa2222');
    expect(out.match(/^w\d+/gm)).toEqual(Array.from({ length: 11 }, (_, n) => `w${n}`));
    expect(out).toMatch(/^w10 +stopped +1\/10 +merged +t-w10 +claude:opus$/m);
    expect((await oompa(['info', 'aaaa1'], { cwd: root })).out).toContain('w10-c1-r1: approved by reviewer');
    // The list shows the newest twenty.
    for (let n = 10; n < 30; n += 1) originalRun(root, `bbbb00${n}`, `2026-03-${n}T10:00:00Z`, 1);
    const some = await json(root, 'list');
    expect([some.total, some.runs.length, some.runs[0].id]).toEqual([22, 20, 'bbbb0029']);
    expect((await json(root, 'list', '--all')).runs).toHaveLength(22);
    expect((await oompa(['list'], { cwd: root })).out).toContain('Showing 20 of 22 runs');
  });

  test('with a broken file are shown without it, and say which', async () => {
    const { root } = makeRepository();
    originalRun(root, 'aaaa1111', '2026-02-25T10:00:00Z');
    writeFileSync(join(root, 'runs', 'aaaa1111', 'cycles', 'w9-c1.json'), '{"worker');
    writeFileSync(join(root, 'runs', 'aaaa1111', 'stopped.json'), '[]');
    expect(await json(root, 'view')).toMatchObject({
      ...{ state: 'stale', cycles: 2, broken: ['stopped.json', 'cycles/w9-c1.json'] },
    });
  });
});

test('an id that is unknown, or the start of several, names those that there are', async () => {
  const { root } = makeRepository();
  originalRun(root, 'aaaa1111', '2026-02-25T10:00:00Z');
  originalRun(root, 'aaaa2222', '2026-02-26T10:00:00Z');
  for (const command of ['view', 'info']) {
    const unknown = await oompa([command, 'beef'], { cwd: root });
    expect(unknown).toMatchObject({ code: 66, out: '' });
    expect(unknown.err).toMatch(/there is no swarm beef\n {2}known: aaaa2222, aaaa1111/);
    const several = await oompa([command, 'aaaa'], { cwd: root });
    expect(several).toMatchObject({ code: 66, out: '' });
    expect(several.err).toContain('aaaa is the start of several swarms');
  }
});

test('a table is aligned at any width', async () => {
  const { root } = makeRepository();
  originalRun(root, 'aaaa1111', '2026-02-25T10:00:00Z');
  const { out } = await oompa(['list'], { cwd: root });
  const [head = '', row = ''] = out.split('\n');
  for (const [name, cell] of [
    ['State', 'stopped/completed'],
    ['PID', '1'],
    ['Started', '2026-02-25T10:00:00Z'],
  ] as const)
    expect(row.slice(head.indexOf(name)).startsWith(cell), `${name} in\n${out}`).toBe(true);
});
