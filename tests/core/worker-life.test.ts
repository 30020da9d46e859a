// A worker's days: waiting, pauses, silent turns, signals, and what costs it a cycle.
import { expect, test } from 'vitest';
import type { ConfigInput } from '../../src/core/config.ts';
import type { EffectOf } from '../../src/core/effect.ts';
import type { Event } from '../../src/core/event.ts';
import { noSignals, type Signals } from '../../src/core/signals.ts';
import type { Worker } from '../../src/core/state.ts';
import type { TurnErrorClass } from '../../src/core/turn.ts';
import { createSim, ended, goodOutcome, type Sim, sha, task } from '../helpers/sim.ts';

type WorkerInput = Partial<ConfigInput['workers'][0]>;
const start = (worker: WorkerInput, tasks: string[], more: Partial<ConfigInput> = {}): Sim => {
  const sim = createSim(
    { workers: [{ model: 'claude:opus', can_plan: false, ...worker }], approval: 'auto', ...more },
    tasks.map((id) => task(id)),
  );
  settle(sim);
  return sim;
};
const w0 = (sim: Sim): Worker => sim.state.workers.w0 as Worker;

/** Answers everything that is open until nothing is, in a world where all goes well. */
function settle(sim: Sim): void {
  for (let [next] = sim.open; next; [next] = sim.open) sim.answer(next.id, goodOutcome(sim, next.id, next.effect));
}

/** The turn in flight ends with these signals; then whatever follows, up to the next turn. */
function say(sim: Sim, signals: Partial<Signals> = {}, more: Partial<Parameters<typeof ended>[2]> = {}): void {
  sim.happen(
    ended('w0', w0(sim).turn?.id ?? '', { signals: { ...noSignals, ...signals }, conversation: 'talk', ...more }),
  );
  settle(sim);
}
const fail = (sim: Sim, error: TurnErrorClass) => {
  sim.happen(ended('w0', w0(sim).turn?.id ?? '', { outcome: 'failed', error: { class: error, message: error } }));
};
const see = (sim: Sim, ...ids: string[]) => {
  sim.happen({ type: 'board.changed', seen: ids.map((id) => task(id)), gone: [], unreadable: [] });
  settle(sim);
};
const sent = (sim: Sim): EffectOf<'turn.send'>[] =>
  sim.lines.flatMap(({ effects }) => effects.filter((effect) => effect.type === 'turn.send'));
const kinds = (sim: Sim) => sent(sim).map(({ kind }) => kind);
const asked = (sim: Sim, type: string) =>
  sim.lines.flatMap(({ effects }) => effects.filter((each) => each.type === type));

/** Winds the clock by seconds, in beats. */
function wind(sim: Sim, seconds: number): void {
  for (let passed = 0; passed < seconds; passed += 1) {
    sim.wind(1_000);
    settle(sim);
  }
}

// Waiting.

test('a worker that may not plan waits for a task, and stops by itself after max_wait_for_tasks with the reason', () => {
  const sim = start({ max_wait_for_tasks: 60 }, []);
  expect(w0(sim)).toMatchObject({ status: 'idle', turns: 0 });
  wind(sim, 59);
  expect(w0(sim).status).toBe('idle');
  wind(sim, 2);
  expect(w0(sim)).toMatchObject({ status: 'stopped', why: 'no task for 60 s (max_wait_for_tasks)', turns: 0 });
});

test('a task that comes in time ends the wait at once, and the next wait begins anew', () => {
  const sim = start({ max_wait_for_tasks: 60 }, []);
  wind(sim, 50);
  see(sim, 'a');
  expect(w0(sim)).toMatchObject({ status: 'working', waitingSince: null, suggested: 'a' });
  say(sim, { claims: ['a'] });
  say(sim, { ready: true });
  wind(sim, 50);
  expect(w0(sim)).toMatchObject({ status: 'idle', finished: 1 });
  wind(sim, 12);
  expect(w0(sim).status).toBe('stopped');
});

