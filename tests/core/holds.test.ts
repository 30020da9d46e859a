// Limits, logins, lanes and budgets: who may start a turn, and what it costs nobody.
import { expect, test } from 'vitest';
import { later } from '../../src/core/draft.ts';
import { limitedLanes } from '../../src/core/lanes.ts';
import { noSignals } from '../../src/core/signals.ts';
import { createSim, ended, goodOutcome, type Sim, task } from '../helpers/sim.ts';

const workers = [
  { model: 'claude:opus', count: 2, can_plan: false },
  { model: 'codex:gpt', can_plan: false },
];
const board = Array.from({ length: 6 }, (_, i) => task(`t-${i}`));

/** Answers everything that is open until nothing is. */
function settle(sim: Sim): void {
  while (sim.open.length > 0) {
    const [first] = sim.open;
    if (first) sim.answer(first.id, goodOutcome(sim, first.id, first.effect));
  }
}
const statuses = (sim: Sim) =>
  Object.fromEntries(Object.values(sim.state.workers).map((worker) => [worker.id, worker.status]));
const turnOf = (sim: Sim, worker: string) => sim.state.workers[worker]?.turn?.id ?? '';

test('a rate limit parks every worker of the harness until the reset, and spends nothing', () => {
  const sim = createSim({ workers }, board);
  settle(sim);
  expect(statuses(sim)).toEqual({ w0: 'working', w1: 'working', w2: 'working' });
  const resetAt = later(sim.state.at, 90_000);
  sim.happen(
    ended('w0', turnOf(sim, 'w0'), { outcome: 'failed', error: { class: 'rate_limit', message: '429', resetAt } }),
  );
  sim.happen(ended('w1', turnOf(sim, 'w1')));
  expect(statuses(sim)).toEqual({ w0: 'limited', w1: 'limited', w2: 'working' });
  sim.wind(89_000);
  expect(statuses(sim)).toMatchObject({ w0: 'limited', w1: 'limited' });
  sim.wind(2_000);
  settle(sim);
  expect(statuses(sim)).toEqual({ w0: 'working', w1: 'working', w2: 'working' });
  expect(sim.state.workers.w0).toMatchObject({ failures: 0, finished: 0 });
  expect(Object.values(sim.state.tasks).every((each) => each.attempts === 0)).toBe(true);
});

test('a provider that is away is tried again with a growing, shared back-off', () => {
  const sim = createSim({ workers }, board);
  settle(sim);
  const waits: number[] = [];
  for (let round = 0; round < 4; round += 1) {
    sim.happen(ended('w0', turnOf(sim, 'w0'), { outcome: 'failed', error: { class: 'provider', message: '503' } }));
    const hold = sim.state.holds.claude;
    waits.push(Date.parse(hold?.until ?? '') - Date.parse(sim.state.at));
    sim.wind((waits.at(-1) ?? 0) + 1);
    settle(sim);
  }
  expect(waits).toEqual([2_000, 4_000, 8_000, 16_000]);
  sim.happen(ended('w0', turnOf(sim, 'w0'), { signals: { ...noSignals, claims: ['t-0'] } }));
  expect(sim.state.holds).toEqual({});
});

test('a login error stops all workers of the harness with one notice, until somebody goes on', () => {
  const sim = createSim({ workers }, board);
  settle(sim);
  for (const worker of ['w0', 'w1']) {
    sim.happen(ended(worker, turnOf(sim, worker), { outcome: 'failed', error: { class: 'auth', message: 'log in' } }));
  }
  expect(statuses(sim)).toEqual({ w0: 'needs-you', w1: 'needs-you', w2: 'working' });
  expect(sim.state.notices.filter((notice) => notice.text.includes('not logged in'))).toHaveLength(1);
  sim.wind(10 * 3_600_000);
  expect(statuses(sim)).toMatchObject({ w0: 'needs-you', w1: 'needs-you' });
  sim.happen({ type: 'worker.resume-asked', worker: 'w1' });
  sim.wind(1_000);
  settle(sim);
  expect(statuses(sim)).toMatchObject({ w1: 'working' });
});

