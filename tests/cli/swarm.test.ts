// A swarm in the background, driven from the command line alone.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { identityOf, isAlive } from '../../src/disk/process.ts';
import { oompa } from './program.ts';
import { makeRepository, type Repository, type Status, scripted } from './repository.ts';

async function start(repository: Repository): Promise<{ swarm: string; pid: number }> {
  const { code, out, err } = await oompa(['--json', 'run', '--detach'], { cwd: repository.root });
  expect(code, err).toBe(0);
  return JSON.parse(out);
}

const awaiting = (count: number) => (status: Status) =>
  status.changes.filter((change) => change.status === 'awaiting-approval').length === count;

test('review from the command line: status, log, reject, approve, stop', async () => {
  const repository = makeRepository({ tasks: ['one', 'two'], config: scripted({}, { count: 2 }) });
  const { root } = repository;
  const { swarm, pid } = await start(repository);

  const status = await repository.until(awaiting(2), 'two changes to approve');
  expect(status).toMatchObject({ swarm: { id: swarm, status: 'running', panes: 'tmux', root }, supervisor: pid });
  expect(Object.keys(status)).toEqual([
    'swarm',
    'supervisor',
    'counts',
    'lanes',
    'holds',
    'usage',
    'workers',
    'tasks',
    'changes',
    'notices',
    'unreadable',
  ]);
  expect(status.counts).toEqual({
    pending: 0,
    current: 0,
    review: 2,
    merged: 0,
    blocked: 0,
    working: 0,
    failed: 0,
    inReview: 2,
    needsYou: 2,
  });
  expect(Object.keys(status.workers[0] ?? {})).toEqual([
    'id',
    'status',
    'why',
    'since',
    'model',
    'role',
    'claims',
    'change',
    'cycle',
    'finished',
    'turn',
    'ask',
    'usage',
  ]);
  const one = status.changes.find((change) => change.tasks[0] === 'one');
  const two = status.changes.find((change) => change.tasks[0] === 'two');
  if (!one || !two) throw new Error('no changes');
  expect(one).toMatchObject({ title: 'Task one', files: 1, added: 1, removed: 0, round: 0, checks: [], landed: null });

  const text = await oompa(['status'], { cwd: root });
  expect(text.out).toContain(`swarm ${swarm}  running  main@`);
  expect(text.out).toContain('0 pending, 0 current, 2 in review, 0 complete');
  expect(text.out).toMatch(new RegExp(`^${one.id.slice(0, 10)}  awaiting-approval  ${one.worker}`, 'm'));

  const log = await oompa(['log', one.worker], { cwd: root });
  expect(log.out).toMatch(/-t1 \(work\) command:\.\/agent\.sh[\s\S]*\nworking on one\n[\s\S]*-t1 done, exit 0, /);
  const raw = await oompa(['log', one.worker, '--json'], { cwd: root });
  expect(raw.out.split('\n').map((line) => JSON.parse(line).type)).toContain('turn-ended');

  expect(await oompa(['approve', 'abc'], { cwd: root })).toMatchObject({ code: 66 });
  const unknown = await oompa(['approve', '0000000'], { cwd: root });
  expect(unknown).toMatchObject({ code: 66, out: '' });
  expect(unknown.err).toContain(`in review: `);
  expect(unknown.err).toContain(one.id.slice(0, 10));

  const rejected = await oompa(['reject', one.id.slice(0, 8), '-m', 'please-mend'], { cwd: root });
  expect(rejected).toMatchObject({ code: 0, out: `sent back ${one.id.slice(0, 10)} to ${one.worker}` });
  const mended = await repository.until(
    (now) => awaiting(2)(now) && now.changes.some((change) => change.tasks[0] === 'one' && change.files === 2),
    'the mended change',
  );
  const again = await oompa(['approve', one.id.slice(0, 8)], { cwd: root });
  expect(again).toMatchObject({ code: 1, out: '' });
  expect(again.err).toContain('was not approved: it is rejected');
  const told = JSON.parse((await oompa(['approve', one.id.slice(0, 8), '--json'], { cwd: root })).out);
  expect(told).toEqual({ change: one.id, approved: false, trouble: [expect.stringContaining('it is rejected')] });

  const better = mended.changes.find((change) => change.tasks[0] === 'one' && change.status === 'awaiting-approval');
  for (const change of [two, better]) {
    const approved = await oompa(['approve', (change?.id ?? '').slice(0, 9)], { cwd: root });
    expect(approved.code, approved.err).toBe(0);
    await repository.until((now) => now.changes.some(({ id, landed }) => id === change?.id && landed), 'the merge');
  }
  expect(await repository.git('show', 'main:mended.txt')).toBe('mended');
  expect(readFileSync(join(root, 'two.txt'), 'utf8')).toBe('two\n');
  expect(
    (await repository.git('log', '--merges', '--format=%(trailers:key=Oompa-Task,valueonly)')).split(/\n+/),
  ).toEqual(expect.arrayContaining(['one', 'two']));

  expect(await oompa(['stop'], { cwd: root })).toEqual({ code: 0, out: 'stopped', err: '' });
  expect(isAlive({ ...identityOf(), pid })).toBe(false);
  expect(await repository.git('worktree', 'list')).not.toContain('.oompa');
  expect(await oompa(['stop'], { cwd: root })).toEqual({ code: 0, out: 'no swarm is running', err: '' });
  const idle = await oompa(['stop', '--json'], { cwd: root });
  expect(JSON.parse(idle.out)).toEqual({ swarm: null, stopped: false, left: [], trouble: [] });
  expect((await oompa(['status'], { cwd: root })).out).toContain('2 complete');
});

