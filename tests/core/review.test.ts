// The review of a change: who is asked, what a verdict does, and what follows when nobody gives one.
import { expect, test } from 'vitest';
import { Config, type ConfigInput } from '../../src/core/config.ts';
import { isUnreviewed } from '../../src/core/review.ts';
import { reviewersFor, seatsOf } from '../../src/core/seats/kinds.ts';
import { isIdle } from '../../src/core/select.ts';
import { noSignals } from '../../src/core/signals.ts';
import type { Change } from '../../src/core/state.ts';
import { createSim, ended, goodOutcome, goodTurn, type Sim, sha, task } from '../helpers/sim.ts';

const worker = { model: 'command:w', can_plan: false };
const auto = { workers: [worker], approval: 'auto' as const };

/** Answers effects and lets workers (no reviewer) go on until nothing follows. */
function settle(sim: Sim): void {
  for (let n = 0; n < 200; n += 1) {
    const [open] = sim.open;
    if (open) {
      sim.answer(open.id, goodOutcome(sim, open.id, open.effect));
      continue;
    }
    const before = sim.state;
    for (const { id, seat } of Object.values(sim.state.workers)) {
      const event = seat === 'worker' ? goodTurn(sim, id) : null;
      if (event) sim.happen(event);
    }
    if (sim.state === before && sim.open.length === 0) return;
  }
}

/** A swarm whose one change is with its reviewers. */
function inReview(config: Partial<ConfigInput> = {}): Sim {
  const sim = createSim({ ...auto, reviewer: 'claude:r', ...config }, [task('a')]);
  settle(sim);
  return sim;
}

const latest = (sim: Sim): Change | undefined => Object.values(sim.state.changes).at(-1);
const turnOf = (sim: Sim, seat: string) => sim.state.workers[seat]?.turn?.id ?? 'none';
const reads = (sim: Sim) =>
  Object.values(sim.state.workers)
    .filter(({ turn }) => turn?.review === latest(sim)?.id)
    .map(({ id }) => id);

function say(sim: Sim, seat: string, verdict: 'approved' | 'needs-changes' | null, said = 'said'): void {
  sim.happen(ended(seat, turnOf(sim, seat), { signals: { ...noSignals, verdict }, said }));
}
function crash(sim: Sim, seat: string, kind: 'crash' | 'auth' | 'rate_limit' = 'crash'): void {
  sim.happen(ended(seat, turnOf(sim, seat), { outcome: 'failed', error: { class: kind, message: 'no' } }));
}
const sent = (sim: Sim) =>
  sim.lines.flatMap(({ effects }) =>
    effects.flatMap((each) => (each.type === 'turn.send' && each.review ? [each] : [])),
  );

test('green checks go to the reviewer, in a checkout of the head; the policy approves what it approved', () => {
  const sim = inReview();
  const id = latest(sim)?.id ?? '';
  expect(latest(sim)?.status).toBe('reviewing');
  expect(sim.state.workers.r0).toMatchObject({ status: 'working', worktree: { base: id } });
  expect(sent(sim)).toMatchObject([{ worker: 'r0', kind: 'review', conversation: null, tasks: ['a'], review: id }]);
  say(sim, 'r0', 'approved', 'Good: tried it.');
  expect(latest(sim)).toMatchObject({
    approval: { by: 'policy', head: id },
    review: { verdict: 'approved', by: 'r0', said: 'Good: tried it.' },
  });
  // What the reviewer left in its checkout goes.
  expect(sim.open.map(({ effect }) => effect)).toContainEqual(
    expect.objectContaining({ type: 'worktree.reset', worker: 'r0', base: id }),
  );
  settle(sim);
  expect(latest(sim)?.status).toBe('merged');
});

test('without checks, without reviewers: as before', () => {
  const sim = inReview({ reviewer: undefined });
  expect(latest(sim)).toMatchObject({ status: 'merged', review: null });
});

