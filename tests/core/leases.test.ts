// Tasks that name their files, and changes that go beyond them or whose lease was lost.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Effect } from '../../src/core/effect.ts';
import type { Event } from '../../src/core/event.ts';
import { anyOverlap } from '../../src/core/globs.ts';
import { escapesLine } from '../../src/core/review.ts';
import { bestClaimable, checksDigest, claimableTasks, clashesOf, heldUpBy, isIdle } from '../../src/core/select.ts';
import type { Change } from '../../src/core/state.ts';
import { createSim, goodOutcome, goodTurn, type Sim, sha, task } from '../helpers/sim.ts';

const worker = { model: 'command:x', count: 2, can_plan: false };
const auto = { workers: [worker], approval: 'auto' as const };

/** Answers what is open and ends turns well until nothing is left; `answer` gives other outcomes. */
function settle(sim: Sim, answer: (effect: Effect) => Event | null = () => null): void {
  for (let n = 0; n < 500; n += 1) {
    const [next] = sim.open;
    if (next) sim.answer(next.id, answer(next.effect) ?? goodOutcome(sim, next.id, next.effect));
    else {
      const event = Object.keys(sim.state.workers)
        .map((id) => goodTurn(sim, id))
        .find((each) => each !== null);
      if (!event) return;
      sim.happen(event);
    }
  }
}

const latest = (sim: Sim) => Object.values(sim.state.changes).at(-1) as Change;
const effects = (sim: Sim) => sim.lines.flatMap((line) => line.effects);
const outside =
  (...escapes: string[]) =>
  (effect: Effect): Event | null =>
    effect.type === 'change.integrate'
      ? {
          type: 'change.integrated',
          ...{ change: effect.change, base: effect.base, commit: sha(2), tree: sha(3), checks: [], escapes },
        }
      : null;

describe('tasks about the same files', () => {
  test('are offered, and worked on, one after the other', () => {
    const tasks = [task('a', { files: ['src/**'] }), task('b', { files: ['src/*.ts', 'docs'] }), task('c'), task('d')];
    const sim = createSim(auto, tasks);
    expect(bestClaimable(sim.state, 9, new Set()).map(({ id }) => id)).toEqual(['a', 'c', 'd']);
    expect(bestClaimable(sim.state, 9, new Set(['a'])).map(({ id }) => id)).toEqual(['c', 'd']);
    let held = 0;
    for (let n = 0; n < 500 && sim.state.swarm?.status !== 'stopping'; n += 1) {
      const [next] = sim.open;
      const turn = Object.keys(sim.state.workers)
        .map((id) => goodTurn(sim, id))
        .find((each) => each !== null);
      if (next) sim.answer(next.id, goodOutcome(sim, next.id, next.effect));
      else if (turn) sim.happen(turn);
      else sim.wind(1_000);
      const working = Object.values(sim.state.tasks).filter(({ worker }) => worker !== null);
      const busy = working.filter(({ status }) => status === 'claimed' || status === 'handed-in');
      for (const one of busy) expect(clashesOf(sim.state, one, { worker: one.worker })).toEqual([]);
      const { b } = sim.state.tasks;
      if (b?.status === 'pending' && heldUpBy(sim.state, b).includes('a')) held += 1;
    }
    expect(held).toBeGreaterThan(0);
    expect(Object.values(sim.state.tasks).map(({ status }) => status)).toEqual(tasks.map(() => 'merged'));
  });

  test('of many tasks those that are offered never clash, and something is offered when something can be', () => {
    const files = fc.subarray(['a', 'a/*', 'a/b', '*/b', 'c', '**']);
    fc.assert(
      fc.property(fc.array(files, { minLength: 1, maxLength: 8 }), fc.integer({ min: 1, max: 5 }), (all, most) => {
        const tasks = all.map((each, n) => task(`t${n}`, { files: each, priority: n % 3 }));
        const { state } = createSim(auto, tasks);
        const best = bestClaimable(state, most, new Set());
        expect(best[0]).toBe(claimableTasks(state)[0]);
        for (const [n, one] of best.entries())
          for (const other of best.slice(n + 1)) expect(anyOverlap(one.files, other.files)).toBe(false);
      }),
    );
  });

  test('one that was taken all the same goes back, and who took it is told', () => {
    const sim = createSim(auto, [task('a', { files: ['src/**'] }), task('b', { files: ['src/x.ts'] }), task('c')]);
    for (let n = 0; n < 20 && !sim.state.tasks.a?.worker; n += 1) {
      const [next] = sim.open;
      if (next) sim.answer(next.id, goodOutcome(sim, next.id, next.effect));
      else sim.happen(goodTurn(sim, 'w0') as Event);
    }
    expect(sim.state.tasks.a?.worker).toBe('w0');
    while (!sim.state.workers.w1?.turn || sim.open.length > 0) {
      const [next] = sim.open;
      if (next) sim.answer(next.id, goodOutcome(sim, next.id, next.effect));
      else sim.wind(1_000);
    }
    sim.happen({ type: 'claim.seen', worker: 'w1', task: 'b', file: '/view/b.json' });
    expect(sim.state.workers.w1?.claims).toEqual([]);
    const adopt = sim.open.find(({ effect }) => effect.type === 'tasks.adopt');
    sim.answer(adopt?.id ?? '', { type: 'tasks.claimed', worker: 'w1', claimed: ['b'], refused: [] });
    expect(sim.state.workers.w1?.claims).toEqual([]);
    expect(effects(sim)).toContainEqual(expect.objectContaining({ type: 'tasks.release', tasks: ['b'] }));
    expect(effects(sim)).toContainEqual(
      expect.objectContaining({
        type: 'mail.tell',
        to: 'w1',
        body: expect.stringMatching(/same files as a, which w0/),
      }),
    );
    settle(sim);
    expect(sim.state.tasks.b, 'in its turn').toMatchObject({ status: 'merged', worker: 'w0', attempts: 0 });
  });
});

