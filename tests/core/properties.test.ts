// Whatever the world answers, in whatever order: the fold equals the state, nothing is lost, nothing is held twice.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { later } from '../../src/core/draft.ts';
import type { Effect } from '../../src/core/effect.ts';
import { type Event, JournalLine } from '../../src/core/event.ts';
import { isUnreviewed } from '../../src/core/review.ts';
import { checksDigest } from '../../src/core/select.ts';
import { noSignals } from '../../src/core/signals.ts';
import type { State } from '../../src/core/state.ts';
import { fold } from '../../src/core/transition.ts';
import { createSim, ended, goodOutcome, goodTurn, type Sim, sha, task } from '../helpers/sim.ts';

const config = {
  workers: [
    { model: 'command:a', count: 3, can_plan: false, iterations: 30 },
    { model: 'other:b', can_plan: false, iterations: 30 },
  ],
  limits: { command: 2 },
  checks: ['true'],
  when_done: 'stop' as const,
};
/** The same with a chain of reviewers and a planner. */
const staffed = { ...config, reviewers: ['command:r', 'other:r'], planner: { model: 'other:p', max_pending: 20 } };
const board = Array.from({ length: 12 }, (_, i) => task(`t-${i}`, i % 4 === 3 ? { dependsOn: [`t-${i - 1}`] } : {}));

test.each([config, staffed])('a swarm of good agents merges every task and stops by itself', (swarm) => {
  const sim = createSim({ ...swarm, approval: 'auto' }, board);
  run(sim, 4_000, () => 0);
  expect(sim.state.swarm?.status).toBe('stopped');
  expect(Object.values(sim.state.tasks).filter((each) => each.status === 'merged')).toHaveLength(12);
  expect(Object.values(sim.state.changes)).toHaveLength(12);
});

test('under any mischief the invariants hold, and the fold of the journal is the state', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 2 ** 31 }),
      fc.double({ min: 0, max: 0.6, noNaN: true }),
      (seed, mischief) => {
        const sim = createSim(
          { ...(seed % 3 ? staffed : config), approval: seed % 2 ? 'auto' : 'operator' },
          board,
          seed,
        );
        run(sim, 600, () => mischief, invariants);
        const lines = sim.lines.map((line) => JournalLine.parse(JSON.parse(JSON.stringify(line))));
        expect(fold(lines)).toEqual(sim.state);
        const half = fold(lines.slice(0, lines.length / 2));
        expect(fold(lines, half)).toEqual(sim.state);
      },
    ),
    { numRuns: 150 },
  );
});

test('after any mischief a stop ends: no pane, no worktree, no pending effect, no task in anybody’s hands', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 31 }), fc.integer({ min: 0, max: 400 }), (seed, steps) => {
      const sim = createSim({ ...(seed % 2 ? staffed : config), approval: 'auto' }, board, seed);
      run(sim, steps, () => 0.3);
      sim.happen({ type: 'swarm.stop-asked', by: 'operator' });
      run(sim, 3_000, () => 0);
      expect(sim.state.swarm?.status).toBe('stopped');
      expect(sim.state.pending).toEqual({});
      for (const worker of Object.values(sim.state.workers)) {
        expect({ status: worker.status, pane: worker.pane, worktree: worker.worktree, claims: worker.claims }).toEqual({
          status: 'stopped',
          pane: null,
          worktree: null,
          claims: [],
        });
      }
      for (const each of Object.values(sim.state.tasks)) {
        expect(['pending', 'merged', 'blocked']).toContain(each.status);
        expect(each.status === 'merged' ? null : each.worker).toBe(null);
      }
    }),
    { numRuns: 150 },
  );
});

test('after any mischief a good world finishes what is not blocked', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 31 }), (seed) => {
      const swarm = seed % 2 ? staffed : config;
      // All others may have left at once: one that a person has paused keeps the swarm until they are called back.
      const workers = [...swarm.workers, { model: 'kept:paused' }];
      const sim = createSim({ ...swarm, workers, approval: 'auto', when_done: 'wait', max_attempts: 100 }, board, seed);
      sim.happen({ type: 'worker.pause-asked', worker: 'w4' });
      run(sim, 200, () => 0.3);
      for (const worker of players(sim)) sim.happen({ type: 'worker.resume-asked', worker });
      run(sim, 6_000, () => 0, undefined, true);
      const left = Object.values(sim.state.tasks).filter((each) => each.status !== 'merged');
      expect(left).toEqual([]);
    }),
    { numRuns: 60 },
  );
});