test('wanted changes go back to the same worker and conversation with the words; another head is another review', () => {
  const sim = inReview({ approval: 'operator' });
  const first = latest(sim)?.id;
  say(sim, 'r0', 'needs-changes', '1. a.ts:3 breaks');
  expect(sim.state.changes[first ?? '']).toMatchObject({ status: 'rejected', reason: 'r0 wants changes' });
  const turn = sim.open.find(({ effect }) => effect.type === 'turn.send')?.effect;
  expect(turn).toMatchObject({
    worker: 'w0',
    kind: 'feedback',
    tasks: ['a'],
    note: expect.stringContaining('a.ts:3 breaks'),
  });
  settle(sim);
  expect(latest(sim)).toMatchObject({ status: 'reviewing', round: 1 });
  expect(latest(sim)?.id).not.toBe(first);
  say(sim, 'r0', 'approved');
  expect(latest(sim)?.status).toBe('awaiting-approval');
});

test('after max_review_rounds the task goes back to the board with the last words', () => {
  const sim = inReview({ max_review_rounds: 2 });
  for (let round = 0; round < 3; round += 1) {
    expect(latest(sim)?.round).toBe(round);
    say(sim, 'r0', 'needs-changes', `round ${round}`);
    if (round < 2) settle(sim);
  }
  const release = sim.open.find(({ effect }) => effect.type === 'tasks.release')?.effect;
  expect(release).toMatchObject({ tasks: ['a'], reason: 'r0 wants changes', feedback: 'round 2' });
  expect(sim.state.tasks.a).toMatchObject({ status: 'pending', attempts: 1 });
});

test('a verdict on a change that is no longer in review counts for nothing', () => {
  const sim = inReview({ approval: 'operator' });
  const old = latest(sim)?.id ?? '';
  sim.happen({ type: 'change.reject-asked', change: old, note: 'no', by: 'operator' });
  settle(sim);
  const fresh = latest(sim);
  expect(fresh).toMatchObject({ status: 'reviewing', review: { verdict: null } });
  expect(fresh?.id).not.toBe(old);
  say(sim, 'r0', 'approved');
  expect(sim.state.changes[old]).toMatchObject({ status: 'rejected', review: { verdict: null } });
  expect(latest(sim)).toMatchObject({ id: fresh?.id, status: 'reviewing' });
  settle(sim);
  expect(reads(sim)).toEqual(['r0']);
});

test('no verdict is asked for once more, then the next of the chain is asked', () => {
  const sim = inReview({ review_models: ['claude:r', 'codex:r'] });
  say(sim, 'r0', null);
  settle(sim);
  expect(reads(sim)).toEqual(['r0']);
  expect(sim.state.workers.r0?.turn?.note).toContain('VERDICT: APPROVED');
  say(sim, 'r0', null);
  settle(sim);
  expect(reads(sim)).toEqual(['r1']);
  expect(latest(sim)?.review?.failed).toEqual([{ by: 'r0', why: 'gave no verdict in 2 turns' }]);
  say(sim, 'r1', 'approved');
  settle(sim);
  expect(latest(sim)).toMatchObject({ status: 'merged', round: 0, review: { by: 'r1' } });
});

test('when every reviewer failed the change waits for the operator, also where the policy approves', () => {
  const sim = inReview({ review_models: ['claude:r', 'codex:r'] });
  crash(sim, 'r0');
  settle(sim);
  crash(sim, 'r1');
  settle(sim);
  const change = latest(sim);
  expect(change).toMatchObject({ status: 'awaiting-approval', round: 0, approval: null, reason: null });
  expect(change?.review?.failed.map(({ by }) => by)).toEqual(['r0', 'r1']);
  expect(change && isUnreviewed(change)).toBe(true);
  expect(sim.state.tasks.a?.attempts).toBe(0);
});

test('where nobody is there to approve what was not reviewed, the run ends instead of waiting for ever', () => {
  const sim = inReview({ when_done: 'stop' });
  crash(sim, 'r0');
  settle(sim);
  sim.wind(60_000);
  settle(sim);
  expect(sim.state.swarm).toMatchObject({ status: 'stopped', stopReason: 'completed' });
  expect(latest(sim)).toMatchObject({ status: 'withdrawn', review: { failed: [{ by: 'r0' }] } });
  expect(sim.state.tasks.a).toMatchObject({ status: 'pending', attempts: 0 });
});