describe('a swarm that runs', () => {
  test('refuses a second supervisor and says who the first is', async () => {
    const repository = makeRepository();
    const { pid, swarm } = await start(repository);
    for (const args of [['run'], ['run', '--detach'], ['run', '--until-done']]) {
      const { code, out, err } = await oompa(args, { cwd: repository.root });
      expect({ code, out }).toEqual({ code: 75, out: '' });
      expect(err).toContain(`process ${pid}`);
      expect(err).toContain('oompa stop');
    }
    expect(await repository.status()).toMatchObject({ supervisor: pid, swarm: { id: swarm, status: 'running' } });
  });

  test('is found from a subfolder and from a worktree', async () => {
    const repository = makeRepository({ config: scripted({}, { count: 2 }) });
    const { swarm } = await start(repository);
    await repository.until((now) => now.workers.every((worker) => worker.status === 'idle'), 'idle workers');
    repository.write('sub/folder/file', '');
    for (const folder of ['sub/folder', '.oompa/worktrees/w1/tree']) {
      const { code, out } = await oompa(['status', '--json'], { cwd: join(repository.root, folder) });
      expect(code).toBe(0);
      expect(JSON.parse(out).swarm.id).toBe(swarm);
    }
  });

  test('attach without a terminal is a plain refusal', async () => {
    const repository = makeRepository();
    await start(repository);
    await repository.until((now) => now.workers[0]?.status === 'idle', 'a pane');
    const plain = await oompa(['attach', 'w0'], { cwd: repository.root });
    expect(plain).toMatchObject({ code: 64, out: '' });
    expect(plain.err).toContain('needs a terminal');
    const nobody = await oompa(['attach', 'w7'], { cwd: repository.root });
    expect(nobody).toMatchObject({ code: 66, out: '' });
    expect(nobody.err).toMatch(/w7 has no pane\n {2}with a pane: w0/);
  });
});

test('a task that fails too often is blocked; requeue gives it back', async () => {
  const repository = makeRepository({
    tasks: ['hard'],
    config: scripted({
      max_attempts: 1,
      max_review_rounds: 1,
      checks: [{ name: 'gate', run: ['sh', '-c', 'test -f open'] }],
    }),
  });
  const { root } = repository;
  expect((await oompa(['requeue'], { cwd: root })).code).toBe(66);
  await start(repository);
  // The verdict is in the journal before the file is back in its column.
  const isBack = ({ counts, tasks: [task] }: Status) => counts.blocked === 1 && task?.column === 'pending';
  const blocked = await repository.until(isBack, 'a blocked task that lies in pending');
  expect(blocked.tasks[0]).toMatchObject({ id: 'hard', status: 'blocked' });
  expect((await oompa(['status'], { cwd: root })).out).toContain('1 blocked');

  const wrong = await oompa(['requeue', 'nope'], { cwd: root });
  expect(wrong).toMatchObject({ code: 1, out: '' });
  expect(wrong.err).toContain('cannot requeue nope: there is no such task');
  const refused = await oompa(['requeue', 'nope', '--json'], { cwd: root });
  expect(refused.code).toBe(1);
  expect(JSON.parse(refused.out)).toEqual({
    asked: 1,
    requeued: 0,
    trouble: ['cannot requeue nope: there is no such task'],
  });
  const requeued = await oompa(['requeue'], { cwd: root });
  expect(requeued).toMatchObject({ code: 0, out: 'requeued 1 of 1' });
  await repository.until(
    (now) => (now.tasks[0]?.since ?? '') > (blocked.tasks[0]?.since ?? ''),
    'the task is taken up again',
  );
});

describe('after the supervisor was killed', () => {
  test('stop finishes what it left, and nothing is lost', async () => {
    const repository = makeRepository({ tasks: ['one'] });
    const { root } = repository;
    const { pid } = await start(repository);
    const before = await repository.until(awaiting(1), 'a change');
    const change = before.changes[0]?.id ?? '';
    process.kill(pid, 'SIGKILL');
    await repository.until((now) => now.supervisor === null, 'the supervisor is gone');

    expect((await oompa(['status'], { cwd: root })).out).toContain('supervisor down');
    const approved = await oompa(['approve', change.slice(0, 8)], { cwd: root });
    expect(approved).toMatchObject({ code: 69, out: '' });
    expect(approved.err).toMatch(/the supervisor is not running\n {2}start it/);

    const stopped = await oompa(['stop'], { cwd: root });
    expect(stopped).toMatchObject({ code: 0, out: 'stopped' });
    expect(existsSync(join(root, 'tasks/pending/one.json'))).toBe(true);
    const kept = await repository.git('for-each-ref', '--format=%(objectname)', 'refs/oompa/salvage');
    expect(kept.split('\n')).toContain(change);
    expect(await repository.git('worktree', 'list')).not.toContain('.oompa');
  });

  test('run goes on with the same swarm', async () => {
    const repository = makeRepository({ tasks: ['one'] });
    const { swarm, pid } = await start(repository);
    const before = await repository.until(awaiting(1), 'a change');
    process.kill(pid, 'SIGKILL');
    await repository.until((now) => now.supervisor === null, 'the supervisor is gone');
    const next = await start(repository);
    expect(next.swarm).toBe(swarm);
    expect(next.pid).not.toBe(pid);
    const change = before.changes[0]?.id ?? '';
    expect((await oompa(['approve', change.slice(0, 8)], { cwd: repository.root })).code).toBe(0);
    await repository.until((now) => now.tasks[0]?.status === 'merged', 'the merge');
  });
});
