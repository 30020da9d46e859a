// From journal lines to the files of a run: each story's files are right, valid, and the same however often they are made.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Artifact, artifactSchemas } from '../../src/core/artifact.ts';
import { artifactsOfJournal, artifactsSince } from '../../src/core/artifacts.ts';
import { type Event, JournalLine } from '../../src/core/event.ts';
import { noSignals } from '../../src/core/signals.ts';
import { createSim, ended, goodOutcome, goodTurn, type Sim, sha, task } from '../helpers/sim.ts';
import { stories } from '../stories/stories.ts';

const ajv = new Ajv({ strict: true, formats: { 'date-time': true } });
const schemas = join(import.meta.dirname, '../../schemas');
const validators = Object.fromEntries(
  Object.keys(artifactSchemas).map((kind) => [
    kind,
    ajv.compile(JSON.parse(readFileSync(join(schemas, `${kind}.schema.json`), 'utf8'))),
  ]),
);

function filesOf(sim: Sim): Map<string, Artifact['content']> {
  // As it is read from the disk.
  const lines = sim.lines.map((line) => JournalLine.parse(JSON.parse(JSON.stringify(line))));
  const { artifacts } = artifactsOfJournal(lines);
  for (const { kind, content, path } of artifacts) {
    const validate = validators[kind];
    expect(validate?.(content), `${path}: ${JSON.stringify(validate?.errors)}`).toBe(true);
  }
  const paths = artifacts.map(({ path }) => path);
  expect(new Set(paths).size, `a path twice: ${paths}`).toBe(paths.length);
  return new Map(artifacts.map(({ path, content }) => [path, content]));
}

const told = (name: keyof typeof stories) => filesOf((stories[name] as () => Sim)());