test('where the operator approves, an unreviewed change keeps the swarm from being done', () => {
  const sim = inReview({ approval: 'operator' });
  crash(sim, 'r0');
  settle(sim);
  sim.wind(60_000);
  expect(latest(sim)?.status).toBe('awaiting-approval');
  expect(isIdle(sim.state)).toBe(false);
});

test('a reviewer that is away is passed over; one whose limit ends is waited for when it is the last', () => {
  const away = inReview({ review_models: ['claude:r', 'codex:r'] });
  crash(away, 'r0', 'auth');
  settle(away);
  expect(away.state.workers.r0?.status).toBe('needs-you');
  expect(reads(away)).toEqual(['r1']);

  const limited = inReview();
  crash(limited, 'r0', 'rate_limit');
  settle(limited);
  expect(limited.state.workers.r0).toMatchObject({ status: 'limited', failures: 0 });
  expect(latest(limited)).toMatchObject({ status: 'reviewing', review: { failed: [] } });
  limited.wind(61_000);
  settle(limited);
  expect(reads(limited)).toEqual(['r0']);
});

test('a reviewer that was stopped or paused is not waited for', () => {
  for (const type of ['worker.stop-asked', 'worker.pause-asked'] as const) {
    const sim = createSim({ ...auto, reviewer: 'claude:r' }, [task('a')]);
    sim.happen({ type, worker: 'r0' });
    settle(sim);
    sim.wind(5_000);
    settle(sim);
    expect(latest(sim)).toMatchObject({ status: 'awaiting-approval', approval: null });
    expect(latest(sim)?.review?.failed[0]?.why).toMatch(/^is (?:paused|stopp)/);
  }
});

test('a turn that a crash took is given again, and a reviewer that is given up is passed over', () => {
  const sim = inReview();
  for (let crashes = 0; sim.state.workers.r0?.status !== 'failed' && crashes < 10; crashes += 1) {
    const pane = sim.state.workers.r0?.pane ?? '';
    sim.happen({ type: 'pane.exited', worker: 'r0', pane, code: null, signal: 'SIGKILL' });
    if (crashes === 0) {
      sim.wind(60_000);
      settle(sim);
      expect(reads(sim)).toEqual(['r0']);
    } else for (let beats = 0; beats < 70; beats += 1) sim.wind(1_000);
    settle(sim);
  }
  expect(sim.state.workers.r0?.status).toBe('failed');
  expect(latest(sim)).toMatchObject({ status: 'awaiting-approval', review: { verdict: null } });
});

test('two seats of a reviewer read two changes at the same time, and never the same', () => {
  const sim = createSim({ ...auto, workers: [{ ...worker, count: 2 }], reviewer: { model: 'claude:r', count: 2 } }, [
    task('a'),
    task('b'),
  ]);
  settle(sim);
  const read = Object.values(sim.state.workers).flatMap(({ turn }) => turn?.review ?? []);
  expect(read.sort()).toEqual(Object.keys(sim.state.changes).sort());
  expect(sent(sim)).toHaveLength(2);
});

test('a review counts in limits: it is served before new work', () => {
  const sim = createSim(
    { ...auto, workers: [{ ...worker, count: 2 }], limits: { command: 1 }, reviewer: 'command:r' },
    [task('a'), task('b')],
  );
  settle(sim);
  expect(Object.values(sim.state.workers).flatMap(({ id, turn }) => (turn ? [id] : []))).toEqual(['r0']);
});

