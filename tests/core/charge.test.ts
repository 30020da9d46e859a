// What a task has used: the turns of the workers that held it, nothing twice and nothing lost.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { noSignals } from '../../src/core/signals.ts';
import type { Usage } from '../../src/core/turn.ts';
import { addUsage, noUsage, shareUsage, usageLabel } from '../../src/core/usage.ts';
import { createSim, ended, goodOutcome, type Sim, task } from '../helpers/sim.ts';

const usage = (inputTokens: number, outputTokens: number, costUsd: number | null): Usage => ({
  inputTokens,
  outputTokens,
  costUsd,
});

function begin(config: object = {}): Sim {
  const worker = { model: 'claude:opus', can_plan: false, max_working_resumes: 1, count: 2 };
  const sim = createSim({ workers: [worker], ...config }, [task('a'), task('b'), task('c')]);
  settle(sim);
  return sim;
}

function settle(sim: Sim): void {
  for (let first = sim.open[0]; first; first = sim.open[0])
    sim.answer(first.id, goodOutcome(sim, first.id, first.effect));
}

function turn(sim: Sim, more: Parameters<typeof ended>[2]): void {
  sim.happen(ended('w0', sim.state.workers.w0?.turn?.id ?? '', more));
  settle(sim);
}

const used = (sim: Sim) => Object.values(sim.state.tasks).map((each) => each.usage);

test('what a claim cost counts for what was claimed; a turn on several tasks counts for each evenly', () => {
  const sim = begin();
  turn(sim, { usage: usage(100, 11, 1), signals: { ...noSignals, claims: ['a', 'b'] } });
  expect(used(sim)).toEqual([usage(50, 6, 0.5), usage(50, 5, 0.5), noUsage]);
  turn(sim, { usage: usage(7, 0, null) });
  expect(used(sim)).toEqual([usage(54, 6, 0.5), usage(53, 5, 0.5), noUsage]);
  turn(sim, { signals: { ...noSignals, ready: true }, usage: usage(0, 2, 1) });
  const all = used(sim).reduce(addUsage);
  expect(all).toEqual(sim.state.workers.w0?.usage);
});

test('a cycle that came to no claim counts for no task', () => {
  const sim = begin();
  turn(sim, { usage: usage(100, 10, 1), signals: { ...noSignals, done: true } });
  sim.happen({ type: 'worker.resume-asked', worker: 'w0' });
  settle(sim);
  expect(used(sim)).toEqual([noUsage, noUsage, noUsage]);
  expect(sim.state.workers.w0?.usage).toEqual(usage(100, 10, 1));
});

test('all attempts count, by the price table where the harness tells no cost', () => {
  const sim = begin({ prices: { claude: { input: 1, output: 10 } } });
  turn(sim, { usage: usage(1_000_000, 0, null), signals: { ...noSignals, claims: ['a'] } });
  turn(sim, { signals: { ...noSignals, done: true } });
  expect(sim.state.tasks.a).toMatchObject({ status: 'pending', attempts: 1, usage: usage(1_000_000, 0, 1) });
  sim.happen({ type: 'worker.resume-asked', worker: 'w0' });
  settle(sim);
  turn(sim, { usage: usage(0, 100_000, null), signals: { ...noSignals, claims: ['a'] } });
  expect(sim.state.tasks.a?.usage).toEqual(usage(1_000_000, 100_000, 2));
});

test('shares add up to the whole', () => {
  fc.assert(
    fc.property(fc.nat(), fc.nat(), fc.integer({ min: 1, max: 20 }), (input, output, parts) => {
      const whole = usage(input, output, null);
      const shares = shareUsage(whole, parts);
      expect(shares.reduce(addUsage)).toEqual(whole);
      const sizes = shares.map(({ inputTokens }) => inputTokens);
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    }),
  );
});

test('is said in words', () => {
  expect(usageLabel(usage(3400, 90, 0.516))).toBe('3400 tokens in, 90 out, $0.52');
  expect(usageLabel(usage(1, 2, null))).toBe('1 tokens in, 2 out');
});
