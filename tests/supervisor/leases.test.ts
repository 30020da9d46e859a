// Leases in whole swarms: they follow the tasks, and what goes beyond them is seen at the merge.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checksDigest } from '../../src/core/select.ts';
import type { State } from '../../src/core/state.ts';
import { createLeases } from '../../src/leases/leases.ts';
import { createGate, goodAgent, ready } from '../helpers/agents.ts';
import { until } from '../helpers/until.ts';
import { makePlace, type Place, startSwarm } from '../helpers/world.ts';

const stopped = (state: State) => state.swarm?.status === 'stopped';
const one = { model: 'command:scripted', count: 1, can_plan: false };
const two = { ...one, count: 2 };

/** As a person sees the leases of a place; time in a test runs ahead, so nothing is over for them. */
const leasesOf = ({ paths }: Place) =>
  createLeases({ root: paths.leases, repository: paths.root, now: () => Date.parse('2026-01-01T00:00:00.000Z') });

test('a worker holds the files of its task while it works on it, and nobody when all is merged', async () => {
  const held: unknown[] = [];
  const place = await makePlace({
    tasks: { a: { files: ['a.txt'] }, b: { files: ['b.txt', 'lib/**'] } },
    config: { workers: [two] },
    agent: goodAgent(async (hands) => {
      if (hands.claims.length === 0) return null;
      const mine = () =>
        leasesOf(place)
          .list()
          .leases.filter(({ owner }) => owner.address === hands.worker);
      await until('its lease', () => mine().length > 0, { everyMs: 10 });
      held.push(...mine().map(({ task, patterns, mode, manifest }) => [task, patterns, mode, manifest]));
      return null;
    }),
  });
  const swarm = await startSwarm(place);
  await swarm.until(stopped);
  expect(held.sort()).toEqual([
    ['a', ['a.txt'], 'exclusive', 'whole'],
    ['b', ['b.txt', 'lib/**'], 'exclusive', 'whole'],
  ]);
  expect(leasesOf(place).list()).toEqual({ leases: [], waiting: [], problems: [] });
});

test('tasks about the same files are worked on one after the other', async () => {
  const at = new Set<string>();
  let most = 0;
  const place = await makePlace({
    tasks: { a: { files: ['*.txt'] }, b: { files: ['b.txt'] }, c: { files: ['[abc].*'] } },
    config: { workers: [two] },
    agent: goodAgent((hands) => {
      for (const id of hands.claims) at.add(id);
      most = Math.max(most, at.size);
      for (const id of hands.claims) at.delete(id);
      return null;
    }),
  });
  const swarm = await startSwarm(place);
  const state = await swarm.until(stopped);
  expect(Object.values(state.tasks).map(({ status }) => status)).toEqual(['merged', 'merged', 'merged']);
  const order = Object.values(state.changes).map(({ handedInAt, since }) => [handedInAt, since]);
  for (const [n, [begun = '']] of order.entries())
    for (const [, ended = ''] of order.slice(0, n)) expect(begun >= ended).toBe(true);
  expect(most).toBe(1);
});

test('what lies outside of the task, uncommitted or renamed away, waits for a person', async () => {
  const place = await makePlace({
    tasks: { a: { files: ['a.txt'] } },
    files: { 'shared.txt': 'x\n'.repeat(30), 'readme.md': 'hello\n' },
    config: { workers: [one], when_done: 'wait' },
    agent: goodAgent((hands) => {
      if (hands.claims.length === 0) return null;
      hands.write('moved.txt', hands.read('shared.txt') ?? '');
      hands.remove('shared.txt');
      return null;
    }),
  });
  const swarm = await startSwarm(place);
  const waits = await swarm.until((state) =>
    Object.values(state.changes).some((change) => change.status === 'awaiting-approval'),
  );
  const [change] = Object.values(waits.changes);
  expect(change?.escapes.toSorted()).toEqual(['moved.txt', 'shared.txt']);
  expect(waits.notices.some(({ text }) => text.startsWith('SCOPE_ESCAPE '))).toBe(true);
  const { id = '', integration } = change ?? {};
  const checks = change ? checksDigest(change) : '';
  await swarm.wish({ wish: 'approve', change: id, head: id, base: integration?.base ?? '', checks });
  await swarm.until((state) => state.changes[id]?.status === 'merged');
  expect(existsSync(join(place.root, 'moved.txt'))).toBe(true);
  await swarm.stop();
});

test('work under a lease that was taken and granted to another is refused at the merge', async () => {
  const gate = createGate(1);
  const kinds: string[] = [];
  const place = await makePlace({
    tasks: { a: {} },
    config: { workers: [one], approval: 'operator', when_done: 'wait' },
    agent: goodAgent(async (hands) => {
      if (hands.claims.length === 0) return null;
      kinds.push(hands.turn.kind);
      if (hands.turn.kind === 'feedback') {
        // It asks again, and so its work is newer than that of the other.
        await holds(hands.worker, ['shared.txt']);
        hands.write('shared.txt', 'again\n');
        return ready;
      }
      await holds(hands.worker, ['shared.txt']);
      hands.write('shared.txt', 'mine\n');
      await gate();
      return null;
    }),
  });
  // By the clock of the swarm, as its own commands would.
  let clock = () => Date.now();
  const leases = createLeases({ root: place.paths.leases, repository: place.root, now: () => clock() });
  const holds = async (address: string, files: string[]) =>
    expect(await leases.acquire(files, { owner: { address, process: null } })).toMatchObject({ granted: true });
  const swarm = await startSwarm(place);
  clock = () => Date.parse(swarm.state().at);
  const waits = await swarm.until((state) =>
    Object.values(state.changes).some((change) => change.status === 'awaiting-approval'),
  );
  const [change] = Object.values(waits.changes);
  const approve = async ({ id, integration }: NonNullable<typeof change>) => {
    const now = swarm.state().changes[id];
    const checks = now ? checksDigest(now) : '';
    await swarm.wish({ wish: 'approve', change: id, head: id, base: integration?.base ?? '', checks });
  };
  if (!change) throw new Error('no change');
  expect(change.escapes).toEqual([]);
  await leases.force({ patterns: ['shared.txt'] }, 'operator', null, { owner: { address: 'w9', process: null } });
  await leases.release({ address: 'w9', process: null });
  await approve(change);
  const after = await swarm.until((state) => Object.values(state.changes).length === 2);
  expect(after.changes[change.id]).toMatchObject({
    status: 'rejected',
    reason: expect.stringMatching(/w9 was granted/),
  });
  const again = await swarm.until((state) =>
    Object.values(state.changes).find((each) => each.status === 'awaiting-approval'),
  );
  const second = Object.values(again.changes).find((each) => each.status === 'awaiting-approval');
  if (second) await approve(second);
  await swarm.until((state) => Object.values(state.changes).some((each) => each.status === 'merged'));
  expect(kinds.at(-1)).toBe('feedback');
  await swarm.stop();
});