describe('the files of a story', () => {
  test('a first merge: the start, one review, one cycle, the end', () => {
    const files = told('first-merge');
    expect([...files.keys()]).toEqual(['started.json', 'reviews/w0-c1-r1.json', 'cycles/w0-c1.json', 'stopped.json']);
    expect(files.get('started.json')).toMatchObject({
      'swarm-id': 'abcd1234',
      pid: 1,
      workers: [{ id: 'w0', harness: 'command', model: 'agent', reasoning: null, 'can-plan': false, prompts: [] }],
    });
    expect(files.get('cycles/w0-c1.json')).toMatchObject({
      outcome: 'merged',
      'claimed-task-ids': ['a'],
      'recycled-tasks': [],
      'error-snippet': null,
      'review-rounds': 0,
      'worktree-path': '/w/w0',
      signals: ['claim:a', 'merge'],
      attempts: [{ turn: 'w0-t1' }, { turn: 'w0-t2' }],
      'timing-ms': { 'implementation-rounds-ms': [5, 5], 'review-fixes-ms': [], 'harness-ms': 10 },
    });
    expect(files.get('reviews/w0-c1-r1.json')).toMatchObject({
      verdict: 'approved',
      by: 'policy',
      'diff-files': ['a'],
    });
    expect(files.get('stopped.json')).toMatchObject({ reason: 'completed', error: null, left: [] });
  });

  test('each verdict is a review of its own, with what the worker was told', () => {
    const red = told('red-check-mended');
    expect(red.get('reviews/w0-c1-r1.json')).toMatchObject({
      verdict: 'needs-changes',
      by: 'checks',
      output: expect.stringContaining('not ok 1 - answers 404'),
    });
    expect(red.get('reviews/w0-c1-r2.json')).toMatchObject({ verdict: 'approved' });
    expect(red.get('cycles/w0-c1.json')).toMatchObject({
      outcome: 'merged',
      'review-rounds': 1,
      'timing-ms': { 'review-fixes-ms': [5] },
    });
    const sentBack = told('rejected-and-mended');
    expect(sentBack.get('reviews/w0-c1-r1.json')).toMatchObject({
      verdict: 'needs-changes',
      by: 'operator',
      output: 'Say why, too.',
    });
    expect([...told('conflict-resolved').values()]).toContainEqual(
      expect.objectContaining({ verdict: 'needs-changes', by: 'merge', 'task-ids': ['b'] }),
    );
  });

  test('a model that reviews is told by its seat, with what it said; reviewers and planner are in the start', () => {
    const files = told('planned-reviewed-mended');
    expect(files.get('started.json')).toMatchObject({
      workers: [{ id: 'w0' }],
      planner: { id: 'planner', 'max-pending': expect.any(Number) },
      reviewer: { id: 'r0' },
      reviewers: [{ id: 'r0' }],
    });
    const reviews = [...files].filter(([path]) => path.startsWith('reviews/w0-c1-')).map(([, content]) => content);
    expect(reviews).toMatchObject([
      { round: 1, by: 'r0', verdict: 'needs-changes', output: expect.stringMatching(/\S/) },
      { round: 2, by: 'r0', verdict: 'approved' },
      { round: 3, by: 'policy', verdict: 'approved', output: '' },
    ]);
    // Those that review or plan have no cycles.
    const cycles = [...files.keys()].filter((path) => path.startsWith('cycles/'));
    expect(cycles).toEqual(['cycles/w0-c1.json', 'cycles/w0-c2.json']);
  });

  test('a worker that is given up ends its cycle with an error; its task is recycled, its turn is lost', () => {
    const sim = createSim({ workers: [{ model: 'command:agent' }] }, [task('a')]);
    const isAtWork = () => sim.state.workers.w0?.turn?.kind === 'claimed' && sim.open.length === 0;
    for (let step = 0; !isAtWork() && step < 50; step += 1) play(sim, undefined, 1);
    for (let crashes = 0; sim.state.workers.w0?.status !== 'failed' && crashes < 50; crashes += 1) {
      const { pane } = sim.state.workers.w0 ?? {};
      if (pane) sim.happen({ type: 'pane.exited', worker: 'w0', pane, code: 1, signal: null });
      else sim.wind(60_000);
      while (sim.open[0]) sim.answer(sim.open[0].id, goodOutcome(sim, sim.open[0].id, sim.open[0].effect));
    }
    expect(filesOf(sim).get('cycles/w0-c1.json')).toMatchObject({
      outcome: 'error',
      'claimed-task-ids': ['a'],
      'recycled-tasks': ['a'],
      'error-snippet': expect.stringContaining('the runner ended'),
      attempts: [{ outcome: 'done' }, { outcome: 'lost' }],
    });
  });

  test('a stop interrupts the cycle, and its file is there before the one that says so', () => {
    const files = told('stop-with-work-in-review');
    expect(files.get('cycles/w0-c1.json')).toMatchObject({ outcome: 'interrupted', 'recycled-tasks': ['a'] });
    expect([...files.keys()].at(-1)).toBe('stopped.json');
    expect(files.get('stopped.json')).toMatchObject({ reason: 'interrupted' });
  });
});

test('tokens and cost of a cycle are those of its turns, priced where the harness tells no cost', () => {
  const sim = createSim(
    { workers: [{ model: 'codex:gpt-5:high' }], approval: 'auto', prices: { codex: { input: 2, output: 10 } } },
    [task('a')],
  );
  const usage = { inputTokens: 1_000_000, outputTokens: 100_000, costUsd: null };
  play(sim, (event) => (event.type === 'turn.ended' ? { ...event, usage } : event));
  const files = filesOf(sim);
  expect(files.get('cycles/w0-c1.json')).toMatchObject({
    'input-tokens': 2_000_000,
    'output-tokens': 200_000,
    'cost-usd': 6,
    attempts: [{ 'cost-usd': 3 }, { 'cost-usd': 3 }],
  });
  expect(files.get('started.json')).toMatchObject({
    workers: [{ harness: 'codex', model: 'gpt-5', reasoning: 'high' }],
  });
});

