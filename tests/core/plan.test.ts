// The planner: before the workers, again when tasks run out, never for ever in their way.
import { expect, test } from 'vitest';
import type { ConfigInput } from '../../src/core/config.ts';
import { noSignals } from '../../src/core/signals.ts';
import { createSim, ended, goodOutcome, goodTurn, type Sim, sha, task } from '../helpers/sim.ts';

const config = {
  workers: [{ model: 'command:w', can_plan: false }],
  planner: { model: 'claude:p', max_pending: 3 },
  approval: 'auto' as const,
};

const board = (...ids: string[]) => ids.map((id) => task(id));
const begin = (tasks: string[], more: Partial<ConfigInput> = {}) => {
  const sim = createSim({ ...config, ...more }, board(...tasks));
  answer(sim);
  return sim;
};

/** Answers effects until none is open. */
function answer(sim: Sim): void {
  for (let n = 0; sim.open.length > 0 && n < 200; n += 1) {
    const [open] = sim.open;
    if (open) sim.answer(open.id, goodOutcome(sim, open.id, open.effect));
  }
}
/** Lets the worker do one turn. */
function work(sim: Sim): void {
  const event = goodTurn(sim, 'w0');
  if (event) sim.happen(event);
  answer(sim);
}
const turn = (sim: Sim, id: string) => sim.state.workers[id]?.turn ?? null;
const plans = (sim: Sim) =>
  sim.lines.flatMap(({ effects }) => effects).filter((each) => each.type === 'turn.send' && each.kind === 'plan')
    .length;

function plan(sim: Sim, wrote: string[], more: Partial<Parameters<typeof ended>[2]> = {}): void {
  if (wrote.length > 0) sim.happen({ type: 'board.changed', seen: board(...wrote), gone: [], unreadable: [] });
  sim.happen(ended('planner', turn(sim, 'planner')?.id ?? 'none', more));
  answer(sim);
}

test('it fills the board before the workers get their first turn', () => {
  const sim = begin(['a']);
  expect(turn(sim, 'planner')).toMatchObject({ kind: 'plan', note: 'Write at most 2 new tasks.' });
  expect(turn(sim, 'w0')).toBe(null);
  plan(sim, ['b', 'c']);
  expect(turn(sim, 'w0')).toMatchObject({ kind: 'work' });
  expect(plans(sim)).toBe(1);
});

test('a full board needs no planner, and the workers do not wait for it', () => {
  const sim = begin(['a', 'b', 'c']);
  expect(plans(sim)).toBe(0);
  expect(turn(sim, 'w0')).toMatchObject({ kind: 'work' });
});

test.each([
  ['a failed turn', { outcome: 'failed' as const, error: { class: 'crash' as const, message: 'x' } }],
  ['a login that is missing', { outcome: 'failed' as const, error: { class: 'auth' as const, message: 'x' } }],
  ['an operator who stops its turn', { outcome: 'stopped' as const }],
])('%s lets the workers go on', (_, more) => {
  const sim = begin(['a']);
  plan(sim, [], more);
  expect(turn(sim, 'w0')).toMatchObject({ kind: 'work' });
});

test('a planner that cannot start lets the workers go on once it is given up', () => {
  const sim = createSim(config, board('a'));
  const slip = { type: 'effect.failed' as const, code: 'x', message: 'disk', hint: null, retryable: false };
  const opening = () =>
    sim.open.find(({ effect }) => effect.type === 'worktree.prepare' && effect.worker === 'planner')?.id ?? '';
  sim.answer(opening(), slip);
  answer(sim);
  expect(sim.state.workers.planner?.status).toBe('failed');
  expect(turn(sim, 'w0')).toMatchObject({ kind: 'work' });
});

test('it comes back when free tasks run out and base or board changed meanwhile, on the base as it is then', () => {
  const sim = begin(['a']);
  plan(sim, ['b']);
  work(sim);
  expect(plans(sim)).toBe(1);
  for (let n = 0; n < 10 && plans(sim) === 1; n += 1) work(sim);
  expect(plans(sim)).toBe(2);
  const merged = Object.values(sim.state.tasks).filter(({ status }) => status === 'merged');
  expect(merged).toHaveLength(1);
  expect(sim.state.workers.planner?.worktree?.base).toBe(sim.state.swarm?.base.sha);
});