test('while somebody works on a task that could bring others, nobody gives up', () => {
  const sim = start({ max_wait_for_tasks: 60, count: 2 }, ['a'], { approval: 'operator' });
  say(sim, { claims: ['a'] });
  wind(sim, 120);
  expect(sim.state.workers.w1?.status).toBe('idle');
  // Nor while it waits for the operator.
  say(sim, { ready: true });
  wind(sim, 120);
  expect(sim.state.workers.w1?.status).toBe('idle');
});

test('a worker that may plan waits as long as it must', () => {
  const sim = start({ max_wait_for_tasks: 60, can_plan: true }, []);
  say(sim);
  wind(sim, 200);
  expect(w0(sim)).toMatchObject({ status: 'idle', turns: 1 });
});

test('wait_between is a pause before every cycle but the first', () => {
  const sim = start({ wait_between: '30s' }, ['a', 'b']);
  expect(kinds(sim)).toEqual(['work']);
  say(sim, { claims: ['a'] });
  expect(kinds(sim)).toEqual(['work', 'claimed']);
  say(sim, { ready: true });
  wind(sim, 29);
  expect(w0(sim)).toMatchObject({ status: 'idle', finished: 1, turns: 2 });
  wind(sim, 2);
  expect(w0(sim)).toMatchObject({ status: 'working', suggested: 'b' });
});

// Budgets.

test('iterations count finished cycles: no claim, turn in between, rate limit or login error costs one', () => {
  const sim = start({ iterations: 2, max_resumes: 3 }, ['a', 'b', 'c']);
  fail(sim, 'rate_limit');
  wind(sim, 61);
  fail(sim, 'auth');
  sim.happen({ type: 'worker.resume-asked', worker: 'w0' });
  settle(sim);
  // Nor do they use up the turns of the cycle.
  expect(w0(sim)).toMatchObject({ status: 'working', turnsInCycle: 1, cycle: 1, finished: 0 });
  say(sim, { claims: ['a'] });
  say(sim);
  expect(w0(sim)).toMatchObject({ finished: 0, cycle: 1 });
  say(sim, { ready: true });
  expect(w0(sim)).toMatchObject({ status: 'working', finished: 1, cycle: 2 });
  say(sim, { claims: ['b'] });
  say(sim, { ready: true });
  expect(w0(sim)).toMatchObject({ status: 'stopped', finished: 2, why: 'finished its 2 cycles' });
  expect(sim.state.tasks.c?.status).toBe('pending');
});

test('a look around costs no cycle, and is not repeated until the base has moved', () => {
  const sim = start({ can_plan: true, iterations: 1 }, []);
  expect(kinds(sim)).toEqual(['work']);
  say(sim);
  wind(sim, 30);
  expect(w0(sim)).toMatchObject({ status: 'idle', finished: 0, turns: 1, conversation: null });
  sim.happen({ type: 'base.moved', sha: sha('new') });
  settle(sim);
  expect(w0(sim)).toMatchObject({ status: 'working', turns: 2 });
  // Handing in nothing is a look around, too.
  sim.happen(ended('w0', w0(sim).turn?.id ?? '', { signals: { ...noSignals, ready: true } }));
  const [commit] = sim.open;
  sim.answer(commit?.id ?? '', { type: 'work.empty', worker: 'w0' });
  wind(sim, 30);
  expect(w0(sim)).toMatchObject({ status: 'idle', finished: 0, turns: 2 });
});

// Silent turns.

test('silent turns are answered by a nudge after max_working_resumes, and one more ends the cycle as stuck', () => {
  const sim = start({ max_working_resumes: 2, iterations: 1 }, ['a']);
  say(sim, { claims: ['a'] });
  say(sim);
  say(sim);
  expect(kinds(sim)).toEqual(['work', 'claimed', 'continue', 'nudge']);
  expect(sent(sim)[2]?.note).toContain('Continue working. Signal COMPLETE_AND_READY_FOR_MERGE');
  expect(sent(sim)[3]?.note).toContain('Act now: hand in what works');
  say(sim, {}, { said: 'still reading' });
  expect(w0(sim)).toMatchObject({ status: 'stopped', claims: [], finished: 1 });
  expect(sim.state.tasks.a).toMatchObject({ status: 'pending', attempts: 1, reason: expect.stringContaining('stuck') });
  expect(asked(sim, 'tasks.release')).toMatchObject([{ feedback: 'still reading' }]);
});