test('a reviewer holds no task: what it took is put back, and costs the task nothing', () => {
  const sim = inReview({ approval: 'operator' });
  sim.happen({ type: 'board.changed', seen: [task('b')], gone: [], unreadable: [] });
  sim.happen({ type: 'claim.seen', worker: 'r0', task: 'b', file: '/view/b.json' });
  settle(sim);
  expect(sim.state.workers.r0?.claims).toEqual([]);
  expect(
    sim.lines.flatMap(({ effects }) => effects).some((each) => each.type === 'tasks.release' && each.tasks[0] === 'b'),
  ).toBe(true);
  expect(sim.state.tasks.b).toMatchObject({ attempts: 0 });
});

test('a lapsed change that was approved by its reviewer is not read again', () => {
  const sim = inReview({ approval: 'operator' });
  say(sim, 'r0', 'approved');
  const id = latest(sim)?.id ?? '';
  const change = latest(sim) as Change;
  const bound = { head: id, base: change.integration?.base ?? '', checks: `${change.integration?.tree} t=ok` };
  sim.happen({ type: 'base.moved', sha: sha('elsewhere') });
  sim.happen({ type: 'change.approve-asked', change: id, ...bound, by: 'operator' });
  const slip = { type: 'effect.failed' as const, code: 'x', message: 'disk', hint: null, retryable: false };
  const integrate = sim.open.find(({ effect }) => effect.type === 'change.integrate');
  sim.answer(integrate?.id ?? '', slip);
  expect(latest(sim)?.status).toBe('lapsed');
  sim.happen({ type: 'change.approve-asked', change: id, ...bound, by: 'operator' });
  settle(sim);
  expect(latest(sim)).toMatchObject({ status: 'awaiting-approval', review: { verdict: 'approved', by: 'r0' } });
  expect(sent(sim)).toHaveLength(1);
});

const models = (config: Partial<ConfigInput>, of: object = {}) => {
  const parsed = Config.parse({ ...config, workers: [{ model: 'command:w', ...of }] });
  return reviewersFor(parsed, parsed.workers[0] as (typeof parsed.workers)[0]).map(({ model }) => model);
};

test.each([
  [{ reviewer: { model: 'a:1' } }, {}, ['a:1']],
  [{ review_model: 'a:1' }, {}, ['a:1']],
  [{ review_models: ['a:1', { model: 'b:2', prompt: 'p.md' }] }, {}, ['a:1', 'b:2']],
  [{ review_models: ['a:1'], reviewer: 'b:2', review_model: 'c:3' }, {}, ['a:1']],
  [{ reviewer: 'b:2', review_model: 'c:3' }, {}, ['b:2']],
  [{ reviewer: 'g:0' }, { reviewers: ['a:1', 'b:2'], review_model: 'c:3' }, ['a:1', 'b:2', 'g:0']],
  [{ reviewer: 'g:0' }, { review_model: 'g:0' }, ['g:0']],
  [{ review_models: ['g:0', 'a:1'] }, { reviewer: 'a:1' }, ['a:1', 'g:0']],
  [{}, { reviewers: [] }, []],
])('the chain of %j with %j', (config, of, expected) => expect(models(config, of)).toEqual(expected));

test('each reviewer has a seat, once for all workers that name it; the same model with other prompts is another', () => {
  const config = Config.parse({
    workers: [
      { model: 'command:w', count: 2, reviewers: ['a:1', { model: 'a:1', prompt: 'strict.md' }] },
      { model: 'command:v', reviewer: 'a:1' },
    ],
    reviewer: { model: 'g:0', count: 2 },
    planner: { model: 'p:1' },
  });
  expect(seatsOf(config).map(({ id, seat, spec }) => [id, seat, spec.model, spec.prompt.join()])).toEqual([
    ['w0', 'worker', 'command:w', ''],
    ['w1', 'worker', 'command:w', ''],
    ['w2', 'worker', 'command:v', ''],
    ['r0', 'reviewer', 'a:1', ''],
    ['r1', 'reviewer', 'a:1', 'strict.md'],
    ['r2', 'reviewer', 'g:0', ''],
    ['r3', 'reviewer', 'g:0', ''],
    ['planner', 'planner', 'p:1', ''],
  ]);
  expect(Config.parse(config)).toEqual(config);
});