test('one that adds nothing and does not say that nothing is missing is asked once more, then not until base or board change', () => {
  const sim = begin([]);
  plan(sim, []);
  expect(turn(sim, 'planner')).toMatchObject({
    kind: 'plan',
    note: expect.stringContaining('Your last turn added none'),
  });
  plan(sim, []);
  sim.wind(300_000);
  answer(sim);
  expect(plans(sim)).toBe(2);
  sim.happen({ type: 'base.moved', sha: sha('by hand') });
  answer(sim);
  expect(turn(sim, 'planner')?.note).toBe('Write at most 3 new tasks.');
  plan(sim, []);
  plan(sim, []);
  expect(plans(sim)).toBe(4);
  sim.happen({ type: 'board.changed', seen: board('x'), gone: [], unreadable: [] });
  answer(sim);
  work(sim);
  expect(plans(sim)).toBe(5);
});

test('work that ran out because its tasks are blocked is news, though neither base nor files changed', () => {
  const sim = begin(['a'], { max_attempts: 1, workers: [{ model: 'command:w', can_plan: false }] });
  plan(sim, []);
  work(sim);
  // Nothing is free while w0 has the task: the planner is asked, and has nothing to add.
  for (let n = 0; n < 3; n += 1) plan(sim, []);
  const before = plans(sim);
  sim.happen(ended('w0', turn(sim, 'w0')?.id ?? '', { signals: { ...noSignals, followUp: 'cannot' } }));
  answer(sim);
  expect(plans(sim)).toBe(before);
  sim.happen(ended('w0', turn(sim, 'w0')?.id ?? '', { signals: { ...noSignals, followUp: 'cannot' } }));
  answer(sim);
  expect(sim.state.tasks.a?.status).toBe('blocked');
  expect(plans(sim)).toBe(before + 1);
  for (let n = 0; n < 3; n += 1) plan(sim, []);
  expect(plans(sim)).toBe(before + 2);
});

test('__DONE__ means that the specification is met: it stops, and is back when the operator wants it', () => {
  const sim = begin([], { when_done: 'wait' });
  plan(sim, [], { signals: { ...noSignals, done: true } });
  answer(sim);
  expect(sim.state.workers.planner).toMatchObject({ status: 'stopped', worktree: null, why: 'said it is done' });
  sim.happen({ type: 'base.moved', sha: sha('by hand') });
  sim.wind(60_000);
  answer(sim);
  expect(plans(sim)).toBe(1);
  sim.happen({ type: 'worker.resume-asked', worker: 'planner' });
  answer(sim);
  expect(plans(sim)).toBe(2);
});

test('with nothing to do and nothing missing the swarm is done', () => {
  const sim = begin([], { when_done: 'stop' });
  expect(sim.state.swarm?.status).toBe('running');
  plan(sim, []);
  expect(sim.state.swarm?.status).toBe('running');
  plan(sim, []);
  sim.wind(1_000);
  answer(sim);
  expect(sim.state.swarm).toMatchObject({ status: 'stopped', stopReason: 'completed' });
});

test('new tasks are its business: workers that may plan wait, unless it is given up', () => {
  const sim = begin([], { workers: [{ model: 'command:w', can_plan: true }] });
  plan(sim, []);
  expect(turn(sim, 'w0')).toBe(null);
  sim.happen({ type: 'worker.stop-asked', worker: 'planner' });
  answer(sim);
  sim.wind(1_000);
  answer(sim);
  expect(turn(sim, 'w0')).toMatchObject({ kind: 'work', note: expect.stringContaining('Write new ones') });
});

test('what it left in its worktree is discarded and told', () => {
  const sim = begin(['a']);
  sim.happen(ended('planner', turn(sim, 'planner')?.id ?? ''));
  const reset = sim.open.find(({ effect }) => effect.type === 'worktree.reset' && effect.worker === 'planner');
  const base = sim.state.swarm?.base.sha ?? '';
  expect(reset?.effect).toMatchObject({ base });
  sim.answer(reset?.id ?? '', {
    type: 'worktree.reset',
    worker: 'planner',
    base,
    saved: 'refs/oompa/salvage/x/planner/1',
  });
  expect(sim.state.notices.at(-1)).toMatchObject({
    level: 'warn',
    text: 'planner changed files in its checkout: discarded, and kept on refs/oompa/salvage/x/planner/1',
  });
});