test('a claim that is won makes the count of silent turns begin anew', () => {
  const sim = start({ max_working_resumes: 2 }, ['a', 'b']);
  say(sim, { claims: ['a'] });
  say(sim);
  say(sim, { claims: ['b'] });
  say(sim);
  expect(kinds(sim)).toEqual(['work', 'claimed', 'continue', 'claimed', 'continue']);
});

test('max_resumes is the number of turns after which it is nudged, whatever it said between', () => {
  const sim = start({ max_resumes: 3, max_working_resumes: 9 }, ['a']);
  say(sim, { claims: ['a'] });
  say(sim);
  say(sim);
  expect(kinds(sim)).toEqual(['work', 'claimed', 'continue', 'nudge']);
  say(sim);
  expect(sim.state.tasks.a?.attempts).toBe(1);
});

test('an agent that never answers an offer is nudged, then stuck, and its cycles come to an end', () => {
  const sim = start({ max_working_resumes: 2, iterations: 2 }, ['a']);
  for (let turn = 0; turn < 50 && w0(sim).turn; turn += 1) say(sim);
  expect(kinds(sim)).toEqual(['work', 'continue', 'nudge', 'work', 'continue', 'nudge']);
  expect(sent(sim).every(({ suggested }) => suggested === 'a')).toBe(true);
  expect(sent(sim)[2]?.note).toContain('claim a task with CLAIM(id)');
  expect(w0(sim)).toMatchObject({ status: 'stopped', finished: 2 });
});

test('two that never answer, and one task between them, come to an end as well', () => {
  const sim = start({ max_working_resumes: 2, iterations: 2, count: 2, max_wait_for_tasks: 5 }, ['a']);
  for (let turn = 0; turn < 200; turn += 1) {
    for (const { id, turn: running } of Object.values(sim.state.workers)) {
      if (running) sim.happen(ended(id, running.id));
      settle(sim);
    }
  }
  expect(Object.values(sim.state.workers).map(({ status }) => status)).toEqual(['stopped', 'stopped']);
});

test('claims that are refused again and again end as stuck', () => {
  const sim = start({ max_working_resumes: 2, iterations: 1 }, ['a']);
  for (let turn = 0; turn < 50 && w0(sim).turn; turn += 1) {
    sim.happen(ended('w0', w0(sim).turn?.id ?? '', { signals: { ...noSignals, claims: ['a'] } }));
    const [claim] = sim.open;
    const refused = [{ id: 'a', why: 'unreadable' }];
    sim.answer(claim?.id ?? '', { type: 'tasks.claimed', worker: 'w0', claimed: [], refused });
    settle(sim);
  }
  expect(kinds(sim)).toEqual(['work', 'claimed', 'nudge']);
  expect(sent(sim)[1]?.note).toContain('Not claimed: a (unreadable)');
  expect(w0(sim)).toMatchObject({ status: 'stopped', finished: 1 });
});

// Signals.

test('__DONE__ gives the claims back, then ends the worker', () => {
  const sim = start({}, ['a']);
  say(sim, { claims: ['a'] });
  say(sim, { done: true });
  expect(w0(sim)).toMatchObject({ status: 'stopped', why: 'said it is done', claims: [] });
  expect(sim.state.tasks.a).toMatchObject({ status: 'pending', worker: null });
  const order = sim.lines.flatMap(({ effects }) => effects.map(({ type }) => type));
  expect(order.indexOf('tasks.release')).toBeGreaterThan(0);
  expect(order.indexOf('tasks.release')).toBeLessThan(order.indexOf('pane.close'));
});

test('merge and done in one output: merged first, then the end', () => {
  const sim = start({}, ['a', 'b']);
  say(sim, { claims: ['a'] });
  say(sim, { ready: true, done: true });
  expect(sim.state.tasks.a?.status).toBe('merged');
  expect(w0(sim)).toMatchObject({ status: 'stopped', why: 'said it is done', finished: 1 });
});