function players(sim: Sim): string[] {
  return Object.keys(sim.state.workers).filter((id) => sim.state.workers[id]?.spec.model !== 'kept:paused');
}

/** Lets the world answer until nothing more happens or the steps are spent. */
function run(sim: Sim, steps: number, mischief: () => number, check?: (state: State) => void, revive = false): void {
  let quiet = 0;
  for (let step = 0; step < steps && sim.state.swarm?.status !== 'stopped' && quiet < 200; step += 1) {
    const before = sim.state;
    const wild = sim.random() < mischief();
    if (sim.open.length > 0 && sim.random() < 0.6) {
      const { id, effect } = sim.open[Math.floor(sim.random() * sim.open.length)] as { id: string; effect: Effect };
      sim.answer(id, (wild && badOutcome(sim, effect)) || goodOutcome(sim, id, effect));
    } else if (wild) sim.happen(strange(sim));
    else {
      const workers = players(sim);
      const event = goodTurn(sim, workers[Math.floor(sim.random() * workers.length)] ?? 'w0');
      if (event) sim.happen(event);
      else sim.wind(700);
      if (revive && step % 50 === 0)
        for (const worker of workers)
          if (['failed', 'stopped', 'paused', 'needs-you'].includes(sim.state.workers[worker]?.status ?? ''))
            sim.happen({ type: 'worker.resume-asked', worker });
    }
    // A change that could not be checked, reviewed or landed waits for a person.
    const waiting =
      revive && Object.values(sim.state.changes).find((each) => each.status === 'lapsed' || isUnreviewed(each));
    if (waiting)
      sim.happen({
        type: 'change.approve-asked',
        change: waiting.id,
        head: waiting.id,
        base: waiting.integration?.base ?? waiting.base,
        checks: checksDigest(waiting),
        by: 'operator',
      });
    // So does a task whose file could not be put back.
    const stranded =
      revive && Object.values(sim.state.tasks).find((each) => each.status === 'pending' && each.column === 'current');
    if (stranded && step % 50 === 0) sim.happen({ type: 'tasks.requeue-asked', tasks: [stranded.id] });
    check?.(sim.state);
    quiet = sim.state === before ? quiet + 1 : 0;
  }
}

function badOutcome(sim: Sim, effect: Effect): Event | null {
  const failed: Event = {
    type: 'effect.failed',
    code: 'x',
    message: 'slipped',
    hint: null,
    retryable: sim.random() < 0.7,
  };
  if (sim.random() < 0.4) return failed;
  switch (effect.type) {
    case 'work.commit':
      return sim.random() < 0.5
        ? { type: 'work.empty', worker: effect.worker }
        : {
            type: 'work.committed',
            worker: effect.worker,
            tasks: effect.tasks,
            base: sha(1),
            head: sha(`m${sim.state.seq}`),
            files: [],
            markers: ['a'],
          };
    case 'change.integrate':
      return sim.random() < 0.5
        ? { type: 'change.conflicted', change: effect.change, base: effect.base, files: ['a'], with: [] }
        : {
            type: 'change.integrated',
            change: effect.change,
            base: effect.base,
            commit: sha(2),
            tree: sha(3),
            checks: [{ name: 't', ok: false, code: 1, durationMs: 1, tail: 'no' }],
            escapes: [],
          };
    case 'change.land':
      return sim.random() < 0.5
        ? { type: 'change.raced', change: effect.change, base: sha(`race${sim.state.seq}`) }
        : { type: 'change.held', change: effect.change, reason: 'dirty', files: ['a'] };
    case 'conflict.open':
      return { type: 'conflict.opened', worker: effect.worker, base: effect.base, files: [] };
    case 'tasks.claim':
      return {
        type: 'tasks.claimed',
        worker: effect.worker,
        claimed: [],
        refused: effect.tasks.map((id) => ({ id, why: 'taken' })),
      };
    default:
      return null;
  }
}