test('a full conversation is followed by a fresh one with a hand-over', () => {
  const sim = createSim({ workers }, board);
  settle(sim);
  sim.happen(ended('w0', turnOf(sim, 'w0'), { signals: { ...noSignals, claims: ['t-0'] }, conversation: 'c-1' }));
  settle(sim);
  sim.happen(
    ended('w0', turnOf(sim, 'w0'), {
      outcome: 'failed',
      said: 'half done',
      error: { class: 'context_full', message: 'too long' },
    }),
  );
  const sent = sim.open.find(({ effect }) => effect.type === 'turn.send' && effect.worker === 'w0')?.effect;
  expect(sent).toMatchObject({ conversation: null, tasks: ['t-0'] });
  expect(sent).toHaveProperty('note', expect.stringContaining('half done'));
  expect(sim.state.workers.w0).toMatchObject({ failures: 0, claims: ['t-0'] });
});

const accounts = [
  { model: 'claude:opus', can_plan: false },
  { model: 'work:opus', can_plan: false },
  { model: 'codex:gpt', can_plan: false },
];
const harnesses = { work: { base: 'claude' } };
const providers = { 'claude:opus': 'anthropic', 'work:opus': 'anthropic', 'codex:gpt': 'openai' };
const failedBy = (kind: 'rate_limit' | 'provider' | 'auth') => ({
  outcome: 'failed' as const,
  error: { class: kind, message: kind },
});

test('a limit and a login are of an account, an outage is of its provider: all accounts on it wait', () => {
  for (const [kind, other] of [
    ['rate_limit', 'working'],
    ['auth', 'working'],
    ['provider', 'limited'],
  ] as const) {
    const sim = createSim({ workers: accounts, harnesses }, board, 1, providers);
    settle(sim);
    sim.happen(ended('w0', turnOf(sim, 'w0'), failedBy(kind)));
    for (const each of ['w1', 'w2']) sim.happen(ended(each, turnOf(sim, each), { usage: null }));
    settle(sim);
    expect(statuses(sim)).toEqual({ w0: kind === 'auth' ? 'needs-you' : 'limited', w1: other, w2: 'working' });
    expect(Object.keys(sim.state.holds)).toEqual([kind === 'provider' ? 'anthropic' : 'claude']);
    sim.happen({ type: 'worker.resume-asked', worker: 'w0' });
    settle(sim);
    expect(statuses(sim)).toEqual({ w0: 'working', w1: 'working', w2: 'working' });
    expect(sim.state.holds).toEqual({});
  }
});

test('two holds on one worker: it goes on when both are over', () => {
  const sim = createSim({ workers: accounts, harnesses }, board, 1, providers);
  settle(sim);
  sim.happen(ended('w0', turnOf(sim, 'w0'), failedBy('rate_limit')));
  sim.happen(ended('w1', turnOf(sim, 'w1'), failedBy('provider')));
  expect(statuses(sim)).toEqual({ w0: 'limited', w1: 'limited', w2: 'working' });
  sim.wind(2_001);
  expect(statuses(sim)).toMatchObject({ w0: 'limited', w1: 'working' });
  sim.wind(58_000);
  expect(statuses(sim)).toMatchObject({ w0: 'working', w1: 'working' });
});

test('a lane of a provider counts every account on it', () => {
  const sim = createSim(
    { workers: accounts, harnesses, limits: { anthropic: 1, 'codex:gpt': 2 } },
    board,
    1,
    providers,
  );
  settle(sim);
  expect(statuses(sim)).toEqual({ w0: 'working', w1: 'idle', w2: 'working' });
  expect(limitedLanes(sim.state)).toEqual([
    { name: 'anthropic', running: 1, limit: 1 },
    { name: 'codex:gpt', running: 1, limit: 2 },
  ]);
});

