// A free task is offered to one worker at a time: a turn for a task that somebody else gets is a turn for nothing.
import { expect, test } from 'vitest';
import { noSignals } from '../../src/core/signals.ts';
import { createSim, ended, goodOutcome, type Sim, task } from '../helpers/sim.ts';

const config = { workers: [{ model: 'command:a', count: 2, can_plan: false }] };

function answerAll(sim: Sim, but = ''): void {
  for (let next = sim.open.find(({ effect }) => effect.type !== but); next; ) {
    sim.answer(next.id, goodOutcome(sim, next.id, next.effect));
    next = sim.open.find(({ effect }) => effect.type !== but);
  }
}

const offers = (sim: Sim) =>
  sim.lines.flatMap(({ effects }) =>
    effects.flatMap((effect) => (effect.type === 'turn.send' && effect.suggested ? [effect.suggested] : [])),
  );

test('not to another while the claim of the first is on its way', () => {
  const sim = createSim(config, [task('a')]);
  answerAll(sim);
  expect(offers(sim)).toEqual(['a']);
  const seat = Object.values(sim.state.workers).find((worker) => worker.turn);
  sim.happen(ended(seat?.id ?? '', seat?.turn?.id ?? '', { signals: { ...noSignals, claims: ['a'] } }));
  sim.wind(60_000);
  expect(sim.open.map(({ effect }) => effect.type)).toEqual(['tasks.claim']);
  expect(offers(sim)).toEqual(['a']);
});