function strange(sim: Sim): Event {
  const ids = players(sim);
  const pick = ids[Math.floor(sim.random() * ids.length)] ?? 'w0';
  const worker = sim.state.workers[pick];
  const turn = worker?.turn?.id ?? 'w0-t0';
  const changes = Object.keys(sim.state.changes);
  const change = changes[Math.floor(sim.random() * changes.length)] ?? sha(0);
  const kinds: Event[] = [
    ended(pick, turn, { outcome: 'failed', exitCode: 3, error: { class: 'crash', message: 'exit 3' } }),
    ended(pick, turn, {
      outcome: 'failed',
      error: { class: 'rate_limit', message: '429', resetAt: sim.random() < 0.5 ? null : later(sim.state.at, 5_000) },
    }),
    ended(pick, turn, { outcome: 'failed', error: { class: 'provider', message: '500' } }),
    ended(pick, turn, { outcome: 'failed', error: { class: 'auth', message: '401' } }),
    ended(pick, turn, { outcome: 'failed', conversation: 'c', error: { class: 'context_full', message: 'full' } }),
    ended(pick, turn, { outcome: 'stopped' }),
    ended(pick, turn),
    ended(pick, turn, { signals: { ...noSignals, done: true } }),
    ended(pick, turn, { signals: { ...noSignals, verdict: 'needs-changes' }, said: 'no' }),
    ended(pick, turn, { signals: { ...noSignals, followUp: 'help' } }),
    { type: 'pane.exited', worker: pick, pane: worker?.pane ?? '%0', code: 1, signal: null },
    { type: 'pane.exited', worker: pick, pane: 'stranger', code: 1, signal: null },
    { type: 'worker.pause-asked', worker: pick },
    { type: 'worker.resume-asked', worker: pick },
    { type: 'worker.stop-asked', worker: pick },
    { type: 'change.reject-asked', change, note: 'no', by: 'operator' },
    {
      type: 'change.approve-asked',
      change,
      head: change,
      base: sim.state.changes[change]?.integration?.base ?? sha(0),
      checks: 'stale',
      by: 'operator',
    },
    { type: 'base.moved', sha: sha(`moved${sim.state.seq}`) },
    { type: 'claim.seen', worker: pick, task: `t-${Math.floor(sim.random() * 12)}`, file: '/x' },
    { type: 'mail.seen', worker: pick, mail: `m${sim.state.seq}`, from: 'operator', subject: 'hello' },
    { type: 'tasks.requeue-asked', tasks: ['t-1'] },
  ];
  return kinds[Math.floor(sim.random() * kinds.length)] as Event;
}

function invariants(state: State): void {
  const holders = new Map<string, string>();
  for (const worker of Object.values(state.workers)) {
    for (const id of worker.claims) {
      expect(holders.has(id), `${id} held twice: ${holders.get(id)} and ${worker.id}`).toBe(false);
      holders.set(id, worker.id);
    }
  }
  for (const each of Object.values(state.tasks)) {
    if (each.status === 'claimed' && each.worker !== null)
      expect(holders.get(each.id), `${each.id} claimed by ${each.worker}`).toBe(each.worker);
    if (each.status === 'handed-in') expect(state.changes[each.change ?? '']).toBeDefined();
  }
  const inFlight = Object.values(state.workers).filter((worker) => worker.turn && worker.spec.model === 'command:a');
  expect(inFlight.length).toBeLessThanOrEqual(2);
  for (const each of Object.values(state.changes)) {
    if (each.approval?.by === 'policy' && each.review) expect(each.review.verdict).toBe('approved');
  }
  for (const { seat, claims, change } of Object.values(state.workers)) {
    if (seat !== 'worker') expect(change).toBe(null);
    if (seat === 'planner' || seat === 'reviewer') expect(claims.length === 0 || adopting(state)).toBe(true);
  }
  const merging = Object.values(state.changes).filter((change) => change.status === 'merging');
  expect(merging.length).toBeLessThanOrEqual(1);
}

function adopting(state: State): boolean {
  return Object.values(state.pending).some(({ effect }) => effect.type === 'tasks.adopt');
}