test('a worker that says it is done ends with that, and an agent that goes silent ends stuck', () => {
  const config = { workers: [{ model: 'command:agent', max_working_resumes: 1, can_plan: false }] };
  const sim = createSim({ ...config, max_attempts: 1 }, [task('a')]);
  play(sim, (event) => (event.type === 'turn.ended' && event.signals.ready ? { ...event, signals: noSignals } : event));
  expect(filesOf(sim).get('cycles/w0-c1.json')).toMatchObject({
    outcome: 'stuck',
    signals: ['claim:a', 'working', 'working'],
  });
  const leaving = createSim({ workers: [{ model: 'command:agent' }] }, []);
  play(leaving);
  expect(filesOf(leaving).get('cycles/w0-c1.json')).toMatchObject({ outcome: 'done', signals: ['done'] });
});

test('however a run went: the files are valid, no path is made twice, and the files of a beginning are the first ones', () => {
  const config = {
    workers: [{ model: 'command:a', count: 3, can_plan: false, iterations: 30 }],
    checks: ['true'],
    approval: 'auto' as const,
  };
  const board = Array.from({ length: 6 }, (_, i) => task(`t-${i}`));
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 31 }), fc.integer({ min: 20, max: 300 }), (seed, steps) => {
      const sim = createSim(config, board, seed);
      const live: Artifact[] = [];
      play(
        sim,
        (event) => (sim.random() < 0.3 ? mishap(sim, event) : event),
        steps,
        (from) => live.push(...artifactsSince(sim.state, from)),
      );
      filesOf(sim);
      const { artifacts } = artifactsOfJournal(sim.lines);
      expect(artifacts.slice(1)).toEqual(live);
      const half = artifactsOfJournal(sim.lines.slice(0, sim.lines.length / 2)).artifacts;
      expect(half).toEqual(artifacts.slice(0, half.length));
    }),
    { numRuns: 60 },
  );
});

/** Lets a good world and good agents go on, with each event changed by `turn` before it happens. */
function play(
  sim: Sim,
  turn: (event: Event) => Event = (event) => event,
  steps = 400,
  onStep: (from: number) => void = () => {},
): void {
  for (let step = 0; step < steps && sim.state.swarm?.status !== 'stopped'; step += 1) {
    const from = sim.state.seq + 1;
    const [next] = sim.open;
    const said = next ? null : Object.keys(sim.state.workers).flatMap((id) => goodTurn(sim, id) ?? [])[0];
    if (next) sim.answer(next.id, turn(goodOutcome(sim, next.id, next.effect)));
    else if (said) sim.happen(turn(said));
    else sim.wind(1_000);
    if (sim.state.seq >= from) onStep(from);
  }
}

/** What may happen instead of an event. */
function mishap(sim: Sim, event: Event): Event {
  const worker = `w${Math.floor(sim.random() * 3)}`;
  const pane = sim.state.workers[worker]?.pane ?? '%0';
  switch (event.type) {
    case 'turn.ended':
      return sim.random() < 0.5
        ? ended(event.worker, event.turn, { outcome: 'failed', error: { class: 'crash', message: 'exit 1' } })
        : ended(event.worker, event.turn, { signals: { ...noSignals, done: sim.random() < 0.3 } });
    case 'change.integrated':
      return { type: 'change.conflicted', change: event.change, base: event.base, files: ['a'], with: [] };
    case 'work.committed':
      return { type: 'work.empty', worker: event.worker };
    case 'change.landed':
      return { type: 'change.raced', change: event.change, base: sha(`raced${sim.state.seq}`) };
    case 'worktree.ready':
    case 'worktree.reset':
      return { type: 'effect.failed', code: 'x', message: 'slipped', hint: null, retryable: sim.random() < 0.5 };
    case 'tasks.claimed':
      sim.happen({ type: 'pane.exited', worker, pane, code: 1, signal: null });
      return event;
    default:
      if (sim.random() < 0.1) sim.happen({ type: 'worker.stop-asked', worker });
      return event;
  }
}
