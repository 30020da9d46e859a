// What an interactive harness asks of a person: raised, answered, over; and never taken for idleness.
import { expect, test } from 'vitest';
import { countsOf, isIdle } from '../../src/core/select.ts';
import type { Ask } from '../../src/core/turn.ts';
import { createSim, ended, goodOutcome, type Sim, task } from '../helpers/sim.ts';

const ask: Ask = { id: '17-1', kind: 'permission', text: 'Bash rm -r build', answerable: true };

function asking(more: Partial<Ask> = {}): Sim {
  const sim = createSim(
    { workers: [{ model: 'claude', drive: 'interactive', permissions: 'ask', can_plan: false }], when_done: 'stop' },
    [task('a')],
  );
  settle(sim);
  sim.happen({ type: 'ask.raised', worker: 'w0', turn: 'w0-t1', ask: { ...ask, ...more } });
  return sim;
}

function settle(sim: Sim): void {
  for (let [first] = sim.open; first; [first] = sim.open)
    sim.answer(first.id, goodOutcome(sim, first.id, first.effect));
}

const workerOf = (sim: Sim) => sim.state.workers.w0;
const answer = (sim: Sim, id: string, choice: 'allow' | 'deny' | 'pane') =>
  sim.happen({ type: 'ask.answer-asked', worker: 'w0', ask: id, choice, by: 'operator' });

test('a worker that asks needs the operator, keeps its turn, and does not count as idle', () => {
  const sim = asking();
  expect(workerOf(sim)).toMatchObject({ status: 'needs-you', why: ask.text, ask, turn: { id: 'w0-t1' } });
  expect(countsOf(sim.state).needsYou).toBe(1);
  expect(isIdle(sim.state)).toBe(false);
  sim.wind(3_600_000);
  expect(sim.state.swarm?.status).toBe('running');
});

test('the answer goes to its runner; the worker works on when the runner says that it is over', () => {
  const sim = asking();
  answer(sim, ask.id, 'allow');
  expect(sim.open.map(({ effect }) => effect)).toEqual([
    { type: 'ask.answer', worker: 'w0', ask: ask.id, choice: 'allow' },
  ]);
  settle(sim);
  expect(workerOf(sim)?.status).toBe('needs-you');
  sim.happen({ type: 'ask.closed', worker: 'w0', turn: 'w0-t1', ask: ask.id });
  expect(workerOf(sim)).toMatchObject({ status: 'working', ask: null, why: null });
});

test('an answer to what is asked no longer, or can be answered in the pane only, is refused aloud', () => {
  const sim = asking({ answerable: false });
  answer(sim, '16-1', 'allow');
  expect(sim.state.notices.at(-1)?.text).toContain('no longer asks that');
  answer(sim, ask.id, 'deny');
  expect(sim.state.notices.at(-1)?.text).toContain('in its pane only');
  expect(sim.open).toEqual([]);
  answer(sim, ask.id, 'pane');
  expect(sim.open).toHaveLength(1);
});

test('what an older turn asked, and the end of what is asked no longer, change nothing', () => {
  const sim = asking();
  const before = sim.state;
  sim.happen({ type: 'ask.closed', worker: 'w0', turn: 'w0-t1', ask: '16-1' });
  sim.happen({ type: 'ask.raised', worker: 'w0', turn: 'w0-t0', ask: { ...ask, id: '18-1' } });
  expect(sim.state).toBe(before);
});

test('nothing is asked any more when the turn ends, the runner dies or the pane goes', () => {
  const pane = (sim: Sim) => workerOf(sim)?.pane ?? '';
  const ends: ((sim: Sim) => void)[] = [
    (sim) => sim.happen(ended('w0', 'w0-t1', { outcome: 'stopped' })),
    (sim) => sim.happen({ type: 'pane.exited', worker: 'w0', pane: pane(sim), code: null, signal: 'SIGKILL' }),
    (sim) => {
      sim.happen({ type: 'worker.stop-asked', worker: 'w0' });
      settle(sim);
    },
  ];
  for (const end of ends) {
    const sim = asking();
    end(sim);
    expect(workerOf(sim)?.ask).toBeNull();
    expect(workerOf(sim)?.status).not.toBe('needs-you');
  }
});

test('resuming a worker that asks does not make it idle: its turn is in flight', () => {
  const sim = asking();
  sim.happen({ type: 'worker.resume-asked', worker: 'w0' });
  expect(workerOf(sim)).toMatchObject({ status: 'needs-you', ask });
});