test('a lane is free only when nothing of the turn runs any more: not while its runner is dead', () => {
  const sim = createSim({ workers, limits: { claude: 1 } }, board);
  settle(sim);
  const turn = turnOf(sim, 'w0');
  const die = () =>
    sim.happen({
      type: 'pane.exited',
      worker: 'w0',
      pane: sim.state.workers.w0?.pane ?? '',
      code: null,
      signal: 'SIGKILL',
    });
  for (let deaths = 1; deaths <= 5; deaths += 1) {
    die();
    expect(statuses(sim)).toMatchObject({ w0: 'exited', w1: 'idle' });
    sim.wind(60_000);
    settle(sim);
    // The next runner takes the turn up again: it is the same one, in the same lane.
    expect(statuses(sim)).toMatchObject({ w0: 'working', w1: 'idle' });
    expect(turnOf(sim, 'w0')).toBe(turn);
  }
  die();
  expect(statuses(sim)).toMatchObject({ w0: 'failed', w1: 'idle' });
  const [closing] = sim.open.filter(({ effect }) => effect.type === 'pane.close');
  sim.wind(60_000);
  expect(statuses(sim)).toMatchObject({ w0: 'failed', w1: 'idle' });
  sim.answer(closing?.id ?? '', { type: 'pane.closed', worker: 'w0', pane: null });
  expect(statuses(sim)).toMatchObject({ w0: 'failed', w1: 'working' });
  expect(sim.state.workers.w0?.turn).toBe(null);
});

test('lanes hold back turns by harness and by model', () => {
  const sim = createSim({ workers, limits: { claude: 1 } }, board);
  settle(sim);
  expect(statuses(sim)).toEqual({ w0: 'working', w1: 'idle', w2: 'working' });
  sim.happen(ended('w0', turnOf(sim, 'w0'), { outcome: 'failed', error: { class: 'crash', message: 'exit 3' } }));
  expect(statuses(sim)).toMatchObject({ w0: 'idle', w1: 'working' });
});

test('a spent budget pauses the worker before its next turn, also when the price comes from the table', () => {
  const sim = createSim(
    { workers, budget: { worker_usd: 1 }, prices: { 'codex:gpt': { input: 1, output: 10 } } },
    board,
  );
  settle(sim);
  const usage = { inputTokens: 500_000, outputTokens: 60_000, costUsd: null };
  for (const worker of ['w1', 'w2']) {
    sim.happen(ended(worker, turnOf(sim, worker), { usage, signals: { ...noSignals, claims: [`t-${worker}`] } }));
  }
  settle(sim);
  expect(sim.state.workers.w2).toMatchObject({ status: 'paused', usage: { costUsd: 1.1 } });
  expect(sim.state.workers.w2?.why).toContain('worker budget is spent');
  expect(sim.state.workers.w1).toMatchObject({ status: 'working', usage: { costUsd: null } });
});

test('a conversation that the harness does not know is begun anew by the same turn, and costs nothing', () => {
  const sim = createSim({ workers: [{ model: 'claude:opus', can_plan: false }] }, board);
  settle(sim);
  sim.happen(ended('w0', turnOf(sim, 'w0'), { conversation: 'c-1', signals: { ...noSignals, claims: ['t-0'] } }));
  settle(sim);
  expect(sim.state.workers.w0).toMatchObject({ conversation: 'c-1', turn: { id: 'w0-t2', kind: 'claimed' } });
  const { note } = sim.state.workers.w0?.turn ?? {};
  const unknown = { outcome: 'failed' as const, error: { class: 'no_conversation' as const, message: 'gone' } };
  sim.happen(ended('w0', 'w0-t2', unknown));
  const [sent] = sim.open.filter(({ effect }) => effect.type === 'turn.send');
  expect(sent?.effect).toMatchObject({ turn: 'w0-t3', kind: 'claimed', conversation: null, tasks: ['t-0'], note });
  expect(sim.state.workers.w0).toMatchObject({ conversation: null, failures: 0, retryAt: null });
  // Told so of a conversation that was never asked for, it is a failure like others.
  settle(sim);
  sim.happen(ended('w0', 'w0-t3', unknown));
  expect(sim.state.workers.w0?.failures).toBe(1);
});