/** Ends the planner's turn without an answer to what follows from it, and gives the effect that takes its tasks. */
function endTurn(sim: Sim): string {
  sim.happen(ended('planner', turn(sim, 'planner')?.id ?? 'none'));
  return collecting(sim);
}
const collecting = (sim: Sim) => sim.open.find(({ effect }) => effect.type === 'tasks.collect')?.id ?? 'none';
const collected = { type: 'tasks.collected' as const, worker: 'planner', added: [], refused: [], discarded: [] };

test('its new tasks are on the board the moment they are taken: nobody concludes in between that nothing is left', () => {
  const sim = begin([], { when_done: 'stop' });
  const id = endTurn(sim);
  for (const other of sim.open.filter((each) => each.id !== id))
    sim.answer(other.id, goodOutcome(sim, other.id, other.effect));
  sim.wind(1_000);
  expect(sim.state.swarm?.status).toBe('running');
  sim.answer(id, { ...collected, added: board('b') });
  answer(sim);
  expect(turn(sim, 'w0')).toMatchObject({ kind: 'work' });
  expect(sim.state.tasks.b).toMatchObject({ status: 'pending', column: 'pending' });
});

test('news of the board that came first is not undone by an older look', () => {
  const sim = begin(['a']);
  const id = endTurn(sim);
  sim.happen({ type: 'board.changed', seen: [{ ...task('b'), column: 'complete' }], gone: [], unreadable: [] });
  sim.answer(id, { ...collected, added: board('b') });
  expect(sim.state.tasks.b).toMatchObject({ status: 'merged', column: 'complete' });
});

test('what was not taken is told to the operator, and to the planner by mail', () => {
  const sim = begin(['a']);
  const names = Array.from({ length: 12 }, (_, n) => `pending/t${n}.json`);
  const id = endTurn(sim);
  expect(turn(sim, 'w0')).toBe(null);
  sim.answer(id, {
    ...collected,
    refused: [{ file: 'pending/x.json', why: 'line 1, column 2: unexpected end of file' }],
    discarded: names,
  });
  const told = [
    'pending/x.json is not on the board: line 1, column 2: unexpected end of file',
    `changes of tasks that exist are discarded: ${names.slice(0, 10).join(', ')} and 2 more`,
  ];
  expect(sim.state.notices.map(({ text }) => text)).toEqual(told.map((text) => `planner: ${text}`));
  const mail = sim.open.find(({ effect }) => effect.type === 'mail.tell')?.effect;
  expect(mail).toMatchObject({ to: 'planner', body: told.map((text) => `- ${text}\n`).join('') });
});

test.each([
  ['its pane closes in the middle of a turn', (sim: Sim) => endPane(sim)],
  ['its turn ends while it is stopped', (sim: Sim) => sim.happen(ended('planner', turn(sim, 'planner')?.id ?? ''))],
])('%s: what it wrote is taken before its worktree goes', (_, end) => {
  const sim = begin(['a']);
  sim.happen({ type: 'worker.stop-asked', worker: 'planner' });
  end(sim);
  const asked = () =>
    sim.open.flatMap(({ effect }) => ('worker' in effect && effect.worker === 'planner' ? [effect.type] : []));
  if (asked().includes('pane.close')) endPane(sim);
  expect(asked()).toEqual(['tasks.collect']);
  sim.answer(collecting(sim), { ...collected, added: board('b') });
  expect(asked()).toEqual(['worktree.remove']);
  answer(sim);
  expect(sim.state.workers.planner?.status).toBe('stopped');
  expect(sim.state.tasks.b?.status).toBe('pending');
});

function endPane(sim: Sim): void {
  const closing = sim.open.find(({ effect }) => effect.type === 'pane.close');
  sim.answer(closing?.id ?? '', { type: 'pane.closed', worker: 'planner', pane: null });
}