test('merge and done, but sent back: it is mended first', () => {
  const sim = start({}, ['a'], { approval: 'operator' });
  say(sim, { claims: ['a'] });
  say(sim, { ready: true, done: true });
  const [change] = Object.keys(sim.state.changes);
  sim.happen({ type: 'change.reject-asked', change: change ?? '', note: 'no', by: 'operator' });
  settle(sim);
  expect(w0(sim)).toMatchObject({ status: 'working', claims: ['a'], leaving: true });
});

test('claims count only where neither merge nor done is said, and nothing is read of a turn that failed', () => {
  const sim = start({}, ['a', 'b', 'c']);
  say(sim, { claims: ['a'] });
  say(sim, { ready: true, claims: ['b'] });
  expect(sim.state.tasks).toMatchObject({ a: { status: 'merged' }, b: { status: 'pending' } });
  say(sim, { ready: true }, { outcome: 'failed', exitCode: 1, error: { class: 'crash', message: 'exit 1' } });
  expect(asked(sim, 'work.commit')).toHaveLength(1);
});

test('NEEDS_FOLLOWUP keeps claims, cycle and conversation once; the second time the tasks go back', () => {
  const sim = start({}, ['b', 'a']);
  say(sim, { claims: ['b', 'a'] });
  say(sim, { followUp: 'the API is gone' });
  expect(w0(sim)).toMatchObject({ claims: ['b', 'a'], cycle: 1, finished: 0 });
  expect(sent(sim).at(-1)).toMatchObject({ kind: 'follow-up', conversation: 'talk', tasks: ['b', 'a'] });
  for (const words of ['the API is gone', 'a, b are still yours', 'same cycle', 'smallest useful change'])
    expect(sent(sim).at(-1)?.note).toContain(words);
  say(sim, { followUp: 'still gone' });
  expect(w0(sim)).toMatchObject({ claims: [], finished: 1 });
  expect(asked(sim, 'tasks.release')).toMatchObject([{ tasks: ['b', 'a'], feedback: 'still gone' }]);
});

test('NEEDS_FOLLOWUP without a word is answered as well', () => {
  const sim = start({}, ['a']);
  say(sim, { claims: ['a'] });
  say(sim, { followUp: '' });
  expect(sent(sim).at(-1)?.note).toMatch(/^You asked for follow-up\. a is still yours/);
});

// Conversations.

test('a cycle is one conversation; the next begins a new one', () => {
  const sim = start({}, ['a', 'b']);
  say(sim, { claims: ['a'] });
  say(sim);
  say(sim, { ready: true });
  say(sim, { claims: ['b'] });
  say(sim, { done: true });
  expect(sent(sim).map(({ conversation }) => conversation)).toEqual([null, 'talk', 'talk', null, 'talk']);
});

test('what is rejected goes back to the same conversation and worktree', () => {
  const sim = start({}, ['a'], { approval: 'operator' });
  say(sim, { claims: ['a'] });
  say(sim, { ready: true });
  const [change] = Object.keys(sim.state.changes);
  sim.happen({ type: 'change.reject-asked', change: change ?? '', note: 'Say why.', by: 'operator' });
  settle(sim);
  expect(sent(sim).at(-1)).toMatchObject({ kind: 'feedback', conversation: 'talk', tasks: ['a'] });
  expect(sent(sim).at(-1)?.note).toContain('Say why.');
  expect(asked(sim, 'worktree.reset')).toEqual([]);
});

test('so does a red check', () => {
  const sim = start({}, ['a']);
  say(sim, { claims: ['a'] });
  sim.happen(ended('w0', w0(sim).turn?.id ?? '', { conversation: 'talk', signals: { ...noSignals, ready: true } }));
  for (let [next] = sim.open; next; [next] = sim.open) {
    const { id, effect } = next;
    const good = goodOutcome(sim, id, effect);
    const red: Event | null =
      good.type === 'change.integrated'
        ? { ...good, checks: good.checks.map((check) => ({ ...check, ok: false, tail: 'not ok 1' })) }
        : null;
    sim.answer(id, red ?? good);
  }
  expect(sent(sim).at(-1)).toMatchObject({ kind: 'feedback', conversation: 'talk', tasks: ['a'] });
  expect(sent(sim).at(-1)?.note).toContain('not ok 1');
  expect(asked(sim, 'worktree.reset')).toEqual([]);
});
