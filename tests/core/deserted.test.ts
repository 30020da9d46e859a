// when_done "wait": the swarm waits for new tasks as long as somebody is there, or may come back, who would do them.
import { expect, test } from 'vitest';
import type { ConfigInput } from '../../src/core/config.ts';
import type { Event } from '../../src/core/event.ts';
import { noSignals, type Signals } from '../../src/core/signals.ts';
import type { TurnErrorClass } from '../../src/core/turn.ts';
import { createSim, ended, goodOutcome, type Sim, sha, task } from '../helpers/sim.ts';

type WorkerInput = Partial<ConfigInput['workers'][0]>;

function start(workers: WorkerInput[], tasks: string[], more: Partial<ConfigInput> = {}): Sim {
  const sim = createSim(
    {
      workers: workers.map((each) => ({ model: 'command:a', can_plan: false, max_wait_for_tasks: 3_600, ...each })),
      approval: 'auto',
      when_done: 'wait',
      ...more,
    },
    tasks.map((id) => task(id)),
  );
  settle(sim);
  return sim;
}

function settle(sim: Sim): void {
  for (let [next] = sim.open; next; [next] = sim.open) sim.answer(next.id, goodOutcome(sim, next.id, next.effect));
}

function happen(sim: Sim, event: Event): void {
  sim.happen(event);
  settle(sim);
}

const say = (sim: Sim, id: string, signals: Partial<Signals>) =>
  happen(sim, ended(id, sim.state.workers[id]?.turn?.id ?? 'none', { signals: { ...noSignals, ...signals } }));

/** Three turns that fail: the worker is given up. */
function fail(sim: Sim, id: string, error: TurnErrorClass = 'crash'): void {
  for (let n = 0; n < 3; n += 1) {
    const turn = sim.state.workers[id]?.turn?.id ?? 'none';
    happen(sim, ended(id, turn, { outcome: 'failed', error: { class: error, message: error } }));
    wind(sim, 60);
  }
}

function wind(sim: Sim, seconds: number): void {
  for (let passed = 0; passed < seconds; passed += 20) {
    sim.wind(20_000);
    settle(sim);
  }
}

function finish(sim: Sim, id: string, tasks: string[]): void {
  say(sim, id, { claims: tasks });
  say(sim, id, { ready: true });
}

const swarmOf = (sim: Sim) => sim.state.swarm;
const gone = { status: 'stopped', stopReason: 'completed' };

test.each<[why: string, worker: WorkerInput, tasks: string[], leave: (sim: Sim) => void]>([
  ['said __DONE__', {}, ['a'], (sim) => say(sim, 'w0', { done: true })],
  ['has spent its cycles', { iterations: 1 }, ['a', 'b'], (sim) => finish(sim, 'w0', ['a'])],
  ['waited in vain', { max_wait_for_tasks: 60 }, [], (sim) => wind(sim, 100)],
  ['is given up', {}, ['a'], (sim) => fail(sim, 'w0')],
])('a worker that %s was the last: the swarm stops, and says why', (_, worker, tasks, leave) => {
  const sim = start([worker], tasks);
  expect(swarmOf(sim)?.status).toBe('running');
  leave(sim);
  expect(swarmOf(sim)).toMatchObject(gone);
  expect(sim.state.notices.map(({ text }) => text)).toContainEqual(expect.stringContaining('none comes back'));
});

test('one that idles is still there: the swarm waits for tasks', () => {
  const sim = start([{ iterations: 1 }, {}], ['a']);
  finish(sim, 'w0', ['a']);
  wind(sim, 600);
  expect(sim.state.workers.w0?.status).toBe('stopped');
  expect(swarmOf(sim)?.status).toBe('running');
});

test.each<[what: string, (sim: Sim) => void]>([
  ['stopped one by hand', (sim) => happen(sim, { type: 'worker.stop-asked', worker: 'w1' })],
  ['paused one', (sim) => happen(sim, { type: 'worker.pause-asked', worker: 'w1' })],
])('a person who %s finds the swarm when all others have left, and can go on with it', (_, hand) => {
  const sim = start([{}, {}], ['a', 'b', 'c']);
  hand(sim);
  // A pause waits for the end of the turn.
  if (sim.state.workers.w1?.turn) say(sim, 'w1', {});
  say(sim, 'w0', { done: true });
  wind(sim, 7_200);
  expect(swarmOf(sim)?.status).toBe('running');
  happen(sim, { type: 'worker.resume-asked', worker: 'w1' });
  expect(sim.state.workers.w1).toMatchObject({ status: 'working', retired: false });
  say(sim, 'w1', { done: true });
  expect(swarmOf(sim)).toMatchObject(gone);
});

test('a person who stops the only worker finds the swarm', () => {
  const sim = start([{}], []);
  happen(sim, { type: 'worker.stop-asked', worker: 'w0' });
  wind(sim, 7_200);
  expect(sim.state.workers.w0?.status).toBe('stopped');
  expect(swarmOf(sim)?.status).toBe('running');
});

test.each<[what: string, error: TurnErrorClass]>([
  ['needs a person', 'auth'],
  ['is kept by a limit', 'rate_limit'],
])('one that %s may come back: the swarm waits', (_, error) => {
  const sim = start([{}, {}], ['a', 'b']);
  say(sim, 'w0', { done: true });
  const turn = sim.state.workers.w1?.turn?.id ?? 'none';
  happen(sim, ended('w1', turn, { outcome: 'failed', error: { class: error, message: 'x', resetAt: null } }));
  sim.wind(1_000);
  settle(sim);
  expect(sim.state.workers.w1?.status).not.toBe('working');
  expect(swarmOf(sim)?.status).toBe('running');
});

test('a change that waits for the operator keeps the swarm until it is landed or sent back', () => {
  const sim = start([{ iterations: 1 }, {}], ['a'], { approval: 'operator' });
  const id = sim.state.workers.w0?.turn ? 'w0' : 'w1';
  finish(sim, id, ['a']);
  fail(sim, id === 'w0' ? 'w1' : 'w0');
  wind(sim, 7_200);
  expect(swarmOf(sim)?.status).toBe('running');
});

test('a planner at work has its turn; idle, it keeps nobody: what it would write, nobody would do', () => {
  const sim = start([{}], ['a'], { planner: { model: 'claude:p', max_pending: 5 } });
  say(sim, 'planner', {});
  happen(sim, { type: 'base.moved', sha: sha('by hand') });
  say(sim, 'w0', { claims: ['a'] });
  expect(sim.state.workers.planner?.turn).not.toBe(null);
  say(sim, 'w0', { done: true });
  expect(sim.state.workers.w0?.status).toBe('stopped');
  expect(swarmOf(sim)?.status).toBe('running');
  say(sim, 'planner', {});
  wind(sim, 20);
  expect(swarmOf(sim)).toMatchObject(gone);
});