describe('a change outside of its task', () => {
  test('is told, waits for a person whatever the policy, and can be approved by one', () => {
    const sim = createSim({ ...auto, workers: [{ ...worker, count: 1 }] }, [task('a', { files: ['src/**'] })]);
    settle(sim, outside('lib/x.ts', 'top'));
    const change = latest(sim);
    expect(change).toMatchObject({ status: 'awaiting-approval', escapes: ['lib/x.ts', 'top'] });
    expect(escapesLine(change)).toBe('2 files outside its task: lib/x.ts, top');
    expect(sim.state.notices.at(-1)?.text).toMatch(
      /^SCOPE_ESCAPE .* by w0: 2 files outside its task: lib\/x\.ts, top$/,
    );
    const bound = { change: change.id, head: change.id, base: change.integration?.base ?? '', by: 'operator' };
    const { escapes: _, ...unseen } = change;
    sim.happen({ type: 'change.approve-asked', ...bound, checks: checksDigest({ ...unseen, escapes: [] }) });
    expect(latest(sim).status, 'an approval of something else').toBe('awaiting-approval');
    sim.happen({ type: 'change.approve-asked', ...bound, checks: checksDigest(change) });
    settle(sim, outside('lib/x.ts', 'top'));
    expect(latest(sim).status).toBe('merged');
  });

  test('keeps no swarm from its end where nobody is there to approve', () => {
    const config = { ...auto, workers: [{ ...worker, count: 1 }], when_done: 'stop' as const };
    const sim = createSim(config, [task('a', { files: ['src/**'] })]);
    settle(sim, outside('top'));
    expect(isIdle(sim.state) || sim.state.swarm?.status !== 'running').toBe(true);
  });

  test('that is found out after the approval lapses', () => {
    const sim = createSim({ ...auto, workers: [{ ...worker, count: 1 }] }, [task('a', { files: ['src/**'] })]);
    let moved = false;
    settle(sim, (effect) => {
      if (effect.type === 'change.land' && !moved) {
        moved = true;
        return { type: 'change.raced', change: effect.change, base: sha('moved') };
      }
      return moved ? outside('lib/x.ts')(effect) : null;
    });
    expect(latest(sim)).toMatchObject({
      status: 'lapsed',
      approval: null,
      reason: '1 file outside its task: lib/x.ts',
    });
  });
});

test('a change whose lease was lost and granted to another goes back to its worker', () => {
  const sim = createSim({ ...auto, workers: [{ ...worker, count: 1 }] }, [task('a')]);
  let fenced = false;
  settle(sim, (effect) => {
    if (effect.type !== 'change.land' || fenced) return null;
    fenced = true;
    return { type: 'change.fenced', change: effect.change, lost: [{ path: 'src/a.ts', by: 'w7', task: 't2' }] };
  });
  const [first, second] = Object.values(sim.state.changes);
  expect(first).toMatchObject({ status: 'rejected', reason: expect.stringMatching(/w7 was granted src\/a\.ts/) });
  const turns = effects(sim).filter((effect) => effect.type === 'turn.send');
  expect(turns.find(({ kind }) => kind === 'feedback')?.note).toMatch(/- src\/a\.ts: now w7's for t2\n[\s\S]*acquire/);
  expect(second?.status).toBe('merged');
});

test('who loses a lease in the midst of work is told by mail, and one who is free is not', () => {
  const sim = createSim(auto, [task('a')]);
  const lease = { fence: 3, owner: 'w0', patterns: ['src/**'], task: null, until: '2026-01-01T00:10:00.000Z' };
  const changed = { type: 'leases.changed' as const, ended: [], expiring: [], problems: [] };
  const forced = { ...lease, how: 'forced' as const, by: 'operator', why: 'urgent' };
  sim.happen({ ...changed, ended: [forced] });
  const told = () => effects(sim).filter((effect) => effect.type === 'mail.tell');
  expect(told()).toEqual([]);
  expect(sim.state.notices.at(-1)?.text).toBe('the lease of w0 on src/** was taken by operator: urgent');
  for (let n = 0; n < 20 && !sim.state.workers.w0?.turn; n += 1) {
    const [next] = sim.open;
    if (next) sim.answer(next.id, goodOutcome(sim, next.id, next.effect));
  }
  sim.happen({ ...changed, ended: [forced], expiring: [lease], problems: ['x is no file of ours'] });
  expect(told()).toMatchObject([
    { to: 'w0', subject: 'LEASE_FORCED: src/**', key: 'lease-3-forced' },
    { to: 'w0', subject: 'LEASE_EXPIRING: src/**', body: expect.stringContaining('oompa lease renew') },
  ]);
  expect(sim.state.notices.at(-1)?.text).toBe('leases: x is no file of ours');
});
